//! JSON Schemas of all forms that the program writes for other programs, made of the types that are written.
//!
//! Only with the feature `schemas`; `cargo xtask schema-files` writes them to docs/schemas.

use super::{fleet, vendor};
use crate::json::{diagnostic, diff, explain, images, matrix};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

/// What `explain -o json` answers: a field, an object, or the list of objects.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "it is only a type")]
enum Explained<'n> {
    Field(explain::JsonField<'n>),
    Object(explain::JsonWhole<'n>),
    Objects(Vec<explain::JsonListed<'n>>),
}

/// What `diff -o json` answers: about two sides, or, with `--all`, about many targets.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code, reason = "it is only a type")]
enum Compared<'d> {
    Sides(diff::JsonDiff<'d>),
    Targets(diff::JsonReport<'d>),
}

/// Returns the schema of a type, in the draft that editors know.
pub(super) fn of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<T>()
}

/// Returns the names of all forms with what they are and their schemas.
pub fn all() -> Vec<(&'static str, &'static str, serde_json::Value)> {
    let forms = [
        ("diagnostic", "a line of `--error-format json`", of::<diagnostic::JsonDiagnostic<'_>>()),
        ("diff", "`diff -o json`", of::<Compared<'_>>()),
        ("explain", "`explain -o json`", of::<Explained<'_>>()),
        ("images", "`images -o json`", of::<images::JsonImages<'_>>()),
        ("inputs", "`inputs -o json`", fleet::inputs_schema()),
        ("matrix", "`matrix -o json`", of::<matrix::JsonMatrix<'_>>()),
        ("validate", "`validate -o json`", super::validate::schema()),
        ("vendor-lock", "`.rustomize/lock.json`", vendor::lock_schema()),
    ];
    forms.into_iter().map(|(name, about, schema)| (name, about, schema.to_value())).collect()
}
