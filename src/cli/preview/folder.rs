//! The text files of a folder as they are on the disk, numbered by what changed when.
//!
//! Only what stands in the folder itself is taken: a link counts as the file it leads to if that is in the folder, too, and
//! as nothing otherwise. What is left out is told with the reason. When to look again is the business of `live`.

use crate::fs::{self, Disk, EntryKind, FileSystem, FsError, Look};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Directories that hold no part of a kustomization, and much else.
const SKIPPED: [&str; 4] = [".git", ".hg", ".svn", "node_modules"];

/// Bounds on what is handed to the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Bytes of one file.
    pub(super) file_bytes_max: u64,
    /// Bytes of all files.
    pub(super) bytes_max: u64,
    /// Files, directories and what is left out, together.
    pub(super) entries_max: usize,
    /// Levels of directories.
    pub(super) depth_max: usize,
    /// Files that went, whose names are kept for pages that knew them.
    pub(super) removed_max: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds {
            file_bytes_max: 16 << 20,
            bytes_max: 64 << 20,
            entries_max: 50_000,
            depth_max: 100,
            removed_max: 10_000,
        }
    }
}

/// Why a path is not handed to the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Why {
    /// It is not text in UTF-8.
    Binary,
    /// It is larger than a file may be.
    TooLarge,
    /// There are more files, or more bytes in them, than the page gets.
    TooMuch,
    /// It leads out of the folder, to a directory, or nowhere.
    Link,
    /// It is a pipe, a socket or a device.
    NoFile,
    /// The system does not let it be read.
    Unreadable,
}

struct Held {
    text: String,
    /// The revision in which it got this text.
    revision: u64,
}

/// A folder's files; every path is relative to it.
pub(super) struct Folder {
    root: String,
    bounds: Bounds,
    revision: u64,
    files: BTreeMap<String, Held>,
    /// What went, in which revision.
    removed: BTreeMap<String, u64>,
    /// What went before or in this revision is forgotten.
    forgotten: u64,
    left_out: BTreeMap<String, Why>,
    directories: BTreeSet<String>,
    links: BTreeSet<String>,
    bytes: u64,
}

/// What a page is told: everything, or what changed since a revision it knows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Told<'f> {
    version: u32,
    /// The name of the folder, for people.
    name: &'f str,
    revision: u64,
    /// Whether `files` are all there are.
    complete: bool,
    files: BTreeMap<&'f str, &'f str>,
    removed: Vec<&'f str>,
    left_out: &'f BTreeMap<String, Why>,
}

impl Folder {
    /// Reads a folder, given by its path without links.
    pub(super) fn new(root: &str, bounds: Bounds) -> Folder {
        let mut folder = Folder {
            root: root.to_owned(),
            bounds,
            revision: 0,
            files: BTreeMap::new(),
            removed: BTreeMap::new(),
            forgotten: 0,
            left_out: BTreeMap::new(),
            directories: BTreeSet::new(),
            links: BTreeSet::new(),
            bytes: 0,
        };
        folder.refresh([String::new()]);
        folder.revision = 1;
        folder.files.values_mut().for_each(|held| held.revision = 1);
        folder
    }

    /// Returns the number of the present state; it grows with every change.
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns how many files there are.
    pub(super) fn n_files(&self) -> usize {
        self.files.len()
    }

    /// Returns what is left out, and why.
    pub(super) fn left_out(&self) -> &BTreeMap<String, Why> {
        &self.left_out
    }

    /// Returns the absolute paths of all directories that were looked into.
    pub(super) fn directories(&self) -> BTreeSet<String> {
        self.directories.iter().map(|path| fs::join(&self.root, path)).collect()
    }

    /// Returns what is new for somebody who knows a revision; for 0, everything.
    pub(super) fn told(&self, since: u64) -> Told<'_> {
        let complete = since == 0 || since > self.revision || since < self.forgotten;
        let is_new = |revision: u64| complete || revision > since;
        Told {
            version: 1,
            name: fs::base_name(&self.root),
            revision: self.revision,
            complete,
            files: self
                .files
                .iter()
                .filter(|(_, held)| is_new(held.revision))
                .map(|(path, held)| (path.as_str(), held.text.as_str()))
                .collect(),
            removed: self
                .removed
                .iter()
                .filter(|&(_, &revision)| !complete && revision > since)
                .map(|(path, _)| path.as_str())
                .collect(),
            left_out: &self.left_out,
        }
    }

    /// Looks again at absolute paths and all below them; returns whether the page has something new to see.
    pub(super) fn look_again<'p>(&mut self, paths: impl IntoIterator<Item = &'p String>) -> bool {
        let root = self.root.clone();
        let relative =
            |path: &String| fs::is_within(path, &root).then(|| path[root.len()..].trim_start_matches('/').to_owned());
        let mut paths: BTreeSet<String> = paths.into_iter().filter_map(relative).collect();
        // What a link leads to may be among them.
        paths.extend(self.links.iter().cloned());
        self.refresh(paths)
    }

    /// Looks again at everything.
    pub(super) fn look_at_all(&mut self) -> bool {
        self.refresh([String::new()])
    }

    fn refresh(&mut self, paths: impl IntoIterator<Item = String>) -> bool {
        let revision = self.revision + 1;
        let mut before: BTreeMap<String, Held> = BTreeMap::new();
        let left_out = self.left_out.clone();
        for path in paths {
            for known in below(self.files.range(path.clone()..).map(|(known, _)| known), &path) {
                if let Some(held) = self.files.remove(&known) {
                    self.bytes -= held.text.len() as u64;
                    before.entry(known).or_insert(held);
                }
            }
            for known in below(self.left_out.range(path.clone()..).map(|(known, _)| known), &path) {
                self.left_out.remove(&known);
            }
            for set in [&mut self.directories, &mut self.links] {
                for known in below(set.range(path.clone()..), &path) {
                    set.remove(&known);
                }
            }
            self.scan(path, revision);
        }
        for (path, old) in before {
            match self.files.get_mut(&path) {
                Some(held) if held.text == old.text => held.revision = old.revision,
                Some(_) => {}
                None => drop(self.removed.insert(path, revision)),
            }
        }
        self.removed.retain(|path, _| !self.files.contains_key(path));
        let is_changed = self.left_out != left_out
            || self.files.values().any(|held| held.revision == revision)
            || self.removed.values().any(|&gone| gone == revision);
        if self.removed.len() > self.bounds.removed_max {
            self.removed.clear();
            self.forgotten = revision;
        }
        if is_changed {
            self.revision = revision;
        }
        is_changed
    }

    /// Takes in what stands at a path and below it.
    fn scan(&mut self, path: String, revision: u64) {
        let mut open = vec![path];
        while let Some(path) = open.pop() {
            if path.split('/').any(|part| SKIPPED.contains(&part)) || self.files.contains_key(&path) {
                continue;
            }
            let n_entries = self.files.len() + self.directories.len() + self.left_out.len();
            if n_entries >= self.bounds.entries_max {
                self.left_out.insert(path, Why::TooMuch);
                return;
            }
            let absolute = fs::join(&self.root, &path);
            match Disk.look(&absolute) {
                Ok(Look::Entry(EntryKind::Directory)) => match self.names(&path, &absolute) {
                    Ok(names) => {
                        let join = |name: String| if path.is_empty() { name } else { format!("{path}/{name}") };
                        open.extend(names.into_iter().rev().map(join));
                        self.directories.insert(path);
                    }
                    Err(why) => drop(self.left_out.insert(path, why)),
                },
                Ok(look) => {
                    if look == Look::Link {
                        self.links.insert(path.clone());
                    }
                    match self.text(&absolute, look) {
                        Ok(Some(text)) => {
                            self.bytes += text.len() as u64;
                            self.files.insert(path, Held { text, revision });
                        }
                        Ok(None) => {}
                        Err(why) => drop(self.left_out.insert(path, why)),
                    }
                }
                Err(FsError::NotFound) => {}
                Err(_) => drop(self.left_out.insert(path, Why::Unreadable)),
            }
        }
    }

    fn names(&self, path: &str, absolute: &str) -> Result<Vec<String>, Why> {
        if path.split('/').count() > self.bounds.depth_max {
            return Err(Why::TooMuch);
        }
        // On the way to it there may be a link by now.
        if !Disk.canonical(absolute).is_ok_and(|real| real == absolute) {
            return Err(Why::Link);
        }
        Disk.list(absolute).map_err(|_| Why::Unreadable)
    }

    /// Returns the text of a file in the folder, or nothing if it went.
    fn text(&self, absolute: &str, look: Look) -> Result<Option<String>, Why> {
        let real = match Disk.canonical(absolute) {
            Ok(real) => real,
            Err(FsError::NotFound) if look != Look::Link => return Ok(None),
            Err(_) => return Err(if look == Look::Link { Why::Link } else { Why::Unreadable }),
        };
        let is_own = if look == Look::Link { self.is_inside(&real) } else { real == absolute };
        if !is_own {
            return Err(Why::Link);
        }
        if !is_regular(&real) {
            return Err(if look == Look::Link { Why::Link } else { Why::NoFile });
        }
        let bytes = match Disk.read(&real, self.bounds.file_bytes_max) {
            Ok(bytes) => bytes,
            Err(FsError::NotFound) => return Ok(None),
            Err(FsError::TooLarge(_)) => return Err(Why::TooLarge),
            Err(_) => return Err(Why::Unreadable),
        };
        if bytes.contains(&0) {
            return Err(Why::Binary);
        }
        let text = String::from_utf8(bytes).map_err(|_| Why::Binary)?;
        if self.bytes + text.len() as u64 > self.bounds.bytes_max { Err(Why::TooMuch) } else { Ok(Some(text)) }
    }

    fn is_inside(&self, real: &str) -> bool {
        fs::is_within(real, &self.root) && !real[self.root.len()..].split('/').any(|part| SKIPPED.contains(&part))
    }
}

/// Returns the paths at or below one, of sorted paths that begin there.
fn below<'p>(sorted: impl Iterator<Item = &'p String>, path: &str) -> Vec<String> {
    let is_below = |known: &&String| {
        let rest = known.strip_prefix(path);
        path.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    sorted.take_while(|known| known.starts_with(path)).filter(is_below).cloned().collect()
}

/// A pipe would be waited for, and a device may never end.
#[allow(clippy::disallowed_methods, reason = "the trait does not tell files from pipes")]
fn is_regular(path: &str) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}
