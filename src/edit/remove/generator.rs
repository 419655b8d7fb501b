//! `remove configmap` and `remove secret`.

use crate::diagnostic::{Code, Diagnostic};
use crate::edit::file::File;
use crate::edit::{GeneratorKind, Result, Work, candidates, is_same_namespace, usage};

pub(in crate::edit) fn run(
    work: &mut Work<'_, '_>,
    kind: GeneratorKind,
    args: &[String],
    namespace: &str,
) -> Result<Option<File>> {
    let [arg] = args else {
        return Err(usage(format!("the name of a {} is wanted", kind.what())).help("separate names by commas"));
    };
    let names: Vec<&str> = arg.split(',').collect();
    let mut file = work.open()?;
    let items = file.new.list_mut(kind.field());
    let there: Vec<String> = items.iter().map(|item| item.text_of("name").to_owned()).collect();
    let there = || there.iter().map(String::as_str);
    let mut found: Vec<String> = Vec::new();
    items.retain(|item| {
        let name = item.text_of("name");
        let is_gone = names.contains(&name) && is_same_namespace(item.text_of("namespace"), namespace);
        if is_gone {
            found.push(name.to_owned());
        }
        !is_gone
    });
    if found.is_empty() {
        let message = format!("`{}` has no entry named {}", kind.field(), names.join(" or "));
        let error = Diagnostic::error(Code::EntryNotFound, message);
        return Err(match there().find(|name| names.contains(name)) {
            Some(_) => error.help("it is there in another namespace: say which with `--namespace`"),
            None => candidates::with(error, names.first().unwrap_or(&""), there()),
        });
    }
    for name in names.iter().filter(|name| !found.iter().any(|found| found == *name)) {
        work.warn_absent(format!("`{}` has no entry named `{name}`", kind.field()), name, there());
    }
    Ok(Some(file))
}
