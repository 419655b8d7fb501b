//! Files read and parsed before a build asks for them, by a thread that goes ahead of it.
//!
//! The thread follows what kustomizations name, in the order in which they are accumulated, and reads files that are
//! certainly allowed: those in or below the directory of their kustomization. What it finds is only a store of answers of
//! the file system: nothing it reads gets a number, is judged, or reaches a build that does not ask for it, so that a
//! build is the same with it and without. Whoever comes to a file first reads it.

use crate::fs::{self, EntryKind, FileSystem, FsError, Look};
use crate::limits::Limits;
use crate::loader::FILE_NAMES;
use crate::yaml::read::{Parsed, decode_bytes};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

/// With fewer entries of kustomizations a thread costs more than it saves.
const ENTRIES_MIN: usize = 8;
/// How many bytes may be read and not taken.
const WAITING_BYTES_MAX: usize = 8 << 20;

/// Starts a thread that calls [`ReadAhead::run`], if it can.
pub(super) type Start = fn(&'static ReadAhead) -> bool;

/// Reads files ahead of one build.
pub struct ReadAhead {
    fs: &'static dyn FileSystem,
    limits: Limits,
    start: Start,
    /// Entries met so far.
    n_entries: AtomicUsize,
    is_started: AtomicBool,
    /// The directory of the build.
    top: OnceLock<Arc<str>>,
    found: Mutex<Found>,
    /// A file was read, or taken.
    changed: Condvar,
}

#[derive(Default)]
struct Found {
    looks: FxHashMap<String, Result<Look, FsError>>,
    files: FxHashMap<String, State>,
    n_waiting_bytes: usize,
}

enum State {
    /// The thread is at it.
    Reading,
    /// The thread has read it.
    Read(Box<AheadFile>),
    /// The build has it, or reads it by itself.
    Taken,
}

/// A text, and what was parsed of it.
pub(crate) struct AheadFile {
    pub(crate) text: String,
    pub(crate) parsed: Option<Parsed>,
}

/// What a file is parsed for, if it is parsed here.
#[derive(Clone, Copy)]
enum Use {
    Text,
    Documents,
    FirstDocument,
}

impl ReadAhead {
    /// Makes it ready; the thread is started when a build turns out to be large enough.
    pub fn new(fs: &'static dyn FileSystem, limits: Limits, start: Start) -> ReadAhead {
        ReadAhead {
            fs,
            limits,
            start,
            n_entries: AtomicUsize::new(0),
            is_started: AtomicBool::new(false),
            top: OnceLock::new(),
            found: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Takes note of the entries of a kustomization that a build has come to; the first is the top.
    pub(crate) fn met(&'static self, directory: &Arc<str>, n_entries: usize) {
        self.top.get_or_init(|| Arc::clone(directory));
        let n_before = self.n_entries.fetch_add(n_entries, Ordering::Relaxed);
        if n_before < ENTRIES_MIN && n_before + n_entries >= ENTRIES_MIN {
            self.is_started.store((self.start)(self), Ordering::Relaxed);
        }
    }

    /// Returns what a look at a path found.
    pub(crate) fn known_look(&self, path: &str) -> Option<Result<Look, FsError>> {
        if !self.is_started.load(Ordering::Relaxed) {
            return None;
        }
        self.found().looks.get(path).cloned()
    }

    /// Returns a file; `None` if it is for the build to read.
    pub(crate) fn take(&self, path: &str) -> Option<AheadFile> {
        if !self.is_started.load(Ordering::Relaxed) {
            return None;
        }
        let mut found = self.found();
        while let Some(State::Reading) = found.files.get(path) {
            found = self.changed.wait(found).unwrap_or_else(PoisonError::into_inner);
        }
        let state = found.files.insert(path.to_owned(), State::Taken);
        let Some(State::Read(file)) = state else { return None };
        let is_full = found.n_waiting_bytes >= WAITING_BYTES_MAX;
        found.n_waiting_bytes = found.n_waiting_bytes.saturating_sub(file.text.len());
        drop(found);
        if is_full {
            self.changed.notify_all();
        }
        Some(*file)
    }

    /// Reads what the build will want, until there is no more.
    pub fn run(&self) {
        let _end = End(self);
        if let Some(top) = self.top.get() {
            self.directory(top, &mut FxHashSet::default(), self.limits.bases_depth_max);
        }
    }

    // Depth is bounded by that of bases.
    fn directory(&self, directory: &str, visited: &mut FxHashSet<String>, depth: usize) {
        if depth == 0 || !visited.insert(directory.to_owned()) {
            return;
        }
        let names = FILE_NAMES.iter().map(|name| fs::join(directory, name));
        let mut files: Vec<String> = names.filter(|path| self.look(path) == Some(EntryKind::File)).collect();
        let Some(path) = files.pop().filter(|_| files.is_empty()) else { return };
        // What it names is wanted even where the build was here first.
        let is_claimed = self.claim(&path);
        let file = self.read(&path, Use::FirstDocument);
        let entries = file.as_ref().map(Entries::of).unwrap_or_default();
        if is_claimed {
            self.put(&path, file);
        }
        for entry in entries.included {
            let path = fs::join(directory, &entry);
            match self.look(&path) {
                Some(EntryKind::Directory) => self.directory(&path, visited, depth - 1),
                Some(EntryKind::File) => self.file(&path, directory, Use::Documents),
                None => {}
            }
        }
        for entry in entries.texts {
            let path = fs::join(directory, &entry);
            if self.look(&path) == Some(EntryKind::File) {
                self.file(&path, directory, Use::Text);
            }
        }
    }

    /// Returns what stands at a path that is no symbolic link.
    fn look(&self, path: &str) -> Option<EntryKind> {
        let known = self.found().looks.get(path).cloned();
        let look = known.unwrap_or_else(|| {
            let look = self.fs.look(path);
            self.found().looks.insert(path.to_owned(), look.clone());
            look
        });
        match look {
            Ok(Look::Entry(kind)) => Some(kind),
            _ => None,
        }
    }

    fn file(&self, path: &str, directory: &str, wanted_for: Use) {
        // A file elsewhere may not be allowed, and is not touched.
        if fs::is_within(fs::parent(path), directory) && self.claim(path) {
            self.put(path, self.read(path, wanted_for));
        }
    }

    /// Returns whether nobody has come to a file before.
    fn claim(&self, path: &str) -> bool {
        let mut found = self.found();
        while found.n_waiting_bytes >= WAITING_BYTES_MAX {
            found = self.changed.wait(found).unwrap_or_else(PoisonError::into_inner);
        }
        let is_first = !found.files.contains_key(path);
        if is_first {
            found.files.insert(path.to_owned(), State::Reading);
        }
        is_first
    }

    /// Hands a file over; what is wrong with one that cannot be read is for the build to say.
    fn put(&self, path: &str, file: Option<AheadFile>) {
        let mut found = self.found();
        match file {
            Some(file) => {
                found.n_waiting_bytes += file.text.len();
                found.files.insert(path.to_owned(), State::Read(Box::new(file)));
            }
            None => drop(found.files.remove(path)),
        }
        drop(found);
        self.changed.notify_all();
    }

    fn read(&self, path: &str, wanted_for: Use) -> Option<AheadFile> {
        let bytes = self.fs.read(path, self.limits.file_bytes_max).ok()?;
        let text = decode_bytes(bytes).ok()?;
        let parsed = match wanted_for {
            Use::Text => None,
            Use::Documents => Some(Parsed::documents(&text, &self.limits)?),
            Use::FirstDocument => Some(Parsed::first(&text, &self.limits)?),
        };
        Some(AheadFile { text, parsed })
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets nobody wait for a thread that is no more.
struct End<'a>(&'a ReadAhead);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.found().files.retain(|_, state| !matches!(state, State::Reading));
        self.0.changed.notify_all();
    }
}

/// What a kustomization names, as far as it matters here.
#[derive(Default)]
struct Entries {
    /// Resources and components.
    included: Vec<String>,
    /// Patches and replacements.
    texts: Vec<String>,
}

impl Entries {
    fn of(file: &AheadFile) -> Entries {
        let mut entries = Entries::default();
        let Some(root) = file.parsed.as_ref().and_then(|parsed| parsed.root(&file.text)) else { return entries };
        for field in ["resources", "bases", "components"] {
            let items = root.items(field).into_iter();
            // Addresses of repositories have no such parts.
            let local = items.map(|item| item.text().to_owned()).filter(|text| !text.contains([':', '?']));
            entries.included.extend(local.filter(|text| !text.is_empty()));
        }
        for field in ["patches", "patchesJson6902", "replacements"] {
            let paths = root.items(field).into_iter().filter_map(|item| item.get("path"));
            entries.texts.extend(paths.map(|path| path.text().to_owned()));
        }
        let patches = root.items("patchesStrategicMerge").into_iter().map(|item| item.text().to_owned());
        entries.texts.extend(patches.filter(|text| !text.contains(['\n', ':', '{'])));
        entries.texts.retain(|text| !text.is_empty() && !text.contains(':'));
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::{BuildOptions, build};
    use crate::fs::Memory;
    use crate::session::Session;

    /// Reads everything before the build goes on, which is as far ahead as a thread can be.
    fn at_once(ahead: &'static ReadAhead) -> bool {
        ahead.run();
        true
    }

    fn leaked(files: &[(&str, &str)]) -> &'static Memory {
        let mut memory = Memory::new();
        for (path, text) in files {
            memory.set(path, *text);
        }
        Box::leak(Box::new(memory))
    }

    /// What a build gives, or the messages of its errors.
    fn built(fs: &'static Memory, ahead: Option<&'static ReadAhead>) -> Result<(String, Vec<Arc<str>>), Vec<String>> {
        let mut session = Session::for_one_build(fs, "/");
        session.read_ahead = ahead;
        let built = build(&mut session, "/top", &BuildOptions::default());
        built.map(|built| (built.text, built.inputs)).map_err(|errors| {
            let place = |error: &crate::diagnostic::Diagnostic| {
                let label = error.labels.first().map(|label| label.place);
                label.map(|place| (session.sources.get(place.source).path.to_string(), place.span))
            };
            errors.iter().map(|error| format!("{} {:?}", error.message, place(error))).collect()
        })
    }

    fn config_map(name: &str) -> String {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n---\n# {{\"a\": 1}}\n")
    }

    #[test]
    fn a_build_is_the_same_with_files_read_ahead_and_without() {
        let top = "resources: [a.yaml, b.yaml, ../base, ../outside.yaml]\ncomponents: [../parts]\n\
                   patches: [{path: patch.yaml}, {path: json.yaml, target: {kind: ConfigMap}}]\n";
        let base = "resources: [c.yaml, d.yaml, e.yaml, sub]\nnamePrefix: base-\n";
        let parts = "kind: Component\nreplacements: [{path: replacement.yaml}]\nlabels: [{pairs: {a: b}}]\n";
        let replacement = "- source: {kind: ConfigMap, name: a, fieldPath: metadata.name}\n  targets: \
                           [{select: {name: b}, fieldPaths: [metadata.labels.from], options: {create: true}}]\n";
        let (a, b, c, d, e) = (config_map("a"), config_map("b"), config_map("c"), config_map("d"), config_map("e"));
        let mut files = vec![
            ("/top/kustomization.yaml", top),
            ("/top/a.yaml", &a),
            ("/top/b.yaml", &b),
            ("/top/patch.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: 'y'}\n"),
            ("/top/json.yaml", "- {op: add, path: /metadata/annotations, value: {p: q}}\n"),
            ("/base/kustomization.yml", base),
            ("/base/c.yaml", &c),
            ("/base/d.yaml", &d),
            ("/base/e.yaml", &e),
            ("/base/sub/Kustomization", "resources: [../../base/sub/f.yaml]\n"),
            ("/base/sub/f.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: f}\n"),
            ("/parts/kustomization.yaml", parts),
            ("/parts/replacement.yaml", replacement),
            ("/outside.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: o}\n"),
        ];
        let refused = check(&files);
        assert!(refused.is_err_and(|errors| errors[0].contains("outside")));
        files[0].1 = "resources: [a.yaml, b.yaml, ../base, ../base]\ncomponents: [../parts]\n";
        assert!(check(&files).is_err_and(|errors| errors[0].contains("twice")));
        let top = top.replace(", ../outside.yaml", "");
        files[0].1 = &top;
        assert!(check(&files).is_ok_and(|(text, inputs)| text.contains("from: a") && inputs.len() == 13));
        files[7].1 = "a: [\n";
        assert!(check(&files).is_err());
        files.remove(10);
        assert!(check(&files).is_err());
    }

    fn check(files: &[(&str, &str)]) -> Result<(String, Vec<Arc<str>>), Vec<String>> {
        let fs = leaked(files);
        let ahead = Box::leak(Box::new(ReadAhead::new(fs, Limits::default(), at_once)));
        let result = built(fs, Some(ahead));
        assert!(ahead.is_started.load(Ordering::Relaxed));
        assert!(ahead.take("/outside.yaml").is_none(), "what may not be allowed is not read");
        assert_eq!(result, built(fs, None));
        result
    }

    #[test]
    fn small_builds_start_no_thread() {
        let files = [("/top/kustomization.yaml", "resources: [a.yaml]\n"), ("/top/a.yaml", "a: b\n")];
        let ahead = Box::leak(Box::new(ReadAhead::new(leaked(&files), Limits::default(), at_once)));
        ahead.met(&"/top".into(), ENTRIES_MIN - 1);
        assert!(!ahead.is_started.load(Ordering::Relaxed));
    }
}
