//! What a file may be that was listed as a manifest and is none: values of a chart, a workflow, a part of a container. Only for
//! words in diagnostics; nothing depends on it.

use crate::diagnostic::Diagnostic;
use crate::yaml::tree::Tree;

/// Fields of a container that people copy out of it.
const OF_CONTAINER: [&str; 12] = [
    "args",
    "command",
    "env",
    "envFrom",
    "image",
    "lifecycle",
    "livenessProbe",
    "ports",
    "readinessProbe",
    "resources",
    "startupProbe",
    "volumeMounts",
];
/// Fields of the `spec` of a workload or of a pod.
const OF_SPEC: [&str; 12] = [
    "affinity",
    "containers",
    "initContainers",
    "nodeSelector",
    "replicas",
    "securityContext",
    "selector",
    "spec",
    "strategy",
    "template",
    "tolerations",
    "volumes",
];
/// Keys that values of many charts have.
const OF_VALUES: [&str; 14] = [
    "autoscaling",
    "fullnameOverride",
    "global",
    "image",
    "imagePullSecrets",
    "ingress",
    "nameOverride",
    "podAnnotations",
    "podSecurityContext",
    "replicaCount",
    "resources",
    "service",
    "serviceAccount",
    "tolerations",
];

/// Returns what to do with a document without `kind`; `None` if nothing is known of it.
pub(crate) fn advice(tree: &Tree) -> Option<(&'static str, &'static str)> {
    let root = tree.root();
    let keys: Vec<&str> = tree.entries(root).map(|(key, _)| tree.text(key)).collect();
    let has = |key: &str| keys.contains(&key);
    let n_of = |known: &[&str]| keys.iter().filter(|key| known.contains(key)).count();
    let is_mapping = |path: &[&str]| tree.get_path(root, path).is_some_and(|node| tree.is_mapping(node));
    let is_list = |path: &[&str]| tree.get_path(root, path).is_some_and(|node| tree.is_sequence(node));
    let file: &str = tree.file().map_or("", |file| &file.source.path);
    let name = file.rsplit('/').next().unwrap_or_default();
    if has("jobs") && (has("on") || has("true")) {
        return Some(("it looks like a workflow of GitHub Actions", "remove it from `resources`"));
    }
    if is_mapping(&["services"]) && (has("version") || has("volumes") || has("networks") || has("name")) {
        return Some((
            "it looks like a file of Docker Compose",
            "write manifests of it (`kompose convert`), and list those",
        ));
    }
    if has("apiVersion") && has("name") && has("version") && (name.starts_with("Chart.") || has("appVersion")) {
        return Some(("it looks like the description of a Helm chart", "name the chart under `helmCharts`"));
    }
    let is_named_so = name.starts_with("values") || name.ends_with("-values.yaml") || name.ends_with("-values.yml");
    let is_chart_like = is_mapping(&["image"]) || has("replicaCount") || has("nameOverride") || is_mapping(&["global"]);
    if is_named_so && (is_chart_like || n_of(&OF_VALUES) > 0 || n_of(&OF_SPEC) == 0)
        || is_chart_like && n_of(&OF_VALUES) > 1
    {
        return Some((
            "it looks like the values of a Helm chart",
            "name the chart under `helmCharts`, and this file as its `valuesFile`",
        ));
    }
    if is_list(&["resources"]) || is_list(&["patches"]) || has("configMapGenerator") || has("namePrefix") {
        return Some((
            "it looks like a kustomization",
            "call it `kustomization.yaml` in a directory of its own, and list the directory",
        ));
    }
    let (n_container, n_spec) = (n_of(&OF_CONTAINER), n_of(&OF_SPEC));
    if n_container > 0 && n_container + n_spec == keys.len() && n_spec == 0 {
        return Some((
            "it looks like a part of a container",
            "make it a patch: put `apiVersion`, `kind`, `metadata.name` and the fields down to the container around it, and list it \
             under `patches`",
        ));
    }
    if n_spec > 0 && n_container + n_spec + usize::from(has("metadata")) == keys.len() {
        return Some((
            "it looks like a part of an object",
            "make it a patch: put `apiVersion`, `kind` and `metadata.name` before it, and list it under `patches`",
        ));
    }
    None
}

/// Adds what a document may be; `otherwise` helps where that is not known.
pub(crate) fn add_advice(error: Box<Diagnostic>, tree: &Tree, otherwise: &str) -> Box<Diagnostic> {
    match advice(tree) {
        Some((note, help)) => error.note(note).help(help),
        None => error.help(otherwise),
    }
}
