//! `remove patch`: the entries that hold exactly what the flags say.

use crate::edit::add::patch::{entry, is_same};
use crate::edit::file::File;
use crate::edit::{PatchFlags, Result, Work, usage};

pub(in crate::edit) fn run(work: &mut Work<'_, '_>, flags: &PatchFlags) -> Result<Option<File>> {
    if !flags.path.is_empty() && !flags.patch.is_empty() {
        return Err(usage("`--path` and `--patch` exclude one another"));
    }
    let mut file = work.open()?;
    let wanted = entry(flags);
    let items = file.new.list_mut("patches");
    let n_before = items.len();
    items.retain(|item| !is_same(item, &wanted));
    if items.len() == n_before {
        work.warn("there is no such patch");
        return Ok(None);
    }
    Ok(Some(file))
}
