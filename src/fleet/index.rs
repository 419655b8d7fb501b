//! From a file to the targets that it is part of.

use super::graph::{Graph, NodeId, RealPaths};
use crate::fs;
use crate::ordered::{BTreeMap, BTreeSet};
use crate::session::Session;
use rustc_hash::FxHashMap;
use std::ops::Bound;
use std::sync::Arc;

/// What a change means for a target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It stays as it is.
    #[default]
    None,
    /// Only a build knows.
    Unknown,
    /// Something that it is made of changes.
    Some,
}

/// All paths that targets depend on; made once for any number of questions.
#[derive(Clone, Debug, Default)]
pub struct Index {
    n_targets: usize,
    /// Kustomizations by the files they name, there or not.
    files: BTreeMap<Arc<str>, Vec<NodeId>>,
    /// Kustomizations by directories of which every file may matter.
    trees: BTreeMap<Arc<str>, Vec<NodeId>>,
    /// The targets that a kustomization is part of, by position.
    targets: FxHashMap<NodeId, Vec<usize>>,
    /// Targets of which only a build knows all files.
    opaque: BTreeSet<usize>,
}

impl Index {
    /// Takes what a graph knows about targets; one that is not in the graph is unknown.
    pub fn new(graph: &Graph, session: &Session<'_>, targets: &[Option<NodeId>]) -> Index {
        let mut index = Index { n_targets: targets.len(), ..Index::default() };
        for (position, target) in targets.iter().enumerate() {
            let Some(target) = target else {
                index.opaque.insert(position);
                continue;
            };
            for node in graph.closure(*target) {
                index.targets.entry(node).or_default().push(position);
            }
        }
        // In the order of their numbers, whatever the map's.
        let mut paths = RealPaths::new(session.fs);
        for node in graph.nodes() {
            let Some(users) = index.targets.get(&node) else { continue };
            let own = graph.own_dependencies(&mut paths, node);
            if own.is_opaque {
                index.opaque.extend(users);
            }
            for path in own.files {
                index.files.entry(path).or_default().push(node);
            }
            for path in own.trees {
                index.trees.entry(path).or_default().push(node);
            }
        }
        index
    }

    /// Returns the targets that a file (by its absolute path) is part of, or would be if it were there.
    ///
    /// A directory, such as a link or a repository inside this one, stands for all below it.
    pub fn targets_of(&self, path: &str) -> BTreeSet<usize> {
        let mut nodes: BTreeSet<NodeId> = BTreeSet::new();
        nodes.extend(self.files.get(path).into_iter().flatten());
        let below = format!("{}/", path.trim_end_matches('/'));
        for map in [&self.files, &self.trees] {
            let rest = map.range::<str, _>((Bound::Included(below.as_str()), Bound::Unbounded));
            nodes.extend(rest.take_while(|(path, _)| path.starts_with(&below)).flat_map(|(_, nodes)| nodes));
        }
        if !self.trees.is_empty() {
            let mut at = path;
            loop {
                nodes.extend(self.trees.get(at).into_iter().flatten());
                if at == "/" || at == "." {
                    break;
                }
                at = fs::parent(at);
            }
        }
        nodes.iter().filter_map(|node| self.targets.get(node)).flatten().copied().collect()
    }

    /// Returns the targets of which only a build knows all files.
    pub fn opaque(&self) -> &BTreeSet<usize> {
        &self.opaque
    }

    /// Returns what a change of files means for each target. A file that is not there any more counts, as does a new one.
    pub fn effects(&self, changed: &[String]) -> Vec<Effect> {
        let mut effects = vec![Effect::None; self.n_targets];
        let mut raise = |position: usize, effect: Effect| {
            if let Some(known) = effects.get_mut(position) {
                *known = effect.max(*known);
            }
        };
        for path in changed {
            self.targets_of(path).into_iter().for_each(|position| raise(position, Effect::Some));
        }
        if !changed.is_empty() {
            self.opaque.iter().for_each(|&position| raise(position, Effect::Unknown));
        }
        effects
    }

    /// Returns every path that matters.
    pub fn paths(&self) -> impl Iterator<Item = &Arc<str>> {
        self.files.keys().chain(self.trees.keys())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::Memory;

    #[test]
    fn files_lead_to_targets() {
        let mut memory = Memory::new();
        for (path, text) in [
            ("base/kustomization.yaml", "resources: [d.yaml, gone.yaml]"),
            ("base/d.yaml", ""),
            ("c/kustomization.yaml", "kind: Component\npatches: [{path: p.yaml}]"),
            ("a/kustomization.yaml", "resources: [../base]\ncomponents: [../c]"),
            ("b/kustomization.yaml", "resources: [../base]\nconfigMapGenerator: [{name: x, files: [k=v/f]}]"),
            ("h/kustomization.yaml", "helmCharts: [{name: web}]"),
            ("bad/kustomization.yaml", "resources: 3"),
        ] {
            memory.set(&format!("/w/{path}"), text);
        }
        let session = Session::new(&memory, "/w");
        let found = super::super::discover(&session, "/w").expect("a tree");
        let names: Vec<&str> = found.targets.iter().map(|&target| &found.graph.directory(target)[3..]).collect();
        assert_eq!(names, ["a", "b", "bad", "h"]);
        let targets: Vec<Option<NodeId>> = found.targets.iter().copied().map(Some).collect();
        let index = Index::new(&found.graph, &session, &targets);
        let of = |path: &str| -> Vec<&str> {
            index.targets_of(&format!("/w/{path}")).into_iter().map(|position| names[position]).collect()
        };
        for (path, wanted) in [
            ("base/d.yaml", &["a", "b"][..]),
            ("base/gone.yaml", &["a", "b"]),
            ("base/Kustomization", &["a", "b"]),
            ("base/other.yaml", &[]),
            ("base", &["a", "b"]),
            ("c/p.yaml", &["a"]),
            ("b/v/f", &["b"]),
            ("b/v", &["b"]),
            ("h/charts/web/templates/x.yaml", &["h"]),
            ("h/charts/m/x.yaml", &[]),
            ("bad/kustomization.yaml", &["bad"]),
            ("z", &[]),
        ] {
            assert_eq!(of(path), wanted, "{path}");
        }
        let effects = index.effects(&["/w/c/p.yaml".to_owned()]);
        assert_eq!(effects, [Effect::Some, Effect::None, Effect::Unknown, Effect::Unknown]);
        assert_eq!(index.effects(&[]), [Effect::None; 4]);
    }
}
