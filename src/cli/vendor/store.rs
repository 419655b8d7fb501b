//! The directory `.rustomize/`: the lock file and what it names.

#![allow(clippy::disallowed_methods, reason = "the one place that reads and writes `.rustomize/`")]

use super::digest::{self, Entry};
use super::lock::{self, Lock, RepositoryKey};
use crate::cli::output::words;
use crate::diagnostic::{Code, Diagnostic};
use std::io;
use std::path::{Path, PathBuf};

/// The name of the directory.
pub(in crate::cli) const NAME: &str = ".rustomize";
const LOCK: &str = "lock.json";
/// Bytes of a lock file.
const LOCK_BYTES_MAX: u64 = 16 << 20;
const REPOSITORIES: &str = "repositories";
const FILES: &str = "files";
/// What is vendored is kept whole, whatever is ignored around it, and byte for byte.
const FOR_GIT: [(&str, &str); 2] =
    [(".gitignore", "!*\n"), (".gitattributes", "* -text -filter -ident -working-tree-encoding\n")];

/// A directory with vendored content; the lock file is read when it is opened.
#[derive(Debug)]
pub(super) struct Store {
    directory: PathBuf,
    pub(super) lock: Lock,
}

impl Store {
    /// Finds the directory that serves a kustomization: the nearest, at it or above, but not above its git repository.
    pub(super) fn find(start: &Path) -> Option<PathBuf> {
        for directory in start.ancestors() {
            let candidate = directory.join(NAME);
            if candidate.is_dir() {
                return Some(candidate);
            }
            if directory.join(".git").exists() {
                return None;
            }
        }
        None
    }

    /// Reads the lock file, if there is one.
    pub(super) fn open(directory: PathBuf) -> Result<Store, Box<Diagnostic>> {
        let path = directory.join(LOCK);
        let fault = |words: String| {
            let message = format!("cannot read `{}`: {words}", path.display());
            Diagnostic::error(Code::Io, message).help("`rustomize vendor` writes it anew if it is removed")
        };
        let is_large = std::fs::metadata(&path).is_ok_and(|metadata| metadata.len() > LOCK_BYTES_MAX);
        if is_large {
            return Err(fault(format!("it is longer than {LOCK_BYTES_MAX} bytes")));
        }
        let lock = match std::fs::read_to_string(&path) {
            Ok(text) => Lock::parse(&text).map_err(fault)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Lock::default(),
            Err(error) => return Err(fault(words(&error))),
        };
        Ok(Store { directory, lock })
    }

    /// Returns the directory itself.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Returns where a repository is, or would be.
    pub(super) fn repository(&self, key: &RepositoryKey) -> PathBuf {
        self.directory.join(REPOSITORIES).join(key.directory())
    }

    /// Returns where a file is, or would be.
    pub(super) fn file(&self, key: &str) -> PathBuf {
        self.directory.join(FILES).join(lock::file_name(key))
    }

    /// Puts a copy of a checkout in place of what was there.
    pub(super) fn put_repository(&self, key: &RepositoryKey, checkout: &Path) -> io::Result<()> {
        let target = self.repository(key);
        let parent = self.directory.join(REPOSITORIES);
        std::fs::create_dir_all(&parent)?;
        // Nobody ever sees half of it.
        let temporary = tempfile::Builder::new().prefix(".new-").tempdir_in(&parent)?;
        copy(checkout, temporary.path())?;
        if target.exists() {
            std::fs::remove_dir_all(&target)?;
        }
        let path = temporary.keep();
        open_to_all(&path)?;
        std::fs::rename(path, target)
    }

    /// Puts a file in place.
    pub(super) fn put_file(&self, key: &str, bytes: &[u8]) -> io::Result<()> {
        std::fs::create_dir_all(self.directory.join(FILES))?;
        replace(&self.file(key), bytes)
    }

    /// Writes the lock file, and removes what it does not name.
    pub(super) fn commit(&self) -> io::Result<()> {
        std::fs::create_dir_all(&self.directory)?;
        for (name, text) in FOR_GIT {
            let path = self.directory.join(name);
            if !path.exists() {
                replace(&path, text.as_bytes())?;
            }
        }
        replace(&self.directory.join(LOCK), self.lock.text().as_bytes())?;
        let repositories: Vec<PathBuf> =
            self.lock.repositories.iter().map(|entry| self.repository(&entry.key)).collect();
        let files: Vec<PathBuf> = self.lock.files.iter().map(|entry| self.file(&entry.address)).collect();
        for (inner, known) in [(REPOSITORIES, repositories), (FILES, files)] {
            let Ok(list) = std::fs::read_dir(self.directory.join(inner)) else { continue };
            for entry in list {
                let path = entry?.path();
                if known.contains(&path) {
                    continue;
                }
                if path.is_dir() && !path.is_symlink() {
                    std::fs::remove_dir_all(path)?;
                } else {
                    std::fs::remove_file(path)?;
                }
            }
        }
        Ok(())
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for (path, entry) in digest::entries(from)? {
        let target = to.join(&path);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)?;
        }
        match entry {
            Entry::File => {
                std::fs::copy(from.join(&path), &target)?;
            }
            Entry::Link(destination) => link(&destination, &target)?,
        }
    }
    Ok(())
}

#[cfg(unix)]
fn link(destination: &Path, target: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(destination, target)
}

#[cfg(not(unix))]
fn link(_destination: &Path, target: &Path) -> io::Result<()> {
    Err(io::Error::other(format!("`{}` is a symbolic link", target.display())))
}

/// A temporary directory is its owner's alone; this one is to stay.
#[cfg(unix)]
fn open_to_all(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn open_to_all(_path: &Path) -> io::Result<()> {
    Ok(())
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    let temporary = tempfile::Builder::new().prefix(".new-").tempfile_in(parent)?;
    std::fs::write(temporary.path(), bytes)?;
    make_readable(temporary.path())?;
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(unix)]
fn make_readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_path: &Path) -> io::Result<()> {
    Ok(())
}
