//! `labels` and `commonLabels`: entries of string mappings, written into metadata, selectors and templates.
//!
//! One value that is appended in several places of a resource is *one* scalar, as in the reference: a later write to any
//! of the places writes to all (`Tree::share`).

use super::{Count, holds};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::fieldspec::{
    self, FieldPath, FieldSpec, FieldSpecs, Hit, TransformerConfig, is_null, split, walk_error, wrong_kind,
};
use crate::kustomization::{LabelsEntry, PlacedMap, PlacedText};
use crate::marks;
use crate::provenance::{DirectiveId, Stamp, Touched};
use crate::resmap::ResMap;
use crate::schema::field_specs;
use crate::source::Place;
use crate::string_map::is_ambiguous;
use crate::yaml::tree::{Kind, NodeId, Style, Tag, Tree};
use std::rc::Rc;

/// Applies one entry of `labels`.
pub fn apply_entry(
    resmap: &mut ResMap,
    entry: &LabelsEntry,
    config: &TransformerConfig,
    by: DirectiveId,
) -> Result<Touched> {
    let mut tables: Vec<&[FieldSpec]> = vec![&config.labels];
    if entry.include_selectors {
        tables.push(&config.common_labels);
    } else {
        if entry.include_templates {
            tables.push(&config.template_labels);
        }
        if entry.include_volume_claim_templates {
            tables.push(&config.vct_labels);
        }
        tables.push(field_specs::METADATA_LABELS);
    }
    if let Some(error) = entry.fields.iter().find_map(FieldSpec::too_deep) {
        return Err(error);
    }
    let mut specs: Vec<&FieldSpec> = entry.fields.iter().collect();
    for spec in tables.into_iter().flatten() {
        fieldspec::merge(&mut specs, spec).map_err(|present| conflicting(entry.place, present))?;
    }
    set_entries(resmap, &specs, &entries(&entry.pairs), by)
}

/// Applies `commonLabels`.
pub fn apply_common(
    resmap: &mut ResMap,
    labels: &PlacedMap,
    config: &TransformerConfig,
    by: DirectiveId,
) -> Result<Touched> {
    let specs: Vec<&FieldSpec> = config.common_labels.iter().collect();
    set_entries(resmap, &specs, &entries(labels), by)
}

fn conflicting(place: Place, spec: &FieldSpec) -> Box<Diagnostic> {
    let message = format!("field `{}` is listed twice, once with `create` and once without", spec.path);
    Diagnostic::error(Code::InvalidField, message).at(Some(place), "in this entry").help(format!(
        "`create` must be `{}` here, as in the built-in list, or the field must be left out",
        !spec.create
    ))
}

/// A key with its value, and where they stand.
#[derive(Clone, Copy)]
pub(super) struct Entry<'e> {
    pub(super) key: &'e str,
    pub(super) value: &'e str,
    pub(super) key_place: Option<Place>,
    pub(super) place: Option<Place>,
}

/// Returns the entries of a mapping of a kustomization.
pub(super) fn entries<'e>(pairs: &'e PlacedMap) -> Vec<Entry<'e>> {
    let entry = |(key, value): &'e (PlacedText, PlacedText)| Entry {
        key: &key.value,
        value: &value.value,
        key_place: Some(key.place),
        place: Some(value.place),
    };
    pairs.iter().map(entry).collect()
}

/// The scalar for one key: its style wanders, because the reference hands one node from place to place.
struct Shared {
    style: Style,
    node: Option<NodeId>,
}

/// Sets entries in the mappings that specs lead to, in all resources (upstream `labels.Filter`, `annotations.Filter`).
pub(super) fn set_entries(
    resmap: &mut ResMap,
    specs: &[&FieldSpec],
    pairs: &[Entry<'_>],
    by: DirectiveId,
) -> Result<Touched> {
    let mut count = Count::default();
    if pairs.is_empty() {
        return Ok(count.touched(by));
    }
    // In the reference the marks of the build are annotations: an object that has some has annotations.
    let is_annotations = |path: &str| path.ends_with("annotations") && split(path) == ["metadata", "annotations"];
    let marked = match specs.iter().any(|spec| !spec.create && is_annotations(&spec.path)) {
        true => marks::write_where_unseen(resmap, &Stamp { by, place: None }),
        false => Vec::new(),
    };
    let mut specs = FieldSpecs::new(specs.iter().copied(), Some(Kind::Mapping));
    let stamp = Stamp { by, place: pairs.first().and_then(|entry| entry.place) };
    let needs_quotes: Vec<bool> = pairs.iter().map(|entry| is_ambiguous(entry.value)).collect();
    let mut scratch = Scratch::default();
    for position in 0..resmap.len() {
        let paths = specs.for_type(&resmap.get(position).id.gvk);
        let mut set = |pairs: &[Entry<'_>], quotes: &[bool]| {
            set_in(resmap, position, &paths, pairs, quotes, &stamp, &mut scratch)
        };
        // The reference sets one key after the other, wherever it belongs. That differs from one place after the other if
        // what is made for a key in one place is on the way to another place.
        let n_fields = match pairs.len() > 1 && do_any_overlap(&paths) {
            true => {
                let each = pairs.iter().zip(&needs_quotes);
                each.map(|(&pair, &quote)| set(&[pair], &[quote])).sum::<Result<u32>>()?
            }
            false => set(pairs, &needs_quotes)?,
        };
        count.add(n_fields);
    }
    for position in marked {
        marks::read_back(resmap.get_mut(position), false);
    }
    Ok(count.touched(by))
}

/// Returns whether one of the paths leads through the field of another.
fn do_any_overlap(paths: &[Rc<FieldPath>]) -> bool {
    let mut rest = paths;
    while let Some((path, others)) = rest.split_first() {
        if others.iter().any(|other| path.overlaps(other)) {
            return true;
        }
        rest = others;
    }
    false
}

/// Lists that are used for one resource after the other.
#[derive(Default)]
struct Scratch {
    shared: Vec<Shared>,
    hits: Vec<Hit>,
    present: Vec<Present>,
}

/// Sets entries in one resource and returns how many it has now.
fn set_in(
    resmap: &mut ResMap,
    position: usize,
    paths: &[Rc<FieldPath>],
    pairs: &[Entry<'_>],
    needs_quotes: &[bool],
    stamp: &Stamp,
    scratch: &mut Scratch,
) -> Result<u32> {
    let Scratch { shared, hits, present } = scratch;
    shared.clear();
    shared.extend(pairs.iter().map(|_| Shared { style: Style::Plain, node: None }));
    let mut n_fields = 0;
    for path in paths {
        let resource = resmap.get(position);
        hits.clear();
        path.find(&resource.tree, hits).map_err(|error| walk_error(resource, &path.text, error, stamp.place))?;
        for &hit in hits.iter() {
            let resource = resmap.get(position);
            present.clear();
            if let Hit::Found(map) = hit {
                if is_null(&resource.tree, map) {
                    let tree = resmap.get_mut(position).tree_mut();
                    let held = tree.latent_mapping(map, stamp);
                    look_up(tree, held, pairs, present);
                    let entries = present.iter().copied();
                    write(tree, held, pairs.iter().zip(entries).zip(needs_quotes), shared, stamp);
                    continue;
                }
                if !resource.tree.is_mapping(map) {
                    return Err(wrong_kind(resource, &path.text, map, "a mapping", stamp.place));
                }
                n_fields += pairs.len() as u32;
                look_up(&resource.tree, map, pairs, present);
                if has_all(&resource.tree, present, pairs) && shared.iter().all(|shared| shared.node.is_none()) {
                    adopt_styles(&resource.tree, present, shared);
                    continue;
                }
            } else {
                n_fields += pairs.len() as u32;
            }
            let tree = resmap.get_mut(position).tree_mut();
            let reached = path.reach(tree, hit, stamp, |tree| tree.new_mapping(stamp));
            match reached {
                Some((map, is_new)) if tree.is_mapping(map) => {
                    if is_new || present.is_empty() {
                        look_up(tree, map, pairs, present);
                    }
                    let entries = present.iter().copied();
                    write(tree, map, pairs.iter().zip(entries).zip(needs_quotes), shared, stamp);
                }
                Some((node, _)) => {
                    return Err(wrong_kind(resmap.get(position), &path.text, node, "a mapping", stamp.place));
                }
                None => n_fields -= pairs.len() as u32,
            }
        }
    }
    Ok(n_fields)
}

/// A key and its value in a resource, if it is there.
type Present = Option<(NodeId, NodeId)>;

/// Up to this many keys are looked for one by one, which is cheaper than to look for each key of the mapping among them.
const FEW: usize = 4;

/// Finds the entries of a mapping under the keys of `pairs`, in the order of `pairs`, which are sorted by key.
fn look_up(tree: &Tree, map: NodeId, pairs: &[Entry<'_>], found: &mut Vec<Present>) {
    found.clear();
    if pairs.len() <= FEW {
        found.extend(pairs.iter().map(|entry| tree.get_entry(map, entry.key)));
        return;
    }
    found.resize(pairs.len(), None);
    for (key, value) in tree.entries(map) {
        let index = pairs.binary_search_by(|entry| entry.key.cmp(tree.text(key)));
        if let Some(entry) = index.ok().and_then(|index| found.get_mut(index)) {
            entry.get_or_insert((key, value));
        }
    }
}

fn has_all(tree: &Tree, present: &[Present], pairs: &[Entry<'_>]) -> bool {
    present.iter().zip(pairs).all(|(entry, wanted)| {
        entry.is_some_and(|(_, value)| tree.is_scalar(value) && holds(tree, value, wanted.value, Tag::Str))
    })
}

fn adopt_styles(tree: &Tree, present: &[Present], shared: &mut [Shared]) {
    for (entry, shared) in present.iter().zip(shared) {
        if let Some((_, value)) = entry {
            shared.style = tree.style(*value);
        }
    }
}

/// Sets the entries in one mapping.
///
/// Styles follow upstream `FieldSetter`: the shared node takes the style of every place it is copied to, and is quoted
/// where YAML 1.1 would not read its text as a string. They decide what a later patch of the value makes of it.
fn write<'e>(
    tree: &mut Tree,
    map: NodeId,
    entries: impl Iterator<Item = ((&'e Entry<'e>, Present), &'e bool)>,
    shared: &mut [Shared],
    stamp: &Stamp,
) {
    for (((&Entry { key, value, key_place, place }, entry), &quote), shared) in entries.zip(shared) {
        let stamp = stamp.at(place);
        let mut style = shared.style;
        if quote && style == Style::Plain {
            style = Style::DoubleQuoted;
        }
        if let Some((_, old)) = entry {
            style = if tree.is_scalar(old) { tree.style(old) } else { Style::Plain };
        }
        if let Some(node) = shared.node.filter(|_| style != shared.style) {
            tree.set_style_and_tag(node, style, Tag::Str);
        }
        shared.style = style;
        match entry {
            Some((_, old)) if tree.is_scalar(old) => {
                if !holds(tree, old, value, Tag::Str) {
                    tree.set_text(old, value, Tag::Str, &stamp);
                }
            }
            Some((key, _)) => {
                let new = tree.new_scalar(value, style, Tag::Str, &stamp);
                tree.replace_value(map, key, new);
            }
            None => {
                // Keys are written without a tag: one that looks like a number is none, as in the reference.
                let key = tree.new_scalar(key, Style::Plain, Tag::Implied, &stamp.at(key_place));
                let new = tree.new_scalar(value, style, Tag::Str, &stamp);
                match shared.node {
                    Some(node) => tree.share(new, node),
                    None => shared.node = Some(new),
                }
                tree.push_entry(map, key, new);
                tree.index_keys(map);
            }
        }
    }
}
