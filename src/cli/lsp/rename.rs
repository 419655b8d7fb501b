//! A new name for an object, wherever it is named: where it is declared, in patches and their targets, in fields that refer
//! to it, in `replacements`, `replicas`, `vars` and generators.
//!
//! What is to be written is found in the texts; whether it is right is found by building: every kustomization that uses the
//! declaration is built before and behind the change, and must be the same but for that name. What is unsure is refused.

use super::diagnostics::path_of;
use super::project::{Built, Spot, documents, vendored};
use super::server::Refusal;
use super::text::Lines;
use super::workspace::{Target, Workspace, is_kustomization};
use crate::diagnostic::{Diagnostic, Severity};
use crate::explain::{self, Object};
use crate::fs::{self, FileSystem, Overlaid};
use crate::resource::Resource;
use crate::source::{Place, Source, Span};
use crate::yaml::resolve;
use crate::yaml::tree::{NodeId, Tree};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Longer names are no names.
const NAME_BYTES_MAX: usize = 253;

/// Texts to write, by file and bytes.
type Edits = BTreeMap<String, BTreeMap<(u32, u32), String>>;

/// The object as it is declared.
struct Subject {
    kind: String,
    name: String,
    /// The file of the declaration.
    path: String,
    span: Span,
}

/// Returns the bytes of the name under the cursor, if it is one that can be changed.
pub(super) fn prepare(
    files: &dyn FileSystem,
    workspace: &mut Workspace,
    spot: &Spot,
) -> Result<(Span, String), Refusal> {
    let subject = subject(files, workspace, spot)?;
    let span = spot.span().ok_or_else(|| Refusal::failed("there is nothing here"))?;
    let content =
        content(&spot.source.text, span).ok_or_else(|| Refusal::failed("this text is not written plainly"))?;
    Ok((content, subject.name))
}

/// Returns the edits that give the object under the cursor another name.
pub(super) fn rename(
    files: &dyn FileSystem,
    workspace: &mut Workspace,
    spot: &Spot,
    new: &str,
) -> Result<Value, Refusal> {
    check_name(new)?;
    let subject = subject(files, workspace, spot)?;
    if subject.name == new {
        return Err(Refusal::failed("it is called so already"));
    }
    let targets = workspace.targets_of(files, &subject.path);
    if targets.len() >= super::workspace::TARGETS_MAX {
        return Err(Refusal::failed(format!(
            "more than {} kustomizations use `{}`; that many are not built for a change of name",
            super::workspace::TARGETS_MAX,
            fs::base_name(&subject.path)
        )));
    }
    let vendored = vendored(fs::parent(&subject.path));
    let mut builds = Vec::with_capacity(targets.len());
    for target in targets.iter().filter(|target| !target.is_loose) {
        let built = Built::new(files, workspace, vendored.as_ref(), target);
        builds.push(built.map_err(|errors| unbuilt(target, &errors, "does not build as it is"))?);
    }
    let mut edits = Edits::new();
    for built in &builds {
        collect(files, built, &subject, new, &mut edits)?;
    }
    if edits.is_empty() {
        return Err(Refusal::failed("no kustomization that can be built uses this object"));
    }
    let mut after = Overlaid::new(files);
    let mut changes = serde_json::Map::new();
    for (path, edits) in &edits {
        let session = crate::session::Session::new(files, "/");
        let text = super::workspace::text_of(&session, path);
        let text = text.ok_or_else(|| Refusal::failed(format!("`{path}` cannot be read")))?;
        let lines = Lines::new(&text);
        let mut written = text.to_string();
        let mut list = Vec::with_capacity(edits.len());
        for (&(start, end), new) in edits.iter().rev() {
            let span = start as usize..end as usize;
            if written.get(span.clone()).is_none() {
                return Err(Refusal::failed(format!("`{path}` changed meanwhile")));
            }
            list.push(json!({"range": lines.range(span.clone()), "newText": new}));
            written.replace_range(span, new);
        }
        list.reverse();
        after.set(path, written);
        changes.insert(workspace.uri(path), Value::Array(list));
    }
    for built in &builds {
        prove(built, &after, workspace, &subject, new)?;
    }
    Ok(json!({"changes": changes}))
}

/// Accepts what is a name to Kubernetes and a text to YAML.
fn check_name(new: &str) -> Result<(), Refusal> {
    let is_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let is_inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    let has_letter = new.contains(|c: char| c.is_ascii_lowercase());
    if is_end(new.chars().next())
        && is_end(new.chars().last())
        && new.chars().all(is_inner)
        && new.len() <= NAME_BYTES_MAX
    {
        if has_letter && resolve::is_yaml11_string(new) {
            return Ok(());
        }
        return Err(Refusal::failed(format!("`{new}` without quotes is no text")));
    }
    let rule = "lower-case letters, digits, `-` and `.`, with a letter or digit at both ends";
    Err(Refusal::failed(format!("`{new}` is no name of an object: {rule}")))
}

/// Finds the object that is meant: the one declared here, patched here, or referred to from here.
fn subject(files: &dyn FileSystem, workspace: &mut Workspace, spot: &Spot) -> Result<Subject, Refusal> {
    let none = || Refusal::failed("the name of an object can be changed, and there is none here");
    spot.text().ok_or_else(none)?;
    let vendored = vendored(fs::parent(&spot.path));
    let mut fault = None;
    for target in workspace.targets_of(files, &spot.path) {
        let built = match Built::new(files, workspace, vendored.as_ref(), &target) {
            Ok(built) => built,
            Err(errors) => {
                fault = fault.or(Some(unbuilt(&target, &errors, "does not build as it is")));
                continue;
            }
        };
        let mut found: Vec<Object<'_>> = Vec::new();
        let is_here = |place| spot.is_at(&built.session, place);
        for object in explain::objects(&built.build) {
            if built.declaration(&object).is_some_and(is_here) {
                found.push(object);
            }
        }
        if found.is_empty() {
            let links = explain::links(&built.build).into_iter();
            let here =
                |link: &explain::Link<'_>| link.from.writes().into_iter().filter_map(|write| write.1).any(is_here);
            found.extend(links.filter(here).map(|link| link.to));
        }
        if found.is_empty() && !is_kustomization(&spot.path) && spot.is_name() {
            found.extend(spot.identity().map(|(kind, name)| built.named(Some(kind), name)).unwrap_or_default());
        }
        if found.is_empty() && is_kustomization(&spot.path) && names_object(spot) {
            found.extend(explain::touched_by(&built.build, &|by| spot.is_entry(&built.session, by)));
            found.retain(|object| Some(&*object.resource.original_id().name) == spot.text());
        }
        let declared: BTreeSet<Option<Place>> = found.iter().map(|object| built.declaration(object)).collect();
        if declared.len() > 1 {
            return Err(Refusal::failed("this is the name of several objects"));
        }
        let Some(object) = found.first() else { continue };
        let id = object.resource.original_id();
        let place = built.declaration(object).map(|place| built.session.sources.outermost(place)).ok_or_else(none)?;
        let path = path_of(&built.session, built.session.sources.get(place.source));
        let path = path.ok_or_else(|| Refusal::failed("the object is declared in a file that was fetched"))?;
        return Ok(Subject { kind: id.gvk.kind.to_string(), name: id.name.to_string(), path, span: place.span });
    }
    Err(fault.unwrap_or_else(none))
}

/// Returns whether a value of a kustomization is the name of an object.
fn names_object(spot: &Spot) -> bool {
    matches!(spot.field.last(), Some(explain::Element::Key(key)) if key == "name")
        && !matches!(spot.field.first(), Some(explain::Element::Key(key)) if key == "images" || key == "vars")
}

/// Finds everything that is to be written, as one build knows it.
fn collect(
    files: &dyn FileSystem,
    built: &Built<'_>,
    subject: &Subject,
    new: &str,
    edits: &mut Edits,
) -> Result<(), Refusal> {
    let sources = &built.session.sources;
    let is_subject = |object: &Object<'_>| is_declared_at(built, object, subject);
    let objects: Vec<Object<'_>> = explain::objects(&built.build).into_iter().filter(is_subject).collect();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    known.insert(subject.name.clone(), new.to_owned());
    for id in objects.iter().flat_map(|object| object.resource.previous_ids()) {
        // A name on the way, with what was put before and behind it so far.
        if id.name.matches(&subject.name).count() == 1 {
            known.insert(id.name.to_string(), id.name.replace(&subject.name, new));
        }
    }
    let mut add = |place: Place| -> bool {
        let place = sources.outermost(place);
        let source = sources.get(place.source);
        let Some(path) = path_of(&built.session, source) else { return false };
        let Some(span) = content(&source.text, place.span) else { return false };
        let old = source.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let Some(new) = known.get(old) else { return false };
        edits.entry(path).or_default().insert((span.start, span.end), new.clone());
        true
    };
    for object in &objects {
        if !built.declaration(object).is_some_and(&mut add) {
            return Err(Refusal::failed(format!(
                "the name of `{}` is not written plainly",
                object.resource.short_name()
            )));
        }
    }
    for link in explain::links(&built.build).into_iter().filter(|link| is_subject(&link.to)) {
        let places = link.from.writes().into_iter().filter_map(|write| write.1);
        // Every place where the reference stood so; at least one of them is the text of a file.
        if places.map(&mut add).filter(|&is_added| is_added).count() == 0 {
            return Err(Refusal::failed(format!(
                "`{}` of `{}` refers to the object, and where it does is not plain",
                explain::show_path(&link.from.path),
                link.from.object.resource.short_name()
            )));
        }
    }
    let patches = patch_files(files, built);
    for source in sources.iter() {
        let outer = sources.outermost(Place { source: source.id, span: Span::default() });
        let Some(path) = path_of(&built.session, sources.get(outer.source)) else { continue };
        let is_patch = source.embedded.is_some() || patches.contains(&path);
        for tree in documents(&path_if_outer(&path, source), source) {
            for node in named_in(&path, source, &tree, is_patch, subject, &known) {
                let place = tree.place(node).map(|place| Place { source: source.id, span: place.span });
                place.map(&mut add);
            }
        }
    }
    Ok(())
}

/// A text inside a kustomization file is no kustomization file.
fn path_if_outer(path: &str, source: &Source) -> String {
    if source.embedded.is_some() { "patch.yaml".to_owned() } else { path.to_owned() }
}

/// Returns the scalars of a document that name the object by convention.
fn named_in(
    path: &str,
    source: &Source,
    tree: &Tree,
    is_patch: bool,
    subject: &Subject,
    known: &BTreeMap<String, String>,
) -> Vec<NodeId> {
    let root = tree.root();
    let is_known = |node: &NodeId| tree.is_scalar(*node) && known.contains_key(tree.text(*node));
    let text =
        |map: NodeId, key: &str| tree.get(map, key).filter(|&node| tree.is_scalar(node)).map(|node| tree.text(node));
    if source.embedded.is_some() || !is_kustomization(path) {
        let is_of_kind = text(root, "kind") == Some(&subject.kind);
        let name = tree.get_path(root, &["metadata", "name"]).filter(|_| is_patch && is_of_kind);
        return name.filter(is_known).into_iter().collect();
    }
    let list =
        |map: NodeId, key: &str| tree.get(map, key).into_iter().flat_map(|list| tree.items(list)).collect::<Vec<_>>();
    let is_kind = |map: NodeId| text(map, "kind").is_none_or(|kind| kind == subject.kind);
    let selector = |map: Option<NodeId>| map.filter(|&map| is_kind(map)).and_then(|map| tree.get(map, "name"));
    let mut found: Vec<Option<NodeId>> = Vec::new();
    for patch in ["patches", "patchesJson6902"].into_iter().flat_map(|field| list(root, field)) {
        found.push(selector(tree.get(patch, "target")));
    }
    for replacement in list(root, "replacements") {
        found.push(selector(tree.get(replacement, "source")));
        for target in list(replacement, "targets") {
            found.push(selector(tree.get(target, "select")));
            found.extend(list(target, "reject").into_iter().map(|reject| selector(Some(reject))));
        }
    }
    found.extend(list(root, "vars").into_iter().map(|var| selector(tree.get(var, "objref"))));
    let scaled = ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"];
    for (field, is_meant) in [
        ("replicas", scaled.contains(&&*subject.kind)),
        ("configMapGenerator", subject.kind == "ConfigMap"),
        ("secretGenerator", subject.kind == "Secret"),
    ] {
        found.extend(list(root, field).into_iter().filter(|_| is_meant).map(|entry| tree.get(entry, "name")));
    }
    found.into_iter().flatten().filter(is_known).collect()
}

/// Returns the files that the kustomizations of a build name as patches.
fn patch_files(files: &dyn FileSystem, built: &Built<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for source in built.session.sources.iter().filter(|source| source.embedded.is_none()) {
        let Some(path) = path_of(&built.session, source).filter(|path| is_kustomization(path)) else { continue };
        for tree in documents(&path, source) {
            let root = tree.root();
            let list =
                |key: &str| tree.get(root, key).into_iter().flat_map(|list| tree.items(list)).collect::<Vec<_>>();
            let entries = ["patches", "patchesJson6902"].into_iter().flat_map(list);
            let named = entries.filter_map(|entry| tree.get(entry, "path")).chain(list("patchesStrategicMerge"));
            for node in named.filter(|&node| tree.is_scalar(node)) {
                let file = fs::join(fs::parent(&path), tree.text(node));
                found.insert(files.canonical(&file).unwrap_or(file));
            }
        }
    }
    found
}

fn is_declared_at(built: &Built<'_>, object: &Object<'_>, subject: &Subject) -> bool {
    let Some(place) = built.declaration(object) else { return false };
    let place = built.session.sources.outermost(place);
    place.span == subject.span
        && *object.resource.original_id().gvk.kind == *subject.kind
        && path_of(&built.session, built.session.sources.get(place.source)).as_deref() == Some(&*subject.path)
}

/// Returns the bytes between the quotes of a scalar, or all of a plain one; nothing for other forms.
fn content(text: &str, span: Span) -> Option<Span> {
    let slice = text.get(span.start as usize..span.end as usize)?;
    let quote = slice.chars().next().filter(|c| matches!(c, '"' | '\''));
    let inner = match quote {
        Some(quote) => slice.strip_prefix(quote)?.strip_suffix(quote)?,
        None => slice,
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':' | '/');
    let start = span.start + quote.map_or(0, |quote| quote.len_utf8() as u32);
    (!inner.is_empty() && inner.chars().all(is_name)).then(|| Span { start, end: start + inner.len() as u32 })
}

/// Builds once more with the change, and compares.
fn prove(
    built: &Built<'_>,
    after: &dyn FileSystem,
    workspace: &Workspace,
    subject: &Subject,
    new: &str,
) -> Result<(), Refusal> {
    let target = &built.target;
    let vendored = vendored(&target.directory);
    let changed = Built::new(after, workspace, vendored.as_ref(), target)
        .map_err(|errors| unbuilt(target, &errors, "would not build any more"))?;
    let name = built.name();
    let count = |built: &Built<'_>| built.build.warnings.len();
    if count(&changed) > count(built) {
        let is_new = |warning: &&Diagnostic| {
            !built.build.warnings.iter().any(|old| old.code == warning.code && old.message == warning.message)
        };
        let told = changed.build.warnings.iter().find(is_new).map_or("another warning", |warning| &warning.message);
        return Err(Refusal::failed(format!("`{name}` would say: {told}")));
    }
    let is_subject = |resource: &Arc<Resource>| is_declared_at(built, &Object { resource, removed_by: None }, subject);
    // Values may be copies of the name as it was before prefixes and suffixes.
    let mut names: Vec<(String, String)> = vec![(subject.name.clone(), new.to_owned())];
    let (old, renamed) = (&built.build.resources, &changed.build.resources);
    let count = |list: &crate::resmap::ResMap| list.len();
    if count(old) != count(renamed) {
        return Err(Refusal::failed(format!("`{name}` would have another number of objects")));
    }
    let differs = |resource: &Resource| {
        Refusal::failed(format!("`{}` of `{name}` would change in more than the name", resource.short_name()))
    };
    // Which object became which: those that are not renamed keep their identity.
    let mut pairs: Vec<(&Arc<Resource>, &Arc<Resource>)> = Vec::new();
    let mut left: Vec<&Arc<Resource>> = renamed.iter().collect();
    for resource in old.iter() {
        let wanted = |candidate: &&Arc<Resource>| match is_subject(resource) {
            true => {
                candidate.id.gvk == resource.id.gvk
                    && candidate.id.namespace == resource.id.namespace
                    && *candidate.original_id().name == *new
            }
            false => candidate.id == resource.id,
        };
        let at = left.iter().position(wanted).ok_or_else(|| differs(resource))?;
        let found = left.swap_remove(at);
        if found.id.name != resource.id.name {
            names.push((resource.id.name.to_string(), found.id.name.to_string()));
        }
        pairs.push((resource, found));
    }
    for (resource, found) in pairs {
        let is_same = same(&resource.tree, resource.root(), &found.tree, found.root(), &names);
        if !is_same {
            return Err(differs(resource));
        }
    }
    Ok(())
}

/// Compares values; a scalar may hold a new name where it held the old one. Depth is bounded by that of what was read.
fn same(a: &Tree, old: NodeId, b: &Tree, new: NodeId, names: &[(String, String)]) -> bool {
    if a.is_scalar(old) && b.is_scalar(new) {
        let (was, is) = (a.text(old), b.text(new));
        return was == is || names.iter().any(|(from, to)| was.replace(from.as_str(), to) == is);
    }
    if a.is_mapping(old) && b.is_mapping(new) {
        let n = a.entries(old).count() == b.entries(new).count();
        return n
            && a.entries(old)
                .all(|(key, value)| b.get(new, a.text(key)).is_some_and(|other| same(a, value, b, other, names)));
    }
    let is_list = a.is_sequence(old) && b.is_sequence(new) && a.items(old).count() == b.items(new).count();
    is_list && a.items(old).zip(b.items(new)).all(|(item, other)| same(a, item, b, other, names))
}

fn unbuilt(target: &Target, errors: &[Diagnostic], how: &str) -> Refusal {
    let error = errors.iter().find(|found| found.severity == Severity::Error);
    let directory = fs::base_name(&target.directory);
    Refusal::failed(match error {
        Some(error) => format!("`{directory}` {how}: {}", error.message),
        None => format!("`{directory}` {how}"),
    })
}
