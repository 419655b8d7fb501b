//! `set namespace`, `set nameprefix`, `set namesuffix`.

use crate::edit::file::File;
use crate::edit::{Result, Work, usage};

pub(in crate::edit) fn run(work: &mut Work<'_, '_>, field: &str, args: &[String]) -> Result<Option<File>> {
    let [text] = args else {
        return Err(usage(format!("exactly one value for `{field}` is wanted")));
    };
    let mut file = work.open()?;
    file.new.set_text(field, text);
    Ok(Some(file))
}
