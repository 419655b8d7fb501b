//! One kustomization: its file is read, every path in it becomes a path of the copy, and the file is printed.
//!
//! The order of fields is upstream's (`localizer.localizeNativeFields`), which shows: chart homes are only copied where
//! nothing was written before, and configurations of plugins are written over what was copied as it is. What a path leads
//! to is copied by `paths`.

use super::output::Output;
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::fs;
use crate::kustomization::decode;
use crate::kustomization::{Placed, PlacedText};
use crate::loader::{self, FILE_NAMES, LoadRestrictions, Root};
use crate::ordered::BTreeSet;
use crate::provenance::Stamp;
use crate::session::Session;
use crate::source::{Place, Source, Span};
use crate::yaml::emit;
use crate::yaml::read;
use crate::yaml::tree::{NodeId, Tag, Tree};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A result with every independent fault that was not reported before.
pub(super) type Result<T> = std::result::Result<T, Vec<Diagnostic>>;

/// What copies the thing at a path and returns its path in the copy.
pub(super) type Localize<'a, 'fs> = fn(&mut Localizer<'a, 'fs>, &Level, &PlacedText) -> Result<String>;

/// A kustomization and where its copy goes.
pub(super) struct Level {
    pub(super) root: Arc<Root>,
    /// The directory of the copy.
    pub(super) destination: Arc<str>,
    /// Whether the way here was local all along, so that the scope bounds what it references.
    pub(super) is_local: bool,
    /// The file, as soon as it is read.
    pub(super) source: Option<Arc<Source>>,
}

/// What all levels share.
pub(super) struct Localizer<'a, 'fs> {
    pub(super) session: &'a mut Session<'fs>,
    /// What is local must be in here.
    pub(super) scope: Arc<str>,
    /// The directory that will hold the copy.
    pub(super) destination: Arc<str>,
    pub(super) output: Output,
    /// Kustomizations that were copied, or could not be, by directory and destination.
    pub(super) done: FxHashMap<(Arc<str>, Arc<str>), Done>,
    /// What is reached so far by each kustomization that is being copied, the innermost last.
    pub(super) reached: Vec<Reached>,
}

/// The directories that a kustomization reaches, and the addresses of repositories.
#[derive(Clone, Debug, Default)]
pub(super) struct Reached {
    pub(super) directories: BTreeSet<Arc<str>>,
    pub(super) addresses: BTreeSet<Arc<str>>,
}

/// What a kustomization reaches; nothing if it could not be copied, which was reported.
pub(super) type Done = Option<Arc<Reached>>;

/// A kustomization file on its way.
pub(super) struct File {
    pub(super) tree: Tree,
    pub(super) whole: Place,
    pub(super) stamp: Stamp,
    errors: Vec<Diagnostic>,
    /// Also set where all errors were reported before, for another kustomization that includes the same.
    has_failed: bool,
}

impl File {
    /// The entries of a list in the file.
    pub(super) fn entries(&self, field: &str) -> Vec<NodeId> {
        self.tree.get(self.tree.root(), field).map(|list| self.tree.items(list).collect()).unwrap_or_default()
    }

    pub(super) fn text(&self, node: NodeId) -> PlacedText {
        Placed { value: self.tree.text(node).to_owned(), place: self.tree.place(node).unwrap_or(self.whole) }
    }

    pub(super) fn fail(&mut self, errors: Vec<Diagnostic>) {
        self.has_failed = true;
        self.errors.extend(errors);
    }

    /// Returns whether to go on: behind a cycle, the same would be met again and again.
    fn is_hopeless(&self) -> bool {
        self.errors.iter().any(is_fault_of_the_way)
    }
}

impl<'a, 'fs> Localizer<'a, 'fs> {
    pub(super) fn new(session: &'a mut Session<'fs>, scope: Arc<str>, destination: Arc<str>) -> Localizer<'a, 'fs> {
        let output = Output::new(&destination);
        let (done, reached) = (FxHashMap::default(), Vec::new());
        Localizer { session, scope, destination, output, done, reached }
    }

    /// Copies a kustomization.
    pub(super) fn kustomization(&mut self, mut level: Level) -> Result<()> {
        self.output.create_directory(&level.destination);
        let path = loader::kustomization_file(self.session, &level.root, LoadRestrictions::RootOnly).map_err(single)?;
        let source = self.session.read_text(&path).map_err(single)?;
        let tree = read::read_first(&source, &self.session.limits).map_err(single)?;
        let whole = Place { source: source.id, span: Span::default() };
        let stamp = Stamp { by: self.session.directive("localize", None, whole), place: Some(whole) };
        let mut report = Report::default();
        let Some(tree) = decode::normal_form(&source, tree.as_ref(), &stamp, &mut report) else {
            return Err(report.diagnostics);
        };
        level.source = Some(source);
        let mut file = File { tree, whole, stamp, errors: Vec::new(), has_failed: false };
        self.native_fields(&level, &mut file);
        self.plugins(&level, &mut file);
        let mut text = String::new();
        if let Err(error) = emit::emit(&file.tree, file.tree.root(), &mut text) {
            file.fail(single(print_error(&file.tree, &error)));
        }
        if file.has_failed {
            return Err(file.errors);
        }
        let name = self.file_name(&level.root, &path);
        self.output.write(&fs::join(&level.destination, name), text.into_bytes());
        Ok(())
    }

    /// The name under which a kustomization file was found: that of a link, if it is one.
    fn file_name(&self, root: &Root, path: &str) -> &'static str {
        let is_it = |name: &&str| self.session.fs.canonical(&fs::join(&root.directory, name)).as_deref() == Ok(path);
        FILE_NAMES.into_iter().find(is_it).unwrap_or(FILE_NAMES[0])
    }

    fn native_fields(&mut self, level: &Level, file: &mut File) {
        let root = file.tree.root();
        if let Some(openapi) = file.tree.get(root, "openapi") {
            self.replace(level, file, openapi, "path", Self::file);
        }
        self.replace(level, file, root, "bases", Self::root);
        self.replace(level, file, root, "components", Self::root);
        self.replace(level, file, root, "configurations", Self::file);
        self.replace(level, file, root, "crds", Self::file);
        self.replace(level, file, root, "resources", Self::resource);
        for field in ["configMapGenerator", "secretGenerator"] {
            for entry in file.entries(field) {
                self.replace(level, file, entry, "env", Self::file);
                self.replace(level, file, entry, "envs", Self::file);
                self.replace(level, file, entry, "files", Self::file_source);
            }
        }
        self.charts(level, file);
        for field in ["patches", "patchesJson6902"] {
            for entry in file.entries(field) {
                self.replace(level, file, entry, "path", Self::file);
            }
        }
        self.replace(level, file, root, "patchesStrategicMerge", Self::objects);
        for entry in file.entries("replacements") {
            self.replace(level, file, entry, "path", Self::file);
        }
    }

    /// Copies what a field names, one path or a list of them, and writes the paths of the copies.
    pub(super) fn replace(
        &mut self,
        level: &Level,
        file: &mut File,
        map: NodeId,
        field: &str,
        localize: Localize<'a, 'fs>,
    ) {
        let Some(node) = file.tree.get(map, field) else { return };
        let nodes = if file.tree.is_sequence(node) { file.tree.items(node).collect() } else { vec![node] };
        for node in nodes {
            if file.is_hopeless() {
                return;
            }
            match localize(self, level, &file.text(node)) {
                Ok(path) => file.tree.set_text(node, &path, Tag::Implied, &file.stamp),
                Err(errors) => file.fail(errors),
            }
        }
    }
}

/// Returns whether a fault is one of the way to a kustomization, and not of the kustomization alone.
pub(super) fn is_fault_of_the_way(error: &Diagnostic) -> bool {
    matches!(error.code, Code::Cycle | Code::LimitExceeded)
}

pub(super) fn print_error(tree: &Tree, error: &emit::EmitError) -> Box<Diagnostic> {
    let words = match &error.kind {
        emit::EmitErrorKind::InvalidValue(words) => words.as_str(),
        emit::EmitErrorKind::DuplicateKey(_) => "a key stands twice in one mapping",
        emit::EmitErrorKind::InvalidKey => "a key is not a string",
        emit::EmitErrorKind::TooDeep => "it is nested too deeply",
    };
    let code = match error.kind {
        emit::EmitErrorKind::InvalidKey => Code::InvalidKey,
        emit::EmitErrorKind::DuplicateKey(_) => Code::DuplicateKey,
        emit::EmitErrorKind::TooDeep => Code::LimitExceeded,
        emit::EmitErrorKind::InvalidValue(_) => Code::InvalidValue,
    };
    Diagnostic::error(code, format!("this cannot be printed: {words}")).at(tree.place(error.node), "")
}

pub(super) fn single(diagnostic: Box<Diagnostic>) -> Vec<Diagnostic> {
    vec![*diagnostic]
}
