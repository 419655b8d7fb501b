//! Risks in the specification of pods: privileges, images, limits.

use super::{Risk, flag, image, pod, texts};
use crate::ordered::BTreeSet;
use crate::resource::Resource;
use crate::yaml::tree::{NodeId, Tree};

const LISTS: [&str; 3] = ["containers", "initContainers", "ephemeralContainers"];

pub(super) fn find(old: Option<&Resource>, new: &Resource, risks: &mut Vec<Risk>) {
    let Some(spec) = pod(new) else { return };
    let tree = &*new.tree;
    let before = old.and_then(|old| Some((&*old.tree, pod(old)?)));
    let path = super::pod_spec(&new.id.gvk.kind).join(".");
    for key in ["hostNetwork", "hostPID", "hostIPC"] {
        let had = before.is_some_and(|(tree, spec)| flag(tree, tree.get(spec, key)) == Some(true));
        if flag(tree, tree.get(spec, key)) == Some(true) && !had {
            let message = format!("the pods share a namespace of their node (`{key}`)");
            risks.push(Risk::high("privilege-gained", format!("{path}.{key}"), message));
        }
    }
    let paths_of = |tree: &Tree, spec: NodeId| -> BTreeSet<String> {
        let volumes = tree.get(spec, "volumes").into_iter().flat_map(|list| tree.items(list));
        let path = |volume: NodeId| Some(tree.text(tree.get_path(volume, &["hostPath", "path"])?).to_owned());
        volumes.filter_map(path).collect()
    };
    let had = before.map(|(tree, spec)| paths_of(tree, spec)).unwrap_or_default();
    for host_path in paths_of(tree, spec).difference(&had) {
        let message = format!("the pods see `{host_path}` of their node");
        risks.push(Risk::high("privilege-gained", format!("{path}.volumes"), message));
    }
    let settings = |tree: &Tree, spec: NodeId| tree.get(spec, "securityContext");
    let own = Settings { tree, node: settings(tree, spec) };
    let earlier = before.map(|(tree, spec)| Settings { tree, node: settings(tree, spec) });
    own.compare(earlier.as_ref(), before.is_some(), &format!("{path}.securityContext"), risks);
    for list in LISTS {
        for container in tree.get(spec, list).into_iter().flat_map(|list| tree.items(list)) {
            let name = tree.get(container, "name").map_or("", |name| tree.text(name));
            let earlier = before.and_then(|(tree, spec)| {
                let mut items = tree.items(tree.get(spec, list)?);
                let has_name = |&item: &NodeId| tree.get(item, "name").is_some_and(|node| tree.text(node) == name);
                Some((tree, items.find(has_name)?))
            });
            self::container(earlier, (tree, container), &format!("{path}.{list}[name={name}]"), risks);
        }
    }
}

fn container(old: Option<(&Tree, NodeId)>, (tree, node): (&Tree, NodeId), path: &str, risks: &mut Vec<Risk>) {
    let settings = |tree: &Tree, node: NodeId| tree.get(node, "securityContext");
    let own = Settings { tree, node: settings(tree, node) };
    let earlier = old.map(|(tree, node)| Settings { tree, node: settings(tree, node) });
    own.compare(earlier.as_ref(), old.is_some(), &format!("{path}.securityContext"), risks);
    let Some((old_tree, old_node)) = old else { return };
    let text = |tree: &Tree, node: NodeId| tree.get(node, "image").map(|image| tree.text(image).to_owned());
    if let Some((before, after)) = text(old_tree, old_node).zip(text(tree, node))
        && let Some(message) = image::risk(&before, &after)
    {
        risks.push(Risk::medium("image-older", format!("{path}.image"), message));
    }
    let limits = |tree: &Tree, node: NodeId| -> BTreeSet<String> {
        let limits = tree.get_path(node, &["resources", "limits"]);
        limits.into_iter().flat_map(|limits| tree.entries(limits)).map(|(key, _)| tree.text(key).to_owned()).collect()
    };
    for gone in limits(old_tree, old_node).difference(&limits(tree, node)) {
        let path = format!("{path}.resources.limits");
        risks.push(Risk::medium("limit-removed", path, format!("there is no limit of `{gone}` any more")));
    }
}

/// A `securityContext`, of a container or of pods; it may be missing.
struct Settings<'t> {
    tree: &'t Tree,
    node: Option<NodeId>,
}

impl Settings<'_> {
    fn get(&self, path: &[&str]) -> Option<NodeId> {
        self.tree.get_path(self.node?, path)
    }

    fn flag(&self, key: &str) -> Option<bool> {
        flag(self.tree, self.get(&[key]))
    }

    fn text(&self, path: &[&str]) -> Option<&str> {
        self.get(path).map(|node| self.tree.text(node))
    }

    /// `was_there`: what has these settings is not new.
    fn compare(&self, old: Option<&Settings<'_>>, was_there: bool, path: &str, risks: &mut Vec<Risk>) {
        let mut gained = |field: &str, message: String| {
            risks.push(Risk::high("privilege-gained", format!("{path}.{field}"), message));
        };
        let had = |key: &str, value: bool| old.and_then(|old| old.flag(key)) == Some(value);
        if self.flag("privileged") == Some(true) && !had("privileged", true) {
            gained("privileged", "the container is privileged: it is root on its node".to_owned());
        }
        if self.flag("allowPrivilegeEscalation") != Some(false) && had("allowPrivilegeEscalation", false) {
            gained("allowPrivilegeEscalation", "processes may gain privileges again".to_owned());
        }
        if self.flag("runAsNonRoot") != Some(true) && had("runAsNonRoot", true) {
            gained("runAsNonRoot", "it may run as root again".to_owned());
        }
        let is_root = |user: Option<&str>| user == Some("0");
        if is_root(self.text(&["runAsUser"])) && !is_root(old.and_then(|old| old.text(&["runAsUser"]))) {
            gained("runAsUser", "it runs as root".to_owned());
        }
        let profile = ["seccompProfile", "type"];
        let is_open = |profile: Option<&str>| profile == Some("Unconfined");
        if is_open(self.text(&profile)) && !is_open(old.and_then(|old| old.text(&profile))) {
            gained("seccompProfile", "system calls are not restricted".to_owned());
        }
        let list = |settings: Option<&Settings<'_>>, key: &str| {
            settings.map(|own| texts(own.tree, own.get(&["capabilities", key]))).unwrap_or_default()
        };
        let (before, after) = (list(old, "add"), list(Some(self), "add"));
        let added: BTreeSet<String> = after.difference(&before).cloned().collect();
        if !added.is_empty() {
            gained("capabilities.add", format!("it gains the capabilities {}", super::some(&added)));
        }
        let (before, after) = (list(old, "drop"), list(Some(self), "drop"));
        let kept: BTreeSet<String> = before.difference(&after).cloned().collect();
        if was_there && !kept.is_empty() && !after.contains("ALL") {
            gained("capabilities.drop", format!("it keeps capabilities that were dropped: {}", super::some(&kept)));
        }
    }
}
