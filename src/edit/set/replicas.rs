//! `set replicas`.

use crate::edit::file::File;
use crate::edit::{Result, Work, usage};
use crate::sorting::Sorting;
use crate::yaml::edit::{Data, Value};

/// Like the reference, keeps one entry of each name and sorts them by name.
pub(in crate::edit) fn run(work: &mut Work<'_, '_>, args: &[String]) -> Result<Option<File>> {
    if args.is_empty() {
        return Err(usage("no replicas are given").help("write them as `name=count`"));
    }
    let mut counts: Vec<(&str, i64)> = Vec::new();
    for arg in args {
        let (name, count) = parse(arg)
            .ok_or_else(|| usage(format!("`{arg}` does not say how many replicas")).help("write it as `name=count`"))?;
        counts.retain(|&(other, _)| other != name);
        counts.push((name, count));
    }
    let mut file = work.open()?;
    let mut items: Vec<Value> = Vec::new();
    for mut item in std::mem::take(file.new.list_mut("replicas")) {
        let name = item.text_of("name").to_owned();
        if items.iter().any(|other| other.text_of("name") == name) {
            continue;
        }
        if let Some(index) = counts.iter().position(|&(other, _)| other == name) {
            item.set("count", Value::plain(counts.remove(index).1));
        }
        items.push(item);
    }
    for (name, count) in counts {
        let mut item = Value::texts(&[("name", name)]);
        if let Data::Map(entries) = &mut item.data {
            entries.push(("count".to_owned(), Value::plain(count)));
        }
        items.push(item);
    }
    items.put_in_order(|a, b| a.text_of("name").cmp(b.text_of("name")));
    *file.new.list_mut("replicas") = items;
    Ok(Some(file))
}

/// Returns the names of the entries that arguments are about.
pub(in crate::edit) fn names(args: &[String]) -> Vec<String> {
    args.iter().filter_map(|arg| parse(arg)).map(|(name, _)| name.to_owned()).collect()
}

fn parse(arg: &str) -> Option<(&str, i64)> {
    let (name, count) = arg.split_once('=')?;
    Some((name, count.parse().ok()?))
}
