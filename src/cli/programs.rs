//! Programs on this machine: helm, docker, git, plugins, as the engine asks for them.
//!
//! Every program gets a few variables, its input, a time limit and a bound on its output. It is the head of a process
//! group of its own, so that what it started is stopped with it. What is allowed to start is decided by the engine from
//! the flags; which variables are passed on stands in `environment`, how a group is stopped in `stop`.

mod environment;
pub(super) mod stop;

use crate::diagnostic::{Code, Diagnostic};
use crate::programs::{Invocation, Output, Piece, ProgramError, Programs};
use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Component, Path};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many seconds a program may run, if the user does not say.
const SECONDS: u64 = 300;
/// Says how many seconds a program may run.
const PROGRAM_TIMEOUT: &str = "RUSTOMIZE_PROGRAM_TIMEOUT";
/// Bytes of standard output.
const STDOUT_MAX: u64 = 512 << 20;
/// Bytes kept of the start and of the end of standard error.
const STDERR_KEPT: usize = 32 << 10;

/// Runs programs on this machine.
pub(super) struct NativePrograms {
    seconds: u64,
    stdout_max: u64,
    /// The variables of this process, by name.
    variables: Vec<(String, OsString)>,
}

impl NativePrograms {
    /// Makes a runner with the limits that the environment asks for.
    pub(super) fn of_environment() -> Result<NativePrograms, Box<Diagnostic>> {
        let variables = environment::own();
        let set = variables.iter().find(|(name, _)| name == PROGRAM_TIMEOUT).map(|(_, value)| value);
        let seconds = match set {
            None => SECONDS,
            Some(value) => match value.to_str().and_then(|text| text.parse().ok()).filter(|&seconds| seconds > 0) {
                Some(seconds) => seconds,
                None => {
                    let message = format!("`{PROGRAM_TIMEOUT}` is no number of seconds");
                    return Err(Diagnostic::error(Code::Usage, message).help("set it to something like `600`"));
                }
            },
        };
        Ok(NativePrograms { seconds, stdout_max: STDOUT_MAX, variables })
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that starts programs")]
    fn command(&self, invocation: &Invocation, temporary: Option<&Path>) -> Result<Command, ProgramError> {
        let piece = |piece: &Piece| -> Result<OsString, ProgramError> {
            match piece {
                Piece::Text(text) => Ok(text.into()),
                Piece::Temporary(name) => Ok(below(temporary, name)?.into_os_string()),
            }
        };
        let mut command = Command::new(&invocation.program);
        command.current_dir(&invocation.directory).env_clear();
        command.envs(environment::passed_on(&self.variables, &invocation.inherited));
        for argument in &invocation.args {
            command.arg(piece(argument)?);
        }
        for (name, value) in &invocation.env {
            command.env(name, piece(value)?);
        }
        command.stdin(if invocation.stdin.is_empty() { Stdio::null() } else { Stdio::piped() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command)
    }
}

impl Programs for NativePrograms {
    fn run(&self, invocation: &Invocation) -> Result<Output, ProgramError> {
        let uses_temporary = !invocation.temporary_files.is_empty()
            || invocation.args.iter().chain(invocation.env.iter().map(|(_, value)| value)).any(is_temporary);
        let temporary = if uses_temporary { Some(temporary_directory(&invocation.temporary_files)?) } else { None };
        let mut command = self.command(invocation, temporary.as_ref().map(tempfile::TempDir::path))?;
        if !is_directory(&invocation.directory) {
            // Else the system's answer is the same as for a program that does not exist.
            return Err(ProgramError::Other(format!("`{}` is no directory", invocation.directory)));
        }
        let child = stop::spawn(&mut command).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => ProgramError::NotFound,
            _ => ProgramError::Other(super::output::words(&error)),
        })?;
        let running = Running { child, deadline: deadline(self.seconds), limits: self };
        running.finish(&invocation.stdin)
    }
}

/// A program that was started, stopped when it is given up.
struct Running<'a> {
    child: stop::Group,
    deadline: Option<Instant>,
    limits: &'a NativePrograms,
}

enum Event {
    Stdout(std::io::Result<Vec<u8>>),
    StdoutFull,
    StderrEnd,
}

impl Running<'_> {
    /// Feeds it, reads what it says, and waits for its end, all at once: it may write before it has read everything.
    fn finish(mut self, stdin: &[u8]) -> Result<Output, ProgramError> {
        let (sender, receiver) = mpsc::channel();
        let stderr = Arc::new(Mutex::new(Excerpt::default()));
        self.start_threads(stdin, &sender, &stderr).map_err(|error| ProgramError::Other(error.to_string()))?;
        drop(sender);
        let (mut stdout, mut is_stderr_open) = (None, true);
        while stdout.is_none() || is_stderr_open {
            match receive(&receiver, self.deadline) {
                Ok(Event::Stdout(Ok(bytes))) => stdout = Some(bytes),
                Ok(Event::Stdout(Err(error))) => return Err(ProgramError::Other(error.to_string())),
                Ok(Event::StdoutFull) => {
                    self.child.stop();
                    return Err(ProgramError::TooMuchOutput { bytes: self.limits.stdout_max, stderr: text(&stderr) });
                }
                Ok(Event::StderrEnd) => is_stderr_open = false,
                Err(RecvTimeoutError::Timeout) => return Err(self.time_out(&stderr)),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        match self.wait()? {
            None => Err(self.time_out(&stderr)),
            Some(status) => Ok(Output {
                is_success: status.success(),
                status: status_words(status),
                stdout: stdout.unwrap_or_default(),
                stderr: text(&stderr),
            }),
        }
    }

    /// The threads are not joined: what a program left behind may keep its pipes open for ever.
    fn start_threads(
        &mut self,
        stdin: &[u8],
        sender: &Sender<Event>,
        stderr: &Arc<Mutex<Excerpt>>,
    ) -> std::io::Result<()> {
        let child: &mut Child = self.child.child();
        if let Some(mut pipe) = child.stdin.take() {
            let bytes = stdin.to_vec();
            // A program need not read its input to the end.
            thread(move || drop(pipe.write_all(&bytes)))?;
        }
        if let Some(pipe) = child.stdout.take() {
            let (sender, max) = (sender.clone(), self.limits.stdout_max);
            thread(move || drop(sender.send(read_stdout(pipe, max))))?;
        }
        if let Some(mut pipe) = child.stderr.take() {
            let (sender, stderr) = (sender.clone(), Arc::clone(stderr));
            thread(move || {
                let mut buffer = [0; 8 << 10];
                while let Ok(n @ 1..) = pipe.read(&mut buffer) {
                    stderr.lock().unwrap_or_else(PoisonError::into_inner).push(buffer.get(..n).unwrap_or_default());
                }
                drop(sender.send(Event::StderrEnd));
            })?;
        }
        Ok(())
    }

    /// Waits for the end of a program that has closed its outputs, which is nearly always there already.
    #[allow(clippy::disallowed_methods, reason = "the standard library cannot wait for a process with a time limit")]
    fn wait(&mut self) -> Result<Option<ExitStatus>, ProgramError> {
        let mut pause = Duration::from_micros(100);
        loop {
            let status = self.child.try_wait().map_err(|error| ProgramError::Other(error.to_string()))?;
            if status.is_some() || remaining(self.deadline).is_zero() {
                return Ok(status);
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }

    fn time_out(&mut self, stderr: &Mutex<Excerpt>) -> ProgramError {
        self.child.stop();
        ProgramError::TimeOut { seconds: self.limits.seconds, stderr: text(stderr) }
    }
}

fn thread(work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    std::thread::Builder::new().spawn(work).map(drop)
}

fn read_stdout(pipe: impl Read, max: u64) -> Event {
    let mut bytes = Vec::new();
    match pipe.take(max.saturating_add(1)).read_to_end(&mut bytes) {
        Ok(n) if n as u64 > max => Event::StdoutFull,
        Ok(_) => Event::Stdout(Ok(bytes)),
        Err(error) => Event::Stdout(Err(error)),
    }
}

/// Nothing, where the time is too far away to be counted.
#[allow(clippy::disallowed_methods, reason = "a time limit")]
fn deadline(seconds: u64) -> Option<Instant> {
    Instant::now().checked_add(Duration::from_secs(seconds))
}

#[allow(clippy::disallowed_methods, reason = "a time limit")]
fn remaining(deadline: Option<Instant>) -> Duration {
    deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()))
}

fn receive(receiver: &mpsc::Receiver<Event>, deadline: Option<Instant>) -> Result<Event, RecvTimeoutError> {
    match deadline {
        None => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
        deadline => receiver.recv_timeout(remaining(deadline)),
    }
}

/// Words as the reference has them: `exit status 1`, `signal: killed`.
fn status_words(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit status {code}"),
        None => status.to_string(),
    }
}

/// The start and the end of a text that may be long.
#[derive(Default)]
struct Excerpt {
    start: Vec<u8>,
    end: Vec<u8>,
    n_left_out: usize,
}

impl Excerpt {
    fn push(&mut self, bytes: &[u8]) {
        let (to_start, rest) = bytes.split_at(bytes.len().min(STDERR_KEPT - self.start.len()));
        self.start.extend_from_slice(to_start);
        self.end.extend_from_slice(rest);
        // Cut seldom, so that it costs no more than it brings.
        if self.end.len() > 4 * STDERR_KEPT {
            self.cut();
        }
    }

    fn cut(&mut self) {
        let n = self.end.len().saturating_sub(STDERR_KEPT);
        self.end.drain(..n);
        self.n_left_out += n;
    }
}

fn text(excerpt: &Mutex<Excerpt>) -> String {
    let mut excerpt = excerpt.lock().unwrap_or_else(PoisonError::into_inner);
    excerpt.cut();
    let gap = match excerpt.n_left_out {
        0 => String::new(),
        n => format!("\n[{n} bytes left out]\n"),
    };
    let bytes = [&excerpt.start, gap.as_bytes(), &excerpt.end].concat();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn is_temporary(piece: &Piece) -> bool {
    matches!(piece, Piece::Temporary(_))
}

/// The path of a name in the temporary directory, and never one outside it.
fn below(temporary: Option<&Path>, name: &str) -> Result<std::path::PathBuf, ProgramError> {
    let is_inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    match temporary {
        Some(directory) if is_inside => Ok(directory.join(name)),
        _ => Err(ProgramError::Other(format!("`{name}` is no name for a temporary file"))),
    }
}

#[allow(clippy::disallowed_methods, reason = "files for a program to read")]
fn temporary_directory(files: &[(String, Vec<u8>)]) -> Result<tempfile::TempDir, ProgramError> {
    let fault = |error: std::io::Error| {
        ProgramError::Other(format!("cannot write a temporary file: {}", super::output::words(&error)))
    };
    let directory = tempfile::Builder::new().prefix("rustomize-").tempdir().map_err(fault)?;
    for (name, content) in files {
        let path = below(Some(directory.path()), name)?;
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(fault)?;
        }
        std::fs::write(&path, content).map_err(fault)?;
    }
    Ok(directory)
}

#[allow(clippy::disallowed_methods, reason = "a program is started there")]
fn is_directory(path: &str) -> bool {
    Path::new(path).is_dir()
}

#[cfg(all(test, unix))]
mod tests;
