//! Following the path of a target (upstream `PathMatcher`): it can lead to many nodes, and can make what is missing.

use super::path::{FieldPath, Part, PartKind};
use super::structured;
use super::{Fault, Followed};
use crate::fieldspec::is_null;
use crate::limits::Limits;
use crate::provenance::Stamp;
use crate::yaml::print;
use crate::yaml::resolve::effective_tag;
use crate::yaml::tree::{Kind, NodeId, Style, Tag, Tree};

/// What stays the same on the way.
pub(super) struct Matcher<'a> {
    pub(super) tree: &'a mut Tree,
    /// What is made at the end of the path if it is missing; `None` if nothing is.
    pub(super) create: Option<Kind>,
    pub(super) stamp: &'a Stamp,
    pub(super) limits: &'a Limits,
}

impl Matcher<'_> {
    /// Returns what the parts of a path from `n_before` on lead to, in document order.
    pub(super) fn find(&mut self, path: &FieldPath, n_before: usize) -> Followed<Vec<NodeId>> {
        let mut found = Vec::new();
        let root = self.tree.root();
        let parts = path.parts.get(n_before..).unwrap_or_default();
        if parts.len() > self.limits.depth_max {
            return Err(Fault { is_final: true, ..Fault::new("the path is too long") });
        }
        self.walk(root, parts, &mut found)?;
        Ok(found)
    }

    // Depth is bounded by the length of the path.
    fn walk(&mut self, node: NodeId, parts: &[Part], found: &mut Vec<NodeId>) -> Followed<()> {
        let Some((part, rest)) = parts.split_first() else {
            found.push(node);
            return Ok(());
        };
        match &part.kind {
            PartKind::Field => self.field(node, &part.text, rest, found),
            PartKind::Index(index) => self.index(node, *index, rest, found),
            PartKind::Every => {
                for item in self.items(node)? {
                    self.walk(item, rest, found)?;
                }
                Ok(())
            }
            PartKind::Matching(matching) => {
                let n_before = found.len();
                self.matching(node, matching, rest, found)?;
                if found.len() > n_before || self.create.is_none() {
                    return Ok(());
                }
                let node = self.with_item(node, |matcher| matcher.new_item(matching));
                self.matching(node, matching, rest, found)?;
                // The reference makes items until one matches.
                if found.len() > n_before { Ok(()) } else { Err(Fault::at("no item can be made that matches", node)) }
            }
            PartKind::Bad => {
                self.items(node)?;
                Err(Fault::bad_part())
            }
        }
    }

    fn field(&mut self, node: NodeId, name: &str, rest: &[Part], found: &mut Vec<NodeId>) -> Followed<()> {
        let is_nothing = is_null(self.tree, node);
        let mut field = match self.tree.kind(node) {
            _ if is_nothing => None,
            // A path that ends with a dot: an empty text is its own field.
            Kind::Scalar if name.is_empty() => self.tree.text(node).is_empty().then_some(node),
            Kind::Mapping if !name.is_empty() => self.tree.get(node, name),
            _ => return Err(Fault::at("this is no mapping", node)),
        };
        if field.is_none() && self.create.is_some() {
            if name.is_empty() {
                return Err(Fault::at("a field without a name cannot be made", node));
            }
            let made = self.new_node(rest);
            // What is put into a null is never seen again, as in the reference.
            if !is_nothing {
                self.tree.push_key(node, name, made, self.stamp);
            }
            field = Some(made);
        }
        let Some(field) = field else { return Ok(()) };
        if self.tree.is_scalar(field) && !rest.is_empty() {
            // What is written into a text found here is lost: `structured` writes into those that it reaches itself.
            let document = structured::parse(self.tree.text(field), self.limits, self.stamp)?;
            let copy = self.copy(&document, document.root());
            return self.walk(copy, rest, found).map_err(|fault| Fault { node: Some(field), ..fault });
        }
        self.walk(field, rest, found)
    }

    /// Copies a node of a document in a text; its place in that text means nothing here.
    fn copy(&mut self, document: &Tree, node: NodeId) -> NodeId {
        let copy = match document.kind(node) {
            Kind::Scalar => {
                let tag = effective_tag(document, node);
                return self.tree.new_scalar(document.text(node), document.style(node), tag, self.stamp);
            }
            Kind::Mapping => self.tree.new_mapping(self.stamp),
            Kind::Sequence => self.tree.new_sequence(self.stamp),
        };
        let children: Vec<NodeId> = document.children(node).map(|child| self.copy(document, child)).collect();
        self.tree.set_children(copy, &children);
        copy
    }

    fn index(&mut self, node: NodeId, index: usize, rest: &[Part], found: &mut Vec<NodeId>) -> Followed<()> {
        let items = self.items(node)?;
        match items.get(index) {
            Some(&item) => self.walk(item, rest, found),
            None if items.len() == index && self.create.is_some() => {
                let made = self.new_node(rest);
                self.with_item(node, |_| made);
                self.walk(made, rest, found)
            }
            None => Err(Fault::at(format!("the list has {} items", items.len()), node)),
        }
    }

    fn matching(
        &mut self,
        node: NodeId,
        matching: &super::path::Matching,
        rest: &[Part],
        found: &mut Vec<NodeId>,
    ) -> Followed<()> {
        for item in self.items(node)? {
            let value = match matching.key.as_str() {
                "" => Some(item),
                _ if !self.tree.is_mapping(item) => None,
                key => self.tree.get(item, key),
            };
            let Some(value) = value else { continue };
            let text = print::text_of(self.tree, value).map_err(|why| Fault::at(why, value))?;
            let is_match = matching
                .is_match(text.trim())
                .map_err(|why| Fault::new(format!("`{}` is no regular expression: {why}", matching.expression)))?;
            if is_match && matching.key.is_empty() {
                // The rest of the path is not looked at behind `[=value]`.
                found.push(item);
            } else if is_match {
                self.walk(item, rest, found)?;
            }
        }
        Ok(())
    }

    /// The items of a list; null is an empty one.
    fn items(&self, node: NodeId) -> Followed<Vec<NodeId>> {
        if self.tree.is_sequence(node) || is_null(self.tree, node) {
            Ok(self.tree.items(node).collect())
        } else {
            Err(Fault::at("this is no list", node))
        }
    }

    /// Appends an item to a list; where null stands for an empty one, to a list that stands nowhere.
    fn with_item(&mut self, node: NodeId, make: impl FnOnce(&mut Self) -> NodeId) -> NodeId {
        let list = if self.tree.is_sequence(node) { node } else { self.tree.new_sequence(self.stamp) };
        let item = make(self);
        self.tree.push_item(list, item);
        list
    }

    fn new_item(&mut self, matching: &super::path::Matching) -> NodeId {
        let value = self.tree.new_scalar(&matching.expression, Style::Plain, Tag::Implied, self.stamp);
        if matching.key.is_empty() {
            return value;
        }
        let item = self.tree.new_mapping(self.stamp);
        self.tree.push_key(item, &matching.key, value, self.stamp);
        item
    }

    /// Makes what the next part of a path needs (upstream `getPathPartKind`).
    fn new_node(&mut self, rest: &[Part]) -> NodeId {
        let kind = match rest.first() {
            Some(Part { kind: PartKind::Index(_) | PartKind::Matching(_) | PartKind::Bad, .. }) => Kind::Sequence,
            Some(Part { text, .. }) if !text.is_empty() => Kind::Mapping,
            _ => self.create.unwrap_or(Kind::Scalar),
        };
        match kind {
            Kind::Mapping => self.tree.new_mapping(self.stamp),
            Kind::Sequence => self.tree.new_sequence(self.stamp),
            Kind::Scalar => self.tree.new_scalar("", Style::Plain, Tag::Implied, self.stamp),
        }
    }
}
