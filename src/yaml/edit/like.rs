//! New values in the style of their neighbours: between brackets where those are, with their padding and quotes.

use super::Editor;
use super::render::Found;
use super::scalar;
use super::value::{Data, Value};
use crate::yaml::tree::{Kind, NodeId};

/// Columns that a new text between brackets may have; more, where its neighbour has more.
const WIDTH_MAX: usize = 100;

/// A part of a new value, and the one in its neighbour that stands between brackets.
pub(super) type Likeness<'v> = (&'v Value, NodeId);

impl Editor<'_> {
    /// Returns the item that a new one is to look like: the one before it, or else the one behind it.
    pub(super) fn neighbour(&self, items: &[NodeId], behind: Option<usize>) -> Option<NodeId> {
        items.get(behind.unwrap_or(0)).copied()
    }

    /// Returns what stands between a dash and its item.
    pub(super) fn gap(&self, item: NodeId) -> &'static str {
        const GAPS: &str = "        ";
        let start = self.layout.span(item).start;
        let before = self.layout.text.get(self.layout.line_start(start)..start).unwrap_or("");
        let n_blanks = before.len() - before.trim_end_matches(' ').len();
        let is_behind_dash = before.trim_end_matches(' ').ends_with('-');
        GAPS.get(..n_blanks).filter(|gap| is_behind_dash && !gap.is_empty()).unwrap_or(" ")
    }

    /// Returns a new value between brackets, if its neighbour is, on one line, and it fits.
    pub(super) fn flow_like(&self, value: &Value, like: NodeId, siblings: &[NodeId]) -> Option<String> {
        let text = self.layout.text.get(self.layout.span(like))?;
        if !self.layout.is_flow(like) || text.contains('\n') || !is_new(value) || !is_alike(value, self.tree.kind(like))
        {
            return None;
        }
        let text_like = self.flow_part(value, Some(like), siblings, None, "");
        (text_like.chars().count() <= WIDTH_MAX.max(text.chars().count())).then_some(text_like)
    }

    /// Writes a part of a value; without a neighbour of its own it has the padding and quotes of what it stands in.
    fn flow_part(
        &self,
        value: &Value,
        like: Option<NodeId>,
        siblings: &[NodeId],
        wanted: Option<crate::yaml::tree::Style>,
        padding: &str,
    ) -> String {
        let like = like.filter(|&like| self.layout.is_flow(like) && is_alike(value, self.tree.kind(like)));
        let padding = like.map_or(padding, |like| self.padding(like));
        match &value.data {
            Data::Map(entries) if !entries.is_empty() => {
                let keys = like.and_then(|like| self.quotes(self.tree.entries(like).map(|(key, _)| key)));
                let values = like.and_then(|like| self.quotes(self.tree.entries(like).map(|(_, value)| value)));
                let entries = entries.iter().map(|(key, value)| {
                    let beside: Vec<NodeId> =
                        siblings.iter().filter_map(|&sibling| self.tree.get(sibling, key)).collect();
                    let wanted = match beside.is_empty() {
                        true => values.or(keys).or(wanted),
                        false => self.quotes(beside.iter().copied()).or(keys),
                    };
                    let own = like.and_then(|like| self.tree.get(like, key));
                    let key = scalar::inline(&Data::Text(key.clone()), keys, true);
                    format!("{key}: {}", self.flow_part(value, own, &beside, wanted, padding))
                });
                format!("{{{padding}{}{padding}}}", entries.collect::<Vec<_>>().join(", "))
            }
            Data::List(items) if !items.is_empty() => {
                let beside: Vec<NodeId> = siblings.iter().flat_map(|&sibling| self.tree.items(sibling)).collect();
                let wanted = self.quotes(beside.iter().copied()).or(wanted);
                let own = like.and_then(|like| self.tree.items(like).last());
                let items = items.iter().map(|item| self.flow_part(item, own, &beside, wanted, padding));
                format!("[{padding}{}{padding}]", items.collect::<Vec<_>>().join(", "))
            }
            data => scalar::inline(data, wanted, true),
        }
    }

    /// Returns what stands behind an opening bracket.
    fn padding(&self, node: NodeId) -> &'static str {
        let text = self.layout.text.get(self.layout.span(node)).unwrap_or("");
        if text.get(1..).is_some_and(|rest| rest.starts_with(' ')) { " " } else { "" }
    }

    /// Finds the parts of a new value that stand between brackets in a neighbour. Depth is bounded by that of the value.
    pub(super) fn likenesses<'v>(&self, value: &'v Value, like: NodeId, found: &mut Vec<Likeness<'v>>) {
        if self.layout.is_flow(like) {
            found.push((value, like));
            return;
        }
        for (key, value) in value.entries() {
            if let Some(like) = self.tree.get(like, key) {
                self.likenesses(value, like, found);
            }
        }
        if let Some(like) = self.tree.items(like).last() {
            value.items().iter().for_each(|item| self.likenesses(item, like, found));
        }
    }

    /// Returns the text of such a part.
    pub(super) fn alike(&self, value: &Value, likenesses: &[Likeness<'_>]) -> Option<Found> {
        let &(_, like) = likenesses.iter().find(|(part, _)| std::ptr::eq(*part, value))?;
        let inline = self.flow_like(value, like, &[like])?;
        Some(Found { above: Vec::new(), inline: Some(inline), below: Vec::new(), is_list: false })
    }
}

/// Returns whether nothing of a value stood in the document, and it can stand on a line.
fn is_new(value: &Value) -> bool {
    let mut is_new = true;
    value.walk(&mut |part| {
        let is_long = matches!(&part.data, Data::Text(text) if text.contains('\n'));
        is_new &= part.id.is_none() && !is_long;
    });
    is_new
}

fn is_alike(value: &Value, kind: Kind) -> bool {
    match &value.data {
        Data::Map(entries) => kind == Kind::Mapping && !entries.is_empty(),
        Data::List(items) => kind == Kind::Sequence && !items.is_empty(),
        Data::Text(_) | Data::Plain(_) => false,
    }
}
