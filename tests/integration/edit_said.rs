//! What `edit` says: `fix` and what it compares, edits that have no effect or cannot be judged.
//!
//! The cases stand in tests/data/edit: trees, and the command lines (`$`) that are run in them one after the other, in a directory
//! (`in`). What they say and print is shown, with the files that are not what they were before.

use crate::disk::Scratch;
use crate::doors::run_program;
use crate::scripted;
use crate::writing::read_files;
use std::path::Path;

fn run_file(name: &str, n_min: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/edit").join(format!("{name}.txt"));
    scripted::run_all(&path, n_min, |number, title, files| run(name, number, title, files));
}

#[test]
fn a_fix_proves_itself() {
    run_file("fix", 15);
}

#[test]
fn what_has_no_effect_is_told() {
    run_file("effect", 5);
}

/// Runs the lines of a case; returns what each says, and the files that are not what they were.
fn run(name: &str, number: usize, title: &str, files: &str) -> String {
    let scratch = Scratch::new(&format!("said-{name}-{number}"));
    let lines = scripted::write_files(&scratch, files);
    let mut said = String::new();
    let mut directory = ".";
    for line in lines.lines() {
        if let Some(path) = line.strip_prefix("in: ") {
            directory = path;
            continue;
        }
        let args: Vec<&str> =
            line.strip_prefix("$ ").unwrap_or_else(|| panic!("{title}: `{line}`?")).split(' ').collect();
        let before = read_files(scratch.directory());
        let output = run_program(&scratch.path(directory), &args);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        said += &format!("$ {}\n{}{}", args.join(" "), text(&output.stdout), text(&output.stderr));
        said += &format!("exit code {}\n", output.status.code().expect("it ends by itself"));
        for (path, bytes) in read_files(scratch.directory()) {
            if before.get(&path) != Some(&bytes) {
                said += &format!("//- {path}\n{}", text(&bytes));
            }
        }
    }
    said.replace(&*scratch.directory().to_string_lossy(), "ROOT")
}
