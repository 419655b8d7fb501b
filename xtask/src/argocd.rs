//! `cargo xtask argocd`: the plugin beside Argo CD's own server, client and repo-server (tests/argocd), and what is written
//! about that.
//!
//! The rig is a Go program that depends on Argo CD's module. Its first build takes minutes and fetches some 240 MB; the
//! program is kept in target/argocd and built again when its sources change.

use crate::shell::{self, Result};
use crate::test::{Counts, RELEASE_BIN};
use crate::tools;
use std::path::{Path, PathBuf};

mod manifests;

const SOURCES: &str = "tests/argocd";
const RIG: &str = "target/argocd/cmprig";
/// The sources that the program was built from.
const BUILT_FROM: &str = "target/argocd/cmprig.sources";
/// Random combinations of overrides: in a usual run, and with `--all`.
const COMBINATIONS: (&str, &str) = ("60", "500");

/// The page with the table of fields, and the one with times.
const PARITY_PAGE: &str = "docs/argocd.md";
const TIMES_PAGE: &str = "docs/performance.md";
const PARITY: (&str, &str) = ("<!-- parity: written by the end-to-end tests -->", "<!-- parity end -->");
const TIMES: (&str, &str) = ("<!-- ARGOCD -->", "<!-- END ARGOCD -->");

/// Runs the cases, or measures.
pub fn run(words: &[&str]) -> Result<()> {
    cases(words).1
}

/// Runs what is asked for, and counts the cases.
pub fn cases(words: &[&str]) -> (Counts, Result<()>) {
    let mut counts = Counts::default();
    let result = run_counted(words, &mut counts);
    (counts, result)
}

fn run_counted(words: &[&str], counts: &mut Counts) -> Result<()> {
    let (mut bin, mut is_all, mut is_latency, mut is_page) = (None, false, false, false);
    let mut handed_on: Vec<&str> = Vec::new();
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        match word {
            "--all" => is_all = true,
            "--latency" => is_latency = true,
            "--page" => is_page = true,
            "--bin" => bin = Some(PathBuf::from(words.next().ok_or("argocd: --bin wants a program")?)),
            "--bless" | "--verbose" => handed_on.push(word),
            "--only" | "--seed" | "--combination" | "--combinations" | "--runs" => {
                handed_on.push(word);
                handed_on.push(words.next().ok_or(format!("argocd: {word} wants a value"))?);
            }
            _ => return Err(format!("argocd: unknown argument `{word}`")),
        }
    }
    let bin = match bin {
        Some(bin) => bin,
        None => {
            shell::run("cargo", &["build", "--release", "--locked", "--bin", "rustomize"])?;
            RELEASE_BIN.into()
        }
    };
    let (bin, theirs) = (full(&bin)?, found(&tools::kustomize()?)?);
    let of_manifests = ["--only", "manifests"];
    if !is_latency && (!words_of_only(&handed_on) || handed_on == of_manifests) {
        let n_compared = manifests::check(&bin, &theirs)?;
        println!("manifests: {n_compared} renders are those of the reference");
        counts.passed += n_compared;
    }
    if handed_on == of_manifests {
        return Ok(());
    }
    let rig = build()?;
    let mut args = vec!["--rustomize", &bin, "--kustomize", &theirs];
    if is_latency {
        args.insert(0, "latency");
        args.extend(handed_on);
        let (output, result) = shell::run_and_keep(&rig, &args, &[]);
        result?;
        return if is_page { write_section(TIMES_PAGE, TIMES, &times(&output)) } else { Ok(()) };
    }
    if !is_all && !handed_on.iter().any(|word| word.starts_with("--combination")) {
        args.extend(["--combinations", COMBINATIONS.0]);
    } else if is_all {
        args.extend(["--combinations", COMBINATIONS.1]);
    }
    args.insert(0, "suite");
    args.extend(&handed_on);
    let (output, result) = shell::run_and_keep(&rig, &args, &[]);
    if let Some(said) = output.lines().find_map(|line| line.strip_prefix("harness cases: ")) {
        *counts += crate::test::counts_in(said);
    }
    result?;
    if words_of_only(&handed_on) {
        return Ok(());
    }
    parity(&rig, is_page)
}

/// Whether a part of the cases was asked for.
fn words_of_only(words: &[&str]) -> bool {
    words.iter().any(|word| ["--only", "--combination"].contains(word))
}

/// Builds the rig where its sources are others than those of the program that is there.
pub fn build() -> Result<String> {
    let mut sources = shell::output("go", &["version"])?;
    for path in shell::entries(Path::new(SOURCES))? {
        let name = shell::name(&path);
        if name.ends_with(".go") || name.starts_with("go.") {
            sources.push_str(&shell::read(&path)?);
        }
    }
    let rig = shell::root().join(RIG).to_string_lossy().into_owned();
    if Path::new(RIG).exists() && shell::read(Path::new(BUILT_FROM)).is_ok_and(|built| built == sources) {
        return Ok(rig);
    }
    println!("Argo CD's server is built: some minutes, the first time");
    shell::run("go", &["-C", SOURCES, "vet", "."])?;
    // Static, as Argo CD's own program is: it is started in the image, too.
    let flags = "-s -w -linkmode external -extldflags -static";
    shell::run("go", &["-C", SOURCES, "build", "-trimpath", "-ldflags", flags, "-o", &rig, "."])?;
    shell::write(Path::new(BUILT_FROM), sources)?;
    Ok(rig)
}

fn full(program: &Path) -> Result<String> {
    let full = program.canonicalize().map_err(|error| format!("{}: {error}", program.display()))?;
    Ok(full.to_string_lossy().into_owned())
}

/// The full path of a program that may be a bare name.
pub fn found(program: &Path) -> Result<String> {
    if program.components().count() > 1 {
        return full(program);
    }
    let path = shell::output("sh", &["-c", &format!("command -v {}", program.display())])?;
    Ok(path.trim().to_owned())
}

/// Writes the table of fields, or checks that it says what is tested.
fn parity(rig: &str, is_page: bool) -> Result<()> {
    let mut table = String::from(
        "| `spec.source.kustomize` | parameter | cases alone | in combinations |\n| --- | --- | ---: | ---: |\n",
    );
    let lines = shell::output(rig, &["table"])?;
    for line in lines.lines() {
        let [field, parameter, note, alone, n_overlays, combined] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err(format!("the rig says `{line}`"));
        };
        let note = if note.is_empty() { String::new() } else { format!("; {note}") };
        table.push_str(&format!("| `{field}` | {parameter}{note} | {alone} × {n_overlays} overlays | {combined} |\n"));
    }
    table.push_str("| `version` | none: there is one version | | |\n");
    if is_page {
        return write_section(PARITY_PAGE, PARITY, &table);
    }
    match section(PARITY_PAGE, PARITY)? == table {
        true => Ok(()),
        false => {
            Err(format!("{PARITY_PAGE} says something else than what is tested: `cargo xtask argocd --page` writes it"))
        }
    }
}

/// Makes a table of what was measured.
fn times(output: &str) -> String {
    let mut table = String::from("| | | least | median | 95 of 100 |\n| --- | --- | ---: | ---: | ---: |\n");
    for line in output.lines() {
        if let [what, how, least, median, most] = line.split('\t').collect::<Vec<_>>()[..] {
            table.push_str(&format!("| {what} | {how} | {least} | {median} | {most} |\n"));
        }
    }
    table
}

/// Returns what stands between two marks, without the line breaks around it.
fn section(page: &str, (begin, end): (&str, &str)) -> Result<String> {
    let text = shell::read(Path::new(page))?;
    let rest = text.split_once(begin).ok_or(format!("{page} has no `{begin}`"))?.1;
    let found = rest.split_once(end).ok_or(format!("{page} has no `{end}`"))?.0;
    Ok(found.trim_start_matches('\n').to_owned())
}

fn write_section(page: &str, (begin, end): (&str, &str), content: &str) -> Result<()> {
    section(page, (begin, end))?;
    let text = shell::read(Path::new(page))?;
    let (before, rest) = text.split_once(begin).unwrap_or_default();
    let (_, after) = rest.split_once(end).unwrap_or_default();
    shell::write(Path::new(page), format!("{before}{begin}\n{content}{end}{after}"))
}
