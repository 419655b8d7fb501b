//! What `explain -o json` writes. Keys are never removed and keep their order; new ones may be added.
//!
//! | of a field | value |
//! |---|---|
//! | `object` | `{apiVersion, kind, name, namespace}`; `namespace` is `null` if the object names none |
//! | `field` | the path |
//! | `present` | whether it is in the output |
//! | `hidden` | whether values are replaced, because they are secret |
//! | `value` | the value, `null` for one that is gone |
//! | `steps` | what happened to it, oldest first: `{action, location, directive, through, value}` |
//!
//! `action` is `read` (it stands so in a file), `set`, `kept` (a directive wrote what was there) or `removed`. `directive` is
//! `{field, index, location}` or `null`; `through` is the one that took the value over from there (`nameReference`: the repair
//! of references to renamed objects), or `null`. A `location` is what it is in diagnostics, or `null`. The `value` of a step is `null`
//! where it is gone, and where the same directive or the next step wrote it again at once.
//!
//! An object has `object`, `present`, `removedBy`, `fields` (`{path, value, hidden, location, directive}`, one for each value
//! that is no collection and each empty collection) and `gone` (`{path, location, directive}`). A list is an array of
//! `{object, present, removedBy, location, directives}`.

use super::diagnostic::{JsonLocation, location};
use super::value;
use crate::explain::text::Names;
use crate::explain::{Action, Field, Object, Secrets, Step, show_path};
use crate::provenance::DirectiveId;
use crate::source::Place;
use serde::Serialize;
use serde_json::Value;

/// What an object is called.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct JsonObject {
    api_version: String,
    kind: String,
    name: String,
    namespace: Option<String>,
}

/// An entry of a kustomization file.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonDirective<'n> {
    field: &'n str,
    index: Option<u32>,
    location: JsonLocation<'n>,
}

/// A step in the making of a value.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonStep<'n> {
    action: &'n str,
    location: Option<JsonLocation<'n>>,
    directive: Option<JsonDirective<'n>>,
    through: Option<JsonDirective<'n>>,
    value: Value,
}

/// A field with its steps.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonField<'n> {
    object: JsonObject,
    field: String,
    present: bool,
    hidden: bool,
    value: Value,
    steps: Vec<JsonStep<'n>>,
}

/// A value with who wrote it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonLeaf<'n> {
    path: String,
    value: Value,
    hidden: bool,
    location: Option<JsonLocation<'n>>,
    directive: Option<JsonDirective<'n>>,
}

/// A field that is gone.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonGone<'n> {
    path: String,
    location: Option<JsonLocation<'n>>,
    directive: Option<JsonDirective<'n>>,
}

/// An object with all its fields.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct JsonWhole<'n> {
    object: JsonObject,
    present: bool,
    removed_by: Option<JsonDirective<'n>>,
    fields: Vec<JsonLeaf<'n>>,
    gone: Vec<JsonGone<'n>>,
}

/// An object in a list.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct JsonListed<'n> {
    object: JsonObject,
    present: bool,
    removed_by: Option<JsonDirective<'n>>,
    location: Option<JsonLocation<'n>>,
    directives: Vec<JsonDirective<'n>>,
}

/// Returns a field with its steps.
pub fn field<'n>(object: &Object<'_>, field: &Field, names: Names<'n>) -> JsonField<'n> {
    JsonField {
        object: identity(object),
        field: show_path(&field.path),
        present: field.is_present,
        hidden: field.is_hidden,
        value: value(field.value.as_deref()),
        steps: field.steps.iter().map(|step| json_step(step, names)).collect(),
    }
}

/// Returns an object with all its fields.
pub fn object<'n>(object: &Object<'_>, names: Names<'n>, secrets: &Secrets) -> JsonWhole<'n> {
    let fields = object.values(secrets).into_iter().map(|leaf| JsonLeaf {
        path: show_path(&leaf.path),
        value: value(leaf.value.as_deref()),
        hidden: leaf.is_hidden,
        location: place(leaf.writer.place, names),
        directive: directive(leaf.writer.by, names),
    });
    let gone = object.gone().into_iter().map(|gone| {
        let step = object.removal(&gone);
        JsonGone {
            path: show_path(&gone.path),
            location: step.as_ref().and_then(|step| place(step.place, names)),
            directive: step.and_then(|step| directive(step.by, names)),
        }
    });
    JsonWhole {
        object: identity(object),
        present: object.removed_by.is_none(),
        removed_by: directive(object.removed_by.flatten(), names),
        fields: fields.collect(),
        gone: gone.collect(),
    }
}

/// Returns all objects.
pub fn list<'n>(objects: &[Object<'_>], names: Names<'n>) -> Vec<JsonListed<'n>> {
    let listed = objects.iter().map(|object| JsonListed {
        object: identity(object),
        present: object.removed_by.is_none(),
        removed_by: directive(object.removed_by.flatten(), names),
        location: place(object.begins().place, names),
        directives: object.directives().into_iter().filter_map(|by| directive(Some(by), names)).collect(),
    });
    listed.collect()
}

fn json_step<'n>(step: &Step, names: Names<'n>) -> JsonStep<'n> {
    JsonStep {
        action: match step.action {
            Action::Read => "read",
            Action::Set => "set",
            Action::Kept => "kept",
            Action::Removed => "removed",
        },
        location: place(step.place, names),
        directive: directive(step.by, names),
        through: directive(step.through, names),
        value: value(step.value.as_deref()),
    }
}

/// Returns what an object is called.
pub fn identity(object: &Object<'_>) -> JsonObject {
    let id = &object.resource.id;
    JsonObject {
        api_version: id.gvk.api_version(),
        kind: id.gvk.kind.to_string(),
        name: id.name.to_string(),
        namespace: (!id.namespace.is_empty()).then(|| id.namespace.to_string()),
    }
}

/// Returns a place, if there is one.
pub fn place(place: Option<Place>, names: Names<'_>) -> Option<JsonLocation<'_>> {
    place.map(|place| location(place, names.sources))
}

/// Returns a directive, if there is one.
pub fn directive<'n>(by: Option<DirectiveId>, names: Names<'n>) -> Option<JsonDirective<'n>> {
    let directive = names.directives.get(by?);
    Some(JsonDirective {
        field: directive.field,
        index: directive.index,
        location: location(directive.place, names.sources),
    })
}
