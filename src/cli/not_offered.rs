//! Commands of the reference that do not exist here: one line says so.

use super::Outcome;
use super::report::Reporter;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Sources;
use clap::Args;
use std::ffi::OsString;

/// Their names, beside `cfg`.
pub(super) const OTHERS: [&str; 8] = [
    "fn",
    "docs-fn",
    "docs-fn-spec",
    "docs-io-annotations",
    "docs-merge",
    "docs-merge3",
    "tutorials-command-basics",
    "tutorials-function-basics",
];

/// Whatever they are called with.
#[derive(Debug, Args)]
pub(super) struct NotOfferedArgs {
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    ignored: Vec<OsString>,
}

pub(super) fn run(reporter: &mut Reporter) -> Outcome {
    let message = "`cfg`, `fn`, `docs-*` and `tutorials-*` of kustomize are not offered";
    reporter.add(&[*Diagnostic::error(Code::Usage, message)], &Sources::default());
    Outcome::Failure
}
