//! `cargo xtask fuzz`: cargo-fuzz on stable Rust, with seeds made from tests/cases.

use crate::shell::{self, Result};
use crate::tools;
use std::path::{Path, PathBuf};

/// Bounds on one run of a target: bytes of input, seconds, megabytes.
const BOUNDS: [&str; 3] = ["-max_len=65536", "-timeout=20", "-rss_limit_mb=2048"];

pub fn run(target: &str, seconds: &str) -> Result<()> {
    if !["read", "render"].contains(&target) {
        return Err(format!("no fuzz target `{target}`: read or render"));
    }
    let seconds: u32 = seconds.parse().map_err(|_| format!("`{seconds}` is no number of seconds"))?;
    tools::cargo_tool("cargo-fuzz", "0.13.2")?;
    let corpus = PathBuf::from(format!("tests/fuzz/corpus/{target}"));
    println!("{} seeds from tests/cases", seeds(target, &corpus)?);
    let time = format!("-max_total_time={seconds}");
    let mut args = vec!["fuzz", "run", "-s", "none", "--fuzz-dir", "tests/fuzz", target, "--", &time];
    args.extend(BOUNDS);
    shell::run("cargo", &args)
}

/// Writes one seed per file (`read`) or per case (`render`) and returns how many.
fn seeds(target: &str, corpus: &Path) -> Result<usize> {
    let mut n_seeds = 0;
    for topic in shell::entries(Path::new("tests/cases"))? {
        for case in shell::entries(&topic)? {
            let input = case.join("input");
            let mut files = Vec::new();
            walk(&input, &mut files)?;
            let stem = format!("{}-{}", shell::name(&topic), shell::name(&case));
            if target == "render" {
                shell::write(&corpus.join(stem), pack(&input, &files)?)?;
                n_seeds += 1;
                continue;
            }
            for (number, file) in files.iter().enumerate() {
                let bytes = shell::read_bytes(file)?;
                shell::write(&corpus.join(format!("{stem}-{number}")), bytes)?;
                n_seeds += 1;
            }
        }
    }
    Ok(n_seeds)
}

/// Packs a tree as the target `render` reads it: `path NUL content NUL` for each file, the directory to build first.
fn pack(input: &Path, files: &[PathBuf]) -> Result<Vec<u8>> {
    let args = input.with_file_name("args");
    let args = std::fs::read_to_string(args).unwrap_or_default();
    let directory = args.lines().find(|line| !line.starts_with('-')).unwrap_or(".");
    let mut bytes = directory.as_bytes().to_vec();
    bytes.push(0);
    for file in files {
        let content = shell::read_bytes(file)?;
        let path = file.strip_prefix(input).map_err(|error| error.to_string())?;
        bytes.extend_from_slice(path.to_string_lossy().as_bytes());
        bytes.push(0);
        bytes.extend(content.into_iter().filter(|&byte| byte != 0));
        bytes.push(0);
    }
    Ok(bytes)
}

fn walk(directory: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for path in shell::entries(directory)? {
        if path.is_dir() {
            walk(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
