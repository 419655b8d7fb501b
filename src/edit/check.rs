//! Whether an edit does anything: the kustomization is built as it would be, without network and without programs.
//!
//! Best effort. Where a base is missing, remote or wrong, nothing is known, and that is no fault of the edit.

use super::{Command, Edit, FileEdit, set};
use crate::build::{Build, BuildOptions, LoadRestrictions, build};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::fs::{FileSystem, Overlaid, base_name};
use crate::remote::Remotes;
use crate::session::Session;
use crate::source::Sources;
use rustc_hash::FxHashSet;

/// What came of a check.
#[derive(Debug, Default)]
pub struct Check {
    /// Parts of the edit that have no effect, or break the build: warnings.
    pub warnings: Vec<Diagnostic>,
    /// The texts they are about.
    pub sources: Sources,
    /// Why nothing could be found out, if so.
    pub unknown: Option<String>,
}

/// Returns whether a command is one whose effect is looked at.
pub fn is_checked(command: &Command) -> bool {
    matches!(command, Command::SetImage(_) | Command::SetReplicas(_) | Command::AddPatch(_))
}

/// Looks for what an edit of the kustomization in a directory (absolute) is about and the build does not have.
///
/// `remotes` must answer without network.
pub fn check(
    fs: &dyn FileSystem,
    remotes: Option<&dyn Remotes>,
    directory: &str,
    command: &Command,
    edit: &Edit,
) -> Check {
    if edit.is_component {
        let unknown = Some("a component has no objects of its own".to_owned());
        return Check { unknown, ..Check::default() };
    }
    let after = Trial::run(fs, remotes, directory, &edit.files);
    let mut warnings: Vec<Diagnostic> = match command {
        Command::SetImage(args) => after.about(edit, Code::ImageUnmatched, &set::image::names(args)),
        Command::SetReplicas(args) => after.about(edit, Code::ReplicasNoTarget, &set::replicas::names(args)),
        Command::AddPatch(_) => {
            let before = Trial::run(fs, remotes, directory, &[]);
            let known: FxHashSet<&str> = before.diagnostics().iter().map(|known| known.message.as_str()).collect();
            let new = after.diagnostics().iter().filter(|new| !known.contains(new.message.as_str()));
            new.filter(|new| new.severity == Severity::Error || new.code == Code::PatchTargetUnmatched)
                .cloned()
                .collect()
        }
        _ => Vec::new(),
    };
    for warning in &mut warnings {
        let breaks = warning.severity == Severity::Error;
        let note = if breaks { "the kustomization does not build any more" } else { "nothing that is built changes" };
        warning.notes.push(note.to_owned());
        warning.severity = Severity::Warning;
        // These are about objects of a build that nobody asked for by this command.
        warning.chain.clear();
    }
    let unknown = match &after.result {
        Err(diagnostics) if warnings.is_empty() => {
            diagnostics.iter().find(|found| found.severity == Severity::Error).map(|error| error.message.clone())
        }
        _ => None,
    };
    Check { warnings, sources: after.sources, unknown }
}

/// A build of a tree as it would be.
pub(super) struct Trial {
    pub(super) result: std::result::Result<Build, Vec<Diagnostic>>,
    pub(super) sources: Sources,
}

impl Trial {
    pub(super) fn run(
        fs: &dyn FileSystem,
        remotes: Option<&dyn Remotes>,
        directory: &str,
        files: &[FileEdit],
    ) -> Trial {
        let mut overlaid = Overlaid::new(fs);
        for file in files.iter().filter(|file| file.has_changes()) {
            overlaid.set(&file.path, file.new.as_bytes());
        }
        let mut session = Session::for_one_build(&overlaid, directory);
        session.remotes = remotes;
        let result = build(&mut session, directory, &options());
        Trial { result, sources: std::mem::take(&mut session.sources) }
    }

    fn diagnostics(&self) -> &[Diagnostic] {
        match &self.result {
            Ok(build) => &build.warnings,
            Err(diagnostics) => diagnostics,
        }
    }

    /// Returns the diagnostics about entries of these names in the file that is edited.
    fn about(&self, edit: &Edit, code: Code, names: &[String]) -> Vec<Diagnostic> {
        let file = edit.files.first().map_or("", |file| base_name(&file.path));
        let is_about = |found: &&Diagnostic| {
            let is_here = found.labels.first().is_some_and(|label| *self.sources.get(label.place.source).path == *file);
            found.code == code && is_here && names.iter().any(|name| found.message.ends_with(&format!("`{name}`")))
        };
        self.diagnostics().iter().filter(is_about).cloned().collect()
    }
}

/// Everything that a user may build with: who edits a file need not say how it is built.
pub(super) fn options() -> BuildOptions {
    BuildOptions { load_restrictions: LoadRestrictions::None, ..BuildOptions::default() }
}
