//! `set buildmetadata`: the options, instead of those that are there.

use crate::edit::file::File;
use crate::edit::{Result, Work, build_metadata};
use crate::yaml::edit::Value;

pub(in crate::edit) fn run(work: &mut Work<'_, '_>, args: &[String]) -> Result<Option<File>> {
    let options = build_metadata(args)?;
    let mut file = work.open()?;
    let mut old = std::mem::take(file.new.list_mut("buildMetadata"));
    let items = options.into_iter().map(|option| {
        let known = old.iter().position(|item| item.as_text() == option);
        known.map(|index| old.remove(index)).unwrap_or_else(|| Value::text(option))
    });
    let items: Vec<Value> = items.collect();
    *file.new.list_mut("buildMetadata") = items;
    Ok(Some(file))
}
