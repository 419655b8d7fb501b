//! Remote entries: a repository's directory becomes a root like any other, bound to what was checked out (upstream
//! `newLoaderAtGitClone`).

use super::{Found, Root, below, resolve};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::fs::{self, EntryKind};
use crate::kustomization::PlacedText;
use crate::remote::{self, RemoteErrorKind, RepoSpec};
use crate::session::{Checkout, Session, fetch_error};
use crate::source::Place;
use std::sync::Arc;

/// A repository that was fetched for an entry.
#[derive(Clone, Debug)]
pub(crate) struct Repository {
    checkout: Arc<Checkout>,
    /// The entry that named it.
    pub(crate) address: Arc<str>,
}

impl Repository {
    /// Returns where it is checked out.
    pub(crate) fn directory(&self) -> &Arc<str> {
        &self.checkout.directory
    }
}

impl Root {
    /// Returns whether this root was reached in a repository that was fetched for one entry, or in none.
    pub(super) fn is_in(&self, repository: Option<&Arc<Repository>>) -> bool {
        match (&self.repository, repository) {
            (None, None) => true,
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            _ => false,
        }
    }
}

/// Fetches a repository and finds the directory in it that an address names.
pub(super) fn find(
    session: &mut Session<'_>,
    parent: Option<&Arc<Root>>,
    spec: &RepoSpec,
    place: Option<Place>,
) -> Result<Arc<Root>> {
    if let Some(parent) = parent {
        check_address(parent, &spec.raw, place)?;
    }
    let checkout = session.checkout(spec).map_err(|error| fetch_error(&spec.raw, error, place))?;
    let path = fs::clean(&format!("{}/{}", checkout.directory, spec.path));
    let shown = remote::without_credentials(&spec.raw);
    let directory = match resolve(session, &path) {
        Ok((directory, EntryKind::Directory)) => directory,
        Ok((_, EntryKind::File)) => {
            let message = format!("`{shown}` is a file in its repository; a directory with a kustomization is wanted");
            return Err(Diagnostic::error(Code::InvalidPath, message)
                .at(place, "")
                .help("name the directory that holds the file, behind `//` in the address"));
        }
        Err(error) => return Err(super::missing(session, &path, &spec.path, &error).at(place, "")),
    };
    if !fs::is_within(&directory, &checkout.directory) {
        let message = format!("`{shown}` leads out of its repository");
        return Err(Diagnostic::error(Code::LoadRestricted, message)
            .at(place, "")
            .help("name a directory inside the repository"));
    }
    let repository = Some(Arc::new(Repository { checkout, address: spec.raw.as_str().into() }));
    let Some(parent) = parent else { return Ok(Arc::new(Root { directory, visited: None, depth: 0, repository })) };
    // The same files include the same again: the reference would go on fetching.
    if parent.chain().any(|visited| visited.directory == directory) {
        let message = format!("`{shown}` includes itself");
        return Err(Diagnostic::error(Code::Cycle, message)
            .at(place, "this entry closes the cycle")
            .help("remove the entry"));
    }
    below(session, parent, directory, repository, place)
}

/// Finds what an entry of `resources` names that may be a file or a repository: the file is tried first.
pub(super) fn find_file_or_root(session: &mut Session<'_>, root: &Arc<Root>, entry: &PlacedText) -> Result<Found> {
    let no_file = match session.download(&entry.value) {
        Ok(path) => return Ok(Found::File(path)),
        Err(error) => error,
    };
    let place = Some(entry.place);
    let Some(spec) = RepoSpec::parse(&entry.value) else { return Err(fetch_error(&entry.value, no_file, place)) };
    find(session, Some(root), &spec, place).map(Found::Directory).map_err(|mut error| {
        if !matches!(no_file.kind, RemoteErrorKind::NotVendored | RemoteErrorKind::Unsupported) {
            error.notes.push(format!("it is no file either: {}", no_file.message));
        }
        error
    })
}

/// Finds the repository that an entry names if the file that was fetched for it is no manifest: a host answers with a page
/// about a repository as readily as with a file. Nothing if it names a file alone.
pub(crate) fn root_instead(
    session: &mut Session<'_>,
    root: &Arc<Root>,
    entry: &PlacedText,
    errors: &[Diagnostic],
) -> Result<Option<Arc<Root>>> {
    if !remote::is_remote_file(&entry.value) {
        return Ok(None);
    }
    let Some(spec) = RepoSpec::parse(&entry.value) else { return Ok(None) };
    find(session, Some(root), &spec, Some(entry.place)).map(Some).map_err(|mut error| {
        let fault = errors.first().map_or("", |error| error.message.as_str());
        error.notes.push(format!("what is there as a file is no manifest: {fault}"));
        error
    })
}

/// Refuses a repository whose address begins one on the way to it (upstream `FileLoader.errIfRepoCycle`).
pub(crate) fn check_address(root: &Root, address: &str, place: Option<Place>) -> Result<()> {
    let visited = root.chain().filter_map(|visited| visited.repository.as_ref());
    let mut visited = visited.map(|repository| &*repository.address);
    let Some(visited) = visited.find(|visited| visited.starts_with(address)) else { return Ok(()) };
    let (address, visited) = (remote::without_credentials(address), remote::without_credentials(visited));
    let message = match address == visited {
        true => format!("`{address}` includes itself"),
        false => format!("`{address}` is part of the address `{visited}`, which includes it"),
    };
    Err(Diagnostic::error(Code::Cycle, message).at(place, "this entry closes the cycle").help("remove the entry"))
}

/// Refuses a base outside the repository that it is included from (upstream `errIfGitContainmentViolation`).
pub(super) fn check_contained(session: &Session<'_>, root: &Root, directory: &str, place: Option<Place>) -> Result<()> {
    let Some(repository) = &root.repository else { return Ok(()) };
    if fs::is_within(directory, &repository.checkout.directory) {
        return Ok(());
    }
    let (shown, repository) = (session.show(directory), &repository.checkout.shown);
    let message = format!("`{shown}` is outside `{repository}`, the repository that includes it");
    Err(Diagnostic::error(Code::LoadRestricted, message)
        .at(place, "")
        .help("a base of a remote kustomization is in the same repository, or remote itself"))
}
