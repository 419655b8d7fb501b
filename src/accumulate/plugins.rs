//! The entries of `generators`, `transformers` and `validators`: their configurations are accumulated like resources, then
//! the plugins run in order. What a configuration amounts to, and what a plugin does, is `plugins`.

use super::schema::has_unknown_type;
use super::{Accumulator, Errors, SCHEMA_IS_READ, Steps, single};
use crate::accumulated::{DIAGNOSTICS_MAX, Gathered};
use crate::diagnostic::{Diagnostic, Report};
use crate::fs;
use crate::generate;
use crate::history::Recorder;
use crate::kustomization::{InlineText, Kustomization};
use crate::loader::Root;
use crate::object_origin::ObjectOrigin;
use crate::plugins::{self, Configuration, Plugin, Role, validator};
use crate::provenance::{Stamp, Touched};
use crate::resmap::ResMap;
use crate::resource::{Configured, MadeBy, Resource};
use crate::schema::in_force::SchemaUse;
use crate::session::Session;
use crate::source::Place;
use crate::transform::metadata;
use std::sync::Arc;

impl Accumulator<'_, '_> {
    /// Runs generators that were loaded before.
    pub(super) fn generator_plugins(
        &mut self,
        root: &Arc<Root>,
        plugins: Vec<Plugin>,
        resources: &mut ResMap,
        gathered: &mut Gathered,
    ) -> Result<(), Errors> {
        for plugin in plugins {
            let made = plugin.generate(&mut self.context(root, gathered));
            let made = made.map_err(|error| single(reached(self.session, error, plugin.entry)))?;
            let n_made = made.len() as u32;
            let stamp = Stamp { by: plugin.by, place: Some(plugin.place) };
            let mut recorder = Recorder::new(self.session.is_recording, resources, None);
            for mut resource in made {
                if let Some(configured) = &plugin.configured
                    && matches!(resource.made_by, MadeBy::Unknown)
                {
                    resource.made_by = MadeBy::Generator(Arc::clone(configured));
                }
                let result = generate::absorb_at(resources, resource, plugin.place, &stamp);
                result.map_err(|error| single(reached(self.session, error, plugin.entry)))?;
            }
            recorder.record(resources, Some(plugin.by), &mut gathered.removed);
            gathered.touched.insert(plugin.by, Touched { by: plugin.by, resources: n_made, fields: 0 });
        }
        Ok(())
    }

    /// Runs transformers that were loaded before.
    pub(super) fn transformer_plugins(
        &mut self,
        root: &Arc<Root>,
        plugins: &[Plugin],
        steps: &mut Steps<'_>,
    ) -> Result<(), Errors> {
        for plugin in plugins {
            if plugin.reads_schema() {
                self.ask_schema(SCHEMA_IS_READ, steps.resources, steps.gathered)?;
            }
            let result = plugin.transform(steps.resources, &mut self.context(root, steps.gathered), &mut steps.report);
            let result = result.map_err(|error| reached(self.session, error, plugin.entry));
            steps.run("", |_, _| result)?;
            if let Some(configured) = &plugin.configured {
                metadata::record_transformer(steps.resources, configured, plugin.by);
            }
        }
        Ok(())
    }

    /// Runs the validators that a kustomization names.
    pub(super) fn validator_plugins(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        origin: Option<&Arc<ObjectOrigin>>,
        resources: &mut ResMap,
        gathered: &mut Gathered,
    ) -> Result<(), Errors> {
        let plugins = self.load_plugins(root, file, Role::Validator, origin, gathered)?;
        for plugin in plugins {
            if plugin.reads_schema() {
                self.ask_schema(SCHEMA_IS_READ, resources, gathered)?;
            }
            let before = validator::watch(resources);
            let mut report = Report::default();
            let result = plugin.transform(resources, &mut self.context(root, gathered), &mut report);
            let result = result.and_then(|touched| {
                validator::check(&plugin, &touched, &before, resources, &self.session.sources)?;
                Ok(touched)
            });
            validator::unwatch(resources);
            let touched = report.keep(result.map_err(|error| reached(self.session, error, plugin.entry)));
            gathered.touched.extend(touched.map(|touched| (plugin.by, touched)));
            gathered.settle(report)?;
        }
        Ok(())
    }

    /// Accumulates the configurations of a field and reads them.
    ///
    /// What stands inline comes first, whatever its place in the list (upstream `configureExternalTransformers`).
    pub(super) fn load_plugins(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        role: Role,
        origin: Option<&Arc<ObjectOrigin>>,
        gathered: &mut Gathered,
    ) -> Result<Vec<Plugin>, Errors> {
        let entries = match role {
            Role::Generator => &file.generators,
            Role::Transformer => &file.transformers,
            Role::Validator => &file.validators,
        };
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let mut configs = ResMap::default();
        let mut entry_of: Vec<usize> = Vec::new();
        let mut errors = Vec::new();
        let mut paths: Vec<(usize, &InlineText)> = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            match self.inline_configs(entry) {
                Ok(inline) => {
                    for mut resource in inline {
                        if let Some(origin) = origin {
                            let name = fs::base_name(&file.source.path);
                            Arc::make_mut(&mut resource).made_by = MadeBy::File(origin.join(name));
                        }
                        errors.extend(self.append(&mut configs, resource, entry.place).err().into_iter().flatten());
                    }
                    entry_of.resize(configs.len(), index);
                }
                Err(found) if entry.is_yaml() => errors.extend(found),
                Err(_) => paths.push((index, entry)),
            }
        }
        if configs.iter().any(has_unknown_type) {
            // As for objects of files; configurations that stand in files ask below.
            let asked = SchemaUse { meets_unknown_type: true, ..SchemaUse::default() };
            self.ask_schema(asked, &mut configs, gathered)?;
        }
        // What configurations bring besides resources is not for what they configure.
        let (config, vars) = (gathered.config.take(), std::mem::take(&mut gathered.vars));
        for (index, entry) in paths {
            let result = self.resource(root, &entry.placed(), origin, &mut configs, gathered);
            errors.extend(result.err().into_iter().flatten().map(|mut error| {
                if error.code == crate::diagnostic::Code::NotAResource {
                    error.help =
                        vec!["a plugin is configured by objects with `apiVersion`, `kind` and `metadata.name`".into()];
                }
                error
            }));
            entry_of.resize(configs.len(), index);
            if errors.iter().any(super::is_of_the_way) {
                break;
            }
        }
        (gathered.config, gathered.vars) = (config, vars);
        errors.truncate(DIAGNOSTICS_MAX);
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut loaded = Vec::with_capacity(configs.len());
        let mut report = Report::default();
        for (config, index) in configs.into_iter().zip(entry_of) {
            let Some(entry) = entries.get(index) else { continue };
            let n_before = report.diagnostics.len();
            let by = self.session.directive(role.field(), Some(index), entry.place);
            let configured = configured(&config);
            let configuration = Configuration { config, by, entry: entry.place, configured };
            let plugin = plugins::load(configuration, role, &mut self.context(root, gathered), &mut report);
            for diagnostic in report.diagnostics.iter_mut().skip(n_before) {
                mark_reached(self.session, diagnostic, entry.place);
            }
            loaded.extend(plugin);
        }
        gathered.settle(report)?;
        Ok(loaded)
    }

    fn inline_configs(&mut self, entry: &InlineText) -> Result<Vec<Arc<Resource>>, Errors> {
        let source = self.session.embedded(entry);
        self.parse(&source)
    }
}

/// What `buildMetadata` says of a plugin: only where its configuration came from a file is known (upstream
/// `OriginFromCustomPlugin`).
fn configured(config: &Resource) -> Option<Arc<Configured>> {
    let configured_in = match &config.made_by {
        MadeBy::Unknown => return None,
        MadeBy::File(path) => Arc::clone(path),
        MadeBy::Generator(made) => {
            Arc::new(ObjectOrigin { path: "".into(), ..ObjectOrigin::clone(&made.configured_in) })
        }
    };
    Some(Arc::new(Configured {
        configured_in,
        api_version: config.id.gvk.api_version().into(),
        kind: Arc::clone(&config.id.gvk.kind),
        name: Arc::clone(&config.id.name),
        namespace: Arc::clone(&config.id.namespace),
    }))
}

fn reached(session: &Session<'_>, mut error: Box<Diagnostic>, entry: Place) -> Box<Diagnostic> {
    mark_reached(session, &mut error, entry);
    error
}

/// Adds the entry to a diagnostic that stands in another file than the kustomization.
fn mark_reached(session: &Session<'_>, diagnostic: &mut Diagnostic, entry: Place) {
    let primary = diagnostic.labels.first().map(|label| session.sources.outermost(label.place).source);
    if primary.is_some_and(|primary| primary != entry.source) && !diagnostic.chain.contains(&entry) {
        diagnostic.chain.insert(0, entry);
    }
}
