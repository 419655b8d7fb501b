//! What validators may do: nothing but add the label `validated-by`.
//!
//! The reference compares node by node, positions in files included (upstream `ErrorIfNotEqualSets`). A value that is
//! written anew is a change even where the text stays the same, unless a directive had written it before: that is why
//! validators run on resources that are watched ([`watch`]). For the same reason the label is fine only on objects without
//! labels of their own file, and an object that has it already passes no validator.

use super::builtin::Builtin;
use super::{Body, Plugin, exchange};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::marks;
use crate::ordered::BTreeMap;
use crate::programs::CAN_START;
use crate::provenance::{Stamp, Touched};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::source::Sources;
use crate::string_map::written_style;
use crate::yaml::emit;
use crate::yaml::resolve::effective_tag;
use crate::yaml::tree::{NodeId, Tree};
use std::sync::Arc;

const VALIDATED_BY: &str = "validated-by";

/// Lets writes to all objects show, and returns the objects as they are.
pub(crate) fn watch(resources: &mut ResMap) -> Vec<Arc<Resource>> {
    (0..resources.len())
        .map(|position| {
            resources.get_mut(position).tree_mut().set_watched(true);
            Arc::clone(resources.get(position))
        })
        .collect()
}

/// Ends watching.
pub(crate) fn unwatch(resources: &mut ResMap) {
    for position in 0..resources.len() {
        resources.get_mut(position).tree_mut().set_watched(false);
    }
}

/// Refuses changes that a validator made.
pub(crate) fn check(
    plugin: &Plugin,
    touched: &Touched,
    before: &[Arc<Resource>],
    after: &ResMap,
    sources: &Sources,
) -> Result<()> {
    let patches = match &plugin.body {
        Body::Builtin(builtin) => match &**builtin {
            Builtin::Patches(patches) => patches.as_slice(),
            _ => &[],
        },
        _ if !CAN_START => &[],
        Body::Function(_) | Body::Executable(_) => return check_program(plugin, before, after, sources),
    };
    for old in before {
        let new = after.find_current(&old.id).map(|position| after.get(position));
        let Some(new) = new.filter(|_| before.len() == after.len()) else { return Err(changed(plugin, old, None)) };
        let is_canonical = || patches.is_empty() || Arc::ptr_eq(old, new) || stands_as_printed(old);
        if !have_same_marks(old, new) || !is_canonical() {
            return Err(changed(plugin, old, None));
        }
        let labels = |resource: &Resource| resource.tree.get_path(resource.root(), &["metadata", "labels"]);
        let is_validated = |resource: &Resource| {
            labels(resource).is_some_and(|labels| resource.tree.get(labels, VALIDATED_BY).is_some())
        };
        if is_validated(old) {
            let error = changed(plugin, old, labels(old).and_then(|labels| old.tree.get(labels, VALIDATED_BY)));
            return Err(error.help("kustomize accepts no validator for an object that has this label already"));
        }
        let is_same = match is_validated(new) {
            false => Arc::ptr_eq(old, new) || is_same(&old.tree, old.root(), &new.tree, new.root(), &|_, _| false),
            true => {
                let is_rewritten = labels(old).is_none_or(|labels| is_as_rewritten(&old.tree, labels));
                let is_label = |tree: &Tree, key: NodeId| {
                    let has_none = labels(old).is_none();
                    tree.text(key) == VALIDATED_BY || (has_none && tree.text(key) == "labels" && is_alone(new, key))
                };
                is_rewritten && is_same(&old.tree, old.root(), &new.tree, new.root(), &is_label)
            }
        };
        if !is_same {
            return Err(changed(plugin, old, None));
        }
    }
    let is_merged = patches.iter().any(|patch| patch.is_strategic()) && touched.resources > 0;
    match before.first().filter(|_| is_merged) {
        // Merging writes the name and the kind again.
        Some(old) => Err(changed(plugin, old, None)),
        None => Ok(()),
    }
}

/// What a program answers is the same only if all nodes stand on the same lines as before: as the reference adds an
/// annotation above the name of each object that it hands to a program, they must come from another program.
fn check_program(plugin: &Plugin, before: &[Arc<Resource>], after: &ResMap, sources: &Sources) -> Result<()> {
    let changed = |resource: &Resource| {
        let error = changed(plugin, resource, None);
        Err(error.note(
            "to kustomize v5.8.2 what a program or function answers is a change even if nothing is changed, unless \
             the objects went through another program before",
        ))
    };
    let stamp = Stamp { by: plugin.by, place: Some(plugin.place) };
    for old in before {
        let new = after.find_current(&old.id).map(|position| after.get(position));
        let Some(new) = new.filter(|_| before.len() == after.len()) else { return changed(old) };
        let is_unchanged = have_same_marks(old, new)
            && annotations(&old.tree) == annotations(&new.tree)
            && is_same(&bare(old), old.root(), &bare(new), new.root(), &|_, _| false)
            && positions(old, sources, &stamp) == positions(new, sources, &stamp);
        if !is_unchanged {
            return changed(old);
        }
    }
    match after.iter().next().filter(|_| before.is_empty()) {
        Some(resource) => changed(resource),
        None => Ok(()),
    }
}

fn annotations(tree: &Tree) -> BTreeMap<&str, &str> {
    let entries = marks::annotations(tree).into_iter().flat_map(|annotations| tree.entries(annotations));
    entries.map(|(key, value)| (tree.text(key), tree.text(value))).collect()
}

/// Returns an object without its annotations, which are written anew when it comes back from a program.
fn bare(resource: &Resource) -> Tree {
    let mut tree = Tree::clone(&resource.tree);
    if let Some(metadata) = tree.get(tree.root(), "metadata").filter(|&metadata| tree.is_mapping(metadata)) {
        tree.remove_entry(metadata, "annotations");
    }
    tree
}

/// Returns lines and columns, from the start of the document, of all nodes that were read.
///
/// Items of a list that a function answers stand where they would stand in documents of their own: the reference prints
/// and reads those again.
fn positions(resource: &Arc<Resource>, sources: &Sources, stamp: &Stamp) -> Vec<(u32, u32)> {
    let tree = &bare(resource);
    let first_line = |tree: &Tree| {
        let place = tree.place(tree.root())?;
        let source = sources.get(place.source);
        let start = place.span.start;
        // Behind the separator of documents.
        let separator = source.text.get(..start as usize)?.rfind("\n---");
        let line = separator.map_or(0, |at| source.line_column(at as u32 + 1).line);
        (source.line_column(start).column == 1).then_some(line)
    };
    let mut found = Vec::new();
    let mut open = vec![(tree.root(), None)];
    match first_line(tree) {
        Some(first_line) => {
            while let Some((node, _)) = open.pop() {
                if let Some(place) = tree.place(node).filter(|_| is_read(tree, node)) {
                    let at = sources.get(place.source).line_column(place.span.start);
                    found.push((at.line.saturating_sub(first_line), at.column));
                }
                open.extend(tree.children(node).map(|child| (child, None)));
            }
        }
        None => {
            let Some((source, printed)) = exchange::reprinted(resource, stamp) else { return found };
            open = vec![(tree.root(), Some(printed.root()))];
            while let Some((node, twin)) = open.pop() {
                if let Some(place) = twin.and_then(|twin| printed.place(twin)).filter(|_| is_read(tree, node)) {
                    let at = source.line_column(place.span.start);
                    found.push((at.line, at.column));
                }
                if tree.is_mapping(node) {
                    for (key, value) in tree.entries(node) {
                        let twins = twin.and_then(|twin| printed.get_entry(twin, tree.text(key)));
                        open.push((key, twins.map(|(key, _)| key)));
                        open.push((value, twins.map(|(_, value)| value)));
                    }
                } else {
                    let mut twins = twin.into_iter().flat_map(|twin| printed.items(twin));
                    open.extend(tree.items(node).map(|item| (item, twins.next())));
                }
            }
        }
    }
    found
}

fn is_read(tree: &Tree, node: NodeId) -> bool {
    tree.origin_entry(tree.origin(node)).is_none()
}

/// Returns whether a key of `metadata` leads to labels that hold the one label only.
fn is_alone(new: &Resource, key: NodeId) -> bool {
    let tree = &new.tree;
    let Some(metadata) = tree.get(tree.root(), "metadata") else { return false };
    let entry = tree.get_entry(metadata, "labels").filter(|&(found, _)| found == key);
    entry.is_some_and(|(_, labels)| tree.entries(labels).all(|(key, _)| tree.text(key) == VALIDATED_BY))
}

fn have_same_marks(old: &Resource, new: &Resource) -> bool {
    old.previous == new.previous
        && old.prefixes == new.prefixes
        && old.suffixes == new.suffixes
        && old.needs_hash == new.needs_hash
        && old.behavior == new.behavior
        && old.tree.n_latent_writes() == new.tree.n_latent_writes()
}

/// Compares nodes of two trees; keys of the second for which `is_passed_over` holds do not count.
fn is_same(
    old: &Tree,
    old_node: NodeId,
    new: &Tree,
    new_node: NodeId,
    is_passed_over: &dyn Fn(&Tree, NodeId) -> bool,
) -> bool {
    let is_same_scalar = old.text(old_node) == new.text(new_node)
        && old.style(old_node) == new.style(new_node)
        && effective_tag(old, old_node) == effective_tag(new, new_node);
    if old.kind(old_node) != new.kind(new_node)
        || is_read(old, old_node) != is_read(new, new_node)
        || (old.is_scalar(old_node) && !is_same_scalar)
    {
        return false;
    }
    if old.is_mapping(old_node) {
        let mut old_entries = old.entries(old_node);
        let new_entries = new.entries(new_node).filter(|&(key, _)| !is_passed_over(new, key));
        let is_each_same = new_entries.into_iter().all(|(new_key, new_value)| {
            old_entries.next().is_some_and(|(old_key, old_value)| {
                old.text(old_key) == new.text(new_key) && is_same(old, old_value, new, new_value, is_passed_over)
            })
        });
        return is_each_same && old_entries.next().is_none();
    }
    let (mut old_items, mut new_items) = (old.items(old_node), new.items(new_node));
    loop {
        match (old_items.next(), new_items.next()) {
            (None, None) => return true,
            (Some(old_item), Some(new_item)) if is_same(old, old_item, new, new_item, is_passed_over) => {}
            _ => return false,
        }
    }
}

/// Returns whether labels are as the reference writes them when it takes one out: made by a directive, sorted, in the style
/// of strings.
fn is_as_rewritten(tree: &Tree, labels: NodeId) -> bool {
    let is_written = |node: NodeId| tree.origin_entry(tree.origin(node)).is_some();
    let keys: Vec<&str> = tree.entries(labels).map(|(key, _)| tree.text(key)).collect();
    !keys.is_empty()
        && keys.is_sorted()
        && is_written(labels)
        && !tree.is_read_again(labels)
        && tree.entries(labels).all(|(key, value)| {
            is_written(key) && is_written(value) && tree.style(value) == written_style(tree.text(value))
        })
}

/// Returns whether an object stands in its file exactly as it is printed: a JSON patch, which prints and reads it, then
/// moves nothing.
fn stands_as_printed(resource: &Resource) -> bool {
    let tree = &resource.tree;
    let (Some(file), Some(place)) = (tree.file(), tree.place(tree.root())) else { return false };
    let mut printed = String::new();
    if emit::emit(tree, tree.root(), &mut printed).is_err() {
        return false;
    }
    let (before, after) = file.source.text.split_at_checked(place.span.start as usize).unwrap_or_default();
    let begins = before.is_empty() || before.ends_with("\n---\n");
    let ends = |rest: &str| rest.is_empty() || rest.starts_with("---");
    begins && (after.strip_prefix(printed.as_str()).is_some_and(ends) || after == printed.trim_end())
}

fn changed(plugin: &Plugin, resource: &Resource, node: Option<NodeId>) -> Box<Diagnostic> {
    let kind = &plugin.config.id.gvk.kind;
    let message = format!("the validator `{kind}` changes `{}`", resource.short_name());
    Diagnostic::error(Code::ValidatorChanged, message)
        .at(Some(plugin.place), "listed under `validators`")
        .at(node.and_then(|node| resource.tree.place(node)), "this label")
        .help("a validator may add the label `validated-by` to objects without labels, and write nothing else")
        .help("list it under `transformers` if it is to change objects")
}
