//! docs/env.md in step with the program: the flags are written from their definition, and no variable is missing.

use super::args::Cli;
use crate::sorting::Sorting;
use clap::{Arg, ArgAction, Command, CommandFactory};
use std::path::{Path, PathBuf};

const HEADING: &str = "## Flags\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the page is compared with the program, and written where asked for")]
fn flags_are_listed_with_their_defaults() {
    let path = root().join("docs/env.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let (before, section) = page.split_once(HEADING).expect("the page has a section about flags");
    let words = section.split("\n###").next().unwrap_or_default().trim_end();
    let updated = format!("{before}{HEADING}{words}\n{}", flags());
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some_and(|value| value == "1") {
        // In one step, for another test may be reading it.
        let new = path.with_extension("new");
        std::fs::write(&new, &updated).expect("the page can be written");
        std::fs::rename(&new, &path).expect("the page can be replaced");
    } else {
        let missing = updated.lines().find(|line| !page.contains(line));
        assert!(page == updated, "docs/env.md is out of step, for instance here: {missing:?}");
    }
}

/// Every text in the program that looks like the name of a variable stands on the page.
#[test]
#[allow(clippy::disallowed_methods, reason = "the sources are searched")]
fn variables_are_listed() {
    /// What looks like a variable but is none, or is one of the system's that stand on the page together.
    const NONE: &[&str] = &[
        "ARGOCD_",
        "ARGOCD_ENV_",
        "CARGO_MANIFEST_DIR",
        "CARGO_PKG_VERSION",
        "FETCH_HEAD",
        "GIT_REF",
        "KUBE_",
        "OUT_DIR",
        "RUSTOMIZE_",
        "RUSTOMIZE_PAGE",
        "UPDATE_SNAPSHOTS",
    ];
    let page = std::fs::read_to_string(root().join("docs/env.md")).expect("the page");
    let mut missing = Vec::new();
    let mut n_found = 0;
    for path in sources(&root().join("src")) {
        let text = std::fs::read_to_string(&path).expect("a source");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for name in code.split('"').filter(|name| is_variable(name) && !NONE.contains(name)) {
            n_found += 1;
            if !page.contains(&format!("`{name}`")) {
                missing.push(format!("{name} ({})", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "docs/env.md does not name {}", missing.join(", "));
    assert!(n_found > 5, "the search finds nothing");
}

/// `NAME_OF_SOMETHING`, perhaps with a star at its end.
fn is_variable(text: &str) -> bool {
    let name = text.strip_suffix('*').unwrap_or(text);
    name.contains('_')
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

#[allow(clippy::disallowed_methods, reason = "the sources are searched")]
fn sources(directory: &Path) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory).expect("a directory of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            paths.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            paths.push(path);
        }
    }
    paths.put_in_own_order();
    paths
}

fn flags() -> String {
    let mut program = Cli::command().name("rustomize").bin_name("rustomize");
    program.build();
    let inherited: Vec<&Arg> = program.get_arguments().filter(|arg| arg.is_global_set()).collect();
    let mut text = table("Every command", inherited.iter().copied());
    offered(&program).for_each(|command| add(command, "", &inherited, &mut text));
    text
}

fn offered(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help")
}

/// Adds the flags of a command and of its own commands; those that a command inherits stand where they come from.
fn add(command: &Command, parent: &str, inherited: &[&Arg], text: &mut String) {
    let name = format!("{parent}{}", command.get_name());
    let own: Vec<&Arg> = own_flags(command, inherited);
    if !own.is_empty() {
        *text += &table(&format!("`{name}`"), own.iter().copied());
    }
    let global = own.into_iter().filter(|arg| arg.is_global_set());
    let inherited: Vec<&Arg> = inherited.iter().copied().chain(global).collect();
    offered(command).for_each(|inner| add(inner, &format!("{name} "), &inherited, text));
}

fn own_flags<'c>(command: &'c Command, inherited: &[&Arg]) -> Vec<&'c Arg> {
    let is_own = |arg: &&Arg| {
        !arg.is_positional()
            && !inherited.iter().any(|other| other.get_id() == arg.get_id())
            && !matches!(arg.get_action(), ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong)
            && !matches!(arg.get_action(), ArgAction::Version)
    };
    command.get_arguments().filter(is_own).collect()
}

fn table<'a>(heading: &str, flags: impl Iterator<Item = &'a Arg>) -> String {
    let mut text = format!("\n### {heading}\n\n| flag | default | meaning |\n|---|---|---|\n");
    for flag in flags {
        let long = flag.get_long().unwrap_or_default();
        let takes_value = flag.get_action().takes_values() && !is_boolean(flag);
        let value = flag.get_value_names().and_then(|names| names.first()).filter(|_| takes_value);
        let mut name = flag.get_short().map(|short| format!("`-{short}`, ")).unwrap_or_default();
        name += &value.map_or_else(|| format!("`--{long}`"), |value| format!("`--{long} {value}`"));
        let defaults: Vec<String> =
            flag.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
        let default = match defaults.join(",") {
            _ if is_boolean(flag) => "`false`".to_owned(),
            text if text.is_empty() => "none".to_owned(),
            text => format!("`{text}`"),
        };
        let help = flag.get_help().map(ToString::to_string).unwrap_or_default().replace('|', "\\|");
        let values: Vec<String> =
            flag.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
        let values = match values.is_empty() || is_boolean(flag) {
            true => String::new(),
            false => format!(" ({})", values.join(", ")),
        };
        text += &format!("| {name} | {default} | {help}{values} |\n");
    }
    text
}

/// Flags of the reference that are booleans take an optional value here.
fn is_boolean(flag: &Arg) -> bool {
    let is_optional = flag.get_num_args().is_some_and(|range| range.min_values() == 0);
    is_optional || matches!(flag.get_action(), ArgAction::SetTrue | ArgAction::SetFalse)
}
