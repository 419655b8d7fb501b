//! What is suspicious about a patch that can be applied: it changes nothing, it drops items of a list that an author may
//! have meant to merge, it adds a container that cannot run. None of this changes what is built.

use super::strategic_merge::DIRECTIVE;
use super::{Body, LoadedPatch, StrategicPatch};
use crate::diagnostic::{Code, Diagnostic, Report, nearest};
use crate::resource::Resource;
use crate::schema::merge_keys::Schema;
use crate::schema::{custom_lists, groups};
use crate::source::Place;
use crate::yaml::resolve::is_null;
use crate::yaml::tree::{NodeId, Tree};
use rustc_hash::FxHashSet;

/// Names in a message; nobody reads more.
const NAMES_MAX: usize = 5;

/// What to do with a Pod that is to change the pods of a workload.
pub(super) const FOR_PODS: &str =
    "pods are made by workloads: patch the Deployment (or StatefulSet, …), with these fields below `spec.template`";

/// Returns whether an object makes pods of a template.
pub(super) fn makes_pods(resource: &Resource) -> bool {
    let tree = &resource.tree;
    let gvk = &resource.id.gvk;
    let is_workload = matches!(&*gvk.group, "apps" | "batch" | "argoproj.io" | "apps.kruise.io");
    is_workload && tree.get_path(tree.root(), &["spec", "template", "spec"]).is_some()
}

/// A patch that says it is for a Pod and is applied to what makes pods: its fields are one level too high.
pub(super) fn pod_for_workload(
    patch: &LoadedPatch,
    document: &StrategicPatch,
    resource: &Resource,
) -> Option<Box<Diagnostic>> {
    let tree = &document.tree;
    let spec = tree.get(tree.root(), "spec").filter(|&spec| tree.is_mapping(spec))?;
    // The kind of a patch with a target says nothing by itself, and may be any.
    let is_of_pod = *document.id.gvk.kind == *"Pod" && tree.get(spec, "template").is_none();
    if patch.target.is_none() || !is_of_pod || !makes_pods(resource) {
        return None;
    }
    let message = format!("this patch is for a pod, but `{}` only makes pods", resource.short_name());
    let warning = Diagnostic::warning(Code::PatchOfPod, message).at(tree.place(spec), "fields of a pod");
    Some(warning.at(Some(patch.place), "").help(FOR_PODS))
}

/// A patch that leaves everything as it is.
pub(super) fn without_effect(patch: &LoadedPatch) -> Box<Diagnostic> {
    let first = match &patch.body {
        Body::Strategic(documents) => documents.first().and_then(|document| document.place),
        Body::Json(_) => None,
    };
    let warning = Diagnostic::warning(Code::PatchWithoutEffect, "this patch changes nothing");
    let warning = warning.at(Some(patch.place), "").at(first.filter(|_| patch.file.is_some()), "");
    warning.help("what it sets is there already: remove it, or look for a misspelled field or value")
}

/// A list of a custom resource that a patch may replace: such lists have no merge keys, unless somebody says so.
pub(super) struct Replaced<'p, 's> {
    path: Vec<&'p str>,
    /// What is known of the list, if it could be merged.
    known: Option<Schema<'s>>,
    /// The items that the patch does not name.
    names: Vec<String>,
    /// Fields of an item that the patch names, which the patch does not have.
    fields: Vec<(String, Vec<String>)>,
    /// The list of the patch.
    patch: Option<Place>,
    /// The list of the object.
    object: Option<Place>,
}

/// Finds the lists of which a patch names some items, but not all.
///
/// Where lists are merged, items without a key count as well: nobody expects them to go.
pub(super) fn replaced_lists<'p, 's>(
    resource: &Resource,
    patch: &'p Tree,
    known: Option<Schema<'s>>,
    is_merging: bool,
) -> Vec<Replaced<'p, 's>> {
    let mut comparison = Comparison { tree: &resource.tree, patch, is_merging, path: Vec::new(), found: Vec::new() };
    if groups::is_custom(&resource.id.gvk.group) {
        comparison.compare(resource.root(), patch.root(), known);
    }
    comparison.found
}

struct Comparison<'t, 'p, 's> {
    tree: &'t Tree,
    patch: &'p Tree,
    is_merging: bool,
    path: Vec<&'p str>,
    found: Vec<Replaced<'p, 's>>,
}

impl<'s> Comparison<'_, '_, 's> {
    fn compare(&mut self, object: NodeId, node: NodeId, known: Option<Schema<'s>>) {
        let (tree, patch) = (self.tree, self.patch);
        if tree.is_mapping(object) && patch.is_mapping(node) {
            if patch.get(node, DIRECTIVE).is_some() {
                // Who replaces or deletes means it.
                return;
            }
            for (key, value) in patch.entries(node) {
                if let Some(old) = tree.get(object, patch.text(key)) {
                    self.path.push(patch.text(key));
                    self.compare(old, value, known.and_then(|known| known.field(patch.text(key))));
                    self.path.pop();
                }
            }
        } else if tree.is_sequence(object) && patch.is_sequence(node) {
            let known = known.filter(|known| known.merge_keys().is_some());
            let is_directive = |item| {
                patch.is_mapping(item) && patch.get(item, DIRECTIVE).is_some() && patch.entries(item).nth(1).is_none()
            };
            if self.is_merging && known.is_some() && patch.items(node).any(is_directive) {
                return;
            }
            let kept: FxHashSet<String> = patch.items(node).filter_map(|item| called(patch, item, known)).collect();
            let names = tree.items(object).map(|item| called(tree, item, known));
            let items: Vec<String> = match self.is_merging && known.is_some() {
                true => names.enumerate().map(|(at, name)| name.unwrap_or_else(|| format!("item {at}"))).collect(),
                false => names.flatten().collect(),
            };
            let names: Vec<String> = items.iter().filter(|name| !kept.contains(*name)).cloned().collect();
            // Without a common item, and without names, the patch may well mean the whole list.
            if names.len() < items.len() {
                let fields = match known {
                    Some(known) => self.lost_fields(object, node, known),
                    None => Vec::new(),
                };
                let (patch, object) = (patch.place(node), tree.place(object));
                self.found.push(Replaced { path: self.path.clone(), known, names, fields, patch, object });
            }
        }
    }
}

impl Comparison<'_, '_, '_> {
    /// Returns which fields the items of an object's list have that the items of the patch with the same keys do not.
    fn lost_fields(&self, list: NodeId, patched: NodeId, known: Schema<'_>) -> Vec<(String, Vec<String>)> {
        let (tree, patch) = (self.tree, self.patch);
        let mut found = Vec::new();
        for item in tree.items(list).filter(|&item| tree.is_mapping(item)) {
            let Some(name) = called(tree, item, Some(known)) else { continue };
            let has_name = |&item: &NodeId| called(patch, item, Some(known)).is_some_and(|other| other == name);
            let Some(other) = patch.items(patched).find(has_name).filter(|&other| patch.is_mapping(other)) else {
                continue;
            };
            if patch.get(other, DIRECTIVE).is_some() {
                continue;
            }
            let is_lost = |key: &NodeId| patch.get(other, tree.text(*key)).is_none();
            let keys = tree.entries(item).map(|(key, _)| key).filter(is_lost);
            let fields: Vec<String> = keys.map(|key| tree.text(key).to_owned()).collect();
            if !fields.is_empty() {
                found.push((name, fields));
            }
        }
        found
    }
}

/// Returns the fields that are gone from the first item that lost any.
fn fields_gone<'l>(tree: &Tree, list: NodeId, replaced: &'l Replaced<'_, '_>) -> Option<(&'l str, Vec<&'l str>)> {
    replaced.fields.iter().find_map(|(name, fields)| {
        let has_name = |&item: &NodeId| called(tree, item, replaced.known).is_some_and(|other| other == *name);
        let item = tree.items(list).find(has_name)?;
        let gone: Vec<&str> =
            fields.iter().map(String::as_str).filter(|field| tree.get(item, field).is_none()).collect();
        (!gone.is_empty()).then_some((name.as_str(), gone))
    })
}

fn quoted<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut names = names.peekable();
    let shown: Vec<String> = names.by_ref().take(NAMES_MAX).map(|name| format!("`{name}`")).collect();
    match names.count() {
        0 => shown.join(", "),
        n_more => format!("{} and {n_more} more", shown.join(", ")),
    }
}

/// Warns of the lists of which items are gone now, and returns whether there are any.
pub(super) fn dropped_items(
    resource: &Resource,
    lists: &[Replaced<'_, '_>],
    is_merging: bool,
    by: &LoadedPatch,
    report: &mut Report,
) -> bool {
    let tree = &resource.tree;
    let mut is_any = false;
    for list in lists {
        let Some(now) = tree.get_path(resource.root(), &list.path) else { continue };
        let left: FxHashSet<String> = tree.items(now).filter_map(|item| called(tree, item, list.known)).collect();
        let gone: Vec<&str> = list.names.iter().map(String::as_str).filter(|name| !left.contains(*name)).collect();
        let what = match fields_gone(tree, now, list) {
            _ if !gone.is_empty() => quoted(gone.into_iter()),
            Some((item, fields)) => format!("{} of `{item}`", quoted(fields.into_iter())),
            None => continue,
        };
        let (path, object) = (list.path.join("."), resource.short_name());
        let message = format!("this patch drops {what} from `{path}` of `{object}`");
        let warning = Diagnostic::warning(Code::ListItemsDropped, message)
            .at(list.patch, "this list replaces the other")
            .at(list.object, "the list of the object");
        let keys = list.known.and_then(Schema::merge_keys).map(|keys| match keys.is_empty() {
            true => "its values".to_owned(),
            false => keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", "),
        });
        let warning = match (keys, is_merging) {
            (Some(keys), true) => warning
                .note(format!("this list is merged by {keys} where every item has that, and no two the same"))
                .help(format!("give each item its own {keys}, or repeat the items that are to stay")),
            (Some(keys), false) => warning
                .note("kustomize knows no merge keys of custom resources, so that their lists are replaced as a whole")
                .help(format!(
                    "to merge this list by {keys}, use `--merge-custom-lists` or annotate the kustomization (`{}: {}`)",
                    custom_lists::ANNOTATION,
                    custom_lists::MERGE
                )),
            (None, _) => warning
                .note("lists of custom resources have no merge keys, so that they are replaced as a whole")
                .help("repeat the items that are to stay, or use a JSON patch"),
        };
        report.push(reached(warning, by));
        is_any = true;
    }
    is_any
}

/// Looks for directives that the merge left in the object: in lists that are replaced, or such as only kubectl knows.
pub(super) fn kept_directives(resource: &Resource, patch: &LoadedPatch, document: &Tree, report: &mut Report) {
    if !has_directive(document, document.root()) {
        return;
    }
    let tree = &resource.tree;
    let mut kept = Vec::new();
    find_directives(tree, tree.root(), &mut Vec::new(), &mut kept);
    for (key, path) in kept {
        if tree.origin_entry(tree.origin(key)).is_none_or(|entry| entry.by != patch.by) {
            continue;
        }
        let directive = tree.text(key);
        let message = format!("`{directive}` stays in `{path}` of `{}` as a field", resource.short_name());
        let warning = Diagnostic::warning(Code::PatchDirectiveKept, message).at(tree.place(key), "not carried out");
        let warning = match directive == DIRECTIVE {
            true => {
                let warning =
                    warning.note("this list has no merge keys: it is replaced by the one in the patch, as it stands");
                match groups::is_custom(&resource.id.gvk.group) {
                    true => warning.help(
                        "`--merge-custom-lists` merges lists of custom resources whose keys are known; else use a JSON patch",
                    ),
                    false => warning.help("use a JSON patch, or write the list as it should be"),
                }
            }
            false => warning.help("only kubectl knows this directive: remove it, or use a JSON patch"),
        };
        report.push(reached(warning, patch));
        // One tells of the others.
        return;
    }
}

/// Returns whether a key is a directive of strategic merge patches, of those that kubectl knows.
fn is_directive(key: &str) -> bool {
    key.strip_prefix('$').is_some_and(|rest| {
        matches!(rest, "patch" | "retainKeys")
            || rest.starts_with("setElementOrder/")
            || rest.starts_with("deleteFromPrimitiveList/")
    })
}

fn has_directive(tree: &Tree, node: NodeId) -> bool {
    match tree.is_mapping(node) {
        true => tree.entries(node).any(|(key, value)| is_directive(tree.text(key)) || has_directive(tree, value)),
        false => tree.is_sequence(node) && tree.items(node).any(|item| has_directive(tree, item)),
    }
}

fn find_directives<'t>(tree: &'t Tree, node: NodeId, path: &mut Vec<&'t str>, found: &mut Vec<(NodeId, String)>) {
    if tree.is_sequence(node) {
        tree.items(node).for_each(|item| find_directives(tree, item, path, found));
    } else if tree.is_mapping(node) {
        for (key, value) in tree.entries(node) {
            if is_directive(tree.text(key)) {
                found.push((key, if path.is_empty() { "the object".to_owned() } else { path.join(".") }));
            }
            path.push(tree.text(key));
            find_directives(tree, value, path, found);
            path.pop();
        }
    }
}

/// Returns what tells an item apart: what is known of its list, else a name.
fn called(tree: &Tree, item: NodeId, known: Option<Schema<'_>>) -> Option<String> {
    let Some(known) = known else { return name(tree, item).map(str::to_owned) };
    if known.identity().is_some() {
        return custom_lists::identity_of(tree, item, known).map(|values| values.join("/"));
    }
    let keys = known.merge_keys()?;
    if keys.is_empty() {
        return tree.is_scalar(item).then(|| tree.text(item).to_owned());
    }
    let text = |key: &&str| tree.get(item, key).filter(|&node| tree.is_scalar(node)).map(|node| tree.text(node));
    let values: Vec<&str> = keys.iter().filter_map(text).collect();
    (tree.is_mapping(item) && !values.is_empty()).then(|| values.join("/"))
}

/// Returns what an item is called.
fn name(tree: &Tree, item: NodeId) -> Option<&str> {
    let name = tree.get(item, "name").filter(|&name| tree.is_mapping(item) && tree.is_scalar(name))?;
    (!is_null(tree, name)).then(|| tree.text(name))
}

/// Where containers stand in objects that have them.
const PODS: [&[&str]; 4] = [
    &["spec", "template", "spec"],
    &["spec"],
    &["spec", "jobTemplate", "spec", "template", "spec"],
    &["template", "spec"],
];

/// Where the containers of a custom resource stand whose pods are those of Kubernetes.
const POD: [&str; 4] = ["spec", "template", "spec", "containers"];

/// Looks for containers that a patch added without an image.
pub(super) fn containers(resource: &Resource, known: Option<Schema<'_>>, patch: &LoadedPatch, report: &mut Report) {
    let has_pods = |known: Schema<'_>| POD.iter().try_fold(known, |known, field| known.field(field)).is_some();
    if groups::is_custom(&resource.id.gvk.group) && !known.is_some_and(has_pods) {
        return;
    }
    let tree = &resource.tree;
    for pod in PODS.iter().filter_map(|path| tree.get_path(tree.root(), path)) {
        for list in ["containers", "initContainers"].iter().filter_map(|key| tree.get(pod, key)) {
            let is_new =
                |item: &NodeId| tree.origin_entry(tree.origin(*item)).is_some_and(|entry| entry.by == patch.by);
            let lacks = |item: &NodeId| {
                tree.is_mapping(*item) && tree.get(*item, "image").is_none() && tree.get(*item, DIRECTIVE).is_none()
            };
            for item in tree.items(list).filter(|item| is_new(item) && lacks(item)) {
                let others = tree.items(list).filter(|other| *other != item).filter_map(|other| name(tree, other));
                report.push(reached(imageless(resource, item, others), patch));
            }
        }
    }
}

fn imageless<'n>(resource: &'n Resource, item: NodeId, others: impl Iterator<Item = &'n str>) -> Box<Diagnostic> {
    let tree = &resource.tree;
    let object = resource.short_name();
    let called = name(tree, item);
    let what = called.map_or("a container without a name".to_owned(), |name| format!("a container `{name}`"));
    let place = called.and_then(|_| tree.place(tree.get(item, "name")?)).or_else(|| tree.place(item));
    let warning = Diagnostic::warning(
        Code::ContainerWithoutImage,
        format!("this patch adds {what} without an image to `{object}`"),
    )
    .at(place, "no container of the object is called so");
    let others: Vec<&str> = others.collect();
    let near = nearest(called.unwrap_or(""), others.iter().copied(), 1);
    match (near.first(), others.as_slice()) {
        (Some(near), _) => warning.help(format!("did you mean `{near}`?")),
        (None, []) => warning,
        (None, others) => {
            let names: Vec<String> = others.iter().take(NAMES_MAX).map(|name| format!("`{name}`")).collect();
            warning.help(format!("its containers are {}", names.join(", ")))
        }
    }
}

/// Names the kustomization's entry where the patch stands in another file.
fn reached(mut warning: Box<Diagnostic>, patch: &LoadedPatch) -> Box<Diagnostic> {
    let primary: Option<Place> = warning.labels.first().map(|label| label.place);
    let entry = patch.file.unwrap_or(patch.place);
    warning.chain.extend(Some(entry).filter(|entry| primary.is_some_and(|place| place.source != entry.source)));
    warning
}
