//! `set configmap` and `set secret`: other values for literals that are there, another namespace.

use crate::diagnostic::{Code, Diagnostic};
use crate::edit::file::File;
use crate::edit::generator::{check, files, name, take_common_options};
use crate::edit::{GeneratorFlags, GeneratorKind, Result, Work, candidates, is_same_namespace, usage};
use crate::yaml::edit::{Data, Value};

pub(in crate::edit) fn run(
    work: &mut Work<'_, '_>,
    kind: GeneratorKind,
    args: &[String],
    flags: &GeneratorFlags,
) -> Result<Option<File>> {
    files(work, flags)?;
    let name = name(args, kind)?;
    if flags.literals.is_empty() && flags.new_namespace.is_empty() {
        return Err(usage("one of `--from-literal` and `--new-namespace` is wanted"));
    }
    let mut file = work.open()?;
    let common = file.new.get("generatorOptions").cloned();
    let items = file.new.list_mut(kind.field());
    let there: Vec<String> = items.iter().map(|item| item.text_of("name").to_owned()).collect();
    let entry = items
        .iter_mut()
        .find(|item| item.text_of("name") == name && is_same_namespace(item.text_of("namespace"), &flags.namespace))
        .ok_or_else(|| {
            let message = format!("`{}` has no entry `{name}` in this namespace", kind.field());
            let error = Diagnostic::error(Code::EntryNotFound, message);
            candidates::with(error, name, there.iter().map(String::as_str).filter(|there| **there != *name))
        })?;
    if !flags.literals.is_empty() {
        update(entry.list_mut("literals"), &flags.literals)?;
    }
    if !flags.new_namespace.is_empty() {
        entry.set_text("namespace", &flags.new_namespace);
    }
    take_common_options(entry, common.as_ref());
    let entry = entry.clone();
    check(work, &file, kind, &entry)?;
    Ok(Some(file))
}

/// Gives literals other values. Of several with one key the last one's value counts, and one is left; the reference leaves
/// them in any order (upstream `UpdateLiteralSources`), here they stay in theirs.
fn update(literals: &mut Vec<Value>, new: &[String]) -> Result<()> {
    let mut seen: Vec<(String, usize)> = Vec::new();
    let mut gone = Vec::new();
    for (index, literal) in literals.iter().enumerate() {
        let (key, _) = parse(literal.as_text())?;
        match seen.iter_mut().find(|(name, _)| name == key) {
            Some((_, at)) => gone.push(std::mem::replace(at, index)),
            None => seen.push((key.to_owned(), index)),
        }
    }
    for literal in new {
        let (key, _) = parse(literal)?;
        let Some((_, index)) = seen.iter().find(|(name, _)| name == key) else {
            let error = Diagnostic::error(Code::EntryNotFound, format!("there is no literal `{key}`"));
            return Err(candidates::with(error, key, seen.iter().map(|(key, _)| key.as_str())));
        };
        literals[*index].data = Data::Text(literal.clone());
    }
    let mut index = 0;
    literals.retain(|_| {
        index += 1;
        !gone.contains(&(index - 1))
    });
    Ok(())
}

fn parse(literal: &str) -> Result<(&str, &str)> {
    let error = || {
        // What stands behind the equals sign may be a secret.
        let key = literal.split('=').next().unwrap_or("");
        usage(format!("the literal `{key}` is not one key, one `=` and a value without any"))
    };
    literal.split_once('=').filter(|(_, value)| !value.contains('=')).ok_or_else(error)
}
