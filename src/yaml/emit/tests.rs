//! Trees against what the reference made of them: see tests/data/emit/README.md.

use super::{EmitError, emit};
use crate::provenance::{DirectiveId, Stamp};
use crate::sorting::Sorting;
use crate::yaml::tree::{Kind, NodeId, Style, Tag, Tree};
use crate::yaml::{json, resolve};
use serde_json::{Value, json};

const STAMP: Stamp = Stamp { by: DirectiveId(0), place: None };

fn tag(name: &str) -> Tag {
    match name {
        "" => Tag::Implied,
        "!!str" => Tag::Str,
        "!!int" => Tag::Int,
        "!!float" => Tag::Float,
        "!!bool" => Tag::Bool,
        "!!null" => Tag::Null,
        "!!timestamp" => Tag::Timestamp,
        "!!binary" => Tag::Binary,
        "!!merge" => Tag::Merge,
        "!!map" => Tag::Map,
        "!!seq" => Tag::Seq,
        _ => Tag::Custom,
    }
}

/// Builds the tree that a row describes.
fn build(row: &Value, tree: &mut Tree) -> NodeId {
    let field = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or("");
    let style = match field("s") {
        "s" => Style::SingleQuoted,
        "d" => Style::DoubleQuoted,
        "l" => Style::Literal,
        "f" => Style::Folded,
        "w" => Style::Flow,
        _ => Style::Plain,
    };
    let mut children = Vec::new();
    for child in row.get("c").and_then(Value::as_array).into_iter().flatten() {
        children.push(build(child, tree));
    }
    let kind = match field("k") {
        "m" => Kind::Mapping,
        "q" => Kind::Sequence,
        _ => return tree.new_scalar(field("v"), style, tag(field("t")), &STAMP),
    };
    let style = if style == Style::Flow { style } else { Style::Block };
    let id = tree.push(kind, style, tag(field("t")), crate::yaml::tree::Text::in_file(0, 0), tree.origin(tree.root()));
    tree.set_children(id, &children);
    id
}

fn run(row: &Value, print: fn(&Tree, NodeId, &mut String) -> Result<(), EmitError>) -> Result<String, EmitError> {
    let mut tree = Tree::new();
    let root = build(row, &mut tree);
    let mut out = String::new();
    print(&tree, root, &mut out)?;
    Ok(out)
}

/// Describes a tree as rows do, except that keys are sorted.
fn describe(tree: &Tree, id: NodeId) -> Value {
    let tag = match resolve::effective_tag(tree, id) {
        Tag::Str => "!!str",
        Tag::Int => "!!int",
        Tag::Float => "!!float",
        Tag::Bool => "!!bool",
        Tag::Null => "!!null",
        Tag::Timestamp => "!!timestamp",
        Tag::Merge => "!!merge",
        Tag::Map => "!!map",
        Tag::Seq => "!!seq",
        tag => panic!("no tag of JSON values: {tag:?}"),
    };
    let style = match tree.style(id) {
        Style::SingleQuoted => "s",
        Style::DoubleQuoted => "d",
        Style::Literal => "l",
        Style::Folded => "f",
        Style::Flow => "w",
        Style::Plain | Style::Block => "",
    };
    match tree.kind(id) {
        Kind::Scalar => json!({"t": tag, "s": style, "v": tree.text(id)}),
        Kind::Sequence => {
            let items: Vec<Value> = tree.items(id).map(|item| describe(tree, item)).collect();
            json!({"t": tag, "s": style, "c": items})
        }
        Kind::Mapping => {
            let mut entries: Vec<Value> =
                tree.entries(id).map(|(key, value)| json!([describe(tree, key), describe(tree, value)])).collect();
            entries.put_in_order_of(|entry| entry[0]["v"].as_str().map(String::from));
            json!({"t": tag, "s": style, "c": entries})
        }
    }
}

/// Brings a row's `norm` into the same shape.
fn described(row: &Value) -> Value {
    let field = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or("");
    let children: Vec<Value> = row.get("c").and_then(Value::as_array).into_iter().flatten().map(described).collect();
    match field("k") {
        "s" => json!({"t": field("t"), "s": field("s"), "v": field("v")}),
        "q" => json!({"t": field("t"), "s": field("s"), "c": children}),
        _ => {
            let mut entries: Vec<Value> = children.chunks(2).map(|pair| json!(pair)).collect();
            entries.put_in_order_of(|entry| entry[0]["v"].as_str().map(String::from));
            json!({"t": field("t"), "s": field("s"), "c": entries})
        }
    }
}

/// Compares one row's `norm` with what `normalise` makes of the tree and `decode` of its JSON form.
fn check_normalised(row: &Value) -> Result<(), String> {
    if row["in"]["k"] != "m" {
        return Ok(());
    }
    let expected = row.get("norm").map(described);
    let mut tree = Tree::new();
    let root = build(&row["in"], &mut tree);
    let mut results = vec![];
    let first = json::normalise(&mut tree, root).ok().map(|()| describe(&tree, root));
    // Upstream too a second time changes these two: `-0` becomes `0`, and a quoted `<<` loses its quotes.
    let text = row["in"].to_string();
    if first.is_some() && !text.contains("\"-0") && !text.contains("<<") {
        results.push(json::normalise(&mut tree, root).ok().map(|()| describe(&tree, root)));
    }
    results.push(first);
    if let Some(text) = row.get("json").and_then(Value::as_str) {
        let mut tree = Tree::new();
        results.push(json::decode(text, &mut tree, &STAMP).ok().map(|root| describe(&tree, root)));
    }
    match results.iter().find(|&got| *got != expected) {
        Some(got) => {
            Err(format!("norm of {}\n expected {expected:?} ({})\n      got {got:?}", row["in"], row["normerr"]))
        }
        None => Ok(()),
    }
}

/// Compares one row: `yaml` and `json` are the reference's bytes, absent where it failed.
fn check(line: &str) -> Result<(), String> {
    let row: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    for (name, print) in [("yaml", emit as fn(&Tree, NodeId, &mut String) -> _), ("json", json::encode)] {
        let expected = row.get(name).and_then(Value::as_str).map(|text| text.replace("\\ufffd", "\u{fffd}"));
        let got = run(&row["in"], print);
        let same = match (&got, &expected) {
            (Ok(got), Some(expected)) => got == expected,
            (Err(_), None) => true,
            _ => false,
        };
        if !same {
            return Err(format!("{name} of {}\n expected {expected:?} ({})\n      got {got:?}", row["in"], row["err"]));
        }
    }
    check_normalised(&row)
}

/// Compares all rows of a file.
fn check_all(rows: &str) {
    let failures: Vec<String> = rows.lines().filter_map(|row| check(row).err()).collect();
    assert!(rows.lines().count() > 20);
    assert!(failures.is_empty(), "{} rows differ\n{}", failures.len(), failures.join("\n"));
}

macro_rules! tables {
    ($($name:ident),*) => {
        $(
            #[test]
            fn $name() {
                check_all(include_str!(concat!("../../../tests/data/emit/trees/", stringify!($name), ".jsonl")));
            }
        )*
    };
}

tables!(words, numbers, times, tags, strings, blocks, folding, keys, nesting);

/// Prints a mapping of the given keys.
fn print_keys(keys: &[String]) -> String {
    let mut tree = Tree::new();
    let root = tree.root();
    for key in keys {
        let key = tree.new_string(key, &STAMP);
        let value = tree.new_scalar("1", Style::Plain, Tag::Implied, &STAMP);
        tree.push_entry(root, key, value);
    }
    let mut out = String::new();
    emit(&tree, root, &mut out).expect("strings are valid keys");
    out
}

#[test]
fn contradictory_key_order_is_fixed() {
    // Every pair of neighbours in a10 < a1b < a2 < a10 is sorted, whichever comes first.
    let keys = ["a10", "a1b", "a2"].map(String::from);
    let [a, b, c] = &keys;
    let expected = print_keys(&keys);
    for order in [[a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]] {
        assert_eq!(print_keys(&order.map(String::clone)), expected);
    }
    // Far more keys than are sorted by insertion.
    let mut keys: Vec<String> = (0..300).map(|n| format!("a{}{}", n % 100, ["", "b", "-c"][n / 100])).collect();
    let expected = print_keys(&keys);
    keys.reverse();
    assert_eq!(print_keys(&keys), expected);
}

#[test]
fn many_keys_are_sorted_by_number() {
    let keys: Vec<String> = (0..10_000).map(|n| format!("key{}", n * 7919 % 10_000)).collect();
    let expected: String = (0..10_000).map(|n| format!("key{n}: 1\n")).collect();
    assert_eq!(print_keys(&keys), expected);
}

#[test]
fn deep_trees_are_refused() {
    let print = |depth: usize| {
        let mut tree = Tree::new();
        let mut node = tree.new_string("x", &STAMP);
        for _ in 0..depth {
            let outer = tree.new_sequence(&STAMP);
            tree.push_item(outer, node);
            node = outer;
        }
        let mut out = String::new();
        emit(&tree, node, &mut out).map(|()| out.len()).map_err(|error| error.kind)
    };
    assert_eq!(print(super::DEPTH_MAX), Ok(2 * super::DEPTH_MAX + 2));
    assert_eq!(print(super::DEPTH_MAX + 1), Err(super::EmitErrorKind::TooDeep));
}
