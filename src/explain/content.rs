//! What of an object must not be shown: content of Secrets, and the same content elsewhere.

use super::Secrets;
use super::secret::{SHOWN, is_applied, is_secret};
use crate::resource::Resource;
use crate::yaml::tree::{NodeId, Style, Tag, Tree};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustc_hash::{FxHashMap, FxHashSet};

/// Shorter values are in too many places to mean anything there.
const VALUE_MIN: usize = 8;

/// The values of Secrets, for the question whether a text holds one: it is asked of every text of a build.
#[derive(Debug)]
pub(crate) struct Values {
    /// By how they begin.
    by_start: FxHashMap<[u8; VALUE_MIN], Vec<String>>,
    /// One bit for each hash of a beginning that there is.
    starts: [u64; FILTER_WORDS],
}

const FILTER_WORDS: usize = 64;

impl Values {
    /// Takes the values of the Secrets among objects, encoded and decoded.
    pub(crate) fn of<'r>(resources: impl Iterator<Item = &'r Resource>) -> Values {
        let mut values = Values { by_start: FxHashMap::default(), starts: [0; FILTER_WORDS] };
        for resource in resources.filter(|resource| is_secret(resource)) {
            let tree = &resource.tree;
            for (key, map) in tree.entries(tree.root()) {
                if !SHOWN.contains(&tree.text(key)) {
                    values.collect(tree, map);
                }
            }
        }
        values
    }

    fn collect(&mut self, tree: &Tree, node: NodeId) {
        if tree.is_scalar(node) {
            let text = tree.text(node);
            self.add(text.trim());
            if let Some(decoded) = STANDARD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok()) {
                self.add(decoded.trim());
            }
        }
        tree.entries(node).for_each(|(_, value)| self.collect(tree, value));
        tree.items(node).for_each(|item| self.collect(tree, item));
    }

    fn add(&mut self, value: &str) {
        let Some(&start) = value.as_bytes().first_chunk::<VALUE_MIN>() else { return };
        let (word, bit) = position(start);
        self.starts[word] |= 1 << bit;
        let values = self.by_start.entry(start).or_default();
        if !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
    }

    /// Returns whether a text is, or holds, one of the values.
    fn are_in(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        !self.by_start.is_empty()
            && bytes.windows(VALUE_MIN).enumerate().any(|(at, window)| {
                let Some(&start) = window.first_chunk::<VALUE_MIN>() else { return false };
                let (word, bit) = position(start);
                self.starts[word] & (1 << bit) != 0
                    && self.by_start.get(&start).is_some_and(|values| {
                        values
                            .iter()
                            .any(|value| bytes.get(at..).is_some_and(|rest| rest.starts_with(value.as_bytes())))
                    })
            })
    }
}

/// Returns the bit of a beginning.
fn position(start: [u8; VALUE_MIN]) -> (usize, u32) {
    // The upper bits of a product depend on all of the factor.
    let hash = u64::from_le_bytes(start).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52;
    (hash as usize / 64 % FILTER_WORDS, (hash % 64) as u32)
}

/// Finds what must not be shown.
pub(crate) struct Finder<'f> {
    /// Where values of Secrets stand.
    pub(crate) places: &'f Secrets,
    /// Values of Secrets, of either side.
    pub(crate) values: &'f [&'f Values],
}

impl Finder<'_> {
    /// Returns the scalars of an object that must not be shown.
    pub(crate) fn hidden(&self, resource: &Resource) -> FxHashSet<NodeId> {
        let tree = &resource.tree;
        let mut hidden = FxHashSet::default();
        self.collect(tree, tree.root(), is_secret(resource), &mut hidden);
        hidden
    }

    /// `is_object`: the node is a Secret.
    fn collect(&self, tree: &Tree, node: NodeId, is_object: bool, hidden: &mut FxHashSet<NodeId>) {
        if tree.is_scalar(node) {
            if self.places.are_in(tree, node) || self.holds_value(tree.text(node)) {
                hidden.insert(node);
            }
            return;
        }
        for (key, value) in tree.entries(node) {
            let key = tree.text(key);
            if is_object && key == "metadata" {
                self.collect(tree, value, false, hidden);
                hide_copies(tree, value, hidden);
            } else if is_object && !SHOWN.contains(&key) {
                hide_all(tree, value, hidden);
            } else {
                let is_object = tree.get(value, "kind").is_some_and(|kind| tree.text(kind) == "Secret");
                self.collect(tree, value, is_object, hidden);
            }
        }
        for item in tree.items(node) {
            let is_object = tree.get(item, "kind").is_some_and(|kind| tree.text(kind) == "Secret");
            self.collect(tree, item, is_object, hidden);
        }
    }

    /// Returns whether a text holds a value of a Secret.
    pub(crate) fn holds_value(&self, text: &str) -> bool {
        self.values.iter().any(|values| values.are_in(text))
    }
}

/// Hides the annotations of a Secret that may hold a copy of it.
fn hide_copies(tree: &Tree, metadata: NodeId, hidden: &mut FxHashSet<NodeId>) {
    let annotations = tree.get(metadata, "annotations").into_iter().flat_map(|annotations| tree.entries(annotations));
    for (key, value) in annotations {
        let text = tree.text(value).trim_start();
        if is_applied(tree.text(key)) || text.starts_with(['{', '[']) || !tree.is_scalar(value) {
            hide_all(tree, value, hidden);
        }
    }
}

/// Hides all scalars; keys, too, but for those of the node itself.
fn hide_all(tree: &Tree, node: NodeId, hidden: &mut FxHashSet<NodeId>) {
    if tree.is_scalar(node) {
        hidden.insert(node);
    }
    let children = tree.entries(node).map(|(_, value)| value).chain(tree.items(node));
    for child in children {
        hide_all(tree, child, hidden);
        hidden.extend(tree.entries(child).map(|(key, _)| key));
    }
}

/// Returns how many steps of a way into the content of a Secret may be shown: the field and one key of it.
pub(crate) fn n_shown(resource: &Resource, first: &str) -> usize {
    if is_secret(resource) && !SHOWN.contains(&first) { 2 } else { usize::MAX }
}

/// Replaces what must not be shown; `mark` says what stands there, by node.
pub(crate) fn mask(tree: &mut Tree, node: NodeId, hidden: &FxHashSet<NodeId>, mark: &dyn Fn(NodeId) -> &'static str) {
    if hidden.is_empty() {
        return;
    }
    if tree.is_scalar(node) {
        if hidden.contains(&node) {
            tree.settle_scalar(node, Some(mark(node)), Style::Plain, Tag::Str);
        }
        return;
    }
    let children: Vec<NodeId> = tree.children(node).collect();
    for child in children {
        mask(tree, child, hidden, mark);
    }
}
