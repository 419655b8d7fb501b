//! The other way round: from a place in a file, or a directive, to the fields that it made, and from a field that holds a
//! name to the object that is called so.

use super::chain::writes;
use super::path::Element;
use super::{Object, objects};
use crate::build::Build;
use crate::fieldspec::{FieldPath, Hit, selects};
use crate::provenance::DirectiveId;
use crate::resource::{Gvk, Resource};
use crate::source::Place;
use crate::yaml::tree::{Kind, NodeId};
use rustc_hash::FxHashMap;

/// A field of an object.
#[derive(Clone, Debug)]
pub struct Use<'b> {
    /// The object.
    pub object: Object<'b>,
    /// The field.
    pub path: Vec<Element>,
    /// Its node in the object's tree.
    pub node: NodeId,
}

/// A field that holds the name of an object of the same build.
#[derive(Clone, Debug)]
pub struct Link<'b> {
    /// The field.
    pub from: Use<'b>,
    /// The object.
    pub to: Object<'b>,
}

impl Use<'_> {
    /// Returns who wrote the value, the newest first, and where what they wrote stands.
    pub fn writes(&self) -> Vec<(Option<DirectiveId>, Option<Place>)> {
        writes(&self.object.resource.tree, self.node)
    }
}

/// Returns the fields with a value that was written as `is_meant` says; objects that are gone come last.
pub fn uses<'b>(build: &'b Build, is_meant: &dyn Fn(Option<DirectiveId>, Option<Place>) -> bool) -> Vec<Use<'b>> {
    let mut found = Vec::new();
    for object in objects(build) {
        let tree = &object.resource.tree;
        let leaves = object.leaves().into_iter();
        let meant = leaves.filter(|(_, node)| writes(tree, *node).into_iter().any(|(by, place)| is_meant(by, place)));
        found.extend(meant.map(|(path, node)| Use { object, path, node }));
    }
    found
}

/// Returns the objects that a directive wrote to, or took away.
pub fn touched_by<'b>(build: &'b Build, is_meant: &dyn Fn(DirectiveId) -> bool) -> Vec<Object<'b>> {
    let is_touched = |object: &Object<'b>| {
        let mut versions = object.resource.versions.iter().filter_map(|version| version.by);
        versions.any(is_meant) || object.removed_by.flatten().is_some_and(is_meant)
    };
    objects(build).into_iter().filter(is_touched).collect()
}

/// Returns every field that refers to an object by its name, as the repair of references knows them (`refs`). A name that
/// could be that of several objects is left out.
pub fn links(build: &Build) -> Vec<Link<'_>> {
    let mut by_name: FxHashMap<&str, Vec<Object<'_>>> = FxHashMap::default();
    let present = || objects(build).into_iter().filter(|object| object.removed_by.is_none());
    for object in present() {
        by_name.entry(&object.resource.id.name).or_default().push(object);
    }
    let mut plans: FxHashMap<Gvk, Vec<(usize, FieldPath)>> = FxHashMap::default();
    let references = &build.field_specs.name_reference;
    let mut links = Vec::new();
    let mut hits = Vec::new();
    for object in present() {
        let plan = plans.entry(object.resource.original_id().gvk).or_insert_with_key(|gvk| {
            let of_target = |(at, target): (usize, &crate::schema::field_specs::NameReference)| {
                let fields = target.fields.iter().filter(|spec| spec.selects(gvk));
                fields.map(|spec| (at, FieldPath::new(spec, None))).collect::<Vec<_>>()
            };
            references.iter().enumerate().flat_map(of_target).collect()
        });
        for (target, path) in plan.iter() {
            hits.clear();
            // A way that is blocked is one without a name at its end.
            let _ = path.find(&object.resource.tree, &mut hits);
            let Some(target) = references.get(*target) else { continue };
            for node in hits.iter().flat_map(|&hit| names_at(object.resource, hit)) {
                let candidates = by_name.get(object.resource.tree.text(node)).map_or(&[][..], Vec::as_slice);
                let is_of_kind =
                    |to: &&Object<'_>| selects(&target.group, &target.version, &target.kind, &to.resource.id.gvk);
                let candidates: Vec<&Object<'_>> = candidates.iter().filter(is_of_kind).collect();
                let own = object.resource.id.effective_namespace();
                let is_near = |to: &&&Object<'_>| to.resource.id.effective_namespace() == own;
                let near: Vec<&Object<'_>> = candidates.iter().filter(is_near).copied().collect();
                if let [to] = if near.is_empty() { candidates.as_slice() } else { near.as_slice() } {
                    let path = path_of(object, node);
                    links.push(Link { from: Use { object, path, node }, to: **to });
                }
            }
        }
    }
    links
}

/// Returns the scalars that hold names where a field was found: itself, `name` of a mapping, or those of a list.
fn names_at(resource: &Resource, hit: Hit) -> Vec<NodeId> {
    let Hit::Found(node) = hit else { return Vec::new() };
    let tree = &resource.tree;
    let one = |node: NodeId| match tree.kind(node) {
        Kind::Scalar => Some(node),
        Kind::Mapping => tree.get(node, "name").filter(|&name| tree.is_scalar(name)),
        Kind::Sequence => None,
    };
    match tree.is_sequence(node) {
        true => tree.items(node).filter_map(one).collect(),
        false => one(node).into_iter().collect(),
    }
}

fn path_of(object: Object<'_>, node: NodeId) -> Vec<Element> {
    object.leaves().into_iter().find(|(_, leaf)| *leaf == node).map(|(path, _)| path).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::{BuildOptions, build};
    use crate::explain::show_path;
    use crate::fs::Memory;
    use crate::session::Session;

    #[test]
    fn names_lead_to_objects_and_directives_to_fields() {
        let mut memory = Memory::new();
        memory.set("/w/kustomization.yaml", "resources: [d.yaml]\nnamePrefix: p-\nconfigMapGenerator: [{name: c, literals: [a=b]}]\nimages: [{name: nginx, newTag: '2'}]");
        memory.set(
            "/w/d.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: a, image: nginx, \
             envFrom: [{configMapRef: {name: c}}, {configMapRef: {name: other}}]}]}}}\n---\n\
             apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\nsubjects: [{kind: ServiceAccount, name: web}]\n\
             roleRef: {kind: Role, name: r}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\n",
        );
        let mut session = Session::new(&memory, "/w");
        session.is_recording = true;
        let built = build(&mut session, ".", &BuildOptions::default()).expect("it builds");
        let shown: Vec<String> = links(&built)
            .iter()
            .map(|link| {
                let (from, to) = (link.from.object.resource, link.to.resource);
                format!("{} {} {}", from.short_name(), show_path(&link.from.path), to.original_id().name)
            })
            .collect();
        let wanted = [
            "RoleBinding/p-b roleRef.name r",
            "Deployment/p-web spec.template.spec.containers[0].envFrom[0].configMapRef.name c",
        ];
        assert_eq!(shown, wanted);
        let images = |by: DirectiveId| session.directives.get(by).field == "images";
        let written = uses(&built, &|by, _| by.is_some_and(images));
        assert_eq!(
            written.iter().map(|found| show_path(&found.path)).collect::<Vec<_>>(),
            ["spec.template.spec.containers[0].image"]
        );
        assert_eq!(touched_by(&built, &images).len(), 1);
    }
}
