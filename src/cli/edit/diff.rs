//! What an edit changes, as unified diffs: of files, and of what is built from them. Values of Secrets are bullets in them.

use crate::build::Build;
use crate::cli::render::clean;
use crate::diagnostic::Result;
use crate::edit::FileEdit;
use crate::fs;
use crate::mask::Mask;
use crate::source::{Sensitivity, Source, Sources};
use similar::{ChangeTag, TextDiff};
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

/// Returns the changes of files in the form that `patch -p0` and `git apply -p0` read; paths are relative to `here`.
pub(super) fn unified(files: &[FileEdit], here: &str) -> String {
    let changed = files.iter().filter(|file| file.has_changes());
    changed.map(|file| texts(&fs::relative(&file.path, here), &file.old.text, &file.new)).collect()
}

/// Returns the difference of two texts.
pub(in crate::cli) fn texts(name: &str, old: &str, new: &str) -> String {
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
pub(in crate::cli) fn print(text: &str) -> Result<()> {
    if text.is_empty() { Ok(()) } else { crate::cli::output::part(text).map(drop) }
}

/// Lines that are shown of a difference of manifests.
const LINES_MAX: usize = 30;
/// A difference need not be the shortest one if that takes longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Returns the difference of what is built, object by object, without values of Secrets.
pub(super) fn manifests(old: &Build, new: &Build) -> String {
    let mut sources = Sources::default();
    let mut source = |build: &Build| sources.add("", build.text.clone(), Sensitivity::Yaml, None);
    let (old_text, new_text) = (source(old), source(new));
    let (old_mask, new_mask) = (Mask::of(&old_text, false), Mask::of(&new_text, false));
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(&old.text, &new.text);
    let mut lines: Vec<String> = Vec::new();
    for group in diff.grouped_ops(2) {
        let mut head = None;
        let mut body = Vec::new();
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (sign, text, mask, index, build): (char, &Arc<Source>, _, _, _) = match change.tag() {
                ChangeTag::Delete => ('-', &old_text, &old_mask, change.old_index(), old),
                ChangeTag::Insert => ('+', &new_text, &new_mask, change.new_index(), new),
                ChangeTag::Equal => (' ', &new_text, &new_mask, change.new_index(), new),
            };
            let line = u32::try_from(index.unwrap_or(0)).unwrap_or(u32::MAX).saturating_add(1);
            if sign != ' ' && head.is_none() {
                head = Some(object(build, text.line_start(line) as usize));
            }
            body.push(clean(format!("{sign} {}", mask.line(text, line)).trim_end()));
        }
        lines.push(head.flatten().map_or("@@".to_owned(), |object| format!("@@ {object}")));
        lines.append(&mut body);
    }
    let n_more = lines.len().saturating_sub(LINES_MAX);
    if n_more > 1 {
        lines.truncate(LINES_MAX);
        lines.push(format!("and {n_more} lines more"));
    }
    lines.join("\n")
}

/// Names the object that stands at an offset of what is built.
fn object(build: &Build, at: usize) -> Option<String> {
    let index = build.documents.iter().position(|document| at < document.end)?;
    (index < build.resources.len()).then(|| build.resources.get(index).short_name())
}
