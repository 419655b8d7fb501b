//! The flags of every command.
//!
//! `build` takes every flag of the reference, spelled and valued the same way, so that it can stand in its place.

mod plain;

use super::argocd::ArgocdArgs;
use super::build;
use super::create::CreateArgs;
use super::diff::DiffArgs;
use super::edit::EditArgs;
use super::explain::ExplainArgs;
use super::fleet::{FleetArgs, InputsArgs};
use super::images::ImagesArgs;
use super::localize::LocalizeArgs;
use super::matrix::MatrixArgs;
use super::not_offered::NotOfferedArgs;
use super::preview::PreviewArgs;
use super::report::ErrorFormat;
use super::severity::WarningArgs;
#[cfg(feature = "validate")]
use super::validate::ValidateArgs;
use super::vendor::Vendored;
use crate::build::{BuildOptions, LoadRestrictions, Reorder};
use crate::diagnostic::{Code, Diagnostic};
use crate::programs::{HelmOptions, PluginOptions};
use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use std::ffi::{OsStr, OsString};
use std::marker::PhantomData;

const EXIT_CODES: &str = "\
Exit codes:
  0  success; there may be warnings
  1  the build failed or the command line is not right; nothing is written";

const HELP_EXAMPLES: &str = "\
Examples:
  rustomize help build                 the flags of a command
  rustomize help errors                all codes of errors and warnings
  rustomize help errors patch-failed   what a code means, with an example";

const VENDOR_EXAMPLES: &str = "\
Examples:
  rustomize vendor overlays/*                  fetch what they need
  rustomize build --offline overlays/production
  rustomize vendor --update overlays/*         take what branches and tags stand for now
  rustomize vendor --check overlays/*          is everything there, and as locked?

Exit codes:
  0  success
  1  something could not be fetched or built, or is not as locked; lock.json is left alone";

const BUILD_EXAMPLES: &str = "\
Examples:
  rustomize build                              the kustomization in the current directory
  rustomize build overlays/production          an overlay
  rustomize build overlays/production | kubectl apply -f -
  rustomize build --strict overlays/production fail if a patch or an image setting changes nothing
  rustomize build -o out/ overlays/production  one file per resource, if out/ exists
  rustomize build --all --output-dir out       every environment of a tree, one file each

Exit codes:
  0  success; there may be warnings
  1  the build failed or the command line is not right; nothing is written";

/// Render Kubernetes overlays, byte for byte like kustomize v5.8.2.
#[derive(Debug, Parser)]
#[command(version = super::version::LONG, after_help = EXIT_CODES, args_override_self = true,
          disable_help_subcommand = true)]
pub(super) struct Of<Commands: Subcommand> {
    #[command(subcommand)]
    pub(super) command: Option<Commands>,

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

/// The command line.
pub(super) type Cli = Of<Command>;

/// The command that nearly all runs are. To describe the others to the parser takes longer than to build a small tree.
#[derive(Debug, Subcommand)]
pub(super) enum Build {
    /// Print the manifests of a kustomization
    Build(BuildArgs),
}

/// The command that all runs of a plugin are.
#[derive(Debug, Subcommand)]
enum Argocd {
    /// Be a plugin of Argo CD
    Argocd(ArgocdArgs),
}

/// Parses a command line that is a build, or a plugin's, and has no faults; help and errors are those of the whole command line.
pub(super) fn parse_build(arguments: &[OsString]) -> Option<Cli> {
    if let Some(plain) = plain::parse(arguments) {
        return Some(plain);
    }
    match arguments.get(1)?.to_str()? {
        "build" => parse_as(arguments, |Build::Build(args)| Command::Build(args)),
        "argocd" => parse_as(arguments, |Argocd::Argocd(args)| Command::Argocd(args)),
        _ => None,
    }
}

fn parse_as<C: Subcommand>(arguments: &[OsString], whole: impl Fn(C) -> Command) -> Option<Cli> {
    let mut command = Of::<C>::command();
    let matches = command.try_get_matches_from_mut(arguments).ok()?;
    // The program ends soon; to take all this apart takes as long as to put it together.
    std::mem::forget(command);
    let Of { command, error_format, color, stack_trace } = Of::<C>::from_arg_matches(&matches).ok()?;
    Some(Of { command: command.map(whole), error_format, color, stack_trace })
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the manifests of a kustomization
    Build(BuildArgs),
    /// Say which files and directives are behind a value
    Explain(ExplainArgs),
    /// Compare two kustomizations, two states of one, or what was rendered of them
    Diff(DiffArgs),
    /// Print the fields that differ between environments
    Matrix(MatrixArgs),
    /// Write a new kustomization file into the current directory
    #[command(alias = "init")]
    Create(CreateArgs),
    /// Change the kustomization file of the current directory
    Edit(EditArgs),
    /// List the images that kustomizations run, with who set them
    Images(ImagesArgs),
    /// Copy a kustomization with all it references into a new directory
    Localize(LocalizeArgs),
    /// Print the files that kustomizations are made of, or the kustomizations that files are part of
    Inputs(InputsArgs),
    /// Show the environments of a folder in a browser, as it is edited
    Preview(PreviewArgs),
    /// Check the objects of kustomizations
    #[cfg(feature = "validate")]
    Validate(ValidateArgs),
    /// Fetch remote bases and files into .rustomize/, for builds without network
    Vendor(VendorArgs),
    /// Be a plugin of Argo CD
    Argocd(ArgocdArgs),
    /// Answer an editor: a language server on standard input and output
    #[cfg(feature = "lsp")]
    Lsp(super::lsp::LspArgs),
    /// Print the version
    Version(VersionArgs),
    /// Print a completion script for a shell
    Completion(CompletionArgs),
    /// Print this message, the help of a command, or what an error code means
    Help(HelpArgs),
    #[command(name = "cfg", hide = true, disable_help_flag = true, aliases = super::not_offered::OTHERS)]
    NotOffered(NotOfferedArgs),
}

/// Print the manifests of a kustomization.
///
/// Reads the kustomization file in DIR with all it includes and writes the manifests to standard output, whole, and only
/// if everything is right. Errors and warnings go to standard error.
#[derive(Debug, Args)]
#[command(after_help = BUILD_EXAMPLES, args_override_self = true)]
pub(super) struct BuildArgs {
    /// The directory of the kustomization; or several, which are rendered one after the other
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    pub(super) directories: Vec<String>,

    /// Write to a file, or one file per resource into a directory that exists; untouched if the build fails
    #[arg(short, long, value_name = "PATH", allow_hyphen_values = true)]
    pub(super) output: Option<OsString>,

    #[command(flatten)]
    pub(super) warnings: WarningArgs,

    /// Tell what each directive touched, one a line, on standard error
    #[arg(long)]
    pub(super) summary: bool,

    /// Use no network: take remote bases and files from .rustomize/ (see `rustomize vendor`)
    #[arg(long)]
    pub(super) offline: bool,

    #[command(flatten)]
    pub(super) lists: ListArgs,

    /// Which files a kustomization may load: those in and below its own directory, or any
    #[arg(long, value_name = "RESTRICTION", value_parser = Late::<LoadRestrictor>::new(),
          default_value = "LoadRestrictionsRootOnly", allow_hyphen_values = true)]
    pub(super) load_restrictor: Judged<LoadRestrictor>,

    /// Deprecated, use `sortOptions` in the kustomization: the order of the output
    #[arg(long, value_name = "ORDER", value_parser = Late::<Order>::new(), hide_short_help = true, allow_hyphen_values = true)]
    pub(super) reorder: Option<Judged<Order>>,

    /// Deprecated, use `buildMetadata: [managedByLabel]`: add the label app.kubernetes.io/managed-by
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool, hide_short_help = true)]
    pub(super) enable_managedby_label: Option<bool>,

    #[command(flatten)]
    pub(super) fleet: FleetArgs,

    #[command(flatten)]
    pub(super) plugins: PluginArgs,
}

/// What patches do to lists of custom resources, in every command that builds.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct ListArgs {
    /// Let patches merge lists of custom resources, which kustomize replaces (see docs/lists.md)
    #[arg(long)]
    pub(super) merge_custom_lists: bool,
}

/// What a kustomization may load and run, in commands that build to find something out.
#[derive(Clone, Debug, Args)]
pub(super) struct LoadArgs {
    /// Use no network: take remote bases and files from .rustomize/ (see `rustomize vendor`)
    #[arg(long)]
    pub(super) offline: bool,

    /// Which files a kustomization may load: those in and below its own directory, or any
    #[arg(long, value_name = "RESTRICTION", value_parser = Late::<LoadRestrictor>::new(),
          default_value = "LoadRestrictionsRootOnly", allow_hyphen_values = true)]
    load_restrictor: Judged<LoadRestrictor>,

    #[command(flatten)]
    lists: ListArgs,

    #[command(flatten)]
    plugins: PluginArgs,
}

impl LoadArgs {
    /// Makes the engine's options of the flags.
    pub(super) fn options(&self) -> Result<BuildOptions, Box<Diagnostic>> {
        Ok(BuildOptions {
            load_restrictions: judged("--load-restrictor", &self.load_restrictor)?.into(),
            plugins: self.plugins.options(),
            merge_custom_lists: self.lists.merge_custom_lists,
            ..BuildOptions::default()
        })
    }

    /// Finds what was vendored for a directory, if no network is wanted.
    pub(super) fn vendored(&self, here: &str, directory: &str) -> Result<Option<Vendored>, Box<Diagnostic>> {
        self.offline.then(|| Vendored::find(&build::resolved(here, directory), directory)).transpose()
    }
}

/// What a build may run; nothing by default.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Programs that a build may run (none by default)")]
pub(super) struct PluginArgs {
    /// Allow plugins and functions that are not built in, and helm charts
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool, hide_short_help = true)]
    enable_alpha_plugins: Option<bool>,
    /// Allow functions that are programs
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool, hide_short_help = true)]
    enable_exec: Option<bool>,
    /// Allow helm charts
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool, hide_short_help = true)]
    enable_helm: Option<bool>,
    /// The helm program
    #[arg(long, value_name = "PATH", allow_hyphen_values = true, default_value = "helm", hide_short_help = true)]
    helm_command: String,
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
    /// Allow functions that ask for it to use the network
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool, hide_short_help = true)]
    network: Option<bool>,
    /// The network of functions
    #[arg(long, value_name = "NAME", allow_hyphen_values = true, default_value = "bridge", hide_short_help = true)]
    network_name: String,
    /// Run functions as the user who runs this command
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool, hide_short_help = true)]
    as_current_user: Option<bool>,
}

impl PluginArgs {
    /// Makes the engine's options of the flags.
    pub(super) fn options(&self) -> PluginOptions {
        let is_on = |flag: Option<bool>| flag == Some(true);
        // Like the reference, whoever allows all plugins allows charts, whatever the other flag says.
        let is_helm_on = is_on(self.enable_helm) || is_on(self.enable_alpha_plugins);
        let helm = is_helm_on.then(|| HelmOptions {
            command: self.helm_command.clone(),
            api_versions: self.helm_api_versions.clone(),
            kube_version: self.helm_kube_version.clone().unwrap_or_default(),
            debug: is_on(self.helm_debug),
        });
        PluginOptions {
            alpha_plugins: is_on(self.enable_alpha_plugins),
            exec: is_on(self.enable_exec),
            network: is_on(self.network),
            network_name: self.network_name.clone(),
            mounts: self.mount.clone(),
            env: self.env.clone(),
            container_user: is_on(self.as_current_user).then(super::build::current_user).flatten(),
            helm,
            plugin_home: super::build::plugin_home(),
        }
    }
}

/// Fetch remote bases and files into .rustomize/, for builds without network.
///
/// Builds each DIR, and keeps what had to be fetched in the nearest .rustomize/ at DIR or above it, or in a new one in the
/// current directory. Its lock.json says which commit and content that is; what is locked stays as it is.
#[derive(Clone, Debug, Args)]
#[command(after_help = VENDOR_EXAMPLES, args_override_self = true)]
pub(super) struct VendorArgs {
    /// The directories of kustomizations
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    pub(super) directories: Vec<String>,

    /// Fetch everything anew, and lock what it is now
    #[arg(long, conflicts_with = "check")]
    pub(super) update: bool,

    /// Drop what none of the directories needs
    #[arg(long, conflicts_with = "check")]
    pub(super) prune: bool,

    /// Fetch nothing and change nothing: fail if something is missing or is not what lock.json says
    #[arg(long)]
    pub(super) check: bool,

    /// Which files a kustomization may load: those in and below its own directory, or any
    #[arg(long, value_name = "RESTRICTION", value_enum, default_value_t = LoadRestrictor::RootOnly,
          allow_hyphen_values = true)]
    pub(super) load_restrictor: LoadRestrictor,

    #[command(flatten)]
    pub(super) plugins: PluginArgs,
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

/// Print the help of a command, or what an error code means.
#[derive(Debug, Args)]
#[command(after_help = HELP_EXAMPLES)]
pub(super) struct HelpArgs {
    /// A command; or `errors` and a code
    #[arg(value_name = "TOPIC")]
    pub(super) topic: Vec<String>,
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

/// A value that is judged when all flags are read: of a flag given twice only the last one counts, right or wrong, as in the
/// reference.
pub(super) type Judged<E> = Result<E, String>;

/// Reads a [`Judged`] value and offers the values there are.
#[derive(Clone)]
pub(super) struct Late<E>(PhantomData<E>);

impl<E> Late<E> {
    pub(super) fn new() -> Late<E> {
        Late(PhantomData)
    }
}

impl<E: ValueEnum + Clone + Send + Sync + 'static> TypedValueParser for Late<E> {
    type Value = Judged<E>;

    fn parse_ref(&self, _: &clap::Command, _: Option<&clap::Arg>, value: &OsStr) -> Result<Judged<E>, clap::Error> {
        let text = value.to_string_lossy();
        Ok(E::from_str(&text, false).map_err(|_| text.into_owned()))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(E::value_variants().iter().filter_map(ValueEnum::to_possible_value)))
    }
}

/// Returns a value that was judged to be right.
pub(super) fn judged<E: ValueEnum>(flag: &str, value: &Judged<E>) -> Result<E, Box<Diagnostic>> {
    match value {
        Ok(value) => Ok(value.clone()),
        Err(text) => {
            let values = E::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            let values: Vec<String> = values.map(|value| format!("`{}`", value.get_name())).collect();
            let message = format!("`{text}` is no value of `{flag}`");
            Err(Diagnostic::error(Code::Usage, message).help(format!("its values are {}", values.join(" and "))))
        }
    }
}

/// Reads a boolean the way Go's flag packages do.
pub(super) fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("use `true` or `false`".to_owned()),
    }
}
