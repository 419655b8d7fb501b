//! What an edit changes, as a unified diff.

use crate::diagnostic::Result;
use crate::edit::FileEdit;
use crate::fs;
use similar::TextDiff;

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
