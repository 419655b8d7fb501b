//! The kustomization file as typed data, every value with its place.
//!
//! `decode` reads it from the tree with the reference's rules (YAML 1.1 scalars, field names in any case, the last of
//! duplicate keys, strict types) and reports every fault it can find in one pass. Nothing is loaded or judged against
//! other files here.

pub mod decode;
pub mod function;
pub mod helm;
pub mod plugin;
pub mod replacement;

use crate::fieldspec::FieldSpec;
use crate::source::{Place, Source};
use replacement::ReplacementEntry;
use std::sync::Arc;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// Text with its place.
pub type PlacedText = Placed<String>;

/// A mapping of strings, sorted by key bytewise (the order in which the reference applies them), with places of the values.
pub type PlacedMap = Vec<(PlacedText, PlacedText)>;

/// Which of the two kinds a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum FileKind {
    /// `kind: Kustomization`, or none.
    #[default]
    Kustomization,
    /// `kind: Component`
    Component,
}

/// A kustomization file. Absent fields are empty; `bases` are in `resources`, `imageTags` in `images`, `env` in `envs`.
#[derive(Clone, Debug)]
pub struct Kustomization {
    /// The file.
    pub source: Arc<Source>,
    /// Kustomization or component.
    pub kind: FileKind,
    /// `openapi`: sorted names and values, of which `path` and `version` mean something.
    pub openapi: PlacedMap,
    /// `resources`, then `bases`.
    pub resources: Vec<PlacedText>,
    /// `components`
    pub components: Vec<PlacedText>,
    /// `namePrefix`; never empty.
    pub name_prefix: Option<PlacedText>,
    /// `nameSuffix`; never empty.
    pub name_suffix: Option<PlacedText>,
    /// `namespace`; never empty.
    pub namespace: Option<PlacedText>,
    /// `labels`
    pub labels: Vec<LabelsEntry>,
    /// `commonLabels`
    pub common_labels: Option<Placed<PlacedMap>>,
    /// `commonAnnotations`
    pub common_annotations: Option<Placed<PlacedMap>>,
    /// `patches`
    pub patches: Vec<PatchEntry>,
    /// `patchesStrategicMerge`: a path or inline YAML.
    pub patches_strategic_merge: Vec<PlacedText>,
    /// `patchesJson6902`
    pub patches_json6902: Vec<PatchEntry>,
    /// `images`, then `imageTags`.
    pub images: Vec<ImageEntry>,
    /// `replicas`
    pub replicas: Vec<ReplicasEntry>,
    /// `replacements`
    pub replacements: Vec<ReplacementEntry>,
    /// `configMapGenerator`
    pub config_map_generator: Vec<GeneratorEntry>,
    /// `secretGenerator`
    pub secret_generator: Vec<GeneratorEntry>,
    /// `generatorOptions`
    pub generator_options: Option<GeneratorOptions>,
    /// `vars`
    pub vars: Vec<VarEntry>,
    /// `configurations`
    pub configurations: Vec<PlacedText>,
    /// `crds`
    pub crds: Vec<PlacedText>,
    /// `generators`: paths, or configurations inline.
    pub generators: Vec<InlineText>,
    /// `transformers`, likewise.
    pub transformers: Vec<InlineText>,
    /// `validators`, likewise.
    pub validators: Vec<InlineText>,
    /// `helmGlobals`
    pub helm_globals: helm::HelmGlobals,
    /// `helmCharts`, then `helmChartInflationGenerator`.
    pub helm_charts: Vec<helm::HelmChart>,
    /// `sortOptions`
    pub sort_options: Option<SortOptions>,
    /// `buildMetadata`
    pub build_metadata: Vec<PlacedText>,
    /// Whether `metadata.annotations` asks for patches that merge lists of custom resources.
    pub merges_custom_lists: bool,
}

/// An entry of `labels`.
#[derive(Clone, Debug)]
pub struct LabelsEntry {
    /// The whole entry.
    pub place: Place,
    /// `pairs`
    pub pairs: PlacedMap,
    /// `includeSelectors`
    pub include_selectors: bool,
    /// `includeTemplates`
    pub include_templates: bool,
    /// `includeVolumeClaimTemplates`
    pub include_volume_claim_templates: bool,
    /// `fields`
    pub fields: Vec<FieldSpec>,
}

/// An entry of `patches` or `patchesJson6902`.
#[derive(Clone, Debug)]
pub struct PatchEntry {
    /// The whole entry.
    pub place: Place,
    /// `path`
    pub path: Option<PlacedText>,
    /// `patch`: inline text.
    pub patch: Option<InlineText>,
    /// `target`
    pub target: Option<Target>,
    /// `options.allowNameChange`
    pub allow_name_change: bool,
    /// `options.allowKindChange`
    pub allow_kind_change: bool,
}

/// Text that stands inside the kustomization file and is parsed on its own.
#[derive(Clone, Debug)]
pub struct InlineText {
    /// The text.
    pub value: String,
    /// Where the scalar stands.
    pub place: Place,
    /// For a literal or folded block: the 1-based line of its first text line, and the columns its lines are indented by.
    pub block: Option<(u32, u32)>,
}

/// Which resources a patch is for. Group, version, kind, name and namespace are anchored expressions; absent is any.
#[derive(Clone, Debug)]
pub struct Target {
    /// The whole selector.
    pub place: Place,
    /// `group`
    pub group: Option<PlacedText>,
    /// `version`
    pub version: Option<PlacedText>,
    /// `kind`
    pub kind: Option<PlacedText>,
    /// `name`
    pub name: Option<PlacedText>,
    /// `namespace`
    pub namespace: Option<PlacedText>,
    /// `labelSelector`
    pub label_selector: Option<PlacedText>,
    /// `annotationSelector`
    pub annotation_selector: Option<PlacedText>,
}

/// An entry of `images`. Empty strings are absent.
#[derive(Clone, Debug)]
pub struct ImageEntry {
    /// The whole entry.
    pub place: Place,
    /// `name`
    pub name: PlacedText,
    /// `newName`
    pub new_name: Option<PlacedText>,
    /// `newTag`
    pub new_tag: Option<PlacedText>,
    /// `digest`
    pub digest: Option<PlacedText>,
    /// `tagSuffix`
    pub tag_suffix: Option<PlacedText>,
}

/// An entry of `replicas`.
#[derive(Clone, Debug)]
pub struct ReplicasEntry {
    /// The whole entry.
    pub place: Place,
    /// `name`
    pub name: PlacedText,
    /// `count`; 0 if absent.
    pub count: Placed<i64>,
}

/// An entry of `configMapGenerator` or `secretGenerator`.
#[derive(Clone, Debug)]
pub struct GeneratorEntry {
    /// The whole entry.
    pub place: Place,
    /// `name`; may be empty.
    pub name: PlacedText,
    /// `namespace`
    pub namespace: Option<PlacedText>,
    /// `behavior`
    pub behavior: Option<PlacedText>,
    /// `literals`
    pub literals: Vec<PlacedText>,
    /// `files`
    pub files: Vec<PlacedText>,
    /// `envs`, then `env`.
    pub envs: Vec<PlacedText>,
    /// `options`
    pub options: Option<GeneratorOptions>,
    /// `type` of a secret.
    pub secret_type: Option<PlacedText>,
}

/// `generatorOptions`, and `options` of a generator entry.
#[derive(Clone, Debug)]
pub struct GeneratorOptions {
    /// The whole mapping.
    pub place: Place,
    /// `labels`
    pub labels: PlacedMap,
    /// `annotations`
    pub annotations: PlacedMap,
    /// `disableNameSuffixHash`
    pub disable_name_suffix_hash: bool,
    /// `immutable`
    pub immutable: bool,
}

/// An entry of `vars`.
#[derive(Clone, Debug)]
pub struct VarEntry {
    /// The whole entry.
    pub place: Place,
    /// `name`; may be empty.
    pub name: PlacedText,
    /// `objref`
    pub objref: ObjRef,
    /// `fieldref.fieldPath`
    pub field_path: Option<PlacedText>,
}

/// Which object a var refers to. Absent parts of the type are empty ones, an absent namespace is any.
#[derive(Clone, Debug)]
pub struct ObjRef {
    /// The whole mapping.
    pub place: Place,
    /// `apiVersion`; its parts win over `group` and `version`.
    pub api_version: Option<PlacedText>,
    /// `group`
    pub group: Option<PlacedText>,
    /// `version`
    pub version: Option<PlacedText>,
    /// `kind`
    pub kind: Option<PlacedText>,
    /// `name`
    pub name: Option<PlacedText>,
    /// `namespace`
    pub namespace: Option<PlacedText>,
}

/// `sortOptions`
#[derive(Clone, Debug)]
pub struct SortOptions {
    /// The whole mapping.
    pub place: Place,
    /// `order`; may be absent, which the reference refuses.
    pub order: Option<PlacedText>,
    /// `legacySortOptions`
    pub legacy: Option<LegacySortOptions>,
}

/// `sortOptions.legacySortOptions`
#[derive(Clone, Debug, Default)]
pub struct LegacySortOptions {
    /// Kinds that come first, in order.
    pub order_first: Vec<String>,
    /// Kinds that come last, in order.
    pub order_last: Vec<String>,
}

impl InlineText {
    /// Takes a text of which only the start is known.
    pub fn plain(text: &PlacedText) -> InlineText {
        InlineText { value: text.value.clone(), place: text.place, block: None }
    }

    /// Returns the text alone with its place.
    pub fn placed(&self) -> PlacedText {
        Placed { value: self.value.clone(), place: self.place }
    }

    /// Returns the text without the white space around it (upstream `PatchTransformerPlugin.Config`).
    pub fn trimmed(&self) -> InlineText {
        let value = self.value.trim();
        let lead = &self.value[..self.value.len() - self.value.trim_start().len()];
        let n_lines = lead.matches('\n').count() as u32;
        let block = self.block.map(|(first_line, indent)| (first_line + n_lines, indent));
        InlineText { value: value.to_owned(), place: self.place, block }
    }

    /// Returns whether the text is meant as YAML: no file has a name like this, and words about a missing file would hold
    /// the whole text, secrets included.
    pub fn is_yaml(&self) -> bool {
        self.value.contains(['\n', '{']) || self.value.contains(": ")
    }
}
