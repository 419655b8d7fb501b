//! The doors: the library with files in memory, and the program with files on the disk.

use crate::case::{Case, difference, entries, file_name, updates_snapshots};
use crate::writing;
use rustomize::build::{BuildOptions, LoadRestrictions, build};
use rustomize::diagnostic::Severity;
use rustomize::fs::Memory;
use rustomize::session::Session;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Where the input stands in memory; deep enough for a case to look above it.
pub(crate) const ROOT: &str = "/somewhere/input";

/// The program under test: the one cargo has just built, or another (the release build).
pub(crate) fn program() -> PathBuf {
    std::env::var_os("RUSTOMIZE_BIN").map_or_else(|| env!("CARGO_BIN_EXE_rustomize").into(), PathBuf::from)
}

/// Runs the program in a directory, without anything from our own environment that could colour its words.
pub(crate) fn run_program(directory: &Path, args: &[&str]) -> Output {
    run_program_with(directory, args, &[])
}

/// Runs the program likewise, with variables.
pub(crate) fn run_program_with(directory: &Path, args: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(program())
        .args(args)
        .envs(variables.iter().copied())
        .current_dir(directory)
        .env_remove("CLICOLOR_FORCE")
        .env_remove("FORCE_COLOR")
        .env("NO_COLOR", "1")
        // What stands in our own directory for temporary files is in no repository.
        .env("GIT_CEILING_DIRECTORIES", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null())
        .output()
        .expect("the program can be started")
}

pub(crate) fn check_command_line(case: &Case) -> Result<(), String> {
    if case.command != "build" {
        return writing::check_command_line(case);
    }
    let args: Vec<&str> = std::iter::once("build").chain(case.args.iter().map(String::as_str)).collect();
    let output = run_program(&case.input(), &args);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let fail = |message: &str| Err(format!("{} (command line): {message}", case.name));
    match (&case.yaml, output.status.code()) {
        (_, None) => return fail(&format!("ended by a signal: {}\n{stderr}", output.status)),
        (Some(_), Some(0)) | (None, Some(1)) => {}
        (Some(_), Some(code)) => return fail(&format!("exit status {code} where the build should succeed\n{stderr}")),
        (None, Some(code)) => return fail(&format!("exit status {code}, not 1\n{stderr}")),
    }
    match &case.yaml {
        Some(expected) if *expected != output.stdout => {
            let (expected, actual) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(&output.stdout));
            return fail(&format!("other bytes\n{}", difference(&expected, &actual)));
        }
        None if !output.stdout.is_empty() => return fail("a failed build printed manifests"),
        _ => {}
    }
    check_words(case, &stderr, case.yaml.is_some())
}

/// Compares what stands on standard error with the snapshot of the case, or writes that.
pub(crate) fn check_words(case: &Case, stderr: &str, is_success: bool) -> Result<(), String> {
    let fail = |message: &str| Err(format!("{} (command line): {message}", case.name));
    let (file, expected) = match is_success {
        true => ("expected.stderr", &case.stderr),
        false => ("expected.err", &case.err),
    };
    if !is_success && stderr.trim().is_empty() {
        return fail("failed without a word");
    }
    let expected = expected.as_deref().unwrap_or("");
    if expected == stderr {
        return Ok(());
    }
    if !updates_snapshots() {
        return fail(&format!("other words than in {file}\n{}", difference(expected, stderr)));
    }
    let path = case.directory.join(file);
    let written = if stderr.is_empty() { std::fs::remove_file(path) } else { std::fs::write(path, stderr) };
    written.map_err(|error| format!("{}: {file} cannot be written: {error}", case.name))
}

pub(crate) fn check_library(case: &Case) -> Result<(), String> {
    if case.command != "build" {
        return writing::check_library(case);
    }
    let fail = |message: &str| Err(format!("{} (library): {message}", case.name));
    let mut fs = Memory::new();
    load_tree(&case.input(), ROOT, &mut fs);
    let mut directory = ".";
    let mut options = BuildOptions::default();
    for arg in &case.args {
        match arg.as_str() {
            "--load-restrictor=LoadRestrictionsNone" => options.load_restrictions = LoadRestrictions::None,
            arg if arg.starts_with('-') => return fail(&format!("the harness does not know the flag `{arg}`")),
            arg => directory = arg,
        }
    }
    let render = || {
        let mut session = Session::new(&fs, ROOT);
        build(&mut session, directory, &options).map(|build| {
            let warnings: Vec<String> = build.warnings.into_iter().map(|warning| warning.message).collect();
            (build.text, warnings)
        })
    };
    let result = render();
    match (&case.yaml, &result) {
        (Some(expected), Ok((text, warnings))) => {
            if expected != text.as_bytes() {
                return fail(&format!("other bytes\n{}", difference(&String::from_utf8_lossy(expected), text)));
            }
            if !updates_snapshots() && warnings.is_empty() != case.stderr.is_none() {
                return fail(&format!("expected.stderr and these warnings do not fit: {warnings:?}"));
            }
        }
        (Some(_), Err(diagnostics)) => {
            let messages: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
            return fail(&format!("the build should succeed: {}", messages.join("; ")));
        }
        (None, Ok(_)) => return fail("the build should fail"),
        (None, Err(diagnostics)) => {
            if !diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
                return fail("failed without an error");
            }
            // The program draws the same diagnostics; each message must be found in its words.
            let words = case.err.as_deref().unwrap_or("");
            let missing = diagnostics.iter().find(|diagnostic| {
                let shown = diagnostic.verbatim.as_deref().unwrap_or(&diagnostic.message);
                !shown.lines().all(|line| words.contains(line.trim()))
            });
            if let Some(diagnostic) = missing.filter(|_| !updates_snapshots()) {
                return fail(&format!("expected.err does not say: {}", diagnostic.message));
            }
        }
    }
    // Nothing may depend on where things happen to lie in memory.
    match (result, render()) {
        (Ok((first, _)), Ok((second, _))) if first != second => fail("two builds gave different bytes"),
        _ => Ok(()),
    }
}

/// Copies a tree from the disk into memory.
pub(crate) fn load_tree(directory: &Path, to: &str, fs: &mut Memory) {
    for entry in entries(directory) {
        let path = format!("{to}/{}", file_name(&entry));
        if entry.is_dir() {
            load_tree(&entry, &path, fs);
        } else {
            fs.set(&path, std::fs::read(&entry).expect("a file of a case can be read"));
        }
    }
}
