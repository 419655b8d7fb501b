//! A copy of a kustomization with all it references, in a directory of its own: what `localize` writes.
//!
//! Plans only: [`localize`] returns the directories and files of the copy, writing them is the caller's work. Paths in the
//! copy are free of links and detours; kustomization files and the configurations of built-in plugins are printed anew, all
//! other files keep their bytes. `root` goes through the fields of one kustomization, `plugins` and `charts` hold what
//! needs more than a path, `output` is the copy on its way.

mod charts;
mod output;
mod paths;
mod plugins;
mod remote;
mod root;

pub use output::Output;

use crate::diagnostic::{Code, Diagnostic, Result};
use crate::fs::{self, EntryKind, FsError};
use crate::loader::{self, Root};
use crate::remote::RepoSpec;
use crate::session::Session;
use root::{Level, Localizer};
use std::sync::Arc;

/// What the name of a copy begins with if none is given.
const PREFIX: &str = "localized";

/// What to copy where. Paths are absolute, or relative to the session's directory.
#[derive(Clone, Debug, Default)]
pub struct LocalizeOptions {
    /// The directory of the kustomization.
    pub target: String,
    /// The directory that holds everything local that may be copied; empty for the target.
    pub scope: String,
    /// The directory that will hold the copy; empty for one in the session's directory that is named after the target.
    pub destination: String,
}

/// A copy that can be written.
#[derive(Debug)]
pub struct Localized {
    /// The directory that will hold the copy of the scope; absolute, and absent so far.
    pub destination: String,
    /// The directory in the copy that holds the kustomization; absolute.
    pub target: String,
    /// All directories and files.
    pub output: Output,
}

/// Plans the copy of a kustomization.
///
/// Errors: every independent fault that was found; at least one is an error.
pub fn localize(
    session: &mut Session<'_>,
    options: &LocalizeOptions,
) -> std::result::Result<Localized, Vec<Diagnostic>> {
    let single = |error: Box<Diagnostic>| vec![*error];
    let spec = RepoSpec::parse(&options.target);
    let target = target(session, &options.target, spec.as_ref()).map_err(single)?;
    let scope = scope(session, &options.scope, &target).map_err(single)?;
    let name = match (&*options.destination, &spec) {
        ("", Some(spec)) => {
            format!("{PREFIX}-{}", remote::default_name(spec, &fs::relative(&target.directory, &scope)))
        }
        ("", None) => default_destination(&target),
        (destination, _) => destination.to_owned(),
    };
    let destination = destination(session, &name).map_err(single)?;
    let copy = fs::join(&destination, &fs::relative(&target.directory, &scope));
    let mut localizer = Localizer::new(session, scope, destination.as_str().into());
    let is_local = target.repository.is_none();
    localizer.kustomization(Level { root: target, destination: copy.as_str().into(), is_local, source: None })?;
    Ok(Localized { destination, target: copy, output: localizer.output })
}

fn target(session: &mut Session<'_>, target: &str, spec: Option<&RepoSpec>) -> Result<Arc<Root>> {
    if let Some(spec) = spec {
        paths::check_reference(spec)?;
    }
    if target.is_empty() {
        return Err(Diagnostic::error(Code::Usage, "the target is empty").help("for the current directory, use `.`"));
    }
    loader::top(session, target)
}

/// Resolves the directory that bounds what is copied (upstream `establishScope`); that of a remote target is its repository.
fn scope(session: &Session<'_>, scope: &str, target: &Root) -> Result<Arc<str>> {
    if let Some(repository) = &target.repository {
        if scope.is_empty() {
            return Ok(Arc::clone(repository.directory()));
        }
        let error = Diagnostic::error(Code::Usage, "a scope cannot be given for a remote target");
        return Err(error.help("leave `--scope` out: the repository is the scope"));
    }
    if scope.is_empty() {
        return Ok(Arc::clone(&target.directory));
    }
    let directory = directory(session, scope)?;
    if fs::is_within(&target.directory, &directory) {
        return Ok(directory.into());
    }
    let (shown, target) = (session.show(&directory), session.show(&target.directory));
    let message = format!("the scope `{shown}` does not hold the target `{target}`");
    Err(Diagnostic::error(Code::OutsideScope, message).help("name a directory above the target with `--scope`"))
}

/// Finds a name for the copy that is not taken, in a directory that exists (upstream `createNewDir`).
fn destination(session: &Session<'_>, name: &str) -> Result<String> {
    let path = fs::join(&session.directory, name);
    if session.fs.look(&path).is_ok() {
        let shown = session.show(&path);
        let error = Diagnostic::error(Code::FileExists, format!("the destination `{shown}` exists already"));
        return Err(error.path(shown).help("name a directory that does not exist yet"));
    }
    let parent = directory(session, fs::parent(&path))?;
    Ok(fs::join(&parent, fs::base_name(&path)))
}

fn default_destination(target: &Root) -> String {
    match fs::base_name(&target.directory) {
        "" => PREFIX.to_owned(),
        name => format!("{PREFIX}-{name}"),
    }
}

/// Resolves a directory that the user names.
fn directory(session: &Session<'_>, path: &str) -> Result<String> {
    let path = fs::join(&session.directory, path);
    let missing = |error: FsError| session.read_error(&path, &error);
    let real = session.fs.canonical(&path).map_err(missing)?;
    match session.fs.kind(&real).map_err(missing)? {
        EntryKind::Directory => Ok(real),
        EntryKind::File => {
            let shown = session.show(&path);
            let message = format!("`{shown}` is a file; a directory is wanted");
            Err(Diagnostic::error(Code::InvalidPath, message).path(shown).help("name the directory of a kustomization"))
        }
    }
}
