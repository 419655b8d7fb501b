//! `ValueAddTransformer`: one text, written to a field of each selected object or into a path that the field holds.
//!
//! Paths are walked as upstream `PathGetter` walks them: mappings and lists on the way are created, a number is an item that
//! must exist, `[key=value]` an item that is found or appended.

use super::{Count, namespace};
use crate::diagnostic::{Code, Diagnostic, Report, Result};
use crate::fieldspec::{is_null, split, wrong_kind};
use crate::kustomization::PlacedText;
use crate::kustomization::plugin::ValueAddTarget;
use crate::patch::Selector;
use crate::provenance::{DirectiveId, Stamp, Touched};
use crate::resmap::ResMap;
use crate::source::Place;
use crate::yaml::tree::{NodeId, Style, Tag, Tree};

/// Parts of the path of a field: what is created must not be deeper than what is read (`Limits::depth_max`).
const PARTS_MAX: usize = 250;

/// A `ValueAddTransformer`, ready to run.
#[derive(Debug)]
pub(crate) struct ValueAdd {
    value: String,
    place: Place,
    targets: Vec<Target>,
}

#[derive(Debug)]
struct Target {
    selector: Option<Selector>,
    field_path: PlacedText,
    parts: Vec<Part>,
    /// Where the value goes in the path that the field holds, from 1; 0 if it takes the place of all.
    position: usize,
}

/// A part of a path.
#[derive(Clone, Debug)]
enum Part {
    Field(String),
    Index(usize),
    Last,
    /// The item that holds a value under a key; with an empty key, the item that is the value.
    Item(String, String),
    /// No part of a path; this is why. It does no harm until it is reached.
    Invalid(String),
}

impl ValueAdd {
    /// Checks targets; the value is the name of the kustomization's directory if it is blank.
    pub(crate) fn new(
        value: PlacedText,
        directory: &str,
        targets: &[ValueAddTarget],
        place: Place,
    ) -> Result<ValueAdd> {
        if targets.is_empty() {
            let error = Diagnostic::error(Code::PluginInvalid, "a `ValueAddTransformer` needs at least one target");
            return Err(error
                .at(Some(place), "")
                .help("list under `targets` which fields of which objects get the value"));
        }
        let text = match value.value.trim() {
            "" => directory,
            text => text,
        };
        let targets = targets.iter().map(Target::new).collect::<Result<_>>()?;
        Ok(ValueAdd { value: text.to_owned(), place: value.place, targets })
    }

    /// Returns whether a target is in the annotations, or is all of them.
    pub(crate) fn sees_annotations(&self) -> bool {
        let is_seen = |target: &Target| {
            matches!(target.parts.as_slice(), [Part::Field(first), Part::Field(second), ..]
                if first == "metadata" && second == "annotations")
        };
        self.targets.iter().any(is_seen)
    }

    /// Writes the value to every target.
    pub(crate) fn apply(&self, resmap: &mut ResMap, by: DirectiveId, report: &mut Report) -> Result<Touched> {
        let stamp = Stamp { by, place: Some(self.place) };
        let mut count = Count::default();
        for target in &self.targets {
            let positions = match &target.selector {
                None => (0..resmap.len()).collect(),
                Some(selector) => selector.select(resmap),
            };
            if let Some(selector) = target.selector.as_ref().filter(|_| positions.is_empty()) {
                let mut warning = selector.unmatched(resmap);
                warning.message = "the selector of this target selects no object".to_owned();
                report.push(warning);
            }
            for &position in &positions {
                count.add(match target.field_path.value.as_str() {
                    "metadata/namespace" => namespace::set_plain(resmap, position, &self.value, &stamp)?,
                    _ => u32::from(self.write(resmap, position, target, &stamp)?),
                });
                // The reference finds out about equal identities later.
                resmap.refresh_unchecked(position);
            }
        }
        Ok(count.touched(by))
    }

    /// Writes the value to one object and returns whether there is a place for it.
    fn write(&self, resmap: &mut ResMap, position: usize, target: &Target, stamp: &Stamp) -> Result<bool> {
        let path = &target.field_path;
        let tree = resmap.get_mut(position).tree_mut();
        let node = match reach(tree, &target.parts, stamp) {
            Ok(Some(node)) if tree.is_scalar(node) => node,
            Ok(Some(node)) => {
                return Err(wrong_kind(resmap.get(position), &path.value, node, "a scalar", Some(path.place)));
            }
            Ok(None) => return Ok(false),
            Err(Stop::Kind(node, wanted)) => {
                return Err(wrong_kind(resmap.get(position), &path.value, node, wanted, Some(path.place)));
            }
            Err(Stop::Part(why)) => {
                let message = format!("field path `{}` cannot be followed: {why}", path.value);
                return Err(Diagnostic::error(Code::TransformFailed, message)
                    .at(Some(path.place), "")
                    .help("name fields that the objects have, joined by `/`"));
            }
        };
        let text = match target.position {
            0 => self.value.clone(),
            position => insert_part(tree.text(node), position - 1, &self.value),
        };
        // Written without a tag, in the style it had.
        tree.set_text(node, &text, Tag::Implied, stamp);
        Ok(true)
    }
}

impl Target {
    fn new(target: &ValueAddTarget) -> Result<Target> {
        let Some(field_path) = target.field_path.clone() else {
            let error = Diagnostic::error(Code::PluginInvalid, "a target needs a `fieldPath`");
            return Err(error.at(Some(target.place), "").help("name the field: `fieldPath: spec/path/to/field`"));
        };
        let Ok(position) = usize::try_from(target.file_path_position) else {
            let error = Diagnostic::error(Code::PluginInvalid, "`filePathPosition` must not be negative");
            return Err(error.at(Some(target.place), "in this target"));
        };
        let parts = split(&field_path.value);
        if parts.len() > PARTS_MAX {
            let message = format!("a field path has {} parts; at most {PARTS_MAX} are followed", parts.len());
            return Err(Diagnostic::error(Code::LimitExceeded, message)
                .at(Some(field_path.place), "")
                .help("shorten the path"));
        }
        let parts = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
        let parts = parts.map(Part::new).collect();
        let selector = target.selector.as_ref().map(Selector::new).transpose()?;
        Ok(Target { selector, field_path, parts, position })
    }
}

impl Part {
    fn new(part: &str) -> Part {
        if let Ok(index) = part.parse::<i64>() {
            return usize::try_from(index)
                .map_or_else(|_| Part::Invalid("an index must not be negative".to_owned()), Part::Index);
        }
        match part {
            "-" => Part::Last,
            "*" => Part::Invalid("there is no wildcard `*` here".to_owned()),
            _ => match part.strip_prefix('[').and_then(|part| part.strip_suffix(']')) {
                None => Part::Field(part.to_owned()),
                Some(item) => match item.split_once('=') {
                    Some((key, value)) => Part::Item(key.to_owned(), value.to_owned()),
                    None => Part::Invalid(format!("`{part}` is no item of a list; those are found by `[key=value]`")),
                },
            },
        }
    }

    /// Returns whether what the part is looked up in is a list.
    fn is_in_list(&self) -> bool {
        matches!(self, Part::Index(_) | Part::Item(..))
    }
}

/// Why a path cannot be followed.
enum Stop {
    /// A node is of the wrong kind; what is wanted there.
    Kind(NodeId, &'static str),
    /// A part is none.
    Part(String),
}

/// Follows a path and creates what is missing on the way.
///
/// `None` where nothing can be created: below null, and for items by number.
fn reach(tree: &mut Tree, parts: &[Part], stamp: &Stamp) -> std::result::Result<Option<NodeId>, Stop> {
    let mut node = tree.root();
    for (at, part) in parts.iter().enumerate() {
        let is_nothing = is_null(tree, node);
        let found = match part {
            Part::Invalid(why) => return Err(Stop::Part(why.clone())),
            Part::Field(_) if is_nothing => None,
            Part::Field(name) => {
                if !tree.is_mapping(node) {
                    return Err(Stop::Kind(node, "a mapping"));
                }
                match tree.get(node, name) {
                    Some(value) => Some(value),
                    None => {
                        let value = match parts.get(at + 1) {
                            None => tree.new_scalar("", Style::Plain, Tag::Implied, stamp),
                            Some(next) if next.is_in_list() => tree.new_sequence(stamp),
                            Some(_) => tree.new_mapping(stamp),
                        };
                        tree.push_key(node, name, value, stamp);
                        Some(value)
                    }
                }
            }
            _ if !is_nothing && !tree.is_sequence(node) => return Err(Stop::Kind(node, "a list")),
            Part::Index(index) => tree.items(node).nth(*index),
            Part::Last => match tree.items(node).last() {
                Some(item) => Some(item),
                None => return Err(Stop::Kind(node, "a list that is not empty")),
            },
            Part::Item(..) if is_nothing => return Err(Stop::Kind(node, "a list")),
            Part::Item(key, value) => Some(item(tree, node, key, value, stamp)),
        };
        match found {
            Some(found) => node = found,
            None => return Ok(None),
        }
    }
    Ok(Some(node))
}

/// Finds the item that holds a value under a key, or appends one.
fn item(tree: &mut Tree, list: NodeId, key: &str, value: &str, stamp: &Stamp) -> NodeId {
    let found = tree.items(list).find(|&item| match key {
        "" => tree.text(item) == value,
        _ => {
            tree.is_mapping(item)
                && tree.get(item, key).is_some_and(|node| !is_null(tree, node) && tree.text(node) == value)
        }
    });
    found.unwrap_or_else(|| {
        let scalar = tree.new_scalar(value, Style::Plain, Tag::Implied, stamp);
        let item = match key {
            "" => scalar,
            _ => {
                let mapping = tree.new_mapping(stamp);
                tree.push_key(mapping, key, scalar, stamp);
                mapping
            }
        };
        tree.push_item(list, item);
        item
    })
}

/// Inserts a part into a file's path; one that is absolute stays so (upstream `filesys.InsertPathPart`).
fn insert_part(path: &str, position: usize, part: &str) -> String {
    let mut parts = split_path(path);
    let mut position = position.min(parts.len());
    if parts.first() == Some(&"") && position < parts.len() {
        position += 1;
    }
    parts.insert(position, part);
    match parts.split_first() {
        Some((&"", rest)) => format!("/{}", join_path(rest)),
        _ => join_path(&parts),
    }
}

/// Splits a path at its slashes; the first part of an absolute one is empty (upstream `filesys.PathSplit`).
fn split_path(mut path: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    while !path.is_empty() {
        let (directory, name) = path.split_at(path.rfind('/').map_or(0, |at| at + 1));
        if directory == "/" {
            parts.extend((!name.is_empty()).then_some(name));
            parts.push("");
            break;
        }
        parts.push(name);
        path = directory.strip_suffix('/').unwrap_or(directory);
    }
    parts.reverse();
    parts
}

/// Joins parts and resolves `.` and `..` by their words, as Go's `filepath.Join` does.
fn join_path(parts: &[&str]) -> String {
    let joined = parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("/");
    let is_absolute = joined.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." if kept.last().is_some_and(|last| *last != "..") => drop(kept.pop()),
            ".." if is_absolute => {}
            part => kept.push(part),
        }
    }
    match (is_absolute, kept.is_empty()) {
        (true, _) => format!("/{}", kept.join("/")),
        (false, true) if joined.is_empty() => String::new(),
        (false, true) => ".".to_owned(),
        (false, false) => kept.join("/"),
    }
}

#[cfg(test)]
mod tests {
    use super::insert_part;

    /// What kustomize v5.8.2 makes of each path.
    #[test]
    fn parts_are_inserted_as_in_the_reference() {
        for (path, position, part, expected) in [
            ("", 0, "V", "V"),
            ("/", 0, "V", "/V"),
            ("/", 8, "V", "/V"),
            ("raw", 0, "V", "V/raw"),
            ("raw", 1, "V", "raw/V"),
            ("/raw", 0, "V", "/V/raw"),
            ("/raw", 1, "V", "/raw/V"),
            ("/a/b/c", 2, "V", "/a/b/V/c"),
            ("/a/b/c", 9, "V", "/a/b/c/V"),
            ("a/b/c", 1, "V", "a/V/b/c"),
            ("/a/b/c", 1, "/abs/", "/a/abs/b/c"),
            ("/a/b/c", 1, "..", "/b/c"),
            ("/a/b/c", 0, "a/../b", "/b/a/b/c"),
        ] {
            assert_eq!(insert_part(path, position, part), expected, "{path} {position} {part}");
        }
    }
}
