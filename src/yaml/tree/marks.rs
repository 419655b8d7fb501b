//! What was found out about nodes, remembered until they are written to.
//!
//! A merge, or a way through JSON, looks at the whole object, of which a patch changes next to nothing. A mark says that
//! such a look changed nothing at a node, so that the next one need not look as closely. Whatever writes to a node takes
//! its marks away (`Tree::node_mut`); what a mark is worth for the nodes around it is the business of those who set it.

use super::text::Pool;
use super::{Kind, NodeId, Tree};

/// Something that holds for a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Mark {
    /// A strategic merge that did not patch the node left it as it was, and all that was below it.
    Merged = 1 << 2,
    /// A way through JSON left it as it was.
    Json = 1 << 3,
    /// It is a mapping whose keys are indexed, or one of those keys (`key_index`).
    Indexed = 1 << 4,
}

/// The pool of a node's text, and the node's marks.
#[derive(Clone, Copy, Debug)]
pub(super) struct State(u8);

impl State {
    const POOL: u8 = 0b11;
    /// What a write to the node takes away. Keys stay indexed until their texts or their places change.
    const FORGOTTEN: u8 = Mark::Merged as u8 | Mark::Json as u8;

    pub(super) fn new(pool: Pool) -> State {
        State(pool as u8)
    }

    #[inline]
    pub(super) fn pool(self) -> Pool {
        match self.0 & State::POOL {
            0 => Pool::File,
            1 => Pool::Decoded,
            2 => Pool::Own,
            _ => Pool::Untagged,
        }
    }

    pub(super) fn set_pool(&mut self, pool: Pool) {
        self.0 = self.0 & !State::POOL | pool as u8;
    }

    #[inline]
    pub(super) fn has(self, mark: Mark) -> bool {
        self.0 & mark as u8 != 0
    }

    pub(super) fn add(&mut self, mark: Mark) {
        self.0 |= mark as u8;
    }

    pub(super) fn remove(&mut self, mark: Mark) {
        self.0 &= !(mark as u8);
    }

    #[inline]
    pub(super) fn forget(&mut self) {
        self.0 &= !State::FORGOTTEN;
    }
}

impl Tree {
    /// Returns whether a node has a mark.
    pub(crate) fn has_mark(&self, id: NodeId, mark: Mark) -> bool {
        self.node(id).state.has(mark)
    }

    /// Marks a node.
    pub(crate) fn mark(&mut self, id: NodeId, mark: Mark) {
        self.link_mut(id).state.add(mark);
    }

    /// Returns whether a node and everything below it have a mark.
    // Depth is bounded by the depth of the document.
    pub(crate) fn has_mark_throughout(&self, id: NodeId, mark: Mark) -> bool {
        let node = self.node(id);
        if !node.state.has(mark) {
            return false;
        }
        let mut next = node.first;
        while let Some(child) = NodeId::some(next) {
            let node = self.node(child);
            if !node.state.has(mark) || (node.kind != Kind::Scalar && !self.has_mark_throughout(child, mark)) {
                return false;
            }
            next = node.next;
        }
        true
    }

    /// Returns whether a mapping and all its keys have a mark.
    pub(crate) fn has_mark_on_keys(&self, map: NodeId, mark: Mark) -> bool {
        self.has_mark(map, mark) && self.entries(map).all(|(key, _)| self.has_mark(key, mark))
    }

    /// Marks a node and everything below it.
    // Depth is bounded by the depth of the document.
    pub(crate) fn mark_throughout(&mut self, id: NodeId, mark: Mark) {
        let node = self.link_mut(id);
        node.state.add(mark);
        let mut next = node.first;
        while let Some(child) = NodeId::some(next) {
            self.mark_throughout(child, mark);
            next = self.node(child).next;
        }
    }

    /// Takes a mark from all nodes.
    pub(crate) fn unmark_all(&mut self, mark: Mark) {
        self.nodes.iter_mut().for_each(|node| node.state.remove(mark));
    }
}
