//! Strings printed in the styles of go yaml.v2: folded, indented and escaped.

use crate::yaml::emit::quote::{
    BREAK, HIGH, SPACE, SPECIAL, WIDE, analyze, classify, is_printable, refine, through_json,
};
use crate::yaml::emit::value::is_line_break;
use crate::yaml::resolve::is_yaml11_string;
use std::borrow::Cow;
use std::fmt::Write;

/// The text written so far, and where its last line starts.
pub(super) struct Writer<'o> {
    pub(super) out: &'o mut String,
    line_start: usize,
    /// The width after which strings are folded.
    width: usize,
}

/// The width after which go yaml.v2 folds.
pub(super) const WIDTH: usize = 80;

impl<'o> Writer<'o> {
    pub(super) fn new(out: &'o mut String, width: usize) -> Writer<'o> {
        let line_start = out.len();
        Writer { out, line_start, width }
    }

    pub(super) fn line_break(&mut self) {
        self.out.push('\n');
        self.line_start = self.out.len();
    }

    /// Returns whether the last line has been begun.
    pub(super) fn is_inside_line(&self) -> bool {
        self.out.len() > self.line_start
    }

    pub(super) fn indent(&mut self, mut width: usize) {
        const BLANKS: &str = "                                                                ";
        while width > BLANKS.len() {
            self.out.push_str(BLANKS);
            width -= BLANKS.len();
        }
        self.out.push_str(&BLANKS[..width]);
    }

    /// Writes a value and ends its line. Further lines of it are indented by `indent`.
    pub(super) fn value(&mut self, text: &str, indent: usize) -> Result<(), String> {
        let flags = refine(text, classify(text));
        if flags & (SPECIAL | HIGH) != 0
            && let Cow::Owned(text) = through_json(text)?
        {
            let flags = classify(&text);
            self.styled(&text, flags, indent);
        } else {
            self.styled(text, flags, indent);
        }
        Ok(())
    }

    /// Writes a value as go-yaml v3 does that has read it: what looks like a merge key keeps that tag.
    fn is_merge(&self, text: &str) -> bool {
        self.width != WIDTH && text == "<<"
    }

    #[inline]
    fn styled(&mut self, text: &str, flags: u8, indent: usize) {
        let allowed = analyze(text, flags);
        if flags & BREAK != 0 {
            if allowed.block {
                return self.literal(text, flags, indent);
            }
            self.double_quoted(text, flags, Some(indent));
        } else if !is_yaml11_string(text) {
            self.double_quoted(text, flags, Some(indent));
        } else if allowed.plain {
            if self.is_merge(text) {
                self.out.push_str("!!merge ");
            }
            self.plain(text, flags, Some(indent));
        } else if allowed.single {
            self.single_quoted(text, flags, Some(indent));
        } else {
            self.double_quoted(text, flags, Some(indent));
        }
        self.line_break();
    }

    /// Writes a key that fits on one line; never folded.
    #[inline]
    pub(super) fn simple_key(&mut self, text: &str, flags: u8) {
        let allowed = analyze(text, flags);
        if !is_yaml11_string(text) {
            self.double_quoted(text, flags, None);
        } else if allowed.plain {
            self.out.push_str(text);
        } else if allowed.single {
            self.single_quoted(text, flags, None);
        } else {
            self.double_quoted(text, flags, None);
        }
    }

    /// Returns how many characters the line holds.
    fn column(&self) -> usize {
        self.out[self.line_start..].chars().count()
    }

    /// Returns whether a text of so many bytes may pass the width on this line.
    fn may_fold(&self, len: usize) -> bool {
        self.out.len() - self.line_start + len > self.width
    }

    #[inline]
    fn plain(&mut self, text: &str, flags: u8, fold: Option<usize>) {
        match fold {
            Some(indent) if flags & SPACE != 0 && self.may_fold(text.len()) => {
                if flags & HIGH == 0 {
                    self.folded_at_spaces(text, flags, indent, false)
                } else {
                    self.folded(text, indent, false)
                }
            }
            _ => self.out.push_str(text),
        }
    }

    /// Writes a text of one line without escapes, as [`Writer::folded`] does, looking for spaces only.
    fn folded_at_spaces(&mut self, text: &str, flags: u8, indent: usize, quoted: bool) {
        let bytes = text.as_bytes();
        let n_chars = |bytes: &[u8]| match flags & WIDE {
            0 => bytes.len(),
            _ => bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count(),
        };
        // The column of `counted`; the text up to `written` is out.
        let mut column = self.column();
        let (mut written, mut counted, mut at) = (0, 0, 0);
        loop {
            // No character is shorter than a byte.
            at = at.max(counted + (self.width + 1).saturating_sub(column));
            let Some(space) = bytes.get(at..).and_then(|rest| memchr::memchr(b' ', rest)) else { break };
            at += space;
            column += n_chars(&bytes[counted..at]);
            counted = at;
            let is_at_end = quoted && at == bytes.len() - 1;
            if column <= self.width {
                continue;
            }
            if at == 0 || is_at_end || bytes[at - 1] == b' ' || bytes.get(at + 1) == Some(&b' ') {
                at += 1;
                continue;
            }
            self.out.push_str(&text[written..at]);
            self.line_break();
            self.indent(indent);
            column = indent;
            at += 1;
            (written, counted) = (at, at);
        }
        self.out.push_str(&text[written..]);
    }

    /// Writes a text without escapes, breaking lines at the first single space behind the width.
    ///
    /// The only line breaks inside are U+2028 and U+2029, of single-quoted texts: go yaml indents what follows them.
    fn folded(&mut self, text: &str, indent: usize, quoted: bool) {
        let bytes = text.as_bytes();
        let mut column = self.column();
        let (mut spaces, mut breaks) = (false, false);
        for (at, char) in text.char_indices() {
            if char == ' ' {
                let inside = !quoted || (at > 0 && at < bytes.len() - 1);
                if !spaces && column > self.width && inside && bytes.get(at + 1) != Some(&b' ') {
                    self.line_break();
                    self.indent(indent);
                    column = indent;
                } else {
                    self.out.push(' ');
                    column += 1;
                }
                spaces = true;
            } else if is_line_break(char) {
                self.out.push(char);
                self.line_start = self.out.len();
                column = 0;
                breaks = true;
            } else {
                if breaks {
                    self.indent(indent.saturating_sub(column));
                    column = column.max(indent);
                }
                if quoted && char == '\'' {
                    self.out.push('\'');
                    column += 1;
                }
                self.out.push(char);
                column += 1;
                (spaces, breaks) = (false, false);
            }
        }
    }

    fn single_quoted(&mut self, text: &str, flags: u8, fold: Option<usize>) {
        self.out.push('\'');
        let simple = flags & HIGH == 0 && (flags & SPACE == 0 || !self.may_fold(2 * text.len()));
        let has_quotes = memchr::memchr(b'\'', text.as_bytes()).is_some();
        match fold {
            Some(indent) if !simple && flags & (HIGH | BREAK) == 0 && !has_quotes => {
                self.folded_at_spaces(text, flags, indent, true);
            }
            Some(indent) if !simple => self.folded(text, indent, true),
            _ if !has_quotes => self.out.push_str(text),
            _ => {
                for (at, part) in text.split('\'').enumerate() {
                    if at > 0 {
                        self.out.push_str("''");
                    }
                    self.out.push_str(part);
                }
            }
        }
        self.out.push('\'');
    }

    fn double_quoted(&mut self, text: &str, flags: u8, fold: Option<usize>) {
        let is_clean = flags & (BREAK | SPECIAL | HIGH) == 0 && !text.contains(['"', '\\']);
        if is_clean && (flags & SPACE == 0 || fold.is_none() || !self.may_fold(text.len() + 1)) {
            self.out.push('"');
            self.out.push_str(text);
            self.out.push('"');
            return;
        }
        // Upstream's test for a byte-order mark (`is_bom`) looks at the start of the text whatever the position, so a
        // text that starts with one is escaped throughout.
        let escape_all = text.starts_with('\u{feff}');
        let bytes = text.as_bytes();
        self.out.push('"');
        let mut column = self.column();
        let mut spaces = false;
        for (at, char) in text.char_indices() {
            if escape_all || !is_printable(char) || is_line_break(char) || char == '"' || char == '\\' {
                let before = self.out.len();
                self.escape(char);
                column += self.out.len() - before;
                spaces = false;
                continue;
            }
            if char == ' ' {
                let may_break = !spaces && column > self.width && at > 0 && at < bytes.len() - 1;
                spaces = true;
                if let Some(indent) = fold
                    && may_break
                {
                    self.line_break();
                    self.indent(indent);
                    column = indent;
                    if bytes.get(at + 1) == Some(&b' ') {
                        self.out.push('\\');
                        column += 1;
                    }
                    continue;
                }
            } else {
                spaces = false;
            }
            self.out.push(char);
            column += 1;
        }
        self.out.push('"');
    }

    fn escape(&mut self, char: char) {
        let short = match char {
            '\0' => '0',
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{b}' => 'v',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\u{1b}' => 'e',
            '"' => '"',
            '\\' => '\\',
            '\u{85}' => 'N',
            '\u{a0}' => '_',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            _ => {
                let code = u32::from(char);
                match code {
                    0..=0xff => write!(self.out, "\\x{code:02X}"),
                    0x100..=0xffff => write!(self.out, "\\u{code:04X}"),
                    _ => write!(self.out, "\\U{code:08X}"),
                }
                .expect("a String takes everything");
                return;
            }
        };
        self.out.push('\\');
        self.out.push(short);
    }

    /// Writes a text with line breaks as a literal block, its last line ended.
    fn literal(&mut self, text: &str, flags: u8, indent: usize) {
        self.out.push('|');
        if text.starts_with(|char| char == ' ' || is_line_break(char)) {
            self.out.push('2');
        }
        let mut ends = text.chars().rev();
        match (ends.next().is_some_and(is_line_break), ends.next()) {
            (false, _) => self.out.push('-'),
            (true, before) if before.is_none_or(is_line_break) => self.out.push('+'),
            _ => {}
        }
        self.out.push('\n');
        if flags & HIGH == 0 {
            for line in text.split_inclusive('\n') {
                if line != "\n" {
                    self.indent(indent);
                }
                self.out.push_str(line);
            }
        } else {
            for line in text.split_inclusive(is_line_break) {
                if !line.starts_with(is_line_break) {
                    self.indent(indent);
                }
                self.out.push_str(line);
            }
        }
        if text.ends_with(is_line_break) {
            self.line_start = self.out.len();
        } else {
            self.line_break();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_at_spaces_is_folding() {
        let words = ["a", "gar\u{e7}on", "\u{43c}\u{438}\u{440}", "", "a-word-of-some-length", "\u{2014}", "x"];
        for start in 0..words.len() {
            for n in [1, 12, 30, 31, 32, 33, 34, 60] {
                let text = words.iter().cycle().skip(start).take(n).copied().collect::<Vec<_>>().join(" ");
                for (quoted, text) in [(true, text.clone()), (true, format!("{text} ")), (false, format!("a{text}b"))] {
                    let flags = refine(&text, classify(&text));
                    assert_eq!(flags & HIGH, 0, "{text}");
                    let (mut quick, mut slow) = ("key: ".to_owned(), "key: ".to_owned());
                    let at = |out| Writer { out, line_start: 0, width: WIDTH };
                    at(&mut quick).folded_at_spaces(&text, flags, 2, quoted);
                    at(&mut slow).folded(&text, 2, quoted);
                    assert_eq!(quick, slow);
                }
            }
        }
    }

    #[test]
    fn characters_that_are_not_printed_as_they_are_keep_their_flag() {
        for (text, is_ordinary) in
            [("\u{e9}", true), ("\u{2014}", true), ("\u{a0}", true), ("\u{85}", false), ("\u{2028}", false)]
        {
            assert_eq!(refine(text, classify(text)) == WIDE, is_ordinary, "{text:?}");
        }
        for text in ["\u{feff}", "\u{1f600}", "\u{9f}", "\u{ffff}", "\u{e9}\t"] {
            assert_ne!(refine(text, classify(text)) & HIGH, 0, "{text:?}");
        }
    }
}
