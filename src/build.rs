//! The root of a build: accumulate, then the steps that happen once: hash suffixes, name references, order, printing.

use crate::accumulate::Accumulator;
use crate::accumulated::Gathered;
use crate::diagnostic::{Code, Diagnostic, Report, Severity};
use crate::fieldspec::TransformerConfig;
use crate::history::{Recorder, Removed, only};
use crate::kustomization::{FileKind, Kustomization};
use crate::loader;
pub use crate::loader::LoadRestrictions;
use crate::manifest;
use crate::object_origin::ObjectOrigin;
use crate::order;
use crate::programs::PluginOptions;
use crate::provenance::{Stamp, Touched};
use crate::refs;
use crate::remote;
use crate::resmap::ResMap;
use crate::session::Session;
use crate::string_map;
use crate::transform::replacements;
use crate::transform::{self, metadata};
use crate::unprintable;
use crate::yaml::emit;
use std::ops::Range;
use std::sync::Arc;

/// The order of the output asked for on the command line; `sortOptions` in the file wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Reorder {
    /// Nothing was said: the legacy order.
    #[default]
    Unspecified,
    /// The legacy order.
    Legacy,
    /// As accumulated.
    None,
}

/// What a caller can ask for.
#[derive(Clone, Debug, Default)]
pub struct BuildOptions {
    /// Which files may be loaded.
    pub load_restrictions: LoadRestrictions,
    /// The order of the output.
    pub reorder: Reorder,
    /// Add the label `app.kubernetes.io/managed-by`.
    pub managed_by_label: bool,
    /// What plugins, functions and charts may do.
    pub plugins: PluginOptions,
    /// Let strategic merge patches merge lists of custom resources, which the reference replaces (`schema::custom_lists`).
    pub merge_custom_lists: bool,
    /// Let go of what a large object holds as soon as it is printed: only its identity is wanted afterwards.
    pub prints_only: bool,
}

/// A finished build.
#[derive(Debug)]
pub struct Build {
    /// The manifests: exactly what goes to standard output.
    pub text: String,
    /// Where each resource stands in `text` (without the `---` lines), in order.
    pub documents: Vec<Range<usize>>,
    /// The resources, in the order of the output.
    pub resources: ResMap,
    /// Warnings, in the order they were found.
    pub warnings: Vec<Diagnostic>,
    /// What each directive touched.
    pub touched: Vec<Touched>,
    /// Objects that directives took away, where the session records.
    pub removed: Vec<Removed>,
    /// The absolute path of every local file that was read, sorted.
    pub inputs: Vec<Arc<str>>,
    /// The address of every remote file that was read, sorted.
    pub remote_files: Vec<Arc<str>>,
    /// The field specs in effect at the root.
    pub field_specs: Arc<TransformerConfig>,
}

/// Builds the kustomization in a directory (absolute, or relative to the session's directory).
///
/// Errors: every independent fault that was found, with the warnings found before, in order; at least one is an error.
pub fn build(session: &mut Session<'_>, directory: &str, options: &BuildOptions) -> Result<Build, Vec<Diagnostic>> {
    let mut gathered = Gathered::default();
    let result = run(session, directory, options, &mut gathered);
    let Gathered { warnings, touched, inputs, removed, config, .. } = gathered;
    let field_specs = config.unwrap_or_else(|| Arc::clone(&session.built_in));
    let touched = touched.into_values().collect();
    let (fetched, inputs): (Vec<_>, Vec<_>) = inputs.into_iter().partition(|path| session.is_fetched(path));
    let remote_files = fetched.into_iter().filter(|path| remote::is_remote_file(path)).collect();
    match result {
        Ok((resources, text, documents)) => {
            Ok(Build { text, documents, resources, warnings, touched, removed, inputs, remote_files, field_specs })
        }
        Err(errors) => Err(warnings.into_iter().chain(errors).collect()),
    }
}

type Printed = (ResMap, String, Vec<Range<usize>>);

fn run(
    session: &mut Session<'_>,
    directory: &str,
    options: &BuildOptions,
    gathered: &mut Gathered,
) -> Result<Printed, Vec<Diagnostic>> {
    let root = loader::top(session, directory).map_err(single)?;
    session.helm_api_versions = Default::default();
    let mut accumulator = Accumulator {
        session,
        restrictions: options.load_restrictions,
        plugins: &options.plugins,
        helm_namespace: None,
        schema: Default::default(),
        merges_custom_lists: options.merge_custom_lists,
    };
    let file = accumulator.load(&root, gathered)?;
    let wants = |option: &str| file.build_metadata.iter().any(|wanted| wanted.value == option);
    let origin = (!file.build_metadata.is_empty()).then(ObjectOrigin::top);
    let mut resources = accumulator.accumulate(&root, &file, origin.as_ref(), ResMap::default(), gathered)?;

    let mut recorder = Recorder::new(session.is_recording, &mut resources, None);
    if resources.iter().any(|resource| resource.needs_hash) {
        let by = session.directive("generatorOptions", None, whole(&file));
        transform::hash::apply(&mut resources, by).map_err(single)?;
        recorder.record(&mut resources, Some(by), &mut gathered.removed);
    }
    let mut report = Report::default();
    resources.iter().try_for_each(|resource| resource.check_past()).map_err(single)?;
    let by = session.directive("nameReference", None, whole(&file));
    let config = Arc::clone(gathered.config.as_ref().unwrap_or(&session.built_in));
    refs::name_reference::fix(&mut resources, &config, by, &mut report);
    gathered.settle(report)?;
    recorder.record(&mut resources, Some(by), &mut gathered.removed);
    let mut report = Report::default();
    let vars = std::mem::take(&mut gathered.vars);
    let touched = refs::var_reference::resolve(&mut resources, &vars, &config, &mut report);
    recorder.record(&mut resources, only(&touched), &mut gathered.removed);
    refs::not_renamed::find(&resources, &mut report);
    gathered.touched.extend(touched.into_iter().map(|touched| (touched.by, touched)));
    gathered.settle(report)?;
    drop_local(&mut resources)?;
    recorder.record(&mut resources, None, &mut gathered.removed);
    if let Some((first, second)) = resources.find_repeated() {
        return Err(single(replacements::repeated(resources.get(first), resources.get(second))));
    }
    sort(&file, options, &mut resources).map_err(single)?;
    let mut stamp_of = |option: &str| {
        let index = file.build_metadata.iter().position(|wanted| wanted.value == option);
        let place = index.and_then(|index| file.build_metadata.get(index)).map_or(whole(&file), |wanted| wanted.place);
        Stamp { by: session.directive("buildMetadata", index, place), place: Some(place) }
    };
    if options.managed_by_label || wants("managedByLabel") {
        metadata::add_managed_by(&mut resources, &stamp_of("managedByLabel")).map_err(single)?;
    }
    let stamp = stamp_of("");
    for position in 0..resources.len() {
        clean_annotations(&mut resources, position, &stamp);
    }
    if wants("originAnnotations") {
        metadata::add_origins(&mut resources, &stamp_of("originAnnotations")).map_err(single)?;
    }
    if wants("transformerAnnotations") {
        metadata::add_transformations(&mut resources, &stamp_of("transformerAnnotations")).map_err(single)?;
    }
    recorder.record(&mut resources, Some(stamp.by), &mut gathered.removed);
    if file.kind == FileKind::Component {
        // A component by itself lacks the objects that it is for.
        let is_about_objects = |code| {
            matches!(code, Code::PatchTargetUnmatched | Code::ImageUnmatched | Code::ReplacementTargetUnmatched)
                || code == Code::DirectiveWithoutEffect
        };
        gathered.warnings.retain(|warning| !is_about_objects(warning.code));
    }
    let (text, documents) = print(&mut resources, options.prints_only, session.room_for_output())?;
    session.printed(text.len());
    Ok((resources, text, documents))
}

/// Drops objects that are for the build only (upstream `KustTarget.IgnoreLocal`). One with the identity of another that
/// stays, which a replacement can give it, stays as well: the two are an error then.
fn drop_local(resources: &mut ResMap) -> Result<(), Vec<Diagnostic>> {
    let mut local = Vec::new();
    let mut report = Report::default();
    for (position, resource) in resources.iter().enumerate() {
        if report.keep(manifest::validate(resource)).is_none() {
            continue;
        }
        if manifest::is_local(&resource.tree) {
            local.push(position);
        }
    }
    let is_repeated = |local: &usize| {
        let id = &resources.get(*local).id;
        resources.iter().any(|other| other.id.is_same(id) && !manifest::is_local(&other.tree))
    };
    if resources.find_repeated().is_some() {
        local.retain(|local| !is_repeated(local));
    }
    resources.remove(&local);
    if report.has_errors() { Err(report.diagnostics) } else { Ok(()) }
}

fn sort(file: &Kustomization, options: &BuildOptions, resources: &mut ResMap) -> crate::diagnostic::Result<()> {
    match &file.sort_options {
        Some(sort_options) => order::apply(resources, sort_options),
        None if options.reorder == Reorder::None => Ok(()),
        None => {
            order::legacy(resources, None);
            Ok(())
        }
    }
}

/// Annotations that the reference uses during a build and removes from its output, even if the input had them.
const BUILD_ANNOTATIONS: [&str; 21] = [
    "config.k8s.io/id",
    "config.kubernetes.io/id",
    "config.kubernetes.io/index",
    "config.kubernetes.io/origin",
    "config.kubernetes.io/path",
    "alpha.config.kubernetes.io/transformations",
    "internal.config.kubernetes.io/allowKindChange",
    "internal.config.kubernetes.io/allowNameChange",
    "internal.config.kubernetes.io/annotations-migration-resource-id",
    "internal.config.kubernetes.io/generatorBehavior",
    "internal.config.kubernetes.io/helm-generated",
    "internal.config.kubernetes.io/id",
    "internal.config.kubernetes.io/index",
    "internal.config.kubernetes.io/needsHashSuffix",
    "internal.config.kubernetes.io/path",
    "internal.config.kubernetes.io/prefixes",
    "internal.config.kubernetes.io/previousKinds",
    "internal.config.kubernetes.io/previousNames",
    "internal.config.kubernetes.io/previousNamespaces",
    "internal.config.kubernetes.io/refBy",
    "internal.config.kubernetes.io/seqindent",
];
const SUFFIXES_ANNOTATION: &str = "internal.config.kubernetes.io/suffixes";

fn is_build_annotation(key: &str) -> bool {
    BUILD_ANNOTATIONS.contains(&key) || key == SUFFIXES_ANNOTATION
}

/// Writes annotations back as strings, without the build's own (upstream `Resource.RemoveBuildAnnotations`).
fn clean_annotations(resources: &mut ResMap, position: usize, stamp: &Stamp) {
    if !string_map::are_annotations_written(&resources.get(position).tree, is_build_annotation) {
        let tree = resources.get_mut(position).tree_mut();
        string_map::rewrite_annotations(tree, stamp, is_build_annotation);
    }
}

/// Prints all resources; every fault is found before the first byte goes anywhere.
fn print(resources: &mut ResMap, lets_go: bool, room: usize) -> Result<(String, Vec<Range<usize>>), Vec<Diagnostic>> {
    // To give back the memory of small objects takes longer than it is worth.
    const LARGE: usize = 64 * 1024;
    // Room for all at once: memory that is not written to costs nothing, moving megabytes does.
    let mut text = String::with_capacity(room);
    let mut documents = Vec::with_capacity(resources.len());
    let mut errors = Vec::new();
    for position in 0..resources.len() {
        let resource = resources.get(position);
        if !documents.is_empty() {
            text.push_str("---\n");
        }
        let start = text.len();
        if resource.tree.is_overfull() {
            let message = format!("the values written into {} are longer than 4 GiB together", resource.short_name());
            let place = resource.tree.place(resource.root());
            errors.push(*Diagnostic::error(Code::LimitExceeded, message).at(place, ""));
        } else if let Err(error) = emit::emit(&resource.tree, resource.root(), &mut text) {
            errors.push(*unprintable::error(resource, &error));
        }
        documents.push(start..text.len());
        if lets_go && text.len() - start > LARGE {
            resources.get_mut(position).tree = Arc::default();
        }
    }
    if errors.is_empty() { Ok((text, documents)) } else { Err(errors) }
}

fn whole(file: &Kustomization) -> crate::source::Place {
    crate::source::Place { source: file.source.id, span: crate::source::Span::default() }
}

fn single(diagnostic: Box<Diagnostic>) -> Vec<Diagnostic> {
    debug_assert_eq!(diagnostic.severity, Severity::Error);
    vec![*diagnostic]
}
