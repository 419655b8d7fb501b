//! `diff --all`: every target on two sides, the files of a commit and those of the work tree (or of another commit).
//!
//! Only targets are rendered whose inputs are not the same on both sides. Each thread has a session for either side, so that
//! a base is parsed once a side.

use super::ordered::{self, Work};
use super::remotes;
use super::render::{Builder, Worker};
use super::targets::Target;
use super::vendored;
use crate::build::{Build, BuildOptions};
use crate::cli::diff::warned::Warned;
use crate::cli::git::{self, GitTree};
use crate::cli::remote::Network;
use crate::cli::report::Reporter;
use crate::diagnostic::{Code, Diagnostic};
use crate::diff::report::{Outcome, Report, Target as Compared, WORK_TREE};
use crate::diff::{self, Options, Side};
use crate::fleet::{Discovered, Effect, Index, NodeId, discover, has_kustomization};
use crate::fs::{self, Disk, EntryKind, FileSystem};
use crate::remote::Remotes;
use crate::session::Session;
use crate::source::Sources;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// With fewer targets for each, threads cost more than they gain.
const TARGETS_PER_THREAD: usize = 4;

/// What is to be compared.
pub(in crate::cli) struct Wanted<'a> {
    pub(in crate::cli) here: &'a str,
    pub(in crate::cli) directory: &'a str,
    pub(in crate::cli) from: &'a str,
    /// The work tree, if there is none.
    pub(in crate::cli) to: Option<&'a str>,
    pub(in crate::cli) options: &'a BuildOptions,
    pub(in crate::cli) compare: &'a Options,
    pub(in crate::cli) is_offline: bool,
}

/// One side of the tree.
struct Half {
    paths: BTreeMap<String, bool>,
}

/// Compares all targets under a directory.
pub(in crate::cli) fn compare_all(wanted: &Wanted<'_>, reporter: &mut Reporter) -> Result<Report, Box<Diagnostic>> {
    let Wanted { here, directory, from, to, .. } = *wanted;
    let root = fs::join(here, &crate::cli::native_to_slash(directory));
    let root = Disk.canonical(&root).unwrap_or(root);
    let at = if Disk.kind(&root) == Ok(EntryKind::Directory) { root.as_str() } else { here };
    let old_tree = GitTree::open(at, from, "`diff --all`")?;
    let new_tree = to.map(|to| GitTree::open(at, to, "`diff --all`")).transpose()?;
    let new_fs: &dyn FileSystem = new_tree.as_ref().map_or(&Disk, |tree| tree);
    let changed = match &new_tree {
        None => git::changed_since(from, std::iter::once(at.to_owned()), "`diff --all`")?,
        Some(new_tree) => git::changed_between(old_tree.top(), old_tree.commit(), new_tree.commit())?,
    };
    let old = Half::find(&old_tree, here, &root, &changed)?;
    let new = Half::find(new_fs, here, &root, &changed)?;
    if old.paths.is_empty() && new.paths.is_empty() {
        let message = format!("no kustomization to be rendered under `{directory}`, on either side");
        return Err(Diagnostic::error(Code::NoKustomization, message)
            .help("hidden directories, and components by themselves, are left out"));
    }
    let mut all: BTreeMap<Vec<String>, bool> = BTreeMap::new();
    for (path, is_touched) in old.paths.iter().chain(&new.paths) {
        let is_on_both = old.paths.contains_key(path) && new.paths.contains_key(path);
        *all.entry(path.split('/').map(str::to_owned).collect()).or_default() |= *is_touched || !is_on_both;
    }
    let n_all = all.len();
    let touched = all.into_iter().filter(|(_, is_touched)| *is_touched).map(|(parts, _)| parts.join("/"));
    let targets: Vec<Target> = touched
        .map(|path| {
            let shown = fs::relative(&path, here);
            Target { directory: path, name: shown.clone(), shown, node: None }
        })
        .collect();
    let network = Network::default();
    let vendored = vendored(wanted.is_offline, here, &[directory.to_owned()])?;
    let remotes = remotes::Shared::new(vendored.as_ref().map_or(&network as &dyn Remotes, |vendored| vendored));
    let builder = |fs| Builder { fs, here, options: wanted.options, remotes: &remotes, programs: None, n_jobs: 0 };
    let (old_builder, new_builder) = (builder(&old_tree as &dyn FileSystem), builder(new_fs));
    let blank = reporter.part();
    let labels = (format!("{from}:"), to.map(|to| format!("{to}:")).unwrap_or_default());
    let (old_session, new_session) = (Session::new(&old_tree, here), Session::new(new_fs, here));
    let exists = |target: &Target| {
        let is_in = |session| has_kustomization(session, &target.directory);
        (is_in(&old_session), is_in(&new_session))
    };
    // A target may be none on the other side and be there all the same, as a base of others.
    let exists: Vec<(bool, bool)> = targets.iter().map(exists).collect();
    let work = Work {
        state: || (old_builder.worker(), new_builder.worker()),
        entry: |(old, new): &mut (Worker<'_>, Worker<'_>), index: usize| {
            let target = targets.get(index).expect("entries are those of the list");
            let mut words = blank.part();
            let outcome = match exists.get(index).copied().unwrap_or_default() {
                (true, true) => old.build(target, |before, old_session| {
                    new.build(target, |after, new_session| {
                        let (before, after) =
                            (told(before, old_session, &mut words), told(after, new_session, &mut words));
                        match (before, after) {
                            (Some(before), Some(after)) => {
                                // What was warned of before is not of this change.
                                let mut warned = Warned::default();
                                warned.know(&before.warnings, old_session);
                                warned.tell(&after.warnings, new_session, &mut words);
                                let before = Side::of_build(&before, old_session, &labels.0);
                                let after = Side::of_build(&after, new_session, &labels.1);
                                Outcome::Compared(diff::compare(&before, &after, wanted.compare))
                            }
                            (before, after) => Outcome::Failed { old: before.is_none(), new: after.is_none() },
                        }
                    })
                }),
                (true, false) => old.build(target, |before, session| {
                    let Some(before) = told(before, session, &mut words) else {
                        return Outcome::Failed { old: true, new: false };
                    };
                    let side = Side::of_build(&before, session, &labels.0);
                    let nothing = Sources::default();
                    Outcome::Removed(diff::compare(&side, &Side::empty(&nothing), wanted.compare))
                }),
                (false, _) => new.build(target, |after, session| {
                    let Some(after) = told(after, session, &mut words) else {
                        return Outcome::Failed { old: false, new: true };
                    };
                    Warned::default().tell(&after.warnings, session, &mut words);
                    let side = Side::of_build(&after, session, &labels.1);
                    let nothing = Sources::default();
                    Outcome::Added(diff::compare(&Side::empty(&nothing), &side, wanted.compare))
                }),
            };
            (outcome, words)
        },
        n_bytes: |_: &(Outcome, Reporter)| 0,
    };
    let n_processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let n_threads = n_processors.min(targets.len() / TARGETS_PER_THREAD).max(1);
    let mut outcomes = Vec::with_capacity(targets.len());
    ordered::run(targets.len(), n_threads, &work, |_, (outcome, words)| {
        reporter.join(words);
        outcomes.push(outcome);
        ControlFlow::Continue(())
    });
    let compared =
        targets.iter().zip(outcomes).map(|(target, outcome)| Compared { name: target.shown.clone(), outcome });
    Ok(Report {
        old: from.to_owned(),
        new: to.map_or(WORK_TREE.to_owned(), str::to_owned),
        n_untouched: n_all - targets.len(),
        targets: compared.collect(),
    })
}

/// Returns a build, or tells why there is none.
fn told(built: Result<Build, Vec<Diagnostic>>, session: &Session<'_>, words: &mut Reporter) -> Option<Build> {
    match built {
        Ok(built) => Some(built),
        Err(diagnostics) => {
            words.add(&diagnostics, &session.sources);
            None
        }
    }
}

impl Half {
    /// Finds the targets of one side, and whether what changed is part of them.
    fn find(fs: &dyn FileSystem, here: &str, root: &str, changed: &[String]) -> Result<Half, Box<Diagnostic>> {
        let mut half = Half { paths: BTreeMap::new() };
        if fs.kind(root) != Ok(EntryKind::Directory) {
            return Ok(half);
        }
        let session = Session::new(fs, here);
        let Discovered { graph, targets } = discover(&session, root)?;
        let nodes: Vec<Option<NodeId>> = targets.iter().copied().map(Some).collect();
        let effects = Index::new(&graph, &session, &nodes).effects(changed);
        for (&node, effect) in targets.iter().zip(effects) {
            // What only a build knows is built.
            half.paths.insert(graph.directory(node).to_string(), effect != Effect::None);
        }
        Ok(half)
    }
}
