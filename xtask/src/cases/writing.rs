//! What a command of the reference writes: it runs in a copy of a case's input, and what changed there is kept.

use crate::shell::{self, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Files by path from the root of the tree.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// A copy of an input; it goes away with the value.
pub struct Copy {
    directory: PathBuf,
    before: Files,
}

impl Copy {
    /// Copies a tree.
    pub fn of(input: &Path) -> Result<Copy> {
        let directory = std::env::temp_dir().join(format!("rustomize-bless-{}", std::process::id()));
        let copy = Copy { before: read(input)?, directory };
        remove(&copy.directory)?;
        for (path, bytes) in &copy.before {
            shell::write(&copy.directory.join(path), bytes)?;
        }
        Ok(copy)
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Returns the files that are new or changed.
    pub fn changes(&self) -> Result<Files> {
        let mut files = read(&self.directory)?;
        files.retain(|path, bytes| self.before.get(path) != Some(bytes));
        Ok(files)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = remove(&self.directory);
    }
}

/// Reads all files below a directory; none if it does not exist.
pub fn read(directory: &Path) -> Result<Files> {
    let mut files = Files::new();
    let mut open = if directory.is_dir() { shell::entries(directory)? } else { Vec::new() };
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(shell::entries(&path)?);
        } else {
            let bytes = shell::read_bytes(&path)?;
            files.insert(path.strip_prefix(directory).unwrap_or(&path).to_owned(), bytes);
        }
    }
    Ok(files)
}

/// Makes a directory hold these files and nothing else.
pub fn replace(directory: &Path, files: &Files) -> Result<()> {
    remove(directory)?;
    files.iter().try_for_each(|(path, bytes)| shell::write(&directory.join(path), bytes))
}

fn remove(directory: &Path) -> Result<()> {
    match std::fs::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(format!("{}: {error}", directory.display())),
        _ => Ok(()),
    }
}
