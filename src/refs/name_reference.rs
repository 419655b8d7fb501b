//! Name references: fields that hold the name of another object of the build follow when that object is renamed.
//!
//! Only renamed objects can be referred to; `index` finds them. Which field of which type refers to which other type is
//! configuration (`fieldspec::TransformerConfig::name_reference`).

use super::index::{Index, View};
use crate::diagnostic::{Code, Diagnostic, Report, Result};
use crate::fieldspec::{FieldPath, Hit, TransformerConfig, first_place, is_null, walk_error, wrong_kind};
use crate::provenance::{DirectiveId, Stamp};
use crate::resmap::ResMap;
use crate::resource::{Gvk, NO_NAMESPACE, ResId, Resource};
use crate::schema::field_specs::NameReference;
use crate::string_map::is_ambiguous;
use crate::yaml::tree::{Kind, NodeId, Style, Tag, Tree};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;

/// Repairs all references. Every ambiguous one is reported. What follows a value that no directive wrote is written by `by`.
pub fn fix(resmap: &mut ResMap, config: &TransformerConfig, by: DirectiveId, report: &mut Report) {
    let index = Index::new(resmap, config.name_reference.iter().any(|target| target.kind.is_empty()));
    let mut plans: FxHashMap<Gvk, Rc<[Plan<'_>]>> = FxHashMap::default();
    for position in 0..resmap.len() {
        let original = resmap.get(position).original_id().gvk;
        let plan = plans.entry(original).or_insert_with_key(|gvk| plan(&config.name_reference, gvk));
        if plan.is_empty() {
            continue;
        }
        let plan = Rc::clone(plan);
        report.keep(fix_resource(resmap, position, &plan, &index, by));
    }
}

/// A field of a type, and the type that it refers to.
struct Plan<'c> {
    target: &'c NameReference,
    path: FieldPath,
}

fn plan<'c>(references: &'c [NameReference], gvk: &Gvk) -> Rc<[Plan<'c>]> {
    let mut plans = Vec::new();
    for target in references {
        let fields = target.fields.iter().filter(|spec| spec.selects(gvk));
        plans.extend(fields.map(|spec| Plan { target, path: FieldPath::new(spec, None) }));
    }
    plans.into()
}

/// A place in a referring object.
#[derive(Clone, Copy)]
enum Reference {
    /// A scalar that is the name.
    Name(NodeId),
    /// A mapping with `name` and perhaps `namespace`.
    Mapping { map: NodeId, name: NodeId },
}

fn fix_resource(
    resmap: &mut ResMap,
    position: usize,
    plans: &[Plan<'_>],
    index: &Index,
    by: DirectiveId,
) -> Result<()> {
    let view = View::new(resmap.get(position), index)?;
    let (mut hits, mut references) = (Vec::new(), Vec::new());
    let mut is_identity_touched = false;
    for plan in plans {
        let resource = resmap.get(position);
        hits.clear();
        plan.path
            .find(&resource.tree, &mut hits)
            .map_err(|error| walk_error(resource, &plan.path.text, error, None))?;
        references.clear();
        for &hit in &hits {
            match hit {
                Hit::Found(node) => collect(resource, &plan.path.text, node, &mut references)?,
                // A `[]` hint on a null; nothing is created here otherwise.
                _ => {
                    let tree = resmap.get(position).tree.as_ref();
                    let stamp = written_stamp(tree, tree.root(), by);
                    plan.path.reach(resmap.get_mut(position).tree_mut(), hit, &stamp, |tree| tree.root());
                    break;
                }
            }
        }
        for &reference in &references {
            let target = select(resmap, position, plan, reference, &view)?;
            if let Some(target) = target {
                is_identity_touched |= plan.path.text.starts_with("metadata/name");
                write(resmap, position, reference, target, by);
            }
        }
    }
    if is_identity_touched {
        resmap.refresh(position);
    }
    Ok(())
}

/// Appends the references at a node: a scalar, a mapping, or a list of both (upstream `nameref.Filter.set`).
fn collect(resource: &Resource, path: &str, node: NodeId, references: &mut Vec<Reference>) -> Result<()> {
    let tree = &resource.tree;
    let mut one = |node: NodeId| match tree.kind(node) {
        Kind::Scalar => {
            references.push(Reference::Name(node));
            Ok(())
        }
        Kind::Mapping => match tree.get(node, "name") {
            Some(name) => {
                references.push(Reference::Mapping { map: node, name });
                Ok(())
            }
            None => {
                let object = resource.short_name();
                let message = format!("field `{path}` of `{object}` should name an object but has no `name`");
                Err(Diagnostic::error(Code::TransformFailed, message)
                    .at(tree.place(node), "no `name` here")
                    .help("add `name`, or remove the reference"))
            }
        },
        Kind::Sequence => Err(wrong_kind(resource, path, node, "a name", None)),
    };
    match tree.kind(node) {
        Kind::Scalar if is_null(tree, node) => Ok(()),
        Kind::Sequence => tree.items(node).filter(|&item| !is_null(tree, item)).try_for_each(&mut one),
        _ => one(node),
    }
}

/// Finds the object that a reference means (upstream `nameref.Filter.selectReferral`).
fn select(
    resmap: &ResMap,
    position: usize,
    plan: &Plan<'_>,
    reference: Reference,
    view: &View<'_>,
) -> Result<Option<usize>> {
    let referrer = resmap.get(position);
    let tree = &referrer.tree;
    let name_node = match reference {
        Reference::Name(node) | Reference::Mapping { name: node, .. } => node,
    };
    let NameReference { group, version, kind, .. } = plan.target;
    let role = if plan.path.text.ends_with("roleRef/name") { role_type(tree) } else { None };
    let namespace = match reference {
        Reference::Mapping { map, .. } => tree.get(map, "namespace").map(|node| tree.text(node)),
        Reference::Name(_) => None,
    };
    let by_original = namespace.is_some_and(|namespace| view.has_original_namespace(namespace));
    let mut candidates = view.find(resmap, tree.text(name_node), kind, |candidate| {
        had_type(candidate, group, version, kind)
            && role.is_none_or(|(group, kind)| had_type(candidate, group, "", kind))
            && may_refer(referrer, candidate)
            && namespace.is_none_or(|namespace| is_in(candidate, namespace, by_original))
    });
    if candidates.len() > 1 {
        candidates.retain(|&candidate| same_affixes(referrer, resmap.get(candidate), true));
    }
    if candidates.len() > 1 {
        candidates.retain(|&candidate| same_affixes(referrer, resmap.get(candidate), false));
    }
    let Some((&first, others)) = candidates.split_first() else { return Ok(None) };
    let id = &resmap.get(first).id;
    let is_one = others.iter().all(|&other| {
        let other = &resmap.get(other).id;
        other.name == id.name && (matches!(reference, Reference::Name(_)) || other.namespace == id.namespace)
    });
    if is_one { Ok(Some(first)) } else { Err(ambiguous(resmap, position, plan, name_node, &candidates)) }
}

/// Returns whether an object had an identity of a type; group and version are those it has now.
fn had_type(resource: &Resource, group: &str, version: &str, kind: &str) -> bool {
    let gvk = &resource.id.gvk;
    (group.is_empty() || group == &*gvk.group)
        && (version.is_empty() || version == &*gvk.version)
        && resource.previous.iter().any(|previous| kind.is_empty() || kind == &*previous.kind)
}

/// Returns whether an object is, or was at first, in a namespace; cluster-scoped ones are in none.
fn is_in(resource: &Resource, namespace: &str, at_first: bool) -> bool {
    let is_in = |id: &ResId| id.effective_namespace() == namespace && namespace != NO_NAMESPACE;
    if at_first { is_in(&resource.original_id()) } else { is_in(&resource.id) }
}

/// Returns group and kind that a role binding's `roleRef` names, if it names both.
fn role_type(tree: &Tree) -> Option<(&str, &str)> {
    let text = |key: &str| {
        let node = tree.get_path(tree.root(), &["roleRef", key])?;
        (!is_null(tree, node)).then(|| tree.text(node))
    };
    Some((text("apiGroup")?, text("kind")?))
}

/// Returns whether namespaces let one object refer to another (upstream `sameCurrentNamespaceAsReferrer`).
fn may_refer(referrer: &Resource, candidate: &Resource) -> bool {
    referrer.id.gvk.is_cluster_scoped()
        || candidate.id.gvk.is_cluster_scoped()
        || &*candidate.id.gvk.kind == "ServiceAccount"
        || candidate.id.effective_namespace() == referrer.id.effective_namespace()
}

/// Returns whether two objects got their last prefixes and suffixes together (upstream `PrefixesSuffixesEquals`).
fn same_affixes(one: &Resource, other: &Resource, empty_is_any: bool) -> bool {
    let same = |a: &[Arc<str>], b: &[Arc<str>]| {
        if a.is_empty() || b.is_empty() {
            return empty_is_any || (a.is_empty() && b.is_empty());
        }
        a.ends_with(b) || b.ends_with(a)
    };
    same(&one.prefixes, &other.prefixes) && same(&one.suffixes, &other.suffixes)
}

/// Writes the name (and the namespace) that an object has now into a reference to it.
fn write(resmap: &mut ResMap, position: usize, reference: Reference, target: usize, by: DirectiveId) {
    let target = Arc::clone(resmap.get(target));
    let (name, namespace) = (&*target.id.name, &*target.id.namespace);
    let node_at = |path: &[&str]| target.tree.get_path(target.root(), path).unwrap_or_else(|| target.root());
    let (name_node, map) = match reference {
        Reference::Name(node) => (node, None),
        Reference::Mapping { map, name } => (name, Some(map)),
    };
    let tree = &resmap.get(position).tree;
    let same_name = tree.is_scalar(name_node) && tree.text(name_node) == name;
    let same_namespace = |map: NodeId| {
        namespace.is_empty()
            || tree.get(map, "namespace").is_some_and(|node| tree.text(node) == namespace && is_untagged(tree, node))
    };
    // A name that is written again loses its tag, but only in a mapping that gets a namespace too.
    if same_name && map.is_none_or(|map| namespace.is_empty() || (is_untagged(tree, name_node) && same_namespace(map)))
    {
        return;
    }
    let tree = resmap.get_mut(position).tree_mut();
    let stamp = written_stamp(&target.tree, node_at(&["metadata", "name"]), by);
    set(tree, name_node, name, &stamp);
    let Some(map) = map.filter(|_| !namespace.is_empty()) else { return };
    let stamp = written_stamp(&target.tree, node_at(&["metadata", "namespace"]), by);
    match tree.get(map, "namespace") {
        Some(node) => set(tree, node, namespace, &stamp),
        None => {
            let style = if is_ambiguous(namespace) { Style::DoubleQuoted } else { Style::Plain };
            let value = tree.new_scalar(namespace, style, Tag::Implied, &stamp);
            tree.push_key(map, "namespace", value, &stamp);
        }
    }
}

fn is_untagged(tree: &Tree, node: NodeId) -> bool {
    tree.tag(node) == Tag::Implied
}

/// Writes without a tag and keeps the style, as the reference does: a plain `123` is a number.
fn set(tree: &mut Tree, node: NodeId, text: &str, stamp: &Stamp) {
    if tree.text(node) != text || !is_untagged(tree, node) {
        tree.set_text(node, text, Tag::Implied, stamp);
    }
}

/// Returns the stamp of the directive that wrote a node: it is behind the references that follow; else that of `by`.
fn written_stamp(tree: &Tree, node: NodeId, by: DirectiveId) -> Stamp {
    match tree.origin_entry(tree.origin(node)) {
        Some(entry) => Stamp { by: entry.by, place: entry.place },
        None => Stamp { by, place: tree.place(node) },
    }
}

fn ambiguous(resmap: &ResMap, position: usize, plan: &Plan<'_>, node: NodeId, candidates: &[usize]) -> Box<Diagnostic> {
    let referrer = resmap.get(position);
    let name = referrer.tree.text(node);
    let (object, path) = (referrer.short_name(), &plan.path.text);
    let message = format!("`{name}` in field `{path}` of `{object}` could mean {} objects", candidates.len());
    let mut error =
        Diagnostic::error(Code::AmbiguousReference, message).at(referrer.tree.place(node), "this reference");
    for &candidate in candidates.iter().take(8) {
        let candidate = resmap.get(candidate);
        let tree = &candidate.tree;
        let place = tree.get_path(tree.root(), &["metadata", "name"]).and_then(|node| first_place(tree, node));
        error = error.at(place, format!("now `{}`", candidate.short_name()));
    }
    error.help("refer to one of them by the name it has now, or give the base that holds the reference the same prefix")
}
