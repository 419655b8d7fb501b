//! Who can be referred to: the renamed objects of a build, by a name and a kind they had and the namespace they have.
//!
//! Buckets hold objects that differ only in prefix, suffix or version. There can be hundreds (one base for many tenants),
//! so big buckets are divided by the affixes that were added last; which object is meant is `name_reference`'s decision.

use crate::diagnostic::{Code, Diagnostic, Result};
use crate::resmap::ResMap;
use crate::resource::{DEFAULT_NAMESPACE, NO_NAMESPACE, Resource};
use crate::sorting::Sorting;
use crate::yaml::resolve::effective_tag;
use crate::yaml::tree::Tag;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::OnceCell;
use std::sync::Arc;

/// Buckets of at most this size are searched as they are.
const SMALL: usize = 8;

/// A name, a kind and an effective namespace; the latter two are empty for any.
type Key = (Arc<str>, Arc<str>, Arc<str>);

/// The renamed objects of a build.
pub(super) struct Index {
    in_namespace: FxHashMap<Key, Bucket>,
    /// For referring objects that are cluster-scoped, which most builds do not have.
    anywhere: OnceCell<FxHashMap<Key, Bucket>>,
    /// Whether look-ups without a kind will come.
    any_kind: bool,
    /// Effective namespace any object of the build had at first, effective one it has now.
    original_namespaces: FxHashSet<(Arc<str>, Arc<str>)>,
    /// The same with the namespace as it is written now.
    original_written_namespaces: FxHashSet<(Arc<str>, Arc<str>)>,
    /// Effective namespaces any object had at first.
    all_original_namespaces: FxHashSet<Arc<str>>,
    no_namespace: Arc<str>,
    none: Arc<str>,
}

/// Positions of objects, in order.
#[derive(Default)]
struct Bucket {
    all: Vec<usize>,
    /// By the last prefix, empty for none. Only big buckets are divided.
    by_prefix: FxHashMap<Arc<str>, Vec<usize>>,
    /// By the last suffix, empty for none.
    by_suffix: FxHashMap<Arc<str>, Vec<usize>>,
}

impl Index {
    pub(super) fn new(resmap: &ResMap, any_kind: bool) -> Index {
        let mut index = Index {
            in_namespace: FxHashMap::default(),
            anywhere: OnceCell::new(),
            any_kind,
            original_namespaces: FxHashSet::default(),
            original_written_namespaces: FxHashSet::default(),
            all_original_namespaces: FxHashSet::default(),
            no_namespace: NO_NAMESPACE.into(),
            none: "".into(),
        };
        let default: Arc<str> = DEFAULT_NAMESPACE.into();
        for resource in resmap.iter() {
            let current = index.effective_namespace(resource, &default);
            let original: Arc<str> = resource.original_id().effective_namespace().into();
            index.original_namespaces.insert((Arc::clone(&original), current));
            index.original_written_namespaces.insert((Arc::clone(&original), Arc::clone(&resource.id.namespace)));
            index.all_original_namespaces.insert(original);
        }
        index.in_namespace = index.buckets(resmap, |resource| index.effective_namespace(resource, &default));
        index
    }

    fn effective_namespace(&self, resource: &Resource, default: &Arc<str>) -> Arc<str> {
        match resource.id.effective_namespace() {
            NO_NAMESPACE => Arc::clone(&self.no_namespace),
            DEFAULT_NAMESPACE => Arc::clone(default),
            _ => Arc::clone(&resource.id.namespace),
        }
    }

    fn buckets(&self, resmap: &ResMap, namespace: impl Fn(&Resource) -> Arc<str>) -> FxHashMap<Key, Bucket> {
        let mut buckets: FxHashMap<Key, Bucket> = FxHashMap::default();
        for (position, resource) in resmap.iter().enumerate() {
            if resource.previous.is_empty() {
                continue;
            }
            let namespace = namespace(resource);
            let mut enter = |name: &Arc<str>, kind: &Arc<str>| {
                let key = (Arc::clone(name), Arc::clone(kind), Arc::clone(&namespace));
                let bucket = buckets.entry(key).or_default();
                if bucket.all.last() != Some(&position) {
                    bucket.all.push(position);
                }
            };
            // The reference asks for the name and for the type separately: they need not have been had together.
            let mut kinds: Vec<&Arc<str>> = Vec::new();
            for typed in &resource.previous {
                if !kinds.contains(&&typed.kind) {
                    kinds.push(&typed.kind);
                }
            }
            for named in &resource.previous {
                kinds.iter().for_each(|kind| enter(&named.name, kind));
                if self.any_kind {
                    enter(&named.name, &self.none);
                }
            }
        }
        // Each bucket is completed by itself; the order does not matter.
        #[allow(clippy::iter_over_hash_type)]
        for bucket in buckets.values_mut().filter(|bucket| bucket.all.len() > SMALL) {
            for &position in &bucket.all {
                let resource = resmap.get(position);
                bucket.by_prefix.entry(last(&resource.prefixes)).or_default().push(position);
                bucket.by_suffix.entry(last(&resource.suffixes)).or_default().push(position);
            }
        }
        buckets
    }
}

fn last(affixes: &[Arc<str>]) -> Arc<str> {
    affixes.last().cloned().unwrap_or_default()
}

impl Bucket {
    /// Appends the objects that `is_wanted`, as far as they can matter to an object with the given last affixes.
    ///
    /// Those whose affixes rule them out matter only by their number: whether there is none, one, or more than one.
    fn search(&self, prefix: &str, suffix: &str, is_wanted: impl Fn(usize) -> bool, found: &mut Vec<usize>) {
        let (groups, affix) = match (prefix, suffix) {
            ("", "") => (None, ""),
            ("", suffix) => (Some(&self.by_suffix), suffix),
            (prefix, _) => (Some(&self.by_prefix), prefix),
        };
        let Some(groups) = groups.filter(|groups| !groups.is_empty()) else {
            found.extend(self.all.iter().copied().filter(|&position| is_wanted(position)));
            return;
        };
        // Objects without an affix go with any.
        let near = [affix, ""].into_iter().filter_map(|affix| groups.get(affix)).flatten().copied();
        let mut near: Vec<usize> = near.filter(|&position| is_wanted(position)).collect();
        near.put_in_own_order_unstable();
        let others = self.all.iter().copied().filter(|position| near.binary_search(position).is_err());
        found.extend(others.filter(|&position| is_wanted(position)).take(2));
        found.extend(near);
    }
}

/// What a referring object can see (upstream `SubsetThatCouldBeReferencedByResource`).
pub(super) struct View<'i> {
    index: &'i Index,
    is_cluster_scoped: bool,
    namespace: Arc<str>,
    prefix: Arc<str>,
    suffix: Arc<str>,
    /// Namespaces of the service accounts that a role binding names, as written.
    binding_namespaces: Vec<Arc<str>>,
}

impl<'i> View<'i> {
    pub(super) fn new(resource: &Resource, index: &'i Index) -> Result<View<'i>> {
        let is_cluster_scoped = resource.id.gvk.is_cluster_scoped();
        let is_binding = !is_cluster_scoped && &*resource.id.gvk.kind == "RoleBinding";
        Ok(View {
            index,
            is_cluster_scoped,
            namespace: resource.id.effective_namespace().into(),
            prefix: last(&resource.prefixes),
            suffix: last(&resource.suffixes),
            binding_namespaces: if is_binding { service_account_namespaces(resource)? } else { Vec::new() },
        })
    }

    /// Returns the positions of objects in sight that once had a name and a kind (empty for any), and are wanted, in order.
    ///
    /// Objects whose affixes rule them out are only represented, by up to two of them.
    pub(super) fn find(
        &self,
        resmap: &ResMap,
        name: &str,
        kind: &str,
        is_wanted: impl Fn(&Resource) -> bool,
    ) -> Vec<usize> {
        let index = self.index;
        let (name, kind): (Arc<str>, Arc<str>) = (name.into(), kind.into());
        let mut found = Vec::new();
        let mut search = |buckets: &FxHashMap<Key, Bucket>, namespace: &Arc<str>, written: Option<&str>| {
            let key = (Arc::clone(&name), Arc::clone(&kind), Arc::clone(namespace));
            let Some(bucket) = buckets.get(&key) else { return };
            let is_wanted = |position: usize| {
                let resource = resmap.get(position);
                written.is_none_or(|written| *resource.id.namespace == *written) && is_wanted(resource)
            };
            bucket.search(&self.prefix, &self.suffix, is_wanted, &mut found);
        };
        if self.is_cluster_scoped {
            let anywhere = index.anywhere.get_or_init(|| index.buckets(resmap, |_| Arc::clone(&index.none)));
            search(anywhere, &index.none, None);
        } else {
            search(&index.in_namespace, &self.namespace, None);
            search(&index.in_namespace, &index.no_namespace, None);
            for namespace in &self.binding_namespaces {
                let effective = if namespace.is_empty() { &Arc::from(DEFAULT_NAMESPACE) } else { namespace };
                search(&index.in_namespace, effective, Some(namespace));
            }
        }
        found.put_in_own_order_unstable();
        found.dedup();
        found
    }

    /// Returns whether any object in sight had an effective namespace at first.
    pub(super) fn has_original_namespace(&self, namespace: &str) -> bool {
        if namespace == NO_NAMESPACE {
            return false;
        }
        let index = self.index;
        if self.is_cluster_scoped {
            return index.all_original_namespaces.contains(namespace);
        }
        let original: Arc<str> = namespace.into();
        let pair = |current: &Arc<str>| (Arc::clone(&original), Arc::clone(current));
        index.original_namespaces.contains(&pair(&self.namespace))
            || index.original_namespaces.contains(&pair(&index.no_namespace))
            || self.binding_namespaces.iter().any(|name| index.original_written_namespaces.contains(&pair(name)))
    }
}

fn service_account_namespaces(resource: &Resource) -> Result<Vec<Arc<str>>> {
    let tree = &resource.tree;
    let Some(subjects) = tree.get(tree.root(), "subjects") else { return Ok(Vec::new()) };
    let mut namespaces: Vec<Arc<str>> = Vec::new();
    for subject in tree.items(subjects) {
        let kind = tree.get(subject, "kind").filter(|&node| tree.is_scalar(node));
        let Some(namespace) = tree.get(subject, "namespace") else { continue };
        if kind.map(|node| tree.text(node)) != Some("ServiceAccount") {
            continue;
        }
        if !tree.is_scalar(namespace) || effective_tag(tree, namespace) != Tag::Str {
            let message = format!("the namespace of a subject of `{}` is not a string", resource.short_name());
            return Err(Diagnostic::error(Code::TransformFailed, message)
                .at(tree.place(namespace), "")
                .note(format!("the object is `{}`", resource.id))
                .help("name the namespace of the service account, or leave the field out"));
        }
        namespaces.push(tree.text(namespace).into());
    }
    namespaces.put_in_own_order_unstable();
    namespaces.dedup();
    Ok(namespaces)
}
