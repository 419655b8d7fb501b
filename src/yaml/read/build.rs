//! From nodes to trees: spans and texts, aliases copied, merge keys applied, depth and expansion bounded.

use super::fault::Fault;
use super::merge::{self, MergeRule};
use crate::diagnostic::Code;
use crate::limits::Limits;
use crate::provenance::Origin;
use crate::source::Span;
use crate::yaml::resolve::style_behind_tag;
use crate::yaml::tree::{Kind, NodeId, Style, Tag, Text, Tree};
use rustc_hash::FxHashMap;

/// What the documents of one file share while they are built.
#[derive(Default)]
pub(super) struct Shared {
    /// A span per node.
    pub(super) spans: Vec<Span>,
    /// Nodes that aliases added so far, in all documents.
    pub(super) expanded: usize,
}

/// A node as the parser finds it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'t> {
    /// How it is written.
    pub(super) style: Style,
    /// The tag that is written before it.
    pub(super) tag: Tag,
    /// The anchor that is defined here.
    pub(super) anchor: Option<&'t str>,
    /// Where it begins: its text, quote, `|`, bracket, first key or first `-`; not its tag or anchor.
    pub(super) start: u32,
    /// Where a scalar ends.
    pub(super) end: u32,
}

/// A finished node.
#[derive(Clone, Copy)]
struct Built {
    node: NodeId,
    /// Nodes in it, itself included.
    nodes: usize,
    /// Levels of collections in it.
    height: usize,
}

struct Frame<'t> {
    built: Built,
    kind: Kind,
    anchor: Option<&'t str>,
    start: u32,
    /// The number of its span.
    span: usize,
    /// The key that waits for its value, and whether it is a merge key.
    key: Option<(NodeId, bool)>,
    merge: merge::Found,
}

enum Anchor {
    Open,
    Closed(Built),
}

/// The tag of an empty value that stands for an alias, where those are kept.
pub(crate) const KEPT_ALIAS: Tag = Tag::Merge;

/// Builds one document.
pub(super) struct Builder<'t, 'b> {
    limits: &'b Limits,
    rule: MergeRule,
    text: &'t str,
    shared: &'b mut Shared,
    tree: Tree,
    root: Option<NodeId>,
    stack: Vec<Frame<'t>>,
    anchors: FxHashMap<&'t str, Anchor>,
    /// Where the last node ends.
    end: u32,
    /// Keeps aliases that are values of mappings, but not those in lists.
    pub(super) keeps_aliases: bool,
}

impl<'t, 'b> Builder<'t, 'b> {
    /// Makes a builder; `text` is the text that plain scalars are parts of.
    pub(super) fn new(text: &'t str, shared: &'b mut Shared, limits: &'b Limits, rule: MergeRule) -> Builder<'t, 'b> {
        let tree = Tree::for_reader(0);
        let anchors = FxHashMap::default();
        let (root, stack) = (None, Vec::new());
        Builder { limits, rule, text, shared, tree, root, stack, anchors, end: 0, keeps_aliases: false }
    }

    /// Returns the tree with its root; nothing for a null document.
    pub(super) fn finish(self, decoded: &str) -> Option<(Tree, NodeId)> {
        let root = self.root.filter(|&root| !self.is_null(root, decoded))?;
        Some((self.tree, root))
    }

    fn is_null(&self, node: NodeId, decoded: &str) -> bool {
        let text = self.tree.text_in(node, self.text, decoded);
        match self.tree.tag(node) {
            Tag::Implied => {
                let plain = self.tree.is_scalar(node) && self.tree.style(node) == Style::Plain;
                plain && matches!(text, "" | "~" | "null" | "Null" | "NULL")
            }
            tag => tag == Tag::Null,
        }
    }

    fn place(&mut self, start: u32, end: u32) -> Origin {
        let origin = Origin::read(self.shared.spans.len());
        self.shared.spans.push(Span { start, end });
        origin
    }

    /// Adds a scalar.
    #[inline]
    pub(super) fn scalar(&mut self, scalar: Node<'t>, text: Text, value: &str) -> Result<(), Box<Fault>> {
        let Node { style, tag, anchor, start, end } = scalar;
        let is_merge = tag == Tag::Merge || value == "<<" && style == Style::Plain && tag == Tag::Implied;
        let kept_style = if tag == Tag::Implied { style } else { style_behind_tag(value, style, tag) };
        let origin = self.place(start, end);
        self.end = end;
        let node = self.tree.push(Kind::Scalar, kept_style, tag, text, origin);
        let built = Built { node, nodes: 1, height: 0 };
        if !is_merge
            && value == "<<"
            && let Some(frame) = self.stack.last_mut()
            && frame.kind == Kind::Mapping
            && frame.key.is_none()
        {
            frame.merge.quoted = true;
        }
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, Anchor::Closed(built));
        }
        self.attach(built, is_merge, false, start)
    }

    /// Adds a copy of the node that an alias names.
    pub(super) fn alias(&mut self, name: &str, start: usize, end: usize) -> Result<(), Box<Fault>> {
        let built = match self.anchors.get(name) {
            Some(Anchor::Closed(built)) => *built,
            Some(Anchor::Open) => {
                let message = "the alias refers to a node that contains it";
                return Err(
                    Fault::new(Code::AliasCycle, start, message).help("write the value out instead of the alias")
                );
            }
            None => return Err(super::explain::unknown_anchor(start)),
        };
        self.shared.expanded += built.nodes;
        if self.shared.expanded > self.limits.alias_nodes_max {
            let message = format!("aliases expand to more than {} nodes", self.limits.alias_nodes_max);
            return Err(Fault::new(Code::LimitExceeded, start, message));
        }
        if self.stack.len() + built.height > self.limits.depth_max {
            return Err(self.too_deep(start));
        }
        self.end = end as u32;
        if self.is_alias_kept() {
            return self.attach_alias(start as u32, end as u32);
        }
        let node = self.tree.copy_within(built.node);
        self.attach(Built { node, ..built }, false, true, start as u32)
    }

    fn is_alias_kept(&self) -> bool {
        self.keeps_aliases
            && self.stack.last().is_some_and(|frame| frame.key.is_some())
            && self.stack.iter().all(|frame| frame.kind == Kind::Mapping)
    }

    /// Keeps an alias as the value of a key, which is then no merge key.
    fn attach_alias(&mut self, start: u32, end: u32) -> Result<(), Box<Fault>> {
        let origin = self.place(start, end);
        let node = self.tree.push(Kind::Scalar, Style::Plain, KEPT_ALIAS, Text::in_file(0, 0), origin);
        if let Some(frame) = self.stack.last_mut() {
            frame.key = frame.key.map(|(key, _)| (key, false));
        }
        self.attach(Built { node, nodes: 1, height: 0 }, false, false, start)
    }

    /// Begins a collection.
    pub(super) fn open(&mut self, kind: Kind, collection: Node<'t>) -> Result<(), Box<Fault>> {
        let Node { style, tag, anchor, start, end } = collection;
        if self.stack.len() >= self.limits.depth_max {
            return Err(self.too_deep(start as usize));
        }
        let span = self.shared.spans.len();
        let origin = self.place(start, end);
        let node = self.tree.push(kind, style, tag, Text::in_file(0, 0), origin);
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, Anchor::Open);
        }
        let built = Built { node, nodes: 1, height: 1 };
        let merge = merge::Found::default();
        self.stack.push(Frame { built, kind, anchor, start, span, key: None, merge });
        Ok(())
    }

    /// Ends the innermost collection: behind its bracket, or where its last node ends.
    pub(super) fn close(&mut self, end: Option<u32>, decoded: &str) -> Result<(), Box<Fault>> {
        // The parser closes only what it opened.
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        if frame.merge.needed() {
            merge::apply(&mut self.tree, frame.built.node, &frame.merge, self.rule, (self.text, decoded))?;
        }
        if let Some(anchor) = frame.anchor {
            self.anchors.insert(anchor, Anchor::Closed(frame.built));
        }
        self.end = end.unwrap_or(self.end);
        if let Some(span) = self.shared.spans.get_mut(frame.span) {
            span.end = self.end.max(span.start);
        }
        self.attach(frame.built, false, false, frame.start)
    }

    fn too_deep(&self, at: usize) -> Box<Fault> {
        let message = format!("collections are nested more than {} levels deep", self.limits.depth_max);
        Fault::new(Code::LimitExceeded, at, message)
    }

    /// Puts a finished node into the innermost open collection; without one it is the root.
    #[inline]
    fn attach(&mut self, built: Built, is_merge: bool, is_alias: bool, at: u32) -> Result<(), Box<Fault>> {
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(built.node);
            return Ok(());
        };
        frame.built.nodes += built.nodes;
        frame.built.height = frame.built.height.max(built.height + 1);
        self.tree.append(frame.built.node, built.node);
        if frame.kind == Kind::Mapping {
            match frame.key.take() {
                None => frame.key = Some((built.node, is_merge)),
                Some((key, true)) => {
                    let at = at as usize;
                    if !frame.merge.keys.is_empty() && self.rule == MergeRule::OwnWins {
                        return Err(Fault::syntax(at, "a mapping holds the merge key `<<` twice")
                            .help("merge several mappings with one list: `<<: [*a, *b]`")
                            .because(""));
                    }
                    frame.merge.keys.push(merge::Key { node: key, alias: is_alias, at });
                }
                Some((_, false)) => {}
            }
        }
        Ok(())
    }
}
