//! `remove resource`, `remove component`, `remove transformer`: what matches patterns.

use crate::diagnostic::{Code, Diagnostic};
use crate::edit::file::File;
use crate::edit::{FileList, Result, Work, legacy, usage};
use crate::fs::glob;
use crate::yaml::edit::Value;

pub(in crate::edit) fn run(work: &mut Work<'_, '_>, list: FileList, args: &[String]) -> Result<Option<File>> {
    if args.is_empty() {
        return Err(usage(format!("no {} is given", list.what())));
    }
    let mut file = work.open()?;
    let mut items = match list {
        FileList::Resources => legacy::items(&file, "resources", "bases"),
        list => file.new.items_of(list.field()).to_vec(),
    };
    let mut gone = Vec::new();
    for pattern in args {
        let n_before = gone.len();
        for item in &items {
            let is_match = glob::is_match(pattern, item.as_text()).map_err(|glob::BadPattern| {
                Diagnostic::error(Code::InvalidPattern, format!("`{pattern}` is not a pattern that can be read"))
            })?;
            if is_match {
                gone.push(item.as_text().to_owned());
            }
        }
        if gone.len() == n_before {
            let message = format!("nothing in `{}` matches `{pattern}`", list.field());
            work.warn_absent(message, pattern, items.iter().map(Value::as_text));
        }
    }
    items.retain(|item| !gone.iter().any(|path| path == item.as_text()));
    match list {
        FileList::Resources => legacy::set_items(&mut file, "resources", "bases", items),
        list => *file.new.list_mut(list.field()) = items,
    }
    Ok(Some(file))
}
