//! Changes of a kustomization file, planned: nothing is written.

use super::{Diagnostic, Failure, told};
use crate::edit::{self, Command, check};
use crate::fs::{FileSystem, clean};
use crate::session::Session;

/// What an edit makes of files.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Edited {
    /// The files that change, the kustomization file first; none if all is as it was asked for.
    pub files: Vec<EditedFile>,
    /// What deserves a word, such as an image that no object uses.
    pub warnings: Vec<Diagnostic>,
}

/// A file that changes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EditedFile {
    /// The absolute path.
    pub path: String,
    /// The text before.
    pub old: String,
    /// The text to write: comments and layout stay, only what the command is about is different.
    pub new: String,
}

/// Plans what a command makes of the kustomization file in a directory (absolute); the caller writes it.
///
/// # Errors
///
/// The command cannot be done, or the file is not a kustomization.
pub fn edit(files: &dyn FileSystem, directory: &str, command: &Command) -> Result<Edited, Failure> {
    let directory = clean(directory);
    let mut session = Session::new(files, &directory);
    let edited = edit::edit(&mut session, command);
    let (edit, found) = edited.map_err(|errors| Failure { diagnostics: told(&errors, &session.sources) })?;
    let mut warnings = told(&found, &session.sources);
    let Some(edit) = edit else { return Ok(Edited { files: Vec::new(), warnings }) };
    if check::is_checked(command) {
        let found = check::check(files, None, &directory, command, &edit);
        warnings.extend(told(&found.warnings, &found.sources));
    }
    let changed = edit.files.into_iter().filter(edit::FileEdit::has_changes);
    let file =
        |file: edit::FileEdit| EditedFile { path: file.path.to_string(), old: file.old.text.clone(), new: file.new };
    Ok(Edited { files: changed.map(file).collect(), warnings })
}
