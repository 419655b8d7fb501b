//! The command line: flags, exit codes, and who writes where.
//!
//! Standard output holds manifests (or the answer of another command), whole and only on success; words go to standard
//! error; standard input is read by `lsp` alone. What a build does is `build`; this module is the only one that looks at the
//! environment.

mod argocd;
mod args;
mod build;
mod changes;
mod completion;
mod create;
mod diff;
mod edit;
mod explain;
#[cfg(test)]
mod flags_page;
mod fleet;
mod git;
mod help;
mod images;
mod localize;
#[cfg(feature = "lsp")]
mod lsp;
mod matrix;
mod not_offered;
mod output;
#[cfg(feature = "pages")]
pub mod pages;
mod preview;
mod programs;
mod remote;
mod render;
mod report;
#[cfg(feature = "schemas")]
pub mod schemas;
mod severity;
mod summary;
#[cfg(feature = "validate")]
mod validate;
mod vendor;
mod version;

use args::{Cli, Command};
use clap::{CommandFactory, FromArgMatches};
use report::{ErrorFormat, Reporter};
use std::ffi::OsString;
use std::process::ExitCode;

use crate::diagnostic::{Code, Diagnostic};

/// The version of kustomize whose bytes this program prints.
pub const KUSTOMIZE_VERSION: &str = "v5.8.2";

/// The name a program was called by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Program {
    /// Its own.
    Rustomize,
    /// The reference's: a link or a copy stands where scripts expect `kustomize`, and `version` answers like it.
    Kustomize,
}

impl Program {
    fn of(argument: Option<&OsString>) -> Program {
        let path = argument.map(|argument| argument.to_string_lossy()).unwrap_or_default();
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = name.strip_suffix(".exe").unwrap_or(name);
        if name == "kustomize" { Program::Kustomize } else { Program::Rustomize }
    }

    fn name(self) -> &'static str {
        match self {
            Program::Rustomize => "rustomize",
            Program::Kustomize => "kustomize",
        }
    }
}

/// How a command ended. The reference knows no other exit codes than 0 and 1 either, so that scripts see no difference;
/// `diff` ends like the program of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Exit code 0.
    Success,
    /// Exit code 1.
    Failure,
    /// Exit code 1: two sides differ.
    Different,
    /// Exit code 2: two sides could not be compared.
    Trouble,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        ExitCode::from(match outcome {
            Outcome::Success => 0,
            Outcome::Failure | Outcome::Different => 1,
            Outcome::Trouble => 2,
        })
    }
}

/// Runs the program; the first argument is its name.
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    let program = Program::of(arguments.first());
    let (format, color) = early_choices(&arguments);
    let is_diff = arguments
        .iter()
        .skip(1)
        .find(|argument| !argument.to_string_lossy().starts_with('-'))
        .is_some_and(|first| first == "diff");
    let parsed = args::parse_build(&arguments).map_or_else(
        || {
            let command = Cli::command().name(program.name()).bin_name(program.name()).color(color.into());
            command.try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches))
        },
        Ok,
    );
    let outcome = match parsed {
        Ok(cli) => {
            let mut reporter = Reporter::new(cli.error_format, cli.color.into());
            let outcome = match cli.command {
                Some(Command::Argocd(args)) => argocd::run(&args, &mut reporter),
                Some(Command::Build(args)) => build::run(&args, &mut reporter),
                Some(Command::Create(args)) => create::run(&args, &mut reporter),
                Some(Command::Diff(args)) => diff::run(&args, color, &mut reporter),
                Some(Command::Edit(args)) => edit::run(&args, program, color, &mut reporter),
                Some(Command::Explain(args)) => explain::run(&args, &mut reporter),
                Some(Command::Images(args)) => images::run(&args, &mut reporter),
                Some(Command::Localize(args)) => localize::run(&args, &mut reporter),
                #[cfg(feature = "lsp")]
                Some(Command::Lsp(args)) => lsp::run(&args, &mut reporter),
                Some(Command::Matrix(args)) => matrix::run(&args, &mut reporter),
                Some(Command::NotOffered(_)) => not_offered::run(&mut reporter),
                Some(Command::Preview(args)) => preview::run(&args, &mut reporter),
                Some(Command::Inputs(args)) => fleet::inputs(&args, &mut reporter),
                #[cfg(feature = "validate")]
                Some(Command::Validate(args)) => validate::run(&args, &mut reporter),
                Some(Command::Vendor(args)) => vendor::run(&args, &mut reporter),
                Some(Command::Version(args)) => version::run(&args, program, &mut reporter),
                Some(Command::Completion(args)) => completion::run(&args, program, &mut reporter),
                Some(Command::Help(args)) => help::run(&args, program, color, &mut reporter),
                None => help::program(program, color, &mut reporter),
            };
            reporter.finish();
            outcome
        }
        Err(error) => match usage(error, format, color) {
            Outcome::Failure if is_diff => Outcome::Trouble,
            outcome => outcome,
        },
    };
    outcome.into()
}

/// Tells what is wrong with the command line, or prints the help or version that was asked for.
fn usage(error: clap::Error, format: ErrorFormat, color: args::Color) -> Outcome {
    let is_answer = !error.use_stderr();
    if is_answer || format == ErrorFormat::Human {
        // A closed pipe is nobody's error.
        let _ = error.print();
        return if is_answer { Outcome::Success } else { Outcome::Failure };
    }
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or("the command line is not right");
    let mut diagnostic = Diagnostic::error(Code::Usage, first.strip_prefix("error: ").unwrap_or(first));
    for line in lines {
        diagnostic = match line.strip_prefix("tip: ") {
            Some(tip) => diagnostic.help(tip),
            None => diagnostic.note(line),
        };
    }
    let mut reporter = Reporter::new(format, color.into());
    reporter.add(&[*diagnostic], &crate::source::Sources::default());
    reporter.finish();
    Outcome::Failure
}

/// Writes a path of this system the way the engine does.
fn native_to_slash(path: &str) -> String {
    if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() }
}

/// Finds the two choices that matter to a command line which cannot be parsed.
fn early_choices(arguments: &[OsString]) -> (ErrorFormat, args::Color) {
    let value = |flag: &str| {
        arguments.iter().enumerate().rev().find_map(|(position, argument)| {
            let rest = argument.to_str()?.strip_prefix(flag)?;
            match rest.strip_prefix('=') {
                Some(value) => Some(value.to_owned()),
                None if rest.is_empty() => Some(arguments.get(position + 1)?.to_str()?.to_owned()),
                None => None,
            }
        })
    };
    let format = match value("--error-format").as_deref() {
        Some("json") => ErrorFormat::Json,
        _ => ErrorFormat::Human,
    };
    let color = match value("--color").as_deref() {
        Some("always") => args::Color::Always,
        Some("never") => args::Color::Never,
        _ => args::Color::Auto,
    };
    (format, color)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_decides_who_answers() {
        for (argument, program) in [
            ("rustomize", Program::Rustomize),
            ("/usr/local/bin/kustomize", Program::Kustomize),
            (r"C:\bin\kustomize.exe", Program::Kustomize),
            ("kustomize-wrapper", Program::Rustomize),
            ("", Program::Rustomize),
        ] {
            assert_eq!(Program::of(Some(&argument.into())), program, "{argument}");
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn choices_are_found_in_a_broken_command_line() {
        let arguments: Vec<OsString> =
            ["rustomize", "build", "--bogus", "--error-format", "json", "--color=never"].map(Into::into).to_vec();
        assert_eq!(early_choices(&arguments), (ErrorFormat::Json, args::Color::Never));
        assert_eq!(early_choices(&["--error-format".into()]), (ErrorFormat::Human, args::Color::Auto));
    }
}
