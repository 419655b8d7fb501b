//! `diff -o json`. Keys are never removed and keep their order; new ones may be added; `version` is raised if a meaning changes.
//!
//! | key | value |
//! |---|---|
//! | `version` | 1 |
//! | `old`, `new` | the two sides, as they were named |
//! | `equal` | whether nothing differs |
//! | `summary` | `{changed, renamed, added, removed, equal, following, ignored}`: numbers of objects; `following` are equal but for the hash in a name that they refer to; `ignored` are fields |
//! | `objects` | what differs, sorted by kind, name and namespace |
//!
//! | of an object | value |
//! |---|---|
//! | `status` | `changed`, `renamed`, `added`, `removed` |
//! | `old`, `new` | `{apiVersion, kind, name, namespace}`; `null` on a side that lacks it |
//! | `changes` | its fields that differ; of one that a side lacks the whole object, under an empty path |
//!
//! | of a change | value |
//! |---|---|
//! | `path` | the field: `spec.containers[name=web].image` |
//! | `action` | `added`, `removed`, `changed`, or `reordered` (a list of the same items: the values are what they are called) |
//! | `oldPointer`, `newPointer` | JSON pointers into the objects; `null` where the field is not there |
//! | `old`, `new` | the value, `null` where it is not there |
//! | `hidden` | whether a value is replaced, because it is secret |
//! | `oldLocation`, `newLocation` | `{path, line, column, directive}`, 1-based, `null` if it is not known; `directive` is a field of a kustomization such as `images[0]`, or `null` |

use crate::diff::{Change, Diff, Identity, Location, ObjectDiff, Status};
use serde::Serialize;

#[derive(Serialize)]
struct JsonDiff<'d> {
    version: u32,
    old: &'d str,
    new: &'d str,
    equal: bool,
    summary: JsonSummary,
    objects: Vec<JsonObject<'d>>,
}

#[derive(Serialize)]
struct JsonSummary {
    changed: usize,
    renamed: usize,
    added: usize,
    removed: usize,
    equal: usize,
    following: usize,
    ignored: usize,
}

#[derive(Serialize)]
pub(super) struct JsonObject<'d> {
    status: &'static str,
    old: Option<JsonIdentity<'d>>,
    new: Option<JsonIdentity<'d>>,
    changes: Vec<JsonChange<'d>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonIdentity<'d> {
    api_version: &'d str,
    kind: &'d str,
    name: &'d str,
    namespace: Option<&'d str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonChange<'d> {
    path: String,
    action: &'static str,
    old_pointer: Option<String>,
    new_pointer: Option<String>,
    old: serde_json::Value,
    new: serde_json::Value,
    hidden: bool,
    old_location: Option<JsonPlace<'d>>,
    new_location: Option<JsonPlace<'d>>,
}

#[derive(Serialize)]
struct JsonPlace<'d> {
    path: &'d str,
    line: u32,
    column: u32,
    directive: Option<&'d str>,
}

pub(super) fn diff(found: &Diff, sides: &[String]) -> String {
    let n = |status: Status| found.objects.iter().filter(|object| object.status == status).count();
    let json = JsonDiff {
        version: 1,
        old: sides.first().map_or("", String::as_str),
        new: sides.get(1).map_or("", String::as_str),
        equal: found.is_empty(),
        summary: JsonSummary {
            changed: n(Status::Changed),
            renamed: n(Status::Renamed),
            added: n(Status::Added),
            removed: n(Status::Removed),
            equal: found.n_equal,
            following: found.n_following,
            ignored: found.n_ignored,
        },
        objects: found.objects.iter().map(object).collect(),
    };
    written(&json)
}

pub(super) fn object(object: &ObjectDiff) -> JsonObject<'_> {
    JsonObject {
        status: status(object.status),
        old: object.old.as_ref().map(identity),
        new: object.new.as_ref().map(identity),
        changes: object.changes.iter().map(change).collect(),
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Added => "added",
        Status::Removed => "removed",
        Status::Changed => "changed",
        Status::Renamed => "renamed",
    }
}

fn identity(id: &Identity) -> JsonIdentity<'_> {
    JsonIdentity {
        api_version: &id.api_version,
        kind: &id.kind,
        name: &id.name,
        namespace: Some(id.namespace.as_str()).filter(|namespace| !namespace.is_empty()),
    }
}

fn change(change: &Change) -> JsonChange<'_> {
    let values = [&change.old, &change.new];
    JsonChange {
        path: change.path(),
        action: match values {
            _ if change.is_reordered => "reordered",
            [None, _] => "added",
            [_, None] => "removed",
            _ => "changed",
        },
        old_pointer: change.pointer(true),
        new_pointer: change.pointer(false),
        old: value(change.old.as_ref()),
        new: value(change.new.as_ref()),
        hidden: values.into_iter().flatten().any(|value| value.is_hidden),
        old_location: change.old.as_ref().and_then(|value| value.at.as_ref()).map(place),
        new_location: change.new.as_ref().and_then(|value| value.at.as_ref()).map(place),
    }
}

fn place(at: &Location) -> JsonPlace<'_> {
    JsonPlace { path: &at.path, line: at.line, column: at.column, directive: at.directive.as_deref() }
}

/// The engine's JSON as a value; what is no JSON (numbers beyond all doubles) as its text.
fn value(value: Option<&crate::diff::Value>) -> serde_json::Value {
    value.map_or(serde_json::Value::Null, |value| {
        serde_json::from_str(&value.json).unwrap_or_else(|_| serde_json::Value::String(value.json.clone()))
    })
}

pub(super) fn written(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}
