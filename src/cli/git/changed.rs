//! Which files are not what they were in a commit, by the program git.

use super::{commit, git, top};
use crate::diagnostic::{Code, Diagnostic};
use crate::fs;
use std::collections::BTreeSet;

/// Returns the absolute paths of files that were changed, added or removed since a commit, in all repositories that hold
/// targets; what is not committed counts, what git ignores does not.
pub(in crate::cli) fn changed_since(
    reference: &str,
    directories: impl Iterator<Item = String>,
    wants: &str,
) -> Result<Vec<String>, Box<Diagnostic>> {
    let mut tops: BTreeSet<String> = BTreeSet::new();
    for path in directories {
        // Most targets are in a repository that is known already; one inside it is a change of its own.
        if !tops.iter().any(|top| fs::is_within(&path, top)) {
            tops.insert(top(&path, wants)?);
        }
    }
    let mut changed = BTreeSet::new();
    for top in &tops {
        let commit = commit(top, reference)?;
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
                    &commit,
                    "--",
                ],
            ),
            git(top, &["ls-files", "--others", "--exclude-standard", "-z"]),
        ];
        for list in lists {
            changed.extend(paths(top, list)?);
        }
    }
    Ok(changed.into_iter().collect())
}

/// Returns the absolute paths of files that two commits have not alike.
pub(in crate::cli) fn changed_between(top: &str, from: &str, to: &str) -> Result<Vec<String>, Box<Diagnostic>> {
    let list = git(top, &["diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", from, to, "--"]);
    paths(top, list)
}

fn paths(top: &str, list: Result<String, Vec<String>>) -> Result<Vec<String>, Box<Diagnostic>> {
    let list = list.map_err(|words| {
        let diagnostic = Diagnostic::error(Code::Io, format!("git cannot say what changed in `{top}`"));
        words.into_iter().fold(diagnostic, Diagnostic::note)
    })?;
    Ok(list.split('\0').filter(|path| !path.is_empty()).map(|path| fs::join(top, path)).collect())
}
