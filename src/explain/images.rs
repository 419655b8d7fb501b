//! The images of a finished build: which container of which object runs what, and who said so last.
//!
//! An image is what the field `images` would look at (the `image` of every item of a list called `containers` or
//! `initContainers`, at any depth, and what the field specs of `images` name, those of `configurations` included), and
//! those of `ephemeralContainers`, which it leaves alone.

use super::lines::{Writer, writer};
use super::path::Element;
use super::{HIDDEN, Object, Secrets};
use crate::build::Build;
use crate::fieldspec::{FieldSpecs, Hit, is_null};
use crate::resource::Resource;
use crate::transform::images::split;
use crate::yaml::tree::{NodeId, Tree};
use rustc_hash::FxHashSet;

/// Lists whose items are containers.
const CONTAINER_LISTS: [&str; 3] = ["containers", "initContainers", "ephemeralContainers"];

/// An image with the place it is used at.
#[derive(Clone, Debug)]
pub struct ImageUse<'b> {
    /// The object.
    pub object: Object<'b>,
    /// The field that holds the image.
    pub path: Vec<Element>,
    /// The node of that field.
    pub node: NodeId,
    /// The name of the container, or of whatever else the field is in.
    pub container: Option<&'b str>,
    /// The image as it stands; hidden if it comes out of a Secret.
    pub image: &'b str,
    /// Whether it is hidden.
    pub is_hidden: bool,
    /// Who wrote it last.
    pub writer: Writer,
}

impl<'b> ImageUse<'b> {
    /// Returns name, tag and digest; what is not there is empty.
    pub fn parts(&self) -> (&'b str, &'b str, &'b str) {
        split(self.image)
    }
}

/// Returns every image of the objects of a build, in the order of the output, in an object in the order of its fields.
pub fn images<'b>(build: &'b Build, secrets: &Secrets) -> Vec<ImageUse<'b>> {
    let mut specs = FieldSpecs::new(build.field_specs.images.iter(), None);
    let mut found = Vec::new();
    let objects = super::objects(build).into_iter().filter(|object| object.removed_by.is_none());
    for object in objects.filter(|object| &*object.resource.id.gvk.kind != "CustomResourceDefinition") {
        let tree = &object.resource.tree;
        let nodes = nodes(object.resource, &mut specs);
        let leaves = if nodes.is_empty() { Vec::new() } else { object.leaves() };
        for (path, node) in leaves.into_iter().filter(|(_, node)| nodes.contains(node)) {
            if !tree.is_scalar(node) || is_null(tree, node) || tree.text(node).is_empty() {
                continue;
            }
            let is_hidden = object.is_hidden(&path, tree, node, secrets);
            let container = name_beside(tree, &path);
            let image = if is_hidden { HIDDEN } else { tree.text(node) };
            found.push(ImageUse { object, path, node, container, image, is_hidden, writer: writer(tree, node) });
        }
    }
    found
}

fn nodes(resource: &Resource, specs: &mut FieldSpecs<'_>) -> FxHashSet<NodeId> {
    let tree = &resource.tree;
    let mut nodes = FxHashSet::default();
    in_containers(tree, tree.root(), &mut nodes);
    let mut hits = Vec::new();
    for path in specs.for_type(&resource.id.gvk).iter() {
        hits.clear();
        // A build with `images` fails where such a way is blocked; there is no image behind it.
        if path.find(tree, &mut hits).is_ok() {
            nodes.extend(hits.iter().filter_map(|hit| if let Hit::Found(node) = hit { Some(*node) } else { None }));
        }
    }
    nodes
}

/// Depth is bounded by that of what was read.
fn in_containers(tree: &Tree, node: NodeId, nodes: &mut FxHashSet<NodeId>) {
    for (key, value) in tree.entries(node) {
        in_containers(tree, value, nodes);
        if CONTAINER_LISTS.contains(&tree.text(key)) {
            nodes.extend(tree.items(value).filter_map(|container| tree.get(container, "image")));
        }
    }
    tree.items(node).for_each(|item| in_containers(tree, item, nodes));
}

/// Returns the name that stands beside a field, or above it as far as the next list.
fn name_beside<'t>(tree: &'t Tree, path: &[Element]) -> Option<&'t str> {
    let (_, above) = path.split_last()?;
    let n_to_item = above.iter().rposition(|element| matches!(element, Element::Index(_)))? + 1;
    let item = super::chain::plain(tree, above.get(..n_to_item)?)?;
    tree.get(item, "name").filter(|&name| tree.is_scalar(name)).map(|name| tree.text(name))
}
