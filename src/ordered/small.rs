//! A map and a set with the names and methods of the standard library's, as far as the engine uses them.

use super::index::{Index, Slot, Walk};
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Bound, RangeBounds};

/// A map in the order of its keys.
#[derive(Clone)]
pub struct BTreeMap<K, V> {
    /// In the order in which they came; a place that is empty is taken again.
    entries: Vec<Option<(K, V)>>,
    free: Vec<u32>,
    index: Index,
}

impl<K, V> BTreeMap<K, V> {
    /// Makes an empty map.
    pub fn new() -> Self {
        BTreeMap { entries: Vec::new(), free: Vec::new(), index: Index::default() }
    }

    /// Counts the entries.
    pub fn len(&self) -> usize {
        self.entries.len() - self.free.len()
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Goes through the entries.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { entries: &self.entries, walk: self.index.walk() }
    }

    /// Goes through the keys.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// Goes through the values.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.iter().map(|(_, value)| value)
    }

    /// Takes the values.
    pub fn into_values(self) -> impl Iterator<Item = V> {
        self.into_iter().map(|(_, value)| value)
    }

    /// Takes the keys.
    pub fn into_keys(self) -> impl Iterator<Item = K> {
        self.into_iter().map(|(key, _)| key)
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        *self = BTreeMap::new();
    }

    fn entry_at(&self, number: u32) -> Option<&(K, V)> {
        self.entries.get(number as usize)?.as_ref()
    }

    fn take(&mut self, slot: Slot, number: u32) -> Option<(K, V)> {
        self.index.remove(slot);
        self.free.push(number);
        self.entries.get_mut(number as usize)?.take()
    }

    fn put(&mut self, slot: Slot, entry: (K, V)) -> u32 {
        let number = self.free.pop().unwrap_or(self.entries.len() as u32);
        match self.entries.get_mut(number as usize) {
            Some(free) => *free = Some(entry),
            None => self.entries.push(Some(entry)),
        }
        self.index.insert(slot, number);
        number
    }

    /// Keeps the entries that a test wants.
    pub fn retain(&mut self, mut test: impl FnMut(&K, &mut V) -> bool) {
        let (entries, free) = (&mut self.entries, &mut self.free);
        self.index.retain(&mut |number| {
            let Some(slot) = entries.get_mut(number as usize) else { return false };
            let keeps = slot.as_mut().is_some_and(|(key, value)| test(key, value));
            if !keeps {
                *slot = None;
                free.push(number);
            }
            keeps
        });
    }
}

impl<K: Ord, V> BTreeMap<K, V> {
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<(Slot, u32), Slot>
    where
        K: Borrow<Q>,
    {
        self.index
            .find(&mut |number| self.entry_at(number).map_or(Ordering::Less, |(other, _)| other.borrow().cmp(key)))
    }

    /// Returns the value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        Some(&self.entry_at(self.find(key).ok()?.1)?.1)
    }

    /// Returns the value of a key, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let number = self.find(key).ok()?.1;
        Some(&mut self.entries.get_mut(number as usize)?.as_mut()?.1)
    }

    /// Returns whether there is a key.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_ok()
    }

    /// Sets the value of a key, and returns what it was.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok((_, number)) => {
                let entry = self.entries.get_mut(number as usize)?.as_mut()?;
                Some(std::mem::replace(&mut entry.1, value))
            }
            Err(slot) => {
                self.put(slot, (key, value));
                None
            }
        }
    }

    /// Removes a key, and returns its value.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let (slot, number) = self.find(key).ok()?;
        self.take(slot, number).map(|(_, value)| value)
    }

    /// Returns the place of a key.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        Entry { map: self, key }
    }

    /// Returns the key as it is in the map, and its value.
    pub fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        self.entry_at(self.find(key).ok()?.1).map(|(key, value)| (key, value))
    }

    /// Goes through the entries from a key on. Nobody needs a range with an end.
    pub fn range<Q: Ord + ?Sized, R: RangeBounds<Q>>(&self, range: R) -> Iter<'_, K, V>
    where
        K: Borrow<Q>,
    {
        debug_assert!(matches!(range.end_bound(), Bound::Unbounded));
        let walk = match range.start_bound() {
            Bound::Unbounded => self.index.walk(),
            Bound::Included(key) => self.index.walk_from(self.find(key).map_or_else(|slot| slot, |(slot, _)| slot)),
            Bound::Excluded(key) => match self.find(key) {
                Ok((slot, _)) => {
                    let mut walk = self.index.walk_from(slot);
                    walk.next();
                    walk
                }
                Err(slot) => self.index.walk_from(slot),
            },
        };
        Iter { entries: &self.entries, walk }
    }
}

/// The place of a key in a map.
pub struct Entry<'m, K, V> {
    map: &'m mut BTreeMap<K, V>,
    key: K,
}

impl<'m, K: Ord, V> Entry<'m, K, V> {
    /// Returns the value; where there is none, one is made.
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'m mut V {
        let number = match self.map.find(&self.key) {
            Ok((_, number)) => number,
            Err(slot) => self.map.put(slot, (self.key, make())),
        };
        let entry = self.map.entries.get_mut(number as usize).and_then(Option::as_mut);
        &mut entry.expect("found, or put there").1
    }

    /// Changes the value, if there is one.
    pub fn and_modify(self, change: impl FnOnce(&mut V)) -> Self {
        if let Some(value) = self.map.get_mut(&self.key) {
            change(value);
        }
        self
    }

    /// Returns the value; where there is none, this one.
    pub fn or_insert(self, value: V) -> &'m mut V {
        self.or_insert_with(|| value)
    }

    /// Returns the value; where there is none, the usual one.
    pub fn or_default(self) -> &'m mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

/// Entries in their order.
pub struct Iter<'m, K, V> {
    entries: &'m [Option<(K, V)>],
    walk: Walk<'m>,
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Iter { entries: self.entries, walk: self.walk.clone() }
    }
}

impl<'m, K, V> Iterator for Iter<'m, K, V> {
    type Item = (&'m K, &'m V);

    fn next(&mut self) -> Option<Self::Item> {
        let number = self.walk.next()?;
        self.entries.get(number as usize)?.as_ref().map(|(key, value)| (key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.walk.left(), Some(self.walk.left()))
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let number = self.walk.next_back()?;
        self.entries.get(number as usize)?.as_ref().map(|(key, value)| (key, value))
    }
}

impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}

/// Entries in their order, taken.
pub struct IntoIter<K, V> {
    entries: Vec<Option<(K, V)>>,
    numbers: std::vec::IntoIter<u32>,
}

impl<K, V> Iterator for IntoIter<K, V> {
    type Item = (K, V);

    fn next(&mut self) -> Option<(K, V)> {
        let number = self.numbers.next()?;
        self.entries.get_mut(number as usize)?.take()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.numbers.size_hint()
    }
}

impl<K, V> IntoIterator for BTreeMap<K, V> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;

    fn into_iter(self) -> IntoIter<K, V> {
        let numbers: Vec<u32> = self.index.walk().collect();
        IntoIter { entries: self.entries, numbers: numbers.into_iter() }
    }
}

impl<'m, K, V> IntoIterator for &'m BTreeMap<K, V> {
    type Item = (&'m K, &'m V);
    type IntoIter = Iter<'m, K, V>;

    fn into_iter(self) -> Iter<'m, K, V> {
        self.iter()
    }
}

impl<K: Ord, V> Extend<(K, V)> for BTreeMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for BTreeMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = BTreeMap::new();
        map.extend(entries);
        map
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for BTreeMap<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K, V> Default for BTreeMap<K, V> {
    fn default() -> Self {
        BTreeMap::new()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for BTreeMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other)
    }
}

impl<K: Eq, V: Eq> Eq for BTreeMap<K, V> {}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for BTreeMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

/// A set in the order of its items.
#[derive(Clone)]
pub struct BTreeSet<T>(BTreeMap<T, ()>);

impl<T> BTreeSet<T> {
    /// Makes an empty set.
    pub fn new() -> Self {
        BTreeSet(BTreeMap::new())
    }

    /// Counts the items.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Goes through the items.
    pub fn iter(&self) -> SetIter<'_, T> {
        SetIter(self.0.iter())
    }

    /// Keeps the items that a test wants.
    pub fn retain(&mut self, mut test: impl FnMut(&T) -> bool) {
        self.0.retain(|item, ()| test(item));
    }

    /// Returns the first item.
    pub fn first(&self) -> Option<&T> {
        self.iter().next()
    }
}

impl<T: Ord> BTreeSet<T> {
    /// Adds an item, and returns whether it is new.
    pub fn insert(&mut self, item: T) -> bool {
        self.0.insert(item, ()).is_none()
    }

    /// Returns whether there is an item.
    pub fn contains<Q: Ord + ?Sized>(&self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.contains_key(item)
    }

    /// Removes an item, and returns whether it was there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.remove(item).is_some()
    }

    /// Goes through the items that are not in another set.
    pub fn difference<'s>(&'s self, other: &'s BTreeSet<T>) -> impl Iterator<Item = &'s T> {
        self.iter().filter(|item| !other.contains(item))
    }
}

/// Items in their order.
pub struct SetIter<'s, T>(Iter<'s, T, ()>);

impl<T> Clone for SetIter<'_, T> {
    fn clone(&self) -> Self {
        SetIter(self.0.clone())
    }
}

impl<'s, T> Iterator for SetIter<'s, T> {
    type Item = &'s T;

    fn next(&mut self) -> Option<&'s T> {
        self.0.next().map(|(item, ())| item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T> DoubleEndedIterator for SetIter<'_, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|(item, ())| item)
    }
}

impl<T> ExactSizeIterator for SetIter<'_, T> {}

/// Items in their order, taken.
pub struct IntoSetIter<T>(IntoIter<T, ()>);

impl<T> Iterator for IntoSetIter<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.next().map(|(item, ())| item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T> IntoIterator for BTreeSet<T> {
    type Item = T;
    type IntoIter = IntoSetIter<T>;

    fn into_iter(self) -> IntoSetIter<T> {
        IntoSetIter(self.0.into_iter())
    }
}

impl<'s, T> IntoIterator for &'s BTreeSet<T> {
    type Item = &'s T;
    type IntoIter = SetIter<'s, T>;

    fn into_iter(self) -> SetIter<'s, T> {
        self.iter()
    }
}

impl<T: Ord> Extend<T> for BTreeSet<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        for item in items {
            self.insert(item);
        }
    }
}

impl<'s, T: Ord + Copy + 's> Extend<&'s T> for BTreeSet<T> {
    fn extend<I: IntoIterator<Item = &'s T>>(&mut self, items: I) {
        for &item in items {
            self.insert(item);
        }
    }
}

impl<T: Ord> FromIterator<T> for BTreeSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut set = BTreeSet::new();
        set.extend(items);
        set
    }
}

impl<T: Ord, const N: usize> From<[T; N]> for BTreeSet<T> {
    fn from(items: [T; N]) -> Self {
        items.into_iter().collect()
    }
}

impl<T> Default for BTreeSet<T> {
    fn default() -> Self {
        BTreeSet::new()
    }
}

impl<T: PartialEq> PartialEq for BTreeSet<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Eq> Eq for BTreeSet<T> {}

impl<T: fmt::Debug> fmt::Debug for BTreeSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{BTreeMap, BTreeSet};
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Step {
        Insert(u16, u8),
        Remove(u16),
        Retain(u16),
        Entry(u16),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        // Long runs of inserted keys, so that chunks are cut, and some of everything else.
        let step = prop_oneof![
            20 => (0_u16..2000, any::<u8>()).prop_map(|(key, value)| Step::Insert(key, value)),
            4 => (0_u16..2000).prop_map(Step::Remove),
            1 => (2_u16..50).prop_map(Step::Retain),
            4 => (0_u16..2000).prop_map(Step::Entry),
        ];
        (any::<bool>(), proptest::collection::vec(step, 0..1500)).prop_map(|(is_sorted, steps)| {
            let first = (0..if is_sorted { 1300 } else { 0 }).map(|key| Step::Insert(key, 1));
            first.chain(steps).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn maps_are_the_standard_library_s(steps in steps(), from in 0_u16..2000) {
            let (mut small, mut standard) = (BTreeMap::new(), std::collections::BTreeMap::new());
            for step in steps {
                match step {
                    Step::Insert(key, value) => prop_assert_eq!(small.insert(key, value), standard.insert(key, value)),
                    Step::Remove(key) => prop_assert_eq!(small.remove(&key), standard.remove(&key)),
                    Step::Retain(by) => {
                        small.retain(|key, _| key % by != 0);
                        standard.retain(|key, _| key % by != 0);
                    }
                    Step::Entry(key) => {
                        let (a, b) = (small.entry(key).or_default(), standard.entry(key).or_default());
                        prop_assert_eq!(&a, &b);
                        (*a, *b) = (a.wrapping_add(1), b.wrapping_add(1));
                    }
                }
            }
            prop_assert_eq!(small.len(), standard.len());
            prop_assert!(small.iter().eq(&standard));
            prop_assert!(small.iter().rev().eq(standard.iter().rev()));
            prop_assert!(small.range(from..).eq(standard.range(from..)));
            prop_assert_eq!(small.iter().len(), standard.len());
            prop_assert_eq!(small.get(&from), standard.get(&from));
            prop_assert_eq!(format!("{small:?}"), format!("{standard:?}"));
            prop_assert!(small.clone() == small);
            prop_assert!(small.into_iter().eq(standard));
        }

        #[test]
        fn sets_are_the_standard_library_s(one in proptest::collection::vec(0_u8..60, 0..90), other in proptest::collection::vec(0_u8..60, 0..90)) {
            let small: [BTreeSet<u8>; 2] = [one.iter().copied().collect(), other.iter().copied().collect()];
            let standard: [std::collections::BTreeSet<u8>; 2] = [one.into_iter().collect(), other.into_iter().collect()];
            prop_assert!(small[0].difference(&small[1]).eq(standard[0].difference(&standard[1])));
            prop_assert_eq!(small[0] == small[1], standard[0] == standard[1]);
            prop_assert_eq!(small[0].first(), standard[0].first());
            let [small, _] = small;
            let [standard, _] = standard;
            prop_assert!(small.into_iter().eq(standard));
        }
    }
}
