//! `explain`: sessions at the command line, and what must never be in an answer.
//!
//! tests/data/explain/<case>/session.txt holds questions (`$ rustomize explain …`), each with what stands on standard
//! output and standard error; `UPDATE_SNAPSHOTS=1` writes the answers.

use crate::case::entries;
use crate::doors::run_program;
use crate::scripted::ask_again;
use std::path::{Path, PathBuf};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/explain")
}

/// Splits a question as a shell does: single quotes keep blanks together.
pub(crate) fn words(question: &str) -> Vec<String> {
    let (mut words, mut word, mut is_quoted, mut is_begun) = (Vec::new(), String::new(), false, false);
    for c in question.chars() {
        match c {
            '\'' => (is_quoted, is_begun) = (!is_quoted, true),
            ' ' if !is_quoted => {
                if is_begun {
                    words.push(std::mem::take(&mut word));
                }
                is_begun = false;
            }
            c => {
                word.push(c);
                is_begun = true;
            }
        }
    }
    if is_begun {
        words.push(word);
    }
    words
}

fn answer(directory: &Path, question: &str) -> String {
    let words = words(question);
    let output = run_program(directory, &words.iter().map(String::as_str).collect::<Vec<_>>());
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("an answer is UTF-8");
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    let code = output.status.code();
    assert_eq!(code == Some(0), stderr.is_empty(), "{question}: {code:?}\n{stderr}");
    stdout + &stderr
}

#[test]
fn sessions() {
    let mut n_questions = 0;
    for case in entries(&data()) {
        n_questions += ask_again(&case, |question| answer(&case.join("input"), question));
    }
    assert!(n_questions > 40, "only {n_questions} questions");
}

/// Values that stand in Secrets of the input, and what becomes of them.
const SECRETS: [&str; 6] = ["hunter2", "hunter3", "aHVudGVyMw==", "hunter4", "aHVudGVyNA==", "hunter5"];

#[test]
fn values_of_secrets_are_in_no_answer_unless_asked_for() {
    let input = data().join("app/input");
    let list = answer(&input, "explain overlay");
    let mut n_secrets = 0;
    for line in list.lines() {
        let object = line.split(' ').next().expect("an object begins a line");
        for output in ["text", "json"] {
            let whole = answer(&input, &format!("explain -o {output} overlay {object}"));
            let mut answers = vec![whole];
            for field in
                ["data", "data.password", "stringData", "stringData.password", "metadata", "metadata.annotations", ""]
            {
                let question = ["explain", "-o", output, "overlay", object, field];
                let output = run_program(&input, &question);
                answers.push(String::from_utf8_lossy(&output.stdout).into_owned());
                answers.push(String::from_utf8_lossy(&output.stderr).into_owned());
            }
            let leaked = SECRETS.iter().find(|secret| answers.iter().any(|answer| answer.contains(*secret)));
            assert_eq!(leaked, None, "{object}: {}", answers.join("\n"));
        }
        if object.starts_with("Secret/") {
            n_secrets += 1;
            let shown = answer(&input, &format!("explain --show-secrets overlay {object}"));
            assert!(SECRETS.iter().any(|secret| shown.contains(secret)), "{shown}");
        }
    }
    assert!(n_secrets >= 2, "{list}");
}
