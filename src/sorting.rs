//! Sorting, compiled once.
//!
//! The standard library's sorts are made anew for each type and each order, some 5 kB at a time in a WASM build: they would be a
//! tenth of it. There, lists are sorted by their positions, by one merge sort for all. Elsewhere these methods are the
//! standard library's. All are stable.

use std::cmp::Ordering;

/// Sorts what it is called on; the engine uses this instead of the methods of slices (a lint says so).
pub trait Sorting<T> {
    /// Sorts by an order.
    fn put_in_order(&mut self, order: impl FnMut(&T, &T) -> Ordering);

    /// Sorts by the order of the items themselves.
    fn put_in_own_order(&mut self)
    where
        T: Ord,
    {
        self.put_in_order(T::cmp);
    }

    /// The same where items that are equal cannot be told apart.
    fn put_in_own_order_unstable(&mut self)
    where
        T: Ord,
    {
        self.put_in_own_order();
    }

    /// Sorts by the order of a key that is made once for each item.
    fn put_in_order_of_made<K: Ord>(&mut self, key: impl FnMut(&T) -> K);

    /// Sorts by the order of a key, which is asked for again and again.
    fn put_in_order_of<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.put_in_order(|a, b| key(a).cmp(&key(b)));
    }
}

#[cfg(not(target_family = "wasm"))]
#[allow(clippy::disallowed_methods, reason = "this is where they are used")]
impl<T> Sorting<T> for [T] {
    fn put_in_order(&mut self, order: impl FnMut(&T, &T) -> Ordering) {
        self.sort_by(order);
    }

    fn put_in_own_order_unstable(&mut self)
    where
        T: Ord,
    {
        self.sort_unstable();
    }

    fn put_in_order_of_made<K: Ord>(&mut self, key: impl FnMut(&T) -> K) {
        self.sort_by_cached_key(key);
    }
}

#[cfg(target_family = "wasm")]
impl<T> Sorting<T> for [T] {
    fn put_in_order(&mut self, mut order: impl FnMut(&T, &T) -> Ordering) {
        by_positions::sort(self, &mut order);
    }

    fn put_in_order_of_made<K: Ord>(&mut self, key: impl FnMut(&T) -> K) {
        let keys: Vec<K> = self.iter().map(key).collect();
        by_positions::sort_by(self, &mut |a, b| keys[a].cmp(&keys[b]));
    }
}

/// Sorting for a small program; on other systems only tested.
#[cfg(any(target_family = "wasm", test))]
mod by_positions {
    use std::cmp::Ordering;

    /// Shorter lists are sorted in place.
    const SHORT: usize = 8;

    pub(super) fn sort<T>(list: &mut [T], order: &mut dyn FnMut(&T, &T) -> Ordering) {
        if list.len() <= SHORT {
            for end in 1..list.len() {
                let mut at = end;
                while at > 0 && order(&list[at], &list[at - 1]) == Ordering::Less {
                    list.swap(at, at - 1);
                    at -= 1;
                }
            }
            return;
        }
        let positions = sorted(list.len(), &mut |a, b| order(&list[a], &list[b]));
        arrange(list, positions);
    }

    /// Sorts by an order of positions.
    pub(super) fn sort_by<T>(list: &mut [T], order: &mut dyn FnMut(usize, usize) -> Ordering) {
        let positions = sorted(list.len(), order);
        arrange(list, positions);
    }

    /// Moves every item once, along the cycles.
    fn arrange<T>(list: &mut [T], mut positions: Vec<usize>) {
        for start in 0..list.len() {
            let mut at = start;
            loop {
                let from = std::mem::replace(&mut positions[at], at);
                if from == at || from == start {
                    break;
                }
                list.swap(at, from);
                at = from;
            }
        }
    }

    /// Returns which item comes first, second and so on: a merge sort from the bottom up.
    fn sorted(n: usize, order: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
        let mut from: Vec<usize> = (0..n).collect();
        let mut to = from.clone();
        let mut width = 1;
        while width < n {
            let mut start = 0;
            while start < n {
                let (middle, end) = ((start + width).min(n), (start + 2 * width).min(n));
                let (mut left, mut right) = (start, middle);
                for slot in to.iter_mut().take(end).skip(start) {
                    let takes_right =
                        left == middle || (right < end && order(from[right], from[left]) == Ordering::Less);
                    let taken = if takes_right { &mut right } else { &mut left };
                    *slot = from[*taken];
                    *taken += 1;
                }
                start = end;
            }
            std::mem::swap(&mut from, &mut to);
            width *= 2;
        }
        from
    }
}

#[cfg(test)]
mod tests {
    use super::by_positions;
    use proptest::prelude::*;

    proptest! {
        #[test]
        #[allow(clippy::disallowed_methods, reason = "what is right")]
        fn positions_sort_like_the_standard_library(keys in proptest::collection::vec(0_u8..20, 0..200)) {
            let list: Vec<(u8, usize)> = keys.into_iter().enumerate().map(|(at, key)| (key, at)).collect();
            let (mut expected, mut found) = (list.clone(), list.clone());
            expected.sort_by_key(|item| item.0);
            by_positions::sort(&mut found, &mut |a, b| a.0.cmp(&b.0));
            prop_assert_eq!(&found, &expected);
            let mut found = list.clone();
            by_positions::sort_by(&mut found, &mut |a, b| list[a].0.cmp(&list[b].0));
            prop_assert_eq!(found, expected);
        }
    }
}
