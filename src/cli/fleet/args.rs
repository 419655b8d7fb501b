//! The flags of `build` for many targets, and those of `inputs`.

use crate::cli::args::{LoadRestrictor, PluginArgs};
use crate::fleet::Shard;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

const INPUTS_EXAMPLES: &str = "\
Examples:
  rustomize inputs overlays/production              the files it is made of
  rustomize inputs --all -o json                    of every target, for a program
  rustomize inputs --reverse base/deployment.yaml   the targets a file is part of
  git diff --name-only main | xargs rustomize inputs --reverse

Exit codes:
  0  success
  1  a target does not build; what it read until then is listed";

/// What is rendered where there are many targets.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Many targets")]
pub(in crate::cli) struct FleetArgs {
    /// Render every kustomization under DIR that nothing else includes
    #[arg(long)]
    pub(super) all: bool,

    /// Write to files below a directory, which is made: one file for each target, or see --layout
    #[arg(long, value_name = "PATH", conflicts_with = "output")]
    pub(super) output_dir: Option<PathBuf>,

    /// What is one file in --output-dir: all of a target, or each of its objects
    #[arg(long, value_name = "LAYOUT", value_enum, default_value_t = Layout::Targets, hide_short_help = true,
          requires = "output_dir")]
    pub(super) layout: Layout,

    /// Render only those whose inputs are not what they were in a commit, with what is not committed yet
    #[arg(long, value_name = "GIT_REF", allow_hyphen_values = true)]
    pub(super) changed_since: Option<String>,

    /// Render one of COUNT equal parts, INDEX from 0; those that share bases stay together
    #[arg(long, value_name = "INDEX/COUNT", hide_short_help = true)]
    pub(super) shard: Option<Shard>,

    /// Render again what changes, until interrupted
    #[arg(long, conflicts_with_all = ["changed_since", "shard"])]
    pub(super) watch: bool,

    /// How many targets are rendered at a time; 0: as many as there are processors, or one where programs may run
    #[arg(long, value_name = "N", default_value_t = 0, hide_short_help = true)]
    pub(super) jobs: usize,

    /// Say nothing but errors and warnings
    #[arg(short, long)]
    pub(super) quiet: bool,
}

impl FleetArgs {
    /// Returns whether more is asked for than one target on standard output.
    pub(in crate::cli) fn is_wanted(&self) -> bool {
        self.all || self.watch || self.output_dir.is_some() || self.changed_since.is_some() || self.shard.is_some()
    }
}

/// The values of `--layout`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Layout {
    /// One file for each target, named after its path.
    #[default]
    Targets,
    /// One directory for each target, one file for each of its objects.
    Objects,
}

/// Print the files that kustomizations are made of, or the kustomizations that files are part of.
///
/// The files are those that a build reads, by their real paths relative to the current directory, sorted; those of a chart are
/// all files of the chart.
#[derive(Clone, Debug, Args)]
#[command(after_help = INPUTS_EXAMPLES, args_override_self = true)]
pub(in crate::cli) struct InputsArgs {
    /// The directories of kustomizations; with --all or --reverse, of trees
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    pub(super) directories: Vec<String>,

    /// Take every kustomization under DIR that nothing else includes
    #[arg(long)]
    pub(super) all: bool,

    /// Print the targets under DIR that these files are part of, or would be if they were there
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) reverse: Vec<String>,

    /// How to print: one path a line, or `json`
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Lines)]
    pub(super) output: Format,

    /// Use no network: take remote bases and files from .rustomize/ (see `rustomize vendor`)
    #[arg(long)]
    pub(super) offline: bool,

    /// Which files a kustomization may load: those in and below its own directory, or any
    #[arg(long, value_name = "RESTRICTION", value_enum, default_value_t = LoadRestrictor::RootOnly,
          allow_hyphen_values = true)]
    pub(super) load_restrictor: LoadRestrictor,

    #[command(flatten)]
    pub(super) plugins: PluginArgs,
}

/// The values of `--output` of `inputs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// One path a line.
    Lines,
    /// One JSON object.
    Json,
}
