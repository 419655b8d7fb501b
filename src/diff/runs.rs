//! What two lists have in common, in order.
//!
//! Items are numbered first: comparisons are cheap then, and the algorithm is compiled once, which a small build counts.

use rustc_hash::FxHashMap;
use similar::DiffOp;
use similar::algorithms::{Capture, Compact, Replace, myers};
use std::hash::Hash;

/// Returns how one list becomes the other (Myers).
pub fn runs<T: Eq + Hash>(old: impl Iterator<Item = T>, new: impl Iterator<Item = T>) -> Vec<DiffOp> {
    let mut numbers: FxHashMap<T, u32> = FxHashMap::default();
    let mut number = |item: T| {
        let next = numbers.len() as u32;
        *numbers.entry(item).or_insert(next)
    };
    let old: Vec<u32> = old.map(&mut number).collect();
    let new: Vec<u32> = new.map(number).collect();
    of_numbers(&old, &new)
}

fn of_numbers(old: &[u32], new: &[u32]) -> Vec<DiffOp> {
    let mut hook = Compact::new(Replace::new(Capture::new()), old, new);
    match myers::diff(&mut hook, old, 0..old.len(), new, 0..new.len()) {
        Ok(()) => hook.into_inner().into_inner().into_ops(),
        Err(never) => match never {},
    }
}

#[cfg(test)]
mod tests {
    use super::runs;
    use similar::{Algorithm, capture_diff_slices};

    #[test]
    fn numbers_change_nothing() {
        let texts = ["", "abc", "abd", "xaybzc", "aabbcc", "cba", "abcabba", "cbabac"];
        for old in texts {
            for new in texts {
                let (old_chars, new_chars): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
                let direct = capture_diff_slices(Algorithm::Myers, &old_chars, &new_chars);
                assert_eq!(runs(old.chars(), new.chars()), direct, "{old} {new}");
            }
        }
    }
}
