//! Trees out, as the reference prints them: keys sorted, types decided, quoted and folded like go yaml.v2.
//!
//! The reference goes tree → text → values → JSON → values → text. Here it is one pass over the tree that needs a stack
//! of open collections and nothing else: `value` says what each scalar is, `key_order` sorts, `quote` chooses
//! styles, `writer` prints strings and `number` floats.

use crate::yaml::resolve::is_word;
use crate::yaml::tree::{Children, Kind, NodeId, Style, Tag, Tree};
pub(crate) use key_order::Entry;
use std::borrow::Cow;
use value::{Context, Scalar};
use writer::Writer;

mod key_order;
pub(crate) mod number;
pub(crate) mod quote;
#[cfg(test)]
mod tests;
pub(crate) mod value;
mod writer;

/// Why a tree cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmitError {
    /// The node at fault.
    pub node: NodeId,
    /// What is wrong.
    pub kind: EmitErrorKind,
}

/// What can be wrong with a tree when it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmitErrorKind {
    /// The key stands in the mapping already, at the given key node.
    DuplicateKey(NodeId),
    /// A key is no string.
    InvalidKey,
    /// A value has no JSON form, or its text does not fit its tag; the words say which.
    InvalidValue(String),
    /// Nested deeper than can be printed.
    TooDeep,
}

impl EmitError {
    pub(crate) fn invalid(node: NodeId, why: impl Into<String>) -> EmitError {
        EmitError { node, kind: EmitErrorKind::InvalidValue(why.into()) }
    }
}

/// Levels of collections that go yaml reads.
pub(crate) const DEPTH_MAX: usize = 10_000;

/// Appends a node as one YAML document; nothing may be assumed of `out` after an error.
pub fn emit(tree: &Tree, id: NodeId, out: &mut String) -> Result<(), EmitError> {
    print(tree, id, out, writer::WIDTH, 0)
}

/// Appends a node as [`emit`] does, but indented, and long strings stay on one line.
pub(crate) fn emit_indented(tree: &Tree, id: NodeId, indent: usize, out: &mut String) -> Result<(), EmitError> {
    print(tree, id, out, usize::MAX / 2, indent)
}

fn print(tree: &Tree, id: NodeId, out: &mut String, width: usize, indent: usize) -> Result<(), EmitError> {
    // Room for most objects.
    let (entries, open) = (Vec::with_capacity(32), Vec::with_capacity(16));
    let mut emitter = Emitter { tree, writer: Writer::new(out, width), entries, open };
    match tree.kind(id) {
        Kind::Scalar => emitter.scalar(id, indent + 2, false)?,
        _ => emitter.collection(id, Position::Root, indent, false)?,
    }
    emitter.run()
}

/// An open collection.
enum Open<'t> {
    /// The rest of a mapping: a range of the sorted entries.
    Mapping { next: usize, start: usize, end: usize, indent: usize, in_flow: bool },
    /// The rest of a sequence.
    Sequence { items: Children<'t>, indent: usize, in_flow: bool },
}

/// What stands on the line before a collection.
#[derive(Clone, Copy, PartialEq)]
enum Position {
    Root,
    /// `key:`
    Key,
    /// `-`, or the `:` of a key with a question mark: the collection starts on the same line.
    Inline,
}

struct Emitter<'t, 'o> {
    tree: &'t Tree,
    writer: Writer<'o>,
    /// The sorted entries of all open mappings, the innermost last.
    entries: Vec<Entry<'t>>,
    open: Vec<Open<'t>>,
}

impl<'t> Emitter<'t, '_> {
    fn run(&mut self) -> Result<(), EmitError> {
        while let Some(open) = self.open.last_mut() {
            match open {
                Open::Mapping { next, start, end, .. } if next == end => {
                    let start = *start;
                    self.entries.truncate(start);
                    self.open.pop();
                }
                Open::Mapping { next, indent, in_flow, .. } => {
                    let (at, indent, in_flow) = (*next, *indent, *in_flow);
                    *next += 1;
                    self.entry(at, indent, in_flow)?;
                }
                Open::Sequence { items, indent, in_flow } => {
                    let (indent, in_flow) = (*indent, *in_flow);
                    match items.next() {
                        Some(item) => self.item(item, indent, in_flow)?,
                        None => {
                            self.open.pop();
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn entry(&mut self, at: usize, indent: usize, in_flow: bool) -> Result<(), EmitError> {
        let entry = &mut self.entries[at];
        let (key_id, value_id, flags) = (entry.key_id, entry.value_id, entry.flags);
        let key = std::mem::take(&mut entry.key);
        self.pad(indent);
        if quote::is_simple_key(&key, flags) {
            if flags == quote::WORD {
                self.writer.out.push_str(&key);
            } else {
                self.writer.simple_key(&key, flags);
            }
            self.writer.out.push(':');
            return self.node(value_id, Position::Key, indent, in_flow);
        }
        self.writer.out.push_str("? ");
        self.writer.value(&key, indent + 2).map_err(|why| EmitError::invalid(key_id, why))?;
        self.writer.indent(indent);
        self.writer.out.push(':');
        self.node(value_id, Position::Inline, indent, in_flow)
    }

    fn item(&mut self, item: NodeId, indent: usize, in_flow: bool) -> Result<(), EmitError> {
        self.pad(indent);
        self.writer.out.push('-');
        self.node(item, Position::Inline, indent, in_flow)
    }

    /// Indents a line, unless the collection goes on behind what its first line holds already.
    fn pad(&mut self, indent: usize) {
        if self.writer.is_inside_line() {
            self.writer.out.push(' ');
        } else {
            self.writer.indent(indent);
        }
    }

    fn node(&mut self, id: NodeId, position: Position, indent: usize, in_flow: bool) -> Result<(), EmitError> {
        match self.tree.kind(id) {
            Kind::Scalar => {
                self.writer.out.push(' ');
                self.scalar(id, indent + 2, in_flow)
            }
            _ => self.collection(id, position, indent, in_flow),
        }
    }

    fn scalar(&mut self, id: NodeId, indent: usize, in_flow: bool) -> Result<(), EmitError> {
        if let Some(word) = word(self.tree, id) {
            self.writer.out.push_str(word);
            self.writer.line_break();
            return Ok(());
        }
        let context = Context { in_flow, is_key: false };
        let out = &mut *self.writer.out;
        match value::value_of(self.tree, id, context).map_err(|why| EmitError::invalid(id, why))? {
            Scalar::Str(text) => {
                return self.writer.value(&text, indent).map_err(|why| EmitError::invalid(id, why));
            }
            Scalar::Time(text) => {
                return self.writer.value(&text, indent).map_err(|why| EmitError::invalid(id, why));
            }
            Scalar::Null => out.push_str("null"),
            Scalar::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            Scalar::Int(value) => out.push_str(itoa::Buffer::new().format(value)),
            Scalar::Uint(value) => out.push_str(itoa::Buffer::new().format(value)),
            Scalar::Float(value) => push_float(value, out).map_err(|why| EmitError::invalid(id, why))?,
        }
        self.writer.line_break();
        Ok(())
    }

    fn collection(&mut self, id: NodeId, position: Position, indent: usize, in_flow: bool) -> Result<(), EmitError> {
        let in_flow = in_flow || self.tree.style(id) == Style::Flow;
        let is_mapping = self.tree.is_mapping(id);
        let start = self.entries.len();
        if is_mapping {
            collect_entries(self.tree, id, in_flow, position == Position::Root, &mut self.entries)?;
        }
        if if is_mapping { self.entries.len() == start } else { self.tree.has_no_children(id) } {
            if position != Position::Root {
                self.writer.out.push(' ');
            }
            self.writer.out.push_str(if is_mapping { "{}" } else { "[]" });
            self.writer.line_break();
            return Ok(());
        }
        if self.open.len() >= DEPTH_MAX {
            return Err(EmitError { node: id, kind: EmitErrorKind::TooDeep });
        }
        let indent = match position {
            Position::Root => indent,
            Position::Key if is_mapping => indent + 2,
            // Sequences are not indented below their key.
            Position::Key => indent,
            Position::Inline => indent + 2,
        };
        if position == Position::Key {
            self.writer.line_break();
        }
        self.open.push(if is_mapping {
            Open::Mapping { next: start, start, end: self.entries.len(), indent, in_flow }
        } else {
            Open::Sequence { items: self.tree.items(id), indent, in_flow }
        });
        Ok(())
    }
}

/// Appends a float, or what JSON makes of it: a whole number below 2^64 is an integer from then on.
fn push_float(value: f64, out: &mut String) -> Result<(), String> {
    number::check(value)?;
    // The bounds are those of the integer types; JSON's digits for -2^63 itself are out of range.
    if value.fract() == 0.0 && value > -9_223_372_036_854_775_808.0 && value < 18_446_744_073_709_551_616.0 {
        number::push_json_float(if value == 0.0 { 0.0 } else { value }, out);
        return Ok(());
    }
    number::push_yaml_float(value, out);
    Ok(())
}

/// Appends the entries of a mapping, sorted and checked.
fn collect_entries<'t>(
    tree: &'t Tree,
    id: NodeId,
    in_flow: bool,
    is_root: bool,
    entries: &mut Vec<Entry<'t>>,
) -> Result<(), EmitError> {
    let start = entries.len();
    read_entries(tree, id, in_flow, is_root, entries)?;
    let entries = &mut entries[start..];
    for entry in &*entries {
        quote::check_key(&entry.key, entry.flags).map_err(|why| EmitError::invalid(entry.key_id, why))?;
    }
    key_order::sort(entries);
    check_distinct(entries)
}

/// Appends the entries of a mapping as they stand.
pub(crate) fn read_entries<'t>(
    tree: &'t Tree,
    id: NodeId,
    in_flow: bool,
    is_root: bool,
    entries: &mut Vec<Entry<'t>>,
) -> Result<(), EmitError> {
    for (key_id, value_id) in tree.entries(id) {
        if let Some(word) = word(tree, key_id) {
            entries.push(Entry { flags: quote::WORD, key: Cow::Borrowed(word), key_id, value_id });
            continue;
        }
        match key_text(tree, key_id, in_flow, is_root)? {
            Some(key) => entries.push(Entry { flags: quote::classify(&key), key, key_id, value_id }),
            None => {
                // It vanishes, but must not stand there twice all the same.
                let mut before = tree.entries(id).map(|(key, _)| key).take_while(|&key| key != key_id);
                if let Some(first) = before.find(|&key| tree.text(key) == tree.text(key_id)) {
                    return Err(EmitError { node: key_id, kind: EmitErrorKind::DuplicateKey(first) });
                }
            }
        }
    }
    Ok(())
}

/// Returns the text of a scalar that is certainly a string, and printed as it stands wherever it does: most are.
#[inline]
fn word(tree: &Tree, id: NodeId) -> Option<&str> {
    let is_plain = matches!(tree.tag(id), Tag::Implied | Tag::Str) && !tree.style(id).is_block_scalar();
    if !is_plain || !tree.is_scalar(id) {
        return None;
    }
    Some(tree.text(id)).filter(|text| is_word(text))
}

/// Checks that no key stands twice in sorted entries.
pub(crate) fn check_distinct(entries: &[Entry<'_>]) -> Result<(), EmitError> {
    match entries.windows(2).find(|pair| pair[0].key == pair[1].key) {
        Some(pair) => Err(EmitError { node: pair[1].key_id, kind: EmitErrorKind::DuplicateKey(pair[0].key_id) }),
        None => Ok(()),
    }
}

/// Returns the text of a key. At the root, where the reference reads into a map of strings, numbers and the like are
/// taken by their text, and a null key vanishes with its value.
fn key_text(tree: &Tree, id: NodeId, in_flow: bool, is_root: bool) -> Result<Option<Cow<'_, str>>, EmitError> {
    let invalid = EmitError { node: id, kind: EmitErrorKind::InvalidKey };
    if !tree.is_scalar(id) {
        return Err(invalid);
    }
    let (tag, text) = (tree.tag(id), tree.text(id));
    // The reference would take these for merge keys, which were applied when the file was read.
    let is_merge = text == "<<" && !tree.style(id).is_quoted() && matches!(tag, Tag::Implied | Tag::Str | Tag::Merge);
    if is_merge {
        return Err(invalid);
    }
    let value = value::value_of(tree, id, Context { in_flow, is_key: true });
    match value.map_err(|why| EmitError::invalid(id, why))? {
        Scalar::Str(text) if is_root => Ok(Some(text)),
        Scalar::Null if is_root => Ok(None),
        _ if is_root => Ok(Some(Cow::Borrowed(text))),
        Scalar::Str(text) if !matches!(tag, Tag::Binary | Tag::Custom | Tag::Map | Tag::Seq) => Ok(Some(text)),
        _ => Err(invalid),
    }
}
