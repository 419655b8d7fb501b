//! Random patches: strategic merge and JSON 6902, in files, inline, with and without targets, in the field of today and
//! in the deprecated ones.

use super::generate::{Generator, Level};
use super::random::Random;
use super::resource::{self, Pod, Resource};
use super::scalar;
use super::yaml::{Content, Style, Yaml};

pub fn add(g: &mut Generator, level: &mut Level, scope: &mut Vec<Resource>) {
    if scope.is_empty() {
        return;
    }
    if g.likely(65) {
        g.tag("patches");
        let entries = (0..g.random.between(1, 3)).map(|_| entry(g, level, scope)).collect();
        level.add("patches", Yaml::List(entries));
    }
    if g.likely(16) {
        g.tag("patchesStrategicMerge");
        let (documents, style) = merge_documents(g, scope, 2);
        let entry = if g.random.chance(40) {
            g.tag("patchesStrategicMerge: inline");
            Yaml::Embedded("|-", documents)
        } else {
            g.tag("patchesStrategicMerge: path");
            Yaml::scalar(g.file(level, "psm", "yaml", Content::Documents(documents, style)))
        };
        level.add("patchesStrategicMerge", Yaml::List(vec![entry]));
    }
    if g.likely(16) {
        g.tag("patchesJson6902");
        let target = g.random.pick(scope).clone();
        let mut entry = Yaml::map([("target", exact_target(&mut g.random, &target))]);
        json_source(g, level, &mut entry, &target);
        level.add("patchesJson6902", Yaml::List(vec![entry]));
    }
}

pub fn entry(g: &mut Generator, level: &Level, scope: &mut Vec<Resource>) -> Yaml {
    let resource = g.random.pick(scope).clone();
    let mut entry = Yaml::Map(Vec::new());
    if g.random.chance(40) {
        g.tag("patches: JSON 6902");
        json_source(g, level, &mut entry, &resource);
        let target = target(g, &resource);
        entry.set(&["target"], target);
        return entry;
    }
    g.tag("patches: strategic merge");
    let has_target = g.random.chance(45);
    let (documents, style) = merge_documents(g, scope, if has_target { 1 } else { 3 });
    if documents.len() > 1 {
        g.tag("patches: several documents");
    }
    if g.random.chance(50) {
        g.tag("patches: inline");
        entry.set(&["patch"], Yaml::Embedded(g.random.word(&["|-", "|"]), documents));
    } else {
        g.tag("patches: path");
        let path = g.file(level, "p", "yaml", Content::Documents(documents, style));
        entry.set(&["path"], Yaml::scalar(path));
    }
    if has_target {
        let target = target(g, &resource);
        entry.set(&["target"], target);
        if g.random.chance(20) {
            g.tag("patches: options");
            let option = g.random.word(&["allowNameChange", "allowKindChange"]);
            entry.set(&["options", option], Yaml::scalar(g.random.word(&["true", "false"])));
        }
    }
    entry
}

/// A `target` with any of its fields.
pub fn target(g: &mut Generator, resource: &Resource) -> Yaml {
    let mut target = Yaml::Map(Vec::new());
    match g.random.below(10) {
        0..=3 => return exact_target(&mut g.random, resource),
        4..=6 => {
            g.tag("patches: target regex");
            target.set(&["kind"], Yaml::scalar(format!("{}|Nothing", resource.kind.kind)));
            let name = &resource.name;
            let pattern = match g.random.below(4) {
                0 => ".*".to_owned(),
                1 => format!("({name}|other)"),
                2 => format!("{}.*", name.chars().take(2).collect::<String>()),
                _ => format!("^{name}$"),
            };
            target.set(&["name"], Yaml::scalar(scalar::single(&pattern)));
        }
        7 | 8 => {
            g.tag("patches: labelSelector");
            target.set(&["kind"], Yaml::scalar(resource.kind.kind));
            let selector = match (resource.labels.first(), g.random.below(4)) {
                (Some((key, value)), 0) => format!("{key}={}", value.trim_matches(['\'', '"'])),
                (Some((key, _)), 1) => (*key).clone(),
                (_, 2) => "app in (web, api),tier notin (x)".to_owned(),
                _ => "!no-such-label".to_owned(),
            };
            target.set(&["labelSelector"], Yaml::scalar(scalar::single(&selector)));
        }
        _ => {
            g.tag("patches: annotationSelector");
            target.set(&["kind"], Yaml::scalar(resource.kind.kind));
            let selector = g.random.word(&["!no-such-annotation", "a", "key=prod", "name!=x"]);
            target.set(&["annotationSelector"], Yaml::scalar(scalar::single(selector)));
        }
    }
    target
}

pub fn exact_target(random: &mut Random, resource: &Resource) -> Yaml {
    let mut target = Yaml::Map(Vec::new());
    let (group, version) = resource.kind.api_version.rsplit_once('/').unwrap_or(("", resource.kind.api_version));
    if random.chance(50) && !group.is_empty() {
        target.set(&["group"], Yaml::scalar(group));
    }
    if random.chance(60) {
        target.set(&["version"], Yaml::scalar(version));
    }
    target.set(&["kind"], Yaml::scalar(resource.kind.kind));
    let is_original = random.chance(88);
    target.set(&["name"], Yaml::scalar(if is_original { &resource.name } else { &resource.current_name }));
    if let Some(namespace) = resource.namespace.as_ref().filter(|_| random.chance(50)) {
        target.set(&["namespace"], Yaml::scalar(namespace));
    }
    target
}

/// Up to so many strategic merge patches, and how to write them.
pub fn merge_documents(g: &mut Generator, scope: &mut Vec<Resource>, n_max: usize) -> (Vec<Yaml>, Style) {
    let n_documents = if g.random.chance(70) { 1 } else { g.random.between(1, n_max) };
    let mut documents = Vec::new();
    for _ in 0..n_documents {
        if scope.is_empty() {
            break;
        }
        let at = g.random.below(scope.len());
        let resource = scope[at].clone();
        let (document, deletes) = merge_patch(&mut g.random, &resource);
        if deletes && scope.len() > 1 {
            g.tag("patches: $patch delete of an object");
            scope.remove(at);
        }
        documents.push(document);
    }
    let style = g.style();
    (documents, style)
}

/// A strategic merge patch for an object, and whether it deletes it.
fn merge_patch(random: &mut Random, resource: &Resource) -> (Yaml, bool) {
    let mut patch = Yaml::map([
        ("apiVersion", Yaml::scalar(resource.kind.api_version)),
        ("kind", Yaml::scalar(resource.kind.kind)),
    ]);
    let is_original = random.chance(88);
    let (name, namespace) = if is_original {
        (&resource.name, &resource.namespace)
    } else {
        (&resource.current_name, &resource.current_namespace)
    };
    patch.set(&["metadata", "name"], Yaml::scalar(if random.below(200) == 0 { "nobody" } else { name }));
    if let Some(namespace) = namespace {
        patch.set(&["metadata", "namespace"], Yaml::scalar(namespace));
    }
    if random.chance(5) {
        patch.set(&["$patch"], Yaml::scalar("delete"));
        return (patch, true);
    }
    if random.chance(40) {
        let labels = resource::label_map(&resource::labels(random));
        patch.set(&["metadata", "labels"], labels);
    }
    if random.chance(30) {
        let key = scalar::keys(random, 1).remove(0);
        let value = if random.chance(15) { Yaml::scalar("null") } else { scalar::text(random) };
        patch.set(&["metadata", "annotations"], Yaml::map([(key, value)]));
    }
    let pod_path: &[&str] = match resource.kind.pod {
        Pod::None => {
            plain_merge(random, resource, &mut patch);
            return (patch, false);
        }
        Pod::Spec => &["spec"],
        Pod::Template => &["spec", "template", "spec"],
        Pod::CronJob => &["spec", "jobTemplate", "spec", "template", "spec"],
    };
    if resource.kind.has_replicas && random.chance(50) {
        patch.set(&["spec", "replicas"], Yaml::scalar(random.word(&["2", "4", "'5'", "null"])));
    }
    if random.chance(75) {
        let containers = container_merges(random, resource);
        patch.set(&[pod_path, &["containers"]].concat(), containers);
    }
    if random.chance(15) {
        let volume = Yaml::map([("name", Yaml::scalar("v0")), ("emptyDir", Yaml::Map(Vec::new()))]);
        patch.set(&[pod_path, &["volumes"]].concat(), Yaml::List(vec![volume]));
    }
    if random.chance(10) {
        patch.set(&[pod_path, &["nodeSelector"]].concat(), Yaml::scalar(random.word(&["null", "{}", "{disk: hdd}"])));
    }
    if random.chance(8) {
        let field = random.word(&["tolerations", "initContainers", "imagePullSecrets"]);
        patch.set(&[pod_path, &[field]].concat(), Yaml::scalar(random.word(&["null", "[]"])));
    }
    (patch, false)
}

fn container_merges(random: &mut Random, resource: &Resource) -> Yaml {
    let mut items = Vec::new();
    for name in &resource.containers {
        match random.below(10) {
            0 => {
                let directive = random.word(&["delete", "replace", "merge"]);
                let mut item = if directive == "delete" {
                    Yaml::map([("name", Yaml::scalar(name))])
                } else {
                    resource::container(random, name)
                };
                item.set(&["$patch"], Yaml::scalar(directive));
                items.push(item);
            }
            1..=6 => {
                let mut item = Yaml::map([("name", Yaml::scalar(name))]);
                if random.chance(40) {
                    item.set(&["image"], Yaml::scalar(resource::image(random)));
                }
                if random.chance(40) {
                    let number = random.below(4);
                    let var = resource::env_var(random, number);
                    item.set(&["env"], Yaml::List(vec![var]));
                }
                if random.chance(25) {
                    let number = random.below(3);
                    let port = resource::container_port(random, number);
                    item.set(&["ports"], Yaml::List(vec![port]));
                }
                if random.chance(20) {
                    item.set(&["resources", "limits", "memory"], Yaml::scalar("1Gi"));
                }
                if random.chance(15) {
                    item.set(&["args"], Yaml::scalar(random.word(&["null", "[]", "[x, y]"])));
                }
                items.push(item);
            }
            _ => {}
        }
    }
    if items.is_empty() || random.chance(25) {
        items.push(resource::container(random, "added"));
    }
    Yaml::List(items)
}

fn plain_merge(random: &mut Random, resource: &Resource, patch: &mut Yaml) {
    let known = resource.data_keys.clone();
    let key = |random: &mut Random| match known.is_empty() || random.chance(40) {
        true => scalar::keys(random, 1).remove(0),
        false => random.pick(&known).clone(),
    };
    match resource.kind.kind {
        "ConfigMap" => {
            let name = key(random);
            let value = if random.chance(20) { Yaml::scalar("null") } else { scalar::text(random) };
            patch.set(&["data"], Yaml::map([(name, value)]));
        }
        "Secret" => {
            let name = key(random);
            let value = random.word(&["d29ybGQ=", "null"]);
            patch.set(&["data"], Yaml::map([(name, Yaml::scalar(value))]));
        }
        "Service" => {
            let number = random.below(4);
            let port = resource::service_port(random, number);
            patch.set(&["spec", "ports"], Yaml::List(vec![port]));
            if random.chance(30) {
                patch.set(&["spec", "type"], Yaml::scalar("LoadBalancer"));
            }
        }
        "Widget" => {
            let name = key(random);
            let value = if random.chance(15) { Yaml::scalar("null") } else { scalar::tree(random, 2, false) };
            patch.set(&["spec"], Yaml::map([(name, value)]));
            if random.chance(10) {
                patch.set(&["spec", "$patch"], Yaml::scalar("replace"));
            }
        }
        _ if random.chance(50) => patch.set(&["metadata", "labels", "patched"], Yaml::scalar("'yes'")),
        _ => {}
    }
}

/// `path` or `patch` with JSON 6902 operations.
fn json_source(g: &mut Generator, level: &Level, entry: &mut Yaml, resource: &Resource) {
    let n_operations = g.random.between(1, 3);
    let operations: Vec<Yaml> = (0..n_operations).map(|_| operation(&mut g.random, resource)).collect();
    let operations = Yaml::List(operations);
    let is_json = g.random.chance(25);
    let style = if is_json { Style { json: true, ..Style::default() } } else { g.style() };
    if g.random.chance(50) {
        g.tag("JSON 6902: inline");
        if is_json {
            let text = Content::Documents(vec![operations], style).render();
            entry.set(&["patch"], Yaml::Block("|-", text.lines().map(str::to_owned).collect()));
        } else {
            entry.set(&["patch"], Yaml::Embedded("|-", vec![operations]));
        }
    } else {
        g.tag("JSON 6902: path");
        let path =
            g.file(level, "j", if is_json { "json" } else { "yaml" }, Content::Documents(vec![operations], style));
        entry.set(&["path"], Yaml::scalar(path));
    }
}

pub fn operation(random: &mut Random, resource: &Resource) -> Yaml {
    let op =
        |kind: &str, path: &str| Yaml::map([("op", Yaml::scalar(kind)), ("path", Yaml::scalar(scalar::single(path)))]);
    let with = |kind: &str, path: &str, value: Yaml| {
        let mut operation = op(kind, path);
        operation.set(&["value"], value);
        operation
    };
    let pod = match resource.kind.pod {
        Pod::None => None,
        Pod::Spec => Some("/spec"),
        Pod::Template => Some("/spec/template/spec"),
        Pod::CronJob => Some("/spec/jobTemplate/spec/template/spec"),
    };
    match (pod, random.below(12)) {
        (_, 0) if !resource.labels.is_empty() => {
            let key = resource.labels[0].0.replace('~', "~0").replace('/', "~1");
            if random.chance(25) {
                op("remove", &format!("/metadata/labels/{key}"))
            } else {
                with("replace", &format!("/metadata/labels/{key}"), Yaml::scalar("changed"))
            }
        }
        (_, 1) => with("add", "/metadata/labels", resource::label_map(&resource::labels(random))),
        (_, 2) => with("add", "/metadata/annotations", Yaml::map([("json", Yaml::scalar(scalar::line(random)))])),
        (_, 3) => with("test", "/kind", Yaml::scalar(resource.kind.kind)),
        (_, 4) if !resource.labels.is_empty() => {
            let mut operation = op(random.word(&["copy", "move"]), "/metadata/copied");
            operation.set(&["from"], Yaml::scalar("/metadata/labels"));
            operation
        }
        (Some(pod), 5 | 6) => {
            with("replace", &format!("{pod}/containers/0/image"), Yaml::scalar(resource::image(random)))
        }
        (Some(pod), 7) => with("add", &format!("{pod}/containers/-"), resource::container(random, "json")),
        (Some(pod), 8) => with("add", &format!("{pod}/containers/0"), resource::container(random, "first")),
        (Some(pod), 9) => {
            with("add", &format!("{pod}/hostNetwork"), Yaml::scalar(random.word(&["true", "yes", "1.50"])))
        }
        (Some(_), 10) if resource.kind.has_replicas => {
            with("replace", "/spec/replicas", Yaml::scalar(random.word(&["7", "0777", "1e3", "2.5", "'3'"])))
        }
        (None, 5..=8) if resource.kind.kind == "ConfigMap" => {
            with("add", "/data", Yaml::map([(scalar::keys(random, 1).remove(0), Yaml::scalar(scalar::line(random)))]))
        }
        (None, 5..=8) if resource.kind.kind == "Widget" => {
            let key = random.word(&["a", "new", "key"]);
            with(random.word(&["add", "replace"]), &format!("/spec/{key}"), json_value(random))
        }
        (_, 11) if random.chance(4) => op("remove", "/spec/no/such/field"),
        _ => with("add", "/metadata/added", json_value(random)),
    }
}

fn json_value(random: &mut Random) -> Yaml {
    let scalars =
        ["1", "true", "null", "text", "'1'", "1.5", "12345678901234567890", "[a, 1]", "{a: {b: 1}}", "[]", "{}"];
    Yaml::scalar(random.word(&scalars))
}
