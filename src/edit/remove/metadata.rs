//! `remove label` (from `commonLabels`) and `remove annotation`.

use crate::diagnostic::{Code, Diagnostic};
use crate::edit::file::File;
use crate::edit::{Result, Work, usage};

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
            return Err(Diagnostic::error(Code::EntryNotFound, format!("`{field}` has no {what} `{key}`")));
        }
    }
    Ok(Some(file))
}
