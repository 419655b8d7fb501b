//! From documents to resources: what counts as a Kubernetes object, and lists of objects taken apart.
//!
//! Splitting and parsing a file is `yaml::read`; which files are read is `loader`. Patch files go through here too.

use crate::diagnostic::{Code, Diagnostic, Report};
use crate::mistaken;
use crate::resource::Resource;
use crate::source::{Place, Span};
use crate::yaml::json;
use crate::yaml::read::template;
use crate::yaml::resolve;
use crate::yaml::tree::{NodeId, Tag, Tree};
use std::collections::VecDeque;
use std::sync::Arc;

/// The annotation of objects that are for tools only, and are left out of the output.
pub(crate) const LOCAL_CONFIG: &str = "config.kubernetes.io/local-config";

/// Makes resources of the documents of one file, in the reference's order; faults of all documents are reported.
///
/// The documents of a `List` stand where the list stood if it is the file's only document; those of any other kind that
/// ends in `List` come after everything else (upstream `kio.ByteReader` and `resource.Factory.inlineAnyEmbeddedLists`).
pub fn resources(documents: Vec<Tree>, report: &mut Report) -> Vec<Arc<Resource>> {
    let mut queue: VecDeque<Tree> = VecDeque::new();
    let is_only = documents.len() == 1;
    for tree in documents {
        match only_list_items(&tree).filter(|_| is_only) {
            Some(items) => queue.extend(items.into_iter().map(|item| tree.extract(item))),
            None => queue.push_back(tree),
        }
    }
    let mut list = Vec::with_capacity(queue.len());
    while let Some(tree) = queue.pop_front() {
        if is_nil_or_empty(&tree, tree.root()) {
            continue;
        }
        let resource = Resource::new(Arc::new(tree));
        let Some(()) = report.keep(validate(&resource)) else { continue };
        match inner_items(&resource.tree) {
            None => list.push(Arc::new(resource)),
            Some(Ok(items)) => {
                for item in items {
                    queue.extend(report.keep(normalised_item(&resource.tree, item)));
                }
            }
            Some(Err(node)) => {
                let message = format!("`items` of `{}` is not a list", resource.id.gvk.kind);
                let error = Diagnostic::error(Code::NotAResource, message).at(resource.tree.place(node), "");
                report.push(error.help("write each object as an item, beginning with `- `"));
            }
        }
    }
    list
}

/// Makes resources of documents as they are: only a `List` that stands alone is taken apart, and objects that are for a
/// build only are dropped (upstream `resource.Factory.DropLocalNodes`).
pub(crate) fn resources_as_they_are(documents: Vec<Tree>, report: &mut Report) -> Vec<Arc<Resource>> {
    let is_only = documents.len() == 1;
    let documents = documents.into_iter().flat_map(|tree| match only_list_items(&tree).filter(|_| is_only) {
        Some(items) => items.into_iter().map(|item| tree.extract(item)).collect(),
        None => vec![tree],
    });
    let mut list = Vec::new();
    for tree in documents.filter(|tree| !is_nil_or_empty(tree, tree.root())) {
        let resource = Resource::new(Arc::new(tree));
        if report.keep(validate(&resource)).is_some() && !is_local(&resource.tree) {
            list.push(Arc::new(resource));
        }
    }
    list
}

/// Returns whether an object is for the build only.
pub(crate) fn is_local(tree: &Tree) -> bool {
    let value = tree.get_path(tree.root(), &["metadata", "annotations", LOCAL_CONFIG]);
    value.is_some_and(|value| tree.text(value) != "false")
}

/// Returns an error if a tree is no Kubernetes object (upstream `RNode.GetValidatedMetadata`).
pub fn validate(resource: &Resource) -> crate::diagnostic::Result<()> {
    let tree = &resource.tree;
    let root = tree.root();
    let place = tree.place(root);
    let id = &resource.id;
    if !tree.is_mapping(root) {
        let what = if tree.is_sequence(root) { "a list" } else { "a single value" };
        let diagnostic =
            Diagnostic::error(Code::NotAResource, format!("this document is {what}, not a Kubernetes object"));
        // All of the text is at fault; its beginning is enough to be pointed at.
        let start = place.map(|place| Place { span: Span { end: place.span.start, ..place.span }, ..place });
        let diagnostic = diagnostic.at(start, "`apiVersion`, `kind` and `metadata` are wanted here");
        return Err(diagnostic.help(match tree.is_sequence(root) {
            true => "write the objects as separate documents, or as `kind: List` with `items`",
            false => "if this file is not YAML (shell, HCL, plain text), remove it from `resources`",
        }));
    }
    if id.gvk.kind.is_empty() {
        if let Some(error) = unrendered(tree, place) {
            return Err(error);
        }
        let diagnostic =
            Diagnostic::error(Code::NotAResource, "this document has no `kind`: it is not a Kubernetes object");
        return Err(mistaken::add_advice(
            diagnostic.at(place, "no `kind` here"),
            tree,
            "if it is a patch, list it under `patches`; if it is no manifest at all, remove it from `resources`",
        ));
    }
    if id.name.is_empty() && !id.gvk.kind.ends_with("List") {
        let name = tree.get_path(root, &["metadata", "name"]).filter(|&name| tree.is_mapping(name));
        if let Some(error) = name.and_then(|name| unrendered(tree, tree.place(name))) {
            return Err(error);
        }
        let message = format!("this {} has no `metadata.name`", id.gvk.kind);
        let diagnostic = Diagnostic::error(Code::MissingName, message);
        let metadata = tree.get_entry(root, "metadata").map(|(key, _)| key);
        let at = metadata.and_then(|key| tree.place(key)).or(place);
        let has_generate_name = tree.get_path(root, &["metadata", "generateName"]).is_some();
        let diagnostic = diagnostic.at(at, "`name` is missing");
        return Err(match has_generate_name {
            true => diagnostic.help("`generateName` is not enough: every object in a kustomization needs a name"),
            false => diagnostic.help("name the object: `metadata: {name: …}`"),
        });
    }
    Ok(())
}

/// Returns an error if a template stands where a tree, or a part of it, begins: braces are a mapping in a mapping for YAML.
fn unrendered(tree: &Tree, place: Option<Place>) -> Option<Box<Diagnostic>> {
    let (source, place) = (&tree.file()?.source, place?);
    let is_here = source.id == place.source && template::stands_at(source, place);
    is_here.then(|| template::unrendered(source, place))
}

/// Returns whether a node is null, an empty mapping or an empty list (upstream `IsYNodeNilOrEmpty`).
pub fn is_nil_or_empty(tree: &Tree, node: NodeId) -> bool {
    if tree.is_scalar(node) { resolve::effective_tag(tree, node) == Tag::Null } else { tree.has_no_children(node) }
}

/// The items of a `List` or `ResourceList` that is the only document of its file.
fn only_list_items(tree: &Tree) -> Option<Vec<NodeId>> {
    let root = tree.root();
    let kind = tree.get(root, "kind")?;
    if !matches!(tree.text(kind), "List" | "ResourceList") {
        return None;
    }
    // A separator anywhere makes the reference see several documents, empty ones included.
    let has_separator = tree.file().is_some_and(|file| file.source.text.contains("\n---"));
    if has_separator {
        return None;
    }
    let items = tree.get(root, "items");
    if items.is_none() && tree.get(root, "functionConfig").is_none() {
        return None;
    }
    match items {
        Some(items) if tree.is_sequence(items) => Some(tree.items(items).collect()),
        // An empty mapping holds nothing, either.
        Some(items) if !tree.is_scalar(items) && !tree.has_no_children(items) => None,
        _ => Some(Vec::new()),
    }
}

/// The items of any kind that ends in `List`; the node at fault if `items` is no list.
fn inner_items(tree: &Tree) -> Option<Result<Vec<NodeId>, NodeId>> {
    let root = tree.root();
    let kind = tree.get(root, "kind")?;
    if !tree.text(kind).ends_with("List") {
        return None;
    }
    let items = tree.get(root, "items")?;
    if tree.is_sequence(items) {
        Some(Ok(tree.items(items).collect()))
    } else if tree.is_scalar(items) && resolve::effective_tag(tree, items) == Tag::Null {
        Some(Ok(Vec::new()))
    } else {
        Some(Err(items))
    }
}

/// An item of such a list as a document. The reference takes it through JSON, which leaves values but no styles.
fn normalised_item(tree: &Tree, item: NodeId) -> crate::diagnostic::Result<Tree> {
    let mut tree = tree.extract(item);
    let root = tree.root();
    json::as_json_text(&mut tree, root).map_err(|error| {
        let message = "an item of this list cannot be written as JSON, which the list's kind asks for";
        Diagnostic::error(Code::InvalidValue, message)
            .at(tree.place(error.node), "this value or key")
            .help("write it as a text, in quotes")
    })?;
    tree.clear_unshown();
    Ok(tree)
}
