//! `remove patch`: the entries that hold exactly what the flags say.

use crate::diagnostic::{Code, Diagnostic};
use crate::edit::add::patch::{entry, is_same};
use crate::edit::file::File;
use crate::edit::{PatchFlags, Result, Work, candidates, usage};
use crate::yaml::edit::Value;

pub(in crate::edit) fn run(work: &mut Work<'_, '_>, flags: &PatchFlags) -> Result<Option<File>> {
    if !flags.path.is_empty() && !flags.patch.is_empty() {
        return Err(usage("`--path` and `--patch` exclude one another"));
    }
    let mut file = work.open()?;
    let wanted = entry(flags);
    let items = file.new.list_mut("patches");
    let before = items.clone();
    items.retain(|item| !is_same(item, &wanted));
    if items.len() == before.len() {
        let is_near = |item: &&Value| {
            ["path", "patch"]
                .iter()
                .any(|key| !wanted.text_of(key).is_empty() && item.text_of(key) == wanted.text_of(key))
        };
        let mut warning = Diagnostic::warning(Code::EditWithoutEffect, "there is no such patch");
        warning = match before.iter().find(is_near) {
            Some(_) => warning.help("one is there with another `target`: give all its fields"),
            None => candidates::with(warning, &flags.path, before.iter().map(|item| item.text_of("path"))),
        };
        work.report.push(warning);
        return Ok(None);
    }
    Ok(Some(file))
}
