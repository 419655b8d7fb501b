//! New values as text, in the style of the document they go to; what stood in it before comes with its own text.

use super::layout::Layout;
use super::value::{Data, Value};
use super::{Editor, Slot, scalar};
use crate::yaml::tree::{Kind, NodeId, Style as ScalarStyle};

/// How a document is laid out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) eol: &'static str,
    /// Columns between a key and the dashes of its list.
    pub(super) list: usize,
    /// Columns between a key and the keys of its mapping.
    pub(super) map: usize,
    /// Columns between a dash and its item.
    pub(super) item: usize,
}

impl Default for Style {
    fn default() -> Style {
        Style { eol: "\n", list: 0, map: 2, item: 2 }
    }
}

impl Style {
    /// Finds out the style of a document: that of its first nested list and mapping.
    pub(super) fn of(layout: Layout<'_>) -> Style {
        let mut style = Style::default();
        if layout.text.contains("\r\n") {
            style.eol = "\r\n";
        }
        let (mut list, mut map, mut item) = (None, None, None);
        nested(layout, layout.tree.root(), &mut |kind, columns| match kind {
            Nested::List => list = list.or(Some(columns)),
            Nested::Map => map = map.or(Some(columns)),
            Nested::Item => item = item.or(Some(columns)),
        });
        let sane = |found: Option<usize>, default| found.filter(|&columns| columns <= 8).unwrap_or(default);
        style.list = sane(list, style.list);
        style.map = sane(map, style.map);
        style.item = sane(item, style.item);
        style
    }

    /// Returns the lines of entries that stand nowhere yet.
    pub(super) fn plain_lines(&self, value: &Value) -> Vec<String> {
        let lines = value.entries().iter().flat_map(|(key, value)| self.entry(key, value, &mut |_| None));
        lines.collect()
    }

    /// Returns the lines of an entry. `known` returns the lines of a value that stands in the document: behind the key on
    /// the first line, then those below, as they are indented there.
    pub(super) fn entry(&self, key: &str, value: &Value, known: &mut Known<'_>) -> Vec<String> {
        let key = scalar::inline(&Data::Text(key.to_owned()), None, false);
        self.value(&format!("{key}:"), value, self.list, self.map, known)
    }

    /// Returns the lines of an item.
    pub(super) fn item(&self, value: &Value, known: &mut Known<'_>) -> Vec<String> {
        if let Data::Map(entries) = &value.data
            && !entries.is_empty()
        {
            let lines = entries.iter().flat_map(|(key, value)| self.entry(key, value, known)).collect();
            return self.behind_dash(lines);
        }
        if let Data::List(items) = &value.data
            && !items.is_empty()
        {
            let lines = items.iter().flat_map(|item| self.item(item, known)).collect();
            return self.behind_dash(lines);
        }
        self.value("-", value, 0, self.item, known)
    }

    fn behind_dash(&self, lines: Vec<String>) -> Vec<String> {
        let n_above = lines.iter().take_while(|line| line.starts_with('#')).count();
        let dash = format!("-{}", " ".repeat(self.item.max(2) - 1));
        let mut lines: Vec<String> = lines;
        for (index, line) in lines.iter_mut().enumerate().skip(n_above) {
            if index == n_above {
                line.insert_str(0, &dash);
            } else if !line.is_empty() {
                line.insert_str(0, &" ".repeat(dash.len()));
            }
        }
        lines
    }

    fn value(&self, head: &str, value: &Value, list: usize, map: usize, known: &mut Known<'_>) -> Vec<String> {
        if let Some(found) = known(value) {
            let mut lines = found.above;
            match found.inline {
                Some(text) => lines.push(format!("{head} {text}")),
                None => lines.push(head.to_owned()),
            }
            let columns = if found.is_list { list } else { map };
            lines.extend(indented(found.below, columns));
            return lines;
        }
        match &value.data {
            Data::Text(text) => match scalar::literal(text) {
                Some((header, body)) => {
                    let mut lines = vec![format!("{head} {header}")];
                    lines.extend(indented(body.into_iter().map(str::to_owned).collect(), map));
                    lines
                }
                None => vec![format!("{head} {}", scalar::inline(&value.data, None, false))],
            },
            Data::Map(entries) if !entries.is_empty() => {
                let inner = entries.iter().flat_map(|(key, value)| self.entry(key, value, known)).collect();
                std::iter::once(head.to_owned()).chain(indented(inner, map)).collect()
            }
            Data::List(items) if !items.is_empty() => {
                let inner = items.iter().flat_map(|item| self.item(item, known)).collect();
                std::iter::once(head.to_owned()).chain(indented(inner, list)).collect()
            }
            _ => vec![format!("{head} {}", scalar::inline(&value.data, None, false))],
        }
    }
}

/// The text of a value that stands in the document.
pub(super) struct Found {
    /// Comment lines above it.
    pub(super) above: Vec<String>,
    /// What stands on the line of its key or dash.
    pub(super) inline: Option<String>,
    /// The lines below, relative to one another.
    pub(super) below: Vec<String>,
    pub(super) is_list: bool,
}

/// Finds the text of a value that stands in the document.
pub(super) type Known<'k> = dyn FnMut(&Value) -> Option<Found> + 'k;

fn indented(lines: Vec<String>, columns: usize) -> Vec<String> {
    let indent = " ".repeat(columns);
    lines.into_iter().map(|line| if line.is_empty() { line } else { format!("{indent}{line}") }).collect()
}

enum Nested {
    List,
    Map,
    Item,
}

// Depth is bounded by that of what was read.
fn nested(layout: Layout<'_>, node: NodeId, see: &mut impl FnMut(Nested, usize)) {
    let tree = layout.tree;
    if layout.is_flow(node) {
        return;
    }
    for (key, value) in tree.entries(node) {
        let (at, key_at) = (layout.span(value).start, layout.span(key).start);
        let is_below =
            !layout.is_flow(value) && layout.is_first_on_line(at) && layout.column(at) >= layout.column(key_at);
        if is_below && !tree.has_no_children(value) {
            let columns = layout.column(at) - layout.column(key_at);
            match tree.kind(value) {
                Kind::Sequence => see(Nested::List, columns),
                Kind::Mapping => see(Nested::Map, columns),
                Kind::Scalar => {}
            }
        }
        nested(layout, value, see);
    }
    if tree.is_sequence(node)
        && let Some(dashes) = layout.dashes(node)
    {
        for (item, dash) in tree.items(node).zip(dashes) {
            let at = layout.span(item).start;
            let gap = layout.text.get(dash + 1..at).unwrap_or("-");
            if !gap.is_empty() && gap.bytes().all(|byte| byte == b' ') {
                see(Nested::Item, at - dash);
            }
            nested(layout, item, see);
        }
    }
}

impl Editor<'_> {
    /// Returns a value between brackets.
    pub(super) fn flow_text(&self, value: &Value, wanted: Option<ScalarStyle>) -> String {
        match &value.data {
            Data::Map(entries) => {
                let entries: Vec<String> =
                    entries.iter().map(|(key, value)| self.flow_entry(key, value, wanted)).collect();
                format!("{{{}}}", entries.join(", "))
            }
            Data::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.flow_text(item, wanted)).collect();
                format!("[{}]", items.join(", "))
            }
            data => scalar::inline(data, wanted, true),
        }
    }

    /// Returns an entry between braces.
    pub(super) fn flow_entry(&self, key: &str, value: &Value, wanted: Option<ScalarStyle>) -> String {
        let key = scalar::inline(&Data::Text(key.to_owned()), wanted, true);
        format!("{key}: {}", self.flow_text(value, wanted))
    }

    /// Returns the style of quotes that all given scalars have, if they have one.
    pub(super) fn quotes(&self, nodes: impl Iterator<Item = NodeId>) -> Option<ScalarStyle> {
        let mut common = None;
        for node in nodes {
            let style = self.tree.style(node);
            let is_quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
            if !self.tree.is_scalar(node) || !is_quoted || common.is_some_and(|common| common != style) {
                return None;
            }
            common = Some(style);
        }
        common
    }

    /// Returns the lines of a new entry, relative to its key.
    pub(super) fn entry_lines(&mut self, key: &str, value: &Value, like: Option<NodeId>) -> Vec<String> {
        let style = self.style;
        let mut likenesses = Vec::new();
        if let Some(like) = like {
            self.likenesses(value, like, &mut likenesses);
        }
        style.entry(key, value, &mut |value| self.known(value).or_else(|| self.alike(value, &likenesses)))
    }

    /// Returns the lines of a new item, relative to its dash.
    pub(super) fn item_lines(&mut self, value: &Value, item: usize, like: Option<NodeId>) -> Vec<String> {
        let style = Style { item, ..self.style };
        let mut likenesses = Vec::new();
        if let Some(like) = like {
            self.likenesses(value, like, &mut likenesses);
        }
        style.item(value, &mut |value| self.known(value).or_else(|| self.alike(value, &likenesses)))
    }

    /// Joins lines for a place in the text: each gets an indentation and a line end.
    pub(super) fn block(&self, lines: &[String], column: usize) -> String {
        let indent = " ".repeat(column);
        let mut text = String::new();
        for line in lines {
            if !line.is_empty() {
                text.push_str(&indent);
            }
            text.push_str(line);
            text.push_str(self.style.eol);
        }
        text
    }

    /// Returns the text of a value that stands in the document and shall stand elsewhere.
    pub(super) fn known(&mut self, value: &Value) -> Option<Found> {
        let node = self.links.node(value.id)?;
        let slot = self.links.slot(value.id)?;
        let old = self.links.value(value.id)?;
        if self.layout.has_aliases(node) {
            return None;
        }
        let (above, comment) = self.comments_of(slot, node);
        let span = self.layout.span(node);
        let text = self.layout.text.get(span.clone())?;
        let is_block = !self.layout.is_flow(node);
        match self.tree.kind(node) {
            Kind::Scalar if !old.is_same(value) || span.is_empty() || self.is_decorated(slot, node) => None,
            Kind::Scalar if text.starts_with(['|', '>']) => {
                let mut lines = text.split('\n').map(|line| line.trim_end_matches('\r').to_owned());
                let header = lines.next()?;
                let indicators = header.split(' ').next().unwrap_or("");
                if indicators.contains(|char: char| char.is_ascii_digit()) {
                    return None;
                }
                let below = dedented(lines.collect())?;
                Some(Found { above, inline: Some(header), below, is_list: false })
            }
            Kind::Scalar if text.contains('\n') => None,
            Kind::Scalar => {
                let inline = Some(format!("{text}{comment}"));
                Some(Found { above, inline, below: Vec::new(), is_list: false })
            }
            kind if is_block => {
                if !self.layout.is_first_on_line(span.start) {
                    return None;
                }
                let range = self.layout.line_start(span.start)..self.layout.line_end(self.layout.end(node));
                let outer = std::mem::take(&mut self.splices);
                let done = self.edit(slot, old, value);
                let inner = std::mem::replace(&mut self.splices, outer);
                done?;
                let text = inner.apply(self.layout.text, range)?;
                let lines = text.split('\n').map(|line| line.trim_end_matches('\r').to_owned()).collect();
                let head = self.head_comment(slot, span.start);
                Some(Found { above, inline: head, below: dedented(lines)?, is_list: kind == Kind::Sequence })
            }
            _ if old.is_same(value) && !text.contains('\n') => {
                Some(Found { above, inline: Some(format!("{text}{comment}")), below: Vec::new(), is_list: false })
            }
            _ => None,
        }
    }

    /// Returns the comment lines above a list item and the comment behind a value, to be taken along.
    fn comments_of(&self, slot: Slot, node: NodeId) -> (Vec<String>, String) {
        let layout = self.layout;
        let end = layout.end(node);
        let behind = layout.text.get(end..layout.line_end(end)).unwrap_or("");
        let comment = if behind.trim_start().starts_with('#') { behind.to_owned() } else { String::new() };
        let mut above = Vec::new();
        if let Slot::Item { list, index } = slot
            && !layout.is_flow(list)
            && let Some(dash) = layout.dashes(list).and_then(|dashes| dashes.get(index).copied())
        {
            let line = layout.line_start(dash);
            let start = layout.comments_above(line, layout.column(dash));
            let text = layout.text.get(start..line).unwrap_or("");
            above = text.lines().map(|line| line.trim().to_owned()).collect();
        }
        (above, comment)
    }

    /// Returns the comment that stands on the line of a key whose value is below.
    fn head_comment(&self, slot: Slot, value_start: usize) -> Option<String> {
        let Slot::Entry { key, .. } = slot else { return None };
        let colon = self.layout.colon_end(key)?;
        let end = self.layout.line_end(colon);
        let rest = self.layout.text.get(colon..end)?.trim();
        (end < value_start && rest.starts_with('#')).then(|| rest.to_owned())
    }

    fn is_decorated(&self, slot: Slot, node: NodeId) -> bool {
        let start = self.layout.span(node).start;
        let from = match slot {
            Slot::Entry { key, .. } => self.layout.colon_end(key),
            _ => Some(start.saturating_sub(1)),
        };
        let before = from.and_then(|from| self.layout.text.get(from..start)).unwrap_or("&");
        before.contains(['&', '!'])
    }
}

/// Takes the common indentation away from lines.
fn dedented(lines: Vec<String>) -> Option<Vec<String>> {
    let indent_of = |line: &String| line.len() - line.trim_start_matches(' ').len();
    let indent = lines.iter().filter(|line| !line.trim().is_empty()).map(indent_of).min()?;
    Some(lines.iter().map(|line| line.get(indent..).unwrap_or("").to_owned()).collect())
}
