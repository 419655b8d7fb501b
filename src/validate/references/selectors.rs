//! What selects by labels and is no Service: network policies, and the monitors of Prometheus with the ports they name.

use super::labels::{Labels, Selector};
use super::services::container_ports;
use super::{At, References};
use crate::diagnostic::{Code, nearest};
use crate::resource::Resource;
use crate::validate::checker::{Checker, Words};
use crate::validate::path::Path;
use crate::yaml::tree::{NodeId, Tree};

impl<'b> References<'b> {
    /// Checks the pods that a NetworkPolicy is for, and those of its own namespace that it names.
    pub(super) fn network_policy(&self, checker: &mut Checker<'_>, at: At<'_>, spec: &Path<'_>) {
        let tree = at.tree;
        self.pod_selector(checker, at, spec);
        self.directions(checker, at, spec);
        for (field, inner) in [("ingress", "from"), ("egress", "to")] {
            let Some(rules) = spec.field(tree, field) else { continue };
            for (index, rule) in tree.items(rules.node).enumerate() {
                let rule = rules.item(index, rule);
                let Some(peers) = rule.field(tree, inner) else { continue };
                for (index, peer) in tree.items(peers.node).enumerate() {
                    let peer = peers.item(index, peer);
                    if peer.field(tree, "namespaceSelector").is_none() {
                        self.pod_selector(checker, at, &peer);
                    }
                }
            }
        }
    }

    /// Tells of a direction that a policy is for without a word on what may pass, while it has rules for the other one.
    fn directions(&self, checker: &mut Checker<'_>, at: At<'_>, spec: &Path<'_>) {
        let tree = at.tree;
        let (Some(types), Some(selector)) = (spec.field(tree, "policyTypes"), spec.field(tree, "podSelector")) else {
            return;
        };
        let wanted = Selector::of(tree, selector.node);
        // For all pods of a namespace it is the usual way to close it.
        if wanted.is_empty() {
            return;
        }
        for (index, direction) in tree.items(types.node).enumerate() {
            let (field, other, passing) = match tree.text(direction) {
                "Egress" => ("egress", "ingress", "nothing that these pods send arrives, not even a look-up of a name"),
                "Ingress" => ("ingress", "egress", "nothing arrives at these pods"),
                _ => continue,
            };
            // An empty list says that it is meant.
            let is_said = tree.get(spec.node, field).is_some();
            if is_said || !has_rules(tree, spec.node, other) || self.is_opened(at, &wanted, field) {
                continue;
            }
            let path = types.item(index, direction);
            checker.value(Code::PolicyWithoutRules, tree, &path, |checker, named| {
                Words::new(format!("`{named}` of `{}` has no rules in `spec.{field}`", checker.object()))
                    .note(format!("{passing}, unless another policy allows it"))
                    .help(format!("write rules, or `{field}: []` if that is what you want"))
            });
        }
    }

    /// Returns whether a policy of a namespace has rules of a direction for the pods of a selector.
    fn is_opened(&self, at: At<'_>, wanted: &Selector<'_>, direction: &str) -> bool {
        let all = self.by_kind.get("NetworkPolicy").map(Vec::as_slice).unwrap_or_default();
        all.iter().filter(|policy| policy.id.effective_namespace() == at.namespace).any(|policy| {
            let tree = &policy.tree;
            let Some(spec) = tree.get(policy.root(), "spec") else { return false };
            let selector = tree.get(spec, "podSelector").map(|selector| Selector::of(tree, selector));
            has_rules(tree, spec, direction) && selector.is_none_or(|selector| selector.selects(&wanted.pairs))
        })
    }

    fn pod_selector(&self, checker: &mut Checker<'_>, at: At<'_>, of: &Path<'_>) {
        let Some(selector) = of.field(at.tree, "podSelector") else { return };
        let wanted = Selector::of(at.tree, selector.node);
        if !wanted.is_empty() && self.selected(at, &wanted.pairs, |labels| wanted.selects(labels)).is_empty() {
            self.nearly(checker, at, &selector, &wanted.pairs.without_added());
        }
    }

    /// Checks the pods and the ports of a PodMonitor.
    pub(super) fn pod_monitor(&self, checker: &mut Checker<'_>, at: At<'_>, spec: &Path<'_>) {
        let tree = at.tree;
        let Some(selector) = spec.field(tree, "selector") else { return };
        let wanted = Selector::of(tree, selector.node);
        if wanted.is_empty() || spec.field(tree, "namespaceSelector").is_some() {
            return;
        }
        let selected = self.selected(at, &wanted.pairs, |labels| wanted.selects(labels));
        if selected.is_empty() {
            return self.nearly(checker, at, &selector, &wanted.pairs.without_added());
        }
        let Some(names) = container_ports(&selected) else { return };
        let shown: Vec<String> = selected.iter().map(|pods| pods.resource.short_name()).collect();
        endpoints(checker, at, &spec.field(tree, "podMetricsEndpoints"), &names, &shown);
    }

    /// Checks the Services and the ports of a ServiceMonitor.
    pub(super) fn service_monitor(&self, checker: &mut Checker<'_>, at: At<'_>, spec: &Path<'_>) {
        let tree = at.tree;
        let Some(selector) = spec.field(tree, "selector") else { return };
        let wanted = Selector::of(tree, selector.node);
        if wanted.is_empty() {
            return;
        }
        let namespaces = Namespaces::of(at, spec);
        let all = self.by_kind.get("Service").map(Vec::as_slice).unwrap_or_default();
        let services = || all.iter().copied().filter(|service| namespaces.hold(service.id.effective_namespace()));
        let selected: Vec<&Resource> = services().filter(|service| wanted.selects(&labels(service))).collect();
        if selected.is_empty() {
            return not_selected(checker, at, &selector, &wanted, &services().collect::<Vec<_>>());
        }
        let ports = selected.iter().flat_map(|service| service_ports(&service.tree));
        let names: Vec<&str> = ports.collect();
        let shown: Vec<String> = selected.iter().map(|service| service.short_name()).collect();
        endpoints(checker, at, &spec.field(tree, "endpoints"), &names, &shown);
    }
}

/// Returns whether a policy lets anything through in a direction.
fn has_rules(tree: &Tree, spec: NodeId, direction: &str) -> bool {
    tree.get(spec, direction).is_some_and(|rules| tree.items(rules).next().is_some())
}

/// Where a monitor looks.
enum Namespaces<'t> {
    All,
    These(Vec<&'t str>),
}

impl<'t> Namespaces<'t> {
    fn of(at: At<'t>, spec: &Path<'_>) -> Namespaces<'t> {
        let tree = at.tree;
        let selector = tree.get(spec.node, "namespaceSelector");
        let text = |node| tree.text(node);
        if selector.and_then(|selector| tree.get(selector, "any")).map(text) == Some("true") {
            return Namespaces::All;
        }
        let names = selector.and_then(|selector| tree.get(selector, "matchNames"));
        let names: Vec<&str> = names.into_iter().flat_map(|names| tree.items(names)).map(text).collect();
        Namespaces::These(if names.is_empty() { vec![at.namespace] } else { names })
    }

    fn hold(&self, namespace: &str) -> bool {
        match self {
            Namespaces::All => true,
            Namespaces::These(names) => names.contains(&namespace),
        }
    }
}

fn labels(resource: &Resource) -> Labels<'_> {
    Labels::of(&resource.tree, resource.tree.get_path(resource.root(), &["metadata", "labels"]))
}

/// The names of the ports of a Service.
fn service_ports(tree: &Tree) -> impl Iterator<Item = &str> {
    let ports = tree.get_path(tree.root(), &["spec", "ports"]).into_iter().flat_map(|list| tree.items(list));
    ports.filter_map(|port| tree.get(port, "name")).map(|name| tree.text(name))
}

/// Tells of a selector that selects no Service, if it is known which one is meant.
fn not_selected(
    checker: &mut Checker<'_>,
    at: At<'_>,
    selector: &Path<'_>,
    wanted: &Selector<'_>,
    services: &[&Resource],
) {
    let pairs = &wanted.pairs;
    // The labels of the pods, which the Service selects but does not have.
    let by_selector = services.iter().find(|service| {
        let of_pods = Labels::of(&service.tree, service.tree.get_path(service.root(), &["spec", "selector"]));
        !pairs.is_empty() && wanted.selects(&of_pods)
    });
    let near = || {
        services.iter().find_map(|service| {
            let theirs = labels(service);
            pairs.differ_in_one(&theirs).map(|(key, value)| (*service, theirs.get(key), key, value))
        })
    };
    let (service, note) = match (by_selector, near()) {
        (Some(service), _) => {
            let name = service.short_name();
            (*service, format!("`{name}` selects pods by these labels, but does not have them itself"))
        }
        (None, Some((service, theirs, key, value))) => {
            let name = service.short_name();
            let but = match theirs {
                Some(other) => format!("has `{key}: {other}`"),
                None => format!("has no label `{key}`"),
            };
            (service, format!("it wants `{key}: {value}`; `{name}` {but}"))
        }
        (None, None) => return,
    };
    checker.key(Code::SelectorUnmatched, at.tree, selector, |checker, field| {
        let name = service.tree.get_path(service.root(), &["metadata", "name"]);
        Words::new(format!("`{field}` of `{}` selects no Service of the build", checker.object()))
            .note(note)
            .other(name.and_then(|node| service.tree.place(node)), "")
            .help("a ServiceMonitor selects Services by the labels in their `metadata`")
    });
}

/// Checks the names of ports in a list of endpoints.
fn endpoints(checker: &mut Checker<'_>, at: At<'_>, list: &Option<Path<'_>>, names: &[&str], selected: &[String]) {
    let tree = at.tree;
    let Some(list) = list else { return };
    for (index, endpoint) in tree.items(list.node).enumerate() {
        let endpoint = list.item(index, endpoint);
        let Some(port) = endpoint.field(tree, "port") else { continue };
        let Some(name) = at.text(port.node).filter(|name| !names.contains(name)) else { continue };
        checker.value(Code::PortUndefined, tree, &port, |checker, field| {
            let shown: Vec<String> = selected.iter().take(3).map(|name| format!("`{name}`")).collect();
            Words::new(format!(
                "`{field}` of `{}` is the port `{name}`, which nothing that it selects has",
                checker.object()
            ))
            .note(format!("it selects {}", shown.join(", ")))
            .did_you_mean(&nearest(name, names.iter().copied(), 2))
        });
    }
}
