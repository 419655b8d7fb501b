//! From the configuration of a built-in plugin to one that is ready to run: what it names is loaded, what it is told is
//! checked. Running is `builtin`'s.

use super::Context;
use super::builtin::{Builtin, charts};
use crate::diagnostic::{Code, Diagnostic, Report, Result, Severity};
use crate::fieldspec::{FieldSpec, TransformerConfig};
use crate::fs;
use crate::helm;
use crate::kustomization::decode;
use crate::kustomization::plugin::{BuiltinConfig, IamPolicyConfig, NamespaceConfig, PairsConfig, ValueAddConfig};
use crate::kustomization::replacement::ReplacementEntry;
use crate::kustomization::{InlineText, PatchEntry, PlacedText};
use crate::patch::{self, LoadedPatch};
use crate::provenance::{DirectiveId, Stamp};
use crate::resource::Resource;
use crate::source::{Place, Source};
use crate::transform::namespace::{NamespaceOptions, Subjects};
use crate::transform::replacements::{self, LoadedReplacement};
use crate::transform::value_add::ValueAdd;
use crate::unprintable;
use crate::yaml;
use crate::yaml::json;
use crate::yaml::tree::Tree;
use std::borrow::Cow;
use std::sync::Arc;

/// Parts of the path of a field: what is created must not be deeper than what is read (`Limits::depth_max`).
const PARTS_MAX: usize = 250;

/// Reads the configuration of a built-in plugin; `None` if an error was reported.
pub(crate) fn load(
    config: &Arc<Resource>,
    place: Place,
    by: DirectiveId,
    context: &mut Context<'_, '_>,
    report: &mut Report,
) -> Option<Builtin> {
    let kind = &*config.id.gvk.kind;
    let source = match config.tree.file() {
        Some(file) => Arc::clone(&file.source),
        None => Arc::clone(context.session.sources.get(place.source)),
    };
    let tree = report.keep(printed(config, place))?;
    // Every kind that is listed above is known there.
    let decoded = decode::plugin::decode(&source, &tree, kind, report)?;
    let prepared = Loader { place, by, context }.prepare(decoded, report);
    report.keep(prepared)
}

/// Returns a configuration as it reads when it was printed.
fn printed(config: &Resource, place: Place) -> Result<Tree> {
    let mut tree = Tree::clone(&config.tree);
    let root = tree.root();
    json::as_printed(&mut tree, root).map_err(|error| unprintable::error(config, &error).at(Some(place), ""))?;
    Ok(tree)
}

/// Says of a patch, or of what is wrong with it, where its file is named.
fn with_file(path: &Option<PlacedText>, patch: Result<LoadedPatch>) -> Result<LoadedPatch> {
    let file = path.as_ref().map(|path| path.place);
    patch.map(|patch| patch.from_file(file)).map_err(|error| patch::reached_through(error, file))
}

/// Makes plugins ready to run: loads what they name, checks what they are told.
struct Loader<'c, 'a, 'fs> {
    place: Place,
    by: DirectiveId,
    context: &'c mut Context<'a, 'fs>,
}

impl Loader<'_, '_, '_> {
    fn prepare(&mut self, config: BuiltinConfig, report: &mut Report) -> Result<Builtin> {
        Ok(match config {
            BuiltinConfig::Annotations(PairsConfig { pairs, specs }) => {
                let common_annotations = self.checked(specs)?;
                Builtin::Annotations(pairs, TransformerConfig { common_annotations, ..TransformerConfig::default() })
            }
            BuiltinConfig::ConfigMap(entry) => Builtin::ConfigMap(entry),
            BuiltinConfig::Hash => Builtin::Hash,
            BuiltinConfig::HelmChart(globals, chart) => {
                let mut context = charts(self.context);
                helm::share_api_versions(&helm::check(&chart, &globals, None, &mut context)?, context.session);
                Builtin::HelmChart(globals, chart)
            }
            BuiltinConfig::IamPolicy(config) => Builtin::IamPolicy(Box::new(self.iam_policy(&config)?)),
            BuiltinConfig::ImageTag { image, specs } => {
                let images = self.checked(specs)?;
                Builtin::ImageTag(image, TransformerConfig { images, ..TransformerConfig::default() })
            }
            BuiltinConfig::Labels(PairsConfig { pairs, specs }) => {
                let common_labels = self.checked(specs)?;
                Builtin::Labels(pairs, TransformerConfig { common_labels, ..TransformerConfig::default() })
            }
            BuiltinConfig::Namespace(config) => self.namespace(config)?,
            BuiltinConfig::Patch(entry) => {
                let text = self.patch_text(&entry, InlineText::trimmed)?;
                let limits = self.context.session.limits;
                Builtin::Patches(vec![with_file(&entry.path, patch::load(&entry, &text, self.by, &limits))?])
            }
            BuiltinConfig::PatchJson6902(entry) => {
                let text = self.patch_text(&entry, InlineText::clone)?;
                let limits = self.context.session.limits;
                Builtin::Patches(vec![with_file(&entry.path, patch::load_json6902(&entry, &text, self.by, &limits))?])
            }
            BuiltinConfig::PatchStrategicMerge { paths, patches } => {
                Builtin::Patches(self.strategic_patches(&paths, patches.as_ref())?)
            }
            BuiltinConfig::Affix { prefix, suffix, specs } => {
                let name_prefix = self.checked(specs)?;
                let name_suffix = name_prefix.clone();
                let config = TransformerConfig { name_prefix, name_suffix, ..TransformerConfig::default() };
                Builtin::Affix(prefix, suffix, config)
            }
            BuiltinConfig::Replacement(entries) => Builtin::Replacements(self.replacements(&entries, report)?),
            BuiltinConfig::ReplicaCount { replica, specs } => {
                let replicas = self.checked(specs)?;
                Builtin::ReplicaCount(replica, TransformerConfig { replicas, ..TransformerConfig::default() })
            }
            BuiltinConfig::Secret(entry) => Builtin::Secret(entry),
            BuiltinConfig::ValueAdd(config) => Builtin::ValueAdd(self.value_add(config)?),
        })
    }

    fn checked(&self, specs: Vec<FieldSpec>) -> Result<Cow<'static, [FieldSpec]>> {
        match specs.iter().map(|spec| spec.path.split('/').count()).find(|&n_parts| n_parts > PARTS_MAX) {
            None => Ok(Cow::Owned(specs)),
            Some(n_parts) => {
                let message = format!("a field path has {n_parts} parts; at most {PARTS_MAX} are followed");
                Err(Diagnostic::error(Code::LimitExceeded, message)
                    .at(Some(self.place), "in this configuration")
                    .help("shorten the path"))
            }
        }
    }

    fn namespace(&self, config: NamespaceConfig) -> Result<Builtin> {
        let subjects = match config.subjects.as_ref().map_or("", |text| text.value.as_str()) {
            "" | "defaultOnly" => Subjects::DefaultOnly,
            "none" => Subjects::None,
            "allServiceAccounts" => Subjects::AllServiceAccounts,
            other => {
                let message = format!("`setRoleBindingSubjects` cannot be `{other}`");
                let place = config.subjects.as_ref().map(|text| text.place);
                return Err(Diagnostic::error(Code::PluginInvalid, message)
                    .at(place, "")
                    .help("it is one of `defaultOnly`, `none`, `allServiceAccounts`"));
            }
        };
        let options = NamespaceOptions { unset_only: config.unset_only, subjects };
        let namespace = self.checked(config.specs)?;
        let specs = TransformerConfig { namespace, ..TransformerConfig::default() };
        Ok(Builtin::Namespace(config.namespace, options, specs))
    }

    /// The text of a patch: a file or what stands inline.
    fn patch_text(&mut self, entry: &PatchEntry, prepare: fn(&InlineText) -> InlineText) -> Result<Arc<Source>> {
        patch::check_entry(entry)?;
        match (&entry.path, &entry.patch) {
            (Some(path), _) => self.context.text_file(path),
            (None, Some(inline)) => Ok(self.context.session.embedded(&prepare(inline))),
            (None, None) => Err(Diagnostic::error(Code::PatchInvalid, "a patch needs a text")
                .at(Some(entry.place), "")
                .help("name a file with `path`, or write the patch inline")),
        }
    }

    fn strategic_patches(&mut self, paths: &[InlineText], patches: Option<&InlineText>) -> Result<Vec<LoadedPatch>> {
        if paths.is_empty() && patches.is_none() {
            let message = "a `PatchStrategicMergeTransformer` has neither `paths` nor `patches`";
            return Err(Diagnostic::error(Code::PatchInvalid, message)
                .at(Some(self.place), "")
                .help("name files with `paths`, or write patches inline with `patches: |-`"));
        }
        let limits = self.context.session.limits;
        let mut loaded = Vec::with_capacity(paths.len() + 1);
        for path in paths {
            let inline = self.context.session.embedded(path);
            loaded.push(if path.is_yaml() || patch::is_inline_strategic(&inline, &limits) {
                patch::load_strategic(&inline, self.by, path.place, &limits)?
            } else {
                let file = Some(path.place);
                let text = self.context.text_file(&path.placed())?;
                let patch = patch::load_strategic(&text, self.by, path.place, &limits);
                patch.map(|patch| patch.from_file(file)).map_err(|error| patch::reached_through(error, file))?
            });
        }
        if let Some(patches) = patches {
            let inline = self.context.session.embedded(patches);
            loaded.push(patch::load_strategic(&inline, self.by, patches.place, &limits)?);
        }
        if loaded.iter().all(LoadedPatch::is_empty) {
            let error = Diagnostic::error(Code::PatchInvalid, "no entry of `paths`, and no `patches`, holds a patch");
            return Err(error.at(Some(self.place), "").help("remove the plugin"));
        }
        Ok(loaded)
    }

    fn replacements(&mut self, entries: &[ReplacementEntry], report: &mut Report) -> Result<Vec<LoadedReplacement>> {
        let by = self.by;
        let mut loaded = Vec::with_capacity(entries.len());
        for entry in entries {
            replacements::check_entry(entry)?;
            let Some(path) = &entry.path else {
                loaded.push(LoadedReplacement { replacement: entry.replacement.clone(), by, file: None });
                continue;
            };
            let text = self.context.text_file(path)?;
            let list = replacements::load(&text, path.place, &self.context.session.limits, report);
            let file = Some(path.place);
            loaded.extend(list.into_iter().flatten().map(|replacement| LoadedReplacement { replacement, by, file }));
        }
        Ok(loaded)
    }

    fn iam_policy(&mut self, config: &IamPolicyConfig) -> Result<Resource> {
        let text = |text: &Option<PlacedText>| text.as_ref().map_or(String::new(), |text| text.value.clone());
        let cloud = text(&config.cloud);
        if cloud != "gke" {
            let message = match &*cloud {
                "" => "`cloud` is missing".to_owned(),
                _ => format!("`cloud` cannot be `{cloud}`"),
            };
            let place = config.cloud.as_ref().map_or(self.place, |cloud| cloud.place);
            return Err(Diagnostic::error(Code::PluginInvalid, message).at(Some(place), "").help("set it to `gke`"));
        }
        // The reference puts the texts into a document as they are, so that they are read as YAML.
        let mut document = format!(
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  annotations:\n    \
             iam.gke.io/gcp-service-account: {}@{}.iam.gserviceaccount.com\n  name: {}\n",
            text(&config.account),
            text(&config.project),
            text(&config.name),
        );
        if let Some(namespace) = &config.namespace {
            document.push_str("\n  namespace: ");
            document.push_str(&namespace.value);
        }
        let document = self.context.session.embedded(&InlineText { value: document, place: self.place, block: None });
        let read = yaml::read::read_first(&document, &self.context.session.limits);
        let read = read.map_err(|error| error.note("names are put into a document as they are"))?;
        let read = read.unwrap_or_default();
        let mut tree = Tree::new();
        let stamp = Stamp { by: self.by, place: Some(self.place) };
        let root = tree.copy_from(&read, read.root(), &stamp);
        tree.set_root(root);
        Ok(Resource::new(Arc::new(tree)))
    }

    fn value_add(&mut self, config: ValueAddConfig) -> Result<ValueAdd> {
        let mut targets = config.targets;
        if let Some(file) = &config.target_file {
            let source = self.context.text_file(file)?;
            let tree = yaml::read::read_first(&source, &self.context.session.limits)?;
            let mut report = Report::default();
            if let Some(tree) = tree {
                targets.extend(decode::plugin::decode_targets(&source, &tree, &mut report).into_iter().flatten());
            }
            if let Some(error) = report.diagnostics.into_iter().find(|found| found.severity == Severity::Error) {
                return Err(patch::reached_through(Box::new(error), Some(file.place)));
            }
        }
        let directory = fs::base_name(&self.context.root.directory);
        let value = config.value.unwrap_or(PlacedText { value: String::new(), place: self.place });
        ValueAdd::new(value, directory, &targets, self.place)
    }
}
