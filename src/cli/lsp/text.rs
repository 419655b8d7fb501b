//! Positions as editors count them, and addresses of files.
//!
//! The protocol counts lines from 0, columns in UTF-16 units, and ends lines at `\n`, `\r\n` and a lone `\r`; the engine
//! counts bytes. An editor does not show a byte-order mark, and does not count it.

use serde_json::{Value, json};
use std::ops::Range;

/// A line and a column, both from 0; the column counts UTF-16 units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) line: u32,
    pub(super) character: u32,
}

impl Position {
    /// Takes a position out of a message.
    pub(super) fn of(value: &Value) -> Option<Position> {
        let number = |name: &str| u32::try_from(value.get(name)?.as_u64()?).ok();
        Some(Position { line: number("line")?, character: number("character")? })
    }

    fn json(self) -> Value {
        json!({"line": self.line, "character": self.character})
    }
}

/// A text with its lines.
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Lines<'t> {
        let bytes = text.as_bytes();
        let mut starts = vec![if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes.get(at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n') {
                starts.push(at + 1);
            }
        }
        Lines { text, starts }
    }

    /// Returns the position of a byte; the end for one past it.
    pub(super) fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|&start| start <= offset).max(1) - 1;
        let start = self.starts.get(line).copied().unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        let character = before.chars().map(char::len_utf16).sum::<usize>();
        Position { line: line as u32, character: character as u32 }
    }

    /// Returns the byte of a position; what is past a line is its end, what is past the text the text's end.
    pub(super) fn offset(&self, position: Position) -> usize {
        let Some(&start) = self.starts.get(position.line as usize) else { return self.text.len() };
        let rest = self.text.get(start..).unwrap_or_default();
        let mut units = 0;
        for (at, c) in rest.char_indices() {
            if units >= position.character as usize || c == '\n' || c == '\r' {
                return start + at;
            }
            units += c.len_utf16();
        }
        self.text.len()
    }

    /// Returns a range of bytes as the protocol writes it.
    pub(super) fn range(&self, range: Range<usize>) -> Value {
        range_json(self.position(range.start), self.position(range.end))
    }
}

pub(super) fn range_json(start: Position, end: Position) -> Value {
    json!({"start": start.json(), "end": end.json()})
}

/// Returns the absolute path of a `file:` address, as the engine writes paths.
pub(super) fn path_of(uri: &str) -> Option<String> {
    let rest = uri.strip_prefix("file://")?;
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    // A host name: `localhost`, or a share, which is not supported.
    let path = rest.strip_prefix("localhost").filter(|path| path.starts_with('/')).unwrap_or(rest);
    if !path.starts_with('/') {
        return None;
    }
    let mut bytes = Vec::with_capacity(path.len());
    let mut left = path.as_bytes();
    while let [first, rest @ ..] = left {
        let hex = |byte: u8| char::from(byte).to_digit(16);
        match (first, rest) {
            (b'%', [high, low, rest @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                bytes.push((hex(*high)? * 16 + hex(*low)?) as u8);
                left = rest;
            }
            _ => {
                bytes.push(*first);
                left = rest;
            }
        }
    }
    let path = String::from_utf8(bytes).ok()?;
    Some(crate::fs::clean(&path))
}

/// Returns the `file:` address of an absolute path.
pub(super) fn uri_of(path: &str) -> String {
    let mut uri = String::from("file://");
    if !path.starts_with('/') {
        uri.push('/');
    }
    for &byte in path.as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_utf_16_units() {
        let text = "\u{feff}a: ä😀x\r\nb\rc\n";
        let lines = Lines::new(text);
        for (word, line, character) in [("a:", 0, 0), ("😀", 0, 4), ("x", 0, 6), ("b", 1, 0), ("c", 2, 0)] {
            let offset = text.find(word).expect("there");
            let position = Position { line, character };
            assert_eq!((lines.position(offset), lines.offset(position)), (position, offset), "{word}");
        }
        assert_eq!(lines.position(999), Position { line: 3, character: 0 });
        // In the middle of a character, past a line, past the text.
        let offset = |line, character| lines.offset(Position { line, character });
        assert_eq!(offset(0, 5), text.find('x').expect("there"));
        assert_eq!(offset(0, 99), text.find('\r').expect("there"));
        assert_eq!([offset(9, 0), offset(3, 7)], [text.len(); 2]);
        assert_eq!(Lines::new("").position(0), Position { line: 0, character: 0 });
    }

    #[test]
    fn addresses_are_paths_and_back() {
        for (uri, path) in [
            ("file:///a/b%20c/%C3%A4.yaml", "/a/b c/ä.yaml"),
            ("file://localhost/a", "/a"),
            ("file:///a%2", "/a%2"),
            ("file:///c%3A/x/y.yaml", "c:/x/y.yaml"),
            ("file:///a/../b#f", "/b"),
        ] {
            let found = path_of(uri);
            assert_eq!(found.as_deref(), Some(path), "{uri}");
            assert_eq!(path_of(&uri_of(path)).as_deref(), Some(path));
        }
        assert_eq!(uri_of("/a b/ä"), "file:///a%20b/%C3%A4");
        for uri in ["untitled:Untitled-1", "file://host/a", "file:///%FF", ""] {
            assert_eq!(path_of(uri), None, "{uri}");
        }
    }
}
