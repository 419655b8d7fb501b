//! `.rustomize/lock.json`: what was vendored, and what it must be.
//!
//! Addresses are in it without credentials, so that it can be committed and is the same for everyone.

use super::digest::short;
use crate::remote::{RepoSpec, without_credentials};
use crate::sorting::Sorting;
use serde::{Deserialize, Serialize};

/// The only version there is.
const VERSION: u32 = 1;

/// The lock file; both lists are sorted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Lock {
    version: u32,
    pub(super) repositories: Vec<Repository>,
    pub(super) files: Vec<File>,
}

/// A repository at one commit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Repository {
    #[serde(flatten)]
    pub(super) key: RepositoryKey,
    pub(super) commit: String,
    pub(super) digest: String,
}

/// What names a repository in a kustomization.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub(super) struct RepositoryKey {
    pub(super) address: String,
    #[serde(rename = "ref")]
    pub(super) reference: String,
    pub(super) submodules: bool,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) address: String,
    pub(super) digest: String,
}

impl Default for Lock {
    fn default() -> Lock {
        Lock { version: VERSION, repositories: Vec::new(), files: Vec::new() }
    }
}

impl Lock {
    /// Reads a lock file.
    pub(super) fn parse(text: &str) -> Result<Lock, String> {
        let lock: Lock = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match lock.version {
            VERSION => Ok(lock),
            version => Err(format!("its version is {version}; this program knows version {VERSION}")),
        }
    }

    /// Returns the text of the file.
    pub(super) fn text(&self) -> String {
        // Strings, numbers and lists of them have no way to fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    pub(super) fn repository(&self, key: &RepositoryKey) -> Option<&Repository> {
        self.repositories.iter().find(|repository| repository.key == *key)
    }

    pub(super) fn file(&self, key: &str) -> Option<&File> {
        self.files.iter().find(|file| file.address == key)
    }

    /// Adds or replaces a repository.
    pub(super) fn set_repository(&mut self, repository: Repository) {
        self.repositories.retain(|old| old.key != repository.key);
        self.repositories.push(repository);
        self.repositories.put_in_own_order();
    }

    /// Adds or replaces a file.
    pub(super) fn set_file(&mut self, file: File) {
        self.files.retain(|old| old.address != file.address);
        self.files.push(file);
        self.files.put_in_own_order();
    }
}

impl RepositoryKey {
    pub(super) fn of(spec: &RepoSpec) -> RepositoryKey {
        let RepoSpec { reference, submodules, .. } = spec.clone();
        RepositoryKey { address: public(&spec.clone_spec()), reference, submodules }
    }

    /// Returns the name of the directory: readable, and of this key alone.
    pub(super) fn directory(&self) -> String {
        let name = self.address.rsplit(['/', ':']).next().unwrap_or("");
        let name = name.strip_suffix(".git").unwrap_or(name);
        let key = format!("{}\0{}\0{}", self.address, self.reference, self.submodules);
        let readable = plain(&format!("{name}-{}", self.reference));
        let readable = if readable.is_empty() { "repository" } else { &readable };
        format!("{readable}-{}", short(key.as_bytes()))
    }
}

/// Returns what names a file in the lock file.
pub(super) fn file_key(address: &str) -> String {
    public(address)
}

/// Returns the name that a file has where it is kept.
pub(super) fn file_name(key: &str) -> String {
    let path = key.split(['?', '#']).next().unwrap_or(key);
    let name = path.rsplit('/').next().unwrap_or("");
    format!("{}-{}", short(key.as_bytes()), plain(name))
}

fn public(address: &str) -> String {
    without_credentials(address).replacen("://***@", "://", 1)
}

/// Makes a text fit to be part of a file's name on any system.
fn plain(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' };
    let text: String = text.chars().take(60).map(plain).collect();
    text.trim_matches(['-', '.']).to_owned()
}

/// Returns the schema of the answer.
#[cfg(feature = "schemas")]
pub(in crate::cli) fn schema() -> schemars::Schema {
    crate::cli::schemas::of::<Lock>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_make_no_difference_and_the_rest_does() {
        let key = |address: &str| RepositoryKey::of(&RepoSpec::parse(address).expect("an address"));
        let first = key("https://user:pass@example.com/o/r.git//a?ref=v1");
        assert_eq!(first, key("https://example.com/o/r.git//b?ref=v1&timeout=5"));
        assert_eq!(first.address, "https://example.com/o/r.git");
        assert!(first.directory().starts_with("r-v1-"), "{}", first.directory());
        for other in ["https://example.com/o/r.git?ref=v2", "https://example.com/o/r.git?ref=v1&submodules=false"] {
            assert_ne!(first.directory(), key(other).directory(), "{other}");
        }
        for hostile in ["file:///..", "file:///x?ref=../../y", "git@h:../..?ref=-x", "file:///%00\u{7}"] {
            let name = key(hostile).directory();
            assert!(!name.contains(['/', '\\', '\u{7}']) && !name.starts_with(['.', '-']), "{name}");
        }
        assert_eq!(file_key("https://u:p@h/x.yaml?token=t"), "https://h/x.yaml?token=***");
        assert!(file_name("https://h/a/x.yaml?ref=../b").ends_with("-x.yaml"));
    }

    #[test]
    fn the_file_is_read_as_written_and_nothing_else_is() {
        let mut lock = Lock::default();
        lock.set_file(File { address: "b".into(), digest: "2".into() });
        lock.set_file(File { address: "a".into(), digest: "1".into() });
        lock.set_file(File { address: "b".into(), digest: "3".into() });
        let key = RepositoryKey { address: "r".into(), reference: String::new(), submodules: true };
        lock.set_repository(Repository { key: key.clone(), commit: "c".into(), digest: "d".into() });
        assert_eq!(Lock::parse(&lock.text()).as_ref(), Ok(&lock));
        assert_eq!(lock.files.iter().map(|file| file.digest.as_str()).collect::<Vec<_>>(), ["1", "3"]);
        assert!(lock.repository(&key).is_some() && lock.file("c").is_none());
        for text in ["", "{}", r#"{"version":2,"repositories":[],"files":[]}"#, r#"{"version":1,"files":[]}"#] {
            assert!(Lock::parse(text).is_err(), "{text}");
        }
    }
}
