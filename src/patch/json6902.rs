//! JSON 6902 patches: reading them, and carrying out their operations on an object's tree.
//!
//! The semantics are those of evanphx/json-patch v4, which is laxer than the RFC: negative indexes, `01`, pointers without a
//! slash, a missing value for null, `replace` of a key that is not there. Which objects are patched, and the trip through
//! JSON that they take afterwards, is the business of `patch::apply`.

use super::json_pointer::{self, BadIndex, DeadEnd, Pointer, Slot};
use super::json_text;
use crate::diagnostic::{Code, Diagnostic, Result, nearest};
use crate::limits::Limits;
use crate::provenance::{DirectiveId, Stamp};
use crate::sorting::Sorting;
use crate::source::{Place, Source, Span};
use crate::yaml::emit::number;
use crate::yaml::emit::value::decode_binary;
use crate::yaml::resolve::{Value, effective_tag, resolve_yaml11};
use crate::yaml::tree::{NodeId, Style, Tag, Tree};
use crate::yaml::{json, read};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// A JSON patch.
#[derive(Debug)]
pub(super) struct JsonPatch {
    /// What was read; the values of the operations stand in it.
    tree: Tree,
    operations: Vec<Operation>,
    by: DirectiveId,
}

/// One operation. Faults in it count only when it is carried out.
#[derive(Debug)]
struct Operation {
    kind: Kind,
    path: Option<Pointer>,
    from: Option<Pointer>,
    /// `None` if it is missing or null.
    value: Option<NodeId>,
    place: Option<Place>,
    /// Where the values of `op`, `path` and `from` stand.
    field_places: [Option<Place>; 3],
}

const FIELDS: [&str; 3] = ["op", "path", "from"];

impl Operation {
    /// The place of a field's value, else of the operation.
    fn place_of(&self, field: &str) -> Option<Place> {
        let at = FIELDS.iter().position(|name| *name == field);
        at.and_then(|at| *self.field_places.get(at)?).or(self.place)
    }

    /// Returns whether the operation has an `op` at all.
    fn has_kind(&self) -> bool {
        let at = FIELDS.iter().position(|name| *name == "op");
        at.is_some_and(|at| self.field_places.get(at).is_some_and(Option::is_some))
    }
}

impl Operation {
    /// Returns whether the operation certainly leaves everything where it is that is in a tree.
    fn is_insertion(&self, tree: &Tree) -> bool {
        let path = self.path.as_ref().filter(|_| self.kind == Kind::Add);
        let slot = path.and_then(|path| path.slot(tree, tree.root()).ok());
        slot.is_some_and(|Slot { container, key }| {
            tree.is_sequence(container) || (tree.is_mapping(container) && tree.get(container, key).is_none())
        })
    }
}

impl Operation {
    /// Returns whether all that the operation takes away certainly has a JSON form. What stays is seen by all that read it.
    /// `plain` is a mapping whose keys were looked at, and are what they were.
    fn takes_only_json(&self, tree: &Tree, plain: &mut Option<NodeId>) -> bool {
        let path = self.path.as_ref().filter(|_| matches!(self.kind, Kind::Add | Kind::Replace | Kind::Remove));
        let slot = path.and_then(|path| path.slot(tree, tree.root()).ok());
        slot.is_some_and(|Slot { container, key }| {
            let taken = json_pointer::get(tree, container, key).ok().flatten();
            if !taken.is_some_and(|taken| json::has_json_form_anywhere(tree, taken)) {
                return false;
            }
            if !tree.is_sequence(container) && *plain != Some(container) {
                *plain = json::are_words(tree, container).then_some(container);
            }
            tree.is_sequence(container) || plain.is_some()
        })
    }

    /// Returns whether the operation leaves the keys of all mappings where they are, or adds some at the end.
    fn keeps_keys(&self) -> bool {
        matches!(self.kind, Kind::Add | Kind::Replace | Kind::Copy | Kind::Test)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Add,
    Remove,
    Replace,
    Move,
    Copy,
    Test,
    Unknown(String),
}

impl Kind {
    fn name(&self) -> &str {
        match self {
            Kind::Add => "add",
            Kind::Remove => "remove",
            Kind::Replace => "replace",
            Kind::Move => "move",
            Kind::Copy => "copy",
            Kind::Test => "test",
            Kind::Unknown(name) => name,
        }
    }
}

/// Reads a text as a JSON patch; a text without content is one without operations.
pub(super) fn parse(source: &Arc<Source>, by: DirectiveId, limits: &Limits) -> Result<JsonPatch> {
    let mut tree = if source.text.starts_with('[') {
        json_text::read(source, limits).map_err(|error| {
            let place = Place { source: source.id, span: Span::new(error.offset, error.offset) };
            Diagnostic::error(Code::PatchInvalid, format!("the patch is not valid JSON: {}", error.message))
                .at(Some(place), error.message)
                .help("a text that begins with `[` is read as strict JSON; write the list with `-` lines to use YAML")
        })?
    } else {
        match read::read_first(source, limits)? {
            Some(mut tree) => {
                let root = tree.root();
                to_json_values(&mut tree, root)?;
                tree
            }
            None => return Ok(JsonPatch { tree: Tree::new(), operations: Vec::new(), by }),
        }
    };
    let root = tree.root();
    if is_null(&tree, root) {
        return Ok(JsonPatch { tree, operations: Vec::new(), by });
    }
    if !tree.is_sequence(root) {
        return Err(Diagnostic::error(Code::PatchInvalid, "a JSON patch is a list of operations")
            .at(tree.place(root), "this is no list"));
    }
    let items: Vec<NodeId> = tree.items(root).collect();
    let operations = items.iter().map(|&item| operation(&mut tree, item)).collect::<Result<_>>()?;
    Ok(JsonPatch { tree, operations, by })
}

fn operation(tree: &mut Tree, item: NodeId) -> Result<Operation> {
    if !tree.is_mapping(item) && !is_null(tree, item) {
        return Err(Diagnostic::error(Code::PatchInvalid, "an operation of a JSON patch is a mapping")
            .at(tree.place(item), "this is none")
            .help("write `- op: …`, `path: …` and `value: …`"));
    }
    let text = |key: &str| {
        let node = tree.get(item, key)?;
        (tree.is_scalar(node) && effective_tag(tree, node) == Tag::Str).then(|| tree.text(node))
    };
    let kind = match text("op").unwrap_or("unknown") {
        "add" => Kind::Add,
        "remove" => Kind::Remove,
        "replace" => Kind::Replace,
        "move" => Kind::Move,
        "copy" => Kind::Copy,
        "test" => Kind::Test,
        other => Kind::Unknown(other.to_owned()),
    };
    let (path, from) = (text("path").map(Pointer::new), text("from").map(Pointer::new));
    let value = tree.get(item, "value").filter(|&value| !is_null(tree, value));
    let field_places = FIELDS.map(|field| tree.place(tree.get(item, field)?));
    Ok(Operation { kind, path, from, value, place: tree.place(item), field_places })
}

/// Gives every value the type it has by YAML 1.1 (go yaml.v2), written as JSON writes it; keys become strings.
fn to_json_values(tree: &mut Tree, id: NodeId) -> Result<()> {
    let children: Vec<NodeId> = tree.children(id).collect();
    let is_mapping = tree.is_mapping(id);
    for (at, child) in children.into_iter().enumerate() {
        let is_key = is_mapping && at % 2 == 0;
        if is_key {
            set_json_scalar(tree, child, true)?;
        } else {
            to_json_values(tree, child)?;
        }
    }
    if is_mapping {
        drop_repeated_keys(tree, id);
    }
    if tree.is_scalar(id) { set_json_scalar(tree, id, false) } else { Ok(()) }
}

/// Keeps the last of equal keys, which is what is left where YAML becomes values (`sigs.k8s.io/yaml`).
fn drop_repeated_keys(tree: &mut Tree, map: NodeId) {
    let mut last: FxHashMap<&str, NodeId> = FxHashMap::default();
    let mut dropped: FxHashSet<NodeId> = FxHashSet::default();
    for (key, _) in tree.entries(map) {
        dropped.extend(last.insert(tree.text(key), key));
    }
    if !dropped.is_empty() {
        tree.retain_entries(map, |_, key, _| !dropped.contains(&key));
    }
}

fn set_json_scalar(tree: &mut Tree, id: NodeId, is_key: bool) -> Result<()> {
    let is_plain = tree.style(id) == Style::Plain && tree.tag(id) == Tag::Implied;
    let value = if is_plain {
        resolve_yaml11(tree.text(id))
    } else {
        match effective_tag(tree, id) {
            Tag::Binary => {
                let decoded = decode_binary(tree.text(id)).map_err(|why| {
                    let error = Diagnostic::error(Code::PatchInvalid, why).at(tree.place(id), "this value");
                    error.help("correct the text behind `!!binary`, or remove the tag")
                })?;
                tree.settle_scalar(id, Some(&decoded), Style::Plain, Tag::Str);
                return Ok(());
            }
            Tag::Str | Tag::Custom | Tag::Timestamp | Tag::Merge => Value::Str,
            _ => resolve_yaml11(tree.text(id)),
        }
    };
    let text = match value {
        Value::Str | Value::Timestamp(_) | Value::Merge => {
            // JSON knows no blocks: a folded text must not be printed, and changed, as one.
            let style = tree.style(id);
            let style = if style.is_block_scalar() { Style::Plain } else { style };
            tree.settle_scalar(id, None, style, Tag::Str);
            return Ok(());
        }
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Uint(value) => value.to_string(),
        Value::Float(value) => {
            number::check(value).map_err(|why| {
                Diagnostic::error(Code::PatchInvalid, format!("a value has no JSON form: {why}"))
                    .at(tree.place(id), "this value")
                    .help("quote it if it is a text")
            })?;
            let mut text = String::new();
            number::push_json_float(value, &mut text);
            text
        }
    };
    let tag = if is_key { Tag::Str } else { Tag::Implied };
    tree.settle_scalar(id, Some(&text), Style::Plain, tag);
    Ok(())
}

fn is_null(tree: &Tree, id: NodeId) -> bool {
    tree.is_scalar(id) && effective_tag(tree, id) == Tag::Null
}

impl JsonPatch {
    pub(super) fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// Returns whether an operation puts values of the object somewhere else.
    pub(super) fn moves_values(&self) -> bool {
        self.operations.iter().any(|operation| matches!(operation.kind, Kind::Move | Kind::Copy))
    }

    /// Returns whether an operation reads or writes at, above or below a path.
    pub(super) fn overlaps(&self, path: &[&str]) -> bool {
        let mut pointers = self.operations.iter().flat_map(|operation| [&operation.path, &operation.from]);
        pointers.any(|pointer| pointer.as_ref().is_some_and(|pointer| pointer.overlaps(path)))
    }

    /// Carries out all operations on a tree and returns how many wrote; the tree is half patched after an error.
    ///
    /// What is wrong with the tree itself comes first. `check` looks for it, but only when an operation could take something
    /// away, or fails: what is left in the tree is seen later by all that read it.
    pub(super) fn apply(
        &self,
        tree: &mut Tree,
        limits: &Limits,
        mut check: impl FnMut(&Tree) -> Result<()>,
    ) -> Result<u32> {
        // Of many operations most are likely to be on one mapping.
        const MANY: usize = 16;
        let is_long = self.operations.len() >= MANY && self.operations.iter().all(Operation::keeps_keys);
        let mut plain = None;
        let mut n_written = 0;
        for (at, operation) in self.operations.iter().enumerate() {
            let slot = operation.path.as_ref().filter(|_| is_long).map(|path| path.slot(tree, tree.root()));
            if let Some(Ok(Slot { container, .. })) = slot
                && tree.is_mapping(container)
            {
                tree.index_keys(container);
            }
            let is_insertion = operation.is_insertion(tree);
            let is_harmless = !is_insertion && operation.takes_only_json(tree, &mut plain);
            if !is_insertion && !is_harmless {
                check(tree)?;
            }
            if !is_harmless && operation.kind != Kind::Test {
                // Keys may be added.
                plain = None;
            }
            let stamp = Stamp { by: self.by, place: operation.place };
            let mut run = Run { patch: &self.tree, tree, operation, stamp, limits };
            if let Err(fault) = run.run() {
                check(run.tree)?;
                return Err(run.diagnose(at, fault));
            }
            n_written += u32::from(operation.kind != Kind::Test);
        }
        Ok(n_written)
    }
}

/// Why an operation cannot be carried out.
enum Fault {
    /// A field of the operation is missing or no string.
    NoField(&'static str),
    UnknownKind,
    /// The collection that a pointer leads to does not exist.
    NoParent(&'static str, DeadEnd),
    /// The key is not in the collection.
    NoKey(&'static str, NodeId),
    Index(&'static str, NodeId, BadIndex),
    TestFailed,
    /// The value of a `replace` of everything is no mapping.
    RootValue,
    TooDeep,
    TooBig,
}

type Done<T> = std::result::Result<T, Fault>;

/// One operation at work on one tree.
struct Run<'r> {
    patch: &'r Tree,
    tree: &'r mut Tree,
    operation: &'r Operation,
    stamp: Stamp,
    limits: &'r Limits,
}

impl<'r> Run<'r> {
    fn run(&mut self) -> Done<()> {
        match self.operation.kind {
            Kind::Add => {
                let slot = self.slot("path")?;
                let value = self.value()?;
                self.add(slot, value)
            }
            Kind::Remove => {
                let slot = self.slot("path")?;
                self.remove("path", slot)
            }
            Kind::Replace => self.replace(),
            Kind::Move => {
                let from = self.slot("from")?;
                let node = self.get("from", from)?;
                self.remove("from", from)?;
                let slot = self.slot("path")?;
                self.put_again(slot, node)
            }
            Kind::Copy => {
                let from = self.slot("from")?;
                let node = self.get("from", from)?;
                let slot = self.slot("path")?;
                let copy = match node {
                    Some(node) => {
                        let n_nodes = size(self.tree, node);
                        if self.tree.len() + n_nodes > self.limits.resource_nodes_max {
                            return Err(Fault::TooBig);
                        }
                        Some(self.tree.copy_within(node))
                    }
                    None => None,
                };
                self.put_again(slot, copy)
            }
            Kind::Test => self.test(),
            Kind::Unknown(_) => Err(Fault::UnknownKind),
        }
    }

    fn pointer(&self, field: &'static str) -> Done<&'r Pointer> {
        let operation = self.operation;
        let pointer = if field == "from" { &operation.from } else { &operation.path };
        pointer.as_ref().ok_or(Fault::NoField(field))
    }

    fn slot(&self, field: &'static str) -> Done<Slot<'r>> {
        let root = self.tree.root();
        self.pointer(field)?.slot(self.tree, root).map_err(|end| Fault::NoParent(field, end))
    }

    /// What stands in a slot; `None` for null and for a key that is missing.
    fn get(&self, field: &'static str, slot: Slot<'_>) -> Done<Option<NodeId>> {
        json_pointer::get(self.tree, slot.container, slot.key).map_err(|why| Fault::Index(field, slot.container, why))
    }

    /// A copy of the operation's value in the object's tree.
    fn value(&mut self) -> Done<NodeId> {
        let Some(value) = self.operation.value else {
            return Ok(self.tree.new_scalar("null", Style::Plain, Tag::Implied, &self.stamp));
        };
        if self.tree.len() + size(self.patch, value) > self.limits.resource_nodes_max {
            return Err(Fault::TooBig);
        }
        Ok(self.tree.copy_from(self.patch, value, &self.stamp))
    }

    /// Puts a node of the object where the operation says.
    fn put_again(&mut self, slot: Slot<'_>, node: Option<NodeId>) -> Done<()> {
        let node = match node {
            Some(node) => {
                self.tree.restamp(node, &self.stamp);
                node
            }
            None => self.tree.new_scalar("null", Style::Plain, Tag::Implied, &self.stamp),
        };
        self.add(slot, node)
    }

    fn add(&mut self, Slot { container, key }: Slot<'_>, value: NodeId) -> Done<()> {
        // The container lies as deep as the pointer has parts before its last.
        let n_parents = self.pointer("path")?.parts().len();
        if n_parents + depth(self.tree, value) > self.limits.depth_max {
            return Err(Fault::TooDeep);
        }
        if self.tree.is_mapping(container) {
            self.set_key(container, key, value);
            return Ok(());
        }
        if key == "-" {
            self.tree.push_item(container, value);
            return Ok(());
        }
        let mut items: Vec<NodeId> = self.tree.items(container).collect();
        // The index is one of the list that results, in which -1 is the last.
        let at = json_pointer::index(key, items.len() + 1).map_err(|why| Fault::Index("path", container, why))?;
        items.insert(at, value);
        self.tree.set_children(container, &items);
        Ok(())
    }

    fn set_key(&mut self, map: NodeId, key: &str, value: NodeId) {
        self.tree.set_string_entry(map, key, value, &self.stamp);
    }

    fn remove(&mut self, field: &'static str, Slot { container, key }: Slot<'_>) -> Done<()> {
        if self.tree.is_mapping(container) {
            return match self.tree.get_entry(container, key) {
                Some((entry, value)) => {
                    self.tree.note_removed(value, self.stamp);
                    self.tree.retain_entries(container, |_, name, _| name != entry);
                    Ok(())
                }
                None => Err(Fault::NoKey(field, container)),
            };
        }
        let mut items: Vec<NodeId> = self.tree.items(container).collect();
        let at = json_pointer::index(key, items.len()).map_err(|why| Fault::Index(field, container, why))?;
        let item = items.remove(at);
        self.tree.note_removed(item, self.stamp);
        self.tree.set_children(container, &items);
        Ok(())
    }

    fn replace(&mut self) -> Done<()> {
        if self.pointer("path")?.text.is_empty() {
            let is_mapping = self.operation.value.is_some_and(|value| self.patch.is_mapping(value));
            if !is_mapping {
                return Err(Fault::RootValue);
            }
            let value = self.value()?;
            let root = self.tree.root();
            self.tree.chain_origin(value, root);
            self.tree.set_root(value);
            return Ok(());
        }
        let slot = self.slot("path")?;
        // A key that is missing is added: only indexes are checked (upstream `partialDoc.get`).
        self.get("path", slot)?;
        let value = self.value()?;
        let n_parents = self.pointer("path")?.parts().len();
        if n_parents + depth(self.tree, value) > self.limits.depth_max {
            return Err(Fault::TooDeep);
        }
        let Slot { container, key } = slot;
        if self.tree.is_mapping(container) {
            self.set_key(container, key, value);
            return Ok(());
        }
        let mut items: Vec<NodeId> = self.tree.items(container).collect();
        let at = json_pointer::index(key, items.len()).map_err(|why| Fault::Index("path", container, why))?;
        if let Some(item) = items.get_mut(at) {
            self.tree.chain_origin(value, *item);
            *item = value;
        }
        self.tree.set_children(container, &items);
        Ok(())
    }

    fn test(&mut self) -> Done<()> {
        let node = if self.pointer("path")?.text.is_empty() {
            Some(self.tree.root())
        } else {
            let slot = self.slot("path")?;
            self.get("path", slot)?
        };
        let is_equal = match (node, self.operation.value) {
            (None, None) => true,
            (Some(node), Some(value)) => is_equal(self.tree, node, self.patch, value),
            _ => false,
        };
        if is_equal { Ok(()) } else { Err(Fault::TestFailed) }
    }

    /// Tells what went wrong: the operation, the pointer, the part that is missing. Values are never shown.
    fn diagnose(&self, at: usize, fault: Fault) -> Box<Diagnostic> {
        let operation = self.operation;
        let kind = operation.kind.name();
        let number = at + 1;
        let on = operation.path.as_ref().map_or(String::new(), |path| format!(" on `{}`", path.text));
        let error = |text: String| {
            Diagnostic::error(
                Code::PatchFailed,
                format!("operation {number} (`{kind}`{on}) cannot be carried out: {text}"),
            )
        };
        let place = match fault {
            Fault::NoParent(field, _) | Fault::NoKey(field, _) | Fault::Index(field, ..) => operation.place_of(field),
            _ => operation.place,
        };
        let help = match fault {
            Fault::TestFailed => "correct the `value` of this test, or remove it",
            Fault::Index(..) => "items are counted from 0; `-` adds one at the end",
            Fault::NoField(_) => "add the field to the operation",
            Fault::RootValue => "give a mapping as `value`, or name a field with `path`",
            Fault::NoKey(..) => "remove the operation, or correct the pointer",
            _ => "correct the pointer, or add what is missing with an operation before this one",
        };
        let (text, label, here) = match fault {
            Fault::NoField(field) => (format!("`{field}` is missing"), format!("no `{field}` here"), None),
            Fault::UnknownKind => return self.unknown_kind(number, &on, error),
            Fault::NoParent(field, end) => {
                let Ok(pointer) = self.pointer(field) else { return error(format!("`{field}` is missing")) };
                if pointer.parts().is_empty() {
                    return error(format!("`{field}` is empty")).at(place, "a pointer such as `/spec` is wanted");
                }
                let missing = pointer.prefix(end.n_parts + 1);
                let part = pointer.parts().get(end.n_parts).map_or("", String::as_str);
                let what = match json_pointer::get(self.tree, end.node, part) {
                    Ok(Some(_)) => format!("`{missing}` is a single value and has nothing below it"),
                    _ if self.tree.get(end.node, part).is_some() => format!("`{missing}` is null"),
                    _ => format!("`{missing}` does not exist"),
                };
                let label = if field == "from" { "`from` leads nowhere" } else { "`path` leads nowhere" };
                (what, label.to_owned(), Some((end.node, pointer.prefix(end.n_parts), part)))
            }
            Fault::NoKey(field, node) => {
                let Ok(pointer) = self.pointer(field) else { return error(format!("`{field}` is missing")) };
                let (key, n_parts) = (pointer.parts().last().map_or("", String::as_str), pointer.parts().len());
                let text = format!("`{}` does not exist", pointer.prefix(n_parts));
                (text, "there is nothing to remove".to_owned(), Some((node, pointer.prefix(n_parts - 1), key)))
            }
            Fault::Index(field, node, why) => {
                let Ok(pointer) = self.pointer(field) else { return error(format!("`{field}` is missing")) };
                let key = pointer.parts().last().map_or("", String::as_str);
                let list = pointer.prefix(pointer.parts().len().saturating_sub(1));
                let n_items = self.tree.items(node).count();
                let text = match why {
                    BadIndex::NoNumber => format!("`{key}` is no index of the list `{list}`"),
                    BadIndex::OutOfRange => format!("the list `{list}` has {n_items} items, and no index {key}"),
                };
                (text, "no such item".to_owned(), None)
            }
            Fault::TestFailed => ("the value is another".to_owned(), "this test fails".to_owned(), None),
            Fault::RootValue => {
                ("the whole object can only be replaced by a mapping".to_owned(), "no mapping".to_owned(), None)
            }
            Fault::TooDeep | Fault::TooBig => return self.too_large(number, &on, &fault),
        };
        let error = error(text).at(place, label);
        let Some((node, path, part)) = here else { return error.help(help) };
        self.with_keys(error.at(self.tree.place(node), "this is what exists"), node, &path, part, help)
    }

    fn unknown_kind(&self, number: usize, on: &str, error: impl Fn(String) -> Box<Diagnostic>) -> Box<Diagnostic> {
        let names = ["add", "remove", "replace", "move", "copy", "test"];
        let place = self.operation.place_of("op");
        if !self.operation.has_kind() {
            let message = format!("operation {number}{on} cannot be carried out: `op` is missing");
            let error = Diagnostic::error(Code::PatchFailed, message).at(place, "no `op` here");
            return error.help(format!("add `op`; the operations are {}", quoted(&names)));
        }
        let kind = self.operation.kind.name();
        let error = error(format!("there is no operation `{kind}`")).at(place, "unknown `op`");
        match nearest(kind, names, 1).first() {
            Some(name) => error.help(format!("did you mean `{name}`?")),
            None => error.help(format!("the operations are {}", quoted(&names))),
        }
    }

    fn too_large(&self, number: usize, on: &str, fault: &Fault) -> Box<Diagnostic> {
        let kind = self.operation.kind.name();
        let text = match fault {
            Fault::TooDeep => format!("it nests deeper than {} levels", self.limits.depth_max),
            _ => format!("the object grows beyond {} nodes", self.limits.resource_nodes_max),
        };
        Diagnostic::error(Code::LimitExceeded, format!("operation {number} (`{kind}`{on}): {text}"))
            .at(self.operation.place, "this operation")
            .help("remove the operation, or split the object")
    }

    /// Says what the part that exists has in place of `part`.
    fn with_keys(
        &self,
        error: Box<Diagnostic>,
        node: NodeId,
        path: &str,
        part: &str,
        help: &'static str,
    ) -> Box<Diagnostic> {
        let keys: Vec<&str> = self.tree.entries(node).map(|(key, _)| self.tree.text(key)).collect();
        let near = nearest(part, keys.iter().copied(), 3);
        let path = if path.is_empty() { "the object".to_owned() } else { format!("`{path}`") };
        match (near.is_empty(), keys.len()) {
            (false, _) => error.help(format!("near it, {path} has {}", quoted(&near))),
            (true, 0) => error.help(help),
            (true, 1..=8) => error.note(format!("{path} has {}", quoted(&keys))).help(help),
            (true, n_keys) => error.note(format!("{path} has {n_keys} other keys")).help(help),
        }
    }
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Compares a value of an object with one of a patch, as JSON texts: numbers that are written otherwise differ.
fn is_equal(a_tree: &Tree, a: NodeId, b_tree: &Tree, b: NodeId) -> bool {
    if a_tree.kind(a) != b_tree.kind(b) {
        return false;
    }
    if a_tree.is_scalar(a) {
        let mut text = String::new();
        let is_encoded = json::encode(a_tree, a, &mut text).is_ok();
        return is_encoded && text == scalar_text(b_tree, b);
    }
    if a_tree.is_sequence(a) {
        let same_len = a_tree.items(a).count() == b_tree.items(b).count();
        return same_len && a_tree.items(a).zip(b_tree.items(b)).all(|(a, b)| is_equal(a_tree, a, b_tree, b));
    }
    let sorted = |tree: &'_ Tree, map: NodeId| {
        let mut entries: Vec<(String, NodeId)> =
            tree.entries(map).map(|(key, value)| (tree.text(key).to_owned(), value)).collect();
        entries.put_in_own_order();
        entries
    };
    let (a_entries, b_entries) = (sorted(a_tree, a), sorted(b_tree, b));
    let pairs = || a_entries.iter().zip(&b_entries);
    a_entries.len() == b_entries.len()
        && pairs().all(|((a_key, a), (b_key, b))| a_key == b_key && is_equal(a_tree, *a, b_tree, *b))
}

/// A scalar of a patch as JSON text: strings encoded, everything else as it is written.
fn scalar_text(tree: &Tree, id: NodeId) -> String {
    let mut text = String::new();
    match tree.tag(id) {
        Tag::Str => json::encode_string(tree.text(id), &mut text),
        _ => text.push_str(tree.text(id)),
    }
    text
}

/// Returns how many nodes stand at and below a node.
fn size(tree: &Tree, id: NodeId) -> usize {
    1 + tree.children(id).map(|child| size(tree, child)).sum::<usize>()
}

/// Returns how many levels of collections a node has, itself included.
fn depth(tree: &Tree, id: NodeId) -> usize {
    if tree.is_scalar(id) { 0 } else { 1 + tree.children(id).map(|child| depth(tree, child)).max().unwrap_or(0) }
}
