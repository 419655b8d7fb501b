//! Charts: their values files, and the directories they are in.

use super::root::{File, Level, Localizer, Result, single};
use crate::diagnostic::{Code, Diagnostic};
use crate::fs::{self, EntryKind, Look};
use crate::kustomization::{Placed, PlacedText};
use crate::loader;
use crate::yaml::tree::{NodeId, Tag};

/// The chart home where none is named.
const DEFAULT_HOME: &str = "charts";

impl<'a, 'fs> Localizer<'a, 'fs> {
    /// The fields about charts in a kustomization file.
    pub(super) fn charts(&mut self, level: &Level, file: &mut File) {
        for entry in file.entries("helmChartInflationGenerator") {
            self.replace(level, file, entry, "values", Self::file);
            self.home_of(level, file, entry);
        }
        let charts = file.entries("helmCharts");
        for &chart in &charts {
            self.replace(level, file, chart, "valuesFile", Self::file);
            self.replace(level, file, chart, "additionalValuesFiles", Self::file);
        }
        match file.tree.get(file.tree.root(), "helmGlobals") {
            Some(globals) => self.home_of(level, file, globals),
            None if !charts.is_empty() => {
                if let Err(errors) = self.default_home(level, file.text(file.tree.root())) {
                    file.fail(errors);
                }
            }
            None => {}
        }
    }

    /// The chart home that a mapping names, or the default one.
    fn home_of(&mut self, level: &Level, file: &mut File, map: NodeId) {
        let result = match file.tree.get(map, "chartHome") {
            Some(home) => {
                let copied = self.chart_home(level, &file.text(home));
                copied.map(|path| file.tree.set_text(home, &path, Tag::Implied, &file.stamp))
            }
            None => self.default_home(level, file.text(map)),
        };
        if let Err(errors) = result {
            file.fail(errors);
        }
    }

    /// Copies the default chart home, if there is one; `near` stands where it could have been named.
    pub(super) fn default_home(&mut self, level: &Level, near: PlacedText) -> Result<()> {
        self.chart_home(level, &Placed { value: String::new(), ..near }).map(drop)
    }

    /// Copies a chart home, if there is one: it may be for a build to make. The default one keeps its path even if that is a
    /// link's (upstream `copyChartHomeEntry`).
    pub(super) fn chart_home(&mut self, level: &Level, entry: &PlacedText) -> Result<String> {
        let place = Some(entry.place);
        let named = if entry.value.is_empty() { DEFAULT_HOME } else { &entry.value };
        let root = &level.root.directory;
        if named.starts_with('/') {
            let message = format!("`{named}` is absolute; a chart home is named relative to its kustomization");
            let help = format!("write `{}`", fs::relative(named, &level.root.directory));
            return Err(single(Diagnostic::error(Code::InvalidPath, message).at(place, "").help(help)));
        }
        let path = fs::relative(&fs::join(root, named), root);
        let mut copied = path.clone();
        if level.is_local && fs::is_within(&fs::join(root, &path), &self.destination) {
            let shown = self.session.show(&self.destination);
            let message = format!("a chart home must not be in the destination `{shown}`");
            let error = Diagnostic::error(Code::InvalidPath, message).at(place, "");
            return Err(single(error.help("choose another destination")));
        }
        if self.session.fs.kind(&fs::join(root, &path)).is_ok() {
            let entry = Placed { value: path.clone(), place: entry.place };
            let home = loader::find_directory(self.session, &level.root, &entry).map_err(single)?;
            self.check_scope(level, &entry, &home)?;
            if path != DEFAULT_HOME {
                copied = fs::relative(&home.directory, root);
            }
            let to = fs::join(&level.destination, &copied);
            // What was copied for another field keeps the rest of the chart home out, as upstream.
            if !self.output.contains(&to) {
                self.copy_directory(&home.directory, &to).map_err(|error| single(error.at(place, "")))?;
            }
        }
        Ok(if entry.value.is_empty() { String::new() } else { copied })
    }

    /// Copies a directory with everything in it but links.
    fn copy_directory(&mut self, from: &str, to: &str) -> crate::diagnostic::Result<()> {
        if fs::is_within(&self.destination, from) {
            let (shown, from) = (self.session.show(&self.destination), self.session.show(from));
            let message = format!("the destination `{shown}` is in the chart home `{from}`, which is copied");
            return Err(Diagnostic::error(Code::InvalidPath, message).help("name another destination"));
        }
        let mut found = Vec::new();
        let walked = fs::walk(self.session.fs, from, &mut |path, look| {
            found.push((path.to_owned(), look));
            true
        });
        walked.map_err(|(path, error)| self.session.read_error(&fs::join(from, &path), &error))?;
        self.output.create_directory(to);
        for (path, look) in found {
            let target = format!("{to}/{path}");
            match look {
                Look::Link => {}
                Look::Entry(EntryKind::Directory) => self.output.create_directory(&target),
                Look::Entry(EntryKind::File) => {
                    let bytes = self.session.read_bytes(&format!("{from}/{path}"))?;
                    self.output.write(&target, bytes);
                }
            }
        }
        Ok(())
    }
}
