//! What `diff -o json` writes. Keys are never removed and keep their order; new ones may be added; `version` is raised if a meaning changes.
//!
//! | key | value |
//! |---|---|
//! | `version` | 1 |
//! | `old`, `new` | the two sides, as they were named |
//! | `equal` | whether nothing differs |
//! | `summary` | `{changed, renamed, added, removed, equal, following, ignored}`: numbers of objects; `following` are equal but for the hash in a name that they refer to; `ignored` are fields |
//! | `objects` | what differs, sorted by kind, name and namespace |
//!
//! `diff --all -o json` has `version`, `old`, `new`, `equal`, `untouched` (the number of targets that nothing of the change is
//! part of), `targets` (`{target, status, objects}`; `status` is `changed`, `equal`, `added`, `removed` or `failed`), `groups` (`{targets,
//! objects}`: what is the same in several targets, told once, with the names and values of the first) and `risks` (`{severity,
//! code, object, path, message, targets}`, the loudest first).
//!
//! | of an object | value |
//! |---|---|
//! | `status` | `changed`, `renamed`, `added`, `removed` |
//! | `old`, `new` | `{apiVersion, kind, name, namespace}`; `null` on a side that lacks it |
//! | `risks` | what deserves a second look, if it was asked for: `{severity, code, path, message}` |
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

use super::value;
use crate::diff::report::{Outcome, Report};
use crate::diff::risk::Risk;
use crate::diff::{Change, Diff, Identity, Location, ObjectDiff, Status, text};
use serde::Serialize;

/// A comparison of two sides.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonDiff<'d> {
    version: u32,
    old: &'d str,
    new: &'d str,
    equal: bool,
    summary: JsonSummary,
    objects: Vec<JsonObject<'d>>,
}

/// Numbers of objects.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonSummary {
    changed: usize,
    renamed: usize,
    added: usize,
    removed: usize,
    equal: usize,
    following: usize,
    ignored: usize,
}

/// An object that differs.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonObject<'d> {
    status: &'static str,
    old: Option<JsonIdentity<'d>>,
    new: Option<JsonIdentity<'d>>,
    risks: Vec<JsonRisk<'d>>,
    changes: Vec<JsonChange<'d>>,
}

/// What deserves a second look.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonRisk<'d> {
    severity: &'static str,
    code: &'static str,
    path: &'d str,
    message: &'d str,
}

/// A comparison of many targets.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonReport<'d> {
    version: u32,
    old: &'d str,
    new: &'d str,
    equal: bool,
    untouched: usize,
    risks: Vec<JsonFlag<'d>>,
    groups: Vec<JsonGroup<'d>>,
    targets: Vec<JsonTarget<'d>>,
}

/// A risk, with the targets that it is in.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonFlag<'d> {
    severity: &'static str,
    code: &'static str,
    object: String,
    path: &'d str,
    message: &'d str,
    targets: Vec<&'d str>,
}

/// What is the same in several targets.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonGroup<'d> {
    targets: Vec<&'d str>,
    objects: Vec<JsonObject<'d>>,
}

/// A target.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonTarget<'d> {
    target: &'d str,
    status: &'static str,
    objects: Vec<JsonObject<'d>>,
}

/// What an object is called.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct JsonIdentity<'d> {
    api_version: &'d str,
    kind: &'d str,
    name: &'d str,
    namespace: Option<&'d str>,
}

/// A field that differs.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct JsonChange<'d> {
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

/// Where a value stands.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonPlace<'d> {
    path: &'d str,
    line: u32,
    column: u32,
    directive: Option<&'d str>,
}

/// Returns a comparison of two sides, which have names.
pub fn diff<'d>(found: &'d Diff, old: &'d str, new: &'d str) -> JsonDiff<'d> {
    let n = |status: Status| found.objects.iter().filter(|object| object.status == status).count();
    JsonDiff {
        version: 1,
        old,
        new,
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
        objects: found.objects.iter().map(whole).collect(),
    }
}

/// Returns a comparison of many targets.
pub fn report(found: &Report) -> JsonReport<'_> {
    let name = |&at: &usize| found.targets.get(at).map_or("", |target| target.name.as_str());
    let flags = found.flags().into_iter().map(|flag| JsonFlag {
        severity: text::severity(flag.risk.severity),
        code: flag.risk.code,
        object: flag.heading(),
        path: &flag.risk.path,
        message: &flag.risk.message,
        targets: flag.targets.iter().map(name).collect(),
    });
    let groups = found.groups().into_iter().filter(|group| group.targets.len() > 1).map(|group| JsonGroup {
        targets: group.targets.iter().map(name).collect(),
        objects: group.parts.into_iter().map(|part| object(part.object, part.changes)).collect(),
    });
    let targets = found.targets.iter().map(|target| JsonTarget {
        target: &target.name,
        status: match &target.outcome {
            Outcome::Compared(diff) if diff.is_empty() => "equal",
            Outcome::Compared(_) => "changed",
            Outcome::Added(_) => "added",
            Outcome::Removed(_) => "removed",
            Outcome::Failed { .. } => "failed",
        },
        objects: target.diff().into_iter().flat_map(|diff| &diff.objects).map(whole).collect(),
    });
    JsonReport {
        version: 1,
        old: &found.old,
        new: &found.new,
        equal: found.is_equal(),
        untouched: found.n_untouched,
        risks: flags.collect(),
        groups: groups.collect(),
        targets: targets.collect(),
    }
}

fn whole(found: &ObjectDiff) -> JsonObject<'_> {
    object(found, found.changes.iter().collect())
}

fn object<'d>(object: &'d ObjectDiff, changes: Vec<&'d Change>) -> JsonObject<'d> {
    let risk = |risk: &'d Risk| JsonRisk {
        severity: text::severity(risk.severity),
        code: risk.code,
        path: &risk.path,
        message: &risk.message,
    };
    JsonObject {
        status: text::status(object.status),
        old: object.old.as_ref().map(identity),
        new: object.new.as_ref().map(identity),
        risks: object.risks.iter().map(risk).collect(),
        changes: changes.into_iter().map(change).collect(),
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
        old: value(change.old.as_ref().map(|value| value.json.as_str())),
        new: value(change.new.as_ref().map(|value| value.json.as_str())),
        hidden: values.into_iter().flatten().any(|value| value.is_hidden),
        old_location: change.old.as_ref().and_then(|value| value.at.as_ref()).map(place),
        new_location: change.new.as_ref().and_then(|value| value.at.as_ref()).map(place),
    }
}

fn place(at: &Location) -> JsonPlace<'_> {
    JsonPlace { path: &at.path, line: at.line, column: at.column, directive: at.directive.as_deref() }
}
