//! The files of a commit, read from the object database: nothing is checked out.
//!
//! Files stand where they would stand in the work tree, so that the same paths lead to the same files on both sides of a
//! comparison. Submodules are empty directories here, and what is kept elsewhere (LFS) is what the commit holds of it.

use super::{commit, git, top};
use crate::cli::output;
use crate::diagnostic::{Code, Diagnostic};
use crate::fs::{EntryKind, FileSystem, FsError, Look, base_name, clean, is_within, join, parent};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

/// As many as Linux follows.
const LINKS_MAX: usize = 40;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Link,
}

/// The files of a commit.
pub(in crate::cli) struct GitTree {
    top: String,
    commit: String,
    files: BTreeMap<String, (Kind, String)>,
    directories: BTreeSet<String>,
    reader: Mutex<Objects>,
}

/// What is read through one process of `git cat-file`.
struct Objects {
    process: Option<(Child, ChildStdin, BufReader<ChildStdout>)>,
    known: FxHashMap<String, Arc<[u8]>>,
}

impl GitTree {
    /// Lists the files of a commit of the repository that holds `here`.
    pub(in crate::cli) fn open(here: &str, reference: &str, wants: &str) -> Result<GitTree, Box<Diagnostic>> {
        let top = top(here, wants)?;
        let commit = commit(&top, reference)?;
        let list = git(&top, &["ls-tree", "-r", "-z", "--full-tree", &commit]).map_err(|words| {
            let message = format!("git cannot list the files of `{reference}`");
            words.into_iter().fold(Diagnostic::error(Code::Io, message), Diagnostic::note)
        })?;
        let mut files = BTreeMap::new();
        let mut directories = BTreeSet::new();
        for (head, path) in list.split('\0').filter_map(|line| line.split_once('\t')) {
            let mut head = head.split(' ');
            let (mode, _, object) = (head.next(), head.next(), head.next());
            let path = join(&top, path);
            let mut above = parent(&path);
            while is_within(above, &top) && directories.insert(above.to_owned()) {
                above = parent(above);
            }
            let kind = match mode {
                Some("120000") => Kind::Link,
                Some("160000") => {
                    directories.insert(path);
                    continue;
                }
                _ => Kind::File,
            };
            files.insert(path, (kind, object.unwrap_or_default().to_owned()));
        }
        let reader = Mutex::new(Objects { process: None, known: FxHashMap::default() });
        Ok(GitTree { top, commit, files, directories, reader })
    }

    /// Returns where the repository is.
    pub(in crate::cli) fn top(&self) -> &str {
        &self.top
    }

    /// Returns the name of the commit.
    pub(in crate::cli) fn commit(&self) -> &str {
        &self.commit
    }

    fn object(&self, object: &str, size_max: u64) -> Result<Arc<[u8]>, FsError> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner).get(&self.top, object, size_max)
    }

    /// Follows links; the last part of the path, too, if `follows_last`.
    fn real(&self, path: &str, follows_last: bool) -> Result<String, FsError> {
        let mut path = clean(path);
        for _ in 0..=LINKS_MAX {
            let Some(link) = self.first_link(&path, follows_last) else { return Ok(path) };
            let (_, object) = self.files.get(&link).ok_or(FsError::NotFound)?;
            let bytes = self.object(object, u64::from(u16::MAX))?;
            let target = String::from_utf8_lossy(&bytes).into_owned();
            let rest = path.strip_prefix(&link).unwrap_or("").to_owned();
            path = clean(&format!("{}{rest}", join(parent(&link), &target)));
        }
        Err(FsError::Other("too many levels of symbolic links".to_owned()))
    }

    /// Returns the first part of a path that is a link.
    fn first_link(&self, path: &str, counts_last: bool) -> Option<String> {
        let ends = path.match_indices('/').map(|(at, _)| at).skip(1);
        let parts = ends.filter_map(|end| path.get(..end)).chain(counts_last.then_some(path));
        let is_link = |part: &&str| self.files.get(*part).is_some_and(|(kind, _)| *kind == Kind::Link);
        parts.into_iter().find(is_link).map(str::to_owned)
    }

    fn is_directory(&self, real: &str) -> bool {
        // Above the repository are directories that hold nothing else.
        self.directories.contains(real) || is_within(&self.top, real)
    }

    fn kind_of(&self, real: &str) -> Result<EntryKind, FsError> {
        match self.files.contains_key(real) {
            true => Ok(EntryKind::File),
            false if self.is_directory(real) => Ok(EntryKind::Directory),
            false => Err(FsError::NotFound),
        }
    }
}

impl FileSystem for GitTree {
    fn read(&self, path: &str, size_max: u64) -> Result<Vec<u8>, FsError> {
        let real = self.real(path, true)?;
        match self.files.get(&real) {
            Some((_, object)) => self.object(object, size_max).map(|bytes| bytes.to_vec()),
            None => Err(if self.is_directory(&real) { FsError::IsDirectory } else { FsError::NotFound }),
        }
    }

    fn kind(&self, path: &str) -> Result<EntryKind, FsError> {
        self.kind_of(&self.real(path, true)?)
    }

    fn look(&self, path: &str) -> Result<Look, FsError> {
        let real = self.real(path, false)?;
        match self.files.get(&real) {
            Some((Kind::Link, _)) => Ok(Look::Link),
            _ => self.kind_of(&real).map(Look::Entry),
        }
    }

    fn list(&self, path: &str) -> Result<Vec<String>, FsError> {
        let real = self.real(path, true)?;
        if !self.is_directory(&real) {
            return Err(FsError::NotFound);
        }
        if !is_within(&real, &self.top) {
            // One step on the way to the repository.
            let rest = self.top.strip_prefix(real.trim_end_matches('/')).unwrap_or("").trim_start_matches('/');
            return Ok(rest.split('/').take(1).map(str::to_owned).collect());
        }
        let below = format!("{}/", real.trim_end_matches('/'));
        let files = self.files.range(below.clone()..).map(|(path, _)| path).take_while(|path| path.starts_with(&below));
        let directories = self.directories.range(below.clone()..).take_while(|path| path.starts_with(&below));
        let names = files.chain(directories).filter(|path| parent(path) == real).map(|path| base_name(path).to_owned());
        Ok(names.collect::<BTreeSet<String>>().into_iter().collect())
    }

    fn canonical(&self, path: &str) -> Result<String, FsError> {
        let real = self.real(path, true)?;
        self.kind_of(&real).map(|_| real)
    }
}

impl Objects {
    fn get(&mut self, top: &str, object: &str, size_max: u64) -> Result<Arc<[u8]>, FsError> {
        let fits = |bytes: &Arc<[u8]>| match bytes.len() as u64 {
            size if size > size_max => Err(FsError::TooLarge(size)),
            _ => Ok(Arc::clone(bytes)),
        };
        if let Some(bytes) = self.known.get(object) {
            return fits(bytes);
        }
        let bytes: Arc<[u8]> = self.ask(top, object).map_err(|error| {
            self.process = None;
            FsError::Other(format!("git cannot read it: {}", output::words(&error)))
        })?;
        self.known.insert(object.to_owned(), Arc::clone(&bytes));
        fits(&bytes)
    }

    fn ask(&mut self, top: &str, object: &str) -> std::io::Result<Arc<[u8]>> {
        let fault = |words: &str| std::io::Error::other(words.to_owned());
        if self.process.is_none() {
            let mut command = super::command(top, &["cat-file", "--batch"]);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut child = command.spawn()?;
            let ends = child.stdin.take().zip(child.stdout.take()).ok_or_else(|| fault("no pipe"))?;
            self.process = Some((child, ends.0, BufReader::new(ends.1)));
        }
        let (_, input, output) = self.process.as_mut().ok_or_else(|| fault("no process"))?;
        input.write_all(format!("{object}\n").as_bytes())?;
        input.flush()?;
        let mut head = String::new();
        output.read_line(&mut head)?;
        let size = head.trim_end().rsplit(' ').next().and_then(|size| size.parse::<u64>().ok());
        let size = size.ok_or_else(|| fault("the object is missing"))?;
        let mut bytes = Vec::new();
        output.by_ref().take(size + 1).read_to_end(&mut bytes)?;
        if bytes.pop().is_none() || bytes.len() as u64 != size {
            return Err(fault("git ended early"));
        }
        Ok(bytes.into())
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        if let Some((mut child, input, output)) = self.process.take() {
            // It ends with its input.
            drop((input, output));
            let _ = child.wait();
        }
    }
}
