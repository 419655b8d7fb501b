//! The order in which objects are printed.

use crate::diagnostic::{Code, Diagnostic, Result};
use crate::kustomization::{LegacySortOptions, SortOptions};
use crate::resmap::ResMap;
use crate::resource::{Gvk, ResId};
use crate::schema::kind_order::{ORDER_FIRST, ORDER_LAST};
use crate::sorting::Sorting;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::sync::Arc;

/// Puts the objects into the order that a kustomization asks for.
pub(crate) fn apply(resmap: &mut ResMap, options: &SortOptions) -> Result<()> {
    let order = options.order.as_ref();
    match order.map_or("", |order| order.value.as_str()) {
        "legacy" => {
            legacy(resmap, options.legacy.as_ref());
            Ok(())
        }
        "fifo" if options.legacy.is_none() => Ok(()),
        "fifo" => {
            let message = "`sortOptions.legacySortOptions` is set but `sortOptions.order` is `fifo`";
            Err(Diagnostic::error(Code::InvalidField, message)
                .at(Some(options.place), "")
                .help("remove `legacySortOptions`, or set `order: legacy`"))
        }
        text => {
            let message = match text {
                "" => "`sortOptions.order` is missing".to_owned(),
                text => format!("`sortOptions.order` is `{text}`"),
            };
            Err(Diagnostic::error(Code::InvalidField, message)
                .at(Some(order.map_or(options.place, |order| order.place)), "")
                .help("set it to `fifo` or `legacy`"))
        }
    }
}

/// Puts the objects into the legacy order: by kind, then by name; with lists of kinds, or the built-in ones.
pub(crate) fn legacy(resmap: &mut ResMap, options: Option<&LegacySortOptions>) {
    let ranks = match options {
        Some(options) => {
            ranks(options.order_first.iter().map(String::as_str), options.order_last.iter().map(String::as_str))
        }
        None => ranks(ORDER_FIRST.iter().copied(), ORDER_LAST.iter().copied()),
    };
    let mut list: Vec<_> = resmap.iter().cloned().collect();
    if ranks.get("Namespace").is_none_or(|&rank| rank == 0) && list.len() <= INSERTED_MAX {
        for end in 1..list.len() {
            for at in (1..=end).rev() {
                if !list.get(at).zip(list.get(at - 1)).is_some_and(|(b, a)| is_less(&b.id, &a.id, &ranks)) {
                    break;
                }
                list.swap(at, at - 1);
            }
        }
    } else {
        let keys: Vec<Key<'_>> = list.iter().map(|resource| key(&resource.id, &ranks)).collect();
        let mut order: Vec<usize> = (0..list.len()).collect();
        order.put_in_order(|&a, &b| keys[a].compare(&keys[b]));
        list = order.into_iter().map(|at| Arc::clone(&list[at])).collect();
    }
    resmap.reorder(list);
}

/// Go sorts lists up to this length by insertion. That shows where the order contradicts itself: a core Namespace comes
/// before those of other groups, which may come before a third object that the core one comes behind.
const INSERTED_MAX: usize = 12;

/// Compares two objects as the reference does (upstream `gvkLessThan`).
fn is_less(a: &ResId, b: &ResId, ranks: &FxHashMap<&str, isize>) -> bool {
    let (a_key, b_key) = (key(a, ranks), key(b, ranks));
    if a.gvk == b.gvk {
        return a_key.compare_ids(&b_key).is_lt();
    }
    if a_key.rank != b_key.rank {
        return a_key.rank < b_key.rank;
    }
    let are_namespaces = [a, b].iter().all(|id| &*id.gvk.kind == "Namespace");
    if are_namespaces && [a, b].iter().any(|id| id.gvk.group.is_empty()) {
        return a_key.compare_types(&b_key).is_gt();
    }
    a_key.compare_types(&b_key).is_lt()
}

/// Ranks kinds: below zero come first, above zero last. A kind that is listed twice has its last rank.
fn ranks<'k>(
    first: impl ExactSizeIterator<Item = &'k str>,
    last: impl Iterator<Item = &'k str>,
) -> FxHashMap<&'k str, isize> {
    let n_first = first.len() as isize;
    let first = first.enumerate().map(|(index, kind)| (kind, index as isize - n_first));
    first.chain(last.enumerate().map(|(index, kind)| (kind, index as isize + 1))).collect()
}

/// What objects are compared by; everything is compared bytewise.
///
/// Absent parts are the reference's marks, which sort after letters: named groups come before the core group. Only for the
/// kind `Namespace` the core group comes first, and its versions in reverse (upstream `gvkLessThan`).
struct Key<'r> {
    rank: isize,
    id: &'r ResId,
}

fn key<'r>(id: &'r ResId, ranks: &FxHashMap<&str, isize>) -> Key<'r> {
    Key { rank: ranks.get(&*id.gvk.kind).copied().unwrap_or(0), id }
}

impl Key<'_> {
    fn compare(&self, other: &Key<'_>) -> Ordering {
        let by_rank = self.rank.cmp(&other.rank);
        by_rank
            .then_with(|| self.compare_namespaces(other))
            .then_with(|| self.compare_types(other))
            .then_with(|| self.compare_ids(other))
    }

    /// A rank other than zero belongs to one kind alone, so that the rule for namespaces orders nothing else.
    fn compare_namespaces(&self, other: &Key<'_>) -> Ordering {
        if self.rank == 0 || &*self.id.gvk.kind != "Namespace" {
            return Ordering::Equal;
        }
        match (self.id.gvk.group.is_empty(), other.id.gvk.group.is_empty()) {
            (true, true) => other.compare_types(self),
            (is_core, is_other_core) => is_other_core.cmp(&is_core),
        }
    }

    fn compare_types(&self, other: &Key<'_>) -> Ordering {
        compare_joined(types(self.id), types(other.id))
    }

    fn compare_ids(&self, other: &Key<'_>) -> Ordering {
        compare_joined(names(self.id), names(other.id))
    }
}

fn types(id: &ResId) -> [&str; 5] {
    let Gvk { group, version, kind, .. } = &id.gvk;
    [or(group, "~G"), "_", or(version, "~V"), "_", or(kind, "~K")]
}

fn names(id: &ResId) -> [&str; 9] {
    let Gvk { group, version, kind, .. } = &id.gvk;
    let (namespace, name) = (or(&id.namespace, "~X"), or(&id.name, "~N"));
    [or(kind, "[noKind]"), ".", or(version, "[noVer]"), ".", or(group, "[noGrp]"), "|", namespace, "|", name]
}

/// Compares two texts that are given in parts, as if they were joined.
fn compare_joined<const N: usize>(a: [&str; N], b: [&str; N]) -> Ordering {
    let Some(at) = (0..N).find(|&at| a[at] != b[at]) else { return Ordering::Equal };
    let n_common = a[at].len().min(b[at].len());
    let by_part = a[at].as_bytes()[..n_common].cmp(&b[at].as_bytes()[..n_common]);
    // Where one part begins with the other, what stands behind it decides.
    by_part.then_with(|| {
        let rest_of_b = b.into_iter().skip(at).flat_map(str::bytes);
        a.into_iter().skip(at).flat_map(str::bytes).cmp(rest_of_b)
    })
}

fn or<'t>(text: &'t str, mark: &'t str) -> &'t str {
    if text.is_empty() { mark } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::resource::Resource;
    use crate::source::{Sensitivity, Sources};
    use crate::yaml::read::read_documents;

    /// Namespaces of several groups among more objects than are sorted by insertion: the reference's answer depends on how
    /// its sort proceeds, ours on the objects alone.
    #[test]
    fn many_objects_among_namespaces_of_several_groups_have_one_order() {
        let types = ["v1", "a.example/v1", "z.example/v1"];
        let kinds = ["Namespace", "Account", "Shop"];
        let ids = |kind| types.into_iter().map(move |version| (version, kind));
        let mut objects: Vec<_> = kinds
            .into_iter()
            .flat_map(ids)
            .flat_map(|(version, kind)| ["one", "two"].map(|name| (version, kind, name)))
            .collect();
        assert!(objects.len() > INSERTED_MAX);
        let options = LegacySortOptions { order_first: Vec::new(), order_last: vec!["Shop".to_owned()] };
        let mut orders = Vec::new();
        for turn in 0..objects.len() {
            objects.rotate_left(1);
            if turn % 3 == 0 {
                objects.reverse();
            }
            let documents = objects.iter().map(|(version, kind, name)| {
                format!("---\napiVersion: {version}\nkind: {kind}\nmetadata:\n  name: {name}\n")
            });
            let source = Sources::default().add("r.yaml", documents.collect(), Sensitivity::Yaml, None);
            let mut resmap = ResMap::default();
            for tree in read_documents(&source, &Limits::default()).expect("the text is YAML") {
                resmap.append(Arc::new(Resource::new(Arc::new(tree)))).expect("identities differ");
            }
            legacy(&mut resmap, Some(&options));
            orders.push(resmap.iter().map(|resource| resource.id.to_string()).collect::<Vec<_>>());
        }
        orders.dedup();
        assert_eq!(orders.len(), 1, "{orders:#?}");
    }
}
