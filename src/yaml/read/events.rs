//! The seam between a YAML parser and the tree builder: a stream of events with positions, and the fault that ends it.
//!
//! Nothing above this trait knows which parser is behind it. Offsets are bytes of the *normalised* text of the file.

use crate::diagnostic::Code;
use crate::yaml::tree::{Style, Tag};

/// What happens next in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EventKind {
    /// Nothing comes any more.
    StreamEnd,
    /// A document begins.
    DocumentStart,
    /// A document ends.
    DocumentEnd,
    /// A scalar.
    Scalar,
    /// A reference to the anchor with the given number.
    Alias(usize),
    /// Keys and values follow in turn.
    MappingStart,
    /// The innermost mapping ends.
    MappingEnd,
    /// Items follow.
    SequenceStart,
    /// The innermost sequence ends.
    SequenceEnd,
}

/// The text of a scalar.
#[derive(Debug)]
pub(super) enum EventText {
    /// It stands in the normalised text as it is: offset and length.
    Range(usize, usize),
    /// It had to be decoded: escapes, folded lines, block indentation.
    Decoded(String),
}

/// One event.
#[derive(Debug)]
pub(super) struct Event {
    /// What happens.
    pub(super) kind: EventKind,
    /// How the node is written.
    pub(super) style: Style,
    /// The tag that is written before the node.
    pub(super) tag: Tag,
    /// The number of the anchor that is defined here. A later definition of the same name has another number.
    pub(super) anchor: Option<usize>,
    /// A scalar's text.
    pub(super) text: EventText,
    /// Where the node begins: its text, quote, `|`, bracket, first key or first `-`; not its tag or anchor.
    pub(super) start: usize,
    /// Where it ends; equal to `start` for the start of a collection.
    pub(super) end: usize,
}

impl Event {
    /// Makes an event without style, tag, anchor and text.
    pub(super) fn bare(kind: EventKind, start: usize, end: usize) -> Event {
        let text = EventText::Range(start, 0);
        Event { kind, style: Style::Block, tag: Tag::Implied, anchor: None, text, start, end }
    }
}

/// Why a text cannot be read.
#[derive(Debug)]
pub(super) struct Fault {
    /// The code of the diagnostic.
    pub(super) code: Code,
    /// Where the reader stopped.
    pub(super) at: usize,
    /// One line.
    pub(super) message: String,
    /// What is at `at`; may be empty.
    pub(super) label: &'static str,
    /// A second place, such as the bracket that is never closed.
    pub(super) related: Option<(usize, &'static str)>,
    /// What to do about it.
    pub(super) help: Vec<&'static str>,
}

impl Fault {
    /// Makes a syntax error.
    pub(super) fn syntax(at: usize, message: impl Into<String>) -> Box<Fault> {
        Fault::new(Code::YamlSyntax, at, message)
    }

    /// Makes a fault.
    pub(super) fn new(code: Code, at: usize, message: impl Into<String>) -> Box<Fault> {
        Box::new(Fault { code, at, message: message.into(), label: "", related: None, help: Vec::new() })
    }

    /// Adds advice.
    pub(super) fn help(mut self: Box<Self>, help: &'static str) -> Box<Self> {
        self.help.push(help);
        self
    }

    /// Says what is at the place.
    pub(super) fn label(mut self: Box<Self>, label: &'static str) -> Box<Self> {
        self.label = label;
        self
    }

    /// Adds a second place.
    pub(super) fn related(mut self: Box<Self>, at: Option<usize>, label: &'static str) -> Box<Self> {
        self.related = at.map(|at| (at, label));
        self
    }
}

/// A parser of one text.
pub(super) trait EventSource {
    /// Returns the next event; after an error or the end of the stream it must not be called again.
    fn next_event(&mut self) -> std::result::Result<Event, Box<Fault>>;
}
