//! An object as it is printed, line by line, with who wrote what stands there.
//!
//! The printed text is read again, and its tree laid beside the object's: the printer need not know anything of origins.

use super::chain::{plain, writes};
use super::path::Element;
use super::shown::{self, Spot};
use super::{Object, Secrets, secret};
use crate::limits::Limits;
use crate::provenance::DirectiveId;
use crate::resource::Resource;
use crate::source::{Place, Sensitivity, Source, Sources};
use crate::yaml::emit::emit;
use crate::yaml::read::read_first;
use crate::yaml::tree::{NodeId, Style, Tag, Tree};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Who wrote a value last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Writer {
    /// The directive; `None` for what stands so in a file.
    pub by: Option<DirectiveId>,
    /// Where the value stands.
    pub place: Option<Place>,
}

/// A line of a printed object.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The line.
    pub text: String,
    /// Who wrote its value; nothing for the further lines of a long text.
    pub writer: Option<Writer>,
}

/// Returns who wrote the value of a node last.
pub(crate) fn writer(tree: &Tree, node: NodeId) -> Writer {
    let (by, place) = writes(tree, node).into_iter().next().unwrap_or_default();
    Writer { by, place }
}

pub(super) fn lines(object: &Object<'_>, path: &[Element], secrets: &Secrets) -> Vec<Line> {
    let resource = object.resource;
    let Some(node) = plain(&resource.tree, path) else { return Vec::new() };
    let mut tree = Tree::clone(&resource.tree);
    mask(object, &mut tree, node, &mut path.to_vec(), secrets);
    let mut text = String::new();
    if emit(&tree, node, &mut text).is_err() {
        return Vec::new();
    }
    let source = Sources::default().add("", text, Sensitivity::Opaque, None);
    let writers = spots_of(&source, &resource.tree, node);
    let lines = source.text.lines().zip(writers);
    lines.map(|(text, spot)| Line { text: text.to_owned(), writer: spot.map(|spot| spot.writer) }).collect()
}

/// Returns what stands in each line of a printed object.
pub(super) fn spots(text: &str, resource: &Resource) -> Vec<Option<Spot>> {
    let source = Sources::default().add("", text.to_owned(), Sensitivity::Opaque, None);
    spots_of(&source, &resource.tree, resource.root())
}

fn spots_of(source: &Arc<Source>, tree: &Tree, node: NodeId) -> Vec<Option<Spot>> {
    let mut spots = vec![None; source.text.lines().count()];
    if let Ok(Some(printed)) = read_first(source, &Limits::default()) {
        let mut pairing = Pairing { source, printed: &printed, tree, spots: &mut spots, path: Vec::new() };
        pairing.pair(printed.root(), node);
    }
    spots
}

/// Replaces what must not be shown.
fn mask(object: &Object<'_>, tree: &mut Tree, node: NodeId, path: &mut Vec<Element>, secrets: &Secrets) {
    if tree.is_scalar(node) {
        if object.is_hidden(path, tree, node, secrets) {
            tree.settle_scalar(node, Some(secret::HIDDEN), Style::Plain, Tag::Str);
        }
        return;
    }
    let children: Vec<(Element, NodeId)> = match tree.is_mapping(node) {
        true => tree.entries(node).map(|(key, value)| (Element::Key(tree.text(key).to_owned()), value)).collect(),
        false => tree.items(node).enumerate().map(|(index, item)| (Element::Index(index), item)).collect(),
    };
    for (element, child) in children {
        path.push(element);
        mask(object, tree, child, path, secrets);
        path.pop();
    }
}

struct Pairing<'p> {
    source: &'p Source,
    printed: &'p Tree,
    tree: &'p Tree,
    spots: &'p mut [Option<Spot>],
    path: Vec<Element>,
}

impl Pairing<'_> {
    /// Lays a printed node beside the object's.
    fn pair(&mut self, printed: NodeId, node: NodeId) {
        let (of_print, of_object) = (self.printed, self.tree);
        if of_print.is_mapping(printed) && of_object.is_mapping(node) {
            let mut values: FxHashMap<&str, (NodeId, NodeId)> = FxHashMap::default();
            for (key, value) in of_object.entries(node) {
                values.entry(of_object.text(key)).or_insert((key, value));
            }
            for (key, value) in of_print.entries(printed) {
                let Some(&(_, own)) = values.get(of_print.text(key)) else { continue };
                self.path.push(Element::Key(of_print.text(key).to_owned()));
                self.mark(key, own);
                self.pair(value, own);
                self.path.pop();
            }
        }
        if of_print.is_sequence(printed) && of_object.is_sequence(node) {
            for (index, (item, own)) in of_print.items(printed).zip(of_object.items(node)).enumerate() {
                self.path.push(Element::Index(index));
                self.pair(item, own);
                self.mark(item, own);
                self.path.pop();
            }
        }
    }

    /// Says who wrote what stands in the line in which a printed node begins, unless that is known already.
    fn mark(&mut self, printed: NodeId, node: NodeId) {
        let Some(place) = self.printed.place(printed) else { return };
        let line = self.source.line_column(place.span.start).line as usize;
        if let Some(spot) = line.checked_sub(1).and_then(|line| self.spots.get_mut(line)) {
            spot.get_or_insert_with(|| shown::spot(self.tree, node, &self.path));
        }
    }
}
