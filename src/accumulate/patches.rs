//! The patches and replacements of a kustomization, loaded before its first transformer runs.
//!
//! What a text means is `patch` and `transform::replacements`.

use super::Accumulator;
use crate::accumulated::Gathered;
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::kustomization::{InlineText, Kustomization, PatchEntry};
use crate::limits::Limits;
use crate::loader::Root;
use crate::patch::{self, LoadedPatch};
use crate::provenance::DirectiveId;
use crate::source::Source;
use crate::transform::replacements::{self, LoadedReplacement};
use std::sync::Arc;

impl Accumulator<'_, '_> {
    pub(super) fn load_strategic_patches(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        gathered: &mut Gathered,
        report: &mut Report,
    ) -> Vec<LoadedPatch> {
        let mut loaded = Vec::new();
        for (index, entry) in file.patches_strategic_merge.iter().enumerate() {
            let by = self.session.directive("patchesStrategicMerge", Some(index), entry.place);
            let limits = self.session.limits;
            let inline = self.session.embedded(&InlineText::plain(entry));
            // No file has a name like this; the words about a missing file would hold the whole patch, secrets included.
            let is_text = entry.value.contains(['\n', '{']) || entry.value.contains(": ");
            let result = match is_text || patch::is_inline_strategic(&inline, &limits) {
                true => patch::load_strategic(&inline, by, entry.place, &limits),
                false => self
                    .text_file(root, entry, gathered)
                    .and_then(|text| patch::load_strategic(&text, by, entry.place, &limits))
                    .map(|patch| patch.from_file(Some(entry.place)))
                    .map_err(|error| patch::reached_through(error, Some(entry.place))),
            };
            loaded.extend(report.keep(result));
        }
        if let Some(first) = file.patches_strategic_merge.first()
            && !report.has_errors()
            && loaded.iter().all(LoadedPatch::is_empty)
        {
            let diagnostic = Diagnostic::error(Code::PatchInvalid, "no entry of `patchesStrategicMerge` holds a patch");
            report.push(diagnostic.at(Some(first.place), "nothing but comments here").help("remove the entries"));
        }
        loaded
    }

    /// Loads the entries of `patches` or `patchesJson6902`, which differ in their text and in what it may be.
    pub(super) fn load_patches(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        kind: &PatchField,
        gathered: &mut Gathered,
        report: &mut Report,
    ) -> Vec<LoadedPatch> {
        let mut loaded = Vec::new();
        for (index, entry) in (kind.entries)(file).iter().enumerate() {
            let by = self.session.directive(kind.field, Some(index), entry.place);
            let limits = self.session.limits;
            let text = self.patch_text(root, file, entry, kind.prepare, gathered);
            let file = entry.path.as_ref().map(|path| path.place);
            let result = text.and_then(|text| (kind.load)(entry, &text, by, &limits));
            let result = result.map(|patch| patch.from_file(file));
            loaded.extend(report.keep(result.map_err(|error| patch::reached_through(error, file))));
        }
        loaded
    }

    /// Loads the entries of `replacements`.
    pub(super) fn load_replacements(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        gathered: &mut Gathered,
        report: &mut Report,
    ) -> Vec<LoadedReplacement> {
        let mut loaded = Vec::new();
        for (index, entry) in file.replacements.iter().enumerate() {
            if report.keep(replacements::check_entry(entry)).is_none() {
                continue;
            }
            let mut directive = |place| self.session.directive("replacements", Some(index), place);
            let Some(path) = &entry.path else {
                let by = directive(entry.place);
                loaded.push(LoadedReplacement { replacement: entry.replacement.clone(), by, file: None });
                continue;
            };
            let limits = self.session.limits;
            let text = self.text_file(root, path, gathered);
            let Some(list) = report.keep(text).and_then(|text| replacements::load(&text, path.place, &limits, report))
            else {
                continue;
            };
            for replacement in list {
                let by = self.session.directive("replacements", Some(index), replacement.place);
                loaded.push(LoadedReplacement { replacement, by, file: Some(path.place) });
            }
        }
        loaded
    }

    /// The text of a patch: a file or what stands inline.
    pub(super) fn patch_text(
        &mut self,
        root: &Arc<Root>,
        _file: &Kustomization,
        entry: &PatchEntry,
        prepare: fn(&InlineText) -> InlineText,
        gathered: &mut Gathered,
    ) -> crate::diagnostic::Result<Arc<Source>> {
        patch::check_entry(entry)?;
        match (&entry.path, &entry.patch) {
            (Some(path), _) => self.text_file(root, path, gathered),
            (None, Some(inline)) => Ok(self.session.embedded(&prepare(inline))),
            (None, None) => Err(Diagnostic::error(Code::PatchInvalid, "a patch needs `path` or `patch`")
                .at(Some(entry.place), "")
                .help("name a file with `path`, or write the patch inline with `patch: |-`")),
        }
    }
}

/// What tells `patches` and `patchesJson6902` apart before they are applied.
pub(super) struct PatchField {
    field: &'static str,
    entries: fn(&Kustomization) -> &[PatchEntry],
    /// What becomes of an inline text first.
    prepare: fn(&InlineText) -> InlineText,
    load: fn(&PatchEntry, &Arc<Source>, DirectiveId, &Limits) -> crate::diagnostic::Result<LoadedPatch>,
}

pub(super) const PATCHES: PatchField =
    PatchField { field: "patches", entries: |file| &file.patches, prepare: InlineText::trimmed, load: patch::load };
pub(super) const PATCHES_JSON6902: PatchField = PatchField {
    field: "patchesJson6902",
    entries: |file| &file.patches_json6902,
    prepare: InlineText::clone,
    load: patch::load_json6902,
};
