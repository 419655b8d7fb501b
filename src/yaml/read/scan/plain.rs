//! Plain scalars, and the folding of lines that they share with quoted ones.

use super::super::bytes::{self, Bytes};
use super::super::explain;
use super::super::fault::Fault;
use super::super::token::{Token, TokenKind};
use super::Scanner;
use crate::yaml::tree::{Style, Text};

impl Scanner<'_> {
    /// Scans a plain scalar with the white space behind it.
    pub(super) fn plain(&mut self) -> Result<Token, Box<Fault>> {
        let start = self.at;
        let bytes = self.bytes;
        let class = if self.flow_level > 0 { bytes::FLOW_STOP } else { bytes::PLAIN_STOP };
        let mut at = word_end(bytes, start, class);
        let mut end = at;
        // Where decoded text begins, once a second line was found.
        let mut decoded = None;
        loop {
            let blanks = at;
            at = bytes.skip_blanks(at);
            let is_last_line = bytes.line_end_len(at) == 0;
            if !is_last_line {
                self.at = at;
                if !self.next_line(start)? {
                    self.allows_key = true;
                    return Ok(self.plain_token(start, end, decoded));
                }
                at = self.at;
            } else if at == blanks || bytes.at(at) == b'#' {
                break;
            }
            let word = word_end(bytes, at, class);
            if word == at {
                self.allows_key = !is_last_line;
                break;
            }
            if !is_last_line && decoded.is_none() {
                decoded = Some(self.decoded.len());
                self.decoded.push_str(self.text.get(start..end).unwrap_or(""));
            }
            if decoded.is_some() {
                match is_last_line {
                    true => self.decoded.push_str(self.text.get(end..at).unwrap_or("")),
                    false => self.fold(end, at, false),
                }
                self.decoded.push_str(self.text.get(at..word).unwrap_or(""));
            }
            at = word;
            end = word;
        }
        self.at = at;
        Ok(self.plain_token(start, end, decoded))
    }

    #[inline]
    fn plain_token(&self, start: usize, end: usize, decoded: Option<usize>) -> Token {
        let text = match decoded {
            None => Text::in_file(start, end - start),
            Some(from) => Text::in_decoded(from, self.decoded.len() - from),
        };
        Token::with_text(TokenKind::Scalar, start, end, Style::Plain, text)
    }

    /// Steps over line ends and indentation; returns whether a plain scalar that begins at `start` may go on.
    fn next_line(&mut self, start: usize) -> Result<bool, Box<Fault>> {
        loop {
            match self.bytes.at(self.at) {
                b' ' => self.at += 1,
                b'\t' if self.column() <= self.indent => return Err(explain::tab_in_plain(self.at, start)),
                b'\t' => self.at += 1,
                _ => match self.bytes.line_end_len(self.at) {
                    0 => break,
                    len => self.end_line(len),
                },
            }
        }
        let ends = self.flow_level == 0 && self.column() <= self.indent
            || self.at >= self.bytes.len()
            || self.bytes.at(self.at) == b'#'
            || self.at == self.line_start && self.bytes.is_marker(self.at);
        Ok(!ends)
    }

    /// Appends what the line ends between two offsets are folded to: a space for a single one, else all but the first.
    /// Behind a line end that was escaped, all count.
    pub(super) fn fold(&mut self, from: usize, to: usize, is_escaped: bool) {
        let mut at = from;
        let mut n_line_ends = usize::from(is_escaped);
        let mut is_folded = is_escaped;
        while at < to {
            let len = self.bytes.line_end_len(at);
            if len == 0 {
                at += 1;
                continue;
            }
            let folds = self.bytes.folds(at);
            n_line_ends += 1;
            if n_line_ends == 1 && folds {
                is_folded = true;
            } else if folds {
                self.decoded.push('\n');
            } else {
                self.decoded.push_str(self.text.get(at..at + len).unwrap_or(""));
            }
            at += len;
        }
        if is_folded && n_line_ends == 1 && !is_escaped {
            self.decoded.push(' ');
        }
    }
}

/// Returns where a word of a plain scalar ends: at white space, at a `: `, in a flow collection at an indicator.
#[inline(always)]
fn word_end(bytes: Bytes<'_>, from: usize, class: u8) -> usize {
    let mut at = from;
    loop {
        while !bytes::is(bytes.at(at), class) {
            at += 1;
        }
        match bytes.at(at) {
            b':' if !bytes.is_blank(at + 1) => at += 1,
            0xc2 | 0xe2 if bytes.line_end_len(at) == 0 => at += 1,
            _ => return at,
        }
    }
}
