//! `inputs`: the files that targets are made of, and the other way round.

use super::args::InputsArgs;
use super::render::Builder;
use super::targets::Target;
use crate::cli::Outcome;
use crate::cli::report::Reporter;

pub(in crate::cli) fn run(_args: &InputsArgs, _reporter: &mut Reporter) -> Outcome {
    Outcome::Failure
}

/// Returns whether a target is made of one of these files, by building it; one that does not build is.
pub(super) fn is_touched(builder: Builder<'_>, target: &Target, changed: &[String]) -> bool {
    builder.worker().build(target, |result, _| match result {
        Ok(built) => built.inputs.iter().any(|path| changed.iter().any(|changed| **path == **changed)),
        Err(_) => true,
    })
}
