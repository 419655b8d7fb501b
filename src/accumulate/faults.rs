//! Faults of a kustomization beyond the one that stops it: what can be found without its resources.
//!
//! A build stops where resources cannot be loaded. Sources of generators, patches and components are read later, but what is
//! wrong with them does not depend on resources, so that it is told in the same run. Nothing is built and no program runs.

use super::patches::{PATCHES, PATCHES_JSON6902};
use super::{Accumulator, Errors};
use crate::accumulated::{DIAGNOSTICS_MAX, Gathered};
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::generate;
use crate::kustomization::Kustomization;
use crate::loader::{self, Root};
use crate::remote;
use std::sync::Arc;

/// How far a build came before it stopped.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stopped {
    /// At the schema, before anything else.
    Schema,
    /// At `resources`.
    Resources,
    /// At a generator.
    Generators,
    /// At the component with this index.
    Component(usize),
}

impl Accumulator<'_, '_> {
    /// Adds the faults that can be found behind the step where a build stopped.
    pub(super) fn with_later_faults(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        stopped: Stopped,
        errors: Errors,
        gathered: &mut Gathered,
    ) -> Errors {
        let mut errors = errors;
        if errors.iter().any(super::is_of_the_way) {
            return errors;
        }
        if stopped == Stopped::Schema {
            for entry in file.resources.iter().filter(|entry| !is_remote(&entry.value)) {
                let found = loader::find(self.session, root, entry, self.restrictions);
                errors.extend(found.err().map(|error| *error));
            }
            errors.extend(self.configure(root, file, gathered).err().into_iter().flatten());
        }
        if stopped <= Stopped::Resources {
            let config_maps = file.config_map_generator.iter().map(|entry| (entry, false));
            for (entry, is_secret) in config_maps.chain(file.secret_generator.iter().map(|entry| (entry, true))) {
                let mut files = self.context(root, gathered);
                errors.extend(generate::source_faults(entry, is_secret, &mut files));
            }
        }
        let first_component = if let Stopped::Component(index) = stopped { index + 1 } else { 0 };
        for entry in file.components.iter().skip(first_component).filter(|entry| !is_remote(&entry.value)) {
            errors.extend(loader::find_directory(self.session, root, entry).err().map(|error| *error));
        }
        let generators = file.generators.iter().filter(|_| stopped <= Stopped::Resources);
        for entry in generators.chain(&file.transformers).chain(&file.validators) {
            // What may be inline is read as objects first, which is the work of the step itself.
            if !entry.is_yaml() && !entry.value.contains('\n') && !is_remote(&entry.value) {
                let found = loader::find(self.session, root, &entry.placed(), self.restrictions);
                errors.extend(found.err().map(|error| *error));
            }
        }
        let is_far = |path: Option<&str>| path.is_some_and(is_remote);
        let has_far = file.patches_strategic_merge.iter().any(|entry| is_far(Some(&entry.value)))
            || (file.patches.iter().chain(&file.patches_json6902))
                .any(|entry| is_far(entry.path.as_ref().map(|path| path.value.as_str())))
            || file.replacements.iter().any(|entry| is_far(entry.path.as_ref().map(|path| path.value.as_str())));
        if !has_far {
            let mut report = Report::default();
            self.load_strategic_patches(root, file, gathered, &mut report);
            self.load_patches(root, file, &PATCHES, gathered, &mut report);
            self.load_patches(root, file, &PATCHES_JSON6902, gathered, &mut report);
            self.load_replacements(root, file, gathered, &mut report);
            let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
            errors.extend(report.diagnostics.into_iter().filter(is_error));
        }
        errors.truncate(DIAGNOSTICS_MAX);
        errors
    }
}

/// Returns whether an entry may be fetched from elsewhere, which is not worth the time once a build has failed.
fn is_remote(entry: &str) -> bool {
    remote::is_remote_file(entry) || remote::RepoSpec::parse(entry).is_some()
}
