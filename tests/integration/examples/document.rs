//! The way from a document to the files: `document.tsv` says for each of its lines where they went, the README holds the same
//! as a table, and its commands work as they stand there.
//!
//! That no line of a document is forgotten is checked by `cargo xtask examples`, where the documents are at hand.

use super::{read, systems};
use crate::case::{difference, file_name, updates_snapshots};
use std::path::Path;

const BEGIN: &str = "<!-- DOCUMENT -->\n";
const END: &str = "<!-- /DOCUMENT -->";

/// A line of `document.tsv`.
struct Entry {
    first: usize,
    last: usize,
    /// `file:line`; none for lines that are no content for manifests.
    places: Vec<String>,
    what: String,
}

fn entries(system: &Path) -> Vec<Entry> {
    let text = read(&system.join("document.tsv"));
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| entry(line).unwrap_or_else(|| panic!("{}: document.tsv: {line}", system.display()))).collect()
}

fn entry(line: &str) -> Option<Entry> {
    let mut fields = line.split('\t');
    let (lines, places, what) = (fields.next()?, fields.next()?, fields.next()?);
    let (first, last) = lines.split_once('-').unwrap_or((lines, lines));
    let places = match places {
        "-" => Vec::new(),
        places => places.split(',').map(|place| place.trim().to_owned()).collect(),
    };
    let is_whole = fields.next().is_none() && !what.trim().is_empty();
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (is_whole && first <= last).then(|| Entry { first, last, places, what: what.to_owned() })
}

#[test]
fn places_of_a_documents_lines_exist() {
    for system in systems() {
        let name = file_name(&system);
        let mut end = 0;
        for entry in entries(&system) {
            assert!(entry.first > end, "{name}: line {} stands twice or out of order", entry.first);
            end = entry.last;
            for place in &entry.places {
                let (file, line) = place.rsplit_once(':').unwrap_or_else(|| panic!("{name}: {place}: no line"));
                let line: usize = line.parse().unwrap_or_else(|_| panic!("{name}: {place}: no line"));
                let text = read(&system.join(file));
                let shown = text.lines().nth(line.wrapping_sub(1)).unwrap_or("");
                assert!(!shown.trim().is_empty(), "{name}: nothing stands at {place}");
            }
        }
        assert!(end > 0, "{name}: document.tsv is empty");
    }
}

#[test]
fn readmes_hold_the_table_of_the_document() {
    for system in systems() {
        let mut table = String::from("\n| lines | where | what |\n|---|---|---|\n");
        for entry in entries(&system) {
            let lines = match entry.first == entry.last {
                true => entry.first.to_string(),
                false => format!("{}–{}", entry.first, entry.last),
            };
            let places: Vec<String> = entry.places.iter().map(|place| format!("`{place}`")).collect();
            let places = if places.is_empty() { "—".to_owned() } else { places.join("<br>") };
            table += &format!("| {lines} | {places} | {} |\n", entry.what);
        }
        table += "\n";
        let path = system.join("README.md");
        let readme = read(&path);
        let (before, rest) = readme.split_once(BEGIN).unwrap_or_else(|| panic!("{}: no {BEGIN}", path.display()));
        let (shown, after) = rest.split_once(END).expect("the table ends");
        if updates_snapshots() {
            std::fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).expect("the README can be written");
        } else {
            assert!(shown == table, "{}:\n{}", path.display(), difference(&table, shown));
        }
    }
}
