//! `remove buildmetadata`.

use crate::edit::file::File;
use crate::edit::{Result, Work, build_metadata};

pub(in crate::edit) fn run(work: &mut Work<'_, '_>, args: &[String]) -> Result<Option<File>> {
    let options = build_metadata(args)?;
    let mut file = work.open()?;
    let items = file.new.list_mut("buildMetadata");
    let n_before = items.len();
    items.retain(|item| !options.iter().any(|option| option == item.as_text()));
    if items.len() == n_before {
        work.warn(format!("`buildMetadata` does not hold {}", args.join(", ")));
    }
    Ok(Some(file))
}
