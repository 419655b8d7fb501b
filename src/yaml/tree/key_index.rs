//! An index of the keys of large mappings: a mapping that grows by one key after the other is not searched each time.
//!
//! It is made where keys are added, follows `Tree::push_entry`, and is given up where a key's text or place changes.

use super::marks::Mark;
use super::{NodeId, Tree};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::hash::{BuildHasher, Hasher};

/// Mappings with fewer keys are searched one by one.
const MANY: usize = 32;

/// The keys of some mappings of a tree.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyIndex {
    maps: Vec<NodeId>,
    /// The first key of each text in each mapping, by a hash of both.
    keys: FxHashMap<u64, NodeId>,
}

/// What the index says about a key.
pub(super) enum Known {
    /// It is the text of this key, if of any in the mapping.
    At(NodeId),
    /// It is not in the mapping.
    Absent,
    /// The mapping is not indexed.
    Unknown,
}

impl KeyIndex {
    fn hash(map: NodeId, key: &[u8]) -> u64 {
        let mut hasher = FxBuildHasher.build_hasher();
        hasher.write_u32(map.0);
        hasher.write(key);
        hasher.finish()
    }
}

impl Tree {
    /// Returns what is known about a key of a mapping without a search.
    pub(super) fn find_indexed(&self, map: NodeId, key: &[u8]) -> Known {
        match &self.key_index {
            Some(index) if index.maps.contains(&map) => {
                index.keys.get(&KeyIndex::hash(map, key)).map_or(Known::Absent, |&key| Known::At(key))
            }
            _ => Known::Unknown,
        }
    }

    /// Prepares a mapping for many look-ups, if it is large: call it where a key was added.
    pub(crate) fn index_keys(&mut self, map: NodeId) {
        if self.has_mark(map, Mark::Indexed) && self.key_index.is_some() {
            return;
        }
        if self.entries(map).take(MANY).count() < MANY {
            return;
        }
        // Of an index that was given up marks may be left.
        let mut index = self.key_index.take().unwrap_or_default();
        if index.maps.contains(&map) {
            index = Box::default();
        }
        index.maps.push(map);
        // One that has many keys is likely to get more.
        index.keys.reserve(3 * MANY);
        self.key_index = Some(index);
        self.mark(map, Mark::Indexed);
        let keys: Vec<NodeId> = self.entries(map).map(|(key, _)| key).collect();
        for key in keys {
            self.add_to_index(map, key);
        }
    }

    /// Adds a key that was appended to a mapping whose keys are indexed.
    pub(super) fn add_to_index(&mut self, map: NodeId, key: NodeId) {
        let hash = KeyIndex::hash(map, self.text(key).as_bytes());
        let Some(index) = self.key_index.as_mut().filter(|index| index.maps.contains(&map)) else { return };
        match index.keys.get(&hash).copied() {
            None => {
                index.keys.insert(hash, key);
            }
            // The first of keys that are alike is the one that is found.
            Some(other) if self.text(other) == self.text(key) => {}
            Some(_) => {
                self.key_index = None;
                return;
            }
        }
        self.mark(map, Mark::Indexed);
        self.mark(key, Mark::Indexed);
    }

    /// Gives the index up if a node whose text is about to change is one of its keys.
    pub(super) fn before_text_changes(&mut self, id: NodeId) {
        if self.has_mark(id, Mark::Indexed) {
            self.key_index = None;
        }
    }
}
