//! The recursion: one kustomization's resources, generators, components and transformers, in kustomize's order.
//!
//! This module and `build` are the only code that knows the order of things (upstream `KustTarget.accumulateTarget`).
//! What each step does is in `loader`, `generate`, `patch` and `transform`. Bases are accumulated once per session and
//! shared: an overlay appends their resources and copies one only when it writes to it.

use crate::accumulated::{Accumulated, BaseKey, DIAGNOSTICS_MAX, Gathered, reached_all};
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::fieldspec::TransformerConfig;
use crate::fs;
use crate::generate::{self, GeneratorFile, GeneratorFiles};
use crate::kustomization::{self, FileKind, InlineText, Kustomization, PatchEntry, PlacedText};
use crate::limits::Limits;
use crate::loader::{self, Found, LoadRestrictions, Root};
use crate::manifest;
use crate::marks;
use crate::patch::{self, LoadedPatch};
use crate::programs::PluginOptions;
use crate::provenance::{DirectiveId, Touched};
use crate::resmap::ResMap;
use crate::resource::{Configured, MadeBy, Resource};
use crate::schema::in_force::{Progress, SchemaUse};
use crate::schema::scope;
use crate::session::{FileResources, Session};
use crate::source::{Embedded, Place, Sensitivity, Source};
use crate::transform;
use crate::yaml;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What stays the same all through a build.
pub(crate) struct Accumulator<'a, 'fs> {
    pub(crate) session: &'a mut Session<'fs>,
    pub(crate) restrictions: LoadRestrictions,
    pub(crate) config: &'a TransformerConfig,
    pub(crate) plugins: &'a PluginOptions,
    pub(crate) schema: Progress,
}

type Errors = Vec<Diagnostic>;

impl Accumulator<'_, '_> {
    /// Loads the kustomization file of a directory.
    pub(crate) fn load(&mut self, root: &Root, gathered: &mut Gathered) -> Result<Kustomization, Errors> {
        let file = loader::kustomization_file(self.session, root, self.restrictions).map_err(single)?;
        gathered.inputs.insert(Arc::clone(&file));
        let source = self.session.read_text(&file).map_err(single)?;
        let tree = yaml::read::read_first(&source, &self.session.limits).map_err(single)?;
        let Some(tree) = tree else {
            let message = format!("`{}` is empty", source.path);
            let diagnostic = Diagnostic::error(Code::EmptyKustomization, message).path(source.path.to_string());
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
        origin: Option<&Arc<str>>,
        mut resources: ResMap,
        gathered: &mut Gathered,
    ) -> Result<ResMap, Errors> {
        gathered.directories.insert(Arc::clone(&root.directory));
        self.set_schema(root, file, gathered)?;
        self.ask_schema(SchemaUse::default(), &mut resources, gathered)?;
        let mut errors = Vec::new();
        for entry in &file.resources {
            let result = self.resource(root, entry, origin, &mut resources, gathered);
            errors.extend(result.err().into_iter().flatten());
            errors.truncate(DIAGNOSTICS_MAX);
            if errors.iter().any(|error| matches!(error.code, Code::Cycle | Code::LimitExceeded)) {
                // Going on would meet the same again and again.
                break;
            }
        }
        // `configurations` and `crds` join the config here, before anything runs.
        if !errors.is_empty() {
            return Err(errors);
        }
        self.generators(root, file, origin, &mut resources, gathered)?;
        for entry in &file.components {
            resources = self.component(root, entry, origin, resources, gathered)?;
        }
        self.transformers(root, file, origin, &mut resources, gathered)?;
        // External transformers, validators and vars come here.
        Ok(resources)
    }

    /// One entry of `resources`: a file, else a directory.
    fn resource(
        &mut self,
        root: &Arc<Root>,
        entry: &PlacedText,
        origin: Option<&Arc<str>>,
        resources: &mut ResMap,
        gathered: &mut Gathered,
    ) -> Result<(), Errors> {
        let found = loader::find(self.session, root, entry, self.restrictions).map_err(single)?;
        match found {
            Found::File(path) => {
                gathered.inputs.insert(Arc::clone(&path));
                let list = self.file_resources(&path);
                let list = list.map_err(|errors| reached_all(&errors, entry.place))?;
                let is_unknown = |resource: &Arc<Resource>| {
                    let gvk = &resource.id.gvk;
                    !scope::is_known(&gvk.group, &gvk.version, &gvk.kind)
                };
                if !gathered.schema.meets_unknown_type && list.iter().any(is_unknown) {
                    let asked = SchemaUse { meets_unknown_type: true, ..SchemaUse::default() };
                    self.ask_schema(asked, resources, gathered).map_err(|errors| reached_all(&errors, entry.place))?;
                }
                for resource in list.iter() {
                    let mut resource = Arc::clone(resource);
                    if let Some(origin) = origin {
                        Arc::make_mut(&mut resource).made_by = MadeBy::File(join_origin(origin, &entry.value));
                    }
                    self.append(resources, resource, entry.place)?;
                }
            }
            Found::Directory(directory) => {
                let origin = origin.map(|origin| join_origin(origin, &entry.value));
                let base = self.base(root, &directory, entry, origin.as_ref())?;
                gathered.extend(&base.gathered, entry.place);
                self.ask_schema(base.gathered.schema, resources, gathered)?;
                // A base that nobody else has is moved; one that is shared is copied where it is written to.
                let base = Arc::try_unwrap(base).map(|base| base.resources);
                let base = base.unwrap_or_else(|shared| shared.resources.clone());
                if resources.is_empty() {
                    *resources = base;
                } else {
                    for resource in base {
                        self.append(resources, resource, entry.place)?;
                    }
                }
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
        let alone = |diagnostic: Box<Diagnostic>| -> Arc<[Diagnostic]> { Arc::from([*diagnostic]) };
        let source = self.session.read_text(path).map_err(alone)?;
        let documents = yaml::read::read_documents(&source, &self.session.limits).map_err(alone)?;
        let mut report = Report::default();
        let mut resources = manifest::resources(documents, &mut report);
        for resource in &mut resources {
            marks::adopt(resource);
        }
        if report.has_errors() { Err(report.diagnostics.into()) } else { Ok(resources.into()) }
    }

    /// A base, accumulated once per session for all that include it in the same way.
    fn base(
        &mut self,
        parent: &Arc<Root>,
        root: &Arc<Root>,
        entry: &PlacedText,
        origin: Option<&Arc<str>>,
    ) -> Result<Arc<Accumulated>, Errors> {
        let key = BaseKey {
            directory: Arc::clone(&root.directory),
            restrictions_off: self.restrictions == LoadRestrictions::None,
            origin: origin.cloned(),
        };
        // A schema of the user's own changes everything below it, and is too rare to keep bases for it.
        let known = if self.schema.is_plain() { self.session.bases.get(&key) } else { None };
        match known {
            Some(Ok(known)) => {
                // It was no cycle on the other way here, but may be one on this way.
                for directory in &known.gathered.directories {
                    loader::check_cycle(self.session, parent, entry, directory).map_err(single)?;
                }
                return Ok(Arc::clone(known));
            }
            Some(Err(errors)) => return Err(reached_all(errors, entry.place)),
            None => {}
        }
        let result = self.accumulate_base(root, entry, origin);
        let is_plain = self.schema.is_plain();
        // A cycle, or too many levels, are faults of the way here, not of the base alone.
        let is_fault_of_the_way = |error: &Diagnostic| matches!(error.code, Code::Cycle | Code::LimitExceeded);
        let is_lasting = result.as_ref().err().is_none_or(|errors| !errors.iter().any(is_fault_of_the_way));
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
        origin: Option<&Arc<str>>,
    ) -> Result<Arc<Accumulated>, Errors> {
        let mut gathered = Gathered::default();
        let file = self.load(root, &mut gathered)?;
        if file.kind == FileKind::Component {
            let message = format!("`{}` is a component; it belongs under `components`", entry.value);
            let diagnostic =
                Diagnostic::error(Code::WrongKind, message).at(Some(entry.place), "listed as a resource here");
            return Err(single(diagnostic.help("move the entry to `components`")));
        }
        let resources = self.accumulate(root, &file, origin, ResMap::default(), &mut gathered)?;
        Ok(Arc::new(Accumulated { resources, gathered }))
    }

    /// One entry of `components`: it works on what its parent has accumulated so far.
    fn component(
        &mut self,
        root: &Arc<Root>,
        entry: &PlacedText,
        origin: Option<&Arc<str>>,
        resources: ResMap,
        gathered: &mut Gathered,
    ) -> Result<ResMap, Errors> {
        let inner_root = loader::find_directory(self.session, root, entry).map_err(single)?;
        let mut inner = Gathered::default();
        let work = |accumulator: &mut Self| {
            let file = accumulator.load(&inner_root, &mut inner)?;
            if file.kind != FileKind::Component {
                let message =
                    format!("`{}` is no component (`kind: Component`); it belongs under `resources`", entry.value);
                let diagnostic = Diagnostic::error(Code::WrongKind, message);
                let diagnostic = diagnostic.at(Some(entry.place), "listed as a component here");
                return Err(single(
                    diagnostic.help("move the entry to `resources`, or set `kind: Component` in the file"),
                ));
            }
            let origin = origin.map(|origin| join_origin(origin, &entry.value));
            accumulator.accumulate(&inner_root, &file, origin.as_ref(), resources, &mut inner)
        };
        let result = work(self).map_err(|errors| reached_all(&errors, entry.place));
        gathered.extend(&inner, entry.place);
        let mut resources = result?;
        self.ask_schema(SchemaUse::default(), &mut resources, gathered)?;
        Ok(resources)
    }

    /// Takes the schema that a kustomization names, unless the build has one (upstream `openapi.SetSchema`).
    fn set_schema(&mut self, root: &Arc<Root>, file: &Kustomization, gathered: &mut Gathered) -> Result<(), Errors> {
        let get = |name: &str| file.openapi.iter().find(|(key, _)| key.value == name).map(|(_, value)| value);
        let (path, version) = (get("path"), get("version"));
        let text = path.map(|path| self.text_file(root, path, gathered)).transpose().map_err(single)?;
        if path.is_none() && version.is_none_or(|version| version.value.is_empty()) || self.schema.is_set() {
            return Ok(());
        }
        gathered.schema.sets = true;
        match (text, version) {
            (Some(_), Some(version)) => {
                let message = "`openapi` has both `path` and `version`";
                let error = Diagnostic::error(Code::OpenApiInvalid, message).at(Some(version.place), "");
                Err(single(error.help("remove one of the two; `path` takes the place of the built-in schema")))
            }
            (None, Some(version)) if version.value != BUILT_IN_SCHEMA => {
                let message = format!("there is no built-in schema `{}`", version.value);
                let error = Diagnostic::error(Code::OpenApiInvalid, message).at(Some(version.place), "");
                Err(single(error.help(format!("the only one is `{BUILT_IN_SCHEMA}`; `path` names a file of your own"))))
            }
            (text, _) => {
                let place = path.or(version).map(|value| value.place);
                let by = place.map(|place| self.session.directive("openapi", None, place));
                self.schema.set(text.zip(by));
                Ok(())
            }
        }
    }

    /// Notes what is asked of the schema, and lets the resources know what holds from now on.
    fn ask_schema(&mut self, asked: SchemaUse, resources: &mut ResMap, gathered: &mut Gathered) -> Result<(), Errors> {
        gathered.schema.extend(asked);
        self.schema.ask(asked, &self.session.limits).map_err(single)?;
        if let Some(in_force) = self.schema.in_force() {
            resources.set_in_force(in_force);
        }
        Ok(())
    }

    fn generators(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        origin: Option<&Arc<str>>,
        resources: &mut ResMap,
        gathered: &mut Gathered,
    ) -> Result<(), Errors> {
        let common = file.generator_options.as_ref();
        let config_maps = file.config_map_generator.iter().map(|entry| ("configMapGenerator", entry));
        let secrets = file.secret_generator.iter().map(|entry| ("secretGenerator", entry));
        let mut n_of_field = 0;
        let mut errors = Vec::new();
        let mut last_field = "";
        for (field, entry) in config_maps.chain(secrets) {
            n_of_field = if field == last_field { n_of_field + 1 } else { 0 };
            last_field = field;
            let by = self.session.directive(field, Some(n_of_field), entry.place);
            let is_secret = field == "secretGenerator";
            let restrictions = self.restrictions;
            let mut files = Files { session: &mut *self.session, root, restrictions, inputs: &mut gathered.inputs };
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
                Ok(()) => {
                    gathered.touched.insert(by, Touched { by, resources: 1, fields: 0 });
                }
                Err(diagnostic) => errors.push(*diagnostic),
            }
        }
        // Charts and external generators come here.
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// The transformers in kustomize's fixed order. Patches are loaded before the first one runs.
    fn transformers(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        origin: Option<&Arc<str>>,
        resources: &mut ResMap,
        gathered: &mut Gathered,
    ) -> Result<(), Errors> {
        let mut report = Report::default();
        let strategic = self.load_strategic_patches(root, file, gathered, &mut report);
        let patches = self.load_patches(root, file, &PATCHES, gathered, &mut report);
        let json_patches = self.load_patches(root, file, &PATCHES_JSON6902, gathered, &mut report);
        gathered.settle(report)?;
        if strategic.iter().chain(&patches).any(LoadedPatch::is_strategic) {
            let asked = SchemaUse { reads: true, ..SchemaUse::default() };
            self.ask_schema(asked, resources, gathered)?;
        }

        let mut steps = Steps { file, origin, resources, gathered, report: Report::default() };
        let limits = self.session.limits;
        let config = self.config;
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
            steps.run("NamespaceTransformer", |resources, _| {
                transform::namespace::apply(resources, namespace, config, by)
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
        // Replacements come here.
        let report = steps.report;
        gathered.settle(report)
    }

    fn load_strategic_patches(
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
            let inline = self.embedded(&file.source, &InlineText::plain(entry));
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
    fn load_patches(
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

    /// The text of a patch: a file or what stands inline.
    fn patch_text(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        entry: &PatchEntry,
        prepare: fn(&InlineText) -> InlineText,
        gathered: &mut Gathered,
    ) -> crate::diagnostic::Result<Arc<Source>> {
        patch::check_entry(entry)?;
        match (&entry.path, &entry.patch) {
            (Some(path), _) => self.text_file(root, path, gathered),
            (None, Some(inline)) => Ok(self.embedded(&file.source, &prepare(inline))),
            (None, None) => {
                Err(Diagnostic::error(Code::PatchInvalid, "a patch needs `path` or `patch`").at(Some(entry.place), ""))
            }
        }
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

    fn embedded(&mut self, outer: &Arc<Source>, text: &InlineText) -> Arc<Source> {
        let (first_line, indent) = text.block.unwrap_or((0, 0));
        let embedded = Embedded { outer: text.place, first_line, indent };
        self.session.sources.add(Arc::clone(&outer.path), text.value.clone(), Sensitivity::Yaml, Some(embedded))
    }

    fn append(&self, resources: &mut ResMap, resource: Arc<Resource>, through: Place) -> Result<(), Errors> {
        if resources.len() >= self.session.limits.resources_max {
            let message = format!("more than {} resources", self.session.limits.resources_max);
            return Err(single(Diagnostic::error(Code::LimitExceeded, message).at(Some(through), "")));
        }
        match resources.append(resource) {
            Ok(_) => Ok(()),
            Err((resource, position)) => Err(single(duplicate(&resource, resources.get(position), through))),
        }
    }
}

/// The version of the schema that is built in.
const BUILT_IN_SCHEMA: &str = "v1.21.2";

/// What tells `patches` and `patchesJson6902` apart before they are applied.
struct PatchField {
    field: &'static str,
    entries: fn(&Kustomization) -> &[PatchEntry],
    /// What becomes of an inline text first.
    prepare: fn(&InlineText) -> InlineText,
    load: fn(&PatchEntry, &Arc<Source>, DirectiveId, &Limits) -> crate::diagnostic::Result<LoadedPatch>,
}

const PATCHES: PatchField =
    PatchField { field: "patches", entries: |file| &file.patches, prepare: trimmed, load: patch::load };
const PATCHES_JSON6902: PatchField = PatchField {
    field: "patchesJson6902",
    entries: |file| &file.patches_json6902,
    prepare: InlineText::clone,
    load: patch::load_json6902,
};

/// Runs the transformers of one kustomization and keeps count.
struct Steps<'a> {
    file: &'a Kustomization,
    origin: Option<&'a Arc<str>>,
    resources: &'a mut ResMap,
    gathered: &'a mut Gathered,
    report: Report,
}

impl Steps<'_> {
    fn run(
        &mut self,
        kind: &str,
        step: impl FnOnce(&mut ResMap, &mut Report) -> crate::diagnostic::Result<Touched>,
    ) -> Result<(), Errors> {
        self.run_all(kind, |resources, report| step(resources, report).map(|touched| vec![touched]))
    }

    /// Runs all entries of a field in one step.
    fn run_all(
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
        for touched in touched {
            self.gathered.touched.insert(touched.by, touched);
            if !kind.is_empty() {
                self.ran(kind, touched.by);
            }
        }
        Ok(())
    }

    /// Records that a transformer ran over every resource, where `buildMetadata` asks for it.
    fn ran(&mut self, kind: &str, by: DirectiveId) {
        let Some(origin) = self.origin else { return };
        let configured = configured(origin, self.file, kind);
        transform::metadata::record_transformer(self.resources, &configured, by);
    }
}

/// Gives generators the files they name.
struct Files<'a, 'fs> {
    session: &'a mut Session<'fs>,
    root: &'a Arc<Root>,
    restrictions: LoadRestrictions,
    inputs: &'a mut BTreeSet<Arc<str>>,
}

impl GeneratorFiles for Files<'_, '_> {
    fn read(&mut self, path: &PlacedText, _secret: bool) -> crate::diagnostic::Result<GeneratorFile> {
        let file = loader::find_file(self.session, self.root, path, self.restrictions)?;
        self.inputs.insert(Arc::clone(&file));
        // Whatever a generator reads is content, not YAML: it is never shown, and never decoded from anything but UTF-8.
        Ok(match String::from_utf8(self.session.read_bytes(&file)?) {
            Ok(text) => {
                GeneratorFile::Text(self.session.sources.add(self.session.show(&file), text, Sensitivity::Opaque, None))
            }
            Err(error) => GeneratorFile::Binary(error.into_bytes().into()),
        })
    }
}

/// An inline text without the white space around it (upstream `PatchTransformerPlugin.Config`).
fn trimmed(text: &InlineText) -> InlineText {
    let value = text.value.trim();
    let lead = &text.value[..text.value.len() - text.value.trim_start().len()];
    let n_lines = lead.matches('\n').count() as u32;
    let block = text.block.map(|(first_line, indent)| (first_line + n_lines, indent));
    InlineText { value: value.to_owned(), place: text.place, block }
}

fn configured(origin: &Arc<str>, file: &Kustomization, kind: &str) -> Arc<Configured> {
    let name = fs::base_name(&file.source.path);
    Arc::new(Configured {
        configured_in: join_origin(origin, name),
        api_version: "builtin".into(),
        kind: kind.into(),
        name: "".into(),
        namespace: "".into(),
    })
}

/// Joins paths relative to the root of the build in words, like Go's `filepath.Join`.
fn join_origin(origin: &str, path: &str) -> Arc<str> {
    let mut parts: Vec<&str> = Vec::new();
    for part in origin.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    if parts.is_empty() { ".".into() } else { parts.join("/").into() }
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

fn single(diagnostic: Box<Diagnostic>) -> Errors {
    vec![*diagnostic]
}
