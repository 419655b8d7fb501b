//! What an edit changes, as a unified diff; values of Secrets are bullets in it.

use crate::cli::mask::Mask;
use crate::diagnostic::Result;
use crate::edit::FileEdit;
use crate::fs;
use crate::source::{Sensitivity, Source, Sources};
use similar::{ChangeTag, TextDiff};
use std::fmt::Write;
use std::sync::Arc;

/// Returns the changes of files in the form that `patch -p0` and `git apply -p0` read; paths are relative to `here`.
pub(super) fn unified(files: &[FileEdit], here: &str) -> String {
    let changed = files.iter().filter(|file| file.has_changes());
    changed.map(|file| texts(&fs::relative(&file.path, here), &file.old.text, &file.new)).collect()
}

/// Returns the difference of two texts.
pub(super) fn texts(name: &str, old: &str, new: &str) -> String {
    let (old_lines, new_lines) = (Shown::of(old), Shown::of(new));
    let diff = TextDiff::from_lines(old, new);
    let mut unified = diff.unified_diff();
    unified.header(name, name);
    if !old_lines.hides && !new_lines.hides {
        return unified.to_string();
    }
    // Lines are compared as they are and shown as they may be.
    let mut out = format!("--- {name}\n+++ {name}\n");
    for hunk in unified.iter_hunks() {
        let _ = writeln!(out, "{}", hunk.header());
        for change in hunk.iter_changes() {
            let line = match change.tag() {
                ChangeTag::Insert => change.new_index().and_then(|index| new_lines.lines.get(index)),
                ChangeTag::Equal | ChangeTag::Delete => change.old_index().and_then(|index| old_lines.lines.get(index)),
            };
            let _ = write!(out, "{}{}", change.tag(), line.map_or("", String::as_str));
            if change.missing_newline() {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    out
}

/// The lines of a text, with their ends, as they may be shown.
struct Shown {
    lines: Vec<String>,
    /// Whether anything is hidden.
    hides: bool,
}

impl Shown {
    fn of(text: &str) -> Shown {
        let source: Arc<Source> = Sources::default().add("", text.to_owned(), Sensitivity::Yaml, None);
        let mask = Mask::of(&source, false);
        let mut hides = false;
        let mut number = 0;
        let lines = text.split_inclusive('\n').map(|line| {
            number += 1;
            if mask.hidden_parts(&source, number).next().is_none() {
                return line.to_owned();
            }
            hides = true;
            let end = line.trim_end_matches(['\r', '\n']).len();
            mask.line(&source, number) + line.get(end..).unwrap_or("")
        });
        let lines = lines.collect();
        Shown { lines, hides }
    }
}

/// Prints what is not empty.
pub(super) fn print(text: &str) -> Result<()> {
    if text.is_empty() { Ok(()) } else { crate::cli::output::part(text).map(drop) }
}
