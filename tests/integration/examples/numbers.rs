//! The numbers of a document in the render: each line of `numbers.tsv` names an environment, an object, a field and the value
//! that the document gives, with its line there.

use super::{read, systems};
use crate::case::file_name;
use std::collections::BTreeMap;
use yaml_rust2::{Yaml, YamlLoader};

#[test]
fn numbers_of_the_documents_are_in_the_render() {
    let mut failures = Vec::new();
    let mut n_numbers = 0;
    for system in systems() {
        let name = file_name(&system);
        let mut renders: BTreeMap<String, Vec<Yaml>> = BTreeMap::new();
        for line in read(&system.join("numbers.tsv")).lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let [environment, object, path, value, document_line] = fields[..] else {
                failures.push(format!("{name}: not five fields: {line}"));
                continue;
            };
            let render = renders.entry(environment.to_owned()).or_insert_with(|| {
                let text = read(&system.join(format!("expected/{environment}.yaml")));
                YamlLoader::load_from_str(&text).expect("a render is YAML")
            });
            if document_line.parse::<usize>().is_err() {
                failures.push(format!("{name}: `{document_line}` is no line: {line}"));
            }
            if let Err(message) = check(render, object, path, value) {
                failures.push(format!("{name}: {environment} {object} {path}: {message}"));
            }
            n_numbers += 1;
        }
    }
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
    assert!(n_numbers >= 50, "only {n_numbers} numbers");
}

/// `~text` is found in the value, anything else is the value.
fn check(render: &[Yaml], object: &str, path: &str, value: &str) -> Result<(), String> {
    let found: Vec<&Yaml> = render.iter().filter(|document| is_named(document, object)).collect();
    let [document] = found[..] else { return Err(format!("{} objects of this name", found.len())) };
    let actual = at(document, path)?;
    match value.strip_prefix('~') {
        Some(part) if actual.contains(part) => Ok(()),
        None if actual == value => Ok(()),
        _ => Err(format!("`{actual}`, and the document says `{value}`")),
    }
}

/// `Kind/name` or `Kind/namespace/name`; the name of what is generated goes without its hash.
fn is_named(document: &Yaml, object: &str) -> bool {
    let text = |field: &str| document["metadata"][field].as_str().unwrap_or("");
    let (kind, namespace, name) = match object.split('/').collect::<Vec<_>>()[..] {
        [kind, name] => (kind, None, name),
        [kind, namespace, name] => (kind, Some(namespace), name),
        _ => return false,
    };
    let is_hash = |rest: &str| rest.len() == 11 && rest.starts_with('-');
    let is_name = text("name") == name
        || (["ConfigMap", "Secret"].contains(&kind) && text("name").strip_prefix(name).is_some_and(is_hash));
    document["kind"].as_str() == Some(kind) && is_name && namespace.is_none_or(|it| it == text("namespace"))
}

/// Returns the scalar at a path as `explain` takes it: `spec.ports[0].port`, `containers.[name=web].image`,
/// `containers.web.image`; a key with dots stands as it is.
fn at(document: &Yaml, path: &str) -> Result<String, String> {
    let (mut node, mut rest) = (document, path);
    while !rest.is_empty() {
        let missing = || format!("nothing at `{rest}`");
        let (step, next) = match (node, rest.strip_prefix('[')) {
            (_, Some(inner)) => {
                let (inside, next) = inner.split_once(']').ok_or_else(missing)?;
                (item(node, inside), next)
            }
            (Yaml::Hash(map), None) => {
                let follows = |key: &&str| match rest.strip_prefix(*key) {
                    Some(next) => next.is_empty() || next.starts_with(['.', '[']),
                    None => false,
                };
                let key = map.keys().filter_map(Yaml::as_str).filter(follows).max_by_key(|key| key.len());
                let key = key.ok_or_else(missing)?;
                (Some(&node[key]), &rest[key.len()..])
            }
            (_, None) => {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                (item(node, &rest[..end]), &rest[end..])
            }
        };
        node = step.ok_or_else(missing)?;
        rest = next.strip_prefix('.').unwrap_or(next);
    }
    match node {
        Yaml::String(text) | Yaml::Real(text) => Ok(text.clone()),
        Yaml::Integer(number) => Ok(number.to_string()),
        Yaml::Boolean(is_true) => Ok(is_true.to_string()),
        _ => Err("no scalar".to_owned()),
    }
}

/// An item of a list: by its index, by a field (`name=web`) or by its name.
fn item<'y>(list: &'y Yaml, which: &str) -> Option<&'y Yaml> {
    let items = list.as_vec()?;
    if let Ok(index) = which.parse::<usize>() {
        return items.get(index);
    }
    let (field, value) = which.split_once('=').unwrap_or(("name", which));
    items.iter().find(|item| item[field].as_str() == Some(value))
}

#[test]
fn paths_lead_where_they_say() {
    let document = "a: {b.c/d: 1, list: [{name: x, v: 2}, {name: y, v: 3}]}";
    let document = &YamlLoader::load_from_str(document).expect("YAML")[0];
    for (path, value) in [("a.b.c/d", "1"), ("a.list.y.v", "3"), ("a.list[0].v", "2"), ("a.list.[name=y].v", "3")] {
        assert_eq!(at(document, path).as_deref(), Ok(value), "{path}");
    }
    for path in ["a.list", "a.none", "a.list.z.v", "a.list[7].v", "a.list[0"] {
        assert!(at(document, path).is_err(), "{path}");
    }
}
