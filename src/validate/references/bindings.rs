//! Bindings of roles: the accounts that they name, and the role.

use super::{At, Found, References};
use crate::diagnostic::Code;
use crate::resource::Resource;
use crate::validate::checker::{Checker, Words};
use crate::validate::path::Path;

/// Roles that every cluster has.
const DEFAULT_ROLES: [&str; 4] = ["admin", "cluster-admin", "edit", "view"];

impl<'b> References<'b> {
    pub(super) fn binding(&self, checker: &mut Checker<'_>, resource: &'b Resource) {
        let tree = &*resource.tree;
        let root = Path::root(tree);
        let at = At { tree, namespace: resource.id.effective_namespace() };
        if let Some(role) = root.field(tree, "roleRef") {
            self.role(checker, at, &role);
        }
        let Some(subjects) = root.field(tree, "subjects") else { return };
        for (index, subject) in tree.items(subjects.node).enumerate() {
            self.subject(checker, at, &subjects.item(index, subject));
        }
    }

    fn role(&self, checker: &mut Checker<'_>, at: At<'_>, role: &Path<'_>) {
        let tree = at.tree;
        let (Some(kind), Some(name)) = (role.field(tree, "kind"), role.field(tree, "name")) else { return };
        let is_default = |name: &str| DEFAULT_ROLES.contains(&name) || name.starts_with("system:");
        match tree.text(kind.node) {
            "Role" => drop(self.resolve(checker, at, &name, "Role")),
            "ClusterRole" if !is_default(tree.text(name.node)) => {
                // Objects of a cluster have no namespace, whatever stands in them.
                let all = self.by_kind.get("ClusterRole").and_then(|roles| roles.first());
                let namespace = all.map_or("", |role| role.id.effective_namespace());
                self.resolve(checker, At { tree, namespace }, &name, "ClusterRole");
            }
            _ => {}
        }
    }

    fn subject(&self, checker: &mut Checker<'_>, at: At<'_>, subject: &Path<'_>) {
        let tree = at.tree;
        let field = |name| subject.field(tree, name);
        if field("kind").is_none_or(|kind| tree.text(kind.node) != "ServiceAccount") {
            return;
        }
        let (Some(name), Some(namespace)) = (field("name"), field("namespace")) else { return };
        let (Some(account), Some(of)) = (at.text(name.node), at.text(namespace.node)) else { return };
        // A namespace has it from the start.
        if account == "default" || !matches!(self.find("ServiceAccount", account, of), Found::No) {
            return;
        }
        let accounts = self.by_kind.get("ServiceAccount").map(Vec::as_slice).unwrap_or_default();
        // Others make accounts, too: operators, and builds that this one is a part of. But one of this name is at hand.
        let elsewhere = accounts.iter().find(|resource| *resource.id.name == *account);
        let is_near = self.near("ServiceAccount", account, of).is_some();
        let Some(other) = elsewhere.filter(|_| self.has_namespace(of) && !is_near) else {
            return self.not_found(checker, At { tree, namespace: of }, &name, "ServiceAccount", account);
        };
        checker.value(Code::SubjectUndefined, tree, &name, |checker, field| {
            let place = other.tree.get_path(other.root(), &["metadata", "name"]);
            let place = place.and_then(|node| other.tree.place(node));
            Words::new(format!(
                "`{field}` of `{}` is `ServiceAccount/{account}` in `{of}`, which the build does not have",
                checker.object()
            ))
            .other(place, format!("this one is in `{}`", other.id.effective_namespace()))
        });
    }

    /// Returns whether the build makes a namespace, so that what is in it is expected here.
    fn has_namespace(&self, name: &str) -> bool {
        let namespaces = self.by_kind.get("Namespace").map(Vec::as_slice).unwrap_or_default();
        let accounts = self.by_kind.get("ServiceAccount").map(Vec::as_slice).unwrap_or_default();
        namespaces.iter().any(|resource| *resource.id.name == *name)
            || accounts.iter().any(|resource| resource.id.effective_namespace() == name)
    }
}
