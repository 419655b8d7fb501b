//! `cargo xtask ratchet`: the shared corpora, run by their own programs, may only get better.
//!
//! tests/ratchet/*.txt names every case that has passed once, one a line, sorted. A recorded case that fails is a
//! failure; new passes are listed and recorded by `--update`. A name leaves the list only by `--forget NAME`. What `explain` and the
//! warnings say of the same corpora, and what `validate` finds there, is checked as well (`explain`, `warnings`, `findings`).

use crate::fleets;
use crate::shell::{self, Result};
use crate::test::RELEASE_BIN;
use crate::{explain, findings, warnings, wasm};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// How many runs of the program at a time.
const JOBS: &str = "2";

struct Corpus {
    name: &'static str,
    /// Reads one entry of the results: the case's name and whether it passed.
    read: fn(&Value) -> Option<(String, bool)>,
}

const CORPORA: [Corpus; 2] = [
    Corpus {
        name: "conformance",
        read: |entry| Some((entry.get("name")?.as_str()?.to_owned(), entry.get("category")?.as_str()? == "exact")),
    },
    Corpus {
        name: "realworld",
        read: |entry| {
            let text = |key: &str| entry.get(key).and_then(Value::as_str);
            let name = format!("{} {} {}", text("kind")?, text("repo")?, text("target")?);
            Some((name, text("outcome")? == "exact"))
        },
    },
];

/// The same through the npm package: what needs programs or a network is not run there.
const PACKAGE: [Corpus; 2] =
    [Corpus { name: "wasm-conformance", ..CORPORA[0] }, Corpus { name: "wasm-realworld", ..CORPORA[1] }];

pub fn run(words: &[&str]) -> Result<()> {
    let mut is_update = false;
    let mut is_page = false;
    let mut forgotten = BTreeSet::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--update" => is_update = true,
            "--page" => is_page = true,
            "--forget" => {
                forgotten.insert((*words.next().ok_or("--forget wants a name")?).to_owned());
            }
            other => return Err(format!("ratchet: unknown argument `{other}`")),
        }
    }
    let Some(shared) = find_shared() else {
        println!("shared corpora not present: ratchet not run (looked at $SHARED and ../shared)");
        let is_ci = std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false");
        return if is_ci { Err("the shared corpora are needed here".to_owned()) } else { Ok(()) };
    };
    println!("corpora: {}", shared.display());
    shell::run("cargo", &["build", "--release", "--locked", "--bin", "rustomize"])?;

    let (mut n_passed, mut n_failed) = (0, 0);
    let mut known = BTreeSet::new();
    let mut rows = String::from("| corpus | pass | fail | skipped |\n|---|---|---|---|\n");
    for corpus in &CORPORA {
        println!("\n== {}", corpus.name);
        let results = corpus.run(&shared)?;
        let (passed, failed) = corpus.compare(&results, &forgotten, is_update, &mut known)?;
        n_passed += passed;
        n_failed += failed;
        rows += &corpus.rows()?;
    }
    println!("\n== the npm package");
    wasm::build(false)?;
    let out = shell::root().join("target/wasm-corpora");
    wasm::corpora(&shared, &out)?;
    for corpus in &PACKAGE {
        let results = corpus.results(&out.join(format!("{}.json", corpus.name)))?;
        let (passed, failed) = corpus.compare(&results, &forgotten, is_update, &mut known)?;
        n_passed += passed;
        n_failed += failed;
    }
    println!("\n== origins of values, warnings, findings");
    // What is checked is the library as it was built for this program.
    let (values, warnings, findings) = (explain::run(&[]), warnings::run(&[]), findings::run(&[]));
    println!("\n== real kustomizations in one process");
    let n_targets = fleets::compare_real(&shared, &shell::root().join(RELEASE_BIN))?;
    println!("{n_targets} targets in one process: the same bytes");
    if is_page {
        write_page(&rows)?;
    }
    if let Some(name) = forgotten.difference(&known).next() {
        return Err(format!("--forget: `{name}` was not recorded"));
    }
    println!("\nrecorded cases: {n_passed} passed, {n_failed} failed");
    values.and(warnings).and(findings)?;
    if n_failed == 0 { Ok(()) } else { Err(format!("{n_failed} cases that passed once fail now")) }
}

/// Writes the figures into the page that shows them.
fn write_page(rows: &str) -> Result<()> {
    const PAGE: &str = "docs/compatibility.md";
    let text = shell::read(Path::new(PAGE))?;
    let (before, rest) = text.split_once("<!-- FIGURES -->\n").ok_or(format!("{PAGE}: no place for figures"))?;
    let (_, after) = rest.split_once("<!-- END -->").ok_or(format!("{PAGE}: no end of the figures"))?;
    shell::write(Path::new(PAGE), format!("{before}<!-- FIGURES -->\n{rows}<!-- END -->{after}"))
}

pub fn find_shared() -> Option<PathBuf> {
    let candidates = [std::env::var_os("SHARED").map(PathBuf::from), Some(shell::root().join("../shared"))];
    candidates.into_iter().flatten().find(|path| path.join("conformance/run.py").is_file())
}

impl Corpus {
    /// Runs the corpus and returns whether each case passed, in the order of the names.
    fn run(&self, shared: &Path) -> Result<Vec<(String, bool)>> {
        let runner = shared.join(self.name).join("run.py");
        let json = shell::root().join(format!("target/ratchet-{}.json", self.name));
        // What an earlier run left must not pass for this one's.
        let _ = std::fs::remove_file(&json);
        let (runner, out) = (runner.to_string_lossy(), json.to_string_lossy());
        let bin = shell::root().join(RELEASE_BIN);
        let bin = bin.to_string_lossy();
        // The runner's status says whether everything passed, which is not asked here: its results are.
        let (_, status) =
            shell::run_and_keep("python3", &[&*runner, "--bin", &*bin, "--jobs", JOBS, "--json", &*out], &[]);
        if !json.is_file() {
            return Err(format!("{}: no results ({status:?})", self.name));
        }
        self.results(&json)
    }

    /// Reads whether each case passed, in the order of the names.
    fn results(&self, json: &Path) -> Result<Vec<(String, bool)>> {
        let out = json.display();
        let value: Value = serde_json::from_str(&shell::read(json)?).map_err(|error| format!("{out}: {error}"))?;
        let entries = value.get("results").and_then(Value::as_array).ok_or(format!("{out}: no `results`"))?;
        let mut results = Vec::new();
        for entry in entries {
            results.push((self.read)(entry).ok_or(format!("{out}: an entry of unknown shape: {entry}"))?);
        }
        results.sort();
        match results.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(format!("{}: two cases are called `{}`", self.name, pair[0].0)),
            None if results.is_empty() => Err(format!("{}: no results", self.name)),
            None => Ok(results),
        }
    }

    /// Returns a table row for each part of the corpus, from the results of the last run.
    fn rows(&self) -> Result<String> {
        let json = shell::root().join(format!("target/ratchet-{}.json", self.name));
        let value: Value = serde_json::from_str(&shell::read(&json)?).map_err(|error| error.to_string())?;
        let mut parts: BTreeMap<String, [usize; 3]> = BTreeMap::new();
        for entry in value.get("results").and_then(Value::as_array).into_iter().flatten() {
            let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
            let part = match self.name {
                "realworld" => format!("real kustomizations: {}s", text("kind")),
                _ => format!("{}: {}", self.name, text("name").split('/').next().unwrap_or_default()),
            };
            let column = match (self.read)(entry) {
                Some((_, true)) => 0,
                _ if text("category").starts_with("skip") => 2,
                _ => 1,
            };
            parts.entry(part).or_default()[column] += 1;
        }
        let row = |(part, [pass, fail, skipped]): (&String, &[usize; 3])| {
            format!("| {part} | {pass} | {fail} | {skipped} |\n")
        };
        Ok(parts.iter().map(row).collect())
    }

    fn compare(
        &self,
        results: &[(String, bool)],
        forgotten: &BTreeSet<String>,
        is_update: bool,
        known: &mut BTreeSet<String>,
    ) -> Result<(usize, usize)> {
        let file = PathBuf::from(format!("tests/ratchet/{}.txt", self.name));
        let recorded = read_names(&file)?;
        known.extend(recorded.iter().cloned());
        let passing: BTreeSet<String> = results.iter().filter(|case| case.1).map(|case| case.0.clone()).collect();
        let wanted: BTreeSet<String> = recorded.difference(forgotten).cloned().collect();
        let lost: Vec<&String> = wanted.difference(&passing).collect();
        let new: Vec<&String> = passing.difference(&recorded).collect();
        for name in &lost {
            println!("LOST {name}");
        }
        for name in &new {
            println!("new  {name}");
        }
        println!(
            "{}: {} of {} cases pass; {} recorded, {} of them lost, {} new",
            self.name,
            passing.len(),
            results.len(),
            wanted.len(),
            lost.len(),
            new.len()
        );
        if is_update || recorded.len() != wanted.len() {
            let new = new.into_iter().filter(|name| is_update && !forgotten.contains(*name)).cloned();
            let names: BTreeSet<String> = wanted.iter().cloned().chain(new).collect();
            let text: String = names.iter().map(|name| format!("{name}\n")).collect();
            shell::write(&file, text)?;
            println!("wrote {} ({} names)", file.display(), names.len());
        }
        Ok((wanted.len() - lost.len(), lost.len()))
    }
}

/// Reads the recorded names; a file out of order is a merge gone wrong.
fn read_names(file: &Path) -> Result<BTreeSet<String>> {
    let text = shell::read(file)?;
    let lines: Vec<&str> = text.lines().collect();
    if let Some(pair) = lines.windows(2).find(|pair| pair[0] >= pair[1]) {
        return Err(format!("{}: `{}` and `{}` are out of order", file.display(), pair[0], pair[1]));
    }
    Ok(lines.into_iter().map(str::to_owned).collect())
}
