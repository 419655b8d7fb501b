//! `preview`: a page on this machine that shows the environments of a folder, and follows its changes.
//!
//! The page does all the work, with the engine as WASM in it; this program hands it the folder's files and tells of changes.
//!
//! The page asks `project.json` for `{"version": 1, "name", "revision", "complete", "files": {path: text}, "removed": [path],
//! "leftOut": {path: why}}`; with `?since=REVISION` it gets what changed after that, unless `complete` says that it is all there
//! is. `events` is a stream of server-sent events, `{"revision"}`: the present one, and each that follows.

mod folder;
mod http;
mod live;
mod page;
mod server;
#[cfg(test)]
mod tests;

use super::report::Reporter;
use super::{Outcome, build, native_to_slash, output};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::fs::{self, Disk, EntryKind, FileSystem};
use crate::source::Sources;
use clap::Args;
use folder::{Bounds, Folder, Why};
use live::Live;
use page::File;
use server::{Server, Shared};
use std::fmt::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Bytes of the secret in the address.
const TOKEN_BYTES: usize = 16;
/// Names that are written out where something is left out.
const SHOWN_MAX: usize = 3;

const EXAMPLES: &str = "\
Examples:
  rustomize preview                  print an address; open it in a browser
  rustomize preview --open deploy    open it, with the folder `deploy`

The address holds a secret: who knows it can read the files of the folder, on this machine alone,
until the program ends (Ctrl-C). Nothing is sent elsewhere, and nothing is written: what is edited
in the page stays there.";

/// Show the environments of a folder in a browser, as it is edited.
///
/// Serves a page to this machine alone that renders all kustomizations below DIR, compares them, and follows what changes on
/// the disk. Name the directory that holds bases, too: nothing outside it is read.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_override_self = true)]
pub(super) struct PreviewArgs {
    /// The directory with all bases and overlays
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    directory: String,

    /// The port to listen on; 0: any that is free
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,

    /// Open the page in the browser
    #[arg(long, overrides_with = "no_open")]
    open: bool,

    /// Only print its address, which is the default
    #[arg(long, overrides_with = "open")]
    no_open: bool,
}

pub(super) fn run(args: &PreviewArgs, reporter: &mut Reporter) -> Outcome {
    let served = page::embedded().ok_or_else(no_page).and_then(|files| serve(args, files, reporter));
    match served {
        Ok(()) => Outcome::Success,
        Err(diagnostic) => {
            reporter.add(&[*diagnostic], &Sources::default());
            Outcome::Failure
        }
    }
}

fn no_page() -> Box<Diagnostic> {
    Diagnostic::error(Code::Usage, "this program was built without the page of `preview`").help(
        "`cargo xtask preview`, in a clone of the repository, builds one that has it, target/preview/rustomize; this needs Node",
    )
}

fn serve(args: &PreviewArgs, files: &'static [File], reporter: &mut Reporter) -> Result<()> {
    let root = root(&args.directory)?;
    let token = token()?;
    let shared = Arc::new(Shared::new(Folder::new(&root, Bounds::default())));
    let server = Server::new(args.port, &token, files, Arc::clone(&shared)).map_err(|error| {
        let words = format!("cannot listen on port {}: {}", args.port, output::words(&error));
        Diagnostic::error(Code::Io, words).help("choose another by `--port`, or none for one that is free")
    })?;
    let server = Arc::new(server);
    let address = server.address();
    // Nothing is printed before the page can be had.
    let thread = std::thread::Builder::new().name("server".to_owned());
    let answering = thread
        .spawn({
            let server = Arc::clone(&server);
            move || server.run()
        })
        .map_err(|error| Diagnostic::error(Code::Io, format!("cannot start a thread: {}", output::words(&error))))?;
    output::part(&format!("{address}\n"))?;
    introduce(&args.directory, &shared.folder(), reporter);
    if args.open {
        let _ = open(&address).map_err(|diagnostic| reporter.add(&[*diagnostic], &Sources::default()));
    }
    reporter.flush();
    if let Err(diagnostic) = Live::new(&shared).and_then(|live| live.run(&shared)) {
        let diagnostic = diagnostic.note("the page goes on, and shows what was read so far");
        reporter.add(&[*diagnostic], &Sources::default());
        reporter.flush();
    }
    // It ends with the process.
    let _ = answering.join();
    Ok(())
}

/// Returns the directory's path without links.
fn root(directory: &str) -> Result<String> {
    let here = build::working_directory()?;
    let path = fs::join(&here, &native_to_slash(directory));
    let fault = |words: String| Diagnostic::error(Code::Io, format!("cannot show `{directory}`: {words}"));
    let root = Disk.canonical(&path).map_err(|error| fault(error.to_string()))?;
    match Disk.kind(&root) {
        Ok(EntryKind::Directory) => Ok(root),
        Ok(EntryKind::File) => Err(fault("it is a file".to_owned()).help("name the directory it stands in")),
        Err(error) => Err(fault(error.to_string())),
    }
}

/// Returns a secret that nobody can guess.
fn token() -> Result<String> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|error| Diagnostic::error(Code::Io, format!("the system has no random numbers: {error}")))?;
    Ok(bytes.iter().fold(String::new(), |mut token, byte| {
        // To write into a string does not fail.
        let _ = write!(token, "{byte:02x}");
        token
    }))
}

fn introduce(directory: &str, folder: &Folder, reporter: &mut Reporter) {
    let n_files = folder.n_files();
    let files = if n_files == 1 { "file" } else { "files" };
    reporter.say(&format!("{n_files} {files} of `{directory}` can be read at this address; Ctrl-C ends it"));
    // That there are pictures and links among them is no news.
    let is_news = |why: &Why| matches!(why, Why::TooLarge | Why::TooMuch | Why::Unreadable);
    let left_out: Vec<&str> =
        folder.left_out().iter().filter(|(_, why)| is_news(why)).map(|(path, _)| path.as_str()).collect();
    if !left_out.is_empty() {
        let shown = left_out.iter().take(SHOWN_MAX).map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
        let more = if left_out.len() > SHOWN_MAX { " and others" } else { "" };
        reporter.say(&format!("left out, as they are too large, too many, or cannot be read: {shown}{more}"));
    }
}

/// Hands the address to the system's browser.
#[allow(clippy::disallowed_methods, reason = "the user asked for the browser")]
fn open(address: &str) -> Result<()> {
    let (program, arguments): (&str, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("rundll32", &["url.dll,FileProtocolHandler"]),
        _ => ("xdg-open", &[]),
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.spawn() {
        Ok(_) => Ok(()),
        Err(error) => Err(Diagnostic::warning(
            Code::Io,
            format!("cannot open the browser: `{program}`: {}", output::words(&error)),
        )
        .help("open the address by hand")),
    }
}
