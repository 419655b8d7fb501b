//! What one kustomization file names: other kustomizations, files, charts.
//!
//! Nothing is judged: a path that leads nowhere stays in the list, so that the file that appears there is one that matters.

use crate::fs::{self, EntryKind};
use crate::kustomization::{InlineText, Kustomization, PatchEntry, PlacedText};
use crate::remote::{self, RepoSpec};
use crate::session::Session;
use std::sync::Arc;

/// Where the charts of a kustomization are if it does not say.
const CHART_HOME: &str = "charts";

/// What a kustomization names.
#[derive(Clone, Debug, Default)]
pub(super) struct Named {
    /// The directories of other kustomizations; absolute, symbolic links not resolved.
    pub(super) directories: Vec<Arc<str>>,
    /// Files, there or not, likewise.
    pub(super) files: Vec<Arc<str>>,
    /// Directories of which every file may matter: those of charts.
    pub(super) trees: Vec<Arc<str>>,
    /// Whether files may be read that only a build knows of: those that configurations of plugins name.
    pub(super) is_opaque: bool,
    /// Whether something is fetched.
    pub(super) is_remote: bool,
}

impl Named {
    /// Returns all paths but trees, and whether each is meant as a file.
    pub(super) fn paths(&self) -> impl Iterator<Item = (&Arc<str>, bool)> {
        let directories = self.directories.iter().map(|path| (path, false));
        self.files.iter().map(|path| (path, true)).chain(directories)
    }
}

/// Lists what a kustomization in a directory names.
pub(super) fn scan(session: &Session<'_>, directory: &str, file: &Kustomization) -> Named {
    let mut scan = Scan { session, directory, named: Named::default() };
    for entry in file.resources.iter().chain(&file.components) {
        scan.entry(&entry.value);
    }
    for entry in &file.patches_strategic_merge {
        scan.text_or_file(&InlineText::plain(entry));
    }
    for PatchEntry { path, .. } in file.patches.iter().chain(&file.patches_json6902) {
        scan.files(path);
    }
    scan.files(file.replacements.iter().filter_map(|entry| entry.path.as_ref()));
    scan.files(file.configurations.iter().chain(&file.crds));
    scan.files(file.openapi.iter().filter(|(name, _)| name.value == "path").map(|(_, path)| path));
    for generator in file.config_map_generator.iter().chain(&file.secret_generator) {
        scan.files(&generator.envs);
        for source in &generator.files {
            scan.file(source.value.split_once('=').map_or(source.value.as_str(), |(_, path)| path));
        }
    }
    for plugin in file.generators.iter().chain(&file.transformers).chain(&file.validators) {
        scan.named.is_opaque = true;
        if !plugin.is_yaml() {
            scan.entry(&plugin.value);
        }
    }
    if let Some(home) = &file.helm_globals.chart_home {
        scan.charts(file, &home.value);
    } else if !file.helm_charts.is_empty() {
        scan.charts(file, CHART_HOME);
    }
    scan.named
}

struct Scan<'a, 'fs> {
    session: &'a Session<'fs>,
    directory: &'a str,
    named: Named,
}

impl Scan<'_, '_> {
    /// An entry that is a file, else a directory.
    fn entry(&mut self, text: &str) {
        if remote::is_remote_file(text) {
            self.named.is_remote = true;
            return;
        }
        let path = fs::join(self.directory, text);
        match self.session.fs.kind(&path) {
            Ok(EntryKind::File) => self.named.files.push(path.into()),
            Ok(EntryKind::Directory) if !text.is_empty() => self.named.directories.push(path.into()),
            _ if RepoSpec::parse(text).is_some() => self.named.is_remote = true,
            _ => self.named.files.push(path.into()),
        }
    }

    fn files<'t>(&mut self, entries: impl IntoIterator<Item = &'t PlacedText>) {
        for entry in entries {
            self.file(&entry.value);
        }
    }

    fn file(&mut self, text: &str) {
        if remote::is_remote_file(text) {
            self.named.is_remote = true;
        } else {
            self.named.files.push(fs::join(self.directory, text).into());
        }
    }

    fn text_or_file(&mut self, entry: &InlineText) {
        if !entry.is_yaml() {
            self.file(&entry.value);
        }
    }

    fn charts(&mut self, file: &Kustomization, home: &str) {
        let home = fs::join(self.directory, home);
        for chart in &file.helm_charts {
            self.named.is_opaque = true;
            let name = chart.name.as_ref().map_or("", |name| name.value.as_str());
            self.named.trees.push(fs::join(&home, name).into());
            if let Some(version) = &chart.version {
                self.named.trees.push(fs::join(&home, &format!("{name}-{}", version.value)).into());
            }
            self.files(chart.values_file.iter().chain(&chart.additional_values_files));
        }
    }
}
