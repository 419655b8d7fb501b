//! `completion`: a script for a shell.

use super::args::{Cli, CompletionArgs, Shell};
use super::report::Reporter;
use super::{Outcome, Program, output};
use clap::CommandFactory;

pub(super) fn run(args: &CompletionArgs, program: Program, reporter: &mut Reporter) -> Outcome {
    output::answer(&script(args.shell, program.name()), reporter)
}

/// Returns the script with which a shell completes the arguments of a program.
pub(super) fn script(shell: Shell, program: &str) -> String {
    let shell = match shell {
        Shell::Bash => clap_complete::Shell::Bash,
        Shell::Zsh => clap_complete::Shell::Zsh,
        Shell::Fish => clap_complete::Shell::Fish,
        Shell::Powershell => clap_complete::Shell::PowerShell,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), program, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
