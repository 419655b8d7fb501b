//! The example systems (examples/*): every overlay through both doors, and the diagnostics of the documents' own mistakes
//! (`as-written`). That a README keeps its word is in `document`, that a document's numbers are in the render in `numbers`.
//!
//! `expected/` and `as-written/reference/` are what kustomize v5.8.2 prints; `cargo xtask examples --bless` writes them.
//! `as-written/*/expected.stderr` and the tables of the READMEs are snapshots that `UPDATE_SNAPSHOTS=1` writes.

mod document;
mod numbers;

use crate::case::{difference, entries, file_name, updates_snapshots};
use crate::doors::{load_tree, run_program};
use rustomize::build::{BuildOptions, build};
use rustomize::fs::Memory;
use rustomize::session::Session;
use std::path::{Path, PathBuf};

/// The systems, sorted.
fn systems() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let systems: Vec<PathBuf> = entries(&root).into_iter().filter(|path| path.join("overlays").is_dir()).collect();
    assert!(systems.len() >= 3, "systems are missing: {systems:?}");
    systems
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The overlays of a system and whether helm is needed for them.
fn overlays(system: &Path) -> Vec<(String, bool)> {
    let with_helm = |path: &Path| read(&path.join("kustomization.yaml")).lines().any(|line| line == "helmCharts:");
    entries(&system.join("overlays")).iter().map(|path| (file_name(path), with_helm(path))).collect()
}

fn has_helm() -> bool {
    std::process::Command::new("helm").arg("version").output().is_ok_and(|output| output.status.success())
}

#[test]
fn overlays_are_built_as_by_the_reference() {
    let mut failures = Vec::new();
    for system in systems() {
        let name = file_name(&system);
        let overlays = overlays(&system);
        let mut expected: Vec<String> = overlays.iter().map(|(overlay, _)| format!("{overlay}.yaml")).collect();
        expected.sort();
        let found: Vec<String> = entries(&system.join("expected")).iter().map(|path| file_name(path)).collect();
        assert_eq!(found, expected, "{name}: overlays and expected/ are not the same");
        let mut fs = Memory::new();
        load_tree(&system, "/example", &mut fs);
        for (overlay, needs_helm) in &overlays {
            if *needs_helm && !has_helm() {
                println!("skipped: {name}/overlays/{overlay}: helm is not here");
                continue;
            }
            let expected = read(&system.join(format!("expected/{overlay}.yaml")));
            if let Err(message) = check(&system, &fs, overlay, *needs_helm, &expected) {
                failures.push(format!("{name}/overlays/{overlay}: {message}"));
            }
        }
        if let Err(message) = check_together(&system, &overlays) {
            failures.push(format!("{name}: {message}"));
        }
    }
    assert!(failures.is_empty(), "\n\n{}\n", failures.join("\n\n"));
}

fn check(system: &Path, fs: &Memory, overlay: &str, needs_helm: bool, expected: &str) -> Result<(), String> {
    let directory = format!("overlays/{overlay}");
    let mut args = vec!["build", &directory];
    args.extend(needs_helm.then_some("--enable-helm"));
    let output = run_program(system, &args);
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.code() != Some(0) || !stderr.is_empty() {
        return Err(format!("{}\n{stderr}", output.status));
    }
    if stdout != expected {
        return Err(format!("command line:\n{}", difference(expected, &stdout)));
    }
    if needs_helm {
        // The library starts no programs unless it is given some.
        return Ok(());
    }
    for _ in 0..2 {
        let built = build(&mut Session::new(fs, "/example"), &directory, &BuildOptions::default());
        let built = built.map_err(|errors| format!("library: {errors:?}"))?;
        if built.text != expected {
            return Err(format!("library:\n{}", difference(expected, &built.text)));
        }
    }
    Ok(())
}

/// All overlays in one run print what they print alone.
fn check_together(system: &Path, overlays: &[(String, bool)]) -> Result<(), String> {
    let names: Vec<&str> = overlays.iter().filter(|(_, helm)| !helm).map(|(name, _)| name.as_str()).collect();
    let expected: Vec<String> = names.iter().map(|name| read(&system.join(format!("expected/{name}.yaml")))).collect();
    let expected = expected.join("---\n");
    let directories: Vec<String> = names.iter().map(|name| format!("overlays/{name}")).collect();
    let args: Vec<&str> = ["build", "--quiet"].into_iter().chain(directories.iter().map(String::as_str)).collect();
    let output = run_program(system, &args);
    let stdout = String::from_utf8_lossy(&output.stdout);
    if stdout == expected { Ok(()) } else { Err(format!("all together:\n{}", difference(&expected, &stdout))) }
}

/// Nothing is found in any overlay. What ever has to stay is allowed by name at its object, with its reason beside it.
#[test]
fn overlays_are_valid() {
    let mut failures = Vec::new();
    let mut n_overlays = 0;
    for system in systems() {
        for (overlay, needs_helm) in overlays(&system) {
            if needs_helm && !has_helm() {
                println!("skipped: {}/overlays/{overlay}: helm is not here", file_name(&system));
                continue;
            }
            let directory = format!("overlays/{overlay}");
            let mut args = vec!["validate", "--strict", &directory];
            args.extend(needs_helm.then_some("--enable-helm"));
            let output = run_program(&system, &args);
            let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            let is_checked = stdout.contains(" checked against ");
            if output.status.code() != Some(0) || !stderr.is_empty() || !is_checked {
                failures.push(format!("{}/{directory}: {}\n{stdout}{stderr}", file_name(&system), output.status));
            }
            n_overlays += 1;
        }
    }
    assert!(failures.is_empty(), "\n\n{}\n", failures.join("\n\n"));
    assert!(n_overlays >= 20, "only {n_overlays} overlays");
}

/// Whether a directory of `as-written` is a fragment, and not what fragments include or what the reference prints.
fn is_fragment(path: &Path) -> bool {
    let name = file_name(path);
    path.is_dir() && name != "reference" && !name.ends_with("base")
}

#[test]
fn mistakes_as_written_are_explained() {
    let mut failures = Vec::new();
    let mut n_fragments = 0;
    for system in systems() {
        let root = system.join("as-written");
        for fragment in entries(&root).into_iter().filter(|path| is_fragment(path)) {
            n_fragments += 1;
            if let Err(message) = check_fragment(&root, &fragment) {
                failures.push(format!("{}: {message}", fragment.display()));
            }
        }
    }
    assert!(failures.is_empty(), "\n\n{}\n", failures.join("\n\n"));
    assert!(n_fragments >= 14, "only {n_fragments} fragments");
}

/// What builds in silence and is wrong all the same is for `validate`, whose words stand in `expected.validate`.
fn check_findings(fragment: &Path, is_built: bool) -> Result<(), String> {
    let snapshot = fragment.join("expected.validate");
    if !is_built {
        return if snapshot.exists() { Err("expected.validate of what does not build".to_owned()) } else { Ok(()) };
    }
    let output = run_program(fragment, &["validate"]);
    let said = String::from_utf8_lossy(&output.stderr);
    if updates_snapshots() && (!said.is_empty() || snapshot.exists()) {
        std::fs::write(&snapshot, said.as_bytes()).map_err(|error| error.to_string())?;
    }
    let expected = std::fs::read_to_string(&snapshot).unwrap_or_default();
    if expected == said { Ok(()) } else { Err(format!("other findings\n{}", difference(&expected, &said))) }
}

fn check_fragment(root: &Path, fragment: &Path) -> Result<(), String> {
    let output = run_program(fragment, &["build"]);
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let snapshot = fragment.join("expected.stderr");
    if updates_snapshots() {
        std::fs::write(&snapshot, stderr.as_bytes()).map_err(|error| error.to_string())?;
    }
    let expected = std::fs::read_to_string(&snapshot)
        .map_err(|_| "no expected.stderr; `UPDATE_SNAPSHOTS=1` writes it".to_owned())?;
    if expected != stderr {
        return Err(format!("other words\n{}", difference(&expected, &stderr)));
    }
    let reference = std::fs::read_to_string(root.join(format!("reference/{}.yaml", file_name(fragment)))).ok();
    let is_built = !expected.lines().any(|line| line.starts_with("error["));
    check_findings(fragment, is_built)?;
    if output.status.code() != Some(i32::from(!is_built)) {
        return Err(format!("{}\n{stderr}", output.status));
    }
    match reference {
        None if !is_built => Ok(()),
        Some(text) if is_built && text == stdout => Ok(()),
        Some(text) if is_built => Err(format!("other manifests\n{}", difference(&text, &stdout))),
        _ if fragment.join("reference-differs").is_file() => Ok(()),
        _ => Err("only one of us and the reference builds this; say in a file `reference-differs` why".to_owned()),
    }
}
