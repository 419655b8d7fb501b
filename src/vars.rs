//! `vars`: names for values of fields, registered while kustomizations are accumulated.
//!
//! A var is tied to the object that its `objref` matches at the end of the kustomization that defines it, and follows that
//! object through renames. Values are read and put in place at the root, by `refs::var_reference`.

use crate::diagnostic::{Code, Diagnostic, Report};
use crate::kustomization::VarEntry;
use crate::ordered::BTreeMap;
use crate::provenance::DirectiveId;
use crate::resmap::ResMap;
use crate::resource::{Gvk, ResId, Resource};
use std::sync::Arc;

/// The vars of a kustomization and all below it, by name, which is the order in which they are resolved.
pub(crate) type Vars = BTreeMap<Arc<str>, Arc<Var>>;

/// A var.
#[derive(Clone, Debug)]
pub(crate) struct Var {
    /// As it was written.
    pub(crate) entry: VarEntry,
    /// The directive.
    pub(crate) by: DirectiveId,
}

/// Adds the vars of a base or component; a name that is there already is reported.
pub(crate) fn join(vars: &mut Vars, other: &Vars, report: &mut Report) {
    for (name, var) in other {
        insert(vars, Arc::clone(name), var, report);
    }
}

/// Ties vars to the objects they refer to and adds them (upstream `ResAccumulator.MergeVars`).
pub(crate) fn register(
    resources: &mut ResMap,
    entries: impl Iterator<Item = (VarEntry, DirectiveId)>,
    vars: &mut Vars,
    report: &mut Report,
) {
    for (entry, by) in entries {
        let name: Arc<str> = entry.name.value.as_str().into();
        match *matches(resources, &entry) {
            [] => {}
            [position] => resources.get_mut(position).vars.push(Arc::clone(&name)),
            ref several => report.push(ambiguous(resources, &entry, several)),
        }
        insert(vars, name, &Arc::new(Var { entry, by }), report);
    }
}

fn insert(vars: &mut Vars, name: Arc<str>, var: &Arc<Var>, report: &mut Report) {
    match vars.get(&name) {
        None => {
            vars.insert(name, Arc::clone(var));
        }
        Some(first) => {
            let message = format!("var `{name}` is defined twice");
            let error = Diagnostic::error(Code::VarConflict, message).at(Some(var.entry.place), "defined again here");
            let is_same = first.entry.place == var.entry.place;
            report.push(if is_same {
                error.help("the kustomization that defines it is included twice; define the var in the overlay instead")
            } else {
                let error = error.at(Some(first.entry.place), "first defined here");
                error.help("names of vars are the same in all bases and overlays of a build: rename one of them")
            });
        }
    }
}

/// Returns the positions of the objects that an `objref` matches, by any identity they have or had.
pub(crate) fn matches(resources: &ResMap, entry: &VarEntry) -> Box<[usize]> {
    let gvk = gvk(entry);
    let text = |text: &Option<crate::kustomization::PlacedText>| -> Arc<str> {
        text.as_ref().map_or("", |text| text.value.as_str()).into()
    };
    let (name, namespace) = (text(&entry.objref.name), text(&entry.objref.namespace));
    let is_named = |id: &ResId| id.gvk == gvk && id.name == name;
    // Absent, the namespace is any. Given, it is never that of an object in none.
    let is_meant = |id: &ResId| {
        is_named(id)
            && (namespace.is_empty() || (!id.gvk.is_cluster_scoped() && id.effective_namespace() == &*namespace))
    };
    let has_meant = |resource: &Resource| is_meant(&resource.id) || resource.previous_ids().any(|id| is_meant(&id));
    let mut found = resources.find_named(&gvk.kind, &name);
    found.retain(|&position| has_meant(resources.get(position)));
    found.into()
}

/// Returns the type an `objref` names; parts of `apiVersion` win (upstream `Target.GVK`).
pub(crate) fn gvk(entry: &VarEntry) -> Gvk {
    let text = |text: &Option<crate::kustomization::PlacedText>| {
        text.as_ref().map_or("", |text| text.value.as_str()).to_owned()
    };
    let objref = &entry.objref;
    let (mut group, mut version) = (text(&objref.group), text(&objref.version));
    let api_version = text(&objref.api_version);
    match *api_version.split('/').collect::<Vec<_>>() {
        _ if api_version.is_empty() => {}
        [own_version] => version = own_version.to_owned(),
        [own_group, own_version] => (group, version) = (own_group.to_owned(), own_version.to_owned()),
        _ => {}
    }
    Gvk::of(&group, &version, &text(&objref.kind))
}

fn ambiguous(resources: &ResMap, entry: &VarEntry, positions: &[usize]) -> Box<Diagnostic> {
    let name = &entry.name.value;
    let message = format!("var `{name}` could mean {} objects", positions.len());
    let mut error =
        Diagnostic::error(Code::VarUnresolved, message).at(Some(entry.objref.place), "matches more than one");
    for &position in positions.iter().take(8) {
        let resource = resources.get(position);
        let tree = &resource.tree;
        let node = tree.get_path(tree.root(), &["metadata", "name"]).unwrap_or(tree.root());
        let place = crate::fieldspec::first_place(tree, node);
        error = error.at(place, format!("now `{}`", resource.short_name()));
    }
    match &entry.objref.namespace {
        None => error.help("add `namespace` to `objref`, or define the var in the base that has the object"),
        Some(_) => error.help("define the var in the base that has the object"),
    }
}
