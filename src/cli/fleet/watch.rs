//! `--watch`: renders what a change concerns, in a session that stays.
//!
//! Directories that hold inputs are watched, each by itself: what else happens in a tree wakes nobody. What events amount
//! to, `cli::changes` says.

use super::render::{Builder, Worker};
use super::targets::{Target, Targets, Wanted};
use crate::cli::changes::{self, Change, fault, now};
use crate::cli::report::Reporter;
use crate::cli::{Outcome, native_to_slash};
use crate::diagnostic::Diagnostic;
use crate::fleet::Index;
use crate::fs::{self, EntryKind, Look};
use crate::loader::FILE_NAMES;
use crate::source::Sources;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

type Failed = Vec<(usize, usize)>;

/// Renders all targets, then whatever changes, until the process is interrupted.
pub(super) fn run(
    builder: Builder<'_>,
    wanted: &Wanted<'_>,
    mut targets: Targets,
    is_quiet: bool,
    reporter: &mut Reporter,
    mut render: impl FnMut(&mut Worker<'_>, &[&Target], &mut Reporter) -> Result<Failed, Box<Diagnostic>>,
) -> Result<Outcome, Box<Diagnostic>> {
    let (sender, events) = channel();
    let mut watcher = notify::recommended_watcher(move |event| {
        // Nobody listens any more when the program ends.
        let _ = sender.send(event);
    })
    .map_err(|error| fault(&error))?;
    let mut index = targets.index(builder.here);
    let mut watched = BTreeSet::new();
    watch(&mut watcher, builder, wanted, &index, &mut watched)?;

    let mut worker = builder.worker();
    let mut list: Vec<&Target> = targets.list.iter().collect();
    let mut start = now();
    let mut is_structure = false;
    loop {
        let failed = render(&mut worker, &list, reporter)?;
        if !is_quiet && !list.is_empty() {
            reporter.say(&line(&list, failed.len(), start.elapsed()));
        }
        reporter.flush();
        if std::mem::take(&mut is_structure) {
            // Targets may have come or gone, or include something else. Looking for them waits until what is known to
            // have changed is rendered.
            let known: BTreeSet<String> = targets.list.iter().map(|target| target.directory.clone()).collect();
            match Targets::find(wanted) {
                Ok(found) => targets = found,
                Err(diagnostic) => reporter.add(&[*diagnostic], &Sources::default()),
            }
            index = targets.index(builder.here);
            watch(&mut watcher, builder, wanted, &index, &mut watched)?;
            list = targets.list.iter().filter(|target| !known.contains(&target.directory)).collect();
            if !list.is_empty() {
                continue;
            }
        }
        let change = loop {
            let change = changes::next(&events, &mut start)?;
            if change.is_all || !change.paths.is_empty() {
                break change;
            }
        };
        let is_link = |path: &String| builder.fs.look(path) == Ok(Look::Link);
        if change.is_all || change.paths.iter().any(is_link) {
            worker.renew();
        } else {
            worker.session().forget(&change.paths.iter().cloned().collect::<Vec<_>>());
        }
        is_structure = change.is_all || change.paths.iter().any(|path| is_of_structure(path));
        let is_there = |target: &&Target| builder.fs.kind(&fs::join(builder.here, &target.directory)).is_ok();
        let concerned = concerned(&index, &targets, &change);
        list = concerned.iter().filter_map(|&at| targets.list.get(at)).filter(is_there).collect();
    }
}

/// Returns the positions of targets that a change concerns.
fn concerned(index: &Index, targets: &Targets, change: &Change) -> BTreeSet<usize> {
    if change.is_all {
        return (0..targets.list.len()).collect();
    }
    let mut concerned = BTreeSet::new();
    for path in &change.paths {
        concerned.extend(index.targets_of(path));
    }
    // A target with plugins may read anything; what stands in its own directory is taken for its own.
    for &position in index.opaque() {
        let Some(node) = targets.list.get(position).and_then(|target| target.node) else { continue };
        let directories: Vec<_> =
            targets.graph.closure(node).into_iter().map(|node| targets.graph.directory(node)).collect();
        if change.paths.iter().any(|path| directories.iter().any(|directory| fs::is_within(path, directory))) {
            concerned.insert(position);
        }
    }
    concerned
}

/// Watches every directory that holds an input, and, where targets are looked for, every directory of the tree.
fn watch(
    watcher: &mut RecommendedWatcher,
    builder: Builder<'_>,
    wanted: &Wanted<'_>,
    index: &Index,
    watched: &mut BTreeSet<String>,
) -> Result<(), Box<Diagnostic>> {
    let is_directory = |path: &str| builder.fs.kind(path) == Ok(EntryKind::Directory);
    let mut directories: BTreeSet<String> = BTreeSet::new();
    for path in index.paths() {
        directories.insert(fs::parent(path).to_owned());
        if is_directory(path) {
            directories.insert(path.to_string());
            // A tree, of which everything matters.
            add_below(builder, path, &mut directories);
        }
    }
    if wanted.all {
        for directory in wanted.directories {
            let root = fs::join(wanted.here, &native_to_slash(directory));
            let root = builder.fs.canonical(&root).unwrap_or(root);
            add_below(builder, &root, &mut directories);
            directories.insert(root);
        }
    }
    let mut paths = watcher.paths_mut();
    for directory in directories {
        if !watched.contains(&directory) && is_directory(&directory) {
            paths.add(Path::new(&directory), RecursiveMode::NonRecursive).map_err(|error| fault(&error))?;
            watched.insert(directory);
        }
    }
    paths.commit().map_err(|error| fault(&error))
}

fn add_below(builder: Builder<'_>, root: &str, directories: &mut BTreeSet<String>) {
    // What cannot be looked at is not watched; the build says what is wrong.
    let _ = fs::walk(builder.fs, root, &mut |path, look| {
        let is_entered = look == Look::Entry(EntryKind::Directory) && !fs::base_name(path).starts_with('.');
        if is_entered {
            directories.insert(fs::join(root, path));
        }
        is_entered
    });
}

/// Returns whether a path may change which targets there are, or what they include: a kustomization, a directory.
fn is_of_structure(path: &str) -> bool {
    let name = fs::base_name(path);
    FILE_NAMES.contains(&name) || !name.contains('.')
}

fn line(list: &[&Target], n_failed: usize, time: Duration) -> String {
    let what = match list {
        [target] => target.shown.clone(),
        list => format!("{} targets", list.len()),
    };
    let failed = if n_failed > 0 { format!(", {n_failed} failed") } else { String::new() };
    format!("{what} rendered in {:.1} ms{failed}", time.as_secs_f64() * 1000.0)
}
