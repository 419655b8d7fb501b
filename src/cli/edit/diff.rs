//! What an edit changes, as unified diffs: of files, and of what is built from them.

use crate::build::Build;
use crate::cli::mask::Mask;
use crate::cli::render::clean;
use crate::diagnostic::Result;
use crate::edit::FileEdit;
use crate::fs;
use crate::source::{Sensitivity, Source, Sources};
use similar::{ChangeTag, TextDiff};
use std::sync::Arc;
use std::time::Duration;

/// Returns the changes of files in the form that `patch -p0` and `git apply -p0` read; paths are relative to `here`.
pub(super) fn unified(files: &[FileEdit], here: &str) -> String {
    let changed = files.iter().filter(|file| file.has_changes());
    changed.map(|file| texts(&fs::relative(&file.path, here), &file.old.text, &file.new)).collect()
}

/// Returns the difference of two texts.
pub(super) fn texts(name: &str, old: &str, new: &str) -> String {
    TextDiff::from_lines(old, new).unified_diff().header(name, name).to_string()
}

/// Prints what is not empty.
pub(super) fn print(text: &str) -> Result<()> {
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
