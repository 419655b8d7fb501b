//! `cargo xtask instructions`: how many instructions a few builds take, against what was recorded.
//!
//! A count, unlike a time, is the same on a busy machine. tests/data/instructions.tsv holds the counts and what they were
//! made with; with another compiler, system library or valgrind the two cannot be compared, and this says so.

use crate::bench;
use crate::shell::{self, Result};
use crate::test::RELEASE_BIN;
use crate::valgrind::{self, Count};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const RECORD: &str = "tests/data/instructions.tsv";
/// More than this above the record is a regression.
const ALLOWED_PERCENT: u64 = 3;
/// Small enough for seconds under valgrind, large enough that each field's work shows.
const WORKLOADS: [&str; 11] = [
    "tiny",
    "team",
    "wide-100",
    "deep-10",
    "fleet-1",
    "replace-50",
    "names-50",
    "crd-4",
    "patches-10",
    "bigmap-2",
    "components-10",
];

pub fn run(words: &[&str]) -> Result<()> {
    let (mut is_update, mut bin) = (false, None);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--update" => is_update = true,
            "--bin" => bin = Some(PathBuf::from(words.next().ok_or("--bin wants a program")?)),
            other => return Err(format!("instructions: unknown argument `{other}`")),
        }
    }
    let Some(valgrind) = valgrind::version() else {
        println!("valgrind is not here: instructions NOT counted");
        return Ok(());
    };
    if bin.is_none() {
        shell::run("cargo", &["build", "--release", "--locked", "--bin", "rustomize"])?;
    }
    let bin = bin.unwrap_or_else(|| shell::root().join(RELEASE_BIN));
    let made_with = toolchain(&valgrind)?;
    let recorded = Record::parse(&shell::read(Path::new(RECORD)).unwrap_or_default());
    let mut counted = Record { made_with, counts: BTreeMap::new() };
    let store = shell::root().join("target/instructions");
    for name in WORKLOADS {
        let root = store.join(name);
        let _ = std::fs::remove_dir_all(&root);
        bench::generate(name, &root)?;
        let workload = bench::workloads::generate(name).ok_or(format!("no workload is called `{name}`"))?;
        let target = root.join(workload.targets.first().ok_or(format!("{name}: no target"))?);
        let n = valgrind::count(Count::Instructions, &bin, &[target])?;
        println!("{}", line(name, n, recorded.counts.get(name).copied()));
        counted.counts.insert(name.to_owned(), n);
    }
    if is_update {
        shell::write(Path::new(RECORD), counted.print())?;
        println!("wrote {RECORD}");
        return Ok(());
    }
    if counted.made_with != recorded.made_with {
        println!("made with {}", counted.made_with);
        println!("recorded with {}", recorded.made_with);
        println!("NOT compared: another toolchain counts otherwise; `cargo xtask instructions --update` records anew");
        return Ok(());
    }
    let faults = counted.faults(&recorded);
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
}

/// What a count depends on beside the program's own text.
fn toolchain(valgrind: &str) -> Result<String> {
    let rustc = shell::output("rustc", &["--version", "--verbose"])?;
    let field =
        |key: &str| rustc.lines().find_map(|line| line.strip_prefix(key)).unwrap_or("unknown").trim().to_owned();
    let libc = shell::output("getconf", &["GNU_LIBC_VERSION"]).unwrap_or_else(|_| "unknown libc".to_owned());
    // The system library chooses its routines by what the processor can do.
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let has_avx2 = cpu.split_whitespace().any(|flag| flag == "avx2");
    let profile: Vec<String> = std::env::vars()
        .filter(|(name, _)| name.starts_with("CARGO_PROFILE_RELEASE") || name == "RUSTFLAGS")
        .map(|(name, value)| format!(", {name}={value}"))
        .collect();
    Ok(format!(
        "rustc {} {}, {}, {valgrind}{}{}",
        field("release:"),
        field("host:"),
        libc.trim(),
        if has_avx2 { ", avx2" } else { "" },
        profile.concat()
    ))
}

fn line(name: &str, n: u64, recorded: Option<u64>) -> String {
    match recorded {
        Some(before) => format!("{name:<14} {n:>12}  recorded {before:>12}  {:+.2} %", change(n, before) * 100.0),
        None => format!("{name:<14} {n:>12}  not recorded"),
    }
}

fn change(n: u64, before: u64) -> f64 {
    n as f64 / before.max(1) as f64 - 1.0
}

#[derive(Debug, PartialEq)]
struct Record {
    made_with: String,
    counts: BTreeMap<String, u64>,
}

impl Record {
    fn parse(text: &str) -> Record {
        let mut lines = text.lines();
        let made_with = lines.next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default().to_owned();
        let counts = lines.filter_map(|line| {
            let (name, n) = line.split_once('\t')?;
            Some((name.to_owned(), n.parse().ok()?))
        });
        Record { made_with, counts: counts.collect() }
    }

    fn print(&self) -> String {
        let rows: String = self.counts.iter().map(|(name, n)| format!("{name}\t{n}\n")).collect();
        format!("# {}\n{rows}", self.made_with)
    }

    /// What is wrong with these counts: a regression, or a workload that only one side knows.
    fn faults(&self, recorded: &Record) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, n) in &self.counts {
            match recorded.counts.get(name) {
                None => faults.push(format!("{name} is not recorded: --update")),
                Some(before) if n * 100 > before * (100 + ALLOWED_PERCENT) => {
                    faults
                        .push(format!("{name}: {:.2} % more instructions than recorded", change(*n, *before) * 100.0));
                }
                Some(before) if n * 100 < before * (100 - ALLOWED_PERCENT) => {
                    println!("{name}: better; record it with --update")
                }
                Some(_) => {}
            }
        }
        let lost = recorded.counts.keys().filter(|name| !self.counts.contains_key(*name));
        faults.extend(lost.map(|name| format!("{name} is recorded and was not counted")));
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(counts: &[(&str, u64)]) -> Record {
        let counts = counts.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect();
        Record { made_with: "rustc 1".to_owned(), counts }
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let made = record(&[("tiny", 2_320_000), ("wide-100", 22_000_000)]);
        assert_eq!(Record::parse(&made.print()), made);
    }

    #[test]
    fn only_more_than_three_percent_and_missing_rows_are_faults() {
        let before = record(&[("a", 1000), ("b", 1000), ("c", 1000)]);
        assert_eq!(record(&[("a", 1030), ("b", 1000), ("c", 500)]).faults(&before), Vec::<String>::new());
        assert_eq!(record(&[("a", 1031), ("b", 1000), ("c", 1000)]).faults(&before).len(), 1);
        assert_eq!(record(&[("a", 1000), ("b", 1000), ("d", 1)]).faults(&before).len(), 2);
    }
}
