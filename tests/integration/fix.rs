//! `edit fix` and what it compares: what is said, what is printed and what is written.
//!
//! The cases stand in tests/data/fix/cases.txt: trees, and the command lines that are run in them one after the other.

use crate::disk::Scratch;
use crate::doors::run_program;
use crate::scripted;
use crate::writing::read_files;
use std::path::Path;

#[test]
fn a_fix_proves_itself() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fix/cases.txt");
    scripted::run_all(&cases, 15, run);
}

/// Runs the lines of a case; returns what each says, and the files that are not what they were.
fn run(number: usize, title: &str, files: &str) -> String {
    let scratch = Scratch::new(&format!("fix-{number}"));
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
