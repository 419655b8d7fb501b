//! From tokens to nodes: go-yaml's grammar, with its gaps. Drives a [`Builder`] directly; there are no events in between.

mod flow;
mod property;

use super::build::{Builder, Node};
use super::explain;
use super::fault::Fault;
use super::scan::{Dialect, Scanner};
use super::token::{Token, TokenKind};
use crate::yaml::tree::{Kind, NodeId, Style, Tag, Text, Tree};

/// What an open collection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    BlockSequenceItem,
    /// An item of a sequence that stands no further right than the key it belongs to.
    IndentlessItem,
    BlockKey,
    BlockValue,
    FlowFirstItem,
    FlowItem,
    /// A pair in a flow sequence, `[a: b]`.
    PairKey,
    PairValue,
    PairEnd,
    FlowFirstKey,
    FlowKey,
    FlowValue,
    /// The value of a key of a flow mapping that has no `:`.
    FlowNoValue,
}

/// An open collection.
#[derive(Clone, Copy, Debug)]
struct Open {
    state: State,
    start: u32,
}

/// Where a node may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Context {
    /// In a flow collection.
    Flow,
    /// In a block collection.
    Block,
    /// In a block mapping, where a sequence may stand no further right than its key.
    BlockMapping,
}

/// The parser of one document.
pub(super) struct Parser<'t, 'b> {
    scanner: Scanner<'t>,
    builder: Builder<'t, 'b>,
    dialect: Dialect,
    open: Vec<Open>,
    /// Handles and prefixes.
    handles: Vec<(&'t str, &'t str)>,
}

impl<'t, 'b> Parser<'t, 'b> {
    /// Makes a parser.
    pub(super) fn new(scanner: Scanner<'t>, builder: Builder<'t, 'b>, dialect: Dialect) -> Parser<'t, 'b> {
        Parser { scanner, builder, dialect, open: Vec::new(), handles: Vec::new() }
    }

    /// Reads the first document.
    pub(super) fn document(&mut self) -> Result<(), Box<Fault>> {
        if !self.starts()? {
            return Ok(());
        }
        while let Some(open) = self.open.last().copied() {
            match open.state {
                State::BlockKey => self.block_key(open)?,
                State::BlockValue => self.block_value()?,
                State::BlockSequenceItem => self.block_item(open)?,
                State::IndentlessItem => self.indentless_item()?,
                state => self.flow(state, open)?,
            }
        }
        // What ends the document, or stands behind it.
        self.scanner.peek().map(|_| ())
    }

    /// Returns how far the text was looked at.
    pub(super) fn reach(&self) -> usize {
        self.scanner.reach()
    }

    /// Returns the document that was read, if there is one that is not null, and the pool of decoded texts.
    pub(super) fn finish(self) -> (Option<(Tree, NodeId)>, String) {
        let decoded = self.scanner.into_decoded();
        (self.builder.finish(&decoded), decoded)
    }

    /// Reads up to the root and the root itself, if it is a scalar; returns whether there is one.
    fn starts(&mut self) -> Result<bool, Box<Fault>> {
        let mut token = self.scanner.peek()?;
        let is_explicit = matches!(
            token.kind,
            TokenKind::Version | TokenKind::OtherVersion | TokenKind::TagDirective | TokenKind::DocumentStart
        );
        if is_explicit {
            self.directives()?;
            self.scanner.skip();
            token = self.scanner.peek()?;
        }
        match token.kind {
            TokenKind::StreamEnd => Ok(false),
            TokenKind::Version
            | TokenKind::OtherVersion
            | TokenKind::TagDirective
            | TokenKind::DocumentStart
            | TokenKind::DocumentEnd
                if is_explicit =>
            {
                Ok(false)
            }
            _ => self.node(token, Context::Block).map(|()| true),
        }
    }

    fn set_state(&mut self, state: State) {
        if let Some(open) = self.open.last_mut() {
            open.state = state;
        }
    }

    // ---- block collections ----------------------------------------------------------------------------------------

    fn block_key(&mut self, open: Open) -> Result<(), Box<Fault>> {
        let token = self.scanner.peek()?;
        match token.kind {
            TokenKind::Key => {
                self.scanner.skip();
                self.set_state(State::BlockValue);
                self.block_part(token)
            }
            TokenKind::BlockEnd => {
                self.scanner.skip();
                self.close(None)
            }
            _ => Err(explain::expected_key(self.scanner.text(), token, open.start as usize)),
        }
    }

    fn block_value(&mut self) -> Result<(), Box<Fault>> {
        self.set_state(State::BlockKey);
        let token = self.scanner.peek()?;
        if token.kind != TokenKind::Value {
            return self.empty(token.start);
        }
        self.scanner.skip();
        self.block_part(token)
    }

    /// Reads the key or the value behind an indicator.
    #[inline]
    fn block_part(&mut self, indicator: Token) -> Result<(), Box<Fault>> {
        let token = self.scanner.peek()?;
        match token.kind {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty(indicator.end),
            _ => self.node(token, Context::BlockMapping),
        }
    }

    fn block_item(&mut self, open: Open) -> Result<(), Box<Fault>> {
        let token = self.scanner.peek()?;
        self.scanner.skip();
        match token.kind {
            TokenKind::BlockEntry => {
                let next = self.scanner.peek()?;
                match next.kind {
                    TokenKind::BlockEntry | TokenKind::BlockEnd => self.empty(token.end),
                    _ => self.node(next, Context::Block),
                }
            }
            TokenKind::BlockEnd => self.close(None),
            _ => Err(explain::expected_item(self.scanner.text(), token, open.start as usize)),
        }
    }

    fn indentless_item(&mut self) -> Result<(), Box<Fault>> {
        let token = self.scanner.peek()?;
        if token.kind != TokenKind::BlockEntry {
            return self.close(None);
        }
        self.scanner.skip();
        let next = self.scanner.peek()?;
        match next.kind {
            TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty(token.end),
            _ => self.node(next, Context::Block),
        }
    }

    // ---- nodes ----------------------------------------------------------------------------------------------------

    /// Reads a scalar or an alias, or the start of a collection.
    #[inline]
    fn node(&mut self, token: Token, context: Context) -> Result<(), Box<Fault>> {
        match token.kind {
            TokenKind::Scalar => self.scalar(token, Tag::Implied, None),
            TokenKind::Anchor | TokenKind::Tag => self.node_with_properties(token, context),
            TokenKind::Alias => {
                self.scanner.skip();
                let name = self.scanner.name(token);
                self.builder.alias(name, token.start as usize, token.end as usize)
            }
            _ => self.collection(token, context, Tag::Implied, None).and_then(|begins| match begins {
                true => Ok(()),
                false => Err(explain::expected_node(self.scanner.text(), token, self.innermost_flow())),
            }),
        }
    }

    #[inline]
    fn scalar(&mut self, token: Token, tag: Tag, anchor: Option<&'t str>) -> Result<(), Box<Fault>> {
        self.scanner.skip();
        let node = Node { style: token.style, tag, anchor, start: token.start, end: token.end };
        self.builder.scalar(node, token.text, self.scanner.text_of(token.text))
    }

    /// A scalar that is not there.
    fn empty(&mut self, at: u32) -> Result<(), Box<Fault>> {
        let node = Node { style: Style::Plain, tag: Tag::Implied, anchor: None, start: at, end: at };
        self.builder.scalar(node, Text::EMPTY, "")
    }

    /// Opens a collection if one begins with a token.
    fn collection(
        &mut self,
        token: Token,
        context: Context,
        tag: Tag,
        anchor: Option<&'t str>,
    ) -> Result<bool, Box<Fault>> {
        let is_block = context != Context::Flow;
        let (kind, style, state) = match token.kind {
            TokenKind::BlockMappingStart if is_block => (Kind::Mapping, Style::Block, State::BlockKey),
            TokenKind::BlockSequenceStart if is_block => (Kind::Sequence, Style::Block, State::BlockSequenceItem),
            TokenKind::BlockEntry if context == Context::BlockMapping => {
                (Kind::Sequence, Style::Block, State::IndentlessItem)
            }
            TokenKind::FlowSequenceStart => (Kind::Sequence, Style::Flow, State::FlowFirstItem),
            TokenKind::FlowMappingStart => (Kind::Mapping, Style::Flow, State::FlowFirstKey),
            _ => return Ok(false),
        };
        if state != State::IndentlessItem {
            self.scanner.skip();
        }
        self.open(kind, state, Node { style, tag, anchor, start: token.start, end: token.end })?;
        Ok(true)
    }

    fn open(&mut self, kind: Kind, state: State, node: Node<'t>) -> Result<(), Box<Fault>> {
        self.open.push(Open { state, start: node.start });
        self.builder.open(kind, node)
    }

    /// Closes the innermost collection: at a bracket, or where its last node ends.
    fn close(&mut self, end: Option<u32>) -> Result<(), Box<Fault>> {
        self.open.pop();
        self.builder.close(end, self.scanner.decoded())
    }

    /// Where the innermost open bracket stands.
    fn innermost_flow(&self) -> Option<usize> {
        let open = self.open.last()?;
        let is_flow = matches!(
            open.state,
            State::FlowFirstItem
                | State::FlowItem
                | State::FlowFirstKey
                | State::FlowKey
                | State::FlowValue
                | State::FlowNoValue
        );
        is_flow.then_some(open.start as usize)
    }
}
