//! Words for syntax errors: what is wrong, where, and the likely cause. Texts of values never appear.

use super::fault::Fault;
use super::token::{Token, TokenKind};
use crate::diagnostic::Code;

const QUOTE_COLON: &str = "a value that contains `: ` must be quoted";
const INDENT: &str = "check the indentation: keys of one mapping and items of one list begin in the same column";
const TAB: &str = "use spaces: YAML does not allow tabs for indentation";
const FLOW_COLON: &str = "in YAML 1.1 a `:` that no space follows belongs to the text";

// ---- from the characters ------------------------------------------------------------------------------------------

/// A character that may not stand in a file.
pub(super) fn control_character(at: usize) -> Box<Fault> {
    Fault::syntax(at, "the text holds a control character")
        .help("remove it, or write it as an escape in a double-quoted text")
        .because("")
}

/// A byte-order mark behind a byte-order mark: the reference would lose a character of each line.
pub(super) fn second_mark(at: usize) -> Box<Fault> {
    Fault::syntax(at, "the text begins with two byte-order marks").help("remove them").because("")
}

// ---- from the scanner ---------------------------------------------------------------------------------------------

/// A character that begins no token.
pub(super) fn cannot_begin(at: usize, byte: u8) -> Box<Fault> {
    match byte {
        b'\t' => tab_indentation(at),
        _ => Fault::syntax(at, "a plain value cannot begin with this character").help("quote the value"),
    }
}

/// A tab where indentation is expected.
pub(super) fn tab_indentation(at: usize) -> Box<Fault> {
    Fault::syntax(at, "a tab is used for indentation").help(TAB).because("it takes the tab for indentation")
}

/// A tab on a line that goes on with a plain scalar, or is empty, where the indentation ends before it.
pub(super) fn tab_in_plain(at: usize, start: usize) -> Box<Fault> {
    tab_indentation(at).related(Some(start), "the value that it would continue")
}

/// A text without `:` where only a key may stand.
pub(super) fn missing_colon(text: &str, at: usize) -> Box<Fault> {
    let rest = text.get(at..).unwrap_or("");
    let line = rest.get(..rest.find(['\n', '\r']).unwrap_or(rest.len())).unwrap_or("");
    let fault = Fault::syntax(at, "expected `key: value`, found a text without `:`");
    if line.contains(": ") || line.ends_with(':') {
        return fault
            .help("a key must be on one line with its `:`, and no longer than 1024 characters")
            .because("a key must be on one line with its `:`, and no longer than 1024 characters");
    }
    match line.starts_with('-') {
        true => fault.help("a `-` must be followed by a space"),
        false => fault.help("add `: ` behind the key, or indent the line to continue the value above").help(INDENT),
    }
}

/// A `-` where no item may begin.
pub(super) fn misplaced_item(at: usize) -> Box<Fault> {
    Fault::syntax(at, "a list item is not allowed here").help("begin the list on a line of its own, or quote the `- `")
}

/// A `?` where no key may begin.
pub(super) fn misplaced_key(at: usize) -> Box<Fault> {
    Fault::syntax(at, "a key with `?` is not allowed here").help("quote the value if the `?` belongs to it")
}

/// A `:` behind something that is no key.
pub(super) fn misplaced_value(text: &str, at: usize) -> Box<Fault> {
    let fault = match line_before(text, at) {
        line if line.contains(": ") => Fault::syntax(at, "a second `:` in one plain value"),
        line if line.trim().is_empty() => {
            return Fault::syntax(at, "a key is missing before `:`").help("quote the value if the `:` belongs to it");
        }
        _ => Fault::syntax(at, "a `key: value` pair is not allowed here"),
    };
    fault
        .help(QUOTE_COLON)
        .help(INDENT)
        .because("a key must be on one line with its `:`, and may stand only where a line or an item begins")
}

/// Where the version control left a conflict to be resolved, if it did.
pub(super) fn conflict_marker(text: &str) -> Option<usize> {
    let begins = |marker: &str| match text.starts_with(marker) {
        true => Some(0),
        false => text.find(&format!("\n{marker}")).map(|at| at + 1),
    };
    let start = begins("<<<<<<< ")?;
    begins(">>>>>>> ").filter(|&end| end > start).map(|_| start)
}

/// A quoted scalar without end.
pub(super) fn unclosed_quote(start: usize) -> Box<Fault> {
    Fault::syntax(start, "a quoted text is not closed").label("the quote that is never closed").help("close the quote")
}

/// A quoted scalar with a document marker in it.
pub(super) fn marker_in_quotes(start: usize) -> Box<Fault> {
    Fault::syntax(start, "a quoted text is not closed before the end of the document")
        .label("it begins here")
        .help("close the quote before the `---`")
}

/// An escape that the reference does not know.
pub(super) fn unknown_escape(at: usize, escaped: u8) -> Box<Fault> {
    match escaped {
        b'/' => Fault::syntax(at, "unknown escape `\\/` in a double-quoted text")
            .help("write `/` without a backslash")
            .because("it does not know the escape `\\/`"),
        _ => Fault::syntax(at, "unknown escape in a double-quoted text")
            .help("write a backslash as `\\\\`, or use single quotes"),
    }
}

/// An escape with a number that is no character.
pub(super) fn bad_code(at: usize, start: usize) -> Box<Fault> {
    Fault::syntax(at, "an escape in this double-quoted text does not name a character")
        .related(Some(start), "the text begins here")
        .help("write characters outside the basic plane as themselves or as `\\UXXXXXXXX`, not as two `\\u` escapes")
        .because("it does not put two `\\u` escapes together")
}

/// A block scalar with an indentation of 0.
pub(super) fn zero_indent(at: usize) -> Box<Fault> {
    Fault::syntax(at, "the indentation of a block text cannot be 0")
        .help("the text of a block begins on the next line, indented more than its key")
}

/// A text on the line of `|` or `>`.
pub(super) fn text_behind_header(at: usize, start: usize) -> Box<Fault> {
    Fault::syntax(at, "text stands behind the `|` or `>` of a block text")
        .related(Some(start), "the block begins here")
        .help("the text of a block begins on the next line, indented more than its key")
}

/// An `&` or `*` without a name.
pub(super) fn unnamed_anchor(at: usize) -> Box<Fault> {
    Fault::syntax(at, "an anchor or an alias has no name")
        .help("quote the value if the `&` or `*` belongs to it")
        .because("it allows letters, digits, `-` and `_` only in the names of anchors")
}

/// An anchor or alias whose name has characters other than letters, digits, `-` and `_`.
pub(super) fn odd_anchor(at: usize) -> Box<Fault> {
    Fault::syntax(at, "the name of an anchor or alias may hold letters, digits, `-` and `_` only")
        .help("quote the value if the `&` or `*` belongs to it")
        .because("it allows letters, digits, `-` and `_` only in the names of anchors")
}

/// A tag that is none.
pub(super) fn bad_tag(at: usize) -> Box<Fault> {
    Fault::syntax(at, "this is not a valid tag").help("quote the value if the `!` belongs to it")
}

/// A tag that touches what follows.
pub(super) fn tight_tag(at: usize) -> Box<Fault> {
    Fault::syntax(at, "a tag must be followed by a space").because("it wants a space behind a tag")
}

/// A tag with an unknown handle.
pub(super) fn undeclared_handle(at: usize) -> Box<Fault> {
    Fault::syntax(at, "the tag uses a handle that no `%TAG` line declares")
}

/// A `%` line that is neither `%YAML` nor `%TAG`.
pub(super) fn unknown_directive(at: usize) -> Box<Fault> {
    Fault::syntax(at, "unknown `%` directive")
        .help("remove the line, or quote the value if the `%` belongs to it")
        .because("it knows the directives `%YAML` and `%TAG` only")
}

/// A `%YAML` or `%TAG` line that is wrong or stands twice.
pub(super) fn bad_directive(at: usize) -> Box<Fault> {
    Fault::syntax(at, "this is not a valid `%` directive").help("quote the value if the `%` belongs to it")
}

/// A `%YAML` line with another version.
pub(super) fn version(at: usize) -> Box<Fault> {
    Fault::syntax(at, "only `%YAML 1.1` is supported").help("remove the line").because("it reads YAML 1.1 only")
}

// ---- from the parser ----------------------------------------------------------------------------------------------

/// Something else than a key in a block mapping.
pub(super) fn expected_key(text: &str, token: Token, mapping: usize) -> Box<Fault> {
    let at = token.start as usize;
    match token.kind {
        TokenKind::BlockEntry => Fault::syntax(at, "a list item stands where a key is expected").help(INDENT),
        TokenKind::FlowMappingEnd | TokenKind::FlowSequenceEnd => stray_bracket(at),
        // The line begins left of this mapping and right of the one around it.
        TokenKind::BlockMappingStart => Fault::syntax(at, "the key is not indented like any key above it").help(INDENT),
        _ => behind_value(text, at).unwrap_or_else(|| {
            Fault::syntax(at, "expected a key of the mapping above")
                .related(Some(mapping), "the mapping begins here")
                .help(INDENT)
        }),
    }
}

/// Something else than an item in a block sequence.
pub(super) fn expected_item(text: &str, token: Token, sequence: usize) -> Box<Fault> {
    let at = token.start as usize;
    match token.kind {
        TokenKind::FlowMappingEnd | TokenKind::FlowSequenceEnd => stray_bracket(at),
        _ => behind_value(text, at).unwrap_or_else(|| {
            Fault::syntax(at, "expected a list item beginning with `- `")
                .related(Some(sequence), "the list begins here")
                .help(INDENT)
        }),
    }
}

/// What begins no value.
pub(super) fn expected_node(text: &str, token: Token, open: Option<usize>) -> Box<Fault> {
    let at = token.start as usize;
    match token.kind {
        TokenKind::DocumentEnd => {
            Fault::syntax(at, "`...` ends a document, but none has begun").help("remove the line")
        }
        TokenKind::StreamEnd | TokenKind::DocumentStart => match open {
            Some(open) => unclosed_flow(text, token, open),
            None => Fault::syntax(at, "expected a value"),
        },
        TokenKind::FlowMappingEnd | TokenKind::FlowSequenceEnd if open.is_none() => stray_bracket(at),
        TokenKind::BlockEntry => {
            Fault::syntax(at, "a list item is not allowed here").help("quote the value if the `-` belongs to it")
        }
        TokenKind::Value if open.is_some() => Fault::syntax(at, "a key is missing before `:`")
            .help("quote the value if the `:` belongs to it")
            .because("it wants a key before `:`"),
        TokenKind::Key if open.is_some() => {
            Fault::syntax(at, "a plain value in a flow collection cannot hold `?` here").help("quote the value")
        }
        _ => Fault::syntax(at, "expected a value").help("quote the value if it begins with one of `,[]{}`"),
    }
}

const CLOSE: &str = "close the bracket, add the `,`, or quote the value if the bracket belongs to it";

/// Neither a `,` nor the closing bracket.
pub(super) fn unclosed_flow(text: &str, token: Token, open: usize) -> Box<Fault> {
    let at = token.start as usize;
    let (message, label) = match text.as_bytes().get(open) {
        Some(b'{') => ("a `{` is not closed, or a `,` is missing", "the `{`"),
        _ => ("a `[` is not closed, or a `,` is missing", "the `[`"),
    };
    let fault = Fault::syntax(at, message).related(Some(open), label);
    match token.kind {
        _ if text.get(open..).is_some_and(|rest| rest.starts_with("{{")) => {
            fault.help("this looks like a template: render it first, or quote the value")
        }
        TokenKind::Value => fault.help(CLOSE).because("in a flow collection a key must be on one line with its `:`"),
        TokenKind::Key => fault.help("quote a text that holds a `?`").because("a `?` ends a plain value here"),
        _ => fault.help(CLOSE).because(FLOW_COLON),
    }
}

/// No `---` behind directives.
pub(super) fn expected_document(text: &str, at: usize) -> Box<Fault> {
    match text.get(at..).is_some_and(|rest| !rest.trim().is_empty()) {
        true => Fault::syntax(at, "expected `---` behind the `%` directives").help("put `---` on a line of its own"),
        false => Fault::syntax(at, "a `%` directive without a document behind it")
            .help("remove the line that begins with `%`"),
    }
}

fn stray_bracket(at: usize) -> Box<Fault> {
    Fault::syntax(at, "a closing bracket without an opening one").help("quote the value if the bracket belongs to it")
}

/// Text on the line of a value that ended before it.
fn behind_value(text: &str, at: usize) -> Option<Box<Fault>> {
    match line_before(text, at).trim_end().bytes().last()? {
        quote @ (b'"' | b'\'') => {
            let fault = Fault::syntax(at, "text stands behind the closing quote");
            Some(match quote_above(text, at, quote) {
                Some(open) => {
                    fault.related(Some(open), "the quoted text begins here").help("close the quote in its line")
                }
                None => fault.help("quote the whole value, or write the quote twice to keep it"),
            })
        }
        b']' | b'}' => Some(
            Fault::syntax(at, "text stands behind the closing bracket")
                .help("quote the whole value if the brackets belong to it"),
        ),
        _ => None,
    }
}

/// Where the quoted text that ends before an offset begins, if that is in a line above: likely its end was forgotten there.
fn quote_above(text: &str, at: usize, quote: u8) -> Option<usize> {
    let before = text.get(..at)?.trim_end();
    let end = before.len().checked_sub(1)?;
    let open = before.get(..end)?.rfind(char::from(quote))?;
    before.get(open..end)?.contains(['\n', '\r']).then_some(open)
}

/// What stands on the line of an offset before it.
fn line_before(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or("");
    before.get(before.rfind(['\n', '\r']).map_or(0, |end| end + 1)..).unwrap_or("")
}

// ---- from the builder ---------------------------------------------------------------------------------------------

/// An alias without its anchor.
pub(super) fn unknown_anchor(at: usize) -> Box<Fault> {
    // The name is not shown: what looks like an alias may be a password.
    Fault::new(Code::UnknownAnchor, at, "the document defines no anchor of this name before the alias")
        .help("anchors hold within one document; quote the value if the `*` belongs to it")
}
