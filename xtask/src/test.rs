//! `cargo xtask test`: every check that needs nothing from outside the repository, each timed, all of them run even
//! when one fails.

use crate::shell::{self, Result};
use crate::{argocd, cases, examples, image, library, preview, release, schema_files, tools, vscode, wasm};
use std::time::Instant;

/// Passed and failed.
#[derive(Clone, Copy, Default)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// The program as users get it.
pub const RELEASE_BIN: &str = "target/release/rustomize";

/// Makes every warning of the compiler an error.
pub const DENY_WARNINGS: (&str, &str) = ("RUSTFLAGS", "-D warnings");

struct Run {
    /// Words of which a step's name has to hold one; all steps if there are none.
    only: Vec<String>,
    steps: Vec<(&'static str, f64, Result<()>)>,
    tests: Counts,
    cases: Counts,
}

pub fn run(words: &[&str]) -> Result<()> {
    let begin = Instant::now();
    let mut only = Vec::new();
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        match word {
            "--only" => only.push((*words.next().ok_or("test: --only wants a name")?).to_owned()),
            _ => return Err(format!("test: unknown argument `{word}`")),
        }
    }
    let mut run = Run { only, steps: Vec::new(), tests: Counts::default(), cases: Counts::default() };
    run.step("tools", |_| {
        tools::rust_components()?;
        println!("reference: {}", tools::kustomize()?.display());
        Ok(())
    });
    run.step("format", |_| shell::run("cargo", &["fmt", "--all", "--check"]));
    run.step("clippy", |_| {
        shell::run("cargo", &["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"])
    });
    run.step("tests", |run| run.cargo_test(&["test", "--locked", "--workspace", "--no-fail-fast"], &[]));
    run.step("docs", |_| {
        shell::run_with("cargo", &["doc", "--locked", "--no-deps", "--lib"], &[("RUSTDOCFLAGS", "-D warnings")])
    });
    run.step("library, features alone", |_| library::features());
    run.step("library, public api", |_| library::public_api(&[]));
    run.step("library, package", |_| library::package());
    // Without `http`, whose cryptography wants a C compiler for the target.
    let portable = ["--bins", "--lib", "--no-default-features", "--features", "cli"];
    run.step("check windows", |_| check("x86_64-pc-windows-gnu", &portable));
    run.step("check macos", |_| check("x86_64-apple-darwin", &portable));
    run.step("check wasm", |_| check("wasm32-unknown-unknown", &["--lib", "--no-default-features"]));
    run.step("release build", |_| shell::run("cargo", &["build", "--release", "--locked", "--bin", "rustomize"]));
    run.step("schema files", |_| schema_files::run(&["--check"]));
    run.step("release, versions, notices and pages", |_| release::short());
    run.step("workflows", |_| workflows());
    run.step("vscode extension", |_| vscode::run(None));
    run.step("cases, release program", |run| {
        let bin = shell::root().join(RELEASE_BIN);
        let bin = bin.to_string_lossy();
        let args = ["test", "--locked", "--test", "integration", "--", "command_line"];
        run.cargo_test(&args, &[("RUSTOMIZE_BIN", &bin)])
    });
    run.step("npm package", |_| wasm::build(false));
    run.step("npm package, tests", |run| {
        let (tested, result) = wasm::test();
        run.tests += tested.tests;
        run.cases += tested.cases;
        result
    });
    run.step("cases, reference", |run| {
        let (counts, result) = cases::check("");
        run.cases += counts;
        result
    });
    run.step("examples, reference", |_| examples::run(&["--bin", RELEASE_BIN]));
    run.step("argocd", |run| {
        let (counts, result) = argocd::cases(&["--bin", RELEASE_BIN]);
        run.cases += counts;
        result
    });
    run.step("image", |_| image::run(&["--check"]));
    run.step("preview page, browser", |_| preview::page().and_then(|()| preview::test(&[])));
    run.finish(begin)
}

/// Reads the workflows as the service that runs them would. What their scripts do is not tried.
fn workflows() -> Result<()> {
    let files = shell::entries(".github/workflows".as_ref())?;
    let files: Vec<String> = files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
    let mut args = vec!["run", "github.com/rhysd/actionlint/cmd/actionlint@v1.7.9", "-shellcheck=", "-pyflakes="];
    args.extend(files.iter().map(String::as_str));
    shell::run("go", &args)
}

/// Type-checks for another system; nothing is linked, so no foreign tools are needed.
fn check(target: &str, what: &[&str]) -> Result<()> {
    tools::rust_target(target)?;
    let mut args = vec!["check", "--locked", "--target", target];
    args.extend(what);
    // A directory of its own: other flags would make cargo build the host's dependencies anew.
    let env = [DENY_WARNINGS, ("CARGO_TARGET_DIR", "target/check")];
    shell::run_with("cargo", &args, &env)
}

impl Run {
    fn step(&mut self, name: &'static str, work: impl FnOnce(&mut Run) -> Result<()>) {
        if !self.only.is_empty() && !self.only.iter().any(|word| name.contains(word.as_str())) {
            return;
        }
        println!("\n== {name}");
        let begin = Instant::now();
        let result = work(self);
        let seconds = begin.elapsed().as_secs_f64();
        match &result {
            Ok(()) => println!("== {name}: ok, {seconds:.1} s"),
            Err(message) => println!("== {name}: FAILED, {seconds:.1} s: {message}"),
        }
        self.steps.push((name, seconds, result));
    }

    fn cargo_test(&mut self, args: &[&str], env: &[(&str, &str)]) -> Result<()> {
        // The counts of the harness stand on its standard output, which the test runner hides when all is well.
        let mut args = args.to_vec();
        if !args.contains(&"--") {
            args.push("--");
        }
        args.push("--nocapture");
        let (output, result) = shell::run_and_keep("cargo", &args, env);
        for line in output.lines() {
            if let Some(rest) = line.strip_prefix("test result: ") {
                self.tests += counts_in(rest);
            } else if let Some((_, rest)) = line.split_once("harness cases: ") {
                self.cases += counts_in(rest);
            }
        }
        result
    }

    fn finish(self, begin: Instant) -> Result<()> {
        println!("\n== summary");
        if self.steps.is_empty() {
            return Err(format!("no step is called `{}`", self.only.join("`, `")));
        }
        for (name, seconds, result) in &self.steps {
            println!("{seconds:8.1} s  {:6}  {name}", if result.is_ok() { "ok" } else { "FAILED" });
        }
        println!("{:8.1} s  in all", begin.elapsed().as_secs_f64());
        println!("tests: {} passed, {} failed", self.tests.passed, self.tests.failed);
        let failed: Vec<&str> = self.steps.iter().filter(|step| step.2.is_err()).map(|step| step.0).collect();
        println!("{} passed, {} failed", self.cases.passed, self.cases.failed);
        if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
    }
}

/// Reads `N passed` and `N failed` out of a line.
pub fn counts_in(line: &str) -> Counts {
    let mut counts = Counts::default();
    let words: Vec<&str> = line.split([' ', ';', ',']).filter(|word| !word.is_empty()).collect();
    for pair in words.windows(2) {
        let Ok(number) = pair[0].parse::<usize>() else { continue };
        match pair[1] {
            "passed" => counts.passed += number,
            "failed" => counts.failed += number,
            _ => {}
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    #[test]
    fn counts_are_read_from_both_forms() {
        let rust = super::counts_in("FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 1 filtered out");
        assert_eq!((rust.passed, rust.failed), (5, 2));
        let ours = super::counts_in("12 passed, 3 failed");
        assert_eq!((ours.passed, ours.failed), (12, 3));
    }
}
