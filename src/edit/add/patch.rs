//! `add patch`.

use crate::edit::file::File;
use crate::edit::{PatchEntry, PatchFlags, Result, Work, usage};
use crate::yaml::edit::{Data, Value};

pub(in crate::edit) fn run(work: &mut Work<'_, '_>, flags: &PatchFlags) -> Result<Option<File>> {
    if flags.path.is_empty() == flags.patch.is_empty() {
        return Err(usage("either `--path` or `--patch` is wanted"));
    }
    let mut file = work.open()?;
    let entry = entry(flags);
    if file.new.items_of("patches").iter().any(|other| is_same(other, &entry)) {
        work.warn("this patch is there already");
        return Ok(None);
    }
    file.new.list_mut("patches").push(entry);
    Ok(Some(file))
}

/// Appends entries as they are.
pub(in crate::edit) fn append(work: &mut Work<'_, '_>, entries: &[PatchEntry]) -> Result<Option<File>> {
    let mut file = work.open()?;
    let patches = file.new.list_mut("patches");
    for PatchEntry { path, patch, target, options } in entries {
        let mut entry = Value::texts(&[("path", path), ("patch", patch)]);
        if let Some(target) = target {
            let fields: Vec<(&str, &str)> = target.iter().map(|(key, text)| (*key, text.as_str())).collect();
            entry.set("target", Value::texts(&fields));
        }
        // What is off is not written by the reference either.
        let on = options.iter().filter(|(_, is_on)| *is_on);
        let on: Vec<(String, Value)> = on.map(|(key, _)| (key.clone(), Value::plain(true))).collect();
        if !on.is_empty() {
            entry.set("options", Value::new(Data::Map(on)));
        }
        patches.push(entry);
    }
    Ok(Some(file))
}

/// Returns what the flags describe.
pub(in crate::edit) fn entry(flags: &PatchFlags) -> Value {
    let target: Vec<(&str, &str)> = flags.target.iter().map(|(key, text)| (*key, text.as_str())).collect();
    let target = Value::texts(&target);
    let mut entry = Value::texts(&[("path", &flags.path), ("patch", &flags.patch)]);
    if !target.is_empty() {
        entry.set("target", target);
    }
    entry
}

/// Compares like upstream `Patch.Equals`: a target without fields is not the same as none.
pub(in crate::edit) fn is_same(a: &Value, b: &Value) -> bool {
    let is_pair = |key: &str| match (a.get(key), b.get(key)) {
        (None, None) => true,
        (Some(a), Some(b)) => a.is_same(b),
        _ => false,
    };
    let is_known = |entry: &Value| match &entry.data {
        Data::Map(entries) => {
            entries.iter().all(|(key, _)| ["path", "patch", "target", "options"].contains(&key.as_str()))
        }
        _ => false,
    };
    is_known(a) && is_known(b) && ["path", "patch", "target", "options"].into_iter().all(is_pair)
}
