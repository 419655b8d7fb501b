//! `validate`: sessions at the command line, what comes near to a rule and is right, and documents other programs read.
//!
//! See tests/data/validate/README.md.

use crate::case::entries;
use crate::doors::run_program;
use crate::scripted::ask_again;
use rustomize::diagnostic::Code;
use rustomize::validate::rules::RULES;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/validate")
}

fn run(directory: &Path, question: &str) -> (Option<i32>, String, String) {
    let words: Vec<&str> = question.split(' ').collect();
    let output = run_program(directory, &words);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("an answer is UTF-8");
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn sessions() {
    let mut n_questions = 0;
    for case in entries(&data()).iter().filter(|case| case.is_dir()) {
        n_questions += ask_again(case, |question| {
            let (code, stdout, stderr) = run(&case.join("input"), question);
            let code = code.map_or("killed".to_owned(), |code| code.to_string());
            format!("[{code}]\n{stdout}{stderr}")
        });
    }
    assert!(n_questions > 12, "only {n_questions} questions");
}

#[test]
fn what_comes_near_to_a_rule_and_is_right_is_not_told() {
    let input = data().join("clean/input");
    let listed = std::fs::read_to_string(input.join("kustomization.yaml")).expect("a kustomization");
    for (code, _) in RULES {
        assert!(listed.contains(&format!("- {code}.yaml\n")), "nothing comes near to {code}");
        assert!(input.join(format!("{code}.yaml")).is_file(), "{code}.yaml");
    }
    let mut words = vec!["validate".to_owned(), ".".to_owned()];
    words.extend(RULES.iter().flat_map(|(code, _)| ["--deny".to_owned(), code.to_string()]));
    let (code, _, stderr) = run(&input, &words.join(" "));
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
}

/// Values that stand in Secrets of the input.
const SECRETS: [&str; 3] = ["hunter2", "encrypted-password", "aHVudGVyMg"];

#[test]
fn values_of_secrets_are_in_no_answer() {
    for (case, target) in [("flags", "."), ("overlay", "shared")] {
        for output in ["text", "json", "sarif", "junit"] {
            let question = format!("validate --strict -o {output} {target}");
            let (_, stdout, stderr) = run(&data().join(case).join("input"), &question);
            let leaked = SECRETS.iter().find(|secret| stdout.contains(*secret) || stderr.contains(*secret));
            assert_eq!(leaked, None, "{case} {output}\n{stdout}{stderr}");
        }
    }
}

#[test]
fn documents_are_what_their_readers_want() {
    let input = data().join("flags/input");
    let json: Value = serde_json::from_str(&run(&input, "validate -o json .").1).expect("JSON");
    assert_eq!(json["version"], 1);
    let findings = json["targets"][0]["findings"].as_array().expect("findings");
    assert!(findings.len() > 3, "{json}");
    let sarif: Value = serde_json::from_str(&run(&input, "validate -o sarif .").1).expect("JSON");
    assert_eq!(sarif["version"], "2.1.0");
    let run_of = &sarif["runs"][0];
    let rules = run_of["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run_of["results"].as_array().expect("results");
    assert_eq!(results.len(), findings.len());
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(Code::ALL.iter().any(|code| code.as_str() == result["ruleId"]));
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "objects.yaml");
        assert!(place["region"]["startLine"].as_u64().is_some_and(|line| line > 0));
    }
}
