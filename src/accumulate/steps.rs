//! One transformer after the other, with the count of what each touched.

use super::{Errors, configured};
use crate::accumulated::Gathered;
use crate::diagnostic::Report;
use crate::history::{Recorder, only};
use crate::kustomization::Kustomization;
use crate::object_origin::ObjectOrigin;
use crate::provenance::{DirectiveId, Touched};
use crate::resmap::ResMap;
use crate::transform;
use std::sync::Arc;

/// Runs the transformers of one kustomization and keeps count.
pub(super) struct Steps<'a> {
    pub(super) file: &'a Kustomization,
    pub(super) origin: Option<&'a Arc<ObjectOrigin>>,
    pub(super) resources: &'a mut ResMap,
    pub(super) gathered: &'a mut Gathered,
    pub(super) report: Report,
    pub(super) recorder: Recorder,
    /// Directives that found nothing to write.
    pub(super) without_effect: Vec<DirectiveId>,
}

/// Transformers that say themselves nothing of it if they write nothing.
const WITH_KIND: [&str; 5] =
    ["NamespaceTransformer", "PrefixTransformer", "SuffixTransformer", "LabelTransformer", "AnnotationsTransformer"];

impl Steps<'_> {
    pub(super) fn run(
        &mut self,
        kind: &str,
        step: impl FnOnce(&mut ResMap, &mut Report) -> crate::diagnostic::Result<Touched>,
    ) -> Result<(), Errors> {
        self.run_all(kind, |resources, report| step(resources, report).map(|touched| vec![touched]))
    }

    /// Runs all entries of a field in one step.
    pub(super) fn run_all(
        &mut self,
        kind: &str,
        step: impl FnOnce(&mut ResMap, &mut Report) -> crate::diagnostic::Result<Vec<Touched>>,
    ) -> Result<(), Errors> {
        let touched = match step(self.resources, &mut self.report) {
            Ok(touched) => touched,
            Err(diagnostic) => {
                let mut errors = Vec::new();
                if let Err(found) = self.gathered.settle(std::mem::take(&mut self.report)) {
                    errors.extend(found);
                }
                errors.push(*diagnostic);
                return Err(errors);
            }
        };
        self.recorder.record(self.resources, only(&touched), &mut self.gathered.removed);
        let is_any = !self.resources.is_empty();
        for touched in touched {
            if WITH_KIND.contains(&kind) && is_any && touched.resources == 0 {
                self.without_effect.push(touched.by);
            }
            self.gathered.touched.insert(touched.by, touched);
            if !kind.is_empty() {
                self.ran(kind, touched.by);
            }
        }
        Ok(())
    }

    /// Records that a transformer ran over every resource, where `buildMetadata` asks for it.
    pub(super) fn ran(&mut self, kind: &str, by: DirectiveId) {
        let Some(origin) = self.origin else { return };
        let configured = configured(origin, self.file, kind);
        transform::metadata::record_transformer(self.resources, &configured, by);
    }
}
