//! What must not be shown: the values of Secrets, and what stands where a Secret's value stands in a file.

use super::chain::writes;
use super::path::Element;
use crate::build::Build;
use crate::provenance::Directives;
use crate::resource::Resource;
use crate::source::Place;
use crate::yaml::tree::{NodeId, Tree};
use rustc_hash::FxHashSet;

/// Stands for a value that is not shown.
pub const HIDDEN: &str = "•••";

/// Fields of a Secret that are not its content.
pub(crate) const SHOWN: [&str; 5] = ["apiVersion", "kind", "metadata", "type", "immutable"];

/// Returns whether an annotation holds a copy of the whole object, as kubectl and others who apply objects leave it.
pub(crate) fn is_applied(key: &str) -> bool {
    key.contains("last-applied") || key.ends_with("/applied")
}

/// Returns whether an object is a Secret, or was one.
pub(crate) fn is_secret(resource: &Resource) -> bool {
    let is_secret = |tree: &Tree| tree.text_at(&["kind"]) == Some("Secret");
    is_secret(&resource.tree) || resource.versions.iter().any(|version| is_secret(&version.tree))
}

/// Returns whether a field of a Secret holds its content, wholly or among other things.
pub(super) fn is_value(path: &[Element], tree: &Tree, node: NodeId) -> bool {
    match path.first() {
        None => true,
        Some(Element::Key(key)) if SHOWN.contains(&key.as_str()) => {
            path.iter().any(|element| matches!(element, Element::Key(key) if is_applied(key)))
                || holds_last_applied(tree, node)
        }
        Some(_) => true,
    }
}

fn holds_last_applied(tree: &Tree, node: NodeId) -> bool {
    tree.entries(node).any(|(key, value)| is_applied(tree.text(key)) || holds_last_applied(tree, value))
}

/// Where the values of the Secrets of a build stand: what other objects have from there must not be shown either.
#[derive(Debug)]
pub struct Secrets {
    /// `None` if everything is shown.
    places: Option<FxHashSet<Place>>,
}

/// Fields whose directives bring values of other objects; those are no secrets because a Secret holds them, too.
const BRINGING: [&str; 7] =
    ["replacements", "vars", "nameReference", "generatorOptions", "namePrefix", "nameSuffix", "namespace"];

impl Secrets {
    /// Nothing is hidden.
    pub fn shown() -> Secrets {
        Secrets { places: None }
    }

    /// Finds where the values of Secrets stand, of those that are gone, too.
    pub fn of(build: &Build, directives: &Directives) -> Secrets {
        let mut places = FxHashSet::default();
        let objects = super::objects(build).into_iter().map(|object| object.resource);
        for resource in objects.filter(|resource| is_secret(resource)) {
            let versions = resource.versions.iter().map(|version| &version.tree).chain([&resource.tree]);
            for tree in versions {
                for (key, value) in tree.entries(tree.root()) {
                    if !SHOWN.contains(&tree.text(key)) {
                        collect(tree, value, directives, &mut places);
                    }
                }
            }
        }
        Secrets { places: Some(places) }
    }

    pub(super) fn are_hidden(&self) -> bool {
        self.places.is_some()
    }

    /// Returns whether a Secret's value stands at a place.
    pub(super) fn hold(&self, place: Place) -> bool {
        self.places.as_ref().is_some_and(|places| places.contains(&place))
    }

    /// Returns whether a value, or one below it, comes from a Secret.
    pub(crate) fn are_in(&self, tree: &Tree, node: NodeId) -> bool {
        if tree.is_scalar(node) {
            return writes(tree, node).into_iter().filter_map(|write| write.1).any(|place| self.hold(place));
        }
        match tree.is_mapping(node) {
            true => tree.entries(node).any(|(_, value)| self.are_in(tree, value)),
            false => tree.items(node).any(|item| self.are_in(tree, item)),
        }
    }
}

fn collect(tree: &Tree, node: NodeId, directives: &Directives, places: &mut FxHashSet<Place>) {
    if tree.is_scalar(node) {
        let own = writes(tree, node)
            .into_iter()
            .filter(|(by, _)| by.is_none_or(|by| !BRINGING.contains(&directives.get(by).field)));
        places.extend(own.filter_map(|write| write.1));
    }
    tree.entries(node).for_each(|(_, value)| collect(tree, value, directives, places));
    tree.items(node).for_each(|item| collect(tree, item, directives, places));
}
