//! Cases from the reference, run through a build that does nothing but read resources, generate and absorb.

use super::{GeneratorFile, GeneratorFiles, absorb, config_map, hash, secret};
use crate::diagnostic::{Code, Diagnostic, Report, Result};
use crate::kustomization::decode::decode;
use crate::kustomization::{Kustomization, PlacedText};
use crate::limits::Limits;
use crate::provenance::{DirectiveId, Stamp};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::source::{Sensitivity, Source, Sources};
use crate::yaml::read::{read_documents, read_first};
use crate::yaml::tree::Tag;
use base64::Engine as _;
use serde_json::Value;
use std::sync::Arc;

const STAMP: Stamp = Stamp { by: DirectiveId(0), place: None };

struct Files<'c> {
    files: &'c Value,
    directory: String,
    sources: Sources,
}

impl Files<'_> {
    fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        let path = crate::fs::join(&self.directory, path);
        let file = self.files.get(path.trim_start_matches('/'))?;
        let bytes = match file.as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => base64::engine::general_purpose::STANDARD.decode(file["b64"].as_str()?).ok()?,
        };
        Some(bytes)
    }

    fn source(&mut self, path: &str) -> Option<Arc<Source>> {
        let text = String::from_utf8(self.bytes(path)?).ok()?;
        Some(self.sources.add(path, text, Sensitivity::Yaml, None))
    }
}

impl GeneratorFiles for Files<'_> {
    fn read(&mut self, path: &PlacedText, _is_secret: bool) -> Result<GeneratorFile> {
        let missing = || Diagnostic::error(Code::FileNotFound, format!("no `{}`", path.value));
        let bytes = self.bytes(&path.value).filter(|_| !path.value.starts_with('/')).ok_or_else(missing)?;
        Ok(match String::from_utf8(bytes) {
            Ok(text) => GeneratorFile::Text(self.sources.add(path.value.as_str(), text, Sensitivity::Opaque, None)),
            Err(error) => GeneratorFile::Binary(error.into_bytes().into()),
        })
    }
}

fn build(files: &mut Files<'_>, directory: &str) -> Result<ResMap> {
    files.directory = format!("/{directory}");
    let source = files.source("kustomization.yaml").expect("a kustomization");
    let mut report = Report::default();
    let tree = read_first(&source, &Limits::default())?.expect("not blank");
    let Some(file) = decode(&source, &tree, &mut report) else {
        return Err(Box::new(report.diagnostics.remove(0)));
    };
    let mut resmap = ResMap::default();
    for entry in &file.resources {
        if !entry.value.ends_with(".yaml") {
            let inner = build(files, &entry.value)?;
            inner.iter().for_each(|resource| drop(resmap.append(Arc::clone(resource))));
            files.directory = format!("/{directory}");
            continue;
        }
        let source = files.source(&entry.value).expect("a resource file");
        for tree in read_documents(&source, &Limits::default())? {
            resmap.append(Arc::new(Resource::new(Arc::new(tree)))).expect("no conflict");
        }
    }
    generate(&file, files, &mut resmap)?;
    rename(&file, &mut resmap);
    Ok(resmap)
}

fn generate(file: &Kustomization, files: &mut Files<'_>, resmap: &mut ResMap) -> Result<()> {
    let common = file.generator_options.as_ref();
    for entry in &file.config_map_generator {
        let resource = config_map(entry, common, files, DirectiveId(0))?;
        absorb(resmap, resource, entry, DirectiveId(0))?;
    }
    for entry in &file.secret_generator {
        let resource = secret(entry, common, files, DirectiveId(0))?;
        absorb(resmap, resource, entry, DirectiveId(0))?;
    }
    Ok(())
}

/// Sets namespace and prefix as the transformers do, as far as config maps and secrets need it.
fn rename(file: &Kustomization, resmap: &mut ResMap) {
    for position in 0..resmap.len() {
        for (field, text) in [("namespace", &file.namespace), ("name", &file.name_prefix)] {
            let Some(text) = text else { continue };
            let resource = resmap.get_mut(position);
            resource.push_previous_id();
            let name = if field == "name" { format!("{}{}", text.value, resource.id.name) } else { text.value.clone() };
            set(resource, field, &name);
            resmap.refresh(position);
        }
    }
}

fn set(resource: &mut Resource, field: &str, text: &str) {
    let tree = resource.tree_mut();
    let metadata = tree.get(tree.root(), "metadata").expect("metadata");
    match tree.get(metadata, field) {
        Some(node) if field == "name" => tree.set_text(node, text, Tag::Implied, &STAMP),
        Some(node) => tree.set_text(node, text, Tag::Str, &STAMP),
        None => {
            let node = tree.new_string(text, &STAMP);
            tree.set_entry(metadata, field, node, &STAMP);
        }
    }
}

fn print(files: &mut Files<'_>) -> std::result::Result<String, String> {
    let mut resmap = build(files, "").map_err(|error| error.message)?;
    let mut out = String::new();
    for position in 0..resmap.len() {
        let resource = resmap.get_mut(position);
        if resource.needs_hash {
            let mut text = String::new();
            let suffix =
                hash::suffix(&resource.tree, &resource.id.gvk.kind, &mut text).map_err(|error| format!("{error:?}"))?;
            let name = format!("{}-{suffix}", resource.id.name);
            set(resource, "name", &name);
        }
        // The end of a build writes annotations as strings, and drops an empty set of them.
        let tree = resource.tree_mut();
        let metadata = tree.get(tree.root(), "metadata").expect("metadata");
        if tree.get(metadata, "annotations").is_some_and(|node| tree.has_no_children(node)) {
            tree.remove_entry(metadata, "annotations");
        }
        out += if position == 0 { "" } else { "---\n" };
        crate::yaml::emit::emit(&resource.tree, resource.root(), &mut out).map_err(|error| format!("{error:?}"))?;
    }
    Ok(out)
}

/// Rows that differ, by a part of their files. The reference crashes at this one, which is merged here.
const DIFFERENT: &[&str] = &["stringData: {x: y}\ndata: null\n"];

#[test]
fn generators_do_what_the_reference_does() {
    let table = include_str!("../../tests/data/generate/cases.jsonl");
    let mut faults = Vec::new();
    let mut n_rows = 0;
    let mut n_different = 0;
    for line in table.lines() {
        n_rows += 1;
        let row: Value = serde_json::from_str(line).expect("the table is JSON");
        let mut files = Files { files: &row["files"], directory: String::new(), sources: Sources::default() };
        let found = print(&mut files);
        let shown: String = row["files"].to_string().chars().take(400).collect();
        let texts: Vec<&str> = row["files"].as_object().expect("files").values().filter_map(Value::as_str).collect();
        let is_different = DIFFERENT.iter().any(|part| texts.iter().any(|text| text.contains(part)));
        let n_faults = faults.len();
        match (found, row.get("error").and_then(Value::as_str)) {
            (Ok(found), None) if row["output"] == found => {}
            (Err(_), Some(_)) => {}
            (Ok(found), None) => {
                let expected = row["output"].as_str().unwrap_or_default();
                faults.push(format!("{shown}\nexpected:\n{expected:.600}\nfound:\n{found:.600}"));
            }
            (Ok(_), Some(error)) => faults.push(format!("{shown}\nmust be refused: {error}")),
            (Err(error), None) => faults.push(format!("{shown}\nmust be accepted, got {error}")),
        }
        if is_different {
            n_different += faults.len() - n_faults;
            faults.truncate(n_faults);
        }
    }
    assert!(n_rows > 400, "the table is read");
    assert_eq!(n_different, 2, "the rows listed as different");
    assert!(faults.is_empty(), "{} of {n_rows} cases:\n{}", faults.len(), faults.join("\n\n"));
}
