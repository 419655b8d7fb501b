//! Edits that let yaml-rust2 read what go-yaml accepts: continuation lines of quoted scalars and flow collections that
//! are not indented, and tabs behind `key:`. None can change a value: the white space at the start of such lines is
//! folded away, and a tab there separates just as a space does.

use super::lexical;
use std::str::Chars;

/// A change to the characters that the parser sees.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edit {
    /// The byte in front of which it applies.
    pub(super) at: usize,
    /// What it does.
    pub(super) kind: EditKind,
}

/// What an edit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum EditKind {
    /// Drops the (ASCII) character.
    Drop,
    /// Replaces the (ASCII) character by a space.
    Blank,
    /// Inserts spaces, at the start of a line.
    Indent(usize),
}

/// What to change.
pub(super) struct Repair {
    /// The changes.
    pub(super) edits: Vec<Edit>,
    /// The brackets of a flow collection that was indented: they must turn out to belong together.
    pub(super) flow: Option<(usize, usize)>,
}

/// The characters of a text with edits applied.
#[derive(Clone, Debug)]
pub(super) struct Input<'t> {
    text: &'t str,
    /// What is left up to the next edit: with none, the iterator is as fast as `Chars`.
    chars: Chars<'t>,
    edit: Option<Edit>,
    edits: std::vec::IntoIter<Edit>,
    spaces: usize,
    resume: usize,
}

impl<'t> Input<'t> {
    /// Makes the input; edits are in order.
    pub(super) fn new(text: &'t str, edits: Vec<Edit>) -> Input<'t> {
        let edits = edits.into_iter();
        let mut input = Input { text, chars: "".chars(), edit: None, edits, spaces: 0, resume: 0 };
        input.go_on();
        input
    }

    fn go_on(&mut self) {
        self.edit = self.edits.next();
        let end = self.edit.map_or(self.text.len(), |edit| edit.at);
        self.chars = self.text.get(self.resume..end).unwrap_or("").chars();
    }

    #[cold]
    fn edited(&mut self) -> Option<char> {
        if self.spaces == 0 {
            let edit = self.edit.take()?;
            (self.spaces, self.resume) = match edit.kind {
                EditKind::Indent(spaces) => (spaces, edit.at),
                EditKind::Blank => (1, edit.at + 1),
                EditKind::Drop => (0, edit.at + 1),
            };
            if self.spaces == 0 {
                self.go_on();
                return self.next();
            }
        }
        self.spaces -= 1;
        if self.spaces == 0 {
            self.go_on();
        }
        Some(' ')
    }
}

impl Iterator for Input<'_> {
    type Item = char;

    #[inline]
    fn next(&mut self) -> Option<char> {
        match self.chars.next() {
            None => self.edited(),
            char => char,
        }
    }
}

/// Finds the repair of an error at `at`; `open` is the outermost open bracket, `cursor` the end of the last node.
pub(super) fn find(text: &str, info: &str, at: usize, open: Option<usize>, cursor: usize) -> Option<Repair> {
    let pending = || open.map(|open| Pending::Flow(open, open)).or_else(|| pending(text, cursor, at));
    match info {
        "invalid indentation in quoted scalar"
        | "invalid indentation in flow construct"
        | "invalid indentation"
        | "tab cannot be used as indentation"
        | "tabs disallowed within this context (block indentation)" => match pending()? {
            // Inside a flow collection the whole collection stands too far left.
            Pending::Flow(open, _) => flow(text, open),
            Pending::Quote(quote) => {
                let end = lexical::quoted_end(text, quote)?;
                Some(Repair { edits: indent(text, quote, end, lexical::column(text, quote) + 1), flow: None })
            }
        },
        "':' must be followed by a valid YAML whitespace" => {
            let before = text.get(..at)?;
            let blanks = at - before.trim_end_matches(['\t', ' ']).len();
            let tabs = memchr::memchr_iter(b'\t', before.as_bytes().get(at - blanks..)?);
            let edits = tabs.map(|tab| Edit { at: at - blanks + tab, kind: EditKind::Blank }).collect();
            Some(Repair { edits, flow: None })
        }
        // go-yaml knows `\'`.
        "while parsing a quoted scalar, found unknown escape character" => {
            let end = lexical::quoted_end(text, at)?;
            let escapes = lexical::escapes(text, at + 1, end).filter(|&(_, escaped)| escaped == b'\'');
            let edits = escapes.map(|(at, _)| Edit { at, kind: EditKind::Drop }).collect();
            Some(Repair { edits, flow: None })
        }
        _ => None,
    }
}

fn flow(text: &str, open: usize) -> Option<Repair> {
    let close = match scan_flow(text, open, text.len()) {
        FlowScan::Closed(close) => close,
        FlowScan::Open(_) => return None,
    };
    let edits = indent(text, open, close + 1, lexical::column(text, open) + 1);
    Some(Repair { edits, flow: Some((open, close)) })
}

/// Indents the lines after the first between two offsets to at least `column`.
fn indent(text: &str, from: usize, to: usize, column: usize) -> Vec<Edit> {
    let bytes = text.as_bytes().get(..to).unwrap_or(b"");
    let mut edits = Vec::new();
    let mut line = lexical::line_end(text, from) + 1;
    while line < to {
        let rest = bytes.get(line..).unwrap_or(b"");
        let spaces = rest.iter().position(|&byte| byte != b' ').unwrap_or(rest.len());
        let blank = matches!(rest.get(spaces), Some(b'\n' | b'\r'));
        // A document marker inside is an error for go-yaml, too: it must stay in its column.
        let marker = rest.starts_with(b"---") || rest.starts_with(b"...");
        if spaces < column && !blank && !marker {
            edits.push(Edit { at: line, kind: EditKind::Indent(column - spaces) });
        }
        line = lexical::line_end(text, line) + 1;
    }
    edits
}

/// A node that the parser has begun to read without telling.
pub(super) enum Pending {
    /// A flow collection: its outermost and its innermost open bracket.
    Flow(usize, usize),
    /// A quoted scalar.
    Quote(usize),
}

/// Returns the node that begins behind `cursor` and reaches to `at`.
pub(super) fn pending(text: &str, cursor: usize, at: usize) -> Option<Pending> {
    let bytes = text.as_bytes();
    let mut open = lexical::skip_blank(text, cursor);
    while open <= at {
        match bytes.get(open)? {
            b'[' | b'{' => {
                return innermost(text, open, at).map(|innermost| Pending::Flow(open, innermost));
            }
            b'"' | b'\'' => return Some(Pending::Quote(open)),
            b'-' | b'?' | b':' => open += 1,
            b'!' | b'&' => open = lexical::property_end(text, open, false),
            _ => return None,
        }
        open = lexical::skip_blank(text, open);
    }
    None
}

/// Returns the innermost bracket that is open at `to`, in the collection that begins at `open`.
pub(super) fn innermost(text: &str, open: usize, to: usize) -> Option<usize> {
    match scan_flow(text, open, to) {
        FlowScan::Open(innermost) => Some(innermost),
        FlowScan::Closed(_) => None,
    }
}

enum FlowScan {
    /// The offset of the closing bracket.
    Closed(usize),
    /// The innermost bracket that was still open.
    Open(usize),
}

/// Walks through a flow collection from its bracket to the closing one, or to `to`.
fn scan_flow(text: &str, open: usize, to: usize) -> FlowScan {
    let bytes = text.as_bytes();
    let mut stack = vec![open];
    let mut at = open + 1;
    let mut in_plain = false;
    while at < to {
        let byte = bytes.get(at).copied().unwrap_or(0);
        let before = bytes.get(at - 1).copied().unwrap_or(0);
        match byte {
            b'[' | b'{' => {
                stack.push(at);
                in_plain = false;
            }
            b']' | b'}' => {
                stack.pop();
                in_plain = false;
                if stack.is_empty() {
                    return FlowScan::Closed(at);
                }
            }
            b',' => in_plain = false,
            b':' if !in_plain || !lexical::is_plain_char(bytes.get(at + 1).copied().unwrap_or(0), true) => {
                in_plain = false;
            }
            b'"' | b'\'' if !in_plain => match lexical::quoted_end(text, at) {
                Some(end) => {
                    at = end;
                    continue;
                }
                None => break,
            },
            b'#' if matches!(before, b' ' | b'\t' | b'\n' | b'\r') => {
                at = lexical::line_end(text, at);
                continue;
            }
            b' ' | b'\t' | b'\n' | b'\r' => {}
            _ => in_plain = true,
        }
        at += 1;
    }
    FlowScan::Open(stack.last().copied().unwrap_or(open))
}
