//! What the editor has open over what is on the disk, and which kustomizations a file is part of.

use super::text::{self, Lines, Position};
use crate::fleet::{self, Graph, Index, NodeId};
use crate::fs::{self, Disk, EntryKind, FileSystem, Overlaid};
use crate::kustomization::FileKind;
use crate::loader::FILE_NAMES;
use crate::session::Session;
use crate::sorting::Sorting;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Kustomizations that are built for one file; a base of a large fleet has more users than anybody wants to hear of.
pub(super) const TARGETS_MAX: usize = 24;

/// A file as the editor has it.
pub(super) struct Document {
    /// Its address, as the editor spells it.
    pub(super) uri: String,
    /// The editor's number of this text.
    pub(super) version: i64,
    pub(super) text: String,
}

/// A kustomization that is built for what its files are worth.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// Its directory, absolute.
    pub(super) directory: String,
    /// A component that nothing includes: what it is for is not known.
    pub(super) is_loose: bool,
}

/// Folders, open files, and what is known of the kustomizations.
#[derive(Default)]
pub(super) struct Workspace {
    folders: Vec<String>,
    /// By absolute, real path.
    documents: BTreeMap<String, Document>,
    /// Every directory with a kustomization, by folder; found by a walk.
    directories: BTreeMap<String, BTreeSet<String>>,
    fleet: Option<Fleet>,
}

/// How kustomizations hang together.
struct Fleet {
    targets: Vec<Target>,
    index: Index,
}

impl Workspace {
    /// Adds a folder.
    pub(super) fn add_folder(&mut self, path: &str) {
        let path = real(path);
        if !self.folders.contains(&path) {
            self.folders.push(path);
        }
        self.look_again();
    }

    /// Drops a folder.
    pub(super) fn remove_folder(&mut self, path: &str) {
        let path = real(path);
        self.folders.retain(|folder| *folder != path);
        self.look_again();
    }

    /// Forgets where kustomizations are: files came or went.
    pub(super) fn look_again(&mut self) {
        self.directories.clear();
        self.fleet = None;
    }

    /// Takes a text that was opened or changed, and returns the path.
    pub(super) fn set(&mut self, uri: &str, version: i64, text: String) -> Option<String> {
        let path = real(&text::path_of(uri)?);
        self.touch(&path);
        self.documents.insert(path.clone(), Document { uri: uri.to_owned(), version, text });
        Some(path)
    }

    /// Changes a text by the changes of a message, in their order.
    pub(super) fn change(&mut self, uri: &str, version: i64, changes: &[Value]) -> Option<String> {
        let path = real(&text::path_of(uri)?);
        let mut content = std::mem::take(&mut self.documents.get_mut(&path)?.text);
        for change in changes {
            let Some(new) = change.get("text").and_then(Value::as_str) else { continue };
            match change
                .get("range")
                .and_then(|range| Some((Position::of(range.get("start")?)?, Position::of(range.get("end")?)?)))
            {
                Some((start, end)) => {
                    let lines = Lines::new(&content);
                    let (start, end) = (lines.offset(start), lines.offset(end));
                    content.replace_range(start..end.max(start), new);
                }
                None => content = new.to_owned(),
            }
        }
        self.touch(&path);
        if let Some(document) = self.documents.get_mut(&path) {
            (document.text, document.version) = (content, version);
        }
        Some(path)
    }

    /// Forgets a text; the file counts again.
    pub(super) fn close(&mut self, uri: &str) -> Option<String> {
        let path = real(&text::path_of(uri)?);
        self.documents.remove(&path)?;
        self.touch(&path);
        Some(path)
    }

    /// Takes note that a file is not what it was.
    pub(super) fn touch(&mut self, path: &str) {
        // What a kustomization names decides what belongs to it; other files decide nothing.
        if is_kustomization(path) {
            self.fleet = None;
            let folder = self.folder_of(path);
            if let Some(directories) = self.directories.get_mut(&folder) {
                directories.insert(fs::parent(path).to_owned());
            }
        }
    }

    pub(super) fn document(&self, path: &str) -> Option<&Document> {
        self.documents.get(path)
    }

    pub(super) fn open_paths(&self) -> impl Iterator<Item = &String> {
        self.documents.keys()
    }

    /// Returns the address of a file, as the editor spells it.
    pub(super) fn uri(&self, path: &str) -> String {
        self.documents.get(path).map_or_else(|| text::uri_of(path), |document| document.uri.clone())
    }

    /// Returns the disk with the open texts laid over it.
    pub(super) fn files<'d>(&self, disk: &'d Disk) -> Overlaid<'d> {
        let mut files = Overlaid::new(disk);
        for (path, document) in &self.documents {
            files.set(path, document.text.as_bytes());
        }
        files
    }

    /// Returns the directory that messages name files from: the folder that holds a path.
    pub(super) fn folder_of(&self, path: &str) -> String {
        let within = |folder: &&String| fs::is_within(path, folder);
        self.folders.iter().filter(within).max_by_key(|folder| folder.len()).cloned().unwrap_or_else(|| top_of(path))
    }

    /// Returns the kustomizations that a file is part of, those nearest to it first.
    pub(super) fn targets_of(&mut self, files: &dyn FileSystem, path: &str) -> Vec<Target> {
        self.look(files, &self.folder_of(path));
        if self.fleet.is_none() {
            self.fleet = Some(Fleet::new(files, self.directories.values().flatten()));
        }
        let Some(fleet) = &self.fleet else { return Vec::new() };
        let mut positions = fleet.index.targets_of(path);
        // A kustomization with plugins may read whatever is beside it.
        let beside = fleet.index.opaque().iter().filter(|&&position| {
            fleet.targets.get(position).is_some_and(|target| fs::is_within(path, &target.directory))
        });
        positions.extend(beside);
        let mut targets: Vec<Target> = positions.iter().filter_map(|&at| fleet.targets.get(at)).cloned().collect();
        let distance = |target: &Target| fs::relative(&target.directory, fs::parent(path)).split('/').count();
        targets.put_in_order_of_made(|target| (distance(target), target.directory.clone()));
        targets.truncate(TARGETS_MAX);
        targets
    }

    /// Finds the kustomizations of a folder, once.
    fn look(&mut self, files: &dyn FileSystem, folder: &str) {
        if self.directories.contains_key(folder) {
            return;
        }
        let session = Session::new(files, folder);
        let mut found: BTreeSet<String> = fleet::kustomization_directories(&session, folder).into_iter().collect();
        let open = self.documents.keys().filter(|path| is_kustomization(path) && fs::is_within(path, folder));
        found.extend(open.map(|path| fs::parent(path).to_owned()));
        self.directories.insert(folder.to_owned(), found);
        self.fleet = None;
    }
}

impl Fleet {
    fn new<'p>(files: &dyn FileSystem, directories: impl Iterator<Item = &'p String>) -> Fleet {
        let session = Session::new(files, "/");
        let mut graph = Graph::default();
        let mut nodes: Vec<NodeId> = directories.map(|directory| graph.add(&session, directory)).collect();
        nodes.put_in_own_order_unstable();
        nodes.dedup();
        let mut chosen = fleet::targets_among(&graph, &nodes);
        let n_targets = chosen.len();
        let reached: BTreeSet<NodeId> = chosen.iter().flat_map(|&node| graph.closure(node)).collect();
        let is_loose = |node: &NodeId| !reached.contains(node) && graph.kind(*node) == Some(FileKind::Component);
        chosen.extend(nodes.iter().copied().filter(is_loose));
        let index = Index::new(&graph, &session, &chosen.iter().copied().map(Some).collect::<Vec<_>>());
        let target = |(position, &node): (usize, &NodeId)| Target {
            directory: graph.directory(node).to_string(),
            is_loose: position >= n_targets,
        };
        Fleet { targets: chosen.iter().enumerate().map(target).collect(), index }
    }
}

/// Returns whether a path is that of a kustomization file.
pub(super) fn is_kustomization(path: &str) -> bool {
    FILE_NAMES.contains(&fs::base_name(path))
}

/// Returns the name that a file has for the engine, which knows no symbolic links.
pub(super) fn real(path: &str) -> String {
    let beside = || {
        let parent = Disk.canonical(fs::parent(path)).ok()?;
        Some(fs::join(&parent, fs::base_name(path)))
    };
    Disk.canonical(path).ok().or_else(beside).unwrap_or_else(|| fs::clean(path))
}

/// Returns the repository that holds a file which no open folder holds, or else the file's directory.
fn top_of(path: &str) -> String {
    let parent = fs::parent(path);
    let mut directory = parent;
    loop {
        if Disk.kind(&fs::join(directory, ".git")).is_ok() {
            return directory.to_owned();
        }
        let above = fs::parent(directory);
        if above == directory || above == "." {
            return parent.to_owned();
        }
        directory = above;
    }
}

/// Returns the kustomization file of a directory.
pub(super) fn kustomization_in(files: &dyn FileSystem, directory: &str) -> Option<String> {
    let candidates = FILE_NAMES.iter().map(|name| fs::join(directory, name));
    candidates.into_iter().find(|path| files.kind(path) == Ok(EntryKind::File))
}

/// Returns the text of a file, as it is open or on the disk.
pub(super) fn text_of(session: &Session<'_>, path: &str) -> Option<Arc<str>> {
    let bytes = session.fs.read(path, session.limits.file_bytes_max).ok()?;
    crate::yaml::read::decode_bytes(bytes).ok().map(Arc::from)
}
