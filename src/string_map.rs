//! Labels and annotations as the reference takes them apart and writes them again: as maps of strings.
//!
//! Upstream `RNode.GetAnnotations` reads keys and values by their texts and `setMapInMetadata` writes them as new nodes, so
//! types, styles and shared values end there. Which steps of a build do that is left to the callers.

use crate::kustomization::decode;
use crate::limits::Limits;
use crate::provenance::Stamp;
use crate::source::{Sensitivity, Sources};
use crate::yaml::read::read_first;
use crate::yaml::resolve::{self, Value, effective_tag};
use crate::yaml::tree::{NodeId, Style, Tag, Tree};
use rustc_hash::FxHashMap;

/// Rewrites a mapping as one of strings: the texts of scalars, empty strings for what is none. Of two equal keys the last
/// counts.
pub(crate) fn stringify(tree: &mut Tree, map: NodeId, stamp: &Stamp) {
    let entries: Vec<(NodeId, NodeId)> = tree.entries(map).collect();
    let mut kept: Vec<NodeId> = Vec::with_capacity(entries.len() * 2);
    let mut position_of: FxHashMap<String, usize> = FxHashMap::default();
    for (key, value) in entries {
        // Keys are new nodes without a tag: one that looks like a number or `true` is no string any more.
        tree.settle_scalar(key, None, Style::Plain, Tag::Implied);
        let value = if tree.is_scalar(value) {
            let style = written_style(tree.text(value));
            tree.settle_scalar(value, None, style, Tag::Str);
            value
        } else {
            let empty = tree.new_string("", &stamp.at(tree.place(value)));
            tree.chain_origin(empty, value);
            empty
        };
        match position_of.get(tree.text(key)) {
            Some(&at) => kept[at] = value,
            None => {
                kept.extend([key, value]);
                position_of.insert(tree.text(key).to_owned(), kept.len() - 1);
            }
        }
    }
    tree.set_children(map, &kept);
}

/// Rewrites `metadata.annotations` without some of them; what is no mapping, or is left empty, disappears.
pub(crate) fn rewrite_annotations(tree: &mut Tree, stamp: &Stamp, is_dropped: fn(&str) -> bool) {
    let Some(metadata) = tree.get(tree.root(), "metadata").filter(|&node| tree.is_mapping(node)) else { return };
    let Some(mut annotations) = tree.get(metadata, "annotations") else { return };
    if tree.is_sequence(annotations) {
        // Upstream takes the items of a list for keys and values in turn.
        let items: Vec<NodeId> = tree.items(annotations).collect();
        annotations = tree.new_mapping(stamp);
        tree.set_children(annotations, &items[..items.len() / 2 * 2]);
        tree.set_entry(metadata, "annotations", annotations, stamp);
    }
    if tree.is_mapping(annotations) {
        tree.retain_entries(annotations, |tree, key, _| !is_dropped(tree.text(key)));
    }
    if tree.is_mapping(annotations) && !tree.has_no_children(annotations) {
        stringify(tree, annotations, stamp);
    } else {
        tree.remove_entry(metadata, "annotations");
    }
}

/// Returns whether rewriting the annotations would change nothing, so that a shared tree need not be copied.
pub(crate) fn are_annotations_written(tree: &Tree, is_dropped: fn(&str) -> bool) -> bool {
    let Some(metadata) = tree.get(tree.root(), "metadata").filter(|&node| tree.is_mapping(node)) else { return true };
    let Some(annotations) = tree.get(metadata, "annotations") else { return true };
    if !tree.is_mapping(annotations) || tree.has_no_children(annotations) {
        return false;
    }
    let is_single = tree.entries(metadata).filter(|&(key, _)| tree.text(key) == "annotations").count() == 1;
    let is_key = |key: NodeId| tree.is_scalar(key) && resolve::resolve(tree.text(key)) == Value::Str;
    // A folded text is written back as one that is not, which shows: the reference changes some on the way out.
    let is_string = |value: NodeId| {
        tree.is_scalar(value) && effective_tag(tree, value) == Tag::Str && tree.style(value) != Style::Folded
    };
    is_single
        && tree.entries(annotations).all(|(key, value)| {
            is_key(key) && is_string(value) && !tree.is_shared(value) && !is_dropped(tree.text(key))
        })
}

/// Returns what stands under a key; a mapping is made if that is nothing or null.
pub(crate) fn mapping_under(tree: &mut Tree, map: NodeId, key: &str, stamp: &Stamp) -> NodeId {
    let found = tree.get(map, key).filter(|&node| tree.is_mapping(node) || effective_tag(tree, node) != Tag::Null);
    found.unwrap_or_else(|| {
        let mapping = tree.new_mapping(stamp);
        tree.set_entry(map, key, mapping, stamp);
        mapping
    })
}

/// Returns the style that the reference gives a string it writes itself (upstream `NewStringRNode`, `FieldSetter`).
pub(crate) fn written_style(text: &str) -> Style {
    if text.contains('\n') {
        Style::Literal
    } else if is_ambiguous(text) {
        Style::DoubleQuoted
    } else {
        Style::Plain
    }
}

/// Returns whether a line, read as a YAML 1.1 document, is anything but a string (upstream `IsValueNonString`).
///
/// A text that is no YAML at all counts as a string. Such texts are quoted when they are written; nothing is printed
/// differently, but it decides what a later patch of the value makes of it.
pub(crate) fn is_ambiguous(text: &str) -> bool {
    if text.is_empty() || text.contains('\n') {
        return false;
    }
    if is_plain(text) {
        let value = resolve::resolve_yaml11(text.trim_end_matches(' '));
        return !matches!(value, Value::Str | Value::Timestamp(_) | Value::Merge);
    }
    // Parsing a megabyte to choose quotes that hardly anybody sees would cost more than all the rest of a build.
    const PARSED_MAX: usize = 4096;
    if text.len() > PARSED_MAX {
        return matches!(text.as_bytes(), [b'{', .., b'}'] | [b'[', .., b']']) || text.contains(": ");
    }
    // Values such as one line of JSON are collections.
    let source = Sources::default().add("", format!("{text}\n"), Sensitivity::Opaque, None);
    match read_first(&source, &Limits::default()) {
        Ok(Some(tree)) => decode::is_other_than_string(&tree, tree.root()),
        Ok(None) => true,
        Err(_) => false,
    }
}

/// Returns whether a text is certainly a plain scalar, which spares parsing nearly all texts.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins_plain = match bytes {
        [b'.', b'.', ..] => false,
        [b'-', second, ..] => second.is_ascii_alphanumeric(),
        [first, ..] => first.is_ascii_alphanumeric() || b"/$(.<=~+_;^\\".contains(first),
        [] => false,
    };
    let may_separate = |pair: &[u8]| matches!(pair, [b':', b' '] | [b' ', b'#']);
    begins_plain
        && bytes.iter().all(|byte| (b' '..=b'~').contains(byte))
        && !text.ends_with(':')
        && !bytes.windows(2).any(may_separate)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What kustomize v5.8.2 makes of a label with each text as its value, over which an overlay patches the number 5: `"5"`
    /// where the text was quoted, else `5`.
    #[test]
    fn texts_are_quoted_as_in_the_reference() {
        let quoted = [
            "yes",
            "~",
            "null",
            "12",
            "1e3",
            "0x1f",
            "#c",
            "# c",
            "- a",
            "-",
            "[a]",
            "{a: b}",
            "a: b",
            "a:",
            " 5",
            "5 ",
            "5\t",
            "&a",
            "!!int 5",
            "? a",
            "?",
            "[1, 2] x",
            "1_000",
            "0b1",
            "0o7",
            "08",
            "+1",
            ".5",
            ".inf",
            ".nan",
            "n",
            "on",
            "---",
            "a: ",
            "é: b",
            "http://x: y",
            "{}",
            "[]",
            "'a': b",
            "\"a\": b",
            "a'b: c",
        ];
        let unquoted = [
            "<<",
            "1:30",
            "2001-01-01",
            "2001-01-01T00:00:00Z",
            "-a",
            "[a",
            "{a",
            "a:b",
            "\"q\"",
            "'q'",
            "\"q\" x",
            "a #b: c",
            " x",
            "x ",
            "\t5",
            "*a",
            "!t",
            "|",
            "> x",
            "%d",
            "@x",
            "`x",
            "=",
            "a,b",
            "NaN",
            "...",
            "--- a",
            "a\tb",
            "x: {",
            "key: *a",
            "@: b",
            "'a'b",
            "!a b",
            "!!str 5",
            "& a",
            "a: 'b",
        ];
        for (texts, expected) in [(&quoted[..], true), (&unquoted[..], false)] {
            for text in texts {
                assert_eq!(is_ambiguous(text), expected, "{text:?}");
            }
        }
    }
}
