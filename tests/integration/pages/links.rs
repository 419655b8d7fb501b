//! Links of pages, the files that they name, and the table of contents of the book.

use super::markdown::{anchors, codes, links};
use super::{read, root};
use crate::case::{entries, file_name};
use std::path::{Component, Path, PathBuf};

const CONTENTS: &str = "docs/SUMMARY.md";
/// Where a name in a page begins that is a path of this repository.
const PLACES: [&str; 9] = ["docs/", "examples/", "tests/", "src/", "pkg/", "plugin/", "argocd/", "xtask/", ".github/"];
/// What is made by a build.
const BUILT: [&str; 3] = ["pkg/dist", "pkg/preview/dist", "pkg/vscode/rustomize.vsix"];

/// Checks the links of a page and the paths that it names; returns how many links lead into the repository.
pub(super) fn check(page: &str, text: &str, failures: &mut Vec<String>) -> usize {
    let mut n_links = 0;
    for (line, link) in links(text) {
        if link.starts_with("http://") || link.starts_with("https://") || link.starts_with("mailto:") {
            continue;
        }
        n_links += 1;
        if let Err(message) = follow(page, text, &link) {
            failures.push(format!("{page}:{line}: `{link}`: {message}"));
        }
    }
    for (line, code) in codes(text) {
        if is_path(&code) && !exists(page, &code) {
            failures.push(format!("{page}:{line}: there is no `{code}`"));
        }
    }
    n_links
}

fn follow(page: &str, text: &str, link: &str) -> Result<(), String> {
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let directory = Path::new(page).parent().unwrap_or(Path::new(""));
    let target = normal(&directory.join(path)).ok_or("it leads out of the repository")?;
    if !root().join(&target).exists() {
        return Err("nothing is there".to_owned());
    }
    let Some(anchor) = anchor else { return Ok(()) };
    let other = if path.is_empty() { text.to_owned() } else { read(&target.to_string_lossy()) };
    match anchors(&other).iter().any(|heading| heading == anchor) {
        true => Ok(()),
        false => Err("no heading there has this anchor".to_owned()),
    }
}

/// A path without `..`; none if it leads out.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir if !normal.pop() => return None,
            Component::Normal(name) => normal.push(name),
            _ => {}
        }
    }
    Some(normal)
}

/// Returns whether a code is the path of a file of this repository, and no pattern, address or module.
fn is_path(code: &str) -> bool {
    let is_plain = code.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-'));
    is_plain && PLACES.iter().any(|place| code.starts_with(place)) && !BUILT.iter().any(|built| code.starts_with(built))
}

/// Paths are meant from the root, or from the page; those of a system may lack what stands around them.
fn exists(page: &str, code: &str) -> bool {
    let directory = Path::new(page).parent().unwrap_or(Path::new(""));
    root().join(code).exists() || root().join(directory).join(code).exists()
}

/// Every page of docs/ is in the table of contents, once, and all that is there exists.
pub(super) fn check_book(failures: &mut Vec<String>) {
    let contents = read(CONTENTS);
    let listed: Vec<String> = links(&contents).into_iter().map(|(_, link)| link).collect();
    let names = entries(&root().join("docs")).into_iter().filter(|path| path.extension().is_some_and(|e| e == "md"));
    for name in names.map(|path| file_name(&path)).filter(|name| name != "SUMMARY.md") {
        let n_times = listed.iter().filter(|link| **link == name).count();
        if n_times != 1 {
            failures.push(format!("{CONTENTS} lists {name} {n_times} times, not once"));
        }
    }
}
