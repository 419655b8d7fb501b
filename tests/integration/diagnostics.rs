//! docs/diagnostics.md and, for the rules of `validate`, docs/validate.md: every code with its meaning and an example. That the
//! examples say what is shown is checked in `pages`.

use crate::case::difference;
use rustomize::diagnostic::Code;
use rustomize::validate::{Level, rules};
use std::path::{Path, PathBuf};

/// Codes that the command line as it is built here never says.
const NOT_SAID: [&str; 1] = ["remote-unsupported"];

const OUTPUT: &str = "```text\n";

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
fn every_example_is_about_its_code() {
    for name in [DIAGNOSTICS, RULES] {
        let text = std::fs::read_to_string(page(name)).expect("the list of codes");
        for (code, section) in sections(&text).1.into_iter().filter(|(code, _)| !NOT_SAID.contains(code)) {
            let (_, said) = section.split_once(OUTPUT).expect("an example has an output");
            let names_code = said.contains(&format!("[{code}]")) || said.contains(&format!("\"code\":\"{code}\""));
            assert!(names_code, "the example of {code} says something else:\n{said}");
        }
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

fn sentence(about: &str) -> String {
    let mut chars = about.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
