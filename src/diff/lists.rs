//! Which item of a list is which: by the merge keys of the schema, by what looks like a key, or by their order.

use super::fields::{Alike, Comparison, Step};
use super::known::Part;
use super::runs::runs;
use super::value::{At, Object};
use crate::schema::merge_keys::Schema;
use crate::sorting::Sorting;
use rustc_hash::{FxHashMap, FxHashSet};
use similar::DiffOp;

/// Keys that tell items of lists apart of which no schema is known, the likeliest first.
const ITEM_KEYS: [&str; 11] =
    ["name", "key", "id", "mountPath", "containerPort", "port", "devicePath", "host", "ip", "path", "type"];

/// Longer lists without keys are not aligned, only compared position by position behind what they have in common.
const ALIGNED_MAX: usize = 4_000;

/// Two items that are the same one, or one without a counterpart.
type Pair = (Option<usize>, Option<usize>);

/// How items were found.
struct Pairing<'k> {
    pairs: Vec<Pair>,
    keys: Vec<&'k str>,
    is_ordered: bool,
}

impl<'a> Comparison<'a> {
    pub(super) fn lists(&mut self, old: At, new: At, schema: Option<Schema<'a>>) {
        let (old_items, new_items) = (self.old.items(old), self.new.items(new));
        let below = schema.and_then(Schema::items);
        let merge_keys = schema.and_then(Schema::merge_keys);
        let has_keys = has_order_of_keys(schema);
        let is_ordered =
            self.old.is_ordered(old, has_keys, &self.route) || self.new.is_ordered(new, has_keys, &self.route);
        self.route.push(Part::Item);
        let keyed = merge_keys.as_deref().filter(|keys| !keys.is_empty());
        let by_schema = keyed.and_then(|keys| self.by_keys(&old_items, &new_items, keys));
        let by_schema = by_schema.map(|pairs| (pairs, keyed.unwrap_or_default().to_vec()));
        let by_likely_key = || {
            let mut candidates = ITEM_KEYS.iter().filter(|_| is_ordered || merge_keys.is_some());
            candidates.find_map(|key| Some((self.by_keys(&old_items, &new_items, &[key])?, vec![*key])))
        };
        let pairing = match by_schema.or_else(by_likely_key) {
            Some((pairs, keys)) => Pairing { pairs, keys, is_ordered },
            None => {
                let pairs = if is_ordered {
                    self.by_order(&old_items, &new_items, below)
                } else {
                    self.as_sets(&old_items, &new_items, below)
                };
                Pairing { pairs, keys: Vec::new(), is_ordered }
            }
        };
        self.paired(&pairing, (&old_items, &new_items), below);
        self.route.pop();
        self.order(&pairing, (old, new), (&old_items, &new_items));
    }

    /// Compares the items that were found to be the same.
    fn paired(&mut self, pairing: &Pairing<'_>, (old_items, new_items): (&[At], &[At]), below: Option<Schema<'a>>) {
        for &(old, new) in &pairing.pairs {
            let (old_item, new_item) =
                (old.and_then(|at| old_items.get(at)).copied(), new.and_then(|at| new_items.get(at)).copied());
            let by = match (old_item, new_item) {
                (_, Some(item)) => selector(&self.new, item, &pairing.keys),
                (Some(item), None) => selector(&self.old, item, &pairing.keys),
                (None, None) => continue,
            };
            self.path.push(Step::Item { by, old, new });
            match (old_item, new_item) {
                (Some(old), Some(new)) => self.values(old, new, below),
                (old, new) => self.add(old, new),
            }
            self.path.pop();
        }
    }

    /// Tells of another order, where it says something; elsewhere it is made the same.
    fn order(&mut self, pairing: &Pairing<'_>, (old, new): (At, At), (old_items, new_items): (&[At], &[At])) {
        let both: Vec<(usize, usize)> = pairing.pairs.iter().filter_map(|&(old, new)| Some((old?, new?))).collect();
        if both.windows(2).all(|pair| matches!(pair, [a, b] if a.0 < b.0 && a.1 < b.1)) {
            return;
        }
        let (mut in_old_order, mut in_new_order) = (both.clone(), both);
        in_old_order.put_in_order_of(|&(old, _)| old);
        in_new_order.put_in_order_of(|&(_, new)| new);
        if pairing.is_ordered {
            let name = |at: usize| {
                let item = new_items.get(at).map(|&item| selector(&self.new, item, &pairing.keys)).unwrap_or_default();
                let values: Vec<String> = item.into_iter().map(|(_, value)| value).collect();
                if values.is_empty() { at.to_string() } else { values.join(",") }
            };
            let names = |pairs: &[(usize, usize)]| pairs.iter().map(|&(_, new)| name(new)).collect();
            let order = (names(&in_old_order), names(&in_new_order));
            self.add_reordered(old, new, order);
            return;
        }
        let only_old = pairing.pairs.iter().filter(|(_, new)| new.is_none()).filter_map(|&(old, _)| old);
        let positions = in_new_order.into_iter().map(|(old, _)| old).chain(only_old);
        let items = positions.filter_map(|at| old_items.get(at)).map(|item| item.node).collect();
        self.alike.push(Alike::Order { list: old.node, items });
    }

    /// Pairs items by the values of keys, if all have such values and no two on one side the same; in the new order, those that
    /// are gone last.
    fn by_keys(&self, old: &[At], new: &[At], keys: &[&str]) -> Option<Vec<Pair>> {
        let old_values = index(&self.old, old, keys, &self.route)?;
        let new_values = index(&self.new, new, keys, &self.route)?;
        let mut pairs: Vec<Pair> = Vec::with_capacity(new.len());
        let mut is_taken = vec![false; old.len()];
        for (at, values) in new_values.list.iter().enumerate() {
            let found = old_values.positions.get(values).copied();
            if let Some(taken) = found.and_then(|at| is_taken.get_mut(at)) {
                *taken = true;
            }
            pairs.push((found, Some(at)));
        }
        let gone = (0..old.len()).filter(|&at| is_taken.get(at) == Some(&false));
        pairs.extend(gone.map(|at| (Some(at), None)));
        if keys != ["name"] {
            self.by_name(old, new, &mut pairs);
        }
        Some(pairs)
    }

    /// Pairs by name what other keys left alone: a port that has another number.
    fn by_name(&self, old: &[At], new: &[At], pairs: &mut Vec<Pair>) {
        let name = |object: &Object<'a>, items: &[At], at: usize| {
            let name = object.tree.get(items.get(at)?.node, "name")?;
            object.tree.is_scalar(name).then(|| object.tree.text(name).to_owned())
        };
        let mut gone: FxHashMap<String, usize> = FxHashMap::default();
        for &(old_at, new_at) in pairs.iter() {
            if let (Some(at), None) = (old_at, new_at)
                && let Some(name) = name(&self.old, old, at)
            {
                gone.insert(name, at);
            }
        }
        for (old_at, new_at) in pairs.iter_mut() {
            if let (None, Some(at)) = (*old_at, *new_at) {
                *old_at = name(&self.new, new, at).and_then(|name| gone.remove(&name));
            }
        }
        let taken: FxHashSet<usize> =
            pairs.iter().filter(|(_, new)| new.is_some()).filter_map(|&(old, _)| old).collect();
        pairs.retain(|(old, new)| new.is_some() || !old.is_some_and(|old| taken.contains(&old)));
    }

    /// Pairs items by what they hold, in order; in what is left between, by their positions.
    fn by_order(&self, old: &[At], new: &[At], below: Option<Schema<'a>>) -> Vec<Pair> {
        let (old, new) = self.forms(old, new, below);
        let mut pairs = Vec::new();
        if old.len() + new.len() > ALIGNED_MAX {
            let n_same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
            pairs.extend((0..n_same).map(|at| (Some(at), Some(at))));
            side_by_side(&mut pairs, (n_same, old.len() - n_same), (n_same, new.len() - n_same));
            return pairs;
        }
        for op in runs(old.iter(), new.iter()) {
            match op {
                DiffOp::Equal { old_index, new_index, len } => {
                    pairs.extend((0..len).map(|at| (Some(old_index + at), Some(new_index + at))));
                }
                DiffOp::Delete { old_index, old_len, .. } => {
                    pairs.extend((0..old_len).map(|at| (Some(old_index + at), None)));
                }
                DiffOp::Insert { new_index, new_len, .. } => {
                    pairs.extend((0..new_len).map(|at| (None, Some(new_index + at))));
                }
                DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                    side_by_side(&mut pairs, (old_index, old_len), (new_index, new_len));
                }
            }
        }
        pairs
    }

    /// Pairs items by what they hold, whatever their order; collections that are left are taken to be changed.
    fn as_sets(&self, old_items: &[At], new_items: &[At], below: Option<Schema<'a>>) -> Vec<Pair> {
        let (old, new) = self.forms(old_items, new_items, below);
        let mut positions: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (at, form) in old.iter().enumerate().rev() {
            positions.entry(form).or_default().push(at);
        }
        let mut is_taken = vec![false; old.len()];
        let mut pairs: Vec<Pair> = Vec::new();
        for (at, form) in new.iter().enumerate() {
            let found = positions.get_mut(form.as_str()).and_then(Vec::pop);
            if let Some(taken) = found.and_then(|at| is_taken.get_mut(at)) {
                *taken = true;
            }
            pairs.push((found, Some(at)));
        }
        let mut left = (0..old.len()).filter(|&at| is_taken.get(at) == Some(&false)).peekable();
        let is_collection = |object: &Object<'a>, items: &[At], at: usize| {
            items.get(at).is_some_and(|item| !object.tree.is_scalar(item.node))
        };
        for (old_at, new_at) in &mut pairs {
            if let (None, Some(new_at)) = (*old_at, *new_at)
                && is_collection(&self.new, new_items, new_at)
            {
                *old_at = left.next_if(|&at| is_collection(&self.old, old_items, at));
            }
        }
        pairs.extend(left.map(|at| (Some(at), None)));
        pairs
    }

    fn forms(&self, old: &[At], new: &[At], below: Option<Schema<'a>>) -> (Vec<String>, Vec<String>) {
        let old = old.iter().map(|&item| self.old.form_of(item, below, &self.route)).collect();
        let new = new.iter().map(|&item| self.new.form_of(item, below, &self.route)).collect();
        (old, new)
    }
}

/// Returns whether a list is merged by keys as the reference does. Lists of custom resources are told apart by keys, too, but
/// may be lists of routes, or of servers, whose order counts.
pub(super) fn has_order_of_keys(schema: Option<Schema<'_>>) -> bool {
    schema.is_some_and(|schema| schema.merge_keys().is_some() && schema.identity().is_none())
}

fn side_by_side(pairs: &mut Vec<Pair>, (old, n_old): (usize, usize), (new, n_new): (usize, usize)) {
    let at = |first: usize, n: usize, at: usize| (at < n).then_some(first + at);
    pairs.extend((0..n_old.max(n_new)).map(|index| (at(old, n_old, index), at(new, n_new, index))));
}

/// The values of keys, by position and the other way round.
struct ByKey {
    list: Vec<String>,
    positions: FxHashMap<String, usize>,
}

/// Returns the values of keys of all items; nothing if an item has none of them, or two have the same.
fn index<'a>(object: &Object<'a>, items: &[At], keys: &[&str], route: &[Part<'a>]) -> Option<ByKey> {
    let mut by_key = ByKey { list: Vec::with_capacity(items.len()), positions: FxHashMap::default() };
    for (position, &item) in items.iter().enumerate() {
        let mut values = String::new();
        let mut n_present = 0;
        for key in keys {
            let node = object.tree.get(item.node, key);
            if let Some(node) = node {
                if !object.tree.is_scalar(node) {
                    return None;
                }
                n_present += 1;
            }
            let value = match node {
                Some(node) => object.scalar(object.at(node, item.in_flow), &[]),
                None => {
                    // What is left out is what it is by default.
                    let key = KNOWN_KEYS.iter().find(|known| *known == key).copied().unwrap_or("");
                    let route: Vec<Part<'_>> = route.iter().copied().chain([Part::Key(key)]).collect();
                    object.known.default(&route).map_or_else(String::new, |default| format!("s{default}"))
                }
            };
            values.push_str(&format!("{}:{value}", value.len()));
        }
        if n_present == 0 || by_key.positions.insert(values.clone(), position).is_some() {
            return None;
        }
        by_key.list.push(values);
    }
    Some(by_key)
}

/// Merge keys with defaults.
const KNOWN_KEYS: [&str; 1] = ["protocol"];

/// Returns the keys and values that name an item to people.
fn selector(object: &Object<'_>, item: At, keys: &[&str]) -> Vec<(String, String)> {
    let value = |key: &&str| {
        let node = object.tree.get(item.node, key).filter(|&node| object.tree.is_scalar(node))?;
        Some(((*key).to_owned(), object.tree.text(node).to_owned()))
    };
    keys.iter().filter_map(value).collect()
}
