//! What verbs for `configMapGenerator` and `secretGenerator` share: files on the command line, common options, and a trial
//! whether the entry makes an object.

use super::file::File;
use super::{GeneratorFlags, GeneratorKind, Result, Work, paths, usage};
use crate::build::LoadRestrictions;
use crate::generate;
use crate::kustomization::{GeneratorEntry, Placed, PlacedText};
use crate::loader::Root;
use crate::ordered::BTreeSet;
use crate::plugins::Context;
use crate::programs::PluginOptions;
use crate::source::{Place, Span};
use crate::yaml::edit::{Data, Value};
use std::sync::Arc;

/// Returns the only argument: a name.
pub(super) fn name(args: &[String], kind: GeneratorKind) -> Result<&str> {
    match args {
        [name] => Ok(name),
        _ => Err(usage(format!("the name of one {} is wanted", kind.what()))),
    }
}

/// Looks up `--from-file`: patterns, or `key=path` (upstream `ExpandFileSource`).
pub(super) fn files(work: &mut Work<'_, '_>, flags: &GeneratorFlags) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for source in &flags.files {
        let parts: Vec<&str> = source.split('=').collect();
        let (key, pattern) = match parts[..] {
            [key, pattern] => (key, pattern),
            _ => ("", parts.first().copied().unwrap_or("")),
        };
        let mut found = paths::matching(work, &[pattern.to_owned()])?;
        if key.is_empty() {
            files.append(&mut found);
            continue;
        }
        let [path] = &found[..] else {
            return Err(usage(format!("`{source}` has to mean one file, and means {}", found.len())));
        };
        files.push(format!("{key}={path}"));
    }
    Ok(files)
}

/// Gives an entry the options that all generators of the file have: the reference writes them into the entry (upstream
/// `MergeGlobalOptionsIntoLocal`).
pub(super) fn take_common_options(entry: &mut Value, common: Option<&Value>) {
    let Some(common) = common else { return };
    let options = entry.map_mut("options");
    for (key, value) in common.entries() {
        match &value.data {
            Data::Map(pairs) => {
                let map = options.map_mut(key);
                for (name, text) in pairs.iter().filter(|(name, _)| !name.is_empty()) {
                    if map.get(name).is_none() {
                        map.set(name, Value::new(text.data.clone()));
                    }
                }
            }
            data => options.set(key, Value::new(data.clone())),
        }
    }
}

/// Tries whether an entry makes an object.
pub(super) fn check(work: &mut Work<'_, '_>, file: &File, kind: GeneratorKind, entry: &Value) -> Result<()> {
    let place = Place { source: file.source.id, span: Span::default() };
    let placed = |text: &str| PlacedText { value: text.to_owned(), place };
    let text = |key: &str| entry.get(key).map(|value| placed(value.as_text()));
    let texts = |key: &str| entry.items_of(key).iter().map(|item| placed(item.as_text())).collect::<Vec<_>>();
    let mut envs = texts("envs");
    envs.extend(text("env"));
    let pairs = |key: &str| {
        let map = entry.get("options").and_then(|options| options.get(key));
        let entries = map.map_or(&[][..], Value::entries);
        entries.iter().map(|(key, value)| (placed(key), placed(value.as_text()))).collect::<Vec<_>>()
    };
    let options = crate::kustomization::GeneratorOptions {
        place,
        labels: pairs("labels"),
        annotations: pairs("annotations"),
        disable_name_suffix_hash: false,
        immutable: false,
    };
    let generated = GeneratorEntry {
        place,
        name: Placed { value: entry.text_of("name").to_owned(), place },
        namespace: text("namespace"),
        behavior: text("behavior"),
        literals: texts("literals"),
        files: texts("files"),
        envs,
        options: Some(options),
        secret_type: text("type"),
    };
    let by = work.session.directive(kind.field(), None, place);
    let root = Root::top(Arc::clone(&work.session.directory));
    let (options, mut inputs, mut warnings) = (PluginOptions::default(), BTreeSet::new(), Vec::new());
    let mut files = Context {
        session: work.session,
        options: &options,
        root: &root,
        restrictions: LoadRestrictions::RootOnly,
        inputs: &mut inputs,
        warnings: &mut warnings,
    };
    match kind {
        GeneratorKind::ConfigMap => generate::config_map(&generated, None, &mut files, by),
        GeneratorKind::Secret => generate::secret(&generated, None, &mut files, by),
    }
    .map(|_| ())
    .map_err(|mut error| {
        // Places in the entry are not known here.
        error.labels.retain(|label| label.place != place);
        error
    })
}

/// Moves `env` to the end of `envs`, where the reference reads it.
pub(super) fn join_envs(entry: &mut Value) {
    if let Some(env) = entry.remove("env") {
        entry.list_mut("envs").push(env);
    }
}
