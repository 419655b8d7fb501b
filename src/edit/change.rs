//! What an edit changed, for messages.

use super::file::File;
use crate::source::Place;
use crate::yaml::edit::{Data, Value};

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// The field of the file, such as `images`.
    pub field: String,
    /// The entry's name, key or path; empty where the field itself is meant.
    pub name: String,
    /// Where the value stood; nothing for what is new.
    pub place: Option<Place>,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was not there.
    Added,
    /// It was there with another value, or elsewhere.
    Changed,
    /// It is no longer there.
    Removed,
}

/// Returns what is different between the old and the new data of a file, field by field.
pub(super) fn changes(file: &File) -> Vec<Change> {
    let mut changes = Vec::new();
    let place = |value: &Value| value.number().and_then(|id| file.places.get(id as usize).copied().flatten());
    let keys =
        file.old.entries().iter().chain(file.new.entries().iter().filter(|(key, _)| file.old.get(key).is_none()));
    for (field, _) in keys {
        let mut push = |kind, name: &str, place| {
            changes.push(Change { kind, field: field.clone(), name: name.to_owned(), place });
        };
        let (old, new) = (file.old.get(field), file.new.get(field));
        let is_collection =
            |value: Option<&Value>| value.is_none_or(|v| matches!(v.data, Data::List(_) | Data::Map(_)));
        if !is_collection(old) || !is_collection(new) {
            match (old, new) {
                (Some(old), Some(new)) if !old.is_same(new) => push(ChangeKind::Changed, "", place(old)),
                (Some(old), None) => push(ChangeKind::Removed, "", place(old)),
                (None, Some(_)) => push(ChangeKind::Added, "", None),
                _ => {}
            }
            continue;
        }
        let (old, new) = (named(old), named(new));
        for (name, value) in &old {
            let same = new.iter().find(|(other_name, other)| is_one(name, value, other_name, other));
            match same {
                None => push(ChangeKind::Removed, name, place(value)),
                Some((_, other)) if !value.is_same(other) => push(ChangeKind::Changed, name, place(value)),
                Some(_) => {}
            }
        }
        for (name, value) in &new {
            if !old.iter().any(|(old_name, old)| is_one(old_name, old, name, value)) {
                push(ChangeKind::Added, name, None);
            }
        }
    }
    changes
}

fn is_one(name: &str, old: &Value, other_name: &str, other: &Value) -> bool {
    match (old.number(), other.number()) {
        (Some(id), Some(other)) => id == other,
        _ => name == other_name && old.is_same(other),
    }
}

/// The entries of a mapping or the items of a list, with what they are called.
fn named(value: Option<&Value>) -> Vec<(String, &Value)> {
    match value.map(|value| &value.data) {
        Some(Data::Map(entries)) => entries.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Some(Data::List(items)) => items.iter().map(|item| (name_of(item), item)).collect(),
        _ => Vec::new(),
    }
}

fn name_of(item: &Value) -> String {
    if let Data::Text(text) = &item.data {
        return text.lines().next().unwrap_or("").to_owned();
    }
    ["name", "path"].iter().map(|key| item.text_of(key)).find(|name| !name.is_empty()).unwrap_or("").to_owned()
}
