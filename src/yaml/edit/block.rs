//! Block mappings: entries on lines of their own.

use super::link::entries_named;
use super::value::{Data, Value};
use super::{Editor, Slot};
use crate::yaml::tree::NodeId;

type Entries = [(String, Value)];

impl Editor<'_> {
    /// Changes the entries of a block mapping.
    pub(super) fn block_map(&mut self, map: NodeId, old: &Entries, new: &Entries) -> Option<()> {
        let has = |entries: &Entries, key: &str| entries.iter().any(|(name, _)| name == key);
        let mut gone: Vec<&(String, Value)> = old.iter().filter(|(key, _)| !has(new, key)).collect();
        // Of a key that comes and one that goes, where neither's neighbours are concerned, the first takes the second's place.
        let mut renamed: Vec<&str> = Vec::new();
        for (key, value) in new {
            let comes = !has(old, key) && entries_named(self.tree, map, key, old).is_empty();
            if !comes {
                continue;
            }
            let is_alike = |(_, other): &&(String, Value)| match (&other.data, &value.data) {
                _ if value.id.is_some() => value.id == other.id,
                (Data::Text(_), Data::Text(_)) => {
                    let is_kept = other.id.is_some_and(|id| self.kept.contains(&id));
                    map != self.tree.root() && !is_kept
                }
                _ => false,
            };
            if let Some(index) = gone.iter().position(is_alike) {
                let (old_key, old_value) = gone[index];
                if self.rename(map, old_key, key, old_value, value, old).is_some() {
                    gone.remove(index);
                    renamed.push(key);
                    continue;
                }
            }
            let holds = |(_, other): &&(String, Value)| other.id.is_some_and(|id| value.contains(id));
            if let Some(index) = gone.iter().position(holds)
                && self.take_place(map, &gone[index].0, key, value, old).is_some()
            {
                gone.remove(index);
                renamed.push(key);
            }
        }
        for (key, value) in &gone {
            self.remove_entry(map, key, value, old)?;
        }
        let mut previous = None;
        let has_merge_key = self.tree.entries(map).any(|(key, _)| self.tree.text(key) == "<<");
        for (key, value) in new {
            if renamed.contains(&key.as_str()) {
                continue;
            }
            match old.iter().find(|(name, _)| name == key) {
                Some((_, old_value)) => match entries_named(self.tree, map, key, old)[..] {
                    [(key_node, _)] => {
                        self.edit(Slot::Entry { map, key: key_node }, old_value, value)?;
                        previous = Some(key_node);
                    }
                    [] if !old_value.is_same(value) || (self.revision.is_normalized && !has_merge_key) => {
                        self.insert_entry(map, previous, key, value)?;
                    }
                    [] => {}
                    _ if old_value.is_same(value) => {}
                    _ => return None,
                },
                None => match entries_named(self.tree, map, key, old)[..] {
                    [] => self.insert_entry(map, previous, key, value)?,
                    [(key_node, node)] => {
                        self.fill(map, key_node, node, value)?;
                        previous = Some(key_node);
                    }
                    _ => return None,
                },
            }
        }
        Some(())
    }

    /// Gives an entry another key, its value staying where it is.
    fn rename(
        &mut self,
        map: NodeId,
        old_key: &str,
        key: &str,
        old_value: &Value,
        value: &Value,
        old: &Entries,
    ) -> Option<()> {
        let [(key_node, node)] = entries_named(self.tree, map, old_key, old)[..] else { return None };
        if self.layout.is_alias(node) {
            return None;
        }
        self.layout.colon_end(key_node)?;
        let before = self.splices.clone();
        let span = self.layout.span(key_node);
        let wanted = self.quotes(std::iter::once(key_node));
        self.splices.replace(span, super::scalar::inline(&Data::Text(key.to_owned()), wanted, false));
        let done = self.edit(Slot::Entry { map, key: key_node }, old_value, value);
        if done.is_none() {
            self.splices = before;
        }
        done
    }

    /// Puts an entry in the place of one whose value becomes a part of it.
    fn take_place(&mut self, map: NodeId, old_key: &str, key: &str, value: &Value, old: &Entries) -> Option<()> {
        let [(key_node, node)] = entries_named(self.tree, map, old_key, old)[..] else { return None };
        let range = self.entry_lines_range(key_node, node)?;
        let column = self.layout.column(self.layout.span(key_node).start);
        let lines = self.entry_lines(key, value, None);
        let text = self.block(&lines, column);
        self.put_all(range, text, column);
        Some(())
    }

    /// Gives an entry a value that has none, or an empty one.
    fn fill(&mut self, map: NodeId, key: NodeId, node: NodeId, value: &Value) -> Option<()> {
        let is_flow_list = self.tree.is_sequence(node) && self.layout.is_flow(node);
        if let Data::List(items) = &value.data
            && is_flow_list
            && self.tree.has_no_children(node)
            && items.iter().all(|item| matches!(item.data, Data::Text(_) | Data::Plain(_)) && item.id.is_none())
        {
            return self.flow_list(node, &[], items);
        }
        self.replace(Slot::Entry { map, key }, node, value)
    }

    /// Writes a whole field of the document anew, or removes it.
    pub(super) fn rewrite(&mut self, map: NodeId, key: &str, value: Option<&Value>) -> Option<()> {
        let all: Vec<(NodeId, NodeId)> =
            self.tree.entries(map).filter(|&(name, _)| self.tree.text(name).eq_ignore_ascii_case(key)).collect();
        let mut text = String::new();
        let column = self.layout.column(self.layout.span(map).start);
        let mut comments = Vec::new();
        for &(key, node) in &all {
            let range = self.entry_lines_range(key, node)?;
            comments.extend(self.comment_lines(range));
        }
        if let Some(value) = value {
            let lines = self.style.plain_lines(&Value::new(Data::Map(vec![(key.to_owned(), value.clone())])));
            text = self.block(&lines, column);
        }
        let above = self.block(&comments, column);
        let Some((&(first, first_node), others)) = all.split_first() else {
            let last = self.tree.entries(map).last().map(|(key, _)| key);
            return value.map_or(Some(()), |value| self.insert_entry(map, last, key, value));
        };
        let range = self.entry_lines_range(first, first_node)?;
        self.put_lines(range, format!("{above}{text}"));
        for &(key, node) in others {
            let range = self.entry_lines_range(key, node)?;
            self.put_lines(range, String::new());
        }
        Some(())
    }

    /// Removes an entry with its lines.
    fn remove_entry(&mut self, map: NodeId, key: &str, value: &Value, old: &Entries) -> Option<()> {
        let [(key_node, node)] = entries_named(self.tree, map, key, old)[..] else { return None };
        let entries: Vec<(NodeId, NodeId)> = self.tree.entries(map).collect();
        // A key that stands twice would come to light again.
        let n_same = entries.iter().filter(|&&(other, _)| self.tree.text(other) == self.tree.text(key_node)).count();
        if n_same > 1 {
            return None;
        }
        let is_empty_enough = map == self.tree.root() && !self.revision.is_normalized;
        if is_empty_enough && self.layout.is_flow(node) && self.tree.is_sequence(node) && !value.items().is_empty() {
            // Brackets stay, as they do not when dashes are gone: what was added to an empty list leaves no trace.
            return self.flow_list(node, value.items(), &[]);
        }
        let start = self.layout.span(key_node).start;
        let column = self.layout.column(start);
        if let Some(range) = self.entry_lines_range(key_node, node) {
            if !self.layout.is_flow(node) && self.tree.is_sequence(node) && !value.items().is_empty() {
                return self.remove_list_entry(key_node, node, value);
            }
            let is_moved = value.id.is_some_and(|id| self.kept.contains(&id));
            let comments = match self.revision.keeps_comments && !is_moved {
                true => self.comment_lines(range.clone()),
                false => Vec::new(),
            };
            let lines = self.block(&comments, column);
            self.put_lines(range, lines);
            return Some(());
        }
        // The first entry of an item: the next one takes its place behind the dash.
        let index = entries.iter().position(|&(other, _)| other == key_node)?;
        let &(next, _) = entries.get(index + 1)?;
        let next_start = self.layout.span(next).start;
        if !self.layout.is_first_on_line(next_start) || self.layout.colon_end(key_node).is_none() {
            return None;
        }
        let comments = self.comment_lines(start..next_start);
        if !comments.is_empty() {
            let dash = self.layout.text.get(self.layout.line_start(start)..start)?;
            if dash.trim() != "-" {
                return None;
            }
            let lines = self.block(&comments, dash.len() - dash.trim_start().len());
            self.splices.insert(self.layout.line_start(start), lines);
        }
        self.splices.remove(start..next_start);
        Some(())
    }

    /// Removes an entry whose value is a list: its key and its items, but not the comment lines around them.
    fn remove_list_entry(&mut self, key: NodeId, list: NodeId, value: &Value) -> Option<()> {
        let start = self.layout.span(key).start;
        let line = self.layout.line_start(start);
        let comments = match self.revision.keeps_comments {
            true => self.comment_lines(line..self.layout.line_end(start)),
            false => Vec::new(),
        };
        let lines = self.block(&comments, self.layout.column(start));
        self.put_lines(line..self.layout.next_line(start), lines);
        let gone: Vec<usize> = (0..value.items().len()).collect();
        self.remove_items(list, value.items(), &gone)
    }

    /// Inserts an entry behind another one, or as the last.
    fn insert_entry(&mut self, map: NodeId, behind: Option<NodeId>, key: &str, value: &Value) -> Option<()> {
        let column = self.layout.column(self.layout.span(map).start);
        let entries: Vec<(NodeId, NodeId)> = self.tree.entries(map).collect();
        let lines = self.styled_entry(map, key, value);
        let text = self.block(&lines, column);
        let is_root = map == self.tree.root();
        let last = entries.last().copied()?;
        if is_root && behind.is_none() && self.links.has_any(entries.iter().map(|&(_, node)| node)) {
            let first = self.layout.span(map).start;
            let at = self.layout.is_first_on_line(first).then(|| self.layout.line_start(first))?;
            self.splices.insert(at, text);
            return Some(());
        }
        let behind = match behind {
            _ if is_root => last,
            Some(key) => entries.iter().find(|&&(other, _)| other == key).copied()?,
            None => last,
        };
        let mut end = self.layout.end(behind.1).max(self.layout.span(behind.0).end);
        if is_root {
            // Behind the comments that belong to the last entry.
            let document_end = self.layout.document_end(end);
            let rest = self.layout.text.get(end..document_end)?;
            end += rest.trim_end().len();
            end = end.min(self.layout.text.len());
        }
        self.put_behind(end, text);
        Some(())
    }

    /// Returns the lines of a new entry, quoted like its neighbours.
    fn styled_entry(&mut self, map: NodeId, key: &str, value: &Value) -> Vec<String> {
        let text = match &value.data {
            Data::Text(text) if value.id.is_none() && !text.contains('\n') => text,
            _ => {
                let like = self.beside(map, key).last();
                return self.entry_lines(key, value, like);
            }
        };
        let is_root = map == self.tree.root();
        let wanted = match is_root {
            true => None,
            false => {
                self.quotes(self.tree.entries(map).map(|(_, value)| value)).or_else(|| self.quotes_beside(map, key))
            }
        };
        let data = Data::Text(text.clone());
        let key = super::scalar::inline(&Data::Text(key.to_owned()), None, false);
        vec![format!("{key}: {}", super::scalar::inline(&data, wanted, false))]
    }

    /// Returns the quotes that values of a key have in the other items of a list.
    fn quotes_beside(&self, map: NodeId, key: &str) -> Option<crate::yaml::tree::Style> {
        self.quotes(self.beside(map, key))
    }

    /// Returns the values of a key in the items of a list.
    fn beside(&self, map: NodeId, key: &str) -> impl Iterator<Item = NodeId> {
        let items = self.links.list_of(map).into_iter().flat_map(|list| self.tree.items(list));
        items.filter_map(move |item| self.tree.get(item, key))
    }

    /// Writes a value anew behind a key.
    pub(super) fn replace_block_value(&mut self, map: NodeId, key: NodeId, node: NodeId, new: &Value) -> Option<()> {
        let colon = self.layout.colon_end(key)?;
        let start = self.layout.value_start(key, node)?;
        let end = self.layout.end(node).max(start);
        let key_column = self.layout.column(self.layout.span(key).start);
        let name = self.tree.text(key).to_owned();
        let mut lines = self.styled_entry(map, &name, new);
        let head_len = lines.first()?.len();
        let prefix = super::scalar::inline(&Data::Text(name), None, false).len() + 1;
        let head = lines.first()?.get(prefix..head_len)?.to_owned();
        let below = lines.split_off(1);
        let is_on_key_line = self.layout.line_start(start) == self.layout.line_start(colon);
        if !is_on_key_line {
            let comments = self.comment_lines(self.layout.next_line(colon)..self.layout.line_end(end));
            self.splices.insert(colon, head);
            let range = self.layout.line_start(start)..self.layout.next_line(end);
            let kept = if self.revision.keeps_comments { self.block(&comments, key_column) } else { String::new() };
            let below = self.block(&below, key_column);
            self.put_lines(range, format!("{below}{kept}"));
            return Some(());
        }
        self.splices.replace(colon..end.max(colon), head);
        if !below.is_empty() {
            let text = self.block(&below, key_column);
            self.put_behind(end, text);
        }
        Some(())
    }
}
