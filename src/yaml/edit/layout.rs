//! Where things stand in a text: lines, columns, comments, and the parts of block and flow collections.

use crate::yaml::read::KEPT_ALIAS;
use crate::yaml::tree::{Kind, NodeId, Style, Tree};
use std::ops::Range;

/// A text with the tree of what stands in it, aliases and merge keys kept.
#[derive(Clone, Copy)]
pub(super) struct Layout<'t> {
    pub(super) text: &'t str,
    pub(super) tree: &'t Tree,
}

/// An entry of a flow collection.
#[derive(Clone, Copy, Debug)]
pub(super) struct FlowEntry {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The comma behind it.
    pub(super) comma: Option<usize>,
}

impl<'t> Layout<'t> {
    /// Returns what a node takes up, without its tag and anchor.
    pub(super) fn span(&self, node: NodeId) -> Range<usize> {
        self.tree.extent(node).map_or(0..0, |place| place.span.start as usize..place.span.end as usize)
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    pub(super) fn is_alias(&self, node: NodeId) -> bool {
        self.tree.is_scalar(node) && self.tree.tag(node) == KEPT_ALIAS && self.byte(self.span(node).start) == b'*'
    }

    /// Returns whether there is an alias in a node. Depth is bounded by that of what was read.
    pub(super) fn has_aliases(&self, node: NodeId) -> bool {
        self.is_alias(node) || self.tree.children(node).any(|child| self.has_aliases(child))
    }

    pub(super) fn is_flow(&self, node: NodeId) -> bool {
        self.tree.style(node) == Style::Flow
    }

    // ---- lines ----------------------------------------------------------------------------------------------------

    /// Returns where the line of an offset begins, behind a byte-order mark.
    pub(super) fn line_start(&self, at: usize) -> usize {
        let start = self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
        if start == 0 && self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { start }
    }

    /// Returns where the line of an offset ends, before its line end.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or("");
        let end = at + rest.find('\n').unwrap_or(rest.len());
        if end > at && self.byte(end - 1) == b'\r' && end < self.text.len() { end - 1 } else { end }
    }

    /// Returns where the line behind that of an offset begins: the end of the text for the last.
    pub(super) fn next_line(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or("");
        rest.find('\n').map_or(self.text.len(), |newline| at + newline + 1)
    }

    pub(super) fn column(&self, at: usize) -> usize {
        at - self.line_start(at)
    }

    pub(super) fn is_first_on_line(&self, at: usize) -> bool {
        self.text.get(self.line_start(at)..at).is_some_and(|before| before.bytes().all(|byte| byte == b' '))
    }

    pub(super) fn is_one_line(&self, range: Range<usize>) -> bool {
        self.text.get(range).is_some_and(|text| !text.contains('\n'))
    }

    /// Returns the text of the line that begins at an offset, trimmed.
    pub(super) fn line(&self, start: usize) -> &'t str {
        self.text.get(start..self.line_end(start)).unwrap_or("").trim()
    }

    /// Returns where the comment lines right above a line begin, those of the same column.
    pub(super) fn comments_above(&self, line_start: usize, column: usize) -> usize {
        let mut start = line_start;
        while start > 0 {
            let above = self.line_start(start - 1);
            if above >= start || !self.line(above).starts_with('#') {
                break;
            }
            let indent = self.text.get(above..).map_or(0, |line| line.len() - line.trim_start_matches(' ').len());
            if indent != column {
                break;
            }
            start = above;
        }
        start
    }

    // ---- block collections ----------------------------------------------------------------------------------------

    /// Returns the last scalar of a node, or its last flow collection.
    pub(super) fn last_leaf(&self, node: NodeId) -> NodeId {
        let mut last = node;
        while let Some(child) = self.tree.children(last).last().filter(|_| !self.is_flow(last)) {
            last = child;
        }
        last
    }

    /// Returns where a node's last line has its last character that matters; a block scalar that keeps empty lines has them.
    pub(super) fn end(&self, node: NodeId) -> usize {
        let last = self.last_leaf(node);
        let span = self.span(last);
        if !self.keeps_lines(last) {
            return span.end.max(self.span(node).end);
        }
        let mut end = span.end;
        loop {
            let next = self.next_line(end);
            if next >= self.text.len() || !self.line(next).is_empty() {
                return end;
            }
            end = next;
        }
    }

    fn keeps_lines(&self, node: NodeId) -> bool {
        let span = self.span(node);
        let is_block = self.tree.is_scalar(node) && matches!(self.byte(span.start), b'|' | b'>');
        is_block && self.text.get(span.start + 1..span.start + 3).is_some_and(|header| header.contains('+'))
    }

    /// Returns where the `:` behind a simple key ends.
    pub(super) fn colon_end(&self, key: NodeId) -> Option<usize> {
        let end = self.span(key).end;
        let rest = self.text.get(end..)?;
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        (self.byte(end + blanks) == b':').then_some(end + blanks + 1)
    }

    /// Returns where the value of a key begins, with its tag and anchor; the end of the colon if there is none.
    pub(super) fn value_start(&self, key: NodeId, value: NodeId) -> Option<usize> {
        let colon = self.colon_end(key)?;
        let span = self.span(value);
        if span.end <= colon {
            return Some(colon);
        }
        Some(self.skip_blank(colon).min(span.start))
    }

    /// Returns where the dashes of a block sequence stand.
    pub(super) fn dashes(&self, list: NodeId) -> Option<Vec<usize>> {
        let first = self.span(list).start;
        if self.byte(first) != b'-' {
            return None;
        }
        let column = self.column(first);
        let mut dashes = Vec::new();
        let mut end = first;
        for item in self.tree.items(list) {
            let dash = match dashes.is_empty() {
                true => first,
                false => {
                    let dash = self.skip_blank(end);
                    if self.byte(dash) != b'-' || self.column(dash) != column {
                        return None;
                    }
                    dash
                }
            };
            end = self.end(item).max(dash + 1);
            dashes.push(dash);
        }
        Some(dashes)
    }

    /// Returns the offset of the next character that is neither white space nor in a comment.
    pub(super) fn skip_blank(&self, at: usize) -> usize {
        let mut at = at;
        loop {
            match self.byte(at) {
                b' ' | b'\t' | b'\n' | b'\r' => at += 1,
                b'#' if at == 0 || self.byte(at - 1).is_ascii_whitespace() => at = self.line_end(at),
                _ => return at,
            }
        }
    }

    /// Returns the offset behind what belongs to the document: its end marker, the start of the next one, or the end.
    pub(super) fn document_end(&self, from: usize) -> usize {
        let mut at = self.next_line(from);
        while at < self.text.len() {
            let line = self.text.get(at..self.line_end(at)).unwrap_or("");
            let marker = line.strip_prefix("---").or_else(|| line.strip_prefix("..."));
            if marker.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t'])) {
                return at;
            }
            at = self.next_line(at);
        }
        self.text.len()
    }

    // ---- flow collections -----------------------------------------------------------------------------------------

    /// Returns the entries of a flow collection, and where its closing bracket stands.
    pub(super) fn flow_entries(&self, node: NodeId) -> Option<(Vec<FlowEntry>, usize)> {
        let span = self.span(node);
        let children: Vec<NodeId> = self.tree.children(node).collect();
        let size = if self.tree.kind(node) == Kind::Mapping { 2 } else { 1 };
        let mut at = span.start + 1;
        let mut entries = Vec::new();
        for child in children.chunks(size) {
            let start = self.skip_blank(at);
            let end = child.iter().map(|&node| self.span(node).end).max()?.max(start);
            let behind = self.skip_blank(end);
            let comma = (self.byte(behind) == b',').then_some(behind);
            entries.push(FlowEntry { start, end, comma });
            at = comma.map_or(behind, |comma| comma + 1);
        }
        let close = self.skip_blank(at);
        (close + 1 == span.end && matches!(self.byte(close), b']' | b'}')).then_some((entries, close))
    }

    // ---- comments -------------------------------------------------------------------------------------------------

    /// Returns the comments in a range.
    pub(super) fn comments(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut at = 0;
        let mut leaves = Vec::new();
        self.leaves(self.tree.root(), &mut leaves);
        for leaf in leaves {
            self.comments_between(at..leaf.start, &mut found);
            if matches!(self.byte(leaf.start), b'|' | b'>') {
                let header = self.line_end(leaf.start).min(leaf.end);
                self.comments_between(leaf.start..header, &mut found);
            }
            at = leaf.end;
        }
        self.comments_between(at..self.text.len(), &mut found);
        found.retain(|comment| comment.start >= range.start && comment.end <= range.end);
        found
    }

    fn comments_between(&self, gap: Range<usize>, found: &mut Vec<Range<usize>>) {
        let mut at = gap.start;
        while at < gap.end {
            let starts =
                self.byte(at) == b'#' && (at == 0 || self.byte(at - 1).is_ascii_whitespace() || self.column(at) == 0);
            if starts {
                let end = self.line_end(at);
                found.push(at..end);
                at = end;
            }
            at += 1;
        }
    }

    fn leaves(&self, node: NodeId, found: &mut Vec<Range<usize>>) {
        if self.tree.is_scalar(node) {
            let span = self.span(node);
            if !span.is_empty() {
                found.push(span);
            }
        }
        for child in self.tree.children(node) {
            self.leaves(child, found);
        }
    }
}
