//! From tree to [`Kustomization`], with every fault found in one pass.
//!
//! The reference reads the file as YAML 1.1, turns it into JSON and decodes that strictly (upstream
//! `Kustomization.Unmarshal`), then moves deprecated fields (`FixKustomization`) and refuses files that set nothing
//! (`CheckEmpty`) or are of another kind (`EnforceFields`). The same happens here on the tree, so that every value keeps
//! its place. Whether values make sense together, and whether the files they name exist, is judged by their users.

mod configuration;
mod crds;
mod entries;
mod fields;
pub(crate) mod function;
mod helm;
pub(crate) mod origin;
mod outline;
pub(crate) mod plugin;
mod replacements;
mod shape;
mod shapes;
mod spellings;
mod value;

use super::{FileKind, InlineText, Kustomization, Placed, PlacedText};
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::schema::custom_lists;
use crate::sorting::Sorting;
use crate::source::{Place, Source, Span};
use crate::yaml::tree::{NodeId, Tree};
use fields::{Fields, Spec};
use shapes::FILE;
use std::sync::Arc;
use value::{Codec, Decoder, Found, Path};

pub use configuration::configuration;
pub use crds::crds;
pub use outline::{Field, FieldType, Outline};
pub use replacements::decode_replacement_file;
pub use shape::normal_form;
pub(crate) use value::is_other_than_string;
pub use value::literal_block;

const KIND_KUSTOMIZATION: &str = "Kustomization";
const KIND_COMPONENT: &str = "Component";
const VERSION_KUSTOMIZATION: &str = "kustomize.config.k8s.io/v1beta1";
const VERSION_COMPONENT: &str = "kustomize.config.k8s.io/v1alpha1";

/// Deprecated fields in the order in which the reference warns of them, with what to use instead and how the advice begins.
const DEPRECATED: &[(&str, &str, &str)] = &[
    ("bases", "resources", ""),
    ("commonLabels", "labels", ""),
    ("imageTags", "images", ""),
    ("patchesJson6902", "patches", ""),
    ("patchesStrategicMerge", "patches", ""),
    ("vars", "replacements", "[EXPERIMENTAL] "),
];

/// Decodes a kustomization file; `None` if an error was reported. Deprecated fields are reported as warnings.
pub fn decode(source: &Arc<Source>, tree: &Tree, report: &mut Report) -> Option<Kustomization> {
    let read = |tree: &Tree| {
        let mut own = Report::default();
        let mut decoder = Decoder {
            source,
            tree,
            report: &mut own,
            what: FILE.spec.what,
            is_strict: false,
            codec: Codec::Json,
            coerces: false,
            has_spellings: false,
        };
        let file = decode_file(&mut decoder);
        let has_spellings = decoder.has_spellings;
        (file, own, has_spellings)
    };
    let (mut file, mut own, has_spellings) = read(tree);
    if has_spellings {
        (file, own, _) = read(&spellings::joined(tree));
    }
    let has_errors = own.has_errors();
    report.diagnostics.append(&mut own.diagnostics);
    file.filter(|_| !has_errors)
}

/// Makes the error for a kustomization file that sets nothing; for callers that have no tree because the file is blank.
pub fn empty_error(source: &Source) -> Box<Diagnostic> {
    let place = Place { source: source.id, span: Span::default() };
    Diagnostic::error(Code::EmptyKustomization, "kustomization file is empty")
        .at(Some(place), "")
        .help("list what to build: `resources: [deployment.yaml]`")
}

fn decode_file(decoder: &mut Decoder<'_>) -> Option<Kustomization> {
    let root = decoder.tree.root();
    if decoder.found(root) == Found::Null {
        decoder.report.push(empty_error(decoder.source));
        return None;
    }
    let path = Path::ROOT;
    let fields = decoder.fields(root, &path, &FILE.spec);
    let kustomization = decode_fields(decoder, &fields, &path);
    if decoder.report.has_errors() {
        decoder.report.diagnostics.put_in_order_of(|error| error.labels.first().map(|label| label.place.span.start));
        return None;
    }
    warn_deprecated(decoder, &fields);
    if is_empty(decoder, &fields) {
        decoder.report.push(empty_error(decoder.source));
    }
    Some(kustomization)
}

fn decode_fields(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> Kustomization {
    let kind = file_kind(decoder, fields, path);
    let merges_custom_lists = metadata(decoder, fields, path);
    let mut resources = decoder.texts(fields, path, "resources");
    resources.append(&mut decoder.texts(fields, path, "bases"));
    let mut images = entries::images(decoder, fields, path, "images");
    images.append(&mut entries::images(decoder, fields, path, "imageTags"));
    let (helm_globals, helm_charts) = helm::charts(decoder, fields, path);
    Kustomization {
        source: Arc::clone(decoder.source),
        kind,
        resources,
        openapi: decoder.map(fields, path, "openapi").map(|map| map.value).unwrap_or_default(),
        components: decoder.texts(fields, path, "components"),
        name_prefix: decoder.text(fields, path, "namePrefix"),
        name_suffix: decoder.text(fields, path, "nameSuffix"),
        namespace: decoder.text(fields, path, "namespace"),
        labels: entries::labels(decoder, fields, path),
        common_labels: decoder.map(fields, path, "commonLabels"),
        common_annotations: decoder.map(fields, path, "commonAnnotations"),
        patches: entries::patches(decoder, fields, path, "patches"),
        patches_strategic_merge: decoder.texts(fields, path, "patchesStrategicMerge"),
        patches_json6902: entries::patches(decoder, fields, path, "patchesJson6902"),
        images,
        replicas: entries::replicas(decoder, fields, path),
        replacements: replacements::replacements(decoder, fields, path),
        config_map_generator: entries::generators(decoder, fields, path, "configMapGenerator"),
        secret_generator: entries::generators(decoder, fields, path, "secretGenerator"),
        generator_options: entries::generator_options(decoder, fields, path, "generatorOptions"),
        vars: entries::vars(decoder, fields, path),
        configurations: decoder.texts(fields, path, "configurations"),
        crds: decoder.texts(fields, path, "crds"),
        generators: decoder.inline_texts(fields, path, "generators"),
        transformers: decoder.inline_texts(fields, path, "transformers"),
        validators: decoder.inline_texts(fields, path, "validators"),
        helm_globals,
        helm_charts,
        sort_options: entries::sort_options(decoder, fields, path),
        build_metadata: decoder.texts(fields, path, "buildMetadata"),
        merges_custom_lists,
    }
}

/// Upstream `EnforceFields`.
fn file_kind(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> FileKind {
    let kind = decoder.text(fields, path, "kind");
    let api_version = decoder.text(fields, path, "apiVersion");
    let is_component = kind.as_ref().is_some_and(|kind| kind.value == KIND_COMPONENT);
    if let Some(Placed { value, place }) = &kind
        && !is_component
        && value != KIND_KUSTOMIZATION
    {
        let message = format!("`kind` must be `{KIND_KUSTOMIZATION}` or `{KIND_COMPONENT}`, not `{value}`");
        let error = Diagnostic::error(Code::InvalidField, message).at(Some(*place), "");
        decoder.report.push(error.help("a file of another kind belongs under `resources` of a kustomization"));
        return FileKind::Kustomization;
    }
    let (name, wanted) =
        if is_component { (KIND_COMPONENT, VERSION_COMPONENT) } else { (KIND_KUSTOMIZATION, VERSION_KUSTOMIZATION) };
    if let Some(Placed { value, place }) = &api_version
        && value != wanted
    {
        let message = format!("`apiVersion` of a {name} must be `{wanted}`, not `{value}`");
        let error = Diagnostic::error(Code::InvalidField, message).at(Some(*place), "");
        decoder.report.push(error.help(format!("write `apiVersion: {wanted}`, or leave the field out")));
    }
    if is_component { FileKind::Component } else { FileKind::Kustomization }
}

/// Checks `metadata`, which has no effect on a build but for an annotation of our own: whether patches are to merge lists of
/// custom resources.
fn metadata(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> bool {
    const METADATA: Spec = Spec { what: "`metadata`", names: &["name", "namespace", "labels", "annotations"] };
    let Some((_, node)) = fields.get("metadata") else { return false };
    let path = path.field("metadata");
    let fields = decoder.fields(node, &path, &METADATA);
    decoder.text(&fields, &path, "name");
    decoder.text(&fields, &path, "namespace");
    decoder.map(&fields, &path, "labels");
    let annotations = decoder.map(&fields, &path, "annotations").map(|map| map.value).unwrap_or_default();
    let Some((_, Placed { value, place })) = annotations.iter().find(|(key, _)| key.value == custom_lists::ANNOTATION)
    else {
        return false;
    };
    if value != custom_lists::MERGE {
        let (annotation, merge) = (custom_lists::ANNOTATION, custom_lists::MERGE);
        let message = format!("the annotation `{annotation}` has no value `{value}`");
        let warning = Diagnostic::warning(Code::InvalidField, message).at(Some(*place), "");
        decoder.report.push(warning.help(format!("its only value is `{merge}`; without it lists are replaced")));
    }
    value == custom_lists::MERGE
}

/// Upstream `CheckDeprecatedFields`: what is there, even if it is an empty list, is warned of.
fn warn_deprecated(decoder: &mut Decoder<'_>, fields: &Fields) {
    for &(name, instead, experimental) in DEPRECATED {
        let Some((key, node)) = fields.get(name) else { continue };
        if decoder.found(node) == Found::Null {
            continue;
        }
        let message = format!("`{name}` is deprecated, use `{instead}`");
        let mut warning = Diagnostic::warning(Code::DeprecatedField, message).at(Some(decoder.place(key)), "");
        warning.verbatim = Some(format!(
            "# Warning: '{name}' is deprecated. Please use '{instead}' instead. \
             {experimental}Run 'kustomize edit fix' to update your Kustomization automatically."
        ));
        decoder.report.push(warning);
    }
}

/// Upstream `CheckEmpty`, which compares with a fresh struct: an empty list or mapping counts as something, an empty
/// string does not, and deprecated lists are looked at after they were appended to their successors.
fn is_empty(decoder: &Decoder<'_>, fields: &Fields) -> bool {
    const APPENDED: &[&str] = &["bases", "imageTags", "helmChartInflationGenerator"];
    FILE.spec.names.iter().filter(|&&name| name != "apiVersion" && name != "kind").all(|name| {
        let Some((_, node)) = fields.get(name) else { return true };
        match decoder.found(node) {
            Found::Null => true,
            Found::Text => decoder.tree.text(node).is_empty(),
            _ => APPENDED.contains(name) && decoder.tree.has_no_children(node),
        }
    })
}

impl Decoder<'_> {
    /// Reads a list of strings; an item that is null is an empty string, as in the reference.
    fn texts(&mut self, fields: &Fields, path: &Path<'_>, name: &'static str) -> Vec<PlacedText> {
        let path = path.field(name);
        let items: Vec<NodeId> = self.items(fields, &path, name);
        items.iter().enumerate().map(|(index, &item)| self.text_value(item, &path.item(index))).collect()
    }

    /// Reads a list of strings that may be YAML themselves.
    fn inline_texts(&mut self, fields: &Fields, path: &Path<'_>, name: &'static str) -> Vec<InlineText> {
        let path = path.field(name);
        let items: Vec<NodeId> = self.items(fields, &path, name);
        items.iter().enumerate().map(|(index, &item)| self.inline_value(item, &path.item(index))).collect()
    }
}

#[cfg(test)]
mod tests;
