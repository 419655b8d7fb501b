//! What of an object must not be shown: content of Secrets, and the same content elsewhere.

use super::Secrets;
use super::secret::{SHOWN, is_applied, is_secret};
use crate::resource::Resource;
use crate::yaml::tree::{NodeId, Style, Tag, Tree};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustc_hash::FxHashSet;

/// Shorter values are in too many places to mean anything there.
const VALUE_MIN: usize = 8;

/// Returns the values of the Secrets among objects, encoded and decoded.
pub(crate) fn values<'r>(resources: impl Iterator<Item = &'r Resource>) -> FxHashSet<String> {
    let mut values = FxHashSet::default();
    for resource in resources.filter(|resource| is_secret(resource)) {
        let tree = &resource.tree;
        for (key, map) in tree.entries(tree.root()) {
            if !SHOWN.contains(&tree.text(key)) {
                collect(tree, map, &mut values);
            }
        }
    }
    values
}

fn collect(tree: &Tree, node: NodeId, values: &mut FxHashSet<String>) {
    if tree.is_scalar(node) {
        let text = tree.text(node);
        let decoded = STANDARD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let both = [Some(text.to_owned()), decoded];
        values.extend(
            both.into_iter().flatten().map(|text| text.trim().to_owned()).filter(|text| text.len() >= VALUE_MIN),
        );
    }
    tree.entries(node).for_each(|(_, value)| collect(tree, value, values));
    tree.items(node).for_each(|item| collect(tree, item, values));
}

/// Finds what must not be shown.
pub(crate) struct Finder<'f> {
    /// Where values of Secrets stand.
    pub(crate) places: &'f Secrets,
    /// Values of Secrets, of either side.
    pub(crate) values: &'f [&'f FxHashSet<String>],
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
        text.len() >= VALUE_MIN && self.values.iter().any(|values| holds(values, text))
    }
}

#[allow(clippy::iter_over_hash_type, reason = "whether there is one does not depend on the order")]
fn holds(values: &FxHashSet<String>, text: &str) -> bool {
    values.contains(text) || values.iter().any(|value| text.len() > value.len() && text.contains(value.as_str()))
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
