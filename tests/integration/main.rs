//! One corpus, two doors: every case of tests/cases goes through the library (files in memory) and through the program
//! (files on the disk), and both must give the bytes that stand in the case.
//!
//! A case is `tests/cases/<topic>/<case>/` with
//! - `input/`: the tree; the program's working directory
//! - `command` (optional): another command than `build`: `create`, `edit` or `localize`; it runs in a copy of the input
//! - `args` (optional): arguments after the command, one a line: `DIR` and `--load-restrictor=...`; without it there are none
//! - `expected.yaml`: what kustomize v5.8.2 prints (`cargo xtask bless-oracle`), or
//! - `expected/`: the files that are new or changed after a command that writes files; from kustomize, too, but for `edit`: a
//!   snapshot, of which `cargo xtask bless-oracle --check` compares the data, or
//! - `expected.err`: our words on standard error for a tree that does not build; a snapshot
//! - `expected.stderr`: our words for a tree that builds with warnings; a snapshot, absent where there are none
//! - `reference-differs`: one sentence, where kustomize does not fail as we do or the other way round
//! - `reference-not-run`: one sentence, where kustomize takes all memory or answers now this, now that: nobody asks it again
//!
//! `UPDATE_SNAPSHOTS=1` rewrites the snapshots, and only those. What needs links or permissions is in `disk`; the
//! example systems and the snapshots of their mistakes in `examples`, secrets in `leaks`, what the
//! documentation promises in `pages`, the second YAML reader in `second`.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "the harness reads cases from the disk, starts the program and says what it ran"
)]

#[cfg(unix)]
mod argocd;
mod case;
mod diagnostics;
mod diff;
mod disk;
mod doors;
#[cfg(unix)]
mod edit_fields;
#[cfg(unix)]
mod edit_program;
#[cfg(unix)]
mod edit_said;
mod edit_sweep;
mod editing;
mod examples;
mod explain;
mod fleet;
#[cfg(unix)]
mod github;
#[cfg(unix)]
mod helm;
mod leaks;
mod lists;
mod localize;
#[cfg(feature = "lsp")]
mod lsp;
mod names;
#[cfg(unix)]
mod packaging;
#[cfg(unix)]
mod pages;
mod preview;
#[cfg(unix)]
mod programs;
mod provenance;
mod remote;
mod remotes;
#[cfg(unix)]
mod scripted;
mod second;
mod strict;
mod validate;
mod vendor;
mod writing;

use case::Case;

/// Runs all cases through one door and fails with every case that does not hold.
fn run_all(door: &str, check: impl Fn(&Case) -> Result<(), String>) {
    let cases = case::load_all();
    let (mut n_passed, mut failures) = (0, Vec::new());
    for case in &cases {
        match case.as_ref().map_err(Clone::clone).and_then(&check) {
            Ok(()) => n_passed += 1,
            Err(message) => failures.push(message),
        }
    }
    // Read by `cargo xtask test`.
    println!("{door}: harness cases: {n_passed} passed, {} failed", failures.len());
    assert!(failures.is_empty(), "\n\n{}\n", failures.join("\n\n"));
    assert!(n_passed > 0, "no cases: the harness looks in the wrong place");
}

#[test]
fn command_line() {
    run_all("command line", doors::check_command_line);
}

#[test]
fn library() {
    run_all("library", doors::check_library);
}
