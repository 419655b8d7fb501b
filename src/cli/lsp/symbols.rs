//! The outline of a file: objects of a manifest, fields and entries of a kustomization.

use super::project::documents;
use super::text::Lines;
use super::workspace::is_kustomization;
use crate::source::{Sensitivity, Sources};
use crate::yaml::tree::{NodeId, Tree};
use serde_json::{Value, json};

/// Kinds of symbols in the protocol.
const MODULE: u32 = 2;
const FIELD: u32 = 8;
const STRING: u32 = 15;
const OBJECT: u32 = 19;

/// Returns the outline; nothing for a file that cannot be read.
pub(super) fn of(path: &str, text: &str) -> Vec<Value> {
    let source = Sources::default().add(path, text.to_owned(), Sensitivity::Yaml, None);
    let lines = Lines::new(text);
    let span =
        |tree: &Tree, node: NodeId| tree.extent(node).map(|place| place.span.start as usize..place.span.end as usize);
    let symbol = |tree: &Tree, name: &str, kind: u32, node: NodeId, head: NodeId, children: Vec<Value>| {
        let (whole, head) = (span(tree, node)?, span(tree, head)?);
        let whole = whole.start.min(head.start)..whole.end.max(head.end);
        let name = if name.is_empty() { "…" } else { name };
        Some(json!({
            "name": name,
            "kind": kind,
            "range": lines.range(whole),
            "selectionRange": lines.range(head),
            "children": children,
        }))
    };
    let mut found = Vec::new();
    for tree in documents(path, &source) {
        let root = tree.root();
        if !is_kustomization(path) {
            let text = |path: &[&str]| tree.text_at(path).unwrap_or("?").to_owned();
            let name = format!("{}/{}", text(&["kind"]), text(&["metadata", "name"]));
            let head = tree.get_path(root, &["metadata", "name"]).unwrap_or(root);
            if tree.is_mapping(root) {
                found.extend(symbol(&tree, &name, OBJECT, root, head, Vec::new()));
            }
            continue;
        }
        for (key, value) in tree.entries(root) {
            let items = tree.items(value).filter_map(|item| {
                let shown = if tree.is_scalar(item) { Some(item) } else { label(&tree, item) };
                let text = shown.map_or("…", |node| tree.text(node)).lines().next().unwrap_or_default();
                symbol(
                    &tree,
                    text,
                    if tree.is_scalar(item) { STRING } else { OBJECT },
                    item,
                    shown.unwrap_or(item),
                    Vec::new(),
                )
            });
            let items: Vec<Value> = items.collect();
            let kind = if items.is_empty() { FIELD } else { MODULE };
            found.extend(symbol(&tree, tree.text(key), kind, value, key, items));
        }
    }
    found
}

/// Returns what names an entry.
fn label(tree: &Tree, item: NodeId) -> Option<NodeId> {
    let scalar = |path: &[&str]| tree.get_path(item, path).filter(|&node| tree.is_scalar(node));
    [&["name"][..], &["path"], &["target", "name"], &["target", "kind"], &["source", "name"]]
        .into_iter()
        .find_map(scalar)
}
