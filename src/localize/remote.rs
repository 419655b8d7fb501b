//! Where the copies of remote files and repositories stand: below `localized-files`, by host and path.

use crate::fs;
use crate::remote::RepoSpec;

/// The directory, beside a kustomization, that holds what it had fetched.
pub(super) const DIRECTORY: &str = "localized-files";
/// Stands for the host of repositories on this machine.
const LOCAL_HOST: &str = "file-schemed";

/// Returns the path for the copy of a file that was fetched: its host, without user and port, and its path as it is sent
/// (upstream `locFilePath`).
pub(super) fn file_path(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    below(&[host_name(authority), &escaped(path)])
}

/// Returns the path for the copy of a directory in a repository; `inner` is its path there, links resolved (upstream
/// `locRootPath`).
pub(super) fn root_path(spec: &RepoSpec, inner: &str) -> String {
    let host = match spec.host.split("://").next() {
        Some("gh:") => "gh",
        Some("file") => LOCAL_HOST,
        _ => host_name(spec.host.split_once("://").map_or(&*spec.host, |(_, rest)| rest)),
    };
    let repository = spec.repo_path.strip_suffix(".git").unwrap_or(&spec.repo_path);
    below(&[host, &fs::clean(&format!("/{repository}")), &spec.reference, inner])
}

/// Returns the name for the copy of a remote kustomization (upstream `defaultNewDir`).
pub(super) fn default_name(spec: &RepoSpec, inner: &str) -> String {
    let name = match inner {
        "." => fs::base_name(spec.repo_path.trim_end_matches('/')),
        inner => fs::base_name(inner),
    };
    format!("{name}-{}", spec.reference.replace('/', "-"))
}

fn below(parts: &[&str]) -> String {
    let path = fs::clean(&format!("/{DIRECTORY}/{}", parts.join("/")));
    path.trim_start_matches('/').to_owned()
}

/// Takes user and port off, and the brackets of an address of numbers.
fn host_name(authority: &str) -> &str {
    let authority = authority.split('/').next().unwrap_or(authority);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    match host.strip_prefix('[') {
        Some(inner) => inner.split(']').next().unwrap_or(inner),
        None => host.split(':').next().unwrap_or(host),
    }
}

/// A path as it is sent (Go's `URL.EscapedPath`): as it was written if it can be, else escaped anew. Detours are resolved.
fn escaped(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte);
    let can_be_sent = path.bytes().all(|byte| is_plain(byte) || b"!'()*[]%".contains(&byte));
    let path = match can_be_sent {
        true => path.to_owned(),
        false => {
            let mut text = String::new();
            for byte in decoded(path) {
                match is_plain(byte) {
                    true => text.push(char::from(byte)),
                    false => text.push_str(&format!("%{byte:02X}")),
                }
            }
            text
        }
    };
    fs::clean(&format!("/{path}"))
}

fn decoded(path: &str) -> Vec<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = match after {
            [high, low, ..] if first == b'%' => digit(high).zip(digit(low)),
            _ => None,
        };
        let code = code.and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paths that kustomize v5.8.2 gives.
    #[test]
    fn copies_of_files_stand_by_host_and_path() {
        for (address, path) in [
            ("https://example.com/a/b.yaml", "localized-files/example.com/a/b.yaml"),
            ("https://user:pass@example.com:8080/a/../b.yaml?x=1#y", "localized-files/example.com/b.yaml"),
            ("http://[::1]:80/../../a", "localized-files/::1/a"),
            ("https://example.com/a%2Fb/c%20d", "localized-files/example.com/a%2Fb/c%20d"),
            ("https://example.com/a b/ä%2F!", "localized-files/example.com/a%20b/%C3%A4/%21"),
            ("https://example.com", "localized-files/example.com"),
        ] {
            assert_eq!(file_path(address), path, "{address}");
        }
    }

    #[test]
    fn copies_of_repositories_stand_by_host_path_and_ref() {
        for (address, inner, path) in [
            ("https://github.com/org/repo//sub?ref=v1", "sub", "localized-files/github.com/org/repo/v1/sub"),
            ("git@github.com:org/repo.git?ref=a/b", ".", "localized-files/github.com/org/repo/a/b"),
            ("ssh://git@example.com:22/org/repo.git//x/y?ref=main", "z", "localized-files/example.com/org/repo/main/z"),
            ("file:///srv/repo.git//x?ref=main", "x", "localized-files/file-schemed/srv/repo/main/x"),
        ] {
            let spec = RepoSpec::parse(address).expect("the address of a repository");
            assert_eq!(root_path(&spec, inner), path, "{address}");
        }
        let spec = RepoSpec::parse("https://github.com/org/repo.git?ref=a/b").expect("the address of a repository");
        assert_eq!(default_name(&spec, "."), "repo.git-a-b");
        assert_eq!(default_name(&spec, "x/y"), "y-a-b");
    }
}
