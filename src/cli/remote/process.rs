//! Runs git for at most a given time, with all that it starts, and keeps the beginning of what it says.
//!
//! Unlike other programs, git may ask for a password, and sets up its own environment; so it is not run by `programs`.

use crate::cli::programs::stop::{self, Group};
use std::io::{IsTerminal, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Bytes that are kept of what a program says.
const WORDS_MAX: u64 = 64 * 1024;
/// How long a program may take to clean up, or its last words to arrive.
const GRACE: Duration = Duration::from_millis(500);

/// How a program ended.
#[derive(Debug)]
pub(super) enum Ended {
    Success,
    Failure { words: Vec<u8> },
    TimedOut { words: Vec<u8> },
}

/// A program that runs.
enum Running {
    /// Nobody can be asked: it is stopped with all that it started.
    Group(Group),
    /// There is a terminal: it stays among those that may use it, and that ^C stops.
    Alone(Child),
}

/// Runs a program without input; what it writes to standard output is dropped.
#[allow(clippy::disallowed_methods, reason = "a limit in time needs a clock")]
pub(super) fn run(mut command: Command, time_max: Duration) -> std::io::Result<Ended> {
    let start = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut running = match has_terminal() {
        true => Running::Alone(command.spawn()?),
        false => Running::Group(stop::spawn(&mut command)?),
    };
    let words = listen(running.child())?;
    // What it started may live on and hold the pipe: its last words are not waited for without end.
    let said = || words.recv_timeout(GRACE).unwrap_or_default();
    match running.wait(|| start.elapsed() >= time_max)? {
        None => {
            running.stop();
            Ok(Ended::TimedOut { words: said() })
        }
        Some(status) if status.success() => Ok(Ended::Success),
        Some(_) => Ok(Ended::Failure { words: said() }),
    }
}

/// Returns whether there may be somebody to be asked.
pub(super) fn has_terminal() -> bool {
    std::io::stdin().is_terminal() || std::io::stderr().is_terminal()
}

impl Running {
    fn child(&mut self) -> &mut Child {
        match self {
            Running::Group(group) => group.child(),
            Running::Alone(child) => child,
        }
    }

    /// Waits until the program ended or the time is over.
    #[allow(clippy::disallowed_methods, reason = "the standard library cannot wait for a program and a clock at once")]
    fn wait(&mut self, is_over: impl Fn() -> bool) -> std::io::Result<Option<ExitStatus>> {
        let mut pause = Duration::from_micros(500);
        loop {
            let status = match self {
                Running::Group(group) => group.try_wait()?,
                Running::Alone(child) => child.try_wait()?,
            };
            if status.is_some() || is_over() {
                return Ok(status);
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }

    fn stop(&mut self) {
        match self {
            Running::Group(group) => group.stop(),
            Running::Alone(child) => {
                ask_to_end(child);
                // It fails only if nobody is there any more.
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}

/// Asks a program to end, as git does with its helpers, then.
#[cfg(unix)]
#[allow(clippy::disallowed_methods, reason = "the program is given a moment")]
fn ask_to_end(child: &Child) {
    use rustix::process::{Pid, Signal, kill_process};
    let _ = kill_process(Pid::from_child(child), Signal::TERM);
    std::thread::sleep(GRACE);
}

#[cfg(not(unix))]
fn ask_to_end(_child: &Child) {}

/// Reads what the program says, all of it, so that it never waits for us.
fn listen(child: &mut Child) -> std::io::Result<mpsc::Receiver<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    if let Some(mut stream) = child.stderr.take() {
        let work = move || {
            let mut words = Vec::new();
            let _ = Read::by_ref(&mut stream).take(WORDS_MAX).read_to_end(&mut words);
            // A program that goes on for so long is not worth more memory.
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
            // Nobody listens any more if the time was over.
            let _ = sender.send(words);
        };
        std::thread::Builder::new().spawn(work)?;
    }
    Ok(receiver)
}
