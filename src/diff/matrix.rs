//! The fields that are not the same in all of several environments, one column for each.
//!
//! Objects are found by kind and the name they had before prefixes and hashes, items of lists by their keys.

use super::ignore::{self, Ignored};
use super::known::{Known, Part};
use super::objects::without_hash;
use super::side::{Side, SideObject};
use super::value::{At, Object};
use super::{Options, change::json};
use crate::explain::HIDDEN;
use crate::explain::content::{self as secrets, Finder, Values};
use crate::ordered::BTreeMap;
use crate::resource::Resource;
use crate::schema::merge_keys::Schema;
use crate::sorting::Sorting;
use crate::yaml::tree::{NodeId, Tree};
use rustc_hash::{FxHashMap, FxHashSet};

mod show;

pub use show::{html, markdown, text};

/// A value in one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The value as JSON; of one that is not shown a mark that is the same for the same values of a row.
    pub json: String,
    /// Whether it is not shown.
    pub is_hidden: bool,
}

/// A field that is not the same everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The field; empty for the object itself, which some environments lack.
    pub path: String,
    /// Its value in each environment.
    pub cells: Vec<Option<Cell>>,
}

/// The fields of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// `Deployment.apps/web`.
    pub object: String,
    /// Its fields.
    pub rows: Vec<Row>,
}

/// The fields that differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matrix {
    /// The environments.
    pub columns: Vec<String>,
    /// What differs, sorted by kind and name.
    pub blocks: Vec<Block>,
    /// How many objects are the same everywhere.
    pub n_equal: usize,
}

/// What identifies an object: kind, group, first name, first namespace, and its number among several such.
type Key = (String, String, String, String, usize);

/// A value as it is compared and as it is shown.
struct Leaf {
    form: String,
    json: String,
    is_hidden: bool,
}

/// Compares environments.
pub fn compare(sides: &[(&str, &Side<'_>)], options: &Options) -> Matrix {
    let mut patterns = options.ignored.clone();
    if !options.generated {
        patterns.extend(ignore::generated());
    }
    let secret_values: Vec<&Values> = sides.iter().map(|(_, side)| &side.secret_values).collect();
    let mut objects: BTreeMap<Key, Vec<Option<&SideObject<'_>>>> = BTreeMap::new();
    for (column, (_, side)) in sides.iter().enumerate() {
        let mut n_seen: FxHashMap<(String, String, String, String), usize> = FxHashMap::default();
        for object in &side.objects {
            let id = object.resource.original_id();
            let name = without_hash(&id, &id.name).unwrap_or(&id.name).to_owned();
            let namespace = id.effective_namespace().to_owned();
            let key = (id.gvk.kind.to_string(), id.gvk.group.to_string(), name, namespace);
            let n = n_seen.entry(key.clone()).or_default();
            let columns = objects.entry((key.0, key.1, key.2, key.3, *n)).or_insert_with(|| vec![None; sides.len()]);
            *n += 1;
            if let Some(slot) = columns.get_mut(column) {
                *slot = Some(object);
            }
        }
    }
    let renamed: Vec<FxHashMap<String, String>> = sides.iter().map(|(_, side)| hashless(side)).collect();
    let mut matrix =
        Matrix { columns: sides.iter().map(|(name, _)| (*name).to_owned()).collect(), ..Matrix::default() };
    for ((kind, group, name, ..), columns) in objects {
        let mut found: Vec<Option<Vec<(String, Leaf)>>> = Vec::with_capacity(columns.len());
        for (((_, side), object), renamed) in sides.iter().zip(&columns).zip(&renamed) {
            let leaves = object.map(|object| {
                let ignored = Ignored::of(&patterns, &object.resource.id);
                let hidden = match options.show_secrets {
                    true => FxHashSet::default(),
                    false => Finder { places: &side.places, values: &secret_values }.hidden(object.resource),
                };
                let reader = Object {
                    tree: &object.resource.tree,
                    known: Known::of(&object.resource.id.gvk),
                    schema: side.schema(object.resource),
                    renamed: Some(renamed),
                    ignored: &ignored,
                };
                let mut leaves = Vec::new();
                let root = reader.root();
                let mut flat = Flat {
                    object: reader,
                    hidden: &hidden,
                    resource: object.resource,
                    shows_secrets: options.show_secrets,
                    leaves: &mut leaves,
                    path: String::new(),
                };
                flat.walk(root, reader.schema, &mut Vec::new());
                leaves
            });
            found.push(leaves);
        }
        let rows = rows(&found);
        if rows.is_empty() {
            matrix.n_equal += 1;
        } else {
            let dot = if group.is_empty() { "" } else { "." };
            matrix.blocks.push(Block { object: format!("{kind}{dot}{group}/{name}"), rows });
        }
    }
    matrix
}

/// Names with hashes, and what they are without.
fn hashless(side: &Side<'_>) -> FxHashMap<String, String> {
    let ids = side.objects.iter().map(|object| &object.resource.id);
    ids.filter_map(|id| Some((id.name.to_string(), without_hash(id, &id.name)?.to_owned()))).collect()
}

fn rows(found: &[Option<Vec<(String, Leaf)>>]) -> Vec<Row> {
    let mut rows = Vec::new();
    if found.iter().any(Option::is_none) {
        let there = Cell { json: "there".to_owned(), is_hidden: false };
        let cells = found.iter().map(|leaves| leaves.as_ref().map(|_| there.clone())).collect();
        rows.push(Row { path: String::new(), cells });
    }
    // In the order of the first environment that has a field.
    let mut order: Vec<&str> = Vec::new();
    let mut values: FxHashMap<&str, Vec<Option<&Leaf>>> = FxHashMap::default();
    for (column, leaves) in found.iter().enumerate() {
        for (path, leaf) in leaves.iter().flatten() {
            let columns = values.entry(path).or_insert_with(|| {
                order.push(path);
                vec![None; found.len()]
            });
            if let Some(slot) = columns.get_mut(column) {
                *slot = Some(leaf);
            }
        }
    }
    order.put_in_own_order_unstable();
    for path in order {
        let Some(columns) = values.get(path) else { continue };
        let mut present = columns.iter().zip(found).filter(|(_, object)| object.is_some()).map(|(leaf, _)| leaf);
        let Some(first) = present.next() else { continue };
        let form = |leaf: &Option<&Leaf>| leaf.map(|leaf| leaf.form.clone());
        if present.all(|leaf| form(leaf) == form(first)) {
            continue;
        }
        let mut seen: Vec<&str> = Vec::new();
        let cell = |leaf: &Leaf| Cell { json: leaf.json.clone(), is_hidden: leaf.is_hidden };
        let mut cells: Vec<Option<Cell>> = columns.iter().map(|leaf| leaf.map(cell)).collect();
        for (cell, leaf) in cells.iter_mut().zip(columns) {
            let (Some(cell), Some(leaf)) = (cell.as_mut().filter(|cell| cell.is_hidden), leaf) else { continue };
            let number = seen.iter().position(|form| *form == leaf.form).unwrap_or_else(|| {
                seen.push(&leaf.form);
                seen.len() - 1
            });
            cell.json = format!("{HIDDEN} ({})", number + 1);
        }
        rows.push(Row { path: path.to_owned(), cells });
    }
    rows
}

/// Takes an object apart.
struct Flat<'f, 'a> {
    object: Object<'a>,
    hidden: &'f FxHashSet<NodeId>,
    resource: &'f Resource,
    shows_secrets: bool,
    leaves: &'f mut Vec<(String, Leaf)>,
    path: String,
}

/// Keys that tell items of lists apart of which no schema is known.
const ITEM_KEYS: [&str; 9] = ["name", "key", "id", "mountPath", "containerPort", "port", "host", "ip", "path"];

impl<'a> Flat<'_, 'a> {
    fn walk(&mut self, at: At, schema: Option<Schema<'a>>, route: &mut Vec<Part<'a>>) {
        let tree: &'a Tree = self.object.tree;
        if let Some(Part::Key(first)) = route.first()
            && route.len() >= secrets::n_shown(self.resource, first)
            && !self.shows_secrets
        {
            let form = self.object.form_of(at, schema, route);
            self.leaves.push((self.path.clone(), Leaf { form, json: String::new(), is_hidden: true }));
            return;
        }
        if tree.is_mapping(at.node) && !tree.has_no_children(at.node) {
            let object = self.object;
            for (key, value) in object.entries(at) {
                route.push(Part::Key(key));
                if !self.object.says_nothing(at, key, value, route) && !self.object.ignored.is_field(route) {
                    let below = schema.and_then(|schema| schema.field(key));
                    self.step(&super::change::key(key, self.path.is_empty()), |flat| flat.walk(value, below, route));
                }
                route.pop();
            }
            return;
        }
        let items = if tree.is_sequence(at.node) { self.object.items(at) } else { Vec::new() };
        if items.iter().any(|item| tree.is_mapping(item.node)) {
            let names = self.names(&items, schema);
            let below = schema.and_then(Schema::items);
            route.push(Part::Item);
            for (item, name) in items.iter().zip(names) {
                self.step(&format!("[{name}]"), |flat| flat.walk(*item, below, route));
            }
            route.pop();
            return;
        }
        let is_hidden = self.hidden.contains(&at.node) || items.iter().any(|item| self.hidden.contains(&item.node));
        let json = if is_hidden { String::new() } else { json(tree, at.node) };
        let form = self.object.form_of(at, schema, route);
        self.leaves.push((self.path.clone(), Leaf { form, json, is_hidden }));
    }

    fn step(&mut self, step: &str, walk: impl FnOnce(&mut Self)) {
        let n = self.path.len();
        self.path.push_str(step);
        walk(self);
        self.path.truncate(n);
    }

    /// Names the items of a list: by their keys, if these tell all apart, else by their positions.
    fn names(&self, items: &[At], schema: Option<Schema<'a>>) -> Vec<String> {
        let merge_keys = schema.and_then(Schema::merge_keys).unwrap_or_default().into_owned();
        let own = (!merge_keys.is_empty()).then_some(merge_keys);
        let candidates = own.into_iter().chain(ITEM_KEYS.map(|key| vec![key]));
        for keys in candidates {
            let name = |item: &At| {
                let value = |key: &&str| {
                    let node = self.object.tree.get(item.node, key)?;
                    let is_shown = self.object.tree.is_scalar(node) && !self.hidden.contains(&node);
                    is_shown.then(|| format!("{key}={}", self.object.tree.text(node)))
                };
                let parts: Vec<String> = keys.iter().filter_map(value).collect();
                (!parts.is_empty()).then(|| parts.join(","))
            };
            let names: Option<Vec<String>> = items.iter().map(name).collect();
            if let Some(names) = names
                && names.iter().collect::<FxHashSet<_>>().len() == names.len()
            {
                return names;
            }
        }
        (0..items.len()).map(|at| at.to_string()).collect()
    }
}
