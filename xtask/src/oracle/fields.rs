//! Random values of the kustomization's fields, but for patches.

use super::generate::{Generator, Level};
use super::resource::{self, KINDS, Kind, Resource};
use super::scalar;
use super::yaml::{Content, Yaml};

pub fn kind(name: &str) -> &'static Kind {
    KINDS.iter().find(|kind| kind.kind == name).unwrap_or(&KINDS[0])
}

/// `configMapGenerator`, `secretGenerator` and `generatorOptions`.
pub fn generators(g: &mut Generator, level: &mut Level, scope: &mut Vec<Resource>) {
    let fields = [("configMapGenerator", "ConfigMap", 42), ("secretGenerator", "Secret", 26)];
    for (field, kind_name, percent) in fields {
        if !g.likely(percent) {
            continue;
        }
        g.tag(field);
        let entries = (0..g.random.between(1, 2)).map(|_| generator_entry(g, level, scope, kind_name)).collect();
        level.add(field, Yaml::List(entries));
    }
    if g.likely(20) {
        g.tag("generatorOptions");
        let options = generator_options(g);
        level.add("generatorOptions", options);
    }
}

fn generator_options(g: &mut Generator) -> Yaml {
    let mut options = Yaml::Map(Vec::new());
    if g.random.chance(45) {
        g.tag("disableNameSuffixHash");
        options.set(&["disableNameSuffixHash"], Yaml::scalar("true"));
    }
    if g.random.chance(50) {
        options.set(&["labels"], resource::label_map(&resource::labels(&mut g.random)));
    }
    if g.random.chance(40) {
        options.set(&["annotations"], annotations(g));
    }
    if g.random.chance(20) {
        options.set(&["immutable"], Yaml::scalar(g.random.word(&["true", "false", "yes"])));
    }
    options
}

pub fn generator_entry(g: &mut Generator, level: &Level, scope: &mut Vec<Resource>, kind_name: &'static str) -> Yaml {
    let mut entry = Yaml::Map(Vec::new());
    let existing: Vec<Resource> = scope.iter().filter(|resource| resource.kind.kind == kind_name).cloned().collect();
    let merges = !existing.is_empty() && g.random.chance(55);
    let mut data_keys = Vec::new();
    if merges {
        let old = g.random.pick(&existing).clone();
        g.tag(if kind_name == "ConfigMap" { "configMapGenerator: behavior" } else { "secretGenerator: behavior" });
        entry.set(&["name"], Yaml::scalar(&old.name));
        if let Some(namespace) = &old.namespace {
            entry.set(&["namespace"], Yaml::scalar(namespace));
        }
        let behavior = if g.random.chance(98) { g.random.word(&["merge", "replace"]) } else { "create" };
        entry.set(&["behavior"], Yaml::scalar(behavior));
    } else {
        let name = g.name(kind_name, resource::pool(kind_name));
        entry.set(&["name"], Yaml::scalar(&name));
        let namespace = g.random.chance(10).then(|| g.random.word(&resource::NAMESPACES).to_owned());
        if let Some(namespace) = &namespace {
            entry.set(&["namespace"], Yaml::scalar(namespace));
        }
        if g.random.chance(8) {
            entry.set(&["behavior"], Yaml::scalar("create"));
        }
        scope.push(Resource {
            kind: kind(kind_name),
            current_name: name.clone(),
            name,
            current_namespace: namespace.clone(),
            namespace,
            labels: Vec::new(),
            has_annotations: false,
            containers: Vec::new(),
            data_keys: Vec::new(),
            structured: Vec::new(),
        });
    }
    if g.random.chance(75) {
        let n_keys = g.random.between(1, 4);
        data_keys = scalar::keys(&mut g.random, n_keys);
        // A key that reads as another type is more than the reference can take here.
        if !g.random.chance(5) {
            data_keys.retain(|key| !key.starts_with(['\'', '"']));
        }
        let mut literals = Vec::new();
        for key in &data_keys {
            let key = key.trim_matches(['\'', '"']);
            let value = g.random.word(&["1", "true", "a b", "x=y", "\"quoted\"", "'single'", "", "é"]);
            let value = if g.random.chance(12) { "word ".repeat(g.random.between(10, 40)) } else { value.to_owned() };
            literals.push(scalar::single(&format!("{key}={value}")));
        }
        entry.set(&["literals"], Yaml::list(literals));
    }
    if g.random.chance(30) {
        let text = file_text(g);
        let path = g.file(level, "f", g_extension(g.case.files.len()), Content::Raw(text));
        let spec = if g.random.chance(40) { format!("own-key{}={path}", g.random.below(100)) } else { path };
        entry.set(&["files"], Yaml::list([spec]));
    }
    if g.random.chance(25) {
        let n_lines = g.random.between(1, 4);
        let odd_lines = ["# comment\n", "\n", "  LEAD=  spaced \n", "QUOTED=\"x y\"\n", "NO_VALUE\n", ""];
        let mut text = g.random.word(&odd_lines).to_owned();
        for number in 0..n_lines {
            text += &format!("ENV_{number}=value {number}\n");
        }
        let path = g.file(level, "e", "env", Content::Raw(text));
        if g.random.chance(15) {
            entry.set(&["env"], Yaml::scalar(path))
        } else {
            entry.set(&["envs"], Yaml::list([path]))
        }
    }
    if g.random.chance(30) {
        let options = generator_options(g);
        entry.set(&["options"], options);
    }
    if kind_name == "Secret" && g.random.chance(30) {
        entry.set(&["type"], Yaml::scalar(g.random.word(&["Opaque", "kubernetes.io/tls", "example.com/x"])));
    }
    if let Some(last) = scope.last_mut().filter(|_| !merges) {
        last.data_keys = data_keys;
    }
    entry
}

fn g_extension(number: usize) -> &'static str {
    ["txt", "properties", "json", "conf"][number % 4]
}

fn file_text(g: &mut Generator) -> String {
    match g.random.below(6) {
        0 => "one line without end".to_owned(),
        1 => "a=1\nb=2\n".to_owned(),
        2 => "{\n  \"a\": [1, 2],\n  \"b\": \"<&>\"\n}\n".to_owned(),
        3 => "tab\there\ntrailing  \n\n".to_owned(),
        4 => "line\r\nends\r\n".to_owned(),
        _ => "x".repeat(g.random.between(1, 200)),
    }
}

pub fn annotations(g: &mut Generator) -> Yaml {
    let n_keys = g.random.between(1, 2);
    let keys = scalar::keys(&mut g.random, n_keys);
    Yaml::Map(keys.into_iter().map(|key| (key, scalar::text(&mut g.random))).collect())
}

/// Names, namespaces, labels, annotations, images and replicas.
pub fn transformers(g: &mut Generator, level: &mut Level, scope: &mut [Resource]) {
    labels(g, level);
    if g.likely(20) {
        g.tag("commonLabels");
        let pairs = resource::label_map(&resource::labels(&mut g.random));
        level.add("commonLabels", pairs);
    }
    if g.likely(24) {
        g.tag("commonAnnotations");
        let pairs = annotations(g);
        level.add("commonAnnotations", pairs);
    }
    images(g, level);
    replicas(g, level, scope);
    if g.likely(35) {
        g.tag("namespace");
        let namespace = g.random.word(&resource::NAMESPACES);
        level.add("namespace", Yaml::scalar(namespace));
        for resource in scope.iter_mut().filter(|resource| resource.kind.is_namespaced) {
            resource.current_namespace = Some(namespace.to_owned());
        }
    }
    let keeps_name = |resource: &Resource| ["Namespace", "CustomResourceDefinition"].contains(&resource.kind.kind);
    if g.likely(35) {
        g.tag("namePrefix");
        let prefix = g.random.word(&["pre-", "x-", "dev-", "'1'", "a.b-"]);
        level.add("namePrefix", Yaml::scalar(prefix));
        for resource in scope.iter_mut().filter(|resource| !keeps_name(resource)) {
            resource.current_name = format!("{}{}", prefix.trim_matches('\''), resource.current_name);
        }
    }
    if g.likely(25) {
        g.tag("nameSuffix");
        let suffix = g.random.word(&["-v1", "-dev", "'0'", "-x.y"]);
        level.add("nameSuffix", Yaml::scalar(suffix));
        for resource in scope.iter_mut().filter(|resource| !keeps_name(resource)) {
            resource.current_name = format!("{}{}", resource.current_name, suffix.trim_matches('\''));
        }
    }
}

fn labels(g: &mut Generator, level: &mut Level) {
    if !g.likely(35) {
        return;
    }
    g.tag("labels");
    let mut entries = Vec::new();
    for _ in 0..g.random.between(1, 2) {
        let mut entry = Yaml::map([("pairs", resource::label_map(&resource::labels(&mut g.random)))]);
        let options = [
            ("includeSelectors", "labels: includeSelectors", 35),
            ("includeTemplates", "labels: includeTemplates", 35),
            ("includeVolumeClaimTemplates", "labels: includeVolumeClaimTemplates", 20),
        ];
        for (option, tag, percent) in options {
            if g.random.chance(percent) {
                g.tag(tag);
                entry.set(&[option], Yaml::scalar(g.random.word(&["true", "true", "yes", "false"])));
            }
        }
        if g.random.chance(20) {
            g.tag("labels: fields");
            let path =
                g.random.word(&["spec/x/labels", "spec/template/metadata/labels", "metadata/other", "spec/selector"]);
            let mut spec =
                Yaml::map([("path", Yaml::scalar(path)), ("create", Yaml::scalar(g.random.word(&["true", "false"])))]);
            if g.random.chance(70) {
                spec.set(&["kind"], Yaml::scalar(g.random.word(&["Widget", "Deployment", "Service"])));
            }
            entry.set(&["fields"], Yaml::List(vec![spec]));
        }
        entries.push(entry);
    }
    level.add("labels", Yaml::List(entries));
}

fn images(g: &mut Generator, level: &mut Level) {
    if !g.likely(32) {
        return;
    }
    g.tag("images");
    let mut entries = Vec::new();
    for _ in 0..g.random.between(1, 3) {
        let name = g.random.word(&resource::IMAGE_NAMES);
        let name = if g.random.chance(4) { "ngi.x" } else { name };
        let mut entry = Yaml::map([("name", Yaml::scalar(name))]);
        if g.random.chance(45) {
            entry.set(&["newName"], Yaml::scalar(g.random.word(&["registry.x/y/z", "redis", "my.io:5000/n"])));
        }
        if g.random.chance(60) {
            entry.set(&["newTag"], Yaml::scalar(g.random.word(&["v9", "'1.20'", "\"2\"", "latest", "1.2.3"])));
        }
        if g.random.chance(15) {
            entry.set(&["digest"], Yaml::scalar("sha256:0123456789abcdef"));
        }
        if g.random.chance(12) {
            entry.set(&["tagSuffix"], Yaml::scalar("-alpine"));
        }
        entries.push(entry);
    }
    level.add("images", Yaml::List(entries));
}

fn replicas(g: &mut Generator, level: &mut Level, scope: &[Resource]) {
    let scaled: Vec<&Resource> =
        scope.iter().filter(|resource| resource.kind.has_replicas && resource.kind.kind != "Rollout").collect();
    if scaled.is_empty() || !g.likely(36) {
        return;
    }
    g.tag("replicas");
    let resource = *g.random.pick(&scaled);
    let name = match g.random.below(50) {
        0 if g.random.chance(40) => "nobody".to_owned(),
        1..=8 => resource.current_name.clone(),
        _ => resource.name.clone(),
    };
    let mut entry = Yaml::map([("name", Yaml::scalar(name))]);
    if g.random.chance(95) {
        entry.set(&["count"], Yaml::scalar(g.random.word(&["0", "1", "5", "100", "0x10"])));
    }
    level.add("replicas", Yaml::List(vec![entry]));
}

/// `sortOptions` and `buildMetadata`, which only the root's file decides.
pub fn root_only(g: &mut Generator, level: &mut Level) {
    if g.random.chance(18) {
        g.tag("sortOptions");
        let order = g.random.word(&["fifo", "legacy", "legacy"]);
        let mut options = Yaml::map([("order", Yaml::scalar(order))]);
        if order == "legacy" && g.random.chance(50) {
            g.tag("sortOptions: legacySortOptions");
            let first = Yaml::list(["Deployment", "Widget"]);
            options.set(&["legacySortOptions", "orderFirst"], first);
            options.set(&["legacySortOptions", "orderLast"], Yaml::list(["ConfigMap", "Service"]));
        }
        level.add("sortOptions", options);
    }
    if g.random.chance(12) {
        g.tag("buildMetadata");
        let mut wanted = Vec::new();
        for (name, tag) in [
            ("originAnnotations", "buildMetadata: originAnnotations"),
            ("transformerAnnotations", "buildMetadata: transformerAnnotations"),
            ("managedByLabel", "buildMetadata: managedByLabel"),
        ] {
            if g.random.chance(50) {
                g.tag(tag);
                wanted.push(name);
            }
        }
        level.add("buildMetadata", Yaml::Flow(Box::new(Yaml::list(wanted))));
    }
}
