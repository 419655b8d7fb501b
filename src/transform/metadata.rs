//! `buildMetadata`: the label `app.kubernetes.io/managed-by`, and annotations that say where objects come from.
//!
//! During a build both kinds of facts are fields of the resources; the annotations are written once, at the end.

use super::labels::{self, Entry};
use crate::diagnostic::Result;
use crate::fieldspec::{FieldPath, FieldSpec, walk_error, wrong_kind};
use crate::provenance::{DirectiveId, Stamp, Touched};
use crate::resmap::ResMap;
use crate::resource::{Configured, MadeBy};
use crate::schema::field_specs;
use crate::string_map;
use crate::yaml::resolve::{Value, resolve};
use crate::yaml::tree::Kind;
use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

static METADATA_ANNOTATIONS: FieldSpec = FieldSpec {
    group: Cow::Borrowed(""),
    version: Cow::Borrowed(""),
    kind: Cow::Borrowed(""),
    path: Cow::Borrowed("metadata/annotations"),
    create: true,
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
        let text = match &resmap.get(position).made_by {
            MadeBy::Unknown => continue,
            MadeBy::File(path) => format!("path: {}\n", scalar(path)),
            MadeBy::Generator(configured) => configuration(configured, ""),
        };
        annotate(resmap, position, ORIGIN, &text, stamp)?;
    }
    Ok(())
}

/// Writes the annotation that lists the transformers that ran over an object.
pub fn add_transformations(resmap: &mut ResMap, stamp: &Stamp) -> Result<()> {
    for position in 0..resmap.len() {
        let items = resmap.get(position).transformations.iter();
        let text: String =
            items.map(|configured| format!("- {}", configuration(configured, "  ").trim_start())).collect();
        if !text.is_empty() {
            annotate(resmap, position, TRANSFORMATIONS, &text, stamp)?;
        }
    }
    Ok(())
}

fn configuration(configured: &Configured, indent: &str) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(text, "{indent}configuredIn: {}", scalar(&configured.configured_in));
    let Configured { api_version, kind, name, namespace, .. } = configured;
    let _ = writeln!(text, "{indent}configuredBy:");
    for (key, value) in [("apiVersion", api_version), ("kind", kind), ("name", name), ("namespace", namespace)] {
        if !value.is_empty() {
            let _ = writeln!(text, "{indent}  {key}: {}", scalar(value));
        }
    }
    text
}

/// Returns a text as a plain YAML scalar where it can be one, else quoted.
fn scalar(text: &str) -> String {
    let is_plain = resolve(text) == Value::Str
        && !string_map::is_ambiguous(text)
        && !text.starts_with(['#', ',', '[', ']', '{', '}', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', ' '])
        && !text.contains(" #")
        && !text.contains(": ")
        && !text.ends_with(':')
        && !text.ends_with(' ');
    if is_plain { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
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
