//! `cargo xtask preview`: the page, and a program that has it; and the page's tests in a browser.

use crate::shell::{self, Result};
use crate::wasm;
use std::path::{Path, PathBuf};

const PAGE: &str = "pkg/preview";
const TESTS: &str = "pkg/preview/tests";
const DIST: &str = "pkg/preview/dist";
const OUT: &str = "target/preview";
/// The program with the page; what cargo builds elsewhere does not overwrite it.
pub const PROGRAM: &str = "target/preview/rustomize";
const CHROMIUM: &str = "/usr/bin/chromium";

pub fn run(words: &[&str]) -> Result<()> {
    let profile = match words {
        [] => "release",
        ["--debug"] => "dev",
        _ => return Err("usage: cargo xtask preview [--debug]".to_owned()),
    };
    page()?;
    program(profile)?;
    println!("{PROGRAM} has the page: {PROGRAM} preview DIR");
    Ok(())
}

/// Builds the page, with the engine in it.
pub fn page() -> Result<()> {
    wasm::build(false)?;
    wasm::packages(PAGE)?;
    shell::run("npm", &["--prefix", PAGE, "run", "--silent", "build"])
}

/// Checks the types of the page, and its own logic.
fn logic() -> Result<()> {
    shell::run("npm", &["--prefix", PAGE, "run", "--silent", "check"])?;
    shell::run("npm", &["--prefix", PAGE, "run", "--silent", "test"])
}

/// Packs the page, and builds a program that has it.
fn program(profile: &str) -> Result<()> {
    shell::run("node", &["pkg/preview/build/pack.mjs", DIST, OUT])?;
    let page = shell::root().join(OUT).join("page.rs");
    let env = [("RUSTOMIZE_PAGE", &*page.to_string_lossy())];
    let args = ["build", "--locked", "--bin", "rustomize", "--features", "preview", "--profile", profile];
    shell::run_with("cargo", &args, &env)?;
    let directory = if profile == "dev" { "debug" } else { profile };
    let built = PathBuf::from("target").join(directory).join("rustomize");
    std::fs::copy(&built, PROGRAM).map_err(|error| format!("cannot copy {}: {error}", built.display()))?;
    Ok(())
}

/// Opens the page in Chromium and does what people do with it; the page must have been built.
pub fn test(words: &[&str]) -> Result<()> {
    logic()?;
    browser("page", words)
}

/// Measures how long people wait for the page, which needs a machine that does nothing else.
pub fn speed(words: &[&str]) -> Result<()> {
    page()?;
    browser("speed", words)
}

/// Runs one of Playwright's projects.
fn browser(project: &str, words: &[&str]) -> Result<()> {
    chromium()?;
    program("dev")?;
    wasm::packages(TESTS)?;
    let program = shell::root().join(PROGRAM);
    let env = [("RUSTOMIZE_PREVIEW", &*program.to_string_lossy())];
    // As one word: otherwise what follows is taken for the names of further projects.
    let project = format!("--project={project}");
    let mut args = vec!["--prefix", TESTS, "test", "--", &project];
    args.extend(words);
    shell::run_with("npm", &args, &env)
}

/// Makes sure that there is a Chromium; Playwright's own would have to be downloaded from elsewhere.
fn chromium() -> Result<()> {
    if std::env::var_os("RUSTOMIZE_CHROMIUM").is_some() || Path::new(CHROMIUM).exists() {
        return Ok(());
    }
    println!("{CHROMIUM} is not here: installing it with apt-get");
    let install = ["install", "--yes", "--no-install-recommends", "chromium"];
    let quiet = [("DEBIAN_FRONTEND", "noninteractive")];
    shell::run_with("apt-get", &["update"], &quiet)
        .and_then(|()| shell::run_with("apt-get", &install, &quiet))
        .map_err(|error| format!("{error}; or set RUSTOMIZE_CHROMIUM to the path of a Chromium"))
}
