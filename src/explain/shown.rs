//! A finished build as it may be shown: its text without the values of Secrets, and where each line comes from.
//!
//! What is hidden is decided as in comparisons (`content`): the content of Secrets, what stands where it stands in a file,
//! and the same values in other objects.

use super::content::{self, Finder, Values};
use super::lines::{self, writer};
use super::{Element, Field, HIDDEN, Object, Secrets, Writer, show_path};
use crate::build::Build;
use crate::diagnostic::Result;
use crate::provenance::Directives;
use crate::resource::Resource;
use crate::yaml::emit::emit;
use crate::yaml::tree::{NodeId, Tree};
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::ops::Range;

/// A build with what is hidden of it.
#[derive(Debug)]
pub struct Shown<'b> {
    build: &'b Build,
    /// `None` if everything is shown.
    hidden: Option<(Secrets, Values)>,
    /// The text, as it may be shown.
    pub text: Cow<'b, str>,
    /// Where each resource stands in it.
    pub documents: Cow<'b, [Range<usize>]>,
    /// Which resources have something hidden.
    pub is_hidden: Vec<bool>,
}

/// What stands in a line of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The field.
    pub path: Vec<Element>,
    /// Who wrote its value last.
    pub writer: Writer,
}

impl<'b> Shown<'b> {
    /// Shows everything.
    pub fn whole(build: &'b Build) -> Shown<'b> {
        Shown {
            build,
            hidden: None,
            text: Cow::Borrowed(&build.text),
            documents: Cow::Borrowed(&build.documents),
            is_hidden: vec![false; build.documents.len()],
        }
    }

    /// Hides the values of Secrets.
    pub fn redacted(build: &'b Build, directives: &Directives) -> Shown<'b> {
        let resources = || build.resources.iter().map(|resource| &**resource);
        let values = Values::of(resources());
        let mut shown = Shown { hidden: Some((Secrets::of(build, directives), values)), ..Shown::whole(build) };
        let hidden: Vec<FxHashSet<NodeId>> = resources().map(|resource| shown.hidden_in(resource)).collect();
        if hidden.iter().all(FxHashSet::is_empty) {
            return shown;
        }
        let mut text = String::with_capacity(build.text.len());
        let mut documents = Vec::with_capacity(build.documents.len());
        for ((resource, hidden), range) in resources().zip(&hidden).zip(&build.documents) {
            if !documents.is_empty() {
                text.push_str("---\n");
            }
            let start = text.len();
            if hidden.is_empty() {
                text.push_str(build.text.get(range.clone()).unwrap_or_default());
            } else {
                let mut tree = Tree::clone(&resource.tree);
                content::mask(&mut tree, resource.root(), hidden, &|_| HIDDEN);
                // What is left was printed before.
                let _ = emit(&tree, resource.root(), &mut text);
            }
            documents.push(start..text.len());
        }
        shown.is_hidden = hidden.iter().map(|hidden| !hidden.is_empty()).collect();
        shown.text = Cow::Owned(text);
        shown.documents = Cow::Owned(documents);
        shown
    }

    fn hidden_in(&self, resource: &Resource) -> FxHashSet<NodeId> {
        match &self.hidden {
            Some((places, values)) => Finder { places, values: &[values] }.hidden(resource),
            None => FxHashSet::default(),
        }
    }

    /// Returns what stands in each line of a resource; nothing for the further lines of a long text.
    pub fn lines(&self, position: usize) -> Vec<Option<Spot>> {
        let Some(range) = self.documents.get(position) else { return Vec::new() };
        let Some(resource) = self.build.resources.iter().nth(position) else { return Vec::new() };
        lines::spots(self.text.get(range.clone()).unwrap_or_default(), resource)
    }

    /// Explains the value at a path of a resource; the session must record.
    pub fn field(&self, resource: &Resource, path: &[Element]) -> Result<Field> {
        self.explained(resource, &show_path(path))
    }

    /// Explains a field of a resource, which may be gone; the session must record.
    pub fn explained(&self, resource: &Resource, wanted: &str) -> Result<Field> {
        let object = Object { resource, removed_by: None };
        let all = Secrets::shown();
        let mut field = object.field(wanted, self.hidden.as_ref().map_or(&all, |(places, _)| places))?;
        let Some((places, values)) = &self.hidden else { return Ok(field) };
        let finder = Finder { places, values: &[values] };
        let node = super::plain_path(&resource.tree, &field.path).filter(|_| field.is_present);
        let holds_hidden = |node: NodeId| {
            let hidden = finder.hidden(resource);
            !hidden.is_empty() && holds(&resource.tree, node, &hidden)
        };
        let mut told = field.steps.iter().map(|step| &step.value).chain([&field.value]).flatten();
        let is_told = told.any(|value| finder.holds_value(value));
        drop(told);
        if !field.is_hidden && (is_told || node.is_some_and(holds_hidden)) {
            field.is_hidden = true;
            let values = field.steps.iter_mut().map(|step| &mut step.value).chain([&mut field.value]);
            values.flatten().for_each(|value| *value = format!("\"{HIDDEN}\""));
        }
        Ok(field)
    }
}

/// Depth is bounded by that of what was read.
fn holds(tree: &Tree, node: NodeId, hidden: &FxHashSet<NodeId>) -> bool {
    hidden.contains(&node) || tree.children(node).any(|child| holds(tree, child, hidden))
}

/// Returns what stands at a node.
pub(super) fn spot(tree: &Tree, node: NodeId, path: &[Element]) -> Spot {
    Spot { path: path.to_vec(), writer: writer(tree, node) }
}
