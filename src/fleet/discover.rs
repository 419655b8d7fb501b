//! Every kustomization under a directory that nothing else there includes.

use super::graph::{Graph, NodeId, has_kustomization, is_kustomization_file};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::fs::{self, EntryKind, FsError, Look};
use crate::kustomization::FileKind;
use crate::session::Session;
use crate::sorting::Sorting;
use rustc_hash::FxHashSet;

/// The kustomizations of a tree.
#[derive(Clone, Debug, Default)]
pub struct Discovered {
    /// All of them, with what they include.
    pub graph: Graph,
    /// Those that are to be rendered, sorted by path.
    pub targets: Vec<NodeId>,
}

/// Finds the targets under a directory (absolute): kustomizations that no other one found includes, and no components.
///
/// Directories whose names begin with a dot are not entered, nor are symbolic links. Where kustomizations include one
/// another in a circle the first of them counts, so that the fault is told.
pub fn discover(session: &Session<'_>, directory: &str) -> Result<Discovered> {
    let mut found = Discovered::default();
    let nodes = add_all(session, directory, &mut found.graph)?;
    found.targets = targets_among(&found.graph, &nodes);
    Ok(found)
}

/// Returns those of some kustomizations that are to be rendered, as [`discover`] chooses them; sorted by path.
pub fn targets_among(graph: &Graph, nodes: &[NodeId]) -> Vec<NodeId> {
    let mut included: FxHashSet<NodeId> = FxHashSet::default();
    for &node in nodes {
        included.extend(graph.included(node).iter().copied().filter(|&child| child != node));
    }
    let is_candidate = |node: &NodeId| graph.kind(*node) != Some(FileKind::Component);
    let candidates: Vec<NodeId> = nodes.iter().copied().filter(is_candidate).collect();
    let mut targets: Vec<NodeId> = candidates.iter().copied().filter(|node| !included.contains(node)).collect();
    // What nothing outside a circle includes would be left out otherwise.
    let mut reached: FxHashSet<NodeId> = FxHashSet::default();
    for &node in nodes.iter().filter(|node| !is_candidate(node)) {
        reached.extend(graph.closure(node));
    }
    for &target in &targets {
        reached.extend(graph.closure(target));
    }
    for node in candidates {
        if !reached.contains(&node) {
            targets.push(node);
            reached.extend(graph.closure(node));
        }
    }
    targets.put_in_order(|&a, &b| graph.directory(a).split('/').cmp(graph.directory(b).split('/')));
    targets
}

/// Returns every directory under one (absolute) that holds a kustomization file, as far as the tree can be looked at, in
/// the order of a walk; directories are entered as by [`discover`].
pub fn kustomization_directories(session: &Session<'_>, directory: &str) -> Vec<String> {
    let Ok(real) = session.fs.canonical(directory) else { return Vec::new() };
    let mut directories: Vec<String> = Vec::new();
    // What cannot be looked at holds nothing that could be built.
    let _ = fs::walk(session.fs, &real, &mut |path, look| {
        if is_kustomization_file(path, look) {
            directories.push(fs::parent(&fs::join(&real, path)).to_owned());
        }
        look == Look::Entry(EntryKind::Directory) && !fs::base_name(path).starts_with('.')
    });
    directories.dedup();
    directories
}

/// Adds every kustomization under a directory to a graph, and returns them in the order of their paths.
pub(super) fn add_all(session: &Session<'_>, directory: &str, graph: &mut Graph) -> Result<Vec<NodeId>> {
    let fault = |session: &Session<'_>, path: &str, error: &FsError| session.read_error(path, error);
    let real = session.fs.canonical(directory).map_err(|error| fault(session, directory, &error))?;
    if session.fs.kind(&real) != Ok(EntryKind::Directory) {
        let message = format!("`{}` is a file; a directory is wanted", session.show(&real));
        return Err(Diagnostic::error(Code::InvalidPath, message));
    }
    let mut directories: Vec<(String, Look)> = Vec::new();
    let visited = fs::walk(session.fs, &real, &mut |path, look| {
        if is_kustomization_file(path, look) {
            directories.push((fs::parent(&fs::join(&real, path)).to_owned(), look));
        }
        look == Look::Entry(EntryKind::Directory) && !fs::base_name(path).starts_with('.')
    });
    visited.map_err(|(path, error)| fault(session, &fs::join(&real, &path), &error))?;
    let mut nodes = Vec::with_capacity(directories.len());
    for (directory, look) in directories {
        // A link may lead nowhere.
        if look != Look::Link || has_kustomization(session, &directory) {
            nodes.push(graph.add_real(session, directory));
        }
    }
    let mut seen = FxHashSet::default();
    nodes.retain(|&node| seen.insert(node));
    Ok(nodes)
}
