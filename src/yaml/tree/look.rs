//! Looking at a tree: what nodes are, what they say, where they come from, what is below them.

use super::key_index::Known;
use super::text::Pool;
use super::{Kind, Mark, NONE, Node, NodeId, Style, Tag, Tree};
use crate::provenance::{Origin, OriginEntry, OriginIndex};
use crate::source::{Place, Span};

impl Tree {
    /// Returns what a node is.
    pub fn kind(&self, id: NodeId) -> Kind {
        self.node(id).kind
    }

    /// Returns whether a node is a mapping.
    pub fn is_mapping(&self, id: NodeId) -> bool {
        self.kind(id) == Kind::Mapping
    }

    /// Returns whether a node is a sequence.
    pub fn is_sequence(&self, id: NodeId) -> bool {
        self.kind(id) == Kind::Sequence
    }

    /// Returns whether a node is a scalar.
    pub fn is_scalar(&self, id: NodeId) -> bool {
        self.kind(id) == Kind::Scalar
    }

    /// Returns how a node was written.
    pub fn style(&self, id: NodeId) -> Style {
        self.node(id).style
    }

    /// Returns a node's tag as it was written; see `yaml::resolve::effective_tag` for what it amounts to.
    pub fn tag(&self, id: NodeId) -> Tag {
        self.node(id).tag
    }

    /// Returns a scalar's text; a collection's is empty.
    pub fn text(&self, id: NodeId) -> &str {
        let node = self.node(id);
        // Ranges are made by the reader and by `intern` only, both on character boundaries.
        self.pool(node).get(node.text_range()).unwrap_or("")
    }

    /// Returns how many bytes a scalar's text has.
    pub(crate) fn text_len(&self, id: NodeId) -> usize {
        self.node(id).len as usize
    }

    pub(super) fn pool(&self, node: &Node) -> &str {
        match (node.pool(), &self.file) {
            (Pool::Own | Pool::Untagged, _) | (_, None) => &self.own,
            (Pool::File, Some(file)) => &file.source.text,
            (Pool::Decoded, Some(file)) => &file.decoded,
        }
    }

    /// Returns the texts that ranges point into, by pool.
    pub(super) fn pools(&self) -> [&[u8]; 4] {
        let own = self.own.as_bytes();
        match &self.file {
            None => [own; 4],
            Some(file) => [file.source.text.as_bytes(), file.decoded.as_bytes(), own, own],
        }
    }

    /// Returns whether a scalar was written without a tag. One that was read has the type that its text had then, whatever
    /// is written to it.
    pub fn is_untagged(&self, id: NodeId) -> bool {
        let node = self.node(id);
        node.pool() == Pool::Untagged && node.tag == Tag::Implied
    }

    /// Returns a node's origin.
    pub fn origin(&self, id: NodeId) -> Origin {
        self.node(id).origin
    }

    /// Returns where the value of a node stands; of a collection that was read, where it begins: that is what is pointed at.
    pub fn place(&self, id: NodeId) -> Option<Place> {
        let place = self.extent(id)?;
        let is_point = !self.is_scalar(id) && self.origin_entry(self.origin(id)).is_none();
        let end = if is_point { place.span.start } else { place.span.end };
        Some(Place { span: Span { end, ..place.span }, ..place })
    }

    /// Returns all that a node takes up where its value stands: a collection with its brackets or its last item.
    pub fn extent(&self, id: NodeId) -> Option<Place> {
        self.origin_place(self.origin(id))
    }

    /// Returns where a value with the given origin stands.
    pub fn origin_place(&self, origin: Origin) -> Option<Place> {
        match origin.index() {
            OriginIndex::Unknown => None,
            OriginIndex::Read(index) => self.file.as_ref()?.place(index),
            OriginIndex::Written(index) => self.entries.get(index)?.place,
        }
    }

    /// Returns the write behind an origin; `None` for what was read from a file.
    pub fn origin_entry(&self, origin: Origin) -> Option<&OriginEntry> {
        match origin.index() {
            OriginIndex::Written(index) => self.entries.get(index),
            _ => None,
        }
    }

    /// Iterates over a node's children: the items of a sequence; keys and values in turn of a mapping.
    pub fn children(&self, id: NodeId) -> Children<'_> {
        Children { tree: self, next: self.node(id).first }
    }

    /// Returns a collection's first child: an item, or a key. With [`Tree::next_sibling`] a way through children that are
    /// written to on the way.
    pub(crate) fn first_child(&self, id: NodeId) -> Option<NodeId> {
        NodeId::some(self.node(id).first)
    }

    /// Returns the child behind another one: the next item, the value of a key, the next key.
    pub(crate) fn next_sibling(&self, id: NodeId) -> Option<NodeId> {
        NodeId::some(self.node(id).next)
    }

    /// Iterates over the keys and values of a mapping, in order.
    pub fn entries(&self, id: NodeId) -> Entries<'_> {
        let next = if self.is_mapping(id) { self.node(id).first } else { NONE };
        Entries { tree: self, next }
    }

    /// Iterates over the items of a sequence, in order.
    pub fn items(&self, id: NodeId) -> Children<'_> {
        let next = if self.is_sequence(id) { self.node(id).first } else { NONE };
        Children { tree: self, next }
    }

    /// Returns whether a collection has no children; true for every scalar.
    pub fn has_no_children(&self, id: NodeId) -> bool {
        self.node(id).first == NONE
    }

    /// Returns the value under a key; the first where the key stands several times.
    pub fn get(&self, map: NodeId, key: &str) -> Option<NodeId> {
        self.get_entry(map, key).map(|(_, value)| value)
    }

    /// Returns key and value under a key.
    pub fn get_entry(&self, map: NodeId, key: &str) -> Option<(NodeId, NodeId)> {
        if !self.is_mapping(map) {
            return None;
        }
        let key = key.as_bytes();
        let last_at = key.len().wrapping_sub(1);
        let pools = self.pools();
        if self.has_mark(map, Mark::Indexed) {
            match self.find_indexed(map, key) {
                Known::At(name) if self.text(name).as_bytes() == key => {
                    return self.next_sibling(name).map(|value| (name, value));
                }
                Known::Absent => return None,
                Known::At(_) | Known::Unknown => {}
            }
        }
        let mut next = self.node(map).first;
        while let Some(name) = NodeId::some(next) {
            let node = self.node(name);
            let value = NodeId::some(node.next)?;
            // Most keys differ in length, which is known without a look at the texts, and most others (`feature-17`) in
            // their last bytes.
            if node.len as usize == key.len() {
                let pool = pools[node.pool() as usize];
                let start = node.start as usize;
                let is_alike = key.is_empty() || pool.get(start.wrapping_add(last_at)) == key.last();
                if is_alike && pool.get(node.text_range()) == Some(key) {
                    return Some((name, value));
                }
            }
            next = self.node(value).next;
        }
        None
    }

    /// Follows keys from a mapping.
    pub fn get_path(&self, map: NodeId, path: &[&str]) -> Option<NodeId> {
        path.iter().try_fold(map, |node, key| self.get(node, key))
    }

    /// Returns the text of a scalar under a path of keys from the root.
    pub fn text_at(&self, path: &[&str]) -> Option<&str> {
        let node = self.get_path(self.root, path)?;
        self.is_scalar(node).then(|| self.text(node))
    }
}

/// Iterator over children.
#[derive(Clone)]
pub struct Children<'t> {
    tree: &'t Tree,
    next: u32,
}

impl Iterator for Children<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let id = NodeId::some(self.next)?;
        self.next = self.tree.node(id).next;
        Some(id)
    }
}

/// Iterator over the keys and values of a mapping.
#[derive(Clone)]
pub struct Entries<'t> {
    tree: &'t Tree,
    next: u32,
}

impl Iterator for Entries<'_> {
    type Item = (NodeId, NodeId);

    fn next(&mut self) -> Option<(NodeId, NodeId)> {
        let key = NodeId::some(self.next)?;
        let value = NodeId::some(self.tree.node(key).next)?;
        self.next = self.tree.node(value).next;
        Some((key, value))
    }
}
