//! The normalised text of a file, and the way back to the original bytes.

use crate::source::Span;

/// A text whose line ends are `\n` and which begins without byte-order mark.
#[derive(Debug, Default)]
pub(super) struct Normalised {
    /// The text, where it differs from the original.
    pub(super) text: Option<String>,
    /// `(offset, shift)`: from this normalised offset on, the original offset is larger by `shift`.
    shifts: Vec<(u32, u32)>,
    hint: usize,
}

const BOM: &str = "\u{feff}";

impl Normalised {
    /// Normalises a file: `\r\n` and U+0085 become `\n` (the reference's parser takes both for a line end).
    pub(super) fn new(original: &str) -> Normalised {
        let (body, bom) = match original.strip_prefix(BOM) {
            Some(body) => (body, BOM.len()),
            None => (original, 0),
        };
        let bytes = body.as_bytes();
        let crlf = memchr::memmem::find(bytes, b"\r\n").is_some();
        let nel = !body.is_ascii() && memchr::memmem::find(bytes, "\u{85}".as_bytes()).is_some();
        if bom == 0 && !crlf && !nel {
            return Normalised::default();
        }
        let mut text = String::with_capacity(body.len());
        let mut shifts = Vec::new();
        let mut shift = bom as u32;
        if bom > 0 {
            shifts.push((0, shift));
        }
        let mut copied = 0;
        // In UTF-8 the byte 0xC2 is always the first of two, so a match is always a whole character.
        for at in memchr::memchr2_iter(b'\r', 0xc2, bytes) {
            let pair = bytes.get(at..at + 2);
            let is_crlf = pair == Some(b"\r\n");
            if !is_crlf && pair != Some("\u{85}".as_bytes()) {
                continue;
            }
            text.push_str(body.get(copied..at).unwrap_or(""));
            shift += 1;
            if is_crlf {
                // The `\n` itself is copied with what follows.
                shifts.push((text.len() as u32, shift));
                copied = at + 1;
            } else {
                text.push('\n');
                shifts.push((text.len() as u32, shift));
                copied = at + 2;
            }
        }
        text.push_str(body.get(copied..).unwrap_or(""));
        Normalised { text: Some(text), shifts, hint: 0 }
    }

    /// Returns the original offset of a normalised one. Cheap when offsets come roughly in order.
    pub(super) fn original(&mut self, offset: usize) -> usize {
        if self.shifts.is_empty() {
            return offset;
        }
        let offset = offset as u32;
        let holds = |index: usize| {
            let from = index == 0 || self.shifts.get(index - 1).is_some_and(|entry| entry.0 <= offset);
            from && self.shifts.get(index).is_none_or(|entry| offset < entry.0)
        };
        // `hint` is the number of shifts at or before the offset asked for last.
        let index = match self.hint {
            hint if holds(hint) => hint,
            hint if holds(hint + 1) => hint + 1,
            _ => self.shifts.partition_point(|entry| entry.0 <= offset),
        };
        self.hint = index;
        let shift = index.checked_sub(1).and_then(|index| self.shifts.get(index)).map_or(0, |entry| entry.1);
        (offset + shift) as usize
    }

    /// Returns the original span of a normalised range.
    pub(super) fn span(&mut self, start: usize, end: usize) -> Span {
        let first = self.original(start);
        // The end belongs to the last byte inside, so that a `\r` behind it stays outside.
        let last = if end > start { self.original(end - 1) + 1 } else { first };
        Span::new(first, last)
    }
}

/// Turns lines and columns of a parser into byte offsets; cheap when they come roughly in order.
#[derive(Debug)]
pub(super) struct LineCursor<'t> {
    text: &'t str,
    ascii: bool,
    /// The line, from 1.
    line: usize,
    /// Where it begins.
    line_start: usize,
    /// A column of the line, in characters from 0, and its byte.
    column: usize,
    byte: usize,
}

impl<'t> LineCursor<'t> {
    pub(super) fn new(text: &'t str) -> LineCursor<'t> {
        LineCursor { text, ascii: text.is_ascii(), line: 1, line_start: 0, column: 0, byte: 0 }
    }

    /// Goes to a line (from 1) and returns the byte at which it begins; the end of the text for a line past it.
    pub(super) fn go_to_line(&mut self, line: usize) -> usize {
        let bytes = self.text.as_bytes();
        if line < self.line {
            (self.line, self.line_start) = (1, 0);
            (self.column, self.byte) = (0, 0);
        }
        while self.line < line {
            let rest = bytes.get(self.line_start..).unwrap_or(b"");
            self.line_start = match memchr::memchr2(b'\n', b'\r', rest) {
                Some(end) if rest.get(end..end + 2) == Some(b"\r\n") => self.line_start + end + 2,
                Some(end) => self.line_start + end + 1,
                None => bytes.len(),
            };
            self.line += 1;
            (self.column, self.byte) = (0, self.line_start);
        }
        self.line_start
    }

    /// Returns the byte at a column (in characters, from 0) of the line gone to.
    pub(super) fn column(&mut self, column: usize) -> usize {
        let bytes = self.text.as_bytes();
        if self.ascii {
            return (self.line_start + column).min(bytes.len());
        }
        let continues = |byte: &u8| byte & 0xc0 == 0x80;
        while self.column < column && self.byte < bytes.len() {
            self.byte += 1;
            while bytes.get(self.byte).is_some_and(continues) {
                self.byte += 1;
            }
            self.column += 1;
        }
        while self.column > column && self.byte > self.line_start {
            self.byte -= 1;
            while self.byte > self.line_start && bytes.get(self.byte).is_some_and(continues) {
                self.byte -= 1;
            }
            self.column -= 1;
        }
        self.byte
    }
}
