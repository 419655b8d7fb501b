//! Entries of the lists in a kustomization file, and the mappings inside them.

use super::fields::{Fields, Spec};
use super::value::{Decoder, Path};
use crate::fieldspec::FieldSpec;
use crate::kustomization::{
    GeneratorEntry, GeneratorOptions, ImageEntry, LabelsEntry, LegacySortOptions, PatchEntry, Placed, PlacedMap,
    PlacedText, ReplicasEntry, SortOptions, Target,
};
use crate::source::Place;
use crate::yaml::tree::NodeId;
use std::borrow::Cow;

const IMAGE: Spec = Spec { what: "an image", names: &["name", "newName", "tagSuffix", "newTag", "digest"] };
const LABELS: Spec = Spec {
    what: "an entry of `labels`",
    names: &["pairs", "includeSelectors", "includeTemplates", "includeVolumeClaimTemplates", "fields"],
};
const FIELD_SPEC: Spec = Spec { what: "a field spec", names: &["group", "version", "kind", "path", "create"] };
const PATCH: Spec = Spec { what: "a patch", names: &["path", "patch", "target", "options"] };
const PATCH_OPTIONS: Spec = Spec { what: "`options` of a patch", names: &["allowNameChange", "allowKindChange"] };
const TARGET: Spec = Spec {
    what: "a target",
    names: &["group", "version", "kind", "name", "namespace", "annotationSelector", "labelSelector"],
};
const REPLICAS: Spec = Spec { what: "an entry of `replicas`", names: &["name", "count"] };
const CONFIG_MAP: Spec = Spec {
    what: "a config map generator",
    names: &["namespace", "name", "behavior", "literals", "files", "envs", "env", "options"],
};
const SECRET: Spec = Spec {
    what: "a secret generator",
    names: &["namespace", "name", "behavior", "literals", "files", "envs", "env", "options", "type"],
};
const GENERATOR_OPTIONS: Spec =
    Spec { what: "generator options", names: &["labels", "annotations", "disableNameSuffixHash", "immutable"] };
const SORT_OPTIONS: Spec = Spec { what: "`sortOptions`", names: &["order", "legacySortOptions"] };
const LEGACY_SORT_OPTIONS: Spec = Spec { what: "`legacySortOptions`", names: &["orderFirst", "orderLast"] };

/// Decodes each item of a list field.
fn entries<T>(
    decoder: &mut Decoder<'_>,
    fields: &Fields,
    path: &Path<'_>,
    name: &'static str,
    spec: &Spec,
    mut entry: impl FnMut(&mut Decoder<'_>, Place, &Fields, &Path<'_>) -> T,
) -> Vec<T> {
    let path = path.field(name);
    let items: Vec<NodeId> = decoder.items(fields, &path, name);
    let mut entries = Vec::with_capacity(items.len());
    for (index, &item) in items.iter().enumerate() {
        let path = path.item(index);
        let fields = decoder.fields(item, &path, spec);
        let place = decoder.place(item);
        entries.push(entry(decoder, place, &fields, &path));
    }
    entries
}

/// Reads a string field that every entry has; empty if it is absent.
fn name(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>, place: Place) -> PlacedText {
    decoder.text(fields, path, "name").unwrap_or(Placed { value: String::new(), place })
}

/// `images` or `imageTags`
pub(super) fn images(
    decoder: &mut Decoder<'_>,
    fields: &Fields,
    path: &Path<'_>,
    field: &'static str,
) -> Vec<ImageEntry> {
    entries(decoder, fields, path, field, &IMAGE, |decoder, place, fields, path| ImageEntry {
        place,
        name: name(decoder, fields, path, place),
        new_name: decoder.text(fields, path, "newName"),
        new_tag: decoder.text(fields, path, "newTag"),
        digest: decoder.text(fields, path, "digest"),
        tag_suffix: decoder.text(fields, path, "tagSuffix"),
    })
}

/// `labels`
pub(super) fn labels(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> Vec<LabelsEntry> {
    entries(decoder, fields, path, "labels", &LABELS, |decoder, place, fields, path| LabelsEntry {
        place,
        pairs: pairs(decoder, fields, path, "pairs"),
        include_selectors: decoder.boolean(fields, path, "includeSelectors"),
        include_templates: decoder.boolean(fields, path, "includeTemplates"),
        include_volume_claim_templates: decoder.boolean(fields, path, "includeVolumeClaimTemplates"),
        fields: field_specs(decoder, fields, path),
    })
}

fn pairs(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>, name: &'static str) -> PlacedMap {
    decoder.map(fields, path, name).map(|map| map.value).unwrap_or_default()
}

fn field_specs(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> Vec<FieldSpec> {
    entries(decoder, fields, path, "fields", &FIELD_SPEC, |decoder, _, fields, path| {
        let mut text = |name| Cow::Owned(decoder.text(fields, path, name).map(|text| text.value).unwrap_or_default());
        FieldSpec {
            group: text("group"),
            version: text("version"),
            kind: text("kind"),
            path: text("path"),
            create: decoder.boolean(fields, path, "create"),
        }
    })
}

/// `patches` or `patchesJson6902`
pub(super) fn patches(
    decoder: &mut Decoder<'_>,
    fields: &Fields,
    path: &Path<'_>,
    field: &'static str,
) -> Vec<PatchEntry> {
    entries(decoder, fields, path, field, &PATCH, |decoder, place, fields, path| {
        let (allow_name_change, allow_kind_change) = patch_options(decoder, fields, path);
        PatchEntry {
            place,
            path: decoder.text(fields, path, "path"),
            patch: decoder.inline(fields, path, "patch"),
            target: target(decoder, fields, path),
            allow_name_change,
            allow_kind_change,
        }
    })
}

fn patch_options(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> (bool, bool) {
    let Some((_, node)) = fields.get("options") else { return (false, false) };
    let path = path.field("options");
    let fields = decoder.fields(node, &path, &PATCH_OPTIONS);
    (decoder.boolean(&fields, &path, "allowNameChange"), decoder.boolean(&fields, &path, "allowKindChange"))
}

fn target(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> Option<Target> {
    let (_, node) = fields.get("target")?;
    if decoder.is_null(node) {
        return None;
    }
    let path = path.field("target");
    let fields = decoder.fields(node, &path, &TARGET);
    Some(Target {
        place: decoder.place(node),
        group: decoder.text(&fields, &path, "group"),
        version: decoder.text(&fields, &path, "version"),
        kind: decoder.text(&fields, &path, "kind"),
        name: decoder.text(&fields, &path, "name"),
        namespace: decoder.text(&fields, &path, "namespace"),
        label_selector: decoder.text(&fields, &path, "labelSelector"),
        annotation_selector: decoder.text(&fields, &path, "annotationSelector"),
    })
}

/// `replicas`
pub(super) fn replicas(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> Vec<ReplicasEntry> {
    entries(decoder, fields, path, "replicas", &REPLICAS, |decoder, place, fields, path| ReplicasEntry {
        place,
        name: name(decoder, fields, path, place),
        count: decoder.integer(fields, path, "count").unwrap_or(Placed { value: 0, place }),
    })
}

/// `configMapGenerator` or `secretGenerator`
pub(super) fn generators(
    decoder: &mut Decoder<'_>,
    fields: &Fields,
    path: &Path<'_>,
    field: &'static str,
) -> Vec<GeneratorEntry> {
    let spec = if field == "secretGenerator" { &SECRET } else { &CONFIG_MAP };
    entries(decoder, fields, path, field, spec, |decoder, place, fields, path| {
        let mut envs = decoder.texts(fields, path, "envs");
        envs.extend(decoder.text(fields, path, "env"));
        GeneratorEntry {
            place,
            name: name(decoder, fields, path, place),
            namespace: decoder.text(fields, path, "namespace"),
            behavior: decoder.text(fields, path, "behavior"),
            literals: decoder.texts(fields, path, "literals"),
            files: decoder.texts(fields, path, "files"),
            envs,
            options: generator_options(decoder, fields, path, "options"),
            secret_type: decoder.text(fields, path, "type"),
        }
    })
}

/// `generatorOptions`, or `options` of a generator
pub(super) fn generator_options(
    decoder: &mut Decoder<'_>,
    fields: &Fields,
    path: &Path<'_>,
    field: &'static str,
) -> Option<GeneratorOptions> {
    let (_, node) = fields.get(field)?;
    if decoder.is_null(node) {
        return None;
    }
    let path = path.field(field);
    let fields = decoder.fields(node, &path, &GENERATOR_OPTIONS);
    Some(GeneratorOptions {
        place: decoder.place(node),
        labels: pairs(decoder, &fields, &path, "labels"),
        annotations: pairs(decoder, &fields, &path, "annotations"),
        disable_name_suffix_hash: decoder.boolean(&fields, &path, "disableNameSuffixHash"),
        immutable: decoder.boolean(&fields, &path, "immutable"),
    })
}

/// `sortOptions`
pub(super) fn sort_options(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> Option<SortOptions> {
    let (_, node) = fields.get("sortOptions")?;
    if decoder.is_null(node) {
        return None;
    }
    let path = path.field("sortOptions");
    let fields = decoder.fields(node, &path, &SORT_OPTIONS);
    Some(SortOptions {
        place: decoder.place(node),
        order: decoder.text(&fields, &path, "order"),
        legacy: legacy_sort_options(decoder, &fields, &path),
    })
}

fn legacy_sort_options(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> Option<LegacySortOptions> {
    let (_, node) = fields.get("legacySortOptions")?;
    if decoder.is_null(node) {
        return None;
    }
    let path = path.field("legacySortOptions");
    let fields = decoder.fields(node, &path, &LEGACY_SORT_OPTIONS);
    let mut kinds = |name| decoder.texts(&fields, &path, name).into_iter().map(|text| text.value).collect();
    Some(LegacySortOptions { order_first: kinds("orderFirst"), order_last: kinds("orderLast") })
}

impl Decoder<'_> {
    fn is_null(&self, node: NodeId) -> bool {
        self.found(node) == super::value::Found::Null
    }
}
