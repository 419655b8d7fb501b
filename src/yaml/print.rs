//! Nodes as YAML text with the styles they have, as go yaml.v3 prints them with kyaml's settings (indentation of two, list
//! items as far left as their key, no folding of long lines).
//!
//! Needed where that text is seen: structured data that is written back into a scalar, and texts that an expression is
//! matched against. The output of a build is printed by `emit`.

use crate::yaml::comments::{Block, Comments};
use crate::yaml::emit::quote::is_printable;
use crate::yaml::emit::value::{chomping, is_line_break, print_folded};
use crate::yaml::resolve::resolve;
use crate::yaml::tree::{Kind, NodeId, Style, Tag, Tree};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Why a node cannot be printed here.
type Words = &'static str;

/// Prints a tree as a document, with the comments that stand in it. All of them have to find their place again.
pub(crate) fn document(tree: &Tree, comments: &Comments) -> Result<String, Words> {
    let mut printer = Printer::new(tree, Some(comments));
    printer.node(tree.root(), Place { indent: 0, parent: Parent::Root, in_flow: false })?;
    printer.end_line();
    printer.blocks(&comments.at_end, 0);
    let is_whole = printer.n_comments == comments.n_comments;
    if is_whole { Ok(printer.out) } else { Err("a comment in it would be lost") }
}

/// Returns the text of a node on its own, without the line end.
pub(crate) fn text_of(tree: &Tree, node: NodeId) -> Result<Cow<'_, str>, Words> {
    if tree.is_scalar(node) && tree.style(node) == Style::Plain {
        let text = tree.text(node);
        let is_implied = matches!(tree.tag(node), Tag::Implied) || resolve(text).tag() == tree.tag(node);
        if is_implied && Analysis::of(text).block_plain {
            return Ok(Cow::Borrowed(text));
        }
    }
    let mut printer = Printer::new(tree, None);
    printer.node(node, Place { indent: 0, parent: Parent::Root, in_flow: false })?;
    Ok(Cow::Owned(printer.out))
}

#[derive(Clone, Copy, PartialEq)]
enum Parent {
    Root,
    /// The value behind `key:`.
    Key,
    /// An item behind `-`, on the same line.
    Item,
}

#[derive(Clone, Copy)]
struct Place {
    /// Columns before the keys or items of the collection that the node stands in.
    indent: usize,
    parent: Parent,
    in_flow: bool,
}

struct Printer<'t> {
    tree: &'t Tree,
    out: String,
    comments: Option<&'t Comments>,
    n_comments: usize,
    /// The columns in which keys and items were printed that comments belong to.
    columns: FxHashMap<NodeId, usize>,
    /// The key of the scalar that is printed next: a comment beside it comes behind the scalar, if that has none.
    key_before: Option<NodeId>,
}

impl<'t> Printer<'t> {
    fn new(tree: &'t Tree, comments: Option<&'t Comments>) -> Printer<'t> {
        Printer { tree, out: String::new(), comments, n_comments: 0, columns: FxHashMap::default(), key_before: None }
    }

    /// Prints the comments above a key or an item, and remembers its column.
    fn above(&mut self, node: NodeId, column: usize) {
        let Some(comments) = self.comments.filter(|comments| !comments.is_empty()) else { return };
        self.columns.insert(node, column);
        if let Some(blocks) = comments.above.get(&node) {
            self.blocks(blocks, column);
        }
    }

    fn blocks(&mut self, blocks: &[Block], column: usize) {
        for block in blocks {
            let column = block.behind.and_then(|node| self.columns.get(&node).copied()).unwrap_or(column);
            self.end_line();
            if block.blank_before {
                self.out.push('\n');
            }
            for line in &block.lines {
                self.begin_line(column);
                self.out.push_str(line);
            }
            self.end_line();
            if block.blank_after {
                self.out.push('\n');
            }
            self.n_comments += 1;
        }
    }

    /// Prints the comment on the line of a node.
    fn beside(&mut self, node: NodeId) {
        let Some(comments) = self.comments else { return };
        let of_key = self.key_before.take().and_then(|key| comments.beside.get(&key));
        if let Some(comment) = comments.beside.get(&node).or(of_key) {
            self.out.push(' ');
            self.out.push_str(comment);
            self.n_comments += 1;
        }
    }

    // Depth is bounded by the reader and by the limits on copying.
    fn node(&mut self, node: NodeId, place: Place) -> Result<(), Words> {
        let tree = self.tree;
        if tree.is_scalar(node) {
            return self.scalar(node, place, false);
        }
        if !matches!(tree.tag(node), Tag::Implied | Tag::Map | Tag::Seq) {
            return Err("it has a tag");
        }
        let is_flow = place.in_flow || tree.style(node) == Style::Flow || tree.has_no_children(node);
        match (tree.kind(node), is_flow) {
            (Kind::Sequence, true) => self.flow_sequence(node, place),
            (_, true) => self.flow_mapping(node, place),
            (Kind::Sequence, false) => self.block_sequence(node, place),
            (_, false) => self.block_mapping(node, place),
        }
    }

    fn block_sequence(&mut self, node: NodeId, place: Place) -> Result<(), Words> {
        let indent = if place.parent == Parent::Item { place.indent + 2 } else { place.indent };
        for (at, item) in self.tree.items(node).enumerate() {
            if at == 0 && place.parent == Parent::Item {
                self.columns.insert(item, indent);
                self.space();
            } else {
                self.above(item, indent);
                self.begin_line(indent);
            }
            self.out.push('-');
            self.node(item, Place { indent, parent: Parent::Item, in_flow: false })?;
        }
        Ok(())
    }

    fn block_mapping(&mut self, node: NodeId, place: Place) -> Result<(), Words> {
        let indent = if place.parent == Parent::Root { 0 } else { place.indent + 2 };
        for (at, (key, value)) in self.tree.entries(node).enumerate() {
            if at == 0 && place.parent == Parent::Item {
                self.columns.insert(key, indent);
                self.space();
            } else {
                self.above(key, indent);
                self.begin_line(indent);
            }
            self.key(key, Place { indent, parent: Parent::Root, in_flow: false })?;
            self.out.push(':');
            if self.tree.is_scalar(value) {
                self.key_before = Some(key);
            } else {
                self.beside(key);
            }
            self.node(value, Place { indent, parent: Parent::Key, in_flow: false })?;
        }
        Ok(())
    }

    fn flow_sequence(&mut self, node: NodeId, place: Place) -> Result<(), Words> {
        self.space();
        self.out.push('[');
        for (at, item) in self.tree.items(node).enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.node(item, Place { indent: place.indent + 2, parent: Parent::Root, in_flow: true })?;
        }
        self.out.push(']');
        self.beside(node);
        Ok(())
    }

    fn flow_mapping(&mut self, node: NodeId, place: Place) -> Result<(), Words> {
        self.space();
        self.out.push('{');
        let place = Place { indent: place.indent + 2, parent: Parent::Root, in_flow: true };
        for (at, (key, value)) in self.tree.entries(node).enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.key(key, place)?;
            self.out.push(':');
            self.node(value, place)?;
        }
        self.out.push('}');
        self.beside(node);
        Ok(())
    }

    fn key(&mut self, key: NodeId, place: Place) -> Result<(), Words> {
        let text = self.tree.text(key);
        if !self.tree.is_scalar(key) || text.contains(is_line_break) || text.len() > 128 {
            return Err("it has a key that is long, of several lines, or a collection");
        }
        self.scalar(key, place, true)
    }

    fn scalar(&mut self, node: NodeId, place: Place, is_key: bool) -> Result<(), Words> {
        let (tree, text) = (self.tree, self.tree.text(node));
        let (tag, mut style) = (tree.tag(node), tree.style(node));
        let mut shown_tag = None;
        let is_tag_read = tag != Tag::Implied && tree.origin_entry(tree.origin(node)).is_none();
        if is_tag_read {
            shown_tag = Some(shown(tag).ok_or("it has a tag")?);
        } else if tag != Tag::Implied && !(tag == Tag::Str && style.is_quoted()) && resolve(text).tag() != tag {
            match tag {
                Tag::Str if style == Style::Plain && !text.contains('\n') => style = Style::DoubleQuoted,
                Tag::Str => {}
                _ => shown_tag = Some(shown(tag).ok_or("it has a tag")?),
            }
        }
        if style == Style::Plain && text.contains('\n') {
            style = Style::Literal;
        }
        let analysis = Analysis::of(text);
        if style == Style::Plain {
            let is_allowed = if place.in_flow { analysis.flow_plain } else { analysis.block_plain };
            if !is_allowed || (text.is_empty() && (place.in_flow || is_key)) {
                style = Style::SingleQuoted;
            }
        }
        if style == Style::SingleQuoted && !analysis.single {
            style = Style::DoubleQuoted;
        }
        if style.is_block_scalar() && (!analysis.block || place.in_flow || is_key) {
            style = Style::DoubleQuoted;
        }
        if let Some(tag) = shown_tag {
            self.space();
            self.out.push_str(tag);
        }
        // Lines of a scalar stand further right than what holds it.
        let indent = place.indent + 2;
        match style {
            Style::SingleQuoted => self.single_quoted(text, indent),
            Style::DoubleQuoted => self.double_quoted(text),
            Style::Literal => return self.block(node, text, '|', indent),
            Style::Folded => return self.block(node, &print_folded(text), '>', indent),
            Style::Plain | Style::Block | Style::Flow => {
                if !text.is_empty() {
                    self.space();
                    self.out.push_str(text);
                }
            }
        }
        if !is_key {
            self.beside(node);
        }
        Ok(())
    }

    fn single_quoted(&mut self, text: &str, indent: usize) {
        self.space();
        self.out.push('\'');
        let mut after_break = false;
        for char in text.chars() {
            if is_line_break(char) {
                if !after_break && char == '\n' {
                    self.out.push('\n');
                }
                self.out.push(char);
                after_break = true;
                continue;
            }
            if after_break {
                self.out.extend(std::iter::repeat_n(' ', indent));
            }
            if char == '\'' {
                self.out.push('\'');
            }
            self.out.push(char);
            after_break = false;
        }
        self.out.push('\'');
    }

    fn double_quoted(&mut self, text: &str) {
        self.space();
        self.out.push('"');
        for char in text.chars() {
            if is_printable(char) && !is_line_break(char) && !matches!(char, '"' | '\\') {
                self.out.push(char);
                continue;
            }
            self.out.push('\\');
            match char {
                '\0' => self.out.push('0'),
                '\u{7}' => self.out.push('a'),
                '\u{8}' => self.out.push('b'),
                '\t' => self.out.push('t'),
                '\n' => self.out.push('n'),
                '\u{b}' => self.out.push('v'),
                '\u{c}' => self.out.push('f'),
                '\r' => self.out.push('r'),
                '\u{1b}' => self.out.push('e'),
                '"' | '\\' => self.out.push(char),
                '\u{85}' => self.out.push('N'),
                '\u{2028}' => self.out.push('L'),
                '\u{2029}' => self.out.push('P'),
                _ => {
                    let code = u32::from(char);
                    self.out.push_str(&match code {
                        0..=0xff => format!("x{code:02X}"),
                        0x100..=0xffff => format!("u{code:04X}"),
                        _ => format!("U{code:08X}"),
                    });
                }
            }
        }
        self.out.push('"');
    }

    /// Prints a block scalar: `lines` are what its text looks like in its style.
    fn block(&mut self, node: NodeId, lines: &str, indicator: char, indent: usize) -> Result<(), Words> {
        let text = self.tree.text(node);
        self.space();
        self.out.push(indicator);
        if text.starts_with([' ', '\n']) || text.starts_with(is_line_break) {
            self.out.push('2');
        }
        match chomping(text) {
            (true, _) => self.out.push('-'),
            (_, true) => self.out.push('+'),
            _ => {}
        }
        self.beside(node);
        self.out.push('\n');
        let mut at_start = true;
        for char in lines.chars() {
            let is_break = is_line_break(char);
            if at_start && !is_break {
                self.out.extend(std::iter::repeat_n(' ', indent));
            }
            self.out.push(char);
            at_start = is_break;
        }
        Ok(())
    }

    fn space(&mut self) {
        if !matches!(self.out.as_bytes().last(), None | Some(b' ' | b'\n' | b'[' | b'{')) {
            self.out.push(' ');
        }
    }

    fn end_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with(is_line_break) {
            self.out.push('\n');
        }
    }

    fn begin_line(&mut self, indent: usize) {
        self.end_line();
        self.out.extend(std::iter::repeat_n(' ', indent));
    }
}

fn shown(tag: Tag) -> Option<&'static str> {
    Some(match tag {
        Tag::Int => "!!int",
        Tag::Float => "!!float",
        Tag::Bool => "!!bool",
        Tag::Null => "!!null",
        Tag::Timestamp => "!!timestamp",
        Tag::Str => "!!str",
        Tag::Binary => "!!binary",
        _ => return None,
    })
}

/// Which styles a text allows (upstream `yaml_emitter_analyze_scalar`).
struct Analysis {
    block_plain: bool,
    flow_plain: bool,
    single: bool,
    block: bool,
}

impl Analysis {
    fn of(text: &str) -> Analysis {
        if text.is_empty() {
            return Analysis { block_plain: true, flow_plain: false, single: true, block: false };
        }
        let starts_document = text.starts_with("---") || text.starts_with("...");
        let mut analysis =
            Analysis { block_plain: !starts_document, flow_plain: !starts_document, single: true, block: true };
        let is_blank = |char: Option<char>| matches!(char, None | Some(' ' | '\t'));
        let (mut previous, mut has_break) = (None, false);
        let mut chars = text.chars().peekable();
        let mut is_special = false;
        while let Some(char) = chars.next() {
            let is_first = previous.is_none();
            let blank_follows = is_blank(chars.peek().copied());
            let (in_flow, in_block) = match char {
                '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`'
                    if is_first =>
                {
                    (true, true)
                }
                '?' | ':' if is_first => (true, blank_follows),
                '-' if is_first => (blank_follows, blank_follows),
                ',' | '?' | '[' | ']' | '{' | '}' => (true, false),
                ':' => (true, blank_follows),
                '#' => {
                    let after_blank =
                        is_blank(previous) || previous.is_some_and(is_line_break) || previous == Some('\0');
                    (after_blank, after_blank)
                }
                _ => (false, false),
            };
            analysis.flow_plain &= !in_flow;
            analysis.block_plain &= !in_block;
            let is_break = is_line_break(char);
            has_break |= is_break;
            if char == '\t' {
                (analysis.flow_plain, analysis.block_plain, analysis.single) = (false, false, false);
            } else if !is_printable(char) {
                is_special = true;
            }
            if char == ' ' && previous.is_some_and(is_line_break) {
                (analysis.flow_plain, analysis.block_plain, analysis.single) = (false, false, false);
            }
            is_special |= is_break && previous == Some(' ');
            previous = Some(char);
        }
        if is_special {
            return Analysis { block_plain: false, flow_plain: false, single: false, block: false };
        }
        let ends_blank = text.starts_with(' ') || text.ends_with(' ') || has_break;
        if ends_blank {
            (analysis.flow_plain, analysis.block_plain) = (false, false);
        }
        analysis.block &= !text.ends_with(' ');
        analysis
    }
}
