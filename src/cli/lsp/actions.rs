//! What could be done about a diagnostic: the name that was meant, and present fields for those that are deprecated.

use super::diagnostics::Found;
use super::project::vendored;
use super::text::Lines;
use super::workspace::{Target, Workspace};
use crate::diagnostic::Code;
use crate::edit::proof::{Verdict, compare};
use crate::edit::{self, Command};
use crate::fs::{self, FileSystem};
use crate::session::Session;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Returns the actions about diagnostics of a file, of which `is_asked` knows those that are meant.
pub(super) fn about<'f>(
    text: &str,
    uri: &str,
    found: impl Iterator<Item = &'f Found>,
    is_asked: &dyn Fn(&Found) -> bool,
) -> Vec<Value> {
    let lines = Lines::new(text);
    let mut seen = BTreeSet::new();
    let mut actions = Vec::new();
    for found in found.filter(|found| is_asked(found)) {
        let Some(slice) = text.get(found.span.clone()) else { continue };
        let quote = slice.chars().next().filter(|c| matches!(c, '"' | '\''));
        let inner = quote.and_then(|quote| slice.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(slice);
        // The text is what the words are about, and nothing more.
        if inner.is_empty() || !found.message.contains(&format!("`{inner}`")) {
            continue;
        }
        let start = found.span.start + quote.map_or(0, char::len_utf8);
        for candidate in found.advice().flat_map(candidates) {
            if seen.insert((start, candidate.to_owned())) {
                let edit = json!({"range": lines.range(start..start + inner.len()), "newText": candidate});
                actions.push(json!({
                    "title": format!("Replace `{inner}` by `{candidate}`"),
                    "kind": "quickfix",
                    "edit": {"changes": {uri: [edit]}},
                }));
            }
        }
    }
    actions
}

/// Returns the names that advice like "did you mean `a` or `b`?" offers.
fn candidates(advice: &str) -> Vec<&str> {
    let Some(rest) = advice.strip_prefix("did you mean ") else { return Vec::new() };
    rest.split('`').skip(1).step_by(2).filter(|name| !name.is_empty()).collect()
}

/// Returns the action that writes present fields for deprecated ones (`edit fix`), if that provably changes no output.
pub(super) fn fix(files: &dyn FileSystem, workspace: &Workspace, path: &str, targets: &[Target]) -> Option<Value> {
    let directory = fs::parent(path);
    let mut session = Session::new(files, directory);
    let (edit, _) = edit::edit(&mut session, &Command::Fix(false)).ok()?;
    let edit = edit.filter(|edit| edit.files.iter().any(edit::FileEdit::has_changes))?;
    let vendored = vendored(directory);
    let remotes = vendored.as_ref().map(|vendored| vendored as &dyn crate::remote::Remotes);
    let directories: Vec<&str> = targets.iter().map(|target| target.directory.as_str()).collect();
    let mut is_proved = !directories.is_empty();
    compare(files, remotes, directory, directories, &edit, &mut |_, verdict| {
        is_proved &= matches!(verdict, Verdict::Same);
    });
    if !is_proved {
        return None;
    }
    let mut changes = serde_json::Map::new();
    for file in edit.files.iter().filter(|file| file.has_changes()) {
        let lines = Lines::new(&file.old.text);
        let whole = json!([{"range": lines.range(0..file.old.text.len()), "newText": file.new}]);
        changes.insert(workspace.uri(&file.path), whole);
    }
    Some(json!({
        "title": "Write present fields for deprecated ones (the output stays the same)",
        "kind": "quickfix",
        "edit": {"changes": changes},
    }))
}

/// Returns whether a diagnostic is one that `edit fix` is about.
pub(super) fn is_fixable(found: &Found) -> bool {
    found.code == Code::DeprecatedField
}

#[cfg(test)]
mod tests {
    #[test]
    fn advice_names_candidates() {
        assert_eq!(super::candidates("did you mean `a` or `b-c`?"), ["a", "b-c"]);
        assert_eq!(super::candidates("write `a` instead"), [""; 0]);
    }
}
