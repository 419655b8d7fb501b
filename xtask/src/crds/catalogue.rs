//! The lists of docs/lists.md in the definitions that projects publish: is there such a list, do its items have the key, and
//! does the definition name other keys; and which lists with keys the page does not have.

use crate::shell::{self, Result};
use rustomize::build::{BuildOptions, build};
use rustomize::fs::Memory;
use rustomize::session::Session;
use rustomize::yaml::json;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

const PAGE: &str = "docs/lists.md";

/// What the page says of a list.
#[derive(Debug, PartialEq)]
enum Said {
    By(String),
    PodTemplate,
}

/// Compares; returns how much is to be judged.
pub fn check(definitions: &[String]) -> Result<usize> {
    let known = schemas(definitions)?;
    let (mut n_lists, mut n_faults, mut n_optional) = (0, 0, 0);
    let mut silent = Vec::new();
    for (group, kind, lists) in rows(&shell::read(Path::new(PAGE))?)? {
        let Some((version, schema)) = known.get(&(group.clone(), kind.clone())) else {
            silent.push(format!("{group}/{kind}"));
            continue;
        };
        for (path, said) in &lists {
            n_lists += 1;
            let verdict = judge(schema, path, said);
            match &verdict {
                Verdict::Same | Verdict::Silent => {}
                Verdict::Optional => {
                    n_optional += 1;
                    println!("{group}/{version} {kind} {path}: the key may be left out");
                }
                Verdict::Fault(words) => {
                    n_faults += 1;
                    println!("{group}/{version} {kind} {path}: {words}");
                }
            }
        }
        let mut found = Vec::new();
        keyed(schema, String::new(), &lists, &mut found);
        for (path, keys) in found {
            n_faults += 1;
            println!("{group}/{version} {kind} {path}: has the keys {keys:?}, which the page does not have");
        }
    }
    silent.sort();
    println!(
        "{n_lists} lists compared, in {n_optional} of which items may lack the key; no definition: {}",
        silent.join(", ")
    );
    println!("{n_faults} differ");
    Ok(n_faults)
}

enum Verdict {
    /// The definition names the same keys.
    Same,
    /// The definition has the list, and every item the key, but says nothing of merging.
    Silent,
    /// Likewise, but the key may be left out.
    Optional,
    Fault(String),
}

fn judge(schema: &Value, path: &str, said: &Said) -> Verdict {
    let mut node = schema;
    for step in path.split('.') {
        let name = step.trim_end_matches("[]");
        node = &node["properties"][name];
        if node.is_null() {
            return Verdict::Fault(format!("there is no `{name}`"));
        }
        if step.ends_with("[]") {
            node = &node["items"];
        }
    }
    let Said::By(key) = said else {
        let spec = &node["properties"]["spec"];
        let is_open = node["x-kubernetes-preserve-unknown-fields"].as_bool() == Some(true);
        let containers = &spec["properties"]["containers"]["items"]["properties"];
        return match is_open || !containers["image"].is_null() {
            true => Verdict::Silent,
            false => Verdict::Fault("is no pod template".to_owned()),
        };
    };
    if node["type"].as_str() != Some("array") {
        return Verdict::Fault("is no list".to_owned());
    }
    let keys: Vec<&str> =
        node["x-kubernetes-list-map-keys"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    match node["x-kubernetes-list-type"].as_str() {
        Some("map") if keys == [key.as_str()] => return Verdict::Same,
        Some("map") => return Verdict::Fault(format!("has the keys {keys:?}")),
        Some(other) => return Verdict::Fault(format!("is a list of type {other}")),
        None => {}
    }
    let items = &node["items"];
    if items["x-kubernetes-preserve-unknown-fields"].as_bool() == Some(true) {
        return Verdict::Silent;
    }
    if items["properties"][key.as_str()].is_null() {
        return Verdict::Fault(format!("its items have no `{key}`"));
    }
    let is_required = items["required"].as_array().into_iter().flatten().any(|name| name.as_str() == Some(key));
    if is_required { Verdict::Silent } else { Verdict::Optional }
}

/// Finds the lists with keys that the page does not speak of; what is below a pod template is known as such.
fn keyed(node: &Value, path: String, lists: &[(String, Said)], found: &mut Vec<(String, Vec<String>)>) {
    // What a container or volume holds is known from Kubernetes; status and claims are nothing to patch.
    const LEFT_OUT: [&str; 8] =
        ["container", "containers", "initContainers", "resources", "script", "sidecars", "status", "volumes"];
    let is_of_pod = lists.iter().any(|(of, said)| *of == path && *said == Said::PodTemplate);
    let name = path.rsplit('.').next().unwrap_or_default();
    if is_of_pod || LEFT_OUT.contains(&name.trim_end_matches("[]")) && !lists.iter().any(|(of, _)| *of == path) {
        return;
    }
    if node["x-kubernetes-list-type"].as_str() == Some("map") && !lists.iter().any(|(of, _)| *of == path) {
        let keys = node["x-kubernetes-list-map-keys"].as_array().into_iter().flatten();
        found.push((path.clone(), keys.filter_map(Value::as_str).map(str::to_owned).collect()));
    }
    for (name, inner) in node["properties"].as_object().into_iter().flatten() {
        keyed(inner, if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, lists, found);
    }
    if !node["items"].is_null() {
        keyed(&node["items"], format!("{path}[]"), lists, found);
    }
}

/// Reads the schemas of the stored versions, by group and kind.
fn schemas(definitions: &[String]) -> Result<BTreeMap<(String, String), (String, Value)>> {
    let mut files = Memory::new();
    files.set("/built/kustomization.yaml", "resources: [definitions.yaml]\n".to_owned());
    files.set("/built/definitions.yaml", definitions.join("\n---\n"));
    let mut session = Session::for_one_build(&files, "/built");
    let built = build(&mut session, ".", &BuildOptions::default()).map_err(|_| "the definitions are no resources")?;
    let mut found = BTreeMap::new();
    for resource in built.resources.iter() {
        let mut text = String::new();
        json::encode(&resource.tree, resource.tree.root(), &mut text).map_err(|_| "a definition is no JSON")?;
        let document: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let spec = &document["spec"];
        let mut versions = spec["versions"].as_array().into_iter().flatten();
        let stored = versions.rfind(|version| version["storage"].as_bool() == Some(true));
        let text = |node: &Value| node.as_str().unwrap_or_default().to_owned();
        if let Some(version) = stored {
            let schema = version["schema"]["openAPIV3Schema"].clone();
            found.insert((text(&spec["group"]), text(&spec["names"]["kind"])), (text(&version["name"]), schema));
        }
    }
    Ok(found)
}

/// The group and the kind of a row, and its lists.
type Row = (String, String, Vec<(String, Said)>);

/// Reads the table of the page.
fn rows(page: &str) -> Result<Vec<Row>> {
    let table = page.split("<!-- CATALOGUE -->\n").nth(1).and_then(|rest| rest.split("<!-- END -->").next());
    let mut rows = Vec::new();
    for line in table.unwrap_or_default().lines().skip(2) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [group, kinds, lists] = cells.as_slice() else { return Err(format!("{PAGE}: `{line}`")) };
        for kind in kinds.split(", ") {
            let mut said = Vec::new();
            for list in lists.split("<br>") {
                let (path, rest) = list.trim_start_matches('`').split_once('`').ok_or("a list has a path")?;
                let key = rest.trim().strip_prefix("by `").and_then(|rest| rest.strip_suffix('`'));
                said.push((path.to_owned(), key.map_or(Said::PodTemplate, |key| Said::By(key.to_owned()))));
            }
            rows.push(((*group).to_owned(), kind.to_owned(), said));
        }
    }
    if rows.is_empty() { Err(format!("{PAGE} has no table")) } else { Ok(rows) }
}
