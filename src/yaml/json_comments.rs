//! Comments that hold a JSON object, `# {"type": "array"}`, and which node each belongs to.
//!
//! Other comments are dropped when a file is read. These can say how a list is merged (`schema::comment`), so they are kept
//! beside the tree, at the node that go-yaml v3 attaches them to: behind a key or a flow collection, or above a key or an
//! item. Of several lines the first counts. Nearly all files have none, and cost a search for `#` here.

use crate::sorting::Sorting;
use crate::yaml::resolve;
use crate::yaml::tree::{Kind, NodeId, Style, Tag, Tree};
use std::ops::Range;
use std::sync::Arc;

/// Keeps the comments of a file's documents. The trees must be as they were read from the text.
pub(crate) fn attach(trees: &mut [Tree], text: &str) {
    let candidates = candidates(text);
    if candidates.is_empty() {
        return;
    }
    let starts: Vec<usize> = trees.iter().map(|tree| span(tree, tree.root()).start).collect();
    for (at, tree) in trees.iter_mut().enumerate() {
        // What stands above a document stands behind the one before it.
        let first = at.checked_sub(1).and_then(|before| starts.get(before)).copied().unwrap_or(0);
        let last = starts.get(at + 1).copied().unwrap_or(text.len());
        let from = candidates.partition_point(|&candidate| candidate < first);
        let to = candidates.partition_point(|&candidate| candidate < last);
        let Some(near) = candidates.get(from..to).filter(|near| !near.is_empty()) else { continue };
        let mut layout = Layout::of(tree, text);
        let found: Vec<Found> = near.iter().filter_map(|&candidate| layout.owner(candidate)).collect();
        for Found { nodes, comment } in found {
            for node in nodes {
                tree.set_comment(node, Arc::clone(&comment));
            }
        }
    }
}

/// Returns where a `#` begins what may be a comment that holds an object.
fn candidates(text: &str) -> Vec<usize> {
    let is_object = |&at: &usize| {
        let rest = text.get(at..).unwrap_or("").trim_start_matches('#');
        let before = text.as_bytes().get(at.wrapping_sub(1));
        before.is_none_or(|before| before.is_ascii_whitespace())
            && rest.trim_start_matches([' ', '\t']).starts_with('{')
    };
    memchr::memchr_iter(b'#', text.as_bytes()).filter(is_object).collect()
}

fn span(tree: &Tree, node: NodeId) -> Range<usize> {
    let span = tree.extent(node).map(|place| place.span).unwrap_or_default();
    span.start as usize..span.end as usize
}

/// A comment and the nodes it belongs to: several where aliases copied one.
struct Found {
    nodes: Vec<NodeId>,
    comment: Arc<str>,
}

/// A key, an item or a flow collection.
#[derive(Clone, Copy)]
struct Entry {
    start: usize,
    end: usize,
    node: NodeId,
    /// What stands behind a key.
    value: Option<NodeId>,
    in_flow: bool,
}

/// Where things stand in a document.
struct Layout<'t> {
    tree: &'t Tree,
    text: &'t str,
    /// By start.
    keys: Vec<Entry>,
    /// Items of lists in block style, by start; outer ones first.
    items: Vec<Entry>,
    /// By end.
    flows: Vec<Entry>,
    /// By start.
    scalars: Vec<(usize, usize)>,
    /// The last comments that were followed.
    run: Run,
}

/// Lines of comments and blank ones without anything else between them.
#[derive(Default)]
struct Run {
    /// From the first line to what stands behind them.
    lines: Range<usize>,
    /// Where the first comment begins its line that belongs to what stands behind them.
    first: Option<usize>,
}

impl<'t> Layout<'t> {
    fn of(tree: &'t Tree, text: &'t str) -> Layout<'t> {
        let (keys, items, flows, scalars, run) = Default::default();
        let mut layout = Layout { tree, text, keys, items, flows, scalars, run };
        let mut open = vec![(tree.root(), false)];
        while let Some((node, in_flow)) = open.pop() {
            let is_flow = in_flow || tree.style(node) == Style::Flow;
            let range = span(tree, node);
            let entry = |node| {
                let Range { start, end } = span(tree, node);
                Entry { start, end, node, value: None, in_flow: is_flow }
            };
            match tree.kind(node) {
                Kind::Scalar if range.end > range.start => layout.scalars.push((range.start, range.end)),
                Kind::Scalar => {}
                _ if is_flow => layout.flows.push(entry(node)),
                Kind::Sequence => layout.items.extend(tree.items(node).map(entry)),
                Kind::Mapping => {}
            }
            if tree.is_mapping(node) {
                layout.keys.extend(tree.entries(node).map(|(key, value)| Entry { value: Some(value), ..entry(key) }));
            }
            let mut children: Vec<NodeId> = tree.children(node).collect();
            children.reverse();
            open.extend(children.into_iter().map(|child| (child, is_flow)));
        }
        // An item in a list that begins where it does stands right of another dash: outer items come first by themselves.
        layout.items.put_in_order_of(|entry| entry.start);
        layout.keys.put_in_order_of(|entry| entry.start);
        layout.flows.put_in_order_of(|entry| entry.end);
        layout.scalars.put_in_own_order_unstable();
        layout
    }

    /// Returns whom a comment belongs to, if anyone who can use it.
    fn owner(&mut self, comment: usize) -> Option<Found> {
        let covering = self.scalars.partition_point(|&(start, _)| start <= comment);
        let covering = covering.checked_sub(1).and_then(|before| self.scalars.get(before));
        if covering.is_some_and(|&(_, end)| comment < end) {
            return None;
        }
        let line_start = self.line_start(comment);
        let before = self.text.get(line_start..comment)?.trim();
        let mut nodes = if before.is_empty() {
            self.below(line_start)?
        } else if before.split([' ', '\t']).all(|part| part == "-") {
            self.behind_dashes(comment)?
        } else {
            self.beside(line_start, comment)?
        };
        nodes.retain(|&node| self.is_useful(node));
        let words = self.line(comment).trim_start_matches('#').trim();
        (!nodes.is_empty()).then(|| Found { nodes, comment: words.into() })
    }

    /// Returns whether a node is something that may be merged, or a null, or the key of such a thing. What is said about scalars
    /// has no effect, and is mostly not meant to have one.
    fn is_useful(&self, node: NodeId) -> bool {
        let start = span(self.tree, node).start;
        let first = self.keys.partition_point(|key| key.start < start);
        let key = self.keys.get(first..).unwrap_or_default().iter().take_while(|key| key.start == start);
        let of_key = key.into_iter().find(|key| key.node == node).and_then(|key| key.value);
        let value = of_key.unwrap_or(node);
        !self.tree.is_scalar(value) || resolve::effective_tag(self.tree, value) == Tag::Null
    }

    /// The owner of a comment behind something on its line.
    fn beside(&self, line_start: usize, comment: usize) -> Option<Vec<NodeId>> {
        let n_flows = self.flows.partition_point(|flow| flow.end <= comment);
        let flow_end = n_flows.checked_sub(1).and_then(|last| self.flows.get(last)).map_or(0, |flow| flow.end);
        let n_scalars = self.scalars.partition_point(|scalar| scalar.0 < comment);
        let scalar = n_scalars.checked_sub(1).and_then(|last| self.scalars.get(last)).copied().unwrap_or_default();
        if flow_end > scalar.1 {
            let between = self.text.get(flow_end..comment)?.trim();
            if flow_end < line_start || !matches!(between, "" | ",") {
                return None;
            }
            let flows = self.flows.get(..n_flows)?.iter().rev().take_while(|flow| flow.end == flow_end);
            return Some(flows.map(|flow| flow.node).collect());
        }
        if scalar.1 < line_start {
            return None;
        }
        let n_keys = self.keys.partition_point(|key| key.start < scalar.0);
        let key = n_keys.checked_sub(1).and_then(|last| self.keys.get(last)).map_or(0, |key| key.start);
        let is_value = |&value: &NodeId| self.tree.is_scalar(value) && span(self.tree, value).start == scalar.0;
        let values: Vec<NodeId> = self.keys_at(key).filter_map(|key| key.value).filter(is_value).collect();
        if !values.is_empty() {
            return Some(values);
        }
        let keys: Vec<Entry> = self.keys_at(scalar.0).filter(|key| !key.in_flow).collect();
        let between = self.text.get(scalar.1..comment)?.trim();
        if matches!(between, ":" | "") {
            return Some(keys.iter().map(|key| key.node).collect());
        }
        // Behind a tag or an anchor it is that of the first key or item.
        let properties = between.strip_prefix(':')?.trim_start();
        let values = keys.iter().filter_map(|key| key.value).filter(|_| properties.starts_with(['&', '!']));
        let block = values.filter(|&value| self.tree.style(value) != Style::Flow);
        Some(block.filter_map(|value| self.tree.children(value).next()).collect())
    }

    /// The owner of a comment behind the dashes that begin a line.
    fn behind_dashes(&self, comment: usize) -> Option<Vec<NodeId>> {
        let mut start = comment + self.line(comment).len() + 1;
        while is_only_comment(self.line(start)) && start < self.text.len() {
            start += self.line(start).len() + 1;
        }
        let line = self.line(start);
        Some(self.begins_at(start + line.len() - line.trim_start().len()))
    }

    /// The owner of a comment that has a line of its own and no other comment above it: what begins below the comments,
    /// unless it is a foot of what comes before.
    fn below(&mut self, line_start: usize) -> Option<Vec<NodeId>> {
        if line_start >= self.run.lines.end {
            self.run = self.run_at(line_start);
        }
        (self.run.first == Some(line_start)).then(|| self.begins_at(self.run.lines.end))
    }

    /// Follows the comments around a line, as go-yaml does (`yaml_parser_scan_comments`).
    fn run_at(&self, line_start: usize) -> Run {
        // Back to the last line that is neither blank nor a comment.
        let (mut above, mut previous) = (line_start, None);
        while above > 0 {
            let start = self.line_start(above - 1);
            let line = self.line(start).trim_start();
            if !(line.is_empty() || line.starts_with('#')) || self.is_inside_scalar(start) {
                previous = Some(start).filter(|_| !line.starts_with("---"));
                break;
            }
            above = start;
        }
        let entry = previous.and_then(|_| self.last_before(above));
        let indent = entry.map_or(0, |entry| self.indent(entry));
        let opens_value = entry.is_some_and(|entry| {
            let behind = self.text.get(entry.end..above).unwrap_or("").trim_start();
            entry.value.is_some() && behind.strip_prefix(':').is_some_and(is_only_comment)
        });
        // Behind a tag or an anchor there is a comment that belongs to what follows, and is looked at first.
        let is_taken = entry.is_some_and(|entry| {
            let behind = self.text.get(entry.end..above).and_then(|behind| behind.trim_start().strip_prefix(':'));
            let parts = behind.and_then(|behind| behind.split_once('#'));
            let is_property = |word: &str| word.starts_with(['&', '!']);
            entry.value.is_some()
                && parts.is_some_and(|(words, _)| {
                    !words.contains('\n') && !words.trim().is_empty() && words.split_whitespace().all(is_property)
                })
        });
        // Where the comments begin that may belong to what follows, and their column.
        let mut head: Option<(usize, usize)> = None;
        let (mut is_first_gap, mut is_gap) = (true, false);
        let mut start = above;
        while start < self.text.len() {
            let line = self.line(start);
            let words = line.trim_start();
            let column = line.len() - words.len();
            if words.is_empty() {
                let is_foot = |(at, column): (usize, usize)| at == above && !opens_value || column < indent;
                if !is_gap && (previous.is_none() || is_first_gap && head.is_some_and(is_foot)) {
                    head = None;
                }
                (is_first_gap, is_gap) = (false, true);
            } else {
                if head.is_some_and(|head| column < indent && column != head.1) {
                    head = None;
                }
                if !words.starts_with('#') {
                    return Run { lines: above..start + column, first: head.map(|head| head.0).filter(|_| !is_taken) };
                }
                head = head.or(Some((start, column)));
                is_gap = false;
            }
            start += line.len() + 1;
        }
        Run { lines: above..self.text.len(), first: None }
    }

    /// The keys and items that begin at an offset; for a dash, the item behind it.
    fn begins_at(&self, at: usize) -> Vec<NodeId> {
        let rest = self.text.get(at..).unwrap_or("");
        let is_dash = rest.strip_prefix('-').is_some_and(|rest| rest.starts_with([' ', '\t', '\n', '\r']));
        if !is_dash {
            let has_line_comment = |key: &Entry| {
                let behind = self.text.get(key.end..).map(|rest| first_line(rest).trim_start()).unwrap_or("");
                behind.strip_prefix(':').is_some_and(|rest| rest.trim_start().starts_with('#'))
            };
            return self.keys_at(at).filter(|key| !has_line_comment(key)).map(|key| key.node).collect();
        }
        let first = self.items.partition_point(|item| item.start <= at);
        let items = self.items.get(first..).unwrap_or_default();
        let start = items.first().map(|item| item.start);
        // In a flow collection the comment may be behind it, too; that one is found first.
        items.iter().take_while(|item| Some(item.start) == start).map(|item| item.node).collect()
    }

    fn keys_at(&self, start: usize) -> impl Iterator<Item = Entry> {
        let first = self.keys.partition_point(|key| key.start < start);
        self.keys.get(first..).unwrap_or_default().iter().take_while(move |key| key.start == start).copied()
    }

    /// The last key or item in block style that begins before an offset.
    fn last_before(&self, at: usize) -> Option<Entry> {
        let last = |entries: &[Entry]| {
            let end = entries.partition_point(|entry| entry.start < at);
            entries.get(..end).and_then(|before| before.iter().rev().find(|entry| !entry.in_flow).copied())
        };
        let (key, item) = (last(&self.keys), last(&self.items));
        match (key, item) {
            (Some(key), Some(item)) if item.start > key.start => Some(item),
            (key, item) => key.or(item),
        }
    }

    /// The column of a key, or of the dash of an item.
    fn indent(&self, entry: Entry) -> usize {
        let line_start = self.line_start(entry.start);
        let column = entry.start - line_start;
        match entry.value {
            Some(_) => column,
            None => self.text.get(line_start..entry.start).and_then(|before| before.rfind('-')).unwrap_or(column),
        }
    }

    fn is_inside_scalar(&self, at: usize) -> bool {
        let before = self.scalars.partition_point(|scalar| scalar.0 < at);
        before.checked_sub(1).and_then(|last| self.scalars.get(last)).is_some_and(|&(_, end)| at < end)
    }

    fn line_start(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1)
    }

    /// The text from an offset to the end of its line, without the line end.
    fn line(&self, from: usize) -> &'t str {
        first_line(self.text.get(from..).unwrap_or(""))
    }
}

fn first_line(text: &str) -> &str {
    text.split('\n').next().unwrap_or("")
}

/// Returns whether there is nothing but blanks and comments.
fn is_only_comment(text: &str) -> bool {
    text.lines().map(str::trim_start).all(|line| line.is_empty() || line.starts_with('#'))
}
