//! Which node of the text each numbered value is.

use super::Slot;
use super::layout::Layout;
use super::value::{Data, Value};
use crate::yaml::tree::{NodeId, Tree};
use rustc_hash::FxHashMap;

/// Nodes and places of numbered values.
pub(super) struct Links<'e> {
    nodes: FxHashMap<u32, (NodeId, Slot)>,
    values: FxHashMap<u32, &'e Value>,
    /// The list of each node that is an item.
    lists: FxHashMap<NodeId, NodeId>,
    /// Keys that are spelled otherwise than their names.
    pub(super) respelled: Vec<(NodeId, String)>,
}

impl<'e> Links<'e> {
    pub(super) fn new(layout: Layout<'e>, old: &'e Value) -> Links<'e> {
        let mut links = Links {
            nodes: FxHashMap::default(),
            values: FxHashMap::default(),
            lists: FxHashMap::default(),
            respelled: Vec::new(),
        };
        old.walk(&mut |value| {
            if let Some(id) = value.id {
                links.values.insert(id, value);
            }
        });
        links.tie(layout, old, layout.tree.root(), Slot::Root);
        links
    }

    fn tie(&mut self, layout: Layout<'e>, value: &Value, node: NodeId, slot: Slot) {
        if let Some(id) = value.id {
            self.nodes.insert(id, (node, slot));
        }
        if let Slot::Item { list, .. } = slot {
            self.lists.insert(node, list);
        }
        let tree = layout.tree;
        match &value.data {
            Data::Map(entries) => {
                for (name, value) in entries {
                    if let [(key, child)] = entries_named(tree, node, name, entries)[..] {
                        if tree.text(key) != name {
                            self.respelled.push((key, name.clone()));
                        }
                        self.tie(layout, value, child, Slot::Entry { map: node, key });
                    }
                }
            }
            Data::List(items) if tree.items(node).count() == items.len() => {
                for (index, (value, item)) in items.iter().zip(tree.items(node)).enumerate() {
                    self.tie(layout, value, item, Slot::Item { list: node, index });
                }
            }
            _ => {}
        }
    }

    pub(super) fn node(&self, id: Option<u32>) -> Option<NodeId> {
        self.nodes.get(&id?).map(|&(node, _)| node)
    }

    pub(super) fn slot(&self, id: Option<u32>) -> Option<Slot> {
        self.nodes.get(&id?).map(|&(_, slot)| slot)
    }

    /// Returns what a number stood for before the edit.
    pub(super) fn value(&self, id: Option<u32>) -> Option<&'e Value> {
        self.values.get(&id?).copied()
    }
}

/// Returns the entries of a mapping that a name stands for: the last of equal keys, and those in other spellings that are
/// not names of their own.
pub(super) fn entries_named(tree: &Tree, map: NodeId, name: &str, names: &[(String, Value)]) -> Vec<(NodeId, NodeId)> {
    let mut found: Vec<(NodeId, NodeId)> = Vec::new();
    for (key, value) in tree.entries(map) {
        let text = tree.text(key);
        let is_other = || !text.eq_ignore_ascii_case(name) || names.iter().any(|(name, _)| name == text);
        if text != name && is_other() {
            continue;
        }
        match found.iter().position(|&(other, _)| tree.text(other) == text) {
            Some(index) => found[index] = (key, value),
            None => found.push((key, value)),
        }
    }
    found
}

impl Links<'_> {
    /// Returns whether one of some nodes holds anything that the data holds, too.
    pub(super) fn has_any(&self, mut nodes: impl Iterator<Item = NodeId>) -> bool {
        nodes.any(|node| self.nodes.values().any(|&(other, _)| other == node))
    }

    /// Returns the list that a node is an item of.
    pub(super) fn list_of(&self, node: NodeId) -> Option<NodeId> {
        self.lists.get(&node).copied()
    }
}
