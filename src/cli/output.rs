//! Puts results where they belong: standard output, a file, or a directory with one file per resource.
//!
//! A file is replaced in one step (written beside it, then renamed), so that a reader never sees half of it and a failure
//! leaves the old one. This is the only part of the program that writes files.

#![allow(clippy::disallowed_methods, reason = "the one place that writes files")]

use super::Outcome;
use super::report::Reporter;
use crate::build::Build;
use crate::diagnostic::{Code, Diagnostic};
use crate::resource::{NO_NAMESPACE, ResId};
use crate::source::Sources;
use rustc_hash::{FxHashMap, FxHashSet};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

type Result<T> = std::result::Result<T, Box<Diagnostic>>;

/// Returns a form for programs as text.
pub(super) fn json(form: &impl serde::Serialize) -> String {
    let mut text = serde_json::to_string_pretty(form).unwrap_or_default();
    text.push('\n');
    text
}

/// Writes the answer of a command to standard output.
pub(super) fn answer(text: &str, reporter: &mut Reporter) -> Outcome {
    finish(standard_output(text), reporter)
}

/// Writes manifests to where the user asked for them.
pub(super) fn manifests(build: &Build, path: Option<&Path>, reporter: &mut Reporter) -> Outcome {
    let result = match path {
        // The reference takes an empty path for none at all.
        Some(path) if !path.as_os_str().is_empty() => {
            if path.is_dir() {
                directory(path, build)
            } else {
                file(path, &build.text)
            }
        }
        _ => standard_output(&build.text),
    };
    finish(result, reporter)
}

/// Writes a part of an answer to standard output; returns false if nobody reads it any more.
pub(super) fn part(text: &str) -> Result<bool> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Diagnostic::error(Code::Io, format!("cannot write to standard output: {}", words(&error)))),
    }
}

/// Writes the manifests of one target of many to a file, or to one file per resource in a directory, which is made.
pub(super) fn target(path: &Path, is_split: bool, build: &Build) -> Result<()> {
    let parent = if is_split { Some(path) } else { path.parent() };
    if let Some(parent) = parent {
        std::fs::create_dir_all(parent).map_err(|error| fault(parent, &error))?;
    }
    if is_split { directory(path, build) } else { file(path, &build.text) }
}

/// Writes a new or replaced file.
pub(super) fn text_file(path: &Path, text: &str, reporter: &mut Reporter) -> Outcome {
    finish(file(path, text), reporter)
}

/// Writes several files: all of them or, unless a rename fails half-way, none.
pub(super) fn text_files(files: &[(&Path, &str)], reporter: &mut Reporter) -> Outcome {
    let result = || -> Result<()> {
        let prepared: Vec<Prepared> = files.iter().map(|(path, text)| prepare(path, text)).collect::<Result<_>>()?;
        prepared.into_iter().zip(files).try_for_each(|(prepared, (_, text))| prepared.commit(text))
    };
    finish(result(), reporter)
}

/// Writes a tree of new directories and files, all or nothing: it is made beside its place and then moved there.
pub(super) fn tree(output: &crate::localize::Output, destination: &str, reporter: &mut Reporter) -> Outcome {
    let destination = Path::new(destination);
    let parent = destination.parent().unwrap_or(Path::new("/"));
    let result = || -> Result<()> {
        // It goes away with everything in it, unless that was moved.
        let made = tempfile::Builder::new().prefix(".rustomize-").tempdir_in(parent);
        let temporary = made.map_err(|error| fault(destination, &error))?;
        let top = temporary.path().join("tree");
        for (path, bytes) in output.iter() {
            let relative = Path::new(path).strip_prefix(destination).unwrap_or(Path::new(""));
            let path = if relative.as_os_str().is_empty() { top.clone() } else { top.join(relative) };
            let written = match bytes {
                None => std::fs::create_dir(&path),
                Some(bytes) => std::fs::write(&path, bytes),
            };
            written.map_err(|error| fault(&destination.join(relative), &error))?;
        }
        std::fs::rename(&top, destination).map_err(|error| fault(destination, &error))
    };
    finish(result(), reporter)
}

/// Returns a system error's words without its number.
pub(super) fn words(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn finish(result: Result<()>, reporter: &mut Reporter) -> Outcome {
    match result {
        Ok(()) => Outcome::Success,
        Err(diagnostic) => {
            reporter.add(&[*diagnostic], &Sources::default());
            Outcome::Failure
        }
    }
}

fn standard_output(text: &str) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(()),
        // The reader has seen enough (`| head`).
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Diagnostic::error(Code::Io, format!("cannot write to standard output: {}", words(&error)))),
    }
}

fn fault(path: &Path, error: &std::io::Error) -> Box<Diagnostic> {
    Diagnostic::error(Code::Io, format!("cannot write `{}`: {}", path.display(), words(error)))
}

/// A file ready to take its place.
struct Prepared {
    /// The path the user knows.
    shown: PathBuf,
    /// The path that is replaced, symbolic links followed.
    target: PathBuf,
    /// The new content; `None` if it has been written already.
    temporary: Option<NamedTempFile>,
}

fn file(path: &Path, text: &str) -> Result<()> {
    prepare(path, text)?.commit(text)
}

/// Writes one file per resource, all of them or, unless a rename fails half-way, none.
fn directory(path: &Path, build: &Build) -> Result<()> {
    let mut prepared: Vec<(Prepared, &str)> = Vec::with_capacity(build.documents.len());
    let ids: Vec<&ResId> = build.resources.iter().map(|resource| &resource.id).collect();
    for (name, range) in file_names(&ids)?.iter().zip(&build.documents) {
        let text = build.text.get(range.clone()).unwrap_or_default();
        prepared.push((prepare(&path.join(name), text)?, text));
    }
    for (prepared, text) in prepared {
        prepared.commit(text)?;
    }
    Ok(())
}

/// Returns the file name of each resource, the reference's (`Writer.WriteIndividualFiles`): lower-case group, version, kind
/// and name, with the namespace before it if there is more than one.
///
/// Where the reference writes two resources to one file and loses the first, or leaves the directory because a name holds a
/// slash, this is an error.
fn file_names(ids: &[&ResId]) -> Result<Vec<String>> {
    let namespaces: FxHashSet<&str> =
        ids.iter().map(|id| id.effective_namespace()).filter(|&namespace| namespace != NO_NAMESPACE).collect();
    let mut taken: FxHashMap<String, &ResId> = FxHashMap::default();
    let mut names = Vec::with_capacity(ids.len());
    for &id in ids {
        let namespace = id.effective_namespace();
        let is_prefixed = namespaces.len() > 1 && namespace != NO_NAMESPACE;
        let gvk = [&id.gvk.group, &id.gvk.version, &id.gvk.kind];
        let parts = is_prefixed.then_some(namespace).into_iter();
        let parts = parts.chain(gvk.into_iter().map(|part| &**part).filter(|part| !part.is_empty()));
        let parts: Vec<&str> = parts.chain(std::iter::once(&*id.name)).collect();
        let name = format!("{}.yaml", parts.join("_").to_lowercase());
        if name.contains(['/', '\0']) || (cfg!(windows) && name.contains(['\\', ':'])) {
            return Err(Diagnostic::error(Code::InvalidPath, format!("no file can be named `{name}`"))
                .note(format!("the resource is `{id}`"))
                .help("write to one file: name a file after `--output`"));
        }
        if let Some(other) = taken.insert(name.clone(), id) {
            return Err(Diagnostic::error(Code::InvalidPath, format!("two resources would be written to `{name}`"))
                .note(format!("the resources are `{other}` and `{id}`"))
                .help("write to one file: name a file after `--output`"));
        }
        names.push(name);
    }
    Ok(names)
}

/// Writes a text beside the place it is for.
fn prepare(path: &Path, text: &str) -> Result<Prepared> {
    let existing = std::fs::metadata(path).ok();
    // A device or a pipe (`/dev/stdout`) is written to, not replaced; a path such as `new/` is for the system to refuse.
    let is_plain = existing.as_ref().is_none_or(std::fs::Metadata::is_file);
    let ends_with_slash = path.as_os_str().as_encoded_bytes().last() == Some(&b'/');
    let direct = || Prepared { shown: path.to_owned(), target: path.to_owned(), temporary: None };
    if !is_plain || ends_with_slash {
        return Ok(direct());
    }
    let target = match &existing {
        Some(_) => std::fs::canonicalize(path).map_err(|error| fault(path, &error))?,
        None => follow(path),
    };
    if existing.is_some() {
        // Renaming needs no right to the file itself; do not replace what the user may not write.
        File::options().write(true).open(&target).map_err(|error| fault(path, &error))?;
    }
    let parent = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut temporary = match new_temporary(parent) {
        Ok(temporary) => temporary,
        // The file may be writable where its directory is not.
        Err(_) if existing.is_some() => return Ok(direct()),
        Err(error) => return Err(fault(path, &error)),
    };
    let written = temporary.write_all(text.as_bytes()).and_then(|()| match &existing {
        Some(metadata) => temporary.as_file().set_permissions(metadata.permissions()),
        None => Ok(()),
    });
    written.map_err(|error| fault(path, &error))?;
    Ok(Prepared { shown: path.to_owned(), target, temporary: Some(temporary) })
}

impl Prepared {
    fn commit(self, text: &str) -> Result<()> {
        let Some(temporary) = self.temporary else { return write_direct(&self.shown, text) };
        match temporary.persist(&self.target) {
            Ok(_) => Ok(()),
            // A file that is mounted by itself (a container's) cannot be replaced, only written.
            Err(error) if matches!(error.error.kind(), ErrorKind::ResourceBusy | ErrorKind::CrossesDevices) => {
                write_direct(&self.shown, text)
            }
            Err(error) => Err(fault(&self.shown, &error.error)),
        }
    }
}

fn write_direct(path: &Path, text: &str) -> Result<()> {
    let written = File::create(path).and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|error| fault(path, &error)),
    }
}

/// Makes a temporary file with the permissions that a new file would get.
fn new_temporary(parent: &Path) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".rustomize-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(parent)
}

/// Follows symbolic links that lead to a file which does not exist yet.
fn follow(path: &Path) -> PathBuf {
    // As many as Linux follows.
    const LINKS_MAX: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..LINKS_MAX {
        match std::fs::read_link(&path) {
            Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => break,
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Gvk;

    fn id(api_version: &str, kind: &str, namespace: &str, name: &str) -> ResId {
        ResId { gvk: Gvk::new(api_version, kind), name: name.into(), namespace: namespace.into() }
    }

    /// The names that kustomize v5.8.2 gives (`build -o DIR`).
    #[test]
    fn names_of_files() {
        let deployment = id("apps/v1", "Deployment", "", "Web");
        let config = id("v1", "ConfigMap", "NS", "a.b:c");
        let names = file_names(&[&deployment, &config]).expect("names");
        assert_eq!(names, ["default_apps_v1_deployment_web.yaml", "ns_v1_configmap_a.b:c.yaml"]);
        assert_eq!(file_names(&[&deployment]).expect("names"), ["apps_v1_deployment_web.yaml"]);
    }

    #[test]
    fn names_that_no_file_can_have() {
        let slash = id("v1", "ConfigMap", "", "../../etc/passwd");
        assert!(file_names(&[&slash]).is_err());
        let (upper, lower) = (id("v1", "ConfigMap", "", "A"), id("v1", "ConfigMap", "", "a"));
        assert!(file_names(&[&upper, &lower]).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_replaced_where_its_link_leads_and_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().expect("a directory");
        let (target, link) = (directory.path().join("target"), directory.path().join("link"));
        std::fs::write(&target, "old").expect("written");
        std::fs::set_permissions(&target, PermissionsExt::from_mode(0o640)).expect("set");
        std::os::unix::fs::symlink("target", &link).expect("linked");
        file(&link, "new").expect("written");
        assert_eq!(std::fs::read_to_string(&target).expect("read"), "new");
        assert_eq!(std::fs::metadata(&target).expect("there").permissions().mode() & 0o777, 0o640);
        assert!(std::fs::symlink_metadata(&link).expect("there").is_symlink());
        let names: Vec<_> =
            std::fs::read_dir(directory.path()).expect("read").flatten().map(|e| e.file_name()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
    }

    #[test]
    fn a_directory_that_does_not_exist_is_an_error() {
        let directory = tempfile::tempdir().expect("a directory");
        let error = file(&directory.path().join("no/such.yaml"), "text").expect_err("an error");
        assert!(error.message.ends_with("no such file or directory"), "{}", error.message);
    }
}
