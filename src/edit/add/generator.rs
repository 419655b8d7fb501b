//! `add configmap` and `add secret`: sources for an entry, made if it is not there.

use crate::edit::file::File;
use crate::edit::generator::{check, files, join_envs, name, take_common_options};
use crate::edit::{GeneratorFlags, GeneratorKind, Result, Work, is_same_namespace, usage};
use crate::yaml::edit::Value;

pub(in crate::edit) fn run(
    work: &mut Work<'_, '_>,
    kind: GeneratorKind,
    args: &[String],
    flags: &GeneratorFlags,
) -> Result<Option<File>> {
    let found = files(work, flags)?;
    let name = name(args, kind)?;
    if flags.env_file.is_empty() && found.is_empty() && flags.literals.is_empty() {
        return Err(usage("one of `--from-env-file`, `--from-file` and `--from-literal` is wanted"));
    }
    let has_others = !found.is_empty() || !flags.literals.is_empty();
    if !flags.env_file.is_empty() && has_others {
        return Err(usage("`--from-env-file` excludes `--from-file` and `--from-literal`"));
    }
    if !["", "create", "merge", "replace"].contains(&flags.behavior.as_str()) {
        let error = usage(format!("`{}` is no behavior", flags.behavior));
        return Err(error.help("it is `create`, `merge` or `replace`"));
    }
    let mut file = work.open()?;
    let common = file.new.get("generatorOptions").cloned();
    let items = file.new.list_mut(kind.field());
    let known = items.iter().position(|item| {
        item.text_of("name") == name && is_same_namespace(item.text_of("namespace"), &flags.namespace)
    });
    let index = known.unwrap_or_else(|| {
        let fields = [("name", name), ("namespace", &flags.namespace), ("type", secret_type(kind, flags))];
        items.push(Value::texts(&fields));
        items.len() - 1
    });
    let Some(entry) = items.get_mut(index) else { return Ok(None) };
    let lists = [("literals", &flags.literals), ("files", &found)];
    for (key, texts) in lists.into_iter().filter(|(_, texts)| !texts.is_empty()) {
        entry.list_mut(key).extend(texts.iter().map(Value::text));
    }
    if !flags.env_file.is_empty() {
        join_envs(entry);
        entry.list_mut("envs").push(Value::text(&flags.env_file));
    }
    if flags.disable_name_suffix_hash {
        // In the place of all options, like the reference.
        let old = entry.map_mut("options");
        let others: Vec<String> = old.entries().iter().map(|(key, _)| key.clone()).collect();
        others.iter().filter(|key| *key != "disableNameSuffixHash").for_each(|key| drop(old.remove(key)));
        old.set("disableNameSuffixHash", Value::plain(true));
    }
    if !flags.behavior.is_empty() {
        entry.set_text("behavior", &flags.behavior);
    }
    take_common_options(entry, common.as_ref());
    let entry = entry.clone();
    check(work, &file, kind, &entry)?;
    Ok(Some(file))
}

fn secret_type(kind: GeneratorKind, flags: &GeneratorFlags) -> &str {
    if kind == GeneratorKind::Secret { &flags.secret_type } else { "" }
}
