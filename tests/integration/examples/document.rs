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

/// The commands of the `console` blocks, with what is shown of their output.
#[cfg(unix)]
fn commands(readme: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for block in readme.split("```console\n").skip(1).filter_map(|rest| rest.split("\n```").next()) {
        for line in block.lines() {
            match (line.strip_prefix("$ "), commands.last_mut()) {
                (Some(command), _) => commands.push((command.to_owned(), String::new())),
                (None, Some((_, shown))) => *shown += &format!("{line}\n"),
                (None, None) => panic!("a block begins with `$ `: {line}"),
            }
        }
    }
    commands
}

#[cfg(unix)]
fn copy(from: &Path, to: &str, scratch: &crate::disk::Scratch) {
    for entry in crate::case::entries(from) {
        let path = format!("{to}/{}", file_name(&entry));
        match entry.is_dir() {
            true => copy(&entry, &path, scratch),
            false => drop(scratch.write_bytes(&path, &std::fs::read(&entry).expect("a file of an example"))),
        }
    }
}

/// Commands run in a copy, with this program first on the path. Where nothing is shown, only success counts.
#[cfg(unix)]
#[test]
fn commands_of_the_readmes_work() {
    use std::process::Command;
    for system in systems() {
        let name = file_name(&system);
        let readme = read(&system.join("README.md"));
        let untested = readme.lines().find(|line| line.starts_with("rustomize "));
        assert_eq!(untested, None, "{name}: a command outside a `console` block");
        let commands = commands(&readme);
        assert!(commands.len() >= 2, "{name}: {} commands in its README", commands.len());
        let scratch = crate::disk::Scratch::new(&format!("example-{name}"));
        copy(&system, "copy", &scratch);
        scratch.write("bin/.keep", "").link("bin/rustomize", &crate::doors::program().to_string_lossy());
        let path = format!("{}:{}", scratch.path("bin").display(), std::env::var("PATH").unwrap_or_default());
        for (command, shown) in commands {
            let needed = ["kustomize", "helm"].into_iter().filter(|program| match *program {
                "helm" => command.contains("--enable-helm"),
                program => command.split(' ').any(|word| word == program),
            });
            let mut missing = needed.filter(|program| Command::new(program).arg("version").output().is_err());
            if let Some(program) = missing.next() {
                println!("skipped: {name}: {command}: {program} is not here");
                continue;
            }
            let output = Command::new("sh")
                .args(["-c", &format!("({command}) 2>&1")])
                .current_dir(scratch.path("copy"))
                .env("PATH", &path)
                .env("NO_COLOR", "1")
                .env_remove("CLICOLOR_FORCE")
                .output()
                .expect("a shell");
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() || !shown.is_empty(), "{name}: {command}: {said}");
            assert!(shown.is_empty() || shown == said, "{name}: {command}:\n{}", difference(&shown, &said));
        }
    }
}
