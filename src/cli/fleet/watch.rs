//! `--watch`.

use super::render::{Builder, Worker};
use super::targets::{Target, Targets, Wanted};
use crate::cli::Outcome;
use crate::cli::report::Reporter;
use crate::diagnostic::Diagnostic;

type Failed = Vec<(usize, usize)>;

pub(super) fn run(
    builder: Builder<'_>,
    _wanted: &Wanted<'_>,
    targets: Targets,
    _is_quiet: bool,
    reporter: &mut Reporter,
    render: impl Fn(&mut Worker<'_>, &[&Target], &mut Reporter) -> Result<Failed, Box<Diagnostic>>,
) -> Result<Outcome, Box<Diagnostic>> {
    let mut worker = builder.worker();
    let all: Vec<&Target> = targets.list.iter().collect();
    render(&mut worker, &all, reporter)?;
    Ok(Outcome::Success)
}
