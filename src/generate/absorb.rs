//! Putting a generated object into a build: create, merge into one that exists, or replace it.

use super::{check_key, string};
use crate::diagnostic::{Code, Diagnostic, Result, nearest};
use crate::generate::secret::base64_lines;
use crate::kustomization::GeneratorEntry;
use crate::kustomization::decode::origin::is_origin;
use crate::marks;
use crate::ordered::BTreeMap;
use crate::provenance::{DirectiveId, Stamp};
use crate::resmap::ResMap;
use crate::resource::{Behavior, MadeBy, ResId, Resource};
use crate::source::Place;
use crate::string_map::{is_ambiguous, mapping_under};
use crate::yaml::emit;
use crate::yaml::resolve::{effective_tag, is_null};
use crate::yaml::tree::{NodeId, Style, Tag, Tree};
use std::borrow::Cow;
use std::sync::Arc;

/// Adds a generated object, or lets it take the place of the one that has its identity (upstream `appendReplaceOrMerge`).
///
/// The object that exists is found by any identity it has or had, and gives its name and namespace to the new one.
/// Returns what is suspicious about it: a merge that changes nothing, or one after which nothing rolls out.
pub fn absorb(
    resmap: &mut ResMap,
    resource: Resource,
    entry: &GeneratorEntry,
    by: DirectiveId,
) -> Result<Option<Box<Diagnostic>>> {
    let wants_hash = resource.needs_hash;
    let behavior = resource.behavior;
    let Some((old, position)) = absorb_at(resmap, resource, place(entry), &Stamp { by, place: Some(entry.place) })?
    else {
        return Ok(None);
    };
    let new = resmap.get(position);
    let name = new.short_name();
    if old.needs_hash == new.needs_hash && is_same_text(&old, new) {
        let (message, label) = match behavior {
            Behavior::Replace => {
                (format!("this generator replaces `{name}` by the same"), "what it holds is there already")
            }
            _ => (format!("this generator merges nothing into `{name}`"), "what it sets is there already"),
        };
        let warning = Diagnostic::warning(Code::DirectiveWithoutEffect, message).at(Some(place(entry)), label);
        return Ok(Some(warning.help("remove it, or look for a misspelled key or value")));
    }
    // A generator of the base that wants no hash says so; an object that is written down may only look like a generated one.
    if wants_hash && !old.needs_hash && !old.is_generated {
        let message = format!("`{name}` is not generated, so that it gets no hash suffix");
        let warning = Diagnostic::warning(Code::SuffixMissing, message)
            .at(Some(place(entry)), "what is set here does not change its name")
            .at(old.tree.place(old.root()), "the object")
            .note("without a new name nothing that uses it is rolled out when its data changes");
        return Ok(Some(warning.help(
            "generate it in its base, too, or say `options: {disableNameSuffixHash: true}` here if the name is to stay",
        )));
    }
    Ok(None)
}

fn is_same_text(a: &Resource, b: &Resource) -> bool {
    let (mut left, mut right) = (String::new(), String::new());
    emit::emit(&a.tree, a.root(), &mut left).is_ok()
        && emit::emit(&b.tree, b.root(), &mut right).is_ok()
        && left == right
}

/// Does what [`absorb`] does, for what a plugin generated; `place` is where a conflict is shown. Returns the object that was
/// there, if there was one, and where it stands.
pub(crate) fn absorb_at(
    resmap: &mut ResMap,
    mut resource: Resource,
    place: Place,
    stamp: &Stamp,
) -> Result<Option<(Arc<Resource>, usize)>> {
    let conflict = |message: String| Diagnostic::error(Code::GeneratorConflict, message).at(Some(place), "");
    let found = resmap.find_any(&resource.id);
    let name = resource.short_name();
    let position = match (found.as_slice(), resource.behavior) {
        ([], Behavior::Unspecified | Behavior::Create) => {
            // No object has the identity, so that this cannot fail.
            let added = resmap.append(Arc::new(resource)).map_err(|_| conflict(format!("`{name}` exists")));
            return added.map(|_| None);
        }
        ([], Behavior::Merge | Behavior::Replace) => {
            let error = conflict(format!("there is no `{name}` to {}", word(resource.behavior)));
            let same_name = resmap.iter().find(|other| {
                let id = other.original_id();
                other.id.gvk.kind == resource.id.gvk.kind
                    && id.name == resource.id.name
                    && id.effective_namespace() != resource.id.effective_namespace()
            });
            let Some(other) = same_name else {
                let is_alike = |other: &&Arc<Resource>| other.id.gvk.kind == resource.id.gvk.kind;
                let names: Vec<ResId> = resmap.iter().filter(is_alike).map(|other| other.original_id()).collect();
                return Err(match nearest(&resource.id.name, names.iter().map(|id| &*id.name), 1).first() {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error.help("remove `behavior`, or name an object as it is called in its base"),
                });
            };
            let namespace = other.original_id().namespace;
            let tree = &other.tree;
            let name = tree.get_path(tree.root(), &["metadata", "name"]).and_then(|name| tree.place(name));
            return Err(match &*namespace {
                "" => error.at(name, "this one is in no namespace").help("remove `namespace` from the generator"),
                namespace => error
                    .at(name, format!("this one is in namespace `{namespace}`"))
                    .help(format!("set `namespace: {namespace}` in the generator")),
            });
        }
        (&[position], Behavior::Merge | Behavior::Replace) => position,
        (&[position], Behavior::Unspecified | Behavior::Create) => {
            let error = conflict(format!("`{name}` exists, so that a generator cannot create it"));
            let old = resmap.get(position);
            let error = error.at(old.tree.place(old.root()), "the one that exists");
            return Err(error.help("say `behavior: merge` or `behavior: replace`, or choose another name"));
        }
        (several, _) => {
            let mut error = conflict(format!("`{name}` could be merged into {} objects", several.len()));
            for &position in several {
                let old = resmap.get(position);
                error = error.at(old.tree.place(old.root()), old.short_name());
            }
            return Err(error);
        }
    };
    let old = Arc::clone(resmap.get(position));
    if resource.behavior == Behavior::Merge {
        check_origin(&old).map_err(|error| error.at(Some(place), "this is merged into it"))?;
    }
    let mut tree = Tree::clone(&resource.tree);
    take_metadata(&mut tree, &resource, &old, stamp)?;
    if resource.behavior == Behavior::Merge {
        take_data(&mut tree, &resource, &old, stamp)?;
        if !matches!(old.made_by, MadeBy::Unknown) {
            resource.made_by = old.made_by.clone();
        }
    }
    resource.tree = Arc::new(tree);
    take_marks(&mut resource, &old);
    resource.refresh_id();
    if resmap.find_current(&resource.id) != Some(position) {
        // A patch changed the kind of the object since it had this identity.
        return Err(conflict(format!("`{name}` is `{}` by now and cannot be replaced", old.short_name())));
    }
    resmap.replace(position, Arc::new(resource));
    Ok(Some((old, position)))
}

/// Checks an annotation that the reference reads to put it back, even where no build asks for it (upstream `GetOrigin`).
fn check_origin(old: &Resource) -> Result<()> {
    let annotation = marks::annotations(&old.tree).and_then(|map| old.tree.get(map, marks::ORIGIN));
    match annotation.filter(|&node| matches!(old.made_by, MadeBy::Unknown) && !is_origin(old.tree.text(node))) {
        None => Ok(()),
        Some(node) => {
            let message = format!("annotation `{}` of `{}` is no origin", marks::ORIGIN, old.short_name());
            let error = Diagnostic::error(Code::GeneratorConflict, message).at(old.tree.place(node), "");
            Err(error.help("remove it: builds write this annotation themselves"))
        }
    }
}

fn place(entry: &GeneratorEntry) -> Place {
    entry.behavior.as_ref().map_or(entry.name.place, |behavior| behavior.place)
}

fn word(behavior: Behavior) -> &'static str {
    if behavior == Behavior::Replace { "replace" } else { "merge into" }
}

/// A value of the object that results, and the nodes that had a value for its key.
#[derive(Default)]
struct Value<'t> {
    text: Cow<'t, str>,
    old: Option<NodeId>,
    new: Option<NodeId>,
}

type Values<'t> = BTreeMap<Cow<'t, str>, Value<'t>>;

/// Adds the values of the new object, which win.
fn add_new<'t>(values: &mut Values<'t>, new: Values<'t>) {
    for (key, value) in new {
        let merged = values.entry(key).or_default();
        // It was read as one of an old object.
        (merged.text, merged.new) = (value.text, value.old);
    }
}

/// Upstream `CopyMergeMetaDataFieldsFrom`: labels and annotations of both, name and namespace of the old.
fn take_metadata(tree: &mut Tree, new: &Resource, old: &Resource, stamp: &Stamp) -> Result<()> {
    let root = tree.root();
    let metadata = mapping_under(tree, root, "metadata", stamp);
    for field in ["labels", "annotations"] {
        let mut values = metadata_values(&old.tree, field);
        add_new(&mut values, metadata_values(&new.tree, field));
        set_values(tree, metadata, field, &values, &old.tree, stamp)?;
    }
    set_plain(tree, metadata, "name", &old.id.name, &old.tree, stamp);
    if old.id.namespace.is_empty() {
        tree.remove_entry(metadata, "namespace");
    } else {
        set_plain(tree, metadata, "namespace", &old.id.namespace, &old.tree, stamp);
    }
    Ok(())
}

/// Data of both, the new winning; what the old held becomes text.
fn take_data(tree: &mut Tree, new: &Resource, old: &Resource, stamp: &Stamp) -> Result<()> {
    let root = tree.root();
    for field in ["data", "binaryData"] {
        let mut values = data_values(&old.tree, field);
        if field == "data" && &*new.id.gvk.kind == "Secret" {
            fold_string_data(&old.tree, &mut values)?;
        }
        add_new(&mut values, data_values(&new.tree, field));
        set_values(tree, root, field, &values, &old.tree, stamp)?;
    }
    Ok(())
}

/// What the build keeps beside an object stays that of the old one, except that both must want a hash.
fn take_marks(resource: &mut Resource, old: &Resource) {
    resource.needs_hash &= old.needs_hash;
    resource.behavior = old.behavior;
    resource.is_generated = old.is_generated;
    resource.previous.clone_from(&old.previous);
    resource.n_nameless = old.n_nameless;
    resource.is_past_unclear = old.is_past_unclear;
    resource.prefixes.clone_from(&old.prefixes);
    resource.suffixes.clone_from(&old.suffixes);
    resource.allow_name_change = old.allow_name_change;
    resource.allow_kind_change = old.allow_kind_change;
    resource.helm_generated = old.helm_generated;
    resource.vars.clone_from(&old.vars);
    resource.transformations.clone_from(&old.transformations);
    resource.versions.clone_from(&old.versions);
}

/// Reads labels or annotations as upstream does: by the text of the values, the last of equal keys.
fn metadata_values<'t>(tree: &'t Tree, field: &str) -> Values<'t> {
    let Some(map) = tree.get_path(tree.root(), &["metadata", field]) else { return Values::new() };
    let value = |node: NodeId| Value { text: Cow::Borrowed(tree.text(node)), old: Some(node), new: None };
    tree.entries(map).map(|(key, node)| (Cow::Borrowed(tree.text(key)), value(node))).collect()
}

/// Reads a data field as upstream does: by the text of the values, null as empty, the first of equal keys.
fn data_values<'t>(tree: &'t Tree, field: &str) -> Values<'t> {
    let mut values = Values::new();
    let Some(map) = tree.get(tree.root(), field) else { return values };
    for (key, node) in tree.entries(map) {
        let value = Value { text: Cow::Borrowed(value_text(tree, node)), old: Some(node), new: None };
        values.entry(Cow::Borrowed(tree.text(key))).or_insert(value);
    }
    values
}

fn value_text(tree: &Tree, node: NodeId) -> &str {
    if tree.is_scalar(node) && !is_null(tree, node) { tree.text(node) } else { "" }
}

/// Lets `stringData` of a secret win over its `data`, as a cluster would (upstream `normalizeSecretStringData`).
fn fold_string_data(tree: &Tree, values: &mut Values<'_>) -> Result<()> {
    let invalid =
        |node: NodeId, words: String| Err(Diagnostic::error(Code::GeneratorConflict, words).at(tree.place(node), ""));
    let Some(map) = tree.get(tree.root(), "stringData") else { return Ok(()) };
    if tree.is_scalar(map) && effective_tag(tree, map) == Tag::Null {
        return Ok(());
    }
    if !tree.is_mapping(map) {
        return invalid(map, "`stringData` of the secret to merge into is no mapping".to_owned());
    }
    let mut folded = Values::new();
    for (key, node) in tree.entries(map) {
        if !tree.is_scalar(node) {
            let key = tree.text(key);
            return invalid(node, format!("`stringData.{key}` of the secret to merge into must be a string"));
        }
        let text = base64_lines(value_text(tree, node).as_bytes());
        let value = Value { text: Cow::Owned(text), old: Some(node), new: None };
        folded.entry(Cow::Owned(tree.text(key).to_owned())).or_insert(value);
    }
    let data = tree.get(tree.root(), "data").filter(|&data| !folded.is_empty() && !tree.is_mapping(data));
    if let Some(data) = data.filter(|&data| !(tree.is_scalar(data) && effective_tag(tree, data) == Tag::Null)) {
        return invalid(data, "`data` of the secret to merge into is no mapping".to_owned());
    }
    values.extend(folded);
    Ok(())
}

/// Replaces a mapping of strings, by keys in order; an empty one is removed. New nodes are of `tree`, old ones of `old`.
fn set_values(
    tree: &mut Tree,
    parent: NodeId,
    field: &str,
    values: &Values<'_>,
    old: &Tree,
    stamp: &Stamp,
) -> Result<()> {
    tree.remove_entry(parent, field);
    if values.is_empty() {
        return Ok(());
    }
    let map = mapping_under(tree, parent, field, stamp);
    for (key, value) in values {
        let place = value.new.map_or_else(|| old.place(value.old?), |node| tree.place(node));
        check_key(key, place)?;
        let here = stamp.at(place);
        let node = string(tree, &value.text, &here);
        match (value.old, value.new) {
            (Some(from), None) => tree.take_origin(node, old, from, stamp),
            (Some(replaced), Some(_)) => tree.chain_other_origin(node, old, replaced, stamp),
            (None, _) => {}
        }
        tree.push_key(map, key, node, &here);
    }
    Ok(())
}

/// Writes a text of the old object's metadata over that of the new; the style stays, the type is what the text says
/// (upstream `SetMapField`).
fn set_plain(tree: &mut Tree, map: NodeId, key: &str, text: &str, old: &Tree, stamp: &Stamp) {
    let node = match tree.get(map, key) {
        // What a generator made is a scalar.
        Some(node) => {
            tree.set_text(node, text, Tag::Implied, stamp);
            node
        }
        None => {
            let style = if is_ambiguous(text) { Style::DoubleQuoted } else { Style::Plain };
            let node = tree.new_scalar(text, style, Tag::Implied, stamp);
            tree.push_key(map, key, node, stamp);
            node
        }
    };
    if let Some(from) = old.get_path(old.root(), &["metadata", key]) {
        tree.take_origin(node, old, from, stamp);
    }
}
