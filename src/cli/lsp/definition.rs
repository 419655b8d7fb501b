//! Where something leads: an entry to its file, a patch and a target to the objects they hit, an entry of `images` to where
//! the image is used, a reference to the object of that name.

use super::project::{Built, Spot};
use super::workspace::{Workspace, kustomization_in};
use crate::explain::{self, Element, Object};
use crate::fs::{self, EntryKind, FileSystem};
use serde_json::{Value, json};

/// Returns the file that a value of a kustomization names.
pub(super) fn file(files: &dyn FileSystem, spot: &Spot) -> Option<String> {
    let text = spot.text()?;
    let keys: Vec<&str> =
        spot.field.iter().map(|element| if let Element::Key(key) = element { key } else { "[]" }).collect();
    let entry = match keys.as_slice() {
        [
            "resources"
            | "bases"
            | "components"
            | "crds"
            | "configurations"
            | "patchesStrategicMerge"
            | "generators"
            | "transformers"
            | "validators",
            "[]",
        ]
        | ["patches" | "patchesJson6902" | "replacements", "[]", "path"]
        | ["openapi", "path"]
        | ["configMapGenerator" | "secretGenerator", "[]", "env"]
        | ["configMapGenerator" | "secretGenerator", "[]", "envs", "[]"]
        | ["helmCharts", "[]", "valuesFile"]
        | ["helmCharts", "[]", "additionalValuesFiles", "[]"] => text,
        ["configMapGenerator" | "secretGenerator", "[]", "files", "[]"] => {
            text.split_once('=').map_or(text, |(_, path)| path)
        }
        _ => return None,
    };
    let path = fs::join(fs::parent(&spot.path), entry);
    match files.kind(&path).ok()? {
        EntryKind::File => Some(path),
        EntryKind::Directory => kustomization_in(files, &path),
    }
}

/// Returns where the value leads in one build.
pub(super) fn in_build(built: &Built<'_>, workspace: &Workspace, spot: &Spot) -> Vec<Value> {
    let declared = |objects: Vec<Object<'_>>| {
        let places = objects.iter().filter_map(|object| built.declaration(object));
        places.filter_map(|place| built.location(workspace, place)).collect::<Vec<_>>()
    };
    if super::workspace::is_kustomization(&spot.path) {
        let keys: Vec<&str> =
            spot.field.iter().map(|element| if let Element::Key(key) = element { key } else { "[]" }).collect();
        return match keys.as_slice() {
            ["images" | "imageTags", "[]", ..] => {
                let uses = explain::uses(&built.build, &|by, _| by.is_some_and(|by| spot.is_entry(&built.session, by)));
                // Where the image stood before anybody wrote it.
                let read = uses.iter().filter_map(|found| found.writes().into_iter().rev().find_map(|write| write.1));
                read.filter_map(|place| built.location(workspace, place)).collect()
            }
            ["patches" | "patchesJson6902", "[]", "target", ..] | ["replicas", "[]", ..] => {
                let hit = explain::touched_by(&built.build, &|by| spot.is_entry(&built.session, by));
                if hit.is_empty() { declared(target(built, spot)) } else { declared(hit) }
            }
            ["replacements", "[]", .., "name" | "kind"] | ["vars", "[]", "objref", _] => declared(target(built, spot)),
            _ => Vec::new(),
        };
    }
    let is_here = |place| spot.is_at(&built.session, place);
    for link in explain::links(&built.build) {
        if link.from.writes().into_iter().filter_map(|write| write.1).any(is_here) {
            return declared(vec![link.to]);
        }
    }
    match spot.identity() {
        Some((kind, name)) if spot.is_name() => declared(built.named(Some(kind), name)),
        _ => Vec::new(),
    }
}

/// Returns the objects that have the kind and name that stand in the mapping around a value.
fn target<'b>(built: &'b Built<'_>, spot: &Spot) -> Vec<Object<'b>> {
    let tree = &spot.tree;
    let Some((_, above)) = spot.field.split_last() else { return Vec::new() };
    let Some(map) = explain::plain_path(tree, above) else { return Vec::new() };
    let text = |key: &str| tree.get(map, key).filter(|&node| tree.is_scalar(node)).map(|node| tree.text(node));
    text("name").map(|name| built.named(text("kind"), name)).unwrap_or_default()
}

/// Returns the start of a file as a place.
pub(super) fn start_of(workspace: &Workspace, path: &str) -> Value {
    let start = json!({"line": 0, "character": 0});
    json!({"uri": workspace.uri(path), "range": {"start": start, "end": start}})
}
