//! The copy on its way: directories and files by absolute path.

use crate::fs;
use crate::ordered::BTreeMap;

/// Directories and files that are to be written.
#[derive(Clone, Debug)]
pub struct Output {
    /// The topmost directory.
    top: String,
    /// The bytes of each file; nothing for a directory.
    entries: BTreeMap<String, Option<Vec<u8>>>,
}

impl Output {
    /// Makes an output that holds one empty directory.
    pub(super) fn new(top: &str) -> Output {
        Output { top: top.to_owned(), entries: BTreeMap::from([(top.to_owned(), None)]) }
    }

    /// Iterates over all paths, each directory before what stands in it; files have bytes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&[u8]>)> {
        self.entries.iter().map(|(path, bytes)| (path.as_str(), bytes.as_deref()))
    }

    /// Returns whether something stands at a path.
    pub(super) fn contains(&self, path: &str) -> bool {
        self.entries.contains_key(path)
    }

    /// Makes a directory with those on the way to it; it is there already, or not.
    pub(super) fn create_directory(&mut self, path: &str) {
        let mut path = path;
        while !self.contains(path) && fs::is_within(path, &self.top) {
            self.entries.insert(path.to_owned(), None);
            path = fs::parent(path);
        }
    }

    /// Writes a file, over what stood there, with the directories on the way to it.
    pub(super) fn write(&mut self, path: &str, bytes: Vec<u8>) {
        self.create_directory(fs::parent(path));
        self.entries.insert(path.to_owned(), Some(bytes));
    }
}
