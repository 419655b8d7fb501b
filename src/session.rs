//! A session: a file system with everything that was read from it, shared by all builds of one process.
//!
//! Files are read and parsed once, whoever asks for them; accumulated bases are kept by `accumulate`. Numbers of sources
//! and directives are given out here; they reach no output. Which files may be read is decided by `loader`.

mod api_versions;
mod fetched;

pub(crate) use api_versions::SharedVersions;
pub(crate) use fetched::{Checkout, fetch_error};

use crate::accumulated::BaseCache;
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::fieldspec::TransformerConfig;
use crate::fs::{self, FileSystem, FsError};
use crate::kustomization::InlineText;
use crate::limits::Limits;
use crate::programs::Programs;
use crate::provenance::{DirectiveId, Directives};
use crate::remote::Remotes;
use crate::resource::Resource;
use crate::source::{Embedded, Place, Sensitivity, Source, Sources, Span};
use fetched::FetchedRemotes;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Bytes in one file, whatever the limits say: offsets in texts have 32 bits, and decoding can make a text longer.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// What builds share.
pub struct Session<'fs> {
    /// Where files come from.
    pub fs: &'fs dyn FileSystem,
    /// Where remote roots and files come from; without it they are errors.
    pub remotes: Option<&'fs dyn Remotes>,
    /// The user's directory (absolute): paths in messages are relative to it.
    pub directory: Arc<str>,
    /// Where paths in messages begin instead, if the user knows the tree by other paths.
    pub shown_from: Option<ShownFrom>,
    /// Bounds on inputs.
    pub limits: Limits,
    /// Starts programs, where the caller has such a thing; what may be started is in the options of a build.
    pub programs: Option<&'fs dyn Programs>,
    /// All texts read so far.
    pub sources: Sources,
    /// All directives met so far.
    pub directives: Directives,
    /// Keep what every object was after each directive, for explanations.
    pub is_recording: bool,
    /// Texts by absolute path.
    texts: FxHashMap<Arc<str>, Arc<Source>>,
    /// The resources of a file by absolute path, or what is wrong with it.
    pub(crate) manifests: FxHashMap<Arc<str>, FileResources>,
    /// What is known of paths.
    pub(crate) resolved: Resolved,
    /// Accumulated bases.
    pub(crate) bases: BaseCache,
    /// The built-in field specs, shared by all kustomizations that add none.
    pub(crate) built_in: Arc<TransformerConfig>,
    /// Versions of APIs for charts.
    pub(crate) helm_api_versions: SharedVersions,
    /// Remote repositories and files.
    fetched: FetchedRemotes,
    /// Whether files and bases are kept when they are met for the first time.
    keeps_all: bool,
    /// What was met, where not everything is kept.
    met: FxHashSet<Arc<str>>,
    /// The directory of the target that is built now, where many are: what is in it is hardly another's.
    own_directory: Option<Arc<str>>,
    /// How long the last output was.
    n_printed: Option<usize>,
}

/// A directory that stands for a part of a larger tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownFrom {
    /// The directory (absolute).
    pub directory: Arc<str>,
    /// What stands before the paths of what is in it, such as `apps/web`; may be empty.
    pub prefix: Arc<str>,
}

impl ShownFrom {
    /// Returns how messages name an absolute path; one that has nothing in common with the directory stays what it is.
    pub fn show(&self, path: &str) -> String {
        let is_far = &*self.directory != "/" && path.split('/').nth(1) != self.directory.split('/').nth(1);
        let path = if is_far { path.to_owned() } else { fs::relative(path, &self.directory) };
        match (&*self.prefix, path.as_str()) {
            _ if is_far => path,
            ("", _) => path,
            (prefix, ".") => prefix.to_owned(),
            (_, outside) if outside == ".." || outside.starts_with("../") => path,
            (prefix, inside) => format!("{prefix}/{inside}"),
        }
    }
}

/// What `loader` found out about paths: the system is asked once.
#[derive(Default)]
pub(crate) struct Resolved {
    /// Directories, by path, free of symbolic links.
    pub(crate) directories: FxHashMap<Arc<str>, Arc<str>>,
    /// Files, by path, free of symbolic links.
    pub(crate) files: FxHashMap<Arc<str>, Arc<str>>,
    /// The kustomization files of directories, with and without load restriction.
    pub(crate) kustomizations: FxHashMap<(Arc<str>, bool), Arc<str>>,
}

/// The resources of one file, or every fault found in it.
pub(crate) type FileResources = std::result::Result<Arc<[Arc<Resource>]>, Arc<[Diagnostic]>>;

impl<'fs> Session<'fs> {
    /// Makes a session for a user who stands in `directory` (absolute).
    pub fn new(fs: &'fs dyn FileSystem, directory: &str) -> Session<'fs> {
        Session {
            fs,
            remotes: None,
            directory: fs::clean(directory).into(),
            shown_from: None,
            limits: Limits::default(),
            programs: None,
            sources: Sources::default(),
            directives: Directives::default(),
            is_recording: false,
            texts: FxHashMap::default(),
            manifests: FxHashMap::default(),
            resolved: Resolved::default(),
            bases: BaseCache::default(),
            built_in: Arc::default(),
            helm_api_versions: SharedVersions::default(),
            fetched: FetchedRemotes::default(),
            keeps_all: true,
            met: FxHashSet::default(),
            own_directory: None,
            n_printed: None,
        }
    }

    /// Makes a session for a single build: files and bases are kept from the second time they are met.
    ///
    /// What is kept has to be copied when an overlay writes to it. A base that is met once, as nearly all are in one
    /// build, need not be; one that many levels include twice must not double the work at each.
    pub fn for_one_build(fs: &'fs dyn FileSystem, directory: &str) -> Session<'fs> {
        Session { keeps_all: false, ..Session::new(fs, directory) }
    }

    /// Returns whether to keep what was made of a path (with all that changes it).
    pub(crate) fn is_to_be_kept(&mut self, path: &Arc<str>) -> bool {
        let is_own = self.own_directory.as_ref().is_some_and(|own| fs::is_within(path, own));
        (self.keeps_all && !is_own) || !self.met.insert(Arc::clone(path))
    }

    /// Says which target is built next, by its real path: its own files are kept from the second time they are met, as in a
    /// session for one build, everything else from the first.
    pub fn enter_target(&mut self, directory: &str) {
        self.own_directory = Some(directory.into());
    }

    /// Forgets what was made of files (absolute, real paths) that may not be what they were, or may not have been there.
    pub fn forget(&mut self, paths: &[String]) {
        for path in paths {
            self.texts.remove(path.as_str());
            self.manifests.remove(path.as_str());
        }
        // A fault may be one of a file that is there now.
        let is_valid = |base: &crate::accumulated::Accumulated| {
            let gathered = &base.gathered;
            paths.iter().all(|path| {
                !gathered.inputs.contains(path.as_str()) && !gathered.directories.contains(fs::parent(path))
            })
        };
        self.bases.retain(|_, base| base.as_ref().is_ok_and(|base| is_valid(base)));
        self.resolved = Resolved::default();
    }

    /// Returns how much room the output is likely to need: what is read, or in a session of many builds what the last one did.
    pub(crate) fn room_for_output(&self) -> usize {
        let n_bytes = self.n_printed.unwrap_or(self.sources.n_bytes());
        n_bytes + n_bytes / 8
    }

    /// Takes note of the length of an output.
    pub(crate) fn printed(&mut self, n_bytes: usize) {
        self.n_printed = Some(n_bytes);
    }

    /// Registers a directive.
    pub fn directive(&mut self, field: &'static str, index: Option<usize>, place: Place) -> DirectiveId {
        self.directives.add(field, index, place)
    }

    /// Makes a source of a text that stands in another.
    pub(crate) fn embedded(&mut self, text: &InlineText) -> Arc<Source> {
        let (first_line, indent) = text.block.unwrap_or((0, 0));
        let embedded = Embedded { outer: text.place, first_line, indent };
        let path = Arc::clone(&self.sources.get(text.place.source).path);
        self.sources.add(path, text.value.clone(), Sensitivity::Yaml, Some(embedded))
    }

    /// Returns how messages name an absolute path: relative to the user's directory, or with the address it came from.
    pub fn show(&self, path: &str) -> String {
        self.show_fetched(path).unwrap_or_else(|| match &self.shown_from {
            None => fs::relative(path, &self.directory),
            Some(from) => from.show(path),
        })
    }

    /// Reads a file's bytes within the limits. The path is absolute, or an address, and was allowed by `loader`.
    pub(crate) fn read_bytes(&self, path: &str) -> Result<Vec<u8>> {
        if let Some(bytes) = self.downloaded(path) {
            return Ok(bytes.to_vec());
        }
        self.fs
            .read(path, self.limits.file_bytes_max.min(FILE_BYTES_MAX))
            .map_err(|error| self.read_error(path, &error))
    }

    /// The place of the first byte that is no UTF-8, in a text that shows replacements for such bytes.
    fn undecodable(&mut self, path: &str, shown: &str, offset: usize) -> Option<Place> {
        let bytes = self.read_bytes(path).ok()?;
        // Offsets in UTF-16 are not those of the text.
        std::str::from_utf8(bytes.get(..offset)?).ok()?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let source = self.sources.add(shown, text, Sensitivity::Yaml, None);
        Some(Place { source: source.id, span: Span::new(offset, offset + char::REPLACEMENT_CHARACTER.len_utf8()) })
    }

    /// Reads a file as text, once.
    pub(crate) fn read_text(&mut self, path: &Arc<str>) -> Result<Arc<Source>> {
        if let Some(source) = self.texts.get(path) {
            return Ok(Arc::clone(source));
        }
        let bytes = self.read_bytes(path)?;
        let shown = self.show(path);
        match crate::yaml::read::decode_bytes(bytes) {
            Ok(text) => {
                let source = self.sources.add(shown, text, Sensitivity::Yaml, None);
                self.texts.insert(Arc::clone(path), Arc::clone(&source));
                Ok(source)
            }
            Err(error) => {
                let message = format!("`{shown}` is not valid UTF-8 (byte {})", error.offset + 1);
                let place = self.undecodable(path, &shown, error.offset);
                let diagnostic = Diagnostic::error(Code::InvalidEncoding, message).path(shown);
                Err(diagnostic.at(place, "this byte").help("save the file as UTF-8"))
            }
        }
    }

    /// Words for a file that could not be read.
    pub(crate) fn read_error(&self, path: &str, error: &FsError) -> Box<Diagnostic> {
        let shown = self.show(path);
        match error {
            FsError::NotFound => Diagnostic::error(Code::FileNotFound, format!("`{shown}` does not exist")).path(shown),
            FsError::IsDirectory => {
                Diagnostic::error(Code::InvalidPath, format!("`{shown}` is a directory; a file is wanted"))
                    .path(shown)
                    .help("name a file in that directory")
            }
            FsError::TooLarge(size) => {
                let max = self.limits.file_bytes_max.min(FILE_BYTES_MAX);
                let message = format!("`{shown}` is {size} bytes long; at most {max} are read");
                Diagnostic::error(Code::LimitExceeded, message).path(shown).help("split the file into several")
            }
            FsError::Outside => {
                Diagnostic::error(Code::LoadRestricted, format!("`{shown}` is outside the tree that may be read"))
                    .path(shown)
                    .help("name something inside the repository; links that lead out of it are not followed")
            }
            FsError::Other(words) => Diagnostic::error(Code::Io, format!("cannot read `{shown}`: {words}"))
                .path(shown)
                .help("check that the file may be read"),
        }
    }
}
