//! The styled node tree: what every stage between reading and emitting works on.
//!
//! A [`Tree`] is an arena of small `Copy` nodes, so copying one (copy on write, resource by resource) is a few block
//! copies. Children are linked by index: a mapping's children alternate key, value, key, value. Texts are ranges into the
//! file that was read, into that file's pool of decoded scalars, or into the tree's own pool. Types are *not* decided
//! here: they follow from text, tag and style when the tree is emitted (`yaml::resolve`, `yaml::emit`), as in the
//! reference. Kubernetes is unknown to this module.

mod key_index;
mod look;
mod marks;
mod notes;
mod text;
mod write;

use crate::ordered::BTreeMap;
use crate::provenance::{Origin, OriginEntry, ReadFile, Stamp};
use key_index::KeyIndex;
pub use look::{Children, Entries};
pub(crate) use marks::Mark;
use marks::State;
use std::sync::Arc;
use text::Pool;
pub(crate) use text::Text;

/// The index of a node in its [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

const NONE: u32 = u32::MAX;

impl NodeId {
    fn some(raw: u32) -> Option<NodeId> {
        (raw != NONE).then_some(NodeId(raw))
    }
}

/// What a node is. Aliases are expanded when a file is read, so there is no kind for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Scalar,
    /// Keys with values, in the order of the file.
    Mapping,
    /// A list.
    Sequence,
}

/// How a node was written. Scalars have one of the first five, collections one of the last two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// No quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
    /// Indented collection.
    Block,
    /// `{…}` or `[…]`.
    Flow,
}

impl Style {
    /// Returns whether the text stands in lines of its own.
    pub fn is_block_scalar(self) -> bool {
        matches!(self, Style::Literal | Style::Folded)
    }

    /// Returns whether the style makes any text a string.
    pub fn is_quoted(self) -> bool {
        !matches!(self, Style::Plain | Style::Block | Style::Flow)
    }
}

/// A node's tag. `Implied` stands for what the text, the style and the kind say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// No tag was written: the text decides.
    Implied,
    /// `!!str`
    Str,
    /// `!!int`
    Int,
    /// `!!float`
    Float,
    /// `!!bool`
    Bool,
    /// `!!null`
    Null,
    /// `!!timestamp`
    Timestamp,
    /// `!!binary`
    Binary,
    /// `!!merge`
    Merge,
    /// `!!map`
    Map,
    /// `!!seq`
    Seq,
    /// Any other tag; it has no effect on values.
    Custom,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    start: u32,
    len: u32,
    origin: Origin,
    first: u32,
    last: u32,
    next: u32,
    /// The next member of the ring of scalars that are written together (semantics: shared label values); itself if alone.
    peer: u32,
    kind: Kind,
    style: Style,
    tag: Tag,
    state: State,
}

impl Node {
    fn pool(&self) -> Pool {
        self.state.pool()
    }

    fn write(&mut self, Text { start, len, pool }: Text) {
        (self.start, self.len) = (start, len);
        self.state.set_pool(pool);
    }

    fn text_range(&self) -> std::ops::Range<usize> {
        let start = self.start as usize;
        start..start + self.len as usize
    }
}

/// One document: a resource, a patch, a kustomization.
#[derive(Debug)]
pub struct Tree {
    nodes: Vec<Node>,
    own: String,
    entries: Vec<OriginEntry>,
    file: Option<Arc<ReadFile>>,
    root: NodeId,
    /// A text did not fit the tree's own pool.
    is_overfull: bool,
    /// What is written shows even where it changes nothing.
    is_watched: bool,
    /// Comments that hold a JSON object, by the node they belong to; nearly always none.
    comments: BTreeMap<NodeId, Arc<str>>,
    /// Values that directives took away, with their writers.
    removed: Vec<(NodeId, Stamp)>,
    /// Mappings that a null holds without showing them, by that null; nearly always none.
    latent: Vec<(NodeId, NodeId)>,
    n_latent_writes: u32,
    /// The labels as a JSON patch left them: the reference prints and reads what it patched.
    read_again: Option<NodeId>,
    /// Where keys of large mappings stand; nearly always none.
    key_index: Option<Box<KeyIndex>>,
    /// What the last strategic merge took the object for.
    merged_as: Option<usize>,
}

impl Clone for Tree {
    /// A tree is copied to be written to: the copy has room for what is likely to come.
    fn clone(&self) -> Tree {
        let mut nodes = Vec::with_capacity(self.nodes.len() + self.nodes.len() / 8 + 16);
        nodes.extend_from_slice(&self.nodes);
        let mut own = String::with_capacity(self.own.len() + 128);
        own.push_str(&self.own);
        let mut entries = Vec::with_capacity(self.entries.len() + 8);
        entries.extend_from_slice(&self.entries);
        Tree {
            nodes,
            own,
            entries,
            file: self.file.clone(),
            root: self.root,
            is_overfull: self.is_overfull,
            is_watched: self.is_watched,
            comments: self.comments.clone(),
            removed: self.removed.clone(),
            latent: self.latent.clone(),
            n_latent_writes: self.n_latent_writes,
            read_again: self.read_again,
            key_index: self.key_index.clone(),
            merged_as: self.merged_as,
        }
    }
}

impl Default for Tree {
    fn default() -> Self {
        Tree::new()
    }
}

impl Tree {
    /// Makes a tree that holds an empty block mapping and was read from no file.
    pub fn new() -> Tree {
        let mut tree = Tree::for_reader(1);
        tree.push(Kind::Mapping, Style::Block, Tag::Implied, Text::EMPTY, Origin::UNKNOWN);
        tree
    }

    /// Makes an empty tree for a reader, which pushes nodes and then sets file and root.
    pub(crate) fn for_reader(capacity: usize) -> Tree {
        let nodes = Vec::with_capacity(capacity);
        Tree {
            nodes,
            own: String::new(),
            entries: Vec::new(),
            file: None,
            root: NodeId(0),
            is_overfull: false,
            is_watched: false,
            comments: BTreeMap::new(),
            removed: Vec::new(),
            latent: Vec::new(),
            n_latent_writes: 0,
            read_again: None,
            key_index: None,
            merged_as: None,
        }
    }

    /// Ends reading.
    pub(crate) fn finish_reading(&mut self, file: Arc<ReadFile>, root: NodeId) {
        self.file = Some(file);
        self.root = root;
    }

    /// Returns the topmost node.
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// Replaces the topmost node.
    pub fn set_root(&mut self, root: NodeId) {
        self.root = root;
    }

    /// Returns the file the tree was read from, if it was read.
    pub fn file(&self) -> Option<&Arc<ReadFile>> {
        self.file.as_ref()
    }

    /// Returns how many nodes the arena holds, detached ones included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns whether the arena holds no node, which only a tree under construction does.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Returns whether the texts written into the tree were too long together: some are missing. Such a tree must not be
    /// printed.
    pub fn is_overfull(&self) -> bool {
        self.is_overfull
    }

    /// Appends a node to the arena.
    pub(crate) fn push(&mut self, kind: Kind, style: Style, tag: Tag, text: Text, origin: Origin) -> NodeId {
        let id = u32::try_from(self.nodes.len()).expect("limits keep trees far below 2^32 nodes");
        let Text { start, len, pool } = text;
        self.nodes.push(Node {
            start,
            len,
            state: State::new(pool),
            origin,
            kind,
            style,
            tag,
            first: NONE,
            last: NONE,
            next: NONE,
            peer: id,
        });
        NodeId(id)
    }

    /// Appends a child to a collection.
    pub(crate) fn append(&mut self, parent: NodeId, child: NodeId) {
        self.node_mut(child).next = NONE;
        let node = self.node_mut(parent);
        node.state.remove(Mark::Indexed);
        let last = std::mem::replace(&mut node.last, child.0);
        match NodeId::some(last) {
            Some(last) => self.link_mut(last).next = child.0,
            None => node.first = child.0,
        }
    }

    /// Returns a scalar's text while its tree is under construction, from the pools that its file will have.
    pub(crate) fn text_in<'t>(&'t self, id: NodeId, file: &'t str, decoded: &'t str) -> &'t str {
        let node = self.node(id);
        let pool = match node.pool() {
            Pool::File => file,
            Pool::Decoded => decoded,
            Pool::Own | Pool::Untagged => &self.own,
        };
        pool.get(node.text_range()).unwrap_or("")
    }

    fn intern(&mut self, text: &str) -> Text {
        let (Ok(start), Ok(len)) = (u32::try_from(self.own.len()), u32::try_from(text.len())) else {
            self.is_overfull = true;
            return Text::EMPTY;
        };
        if self.own.capacity() - self.own.len() < text.len() {
            // One directive is seldom the last: small pools grow in few steps.
            self.own.reserve(text.len().max(96));
        }
        self.own.push_str(text);
        Text { start, len, pool: Pool::Own }
    }

    fn stamp(&mut self, stamp: &Stamp, replaced: Option<Origin>) -> Origin {
        let entry = OriginEntry { place: stamp.place, by: stamp.by, replaced };
        if self.entries.last() != Some(&entry) {
            if self.entries.len() == self.entries.capacity() {
                self.entries.reserve(8);
            }
            self.entries.push(entry);
        }
        Origin::written(self.entries.len() - 1)
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The node, to be written to: what was found out about it holds no longer.
    fn node_mut(&mut self, id: NodeId) -> &mut Node {
        let node = self.link_mut(id);
        node.state.forget();
        node
    }

    /// The node, to change only what stands before or behind it.
    fn link_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.0 as usize]
    }
}

#[cfg(test)]
mod tests;
