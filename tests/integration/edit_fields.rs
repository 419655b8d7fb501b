//! `edit set field` and `edit set image --workload`: trees, commands, and what changes in files and in the output.
//!
//! tests/data/edit/*.txt hold the cases. The first lines are `in DIR` (the layer; without it the whole tree's directory) and
//! commands behind `$`, run one after the other. What is said of a case: each command's words and diff, then the lines that
//! are different in the build of the layer. Every edit must be the same twice, leave nothing behind where it fails, and
//! change the file as its diff says. With `KUSTOMIZE=/path/to/it` the reference builds the edited trees, too, and must print
//! the same bytes.

use crate::disk::Scratch;
use crate::doors::run_program;
use crate::explain::words;
use crate::scripted;
use crate::writing::{Files, read_files};
use std::path::{Path, PathBuf};
use std::process::Command;

fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/edit").join(file)
}

struct Said {
    text: String,
    is_success: bool,
}

fn run(directory: &Path, args: &[&str]) -> Said {
    let output = run_program(directory, args);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 1)), "{args:?}: {code:?}");
    Said { text: text(&output.stderr) + &text(&output.stdout), is_success: code == Some(0) }
}

/// Returns what a layer builds to, and checks it against the reference if there is one.
fn built(directory: &Path) -> Result<String, String> {
    let output = run_program(directory, &["build"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if let Some(reference) = std::env::var_os("KUSTOMIZE") {
        let theirs = Command::new(reference).arg("build").current_dir(directory).output().expect("it can be started");
        assert_eq!(output.status.success(), theirs.status.success(), "{}", directory.display());
        assert_eq!(text, String::from_utf8_lossy(&theirs.stdout), "{}", directory.display());
    }
    if output.status.success() { Ok(text) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

fn changed_lines(old: &str, new: &str) -> String {
    let diff = similar::TextDiff::from_lines(old, new);
    let changes = diff.iter_all_changes().filter(|change| change.tag() != similar::ChangeTag::Equal);
    changes.map(|change| format!("{}{}", change.tag(), change.value())).collect()
}

fn case(topic: &str, number: usize, title: &str, files: &str) -> String {
    let scratch = Scratch::new(&format!("edit-{topic}-{number}"));
    let lines = scripted::write_files(&scratch, files);
    let mut directory = scratch.directory().to_owned();
    let mut said = String::new();
    for line in lines.lines() {
        if let Some(name) = line.strip_prefix("in ") {
            directory = scratch.path(name);
            continue;
        }
        let command = line.strip_prefix("$ ").unwrap_or_else(|| panic!("{title}: what is `{line}`?"));
        let args = words(command);
        let mut args: Vec<&str> = std::iter::once("edit").chain(args.iter().map(String::as_str)).collect();
        let before: Files = read_files(scratch.directory());
        let old = built(&directory);
        // What would be done is what is done.
        args.extend(["--diff", "--dry-run"]);
        let planned = run(&directory, &args);
        assert_eq!(read_files(scratch.directory()), before, "{title}: --dry-run writes");
        args.pop();
        let done = run(&directory, &args);
        assert_eq!(planned.text.replace(" would be set", ""), done.text, "{title}");
        let after = read_files(scratch.directory());
        assert!(done.is_success || after == before, "{title}: something is written in spite of an error");
        said += &format!("$ {command}\n{}", done.text);
        let new = built(&directory);
        if let (Ok(old), Ok(new)) = (&old, &new) {
            let lines = changed_lines(old, new);
            said += &if lines.is_empty() { "output: as before\n".to_owned() } else { format!("output:\n{lines}") };
        }
        if done.is_success {
            args.pop();
            let again = run(&directory, &args);
            assert!(again.is_success, "{title}, again: {}", again.text);
            assert_eq!(read_files(scratch.directory()), after, "{title}: done again it is not the same");
        }
    }
    said
}

fn run_cases(topic: &str, n_min: usize) {
    let run = |number: usize, title: &str, files: &str| case(topic, number, title, files);
    scripted::run_all(&data(&format!("{topic}.txt")), n_min, run);
}

#[test]
fn fields_are_set_where_they_are_written() {
    run_cases("fields", 20);
}

#[test]
fn images_of_one_workload_are_set() {
    run_cases("images", 7);
}

#[test]
fn what_is_not_right_is_said_and_nothing_is_written() {
    run_cases("mistakes", 9);
}
