//! Fetching for real: repositories with the program git, files over HTTP, both into a directory that goes away in the end.

mod git;
#[cfg(feature = "http")]
mod http;
mod process;

use crate::remote::{Fetched, RemoteError, RemoteErrorKind, Remotes, RepoSpec};
use std::sync::{Mutex, PoisonError};
use tempfile::TempDir;

/// Fetches from the network; what was fetched goes away with it.
#[derive(Debug, Default)]
pub(super) struct Network {
    checkouts: Mutex<Vec<TempDir>>,
}

impl Remotes for Network {
    fn clone_repository(&self, spec: &RepoSpec) -> Result<Fetched, RemoteError> {
        let no_room = |error: std::io::Error| {
            RemoteError::new(RemoteErrorKind::Failed, format!("no temporary directory: {error}"))
        };
        let directory = tempfile::Builder::new().prefix("rustomize-").tempdir().map_err(no_room)?;
        let path = directory.path().to_str();
        let path = path.ok_or_else(|| no_room(std::io::Error::other("its path is not UTF-8")))?;
        let fetched =
            Fetched { directory: super::native_to_slash(path), commit: git::checkout(spec, directory.path())? };
        self.checkouts.lock().unwrap_or_else(PoisonError::into_inner).push(directory);
        Ok(fetched)
    }

    #[cfg(feature = "http")]
    fn get(&self, url: &str, size_max: u64) -> Result<Vec<u8>, RemoteError> {
        http::get(url, size_max)
    }

    #[cfg(not(feature = "http"))]
    fn get(&self, _url: &str, _size_max: u64) -> Result<Vec<u8>, RemoteError> {
        Err(RemoteError::new(RemoteErrorKind::Unsupported, "this program was built without HTTP"))
    }
}
