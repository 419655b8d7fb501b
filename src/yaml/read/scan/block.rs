//! Block scalars: `|` and `>`.

use super::super::explain;
use super::super::fault::Fault;
use super::super::token::{Token, TokenKind};
use super::Scanner;
use crate::yaml::tree::{Style, Text};

/// What happens to the line ends behind the last line.
#[derive(Clone, Copy, PartialEq)]
enum Chomping {
    /// One stays.
    Clip,
    /// None stays.
    Strip,
    /// All stay.
    Keep,
}

/// A text under construction: while it is one line it stays a part of the file.
struct Lines {
    /// The first line.
    first: (usize, usize),
    n_lines: usize,
    /// Where decoded text begins, once there is any.
    decoded: Option<usize>,
}

impl Scanner<'_> {
    /// Scans a block scalar.
    pub(super) fn block_scalar(&mut self, is_literal: bool) -> Result<(), Box<Fault>> {
        self.remove_key()?;
        self.allows_key = true;
        let start = self.at;
        let (chomping, increment) = self.block_header(start)?;
        let header_end = self.at;
        match self.bytes.line_end_len(self.at) {
            0 => {}
            len => self.end_line(len),
        }
        let mut indent = increment.map_or(0, |increment| self.indent.max(0) as usize + increment);
        let mut breaks = self.at;
        let mut has_breaks = self.skip_empty_lines(&mut indent)?;
        let mut lines = Lines { first: (0, 0), n_lines: 0, decoded: None };
        let mut end = header_end;
        // The line end of the last line, and whether that line began with white space.
        let mut line_end = None;
        let mut was_blank = false;
        while self.column() == indent as isize && self.at < self.bytes.len() {
            let is_blank = matches!(self.bytes.at(self.at), b' ' | b'\t');
            let folds = !is_literal && !was_blank && !is_blank && line_end.is_some_and(|at| self.bytes.folds(at));
            if lines.n_lines > 0 || has_breaks {
                self.decode_first(&mut lines);
                match line_end {
                    Some(_) if folds && !has_breaks => self.decoded.push(' '),
                    Some(at) if !folds => self.push_line_end(at),
                    _ => {}
                }
                self.push_line_ends(breaks);
            }
            was_blank = is_blank;
            end = self.bytes.line_end(self.at);
            match lines.decoded {
                Some(_) => self.decoded.push_str(self.slice(self.at, end)),
                None => lines.first = (self.at, end),
            }
            lines.n_lines += 1;
            self.at = end;
            let len = self.bytes.line_end_len(end);
            line_end = (len > 0).then_some(end);
            if len == 0 {
                has_breaks = false;
                break;
            }
            self.end_line(len);
            breaks = self.at;
            has_breaks = self.skip_empty_lines(&mut indent)?;
        }
        let text = self.chomp(lines, chomping, line_end, has_breaks.then_some(breaks));
        let style = if is_literal { Style::Literal } else { Style::Folded };
        self.push(Token::with_text(TokenKind::Scalar, start, end, style, text));
        Ok(())
    }

    /// Scans what stands behind `|` or `>`; stops at the end of the line.
    fn block_header(&mut self, start: usize) -> Result<(Chomping, Option<usize>), Box<Fault>> {
        let mut chomping = None;
        let mut increment = None;
        self.at += 1;
        for _ in 0..2 {
            match self.bytes.at(self.at) {
                b'+' if chomping.is_none() => chomping = Some(Chomping::Keep),
                b'-' if chomping.is_none() => chomping = Some(Chomping::Strip),
                b'0' if increment.is_none() => return Err(explain::zero_indent(self.at)),
                digit @ b'1'..=b'9' if increment.is_none() => increment = Some(usize::from(digit - b'0')),
                _ => break,
            }
            self.at += 1;
        }
        self.at = self.bytes.skip_blanks(self.at);
        if self.bytes.at(self.at) == b'#' {
            self.at = self.bytes.line_end(self.at);
        }
        if !self.bytes.is_line_end(self.at) {
            return Err(explain::text_behind_header(self.at, start));
        }
        Ok((chomping.unwrap_or(Chomping::Clip), increment))
    }

    /// Skips lines without text, and the indentation of the next; returns whether there were any. An indentation of 0 is
    /// found out here.
    fn skip_empty_lines(&mut self, indent: &mut usize) -> Result<bool, Box<Fault>> {
        let mut has_any = false;
        let mut widest = 0;
        loop {
            let is_inside = |column: isize| *indent == 0 || column < *indent as isize;
            while is_inside(self.column()) && self.bytes.at(self.at) == b' ' {
                self.at += 1;
            }
            widest = widest.max(self.column());
            if is_inside(self.column()) && self.bytes.at(self.at) == b'\t' {
                return Err(explain::tab_indentation(self.at));
            }
            match self.bytes.line_end_len(self.at) {
                0 => break,
                len => self.end_line(len),
            }
            has_any = true;
        }
        if *indent == 0 {
            *indent = widest.max(self.indent + 1).max(1) as usize;
        }
        Ok(has_any)
    }

    /// Turns a text of one line, or of none, into a decoded one.
    fn decode_first(&mut self, lines: &mut Lines) {
        if lines.decoded.is_none() {
            lines.decoded = Some(self.decoded.len());
            self.decoded.push_str(self.slice(lines.first.0, lines.first.1));
        }
    }

    fn push_line_end(&mut self, at: usize) {
        match self.bytes.folds(at) {
            true => self.decoded.push('\n'),
            false => self.decoded.push_str(self.slice(at, at + self.bytes.line_end_len(at))),
        }
    }

    /// Appends the line ends between an offset and here.
    fn push_line_ends(&mut self, from: usize) {
        let mut at = from;
        while at < self.at {
            match self.bytes.line_end_len(at) {
                0 => at += 1,
                len => {
                    self.push_line_end(at);
                    at += len;
                }
            }
        }
    }

    /// Ends a text: with the line end of its last line and the empty lines behind it.
    fn chomp(&mut self, mut lines: Lines, chomping: Chomping, line_end: Option<usize>, breaks: Option<usize>) -> Text {
        let line_end = line_end.filter(|_| chomping != Chomping::Strip);
        let breaks = breaks.filter(|_| chomping == Chomping::Keep);
        if let (None, None) = (lines.decoded, breaks) {
            let (start, end) = lines.first;
            match line_end {
                None => return Text::in_file(start, end - start),
                Some(at) if self.bytes.at(at) == b'\n' => return Text::in_file(start, end + 1 - start),
                Some(_) => {}
            }
        }
        self.decode_first(&mut lines);
        if let Some(at) = line_end {
            self.push_line_end(at);
        }
        if let Some(breaks) = breaks {
            self.push_line_ends(breaks);
        }
        let from = lines.decoded.unwrap_or(self.decoded.len());
        Text::in_decoded(from, self.decoded.len() - from)
    }
}
