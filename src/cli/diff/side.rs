//! What stands for a side on the command line: a directory, a directory in a commit, a rendered file, standard input.

use crate::build::{Build, BuildOptions, build};
use crate::cli::build::resolved;
use crate::cli::git::GitTree;
use crate::cli::native_to_slash;
use crate::cli::remote::Network;
use crate::cli::vendor::Vendored;
use crate::diagnostic::{Code, Diagnostic};
use crate::diff::Side;
use crate::fs::{self, Disk, EntryKind, FileSystem};
use crate::programs::Programs;
use crate::remote::{Remotes, RepoSpec};
use crate::resource::Resource;
use crate::session::Session;
use std::io::Read;
use std::sync::Arc;

/// What was named.
pub(in crate::cli) enum Named {
    /// A directory, or an address, that is built.
    Directory(String),
    /// A directory of a commit.
    InGit { tree: Box<GitTree>, reference: String, directory: String },
    /// A file that somebody rendered.
    File(String),
    /// Standard input.
    Input,
}

/// A side that was read.
pub(in crate::cli) enum Loaded {
    Build(Box<Build>),
    Objects(Vec<Arc<Resource>>),
}

impl Named {
    /// Finds out what a word stands for.
    pub(in crate::cli) fn of(word: &str, here: &str) -> Result<Named, Box<Diagnostic>> {
        if word == "-" {
            return Ok(Named::Input);
        }
        if word.is_empty() {
            return Err(Diagnostic::error(Code::Usage, "a side is empty").help("for the current directory, use `.`"));
        }
        let path = fs::join(here, &native_to_slash(word));
        match Disk.kind(&path) {
            Ok(EntryKind::Directory) => return Ok(Named::Directory(native_to_slash(word))),
            Ok(EntryKind::File) => return Ok(Named::File(path)),
            Err(_) => {}
        }
        if RepoSpec::parse(word).is_some() {
            return Ok(Named::Directory(word.to_owned()));
        }
        let Some((reference, directory)) = word.split_once(':') else {
            let message = format!("`{word}` is neither a directory nor a file");
            return Err(Diagnostic::error(Code::Usage, message)
                .help("a side is a directory, `REF:DIR` in git, a rendered file, or `-`"));
        };
        let tree = GitTree::open(here, reference, &format!("`{word}`"))?;
        // As git reads it: from the top of the repository, unless it begins with a dot.
        let from = if directory.starts_with('.') { here } else { tree.top() };
        let path = fs::join(from, directory.trim_start_matches('/'));
        match tree.kind(&path) {
            Ok(EntryKind::Directory) => {
                Ok(Named::InGit { reference: reference.to_owned(), directory: path, tree: Box::new(tree) })
            }
            found => {
                let what = if found.is_ok() { "is a file" } else { "does not exist" };
                let mut error = Diagnostic::error(Code::Usage, format!("`{directory}` {what} in `{reference}`"));
                if tree.kind(&fs::join(here, directory)) == Ok(EntryKind::Directory) {
                    error = error.help(format!("for one relative to here, write `{reference}:./{directory}`"));
                } else {
                    error = error.note("paths behind a colon begin at the top of the repository");
                }
                Err(error)
            }
        }
    }

    /// Stands before paths in places.
    pub(in crate::cli) fn label(&self) -> String {
        match self {
            Named::InGit { reference, .. } => format!("{reference}:"),
            _ => String::new(),
        }
    }

    /// Returns the file system of the side.
    pub(in crate::cli) fn fs(&self) -> &dyn FileSystem {
        match self {
            Named::InGit { tree, .. } => &**tree,
            _ => &Disk,
        }
    }

    /// Returns where a side may have vendored files.
    pub(in crate::cli) fn vendored(&self, here: &str) -> Result<Option<Vendored>, Box<Diagnostic>> {
        match self {
            Named::Directory(directory) => Vendored::find(&resolved(here, directory), directory).map(Some),
            Named::InGit { directory, .. } => Vendored::find(&resolved(here, directory), directory).map(Some),
            _ => Ok(None),
        }
    }
}

/// What all sides have in common.
pub(in crate::cli) struct Loader<'a> {
    pub(in crate::cli) options: &'a BuildOptions,
    pub(in crate::cli) network: &'a Network,
    pub(in crate::cli) programs: Option<&'a dyn Programs>,
    pub(in crate::cli) here: &'a str,
}

impl<'a> Loader<'a> {
    /// Makes a session for the side.
    pub(in crate::cli) fn session(&self, side: &'a Named, vendored: Option<&'a Vendored>) -> Session<'a> {
        let mut session = Session::new(side.fs(), self.here);
        session.remotes = Some(vendored.map_or(self.network as &dyn Remotes, |vendored| vendored));
        // Programs would read the files of the work tree.
        session.programs = self.programs.filter(|_| !matches!(side, Named::InGit { .. }));
        session
    }

    /// Builds or reads a side.
    pub(in crate::cli) fn load(&self, side: &Named, session: &mut Session<'_>) -> Result<Loaded, Vec<Diagnostic>> {
        match side {
            Named::Directory(directory) | Named::InGit { directory, .. } => {
                build(session, directory, self.options).map(|built| Loaded::Build(Box::new(built)))
            }
            Named::File(path) => {
                let bytes = session.read_bytes(path).map_err(|error| vec![*error])?;
                let shown = session.show(path);
                rendered(bytes, &shown, session)
            }
            Named::Input => {
                let mut bytes = Vec::new();
                let max = session.limits.file_bytes_max;
                let read = std::io::stdin().lock().take(max + 1).read_to_end(&mut bytes);
                let fault = |message: String| vec![*Diagnostic::error(Code::Io, message)];
                read.map_err(|error| {
                    fault(format!("cannot read standard input: {}", crate::cli::output::words(&error)))
                })?;
                if bytes.len() as u64 > max {
                    return Err(fault(format!("standard input is longer than {max} bytes")));
                }
                rendered(bytes, "-", session)
            }
        }
    }
}

/// Reads what somebody rendered.
fn rendered(bytes: Vec<u8>, shown: &str, session: &mut Session<'_>) -> Result<Loaded, Vec<Diagnostic>> {
    crate::diff::rendered(bytes, shown, &mut session.sources, &session.limits).map(Loaded::Objects)
}

impl Loaded {
    /// Makes the engine's side of it.
    pub(in crate::cli) fn side<'s>(&'s self, session: &'s Session<'_>, label: &str) -> Side<'s> {
        match self {
            Loaded::Build(build) => Side::of_build(build, session, label),
            Loaded::Objects(resources) => Side::of_objects(resources, &session.sources, label),
        }
    }
}
