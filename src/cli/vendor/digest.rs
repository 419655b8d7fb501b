//! Digests of what is vendored: of a file's bytes, and of a directory's files with their paths.

#![allow(clippy::disallowed_methods, reason = "what is vendored is read as a whole, whatever a build would see of it")]

use crate::sorting::Sorting;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

/// Files that steer git; they are not vendored, for in another repository they would steer that.
const LEFT_OUT: [&str; 4] = [".git", ".gitattributes", ".gitignore", ".gitmodules"];
/// Levels of directories; a path is never as long.
const DEPTH_MAX: usize = 1000;

/// What stands at a path below a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    File,
    Link(PathBuf),
}

/// Returns the digest of some bytes.
pub(super) fn of_bytes(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(&Sha256::digest(bytes)))
}

/// Returns a few digits that stand for some bytes in a name.
pub(super) fn short(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)).chars().take(8).collect()
}

/// Returns the digest of all files and links below a directory: that of a list with a line for each, sorted by path.
pub(super) fn of_tree(directory: &Path) -> io::Result<String> {
    let mut all = Sha256::new();
    for (path, entry) in entries(directory)? {
        let (kind, content) = match entry {
            Entry::File => ("file", Sha256::digest(std::fs::read(directory.join(&path))?)),
            Entry::Link(target) => ("link", Sha256::digest(target.as_os_str().as_encoded_bytes())),
        };
        // No path holds a zero byte, so no name can pass for another line.
        all.update(format!("{kind} {} ", hex(&content)));
        all.update(slashed(&path));
        all.update([0]);
    }
    Ok(format!("sha256:{}", hex(&all.finalize())))
}

/// Returns the files and links below a directory with their paths in it, sorted.
pub(super) fn entries(directory: &Path) -> io::Result<Vec<(PathBuf, Entry)>> {
    let mut found = Vec::new();
    let mut open = vec![(PathBuf::new(), 0)];
    while let Some((inner, depth)) = open.pop() {
        if depth > DEPTH_MAX {
            return Err(io::Error::other("directories are nested too deeply"));
        }
        for entry in std::fs::read_dir(directory.join(&inner))? {
            let entry = entry?;
            let name = entry.file_name();
            if LEFT_OUT.iter().any(|left_out| name == *left_out) {
                continue;
            }
            let path = inner.join(&name);
            let kind = entry.file_type()?;
            if kind.is_dir() {
                open.push((path, depth + 1));
            } else if kind.is_symlink() {
                found.push((path, Entry::Link(std::fs::read_link(entry.path())?)));
            } else if kind.is_file() {
                found.push((path, Entry::File));
            } else {
                return Err(io::Error::other(format!("`{}` is no file", path.display())));
            }
        }
    }
    found.put_in_order_of_made(|(path, _)| slashed(path));
    Ok(found)
}

fn slashed(path: &Path) -> Vec<u8> {
    let parts: Vec<&[u8]> = path.iter().map(|part| part.as_encoded_bytes()).collect();
    parts.join(&b'/')
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_of_content_and_paths() {
        let directory = tempfile::tempdir().expect("a directory");
        let write = |path: &str, text: &str| {
            let path = directory.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            std::fs::write(path, text).expect("a file");
        };
        let digest = || of_tree(directory.path()).expect("a digest");
        write("a/b", "1");
        write("a.c", "2");
        let first = digest();
        let paths: Vec<_> = entries(directory.path()).expect("entries").into_iter().map(|(path, _)| path).collect();
        assert_eq!(paths, [Path::new("a.c"), Path::new("a/b")]);
        write(".gitignore", "x");
        write("a/.git/config", "x");
        assert_eq!(digest(), first);
        write("a/b", "2");
        let second = digest();
        assert_ne!(second, first);
        write("a/b", "1");
        assert_eq!(digest(), first);
        std::fs::rename(directory.path().join("a.c"), directory.path().join("a.d")).expect("renamed");
        assert_ne!(digest(), first);
        assert_eq!(of_bytes(b""), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
