//! `configMapGenerator` and `secretGenerator`.

use super::{Accumulator, Errors, configured};
use crate::accumulated::Gathered;
use crate::diagnostic::{Code, Diagnostic};
use crate::generate;
use crate::history::Recorder;
use crate::kustomization::{GeneratorOptions, Kustomization};
use crate::loader::Root;
use crate::object_origin::ObjectOrigin;
use crate::provenance::Touched;
use crate::resmap::ResMap;
use crate::resource::MadeBy;
use std::sync::Arc;

impl Accumulator<'_, '_> {
    /// Makes the objects of both fields, and joins each to those that are there before the next is made.
    pub(super) fn maps_and_secrets(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        origin: Option<&Arc<ObjectOrigin>>,
        resources: &mut ResMap,
        gathered: &mut Gathered,
    ) -> Result<(), Errors> {
        let common = file.generator_options.as_ref();
        let config_maps = file.config_map_generator.iter().map(|entry| ("configMapGenerator", entry));
        let secrets = file.secret_generator.iter().map(|entry| ("secretGenerator", entry));
        let mut n_of_field = 0;
        let mut errors = Vec::new();
        let mut recorder = Recorder::new(self.session.is_recording, resources, None);
        let mut last_field = "";
        for (field, entry) in config_maps.chain(secrets) {
            n_of_field = if field == last_field { n_of_field + 1 } else { 0 };
            last_field = field;
            let by = self.session.directive(field, Some(n_of_field), entry.place);
            let is_secret = field == "secretGenerator";
            let mut files = self.context(root, gathered);
            let made = match is_secret {
                true => generate::secret(entry, common, &mut files, by),
                false => generate::config_map(entry, common, &mut files, by),
            };
            let result = made.and_then(|mut resource| {
                if let Some(origin) = origin {
                    let kind = if is_secret { "SecretGenerator" } else { "ConfigMapGenerator" };
                    resource.made_by = MadeBy::Generator(configured(origin, file, kind));
                }
                generate::absorb(resources, resource, entry, by)
            });
            match result {
                Ok(warning) => {
                    gathered.warnings.extend(warning.map(|warning| *warning));
                    recorder.record(resources, Some(by), &mut gathered.removed);
                    gathered.touched.insert(by, Touched { by, resources: 1, fields: 0 });
                }
                Err(diagnostic) => {
                    let mut files = self.context(root, gathered);
                    let all = generate::source_faults(entry, is_secret, &mut files);
                    errors.extend(if all.is_empty() { vec![*diagnostic] } else { all });
                }
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        if let Some(options) = common.filter(|_| last_field.is_empty()) {
            gathered.warnings.push(*options_without_generator(options));
        }
        Ok(())
    }
}

fn options_without_generator(options: &GeneratorOptions) -> Box<Diagnostic> {
    Diagnostic::warning(Code::DirectiveWithoutEffect, "`generatorOptions` changes nothing")
        .at(Some(options.place), "this kustomization has no `configMapGenerator` or `secretGenerator`")
        .help("remove it, or move it to the kustomization that has them: generators of bases have their own")
}
