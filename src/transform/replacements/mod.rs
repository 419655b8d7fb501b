//! `replacements`: a value of one object, or a given text, written to fields of others.
//!
//! [`apply`] does one replacement (upstream `replacement.Filter`). Which objects are meant is in `select`, how paths are
//! followed in `lookup` and `matcher`, texts that hold YAML or JSON are `structured`'s.

mod lookup;
mod matcher;
mod path;
mod select;
mod structured;

use super::Count;
use crate::diagnostic::{Code, Diagnostic, Report, Result};
use crate::fieldspec::is_null;
use crate::kustomization::decode::decode_replacement_file;
use crate::kustomization::replacement::{FieldOptions, Replacement, ReplacementEntry};
use crate::limits::Limits;
use crate::marks;
use crate::patch::reached_through;
use crate::provenance::{DirectiveId, Stamp, Touched};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::source::{Place, Source};
use crate::yaml::read::read_first;
use crate::yaml::resolve::effective_tag;
use crate::yaml::tree::{Kind, NodeId, Style, Tag, Tree};
use matcher::Matcher;
use path::FieldPath;
pub(crate) use select::repeated;
use std::sync::Arc;

/// Why a path cannot be followed, or a field not be written.
#[derive(Debug)]
struct Fault {
    words: String,
    /// The node at fault, in the tree that was walked.
    node: Option<NodeId>,
    /// Nothing else may be tried.
    is_final: bool,
}

type Followed<T> = std::result::Result<T, Fault>;

impl Fault {
    fn new(words: impl Into<String>) -> Fault {
        Fault { words: words.into(), node: None, is_final: false }
    }

    fn at(words: impl Into<String>, node: NodeId) -> Fault {
        Fault { words: words.into(), node: Some(node), is_final: false }
    }

    fn bad_part() -> Fault {
        Fault::new("a part in brackets needs the form `[key=value]`")
    }
}

/// A replacement with what is said of it.
#[derive(Debug)]
pub struct LoadedReplacement {
    /// The replacement.
    pub replacement: Replacement,
    /// The directive that it is.
    pub by: DirectiveId,
    /// Where the file that it stands in is named.
    pub file: Option<Place>,
}

impl LoadedReplacement {
    /// Applies the replacement.
    pub fn apply(&self, resmap: &mut ResMap, report: &mut Report, limits: &Limits) -> Result<Touched> {
        let applied = apply(resmap, &self.replacement, self.by, report, limits);
        applied.map_err(|error| reached_through(error, self.file))
    }
}

/// Loads a file that an entry names; `None` if an error was reported.
pub fn load(text: &Arc<Source>, file: Place, limits: &Limits, report: &mut Report) -> Option<Vec<Replacement>> {
    let mut own = Report::default();
    let tree = own.keep(read_first(text, limits));
    let list = tree.and_then(|tree| decode_replacement_file(text, tree.as_ref(), &mut own));
    for diagnostic in own.diagnostics {
        report.push(reached_through(Box::new(diagnostic), Some(file)));
    }
    list
}

/// Checks that an entry is a path or a replacement, not both.
pub fn check_entry(entry: &ReplacementEntry) -> Result<()> {
    let Replacement { source, targets, .. } = &entry.replacement;
    let is_inline = source.is_some() || targets.as_ref().is_some_and(|targets| !targets.is_empty());
    match &entry.path {
        Some(path) if is_inline => {
            Err(Diagnostic::error(Code::ReplacementInvalid, "a replacement has both `path` and inline fields")
                .at(Some(path.place), "")
                .help("keep the file or the inline fields, not both"))
        }
        _ => Ok(()),
    }
}

/// Applies one replacement. A target that selects nothing is a warning; a field that does not exist is an error.
pub fn apply(
    resmap: &mut ResMap,
    replacement: &Replacement,
    by: DirectiveId,
    report: &mut Report,
    limits: &Limits,
) -> Result<Touched> {
    let incomplete = |message: &str, help: &str| {
        Err(Diagnostic::error(Code::ReplacementInvalid, message).at(Some(replacement.place), "").help(help))
    };
    let Some(targets) = &replacement.targets else {
        return incomplete("a replacement has no `targets`", "say with `targets` which fields to write");
    };
    let value = match (&replacement.source, &replacement.source_value) {
        (Some(_), Some(_)) => {
            return incomplete("a replacement has both `source` and `sourceValue`", "keep one of them");
        }
        (None, None) => {
            return incomplete(
                "a replacement has no source",
                "add `source`, an object's field, or `sourceValue`, a text",
            );
        }
        (None, Some(text)) => Value::Text(Text {
            text: text.value.clone(),
            style: Style::Plain,
            tag: Tag::Implied,
            place: Some(text.place),
        }),
        (Some(source), None) => {
            let position = select::source(resmap, &source.selector)?;
            let (text, place) = match &source.field_path {
                Some(path) => (path.value.as_str(), path.place),
                None => (path::DEFAULT, source.selector.place),
            };
            read(resmap, position, text, place, &source.options)?
        }
    };
    let mut count = Count::default();
    for target in targets {
        let Some(select) = &target.select else {
            return Err(Diagnostic::error(Code::ReplacementInvalid, "a target of a replacement has no `select`")
                .at(Some(target.place), "")
                .help("say with `select` which objects to write to"));
        };
        let selection = select::Selection::new(target, select)?;
        let selected = selection.find(resmap)?;
        if selected.positions.is_empty() {
            report.push(selection.unmatched(resmap, &selected));
        }
        let paths: Vec<(FieldPath, Place)> = match target.field_paths.is_empty() {
            true => vec![(FieldPath::new(path::DEFAULT), target.place)],
            false => target.field_paths.iter().map(|path| (FieldPath::new(&path.value), path.place)).collect(),
        };
        for position in selected.positions {
            let mut n_fields = 0;
            for (path, place) in &paths {
                let mut writer = Writer { resmap, position, value: &value, options: &target.options, by, limits };
                n_fields += writer.write(path, *place)?;
            }
            count.add(n_fields);
        }
    }
    Ok(count.touched(by))
}

/// The value that is written.
enum Value {
    /// A field of an object, as it is at the time of each write: a target may be its own source.
    Field { position: usize, node: NodeId },
    /// A field of an object as it was.
    Copy { tree: Arc<Tree>, node: NodeId },
    /// A text.
    Text(Text),
}

struct Text {
    text: String,
    style: Style,
    tag: Tag,
    place: Option<Place>,
}

/// Returns the tag that a scalar keeps when its text changes.
fn lasting_tag(tree: &Tree, node: NodeId) -> Tag {
    if tree.is_untagged(node) { Tag::Implied } else { effective_tag(tree, node) }
}

/// Reads the value of a source.
fn read(resmap: &ResMap, position: usize, path: &str, place: Place, options: &FieldOptions) -> Result<Value> {
    let path = FieldPath::new(path);
    let mut resource = Arc::clone(resmap.get(position));
    let reaches_marks = path.reaches_marks();
    if reaches_marks {
        // The reference keeps its marks in the annotations, where they are copied with the rest.
        let stamp = Stamp { by: DirectiveId(0), place: None };
        marks::write(Arc::make_mut(&mut resource), &stamp);
    }
    let tree = &resource.tree;
    let failed = |words: String, node: Option<NodeId>| {
        let message = format!("{}: {words}", no_field(&path.text, &resource));
        let near = node.and_then(|node| tree.place(node)).or_else(|| select::name_place(&resource));
        let label = if node.is_some() { "the path leads here" } else { "the source" };
        Diagnostic::error(Code::ReplacementNoSource, message)
            .at(Some(place), "")
            .at(near, label)
            .help("set `fieldPath`, and `options` if a part is wanted, to what the object has")
    };
    let found = lookup::find(tree, &path, path.parts.len()).map_err(|fault| failed(fault.words, fault.node))?;
    let Some(node) = found else { return Err(failed("it does not exist".to_owned(), None)) };
    let is_empty = match tree.kind(node) {
        Kind::Scalar => is_null(tree, node),
        _ => tree.has_no_children(node),
    };
    if is_empty {
        return Err(failed("it is empty".to_owned(), Some(node)));
    }
    if let Some((delimiter, index)) = options.part() {
        if !tree.is_scalar(node) {
            return Err(failed("`delimiter` is for texts, and this is none".to_owned(), Some(node)));
        }
        let mut parts = tree.text(node).split(delimiter);
        let part = usize::try_from(index).ok().and_then(|index| parts.nth(index));
        let Some(part) = part else {
            let n_parts = tree.text(node).split(delimiter).count();
            return Err(failed(format!("it has {n_parts} parts, and none with index {index}"), Some(node)));
        };
        let (style, tag) = (tree.style(node), lasting_tag(tree, node));
        return Ok(Value::Text(Text { text: part.to_owned(), style, tag, place: tree.place(node) }));
    }
    Ok(match reaches_marks {
        true => Value::Copy { tree: Arc::clone(tree), node },
        false => Value::Field { position, node },
    })
}

fn no_field(path: &str, resource: &Resource) -> String {
    format!("field `{path}` of `{}` cannot be read", resource.short_name())
}

/// Writes to one object.
struct Writer<'a> {
    resmap: &'a mut ResMap,
    position: usize,
    value: &'a Value,
    options: &'a FieldOptions,
    by: DirectiveId,
    limits: &'a Limits,
}

impl Writer<'_> {
    /// Writes the value where a path leads and returns how many fields were written.
    fn write(&mut self, path: &FieldPath, place: Place) -> Result<u32> {
        let reaches_marks = path.reaches_marks();
        // Taken out of the set, so that the value can be read while the object is written to.
        let source = self.source_tree();
        if reaches_marks {
            marks::write(self.resmap.get_mut(self.position), &Stamp { by: self.by, place: Some(place) });
        }
        let written = self.write_to(path, source.as_deref());
        let result = written.map_err(|fault| self.failed(path, place, fault))?;
        if reaches_marks {
            marks::read_back(self.resmap.get_mut(self.position), false);
        }
        if path.reaches_identity() {
            self.resmap.refresh_unchecked(self.position);
        }
        Ok(result)
    }

    /// The tree that the value stands in, if that is not the one that is written to.
    fn source_tree(&self) -> Option<Arc<Tree>> {
        match self.value {
            Value::Field { position, .. } if *position != self.position => {
                Some(Arc::clone(&self.resmap.get(*position).tree))
            }
            Value::Copy { tree, .. } => Some(Arc::clone(tree)),
            _ => None,
        }
    }

    fn write_to(&mut self, path: &FieldPath, source: Option<&Tree>) -> Followed<u32> {
        let tree = &self.resmap.get(self.position).tree;
        let (node, kind, text, place) = match self.value {
            Value::Text(text) => (None, Kind::Scalar, text.text.clone(), text.place),
            Value::Field { node, .. } | Value::Copy { node, .. } => {
                let tree = source.unwrap_or(tree);
                (Some(*node), tree.kind(*node), tree.text(*node).to_owned(), tree.place(*node))
            }
        };
        let stamp = Stamp { by: self.by, place };
        let create = self.options.create.then_some(kind);
        let mut content = Content { node, source, value: self.value, text, options: self.options, limits: self.limits };
        let tree = self.resmap.get_mut(self.position).tree_mut();
        match write_structured(tree, path, create, &content, &stamp, self.limits) {
            Ok(n_fields) => return Ok(n_fields),
            Err(fault) if fault.is_final => return Err(fault),
            // Whatever went wrong there, the reference tries the ordinary way.
            Err(_) => {}
        }
        let mut matcher = Matcher { tree, create, stamp: &stamp, limits: self.limits };
        let found = matcher.find(path, 0)?;
        if found.is_empty() {
            return Err(Fault::new(if create.is_some() { "it cannot be created" } else { "it does not exist" }));
        }
        for &node in &found {
            if let (Some(value), None) = (content.node, source) {
                // One of the fields written before may have been the value.
                tree.text(value).clone_into(&mut content.text);
            }
            content.put(tree, node, &stamp)?;
        }
        Ok(found.len() as u32)
    }

    fn failed(&self, path: &FieldPath, place: Place, fault: Fault) -> Box<Diagnostic> {
        let resource = self.resmap.get(self.position);
        let message =
            format!("field `{}` of `{}` cannot be written: {}", path.text, resource.short_name(), fault.words);
        let near = fault.node.and_then(|node| resource.tree.place(node)).or_else(|| select::name_place(resource));
        let label = if fault.node.is_some() { "the path leads here" } else { "the target" };
        let error = Diagnostic::error(Code::ReplacementFailed, message).at(Some(place), "").at(near, label);
        match self.options.create || fault.node.is_some() {
            true => {
                error.help("correct the field path or its `options`, or narrow `select` to objects that have the field")
            }
            false => error.help("to make a field that does not exist, set `options.create: true`"),
        }
    }
}

/// What is put into a field.
struct Content<'a> {
    /// The node of the value, if it is one: of `source`, or of the tree that is written to.
    node: Option<NodeId>,
    source: Option<&'a Tree>,
    value: &'a Value,
    text: String,
    options: &'a FieldOptions,
    limits: &'a Limits,
}

impl Content<'_> {
    /// Writes to a field: a scalar gets the text alone, anything else becomes a copy (upstream `setFieldValue`).
    fn put(&self, tree: &mut Tree, field: NodeId, stamp: &Stamp) -> Followed<()> {
        let is_scalar = tree.is_scalar(field);
        if let Some((delimiter, index)) = self.options.part() {
            if !is_scalar {
                return Err(Fault::at("`delimiter` is for texts, and this is none", field));
            }
            let text = join_part(tree.text(field), delimiter, index, &self.text);
            return self.set_text(tree, field, &text, stamp);
        }
        if is_scalar {
            return self.set_text(tree, field, &self.text, stamp);
        }
        let copy = match (self.value, self.node, self.source) {
            (Value::Text(text), _, _) => tree.new_scalar(&text.text, text.style, text.tag, stamp),
            (_, Some(node), Some(source)) => {
                self.check_size(source, node, tree)?;
                tree.copy_from(source, node, stamp)
            }
            (_, Some(node), None) => {
                self.check_size(tree, node, tree)?;
                let own = tree.extract(node);
                tree.copy_from(&own, own.root(), stamp)
            }
            (_, None, _) => return Err(Fault::new("there is no value")),
        };
        tree.become_copy(field, copy);
        Ok(())
    }

    fn set_text(&self, tree: &mut Tree, field: NodeId, text: &str, stamp: &Stamp) -> Followed<()> {
        if text.len() as u64 > self.limits.file_bytes_max {
            return Err(Fault { is_final: true, ..Fault::at("the text becomes too long", field) });
        }
        if tree.text(field) != text {
            // The type stays, if there is one: what is written to a string is a string.
            let tag = lasting_tag(tree, field);
            tree.set_text(field, text, tag, stamp);
        }
        Ok(())
    }

    fn check_size(&self, source: &Tree, node: NodeId, target: &Tree) -> Followed<()> {
        let n_left = self.limits.resource_nodes_max.saturating_sub(target.len());
        match measure(source, node, n_left, self.limits.depth_max) {
            true => Ok(()),
            false => Err(Fault { is_final: true, ..Fault::new("the object becomes too large") }),
        }
    }
}

/// Returns whether a node holds at most so many nodes, on so many levels.
fn measure(tree: &Tree, node: NodeId, n_max: usize, depth_max: usize) -> bool {
    let mut open = vec![(node, 0)];
    let mut n_nodes = 0;
    while let Some((node, depth)) = open.pop() {
        n_nodes += 1;
        if n_nodes > n_max || depth > depth_max {
            return false;
        }
        open.extend(tree.children(node).map(|child| (child, depth + 1)));
    }
    true
}

/// Puts a text in the place of one part of another; before all, or behind all, if the index says so.
fn join_part(text: &str, delimiter: &str, index: i64, part: &str) -> String {
    let mut parts: Vec<&str> = text.split(delimiter).collect();
    match usize::try_from(index) {
        Err(_) => parts.insert(0, part),
        Ok(index) => match parts.get_mut(index) {
            Some(old) => *old = part,
            None => parts.push(part),
        },
    }
    parts.join(delimiter)
}

/// Writes into a text that holds structured data, if the path leads through one.
fn write_structured(
    tree: &mut Tree,
    path: &FieldPath,
    create: Option<Kind>,
    content: &Content<'_>,
    stamp: &Stamp,
    limits: &Limits,
) -> Followed<u32> {
    for n_parts in 1..path.parts.len() {
        let field = match lookup::find(tree, path, n_parts) {
            Ok(Some(field)) if tree.is_scalar(field) => field,
            Err(fault) if fault.is_final => return Err(fault),
            _ => continue,
        };
        let Ok(mut document) = structured::document(tree.text(field), limits, stamp) else { continue };
        let n_nodes = document.tree.len();
        let mut matcher = Matcher { tree: &mut document.tree, create, stamp, limits };
        let elsewhere = |fault: Fault| Fault { node: Some(field), ..fault };
        let found = matcher.find(path, n_parts).map_err(elsewhere)?;
        let is_extended = document.tree.len() > n_nodes;
        if found.is_empty() {
            return Err(Fault::new("it does not exist"));
        }
        // A value of the object itself is not in the document.
        let inner = Content { source: content.source.or(Some(tree)), text: content.text.clone(), ..*content };
        for &node in &found {
            if !document.tree.is_scalar(node) {
                let value = inner.source.zip(inner.node);
                structured::replace_collection(&mut document, tree.text(field), node, value).map_err(elsewhere)?;
            }
            inner.put(&mut document.tree, node, stamp).map_err(elsewhere)?;
        }
        if document.tree.is_scalar(document.tree.root()) {
            // Null: what was made in it is lost.
            return Ok(0);
        }
        let printed = structured::print(&document, tree.text(field), is_extended).map_err(elsewhere)?;
        content.set_text(tree, field, &printed, stamp)?;
        return Ok(found.len() as u32);
    }
    Err(Fault::new("no text on the way holds structured data"))
}
