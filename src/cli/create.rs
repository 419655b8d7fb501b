//! `create`: a new kustomization file in the current directory.

use super::remote::Network;
use super::report::Reporter;
use super::{Outcome, build, native_to_slash, output};
use crate::create::{self, CreateOptions};
use crate::fs::Disk;
use crate::session::Session;
use crate::source::Sources;
use clap::Args;
use std::path::Path;

const EXAMPLES: &str = "\
Examples:
  rustomize create --resources ../base
  rustomize create --autodetect --recursive
  rustomize create --resources 'deployment.yaml,service.yaml,../base' --namespace staging --nameprefix acme-

Exit codes:
  0  the file was written
  1  there is one already, or something is not right; nothing is written";

/// Write a new kustomization file into the current directory.
///
/// The file is called kustomization.yaml. It is not written if the directory has a kustomization file.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_override_self = true)]
pub(super) struct CreateArgs {
    /// Files and directories to list as resources, separated by commas; may hold patterns (*, ?, [a-c])
    #[arg(long, value_name = "PATHS", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    resources: String,

    /// List all files of the current directory that hold Kubernetes objects
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = super::args::parse_bool)]
    autodetect: Option<bool>,

    /// With --autodetect: look into the directories below, too; one with a kustomization file is listed itself
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = super::args::parse_bool)]
    recursive: Option<bool>,

    /// Set `namespace`
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    namespace: String,

    /// Set `namePrefix`
    #[arg(
        long = "nameprefix",
        value_name = "PREFIX",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    name_prefix: String,

    /// Set `nameSuffix`
    #[arg(
        long = "namesuffix",
        value_name = "SUFFIX",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    name_suffix: String,

    /// Set `commonLabels`
    #[arg(
        long,
        value_name = "KEY:VALUE,...",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    labels: String,

    /// Set `commonAnnotations`
    #[arg(
        long,
        value_name = "KEY:VALUE,...",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    annotations: String,

    // The reference takes any arguments and ignores them.
    #[arg(hide = true)]
    ignored: Vec<String>,
}

pub(super) fn run(args: &CreateArgs, reporter: &mut Reporter) -> Outcome {
    let directory = match build::working_directory() {
        Ok(directory) => directory,
        Err(diagnostic) => {
            reporter.add(&[*diagnostic], &Sources::default());
            return Outcome::Failure;
        }
    };
    let options = CreateOptions {
        resources: native_to_slash(&args.resources),
        autodetect: args.autodetect == Some(true),
        recursive: args.recursive == Some(true),
        namespace: args.namespace.clone(),
        name_prefix: args.name_prefix.clone(),
        name_suffix: args.name_suffix.clone(),
        labels: args.labels.clone(),
        annotations: args.annotations.clone(),
    };
    let network = Network::default();
    let mut session = Session::new(&Disk, &directory);
    // What is no file here may be the address of a repository.
    session.remotes = Some(&network);
    match create::kustomization(&mut session, &options) {
        Ok(text) => output::text_file(Path::new(create::FILE_NAME), &text, reporter),
        Err(diagnostics) => {
            reporter.add(&diagnostics, &session.sources);
            Outcome::Failure
        }
    }
}
