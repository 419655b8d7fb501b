//! Cases in one file: trees with scripts in the place of programs, and what is said of each.
//!
//! A case begins with `==== title`, then come lines for the test, files (`//- name`) and, behind `==== said`, what is
//! expected. Titles of what fails begin with `fails: code`; nothing is expected of them but that code.

use crate::case::{difference, updates_snapshots};
use crate::disk::Scratch;
use crate::doors::program;
use std::path::Path;

const CASE: &str = "\n==== ";
const SAID: &str = "\n==== said\n";

/// Runs all cases of a file; `run` gets number, title, lines and files.
pub(crate) fn run_all(path: &Path, n_min: usize, run: impl Fn(usize, &str, &str) -> String) {
    let text = std::fs::read_to_string(path).expect("the cases");
    let mut parts = text.split(SAID);
    let first = parts.next().expect("there is a first case");
    let (head, mut input) = first.split_once(CASE).expect("a case begins");
    let mut updated = head.to_owned();
    let mut n_cases = 0;
    for part in parts {
        let (_, next) = part.split_once(CASE.trim_start()).unwrap_or((part, ""));
        let (title, files) = input.split_once('\n').expect("a case has a title");
        updated += &format!("{CASE}{input}{SAID}{}", run(n_cases, title, files));
        updated = updated.trim_end_matches('\n').to_owned();
        (input, n_cases) = (next, n_cases + 1);
    }
    updated += "\n";
    assert!(n_cases > n_min, "the cases are read");
    if updates_snapshots() {
        std::fs::write(path, &updated).expect("the cases can be written");
    }
    assert!(updates_snapshots() || updated == text, "{}", difference(&text, &updated));
}

/// Writes the files of a case and returns the lines before them.
pub(crate) fn write_files<'f>(scratch: &Scratch, files: &'f str) -> &'f str {
    let (first, rest) = files.split_once("//- ").expect("a case has files");
    for file in rest.split("\n//- ") {
        let (name, content) = file.split_once('\n').unwrap_or((file, ""));
        match name.split_once(" -> ") {
            Some((name, to)) => scratch.link(name, to),
            None => scratch.write(name, &format!("{content}\n")),
        };
        if content.starts_with("#!") {
            make_executable(&scratch.path(name));
        }
    }
    first
}

pub(crate) fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("our own file");
}

/// Returns whether the reference stands in for the program.
pub(crate) fn is_reference() -> bool {
    program().file_name().is_some_and(|name| name == "kustomize")
}

/// What a command of the program stands behind in a session.
const PROMPT: &str = "$ rustomize ";

/// Asks the questions of a session (`session.txt` of a case) again, compares, and returns how many there are.
pub(crate) fn ask_again(case: &Path, answer: impl Fn(&str) -> String) -> usize {
    let file = case.join("session.txt");
    let expected = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let questions: Vec<&str> = expected.lines().filter_map(|line| line.strip_prefix(PROMPT)).collect();
    let answers = questions.iter().map(|question| format!("{PROMPT}{question}\n{}", answer(question)));
    let actual = answers.collect::<Vec<_>>().join("\n");
    if updates_snapshots() {
        std::fs::write(&file, &actual).expect("a session can be written");
    } else {
        assert!(actual == expected, "{}:\n{}", case.display(), difference(&expected, &actual));
    }
    questions.len()
}
