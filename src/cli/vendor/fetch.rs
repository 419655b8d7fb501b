//! Fetches what is to be vendored: what is locked stays as it is, what is locked but not there is fetched as locked, the
//! rest is fetched as named.

#![allow(clippy::disallowed_methods, reason = "vendored content is looked at where it is")]

use super::digest;
use super::lock::{File, Lock, Repository, RepositoryKey, file_key};
use super::offline::{changed, fetched, read, unreadable};
use super::store::Store;
use crate::cli::remote::Network;
use crate::remote::{Fetched, RemoteError, RemoteErrorKind, Remotes, RepoSpec};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How something came to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// It was vendored before.
    Kept,
    /// It was fetched, for the first time or in place of another.
    Fetched,
}

/// A repository that a build used.
#[derive(Debug)]
pub(super) struct UsedRepository {
    pub(super) way: Way,
    pub(super) entry: Repository,
    /// Where it was checked out.
    pub(super) checkout: PathBuf,
}

/// A file that a build asked for.
#[derive(Debug)]
pub(super) struct UsedFile {
    pub(super) way: Way,
    pub(super) digest: String,
    pub(super) bytes: Vec<u8>,
}

/// What builds asked for, by what names it in the lock file.
#[derive(Debug, Default)]
pub(super) struct Used {
    pub(super) repositories: BTreeMap<RepositoryKey, UsedRepository>,
    pub(super) files: BTreeMap<String, UsedFile>,
}

/// Fetches and takes note.
pub(super) struct Fetcher<'a> {
    store: &'a Store,
    /// What is locked; empty if everything is fetched anew.
    locked: Lock,
    network: Network,
    used: Mutex<Used>,
}

impl<'a> Fetcher<'a> {
    pub(super) fn new(store: &'a Store, is_update: bool) -> Fetcher<'a> {
        let locked = if is_update { Lock::default() } else { store.lock.clone() };
        Fetcher { store, locked, network: Network::default(), used: Mutex::default() }
    }

    /// Returns what was used so far.
    pub(super) fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fetches the locked commit; from a host that hands out no single commits, what the address names.
    fn clone_locked(&self, spec: &RepoSpec, entry: &Repository) -> Result<Fetched, RemoteError> {
        if entry.commit.is_empty() {
            return self.network.clone_repository(spec);
        }
        let pinned = RepoSpec { reference: entry.commit.clone(), ..spec.clone() };
        self.network.clone_repository(&pinned).or_else(|_| self.network.clone_repository(spec))
    }
}

/// Words for something that is not what it was when it was locked.
fn moved(expected: &str, found: &str) -> RemoteError {
    RemoteError::new(RemoteErrorKind::VendorChanged, "it is not any more what the lock file says")
        .note(format!("locked: {expected}"))
        .note(format!("found:  {found}"))
        .help("`--update` accepts what it is now")
}

impl Remotes for Fetcher<'_> {
    fn clone_repository(&self, spec: &RepoSpec) -> Result<Fetched, RemoteError> {
        let key = RepositoryKey::of(spec);
        let kept = self.store.repository(&key);
        let locked = self.locked.repository(&key);
        let (way, checkout) = match locked {
            Some(entry) if kept.is_dir() => (Way::Kept, fetched(&kept, &entry.commit)?),
            Some(entry) => (Way::Fetched, self.clone_locked(spec, entry)?),
            None => (Way::Fetched, self.network.clone_repository(spec)?),
        };
        let path = PathBuf::from(&checkout.directory);
        let digest = digest::of_tree(&path).map_err(|error| unreadable(&error))?;
        if let Some(entry) = locked.filter(|entry| entry.digest != digest) {
            return Err(match way {
                Way::Kept => changed(&entry.digest, &digest).help("`--update` fetches it anew"),
                Way::Fetched => moved(&entry.digest, &digest),
            });
        }
        let entry = Repository { key: key.clone(), commit: checkout.commit.clone(), digest };
        self.used().repositories.insert(key, UsedRepository { way, entry, checkout: path });
        Ok(checkout)
    }

    fn get(&self, url: &str, size_max: u64) -> Result<Vec<u8>, RemoteError> {
        let key = file_key(url);
        let locked = self.locked.file(&key);
        let kept = if locked.is_some() { read(&self.store.file(&key), size_max)? } else { None };
        let (way, bytes) = match kept {
            Some(bytes) => (Way::Kept, bytes),
            None => (Way::Fetched, self.network.get(url, size_max)?),
        };
        let digest = digest::of_bytes(&bytes);
        if let Some(File { digest: expected, .. }) = locked.filter(|file| file.digest != digest) {
            return Err(match way {
                Way::Kept => changed(expected, &digest).help("`--update` fetches it anew"),
                Way::Fetched => moved(expected, &digest),
            });
        }
        self.used().files.insert(key, UsedFile { way, digest, bytes: bytes.clone() });
        Ok(bytes)
    }
}
