//! Entries of the lists in a kustomization file, and the mappings inside them.

use super::fields::{Fields, Spec};
use super::value::{Decoder, Path};
use crate::fieldspec::FieldSpec;
use crate::kustomization::{
    GeneratorEntry, GeneratorOptions, ImageEntry, LabelsEntry, LegacySortOptions, ObjRef, PatchEntry, Placed,
    PlacedMap, PlacedText, ReplicasEntry, SortOptions, Target, VarEntry,
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
pub(super) const TARGET: Spec = Spec {
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
const VAR: Spec = Spec { what: "a var", names: &["name", "objref", "fieldref"] };
const OBJREF: Spec =
    Spec { what: "`objref` of a var", names: &["apiVersion", "group", "version", "kind", "name", "namespace"] };
const FIELDREF: Spec = Spec { what: "`fieldref` of a var", names: &["fieldPath"] };
const SORT_OPTIONS: Spec = Spec { what: "`sortOptions`", names: &["order", "legacySortOptions"] };
const LEGACY_SORT_OPTIONS: Spec = Spec { what: "`legacySortOptions`", names: &["orderFirst", "orderLast"] };

/// Decodes each item of a list field.
pub(super) fn entries<T>(
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
    entries(decoder, fields, path, field, &IMAGE, image)
}

fn image(decoder: &mut Decoder<'_>, place: Place, fields: &Fields, path: &Path<'_>) -> ImageEntry {
    ImageEntry {
        place,
        name: name(decoder, fields, path, place),
        new_name: decoder.text(fields, path, "newName"),
        new_tag: decoder.text(fields, path, "newTag"),
        digest: decoder.text(fields, path, "digest"),
        tag_suffix: decoder.text(fields, path, "tagSuffix"),
    }
}

/// A field that holds one image; all is empty if it is absent.
pub(super) fn image_field(
    decoder: &mut Decoder<'_>,
    fields: &Fields,
    path: &Path<'_>,
    field: &'static str,
    place: Place,
) -> ImageEntry {
    single(decoder, fields, path, field, &IMAGE, place, image)
}

/// Decodes a field that holds one entry; an absent one is an entry without fields.
fn single<T>(
    decoder: &mut Decoder<'_>,
    fields: &Fields,
    path: &Path<'_>,
    field: &'static str,
    spec: &Spec,
    place: Place,
    entry: impl FnOnce(&mut Decoder<'_>, Place, &Fields, &Path<'_>) -> T,
) -> T {
    let path = path.field(field);
    match fields.get(field) {
        Some((_, node)) => {
            let inner = decoder.fields(node, &path, spec);
            let place = decoder.place(node);
            entry(decoder, place, &inner, &path)
        }
        None => entry(decoder, place, &Fields::none(spec), &path),
    }
}

/// `labels`
pub(super) fn labels(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> Vec<LabelsEntry> {
    entries(decoder, fields, path, "labels", &LABELS, |decoder, place, fields, path| LabelsEntry {
        place,
        pairs: pairs(decoder, fields, path, "pairs"),
        include_selectors: decoder.boolean(fields, path, "includeSelectors"),
        include_templates: decoder.boolean(fields, path, "includeTemplates"),
        include_volume_claim_templates: decoder.boolean(fields, path, "includeVolumeClaimTemplates"),
        fields: field_specs(decoder, fields, path, "fields"),
    })
}

pub(super) fn pairs(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>, name: &'static str) -> PlacedMap {
    decoder.map(fields, path, name).map(|map| map.value).unwrap_or_default()
}

/// A list of field specs.
pub(super) fn field_specs(
    decoder: &mut Decoder<'_>,
    fields: &Fields,
    path: &Path<'_>,
    field: &'static str,
) -> Vec<FieldSpec> {
    entries(decoder, fields, path, field, &FIELD_SPEC, |decoder, place, fields, path| {
        let text = |decoder: &mut Decoder<'_>, name: &'static str| {
            Cow::Owned(decoder.text(fields, path, name).map(|text| text.value).unwrap_or_default())
        };
        let (group, version, kind) =
            decoder.embedded(|decoder| (text(decoder, "group"), text(decoder, "version"), text(decoder, "kind")));
        FieldSpec {
            group,
            version,
            kind,
            path: text(decoder, "path"),
            create: decoder.boolean(fields, path, "create"),
            place: Some(place),
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
        patch(decoder, place, fields, path, "patch")
    })
}

/// A patch whose inline text is in the field `inline`.
pub(super) fn patch(
    decoder: &mut Decoder<'_>,
    place: Place,
    fields: &Fields,
    path: &Path<'_>,
    inline: &'static str,
) -> PatchEntry {
    let (allow_name_change, allow_kind_change) = patch_options(decoder, fields, path);
    PatchEntry {
        place,
        path: decoder.text(fields, path, "path"),
        patch: decoder.inline(fields, path, inline),
        target: target(decoder, fields, path, "target"),
        allow_name_change,
        allow_kind_change,
    }
}

fn patch_options(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> (bool, bool) {
    let Some((_, node)) = fields.get("options") else { return (false, false) };
    let path = path.field("options");
    let fields = decoder.fields(node, &path, &PATCH_OPTIONS);
    (decoder.boolean(&fields, &path, "allowNameChange"), decoder.boolean(&fields, &path, "allowKindChange"))
}

/// The selector in a field.
pub(super) fn target(
    decoder: &mut Decoder<'_>,
    fields: &Fields,
    path: &Path<'_>,
    field: &'static str,
) -> Option<Target> {
    let (_, node) = fields.get(field)?;
    if decoder.is_null(node) {
        return None;
    }
    let path = path.field(field);
    let fields = decoder.fields(node, &path, &TARGET);
    Some(selector(decoder, node, &fields, &path))
}

/// Reads the fields of a selector; those that its mapping cannot have are absent.
pub(super) fn selector(decoder: &mut Decoder<'_>, node: NodeId, fields: &Fields, path: &Path<'_>) -> Target {
    let [group, version, kind, name, namespace] = decoder.embedded(|decoder| {
        ["group", "version", "kind", "name", "namespace"].map(|name| decoder.text(fields, path, name))
    });
    Target {
        place: decoder.place(node),
        group,
        version,
        kind,
        name,
        namespace,
        label_selector: decoder.text(fields, path, "labelSelector"),
        annotation_selector: decoder.text(fields, path, "annotationSelector"),
    }
}

/// `replicas`
pub(super) fn replicas(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> Vec<ReplicasEntry> {
    entries(decoder, fields, path, "replicas", &REPLICAS, replica)
}

fn replica(decoder: &mut Decoder<'_>, place: Place, fields: &Fields, path: &Path<'_>) -> ReplicasEntry {
    ReplicasEntry {
        place,
        name: name(decoder, fields, path, place),
        count: decoder.integer(fields, path, "count").unwrap_or(Placed { value: 0, place }),
    }
}

/// A field that holds one entry like those of `replicas`; all is empty if it is absent.
pub(super) fn replica_field(
    decoder: &mut Decoder<'_>,
    fields: &Fields,
    path: &Path<'_>,
    field: &'static str,
    place: Place,
) -> ReplicasEntry {
    single(decoder, fields, path, field, &REPLICAS, place, replica)
}

/// `configMapGenerator` or `secretGenerator`
pub(super) fn generators(
    decoder: &mut Decoder<'_>,
    fields: &Fields,
    path: &Path<'_>,
    field: &'static str,
) -> Vec<GeneratorEntry> {
    let spec = if field == "secretGenerator" { &SECRET } else { &CONFIG_MAP };
    entries(decoder, fields, path, field, spec, generator)
}

/// A generator's entry, or the whole configuration of one.
pub(super) fn generator(decoder: &mut Decoder<'_>, place: Place, fields: &Fields, path: &Path<'_>) -> GeneratorEntry {
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

/// `vars`
pub(super) fn vars(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> Vec<VarEntry> {
    entries(decoder, fields, path, "vars", &VAR, |decoder, place, fields, path| VarEntry {
        place,
        name: name(decoder, fields, path, place),
        objref: objref(decoder, fields, path, place),
        field_path: field_path(decoder, fields, path),
    })
}

fn objref(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>, place: Place) -> ObjRef {
    let mut objref =
        ObjRef { place, api_version: None, group: None, version: None, kind: None, name: None, namespace: None };
    if let Some((_, node)) = fields.get("objref") {
        let path = path.field("objref");
        let fields = decoder.fields(node, &path, &OBJREF);
        objref.place = decoder.place(node);
        objref.api_version = decoder.text(&fields, &path, "apiVersion");
        objref.group = decoder.text(&fields, &path, "group");
        objref.version = decoder.text(&fields, &path, "version");
        objref.kind = decoder.text(&fields, &path, "kind");
        objref.name = decoder.text(&fields, &path, "name");
        objref.namespace = decoder.text(&fields, &path, "namespace");
    }
    objref
}

fn field_path(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> Option<PlacedText> {
    let (_, node) = fields.get("fieldref")?;
    let path = path.field("fieldref");
    let fields = decoder.fields(node, &path, &FIELDREF);
    decoder.text(&fields, &path, "fieldPath")
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
    pub(super) fn is_null(&self, node: NodeId) -> bool {
        self.found(node) == super::value::Found::Null
    }
}
