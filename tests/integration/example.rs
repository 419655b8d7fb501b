//! The worked example (examples/dreamseed): its overlays through both doors, and the diagnostics of the document's own
//! mistakes (`as-written`), kept as snapshots in tests/snapshots/as-written.

use crate::case::{difference, entries, file_name, updates_snapshots};
use crate::doors::{load_tree, run_program};
use rustomize::build::{BuildOptions, build};
use rustomize::fs::Memory;
use rustomize::session::Session;
use std::path::{Path, PathBuf};

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/dreamseed")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `expected` is what kustomize v5.8.2 prints.
#[test]
fn overlays_are_built_as_by_the_reference() {
    let root = example();
    let mut fs = Memory::new();
    load_tree(&root, "/example", &mut fs);
    for overlay in ["staging", "production", "shared"] {
        let expected = read(&root.join(format!("expected/{overlay}.yaml")));
        let directory = format!("overlays/{overlay}");
        let output = run_program(&root, &["build", &directory]);
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{overlay}: {stderr}");
        assert!(stdout == expected, "{overlay} (command line):\n{}", difference(&expected, &stdout));
        let built = build(&mut Session::new(&fs, "/example"), &directory, &BuildOptions::default());
        let built = built.unwrap_or_else(|errors| panic!("{overlay} (library): {errors:?}"));
        assert!(built.text == expected, "{overlay} (library):\n{}", difference(&expected, &built.text));
    }
}

/// Bases of the targets; they are no targets of the document themselves.
const BASES: &[&str] = &["base", "labelled-base"];

#[test]
fn mistakes_as_written_are_explained() {
    let root = example().join("as-written");
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/as-written");
    let mut failures = Vec::new();
    let mut names = Vec::new();
    for target in entries(&root).into_iter().filter(|path| path.join("kustomization.yaml").is_file()) {
        let name = file_name(&target);
        if BASES.contains(&name.as_str()) {
            continue;
        }
        let output = run_program(&target, &["build"]);
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let reference = std::fs::read_to_string(root.join(format!("reference/{name}.yaml"))).ok();
        let (code, manifests) = match &reference {
            Some(text) => (0, text.as_str()),
            None => (1, ""),
        };
        if output.status.code() != Some(code) {
            failures.push(format!("{name}: {}, not exit code {code}\n{stderr}", output.status));
        }
        if stdout != manifests {
            failures.push(format!("{name}: other manifests\n{}", difference(manifests, &stdout)));
        }
        let snapshot = snapshots.join(format!("{name}.stderr"));
        if updates_snapshots() {
            std::fs::create_dir_all(&snapshots).expect("the directory of snapshots");
            std::fs::write(&snapshot, stderr.as_bytes()).expect("a snapshot");
        }
        match std::fs::read_to_string(&snapshot) {
            Err(_) => failures.push(format!("{name}: no snapshot; `UPDATE_SNAPSHOTS=1` writes it")),
            Ok(expected) if expected != stderr => {
                failures.push(format!("{name}: other words\n{}", difference(&expected, &stderr)));
            }
            Ok(_) => {}
        }
        names.push(format!("{name}.stderr"));
    }
    names.sort();
    let found: Vec<String> = entries(&snapshots).iter().map(|path| file_name(path)).collect();
    assert!(failures.is_empty(), "\n\n{}\n", failures.join("\n\n"));
    assert_eq!(found, names, "snapshots and targets are not the same");
    assert!(names.len() >= 14, "targets are missing: {names:?}");
}
