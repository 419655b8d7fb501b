//! Fields under two names: `bases` are read as the end of `resources`, `imageTags` as the end of `images`.
//!
//! A verb sees one list. What stood under the old name stays there as long as the order of the list allows it.

use super::file::File;
use crate::yaml::edit::{Data, Value};

/// Returns the items of a field and of its deprecated twin.
pub(super) fn items(file: &File, field: &str, legacy: &str) -> Vec<Value> {
    let items = file.new.items_of(field).iter().chain(file.new.items_of(legacy));
    items.cloned().collect()
}

/// Writes such a list back.
pub(super) fn set_items(file: &mut File, field: &'static str, legacy: &'static str, items: Vec<Value>) {
    let own: Vec<u32> = file.old.items_of(field).iter().filter_map(Value::number).collect();
    let old: Vec<u32> = file.old.items_of(legacy).iter().filter_map(Value::number).collect();
    if old.is_empty() {
        *file.new.list_mut(field) = items;
        return;
    }
    let is_in = |value: &Value, numbers: &[u32]| value.number().is_some_and(|number| numbers.contains(&number));
    // Everything behind the last item of the field itself goes to the old name, if nothing before it came from there.
    let start = items.iter().rposition(|item| is_in(item, &own)).map_or(0, |last| last + 1);
    let (head, tail) = items.split_at(start);
    if head.iter().any(|item| is_in(item, &old)) {
        *file.new.list_mut(field) = items;
        file.new.remove(legacy);
        return;
    }
    let (head, tail) = (head.to_vec(), tail.to_vec());
    for (name, items) in [(field, head), (legacy, tail)] {
        match (items.is_empty(), file.new.get_mut(name)) {
            (_, Some(value)) => value.data = Data::List(items),
            (true, None) => {}
            (false, None) => file.new.set(name, Value::new(Data::List(items))),
        }
    }
}

/// Writes a list to a field alone; its deprecated twin goes, and the field takes its place if it was not there.
pub(super) fn join(file: &mut File, field: &'static str, legacy: &'static str, items: Vec<Value>) {
    let Some(old) = file.new.remove(legacy) else { return };
    if items.is_empty() {
        return;
    }
    match file.new.get_mut(field) {
        Some(value) => value.data = Data::List(items),
        None => file.new.set(field, old.with(Data::List(items))),
    }
}
