//! From a node's text, tag, style and surroundings to its value.
//!
//! The reference prints the tree (go yaml.v3) and reads it back before it looks at types. That trip is not taken here,
//! but what it does to values is: quotes that the printer adds turn a date or an empty null into a string, a tag that
//! follows from the text is dropped, some folded texts come back changed.

use crate::yaml::resolve::{Value, resolve};
use crate::yaml::tree::{NodeId, Style, Tag, Tree};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::borrow::Cow;

/// A scalar as JSON knows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar<'t> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Str(Cow<'t, str>),
    /// A date or time: a string from now on, but no key.
    Time(String),
}

/// Where a scalar stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    /// Below a flow collection, however deep.
    pub(crate) in_flow: bool,
    /// The key of a mapping.
    pub(crate) is_key: bool,
}

/// Returns the value of a scalar; the error says why it has none.
#[inline]
pub(crate) fn value_of(tree: &Tree, id: NodeId, context: Context) -> Result<Scalar<'_>, String> {
    let (text, tag, style) = (tree.text(id), tree.tag(id), tree.style(id));
    let implied = match tag {
        Tag::Implied if style.is_quoted() => return string(text, style, context),
        Tag::Str | Tag::Custom | Tag::Map | Tag::Seq | Tag::Merge => return string(text, style, context),
        Tag::Implied => resolve(text),
        Tag::Binary => return binary(&to_string(text, style, context)?),
        Tag::Int | Tag::Float | Tag::Bool | Tag::Null | Tag::Timestamp => {
            let implied = resolve(text);
            if implied.tag() != tag {
                return forced(tag, implied);
            }
            if style.is_quoted() {
                return string(text, style, context);
            }
            implied
        }
    };
    match implied {
        Value::Str | Value::Merge => string(text, style, context),
        // The printer cannot leave these plain in such a place; quoted, they read back as strings.
        Value::Null if text.is_empty() && (context.is_key || (context.in_flow && tag == Tag::Implied)) => {
            Ok(Scalar::Str(Cow::Borrowed("")))
        }
        Value::Timestamp(_) if context.in_flow && text.contains(':') => Ok(Scalar::Str(Cow::Borrowed(text))),
        Value::Null => Ok(Scalar::Null),
        Value::Bool(value) => Ok(Scalar::Bool(value)),
        Value::Int(value) => Ok(Scalar::Int(value)),
        Value::Uint(value) => Ok(Scalar::Uint(value)),
        Value::Float(value) => Ok(Scalar::Float(value)),
        Value::Timestamp(value) => {
            // Go reads offsets of 24 hours and more but does not write them.
            let zone = value.len().checked_sub(6).and_then(|at| value.get(at..at + 3));
            if matches!(zone, Some("+24" | "-24" | "+25" | "-25")) {
                return Err("Time.MarshalJSON: timezone hour outside of range [0,23]".into());
            }
            Ok(Scalar::Time(value))
        }
    }
}

/// A tag that differs from what the text implies: only whole numbers may be called floats.
fn forced<'t>(tag: Tag, implied: Value) -> Result<Scalar<'t>, String> {
    match (tag, implied) {
        (Tag::Float, Value::Int(value)) => Ok(Scalar::Float(value as f64)),
        (_, implied) => {
            // A date is only looked for under its own tag.
            let found = if matches!(implied, Value::Timestamp(_)) { Tag::Str } else { implied.tag() };
            // The reference names the text, too; it may be a secret.
            Err(format!("cannot decode {} as a {}", tag_name(found), tag_name(tag)))
        }
    }
}

fn tag_name(tag: Tag) -> &'static str {
    match tag {
        Tag::Int => "!!int",
        Tag::Float => "!!float",
        Tag::Bool => "!!bool",
        Tag::Null => "!!null",
        Tag::Timestamp => "!!timestamp",
        _ => "!!str",
    }
}

#[inline]
fn string<'t>(text: &'t str, style: Style, context: Context) -> Result<Scalar<'t>, String> {
    to_string(text, style, context).map(Scalar::Str)
}

/// Returns a string as it comes back from print and reading.
#[inline]
fn to_string<'t>(text: &'t str, style: Style, context: Context) -> Result<Cow<'t, str>, String> {
    let starts_with_tab = text.as_bytes().first() == Some(&b'\t');
    if style == Style::Folded || (starts_with_tab && !matches!(style, Style::SingleQuoted | Style::DoubleQuoted)) {
        return block_string(text, style, context);
    }
    Ok(Cow::Borrowed(text))
}

#[cold]
fn block_string<'t>(text: &'t str, style: Style, context: Context) -> Result<Cow<'t, str>, String> {
    let is_block = matches!(style, Style::Literal | Style::Folded) || text.contains('\n');
    let is_simple_key = context.is_key && !text.contains(is_line_break) && text.len() <= 128;
    if !is_block || context.in_flow || is_simple_key || !is_block_allowed(text) {
        return Ok(Cow::Borrowed(text));
    }
    if text.starts_with('\t') {
        // The printer leaves out the indentation hint, and the reader takes the tab for indentation.
        return Err("a block scalar that starts with a tab cannot be read back".into());
    }
    Ok(if style == Style::Folded { refold(text) } else { Cow::Borrowed(text) })
}

/// Returns whether yaml.v3 prints a text as a block scalar when asked to.
pub(crate) fn is_block_allowed(text: &str) -> bool {
    let mut previous_space = false;
    for char in text.chars() {
        if (char != '\t' && !super::quote::is_printable(char)) || (previous_space && is_line_break(char)) {
            return false;
        }
        previous_space = char == ' ';
    }
    !text.is_empty() && !previous_space
}

pub(crate) fn is_line_break(char: char) -> bool {
    matches!(char, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Prints and reads a folded scalar as yaml.v3 does. The printer (`yaml_emitter_write_folded_scalar`) decides about the
/// extra line break by the first character of the whole text, not of the next line, so the text may change.
fn refold(text: &str) -> Cow<'_, str> {
    if !text.contains(is_line_break) {
        return Cow::Borrowed(text);
    }
    let printed = print_folded(text);
    let (strip, keep) = chomping(text);
    Cow::Owned(read_folded(&printed, strip, keep))
}

/// Returns the lines of a folded scalar as yaml.v3 prints them, not indented.
pub(crate) fn print_folded(text: &str) -> String {
    let breaks_extra = !text.trim_start_matches(is_line_break).starts_with([' ', '\t']);
    let mut printed = String::with_capacity(text.len() + 16);
    let (mut at_start, mut leading_blank) = (true, true);
    for char in text.chars() {
        if is_line_break(char) {
            if !at_start && !leading_blank && char == '\n' && breaks_extra {
                printed.push('\n');
            }
            at_start = true;
        } else {
            if at_start {
                leading_blank = char == ' ' || char == '\t';
            }
            at_start = false;
        }
        printed.push(char);
    }
    printed
}

/// Returns whether a block scalar is printed with `-` or with `+`.
pub(crate) fn chomping(text: &str) -> (bool, bool) {
    let mut ends = text.chars().rev();
    match (ends.next().is_some_and(is_line_break), ends.next()) {
        (false, _) => (true, false),
        (true, before) => (false, before.is_none_or(is_line_break)),
    }
}

fn read_folded(printed: &str, strip: bool, keep: bool) -> String {
    let mut result = String::with_capacity(printed.len());
    let (mut leading, mut trailing): (Option<char>, String) = (None, String::new());
    let mut leading_blank = false;
    for line in printed.split_inclusive(is_line_break) {
        let content = line.trim_end_matches(is_line_break);
        let line_break = line[content.len()..].chars().next();
        if content.is_empty() {
            trailing.extend(line_break);
            continue;
        }
        let blank = content.starts_with([' ', '\t']);
        match leading {
            Some('\n') if !leading_blank && !blank => {
                if trailing.is_empty() {
                    result.push(' ');
                }
            }
            _ => result.extend(leading),
        }
        result.push_str(&trailing);
        trailing.clear();
        result.push_str(content);
        leading_blank = blank;
        leading = line_break;
    }
    if !strip {
        result.extend(leading);
    }
    if keep {
        result.push_str(&trailing);
    }
    result
}

/// Decodes base64 as Go does: line breaks are skipped, and bytes that are no UTF-8 become U+FFFD, one each.
fn binary<'t>(text: &str) -> Result<Scalar<'t>, String> {
    decode_binary(text).map(|decoded| Scalar::Str(Cow::Owned(decoded)))
}

/// Decodes the text of a `!!binary` scalar; what is not UTF-8 in it becomes U+FFFD.
pub(crate) fn decode_binary(text: &str) -> Result<String, String> {
    const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical);
    const ENGINE: GeneralPurpose = GeneralPurpose::new(&STANDARD, CONFIG);
    let packed: String = text.chars().filter(|char| !matches!(char, '\r' | '\n')).collect();
    let bytes = ENGINE.decode(packed).map_err(|_| "!!binary value contains invalid base64 data".to_string())?;
    let mut decoded = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        decoded.push_str(chunk.valid());
        decoded.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Ok(decoded)
}
