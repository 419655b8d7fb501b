//! `completion`: a script for a shell.

use super::args::{Cli, CompletionArgs, Shell};
use super::report::Reporter;
use super::{Outcome, Program, output};
use clap::{Command, CommandFactory};

pub(super) fn run(args: &CompletionArgs, program: Program, reporter: &mut Reporter) -> Outcome {
    output::answer(&script(args.shell, program.name()), reporter)
}

/// Returns the script with which a shell completes the arguments of a program.
pub(super) fn script(shell: Shell, program: &'static str) -> String {
    let kind = match shell {
        Shell::Bash => clap_complete::Shell::Bash,
        Shell::Zsh => clap_complete::Shell::Zsh,
        Shell::Fish => clap_complete::Shell::Fish,
        Shell::Powershell => clap_complete::Shell::PowerShell,
    };
    let mut text = of_command(kind, Cli::command(), program);
    if matches!(shell, Shell::Fish) {
        text += &third_level(program, &text);
    }
    text
}

fn of_command(shell: clap_complete::Shell, mut command: Command, program: &str) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, program, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// Returns the lines for commands of three words: what clap_complete writes for fish ends with the second.
fn third_level(program: &'static str, above: &str) -> String {
    let begin = format!("complete -c {program} -n \"__fish_{program}_using_subcommand ");
    let mut lines = String::new();
    let mut all = Cli::command();
    all.build();
    for first in all.get_subcommands().filter(|command| !command.is_hide_set()) {
        for second in first.get_subcommands().filter(|command| command.has_subcommands()) {
            // As if its commands were the program's own; only the condition has to say more then.
            let own = Command::new(program).subcommands(second.get_subcommands().cloned());
            let both = format!("{begin}{}; and __fish_seen_subcommand_from {}", first.get_name(), second.get_name());
            let script = of_command(clap_complete::Shell::Fish, own, program);
            // Words and conditions first, then what is offered, on one line or several.
            for line in script.split("\ncomplete ").skip(1).map(|line| format!("complete {}", line.trim_end())) {
                let Some((third, offer)) = line.strip_prefix(&begin).and_then(|rest| rest.split_once('"')) else {
                    continue;
                };
                if !above.contains(&format!("{both}\"{offer}\n")) {
                    lines += &format!("{both}; and __fish_seen_subcommand_from {third}\"{offer}\n");
                }
            }
        }
    }
    lines
}
