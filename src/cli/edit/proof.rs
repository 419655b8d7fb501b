//! `edit fix` proves itself: this kustomization, and all in the repository that are made of it, are built in memory before
//! and behind the edit, and what differs is shown.

use super::args::FixArgs;
use super::diff;
use crate::cli::report::Reporter;
use crate::cli::vendor::Vendored;
use crate::cli::{build, native_to_slash};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::edit::check::reason;
use crate::edit::proof::{Verdict, compare};
use crate::edit::{ChangeKind, Edit, FileEdit};
use crate::fleet;
use crate::fs::{self, Disk, FileSystem};
use crate::remote::Remotes;
use crate::session::Session;
use crate::source::Sources;

/// Kustomizations that are named in a line.
const NAMED_MAX: usize = 5;
/// Differences that are shown.
const SHOWN_MAX: usize = 3;

/// What was found, in the order of the kustomizations.
#[derive(Default)]
struct Found {
    same: Vec<String>,
    /// With the reason.
    left_out: Vec<(String, String)>,
    /// The words of differences that were shown.
    shown: Vec<String>,
    /// Kustomizations with differences that were not.
    not_shown: Vec<String>,
}

/// Compares, tells, and returns whether the edit may be made.
pub(super) fn allows(args: &FixArgs, is_strict: bool, directory: &str, edit: &Edit, reporter: &mut Reporter) -> bool {
    if !edit.files.iter().any(FileEdit::has_changes) {
        return true;
    }
    let mut targets: Vec<String> = Vec::new();
    if !edit.is_component {
        targets.push(directory.to_owned());
    }
    let mut warnings: Vec<Diagnostic> = Vec::new();
    match users(args, directory, edit) {
        Ok(users) => targets.extend(users),
        Err(error) => {
            let message = "kustomizations that include this one could not be looked for";
            warnings.push(*Diagnostic::warning(Code::FixNotCompared, message).note(error.message.clone()));
        }
    }
    let vendored = Vendored::find(&build::resolved(directory, "."), ".").ok();
    let remotes = vendored.as_ref().map(|vendored| vendored as &dyn Remotes);
    let is_refused = !args.is_forced();
    let mut found = Found::default();
    compare(&Disk, remotes, directory, targets.iter().map(String::as_str), edit, &mut |target, verdict| {
        let name = fs::relative(target, directory);
        match verdict {
            Verdict::Same => found.same.push(name),
            Verdict::Unknown(error) => found.left_out.push((name, reason(error))),
            Verdict::Differs(old, new) => {
                let details = || (diff::manifests(old, new), Vec::new());
                let message = format!("`fix` changes what `{name}` builds to");
                found.changed(name, message, details, edit, is_refused, reporter, &Sources::default());
            }
            Verdict::Broken(errors, sources) => {
                let details = || (String::new(), errors.to_vec());
                let message = format!("behind `fix`, `{name}` would not build any more");
                found.changed(name, message, details, edit, is_refused, reporter, sources);
            }
        }
    });
    if !found.not_shown.is_empty() {
        let message = format!("`fix` changes these as well: {}", listed(&found.not_shown));
        reporter.add(&[*judged(message, is_refused)], &Sources::default());
    }
    warnings.extend(left_out(&found.left_out));
    if found.same.is_empty() && found.shown.is_empty() && found.left_out.is_empty() {
        let message = "nothing was compared: nothing that is found includes this component";
        warnings.push(*Diagnostic::warning(Code::FixNotCompared, message));
    }
    let is_unproven = is_strict && !warnings.is_empty();
    if is_unproven {
        super::refuse(&mut warnings);
    }
    reporter.add(&warnings, &Sources::default());
    if !found.same.is_empty() {
        let but = if edit.comparable.is_some() { ", but for the replacements without targets" } else { "" };
        reporter.say(&format!("builds to the same before and after{but}: {}", listed(&found.same)));
    }
    !is_unproven && (found.shown.is_empty() || args.is_forced())
}

/// Finds what is made of the files that change.
fn users(args: &FixArgs, directory: &str, edit: &Edit) -> Result<Vec<String>, Box<Diagnostic>> {
    let top = match &args.root {
        Some(root) => fs::join(directory, &native_to_slash(root)),
        None => top(directory),
    };
    let others: Vec<&str> =
        edit.files.iter().skip(1).filter(|file| file.has_changes()).map(|file| &*file.path).collect();
    let found = fleet::users(&Session::new(&Disk, directory), &top, directory, &others)?;
    Ok(found.iter().map(|path| path.to_string()).collect())
}

/// Returns the top of the repository that a directory (absolute) is in, or the directory itself.
///
/// Like git, does not look in or above the directories of `GIT_CEILING_DIRECTORIES`.
#[allow(clippy::disallowed_methods, reason = "the user says where repositories end, as to git")]
fn top(directory: &str) -> String {
    let real = Disk.canonical(directory).unwrap_or_else(|_| directory.to_owned());
    let ceilings = std::env::var_os("GIT_CEILING_DIRECTORIES").unwrap_or_default();
    let ceilings: Vec<String> =
        std::env::split_paths(&ceilings).map(|path| native_to_slash(&path.to_string_lossy())).collect();
    let mut at = real.as_str();
    loop {
        if Disk.look(&fs::join(at, ".git")).is_ok() {
            return at.to_owned();
        }
        let above = fs::parent(at);
        if above == at || above == "." || ceilings.iter().any(|ceiling| fs::clean(ceiling) == above) {
            return real;
        }
        at = above;
    }
}

impl Found {
    /// Takes note of a difference, and shows it if it is not like those that are shown.
    #[expect(clippy::too_many_arguments, reason = "two callers, here")]
    fn changed(
        &mut self,
        name: String,
        message: String,
        details: impl FnOnce() -> (String, Vec<Diagnostic>),
        edit: &Edit,
        is_refused: bool,
        reporter: &mut Reporter,
        sources: &Sources,
    ) {
        if self.shown.len() == SHOWN_MAX {
            self.not_shown.push(name);
            return;
        }
        let (difference, mut errors) = details();
        let words = errors.iter().map(|error| error.message.as_str()).chain([difference.as_str()]);
        let words = words.collect::<Vec<_>>().join("\n");
        if self.shown.contains(&words) {
            self.not_shown.push(name);
            return;
        }
        for error in &mut errors {
            error.chain.clear();
            if !is_refused {
                error.severity = Severity::Warning;
            }
        }
        reporter.add(&errors, sources);
        let mut diagnostic = judged(message, is_refused);
        // People see it below, as lines.
        if !errors.is_empty() {
            diagnostic = diagnostic.note("lines are those of the file as it would be");
        }
        if !difference.is_empty() && !reporter.is_for_people() {
            diagnostic = diagnostic.note(difference.clone());
        }
        if self.shown.is_empty() {
            diagnostic = reasons(edit).into_iter().fold(diagnostic, Diagnostic::note);
            if is_refused {
                diagnostic = diagnostic.note("nothing was written");
                diagnostic = diagnostic.help("if that is what you want, say `--force`");
            }
        }
        reporter.add(&[*diagnostic], sources);
        if !difference.is_empty() {
            reporter.say(&format!("{difference}\n"));
        }
        self.shown.push(words);
    }
}

fn judged(message: String, is_refused: bool) -> Box<Diagnostic> {
    let mut diagnostic = Diagnostic::error(Code::FixChangesOutput, message);
    if !is_refused {
        diagnostic.severity = Severity::Warning;
    }
    diagnostic
}

/// Says why output may be another one: what moves to `patches` is applied at another time.
fn reasons(edit: &Edit) -> Vec<&'static str> {
    let has_patches =
        edit.files.first().is_some_and(|file| file.old.text.lines().any(|line| line.starts_with("patches:")));
    let is_gone = |field: &str| {
        let is_meant = field != "patchesStrategicMerge" || has_patches;
        is_meant && edit.changes.iter().any(|change| change.field == field && change.kind == ChangeKind::Removed)
    };
    let reasons = [
        ("patchesStrategicMerge", "`patchesStrategicMerge` are applied before `patches`; now they are at their end"),
        (
            "patchesJson6902",
            "`patchesJson6902` are applied behind namespace, prefixes and labels; `patches` are applied before them",
        ),
        (
            "vars",
            "`vars` are replaced in the end, in all that is built; `replacements` in the objects of one kustomization",
        ),
    ];
    reasons.into_iter().filter(|(field, _)| is_gone(field)).map(|(_, reason)| reason).collect()
}

fn left_out(left_out: &[(String, String)]) -> Option<Diagnostic> {
    let names: Vec<String> = left_out.iter().map(|(name, _)| name.clone()).collect();
    let words = match names.len() {
        0 => return None,
        1 => "does not build as it is",
        _ => "do not build as they are",
    };
    let mut diagnostic =
        Diagnostic::warning(Code::FixNotCompared, format!("not compared: {}, which {words}", listed(&names)));
    for (name, reason) in left_out.iter().take(NAMED_MAX) {
        diagnostic = diagnostic.note(format!("`{name}`: {reason}"));
    }
    Some(*diagnostic)
}

/// Names some kustomizations, and counts the others.
fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(NAMED_MAX).map(|name| format!("`{name}`")).collect();
    let shown = shown.join(", ");
    match names.len().saturating_sub(NAMED_MAX) {
        0 => shown,
        n => format!("{shown} and {n} more"),
    }
}
