//! `add buildmetadata`.

use crate::diagnostic::{Code, Diagnostic};
use crate::edit::file::File;
use crate::edit::{Result, Work, build_metadata, holds};
use crate::yaml::edit::Value;

pub(in crate::edit) fn run(work: &mut Work<'_, '_>, args: &[String]) -> Result<Option<File>> {
    let options = build_metadata(args)?;
    let mut file = work.open()?;
    let items = file.new.list_mut("buildMetadata");
    for option in options {
        if holds(items, &option) {
            return Err(Diagnostic::error(Code::EntryExists, format!("`buildMetadata` holds `{option}` already")));
        }
        items.push(Value::text(option));
    }
    Ok(Some(file))
}
