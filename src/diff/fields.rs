//! Two versions of one object, field by field.
//!
//! What is found are pairs of nodes; what they are called and how they are shown is `change`'s business. How items of lists
//! find one another is `lists`.

use super::known::Part;
use super::value::{At, NULL, Object};
use crate::ordered::BTreeMap;
use crate::schema::merge_keys::Schema;
use crate::yaml::tree::{Kind, NodeId};

/// One step of the way to a field that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The value under a key.
    Key(String),
    /// An item of a list, by its positions on the two sides, where it is there.
    Item {
        /// The keys by which it was found, with their values; empty for one that was found by its position.
        by: Vec<(String, String)>,
        /// Its position in the old list.
        old: Option<usize>,
        /// Its position in the new list.
        new: Option<usize>,
    },
}

/// A difference between two trees.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) path: Vec<Step>,
    pub(super) old: Option<NodeId>,
    pub(super) new: Option<NodeId>,
    /// The items of a list are the same, in another order: what they are called, on both sides.
    pub(super) order: Option<(Vec<String>, Vec<String>)>,
}

/// What has to be done to two trees to make the same of what means the same.
#[derive(Clone, Debug)]
pub(super) enum Alike {
    /// Scalars that are spelled differently.
    Spelled { old: NodeId, new: NodeId },
    /// An entry that the old side alone has, or that is not compared: the mapping and the value.
    OldEntry { map: NodeId, value: NodeId },
    /// Likewise of the new side.
    NewEntry { map: NodeId, value: NodeId },
    /// The old list as the new one orders it.
    Order { list: NodeId, items: Vec<NodeId> },
}

/// The comparison of two objects.
pub(super) struct Comparison<'a> {
    pub(super) old: Object<'a>,
    pub(super) new: Object<'a>,
    pub(super) found: Vec<Found>,
    pub(super) alike: Vec<Alike>,
    /// How many fields differ that are not compared.
    pub(super) n_ignored: usize,
    /// How many scalars differ only in the hash of a name.
    pub(super) n_followed: usize,
    pub(super) path: Vec<Step>,
    pub(super) route: Vec<Part<'a>>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(old: Object<'a>, new: Object<'a>) -> Comparison<'a> {
        Comparison {
            old,
            new,
            found: Vec::new(),
            alike: Vec::new(),
            n_ignored: 0,
            n_followed: 0,
            path: Vec::new(),
            route: Vec::new(),
        }
    }

    pub(super) fn run(&mut self) {
        let (old, new) = (self.old.root(), self.new.root());
        self.values(old, new, self.new.schema);
    }

    pub(super) fn values(&mut self, old: At, new: At, schema: Option<Schema<'a>>) {
        match (self.old.tree.kind(old.node), self.new.tree.kind(new.node)) {
            (Kind::Mapping, Kind::Mapping) => self.mappings(old, new, schema),
            (Kind::Sequence, Kind::Sequence) => self.lists(old, new, schema),
            (Kind::Scalar, Kind::Scalar) => self.scalars(old, new),
            _ => self.add(Some(old), Some(new)),
        }
    }

    fn scalars(&mut self, old: At, new: At) {
        let is_spelled_alike = self.old.tree.text(old.node) == self.new.tree.text(new.node)
            && self.old.tree.style(old.node) == self.new.tree.style(new.node)
            && self.old.tree.tag(old.node) == self.new.tree.tag(new.node)
            && old.in_flow == new.in_flow;
        if is_spelled_alike {
            return;
        }
        // Without the new name: one that nothing has on the old side is itself.
        if self.old.scalar(old, &self.route) != self.new.scalar(new, &self.route) {
            self.add(Some(old), Some(new));
        } else {
            if let Some(renamed) = self.old.renamed
                && renamed.contains_key(self.old.tree.text(old.node))
            {
                self.n_followed += 1;
            }
            self.alike.push(Alike::Spelled { old: old.node, new: new.node });
        }
    }

    fn mappings(&mut self, old: At, new: At, schema: Option<Schema<'a>>) {
        // Sorted: the same whatever the order of the files.
        let mut keys: BTreeMap<&'a str, (Option<At>, Option<At>)> = BTreeMap::new();
        for (key, value) in self.old.entries(old) {
            keys.entry(key).or_default().0.get_or_insert(value);
        }
        for (key, value) in self.new.entries(new) {
            keys.entry(key).or_default().1.get_or_insert(value);
        }
        for (key, values) in keys {
            self.route.push(Part::Key(key));
            self.path.push(Step::Key(key.to_owned()));
            let below = schema.and_then(|schema| schema.field(key));
            self.entry(key, (old, new), values, below);
            self.path.pop();
            self.route.pop();
        }
    }

    fn entry(&mut self, key: &str, maps: (At, At), values: (Option<At>, Option<At>), schema: Option<Schema<'a>>) {
        let (old_map, new_map) = maps;
        if self.new.ignored.is_field(&self.route) {
            let old = values.0.map(|old| self.old.form_of(old, schema, &self.route));
            let new = values.1.map(|new| self.new.form_of(new, schema, &self.route));
            self.n_ignored += usize::from(old != new);
            self.drop_entries(maps, values);
            return;
        }
        match values {
            (Some(old), Some(new)) => {
                // A default that is spelled out on one side and null on the other is two ways to say nothing.
                let are_silent = || {
                    self.old.says_nothing(old_map, key, old, &self.route)
                        && self.new.says_nothing(new_map, key, new, &self.route)
                };
                if self.is_null(old, new) && are_silent() {
                    self.drop_entries(maps, values);
                } else {
                    self.values(old, new, schema);
                }
            }
            (Some(old), None) if self.old.says_nothing(old_map, key, old, &self.route) => {
                self.drop_entries(maps, values);
            }
            (None, Some(new)) if self.new.says_nothing(new_map, key, new, &self.route) => {
                self.drop_entries(maps, values);
            }
            (old, new) => self.add(old, new),
        }
    }

    fn is_null(&self, old: At, new: At) -> bool {
        let (a, b) = (self.old.tree.is_scalar(old.node), self.new.tree.is_scalar(new.node));
        (a && self.old.scalar(old, &self.route) == NULL) || (b && self.new.scalar(new, &self.route) == NULL)
    }

    fn drop_entries(&mut self, maps: (At, At), values: (Option<At>, Option<At>)) {
        let old = values.0.map(|value| Alike::OldEntry { map: maps.0.node, value: value.node });
        let new = values.1.map(|value| Alike::NewEntry { map: maps.1.node, value: value.node });
        self.alike.extend(old.into_iter().chain(new));
    }

    pub(super) fn add(&mut self, old: Option<At>, new: Option<At>) {
        let (old, new) = (old.map(|at| at.node), new.map(|at| at.node));
        self.found.push(Found { path: self.path.clone(), old, new, order: None });
    }

    pub(super) fn add_reordered(&mut self, old: At, new: At, order: (Vec<String>, Vec<String>)) {
        let (old, new) = (Some(old.node), Some(new.node));
        self.found.push(Found { path: self.path.clone(), old, new, order: Some(order) });
    }
}
