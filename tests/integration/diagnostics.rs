//! docs/diagnostics.md and, for the rules of `validate`, docs/validate.md: every code with its meaning and an example that is
//! run.
//!
//! The pages hold the examples' files; what the program says about them is compared, or written with `UPDATE_SNAPSHOTS=1`.

use crate::case::{difference, updates_snapshots};
use crate::disk::Scratch;
use crate::doors::run_program_with;
use rustomize::diagnostic::Code;
use rustomize::validate::{Level, rules};
use std::path::{Path, PathBuf};

/// Codes that the command line as it is built here never says.
const NOT_SAID: [&str; 1] = ["remote-unsupported"];

const OUTPUT: &str = "```text\n";
const END: &str = "```\n";

const DIAGNOSTICS: &str = "docs/diagnostics.md";
const RULES: &str = "docs/validate.md";

fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Splits the page at the headings of codes: what comes before, then code and section.
fn sections(page: &str) -> (&str, Vec<(&str, &str)>) {
    let mut parts = page.split("\n### `");
    let head = parts.next().unwrap_or_default();
    (head, parts.filter_map(|part| part.split_once("`\n")).collect())
}

#[test]
fn every_code_is_documented_in_order() {
    for name in [DIAGNOSTICS, RULES] {
        is_documented_in_order(name);
    }
}

fn is_documented_in_order(name: &str) {
    let text = std::fs::read_to_string(page(name)).expect("the list of codes");
    let (_, sections) = sections(&text);
    let listed: Vec<String> = sections
        .iter()
        .map(|(code, section)| format!("{code}: {}", section.trim_start().lines().next().unwrap_or_default()))
        .collect();
    let wanted: Vec<String> = Code::ALL
        .iter()
        .filter(|code| rules::is_rule(**code) == (name == RULES))
        .map(|code| format!("{code}: {}", sentence(code.about())))
        .collect();
    assert!(listed == wanted, "{name}:\n{}", difference(&wanted.join("\n"), &listed.join("\n")));
}

#[test]
fn every_example_says_what_the_page_shows() {
    for name in [DIAGNOSTICS, RULES] {
        says_what_the_page_shows(name);
    }
}

/// The table of rules on the page is the one of the code.
#[test]
fn the_table_of_rules_is_the_one_of_the_code() {
    let text = std::fs::read_to_string(page(RULES)).expect("the page of rules");
    let row = |&(code, level): &(Code, Level)| {
        let level = match level {
            Level::Fail => "error",
            Level::Warn => "warning",
            Level::Off => "off",
        };
        format!("| [`{code}`](#{code}) | {level} | {} |\n", code.about())
    };
    let table: String = rules::RULES.iter().map(row).collect();
    assert!(text.contains(&table), "docs/validate.md lacks this table:\n{table}");
}

fn says_what_the_page_shows(name: &str) {
    let text = std::fs::read_to_string(page(name)).expect("the list of codes");
    let (head, sections) = sections(&text);
    let mut updated = head.to_owned();
    for (code, section) in &sections {
        if NOT_SAID.contains(code) {
            updated += &format!("\n### `{code}`\n{section}");
            continue;
        }
        let said = run(code, section);
        let names_code = said.contains(&format!("[{code}]")) || said.contains(&format!("\"code\":\"{code}\""));
        assert!(names_code, "the example of {code} says something else:\n{said}");
        let (before, rest) = section.split_once(OUTPUT).expect("an example has an output");
        let (_, after) = rest.split_once(END).expect("an output ends");
        updated += &format!("\n### `{code}`\n{before}{OUTPUT}{said}{END}{after}");
    }
    if updates_snapshots() {
        std::fs::write(page(name), &updated).expect("the page can be written");
    }
    assert!(updates_snapshots() || updated == text, "{name}:\n{}", difference(&text, &updated));
}

/// Writes the files of an example and runs its command; returns what it says.
fn run(code: &str, section: &str) -> String {
    let scratch = Scratch::new(&format!("diagnostics-{code}"));
    let mut command = None;
    let mut before = "";
    for part in section.split_inclusive("```") {
        // Texts and blocks alternate: a block is known by the line before it.
        if let Some(content) = part.strip_prefix("yaml\n") {
            let content = content.strip_suffix("```").expect("a file ends");
            let (name, is_latin1) = match before.strip_suffix(" (latin1):") {
                Some(name) => (name, true),
                None => (before.trim_end_matches(':'), false),
            };
            let bytes = match is_latin1 {
                true => content.chars().map(|c| c as u8).collect(),
                false => content.as_bytes().to_vec(),
            };
            scratch.write_bytes(name.trim_matches('`'), &bytes);
        } else if part.starts_with("text\n") {
            command = command.or(Some(before));
        } else {
            before = part.trim_end_matches("```").trim_end().rsplit('\n').next().unwrap_or_default();
        }
    }
    let command = command.expect("an example has a command").trim_matches(['`', ':']);
    let (variables, command) = match command.split_once(" rustomize ") {
        Some((variables, command)) => (variables, command),
        None => ("", command.split_once(' ').expect("a command has arguments").1),
    };
    let variables: Vec<(&str, &str)> = variables.split(' ').filter_map(|variable| variable.split_once('=')).collect();
    let args: Vec<&str> = command.split(' ').collect();
    String::from_utf8_lossy(&run_program_with(&scratch.path("."), &args, &variables).stderr).into_owned()
}

fn sentence(about: &str) -> String {
    let mut chars = about.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
