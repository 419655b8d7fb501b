//! From events to trees: nodes, spans, texts; aliases copied, merge keys applied, depth and expansion bounded.

use super::events::{Event, EventKind, EventSource, EventText, Fault};
use super::merge::{self, MergeRule};
use super::position::Normalised;
use crate::diagnostic::Code;
use crate::limits::Limits;
use crate::provenance::Origin;
use crate::source::Span;
use crate::yaml::resolve::style_behind_tag;
use crate::yaml::tree::{Kind, NodeId, Style, Tag, Text, Tree};
use rustc_hash::FxHashMap;

/// What the documents of one file share while they are built.
pub(super) struct Pools {
    /// Decoded scalars.
    pub(super) decoded: String,
    /// A span per node, in the original text.
    pub(super) spans: Vec<Span>,
    /// The way back to the original text.
    pub(super) normalised: Normalised,
    /// Nodes that aliases added so far, in all documents.
    pub(super) expanded: usize,
}

impl Pools {
    fn place(&mut self, start: usize, end: usize) -> Origin {
        let origin = Origin::read(self.spans.len());
        self.spans.push(self.normalised.span(start, end));
        origin
    }
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

struct Frame {
    built: Built,
    kind: Kind,
    anchor: Option<usize>,
    /// The key that waits for its value, and whether it is a merge key.
    key: Option<(NodeId, bool)>,
    merge: merge::Found,
}

enum Anchor {
    Open,
    Closed(Built),
}

/// Builds one document.
pub(super) struct Builder<'a> {
    limits: &'a Limits,
    rule: MergeRule,
    text: &'a str,
    pools: &'a mut Pools,
    tree: Tree,
    stack: Vec<Frame>,
    anchors: FxHashMap<usize, Anchor>,
}

impl<'a> Builder<'a> {
    /// Makes a builder; `text` is the normalised text of the file.
    pub(super) fn new(text: &'a str, pools: &'a mut Pools, limits: &'a Limits, rule: MergeRule) -> Builder<'a> {
        let tree = Tree::for_reader(0);
        let anchors = FxHashMap::default();
        Builder { limits, rule, text, pools, tree, stack: Vec::new(), anchors }
    }

    /// Reads the first document of a stream; `None` if there is none or it is null.
    pub(super) fn document(mut self, events: &mut dyn EventSource) -> Result<Option<(Tree, NodeId)>, Box<Fault>> {
        let mut root = None;
        loop {
            let event = events.next_event()?;
            match event.kind {
                EventKind::StreamEnd | EventKind::DocumentEnd => break,
                EventKind::DocumentStart => {}
                _ => {
                    if let Some(built) = self.event(event)? {
                        root = Some(built.node);
                    }
                }
            }
        }
        Ok(root.filter(|&root| !self.is_null(root)).map(|root| (self.tree, root)))
    }

    fn is_null(&self, node: NodeId) -> bool {
        let text = self.tree.text_in(node, self.text, &self.pools.decoded);
        match self.tree.tag(node) {
            Tag::Implied => {
                let plain = self.tree.is_scalar(node) && self.tree.style(node) == Style::Plain;
                plain && matches!(text, "" | "~" | "null" | "Null" | "NULL")
            }
            tag => tag == Tag::Null,
        }
    }

    /// Handles an event and returns the root once it is complete.
    fn event(&mut self, mut event: Event) -> Result<Option<Built>, Box<Fault>> {
        match event.kind {
            EventKind::Scalar => {
                let is_merge = event.style == Style::Plain && event.tag == Tag::Implied || event.tag == Tag::Merge;
                let (node, is_merge) = self.scalar(&mut event, is_merge);
                let built = Built { node, nodes: 1, height: 0 };
                if let Some(anchor) = event.anchor {
                    self.anchors.insert(anchor, Anchor::Closed(built));
                }
                self.attach(built, is_merge, false, event.start)
            }
            EventKind::Alias(anchor) => {
                let built = self.alias(anchor, event.start)?;
                self.attach(built, false, true, event.start)
            }
            EventKind::MappingStart | EventKind::SequenceStart => {
                let kind = if event.kind == EventKind::MappingStart { Kind::Mapping } else { Kind::Sequence };
                if self.stack.len() >= self.limits.depth_max {
                    return Err(self.too_deep(event.start));
                }
                let origin = self.pools.place(event.start, event.end);
                let node = self.tree.push(kind, event.style, event.tag, Text::in_file(0, 0), origin);
                if let Some(anchor) = event.anchor {
                    self.anchors.insert(anchor, Anchor::Open);
                }
                let built = Built { node, nodes: 1, height: 1 };
                let merge = merge::Found::default();
                self.stack.push(Frame { built, kind, anchor: event.anchor, key: None, merge });
                Ok(None)
            }
            EventKind::MappingEnd | EventKind::SequenceEnd => {
                // The parser closes only what it opened.
                let Some(frame) = self.stack.pop() else { return Ok(None) };
                if frame.merge.needed() {
                    let pools = (self.text, self.pools.decoded.as_str());
                    merge::apply(&mut self.tree, frame.built.node, &frame.merge, self.rule, pools)?;
                }
                if let Some(anchor) = frame.anchor {
                    self.anchors.insert(anchor, Anchor::Closed(frame.built));
                }
                let start = event.start;
                self.attach(frame.built, false, false, start)
            }
            EventKind::StreamEnd | EventKind::DocumentStart | EventKind::DocumentEnd => Ok(None),
        }
    }

    fn scalar(&mut self, event: &mut Event, may_merge: bool) -> (NodeId, bool) {
        let (text, value) = match &mut event.text {
            EventText::Range(start, len) => {
                (Text::in_file(*start, *len), self.text.get(*start..*start + *len).unwrap_or(""))
            }
            EventText::Decoded(value) => {
                let start = self.pools.decoded.len();
                if start == 0 {
                    // The one long text of a file need not be copied.
                    self.pools.decoded = std::mem::take(value);
                } else {
                    self.pools.decoded.push_str(value);
                }
                let value = self.pools.decoded.get(start..).unwrap_or("");
                (Text::in_decoded(start, value.len()), value)
            }
        };
        let is_merge = may_merge && (value == "<<" || event.tag == Tag::Merge);
        let quoted_merge = !is_merge && value == "<<";
        // The non-specific tag `!` says nothing to go yaml.v3; to yaml.v2, whose rule for merges this is, it says string.
        if self.rule == MergeRule::LaterWins && event.tag == Tag::Implied && event.style == Style::Plain {
            let before = self.text.get(..event.start).unwrap_or("").trim_end_matches(' ');
            if before.ends_with('!') && before.len() < event.start {
                event.tag = Tag::Str;
            }
        }
        let style = style_behind_tag(value, event.style, event.tag);
        let origin = self.pools.place(event.start, event.end);
        let node = self.tree.push(Kind::Scalar, style, event.tag, text, origin);
        if quoted_merge
            && let Some(frame) = self.stack.last_mut()
            && frame.kind == Kind::Mapping
            && frame.key.is_none()
        {
            frame.merge.quoted = true;
        }
        (node, is_merge)
    }

    fn alias(&mut self, anchor: usize, at: usize) -> Result<Built, Box<Fault>> {
        let built = match self.anchors.get(&anchor) {
            Some(Anchor::Closed(built)) => *built,
            Some(Anchor::Open) => {
                return Err(Fault::new(Code::AliasCycle, at, "the alias refers to a node that contains it"));
            }
            None => return Err(super::explain::unknown_anchor(at)),
        };
        self.pools.expanded += built.nodes;
        if self.pools.expanded > self.limits.alias_nodes_max {
            let message = format!("aliases expand to more than {} nodes", self.limits.alias_nodes_max);
            return Err(Fault::new(Code::LimitExceeded, at, message));
        }
        if self.stack.len() + built.height > self.limits.depth_max {
            return Err(self.too_deep(at));
        }
        let node = self.tree.copy_within(built.node);
        Ok(Built { node, ..built })
    }

    fn too_deep(&self, at: usize) -> Box<Fault> {
        let message = format!("collections are nested more than {} levels deep", self.limits.depth_max);
        Fault::new(Code::LimitExceeded, at, message)
    }

    /// Puts a finished node into the innermost open collection; returns it if there is none.
    fn attach(&mut self, built: Built, is_merge: bool, is_alias: bool, at: usize) -> Result<Option<Built>, Box<Fault>> {
        let Some(frame) = self.stack.last_mut() else { return Ok(Some(built)) };
        frame.built.nodes += built.nodes;
        frame.built.height = frame.built.height.max(built.height + 1);
        self.tree.append(frame.built.node, built.node);
        if frame.kind == Kind::Mapping {
            match frame.key.take() {
                None => frame.key = Some((built.node, is_merge)),
                Some((key, true)) => {
                    if !frame.merge.keys.is_empty() && self.rule == MergeRule::OwnWins {
                        return Err(Fault::syntax(at, "a mapping holds the merge key `<<` twice")
                            .help("merge several mappings with one list: `<<: [*a, *b]`"));
                    }
                    frame.merge.keys.push(merge::Key { node: key, alias: is_alias, at });
                }
                Some((_, false)) => {}
            }
        }
        Ok(None)
    }
}
