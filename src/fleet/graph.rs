//! Which kustomizations include which, and what each of them names.
//!
//! A node is a directory with a kustomization, by its real path. A graph is made from kustomization files alone; it may name
//! more files than a build reads, never fewer, except where a node is opaque (`Dependencies::is_opaque`).

use super::scan::{Named, scan};
use crate::diagnostic::Report;
use crate::fs::{self, EntryKind, FileSystem, Look};
use crate::kustomization::decode;
use crate::kustomization::{FileKind, Kustomization};
use crate::loader::FILE_NAMES;
use crate::ordered::BTreeSet;
use crate::session::Session;
use crate::source::{Sensitivity, Sources};
use crate::yaml;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// A kustomization in a [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(usize);

/// Kustomizations with what they include.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    by_directory: FxHashMap<Arc<str>, NodeId>,
}

/// One kustomization.
#[derive(Clone, Debug)]
struct Node {
    directory: Arc<str>,
    kind: Option<FileKind>,
    included: Vec<NodeId>,
    named: Named,
}

/// What a target depends on: everything that it and all it includes name.
#[derive(Clone, Debug, Default)]
pub struct Dependencies {
    /// Kustomization files and all files they name, there or not; as they are named, and by their real paths.
    pub files: BTreeSet<Arc<str>>,
    /// Directories of which every file may matter.
    pub trees: BTreeSet<Arc<str>>,
    /// Whether only a build knows all files: there are plugins, charts, or a file that could not be understood.
    pub is_opaque: bool,
    /// Whether something is fetched.
    pub is_remote: bool,
}

impl Graph {
    /// Returns the kustomization in a directory, with all that it includes; the path is absolute.
    pub fn add(&mut self, session: &Session<'_>, directory: &str) -> NodeId {
        let (root, is_new) = self.enter(session, directory);
        self.follow(session, root, is_new)
    }

    /// Returns the kustomization in a directory that is known to be free of symbolic links.
    pub(super) fn add_real(&mut self, session: &Session<'_>, directory: String) -> NodeId {
        let (root, is_new) = match self.by_directory.get(directory.as_str()) {
            Some(&known) => (known, false),
            None => (self.insert(directory.into()), true),
        };
        self.follow(session, root, is_new)
    }

    /// Reads a kustomization that is new, and all that it includes.
    fn follow(&mut self, session: &Session<'_>, root: NodeId, is_new: bool) -> NodeId {
        let mut open: Vec<NodeId> = is_new.then_some(root).into_iter().collect();
        while let Some(node) = open.pop() {
            let (kind, named) = read(session, &self.node(node).directory.clone());
            let mut included = Vec::with_capacity(named.directories.len());
            for directory in &named.directories {
                let (child, is_new) = self.enter(session, directory);
                included.push(child);
                if is_new {
                    open.push(child);
                }
            }
            if let Some(node) = self.nodes.get_mut(node.0) {
                (node.kind, node.named, node.included) = (kind, named, included);
            }
        }
        root
    }

    /// Returns the number of kustomizations.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Returns all kustomizations, in the order they were met.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len()).map(NodeId)
    }

    /// Returns the real path of a kustomization's directory.
    pub fn directory(&self, node: NodeId) -> &Arc<str> {
        &self.node(node).directory
    }

    /// Returns the kustomizations that one includes, as listed.
    pub fn included(&self, node: NodeId) -> &[NodeId] {
        &self.node(node).included
    }

    /// Returns whether a kustomization is a component, or, where its file cannot be understood, nothing.
    pub fn kind(&self, node: NodeId) -> Option<FileKind> {
        self.node(node).kind
    }

    /// Returns how many files a kustomization names: what it costs, roughly.
    pub fn n_files(&self, node: NodeId) -> usize {
        self.node(node).named.files.len()
    }

    /// Returns a kustomization and all that it includes at any level, itself first.
    pub fn closure(&self, node: NodeId) -> Vec<NodeId> {
        let mut seen: FxHashSet<NodeId> = FxHashSet::default();
        let mut list = vec![node];
        let mut at = 0;
        seen.insert(node);
        while let Some(&node) = list.get(at) {
            at += 1;
            list.extend(self.included(node).iter().copied().filter(|&child| seen.insert(child)));
        }
        list
    }

    /// Returns kustomizations and all that include them at any level.
    pub fn users(&self, nodes: &[NodeId]) -> Vec<NodeId> {
        let mut by: FxHashMap<NodeId, Vec<NodeId>> = FxHashMap::default();
        for node in self.nodes() {
            self.included(node).iter().for_each(|&child| by.entry(child).or_default().push(node));
        }
        let mut seen: FxHashSet<NodeId> = nodes.iter().copied().collect();
        let mut list = nodes.to_vec();
        let mut at = 0;
        while let Some(node) = list.get(at) {
            at += 1;
            let users = by.get(node).into_iter().flatten().copied();
            list.extend(users.filter(|&user| seen.insert(user)).collect::<Vec<_>>());
        }
        list
    }

    /// Returns whether a kustomization itself names one of some files (by their real paths).
    pub(super) fn names_any(&self, paths: &mut RealPaths<'_>, node: NodeId, files: &FxHashSet<String>) -> bool {
        let mut is_one =
            |path: &Arc<str>| files.contains(&**path) || paths.other(path).is_some_and(|real| files.contains(&real));
        self.node(node).named.paths().any(|(path, _)| is_one(path))
    }

    /// Returns what a kustomization depends on, with all that it includes.
    pub fn dependencies(&self, session: &Session<'_>, node: NodeId) -> Dependencies {
        let mut found = Dependencies::default();
        let mut paths = RealPaths::new(session.fs);
        for node in self.closure(node) {
            let own = self.own_dependencies(&mut paths, node);
            found.is_opaque |= own.is_opaque;
            found.is_remote |= own.is_remote;
            found.files.extend(own.files);
            found.trees.extend(own.trees);
        }
        found
    }

    /// What one kustomization depends on, without what it includes.
    pub(super) fn own_dependencies(&self, paths: &mut RealPaths<'_>, node: NodeId) -> Dependencies {
        let node = self.node(node);
        let mut found = Dependencies {
            is_opaque: node.named.is_opaque || node.kind.is_none(),
            is_remote: node.named.is_remote,
            trees: node.named.trees.iter().cloned().collect(),
            files: FILE_NAMES.iter().map(|name| Arc::from(fs::join(&node.directory, name))).collect(),
        };
        for (path, is_file) in node.named.paths() {
            let real = paths.other(path);
            // A directory that is named through a link depends on the link.
            if is_file || real.is_some() {
                found.files.insert(Arc::clone(path));
            }
            found.files.extend(real.filter(|_| is_file).map(Arc::from));
        }
        found
    }

    fn node(&self, node: NodeId) -> &Node {
        // Numbers are only made by `enter`, and a graph never shrinks.
        &self.nodes[node.0]
    }

    fn enter(&mut self, session: &Session<'_>, directory: &str) -> (NodeId, bool) {
        // Under the name it was met by, which most that include it use.
        if let Some(&known) = self.by_directory.get(directory) {
            return (known, false);
        }
        let real: Arc<str> = session.fs.canonical(directory).unwrap_or_else(|_| directory.to_owned()).into();
        let (id, is_new) = match self.by_directory.get(&real) {
            Some(&known) => (known, false),
            None => (self.insert(Arc::clone(&real)), true),
        };
        if *real != *directory {
            self.by_directory.insert(directory.into(), id);
        }
        (id, is_new)
    }

    fn insert(&mut self, real: Arc<str>) -> NodeId {
        let id = NodeId(self.nodes.len());
        let node = Node { directory: Arc::clone(&real), kind: None, included: Vec::new(), named: Named::default() };
        self.nodes.push(node);
        self.by_directory.insert(real, id);
        id
    }
}

/// Resolves links in many paths of few directories.
pub(super) struct RealPaths<'a> {
    fs: &'a dyn FileSystem,
    directories: FxHashMap<String, Option<String>>,
}

impl<'a> RealPaths<'a> {
    pub(super) fn new(fs: &'a dyn FileSystem) -> RealPaths<'a> {
        RealPaths { fs, directories: FxHashMap::default() }
    }

    /// Returns the real path of something that is there, if it is another one.
    fn other(&mut self, path: &str) -> Option<String> {
        let parent = fs::parent(path);
        let real_parent = match self.directories.get(parent) {
            Some(known) => known.as_deref(),
            None => {
                let real = self.fs.canonical(parent).ok();
                self.directories.entry(parent.to_owned()).or_insert(real).as_deref()
            }
        }?;
        let real = fs::join(real_parent, fs::base_name(path));
        let real = match self.fs.look(&real).ok()? {
            Look::Link => self.fs.canonical(&real).ok()?,
            Look::Entry(_) => real,
        };
        (real != path).then_some(real)
    }
}

/// Returns whether a directory holds a kustomization file.
pub fn has_kustomization(session: &Session<'_>, directory: &str) -> bool {
    FILE_NAMES.iter().any(|name| session.fs.kind(&fs::join(directory, name)) == Ok(EntryKind::File))
}

/// Returns whether a name found in a walk is that of a kustomization file.
pub(super) fn is_kustomization_file(path: &str, look: Look) -> bool {
    look != Look::Entry(EntryKind::Directory) && FILE_NAMES.contains(&fs::base_name(path))
}

/// Reads the kustomization of a directory; what is wrong with it is for a build to say.
fn read(session: &Session<'_>, directory: &str) -> (Option<FileKind>, Named) {
    // The first that can be read: one call for each where a look before would make it two.
    let texts = FILE_NAMES.iter().map(|name| fs::join(directory, name));
    let found = texts.filter_map(|path| session.read_bytes(&path).ok().map(|bytes| (path, bytes))).next();
    match found.and_then(|(path, bytes)| kustomization(session, &path, bytes)) {
        Some(file) => (Some(file.kind), scan(session, directory, &file)),
        None => (None, Named::default()),
    }
}

/// Understands a file, of which nothing is kept: trees may have more of them than fit into memory.
fn kustomization(session: &Session<'_>, path: &str, bytes: Vec<u8>) -> Option<Kustomization> {
    let text = yaml::read::decode_bytes(bytes).ok()?;
    let source = Sources::default().add(path, text, Sensitivity::Yaml, None);
    let tree = yaml::read::read_first(&source, &session.limits).ok()??;
    let mut report = Report::default();
    let file = decode::decode(&source, &tree, &mut report)?;
    // What was understood of a file with faults is not all of it.
    (!report.has_errors()).then_some(file)
}
