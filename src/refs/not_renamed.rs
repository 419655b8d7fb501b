//! Fields of custom resources that hold the former name of an object of the build.
//!
//! kustomize repairs references in the fields that it knows; of custom resources it knows none unless `configurations` or
//! `crds` name them. Only fields that say what they refer to are looked at: a plain text that happens to be a name means
//! nothing.

use crate::casing::lowercase;
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::schema::groups;
use crate::yaml::tree::{NodeId, Tree};
use rustc_hash::FxHashMap;

/// Kinds that others refer to by fields whose keys say so, with what such keys contain.
const HINTS: [(&str, &str); 4] = [
    ("ConfigMap", "configmap"),
    ("Secret", "secret"),
    ("ServiceAccount", "serviceaccount"),
    ("PersistentVolumeClaim", "claim"),
];

/// Objects that had another name: by kind and that name.
type Renamed<'r> = FxHashMap<(&'r str, &'r str), Vec<&'r Resource>>;

/// Warns of custom resources that refer to an object by a name that it has no longer.
pub fn find(resmap: &ResMap, report: &mut Report) {
    if !resmap.iter().any(|resource| groups::is_custom(&resource.id.gvk.group)) {
        return;
    }
    let mut renamed: Renamed<'_> = FxHashMap::default();
    for resource in resmap.iter() {
        let names = resource.previous.iter().filter(|previous| previous.name != resource.id.name);
        for previous in names {
            renamed.entry((&previous.kind, &previous.name)).or_default().push(resource);
        }
    }
    // A name that an object has now is no former name.
    for resource in resmap.iter() {
        renamed.remove(&(&*resource.id.gvk.kind, &*resource.id.name));
    }
    if renamed.is_empty() {
        return;
    }
    for resource in resmap.iter().filter(|resource| groups::is_custom(&resource.id.gvk.group)) {
        let mut walk = Walk { resource, renamed: &renamed, path: Vec::new(), report };
        walk.mapping(resource.root());
    }
}

struct Walk<'w> {
    resource: &'w Resource,
    renamed: &'w Renamed<'w>,
    path: Vec<&'w str>,
    report: &'w mut Report,
}

impl<'w> Walk<'w> {
    fn tree(&self) -> &'w Tree {
        &self.resource.tree
    }

    fn mapping(&mut self, map: NodeId) {
        let tree = self.tree();
        let kind = tree.get(map, "kind").filter(|&kind| tree.is_scalar(kind)).map(|kind| tree.text(kind));
        for (key, value) in tree.entries(map) {
            let key = tree.text(key);
            if self.path.is_empty() && matches!(key, "metadata" | "apiVersion" | "kind" | "status") {
                continue;
            }
            self.path.push(key);
            if !tree.is_scalar(value) {
                self.below(value);
            } else if let Some(target) = self.target(key, kind, tree.text(value)) {
                let warning = self.warning(value, target);
                self.report.push(warning);
            }
            self.path.pop();
        }
    }

    fn below(&mut self, node: NodeId) {
        let tree = self.tree();
        if tree.is_mapping(node) {
            self.mapping(node);
        }
        for item in tree.items(node).filter(|&item| !tree.is_scalar(item)) {
            self.below(item);
        }
    }

    /// Returns the renamed object that a text means, if its key, or the one above a `name`, says what kind it is.
    fn target(&self, key: &str, kind: Option<&str>, text: &str) -> Option<&'w Resource> {
        if key == "name"
            && let Some(kind) = kind
        {
            return self.nearest(kind, text);
        }
        let above = self.path.len().checked_sub(2).and_then(|at| self.path.get(at)).copied().unwrap_or("");
        let said = lowercase(if key == "name" { above } else { key });
        let is_name = key == "name" || said.ends_with("name") || said.ends_with("ref");
        let (kind, _) = HINTS.iter().find(|(_, hint)| is_name && said.contains(hint))?;
        self.nearest(kind, text)
    }

    /// Of several objects that were called so, the one that was renamed along with this object is meant.
    fn nearest(&self, kind: &str, name: &str) -> Option<&'w Resource> {
        let targets = self.renamed.get(&(kind, name))?;
        let own = self.resource;
        let is_near = |target: &&&Resource| {
            target.prefixes == own.prefixes
                && target.suffixes == own.suffixes
                && target.id.effective_namespace() == own.id.effective_namespace()
        };
        targets.iter().find(is_near).or_else(|| targets.first()).copied()
    }

    fn warning(&self, value: NodeId, target: &Resource) -> Box<Diagnostic> {
        let tree = self.tree();
        let (object, path) = (self.resource.short_name(), self.path.join("."));
        let message = format!(
            "`{path}` of `{object}` is `{}`, but that {} is called `{}` now",
            tree.text(value),
            target.id.gvk.kind,
            target.id.name
        );
        let place = target.tree.get_path(target.root(), &["metadata", "name"]).and_then(|name| target.tree.place(name));
        Diagnostic::warning(Code::ReferenceNotRenamed, message)
            .at(tree.place(value), "the former name")
            .at(place, "renamed by this")
            .note("kustomize knows no references in custom resources")
            .help("name the field under `nameReference` in a file of `configurations`, or turn the renaming off")
    }
}
