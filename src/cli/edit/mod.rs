//! `edit`: changes the kustomization file of the current directory in place.

mod args;
mod wish;

pub(super) use args::EditArgs;

use super::remote::Network;
use super::report::Reporter;
use super::{Outcome, Program, args::Color, build, help, output};
use crate::diagnostic::{Code, Diagnostic};
use crate::edit;
use crate::fs::Disk;
use crate::session::Session;
use crate::source::Sources;
use std::path::Path;
use wish::Wish;

pub(super) fn run(args: &EditArgs, program: Program, color: Color, reporter: &mut Reporter) -> Outcome {
    let command = match args.wish() {
        Wish::Edit(command) => command,
        Wish::Help(topic) => return help::of_command(&topic, program, color, reporter),
        Wish::Wrong(message) => {
            reporter.add(&[*Diagnostic::error(Code::Usage, message)], &Sources::default());
            return Outcome::Failure;
        }
    };
    let directory = match build::working_directory() {
        Ok(directory) => directory,
        Err(diagnostic) => {
            reporter.add(&[*diagnostic], &Sources::default());
            return Outcome::Failure;
        }
    };
    let network = Network::default();
    let mut session = Session::new(&Disk, &directory);
    // What is no file here may be the address of a repository.
    session.remotes = Some(&network);
    match edit::edit(&mut session, &command) {
        Ok((edit, warnings)) => {
            reporter.add(&warnings, &session.sources);
            let files = edit.map(|edit| edit.files).unwrap_or_default();
            let changed = files.iter().filter(|file| file.has_changes());
            let texts: Vec<(&Path, &str)> = changed.map(|file| (Path::new(&*file.path), file.new.as_str())).collect();
            output::text_files(&texts, reporter)
        }
        Err(diagnostics) => {
            reporter.add(&diagnostics, &session.sources);
            Outcome::Failure
        }
    }
}
