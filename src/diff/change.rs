//! What differs, in a form of its own: it outlives the trees it was found in.

use super::Options;
use super::fields::{Alike, Comparison, Found, Step};
use super::risk::{self, Risk, Subject};
use super::side::{Location, Side};
use crate::explain::HIDDEN;
use crate::explain::content::{self as secrets, Finder};
use crate::resource::{ResId, Resource};
use crate::sorting::Sorting;
use crate::yaml::emit::emit;
use crate::yaml::json;
use crate::yaml::tree::{NodeId, Tree};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What stands for a secret value that is another one on the other side.
const HIDDEN_OLD: &str = "••• (old)";
const HIDDEN_NEW: &str = "••• (new)";

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Only the new side has it.
    Added,
    /// Only the old side has it.
    Removed,
    /// Fields of it differ.
    Changed,
    /// It has another name or namespace, or is of another group; fields may differ, too.
    Renamed,
}

/// What an object is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// `apps/v1`.
    pub api_version: String,
    /// `Deployment`.
    pub kind: String,
    /// The name.
    pub name: String,
    /// The namespace; empty if the object names none.
    pub namespace: String,
    /// The first name it had in its build, before prefixes and hashes.
    pub original: String,
}

impl Identity {
    fn of(resource: &Resource) -> Identity {
        let ResId { gvk, name, namespace } = &resource.id;
        let original = resource.original_id().name.to_string();
        Identity {
            api_version: gvk.api_version(),
            kind: gvk.kind.to_string(),
            name: name.to_string(),
            namespace: namespace.to_string(),
            original: super::objects::without_hash(&resource.id, &original).unwrap_or(&original).to_owned(),
        }
    }
}

impl std::fmt::Display for Identity {
    /// Writes `Deployment.apps/web in prod`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let group = self.api_version.split_once('/').map_or("", |(group, _)| group);
        let dot = if group.is_empty() { "" } else { "." };
        write!(f, "{}{dot}{group}/{}", self.kind, self.name)?;
        if self.namespace.is_empty() { Ok(()) } else { write!(f, " in {}", self.namespace) }
    }
}

/// A value as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value {
    /// The value as JSON, or what stands for it.
    pub json: String,
    /// The text of a text, the YAML of everything else, without a line end.
    pub text: String,
    /// Whether it is a text of several lines.
    pub is_long_text: bool,
    /// Whether it is a collection.
    pub is_collection: bool,
    /// Whether something in it is not shown.
    pub is_hidden: bool,
    /// Tells hidden values apart, in this process only; 0 for what is shown.
    pub(super) digest: u64,
    /// Where it stands.
    pub at: Option<Location>,
}

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Change {
    /// The way to it.
    pub steps: Vec<Step>,
    /// The old value; nothing for a field that is new.
    pub old: Option<Value>,
    /// The new value; nothing for a field that is gone.
    pub new: Option<Value>,
    /// The items of this list are the same, in another order.
    pub is_reordered: bool,
}

impl Change {
    /// Writes the way to the field: `spec.containers[name=web].image`.
    pub fn path(&self) -> String {
        let mut out = String::new();
        for step in &self.steps {
            match step {
                Step::Key(name) => out.push_str(&key(name, out.is_empty())),
                Step::Item { by, old, new } if by.is_empty() => {
                    out.push_str(&format!("[{}]", new.or(*old).unwrap_or_default()));
                }
                Step::Item { by, .. } => {
                    let by: Vec<String> = by.iter().map(|(key, value)| format!("{key}={value}")).collect();
                    out.push_str(&format!("[{}]", by.join(",")));
                }
            }
        }
        out
    }

    /// Returns the JSON pointer of the field on the old side (`is_old`) or on the new one.
    pub fn pointer(&self, is_old: bool) -> Option<String> {
        let mut out = String::new();
        for step in &self.steps {
            out.push('/');
            match step {
                Step::Key(key) => out.push_str(&key.replace('~', "~0").replace('/', "~1")),
                Step::Item { old, new, .. } => out.push_str(&(if is_old { old } else { new }).as_ref()?.to_string()),
            }
        }
        (if is_old { &self.old } else { &self.new }).as_ref().map(|_| out)
    }
}

/// Writes a step of a way, so that it can be put behind what comes before.
pub(super) fn key(key: &str, is_first: bool) -> String {
    match key.is_empty() || key.contains(['.', '[', ']', '"', '\\', '/']) {
        true => format!("[\"{}\"]", key.replace('\\', "\\\\").replace('"', "\\\"")),
        false if is_first => key.to_owned(),
        false => format!(".{key}"),
    }
}

/// An object that differs.
#[derive(Clone, Debug)]
pub struct ObjectDiff {
    /// What became of it.
    pub status: Status,
    /// What it is called on the old side.
    pub old: Option<Identity>,
    /// What it is called on the new side.
    pub new: Option<Identity>,
    /// The fields that differ; of an object that one side lacks: the whole object, under no path.
    pub changes: Vec<Change>,
    /// What deserves a second look; only if it was asked for.
    pub risks: Vec<Risk>,
    /// Both sides as YAML, spelled alike where they mean the same; only if they were asked for.
    pub texts: Option<(String, String)>,
}

impl ObjectDiff {
    /// Returns what it is called, on the new side if it is there.
    pub fn identity(&self) -> Option<&Identity> {
        self.new.as_ref().or(self.old.as_ref())
    }

    pub(super) fn order(&self) -> (Option<(&str, &str, &str)>, Option<&Identity>) {
        let key = self.identity().map(|id| (id.kind.as_str(), id.name.as_str(), id.namespace.as_str()));
        (key, self.identity())
    }
}

/// Makes what is shown of what was found.
pub(super) struct Show<'s> {
    pub(super) old: &'s Side<'s>,
    pub(super) new: &'s Side<'s>,
    pub(super) options: &'s Options,
}

/// An object with what is not shown of it.
struct Shown<'r> {
    side: &'r Side<'r>,
    resource: &'r Resource,
    masked: Cow<'r, Tree>,
    hidden: FxHashSet<NodeId>,
}

impl<'s> Show<'s> {
    /// Shows an object that one side lacks.
    pub(super) fn whole(&self, before: Option<&'s Resource>, after: Option<&'s Resource>) -> ObjectDiff {
        let mark = |_: NodeId| HIDDEN;
        let value = |side: &'s Side<'s>, resource: &'s Resource| {
            let shown = self.shown(side, resource, &mark);
            let value = shown.value(resource.root());
            (value, Identity::of(resource))
        };
        let (old_value, old) = before.map(|resource| value(self.old, resource)).unzip();
        let (new_value, new) = after.map(|resource| value(self.new, resource)).unzip();
        let text = |value: &Option<Value>| value.as_ref().map_or_else(String::new, |value| format!("{}\n", value.text));
        let texts = self.options.texts.then(|| (text(&old_value), text(&new_value)));
        let change = Change { steps: Vec::new(), old: old_value, new: new_value, is_reordered: false };
        let status = if old.is_some() { Status::Removed } else { Status::Added };
        let changes = vec![change];
        let risks = self.risks(before, after, status, &changes);
        ObjectDiff { status, old, new, changes, risks, texts }
    }

    /// Shows an object that differs.
    pub(super) fn changed(&self, old: &'s Resource, new: &'s Resource, comparison: Comparison<'_>) -> ObjectDiff {
        let Comparison { found, alike, .. } = comparison;
        let differing =
            |node: fn(&Found) -> Option<NodeId>| -> FxHashSet<NodeId> { found.iter().filter_map(node).collect() };
        let (in_old, in_new) = (differing(|found| found.old), differing(|found| found.new));
        let old_shown = self.shown(self.old, old, &|node| if in_old.contains(&node) { HIDDEN_OLD } else { HIDDEN });
        let new_shown = self.shown(self.new, new, &|node| if in_new.contains(&node) { HIDDEN_NEW } else { HIDDEN });
        let changes = found.into_iter().map(|found| {
            let is_reordered = found.order.is_some();
            let (old_order, new_order) = found.order.unzip();
            let value = |shown: &Shown<'_>, node: NodeId, order: &Option<Vec<String>>| match order {
                Some(order) => shown.order(node, order),
                None => shown.value(node),
            };
            let old = found.old.map(|node| value(&old_shown, node, &old_order));
            let new = found.new.map(|node| value(&new_shown, node, &new_order));
            Change { steps: self.masked(found.path, new_shown.resource), old, new, is_reordered }
        });
        let changes: Vec<Change> = changes.collect();
        let (before, after) = (Identity::of(old), Identity::of(new));
        let hashless = |resource: &Resource| {
            super::objects::without_hash(&resource.id, &resource.id.name).unwrap_or(&resource.id.name).to_owned()
        };
        let is_same = old.id.gvk.group == new.id.gvk.group
            && hashless(old) == hashless(new)
            && old.id.effective_namespace() == new.id.effective_namespace();
        let status = if is_same { Status::Changed } else { Status::Renamed };
        let texts = self.options.texts.then(|| texts(&old_shown, &new_shown, &alike));
        let risks = self.risks(Some(old), Some(new), status, &changes);
        ObjectDiff { status, old: Some(before), new: Some(after), changes, risks, texts }
    }

    fn risks(
        &self,
        old: Option<&'s Resource>,
        new: Option<&'s Resource>,
        status: Status,
        changes: &[Change],
    ) -> Vec<Risk> {
        let subject = Subject { old, new, old_side: self.old, new_side: self.new };
        if self.options.risks { risk::find(&subject, status, changes) } else { Vec::new() }
    }

    /// Leaves out of a way what must not be shown: keys in the content of a Secret, values by which items were found.
    fn masked(&self, mut steps: Vec<Step>, resource: &Resource) -> Vec<Step> {
        if self.options.show_secrets {
            return steps;
        }
        let values = [&self.old.secret_values, &self.new.secret_values];
        let finder = Finder { places: &self.old.places, values: &values };
        let n_shown = match steps.first() {
            Some(Step::Key(first)) => secrets::n_shown(resource, first),
            _ => usize::MAX,
        };
        for (at, step) in steps.iter_mut().enumerate() {
            match step {
                Step::Key(key) if at >= n_shown => HIDDEN.clone_into(key),
                Step::Key(_) => {}
                Step::Item { by, .. } => {
                    let by = by.iter_mut().filter(|(_, value)| at >= n_shown || finder.holds_value(value));
                    by.for_each(|(_, value)| HIDDEN.clone_into(value));
                }
            }
        }
        steps
    }

    fn shown(&self, side: &'s Side<'s>, resource: &'s Resource, mark: &dyn Fn(NodeId) -> &'static str) -> Shown<'s> {
        let hidden = match self.options.show_secrets {
            true => FxHashSet::default(),
            false => {
                let values = [&self.old.secret_values, &self.new.secret_values];
                Finder { places: &side.places, values: &values }.hidden(resource)
            }
        };
        let tree: &'s Arc<Tree> = &resource.tree;
        let masked = if hidden.is_empty() {
            Cow::Borrowed(&**tree)
        } else {
            let mut copy = Tree::clone(tree);
            secrets::mask(&mut copy, tree.root(), &hidden, mark);
            Cow::Owned(copy)
        };
        Shown { side, resource, masked, hidden }
    }
}

impl Shown<'_> {
    fn value(&self, node: NodeId) -> Value {
        let tree = &*self.masked;
        let is_collection = !tree.is_scalar(node);
        let is_hidden = self.holds_hidden(node);
        let is_text = !is_collection && crate::yaml::resolve::effective_tag(tree, node) == crate::yaml::tree::Tag::Str;
        let is_long_text = is_text && tree.text(node).contains('\n');
        let json = json(tree, node);
        let text = match () {
            () if is_long_text => tree.text(node).to_owned(),
            () if !is_collection && is_hidden => tree.text(node).to_owned(),
            () if !is_collection => readable(&json),
            () => yaml(tree, node).unwrap_or_else(|| json.clone()),
        };
        let digest = match is_hidden {
            true => {
                let mut hasher = FxHasher::default();
                self::json(&self.resource.tree, node).hash(&mut hasher);
                hasher.finish()
            }
            false => 0,
        };
        Value {
            digest,
            json,
            text,
            is_long_text,
            is_collection,
            is_hidden,
            at: self.side.location(self.resource, node),
        }
    }

    /// Returns the names of the items of a list, in their order.
    fn order(&self, list: NodeId, names: &[String]) -> Value {
        let mut json = String::from("[");
        for (at, name) in names.iter().enumerate() {
            json.push_str(if at > 0 { "," } else { "" });
            json::encode_string(name, &mut json);
        }
        json.push(']');
        Value { json, text: names.join(", "), is_collection: false, ..self.value(list) }
    }

    fn holds_hidden(&self, node: NodeId) -> bool {
        let tree = &self.resource.tree;
        !self.hidden.is_empty()
            && (self.hidden.contains(&node) || tree.children(node).any(|child| self.holds_hidden(child)))
    }
}

pub(super) fn json(tree: &Tree, node: NodeId) -> String {
    let mut out = String::new();
    if json::encode(tree, node, &mut out).is_err() {
        out.clear();
        // What JSON cannot express is shown as it is written.
        json::encode_string(tree.text(node), &mut out);
    }
    out
}

/// Returns JSON without the escapes that only a browser's script needs.
pub(super) fn readable(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let known = [("\\u003c", "<"), ("\\u003e", ">"), ("\\u0026", "&"), ("\\\\", "\\\\")];
        let (escaped, plain) = known.into_iter().find(|(known, _)| escape.starts_with(known)).unwrap_or(("\\", "\\"));
        out.push_str(plain);
        rest = escape.get(escaped.len()..).unwrap_or("");
    }
    out + rest
}

fn yaml(tree: &Tree, node: NodeId) -> Option<String> {
    let mut out = String::new();
    emit(tree, node, &mut out).ok()?;
    Some(out.trim_end_matches('\n').to_owned())
}

/// Returns both sides as YAML, the old one spelled like the new one where it means the same.
fn texts(old: &Shown<'_>, new: &Shown<'_>, alike: &[Alike]) -> (String, String) {
    let (mut before, mut after) = (Tree::clone(&old.masked), Tree::clone(&new.masked));
    let mut gone: FxHashMap<(bool, NodeId), FxHashSet<NodeId>> = FxHashMap::default();
    for alike in alike {
        match alike {
            Alike::Spelled { old, new } => {
                let (text, style, tag) = (after.text(*new).to_owned(), after.style(*new), after.tag(*new));
                before.settle_scalar(*old, Some(&text), style, tag);
            }
            Alike::Order { list, items } => before.set_children(*list, items),
            Alike::OldEntry { map, value } => _ = gone.entry((true, *map)).or_default().insert(*value),
            Alike::NewEntry { map, value } => _ = gone.entry((false, *map)).or_default().insert(*value),
        }
    }
    let mut maps: Vec<((bool, NodeId), FxHashSet<NodeId>)> = gone.into_iter().collect();
    maps.put_in_order_of(|(map, _)| *map);
    for ((is_old, map), values) in maps {
        let tree = if is_old { &mut before } else { &mut after };
        tree.retain_entries(map, |_, _, value| !values.contains(&value));
    }
    let text = |tree: &Tree| {
        let mut out = String::new();
        if emit(tree, tree.root(), &mut out).is_err() {
            out = json(tree, tree.root()) + "\n";
        }
        out
    };
    (text(&before), text(&after))
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn escapes_for_browsers_are_undone() {
        let escape = |code: &str| format!("\\u{code}");
        let json = format!("\"a {0}{0} b {1} {2}\"", escape("0026"), escape("003c"), escape("003e"));
        assert_eq!(readable(&json), "\"a && b < >\"");
        // A backslash that is one itself, and other escapes, stay.
        let json = format!("\"\\{} \\n \\\" \\\\\"", escape("003c"));
        assert_eq!(readable(&json), json);
    }
}
