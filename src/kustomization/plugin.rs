//! The configurations of the built-in plugins as typed data, every value with its place.
//!
//! `decode::plugin` reads them. Nothing is loaded here, and nothing is judged that other files decide.

use super::helm::{HelmChart, HelmGlobals};
use super::replacement::ReplacementEntry;
use super::{GeneratorEntry, ImageEntry, InlineText, PatchEntry, PlacedMap, PlacedText, ReplicasEntry, Target};
use crate::fieldspec::FieldSpec;
use crate::source::Place;

/// The configuration of a built-in plugin.
#[derive(Clone, Debug)]
pub enum BuiltinConfig {
    /// `AnnotationsTransformer`
    Annotations(PairsConfig),
    /// `ConfigMapGenerator`
    ConfigMap(GeneratorEntry),
    /// `HashTransformer`, which has nothing to configure.
    Hash,
    /// `HelmChartInflationGenerator`
    HelmChart(HelmGlobals, Box<HelmChart>),
    /// `IAMPolicyGenerator`
    IamPolicy(IamPolicyConfig),
    /// `ImageTagTransformer`
    ImageTag {
        /// `imageTag`
        image: ImageEntry,
        /// `fieldSpecs`
        specs: Vec<FieldSpec>,
    },
    /// `LabelTransformer`
    Labels(PairsConfig),
    /// `NamespaceTransformer`
    Namespace(NamespaceConfig),
    /// `PatchTransformer`
    Patch(PatchEntry),
    /// `PatchJson6902Transformer`
    PatchJson6902(PatchEntry),
    /// `PatchStrategicMergeTransformer`
    PatchStrategicMerge {
        /// `paths`: files, or patches inline.
        paths: Vec<InlineText>,
        /// `patches`: inline.
        patches: Option<InlineText>,
    },
    /// `PrefixTransformer`, `SuffixTransformer`, or both in one.
    Affix {
        /// `prefix`, if the plugin adds one; it may be empty.
        prefix: Option<PlacedText>,
        /// `suffix`, if the plugin adds one; it may be empty.
        suffix: Option<PlacedText>,
        /// `fieldSpecs`
        specs: Vec<FieldSpec>,
    },
    /// `ReplacementTransformer`
    Replacement(Vec<ReplacementEntry>),
    /// `ReplicaCountTransformer`
    ReplicaCount {
        /// `replica`
        replica: ReplicasEntry,
        /// `fieldSpecs`
        specs: Vec<FieldSpec>,
    },
    /// `SecretGenerator`
    Secret(GeneratorEntry),
    /// `ValueAddTransformer`
    ValueAdd(ValueAddConfig),
}

/// What `AnnotationsTransformer` and `LabelTransformer` are told.
#[derive(Clone, Debug)]
pub struct PairsConfig {
    /// `annotations` or `labels`
    pub pairs: PlacedMap,
    /// `fieldSpecs`
    pub specs: Vec<FieldSpec>,
}

/// What `NamespaceTransformer` is told.
#[derive(Clone, Debug)]
pub struct NamespaceConfig {
    /// `metadata.namespace`; without it nothing happens.
    pub namespace: Option<PlacedText>,
    /// `fieldSpecs`
    pub specs: Vec<FieldSpec>,
    /// `unsetOnly`
    pub unset_only: bool,
    /// `setRoleBindingSubjects`
    pub subjects: Option<PlacedText>,
}

/// What `IAMPolicyGenerator` is told.
#[derive(Clone, Debug)]
pub struct IamPolicyConfig {
    /// `cloud`
    pub cloud: Option<PlacedText>,
    /// `kubernetesService.name`
    pub name: Option<PlacedText>,
    /// `kubernetesService.namespace`
    pub namespace: Option<PlacedText>,
    /// `serviceAccount.name`
    pub account: Option<PlacedText>,
    /// `serviceAccount.projectId`
    pub project: Option<PlacedText>,
}

/// What `ValueAddTransformer` is told.
#[derive(Clone, Debug)]
pub struct ValueAddConfig {
    /// `value`; the name of the kustomization's directory if it is absent.
    pub value: Option<PlacedText>,
    /// `targets`
    pub targets: Vec<ValueAddTarget>,
    /// `targetFilePath`: a file with more targets.
    pub target_file: Option<PlacedText>,
}

/// An entry of `targets`.
#[derive(Clone, Debug)]
pub struct ValueAddTarget {
    /// The whole entry.
    pub place: Place,
    /// `selector`; everything is selected without it.
    pub selector: Option<Target>,
    /// `fieldPath`
    pub field_path: Option<PlacedText>,
    /// `filePathPosition`; 0 if the whole value is written.
    pub file_path_position: i64,
}
