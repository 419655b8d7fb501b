//! Which resources a patch is for, and what to say if there are none.

use super::suspicious;
use crate::diagnostic::{Code, Diagnostic, Result, nearest};
use crate::kustomization::{PlacedText, Target};
use crate::pattern::{LabelSelector, Pattern};
use crate::resmap::ResMap;
use crate::resource::{ResId, Resource};
use crate::source::Place;
use crate::yaml::tree::{NodeId, Tree};

/// How many objects are looked at for what comes nearest to a name.
const CANDIDATES_MAX: usize = 2_000;

/// A compiled `target`.
#[derive(Debug)]
pub(crate) struct Selector {
    place: Place,
    group: Matcher,
    version: Matcher,
    kind: Matcher,
    name: Matcher,
    namespace: Matcher,
    labels: Option<LabelSelector>,
    annotations: Option<LabelSelector>,
}

/// An anchored expression.
#[derive(Debug)]
enum Matcher {
    Any,
    /// The expression is a text without special characters.
    Text(String),
    Pattern(Pattern),
}

impl Matcher {
    fn new(expression: &Option<PlacedText>) -> Result<Matcher> {
        let Some(PlacedText { value, place }) = expression else { return Ok(Matcher::Any) };
        if value.is_empty() {
            return Ok(Matcher::Any);
        }
        if !value.contains(['\\', '.', '+', '*', '?', '(', ')', '|', '[', ']', '{', '}', '^', '$']) {
            return Ok(Matcher::Text(value.clone()));
        }
        Pattern::new(&format!("^(?:{value})$")).map(Matcher::Pattern).map_err(|why| {
            Diagnostic::error(Code::InvalidPattern, format!("`{value}` is no regular expression: {why}"))
                .at(Some(*place), "")
                .help("write a backslash before a character that stands for itself: `\\[`, `\\(`, `\\*`")
        })
    }

    fn is_match(&self, text: &str) -> bool {
        match self {
            Matcher::Any => true,
            Matcher::Text(wanted) => wanted == text,
            Matcher::Pattern(pattern) => pattern.is_match(text),
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Matcher::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// A matcher for texts of which there are few different ones, each tried once.
struct Remembering<'m, 'r> {
    matcher: &'m Matcher,
    known: Vec<(&'r str, bool)>,
}

impl<'m, 'r> Remembering<'m, 'r> {
    /// More different texts are tried each time.
    const MAX: usize = 32;

    fn new(matcher: &'m Matcher) -> Self {
        Remembering { matcher, known: Vec::new() }
    }

    fn is_match(&mut self, text: &'r str) -> bool {
        if !matches!(self.matcher, Matcher::Pattern(_)) {
            return self.matcher.is_match(text);
        }
        if let Some(&(_, known)) = self.known.iter().find(|(known, _)| *known == text) {
            return known;
        }
        let is_match = self.matcher.is_match(text);
        if self.known.len() < Self::MAX {
            self.known.push((text, is_match));
        }
        is_match
    }
}

impl Selector {
    pub(crate) fn new(target: &Target) -> Result<Selector> {
        let labels = |selector: &Option<PlacedText>| {
            let Some(PlacedText { value, place }) = selector else { return Ok(None) };
            LabelSelector::parse(value)
                .map(Some)
                .map_err(|error| if error.labels.is_empty() { error.at(Some(*place), "") } else { error })
        };
        Ok(Selector {
            place: target.place,
            group: Matcher::new(&target.group)?,
            version: Matcher::new(&target.version)?,
            kind: Matcher::new(&target.kind)?,
            name: Matcher::new(&target.name)?,
            namespace: Matcher::new(&target.namespace)?,
            labels: labels(&target.label_selector)?,
            annotations: labels(&target.annotation_selector)?,
        })
    }

    /// Returns the positions of the selected resources, in order (upstream `resWrangler.Select`).
    pub(crate) fn select(&self, resmap: &ResMap) -> Vec<usize> {
        match (self.kind.text(), self.name.text()) {
            (Some(kind), Some(name)) => {
                let mut found = resmap.find_named(kind, name);
                found.retain(|&position| self.is_match(resmap.get(position)));
                found
            }
            _ => {
                // Types first: there are few of them, and many names.
                let (mut kinds, mut groups) = (Remembering::new(&self.kind), Remembering::new(&self.group));
                let resources = resmap.iter().map(|resource| &**resource).enumerate();
                let selected = resources.filter(|&(_, resource)| {
                    let gvk = &resource.id.gvk;
                    kinds.is_match(&gvk.kind) && groups.is_match(&gvk.group) && self.is_match_of_type(resource)
                });
                selected.map(|(position, _)| position).collect()
            }
        }
    }

    fn is_match(&self, resource: &Resource) -> bool {
        let gvk = &resource.id.gvk;
        self.kind.is_match(&gvk.kind) && self.group.is_match(&gvk.group) && self.is_match_of_type(resource)
    }

    /// Returns whether a resource of a kind and group that match is selected.
    fn is_match_of_type(&self, resource: &Resource) -> bool {
        let id = &resource.id;
        let first = resource.previous.first();
        let is_named = || self.name.is_match(&id.name) || first.is_some_and(|first| self.name.is_match(&first.name));
        self.version.is_match(&id.gvk.version)
            && is_named()
            && self.is_namespace(resource)
            && is_labelled(&self.labels, &resource.tree, "labels")
            && is_labelled(&self.annotations, &resource.tree, "annotations")
    }

    fn is_namespace(&self, resource: &Resource) -> bool {
        matches!(self.namespace, Matcher::Any)
            || self.namespace.is_match(resource.id.effective_namespace())
            || self.namespace.is_match(resource.original_id().effective_namespace())
    }

    /// Says that nothing is selected, with what comes nearest.
    pub(crate) fn unmatched(&self, resmap: &ResMap) -> Box<Diagnostic> {
        let warning = Diagnostic::warning(Code::PatchTargetUnmatched, "the target of this patch selects no object")
            .at(Some(self.place), "nothing matches");
        let wanted = self.name.text().unwrap_or("");
        let same_name = |resource: &&Resource| {
            let first = resource.previous.first();
            self.name.is_match(&resource.id.name) || first.is_some_and(|first| self.name.is_match(&first.name))
        };
        let resources = || resmap.iter().take(CANDIDATES_MAX).map(|resource| &**resource);
        if let Some(resource) = resources().filter(same_name).find(|resource| self.kind.is_match(&resource.id.gvk.kind))
        {
            let what = describe(resource);
            let but = if !self.is_namespace(resource) {
                format!("its namespace is `{}`", resource.id.effective_namespace())
            } else if !self.group.is_match(&resource.id.gvk.group) || !self.version.is_match(&resource.id.gvk.version) {
                format!("its apiVersion is `{}`", resource.id.gvk.api_version())
            } else if !is_labelled(&self.labels, &resource.tree, "labels") {
                "its labels do not match".to_owned()
            } else {
                "its annotations do not match".to_owned()
            };
            let warning = warning.at(name_place(resource), format!("{what} is near, but {but}"));
            return warning.help("correct the selector, or leave out what does not match");
        }
        if !matches!(self.name, Matcher::Any)
            && let Some(resource) = resources().find(same_name)
        {
            let kind = &resource.id.gvk.kind;
            let warning =
                warning.at(name_place(resource), format!("this object has the name, but its kind is `{kind}`"));
            return warning.help(format!("write `kind: {kind}`, or correct the name"));
        }
        let of_kind = || resources().filter(|resource| self.kind.is_match(&resource.id.gvk.kind));
        let names = nearest(wanted, of_kind().map(|resource| &*resource.id.name), 3);
        if let Some(near) = names.first() {
            let place = of_kind().find(|resource| &*resource.id.name == *near).and_then(name_place);
            return warning.at(place, format!("did you mean `{near}`?")).help("correct the name in `target`");
        }
        match self.kind.text() {
            Some(kind) if of_kind().next().is_none() => {
                let kinds = nearest(kind, resources().map(|resource| &*resource.id.gvk.kind), 1);
                match kinds.first() {
                    Some(near) => warning.help(format!("there is no `{kind}` here; did you mean `{near}`?")),
                    None => warning
                        .note(format!("there is no object of kind `{kind}` here"))
                        .help("correct the kind, or remove the entry"),
                }
            }
            _ => warning.help("correct the selector, or remove the entry"),
        }
    }
}

/// Says that a patch names an object that does not exist, with what comes nearest.
pub(super) fn no_target(id: &ResId, place: Option<Place>, resmap: &ResMap) -> Box<Diagnostic> {
    let (kind, name) = (&id.gvk.kind, &id.name);
    let resources = || resmap.iter().take(CANDIDATES_MAX).map(|resource| &**resource);
    let error =
        Diagnostic::error(Code::PatchNoTarget, format!("this patch is for {kind} `{name}`, which does not exist"));
    let is_named =
        |resource: &&Resource| resource.id.name == *name || resource.previous.iter().any(|id| id.name == *name);
    let same_kind = || resources().filter(|resource| resource.id.gvk.kind == *kind);
    let named = || resources().filter(is_named);
    if let Some(resource) = named().find(|resource| resource.id.gvk == id.gvk) {
        return of_other_namespace(error, id, place, resource);
    }
    if let Some(resource) = named().find(|resource| resource.id.gvk.kind == *kind) {
        let (theirs, ours) = (resource.id.gvk.api_version(), id.gvk.api_version());
        return error
            .at(place, format!("the patch says apiVersion `{ours}`"))
            .at(name_place(resource), format!("the object has apiVersion `{theirs}`"))
            .help(format!("write `apiVersion: {theirs}` in the patch"));
    }
    let error = error.at(place, "no object has this name and kind");
    if **kind == *"Pod"
        && let Some(resource) = resources().filter(|resource| suspicious::makes_pods(resource)).max_by_key(is_named)
    {
        let what = format!("{} makes pods", describe(resource));
        return error.at(name_place(resource), what).help(suspicious::FOR_PODS);
    }
    // One that was split in two: `web` into `web-blue` and `web-green`.
    let is_part =
        |resource: &&Resource| resource.id.name.strip_prefix(&**name).is_some_and(|rest| rest.starts_with('-'));
    let other_kind = named().next().filter(|resource| {
        // Deployments and Services share their names: one that is called nearly so is meant rather than the other kind.
        suspicious::makes_pods(resource) || !same_kind().any(|resource| is_part(&resource))
    });
    if let Some(resource) = other_kind {
        let kind = &resource.id.gvk.kind;
        return error
            .at(name_place(resource), format!("an object of this name has kind `{kind}`"))
            .help("write the kind and the apiVersion of the object in the patch");
    }
    let names = nearest(name, same_kind().map(|resource| &*resource.id.name), 3);
    let part = same_kind().find(is_part);
    let near = names.first().and_then(|near| same_kind().find(|resource| &*resource.id.name == *near));
    if let Some(near) = near.or(part) {
        let words = format!("did you mean `{}`?", near.id.name);
        return error.at(name_place(near), words).help("write the name of an object that exists");
    }
    let names: Vec<&str> = same_kind().map(|resource| &*resource.id.name).collect();
    with_names(error, kind, &names)
}

/// Says that an object of this name and kind is in another namespace.
fn of_other_namespace(
    error: Box<Diagnostic>,
    id: &ResId,
    place: Option<Place>,
    resource: &Resource,
) -> Box<Diagnostic> {
    let (kind, name) = (&id.gvk.kind, &id.name);
    let original = resource.original_id();
    let asked = match id.namespace.is_empty() {
        true => "the patch names no namespace".to_owned(),
        false => format!("the patch names `{}`", id.namespace),
    };
    let namespace = match resource.id.namespace.is_empty() {
        true => "the object is in no namespace".to_owned(),
        false => format!("the object is in namespace `{}`", resource.id.namespace),
    };
    let same_namespace = original.effective_namespace() == id.effective_namespace();
    let mut error = error.at(place, asked).at(name_place(resource), namespace);
    error.message = match &*id.namespace {
        "" => format!("this patch is for {kind} `{name}` without a namespace, which does not exist"),
        namespace => format!("this patch is for {kind} `{name}` in `{namespace}`, which does not exist"),
    };
    if same_namespace {
        return error.help(format!("the name it had with that namespace is `{}`", original.name));
    }
    match (&*resource.id.namespace, &*original.namespace) {
        ("", _) | ("default", _) => error.help("remove `metadata.namespace` from the patch"),
        (namespace, _) => error.help(format!("set `metadata.namespace: {namespace}` in the patch")),
    }
}

/// Says which objects of a kind there are, if they are few.
fn with_names(error: Box<Diagnostic>, kind: &str, names: &[&str]) -> Box<Diagnostic> {
    match names.len() {
        0 => error
            .note(format!("there is no object of kind `{kind}` here"))
            .help("to add an object, list the file under `resources`; a patch changes one that exists"),
        1..=5 => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            error
                .note(format!("the objects of kind `{kind}` are {}", names.join(", ")))
                .help("write the name of one of them in the patch, or list the file under `resources` to add an object")
        }
        n_names => error
            .note(format!("there are {n_names} objects of kind `{kind}`, none with a name like it"))
            .help("correct the name in the patch, or list the file under `resources` to add an object"),
    }
}

/// Says that a patch names more than one object.
pub(super) fn many_targets(id: &ResId, place: Option<Place>, resmap: &ResMap, found: &[usize]) -> Box<Diagnostic> {
    let message = format!("this patch is for {} `{}`, which means {} objects", id.gvk.kind, id.name, found.len());
    let error = Diagnostic::error(Code::PatchNoTarget, message).at(place, "a patch without `target` is for one object");
    let error = found.iter().take(3).map(|&position| resmap.get(position)).fold(error, |error, resource| {
        error.at(name_place(resource), format!("{} has, or had, this identity", describe(resource)))
    });
    error
        .note(format!("the identity is `{id}`"))
        .help("make it a patch with `target`, which may select several, or put it where there is one such object only")
}

fn describe(resource: &Resource) -> String {
    format!("`{}`", resource.short_name())
}

/// The place of a resource's name, where its origin is known.
pub(super) fn name_place(resource: &Resource) -> Option<Place> {
    let tree = &resource.tree;
    let name = tree.get_path(tree.root(), &["metadata", "name"]);
    name.and_then(|name| tree.place(name)).or_else(|| tree.place(tree.root()))
}

fn is_labelled(selector: &Option<LabelSelector>, tree: &Tree, field: &str) -> bool {
    let Some(selector) = selector else { return true };
    let map: Option<NodeId> = tree.get_path(tree.root(), &["metadata", field]);
    selector.matches(|key| Some(tree.text(tree.get(map?, key)?)))
}
