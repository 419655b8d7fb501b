//! The documentation keeps its word: every command of every page is run in a directory of its own and must answer as the page
//! shows, every link leads somewhere, and every page of docs/ is in the book.
//!
//! Pages are all Markdown files of the repository's root, docs/, examples/, pkg/, plugin/ and argocd/. What a block is stands
//! behind its fence:
//!
//! - `console`: commands behind `$ ` with all that they print, on both outputs, and `(exit code N)` if that is not 0; a line
//!   `…` stands for lines that are left out
//! - `sh`: commands that must succeed; what they print is not shown
//! - `text` below a line `` `rustomize …`: ``: what this command writes to standard error
//! - anything below a line `` `path/to/file`: `` is a file; `(latin1)` before the colon says how it is written
//! - anything else is data, and YAML must be YAML. A block that holds commands or a program has a mark
//!
//! Marks are comments, those about a block directly above it:
//!
//! - `<!-- tree: DIR -->`: here begins a new directory, a copy of DIR; `none` is an empty one, `DIR at NAME` lays it below NAME
//! - `<!-- setup: COMMANDS -->`: commands that readers do not see; `$REPOSITORY` is this one
//! - `<!-- not run: REASON -->`: nobody runs this; the test lists all of them
//! - `<!-- run by: FILE -->`: another test does; its file must name the page. Rust of a page that the library includes needs no mark
//! - `<!-- recorded in: FILE -->`: the block is what stands in that file
//! - `<!-- a new directory for each section -->` and `<!-- kustomize is this program -->` are about the page
//!
//! `kustomize` is the reference, v5.8.2, otherwise; commands that need it, or helm, are skipped (and said to be) where it is not installed.
//! `UPDATE_SNAPSHOTS=1` writes the answers into the pages.

mod facts;
mod links;
mod markdown;
mod plan;
mod session;

use crate::case::{entries, file_name, updates_snapshots};
use plan::Page;
use std::path::{Path, PathBuf};

/// Directories with pages, beside the root.
const DIRECTORIES: [&str; 5] = ["docs", "examples", "pkg", "plugin", "argocd"];
/// What is built or fetched, or is an input of a test.
const LEFT_OUT: [&str; 5] = ["node_modules", "dist", "target", "as-written", "test"];
/// A copy that packing the extension leaves behind.
const COPY: &str = "pkg/vscode/diagnostics.md";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All pages, as paths from the root.
fn pages() -> Vec<String> {
    let mut pages = Vec::new();
    let is_page = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    pages.extend(entries(root()).iter().filter(|path| is_page(path)).map(|path| file_name(path)));
    let mut directories: Vec<String> = DIRECTORIES.map(str::to_owned).to_vec();
    while let Some(directory) = directories.pop() {
        for path in entries(&root().join(&directory)) {
            let name = file_name(&path);
            let from_root = format!("{directory}/{name}");
            if path.is_dir() && !LEFT_OUT.contains(&&*name) && !name.starts_with('.') {
                directories.push(from_root);
            } else if is_page(&path) && from_root != COPY {
                pages.push(from_root);
            }
        }
    }
    pages.sort();
    assert!(pages.len() > 30, "pages are missing: {pages:?}");
    pages
}

fn read(page: &str) -> String {
    std::fs::read_to_string(root().join(page)).unwrap_or_else(|error| panic!("{page}: {error}"))
}

#[test]
fn commands_of_the_pages_answer_as_they_show() {
    let pages: Vec<(String, String)> = pages().into_iter().map(|name| (read(&name), name)).collect();
    let mut failures = Vec::new();
    let mut planned = Vec::new();
    let (mut n_run, mut n_elsewhere) = (0, 0);
    for (text, name) in &pages {
        let page = Page::plan(name, text);
        failures.extend(page.faults.iter().map(|fault| format!("{name}:{fault}")));
        for (line, reason) in &page.not_run {
            println!("not run: {name}:{line}: {reason}");
        }
        n_run += page.n_run();
        n_elsewhere += page.n_elsewhere;
        planned.push(page);
    }
    let n_not_run: usize = planned.iter().map(|page| page.not_run.len()).sum();
    println!("pages: {n_run} blocks are run, {n_elsewhere} by other tests, {n_not_run} not run");
    for (page, outcome) in planned.iter().zip(session::run_all(&planned)) {
        failures.extend(outcome.failures);
        let mut text = page.text.to_owned();
        for (range, body) in outcome.updates.into_iter().rev() {
            text.replace_range(range, &body);
        }
        if updates_snapshots() && text != page.text {
            std::fs::write(root().join(page.name), text).expect("a page can be written");
        }
    }
    assert!(failures.is_empty(), "\n\n{}\n", failures.join("\n\n"));
    assert!(n_run > 150, "only {n_run} blocks");
}

#[test]
fn links_of_the_pages_lead_somewhere() {
    let mut failures = Vec::new();
    let mut n_links = 0;
    for page in pages() {
        n_links += links::check(&page, &read(&page), &mut failures);
    }
    links::check_book(&mut failures);
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
    assert!(n_links > 100, "only {n_links} links");
}
