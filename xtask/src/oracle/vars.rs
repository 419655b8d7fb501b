//! Random `vars`. Objects mention the same few names, so that some of them stand for something.

use super::generate::{Generator, Level};
use super::random::Random;
use super::resource::Resource;
use super::yaml::Yaml;

const NAMES: [&str; 6] = ["HOST", "PORT", "NAME", "VAR_A", "some.var", "IMAGE"];

pub fn add(g: &mut Generator, level: &mut Level, scope: &[Resource]) {
    if scope.is_empty() || !g.likely(13) {
        return;
    }
    g.tag("vars");
    let mut entries = Vec::new();
    for _ in 0..g.random.between(1, 3) {
        let name = g.random.word(&NAMES);
        if !g.claim("a var", name) && !g.random.chance(1) {
            continue;
        }
        let mut resource = g.random.pick(scope).clone();
        if !resource.kind.is_namespaced && g.random.chance(85) {
            // Objects without a namespace are hard to hit.
            let Some(other) = scope.iter().find(|other| other.kind.is_namespaced) else { continue };
            resource = other.clone();
        }
        let mut object = Yaml::map([
            ("apiVersion", Yaml::scalar(resource.kind.api_version)),
            ("kind", Yaml::scalar(resource.kind.kind)),
            ("name", Yaml::scalar(if g.random.chance(99) { &resource.name } else { "nobody" })),
        ]);
        if let Some(namespace) = &resource.namespace {
            object.set(&["namespace"], Yaml::scalar(namespace));
        }
        let mut entry = Yaml::map([("name", Yaml::scalar(name)), ("objref", object)]);
        if g.random.chance(65) {
            g.tag("vars: fieldref");
            let path = field(g, &resource);
            entry.set(&["fieldref", "fieldpath"], Yaml::scalar(path));
        }
        entries.push(entry);
    }
    level.add("vars", Yaml::List(entries));
}

fn field(g: &mut Generator, resource: &Resource) -> String {
    let mut paths = vec!["metadata.name".to_owned()];
    paths.extend(resource.namespace.is_some().then(|| "metadata.namespace".to_owned()));
    if let Some((key, _)) = resource.labels.first() {
        paths.push(format!("metadata.labels.{}", key.replace('.', "\\.")));
    }
    if let Some(pod) = resource.pod_path() {
        paths.push(format!("{pod}.containers[0].image"));
    }
    match resource.kind.kind {
        "Service" => paths.push("spec.ports[0].port".to_owned()),
        "HorizontalPodAutoscaler" => paths.push("spec.maxReplicas".to_owned()),
        "ConfigMap" | "Widget" if !resource.data_keys.is_empty() => {
            let parent = if resource.kind.kind == "Widget" { "spec" } else { "data" };
            let key = resource.data_keys[0].trim_matches(['\'', '"']).replace('.', "\\.");
            paths.push(format!("{parent}.{key}"));
        }
        _ => {}
    }
    if g.random.chance(1) { "spec.no.such.field".to_owned() } else { g.random.pick(&paths).clone() }
}

/// A text that mentions vars.
pub fn mention(random: &mut Random) -> String {
    let name = random.word(&NAMES);
    let other = random.word(&NAMES);
    match random.below(8) {
        0..=2 => format!("$({name})"),
        3 => format!("http://$({name}):$({other})/path"),
        4 => format!("$$({name})"),
        5 => format!("$({name}) and $(NOBODY)"),
        6 => format!("'$({name}'"),
        _ => format!("\"x-$({name})\""),
    }
}
