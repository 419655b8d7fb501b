//! `cargo xtask reader`: the YAML reader against the reference's parsers, node by node with style, tag and position, over
//! every file of the corpora, over generated traps, and over files with a few bytes changed.
//!
//! The reference's answers come from the Go program in tests/data/read/oracle. Differences are counted by kind and the
//! first of each kind are shown; what tests/data/read/README.md lists as known is left out.

mod dump;
#[path = "../../tests/integration/second/compare.rs"]
mod second;
mod traps;

use crate::oracle::random::{Random, case_seed};
use crate::shell::{self, Result};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

struct Options {
    n_traps: u64,
    n_mutations: u64,
    seed: u64,
    n_shown: usize,
    n_recorded: usize,
    corpora: Vec<PathBuf>,
}

/// The largest file that is mutated: most of a larger one would never matter.
const MUTATED_BYTES_MAX: usize = 20_000;

pub fn run(words: &[&str]) -> Result<()> {
    let options = options(words)?;
    let oracle = build_oracle()?;
    if options.n_recorded > 0 {
        return record(&oracle, &options);
    }
    let files = corpus(&options.corpora)?;
    let mut n_different = 0;
    n_different += compare(&oracle, "corpora", &files, &options)?;
    let traps: Vec<String> =
        (0..options.n_traps).map(|number| traps::trap(&mut Random::new(case_seed(options.seed, number)))).collect();
    n_different += compare(&oracle, "traps", &traps, &options)?;
    let mut seeds: Vec<&String> = files.iter().filter(|file| file.len() <= MUTATED_BYTES_MAX).collect();
    seeds.extend(traps.iter().take(1000));
    if !seeds.is_empty() {
        let mutated: Vec<String> = (0..options.n_mutations)
            .map(|number| {
                let mut random = Random::new(case_seed(!options.seed, number));
                let seed = seeds.get(random.below(seeds.len())).map_or("", |seed| seed.as_str());
                traps::mutate(seed, &mut random)
            })
            .collect();
        n_different += compare(&oracle, "mutations", &mutated, &options)?;
    }
    if n_different > 0 { Err(format!("{n_different} texts are read differently")) } else { Ok(()) }
}

fn options(words: &[&str]) -> Result<Options> {
    let mut options = Options {
        n_traps: 20_000,
        n_mutations: 20_000,
        seed: 1,
        n_shown: 5,
        n_recorded: 0,
        corpora: vec![PathBuf::from("tests/cases")],
    };
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        let value = *words.next().ok_or(format!("`{word}` needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("`{value}` is no number"));
        match word {
            "--traps" => options.n_traps = number()?,
            "--mutations" => options.n_mutations = number()?,
            "--seed" => options.seed = number()?,
            "--show" => options.n_shown = number()? as usize,
            "--record" => options.n_recorded = number()? as usize,
            "--corpus" => options.corpora.push(PathBuf::from(value)),
            _ => return Err(format!("reader: unknown argument `{word}`")),
        }
    }
    Ok(options)
}

fn build_oracle() -> Result<PathBuf> {
    let program = shell::root().join("target/reader-oracle");
    let directory = shell::root().join("tests/data/read/oracle");
    let output = program.to_string_lossy().into_owned();
    println!("$ go build -o {output} .");
    let status = Command::new("go").args(["build", "-o", &output, "."]).current_dir(directory).status();
    match status {
        Ok(status) if status.success() => Ok(program),
        Ok(status) => Err(format!("`go build` failed: {status}")),
        Err(error) => Err(format!("cannot run `go`: {error}")),
    }
}

/// Reads every YAML and JSON file below some directories.
fn corpus(directories: &[PathBuf]) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for directory in directories {
        walk(directory, &mut files)?;
    }
    Ok(files)
}

fn walk(directory: &Path, files: &mut Vec<String>) -> Result<()> {
    for path in shell::entries(directory)? {
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|end| ["yaml", "yml", "json"].iter().any(|known| end == *known))
            && let Ok(bytes) = std::fs::read(&path)
            && let Ok(text) = String::from_utf8(bytes)
        {
            files.push(text);
        }
    }
    Ok(())
}

/// Compares both ways of reading for all texts, and returns how many differ.
fn compare(oracle: &Path, name: &str, texts: &[String], options: &Options) -> Result<usize> {
    let documents = ask(oracle, "documents", texts)?;
    let first = ask(oracle, "first", texts)?;
    let mut kinds: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    let (mut n_accepted, mut n_refused) = (0, 0);
    for (text, (documents, first)) in texts.iter().zip(documents.iter().zip(&first)) {
        match documents {
            Some(_) => n_accepted += 1,
            None => n_refused += 1,
        }
        if let Some(kind) = dump::difference(text, documents.as_deref()) {
            kinds.entry(kind).or_default().push(text);
        }
        if let Some(kind) = dump::first_difference(text, first.is_some()) {
            kinds.entry(kind).or_default().push(text);
        }
    }
    println!("{name}: {} texts, {n_accepted} accepted and {n_refused} refused by the reference", texts.len());
    let mut verdicts: BTreeMap<second::Verdict, usize> = BTreeMap::new();
    for text in texts {
        *verdicts.entry(second::compare(text)).or_default() += 1;
    }
    println!("  yaml-rust2: {verdicts:?}");
    for (kind, texts) in &mut kinds {
        println!("  {kind}: {}", texts.len());
        texts.sort_by_key(|text| text.len());
        for text in texts.iter().take(options.n_shown) {
            println!("    {}", dump::shown(text));
        }
    }
    Ok(kinds.values().map(Vec::len).sum())
}

/// Writes short traps with the reference's answers into the table that the tests read: as many accepted as refused ones.
fn record(oracle: &Path, options: &Options) -> Result<()> {
    const BYTES_MAX: usize = 60;
    let mut texts: Vec<String> = (0..options.n_traps)
        .map(|number| traps::trap(&mut Random::new(case_seed(options.seed, number))))
        .filter(|text| text.len() <= BYTES_MAX)
        .collect();
    texts.sort();
    texts.dedup();
    // Sorted texts begin alike; a step through them finds others.
    let rows = ask(oracle, "documents", &texts)?;
    let mut table = String::new();
    for is_accepted in [true, false] {
        let all: Vec<_> = texts.iter().zip(&rows).filter(|(_, rows)| rows.is_some() == is_accepted).collect();
        let step = (all.len() / (options.n_recorded / 2).max(1)).max(1);
        for (text, rows) in all.into_iter().step_by(step).take(options.n_recorded / 2) {
            if dump::difference(text, rows.as_deref()).is_some() || dump::is_known(text) {
                continue;
            }
            table += &format!("= {}\n", serde_json::to_string(text).map_err(|error| error.to_string())?);
            match rows {
                None => table += "!\n",
                Some(rows) => rows.iter().for_each(|row| {
                    table += &dump::without_unsure_position(text, row);
                    table.push('\n');
                }),
            }
        }
    }
    shell::write(Path::new("tests/data/read/traps.txt"), table)
}

/// The rows that the oracle makes of each text; nothing for a text that it refuses.
fn ask(oracle: &Path, command: &str, texts: &[String]) -> Result<Vec<Option<Vec<String>>>> {
    let spawned = Command::new(oracle).arg(command).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = spawned.map_err(|error| format!("cannot run the oracle: {error}"))?;
    let stdin = child.stdin.take().ok_or("no standard input")?;
    let stdout = child.stdout.take().ok_or("no standard output")?;
    let rows = std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut stdin = std::io::BufWriter::new(stdin);
            for text in texts {
                let line = serde_json::to_string(text).unwrap_or_default();
                if writeln!(stdin, "{line}").is_err() {
                    break;
                }
            }
        });
        BufReader::new(stdout)
            .lines()
            .map(|line| serde_json::from_str(&line.map_err(|error| error.to_string())?).map_err(|e| e.to_string()))
            .collect::<Result<Vec<Option<Vec<String>>>>>()
    })?;
    child.wait().map_err(|error| error.to_string())?;
    if rows.len() == texts.len() { Ok(rows) } else { Err(format!("{} answers to {} texts", rows.len(), texts.len())) }
}
