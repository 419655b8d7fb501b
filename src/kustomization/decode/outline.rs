//! What a kustomization file may hold, told to others: fields, their types, and what each is for.
//!
//! Read off the tables that the file is decoded by, so that it cannot differ from them; `cargo xtask schema-files` makes a
//! JSON Schema of it.

use super::shape::{Shape, Struct};
use super::{DEPRECATED, shapes};

/// A mapping with fixed fields.
#[derive(Clone, Copy)]
pub struct Outline(&'static Struct);

/// What a field holds. Any of it may be null, which is as good as leaving the field out.
#[derive(Clone, Copy)]
pub enum FieldType {
    /// A text.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A list of texts.
    Texts,
    /// A mapping of texts.
    TextMap,
    /// A mapping of anything.
    AnyMap,
    /// A mapping with fixed fields.
    Fields(Outline),
    /// A list of such mappings.
    List(Outline),
}

/// One field.
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: FieldType,
    /// What it is for; one sentence or a few words.
    pub about: &'static str,
    /// What to use instead, where it is deprecated.
    pub instead: Option<&'static str>,
}

impl Outline {
    /// Returns the outline of a kustomization file.
    pub fn file() -> Outline {
        Outline(&shapes::FILE)
    }

    /// Returns what the mapping is, in words; no two mappings are called the same.
    pub fn what(&self) -> &'static str {
        self.0.spec.what
    }

    /// Returns the fields, in the order of the reference.
    pub fn fields(&self) -> impl Iterator<Item = Field> + use<> {
        let (names, shapes, what) = (self.0.spec.names, self.0.shapes, self.0.spec.what);
        let is_file = std::ptr::eq(self.0, &shapes::FILE);
        names.iter().zip(shapes).map(move |(&name, shape)| Field {
            name,
            holds: type_of(shape),
            about: about(what, name),
            instead: DEPRECATED.iter().find(|entry| is_file && entry.0 == name).map(|entry| entry.1),
        })
    }
}

fn type_of(shape: &'static Shape) -> FieldType {
    match *shape {
        Shape::Text | Shape::TextAlways | Shape::TextIfGiven => FieldType::Text,
        Shape::Bool => FieldType::Bool,
        Shape::Int | Shape::IntAlways => FieldType::Int,
        Shape::Texts | Shape::TextsAlways => FieldType::Texts,
        Shape::TextMap => FieldType::TextMap,
        Shape::AnyMap => FieldType::AnyMap,
        Shape::Struct(fields) | Shape::StructAlways(fields) | Shape::StructOrNull(fields) => {
            FieldType::Fields(Outline(fields))
        }
        Shape::List(fields) | Shape::ListOfPointers(fields) => FieldType::List(Outline(fields)),
    }
}

/// Returns what a field is for.
fn about(what: &str, name: &str) -> &'static str {
    let of = |what: &str| ABOUT.iter().find(|entry| entry.0 == what && entry.1 == name);
    of(what).or_else(|| of("")).map_or("", |entry| entry.2)
}

const FILE: &str = "a kustomization file";
const LABELS: &str = "an entry of `labels`";
const SPEC: &str = "a field spec";
const PATCH: &str = "a patch";
const IMAGE: &str = "an image";
const REPLACEMENT: &str = "a replacement";
const VAR: &str = "a var";
const CHART: &str = "a chart";
const CHART_ARGS: &str = "an entry of `helmChartInflationGenerator`";

/// Words about fields: the mapping (nothing for all that have no words of their own), the field, what it is for.
const ABOUT: &[(&str, &str, &str)] = &[
    (FILE, "kind", "`Kustomization`, or `Component` for a part that overlays switch on"),
    (FILE, "apiVersion", "`kustomize.config.k8s.io/v1beta1`, or `kustomize.config.k8s.io/v1alpha1` of a Component"),
    (FILE, "metadata", "Metadata of the file itself; it does not reach the output"),
    (FILE, "openapi", "A schema of custom resources: `path` to a file, or `version` of a built-in one"),
    (FILE, "namePrefix", "A text to put before the name of every object, and into what refers to it"),
    (FILE, "nameSuffix", "A text to put behind the name of every object, and into what refers to it"),
    (FILE, "namespace", "The namespace of every object that can have one"),
    (FILE, "commonLabels", "Labels for all objects, and for selectors and templates as well"),
    (FILE, "labels", "Labels for all objects; whether they go into selectors and templates is said with each"),
    (FILE, "commonAnnotations", "Annotations for all objects and pod templates"),
    (FILE, "patchesStrategicMerge", "Files with strategic merge patches, or such patches as texts"),
    (FILE, "patchesJson6902", "JSON 6902 patches, each with a target"),
    (
        FILE,
        "patches",
        "Patches, strategic merge or JSON 6902: in a file or in place, for the object they name or for all that a target selects",
    ),
    (FILE, "images", "Names, tags and digests for images, wherever containers run them"),
    (FILE, "imageTags", "The former name of `images`"),
    (FILE, "replacements", "Values to copy from one field to others, in place or in files"),
    (FILE, "replicas", "Numbers of replicas, by the name of the workload"),
    (FILE, "vars", "Values of fields under names, for `$(NAME)` in other fields"),
    (FILE, "sortOptions", "The order of the output"),
    (FILE, "resources", "Manifests, and directories or addresses of other kustomizations"),
    (FILE, "components", "Directories or addresses of Components, which are applied after `resources` and generators"),
    (FILE, "crds", "Files with definitions of types, from which fields that hold names are learned"),
    (FILE, "bases", "The former name of `resources`, for directories"),
    (FILE, "configMapGenerator", "ConfigMaps to make of files and literals; their names end in a hash of the content"),
    (FILE, "secretGenerator", "Secrets to make of files and literals; their names end in a hash of the content"),
    (FILE, "helmGlobals", "Where charts and helm's configuration are"),
    (FILE, "helmCharts", "Charts to inflate with helm, where that is allowed"),
    (FILE, "helmChartInflationGenerator", "The former name of `helmCharts`"),
    (FILE, "generatorOptions", "What all generators of this file have in common"),
    (FILE, "configurations", "Files with further fields for transformers"),
    (FILE, "generators", "Configurations of generators: files, directories, or texts"),
    (FILE, "transformers", "Configurations of transformers, which run last: files, directories, or texts"),
    (FILE, "validators", "Configurations of validators: files, directories, or texts"),
    (
        FILE,
        "buildMetadata",
        "What to write about the build into the objects: `managedByLabel`, `originAnnotations`, `transformerAnnotations`",
    ),
    ("`metadata`", "name", "A name; it has no effect"),
    ("`metadata`", "namespace", "A namespace; it has no effect"),
    ("`metadata`", "labels", "Labels; they have no effect"),
    ("`metadata`", "annotations", "Annotations; `config.kubernetes.io/local-config` keeps the file out of a cluster"),
    (LABELS, "pairs", "The labels"),
    (LABELS, "includeSelectors", "Also into selectors and templates"),
    (LABELS, "includeTemplates", "Also into templates, but not into selectors"),
    (LABELS, "includeVolumeClaimTemplates", "Also into volume claim templates"),
    (LABELS, "fields", "Further fields that get the labels"),
    (SPEC, "path", "The field, with slashes: `spec/template/metadata/labels`"),
    (SPEC, "create", "Make the field where it does not exist"),
    (PATCH, "path", "The file of the patch"),
    (PATCH, "patch", "The patch itself, as a text"),
    (PATCH, "target", "Which objects to patch; a strategic merge patch without it names its object itself"),
    (PATCH, "options", "What the patch may change"),
    ("`options` of a patch", "allowNameChange", "The patch may change names"),
    ("`options` of a patch", "allowKindChange", "The patch may change kinds"),
    (IMAGE, "name", "The image as the manifests name it, without a tag"),
    (IMAGE, "newName", "Another name"),
    (IMAGE, "newTag", "Another tag"),
    (IMAGE, "tagSuffix", "A text to put behind the tag"),
    (IMAGE, "digest", "A digest instead of a tag"),
    (REPLACEMENT, "source", "The field to copy from"),
    (REPLACEMENT, "targets", "The fields to copy to"),
    (REPLACEMENT, "sourceValue", "A value to write, instead of a source"),
    (REPLACEMENT, "path", "A file with replacements, instead of one in place"),
    ("`source` of a replacement", "fieldPath", "The field: `metadata.name` if it is left out"),
    ("a target of a replacement", "select", "The objects to write to"),
    ("a target of a replacement", "reject", "Objects not to write to, of those that are selected"),
    ("a target of a replacement", "fieldPaths", "The fields to write, with dots; `[name=web]` selects items of lists"),
    ("`options` of a replacement", "delimiter", "The text that splits the value into parts"),
    ("`options` of a replacement", "index", "The part to take or to write, from 0"),
    ("`options` of a replacement", "encoding", "`base64`, for values that are encoded"),
    ("`options` of a replacement", "create", "Make the field where it does not exist"),
    ("an entry of `replicas`", "name", "The name of the workload"),
    ("an entry of `replicas`", "count", "How many"),
    (VAR, "name", "The name that stands between `$(` and `)`"),
    (VAR, "objref", "The object to take the value from"),
    (VAR, "fieldref", "The field to take the value from"),
    ("`fieldref` of a var", "fieldPath", "The field: `metadata.name` if it is left out"),
    ("`sortOptions`", "order", "`fifo` for the order of loading, `legacy` for kinds in an order that can be applied"),
    ("`sortOptions`", "legacySortOptions", "Which kinds come first and last"),
    ("`legacySortOptions`", "orderFirst", "Kinds that come first, in order"),
    ("`legacySortOptions`", "orderLast", "Kinds that come last, in order"),
    ("generator options", "labels", "Labels of what is generated"),
    ("generator options", "annotations", "Annotations of what is generated"),
    ("generator options", "disableNameSuffixHash", "No hash behind the name"),
    ("generator options", "immutable", "Make the object immutable"),
    ("`helmGlobals`", "chartHome", "The directory of charts; `charts` if it is left out"),
    ("`helmGlobals`", "configHome", "The directory of helm's configuration"),
    (CHART, "name", "The chart"),
    (CHART, "version", "Its version"),
    (CHART, "repo", "The address of its repository"),
    (CHART, "releaseName", "The name of the release"),
    (CHART, "namespace", "The namespace of the release"),
    (CHART, "additionalValuesFiles", "Files with further values"),
    (CHART, "valuesFile", "A file with values, instead of the chart's own"),
    (CHART, "valuesInline", "Values in place"),
    (CHART, "valuesMerge", "How values in place join those of the file: `merge`, `override` or `replace`"),
    (CHART, "includeCRDs", "Also the definitions of custom resources"),
    (CHART, "skipHooks", "Leave out hooks"),
    (CHART, "apiVersions", "API versions that the chart is told the cluster has"),
    (CHART, "kubeVersion", "The release of Kubernetes that the chart is told of"),
    (CHART, "nameTemplate", "A template for the name of the release"),
    (CHART, "skipTests", "Leave out tests"),
    (CHART, "debug", "Let helm say more"),
    (CHART, "devel", "Also development versions"),
    (CHART_ARGS, "chartName", "The chart"),
    (CHART_ARGS, "chartVersion", "Its version"),
    (CHART_ARGS, "chartRepoUrl", "The address of its repository"),
    (CHART_ARGS, "chartHome", "The directory of charts"),
    (CHART_ARGS, "chartRepoName", "The name of its repository; it has no effect"),
    (CHART_ARGS, "helmBin", "The helm program; it has no effect"),
    (CHART_ARGS, "helmHome", "The directory of helm's configuration"),
    (CHART_ARGS, "values", "A file with values"),
    (CHART_ARGS, "valuesLocal", "Values in place"),
    (CHART_ARGS, "valuesMerge", "How values in place join those of the file: `merge`, `override` or `replace`"),
    (CHART_ARGS, "releaseName", "The name of the release"),
    (CHART_ARGS, "releaseNamespace", "The namespace of the release"),
    (CHART_ARGS, "extraArgs", "Further arguments for helm; they have no effect"),
    ("", "group", "The API group"),
    ("", "version", "The API version"),
    ("", "apiVersion", "Group and version: `apps/v1`"),
    ("", "kind", "The kind"),
    ("", "name", "The name"),
    ("", "namespace", "The namespace"),
    ("", "labelSelector", "A selector over labels: `app=web,tier!=cache`"),
    ("", "annotationSelector", "A selector over annotations"),
    ("", "options", "Options of this entry"),
    ("", "behavior", "`create`, or, for an object that a base generates, `merge` or `replace`"),
    ("", "literals", "`key=value`"),
    ("", "files", "Files whose content becomes a value: `key=path`, or `path`"),
    ("", "envs", "Files of lines `key=value`"),
    ("", "env", "The former form of `envs`, for one file"),
    ("", "type", "The type of the Secret; `Opaque` if it is left out"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn visit(outline: Outline, seen: &mut BTreeMap<&'static str, Vec<&'static str>>, bare: &mut Vec<String>) {
        let names: Vec<&str> = outline.fields().map(|field| field.name).collect();
        if let Some(known) = seen.insert(outline.what(), names.clone()) {
            assert_eq!(known, names, "two mappings are called {}", outline.what());
            return;
        }
        for field in outline.fields() {
            if field.about.is_empty() {
                bare.push(format!("{} {}", outline.what(), field.name));
            }
            if let FieldType::Fields(inner) | FieldType::List(inner) = field.holds {
                visit(inner, seen, bare);
            }
        }
    }

    #[test]
    fn every_field_has_words_and_all_words_a_field() {
        let (mut seen, mut bare) = (BTreeMap::new(), Vec::new());
        visit(Outline::file(), &mut seen, &mut bare);
        assert_eq!(bare, [""; 0]);
        for (what, name, _) in ABOUT {
            let has = seen.iter().any(|(known, names)| (what.is_empty() || known == what) && names.contains(name));
            assert!(has, "{what} has no field {name}");
        }
    }
}
