//! The ordered set of resources of a build, indexed by identity.
//!
//! No two resources have the same current identity. Look-ups go through an index of kind and name over current *and*
//! former identities, so that no patch, reference or append scans all resources; names that stand in many namespaces are
//! indexed by namespace too. Resources are shared between builds until they are written to.

use crate::resource::{ResId, Resource};
use crate::schema::custom_lists::CustomLists;
use crate::schema::in_force::InForce;
use crate::sorting::Sorting;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::Arc;

/// An ordered set of resources.
#[derive(Clone, Debug, Default)]
pub struct ResMap {
    list: Vec<Arc<Resource>>,
    /// (kind, name) → positions. A superset: what is found is verified, so that entries may be stale.
    index: FxHashMap<(Arc<str>, Arc<str>), Bucket>,
    /// The user's own schemas that hold, if any.
    in_force: Option<Arc<InForce>>,
    /// What is known of lists in custom resources, where patches are applied.
    custom_lists: Option<Arc<CustomLists>>,
    /// A replacement wrote a name or a type: identities may not be unique any more.
    may_repeat: bool,
}

/// Buckets of at most this size are searched as they are.
const SMALL: usize = 16;

/// Positions of resources that have, or had, one kind and one name; each list is in order, without repetitions.
#[derive(Clone, Debug, Default)]
struct Bucket {
    all: Vec<u32>,
    /// The same by effective namespace; empty for small buckets.
    by_namespace: FxHashMap<Arc<str>, Vec<u32>>,
}

impl Bucket {
    fn insert(&mut self, position: u32, list: &[Arc<Resource>]) {
        insert(&mut self.all, position);
        if !self.by_namespace.is_empty() {
            self.divide(position, list);
        } else if self.all.len() > SMALL {
            for at in 0..self.all.len() {
                self.divide(self.all[at], list);
            }
        }
    }

    /// Enters a position under all namespaces that its resource has or had.
    fn divide(&mut self, position: u32, list: &[Arc<Resource>]) {
        let resource = &list[position as usize];
        let mut enter = |namespace: &str| match self.by_namespace.get_mut(namespace) {
            Some(positions) => insert(positions, position),
            None => drop(self.by_namespace.insert(namespace.into(), vec![position])),
        };
        enter(resource.id.effective_namespace());
        resource.previous_ids().for_each(|id| enter(id.effective_namespace()));
    }

    /// Returns the positions of the resources that may have, or may have had, an identity.
    fn find(&self, id: &ResId) -> &[u32] {
        match self.by_namespace.is_empty() {
            true => &self.all,
            false => self.by_namespace.get(id.effective_namespace()).map_or(&[], Vec::as_slice),
        }
    }
}

fn insert(positions: &mut Vec<u32>, position: u32) {
    if positions.last().is_none_or(|&last| last < position) {
        positions.push(position);
    } else if let Err(at) = positions.binary_search(&position) {
        positions.insert(at, position);
    }
}

impl IntoIterator for ResMap {
    type Item = Arc<Resource>;
    type IntoIter = std::vec::IntoIter<Arc<Resource>>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl ResMap {
    /// Returns the number of resources.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Iterates in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Resource>> + ExactSizeIterator {
        self.list.iter()
    }

    /// Returns a resource by position.
    pub fn get(&self, position: usize) -> &Arc<Resource> {
        &self.list[position]
    }

    /// Returns a resource for writing; it is copied first if it is shared. Call [`ResMap::reindex`] if its identity changed.
    pub fn get_mut(&mut self, position: usize) -> &mut Resource {
        Arc::make_mut(&mut self.list[position])
    }

    /// Appends a resource; gives it back with the position of the one that has its current identity already.
    pub fn append(&mut self, resource: Arc<Resource>) -> Result<usize, (Arc<Resource>, usize)> {
        if let Some(position) = self.find_current(&resource.id) {
            return Err((resource, position));
        }
        let position = self.list.len();
        self.list.push(resource);
        self.index_at(position);
        Ok(position)
    }

    /// Returns the user's own schemas that hold; `None` where only the built-in one does.
    pub fn in_force(&self) -> Option<&Arc<InForce>> {
        self.in_force.as_ref()
    }

    /// Sets the user's own schemas, which also say which types are cluster-scoped.
    pub fn set_in_force(&mut self, in_force: &Arc<InForce>) {
        if self.in_force.as_ref().is_none_or(|present| !Arc::ptr_eq(present, in_force)) {
            self.in_force = Some(Arc::clone(in_force));
            self.rebuild();
        }
    }

    /// Returns what is known of lists in custom resources.
    pub fn custom_lists(&self) -> Option<&Arc<CustomLists>> {
        self.custom_lists.as_ref()
    }

    /// Says what is known of lists in custom resources from now on.
    pub(crate) fn set_custom_lists(&mut self, custom_lists: Option<Arc<CustomLists>>) {
        self.custom_lists = custom_lists;
    }

    /// Returns an identity with what the user's own schemas say about its type.
    fn declared<'i>(&self, id: &'i ResId) -> Cow<'i, ResId> {
        match &self.in_force {
            Some(in_force) if !id.gvk.is_declared(in_force.is_cluster_scoped(&id.gvk)) => {
                let mut id = id.clone();
                id.gvk.declare(in_force.is_cluster_scoped(&id.gvk));
                Cow::Owned(id)
            }
            _ => Cow::Borrowed(id),
        }
    }

    /// Returns the position of the resource with a current identity.
    pub fn find_current(&self, id: &ResId) -> Option<usize> {
        let id = &*self.declared(id);
        self.bucket(id).find(|&position| self.list[position].id.is_same(id))
    }

    /// Returns the positions of the resources whose current or a former identity is the given one, in order.
    pub fn find_any(&self, id: &ResId) -> Vec<usize> {
        let id = &*self.declared(id);
        self.bucket(id).filter(|&position| self.list[position].is_any(id)).collect()
    }

    /// Returns the positions of resources that have, or may once have had, a kind and a name, in order. Verify them.
    pub fn find_named(&self, kind: &str, name: &str) -> Vec<usize> {
        let positions = self.index.get(&(kind.into(), name.into())).into_iter().flat_map(|bucket| &bucket.all);
        positions.map(|&position| position as usize).collect()
    }

    /// Enters a resource's identities into the index after they changed.
    pub fn reindex(&mut self, position: usize) {
        self.index_at(position);
    }

    /// Reads a resource's identity from its tree again and enters it into the index.
    ///
    /// Former identities were current ones before and stand in the index already, unless the type changed: they take group
    /// and version, and with them their namespace, from the current one.
    pub fn refresh(&mut self, position: usize) {
        let resource = Arc::make_mut(&mut self.list[position]);
        let before = resource.id.clone();
        resource.refresh_id();
        if resource.id.gvk != before.gvk {
            self.index_at(position);
        } else if resource.id != before {
            let key = (Arc::clone(&resource.id.gvk.kind), Arc::clone(&resource.id.name));
            self.index.entry(key).or_default().insert(position as u32, &self.list);
        }
    }

    /// Like [`ResMap::refresh`], for a new identity that another resource may have: nobody looks before the resources are
    /// appended to others ([`ResMap::find_repeated`]).
    pub(crate) fn refresh_unchecked(&mut self, position: usize) {
        self.refresh(position);
        self.may_repeat = true;
    }

    /// Returns the first two positions with the same current identity, which only [`ResMap::refresh_unchecked`] allows.
    pub(crate) fn find_repeated(&self) -> Option<(usize, usize)> {
        if self.may_repeat { self.find_conflict() } else { None }
    }

    /// Replaces the resource at a position.
    pub fn replace(&mut self, position: usize, resource: Arc<Resource>) {
        self.list[position] = resource;
        self.index_at(position);
    }

    /// Removes the resources at the given positions.
    pub fn remove(&mut self, positions: &[usize]) {
        if positions.is_empty() {
            return;
        }
        let mut sorted = positions.to_vec();
        sorted.put_in_own_order_unstable();
        sorted.dedup();
        let mut position = 0;
        self.list.retain(|_| {
            position += 1;
            sorted.binary_search(&(position - 1)).is_err()
        });
        // Each list is shifted by itself; the order does not matter. That is much cheaper than to index all anew.
        let shift = |positions: &mut Vec<u32>| {
            positions.retain_mut(|position| match sorted.binary_search(&(*position as usize)) {
                Ok(_) => false,
                Err(n_before) => {
                    *position -= n_before as u32;
                    true
                }
            });
        };
        #[allow(clippy::iter_over_hash_type)]
        for bucket in self.index.values_mut() {
            shift(&mut bucket.all);
            bucket.by_namespace.values_mut().for_each(shift);
        }
    }

    /// Puts the resources into another order.
    pub fn reorder(&mut self, list: Vec<Arc<Resource>>) {
        self.list = list;
        self.rebuild();
    }

    /// Returns the first two positions that have the same current identity, if any; every other way in keeps them apart.
    pub fn find_conflict(&self) -> Option<(usize, usize)> {
        (0..self.list.len()).find_map(|position| {
            let id = &self.list[position].id;
            let first = self.bucket(id).filter(|&other| self.list[other].id.is_same(id)).min()?;
            (first != position).then_some((first, position))
        })
    }

    fn bucket<'a>(&'a self, id: &ResId) -> impl Iterator<Item = usize> + use<'a> {
        let key = (Arc::clone(&id.gvk.kind), Arc::clone(&id.name));
        self.index.get(&key).map_or(&[][..], |bucket| bucket.find(id)).iter().map(|&position| position as usize)
    }

    fn index_at(&mut self, position: usize) {
        if let Some(in_force) = &self.in_force {
            let resource = &mut self.list[position];
            let is_cluster_scoped = in_force.is_cluster_scoped(&resource.id.gvk);
            if !resource.id.gvk.is_declared(is_cluster_scoped) {
                Arc::make_mut(resource).id.gvk.declare(is_cluster_scoped);
            }
        }
        let resource = &self.list[position];
        let id = &resource.id;
        let current = (Arc::clone(&id.gvk.kind), Arc::clone(&id.name));
        let former = resource.previous.iter().map(|id| (Arc::clone(&id.kind), Arc::clone(&id.name)));
        // The current kind with the first name, for patch targets, which match kind and original name independently.
        let original = resource.previous.first().map(|first| (Arc::clone(&id.gvk.kind), Arc::clone(&first.name)));
        for key in std::iter::once(current).chain(former).chain(original) {
            self.index.entry(key).or_default().insert(position as u32, &self.list);
        }
    }

    fn rebuild(&mut self) {
        self.index.clear();
        for position in 0..self.list.len() {
            self.index_at(position);
        }
    }
}
