//! The recursion: one kustomization's resources, generators, components and transformers, in kustomize's order.
//!
//! This module and `build` are the only code that knows the order of things (upstream `KustTarget.accumulateTarget`).
//! What each step does is in `loader`, `generate`, `patch` and `transform`. Bases are accumulated once per session and
//! shared: an overlay appends their resources and copies one only when it writes to it.

use crate::accumulated::{Accumulated, BaseKey, DIAGNOSTICS_MAX, Gathered, reached_all};
use crate::diagnostic::{Code, Diagnostic, Label, Report};
use crate::fs;
use crate::history::Recorder;
use crate::kustomization::{self, FileKind, Kustomization, PlacedText};
use crate::loader::{self, Found, LoadRestrictions, Root};
use crate::manifest;
use crate::marks;
use crate::object_origin::ObjectOrigin;
use crate::patch::{self, LoadedPatch};
use crate::plugins::{Context, Role};
use crate::programs::PluginOptions;
use crate::resmap::ResMap;
use crate::resource::{Configured, MadeBy, Resource};
use crate::schema::custom_lists::CustomLists;
use crate::schema::in_force::{Progress, SchemaUse};
use crate::session::{FileResources, Session};
use crate::source::{Place, Source, Span};
use crate::transform;
use crate::transform::replacements::{self};
use crate::yaml;
use faults::Stopped;
use patches::{PATCHES, PATCHES_JSON6902};
use std::sync::Arc;
use steps::Steps;

mod charts;
mod config;
mod faults;
mod generators;
mod patches;
mod plugins;
mod schema;
mod steps;

/// What stays the same all through a build.
pub(crate) struct Accumulator<'a, 'fs> {
    pub(crate) session: &'a mut Session<'fs>,
    pub(crate) restrictions: LoadRestrictions,
    pub(crate) plugins: &'a PluginOptions,
    /// The namespace that charts get if they have none: of their kustomization, else of the nearest that includes it.
    pub(crate) helm_namespace: Option<Arc<str>>,
    pub(crate) schema: Progress,
    /// Whether all patches merge lists of custom resources.
    pub(crate) merges_custom_lists: bool,
}

type Errors = Vec<Diagnostic>;

/// What a strategic merge patch asks of the schema.
const SCHEMA_IS_READ: SchemaUse = SchemaUse { sets: false, meets_unknown_type: false, reads: true };

impl<'fs> Accumulator<'_, 'fs> {
    /// Loads the kustomization file of a directory.
    pub(crate) fn load(&mut self, root: &Root, gathered: &mut Gathered) -> Result<Kustomization, Errors> {
        let file = loader::kustomization_file(self.session, root, self.restrictions).map_err(single)?;
        gathered.inputs.insert(Arc::clone(&file));
        let source = self.session.read_text(&file).map_err(single)?;
        let tree = yaml::read::read_first(&source, &self.session.limits).map_err(single)?;
        let Some(tree) = tree else {
            let message = format!("`{}` is empty", source.path);
            let place = Place { source: source.id, span: Span::default() };
            let diagnostic = Diagnostic::error(Code::EmptyKustomization, message)
                .path(source.path.to_string())
                .at(Some(place), "nothing is set in this file");
            return Err(single(diagnostic.help("list manifests under `resources`")));
        };
        let mut report = Report::default();
        let decoded = kustomization::decode::decode(&source, &tree, &mut report);
        gathered.settle(report)?;
        decoded.ok_or_else(Vec::new)
    }

    /// Accumulates a loaded kustomization: into nothing, or, for a component, into what its parent has so far.
    pub(crate) fn accumulate(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        origin: Option<&Arc<ObjectOrigin>>,
        resources: ResMap,
        gathered: &mut Gathered,
    ) -> Result<ResMap, Errors> {
        let own_namespace = file.namespace.as_ref().map(|namespace| Arc::from(namespace.value.as_str()));
        let outer_namespace = self.helm_namespace.clone();
        self.helm_namespace = own_namespace.or_else(|| outer_namespace.clone());
        let result = self.accumulate_steps(root, file, origin, resources, gathered);
        self.helm_namespace = outer_namespace;
        result
    }

    fn accumulate_steps(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        origin: Option<&Arc<ObjectOrigin>>,
        mut resources: ResMap,
        gathered: &mut Gathered,
    ) -> Result<ResMap, Errors> {
        gathered.directories.insert(Arc::clone(&root.directory));
        self.set_schema(root, file, gathered)
            .map_err(|errors| self.with_later_faults(root, file, Stopped::Schema, errors, gathered))?;
        self.ask_schema(SchemaUse::default(), &mut resources, gathered)?;
        gathered.addresses.extend(root.repository.as_ref().map(|repository| Arc::clone(&repository.address)));
        let mut errors = Vec::new();
        for entry in &file.resources {
            let result = self.resource(root, entry, origin, &mut resources, gathered);
            errors.extend(result.err().into_iter().flatten());
            errors.truncate(DIAGNOSTICS_MAX);
            if errors.iter().any(is_of_the_way) {
                // Going on would meet the same again and again.
                break;
            }
        }
        errors.extend(self.configure(root, file, gathered).err().into_iter().flatten());
        if !errors.is_empty() {
            return Err(self.with_later_faults(root, file, Stopped::Resources, errors, gathered));
        }
        self.generators(root, file, origin, &mut resources, gathered)
            .map_err(|errors| self.with_later_faults(root, file, Stopped::Generators, errors, gathered))?;
        for (index, entry) in file.components.iter().enumerate() {
            resources = self
                .component(root, entry, origin, resources, gathered)
                .map_err(|errors| self.with_later_faults(root, file, Stopped::Component(index), errors, gathered))?;
        }
        self.transformers(root, file, origin, &mut resources, gathered)?;
        self.validator_plugins(root, file, origin, &mut resources, gathered)?;
        self.register_vars(file, &mut resources, gathered)?;
        Ok(resources)
    }

    /// One entry of `resources`: a file, else a directory.
    fn resource(
        &mut self,
        root: &Arc<Root>,
        entry: &PlacedText,
        origin: Option<&Arc<ObjectOrigin>>,
        resources: &mut ResMap,
        gathered: &mut Gathered,
    ) -> Result<(), Errors> {
        let found = loader::find(self.session, root, entry, self.restrictions).map_err(single)?;
        match found {
            Found::File(path) => {
                let list = match self.file_resources(&path) {
                    Ok(list) => list,
                    Err(errors) => {
                        return match loader::root_instead(self.session, root, entry, &errors).map_err(single)? {
                            Some(directory) => self.included(root, &directory, entry, origin, resources, gathered),
                            None => Err(reached_all(&errors, entry.place)),
                        };
                    }
                };
                gathered.inputs.insert(Arc::clone(&path));
                if !gathered.schema.meets_unknown_type && list.iter().any(schema::has_unknown_type) {
                    let asked = SchemaUse { meets_unknown_type: true, ..SchemaUse::default() };
                    self.ask_schema(asked, resources, gathered).map_err(|errors| reached_all(&errors, entry.place))?;
                }
                for resource in list.iter() {
                    let mut resource = Arc::clone(resource);
                    if let Some(origin) = origin {
                        Arc::make_mut(&mut resource).made_by = MadeBy::File(origin.join(&entry.value));
                    }
                    self.append(resources, resource, entry.place)?;
                }
            }
            Found::Directory(directory) => self.included(root, &directory, entry, origin, resources, gathered)?,
        }
        Ok(())
    }

    /// Appends the resources of a base.
    fn included(
        &mut self,
        root: &Arc<Root>,
        directory: &Arc<Root>,
        entry: &PlacedText,
        origin: Option<&Arc<ObjectOrigin>>,
        resources: &mut ResMap,
        gathered: &mut Gathered,
    ) -> Result<(), Errors> {
        let origin = origin.map(|origin| origin.join(&entry.value));
        let base = self.base(root, directory, entry, origin.as_ref())?;
        // A base that nobody else has is moved; one that is shared is copied where it is written to.
        let (base, handed_on) = match Arc::try_unwrap(base) {
            Ok(Accumulated { resources, gathered: mut inner }) => {
                let handed_on = Gathered {
                    config: inner.config.take(),
                    vars: std::mem::take(&mut inner.vars),
                    schema: inner.schema,
                    ..Gathered::default()
                };
                gathered.extend_owned(inner, entry.place);
                (resources, handed_on)
            }
            Err(shared) => {
                let inner = &shared.gathered;
                let (config, vars) = (inner.config.clone(), inner.vars.clone());
                gathered.extend(inner, entry.place);
                (shared.resources.clone(), Gathered { config, vars, schema: inner.schema, ..Gathered::default() })
            }
        };
        self.ask_schema(handed_on.schema, resources, gathered)?;
        self.inherit(&handed_on, gathered, entry.place)?;
        if resources.is_empty() {
            *resources = base;
        } else {
            for resource in base {
                self.append(resources, resource, entry.place).map_err(|errors| joined_through(errors, entry.place))?;
            }
        }
        Ok(())
    }

    /// The resources of a file; parsed once per session.
    fn file_resources(&mut self, path: &Arc<str>) -> FileResources {
        if let Some(known) = self.session.manifests.get(path) {
            return known.clone();
        }
        let parsed = self.parse_file(path);
        if self.session.is_to_be_kept(path) {
            self.session.manifests.insert(Arc::clone(path), parsed.clone());
        }
        parsed
    }

    fn parse_file(&mut self, path: &Arc<str>) -> FileResources {
        let source = self.session.read_text(path).map_err(|error| Arc::from(single(error)))?;
        self.parse(&source).map(Arc::from).map_err(Arc::from)
    }

    fn parse(&self, source: &Arc<Source>) -> Result<Vec<Arc<Resource>>, Errors> {
        let documents = yaml::read::read_documents(source, &self.session.limits).map_err(single)?;
        let mut report = Report::default();
        let mut resources = manifest::resources(documents, &mut report);
        for resource in &mut resources {
            marks::adopt(resource);
        }
        if report.has_errors() { Err(report.diagnostics) } else { Ok(resources) }
    }

    /// A base, accumulated once per session for all that include it in the same way.
    fn base(
        &mut self,
        parent: &Arc<Root>,
        root: &Arc<Root>,
        entry: &PlacedText,
        origin: Option<&Arc<ObjectOrigin>>,
    ) -> Result<Arc<Accumulated>, Errors> {
        let key = BaseKey {
            directory: Arc::clone(&root.directory),
            restrictions_off: root.restrictions(self.restrictions) == LoadRestrictions::None,
            origin: origin.cloned(),
            helm_namespace: self.helm_namespace.clone().filter(|_| self.plugins.helm.is_some()),
            merges_custom_lists: self.merges_custom_lists,
        };
        // A schema of the user's own changes everything below it, and is too rare to keep bases for it.
        let known = if self.schema.is_plain() { self.session.bases.get(&key) } else { None };
        match known {
            Some(Ok(known)) => {
                // It was no cycle on the other way here, but may be one on this way.
                for directory in &known.gathered.directories {
                    loader::check_cycle(self.session, parent, entry, directory).map_err(single)?;
                }
                for address in &known.gathered.addresses {
                    loader::check_address(parent, address, Some(entry.place)).map_err(single)?;
                }
                return Ok(Arc::clone(known));
            }
            Some(Err(errors)) => return Err(reached_all(errors, entry.place)),
            None => {}
        }
        let n_charts = self.session.helm_api_versions.n_charts;
        let result = self.accumulate_base(root, entry, origin);
        // What charts are given may depend on the charts before them, see `SharedVersions`.
        let is_plain = self.schema.is_plain() && self.session.helm_api_versions.n_charts == n_charts;
        // A cycle, or too many levels, are faults of the way here, not of the base alone.
        let is_lasting = result.as_ref().err().is_none_or(|errors| !errors.iter().any(is_of_the_way));
        if is_plain && is_lasting && self.session.is_to_be_kept(&key.directory) {
            let kept = result.as_ref().map(Arc::clone).map_err(|errors| Arc::from(errors.as_slice()));
            self.session.bases.insert(key, kept);
        }
        result.map_err(|errors| reached_all(&errors, entry.place))
    }

    fn accumulate_base(
        &mut self,
        root: &Arc<Root>,
        entry: &PlacedText,
        origin: Option<&Arc<ObjectOrigin>>,
    ) -> Result<Arc<Accumulated>, Errors> {
        let mut gathered = Gathered::default();
        let file = self.load(root, &mut gathered)?;
        if file.kind == FileKind::Component {
            let message = format!("`{}` is of kind `Component`; it belongs under `components`", entry.value);
            let diagnostic =
                Diagnostic::error(Code::WrongKind, message).at(Some(entry.place), "listed as a resource here");
            return Err(single(diagnostic.help("move the entry to `components`")));
        }
        let resources = self.accumulate(root, &file, origin, ResMap::default(), &mut gathered)?;
        check_repeated(&resources)?;
        Ok(Arc::new(Accumulated { resources, gathered }))
    }

    /// One entry of `components`: it works on what its parent has accumulated so far.
    fn component(
        &mut self,
        root: &Arc<Root>,
        entry: &PlacedText,
        origin: Option<&Arc<ObjectOrigin>>,
        resources: ResMap,
        gathered: &mut Gathered,
    ) -> Result<ResMap, Errors> {
        let inner_root = loader::find_directory(self.session, root, entry).map_err(single)?;
        let (config, vars) = (gathered.config.take(), std::mem::take(&mut gathered.vars));
        let mut inner = Gathered { config, vars, ..Gathered::default() };
        let work = |accumulator: &mut Self| {
            let file = accumulator.load(&inner_root, &mut inner)?;
            if file.kind != FileKind::Component {
                let message = format!(
                    "`{}` is of kind `Kustomization`, not `Component`; it belongs under `resources`",
                    entry.value
                );
                let diagnostic = Diagnostic::error(Code::WrongKind, message);
                let diagnostic = diagnostic.at(Some(entry.place), "listed as a component here");
                return Err(single(
                    diagnostic.help("move the entry to `resources`, or set `kind: Component` in the file"),
                ));
            }
            let origin = origin.map(|origin| origin.join(&entry.value));
            let resources = accumulator.accumulate(&inner_root, &file, origin.as_ref(), resources, &mut inner)?;
            check_repeated(&resources)?;
            Ok(resources)
        };
        let result = work(self).map_err(|errors| reached_all(&errors, entry.place));
        inner.warnings.retain(|warning| !is_for_others(warning));
        gathered.extend(&inner, entry.place);
        let mut resources = result?;
        // The reference goes on with a fresh accumulator, to which it joins the component's.
        self.inherit(&inner, gathered, entry.place)?;
        self.ask_schema(SchemaUse::default(), &mut resources, gathered)?;
        Ok(resources)
    }

    /// The generators in kustomize's fixed order.
    fn generators(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        origin: Option<&Arc<ObjectOrigin>>,
        resources: &mut ResMap,
        gathered: &mut Gathered,
    ) -> Result<(), Errors> {
        self.maps_and_secrets(root, file, origin, resources, gathered)?;
        // All are read before the first one is asked for, because charts can show in one another.
        self.check_charts(root, file, gathered)?;
        let plugins = self.load_plugins(root, file, Role::Generator, origin, gathered)?;
        self.charts(root, file, origin, resources, gathered)?;
        self.generator_plugins(root, plugins, resources, gathered)
    }

    /// The transformers in kustomize's fixed order. Patches are loaded before the first one runs.
    fn transformers(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        origin: Option<&Arc<ObjectOrigin>>,
        resources: &mut ResMap,
        gathered: &mut Gathered,
    ) -> Result<(), Errors> {
        let mut report = Report::default();
        let strategic = self.load_strategic_patches(root, file, gathered, &mut report);
        let patches = self.load_patches(root, file, &PATCHES, gathered, &mut report);
        let json_patches = self.load_patches(root, file, &PATCHES_JSON6902, gathered, &mut report);
        let replacements = self.load_replacements(root, file, gathered, &mut report);
        gathered.settle(report)?;
        if strategic.iter().chain(&patches).any(LoadedPatch::is_strategic) {
            self.ask_schema(SCHEMA_IS_READ, resources, gathered)?;
        }
        let plugins = self.load_plugins(root, file, Role::Transformer, origin, gathered)?;

        if !plugins.is_empty() || strategic.iter().chain(&patches).any(LoadedPatch::is_strategic) {
            let is_merging = self.merges_custom_lists || file.merges_custom_lists;
            let custom_lists = CustomLists::find(resources.iter(), is_merging);
            resources.set_custom_lists(Some(Arc::new(custom_lists)));
        }
        let config = &*self.config(gathered);
        let recorder = Recorder::new(self.session.is_recording, resources, None);
        let mut steps = Steps {
            file,
            origin,
            resources,
            gathered,
            report: Report::default(),
            recorder,
            without_effect: Vec::new(),
        };
        let limits = self.session.limits;
        if let Some(last) = strategic.last() {
            for patch in &strategic {
                steps.run("", |resources, report| patch::apply(resources, patch, report, &limits))?;
            }
            steps.ran("PatchStrategicMergeTransformer", last.by());
        }
        for patch in &patches {
            steps.run("PatchTransformer", |resources, report| patch::apply(resources, patch, report, &limits))?;
        }
        if let Some(namespace) = &file.namespace {
            let by = self.session.directive("namespace", None, namespace.place);
            steps.run("NamespaceTransformer", |resources, report| {
                transform::namespace::apply(resources, namespace, config, by, report)
            })?;
        }
        if let Some(prefix) = &file.name_prefix {
            let by = self.session.directive("namePrefix", None, prefix.place);
            steps.run("PrefixTransformer", |resources, _| {
                transform::affix::apply_prefix(resources, prefix, config, by)
            })?;
        }
        if let Some(suffix) = &file.name_suffix {
            let by = self.session.directive("nameSuffix", None, suffix.place);
            steps.run("SuffixTransformer", |resources, _| {
                transform::affix::apply_suffix(resources, suffix, config, by)
            })?;
        }
        for (index, entry) in file.labels.iter().enumerate() {
            let by = self.session.directive("labels", Some(index), entry.place);
            steps
                .run("LabelTransformer", |resources, _| transform::labels::apply_entry(resources, entry, config, by))?;
        }
        if let Some(labels) = &file.common_labels {
            let by = self.session.directive("commonLabels", None, labels.place);
            steps.run("LabelTransformer", |resources, _| {
                transform::labels::apply_common(resources, &labels.value, config, by)
            })?;
        } else if let Some(entry) = file.labels.last() {
            // The reference runs its transformer for `commonLabels` even where there are none.
            let by = self.session.directive("labels", Some(file.labels.len() - 1), entry.place);
            steps.ran("LabelTransformer", by);
        }
        if let Some(annotations) = &file.common_annotations {
            let by = self.session.directive("commonAnnotations", None, annotations.place);
            steps.run("AnnotationsTransformer", |resources, _| {
                transform::annotations::apply(resources, &annotations.value, config, by)
            })?;
        }
        for patch in &json_patches {
            steps
                .run("PatchJson6902Transformer", |resources, report| patch::apply(resources, patch, report, &limits))?;
        }
        for (index, entry) in file.replicas.iter().enumerate() {
            let by = self.session.directive("replicas", Some(index), entry.place);
            steps.run("ReplicaCountTransformer", |resources, _| {
                transform::replicas::apply(resources, entry, config, by)
            })?;
        }
        let images: Vec<_> = (file.images.iter().enumerate())
            .map(|(index, entry)| (entry, self.session.directive("images", Some(index), entry.place)))
            .collect();
        steps.run_all("ImageTagTransformer", |resources, report| {
            transform::images::apply(resources, &images, config, report)
        })?;
        for replacement in &replacements {
            steps.run("", |resources, report| replacement.apply(resources, report, &limits))?;
        }
        if let Some(last) = replacements.last() {
            steps.ran("ReplacementTransformer", last.by);
        }
        self.transformer_plugins(root, &plugins, &mut steps)?;
        // The annotation holds for one kustomization.
        steps.resources.set_custom_lists(None);
        let mut report = steps.report;
        for by in steps.without_effect {
            let directive = self.session.directives.get(by);
            let message = format!("`{}` changes nothing", directive.field);
            let warning = Diagnostic::warning(Code::DirectiveWithoutEffect, message);
            report.push(warning.at(Some(directive.place), "no object has such a field").help("remove it"));
        }
        gathered.settle(report)
    }

    fn text_file(
        &mut self,
        root: &Arc<Root>,
        entry: &PlacedText,
        gathered: &mut Gathered,
    ) -> crate::diagnostic::Result<Arc<Source>> {
        let path = loader::find_file(self.session, root, entry, self.restrictions)?;
        gathered.inputs.insert(Arc::clone(&path));
        self.session.read_text(&path)
    }

    /// What the steps that read files of a kustomization are given.
    fn context<'c>(&'c mut self, root: &'c Arc<Root>, gathered: &'c mut Gathered) -> Context<'c, 'fs> {
        Context {
            session: &mut *self.session,
            options: self.plugins,
            root,
            restrictions: self.restrictions,
            inputs: &mut gathered.inputs,
            warnings: &mut gathered.warnings,
        }
    }

    fn append(&self, resources: &mut ResMap, resource: Arc<Resource>, through: Place) -> Result<(), Errors> {
        if resources.len() >= self.session.limits.resources_max {
            let message = format!("more than {} resources", self.session.limits.resources_max);
            let error = Diagnostic::error(Code::LimitExceeded, message).at(Some(through), "");
            return Err(single(error.help("split the build into several that are smaller")));
        }
        match resources.append(resource) {
            Ok(_) => Ok(()),
            Err((resource, position)) => Err(single(duplicate(&resource, resources.get(position), through))),
        }
    }
}

fn configured(origin: &ObjectOrigin, file: &Kustomization, kind: &str) -> Arc<Configured> {
    let name = fs::base_name(&file.source.path);
    Arc::new(Configured {
        configured_in: origin.join(name),
        api_version: "builtin".into(),
        kind: kind.into(),
        name: "".into(),
        namespace: "".into(),
    })
}

fn duplicate(new: &Resource, old: &Resource, through: Place) -> Box<Diagnostic> {
    let namespace = if new.id.namespace.is_empty() { String::new() } else { format!(" in `{}`", new.id.namespace) };
    let message = format!("{} `{}`{namespace} is defined twice", new.id.gvk.kind, new.id.name);
    let name_place = |resource: &Resource| {
        let tree = &resource.tree;
        let name = tree.get_path(tree.root(), &["metadata", "name"]);
        name.and_then(|name| tree.place(name)).or_else(|| tree.place(tree.root()))
    };
    let (new_place, old_place) = (name_place(new), name_place(old));
    let is_same_file = new_place.is_some() && new_place == old_place;
    let diagnostic = Diagnostic::error(Code::DuplicateId, message);
    let diagnostic = match is_same_file {
        true => diagnostic
            .at(new_place, "this object is reached twice")
            .at(Some(through), "the second time through this entry"),
        false => diagnostic.at(new_place, "defined again here").at(old_place, "first defined here"),
    };
    match is_same_file {
        true => diagnostic.help("list it once, or give each copy its own `namePrefix` or `namespace`"),
        false => diagnostic.help("to change an object that exists, use `patches`; to have two, give one another name"),
    }
}

/// Says which entry brings an object of a base where one like it is already.
fn joined_through(mut errors: Errors, through: Place) -> Errors {
    for error in &mut errors {
        if error.labels.iter().all(|label| label.place != through) {
            error.labels.push(Label { place: through, text: "the second one comes through this entry".to_owned() });
        }
    }
    errors
}

/// Returns whether a warning of a component is about what it has for other kustomizations: what selects nothing in one may be
/// meant for another, unless something here comes near.
fn is_for_others(warning: &Diagnostic) -> bool {
    let is_selection =
        matches!(warning.code, Code::PatchTargetUnmatched | Code::ImageUnmatched | Code::ReplacementTargetUnmatched);
    let is_near = warning.labels.len() > 1 || warning.help.iter().any(|help| help.starts_with("did you mean"));
    is_selection && warning.chain.is_empty() && !is_near
}

/// Returns whether an error is one of the way to a base, not of the base alone.
fn is_of_the_way(error: &Diagnostic) -> bool {
    matches!(error.code, Code::Cycle | Code::LimitExceeded)
}

/// Refuses objects with the same identity, which replacements can make, where they join those of another kustomization.
fn check_repeated(resources: &ResMap) -> Result<(), Errors> {
    match resources.find_repeated() {
        Some((first, second)) => Err(single(replacements::repeated(resources.get(first), resources.get(second)))),
        None => Ok(()),
    }
}

fn single(diagnostic: Box<Diagnostic>) -> Errors {
    vec![*diagnostic]
}
