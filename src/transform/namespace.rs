//! `namespace`: sets the namespace of every object that is not known to be cluster-scoped, renames `Namespace` objects,
//! and sets namespaces in the few other fields that hold them.
//!
//! Subjects that name a service account of the build get its namespace later, from `refs`.

use super::{Count, holds, scalar_text, write_scalars};
use crate::diagnostic::{Code, Diagnostic, Report, Result};
use crate::fieldspec::{FieldPath, FieldSpec, FieldSpecs, TransformerConfig, first_place, is_null, wrong_kind};
use crate::kustomization::PlacedText;
use crate::ordered::BTreeMap;
use crate::provenance::{DirectiveId, Stamp, Touched};
use crate::resmap::ResMap;
use crate::resource::{NO_NAMESPACE, Resource};
use crate::yaml::tree::{Kind, NodeId, Tag};
use std::borrow::Cow;

/// What a `NamespaceTransformer` can be told beyond the namespace; the field of a kustomization uses the defaults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NamespaceOptions {
    /// Leave namespaces that are set.
    pub unset_only: bool,
    /// Which subjects of role bindings get the namespace.
    pub subjects: Subjects,
}

/// Which subjects of role bindings get the namespace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Subjects {
    /// Those named `default`, whatever their kind.
    #[default]
    DefaultOnly,
    /// Those of kind `ServiceAccount`.
    AllServiceAccounts,
    /// None.
    None,
}

static METADATA_NAMESPACE: FieldSpec = FieldSpec {
    group: Cow::Borrowed(""),
    version: Cow::Borrowed(""),
    kind: Cow::Borrowed(""),
    path: Cow::Borrowed("metadata/namespace"),
    create: true,
    place: None,
};

/// Sets the namespace by the rules of a kustomization's field.
pub fn apply(
    resmap: &mut ResMap,
    namespace: &PlacedText,
    config: &TransformerConfig,
    by: DirectiveId,
    report: &mut Report,
) -> Result<Touched> {
    report.diagnostics.extend(joined(resmap, namespace).map(|warning| *warning));
    apply_with(resmap, namespace, NamespaceOptions::default(), config, by)
}

/// Warns where objects that name different namespaces are put into one.
fn joined(resmap: &ResMap, namespace: &PlacedText) -> Option<Box<Diagnostic>> {
    const NAMED_MAX: usize = 3;
    let mut first_in: BTreeMap<&str, &Resource> = BTreeMap::new();
    for resource in resmap.iter() {
        let is_moved = !resource.helm_generated && !resource.id.gvk.is_cluster_scoped();
        if is_moved && !resource.id.namespace.is_empty() {
            first_in.entry(&resource.id.namespace).or_insert(resource);
        }
    }
    if first_in.len() < 2 {
        return None;
    }
    first_in.remove(namespace.value.as_str());
    let names: Vec<String> = first_in.keys().take(NAMED_MAX).map(|name| format!("`{name}`")).collect();
    let message = format!("`namespace: {}` moves objects of {} there, too", namespace.value, names.join(", "));
    let mut warning = Diagnostic::warning(Code::NamespacesJoined, message).at(Some(namespace.place), "set here");
    for (name, resource) in first_in.iter().take(NAMED_MAX) {
        let tree = &resource.tree;
        let place = tree.get_path(tree.root(), &["metadata", "namespace"]).and_then(|node| first_place(tree, node));
        warning = warning.at(place, format!("{} is in `{name}`", resource.short_name()));
    }
    Some(warning.help("list objects that belong somewhere else in a kustomization without `namespace`"))
}

/// Sets the namespace.
pub fn apply_with(
    resmap: &mut ResMap,
    namespace: &PlacedText,
    options: NamespaceOptions,
    config: &TransformerConfig,
    by: DirectiveId,
) -> Result<Touched> {
    let stamp = Stamp { by, place: Some(namespace.place) };
    let own_path = FieldPath::new(&METADATA_NAMESPACE, Some(Kind::Scalar));
    // Subjects have rules of their own, unless a spec is for any kind.
    let is_wanted = |spec: &&FieldSpec| {
        spec.path != own_path.text && !(spec.path == "subjects/namespace" && is_binding(&spec.kind))
    };
    let mut specs = FieldSpecs::new(config.namespace.iter().filter(is_wanted), Some(Kind::Scalar));
    let mut count = Count::default();
    for position in 0..resmap.len() {
        if resmap.get(position).helm_generated {
            continue;
        }
        // Also where nothing changes: the reference makes every resource a candidate for references this way.
        resmap.get_mut(position).push_previous_id();
        let n_fields = set(resmap, position, &namespace.value, options, &own_path, &mut specs, &stamp)?;
        resmap.refresh(position);
        count.add(n_fields);
    }
    match resmap.find_conflict() {
        Some((first, second)) => Err(conflict(resmap, namespace, first, second)),
        None => Ok(count.touched(by)),
    }
}

/// Sets the namespace of one object by the rules of no configuration, without a trace of its former identity.
pub(super) fn set_plain(resmap: &mut ResMap, position: usize, namespace: &str, stamp: &Stamp) -> Result<u32> {
    let own_path = FieldPath::new(&METADATA_NAMESPACE, Some(Kind::Scalar));
    let mut specs = FieldSpecs::new([], Some(Kind::Scalar));
    set(resmap, position, namespace, NamespaceOptions::default(), &own_path, &mut specs, stamp)
}

/// Sets the namespace of one object (upstream `namespace.Filter`).
fn set(
    resmap: &mut ResMap,
    position: usize,
    namespace: &str,
    options: NamespaceOptions,
    own_path: &FieldPath,
    specs: &mut FieldSpecs<'_>,
    stamp: &Stamp,
) -> Result<u32> {
    let new_text = |old: &str| (!options.unset_only || old.is_empty()).then(|| namespace.to_owned());
    let gvk = resmap.get(position).id.gvk.clone();
    let mut n_fields = 0;
    if !gvk.is_cluster_scoped() {
        n_fields += write_scalars(resmap, position, own_path, Tag::Str, stamp, new_text)?;
    }
    if is_binding(&gvk.kind) {
        n_fields += set_subjects(resmap, position, namespace, options, stamp)?;
    }
    // Names are those of core Namespaces only.
    let is_core = resmap.get(position).tree.text_at(&["apiVersion"]) == Some("v1");
    for path in specs.for_type(&gvk).iter().filter(|path| is_core || path.text != "metadata/name") {
        n_fields += write_scalars(resmap, position, path, Tag::Str, stamp, new_text)?;
    }
    Ok(n_fields)
}

fn is_binding(kind: &str) -> bool {
    matches!(kind, "RoleBinding" | "ClusterRoleBinding")
}

fn set_subjects(
    resmap: &mut ResMap,
    position: usize,
    namespace: &str,
    options: NamespaceOptions,
    stamp: &Stamp,
) -> Result<u32> {
    let (key, wanted) = match options.subjects {
        Subjects::DefaultOnly => ("name", "default"),
        Subjects::AllServiceAccounts => ("kind", "ServiceAccount"),
        Subjects::None => return Ok(0),
    };
    let resource = resmap.get(position);
    let tree = &resource.tree;
    let Some(subjects) = tree.get(tree.root(), "subjects").filter(|&node| !is_null(tree, node)) else { return Ok(0) };
    if !tree.is_sequence(subjects) {
        return Err(wrong_kind(resource, "subjects", subjects, "a list", stamp.place));
    }
    let mut selected: Vec<NodeId> = Vec::new();
    for subject in tree.items(subjects).filter(|&item| !is_null(tree, item)) {
        if !tree.is_mapping(subject) {
            return Err(wrong_kind(resource, "subjects", subject, "a mapping", stamp.place));
        }
        if tree.get(subject, key).and_then(|node| scalar_text(tree, node)) == Some(wanted) {
            selected.push(subject);
        }
    }
    let mut n_fields = 0;
    for subject in selected {
        let resource = resmap.get(position);
        let tree = &resource.tree;
        match tree.get(subject, "namespace") {
            Some(node) if !tree.is_scalar(node) => {
                return Err(wrong_kind(resource, "subjects/namespace", node, "a scalar", stamp.place));
            }
            Some(node) if options.unset_only && scalar_text(tree, node).is_some_and(|text| !text.is_empty()) => {
                continue;
            }
            Some(node) if holds(tree, node, namespace, Tag::Str) => {}
            Some(node) => resmap.get_mut(position).tree_mut().set_text(node, namespace, Tag::Str, stamp),
            None => {
                let tree = resmap.get_mut(position).tree_mut();
                let value = tree.new_string(namespace, stamp);
                tree.push_key(subject, "namespace", value, stamp);
            }
        }
        n_fields += 1;
    }
    Ok(n_fields)
}

fn conflict(resmap: &ResMap, namespace: &PlacedText, first: usize, second: usize) -> Box<Diagnostic> {
    let name_place = |position: usize| {
        let tree = &resmap.get(position).tree;
        tree.get_path(tree.root(), &["metadata", "name"]).and_then(|node| first_place(tree, node))
    };
    let object = resmap.get(second).short_name();
    let message = format!("namespace `{}` gives two objects the same identity `{object}`", namespace.value);
    let was = |position: usize| match resmap.get(position).previous.last() {
        None => String::new(),
        Some(id) if &*id.namespace == NO_NAMESPACE => format!("was `{}`", id.name),
        Some(id) => format!("was `{}` in namespace `{}`", id.name, id.namespace),
    };
    Diagnostic::error(Code::NamespaceConflict, message)
        .at(Some(namespace.place), "set here")
        .at(name_place(first), was(first))
        .at(name_place(second), was(second))
        .help(match &*resmap.get(second).id.gvk.kind {
            "Namespace" => "`namespace` renames every Namespace; list these in a kustomization without it",
            _ => "rename one of them, or keep them in separate kustomizations",
        })
}
