//! Where workloads come from: the generator of the shared corpora where it is present, our own otherwise.
//!
//! Either runs as a program of its own: a child's peak memory is never less than that of the process that starts it, so
//! this one stays small.

use super::workloads;
use crate::ratchet;
use crate::shell::{self, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};

pub(super) enum Supply {
    Shared(PathBuf),
    Own,
}

/// A workload on the disk.
pub(super) struct Input {
    pub root: PathBuf,
    /// The directories to build, absolute.
    pub targets: Vec<PathBuf>,
    pub n_files: u64,
    pub n_bytes: u64,
}

impl Supply {
    pub fn find(is_own: bool) -> Supply {
        let generator = || Some(ratchet::find_shared()?.join("bench/gen.py")).filter(|path| path.is_file());
        match (!is_own).then(generator).flatten() {
            Some(generator) => Supply::Shared(generator),
            None => Supply::Own,
        }
    }

    pub fn describe(&self) -> &'static str {
        match self {
            Supply::Shared(_) => "the shared generator (seed 1)",
            Supply::Own => "the generator of this repository (tests/benches/workloads.rs)",
        }
    }

    /// The standard workloads: each kind with its scales, small ones first.
    pub fn standard(&self) -> Result<Vec<(String, Vec<usize>)>> {
        match self {
            Supply::Shared(generator) => {
                let list = shell::output("python3", &[&generator.to_string_lossy(), "--list"])?;
                list.lines().map(|line| standard_kind(line).ok_or(format!("{line}: not understood"))).collect()
            }
            Supply::Own => Ok(workloads::KINDS.iter().map(|kind| (kind.0.to_owned(), kind.2.to_vec())).collect()),
        }
    }

    /// Writes a workload to a directory below `store`, or takes the one that is there.
    pub fn input(&self, name: &str, store: &Path) -> Result<Input> {
        let root = store.join(name);
        let description = root.join("bench.json");
        if !description.is_file() {
            let _ = std::fs::remove_dir_all(&root);
            let path = root.to_string_lossy();
            match self {
                Supply::Shared(generator) => {
                    shell::output("python3", &[&generator.to_string_lossy(), name, &path])?;
                }
                Supply::Own => {
                    let program = std::env::current_exe().map_err(|error| format!("this program: {error}"))?;
                    shell::output(&program.to_string_lossy(), &["bench", "generate", name, &path])?;
                }
            }
        }
        let text = shell::read(&description)?;
        let value: Value = serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
        let number = |key: &str| value.get(key).and_then(Value::as_u64).unwrap_or(0);
        let targets = value.get("targets").and_then(Value::as_array).ok_or(format!("{name}: no targets"))?;
        let targets: Vec<PathBuf> = targets.iter().filter_map(Value::as_str).map(|target| root.join(target)).collect();
        Ok(Input { targets, n_files: number("input_files"), n_bytes: number("input_bytes"), root })
    }
}

/// Reads a line of the generator's list: `wide  default 1000  standard 100,1000  N resources…`.
fn standard_kind(line: &str) -> Option<(String, Vec<usize>)> {
    let mut words = line.split_whitespace();
    let kind = words.next()?;
    let scales = words.skip_while(|word| *word != "standard").nth(1)?;
    let scales: std::result::Result<Vec<usize>, _> = scales.split(',').map(str::parse).collect();
    Some((kind.to_owned(), scales.ok()?))
}

/// The name of a workload at a scale; what has one scale only goes without it.
pub(super) fn name(kind: &str, scale: usize, scales: &[usize]) -> String {
    if scales == [1] { kind.to_owned() } else { format!("{kind}-{scale}") }
}

/// `cargo xtask bench generate NAME DIR`: one of our own workloads.
pub fn generate(name: &str, directory: &Path) -> Result<()> {
    let workload = workloads::generate(name).ok_or(format!("no workload is called `{name}`"))?;
    for (path, text) in &workload.files {
        shell::write(&directory.join(path), text)?;
    }
    let n_bytes: usize = workload.files.iter().map(|file| file.1.len()).sum();
    let description = serde_json::json!({
        "targets": workload.targets,
        "input_files": workload.files.len(),
        "input_bytes": n_bytes,
    });
    shell::write(&directory.join("bench.json"), format!("{description}\n"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_of_the_shared_generator_is_read() {
        let line = "wide        default 1000   standard 100,1000,10000  N resources in one base";
        assert_eq!(super::standard_kind(line), Some(("wide".to_owned(), vec![100, 1000, 10000])));
        assert_eq!(super::standard_kind("wide default"), None);
        assert_eq!(super::name("wide", 100, &[100, 1000]), "wide-100");
        assert_eq!(super::name("tiny", 1, &[1]), "tiny");
    }

    #[test]
    fn every_kind_of_our_own_is_made_the_same_twice() {
        for (kind, default, scales, _) in super::workloads::KINDS {
            let made = super::workloads::generate(kind);
            assert!(made.as_ref().is_some_and(|made| !made.files.is_empty() && !made.targets.is_empty()), "{kind}");
            assert_eq!(made, super::workloads::generate(kind), "{kind}");
            assert!(scales.contains(&default), "{kind}");
        }
        assert_eq!(super::workloads::generate("unknown"), None);
        assert_eq!(super::workloads::generate("wide-0"), None);
    }
}
