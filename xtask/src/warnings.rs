//! `cargo xtask warnings`: every warning about the real kustomizations of the shared corpus, against the list of those that
//! were judged.
//!
//! tests/data/warnings/realworld.tsv holds a line for each: verdict (`right` or `wrong`), code, repository, place, message,
//! reason. A new one fails; `--update` adds it as `unjudged`, which fails, too, and drops those that are gone. Of all, 95 of
//! 100 must be right.

use crate::corpora;
use crate::shell::{self, Result};
use rustomize::build::build;
use rustomize::diagnostic::{Code, Diagnostic, show_place};
use rustomize::session::Session;
use std::collections::BTreeMap;
use std::path::Path;

const FILE: &str = "tests/data/warnings/realworld.tsv";
const HEADER: &str = "verdict\tcode\trepository\tplace\tmessage\treason\n";
const UNJUDGED: &str = "unjudged";
/// Of a hundred.
const RIGHT_MIN: usize = 95;

pub fn run(words: &[&str]) -> Result<()> {
    let is_update = match words {
        [] => false,
        ["--update"] => true,
        _ => return Err("usage: cargo xtask warnings [--update]".to_owned()),
    };
    let recorded = read(FILE)?;
    let Some(shared) = corpora::find_shared() else {
        println!("shared corpora not present: warnings not checked (looked at $SHARED and ../shared)");
        return judge(FILE, &recorded);
    };
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    corpora::for_each(&shared, "", &["realworld"], |target| {
        let mut session = Session::for_one_build(&target.files, &target.here);
        let built = build(&mut session, &target.directory, &target.options);
        let warnings = built.map(|built| built.warnings).map_err(|_| format!("{} does not build", target.name))?;
        let repository = target.name.split(' ').nth(1).unwrap_or_default();
        for warning in warnings.iter().filter(|warning| warning.code != Code::DeprecatedField) {
            found.entry(key(warning, repository, &session)).or_insert_with(|| target.name.clone());
        }
        Ok(())
    })?;
    compare(FILE, "warnings", &recorded, &found, is_update)
}

/// Compares what was found, with where, with the list of those that were judged; or writes the list.
pub fn compare(
    file: &str,
    what: &str,
    recorded: &BTreeMap<String, (String, String)>,
    found: &BTreeMap<String, String>,
    is_update: bool,
) -> Result<()> {
    let new: Vec<&String> = found.keys().filter(|key| !recorded.contains_key(*key)).collect();
    let gone: Vec<&String> = recorded.keys().filter(|key| !found.contains_key(*key)).collect();
    for key in &new {
        println!("new  {key} (in {})", found.get(*key).map_or("", String::as_str));
    }
    gone.iter().for_each(|key| println!("gone {key}"));
    println!("{} {what}: {} new, {} gone", found.len(), new.len(), gone.len());
    if is_update {
        let line = |key: &String| {
            let (verdict, reason) = recorded.get(key).cloned().unwrap_or((UNJUDGED.to_owned(), String::new()));
            format!("{verdict}\t{key}\t{reason}\n")
        };
        let text: String = found.keys().map(line).collect();
        shell::write(Path::new(file), format!("{HEADER}{text}"))?;
        println!("wrote {file}");
        return Ok(());
    }
    if !new.is_empty() {
        return Err(format!("{} {what} that nobody has judged; `--update` adds them to {file}", new.len()));
    }
    judge(file, recorded)
}

fn key(warning: &Diagnostic, repository: &str, session: &Session<'_>) -> String {
    let place = warning.labels.first().map(|label| show_place(&session.sources, label.place));
    let place = place.or_else(|| warning.path.clone()).unwrap_or_default();
    format!("{}\t{repository}\t{place}\t{}", warning.code.as_str(), warning.message)
}

/// Reads the list: verdict and reason by all that lies between.
pub fn read(file: &str) -> Result<BTreeMap<String, (String, String)>> {
    let text = shell::read(Path::new(file)).unwrap_or_default();
    let mut lines = BTreeMap::new();
    for line in text.lines().skip(1) {
        let parts: Vec<&str> = line.split('\t').collect();
        let [verdict, code, repository, place, message, reason] = parts.as_slice() else {
            return Err(format!("{file}: not six columns: {line}"));
        };
        let key = format!("{code}\t{repository}\t{place}\t{message}");
        lines.insert(key, ((*verdict).to_owned(), (*reason).to_owned()));
    }
    Ok(lines)
}

pub fn judge(file: &str, lines: &BTreeMap<String, (String, String)>) -> Result<()> {
    let mut n_right = 0;
    for (key, (verdict, reason)) in lines {
        match verdict.as_str() {
            _ if reason.trim().is_empty() => return Err(format!("{file}: no reason: {key}")),
            "right" => n_right += 1,
            "wrong" => {}
            other => return Err(format!("{file}: `{other}` is no verdict: {key}")),
        }
    }
    println!("{n_right} of {} are right", lines.len());
    match n_right * 100 >= lines.len() * RIGHT_MIN && !lines.is_empty() {
        true => Ok(()),
        false => Err(format!("{file}: fewer than {RIGHT_MIN} of 100 are right")),
    }
}
