//! Whose work is in what is published: names, licences and their texts, as they came with the sources.
//!
//! Which crates are compiled in is cargo's answer; the texts are the files in their packages, of C sources inside them, too.
//! Nothing is asked of a network.

use super::programs::TARGETS;
use super::rust_library;
use super::zig::Zig;
use crate::shell::{self, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What the page is called, wherever it goes.
pub const FILE: &str = "THIRD-PARTY-NOTICES.txt";
/// Directories below a package in which licences are looked for.
const DEPTH_MAX: usize = 4;

/// One piece of software.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Component {
    pub name: String,
    pub version: String,
    /// As an SPDX expression.
    pub licence: String,
    /// Of a registry; what comes with a compiler is none.
    pub is_package: bool,
    texts: Vec<String>,
}

/// The crates in the programs, and what comes with Rust and musl.
pub fn of_programs(zig: &Zig) -> Result<Vec<Component>> {
    let targets: Vec<&str> = TARGETS.iter().map(|(target, _)| *target).collect();
    let mut components = of_crates("rustomize", &targets)?;
    components.push(standard_library()?);
    components.push(Component {
        name: "musl".to_owned(),
        version: "as it comes with Rust".to_owned(),
        licence: "MIT".to_owned(),
        is_package: false,
        texts: vec![zig.musl_licence()?],
    });
    Ok(components)
}

/// The crates in the WASM module, and Rust's library.
pub fn of_wasm() -> Result<Vec<Component>> {
    let mut components = of_crates("rustomize-wasm", &["wasm32-unknown-unknown"])?;
    components.push(standard_library()?);
    Ok(components)
}

/// The packages that are bundled from a directory with a lock file of npm, and installed.
pub fn of_packages(directory: &str) -> Result<Vec<Component>> {
    let directory = Path::new(directory);
    let lock = json(&shell::read(&directory.join("package-lock.json"))?)?;
    let mut components = Vec::new();
    let packages = lock["packages"].as_object().ok_or("a lock file without packages")?;
    for (path, package) in packages.iter().filter(|(path, package)| !path.is_empty() && package["dev"] != true) {
        let name = path.rsplit_once("node_modules/").map_or(path.as_str(), |(_, name)| name);
        let text = |field: &str| package[field].as_str().unwrap_or_default().to_owned();
        let component = Component {
            name: name.to_owned(),
            version: text("version"),
            licence: text("license"),
            is_package: true,
            texts: texts(&directory.join(path), 1)?,
        };
        components.push(complete(component)?);
    }
    Ok(components)
}

/// The crates that are compiled into a package for any of some targets, itself and what runs only at compile time left out.
fn of_crates(package: &str, targets: &[&str]) -> Result<Vec<Component>> {
    let metadata = json(&shell::output("cargo", &["metadata", "--locked", "--format-version", "1"])?)?;
    let mut known = BTreeMap::new();
    for package in metadata["packages"].as_array().ok_or("cargo metadata without packages")? {
        let text = |field: &str| package[field].as_str().unwrap_or_default();
        known.insert((text("name"), text("version")), package);
    }
    let mut found = BTreeSet::new();
    for target in targets {
        for (name, version) in compiled(package, target)? {
            let about = known.get(&(name.as_str(), version.as_str()));
            let about = about.ok_or_else(|| format!("cargo metadata does not know {name} {version}"))?;
            // Our own crates have no source elsewhere.
            if about["source"].is_null() {
                continue;
            }
            let manifest = Path::new(about["manifest_path"].as_str().unwrap_or_default());
            let directory = manifest.parent().ok_or("a manifest without directory")?;
            let licence = about["license"].as_str().unwrap_or_default().to_owned();
            let texts = texts(directory, DEPTH_MAX)?;
            found.insert(complete(Component { name, version, licence, is_package: true, texts })?);
        }
    }
    Ok(found.into_iter().collect())
}

/// What cargo would compile, by name and version.
fn compiled(package: &str, target: &str) -> Result<BTreeSet<(String, String)>> {
    let args = ["tree", "--locked", "--edges", "normal,no-proc-macro", "--prefix", "none", "--no-dedupe"];
    let rest = ["--format", "{p}", "--package", package, "--target", target];
    let tree = shell::output("cargo", &[&args[..], &rest].concat())?;
    let mut found = BTreeSet::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split(' ');
        let (name, version) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let version = version.strip_prefix('v').ok_or_else(|| format!("cargo tree: `{line}`"))?;
        found.insert((name.to_owned(), version.to_owned()));
    }
    Ok(found)
}

/// Rust's library, which is in everything that rustc makes.
fn standard_library() -> Result<Component> {
    let version = shell::output("rustc", &["--version"])?;
    let version = version.split(' ').nth(1).unwrap_or_default().to_owned();
    let (name, licence) = ("The Rust standard library".to_owned(), "MIT OR Apache-2.0".to_owned());
    Ok(Component { name, version, licence, is_package: false, texts: rust_library::texts()? })
}

/// Fails if nothing is known about a component.
fn complete(component: Component) -> Result<Component> {
    let Component { name, version, licence, texts, .. } = &component;
    if licence.is_empty() || texts.is_empty() {
        return Err(format!("{name} {version}: the licence is `{licence}`, with {} texts", texts.len()));
    }
    Ok(component)
}

/// Returns the licences and notices in a directory of sources.
fn texts(directory: &Path, depth: usize) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for path in shell::entries(directory)? {
        let name = shell::name(&path).to_lowercase();
        if path.is_dir() {
            if depth > 1 && !["test", "doc", "node_modules"].iter().any(|word| name.contains(word)) {
                for text in texts(&path, depth - 1)? {
                    if !found.contains(&text) {
                        found.push(text);
                    }
                }
            }
        } else if is_licence(&name) {
            let text = rust_library::tidy(&shell::read(&path)?);
            if !found.contains(&text) {
                found.push(text);
            }
        }
    }
    Ok(found)
}

fn is_licence(name: &str) -> bool {
    let (stem, end) = name.split_once('.').unwrap_or((name, ""));
    let is_text = !["rs", "c", "h", "py", "js", "json", "html", "toml", "yaml", "yml", "sh"].contains(&end);
    is_text && ["license", "licence", "copying", "notice", "copyright"].iter().any(|word| stem.contains(word))
}

/// Returns the page that goes with something that is published. Each text stands there once.
pub fn text(of: &str, components: &[Component]) -> Result<String> {
    let mut text = format!("Third-party software in {of}\n\nrustomize itself is under the Apache License 2.0.\n\n");
    let mut users: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    for Component { name, version, licence, texts, .. } in components {
        text += &format!("{name} {version} ({licence})\n");
        for one in texts {
            if !users.contains_key(one.as_str()) {
                order.push(one);
            }
            users.entry(one).or_default().push(format!("{name} {version}"));
        }
    }
    for one in order {
        let users = users.get(one).ok_or("a text without users")?;
        text += &format!("\n{}\n{}:\n\n{one}\n", "-".repeat(100), users.join(", "));
    }
    Ok(text)
}

/// Checks that every crate that is compiled in has its licence with it, is one of Cargo.lock, and that none is missing of
/// those that Cargo.toml names.
pub fn check() -> Result<()> {
    let targets: Vec<&str> = TARGETS.iter().map(|(target, _)| *target).collect();
    let (programs, wasm) =
        (of_crates("rustomize", &targets)?, of_crates("rustomize-wasm", &["wasm32-unknown-unknown"])?);
    for (what, components) in [("programs", &programs), ("npm package", &wasm)] {
        let page = text(what, components)?;
        let lock = shell::read("Cargo.lock".as_ref())?;
        for Component { name, version, .. } in components {
            if !lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"\n"))
                || !page.contains(&format!("{name} {version} ("))
            {
                return Err(format!("notices of the {what}: {name} {version}"));
            }
        }
        println!("notices of the {what}: {} crates, {} bytes", components.len(), page.len());
    }
    direct_ones(&programs)
}

/// What Cargo.toml names and the command line always has, whatever cargo's tree says.
fn direct_ones(components: &[Component]) -> Result<()> {
    let manifest = shell::read("Cargo.toml".as_ref())?;
    let (_, rest) = manifest.split_once("\n[dependencies]\n").ok_or("Cargo.toml has no dependencies")?;
    let section = rest.split("\n[").next().unwrap_or_default();
    let mut n_found = 0;
    for line in section.lines().filter(|line| !line.starts_with('#')) {
        let Some((name, _)) = line.split_once(" = ") else { continue };
        // Only what other programs want of the crate.
        if ["clap_mangen", "schemars"].contains(&name) {
            continue;
        }
        n_found += 1;
        if !components.iter().any(|component| component.name == name) {
            return Err(format!("the notices do not name {name}"));
        }
    }
    if n_found < 10 { Err("Cargo.toml is not read right".to_owned()) } else { Ok(()) }
}

fn json(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_are_known_by_their_names() {
        for name in
            ["license", "license-mit", "licence.md", "copying", "license.apache-2.0", "mit-license", "notice.txt"]
        {
            assert!(is_licence(name), "{name}");
        }
        for name in ["license.rs", "readme.md", "license_check.py", "lib.rs"] {
            assert!(!is_licence(name), "{name}");
        }
    }

    #[test]
    fn a_text_that_several_have_stands_there_once() {
        let component = |name: &str, text: &str| Component {
            name: name.to_owned(),
            version: "1".to_owned(),
            licence: "MIT".to_owned(),
            is_package: true,
            texts: vec![text.to_owned()],
        };
        let page =
            text("this", &[component("a", "same"), component("b", "other"), component("c", "same")]).expect("a page");
        assert_eq!(page.matches("same").count(), 1);
        assert!(page.contains("\na 1, c 1:\n\nsame\n"));
    }
}
