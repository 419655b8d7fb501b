//! Strict JSON text into nodes, as Go's encoding/json reads it into untyped values: the last of equal keys wins, halves of
//! surrogate pairs become U+FFFD, all numbers are floats.

use super::new_scalar;
use crate::limits::Limits;
use crate::provenance::Stamp;
use crate::sorting::Sorting;
use crate::yaml::decimal;
use crate::yaml::emit::value::Scalar;
use crate::yaml::tree::{NodeId, Style, Tag, Tree};
use std::borrow::Cow;

/// Why a text is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// Where, in bytes from the start.
    pub offset: usize,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

/// Reads a JSON text into a new node in the form that [`normalise`](super::normalise) gives; keys are sorted bytewise.
pub fn decode(text: &str, tree: &mut Tree, stamp: &Stamp) -> Result<NodeId, JsonError> {
    let mut decoder = Decoder { text, at: 0, tree, stamp, depth_max: Limits::default().depth_max };
    let result = decoder.value(0).and_then(|node| {
        decoder.blanks();
        match decoder.peek() {
            None => Ok(node),
            Some(_) => decoder.unexpected("after top-level value"),
        }
    });
    result.map_err(|message| {
        let offset = decoder.at.min(text.len());
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        JsonError {
            offset,
            line: before.bytes().filter(|&byte| byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message,
        }
    })
}

struct Decoder<'a> {
    text: &'a str,
    /// Always on a character boundary.
    at: usize,
    tree: &'a mut Tree,
    stamp: &'a Stamp,
    depth_max: usize,
}

impl<'a> Decoder<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn unexpected<T>(&self, context: &str) -> Result<T, String> {
        match self.text[self.at..].chars().next() {
            // A letter or a digit may belong to a secret.
            Some(char) if char.is_alphanumeric() => Err(format!("invalid character {context}")),
            Some(char) => Err(format!("invalid character {char:?} {context}")),
            None => Err("unexpected end of JSON input".into()),
        }
    }

    fn expect(&mut self, byte: u8, context: &str) -> Result<(), String> {
        if self.peek() != Some(byte) {
            return self.unexpected(context);
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<NodeId, String> {
        self.blanks();
        match self.peek() {
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.array(depth + 1),
            Some(b'"') => {
                let text = self.string()?;
                new_scalar(self.tree, Scalar::Str(text), self.stamp)
            }
            Some(b'-' | b'0'..=b'9') => {
                let start = self.at;
                let value = self.number()?;
                new_scalar(self.tree, Scalar::Float(value), self.stamp).inspect_err(|_| self.at = start)
            }
            Some(b't') => self.word("true", Scalar::Bool(true)),
            Some(b'f') => self.word("false", Scalar::Bool(false)),
            Some(b'n') => self.word("null", Scalar::Null),
            _ => self.unexpected("looking for beginning of value"),
        }
    }

    fn word(&mut self, word: &str, value: Scalar<'_>) -> Result<NodeId, String> {
        for expected in word.bytes() {
            self.expect(expected, &format!("in literal {word}"))?;
        }
        new_scalar(self.tree, value, self.stamp)
    }

    fn check_depth(&self, depth: usize) -> Result<(), String> {
        if depth > self.depth_max { Err(format!("nested deeper than {} levels", self.depth_max)) } else { Ok(()) }
    }

    fn array(&mut self, depth: usize) -> Result<NodeId, String> {
        self.check_depth(depth)?;
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
        } else {
            loop {
                items.push(self.value(depth)?);
                self.blanks();
                match self.peek() {
                    Some(b',') => self.at += 1,
                    Some(b']') => break self.at += 1,
                    _ => return self.unexpected("after array element"),
                }
            }
        }
        let id = self.tree.new_sequence(self.stamp);
        self.finish(id, &items);
        Ok(id)
    }

    fn object(&mut self, depth: usize) -> Result<NodeId, String> {
        self.check_depth(depth)?;
        self.at += 1;
        let mut entries: Vec<(Cow<'a, str>, NodeId)> = Vec::new();
        self.blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
        } else {
            loop {
                self.blanks();
                if self.peek() != Some(b'"') {
                    return self.unexpected("looking for beginning of object key string");
                }
                let key = self.string()?;
                self.blanks();
                self.expect(b':', "after object key")?;
                entries.push((key, self.value(depth)?));
                self.blanks();
                match self.peek() {
                    Some(b',') => self.at += 1,
                    Some(b'}') => break self.at += 1,
                    _ => return self.unexpected("after object key:value pair"),
                }
            }
        }
        entries.put_in_order(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
        let mut children = Vec::with_capacity(2 * entries.len());
        let mut entries = entries.into_iter().peekable();
        while let Some((key, value)) = entries.next() {
            if entries.peek().is_some_and(|(next, _)| *next == key) {
                continue;
            }
            children.push(new_scalar(self.tree, Scalar::Str(key), self.stamp)?);
            children.push(value);
        }
        let id = self.tree.new_mapping(self.stamp);
        self.finish(id, &children);
        Ok(id)
    }

    fn finish(&mut self, id: NodeId, children: &[NodeId]) {
        if children.is_empty() {
            self.tree.set_style_and_tag(id, Style::Flow, Tag::Implied);
        } else {
            self.tree.set_children(id, children);
        }
    }

    fn number(&mut self) -> Result<f64, String> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits("in numeric literal")?,
            _ => return self.unexpected("in numeric literal"),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        let text = &self.text[start..self.at];
        match decimal::parse(text) {
            Some(value) if value.is_finite() => Ok(value),
            _ => {
                self.at = start;
                Err("a number is out of range".to_owned())
            }
        }
    }

    fn digits(&mut self, context: &str) -> Result<(), String> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return self.unexpected(context);
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn string(&mut self) -> Result<Cow<'a, str>, String> {
        let text = self.text;
        self.at += 1;
        let mut decoded: Option<String> = None;
        let mut from = self.at;
        loop {
            let rest = &text.as_bytes()[self.at..];
            let Some(skip) = rest.iter().position(|&byte| byte == b'"' || byte == b'\\' || byte < b' ') else {
                self.at = text.len();
                return self.unexpected("in string literal");
            };
            self.at += skip;
            let part = &text[from..self.at];
            match rest[skip] {
                b'"' => {
                    self.at += 1;
                    return Ok(match decoded {
                        Some(decoded) => Cow::Owned(decoded + part),
                        None => Cow::Borrowed(part),
                    });
                }
                b'\\' => {
                    self.at += 1;
                    let char = self.escape()?;
                    let decoded = decoded.get_or_insert_default();
                    decoded.push_str(part);
                    decoded.push(char);
                    from = self.at;
                }
                _ => return self.unexpected("in string literal"),
            }
        }
    }

    fn escape(&mut self) -> Result<char, String> {
        let char = match self.peek() {
            Some(b'u') => {
                self.at += 1;
                return self.code_point();
            }
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            _ => return self.unexpected("in string escape code"),
        };
        self.at += 1;
        Ok(char)
    }

    /// Reads what follows `\u`, and the other half of a surrogate pair if it is one.
    fn code_point(&mut self) -> Result<char, String> {
        let first = self.hex()?;
        if let Some(char) = char::from_u32(first) {
            return Ok(char);
        }
        let after = self.at;
        if first < 0xdc00 && self.text[self.at..].starts_with("\\u") {
            self.at += 2;
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            // Not the other half: it stands for itself.
            self.at = after;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex(&mut self) -> Result<u32, String> {
        let mut code = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(16)) else {
                return self.unexpected("in \\u hexadecimal character escape");
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}
