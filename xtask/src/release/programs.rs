//! Static programs for Linux, without a trace of the machine that made them.

use super::zig::Zig;
use crate::shell::{self, Result};
use crate::{places, tools};
use std::path::PathBuf;

/// Apart from what is built for tests, whose flags are others.
const TARGET_DIR: &str = "target/release-work/programs";

/// Targets, with Go's and qemu's words for the processor.
pub const TARGETS: [(&str, &str); 2] =
    [("x86_64-unknown-linux-musl", "amd64"), ("aarch64-unknown-linux-musl", "arm64")];

/// A program that was built.
pub struct Program {
    pub target: &'static str,
    pub processor: &'static str,
    pub path: PathBuf,
}

/// Builds a program for each target and tries it out.
pub fn build(zig: &Zig) -> Result<Vec<Program>> {
    let mut programs = Vec::new();
    for (target, processor) in TARGETS {
        tools::rust_target(target)?;
        compile(target, zig)?;
        let path = shell::root().join(TARGET_DIR).join(target).join("release/rustomize");
        places::check(&path)?;
        programs.push(Program { target, processor, path });
    }
    try_out(&programs)?;
    Ok(programs)
}

fn compile(target: &str, zig: &Zig) -> Result<()> {
    // Those of .cargo/config.toml, which these take the place of, and the linker that comes with Rust.
    let flags = places::rust_flags(&["-C", "relocation-model=static", "-C", "linker=rust-lld"])?;
    let mut env = zig.environment(target, &places::c_flags()?)?;
    env.push(("CARGO_ENCODED_RUSTFLAGS".to_owned(), flags));
    env.push(("CARGO_INCREMENTAL".to_owned(), "0".to_owned()));
    let env: Vec<(&str, &str)> = env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let args = ["build", "--release", "--locked", "--bin", "rustomize", "--target", target, "--target-dir", TARGET_DIR];
    shell::run_with("cargo", &args, &env)
}

/// Has all programs render a tree, if need be by an emulator, and compares what they print.
fn try_out(programs: &[Program]) -> Result<()> {
    let example = "examples/dreamseed/overlays/production";
    let mut first: Option<String> = None;
    for program in programs {
        let path = program.path.to_string_lossy();
        let (processor, _) = program.target.split_once('-').unwrap_or_default();
        let printed = if processor == std::env::consts::ARCH {
            shell::output(&path, &["build", example])?
        } else {
            let emulator = format!("qemu-{processor}-static");
            tools::debian(&emulator, "qemu-user-static")?;
            shell::output(&emulator, &[&path, "build", example])?
        };
        if printed.is_empty() || first.as_ref().is_some_and(|first| *first != printed) {
            return Err(format!("{path} does not render {example} like the others"));
        }
        println!("{path}: renders {example}, {} bytes", printed.len());
        first.get_or_insert(printed);
    }
    Ok(())
}
