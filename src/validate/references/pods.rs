//! What pods refer to: volumes, ConfigMaps and Secrets with their keys, claims, service accounts; and whether a workload selects
//! its own pods.

use super::labels::{Labels, Selector};
use super::{At, References};
use crate::diagnostic::{Code, nearest};
use crate::resource::Resource;
use crate::validate::checker::{Checker, Words};
use crate::validate::path::Path;
use crate::yaml::tree::{NodeId, Tree};

/// Returns the labels and the spec of the pods that an object makes.
pub(super) fn template(resource: &Resource) -> Option<(Labels<'_>, Option<NodeId>)> {
    let tree = &*resource.tree;
    let pod = match &*resource.id.gvk.kind {
        "Pod" => Some(tree.root()),
        "CronJob" => tree.get_path(tree.root(), &["spec", "jobTemplate", "spec", "template"]),
        // Custom resources with a template of pods are many; nothing else has labels there.
        _ => tree.get_path(tree.root(), &["spec", "template"]),
    }?;
    let labels = tree.get_path(pod, &["metadata", "labels"]);
    let spec = tree.get(pod, "spec");
    (labels.is_some() || spec.is_some()).then(|| (Labels::of(tree, labels), spec))
}

/// The kinds whose pods have a spec as Kubernetes defines it.
const WORKLOADS: [&str; 8] =
    ["Pod", "Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "ReplicationController", "Job", "CronJob"];

pub(super) fn check(references: &References<'_>, checker: &mut Checker<'_>, resource: &Resource, root: &Path<'_>) {
    let kind = &*resource.id.gvk.kind;
    if !WORKLOADS.contains(&kind) {
        return;
    }
    let tree = &*resource.tree;
    let at = At { tree, namespace: resource.id.effective_namespace() };
    if kind == "Pod" {
        if let Some(spec) = root.field(tree, "spec") {
            pod(references, checker, at, &spec, &[]);
        }
        return;
    }
    let Some(spec) = root.field(tree, "spec") else { return };
    if kind == "CronJob" {
        let Some(job) = spec.field(tree, "jobTemplate") else { return };
        let Some(job) = job.field(tree, "spec") else { return };
        let Some(template) = job.field(tree, "template") else { return };
        if let Some(spec) = template.field(tree, "spec") {
            pod(references, checker, at, &spec, &[]);
        }
        return;
    }
    let Some(template) = spec.field(tree, "template") else { return };
    if matches!(kind, "Deployment" | "DaemonSet" | "StatefulSet" | "ReplicaSet") {
        selects_itself(checker, tree, &spec, &template);
    }
    let claims = tree.get(spec.node, "volumeClaimTemplates").into_iter().flat_map(|list| tree.items(list));
    let claims: Vec<&str> =
        claims.filter_map(|claim| Some(tree.text(tree.get_path(claim, &["metadata", "name"])?))).collect();
    if let Some(spec) = template.field(tree, "spec") {
        pod(references, checker, at, &spec, &claims);
    }
}

fn selects_itself(checker: &mut Checker<'_>, tree: &Tree, spec: &Path<'_>, template: &Path<'_>) {
    let Some(selector) = spec.field(tree, "selector") else { return };
    let wanted = Selector::of(tree, selector.node);
    let labels = Labels::of(tree, tree.get_path(template.node, &["metadata", "labels"]));
    if wanted.is_empty() || wanted.selects(&labels) {
        return;
    }
    checker.key(Code::SelectorMismatch, tree, &selector, |checker, field| {
        let missing = wanted.pairs.0.iter().find(|(key, value)| labels.get(key) != Some(*value));
        let node = tree.get_path(template.node, &["metadata", "labels"]);
        let words = Words::new(format!("`{field}` of `{}` does not select its own pods", checker.object()));
        let words = match missing {
            Some((key, value)) => words.note(match labels.get(key) {
                Some(other) => format!("it wants the label `{key}: {value}`; the pods have `{key}: {other}`"),
                None => format!("it wants the label `{key}: {value}`; the pods have no label `{key}`"),
            }),
            None => words,
        };
        words
            .other(node.and_then(|node| tree.place(node)), "the labels of the pods")
            .help("the server refuses such an object")
    });
}

fn each<'p>(tree: &'p Tree, path: &'p Path<'p>, name: &'p str, mut work: impl FnMut(&Path<'_>)) {
    if let Some(list) = path.field(tree, name) {
        for (index, item) in tree.items(list.node).enumerate() {
            work(&list.item(index, item));
        }
    }
}

/// Checks the spec of pods; `claims` are volumes that a StatefulSet adds.
fn pod(references: &References<'_>, checker: &mut Checker<'_>, at: At<'_>, spec: &Path<'_>, claims: &[&str]) {
    let tree = at.tree;
    if let Some(account) = spec.field(tree, "serviceAccountName").filter(|path| tree.text(path.node) != "default") {
        references.resolve(checker, at, &account, "ServiceAccount");
    }
    each(tree, spec, "imagePullSecrets", |secret| {
        if let Some(name) = secret.field(tree, "name") {
            references.resolve(checker, at, &name, "Secret");
        }
    });
    let mut volumes: Vec<&str> = claims.to_vec();
    each(tree, spec, "volumes", |volume| {
        volumes.extend(tree.get(volume.node, "name").map(|name| tree.text(name)));
        if let Some(claim) = volume.field(tree, "persistentVolumeClaim")
            && let Some(name) = claim.field(tree, "claimName")
        {
            references.resolve(checker, at, &name, "PersistentVolumeClaim");
        }
        source(references, checker, at, volume, ("configMap", "name"), "ConfigMap");
        source(references, checker, at, volume, ("secret", "secretName"), "Secret");
        if let Some(projected) = volume.field(tree, "projected") {
            each(tree, &projected, "sources", |volume| {
                source(references, checker, at, volume, ("configMap", "name"), "ConfigMap");
                source(references, checker, at, volume, ("secret", "name"), "Secret");
            });
        }
    });
    for list in ["initContainers", "containers"] {
        each(tree, spec, list, |container| {
            each(tree, container, "volumeMounts", |mount| mounted(checker, at, mount, &volumes));
            each(tree, container, "envFrom", |from| {
                for (field, kind) in [("configMapRef", "ConfigMap"), ("secretRef", "Secret")] {
                    if let Some(reference) = from.field(tree, field).filter(|path| !is_optional(tree, path.node))
                        && let Some(name) = reference.field(tree, "name")
                    {
                        references.resolve(checker, at, &name, kind);
                    }
                }
            });
            each(tree, container, "env", |variable| {
                let Some(from) = variable.field(tree, "valueFrom") else { return };
                for (field, kind) in [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")] {
                    let Some(reference) = from.field(tree, field) else { continue };
                    if is_optional(tree, reference.node) {
                        continue;
                    }
                    let Some(name) = reference.field(tree, "name") else { continue };
                    if let Some(object) = references.resolve(checker, at, &name, kind)
                        && let Some(key) = reference.field(tree, "key")
                    {
                        has_key(checker, at, &key, object);
                    }
                }
            });
        });
    }
}

/// Checks a volume made of a ConfigMap or Secret, with the keys it takes.
fn source(
    references: &References<'_>,
    checker: &mut Checker<'_>,
    at: At<'_>,
    volume: &Path<'_>,
    (field, name): (&str, &str),
    kind: &'static str,
) {
    let Some(source) = volume.field(at.tree, field) else { return };
    if is_optional(at.tree, source.node) {
        return;
    }
    let Some(name) = source.field(at.tree, name) else { return };
    let Some(object) = references.resolve(checker, at, &name, kind) else { return };
    each(at.tree, &source, "items", |item| {
        if let Some(key) = item.field(at.tree, "key") {
            has_key(checker, at, &key, object);
        }
    });
}

fn mounted(checker: &mut Checker<'_>, at: At<'_>, mount: &Path<'_>, volumes: &[&str]) {
    let Some(name) = mount.field(at.tree, "name") else { return };
    let Some(text) = at.text(name.node).filter(|text| !volumes.contains(text)) else { return };
    checker.value(Code::VolumeUndefined, at.tree, &name, |checker, field| {
        Words::new(format!("`{field}` of `{}` mounts `{text}`, a volume that the pod does not have", checker.object()))
            .did_you_mean(&nearest(text, volumes.iter().copied(), 2))
    });
}

fn has_key(checker: &mut Checker<'_>, at: At<'_>, path: &Path<'_>, object: &Resource) {
    let Some(key) = at.text(path.node) else { return };
    let tree = &*object.tree;
    let maps = ["data", "binaryData", "stringData"].into_iter().filter_map(|field| tree.get(tree.root(), field));
    let keys: Vec<&str> = maps.flat_map(|map| tree.entries(map)).map(|(key, _)| tree.text(key)).collect();
    // One without any data is filled in by somebody else.
    if keys.is_empty() || keys.contains(&key) {
        return;
    }
    checker.value(Code::KeyUndefined, at.tree, path, |checker, field| {
        let data = tree.get(tree.root(), "data").or_else(|| tree.get(tree.root(), "stringData"));
        Words::new(format!(
            "`{field}` of `{}` wants the key `{key}`, which `{}` does not have",
            checker.object(),
            object.short_name()
        ))
        .other(data.and_then(|node| tree.place(node)), "its data")
        .did_you_mean(&nearest(key, keys.iter().copied(), 2))
    });
}

fn is_optional(tree: &Tree, node: NodeId) -> bool {
    tree.get(node, "optional").is_some_and(|node| tree.text(node) == "true")
}
