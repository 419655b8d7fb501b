//! `buildMetadata`: the label `app.kubernetes.io/managed-by`, and annotations that say where objects come from.
//!
//! During a build both kinds of facts are fields of the resources; the annotations are written once, at the end.

use super::labels::{self, Entry};
use crate::diagnostic::Result;
use crate::fieldspec::{FieldPath, FieldSpec, walk_error, wrong_kind};
use crate::object_origin::ObjectOrigin;
use crate::provenance::{DirectiveId, Stamp, Touched};
use crate::resmap::ResMap;
use crate::resource::{Configured, MadeBy, Resource};
use crate::schema::field_specs;
use crate::string_map;
use crate::yaml::emit::quote::yaml12_style;
use crate::yaml::json;
use crate::yaml::tree::{Kind, NodeId, Style};
use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

static METADATA_ANNOTATIONS: FieldSpec = FieldSpec {
    group: Cow::Borrowed(""),
    version: Cow::Borrowed(""),
    kind: Cow::Borrowed(""),
    path: Cow::Borrowed("metadata/annotations"),
    create: true,
    place: None,
};
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// The version whose output is reproduced, not that of this program.
const MANAGED_BY_VALUE: &str = "kustomize-v5.8.2";
const ORIGIN: &str = "config.kubernetes.io/origin";
const TRANSFORMATIONS: &str = "alpha.config.kubernetes.io/transformations";

/// Adds the managed-by label to every object.
pub fn add_managed_by(resmap: &mut ResMap, stamp: &Stamp) -> Result<Touched> {
    let entry = Entry { key: MANAGED_BY, value: MANAGED_BY_VALUE, key_place: stamp.place, place: stamp.place };
    let specs: Vec<_> = field_specs::METADATA_LABELS.iter().collect();
    labels::set_entries(resmap, &specs, &[entry], stamp.by)
}

/// Keeps in mind that a transformer ran over all objects; what has no origin yet was made by it.
///
/// To be called after each transformer (once per entry of a field with entries) where origins are asked for.
pub fn record_transformer(resmap: &mut ResMap, transformer: &Arc<Configured>, by: DirectiveId) {
    let stamp = Stamp { by, place: None };
    for position in 0..resmap.len() {
        let resource = resmap.get_mut(position);
        if matches!(resource.made_by, MadeBy::Unknown) {
            resource.made_by = MadeBy::Generator(Arc::clone(transformer));
        } else {
            resource.transformations.push(Arc::clone(transformer));
        }
        // The reference writes its own annotation, and with it all others anew.
        if !string_map::are_annotations_written(&resource.tree, |_| false) {
            string_map::rewrite_annotations(resource.tree_mut(), &stamp, |_| false);
        }
    }
}

/// Writes the annotation that says where an object comes from.
pub fn add_origins(resmap: &mut ResMap, stamp: &Stamp) -> Result<()> {
    for position in 0..resmap.len() {
        let Some(text) = origin_text(resmap.get(position)) else { continue };
        annotate(resmap, position, ORIGIN, &text, stamp)?;
    }
    Ok(())
}

/// Writes the annotation that lists the transformers that ran over an object.
pub fn add_transformations(resmap: &mut ResMap, stamp: &Stamp) -> Result<()> {
    for position in 0..resmap.len() {
        if let Some(text) = transformations_text(resmap.get(position)) {
            annotate(resmap, position, TRANSFORMATIONS, &text, stamp)?;
        }
    }
    Ok(())
}

/// Writes both annotations into an object that a program gets to see; during a build they are not kept as texts.
pub(crate) fn annotate_copy(resource: &mut Resource, annotations: NodeId, stamp: &Stamp) {
    let texts = [(ORIGIN, origin_text(resource)), (TRANSFORMATIONS, transformations_text(resource))];
    let tree = resource.tree_mut();
    for (key, text) in texts {
        if let Some(text) = text {
            let value = tree.new_string(&text, stamp);
            tree.set_entry(annotations, key, value, stamp);
        }
    }
}

fn origin_text(resource: &Resource) -> Option<String> {
    match &resource.made_by {
        MadeBy::Unknown => None,
        MadeBy::File(origin) => Some(format!("path: {}\n{}", scalar(&origin.path), repository(origin, ""))),
        MadeBy::Generator(configured) => Some(configuration(configured, "")),
    }
}

fn transformations_text(resource: &Resource) -> Option<String> {
    let items = resource.transformations.iter();
    let text: String = items.map(|configured| format!("- {}", configuration(configured, "  ").trim_start())).collect();
    (!text.is_empty()).then_some(text)
}

/// The lines that name a remote repository.
fn repository(origin: &ObjectOrigin, indent: &str) -> String {
    let fields = [("repo", &origin.repo), ("ref", &origin.reference)];
    let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
    fields.map(|(key, value)| format!("{indent}{key}: {}\n", scalar(value))).collect()
}

fn configuration(configured: &Configured, indent: &str) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    text.push_str(&repository(&configured.configured_in, indent));
    if !configured.configured_in.path.is_empty() {
        let _ = writeln!(text, "{indent}configuredIn: {}", scalar(&configured.configured_in.path));
    }
    let Configured { api_version, kind, name, namespace, .. } = configured;
    let _ = writeln!(text, "{indent}configuredBy:");
    for (key, value) in [("apiVersion", api_version), ("kind", kind), ("name", name), ("namespace", namespace)] {
        if !value.is_empty() {
            let _ = writeln!(text, "{indent}  {key}: {}", scalar(value));
        }
    }
    text
}

/// Returns a text as go-yaml v3 writes a string.
fn scalar(text: &str) -> String {
    match yaml12_style(text) {
        Ok(Style::Plain) => text.to_owned(),
        Ok(Style::SingleQuoted) => format!("'{}'", text.replace('\'', "''")),
        _ => {
            let mut quoted = String::new();
            json::encode_string(text, &mut quoted);
            quoted
        }
    }
}

fn annotate(resmap: &mut ResMap, position: usize, key: &str, text: &str, stamp: &Stamp) -> Result<()> {
    let path = FieldPath::new(&METADATA_ANNOTATIONS, Some(Kind::Mapping));
    let resource = resmap.get(position);
    let mut hits = Vec::new();
    path.find(&resource.tree, &mut hits).map_err(|error| walk_error(resource, &path.text, error, None))?;
    for hit in hits {
        let tree = resmap.get_mut(position).tree_mut();
        let Some((map, _)) = path.reach(tree, hit, stamp, |tree| tree.new_mapping(stamp)) else { continue };
        if !tree.is_mapping(map) {
            return Err(wrong_kind(resmap.get(position), &path.text, map, "a mapping", None));
        }
        let value = tree.new_string(text, stamp);
        tree.set_entry(map, key, value, stamp);
    }
    Ok(())
}
