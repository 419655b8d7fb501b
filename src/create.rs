//! A new kustomization file for a directory: what `create` writes.
//!
//! Plans only: the text is returned, writing it is the caller's work. Fields come in the reference's order (upstream
//! `kustfile`), each printed by itself.

use crate::diagnostic::{Code, Diagnostic, Report};
use crate::fs::{self, EntryKind, Look, glob};
use crate::kustomization::Placed;
use crate::loader::{self, FILE_NAMES, Root};
use crate::manifest;
use crate::ordered::BTreeMap;
use crate::provenance::Stamp;
use crate::session::Session;
use crate::source::{Place, Sensitivity, Span};
use crate::yaml::emit;
use crate::yaml::read;
use crate::yaml::tree::{NodeId, Style, Tag, Tree};
use std::sync::Arc;

/// The name of the file.
pub const FILE_NAME: &str = FILE_NAMES[0];

/// What the new file shall hold. Empty texts and lists are left out.
#[derive(Clone, Debug, Default)]
pub struct CreateOptions {
    /// Patterns for `resources`, separated by commas.
    pub resources: String,
    /// Whether every file that holds Kubernetes objects becomes a resource.
    pub autodetect: bool,
    /// Whether files in directories below are looked for, too, and directories with a kustomization.
    pub recursive: bool,
    /// `namespace`
    pub namespace: String,
    /// `namePrefix`
    pub name_prefix: String,
    /// `nameSuffix`
    pub name_suffix: String,
    /// `commonLabels`: `key:value`, separated by commas.
    pub labels: String,
    /// `commonAnnotations`, likewise.
    pub annotations: String,
}

/// Returns the text of a new kustomization file for the session's directory.
pub fn kustomization(session: &mut Session<'_>, options: &CreateOptions) -> Result<String, Vec<Diagnostic>> {
    let mut report = Report::default();
    check_absent(session, &mut report);
    let mut resources = named_resources(session, &options.resources, &mut report);
    if options.autodetect && !report.has_errors() {
        for path in detect(session, options.recursive, &mut report) {
            if !resources.contains(&path) {
                resources.push(path);
            }
        }
    }
    let labels = pairs("--labels", "label", &options.labels, &mut report);
    let annotations = pairs("--annotations", "annotation", &options.annotations, &mut report);
    if report.has_errors() {
        return Err(report.diagnostics);
    }

    let source = session.sources.add("the command line", String::new(), Sensitivity::Yaml, None);
    let place = Place { source: source.id, span: Span::default() };
    let mut file = NewFile {
        text: String::new(),
        stamp: Stamp { by: session.directive("create", None, place), place: None },
        report: &mut report,
    };
    file.text("apiVersion", "kustomize.config.k8s.io/v1beta1");
    file.text("kind", "Kustomization");
    file.list("resources", &resources);
    file.text("namePrefix", &options.name_prefix);
    file.text("nameSuffix", &options.name_suffix);
    file.text("namespace", &options.namespace);
    file.map("commonLabels", &labels);
    file.map("commonAnnotations", &annotations);
    let text = file.text;
    if report.has_errors() { Err(report.diagnostics) } else { Ok(text) }
}

/// Refuses a directory that has a kustomization file. The reference empties one of several before it says that there are
/// several; here nothing is touched.
fn check_absent(session: &Session<'_>, report: &mut Report) {
    for name in FILE_NAMES {
        let path = fs::join(&session.directory, name);
        if session.fs.kind(&path).is_ok() {
            let error = Diagnostic::error(Code::FileExists, format!("`{name}` exists already")).path(name);
            report.push(error.help("change it with an editor, or remove it first"));
        }
    }
}

/// Expands the patterns of `--resources`. What stands nowhere may still be remote (upstream `GlobPatternsWithLoader`).
fn named_resources(session: &mut Session<'_>, list: &str, report: &mut Report) -> Vec<String> {
    let mut resources = Vec::new();
    if list.is_empty() {
        return resources;
    }
    let root = Root::top(Arc::clone(&session.directory));
    for (item, (pattern, place)) in (1..).zip(parts(session, "--resources", list)) {
        let of_argument = |error| of_argument(error, "--resources", item);
        match glob::glob(session.fs, &session.directory, pattern) {
            Ok(mut found) => {
                if !glob::is_hidden(pattern) {
                    found.retain(|path| !glob::is_hidden(path));
                }
                if found.is_empty() {
                    let entry = Placed { value: pattern.to_owned(), place };
                    let remote = loader::find_directory(session, &root, &entry).map_err(|error| match error.code {
                        Code::FileNotFound if pattern.contains(['*', '?', '[']) => {
                            let message = format!("nothing matches `{pattern}`");
                            Diagnostic::error(Code::FileNotFound, message)
                                .help("quote the pattern, and write it relative to this directory")
                        }
                        _ => error,
                    });
                    if report.keep(remote.map_err(of_argument)).is_none() {
                        continue;
                    }
                    found.push(pattern.to_owned());
                }
                resources.append(&mut found);
            }
            Err(glob::BadPattern) => {
                let message = format!("`{pattern}` is not a pattern that can be read");
                let error = of_argument(Diagnostic::error(Code::InvalidPattern, message));
                report.push(error.help("write `\\[` for a bracket that stands for itself"));
            }
        }
    }
    resources
}

/// Splits a list on the command line at its commas, each part with its place.
fn parts<'t>(session: &mut Session<'_>, flag: &str, list: &'t str) -> Vec<(&'t str, Place)> {
    let source = session.sources.add(flag, list.to_owned(), Sensitivity::Yaml, None);
    let mut start = 0;
    let mut parts = Vec::new();
    for part in list.split(',') {
        let span = Span::new(start, start + part.len());
        parts.push((part, Place { source: source.id, span }));
        start += part.len() + 1;
    }
    parts
}

/// Says of an error in an argument where it is: an argument has no lines, so there is no snippet to show.
fn of_argument(mut error: Box<Diagnostic>, flag: &str, item: usize) -> Box<Diagnostic> {
    error.labels.clear();
    error.path = None;
    error.note(format!("item {item} of `{flag}`"))
}

/// Reads `key:value,key:value`; values lose one pair of double quotes, and a key without a colon has an empty value
/// (upstream `ConvertToMap`).
fn pairs(flag: &str, what: &str, list: &str, report: &mut Report) -> BTreeMap<String, String> {
    let mut pairs = BTreeMap::new();
    if list.is_empty() {
        return pairs;
    }
    for (item, part) in (1..).zip(list.split(',')) {
        match part.split_once(':') {
            Some(("", _)) => {
                let error = Diagnostic::error(Code::Usage, format!("the {what} `{part}` has no key"));
                report.push(of_argument(error, flag, item).help("write it as `key:value`"));
            }
            Some((key, value)) => {
                let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                pairs.insert(key.to_owned(), inner.unwrap_or(value).to_owned());
            }
            None => {
                pairs.insert(part.to_owned(), String::new());
            }
        }
    }
    pairs
}

/// Finds the files that hold nothing but Kubernetes objects, if any, and the directories with a kustomization.
///
/// Whatever can be read as a list of objects counts, so files without content do, too. Links are read like files; one that
/// leads to a directory or nowhere is an error, as upstream.
fn detect(session: &mut Session<'_>, recursive: bool, report: &mut Report) -> Vec<String> {
    let mut found = Vec::new();
    let mut files = Vec::new();
    let directory = Arc::clone(&session.directory);
    let file_system = session.fs;
    let walked = fs::walk(file_system, &directory, &mut |path, look| {
        if look != Look::Entry(EntryKind::Directory) {
            files.push(path.to_owned());
            found.push(path.to_owned());
            return false;
        }
        let exists = |name: &&str| file_system.kind(&format!("{directory}/{path}/{name}")).is_ok();
        let has_kustomization = recursive && FILE_NAMES.iter().any(exists);
        if has_kustomization {
            found.push(path.to_owned());
        }
        recursive && !has_kustomization
    });
    if let Err((path, error)) = walked {
        report.push(session.read_error(&fs::join(&directory, &path), &error));
        return Vec::new();
    }
    files.retain(|path| {
        let path = fs::join(&directory, path);
        let bytes = report.keep(session.read_bytes(&path));
        bytes.is_some_and(|bytes| !holds_objects(session, &path, bytes))
    });
    // What is left in `files` holds something else; both lists are in the same order.
    let mut others = files.into_iter().peekable();
    found.retain(|path| others.next_if_eq(path).is_none());
    found
}

fn holds_objects(session: &mut Session<'_>, path: &str, bytes: Vec<u8>) -> bool {
    let Ok(text) = read::decode_bytes(bytes) else { return false };
    let source = session.sources.add(session.show(path), text, Sensitivity::Yaml, None);
    let Ok(documents) = read::read_documents(&source, &session.limits) else { return false };
    let mut report = Report::default();
    manifest::resources(documents, &mut report);
    !report.has_errors()
}

/// The file on its way: each field is a document of its own.
struct NewFile<'r> {
    text: String,
    stamp: Stamp,
    report: &'r mut Report,
}

impl NewFile<'_> {
    fn text(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.field(name, |tree, stamp| string(tree, value, stamp));
        }
    }

    fn list(&mut self, name: &str, values: &[String]) {
        if !values.is_empty() {
            self.field(name, |tree, stamp| {
                let list = tree.new_sequence(stamp);
                for value in values {
                    let item = string(tree, value, stamp);
                    tree.push_item(list, item);
                }
                list
            });
        }
    }

    fn map(&mut self, name: &str, values: &BTreeMap<String, String>) {
        if !values.is_empty() {
            self.field(name, |tree, stamp| {
                let map = tree.new_mapping(stamp);
                for (key, value) in values {
                    let (key, value) = (string(tree, key, stamp), string(tree, value, stamp));
                    tree.push_entry(map, key, value);
                }
                map
            });
        }
    }

    fn field(&mut self, name: &str, value: impl FnOnce(&mut Tree, &Stamp) -> NodeId) {
        let mut tree = Tree::new();
        let value = value(&mut tree, &self.stamp);
        let key = string(&mut tree, name, &self.stamp);
        tree.push_entry(tree.root(), key, value);
        if let Err(error) = emit::emit(&tree, tree.root(), &mut self.text) {
            let message = format!("`{name}` cannot be printed: {:?}", error.kind);
            self.report.push(Diagnostic::error(Code::InvalidValue, message));
        }
    }
}

/// A string as JSON has it, from which the reference prints.
fn string(tree: &mut Tree, text: &str, stamp: &Stamp) -> NodeId {
    tree.new_scalar(text, Style::DoubleQuoted, Tag::Implied, stamp)
}
