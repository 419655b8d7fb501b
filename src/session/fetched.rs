//! What a session fetched: each repository and each file once, and how messages name it.
//!
//! Fetching itself is behind [`Remotes`](crate::remote::Remotes).

use super::{FILE_BYTES_MAX, Session};
use crate::diagnostic::{Code, Diagnostic};
use crate::fs;
use crate::remote::{self, Fetched, RemoteError, RemoteErrorKind, RepoSpec};
use crate::source::Place;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Repositories and files that were asked for.
#[derive(Debug, Default)]
pub(super) struct FetchedRemotes {
    /// By address, what is checked out, and whether with submodules.
    checkouts: FxHashMap<(String, String, bool), Result<Arc<Checkout>, RemoteError>>,
    /// By address; a file's address is its path, too.
    files: FxHashMap<Arc<str>, Result<Arc<[u8]>, RemoteError>>,
    /// Those of `checkouts` that succeeded, in order.
    list: Vec<Arc<Checkout>>,
}

/// A repository that was checked out.
#[derive(Debug)]
pub(crate) struct Checkout {
    /// Where; absolute, free of symbolic links.
    pub(crate) directory: Arc<str>,
    /// Its address, without credentials.
    pub(crate) shown: String,
}

impl Session<'_> {
    /// Fetches a repository, or finds it among those that were fetched.
    pub(crate) fn checkout(&mut self, spec: &RepoSpec) -> Result<Arc<Checkout>, RemoteError> {
        let key = (spec.clone_spec(), spec.reference.clone(), spec.submodules);
        if let Some(known) = self.fetched.checkouts.get(&key) {
            return known.clone();
        }
        let fetched = match self.remotes {
            Some(remotes) => remotes.clone_repository(spec),
            None => Err(unsupported()),
        };
        let result = fetched.and_then(|Fetched { directory, .. }| {
            let words = |error| RemoteError::new(RemoteErrorKind::Failed, format!("cannot use the checkout: {error}"));
            let directory = self.fs.canonical(&directory).map_err(words)?.into();
            Ok(Arc::new(Checkout { directory, shown: remote::without_credentials(&key.0) }))
        });
        if let Ok(checkout) = &result {
            self.fetched.list.push(Arc::clone(checkout));
        }
        self.fetched.checkouts.insert(key, result.clone());
        result
    }

    /// Fetches a file; the path it is read by from then on is its address.
    pub(crate) fn download(&mut self, url: &str) -> Result<Arc<str>, RemoteError> {
        let path: Arc<str> = url.into();
        if !self.fetched.files.contains_key(&path) {
            let size_max = self.limits.file_bytes_max.min(FILE_BYTES_MAX);
            let result = match self.remotes {
                Some(remotes) => remotes.get(url, size_max).map(Arc::from),
                None => Err(unsupported()),
            };
            self.fetched.files.insert(Arc::clone(&path), result);
        }
        match self.fetched.files.get(&path) {
            Some(Err(error)) => Err(error.clone()),
            _ => Ok(path),
        }
    }

    /// Returns the bytes of a file that was fetched.
    pub(super) fn downloaded(&self, path: &str) -> Option<&Arc<[u8]>> {
        self.fetched.files.get(path)?.as_ref().ok()
    }

    /// Returns whether a path is no file of the user's: it was fetched, or is in a repository that was.
    pub(crate) fn is_fetched(&self, path: &str) -> bool {
        self.downloaded(path).is_some() || self.containing_checkout(path).is_some()
    }

    /// Returns how messages name what was fetched.
    pub(super) fn show_fetched(&self, path: &str) -> Option<String> {
        if remote::is_remote_file(path) {
            return Some(remote::without_credentials(path));
        }
        let checkout = self.containing_checkout(path)?;
        let inner = path.strip_prefix(&*checkout.directory).unwrap_or("").trim_start_matches('/');
        Some(if inner.is_empty() { checkout.shown.clone() } else { format!("{}//{inner}", checkout.shown) })
    }

    fn containing_checkout(&self, path: &str) -> Option<&Arc<Checkout>> {
        self.fetched.list.iter().find(|checkout| fs::is_within(path, &checkout.directory))
    }
}

/// Words for what could not be fetched.
pub(crate) fn fetch_error(address: &str, error: RemoteError, place: Option<Place>) -> Box<Diagnostic> {
    let code = match error.kind {
        RemoteErrorKind::Unsupported => Code::RemoteUnsupported,
        RemoteErrorKind::Failed | RemoteErrorKind::TimedOut => Code::RemoteFailed,
        RemoteErrorKind::TooLarge => Code::LimitExceeded,
        RemoteErrorKind::NotVendored => Code::NotVendored,
        RemoteErrorKind::VendorChanged => Code::VendorChanged,
    };
    let message = format!("cannot fetch `{}`: {}", remote::without_credentials(address), error.message);
    let mut diagnostic = Diagnostic::error(code, message).at(place, "");
    diagnostic.notes = error.notes;
    diagnostic.help = error.help;
    if diagnostic.help.is_empty() && code == Code::RemoteFailed {
        diagnostic
            .help
            .push("check the address and the connection; a path in this tree is written `./path`".to_owned());
    }
    diagnostic
}

fn unsupported() -> RemoteError {
    RemoteError::new(RemoteErrorKind::Unsupported, "there is no network here")
        .help("copy it into the tree, and name it by its path")
}
