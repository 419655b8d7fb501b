//! What is fetched for one session is there for all: sessions of several threads, and those that take their place.

use crate::remote::{Fetched, RemoteError, Remotes, RepoSpec};
use rustc_hash::FxHashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

type Answers<K, V> = Mutex<FxHashMap<K, Arc<OnceLock<Result<V, RemoteError>>>>>;

/// Asks for everything once.
pub(in crate::cli) struct Shared<'a> {
    inner: &'a dyn Remotes,
    repositories: Answers<(String, String, bool), Fetched>,
    files: Answers<String, Arc<[u8]>>,
}

impl<'a> Shared<'a> {
    pub(in crate::cli) fn new(inner: &'a dyn Remotes) -> Shared<'a> {
        Shared { inner, repositories: Mutex::default(), files: Mutex::default() }
    }
}

impl Remotes for Shared<'_> {
    fn clone_repository(&self, spec: &RepoSpec) -> Result<Fetched, RemoteError> {
        let key = (spec.clone_spec(), spec.reference.clone(), spec.submodules);
        once(&self.repositories, key, || self.inner.clone_repository(spec))
    }

    fn get(&self, url: &str, size_max: u64) -> Result<Vec<u8>, RemoteError> {
        once(&self.files, url.to_owned(), || self.inner.get(url, size_max).map(Arc::from)).map(|bytes| bytes.to_vec())
    }
}

/// Others who ask for the same wait; those who ask for something else do not.
fn once<K: Hash + Eq, V: Clone>(
    answers: &Answers<K, V>,
    key: K,
    ask: impl FnOnce() -> Result<V, RemoteError>,
) -> Result<V, RemoteError> {
    let answer = Arc::clone(answers.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
    answer.get_or_init(ask).clone()
}
