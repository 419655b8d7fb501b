//! Targets built once: a session, what was built in it, and what of both is forgotten when files change.

use crate::files::Files;
use crate::options;
use rustomize::build::{Build, build};
use rustomize::diagnostic::Diagnostic;
use rustomize::explain::text::Names;
use rustomize::fs;
use rustomize::loader::FILE_NAMES;
use rustomize::ordered::{BTreeMap, BTreeSet};
use rustomize::session::Session;
use rustomize::source::Columns;

/// The root of a project; paths inside the engine are absolute.
pub(crate) const ROOT: &str = "/";
/// A session is begun anew when it holds so much more than it did at the first build: it keeps all texts it ever read.
const GROWTH_MAX: usize = 8;
/// And never before it holds so many texts, or bytes of them.
const SOURCES_MIN: usize = 10_000;
const BYTES_MIN: usize = 16 << 20;

/// What a target is built as: its directory, and the bits that say how.
type Key = (String, u32);
pub(crate) type Outcome = Result<Build, Vec<Diagnostic>>;

/// A session with its builds.
pub(crate) struct Builder {
    pub(crate) session: Session<'static>,
    builds: BTreeMap<Key, Outcome>,
    /// Files that changed since the session was told.
    pub(crate) changed: BTreeSet<String>,
    /// How much the session held after the first build.
    first: Option<usize>,
    is_recording: bool,
}

impl Builder {
    pub(crate) fn new(files: &'static Files, is_recording: bool) -> Builder {
        let builds = BTreeMap::new();
        Builder { session: session(files, is_recording), builds, changed: BTreeSet::new(), first: None, is_recording }
    }

    /// Forgets what was made of files that changed.
    fn settle(&mut self, files: &'static Files) {
        let changed: Vec<String> = std::mem::take(&mut self.changed).into_iter().collect();
        if changed.is_empty() {
            return;
        }
        let sources = &self.session.sources;
        let is_large = sources.len() > SOURCES_MIN || sources.n_bytes() > BYTES_MIN;
        if is_large && self.first.is_some_and(|first| sources.n_bytes() / GROWTH_MAX > first) {
            *self = Builder::new(files, self.is_recording);
            return;
        }
        self.session.forget(&changed);
        self.builds.retain(|_, built| built.as_ref().is_ok_and(|build| !reads(build, &changed)));
    }

    /// Builds a target, unless that was done.
    pub(crate) fn build(&mut self, files: &'static Files, target: &str, bits: u32) -> (&Session<'static>, &Outcome) {
        self.settle(files);
        let directory = absolute(target);
        let key = (directory.clone(), bits & options::BUILD);
        let session = &mut self.session;
        let outcome = self.builds.entry(key).or_insert_with(|| build(session, &directory, &options::build(bits)));
        self.first.get_or_insert(session.sources.n_bytes());
        (session, outcome)
    }

    /// Returns the outcome for a target that was built.
    pub(crate) fn find(&self, target: &str, bits: u32) -> Option<&Outcome> {
        self.builds.get(&(absolute(target), bits & options::BUILD))
    }
}

/// Returns what gives places and directives their names.
pub(crate) fn names<'s>(session: &'s Session<'_>) -> Names<'s> {
    Names { sources: &session.sources, directives: &session.directives }
}

pub(crate) fn session(files: &'static Files, is_recording: bool) -> Session<'static> {
    let mut session = Session::new(files, ROOT);
    session.sources.columns = Columns::Utf16;
    session.is_recording = is_recording;
    session
}

/// Returns whether a build would be another one after files changed.
fn reads(build: &Build, changed: &[String]) -> bool {
    changed.iter().any(|path| {
        let is_read = |path: &str| build.inputs.binary_search_by(|input| (**input).cmp(path)).is_ok();
        // A second kustomization file in a directory is an error.
        let directory = fs::parent(path);
        let is_beside = || FILE_NAMES.iter().any(|name| is_read(&fs::join(directory, name)));
        is_read(path) || (FILE_NAMES.contains(&fs::base_name(path)) && is_beside())
    })
}

/// Returns the absolute path of what JavaScript names.
pub(crate) fn absolute(path: &str) -> String {
    fs::join(ROOT, path.trim_start_matches('/'))
}

/// Returns how JavaScript names an absolute path.
pub(crate) fn relative(path: &str) -> String {
    fs::relative(path, ROOT)
}
