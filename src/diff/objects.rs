//! Which object of the new side is which of the old one.
//!
//! By identity first; then by the name before a hash; then by what else may have been changed on purpose: the group of the
//! API, the namespace, a prefix of all names.

use super::side::SideObject;
use crate::ordered::BTreeMap;
use crate::resource::ResId;
use crate::sorting::Sorting;
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// An object with its counterpart, by their positions.
pub(super) type Pair = (Option<usize>, Option<usize>);

/// With more objects of a kind left on both sides, nobody looks for renamed ones that were changed as well.
const ALIKE_MAX: usize = 64;
/// How much of two objects has to be the same for one to be the other with a new name.
const ALIKE_SHARE: f64 = 0.6;

/// Characters of hash suffixes, which spell no words.
const HASH: &str = "2456789bcdfghkmt";
const HASH_LEN: usize = 10;

/// Returns a name without its hash suffix.
pub(super) fn without_hash<'n>(id: &ResId, name: &'n str) -> Option<&'n str> {
    if !matches!(&*id.gvk.kind, "ConfigMap" | "Secret") || !id.gvk.group.is_empty() {
        return None;
    }
    let (rest, hash) = name.rsplit_once('-')?;
    (hash.len() == HASH_LEN && hash.chars().all(|c| HASH.contains(c)) && !rest.is_empty()).then_some(rest)
}

/// Finds the pairs; of what the new side has, in its order, then of what it has not.
pub(super) fn pair(old: &[SideObject<'_>], new: &[SideObject<'_>]) -> Vec<Pair> {
    let mut matching = Matching { old_of: vec![None; new.len()], is_taken: vec![false; old.len()], old, new };
    matching
        .by(true, |id| Some((id.gvk.group.to_string(), id.gvk.kind.to_string(), namespace(id), id.name.to_string())));
    matching.by(false, |id| {
        let name = without_hash(id, &id.name)?;
        Some((id.gvk.kind.to_string(), namespace(id), name.to_owned()))
    });
    matching.by(false, |id| Some((id.gvk.kind.to_string(), namespace(id), id.name.to_string())));
    matching.by(false, |id| Some((id.gvk.group.to_string(), id.gvk.kind.to_string(), id.name.to_string())));
    matching.by(false, |id| {
        let name = without_hash(id, &id.name)?;
        Some((id.gvk.kind.to_string(), name.to_owned()))
    });
    matching.by_content();
    let Matching { old_of, is_taken, .. } = matching;
    let pairs = old_of.into_iter().enumerate().map(|(new, old)| (old, Some(new)));
    let gone = is_taken.iter().enumerate().filter(|(_, taken)| !**taken).map(|(old, _)| (Some(old), None));
    pairs.chain(gone).collect()
}

fn namespace(id: &ResId) -> String {
    id.effective_namespace().to_owned()
}

struct Matching<'m, 's> {
    old_of: Vec<Option<usize>>,
    is_taken: Vec<bool>,
    old: &'m [SideObject<'s>],
    new: &'m [SideObject<'s>],
}

impl Matching<'_, '_> {
    /// Pairs what is left and has the same key; where several have it: one after the other, or not at all.
    fn by<K: Hash + Eq>(&mut self, pairs_repeated: bool, key: impl Fn(&ResId) -> Option<K>) {
        let mut left: FxHashMap<K, (Vec<usize>, Vec<usize>)> = FxHashMap::default();
        for (at, object) in self.old.iter().enumerate() {
            if self.is_taken.get(at) == Some(&false)
                && let Some(key) = key(&object.resource.id)
            {
                left.entry(key).or_default().0.push(at);
            }
        }
        if left.is_empty() {
            return;
        }
        let mut order: Vec<usize> = Vec::new();
        for (at, object) in self.new.iter().enumerate() {
            if self.old_of.get(at) == Some(&None)
                && let Some(key) = key(&object.resource.id)
                && let Some(entry) = left.get_mut(&key)
            {
                entry.1.push(at);
                order.push(at);
            }
        }
        for at in order {
            let Some(key) = self.new.get(at).and_then(|object| key(&object.resource.id)) else { continue };
            let Some((old, new)) = left.get(&key) else { continue };
            let is_single = old.len() == 1 && new.len() == 1;
            let nth = new.iter().position(|&position| position == at);
            if let Some(&old) = nth.filter(|_| is_single || pairs_repeated).and_then(|nth| old.get(nth)) {
                self.tie(old, at);
            }
        }
    }

    fn tie(&mut self, old: usize, new: usize) {
        if let (Some(slot), Some(taken)) = (self.old_of.get_mut(new), self.is_taken.get_mut(old)) {
            *slot = Some(old);
            *taken = true;
        }
    }

    /// Pairs what is left of a kind by what it holds: renamed objects.
    fn by_content(&mut self) {
        let kind = |object: &SideObject<'_>| {
            let gvk = &object.resource.id.gvk;
            (gvk.kind.to_string(), gvk.group.to_string())
        };
        let mut kinds: BTreeMap<(String, String), (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (at, object) in self.old.iter().enumerate().filter(|&(at, _)| self.is_taken.get(at) == Some(&false)) {
            kinds.entry(kind(object)).or_default().0.push(at);
        }
        for (at, object) in self.new.iter().enumerate().filter(|&(at, _)| self.old_of.get(at) == Some(&None)) {
            if let Some((_, new)) = kinds.get_mut(&kind(object)) {
                new.push(at);
            }
        }
        for (old, new) in kinds.into_values() {
            if !new.is_empty() && old.len() <= ALIKE_MAX && new.len() <= ALIKE_MAX {
                self.by_likeness(&old, &new);
            }
        }
    }

    /// Pairs the objects that have most in common first.
    fn by_likeness(&mut self, old: &[usize], new: &[usize]) {
        let leaves =
            |objects: &[SideObject<'_>], at: usize| objects.get(at).map(|object| leaves(object)).unwrap_or_default();
        let old_leaves: Vec<Vec<String>> = old.iter().map(|&at| leaves(self.old, at)).collect();
        let new_leaves: Vec<Vec<String>> = new.iter().map(|&at| leaves(self.new, at)).collect();
        let mut scores: Vec<(usize, usize, usize)> = Vec::new();
        for (&old, a) in old.iter().zip(&old_leaves) {
            for (&new, b) in new.iter().zip(&new_leaves) {
                let n_same = n_common(a, b);
                let share = n_same as f64 / a.len().max(b.len()).max(1) as f64;
                let is_empty = a.is_empty() && b.is_empty();
                if n_same > 0 && share >= ALIKE_SHARE && !is_empty {
                    scores.push(((share * 1e6) as usize, old, new));
                }
            }
        }
        scores.put_in_order(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        for (_, old, new) in scores {
            if self.is_taken.get(old) == Some(&false) && self.old_of.get(new) == Some(&None) {
                self.tie(old, new);
            }
        }
    }
}

/// Returns the values of an object with their paths, without what names it, sorted.
fn leaves(object: &SideObject<'_>) -> Vec<String> {
    let explained = crate::explain::Object { resource: object.resource, removed_by: None };
    let tree = &object.resource.tree;
    let mut leaves: Vec<String> = Vec::new();
    for (path, node) in explained.leaves() {
        let path = crate::explain::show_path(&path);
        if !matches!(path.as_str(), "metadata.name" | "metadata.namespace" | "apiVersion" | "kind") {
            leaves.push(format!("{path}={}", tree.text(node)));
        }
    }
    leaves.put_in_own_order();
    leaves
}

/// Returns how many entries two sorted lists have in common.
fn n_common(a: &[String], b: &[String]) -> usize {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut n = 0;
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => _ = a.next(),
            std::cmp::Ordering::Greater => _ = b.next(),
            std::cmp::Ordering::Equal => {
                n += 1;
                a.next();
                b.next();
            }
        }
    }
    n
}

/// Returns the names with hashes that are other ones on the new side.
pub(super) fn renamed(old: &[SideObject<'_>], new: &[SideObject<'_>], pairs: &[Pair]) -> FxHashMap<String, String> {
    let mut renamed = FxHashMap::default();
    for (old_at, new_at) in pairs {
        let both = old_at.and_then(|at| old.get(at)).zip(new_at.and_then(|at| new.get(at)));
        let Some((old, new)) = both.map(|(old, new)| (&old.resource.id, &new.resource.id)) else { continue };
        let (before, after) = (without_hash(old, &old.name), without_hash(new, &new.name));
        if before.is_some() && before == after && old.name != new.name {
            renamed.insert(old.name.to_string(), new.name.to_string());
        }
    }
    renamed
}
