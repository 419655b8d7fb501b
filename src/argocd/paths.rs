//! The annotation `manifest-generate-paths`: which paths of a repository an Application is made of.
//!
//! Argo CD renders an Application anew when a commit changes a file that the annotation covers (upstream `AppFilesHaveChanged`),
//! and can be told to send a plugin only what is below the common root of these paths. So a path too few hides a change, and a
//! path too many costs renders.

use crate::fs::{self, glob};
use crate::sorting::Sorting;
use std::collections::{BTreeMap, BTreeSet};

/// Paths in one annotation; with more, directories stand for the files in them.
const ENTRIES_MAX: usize = 200;

/// Files of a repository as a tree: what is in each directory.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    files: BTreeSet<String>,
    directories: BTreeMap<String, Directory>,
}

impl Directory {
    /// Adds a file by its path from here.
    pub fn add(&mut self, path: &str) {
        let mut here = self;
        let (directories, name) = path.rsplit_once('/').unwrap_or(("", path));
        for part in directories.split('/').filter(|part| !part.is_empty()) {
            here = here.directories.entry(part.to_owned()).or_default();
        }
        here.files.insert(name.to_owned());
    }
}

/// Returns the paths of the annotation for an Application at a path: whole directories where everything in them is read, else
/// files.
///
/// All paths are relative to the top of the repository, those returned to that of the Application. `inputs` are what is read,
/// `present` what is there.
pub fn annotation(app: &str, inputs: &BTreeSet<String>, present: &Directory) -> Vec<String> {
    let mut wanted = Directory::default();
    inputs.iter().for_each(|path| wanted.add(path));
    let mut entries = Vec::new();
    if is_whole(&wanted, present, "", &mut entries) {
        entries = vec![String::new()];
    }
    if entries.len() > ENTRIES_MAX {
        let directories: BTreeSet<&str> = inputs.iter().map(|path| parent(path)).collect();
        let is_inner = |path: &&&str| !directories.iter().any(|other| other != *path && covers_directory(other, path));
        entries = directories.iter().filter(is_inner).map(|&path| path.to_owned()).collect();
    }
    let relative = |path: String| fs::relative(&format!("/{path}"), &fs::clean(&format!("/{app}")));
    let mut entries: Vec<String> = entries.into_iter().map(relative).collect();
    // The Application's own files come first.
    entries.put_in_order_of(|path| (path.starts_with(".."), path.clone()));
    entries.dedup();
    entries
}

/// Adds the paths that cover what is wanted of a directory, unless everything in it is; then it returns true.
// Depth is bounded by that of paths.
fn is_whole(wanted: &Directory, present: &Directory, path: &str, entries: &mut Vec<String>) -> bool {
    let mut own = Vec::new();
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    let mut is_all = present.files.iter().all(|name| wanted.files.contains(name));
    let nothing = Directory::default();
    for (name, directory) in &wanted.directories {
        let there = present.directories.get(name).unwrap_or(&nothing);
        if is_whole(directory, there, &below(name), &mut own) {
            own.push(below(name));
        } else {
            is_all = false;
        }
    }
    is_all &= present.directories.keys().all(|name| wanted.directories.contains_key(name));
    // The annotation has no way to write some names.
    let is_writable = |name: &&String| !name.contains(';') && name.trim() == name.as_str();
    if is_all || wanted.files.iter().any(|name| !is_writable(&name)) {
        return true;
    }
    entries.extend(wanted.files.iter().map(|name| below(name)));
    entries.extend(own);
    false
}

/// What is wrong with an annotation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Files that are read and that no path covers.
    pub missing: Vec<String>,
    /// Paths that cover nothing that is read.
    pub idle: Vec<String>,
    /// Paths that cover directories in which nothing is read, with one of these.
    pub wide: Vec<(String, String)>,
}

/// Compares an annotation with what is read.
pub fn check(annotation: &str, app: &str, inputs: &BTreeSet<String>, present: &Directory) -> Faults {
    let paths: Vec<&str> = annotation.split(';').map(str::trim).filter(|path| !path.is_empty()).collect();
    let absolute = |path: &str| match path.strip_prefix('/') {
        Some(path) => fs::clean(&format!("/{path}")),
        None => fs::clean(&format!("/{app}/{path}")),
    };
    let mut faults = Faults::default();
    let covers = |path: &str, file: &str| {
        let file = format!("/{file}");
        fs::is_within(&file, path) || glob::is_match(path, &file).unwrap_or(false)
    };
    for input in inputs {
        if !paths.iter().any(|path| covers(&absolute(path), input)) {
            faults.missing.push(input.clone());
        }
    }
    for path in &paths {
        let wanted = absolute(path);
        if !inputs.iter().any(|input| covers(&wanted, input)) {
            faults.idle.push((*path).to_owned());
        } else if let Some(other) = unread(&wanted, inputs, present) {
            faults.wide.push(((*path).to_owned(), other));
        }
    }
    faults
}

/// Returns a directory below a path in which files are and nothing is read.
fn unread(path: &str, inputs: &BTreeSet<String>, present: &Directory) -> Option<String> {
    let mut here = present;
    for part in path.split('/').filter(|part| !part.is_empty()) {
        here = here.directories.get(part)?;
    }
    let mut wanted = Directory::default();
    inputs.iter().for_each(|path| wanted.add(path));
    let mut read = &wanted;
    for part in path.split('/').filter(|part| !part.is_empty()) {
        read = read.directories.get(part)?;
    }
    unread_below(here, read, path.trim_start_matches('/'))
}

// Depth is bounded by that of paths.
fn unread_below(present: &Directory, read: &Directory, path: &str) -> Option<String> {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    present.directories.iter().find_map(|(name, directory)| match read.directories.get(name) {
        Some(read) => unread_below(directory, read, &below(name)),
        None => Some(below(name)),
    })
}

/// Returns the directories at the top of a repository in which nothing is read, with `.git`: what need not be sent to a plugin.
pub fn exclusions(inputs: &BTreeSet<String>, present: &Directory) -> Vec<String> {
    let is_read = |name: &str| inputs.iter().any(|input| input.split('/').next() == Some(name));
    let unread = present.directories.keys().filter(|name| !is_read(name) && name.as_str() != ".git");
    std::iter::once(".git".to_owned()).chain(unread.cloned()).collect()
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

fn covers_directory(directory: &str, path: &str) -> bool {
    directory.is_empty() || path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRESENT: [&str; 9] = [
        "apps/web/base/d.yaml",
        "apps/web/base/kustomization.yaml",
        "apps/web/prod/kustomization.yaml",
        "apps/web/prod/notes.md",
        "apps/web/test/kustomization.yaml",
        "apps/db/kustomization.yaml",
        "docs/a/x.md",
        "lib/one/kustomization.yaml",
        "lib/two;/k.yaml",
    ];

    fn present() -> Directory {
        let mut present = Directory::default();
        PRESENT.iter().for_each(|path| present.add(path));
        present
    }

    fn set(paths: &[&str]) -> BTreeSet<String> {
        paths.iter().map(|&path| path.to_owned()).collect()
    }

    #[test]
    fn directories_stand_for_what_is_read_whole() {
        for (app, inputs, expected) in [
            ("apps/web/prod", &PRESENT[..3], "kustomization.yaml;../base"),
            ("apps/web/prod", &PRESENT[..4], ".;../base"),
            ("apps/web", &PRESENT[..5], "."),
            ("apps/web/prod", &[PRESENT[2], PRESENT[7]], "kustomization.yaml;../../../lib/one"),
            ("lib/one", &[PRESENT[7], PRESENT[8]], ".."),
            (".", &PRESENT[..], "."),
            ("apps/db", &[PRESENT[5], "apps/db/not-there"], "."),
        ] {
            let entries = annotation(app, &set(inputs), &present());
            assert_eq!(entries.join(";"), expected, "{app}");
            assert_eq!(check(&entries.join(";"), app, &set(inputs), &present()), Faults::default(), "{app}");
        }
    }

    #[test]
    fn faults_of_an_annotation_are_found() {
        let inputs = set(&PRESENT[..3]);
        let faults = |text: &str| {
            let faults = check(text, "apps/web/prod", &inputs, &present());
            let wide = faults.wide.iter().map(|(path, other)| format!("{path}>{other}"));
            format!("{}|{}|{}", faults.missing.join(","), faults.idle.join(","), wide.collect::<Vec<_>>().join(","))
        };
        for (text, expected) in [
            (".; ../base ;", "||"),
            ("/apps/web/prod;/apps/web/base", "||"),
            (".", "apps/web/base/d.yaml,apps/web/base/kustomization.yaml||"),
            (".;../base;../test;/docs", "|../test,/docs|"),
            ("/", "||/>apps/db"),
            ("..", "||..>apps/web/test"),
            ("/apps/web/*/*.yaml", "||"),
            ("", "apps/web/base/d.yaml,apps/web/base/kustomization.yaml,apps/web/prod/kustomization.yaml||"),
        ] {
            assert_eq!(faults(text), expected, "{text}");
        }
    }

    #[test]
    fn many_files_are_named_by_their_directories() {
        let inputs: BTreeSet<String> = (0..300).map(|n| format!("a/{n}.yaml")).chain(["b/c/x".to_owned()]).collect();
        let mut present = present();
        inputs.iter().chain([&"a/other".to_owned(), &"b/c/other".to_owned()]).for_each(|path| present.add(path));
        assert_eq!(annotation("b/c", &inputs, &present), [".", "../../a"]);
        assert_eq!(exclusions(&inputs, &present), [".git", "apps", "docs", "lib"]);
    }
}
