//! The build's marks as annotations, for patches that can see them and for inputs that carry some.
//!
//! The reference keeps former names, prefixes, the hash mark and so on in `internal.config.kubernetes.io/*` annotations
//! while it builds. Here they are fields of [`Resource`], but a patch that copies `metadata`, or replaces all annotations,
//! gets to see or to drop them. For such a patch the marks are written into the tree before it and read back after it.

use crate::provenance::Stamp;
use crate::resmap::ResMap;
use crate::resource::{Behavior, MadeBy, PreviousId, Resource};
use crate::string_map;
use crate::yaml::tree::{NodeId, Tag, Tree};
use std::sync::Arc;

/// What all internal annotations begin with.
const DOMAIN: &str = "internal.config.kubernetes.io/";

const PREVIOUS_KINDS: &str = "internal.config.kubernetes.io/previousKinds";
const PREVIOUS_NAMES: &str = "internal.config.kubernetes.io/previousNames";
const PREVIOUS_NAMESPACES: &str = "internal.config.kubernetes.io/previousNamespaces";
const PREFIXES: &str = "internal.config.kubernetes.io/prefixes";
const SUFFIXES: &str = "internal.config.kubernetes.io/suffixes";
const BEHAVIOR: &str = "internal.config.kubernetes.io/generatorBehavior";
const NEEDS_HASH: &str = "internal.config.kubernetes.io/needsHashSuffix";
const ALLOW_NAME_CHANGE: &str = "internal.config.kubernetes.io/allowNameChange";
const ALLOW_KIND_CHANGE: &str = "internal.config.kubernetes.io/allowKindChange";
const HELM_GENERATED: &str = "internal.config.kubernetes.io/helm-generated";

/// Only there where `buildMetadata` asks for it; the texts are made at the end of a build, a place is kept for them.
pub(crate) const ORIGIN: &str = "config.kubernetes.io/origin";
const TRANSFORMATIONS: &str = "alpha.config.kubernetes.io/transformations";

const ALL: [&str; 10] = [
    PREVIOUS_KINDS,
    PREVIOUS_NAMES,
    PREVIOUS_NAMESPACES,
    PREFIXES,
    SUFFIXES,
    BEHAVIOR,
    NEEDS_HASH,
    ALLOW_NAME_CHANGE,
    ALLOW_KIND_CHANGE,
    HELM_GENERATED,
];

const ENABLED: &str = "enabled";

/// Returns whether a strategic merge patch can drop or set marks.
pub(crate) fn are_touched_by(patch: &Tree, directive: &str) -> bool {
    let Some(metadata) = patch.get(patch.root(), "metadata") else { return false };
    if !patch.is_mapping(metadata) || patch.get(metadata, directive).is_some() {
        return true;
    }
    let Some(annotations) = patch.get(metadata, "annotations") else { return false };
    let is_mark = |(key, _): (NodeId, NodeId)| {
        let key = patch.text(key);
        key == directive || key.starts_with(DOMAIN)
    };
    !patch.is_mapping(annotations) || patch.entries(annotations).any(is_mark)
}

/// Takes marks that stand in an input for marks, as the reference does: an object can ask for a hash suffix that way.
pub(crate) fn adopt(resource: &mut Arc<Resource>) {
    let Some(annotations) = annotations(&resource.tree) else { return };
    let is_mark = |key: &str| ALL.contains(&key);
    if resource.tree.entries(annotations).any(|(key, _)| is_mark(resource.tree.text(key))) {
        read_back(Arc::make_mut(resource), false);
    }
}

/// Returns whether a resource has marks.
fn has_any(resource: &Resource) -> bool {
    !marks(resource).is_empty()
}

/// Writes the marks of a resource into its annotations.
pub(crate) fn write(resource: &mut Resource, stamp: &Stamp) {
    let marks = marks(resource);
    if marks.is_empty() {
        return;
    }
    let tree = resource.tree_mut();
    let annotations = annotations_for_writing(tree, stamp);
    for (key, value) in marks {
        let style = string_map::written_style(&value);
        let value = tree.new_scalar(&value, style, Tag::Str, stamp);
        tree.set_entry(annotations, key, value, stamp);
    }
}

/// Writes the marks of all resources that have some and no annotations beside them; returns the positions of these.
pub(crate) fn write_where_unseen(resources: &mut ResMap, stamp: &Stamp) -> Vec<usize> {
    let mut written = Vec::new();
    for position in 0..resources.len() {
        let resource = resources.get(position);
        if annotations(&resource.tree).is_none() && has_any(resource) {
            write(resources.get_mut(position), stamp);
            written.push(position);
        }
    }
    written
}

/// Writes the options of a strategic merge patch into its annotations, from where they are merged like all others.
pub(crate) fn write_options(patch: &mut Tree, allow_name_change: bool, allow_kind_change: bool, stamp: &Stamp) {
    for (key, is_on) in [(ALLOW_NAME_CHANGE, allow_name_change), (ALLOW_KIND_CHANGE, allow_kind_change)] {
        if is_on {
            let annotations = annotations_for_writing(patch, stamp);
            let value = patch.new_string(ENABLED, stamp);
            patch.set_entry(annotations, key, value, stamp);
        }
    }
}

/// Reads the marks of a resource back from its annotations and removes them there.
///
/// With `restore` the marks that the resource has are put back first, as the reference does after JSON patches: those can
/// add marks, but neither change nor remove any.
pub(crate) fn read_back(resource: &mut Resource, restore: bool) {
    let kept = if restore { marks(resource) } else { Vec::new() };
    let tree = Arc::clone(&resource.tree);
    let annotations = annotations(&tree);
    let get = |key: &str| -> Option<String> {
        let kept = kept.iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone());
        kept.or_else(|| Some(tree.text(tree.get(annotations?, key)?).to_owned()))
    };
    let list = |key: &str| -> Vec<Arc<str>> {
        get(key).map(|text| text.split(',').map(Arc::from).collect()).unwrap_or_default()
    };
    let (names, namespaces, kinds) = (list(PREVIOUS_NAMES), list(PREVIOUS_NAMESPACES), list(PREVIOUS_KINDS));
    resource.n_nameless = if names.is_empty() { namespaces.len() as u32 } else { 0 };
    resource.is_past_unclear = !names.is_empty() && (names.len() != namespaces.len() || names.len() != kinds.len());
    let previous = names.into_iter().zip(namespaces).zip(kinds);
    resource.previous = previous.map(|((name, namespace), kind)| PreviousId { kind, name, namespace }).collect();
    resource.prefixes = list(PREFIXES);
    resource.suffixes = list(SUFFIXES);
    resource.behavior = match get(BEHAVIOR).as_deref() {
        Some("create") => Behavior::Create,
        Some("replace") => Behavior::Replace,
        Some("merge") => Behavior::Merge,
        _ => Behavior::Unspecified,
    };
    resource.is_generated = get(BEHAVIOR).is_some();
    resource.needs_hash = get(NEEDS_HASH).as_deref() == Some(ENABLED);
    resource.allow_name_change = get(ALLOW_NAME_CHANGE).as_deref() == Some(ENABLED);
    resource.allow_kind_change = get(ALLOW_KIND_CHANGE).as_deref() == Some(ENABLED);
    resource.helm_generated = get(HELM_GENERATED).as_deref() == Some("true");
    let has = |key: &str| annotations.is_some_and(|annotations| tree.get(annotations, key).is_some());
    if !has(ORIGIN) {
        resource.made_by = MadeBy::Unknown;
    }
    if !has(TRANSFORMATIONS) {
        resource.transformations.clear();
    }
    strip(resource);
}

/// Removes the marks from the annotations, and annotations that are empty then.
fn strip(resource: &mut Resource) {
    let Some(annotations) = annotations(&resource.tree) else { return };
    let is_mark = |tree: &Tree, key: NodeId| {
        let key = tree.text(key);
        ALL.contains(&key) || key == ORIGIN || key == TRANSFORMATIONS
    };
    if !resource.tree.entries(annotations).any(|(key, _)| is_mark(&resource.tree, key)) {
        return;
    }
    let tree = resource.tree_mut();
    tree.retain_entries(annotations, |tree, key, _| !is_mark(tree, key));
    if tree.has_no_children(annotations) {
        let metadata = tree.get(tree.root(), "metadata");
        if let Some(metadata) = metadata {
            tree.remove_entry(metadata, "annotations");
        }
    }
}

/// The marks of a resource, spelled as the reference does.
fn marks(resource: &Resource) -> Vec<(&'static str, String)> {
    let mut marks = Vec::new();
    let previous = &resource.previous;
    if !previous.is_empty() {
        marks.push((PREVIOUS_NAMES, joined(previous.iter().map(|id| &id.name))));
        marks.push((PREVIOUS_NAMESPACES, joined(previous.iter().map(|id| &id.namespace))));
        marks.push((PREVIOUS_KINDS, joined(previous.iter().map(|id| &id.kind))));
    }
    if !resource.prefixes.is_empty() {
        marks.push((PREFIXES, joined(resource.prefixes.iter())));
    }
    if !resource.suffixes.is_empty() {
        marks.push((SUFFIXES, joined(resource.suffixes.iter())));
    }
    let behavior = match resource.behavior {
        Behavior::Unspecified => "unspecified",
        Behavior::Create => "create",
        Behavior::Replace => "replace",
        Behavior::Merge => "merge",
    };
    // Whatever a generator made carries the mark, even if nothing was said.
    if resource.behavior != Behavior::Unspecified || resource.is_generated {
        marks.push((BEHAVIOR, behavior.to_owned()));
    }
    let switches = [
        (NEEDS_HASH, resource.needs_hash, ENABLED),
        (ALLOW_NAME_CHANGE, resource.allow_name_change, ENABLED),
        (ALLOW_KIND_CHANGE, resource.allow_kind_change, ENABLED),
        (HELM_GENERATED, resource.helm_generated, "true"),
    ];
    if !matches!(resource.made_by, MadeBy::Unknown) {
        marks.push((ORIGIN, String::new()));
    }
    if !resource.transformations.is_empty() {
        marks.push((TRANSFORMATIONS, String::new()));
    }
    marks.extend(switches.into_iter().filter(|switch| switch.1).map(|(key, _, value)| (key, value.to_owned())));
    marks
}

fn joined<'a>(texts: impl Iterator<Item = &'a Arc<str>>) -> String {
    texts.map(|text| &**text).collect::<Vec<_>>().join(",")
}

/// The annotations, if they are a mapping.
pub(crate) fn annotations(tree: &Tree) -> Option<NodeId> {
    tree.get_path(tree.root(), &["metadata", "annotations"]).filter(|&node| tree.is_mapping(node))
}

/// The annotations, made if there are none.
pub(crate) fn annotations_for_writing(tree: &mut Tree, stamp: &Stamp) -> NodeId {
    let root = tree.root();
    let metadata = string_map::mapping_under(tree, root, "metadata", stamp);
    string_map::mapping_under(tree, metadata, "annotations", stamp)
}
