//! What `matrix -o json` writes; docs/diff.md describes it.

use super::value;
use crate::diff::matrix::{Cell, Matrix, Row};
use serde::Serialize;

/// The fields that differ; docs/diff.md describes the form.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonMatrix<'m> {
    version: u32,
    environments: &'m [String],
    equal: usize,
    objects: Vec<JsonBlock<'m>>,
}

/// The fields of an object.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonBlock<'m> {
    object: &'m str,
    fields: Vec<JsonRow<'m>>,
}

/// A field.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonRow<'m> {
    path: &'m str,
    values: Vec<JsonCell>,
}

/// A value in one environment.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonCell {
    present: bool,
    hidden: bool,
    value: serde_json::Value,
}

/// Returns the fields that differ.
pub fn matrix(found: &Matrix) -> JsonMatrix<'_> {
    let cell = |cell: &Option<Cell>| JsonCell {
        present: cell.is_some(),
        hidden: cell.as_ref().is_some_and(|cell| cell.is_hidden),
        value: value(cell.as_ref().map(|cell| cell.json.as_str())),
    };
    let row = |row: &Row| row.cells.iter().map(cell).collect();
    let blocks = found.blocks.iter().map(|block| JsonBlock {
        object: &block.object,
        fields: block.rows.iter().map(|each| JsonRow { path: &each.path, values: row(each) }).collect(),
    });
    JsonMatrix { version: 1, environments: &found.columns, equal: found.n_equal, objects: blocks.collect() }
}
