//! Tokens: what the scanner hands to the parser.

use crate::yaml::tree::{Style, Text};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// The text ends; comes again and again.
    StreamEnd,
    /// `%YAML 1.1`
    Version,
    /// A `%YAML` line with another version.
    OtherVersion,
    /// `%TAG`; the text is the handle.
    TagDirective,
    /// `---`
    DocumentStart,
    /// `...`
    DocumentEnd,
    /// A block sequence begins, shown by indentation.
    BlockSequenceStart,
    /// A block mapping begins, shown by indentation.
    BlockMappingStart,
    /// The innermost block collection ends, shown by indentation.
    BlockEnd,
    /// `[`
    FlowSequenceStart,
    /// `]`
    FlowSequenceEnd,
    /// `{`
    FlowMappingStart,
    /// `}`
    FlowMappingEnd,
    /// `-`
    BlockEntry,
    /// `,`
    FlowEntry,
    /// `?`, or the start of a key without one.
    Key,
    /// `:`
    Value,
    /// `*name`; the text is the name.
    Alias,
    /// `&name`; the text is the name.
    Anchor,
    /// `!tag`
    Tag,
    /// A scalar.
    Scalar,
}

/// A token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// How a scalar is written.
    pub(super) style: Style,
    /// Where it begins.
    pub(super) start: u32,
    /// Where it ends.
    pub(super) end: u32,
    /// A scalar's value, a name.
    pub(super) text: Text,
    /// One more than the flow level on which this token may turn out to begin a key; 0 if it may not.
    pub(super) key_level: u32,
}

impl Token {
    /// Makes a token without a text. Offsets are far below 4 GiB: a file has at most `session::FILE_BYTES_MAX` bytes.
    #[inline(always)]
    pub(super) fn new(kind: TokenKind, start: usize, end: usize) -> Token {
        let (start, end) = (start as u32, end as u32);
        Token { kind, style: Style::Plain, start, end, text: Text::EMPTY, key_level: 0 }
    }

    /// Makes a token with a text.
    #[inline(always)]
    pub(super) fn with_text(kind: TokenKind, start: usize, end: usize, style: Style, text: Text) -> Token {
        Token { style, text, ..Token::new(kind, start, end) }
    }

    /// Makes a token whose text is a part of the file.
    pub(super) fn named(kind: TokenKind, start: usize, end: usize, name: usize) -> Token {
        Token::with_text(kind, start, end, Style::Plain, Text::in_file(name, end - name))
    }
}
