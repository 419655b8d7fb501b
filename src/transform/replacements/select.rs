//! Which objects a replacement reads from and writes to.
//!
//! Sources are compared text by text; targets are chosen by anchored expressions and label selectors. Both look at the
//! current and at all former identities, whose parts must match together (upstream `utils.MakeResIds`).

use crate::diagnostic::{Code, Diagnostic, Result, nearest};
use crate::fieldspec::first_place;
use crate::kustomization::replacement::ReplacementTarget;
use crate::kustomization::{PlacedText, Target};
use crate::pattern::{LabelSelector, Pattern};
use crate::resmap::ResMap;
use crate::resource::{DEFAULT_NAMESPACE, Resource};
use crate::source::Place;
use crate::yaml::tree::Tree;

/// How many objects are looked at for what comes nearest to a name.
const CANDIDATES_MAX: usize = 2_000;

/// Finds the one object that a source is read from.
pub(super) fn source(resmap: &ResMap, selector: &Target) -> Result<usize> {
    let text = |part: &'_ Option<PlacedText>| part.as_ref().map(|text| text.value.clone()).unwrap_or_default();
    let (kind, name) = (text(&selector.kind), text(&selector.name));
    let is_source = |&position: &usize| is_source(resmap.get(position), selector);
    let found: Vec<usize> = match kind.is_empty() || name.is_empty() {
        true => (0..resmap.len()).filter(is_source).take(2).collect(),
        false => resmap.find_named(&kind, &name).into_iter().filter(is_source).take(2).collect(),
    };
    match found.as_slice() {
        [position] => Ok(*position),
        [] => Err(no_source(resmap, selector)),
        several => {
            let message = format!("the source of this replacement means several objects: {}", describe(selector));
            let error = Diagnostic::error(Code::ReplacementNoSource, message)
                .at(Some(selector.place), "a source is one object");
            let error = several.iter().fold(error, |error, &position| {
                let resource = resmap.get(position);
                error.at(name_place(resource), format!("`{}`", resource.short_name()))
            });
            Err(error.help("say which with `kind`, `name` and `namespace`"))
        }
    }
}

fn is_source(resource: &Resource, selector: &Target) -> bool {
    let wants = |part: &Option<PlacedText>, text: &str| part.as_ref().is_none_or(|part| part.value == text);
    let gvk = &resource.id.gvk;
    let or_default =
        |namespace: &str| if namespace.is_empty() { DEFAULT_NAMESPACE.to_owned() } else { namespace.to_owned() };
    let is_id = |kind: &str, name: &str, namespace: &str| {
        let wanted = selector.namespace.as_ref();
        wants(&selector.kind, kind)
            && wants(&selector.name, name)
            && wanted.is_none_or(|wanted| or_default(&wanted.value) == or_default(namespace))
    };
    wants(&selector.group, &gvk.group)
        && wants(&selector.version, &gvk.version)
        && (is_id(&gvk.kind, &resource.id.name, &resource.id.namespace)
            || resource.previous.iter().any(|id| is_id(&id.kind, &id.name, &id.namespace)))
}

/// A target's `select` and `reject`, compiled.
#[derive(Debug)]
pub(super) struct Selection<'e> {
    place: Place,
    select: Selector<'e>,
    reject: Vec<Selector<'e>>,
}

/// What was found for a target.
#[derive(Debug)]
pub(super) struct Selected {
    /// Positions, in order.
    pub(super) positions: Vec<usize>,
    /// How many objects are selected, but rejected.
    pub(super) n_rejected: usize,
}

#[derive(Debug)]
struct Selector<'e> {
    target: &'e Target,
    group: Pattern,
    version: Pattern,
    kind: Pattern,
    name: Pattern,
    namespace: Pattern,
    /// As found: the reference parses them where it first meets an object that they could tell apart.
    annotations: Result<LabelSelector>,
    labels: Result<LabelSelector>,
}

impl<'e> Selection<'e> {
    pub(super) fn new(target: &'e ReplacementTarget, select: &'e Target) -> Result<Selection<'e>> {
        let reject: Result<Vec<Selector<'_>>> = target.reject.iter().map(Selector::new).collect();
        Ok(Selection { place: select.place, select: Selector::new(select)?, reject: reject? })
    }

    pub(super) fn find(&self, resmap: &ResMap) -> Result<Selected> {
        let candidates = match (self.select.kind.as_text(), self.select.name.as_text()) {
            (Some(kind), Some(name)) => resmap.find_named(kind, name),
            _ => (0..resmap.len()).collect(),
        };
        if !resmap.is_empty() {
            // The reference parses them for every object it looks at.
            self.select.annotations.as_ref().map_err(Clone::clone)?;
            self.select.labels.as_ref().map_err(Clone::clone)?;
        }
        let mut selected = Selected { positions: Vec::new(), n_rejected: 0 };
        for position in candidates {
            let resource = resmap.get(position);
            if !self.select.is_any_id(resource) || !self.select.is_labelled(&resource.tree)? {
                continue;
            }
            match self.is_rejected(resource)? {
                true => selected.n_rejected += 1,
                false => selected.positions.push(position),
            }
        }
        Ok(selected)
    }

    /// A `reject` with labels rejects by them alone; its other parts reject by themselves, too.
    fn is_rejected(&self, resource: &Resource) -> Result<bool> {
        for reject in self.reject.iter().filter(|reject| reject.has_labels()) {
            if reject.is_labelled(&resource.tree)? {
                return Ok(true);
            }
        }
        Ok(self.reject.iter().any(|reject| reject.has_id() && reject.is_any_id(resource)))
    }

    /// Says that nothing is written to, with what comes nearest.
    pub(super) fn unmatched(&self, resmap: &ResMap, selected: &Selected) -> Box<Diagnostic> {
        const WHAT: &str = "a target of this replacement selects no object";
        let warning = Diagnostic::warning(Code::ReplacementTargetUnmatched, WHAT);
        if selected.n_rejected > 0 {
            let label = format!("{} selected, but rejected again", selected.n_rejected);
            return warning.at(Some(self.place), label);
        }
        hint(warning.at(Some(self.place), "nothing matches"), resmap, self.select.target)
    }
}

impl<'e> Selector<'e> {
    fn new(target: &'e Target) -> Result<Selector<'e>> {
        let pattern = |part: &Option<PlacedText>| {
            let Some(PlacedText { value, place }) = part else {
                return Pattern::anchored("").map_err(|_| no_pattern("", "", None));
            };
            Pattern::anchored(value).map_err(|why| no_pattern(value, &why, Some(*place)))
        };
        let labels = |selector: &Option<PlacedText>| {
            let Some(PlacedText { value, place }) = selector else { return Ok(LabelSelector::default()) };
            let parsed = LabelSelector::parse(value);
            parsed.map_err(|error| if error.labels.is_empty() { error.at(Some(*place), "") } else { error })
        };
        Ok(Selector {
            target,
            group: pattern(&target.group)?,
            version: pattern(&target.version)?,
            kind: pattern(&target.kind)?,
            name: pattern(&target.name)?,
            namespace: pattern(&target.namespace)?,
            annotations: labels(&target.annotation_selector),
            labels: labels(&target.label_selector),
        })
    }

    fn has_labels(&self) -> bool {
        self.target.annotation_selector.is_some() || self.target.label_selector.is_some()
    }

    fn has_id(&self) -> bool {
        let Target { group, version, kind, name, namespace, .. } = self.target;
        [group, version, kind, name, namespace].iter().any(|part| part.is_some())
    }

    fn is_any_id(&self, resource: &Resource) -> bool {
        let gvk = &resource.id.gvk;
        let is_id = |kind: &str, name: &str, namespace: &str| {
            self.kind.is_match(kind) && self.name.is_match(name) && self.namespace.is_match(namespace)
        };
        self.group.is_match(&gvk.group)
            && self.version.is_match(&gvk.version)
            && (is_id(&gvk.kind, &resource.id.name, &resource.id.namespace)
                || resource.previous.iter().any(|id| is_id(&id.kind, &id.name, &id.namespace)))
    }

    fn is_labelled(&self, tree: &Tree) -> Result<bool> {
        let matches = |selector: &Result<LabelSelector>, field: &str| -> Result<bool> {
            let selector = selector.as_ref().map_err(Clone::clone)?;
            let map = tree.get_path(tree.root(), &["metadata", field]);
            Ok(selector.matches(|key| Some(tree.text(tree.get(map?, key)?))))
        };
        // Both are parsed before either counts.
        let (is_annotated, is_labelled) =
            (matches(&self.annotations, "annotations")?, matches(&self.labels, "labels")?);
        Ok(is_annotated && is_labelled)
    }
}

fn no_pattern(text: &str, why: &str, place: Option<Place>) -> Box<Diagnostic> {
    Diagnostic::error(Code::InvalidPattern, format!("`{text}` is no regular expression: {why}"))
        .at(place, "")
        .help("write a backslash before a character that stands for itself: `\\[`, `\\(`, `\\*`")
}

fn no_source(resmap: &ResMap, selector: &Target) -> Box<Diagnostic> {
    let message = format!("the source of this replacement does not exist: {}", describe(selector));
    let error = Diagnostic::error(Code::ReplacementNoSource, message).at(Some(selector.place), "nothing matches");
    hint(error, resmap, selector)
}

/// Adds what comes nearest to a selector that selects nothing.
fn hint(diagnostic: Box<Diagnostic>, resmap: &ResMap, selector: &Target) -> Box<Diagnostic> {
    let text = |part: &'_ Option<PlacedText>| part.as_ref().map(|text| text.value.clone());
    let (kind, name) = (text(&selector.kind), text(&selector.name));
    let resources = || resmap.iter().take(CANDIDATES_MAX).map(|resource| &**resource);
    let has_kind = |resource: &&Resource| kind.as_ref().is_none_or(|kind| **kind == *resource.id.gvk.kind);
    if let Some(kind) = &kind
        && resources().find(has_kind).is_none()
    {
        let near = nearest(kind, resources().map(|resource| &*resource.id.gvk.kind), 1);
        return match near.first() {
            Some(near) => diagnostic.help(format!("there is no `{kind}` here; did you mean `{near}`?")),
            None => diagnostic
                .note(format!("there is no object of kind `{kind}` here"))
                .help("correct the selector, or add the object to `resources`"),
        };
    }
    let Some(name) = name else { return diagnostic.help("correct the selector, or add the object to `resources`") };
    let is_named = |resource: &&Resource| {
        *resource.id.name == *name || resource.previous.iter().any(|previous| *previous.name == *name)
    };
    if let Some(resource) = resources().filter(has_kind).find(is_named) {
        let facts = format!(
            "`{}` has apiVersion `{}` and namespace `{}`",
            resource.short_name(),
            resource.id.gvk.api_version(),
            resource.id.effective_namespace()
        );
        return diagnostic
            .at(name_place(resource), facts)
            .help("correct the group, version or namespace of the selector, or leave it out");
    }
    let names = nearest(&name, resources().filter(has_kind).map(|resource| &*resource.id.name), 1);
    match names.first() {
        Some(near) => {
            let place = resources().filter(has_kind).find(|resource| *resource.id.name == **near).and_then(name_place);
            diagnostic.at(place, format!("did you mean `{near}`?")).help("write the name of an object that exists")
        }
        None => diagnostic.help("correct the selector; an object may also be named as its base calls it"),
    }
}

fn describe(selector: &Target) -> String {
    let Target { group, version, kind, name, namespace, .. } = selector;
    let parts = [("group", group), ("version", version), ("kind", kind), ("name", name), ("namespace", namespace)];
    let parts = parts.iter().filter_map(|(what, part)| part.as_ref().map(|part| format!("{what} `{}`", part.value)));
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { "any object".to_owned() } else { parts.join(", ") }
}

/// Says that two objects have the same identity, which only a replacement can give them.
pub(crate) fn repeated(first: &Resource, second: &Resource) -> Box<Diagnostic> {
    let name = first.short_name();
    if first.needs_hash || second.needs_hash {
        let message = format!("with its hash suffix an object has the identity of another: `{name}`");
        return Diagnostic::error(Code::DuplicateId, message)
            .at(name_place(first), "one of them")
            .at(name_place(second), "and the other")
            .help("give one of them another name");
    }
    let message = format!("replacements give two objects the identity `{name}`");
    let original = |resource: &Resource| {
        let tree = &resource.tree;
        tree.get_path(tree.root(), &["metadata", "name"]).and_then(|name| first_place(tree, name))
    };
    let error = Diagnostic::error(Code::DuplicateId, message).at(name_place(second), "this name is written");
    error
        .at(original(first), "to this object")
        .at(original(second), "and to this one")
        .help("narrow `select` to one object, or `reject` the other")
}

/// The place of a resource's name, where its origin is known.
pub(super) fn name_place(resource: &Resource) -> Option<Place> {
    let tree = &resource.tree;
    let name = tree.get_path(tree.root(), &["metadata", "name"]);
    name.and_then(|name| tree.place(name)).or_else(|| tree.place(tree.root()))
}
