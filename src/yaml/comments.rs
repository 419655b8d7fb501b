//! The comments of a text that is read, changed and printed again, and where each belongs.
//!
//! The reader drops comments; here they are found in the text around the nodes. go yaml.v3 attaches each to a node and
//! prints it there. That is repeated for the usual layouts; a layout that it might change in a way not known here is
//! refused, as are anchors, aliases and merge keys, which it prints and trees do not have.

use crate::sorting::Sorting;
use crate::yaml::tree::{Kind, NodeId, Style, Tree};
use rustc_hash::{FxHashMap, FxHashSet};

/// Why comments cannot be kept.
type Words = &'static str;

/// Comments of a document.
#[derive(Debug, Default)]
pub(crate) struct Comments {
    /// Above keys and items.
    pub(crate) above: FxHashMap<NodeId, Vec<Block>>,
    /// On the lines of keys and values.
    pub(crate) beside: FxHashMap<NodeId, String>,
    /// At the end of the document.
    pub(crate) at_end: Vec<Block>,
    /// How many there are.
    pub(crate) n_comments: usize,
    /// Some stand below what they belong to, where something new would come between.
    pub(crate) has_feet: bool,
}

/// Comment lines without a blank line between them.
#[derive(Debug, Default)]
pub(crate) struct Block {
    pub(crate) lines: Vec<String>,
    /// The key or item whose column they are printed in; `None` if it is the one below.
    pub(crate) behind: Option<NodeId>,
    pub(crate) blank_before: bool,
    pub(crate) blank_after: bool,
}

impl Comments {
    /// Returns whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.n_comments == 0
    }

    /// Finds the comments of a document. The tree must be as it was read from the text.
    pub(crate) fn find(tree: &Tree, text: &str) -> Result<Comments, Words> {
        // What is no part of a scalar; nearly all texts have no comment, and end here.
        if !text.contains(['#', '&', '*', '<', '%']) {
            return Ok(Comments::default());
        }
        let mut finder = Finder { tree, text, tokens: Vec::new(), scalars: Vec::new() };
        finder.collect()?;
        finder.comments()
    }

    /// Forgets the comments of a collection whose place something without comments takes: those inside, and what go-yaml
    /// counts to a list that is an item. The tree must be as it was read from the text.
    pub(crate) fn forget_inside(&mut self, tree: &Tree, node: NodeId) -> Result<(), Words> {
        let mut inside = FxHashSet::default();
        let (mut parent, mut next, mut is_item) = (None, None, false);
        // Each node, whether it is a key or an item, and whether it is inside.
        let mut open = vec![(tree.root(), false, false)];
        while let Some((at, is_entry, is_inside)) = open.pop() {
            let is_inside = is_inside || at == node;
            if is_inside {
                inside.insert(at);
            } else if is_entry && !inside.is_empty() && next.is_none() {
                next = Some(at);
            }
            let first = open.len();
            match tree.kind(at) {
                Kind::Scalar => {}
                Kind::Sequence => open.extend(tree.items(at).map(|item| (item, true, is_inside))),
                Kind::Mapping => {
                    open.extend(
                        tree.entries(at).flat_map(|(key, value)| [(key, true, is_inside), (value, false, is_inside)]),
                    );
                }
            }
            if open[first..].iter().any(|child| child.0 == node) {
                (parent, is_item) = (Some(at), tree.kind(at) == Kind::Sequence);
            }
            open[first..].reverse();
        }
        let is_last_of = |block: &Block| block.behind.is_some_and(|behind| inside.contains(&behind));
        let is_block_list = tree.kind(node) == Kind::Sequence && tree.style(node) != Style::Flow;
        if let Some(blocks) = next.and_then(|next| self.above.get_mut(&next)) {
            blocks.retain(|block| !is_last_of(block));
            // A comment that could be the list's own, as one in its column is.
            let is_doubtful = |block: &Block| {
                block.behind.is_some() || block.blank_after && (is_block_list || is_item || parent.is_none())
            };
            if blocks.iter().any(is_doubtful) {
                return Err("there are comments behind a list that is replaced");
            }
        }
        self.above.retain(|owner, blocks| {
            let is_lost = inside.contains(owner) && (*owner != node || is_item);
            !is_lost && !blocks.is_empty()
        });
        self.at_end.retain(|block| !is_last_of(block));
        if parent.is_some() && next.is_none() && !self.at_end.is_empty() && (is_item || is_block_list) {
            return Err("there are comments behind a list that is replaced");
        }
        self.beside.retain(|owner, _| !inside.contains(owner));
        self.n_comments = self.above.values().map(Vec::len).sum::<usize>() + self.at_end.len() + self.beside.len();
        Ok(())
    }
}

/// Returns whether a comment stands between the lines of a node, or right above it, in the file that it was read from.
pub(crate) fn stand_in(tree: &Tree, node: NodeId) -> bool {
    let Some(source) = tree.file().map(|file| &file.source) else { return false };
    let (mut open, mut spans) = (vec![node], Vec::new());
    while let Some(node) = open.pop() {
        open.extend(tree.children(node));
        let span = tree.place(node).filter(|place| place.source == source.id).map(|place| place.span);
        spans.extend(span.filter(|_| tree.is_scalar(node)));
    }
    spans.put_in_own_order_unstable();
    let (Some(first), Some(last)) = (spans.first(), spans.iter().map(|span| span.end).max()) else { return false };
    let first_line = source.line_column(first.start).line;
    let above =
        (1..first_line).rev().map(|line| source.line(line)).take_while(|line| line.trim_start().starts_with('#'));
    if above.count() > 0 {
        return true;
    }
    (first_line..=source.line_column(last).line).any(|line| {
        let start = source.line_start(line) as usize;
        let text = source.line(line);
        let is_comment = |at: usize| {
            let offset = (start + at) as u32;
            let before = spans.partition_point(|span| span.start <= offset);
            let is_covered =
                before.checked_sub(1).and_then(|index| spans.get(index)).is_some_and(|span| offset < span.end);
            !is_covered && text[..at].chars().next_back().is_none_or(|char| matches!(char, ' ' | '\t'))
        };
        text.match_indices('#').any(|(at, _)| is_comment(at))
    })
}

/// A key, an item, or a value on a line.
#[derive(Clone, Copy, Debug)]
struct Token {
    start: usize,
    node: NodeId,
    /// How many tokens, keys and items only, it stands below.
    depth: usize,
    /// It begins a line of its own, in block style: a key, or an item (then `start` is that of its dash).
    is_entry: bool,
    in_flow: bool,
}

/// A line that holds nothing but a comment, or a run of them.
struct Run {
    column: usize,
    lines: Vec<String>,
    blank_before: bool,
    blank_after: bool,
}

struct Finder<'t> {
    tree: &'t Tree,
    text: &'t str,
    /// In the order of the text.
    tokens: Vec<Token>,
    /// Start and end of all scalars, in order.
    scalars: Vec<(usize, usize)>,
}

impl Finder<'_> {
    fn collect(&mut self) -> Result<(), Words> {
        let mut open = vec![(self.tree.root(), 0, false, false)];
        // Items wait for their dashes, which come in the same order.
        let mut items = Vec::new();
        while let Some((node, depth, is_item, in_flow)) = open.pop() {
            let (start, end) = self.span(node)?;
            if is_item {
                items.push((node, depth - 1));
            }
            let is_flow = in_flow || self.tree.style(node) == Style::Flow;
            if self.tree.is_scalar(node) {
                if end > start {
                    self.scalars.push((start, end));
                }
                self.tokens.push(Token { start, node, depth, is_entry: false, in_flow });
            } else if is_flow {
                self.tokens.push(Token { start, node, depth, is_entry: false, in_flow });
            }
            match self.tree.kind(node) {
                Kind::Scalar => {}
                Kind::Sequence => {
                    let children: Vec<NodeId> = self.tree.items(node).collect();
                    open.extend(children.into_iter().rev().map(|child| (child, depth + 1, !is_flow, is_flow)));
                }
                Kind::Mapping => {
                    let entries: Vec<(NodeId, NodeId)> = self.tree.entries(node).collect();
                    for &(key, value) in entries.iter().rev() {
                        open.push((value, depth + 1, false, is_flow));
                        if is_flow {
                            open.push((key, depth, false, true));
                        }
                    }
                    for (key, _) in entries.into_iter().filter(|_| !is_flow) {
                        let (start, end) = self.span(key)?;
                        self.scalars.push((start, end));
                        self.tokens.push(Token { start, node: key, depth, is_entry: true, in_flow: false });
                    }
                }
            }
        }
        self.scalars.put_in_own_order_unstable();
        let mut dashes = Vec::new();
        for (start, line) in self.lines() {
            let mut at = start + (line.len() - line.trim_start_matches(' ').len());
            while self.scalar_at(at).is_none_or(|scalar| scalar.0 == at)
                && self.text[at..start + line.len()].starts_with('-')
                && self.text[at + 1..start + line.len()].chars().next().is_none_or(|next| next == ' ')
            {
                dashes.push(at);
                let rest = &self.text[at + 1..start + line.len()];
                at += 1 + rest.len() - rest.trim_start_matches(' ').len();
            }
        }
        if dashes.len() != items.len() {
            return Err("its lists cannot be followed");
        }
        for (start, (node, depth)) in dashes.into_iter().zip(items) {
            self.tokens.push(Token { start, node, depth, is_entry: true, in_flow: false });
        }
        // A dash comes before the first key behind it, which is further right.
        self.tokens.put_in_order_of(|token| token.start);
        Ok(())
    }

    fn span(&self, node: NodeId) -> Result<(usize, usize), Words> {
        let place = self.tree.place(node).ok_or("its nodes have no place")?;
        Ok((place.span.start as usize, place.span.end as usize))
    }

    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut start = 0;
        self.text.split_inclusive('\n').map(move |line| {
            let begin = start;
            start += line.len();
            (begin, line.trim_end_matches(['\n', '\r']))
        })
    }

    /// Returns the scalar that covers an offset.
    fn scalar_at(&self, at: usize) -> Option<(usize, usize)> {
        let before = self.scalars.partition_point(|&(start, _)| start <= at);
        self.scalars.get(before.checked_sub(1)?).copied().filter(|&(_, end)| at < end)
    }

    /// Returns where the comment of a line begins.
    fn comment_of(&self, start: usize, line: &str) -> Result<Option<usize>, Words> {
        let mut is_after_blank = true;
        for (at, char) in line.char_indices() {
            let scalar = self.scalar_at(start + at);
            let is_header = scalar.is_some_and(|(begin, _)| {
                begin >= start && begin < start + at && self.text[begin..].starts_with(['|', '>'])
            });
            if scalar.is_none() || is_header {
                match char {
                    '#' if is_after_blank => return Ok(Some(start + at)),
                    '&' | '*' => return Err("it has an anchor or an alias"),
                    '<' => return Err("it has a merge key"),
                    '%' if at == 0 => return Err("it has a directive"),
                    _ => {}
                }
            }
            is_after_blank = matches!(char, ' ' | '\t');
        }
        Ok(None)
    }

    fn comments(&self) -> Result<Comments, Words> {
        let mut comments = Comments::default();
        let mut runs: Vec<Run> = Vec::new();
        let (mut blank_before, mut is_run_open) = (true, false);
        let mut previous: Option<Token> = None;
        let mut previous_has_comment = false;
        for (start, line) in self.lines() {
            if line.trim().is_empty() {
                if !self.is_inside(start) {
                    (blank_before, is_run_open) = (true, false);
                    if let Some(run) = runs.last_mut() {
                        run.blank_after = true;
                    }
                }
                continue;
            }
            let column = line.len() - line.trim_start_matches(' ').len();
            let comment = self.comment_of(start, line)?;
            if let Some(at) = comment.filter(|&at| at == start + column) {
                let words = self.text[at..start + line.len()].to_owned();
                match runs.last_mut() {
                    Some(run) if is_run_open && run.column == column => run.lines.push(words),
                    Some(run) if is_run_open && run.column < column => {
                        return Err("its comments are indented unevenly");
                    }
                    _ => runs.push(Run { column, lines: vec![words], blank_before, blank_after: false }),
                }
                (blank_before, is_run_open) = (false, true);
                continue;
            }
            let first = self.tokens.partition_point(|token| token.start < start);
            let next = self.tokens.get(first).copied();
            if !runs.is_empty() {
                let is_entry = next.is_some_and(|next| next.is_entry && next.start == start + column);
                let next = next.filter(|_| is_entry).ok_or("it has a comment where none is expected")?;
                let blocks = self.attach(std::mem::take(&mut runs), previous, previous_has_comment, next)?;
                comments.n_comments += blocks.len();
                comments.has_feet |=
                    previous.is_some() && blocks.iter().any(|block| block.blank_after || block.behind.is_some());
                comments.above.insert(next.node, blocks);
            }
            (blank_before, is_run_open) = (false, false);
            if let Some(at) = comment {
                let beside = self.beside(start, at)?;
                comments.beside.insert(beside, self.text[at..start + line.len()].to_owned());
                comments.n_comments += 1;
            }
            if line.starts_with("---") && !self.is_inside(start) {
                if previous.is_some() || comment.is_some() || comments.n_comments > 0 {
                    return Err("it has several documents or comments above its beginning");
                }
                blank_before = false;
                continue;
            }
            previous_has_comment = comment.is_some();
            let n_before = self.tokens.partition_point(|token| token.start < start + line.len());
            let before = self.tokens.get(first..n_before).unwrap_or_default();
            previous = before.iter().rev().find(|token| token.is_entry).copied().or(previous);
        }
        let blocks = self.attach_at_end(runs, previous, previous_has_comment)?;
        comments.n_comments += blocks.len();
        comments.has_feet |= !blocks.is_empty();
        comments.at_end = blocks;
        Ok(comments)
    }

    /// Returns whether an offset is inside a scalar, or between the lines of one.
    fn is_inside(&self, at: usize) -> bool {
        self.scalar_at(at).is_some_and(|(start, _)| start < at)
    }

    /// Returns the key or value that the comment on its line belongs to.
    fn beside(&self, line: usize, comment: usize) -> Result<NodeId, Words> {
        let refused = "it has a comment inside a flow collection or behind a dash";
        let at = self.tokens.partition_point(|token| token.start < comment);
        let empty_value = |token: &Token| {
            let is_scalar = !token.is_entry && self.tree.is_scalar(token.node);
            is_scalar && self.scalars.binary_search_by_key(&token.start, |scalar| scalar.0).is_err()
        };
        let token = self.tokens[..at].iter().rev().find(|token| !empty_value(token)).copied().ok_or(refused)?;
        let end = self.span(token.node)?.1;
        if token.in_flow {
            // Behind the last bracket the comment is that of the outermost collection.
            let n_closed =
                self.text[end.max(token.start)..comment].chars().filter(|char| matches!(char, ']' | '}')).count();
            let mut outer = self.tokens[..at].iter().rev().take_while(|outer| outer.start >= line);
            let outermost = outer.find(|outer| !outer.in_flow && !outer.is_entry).ok_or(refused)?;
            let n_open =
                self.text[outermost.start..token.start].chars().filter(|char| matches!(char, '[' | '{')).count();
            let n_closed_before =
                self.text[outermost.start..token.start].chars().filter(|char| matches!(char, ']' | '}')).count();
            let is_plain = self.tokens[..at].iter().filter(|inner| inner.start > outermost.start).all(|inner| {
                !self.tree.is_scalar(inner.node) || !self.tree.text(inner.node).contains(['[', ']', '{', '}'])
            });
            return if is_plain && n_open == n_closed + n_closed_before { Ok(outermost.node) } else { Err(refused) };
        }
        if token.is_entry && self.text[token.start..].starts_with('-') && end <= token.start + 1 {
            return Err(refused);
        }
        if token.is_entry && self.text[token.start..comment].trim_end() == "-" {
            return Err(refused);
        }
        // Behind a value that is not there: what is written to it later comes before the comment.
        let value =
            self.tokens.get(at.saturating_sub(1)..).unwrap_or_default().iter().take(2).find(|value| {
                token.is_entry && value.start > token.start && value.start <= comment && empty_value(value)
            });
        Ok(value.unwrap_or(&token).node)
    }

    /// Says where the comments between two lines are printed.
    fn attach(
        &self,
        runs: Vec<Run>,
        previous: Option<Token>,
        has_comment: bool,
        next: Token,
    ) -> Result<Vec<Block>, Words> {
        let refused = "its comments are laid out in a way that is not supported yet";
        let column_of = |token: Token| self.column(token.start);
        let Some(previous) = previous else {
            // At the top: blank lines behind comments stay, one each.
            let is_marked = self.text.starts_with("---");
            if is_marked && runs.len() > 1 {
                return Err(refused);
            }
            let block =
                |run: Run| Block { blank_after: run.blank_after && !is_marked, lines: run.lines, ..Block::default() };
            return Ok(runs.into_iter().map(block).collect());
        };
        let is_child = next.depth > previous.depth;
        let n_runs = runs.len();
        let mut blocks = Vec::new();
        let (mut is_level_reached, mut last_column, mut was_apart) = (false, usize::MAX, false);
        for (at, run) in runs.into_iter().enumerate() {
            let mut block = Block { lines: run.lines, ..Block::default() };
            if run.column > column_of(next) && !is_child {
                // Below what stands deeper before it: of the last line, however deep, unless blank lines or an earlier
                // comment set it apart.
                let is_of_last = at == 0 && (run.blank_before || !run.blank_after || run.column == column_of(previous));
                let is_dedented = is_of_last || run.column < last_column && !self.is_in_list(previous, column_of(next));
                let behind = if is_of_last { Some(previous) } else { self.ancestor(previous, run.column) };
                let behind = behind.filter(|_| is_dedented && !is_level_reached).ok_or(refused)?;
                last_column = run.column;
                was_apart = run.blank_before && run.blank_after;
                block.behind = Some(behind.node);
            } else if run.column == column_of(next) && !is_child {
                let is_foot = !run.blank_before && run.blank_after && !is_level_reached && at == 0;
                let is_after_head = is_level_reached && blocks.last().is_some_and(|before: &Block| !before.blank_after);
                let is_foot_below = run.blank_after && !is_level_reached && at > 0 || was_apart && !is_level_reached;
                let is_foot_in_list = is_foot && self.is_in_list(previous, column_of(next));
                if is_after_head
                    || is_foot_below
                    || is_foot_in_list
                    || is_foot && (has_comment || n_runs > 2 || !self.ends_with_a_line(previous))
                    || is_level_reached && n_runs > 2
                {
                    return Err(refused);
                }
                block.blank_after = is_foot;
                is_level_reached = true;
            } else if !is_child || n_runs > 1 || run.column != column_of(next) {
                return Err(refused);
            }
            blocks.push(block);
        }
        Ok(blocks)
    }

    /// Says where the comments behind the last line are printed.
    fn attach_at_end(&self, runs: Vec<Run>, previous: Option<Token>, has_comment: bool) -> Result<Vec<Block>, Words> {
        let refused = "its comments are laid out in a way that is not supported yet";
        let mut blocks = Vec::new();
        for (at, run) in runs.into_iter().enumerate() {
            let previous = previous.ok_or(refused)?;
            if at > 0 && blocks.iter().any(|before: &Block| before.behind.is_some() || !before.blank_before) {
                return Err(refused);
            }
            let mut block = Block { lines: run.lines, ..Block::default() };
            let is_flow_last = self.text[..self.text.len()].trim_end().ends_with([']', '}']);
            if run.column == 0 && run.blank_before {
                block.blank_before = true;
            } else if at > 0 || has_comment || is_flow_last || !self.tree.is_mapping(self.tree.root()) {
                return Err(refused);
            } else {
                let last_is_flow =
                    self.tokens.iter().rev().find(|token| !token.is_entry).is_some_and(|token| token.in_flow);
                if run.blank_before || last_is_flow || self.is_in_list(previous, 0) {
                    return Err(refused);
                }
                block.behind = Some(self.ancestor(previous, run.column).ok_or(refused)?.node);
            }
            blocks.push(block);
        }
        Ok(blocks)
    }

    /// Returns whether what stands behind a key or dash, if anything, is a scalar in one line.
    fn ends_with_a_line(&self, entry: Token) -> bool {
        let at = self.tokens.partition_point(|token| token.start <= entry.start);
        let behind = self.tokens.get(at..).unwrap_or_default().iter().take_while(|token| !token.is_entry);
        behind.into_iter().all(|token| {
            let is_block = self.tree.is_scalar(token.node) && self.tree.style(token.node).is_block_scalar();
            !token.in_flow && self.tree.is_scalar(token.node) && !is_block
        })
    }

    /// Returns the token in a column that is the given one or one that it stands below.
    fn ancestor(&self, token: Token, column: usize) -> Option<Token> {
        let at = self.tokens.partition_point(|other| other.start <= token.start);
        let mut least = usize::MAX;
        for other in self.tokens.get(..at)?.iter().rev().filter(|other| other.is_entry) {
            let found = self.column(other.start);
            if found < least {
                least = found;
                if found == column {
                    return Some(*other);
                }
            }
            if found < column {
                return None;
            }
        }
        None
    }

    /// Returns whether a token is an item, or stands below one, right of a column.
    fn is_in_list(&self, token: Token, column: usize) -> bool {
        let at = self.tokens.partition_point(|other| other.start <= token.start);
        let mut least = usize::MAX;
        self.tokens[..at].iter().rev().filter(|other| other.is_entry).any(|other| {
            let found = self.column(other.start);
            let is_outer = found < least && found >= column;
            least = least.min(found);
            is_outer && self.text[other.start..].starts_with('-')
        })
    }

    fn column(&self, at: usize) -> usize {
        at - self.text[..at].rfind('\n').map_or(0, |before| before + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::Comments;
    use crate::source::{Sensitivity, Sources};
    use crate::yaml::{print, read::read_first};

    fn printed(text: &str) -> Result<String, String> {
        let source = Sources::default().add("", text.to_owned(), Sensitivity::Opaque, None);
        let tree = read_first(&source, &crate::limits::Limits::default()).map_err(|error| error.message.clone())?;
        let tree = tree.ok_or("nothing")?;
        let comments = Comments::find(&tree, text)?;
        Ok(print::document(&tree, &comments)?)
    }

    #[test]
    fn usual_comments_are_printed_where_kustomize_prints_them() {
        for text in [
            "# top\n\n# more\na: 1 # beside\n# head\nb:\n  # inner\n  c: 'x # no' # beside\n  # foot\nd: |  # no header\n  # no\n",
            "a: 1\n# foot\n\n# head\nb: [1, {c: d}] # beside\ne: # key\n- x # item\n# item\n- y\n\n# end\n",
            "a:\n- b: 1\n  # c: 2\n- d: e#f\n  #g: 1\nh: 1\n",
        ] {
            assert_eq!(printed(text).as_deref(), Ok(text.replace("|  #", "| #").as_str()));
        }
        let moved = "a:\n\n    b: 1   # beside\n\n    # head\n    c:\n      - 1\n\n\n# head\nd: 2\n";
        let expected = "a:\n  b: 1 # beside\n  # head\n  c:\n  - 1\n# head\nd: 2\n";
        assert_eq!(printed(moved).as_deref(), Ok(expected));
        // Of the last line, unless a blank line sets it apart.
        let deeper = "a:\n  b:\n    c: 1\n  # foot\nd: 2\n   # foot\ne: 3\n";
        let expected = "a:\n  b:\n    c: 1\n    # foot\nd: 2\n# foot\ne: 3\n";
        assert_eq!(printed(deeper).as_deref(), Ok(expected));
        let apart = "a:\n  b:\n    c: 1\n  # foot\n\nd: 2\n";
        let expected = "a:\n  b:\n    c: 1\n  # foot\nd: 2\n";
        assert_eq!(printed(apart).as_deref(), Ok(expected));
    }

    #[test]
    fn what_would_be_moved_or_lost_is_refused() {
        for text in [
            "a: &x 1\nb: *x\n",
            "<<: {a: 1}\nb: 2\n",
            "a: [1, # inside\n  2]\n",
            "a:\n- # behind a dash\n  b: 1\n",
            "a: 1\n    # deeper\n  # less\n    # deeper\nb: 2\n",
            "- - - a\n    - b\n  # of the list\n\n- c\n",
            "# before\n---\na: 1\n",
            "a: 1\n\n# x\n\n# y\n\nb: 2\n",
            "- a\n# end\n",
        ] {
            assert!(printed(text).is_err(), "{text:?} gives {:?}", printed(text));
        }
    }
}
