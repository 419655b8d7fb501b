//! Which targets are meant: those that are named, or those that are found; all, or a part.

use crate::cli::{git, native_to_slash};
use crate::diagnostic::Diagnostic;
use crate::fleet::{Discovered, Effect, Graph, Index, NodeId, Shard, assign, discover};
use crate::fs::{self, Disk};
use crate::remote::{self, RepoSpec};
use crate::session::Session;
use crate::sorting::Sorting;

/// What is rendered on its own.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// What a build is told.
    pub(super) directory: String,
    /// How messages name it.
    pub(super) shown: String,
    /// Its path in a directory of renderings.
    pub(super) name: String,
    /// Its place in the graph, if there is one.
    pub(super) node: Option<NodeId>,
}

/// The targets, with what they include where that is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Targets {
    pub(super) list: Vec<Target>,
    pub(super) graph: Graph,
}

/// What was asked for.
pub(super) struct Wanted<'a> {
    /// The user's directory.
    pub(super) here: &'a str,
    pub(super) directories: &'a [String],
    pub(super) all: bool,
    /// Whether it has to be known what the targets include.
    pub(super) needs_graph: bool,
}

impl Targets {
    /// Finds the targets.
    pub(super) fn find(wanted: &Wanted<'_>) -> Result<Targets, Box<Diagnostic>> {
        let disk = Disk;
        let session = Session::new(&disk, wanted.here);
        let mut targets = Targets::default();
        if !wanted.all {
            for directory in wanted.directories {
                let directory = native_to_slash(directory);
                let is_remote = RepoSpec::parse(&directory).is_some() || remote::is_remote_file(&directory);
                let path = fs::join(wanted.here, &directory);
                let node = (wanted.needs_graph && !is_remote).then(|| targets.graph.add(&session, &path));
                let shown = if is_remote { remote::without_credentials(&directory) } else { directory.clone() };
                let name = if is_remote { remote_name(&shown) } else { name(&path, wanted.here) };
                targets.list.push(Target { directory, shown, name, node });
            }
            return Ok(targets);
        }
        for directory in wanted.directories {
            let root = fs::join(wanted.here, &native_to_slash(directory));
            let Discovered { graph, targets: found } = discover(&session, &root)?;
            let is_only = wanted.directories.len() == 1;
            let real = fs::FileSystem::canonical(&disk, &root).unwrap_or_else(|_| root.clone());
            for node in found {
                let path = graph.directory(node).to_string();
                // The same tree gives the same names wherever the user stands.
                let name = if is_only { name(&path, &real) } else { name(&path, wanted.here) };
                let node = match wanted.needs_graph {
                    true if is_only => Some(node),
                    true => Some(targets.graph.add(&session, &path)),
                    false => None,
                };
                targets.list.push(Target { shown: session.show(&path), directory: path, name, node });
            }
            if is_only && wanted.needs_graph {
                targets.graph = graph;
            }
        }
        if wanted.directories.len() > 1 {
            // A tree that is named twice, or inside another.
            targets.list.put_in_order(|a, b| a.directory.split('/').cmp(b.directory.split('/')));
            targets.list.dedup_by(|a, b| a.directory == b.directory);
        }
        Ok(targets)
    }

    /// Leaves one part of them.
    pub(super) fn keep_shard(&mut self, shard: Shard) {
        let nodes: Vec<NodeId> = self.list.iter().filter_map(|target| target.node).collect();
        let mut parts = assign(&self.graph, &nodes, shard.count).into_iter();
        let mut n_others = 0;
        self.list.retain(|target| {
            let part = match target.node {
                Some(_) => parts.next().unwrap_or(0),
                None => {
                    n_others += 1;
                    (n_others - 1) % shard.count
                }
            };
            part == shard.index
        });
    }

    /// Leaves those that may have changed since a commit. Where only a build knows, it is asked with the changed paths.
    pub(super) fn keep_changed(
        &mut self,
        here: &str,
        since: &str,
        mut asks: impl FnMut(&Target, &[String]) -> bool,
    ) -> Result<(), Box<Diagnostic>> {
        let local = self.list.iter().filter(|target| target.node.is_some());
        let directories = local.map(|target| fs::join(here, &target.directory));
        let changed = git::changed_since(since, directories, "`--changed-since`")?;
        let mut effects = self.index(here).effects(&changed).into_iter();
        self.list.retain(|target| match effects.next() {
            Some(Effect::None) => false,
            Some(Effect::Unknown) => asks(target, &changed),
            _ => true,
        });
        Ok(())
    }

    /// Returns what leads from files to the positions of targets.
    pub(super) fn index(&self, here: &str) -> Index {
        let nodes: Vec<Option<NodeId>> = self.list.iter().map(|target| target.node).collect();
        Index::new(&self.graph, &Session::new(&Disk, here), &nodes)
    }
}

/// The path of a rendering: relative to a directory; whole, where the target is not in it.
fn name(path: &str, from: &str) -> String {
    if path == from {
        return fs::base_name(path).to_owned();
    }
    let name =
        if fs::is_within(path, from) { fs::relative(path, from) } else { path.trim_start_matches('/').to_owned() };
    name.replace(':', "_")
}

/// An address as the name of a file.
fn remote_name(address: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    address.chars().map(|c| if is_plain(c) { c } else { '_' }).collect()
}
