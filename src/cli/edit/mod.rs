//! `edit`: changes the kustomization file of the current directory in place.

mod args;
pub(super) mod diff;
mod proof;
mod wish;

pub(super) use args::EditArgs;

use super::fleet::remotes::Shared;
use super::remote::Network;
use super::report::Reporter;
use super::vendor::Vendored;
use super::{Outcome, Program, args::Color, build, help, output};
use crate::diagnostic::{Code, Diagnostic, Result, Severity};
use crate::edit::{self, Edit, Written, check};
use crate::fs::Disk;
use crate::remote::Remotes;
use crate::session::Session;
use crate::source::Sources;
use args::{ModeArgs, Verb};
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
    match edited(&command, args, reporter) {
        Ok(outcome) => outcome,
        Err(diagnostic) => {
            reporter.add(&[*diagnostic], &Sources::default());
            Outcome::Failure
        }
    }
}

fn edited(command: &edit::Command, args: &EditArgs, reporter: &mut Reporter) -> Result<Outcome> {
    let mode = &args.mode;
    let directory = build::working_directory()?;
    let network = Network::default();
    // Some verbs build more than once.
    let network = Shared::new(&network);
    let mut session = Session::new(&Disk, &directory);
    // What is no file here may be the address of a repository.
    session.remotes = Some(&network);
    let (edit, mut warnings) = match edit::edit(&mut session, command) {
        Ok(edited) => edited,
        Err(diagnostics) => {
            reporter.add(&diagnostics, &session.sources);
            return Ok(Outcome::Failure);
        }
    };
    let is_refused = mode.strict && !warnings.is_empty();
    if is_refused {
        refuse(&mut warnings);
    }
    reporter.add(&warnings, &session.sources);
    if is_refused {
        return Ok(Outcome::Failure);
    }
    let Some(edit) = edit else { return Ok(Outcome::Success) };
    let is_allowed = match &args.verb {
        Some(Verb::Fix(fix)) if !mode.no_check => proof::allows(fix, mode.strict, &directory, &edit, reporter),
        _ => true,
    };
    if !is_allowed {
        if mode.dry_run {
            diff::print(&diff::unified(&edit.files, &directory))?;
        }
        return Ok(Outcome::Failure);
    }
    // The file is written first: what comes of the check is advice, unless the user says otherwise.
    let is_written_first = !mode.strict && !mode.dry_run;
    if is_written_first && write(&edit, reporter) == Outcome::Failure {
        return Ok(Outcome::Failure);
    }
    if !mode.no_check && check::is_checked(command) && told(command, mode, &directory, &edit, reporter) {
        return Ok(Outcome::Failure);
    }
    if mode.strict && !mode.dry_run && write(&edit, reporter) == Outcome::Failure {
        return Ok(Outcome::Failure);
    }
    tell_written(&edit, mode, reporter);
    if mode.dry_run || mode.diff {
        diff::print(&diff::unified(&edit.files, &directory))?;
    }
    Ok(Outcome::Success)
}

/// Says where what was set stands now.
fn tell_written(edit: &Edit, mode: &ModeArgs, reporter: &mut Reporter) {
    for Written { place, what, is_kept } in &edit.written {
        let state = match (is_kept, mode.dry_run) {
            (true, _) => " is so already",
            (false, true) => " would be set",
            (false, false) => "",
        };
        reporter.say(&format!("{place}: {what}{state}"));
    }
}

fn write(edit: &Edit, reporter: &mut Reporter) -> Outcome {
    let changed = edit.files.iter().filter(|file| file.has_changes());
    let texts: Vec<(&Path, &str)> = changed.map(|file| (Path::new(&*file.path), file.new.as_str())).collect();
    output::text_files(&texts, reporter)
}

/// Tells what of an edit has no effect, and returns whether it is refused for that.
fn told(command: &edit::Command, mode: &ModeArgs, directory: &str, edit: &Edit, reporter: &mut Reporter) -> bool {
    let vendored = Vendored::find(&build::resolved(directory, "."), ".").ok();
    let remotes = vendored.as_ref().map(|vendored| vendored as &dyn Remotes);
    let mut found = check::check(&Disk, remotes, directory, command, edit);
    if mode.strict {
        refuse(&mut found.warnings);
        if let Some(reason) = &found.unknown {
            let warning = Diagnostic::warning(Code::EditWithoutEffect, "the effect of this edit could not be checked");
            found.warnings.push(*warning.note(reason.clone()));
        }
    }
    reporter.add(&found.warnings, &found.sources);
    mode.strict && found.unknown.is_none() && !found.warnings.is_empty()
}

/// Makes errors of warnings.
fn refuse(warnings: &mut [Diagnostic]) {
    for warning in warnings {
        warning.severity = Severity::Error;
        warning.notes.push("the file is as it was, because of `--strict`".to_owned());
    }
}
