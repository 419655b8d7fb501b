//! Fields that stand in a file several times, in different spellings.
//!
//! Names of fields match in any case. The reference reads every one that is there, in byte order of the names, the later
//! ones over what the earlier ones left (Go's `encoding/json`): mappings are joined, items of lists are read over those at
//! the same positions, and a value of the wrong type is an error wherever it stands.

use super::fields::field_index;
use super::shape::{Shape, Struct};
use super::shapes;
use super::value::{Found, found};
use crate::sorting::Sorting;
use crate::yaml::tree::{NodeId, Tree};

/// Returns a file's tree with every field once, holding what the reference reads; the decoder of one that has a wrong value
/// gets to see that.
pub(super) fn joined(tree: &Tree) -> Tree {
    let mut joiner = Joiner { tree: tree.clone() };
    let root = joiner.tree.root();
    joiner.settle(root, &shapes::FILE);
    joiner.tree
}

struct Joiner {
    tree: Tree,
}

type Entry = (NodeId, NodeId);

// Depth is bounded by that of the tables everywhere here.
impl Joiner {
    fn is_null(&self, node: NodeId) -> bool {
        found(&self.tree, node) == Found::Null
    }

    /// Leaves each field of a mapping once.
    fn settle(&mut self, map: NodeId, shape: &'static Struct) {
        if !self.tree.is_mapping(map) {
            return;
        }
        let mut entries: Vec<Entry> = self.tree.entries(map).collect();
        // The last of equal keys counts, before anything is joined.
        entries.reverse();
        entries.put_in_order(|a, b| self.tree.text(a.0).cmp(self.tree.text(b.0)));
        entries.dedup_by(|b, a| self.tree.text(a.0) == self.tree.text(b.0));
        let entries = self.join_entries(&entries, shape);
        let children: Vec<NodeId> = entries.into_iter().flat_map(|(key, value)| [key, value]).collect();
        self.tree.set_children(map, &children);
    }

    fn join_entries(&mut self, entries: &[Entry], shape: &'static Struct) -> Vec<Entry> {
        let mut joined: Vec<(Option<usize>, Entry)> = Vec::new();
        for &(key, value) in entries {
            let index = field_index(&shape.spec, self.tree.text(key));
            let Some(inner) = index.and_then(|index| shape.shapes.get(index)) else {
                joined.push((None, (key, value)));
                continue;
            };
            self.settle_value(value, inner);
            match joined.iter().position(|(present, _)| *present == index) {
                None => joined.push((index, (key, value))),
                Some(at) => {
                    let (_, (old_key, old)) = joined[at];
                    let value = self.join(old, value, inner);
                    joined[at].1 = (if value == old { old_key } else { key }, value);
                }
            }
        }
        joined.into_iter().map(|(_, entry)| entry).collect()
    }

    fn settle_value(&mut self, value: NodeId, shape: &'static Shape) {
        match shape {
            Shape::Struct(inner) | Shape::StructAlways(inner) | Shape::StructOrNull(inner) => self.settle(value, inner),
            Shape::List(inner) | Shape::ListOfPointers(inner) if self.tree.is_sequence(value) => {
                let items: Vec<NodeId> = self.tree.items(value).collect();
                items.into_iter().for_each(|item| self.settle(item, inner));
            }
            _ => {}
        }
    }

    /// Returns what is left of two values of one field, both of which are settled.
    fn join(&mut self, old: NodeId, new: NodeId, shape: &'static Shape) -> NodeId {
        if self.is_wrong(old, shape) {
            return old;
        }
        if self.is_wrong(new, shape) {
            return new;
        }
        if self.is_null(new) {
            let is_kept = matches!(
                shape,
                Shape::Text | Shape::TextAlways | Shape::Bool | Shape::Int | Shape::IntAlways | Shape::StructAlways(_)
            );
            return if is_kept { old } else { new };
        }
        if self.is_null(old) {
            return new;
        }
        match shape {
            Shape::Text | Shape::TextAlways | Shape::TextIfGiven | Shape::Bool | Shape::Int | Shape::IntAlways => {}
            Shape::Struct(inner) | Shape::StructAlways(inner) | Shape::StructOrNull(inner) => {
                self.join_structs(old, new, inner);
            }
            Shape::TextMap | Shape::AnyMap => {
                let mut entries: Vec<Entry> = self.tree.entries(old).collect();
                entries.extend(self.tree.entries(new));
                let children: Vec<NodeId> = entries.into_iter().flat_map(|(key, value)| [key, value]).collect();
                self.tree.set_children(new, &children);
            }
            Shape::Texts | Shape::TextsAlways => self.join_items(old, new, None, false),
            Shape::List(inner) => self.join_items(old, new, Some(inner), false),
            Shape::ListOfPointers(inner) => self.join_items(old, new, Some(inner), true),
        }
        new
    }

    fn join_structs(&mut self, old: NodeId, new: NodeId, shape: &'static Struct) {
        let mut entries: Vec<Entry> = self.tree.entries(old).collect();
        entries.extend(self.tree.entries(new));
        let entries = self.join_entries(&entries, shape);
        let children: Vec<NodeId> = entries.into_iter().flat_map(|(key, value)| [key, value]).collect();
        self.tree.set_children(new, &children);
    }

    fn join_items(&mut self, old: NodeId, new: NodeId, shape: Option<&'static Struct>, keeps_null: bool) {
        let old: Vec<NodeId> = self.tree.items(old).collect();
        let mut items: Vec<NodeId> = self.tree.items(new).collect();
        for (item, old) in items.iter_mut().zip(old) {
            if self.is_null(*item) {
                *item = if keeps_null { *item } else { old };
            } else if let Some(shape) = shape.filter(|_| !self.is_null(old)) {
                self.join_structs(old, *item, shape);
            }
        }
        self.tree.set_children(new, &items);
    }

    /// Returns whether there is anything in a value that the reference cannot read.
    fn is_wrong(&self, node: NodeId, shape: &'static Shape) -> bool {
        let tree = &self.tree;
        let is_text = |node| matches!(found(tree, node), Found::Text | Found::Decoded(_) | Found::Null);
        let is_wrong_struct = |node: NodeId, shape: &'static Struct| match found(tree, node) {
            Found::Null => false,
            Found::Mapping => tree.entries(node).any(|(key, value)| {
                let inner = field_index(&shape.spec, tree.text(key)).and_then(|index| shape.shapes.get(index));
                inner.is_none_or(|inner| self.is_wrong(value, inner))
            }),
            _ => true,
        };
        let what = found(tree, node);
        if what == Found::Null {
            return false;
        }
        match shape {
            Shape::Text | Shape::TextAlways | Shape::TextIfGiven => !is_text(node),
            Shape::Bool => !matches!(what, Found::Bool(_)),
            Shape::Int | Shape::IntAlways => !matches!(what, Found::Int(_)),
            Shape::Texts | Shape::TextsAlways => what != Found::Sequence || !tree.items(node).all(is_text),
            Shape::TextMap => what != Found::Mapping || !tree.entries(node).all(|(_, value)| is_text(value)),
            Shape::AnyMap => what != Found::Mapping,
            Shape::Struct(inner) | Shape::StructAlways(inner) | Shape::StructOrNull(inner) => {
                is_wrong_struct(node, inner)
            }
            Shape::List(inner) | Shape::ListOfPointers(inner) => {
                what != Found::Sequence || tree.items(node).any(|item| is_wrong_struct(item, inner))
            }
        }
    }
}
