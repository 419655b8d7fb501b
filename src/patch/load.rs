//! From a patch's text and entry to a [`LoadedPatch`]: which kind of patch it is, and whether its entry is complete.

use super::json6902::{self, JsonPatch};
use super::target::Selector;
use super::{Body, LoadedPatch, Preparation, StrategicPatch, suspicious};
use crate::diagnostic::{Code, Diagnostic, Report, Result, Severity};
use crate::kustomization::PatchEntry;
use crate::limits::Limits;
use crate::manifest;
use crate::provenance::DirectiveId;
use crate::resource::Resource;
use crate::source::{Place, Source};
use crate::yaml::read;
use std::sync::Arc;

const OBJECTS: &str = "a strategic merge patch names its object with `apiVersion`, `kind` and `metadata.name`";

/// Checks that an entry of `patches` or `patchesJson6902` has its text in one place.
pub fn check_entry(entry: &PatchEntry) -> Result<()> {
    let is_path = entry.path.as_ref().is_some_and(|path| !path.value.is_empty());
    let is_inline = entry.patch.as_ref().is_some_and(|patch| !patch.value.trim().is_empty());
    match (is_path, is_inline) {
        (true, true) => Err(Diagnostic::error(Code::PatchInvalid, "a patch has both `path` and `patch`")
            .at(Some(entry.place), "this entry")
            .help("keep the file or the inline text, not both")),
        (false, false) => Err(Diagnostic::error(Code::PatchInvalid, "a patch has neither `path` nor `patch`")
            .at(Some(entry.place), "this entry")
            .help("name a file with `path`, or write the patch inline with `patch: |-`")),
        _ => Ok(()),
    }
}

/// Loads an entry of `patches`: a strategic merge patch if the text reads as objects, else a JSON patch.
pub fn load(entry: &PatchEntry, text: &Arc<Source>, by: DirectiveId, limits: &Limits) -> Result<LoadedPatch> {
    check_entry(entry)?;
    let (documents, json) = match objects(text, limits) {
        Ok(documents) => (documents, None),
        Err(not_objects) => match json6902::parse(text, by, limits) {
            Ok(json) => (Vec::new(), Some(json)),
            Err(no_json) => return Err(neither(text, not_objects, no_json, entry.place)),
        },
    };
    if let Some(json) = json {
        return json_patch(entry, json, by, true);
    }
    let is_targeted = entry.target.is_some();
    if let (Some(target), [_, second, ..]) = (&entry.target, documents.as_slice()) {
        let message = format!("a patch with `target` (`patches.target`) holds {} documents", documents.len());
        return Err(Diagnostic::error(Code::PatchInvalid, message)
            .at(Some(target.place), "this `target` allows one document")
            .at(second.tree.place(second.root()), "the second document")
            .help("make an entry of each document, or remove `target`: then each is applied to the object it names"));
    }
    let changes_identity = entry.allow_name_change || entry.allow_kind_change;
    let preparation = Preparation {
        labels: is_targeted,
        annotations: is_targeted || changes_identity,
        keep_name: entry.allow_name_change,
        keep_kind: entry.allow_kind_change,
    };
    let target = match &entry.target {
        // The reference does not look at the target of a patch without content.
        Some(target) if !documents.is_empty() => Some(Selector::new(target)?),
        _ => None,
    };
    let documents = documents.into_iter().map(|resource| StrategicPatch::new(resource, preparation, by)).collect();
    let (allow_name_change, allow_kind_change) = (entry.allow_name_change, entry.allow_kind_change);
    let patch = LoadedPatch::strategic(by, entry.place, documents);
    Ok(LoadedPatch { target, allow_name_change, allow_kind_change, ..patch })
}

/// Returns whether an entry of `patchesStrategicMerge` is a patch itself rather than the path of one.
pub fn is_inline_strategic(text: &Arc<Source>, limits: &Limits) -> bool {
    objects(text, limits).is_ok()
}

/// Loads an entry of `patchesStrategicMerge`.
pub fn load_strategic(text: &Arc<Source>, by: DirectiveId, place: Place, limits: &Limits) -> Result<LoadedPatch> {
    let preparation = Preparation { labels: true, annotations: true, keep_name: false, keep_kind: false };
    let documents = objects(text, limits).map_err(|mut error| {
        if matches!(error.code, Code::NotAResource | Code::MissingName) {
            error.help = vec![OBJECTS.to_owned()];
        }
        error
    })?;
    let documents = documents.into_iter().map(|resource| StrategicPatch::new(resource, preparation, by)).collect();
    Ok(LoadedPatch::strategic(by, place, documents))
}

/// Loads an entry of `patchesJson6902`.
pub fn load_json6902(entry: &PatchEntry, text: &Arc<Source>, by: DirectiveId, limits: &Limits) -> Result<LoadedPatch> {
    check_entry(entry)?;
    let name = entry.target.as_ref().and_then(|target| target.name.as_ref());
    if name.is_none_or(|name| name.value.is_empty()) {
        let place = entry.target.as_ref().map_or(entry.place, |target| target.place);
        return Err(Diagnostic::error(Code::PatchInvalid, "an entry of `patchesJson6902` needs `target.name`")
            .at(Some(place), "no name here")
            .help("name the object; `name: .*` stands for any"));
    }
    let json = json6902::parse(text, by, limits)?;
    if json.is_empty() {
        return Err(Diagnostic::error(Code::PatchInvalid, "the JSON patch is empty")
            .at(Some(entry.place), "this entry")
            .help("write operations into it, or remove the entry"));
    }
    json_patch(entry, json, by, false)
}

fn json_patch(entry: &PatchEntry, json: JsonPatch, by: DirectiveId, remembers_identity: bool) -> Result<LoadedPatch> {
    let patch = LoadedPatch::strategic(by, entry.place, Vec::new());
    if json.is_empty() {
        return Ok(patch);
    }
    let Some(target) = &entry.target else {
        return Err(Diagnostic::error(Code::PatchInvalid, "a JSON patch needs a `target`")
            .at(Some(entry.place), "no `target` here")
            .help("add `target` with `kind` and `name`: a JSON patch does not name an object itself"));
    };
    let target = Some(Selector::new(target)?);
    Ok(LoadedPatch { target, body: Body::Json(Box::new(json)), remembers_identity, ..patch })
}

/// Reads a text as objects, lists taken apart; the first fault if it is none.
fn objects(text: &Arc<Source>, limits: &Limits) -> Result<Vec<Arc<Resource>>> {
    let documents = read::read_documents(text, limits)?;
    let mut report = Report::default();
    let resources = manifest::resources(documents, &mut report);
    match report.diagnostics.into_iter().find(|diagnostic| diagnostic.severity == Severity::Error) {
        Some(error) => Err(Box::new(error)),
        None => Ok(resources),
    }
}

/// Says why a text is no patch: as a JSON patch if it looks like a list, else as objects.
fn neither(text: &Source, not_objects: Box<Diagnostic>, no_json: Box<Diagnostic>, place: Place) -> Box<Diagnostic> {
    let first = text
        .text
        .lines()
        .map(str::trim_start)
        .find(|line| !line.is_empty() && !line.starts_with('#') && !line.starts_with("---"));
    let is_list = first.is_some_and(|line| line.starts_with(['-', '[']));
    let mut error = if is_list { no_json } else { not_objects };
    // What is no YAML is no patch of any kind; how to write one does not help.
    let is_readable = !matches!(error.code, Code::YamlSyntax | Code::InvalidSeparator | Code::UnknownAnchor);
    if error.code == Code::UnrenderedTemplate {
        return error.at(Some(place), "the patch of this entry");
    }
    if error.code != Code::LimitExceeded {
        error.code = Code::PatchInvalid;
    }
    error.message = format!("this is neither a strategic merge patch nor a JSON patch: {}", error.message);
    if !is_list && is_readable {
        error.help = vec![OBJECTS.to_owned(), "a JSON patch is a list of operations".to_owned()];
        if is_pod(text) {
            error.help = vec![suspicious::FOR_PODS.to_owned()];
        }
    }
    error.at(Some(place), "the patch of this entry")
}

/// Returns whether a text that could not be taken for objects says that it is a Pod.
fn is_pod(text: &Source) -> bool {
    text.text.lines().any(|line| line.trim_end() == "kind: Pod")
}
