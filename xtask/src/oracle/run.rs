//! Running a case through both programs, and telling their outcomes apart.

use super::generate::Case;
use super::known::Known;
use super::yaml::Content;
use crate::shell::{self, Result};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

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

    /// Whether it fell over: a panic of ours, a panic of the reference, or a signal.
    pub fn is_crash(&self) -> bool {
        let is_panic = self.stderr.contains("goroutine ") || matches!(self.status, Some(2 | 101));
        self.status.is_none() || is_panic
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

/// What came of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Same,
    /// Other on purpose, for the reason of this name.
    Known(String),
    /// The reference does not agree with itself.
    Unstable,
    /// The reference crashes, which says nothing about what is right.
    Crashed,
    /// Differences of one kind have one description.
    Different(String),
}

impl Programs {
    /// Runs both on a case; the outcome of ours is first.
    pub fn run(&self, scratch: &Scratch, case: &Case) -> Result<(Outcome, Outcome)> {
        let ours = self.answer(&self.ours, scratch, case, true)?;
        // A program of the case may have left something in the tree.
        let has_scripts = case.files.values().any(|content| matches!(content, Content::Script(_)));
        let reference = self.answer(&self.reference, scratch, case, has_scripts)?;
        Ok((ours, reference))
    }

    /// Runs both and judges; where they differ, the reference has to agree with itself.
    pub fn judge(&self, scratch: &Scratch, case: &Case, known: &Known) -> Result<(Outcome, Outcome, Verdict)> {
        let (ours, reference) = self.run(scratch, case)?;
        let mut verdict = if let Some(id) = known.explain(&ours, &reference) {
            Verdict::Known(id)
        } else if difference(&ours, &reference).is_some() {
            Verdict::Different(kind(&ours, &reference))
        } else if reference.is_crash() && ours.is_built() {
            Verdict::Crashed
        } else {
            Verdict::Same
        };
        if matches!(verdict, Verdict::Different(_)) {
            // Other bytes may be chance; a failure hardly ever is.
            let n_runs = if ours.is_built() && reference.is_built() { 3 } else { 1 };
            for _ in 0..n_runs {
                let again = self.answer(&self.reference, scratch, case, true)?;
                if again.stdout != reference.stdout || again.status != reference.status {
                    verdict = Verdict::Unstable;
                    break;
                }
            }
        }
        Ok((ours, reference, verdict))
    }

    fn answer(&self, program: &Path, scratch: &Scratch, case: &Case, writes: bool) -> Result<Outcome> {
        let directory = &scratch.0;
        let mut command = Command::new(program);
        command
            .arg("build")
            .args(&case.args)
            .envs(case.env.iter().map(|(name, value)| (name, value.replace("{tree}", &directory.to_string_lossy()))))
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = {
            // A child that is made while another job writes a script inherits the open file, and then the script
            // cannot be run: the text file is busy.
            let _only = SPAWNING.lock().map_err(|_| "a job has panicked")?;
            if writes {
                write_tree(directory, case)?;
            }
            command.spawn().map_err(|error| format!("cannot run {}: {error}", program.display()))?
        };
        wait(child)
    }
}

static SPAWNING: Mutex<()> = Mutex::new(());

/// No build of a small tree takes so long.
const TIME_MAX: Duration = Duration::from_secs(30);

/// Takes what a program says until it ends, or ends it.
fn wait(mut child: Child) -> Result<Outcome> {
    let (Some(mut stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err("a child without pipes".to_owned());
    };
    let child = Mutex::new(child);
    let (done, is_done) = mpsc::channel::<()>();
    let (mut out, mut words) = (Vec::new(), Vec::new());
    let was_ended = std::thread::scope(|scope| {
        let child = &child;
        let watch = scope.spawn(move || {
            let is_late = is_done.recv_timeout(TIME_MAX) == Err(mpsc::RecvTimeoutError::Timeout);
            if is_late && let Ok(mut child) = child.lock() {
                let _ = child.kill();
            }
            is_late
        });
        let read_words = scope.spawn(|| stderr.read_to_end(&mut words));
        let read_out = stdout.read_to_end(&mut out);
        let read_words = read_words.join();
        drop(done);
        let is_late = watch.join().unwrap_or(true);
        (read_out.is_ok() && matches!(read_words, Ok(Ok(_))))
            .then_some(is_late)
            .ok_or("cannot read what a program says")
    })?;
    let status = child.into_inner().map_err(|_| "a job has panicked")?.wait().map_err(|error| error.to_string())?;
    let mut stderr = String::from_utf8_lossy(&words).into_owned();
    if was_ended {
        stderr += "\n(ended: it took too long)";
    }
    Ok(Outcome { status: status.code(), stdout: out, stderr })
}

/// Writes a case, in place of what stood there.
pub fn write_tree(directory: &Path, case: &Case) -> Result<()> {
    let _ = std::fs::remove_dir_all(directory);
    std::fs::create_dir_all(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    for (path, content) in &case.files {
        let path = directory.join(path);
        shell::write(&path, content.render())?;
        if matches!(content, Content::Script(_)) {
            make_runnable(&path)?;
        }
    }
    for (path, target) in &case.links {
        let path = directory.join(path);
        link(target, &path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

#[cfg(unix)]
fn make_runnable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let permissions = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(path, permissions).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(not(unix))]
fn make_runnable(_: &Path) -> Result<()> {
    Err("scripts need a Unix".to_owned())
}

#[cfg(unix)]
fn link(target: &str, path: &Path) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::os::unix::fs::symlink(target, path)
}

#[cfg(not(unix))]
fn link(_: &str, _: &Path) -> std::io::Result<()> {
    Err(std::io::Error::other("links need a Unix"))
}

/// Says how ours differs from the reference: other bytes, or success where the other fails. Words on standard error and
/// the number of a failing exit status are each program's own; a death by a signal is always a difference.
pub fn difference(ours: &Outcome, reference: &Outcome) -> Option<String> {
    match (ours.is_built(), reference.is_built()) {
        _ if ours.is_crash() && !reference.is_crash() => Some(format!("we crash: {}", ours.words())),
        (true, true) if ours.stdout == reference.stdout => None,
        (true, true) => {
            Some(format!("other bytes (- kustomize, + ours):\n{}", lines_apart(&reference.stdout, &ours.stdout)))
        }
        (false, false) if !ours.stdout.is_empty() => Some("we fail, and print manifests all the same".to_owned()),
        (false, false) => None,
        // Where the reference falls over it says nothing about what is right.
        (true, false) if reference.is_crash() => None,
        (true, false) => Some(format!("we build what the reference refuses: {}", reference.words())),
        (false, true) => Some(format!("we refuse what the reference builds: {}", ours.words())),
    }
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
        _ if ours.is_crash() => format!("crash: {}", first_word(&ours.stderr, &['\n'])),
        _ => {
            let error = ours.stderr.lines().find(|line| line.to_lowercase().starts_with("error")).unwrap_or("");
            if error.contains("not supported") {
                return format!("refused: {error}");
            }
            // What stands in backticks is names.
            let words: Vec<&str> = error.split('`').step_by(2).map(str::trim).collect();
            format!("refused: {}", words.join(" _ "))
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
