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
    /// Names of further variables that it gets as the caller has them, if it has; `NAME*` means all that begin so.
    pub inherited: Vec<String>,
    /// The directory it runs in (absolute).
    pub directory: String,
    /// What it reads from its standard input.
    pub stdin: Vec<u8>,
    /// Files put into its temporary directory first: name (may hold `/`) and content. Gone when it ends.
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
    /// It ran longer than it may and was stopped.
    TimeOut {
        /// How long it may run.
        seconds: u64,
        /// What it wrote to its standard error until then.
        stderr: String,
    },
    /// It wrote more than it may and was stopped.
    TooMuchOutput {
        /// How much it may write.
        bytes: u64,
        /// What it wrote to its standard error until then.
        stderr: String,
    },
    /// Anything else, in the system's words.
    Other(String),
}

impl std::fmt::Display for ProgramError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ProgramError::NotFound => f.write_str("there is no such program"),
            ProgramError::TimeOut { seconds, .. } => write!(f, "it was stopped after {seconds} s"),
            ProgramError::TooMuchOutput { bytes, .. } => write!(f, "it was stopped after {bytes} bytes of output"),
            ProgramError::Other(words) => f.write_str(words),
        }
    }
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
    /// `--as-current-user`: the user and group that containers run as, `UID:GID`; without it they run as nobody.
    pub container_user: Option<String>,
    /// `--enable-helm`, and how to call helm.
    pub helm: Option<HelmOptions>,
    /// The directory of legacy plugins (absolute), if there is one.
    pub plugin_home: Option<String>,
}

/// A WASM module has nobody to start programs; what only they need is left out there.
pub(crate) const CAN_START: bool = !cfg!(target_family = "wasm");

impl PluginOptions {
    /// Returns whether plugins and functions that are not built in are run.
    pub(crate) fn runs_plugins(&self) -> bool {
        CAN_START && self.alpha_plugins
    }

    /// Returns how helm is called, if it is.
    pub(crate) fn helm(&self) -> Option<&HelmOptions> {
        self.helm.as_ref().filter(|_| CAN_START)
    }

    /// Returns whether a build may start any program.
    pub fn allows_programs(&self) -> bool {
        self.alpha_plugins || self.exec || self.helm.is_some()
    }
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
