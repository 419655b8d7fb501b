//! Archives and digests that depend on nothing but what goes into them.

use crate::shell::{self, Result};
use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Write;

/// What an archive holds, by path.
#[derive(Clone, Default)]
pub struct Files(BTreeMap<String, Entry>);

#[derive(Clone)]
enum Entry {
    Directory { mode: u32 },
    File { mode: u32, content: Vec<u8> },
}

impl Files {
    /// Adds a file that anybody may read.
    pub fn add(&mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.0.insert(path.into(), Entry::File { mode: 0o644, content: content.into() });
    }

    /// Adds a program.
    pub fn add_program(&mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.0.insert(path.into(), Entry::File { mode: 0o755, content: content.into() });
    }

    /// Adds an empty directory; those above files need not be added.
    pub fn add_directory(&mut self, path: impl Into<String>, mode: u32) {
        self.0.insert(path.into(), Entry::Directory { mode });
    }

    /// Adds what others are.
    pub fn extend(&mut self, others: &Files) {
        self.0.extend(others.0.clone());
    }

    /// Returns a tar archive: sorted, owned by 0, everything of one time.
    pub fn tar(&self, seconds: u64) -> Result<Vec<u8>> {
        let words = |error: std::io::Error| format!("cannot make an archive: {error}");
        let mut all = self.0.clone();
        for path in self.0.keys() {
            for (end, _) in path.match_indices('/') {
                all.entry(path[..end].to_owned()).or_insert(Entry::Directory { mode: 0o755 });
            }
        }
        let mut archive = tar::Builder::new(Vec::new());
        for (path, entry) in all {
            let mut header = tar::Header::new_ustar();
            header.set_mtime(seconds);
            header.set_uid(0);
            header.set_gid(0);
            match entry {
                Entry::Directory { mode } => {
                    header.set_entry_type(tar::EntryType::Directory);
                    header.set_mode(mode);
                    header.set_size(0);
                    archive.append_data(&mut header, format!("{path}/"), &[][..]).map_err(words)?;
                }
                Entry::File { mode, content } => {
                    header.set_mode(mode);
                    header.set_size(content.len() as u64);
                    archive.append_data(&mut header, path, &content[..]).map_err(words)?;
                }
            }
        }
        archive.into_inner().map_err(words)
    }

    /// Returns a compressed tar archive.
    pub fn tar_gz(&self, seconds: u64) -> Result<Vec<u8>> {
        gzip(&self.tar(seconds)?)
    }
}

/// Compresses; neither time nor system stand in the head.
pub fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut writer = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    let written = writer.write_all(content).and_then(|()| writer.finish());
    written.map_err(|error| format!("cannot compress: {error}"))
}

/// Lets everybody read what others than this module pack, as the umask of whoever made the files does not matter then.
pub fn readable(paths: &[&str]) -> Result<()> {
    shell::run("chmod", &[&["-R", "u=rwX,go=rX"], paths].concat())
}

/// Returns a time of 1970 and later in UTC, in a form of the program `date`.
pub fn time(seconds: u64, form: &str) -> Result<String> {
    let text = shell::output("date", &["--utc", "--date", &format!("@{seconds}"), &format!("+{form}")])?;
    Ok(text.trim().to_owned())
}

/// Returns a SHA-256 digest in hexadecimal digits.
pub fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_what_goes_into_it() {
        let (mut one, mut other) = (Files::default(), Files::default());
        one.add("a/b/text", "text");
        one.add_program("a/program", "run");
        one.add_directory("tmp", 0o1777);
        other.add_directory("tmp", 0o1777);
        other.add_program("a/program", "run");
        other.add("a/b/text", "text");
        let tar = one.tar(7).expect("an archive");
        assert_eq!(sha256(&one.tar_gz(7).expect("an archive")), sha256(&other.tar_gz(7).expect("an archive")));
        let mut archive = tar::Archive::new(&tar[..]);
        let found: Vec<String> = archive
            .entries()
            .expect("entries")
            .map(|entry| {
                let entry = entry.expect("an entry");
                let header = entry.header();
                let path = entry.path().expect("a path").to_string_lossy().into_owned();
                let (mode, time, user) = (header.mode(), header.mtime(), header.uid());
                format!("{path} {:o} {} {}", mode.expect("a mode"), time.expect("a time"), user.expect("a user"))
            })
            .collect();
        assert_eq!(found, ["a/ 755 7 0", "a/b/ 755 7 0", "a/b/text 644 7 0", "a/program 755 7 0", "tmp/ 1777 7 0"]);
    }

    #[test]
    fn a_digest_is_that_of_the_standard() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
