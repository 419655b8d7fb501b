//! The only way in and out: the [`FileSystem`] trait, with a disk and a memory behind it.
//!
//! Paths are UTF-8, `/`-separated, and absolute inside the engine. This is the only module that names `std::fs`. What may
//! be read is decided by `loader`.

mod bounded;
mod disk;
pub mod glob;
mod memory;
mod overlaid;
mod walk;

pub use bounded::Bounded;
pub use disk::Disk;
pub use memory::Memory;
pub use overlaid::Overlaid;
pub use walk::walk;

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file (or anything that can be read like one).
    File,
    /// A directory.
    Directory,
}

/// What stands at a path when a symbolic link in its last part is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The thing itself.
    Entry(EntryKind),
    /// A symbolic link.
    Link,
}

/// Why a path could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FsError {
    /// Nothing stands there.
    NotFound,
    /// A directory stands there.
    IsDirectory,
    /// The file is larger than the limit given, in bytes.
    TooLarge(u64),
    /// It is, or may be, outside the tree that may be read.
    Outside,
    /// Anything else, in the system's words.
    Other(String),
}

impl std::fmt::Display for FsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FsError::NotFound => f.write_str("no such file or directory"),
            FsError::IsDirectory => f.write_str("is a directory"),
            FsError::TooLarge(size) => write!(f, "is {size} bytes long"),
            FsError::Outside => f.write_str("is outside the tree that may be read"),
            FsError::Other(words) => f.write_str(words),
        }
    }
}

/// Reads files. Writing is the business of the bindings.
pub trait FileSystem: Sync {
    /// Reads a file that is at most `size_max` bytes long.
    fn read(&self, path: &str, size_max: u64) -> Result<Vec<u8>, FsError>;

    /// Returns what stands at a path, symbolic links followed.
    fn kind(&self, path: &str) -> Result<EntryKind, FsError>;

    /// Returns what stands at a path without following a symbolic link in its last part.
    fn look(&self, path: &str) -> Result<Look, FsError>;

    /// Returns the names in a directory, sorted; used to make suggestions.
    fn list(&self, path: &str) -> Result<Vec<String>, FsError>;

    /// Returns the path with symbolic links, `.` and `..` resolved; the path must exist.
    fn canonical(&self, path: &str) -> Result<String, FsError>;
}

/// Joins a directory and a relative path, resolving `.` and `..` in words only (links are not looked at).
pub fn join(directory: &str, path: &str) -> String {
    if path.starts_with('/') {
        return clean(path);
    }
    let mut joined = String::with_capacity(directory.len() + 1 + path.len());
    joined.push_str(directory);
    joined.push('/');
    joined.push_str(path);
    if is_clean(&joined) { joined } else { clean(&joined) }
}

/// Returns whether [`clean`] certainly has nothing to do.
fn is_clean(path: &str) -> bool {
    let bytes = path.as_bytes();
    // A drive letter is not looked for, nor parts that begin with a dot.
    let is_part = |at: usize| !matches!(bytes.get(at + 1), None | Some(b'/' | b'.'));
    bytes.first() == Some(&b'/') && bytes.get(2) != Some(&b':') && memchr::memchr_iter(b'/', bytes).all(is_part)
}

/// Resolves `.`, `..` and doubled slashes in words only, like Go's `filepath.Clean` on an absolute path.
pub fn clean(path: &str) -> String {
    if is_clean(path) {
        return path.to_owned();
    }
    let mut cleaned = String::with_capacity(path.len() + 1);
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => cleaned.truncate(cleaned.rfind('/').unwrap_or(0)),
            _ => cleaned.extend(["/", part]),
        }
    }
    // A drive letter stands where a Unix path has its leading slash.
    let first = cleaned.get(1..).and_then(|rest| rest.split('/').next()).unwrap_or("");
    if first.len() == 2 && first.ends_with(':') {
        cleaned.remove(0);
    } else if cleaned.is_empty() {
        cleaned.push('/');
    }
    cleaned
}

/// Returns the directory a path stands in.
pub fn parent(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) => "/",
        Some(at) => &path[..at],
        None => ".",
    }
}

/// Returns the last part of a path.
pub fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Returns whether a clean absolute path is a directory or stands below it.
pub fn is_within(path: &str, directory: &str) -> bool {
    directory == "/" || path == directory || path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

/// Returns how to write a path when standing in a directory; both are clean and absolute.
pub fn relative(path: &str, from: &str) -> String {
    let is_part = |part: &&str| !part.is_empty();
    let mut path = path.split('/').filter(is_part).peekable();
    let mut from = from.split('/').filter(is_part).peekable();
    while path.peek().is_some_and(|part| from.peek() == Some(part)) {
        path.next();
        from.next();
    }
    let mut shown = String::with_capacity(64);
    for part in from.map(|_| "..").chain(path) {
        if !shown.is_empty() {
            shown.push('/');
        }
        shown.push_str(part);
    }
    if shown.is_empty() { ".".to_owned() } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_cleaned_and_made_relative_in_words() {
        for (directory, path, joined) in [
            ("/a/b", "../c/./d.yaml", "/a/c/d.yaml"),
            ("/a", "/x//y/", "/x/y"),
            ("/a", "../../..", "/"),
            ("C:/a", "../b", "C:/b"),
        ] {
            assert_eq!(join(directory, path), joined, "{directory} + {path}");
        }
        for (path, from, shown) in
            [("/a/b/c", "/a/b", "c"), ("/a/x", "/a/b/c", "../../x"), ("/a", "/a", "."), ("/x", "/", "x")]
        {
            assert_eq!(relative(path, from), shown, "{path} from {from}");
        }
        assert!(is_within("/a/b", "/a") && is_within("/a", "/a") && is_within("/a", "/") && !is_within("/ab", "/a"));
    }

    #[test]
    fn memory_has_directories_where_files_stand() {
        let mut memory = Memory::new();
        memory.set("/a/b/c.yaml", "x");
        assert_eq!(memory.kind("/a/b"), Ok(EntryKind::Directory));
        assert_eq!(memory.kind("/a/b/c.yaml"), Ok(EntryKind::File));
        assert_eq!(memory.kind("/a/bc"), Err(FsError::NotFound));
        assert_eq!(memory.read("/a/b", 9), Err(FsError::IsDirectory));
        assert_eq!(memory.read("/a/b/c.yaml", 0), Err(FsError::TooLarge(1)));
        assert_eq!(memory.list("/a"), Ok(vec!["b".to_owned()]));
    }
}
