//! Running a case through both programs, and telling their outcomes apart.

use super::generate::Case;
use crate::shell::{self, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub struct Programs {
    pub ours: PathBuf,
    pub reference: PathBuf,
}

/// What a program answered.
pub struct Outcome {
    /// Absent when a signal ended it.
    pub status: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Outcome {
    pub fn is_built(&self) -> bool {
        self.status == Some(0)
    }

    /// The first lines of what it said.
    pub fn words(&self) -> String {
        let lines: Vec<&str> = self.stderr.lines().take(12).collect();
        format!("exit status {:?}, {} bytes\n{}", self.status, self.stdout.len(), lines.join("\n"))
    }
}

/// A directory for the trees of one job; it goes away with the job.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(job: usize) -> Result<Scratch> {
        let directory = std::env::temp_dir().join(format!("rustomize-oracle-{}-{job}", std::process::id()));
        std::fs::create_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
        Ok(Scratch(directory))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Programs {
    /// Runs both on a case; the outcome of ours is first.
    pub fn run(&self, scratch: &Scratch, case: &Case) -> Result<(Outcome, Outcome)> {
        write_tree(&scratch.0, case)?;
        Ok((answer(&self.ours, &scratch.0, case)?, answer(&self.reference, &scratch.0, case)?))
    }
}

/// Writes a case, in place of what stood there.
pub fn write_tree(directory: &Path, case: &Case) -> Result<()> {
    let _ = std::fs::remove_dir_all(directory);
    std::fs::create_dir_all(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    for (path, content) in &case.files {
        shell::write(&directory.join(path), content.render())?;
    }
    Ok(())
}

fn answer(program: &Path, directory: &Path, case: &Case) -> Result<Outcome> {
    let output = Command::new(program)
        .arg("build")
        .args(&case.args)
        .current_dir(directory)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run {}: {error}", program.display()))?;
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    Ok(Outcome { status: output.status.code(), stdout: output.stdout, stderr })
}

/// Says how ours differs from the reference: other bytes, or success where the other fails. Words on standard error and
/// the number of a failing exit status are each program's own; a death by a signal is always a difference.
pub fn difference(ours: &Outcome, reference: &Outcome) -> Option<String> {
    let reference_crashed = reference.stderr.contains("goroutine ") || reference.status == Some(2);
    match (ours.is_built(), reference.is_built()) {
        _ if ours.status.is_none() || ours.status == Some(101) => Some(format!("we crash: {}", ours.words())),
        (true, true) if ours.stdout == reference.stdout => None,
        (true, true) => {
            Some(format!("other bytes (- kustomize, + ours):\n{}", lines_apart(&reference.stdout, &ours.stdout)))
        }
        (false, false) if !ours.stdout.is_empty() => Some("we fail, and print manifests all the same".to_owned()),
        (false, false) => None,
        // Where the reference falls over it says nothing about what is right.
        (true, false) if reference_crashed => None,
        (true, false) => Some(format!("we build what the reference refuses: {}", reference.words())),
        (false, true) if is_refused_on_purpose(ours) => None,
        (false, true) => Some(format!("we refuse what the reference builds: {}", ours.words())),
    }
}

/// A patch that changes the kind of a generated object: the reference hashes its own memory layout then, line numbers of
/// its intermediate texts included. Nobody can want that name; it is refused, and counted apart.
pub fn is_refused_on_purpose(ours: &Outcome) -> bool {
    ours.stderr.contains("asks for a hash suffix, which only config maps and secrets have")
}

/// Names the kind of a difference, so that many of one kind are shown as one.
pub fn kind(ours: &Outcome, reference: &Outcome) -> String {
    let first_word = |text: &str, marks: &[char]| text.split(marks).next().unwrap_or("").trim().to_owned();
    match (ours.is_built(), reference.is_built()) {
        (true, true) => {
            let (expected, actual) =
                (String::from_utf8_lossy(&reference.stdout), String::from_utf8_lossy(&ours.stdout));
            let apart = expected.lines().zip(actual.lines()).find(|(a, b)| a != b);
            let (expected, actual) = apart.unwrap_or(("(more lines)", "(more lines)"));
            // What stands there says more than where.
            let value = |line: &str| {
                let line = line.trim().trim_start_matches("- ");
                shape(line.split_once(": ").map_or(line, |(_, value)| value))
            };
            format!("bytes: `{}` for `{}`", value(actual), value(expected))
        }
        (true, false) => format!("accepted: {}", refusal(&reference.stderr)),
        _ if ours.status.is_none_or(|status| status > 1) => format!("crash: {}", first_word(&ours.stderr, &['\n'])),
        _ => {
            let error = ours.stderr.lines().find(|line| line.to_lowercase().starts_with("error")).unwrap_or("");
            format!("refused: {}", first_word(error, &['`']))
        }
    }
}

/// Returns a line with every word as `a` and every number as `0`.
fn shape(line: &str) -> String {
    let mut shape = String::new();
    for char in line.trim().chars() {
        let char = if char.is_alphabetic() {
            'a'
        } else if char.is_ascii_digit() {
            '0'
        } else {
            char
        };
        if !(matches!(char, 'a' | '0') && shape.ends_with(char)) {
            shape.push(char);
        }
    }
    shape.chars().take(40).collect()
}

/// Cuts the reference's words down to the kind of failure: no paths, names or dumps.
pub fn refusal(stderr: &str) -> String {
    let line = stderr.lines().find(|line| line.starts_with("Error")).unwrap_or("no error line");
    let is_general = |part: &&str| !part.contains(['/', '{', '\'', '"', '`', '[', '\\']);
    let parts: Vec<&str> = line.split(": ").filter(is_general).collect();
    parts[parts.len().saturating_sub(2)..].join(": ").chars().take(100).collect()
}

/// Shows the first lines that differ, with some before.
fn lines_apart(expected: &[u8], actual: &[u8]) -> String {
    let (expected, actual) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(actual));
    let (expected, actual): (Vec<&str>, Vec<&str>) = (expected.split('\n').collect(), actual.split('\n').collect());
    let n_same = expected.iter().zip(&actual).take_while(|(a, b)| a == b).count();
    let mut text = format!("line {}\n", n_same + 1);
    for line in &expected[n_same.saturating_sub(4)..n_same] {
        text += &format!("   {line}\n");
    }
    for (sign, lines) in [('-', &expected), ('+', &actual)] {
        for line in lines.iter().skip(n_same).take(8) {
            text += &format!(" {sign} {line}\n");
        }
    }
    text
}
