//! From the diagnostics of builds to those of files: at the editor's positions, each once, whoever found it.

use super::text::{Lines, range_json};
use super::workspace::{Target, Workspace, kustomization_in};
use crate::build::{BuildOptions, build};
use crate::cli::vendor;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::fs::{self, EntryKind, FileSystem};
use crate::mask::Masks;
use crate::redact;
use crate::session::Session;
use crate::sorting::Sorting;
use crate::source::{Place, SourceId, Sources};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

/// Text in a session that is renewed.
const SESSION_BYTES: usize = 16 << 20;
/// Diagnostics that are told of one build; nobody reads more.
const TOLD_MAX: usize = 500;
/// Places that are told beside a diagnostic.
const RELATED_MAX: usize = 20;

/// A diagnostic in a file.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The file, absolute.
    pub(super) path: String,
    pub(super) code: Code,
    /// The bytes that it is about, in the text as it was.
    pub(super) span: Range<usize>,
    /// The words of the diagnostic.
    pub(super) message: String,
    pub(super) help: Vec<String>,
    pub(super) range: Value,
    severity: u8,
    /// Address and range, and what is there.
    related: Vec<(String, Value, String)>,
}

impl Found {
    /// Returns advice, and what is said of places beside.
    pub(super) fn advice(&self) -> impl Iterator<Item = &str> {
        self.help.iter().map(String::as_str).chain(self.related.iter().map(|(_, _, text)| text.as_str()))
    }
}

/// What only another run could tell is no fault of the text.
const NOT_BUILT: [Code; 5] =
    [Code::RemoteUnsupported, Code::RemoteFailed, Code::NotVendored, Code::HelmDisabled, Code::PluginDisabled];

/// What a component cannot be blamed for as long as nothing includes it: the objects are missing.
const FOR_OBJECTS: [Code; 9] = [
    Code::PatchNoTarget,
    Code::PatchFailed,
    Code::PatchTargetUnmatched,
    Code::GeneratorConflict,
    Code::ReplicasNoTarget,
    Code::ReplacementNoSource,
    Code::ReplacementTargetUnmatched,
    Code::VarUnresolved,
    Code::DirectiveWithoutEffect,
];

/// Builds kustomizations and returns what is found in each.
pub(super) fn check(files: &dyn FileSystem, workspace: &Workspace, targets: &[Target]) -> Vec<(String, Vec<Found>)> {
    let Some(first) = targets.first() else { return Vec::new() };
    let here = workspace.folder_of(&first.directory);
    let vendored = vendor::Vendored::find(Path::new(&first.directory), ".").ok();
    let fresh = || {
        let mut session = Session::new(files, &here);
        session.remotes = vendored.as_ref().map(|vendored| vendored as &dyn crate::remote::Remotes);
        session
    };
    let mut session = fresh();
    let mut all = Vec::with_capacity(targets.len());
    for target in targets {
        if session.sources.n_bytes() > SESSION_BYTES {
            session = fresh();
        }
        session.enter_target(&target.directory);
        let mut diagnostics = match build(&mut session, &target.directory, &BuildOptions::default()) {
            Ok(built) => built.warnings,
            Err(diagnostics) => diagnostics,
        };
        if target.is_loose {
            diagnostics.retain(|found| !FOR_OBJECTS.contains(&found.code));
        }
        all.push((target.directory.clone(), told(&diagnostics, &session, workspace, target)));
    }
    all
}

fn told(diagnostics: &[Diagnostic], session: &Session<'_>, workspace: &Workspace, target: &Target) -> Vec<Found> {
    let mut teller = Teller { session, workspace, lines: FxHashMap::default() };
    let mut masks = Masks::new(&session.sources);
    let each = diagnostics.iter().take(TOLD_MAX);
    each.map(|diagnostic| teller.tell(&redact::redact(diagnostic, &mut masks), target)).collect()
}

/// The sources of one build with their lines.
struct Teller<'s> {
    session: &'s Session<'s>,
    workspace: &'s Workspace,
    lines: FxHashMap<SourceId, Lines<'s>>,
}

impl<'s> Teller<'s> {
    fn tell(&mut self, diagnostic: &Diagnostic, target: &Target) -> Found {
        let mut places: Vec<(Place, String)> =
            diagnostic.labels.iter().map(|label| (label.place, label.text.clone())).collect();
        let chain = diagnostic.chain.iter().rev().map(|&place| (place, "included from here".to_owned()));
        places.extend(chain);
        // What was fetched is no file of the editor's; the entry that brought it is.
        let local: Vec<(String, Range<usize>, Value, String)> =
            places.into_iter().filter_map(|(place, text)| self.local(place, text)).collect();
        let severity = match diagnostic.severity {
            _ if NOT_BUILT.contains(&diagnostic.code) => 3,
            Severity::Error => 1,
            Severity::Warning => 2,
        };
        let mut rest = local.into_iter();
        let (path, span, range) = match rest.next() {
            Some((path, span, range, _)) => (path, span, range),
            None => self.without_place(diagnostic, target),
        };
        let related = rest.take(RELATED_MAX);
        let related = related.map(|(path, _, range, text)| (self.workspace.uri(&path), range, text)).collect();
        let mut message = diagnostic.message.clone();
        if let Some(label) = diagnostic.labels.first().filter(|label| !label.text.is_empty()) {
            message.push_str(&format!(" ({})", label.text));
        }
        for note in &diagnostic.notes {
            message.push_str(&format!("\nnote: {note}"));
        }
        for help in &diagnostic.help {
            message.push_str(&format!("\nhelp: {help}"));
        }
        Found { path, code: diagnostic.code, span, message, help: diagnostic.help.clone(), range, severity, related }
    }

    /// Returns a place in a file of the editor's: path, bytes, range.
    fn local(&mut self, place: Place, text: String) -> Option<(String, Range<usize>, Value, String)> {
        let sources: &'s Sources = &self.session.sources;
        let place = sources.outermost(place);
        let source: &'s crate::source::Source = sources.get(place.source);
        let path = path_of(self.session, source)?;
        let lines = self.lines.entry(source.id).or_insert_with(|| Lines::new(&source.text));
        let span = visible(&source.text, place.span.start as usize..place.span.end as usize);
        Some((path, span.clone(), lines.range(span), text))
    }

    fn without_place(&self, diagnostic: &Diagnostic, target: &Target) -> (String, Range<usize>, Value) {
        let named = diagnostic.path.as_ref().map(|path| fs::join(&self.session.directory, path));
        let is_file = |path: &String| self.session.fs.kind(path) == Ok(EntryKind::File);
        let own = || kustomization_in(self.session.fs, &target.directory);
        let path =
            named.filter(is_file).or_else(own).unwrap_or_else(|| fs::join(&target.directory, "kustomization.yaml"));
        let start = Lines::new("").position(0);
        (path, 0..0, range_json(start, start))
    }
}

/// Returns the absolute path of a source, if it is a file that was not fetched.
pub(super) fn path_of(session: &Session<'_>, source: &crate::source::Source) -> Option<String> {
    let path = fs::join(&session.directory, &source.path);
    (!source.path.contains("://") && session.fs.kind(&path) == Ok(EntryKind::File)).then_some(path)
}

/// Makes a span one that can be seen: one line, and not empty if there is something in it.
fn visible(text: &str, span: Range<usize>) -> Range<usize> {
    let start = span.start.min(text.len());
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();
    let end = start + line.trim_end().len();
    if span.end > span.start { start..span.end.min(end.max(start)) } else { start..end }
}

/// What the editor was told last, by path.
#[derive(Default)]
pub(super) struct Published {
    by_target: BTreeMap<String, Vec<Found>>,
    told: BTreeMap<String, Vec<Value>>,
}

impl Published {
    /// Takes the findings of some builds; those of other kustomizations than `all` are dropped.
    pub(super) fn take(&mut self, found: Vec<(String, Vec<Found>)>, all: &BTreeSet<String>) {
        self.by_target.extend(found);
        self.by_target.retain(|target, _| all.contains(target));
    }

    /// Returns whether a kustomization was built.
    pub(super) fn knows(&self, target: &str) -> bool {
        self.by_target.contains_key(target)
    }

    /// Returns what was found in a file.
    pub(super) fn of_file<'p>(&'p self, path: &'p str) -> impl Iterator<Item = &'p Found> {
        self.by_target.values().flatten().filter(move |found| found.path == path)
    }

    /// Returns the parameters of the notifications about what changed.
    pub(super) fn changes(&mut self, workspace: &Workspace, docs: Option<&str>) -> Vec<Value> {
        let mut by_path: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        let mut merged: BTreeMap<(&str, String), Merged<'_>> = BTreeMap::new();
        let mut order = 0;
        for (target, found) in
            self.by_target.iter().flat_map(|(target, list)| list.iter().map(move |one| (target, one)))
        {
            let key = format!("{}\n{}\n{}", found.range, found.code, found.message);
            let merged = merged.entry((&found.path, key)).or_insert_with(|| {
                order += 1;
                Merged { order, found, targets: BTreeSet::new(), related: Vec::new() }
            });
            merged.targets.insert(target);
            for related in &found.related {
                if merged.related.len() < RELATED_MAX && !merged.related.contains(&related) {
                    merged.related.push(related);
                }
            }
        }
        let mut merged: Vec<((&str, String), Merged<'_>)> = merged.into_iter().collect();
        merged.put_in_order_of(|(_, merged)| merged.order);
        for ((path, _), merged) in merged {
            by_path.entry(path).or_default().push(merged.json(docs));
        }
        let gone: Vec<String> = self.told.keys().filter(|path| !by_path.contains_key(path.as_str())).cloned().collect();
        let mut messages = Vec::new();
        let mut tell = |path: &str, list: &[Value]| {
            let mut message = json!({"uri": workspace.uri(path), "diagnostics": list});
            if let Some(document) = workspace.document(path) {
                message["version"] = json!(document.version);
            }
            messages.push(message);
        };
        for path in &gone {
            tell(path, &[]);
        }
        for (path, list) in &by_path {
            if self.told.get(*path) != Some(list) {
                tell(path, list);
            }
        }
        self.told = by_path.into_iter().map(|(path, list)| (path.to_owned(), list)).collect();
        messages
    }
}

/// One diagnostic with all that found it.
struct Merged<'f> {
    order: usize,
    found: &'f Found,
    targets: BTreeSet<&'f str>,
    related: Vec<&'f (String, Value, String)>,
}

impl Merged<'_> {
    fn json(&self, docs: Option<&str>) -> Value {
        let found = self.found;
        let mut json = json!({
            "range": found.range,
            "severity": found.severity,
            "code": found.code.as_str(),
            "source": "rustomize",
            "message": found.message,
        });
        if let Some(docs) = docs {
            json["codeDescription"] = json!({"href": format!("{docs}#{}", found.code)});
        }
        if found.code == Code::DeprecatedField {
            json["tags"] = json!([2]);
        }
        if !self.related.is_empty() {
            let related = self.related.iter().map(|(uri, range, text)| {
                json!({"location": {"uri": uri, "range": range}, "message": if text.is_empty() { "here" } else { text }})
            });
            json["relatedInformation"] = related.collect();
        }
        json
    }
}
