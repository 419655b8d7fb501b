//! The address of a kustomization in a git repository, taken apart (upstream `git.NewRepoSpecFromURL`).
//!
//! A pure function of the text: whether the repository exists is for [`super::Remotes`] to find out.

use super::query::{self, Query};
use super::strip_prefix_ignore_case;
use std::time::Duration;

/// How long a git command may take if the address says nothing.
const TIMEOUT: Duration = Duration::from_secs(27);
/// Without a marker, so many segments are the repository: owner and name.
const REPOSITORY_SEGMENTS: usize = 2;
const SSH: &str = "ssh://";
const HTTPS: &str = "https://";
const HTTP: &str = "http://";
const FILE: &str = "file://";

/// A repository, what to check out of it, and a directory in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepoSpec {
    /// The address as written.
    pub raw: String,
    /// Scheme, user and host with the separator behind it: `https://github.com/`, `git@host:`, `file://`.
    pub host: String,
    /// The path of the repository on the host.
    pub repo_path: String,
    /// The directory in the repository, without a leading slash; empty for its root.
    pub path: String,
    /// A branch, tag or commit; empty for the default branch.
    pub reference: String,
    /// Whether submodules are checked out, too.
    pub submodules: bool,
    /// How long each git command may take.
    pub timeout: Duration,
}

impl RepoSpec {
    /// Takes an address apart; nothing if it is no address of a repository (but perhaps a path).
    pub fn parse(address: &str) -> Option<RepoSpec> {
        if address.starts_with('/') {
            return None;
        }
        let (rest, query) = address.split_once('?').unwrap_or((address, ""));
        let (host, rest) = split_host(rest)?;
        let (repo_path, path) = split_path(&rest, host == FILE)?;
        if repo_path.is_empty() || leaves(path) {
            return None;
        }
        let path = path.strip_prefix('/').unwrap_or(path).to_owned();
        let Query { reference, timeout, submodules } = query::parse(query);
        Some(RepoSpec {
            raw: address.to_owned(),
            repo_path: repo_path.to_owned(),
            path,
            reference,
            submodules: submodules.unwrap_or(true),
            timeout: timeout.unwrap_or(TIMEOUT),
            host,
        })
    }

    /// Returns what git is told to fetch.
    pub fn clone_spec(&self) -> String {
        format!("{}{}", self.host, self.repo_path)
    }
}

/// Splits off scheme, user and host, normalised for GitHub (upstream `extractHost`).
fn split_host(address: &str) -> Option<(String, String)> {
    let address = strip_prefix_ignore_case(address, "git::").unwrap_or(address);
    let schemes = [SSH, HTTPS, HTTP, FILE];
    let scheme = schemes.iter().find_map(|scheme| Some((*scheme, strip_prefix_ignore_case(address, scheme)?)));
    let (scheme, after_scheme) = scheme.unwrap_or(("", address));
    let (user, after_user) = split_user(after_scheme);
    let is_github =
        ["github.com/", "github.com:"].iter().any(|host| strip_prefix_ignore_case(after_user, host).is_some());
    // `user@host:path`, as scp has it.
    let is_scp = scheme.is_empty() && (!user.is_empty() || is_github);
    if scheme.is_empty() && !is_scp {
        return None;
    }
    if scheme == FILE {
        return Some((FILE.to_owned(), after_scheme.to_owned()));
    }
    let (host, rest) = match separator(after_user, is_scp) {
        Some(at) => after_user.split_at_checked(at + 1)?,
        None => (after_user, ""),
    };
    if is_github {
        let host = if scheme == SSH || !user.is_empty() {
            format!("{user}github.com:")
        } else {
            format!("{HTTPS}github.com/")
        };
        return Some((host, rest.to_owned()));
    }
    (!host.is_empty()).then(|| (format!("{scheme}{user}{host}"), rest.to_owned()))
}

/// Splits off `user@`.
fn split_user(text: &str) -> (&str, &str) {
    let Some(at) = text.find('@') else { return ("", text) };
    let (user, _) = text.split_at(at);
    let is_user = user.starts_with(|c: char| c.is_ascii_alphabetic())
        && user.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if is_user { text.split_at(at + 1) } else { ("", text) }
}

/// Finds the character that ends the host.
fn separator(text: &str, is_scp: bool) -> Option<usize> {
    let slash = text.find('/');
    let colon = if is_scp { text.find(':') } else { None };
    match (slash, colon) {
        (None, colon) => colon,
        (Some(slash), Some(colon)) if colon > 0 && colon < slash => Some(colon),
        (slash, _) => slash,
    }
}

/// Splits the path of the repository from the directory in it (upstream `parsePathParts`).
fn split_path(path: &str, is_file: bool) -> Option<(&str, &str)> {
    // Azure has the repository one level below `_git`.
    if let Some(marker) = path.find("_git/") {
        let name = marker + "_git/".len();
        let end = path[name..].find('/').map_or(path.len(), |at| name + at);
        return Some((&path[..end], path.get(end + 1..).unwrap_or("")));
    }
    if let Some(split) = path.split_once("//") {
        return Some(split);
    }
    if let Some(marker) = path.find(".git") {
        return Some(path.split_at(marker + ".git".len()));
    }
    if is_file {
        return Some((path, ""));
    }
    let mut slashes = path.match_indices('/').map(|(at, _)| at);
    // As many segments as the repository has need one slash fewer.
    slashes.nth(REPOSITORY_SEGMENTS - 2)?;
    match slashes.next() {
        Some(end) => Some((&path[..end], &path[end + 1..])),
        None => Some((path, "")),
    }
}

/// Returns whether a path in a repository leads out of it, in words (links are for `loader`).
fn leaves(path: &str) -> bool {
    let path = path.strip_prefix('/').unwrap_or(path);
    let is_absolute = path.starts_with('/');
    let mut depth = 0_usize;
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if depth > 0 => depth -= 1,
            ".." if is_absolute => {}
            ".." => return true,
            _ => depth += 1,
        }
    }
    false
}
