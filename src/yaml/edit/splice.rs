//! Changes to a text by byte ranges, applied together.

use crate::sorting::Sorting;
use std::ops::Range;

/// One change.
#[derive(Clone, Debug)]
struct Splice {
    range: Range<usize>,
    text: String,
}

/// Changes that do not overlap, in any order; several insertions at one place keep their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Splices {
    list: Vec<Splice>,
}

impl Splices {
    /// Replaces a range; an empty one is an insertion.
    pub(super) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        let text = text.into();
        if !range.is_empty() || !text.is_empty() {
            self.list.push(Splice { range, text });
        }
    }

    /// Replaces a range unless something else is done there.
    pub(super) fn replace_free(&mut self, range: Range<usize>, text: impl Into<String>) {
        if self.list.iter().all(|splice| splice.range.end <= range.start || range.end <= splice.range.start) {
            self.replace(range, text);
        }
    }

    /// Inserts a text.
    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    /// Removes a range.
    pub(super) fn remove(&mut self, range: Range<usize>) {
        self.replace(range, "");
    }

    /// Returns a part of a text with the changes in it; nothing if changes overlap or leave the part.
    pub(super) fn apply(mut self, text: &str, part: Range<usize>) -> Option<String> {
        // Insertions come before what is replaced at the same place.
        self.list.put_in_order_of(|splice| (splice.range.start, !splice.range.is_empty()));
        let mut result = String::with_capacity(part.len() + 64);
        let mut at = part.start;
        for Splice { range, text: new } in &self.list {
            result.push_str(text.get(at..range.start)?);
            result.push_str(new);
            at = range.end;
        }
        result.push_str(text.get(at..part.end)?);
        Some(result)
    }
}
