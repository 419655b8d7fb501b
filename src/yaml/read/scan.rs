//! From text to tokens, with go-yaml's rules for what is a token where.
//!
//! Block structure is shown by indentation: where a line begins further right than the block around it, a collection
//! begins, where it begins further left, some end. A key without `?` is recognised only by the `:` behind it. For a
//! scalar the scanner looks ahead at once; anchors, tags, aliases and flow collections may be the beginning of a key that is
//! much longer, so they are remembered (`PendingKey`) and tokens are held back until the `:` comes or can no longer come.
//!
//! go-yaml always has a few tokens in hand before it delivers one. That shows at the end of a document: what stands behind
//! it is looked at no further than that, and wrong text beyond is dropped unseen.

mod block;
mod plain;
mod property;
mod quoted;

use super::bytes::{self, Bytes};
use super::explain;
use super::fault::Fault;
use super::token::{Token, TokenKind};
use crate::yaml::tree::Text;

/// The rules of which of the reference's two parsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// go-yaml v3: resources, patches.
    Resource,
    /// go-yaml v2: kustomization files.
    Kustomization,
}

/// How long a key without `?` may be, in characters.
const KEY_CHARS_MAX: usize = 1024;
/// How far go-yaml v3 looks for the next comment, in bytes.
const COMMENT_BYTES_MAX: usize = 512;
/// Tokens that were delivered stay in the queue until there are as many.
const DELIVERED_MAX: usize = 64;

/// Something that begins a key if a `:` follows.
#[derive(Clone, Copy, Debug, Default)]
struct PendingKey {
    is_possible: bool,
    /// No other token may stand there: it is on the column of the block mapping around it.
    is_required: bool,
    /// The number of its first token.
    number: usize,
    start: usize,
    line_start: usize,
}

/// The scanner of one document.
pub(super) struct Scanner<'t> {
    text: &'t str,
    bytes: Bytes<'t>,
    /// Values that do not stand in the text as they are.
    decoded: String,
    at: usize,
    line_start: usize,
    /// The column of the innermost block collection; -1 outside of all.
    indent: isize,
    outer_indents: Vec<isize>,
    /// Open flow collections.
    flow_level: usize,
    /// Whether a key may begin here.
    allows_key: bool,
    /// One per flow level, and one for block context.
    pending: Vec<PendingKey>,
    queue: Vec<Token>,
    /// Tokens of the queue that were delivered, and all that were.
    head: usize,
    delivered: usize,
    /// How many tokens must be in hand behind the next one.
    lookahead: usize,
    dialect: Dialect,
}

impl<'t> Scanner<'t> {
    /// Makes a scanner of the part of a text from `start` to the text's end.
    pub(super) fn new(
        text: &'t str,
        start: usize,
        dialect: Dialect,
        only_newlines: bool,
        decoded: String,
    ) -> Scanner<'t> {
        Scanner {
            text,
            bytes: Bytes::new(text, only_newlines),
            decoded,
            at: start,
            line_start: start,
            indent: -1,
            outer_indents: Vec::new(),
            flow_level: 0,
            allows_key: true,
            pending: vec![PendingKey::default()],
            queue: Vec::with_capacity(2 * DELIVERED_MAX),
            head: 0,
            delivered: 0,
            lookahead: if dialect == Dialect::Resource { 2 } else { 0 },
            dialect,
        }
    }

    /// Returns the text that is read.
    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// Returns how far the text was looked at.
    pub(super) fn reach(&self) -> usize {
        self.at + 4
    }

    /// Returns the pool of decoded values.
    pub(super) fn decoded(&self) -> &str {
        &self.decoded
    }

    /// Ends scanning and returns the pool of decoded values.
    pub(super) fn into_decoded(self) -> String {
        self.decoded
    }

    /// Returns the next token without delivering it.
    #[inline]
    pub(super) fn peek(&mut self) -> Result<Token, Box<Fault>> {
        match self.queue.get(self.head) {
            Some(&token) if token.key_level == 0 && self.queue.len() > self.head + self.lookahead => Ok(token),
            _ => self.fill(),
        }
    }

    /// Delivers the token that `peek` returned.
    #[inline]
    pub(super) fn skip(&mut self) {
        self.head += 1;
        self.delivered += 1;
    }

    fn fill(&mut self) -> Result<Token, Box<Fault>> {
        if self.head >= DELIVERED_MAX {
            self.queue.drain(..self.head);
            self.head = 0;
        }
        loop {
            if self.queue.len() > self.head + self.lookahead
                && let Some(&token) = self.queue.get(self.head)
                && (token.key_level == 0 || !self.is_key_possible(token.key_level as usize - 1)?)
            {
                return Ok(token);
            }
            self.fetch()?;
        }
    }

    fn push(&mut self, token: Token) {
        self.queue.push(token);
    }

    /// Appends the token of an indicator and steps over it.
    fn push_indicator(&mut self, kind: TokenKind) {
        let start = self.at;
        self.at += 1;
        self.push(Token::new(kind, start, self.at));
    }

    /// The number that the next token appended will have.
    fn next_number(&self) -> usize {
        self.delivered + self.queue.len() - self.head
    }

    #[inline(always)]
    fn column(&self) -> isize {
        (self.at - self.line_start) as isize
    }

    /// Steps over a line end of the given length.
    #[inline(always)]
    fn end_line(&mut self, len: usize) {
        self.at += len;
        self.line_start = self.at;
    }

    /// Scans at least one token.
    fn fetch(&mut self) -> Result<(), Box<Fault>> {
        let before = self.at;
        self.skip_to_token();
        let column = self.column();
        if self.indent > column {
            self.unroll(column, before);
        }
        if self.at >= self.bytes.len() {
            return self.stream_end();
        }
        let byte = self.bytes.at(self.at);
        if column == 0 {
            match byte {
                b'%' => return self.directive(),
                b'-' if self.bytes.is_marker(self.at) => return self.marker(TokenKind::DocumentStart),
                b'.' if self.bytes.is_marker(self.at) => return self.marker(TokenKind::DocumentEnd),
                _ => {}
            }
        }
        let in_flow = self.flow_level > 0;
        match byte {
            b'[' => self.flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.flow_start(TokenKind::FlowMappingStart),
            b']' => self.flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.flow_end(TokenKind::FlowMappingEnd),
            b',' => self.flow_entry(),
            b'-' if self.bytes.is_blank(self.at + 1) => self.block_entry(),
            b'?' if in_flow || self.bytes.is_blank(self.at + 1) => self.key(),
            b':' if in_flow || self.bytes.is_blank(self.at + 1) => self.value(),
            b'*' => self.anchor(TokenKind::Alias),
            b'&' => self.anchor(TokenKind::Anchor),
            b'!' => self.tag(),
            b'|' if !in_flow => self.block_scalar(true),
            b'>' if !in_flow => self.block_scalar(false),
            b'\'' | b'"' => self.scalar(Scanner::quoted),
            b'-' | b'?' | b':' => self.scalar(Scanner::plain),
            _ if bytes::is(byte, bytes::INDICATOR) => Err(explain::cannot_begin(self.at, byte)),
            _ => self.scalar(Scanner::plain),
        }
    }

    /// Skips white space, comments and line ends. Where a key may begin, a tab is no white space.
    #[inline]
    fn skip_to_token(&mut self) {
        loop {
            while self.bytes.at(self.at) == b' ' {
                self.at += 1;
            }
            match self.bytes.at(self.at) {
                b'\n' => self.end_line(1),
                b'\t' if self.flow_level > 0 || !self.allows_key => {
                    self.at += 1;
                    continue;
                }
                b'#' => {
                    self.skip_comments();
                    continue;
                }
                _ => match self.bytes.line_end_len(self.at) {
                    0 => return,
                    len => self.end_line(len),
                },
            }
            if self.flow_level == 0 {
                self.allows_key = true;
            }
        }
    }

    /// Skips a comment. With one that stands on a line of its own, go-yaml v3 takes all that follow on the next lines, tabs
    /// in front of them included.
    fn skip_comments(&mut self) {
        let ends_line = self.queue.last().is_some_and(|token| {
            let is_indicator =
                matches!(token.kind, TokenKind::BlockEntry | TokenKind::DocumentStart | TokenKind::DocumentEnd);
            !is_indicator && token.end as usize > self.line_start
        });
        self.at = self.bytes.line_end(self.at);
        if ends_line || self.dialect == Dialect::Kustomization {
            return;
        }
        let (mut at, mut line_start) = (self.at, self.line_start);
        let mut limit = at + COMMENT_BYTES_MAX;
        while at < limit {
            match self.bytes.at(at) {
                b' ' | b'\t' => at += 1,
                b'#' => {
                    at = self.bytes.line_end(at);
                    (self.at, self.line_start) = (at, line_start);
                    limit = at + COMMENT_BYTES_MAX;
                }
                _ => match self.bytes.line_end_len(at) {
                    0 => return,
                    len => {
                        at += len;
                        line_start = at;
                    }
                },
            }
        }
    }

    /// Skips a comment behind an indicator, also where a tab in front of it would be refused otherwise.
    fn skip_line_comment(&mut self) {
        let at = self.bytes.skip_blanks(self.at);
        let is_near = self.dialect == Dialect::Resource && at < self.at + COMMENT_BYTES_MAX;
        if is_near && self.bytes.at(at) == b'#' {
            self.at = self.bytes.line_end(at);
        }
    }

    // ---- indentation ----------------------------------------------------------------------------------------------

    /// Ends the block collections that begin right of a column.
    fn unroll(&mut self, column: isize, at: usize) {
        if self.flow_level > 0 {
            return;
        }
        while self.indent > column {
            self.push(Token::new(TokenKind::BlockEnd, at, at));
            self.indent = self.outer_indents.pop().unwrap_or(-1);
        }
    }

    /// Begins a block collection if a column is right of the innermost one; returns whether it did.
    #[inline]
    fn roll(&mut self, column: isize) -> bool {
        let begins = self.flow_level == 0 && self.indent < column;
        if begins {
            self.outer_indents.push(self.indent);
            self.indent = column;
        }
        begins
    }

    // ---- keys -----------------------------------------------------------------------------------------------------

    fn last_pending(&self) -> PendingKey {
        self.pending.last().copied().unwrap_or_default()
    }

    /// Returns whether what begins at an offset is short enough for a key that ends here.
    fn is_short(&self, start: usize, end: usize) -> bool {
        let is_char_start = |byte: &&u8| **byte & 0xc0 != 0x80;
        end - start <= KEY_CHARS_MAX
            || end - start <= 4 * KEY_CHARS_MAX
                && self.bytes.from(start).iter().take(end - start).filter(is_char_start).count() <= KEY_CHARS_MAX
    }

    /// Returns whether the pending key of a level may still turn out to be one.
    fn is_key_possible(&mut self, level: usize) -> Result<bool, Box<Fault>> {
        let Some(&key) = self.pending.get(level) else { return Ok(false) };
        if !key.is_possible || key.line_start == self.line_start && self.is_short(key.start, self.at) {
            return Ok(key.is_possible);
        }
        if key.is_required {
            return Err(explain::missing_colon(self.text, key.start));
        }
        if let Some(key) = self.pending.get_mut(level) {
            key.is_possible = false;
        }
        Ok(false)
    }

    /// Notes that a key may begin here.
    fn save_key(&mut self) -> Result<u32, Box<Fault>> {
        if !self.allows_key {
            return Ok(0);
        }
        self.remove_key()?;
        let key = PendingKey {
            is_possible: true,
            is_required: self.requires_key(self.column()),
            number: self.next_number(),
            start: self.at,
            line_start: self.line_start,
        };
        if let Some(last) = self.pending.last_mut() {
            *last = key;
        }
        Ok(self.pending.len() as u32)
    }

    fn requires_key(&self, column: isize) -> bool {
        self.flow_level == 0 && self.indent == column
    }

    /// Notes that the pending key is none.
    #[inline]
    fn remove_key(&mut self) -> Result<(), Box<Fault>> {
        let Some(key) = self.pending.last_mut().filter(|key| key.is_possible) else { return Ok(()) };
        key.is_possible = false;
        let PendingKey { is_required, number, start, .. } = *key;
        if is_required {
            return Err(explain::missing_colon(self.text, start));
        }
        self.forget_key_token(number);
        Ok(())
    }

    /// Lets the token of a pending key be delivered.
    fn forget_key_token(&mut self, number: usize) {
        if let Some(index) = number.checked_sub(self.delivered)
            && let Some(token) = self.queue.get_mut(self.head + index)
        {
            token.key_level = 0;
        }
    }

    /// Inserts a token in front of the one with the given number, or appends it if that was delivered already.
    fn insert(&mut self, number: usize, token: Token) {
        match number.checked_sub(self.delivered) {
            Some(index) if self.head + index <= self.queue.len() => self.queue.insert(self.head + index, token),
            _ => self.push(token),
        }
    }

    // ---- tokens ---------------------------------------------------------------------------------------------------

    fn stream_end(&mut self) -> Result<(), Box<Fault>> {
        // The last line ends here: no key is possible any more.
        self.line_start = self.at;
        self.unroll(-1, self.at);
        self.remove_key()?;
        self.allows_key = false;
        self.push(Token::new(TokenKind::StreamEnd, self.at, self.at));
        Ok(())
    }

    fn marker(&mut self, kind: TokenKind) -> Result<(), Box<Fault>> {
        self.unroll(-1, self.at);
        self.remove_key()?;
        self.allows_key = false;
        self.push(Token::new(kind, self.at, self.at + 3));
        self.at += 3;
        Ok(())
    }

    fn flow_start(&mut self, kind: TokenKind) -> Result<(), Box<Fault>> {
        let number = self.next_number();
        let key_level = self.save_key()?;
        self.pending.push(PendingKey { number, ..PendingKey::default() });
        self.flow_level += 1;
        self.allows_key = true;
        self.push(Token { key_level, ..Token::new(kind, self.at, self.at + 1) });
        self.at += 1;
        Ok(())
    }

    fn flow_end(&mut self, kind: TokenKind) -> Result<(), Box<Fault>> {
        self.remove_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            let number = self.last_pending().number;
            self.pending.pop();
            // Also if it is the bracket itself that might begin a key: its token is not held back any longer.
            self.forget_key_token(number);
        }
        self.allows_key = false;
        self.push_indicator(kind);
        Ok(())
    }

    fn flow_entry(&mut self) -> Result<(), Box<Fault>> {
        self.remove_key()?;
        self.allows_key = true;
        self.push_indicator(TokenKind::FlowEntry);
        Ok(())
    }

    fn block_entry(&mut self) -> Result<(), Box<Fault>> {
        // In a flow collection the parser refuses it.
        if self.flow_level == 0 {
            if !self.allows_key {
                return Err(explain::misplaced_item(self.at));
            }
            if self.roll(self.column()) {
                self.push(Token::new(TokenKind::BlockSequenceStart, self.at, self.at));
            }
        }
        self.remove_key()?;
        self.allows_key = true;
        self.push_indicator(TokenKind::BlockEntry);
        Ok(())
    }

    fn key(&mut self) -> Result<(), Box<Fault>> {
        if self.flow_level == 0 {
            if !self.allows_key {
                return Err(explain::misplaced_key(self.at));
            }
            if self.roll(self.column()) {
                self.push(Token::new(TokenKind::BlockMappingStart, self.at, self.at));
            }
        }
        self.remove_key()?;
        self.allows_key = self.flow_level == 0;
        self.push_indicator(TokenKind::Key);
        self.skip_line_comment();
        Ok(())
    }

    /// A `:` behind something that is no single scalar, or behind nothing.
    fn value(&mut self) -> Result<(), Box<Fault>> {
        let key = self.last_pending();
        if self.is_key_possible(self.flow_level)? {
            self.insert(key.number, Token::new(TokenKind::Key, key.start, key.start));
            if self.roll((key.start - key.line_start) as isize) {
                self.insert(key.number, Token::new(TokenKind::BlockMappingStart, key.start, key.start));
            }
            if let Some(last) = self.pending.last_mut() {
                last.is_possible = false;
            }
            self.forget_key_tokens_behind(key.number);
            self.allows_key = false;
        } else {
            if self.flow_level == 0 {
                if !self.allows_key {
                    return Err(explain::misplaced_value(self.text, self.at));
                }
                if self.roll(self.column()) {
                    self.push(Token::new(TokenKind::BlockMappingStart, self.at, self.at));
                }
            }
            self.allows_key = self.flow_level == 0;
        }
        self.push_indicator(TokenKind::Value);
        self.skip_line_comment();
        Ok(())
    }

    /// Lets the token of a key that became one be delivered: it stands behind the tokens that were inserted.
    fn forget_key_tokens_behind(&mut self, number: usize) {
        for inserted in 0..3 {
            self.forget_key_token(number + inserted);
        }
    }

    /// Scans a scalar and, if it is a key, its `:`.
    #[inline]
    fn scalar(&mut self, scan: fn(&mut Self) -> Result<Token, Box<Fault>>) -> Result<(), Box<Fault>> {
        let may_be_key = self.allows_key;
        if may_be_key {
            self.remove_key()?;
            let number = self.next_number();
            if let Some(last) = self.pending.last_mut() {
                last.number = number;
            }
        }
        self.allows_key = false;
        let (start, line_start, column) = (self.at, self.line_start, self.column());
        let mut token = scan(self)?;
        if !may_be_key {
            self.push(token);
            return Ok(());
        }
        if self.line_start == line_start {
            let colon = self.bytes.skip_blanks(self.at);
            if self.bytes.at(colon) == b':'
                && (self.flow_level > 0 || self.bytes.is_blank(colon + 1))
                && self.is_short(start, colon)
            {
                if self.roll(column) {
                    self.push(Token::new(TokenKind::BlockMappingStart, start, start));
                }
                self.push(Token::new(TokenKind::Key, start, start));
                self.push(token);
                self.push(Token::new(TokenKind::Value, colon, colon + 1));
                self.at = colon + 1;
                return Ok(());
            }
        }
        let is_required = self.requires_key(column);
        if is_required || self.flow_level == 0 && self.indent < 0 {
            // Whether it is an error, or a key after all, is found out with the next tokens, if they are looked at.
            token.key_level = 1;
            if let Some(last) = self.pending.last_mut() {
                *last = PendingKey { is_possible: true, is_required, number: last.number, start, line_start };
            }
        }
        self.push(token);
        Ok(())
    }

    /// The text of a token.
    #[inline]
    pub(super) fn text_of(&self, text: Text) -> &str {
        text.within(self.text, &self.decoded)
    }

    /// The text of a token that is a part of the file, such as a name.
    pub(super) fn name(&self, token: Token) -> &'t str {
        token.text.within(self.text, "")
    }

    /// What stands between two offsets.
    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or("")
    }
}
