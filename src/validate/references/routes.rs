//! Istio: routes of a VirtualService to subsets, which a DestinationRule of the same host defines.

use super::{At, References};
use crate::diagnostic::{Code, nearest};
use crate::resource::Resource;
use crate::validate::checker::{Checker, Words};
use crate::validate::path::Path;

impl References<'_> {
    /// Tells of a VirtualService without hosts, which routes nothing unless another one delegates to it.
    pub(super) fn hosts(&self, checker: &mut Checker<'_>, at: At<'_>, resource: &Resource, spec: &Path<'_>) {
        let tree = at.tree;
        let has_hosts = spec.field(tree, "hosts").is_some_and(|hosts| tree.items(hosts.node).next().is_some());
        if has_hosts || *resource.id.gvk.group != *"networking.istio.io" || self.is_delegate(resource) {
            return;
        }
        checker.missing(Code::HostsUndefined, tree, (spec, "hosts"), |checker, field| {
            Words::new(format!("`{field}` of `{}` is missing, so that it routes nothing", checker.object()))
                .note("only a VirtualService that another one delegates to has no hosts")
                .help("name the hosts that clients call, such as the Service")
        });
    }

    fn is_delegate(&self, resource: &Resource) -> bool {
        let services = self.by_kind.get("VirtualService").map(Vec::as_slice).unwrap_or_default();
        services.iter().any(|other| {
            let tree = &other.tree;
            let rules = tree.get_path(other.root(), &["spec", "http"]).into_iter().flat_map(|list| tree.items(list));
            rules.filter_map(|rule| tree.get(rule, "delegate")).any(|delegate| {
                let text = |key: &str| tree.get(delegate, key).map(|node| tree.text(node));
                let namespace = text("namespace").unwrap_or(other.id.effective_namespace());
                text("name") == Some(&*resource.id.name) && namespace == resource.id.effective_namespace()
            })
        })
    }

    pub(super) fn virtual_service(&self, checker: &mut Checker<'_>, at: At<'_>, spec: &Path<'_>) {
        let tree = at.tree;
        for protocol in ["http", "tls", "tcp"] {
            let Some(rules) = spec.field(tree, protocol) else { continue };
            for (index, rule) in tree.items(rules.node).enumerate() {
                let rule = rules.item(index, rule);
                let Some(routes) = rule.field(tree, "route") else { continue };
                for (index, route) in tree.items(routes.node).enumerate() {
                    let route = routes.item(index, route);
                    if let Some(destination) = route.field(tree, "destination") {
                        self.destination(checker, at, &destination);
                    }
                }
            }
        }
    }

    fn destination(&self, checker: &mut Checker<'_>, at: At<'_>, destination: &Path<'_>) {
        let tree = at.tree;
        let (Some(host), Some(subset)) = (destination.field(tree, "host"), destination.field(tree, "subset")) else {
            return;
        };
        let (Some(host), Some(name)) = (at.text(host.node), at.text(subset.node)) else { return };
        let (service, namespace) = service_of(host, at.namespace);
        let of_host = self.destination_rules.iter().filter(|rule| {
            let of = rule.tree.text_at(&["spec", "host"]).unwrap_or_default();
            of == host || service_of(of, rule.id.effective_namespace()) == (service, namespace)
        });
        let rules: Vec<_> = of_host.copied().collect();
        let mut names: Vec<&str> = Vec::new();
        for rule in &rules {
            let subsets = rule.tree.get_path(rule.root(), &["spec", "subsets"]);
            let subsets = subsets.into_iter().flat_map(|list| rule.tree.items(list));
            names.extend(subsets.filter_map(|subset| rule.tree.get(subset, "name")).map(|name| rule.tree.text(name)));
        }
        // Without a rule it may be elsewhere, unless the Service itself is here.
        if names.contains(&name) || (rules.is_empty() && !self.has_service(service, namespace)) {
            return;
        }
        checker.value(Code::SubsetUndefined, tree, &subset, |checker, field| {
            let why = match rules.first() {
                Some(rule) => format!("which `{}` does not define", rule.short_name()),
                None => format!("but no DestinationRule of the build is for `{host}`"),
            };
            Words::new(format!("`{field}` of `{}` is `{name}`, {why}", checker.object())).did_you_mean(&nearest(
                name,
                names.iter().copied(),
                2,
            ))
        });
    }
}

/// Returns the Service and the namespace that a host means: `web`, `web.shop`, `web.shop.svc.cluster.local`.
fn service_of<'t>(host: &'t str, namespace: &'t str) -> (&'t str, &'t str) {
    let host = host.split(".svc").next().unwrap_or(host);
    host.split_once('.').unwrap_or((host, namespace))
}
