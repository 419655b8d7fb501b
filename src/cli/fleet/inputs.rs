//! `inputs`: the files that targets are made of, and the other way round.
//!
//! What a target is made of is found by building it, as nothing else knows for certain. The other way round, kustomization
//! files tell, and a build is asked only where there are plugins or charts.

use super::args::{Format, InputsArgs};
use super::render::{Builder, Worker};
use super::targets::{Target, Targets, Wanted};
use super::{remotes, vendored};
use crate::build::BuildOptions;
use crate::cli::build::working_directory;
use crate::cli::programs::NativePrograms;
use crate::cli::remote::Network;
use crate::cli::report::Reporter;
use crate::cli::{Outcome, native_to_slash, output};
use crate::diagnostic::{Code, Diagnostic};
use crate::fs::{self, Disk, EntryKind, FileSystem, FsError, Look};
use crate::programs::Programs;
use crate::remote::Remotes;
use crate::session::Session;
use crate::sorting::Sorting;
use crate::source::Sources;
use serde::Serialize;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

/// The one form for programs; docs/fleets.md describes it.
#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
struct Answer {
    version: u32,
    targets: Vec<TargetInputs>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
struct TargetInputs {
    target: String,
    complete: bool,
    inputs: BTreeSet<String>,
    remote: BTreeSet<String>,
}

/// What one target read.
struct Found {
    inputs: TargetInputs,
    words: Reporter,
}

pub(in crate::cli) fn run(args: &InputsArgs, reporter: &mut Reporter) -> Outcome {
    match inputs(args, reporter) {
        Ok(outcome) => outcome,
        Err(diagnostic) => {
            reporter.add(&[*diagnostic], &Sources::default());
            Outcome::Failure
        }
    }
}

fn inputs(args: &InputsArgs, reporter: &mut Reporter) -> Result<Outcome, Box<Diagnostic>> {
    if args.directories.iter().chain(&args.reverse).any(String::is_empty) {
        return Err(Diagnostic::error(Code::Usage, "a path is empty").help("for the current directory, use `.`"));
    }
    let here = working_directory()?;
    let options = BuildOptions {
        load_restrictions: args.load_restrictor.into(),
        plugins: args.plugins.options(),
        ..BuildOptions::default()
    };
    let programs = NativePrograms::of_environment()?;
    let network = Network::default();
    let vendored = vendored(args.offline, &here, &args.directories)?;
    let remotes = remotes::Shared::new(vendored.as_ref().map_or(&network as &dyn Remotes, |vendored| vendored));
    let programs = options.plugins.allows_programs().then_some(&programs as &dyn Programs);
    let builder = Builder { fs: &Disk, here: &here, options: &options, remotes: &remotes, programs, n_jobs: 0 };
    let is_reverse = !args.reverse.is_empty();
    let wanted = Wanted { here: &here, directories: &args.directories, all: args.all || is_reverse, needs_graph: true };
    let targets = Targets::find(&wanted)?;
    let answer =
        if is_reverse { reverse(args, &here, builder, &targets) } else { forward(&here, builder, &targets, reporter) };
    let is_complete = answer.targets.iter().all(|target| target.complete);
    let text = match args.output {
        Format::Json => serde_json::to_string_pretty(&answer).unwrap_or_default() + "\n",
        Format::Lines if is_reverse => lines(answer.targets.into_iter().map(|target| target.target)),
        Format::Lines => {
            let all = answer.targets.into_iter().flat_map(|target| target.inputs.into_iter().chain(target.remote));
            lines(all.collect::<BTreeSet<String>>())
        }
    };
    let written = output::answer(&text, reporter);
    Ok(if is_complete { written } else { Outcome::Failure })
}

fn lines(paths: impl IntoIterator<Item = String>) -> String {
    paths.into_iter().map(|path| path + "\n").collect()
}

/// Builds every target and lists what it read.
fn forward(here: &str, builder: Builder<'_>, targets: &Targets, reporter: &mut Reporter) -> Answer {
    let blank = reporter.part();
    let mut found = Vec::with_capacity(targets.list.len());
    builder.run(
        &targets.list,
        |target, result, session| {
            let mut words = blank.part();
            let mut inputs = BTreeSet::new();
            let mut remote = BTreeSet::new();
            let complete = result.is_ok();
            match result {
                Ok(built) => {
                    inputs.extend(built.inputs.iter().map(|path| fs::relative(path, here)));
                    remote.extend(built.remote_files.iter().map(|address| crate::remote::without_credentials(address)));
                    inputs.extend(chart_files(session, targets, target).iter().map(|path| fs::relative(path, here)));
                }
                Err(diagnostics) => {
                    words.add(&diagnostics, &session.sources);
                    inputs.extend(read_until_failure(builder, target).iter().map(|path| fs::relative(path, here)));
                }
            }
            Found { inputs: TargetInputs { target: target.shown.clone(), complete, inputs, remote }, words }
        },
        |_| 0,
        |_, Found { inputs, words }| {
            reporter.join(words);
            found.push(inputs);
            ControlFlow::Continue(())
        },
    );
    Answer { version: 1, targets: found }
}

/// Lists the files of the charts of a target, which helm reads.
fn chart_files(session: &Session<'_>, targets: &Targets, target: &Target) -> Vec<String> {
    let mut files = Vec::new();
    let Some(node) = target.node else { return files };
    for tree in targets.graph.dependencies(session, node).trees {
        // A chart that is not there has no files.
        let _ = fs::walk(session.fs, &tree, &mut |path, look| {
            if look != Look::Entry(EntryKind::Directory) {
                files.push(fs::join(&tree, path));
            }
            true
        });
    }
    files
}

/// Lists what a target that fails reads until then.
fn read_until_failure(builder: Builder<'_>, target: &Target) -> BTreeSet<String> {
    let trace = Trace { inner: builder.fs, read: Mutex::default() };
    let traced = Builder { fs: &trace, ..builder };
    let fetched: BTreeSet<String> = traced.worker().build(target, |_, session| {
        let read = trace.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.iter().filter(|path| session.is_fetched(path)).cloned().collect()
    });
    let read = trace.read.into_inner().unwrap_or_else(PoisonError::into_inner);
    read.difference(&fetched).cloned().collect()
}

/// Lists the targets that files are part of.
fn reverse(args: &InputsArgs, here: &str, builder: Builder<'_>, targets: &Targets) -> Answer {
    let index = targets.index(here);
    let mut found: Vec<BTreeSet<String>> = vec![BTreeSet::new(); targets.list.len()];
    let mut asked: Vec<(usize, Vec<String>)> = Vec::new();
    for file in &args.reverse {
        let named = fs::join(here, &native_to_slash(file));
        // Through its directory's links; the file need not be there.
        let real = builder.fs.canonical(fs::parent(&named)).map(|parent| fs::join(&parent, fs::base_name(&named)));
        let mut paths = vec![named.clone()];
        paths.extend(real.into_iter().chain(builder.fs.canonical(&named)));
        paths.dedup();
        for path in &paths {
            for position in index.targets_of(path) {
                if let Some(found) = found.get_mut(position) {
                    found.insert(fs::relative(&named, here));
                }
            }
        }
        asked.extend(index.opaque().iter().map(|&position| (position, paths.clone())));
    }
    let mut worker = builder.worker();
    asked.put_in_own_order();
    for group in asked.chunk_by(|a, b| a.0 == b.0) {
        let Some(target) = group.first().and_then(|(position, _)| targets.list.get(*position)) else { continue };
        let read = read(&mut worker, target).unwrap_or_else(|| read_until_failure(builder, target));
        for (position, paths) in group {
            if let (Some(named), Some(found)) = (paths.first(), found.get_mut(*position))
                && paths.iter().any(|path| read.contains(path))
            {
                found.insert(fs::relative(named, here));
            }
        }
    }
    let list = targets.list.iter().zip(found);
    let list = list.filter(|(_, found)| !found.is_empty());
    let list = list.map(|(target, inputs)| TargetInputs {
        target: target.shown.clone(),
        complete: true,
        inputs,
        remote: BTreeSet::new(),
    });
    Answer { version: 1, targets: list.collect() }
}

/// Returns what a target reads, if it builds.
fn read(worker: &mut Worker<'_>, target: &Target) -> Option<BTreeSet<String>> {
    worker.build(target, |result, _| Some(result.ok()?.inputs.iter().map(|path| path.to_string()).collect()))
}

/// Returns whether a target is made of one of these files, by building it; one that does not build counts as such.
pub(super) fn is_touched(worker: &mut Worker<'_>, target: &Target, changed: &[String]) -> bool {
    let read = read(worker, target);
    read.is_none_or(|read| changed.iter().any(|path| read.contains(path)))
}

/// A file system that takes note of what is read.
struct Trace<'a> {
    inner: &'a dyn FileSystem,
    read: Mutex<BTreeSet<String>>,
}

impl FileSystem for Trace<'_> {
    fn read(&self, path: &str, size_max: u64) -> Result<Vec<u8>, FsError> {
        let bytes = self.inner.read(path, size_max)?;
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
        Ok(bytes)
    }

    fn kind(&self, path: &str) -> Result<EntryKind, FsError> {
        self.inner.kind(path)
    }

    fn look(&self, path: &str) -> Result<Look, FsError> {
        self.inner.look(path)
    }

    fn list(&self, path: &str) -> Result<Vec<String>, FsError> {
        self.inner.list(path)
    }

    fn canonical(&self, path: &str) -> Result<String, FsError> {
        self.inner.canonical(path)
    }
}

/// Returns the schema of the answer.
#[cfg(feature = "schemas")]
pub(in crate::cli) fn schema() -> schemars::Schema {
    crate::cli::schemas::of::<Answer>()
}
