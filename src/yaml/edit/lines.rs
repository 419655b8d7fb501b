//! Whole lines: where entries stand, what is put in their place, and the comments in them.

use super::Editor;
use crate::yaml::tree::NodeId;
use std::ops::Range;

impl Editor<'_> {
    /// Puts whole lines in the place of others; comments that are not in them come first.
    pub(super) fn put_all(&mut self, range: Range<usize>, text: String, column: usize) {
        let mut lost = self.comment_lines(range.clone());
        let mut rest = text.as_str();
        lost.retain(|comment| match rest.find(comment.as_str()) {
            Some(at) => {
                rest = rest.get(at + comment.len()..).unwrap_or("");
                false
            }
            None => true,
        });
        let above = self.block(&lost, column);
        self.put_lines(range, format!("{above}{text}"));
    }

    /// Puts whole lines in the place of others.
    pub(super) fn put_lines(&mut self, range: Range<usize>, lines: String) {
        self.splices.replace(range, lines);
    }

    /// Puts whole lines behind the line of an offset.
    pub(super) fn put_behind(&mut self, end: usize, lines: String) {
        let at = self.layout.next_line(end);
        if self.is_open && at == self.layout.text.len() {
            self.strip_last_text();
        }
        self.splices.insert(at, lines);
    }

    /// Lets a block of text at the end of the file, which has no line end, stay without one when lines follow.
    pub(super) fn strip_last_text(&mut self) {
        let start = self.layout.span(self.layout.last_leaf(self.tree.root())).start;
        let header = self.layout.text.get(start..self.layout.line_end(start)).unwrap_or("");
        let mut rest = header.split([' ', '\t', '#']).next().unwrap_or("").chars();
        if !matches!(rest.next(), Some('|' | '>')) || rest.clone().any(|char| char == '-') {
            return;
        }
        match header.find('+').filter(|_| rest.any(|char| char == '+')) {
            Some(at) => self.splices.replace_free(start + at..start + at + 1, "-"),
            None => self.splices.insert(start + 1, "-"),
        }
    }

    /// Returns the comments in a range as lines, if they are to be kept.
    pub(super) fn comment_lines(&self, range: Range<usize>) -> Vec<String> {
        let found = self.layout.comments(range).into_iter();
        found.filter_map(|comment| self.layout.text.get(comment)).map(|text| text.trim_end().to_owned()).collect()
    }

    /// Returns the lines that an entry takes up, line ends included; nothing if something else stands on the first.
    pub(super) fn entry_lines_range(&self, key: NodeId, node: NodeId) -> Option<Range<usize>> {
        let start = self.layout.span(key).start;
        self.layout.colon_end(key)?;
        if !self.layout.is_first_on_line(start) {
            return None;
        }
        let end = self.layout.end(node).max(self.layout.span(key).end);
        Some(self.layout.line_start(start)..self.layout.next_line(end))
    }
}
