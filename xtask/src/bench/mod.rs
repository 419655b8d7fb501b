//! `cargo xtask bench`: how fast builds are, beside kustomize and beside what reading and printing alone cost.
//!
//! Programs run in turn, so that what else the machine does falls on all of them; the smallest of several runs counts.

mod floor;
mod growth;
mod measure;
mod options;
mod page;
mod rows;
mod supply;
#[path = "../../../tests/benches/workloads.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the micro-benchmarks, which use other parts of it")]
pub mod workloads;

use crate::shell::{self, Result};
use crate::test::RELEASE_BIN;
use options::Options;
use std::path::{Path, PathBuf};

pub use supply::generate;

/// This program as it is built for the floor: with the profile of the program that is measured.
const RELEASE_XTASK: &str = "target/release/xtask";

pub fn run(words: &[&str]) -> Result<()> {
    match words {
        ["floor", rest @ ..] => floor::run(rest),
        ["generate", name, directory] => generate(name, Path::new(directory)),
        ["growth", rest @ ..] => growth::run(&Options::read(rest)?),
        _ => compare(words),
    }
}

/// Builds what is measured, and lets this program's own release build measure it.
///
/// A child is said to have used at least the memory of the process that started it, so that process must be small.
fn compare(words: &[&str]) -> Result<()> {
    let options = Options::read(words)?;
    let measurer = shell::root().join(RELEASE_XTASK);
    let is_measurer =
        std::env::current_exe().ok().and_then(|path| path.canonicalize().ok()) == measurer.canonicalize().ok();
    if is_measurer {
        return rows::run(&options);
    }
    build(&options)?;
    let args: Vec<&str> = ["bench"].iter().chain(words).copied().collect();
    shell::run(&measurer.to_string_lossy(), &args)
}

/// A directory for what a measurement writes, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Scratch> {
        let path = std::env::temp_dir().join(format!("rustomize-bench-{}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Scratch(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn build(options: &Options) -> Result<()> {
    if options.is_built {
        return Ok(());
    }
    // Together, so that the floor and the program share one library.
    shell::run("cargo", &["build", "--release", "--locked", "--package", "rustomize", "--package", "xtask", "--bins"])
}

/// The program that is measured.
fn our_program(options: &Options) -> Result<PathBuf> {
    let bin = options.bin.clone().unwrap_or_else(|| shell::root().join(RELEASE_BIN));
    bin.canonicalize().map_err(|error| format!("{}: {error}", bin.display()))
}
