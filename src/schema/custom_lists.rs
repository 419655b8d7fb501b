//! Lists of custom resources: which of them a strategic merge patch could merge, and whether it does.
//!
//! The reference replaces them, since it knows no merge keys of such types. Where a user asks for it they are merged instead,
//! by what the custom resource definitions in the build say, else by a catalogue of widespread types. Where nobody asks
//! the same knowledge serves to warn of items that are dropped. How lists merge is `patch::keyed_list`.

use super::merge_keys::Schema;
use super::openapi::OpenApi;
use super::{catalogue, groups};
use crate::resource::{Gvk, Resource};
use crate::yaml::tree::{NodeId, Tree};
use rustc_hash::FxHashMap;
use std::sync::{Arc, OnceLock};

/// The annotation of a kustomization that asks for its patches to merge lists of custom resources.
pub const ANNOTATION: &str = "rustomize/custom-lists";

/// What the annotation may say.
pub const MERGE: &str = "merge";

/// What is known of lists in custom resources where patches are applied.
#[derive(Debug, Default)]
pub struct CustomLists {
    is_merging: bool,
    /// Versions of types, by group and kind.
    types: FxHashMap<(String, String), Vec<Version>>,
}

/// A version of a type that a definition in the build defines; its schema is read when it is first asked for.
#[derive(Debug)]
struct Version {
    name: String,
    definition: Arc<Resource>,
    schema: NodeId,
    read: OnceLock<OpenApi>,
}

impl CustomLists {
    /// Looks for definitions among the objects of a build.
    pub fn find<'r>(resources: impl Iterator<Item = &'r Arc<Resource>>, is_merging: bool) -> CustomLists {
        let mut found = CustomLists { is_merging, types: FxHashMap::default() };
        for resource in resources {
            let gvk = &resource.id.gvk;
            if &*gvk.kind == "CustomResourceDefinition" && &*gvk.group == "apiextensions.k8s.io" {
                found.add(resource);
            }
        }
        found
    }

    fn add(&mut self, definition: &Arc<Resource>) {
        let tree = &definition.tree;
        let (Some(group), Some(kind)) = (tree.text_at(&["spec", "group"]), tree.text_at(&["spec", "names", "kind"]))
        else {
            return;
        };
        let get = |node: NodeId, path: &[&str]| tree.get_path(node, path).filter(|&found| tree.is_mapping(found));
        // In v1beta1 there may be one schema for all versions.
        let common = get(tree.root(), &["spec", "validation", "openAPIV3Schema"]);
        let mut versions = Vec::new();
        let mut add = |name: &str, schema: Option<NodeId>| {
            versions.extend(schema.map(|schema| Version {
                name: name.to_owned(),
                definition: Arc::clone(definition),
                schema,
                read: OnceLock::new(),
            }));
        };
        let list = tree.get_path(tree.root(), &["spec", "versions"]).filter(|&list| tree.is_sequence(list));
        for version in list.into_iter().flat_map(|list| tree.items(list)) {
            let schema = get(version, &["schema", "openAPIV3Schema"]).or(common);
            let name = tree.get(version, "name").filter(|&name| tree.is_mapping(version) && tree.is_scalar(name));
            if let Some(name) = name {
                add(tree.text(name), schema);
            }
        }
        if let Some(name) = tree.text_at(&["spec", "version"]) {
            add(name, common);
        }
        self.types.entry((group.to_owned(), kind.to_owned())).or_default().extend(versions);
    }

    /// Returns whether lists are merged, not only known.
    pub fn is_merging(&self) -> bool {
        self.is_merging
    }

    /// Returns what is known about a type; `None` for types of Kubernetes itself.
    pub fn of_type(&self, gvk: &Gvk) -> Option<Schema<'_>> {
        if !groups::is_custom(&gvk.group) || gvk.version.is_empty() || gvk.kind.is_empty() {
            return None;
        }
        let known = catalogue::of_type(&gvk.group, &gvk.kind);
        if self.types.is_empty() {
            return Some(known);
        }
        let versions = self.types.get(&(gvk.group.to_string(), gvk.kind.to_string()));
        let version = versions.and_then(|versions| versions.iter().find(|version| version.name == *gvk.version));
        Some(version.map_or(known, |version| version.schema(known)))
    }
}

impl Version {
    fn schema(&self, known: Schema<'static>) -> Schema<'_> {
        self.read.get_or_init(|| OpenApi::of_crd(&self.definition.tree, self.schema, Some(known))).whole()
    }
}

/// Returns the values by which an item can be told from the others of its list; `None` if it has not all of them.
pub(crate) fn identity_of(tree: &Tree, item: NodeId, schema: Schema<'_>) -> Option<Vec<String>> {
    let identity = schema.identity()?;
    let text = |node: NodeId| tree.is_scalar(node).then(|| tree.text(node)).filter(|text| !text.is_empty());
    if identity.keys.is_empty() {
        return text(item).map(|text| vec![text.to_owned()]);
    }
    if !tree.is_mapping(item) {
        return None;
    }
    let value = |(key, default): &(&str, Option<&str>)| match tree.get(item, key) {
        Some(node) => text(node).map(str::to_owned),
        None => default.map(str::to_owned),
    };
    identity.keys.iter().map(value).collect()
}
