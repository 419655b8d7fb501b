//! Where objects and directives come from, as `buildMetadata` tells it (upstream `resource.Origin`).
//!
//! Paths are joined in words; nothing is looked up. The origin of a single node is `provenance`.

use crate::remote::RepoSpec;
use std::sync::Arc;

/// A path, and the remote repository it is in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ObjectOrigin {
    /// Relative to the root of the build, or to that of the remote repository.
    pub path: Arc<str>,
    /// The address of the remote repository; empty for what is local.
    pub repo: Arc<str>,
    /// What was checked out of it; empty for the default branch.
    pub reference: Arc<str>,
}

impl ObjectOrigin {
    /// Returns the origin of the root of a build, wherever that is.
    pub fn top() -> Arc<ObjectOrigin> {
        Arc::new(ObjectOrigin { path: ".".into(), ..ObjectOrigin::default() })
    }

    /// Returns the origin of what an entry of a kustomization at this origin names (upstream `Origin.Append`).
    pub fn join(&self, entry: &str) -> Arc<ObjectOrigin> {
        Arc::new(match RepoSpec::parse(entry) {
            None => ObjectOrigin { path: join(&self.path, entry), ..self.clone() },
            Some(spec) => ObjectOrigin {
                path: path_in_repository(&spec.path),
                repo: spec.clone_spec().into(),
                reference: spec.reference.into(),
            },
        })
    }
}

/// The reference takes the first segment off a path below a directory that stands for the clone; for the root of a
/// repository there is nothing behind it, and the name of that directory stays.
fn path_in_repository(path: &str) -> Arc<str> {
    const CLONE: &str = "notCloned";
    let mut parts: Vec<&str> = vec![CLONE];
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    match parts.as_slice() {
        [_, rest @ ..] if !rest.is_empty() => rest.join("/").into(),
        parts => parts.concat().into(),
    }
}

/// Joins relative paths in words, like Go's `filepath.Join`.
fn join(origin: &str, path: &str) -> Arc<str> {
    let mut parts: Vec<&str> = Vec::new();
    for part in origin.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    if parts.is_empty() { ".".into() } else { parts.join("/").into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_lead_from_origin_to_origin() {
        let check = |entries: &[&str], expected: [&str; 3]| {
            let origin = entries.iter().fold(ObjectOrigin::top(), |origin, entry| origin.join(entry));
            assert_eq!([&*origin.path, &*origin.repo, &*origin.reference], expected, "{entries:?}");
        };
        check(&["../base", "c.yaml"], ["../base/c.yaml", "", ""]);
        check(&["a", ".."], [".", "", ""]);
        check(&["a", "https://example.com/o/r//b/?ref=v1", "../c"], ["c", "https://example.com/o/r", "v1"]);
        check(&["file:///srv/r", "c.yaml"], ["notCloned/c.yaml", "file:///srv/r", ""]);
        check(&["git@example.com:o/r//."], ["notCloned", "git@example.com:o/r", ""]);
        check(&["file:///a?ref=x", "file:///b//c"], ["c", "file:///b", ""]);
        check(&["http://localhost/x.yaml"], ["http:/localhost/x.yaml", "", ""]);
    }
}
