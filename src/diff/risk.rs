//! What of a change deserves a second look before it is applied: what a cluster refuses, deletes, or allows from then on.
//!
//! docs/diff.md lists the rules. A risk never shows a value of a Secret.

use super::change::{Change, Status};
use super::fields::Step;
use super::known::{is_built_in, pod_spec};
use super::side::Side;
use crate::ordered::BTreeSet;
use crate::resource::{ResId, Resource};
use crate::sorting::Sorting;
use crate::yaml::resolve::{Value, resolve};
use crate::yaml::tree::{NodeId, Tree};

mod access;
mod image;
mod pods;

/// How loud a risk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Data or access may be lost, or the cluster refuses the change.
    High,
    /// Worth a look.
    Medium,
}

/// Something that deserves a second look.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Risk {
    /// How loud it is.
    pub severity: Severity,
    /// A stable name: `immutable-field`.
    pub code: &'static str,
    /// The field; empty for the whole object.
    pub path: String,
    /// One line.
    pub message: String,
}

impl Risk {
    fn high(code: &'static str, path: impl Into<String>, message: impl Into<String>) -> Risk {
        Risk { severity: Severity::High, code, path: path.into(), message: message.into() }
    }

    fn medium(code: &'static str, path: impl Into<String>, message: impl Into<String>) -> Risk {
        Risk { severity: Severity::Medium, code, path: path.into(), message: message.into() }
    }
}

/// Kinds whose removal takes what is in them along.
const PRECIOUS: [(&str, &str); 4] = [
    ("CustomResourceDefinition", "all objects of the kind go with it"),
    ("Namespace", "everything in it goes with it"),
    ("PersistentVolume", "its data may go with it"),
    ("PersistentVolumeClaim", "its data may go with it"),
];

/// Fields that cannot be changed: group, kind, and the beginning of a path.
const IMMUTABLE: [(&str, &str, &[&str]); 22] = [
    ("apps", "DaemonSet", &["spec", "selector"]),
    ("apps", "Deployment", &["spec", "selector"]),
    ("apps", "ReplicaSet", &["spec", "selector"]),
    ("batch", "Job", &["spec", "completionMode"]),
    ("batch", "Job", &["spec", "selector"]),
    ("batch", "Job", &["spec", "template"]),
    ("", "PersistentVolumeClaim", &["spec", "accessModes"]),
    ("", "PersistentVolumeClaim", &["spec", "selector"]),
    ("", "PersistentVolumeClaim", &["spec", "storageClassName"]),
    ("", "PersistentVolumeClaim", &["spec", "volumeMode"]),
    ("", "PersistentVolumeClaim", &["spec", "volumeName"]),
    ("", "Secret", &["type"]),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding", &["roleRef"]),
    ("rbac.authorization.k8s.io", "RoleBinding", &["roleRef"]),
    ("scheduling.k8s.io", "PriorityClass", &["value"]),
    ("node.k8s.io", "RuntimeClass", &["handler"]),
    ("storage.k8s.io", "StorageClass", &["parameters"]),
    ("storage.k8s.io", "StorageClass", &["provisioner"]),
    ("storage.k8s.io", "StorageClass", &["reclaimPolicy"]),
    ("storage.k8s.io", "StorageClass", &["volumeBindingMode"]),
    ("apiextensions.k8s.io", "CustomResourceDefinition", &["spec", "group"]),
    ("apiextensions.k8s.io", "CustomResourceDefinition", &["spec", "scope"]),
];

/// What alone may be changed in the specification of a StatefulSet.
const STATEFUL_SET_MUTABLE: [&str; 7] = [
    "minReadySeconds",
    "ordinals",
    "persistentVolumeClaimRetentionPolicy",
    "replicas",
    "revisionHistoryLimit",
    "template",
    "updateStrategy",
];

/// An object that is, or was, there, with its sides.
pub(super) struct Subject<'r> {
    pub(super) old: Option<&'r Resource>,
    pub(super) new: Option<&'r Resource>,
    pub(super) old_side: &'r Side<'r>,
    pub(super) new_side: &'r Side<'r>,
}

/// Returns the risks of a difference, the loudest first.
pub(super) fn find(subject: &Subject<'_>, status: Status, changes: &[Change]) -> Vec<Risk> {
    let mut risks = Vec::new();
    match (subject.old, subject.new) {
        (Some(old), None) => removed(&old.id, &mut risks),
        (old, Some(new)) => {
            if let Some(old) = old.filter(|_| status == Status::Renamed) {
                renamed(&old.id, &new.id, &mut risks);
            } else if old.is_some() {
                immutable(new, changes, &mut risks);
            }
            pods::find(old, new, &mut risks);
            access::find(old, new, &mut risks);
            replicas(subject, new, changes, &mut risks);
            unsealed(subject, new, &mut risks);
            versions(new, changes, &mut risks);
        }
        (None, None) => {}
    }
    risks.put_in_own_order();
    risks.dedup();
    risks
}

fn precious(id: &ResId) -> Option<&'static str> {
    let found = PRECIOUS.iter().find(|(kind, _)| *kind == &*id.gvk.kind && is_built_in(&id.gvk.group));
    found.map(|&(_, why)| why)
}

fn removed(id: &ResId, risks: &mut Vec<Risk>) {
    let kind = &id.gvk.kind;
    risks.push(match precious(id) {
        Some(why) => Risk::high("removed", "", format!("this {kind} is removed: {why}")),
        None => Risk::medium("removed", "", format!("this {kind} is removed")),
    });
}

fn renamed(old: &ResId, new: &ResId, risks: &mut Vec<Risk>) {
    let kind = &new.gvk.kind;
    let is_moved = old.name != new.name || old.effective_namespace() != new.effective_namespace();
    if !is_moved {
        return;
    }
    let message = format!("this {kind} has another name or namespace: it is deleted and made anew");
    risks.push(match precious(old) {
        Some(why) => Risk::high("renamed", "", format!("{message}; {why}")),
        None => Risk::medium("renamed", "", message),
    });
}

/// Returns the keys of a way up to the first item of a list.
fn keys(change: &Change) -> Vec<&str> {
    let key = |step: &'_ Step| matches!(step, Step::Key(_));
    let keys = change.steps.iter().take_while(|step| key(step));
    keys.filter_map(|step| if let Step::Key(key) = step { Some(key.as_str()) } else { None }).collect()
}

fn immutable(new: &Resource, changes: &[Change], risks: &mut Vec<Risk>) {
    let gvk = &new.id.gvk;
    let is_frozen = flag(&new.tree, new.tree.get(new.root(), "immutable")) == Some(true);
    for change in changes {
        let keys = keys(change);
        let is_listed = IMMUTABLE.iter().any(|(group, kind, path)| {
            *group == &*gvk.group && *kind == &*gvk.kind && (keys.starts_with(path) || path.starts_with(&keys))
        });
        let is_of_set = (&*gvk.group, &*gvk.kind) == ("apps", "StatefulSet")
            && matches!(keys.as_slice(), ["spec", field, ..] if !STATEFUL_SET_MUTABLE.contains(field));
        let is_frozen_data = is_frozen
            && gvk.group.is_empty()
            && matches!(keys.first(), Some(&("data" | "binaryData" | "stringData")))
            // With a hash it is another object.
            && super::objects::without_hash(&new.id, &new.id.name).is_none();
        if is_listed || is_of_set || is_frozen_data {
            let message = format!("this field of a {} cannot be changed: the cluster refuses it", gvk.kind);
            risks.push(Risk::high("immutable-field", change.path(), message));
        }
        let is_cluster_ip = gvk.group.is_empty()
            && &*gvk.kind == "Service"
            && matches!(keys.as_slice(), ["spec", "clusterIP" | "clusterIPs", ..])
            && change.old.is_some()
            && change.new.is_some();
        if is_cluster_ip {
            risks.push(Risk::high(
                "immutable-field",
                change.path(),
                "the address of a Service cannot be changed: the cluster refuses it",
            ));
        }
    }
}

/// A number of replicas that an autoscaler changes as well.
fn replicas(subject: &Subject<'_>, new: &Resource, changes: &[Change], risks: &mut Vec<Risk>) {
    let is_target = |scaler: &&Resource| {
        let tree = &scaler.tree;
        let is = |key: &str, wanted: &str| tree.text_at(&["spec", "scaleTargetRef", key]) == Some(wanted);
        &*scaler.id.gvk.kind == "HorizontalPodAutoscaler"
            && is("kind", &new.id.gvk.kind)
            && is("name", &new.id.name)
            && scaler.id.effective_namespace() == new.id.effective_namespace()
    };
    if new.tree.get_path(new.root(), &["spec", "replicas"]).is_none() {
        return;
    }
    let is_written = changes.iter().any(|change| change.new.is_some() && keys(change) == ["spec", "replicas"]);
    let scaler = subject.new_side.resources().find(is_target);
    if let Some(scaler) = scaler.filter(|_| is_written || subject.old.is_none()) {
        let message = format!("{} sets the number of replicas, too: each apply resets it", scaler.short_name());
        risks.push(Risk::medium("replicas-beside-autoscaler", "spec.replicas", message));
    }
}

/// A Secret whose content was sealed before.
fn unsealed(subject: &Subject<'_>, new: &Resource, risks: &mut Vec<Risk>) {
    if &*new.id.gvk.kind != "Secret" || subject.old.is_some() {
        return;
    }
    let name = super::objects::without_hash(&new.id, &new.id.name).unwrap_or(&new.id.name);
    let seals = |resource: &&Resource| {
        let (kind, tree) = (&*resource.id.gvk.kind, &resource.tree);
        let is_seal = matches!(kind, "SealedSecret" | "ExternalSecret" | "ClusterExternalSecret" | "SopsSecret");
        let target =
            tree.text_at(&["spec", "target", "name"]).or(tree.text_at(&["spec", "template", "metadata", "name"]));
        is_seal && (*resource.id.name == *name || target == Some(name))
    };
    if let Some(seal) = subject.old_side.resources().find(seals) {
        let message = format!("the content was in {} and is a plain Secret now", seal.short_name());
        risks.push(Risk::high("secret-unsealed", "", message));
    }
}

/// A version of an API that is gone from its definition.
fn versions(new: &Resource, changes: &[Change], risks: &mut Vec<Risk>) {
    if &*new.id.gvk.kind != "CustomResourceDefinition" {
        return;
    }
    for change in changes.iter().filter(|change| change.new.is_none()) {
        if let [Step::Key(spec), Step::Key(versions), Step::Item { by, .. }] = change.steps.as_slice()
            && (spec.as_str(), versions.as_str()) == ("spec", "versions")
        {
            let name = by.first().map_or("", |(_, value)| value.as_str());
            let message = format!("version `{name}` is gone: objects stored or applied in it cannot be read");
            risks.push(Risk::high("version-removed", change.path(), message));
        }
    }
}

/// Returns the value of a boolean.
fn flag(tree: &Tree, node: Option<NodeId>) -> Option<bool> {
    match resolve(tree.text(node.filter(|&node| tree.is_scalar(node))?)) {
        Value::Bool(value) => Some(value),
        _ => None,
    }
}

/// Returns the texts of a list of scalars.
fn texts(tree: &Tree, list: Option<NodeId>) -> BTreeSet<String> {
    list.into_iter().flat_map(|list| tree.items(list)).map(|item| tree.text(item).to_owned()).collect()
}

/// Returns the specification of the pods of an object.
fn pod(resource: &Resource) -> Option<NodeId> {
    let gvk = &resource.id.gvk;
    let path = pod_spec(&gvk.kind);
    let has_pods = !path.is_empty() && (is_built_in(&gvk.group) || &*gvk.group == "argoproj.io");
    resource.tree.get_path(resource.root(), path).filter(|_| has_pods)
}

/// Returns some of many, for a message.
fn some(all: &BTreeSet<String>) -> String {
    const SHOWN_MAX: usize = 5;
    let shown: Vec<&str> = all.iter().take(SHOWN_MAX).map(String::as_str).collect();
    let n_more = all.len().saturating_sub(SHOWN_MAX);
    if n_more == 0 { shown.join(", ") } else { format!("{} and {n_more} more", shown.join(", ")) }
}
