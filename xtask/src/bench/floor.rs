//! `cargo xtask bench floor`: what reading, parsing and printing cost when nothing is done in between.
//!
//! One process reads every input file, parses each YAML file once, prints the expected output once from trees, and writes
//! it. The trees of the expected output come from parsing it, which is work of the measurement and not of the floor: the
//! clock of the process stands still meanwhile. Start-up, page faults and system calls are in it, as in a build.

use crate::shell::{self, Result};
use rustomize::limits::Limits;
use rustomize::source::{Sensitivity, Source, Sources};
use rustomize::yaml::emit;
use rustomize::yaml::read;
use rustomize::yaml::tree::Tree;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const USAGE: &str = "usage: cargo xtask bench floor DIR EXPECTED [--without-emit]

Reads and parses the files under DIR, prints EXPECTED from its trees to standard output, and says on standard error what
processor time that took. --without-emit stops before printing: with callgrind, the difference of two runs is the printing.";

/// What a kustomization file may be called.
const KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

pub(super) fn run(words: &[&str]) -> Result<()> {
    let (directory, expected, does_emit) = match words {
        [directory, expected] => (directory, expected, true),
        [directory, expected, "--without-emit"] => (directory, expected, false),
        _ => return Err(USAGE.to_owned()),
    };
    let mut sources = Sources::default();
    let mut paths = Vec::new();
    collect(Path::new(directory), &mut paths)?;
    let mut kept = Vec::new();
    for path in &paths {
        kept.push(read_file(path, &mut sources)?);
    }
    let until_parsed = cpu_time()?;

    let expected_text = shell::read(Path::new(expected))?;
    let source = add(&mut sources, expected, expected_text);
    let trees = parse(&source, false)?;

    let begin = cpu_time()?;
    if does_emit {
        let text = print(&trees)?;
        std::io::stdout().write_all(text.as_bytes()).map_err(|error| format!("standard output: {error}"))?;
        let total = until_parsed + (cpu_time()? - begin);
        let note = if text == source.text { "" } else { " (prints as other bytes)" };
        eprintln!("floor_ns {}{note}", total.as_nanos());
    }
    // What was made is dropped by the end of the process, as in a build.
    std::mem::forget((kept, trees, sources));
    Ok(())
}

/// Reads what a measured run wrote: nanoseconds of processor time.
pub(super) fn parse_result(stderr: &str) -> Option<Duration> {
    let line = stderr.lines().find_map(|line| line.strip_prefix("floor_ns "))?;
    Some(Duration::from_nanos(line.split(' ').next()?.parse().ok()?))
}

/// One input file: trees if it is YAML, its bytes if not.
#[expect(dead_code, reason = "kept so that its memory stays in use, as in a build")]
enum Input {
    Trees(Vec<Tree>),
    Bytes(Vec<u8>),
}

fn read_file(path: &Path, sources: &mut Sources) -> Result<Input> {
    let words = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let bytes = std::fs::read(path).map_err(|error| words(&error))?;
    let name = shell::name(path);
    let is_kustomization = KUSTOMIZATIONS.contains(&name.as_str());
    if !is_kustomization && !name.ends_with(".yaml") && !name.ends_with(".yml") {
        return Ok(Input::Bytes(bytes));
    }
    let text = String::from_utf8(bytes).map_err(|error| words(&error))?;
    let source = add(sources, &path.to_string_lossy(), text);
    Ok(Input::Trees(parse(&source, is_kustomization)?))
}

fn add(sources: &mut Sources, name: &str, text: String) -> Arc<Source> {
    sources.add(name, text, Sensitivity::Yaml, None)
}

fn parse(source: &Arc<Source>, is_kustomization: bool) -> Result<Vec<Tree>> {
    // Generated data is large on purpose.
    let limits = Limits::default();
    let trees = if is_kustomization {
        read::read_first(source, &limits).map(|tree| tree.into_iter().collect())
    } else {
        read::read_documents(source, &limits)
    };
    trees.map_err(|error| format!("{}: {error:?}", source.path))
}

fn print(trees: &[Tree]) -> Result<String> {
    let mut text = String::new();
    for (n, tree) in trees.iter().enumerate() {
        if n > 0 {
            text.push_str("---\n");
        }
        emit::emit(tree, tree.root(), &mut text).map_err(|error| format!("document {n}: {error:?}"))?;
    }
    Ok(text)
}

/// Every file below a directory, sorted by path; the description of a workload is none of its inputs.
pub(super) fn collect(directory: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    for path in shell::entries(directory)? {
        if path.is_dir() {
            collect(&path, paths)?;
        } else if shell::name(&path) != "bench.json" {
            paths.push(path);
        }
    }
    Ok(())
}

#[cfg(unix)]
fn cpu_time() -> Result<Duration> {
    use nix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID);
    time.map(Duration::from).map_err(|error| format!("the clock of the process: {error}"))
}

#[cfg(not(unix))]
fn cpu_time() -> Result<Duration> {
    Err("the floor is measured on Unix only".to_owned())
}
