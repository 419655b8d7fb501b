//! Findings and how they are made: what an object allows, what stands at a place is told once, and a Secret's values never.

use super::path::Path;
use super::rules::{Level, Levels};
use crate::diagnostic::{Code, Diagnostic};
use crate::resource::Resource;
use crate::source::Place;
use crate::yaml::tree::Tree;
use rustc_hash::FxHashMap;

/// The annotation by which an object opts out of rules: their names, divided by commas or blanks, or `*`.
pub(super) const ALLOW: &str = "rustomize/allow";
/// Stands for a value that is not shown.
const HIDDEN: &str = "•••";
/// Objects that are named beside the first one.
const OTHERS_MAX: usize = 3;

/// An object, for people and programs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectName {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`, empty if there is none.
    pub namespace: String,
}

impl ObjectName {
    fn of(resource: &Resource) -> ObjectName {
        let id = &resource.id;
        ObjectName {
            api_version: id.gvk.api_version(),
            kind: id.gvk.kind.to_string(),
            name: id.name.to_string(),
            namespace: id.namespace.to_string(),
        }
    }

    /// Returns `Kind/name`.
    pub fn short(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }
}

/// Something that is wrong with a field of an object, or of several that have it from one place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule, the words and the places.
    pub diagnostic: Diagnostic,
    /// The objects, in the order of the output.
    pub objects: Vec<ObjectName>,
    /// The field.
    pub field: String,
}

/// Collects findings about one object after the other.
pub(super) struct Checker<'c> {
    levels: &'c Levels,
    findings: Vec<Finding>,
    /// What was told, by rule, place and field.
    told: FxHashMap<(Code, Option<Place>, String), usize>,
    object: Option<Object>,
}

struct Object {
    name: ObjectName,
    allows: Allows,
    is_secret: bool,
}

/// What an object opts out of.
enum Allows {
    Nothing,
    Everything,
    Rules(Vec<String>),
}

impl<'c> Checker<'c> {
    pub(super) fn new(levels: &'c Levels) -> Checker<'c> {
        Checker { levels, findings: Vec::new(), told: FxHashMap::default(), object: None }
    }

    /// Begins with an object.
    pub(super) fn enter(&mut self, resource: &Resource) {
        let allows = match resource.tree.text_at(&["metadata", "annotations", ALLOW]) {
            None => Allows::Nothing,
            Some(text) if text.trim() == "*" => Allows::Everything,
            Some(text) => {
                let rules = text.split([',', ' ', '\n']).filter(|rule| !rule.is_empty());
                Allows::Rules(rules.map(str::to_owned).collect())
            }
        };
        let is_secret = *resource.id.gvk.kind == *"Secret";
        self.object = Some(Object { name: ObjectName::of(resource), allows, is_secret });
    }

    /// Returns whether a rule counts for the object, so that nothing need be looked at for one that does not.
    pub(super) fn wants(&self, code: Code) -> bool {
        let is_allowed = self.object.as_ref().is_some_and(|object| match &object.allows {
            Allows::Nothing => false,
            Allows::Everything => true,
            Allows::Rules(rules) => rules.iter().any(|rule| rule == code.as_str()),
        });
        !is_allowed && self.levels.get(code) != Level::Off
    }

    /// Returns the object as messages name it.
    pub(super) fn object(&self) -> String {
        self.object.as_ref().map(|object| object.name.short()).unwrap_or_default()
    }

    /// Returns a value as messages may show it.
    pub(super) fn shown(&self, text: &str) -> String {
        const SHOWN_MAX: usize = 60;
        if self.object.as_ref().is_some_and(|object| object.is_secret) {
            return HIDDEN.to_owned();
        }
        match text.char_indices().nth(SHOWN_MAX) {
            Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
            None => text.to_owned(),
        }
    }

    /// Tells of a value.
    pub(super) fn value(&mut self, code: Code, tree: &Tree, path: &Path<'_>, words: impl FnOnce(&Self, &str) -> Words) {
        if self.wants(code) {
            let field = path.show();
            // The key of a Secret's value can be shown, and words beside it; the value cannot.
            let is_secret = self.object.as_ref().is_some_and(|object| object.is_secret);
            let place = if is_secret { path.key_place(tree) } else { path.place(tree) };
            self.add(code, place, field, words);
        }
    }

    /// Tells of a field that should not be there.
    pub(super) fn key(&mut self, code: Code, tree: &Tree, path: &Path<'_>, words: impl FnOnce(&Self, &str) -> Words) {
        if self.wants(code) {
            let field = path.show();
            self.add(code, path.key_place(tree), field, words);
        }
    }

    /// Tells of a field that is not there, below a mapping that is.
    pub(super) fn missing(
        &mut self,
        code: Code,
        tree: &Tree,
        (path, name): (&Path<'_>, &str),
        words: impl FnOnce(&Self, &str) -> Words,
    ) {
        if self.wants(code) {
            let field = path.show_below(name);
            self.add(code, path.key_place(tree), field, words);
        }
    }

    fn add(&mut self, code: Code, place: Option<Place>, field: String, words: impl FnOnce(&Self, &str) -> Words) {
        let Some(object) = self.object.as_ref().map(|object| object.name.clone()) else { return };
        let words = words(self, &field);
        let key = (code, place, field);
        // Without a place it is the object that tells findings apart.
        if let Some(finding) = self.told.get(&key).and_then(|&at| self.findings.get_mut(at)).filter(|_| key.1.is_some())
        {
            if !finding.objects.contains(&object) {
                finding.objects.push(object);
            }
            return;
        }
        let mut diagnostic = match self.levels.get(code) {
            Level::Fail => Diagnostic::error(code, words.message),
            Level::Warn | Level::Off => Diagnostic::warning(code, words.message),
        };
        diagnostic = diagnostic.at(place, "");
        for (place, text) in words.others {
            diagnostic = diagnostic.at(place, text);
        }
        diagnostic.notes = words.notes;
        diagnostic.help = words.help;
        self.findings.push(Finding { diagnostic: *diagnostic, objects: vec![object], field: key.2.clone() });
        self.told.insert(key, self.findings.len() - 1);
    }

    /// Ends: each finding names its objects.
    pub(super) fn finish(mut self) -> Vec<Finding> {
        for finding in &mut self.findings {
            let others = finding.objects.get(1..).unwrap_or_default();
            if !others.is_empty() {
                let named: Vec<String> =
                    others.iter().take(OTHERS_MAX).map(|name| format!("`{}`", name.short())).collect();
                let more = match others.len().saturating_sub(OTHERS_MAX) {
                    0 => String::new(),
                    n => format!(" and {n} more"),
                };
                finding.diagnostic.notes.push(format!("the same in {}{more}", named.join(", ")));
            }
        }
        self.findings
    }
}

/// What is told about a finding.
#[derive(Default)]
pub(super) struct Words {
    message: String,
    others: Vec<(Option<Place>, String)>,
    notes: Vec<String>,
    help: Vec<String>,
}

impl Words {
    pub(super) fn new(message: impl Into<String>) -> Words {
        Words { message: message.into(), ..Words::default() }
    }

    pub(super) fn other(mut self, place: Option<Place>, text: impl Into<String>) -> Words {
        self.others.push((place, text.into()));
        self
    }

    pub(super) fn note(mut self, note: impl Into<String>) -> Words {
        self.notes.push(note.into());
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Words {
        self.help.push(help.into());
        self
    }

    /// Adds what may be meant.
    pub(super) fn did_you_mean(self, near: &[&str]) -> Words {
        if near.is_empty() {
            return self;
        }
        let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
        self.help(format!("did you mean {}?", near.join(" or ")))
    }
}
