//! Programs that a build may start: the [`Programs`] trait, what is started, and what is allowed.
//!
//! The engine starts nothing by itself. It describes an invocation, and the caller's [`Programs`] runs it, or there is none
//! and whatever needs one is refused. Which features need programs, and the flags that allow them, are in
//! [`PluginOptions`]; command lines are made where the feature is (`helm`, `functions`, `plugins`).

/// Starts programs.
pub trait Programs: Sync {
    /// Runs a program to its end, with the caller's limits on time and output.
    fn run(&self, invocation: &Invocation) -> Result<Output, ProgramError>;
}

/// A piece of an invocation: text, or the path of something in the invocation's own temporary directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The text itself.
    Text(String),
    /// The absolute path of this name in the temporary directory.
    Temporary(String),
}

/// A program to run.
#[derive(Clone, Debug, Default)]
pub struct Invocation {
    /// The program: a name that is looked up in the search path, or a path.
    pub program: String,
    /// Its arguments.
    pub args: Vec<Piece>,
    /// Variables set beside the few that every program gets.
    pub env: Vec<(String, Piece)>,
    /// The directory it runs in (absolute).
    pub directory: String,
    /// What it reads from its standard input.
    pub stdin: Vec<u8>,
    /// Files put into its temporary directory first: name and content. Gone when it ends.
    pub temporary_files: Vec<(String, Vec<u8>)>,
}

/// How a program ended.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// Whether it exited with 0.
    pub is_success: bool,
    /// Its exit status in words, such as `exit status 1`.
    pub status: String,
    /// What it wrote to its standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to its standard error; the start and the end of it if it is long.
    pub stderr: String,
}

/// Why a program has no output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgramError {
    /// There is no such program.
    NotFound,
    /// It ran longer than this many seconds and was stopped.
    TimeOut(u64),
    /// It wrote more than this many bytes and was stopped.
    TooMuchOutput(u64),
    /// Anything else, in the system's words.
    Other(String),
}

/// What a caller allows and asks of plugins, functions and charts. The default allows nothing but what is built in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PluginOptions {
    /// `--enable-alpha-plugins`: plugins and functions that are not built in.
    pub alpha_plugins: bool,
    /// `--enable-exec`: functions that are programs.
    pub exec: bool,
    /// `--network`: containers may use the network.
    pub network: bool,
    /// `--network-name`: the network that containers use.
    pub network_name: String,
    /// `--mount`: storage of containers.
    pub mounts: Vec<String>,
    /// `--env`: variables of functions, `NAME=VALUE` or `NAME`.
    pub env: Vec<String>,
    /// `--as-current-user`: containers run as the user.
    pub as_current_user: bool,
    /// `--enable-helm`, and how to call helm.
    pub helm: Option<HelmOptions>,
    /// The directory of legacy plugins (absolute), if there is one.
    pub plugin_home: Option<String>,
}

/// How helm is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelmOptions {
    /// `--helm-command`: a name or a path.
    pub command: String,
    /// `--helm-api-versions`
    pub api_versions: Vec<String>,
    /// `--helm-kube-version`
    pub kube_version: String,
    /// `--helm-debug`
    pub debug: bool,
}
