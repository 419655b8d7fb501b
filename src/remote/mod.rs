//! Remote roots and files: what their addresses mean, and the trait behind which they are fetched.
//!
//! The engine has no network. A caller that has one implements [`Remotes`]; without it every remote entry is an error.
//! Which entry is remote, and what may be read of what was fetched, is decided by `loader`.

mod credentials;
mod duration;
mod query;
mod repo_spec;
#[cfg(test)]
mod tests;

pub use credentials::{credentials, without_credentials};
pub use repo_spec::RepoSpec;

/// Fetches what is not in the file system.
///
/// An implementation need not remember what it fetched: a session asks once for each repository and file.
pub trait Remotes: Sync {
    /// Fetches a repository and checks its files out into a directory of the session's file system.
    fn clone_repository(&self, spec: &RepoSpec) -> Result<Fetched, RemoteError>;

    /// Fetches a file of at most `size_max` bytes; only a status of success is a file.
    fn get(&self, url: &str, size_max: u64) -> Result<Vec<u8>, RemoteError>;
}

/// A repository that was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Where it was checked out: an absolute path, to be left alone until the session ends.
    pub directory: String,
    /// The commit that was checked out; empty if it is not known.
    pub commit: String,
}

/// Why something could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteError {
    /// What kind of fault it is.
    pub kind: RemoteErrorKind,
    /// One line, lower case, without credentials.
    pub message: String,
    /// Further facts, such as what the program said, one line each, without credentials.
    pub notes: Vec<String>,
    /// What to do about it, one line each.
    pub help: Vec<String>,
}

/// Kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemoteErrorKind {
    /// This cannot be fetched here at all.
    Unsupported,
    /// It could not be fetched.
    Failed,
    /// It took too long.
    TimedOut,
    /// It is larger than the limit.
    TooLarge,
    /// It is not among the vendored ones, and nothing else may be used.
    NotVendored,
    /// What was vendored is not what the lock file says.
    VendorChanged,
}

impl RemoteError {
    /// Makes an error.
    pub fn new(kind: RemoteErrorKind, message: impl Into<String>) -> RemoteError {
        RemoteError { kind, message: message.into(), notes: Vec::new(), help: Vec::new() }
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> RemoteError {
        self.notes.push(note.into());
        self
    }

    /// Adds advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> RemoteError {
        self.help.push(help.into());
        self
    }
}

/// Returns whether the reference fetches a path over HTTP when it wants a file (upstream `loader.IsRemoteFile`).
pub fn is_remote_file(path: &str) -> bool {
    let has_scheme = ["http:", "https:"].iter().any(|scheme| strip_prefix_ignore_case(path, scheme).is_some());
    has_scheme && !path.contains(|c: char| c.is_ascii_control())
}

fn strip_prefix_ignore_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let head = text.get(..prefix.len())?;
    if head.eq_ignore_ascii_case(prefix) { text.get(prefix.len()..) } else { None }
}
