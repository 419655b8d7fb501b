//! `vars` as `replacements` (upstream `ConvertVarsToReplacements`): every place that refers to a var becomes a target, and the
//! reference itself a placeholder.

use super::files::{self, Touched};
use crate::diagnostic::{Code, Diagnostic};
use crate::edit::file::{File, Other};
use crate::edit::{Result, Work};
use crate::fs;
use crate::source::{Sensitivity, Sources};
use crate::yaml::edit::{Data, Value};
use crate::yaml::read;
use crate::yaml::tree::{Kind, NodeId, Tree};

/// The replacements that are there are dropped, as upstream.
pub(super) fn convert(work: &mut Work<'_, '_>, file: &mut File) -> Result<()> {
    let Some(vars) = file.new.remove("vars") else { return Ok(()) };
    if file.new.remove("replacements").is_some() {
        work.warn("the `replacements` that were there are removed, as kustomize does");
    }
    let mut files = files::touched(work, &file.new);
    let mut replacements = Vec::new();
    for var in vars.items() {
        let name = var.text_of("name");
        let mut targets = Vec::new();
        for file in &files {
            targets.append(&mut targets_in(work, file, name)?);
        }
        let mut replacement = Value::texts(&[]);
        replacement.set("source", source(var));
        if targets.is_empty() {
            work.warn(format!(
                "nothing that is found refers to the var `{name}`: its replacement has no targets, and does not build"
            ));
        } else {
            replacement.set("targets", Value::new(Data::List(targets)));
        }
        replacements.push(replacement);
        for file in &mut files {
            if let Some(text) = &mut file.text {
                *text = text.replace(&format!("$({name})"), &format!("{name}_PLACEHOLDER"));
            }
        }
    }
    if !replacements.is_empty() {
        *file.new.list_mut("replacements") = replacements;
    }
    for Touched { path, text, source, .. } in files {
        if let (Some(new), Some(old)) = (text, source)
            && new != old.text
        {
            file.others.push(Other { path: fs::join(&work.session.directory, &path).into(), old, new });
        }
    }
    Ok(())
}

fn source(var: &Value) -> Value {
    let reference = var.get("objref");
    let text = |key: &str| reference.map_or("", |reference| reference.text_of(key));
    let (group, version) = group_version(text("apiVersion"));
    Value::texts(&[
        ("group", group),
        ("version", version),
        ("kind", text("kind")),
        ("name", text("name")),
        ("namespace", text("namespace")),
        ("fieldPath", var.get("fieldref").map_or("", |reference| reference.text_of("fieldPath"))),
    ])
}

fn group_version(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

/// Returns a target for each place of a file that refers to a var; a file that cannot be read has none.
fn targets_in(work: &Work<'_, '_>, file: &Touched, name: &str) -> Result<Vec<Value>> {
    let Some(text) = &file.text else { return Ok(Vec::new()) };
    let reference = format!("$({name})");
    if !text.contains(&reference) {
        return Ok(Vec::new());
    }
    let mut sources = Sources::default();
    let source = sources.add(file.path.clone(), text.clone(), Sensitivity::Yaml, None);
    let Ok(documents) = read::read_documents(&source, &work.session.limits) else { return Ok(Vec::new()) };
    let mut targets = Vec::new();
    for document in &documents {
        for object in objects(document, documents.len()) {
            let mut found = Vec::new();
            find(document, object, &reference, &mut Vec::new(), &mut found)
                .map_err(|words| Diagnostic::error(Code::EditImpossible, words).path(file.path.clone()))?;
            targets.extend(found.into_iter().map(|place| target(file, document, object, place)));
        }
    }
    Ok(targets)
}

/// A place that refers to a var.
struct Found {
    path: String,
    delimiter: String,
    index: usize,
}

/// Returns the objects of a document: those of a list, if it is one.
fn objects(tree: &Tree, n_documents: usize) -> Vec<NodeId> {
    let is_list = matches!(tree.text_at(&["kind"]), Some("List" | "ResourceList"));
    match tree.get(tree.root(), "items").filter(|_| is_list && n_documents == 1) {
        Some(items) => tree.items(items).collect(),
        None => vec![tree.root()],
    }
}

// Depth is bounded by that of what was read.
fn find(
    tree: &Tree,
    node: NodeId,
    reference: &str,
    path: &mut Vec<String>,
    found: &mut Vec<Found>,
) -> std::result::Result<(), String> {
    match tree.kind(node) {
        Kind::Sequence => {
            for (index, item) in tree.items(node).enumerate() {
                path.push(index.to_string());
                find(tree, item, reference, path, found)?;
                path.pop();
            }
        }
        Kind::Mapping => {
            for (key, value) in tree.entries(node) {
                let key = tree.text(key).trim();
                path.push(if key.contains('.') { format!("[{key}]") } else { key.to_owned() });
                find(tree, value, reference, path, found)?;
                path.pop();
            }
        }
        Kind::Scalar => {
            let text = tree.text(node);
            if let Some(at) = text.find(reference) {
                let (delimiter, index) = delimited(text, at, reference)
                    .ok_or_else(|| format!("`{reference}` stands in a text without the same character around it"))?;
                found.push(Found { path: path.join("."), delimiter, index });
            }
        }
    }
    Ok(())
}

/// Returns what separates a reference from the text around it, and which part it is.
fn delimited(text: &str, at: usize, reference: &str) -> Option<(String, usize)> {
    let before = text.get(..at)?.chars().next_back();
    let after = text.get(at + reference.len()..)?.chars().next();
    let delimiter = match (before, after) {
        (None, None) => return Some((String::new(), 0)),
        (None, Some(after)) => return Some((after.to_string(), 0)),
        (Some(before), None) => {
            let index = text.split(before).count() - 1;
            return Some((before.to_string(), index));
        }
        (Some(before), Some(after)) => (before == after).then_some(before)?,
    };
    let index = text.split(delimiter).position(|part| part == reference)?;
    Some((delimiter.to_string(), index))
}

fn target(file: &Touched, tree: &Tree, object: NodeId, place: Found) -> Value {
    let text = |path: &[&str]| {
        let node = tree.get_path(object, path).filter(|&node| tree.is_scalar(node));
        node.map_or("", |node| tree.text(node))
    };
    let is_on = |key: &str| {
        let options = file.patch.as_ref().and_then(|patch| patch.get("options"));
        let value = options.and_then(|options| options.get(key));
        matches!(value, Some(Value { data: Data::Plain(text), .. }) if text == "true")
    };
    let (name, namespace) = (text(&["metadata", "name"]), text(&["metadata", "namespace"]));
    let is_patch = file.patch.is_some() && !(is_on("allowNameChange") && is_on("allowKindChange"));
    let select = match &file.patch {
        Some(patch) if is_patch => {
            // What a patch is applied to need not be called what it is called.
            let mut select = Value::texts(&[]);
            let fields = patch.get("target").map_or(&[][..], Value::entries);
            fields.iter().for_each(|(key, value)| select.set(key, Value::new(value.data.clone())));
            if is_on("allowNameChange") {
                select.set_text("name", name);
            }
            if is_on("allowKindChange") {
                select.set_text("kind", text(&["kind"]));
            }
            if !namespace.is_empty() {
                select.set_text("namespace", namespace);
            }
            select
        }
        _ => {
            let (group, version) = group_version(text(&["apiVersion"]));
            Value::texts(&[
                ("group", group),
                ("version", version),
                ("kind", text(&["kind"])),
                ("name", name),
                ("namespace", namespace),
            ])
        }
    };
    let mut target = Value::texts(&[]);
    target.set("select", select);
    target.set("fieldPaths", Value::new(Data::List(vec![Value::text(place.path)])));
    if !place.delimiter.is_empty() {
        let mut options = Value::texts(&[("delimiter", &place.delimiter)]);
        if place.index > 0 {
            options.set("index", Value::plain(place.index));
        }
        target.set("options", options);
    }
    target
}
