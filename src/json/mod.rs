//! Forms for programs: what the engine's values are as JSON, for the command line and for the browser.
//!
//! Each form stands in a module with a table of its keys. Nothing is decided here, and nothing written: a caller prints the
//! values, on many lines or on one.

pub mod diagnostic;
pub mod diff;
pub mod explain;
pub mod images;
pub mod matrix;

use serde_json::Value;

/// The engine's JSON as a value, nothing as `null`; what is no JSON (numbers beyond all doubles) as its text.
fn value(text: Option<&str>) -> Value {
    text.map_or(Value::Null, |text| serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())))
}
