//! New patches for fields of one object: the smallest that hold, a strategic merge patch first, JSON 6902 where lists have
//! no keys, in `patches` first, behind all other transformers where one of them writes the field, too.

use super::Assignment;
use super::layer::{Built, Layer, NewText, stable_id};
use crate::casing::lowercase;
use crate::explain::{Element, plain_path};
use crate::limits::Limits;
use crate::resource::{Gvk, ResId, Resource};
use crate::schema::in_force::{self, InForce};
use crate::source::{Sensitivity, Sources};
use crate::yaml::edit::{Data, Revision, Value, revise};
use crate::yaml::read::read_syntax;
use crate::yaml::tree::{NodeId, Tree};

/// A patch that may do.
pub(super) struct Candidate {
    pub(super) text: NewText,
    /// The field of the kustomization that it is in.
    pub(super) field: &'static str,
    /// Its number there.
    pub(super) index: u32,
}

/// A step into an object, as a strategic merge patch makes it.
enum Step {
    Key(String),
    /// The item with a value under its merge key.
    Item(String, Value),
}

/// Returns the candidates for `patches`.
pub(super) fn in_patches(
    layer: &Layer<'_>,
    now: &Resource,
    seen: &Built,
    assignments: &[&Assignment],
) -> Vec<Candidate> {
    let Some(resource) = seen.find_earlier(now) else { return Vec::new() };
    let there: Option<Vec<Vec<Element>>> =
        assignments.iter().map(|assignment| earlier_path(&now.tree, &resource.tree, &assignment.path)).collect();
    let Some(paths) = there else { return Vec::new() };
    let made = Made { resource, seen, assignments, paths };
    let mut found = Vec::new();
    let entries =
        |layer: &Layer<'_>| layer.open().map(|file| file.new.items_of("patches").to_vec()).unwrap_or_default();
    let present = entries(layer);
    for patch in made.patches() {
        let target = selector(seen, resource);
        let own = present.iter().rposition(|entry| is_own(entry, &target));
        let extended = own.and_then(|index| Some((index, patch.extend(present.get(index)?.text_of("patch"))?)));
        if let Some((index, text)) = extended {
            let changed = layer.changed(|data| {
                if let Some(entry) = data.list_mut("patches").get_mut(index) {
                    entry.set_text("patch", &text);
                }
            });
            found.extend(changed.ok().map(|text| Candidate { text, field: "patches", index: index as u32 }));
        }
        let mut entry = Value::texts(&[("patch", &patch.text())]);
        entry.set("target", target);
        let changed = layer.changed(|data| data.list_mut("patches").push(entry));
        found.extend(changed.ok().map(|text| Candidate { text, field: "patches", index: present.len() as u32 }));
    }
    found
}

/// Returns the candidates for `transformers`, which see the object as it is in the end.
pub(super) fn in_transformers(
    layer: &Layer<'_>,
    now: &Built,
    resource: &Resource,
    assignments: &[&Assignment],
) -> Vec<Candidate> {
    let paths = assignments.iter().map(|assignment| assignment.path.clone()).collect();
    let made = Made { resource, seen: now, assignments, paths };
    let Ok(file) = layer.open() else { return Vec::new() };
    let present = file.new.items_of("transformers");
    let id = stable_id(resource);
    let name = free_name(&format!("set-{}-{}", lowercase(&id.gvk.kind), id.name), present);
    let mut found = Vec::new();
    for patch in made.patches() {
        let mut metadata = Value::texts(&[("apiVersion", "builtin"), ("kind", "PatchTransformer")]);
        metadata.set("metadata", Value::texts(&[("name", &name)]));
        metadata.set("target", selector(now, resource));
        metadata.set("patch", Value::text(patch.text()));
        let entry = Value::text(without_end(metadata.rendered()));
        let changed = layer.changed(|data| data.list_mut("transformers").push(entry));
        let index = present.len() as u32;
        found.extend(changed.ok().map(|text| Candidate { text, field: "transformers", index }));
    }
    found
}

/// Returns a name that no transformer written in line has.
fn free_name(wanted: &str, present: &[Value]) -> String {
    let is_taken = |name: &str| {
        present.iter().any(|item| item.as_text().lines().any(|line| line.trim() == format!("name: {name}")))
    };
    let names = std::iter::once(wanted.to_owned()).chain((2..=present.len() + 2).map(|n| format!("{wanted}-{n}")));
    let mut names = names.filter(|name| !is_taken(name));
    names.next().unwrap_or_else(|| wanted.to_owned())
}

/// What patches are made of.
struct Made<'m> {
    /// The object as the patch sees it.
    resource: &'m Resource,
    seen: &'m Built,
    assignments: &'m [&'m Assignment],
    /// The paths there.
    paths: Vec<Vec<Element>>,
}

enum Patch {
    Merge { head: Value, steps: Vec<(Vec<Step>, Data)> },
    Json(Vec<Value>),
}

impl Made<'_> {
    fn patches(&self) -> Vec<Patch> {
        self.merge().into_iter().chain(self.json()).collect()
    }

    fn merge(&self) -> Option<Patch> {
        let tree = &self.resource.tree;
        let in_force = self.seen.build.resources.in_force().map(|in_force| &**in_force);
        let mut steps = Vec::new();
        for (assignment, path) in self.assignments.iter().zip(&self.paths) {
            // Null takes a field away.
            if assignment.json == "null" {
                return None;
            }
            let mut found = merge_steps(in_force, &self.resource.id.gvk, tree, path)?;
            found.extend(assignment.rest.iter().map(|key| Step::Key(key.clone())));
            steps.push((found, assignment.value.clone()));
        }
        let id = stable_id(self.resource);
        let mut head = Value::texts(&[("apiVersion", &id.gvk.api_version()), ("kind", &id.gvk.kind)]);
        head.set("metadata", Value::texts(&[("name", &id.name)]));
        Some(Patch::Merge { head, steps })
    }

    fn json(&self) -> Option<Patch> {
        let tree = &self.resource.tree;
        let mut operations = Vec::new();
        for (assignment, path) in self.assignments.iter().zip(&self.paths) {
            operations.extend(tests(tree, path));
            let pointer = pointer(path);
            // Null becomes a mapping, and a mapping gets another field.
            let is_mapping = tree.is_mapping(plain_path(tree, path)?);
            let (operation, pointer, keys) = match assignment.rest.split_first() {
                None => ("replace", pointer, &[][..]),
                Some((first, keys)) if is_mapping => ("add", format!("{pointer}/{}", escaped(first)), keys),
                Some(_) => ("replace", pointer, &assignment.rest[..]),
            };
            let steps: Vec<Step> = keys.iter().map(|key| Step::Key(key.clone())).collect();
            let is_it = |entry: &&mut Value| entry.text_of("path") == pointer && entry.text_of("op") == operation;
            if let Some(value) = operations.iter_mut().find(is_it).and_then(|entry| entry.get_mut("value")) {
                insert(value, &steps, &assignment.value);
                continue;
            }
            let mut value = Value::new(Data::Map(Vec::new()));
            insert(&mut value, &steps, &assignment.value);
            let mut entry = Value::texts(&[("op", operation), ("path", &pointer)]);
            entry.set("value", value);
            operations.push(entry);
        }
        Some(Patch::Json(operations))
    }
}

impl Patch {
    fn text(&self) -> String {
        match self {
            Patch::Merge { head, steps } => {
                let mut value = head.clone();
                steps.iter().for_each(|(steps, data)| insert(&mut value, steps, data));
                without_end(value.rendered())
            }
            Patch::Json(operations) => without_end(Value::new(Data::List(operations.clone())).rendered()),
        }
    }

    /// Returns a patch that is there with these fields, too.
    fn extend(&self, text: &str) -> Option<String> {
        let source = Sources::default().add("patch", text.to_owned(), Sensitivity::Opaque, None);
        let tree = read_syntax(&source, &Limits::default()).ok()??;
        match self {
            Patch::Merge { head, steps } if tree.is_mapping(tree.root()) => {
                let old = Value::of_normal_form(&tree);
                if ["apiVersion", "kind"].iter().any(|key| plain(old.get(key)) != plain(head.get(key))) {
                    return None;
                }
                let mut new = old.clone();
                steps.iter().for_each(|(steps, data)| insert(&mut new, steps, data));
                let revision =
                    Revision { old: &old, new: &new, rewritten: &[], keeps_comments: true, is_normalized: false };
                revise(text, Some(&tree), &revision)
            }
            Patch::Json(operations) if tree.is_sequence(tree.root()) && text.starts_with("- ") => {
                let gap = if text.ends_with('\n') { "" } else { "\n" };
                let end = if text.ends_with('\n') { "\n" } else { "" };
                let more = Value::new(Data::List(operations.clone())).rendered();
                Some(format!("{text}{gap}{}{end}", more.trim_end_matches('\n')))
            }
            _ => None,
        }
    }
}

/// Takes the line end away, so that a block needs none.
fn without_end(mut text: String) -> String {
    text.truncate(text.trim_end_matches('\n').len());
    text
}

fn plain(value: Option<&Value>) -> Option<&str> {
    match value.map(|value| &value.data) {
        Some(Data::Text(text) | Data::Plain(text)) => Some(text),
        _ => None,
    }
}

/// Returns whether an entry is a patch in line for exactly one target.
fn is_own(entry: &Value, target: &Value) -> bool {
    let keys = entry.entries();
    keys.iter().all(|(key, _)| matches!(key.as_str(), "patch" | "target"))
        && !entry.text_of("patch").is_empty()
        && entry.get("target").is_some_and(|own| own.is_same(target))
}

fn insert(value: &mut Value, steps: &[Step], data: &Data) {
    let Some((first, rest)) = steps.split_first() else {
        value.data = data.clone();
        return;
    };
    match first {
        Step::Key(key) => {
            if value.get(key).is_none() {
                let empty = match rest.first() {
                    Some(Step::Item(..)) => Data::List(Vec::new()),
                    _ => Data::Map(Vec::new()),
                };
                value.set(key, Value::new(empty));
            }
            if let Some(inner) = value.get_mut(key) {
                insert(inner, rest, data);
            }
        }
        Step::Item(key, name) => {
            if !matches!(value.data, Data::List(_)) {
                value.data = Data::List(Vec::new());
            }
            let Data::List(items) = &mut value.data else { return };
            let is_it = |item: &Value| plain(item.get(key)) == plain(Some(name));
            let index = items.iter().position(is_it).unwrap_or_else(|| {
                items.push(Value::new(Data::Map(vec![(key.clone(), name.clone())])));
                items.len() - 1
            });
            if let Some(item) = items.get_mut(index) {
                insert(item, rest, data);
            }
        }
    }
}

/// Returns the steps of a path if every list on it is merged by one key that tells the item apart.
fn merge_steps(in_force: Option<&InForce>, gvk: &Gvk, tree: &Tree, path: &[Element]) -> Option<Vec<Step>> {
    let mut schema = in_force::of_type(in_force, gvk);
    let mut node = tree.root();
    let mut steps = Vec::with_capacity(path.len());
    for element in path {
        match element {
            Element::Key(key) => {
                node = tree.get(node, key)?;
                schema = schema.and_then(|schema| schema.field(key));
                steps.push(Step::Key(key.clone()));
            }
            Element::Index(index) => {
                let keys = schema?.merge_keys()?;
                let [key] = keys[..] else { return None };
                let item = tree.items(node).nth(*index)?;
                let value = tree.get(item, key).filter(|&value| tree.is_scalar(value))?;
                let text = tree.text(value);
                let is_it = |item: &NodeId| tree.get(*item, key).is_some_and(|value| tree.text(value) == text);
                if tree.items(node).filter(is_it).count() != 1 {
                    return None;
                }
                steps.push(Step::Item(key.to_owned(), scalar(tree, value)));
                schema = schema.and_then(|schema| schema.items());
                node = item;
            }
        }
    }
    // An item that is itself the value has no key.
    if matches!(steps.last(), Some(Step::Item(..))) { None } else { Some(steps) }
}

fn scalar(tree: &Tree, node: NodeId) -> Value {
    let text = tree.text(node);
    let mut json = String::new();
    let is_text = crate::yaml::json::encode(tree, node, &mut json).is_ok() && json.starts_with('"');
    if is_text { Value::text(text) } else { Value::plain(text) }
}

/// Returns operations that fail if the items of lists on a path are not those that they are now.
fn tests(tree: &Tree, path: &[Element]) -> Vec<Value> {
    let mut found = Vec::new();
    for n in 1..=path.len() {
        let Some((Element::Index(_), _)) = path.get(..n).and_then(<[Element]>::split_last) else { continue };
        let here = path.get(..n).unwrap_or_default();
        let item = plain_path(tree, here);
        let name = item.and_then(|item| tree.get(item, "name")).filter(|&name| tree.is_scalar(name));
        if let Some(name) = name {
            let mut entry = Value::texts(&[("op", "test"), ("path", &format!("{}/name", pointer(here)))]);
            entry.set("value", scalar(tree, name));
            found.push(entry);
        }
    }
    found
}

fn pointer(path: &[Element]) -> String {
    let part = |element: &Element| match element {
        Element::Key(key) => format!("/{}", escaped(key)),
        Element::Index(index) => format!("/{index}"),
    };
    path.iter().map(part).collect()
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Finds a field of the finished object in an earlier stage of it; items of lists are known by what names them.
fn earlier_path(now: &Tree, earlier: &Tree, path: &[Element]) -> Option<Vec<Element>> {
    let (mut node, mut old) = (now.root(), Some(earlier.root()));
    let mut found = Vec::with_capacity(path.len());
    for element in path {
        match element {
            Element::Key(key) => {
                node = now.get(node, key)?;
                // What is not there yet can be made, unless it is in a list.
                old = old.and_then(|old| earlier.get(old, key));
                found.push(element.clone());
            }
            Element::Index(index) => {
                let item = now.items(node).nth(*index)?;
                let list = old?;
                let position = position_of((now, item, *index), (earlier, list))?;
                old = earlier.items(list).nth(position);
                node = item;
                found.push(Element::Index(position));
            }
        }
    }
    Some(found)
}

fn position_of((now, item, index): (&Tree, NodeId, usize), (earlier, list): (&Tree, NodeId)) -> Option<usize> {
    const KEYS: [&str; 6] = ["name", "id", "mountPath", "containerPort", "port", "key"];
    let text = |tree: &Tree, item: NodeId, key: &str| {
        tree.get(item, key).filter(|&node| tree.is_scalar(node)).map(|node| tree.text(node).to_owned())
    };
    if now.is_scalar(item) {
        let mut items = earlier.items(list);
        return items.position(|other| earlier.is_scalar(other) && earlier.text(other) == now.text(item));
    }
    let Some((key, value)) = KEYS.iter().find_map(|&key| Some((key, text(now, item, key)?))) else {
        return earlier.items(list).nth(index).map(|_| index);
    };
    let is_it = |other: NodeId| text(earlier, other, key).as_deref() == Some(value.as_str());
    let mut positions =
        earlier.items(list).enumerate().filter(|&(_, other)| is_it(other)).map(|(position, _)| position);
    match (positions.next(), positions.next()) {
        (first, None) => first,
        // Of several it is the one at the same place.
        (Some(_), Some(_)) => earlier.items(list).nth(index).filter(|&other| is_it(other)).map(|_| index),
        (None, Some(_)) => None,
    }
}

/// Returns the `target` that selects one object: kind and name, and what tells namesakes apart.
fn selector(seen: &Built, resource: &Resource) -> Value {
    let id = stable_id(resource);
    let original = |other: &Resource| other.original_id();
    let is_namesake = |other: &&Resource| {
        let own = stable_id(other);
        own.gvk.kind == id.gvk.kind && (own.name == id.name || original(other).name == id.name) && !own.is_same(&id)
    };
    let namesakes: Vec<ResId> =
        seen.build.resources.iter().map(|other| &**other).filter(is_namesake).map(stable_id).collect();
    let (mut group, mut version, mut namespace) = (String::new(), String::new(), String::new());
    if namesakes.iter().any(|other| other.gvk.group != id.gvk.group) {
        group = id.gvk.group.to_string();
    }
    if namesakes.iter().any(|other| other.gvk.version != id.gvk.version) {
        version = id.gvk.version.to_string();
    }
    if namesakes.iter().any(|other| other.effective_namespace() != id.effective_namespace()) {
        namespace = id.effective_namespace().to_owned();
    }
    Value::texts(&[
        ("group", &group),
        ("version", &version),
        ("kind", &id.gvk.kind),
        ("name", &literal(&id.name)),
        ("namespace", &literal(&namespace)),
    ])
}

/// Returns an expression that matches one text.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
