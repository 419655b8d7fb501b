//! Edits that leave the rest of a text alone: from a text and its new data to a new text, by byte ranges.
//!
//! The old data, numbered ([`Value`]), is tied to the nodes of the text; where the new data differs, the entry that differs is
//! changed in its place, in the style of those beside it. What moves takes its comments along. Nothing here knows what the
//! data means, and nothing is trusted: the caller reads the result again, and asks for whole fields to be written anew
//! where they do not hold what they should (aliases, merge keys, odd layouts).

mod block;
mod flow;
mod items;
mod layout;
mod lines;
mod link;
mod render;
mod scalar;
mod splice;
mod value;

pub(crate) use value::{Data, Value};

use self::layout::Layout;
use self::link::Links;
use self::splice::Splices;
use crate::yaml::tree::{Kind, NodeId, Tree};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

/// Where a value stands.
#[derive(Clone, Copy, Debug)]
enum Slot {
    /// It is the document.
    Root,
    /// Behind a key.
    Entry { map: NodeId, key: NodeId },
    /// In a list.
    Item { list: NodeId, index: usize },
}

/// What is to become of a text.
#[derive(Clone, Copy)]
pub(crate) struct Revision<'r> {
    /// The data before, numbered.
    pub(crate) old: &'r Value,
    /// The data behind the edit.
    pub(crate) new: &'r Value,
    /// Top-level fields that are to be written anew, their comments kept above them.
    pub(crate) rewritten: &'r [String],
    /// Whether comments on lines that go are kept as lines of their own.
    pub(crate) keeps_comments: bool,
    /// Whether what the data holds and the text leaves out is written (`fieldref: {}`).
    pub(crate) is_normalized: bool,
}

/// Returns the text with the new data in it, or nothing if something stands in it in a way that is not edited.
///
/// `tree` is the text as it stands (`read_syntax`), if there is anything in it.
pub(crate) fn revise(text: &str, tree: Option<&Tree>, revision: &Revision<'_>) -> Option<String> {
    let Some(tree) = tree else { return Some(appended(text, revision.new)) };
    // A text without a line end at its end gets one, and loses it again.
    let is_open = !text.ends_with('\n');
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let closed = if is_open { Cow::Owned(format!("{text}{eol}")) } else { Cow::Borrowed(text) };
    let layout = Layout { text: &closed, tree };
    let mut editor = Editor::new(layout, revision);
    editor.is_open = is_open;
    editor.root()?;
    editor.respell();
    if revision.keeps_comments {
        editor.keep_lost_comments()?;
    }
    let mut revised = editor.splices.apply(&closed, 0..closed.len())?;
    if is_open {
        let kept = revised.strip_suffix(eol).or_else(|| revised.strip_suffix('\n')).map(str::len);
        revised.truncate(kept.unwrap_or(revised.len()));
    }
    Some(revised)
}

/// Returns a single scalar in one line, in the quotes that are wanted if it may stand in them.
pub(crate) fn scalar_text(data: &Data, wanted: Option<crate::yaml::tree::Style>, in_flow: bool) -> String {
    scalar::inline(data, wanted, in_flow)
}

/// Returns the names of the fields of a document whose values refer to others.
pub(crate) fn fields_with_aliases(text: &str, tree: &Tree) -> Vec<String> {
    let layout = Layout { text, tree };
    let entries = tree.entries(tree.root()).filter(|&(_, value)| layout.has_aliases(value));
    entries.map(|(key, _)| tree.text(key).to_owned()).collect()
}

/// An edit in progress.
struct Editor<'e> {
    layout: Layout<'e>,
    tree: &'e Tree,
    revision: &'e Revision<'e>,
    links: Links<'e>,
    /// The numbers that the new data holds.
    kept: FxHashSet<u32>,
    style: render::Style,
    /// Whether the text has no line end at its end.
    is_open: bool,
    splices: Splices,
}

impl<'e> Editor<'e> {
    fn new(layout: Layout<'e>, revision: &'e Revision<'e>) -> Editor<'e> {
        let mut kept = FxHashSet::default();
        revision.new.walk(&mut |value| kept.extend(value.id));
        Editor {
            layout,
            tree: layout.tree,
            revision,
            links: Links::new(layout, revision.old),
            kept,
            style: render::Style::of(layout),
            is_open: false,
            splices: Splices::default(),
        }
    }

    fn root(&mut self) -> Option<()> {
        let (old, new) = (self.revision.old, self.revision.new);
        let root = self.tree.root();
        if !self.tree.is_mapping(root) {
            return None;
        }
        let rewritten = self.revision.rewritten;
        if rewritten.is_empty() {
            return self.edit(Slot::Root, old, new);
        }
        if self.layout.is_flow(root) {
            return None;
        }
        // What is written anew is taken out of both sides first.
        let without = |value: &Value| {
            let entries = value.entries().iter().filter(|(key, _)| !rewritten.contains(key)).cloned().collect();
            Value { id: value.id, data: Data::Map(entries) }
        };
        let (old_rest, new_rest) = (without(old), without(new));
        for key in rewritten {
            self.rewrite(root, key, new.get(key))?;
        }
        let old_entries: Vec<(String, Value)> = old_rest.entries().to_vec();
        self.block_map(root, &old_entries, new_rest.entries())
    }

    /// Changes a value where it stands.
    fn edit(&mut self, slot: Slot, old: &Value, new: &Value) -> Option<()> {
        if old.is_same(new) && !self.revision.is_normalized {
            return Some(());
        }
        let node = self.links.node(old.id)?;
        if self.layout.is_alias(node) {
            return if old.is_same(new) { Some(()) } else { self.replace(slot, node, new) };
        }
        let is_flow = self.layout.is_flow(node);
        match (&old.data, &new.data, self.tree.kind(node)) {
            (Data::Map(old), Data::Map(new), Kind::Mapping) if is_flow => self.flow_map(node, old, new),
            (Data::Map(old), Data::Map(new), Kind::Mapping) => self.block_map(node, old, new),
            (Data::List(old), Data::List(new), Kind::Sequence) if is_flow => self.flow_list(node, old, new),
            (Data::List(old), Data::List(new), Kind::Sequence) => self.block_list(node, old, new),
            (Data::Text(_) | Data::Plain(_), Data::Text(_) | Data::Plain(_), Kind::Scalar) => {
                if old.is_same(new) {
                    Some(())
                } else {
                    self.replace_scalar(slot, node, new)
                }
            }
            _ if old.is_same(new) => Some(()),
            _ => self.replace(slot, node, new),
        }
    }

    /// Spells keys as the data does: the reference, too, writes the names it knows.
    fn respell(&mut self) {
        for (key, name) in std::mem::take(&mut self.links.respelled) {
            let wanted = self.quotes(std::iter::once(key));
            let text = scalar::inline(&Data::Text(name), wanted, false);
            self.splices.replace_free(self.layout.span(key), text);
        }
    }

    /// Puts comments that would be lost on lines above the field they stood in.
    fn keep_lost_comments(&mut self) -> Option<()> {
        let layout = self.layout;
        let end = layout.document_end(layout.span(self.tree.root()).end);
        let comments = layout.comments(0..end);
        if comments.is_empty() {
            return Some(());
        }
        let revised = self.splices.clone().apply(layout.text, 0..layout.text.len())?;
        let mut n_left: FxHashMap<&str, usize> = FxHashMap::default();
        for range in comments {
            let text = layout.text.get(range.clone()).unwrap_or("").trim_end();
            let left = n_left.entry(text).or_insert_with(|| revised.matches(text).count());
            if *left > 0 {
                *left -= 1;
                continue;
            }
            let keys = self.tree.entries(self.tree.root()).map(|(key, _)| layout.span(key).start);
            let start = keys.take_while(|&start| start < range.start).last().unwrap_or(range.start);
            let line = layout.line_start(start);
            let start = if layout.is_flow(self.tree.root()) { layout.span(self.tree.root()).start } else { line };
            let indent = " ".repeat(layout.column(layout.span(self.tree.root()).start));
            self.splices.insert(layout.line_start(start), format!("{indent}{text}{}", self.style.eol));
        }
        Some(())
    }

    /// Changes a scalar that stays one.
    fn replace_scalar(&mut self, slot: Slot, node: NodeId, new: &Value) -> Option<()> {
        let span = self.layout.span(node);
        let text = self.layout.text.get(span.clone())?;
        if span.is_empty() {
            return self.replace(slot, node, new);
        }
        let first = text.as_bytes().first().copied();
        let in_flow = self.in_flow(slot);
        let is_block = matches!(first, Some(b'|' | b'>'));
        let has_lines = matches!(&new.data, Data::Text(text) if text.contains('\n'));
        if is_block || (has_lines && !in_flow) {
            return self.replace(slot, node, new);
        }
        let wanted = match first {
            Some(b'"') => Some(crate::yaml::tree::Style::DoubleQuoted),
            Some(b'\'') => Some(crate::yaml::tree::Style::SingleQuoted),
            _ => None,
        };
        self.splices.replace(span, scalar::inline(&new.data, wanted, in_flow));
        Some(())
    }

    fn in_flow(&self, slot: Slot) -> bool {
        match slot {
            Slot::Root => false,
            Slot::Entry { map: parent, .. } | Slot::Item { list: parent, .. } => self.layout.is_flow(parent),
        }
    }

    /// Writes a value anew where another one stands.
    fn replace(&mut self, slot: Slot, node: NodeId, new: &Value) -> Option<()> {
        match slot {
            Slot::Root => None,
            Slot::Entry { map, key } if self.layout.is_flow(map) => {
                let start = self.layout.value_start(key, node)?;
                let end = self.layout.span(node).end.max(start);
                let space = if start == self.layout.colon_end(key)? { " " } else { "" };
                let text = format!("{space}{}", self.flow_text(new, None));
                self.splices.replace(start..end, text);
                Some(())
            }
            Slot::Item { list, index } if self.layout.is_flow(list) => {
                let (entries, _) = self.layout.flow_entries(list)?;
                let entry = entries.get(index)?;
                let text = self.flow_text(new, None);
                self.splices.replace(entry.start..entry.end, text);
                Some(())
            }
            Slot::Entry { map, key } => self.replace_block_value(map, key, node, new),
            Slot::Item { list, index } => self.replace_block_item(list, index, node, new),
        }
    }
}

/// Returns a text without content with new data behind it.
fn appended(text: &str, new: &Value) -> String {
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let lines = render::Style::default().plain_lines(new);
    let lines = lines.join(eol);
    if lines.is_empty() {
        return text.to_owned();
    }
    // Comments and the start of the document stay; `null` may stand there, and another document behind it.
    let mut n_kept = 0;
    let mut n_starts = 0;
    let is_marker = |line: &str, marker: &str| line.trim_start_matches('\u{feff}').starts_with(marker);
    for line in text.split_inclusive('\n') {
        let content = line.trim_start_matches('\u{feff}').trim();
        n_starts += usize::from(is_marker(line, "---"));
        let is_kept = content.is_empty() || content.starts_with(['#', '%']) || is_marker(line, "---");
        if !is_kept || n_starts > 1 {
            break;
        }
        n_kept += line.len();
    }
    let (kept, rest) = text.split_at_checked(n_kept).unwrap_or((text, ""));
    let mut at = 0;
    let mut ends = rest.split_inclusive('\n').map(|line| {
        at += line.len();
        (at - line.len(), is_marker(line, "---") || is_marker(line, "..."))
    });
    let tail = ends.find(|&(_, is_end)| is_end).and_then(|(at, _)| rest.get(at..)).unwrap_or("");
    let ends_line = kept.is_empty() || kept.ends_with('\n') || kept == "\u{feff}";
    let gap = if ends_line { "" } else { eol };
    let end = if !text.is_empty() && !ends_line && tail.is_empty() { "" } else { eol };
    format!("{kept}{gap}{lines}{end}{tail}")
}
