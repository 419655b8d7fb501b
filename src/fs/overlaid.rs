//! A file system with some files that are not written yet: what a tree would be.

use super::{EntryKind, FileSystem, FsError, Look, base_name, clean, is_within, parent};
use crate::ordered::BTreeMap;
use crate::sorting::Sorting;

/// Files laid over another file system.
pub struct Overlaid<'fs> {
    below: &'fs dyn FileSystem,
    files: BTreeMap<String, Vec<u8>>,
}

impl<'fs> Overlaid<'fs> {
    /// Lays nothing over a file system.
    pub fn new(below: &'fs dyn FileSystem) -> Overlaid<'fs> {
        Overlaid { below, files: BTreeMap::new() }
    }

    /// Lays a file over what stands at an absolute path; a symbolic link is followed.
    pub fn set(&mut self, path: &str, content: impl Into<Vec<u8>>) {
        let real = self.below.canonical(path).or_else(|_| {
            let directory = self.below.canonical(parent(path))?;
            Ok::<_, FsError>(clean(&format!("{directory}/{}", base_name(path))))
        });
        self.files.insert(real.unwrap_or_else(|_| clean(path)), content.into());
    }

    fn file(&self, path: &str) -> Option<&Vec<u8>> {
        let path = clean(path);
        if let Some(content) = self.files.get(&path) {
            return Some(content);
        }
        // Only what might be the same file by another name is worth a look at the disk.
        let real = self.below.canonical(&path).ok().filter(|real| *real != path)?;
        self.files.get(&real)
    }
}

impl FileSystem for Overlaid<'_> {
    fn read(&self, path: &str, size_max: u64) -> Result<Vec<u8>, FsError> {
        match self.file(path) {
            Some(content) if content.len() as u64 > size_max => Err(FsError::TooLarge(content.len() as u64)),
            Some(content) => Ok(content.clone()),
            None => self.below.read(path, size_max),
        }
    }

    fn kind(&self, path: &str) -> Result<EntryKind, FsError> {
        if self.files.contains_key(&clean(path)) { Ok(EntryKind::File) } else { self.below.kind(path) }
    }

    fn look(&self, path: &str) -> Result<Look, FsError> {
        match self.below.look(path) {
            Err(FsError::NotFound) if self.files.contains_key(&clean(path)) => Ok(Look::Entry(EntryKind::File)),
            found => found,
        }
    }

    fn list(&self, path: &str) -> Result<Vec<String>, FsError> {
        let mut names = self.below.list(path)?;
        let directory = clean(path);
        let own = self.files.keys().filter(|file| is_within(file, &directory) && parent(file) == directory);
        names.extend(own.map(|file| base_name(file).to_owned()));
        names.put_in_own_order();
        names.dedup();
        Ok(names)
    }

    fn canonical(&self, path: &str) -> Result<String, FsError> {
        match self.below.canonical(path) {
            Err(FsError::NotFound) if self.files.contains_key(&clean(path)) => Ok(clean(path)),
            found => found,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::Memory;

    #[test]
    fn files_hide_what_is_below_and_may_be_new() {
        let mut below = Memory::new();
        below.set("/a/old", "1");
        below.set("/a/kept", "2");
        let mut above = Overlaid::new(&below);
        above.set("/a/old", "3");
        above.set("/a/new", "4");
        for (path, content) in [("/a/old", "3"), ("/a/kept", "2"), ("/a/./new", "4")] {
            assert_eq!(above.read(path, 9), Ok(content.into()), "{path}");
            assert_eq!(above.kind(path), Ok(EntryKind::File), "{path}");
            assert_eq!(above.look(path), Ok(Look::Entry(EntryKind::File)), "{path}");
            assert_eq!(above.canonical(path), Ok(clean(path)), "{path}");
        }
        assert_eq!(above.list("/a"), Ok(["kept", "new", "old"].map(str::to_owned).to_vec()));
        assert_eq!(above.read("/a/old", 0), Err(FsError::TooLarge(1)));
        assert_eq!(above.read("/a/none", 9), Err(FsError::NotFound));
    }
}
