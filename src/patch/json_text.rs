//! Strict JSON, with places: JSON patches that begin with `[`.
//!
//! Reads what Go's `encoding/json` reads, which is neither less (a YAML reader refuses `\/` and surrogate pairs) nor more
//! (unquoted keys, comments). Numbers keep their text. Of duplicate keys the last counts.

use crate::limits::Limits;
use crate::provenance::{Origin, ReadFile};
use crate::source::{Source, Span};
use crate::yaml::tree::{Kind, NodeId, Style, Tag, Text, Tree};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What is wrong with a text, and where.
#[derive(Debug)]
pub(super) struct JsonError {
    pub(super) offset: usize,
    pub(super) message: &'static str,
}

/// Reads a text as one JSON value.
pub(super) fn read(source: &Arc<Source>, limits: &Limits) -> Result<Tree, JsonError> {
    let text = source.text.as_str();
    let depth_max = limits.depth_max;
    let mut reader = Reader {
        text,
        at: 0,
        depth_max,
        tree: Tree::for_reader(text.len() / 16),
        decoded: String::new(),
        spans: Vec::new(),
    };
    let root = reader.value(0)?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.error("something stands after the end of the list"));
    }
    let Reader { mut tree, decoded, spans, .. } = reader;
    tree.finish_reading(Arc::new(ReadFile { source: Arc::clone(source), decoded, spans }), root);
    Ok(tree)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth_max: usize,
    tree: Tree,
    decoded: String,
    spans: Vec<Span>,
}

type Read<T> = Result<T, JsonError>;

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Read<NodeId> {
        if depth > self.depth_max {
            return Err(self.error("too many levels of nesting"));
        }
        self.skip_space();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(|(id, _)| id),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            Some(_) => Err(self.error("no JSON value")),
            None => Err(self.error("the text ends too early")),
        }
    }

    fn array(&mut self, depth: usize) -> Read<NodeId> {
        let list = self.open(Kind::Sequence);
        self.skip_space();
        if self.take(b']') {
            return Ok(self.close(list));
        }
        loop {
            let item = self.value(depth + 1)?;
            self.tree.append(list, item);
            self.skip_space();
            if self.take(b']') {
                return Ok(self.close(list));
            }
            self.expect(b',', "a comma or `]` is missing")?;
        }
    }

    fn object(&mut self, depth: usize) -> Read<NodeId> {
        let map = self.open(Kind::Mapping);
        let mut seen: FxHashMap<String, usize> = FxHashMap::default();
        let mut children: Vec<NodeId> = Vec::new();
        self.skip_space();
        if self.take(b'}') {
            return Ok(self.close(map));
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err(self.error("a key in double quotes is missing"));
            }
            let (key, text) = self.string()?;
            self.skip_space();
            self.expect(b':', "a colon is missing")?;
            let value = self.value(depth + 1)?;
            match seen.get(&text) {
                Some(&at) => {
                    (children[at], children[at + 1]) = (key, value);
                }
                None => {
                    seen.insert(text, children.len());
                    children.extend([key, value]);
                }
            }
            self.skip_space();
            if self.take(b'}') {
                self.tree.set_children(map, &children);
                return Ok(self.close(map));
            }
            self.expect(b',', "a comma or `}` is missing")?;
        }
    }

    fn span_of(&self, id: NodeId) -> usize {
        match self.tree.origin(id).index() {
            crate::provenance::OriginIndex::Read(index) => index,
            _ => usize::MAX,
        }
    }

    /// Reads a string; gives its text as well, since the tree cannot say it before it has its file.
    fn string(&mut self) -> Read<(NodeId, String)> {
        let start = self.at;
        self.at += 1;
        let rest = &self.text.as_bytes()[self.at..];
        let plain = rest.iter().position(|&byte| matches!(byte, b'"' | b'\\' | 0..0x20)).unwrap_or(rest.len());
        if rest.get(plain) == Some(&b'"') {
            self.at += plain + 1;
            let id = self.scalar(start, Text::in_file(start + 1, plain), Style::DoubleQuoted, Tag::Str);
            return Ok((id, self.text[start + 1..start + 1 + plain].to_owned()));
        }
        let from = self.decoded.len();
        let mut decoded = std::mem::take(&mut self.decoded);
        let result = self.unescape(&mut decoded);
        self.decoded = decoded;
        result?;
        let text = Text::in_decoded(from, self.decoded.len() - from);
        let id = self.scalar(start, text, Style::DoubleQuoted, Tag::Str);
        Ok((id, self.decoded[from..].to_owned()))
    }

    /// Reads the rest of a string, the closing quote included.
    fn unescape(&mut self, out: &mut String) -> Read<()> {
        loop {
            let Some(char) = self.text[self.at..].chars().next() else {
                return Err(self.error("a string does not end"));
            };
            match char {
                '"' => {
                    self.at += 1;
                    return Ok(());
                }
                '\\' => out.push(self.escape()?),
                '\0'..='\u{1f}' => return Err(self.error("a control character stands in a string")),
                _ => {
                    out.push(char);
                    self.at += char.len_utf8();
                }
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        self.at += 1;
        let char = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.error("an unknown escape")),
        };
        self.at += 1;
        Ok(char)
    }

    /// Reads `uXXXX`; half a surrogate pair becomes U+FFFD.
    fn unicode_escape(&mut self) -> Read<char> {
        let unit = self.four_digits(self.at + 1)?;
        self.at += 5;
        if !(0xD800..0xE000).contains(&unit) {
            return Ok(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let is_pair = unit < 0xDC00 && self.text[self.at..].starts_with("\\u");
        let low = if is_pair { self.four_digits(self.at + 2).ok() } else { None };
        match low {
            Some(low @ 0xDC00..=0xDFFF) => {
                self.at += 6;
                let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
            }
            _ => Ok(char::REPLACEMENT_CHARACTER),
        }
    }

    fn four_digits(&self, from: usize) -> Read<u32> {
        let digits = self.text.get(from..from + 4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        digits
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.error("four hexadecimal digits are missing"))
    }

    fn number(&mut self) -> Read<NodeId> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') && self.digits() == 0 {
            return Err(self.error("a digit is missing"));
        }
        if self.take(b'.') && self.digits() == 0 {
            return Err(self.error("a digit is missing"));
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            if self.digits() == 0 {
                return Err(self.error("a digit is missing"));
            }
        }
        Ok(self.scalar(start, Text::in_file(start, self.at - start), Style::Plain, Tag::Implied))
    }

    fn digits(&mut self) -> usize {
        let from = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - from
    }

    fn word(&mut self, word: &'static str) -> Read<NodeId> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.error("no JSON value"));
        }
        let start = self.at;
        self.at += word.len();
        Ok(self.scalar(start, Text::in_file(start, word.len()), Style::Plain, Tag::Implied))
    }

    fn scalar(&mut self, start: usize, text: Text, style: Style, tag: Tag) -> NodeId {
        let origin = Origin::read(self.spans.len());
        self.spans.push(Span::new(start, self.at));
        self.tree.push(Kind::Scalar, style, tag, text, origin)
    }

    fn open(&mut self, kind: Kind) -> NodeId {
        let origin = Origin::read(self.spans.len());
        self.spans.push(Span::new(self.at, self.at));
        self.at += 1;
        self.tree.push(kind, Style::Flow, Tag::Implied, Text::in_file(0, 0), origin)
    }

    fn close(&mut self, id: NodeId) -> NodeId {
        let index = self.span_of(id);
        if let Some(span) = self.spans.get_mut(index) {
            *span = Span::new(span.start as usize, self.at);
        }
        id
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn expect(&mut self, byte: u8, message: &'static str) -> Read<()> {
        if self.take(byte) { Ok(()) } else { Err(self.error(message)) }
    }

    fn error(&self, message: &'static str) -> JsonError {
        JsonError { offset: self.at, message }
    }
}
