//! What differs between two builds.

use super::Rendered;
use crate::diff::{self, Side, Status};
use std::fmt;

/// The outcome of a comparison: empty if all objects mean the same.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Diff {
    /// What differs, sorted by kind, name and namespace.
    pub objects: Vec<ChangedObject>,
    /// How many objects are equal.
    pub n_equal: usize,
    unified: String,
}

/// An object that differs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ChangedObject {
    /// What became of it.
    pub status: Status,
    /// What it is called on the old side: `Deployment.apps/web in prod`.
    pub old: Option<String>,
    /// What it is called on the new side.
    pub new: Option<String>,
    /// The fields that differ; of an object that one side lacks: the whole object, under an empty path.
    pub fields: Vec<ChangedField>,
}

/// A field that differs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ChangedField {
    /// `spec.containers[name=web].image`
    pub path: String,
    /// The old value as JSON; nothing for a field that is new.
    pub old: Option<String>,
    /// The new value as JSON; nothing for a field that is gone.
    pub new: Option<String>,
}

impl Diff {
    /// Returns whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }
}

impl fmt::Display for Diff {
    /// Writes a unified diff of the objects as YAML.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.unified)
    }
}

pub(super) fn compare(old: &Rendered, new: &Rendered) -> Diff {
    let options = diff::Options { texts: true, ..diff::Options::default() };
    let found = diff::compare(&side(old), &side(new), &options);
    let object = |object: &diff::ObjectDiff| ChangedObject {
        status: object.status,
        old: object.old.as_ref().map(ToString::to_string),
        new: object.new.as_ref().map(ToString::to_string),
        fields: object.changes.iter().map(field).collect(),
    };
    Diff {
        objects: found.objects.iter().map(object).collect(),
        n_equal: found.n_equal,
        unified: diff::text::unified(&found, ""),
    }
}

fn side(rendered: &Rendered) -> Side<'_> {
    Side::of_output(&rendered.build, &rendered.sources, &rendered.directives, "")
}

fn field(change: &diff::Change) -> ChangedField {
    let json = |value: &Option<diff::Value>| value.as_ref().map(|value| value.json.clone());
    ChangedField { path: change.path(), old: json(&change.old), new: json(&change.new) }
}
