//! The order of keys in a printed mapping: go yaml.v2's `keyList`, numbers by value, letters behind everything else.
//!
//! The comparison is not transitive: `a10` < `a1b` < `a2` < `a10`. The reference sorts a map of random order, so its
//! output for such keys differs from run to run. Here it is always the same: where a digit decides, keys are put into
//! bytewise order first and then sorted stably, up to twelve keys by insertion as Go does. Most keys with digits are numbered
//! names of one length, for which bytewise order is the order.

use crate::sorting::Sorting;
use crate::yaml::tree::NodeId;
use std::borrow::Cow;
use std::cmp::Ordering;

/// A key with its value, to be sorted.
#[derive(Clone, Debug)]
pub(crate) struct Entry<'t> {
    pub(crate) key: Cow<'t, str>,
    pub(crate) key_id: NodeId,
    pub(crate) value_id: NodeId,
    /// What kinds of bytes the key holds (`quote::classify`).
    pub(super) flags: u8,
}

/// Sorts entries; equal keys come to stand together, in their order.
pub(super) fn sort(entries: &mut [Entry<'_>]) {
    if are_simply_sorted(entries) {
        return;
    }
    let mut digits = false;
    if entries.len() <= INSERTION_MAX {
        insertion_sort(entries, &mut digits);
        if !digits {
            return;
        }
    } else if is_sorted(entries, &mut digits) && !digits {
        return;
    }
    entries.put_in_order(|a, b| a.key.as_bytes().cmp(b.key.as_bytes()).then(a.key_id.cmp(&b.key_id)));
    if are_simply_sorted(entries) {
        return;
    }
    if entries.len() <= INSERTION_MAX {
        insertion_sort(entries, &mut digits);
    } else {
        merge_sort(entries);
    }
}

const INSERTION_MAX: usize = 12;

fn is_sorted(entries: &[Entry<'_>], digits: &mut bool) -> bool {
    entries.windows(2).all(|pair| compare(&pair[0].key, &pair[1].key, digits).is_lt())
}

/// Returns whether entries certainly stand in an order that does not contradict itself, although digits may decide: bytes
/// ascend, and so do numbers, because those that differ have equally many digits.
///
/// It is enough to look at neighbours: keys that are alike up to a number and stand together have numbers of one length, as
/// long as no two neighbours part inside a number otherwise.
fn are_simply_sorted(entries: &[Entry<'_>]) -> bool {
    // More digits could overflow when they are compared by value.
    const DIGITS_MAX: usize = 18;
    let n_digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    entries.windows(2).all(|pair| {
        let (a, b) = (pair[0].key.as_bytes(), pair[1].key.as_bytes());
        let common = common_len(a, b);
        match (a.get(common), b.get(common)) {
            (Some(left), Some(right)) if left.is_ascii() && right.is_ascii() && left < right => {
                match (left.is_ascii_digit(), right.is_ascii_digit()) {
                    (true, true) => {
                        let n = n_digits(&a[common..]);
                        n <= DIGITS_MAX && n == n_digits(&b[common..])
                    }
                    // Letters stand behind everything else.
                    (false, false) => right.is_ascii_alphabetic() || !left.is_ascii_alphabetic(),
                    _ => false,
                }
            }
            (None, Some(next)) => {
                next.is_ascii() && !(next.is_ascii_digit() && a.last().is_some_and(u8::is_ascii_digit))
            }
            _ => false,
        }
    })
}

fn insertion_sort(entries: &mut [Entry<'_>], digits: &mut bool) {
    for end in 1..entries.len() {
        let mut at = end;
        while at > 0 && compare(&entries[at].key, &entries[at - 1].key, digits).is_lt() {
            entries.swap(at, at - 1);
            at -= 1;
        }
    }
}

/// Sorts stably. The standard sort may panic if a comparison contradicts itself, which this one can.
fn merge_sort(entries: &mut [Entry<'_>]) {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    let mut merged = order.clone();
    let mut width = 1;
    let mut digits = false;
    while width < order.len() {
        for start in (0..order.len()).step_by(2 * width) {
            let middle = (start + width).min(order.len());
            let end = (start + 2 * width).min(order.len());
            let (mut left, mut right) = (start, middle);
            for slot in &mut merged[start..end] {
                let take_right = right < end
                    && (left >= middle
                        || compare(&entries[order[right]].key, &entries[order[left]].key, &mut digits).is_lt());
                let from = if take_right { &mut right } else { &mut left };
                *slot = order[*from];
                *from += 1;
            }
        }
        std::mem::swap(&mut order, &mut merged);
        width *= 2;
    }
    let sorted: Vec<Entry<'_>> = order.iter().map(|&at| entries[at].clone()).collect();
    entries.clone_from_slice(&sorted);
}

/// Compares two keys and notes whether digits stand where they differ, which is where the order may contradict itself.
fn compare(a: &str, b: &str, digits: &mut bool) -> Ordering {
    let (left, right) = (a.as_bytes(), b.as_bytes());
    let common = common_len(left, right);
    match (left.get(common), right.get(common)) {
        (Some(&a), Some(&b)) if a < 0x80 && b < 0x80 => match (a.is_ascii_alphabetic(), b.is_ascii_alphabetic()) {
            (true, true) => a.cmp(&b),
            (a_letter, b_letter) => {
                *digits |= a.is_ascii_digit() || b.is_ascii_digit();
                if a_letter || b_letter {
                    a_letter.cmp(&b_letter)
                } else if a.is_ascii_digit() || b.is_ascii_digit() {
                    compare_digits(left, right, common)
                } else {
                    a.cmp(&b)
                }
            }
        },
        (None, _) | (_, None) => left.len().cmp(&right.len()),
        _ => compare_wide(a, b, common, digits),
    }
}

/// Returns how many bytes two texts have in common at their start.
fn common_len(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 8;
    let (steps, _) = a.as_chunks::<STEP>();
    let (others, _) = b.as_chunks::<STEP>();
    let n_same = STEP * steps.iter().zip(others).take_while(|(step, other)| step == other).count();
    n_same + a[n_same..].iter().zip(&b[n_same..]).take_while(|(a, b)| a == b).count()
}

/// Compares the digit runs that start at the first difference by value, then by length; anything but a digit counts as a
/// run without digits. Values overflow, as in Go.
fn compare_digits(a: &[u8], b: &[u8], at: usize) -> Ordering {
    let mut start = 0i64;
    if a[at] == b'0' || b[at] == b'0' {
        // Behind digits that are not all zero, a zero does count.
        let before = a[..at].iter().rev().take_while(|byte| byte.is_ascii_digit());
        start = i64::from(before.into_iter().any(|&byte| byte != b'0'));
    }
    let run = |text: &[u8]| {
        let digits = text[at..].iter().take_while(|byte| byte.is_ascii_digit());
        digits.fold((start, 0usize), |(value, len), &byte| {
            (value.wrapping_mul(10).wrapping_add(i64::from(byte - b'0')), len + 1)
        })
    };
    run(a).cmp(&run(b)).then(a[at].cmp(&b[at]))
}

/// Compares keys that differ in a character beyond ASCII.
fn compare_wide(left: &str, right: &str, common: usize, digits: &mut bool) -> Ordering {
    let mut start = common;
    while !left.is_char_boundary(start) || !right.is_char_boundary(start) {
        start -= 1;
    }
    // Alphabetic but numeric characters (Roman numerals) are no letters to Go.
    let is_letter = |char: char| char.is_alphabetic() && !char.is_numeric();
    match (left[start..].chars().next(), right[start..].chars().next()) {
        (Some(a), Some(b)) => match (is_letter(a), is_letter(b)) {
            (false, false) => {
                *digits |= a.is_ascii_digit() || b.is_ascii_digit();
                compare_digits(left.as_bytes(), right.as_bytes(), start).then(a.cmp(&b))
            }
            (true, true) => a.cmp(&b),
            (a_letter, b_letter) => {
                *digits |= a.is_ascii_digit() || b.is_ascii_digit();
                a_letter.cmp(&b_letter)
            }
        },
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}
