//! Which files are not what they were in a commit, by the program git.

use super::targets::Target;
use crate::cli::{native_to_slash, output};
use crate::diagnostic::{Code, Diagnostic};
use crate::fs;
use std::collections::BTreeSet;
use std::process::{Command, Stdio};

/// Returns the absolute paths of files that were changed, added or removed since a commit, in all repositories that hold
/// targets; what is not committed counts, what git ignores does not.
pub(super) fn changed_since<'t>(
    here: &str,
    reference: &str,
    targets: impl Iterator<Item = &'t Target>,
) -> Result<Vec<String>, Box<Diagnostic>> {
    let mut tops: BTreeSet<String> = BTreeSet::new();
    for target in targets {
        let path = fs::join(here, &target.directory);
        // Most targets are in a repository that is known already; one inside it is a change of its own.
        if !tops.iter().any(|top| fs::is_within(&path, top)) {
            tops.insert(top(&path)?);
        }
    }
    let mut changed = BTreeSet::new();
    for top in &tops {
        let commit = format!("{reference}^{{commit}}");
        let commit = git(top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]).map_err(|words| {
            let message = format!("`{reference}` is no commit of the repository in `{top}`");
            let diagnostic = Diagnostic::error(Code::Usage, message);
            words.into_iter().fold(diagnostic, Diagnostic::note)
        })?;
        let commit = commit.trim();
        let lists = [
            git(
                top,
                &[
                    "diff",
                    "--name-only",
                    "--no-renames",
                    "--no-ext-diff",
                    "--ignore-submodules=none",
                    "-z",
                    commit,
                    "--",
                ],
            ),
            git(top, &["ls-files", "--others", "--exclude-standard", "-z"]),
        ];
        for list in lists {
            let list = list.map_err(|words| {
                let diagnostic = Diagnostic::error(Code::Io, format!("git cannot say what changed in `{top}`"));
                words.into_iter().fold(diagnostic, Diagnostic::note)
            })?;
            let paths = list.split('\0').filter(|path| !path.is_empty());
            changed.extend(paths.map(|path| fs::join(top, path)));
        }
    }
    Ok(changed.into_iter().collect())
}

fn top(directory: &str) -> Result<String, Box<Diagnostic>> {
    let found = git(directory, &["rev-parse", "--show-toplevel"]).map_err(|words| {
        let message = format!("`{directory}` is in no git repository, and `--changed-since` needs one");
        words.into_iter().fold(Diagnostic::error(Code::Usage, message), Diagnostic::note)
    })?;
    Ok(native_to_slash(found.trim_end_matches(['\n', '\r'])))
}

/// Runs git and returns what it prints, or its last words.
#[allow(clippy::disallowed_methods, reason = "git knows what changed")]
fn git(directory: &str, arguments: &[&str]) -> Result<String, Vec<String>> {
    let mut command = Command::new("git");
    // Nothing in a repository makes git start programs here, and its index is left alone.
    command.args(["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"]).args(arguments).current_dir(directory);
    command.env("GIT_OPTIONAL_LOCKS", "0").stdin(Stdio::null());
    let output = command.output().map_err(|error| vec![format!("cannot run git: {}", output::words(&error))])?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(words.lines().take(5).map(str::to_owned).collect());
    }
    // A name that is no UTF-8 is no input either.
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
