//! Man pages and completions of the whole command line, made of its definition.
//!
//! Only with the feature `pages`; `cargo xtask release` puts them into archives. At run time, `completion` prints the scripts.

use super::Program;
use super::args::{Cli, Shell};
use super::completion::script;
use clap::{Command, CommandFactory};

/// Returns the pages of the program and of every command, with their file names. The date stands at the foot of each.
pub fn man_pages(date: &str) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    add(&program(), date, &mut pages);
    pages
}

/// Returns the completion scripts of all shells, under the names by which shells find them.
pub fn completions() -> Vec<(&'static str, String)> {
    let files = [
        ("rustomize.bash", Shell::Bash),
        ("_rustomize", Shell::Zsh),
        ("rustomize.fish", Shell::Fish),
        ("rustomize.ps1", Shell::Powershell),
    ];
    files.into_iter().map(|(file, shell)| (file, script(shell, Program::Rustomize.name()))).collect()
}

fn program() -> Command {
    let name = Program::Rustomize.name();
    let mut program = Cli::command().name(name).bin_name(name);
    program.build();
    program
}

fn offered(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|command| !command.is_hide_set())
}

/// Adds the page of a command and those of its own commands: `rustomize-edit-add.1`.
fn add(command: &Command, date: &str, pages: &mut Vec<(String, String)>) {
    let title = title(command);
    let page = clap_mangen::Man::new(command.clone()).title(title.to_uppercase()).date(date).manual("rustomize");
    let mut text = Vec::new();
    page.render(&mut text).expect("writing to memory does not fail");
    pages.push((format!("{title}.1"), String::from_utf8_lossy(&text).into_owned()));
    offered(command).for_each(|inner| add(inner, date, pages));
}

/// Returns the words of a command, joined by dashes.
fn title(command: &Command) -> String {
    command.get_bin_name().unwrap_or_else(|| command.get_name()).replace(' ', "-")
}
