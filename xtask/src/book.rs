//! `cargo xtask book`: the pages of docs/ as a book, built by mdBook into target/book, every link of which is followed.
//!
//! Links that lead out of docs/ (the README, examples) lead to the repository, `--repository ADDRESS` says where it is; without it
//! they become text. Links of the Markdown itself, the table of contents and the commands are tests of their own (`pages`).

use crate::shell::{self, Result};
use crate::tools;
use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

const MDBOOK_VERSION: &str = "0.5.4";
const BOOK: &str = "target/book";
/// What mdBook writes for itself.
const OWN: [&str; 3] = ["print.html", "404.html", "toc.html"];

pub fn run(words: &[&str]) -> Result<()> {
    let repository = match words {
        [] => None,
        ["--repository", address] => Some(address.trim_end_matches('/')),
        _ => return Err(format!("book: unknown arguments `{}`", words.join(" "))),
    };
    // Without the server that reloads pages, whose crates take most of the time.
    tools::cargo_program("mdbook", MDBOOK_VERSION, &["--no-default-features", "--features", "search"])?;
    let destination = shell::root().join(BOOK);
    shell::run("mdbook", &["build", "docs", "--dest-dir", &destination.to_string_lossy()])?;
    let pages = pages(&destination)?;
    let (mut n_links, mut faults) = (0, Vec::new());
    for (path, page) in &pages {
        let (text, n) = follow(path, page, &pages, repository, &mut faults);
        n_links += n;
        if text != *page {
            shell::write(&destination.join(path), text)?;
        }
    }
    if !faults.is_empty() {
        return Err(format!("links of the book that lead nowhere:\n{}", faults.join("\n")));
    }
    println!("{} pages and {n_links} links in {BOOK}/index.html", pages.len());
    Ok(())
}

/// The pages by their paths in the book.
fn pages(directory: &Path) -> Result<HashMap<PathBuf, String>> {
    let mut pages = HashMap::new();
    for path in shell::entries(directory)? {
        let name = shell::name(&path);
        if path.extension().is_some_and(|extension| extension == "html") && !OWN.contains(&name.as_str()) {
            pages.insert(PathBuf::from(name), shell::read(&path)?);
        }
    }
    if pages.len() < 20 {
        return Err(format!("the book has only {} pages", pages.len()));
    }
    Ok(pages)
}

/// Follows the links of a page, and returns it with those that lead out of the book changed.
fn follow(
    path: &Path,
    page: &str,
    pages: &HashMap<PathBuf, String>,
    repository: Option<&str>,
    faults: &mut Vec<String>,
) -> (String, usize) {
    const LINK: &str = "href=\"";
    let (mut text, mut n_links) = (String::with_capacity(page.len()), 0);
    for (index, part) in page.split(LINK).enumerate() {
        let Some((link, behind)) = part.split_once('"').filter(|_| index > 0) else {
            text += part;
            continue;
        };
        n_links += 1;
        let mut link = link.to_owned();
        match target(path, &link, pages) {
            Ok(None) => {}
            Ok(Some(out)) => {
                link = repository.map_or_else(|| "#".to_owned(), |address| format!("{address}/blob/main/{out}"));
            }
            Err(message) => faults.push(format!("{}: `{link}`: {message}", path.display())),
        }
        text += &format!("{LINK}{link}\"{behind}");
    }
    (text, n_links)
}

/// Returns the path in the repository of a link that leads out of the book.
fn target(path: &Path, link: &str, pages: &HashMap<PathBuf, String>) -> std::result::Result<Option<String>, String> {
    if link.contains("://") || link.starts_with("mailto:") || link.starts_with("data:") {
        return Ok(None);
    }
    let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let file = if file.is_empty() { path.to_path_buf() } else { normal(&Path::new("docs").join(file))? };
    let file = file.strip_prefix("docs").map(Path::to_path_buf).unwrap_or(file);
    if let Some(page) = pages.get(&file) {
        let ids = ids(page);
        return match anchor {
            Some(anchor) if !anchor.is_empty() && !ids.contains(anchor) => Err("it has no such heading".to_owned()),
            _ => Ok(None),
        };
    }
    if shell::root().join(BOOK).join(&file).is_file() {
        return Ok(None);
    }
    // A page of Markdown outside of docs/ has become one of HTML in the link.
    for name in [file.clone(), file.with_extension("md")] {
        if shell::root().join(&name).exists() {
            return Ok(Some(name.to_string_lossy().into_owned()));
        }
    }
    Err("nothing is there".to_owned())
}

fn ids(page: &str) -> HashSet<&str> {
    page.split(" id=\"").skip(1).filter_map(|part| part.split('"').next()).collect()
}

/// A path without `..`.
fn normal(path: &Path) -> std::result::Result<PathBuf, String> {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir if !normal.pop() => return Err("it leads out of the repository".to_owned()),
            Component::Normal(name) => normal.push(name),
            _ => {}
        }
    }
    Ok(normal)
}
