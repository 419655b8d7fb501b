//! The order of entries that lie elsewhere: their numbers in chunks, so that a new one moves few others.

use std::cmp::Ordering;

/// A chunk that grows longer is cut in two.
const CHUNK_MAX: usize = 512;

/// Numbers in the order of what they stand for.
#[derive(Clone, Default)]
pub(super) struct Index {
    /// None is empty.
    chunks: Vec<Vec<u32>>,
}

/// A place in an index: a chunk, and a position in it.
#[derive(Clone, Copy)]
pub(super) struct Slot(usize, usize);

impl Index {
    /// Finds what an order (of the entry, seen from what is looked for) calls equal, or where it would stand.
    pub(super) fn find(&self, order: &mut dyn FnMut(u32) -> Ordering) -> Result<(Slot, u32), Slot> {
        // The last chunk that does not begin behind it.
        let after = self.chunks.partition_point(|chunk| order(chunk[0]) != Ordering::Greater);
        let Some(chunk) = after.checked_sub(1) else { return Err(Slot(0, 0)) };
        let numbers = &self.chunks[chunk];
        match numbers.binary_search_by(|&number| order(number)) {
            Ok(at) => Ok((Slot(chunk, at), numbers[at])),
            Err(at) => Err(Slot(chunk, at)),
        }
    }

    pub(super) fn insert(&mut self, Slot(chunk, at): Slot, number: u32) {
        if self.chunks.is_empty() {
            self.chunks.push(Vec::new());
        }
        let numbers = &mut self.chunks[chunk];
        numbers.insert(at, number);
        if numbers.len() > CHUNK_MAX {
            // Keys often come in order; the chunk before stays full then.
            let keeps = if at + 1 == numbers.len() { CHUNK_MAX } else { CHUNK_MAX / 2 };
            let rest = numbers.split_off(keeps);
            self.chunks.insert(chunk + 1, rest);
        }
    }

    pub(super) fn remove(&mut self, Slot(chunk, at): Slot) {
        self.chunks[chunk].remove(at);
        if self.chunks[chunk].is_empty() {
            self.chunks.remove(chunk);
        }
    }

    /// Keeps what a test wants.
    pub(super) fn retain(&mut self, test: &mut dyn FnMut(u32) -> bool) {
        for chunk in &mut self.chunks {
            chunk.retain(|&number| test(number));
        }
        self.chunks.retain(|chunk| !chunk.is_empty());
    }

    pub(super) fn get(&self, Slot(chunk, at): Slot) -> Option<u32> {
        self.chunks.get(chunk)?.get(at).copied()
    }

    pub(super) fn walk(&self) -> Walk<'_> {
        Walk { index: self, front: Slot(0, 0), back: Slot(self.chunks.len(), 0), left: self.len() }
    }

    /// Walks from a place to the end.
    pub(super) fn walk_from(&self, Slot(chunk, at): Slot) -> Walk<'_> {
        let before: usize = self.chunks.iter().take(chunk).map(Vec::len).sum::<usize>() + at;
        Walk { index: self, front: Slot(chunk, at), back: Slot(self.chunks.len(), 0), left: self.len() - before }
    }

    fn len(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum()
    }
}

/// Numbers from either end.
#[derive(Clone)]
pub(super) struct Walk<'i> {
    index: &'i Index,
    front: Slot,
    back: Slot,
    left: usize,
}

impl Walk<'_> {
    pub(super) fn left(&self) -> usize {
        self.left
    }
}

impl Iterator for Walk<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.left = self.left.checked_sub(1)?;
        let number = self.index.get(self.front).or_else(|| {
            self.front = Slot(self.front.0 + 1, 0);
            self.index.get(self.front)
        })?;
        self.front.1 += 1;
        Some(number)
    }
}

impl DoubleEndedIterator for Walk<'_> {
    fn next_back(&mut self) -> Option<u32> {
        self.left = self.left.checked_sub(1)?;
        if self.back.1 == 0 {
            let chunk = self.back.0.checked_sub(1)?;
            self.back = Slot(chunk, self.index.chunks[chunk].len());
        }
        self.back.1 -= 1;
        self.index.get(self.back)
    }
}
