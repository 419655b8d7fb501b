//! What a program says on its standard error, without the values of the secrets that it was given.

use super::Plugin;
use crate::ordered::BTreeSet;
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::sorting::Sorting;
use crate::yaml::emit::value::decode_binary;
use crate::yaml::tree::NodeId;

/// Stands for a value.
const HIDDEN: &str = "•••";
/// Shorter pieces of a value tell nothing, and stand in many words.
const PIECE_MIN: usize = 3;

/// Returns the words of a program that was given these objects, without blanks at the end.
pub(super) fn without_secrets(words: &str, plugin: &Plugin, given: Option<&ResMap>) -> String {
    let words = words.trim_end();
    if words.is_empty() {
        return String::new();
    }
    let mut pieces = BTreeSet::new();
    for resource in given.into_iter().flat_map(ResMap::iter).chain([&plugin.config]) {
        collect(resource, &mut pieces);
    }
    // What holds others goes first.
    let mut pieces: Vec<String> = pieces.into_iter().collect();
    pieces.put_in_order_of(|piece| std::cmp::Reverse(piece.len()));
    pieces.iter().fold(words.to_owned(), |words, piece| match words.contains(piece.as_str()) {
        true => words.replace(piece.as_str(), HIDDEN),
        false => words,
    })
}

fn collect(resource: &Resource, pieces: &mut BTreeSet<String>) {
    let tree = &resource.tree;
    let is_secret = &*resource.id.gvk.kind == "Secret";
    for (field, is_coded) in [("data", true), ("stringData", false)] {
        let values = tree.get(tree.root(), field).filter(|_| is_secret || field == "stringData");
        let mut open: Vec<NodeId> = values.into_iter().collect();
        while let Some(node) = open.pop() {
            if !tree.is_scalar(node) {
                open.extend(tree.children(node));
                continue;
            }
            add(tree.text(node), pieces);
            let decoded = is_coded.then(|| decode_binary(tree.text(node)).ok()).flatten();
            add(decoded.as_deref().unwrap_or_default(), pieces);
        }
    }
}

/// Adds a value, and its parts, because it may be repeated folded, indented or with escapes.
fn add(value: &str, pieces: &mut BTreeSet<String>) {
    let parts = value.split(|char: char| char.is_whitespace() || matches!(char, '\'' | '"' | '\\'));
    let parts = parts.chain([value]).filter(|part| part.len() >= PIECE_MIN);
    pieces.extend(parts.map(str::to_owned));
}
