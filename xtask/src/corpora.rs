//! The shared corpora as trees in memory, for checks that need more of a build than what is printed.

use crate::shell::Result;
use rustomize::build::{BuildOptions, LoadRestrictions, Reorder};
use rustomize::fs::Memory;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// One build that succeeds in the reference.
pub struct Target {
    /// Names it in reports.
    pub name: String,
    /// The tree; it stands in `/work`.
    pub files: Memory,
    /// The user's directory.
    pub here: String,
    /// The directory to build.
    pub directory: String,
    pub options: BuildOptions,
}

/// Where trees stand.
const ROOT: &str = "/work";

/// Returns where the shared corpora are, if they are there.
pub fn find_shared() -> Option<PathBuf> {
    let candidates = [std::env::var_os("SHARED").map(PathBuf::from), Some(crate::shell::root().join("../shared"))];
    candidates.into_iter().flatten().find(|path| path.join("conformance/run.py").is_file())
}

/// Calls `work` with every target whose name contains `filter`; returns how many need programs and were left out.
pub fn for_each(
    shared: &Path,
    filter: &str,
    corpora: &[&str],
    mut work: impl FnMut(Target) -> Result<()>,
) -> Result<usize> {
    let mut n_left_out = 0;
    if corpora.contains(&"conformance") {
        for group in entries(&shared.join("conformance/cases"))? {
            for case in entries(&group)? {
                let json = parse(&case.join("case.json"))?;
                let name = format!("conformance {} {}", text(&json, "group"), text(&json, "name"));
                if text(&json, "command") != "build" || text(&json, "expect") != "success" || !name.contains(filter) {
                    continue;
                }
                if json.get("requires").and_then(Value::as_array).is_some_and(|list| !list.is_empty()) {
                    n_left_out += 1;
                    continue;
                }
                let mut files = Memory::new();
                load(&case.join("input"), ROOT, &mut files)?;
                for templated in list(&json, "templated") {
                    let path = format!("{ROOT}/{templated}");
                    let text = std::fs::read_to_string(case.join("input").join(&templated));
                    let text = text.map_err(|error| format!("{path}: {error}"))?;
                    files.set(&path, text.replace("$ROOT", ROOT));
                }
                let cwd = text(&json, "cwd");
                let here = if cwd.is_empty() { ROOT.to_owned() } else { format!("{ROOT}/{cwd}") };
                let (directory, options) = arguments(&list(&json, "argv"));
                work(Target { name, files, here, directory: directory.replace("$ROOT", ROOT), options })?;
            }
        }
    }
    if corpora.contains(&"realworld") {
        for repository in entries(&shared.join("realworld"))? {
            let targets = repository.join("targets.json");
            if !targets.is_file() {
                continue;
            }
            let mut files = Memory::new();
            load(&repository.join("tree"), ROOT, &mut files)?;
            for target in parse(&targets)?.as_array().into_iter().flatten() {
                let repository = repository.file_name().unwrap_or_default().to_string_lossy();
                let name = format!("realworld {repository} {}", text(target, "target"));
                if !name.contains(filter) {
                    continue;
                }
                let mut words = list(target, "flags");
                words.push(text(target, "target").to_owned());
                let (directory, options) = arguments(&words);
                work(Target { name, files: files.clone(), here: ROOT.to_owned(), directory, options })?;
            }
        }
    }
    Ok(n_left_out)
}

/// Reads the arguments of `build` that the corpora use.
fn arguments(words: &[String]) -> (String, BuildOptions) {
    let mut options = BuildOptions::default();
    let mut directory = ".".to_owned();
    let mut words = words.iter().map(String::as_str).filter(|word| *word != "build");
    while let Some(word) = words.next() {
        match word {
            "--reorder=none" => options.reorder = Reorder::None,
            "--load-restrictor=LoadRestrictionsNone" => options.load_restrictions = LoadRestrictions::None,
            "--load-restrictor" => {
                words.next();
                options.load_restrictions = LoadRestrictions::None;
            }
            "--enable-managedby-label" => options.managed_by_label = true,
            "--enable-alpha-plugins" => options.plugins.alpha_plugins = true,
            word if word.starts_with('-') => {}
            word => directory = word.to_owned(),
        }
    }
    (directory, options)
}

fn load(directory: &Path, to: &str, files: &mut Memory) -> Result<()> {
    for entry in entries(directory)? {
        let to = format!("{to}/{}", entry.file_name().unwrap_or_default().to_string_lossy());
        if entry.is_dir() {
            load(&entry, &to, files)?;
        } else {
            files.set(&to, crate::shell::read_bytes(&entry)?);
        }
    }
    Ok(())
}

fn entries(directory: &Path) -> Result<Vec<PathBuf>> {
    let read = std::fs::read_dir(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let mut paths: Vec<PathBuf> = read.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    Ok(paths)
}

fn parse(path: &Path) -> Result<Value> {
    let text = crate::shell::read(path)?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list(value: &Value, key: &str) -> Vec<String> {
    let list = value.get(key).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}
