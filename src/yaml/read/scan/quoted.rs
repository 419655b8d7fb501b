//! Scalars in quotes.

use super::super::bytes;
use super::super::explain;
use super::super::fault::Fault;
use super::super::token::{Token, TokenKind};
use super::Scanner;
use crate::yaml::tree::{Style, Text};

impl Scanner<'_> {
    /// Scans a scalar in quotes.
    pub(super) fn quoted(&mut self) -> Result<Token, Box<Fault>> {
        let start = self.at;
        let quote = self.bytes.at(start);
        let style = if quote == b'"' { Style::DoubleQuoted } else { Style::SingleQuoted };
        let mut end = start + 1;
        loop {
            while !bytes::is(self.bytes.at(end), bytes::QUOTED_LINE_STOP) {
                end += 1;
            }
            match self.bytes.at(end) {
                byte if byte == quote && (quote == b'"' || self.bytes.at(end + 1) != quote) => break,
                b'"' | b'\\' if quote == b'\'' => end += 1,
                b'\'' if quote == b'"' => end += 1,
                0xc2 | 0xe2 if self.bytes.line_end_len(end) == 0 => end += 1,
                _ => return self.decode_quoted(start, quote, style),
            }
        }
        self.at = end + 1;
        let text = Text::in_file(start + 1, end - start - 1);
        Ok(Token::with_text(TokenKind::Scalar, start, end + 1, style, text))
    }

    /// Scans a scalar with escapes or several lines.
    fn decode_quoted(&mut self, start: usize, quote: u8, style: Style) -> Result<Token, Box<Fault>> {
        let from = self.decoded.len();
        self.at = start + 1;
        loop {
            if self.at == self.line_start && self.bytes.is_marker(self.at) {
                return Err(explain::marker_in_quotes(start));
            }
            if self.at >= self.bytes.len() {
                return Err(explain::unclosed_quote(start));
            }
            let is_line_end_escaped = self.quoted_word(start, quote)?;
            if self.bytes.at(self.at) == quote {
                break;
            }
            let blanks = self.at;
            let mut has_line_end = is_line_end_escaped;
            loop {
                match self.bytes.at(self.at) {
                    b' ' | b'\t' => self.at += 1,
                    _ => match self.bytes.line_end_len(self.at) {
                        0 => break,
                        len => {
                            self.end_line(len);
                            has_line_end = true;
                        }
                    },
                }
            }
            match has_line_end {
                true => self.fold(blanks, self.at, is_line_end_escaped),
                false => self.decoded.push_str(self.text.get(blanks..self.at).unwrap_or("")),
            }
        }
        self.at += 1;
        let text = Text::in_decoded(from, self.decoded.len() - from);
        Ok(Token::with_text(TokenKind::Scalar, start, self.at, style, text))
    }

    /// Decodes up to white space or the closing quote; returns whether it ended with an escaped line end.
    fn quoted_word(&mut self, start: usize, quote: u8) -> Result<bool, Box<Fault>> {
        while !self.bytes.is_blank(self.at) {
            let byte = self.bytes.at(self.at);
            if byte == quote {
                if quote == b'"' || self.bytes.at(self.at + 1) != quote {
                    return Ok(false);
                }
                self.decoded.push('\'');
                self.at += 2;
            } else if byte == b'\\' && quote == b'"' {
                match self.bytes.line_end_len(self.at + 1) {
                    0 => self.escape(start)?,
                    len => {
                        self.end_line(len + 1);
                        return Ok(true);
                    }
                }
            } else {
                // The first byte is ordinary here, whatever its class; the rest of its character has none.
                let mut end = self.at + 1;
                while !bytes::is(self.bytes.at(end), bytes::QUOTED_STOP) {
                    end += 1;
                }
                self.decoded.push_str(self.slice(self.at, end));
                self.at = end;
            }
        }
        Ok(false)
    }

    /// Decodes an escape.
    fn escape(&mut self, start: usize) -> Result<(), Box<Fault>> {
        let at = self.at;
        let escaped = self.bytes.at(at + 1);
        let char = match escaped {
            b'0' => '\0',
            b'a' => '\u{7}',
            b'b' => '\u{8}',
            b't' | b'\t' => '\t',
            b'n' => '\n',
            b'v' => '\u{b}',
            b'f' => '\u{c}',
            b'r' => '\r',
            b'e' => '\u{1b}',
            b' ' | b'"' | b'\'' | b'\\' => char::from(escaped),
            b'N' => '\u{85}',
            b'_' => '\u{a0}',
            b'L' => '\u{2028}',
            b'P' => '\u{2029}',
            b'x' | b'u' | b'U' => {
                let n_digits = match escaped {
                    b'x' => 2,
                    b'u' => 4,
                    _ => 8,
                };
                let digits = self.bytes.from(at + 2).get(..n_digits).unwrap_or(b"");
                let value = digits
                    .iter()
                    .try_fold(0_u32, |value, &digit| Some(value.checked_mul(16)? + char::from(digit).to_digit(16)?));
                let char = value.filter(|_| digits.len() == n_digits).and_then(char::from_u32);
                self.at += n_digits;
                char.ok_or_else(|| explain::bad_code(at, start))?
            }
            _ => return Err(explain::unknown_escape(at, escaped)),
        };
        self.decoded.push(char);
        self.at += 2;
        Ok(())
    }
}
