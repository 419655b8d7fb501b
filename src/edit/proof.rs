//! Whether kustomizations build to the same before an edit and behind it: both are rendered in memory.
//!
//! Best effort, as every look at an edit: without network and without programs. What cannot be built before the edit
//! proves nothing. Which kustomizations are concerned is the caller's to know (`fleet::users`).

use super::Edit;
use super::check::options;
use crate::build::{Build, build};
use crate::diagnostic::{Diagnostic, Severity};
use crate::fs::{FileSystem, Overlaid};
use crate::remote::Remotes;
use crate::session::Session;
use crate::source::Sources;

/// What came of a comparison.
pub enum Verdict<'a> {
    /// Not one byte differs.
    Same,
    /// It does not build as it is.
    Unknown(&'a Diagnostic),
    /// It builds to something else.
    Differs(&'a Build, &'a Build),
    /// It does not build any more.
    Broken(&'a [Diagnostic], &'a Sources),
}

/// Text in a session that is renewed: bases are shared by many overlays, but not everything can be kept.
const SESSION_BYTES: usize = 16 << 20;

/// Renders the kustomizations in some directories (absolute) before and behind an edit, and tells of each how they compare.
///
/// `here` is the user's directory; `remotes` must answer without network.
pub fn compare<'a>(
    fs: &dyn FileSystem,
    remotes: Option<&dyn Remotes>,
    here: &str,
    directories: impl IntoIterator<Item = &'a str>,
    edit: &Edit,
    tell: &mut dyn FnMut(&str, Verdict<'_>),
) {
    let overlaid = overlaid(fs, edit);
    let session = |fs| {
        let mut session = Session::new(fs, here);
        session.remotes = remotes;
        session
    };
    let (mut before, mut after) = (session(fs), session(&overlaid));
    let options = options();
    for directory in directories {
        let real = fs.canonical(directory).unwrap_or_else(|_| directory.to_owned());
        before.enter_target(&real);
        after.enter_target(&real);
        match build(&mut before, directory, &options) {
            Err(diagnostics) => {
                if let Some(error) = diagnostics.iter().find(|found| found.severity == Severity::Error) {
                    tell(directory, Verdict::Unknown(error));
                }
            }
            Ok(old) => match build(&mut after, directory, &options) {
                Ok(new) if new.text == old.text => tell(directory, Verdict::Same),
                Ok(new) => tell(directory, Verdict::Differs(&old, &new)),
                Err(mut diagnostics) => {
                    // Warnings about objects of a build that nobody asked for say nothing about this edit.
                    diagnostics.retain(|found| found.severity == Severity::Error);
                    tell(directory, Verdict::Broken(&diagnostics, &after.sources));
                }
            },
        }
        if before.sources.n_bytes() > SESSION_BYTES {
            (before, after) = (session(fs), session(&overlaid));
        }
    }
}

/// Returns the tree as it would be.
fn overlaid<'fs>(fs: &'fs dyn FileSystem, edit: &Edit) -> Overlaid<'fs> {
    let mut overlaid = Overlaid::new(fs);
    let mut comparable = edit.comparable.as_deref();
    for file in &edit.files {
        // The first is the kustomization file.
        let text = comparable.take().unwrap_or(&file.new);
        if text != file.old.text {
            overlaid.set(&file.path, text.as_bytes());
        }
    }
    overlaid
}
