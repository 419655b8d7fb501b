//! Data to edit: what a document holds, without styles, with a number for each value that was there before.
//!
//! An edit changes a copy of the data; by their numbers, values are known again wherever they are put.

use crate::yaml::tree::{Kind, NodeId, Style, Tree};

/// A value, and the number it has if it stood in the document before the edit.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(super) id: Option<u32>,
    pub(crate) data: Data,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    /// A string.
    Text(String),
    /// A boolean, a number or null, as it is printed.
    Plain(String),
    /// Keys with values, in order.
    Map(Vec<(String, Value)>),
    /// A list.
    List(Vec<Value>),
}

impl Value {
    /// Makes a new value.
    pub(crate) fn new(data: Data) -> Value {
        Value { id: None, data }
    }

    /// Makes a new string.
    pub(crate) fn text(text: impl Into<String>) -> Value {
        Value::new(Data::Text(text.into()))
    }

    /// Makes a new boolean or number.
    pub(crate) fn plain(text: impl ToString) -> Value {
        Value::new(Data::Plain(text.to_string()))
    }

    /// Makes a new mapping; empty strings are left out.
    pub(crate) fn texts(entries: &[(&str, &str)]) -> Value {
        let given = entries.iter().filter(|(_, text)| !text.is_empty());
        Value::new(Data::Map(given.map(|&(key, text)| (key.to_owned(), Value::text(text))).collect()))
    }

    /// Returns the data of a tree whose strings are quoted and whose other scalars are not, with all values numbered.
    pub(crate) fn of_normal_form(tree: &Tree) -> Value {
        let mut next = 0;
        Value::of_node(tree, tree.root(), &mut next)
    }

    // Depth is bounded by that of what was read.
    fn of_node(tree: &Tree, node: NodeId, next: &mut u32) -> Value {
        let id = *next;
        *next += 1;
        let data = match tree.kind(node) {
            Kind::Scalar if tree.style(node) == Style::Plain => Data::Plain(tree.text(node).to_owned()),
            Kind::Scalar => Data::Text(tree.text(node).to_owned()),
            Kind::Sequence => Data::List(tree.items(node).map(|item| Value::of_node(tree, item, next)).collect()),
            Kind::Mapping => {
                let entries = tree.entries(node);
                Data::Map(
                    entries
                        .map(|(key, value)| (tree.text(key).to_owned(), Value::of_node(tree, value, next)))
                        .collect(),
                )
            }
        };
        Value { id: Some(id), data }
    }

    /// Returns a document of its own.
    pub(crate) fn rendered(&self) -> String {
        let style = super::render::Style::default();
        let lines: Vec<String> = match &self.data {
            Data::List(items) => items.iter().flat_map(|item| style.item(item, &mut |_| None)).collect(),
            _ => style.plain_lines(self),
        };
        lines.join("\n") + "\n"
    }

    /// Returns the number of a value that stood in the document before the edit.
    pub(crate) fn number(&self) -> Option<u32> {
        self.id
    }

    /// Returns whether two values hold the same, whatever the order of keys.
    pub(crate) fn is_same(&self, other: &Value) -> bool {
        match (&self.data, &other.data) {
            (Data::Text(a), Data::Text(b)) | (Data::Plain(a), Data::Plain(b)) => a == b,
            (Data::List(a), Data::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_same(b)),
            (Data::Map(a), Data::Map(b)) => {
                a.len() == b.len()
                    && a.iter().all(|(key, value)| entry(b, key).is_some_and(|other| value.is_same(other)))
            }
            _ => false,
        }
    }

    /// Returns whether this is an empty list or mapping, or an empty string.
    pub(crate) fn is_empty(&self) -> bool {
        match &self.data {
            Data::Text(text) => text.is_empty(),
            Data::Plain(_) => false,
            Data::Map(entries) => entries.is_empty(),
            Data::List(items) => items.is_empty(),
        }
    }

    /// Returns the entries of a mapping.
    pub(crate) fn entries(&self) -> &[(String, Value)] {
        if let Data::Map(entries) = &self.data { entries } else { &[] }
    }

    /// Returns the items of a list.
    pub(crate) fn items(&self) -> &[Value] {
        if let Data::List(items) = &self.data { items } else { &[] }
    }

    /// Returns a string, or an empty one.
    pub(crate) fn as_text(&self) -> &str {
        if let Data::Text(text) = &self.data { text } else { "" }
    }

    /// Returns the value under a key of a mapping.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        entry(self.entries(), key)
    }

    /// Returns the value under a key of a mapping.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        let Data::Map(entries) = &mut self.data else { return None };
        entries.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Returns the text under a key of a mapping, or an empty one.
    pub(crate) fn text_of(&self, key: &str) -> &str {
        self.get(key).map_or("", Value::as_text)
    }

    /// Returns the items under a key of a mapping, which is a list or is not there.
    pub(crate) fn items_of(&self, key: &str) -> &[Value] {
        self.get(key).map_or(&[], Value::items)
    }

    /// Returns the list under a key of a mapping; an empty one is made if there is none.
    #[allow(clippy::unreachable, reason = "it is made a list first")]
    pub(crate) fn list_mut(&mut self, key: &str) -> &mut Vec<Value> {
        let value = self.value_mut(key, Data::List(Vec::new()));
        if !matches!(value.data, Data::List(_)) {
            value.data = Data::List(Vec::new());
        }
        match &mut value.data {
            Data::List(items) => items,
            _ => unreachable!("it was made a list"),
        }
    }

    /// Returns the mapping under a key of a mapping; an empty one is made if there is none.
    pub(crate) fn map_mut(&mut self, key: &str) -> &mut Value {
        self.value_mut(key, Data::Map(Vec::new()))
    }

    #[allow(clippy::unreachable, reason = "it is made a mapping first")]
    fn value_mut(&mut self, key: &str, absent: Data) -> &mut Value {
        if !matches!(self.data, Data::Map(_)) {
            self.data = Data::Map(Vec::new());
        }
        let Data::Map(entries) = &mut self.data else { unreachable!("it was made a mapping") };
        let index = entries.iter().position(|(name, _)| name == key).unwrap_or_else(|| {
            entries.push((key.to_owned(), Value::new(absent)));
            entries.len() - 1
        });
        &mut entries[index].1
    }

    /// Puts a value under a key of a mapping: in the place of the one there, or as the last.
    pub(crate) fn set(&mut self, key: &str, value: Value) {
        let there = self.value_mut(key, Data::Map(Vec::new()));
        there.data = value.data;
        there.id = value.id.or(there.id);
    }

    /// Puts a string under a key of a mapping; an empty one removes the entry.
    pub(crate) fn set_text(&mut self, key: &str, text: &str) {
        match text.is_empty() {
            true => drop(self.remove(key)),
            false => self.set(key, Value::text(text)),
        }
    }

    /// Puts an entry into a mapping that has none of this key: behind another one, or as the first.
    pub(crate) fn set_first(&mut self, key: &str, value: Value, behind: Option<&str>) {
        self.remove(key);
        let Data::Map(entries) = &mut self.data else { return };
        let behind = behind.and_then(|behind| entries.iter().position(|(name, _)| name == behind));
        entries.insert(behind.map_or(0, |index| index + 1), (key.to_owned(), value));
    }

    /// Returns other data in the place of this value.
    pub(crate) fn with(self, data: Data) -> Value {
        Value { id: self.id, data }
    }

    /// Returns whether a value that stood in the document is this one or stands below it.
    pub(super) fn contains(&self, id: u32) -> bool {
        let mut found = false;
        self.walk(&mut |value| found |= value.id == Some(id));
        found
    }

    /// Takes an entry out of a mapping.
    pub(crate) fn remove(&mut self, key: &str) -> Option<Value> {
        let Data::Map(entries) = &mut self.data else { return None };
        let index = entries.iter().position(|(name, _)| name == key)?;
        Some(entries.remove(index).1)
    }

    /// Calls `see` for this value and all below it.
    pub(super) fn walk<'v>(&'v self, see: &mut impl FnMut(&'v Value)) {
        see(self);
        match &self.data {
            Data::Text(_) | Data::Plain(_) => {}
            Data::Map(entries) => entries.iter().for_each(|(_, value)| value.walk(see)),
            Data::List(items) => items.iter().for_each(|item| item.walk(see)),
        }
    }
}

fn entry<'v>(entries: &'v [(String, Value)], key: &str) -> Option<&'v Value> {
    entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}
