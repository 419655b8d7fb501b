//! Renders targets, one after the other or several at a time; each thread has a session of its own.
//!
//! Sessions share nothing but what is fetched: a base is parsed once by each thread that meets it, and no thread waits for
//! another. A session that has read much is replaced by a fresh one, so that memory does not grow with the fleet.

use super::ordered::{self, Work};
use super::targets::Target;
use crate::build::{Build, BuildOptions, build};
use crate::diagnostic::Diagnostic;
use crate::fs::{self, FileSystem};
use crate::programs::Programs;
use crate::remote::Remotes;
use crate::session::Session;
use std::ops::ControlFlow;

/// A session may read this much before it is replaced; more, if one target reads more.
const SESSION_BYTES: usize = 16 << 20;
/// With fewer targets for each, threads cost more than they gain.
const TARGETS_PER_THREAD: usize = 8;

/// What all builds have in common.
#[derive(Clone, Copy)]
pub(super) struct Builder<'a> {
    pub(super) fs: &'a dyn FileSystem,
    pub(super) here: &'a str,
    pub(super) options: &'a BuildOptions,
    pub(super) remotes: &'a dyn Remotes,
    pub(super) programs: Option<&'a dyn Programs>,
    /// The number of threads; 0 for as many as there are processors.
    pub(super) n_jobs: usize,
}

/// A session for many builds.
pub(super) struct Worker<'a> {
    builder: Builder<'a>,
    session: Session<'a>,
    /// When the session has read so much, it is replaced.
    n_bytes_max: Option<usize>,
}

impl<'a> Builder<'a> {
    pub(super) fn worker(self) -> Worker<'a> {
        Worker { builder: self, session: self.session(), n_bytes_max: None }
    }

    fn session(&self) -> Session<'a> {
        let mut session = Session::new(self.fs, self.here);
        session.remotes = Some(self.remotes);
        session.programs = self.programs;
        session
    }

    /// Builds all targets, and hands over what `done` makes of each, in order.
    pub(super) fn run<T: Send>(
        self,
        targets: &[Target],
        done: impl Fn(&Target, Result<Build, Vec<Diagnostic>>, &Session<'_>) -> T + Sync,
        n_bytes: impl Fn(&T) -> usize + Sync,
        take: impl FnMut(usize, T) -> ControlFlow<()>,
    ) {
        let work = Work {
            state: || self.worker(),
            entry: |worker: &mut Worker<'_>, index: usize| {
                let target = targets.get(index).expect("entries are those of the list");
                worker.build(target, |result, session| done(target, result, session))
            },
            n_bytes,
        };
        ordered::run(targets.len(), self.n_threads(targets.len()), &work, take);
    }

    fn n_threads(&self, n_targets: usize) -> usize {
        let enough = match self.n_jobs {
            // helm keeps charts beside the kustomization, and nobody knows what functions write.
            0 if self.programs.is_some() => 1,
            0 => {
                let n_processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
                n_processors.min(n_targets / TARGETS_PER_THREAD)
            }
            n_jobs => n_jobs.min(n_targets),
        };
        enough.max(1)
    }
}

impl<'a> Worker<'a> {
    /// Builds one target.
    pub(super) fn build<T>(
        &mut self,
        target: &Target,
        done: impl FnOnce(Result<Build, Vec<Diagnostic>>, &Session<'_>) -> T,
    ) -> T {
        let path = fs::join(self.builder.here, &target.directory);
        self.session.enter_target(&self.builder.fs.canonical(&path).unwrap_or(path));
        let result = build(&mut self.session, &target.directory, self.builder.options);
        let made = done(result, &self.session);
        let n_bytes = self.session.sources.n_bytes();
        let n_bytes_max = *self.n_bytes_max.get_or_insert(SESSION_BYTES.max(n_bytes.saturating_mul(4)));
        if n_bytes > n_bytes_max {
            self.renew();
        }
        made
    }

    /// Forgets everything.
    pub(super) fn renew(&mut self) {
        self.session = self.builder.session();
        self.n_bytes_max = None;
    }

    pub(super) fn session(&mut self) -> &mut Session<'a> {
        &mut self.session
    }
}
