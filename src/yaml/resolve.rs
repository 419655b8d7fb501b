//! What a plain scalar's text means: YAML 1.2-ish rules (go yaml.v3) for resources, YAML 1.1 rules (go yaml.v2) for
//! kustomization files and for the question whether a string needs quotes.
//!
//! Only text is judged here. What tag and style do to it is `yaml::emit::value`'s business.

use crate::yaml::decimal;
use crate::yaml::tree::{Kind, NodeId, Style, Tag, Tree};
use std::borrow::Cow;

mod timestamp;

/// A scalar's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// null
    Null,
    /// true, false
    Bool(bool),
    /// An integer that fits `i64`.
    Int(i64),
    /// An integer above `i64::MAX` that fits `u64`.
    Uint(u64),
    /// Any other number.
    Float(f64),
    /// A date or time, as RFC 3339 text with nanoseconds trimmed.
    Timestamp(String),
    /// `<<`
    Merge,
    /// A string: the text itself.
    Str,
}

impl Value {
    /// Returns the tag of values of this type.
    pub fn tag(&self) -> Tag {
        match self {
            Value::Null => Tag::Null,
            Value::Bool(_) => Tag::Bool,
            Value::Int(_) | Value::Uint(_) => Tag::Int,
            Value::Float(_) => Tag::Float,
            Value::Timestamp(_) => Tag::Timestamp,
            Value::Merge => Tag::Merge,
            Value::Str => Tag::Str,
        }
    }
}

/// Resolves a plain scalar by the rules for resources (go yaml.v3).
#[inline]
pub fn resolve(text: &str) -> Value {
    let Some(&first) = text.as_bytes().first() else { return Value::Null };
    match first {
        b'0'..=b'9' | b'+' | b'-' => resolve_number(text, Dialect::Yaml12),
        b'.' | b'~' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'<' => resolve_word(text),
        _ => Value::Str,
    }
}

/// Resolves a plain scalar by YAML 1.1 rules (go yaml.v2): kustomization files, JSON patches written as YAML.
///
/// Dates and times are strings: yaml.v2 hands them to untyped targets as their text.
pub fn resolve_yaml11(text: &str) -> Value {
    let Some(&first) = text.as_bytes().first() else { return Value::Null };
    match first {
        b'0'..=b'9' | b'+' | b'-' => match resolve_number(text, Dialect::Yaml11) {
            Value::Timestamp(_) => Value::Str,
            value => value,
        },
        b'.' | b'~' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' => match yaml11_bool(text) {
            Some(value) => Value::Bool(value),
            None => resolve_word(text),
        },
        b'y' | b'Y' | b'o' | b'O' => yaml11_bool(text).map_or(Value::Str, Value::Bool),
        // yaml.v2 looks at its table only for certain first characters, and '<' is none of them; the parser does know
        // an unquoted `<<` key as a merge.
        b'<' if text == "<<" => Value::Merge,
        _ => Value::Str,
    }
}

/// Returns whether yaml.v2 prints a string of this text without quotes as far as types are concerned: it must not read
/// back as anything else, nor look like a base-60 number.
#[inline]
pub(crate) fn is_yaml11_string(text: &str) -> bool {
    let Some(&first) = text.as_bytes().first() else { return false };
    match first {
        b'0'..=b'9' | b'+' | b'-' => !is_base60(text) && resolve_number(text, Dialect::Yaml11) == Value::Str,
        b'.' | b'~' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'y' | b'Y' | b'o' | b'O' => {
            yaml11_bool(text).is_none() && resolve_word(text) == Value::Str
        }
        _ => true,
    }
}

/// Returns whether a text is certainly a string that every dialect reads and prints without quotes.
pub(crate) fn is_word(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_string = match bytes {
        // The longest word that is something else is `false`.
        [b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O', ..] => {
            bytes.len() > 5 || (is_yaml11_string(text) && resolve(text) == Value::Str)
        }
        [first, ..] => first.is_ascii_alphabetic(),
        [] => false,
    };
    // In short texts, as most are, going on costs less than asking at each byte whether to.
    const SHORT: usize = 48;
    let is_in_word = |byte: u8| IN_WORDS[usize::from(byte)];
    is_string
        && match bytes.len() <= SHORT {
            true => bytes.iter().fold(true, |all, &byte| all & is_in_word(byte)),
            false => bytes.iter().all(|&byte| is_in_word(byte)),
        }
}

/// The bytes that words are made of.
const IN_WORDS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'-' | b'_');
        byte += 1;
    }
    table
};

/// Returns the tag that a node amounts to: the written one, or what text and style imply; never `Tag::Implied`.
pub fn effective_tag(tree: &Tree, id: NodeId) -> Tag {
    match (tree.tag(id), tree.kind(id)) {
        (Tag::Implied, Kind::Mapping) => Tag::Map,
        (Tag::Implied, Kind::Sequence) => Tag::Seq,
        (Tag::Implied, Kind::Scalar) if tree.style(id).is_quoted() => Tag::Str,
        (Tag::Implied, Kind::Scalar) => resolve(tree.text(id)).tag(),
        (tag, _) => tag,
    }
}

/// Returns whether a node is a null; what was written without a tag is none, whatever it looks like.
pub fn is_null(tree: &Tree, node: NodeId) -> bool {
    has_null_tag(tree, node) && !tree.is_untagged(node)
}

/// Returns whether a scalar amounts to null, as far as its text and its tag say.
pub(crate) fn has_null_tag(tree: &Tree, node: NodeId) -> bool {
    // The longest text that means null is `null`, which is known without a look at the others.
    const LEN_MAX: usize = 4;
    tree.is_scalar(node)
        && match tree.tag(node) {
            Tag::Implied => tree.text_len(node) <= LEN_MAX && effective_tag(tree, node) == Tag::Null,
            tag => tag == Tag::Null,
        }
}

/// Returns the style to keep for a scalar that was written with an explicit tag.
///
/// Behind a written tag, quotes do not make a string: `!!int "5"` is 5. A tag that a transformer set does not have that
/// power: quotes it found in the file turn its number into a string. Trees do not tell the two apart, so a reader drops the
/// quotes where they have no effect.
pub fn style_behind_tag(text: &str, style: Style, tag: Tag) -> Style {
    match tag {
        Tag::Int | Tag::Float | Tag::Bool | Tag::Null | Tag::Timestamp if resolve(text).tag() == tag => Style::Plain,
        _ => style,
    }
}

/// The one difference between the dialects in numbers: yaml.v3 also takes a sign after `0o`.
#[derive(Clone, Copy, PartialEq)]
enum Dialect {
    Yaml11,
    Yaml12,
}

fn yaml11_bool(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn resolve_word(text: &str) -> Value {
    if text.as_bytes().first() != Some(&b'.') && text.len() > 5 {
        return Value::Str;
    }
    match text {
        "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => Value::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" => Value::Float(f64::INFINITY),
        "<<" => Value::Merge,
        _ if text.starts_with('.') => parse_point_float(text).map_or(Value::Str, Value::Float),
        _ => Value::Str,
    }
}

/// Resolves a text that starts with a digit or a sign.
fn resolve_number(text: &str, dialect: Dialect) -> Value {
    let bytes = text.as_bytes();
    if bytes.len() == 1 {
        return if bytes[0].is_ascii_digit() { Value::Int(i64::from(bytes[0] - b'0')) } else { Value::Str };
    }
    // Most numbers are short runs of digits.
    if bytes[0] != b'0' && bytes.len() < 10 && bytes.iter().all(u8::is_ascii_digit) {
        return Value::Int(bytes.iter().fold(0, |number, byte| number * 10 + i64::from(byte - b'0')));
    }
    match text {
        "+.inf" | "+.Inf" | "+.INF" => return Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Value::Float(f64::NEG_INFINITY),
        _ => {}
    }
    if let Some(text) = timestamp::parse(text) {
        return Value::Timestamp(text);
    }
    // Words that merely start with a digit or a dash are common (`100m`, `10.0.0.1`, `-config`); no number has other
    // letters than these.
    if !bytes
        .iter()
        .all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'_' | b'+' | b'-' | b'.' | b'x' | b'X' | b'o' | b'O'))
    {
        return Value::Str;
    }
    let plain: Cow<'_, str> = if bytes.contains(&b'_') { text.replace('_', "").into() } else { text.into() };
    if let Some(value) = parse_int(&plain, 0) {
        return value;
    }
    if is_decimal_float(&plain)
        && let Some(value) = decimal::parse(&plain)
        && value.is_finite()
    {
        return Value::Float(value);
    }
    // Both libraries try again behind the prefix, where a sign is accepted: `0b-11` is -3.
    if let Some(rest) = plain.strip_prefix("0b") {
        return parse_int(rest, 2).unwrap_or(Value::Str);
    }
    if dialect == Dialect::Yaml12
        && let Some(rest) = plain.strip_prefix("0o")
    {
        return parse_int(rest, 8).unwrap_or(Value::Str);
    }
    Value::Str
}

/// Parses like Go's ParseInt, then ParseUint. Base 0 means: by prefix, a leading zero being octal.
fn parse_int(text: &str, base: u32) -> Option<Value> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (Some(true), &text[1..]),
        b'+' => (Some(false), &text[1..]),
        _ => (None, text),
    };
    let (base, digits) = match (base, digits.as_bytes()) {
        (_, []) => return None,
        (0, [b'0', b'x' | b'X', _, ..]) => (16, &digits[2..]),
        (0, [b'0', b'o' | b'O', _, ..]) => (8, &digits[2..]),
        (0, [b'0', b'b' | b'B', _, ..]) => (2, &digits[2..]),
        (0, [b'0', ..]) => (8, &digits[1..]),
        (0, _) => (10, digits),
        (base, _) => (base, digits),
    };
    let mut number = 0u64;
    for byte in digits.bytes() {
        let digit = char::from(byte).to_digit(base)?;
        number = number.checked_mul(u64::from(base))?.checked_add(u64::from(digit))?;
    }
    match (sign, i64::try_from(number)) {
        (Some(true), Ok(number)) => Some(Value::Int(-number)),
        (Some(true), Err(_)) => (number == 1 << 63).then_some(Value::Int(i64::MIN)),
        (_, Ok(number)) => Some(Value::Int(number)),
        (None, Err(_)) => Some(Value::Uint(number)),
        (Some(false), Err(_)) => None,
    }
}

/// Returns whether a text has the form that yaml.v2 and yaml.v3 take for a decimal number: digits and at most one point,
/// digits on at least one side of it, and an optional exponent.
fn is_decimal_float(text: &str) -> bool {
    let mut rest = text.as_bytes();
    if let [b'+' | b'-', tail @ ..] = rest {
        rest = tail;
    }
    let whole = skip_digits(&mut rest);
    if let [b'.', tail @ ..] = rest {
        rest = tail;
        if skip_digits(&mut rest) + whole == 0 {
            return false;
        }
    } else if whole == 0 {
        return false;
    }
    if let [b'e' | b'E', tail @ ..] = rest {
        rest = tail;
        if let [b'+' | b'-', tail @ ..] = rest {
            rest = tail;
        }
        if skip_digits(&mut rest) == 0 {
            return false;
        }
    }
    rest.is_empty()
}

fn skip_digits(rest: &mut &[u8]) -> usize {
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    *rest = &rest[count..];
    count
}

/// Parses a text that starts with a point as Go's ParseFloat does, which takes underscores between digits.
fn parse_point_float(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let plain: Cow<'_, str> = if bytes.contains(&b'_') {
        let between = |at: usize| {
            let before = at.checked_sub(1).and_then(|at| bytes.get(at));
            [before, bytes.get(at + 1)].into_iter().all(|byte| byte.is_some_and(u8::is_ascii_digit))
        };
        if !(0..bytes.len()).all(|at| bytes[at] != b'_' || between(at)) {
            return None;
        }
        text.replace('_', "").into()
    } else {
        text.into()
    };
    if !is_decimal_float(&plain) {
        return None;
    }
    decimal::parse(&plain).filter(|value| value.is_finite())
}

/// Returns whether a text is a base-60 number of YAML 1.1: never read as one, but quoted when printed (go yaml.v2
/// `isBase60Float`).
fn is_base60(text: &str) -> bool {
    let mut rest = text.as_bytes();
    if let [b'+' | b'-', tail @ ..] = rest {
        rest = tail;
    }
    if !rest.first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let skip = |rest: &mut &[u8]| {
        let count = rest.iter().take_while(|&&byte| byte.is_ascii_digit() || byte == b'_').count();
        *rest = &rest[count..];
    };
    skip(&mut rest);
    let mut groups = 0;
    while let [b':', tail @ ..] = rest {
        rest = match tail {
            [b'0'..=b'5', b'0'..=b'9', tail @ ..] => tail,
            [b'0'..=b'9', tail @ ..] => tail,
            _ => return false,
        };
        groups += 1;
    }
    if let [b'.', tail @ ..] = rest {
        rest = tail;
        skip(&mut rest);
    }
    groups > 0 && rest.is_empty()
}

#[cfg(test)]
mod tests {
    //! The table holds what the reference makes of plain texts: see tests/data/emit/README.md.

    use super::*;

    /// Shows a value as the rows do.
    fn shown(value: &Value, text: &str) -> String {
        match value {
            Value::Null => "<nil>:<nil>".into(),
            Value::Bool(value) => format!("bool:{value}"),
            Value::Int(value) => format!("int:{value}"),
            Value::Uint(value) => format!("uint64:{value}"),
            Value::Float(value) => format!("float64:{value:e}"),
            Value::Timestamp(text) => format!("time:{text}"),
            Value::Merge | Value::Str => format!("string:{text}"),
        }
    }

    #[test]
    fn quotes_behind_a_written_tag_have_no_effect() {
        // `!!int "5"` is 5, `!!str "5"` a string, and `!!int "x"` stays as it is, an error when printed.
        assert_eq!(style_behind_tag("5", Style::DoubleQuoted, Tag::Int), Style::Plain);
        assert_eq!(style_behind_tag("5", Style::DoubleQuoted, Tag::Str), Style::DoubleQuoted);
        assert_eq!(style_behind_tag("x", Style::DoubleQuoted, Tag::Int), Style::DoubleQuoted);
    }

    #[test]
    fn plain_texts_resolve_as_in_the_reference() {
        let mut tree = Tree::new();
        let stamp = crate::provenance::Stamp { by: crate::provenance::DirectiveId(0), place: None };
        let rows = include_str!("../../tests/data/emit/texts/plain.jsonl");
        assert!(rows.lines().count() > 500);
        for row in rows.lines() {
            let row: serde_json::Value = serde_json::from_str(row).expect("rows are JSON");
            let field = |name: &str| row[name].as_str().expect("rows have all fields").to_string();
            let text = field("in");
            let mut expected = field("value");
            if let Some(number) = expected.strip_prefix("float64:") {
                expected = shown(&Value::Float(number.parse().expect("Go writes numbers that Rust reads")), &text);
            }
            assert_eq!(shown(&resolve_yaml11(&text), &text), expected, "{text}");
            let node = tree.new_scalar(&text, Style::Plain, Tag::Implied, &stamp);
            let tag = format!("!!{:?}", effective_tag(&tree, node)).to_lowercase();
            assert_eq!(tag, field("tag"), "{text}");
        }
    }
}
