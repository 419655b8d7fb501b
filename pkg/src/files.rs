//! The files of a project, which builds read while they are kept: one map behind a lock, in its place for good.

use rustomize::fs::{EntryKind, FileSystem, FsError, Look, Memory};
use std::sync::{PoisonError, RwLock};

/// Files that can change between builds.
#[derive(Debug, Default)]
pub(crate) struct Files(RwLock<Memory>);

impl Files {
    /// Makes an empty map that is never dropped: what is kept of builds refers to it. It is emptied with its project, and what
    /// is left then is as good as nothing.
    pub(crate) fn new() -> &'static Files {
        Box::leak(Box::default())
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(&Memory) -> T) -> T {
        look(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Memory) -> T) -> T {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner))
    }
}

impl FileSystem for Files {
    fn read(&self, path: &str, size_max: u64) -> Result<Vec<u8>, FsError> {
        self.with(|memory| memory.read(path, size_max))
    }

    fn kind(&self, path: &str) -> Result<EntryKind, FsError> {
        self.with(|memory| memory.kind(path))
    }

    fn look(&self, path: &str) -> Result<Look, FsError> {
        self.with(|memory| memory.look(path))
    }

    fn list(&self, path: &str) -> Result<Vec<String>, FsError> {
        self.with(|memory| memory.list(path))
    }

    fn canonical(&self, path: &str) -> Result<String, FsError> {
        self.with(|memory| memory.canonical(path))
    }
}
