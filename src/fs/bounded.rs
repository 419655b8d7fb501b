//! A file system that ends at a directory: nothing outside it is read, listed or looked at, whatever paths and links say.
//!
//! This is a bound around everything that a session reads, for trees that strangers wrote. What a kustomization may load
//! inside the directory is still decided by `loader`.

use super::{EntryKind, FileSystem, FsError, Look, base_name, clean, is_within, parent};
use crate::ordered::BTreeSet;
use rustc_hash::FxHashMap;
use std::sync::{Mutex, PoisonError};

/// One directory of another file system.
pub struct Bounded<'fs> {
    below: &'fs dyn FileSystem,
    /// The directory: absolute, without links.
    root: String,
    /// Real paths of directories inside it that were met.
    directories: Mutex<FxHashMap<String, String>>,
    /// Links that were followed.
    links: Mutex<BTreeSet<String>>,
}

impl<'fs> Bounded<'fs> {
    /// Bounds a file system by a directory, which must exist.
    pub fn new(below: &'fs dyn FileSystem, directory: &str) -> Result<Bounded<'fs>, FsError> {
        let root = below.canonical(directory)?;
        Ok(Bounded { below, root, directories: Mutex::default(), links: Mutex::default() })
    }

    /// Returns the directory, without links.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Returns the links that were followed so far. Where one leads to another, only the first is known.
    pub fn links(&self) -> BTreeSet<String> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns whether a path in words is the directory or leads into it.
    fn is_inside(&self, path: &str) -> bool {
        is_within(path, &self.root)
    }

    /// Returns whether a path in words is on the way to the directory: all that is known of such a one is that it is there.
    fn is_above(&self, path: &str) -> bool {
        path != self.root && is_within(&self.root, path)
    }

    /// Resolves the links of a path that is inside in words; the result is inside for certain.
    fn real(&self, path: &str) -> Result<String, FsError> {
        let path = clean(path);
        if !self.is_inside(&path) {
            return Err(FsError::Outside);
        }
        if path == self.root {
            return Ok(path);
        }
        let stand_in = self.stand_in(&path)?;
        match self.below.look(&stand_in)? {
            Look::Entry(_) => Ok(stand_in),
            Look::Link => self.followed(&stand_in),
        }
    }

    /// Resolves the links on the way to a path, but not one that it ends in.
    fn stand_in(&self, path: &str) -> Result<String, FsError> {
        let directory = self.real_directory(parent(path))?;
        Ok(format!("{}/{}", directory.trim_end_matches('/'), base_name(path)))
    }

    // Depth is bounded by the system's longest path: a directory that is too deep is not found.
    fn real_directory(&self, path: &str) -> Result<String, FsError> {
        let known = || self.directories.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(real) = known().get(path) {
            return Ok(real.clone());
        }
        const PATH_BYTES_MAX: usize = 4096;
        if path.len() > PATH_BYTES_MAX {
            return Err(FsError::NotFound);
        }
        let real = self.real(path)?;
        known().insert(path.to_owned(), real.clone());
        Ok(real)
    }

    /// Follows a link. Where one leads that leads nowhere is not told: it could be used to find out what is outside.
    fn followed(&self, link: &str) -> Result<String, FsError> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner).insert(link.to_owned());
        self.below.canonical(link).ok().filter(|real| self.is_inside(real)).ok_or(FsError::Outside)
    }
}

impl FileSystem for Bounded<'_> {
    fn read(&self, path: &str, size_max: u64) -> Result<Vec<u8>, FsError> {
        self.below.read(&self.real(path)?, size_max)
    }

    fn kind(&self, path: &str) -> Result<EntryKind, FsError> {
        if self.is_above(&clean(path)) {
            return Ok(EntryKind::Directory);
        }
        self.below.kind(&self.real(path)?)
    }

    fn look(&self, path: &str) -> Result<Look, FsError> {
        let path = clean(path);
        if self.is_above(&path) || path == self.root {
            return Ok(Look::Entry(EntryKind::Directory));
        }
        if !self.is_inside(&path) {
            return Err(FsError::Outside);
        }
        self.below.look(&self.stand_in(&path)?)
    }

    fn list(&self, path: &str) -> Result<Vec<String>, FsError> {
        self.below.list(&self.real(path)?)
    }

    fn canonical(&self, path: &str) -> Result<String, FsError> {
        let path = clean(path);
        if self.is_above(&path) { Ok(path) } else { self.real(&path) }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::fs::Disk;
    use std::os::unix::fs::symlink;

    #[test]
    #[allow(clippy::disallowed_methods, reason = "links are made on the disk")]
    fn nothing_outside_is_read_whatever_a_path_says() {
        let scratch = tempfile::tempdir().expect("a directory");
        let top = std::fs::canonicalize(scratch.path()).expect("it is there");
        let path = |name: &str| top.join(name).to_str().expect("it is UTF-8").to_owned();
        for directory in ["in/a", "other", "inside-out"] {
            std::fs::create_dir_all(path(directory)).expect("made");
        }
        for (file, text) in [("secret", "s"), ("other/secret", "s"), ("in/a/file", "f"), ("inside-out/x", "s")] {
            std::fs::write(path(file), text).expect("written");
        }
        for (target, link) in [
            ("../secret", "in/out"),
            (&path("other"), "in/absolute"),
            ("../../other/secret", "in/a/far"),
            ("../nothing", "in/nowhere"),
            ("../in/a", "in/back"),
            ("a", "in/b"),
            ("file", "in/a/same"),
            ("loop", "in/loop"),
        ] {
            symlink(target, path(link)).expect("linked");
        }
        let fs = Bounded::new(&Disk, &path("in")).expect("it is there");
        for outside in [
            "secret",
            "other/secret",
            "inside-out/x",
            "in/../secret",
            "in/out",
            "in/absolute/secret",
            "in/a/far",
            "in/nowhere",
            "in/a/../../secret",
            "in/loop",
            "in/absolute",
            "nothing",
        ] {
            assert_eq!(fs.read(&path(outside), 9), Err(FsError::Outside), "{outside}");
            assert_eq!(fs.kind(&path(outside)), Err(FsError::Outside), "{outside}");
            assert_eq!(fs.canonical(&path(outside)), Err(FsError::Outside), "{outside}");
            assert_eq!(fs.list(&path(outside)), Err(FsError::Outside), "{outside}");
        }
        for outside in ["secret", "other", "in/absolute/secret", "/etc/passwd", "/proc/self/environ"] {
            let outside = if outside.starts_with('/') { outside.to_owned() } else { path(outside) };
            assert_eq!(fs.look(&outside), Err(FsError::Outside), "{outside}");
        }
        for inside in ["in/a/file", "in/b/file", "in/back/file", "in/a/same", "in/./b/../a/file"] {
            assert_eq!(fs.read(&path(inside), 9), Ok(b"f".to_vec()), "{inside}");
            assert_eq!(fs.canonical(&path(inside)), Ok(path("in/a/file")), "{inside}");
        }
        assert_eq!(fs.list(&path("in/a")), Ok(["far", "file", "same"].map(str::to_owned).to_vec()));
        assert_eq!(fs.list(&path("")), Err(FsError::Outside));
        assert_eq!(fs.look(&path("in/out")), Ok(Look::Link));
        assert_eq!(fs.kind(&path("")), Ok(EntryKind::Directory));
        assert_eq!(fs.read(&path("in/a/none"), 9), Err(FsError::NotFound));
    }
}
