//! Merging lists whose items are identified: by one or more fields, or, for lists of scalars, by themselves.
//!
//! Most lists are regular: every item has the same merge keys and no two are alike. Those are merged through an index. The
//! others go through the reference's own steps, one by one and in quadratic time, because their outcome (items lost, items
//! replaced by what they should have replaced) follows from nothing simpler (upstream `setAssociativeSequenceElements`).

use super::strategic_merge::{Fault, Merge, Merged};
use crate::schema::custom_lists::identity_of;
use crate::schema::merge_keys::Schema;
use crate::sorting::Sorting;
use crate::yaml::tree::{Kind, NodeId, Style, Tag};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

/// How many items an irregular list may have.
pub(super) const IRREGULAR_ITEMS_MAX: usize = 5_000;

/// The values of an item's merge keys, empty where it lacks one; for scalars the text itself.
type Tuple = Vec<String>;

/// The key of a list of scalars, in upstream's terms.
const NO_KEY: &str = "";

/// Merges the items of the patch's list into those of `target`, which is the object's list or, where that is adopted, the
/// patch's own. Patched and new items come first.
pub(super) fn merge_items(
    merge: &mut Merge<'_>,
    target: NodeId,
    patch: Option<NodeId>,
    keys: &[&str],
    items: Option<Schema<'_>>,
) -> Merged<()> {
    let keys = if keys.is_empty() { &[NO_KEY] } else { keys };
    let dest_items: Vec<NodeId> = merge.tree.items(target).collect();
    let patch_items: Vec<NodeId> = match patch {
        Some(patch) if patch != target => merge.tree.items(patch).collect(),
        Some(_) => dest_items.clone(),
        None => Vec::new(),
    };
    let adopted = patch == Some(target);
    if patch_items.is_empty() && dest_items.is_empty() {
        return Ok(());
    }
    if patch_items.is_empty()
        && let Some(is_of_scalars) = is_regular(merge, &dest_items, keys)
    {
        let left = walk_unpatched(merge, &dest_items, is_of_scalars, items)?;
        if left.len() < dest_items.len() {
            merge.fields_written += 1;
            set_items(merge, target, &left);
        }
        merge.tree.remove_comment(target);
        return Ok(());
    }
    let merged = match Regular::find(merge, &dest_items, &patch_items, keys) {
        Some(regular) => regular.merge(merge, &dest_items, items)?,
        None if dest_items.len() + patch_items.len() > IRREGULAR_ITEMS_MAX => {
            return Err(Fault::TooLong { list: target });
        }
        None => merge_irregular(merge, &dest_items, &patch_items, adopted, keys, items)?,
    };
    if merged != dest_items {
        let before: FxHashSet<NodeId> = dest_items.iter().copied().collect();
        merge.fields_written += merged.iter().filter(|item| !before.contains(item)).count().max(1) as u32;
        set_items(merge, target, &merged);
    }
    // The result is a new list upstream, without the comment of the old one.
    merge.tree.remove_comment(target);
    if adopted {
        // It is in block style; where it replaces another, that one's style is set later.
        merge.tree.set_style_and_tag(target, Style::Block, Tag::Implied);
    }
    Ok(())
}

/// Merges the items of the patch's list into those of the object's, or into none, if each item of both can be told from the
/// others of its list, and returns whether it can. New items come first, the others stay in their order, which may mean
/// something: unlike in [`merge_items`] there is no reference to follow.
pub(super) fn merge_identified(
    merge: &mut Merge<'_>,
    dest: Option<NodeId>,
    patch: NodeId,
    list: Schema<'_>,
) -> Merged<bool> {
    let dest_items: Vec<NodeId> = dest.into_iter().flat_map(|dest| merge.tree.items(dest)).collect();
    let patch_items: Vec<NodeId> = merge.tree.items(patch).collect();
    let mut pairs: Vec<(Option<NodeId>, Option<NodeId>)> = Vec::with_capacity(dest_items.len());
    let mut new = Vec::new();
    let mut index: FxHashMap<Vec<String>, usize> = FxHashMap::default();
    for &item in &dest_items {
        let Some(identity) = identity_of(merge.tree, item, list) else { return Ok(false) };
        if index.insert(identity, pairs.len()).is_some() {
            return Ok(false);
        }
        pairs.push((Some(item), None));
    }
    let mut seen = FxHashSet::default();
    for &item in &patch_items {
        let Some(identity) = identity_of(merge.tree, item, list) else { return Ok(false) };
        match index.get(&identity).and_then(|&position| pairs.get_mut(position)) {
            Some((_, partner)) => *partner = Some(item),
            None => new.push((None, Some(item))),
        }
        if !seen.insert(identity) {
            return Ok(false);
        }
    }
    let mut merged = Vec::with_capacity(pairs.len() + new.len());
    for (dest, patch) in new.into_iter().chain(pairs) {
        let walked = match patch {
            Some(_) => merge.walk(dest, patch, list.items())?.map(|walked| walked.node),
            None => dest,
        };
        match (walked, dest) {
            (Some(node), Some(dest)) if merge.tree.is_scalar(node) => merged.push(dest),
            (Some(node), _) => merged.push(node),
            (None, Some(dest)) => merge.note_removed(dest, patch),
            (None, None) => {}
        }
    }
    if merged != dest_items {
        merge.fields_written += merged.len().abs_diff(dest_items.len()).max(1) as u32;
    }
    set_items(merge, dest.unwrap_or(patch), &merged);
    Ok(true)
}

/// Removes the items that match from a list, with nulls and empty mappings.
pub(super) fn remove_matching(merge: &mut Merge<'_>, list: NodeId, keys: &[&str], values: &[&str]) -> Merged<()> {
    let mut items: Vec<NodeId> = merge.tree.items(list).collect();
    set_element(merge, &mut items, None, keys, values)?;
    set_items(merge, list, &items);
    Ok(())
}

fn set_items(merge: &mut Merge<'_>, list: NodeId, items: &[NodeId]) {
    let mut seen = FxHashSet::default();
    let items: Vec<NodeId> =
        items.iter().map(|&item| if seen.insert(item) { item } else { merge.tree.copy_within(item) }).collect();
    merge.tree.set_children(list, &items);
}

/// Returns whether the items of a short list all have the same keys with different values, and whether they are scalars;
/// `None` if they do not, or if the list is too long to compare each item with each.
fn is_regular(merge: &Merge<'_>, items: &[NodeId], keys: &[&str]) -> Option<bool> {
    const SHORT: usize = 24;
    let first = *items.first().filter(|_| items.len() <= SHORT)?;
    if keys == [NO_KEY] {
        let texts = items.iter().map(|&item| scalar_value(merge, item)).collect::<Option<Vec<&str>>>()?;
        return are_distinct(&texts, 1).then_some(true);
    }
    let (used, unused): (Vec<&str>, Vec<&str>) = keys.iter().partition(|key| key_value(merge, first, key).is_some());
    if used.is_empty() {
        return None;
    }
    let mut values = Vec::with_capacity(items.len() * used.len());
    for &item in items {
        if unused.iter().any(|key| key_value(merge, item, key).is_some()) {
            return None;
        }
        for key in &used {
            values.push(key_value(merge, item, key)?);
        }
    }
    are_distinct(&values, used.len()).then_some(false)
}

/// Returns whether no two groups of so many values are alike.
fn are_distinct(values: &[&str], n: usize) -> bool {
    let mut rest = values;
    while let Some((group, others)) = rest.split_at_checked(n).filter(|(group, _)| !group.is_empty()) {
        if others.chunks(n).any(|other| other == group) {
            return false;
        }
        rest = others;
    }
    true
}

/// Walks the items of a regular list that the patch does not mention and returns those that are left.
fn walk_unpatched(
    merge: &mut Merge<'_>,
    list: &[NodeId],
    is_of_scalars: bool,
    items: Option<Schema<'_>>,
) -> Merged<Vec<NodeId>> {
    let mut left = Vec::with_capacity(list.len());
    for &item in list {
        let walked = merge.walk(Some(item), None, items)?.map(|walked| walked.node);
        if let Some(node) = walked.filter(|&node| !is_empty(merge, node)) {
            if is_of_scalars {
                forget_tag(merge, node);
            }
            left.push(if merge.is_of_values { node } else { item });
        }
    }
    Ok(left)
}

// ---- regular lists ------------------------------------------------------------------------------------------------------

/// The pairs of items of a regular list, in the order in which they are merged: those of the patch, then the others.
struct Regular<'k> {
    pairs: Vec<(Option<NodeId>, Option<NodeId>)>,
    /// The keys that the items have.
    keys: Vec<&'k str>,
}

impl<'k> Regular<'k> {
    /// Pairs the items by key; `None` if the lists are not regular.
    fn find(merge: &Merge<'_>, dest_items: &[NodeId], patch_items: &[NodeId], keys: &[&'k str]) -> Option<Regular<'k>> {
        let first = *patch_items.first().or(dest_items.first())?;
        let is_used = |key: &str| key == NO_KEY || key_value(merge, first, key).is_some();
        let (keys, unused): (Vec<&str>, Vec<&str>) = keys.iter().partition(|key| is_used(key));
        let has_unused = |&item: &NodeId| unused.iter().any(|key| key_value(merge, item, key).is_some());
        if keys.is_empty() || (!unused.is_empty() && patch_items.iter().chain(dest_items).any(has_unused)) {
            return None;
        }
        let n_items = patch_items.len() + dest_items.len();
        let mut index: FxHashMap<Values<'_>, usize> = FxHashMap::with_capacity_and_hasher(n_items, FxBuildHasher);
        let mut pairs: Vec<(Option<NodeId>, Option<NodeId>)> = Vec::with_capacity(n_items);
        for &item in patch_items {
            let tuple = regular_tuple(merge, item, &keys)?;
            if index.insert(tuple, pairs.len()).is_some() {
                return None;
            }
            pairs.push((None, Some(item)));
        }
        for &item in dest_items {
            let position = *index.entry(regular_tuple(merge, item, &keys)?).or_insert(pairs.len());
            match pairs.get_mut(position) {
                None => pairs.push((Some(item), None)),
                Some((dest @ None, _)) => *dest = Some(item),
                Some(_) => return None,
            }
        }
        if merge.is_of_values {
            let order: FxHashMap<NodeId, usize> = dest_items.iter().copied().zip(0..).collect();
            pairs.put_in_order_of(|(dest, _)| {
                dest.map_or(usize::MAX, |dest| order.get(&dest).copied().unwrap_or_default())
            });
        }
        Some(Regular { pairs, keys })
    }

    fn merge(self, merge: &mut Merge<'_>, dest_items: &[NodeId], items: Option<Schema<'_>>) -> Merged<Vec<NodeId>> {
        let mut merged = Vec::with_capacity(self.pairs.len());
        let mut deleted = FxHashSet::default();
        for (dest, patch) in self.pairs {
            match merge.walk(dest, patch, items)?.map(|walked| walked.node).filter(|&node| !is_empty(merge, node)) {
                // What stands in the object wins over a result that is not in it, even over `$patch: replace`.
                Some(node) => {
                    if self.keys == [NO_KEY] {
                        forget_tag(merge, node);
                    }
                    merged.push(if merge.is_of_values { node } else { dest.unwrap_or(node) });
                }
                None => {
                    if let Some(dest) = dest {
                        merge.note_removed(dest, patch);
                    }
                    deleted.extend(dest);
                }
            }
        }
        if self.keys.len() > 1 && !merge.is_of_values {
            // With several keys upstream takes the object's items out of the result and appends them again.
            let in_dest: FxHashSet<NodeId> = dest_items.iter().copied().collect();
            merged.retain(|node| !in_dest.contains(node));
            merged.extend(dest_items.iter().copied().filter(|node| !deleted.contains(node)));
        }
        Ok(merged)
    }
}

/// The values that tell an item from others; mostly it is one.
#[derive(PartialEq, Eq, Hash)]
enum Values<'t> {
    One(&'t str),
    Several(Vec<&'t str>),
}

/// Returns the values of the keys of an item that has exactly these keys.
fn regular_tuple<'t>(merge: &'t Merge<'_>, item: NodeId, keys: &[&str]) -> Option<Values<'t>> {
    match keys {
        [NO_KEY] => scalar_value(merge, item).map(Values::One),
        [key] => key_value(merge, item, key).map(Values::One),
        _ => keys.iter().map(|key| key_value(merge, item, key)).collect::<Option<_>>().map(Values::Several),
    }
}

/// Returns the text of an item that is a scalar with a text, and no null.
fn scalar_value<'t>(merge: &'t Merge<'_>, item: NodeId) -> Option<&'t str> {
    let is_text = merge.tree.is_scalar(item) && !merge.is_null(item) && !merge.tree.text(item).is_empty();
    is_text.then(|| merge.tree.text(item))
}

// ---- irregular lists ----------------------------------------------------------------------------------------------------

fn merge_irregular(
    merge: &mut Merge<'_>,
    dest_items: &[NodeId],
    patch_items: &[NodeId],
    adopted: bool,
    keys: &[&str],
    items: Option<Schema<'_>>,
) -> Merged<Vec<NodeId>> {
    let mut tuples = tuples(merge, dest_items, patch_items, keys);
    if keys.len() > 1 {
        unite(&mut tuples);
    }
    let has_value = |position: usize| tuples.iter().any(|tuple| !tuple[position].is_empty());
    let positions: Vec<usize> = match (0..keys.len()).filter(|&position| has_value(position)).collect::<Vec<_>>() {
        positions if positions.is_empty() => (0..keys.len()).collect(),
        positions => positions,
    };
    let keys: Vec<&str> = positions.iter().map(|&position| keys[position]).collect();

    let mut dest = dest_items.to_vec();
    let mut patch = patch_items.to_vec();
    let mut to_add: Vec<NodeId> = Vec::new();
    for tuple in &tuples {
        let values: Vec<&str> = positions.iter().map(|&position| tuple[position].as_str()).collect();
        let dest_item = find_element(merge, &dest, &keys, &values);
        let patch_item = if adopted { dest_item } else { find_element(merge, &patch, &keys, &values) };
        let walked = merge.walk(dest_item, patch_item, items)?.map(|walked| walked.node);
        let Some(node) = walked.filter(|&node| !is_empty(merge, node)) else {
            set_element(merge, &mut dest, None, &keys, &values)?;
            if adopted {
                patch.clone_from(&dest);
            }
            continue;
        };
        for (key, value) in keys.iter().zip(&values) {
            if value.is_empty() {
            } else if *key == NO_KEY && merge.tree.is_scalar(node) {
                forget_tag(merge, node);
            } else if merge.tree.is_mapping(node) && merge.tree.get(node, key).is_none() {
                merge.set_missing_key(node, key, value);
            }
        }
        set_element(merge, &mut to_add, Some(node), &keys, &values)?;
    }
    if tuples.is_empty() {
        return Ok(dest);
    }
    append_items(merge, to_add, &dest, &keys)
}

/// Returns the distinct key tuples of both lists, those of the patch first.
fn tuples(merge: &Merge<'_>, dest_items: &[NodeId], patch_items: &[NodeId], keys: &[&str]) -> Vec<Tuple> {
    let mut seen = FxHashSet::default();
    let mut tuples = Vec::new();
    for &item in patch_items.iter().chain(dest_items) {
        let tuple: Tuple = match keys {
            [NO_KEY] => vec![merge.tree.text(item).to_owned()],
            _ => keys.iter().map(|key| key_value(merge, item, key).unwrap_or("").to_owned()).collect(),
        };
        if seen.insert(tuple.clone()) {
            tuples.push(tuple);
        }
    }
    tuples
}

/// Makes tuples equal that agree in one place and differ only where one is empty (upstream `mergeValues`): an item without
/// a protocol is the item with one.
fn unite(tuples: &mut [Tuple]) {
    for i in 0..tuples.len() {
        let first = tuples[i].clone();
        for j in 0..tuples.len() {
            if let Some(union) = union(&first, &tuples[j]) {
                tuples[i].clone_from(&union);
                tuples[j] = union;
            }
        }
    }
}

fn union(a: &Tuple, b: &Tuple) -> Option<Tuple> {
    let mut agree = false;
    let mut union = Tuple::with_capacity(a.len());
    for (a, b) in a.iter().zip(b) {
        agree |= a == b;
        if a != b && !a.is_empty() && !b.is_empty() {
            return None;
        }
        union.push(if a.is_empty() { b.clone() } else { a.clone() });
    }
    agree.then_some(union)
}

/// Finds the first item that has the given values under those keys for which there is a value (under all, if there is none).
fn find_element(merge: &Merge<'_>, list: &[NodeId], keys: &[&str], values: &[&str]) -> Option<NodeId> {
    let all_empty = values.iter().all(|value| value.is_empty());
    let wanted: Vec<(&str, &str)> =
        keys.iter().copied().zip(values.iter().copied()).filter(|(_, value)| all_empty || !value.is_empty()).collect();
    list.iter().copied().find(|&item| match wanted.as_slice() {
        [(NO_KEY, value)] => merge.tree.text(item) == *value,
        _ => wanted
            .iter()
            .all(|(key, value)| merge.tree.get(item, key).is_some_and(|node| merge.tree.text(node) == *value)),
    })
}

/// Replaces the items that match by another, or appends it if there are none; removes them if there is no other. Nulls and
/// empty mappings are dropped on the way (upstream `ElementSetter`, oddities included).
fn set_element(
    merge: &Merge<'_>,
    list: &mut Vec<NodeId>,
    element: Option<NodeId>,
    keys: &[&str],
    values: &[&str],
) -> Merged<()> {
    let is_for_mappings =
        keys.first().is_some_and(|key| !key.is_empty()) && values.first().is_some_and(|v| !v.is_empty());
    let mut kept = Vec::with_capacity(list.len() + 1);
    let mut is_found = false;
    for &item in list.iter() {
        if is_empty(merge, item) {
            continue;
        }
        if is_for_mappings && !merge.tree.is_mapping(item) {
            kept.push(item);
            continue;
        }
        let mut is_match = false;
        for (position, key) in keys.iter().enumerate() {
            // Where there are fewer values than keys the last answer stands for the rest.
            if let Some(value) = values.get(position) {
                is_match = matches_field(merge, item, key, value)?;
            }
            if !is_match {
                break;
            }
        }
        if is_match {
            is_found = true;
            kept.extend(element);
        } else if !values.is_empty() {
            kept.push(item);
        }
    }
    if !is_found {
        kept.extend(element.filter(|&element| !merge.is_null(element)));
    }
    *list = kept;
    Ok(())
}

/// Returns whether an item has a value under a key; an empty value stands for any (upstream `FieldMatcher`).
fn matches_field(merge: &Merge<'_>, item: NodeId, key: &str, value: &str) -> Merged<bool> {
    let expected = if key == NO_KEY { Kind::Scalar } else { Kind::Mapping };
    if merge.tree.kind(item) != expected {
        return Err(Fault::WrongKind { expected, node: item });
    }
    if key == NO_KEY {
        return Ok(merge.tree.text(item) == value);
    }
    Ok(merge.tree.get(item, key).is_some_and(|node| value.is_empty() || merge.tree.text(node) == value))
}

/// Appends the object's items to the patched ones, over which they win (upstream `appendListNode`).
fn append_items(
    merge: &Merge<'_>,
    mut result: Vec<NodeId>,
    dest_items: &[NodeId],
    keys: &[&str],
) -> Merged<Vec<NodeId>> {
    for &item in dest_items {
        if keys == [NO_KEY] {
            let text = merge.tree.text(item).to_owned();
            set_element(merge, &mut result, Some(item), keys, &[&text])?;
            continue;
        }
        if !merge.tree.is_mapping(item) && !merge.is_null(item) {
            return Err(Fault::WrongKind { expected: Kind::Mapping, node: item });
        }
        let mut values: Vec<&str> = Vec::new();
        for key in keys {
            match merge.tree.get(item, key) {
                Some(value) => values.push(merge.tree.text(value)),
                // The item is appended for each key it lacks, and once more below.
                None => result.push(item),
            }
        }
        if keys.len() > 1 {
            set_element(merge, &mut result, None, keys, &values)?;
        }
        set_element(merge, &mut result, Some(item), keys, &values)?;
    }
    Ok(result)
}

/// Lets text and style alone say what a scalar is (upstream writes such items anew).
fn forget_tag(merge: &mut Merge<'_>, item: NodeId) {
    let style = merge.tree.style(item);
    merge.tree.set_style_and_tag(item, style, Tag::Implied);
}

/// Returns the text of an item's key, if the item is a mapping and the value is not empty.
fn key_value<'t>(merge: &'t Merge<'_>, item: NodeId, key: &str) -> Option<&'t str> {
    let value = merge.tree.get(item, key)?;
    Some(merge.tree.text(value)).filter(|text| !text.is_empty() && !merge.is_null(value))
}

/// Returns whether an item is a null or an empty mapping.
fn is_empty(merge: &Merge<'_>, item: NodeId) -> bool {
    merge.is_null(item) || (merge.tree.is_mapping(item) && merge.tree.has_no_children(item))
}
