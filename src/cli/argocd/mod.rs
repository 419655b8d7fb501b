//! `argocd`: the commands of a config-management plugin for Argo CD, and those that help to use it.
//!
//! `generate`, `parameters`, `discover` and `health` are called by Argo CD's plugin server; who writes the repository and the
//! Application is a stranger to them. What an Application asks for is read by `crate::argocd`; here are the environment,
//! the disk and the words.

mod environment;
mod failure;
mod generate;
mod health;
mod local;
mod migrate;
mod parameters;
mod paths;
mod tree;

use super::Outcome;
use super::report::Reporter;
use clap::{Args, Subcommand};

/// Be a plugin of Argo CD.
#[derive(Debug, Args)]
#[command(
    args_override_self = true,
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
pub(in crate::cli) struct ArgocdArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the manifests of an Application; its parameters are in the environment
    Generate(generate::GenerateArgs),
    /// Print the parameters that there are, with the values that the repository gives them, as JSON
    Parameters,
    /// Print the kustomization file of the current directory, if there is one
    Discover,
    /// Ask the plugin server whether it serves, for a probe
    Health(health::HealthArgs),
    /// Turn `kustomize:` of Applications into `plugin:`, or back
    Migrate(migrate::MigrateArgs),
    /// Print the paths that Applications are made of, or check that they are annotated with them
    Paths(paths::PathsArgs),
    /// Render Applications as their plugin would, from files
    Replay(local::ReplayArgs),
}

pub(super) fn run(args: &ArgocdArgs, reporter: &mut Reporter) -> Outcome {
    match &args.command {
        Command::Generate(args) => generate::run(args, reporter),
        Command::Parameters => parameters::run(reporter),
        Command::Discover => parameters::discover(reporter),
        Command::Health(args) => health::run(args, reporter),
        Command::Migrate(args) => migrate::run(args, reporter),
        Command::Paths(args) => paths::run(args, reporter),
        Command::Replay(args) => local::replay(args, reporter),
    }
}
