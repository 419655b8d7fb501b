//! The real disk.

use super::{EntryKind, FileSystem, FsError, Look};
use crate::sorting::Sorting;
use std::io::Read;

/// Reads from the machine's disk.
#[derive(Debug, Default)]
pub struct Disk;

impl FileSystem for Disk {
    #[allow(clippy::disallowed_methods, reason = "the one place that reads files")]
    fn read(&self, path: &str, size_max: u64) -> Result<Vec<u8>, FsError> {
        let mut file = std::fs::File::open(native(path)).map_err(words)?;
        let metadata = file.metadata().map_err(words)?;
        if metadata.is_dir() {
            return Err(FsError::IsDirectory);
        }
        if metadata.len() > size_max {
            return Err(FsError::TooLarge(metadata.len()));
        }
        let len = usize::try_from(metadata.len()).unwrap_or(0);
        let mut bytes = Vec::new();
        if metadata.is_file() && len > 0 {
            bytes = vec![0; len + 1];
            let n_read = match file.read(&mut bytes) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => 0,
                result => result.map_err(words)?,
            };
            bytes.truncate(n_read);
            // Where a file ends, less is read than there is room for: most are read at once.
            if n_read == len {
                return Ok(bytes);
            }
        }
        // A pipe or a growing file has no honest length: never take more than the limit.
        Read::take(&mut file, size_max + 1).read_to_end(&mut bytes).map_err(words)?;
        if bytes.len() as u64 > size_max {
            return Err(FsError::TooLarge(bytes.len() as u64));
        }
        Ok(bytes)
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that looks at files")]
    fn kind(&self, path: &str) -> Result<EntryKind, FsError> {
        let metadata = std::fs::metadata(native(path)).map_err(words)?;
        Ok(if metadata.is_dir() { EntryKind::Directory } else { EntryKind::File })
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that looks at files")]
    fn look(&self, path: &str) -> Result<Look, FsError> {
        let metadata = std::fs::symlink_metadata(native(path)).map_err(words)?;
        Ok(if metadata.is_symlink() {
            Look::Link
        } else if metadata.is_dir() {
            Look::Entry(EntryKind::Directory)
        } else {
            Look::Entry(EntryKind::File)
        })
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that looks at files")]
    fn list(&self, path: &str) -> Result<Vec<String>, FsError> {
        let entries = std::fs::read_dir(native(path)).map_err(words)?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<String> = names.collect();
        names.put_in_own_order();
        Ok(names)
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that looks at files")]
    fn canonical(&self, path: &str) -> Result<String, FsError> {
        let path = std::fs::canonicalize(native(path)).map_err(words)?;
        let path = path.into_os_string().into_string().map_err(|_| FsError::Other("path is not UTF-8".to_owned()))?;
        if cfg!(windows) {
            let path = path.strip_prefix(r"\\?\").unwrap_or(&path).replace('\\', "/");
            return Ok(path);
        }
        Ok(path)
    }
}

fn native(path: &str) -> &std::path::Path {
    std::path::Path::new(path)
}

fn words(error: std::io::Error) -> FsError {
    match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => FsError::NotFound,
        std::io::ErrorKind::IsADirectory => FsError::IsDirectory,
        _ => FsError::Other(error.to_string()),
    }
}
