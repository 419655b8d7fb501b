//! `build`: flags to options, a build, and its result to where it belongs.

use super::args::BuildArgs;
use super::report::Reporter;
use super::{Outcome, output};
use crate::build::{BuildOptions, build};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::fs::Disk;
use crate::session::Session;
use crate::source::Sources;
use std::path::Path;

/// Turns the label on for every build, if its value is exactly `on`.
const ENABLE_MANAGED_BY_LABEL: &str = "KUSTOMIZE_ENABLE_MANAGEDBY_LABEL";

#[allow(clippy::disallowed_methods, reason = "a flag of the reference that is an environment variable")]
pub(super) fn run(args: &BuildArgs, reporter: &mut Reporter) -> Outcome {
    reporter.add(&deprecated_flags(args), &Sources::default());
    let directory = match working_directory() {
        Ok(directory) => directory,
        Err(diagnostic) => {
            reporter.add(&[*diagnostic], &Sources::default());
            return Outcome::Failure;
        }
    };
    if args.directory.is_empty() {
        // An unset variable in a script; `.` would build something nobody asked for.
        let diagnostic = Diagnostic::error(Code::Usage, "the directory is empty").help("for the current one, use `.`");
        reporter.add(&[*diagnostic], &Sources::default());
        return Outcome::Failure;
    }
    let options = BuildOptions {
        load_restrictions: args.load_restrictor.into(),
        reorder: args.reorder.into(),
        managed_by_label: args.enable_managedby_label == Some(true)
            || std::env::var_os(ENABLE_MANAGED_BY_LABEL).is_some_and(|value| value == "on"),
        plugins: args.plugins.options(),
    };

    let disk = Disk;
    let mut session = Session::for_one_build(&disk, &directory);
    let outcome = match build(&mut session, &native_to_slash(&args.directory), &options) {
        Ok(mut built) => {
            let is_refused = args.strict && raise(&mut built.warnings);
            let outcome = if is_refused {
                Outcome::Failure
            } else {
                output::manifests(&built, args.output.as_deref().map(Path::new), reporter)
            };
            reporter.add(&built.warnings, &session.sources);
            // The program ends here; giving every node back one by one takes longer than building a small tree.
            std::mem::forget(built);
            outcome
        }
        Err(mut diagnostics) => {
            if args.strict {
                raise(&mut diagnostics);
            }
            reporter.add(&diagnostics, &session.sources);
            Outcome::Failure
        }
    };
    std::mem::forget(session);
    outcome
}

/// Makes errors of the warnings about directives without effect, and returns whether there were any.
fn raise(diagnostics: &mut [Diagnostic]) -> bool {
    let mut is_raised = false;
    for diagnostic in diagnostics {
        if matches!(diagnostic.code, Code::PatchTargetUnmatched | Code::ImageUnmatched) {
            diagnostic.severity = Severity::Error;
            is_raised = true;
        }
    }
    is_raised
}

/// Says what the reference says about its deprecated flags.
fn deprecated_flags(args: &BuildArgs) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut add = |message: &str, verbatim: &str| {
        let mut warning = Diagnostic::warning(Code::Usage, message);
        warning.verbatim = Some(verbatim.to_owned());
        found.push(*warning);
    };
    if args.reorder.is_some() {
        add(
            "`--reorder` is deprecated",
            "Flag --reorder has been deprecated, use the new 'sortOptions' field in kustomization.yaml instead.",
        );
    }
    if args.enable_managedby_label.is_some() {
        add(
            "`--enable-managedby-label` is deprecated",
            "Flag --enable-managedby-label has been deprecated, The flag `enable-managedby-label` has been deprecated. \
             Use the `managedByLabel` option in the `buildMetadata` field instead.",
        );
    }
    found
}

#[allow(clippy::disallowed_methods, reason = "this is the caller that tells the engine its directory")]
fn working_directory() -> Result<String, Box<Diagnostic>> {
    let fault = |words: String| Diagnostic::error(Code::Io, format!("cannot use the current directory: {words}"));
    let path = std::env::current_dir().map_err(|error| fault(output::words(&error)))?;
    let path = path.into_os_string().into_string().map_err(|_| fault("its path is not UTF-8".to_owned()))?;
    Ok(native_to_slash(&path))
}

/// Writes a path of this system the way the engine does.
fn native_to_slash(path: &str) -> String {
    if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() }
}
