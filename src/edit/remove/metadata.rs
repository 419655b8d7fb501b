//! `remove label` (from `commonLabels`) and `remove annotation`.

use crate::diagnostic::{Code, Diagnostic};
use crate::edit::file::File;
use crate::edit::{Result, Work, candidates, usage};
use crate::yaml::edit::Value;

pub(in crate::edit) fn run(
    work: &mut Work<'_, '_>,
    field: &str,
    what: &str,
    args: &[String],
    may_be_absent: bool,
) -> Result<Option<File>> {
    let [arg] = args else {
        return Err(usage(format!("the key of one {what} is wanted")).help("separate keys by commas, without spaces"));
    };
    let keys: Vec<&str> = arg.split(',').collect();
    if keys.contains(&"") {
        return Err(usage(format!("the key of a {what} is empty")));
    }
    let mut file = work.open()?;
    for key in keys {
        let is_gone = file.new.get_mut(field).is_some_and(|map| map.remove(key).is_some());
        if !is_gone && !may_be_absent {
            let error = Diagnostic::error(Code::EntryNotFound, format!("`{field}` has no {what} `{key}`"));
            let is_elsewhere = what == "label"
                && file
                    .new
                    .items_of("labels")
                    .iter()
                    .any(|entry| entry.get("pairs").is_some_and(|pairs| pairs.get(key).is_some()));
            return Err(match is_elsewhere {
                true => error.note("it is in `labels`, which this verb leaves alone, as in kustomize"),
                false => {
                    let there = file.new.get(field).map_or(&[][..], Value::entries);
                    candidates::with(error, key, there.iter().map(|(key, _)| key.as_str()))
                }
            });
        }
    }
    Ok(Some(file))
}
