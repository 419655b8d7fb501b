//! The git commands that check out one commit of a repository, as the reference runs them (upstream `ClonerUsingGitExec`).
//!
//! Nothing that stands in a kustomization can become an option: addresses and refs come behind `--`.

use super::process::{self, Ended};
use crate::remote::{RemoteError, RemoteErrorKind, RepoSpec, without_credentials};
use std::path::Path;
use std::process::Command;

/// Lines of what git says that are shown.
const LINES_MAX: usize = 20;
/// Characters of such a line.
const LINE_MAX: usize = 400;

/// Variables that would point git to another repository than ours: they are set where a hook runs this program.
const REPOSITORY_VARIABLES: [&str; 12] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// Checks a repository out into an empty directory and returns the commit.
pub(super) fn checkout(spec: &RepoSpec, directory: &Path) -> Result<String, RemoteError> {
    let address = spec.clone_spec();
    let reference = if spec.reference.is_empty() { "HEAD" } else { &spec.reference };
    let git = Git { spec, directory };
    git.run(&["init", "--quiet"])?;
    // Submodules with relative addresses need the remote.
    git.run(&["remote", "add", "--", "origin", &address])?;
    git.run(&["fetch", "--quiet", "--depth=1", "--", &address, reference])?;
    git.run(&["checkout", "--quiet", "--detach", "FETCH_HEAD", "--"])?;
    if spec.submodules {
        git.run(&["submodule", "--quiet", "update", "--init", "--recursive"])?;
    }
    Ok(git.commit())
}

struct Git<'a> {
    spec: &'a RepoSpec,
    directory: &'a Path,
}

impl Git<'_> {
    fn run(&self, arguments: &[&str]) -> Result<(), RemoteError> {
        let step = arguments.first().copied().unwrap_or("");
        let ended = process::run(self.command(arguments), self.spec.timeout).map_err(|error| {
            if error.kind() == std::io::ErrorKind::NotFound {
                return RemoteError::new(RemoteErrorKind::Unsupported, "there is no program `git`")
                    .help("install git, or put it on the PATH");
            }
            RemoteError::new(RemoteErrorKind::Failed, format!("cannot run `git {step}`: {error}"))
        })?;
        match ended {
            Ended::Success => Ok(()),
            Ended::Failure { words } => {
                let error = RemoteError::new(RemoteErrorKind::Failed, format!("`git {step}` failed"));
                Err(lines(&words).into_iter().fold(error, |error, line| error.note(format!("git: {line}"))))
            }
            Ended::TimedOut { words } => {
                let message = format!("`git {step}` took longer than {:?}", self.spec.timeout);
                let error = RemoteError::new(RemoteErrorKind::TimedOut, message);
                let error = lines(&words).into_iter().fold(error, |error, line| error.note(format!("git: {line}")));
                Err(error.help("`timeout=120` among the parameters of the address gives each step two minutes"))
            }
        }
    }

    #[allow(clippy::disallowed_methods, reason = "fetching is the work of a program, with the user's environment")]
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        // No work goes on behind our back in a directory that is about to go away.
        command.args(["-c", "gc.auto=0", "-c", "maintenance.auto=false"]);
        command.args(arguments).current_dir(self.directory);
        for variable in REPOSITORY_VARIABLES {
            command.env_remove(variable);
        }
        if !process::has_terminal() && std::env::var_os("GIT_TERMINAL_PROMPT").is_none() {
            // Nobody is there to be asked for a password.
            command.env("GIT_TERMINAL_PROMPT", "0");
        }
        command
    }

    /// The commit that is checked out; a detached `HEAD` holds its name.
    #[allow(clippy::disallowed_methods, reason = "the file is git's, not the user's")]
    fn commit(&self) -> String {
        let head = std::fs::read_to_string(self.directory.join(".git/HEAD")).unwrap_or_default();
        let head = head.trim();
        if head.bytes().all(|byte| byte.is_ascii_hexdigit()) { head.to_owned() } else { String::new() }
    }
}

/// The last lines of what a program said, fit to be shown.
fn lines(words: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(words);
    // A line that is written over and over ends with a carriage return.
    let lines = text.lines().map(|line| line.rsplit('\r').find(|part| !part.is_empty()).unwrap_or(""));
    let lines = lines.map(str::trim_end).filter(|line| !line.is_empty());
    let lines: Vec<String> = lines
        .map(|line| {
            let plain: String = line.chars().filter(|c| !c.is_control()).take(LINE_MAX).collect();
            without_credentials(&plain)
        })
        .collect();
    lines[lines.len().saturating_sub(LINES_MAX)..].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_bounded_and_without_credentials() {
        let long = "x".repeat(1000);
        let text =
            format!("{}progress 1%\rprogress 2%\r\nfatal: 'https://a:b@c/d' \u{1b}[31m{long}\n", "a\n".repeat(50));
        let lines = lines(text.as_bytes());
        assert_eq!(lines.len(), LINES_MAX);
        assert_eq!(lines[LINES_MAX - 2], "progress 2%");
        let last = &lines[LINES_MAX - 1];
        assert!(last.starts_with("fatal: 'https://***@c/d' [31mxxx") && last.len() < LINE_MAX + 10, "{last}");
    }
}
