//! Builds from `.rustomize/` alone: what is not there is an error, and so is what is not as the lock file says.

#![allow(clippy::disallowed_methods, reason = "vendored files are read as they are")]

use super::digest;
use super::lock::{RepositoryKey, file_key};
use super::store::{NAME, Store};
use crate::cli::{native_to_slash, output::words};
use crate::diagnostic::Diagnostic;
use crate::remote::{Fetched, RemoteError, RemoteErrorKind, Remotes, RepoSpec};
use std::path::Path;

/// What was vendored.
#[derive(Debug)]
pub(in crate::cli) struct Vendored {
    store: Option<Store>,
    /// The command that would help.
    command: String,
}

impl Vendored {
    /// Finds what was vendored for a kustomization, which the user named and which is (unless it is remote) at a path.
    pub(in crate::cli) fn find(start: &Path, named: &str) -> Result<Vendored, Box<Diagnostic>> {
        let store = Store::find(start).map(Store::open).transpose()?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        let argument = match named {
            "." => String::new(),
            named if named.chars().all(is_plain) => format!(" {named}"),
            named => format!(" '{named}'"),
        };
        Ok(Vendored { store, command: format!("rustomize vendor{argument}") })
    }

    fn missing(&self) -> RemoteError {
        let message = match &self.store {
            Some(_) => format!("it is not in `{NAME}`, and `--offline` allows nothing else"),
            None => format!("there is no directory `{NAME}`, and `--offline` allows nothing else"),
        };
        RemoteError::new(RemoteErrorKind::NotVendored, message).help(format!("`{}` fetches it", self.command))
    }

    fn changed(&self, expected: &str, found: &str) -> RemoteError {
        changed(expected, found)
            .help("restore `.rustomize/`, for example from version control")
            .help(format!("`{} --update` fetches everything anew", self.command))
    }
}

/// Words for content that is not what the lock file says.
pub(super) fn changed(expected: &str, found: &str) -> RemoteError {
    let message = format!("what is in `{NAME}` is not what its lock file says");
    RemoteError::new(RemoteErrorKind::VendorChanged, message)
        .note(format!("locked: {expected}"))
        .note(format!("found:  {found}"))
}

/// Words for vendored content that cannot be read.
pub(super) fn unreadable(error: &std::io::Error) -> RemoteError {
    RemoteError::new(RemoteErrorKind::Failed, format!("cannot read it from `{NAME}`: {}", words(error)))
}

impl Remotes for Vendored {
    fn clone_repository(&self, spec: &RepoSpec) -> Result<Fetched, RemoteError> {
        let key = RepositoryKey::of(spec);
        let store = self.store.as_ref().ok_or_else(|| self.missing())?;
        let entry = store.lock.repository(&key).ok_or_else(|| self.missing())?;
        let directory = store.repository(&key);
        if !directory.is_dir() {
            return Err(self.missing());
        }
        let digest = digest::of_tree(&directory).map_err(|error| unreadable(&error))?;
        if digest != entry.digest {
            return Err(self.changed(&entry.digest, &digest));
        }
        fetched(&directory, &entry.commit)
    }

    fn get(&self, url: &str, size_max: u64) -> Result<Vec<u8>, RemoteError> {
        let key = file_key(url);
        let store = self.store.as_ref().ok_or_else(|| self.missing())?;
        let entry = store.lock.file(&key).ok_or_else(|| self.missing())?;
        let bytes = read(&store.file(&key), size_max)?.ok_or_else(|| self.missing())?;
        let digest = digest::of_bytes(&bytes);
        if digest == entry.digest { Ok(bytes) } else { Err(self.changed(&entry.digest, &digest)) }
    }
}

/// Reads a vendored file within the limit; nothing if it is not there.
pub(super) fn read(path: &Path, size_max: u64) -> Result<Option<Vec<u8>>, RemoteError> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.len() > size_max => {
            let message = format!("it is {} bytes long; at most {size_max} are read", metadata.len());
            Err(RemoteError::new(RemoteErrorKind::TooLarge, message))
        }
        Ok(_) => std::fs::read(path).map(Some).map_err(|error| unreadable(&error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(&error)),
    }
}

/// Hands a vendored repository to the engine.
pub(super) fn fetched(directory: &Path, commit: &str) -> Result<Fetched, RemoteError> {
    let path = directory.to_str().ok_or_else(|| unreadable(&std::io::Error::other("its path is not UTF-8")))?;
    Ok(Fetched { directory: native_to_slash(path), commit: commit.to_owned() })
}
