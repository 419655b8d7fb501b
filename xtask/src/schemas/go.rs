//! Facts from the Go modules of Kubernetes: enumerations, and in which release an API was deprecated and removed.

use super::openapi::Field;
use crate::shell::{self, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Returns the directory of a module, fetching it if it is not there.
pub fn download(module: &str, version: &str) -> Result<PathBuf> {
    let json = shell::output("go", &["mod", "download", "-json", &format!("{module}@{version}")])?;
    let json: serde_json::Value = serde_json::from_str(&json).map_err(|error| error.to_string())?;
    let directory = json.get("Dir").and_then(serde_json::Value::as_str);
    directory.map(PathBuf::from).ok_or_else(|| format!("{module}@{version} has no directory"))
}

/// Enumerations, and the fields that have one.
#[derive(Default)]
pub struct Enums {
    /// Values by `core/v1` and the type.
    values: BTreeMap<(String, String), BTreeSet<String>>,
    /// Package and type by the definition and the JSON name of a field.
    fields: Vec<((String, String), (String, String))>,
}

impl Enums {
    /// Reads the packages in `<directory>/<group>/<version>`.
    pub fn read(&mut self, directory: &Path) -> Result<()> {
        for group in shell::entries(directory)?.iter().filter(|group| group.is_dir()) {
            for version in shell::entries(group)?.iter().filter(|version| version.is_dir()) {
                let package = format!("{}/{}", shell::name(group), shell::name(version));
                for file in shell::entries(version)? {
                    let name = shell::name(&file);
                    if name.starts_with("types") && name.ends_with(".go") && !name.contains("swagger") {
                        self.read_file(&package, &shell::read(&file)?);
                    }
                }
            }
        }
        Ok(())
    }

    fn read_file(&mut self, package: &str, text: &str) {
        let imports = imports(text);
        let mut is_marked = false;
        let mut definition: Option<String> = None;
        for line in text.lines() {
            let trimmed = line.trim();
            if let Some(name) = definition.as_ref().filter(|_| !trimmed.starts_with("//")) {
                if line == "}" {
                    definition = None;
                } else if let Some((json, package, kind)) = field(trimmed, package, &imports) {
                    self.fields.push(((name.clone(), json), (package, kind)));
                }
                continue;
            }
            let words: Vec<&str> = trimmed.split_whitespace().collect();
            match words.as_slice() {
                ["//", "+enum", ..] => is_marked = true,
                [comment, ..] if comment.starts_with("//") => {}
                ["type", name, "struct", "{"] => {
                    definition = Some(format!("{}.{name}", package.replace('/', ".")));
                    is_marked = false;
                }
                ["type", name, "string"] => {
                    if is_marked {
                        self.values.entry((package.to_owned(), (*name).to_owned())).or_default();
                    }
                    is_marked = false;
                }
                [_, kind, "=", value, ..] | ["const", _, kind, "=", value, ..] => {
                    let key = (package.to_owned(), (*kind).to_owned());
                    if let (Some(values), Some(value)) = (self.values.get_mut(&key), quoted(value)) {
                        values.insert(value.to_owned());
                    }
                }
                _ => is_marked = false,
            }
        }
    }

    /// Gives fields their enumerations; returns how many have one.
    pub fn apply(&self, types: &mut BTreeMap<String, Vec<Field>>) -> usize {
        let mut n_applied = 0;
        for ((definition, json), kind) in &self.fields {
            let Some(values) = self.values.get(kind).filter(|values| !values.is_empty()) else { continue };
            let Some(fields) = types.get_mut(definition) else { continue };
            let Some(field) = fields.iter_mut().find(|field| field.name == *json) else { continue };
            // Nothing is the value of a field that is not set.
            let values: Vec<&str> = values.iter().map(String::as_str).filter(|value| !value.is_empty()).collect();
            if field.text.ends_with('s') && field.text.len() <= 2 {
                field.text = format!("{}({}", field.text.trim_end_matches('s'), values.join("|"));
                n_applied += 1;
            }
        }
        n_applied
    }
}

/// Returns the packages that a file imports, as `core/v1`, by the name they have there.
fn imports(text: &str) -> BTreeMap<String, String> {
    let block = text.split_once("import (").and_then(|(_, rest)| rest.split_once(')')).map_or("", |(block, _)| block);
    let import = |line: &str| {
        let (alias, path) = line.trim().split_once('"')?;
        let path = path.strip_suffix('"')?;
        let mut parts = path.rsplit('/');
        let (version, group) = (parts.next()?, parts.next()?);
        let alias = if alias.trim().is_empty() { version } else { alias.trim() };
        Some((alias.to_owned(), format!("{group}/{version}")))
    };
    block.lines().filter_map(import).collect()
}

/// Reads a field of a struct: its JSON name, and the package and the name of its type.
fn field(line: &str, package: &str, imports: &BTreeMap<String, String>) -> Option<(String, String, String)> {
    let (_, tag) = line.split_once("`json:\"")?;
    let json = tag.split([',', '"']).next().filter(|name| !name.is_empty())?;
    let kind = line.split_whitespace().nth(1)?.trim_start_matches(['*', '[', ']']);
    Some(match kind.split_once('.') {
        Some((alias, kind)) => (json.to_owned(), imports.get(alias)?.clone(), kind.to_owned()),
        None => (json.to_owned(), package.to_owned(), kind.to_owned()),
    })
}

fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

/// When an API came and went.
#[derive(Clone, Debug, Default)]
pub struct Life {
    pub introduced: Option<(u32, u32)>,
    pub deprecated: Option<(u32, u32)>,
    pub removed: Option<(u32, u32)>,
    /// `group/version/kind`.
    pub replacement: Option<String>,
}

/// Reads the lifecycle functions of the packages in `<directory>/<group>/<version>`, by `group/version/kind`.
pub fn lives(directory: &Path) -> Result<BTreeMap<String, Life>> {
    let mut lives: BTreeMap<String, Life> = BTreeMap::new();
    for group in shell::entries(directory)?.iter().filter(|group| group.is_dir()) {
        for version in shell::entries(group)?.iter().filter(|version| version.is_dir()) {
            let file = version.join("zz_generated.prerelease-lifecycle.go");
            let register = version.join("register.go");
            if !file.is_file() || !register.is_file() {
                continue;
            }
            let register = shell::read(&register)?;
            let Some((_, rest)) = register.split_once("GroupName = \"") else { continue };
            let group = rest.split('"').next().unwrap_or_default();
            let group_version = format!("{group}/{}", shell::name(version));
            read_lives(&group_version, &shell::read(&file)?, &mut lives);
        }
    }
    Ok(lives)
}

fn read_lives(group_version: &str, text: &str, lives: &mut BTreeMap<String, Life>) {
    for function in text.split("\nfunc (in *").skip(1) {
        let Some((kind, rest)) = function.split_once(") APILifecycle") else { continue };
        let Some((what, rest)) = rest.split_once('(') else { continue };
        let Some(returned) = rest.split_once("return ").and_then(|(_, rest)| rest.lines().next()) else { continue };
        if kind.ends_with("List") {
            continue;
        }
        let life = lives.entry(format!("{group_version}/{kind}")).or_default();
        let release = || {
            let (major, minor) = returned.split_once(", ")?;
            Some((major.parse().ok()?, minor.parse().ok()?))
        };
        match what {
            "Introduced" => life.introduced = release(),
            "Deprecated" => life.deprecated = release(),
            "Removed" => life.removed = release(),
            "Replacement" => {
                let parts: Vec<&str> = returned.split('"').skip(1).step_by(2).collect();
                life.replacement = Some(parts.join("/"));
            }
            _ => {}
        }
    }
}
