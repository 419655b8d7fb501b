//! Fields that were there once: found by following every field of each version into the next one.

use super::chain::same_item;
use super::path::Element;
use crate::resource::Version;
use crate::yaml::tree::{NodeId, Tree};

/// A field that is gone.
#[derive(Clone, Debug, PartialEq)]
pub struct Gone {
    /// Where it was.
    pub path: Vec<Element>,
    /// Its node in `version`.
    pub node: NodeId,
    /// The last version that had it.
    pub version: usize,
}

/// Returns the topmost fields that are gone, in the order in which they went.
pub(super) fn gone(versions: &[Version]) -> Vec<Gone> {
    let mut found = Vec::new();
    let Some(last) = versions.last() else { return found };
    for (version, pair) in versions.windows(2).enumerate() {
        let [older, newer] = pair else { continue };
        let mut walk = Walk { older: &older.tree, newer: &newer.tree, last: &last.tree, path: Vec::new(), version };
        let (from, to, end) = (walk.older.root(), walk.newer.root(), walk.last.root());
        walk.compare(from, to, Some(end), &mut found);
    }
    found
}

struct Walk<'t> {
    older: &'t Tree,
    newer: &'t Tree,
    last: &'t Tree,
    path: Vec<Element>,
    version: usize,
}

impl Walk<'_> {
    /// Compares a field of both versions; `end` is the same field of the last one.
    fn compare(&mut self, from: NodeId, to: NodeId, end: Option<NodeId>, found: &mut Vec<Gone>) {
        let (older, newer, last) = (self.older, self.newer, self.last);
        if older.is_mapping(from) && newer.is_mapping(to) {
            for (key, value) in older.entries(from) {
                let text = older.text(key);
                let end = end.and_then(|end| last.get(end, text));
                self.path.push(Element::Key(text.to_owned()));
                self.child(value, newer.get(to, text), end, found);
                self.path.pop();
            }
        }
        if older.is_sequence(from) && newer.is_sequence(to) {
            for (index, item) in older.items(from).enumerate() {
                let in_newer = same_item((older, from, item, index), (newer, to)).map(|(_, node)| node);
                let in_last = end
                    .filter(|&end| last.is_sequence(end))
                    .and_then(|end| same_item((older, from, item, index), (last, end)).map(|(_, node)| node));
                self.path.push(Element::Index(index));
                self.child(item, in_newer, in_last, found);
                self.path.pop();
            }
        }
    }

    fn child(&mut self, old: NodeId, new: Option<NodeId>, end: Option<NodeId>, found: &mut Vec<Gone>) {
        match new {
            Some(new) => self.compare(old, new, end, found),
            None if end.is_none() => {
                found.push(Gone { path: self.path.clone(), node: old, version: self.version });
            }
            None => {}
        }
    }
}
