//! Questions to the program git: what changed, and what a tree was.

mod changed;
mod tree;

pub(super) use changed::{changed_between, changed_since};
pub(super) use tree::GitTree;

use super::{native_to_slash, output};
use crate::diagnostic::{Code, Diagnostic};
use std::process::{Command, Stdio};

/// Runs git and returns what it prints, or its last words.
fn git(directory: &str, arguments: &[&str]) -> Result<String, Vec<String>> {
    let output = command(directory, arguments)
        .output()
        .map_err(|error| vec![format!("cannot run git: {}", output::words(&error))])?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(words.lines().take(5).map(str::to_owned).collect());
    }
    // A name that is no UTF-8 is no input either.
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[allow(clippy::disallowed_methods, reason = "git knows what changed, and what was")]
fn command(directory: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    // Nothing in a repository makes git start programs here, and its index is left alone.
    command.args(["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"]).args(arguments).current_dir(directory);
    command.env("GIT_OPTIONAL_LOCKS", "0").stdin(Stdio::null());
    command
}

/// Returns the directory of the repository that holds a directory; `wants` says who needs one.
pub(super) fn top(directory: &str, wants: &str) -> Result<String, Box<Diagnostic>> {
    let found = git(directory, &["rev-parse", "--show-toplevel"]).map_err(|words| {
        let message = format!("`{directory}` is in no git repository, and {wants} needs one");
        words.into_iter().fold(Diagnostic::error(Code::Usage, message), Diagnostic::note)
    })?;
    Ok(native_to_slash(found.trim_end_matches(['\n', '\r'])))
}

/// Returns the files that git knows below the top of a repository; `None` if it is none.
pub(super) fn files(top: &str) -> Option<Vec<String>> {
    let found = git(top, &["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).ok()?;
    Some(found.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

/// Returns the name of the commit that a reference stands for.
pub(super) fn commit(top: &str, reference: &str) -> Result<String, Box<Diagnostic>> {
    let wanted = format!("{reference}^{{commit}}");
    let commit = git(top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted]).map_err(|words| {
        let message = format!("`{reference}` is no commit of the repository in `{top}`");
        let diagnostic = Diagnostic::error(Code::Usage, message);
        words.into_iter().fold(diagnostic, Diagnostic::note)
    })?;
    Ok(commit.trim().to_owned())
}
