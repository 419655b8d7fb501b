//! `add resource`, `add component`, `add base`, `add generator`, `add transformer`, `add configuration`.

use crate::diagnostic::{Code, Diagnostic};
use crate::edit::file::File;
use crate::edit::{FileList, Result, Work, holds, legacy, paths, usage};
use crate::fs;
use crate::yaml::edit::Value;

pub(in crate::edit) fn resource(work: &mut Work<'_, '_>, args: &[String], is_unchecked: bool) -> Result<Option<File>> {
    check(args, FileList::Resources)?;
    let found = if is_unchecked { args.to_vec() } else { paths::loadable(work, args)? };
    append(work, FileList::Resources, &found)
}

pub(in crate::edit) fn component(work: &mut Work<'_, '_>, args: &[String]) -> Result<Option<File>> {
    check(args, FileList::Components)?;
    let found = paths::loadable(work, args)?;
    append(work, FileList::Components, &found)
}

/// Files of plugins and configurations; like the reference, does nothing where nothing matches.
pub(in crate::edit) fn configuration(work: &mut Work<'_, '_>, list: FileList, args: &[String]) -> Result<Option<File>> {
    check(args, list)?;
    let found = paths::matching(work, args)?;
    append(work, list, &found)
}

/// Directories under `resources`; unlike there, one that is listed already is an error.
pub(in crate::edit) fn base(work: &mut Work<'_, '_>, args: &[String]) -> Result<Option<File>> {
    let [arg] = args else {
        return Err(usage("one argument is wanted").help("separate directories by commas"));
    };
    let mut file = work.open()?;
    let mut items = legacy::items(&file, "resources", "bases");
    for path in arg.split(',') {
        let kind = work.session.fs.kind(&fs::join(&work.session.directory, path));
        if path.is_empty() || kind == Err(fs::FsError::NotFound) {
            return Err(Diagnostic::error(Code::FileNotFound, format!("`{path}` does not exist")).path(path));
        }
        if holds(&items, path) {
            return Err(Diagnostic::error(Code::EntryExists, format!("`{path}` is among the `resources` already")));
        }
        items.push(Value::text(path));
    }
    legacy::set_items(&mut file, "resources", "bases", items);
    Ok(Some(file))
}

fn check(args: &[String], list: FileList) -> Result<()> {
    match args.is_empty() {
        true => Err(usage(format!("no {} is given", list.what()))),
        false => Ok(()),
    }
}

fn append(work: &mut Work<'_, '_>, list: FileList, found: &[String]) -> Result<Option<File>> {
    if found.is_empty() {
        return Ok(None);
    }
    let mut file = work.open()?;
    let mut items = match list {
        FileList::Resources => legacy::items(&file, "resources", "bases"),
        list => file.new.items_of(list.field()).to_vec(),
    };
    let skips_itself = matches!(list, FileList::Resources | FileList::Components);
    for path in found {
        if skips_itself && path == file.name {
            continue;
        }
        if holds(&items, path) {
            work.warn(format!("`{path}` is among the `{}` already", list.field()));
            continue;
        }
        items.push(Value::text(path));
    }
    match list {
        FileList::Resources => legacy::set_items(&mut file, "resources", "bases", items),
        list => *file.new.list_mut(list.field()) = items,
    }
    Ok(Some(file))
}
