//! `help`: the program's, a command's, and what the codes of errors and warnings mean.
//!
//! The codes and their meanings are the engine's (`diagnostic::Code`); their examples are docs/diagnostics.md and docs/validate.md, which are
//! part of the program.

use super::args::{Cli, Color, HelpArgs};
use super::report::Reporter;
use super::{Outcome, Program, output};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::source::Sources;
use clap::CommandFactory;

const PAGES: [&str; 2] = [include_str!("../../docs/diagnostics.md"), include_str!("../../docs/validate.md")];

pub(super) fn run(args: &HelpArgs, called: Program, color: Color, reporter: &mut Reporter) -> Outcome {
    let topic: Vec<&str> = args.topic.iter().map(String::as_str).collect();
    match *topic.as_slice() {
        [] => program(called, color, reporter),
        ["errors"] => output::answer(&codes(), reporter),
        ["errors", code] => match Code::ALL.iter().find(|known| known.as_str() == code) {
            Some(code) => output::answer(&section(*code), reporter),
            None => unknown("code", code, Code::ALL.iter().map(|code| code.as_str()), reporter),
        },
        [name, ..] => {
            let mut command = command(called);
            command.build();
            let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
            match topic.iter().try_fold(&mut command, |command, name| command.find_subcommand_mut(name)) {
                Some(found) => answer(&found.render_long_help(), color, reporter),
                None => unknown("command", name, names.iter().map(String::as_str), reporter),
            }
        }
    }
}

/// Prints the help of a command, given by the names on the way to it.
pub(super) fn of_command(names: &[&str], called: Program, color: Color, reporter: &mut Reporter) -> Outcome {
    let mut command = command(called);
    command.build();
    match names.iter().try_fold(&mut command, |command, name| command.find_subcommand_mut(name)) {
        Some(found) => answer(&found.render_help(), color, reporter),
        None => Outcome::Success,
    }
}

/// Prints the program's help, which is the answer to no command at all, as in the reference.
pub(super) fn program(called: Program, color: Color, reporter: &mut Reporter) -> Outcome {
    answer(&command(called).render_help(), color, reporter)
}

fn command(called: Program) -> clap::Command {
    Cli::command().name(called.name()).bin_name(called.name())
}

fn answer(text: &clap::builder::StyledStr, color: Color, reporter: &mut Reporter) -> Outcome {
    let is_colored = match color {
        Color::Auto => anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never,
        Color::Always => true,
        Color::Never => false,
    };
    let text = if is_colored { text.ansi().to_string() } else { text.to_string() };
    output::answer(&text, reporter)
}

fn codes() -> String {
    let width = Code::ALL.iter().map(|code| code.as_str().len()).max().unwrap_or_default();
    let line = |code: &Code| format!("{:width$}  {}\n", code.as_str(), code.about());
    Code::ALL.iter().map(line).collect()
}

/// Returns what the page says about a code.
fn section(code: Code) -> String {
    let heading = format!("\n### `{code}`\n");
    let section = PAGES.iter().find_map(|page| page.split_once(&heading)).map_or(code.about(), |(_, section)| section);
    let end = section.find("\n### ").unwrap_or(section.len()).min(section.find("\n## ").unwrap_or(section.len()));
    format!("{code}\n\n{}\n", section[..end].trim())
}

fn unknown<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str>, reporter: &mut Reporter) -> Outcome {
    let mut diagnostic = Diagnostic::error(Code::Usage, format!("there is no {what} `{name}`"));
    for near in nearest(name, known, 1) {
        diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
    }
    reporter.add(&[*diagnostic], &Sources::default());
    Outcome::Failure
}
