//! Flow collections: entries between brackets, on one line or one to a line.

use super::layout::FlowEntry;
use super::link::entries_named;
use super::value::{Data, Value};
use super::{Editor, Slot};
use crate::yaml::tree::NodeId;

type Entries = [(String, Value)];

impl Editor<'_> {
    /// Changes the entries of a flow mapping.
    pub(super) fn flow_map(&mut self, map: NodeId, old: &Entries, new: &Entries) -> Option<()> {
        let (places, close) = self.layout.flow_entries(map)?;
        let keys: Vec<NodeId> = self.tree.entries(map).map(|(key, _)| key).collect();
        let mut staying: Vec<bool> = vec![true; keys.len()];
        let mut added = Vec::new();
        let wanted_key = self.quotes(keys.iter().copied());
        let wanted = self.quotes(self.tree.entries(map).map(|(_, value)| value)).or(wanted_key);
        for (key, value) in old {
            if !new.iter().any(|(name, _)| name == key) {
                let [(node, _)] = entries_named(self.tree, map, key, old)[..] else { return None };
                let n_same = keys.iter().filter(|&&other| self.tree.text(other) == self.tree.text(node)).count();
                if n_same > 1 {
                    return None;
                }
                // A value that goes elsewhere is written there.
                let _ = value;
                staying[keys.iter().position(|&other| other == node)?] = false;
            }
        }
        for (key, value) in new {
            match entries_named(self.tree, map, key, old)[..] {
                [] => added.push(self.flow_entry_styled(key, value, wanted_key, wanted)),
                [(node, child)] => match old.iter().find(|(name, _)| name == key) {
                    Some((_, old_value)) => self.edit(Slot::Entry { map, key: node }, old_value, value)?,
                    None => self.replace(Slot::Entry { map, key: node }, child, value)?,
                },
                _ => return None,
            }
        }
        // An entry that goes and one that comes: the new one takes the place.
        if let ([new], Some(index)) = (&added[..], staying.iter().position(|stays| !stays))
            && staying.iter().filter(|stays| !**stays).count() == 1
        {
            self.splices.replace(places[index].start..places[index].end, new.clone());
            return Some(());
        }
        let inserted = added.into_iter().map(|text| (keys.len(), text)).collect();
        self.flow_change(map, &places, close, &staying, inserted)
    }

    fn flow_entry_styled(
        &self,
        key: &str,
        value: &Value,
        wanted_key: Option<crate::yaml::tree::Style>,
        wanted: Option<crate::yaml::tree::Style>,
    ) -> String {
        let key = super::scalar::inline(&Data::Text(key.to_owned()), wanted_key, true);
        format!("{key}: {}", self.flow_text(value, wanted))
    }

    /// Changes the items of a flow sequence.
    pub(super) fn flow_list(&mut self, list: NodeId, old: &[Value], new: &[Value]) -> Option<()> {
        let (places, close) = self.layout.flow_entries(list)?;
        if places.len() != old.len() {
            return None;
        }
        let index_of = |value: &Value| old.iter().position(|other| other.id.is_some() && other.id == value.id);
        let indices: Vec<Option<usize>> = new.iter().map(index_of).collect();
        let known: Vec<usize> = indices.iter().flatten().copied().collect();
        if known.windows(2).any(|pair| pair[0] > pair[1]) {
            return self.reordered(list, old, new, &places);
        }
        let staying: Vec<bool> = (0..old.len()).map(|index| known.contains(&index)).collect();
        let wanted = self.quotes(self.tree.items(list));
        let mut inserted = Vec::new();
        let mut next = 0;
        for (value, index) in new.iter().zip(&indices) {
            match index {
                Some(index) => {
                    self.edit(Slot::Item { list, index: *index }, &old[*index], value)?;
                    next = index + 1;
                }
                None => {
                    let items: Vec<NodeId> = self.tree.items(list).collect();
                    let like = self.neighbour(&items, next.checked_sub(1));
                    let text = like.and_then(|like| self.flow_like(value, like, &items)).unwrap_or_else(|| {
                        let style = self.item_quotes(list, value).or(wanted);
                        self.flow_text(value, style)
                    });
                    inserted.push((next, text));
                }
            }
        }
        self.flow_change(list, &places, close, &staying, inserted)
    }

    /// Returns the quotes that mappings of a list have around their keys, as in JSON.
    fn item_quotes(&self, list: NodeId, value: &Value) -> Option<crate::yaml::tree::Style> {
        let first = self.tree.items(list).find(|&item| self.tree.is_mapping(item))?;
        matches!(value.data, Data::Map(_)).then(|| self.quotes(self.tree.entries(first).map(|(key, _)| key)))?
    }

    /// Writes the items in another order, each in the place of one that was there.
    fn reordered(&mut self, list: NodeId, old: &[Value], new: &[Value], places: &[FlowEntry]) -> Option<()> {
        if new.len() < old.len() {
            return None;
        }
        let mut texts = Vec::new();
        for value in new {
            let index = old.iter().position(|other| other.id.is_some() && other.id == value.id);
            texts.push(match index {
                None => {
                    let items: Vec<NodeId> = self.tree.items(list).collect();
                    let like = self.neighbour(&items, items.len().checked_sub(1));
                    let text = like.and_then(|like| self.flow_like(value, like, &items));
                    text.unwrap_or_else(|| self.flow_text(value, None))
                }
                Some(index) => {
                    let outer = std::mem::take(&mut self.splices);
                    let done = self.edit(Slot::Item { list, index }, &old[index], value);
                    let inner = std::mem::replace(&mut self.splices, outer);
                    done?;
                    inner.apply(self.layout.text, places[index].start..places[index].end)?
                }
            });
        }
        let last = places.len().checked_sub(1)?;
        let mut texts = texts.into_iter();
        for (index, place) in places.iter().enumerate() {
            let mut text = texts.next()?;
            if index == last {
                for rest in texts.by_ref() {
                    text.push_str(", ");
                    text.push_str(&rest);
                }
            }
            self.splices.replace(place.start..place.end, text);
        }
        Some(())
    }

    /// Takes entries out and puts new ones in, each before the entry of its index.
    fn flow_change(
        &mut self,
        node: NodeId,
        places: &[FlowEntry],
        close: usize,
        staying: &[bool],
        inserted: Vec<(usize, String)>,
    ) -> Option<()> {
        let open = self.layout.span(node).start;
        let text = self.layout.text;
        if !staying.contains(&true) {
            let texts: Vec<String> = inserted.into_iter().map(|(_, text)| text).collect();
            let joined = texts.join(", ");
            match (places.first(), places.last()) {
                (Some(first), Some(last)) => {
                    let end = last.comma.map_or(last.end, |comma| comma + 1);
                    self.splices.replace(first.start..end, joined);
                }
                _ => {
                    let inside = text.get(open + 1..close)?;
                    match inside.contains('\n') || inside.is_empty() {
                        true => self.splices.insert(close, joined),
                        false => self.splices.replace(open + 1..close, format!(" {joined} ")),
                    }
                }
            }
            return Some(());
        }
        self.flow_remove(places, staying)?;
        let last = (0..places.len()).rev().find(|&index| staying[index])?;
        for (index, new) in inserted {
            let next = (index..places.len()).find(|&index| staying[index]);
            match next {
                Some(next) => {
                    let at = places[next].start;
                    let is_own_line = self.layout.is_first_on_line(at);
                    let gap = match is_own_line {
                        true => format!(",{}{}", self.style.eol, " ".repeat(self.layout.column(at))),
                        false => ", ".to_owned(),
                    };
                    self.splices.insert(at, format!("{new}{gap}"));
                }
                None => self.flow_append(open, close, places[last], last + 1 == places.len(), new),
            }
        }
        Some(())
    }

    /// Puts a new entry behind the last one that stays.
    fn flow_append(&mut self, open: usize, close: usize, last: FlowEntry, is_last: bool, new: String) {
        let layout = self.layout;
        let is_own_line = layout.is_first_on_line(last.start)
            && layout.line_start(open) != layout.line_start(last.start)
            && layout.line_start(close) != layout.line_start(last.end);
        let comma = last.comma.filter(|_| is_last);
        let lead = format!("{}{}", self.style.eol, " ".repeat(layout.column(last.start)));
        match (is_own_line, comma) {
            (false, None) => self.splices.insert(last.end, format!(", {new}")),
            (false, Some(comma)) => self.splices.insert(comma + 1, format!(" {new},")),
            (true, None) => {
                self.splices.insert(last.end, ",");
                self.splices.insert(layout.line_end(last.end), format!("{lead}{new}"));
            }
            (true, Some(comma)) => self.splices.insert(layout.line_end(comma), format!("{lead}{new},")),
        }
    }

    fn flow_remove(&mut self, places: &[FlowEntry], staying: &[bool]) -> Option<()> {
        let mut index = 0;
        while index < places.len() {
            if staying[index] {
                index += 1;
                continue;
            }
            let first = index;
            while index < places.len() && !staying[index] {
                index += 1;
            }
            let (start, last) = (places[first].start, places[index - 1]);
            if let Some(next) = places.get(index) {
                self.splices.remove(start..next.start);
                continue;
            }
            let before = places.get(first.checked_sub(1)?)?;
            let comma = before.comma?;
            match last.comma {
                Some(last_comma) => {
                    let from = self.layout.line_end(comma).min(start);
                    let from = if self.layout.is_one_line(comma..start) { comma + 1 } else { from };
                    self.splices.remove(from..last_comma + 1);
                }
                None if self.layout.is_one_line(comma..start) => self.splices.remove(before.end..last.end),
                None => {
                    self.splices.remove(comma..comma + 1);
                    let from = self.layout.line_end(self.layout.line_start(start).saturating_sub(2));
                    self.splices.remove(from.max(comma + 1)..last.end);
                }
            }
        }
        Some(())
    }
}
