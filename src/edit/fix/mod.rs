//! `fix`: deprecated fields under their present names, and what is missing.
//!
//! Whether the kustomization builds to the same before and behind is looked at by `edit::proof`.

mod charts;
mod files;
mod vars;

use super::file::File;
use super::{Result, Work, generator, legacy};
use crate::diagnostic::{Code, Diagnostic};
use crate::fs;
use crate::limits::Limits;
use crate::yaml::edit::{Data, Value};

/// Changes everything that can be; `vars` only if asked for, because resource files have to change with them.
pub(super) fn run(work: &mut Work<'_, '_>, with_vars: bool) -> Result<Option<File>> {
    let mut file = work.open()?;
    file.is_normalized = true;
    kind(&mut file.new);
    for (field, old) in [("resources", "bases"), ("images", "imageTags")] {
        let items = legacy::items(&file, field, old);
        legacy::join(&mut file, field, old, items);
    }
    for field in ["configMapGenerator", "secretGenerator"] {
        if file.new.get(field).is_some() {
            file.new.list_mut(field).iter_mut().for_each(generator::join_envs);
        }
    }
    charts::convert(&mut file.new);
    patches(work, &mut file);
    labels(&mut file.new)?;
    if with_vars {
        vars::convert(work, &mut file)?;
    }
    Ok(Some(file))
}

/// Returns the text with only those replacements that have targets, if others came of vars that nothing refers to: the
/// reference writes them, and neither builds them.
pub(super) fn without_idle_replacements(file: &File, limits: &Limits) -> Option<String> {
    let is_idle = |item: &Value| item.get("targets").is_none();
    if file.old.get("vars").is_none() || !file.new.items_of("replacements").iter().any(is_idle) {
        return None;
    }
    let mut data = file.new.clone();
    data.list_mut("replacements").retain(|item| !is_idle(item));
    file.text_of(data, limits, true).ok()
}

fn kind(root: &mut Value) {
    let kind = match root.text_of("kind") {
        "" => "Kustomization".to_owned(),
        kind => kind.to_owned(),
    };
    let version = if kind == "Component" { "v1alpha1" } else { "v1beta1" };
    if root.text_of("apiVersion").is_empty() {
        root.set_first("apiVersion", Value::text(format!("kustomize.config.k8s.io/{version}")), None);
    }
    if root.text_of("kind").is_empty() {
        root.set_first("kind", Value::text(kind), Some("apiVersion"));
    }
}

/// Upstream `FixKustomizationPreMarshalling`: patches by target, then strategic merge patches, of which those that can be
/// read as a file are files.
fn patches(work: &Work<'_, '_>, file: &mut File) {
    let items = legacy::items(file, "patches", "patchesJson6902");
    legacy::join(file, "patches", "patchesJson6902", items);
    let mut items = file.new.items_of("patches").to_vec();
    for patch in file.new.items_of("patchesStrategicMerge") {
        let path = fs::join(&work.session.directory, patch.as_text());
        let is_file = !patch.as_text().is_empty() && work.session.read_bytes(&path).is_ok();
        let key = if is_file { "path" } else { "patch" };
        items.push(Value::new(Data::Map(vec![(key.to_owned(), patch.clone())])));
    }
    legacy::join(file, "patches", "patchesStrategicMerge", items);
}

/// `commonLabels` become the last entry of `labels`.
fn labels(root: &mut Value) -> Result<()> {
    let Some(common) = root.remove("commonLabels").filter(|common| !common.is_empty()) else { return Ok(()) };
    for entry in root.items_of("labels") {
        let pairs = entry.get("pairs").map_or(&[][..], Value::entries);
        if let Some((key, _)) = pairs.iter().find(|(key, _)| common.get(key).is_some()) {
            let message = format!("the label `{key}` is in `commonLabels` and in `labels`");
            return Err(Diagnostic::error(Code::EntryExists, message).help("remove it from one of them"));
        }
    }
    let fields = [("pairs", common), ("includeSelectors", Value::plain(true))];
    let entry = Value::new(Data::Map(fields.map(|(key, value)| (key.to_owned(), value)).to_vec()));
    root.list_mut("labels").push(entry);
    Ok(())
}
