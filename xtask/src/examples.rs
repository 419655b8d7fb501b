//! `cargo xtask examples`: the example systems beside the reference: bytes, repeated runs, all overlays in one run, the time
//! of a cold process, the documents' mistakes, and whether each line of a document's YAML went somewhere.
//!
//! What needs neither the reference nor the documents is an ordinary test (tests/integration/examples.rs).

use crate::shell::{self, Result};
use crate::test::RELEASE_BIN;
use crate::tools;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

mod coverage;
mod mistakes;

const DIRECTORY: &str = "examples";
const N_RUNS: usize = 20;

struct Programs {
    ours: PathBuf,
    theirs: PathBuf,
    has_helm: bool,
    is_blessing: bool,
}

pub fn run(words: &[&str]) -> Result<()> {
    let (mut bin, mut filter, mut is_blessing) = (None, "", false);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--bless" => is_blessing = true,
            "--bin" => bin = Some(PathBuf::from(words.next().ok_or("examples: --bin wants a program")?)),
            word if !word.starts_with('-') => filter = word,
            other => return Err(format!("examples: unknown argument `{other}`")),
        }
    }
    let ours = match bin {
        Some(bin) => bin,
        None => {
            shell::run("cargo", &["build", "--release", "--locked", "--bin", "rustomize"])?;
            RELEASE_BIN.into()
        }
    };
    let ours = ours.canonicalize().map_err(|error| format!("{}: {error}", ours.display()))?;
    let has_helm = shell::output("helm", &["version"]).is_ok();
    let programs = Programs { ours, theirs: tools::kustomize()?, has_helm, is_blessing };
    let mut faults = Vec::new();
    let mut n_overlays = 0;
    for system in shell::entries(Path::new(DIRECTORY))? {
        if system.join("overlays").is_dir() && system.to_string_lossy().contains(filter) {
            n_overlays += check(&programs, &system, &mut faults)?;
        }
    }
    for fault in &faults {
        println!("{fault}");
    }
    println!("{n_overlays} overlays, {} faults", faults.len());
    match (n_overlays, faults.is_empty()) {
        (0, _) => Err("no system selected".to_owned()),
        (_, true) => Ok(()),
        (_, false) => Err(format!("{} faults", faults.len())),
    }
}

/// Checks a system and returns how many of its overlays were compared.
fn check(programs: &Programs, system: &Path, faults: &mut Vec<String>) -> Result<usize> {
    println!("\n== {}", shell::name(system));
    let mut plain = Vec::new();
    let mut n_overlays = 0;
    for overlay in shell::entries(&system.join("overlays"))? {
        let target = format!("overlays/{}", shell::name(&overlay));
        let text = shell::read(&overlay.join("kustomization.yaml"))?;
        let needs_helm = text.lines().any(|line| line == "helmCharts:");
        if needs_helm && !programs.has_helm {
            println!("{target}: skipped, helm is not here");
            continue;
        }
        match compare(programs, system, &target, needs_helm) {
            Ok(words) => println!("{target}: {words}"),
            Err(message) => faults.push(format!("{}/{target}: {message}", system.display())),
        }
        n_overlays += 1;
        if !needs_helm {
            plain.push(target);
        }
    }
    if let Err(message) = together(programs, system, &plain) {
        faults.push(format!("{}: {message}", system.display()));
    }
    mistakes::check(programs, system, faults)?;
    coverage::check(system, faults)?;
    Ok(n_overlays)
}

/// Compares one overlay and returns what is to be said of it.
fn compare(programs: &Programs, system: &Path, target: &str, needs_helm: bool) -> Result<String> {
    let mut args = vec!["build", target];
    args.extend(needs_helm.then_some("--enable-helm"));
    let theirs = succeeded(start(&programs.theirs, &args, system)?)?;
    let expected = system.join(format!("expected/{}.yaml", target.trim_start_matches("overlays/")));
    if programs.is_blessing && std::fs::read(&expected).ok().as_ref() != Some(&theirs) {
        shell::write(&expected, &theirs)?;
        println!("wrote {}", expected.display());
    }
    if std::fs::read(&expected).ok().as_ref() != Some(&theirs) {
        return Err(format!("{} is not what the reference prints", expected.display()));
    }
    let mut least = Duration::MAX;
    // A chart takes as long as helm takes.
    for _ in 0..if needs_helm { 2 } else { N_RUNS } {
        let begin = Instant::now();
        let output = start(&programs.ours, &args, system)?;
        least = least.min(begin.elapsed());
        if succeeded(output)? != theirs {
            return Err("other bytes than the reference".to_owned());
        }
    }
    let n_lines = theirs.iter().filter(|byte| **byte == b'\n').count();
    Ok(format!("the same {n_lines} lines, {:.1} ms", least.as_secs_f64() * 1000.0))
}

/// All overlays in one run print what they print alone.
fn together(programs: &Programs, system: &Path, targets: &[String]) -> Result<()> {
    let mut expected = Vec::new();
    for target in targets {
        if !expected.is_empty() {
            expected.extend(b"---\n");
        }
        expected.extend(succeeded(start(&programs.ours, &["build", target], system)?)?);
    }
    let args: Vec<&str> = ["build", "--quiet"].into_iter().chain(targets.iter().map(String::as_str)).collect();
    let begin = Instant::now();
    let output = start(&programs.ours, &args, system)?;
    println!("all together: {:.1} ms", begin.elapsed().as_secs_f64() * 1000.0);
    if succeeded(output)? == expected { Ok(()) } else { Err("all together give other bytes".to_owned()) }
}

fn start(program: &Path, args: &[&str], directory: &Path) -> Result<Output> {
    let mut command = Command::new(program);
    command.args(args).current_dir(directory).env("NO_COLOR", "1").stdin(Stdio::null());
    command.output().map_err(|error| format!("cannot run {}: {error}", program.display()))
}

/// Returns what was printed; any word on standard error is a fault.
fn succeeded(output: Output) -> Result<Vec<u8>> {
    if output.status.success() && output.stderr.is_empty() {
        return Ok(output.stdout);
    }
    Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim()))
}
