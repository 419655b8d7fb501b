//! A walk through everything below a directory, in the order of Go's `filepath.Walk`.

use super::{EntryKind, FileSystem, FsError, Look};

/// Calls `visit` with the relative path of every file, link and directory below a directory, each directory before what
/// stands in it, names sorted. Directories for which `visit` returns false are not entered; links never are.
///
/// Stops at the first directory or name that cannot be looked at, and returns its relative path.
pub fn walk(
    fs: &dyn FileSystem,
    directory: &str,
    visit: &mut dyn FnMut(&str, Look) -> bool,
) -> Result<(), (String, FsError)> {
    let list = |path: &str| fs.list(&format!("{directory}/{path}"));
    let push = |parent: &str, names: Vec<String>, open: &mut Vec<String>| {
        let join = |name: String| if parent.is_empty() { name } else { format!("{parent}/{name}") };
        open.extend(names.into_iter().rev().map(join));
    };
    let mut open = Vec::new();
    push("", list("").map_err(|error| (String::new(), error))?, &mut open);
    while let Some(path) = open.pop() {
        let look = fs.look(&format!("{directory}/{path}")).map_err(|error| (path.clone(), error))?;
        if visit(&path, look) && look == Look::Entry(EntryKind::Directory) {
            let names = list(&path).map_err(|error| (path.clone(), error))?;
            push(&path, names, &mut open);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::Memory;

    #[test]
    fn a_walk_goes_through_all_that_is_entered() {
        let mut fs = Memory::new();
        for path in ["/w/b/x", "/w/b/a/y", "/w/b.z", "/w/a", "/w/skip/c", "/v"] {
            fs.set(path, "");
        }
        let mut visited = Vec::new();
        let walked = walk(&fs, "/w", &mut |path, _| {
            visited.push(path.to_owned());
            path != "skip"
        });
        assert_eq!(walked, Ok(()));
        assert_eq!(visited, ["a", "b", "b/a", "b/a/y", "b/x", "b.z", "skip"]);
        assert!(walk(&fs, "/no", &mut |_, _| true).is_err());
    }
}
