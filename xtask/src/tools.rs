//! What the chores need beside Rust, Go, Python and Node, installed through ordinary package clients.

use crate::shell::{self, Result};
use std::path::PathBuf;

/// The release that decides what is right.
pub const KUSTOMIZE_VERSION: &str = "v5.8.2";
const KUSTOMIZE_MODULE: &str = "sigs.k8s.io/kustomize/kustomize/v5";

/// Returns the reference program, installing it when it is absent or another release.
pub fn kustomize() -> Result<PathBuf> {
    let go_bin = go_bin();
    let candidates = std::iter::once(PathBuf::from("kustomize")).chain(go_bin.iter().map(|bin| bin.join("kustomize")));
    for candidate in candidates {
        if shell::output(&candidate.to_string_lossy(), &["version"]).is_ok_and(|text| text.trim() == KUSTOMIZE_VERSION)
        {
            return Ok(candidate);
        }
    }
    let go_bin = go_bin.ok_or("Go is needed to install the reference (kustomize), and `go env` does not run")?;
    println!("kustomize {KUSTOMIZE_VERSION} is not here: installing it with Go into {}", go_bin.display());
    // Installed by its module path the program knows its release from the module's version.
    shell::run("go", &["install", &format!("{KUSTOMIZE_MODULE}@{KUSTOMIZE_VERSION}")])?;
    let installed = go_bin.join("kustomize");
    let version = shell::output(&installed.to_string_lossy(), &["version"])?;
    if version.trim() != KUSTOMIZE_VERSION {
        return Err(format!("installed kustomize says it is {}, not {KUSTOMIZE_VERSION}", version.trim()));
    }
    Ok(installed)
}

fn go_bin() -> Option<PathBuf> {
    let bin = shell::output("go", &["env", "GOBIN"]).ok()?;
    if !bin.trim().is_empty() {
        return Some(PathBuf::from(bin.trim()));
    }
    let path = shell::output("go", &["env", "GOPATH"]).ok()?;
    Some(PathBuf::from(path.trim().split(':').next()?).join("bin"))
}

/// Makes sure that rustfmt and clippy are there.
pub fn rust_components() -> Result<()> {
    for (component, probe) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if shell::output("cargo", &[probe, "--version"]).is_err() {
            println!("{component} is not here: installing it");
            shell::run("rustup", &["component", "add", component])?;
        }
    }
    Ok(())
}

/// Makes sure that the standard library for a target is there.
pub fn rust_target(target: &str) -> Result<()> {
    let directory = shell::output("rustc", &["--print", "target-libdir", "--target", target])?;
    let is_here = shell::entries(directory.trim().as_ref()).is_ok_and(|files| !files.is_empty());
    if is_here {
        return Ok(());
    }
    println!("the standard library for {target} is not here: installing it");
    shell::run("rustup", &["target", "add", target])
}

/// Runs a command of this program again, built with the command line of rustomize, which the others do not need.
#[cfg(not(feature = "definitions"))]
pub fn with_definitions(words: &[&str]) -> Result<()> {
    let args = ["run", "--quiet", "--locked", "--package", "xtask", "--features", "definitions", "--"];
    shell::run("cargo", &[&args, words].concat())
}

/// Makes sure that a release of a cargo sub-command is there.
pub fn cargo_tool(name: &str, version: &str) -> Result<()> {
    let sub_command = name.strip_prefix("cargo-").unwrap_or(name);
    if shell::output("cargo", &[sub_command, "--version"])
        .is_ok_and(|text| text.split_whitespace().any(|word| word == version))
    {
        return Ok(());
    }
    cargo_install(name, version, &[])
}

/// Makes sure that a program which cargo can install is there, in this release.
pub fn cargo_program(name: &str, version: &str, options: &[&str]) -> Result<()> {
    if shell::output(name, &["--version"]).is_ok_and(|text| text.trim().ends_with(version)) {
        return Ok(());
    }
    cargo_install(name, version, options)
}

fn cargo_install(name: &str, version: &str, options: &[&str]) -> Result<()> {
    println!("{name} {version} is not here: installing it (this takes minutes)");
    let mut args = vec!["install", "--locked", name, "--version", version];
    args.extend(options);
    shell::run("cargo", &args)
}

/// Makes sure that a program of a Debian package is there.
pub fn debian(program: &str, package: &str) -> Result<()> {
    if shell::output("sh", &["-c", &format!("command -v {program}")]).is_ok() {
        return Ok(());
    }
    println!("{program} is not here: installing it");
    let install = ["install", "--yes", "--no-install-recommends", package];
    if shell::run("apt-get", &install).is_ok() {
        return Ok(());
    }
    // The list of packages may be missing or old.
    shell::run("apt-get", &["update"])?;
    shell::run("apt-get", &install)
}
