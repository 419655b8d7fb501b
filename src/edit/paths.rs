//! Paths on the command line: patterns that are looked up, and what need not be a file.

use super::{Result, Work};
use crate::diagnostic::{Code, Diagnostic};
use crate::fs::glob;
use crate::kustomization::Placed;
use crate::loader::{self, Root};
use crate::source::{Place, Sensitivity, Span};
use std::sync::Arc;

/// Returns what matches patterns; those that match nothing are left out with a warning (upstream `GlobPatterns`).
pub(super) fn matching(work: &mut Work<'_, '_>, patterns: &[String]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for pattern in patterns {
        let mut matches = look_up(work, pattern)?;
        if matches.is_empty() {
            work.warn(format!("nothing matches `{pattern}`"));
        }
        found.append(&mut matches);
    }
    Ok(found)
}

/// Returns what matches patterns; what matches nothing has to be a remote directory (upstream `GlobPatternsWithLoader`).
pub(super) fn loadable(work: &mut Work<'_, '_>, patterns: &[String]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for pattern in patterns {
        let mut matches = look_up(work, pattern)?;
        if matches.is_empty() {
            let source = work.session.sources.add(super::COMMAND_LINE, pattern.clone(), Sensitivity::Yaml, None);
            let place = Place { source: source.id, span: Span::new(0, pattern.len()) };
            let entry = Placed { value: pattern.clone(), place };
            let root = Root::top(Arc::clone(&work.session.directory));
            loader::find_directory(work.session, &root, &entry).map_err(|error| match error.code {
                Code::FileNotFound if pattern.contains(['*', '?', '[']) => {
                    Diagnostic::error(Code::FileNotFound, format!("nothing matches `{pattern}`")).at(Some(place), "")
                }
                _ => error,
            })?;
            matches.push(pattern.clone());
        }
        found.append(&mut matches);
    }
    Ok(found)
}

/// Returns what matches a pattern, without hidden files unless the pattern asks for them.
fn look_up(work: &Work<'_, '_>, pattern: &str) -> Result<Vec<String>> {
    let found = glob::glob(work.session.fs, &work.session.directory, pattern).map_err(|glob::BadPattern| {
        let error = Diagnostic::error(Code::InvalidPattern, format!("`{pattern}` is not a pattern that can be read"));
        error.help("write `\\[` for a bracket that stands for itself")
    })?;
    Ok(match glob::is_hidden(pattern) {
        true => found,
        false => found.into_iter().filter(|path| !glob::is_hidden(path)).collect(),
    })
}
