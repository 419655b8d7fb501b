//! Following the path of a source (upstream `PathGetter`): it leads to one node, and nothing is made on the way.

use super::path::{FieldPath, is_bracketed, key_and_value};
use super::{Fault, Followed};
use crate::fieldspec::is_null;
use crate::yaml::tree::{Kind, NodeId, Tree};

/// Returns what the first `n_parts` parts of a path lead to, if anything.
pub(super) fn find(tree: &Tree, path: &FieldPath, n_parts: usize) -> Followed<Option<NodeId>> {
    let mut node = tree.root();
    for part in path.parts.iter().take(n_parts) {
        let text = part.text.trim();
        if text.is_empty() {
            continue;
        }
        match step(tree, node, text)? {
            Some(next) => node = next,
            None => return Ok(None),
        }
    }
    Ok(Some(node))
}

fn step(tree: &Tree, node: NodeId, part: &str) -> Followed<Option<NodeId>> {
    match part.parse::<i64>() {
        Ok(index) => {
            let index = usize::try_from(index).map_err(|_| Fault::new("an index cannot be negative"))?;
            return Ok(items(tree, node)?.nth(index));
        }
        Err(_) if part == "-" => {
            return match items(tree, node)?.last() {
                Some(last) => Ok(Some(last)),
                None => Err(Fault { is_final: true, ..Fault::at("the list has no last item", node) }),
            };
        }
        Err(_) if part == "*" => return Err(Fault::new("`*` cannot be used here")),
        Err(_) => {}
    }
    if is_bracketed(part) {
        let (key, value) = key_and_value(part).ok_or_else(Fault::bad_part)?;
        return Ok(items(tree, node)?.find(|&item| is_chosen(tree, item, key, value)));
    }
    match tree.kind(node) {
        Kind::Mapping => Ok(tree.get(node, part)),
        Kind::Scalar if is_null(tree, node) => Ok(None),
        _ => Err(Fault::at("this is no mapping", node)),
    }
}

/// The items of a list; null is an empty one.
fn items(tree: &Tree, node: NodeId) -> Followed<impl Iterator<Item = NodeId> + '_> {
    if tree.is_sequence(node) || is_null(tree, node) {
        Ok(tree.items(node))
    } else {
        Err(Fault::at("this is no list", node))
    }
}

/// Returns whether an item has a field with a value (any, if the value is empty), or is the value, if there is no key.
fn is_chosen(tree: &Tree, item: NodeId, key: &str, value: &str) -> bool {
    if key.is_empty() {
        return tree.text(item) == value;
    }
    let found = if tree.is_mapping(item) { tree.get(item, key) } else { None };
    found.is_some_and(|found| value.is_empty() || tree.text(found) == value)
}
