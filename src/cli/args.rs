//! The flags of every command.
//!
//! `build` takes every flag of the reference, spelled and valued the same way, so that it can stand in its place; those
//! that only matter to features which do not exist yet are accepted and have no effect (the engine refuses the fields).

use super::report::ErrorFormat;
use crate::build::{LoadRestrictions, Reorder};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;

const EXIT_CODES: &str = "\
Exit codes:
  0  success; there may be warnings
  1  the build failed or the command line is not right; nothing is written";

const BUILD_EXAMPLES: &str = "\
Examples:
  rustomize build                              the kustomization in the current directory
  rustomize build overlays/production          an overlay
  rustomize build overlays/production | kubectl apply -f -
  rustomize build --strict overlays/production fail if a patch or an image setting changes nothing
  rustomize build -o out/ overlays/production  one file per resource, if out/ exists

Exit codes:
  0  success; there may be warnings
  1  the build failed or the command line is not right; nothing is written";

/// Render Kubernetes overlays, byte for byte like kustomize v5.8.2.
#[derive(Debug, Parser)]
#[command(version = super::version::LONG, after_help = EXIT_CODES, args_override_self = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,

    /// How to write errors and warnings: for people, or one JSON object a line
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value_t = ErrorFormat::Human,
          help_heading = "Messages")]
    pub(super) error_format: ErrorFormat,

    /// Color errors and warnings; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto,
          help_heading = "Messages")]
    pub(super) color: Color,

    /// Has no effect: errors name their place already
    #[arg(long, global = true, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = parse_bool)]
    stack_trace: Option<bool>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the manifests of a kustomization
    Build(BuildArgs),
    /// Print the version
    Version(VersionArgs),
    /// Print a completion script for a shell
    Completion(CompletionArgs),
}

/// Print the manifests of a kustomization.
///
/// Reads the kustomization file in DIR with all it includes and writes the manifests to standard output, whole, and only
/// if everything is right. Errors and warnings go to standard error.
#[derive(Debug, Args)]
#[command(after_help = BUILD_EXAMPLES, args_override_self = true)]
pub(super) struct BuildArgs {
    /// The directory of the kustomization
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    pub(super) directory: String,

    /// Write to a file, or one file per resource into a directory that exists; untouched if the build fails
    #[arg(short, long, value_name = "PATH", allow_hyphen_values = true)]
    pub(super) output: Option<OsString>,

    /// Fail if a directive has no effect (a patch or an image setting that matches nothing)
    #[arg(long)]
    pub(super) strict: bool,

    /// Which files a kustomization may load: those in and below its own directory, or any
    #[arg(long, value_name = "RESTRICTION", value_enum, default_value_t = LoadRestrictor::RootOnly,
          allow_hyphen_values = true)]
    pub(super) load_restrictor: LoadRestrictor,

    /// Deprecated, use `sortOptions` in the kustomization: the order of the output
    #[arg(long, value_name = "ORDER", value_enum, hide_short_help = true, allow_hyphen_values = true)]
    pub(super) reorder: Option<Order>,

    /// Deprecated, use `buildMetadata: [managedByLabel]`: add the label app.kubernetes.io/managed-by
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool, hide_short_help = true)]
    pub(super) enable_managedby_label: Option<bool>,

    #[command(flatten)]
    unsupported: UnsupportedArgs,
}

/// Flags of the reference without effect here.
#[derive(Debug, Args)]
#[command(next_help_heading = "Accepted for kustomize's sake, without effect (not supported yet)")]
struct UnsupportedArgs {
    /// Plugins
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool, hide_short_help = true)]
    enable_alpha_plugins: Option<bool>,
    /// Functions that are programs
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool, hide_short_help = true)]
    enable_exec: Option<bool>,
    /// Helm charts
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool, hide_short_help = true)]
    enable_helm: Option<bool>,
    /// The helm program
    #[arg(long, value_name = "PATH", allow_hyphen_values = true, hide_short_help = true)]
    helm_command: Option<String>,
    /// Helm's Capabilities.APIVersions
    #[arg(long, value_name = "VERSION", allow_hyphen_values = true, hide_short_help = true)]
    helm_api_versions: Vec<String>,
    /// Helm's Capabilities.KubeVersion
    #[arg(long, value_name = "VERSION", allow_hyphen_values = true, hide_short_help = true)]
    helm_kube_version: Option<String>,
    /// Helm's debug output
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool, hide_short_help = true)]
    helm_debug: Option<bool>,
    /// Environment of functions
    #[arg(short, long, value_name = "NAME[=VALUE]", allow_hyphen_values = true, hide_short_help = true)]
    env: Vec<String>,
    /// Storage of functions
    #[arg(long, value_name = "MOUNT", allow_hyphen_values = true, hide_short_help = true)]
    mount: Vec<String>,
    /// Network access of functions
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool, hide_short_help = true)]
    network: Option<bool>,
    /// The network of functions
    #[arg(long, value_name = "NAME", allow_hyphen_values = true, hide_short_help = true)]
    network_name: Option<String>,
    /// The user of functions
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool, hide_short_help = true)]
    as_current_user: Option<bool>,
}

/// Print the version.
#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct VersionArgs {
    /// Deprecated: one short line
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool, hide = true)]
    pub(super) short: Option<bool>,

    /// Print more, as `yaml` or `json`
    #[arg(
        short,
        long,
        value_name = "FORMAT",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub(super) output: String,

    // The reference takes any arguments and ignores them.
    #[arg(hide = true)]
    ignored: Vec<String>,
}

/// Print a completion script for a shell.
///
/// bash: source <(rustomize completion bash); zsh: rustomize completion zsh > "${fpath[1]}/_rustomize";
/// fish: rustomize completion fish | source; PowerShell: rustomize completion powershell | Out-String | Invoke-Expression
#[derive(Debug, Args)]
pub(super) struct CompletionArgs {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: Shell,
}

/// When to color.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> anstream::ColorChoice {
        match color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
    }
}

impl From<Color> for clap::ColorChoice {
    fn from(color: Color) -> clap::ColorChoice {
        match color {
            Color::Auto => clap::ColorChoice::Auto,
            Color::Always => clap::ColorChoice::Always,
            Color::Never => clap::ColorChoice::Never,
        }
    }
}

/// The values of `--load-restrictor`; nothing at all means the default, as in the reference.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum LoadRestrictor {
    #[value(name = "LoadRestrictionsRootOnly", alias = "")]
    RootOnly,
    #[value(name = "LoadRestrictionsNone")]
    None,
}

impl From<LoadRestrictor> for LoadRestrictions {
    fn from(value: LoadRestrictor) -> LoadRestrictions {
        match value {
            LoadRestrictor::RootOnly => LoadRestrictions::RootOnly,
            LoadRestrictor::None => LoadRestrictions::None,
        }
    }
}

/// The values of `--reorder`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Order {
    Legacy,
    None,
}

impl From<Option<Order>> for Reorder {
    fn from(value: Option<Order>) -> Reorder {
        match value {
            Option::None => Reorder::Unspecified,
            Some(Order::Legacy) => Reorder::Legacy,
            Some(Order::None) => Reorder::None,
        }
    }
}

/// The shells of `completion`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
}

/// Reads a boolean the way Go's flag packages do.
fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("use `true` or `false`".to_owned()),
    }
}
