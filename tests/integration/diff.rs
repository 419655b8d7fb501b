//! `diff` and `matrix`: sessions at the command line, what is equal by rule, and whole trees in git.
//!
//! tests/data/diff/<case>/session.txt holds questions (`$ rustomize diff …`), each with what stands on standard output and
//! standard error and, in parentheses, the exit code, if it is not 0; `UPDATE_SNAPSHOTS=1` writes the answers. The questions
//! of docs/diff.md are among them.

use crate::case::{difference, entries, file_name, updates_snapshots};
use crate::doors::run_program;
use crate::explain::words;
use std::path::{Path, PathBuf};

const PROMPT: &str = "$ rustomize ";

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/diff")
}

fn answer(directory: &Path, question: &str) -> String {
    let words = words(question);
    let output = run_program(directory, &words.iter().map(String::as_str).collect::<Vec<_>>());
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("an answer is UTF-8");
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    let code = output.status.code().unwrap_or_else(|| panic!("{question}: {}", output.status));
    let ended = if code == 0 { String::new() } else { format!("(exit code {code})\n") };
    stdout + &stderr + &ended
}

#[test]
fn sessions() {
    let mut n_questions = 0;
    for case in entries(&data()) {
        let file = case.join("session.txt");
        let expected = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut actual = String::new();
        for question in expected.lines().filter_map(|line| line.strip_prefix(PROMPT)) {
            if !actual.is_empty() {
                actual.push('\n');
            }
            actual += &format!("{PROMPT}{question}\n{}", answer(&case, question));
            n_questions += 1;
        }
        if updates_snapshots() {
            std::fs::write(&file, &actual).expect("a session can be written");
        } else {
            assert!(actual == expected, "{}:\n{}", file_name(&case), difference(&expected, &actual));
        }
    }
    assert!(n_questions > 20, "only {n_questions} questions");
}
