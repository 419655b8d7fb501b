//! Entries of `replacements` as typed data: where a value comes from, and which fields it is written to.
//!
//! Decoding is `decode::replacements`, applying them `transform::replacements`.

use super::{Placed, PlacedText, Target};
use crate::source::Place;

/// An entry of `replacements`: a replacement, or the path of a file with one or a list of them.
#[derive(Clone, Debug)]
pub struct ReplacementEntry {
    /// The whole entry.
    pub place: Place,
    /// `path`
    pub path: Option<PlacedText>,
    /// What stands inline.
    pub replacement: Replacement,
}

/// One replacement.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// The whole replacement.
    pub place: Place,
    /// `source`
    pub source: Option<ReplacementSource>,
    /// `sourceValue`; may be empty.
    pub source_value: Option<PlacedText>,
    /// `targets`
    pub targets: Option<Vec<ReplacementTarget>>,
}

/// `source` of a replacement. Group, version, kind, name and namespace are compared as they are; absent is any.
#[derive(Clone, Debug)]
pub struct ReplacementSource {
    /// The object.
    pub selector: Target,
    /// `fieldPath`
    pub field_path: Option<PlacedText>,
    /// `options`
    pub options: FieldOptions,
}

/// An entry of `targets`.
#[derive(Clone, Debug)]
pub struct ReplacementTarget {
    /// The whole entry.
    pub place: Place,
    /// `select`
    pub select: Option<Target>,
    /// `reject`
    pub reject: Vec<Target>,
    /// `fieldPaths`
    pub field_paths: Vec<PlacedText>,
    /// `options`
    pub options: FieldOptions,
}

/// `options` of a source or target. `encoding` is read and, as in the reference, has no effect.
#[derive(Clone, Debug, Default)]
pub struct FieldOptions {
    /// `delimiter`
    pub delimiter: Option<PlacedText>,
    /// `index`
    pub index: Option<Placed<i64>>,
    /// `create`
    pub create: bool,
}

impl FieldOptions {
    /// Returns the delimiter, if parts of a text are meant, and which part.
    pub fn part(&self) -> Option<(&str, i64)> {
        let delimiter = self.delimiter.as_ref()?.value.as_str();
        Some((delimiter, self.index.as_ref().map_or(0, |index| index.value)))
    }
}
