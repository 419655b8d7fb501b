//! Writing to a tree: every node that is written gets its origin, which keeps the one it replaced.

use super::marks::State;
use super::text::{Pool, Text};
use super::{Kind, Mark, NONE, Node, NodeId, Style, Tag, Tree};
use crate::provenance::{Origin, OriginEntry, OriginIndex, Stamp};

impl Tree {
    /// Makes a scalar that stands nowhere yet.
    ///
    /// With [`Tag::Implied`] it has no tag, and so no lasting type.
    pub fn new_scalar(&mut self, text: &str, style: Style, tag: Tag, stamp: &Stamp) -> NodeId {
        let text = Text { pool: Pool::written(tag), ..self.intern(text) };
        let origin = self.stamp(stamp, None);
        self.push(Kind::Scalar, style, tag, text, origin)
    }

    /// Makes a string: printed as one whatever it looks like.
    pub fn new_string(&mut self, text: &str, stamp: &Stamp) -> NodeId {
        self.new_scalar(text, Style::Plain, Tag::Str, stamp)
    }

    /// Makes an empty mapping (block style) that stands nowhere yet.
    pub fn new_mapping(&mut self, stamp: &Stamp) -> NodeId {
        let origin = self.stamp(stamp, None);
        self.push(Kind::Mapping, Style::Block, Tag::Implied, Text::EMPTY, origin)
    }

    /// Makes an empty sequence (block style) that stands nowhere yet.
    pub fn new_sequence(&mut self, stamp: &Stamp) -> NodeId {
        let origin = self.stamp(stamp, None);
        self.push(Kind::Sequence, Style::Block, Tag::Implied, Text::EMPTY, origin)
    }

    /// Replaces the text of a scalar in place, and that of all scalars shared with it; style stays, `tag` is the new tag.
    ///
    /// Callers that keep the old *type* pass `yaml::resolve::effective_tag` of the node as it was.
    pub fn set_text(&mut self, id: NodeId, text: &str, tag: Tag, stamp: &Stamp) {
        let text = Text { pool: Pool::written(tag), ..self.intern(text) };
        let mut member = id;
        loop {
            self.before_text_changes(member);
            let replaced = self.origin(member);
            let origin = self.stamp(stamp, Some(replaced));
            let node = self.node_mut(member);
            node.write(text);
            node.tag = tag;
            node.origin = origin;
            member = NodeId(node.peer);
            if member == id {
                break;
            }
        }
    }

    /// Replaces style and tag of a node (and of all scalars shared with it).
    pub fn set_style_and_tag(&mut self, id: NodeId, style: Style, tag: Tag) {
        let mut member = id;
        loop {
            let node = self.node(member);
            let peer = NodeId(node.peer);
            // What is not changed keeps its marks.
            if (node.style, node.tag) != (style, tag) {
                let node = self.node_mut(member);
                (node.style, node.tag) = (style, tag);
            }
            member = peer;
            if member == id {
                break;
            }
        }
    }

    /// Replaces what a scalar says without a trace: origin stays, and the scalar is no longer shared with others.
    ///
    /// Returns whether that changed anything: what is not changed keeps its marks.
    pub(crate) fn settle_scalar(&mut self, id: NodeId, text: Option<&str>, style: Style, tag: Tag) -> bool {
        let node = self.node(id);
        let is_alone = node.peer == id.0;
        if text.is_none() && is_alone && (node.style, node.tag) == (style, tag) && node.pool() != Pool::Untagged {
            return false;
        }
        if let Some(text) = text {
            self.before_text_changes(id);
            let text = self.intern(text);
            self.node_mut(id).write(text);
        }
        if !is_alone {
            self.unshare(id);
        }
        let node = self.node_mut(id);
        (node.style, node.tag) = (style, tag);
        if node.pool() == Pool::Untagged {
            node.state.set_pool(Pool::Own);
        }
        true
    }

    /// Takes a scalar's type away without a trace: from now on its text decides, as if it had been written without a tag.
    pub(crate) fn forget_tag(&mut self, id: NodeId) {
        if self.is_untagged(id) {
            return;
        }
        let text = self.text(id).to_owned();
        let text = Text { pool: Pool::Untagged, ..self.intern(&text) };
        let node = self.node_mut(id);
        node.write(text);
        node.tag = Tag::Implied;
    }

    /// Marks a node as put where it stands by a writer; what it was before stays in the chain.
    pub fn restamp(&mut self, id: NodeId, stamp: &Stamp) {
        let origin = self.stamp(stamp, Some(self.origin(id)));
        self.node_mut(id).origin = origin;
    }

    /// Puts a scalar into the ring of scalars that are written together with another.
    pub fn share(&mut self, id: NodeId, with: NodeId) {
        let next = self.node(with).peer;
        self.node_mut(with).peer = id.0;
        self.node_mut(id).peer = next;
    }

    /// Returns whether other scalars are written together with this one.
    pub fn is_shared(&self, id: NodeId) -> bool {
        self.node(id).peer != id.0
    }

    /// Takes a scalar out of the ring of scalars that are written together with it.
    pub fn unshare(&mut self, id: NodeId) {
        let next = self.node(id).peer;
        let mut before = id;
        while self.node(before).peer != id.0 {
            before = NodeId(self.node(before).peer);
        }
        self.node_mut(before).peer = next;
        self.node_mut(id).peer = id.0;
    }

    /// Appends a key with its value to a mapping. Does not look for the key.
    pub fn push_entry(&mut self, map: NodeId, key: NodeId, value: NodeId) {
        let is_indexed = self.has_mark(map, Mark::Indexed);
        self.append(map, key);
        self.append(map, value);
        if is_indexed {
            self.add_to_index(map, key);
        }
    }

    /// Sets the value under a key: the value node is replaced where the key exists, else key and value are appended.
    ///
    /// A new key is untagged, as upstream `FieldSetter` makes it: one like `1` or `true` is no string and is refused when
    /// the tree is printed.
    pub fn set_entry(&mut self, map: NodeId, key: &str, value: NodeId, stamp: &Stamp) {
        match self.get_entry(map, key) {
            Some((key, _)) => self.replace_value(map, key, value),
            None => self.push_key(map, key, value, stamp),
        }
    }

    /// Sets the value under a key that is a string whatever it looks like, as keys of JSON are.
    pub fn set_string_entry(&mut self, map: NodeId, key: &str, value: NodeId, stamp: &Stamp) {
        match self.get_entry(map, key) {
            Some((key, _)) => self.replace_value(map, key, value),
            None => {
                let key = self.new_string(key, stamp);
                self.push_entry(map, key, value);
                self.index_keys(map);
            }
        }
    }

    /// Appends a new key, untagged, with its value to a mapping. Does not look for the key.
    pub fn push_key(&mut self, map: NodeId, key: &str, value: NodeId, stamp: &Stamp) {
        let key = self.new_scalar(key, Style::Plain, Tag::Implied, stamp);
        self.push_entry(map, key, value);
    }

    /// Replaces the value that follows a key node of a mapping; the new value remembers the origin it replaced.
    pub fn replace_value(&mut self, map: NodeId, key: NodeId, value: NodeId) {
        let Some(old) = NodeId::some(self.node(key).next) else { return };
        if old == value {
            return;
        }
        let after = self.node(old).next;
        self.chain_origin(value, old);
        // The keys are what they were.
        self.node_mut(value).next = after;
        self.link_mut(key).next = value.0;
        if self.node(map).last == old.0 {
            self.link_mut(map).last = value.0;
        }
    }

    /// Makes a node, where it stands, what another one is that stands nowhere; it remembers the origin it had.
    pub fn become_copy(&mut self, id: NodeId, copy: NodeId) {
        self.chain_origin(copy, id);
        self.before_text_changes(id);
        let old = *self.node(id);
        let new = *self.node(copy);
        *self.node_mut(id) = Node { next: old.next, peer: old.peer, state: State::new(new.pool()), ..new };
    }

    /// Lets a written node remember the origin of the node whose place it takes.
    pub fn chain_origin(&mut self, new: NodeId, old: NodeId) {
        let replaced = self.origin(old);
        if let OriginIndex::Written(index) = self.origin(new).index() {
            let Some(entry) = self.entries.get(index).copied() else { return };
            if entry.replaced.is_none() && Origin::written(index) != replaced {
                self.entries.push(OriginEntry { replaced: Some(replaced), ..entry });
                let origin = Origin::written(self.entries.len() - 1);
                self.node_mut(new).origin = origin;
            }
        }
    }

    /// Gives a node the origin, with all it replaced, of a node of another tree. What was read there, and so has no writer,
    /// counts as written by `stamp`.
    pub fn take_origin(&mut self, id: NodeId, other: &Tree, from: NodeId, stamp: &Stamp) {
        let origin = self.copy_origin(other, other.origin(from), stamp);
        self.node_mut(id).origin = origin;
    }

    /// Lets a written node remember the origin of a node of another tree whose place it takes.
    pub fn chain_other_origin(&mut self, id: NodeId, other: &Tree, old: NodeId, stamp: &Stamp) {
        let Some(entry) = self.origin_entry(self.origin(id)).copied() else { return };
        let replaced = self.copy_origin(other, other.origin(old), stamp);
        let origin = self.stamp(&Stamp { by: entry.by, place: entry.place }, Some(replaced));
        self.node_mut(id).origin = origin;
    }

    pub(super) fn copy_origin(&mut self, other: &Tree, origin: Origin, stamp: &Stamp) -> Origin {
        let mut writes = Vec::new();
        let mut next = Some(origin);
        while let Some(origin) = next {
            let entry = other.origin_entry(origin);
            writes.push(match entry {
                Some(entry) => Stamp { by: entry.by, place: entry.place },
                None => stamp.at(other.origin_place(origin)),
            });
            // Entries only refer to older ones.
            next = entry.and_then(|entry| entry.replaced);
        }
        let copied = writes.iter().rev().fold(None, |replaced, stamp| Some(self.stamp(stamp, replaced)));
        copied.unwrap_or(Origin::UNKNOWN)
    }

    /// Removes every entry with the given key from a mapping and returns whether there was one.
    pub fn remove_entry(&mut self, map: NodeId, key: &str) -> bool {
        let before = self.entries(map).count();
        self.retain_entries(map, |tree, name, _| tree.text(name) != key);
        self.entries(map).count() != before
    }

    /// Keeps the entries for which `keep` returns true.
    pub fn retain_entries(&mut self, map: NodeId, keep: impl Fn(&Tree, NodeId, NodeId) -> bool) {
        let kept: Vec<NodeId> = self
            .entries(map)
            .filter(|&(key, value)| keep(self, key, value))
            .flat_map(|(key, value)| [key, value])
            .collect();
        self.set_children(map, &kept);
    }

    /// Appends an item to a sequence.
    pub fn push_item(&mut self, sequence: NodeId, item: NodeId) {
        self.append(sequence, item);
    }

    /// Replaces all children of a collection (items; keys and values in turn).
    pub fn set_children(&mut self, parent: NodeId, children: &[NodeId]) {
        for pair in children.windows(2) {
            self.link_mut(pair[0]).next = pair[1].0;
        }
        if let Some(&last) = children.last() {
            self.link_mut(last).next = NONE;
        }
        let node = self.node_mut(parent);
        node.state.remove(Mark::Indexed);
        node.first = children.first().map_or(NONE, |id| id.0);
        node.last = children.last().map_or(NONE, |id| id.0);
    }

    /// Copies a node of another tree, with everything below it, and returns the copy, which stands nowhere yet.
    ///
    /// The copies carry `stamp` at the place where the original stands. Scalars that were shared in the other tree are
    /// separate here.
    pub fn copy_from(&mut self, other: &Tree, id: NodeId, stamp: &Stamp) -> NodeId {
        if !other.has_no_children(id) && id == other.root {
            self.nodes.reserve(other.nodes.len());
            self.entries.reserve(other.nodes.len());
        }
        self.is_overfull |= other.is_overfull;
        let node = *other.node(id);
        let mut text = if node.kind == Kind::Scalar { self.intern(other.text(id)) } else { Text::EMPTY };
        if node.pool() == Pool::Untagged {
            text.pool = Pool::Untagged;
        }
        let origin = self.stamp(&stamp.at(other.place(id)), None);
        let copy = self.push(node.kind, node.style, node.tag, text, origin);
        self.copy_comment(copy, other.comment(id));
        let mut child = other.node(id).first;
        while let Some(from) = NodeId::some(child) {
            let to = self.copy_from(other, from, stamp);
            self.append(copy, to);
            child = other.node(from).next;
        }
        copy
    }

    /// Copies a node of this tree, with everything below it; origins stay what they were.
    pub fn copy_within(&mut self, id: NodeId) -> NodeId {
        let node = *self.node(id);
        let text = Text { start: node.start, len: node.len, pool: node.pool() };
        let copy = self.push(node.kind, node.style, node.tag, text, node.origin);
        self.take_comment(copy, id);
        let mut child = node.first;
        while let Some(from) = NodeId::some(child) {
            let to = self.copy_within(from);
            self.append(copy, to);
            child = self.node(from).next;
        }
        copy
    }

    /// Returns a copy of one subtree as a tree of its own that shares this tree's file; origins stay what they were.
    pub fn extract(&self, id: NodeId) -> Tree {
        let mut tree = Tree::for_reader(0);
        (tree.entries, tree.file, tree.is_overfull) = (self.entries.clone(), self.file.clone(), self.is_overfull);
        tree.root = tree.extract_from(self, id);
        tree
    }

    fn extract_from(&mut self, other: &Tree, id: NodeId) -> NodeId {
        let node = *other.node(id);
        let text = match node.pool() {
            pool @ (Pool::Own | Pool::Untagged) => Text { pool, ..self.intern(other.text(id)) },
            pool => Text { start: node.start, len: node.len, pool },
        };
        let copy = self.push(node.kind, node.style, node.tag, text, node.origin);
        self.copy_comment(copy, other.comment(id));
        for child in other.children(id) {
            let child = self.extract_from(other, child);
            self.append(copy, child);
        }
        copy
    }
}
