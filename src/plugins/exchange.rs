//! What programs get to read and what they answer: objects as text, and text as objects.
//!
//! A function gets a `ResourceList` (Kubernetes Resource Model functions), a legacy plugin plain documents. The texts are those
//! of the reference, byte for byte, since programs may be no more than a line of sed.

use super::annotations::{self, INDEX, LEGACY_INDEX, LEGACY_PATH, PATH};
use super::{Context, Plugin};
use crate::casing::lowercase;
use crate::diagnostic::{Code, Diagnostic, Report, Result, Severity};
use crate::limits::Limits;
use crate::manifest::{self, LOCAL_CONFIG};
use crate::marks;
use crate::object_origin::ObjectOrigin;
use crate::provenance::{Stamp, Touched};
use crate::resmap::ResMap;
use crate::resource::{Behavior, MadeBy, ResId, Resource};
use crate::source::{Place, Sensitivity, Source, Sources};
use crate::string_map;
use crate::transform::metadata;
use crate::unprintable;
use crate::yaml::emit::{emit, emit_indented};
use crate::yaml::read;
use crate::yaml::tree::{Style, Tag, Tree};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Says of an object which one it was before; read back by nobody, since objects are found by identity.
const ID: &str = "kustomize.config.k8s.io/id";
/// A generator asks for a hash suffix.
const NEEDS_HASH: &str = "kustomize.config.k8s.io/needs-hash";
/// A generator says what becomes of an object that exists.
const BEHAVIOR: &str = "kustomize.config.k8s.io/behavior";

/// What the reference adds to the items of a list and takes away again, beside paths.
const ADDED: [&str; 5] = [
    LEGACY_INDEX,
    INDEX,
    "internal.config.kubernetes.io/annotations-migration-resource-id",
    annotations::ID,
    annotations::LEGACY_ID,
];
/// Of these, what is added when objects are read, and taken away when they are written.
const INDEXES: [&str; 2] = [LEGACY_INDEX, INDEX];

/// Columns by which items of a list are indented, and so is the configuration of a function.
const ITEM_INDENT: usize = 2;

/// Returns the objects as documents, each with its identity in an annotation (upstream `GetResMapWithIDAnnotation`).
pub(super) fn documents(resources: &ResMap, stamp: &Stamp) -> Result<String> {
    let mut out = String::new();
    for resource in resources.iter() {
        if !out.is_empty() {
            out.push_str("---\n");
        }
        let annotated = with_id(resource, stamp);
        emit(&annotated.tree, annotated.root(), &mut out).map_err(|error| unprintable::error(&annotated, &error))?;
    }
    Ok(out)
}

/// Returns a configuration as the reference hands it to programs.
pub(super) fn configuration(config: &Resource, stamp: &Stamp) -> Result<String> {
    let config = with_metadata(config, stamp);
    let mut out = String::new();
    emit(&config.tree, config.root(), &mut out).map_err(|error| unprintable::error(&config, &error))?;
    Ok(out)
}

/// Adds the marks of a configuration (a kustomization may have prefixed it), and what `buildMetadata` says of it.
fn with_metadata(config: &Resource, stamp: &Stamp) -> Resource {
    let mut config = config.clone();
    marks::write(&mut config, stamp);
    if !matches!(config.made_by, MadeBy::Unknown) {
        let annotations = marks::annotations_for_writing(config.tree_mut(), stamp);
        metadata::annotate_copy(&mut config, annotations, stamp);
    }
    config
}

/// Returns the `ResourceList` for a function; a generator gets its own configuration as the only item.
pub(super) fn resource_list(config: &Resource, resources: Option<&ResMap>, stamp: &Stamp) -> Result<String> {
    let function_config = annotations::add(
        &printed_item(&with_metadata(config, stamp), ITEM_INDENT)?,
        ITEM_INDENT,
        &[(LOCAL_CONFIG, "true".to_owned())],
    );
    let mut out = String::from("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n");
    let mut items = Vec::new();
    match resources {
        None => items.push((function_config.clone(), annotations::copies(&config.tree))),
        Some(resources) => {
            for resource in resources.iter() {
                let annotated = with_id(resource, stamp);
                items.push((printed_item(&annotated, ITEM_INDENT)?, annotations::copies(&annotated.tree)));
            }
        }
    }
    out.push_str(if items.is_empty() { "items: []\n" } else { "items:\n" });
    for (index, (text, copies)) in items.into_iter().enumerate() {
        let id = index + 1;
        let numbers = [index, index, index, id, id].map(|number| number.to_string());
        let added: Vec<(&str, String)> = copies.into_iter().chain(ADDED.into_iter().zip(numbers)).collect();
        out.push_str("- ");
        out.push_str(annotations::add(&text, ITEM_INDENT, &added).get(ITEM_INDENT..).unwrap_or_default());
    }
    out.push_str("functionConfig:\n");
    out.push_str(&function_config);
    Ok(out)
}

/// Returns what a function that is not run hands on, as documents.
pub(super) fn passed_on(config: &Resource, resources: Option<&ResMap>, stamp: &Stamp) -> Result<String> {
    let Some(resources) = resources else {
        let config = printed_item(&with_metadata(config, stamp), 0)?;
        return Ok(annotations::add(&config, 0, &[(LOCAL_CONFIG, "true".to_owned())]));
    };
    let mut out = String::new();
    for resource in resources.iter() {
        if !out.is_empty() {
            out.push_str("---\n");
        }
        let mut annotated = with_id(resource, stamp);
        let is_number = |key: &str| INDEXES.contains(&key);
        let copies =
            annotations::copies(&annotated.tree).into_iter().filter(|(key, _)| !is_number(key)).collect::<Vec<_>>();
        let tree = annotated.tree_mut();
        let annotations = marks::annotations_for_writing(tree, stamp);
        tree.retain_entries(annotations, |tree, key, _| !is_number(tree.text(key)));
        out.push_str(&annotations::add(&printed_item(&annotated, 0)?, 0, &copies));
    }
    Ok(out)
}

/// Returns an object as the reference prints it between two functions, and reads it again.
pub(super) fn reprinted(resource: &Arc<Resource>, stamp: &Stamp) -> Option<(Arc<Source>, Tree)> {
    let text = printed_item(&with_id(resource, stamp), 0).ok()?;
    let source = Sources::default().add("", text, Sensitivity::Opaque, None);
    let tree = read::read_first(&source, &Limits::default()).ok()??;
    Some((source, tree))
}

fn with_id(resource: &Arc<Resource>, stamp: &Stamp) -> Resource {
    let mut annotated = Resource::clone(resource);
    marks::write(&mut annotated, stamp);
    let id = id_text(resource, stamp);
    let annotations = marks::annotations_for_writing(annotated.tree_mut(), stamp);
    metadata::annotate_copy(&mut annotated, annotations, stamp);
    let tree = annotated.tree_mut();
    // Annotations are read as texts, whatever their types, and written anew (upstream `GetAnnotations`, `SetAnnotations`).
    string_map::rewrite_annotations(tree, stamp, |_| false);
    let annotations = marks::annotations_for_writing(tree, stamp);
    let value = tree.new_scalar(&id, Style::Literal, Tag::Str, stamp);
    tree.set_entry(annotations, ID, value, stamp);
    annotated
}

fn id_text(resource: &Resource, stamp: &Stamp) -> String {
    let id = &resource.id;
    let mut tree = Tree::new();
    let root = tree.root();
    let parts = [
        ("group", &id.gvk.group),
        ("kind", &id.gvk.kind),
        ("name", &id.name),
        ("namespace", &id.namespace),
        ("version", &id.gvk.version),
    ];
    for (key, text) in parts {
        if !text.is_empty() {
            let value = tree.new_string(text, stamp);
            tree.push_key(root, key, value, stamp);
        }
    }
    let mut out = String::new();
    // Strings can be printed but for control characters, and those would have failed when the object is printed.
    let _ = emit(&tree, root, &mut out);
    out
}

/// Prints an object, with long strings on one line.
fn printed_item(resource: &Resource, indent: usize) -> Result<String> {
    let mut out = String::new();
    let printed = emit_indented(&resource.tree, resource.root(), indent, &mut out);
    printed.map_err(|error| unprintable::error(resource, &error))?;
    Ok(out)
}

// ---- answers ------------------------------------------------------------------------------------------------------------

/// Reads what a program wrote to its standard output; marks of the build are still annotations.
pub(super) fn answer(
    plugin: &Plugin,
    stdout: Vec<u8>,
    is_function: bool,
    context: &mut Context<'_, '_>,
) -> Result<Vec<Arc<Resource>>> {
    let kind = &plugin.config.id.gvk.kind;
    let failed = |message: String| {
        Diagnostic::error(Code::PluginFailed, format!("`{kind}` answers what cannot be read: {message}"))
            .at(Some(plugin.place), "this plugin")
            .help("correct the program: it writes manifests to its standard output, and messages to its standard error")
    };
    let text = read::decode_bytes(stdout).map_err(|_| failed("it is not UTF-8".to_owned()))?;
    let session = &mut *context.session;
    let source = session.sources.add(format!("<output of {kind}>"), text, Sensitivity::Yaml, None);
    let through = |mut error: Box<Diagnostic>| {
        error.chain.insert(0, plugin.place);
        error
    };
    let documents = read::read_documents(&source, &session.limits).map_err(through)?;
    let documents = if is_function { items(documents, plugin) } else { documents };
    let mut report = Report::default();
    let resources = manifest::resources(documents, &mut report);
    if let Some(error) = report.diagnostics.into_iter().find(|found| found.severity == Severity::Error) {
        return Err(through(Box::new(error)));
    }
    Ok(resources)
}

/// Takes the items out of a list, and from them what was added for the function.
fn items(documents: Vec<Tree>, plugin: &Plugin) -> Vec<Tree> {
    let stamp = Stamp { by: plugin.by, place: Some(plugin.place) };
    let mut trees = match documents.as_slice() {
        [tree] if is_list(tree) => {
            let list = tree.get(tree.root(), "items").filter(|&items| tree.is_sequence(items));
            list.map(|list| tree.items(list).map(|item| tree.extract(item)).collect()).unwrap_or_default()
        }
        _ => documents,
    };
    for tree in &mut trees {
        if !tree.is_mapping(tree.root()) {
            continue;
        }
        let path = default_path(tree);
        let annotations = marks::annotations_for_writing(tree, &stamp);
        tree.retain_entries(annotations, |tree, key, _| !ADDED.contains(&tree.text(key)));
        let present = [PATH, LEGACY_PATH].iter().find_map(|key| tree.get(annotations, key));
        let path = present.map_or(path, |present| tree.text(present).to_owned());
        for key in [PATH, LEGACY_PATH] {
            if tree.get(annotations, key).is_none() {
                let value = tree.new_scalar(&path, Style::SingleQuoted, Tag::Str, &stamp);
                tree.set_entry(annotations, key, value, &stamp);
            }
        }
    }
    trees
}

/// Returns whether a single document stands for those in it (upstream `kio.ByteReader`).
fn is_list(tree: &Tree) -> bool {
    let root = tree.root();
    let has = |key| tree.get(root, key).is_some();
    matches!(tree.text_at(&["kind"]), Some("ResourceList" | "List")) && (has("items") || has("functionConfig"))
}

/// The path that the reference gives to an object that has none (upstream `kioutil.DefaultPathAnnotation`).
fn default_path(tree: &Tree) -> String {
    let text = |path: &[&str]| tree.text_at(path).unwrap_or_default();
    let file = format!("{}_{}.yaml", lowercase(text(&["kind"])), text(&["metadata", "name"]));
    match text(&["metadata", "namespace"]) {
        "" => file,
        namespace => format!("{namespace}/{file}"),
    }
}

/// Takes a generator's wishes out of the annotations of what it made (upstream `UpdateResourceOptions`).
pub(super) fn generated(resources: Vec<Arc<Resource>>, plugin: &Plugin) -> Result<Vec<Resource>> {
    let mut made = Vec::with_capacity(resources.len());
    for mut resource in resources {
        marks::adopt(&mut resource);
        let mut resource = Arc::unwrap_or_clone(resource);
        resource.is_generated = true;
        ensure_metadata(&mut resource, &Stamp { by: plugin.by, place: Some(plugin.place) });
        let Some(annotations) = marks::annotations(&resource.tree) else {
            made.push(resource);
            continue;
        };
        let get = |key: &str| resource.tree.get(annotations, key).map(|value| resource.tree.text(value).to_owned());
        let (needs_hash, behavior) = (get(NEEDS_HASH), get(BEHAVIOR));
        if let Some(text) = needs_hash {
            // Go's `strconv.ParseBool`.
            resource.needs_hash = match text.as_str() {
                "1" | "t" | "T" | "true" | "TRUE" | "True" => true,
                "0" | "f" | "F" | "false" | "FALSE" | "False" => resource.needs_hash,
                _ => {
                    let message = format!("the annotation `{NEEDS_HASH}` of {} is no boolean", resource.short_name());
                    return Err(Diagnostic::error(Code::PluginFailed, message)
                        .at(Some(plugin.place), "made by this")
                        .help("correct the program: the annotation is `\"true\"` or `\"false\"`"));
                }
            };
        }
        resource.behavior = match behavior.as_deref() {
            Some("create") => Behavior::Create,
            Some("replace") => Behavior::Replace,
            Some("merge") => Behavior::Merge,
            _ => Behavior::Unspecified,
        };
        let stamp = Stamp { by: plugin.by, place: Some(plugin.place) };
        string_map::rewrite_annotations(resource.tree_mut(), &stamp, |key| key == NEEDS_HASH || key == BEHAVIOR);
        made.push(resource);
    }
    Ok(made)
}

/// Rewriting annotations makes `metadata` where there is none, which only lists may lack.
fn ensure_metadata(resource: &mut Resource, stamp: &Stamp) {
    if resource.tree.get(resource.root(), "metadata").is_none() {
        let tree = resource.tree_mut();
        let root = tree.root();
        string_map::mapping_under(tree, root, "metadata", stamp);
    }
}

/// Puts what a transformer answered in the place of the objects it was given: by identity, new ones at the end; those
/// that it left out are gone (upstream `UpdateResMapValues`).
pub(super) fn update(resources: &mut ResMap, answered: Vec<Arc<Resource>>, plugin: &Plugin) -> Result<Touched> {
    let stamp = Stamp { by: plugin.by, place: Some(plugin.place) };
    let mut touched = Touched { by: plugin.by, resources: 0, fields: 0 };
    let mut seen: FxHashSet<usize> = FxHashSet::default();
    let repeated = repeated(resources);
    for answer in answered {
        let mut answer = Arc::unwrap_or_clone(answer);
        ensure_metadata(&mut answer, &stamp);
        string_map::rewrite_annotations(answer.tree_mut(), &stamp, |key| key == ID);
        let position = match resources.find_current(&answer.id) {
            Some(position) if repeated.contains(&position) => {
                return Err(ambiguous(resources.get(position), plugin, "is given"));
            }
            Some(position) => {
                let mut new = Resource { tree: answer.tree, ..Resource::clone(resources.get(position)) };
                new.refresh_id();
                marks::read_back(&mut new, false);
                resources.replace(position, Arc::new(new));
                position
            }
            None => {
                if let Some(path) = origin_path(&answer.tree) {
                    // What a program says of the origin stands, and what runs afterwards is a transformation of it.
                    answer.made_by = MadeBy::File(Arc::new(ObjectOrigin { path, ..ObjectOrigin::default() }));
                }
                let mut answer = Arc::new(answer);
                marks::adopt(&mut answer);
                match resources.append(answer) {
                    Ok(position) | Err((_, position)) => position,
                }
            }
        };
        if !seen.insert(position) {
            let name = resources.get(position).short_name();
            let message = format!("`{}` answers {name} twice", plugin.config.id.gvk.kind);
            return Err(Diagnostic::error(Code::PluginFailed, message)
                .at(Some(plugin.place), "this plugin")
                .help("correct the program: it answers each object once"));
        }
        touched.resources += 1;
    }
    let gone: Vec<usize> = (0..resources.len()).filter(|position| !seen.contains(position)).collect();
    let mut lost: FxHashSet<&ResId> = FxHashSet::default();
    for resource in gone.iter().filter(|position| repeated.contains(position)).map(|&position| resources.get(position))
    {
        if !lost.insert(&resource.id) {
            return Err(ambiguous(resource, plugin, "leaves out"));
        }
    }
    touched.resources += gone.len() as u32;
    resources.remove(&gone);
    Ok(touched)
}

/// Returns the positions of objects that share their identity with another (a replacement may have renamed them).
fn repeated(resources: &ResMap) -> FxHashSet<usize> {
    if resources.find_repeated().is_none() {
        return FxHashSet::default();
    }
    let first = |position| resources.find_current(&resources.get(position).id).unwrap_or(position);
    let again = (0..resources.len()).filter(|&position| first(position) != position);
    again.flat_map(|position| [first(position), position]).collect()
}

fn ambiguous(resource: &Resource, plugin: &Plugin, verb: &str) -> Box<Diagnostic> {
    let kind = &plugin.config.id.gvk.kind;
    let message = format!("`{kind}` {verb} {}, and there are several of that name", resource.short_name());
    let error = Diagnostic::error(Code::PluginFailed, message).at(Some(plugin.place), "this plugin");
    error.help("objects are told apart by kind, name and namespace: a directive before has given two the same")
}

/// Returns the path in an annotation that says where an object comes from.
fn origin_path(tree: &Tree) -> Option<Arc<str>> {
    let annotation = tree.get(marks::annotations(tree)?, marks::ORIGIN)?;
    let source = Sources::default().add("", tree.text(annotation).to_owned(), Sensitivity::Opaque, None);
    let origin = read::read_first(&source, &Limits::default()).ok().flatten()?;
    origin.text_at(&["path"]).map(Arc::from)
}

/// The place a program is blamed at.
pub(super) fn failed(plugin: &Plugin, place: Option<Place>, message: String) -> Box<Diagnostic> {
    Diagnostic::error(Code::PluginFailed, message).at(place.or(Some(plugin.place)), "")
}
