//! A file system in memory: tests, the browser, and overrides that must not touch the disk.

use super::{EntryKind, FileSystem, FsError, Look, clean, is_within};
use crate::ordered::BTreeMap;
use crate::sorting::Sorting;

/// Files by absolute path. Directories exist because files stand in them. There are no symbolic links.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<String, Vec<u8>>,
}

impl Memory {
    /// Makes an empty file system.
    pub fn new() -> Memory {
        Memory::default()
    }

    /// Writes a file, replacing what stood there.
    pub fn set(&mut self, path: &str, content: impl Into<Vec<u8>>) {
        self.files.insert(clean(path), content.into());
    }

    /// Removes a file and returns whether it was there.
    pub fn remove(&mut self, path: &str) -> bool {
        self.files.remove(&clean(path)).is_some()
    }

    /// Iterates over the paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}

impl FileSystem for Memory {
    fn read(&self, path: &str, size_max: u64) -> Result<Vec<u8>, FsError> {
        let path = clean(path);
        match self.files.get(&path) {
            Some(content) if content.len() as u64 > size_max => Err(FsError::TooLarge(content.len() as u64)),
            Some(content) => Ok(content.clone()),
            None => Err(match self.kind(&path) {
                Ok(_) => FsError::IsDirectory,
                Err(error) => error,
            }),
        }
    }

    fn kind(&self, path: &str) -> Result<EntryKind, FsError> {
        let path = clean(path);
        if self.files.contains_key(&path) {
            return Ok(EntryKind::File);
        }
        let below = format!("{}/", path.trim_end_matches('/'));
        let next = self.files.range(below..).next();
        let is_directory = path == "/" || next.is_some_and(|(file, _)| is_within(file, &path));
        if is_directory { Ok(EntryKind::Directory) } else { Err(FsError::NotFound) }
    }

    fn look(&self, path: &str) -> Result<Look, FsError> {
        self.kind(path).map(Look::Entry)
    }

    fn list(&self, path: &str) -> Result<Vec<String>, FsError> {
        let path = clean(path);
        if self.kind(&path)? != EntryKind::Directory {
            return Err(FsError::NotFound);
        }
        let below = format!("{}/", path.trim_end_matches('/'));
        let files = self.files.range(below.clone()..).take_while(|(file, _)| file.starts_with(&below));
        let names = files.map(|(file, _)| file[below.len()..].split('/').next().unwrap_or("").to_owned());
        let mut names: Vec<String> = names.collect();
        // `a.b` comes before `a/x` in the map, and after `a` in the list.
        names.put_in_own_order();
        names.dedup();
        Ok(names)
    }

    fn canonical(&self, path: &str) -> Result<String, FsError> {
        self.kind(path).map(|_| clean(path))
    }
}
