//! The files that may refer to `vars`, as the reference finds them.

use crate::diagnostic::Report;
use crate::edit::Work;
use crate::fs;
use crate::kustomization::decode;
use crate::loader::FILE_NAMES;
use crate::source::{Place, Source, Span};
use crate::yaml::edit::Value;
use crate::yaml::read;
use std::sync::Arc;

/// A file, and the patch it is, if it is one.
pub(super) struct Touched {
    pub(super) path: String,
    pub(super) patch: Option<Value>,
    /// The text, as it will be written.
    pub(super) text: Option<String>,
    pub(super) source: Option<Arc<Source>>,
}

/// Returns the files of `resources` and `patches`, one level of bases included (upstream `filesTouchedByKustomize`, which
/// looks for bases of bases in the wrong directory).
pub(super) fn touched(work: &mut Work<'_, '_>, root: &Value) -> Vec<Touched> {
    let mut paths: Vec<(String, Option<Value>)> = Vec::new();
    collect(work, root, "", 0, &mut paths);
    let mut found: Vec<Touched> = Vec::new();
    for (path, patch) in paths {
        match found.iter_mut().find(|other| other.path == path) {
            Some(other) => {
                other.patch = patch.or(other.patch.take());
                continue;
            }
            None => {
                let absolute: Arc<str> = fs::join(&work.session.directory, &path).into();
                let source = work.session.read_text(&absolute).ok();
                let text = source.as_ref().map(|source| source.text.clone());
                found.push(Touched { path, patch, text, source });
            }
        }
    }
    found
}

fn collect(
    work: &mut Work<'_, '_>,
    root: &Value,
    directory: &str,
    depth: usize,
    paths: &mut Vec<(String, Option<Value>)>,
) {
    const DEPTH_MAX: usize = 8;
    let resources: Vec<String> = root.items_of("resources").iter().map(|item| item.as_text().to_owned()).collect();
    for resource in resources {
        let below = fs::join(&work.session.directory, &resource);
        for name in FILE_NAMES {
            if resource.is_empty() || depth == DEPTH_MAX {
                break;
            }
            let path: Arc<str> = fs::join(&below, name).into();
            if let Some(base) = base(work, &path) {
                collect(work, &base, &resource, depth + 1, paths);
            }
        }
        paths.push((joined(directory, &resource), None));
    }
    for patch in root.items_of("patches") {
        let path = patch.text_of("path");
        if !path.is_empty() {
            paths.push((joined(directory, path), Some(patch.clone())));
        }
    }
}

/// Reads the kustomization file of a base; nothing if there is none or it is not right.
fn base(work: &mut Work<'_, '_>, path: &Arc<str>) -> Option<Value> {
    let source = work.session.read_text(path).ok()?;
    let tree = read::read_first(&source, &work.session.limits).ok()?;
    let place = Place { source: source.id, span: Span::default() };
    let stamp = crate::provenance::Stamp { by: work.session.directive("edit", None, place), place: None };
    let tree = decode::normal_form(&source, tree.as_ref(), &stamp, &mut Report::default())?;
    Some(Value::of_normal_form(&tree))
}

/// Joins in words like Go's `path.Join`.
fn joined(directory: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let is_absolute = if directory.is_empty() { path.starts_with('/') } else { directory.starts_with('/') };
    for part in directory.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if is_absolute => {}
            part => parts.push(part),
        }
    }
    format!("{}{}", if is_absolute { "/" } else { "" }, parts.join("/"))
}
