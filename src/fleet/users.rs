//! Kustomizations that are made of another one, or of a file.

use super::discover::add_all;
use super::graph::{Graph, NodeId, RealPaths};
use crate::diagnostic::Result;
use crate::fs;
use crate::kustomization::FileKind;
use crate::ordered::BTreeSet;
use crate::session::Session;
use crate::sorting::Sorting;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Finds the kustomizations under `top` that show what a change of one of them does: those that include the one in
/// `directory` at any level, and, where `files` change with it, those that nothing else includes and that such a file is part
/// of. Components and the one in `directory` itself are left out. All paths are absolute; the answer is sorted.
pub fn users(session: &Session<'_>, top: &str, directory: &str, files: &[&str]) -> Result<Vec<Arc<str>>> {
    let mut graph = Graph::default();
    add_all(session, top, &mut graph)?;
    let own = graph.add(session, directory);
    let mut found: BTreeSet<NodeId> = graph.users(&[own]).into_iter().collect();
    if !files.is_empty() {
        let files: FxHashSet<String> =
            files.iter().map(|file| session.fs.canonical(file).unwrap_or_else(|_| fs::clean(file))).collect();
        let mut paths = RealPaths::new(session.fs);
        let made_of: Vec<NodeId> = graph.nodes().filter(|&node| graph.names_any(&mut paths, node, &files)).collect();
        let included: FxHashSet<NodeId> = graph
            .nodes()
            .flat_map(|node| graph.included(node).iter().copied().filter(move |&child| child != node))
            .collect();
        found.extend(graph.users(&made_of).into_iter().filter(|node| !included.contains(node)));
    }
    let is_shown = |node: &NodeId| *node != own && graph.kind(*node) != Some(FileKind::Component);
    let mut directories: Vec<Arc<str>> =
        found.into_iter().filter(is_shown).map(|node| Arc::clone(graph.directory(node))).collect();
    directories.put_in_order(|a, b| a.split('/').cmp(b.split('/')));
    Ok(directories)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::Memory;

    #[test]
    fn users_are_found_at_any_level() {
        let mut memory = Memory::new();
        for (path, text) in [
            ("base/kustomization.yaml", "resources: [d.yaml, more]"),
            ("base/d.yaml", ""),
            ("base/more/kustomization.yaml", "resources: [e.yaml]"),
            ("a/kustomization.yaml", "resources: [../base]\ncomponents: [../c]"),
            ("b/kustomization.yaml", "resources: [../a]"),
            ("c/kustomization.yaml", "kind: Component"),
            ("n/kustomization.yaml", "resources: [../base/more]"),
            ("o/kustomization.yaml", "resources: [../n]"),
            ("x/kustomization.yaml", "resources: [../x]"),
            ("bad/kustomization.yaml", "resources: 3"),
        ] {
            memory.set(&format!("/w/{path}"), text);
        }
        let session = Session::new(&memory, "/w");
        for (directory, files, wanted) in [
            ("base", &[][..], "a b"),
            ("base", &["/w/base/more/e.yaml"], "a b o"),
            ("c", &[], "a b"),
            ("b", &[], ""),
            ("x", &[], ""),
            ("bad", &[], ""),
            ("none", &[], ""),
        ] {
            let found = users(&session, "/w", &format!("/w/{directory}"), files).expect("a tree");
            let names: Vec<&str> = found.iter().map(|path| &path[3..]).collect();
            assert_eq!(names.join(" "), wanted, "{directory} {files:?}");
        }
        assert!(users(&session, "/nowhere", "/w/base", &[]).is_err());
    }
}
