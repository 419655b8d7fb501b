//! The schemas judged by another implementation of JSON Schema.

use crate::shell::{self, Result};
use jsonschema::Validator;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use yaml_rust2::{Yaml, YamlLoader};

const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
const BIN: &str = "target/debug/rustomize";
/// Faults of a kustomization file that a schema can see.
const SEEN: [&str; 2] = ["unknown-field", "wrong-type"];

pub fn all(schemas: &[(String, Value)]) -> Result<()> {
    let mut validators = BTreeMap::new();
    for (name, schema) in schemas {
        jsonschema::draft7::meta::validate(schema).map_err(|error| format!("{name}: {error}"))?;
        let validator = jsonschema::draft7::new(schema).map_err(|error| format!("{name}: {error}"))?;
        validators.insert(name.as_str(), validator);
    }
    let of = |name: &str| validators.get(name).ok_or_else(|| format!("there is no schema `{name}`"));
    let schema = schemas.iter().find(|(name, _)| name == "kustomization").map(|(_, schema)| schema);
    kustomizations(schema.ok_or("there is no schema of the kustomization file")?, of("kustomization")?)?;
    shell::run("cargo", &["build", "--quiet", "--locked", "--bin", "rustomize"])?;
    outputs(&|name| of(&format!("{name}-v1")))
}

fn kustomizations(schema: &Value, validator: &Validator) -> Result<()> {
    let names = field_names(schema);
    let (mut n_fit, mut n_unfit, mut n_mistyped, mut n_left, mut faults) = (0, 0, 0, 0, Vec::new());
    let mut files = Vec::new();
    find(Path::new("tests/cases"), &mut files)?;
    find(Path::new("examples"), &mut files)?;
    for file in files {
        let case = file.ancestors().find(|path| path.join("input").is_dir());
        let said = case.and_then(|case| std::fs::read_to_string(case.join("expected.err")).ok());
        let shown = case.and_then(|case| file.strip_prefix(case.join("input")).ok()).unwrap_or(&file);
        // Merge keys, and names in another case, are left to the programs.
        let value = value_of(&shell::read(&file)?).filter(|value| !has_other_case(value, &names));
        match (value, said) {
            (Some(value), None) => match validator.iter_errors(&value).next() {
                Some(error) => faults.push(format!("{}: {}: {error}", file.display(), error.instance_path())),
                None => {
                    n_fit += 1;
                    for (what, wrong) in mistyped(&value) {
                        n_mistyped += 1;
                        if validator.is_valid(&wrong) {
                            faults.push(format!("{}: fits with {what}", file.display()));
                        }
                    }
                }
            },
            (Some(value), Some(said)) if has_seen_fault(&said, &shown.display().to_string()) => {
                n_unfit += 1;
                if validator.is_valid(&value) {
                    faults.push(format!("{}: fits, though it should not", file.display()));
                }
            }
            _ => n_left += 1,
        }
    }
    println!(
        "kustomizations: {n_fit} fit, {n_unfit} of cases that fail do not, {n_mistyped} mistyped ones do not, {n_left} not judged"
    );
    if n_fit < 300 || n_unfit < 2 {
        faults.push("fewer files than there should be".to_owned());
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// Returns whether words about a build tell of a fault of a file that a schema sees.
fn has_seen_fault(said: &str, file: &str) -> bool {
    let blocks = said.split("error[").skip(1);
    // What `localize` says of configurations inside texts, no schema sees.
    let blocks = blocks.filter(|block| !block.lines().next().is_some_and(|line| line.contains("Transformer/")));
    let mut of_file = blocks.filter(|block| {
        let place = block.lines().find_map(|line| line.trim_start().strip_prefix("--> "));
        place.is_some_and(|place| place.strip_prefix(file).is_some_and(|rest| rest.starts_with(':')))
    });
    of_file.any(|block| SEEN.iter().any(|code| block.starts_with(&format!("{code}]"))))
}

/// Returns the file with each of its fields called otherwise, and with a number for its value.
fn mistyped(value: &Value) -> Vec<(String, Value)> {
    let Some(map) = value.as_object() else { return Vec::new() };
    let mut wrong = Vec::new();
    for key in map.keys() {
        let mut renamed = map.clone();
        let old = renamed.remove(key).unwrap_or_default();
        renamed.insert(format!("{key}x"), old);
        wrong.push((format!("`{key}x`"), Value::Object(renamed)));
        let mut changed = map.clone();
        changed.insert(key.clone(), Value::from(7));
        wrong.push((format!("`{key}: 7`"), Value::Object(changed)));
    }
    wrong
}

/// Returns the names of all fields of a schema.
fn field_names(schema: &Value) -> BTreeSet<String> {
    let definitions = schema["definitions"].as_object().into_iter().flat_map(|definitions| definitions.values());
    let all = definitions.chain([schema]).filter_map(|object| object["properties"].as_object());
    all.flat_map(|properties| properties.keys().cloned()).collect()
}

fn has_other_case(value: &Value, names: &BTreeSet<String>) -> bool {
    match value {
        Value::Object(map) => map.iter().any(|(key, value)| {
            let is_other = !names.contains(key) && names.iter().any(|name| name.eq_ignore_ascii_case(key));
            is_other || has_other_case(value, names)
        }),
        Value::Array(items) => items.iter().any(|item| has_other_case(item, names)),
        _ => false,
    }
}

fn find(directory: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = std::fs::read_dir(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            find(&path, files)?;
        } else if path.file_name().is_some_and(|name| FILE_NAMES.iter().any(|known| name == *known)) {
            files.push(path);
        }
    }
    Ok(())
}

/// Reads a file as editors do; nothing if it is no single YAML 1.2 document without merge keys.
fn value_of(text: &str) -> Option<Value> {
    let documents = YamlLoader::load_from_str(text.trim_start_matches('\u{feff}')).ok()?;
    json_of(documents.first()?).filter(Value::is_object)
}

fn json_of(yaml: &Yaml) -> Option<Value> {
    Some(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Boolean(value) => Value::Bool(*value),
        Yaml::Integer(value) => Value::from(*value),
        Yaml::Real(text) => Value::from(text.parse::<f64>().ok()?),
        Yaml::String(text) => Value::String(text.clone()),
        Yaml::Array(items) => Value::Array(items.iter().map(json_of).collect::<Option<_>>()?),
        Yaml::Hash(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                let key = key.as_str().filter(|key| *key != "<<")?;
                map.insert(key.to_owned(), json_of(value)?);
            }
            Value::Object(map)
        }
        Yaml::Alias(_) | Yaml::BadValue => return None,
    })
}

/// Each with a tree, the command, and whether its answer stands on standard error, one document a line.
const RUNS: &[(&str, &str, &[&str], bool)] = &[
    ("explain", "tests/data/explain/app/input", &["explain", "overlay", "-o", "json"], false),
    ("explain", "tests/data/explain/app/input", &["explain", "overlay", "Deployment/web", "-o", "json"], false),
    ("explain", "tests/data/explain/app/input", &["explain", "overlay", "ConfigMap/old", "-o", "json"], false),
    (
        "explain",
        "tests/data/explain/app/input",
        &["explain", "overlay", "Deployment/web", "spec.template.spec.containers.web.env.OLD", "-o", "json"],
        false,
    ),
    ("images", "tests/data/edit/shop", &["images", "overlay", "-o", "json"], false),
    ("diff", "tests/data/edit/shop", &["diff", "base", "overlay", "-o", "json"], false),
    ("diff", "tests/data/edit/shop", &["diff", "base", "base", "-o", "json"], false),
    ("inputs", "tests/data/edit/shop", &["inputs", "overlay", "-o", "json"], false),
    ("matrix", "tests/data/edit/shop", &["matrix", "base", "overlay", "-o", "json"], false),
    ("validate", "tests/data/edit/shop", &["validate", "base", "overlay", "-o", "json"], false),
    ("validate", "tests/data/validate/overlay/input", &["validate", "overlay", "-o", "json"], false),
    ("diagnostic", "tests/cases/kustomization", &["build", "none", "--error-format", "json"], true),
];

fn outputs<'v>(of: &dyn Fn(&str) -> Result<&'v Validator>) -> Result<()> {
    let bin = shell::root().join(BIN);
    let mut faults = Vec::new();
    let mut n_documents: BTreeMap<&str, usize> = BTreeMap::new();
    let mut judge = |name: &'static str, what: &str, text: &str| -> Result<()> {
        let validator = of(name)?;
        match serde_json::from_str::<Value>(text) {
            Err(error) => faults.push(format!("{what}: no JSON: {error}")),
            Ok(value) => match validator.iter_errors(&value).next() {
                None => *n_documents.entry(name).or_default() += 1,
                Some(error) => faults.push(format!("{what}: {}: {error}", error.instance_path())),
            },
        }
        Ok(())
    };
    let run = |directory: &Path, args: &[&str]| {
        let output = Command::new(&bin).args(args).current_dir(directory).output();
        let output = output.map_err(|error| format!("cannot run {}: {error}", bin.display()))?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Result::Ok((text(output.stdout), text(output.stderr)))
    };
    for &(name, tree, args, is_stderr) in RUNS {
        let (stdout, stderr) = run(Path::new(tree), args)?;
        let what = format!("{tree}: {}", args.join(" "));
        match is_stderr {
            true => stderr.lines().try_for_each(|line| judge(name, &what, line))?,
            false => judge(name, &what, &stdout)?,
        }
    }
    // All that is said about the cases.
    let mut cases: Vec<PathBuf> = Vec::new();
    for topic in std::fs::read_dir("tests/cases").map_err(|error| error.to_string())?.flatten() {
        cases.extend(
            std::fs::read_dir(topic.path()).map_err(|error| error.to_string())?.flatten().map(|case| case.path()),
        );
    }
    cases.sort();
    for case in cases.iter().filter(|case| !case.join("command").exists() && !case.join("args").exists()) {
        let input = case.join("input");
        let what = case.display().to_string();
        let (_, stderr) = run(&input, &["build", ".", "--error-format", "json"])?;
        // Lines of the reference's own words are no JSON, and are not meant to be.
        for line in stderr.lines().filter(|line| line.starts_with('{')) {
            judge("diagnostic", &what, line)?;
        }
        if case.join("expected.yaml").exists() {
            let (stdout, _) = run(&input, &["explain", ".", "-o", "json"])?;
            judge("explain", &what, &stdout)?;
        }
    }
    judge("vendor-lock", "an empty lock", r#"{"version": 1, "repositories": [], "files": []}"#)?;
    println!("documents that fit their schema: {n_documents:?}");
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}
