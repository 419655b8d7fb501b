//! `cargo xtask bless-oracle`: the expectations of tests/cases, written or checked with the reference program.
//!
//! Only `expected.yaml` and `expected/` come from here. Our own words (`expected.err`, `expected.stderr`) are snapshots that
//! `UPDATE_SNAPSHOTS=1 cargo test --test integration` writes.

use crate::shell::{self, Result};
use crate::test::Counts;
use crate::tools;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use writing::Files;

mod writing;

pub fn bless(words: &[&str]) -> Result<()> {
    let is_check = words.contains(&"--check");
    let filter = words.iter().find(|word| !word.starts_with("--")).copied().unwrap_or("");
    if is_check {
        let (counts, result) = check(filter);
        println!("{} passed, {} failed", counts.passed, counts.failed);
        return result;
    }
    visit(filter, |case, answer| {
        let expected = case.join("expected.yaml");
        match answer {
            // A case of a failure has a snapshot of our words instead.
            Answer::Agreed | Answer::Failed => {}
            Answer::Built(bytes) => {
                if std::fs::read(&expected).ok().as_ref() != Some(&bytes) {
                    shell::write(&expected, &bytes)?;
                    println!("wrote {}", expected.display());
                }
            }
            Answer::Edited(files) => same_data(case, &files)?,
            Answer::Wrote(files) => {
                let expected = case.join("expected");
                if writing::read(&expected)? != files {
                    writing::replace(&expected, &files)?;
                    println!("wrote {}", expected.display());
                }
            }
        }
        Ok(())
    })
    .1
}

/// Compares every recorded expectation with what the reference answers now.
pub fn check(filter: &str) -> (Counts, Result<()>) {
    visit(filter, |case, answer| {
        if let Answer::Edited(files) = &answer {
            return same_data(case, files);
        }
        if let Answer::Wrote(files) = &answer {
            let is_same = writing::read(&case.join("expected"))? == *files;
            return if is_same { Ok(()) } else { Err("expected/ is not what the reference writes".to_owned()) };
        }
        let expected = std::fs::read(case.join("expected.yaml"));
        match (answer, expected) {
            (Answer::Agreed | Answer::Wrote(_) | Answer::Edited(_), _) | (Answer::Failed, Err(_)) => Ok(()),
            (Answer::Built(bytes), Ok(expected)) if bytes == expected => Ok(()),
            (Answer::Built(_), Ok(_)) => Err("expected.yaml is not what the reference prints".to_owned()),
            (Answer::Built(_), Err(_)) => Err("no expected.yaml".to_owned()),
            (Answer::Failed, Ok(_)) => Err("the reference fails, expected.yaml says otherwise".to_owned()),
        }
    })
}

enum Answer {
    /// The outcome is another one than ours on purpose, or was not asked for, and the case says why.
    Agreed,
    Built(Vec<u8>),
    /// The files that are new or changed.
    Wrote(Files),
    /// The same of `edit`, which leaves another text here.
    Edited(Files),
    Failed,
}

/// Compares what an edit left with what the reference leaves: the data of kustomization files, the bytes of others.
fn same_data(case: &Path, theirs: &Files) -> Result<()> {
    let ours = writing::read(&case.join("expected"))?;
    for (path, theirs) in theirs {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
        let ours = ours.get(path).ok_or_else(|| format!("expected/ lacks {}", path.display()))?;
        let data = |bytes: &[u8]| crate::edit_oracle::data(&String::from_utf8_lossy(bytes));
        let is_kustomization = ["kustomization.yaml", "kustomization.yml", "Kustomization"].contains(&name);
        if (is_kustomization && data(ours) != data(theirs)) || (!is_kustomization && ours != theirs) {
            return Err(format!("{}: the reference leaves other data", path.display()));
        }
    }
    match ours.keys().find(|path| !theirs.contains_key(*path)) {
        Some(path) => Err(format!("{}: the reference does not touch it", path.display())),
        None => Ok(()),
    }
}

fn visit(filter: &str, mut judge: impl FnMut(&Path, Answer) -> Result<()>) -> (Counts, Result<()>) {
    let mut counts = Counts::default();
    let mut one = |case: &Path, kustomize: &Path| answer(case, kustomize).and_then(|answer| judge(case, answer));
    let found = tools::kustomize().and_then(|kustomize| Ok((kustomize, find(filter)?)));
    let (kustomize, cases) = match found {
        Ok(found) => found,
        Err(message) => return (counts, Err(message)),
    };
    for case in cases {
        match one(&case, &kustomize) {
            Ok(()) => counts.passed += 1,
            Err(message) => {
                counts.failed += 1;
                println!("{}: {message}", case.display());
            }
        }
    }
    let result = match counts {
        Counts { failed: 0, passed: 0 } => Err("no case selected".to_owned()),
        Counts { failed: 0, .. } => Ok(()),
        Counts { failed, .. } => Err(format!("{failed} cases disagree with the reference")),
    };
    (counts, result)
}

fn find(filter: &str) -> Result<Vec<PathBuf>> {
    let mut cases = Vec::new();
    for topic in shell::entries(Path::new("tests/cases"))? {
        cases.extend(shell::entries(&topic)?);
    }
    cases.retain(|case| case.to_string_lossy().contains(filter));
    Ok(cases)
}

fn answer(case: &Path, kustomize: &Path) -> Result<Answer> {
    if case.join("reference-not-run").exists() {
        return Ok(Answer::Agreed);
    }
    let is_error_case = case.join("expected.err").exists();
    let reason = case.join("reference-differs");
    let name = std::fs::read_to_string(case.join("command")).unwrap_or_else(|_| "build".to_owned());
    let name = name.trim();
    // What writes files does so in a copy.
    let copy = if name == "build" { None } else { Some(writing::Copy::of(&case.join("input"))?) };
    let directory = copy.as_ref().map_or_else(|| case.join("input"), |copy| copy.directory().to_owned());
    let mut command = Command::new(kustomize);
    command.arg(name).current_dir(directory).stdin(Stdio::null());
    if let Ok(args) = std::fs::read_to_string(case.join("args")) {
        command.args(args.lines());
    }
    let output = command.output().map_err(|error| format!("cannot run the reference: {error}"))?;
    match (output.status.success(), is_error_case) {
        (true, false) => Ok(match copy {
            Some(copy) if name == "edit" => Answer::Edited(copy.changes()?),
            Some(copy) => Answer::Wrote(copy.changes()?),
            None => Answer::Built(output.stdout),
        }),
        (false, true) if reason.exists() => {
            Err("the reference fails as well: `reference-differs` is out of date".to_owned())
        }
        (false, true) => Ok(Answer::Failed),
        (true, true) if reason.exists() => Ok(Answer::Agreed),
        (true, true) => Err("the reference builds this; say in a file `reference-differs` why we do not".to_owned()),
        (false, false) if reason.exists() => Ok(Answer::Agreed),
        (false, false) => Err(format!("the reference fails: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}
