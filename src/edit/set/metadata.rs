//! `set label` (into `commonLabels`) and `set annotation`.

use crate::edit::file::File;
use crate::edit::{Result, Work, pairs, usage};
use crate::yaml::edit::Value;

pub(in crate::edit) fn label(work: &mut Work<'_, '_>, args: &[String]) -> Result<Option<File>> {
    let pairs = pairs(args, "label")?;
    let mut file = work.open()?;
    let labels = file.new.map_mut("commonLabels");
    pairs.iter().for_each(|(key, value)| labels.set(key, Value::text(value)));
    Ok(Some(file))
}

pub(in crate::edit) fn annotation(work: &mut Work<'_, '_>, args: &[String]) -> Result<Option<File>> {
    let pairs = pairs(args, "annotation")?;
    if let Some(key) = pairs.keys().find(|key| !is_key(key)) {
        let error = usage(format!("`{key}` is not the key of an annotation"));
        return Err(error.help("a key is `name` or `prefix/name`, of letters, digits, `-`, `_` and `.`"));
    }
    let mut file = work.open()?;
    let annotations = file.new.map_mut("commonAnnotations");
    pairs.iter().for_each(|(key, value)| annotations.set(key, Value::text(value)));
    Ok(Some(file))
}

/// Upstream `IsValidKey`: a prefix begins with a letter and ends with a letter or a digit, a name begins and ends with one.
fn is_key(key: &str) -> bool {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    let is_made_of = |text: &str, others: &str, len_max: usize| {
        let ends = text.starts_with(|char: char| char.is_ascii_alphanumeric())
            && text.ends_with(|char: char| char.is_ascii_alphanumeric());
        ends && text.len() <= len_max && text.chars().all(|char| char.is_ascii_alphanumeric() || others.contains(char))
    };
    let is_prefix =
        |prefix: &str| prefix.starts_with(|char: char| char.is_ascii_alphabetic()) && is_made_of(prefix, "-.", 253);
    prefix.is_none_or(is_prefix) && is_made_of(name, "-_.", 63)
}
