//! `vendor`: fetches all that builds need from elsewhere into `.rustomize/`, from which `build --offline` takes it.
//!
//! What is needed is found by building; a build that fails vendors nothing.

mod digest;
mod fetch;
mod lock;
mod offline;
mod store;

pub(super) use offline::Vendored;
pub(super) use store::NAME as DIRECTORY;

use super::args::VendorArgs;
use super::build::{resolved, working_directory};
use super::programs::NativePrograms;
use super::report::Reporter;
use super::{Outcome, native_to_slash, output};
use crate::build::{BuildOptions, build};
use crate::diagnostic::{Code, Diagnostic};
use crate::fs::Disk;
use crate::remote::Remotes;
use crate::session::Session;
use crate::source::Sources;
use fetch::{Fetcher, Used, Way};
#[cfg(feature = "schemas")]
pub(super) use lock::schema as lock_schema;
use lock::{File, file_key};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use store::Store;

pub(super) fn run(args: &VendorArgs, reporter: &mut Reporter) -> Outcome {
    match vendor(args, reporter) {
        Ok(outcome) => outcome,
        Err(diagnostic) => {
            reporter.add(&[*diagnostic], &Sources::default());
            Outcome::Failure
        }
    }
}

fn vendor(args: &VendorArgs, reporter: &mut Reporter) -> Result<Outcome, Box<Diagnostic>> {
    if args.directories.iter().any(String::is_empty) {
        return Err(Diagnostic::error(Code::Usage, "the directory is empty").help("for the current one, use `.`"));
    }
    let here = working_directory()?;
    if args.check {
        return check(args, &here, reporter);
    }
    let first = args.directories.first().map_or(".", String::as_str);
    let mut store = Store::open(place(&here, first))?;
    let (used, remote_files) = {
        let fetcher = Fetcher::new(&store, args.update);
        let Some(remote_files) = build_all(args, &here, &fetcher, reporter) else { return Ok(Outcome::Failure) };
        let used = std::mem::take(&mut *fetcher.used());
        // The checkouts are the fetcher's, and go with it.
        write(&store, &used, &remote_files).map_err(|error| fault(&store, &error))?;
        (used, remote_files)
    };
    let answer = lock_used(&mut store, used, &remote_files, args.prune);
    store.commit().map_err(|error| fault(&store, &error))?;
    Ok(output::answer(&answer, reporter))
}

/// Builds everything from what is vendored, to see whether it is there and as locked.
fn check(args: &VendorArgs, here: &str, reporter: &mut Reporter) -> Result<Outcome, Box<Diagnostic>> {
    let mut outcome = Outcome::Success;
    for directory in &args.directories {
        let vendored = Vendored::find(&resolved(here, directory), directory)?;
        let one = VendorArgs { directories: vec![directory.clone()], ..args.clone() };
        if build_all(&one, here, &vendored, reporter).is_none() {
            outcome = Outcome::Failure;
        }
    }
    Ok(outcome)
}

/// Builds every directory, and returns the remote files that were used; nothing if one fails.
fn build_all(
    args: &VendorArgs,
    here: &str,
    remotes: &dyn Remotes,
    reporter: &mut Reporter,
) -> Option<BTreeSet<String>> {
    let options = BuildOptions {
        load_restrictions: args.load_restrictor.into(),
        plugins: args.plugins.options(),
        ..BuildOptions::default()
    };
    let disk = Disk;
    let programs = match NativePrograms::of_environment() {
        Ok(programs) => programs,
        Err(diagnostic) => {
            reporter.add(&[*diagnostic], &Sources::default());
            return None;
        }
    };
    let mut session = Session::new(&disk, here);
    session.remotes = Some(remotes);
    if options.plugins.allows_programs() {
        session.programs = Some(&programs);
    }
    let mut files = BTreeSet::new();
    let mut has_failed = false;
    for directory in &args.directories {
        match build(&mut session, &native_to_slash(directory), &options) {
            Ok(built) => files.extend(built.remote_files.iter().map(|address| file_key(address))),
            Err(diagnostics) => {
                reporter.add(&diagnostics, &session.sources);
                has_failed = true;
            }
        }
    }
    (!has_failed).then_some(files)
}

/// Where `.rustomize/` is, or is to be: in the current directory, if the kustomization is in it, else at the kustomization.
fn place(here: &str, directory: &str) -> PathBuf {
    let start = resolved(here, directory);
    let base = if start.starts_with(here) { Path::new(here) } else { &start };
    Store::find(&start).unwrap_or_else(|| base.join(store::NAME))
}

fn write(store: &Store, used: &Used, remote_files: &BTreeSet<String>) -> std::io::Result<()> {
    for (key, repository) in &used.repositories {
        if repository.way == Way::Fetched {
            store.put_repository(key, &repository.checkout)?;
        }
    }
    for (key, file) in &used.files {
        if file.way == Way::Fetched && remote_files.contains(key) {
            store.put_file(key, &file.bytes)?;
        }
    }
    Ok(())
}

/// Brings the lock file up to date and returns what there is to say.
fn lock_used(store: &mut Store, used: Used, remote_files: &BTreeSet<String>, is_pruned: bool) -> String {
    let lock = &mut store.lock;
    if is_pruned {
        lock.repositories.retain(|entry| used.repositories.contains_key(&entry.key));
        lock.files.retain(|entry| remote_files.contains(&entry.address));
    }
    let mut answer = String::new();
    let word = |way| if way == Way::Kept { "kept" } else { "fetched" };
    for (key, repository) in used.repositories {
        let reference = if key.reference.is_empty() { String::new() } else { format!(" {}", key.reference) };
        let commit = repository.entry.commit.get(..12).unwrap_or("");
        // Writing to a string does not fail.
        let _ = writeln!(answer, "{} {}{reference} {commit}", word(repository.way), key.address);
        lock.set_repository(repository.entry);
    }
    for (address, file) in used.files {
        // A page about a repository is asked for as a file, and no use.
        if remote_files.contains(&address) {
            let _ = writeln!(answer, "{} {address}", word(file.way));
            lock.set_file(File { address, digest: file.digest });
        }
    }
    answer
}

fn fault(store: &Store, error: &std::io::Error) -> Box<Diagnostic> {
    let message = format!("cannot write to `{}`: {}", store.directory().display(), output::words(error));
    Diagnostic::error(Code::Io, message)
}
