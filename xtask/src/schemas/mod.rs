//! `cargo xtask schemas`: writes the tables that `rustomize validate` looks things up in.
//!
//! src/validate/kubernetes.txt holds the types of Kubernetes: fields, types and required fields from the crate k8s-openapi
//! (which has them from the OpenAPI document of the release), enumerations from the Go modules of the same release, where
//! types are marked `+enum`. src/validate/lifecycle.txt holds the releases in which an API was deprecated and removed, from
//! the lifecycle functions in the Go modules of many releases. Both are facts, and sorted, so that a new release shows as a
//! readable difference. `--check` only compares.

pub mod go;
mod openapi;

use crate::shell::{self, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

const TYPES: &str = "src/validate/kubernetes.txt";
const LIFECYCLE: &str = "src/validate/lifecycle.txt";
/// The newest release that k8s-openapi knows; the feature of it, and the version of the Go modules.
const RELEASE: &str = "1.37";
const FEATURE: &str = "v1_37";
const GO_VERSION: &str = "v0.37.0";
/// Modules with types, and the directories of their packages.
const GO_MODULES: [(&str, &str); 4] = [
    ("k8s.io/api", ""),
    ("k8s.io/apimachinery", "pkg/apis"),
    ("k8s.io/apiextensions-apiserver", "pkg/apis"),
    ("k8s.io/kube-aggregator", "pkg/apis"),
];
/// Releases whose modules hold what later ones have dropped, the oldest first. Earlier modules have no lifecycle functions.
const FORMER: [&str; 12] = [
    "v0.19.16", "v0.20.15", "v0.21.14", "v0.22.17", "v0.23.17", "v0.24.17", "v0.25.16", "v0.27.16", "v0.29.15",
    "v0.31.14", "v0.33.9", GO_VERSION,
];

pub fn run(words: &[&str]) -> Result<()> {
    let is_check = match words {
        [] => false,
        ["--check"] => true,
        _ => return Err("usage: cargo xtask schemas [--check]".to_owned()),
    };
    for (file, text) in [(TYPES, types()?), (LIFECYCLE, lifecycle()?)] {
        if !is_check {
            shell::write(Path::new(file), &text)?;
            println!("wrote {file}: {} bytes, {} lines", text.len(), text.lines().count());
        } else if shell::read(Path::new(file))? != text {
            return Err(format!("{file} is not what `cargo xtask schemas` writes"));
        }
    }
    Ok(())
}

fn types() -> Result<String> {
    let crate_directory = crate_directory()?;
    let mut definitions = openapi::read(&crate_directory.join("src").join(FEATURE))?;
    let mut enums = go::Enums::default();
    for (module, packages) in GO_MODULES {
        enums.read(&go::download(module, GO_VERSION)?.join(packages))?;
    }
    let n_enums = enums.apply(&mut definitions.types);
    // What is below `status` is the server's; nothing is said about it.
    for definition in definitions.types.values_mut() {
        for field in definition.iter_mut().filter(|field| field.name == "status" && field.text.ends_with("Status")) {
            field.text = "a".to_owned();
            field.is_required = false;
        }
    }
    let reached = reached(&definitions);
    let mut text = header(&format!(
        "The types of Kubernetes {RELEASE}.\n\
         \n\
         Sources: the crate k8s-openapi, version {}, feature {FEATURE} (fields, types, required fields, as in the OpenAPI\n\
         document of the release); the Go modules k8s.io/api, k8s.io/apimachinery, k8s.io/apiextensions-apiserver and\n\
         k8s.io/kube-aggregator, version {GO_VERSION} (enumerations: types marked `+enum`). Both Apache-2.0.\n\
         \n\
         Not in the table: what the server checks in code (ranges, patterns, formats of names, fields that exclude one\n\
         another), enumerations without the mark, everything below `status`, `List` kinds, kinds that no client writes.\n\
         \n\
         A line is a name and, behind a tab, fields divided by blanks: `name:type`, or `name!:type` where it is required.\n\
         Types: s string, y base64, t time, i 32-bit integer, l 64-bit integer, n number, b boolean, q quantity, x integer or\n\
         string, a anything, [T list, {{T map, @D definition D, ?D definition D or something else, (A|B enumeration.\n\
         A line that begins with `=` is a kind: group/version/kind, and its definition. Lines are sorted bytewise.",
        crate_version(&crate_directory),
    ));
    let mut lines = BTreeSet::new();
    for (kind, definition) in &definitions.kinds {
        lines.insert(format!("={kind}\t{definition}"));
    }
    for name in &reached {
        let fields = definitions.types.get(name).map(Vec::as_slice).unwrap_or_default();
        let fields: Vec<String> = fields.iter().map(openapi::Field::show).collect();
        lines.insert(format!("{name}\t{}", fields.join(" ")));
    }
    for line in &lines {
        let _ = writeln!(text, "{line}");
    }
    println!("{} kinds, {} definitions, {n_enums} fields with enumerations", definitions.kinds.len(), reached.len());
    Ok(text)
}

/// Returns the definitions that kinds lead to.
fn reached(definitions: &openapi::Definitions) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut todo: Vec<String> = definitions.kinds.values().cloned().collect();
    while let Some(name) = todo.pop() {
        if !reached.insert(name.clone()) {
            continue;
        }
        for field in definitions.types.get(&name).into_iter().flatten() {
            let inner = field.text.trim_start_matches(['[', '{']);
            todo.extend(inner.strip_prefix(['@', '?']).map(str::to_owned));
        }
    }
    reached
}

fn lifecycle() -> Result<String> {
    let mut known: BTreeMap<String, go::Life> = BTreeMap::new();
    for version in FORMER {
        for (module, packages) in GO_MODULES {
            let is_stable = module != "k8s.io/apiextensions-apiserver" && module != "k8s.io/kube-aggregator";
            let is_sampled = ["v0.19.16", "v0.22.17", GO_VERSION].contains(&version);
            if module == "k8s.io/apimachinery" || !(is_stable || is_sampled) {
                continue;
            }
            known.extend(go::lives(&go::download(module, version)?.join(packages))?);
        }
    }
    let mut text = header(&format!(
        "The releases of Kubernetes in which APIs were introduced, deprecated and removed.\n\
         \n\
         Source: the lifecycle functions of the types in the Go modules k8s.io/api, versions {}, and, for the first, some\n\
         and the last of these, k8s.io/apiextensions-apiserver and k8s.io/kube-aggregator (Apache-2.0); the newest module that\n\
         has a type counts. Kinds that no client writes, and those of APIs that neither are nor will be removed, are left out.\n\
         \n\
         A line is group/version/kind and, behind tabs, the releases (`-` for none) and the kind that replaces it (or `-`).\n\
         Lines are sorted bytewise.",
        FORMER.join(", "),
    ));
    for (kind, life) in &known {
        if life.deprecated.is_none() && life.removed.is_none() {
            continue;
        }
        let release = |release: &Option<(u32, u32)>| match release {
            Some((major, minor)) => format!("{major}.{minor}"),
            None => "-".to_owned(),
        };
        let replacement = life.replacement.as_deref().unwrap_or("-");
        let releases = [release(&life.introduced), release(&life.deprecated), release(&life.removed)].join("\t");
        let _ = writeln!(text, "{kind}\t{releases}\t{replacement}");
    }
    Ok(text)
}

fn header(words: &str) -> String {
    let mut text = String::new();
    for line in ["Written by `cargo xtask schemas`; not to be edited.", ""].into_iter().chain(words.lines()) {
        let _ = writeln!(text, "{}", format!("# {line}").trim_end());
    }
    text
}

/// Returns where cargo keeps the sources of k8s-openapi.
fn crate_directory() -> Result<PathBuf> {
    let args = ["metadata", "--format-version", "1", "--manifest-path", "xtask/Cargo.toml", "--features", "schemas"];
    let json: Value = serde_json::from_str(&shell::output("cargo", &args)?).map_err(|error| error.to_string())?;
    let packages = json.get("packages").and_then(Value::as_array).into_iter().flatten();
    let mut found = packages.filter(|package| package.get("name").and_then(Value::as_str) == Some("k8s-openapi"));
    let manifest = found.next().and_then(|package| package.get("manifest_path")?.as_str());
    let manifest = manifest.ok_or("cargo does not know k8s-openapi")?;
    Ok(Path::new(manifest).parent().unwrap_or(Path::new("")).to_path_buf())
}

fn crate_version(directory: &Path) -> String {
    shell::name(directory).rsplit('-').next().unwrap_or_default().to_owned()
}
