//! `vars`: `$(NAME)` in the fields of `varReference` is replaced by the value of the field that the var names.
//!
//! This happens once, at the root, after names are final. How texts are expanded is `expand`, how a value is found and read
//! `var_value`; which object a var refers to was decided when it was registered (`vars`).

use super::expand::{Expanded, expand};
use super::var_value::{self, Lack, VarValue};
use crate::diagnostic::{Code, Diagnostic, Report, Result, nearest};
use crate::fieldspec::{FieldSpecs, Hit, TransformerConfig, is_null, walk_error, wrong_kind};
use crate::provenance::{DirectiveId, Stamp, Touched};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::source::Place;
use crate::vars::{self, Var, Vars};
use crate::yaml::resolve::effective_tag;
use crate::yaml::tree::{Kind, NodeId, Style, Tag, Tree};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Warnings about vars without a use: each looks through all resources for a mention of the var.
const UNUSED_MAX: usize = 20;

const DEFAULT_PATH: &str = "metadata.name";

/// Replaces all vars; every one that has no value is reported, and every one that is never used. Gives what each touched.
pub(crate) fn resolve(
    resmap: &mut ResMap,
    vars: &Vars,
    config: &TransformerConfig,
    report: &mut Report,
) -> Vec<Touched> {
    if vars.is_empty() {
        return Vec::new();
    }
    let mut values = values(resmap, vars, report);
    if report.has_errors() {
        return Vec::new();
    }
    let mut specs = FieldSpecs::new(config.var_reference.iter(), None);
    for position in 0..resmap.len() {
        for known in values.list.iter_mut() {
            known.is_counted = false;
        }
        let result = replace_in(resmap, position, &mut specs, &mut values);
        if report.keep(result) == Some(true) {
            resmap.refresh(position);
        }
    }
    let unused_vars = values.list.iter().filter(|known| known.touched.fields == 0);
    for known in unused_vars.take(if report.has_errors() { 0 } else { UNUSED_MAX }) {
        report.push(unused(resmap, known));
    }
    values.list.into_iter().map(|known| known.touched).collect()
}

/// The values of all vars, in the order of their names.
struct Values<'v> {
    list: Vec<Known<'v>>,
    by_name: FxHashMap<&'v str, usize>,
    /// For what changes without a var, such as `$$`.
    first: DirectiveId,
}

struct Known<'v> {
    name: &'v str,
    var: &'v Var,
    /// `None` for a mapping or a list, which cannot stand in a text.
    value: Option<VarValue>,
    /// Where the value stands.
    place: Option<Place>,
    touched: Touched,
    is_counted: bool,
}

/// Reads the values of all vars from the objects they were tied to.
fn values<'v>(resmap: &ResMap, vars: &'v Vars, report: &mut Report) -> Values<'v> {
    let mut tied: FxHashMap<&str, usize> = FxHashMap::default();
    for (position, resource) in resmap.iter().enumerate() {
        for name in &resource.vars {
            tied.entry(name).or_insert(position);
        }
    }
    let first = vars.values().next().map_or(DirectiveId(0), |var| var.by);
    let mut values = Values { list: Vec::with_capacity(vars.len()), by_name: FxHashMap::default(), first };
    for (name, var) in vars {
        let touched = Touched { by: var.by, resources: 0, fields: 0 };
        let Some(&position) = tied.get(&**name) else {
            report.push(no_object(resmap, name, var));
            continue;
        };
        let resource = resmap.get(position);
        let tree = &resource.tree;
        let path = var.entry.field_path.as_ref().map_or(DEFAULT_PATH, |path| path.value.as_str());
        let node = var_value::find(tree, path).ok_or(Lack::Missing);
        let read = node.and_then(|node| VarValue::read(tree, node).map(Some));
        let value = match read {
            Ok(value) => value,
            Err(Lack::Collection(_)) => None,
            Err(lack) => {
                report.push(no_field(resource, name, var, path, lack));
                continue;
            }
        };
        let place = node.ok().and_then(|node| tree.place(node));
        values.by_name.insert(name, values.list.len());
        values.list.push(Known { name, var, value, place, touched, is_counted: false });
    }
    values
}

/// Replaces vars in one resource and returns whether anything was written.
fn replace_in(
    resmap: &mut ResMap,
    position: usize,
    specs: &mut FieldSpecs<'_>,
    values: &mut Values<'_>,
) -> Result<bool> {
    let mut is_written = false;
    let (mut hits, mut texts) = (Vec::new(), Vec::new());
    for path in specs.for_type(&resmap.get(position).id.gvk).iter() {
        let resource = resmap.get(position);
        hits.clear();
        path.find(&resource.tree, &mut hits).map_err(|error| walk_error(resource, &path.text, error, None))?;
        for &hit in &hits {
            let Hit::Found(node) = hit else {
                // A `[]` hint on a null; nothing else is created.
                let stamp = Stamp { by: values.first, place: None };
                let reached = path.reach(resmap.get_mut(position).tree_mut(), hit, &stamp, |tree| tree.root());
                is_written |= reached.is_some();
                continue;
            };
            texts.clear();
            collect(resmap.get(position), &path.text, node, &mut texts)?;
            for &node in &texts {
                is_written |= replace(resmap, position, node, values);
            }
        }
    }
    Ok(is_written)
}

/// Appends the strings at a field: itself, the values of a mapping, the items of a list (upstream `refvar.Filter.set`).
fn collect(resource: &Resource, path: &str, node: NodeId, texts: &mut Vec<NodeId>) -> Result<()> {
    let tree = &resource.tree;
    let is_string =
        |node: NodeId| tree.is_scalar(node) && (effective_tag(tree, node) == Tag::Str || tree.is_untagged(node));
    match tree.kind(node) {
        Kind::Scalar => texts.extend(Some(node).filter(|&node| is_string(node))),
        Kind::Mapping => {
            for (key, value) in tree.entries(node) {
                if !is_string(key) {
                    return Err(wrong_kind_of(resource, path, key, "has a key that is not a string"));
                }
                texts.extend(Some(value).filter(|&value| is_string(value)));
            }
        }
        Kind::Sequence => {
            for item in tree.items(node) {
                match is_string(item) {
                    true => texts.push(item),
                    false if tree.is_scalar(item) => {
                        return Err(wrong_kind_of(resource, path, item, "has an item that is not a string"));
                    }
                    false => return Err(wrong_kind(resource, path, item, "a string", None)),
                }
            }
        }
    }
    Ok(())
}

fn wrong_kind_of(resource: &Resource, path: &str, node: NodeId, words: &str) -> Box<Diagnostic> {
    let tree = &resource.tree;
    let message = format!("field `{path}` of `{}` {words}, and vars are replaced there", resource.short_name());
    let has_text = !is_null(tree, node);
    let error = Diagnostic::error(Code::TransformFailed, message).at(tree.place(node), "not a string");
    if has_text { error.help("put it in quotes") } else { error }
}

/// Replaces the vars in one string and returns whether it was written to.
fn replace(resmap: &mut ResMap, position: usize, node: NodeId, values: &mut Values<'_>) -> bool {
    let tree = &resmap.get(position).tree;
    let (mut buffer, mut used) = (String::new(), Vec::new());
    let old = tree.text(node);
    let expanded = expand(old, &mut buffer, |name| {
        let &at = values.by_name.get(name)?;
        let value = values.list.get(at)?.value.as_ref()?;
        used.push(at);
        Some(value)
    });
    let (text, tag) = match expanded {
        Expanded::Value(value) => value.scalar(),
        Expanded::Text(text) => (text.to_owned(), Tag::Str),
    };
    let is_same = used.is_empty() && text == old;
    if is_same && tree.style(node) != Style::Folded && effective_tag(tree, node) == Tag::Str {
        return false;
    }
    let tree = resmap.get_mut(position).tree_mut();
    if is_same {
        // The reference writes every string of the field back, without a style, which shows for some folded texts.
        tree.set_style_and_tag(node, Style::Plain, tag);
        return true;
    }
    let mut stamps: Vec<Stamp> = Vec::new();
    for at in used {
        let Some(known) = values.list.get_mut(at) else { continue };
        known.touched.fields += 1;
        known.touched.resources += u32::from(!known.is_counted);
        known.is_counted = true;
        let stamp = Stamp { by: known.var.by, place: known.place };
        if stamps.iter().all(|other| other.by != stamp.by) {
            stamps.push(stamp);
        }
    }
    let last = stamps.pop().unwrap_or(Stamp { by: values.first, place: tree.place(node) });
    for stamp in &stamps {
        tree.restamp(node, stamp);
    }
    tree.set_text(node, &text, tag, &last);
    tree.set_style_and_tag(node, Style::Plain, tag);
    true
}

fn no_object(resmap: &ResMap, name: &str, var: &Var) -> Box<Diagnostic> {
    let objref = &var.entry.objref;
    let gvk = vars::gvk(&var.entry);
    let wanted = objref.name.as_ref().map_or("", |name| name.value.as_str());
    let of = match gvk.api_version() {
        version if version.is_empty() => String::new(),
        version => format!(" ({version})"),
    };
    let message = format!("var `{name}` refers to `{}/{wanted}`{of}, which does not exist", gvk.kind);
    let error = Diagnostic::error(Code::VarUnresolved, message).at(Some(objref.place), "matches nothing");
    if let [position, ..] = *vars::matches(resmap, &var.entry) {
        let resource = resmap.get(position);
        let place = resource.tree.place(resource.root());
        let error = error.at(place, "this object matches, but was not there where the var is defined");
        return error.help("define the var in the kustomization that has the object, or in an overlay of it");
    }
    let is_named = |resource: &&Arc<Resource>| {
        resource.original_id().gvk.kind == gvk.kind
            && [&resource.id.name, &resource.original_id().name].iter().any(|&name| **name == *wanted)
    };
    if let Some(resource) = resmap.iter().find(is_named) {
        let own = &resource.id;
        if own.gvk.api_version() != gvk.api_version() {
            return error.help(format!("the {} of this name has `apiVersion: {}`", gvk.kind, own.gvk.api_version()));
        }
        if own.gvk.is_cluster_scoped() {
            return error.help(format!("a {} has no namespace: remove `namespace` from `objref`", gvk.kind));
        }
        return error.help(format!("the {} of this name is in namespace `{}`", gvk.kind, own.effective_namespace()));
    }
    let names: Vec<Arc<str>> = (resmap.iter().filter(|resource| resource.id.gvk.kind == gvk.kind))
        .map(|resource| resource.original_id().name)
        .collect();
    match nearest(wanted, names.iter().map(|name| &**name), 1).first() {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("correct `objref`, or add the object to `resources`"),
    }
}

fn no_field(resource: &Resource, name: &str, var: &Var, path: &str, lack: Lack) -> Box<Diagnostic> {
    let object = resource.short_name();
    let tree = &resource.tree;
    let place = var.entry.field_path.as_ref().map_or(var.entry.place, |path| path.place);
    match lack {
        Lack::Unreadable(node) => {
            let message = format!("var `{name}` cannot take the value of `{path}` of `{object}`");
            let error = Diagnostic::error(Code::VarUnresolved, message).at(tree.place(node), "this value");
            error.at(Some(place), "wanted here").help("put the value in quotes, or write it as a decimal number")
        }
        _ => {
            let message = format!("var `{name}` takes its value from `{path}` of `{object}`, which does not exist");
            let error = Diagnostic::error(Code::VarUnresolved, message).at(Some(place), "no such field");
            error
                .at(tree.place(resource.root()), "in this object")
                .help("set `fieldref.fieldPath` to a field that exists")
        }
    }
}

/// The warning for a var that no field uses.
fn unused(resmap: &ResMap, known: &Known<'_>) -> Box<Diagnostic> {
    let name = known.name;
    let place = known.var.entry.place;
    if known.value.is_none() {
        let message = format!("var `{name}` holds a mapping or a list and is never replaced");
        let warning = Diagnostic::warning(Code::VarUnused, message).at(Some(place), "defined here");
        return warning.at(known.place, "its value").help("set `fieldref.fieldPath` to a field that holds one value");
    }
    if name.is_empty() {
        let warning = Diagnostic::warning(Code::VarUnused, "a var without a `name` is never replaced");
        return warning.at(Some(place), "no `name` here").help("add `name`, or remove the var");
    }
    let message = format!("var `{name}` is never replaced");
    let warning = Diagnostic::warning(Code::VarUnused, message).at(Some(place), "defined here");
    match find_mention(resmap, &format!("$({name})")) {
        Some((resource, node)) => warning
            .at(resource.tree.place(node), "vars are not replaced in this field")
            .help("list the field under `varReference` in a file of `configurations`"),
        None => warning.help(format!("write `$({name})` where the value is wanted, or remove the var")),
    }
}

/// Finds a scalar that mentions a var.
fn find_mention<'r>(resmap: &'r ResMap, mention: &str) -> Option<(&'r Resource, NodeId)> {
    fn find(tree: &Tree, node: NodeId, mention: &str) -> Option<NodeId> {
        match tree.kind(node) {
            Kind::Scalar => tree.text(node).contains(mention).then_some(node),
            _ => tree.children(node).find_map(|child| find(tree, child, mention)),
        }
    }
    resmap.iter().find_map(|resource| {
        let node = find(&resource.tree, resource.root(), mention)?;
        Some((&**resource, node))
    })
}
