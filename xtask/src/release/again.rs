//! Whether a release is reproducible: it is made here, and once more from a clone in another directory with nothing built
//! before, and all digests must be equal.

use super::{OUT, SUMS};
use crate::shell::{self, Result};
use std::collections::BTreeMap;
use std::path::Path;

pub fn check() -> Result<()> {
    if !super::is_clean()? {
        return Err("there are changes that are not committed: a clone would not have them".to_owned());
    }
    super::all()?;
    let here = digests(&shell::root().join(OUT))?;
    // Of another length, and not below the first one: both have shown in programs.
    let clone = std::env::temp_dir().join("rustomize-release-made-again");
    let _ = std::fs::remove_dir_all(&clone);
    let there = clone.to_string_lossy();
    shell::run("git", &["clone", "--quiet", "--no-local", ".", &there])?;
    let commit = shell::output("git", &["rev-parse", "HEAD"])?;
    shell::run("git", &["-C", &there, "checkout", "--quiet", "--detach", commit.trim()])?;
    shell::run("sh", &["-c", "cd \"$1\" && cargo xtask release", "sh", &there])?;
    let again = digests(&clone.join(OUT))?;
    let n_files = compare(&here, &again)?;
    std::fs::remove_dir_all(&clone).map_err(|error| format!("{there}: {error}"))?;
    println!("REPRODUCIBLE: {n_files} files have the same digests, made in two directories");
    Ok(())
}

/// Reads the list of digests, by file.
fn digests(directory: &Path) -> Result<BTreeMap<String, String>> {
    let text = shell::read(&directory.join(SUMS))?;
    let lines = text.lines().map(|line| {
        let (digest, name) = line.split_once("  ").ok_or_else(|| format!("{SUMS}: `{line}`"))?;
        Ok((name.to_owned(), digest.to_owned()))
    });
    lines.collect()
}

/// Fails if two lists differ in anything.
fn compare(here: &BTreeMap<String, String>, again: &BTreeMap<String, String>) -> Result<usize> {
    let names = here.keys().chain(again.keys());
    let mut different: Vec<&str> =
        names.filter(|name| here.get(*name) != again.get(*name)).map(String::as_str).collect();
    different.sort_unstable();
    different.dedup();
    match different[..] {
        _ if here.is_empty() => Err("nothing was made".to_owned()),
        [] => Ok(here.len()),
        _ => Err(format!("NOT REPRODUCIBLE: {}", different.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_found() {
        let list =
            |pairs: &[(&str, &str)]| pairs.iter().map(|(name, sum)| ((*name).to_owned(), (*sum).to_owned())).collect();
        let one: BTreeMap<String, String> = list(&[("a", "1"), ("b", "2")]);
        assert_eq!(compare(&one, &one), Ok(2));
        for other in [list(&[("a", "1")]), list(&[("a", "1"), ("b", "3")]), list(&[("a", "1"), ("b", "2"), ("c", "4")])]
        {
            assert!(compare(&one, &other).is_err());
        }
        assert!(compare(&BTreeMap::new(), &BTreeMap::new()).is_err());
    }
}
