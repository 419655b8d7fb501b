//! Explanations of a finished build: which file and which directive are behind a value, and who took a field away.
//!
//! Everything is read from the build, which must be of a session that records: nothing is changed here, and nothing printed.
//! The words are in `text`, JSON is the command line's business.

mod chain;
pub(crate) mod content;
mod gone;
mod images;
mod kinds;
mod lines;
mod path;
mod places;
pub(crate) mod secret;
mod shown;
pub mod text;

pub use chain::{Action, Step};
pub use gone::Gone;
pub use images::{ImageUse, images};
pub use lines::{Line, Writer};
pub(crate) use path::Landing;
pub use path::{Element, Query, show as show_path};
pub use places::{Link, Use, links, touched_by, uses};
pub use secret::{HIDDEN, Secrets};
pub use shown::{Shown, Spot};

pub(crate) use chain::{plain as plain_path, value as value_of};
pub(crate) use lines::writer as writer_of;

use crate::build::Build;
use crate::diagnostic::{Code, Diagnostic, Result, nearest};
use crate::manifest::LOCAL_CONFIG;
use crate::ordered::BTreeSet;
use crate::provenance::DirectiveId;
use crate::resource::{ResId, Resource};
use crate::yaml::tree::{NodeId, Tree};

/// An object of a build, or one that is not in the output any more.
#[derive(Clone, Copy, Debug)]
pub struct Object<'b> {
    /// The object.
    pub resource: &'b Resource,
    /// Set for one that is gone: the directive that took it away, if one did.
    pub removed_by: Option<Option<DirectiveId>>,
}

/// A value that is no collection, or an empty collection.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// Where it is.
    pub path: Vec<Element>,
    /// The value as JSON, or what stands for it.
    pub value: Option<String>,
    /// Whether it is not shown.
    pub is_hidden: bool,
    /// Who wrote it last.
    pub writer: Writer,
}

/// A field with the steps that made it what it is.
#[derive(Clone, Debug)]
pub struct Field {
    /// Where it is, or was.
    pub path: Vec<Element>,
    /// Whether it is in the output.
    pub is_present: bool,
    /// Whether its values are not shown; they are replaced by [`HIDDEN`] in the steps.
    pub is_hidden: bool,
    /// Its value as JSON.
    pub value: Option<String>,
    /// What happened to it, oldest first.
    pub steps: Vec<Step>,
}

/// Finds the object that a user names: `Kind/name` or `Kind.group/name`, with a current or a former name.
pub fn find<'b>(build: &'b Build, wanted: &str, namespace: Option<&str>) -> Result<Object<'b>> {
    let Some((kind, name)) = wanted.split_once('/').filter(|(kind, name)| !kind.is_empty() && !name.is_empty()) else {
        return Err(no_name(wanted, &objects(build)));
    };
    let (kind, group) = kind.split_once('.').map_or((kind, None), |(kind, group)| (kind, Some(group)));
    let is_named = |id: &ResId| {
        kinds::is_called(&id.gvk.kind, kind)
            && group.is_none_or(|group| id.gvk.group.eq_ignore_ascii_case(group))
            && *id.name == *name
            && namespace.is_none_or(|namespace| id.effective_namespace() == namespace || *id.namespace == *namespace)
    };
    let objects = objects(build);
    let current: Vec<Object<'b>> = objects.iter().copied().filter(|object| is_named(&object.resource.id)).collect();
    let is_former = |object: &Object<'b>| object.resource.previous_ids().any(|id| is_named(&id));
    let found = match current.iter().any(|object| object.removed_by.is_none()) {
        true => current.into_iter().filter(|object| object.removed_by.is_none()).collect(),
        false if !current.is_empty() => current,
        false => objects.iter().copied().filter(is_former).collect::<Vec<_>>(),
    };
    match found.as_slice() {
        [object] => Ok(*object),
        [] => Err(no_object(wanted, kind, name, namespace, &objects)),
        several => {
            let mut error = Diagnostic::error(Code::Usage, format!("`{wanted}` could be {} objects", several.len()));
            for object in several {
                error = error.note(describe(&object.resource.id));
            }
            Err(error.help("say which with `--namespace`, the whole name or `Kind.group/name`"))
        }
    }
}

/// Returns all objects, those that are gone last.
pub fn objects(build: &Build) -> Vec<Object<'_>> {
    let present = build.resources.iter().map(|resource| Object { resource, removed_by: None });
    let removed = build.removed.iter().map(|gone| Object { resource: &gone.resource, removed_by: Some(gone.by) });
    present.chain(removed).collect()
}

/// Names an object with everything that tells it apart.
pub fn describe(id: &ResId) -> String {
    let group = if id.gvk.group.is_empty() { String::new() } else { format!(".{}", id.gvk.group) };
    let namespace = if id.namespace.is_empty() { String::new() } else { format!(" in `{}`", id.namespace) };
    format!("{}{group}/{}{namespace}", id.gvk.kind, id.name)
}

/// Says that a word is no `KIND/NAME`, with the objects that it may be about.
fn no_name(wanted: &str, objects: &[Object<'_>]) -> Box<Diagnostic> {
    const NAMES_MAX: usize = 4;
    let error = Diagnostic::error(Code::Usage, format!("`{wanted}` names no object"));
    let is_meant = |object: &&Object<'_>| {
        let id = &object.resource.id;
        *id.name == *wanted || kinds::is_called(&id.gvk.kind, wanted)
    };
    let mut names: Vec<String> =
        objects.iter().filter(is_meant).map(|object| object.resource.short_name()).take(NAMES_MAX).collect();
    names.dedup();
    match names.is_empty() {
        true => error.help("write `KIND/NAME`, such as `Deployment/web`"),
        false => error.help(did_you_mean(&names)),
    }
}

fn no_object(wanted: &str, kind: &str, name: &str, namespace: Option<&str>, objects: &[Object<'_>]) -> Box<Diagnostic> {
    let place = namespace.map(|namespace| format!(" in `{namespace}`")).unwrap_or_default();
    let error = Diagnostic::error(Code::Usage, format!("there is no object `{wanted}`{place}"));
    let names: Vec<String> = objects.iter().map(|object| object.resource.short_name()).collect();
    let of_kind = || objects.iter().filter(|object| kinds::is_called(&object.resource.id.gvk.kind, kind));
    let mut near: Vec<String> = nearest(name, of_kind().map(|object| &*object.resource.id.name), 3)
        .into_iter()
        .filter_map(|near| of_kind().find(|object| *object.resource.id.name == *near))
        .map(|object| object.resource.short_name())
        .collect();
    if near.is_empty() {
        let same_name = names.iter().filter(|full| full.split_once('/').is_some_and(|(_, found)| found == name));
        near.extend(same_name.cloned());
    }
    if near.is_empty() {
        near.extend(nearest(wanted, names.iter().map(String::as_str), 3).into_iter().map(str::to_owned));
    }
    near.dedup();
    match near.is_empty() {
        true => error.help("`rustomize explain DIR` lists the objects"),
        false => error.help(did_you_mean(&near)),
    }
}

fn did_you_mean(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!("did you mean {}?", names.join(" or "))
}

impl<'b> Object<'b> {
    /// Returns whether a field holds what must not be shown.
    fn is_hidden(&self, path: &[Element], tree: &Tree, node: NodeId, secrets: &Secrets) -> bool {
        secrets.are_hidden()
            && ((secret::is_secret(self.resource) && secret::is_value(path, tree, node)) || secrets.are_in(tree, node))
    }

    /// Returns where the object begins, and who made it.
    pub fn begins(&self) -> Writer {
        let tree = self.resource.versions.first().map_or(&self.resource.tree, |version| &version.tree);
        lines::writer(tree, tree.root())
    }

    /// Explains a field, which may be gone.
    pub fn field(&self, wanted: &str, secrets: &Secrets) -> Result<Field> {
        let query = Query::parse(wanted);
        let versions = &self.resource.versions;
        let mut dead_end = None;
        for (at, version) in versions.iter().enumerate().rev() {
            match query.find(&version.tree) {
                Ok((path, node)) => return Ok(self.field_at(at, path, &version.tree, node, secrets)),
                Err(end) => dead_end = dead_end.or(Some((end, &version.tree))),
            }
        }
        let name = self.resource.short_name();
        let error = Diagnostic::error(Code::Usage, format!("there is no field `{wanted}` in `{name}`"));
        let Some((end, tree)) = dead_end else { return Err(error) };
        let near = near_fields(tree, &end, &query);
        let error = match end.reached.is_empty() {
            true => error,
            false => {
                let reached = show_path(&end.reached);
                let what = if tree.is_scalar(end.node) { "is a single value" } else { "is there" };
                error.note(format!("`{reached}` {what}, `{}` below it is not", end.missing))
            }
        };
        Err(if near.is_empty() { error } else { error.help(did_you_mean(&near)) })
    }

    fn field_at(&self, at: usize, path: Vec<Element>, tree: &Tree, node: NodeId, secrets: &Secrets) -> Field {
        let versions = &self.resource.versions;
        let mut steps = chain::steps(versions, at, &path);
        let is_last = at + 1 == versions.len();
        if let (true, Some(by)) = (is_last, self.removed_by) {
            steps.push(self.own_removal(by));
        }
        let is_hidden = steps.iter().filter_map(|step| step.place).any(|place| secrets.hold(place))
            || self.is_hidden(&path, tree, node, secrets);
        let mut value = chain::value(tree, node).filter(|_| is_last && self.removed_by.is_none());
        if is_hidden {
            let values = steps.iter_mut().map(|step| &mut step.value).chain([&mut value]);
            values.flatten().for_each(|value| *value = format!("\"{HIDDEN}\""));
        }
        Field { path, is_present: is_last && self.removed_by.is_none(), is_hidden, value, steps }
    }

    /// Returns the lines of the object, or of one of its fields, each with who wrote its value.
    pub fn lines(&self, path: &[Element], secrets: &Secrets) -> Vec<Line> {
        lines::lines(self, path, secrets)
    }

    /// Returns every value with who wrote it.
    pub fn values(&self, secrets: &Secrets) -> Vec<Leaf> {
        let tree = &self.resource.tree;
        let leaf = |(path, node): (Vec<Element>, NodeId)| {
            let is_hidden = self.is_hidden(&path, tree, node, secrets);
            let value = if is_hidden { Some(format!("\"{HIDDEN}\"")) } else { chain::value(tree, node) };
            Leaf { path, value, is_hidden, writer: lines::writer(tree, node) }
        };
        self.leaves().into_iter().map(leaf).collect()
    }

    /// Returns the step that took a field away.
    pub fn removal(&self, gone: &Gone) -> Option<Step> {
        let steps = chain::steps(&self.resource.versions, gone.version, &gone.path);
        steps.into_iter().rev().find(|step| step.action == Action::Removed)
    }

    /// Returns the topmost fields that were there once and are gone.
    pub fn gone(&self) -> Vec<Gone> {
        gone::gone(&self.resource.versions)
    }

    /// Returns every value that is no collection, and every empty collection, by its path.
    pub fn leaves(&self) -> Vec<(Vec<Element>, NodeId)> {
        leaves_of(&self.resource.tree)
    }

    /// Returns the directives that wrote, or took away, something of the object, in the order in which they were met.
    pub fn directives(&self) -> Vec<DirectiveId> {
        let tree = &self.resource.tree;
        let written =
            self.leaves().into_iter().flat_map(|(_, node)| chain::writes(tree, node)).filter_map(|write| write.0);
        let removed = tree.removed().iter().map(|(_, stamp)| stamp.by);
        written.chain(removed).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Returns the step that took the whole object away.
    fn own_removal(&self, by: Option<DirectiveId>) -> Step {
        let tree = &self.resource.tree;
        let annotation = tree.get_path(tree.root(), &["metadata", "annotations", LOCAL_CONFIG]);
        let place = annotation.filter(|_| by.is_none()).and_then(|node| tree.place(node));
        Step { action: Action::Removed, place, by, through: None, value: None }
    }

    /// Returns who wrote the value of a node.
    pub fn writer(&self, node: NodeId) -> Writer {
        lines::writer(&self.resource.tree, node)
    }
}

/// Returns every value that is no collection, and every empty collection, by its path.
pub(crate) fn leaves_of(tree: &Tree) -> Vec<(Vec<Element>, NodeId)> {
    let mut found = Vec::new();
    leaves(tree, tree.root(), &mut Vec::new(), &mut found);
    found
}

fn leaves(tree: &Tree, node: NodeId, path: &mut Vec<Element>, found: &mut Vec<(Vec<Element>, NodeId)>) {
    if tree.is_scalar(node) || tree.has_no_children(node) {
        found.push((path.clone(), node));
    }
    for (key, value) in tree.entries(node) {
        path.push(Element::Key(tree.text(key).to_owned()));
        leaves(tree, value, path, found);
        path.pop();
    }
    for (index, item) in tree.items(node).enumerate() {
        path.push(Element::Index(index));
        leaves(tree, item, path, found);
        path.pop();
    }
}

/// Returns the fields that a user may have meant: those beside the one that is not there, else those of its name anywhere.
fn near_fields(tree: &Tree, end: &path::DeadEnd, query: &Query) -> Vec<String> {
    let full = |key: &str| {
        let mut path = end.reached.clone();
        path.push(Element::Key(key.to_owned()));
        show_path(&path)
    };
    let keys: Vec<&str> = tree.entries(end.node).map(|(key, _)| tree.text(key)).collect();
    let mut near: Vec<String> = nearest(&end.missing, keys, 3).into_iter().map(full).collect();
    let items = tree.items(end.node).enumerate().filter_map(|(index, item)| {
        let name = tree.get(item, "name").filter(|&node| tree.is_scalar(node))?;
        Some((index, tree.text(name)))
    });
    let items: Vec<(usize, &str)> = items.collect();
    for name in nearest(&end.missing, items.iter().map(|item| item.1), 3) {
        near.push(format!("{}.[name={name}]", show_path(&end.reached)));
    }
    if near.is_empty() {
        let mut found = Vec::new();
        leaves(tree, tree.root(), &mut Vec::new(), &mut found);
        let mut paths: Vec<String> = found.iter().flat_map(|(path, _)| prefixes_ending(path, query.last())).collect();
        paths.dedup();
        paths.truncate(3);
        near = paths;
    }
    near
}

/// Returns the parts of a path that end with a key.
fn prefixes_ending(path: &[Element], key: &str) -> Option<String> {
    let at = path.iter().position(|element| matches!(element, Element::Key(found) if found == key))?;
    path.get(..=at).map(show_path)
}
