//! Words for syntax errors: what is wrong, where, and the likely cause. Texts of values never appear.

use super::events::Fault;
use super::lexical;
use crate::diagnostic::Code;

/// What is known where the parser stopped; offsets without `base` are of `text`.
pub(super) struct Context<'t> {
    /// The text of the document.
    pub(super) text: &'t str,
    /// Where it begins in the file.
    pub(super) base: usize,
    /// The end of the last node read.
    pub(super) cursor: usize,
    /// The innermost bracket without its partner.
    pub(super) open_flow: Option<usize>,
    /// Whether a mapping's key was read last.
    pub(super) expects_value: bool,
}

const QUOTE_COLON: &str = "a value that contains `: ` must be quoted";
const INDENT: &str = "check the indentation: keys of one mapping and items of one list begin in the same column";
const TAB: &str = "use spaces: YAML does not allow tabs for indentation";

/// Returns the fault for an error of the parser.
pub(super) fn fault(info: &str, at: usize, context: &Context<'_>) -> Box<Fault> {
    let Context { text, base, .. } = *context;
    let here = text.as_bytes().get(at).copied().unwrap_or(0);
    let line = text.get(lexical::line_start(text, at)..at).unwrap_or("");
    let has = |part: &str| info.contains(part);
    let syntax = |message: &str| Fault::syntax(base + at, message);
    if here == b'\t' || has("tab") && line.trim_matches(' ').starts_with('\t') {
        let tab = lexical::line_start(text, at) + line.find('\t').unwrap_or(line.len());
        return tab_indentation(base + tab);
    }
    if has("unexpected character") {
        return syntax("a plain value cannot begin with this character").help("quote the value");
    }
    if has("unexpected end of stream") || has("in quoted scalar") && lexical::quoted_end(text, at).is_none() {
        return syntax("a quoted text is not closed").label("the quote that is never closed");
    }
    if has("unexpected document indicator") {
        return syntax("a quoted text is not closed before the end of the document").label("it begins here");
    }
    if has("recursion limit") {
        return Fault::new(Code::LimitExceeded, base + at, "collections are nested too deeply");
    }
    if has("unknown anchor") {
        return unknown_anchor(base + at);
    }
    if has("unknown escape character") {
        let escape = bad_escape(text, at).unwrap_or(at);
        return Fault::syntax(base + escape, "unknown escape in a double-quoted text")
            .help("write a backslash as `\\\\`, or use single quotes");
    }
    if has("invalid Unicode character escape") || has("hexadecimal number") {
        return syntax("an escape in this double-quoted text does not name a character").help(
            "write characters outside the basic plane as themselves or as `\\UXXXXXXXX`, not as two `\\u` escapes",
        );
    }
    if has("trailing content") {
        return syntax("text stands behind the closing quote")
            .help("quote the whole value, or write the quote twice to keep it");
    }
    if let Some(open) = context.open_flow {
        let (message, label) = match text.as_bytes().get(open) {
            Some(b'{') => ("a `{` is not closed, or a `,` is missing", "the `{`"),
            _ => ("a `[` is not closed, or a `,` is missing", "the `[`"),
        };
        let template = text.get(open..).is_some_and(|rest| rest.starts_with("{{"));
        let fault = syntax(message).related(Some(base + open), label);
        return match template {
            true => fault.help("this looks like a template: render it first, or quote the value"),
            false => fault,
        };
    }
    if has("handle wasn't declared") {
        return syntax("the tag uses a handle that no `%TAG` line declares");
    }
    if has("tag") {
        return syntax("this is not a valid tag").help("quote the value if the `!` belongs to it");
    }
    if has("anchor or alias") {
        return syntax("an anchor or an alias has no name").help("quote the value if the `&` or `*` belongs to it");
    }
    if has("block scalar") || has("indentation indicator") {
        let message = match info {
            _ if has("cannot start with a tab") => return tab_indentation(base + at),
            _ if has("wrongly indented") => "a line of the block text is indented less than the first one",
            _ if has("equal to 0") => "the indentation of a block text cannot be 0",
            _ => "text stands behind the `|` or `>` of a block text",
        };
        return syntax(message).help("the text of a block begins on the next line, indented more than its key");
    }
    if has("mapping values are not allowed") {
        let fault = match context.expects_value {
            false if line.contains(':') => syntax("a second `:` in one plain value"),
            _ => syntax("a `key: value` pair is not allowed here"),
        };
        return fault.help(QUOTE_COLON).help(INDENT);
    }
    if has("block sequence entries are not allowed") || has("only valid inside a block") {
        return syntax("a list item is not allowed here")
            .help("begin the list on a line of its own, or quote the `- `");
    }
    if has("simple key expect") {
        let (place, line) = previous_content(text, at);
        let fault = Fault::syntax(base + place, "expected `key: value`, found a text without `:`");
        return match line.starts_with('-') {
            true => fault.help("a `-` must be followed by a space"),
            false => fault.help("add `: ` behind the key, or indent the line to continue the value above").help(INDENT),
        };
    }
    if has("did not find expected key") {
        return match here {
            b'-' => syntax("a list item stands where a key is expected").help(INDENT),
            b'}' | b']' => syntax("a closing bracket without an opening one"),
            // For a pair, the parser reports its `:`.
            b':' => Fault::syntax(base + at - line.trim_start().len(), "the key is not indented like any key above it")
                .help(INDENT),
            _ => syntax("expected a key of the mapping above").help(INDENT),
        };
    }
    if has("expected '-' indicator") {
        return syntax("expected a list item beginning with `- `").help(INDENT);
    }
    if has("<document start>") {
        let fault = match text.get(at..).is_some_and(|rest| !rest.trim().is_empty()) {
            true => syntax("more content after the end of the document").help(INDENT),
            false => {
                syntax("a `%` directive without a document behind it").help("remove the line that begins with `%`")
            }
        };
        return fault.related((context.cursor > 0).then_some(base + context.cursor), "the document ends here");
    }
    if has("directive") {
        return syntax("this is not a valid `%` directive").help("quote the value if the `%` belongs to it");
    }
    if has("invalid content after document end") {
        return syntax("only a comment may follow `...`");
    }
    if has("comments must be separated") {
        return syntax("a comment needs a space before its `#`");
    }
    if has("indentation") {
        return syntax("the line is not indented like any line above it").help(INDENT);
    }
    if has("node content") {
        return syntax("expected a value").help("quote the value if it begins with one of `,[]{}`");
    }
    syntax("this is not valid YAML here").help(INDENT)
}

/// A tab where indentation is expected.
pub(super) fn tab_indentation(at: usize) -> Box<Fault> {
    Fault::syntax(at, "a tab is used for indentation").help(TAB)
}

/// A `\/`, which YAML 1.2 and JSON know and the reference does not.
pub(super) fn refused_escape(at: usize) -> Box<Fault> {
    Fault::syntax(at, "unknown escape `\\/` in a double-quoted text").help("write `/` without a backslash")
}

/// An anchor or alias whose name has characters other than letters, digits, `-` and `_`.
pub(super) fn odd_anchor(at: usize) -> Box<Fault> {
    Fault::syntax(at, "the name of an anchor or alias may hold letters, digits, `-` and `_` only")
        .help("quote the value if the `&` or `*` belongs to it; put a space between an alias and `:`")
}

/// A plain key in front of a `:` that touches a bracket: YAML 1.1 takes the `:` for a part of the text.
pub(super) fn tight_colon(at: usize) -> Box<Fault> {
    Fault::syntax(at, "a `:` in a flow collection must be followed by a space")
}

/// A `?` or `:` in front of a text in a flow collection.
pub(super) fn tight_question(at: usize) -> Box<Fault> {
    Fault::syntax(at, "a plain value in a flow collection cannot begin with `?` or `:`").help("quote the value")
}

/// A key in a flow collection that is not on the line of its `:`, or is too long.
pub(super) fn flow_key(at: usize) -> Box<Fault> {
    Fault::syntax(at, "a key must be on one line with its `:`, and no longer than 1024 characters")
}

/// A `:` without a key.
pub(super) fn missing_key(at: usize) -> Box<Fault> {
    Fault::syntax(at, "a key is missing before `:`").help("quote the value if the `:` belongs to it")
}

/// A tag that touches a `,`.
pub(super) fn tight_tag(at: usize) -> Box<Fault> {
    Fault::syntax(at, "a tag must be followed by a space")
}

/// A `%` line that is neither `%YAML` nor `%TAG`.
pub(super) fn unknown_directive(at: usize) -> Box<Fault> {
    Fault::syntax(at, "unknown `%` directive").help("remove the line, or quote the value if the `%` belongs to it")
}

/// A `...` that ends nothing.
pub(super) fn stray_end(at: usize) -> Box<Fault> {
    Fault::syntax(at, "`...` ends a document, but none has begun").help("remove the line")
}

/// A `%YAML` line with another version.
pub(super) fn version(at: usize) -> Box<Fault> {
    Fault::syntax(at, "only `%YAML 1.1` is supported").help("remove the line")
}

/// An alias without its anchor.
pub(super) fn unknown_anchor(at: usize) -> Box<Fault> {
    // The name is not shown: what looks like an alias may be a password.
    Fault::new(Code::UnknownAnchor, at, "the document defines no anchor of this name before the alias")
        .help("anchors hold within one document; quote the value if the `*` belongs to it")
}

/// A flow collection whose lines cannot be told apart from what follows.
pub(super) fn unindented_flow(open: usize, close: usize) -> Box<Fault> {
    Fault::syntax(close, "the lines of this collection must be indented").related(Some(open), "it begins here")
}

fn bad_escape(text: &str, quote: usize) -> Option<usize> {
    let end = lexical::quoted_end(text, quote).unwrap_or(text.len());
    let known = b"0abt\tnvfre \"'\\N_LPxuU\n\r";
    lexical::escapes(text, quote + 1, end).find(|(_, escaped)| !known.contains(escaped)).map(|(at, _)| at)
}

/// Returns where the last line with content before `at` begins (behind its indentation), and its text.
fn previous_content(text: &str, at: usize) -> (usize, &str) {
    let mut end = lexical::line_start(text, at);
    while end > 0 {
        let start = lexical::line_start(text, end - 1);
        let line = text.get(start..end).unwrap_or("");
        let content = line.trim();
        if !content.is_empty() && !content.starts_with('#') {
            return (start + line.len() - line.trim_start().len(), content);
        }
        end = start;
    }
    (at, "")
}
