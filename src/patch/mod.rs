//! Patches: which resources they are for, and what they do to them.
//!
//! `load*` turn a patch's text into a [`LoadedPatch`], before any transformer runs; [`apply`] carries it out. Strategic
//! merge is in [`strategic_merge`], JSON patches in `json6902`, the selection of resources in `target`. Reading files is
//! left to the caller.

mod json6902;
mod json_pointer;
mod json_text;
mod keyed_list;
mod load;
pub mod strategic_merge;
mod suspicious;
mod target;
#[cfg(test)]
mod tests;

pub use load::{check_entry, is_inline_strategic, load, load_json6902, load_strategic};

use crate::diagnostic::{Code, Diagnostic, Report, Result};
use crate::limits::Limits;
use crate::manifest;
use crate::marks;
use crate::ordered::BTreeSet;
use crate::provenance::{DirectiveId, Stamp, Touched};
use crate::resmap::ResMap;
use crate::resource::{Gvk, ResId, Resource};
use crate::schema::in_force;
use crate::source::Place;
use crate::string_map;
use crate::yaml::emit::{EmitError, EmitErrorKind};
use crate::yaml::json;
use crate::yaml::tree::{NodeId, Style, Tag, Tree};
use json6902::JsonPatch;
use std::sync::Arc;
use strategic_merge::Outcome;
pub(crate) use target::Selector;

/// A patch that was read and is ready to be applied.
#[derive(Debug)]
pub struct LoadedPatch {
    by: DirectiveId,
    /// The kustomization's entry.
    place: Place,
    /// Where the file that holds the patch is named, if it is a file.
    file: Option<Place>,
    target: Option<Selector>,
    body: Body,
    allow_name_change: bool,
    allow_kind_change: bool,
    /// A JSON patch of `patches` remembers the identity an object had before; one of `patchesJson6902` does not.
    remembers_identity: bool,
}

#[derive(Debug)]
enum Body {
    Strategic(Vec<StrategicPatch>),
    Json(Box<JsonPatch>),
}

/// One document of a strategic merge patch.
#[derive(Debug)]
struct StrategicPatch {
    /// The patch without the identity that it must not change.
    tree: Tree,
    /// The identity it names.
    id: ResId,
    place: Option<Place>,
    /// It can drop or set marks of the build.
    touches_marks: bool,
    /// It has a name, a namespace, before they are taken out of the tree.
    states_name: bool,
    states_namespace: bool,
    /// The reference writes the patch's identity anew, without tags, before it merges (upstream
    /// `resWrangler.ApplySmPatch`).
    is_rewritten: bool,
}

impl LoadedPatch {
    /// Returns the directive that the patch is.
    pub fn by(&self) -> DirectiveId {
        self.by
    }

    /// Says where the file that holds the patch is named.
    pub fn from_file(self, file: Option<Place>) -> LoadedPatch {
        LoadedPatch { file, ..self }
    }

    /// Returns whether it is a strategic merge patch, for which the schema of the build is needed.
    pub fn is_strategic(&self) -> bool {
        matches!(self.body, Body::Strategic(_))
    }

    /// Returns whether the patch holds no document at all.
    pub fn is_empty(&self) -> bool {
        matches!(&self.body, Body::Strategic(documents) if documents.is_empty())
    }
}

/// Applies a patch to the resources it is for.
///
/// A strategic merge patch that names no existing object is an error; a target that selects nothing is a warning.
pub fn apply(resmap: &mut ResMap, patch: &LoadedPatch, report: &mut Report, limits: &Limits) -> Result<Touched> {
    apply_all(resmap, patch, report, limits).map_err(|error| reached_through(error, patch.file))
}

/// Adds the place that names a patch's file to an error which stands in that file.
pub fn reached_through(mut error: Box<Diagnostic>, file: Option<Place>) -> Box<Diagnostic> {
    let primary = error.labels.first().map(|label| label.place.source);
    error.chain.extend(file.filter(|file| primary.is_some_and(|source| source != file.source)));
    error
}

/// Applies a patch and says what is suspicious about it.
fn apply_all(resmap: &mut ResMap, patch: &LoadedPatch, report: &mut Report, limits: &Limits) -> Result<Touched> {
    let mut touched = Touched { by: patch.by, resources: 0, fields: 0 };
    let mut deleted = BTreeSet::new();
    match &patch.body {
        Body::Strategic(documents) => {
            for document in documents {
                let positions = match &patch.target {
                    Some(selector) => select(selector, resmap, report),
                    None => vec![only_target(document, resmap, &deleted)?],
                };
                let mut changed = Vec::new();
                for position in positions {
                    touched.resources += 1;
                    match merge_into(resmap, position, patch, document, report, limits)? {
                        Outcome::Deleted => drop(deleted.insert(position)),
                        Outcome::Merged { fields_written } => {
                            touched.fields += fields_written;
                            changed.push(position);
                        }
                    }
                }
                if patch.allow_name_change || patch.allow_kind_change {
                    changed.iter().try_for_each(|&position| check_collision(resmap, position, patch, &deleted))?;
                }
            }
        }
        Body::Json(operations) => {
            let positions = patch.target.as_ref().map(|selector| select(selector, resmap, report));
            let positions = positions.unwrap_or_default();
            for &position in &positions {
                touched.resources += 1;
                touched.fields += apply_operations(resmap, position, patch, operations, limits)?;
            }
            positions.iter().try_for_each(|&position| check_collision(resmap, position, patch, &deleted))?;
        }
    }
    if touched.resources > 0 && touched.fields == 0 && deleted.is_empty() {
        report.push(suspicious::without_effect(patch));
    }
    resmap.remove(&deleted.into_iter().collect::<Vec<_>>());
    Ok(touched)
}

fn select(selector: &Selector, resmap: &ResMap, report: &mut Report) -> Vec<usize> {
    let positions = selector.select(resmap);
    if positions.is_empty() {
        report.push(selector.unmatched(resmap));
    }
    positions
}

/// Finds the one resource that a strategic merge patch without target is for, by any identity.
fn only_target(document: &StrategicPatch, resmap: &ResMap, deleted: &BTreeSet<usize>) -> Result<usize> {
    let mut found = resmap.find_any(&document.id);
    found.retain(|position| !deleted.contains(position));
    match found.as_slice() {
        [position] => Ok(*position),
        [] => Err(target::no_target(&document.id, document.place, resmap)),
        several => Err(target::many_targets(&document.id, document.place, resmap, several)),
    }
}

/// Merges a patch into a resource and restores what it must not change (upstream `Resource.ApplySmPatch`).
fn merge_into(
    resmap: &mut ResMap,
    position: usize,
    patch: &LoadedPatch,
    document: &StrategicPatch,
    report: &mut Report,
    limits: &Limits,
) -> Result<Outcome> {
    let stamp = Stamp { by: patch.by, place: document.place.or(Some(patch.place)) };
    let in_force = resmap.in_force().cloned();
    let in_force = in_force.as_deref();
    let custom_lists = resmap.custom_lists().cloned();
    let custom_lists = custom_lists.as_deref();
    let resource = resmap.get_mut(position);
    if resource.tree.len() + document.tree.len() > limits.resource_nodes_max {
        let message = format!("{} grows beyond {} nodes", resource.short_name(), limits.resource_nodes_max);
        return Err(Diagnostic::error(Code::LimitExceeded, message)
            .at(stamp.place, "this patch")
            .help("split the object into several"));
    }
    let before = resource.id.clone();
    let changes_identity = patch.allow_name_change || patch.allow_kind_change;
    if changes_identity {
        resource.push_previous_id();
    }
    if document.touches_marks {
        marks::write(resource, &stamp);
    }
    let Gvk { version, kind, .. } = &before.gvk;
    let patch_gvk = before.gvk.with_kind(&document.id.gvk.kind);
    let known = custom_lists.and_then(|custom_lists| custom_lists.of_type(&before.gvk));
    let custom_lists = custom_lists.filter(|custom_lists| custom_lists.is_merging());
    let schema = match kind.is_empty() || version.is_empty() {
        true => None,
        false => in_force::of_type(in_force, &before.gvk)
            .or_else(|| in_force::of_type(in_force, &patch_gvk))
            .or(known.filter(|_| custom_lists.is_some())),
    };
    if let Some(warning) = suspicious::pod_for_workload(patch, document, resource) {
        report.push(warning);
    }
    let lists = suspicious::replaced_lists(resource, &document.tree, known, custom_lists.is_some());
    let styles = identity_fields(&resource.tree).map(|field| field.map(|node| resource.tree.style(node)));
    let merged = strategic_merge::merge(resource.tree_mut(), &document.tree, schema, in_force, custom_lists, &stamp);
    let outcome = merged.map_err(|error| error.note(format!("the patch is applied to `{}`", resource.short_name())))?;
    let is_gone = outcome == Outcome::Deleted || resource.tree.has_no_children(resource.root());
    if is_gone {
        return Ok(Outcome::Deleted);
    }
    if !suspicious::dropped_items(resource, &lists, custom_lists.is_some(), patch, report) {
        suspicious::kept_directives(resource, patch, &document.tree, report);
        suspicious::containers(resource, known, patch, report);
    }
    if document.touches_marks {
        marks::read_back(resource, false);
    }
    let stated = [true, document.states_name, document.states_namespace];
    for ((node, style), stated) in identity_fields(&resource.tree).into_iter().zip(styles).zip(stated) {
        // Where the patch states what it is for, the reference merges that as well, so that the style stays.
        if let (Some(node), Some(style), true) = (node, style, stated) {
            let tag = resource.tree.tag(node);
            resource.tree_mut().set_style_and_tag(node, style, tag);
        }
    }
    if document.is_rewritten && before.gvk.group.is_empty() && before.gvk.version.is_empty() {
        write_no_version(resource, document, &stamp);
    }
    restore_identity(resource, &before, patch, &stamp);
    if !document.touches_marks {
        resource.allow_name_change |= patch.allow_name_change;
        resource.allow_kind_change |= patch.allow_kind_change;
    }
    if changes_identity || document.touches_marks {
        resource.refresh_id();
        manifest::validate(resource).map_err(|error| error.at(document.place, "this patch leaves it so"))?;
        resmap.reindex(position);
    }
    Ok(outcome)
}

/// Gives an object without version an empty one, which is printed as null.
///
/// `Resource.SetGvk` writes the object's version into the patch even if it has none. A directive `replace` at the root
/// leaves the object as it is.
fn write_no_version(resource: &mut Resource, document: &StrategicPatch, stamp: &Stamp) {
    let root = resource.root();
    let is_merged = document.tree.text_at(&[strategic_merge::DIRECTIVE]) != Some("replace");
    if is_merged && resource.tree.get(root, "apiVersion").is_none() {
        set_text(resource.tree_mut(), root, "apiVersion", "", stamp);
    }
}

/// Puts back kind, name and namespace where the patch changed them and may not.
fn restore_identity(resource: &mut Resource, before: &ResId, patch: &LoadedPatch, stamp: &Stamp) {
    let text = |path: &[&str]| resource.tree.text_at(path).unwrap_or("").to_owned();
    let (kind, name, namespace) = (text(&["kind"]), text(&["metadata", "name"]), text(&["metadata", "namespace"]));
    let has_namespace = resource.tree.get_path(resource.root(), &["metadata", "namespace"]).is_some();
    let root = resource.root();
    if !patch.allow_kind_change && *kind != *before.gvk.kind {
        set_text(resource.tree_mut(), root, "kind", &before.gvk.kind, stamp);
    }
    if !patch.allow_name_change && *name != *before.name {
        let tree = resource.tree_mut();
        let metadata = string_map::mapping_under(tree, root, "metadata", stamp);
        set_text(tree, metadata, "name", &before.name, stamp);
    }
    if before.namespace.is_empty() && has_namespace {
        let tree = resource.tree_mut();
        let metadata = string_map::mapping_under(tree, root, "metadata", stamp);
        tree.remove_entry(metadata, "namespace");
    } else if *namespace != *before.namespace {
        let tree = resource.tree_mut();
        let metadata = string_map::mapping_under(tree, root, "metadata", stamp);
        set_text(tree, metadata, "namespace", &before.namespace, stamp);
    }
    // The reference writes all three anew, changed or not, and without a tag: what is written there later has the type
    // that it looks like.
    let rewritten = [!patch.allow_kind_change, !patch.allow_name_change, true];
    for (node, _) in identity_fields(&resource.tree).into_iter().zip(rewritten).filter(|(_, rewritten)| *rewritten) {
        if let Some(node) = node.filter(|&node| resource.tree.style(node) == Style::Plain) {
            resource.tree_mut().forget_tag(node);
        }
    }
}

/// Returns kind, name and namespace of an object, where they are scalars.
fn identity_fields(tree: &Tree) -> [Option<NodeId>; 3] {
    [["kind"].as_slice(), &["metadata", "name"], &["metadata", "namespace"]]
        .map(|path| tree.get_path(tree.root(), path).filter(|&node| tree.is_scalar(node)))
}

fn set_text(tree: &mut Tree, map: NodeId, key: &str, text: &str, stamp: &Stamp) {
    match tree.get(map, key).filter(|&node| tree.is_scalar(node)) {
        Some(node) => tree.set_text(node, text, Tag::Implied, stamp),
        None => {
            let value = tree.new_scalar(text, Style::Plain, Tag::Implied, stamp);
            tree.set_entry(map, key, value, stamp);
        }
    }
}

/// Finds out whether a resource that a patch gave another identity has one that exists.
///
/// The reference finds out when it appends the resources to another set, at the latest at the end of a build.
fn check_collision(resmap: &ResMap, position: usize, patch: &LoadedPatch, deleted: &BTreeSet<usize>) -> Result<()> {
    let id = &resmap.get(position).id;
    let is_other = |other: &usize| *other != position && !deleted.contains(other) && resmap.get(*other).id.is_same(id);
    let Some(other) = resmap.find_any(id).into_iter().find(is_other) else { return Ok(()) };
    let (first, second) = (resmap.get(other.min(position)), resmap.get(other.max(position)));
    Err(Diagnostic::error(
        Code::DuplicateId,
        format!("this patch gives two objects the identity `{}`", first.short_name()),
    )
    .at(Some(patch.place), "")
    .at(target::name_place(first), "the first")
    .at(target::name_place(second), "the second")
    .help("give each a name of its own, or narrow `target` to one object"))
}

/// Applies a JSON patch to a resource, which takes a trip through JSON for it.
fn apply_operations(
    resmap: &mut ResMap,
    position: usize,
    patch: &LoadedPatch,
    operations: &JsonPatch,
    limits: &Limits,
) -> Result<u32> {
    let stamp = Stamp { by: patch.by, place: Some(patch.place) };
    let resource = resmap.get_mut(position);
    let name = format!("the patch is applied to `{}`", resource.short_name());
    let failed = |error: Box<Diagnostic>| error.note(name.clone());
    if patch.remembers_identity {
        resource.push_previous_id();
    }
    let sees_marks = operations.overlaps(&["metadata", "annotations"]);
    if sees_marks {
        marks::write(resource, &stamp);
    }
    let tree = resource.tree_mut();
    let root = tree.root();
    let mut is_checked = operations.moves_values();
    if is_checked {
        // A value can mean something else where it is put: an empty text in a flow collection is no null.
        json::normalise(tree, root).map_err(|error| failed(no_json(tree, patch.place, &error)))?;
    }
    // What JSON cannot express is refused even where the patch removes it.
    let check = |tree: &Tree| match std::mem::replace(&mut is_checked, true) {
        true => Ok(()),
        false => json::check(tree, tree.root()).map_err(|error| no_json(tree, patch.place, &error)),
    };
    let written = operations.apply(tree, limits, check).map_err(failed)?;
    let root = tree.root();
    let through_json = if operations.moves_values() { json::normalise_again } else { json::normalise };
    if let Err(error) = through_json(tree, root) {
        // Of several faults the first in the order of keys is the one that is named.
        let error = if is_checked { error } else { json::check(tree, root).err().unwrap_or(error) };
        return Err(failed(no_json(tree, patch.place, &error)));
    }
    tree.clear_unshown();
    tree.set_read_again(tree.get_path(tree.root(), &["metadata", "labels"]));
    check_annotations(tree, patch.place).map_err(failed)?;
    string_map::rewrite_annotations(tree, &stamp, |_| false);
    if sees_marks {
        marks::read_back(resource, true);
    }
    resource.refresh_id();
    manifest::validate(resource).map_err(|error| failed(error.at(Some(patch.place), "this patch leaves it so")))?;
    resmap.reindex(position);
    Ok(written)
}

fn no_json(tree: &Tree, place: Place, error: &EmitError) -> Box<Diagnostic> {
    let (what, label, help) = match error.kind {
        EmitErrorKind::DuplicateKey(_) => ("holds a key twice", "this key", "remove one of the two"),
        EmitErrorKind::InvalidKey => ("has a key that is no string", "this key", "write a text as the key, in quotes"),
        EmitErrorKind::InvalidValue(_) => (
            "holds a value that JSON cannot express",
            "this value",
            "write the value as a text in quotes, or correct it",
        ),
        EmitErrorKind::TooDeep => ("is nested too deep", "this", "nest the object less deeply"),
    };
    let diagnostic =
        Diagnostic::error(Code::PatchFailed, format!("a JSON patch cannot be applied to an object that {what}"))
            .at(Some(place), "")
            .at(tree.place(error.node), label)
            .help(help);
    match error.kind {
        EmitErrorKind::DuplicateKey(first) => diagnostic.at(tree.place(first), "stands here first"),
        _ => diagnostic,
    }
}

/// Refuses annotations that are a list of an odd number of items, on which the reference crashes.
fn check_annotations(tree: &Tree, place: Place) -> Result<()> {
    let node = tree.get_path(tree.root(), &["metadata", "annotations"]).filter(|&node| tree.is_sequence(node));
    match node.filter(|&list| tree.items(list).count() % 2 == 1) {
        None => Ok(()),
        Some(list) => {
            let message = "the patch makes `metadata.annotations` a list; it has to be a mapping";
            Err(Diagnostic::error(Code::PatchFailed, message)
                .at(tree.place(list).or(Some(place)), "a list")
                .help("write `key: value` without `- `"))
        }
    }
}

impl LoadedPatch {
    fn strategic(by: DirectiveId, place: Place, documents: Vec<StrategicPatch>) -> LoadedPatch {
        LoadedPatch {
            by,
            place,
            file: None,
            target: None,
            body: Body::Strategic(documents),
            allow_name_change: false,
            allow_kind_change: false,
            remembers_identity: false,
        }
    }
}

/// How the reference prepares a strategic merge patch before it merges it.
#[derive(Clone, Copy)]
struct Preparation {
    /// Labels and annotations are rewritten as strings, so that null is the text `null` and deletes nothing (upstream
    /// `CopyMergeMetaDataFieldsFrom`, for patches with a target and for `patchesStrategicMerge`).
    labels: bool,
    annotations: bool,
    keep_name: bool,
    keep_kind: bool,
}

impl StrategicPatch {
    fn new(resource: Arc<Resource>, preparation: Preparation, by: DirectiveId) -> StrategicPatch {
        let id = resource.id.clone();
        let mut tree = Tree::clone(&resource.tree);
        let root = tree.root();
        let place = tree.place(root);
        let stamp = Stamp { by, place };
        let states = |key: &str| tree.get_path(root, &["metadata", key]).is_some_and(|node| tree.is_scalar(node));
        let (states_name, states_namespace) = (states("name"), states("namespace"));
        let is_rewritten = preparation.labels;
        for path in [["kind"].as_slice(), &["metadata", "name"]] {
            let node = tree.get_path(root, path).filter(|&node| is_rewritten && tree.is_scalar(node));
            if let Some(node) = node {
                tree.forget_tag(node);
            }
        }
        tree.remove_entry(root, "apiVersion");
        if !preparation.keep_kind {
            tree.remove_entry(root, "kind");
        }
        if let Some(metadata) = tree.get(root, "metadata").filter(|&node| tree.is_mapping(node)) {
            if !preparation.keep_name {
                tree.remove_entry(metadata, "name");
            } else if let Some(name) = tree.get(metadata, "name").filter(|_| preparation.labels) {
                // Rewritten with labels and annotations.
                if tree.is_scalar(name) && tree.style(name) == Style::Plain {
                    tree.forget_tag(name);
                }
            }
            tree.remove_entry(metadata, "namespace");
            for (key, is_rewritten) in [("labels", preparation.labels), ("annotations", preparation.annotations)] {
                let Some(map) = tree.get(metadata, key).filter(|_| is_rewritten) else { continue };
                if tree.is_mapping(map) && !tree.has_no_children(map) {
                    string_map::stringify(&mut tree, map, &stamp);
                } else {
                    tree.remove_entry(metadata, key);
                }
            }
        }
        let name_place = target::name_place(&resource);
        let touches_marks = marks::are_touched_by(&tree, strategic_merge::DIRECTIVE);
        if touches_marks {
            // The options are marks themselves, which the patch may drop again.
            marks::write_options(&mut tree, preparation.keep_name, preparation.keep_kind, &stamp);
        }
        let place = name_place.or(place);
        StrategicPatch { tree, id, place, touches_marks, states_name, states_namespace, is_rewritten }
    }
}
