//! `build` for many targets, and `inputs`.
//!
//! What the targets are and how they hang together is `crate::fleet`; this is flags, threads, files and words. Renderings
//! are written as they come, in the order of the targets: to standard output with a line `---` between two, or each to its
//! place in a directory. A target that fails does not stop the others.

mod args;
mod compare;
mod inputs;
mod ordered;
mod progress;
pub(super) mod remotes;
mod render;
mod targets;
mod watch;

pub(super) use args::{FleetArgs, InputsArgs};
pub(super) use compare::{Wanted as WantedComparison, compare_all};
pub(super) use inputs::run as inputs;
#[cfg(feature = "schemas")]
pub(super) use inputs::schema as inputs_schema;

use super::args::BuildArgs;
use super::build::resolved;
use super::programs::NativePrograms;
use super::remote::Network;
use super::report::Reporter;
use super::vendor::Vendored;
use super::{Outcome, output, summary};
use crate::build::{Build, BuildOptions};
use crate::diagnostic::{Code, Diagnostic};
use crate::fs::Disk;
use crate::programs::Programs;
use crate::remote::Remotes;
use crate::session::Session;
use crate::source::Sources;
use args::Layout;
use progress::Progress;
use render::Builder;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use targets::{Target, Targets, Wanted};

/// Where renderings go.
enum Place {
    Stream,
    Directory { root: PathBuf, layout: Layout },
}

/// What became of one target.
struct Rendering {
    /// What goes to standard output.
    text: String,
    words: Reporter,
    is_failure: bool,
}

pub(super) fn build(
    args: &BuildArgs,
    here: &str,
    options: &BuildOptions,
    programs: &NativePrograms,
    reporter: &mut Reporter,
) -> Outcome {
    match build_all(args, here, options, programs, reporter) {
        Ok(outcome) => outcome,
        Err(diagnostic) => {
            reporter.add(&[*diagnostic], &Sources::default());
            Outcome::Failure
        }
    }
}

fn build_all(
    args: &BuildArgs,
    here: &str,
    options: &BuildOptions,
    programs: &NativePrograms,
    reporter: &mut Reporter,
) -> Result<Outcome, Box<Diagnostic>> {
    let place = Place::of(args)?;
    let fleet = &args.fleet;
    let network = Network::default();
    let vendored = vendored(args.offline, here, &args.directories)?;
    let remotes = remotes::Shared::new(vendored.as_ref().map_or(&network as &dyn Remotes, |vendored| vendored));
    let programs = options.plugins.allows_programs().then_some(programs as &dyn Programs);
    let builder = Builder { fs: &Disk, here, options, remotes: &remotes, programs, n_jobs: fleet.jobs };
    let needs_graph = fleet.shard.is_some() || fleet.changed_since.is_some() || fleet.watch;
    let wanted = Wanted { here, directories: &args.directories, all: fleet.all, needs_graph };
    let mut targets = Targets::find(&wanted)?;
    if targets.list.is_empty() {
        let named = args.directories.join("`, `");
        return Err(Diagnostic::error(
            Code::NoKustomization,
            format!("no kustomization to be rendered under `{named}`"),
        )
        .help("hidden directories, and components by themselves, are left out"));
    }
    let n_found = targets.list.len();
    if let Some(shard) = fleet.shard {
        targets.keep_shard(shard);
    }
    if let Some(since) = &fleet.changed_since {
        let mut worker = builder.worker();
        targets.keep_changed(here, since, |target, changed| inputs::is_touched(&mut worker, target, changed))?;
    }
    place.check(&targets.list)?;
    let render = |list: &[Target], reporter: &mut Reporter| render(args, builder, &place, list, reporter);
    if fleet.watch {
        let mut n_written = 0;
        return watch::run(builder, &wanted, targets, fleet.quiet, reporter, |worker, list, reporter| {
            render_with(args, worker, &place, list, &mut n_written, reporter)
        });
    }
    let failed = render(&targets.list, reporter)?;
    if !fleet.quiet {
        summarize(&targets.list, &failed, n_found, reporter);
    }
    Ok(if failed.is_empty() { Outcome::Success } else { Outcome::Failure })
}

/// Finds what was vendored for the first target, which is where `vendor` puts it for all.
fn vendored(is_offline: bool, here: &str, directories: &[String]) -> Result<Option<Vendored>, Box<Diagnostic>> {
    let first = directories.first().map_or(".", String::as_str);
    is_offline.then(|| Vendored::find(&resolved(here, first), first)).transpose()
}

/// Renders targets and returns the positions of those that fail, with the number of errors.
fn render(
    args: &BuildArgs,
    builder: Builder<'_>,
    place: &Place,
    list: &[Target],
    reporter: &mut Reporter,
) -> Result<Vec<(usize, usize)>, Box<Diagnostic>> {
    let is_wanted = !args.fleet.quiet && reporter.is_for_people();
    let progress = Progress::new(list.len(), is_wanted, matches!(place, Place::Stream));
    let blank = reporter.part();
    let mut taker = Taker { place, n_written: &mut 0, failed: Vec::new(), fault: None, reporter };
    builder.run(
        list,
        |target, result, session| Rendering::of(args, place, target, result, session, blank.part()),
        |rendering| rendering.text.len(),
        |index, rendering| {
            progress.step();
            taker.take(index, rendering)
        },
    );
    progress.finish();
    taker.finish()
}

/// Renders targets one after the other in a session that is there already.
fn render_with(
    args: &BuildArgs,
    worker: &mut render::Worker<'_>,
    place: &Place,
    list: &[&Target],
    n_written: &mut usize,
    reporter: &mut Reporter,
) -> Result<Vec<(usize, usize)>, Box<Diagnostic>> {
    let blank = reporter.part();
    let mut taker = Taker { place, n_written, failed: Vec::new(), fault: None, reporter };
    for (index, target) in list.iter().enumerate() {
        let rendering =
            worker.build(target, |result, session| Rendering::of(args, place, target, result, session, blank.part()));
        if taker.take(index, rendering).is_break() {
            break;
        }
    }
    taker.finish()
}

/// Takes renderings in order.
struct Taker<'a> {
    place: &'a Place,
    n_written: &'a mut usize,
    failed: Vec<(usize, usize)>,
    fault: Option<Box<Diagnostic>>,
    reporter: &'a mut Reporter,
}

impl Taker<'_> {
    fn take(&mut self, index: usize, rendering: Rendering) -> ControlFlow<()> {
        let Rendering { text, words, is_failure } = rendering;
        let n_errors = words.n_errors();
        self.reporter.join(words);
        if is_failure {
            self.failed.push((index, n_errors));
            return ControlFlow::Continue(());
        }
        if matches!(self.place, Place::Stream) {
            let separated = if *self.n_written > 0 { output::part("---\n") } else { Ok(true) };
            *self.n_written += 1;
            match separated.and_then(|_| output::part(&text)) {
                Ok(true) => {}
                // Nobody reads any more.
                Ok(false) => return ControlFlow::Break(()),
                Err(fault) => {
                    self.fault = Some(fault);
                    return ControlFlow::Break(());
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn finish(self) -> Result<Vec<(usize, usize)>, Box<Diagnostic>> {
        self.fault.map_or(Ok(self.failed), Err)
    }
}

impl Rendering {
    /// Puts a build where it belongs, or keeps what goes to standard output.
    fn of(
        args: &BuildArgs,
        place: &Place,
        target: &Target,
        result: Result<Build, Vec<Diagnostic>>,
        session: &Session<'_>,
        mut words: Reporter,
    ) -> Rendering {
        let failure = |words| Rendering { text: String::new(), words, is_failure: true };
        let mut built = match result {
            Ok(built) => built,
            Err(mut diagnostics) => {
                args.warnings.judge(&mut diagnostics);
                words.add(&diagnostics, &session.sources);
                return failure(words);
            }
        };
        let is_refused = args.warnings.judge(&mut built.warnings);
        words.add(&built.warnings, &session.sources);
        if args.summary && !is_refused {
            summary::tell(&built.touched, session, &mut words);
        }
        if is_refused {
            return failure(words);
        }
        let Place::Directory { root, layout } = place else {
            return Rendering { text: built.text, words, is_failure: false };
        };
        let (path, is_split) = place_in(root, *layout, target);
        match output::target(&path, is_split, &built) {
            Ok(()) => Rendering { text: String::new(), words, is_failure: false },
            Err(fault) => {
                words.add(&[*fault], &Sources::default());
                failure(words)
            }
        }
    }
}

/// Returns the path of a rendering, and whether it is a directory.
fn place_in(root: &Path, layout: Layout, target: &Target) -> (PathBuf, bool) {
    match layout {
        Layout::Targets => (root.join(format!("{}.yaml", target.name)), false),
        Layout::Objects => (root.join(&target.name), true),
    }
}

impl Place {
    fn of(args: &BuildArgs) -> Result<Place, Box<Diagnostic>> {
        let fault = |message: &str, help: &str| Err(Diagnostic::error(Code::Usage, message).help(help));
        if args.output.as_ref().is_some_and(|path| !path.is_empty()) {
            return fault(
                "`--output` is for one target",
                "write several below a directory with `--output-dir`, or one after the other to standard output",
            );
        }
        match &args.fleet.output_dir {
            Some(root) if root.as_os_str().is_empty() => {
                fault("`--output-dir` is empty", "for the current one, use `.`")
            }
            Some(root) => Ok(Place::Directory { root: root.clone(), layout: args.fleet.layout }),
            None => Ok(Place::Stream),
        }
    }

    /// Refuses targets that would be written over one another.
    fn check(&self, list: &[Target]) -> Result<(), Box<Diagnostic>> {
        let Place::Directory { root, layout } = self else { return Ok(()) };
        let mut taken: std::collections::BTreeMap<PathBuf, &Target> = std::collections::BTreeMap::new();
        for target in list {
            let (path, _) = place_in(root, *layout, target);
            if let Some(other) = taken.insert(path.clone(), target) {
                let message = format!("two targets would be written to `{}`", path.display());
                let targets = format!("the targets are `{}` and `{}`", other.shown, target.shown);
                return Err(Diagnostic::error(Code::InvalidPath, message).note(targets).help("name each target once"));
            }
        }
        Ok(())
    }
}

/// Says how many targets were rendered, and which were not.
fn summarize(list: &[Target], failed: &[(usize, usize)], n_found: usize, reporter: &mut Reporter) {
    for &(index, n_errors) in failed {
        let shown = list.get(index).map_or("", |target| target.shown.as_str());
        let errors = if n_errors == 1 { "1 error".to_owned() } else { format!("{n_errors} errors") };
        reporter.say(&format!("failed: {shown} ({errors})"));
    }
    let n = list.len();
    let mut line = format!("{} of {n} target{} rendered", n - failed.len(), if n == 1 { "" } else { "s" });
    if n_found > n {
        line += &format!(", {} left out", n_found - n);
    }
    if !failed.is_empty() {
        line += &format!(", {} failed", failed.len());
    }
    reporter.say(&line);
}
