//! References between objects: names, keys, ports, selectors.
//!
//! What an object refers to may live elsewhere, so a reference that leads out of the build is no fault by itself
//! (`reference-unresolved`, off). What is told is what cannot be right: keys and ports that an object of the build lacks,
//! and names that an object of the build nearly has.

mod bindings;
mod labels;
mod pods;
mod routes;
mod selectors;
mod services;

use super::checker::{Checker, Words};
use super::path::Path;
use super::schema::is_null;
use crate::diagnostic::Code;
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::sorting::Sorting;
use crate::yaml::tree::{NodeId, Tree};
use labels::Labels;
use rustc_hash::{FxHashMap, FxHashSet};

/// What objects refer to, by kind, name and namespace.
pub(super) struct References<'b> {
    resources: &'b ResMap,
    /// Objects by kind, sorted by name.
    by_kind: FxHashMap<&'b str, Vec<&'b Resource>>,
    /// Objects whose names could be misspelt alike: by kind, first byte and length.
    by_shape: FxHashMap<(&'b str, u8, usize), Vec<&'b Resource>>,
    /// Kind, name and namespace of objects that others of the build will make, such as the Secret of a SealedSecret.
    made: FxHashSet<(&'static str, String, String)>,
    /// Objects that make pods, by namespace.
    pods: FxHashMap<&'b str, Vec<Pods<'b>>>,
    /// Their positions there by namespace and one of their labels.
    pods_with: FxHashMap<(&'b str, &'b str, &'b str), Vec<usize>>,
    destination_rules: Vec<&'b Resource>,
    /// The namespaces that have pods, sorted.
    namespaces: Vec<&'b str>,
}

/// The pods that an object makes.
pub(super) struct Pods<'b> {
    resource: &'b Resource,
    labels: Labels<'b>,
    spec: Option<NodeId>,
}

/// An object that is referred to.
enum Found<'b> {
    Object(&'b Resource),
    /// It will be there, and nothing is known of it.
    Made,
    No,
}

impl<'b> References<'b> {
    pub(super) fn of(resources: &'b ResMap) -> References<'b> {
        let mut by_kind: FxHashMap<&str, Vec<&Resource>> = FxHashMap::default();
        let mut made = FxHashSet::default();
        let mut pods: FxHashMap<&str, Vec<Pods<'_>>> = FxHashMap::default();
        let mut pods_with: FxHashMap<(&str, &str, &str), Vec<usize>> = FxHashMap::default();
        let mut by_shape: FxHashMap<(&str, u8, usize), Vec<&Resource>> = FxHashMap::default();
        for resource in resources.iter() {
            let (kind, name) = (&*resource.id.gvk.kind, &*resource.id.name);
            by_kind.entry(kind).or_default().push(resource);
            if let Some(&first) = name.as_bytes().first() {
                by_shape.entry((kind, first, name.len())).or_default().push(resource);
            }
            made.extend(makes(resource));
            if let Some((labels, spec)) = pods::template(resource) {
                let name = resource.id.effective_namespace();
                let namespace = pods.entry(name).or_default();
                for (key, value) in &labels.0 {
                    pods_with.entry((name, key, value)).or_default().push(namespace.len());
                }
                namespace.push(Pods { resource, labels, spec });
            }
        }
        let destination_rules = by_kind.get("DestinationRule").cloned().unwrap_or_default();
        #[allow(clippy::iter_over_hash_type, reason = "each list is sorted by itself")]
        for list in by_kind.values_mut() {
            list.put_in_order_of(|resource| &*resource.id.name);
        }
        let mut namespaces: Vec<&str> = pods.keys().copied().collect();
        namespaces.put_in_own_order_unstable();
        References { resources, by_kind, by_shape, made, pods, pods_with, destination_rules, namespaces }
    }

    /// Checks what an object refers to.
    pub(super) fn check(&self, checker: &mut Checker<'_>, resource: &'b Resource) {
        let tree = &*resource.tree;
        let root = Path::root(tree);
        if matches!(&*resource.id.gvk.kind, "RoleBinding" | "ClusterRoleBinding") {
            return self.binding(checker, resource);
        }
        let Some(spec) = root.field(tree, "spec") else { return };
        let at = At { tree, namespace: resource.id.effective_namespace() };
        match &*resource.id.gvk.kind {
            "Service" if resource.id.gvk.group.is_empty() => self.service(checker, at, &spec),
            "Ingress" => self.ingress(checker, at, &spec),
            "PodDisruptionBudget" => self.budget(checker, at, &spec),
            "HorizontalPodAutoscaler" => self.scale_target(checker, at, &spec, "scaleTargetRef"),
            "VerticalPodAutoscaler" => self.scale_target(checker, at, &spec, "targetRef"),
            "NetworkPolicy" if *resource.id.gvk.group == *"networking.k8s.io" => {
                self.network_policy(checker, at, &spec)
            }
            "PodMonitor" => self.pod_monitor(checker, at, &spec),
            "ServiceMonitor" => self.service_monitor(checker, at, &spec),
            "VirtualService" => {
                self.hosts(checker, at, resource, &spec);
                self.virtual_service(checker, at, &spec);
            }
            _ => {}
        }
        pods::check(self, checker, resource, &root);
    }

    /// Looks for an object.
    fn find(&self, kind: &'static str, name: &str, namespace: &str) -> Found<'b> {
        let found = self.resources.find_named(kind, name).into_iter().map(|position| &**self.resources.get(position));
        let mut current = found.filter(|resource| *resource.id.name == *name && *resource.id.gvk.kind == *kind);
        match current.find(|resource| resource.id.effective_namespace() == namespace) {
            Some(resource) => Found::Object(resource),
            None if self.made.contains(&(kind, name.to_owned(), namespace.to_owned())) => Found::Made,
            None => Found::No,
        }
    }

    /// Looks for an object that a field names; tells of one that is not there.
    fn resolve(
        &self,
        checker: &mut Checker<'_>,
        at: At<'_>,
        path: &Path<'_>,
        kind: &'static str,
    ) -> Option<&'b Resource> {
        let name = at.text(path.node)?;
        match self.find(kind, name, at.namespace) {
            Found::Object(resource) => return Some(resource),
            Found::Made => return None,
            Found::No => {}
        }
        self.not_found(checker, at, path, kind, name);
        None
    }

    fn not_found(&self, checker: &mut Checker<'_>, at: At<'_>, path: &Path<'_>, kind: &str, name: &str) {
        let code = match self.near(kind, name, at.namespace) {
            Some((near, why)) => {
                checker.value(Code::ReferenceNearMiss, at.tree, path, |checker, field| {
                    let root = near.tree.get_path(near.root(), &["metadata", "name"]).unwrap_or(near.root());
                    Words::new(format!(
                        "`{field}` of `{}` refers to `{kind}/{name}`, which is not in the build",
                        checker.object()
                    ))
                    .other(near.tree.place(root), why)
                });
                return;
            }
            None => Code::ReferenceUnresolved,
        };
        checker.value(code, at.tree, path, |checker, field| {
            Words::new(format!(
                "`{field}` of `{}` refers to `{kind}/{name}`, which is not in the build",
                checker.object()
            ))
        });
    }

    /// Returns an object that may be meant, and why.
    fn near(&self, kind: &str, name: &str, namespace: &str) -> Option<(&'b Resource, String)> {
        let is_here = |resource: &&Resource| resource.id.effective_namespace() == namespace;
        let known = self.resources.find_named(kind, name).into_iter().map(|position| &**self.resources.get(position));
        let was = |resource: &&Resource| resource.previous.iter().any(|previous| *previous.name == *name);
        if let Some(renamed) = known.filter(|resource| *resource.id.gvk.kind == *kind).filter(is_here).find(was) {
            return Some((renamed, format!("it is called `{}` in the build", renamed.id.name)));
        }
        let first = *name.as_bytes().first()?;
        let lengths = name.len().saturating_sub(1)..=name.len() + 1;
        let alike = lengths.filter_map(|length| self.by_shape.get(&(kind, first, length))).flatten().copied();
        if let Some(close) = alike.filter(is_here).find(|resource| is_misspelt(name, &resource.id.name)) {
            return Some((close, format!("`{}` is there", close.short_name())));
        }
        None
    }
}

/// Where a check is.
#[derive(Clone, Copy)]
struct At<'t> {
    tree: &'t Tree,
    namespace: &'t str,
}

impl<'t> At<'t> {
    /// Returns a text that says something.
    fn text(&self, node: NodeId) -> Option<&'t str> {
        let is_text = self.tree.is_scalar(node) && !is_null(self.tree, node);
        Some(self.tree.text(node)).filter(|text| is_text && !text.is_empty() && !text.contains(['$', '{']))
    }
}

/// Returns whether one name is another one with a slip or two.
fn is_misspelt(name: &str, other: &str) -> bool {
    const LEN_MIN: usize = 6;
    if name.len() < LEN_MIN || other.len() < LEN_MIN || name.len().abs_diff(other.len()) > 1 {
        return false;
    }
    // Numbers tell things apart.
    let letters = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    if letters(name) == letters(other) {
        return false;
    }
    let (a, b) = (name.as_bytes(), other.as_bytes());
    let n_before = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let n_after = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    // One letter more, less or other, or two exchanged, and not at the start, where a word decides.
    let rest = a.len().max(b.len()).saturating_sub(n_before + n_after);
    let is_swap = a.len() == b.len()
        && rest == 2
        && a.get(n_before) == b.get(n_before + 1)
        && a.get(n_before + 1) == b.get(n_before);
    n_before > 0 && (rest <= 1 || is_swap)
}

/// Returns what a custom resource makes that others refer to.
fn makes(resource: &Resource) -> Vec<(&'static str, String, String)> {
    let tree = &*resource.tree;
    let own = || Some(&*resource.id.name);
    let secret = match (&*resource.id.gvk.kind, &*resource.id.gvk.group) {
        ("SealedSecret", _) => tree.text_at(&["spec", "template", "metadata", "name"]).or_else(own),
        ("ExternalSecret", _) => tree.text_at(&["spec", "target", "name"]).or_else(own),
        ("Certificate", _) => tree.text_at(&["spec", "secretName"]),
        (kind, group) if group.contains("secret") || kind.contains("Secret") && kind != "Secret" => own(),
        _ => None,
    };
    let namespace = resource.id.effective_namespace();
    secret.into_iter().map(|name| ("Secret", name.to_owned(), namespace.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::is_misspelt;

    #[test]
    fn slips() {
        for (a, b) in [
            ("database", "databse"),
            ("settings", "setings"),
            ("web-config", "web-cofnig"),
            ("web-config", "web-configs"),
        ] {
            assert!(is_misspelt(a, b) && is_misspelt(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("worker-1", "worker-2"),
            ("db", "dc"),
            ("config", "config"),
            ("settings", "settings-prod"),
            ("user-db", "uses-dc"),
        ] {
            assert!(!is_misspelt(a, b), "{a} {b}");
        }
    }
}
