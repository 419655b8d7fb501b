//! What must not be shown: the values of Secrets, and what stands where a Secret's value stands in a file.

use super::Hides;
use super::path::Element;
use crate::resource::Resource;
use crate::yaml::tree::{NodeId, Tree};

/// Stands for a value that is not shown.
pub const HIDDEN: &str = "•••";

/// Fields of a Secret that are not its content.
const SHOWN: [&str; 5] = ["apiVersion", "kind", "metadata", "type", "immutable"];
/// Holds a copy of the whole object.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Returns whether an object is a Secret, or was one.
pub(super) fn is_secret(resource: &Resource) -> bool {
    let is_secret = |tree: &Tree| tree.text_at(&["kind"]) == Some("Secret");
    is_secret(&resource.tree) || resource.versions.iter().any(|version| is_secret(&version.tree))
}

/// Returns whether a field of a Secret holds its content, wholly or among other things.
pub(super) fn is_value(path: &[Element], tree: &Tree, node: NodeId) -> bool {
    match path.first() {
        None => true,
        Some(Element::Key(key)) if SHOWN.contains(&key.as_str()) => {
            path.iter().any(|element| matches!(element, Element::Key(key) if key == LAST_APPLIED))
                || holds_last_applied(tree, node)
        }
        Some(_) => true,
    }
}

fn holds_last_applied(tree: &Tree, node: NodeId) -> bool {
    tree.entries(node).any(|(key, value)| tree.text(key) == LAST_APPLIED || holds_last_applied(tree, value))
}

/// Returns whether a value, or one below it, was written from a place that is hidden.
pub(super) fn holds_hidden(tree: &Tree, node: NodeId, hides: Hides<'_>) -> bool {
    if tree.is_scalar(node) {
        return super::chain::writes(tree, node).into_iter().filter_map(|write| write.1).any(hides);
    }
    let values: Vec<NodeId> = match tree.is_mapping(node) {
        true => tree.entries(node).map(|(_, value)| value).collect(),
        false => tree.items(node).collect(),
    };
    values.into_iter().any(|value| holds_hidden(tree, value, hides))
}
