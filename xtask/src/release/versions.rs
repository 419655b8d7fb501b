//! The version: Cargo.toml decides, and everything else that names it must agree.

use crate::shell::{self, Result};
use std::path::Path;

/// Files, and what stands before a version in them.
const PLACES: [(&str, &str); 13] = [
    ("Cargo.toml", "\nversion = \""),
    ("pkg/Cargo.toml", "\nversion = \""),
    ("pkg/package.json", "\n  \"version\": \""),
    ("pkg/package-lock.json", "\"name\": \"rustomize\",\n  \"version\": \""),
    ("pkg/package-lock.json", "\"name\": \"rustomize\",\n      \"version\": \""),
    ("pkg/vscode/package.json", "\n  \"version\": \""),
    ("pkg/vscode/package-lock.json", "\"name\": \"rustomize\",\n  \"version\": \""),
    ("pkg/vscode/package-lock.json", "\"name\": \"rustomize\",\n      \"version\": \""),
    ("argocd/operator/argocd.yaml", "rustomize-argocd:"),
    ("argocd/sidecar/repo-server.yaml", "rustomize-argocd:"),
    ("argocd/helm/values.yaml", "rustomize-argocd:"),
    ("argocd/fleet/job/kustomization.yaml", "- name: rustomize\n  newTag: "),
    ("docs/install.md", "\nVERSION="),
];
const CHANGELOG: &str = "CHANGELOG.md";

pub fn run(words: &[&str]) -> Result<()> {
    match words {
        [] => check(),
        ["--tag", tag] => {
            check()?;
            let own = own()?;
            if *tag != format!("v{own}") {
                return Err(format!("the tag is {tag}, and the version {own}"));
            }
            if heading()?.contains("unreleased") {
                return Err(format!("{CHANGELOG} still says that {own} is unreleased"));
            }
            Ok(())
        }
        ["--set", version] => set(version),
        _ => Err("usage: cargo xtask release versions [--tag TAG | --set VERSION]".to_owned()),
    }
}

/// The version of Cargo.toml.
pub fn own() -> Result<String> {
    let (path, before) = PLACES[0];
    let text = shell::read(path.as_ref())?;
    found(&text, before).into_iter().next().map(str::to_owned).ok_or_else(|| format!("{path} has no version"))
}

fn check() -> Result<()> {
    let own = own()?;
    for (path, before) in PLACES {
        let text = shell::read(path.as_ref())?;
        let versions = found(&text, before);
        if versions != [own.as_str()] {
            return Err(format!("{path} has {versions:?}, and Cargo.toml {own}; `release versions --set` writes all"));
        }
    }
    let heading = heading()?;
    if heading.split(' ').nth(1) != Some(own.as_str()) {
        return Err(format!("{CHANGELOG} begins with `{heading}`, and the version is {own}"));
    }
    println!("version {own}, in {} places", PLACES.len() + 1);
    Ok(())
}

/// The first heading of a version in the list of changes.
fn heading() -> Result<String> {
    let text = shell::read(CHANGELOG.as_ref())?;
    let heading = text.lines().find(|line| line.starts_with("## "));
    heading.map(str::to_owned).ok_or_else(|| format!("{CHANGELOG} has no heading of a version"))
}

/// Writes another version everywhere, but not the changes of it.
fn set(version: &str) -> Result<()> {
    if version.split('.').count() < 3
        || !version.starts_with(|c: char| c.is_ascii_digit())
        || end(version) != version.len()
    {
        return Err(format!("`{version}` is no version"));
    }
    for (path, before) in PLACES {
        let text = shell::read(path.as_ref())?;
        let (head, rest) = text.split_once(before).ok_or_else(|| format!("{path} has no version"))?;
        let new = format!("{head}{before}{version}{}", &rest[end(rest)..]);
        shell::write(Path::new(path), new)?;
    }
    // Writes the lock file.
    shell::output("cargo", &["metadata", "--offline", "--format-version", "1"])?;
    println!("version {version}, in {} places; {CHANGELOG} is yours to write", PLACES.len());
    Ok(())
}

/// The versions that stand behind some text.
fn found<'t>(text: &'t str, before: &str) -> Vec<&'t str> {
    text.split(before).skip(1).map(|rest| &rest[..end(rest)]).collect()
}

/// Where a version ends that a text begins with.
fn end(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphanumeric() && !".-+".contains(c)).unwrap_or(text.len())
}
