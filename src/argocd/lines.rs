//! Lines of a block of YAML, taken apart so that they can be put elsewhere: entries and items with the comments above them.

use crate::source::Source;
use crate::yaml::tree::{NodeId, Style, Tree};
use std::ops::Range;

/// The lines of an entry `key: value` whose value is a block: from its key on.
pub(super) struct Lines<'t> {
    text: &'t str,
    range: Range<usize>,
    /// The column of the key, from 0.
    pub(super) column: usize,
    /// How lines end.
    pub(super) eol: &'static str,
}

/// An entry of the mapping, or an item of a list in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    /// The key.
    pub(super) key: String,
    /// Comments and empty lines above it.
    pub(super) comments: Vec<String>,
    /// Its lines, the first from its key (or from behind its dash) on; the others with their indentation.
    pub(super) body: Vec<String>,
    /// The column of its first line.
    column: usize,
    /// The items of its value, if that is a list in lines.
    pub(super) items: Vec<Entry>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str, range: Range<usize>, column: usize) -> Lines<'t> {
        let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
        Lines { text, range, column, eol }
    }

    /// Returns the end of the line on which the last character before an offset stands that is no white space.
    pub(super) fn end_of(text: &str, offset: usize) -> usize {
        let before = text.get(..offset).unwrap_or(text);
        let last = before.trim_end().len();
        let rest = text.get(last..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        last + line.len()
    }

    pub(super) fn indent(&self, more: usize) -> String {
        " ".repeat(self.column + more)
    }

    fn lines(&self) -> Vec<String> {
        self.text.get(self.range.clone()).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    /// Returns the comment beside the key, with the space before it.
    pub(super) fn head_comment(&self) -> String {
        comment_of(self.lines().first().map_or("", String::as_str))
    }

    /// Returns all lines below that of the key.
    pub(super) fn body(&self) -> Vec<String> {
        self.lines().into_iter().skip(1).collect()
    }

    /// Takes a mapping apart; nothing if it is not written in lines.
    pub(super) fn entries(&self, source: &Source, tree: &Tree, map: NodeId, is_plain: bool) -> Vec<Entry> {
        if !is_plain {
            return Vec::new();
        }
        let mut found = Vec::new();
        let mut at = self.range.start;
        at += self.text[at..].find('\n').map_or(self.text.len() - at, |end| end + 1);
        for (key, value) in tree.entries(map) {
            let mut entry = self.entry(source, tree, key, value);
            let Some(start) = tree.place(key).map(|place| place.span.start as usize) else { continue };
            let line_start = self.text[..start].rfind('\n').map_or(0, |end| end + 1);
            entry.comments = self.text.get(at..line_start).unwrap_or_default().lines().map(str::to_owned).collect();
            let end = tree.extent(value).map_or(start, |extent| extent.span.end as usize);
            at = (Lines::end_of(self.text, end.max(start)) + self.eol.len()).min(self.text.len());
            found.push(entry);
        }
        found
    }

    /// Returns the lines of an entry.
    pub(super) fn entry(&self, source: &Source, tree: &Tree, key: NodeId, value: NodeId) -> Entry {
        let start = tree.place(key).map_or(self.range.start, |place| place.span.start as usize);
        let end = tree.extent(value).map_or(start, |extent| extent.span.end as usize);
        let end = Lines::end_of(self.text, end.max(start));
        let column = source.line_column(start as u32).column as usize - 1;
        let is_list = tree.is_sequence(value) && tree.style(value) != Style::Flow;
        Entry {
            key: tree.text(key).to_owned(),
            comments: Vec::new(),
            body: self.text.get(start..end).unwrap_or_default().lines().map(str::to_owned).collect(),
            column,
            items: if is_list {
                self.items(source, tree, value).into_iter().map(|(_, item)| item).collect()
            } else {
                Vec::new()
            },
        }
    }

    /// Takes a list apart that is written in lines: the lines of each item, from behind its dash, as a text of their own.
    pub(super) fn items(&self, source: &Source, tree: &Tree, list: NodeId) -> Vec<(NodeId, Entry)> {
        let mut found: Vec<(NodeId, Entry)> = Vec::new();
        let mut at: Option<usize> = None;
        if tree.style(list) == Style::Flow {
            return found;
        }
        for item in tree.items(list) {
            let Some(place) = tree.extent(item) else { continue };
            let start = place.span.start as usize;
            let end = Lines::end_of(self.text, (place.span.end as usize).max(start));
            // The dash may stand on a line above, with a comment between.
            let dash = self.text[..start].rfind("- ").unwrap_or(start);
            let line_start = self.text[..dash].rfind('\n').map_or(0, |end| end + 1);
            let column = source.line_column(start as u32).column as usize - 1;
            let from = at.unwrap_or_else(|| self.comments_above(line_start));
            let comments = self.text.get(from..line_start).unwrap_or_default().lines().map(str::to_owned).collect();
            let raw = self.text.get(start..end).unwrap_or_default();
            let mut lines = raw.lines();
            let mut body: Vec<String> = lines.next().map(|line| " ".repeat(column) + line).into_iter().collect();
            body.extend(lines.map(str::to_owned));
            found.push((item, Entry { comments, body, column, ..Entry::default() }));
            at = Some((end + self.eol.len()).min(self.text.len()));
        }
        found
    }

    /// Returns where the comments begin that stand above a line.
    fn comments_above(&self, line_start: usize) -> usize {
        let mut at = line_start;
        while let Some(before) = self.text.get(self.range.start..at) {
            let line = before.lines().next_back().unwrap_or_default();
            let is_whole = before.len() > line.len() + self.eol.len();
            if !is_whole || !line.trim_start().starts_with('#') {
                break;
            }
            at -= line.len() + self.eol.len();
        }
        at
    }

    /// Returns the comments behind the last entry.
    pub(super) fn tail(&self, entries: &[Entry]) -> Vec<String> {
        let all = self.body();
        let n_taken: usize = entries.iter().map(|entry| entry.comments.len() + entry.body.len()).sum();
        if entries.is_empty() { Vec::new() } else { all.into_iter().skip(n_taken).collect() }
    }
}

impl Entry {
    /// Returns the comment beside the key, with the space before it.
    pub(super) fn head_comment(&self) -> String {
        comment_of(self.body.first().map_or("", String::as_str))
    }

    /// Returns the lines with another key, beginning at a column.
    pub(super) fn renamed(&self, key: &str, column: usize) -> Vec<String> {
        let mut lines = self.body.iter();
        let first = lines.next().map_or("", String::as_str);
        let rest = first.split_once(':').map_or("", |(_, rest)| rest);
        let mut new = vec![format!("{}{key}:{rest}", " ".repeat(column))];
        new.extend(lines.map(|line| moved(line, self.column, column)));
        new
    }

    /// Returns the comments that stand between its lines, and beside them.
    pub(super) fn inner_comments(&self) -> Vec<String> {
        self.body.iter().map(|line| comment_of(line).trim_start().to_owned()).filter(|line| !line.is_empty()).collect()
    }
}

/// Returns the comment of a line, with the space before it.
fn comment_of(line: &str) -> String {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (None, '#') if before.is_whitespace() => {
                let start = line[..at].trim_end().len();
                return line[start..].to_owned();
            }
            (None, '"' | '\'') if before.is_whitespace() || "[{,:".contains(before) => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
        before = c;
    }
    String::new()
}

/// Moves a line from one column to another.
fn moved(line: &str, from: usize, to: usize) -> String {
    if line.trim().is_empty() {
        return String::new();
    }
    match to.checked_sub(from) {
        Some(more) => " ".repeat(more) + line,
        None => {
            let n_spaces = line.len() - line.trim_start_matches(' ').len();
            line[n_spaces.min(from - to)..].to_owned()
        }
    }
}

/// Moves lines so that the one that stands furthest to the left begins at a column.
pub(super) fn shifted(lines: &[String], column: usize) -> Vec<String> {
    let indentation = |line: &String| line.len() - line.trim_start_matches(' ').len();
    let least = lines.iter().filter(|line| !line.trim().is_empty()).map(indentation).min().unwrap_or(0);
    lines.iter().map(|line| moved(line, least, column)).collect()
}

/// Writes a text as a scalar of YAML that is a text in every version of YAML.
pub(super) fn quoted(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let begins_well = text.starts_with(|c: char| c.is_ascii_alphabetic());
    const OTHERS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let is_other = OTHERS.contains(&text.to_ascii_lowercase().as_str());
    match text {
        _ if begins_well && text.chars().all(is_word) && !is_other => text.to_owned(),
        _ if text.chars().any(char::is_control) => serde_json::to_string(text).unwrap_or_default(),
        _ => format!("'{}'", text.replace('\'', "''")),
    }
}
