//! What a plugin tells Argo CD's user interface about its parameters, with the values that the repository gives them.
//!
//! The interface shows name, title and value only. A value that is edited there replaces the whole list or map, so that
//! what is announced has to be a list that can be given back: an override that changes nothing.

use super::parameters::{Form, KNOWN, Known};
use crate::build::Build;
use crate::explain::{Secrets, images};
use crate::fs::{self, EntryKind, FileSystem, Look};
use crate::kustomization::decode;
use crate::loader::FILE_NAMES;
use crate::provenance::Stamp;
use crate::session::Session;
use crate::sorting::Sorting;
use crate::source::{Place, Span};
use crate::transform::images::split;
use crate::yaml::edit::Value;
use crate::yaml::read;
use serde::Serialize;
use std::collections::BTreeMap;

/// Names in a directory that are looked at, in search of overlays.
const ENTRIES_MAX: usize = 2_000;
/// Levels below the Application that are looked at.
const LEVELS_MAX: usize = 4;
/// Overlays that are named.
const OVERLAYS_MAX: usize = 12;

/// One parameter, as Argo CD wants to be told of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Announcement {
    /// Its name.
    pub name: &'static str,
    /// What the interface shows beside it.
    pub title: String,
    /// `array` or `map`; empty for a text.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub collection_type: &'static str,
    /// The value of a text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub string: String,
    /// The value of a list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub array: Vec<String>,
    /// The value of a map.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub map: BTreeMap<String, String>,
}

/// Returns all parameters without values: what can be said of a repository that does not build.
pub fn fixed() -> Vec<Announcement> {
    KNOWN.iter().map(of).collect()
}

fn of(known: &Known) -> Announcement {
    let collection_type = if known.form == Form::Text { "" } else { known.form.as_str() };
    let title = known.title.to_owned();
    Announcement {
        name: known.name,
        title,
        collection_type,
        string: String::new(),
        array: Vec::new(),
        map: BTreeMap::new(),
    }
}

/// Adds the overlays that are below a directory.
pub fn add_overlays(announced: &mut [Announcement], files: &dyn FileSystem, directory: &str) {
    let mut found = overlays(files, directory);
    if found.is_empty() {
        return;
    }
    let more = if found.len() > OVERLAYS_MAX { ", …" } else { "" };
    found.truncate(OVERLAYS_MAX);
    if let Some(overlay) = announced.iter_mut().find(|announced| announced.name == "overlay") {
        overlay.title = format!("{}: {}{more}", overlay.title, found.join(", "));
    }
}

/// Returns the directories with kustomizations below a directory, a few of them.
pub fn overlays(files: &dyn FileSystem, directory: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut n_left = ENTRIES_MAX;
    find_overlays(files, directory, directory, LEVELS_MAX, &mut n_left, &mut found);
    found
}

// Depth is bounded by `n_levels`.
fn find_overlays(
    files: &dyn FileSystem,
    top: &str,
    directory: &str,
    n_levels: usize,
    n_left: &mut usize,
    found: &mut Vec<String>,
) {
    for name in files.list(directory).unwrap_or_default() {
        if *n_left == 0 || n_levels == 0 || found.len() > OVERLAYS_MAX {
            return;
        }
        *n_left -= 1;
        let path = fs::join(directory, &name);
        if name.starts_with('.') || files.look(&path) != Ok(Look::Entry(EntryKind::Directory)) {
            continue;
        }
        let kustomization = FILE_NAMES.iter().map(|name| fs::join(&path, name)).find(|file| files.kind(file).is_ok());
        if kustomization.is_some_and(|file| !is_component(files, &file)) {
            found.push(fs::relative(&path, top));
        }
        find_overlays(files, top, &path, n_levels - 1, n_left, found);
    }
}

/// Returns whether a kustomization file says that it is a component, which cannot be rendered alone.
fn is_component(files: &dyn FileSystem, path: &str) -> bool {
    const BYTES_MAX: u64 = 1 << 20;
    let text = files.read(path, BYTES_MAX).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().any(|line| line.trim_end() == "kind: Component")
}

/// Adds what the repository sets and renders.
pub fn add_values(announced: &mut [Announcement], session: &mut Session<'_>, directory: &str, build: &Build) {
    let own = kustomization(session, directory);
    for announced in announced {
        match announced.name {
            "namespace" => own.text_of("namespace").clone_into(&mut announced.string),
            "name-prefix" => own.text_of("namePrefix").clone_into(&mut announced.string),
            "name-suffix" => own.text_of("nameSuffix").clone_into(&mut announced.string),
            "images" => announced.array = rendered_images(session, directory, build, &own),
            "replicas" => announced.map = rendered_replicas(build),
            _ => {}
        }
    }
}

/// Returns the data of the kustomization file; of one that is not right, as much as of an empty one.
fn kustomization(session: &mut Session<'_>, directory: &str) -> Value {
    let nothing = || Value::texts(&[]);
    let path = FILE_NAMES.iter().map(|name| fs::join(directory, name)).find(|path| session.fs.kind(path).is_ok());
    let Some(Ok(source)) = path.map(|path| session.read_text(&path.into())) else { return nothing() };
    let stamp =
        Stamp { by: session.directive("edit", None, Place { source: source.id, span: Span::default() }), place: None };
    let Ok(tree) = read::read_first(&source, &session.limits) else { return nothing() };
    let normal_form = decode::normal_form(&source, tree.as_ref(), &stamp, &mut Default::default());
    normal_form.map_or_else(nothing, |tree| Value::of_normal_form(&tree))
}

/// Returns the images that run, each in the form in which it can be overridden: by the name that an entry of `images` is for,
/// if one gave it its name.
fn rendered_images(session: &Session<'_>, directory: &str, build: &Build, own: &Value) -> Vec<String> {
    let secrets = Secrets::of(build, &session.directives);
    let entries = own.items_of("images");
    let mut found: Vec<String> = Vec::new();
    for image in images(build, &secrets).iter().filter(|image| !image.is_hidden) {
        let (name, ..) = image.parts();
        let directive = image.writer.by.map(|by| session.directives.get(by));
        let is_own = |place: Place| {
            let shown = &session.sources.get(place.source).path;
            FILE_NAMES.iter().any(|name| session.show(&fs::join(directory, name)) == **shown)
        };
        let entry = directive.filter(|directive| directive.field == "images" && is_own(directive.place));
        let entry =
            entry.and_then(|directive| entries.get(directive.index? as usize)).map(|entry| entry.text_of("name"));
        found.push(match entry {
            Some(of) if of != name && split(of).0 == of => format!("{of}={}", image.image),
            _ => image.image.to_owned(),
        });
    }
    found.put_in_own_order();
    found.dedup();
    found
}

/// Returns the workloads that have a number of replicas, by the name that `replicas` knows them by.
fn rendered_replicas(build: &Build) -> BTreeMap<String, String> {
    const KINDS: [&str; 4] = ["Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"];
    let mut found = BTreeMap::new();
    for resource in build.resources.iter().filter(|resource| KINDS.contains(&&*resource.id.gvk.kind)) {
        if let Some(count) = resource.tree.text_at(&["spec", "replicas"]) {
            let name = resource.previous_ids().next().map_or(resource.id.name.clone(), |id| id.name);
            found.insert(name.to_string(), count.to_owned());
        }
    }
    found
}
