//! What one line of YAML or JSON looks like, judged without its neighbours.

use std::ops::Range;

/// A line that may begin with a key.
#[derive(Clone, Debug)]
pub(super) struct Line<'t> {
    /// Where it starts in the text.
    pub(super) start: usize,
    /// Without its line end and spaces at the end.
    pub(super) text: &'t str,
    /// Columns (bytes) before the first character that is not blank.
    pub(super) indent: usize,
    /// Whether a list item or a flow collection begins here.
    pub(super) is_item: bool,
    /// The key it begins with, after dashes and opening brackets.
    pub(super) key: Option<Key<'t>>,
    /// Where the content begins after dashes, brackets, anchors and tags.
    pub(super) content: usize,
    /// Opening brackets before the content.
    pub(super) brackets: usize,
    /// Whether an anchor stands before the content.
    pub(super) is_anchored: bool,
    /// Whether it is a comment. What stands in it is judged like any other line: it may be a secret put out of use.
    pub(super) is_comment: bool,
}

/// A key at the beginning of a line.
#[derive(Clone, Debug)]
pub(super) struct Key<'t> {
    /// The column (bytes) where it begins: the depth of its mapping.
    pub(super) indent: usize,
    /// Its text without quotes; escapes are left as they are.
    pub(super) name: &'t str,
    /// Where the value begins in the line: after the colon.
    pub(super) value: usize,
}

impl Key<'_> {
    /// Returns whether it looks like the name of a field or of an entry of `data`, not like text with a colon in it.
    pub(super) fn is_simple(&self) -> bool {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '$');
        !self.name.is_empty() && self.name.len() <= 253 && self.name.chars().all(is_plain)
    }

    /// Returns whether it may be spelled otherwise than it reads.
    pub(super) fn is_escaped(&self) -> bool {
        self.name.contains('\\')
    }
}

impl<'t> Line<'t> {
    /// Looks at a line that starts at a byte of its text.
    pub(super) fn new(start: usize, text: &'t str) -> Line<'t> {
        let text = text.trim_end();
        let blanks = |from: usize| {
            let rest = text.get(from..).unwrap_or_default();
            from + rest.len() - rest.trim_start_matches([' ', '\t', '\u{feff}', '#']).len()
        };
        let indent = blanks(0);
        let is_comment = text.trim_start_matches([' ', '\t', '\u{feff}']).starts_with('#');
        let mut line = Line {
            start,
            text,
            indent,
            is_item: false,
            key: None,
            content: indent,
            brackets: 0,
            is_anchored: false,
            is_comment,
        };
        let mut is_explicit = false;
        loop {
            let rest = line.rest(line.content);
            let mut letters = rest.chars();
            let (first, next) = (letters.next(), letters.next());
            let is_apart = next.is_none_or(|c| c == ' ' || c == '\t');
            match first {
                Some('-') if is_apart => line.is_item = true,
                Some('?') if is_apart => is_explicit = true,
                Some('[' | '{') => {
                    line.is_item = true;
                    line.brackets += 1;
                }
                Some('&' | '!') => {
                    // An anchor or a tag stands before what it is about.
                    line.is_anchored |= first == Some('&');
                    let end = rest.find([' ', '\t']).unwrap_or(rest.len());
                    line.content = blanks(line.content + end);
                    continue;
                }
                _ => break,
            }
            line.content = blanks(line.content + 1);
        }
        line.key = key(line.rest(line.content), line.content);
        if is_explicit && line.key.is_none() {
            // `? key`, with the value on a line of its own.
            let name = line.rest(line.content).trim_matches(['"', '\'']);
            line.key = Some(Key { indent: line.content, name, value: text.len() });
        }
        line
    }

    /// Returns what stands from a byte of the line on.
    pub(super) fn rest(&self, from: usize) -> &'t str {
        self.text.get(from..).unwrap_or_default()
    }

    /// Returns the range of text from a byte of the line to its end, without blanks at either end.
    pub(super) fn range(&self, from: usize) -> Range<usize> {
        let rest = self.rest(from);
        let from = from + rest.len() - rest.trim_start().len();
        self.start + from.min(self.text.len())..self.start + self.text.len()
    }

    pub(super) fn is_blank(&self) -> bool {
        self.indent >= self.text.len()
    }

    /// Returns whether it does nothing but open an object or a list.
    pub(super) fn is_opening(&self) -> bool {
        self.brackets > 0 && self.content >= self.text.len()
    }

    /// Returns whether a document begins or ends here.
    pub(super) fn is_document_marker(&self) -> bool {
        let text = self.text.trim_start_matches('\u{feff}');
        let rest = text.strip_prefix("---").or_else(|| text.strip_prefix("..."));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    }

    /// Returns the value of the key it begins with, without blanks.
    pub(super) fn value(&self) -> &'t str {
        self.key.as_ref().map_or("", |key| self.rest(key.value).trim())
    }

    /// Finds the keys with a name that stand anywhere but at the beginning, also inside quotes; gives where values begin.
    pub(super) fn inner_keys(&self, name: &str) -> impl Iterator<Item = usize> + use<'t> {
        // A name may hold a colon itself, if what follows it is not apart.
        let own = self.key.as_ref().map_or(0, |key| key.value);
        find_keys(self.text, name).into_iter().filter(move |&value| value != own)
    }
}

/// Splits a text into lines with the bytes they start at; line ends are left out. A lone `\r` ends a line, as in YAML.
pub(super) fn split(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive(['\n', '\r']).map(move |line| {
        let here = start;
        start += line.len();
        (here, line.trim_end_matches(['\n', '\r']))
    })
}

/// Returns whether a word stands in a text by itself; `\n` before it is a line end inside quotes.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| is_bounded(text, at, at + word.len()))
}

/// Returns whether a text names the kind `Secret`, be it without one of its characters.
pub(super) fn names_secret(text: &str) -> bool {
    ["Secret", "ecret", "Scret", "Seret", "Secet", "Secrt", "Secre"].iter().any(|word| has_word(text, word))
}

fn is_bounded(text: &str, start: usize, end: usize) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut before = text.get(..start).unwrap_or_default().chars().rev();
    let (last, second) = (before.next(), before.next());
    let is_escape = second == Some('\\') && matches!(last, Some('n' | 't' | 'r'));
    let is_free_before = is_escape || !last.is_some_and(|c| is_word(c) || matches!(c, '-' | '.' | '/'));
    let after = text.get(end..).unwrap_or_default().chars().next();
    is_free_before && !after.is_some_and(|c| is_word(c) || matches!(c, '-' | '.'))
}

/// Finds `name:`, with quotes or escaped quotes around the name or without; gives the bytes after the colons.
pub(super) fn find_keys(text: &str, name: &str) -> Vec<usize> {
    let found = text.match_indices(name).filter_map(|(at, _)| {
        let end = at + name.len();
        let rest = text.get(end..)?;
        let unquoted = rest.trim_start_matches(['\\', '"', '\'']).trim_start();
        let is_key = unquoted.starts_with(':') && is_bounded(text, at, end);
        is_key.then(|| end + rest.len() - unquoted.len() + 1)
    });
    found.collect()
}

/// Reads a key at the beginning of some content.
fn key(content: &str, indent: usize) -> Option<Key<'_>> {
    let quote = content.chars().next()?;
    if quote == '"' || quote == '\'' {
        let end = closing_quote(content, quote)?;
        let rest = content.get(end + 1..)?;
        let colon = rest.trim_start();
        let value = end + 1 + rest.len() - colon.len() + 1;
        return colon.starts_with(':').then(|| Key { indent, name: &content[1..end], value: indent + value });
    }
    let colon = content.match_indices(':').map(|(at, _)| at).find(|&at| {
        let after = content.get(at + 1..).unwrap_or_default();
        after.is_empty() || after.starts_with([' ', '\t'])
    })?;
    let name = content.get(..colon)?.trim_end();
    let is_text = name.is_empty() || name.starts_with('#') || name.contains(['"', '\'', '{', '}', '[', ']', ',']);
    (!is_text).then_some(Key { indent, name, value: indent + colon + 1 })
}

/// Returns where a quoted text that begins at byte 0 ends.
fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if quote == '"' => at += 1,
            b'\'' if quote == '\'' && bytes.get(at + 1) == Some(&b'\'') => at += 1,
            _ if char::from(byte) == quote => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}
