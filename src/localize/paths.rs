//! What a path leads to, copied, and its path in the copy.
//!
//! An empty path stays empty: whether it may be is for a build to say.

use super::remote as layout;
use super::root::{Level, Localizer, Reached, Result, is_fault_of_the_way, single};
use crate::accumulated::reached_all;
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::fs;
use crate::kustomization::decode::literal_block;
use crate::kustomization::{Placed, PlacedText};
use crate::loader::{self, Found, LoadRestrictions, Root};
use crate::manifest;
use crate::remote::{self, RepoSpec};
use crate::resmap::ResMap;
use crate::source::{Embedded, Place, Sensitivity, Source};
use crate::yaml::read;
use std::sync::Arc;

impl<'a, 'fs> Localizer<'a, 'fs> {
    /// A file, which is copied as it is.
    pub(super) fn file(&mut self, level: &Level, entry: &PlacedText) -> Result<String> {
        if entry.value.is_empty() {
            return Ok(String::new());
        }
        let path = self.find_file(level, entry)?;
        let bytes = self.session.read_bytes(&path).map_err(single)?;
        self.write_file(level, &path, bytes, entry.place)
    }

    pub(super) fn find_file(&mut self, level: &Level, entry: &PlacedText) -> Result<Arc<str>> {
        loader::find_file(self.session, &level.root, entry, LoadRestrictions::RootOnly).map_err(|mut error| {
            // Nothing lifts the restriction here.
            error.help.retain(|help| !help.contains("--load-restrictor"));
            single(error)
        })
    }

    /// Writes a file to where the copy of one at a real path, or address, goes, and returns the path from the kustomization
    /// there.
    ///
    /// Links are not copied: the path is that of the file they lead to, so that nothing is written outside the copy.
    pub(super) fn write_file(&mut self, level: &Level, path: &str, bytes: Vec<u8>, place: Place) -> Result<String> {
        let relative = match remote::is_remote_file(path) {
            true => {
                self.check_room_for_remotes(level, place)?;
                layout::file_path(path)
            }
            false => fs::relative(path, &level.root.directory),
        };
        self.output.write(&fs::join(&level.destination, &relative), bytes);
        Ok(relative)
    }

    /// Refuses a kustomization that has something of its own where the copies of remote things go.
    fn check_room_for_remotes(&self, level: &Level, place: Place) -> Result<()> {
        let path = fs::join(&level.root.directory, layout::DIRECTORY);
        if self.session.fs.kind(&path).is_err() {
            return Ok(());
        }
        let message = format!("`{}` exists already, and this would be copied to it", self.session.show(&path));
        let error = Diagnostic::error(Code::FileExists, message).at(Some(place), "");
        Err(single(error.help("give it another name")))
    }

    /// An entry of `files`: a path, or a key with one. The key of a bare path is the name of the copy, which is another one
    /// where the path was that of a link, as upstream (`localizer.localizeFileSource`).
    pub(super) fn file_source(&mut self, level: &Level, entry: &PlacedText) -> Result<String> {
        let text = &entry.value;
        let fault = |words: &str| {
            let error = Diagnostic::error(Code::GeneratorInvalid, format!("file source `{text}` {words}"));
            Err(single(error.at(Some(entry.place), "").help("write it as `path` or `key=path`")))
        };
        let path = |path: &str| Placed { value: path.to_owned(), place: entry.place };
        match text.split_once('=') {
            None => self.file(level, entry),
            Some((_, right)) if right.contains('=') => fault("has more than one `=`"),
            Some(("", _)) => fault("has no key"),
            Some((_, "")) => fault("has no path"),
            Some((key, right)) => Ok(format!("{key}={}", self.file(level, &path(right))?)),
        }
    }

    /// An entry of `resources`: a file with objects, else the directory of a kustomization.
    pub(super) fn resource(&mut self, level: &Level, entry: &PlacedText) -> Result<String> {
        if entry.value.is_empty() {
            return Ok(String::new());
        }
        let found = loader::find(self.session, &level.root, entry, LoadRestrictions::RootOnly).map_err(single)?;
        let path = match found {
            Found::File(path) => path,
            Found::Directory(root) => return self.copy_root(level, entry, root),
        };
        let bytes = self.session.read_bytes(&path).map_err(single)?;
        let objects = self.session.read_text(&path).map_err(single).and_then(|source| self.objects_of(&source));
        let Err(errors) = objects else { return self.write_file(level, &path, bytes, entry.place) };
        match loader::root_instead(self.session, &level.root, entry, &errors).map_err(single)? {
            Some(root) => self.copy_root(level, entry, root),
            None => Err(reached_all(&errors, entry.place)),
        }
    }

    /// The directory of a kustomization, which is copied with all it references.
    pub(super) fn root(&mut self, level: &Level, entry: &PlacedText) -> Result<String> {
        if entry.value.is_empty() {
            return Ok(String::new());
        }
        if let Some(spec) = RepoSpec::parse(&entry.value) {
            check_reference(&spec).map_err(|error| single(error.at(Some(entry.place), "")))?;
        }
        let root = loader::find_directory(self.session, &level.root, entry).map_err(single)?;
        self.copy_root(level, entry, root)
    }

    fn copy_root(&mut self, level: &Level, entry: &PlacedText, root: Arc<Root>) -> Result<String> {
        let spec = RepoSpec::parse(&entry.value);
        let path = match (&root.repository, spec) {
            (Some(repository), Some(spec)) => {
                check_reference(&spec).map_err(|error| single(error.at(Some(entry.place), "")))?;
                self.check_room_for_remotes(level, entry.place)?;
                layout::root_path(&spec, &fs::relative(&root.directory, repository.directory()))
            }
            _ => {
                self.check_scope(level, entry, &root)?;
                fs::relative(&root.directory, &level.root.directory)
            }
        };
        let destination: Arc<str> = fs::join(&level.destination, &path).into();
        let key = (Arc::clone(&root.directory), Arc::clone(&destination));
        match self.done.get(&key).cloned() {
            Some(Some(known)) => {
                // It was no cycle on the other way here, but may be one on this way.
                for directory in &known.directories {
                    loader::check_cycle(self.session, &level.root, entry, directory).map_err(single)?;
                }
                for address in &known.addresses {
                    loader::check_address(&level.root, address, Some(entry.place)).map_err(single)?;
                }
                self.reach(&known);
                return Ok(path);
            }
            Some(None) => return Err(Vec::new()),
            None => {}
        }
        let mut reached = Reached::default();
        reached.directories.insert(Arc::clone(&root.directory));
        reached.addresses.extend(root.repository.as_ref().map(|repository| Arc::clone(&repository.address)));
        self.reached.push(reached);
        let is_local = level.is_local && root.repository.is_none();
        let result = self.kustomization(Level { root, destination, is_local, source: None });
        let reached = self.reached.pop().unwrap_or_default();
        self.reach(&reached);
        if let Err(errors) = &result
            && !errors.iter().any(is_fault_of_the_way)
        {
            self.done.insert(key, None);
        } else if result.is_ok() {
            self.done.insert(key, Some(Arc::new(reached)));
        }
        result.map_err(|errors| reached_all(&errors, entry.place)).map(|()| path)
    }

    fn reach(&mut self, more: &Reached) {
        if let Some(reached) = self.reached.last_mut() {
            reached.directories.extend(more.directories.iter().cloned());
            reached.addresses.extend(more.addresses.iter().cloned());
        }
    }

    /// Refuses a local directory that the scope does not hold.
    pub(super) fn check_scope(&self, level: &Level, entry: &PlacedText, root: &Root) -> Result<()> {
        if !level.is_local || fs::is_within(&root.directory, &self.scope) {
            return Ok(());
        }
        let (shown, scope) = (self.session.show(&root.directory), self.session.show(&self.scope));
        let message = format!("`{shown}` is outside the scope `{scope}`");
        let error = Diagnostic::error(Code::OutsideScope, message).at(Some(entry.place), "");
        Err(single(error.help("name a directory above it with `--scope`")))
    }

    /// An entry of `patchesStrategicMerge`, or the like: objects that stand inline, or a file with some.
    pub(super) fn objects(&mut self, level: &Level, entry: &PlacedText) -> Result<String> {
        match self.load_objects(level, entry)? {
            (_, None) => Ok(entry.value.clone()),
            (_, Some(_)) => self.file(level, entry),
        }
    }

    /// Loads an entry that is objects itself or the path of a file with objects; with the path in the latter case.
    pub(super) fn load_objects(&mut self, level: &Level, entry: &PlacedText) -> Result<(ResMap, Option<Arc<str>>)> {
        let inline = self.inline(level, entry);
        let not_inline = match self.objects_of(&inline) {
            Ok(objects) => return Ok((objects, None)),
            Err(errors) => errors,
        };
        // No file has a name like this; the words about a missing file would hold the whole text, secrets included.
        if entry.value.contains(['\n', '{']) || entry.value.contains(": ") {
            return Err(not_inline);
        }
        let path = self.find_file(level, entry)?;
        let source = self.session.read_text(&path).map_err(single)?;
        let objects = self.objects_of(&source).map_err(|errors| reached_all(&errors, entry.place))?;
        Ok((objects, Some(path)))
    }

    /// An entry's text as a source of its own.
    fn inline(&mut self, level: &Level, entry: &PlacedText) -> Arc<Source> {
        let outer = level.source.as_ref();
        let block = outer.and_then(|source| {
            let is_literal =
                source.text.get(entry.place.span.start as usize..).is_some_and(|rest| rest.starts_with('|'));
            is_literal.then(|| literal_block(source, entry.place, &entry.value)).flatten()
        });
        let (first_line, indent) = block.unwrap_or((0, 0));
        let path = outer.map_or_else(|| Arc::from(""), |source| Arc::clone(&source.path));
        let embedded = Embedded { outer: entry.place, first_line, indent };
        self.session.sources.add(path, entry.value.clone(), Sensitivity::Yaml, Some(embedded))
    }

    /// The objects in a text, no two with one identity (upstream `Factory.NewResMapFromBytes`).
    fn objects_of(&self, source: &Arc<Source>) -> Result<ResMap> {
        let documents = read::read_documents(source, &self.session.limits).map_err(single)?;
        let mut report = Report::default();
        let mut objects = ResMap::default();
        for resource in manifest::resources(documents, &mut report) {
            if let Err((resource, _)) = objects.append(resource) {
                let message = format!("{} is defined twice in one file", resource.short_name());
                let place = resource.tree.place(resource.root());
                let error = Diagnostic::error(Code::DuplicateId, message).at(place, "again here");
                report.push(error.help("remove one of them, or give it another name"));
            }
        }
        if report.has_errors() { Err(report.diagnostics) } else { Ok(objects) }
    }
}

/// Refuses the address of a repository that does not say what to take of it: the copy would be of another commit tomorrow.
pub(super) fn check_reference(spec: &RepoSpec) -> crate::diagnostic::Result<()> {
    if !spec.reference.is_empty() {
        return Ok(());
    }
    let message = format!("`{}` names no branch, tag or commit", remote::without_credentials(&spec.raw));
    Err(Diagnostic::error(Code::InvalidPath, message).help("add `?ref=` with one: a copy is of one version"))
}
