//! Nodes as JSON text and back, as the reference's codecs do it: for hashes, for JSON 6902 patches, for messages.

use crate::provenance::Stamp;
use crate::sorting::Sorting;
use crate::yaml::emit::quote::yaml12_style;
use crate::yaml::emit::value::{Context, Scalar, value_of};
use crate::yaml::emit::{EmitError, EmitErrorKind, Entry, check_distinct, number, read_entries};
use crate::yaml::resolve::is_word;
use crate::yaml::tree::{Kind, Mark, NodeId, Style, Tag, Tree};
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::borrow::Cow;

mod decode;

pub use decode::{JsonError, decode};

/// Levels that the functions here follow; they are recursive.
const DEPTH_MAX: usize = 1000;

/// Appends a node as compact JSON: keys sorted bytewise, `<`, `>`, `&`, U+2028 and U+2029 escaped as Go does.
pub fn encode(tree: &Tree, id: NodeId, out: &mut String) -> Result<(), EmitError> {
    encode_at(tree, id, 0, false, out)
}

fn encode_at(tree: &Tree, id: NodeId, depth: usize, in_flow: bool, out: &mut String) -> Result<(), EmitError> {
    if depth > DEPTH_MAX {
        return Err(EmitError { node: id, kind: EmitErrorKind::TooDeep });
    }
    let in_flow = in_flow || tree.style(id) == Style::Flow;
    match tree.kind(id) {
        Kind::Scalar => encode_scalar(tree, id, in_flow, out),
        Kind::Sequence => {
            out.push('[');
            for (at, item) in tree.items(id).enumerate() {
                if at > 0 {
                    out.push(',');
                }
                encode_at(tree, item, depth + 1, in_flow, out)?;
            }
            out.push(']');
            Ok(())
        }
        Kind::Mapping => {
            out.push('{');
            for (at, entry) in sorted_entries(tree, id, in_flow, depth == 0)?.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                encode_string(&entry.key, out);
                out.push(':');
                encode_at(tree, entry.value_id, depth + 1, in_flow, out)?;
            }
            out.push('}');
            Ok(())
        }
    }
}

/// Checks that a node has a JSON form; the error is that of [`encode`].
pub fn check(tree: &Tree, id: NodeId) -> Result<(), EmitError> {
    if has_json_form(tree, id, 0, false) { Ok(()) } else { encode(tree, id, &mut String::new()) }
}

/// Returns whether a node certainly has a JSON form, without sorting anything.
fn has_json_form(tree: &Tree, id: NodeId, depth: usize, in_flow: bool) -> bool {
    if depth > DEPTH_MAX {
        return false;
    }
    let in_flow = in_flow || tree.style(id) == Style::Flow;
    match tree.kind(id) {
        Kind::Scalar if tree.has_mark(id, Mark::Json) && !in_flow => true,
        Kind::Scalar => match value_of(tree, id, Context { in_flow, is_key: false }) {
            Ok(Scalar::Float(value)) => number::check(value).is_ok(),
            value => value.is_ok(),
        },
        Kind::Sequence => tree.items(id).all(|item| has_json_form(tree, item, depth + 1, in_flow)),
        Kind::Mapping => {
            (tree.has_mark_on_keys(id, Mark::Json) || are_words(tree, id))
                && tree.entries(id).all(|(_, value)| has_json_form(tree, value, depth + 1, in_flow))
        }
    }
}

/// Returns whether a part of a document certainly has a JSON form, wherever in the document it is.
pub(crate) fn has_json_form_anywhere(tree: &Tree, id: NodeId) -> bool {
    has_json_form(tree, id, 0, false) && has_json_form(tree, id, 0, true)
}

/// Returns whether all keys of a mapping are certainly different, and strings that print as they stand.
pub(crate) fn are_words(tree: &Tree, map: NodeId) -> bool {
    // Each is compared with those before it, which is only good for few.
    const FEW: usize = 24;
    let is_word = |key: NodeId, text: &str| {
        tree.is_scalar(key)
            && matches!(tree.tag(key), Tag::Implied | Tag::Str)
            && !tree.style(key).is_block_scalar()
            && is_word(text)
    };
    let mut first = [""; FEW];
    let mut n_keys = 0;
    let mut is_ascending = true;
    let mut before = "";
    for (key, _) in tree.entries(map) {
        let text = tree.text(key);
        if !is_word(key, text) {
            return false;
        }
        // A word is not empty.
        is_ascending = is_ascending && before < text;
        before = text;
        if let Some(slot) = first.get_mut(n_keys) {
            *slot = text;
        }
        n_keys += 1;
    }
    if is_ascending {
        return true;
    }
    if let Some(keys) = first.get(..n_keys) {
        let is_new =
            |(at, key): (usize, &&str)| keys[..at].iter().all(|other| other.len() != key.len() || other != key);
        return keys.iter().enumerate().all(is_new);
    }
    let mut seen = FxHashSet::with_capacity_and_hasher(n_keys, FxBuildHasher);
    tree.entries(map).all(|(key, _)| seen.insert(tree.text(key)))
}

fn sorted_entries(tree: &Tree, id: NodeId, in_flow: bool, is_root: bool) -> Result<Vec<Entry<'_>>, EmitError> {
    let mut entries = Vec::new();
    read_entries(tree, id, in_flow, is_root, &mut entries)?;
    entries.put_in_order(|a, b| a.key.as_bytes().cmp(b.key.as_bytes()));
    check_distinct(&entries)?;
    Ok(entries)
}

fn encode_scalar(tree: &Tree, id: NodeId, in_flow: bool, out: &mut String) -> Result<(), EmitError> {
    let context = Context { in_flow, is_key: false };
    let value = value_of(tree, id, context).map_err(|why| EmitError::invalid(id, why))?;
    push_scalar(value, out).map_err(|why| EmitError::invalid(id, why))
}

/// Appends a value as JSON.
fn push_scalar(value: Scalar<'_>, out: &mut String) -> Result<(), String> {
    match value {
        Scalar::Null => out.push_str("null"),
        Scalar::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        Scalar::Int(value) => out.push_str(itoa::Buffer::new().format(value)),
        Scalar::Uint(value) => out.push_str(itoa::Buffer::new().format(value)),
        Scalar::Float(value) => {
            number::check(value)?;
            number::push_json_float(value, out);
        }
        Scalar::Str(text) => encode_string(&text, out),
        Scalar::Time(text) => encode_string(&text, out),
    }
    Ok(())
}

/// Appends a JSON string with Go's escapes.
pub fn encode_string(text: &str, out: &mut String) {
    out.reserve(text.len() + 2);
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push('"');
    let bytes = text.as_bytes();
    let mut from = 0;
    let mut at = 0;
    while let Some(found) = find_special(bytes, at) {
        at = found + 1;
        let (at, byte) = (found, bytes[found]);
        let short = match byte {
            b'"' | b'\\' => byte,
            8 => b'b',
            12 => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0..b' ' | b'<' | b'>' | b'&' => b'u',
            // U+2028 and U+2029: the last byte tells which.
            0xe2 if matches!(bytes[at..], [_, 0x80, 0xa8 | 0xa9, ..]) => b'u',
            _ => continue,
        };
        out.push_str(&text[from..at]);
        out.push('\\');
        out.push(char::from(short));
        from = at + 1;
        if short == b'u' {
            let mut code = u32::from(byte);
            if byte == 0xe2 {
                code = 0x2000 | u32::from(bytes[at + 2] & 0x3f);
                from = at + 3;
            }
            for shift in [12, 8, 4, 0] {
                out.push(char::from(HEX[(code >> shift & 15) as usize]));
            }
        }
    }
    out.push_str(&text[from..]);
    out.push('"');
}

/// Returns the position of the first byte, from a position on, that a JSON string may not hold as it is.
fn find_special(bytes: &[u8], from: usize) -> Option<usize> {
    const SPECIAL: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            table[byte] = is_special(byte as u8);
            byte += 1;
        }
        table
    };
    const STEP: usize = 32;
    let rest = bytes.get(from..)?;
    let (steps, _) = rest.as_chunks::<STEP>();
    // No branches, so that the compiler can look at many bytes at once.
    let is_clean = |step: &&[u8; STEP]| !step.iter().fold(false, |any, &byte| any | is_special(byte));
    let clean = steps.iter().take_while(is_clean).count() * STEP;
    rest[clean..].iter().position(|&byte| SPECIAL[usize::from(byte)]).map(|at| from + clean + at)
}

const fn is_special(byte: u8) -> bool {
    (byte < b' ') | (byte == b'"') | (byte == b'\\') | (byte == b'<') | (byte == b'>') | (byte == b'&') | (byte == 0xe2)
}

/// Brings a node, with all below it, into the form it has after a way through JSON and back (`RNode.MarshalJSON`, then
/// `UnmarshalJSON`), as a JSON 6902 patch causes it.
///
/// All numbers become floats, so integers beyond 2^53 lose digits and `1.50` is `1.5`; dates become strings; quotes are
/// those that go yaml.v3 would write; collections are in block style unless empty. Scalars are no longer shared. Origins
/// stay. So does the order of keys, which upstream sorts: no output depends on it. Doing it twice is doing it once.
pub fn normalise(tree: &mut Tree, id: NodeId) -> Result<(), EmitError> {
    normalise_at(tree, id, 0, false, false)
}

/// Normalises a node that was normalised before and changed since: a negative zero, which looks like a whole number by
/// now, stays one.
pub fn normalise_again(tree: &mut Tree, id: NodeId) -> Result<(), EmitError> {
    normalise_at(tree, id, 0, false, true)
}

fn normalise_at(tree: &mut Tree, id: NodeId, depth: usize, in_flow: bool, is_again: bool) -> Result<(), EmitError> {
    if depth > DEPTH_MAX {
        return Err(EmitError { node: id, kind: EmitErrorKind::TooDeep });
    }
    let in_flow = in_flow || tree.style(id) == Style::Flow;
    match tree.kind(id) {
        Kind::Scalar if tree.has_mark(id, Mark::Json) && !in_flow => return Ok(()),
        Kind::Scalar if is_again && tree.text(id) == "-0" => return Ok(()),
        Kind::Scalar => {
            if !normalise_scalar(tree, id, in_flow)? && !in_flow {
                tree.mark(id, Mark::Json);
            }
            return Ok(());
        }
        Kind::Sequence => {
            let mut next = tree.first_child(id);
            while let Some(item) = next {
                normalise_at(tree, item, depth + 1, in_flow, is_again)?;
                next = tree.next_sibling(item);
            }
        }
        Kind::Mapping => {
            let is_known = !in_flow && tree.has_mark_on_keys(id, Mark::Json);
            let is_simple = is_known || are_words(tree, id);
            if !is_simple {
                let entries = sorted_entries(tree, id, in_flow, depth == 0)?;
                let keys: Vec<_> = entries.into_iter().map(|entry| (entry.key_id, entry.key.into_owned())).collect();
                retain_keys(tree, id, &keys);
                for (key, text) in keys {
                    settle(tree, key, Scalar::Str(Cow::Owned(text)))?;
                }
            }
            let mut next = tree.first_child(id);
            while let Some(key) = next {
                if is_simple && !is_known {
                    tree.settle_scalar(key, None, Style::Plain, Tag::Implied);
                    tree.mark(key, Mark::Json);
                }
                let Some(value) = tree.next_sibling(key) else { break };
                normalise_at(tree, value, depth + 1, in_flow, is_again)?;
                next = tree.next_sibling(value);
            }
            if is_simple {
                tree.mark(id, Mark::Json);
            }
        }
    }
    let style = if tree.has_no_children(id) { Style::Flow } else { Style::Block };
    tree.set_style_and_tag(id, style, Tag::Implied);
    Ok(())
}

/// Brings a node into the form of JSON text that is read as YAML: numbers keep their digits, strings are quoted,
/// collections are in flow style. That is what becomes of the items of lists such as `ConfigMapList`.
pub fn as_json_text(tree: &mut Tree, id: NodeId) -> Result<(), EmitError> {
    as_json_text_at(tree, id, 0, false, false)
}

/// Brings a node into the form it has when what was printed of it is read again: like [`as_json_text`], but folded texts
/// and flow collections do to values what printing them does. Configurations of plugins are decoded from this.
pub fn as_printed(tree: &mut Tree, id: NodeId) -> Result<(), EmitError> {
    as_json_text_at(tree, id, 0, false, true)
}

fn as_json_text_at(
    tree: &mut Tree,
    id: NodeId,
    depth: usize,
    in_flow: bool,
    is_printed: bool,
) -> Result<(), EmitError> {
    if depth > DEPTH_MAX {
        return Err(EmitError { node: id, kind: EmitErrorKind::TooDeep });
    }
    let in_flow = is_printed && (in_flow || tree.style(id) == Style::Flow);
    if tree.is_scalar(id) {
        if tree.style(id).is_block_scalar() && !is_printed {
            // Nothing is printed on this way, which would change some folded texts.
            tree.settle_scalar(id, None, Style::DoubleQuoted, Tag::Implied);
            return Ok(());
        }
        let (text, style) = {
            let context = Context { in_flow, is_key: false };
            let value = value_of(tree, id, context).map_err(|why| EmitError::invalid(id, why))?;
            let is_string = matches!(value, Scalar::Str(_) | Scalar::Time(_));
            let text = match value {
                Scalar::Str(text) => text.into_owned(),
                Scalar::Time(text) => text,
                value => {
                    let mut text = String::new();
                    push_scalar(value, &mut text).map_err(|why| EmitError::invalid(id, why))?;
                    text
                }
            };
            (text, if is_string { Style::DoubleQuoted } else { Style::Plain })
        };
        let new_text = (tree.text(id) != text).then_some(text);
        tree.settle_scalar(id, new_text.as_deref(), style, Tag::Implied);
        return Ok(());
    }
    if tree.is_mapping(id) {
        let entries = sorted_entries(tree, id, in_flow, depth == 0)?;
        let keys: Vec<_> = entries.into_iter().map(|entry| (entry.key_id, entry.key.into_owned())).collect();
        if is_printed {
            retain_keys(tree, id, &keys);
        }
        for (key, text) in keys {
            tree.settle_scalar(key, Some(&text), Style::DoubleQuoted, Tag::Implied);
        }
        let values: Vec<NodeId> = tree.entries(id).map(|(_, value)| value).collect();
        for value in values {
            as_json_text_at(tree, value, depth + 1, in_flow, is_printed)?;
        }
    } else {
        let items: Vec<NodeId> = tree.items(id).collect();
        for item in items {
            as_json_text_at(tree, item, depth + 1, in_flow, is_printed)?;
        }
    }
    tree.set_style_and_tag(id, Style::Flow, Tag::Implied);
    Ok(())
}

/// Drops the entries that are not among the given keys: null keys of the root vanish when it is printed.
fn retain_keys(tree: &mut Tree, id: NodeId, keys: &[(NodeId, String)]) {
    if tree.entries(id).count() > keys.len() {
        let mut kept: Vec<NodeId> = keys.iter().map(|&(key, _)| key).collect();
        kept.put_in_own_order_unstable();
        tree.retain_entries(id, |_, key, _| kept.binary_search(&key).is_ok());
    }
}

/// Returns whether that changed anything.
fn normalise_scalar(tree: &mut Tree, id: NodeId, in_flow: bool) -> Result<bool, EmitError> {
    if is_word(tree.text(id)) && matches!(tree.tag(id), Tag::Implied | Tag::Str) && !tree.style(id).is_block_scalar() {
        return Ok(tree.settle_scalar(id, None, Style::Plain, Tag::Implied));
    }
    let (new_text, style) = {
        let invalid = |why| EmitError::invalid(id, why);
        let value = value_of(tree, id, Context { in_flow, is_key: false }).map_err(invalid)?;
        let (text, style) = printed(value).map_err(invalid)?;
        ((tree.text(id) != text).then(|| text.into_owned()), style)
    };
    Ok(tree.settle_scalar(id, new_text.as_deref(), style, Tag::Implied))
}

/// Gives a scalar the text and the style that go yaml.v3 would print.
fn settle(tree: &mut Tree, id: NodeId, value: Scalar<'_>) -> Result<(), EmitError> {
    let (text, style) = printed(value).map_err(|why| EmitError::invalid(id, why))?;
    let new_text = (tree.text(id) != text).then_some(text);
    tree.settle_scalar(id, new_text.as_deref(), style, Tag::Implied);
    Ok(())
}

/// Returns text and style of a value that came from JSON, as go yaml.v3 prints it.
fn printed(value: Scalar<'_>) -> Result<(Cow<'_, str>, Style), String> {
    let number = |value: f64| {
        let mut text = String::new();
        number::check(value)?;
        number::push_yaml_float(value, &mut text);
        Ok((Cow::Owned(text), Style::Plain))
    };
    match value {
        Scalar::Null => Ok(("null".into(), Style::Plain)),
        Scalar::Bool(value) => Ok((if value { "true" } else { "false" }.into(), Style::Plain)),
        Scalar::Int(value) => number(value as f64),
        Scalar::Uint(value) => number(value as f64),
        Scalar::Float(value) => number(value),
        Scalar::Str(text) => yaml12_style(&text).map(|style| (text, style)),
        Scalar::Time(text) => yaml12_style(&text).map(|style| (text.into(), style)),
    }
}

/// Makes a scalar of a JSON value.
fn new_scalar(tree: &mut Tree, value: Scalar<'_>, stamp: &Stamp) -> Result<NodeId, String> {
    let (text, style) = printed(value)?;
    let node = tree.new_scalar(&text, style, Tag::Implied, stamp);
    // As if it was read, it has the type that its text looks like.
    tree.settle_scalar(node, None, style, Tag::Implied);
    Ok(node)
}

#[cfg(test)]
mod tests {
    //! The table holds what encoding/json makes of texts: see tests/data/emit/README.md.

    use super::*;
    use crate::provenance::DirectiveId;

    const STAMP: Stamp = Stamp { by: DirectiveId(0), place: None };

    fn decoded(text: &str) -> Result<String, JsonError> {
        let mut tree = Tree::new();
        let node = decode(text, &mut tree, &STAMP)?;
        let mut out = String::new();
        encode(&tree, node, &mut out).expect("what was read can be written");
        Ok(out)
    }

    #[test]
    fn texts_are_read_as_in_the_reference() {
        let rows = include_str!("../../tests/data/emit/texts/json.jsonl");
        assert!(rows.lines().count() > 50);
        for row in rows.lines() {
            let row: serde_json::Value = serde_json::from_str(row).expect("rows are JSON");
            let text = row["in"].as_str().expect("rows have a text");
            assert_eq!(decoded(text).ok().as_deref(), row["out"].as_str(), "{text}");
        }
    }

    #[test]
    fn errors_say_where() {
        let error = decoded("{\n \"ä\": [1, x]\n}").expect_err("x is no value");
        assert_eq!((error.offset, error.line, error.column), (13, 2, 11));
        assert_eq!(error.message, "invalid character looking for beginning of value");
        let depth = |depth: usize| decoded(&("[".repeat(depth) + &"]".repeat(depth))).is_ok();
        assert!(depth(250) && !depth(251) && !depth(100_000));
    }
}
