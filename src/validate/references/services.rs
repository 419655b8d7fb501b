//! Services and what leads to them: selectors, ports by name, backends of an Ingress, targets of autoscalers, disruption budgets.

use super::labels::{Labels, Selector};
use super::{At, Found, Pods, References};
use crate::diagnostic::{Code, nearest};
use crate::resource::Resource;
use crate::source::Place;
use crate::validate::checker::{Checker, Words};
use crate::validate::path::Path;
use crate::yaml::tree::Tree;

impl<'b> References<'b> {
    pub(super) fn service(&self, checker: &mut Checker<'_>, at: At<'_>, spec: &Path<'_>) {
        let tree = at.tree;
        let Some(selector) = spec.field(tree, "selector") else { return };
        let wanted = Labels::of(tree, Some(selector.node)).without_added();
        if wanted.is_empty() || tree.get(spec.node, "type").is_some_and(|node| tree.text(node) == "ExternalName") {
            return;
        }
        let selected = self.selected(at, &wanted, |labels| wanted.select(labels));
        if selected.is_empty() {
            return self.nearly_or_elsewhere(checker, at, &selector, &wanted);
        }
        let Some(ports) = spec.field(tree, "ports") else { return };
        for (index, item) in tree.items(ports.node).enumerate() {
            let port = ports.item(index, item);
            if let Some(target) = port.field(tree, "targetPort") {
                named_port(checker, at, &target, &selected);
            }
        }
    }

    pub(super) fn budget(&self, checker: &mut Checker<'_>, at: At<'_>, spec: &Path<'_>) {
        let Some(selector) = spec.field(at.tree, "selector") else { return };
        let wanted = Selector::of(at.tree, selector.node);
        if !wanted.is_empty() && self.selected(at, &wanted.pairs, |labels| wanted.selects(labels)).is_empty() {
            self.nearly(checker, at, &selector, &wanted.pairs.without_added());
        }
    }

    /// Returns the pods that a selector with some pairs selects.
    pub(super) fn selected(
        &self,
        at: At<'_>,
        pairs: &Labels<'_>,
        selects: impl Fn(&Labels<'_>) -> bool,
    ) -> Vec<&Pods<'b>> {
        let all = self.pods.get(at.namespace).map(Vec::as_slice).unwrap_or_default();
        // The rarest label leaves the fewest to look at.
        let with = pairs.0.iter().map(|(key, value)| self.pods_with(at.namespace, key, value));
        match with.min_by_key(|positions| positions.len()) {
            Some(positions) => {
                let pods = positions.iter().filter_map(|&position| all.get(position));
                pods.filter(|pods| selects(&pods.labels)).collect()
            }
            None => all.iter().filter(|pods| selects(&pods.labels)).collect(),
        }
    }

    /// Returns the positions of the pods that have a label.
    fn pods_with<'s>(&'s self, namespace: &'s str, key: &'s str, value: &'s str) -> &'s [usize] {
        self.pods_with.get(&(namespace, key, value)).map_or(&[], Vec::as_slice)
    }

    /// Tells of a selector that selects nothing, if it would but for one label.
    pub(super) fn nearly(&self, checker: &mut Checker<'_>, at: At<'_>, selector: &Path<'_>, wanted: &Labels<'_>) {
        let all = self.pods.get(at.namespace).map(Vec::as_slice).unwrap_or_default();
        let near = all.iter().find_map(|pods| Some((pods, wanted.differ_in_one(&pods.labels)?)));
        let Some((pods, (key, value))) = near else { return };
        checker.key(Code::SelectorUnmatched, at.tree, selector, |checker, field| {
            let theirs = match pods.labels.get(key) {
                Some(other) => format!("have `{key}: {other}`"),
                None => format!("have no label `{key}`"),
            };
            Words::new(format!("`{field}` of `{}` selects no pod of the build", checker.object()))
                .note(format!("it wants `{key}: {value}`; the pods of `{}` {theirs}", pods.resource.short_name()))
                .other(name_of(pods), "")
        });
    }

    /// Tells of a selector that selects nothing, if it would in another namespace, or but for one label.
    fn nearly_or_elsewhere(&self, checker: &mut Checker<'_>, at: At<'_>, selector: &Path<'_>, wanted: &Labels<'_>) {
        // What names no namespace goes where somebody else decides.
        let is_judged = at.namespace != "default" && !self.pods.contains_key(at.namespace);
        let others = self.namespaces.iter().filter(|namespace| **namespace != at.namespace && is_judged);
        let found = others.flat_map(|namespace| {
            self.selected(At { namespace, ..at }, wanted, |labels| wanted.select(labels)).into_iter().take(1)
        });
        let found: Vec<&Pods<'_>> = found.take(2).collect();
        // Of several it is not known which is meant.
        let [pods] = found.as_slice() else { return self.nearly(checker, at, selector, wanted) };
        checker.key(Code::SelectorUnmatched, at.tree, selector, |checker, field| {
            let namespace = pods.resource.id.effective_namespace();
            Words::new(format!("`{field}` of `{}` selects no pod of the build", checker.object()))
                .note(format!("the pods of `{}` have the labels, but are in `{namespace}`", pods.resource.short_name()))
                .other(name_of(pods), "")
                .help(format!("put it there, too: `namespace: {namespace}`"))
        });
    }

    pub(super) fn ingress(&self, checker: &mut Checker<'_>, at: At<'_>, spec: &Path<'_>) {
        let tree = at.tree;
        for field in ["defaultBackend", "backend"] {
            if let Some(backend) = spec.field(tree, field) {
                self.backend(checker, at, &backend);
            }
        }
        let Some(rules) = spec.field(tree, "rules") else { return };
        for (index, rule) in tree.items(rules.node).enumerate() {
            let rule = rules.item(index, rule);
            let Some(http) = rule.field(tree, "http") else { continue };
            let Some(paths) = http.field(tree, "paths") else { continue };
            for (index, path) in tree.items(paths.node).enumerate() {
                let path = paths.item(index, path);
                if let Some(backend) = path.field(tree, "backend") {
                    self.backend(checker, at, &backend);
                }
            }
        }
    }

    fn backend(&self, checker: &mut Checker<'_>, at: At<'_>, backend: &Path<'_>) {
        let tree = at.tree;
        if let Some(service) = backend.field(tree, "service") {
            let Some(name) = service.field(tree, "name") else { return };
            let Some(found) = self.resolve(checker, at, &name, "Service") else { return };
            let Some(port) = service.field(tree, "port") else { return };
            for field in ["number", "name"] {
                if let Some(port) = port.field(tree, field) {
                    service_port(checker, at, &port, found);
                }
            }
        } else if let Some(name) = backend.field(tree, "serviceName") {
            // Before networking.k8s.io/v1.
            let Some(found) = self.resolve(checker, at, &name, "Service") else { return };
            if let Some(port) = backend.field(tree, "servicePort") {
                service_port(checker, at, &port, found);
            }
        }
    }

    pub(super) fn scale_target(&self, checker: &mut Checker<'_>, at: At<'_>, spec: &Path<'_>, field: &str) {
        let tree = at.tree;
        let Some(target) = spec.field(tree, field) else { return };
        let (Some(kind), Some(name)) = (target.field(tree, "kind"), target.field(tree, "name")) else { return };
        let (Some(kind), Some(text)) = (at.text(kind.node), at.text(name.node)) else { return };
        let same_kind = self.by_kind.get(kind).map(Vec::as_slice).unwrap_or_default();
        let here = || same_kind.iter().filter(|resource| resource.id.effective_namespace() == at.namespace);
        if here().any(|resource| *resource.id.name == *text) {
            return;
        }
        // One that was split in two, or that was called otherwise before.
        let split =
            here().find(|resource| resource.id.name.strip_prefix(text).is_some_and(|rest| rest.starts_with('-')));
        if let Some(split) = split {
            checker.value(Code::ReferenceNearMiss, tree, &name, |checker, field| {
                let place =
                    split.tree.get_path(split.root(), &["metadata", "name"]).and_then(|node| split.tree.place(node));
                Words::new(format!(
                    "`{field}` of `{}` refers to `{kind}/{text}`, which is not in the build",
                    checker.object()
                ))
                .other(place, format!("`{}` is there", split.short_name()))
            });
        } else {
            self.not_found(checker, at, &name, kind, text);
        }
    }

    /// Returns whether a Service is in the build.
    pub(super) fn has_service(&self, name: &str, namespace: &str) -> bool {
        matches!(self.find("Service", name, namespace), Found::Object(_))
    }
}

/// The place of the name of what makes pods.
fn name_of(pods: &Pods<'_>) -> Option<Place> {
    let tree = &pods.resource.tree;
    tree.get_path(tree.root(), &["metadata", "name"]).and_then(|node| tree.place(node))
}

/// Returns the names of the ports of containers; `None` if not all containers are known.
pub(super) fn container_ports<'b>(selected: &[&Pods<'b>]) -> Option<Vec<&'b str>> {
    let mut names: Vec<&str> = Vec::new();
    for pods in selected {
        let tree = &*pods.resource.tree;
        let lists = ["containers", "initContainers"].map(|list| tree.get(pods.spec?, list));
        let containers = lists.into_iter().flatten().flat_map(|list| tree.items(list));
        let ports = containers.filter_map(|container| tree.get(container, "ports")).flat_map(|list| tree.items(list));
        names.extend(ports.filter_map(|port| tree.get(port, "name")).map(|name| tree.text(name)));
    }
    Some(names)
}

/// Tells of a port by name that no container of the selected pods has.
fn named_port(checker: &mut Checker<'_>, at: At<'_>, target: &Path<'_>, selected: &[&Pods<'_>]) {
    let tree = at.tree;
    let Some(name) = at.text(target.node).filter(|text| !text.bytes().all(|byte| byte.is_ascii_digit())) else {
        return;
    };
    let Some(names) = container_ports(selected) else { return };
    if names.contains(&name) {
        return;
    }
    checker.value(Code::PortUndefined, tree, target, |checker, field| {
        let shown: Vec<String> =
            selected.iter().take(3).map(|pods| format!("`{}`", pods.resource.short_name())).collect();
        Words::new(format!("`{field}` of `{}` is the port `{name}`, which no container has", checker.object()))
            .note(format!("the Service selects the pods of {}", shown.join(", ")))
            .did_you_mean(&nearest(name, names.iter().copied(), 2))
    });
}

/// Tells of a port that a Service does not have.
fn service_port(checker: &mut Checker<'_>, at: At<'_>, port: &Path<'_>, service: &Resource) {
    let Some(wanted) = at.text(port.node) else { return };
    let tree: &Tree = &service.tree;
    let Some(ports) = tree.get_path(tree.root(), &["spec", "ports"]) else { return };
    if tree.text_at(&["spec", "type"]) == Some("ExternalName") {
        return;
    }
    let texts =
        |field: &str| tree.items(ports).filter_map(|port| tree.get(port, field)).map(|node| tree.text(node)).collect();
    let (numbers, names): (Vec<&str>, Vec<&str>) = (texts("port"), texts("name"));
    if numbers.contains(&wanted) || names.contains(&wanted) || numbers.iter().any(|number| number.contains(['$', '{']))
    {
        return;
    }
    checker.value(Code::PortUndefined, at.tree, port, |checker, field| {
        let all: Vec<String> = numbers.iter().chain(&names).map(|port| format!("`{port}`")).collect();
        Words::new(format!(
            "`{field}` of `{}` is `{wanted}`, a port that `{}` does not have",
            checker.object(),
            service.short_name()
        ))
        .other(tree.place(ports), format!("its ports are {}", all.join(", ")))
    });
}
