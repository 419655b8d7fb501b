//! The steps behind one value: a field is followed back through the versions of its object, then told forwards.
//!
//! Nodes keep their numbers from version to version, which is how an item of a list is known again wherever it stands. Where
//! a directive makes an object anew (a function, a generator that merges), items are known by their merge keys, by their
//! text, or by their position.

use super::path::Element;
use crate::provenance::{DirectiveId, Origin};
use crate::resource::Version;
use crate::source::Place;
use crate::yaml::json;
use crate::yaml::tree::{NodeId, Tree};
use std::sync::Arc;

/// What a step did to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// It stands so in a file.
    Read,
    /// A directive wrote it.
    Set,
    /// A directive wrote what was there already.
    Kept,
    /// A directive took it away.
    Removed,
}

/// One step of the way to a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What was done.
    pub action: Action,
    /// Where the value stands that was read or written, or where it is said that it goes.
    pub place: Option<Place>,
    /// The directive that did it.
    pub by: Option<DirectiveId>,
    /// The directive that took the value over from there, such as the repair of references to a renamed object.
    pub through: Option<DirectiveId>,
    /// The value after the step, as JSON; nothing if it is gone, or if it was written again at once.
    pub value: Option<String>,
}

/// The keys that tell items of a list apart, the likeliest first.
const ITEM_KEYS: [&str; 10] =
    ["name", "id", "mountPath", "containerPort", "port", "devicePath", "ip", "key", "topologyKey", "type"];

/// Returns the steps of the value at a path of the version `at`, oldest first.
pub(super) fn steps(versions: &[Version], at: usize, path: &[Element]) -> Vec<Step> {
    let nodes = follow_back(versions, at, path);
    let mut steps: Vec<Step> = Vec::new();
    let mut before: Option<Seen<'_>> = None;
    for (version, node) in versions.iter().zip(&nodes) {
        let now = node.map(|node| Seen::of(&version.tree, node));
        match (before.take(), &now) {
            (None, None) => {}
            (Some(gone), None) => steps.push(removal(version, gone.node)),
            (before, Some(now)) => add_writes(&mut steps, version, before.as_ref(), now),
        }
        before = now;
    }
    if let (Some(version), Some(Some(node))) = (versions.get(at + 1), nodes.get(at)) {
        steps.push(removal(version, *node));
    }
    steps
}

/// A value in one version.
struct Seen<'t> {
    node: NodeId,
    value: Option<String>,
    /// Its writers with their places, the newest first.
    writes: Vec<(Option<DirectiveId>, Option<Place>)>,
    tree: &'t Arc<Tree>,
}

impl<'t> Seen<'t> {
    fn of(tree: &'t Arc<Tree>, node: NodeId) -> Seen<'t> {
        Seen { node, value: value(tree, node), writes: writes(tree, node), tree }
    }
}

/// Returns a value as JSON.
pub(crate) fn value(tree: &Tree, node: NodeId) -> Option<String> {
    let mut out = String::new();
    match json::encode(tree, node, &mut out) {
        Ok(()) => Some(out),
        // What JSON cannot express is shown as it is written.
        Err(_) if tree.is_scalar(node) => {
            let mut out = String::new();
            json::encode_string(tree.text(node), &mut out);
            Some(out)
        }
        Err(_) => None,
    }
}

/// Returns the writers of a node with their places, the newest first.
pub(super) fn writes(tree: &Tree, node: NodeId) -> Vec<(Option<DirectiveId>, Option<Place>)> {
    let next = |origin: &Origin| tree.origin_entry(*origin).and_then(|entry| entry.replaced);
    let origins = std::iter::successors(Some(tree.origin(node)), next).filter(|&origin| origin != Origin::UNKNOWN);
    origins
        .map(|origin| match tree.origin_entry(origin) {
            Some(entry) => (Some(entry.by), entry.place),
            None => (None, tree.origin_place(origin)),
        })
        .collect()
}

/// Tells what made a value of what it was.
fn add_writes(steps: &mut Vec<Step>, version: &Version, before: Option<&Seen<'_>>, now: &Seen<'_>) {
    let is_same_value = before.is_some_and(|before| before.value == now.value);
    let known = before.map_or(&[][..], |before| before.writes.as_slice());
    let n_known = now.writes.iter().rev().zip(known.iter().rev()).take_while(|(a, b)| a == b).count();
    let new = now.writes.get(..now.writes.len() - n_known).unwrap_or_default();
    if new.is_empty() {
        if !is_same_value {
            // Something below it was written, or its spelling changed on the way.
            steps.push(Step {
                action: Action::Set,
                place: None,
                by: version.by,
                through: None,
                value: now.value.clone(),
            });
        }
        return;
    }
    let is_scalar = now.tree.is_scalar(now.node);
    if is_same_value && !is_scalar {
        return;
    }
    for (n_after, &(by, place)) in new.iter().enumerate().rev() {
        let is_last = n_after == 0;
        if n_after.checked_sub(1).and_then(|after| new.get(after)) == Some(&(by, place)) {
            // Made first and then filled.
            continue;
        }
        let action = match by {
            _ if is_last && is_same_value => Action::Kept,
            None => Action::Read,
            Some(_) => Action::Set,
        };
        let by = by.or(version.by.filter(|_| before.is_some()));
        let through = version.by.filter(|&through| is_last && by.is_some_and(|by| by != through));
        steps.push(Step { action, place, by, through, value: now.value.clone().filter(|_| is_last) });
    }
}

/// Tells who took a value away.
fn removal(version: &Version, gone: NodeId) -> Step {
    let mut note = None;
    for (node, stamp) in version.tree.removed() {
        if Some(stamp.by) == version.by && (*node == gone || holds(&version.tree, *node, gone)) {
            note = Some(*stamp);
        }
    }
    let place = note.and_then(|stamp| stamp.place);
    Step { action: Action::Removed, place, by: note.map(|stamp| stamp.by).or(version.by), through: None, value: None }
}

/// Returns whether a node that was detached holds another.
fn holds(tree: &Tree, outer: NodeId, inner: NodeId) -> bool {
    tree.children(outer).any(|child| child == inner || holds(tree, child, inner))
}

/// Finds the field of the version `at` in all versions up to it.
fn follow_back(versions: &[Version], at: usize, path: &[Element]) -> Vec<Option<NodeId>> {
    let mut nodes = vec![None; versions.len().min(at + 1)];
    let mut path = path.to_vec();
    let mut newer: Option<&Version> = None;
    for (index, version) in versions.iter().enumerate().take(at + 1).rev() {
        let found = match newer {
            None => plain(&version.tree, &path),
            Some(newer) => match back(&version.tree, &newer.tree, &path) {
                Some((older_path, node)) => {
                    path = older_path;
                    Some(node)
                }
                None => None,
            },
        };
        if let Some(slot) = nodes.get_mut(index) {
            *slot = found;
        }
        // A field that comes back is followed further by the path it had.
        if found.is_some() || newer.is_none() {
            newer = Some(version);
        }
    }
    nodes
}

/// Follows a path as it is.
pub(crate) fn plain(tree: &Tree, path: &[Element]) -> Option<NodeId> {
    path.iter().try_fold(tree.root(), |node, element| match element {
        Element::Key(key) => tree.get(node, key),
        Element::Index(index) => tree.items(node).nth(*index),
    })
}

/// Finds the field of a newer tree in an older one.
pub(super) fn back(older: &Tree, newer: &Tree, path: &[Element]) -> Option<(Vec<Element>, NodeId)> {
    let (mut old, mut new) = (older.root(), newer.root());
    let mut old_path = Vec::with_capacity(path.len());
    for element in path {
        match element {
            Element::Key(key) => {
                (old, new) = (older.get(old, key)?, newer.get(new, key)?);
                old_path.push(element.clone());
            }
            Element::Index(index) => {
                let item = newer.items(new).nth(*index)?;
                let (position, found) = same_item((newer, new, item, *index), (older, old))?;
                (old, new) = (found, item);
                old_path.push(Element::Index(position));
            }
        }
    }
    Some((old_path, old))
}

/// Finds an item of one list in the same list of another version.
pub(super) fn same_item(
    (tree, list, item, index): (&Tree, NodeId, NodeId, usize),
    (other, other_list): (&Tree, NodeId),
) -> Option<(usize, NodeId)> {
    let items = || other.items(other_list).enumerate();
    let is_same_arena = match (tree.file(), other.file()) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    };
    let by_number = items().find(|&(_, candidate)| is_same_arena && candidate == item);
    if by_number.is_some_and(|(_, candidate)| other.kind(candidate) == tree.kind(item)) {
        return by_number;
    }
    if let Some(found) = items().find(|&(_, candidate)| replaces((tree, item), (other, candidate))) {
        return Some(found);
    }
    if tree.is_mapping(item) {
        let text = |tree: &Tree, item: NodeId, key: &str| {
            tree.get(item, key).filter(|&node| tree.is_scalar(node)).map(|node| tree.text(node).to_owned())
        };
        let key = ITEM_KEYS.iter().find_map(|&key| Some((key, text(tree, item, key)?)));
        // What is another item of the older list is not this one.
        let is_another = |candidate| is_same_arena && tree.items(list).any(|item| item == candidate);
        return match key {
            Some((key, value)) => {
                let has_key = |candidate| text(other, candidate, key).is_some_and(|found| found == value);
                items().find(|&(_, candidate)| has_key(candidate) && !is_another(candidate))
            }
            None => items().nth(index),
        };
    }
    if tree.is_scalar(item) {
        let by_text =
            items().find(|&(_, candidate)| other.is_scalar(candidate) && other.text(candidate) == tree.text(item));
        let is_as_long = tree.items(list).count() == other.items(other_list).count();
        return by_text.or_else(|| items().nth(index).filter(|_| is_as_long));
    }
    items().nth(index)
}

/// Returns whether one of two nodes was written in the place of the other: the writes of one begin with those of the other.
fn replaces((tree, node): (&Tree, NodeId), (other, other_node): (&Tree, NodeId)) -> bool {
    let (a, b) = (writes(tree, node), writes(other, other_node));
    let n_shared = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let stands_alone = |write: Option<&(Option<DirectiveId>, Option<Place>)>| {
        // Of what was read every node has a place of its own.
        write.is_some_and(|(by, place)| by.is_none() && place.is_some())
    };
    n_shared > 0 && n_shared == a.len().min(b.len()) && stands_alone(a.last())
}
