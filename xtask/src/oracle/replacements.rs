//! Random `replacements`: sources, values, parts of texts, targets chosen and rejected, text inside texts.

use super::generate::{Generator, Level};
use super::resource::{self, Resource};
use super::scalar;
use super::yaml::{Content, Yaml};

pub fn add(g: &mut Generator, level: &mut Level, scope: &[Resource]) {
    if scope.is_empty() || !g.likely(20) {
        return;
    }
    g.tag("replacements");
    let n_entries = g.random.between(1, 3);
    let mut entries: Vec<Yaml> = (0..n_entries).map(|_| entry(g, scope)).collect();
    if g.random.chance(25) {
        g.tag("replacements: path");
        let entry = entries.remove(0);
        let document = if g.random.chance(50) { entry } else { Yaml::List(vec![entry]) };
        let style = g.style();
        let path = g.file(level, "repl", "yaml", Content::Documents(vec![document], style));
        entries.insert(0, Yaml::map([("path", Yaml::scalar(path))]));
    }
    level.add("replacements", Yaml::List(entries));
}

/// A whole replacement.
pub fn entry(g: &mut Generator, scope: &[Resource]) -> Yaml {
    let mut entry = Yaml::Map(Vec::new());
    let mut is_number = false;
    if g.random.chance(15) {
        g.tag("replacements: sourceValue");
        let values = ["plain", "'1'", "\"true\"", "''", "a.b.c", "x:1.2", "'{\"a\": 1}'", "host.example.com"];
        entry.set(&["sourceValue"], Yaml::scalar(g.random.word(&values)));
        if g.random.below(300) == 0 {
            entry.set(&["source"], Yaml::map([("kind", Yaml::scalar("ConfigMap"))]));
        }
    } else {
        let resource = g.random.pick(scope).clone();
        let (source, is_number_here) = source(g, &resource);
        is_number = is_number_here;
        entry.set(&["source"], source);
    }
    let n_targets = if g.random.chance(70) { 1 } else { g.random.between(1, 3) };
    let targets = (0..n_targets).map(|_| target(g, scope, is_number)).collect();
    if g.random.below(600) > 0 {
        entry.set(&["targets"], Yaml::List(targets));
    }
    entry
}

/// Where a value comes from, and whether it is a number.
fn source(g: &mut Generator, resource: &Resource) -> (Yaml, bool) {
    let mut source = Yaml::Map(Vec::new());
    let (group, version) = resource.gv();
    if g.random.chance(30) && !group.is_empty() {
        source.set(&["group"], Yaml::scalar(group));
    }
    if g.random.chance(40) {
        source.set(&["version"], Yaml::scalar(version));
    }
    source.set(&["kind"], Yaml::scalar(if g.random.chance(1) { "Nothing" } else { resource.kind.kind }));
    let name = if g.random.chance(85) { &resource.name } else { &resource.current_name };
    source.set(&["name"], Yaml::scalar(name));
    if let Some(namespace) = resource.namespace.as_ref().filter(|_| g.random.chance(60)) {
        source.set(&["namespace"], Yaml::scalar(namespace));
    }
    let numbers = number_paths(resource);
    let is_number = !numbers.is_empty() && g.random.chance(20);
    let path = if is_number {
        g.random.pick(&numbers).clone()
    } else {
        let paths = text_paths(g, resource, true);
        g.random.pick(&paths).clone()
    };
    if path.contains("\\.json") || path.contains(".json]") || path.contains("yaml") {
        g.tag("replacements: structured text source");
    }
    if path != "metadata.name" || g.random.chance(50) {
        let path = if g.random.chance(1) { "spec.no.such.field".to_owned() } else { path.clone() };
        source.set(&["fieldPath"], Yaml::scalar(scalar::single(&path)));
    }
    let delimiter = match path.as_str() {
        path if path.ends_with("image") => Some(g.random.word(&["':'", "/", "'@'", "."])),
        _ if g.random.chance(12) => Some(g.random.word(&["'-'", ".", "':'", "e"])),
        _ => None,
    };
    if let Some(delimiter) = delimiter.filter(|_| g.random.chance(60)) {
        g.tag("replacements: source options");
        source.set(&["options", "delimiter"], Yaml::scalar(delimiter));
        if g.random.chance(50) {
            source.set(&["options", "index"], Yaml::scalar(g.random.word(&["0", "0", "0", "0", "0", "0", "1", "-1"])));
        }
    }
    (source, is_number)
}

fn target(g: &mut Generator, scope: &[Resource], is_number: bool) -> Yaml {
    let mut resource = g.random.pick(scope).clone();
    if is_number {
        // A number goes best where a number was.
        if let Some(other) = scope.iter().find(|other| !number_paths(other).is_empty()) {
            resource = other.clone();
        }
    }
    let mut target = Yaml::map([("select", select(g, &resource))]);
    if g.random.chance(15) {
        g.tag("replacements: reject");
        let other = g.random.pick(scope).clone();
        let mut reject = select(g, &other);
        if g.random.chance(25) {
            reject = Yaml::map([("labelSelector", Yaml::scalar("app=web"))]);
        }
        target.set(&["reject"], Yaml::List(vec![reject]));
    }
    let mut needs_create = false;
    let n_paths = if g.random.chance(75) { 1 } else { 2 };
    let mut paths = Vec::new();
    for _ in 0..n_paths {
        let numbers = number_paths(&resource);
        let path = match g.random.below(10) {
            0..=4 if is_number && !numbers.is_empty() => g.random.pick(&numbers).clone(),
            0..=3 => {
                let known = text_paths(g, &resource, false);
                g.random.pick(&known).clone()
            }
            _ => {
                needs_create = true;
                let new = new_paths(&resource);
                g.random.pick(&new).clone()
            }
        };
        if path.contains('*') {
            g.tag("replacements: wildcard");
        }
        if path.contains('=') {
            g.tag("replacements: list selector");
        }
        if path.contains("json.") || path.contains("json].") || path.contains("yaml.") || path.contains("yaml].") {
            g.tag("replacements: structured text target");
        }
        paths.push(scalar::single(&path));
    }
    if paths != ["'metadata.name'"] || g.random.chance(50) {
        target.set(&["fieldPaths"], Yaml::list(paths));
    }
    if needs_create && !g.random.chance(3) || g.random.chance(10) {
        g.tag("replacements: create");
        target.set(&["options", "create"], Yaml::scalar("true"));
    }
    if g.random.chance(18) {
        g.tag("replacements: target options");
        target.set(&["options", "delimiter"], Yaml::scalar(g.random.word(&["':'", "/", "'-'", "."])));
        if g.random.chance(75) {
            target.set(&["options", "index"], Yaml::scalar(g.random.word(&["0", "1", "-1", "2", "9"])));
        }
    }
    target
}

fn select(g: &mut Generator, resource: &Resource) -> Yaml {
    let mut select = Yaml::Map(Vec::new());
    let (group, version) = resource.gv();
    if g.random.chance(15) && !group.is_empty() {
        select.set(&["group"], Yaml::scalar(group));
    }
    if g.random.chance(15) {
        select.set(&["version"], Yaml::scalar(version));
    }
    let (kind, name) = (resource.kind.kind, &resource.name);
    match g.random.below(20) {
        0..=11 => {
            select.set(&["kind"], Yaml::scalar(kind));
            select.set(&["name"], Yaml::scalar(name));
        }
        12..=14 => {
            g.tag("replacements: select regexp");
            let start: String = name.chars().take(2).collect();
            select.set(&["kind"], Yaml::scalar(kind));
            select.set(&["name"], Yaml::scalar(scalar::single(&format!("{start}.*"))));
        }
        15 | 16 => select.set(&["kind"], Yaml::scalar(kind)),
        17 => {
            select.set(&["kind"], Yaml::scalar(scalar::single(&format!("{kind}|Nothing"))));
            select.set(&["name"], Yaml::scalar(scalar::single(&format!("^({name}|zz)$"))));
        }
        _ => {
            g.tag("replacements: labelSelector");
            select.set(&["kind"], Yaml::scalar(kind));
            let selector = match resource.labels.first() {
                Some((key, value)) => format!("{key}={}", value.trim_matches(['\'', '"'])),
                None => "!app".to_owned(),
            };
            select.set(&["labelSelector"], Yaml::scalar(scalar::single(&selector)));
        }
    }
    if let Some(namespace) = resource.namespace.as_ref().filter(|_| g.random.chance(40)) {
        select.set(&["namespace"], Yaml::scalar(namespace));
    }
    if g.random.chance(4) {
        g.tag("replacements: annotationSelector");
        select.set(&["annotationSelector"], Yaml::scalar("'!no-such-annotation'"));
    }
    select
}

/// Writes a key as a part of a path.
fn part(key: &str, brackets: bool) -> String {
    let key = key.trim_matches(['\'', '"']);
    match (key.contains('.'), brackets) {
        (false, _) => key.to_owned(),
        (true, true) => format!("[{key}]"),
        (true, false) => key.replace('.', "\\."),
    }
}

/// Ways to texts that most likely exist.
fn text_paths(g: &mut Generator, resource: &Resource, is_source: bool) -> Vec<String> {
    let brackets = g.random.chance(50);
    let mut paths = vec!["metadata.name".to_owned()];
    if resource.namespace.is_some() {
        paths.push("metadata.namespace".to_owned());
    }
    for (key, _) in &resource.labels {
        paths.push(format!("metadata.labels.{}", part(key, brackets)));
    }
    if let Some(pod) = resource.pod_path() {
        paths.push(format!("{pod}.containers.[name=main].image"));
        paths.push(format!("{pod}.containers.0.image"));
        if !is_source {
            paths.push(format!("{pod}.containers.*.image"));
            if g.random.chance(15) {
                paths.push(format!("{pod}.containers.[image=nginx].image"));
            }
            paths.push(format!("{pod}.containers.[name=mai].image"));
        }
    }
    for (key, inner) in &resource.structured {
        for _ in 0..2 {
            let inner = if is_source { inner.replace(".*.", ".0.") } else { (*inner).to_owned() };
            paths.push(format!("data.{}.{inner}", part(key, brackets)));
        }
    }
    if is_source && resource.kind.pod == resource::Pod::None {
        let parent = if resource.kind.kind == "Widget" { "spec" } else { "data" };
        if ["Widget", "ConfigMap"].contains(&resource.kind.kind) {
            for key in &resource.data_keys {
                paths.push(format!("{parent}.{}", part(key, brackets)));
            }
        }
    }
    if resource.kind.kind == "Widget" && !is_source {
        for key in &resource.data_keys {
            paths.push(format!("spec.{}", part(key, brackets)));
        }
    }
    paths
}

fn number_paths(resource: &Resource) -> Vec<String> {
    match resource.kind.kind {
        "Service" => vec!["spec.ports.0.port".to_owned()],
        "HorizontalPodAutoscaler" => vec!["spec.maxReplicas".to_owned()],
        "Ingress" => vec!["spec.rules.0.http.paths.0.backend.service.port.number".to_owned()],
        _ => Vec::new(),
    }
}

/// Ways to fields that most likely have to be made.
fn new_paths(resource: &Resource) -> Vec<String> {
    let mut paths = vec![
        "metadata.annotations.copied".to_owned(),
        "metadata.annotations.[example.com/copied]".to_owned(),
        "metadata.labels.copied".to_owned(),
    ];
    if let Some(pod) = resource.pod_path() {
        paths.push(format!("{pod}.containers.[name=main].env.[name=NEW].value"));
        paths.push(format!("{pod}.containers.0.workingDir"));
        paths.push(format!("{pod}.nodeSelector.zone"));
        paths.push(format!("{pod}.containers.[name=new].image"));
    }
    match resource.kind.kind {
        "Widget" => paths.push("spec.made.deep.down".to_owned()),
        "ConfigMap" => paths.push("data.made".to_owned()),
        "Service" => paths.push("spec.externalName".to_owned()),
        _ => {}
    }
    paths
}
