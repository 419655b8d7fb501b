//! Risks of roles and bindings: what may be done from now on, and by whom.

use super::{Risk, some, texts};
use crate::ordered::BTreeSet;
use crate::resource::Resource;
use crate::yaml::tree::{NodeId, Tree};

/// Verbs that lead to all others.
const LADDERS: [&str; 4] = ["*", "bind", "escalate", "impersonate"];
/// Resources by which one gets at what others may do.
const KEYS: [&str; 4] = ["*", "pods/exec", "secrets", "serviceaccounts/token"];

pub(super) fn find(old: Option<&Resource>, new: &Resource, risks: &mut Vec<Risk>) {
    if &*new.id.gvk.group != "rbac.authorization.k8s.io" {
        return;
    }
    match &*new.id.gvk.kind {
        "Role" | "ClusterRole" => rules(old, new, risks),
        "RoleBinding" | "ClusterRoleBinding" => binding(old, new, risks),
        _ => {}
    }
}

/// Something that is allowed: `verb resource.group`.
type Grant = (String, String, String);

fn grants(resource: &Resource) -> BTreeSet<Grant> {
    let tree = &resource.tree;
    let mut grants = BTreeSet::new();
    for rule in tree.get(resource.root(), "rules").into_iter().flat_map(|rules| tree.items(rules)) {
        let list = |key: &str| texts(tree, tree.get(rule, key));
        let names = list("resourceNames");
        let limit = if names.is_empty() { String::new() } else { format!(" ({})", some(&names)) };
        for verb in list("verbs") {
            for url in list("nonResourceURLs") {
                grants.insert((verb.clone(), url, String::new()));
            }
            for kind in list("resources") {
                for group in list("apiGroups") {
                    grants.insert((verb.clone(), format!("{kind}{limit}"), group));
                }
            }
        }
    }
    grants
}

fn covers(all: &BTreeSet<Grant>, (verb, kind, group): &Grant) -> bool {
    all.iter().any(|(v, k, g)| {
        let is = |have: &str, want: &str| have == "*" || have == want;
        is(v, verb) && is(k, kind) && is(g, group)
    })
}

fn rules(old: Option<&Resource>, new: &Resource, risks: &mut Vec<Risk>) {
    let before = old.map(grants).unwrap_or_default();
    let gained: Vec<Grant> = grants(new).into_iter().filter(|grant| !covers(&before, grant)).collect();
    let is_loud = |(verb, kind, _): &Grant| LADDERS.contains(&verb.as_str()) || KEYS.contains(&kind.as_str());
    let show = |(verb, kind, group): &Grant| {
        if group.is_empty() { format!("{verb} {kind}") } else { format!("{verb} {kind}.{group}") }
    };
    let (loud, quiet): (Vec<Grant>, Vec<Grant>) = gained.into_iter().partition(is_loud);
    let list = |grants: &[Grant]| some(&grants.iter().map(show).collect());
    if !loud.is_empty() {
        risks.push(Risk::high("privilege-gained", "rules", format!("it allows now: {}", list(&loud))));
    }
    if !quiet.is_empty() {
        risks.push(Risk::medium("privilege-gained", "rules", format!("it allows now: {}", list(&quiet))));
    }
}

fn binding(old: Option<&Resource>, new: &Resource, risks: &mut Vec<Risk>) {
    let subjects = |resource: &Resource| -> BTreeSet<String> {
        let tree = &*resource.tree;
        let list = tree.get(resource.root(), "subjects").into_iter().flat_map(|list| tree.items(list));
        list.map(|subject| name(tree, subject)).collect()
    };
    let had = old.map(subjects).unwrap_or_default();
    let added: BTreeSet<String> = subjects(new).difference(&had).cloned().collect();
    if added.is_empty() {
        return;
    }
    let role = new.tree.text_at(&["roleRef", "name"]).unwrap_or_default();
    let message = format!("{} may do now what `{role}` allows", some(&added));
    let is_loud = role == "cluster-admin" || added.iter().any(|name| name.starts_with("Group/system:"));
    risks.push(match is_loud {
        true => Risk::high("privilege-gained", "subjects", message),
        false => Risk::medium("privilege-gained", "subjects", message),
    });
}

fn name(tree: &Tree, subject: NodeId) -> String {
    let text = |key: &str| tree.get(subject, key).map_or("", |node| tree.text(node));
    let namespace = text("namespace");
    let at = if namespace.is_empty() { String::new() } else { format!(" in {namespace}") };
    format!("{}/{}{at}", text("kind"), text("name"))
}
