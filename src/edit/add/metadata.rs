//! `add label` (to `commonLabels` or `labels`) and `add annotation`.

use crate::diagnostic::{Code, Diagnostic};
use crate::edit::file::File;
use crate::edit::{LabelFlags, Result, Work, pairs, usage};
use crate::yaml::edit::{Data, Value};

pub(in crate::edit) fn annotation(work: &mut Work<'_, '_>, args: &[String], is_forced: bool) -> Result<Option<File>> {
    let pairs = pairs(args, "annotation")?;
    let mut file = work.open()?;
    let annotations = file.new.map_mut("commonAnnotations");
    for (key, value) in &pairs {
        put(annotations, key, value, is_forced, "annotation")?;
    }
    Ok(Some(file))
}

pub(in crate::edit) fn label(work: &mut Work<'_, '_>, args: &[String], flags: LabelFlags) -> Result<Option<File>> {
    if args.is_empty() {
        return Err(usage("no label is given").help("write it as `key:value`"));
    }
    if flags.include_templates && !flags.without_selector {
        return Err(usage("`--include-templates` goes with `--without-selector` only"));
    }
    let pairs = pairs(args, "label")?;
    let mut file = work.open()?;
    for (key, value) in &pairs {
        let map = match flags.without_selector {
            false => file.new.map_mut("commonLabels"),
            true => entry_for(&mut file.new, flags).map_mut("pairs"),
        };
        put(map, key, value, flags.force, "label")?;
    }
    Ok(Some(file))
}

fn put(map: &mut Value, key: &str, value: &str, is_forced: bool, what: &str) -> Result<()> {
    if map.get(key).is_some() && !is_forced {
        let error = Diagnostic::error(Code::EntryExists, format!("the {what} `{key}` is there already"));
        return Err(error.help("overwrite it with `--force`"));
    }
    map.set(key, Value::text(value));
    Ok(())
}

/// Returns the first entry of `labels` with the wanted settings; a new one if there is none.
fn entry_for(root: &mut Value, flags: LabelFlags) -> &mut Value {
    let is_on =
        |entry: &Value, key| matches!(entry.get(key), Some(Value { data: Data::Plain(text), .. }) if text == "true");
    let entries = root.list_mut("labels");
    let known = entries.iter().position(|entry| {
        !is_on(entry, "includeSelectors") && is_on(entry, "includeTemplates") == flags.include_templates
    });
    let index = known.unwrap_or_else(|| {
        let mut entry = Value::texts(&[]);
        entry.map_mut("pairs");
        if flags.include_templates {
            entry.set("includeTemplates", Value::plain(true));
        }
        entries.push(entry);
        entries.len() - 1
    });
    &mut entries[index]
}
