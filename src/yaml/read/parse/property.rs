//! Anchors and tags in front of a node, and the directives that give tags their meaning.

use super::super::build::Node;
use super::super::explain;
use super::super::fault::Fault;
use super::super::scan::Dialect;
use super::super::token::{Token, TokenKind};
use super::{Context, Parser};
use crate::yaml::tree::{Style, Tag, Text};
use std::borrow::Cow;

const STANDARD: &str = "tag:yaml.org,2002:";

impl<'t> Parser<'t, '_> {
    /// Reads a node that begins with an anchor, a tag, or both.
    pub(super) fn node_with_properties(&mut self, first: Token, context: Context) -> Result<(), Box<Fault>> {
        let mut anchor = None;
        let mut tag = None;
        let mut token = first;
        let mut end = first.end;
        loop {
            match token.kind {
                TokenKind::Anchor if anchor.is_none() => anchor = Some(self.scanner.name(token)),
                TokenKind::Tag if tag.is_none() => tag = Some(token),
                _ => break,
            }
            end = token.end;
            self.scanner.skip();
            token = self.scanner.peek()?;
        }
        let tag = match tag {
            Some(tag) => self.resolve_tag(tag, token)?,
            None => Tag::Implied,
        };
        if token.kind == TokenKind::Scalar {
            return self.scalar(token, tag, anchor);
        }
        if self.collection(token, context, tag, anchor)? {
            return Ok(());
        }
        let node = Node { style: Style::Plain, tag, anchor, start: end, end };
        self.builder.scalar(node, Text::EMPTY, "")
    }

    /// Returns what a tag amounts to for the node behind it.
    fn resolve_tag(&self, token: Token, node: Token) -> Result<Tag, Box<Fault>> {
        let text = self.scanner.name(token);
        if let Some(verbatim) = text.strip_prefix("!<") {
            return Ok(standard_tag(&unescape(verbatim.strip_suffix('>').unwrap_or(verbatim))));
        }
        if text == "!" {
            // To go yaml.v3 it says nothing, to go yaml.v2 it says string.
            let is_string =
                self.dialect == Dialect::Kustomization && node.kind == TokenKind::Scalar && node.style == Style::Plain;
            return Ok(if is_string { Tag::Str } else { Tag::Implied });
        }
        let body = text.get(1..).unwrap_or("");
        let word = body.find(|char: char| !char.is_ascii_alphanumeric() && char != '_' && char != '-');
        let (handle, suffix) = match word.filter(|&end| body.get(end..).is_some_and(|rest| rest.starts_with('!'))) {
            Some(end) => text.split_at(end + 2),
            None => text.split_at(1),
        };
        let declared = self.handles.iter().find(|declared| declared.0 == handle).map(|declared| declared.1);
        let prefix = match (declared, handle) {
            (Some(prefix), _) => prefix,
            (None, "!") => "!",
            (None, "!!") => STANDARD,
            (None, _) => return Err(explain::undeclared_handle(token.start as usize)),
        };
        let uri = format!("{}{}", unescape(prefix), unescape(suffix));
        Ok(standard_tag(&uri))
    }

    /// Reads directives up to a `---`, which is left.
    pub(super) fn directives(&mut self) -> Result<(), Box<Fault>> {
        let mut has_version = false;
        loop {
            let token = self.scanner.peek()?;
            let at = token.start as usize;
            match token.kind {
                TokenKind::Version if has_version => return Err(explain::bad_directive(at)),
                TokenKind::Version => has_version = true,
                TokenKind::OtherVersion => return Err(explain::version(at)),
                TokenKind::TagDirective => {
                    let handle = self.scanner.name(token);
                    if self.handles.iter().any(|declared| declared.0 == handle) {
                        return Err(explain::bad_directive(at));
                    }
                    let line = self.scanner.text().get(at..token.end as usize).unwrap_or("");
                    self.handles.push((handle, line.rsplit([' ', '\t']).next().unwrap_or("")));
                }
                TokenKind::DocumentStart => return Ok(()),
                _ => return Err(explain::expected_document(self.scanner.text(), at)),
            }
            self.scanner.skip();
        }
    }
}

/// Decodes `%xx`, which the scanner has checked.
fn unescape(uri: &str) -> Cow<'_, str> {
    if !uri.contains('%') {
        return Cow::Borrowed(uri);
    }
    let mut octets = Vec::new();
    let mut rest = uri.bytes();
    while let Some(byte) = rest.next() {
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16)).unwrap_or(0);
        octets.push(if byte == b'%' { (digit() * 16 + digit()) as u8 } else { byte });
    }
    Cow::Owned(String::from_utf8_lossy(&octets).into_owned())
}

fn standard_tag(uri: &str) -> Tag {
    let name = uri.strip_prefix(STANDARD).or_else(|| uri.strip_prefix("!!"));
    match name {
        None if uri == "!" => Tag::Implied,
        Some("str") => Tag::Str,
        Some("int") => Tag::Int,
        Some("float") => Tag::Float,
        Some("bool") => Tag::Bool,
        Some("null") => Tag::Null,
        Some("timestamp") => Tag::Timestamp,
        Some("binary") => Tag::Binary,
        Some("merge") => Tag::Merge,
        Some("map") => Tag::Map,
        Some("seq") => Tag::Seq,
        _ => Tag::Custom,
    }
}
