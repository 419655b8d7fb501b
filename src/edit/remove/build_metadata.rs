//! `remove buildmetadata`.

use crate::edit::file::File;
use crate::edit::{Result, Work, build_metadata};
use crate::yaml::edit::Value;

pub(in crate::edit) fn run(work: &mut Work<'_, '_>, args: &[String]) -> Result<Option<File>> {
    let options = build_metadata(args)?;
    let mut file = work.open()?;
    let items = file.new.list_mut("buildMetadata");
    let before = items.clone();
    items.retain(|item| !options.iter().any(|option| option == item.as_text()));
    if items.len() == before.len() {
        let message = format!("`buildMetadata` does not hold {}", args.join(", "));
        work.warn_absent(message, "", before.iter().map(Value::as_text));
    }
    Ok(Some(file))
}
