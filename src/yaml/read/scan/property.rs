//! Anchors, aliases, tags and directives.

use super::super::bytes::{URI, WORD};
use super::super::explain;
use super::super::fault::Fault;
use super::super::token::{Token, TokenKind};
use super::Scanner;

impl Scanner<'_> {
    /// Scans an anchor or an alias.
    pub(super) fn anchor(&mut self, kind: TokenKind) -> Result<(), Box<Fault>> {
        let key_level = self.save_key()?;
        self.allows_key = false;
        let start = self.at;
        let end = self.bytes.skip_class(start + 1, WORD);
        let is_ended = self.bytes.is_blank(end)
            || matches!(self.bytes.at(end), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if end == start + 1 {
            return Err(explain::unnamed_anchor(start));
        }
        if !is_ended {
            return Err(explain::odd_anchor(start));
        }
        self.at = end;
        self.push(Token { key_level, ..Token::named(kind, start, end, start + 1) });
        Ok(())
    }

    /// Scans a tag; the token's text is all of it.
    pub(super) fn tag(&mut self) -> Result<(), Box<Fault>> {
        let key_level = self.save_key()?;
        self.allows_key = false;
        let start = self.at;
        let end = match self.bytes.at(start + 1) {
            b'<' => {
                let end = self.uri_end(start + 2, start)?;
                if end == start + 2 || self.bytes.at(end) != b'>' {
                    return Err(explain::bad_tag(start));
                }
                end + 1
            }
            _ => {
                let word = self.bytes.skip_class(start + 1, WORD);
                let is_handle = self.bytes.at(word) == b'!';
                let suffix = word + usize::from(is_handle);
                let end = self.uri_end(suffix, start)?;
                if is_handle && end == suffix {
                    return Err(explain::bad_tag(start));
                }
                end
            }
        };
        if !self.bytes.is_blank(end) {
            return Err(explain::tight_tag(end));
        }
        self.at = end;
        self.push(Token { key_level, ..Token::named(TokenKind::Tag, start, end, start) });
        Ok(())
    }

    /// Returns the end of a URI; escapes must be characters in UTF-8.
    fn uri_end(&self, from: usize, tag: usize) -> Result<usize, Box<Fault>> {
        let end = self.bytes.skip_class(from, URI);
        let mut at = from;
        while at < end {
            if self.bytes.at(at) != b'%' {
                at += 1;
                continue;
            }
            let n_octets = match self.octet(at) {
                Some(0..=0x7f) => 1,
                Some(0xc0..=0xdf) => 2,
                Some(0xe0..=0xef) => 3,
                Some(0xf0..=0xf7) => 4,
                _ => return Err(explain::bad_tag(tag)),
            };
            let is_trailing = |index: usize| self.octet(at + 3 * index).is_some_and(|octet| octet & 0xc0 == 0x80);
            if !(1..n_octets).all(is_trailing) {
                return Err(explain::bad_tag(tag));
            }
            at += 3 * n_octets;
        }
        Ok(at.max(end))
    }

    /// Returns the value of `%xx`.
    fn octet(&self, at: usize) -> Option<u8> {
        let &[b'%', high, low] = self.bytes.from(at).get(..3)? else { return None };
        let digit = |byte: u8| char::from(byte).to_digit(16);
        u8::try_from(digit(high)? * 16 + digit(low)?).ok()
    }

    /// Scans a line that begins with `%`.
    pub(super) fn directive(&mut self) -> Result<(), Box<Fault>> {
        self.unroll(-1, self.at);
        self.remove_key()?;
        self.allows_key = false;
        let start = self.at;
        let end = self.bytes.skip_class(start + 1, WORD);
        if !self.bytes.is_blank(end) {
            return Err(explain::unknown_directive(start));
        }
        let token = match self.slice(start + 1, end) {
            "YAML" => self.version(start, end)?,
            "TAG" => self.tag_directive(start, end)?,
            _ => return Err(explain::unknown_directive(start)),
        };
        self.at = self.bytes.skip_blanks(token.end as usize);
        if self.bytes.at(self.at) == b'#' {
            self.at = self.bytes.line_end(self.at);
        }
        if !self.bytes.is_line_end(self.at) {
            return Err(explain::bad_directive(start));
        }
        self.end_line_of_directive();
        self.push(token);
        Ok(())
    }

    fn end_line_of_directive(&mut self) {
        match self.bytes.line_end_len(self.at) {
            0 => {}
            len => self.end_line(len),
        }
    }

    fn version(&mut self, start: usize, name_end: usize) -> Result<Token, Box<Fault>> {
        let number = |from: usize| {
            let rest = self.bytes.from(from);
            let n_digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let value = rest.iter().take(n_digits).fold(0_u32, |value, &digit| value * 10 + u32::from(digit - b'0'));
            (1..=2).contains(&n_digits).then_some((value, from + n_digits))
        };
        let numbers = || {
            let (major, dot) = number(self.bytes.skip_blanks(name_end))?;
            let (minor, end) = number((self.bytes.at(dot) == b'.').then_some(dot + 1)?)?;
            Some((major, minor, end))
        };
        let Some((major, minor, end)) = numbers() else { return Err(explain::bad_directive(start)) };
        let kind = if (major, minor) == (1, 1) { TokenKind::Version } else { TokenKind::OtherVersion };
        Ok(Token::new(kind, start, end))
    }

    /// Scans handle and prefix. The token's text is the handle; the prefix reaches to the token's end.
    fn tag_directive(&mut self, start: usize, name_end: usize) -> Result<Token, Box<Fault>> {
        let handle = self.bytes.skip_blanks(name_end);
        let word = self.bytes.skip_class(handle + 1, WORD);
        let is_named = self.bytes.at(word) == b'!';
        let handle_end = word + usize::from(is_named);
        let is_handle = self.bytes.at(handle) == b'!' && (is_named || word == handle + 1);
        let prefix = self.bytes.skip_blanks(handle_end);
        let end = self.uri_end(prefix, start)?;
        if !is_handle || prefix == handle_end || end == prefix || !self.bytes.is_blank(end) {
            return Err(explain::bad_directive(start));
        }
        let handle = Token::named(TokenKind::TagDirective, start, handle_end, handle);
        Ok(Token { end: end as u32, ..handle })
    }
}
