//! Tables: the fields of the kustomization file and of all it holds, with their shapes.
//!
//! The order is that of the reference's structs (upstream `api/types`); printing sorts by name.

use super::fields::Spec;
use super::shape::Shape::{
    AnyMap, Bool, Int, IntAlways, List, ListOfPointers, Struct as Mapping, StructAlways, StructOrNull, Text,
    TextAlways, TextIfGiven, TextMap, Texts, TextsAlways,
};
use super::shape::Struct;

macro_rules! shape {
    ($name:ident $what:literal { $($field:literal: $shape:expr,)* }) => {
        pub(super) static $name: Struct =
            Struct { spec: Spec { what: $what, names: &[$($field,)*] }, shapes: &[$($shape,)*] };
    };
}

shape!(FILE "a kustomization file" {
    "kind": Text,
    "apiVersion": Text,
    "metadata": Mapping(&METADATA),
    "openapi": TextMap,
    "namePrefix": Text,
    "nameSuffix": Text,
    "namespace": Text,
    "commonLabels": TextMap,
    "labels": List(&LABELS),
    "commonAnnotations": TextMap,
    "patchesStrategicMerge": Texts,
    "patchesJson6902": List(&PATCH),
    "patches": List(&PATCH),
    "images": List(&IMAGE),
    "imageTags": List(&IMAGE),
    "replacements": List(&REPLACEMENT),
    "replicas": List(&REPLICAS),
    "vars": List(&VAR),
    "sortOptions": Mapping(&SORT_OPTIONS),
    "resources": Texts,
    "components": Texts,
    "crds": Texts,
    "bases": Texts,
    "configMapGenerator": List(&CONFIG_MAP),
    "secretGenerator": List(&SECRET),
    "helmGlobals": Mapping(&HELM_GLOBALS),
    "helmCharts": List(&HELM_CHART),
    "helmChartInflationGenerator": List(&HELM_CHART_ARGS),
    "generatorOptions": Mapping(&GENERATOR_OPTIONS),
    "configurations": Texts,
    "generators": Texts,
    "transformers": Texts,
    "validators": Texts,
    "buildMetadata": Texts,
});

shape!(METADATA "`metadata`" {
    "name": Text,
    "namespace": Text,
    "labels": TextMap,
    "annotations": TextMap,
});

shape!(LABELS "an entry of `labels`" {
    "pairs": TextMap,
    "includeSelectors": Bool,
    "includeTemplates": Bool,
    "includeVolumeClaimTemplates": Bool,
    "fields": List(&FIELD_SPEC),
});

shape!(FIELD_SPEC "a field spec" {
    "group": Text,
    "version": Text,
    "kind": Text,
    "path": Text,
    "create": Bool,
});

shape!(PATCH "a patch" {
    "path": Text,
    "patch": Text,
    "target": Mapping(&SELECTOR),
    "options": Mapping(&PATCH_OPTIONS),
});

shape!(PATCH_OPTIONS "`options` of a patch" {
    "allowNameChange": Bool,
    "allowKindChange": Bool,
});

shape!(SELECTOR "a target" {
    "group": Text,
    "version": Text,
    "kind": Text,
    "name": Text,
    "namespace": Text,
    "annotationSelector": Text,
    "labelSelector": Text,
});

shape!(IMAGE "an image" {
    "name": Text,
    "newName": Text,
    "tagSuffix": Text,
    "newTag": Text,
    "digest": Text,
});

shape!(REPLACEMENT "a replacement" {
    "source": Mapping(&REPLACEMENT_SOURCE),
    "targets": ListOfPointers(&REPLACEMENT_TARGET),
    "sourceValue": TextIfGiven,
    "path": Text,
});

shape!(REPLACEMENT_SOURCE "`source` of a replacement" {
    "group": Text,
    "version": Text,
    "kind": Text,
    "name": Text,
    "namespace": Text,
    "fieldPath": Text,
    "options": Mapping(&FIELD_OPTIONS),
});

shape!(REPLACEMENT_TARGET "a target of a replacement" {
    "select": StructOrNull(&SELECTOR),
    "reject": ListOfPointers(&SELECTOR),
    "fieldPaths": Texts,
    "options": Mapping(&FIELD_OPTIONS),
});

shape!(FIELD_OPTIONS "`options` of a replacement" {
    "delimiter": Text,
    "index": Int,
    "encoding": Text,
    "create": Bool,
});

shape!(REPLICAS "an entry of `replicas`" {
    "name": Text,
    "count": IntAlways,
});

shape!(VAR "a var" {
    "name": TextAlways,
    "objref": StructAlways(&OBJECT_REFERENCE),
    "fieldref": StructAlways(&FIELD_REFERENCE),
});

shape!(OBJECT_REFERENCE "`objref` of a var" {
    "apiVersion": Text,
    "group": Text,
    "version": Text,
    "kind": Text,
    "name": TextAlways,
    "namespace": Text,
});

shape!(FIELD_REFERENCE "`fieldref` of a var" {
    "fieldPath": Text,
});

shape!(SORT_OPTIONS "`sortOptions`" {
    "order": Text,
    "legacySortOptions": Mapping(&LEGACY_SORT_OPTIONS),
});

shape!(LEGACY_SORT_OPTIONS "`legacySortOptions`" {
    "orderFirst": TextsAlways,
    "orderLast": TextsAlways,
});

shape!(CONFIG_MAP "a config map generator" {
    "namespace": Text,
    "name": Text,
    "behavior": Text,
    "literals": Texts,
    "files": Texts,
    "envs": Texts,
    "env": Text,
    "options": Mapping(&GENERATOR_OPTIONS),
});

shape!(SECRET "a secret generator" {
    "namespace": Text,
    "name": Text,
    "behavior": Text,
    "literals": Texts,
    "files": Texts,
    "envs": Texts,
    "env": Text,
    "options": Mapping(&GENERATOR_OPTIONS),
    "type": Text,
});

shape!(GENERATOR_OPTIONS "generator options" {
    "labels": TextMap,
    "annotations": TextMap,
    "disableNameSuffixHash": Bool,
    "immutable": Bool,
});

shape!(HELM_GLOBALS "`helmGlobals`" {
    "chartHome": Text,
    "configHome": Text,
});

shape!(HELM_CHART "a chart" {
    "name": Text,
    "version": Text,
    "repo": Text,
    "releaseName": Text,
    "namespace": Text,
    "additionalValuesFiles": Texts,
    "valuesFile": Text,
    "valuesInline": AnyMap,
    "valuesMerge": Text,
    "includeCRDs": Bool,
    "skipHooks": Bool,
    "apiVersions": Texts,
    "kubeVersion": Text,
    "nameTemplate": Text,
    "skipTests": Bool,
    "debug": Bool,
    "devel": Bool,
});

shape!(HELM_CHART_ARGS "an entry of `helmChartInflationGenerator`" {
    "chartName": Text,
    "chartVersion": Text,
    "chartRepoUrl": Text,
    "chartHome": Text,
    "chartRepoName": Text,
    "helmBin": Text,
    "helmHome": Text,
    "values": Text,
    "valuesLocal": AnyMap,
    "valuesMerge": Text,
    "releaseName": Text,
    "releaseNamespace": Text,
    "extraArgs": Texts,
});
