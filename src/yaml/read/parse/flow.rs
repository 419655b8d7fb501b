//! Flow collections: `[a, b: c]` and `{a: b}`.

use super::super::build::Node;
use super::super::explain;
use super::super::fault::Fault;
use super::super::token::{Token, TokenKind};
use super::{Context, Open, Parser, State};
use crate::yaml::tree::{Kind, Style, Tag};

impl Parser<'_, '_> {
    /// Goes on with a flow collection.
    pub(super) fn flow(&mut self, state: State, open: Open) -> Result<(), Box<Fault>> {
        let token = self.scanner.peek()?;
        match state {
            State::FlowFirstItem | State::FlowItem => self.flow_item(token, open),
            State::FlowFirstKey | State::FlowKey => self.flow_key(token, open),
            State::FlowNoValue => {
                self.set_state(State::FlowKey);
                self.empty(token.start)
            }
            State::FlowValue => self.flow_value(token, State::FlowKey, TokenKind::FlowMappingEnd),
            State::PairKey => self.pair_key(token),
            State::PairValue => self.flow_value(token, State::PairEnd, TokenKind::FlowSequenceEnd),
            _ => self.close(None),
        }
    }

    /// Steps over the `,` in front of an item or a key, if it is not the first.
    fn separator(&mut self, token: Token, open: Open) -> Result<Token, Box<Fault>> {
        if matches!(open.state, State::FlowFirstItem | State::FlowFirstKey) {
            return Ok(token);
        }
        if token.kind != TokenKind::FlowEntry {
            return Err(explain::unclosed_flow(self.scanner.text(), token, open.start as usize));
        }
        self.scanner.skip();
        self.scanner.peek()
    }

    fn end_flow(&mut self, token: Token) -> Result<(), Box<Fault>> {
        self.scanner.skip();
        self.close(Some(token.end))
    }

    fn flow_item(&mut self, token: Token, open: Open) -> Result<(), Box<Fault>> {
        if token.kind == TokenKind::FlowSequenceEnd {
            return self.end_flow(token);
        }
        let token = self.separator(token, open)?;
        self.set_state(State::FlowItem);
        match token.kind {
            TokenKind::FlowSequenceEnd => self.end_flow(token),
            TokenKind::Key => {
                self.scanner.skip();
                let (start, end) = (token.start, token.end);
                let node = Node { style: Style::Flow, tag: Tag::Implied, anchor: None, start, end };
                self.open(Kind::Mapping, State::PairKey, node)
            }
            _ => self.node(token, Context::Flow),
        }
    }

    fn pair_key(&mut self, token: Token) -> Result<(), Box<Fault>> {
        self.set_state(State::PairValue);
        match token.kind {
            // The reference loses this token: `[?]` lacks its end, and `[? : a]` is refused.
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => {
                self.scanner.skip();
                self.empty(token.end)
            }
            _ => self.node(token, Context::Flow),
        }
    }

    fn flow_key(&mut self, token: Token, open: Open) -> Result<(), Box<Fault>> {
        if token.kind == TokenKind::FlowMappingEnd {
            return self.end_flow(token);
        }
        let token = self.separator(token, open)?;
        match token.kind {
            TokenKind::FlowMappingEnd => self.end_flow(token),
            TokenKind::Key => {
                self.scanner.skip();
                self.set_state(State::FlowValue);
                let next = self.scanner.peek()?;
                match next.kind {
                    TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd => self.empty(next.start),
                    _ => self.node(next, Context::Flow),
                }
            }
            _ => {
                self.set_state(State::FlowNoValue);
                self.node(token, Context::Flow)
            }
        }
    }

    /// Reads the value of a mapping or a pair that ends with `end`, if there is one.
    fn flow_value(&mut self, token: Token, next_state: State, end: TokenKind) -> Result<(), Box<Fault>> {
        self.set_state(next_state);
        if token.kind != TokenKind::Value {
            return self.empty(token.start);
        }
        self.scanner.skip();
        let next = self.scanner.peek()?;
        match next.kind {
            kind if kind == end || kind == TokenKind::FlowEntry => {
                let is_pair = next_state == State::PairEnd;
                self.empty(if is_pair { token.start } else { next.start })
            }
            _ => self.node(next, Context::Flow),
        }
    }
}
