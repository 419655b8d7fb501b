//! The kustomization file that is edited: its text, its data before and behind the edit, and the way back to a text.

use super::{Result, Work};
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::fs::{self, EntryKind};
use crate::kustomization::decode;
use crate::limits::Limits;
use crate::loader::FILE_NAMES;
use crate::provenance::Stamp;
use crate::source::{Place, Source, Sources, Span};
use crate::yaml::edit::{self, Revision, Value};
use crate::yaml::read;
use crate::yaml::tree::Tree;
use std::sync::Arc;

/// A file under edit.
pub(super) struct File {
    /// Its absolute path.
    pub(super) path: Arc<str>,
    /// Its name.
    pub(super) name: &'static str,
    pub(super) source: Arc<Source>,
    /// The text as it stands.
    syntax: Option<Tree>,
    stamp: Stamp,
    /// The data before.
    pub(super) old: Value,
    /// The data behind the edit: verbs change it.
    pub(super) new: Value,
    /// Where the values of the old data stand, by number.
    pub(super) places: Vec<Option<Place>>,
    /// Whether what the reference would write is written even where nothing else changes.
    pub(super) is_normalized: bool,
    /// Other files that change with it.
    pub(super) others: Vec<Other>,
    /// The text behind the edit, where it is made by other means than the data.
    pub(super) revised: Option<String>,
    /// What was set, for verbs that are about fields of objects.
    pub(super) written: Vec<super::Written>,
}

/// A file that changes with the kustomization.
pub(super) struct Other {
    pub(super) path: Arc<str>,
    pub(super) old: Arc<Source>,
    pub(super) new: String,
}

impl File {
    /// Reads the kustomization file of the session's directory.
    pub(super) fn open(work: &mut Work<'_, '_>) -> Result<File> {
        let directory = Arc::clone(&work.session.directory);
        let found: Vec<&'static str> =
            FILE_NAMES.into_iter().filter(|name| work.session.fs.kind(&fs::join(&directory, name)).is_ok()).collect();
        let name = match found[..] {
            [name] => name,
            [] => {
                let error = Diagnostic::error(Code::NoKustomization, "no kustomization file in the current directory");
                return Err(error.help("make one with `create`, or go to the directory that has one"));
            }
            _ => {
                let names: Vec<String> = found.iter().map(|name| format!("`{name}`")).collect();
                let message = format!("more than one kustomization file: {}", names.join(", "));
                return Err(Diagnostic::error(Code::ManyKustomizations, message).help("keep one of them"));
            }
        };
        let path: Arc<str> = fs::join(&directory, name).into();
        if work.session.fs.kind(&path) == Ok(EntryKind::Directory) {
            return Err(Diagnostic::error(Code::InvalidPath, format!("`{name}` is a directory")).path(name));
        }
        let source = work.session.read_text(&path)?;
        let whole = Place { source: source.id, span: Span::default() };
        let stamp = Stamp { by: work.session.directive("edit", None, whole), place: None };
        let tree = read::read_first(&source, &work.session.limits)?;
        let Some(tree) = decode::normal_form(&source, tree.as_ref(), &stamp, &mut work.report) else {
            let last = work.report.diagnostics.pop().map(Box::new);
            return Err(last.unwrap_or_else(|| Diagnostic::error(Code::InvalidField, "the file is not right")));
        };
        let syntax = read::read_syntax(&source, &work.session.limits)?;
        let old = Value::of_normal_form(&tree);
        let mut places = Vec::new();
        collect_places(&tree, tree.root(), &mut places);
        let new = old.clone();
        Ok(File {
            path,
            name,
            source,
            syntax,
            stamp,
            new,
            old,
            places,
            is_normalized: false,
            others: Vec::new(),
            revised: None,
            written: Vec::new(),
        })
    }

    /// Returns the text with the new data in it.
    pub(super) fn text(&self, limits: &Limits, keeps_comments: bool) -> Result<String> {
        if let Some(text) = &self.revised {
            return Ok(text.clone());
        }
        let mut new = self.new.clone();
        drop_empty(&mut new, &self.old);
        if self.old.is_same(&new) && !self.is_normalized {
            return Ok(self.source.text.clone());
        }
        let mut rewritten: Vec<String> = Vec::new();
        loop {
            let (old, is_normalized) = (&self.old, self.is_normalized);
            let revision = Revision { old, new: &new, rewritten: &rewritten, keeps_comments, is_normalized };
            let revised = edit::revise(&self.source.text, self.syntax.as_ref(), &revision);
            let read = revised.as_ref().and_then(|text| self.read_again(text, limits));
            if let (Some(text), Some(read)) = (revised, &read)
                && read.is_same(&new)
            {
                return Ok(text);
            }
            let before = rewritten.len();
            self.rewrite_more(&new, read.as_ref(), &mut rewritten);
            if rewritten.len() == before {
                return Err(self.unable());
            }
        }
    }

    fn unable(&self) -> Box<Diagnostic> {
        let message = format!("`{}` is laid out in a way that this cannot be edited into", self.name);
        Diagnostic::error(Code::EditImpossible, message).path(self.name).help("change it with an editor")
    }

    /// Adds the fields that are to be written anew next: those that are not right, or, where the text could not be made or
    /// read, first those with aliases, then all that change.
    fn rewrite_more(&self, new: &Value, read: Option<&Value>, rewritten: &mut Vec<String>) {
        let differs = |a: Option<&Value>, b: Option<&Value>| match (a, b) {
            (Some(a), Some(b)) => !a.is_same(b),
            (None, None) => false,
            _ => true,
        };
        let old = self.old.entries().iter().map(|(key, _)| key);
        let fresh = new.entries().iter().map(|(key, _)| key).filter(|key| self.old.get(key).is_none());
        let keys: Vec<&String> = old.chain(fresh).collect();
        let changed = |text: &Value| -> Vec<String> {
            keys.iter().filter(|key| differs(text.get(key), new.get(key))).map(|key| (*key).clone()).collect()
        };
        let aliased = || match &self.syntax {
            Some(tree) => {
                let names = edit::fields_with_aliases(&self.source.text, tree);
                let is_aliased = |key: &&&String| names.iter().any(|name| name.eq_ignore_ascii_case(key));
                keys.iter().filter(is_aliased).map(|key| (*key).clone()).collect()
            }
            None => Vec::new(),
        };
        let steps: [&dyn Fn() -> Vec<String>; 2] = [&|| read.map_or_else(aliased, changed), &|| {
            let mut fields = aliased();
            fields.extend(changed(&self.old));
            fields
        }];
        for step in steps {
            let n_before = rewritten.len();
            for key in step() {
                if !rewritten.contains(&key) {
                    rewritten.push(key);
                }
            }
            if rewritten.len() > n_before {
                return;
            }
        }
    }

    /// Reads a text as this file was read.
    fn read_again(&self, text: &str, limits: &Limits) -> Option<Value> {
        let mut sources = Sources::default();
        let source = sources.add(self.name, text.to_owned(), crate::source::Sensitivity::Yaml, None);
        let tree = read::read_first(&source, limits).ok()?;
        let mut report = Report::default();
        let tree = decode::normal_form(&source, tree.as_ref(), &self.stamp, &mut report)?;
        Some(Value::of_normal_form(&tree))
    }
}

fn collect_places(tree: &Tree, node: crate::yaml::tree::NodeId, places: &mut Vec<Option<Place>>) {
    places.push(tree.place(node));
    if tree.is_mapping(node) {
        for (_, value) in tree.entries(node) {
            collect_places(tree, value, places);
        }
    } else {
        for item in tree.items(node) {
            collect_places(tree, item, places);
        }
    }
}

/// The file has no empty fields, like the reference's.
fn drop_empty(new: &mut Value, _old: &Value) {
    let empty: Vec<String> =
        new.entries().iter().filter(|(_, value)| value.is_empty()).map(|(key, _)| key.clone()).collect();
    for key in empty {
        new.remove(&key);
    }
}
