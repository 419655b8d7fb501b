//! Block sequences: items on lines of their own.

use super::value::{Data, Value};
use super::{Editor, Slot};
use crate::yaml::tree::NodeId;
use std::ops::Range;

impl Editor<'_> {
    /// Changes the items of a block sequence.
    pub(super) fn block_list(&mut self, list: NodeId, old: &[Value], new: &[Value]) -> Option<()> {
        let dashes = self.layout.dashes(list)?;
        if dashes.len() != old.len() {
            return None;
        }
        let old_index = |value: &Value| old.iter().position(|other| other.id.is_some() && other.id == value.id);
        let indices: Vec<Option<usize>> =
            new.iter().map(|value| wrapped(value).or(Some(value)).and_then(old_index)).collect();
        let staying = longest_increasing(&indices);
        let gone: Vec<usize> = (0..old.len()).filter(|index| !staying.contains(index)).collect();
        let column = self.layout.column(dashes.first().copied()?);
        let mut last: Option<usize> = None;
        let mut waiting = String::new();
        for (value, index) in new.iter().zip(&indices) {
            match index.filter(|index| staying.contains(index)) {
                Some(index) => {
                    if !waiting.is_empty() {
                        self.put_items(list, &dashes, last, std::mem::take(&mut waiting))?;
                    }
                    if value.id == old[index].id {
                        self.edit(Slot::Item { list, index }, &old[index], value)?;
                    } else {
                        self.wrap(list, index, dashes[index], value)?;
                    }
                    last = Some(index);
                }
                None => {
                    let lines = match index.and_then(|index| self.moved_item(list, index, &old[index], value)) {
                        Some(lines) => lines,
                        None => self.new_item(list, &dashes, last, value),
                    };
                    waiting.push_str(&self.block(&lines, column));
                }
            }
        }
        if !waiting.is_empty() {
            self.put_items(list, &dashes, last, waiting)?;
        }
        self.remove_items(list, old, &gone)
    }

    /// Returns the lines of an item that stands elsewhere in the list, with the comments above it.
    fn moved_item(&mut self, list: NodeId, index: usize, old: &Value, value: &Value) -> Option<Vec<String>> {
        if old.id != value.id {
            return None;
        }
        let range = self.item_range(list, index, true)?;
        let outer = std::mem::take(&mut self.splices);
        let done = self.edit(Slot::Item { list, index }, old, value);
        let inner = std::mem::replace(&mut self.splices, outer);
        done?;
        let text = inner.apply(self.layout.text, range)?;
        let column = self.layout.column(self.layout.dashes(list)?.get(index).copied()?);
        let lines = text.lines().map(|line| line.get(column..).unwrap_or(line.trim_start()).to_owned());
        Some(lines.collect())
    }

    /// Returns the lines of a new item, like the others of its list, above all the one it comes behind.
    fn new_item(&mut self, list: NodeId, dashes: &[usize], behind: Option<usize>, value: &Value) -> Vec<String> {
        let items: Vec<NodeId> = self.tree.items(list).collect();
        let neighbour = self.neighbour(&items, behind);
        let gap = neighbour.map_or(" ", |like| self.gap(like));
        if let (Data::Text(text), None) = (&value.data, value.id)
            && !text.contains('\n')
        {
            let wanted = self.quotes(items.iter().copied());
            return vec![format!("-{gap}{}", super::scalar::inline(&value.data, wanted, false))];
        }
        if value.id.is_some()
            && let Some(Slot::Item { list, index }) = self.links.slot(value.id)
            && let Some(old) = self.links.value(value.id)
            && let Some(lines) = self.moved_item(list, index, old, value)
        {
            return lines;
        }
        if let Some(text) = neighbour.and_then(|like| self.flow_like(value, like, &items)) {
            return vec![format!("-{gap}{text}")];
        }
        // An item that is a mapping is as far from its dash as the others are.
        let is_block = |item| self.tree.is_mapping(item) && !self.layout.is_flow(item);
        let widths = items.iter().zip(dashes).filter(|&(&item, _)| is_block(item));
        let width = widths.map(|(&item, dash)| self.layout.span(item).start.saturating_sub(*dash)).next();
        let mut lines = self.item_lines(value, width.filter(|width| (2..=8).contains(width)).unwrap_or(2), neighbour);
        self.quote_like_others(&items, value, &mut lines);
        lines
    }

    /// Quotes the values of a new item where the others have quotes.
    fn quote_like_others(&self, items: &[NodeId], value: &Value, lines: &mut [String]) {
        for (key, value) in value.entries() {
            let others = items.iter().filter_map(|&item| self.tree.get(item, key));
            let (Data::Text(text), Some(wanted)) = (&value.data, self.quotes(others)) else { continue };
            if value.id.is_some() || text.contains('\n') {
                continue;
            }
            let plain = format!("{key}: {}", super::scalar::inline(&value.data, None, false));
            if let Some(line) = lines.iter_mut().find(|line| line.trim_start_matches(['-', ' ']) == plain) {
                let start = line.len() - plain.len();
                line.truncate(start);
                line.push_str(&format!("{key}: {}", super::scalar::inline(&value.data, Some(wanted), false)));
            }
        }
    }

    /// Puts lines behind an item, or before the first.
    fn put_items(&mut self, list: NodeId, dashes: &[usize], behind: Option<usize>, lines: String) -> Option<()> {
        match behind {
            Some(index) => {
                let item = self.tree.items(list).nth(index)?;
                let end = self.layout.end(item).max(dashes.get(index)? + 1);
                self.put_behind(end, lines);
            }
            None => {
                let first = *dashes.first()?;
                if !self.layout.is_first_on_line(first) {
                    return None;
                }
                self.splices.insert(self.layout.line_start(first), lines);
            }
        }
        Some(())
    }

    /// Returns the lines of an item, line ends included.
    fn item_range(&self, list: NodeId, index: usize, with_comments: bool) -> Option<Range<usize>> {
        let dashes = self.layout.dashes(list)?;
        let dash = *dashes.get(index)?;
        let item = self.tree.items(list).nth(index)?;
        if !self.layout.is_first_on_line(dash) {
            return None;
        }
        let mut start = self.layout.line_start(dash);
        if with_comments {
            start = self.layout.comments_above(start, self.layout.column(dash));
        }
        Some(start..self.layout.next_line(self.layout.end(item).max(dash + 1)))
    }

    /// Removes items with their lines; the comments above one stay unless it goes elsewhere.
    pub(super) fn remove_items(&mut self, list: NodeId, old: &[Value], gone: &[usize]) -> Option<()> {
        for &index in gone {
            let id = old.get(index).and_then(|value| value.id);
            let is_moved = id.is_some_and(|id| self.kept.contains(&id));
            let range = self.item_range(list, index, is_moved)?;
            let comments = match self.revision.keeps_comments && !is_moved {
                true => self.comment_lines(range.clone()),
                false => Vec::new(),
            };
            let column = self.layout.column(self.layout.dashes(list)?.get(index).copied()?);
            let lines = self.block(&comments, column);
            self.put_lines(range, lines);
        }
        Some(())
    }

    /// Puts a mapping in the place of an item that becomes one of its values.
    fn wrap(&mut self, list: NodeId, index: usize, dash: usize, value: &Value) -> Option<()> {
        let range = self.item_range(list, index, true)?;
        let lines = self.item_lines(value, 2, None);
        let column = self.layout.column(dash);
        let text = self.block(&lines, column);
        self.put_all(range, text, column);
        Some(())
    }

    /// Writes an item anew.
    pub(super) fn replace_block_item(&mut self, list: NodeId, index: usize, node: NodeId, new: &Value) -> Option<()> {
        let dash = *self.layout.dashes(list)?.get(index)?;
        let lines = self.item_lines(new, 2, None);
        let column = self.layout.column(dash);
        let first = lines.first()?.strip_prefix('-')?.to_owned();
        let end = self.layout.end(node).max(dash + 1);
        self.splices.replace(dash + 1..end, first);
        if let Some(below) = lines.get(1..).filter(|below| !below.is_empty()) {
            let text = self.block(below, column);
            self.put_behind(end, text);
        }
        Some(())
    }
}

/// Returns the value that stood in the place of a mapping made around it.
fn wrapped(value: &Value) -> Option<&Value> {
    if value.id.is_some() {
        return None;
    }
    value.entries().iter().map(|(_, value)| value).find(|value| value.id.is_some())
}

/// Returns the largest set of indices that come in ascending order.
fn longest_increasing(indices: &[Option<usize>]) -> Vec<usize> {
    let known: Vec<usize> = indices.iter().flatten().copied().collect();
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(known.len());
    for (at, &index) in known.iter().enumerate() {
        let before = (0..at)
            .filter(|&other| known[other] < index)
            .max_by_key(|&other| (best[other].0, std::cmp::Reverse(other)));
        best.push((before.map_or(1, |other| best[other].0 + 1), before));
    }
    let mut next = (0..known.len()).max_by_key(|&at| (best[at].0, std::cmp::Reverse(at)));
    let mut result = Vec::new();
    while let Some(at) = next {
        result.push(known[at]);
        next = best[at].1;
    }
    result.reverse();
    result
}
