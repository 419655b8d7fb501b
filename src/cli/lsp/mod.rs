//! `lsp`: a language server over standard input and output.
//!
//! A thin shell: messages in, questions to the engine, messages out. The engine sees the disk with the editor's open texts
//! laid over it and builds what a file is part of, without network and without programs. Messages are answered one after the
//! other; a thread only reads, so that what was cancelled meanwhile is not begun.

mod actions;
mod definition;
mod diagnostics;
mod frames;
mod hover;
mod project;
mod rename;
mod server;
mod symbols;
mod text;
mod workspace;

use super::report::Reporter;
use super::{Outcome, output};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Sources;
use clap::Args;
use server::{Next, Server};
use std::io::{self, BufReader};
use std::sync::mpsc::{RecvTimeoutError, channel};

const EXAMPLES: &str = "\
Examples:
  rustomize lsp      started by an editor (see docs/editors.md)

Exit codes:
  0  the editor asked to end, in the order of the protocol
  1  it did not: the input ended, or is no such protocol";

/// Answer an editor: a language server on standard input and output.
///
/// Tells of errors and warnings while kustomizations, manifests and patches are written; leads from an entry to its file and
/// from a patch to its object; says where a value comes from and what is made of it; renames objects with what refers to
/// them. Speaks the Language Server Protocol 3.17. Uses no network and starts no programs.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_override_self = true)]
pub(super) struct LspArgs {
    /// Has no effect: standard input and output are the only channel there is
    #[arg(long, hide = true)]
    stdio: bool,

    /// Has no effect: the end of the input is the end of the editor
    #[arg(long = "clientProcessId", hide = true, value_name = "ID")]
    client_process_id: Option<String>,
}

pub(super) fn run(_: &LspArgs, reporter: &mut Reporter) -> Outcome {
    let (sender, frames) = channel();
    // Ends with the input, or with the process.
    std::thread::spawn(move || {
        let mut reader = BufReader::new(io::stdin());
        loop {
            let frame = frames::read(&mut reader).transpose();
            let is_last = !matches!(frame, Some(Ok(_)));
            if frame.is_some_and(|frame| sender.send(frame).is_err()) || is_last {
                return;
            }
        }
    });
    let mut server = Server::new(io::stdout());
    let result = loop {
        let next = match server.patience() {
            None => frames.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(patience) => frames.recv_timeout(patience),
        };
        let done = match next {
            Ok(Ok(frame)) => {
                let mut frames_now = vec![frame];
                let mut fault = None;
                for frame in frames.try_iter() {
                    match frame {
                        Ok(frame) => frames_now.push(frame),
                        Err(error) => fault = Some(error),
                    }
                }
                match (server.take(frames_now), fault) {
                    (Ok(Next::GoOn), Some(error)) => Err(error),
                    (done, _) => done,
                }
            }
            Ok(Err(error)) => Err(error),
            Err(RecvTimeoutError::Timeout) => server.check(),
            Err(RecvTimeoutError::Disconnected) => Ok(server.end_of_input()),
        };
        match done {
            Ok(Next::GoOn) => {}
            Ok(Next::End(outcome)) => break Ok(outcome),
            Err(error) => break Err(error),
        }
    };
    result.unwrap_or_else(|error| {
        let message = format!("the editor cannot be understood: {}", output::words(&error));
        reporter.add(&[*Diagnostic::error(Code::Io, message)], &Sources::default());
        Outcome::Failure
    })
}
