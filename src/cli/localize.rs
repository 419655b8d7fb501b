//! `localize`: a copy of a kustomization in a directory of its own, and the proof that it builds to the same.

use super::remote::Network;
use super::report::Reporter;
use super::{Outcome, build, native_to_slash, output};
use crate::build::{BuildOptions, build as build_kustomization};
use crate::diagnostic::{Code, Diagnostic};
use crate::fs::Disk;
use crate::localize::{LocalizeOptions, localize};
use crate::session::Session;
use crate::source::Sources;
use clap::Args;

const EXAMPLES: &str = "\
Examples:
  rustomize localize                                       the current directory, to ./localized-NAME
  rustomize localize overlays/production production-copy
  rustomize localize overlays/production --scope .         with bases anywhere in the current directory

Exit codes:
  0  the copy was written
  1  something is not right and nothing is written, or the copy was written but one of the two does not build";

/// Copy a kustomization with all it references into a new directory.
///
/// Bases, components, patches, files of generators, plugin configurations and chart homes are copied to the same places
/// relative to one another. Kustomization files are written anew, without comments and sorted. Unless told not to, both the
/// original and the copy are then built and compared.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_override_self = true)]
pub(super) struct LocalizeArgs {
    /// The directory of the kustomization, or its address in a repository, with ?ref=
    #[arg(value_name = "TARGET", default_value = ".", hide_default_value = true)]
    target: String,

    /// The directory to make; localized-NAME in the current directory if none is given
    #[arg(value_name = "DESTINATION", default_value = "", hide_default_value = true)]
    destination: String,

    /// The directory that must hold everything local that is referenced; the target if none is given
    #[arg(long, value_name = "DIR", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    scope: String,

    /// Do not build the original and the copy to compare them
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = super::args::parse_bool)]
    no_verify: Option<bool>,
}

pub(super) fn run(args: &LocalizeArgs, reporter: &mut Reporter) -> Outcome {
    let directory = match build::working_directory() {
        Ok(directory) => directory,
        Err(diagnostic) => {
            reporter.add(&[*diagnostic], &Sources::default());
            return Outcome::Failure;
        }
    };
    let options = LocalizeOptions {
        target: native_to_slash(&args.target),
        scope: native_to_slash(&args.scope),
        destination: native_to_slash(&args.destination),
    };
    let network = Network::default();
    let mut session = Session::new(&Disk, &directory);
    session.remotes = Some(&network);
    let localized = match localize(&mut session, &options) {
        Ok(localized) => localized,
        Err(diagnostics) => {
            reporter.add(&diagnostics, &session.sources);
            return Outcome::Failure;
        }
    };
    if output::tree(&localized.output, &localized.destination, reporter) == Outcome::Failure {
        return Outcome::Failure;
    }
    let copy = &localized.destination;
    if args.no_verify != Some(true) {
        match verify(&network, &directory, &options.target, &localized.target, reporter) {
            Some(true) => reporter.say(&format!(
                "VERIFICATION SUCCESS: `kustomize build` for {} and {copy} are the same after localization.",
                args.target
            )),
            // The reference means to fail here, but compares two empty texts (`runBuildCmd` copies its buffer), so that
            // scripts know no failure.
            Some(false) => {
                let message = format!("`{}` and its copy do not build to the same", args.target);
                let warning = Diagnostic::warning(Code::CopyDiffers, message);
                let warning =
                    warning.help(format!("compare `rustomize build` of both; the copy is in `{}`", session.show(copy)));
                reporter.add(&[*warning], &Sources::default());
            }
            None => return Outcome::Failure,
        }
    }
    reporter.say(&format!("SUCCESS: localized {:?} to directory {copy}", args.target));
    Outcome::Success
}

/// Builds both and returns whether they are the same; nothing if one of them does not build.
fn verify(network: &Network, directory: &str, original: &str, copy: &str, reporter: &mut Reporter) -> Option<bool> {
    let mut texts = Vec::new();
    for target in [original, copy] {
        let mut session = Session::for_one_build(&Disk, directory);
        session.remotes = Some(network);
        match build_kustomization(&mut session, target, &BuildOptions::default()) {
            Ok(built) => {
                reporter.add(&built.warnings, &session.sources);
                texts.push(built.text);
            }
            Err(mut diagnostics) => {
                if let Some(error) = diagnostics.first_mut() {
                    error.help.push("if it builds with flags only, use `--no-verify` and compare yourself".to_owned());
                }
                reporter.add(&diagnostics, &session.sources);
                return None;
            }
        }
    }
    Some(texts.first() == texts.last())
}
