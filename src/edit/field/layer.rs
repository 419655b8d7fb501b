//! The layer under edit: its files as they would be, and builds of that.

use crate::build::{Build, build};
use crate::diagnostic::{Diagnostic, Severity};
use crate::edit::check::options;
use crate::edit::file::{File, Other};
use crate::edit::{Result, Work};
use crate::fs::{self, FileSystem, Overlaid};
use crate::limits::Limits;
use crate::ordered::BTreeMap;
use crate::provenance::Directives;
use crate::remote::Remotes;
use crate::resource::{ResId, Resource};
use crate::session::Session;
use crate::source::{Source, Sources};
use crate::yaml::edit::Value;
use std::sync::Arc;

/// The files of the layer, with what is to become of them.
#[derive(Clone)]
pub(super) struct Layer<'fs> {
    fs: &'fs dyn FileSystem,
    remotes: Option<&'fs dyn Remotes>,
    pub(super) directory: Arc<str>,
    /// The kustomization file, absolute.
    pub(super) kustomization: Arc<str>,
    limits: Limits,
    /// Texts behind the edit, by absolute path, each with the text before.
    files: BTreeMap<Arc<str>, (Arc<Source>, String)>,
}

/// A finished build with what its numbers stand for.
pub(super) struct Built {
    pub(super) build: Build,
    pub(super) sources: Sources,
    pub(super) directives: Directives,
}

/// A new text for a file: the path is absolute.
pub(super) struct NewText {
    pub(super) path: Arc<str>,
    pub(super) old: Arc<Source>,
    pub(super) text: String,
}

/// What is done by transformers behind `patches`, or to the output, and what is about the root alone.
const BEHIND_PATCHES: [&str; 16] = [
    "namespace",
    "namePrefix",
    "nameSuffix",
    "labels",
    "commonLabels",
    "commonAnnotations",
    "patchesJson6902",
    "replicas",
    "images",
    "imageTags",
    "replacements",
    "transformers",
    "validators",
    "buildMetadata",
    "sortOptions",
    "vars",
];

impl<'fs> Layer<'fs> {
    pub(super) fn new(work: &Work<'_, 'fs>, file: &File) -> Layer<'fs> {
        Layer {
            fs: work.session.fs,
            remotes: work.session.remotes,
            directory: Arc::clone(&work.session.directory),
            kustomization: Arc::clone(&file.path),
            limits: work.session.limits,
            files: BTreeMap::new(),
        }
    }

    /// Returns the layer with other texts.
    pub(super) fn with(&self, texts: Vec<NewText>) -> Layer<'fs> {
        let mut layer = self.clone();
        for NewText { path, old, text } in texts {
            layer.files.entry(path).and_modify(|file| file.1.clone_from(&text)).or_insert((old, text));
        }
        layer
    }

    fn overlaid(&self) -> Overlaid<'fs> {
        let mut overlaid = Overlaid::new(self.fs);
        for (path, (_, text)) in &self.files {
            overlaid.set(path, text.as_bytes());
        }
        overlaid
    }

    /// Builds the layer as it would be.
    pub(super) fn build(&self) -> std::result::Result<Built, String> {
        self.build_over(&self.overlaid())
    }

    /// Builds the layer as its next patch would see it: without everything that is behind `patches`.
    pub(super) fn build_seen(&self) -> std::result::Result<Built, String> {
        let mut file = self.open().map_err(|error| error.message)?;
        for key in BEHIND_PATCHES {
            file.new.remove(key);
        }
        let mut overlaid = self.overlaid();
        overlaid.set(&self.kustomization, file.new.rendered());
        self.build_over(&overlaid)
    }

    fn build_over(&self, fs: &Overlaid<'fs>) -> std::result::Result<Built, String> {
        let mut session = Session::for_one_build(fs, &self.directory);
        session.remotes = self.remotes;
        session.limits = self.limits;
        session.is_recording = true;
        match build(&mut session, &self.directory, &options()) {
            Ok(build) => Ok(Built { build, sources: session.sources.clone(), directives: session.directives.clone() }),
            Err(diagnostics) => Err(first_error(&diagnostics)),
        }
    }

    /// Opens the kustomization as it would be.
    pub(super) fn open(&self) -> Result<File> {
        self.work(|work| work.open())
    }

    /// Does something with the files as they would be.
    pub(super) fn work<T>(&self, run: impl FnOnce(&mut Work<'_, '_>) -> Result<T>) -> Result<T> {
        let overlaid = self.overlaid();
        let mut session = Session::new(&overlaid, &self.directory);
        session.limits = self.limits;
        run(&mut Work { session: &mut session, report: Default::default() })
    }

    /// Returns the kustomization with a change of its data.
    pub(super) fn changed(&self, change: impl FnOnce(&mut Value)) -> Result<NewText> {
        let mut file = self.open()?;
        change(&mut file.new);
        self.text_of(&file)
    }

    pub(super) fn text_of(&self, file: &File) -> Result<NewText> {
        let text = file.text(&self.limits, true)?;
        Ok(NewText { path: Arc::clone(&file.path), old: Arc::clone(&file.source), text })
    }

    /// Returns the absolute path of a source of a build.
    pub(super) fn path(&self, source: &Source) -> String {
        fs::join(&self.directory, &source.path)
    }

    /// Puts the texts into a file that is ready to be written.
    pub(super) fn finish(self, file: &mut File) {
        for (path, (old, text)) in self.files {
            if path == file.path {
                file.revised = Some(text);
            } else {
                file.others.push(Other { path, old, new: text });
            }
        }
    }
}

fn first_error(diagnostics: &[Diagnostic]) -> String {
    let error = diagnostics.iter().find(|found| found.severity == Severity::Error);
    error.map_or("it cannot be built".to_owned(), |error| error.message.clone())
}

/// Returns the identity of an object without the hash that only the root appends.
pub(super) fn stable_id(resource: &Resource) -> ResId {
    let before = resource.previous_ids().next_back().filter(|_| resource.needs_hash);
    // The namespace is that of the object: former ones are spelled out.
    before.map_or_else(|| resource.id.clone(), |before| ResId { name: before.name, ..resource.id.clone() })
}

impl Built {
    /// Returns the object with an identity.
    pub(super) fn find(&self, id: &ResId) -> Option<&Resource> {
        self.build.resources.iter().map(|resource| &**resource).find(|resource| stable_id(resource).is_same(id))
    }

    /// Returns the object of this build, of an earlier stage, that became an object of a later one.
    pub(super) fn find_earlier(&self, later: &Resource) -> Option<&Resource> {
        let original = later.original_id();
        let ids = std::iter::once(stable_id(later)).chain(later.previous_ids().rev());
        ids.into_iter().find_map(|id| self.find(&id).filter(|found| found.original_id().is_same(&original)))
    }
}
