//! The styled node tree: what every stage between reading and emitting works on.
//!
//! A [`Tree`] is an arena of small `Copy` nodes, so copying one (copy on write, resource by resource) is a few block
//! copies. Children are linked by index: a mapping's children alternate key, value, key, value. Texts are ranges into the
//! file that was read, into that file's pool of decoded scalars, or into the tree's own pool. Types are *not* decided
//! here: they follow from text, tag and style when the tree is emitted (`yaml::resolve`, `yaml::emit`), as in the
//! reference. Kubernetes is unknown to this module.

mod key_index;
mod marks;

use crate::ordered::BTreeMap;
use crate::provenance::{Origin, OriginEntry, OriginIndex, ReadFile, Stamp};
use crate::source::{Place, Span};
use key_index::{KeyIndex, Known};
pub(crate) use marks::Mark;
use marks::State;
use std::sync::Arc;

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

/// Which text a range points into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pool {
    /// The text of the file.
    File,
    /// The file's pool of decoded scalars.
    Decoded,
    /// The tree's own pool.
    Own,
    /// The tree's own pool, too; the text was written without a tag, so that its type is no property of the node: what the
    /// next text looks like decides anew.
    Untagged,
}

impl Pool {
    fn written(tag: Tag) -> Pool {
        if tag == Tag::Implied { Pool::Untagged } else { Pool::Own }
    }
}

/// A range of a text pool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    start: u32,
    len: u32,
    pool: Pool,
}

impl Text {
    /// No text.
    pub(crate) const EMPTY: Text = Text { start: 0, len: 0, pool: Pool::Own };

    /// Returns what a range that a reader made stands for.
    #[inline]
    pub(crate) fn within<'t>(self, file: &'t str, decoded: &'t str) -> &'t str {
        let pool = match self.pool {
            Pool::File => file,
            Pool::Decoded => decoded,
            Pool::Own | Pool::Untagged => "",
        };
        let start = self.start as usize;
        pool.get(start..start + self.len as usize).unwrap_or("")
    }

    /// A range of the file's text.
    pub(crate) fn in_file(start: usize, len: usize) -> Text {
        Text::of_file(start, len, Pool::File)
    }

    /// A range of the file's decoded scalars.
    pub(crate) fn in_decoded(start: usize, len: usize) -> Text {
        Text::of_file(start, len, Pool::Decoded)
    }

    /// A file has at most `session::FILE_BYTES_MAX` bytes, and decoding makes it longer by half at the most.
    fn of_file(start: usize, len: usize, pool: Pool) -> Text {
        let offset = |offset: usize| u32::try_from(offset).expect("files are far below 4 GiB");
        Text { start: offset(start), len: offset(len), pool }
    }
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

    /// Returns the comments that hold a JSON object, without their `#`, by the node they belong to.
    pub(crate) fn comments(&self) -> impl Iterator<Item = (NodeId, &Arc<str>)> {
        self.comments.iter().map(|(&id, comment)| (id, comment))
    }

    /// Returns the comment of a node that holds a JSON object.
    pub(crate) fn comment(&self, id: NodeId) -> Option<&Arc<str>> {
        self.comments.get(&id)
    }

    /// Gives a node a comment.
    pub(crate) fn set_comment(&mut self, id: NodeId, comment: Arc<str>) {
        self.comments.insert(id, comment);
    }

    /// Gives a node the comment of another one, if that has one.
    pub(crate) fn take_comment(&mut self, id: NodeId, from: NodeId) {
        let comment = self.comment(from).cloned();
        self.copy_comment(id, comment.as_ref());
    }

    fn copy_comment(&mut self, copy: NodeId, comment: Option<&Arc<str>>) {
        if let Some(comment) = comment {
            self.set_comment(copy, Arc::clone(comment));
        }
    }

    /// Takes the comment of a node away.
    pub(crate) fn remove_comment(&mut self, id: NodeId) {
        self.comments.remove(&id);
    }

    /// Takes away what no text of the document shows: comments, and what nulls hold.
    pub(crate) fn clear_unshown(&mut self) {
        self.comments.clear();
        self.latent.clear();
    }

    /// Returns the mapping that a null holds without showing it, made if there is none.
    ///
    /// Upstream `SetEntry` adds entries to the node of a null too. They are not printed, until a transformer that creates
    /// what is missing makes the node a mapping.
    pub(crate) fn latent_mapping(&mut self, null: NodeId, stamp: &Stamp) -> NodeId {
        self.n_latent_writes = self.n_latent_writes.saturating_add(1);
        if let Some(map) = self.latent(null) {
            return map;
        }
        let map = self.new_mapping(stamp);
        self.latent.push((null, map));
        map
    }

    /// Returns the mapping that a null holds without showing it.
    pub(crate) fn latent(&self, null: NodeId) -> Option<NodeId> {
        self.latent.iter().find(|(holder, _)| *holder == null).map(|&(_, map)| map)
    }

    /// Returns how often something was put into nulls that does not show.
    pub(crate) fn n_latent_writes(&self) -> u32 {
        self.n_latent_writes
    }

    /// Notes that the reference has read a node from a text of its own, where it has a position.
    pub(crate) fn set_read_again(&mut self, id: Option<NodeId>) {
        self.read_again = id;
    }

    /// Returns whether the reference has read a node from a text of its own.
    pub(crate) fn is_read_again(&self, id: NodeId) -> bool {
        self.read_again == Some(id)
    }

    /// Notes who takes a value away, and where that is said.
    pub(crate) fn note_removed(&mut self, id: NodeId, stamp: Stamp) {
        self.removed.push((id, stamp));
    }

    /// Returns the values that directives took away, with their writers.
    pub(crate) fn removed(&self) -> &[(NodeId, Stamp)] {
        &self.removed
    }

    /// Returns whether writers are not to spare what would change nothing.
    pub(crate) fn is_watched(&self) -> bool {
        self.is_watched
    }

    /// Lets writers not spare, or spare, what would change nothing.
    pub(crate) fn set_watched(&mut self, is_watched: bool) {
        self.is_watched = is_watched;
    }

    /// Notes what a strategic merge takes the object for: what one found out that took it for something else
    /// (`Mark::Merged`) is forgotten.
    pub(crate) fn take_for(&mut self, what: usize) {
        let before = self.merged_as.replace(what);
        if before.is_some_and(|before| before != what) {
            self.unmark_all(Mark::Merged);
        }
    }

    // ---- reading --------------------------------------------------------------------------------------------------

    /// Returns what a node is.
    pub fn kind(&self, id: NodeId) -> Kind {
        self.node(id).kind
    }

    /// Returns whether a node is a mapping.
    pub fn is_mapping(&self, id: NodeId) -> bool {
        self.kind(id) == Kind::Mapping
    }

    /// Returns whether a node is a sequence.
    pub fn is_sequence(&self, id: NodeId) -> bool {
        self.kind(id) == Kind::Sequence
    }

    /// Returns whether a node is a scalar.
    pub fn is_scalar(&self, id: NodeId) -> bool {
        self.kind(id) == Kind::Scalar
    }

    /// Returns how a node was written.
    pub fn style(&self, id: NodeId) -> Style {
        self.node(id).style
    }

    /// Returns a node's tag as it was written; see `yaml::resolve::effective_tag` for what it amounts to.
    pub fn tag(&self, id: NodeId) -> Tag {
        self.node(id).tag
    }

    /// Returns a scalar's text; a collection's is empty.
    pub fn text(&self, id: NodeId) -> &str {
        let node = self.node(id);
        // Ranges are made by the reader and by `intern` only, both on character boundaries.
        self.pool(node).get(node.text_range()).unwrap_or("")
    }

    /// Returns how many bytes a scalar's text has.
    pub(crate) fn text_len(&self, id: NodeId) -> usize {
        self.node(id).len as usize
    }

    fn pool(&self, node: &Node) -> &str {
        match (node.pool(), &self.file) {
            (Pool::Own | Pool::Untagged, _) | (_, None) => &self.own,
            (Pool::File, Some(file)) => &file.source.text,
            (Pool::Decoded, Some(file)) => &file.decoded,
        }
    }

    /// Returns the texts that ranges point into, by pool.
    fn pools(&self) -> [&[u8]; 4] {
        let own = self.own.as_bytes();
        match &self.file {
            None => [own; 4],
            Some(file) => [file.source.text.as_bytes(), file.decoded.as_bytes(), own, own],
        }
    }

    /// Returns whether a scalar was written without a tag. One that was read has the type that its text had then, whatever
    /// is written to it.
    pub fn is_untagged(&self, id: NodeId) -> bool {
        let node = self.node(id);
        node.pool() == Pool::Untagged && node.tag == Tag::Implied
    }

    /// Returns a node's origin.
    pub fn origin(&self, id: NodeId) -> Origin {
        self.node(id).origin
    }

    /// Returns where the value of a node stands; of a collection that was read, where it begins: that is what is pointed at.
    pub fn place(&self, id: NodeId) -> Option<Place> {
        let place = self.extent(id)?;
        let is_point = !self.is_scalar(id) && self.origin_entry(self.origin(id)).is_none();
        let end = if is_point { place.span.start } else { place.span.end };
        Some(Place { span: Span { end, ..place.span }, ..place })
    }

    /// Returns all that a node takes up where its value stands: a collection with its brackets or its last item.
    pub fn extent(&self, id: NodeId) -> Option<Place> {
        self.origin_place(self.origin(id))
    }

    /// Returns where a value with the given origin stands.
    pub fn origin_place(&self, origin: Origin) -> Option<Place> {
        match origin.index() {
            OriginIndex::Unknown => None,
            OriginIndex::Read(index) => self.file.as_ref()?.place(index),
            OriginIndex::Written(index) => self.entries.get(index)?.place,
        }
    }

    /// Returns the write behind an origin; `None` for what was read from a file.
    pub fn origin_entry(&self, origin: Origin) -> Option<&OriginEntry> {
        match origin.index() {
            OriginIndex::Written(index) => self.entries.get(index),
            _ => None,
        }
    }

    /// Iterates over a node's children: the items of a sequence; keys and values in turn of a mapping.
    pub fn children(&self, id: NodeId) -> Children<'_> {
        Children { tree: self, next: self.node(id).first }
    }

    /// Returns a collection's first child: an item, or a key. With [`Tree::next_sibling`] a way through children that are
    /// written to on the way.
    pub(crate) fn first_child(&self, id: NodeId) -> Option<NodeId> {
        NodeId::some(self.node(id).first)
    }

    /// Returns the child behind another one: the next item, the value of a key, the next key.
    pub(crate) fn next_sibling(&self, id: NodeId) -> Option<NodeId> {
        NodeId::some(self.node(id).next)
    }

    /// Iterates over the keys and values of a mapping, in order.
    pub fn entries(&self, id: NodeId) -> Entries<'_> {
        let next = if self.is_mapping(id) { self.node(id).first } else { NONE };
        Entries { tree: self, next }
    }

    /// Iterates over the items of a sequence, in order.
    pub fn items(&self, id: NodeId) -> Children<'_> {
        let next = if self.is_sequence(id) { self.node(id).first } else { NONE };
        Children { tree: self, next }
    }

    /// Returns whether a collection has no children; true for every scalar.
    pub fn has_no_children(&self, id: NodeId) -> bool {
        self.node(id).first == NONE
    }

    /// Returns the value under a key; the first where the key stands several times.
    pub fn get(&self, map: NodeId, key: &str) -> Option<NodeId> {
        self.get_entry(map, key).map(|(_, value)| value)
    }

    /// Returns key and value under a key.
    pub fn get_entry(&self, map: NodeId, key: &str) -> Option<(NodeId, NodeId)> {
        if !self.is_mapping(map) {
            return None;
        }
        let key = key.as_bytes();
        let last_at = key.len().wrapping_sub(1);
        let pools = self.pools();
        if self.has_mark(map, Mark::Indexed) {
            match self.find_indexed(map, key) {
                Known::At(name) if self.text(name).as_bytes() == key => {
                    return self.next_sibling(name).map(|value| (name, value));
                }
                Known::Absent => return None,
                Known::At(_) | Known::Unknown => {}
            }
        }
        let mut next = self.node(map).first;
        while let Some(name) = NodeId::some(next) {
            let node = self.node(name);
            let value = NodeId::some(node.next)?;
            // Most keys differ in length, which is known without a look at the texts, and most others (`feature-17`) in
            // their last bytes.
            if node.len as usize == key.len() {
                let pool = pools[node.pool() as usize];
                let start = node.start as usize;
                let is_alike = key.is_empty() || pool.get(start.wrapping_add(last_at)) == key.last();
                if is_alike && pool.get(node.text_range()) == Some(key) {
                    return Some((name, value));
                }
            }
            next = self.node(value).next;
        }
        None
    }

    /// Follows keys from a mapping.
    pub fn get_path(&self, map: NodeId, path: &[&str]) -> Option<NodeId> {
        path.iter().try_fold(map, |node, key| self.get(node, key))
    }

    /// Returns the text of a scalar under a path of keys from the root.
    pub fn text_at(&self, path: &[&str]) -> Option<&str> {
        let node = self.get_path(self.root, path)?;
        self.is_scalar(node).then(|| self.text(node))
    }

    // ---- writing --------------------------------------------------------------------------------------------------

    /// Makes a scalar that stands nowhere yet.
    ///
    /// With [`Tag::Implied`] it has no tag, and so no lasting type.
    pub fn new_scalar(&mut self, text: &str, style: Style, tag: Tag, stamp: &Stamp) -> NodeId {
        let text = Text { pool: Pool::written(tag), ..self.intern(text) };
        let origin = self.stamp(stamp, None);
        self.push(Kind::Scalar, style, tag, text, origin)
    }

    /// Makes a string: printed as one whatever it looks like.
    pub fn new_string(&mut self, text: &str, stamp: &Stamp) -> NodeId {
        self.new_scalar(text, Style::Plain, Tag::Str, stamp)
    }

    /// Makes an empty mapping (block style) that stands nowhere yet.
    pub fn new_mapping(&mut self, stamp: &Stamp) -> NodeId {
        let origin = self.stamp(stamp, None);
        self.push(Kind::Mapping, Style::Block, Tag::Implied, Text::EMPTY, origin)
    }

    /// Makes an empty sequence (block style) that stands nowhere yet.
    pub fn new_sequence(&mut self, stamp: &Stamp) -> NodeId {
        let origin = self.stamp(stamp, None);
        self.push(Kind::Sequence, Style::Block, Tag::Implied, Text::EMPTY, origin)
    }

    /// Replaces the text of a scalar in place, and that of all scalars shared with it; style stays, `tag` is the new tag.
    ///
    /// Callers that keep the old *type* pass `yaml::resolve::effective_tag` of the node as it was.
    pub fn set_text(&mut self, id: NodeId, text: &str, tag: Tag, stamp: &Stamp) {
        let text = Text { pool: Pool::written(tag), ..self.intern(text) };
        let mut member = id;
        loop {
            self.before_text_changes(member);
            let replaced = self.origin(member);
            let origin = self.stamp(stamp, Some(replaced));
            let node = self.node_mut(member);
            node.write(text);
            node.tag = tag;
            node.origin = origin;
            member = NodeId(node.peer);
            if member == id {
                break;
            }
        }
    }

    /// Replaces style and tag of a node (and of all scalars shared with it).
    pub fn set_style_and_tag(&mut self, id: NodeId, style: Style, tag: Tag) {
        let mut member = id;
        loop {
            let node = self.node(member);
            let peer = NodeId(node.peer);
            // What is not changed keeps its marks.
            if (node.style, node.tag) != (style, tag) {
                let node = self.node_mut(member);
                (node.style, node.tag) = (style, tag);
            }
            member = peer;
            if member == id {
                break;
            }
        }
    }

    /// Replaces what a scalar says without a trace: origin stays, and the scalar is no longer shared with others.
    ///
    /// Returns whether that changed anything: what is not changed keeps its marks.
    pub(crate) fn settle_scalar(&mut self, id: NodeId, text: Option<&str>, style: Style, tag: Tag) -> bool {
        let node = self.node(id);
        let is_alone = node.peer == id.0;
        if text.is_none() && is_alone && (node.style, node.tag) == (style, tag) && node.pool() != Pool::Untagged {
            return false;
        }
        if let Some(text) = text {
            self.before_text_changes(id);
            let text = self.intern(text);
            self.node_mut(id).write(text);
        }
        if !is_alone {
            self.unshare(id);
        }
        let node = self.node_mut(id);
        (node.style, node.tag) = (style, tag);
        if node.pool() == Pool::Untagged {
            node.state.set_pool(Pool::Own);
        }
        true
    }

    /// Takes a scalar's type away without a trace: from now on its text decides, as if it had been written without a tag.
    pub(crate) fn forget_tag(&mut self, id: NodeId) {
        if self.is_untagged(id) {
            return;
        }
        let text = self.text(id).to_owned();
        let text = Text { pool: Pool::Untagged, ..self.intern(&text) };
        let node = self.node_mut(id);
        node.write(text);
        node.tag = Tag::Implied;
    }

    /// Marks a node as put where it stands by a writer; what it was before stays in the chain.
    pub fn restamp(&mut self, id: NodeId, stamp: &Stamp) {
        let origin = self.stamp(stamp, Some(self.origin(id)));
        self.node_mut(id).origin = origin;
    }

    /// Puts a scalar into the ring of scalars that are written together with another.
    pub fn share(&mut self, id: NodeId, with: NodeId) {
        let next = self.node(with).peer;
        self.node_mut(with).peer = id.0;
        self.node_mut(id).peer = next;
    }

    /// Returns whether other scalars are written together with this one.
    pub fn is_shared(&self, id: NodeId) -> bool {
        self.node(id).peer != id.0
    }

    /// Takes a scalar out of the ring of scalars that are written together with it.
    pub fn unshare(&mut self, id: NodeId) {
        let next = self.node(id).peer;
        let mut before = id;
        while self.node(before).peer != id.0 {
            before = NodeId(self.node(before).peer);
        }
        self.node_mut(before).peer = next;
        self.node_mut(id).peer = id.0;
    }

    /// Appends a key with its value to a mapping. Does not look for the key.
    pub fn push_entry(&mut self, map: NodeId, key: NodeId, value: NodeId) {
        let is_indexed = self.has_mark(map, Mark::Indexed);
        self.append(map, key);
        self.append(map, value);
        if is_indexed {
            self.add_to_index(map, key);
        }
    }

    /// Sets the value under a key: the value node is replaced where the key exists, else key and value are appended.
    ///
    /// A new key is untagged, as upstream `FieldSetter` makes it: one like `1` or `true` is no string and is refused when
    /// the tree is printed.
    pub fn set_entry(&mut self, map: NodeId, key: &str, value: NodeId, stamp: &Stamp) {
        match self.get_entry(map, key) {
            Some((key, _)) => self.replace_value(map, key, value),
            None => self.push_key(map, key, value, stamp),
        }
    }

    /// Sets the value under a key that is a string whatever it looks like, as keys of JSON are.
    pub fn set_string_entry(&mut self, map: NodeId, key: &str, value: NodeId, stamp: &Stamp) {
        match self.get_entry(map, key) {
            Some((key, _)) => self.replace_value(map, key, value),
            None => {
                let key = self.new_string(key, stamp);
                self.push_entry(map, key, value);
                self.index_keys(map);
            }
        }
    }

    /// Appends a new key, untagged, with its value to a mapping. Does not look for the key.
    pub fn push_key(&mut self, map: NodeId, key: &str, value: NodeId, stamp: &Stamp) {
        let key = self.new_scalar(key, Style::Plain, Tag::Implied, stamp);
        self.push_entry(map, key, value);
    }

    /// Replaces the value that follows a key node of a mapping; the new value remembers the origin it replaced.
    pub fn replace_value(&mut self, map: NodeId, key: NodeId, value: NodeId) {
        let Some(old) = NodeId::some(self.node(key).next) else { return };
        if old == value {
            return;
        }
        let after = self.node(old).next;
        self.chain_origin(value, old);
        // The keys are what they were.
        self.node_mut(value).next = after;
        self.link_mut(key).next = value.0;
        if self.node(map).last == old.0 {
            self.link_mut(map).last = value.0;
        }
    }

    /// Makes a node, where it stands, what another one is that stands nowhere; it remembers the origin it had.
    pub fn become_copy(&mut self, id: NodeId, copy: NodeId) {
        self.chain_origin(copy, id);
        self.before_text_changes(id);
        let old = *self.node(id);
        let new = *self.node(copy);
        *self.node_mut(id) = Node { next: old.next, peer: old.peer, state: State::new(new.pool()), ..new };
    }

    /// Lets a written node remember the origin of the node whose place it takes.
    pub fn chain_origin(&mut self, new: NodeId, old: NodeId) {
        let replaced = self.origin(old);
        if let OriginIndex::Written(index) = self.origin(new).index() {
            let Some(entry) = self.entries.get(index).copied() else { return };
            if entry.replaced.is_none() && Origin::written(index) != replaced {
                self.entries.push(OriginEntry { replaced: Some(replaced), ..entry });
                let origin = Origin::written(self.entries.len() - 1);
                self.node_mut(new).origin = origin;
            }
        }
    }

    /// Gives a node the origin, with all it replaced, of a node of another tree. What was read there, and so has no writer,
    /// counts as written by `stamp`.
    pub fn take_origin(&mut self, id: NodeId, other: &Tree, from: NodeId, stamp: &Stamp) {
        let origin = self.copy_origin(other, other.origin(from), stamp);
        self.node_mut(id).origin = origin;
    }

    /// Lets a written node remember the origin of a node of another tree whose place it takes.
    pub fn chain_other_origin(&mut self, id: NodeId, other: &Tree, old: NodeId, stamp: &Stamp) {
        let Some(entry) = self.origin_entry(self.origin(id)).copied() else { return };
        let replaced = self.copy_origin(other, other.origin(old), stamp);
        let origin = self.stamp(&Stamp { by: entry.by, place: entry.place }, Some(replaced));
        self.node_mut(id).origin = origin;
    }

    fn copy_origin(&mut self, other: &Tree, origin: Origin, stamp: &Stamp) -> Origin {
        let mut writes = Vec::new();
        let mut next = Some(origin);
        while let Some(origin) = next {
            let entry = other.origin_entry(origin);
            writes.push(match entry {
                Some(entry) => Stamp { by: entry.by, place: entry.place },
                None => stamp.at(other.origin_place(origin)),
            });
            // Entries only refer to older ones.
            next = entry.and_then(|entry| entry.replaced);
        }
        let copied = writes.iter().rev().fold(None, |replaced, stamp| Some(self.stamp(stamp, replaced)));
        copied.unwrap_or(Origin::UNKNOWN)
    }

    /// Removes every entry with the given key from a mapping and returns whether there was one.
    pub fn remove_entry(&mut self, map: NodeId, key: &str) -> bool {
        let before = self.entries(map).count();
        self.retain_entries(map, |tree, name, _| tree.text(name) != key);
        self.entries(map).count() != before
    }

    /// Keeps the entries for which `keep` returns true.
    pub fn retain_entries(&mut self, map: NodeId, keep: impl Fn(&Tree, NodeId, NodeId) -> bool) {
        let kept: Vec<NodeId> = self
            .entries(map)
            .filter(|&(key, value)| keep(self, key, value))
            .flat_map(|(key, value)| [key, value])
            .collect();
        self.set_children(map, &kept);
    }

    /// Appends an item to a sequence.
    pub fn push_item(&mut self, sequence: NodeId, item: NodeId) {
        self.append(sequence, item);
    }

    /// Replaces all children of a collection (items; keys and values in turn).
    pub fn set_children(&mut self, parent: NodeId, children: &[NodeId]) {
        for pair in children.windows(2) {
            self.link_mut(pair[0]).next = pair[1].0;
        }
        if let Some(&last) = children.last() {
            self.link_mut(last).next = NONE;
        }
        let node = self.node_mut(parent);
        node.state.remove(Mark::Indexed);
        node.first = children.first().map_or(NONE, |id| id.0);
        node.last = children.last().map_or(NONE, |id| id.0);
    }

    /// Copies a node of another tree, with everything below it, and returns the copy, which stands nowhere yet.
    ///
    /// The copies carry `stamp` at the place where the original stands. Scalars that were shared in the other tree are
    /// separate here.
    pub fn copy_from(&mut self, other: &Tree, id: NodeId, stamp: &Stamp) -> NodeId {
        if !other.has_no_children(id) && id == other.root {
            self.nodes.reserve(other.nodes.len());
            self.entries.reserve(other.nodes.len());
        }
        self.is_overfull |= other.is_overfull;
        let node = *other.node(id);
        let mut text = if node.kind == Kind::Scalar { self.intern(other.text(id)) } else { Text::EMPTY };
        if node.pool() == Pool::Untagged {
            text.pool = Pool::Untagged;
        }
        let origin = self.stamp(&stamp.at(other.place(id)), None);
        let copy = self.push(node.kind, node.style, node.tag, text, origin);
        self.copy_comment(copy, other.comment(id));
        let mut child = other.node(id).first;
        while let Some(from) = NodeId::some(child) {
            let to = self.copy_from(other, from, stamp);
            self.append(copy, to);
            child = other.node(from).next;
        }
        copy
    }

    /// Copies a node of this tree, with everything below it; origins stay what they were.
    pub fn copy_within(&mut self, id: NodeId) -> NodeId {
        let node = *self.node(id);
        let text = Text { start: node.start, len: node.len, pool: node.pool() };
        let copy = self.push(node.kind, node.style, node.tag, text, node.origin);
        self.take_comment(copy, id);
        let mut child = node.first;
        while let Some(from) = NodeId::some(child) {
            let to = self.copy_within(from);
            self.append(copy, to);
            child = self.node(from).next;
        }
        copy
    }

    /// Returns a copy of one subtree as a tree of its own that shares this tree's file; origins stay what they were.
    pub fn extract(&self, id: NodeId) -> Tree {
        let mut tree = Tree::for_reader(0);
        (tree.entries, tree.file, tree.is_overfull) = (self.entries.clone(), self.file.clone(), self.is_overfull);
        tree.root = tree.extract_from(self, id);
        tree
    }

    fn extract_from(&mut self, other: &Tree, id: NodeId) -> NodeId {
        let node = *other.node(id);
        let text = match node.pool() {
            pool @ (Pool::Own | Pool::Untagged) => Text { pool, ..self.intern(other.text(id)) },
            pool => Text { start: node.start, len: node.len, pool },
        };
        let copy = self.push(node.kind, node.style, node.tag, text, node.origin);
        self.copy_comment(copy, other.comment(id));
        for child in other.children(id) {
            let child = self.extract_from(other, child);
            self.append(copy, child);
        }
        copy
    }

    // ---- for readers ----------------------------------------------------------------------------------------------

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
        self.own.push_str(text);
        Text { start, len, pool: Pool::Own }
    }

    fn stamp(&mut self, stamp: &Stamp, replaced: Option<Origin>) -> Origin {
        let entry = OriginEntry { place: stamp.place, by: stamp.by, replaced };
        if self.entries.last() != Some(&entry) {
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

/// Iterator over children.
#[derive(Clone)]
pub struct Children<'t> {
    tree: &'t Tree,
    next: u32,
}

impl Iterator for Children<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let id = NodeId::some(self.next)?;
        self.next = self.tree.node(id).next;
        Some(id)
    }
}

/// Iterator over the keys and values of a mapping.
#[derive(Clone)]
pub struct Entries<'t> {
    tree: &'t Tree,
    next: u32,
}

impl Iterator for Entries<'_> {
    type Item = (NodeId, NodeId);

    fn next(&mut self) -> Option<(NodeId, NodeId)> {
        let key = NodeId::some(self.next)?;
        let value = NodeId::some(self.tree.node(key).next)?;
        self.next = self.tree.node(value).next;
        Some((key, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::DirectiveId;

    const STAMP: Stamp = Stamp { by: DirectiveId(0), place: None };

    fn map_with(tree: &mut Tree, pairs: &[(&str, &str)]) -> NodeId {
        let map = tree.new_mapping(&STAMP);
        for (key, value) in pairs {
            let value = tree.new_string(value, &STAMP);
            tree.set_entry(map, key, value, &STAMP);
        }
        map
    }

    fn shown(tree: &Tree, map: NodeId) -> Vec<(&str, &str)> {
        tree.entries(map).map(|(key, value)| (tree.text(key), tree.text(value))).collect()
    }

    #[test]
    fn entries_keep_their_order_through_writes_and_removals() {
        let mut tree = Tree::new();
        let map = map_with(&mut tree, &[("a", "1"), ("b", "2"), ("c", "3")]);
        let new = tree.new_string("9", &STAMP);
        tree.set_entry(map, "c", new, &STAMP);
        assert!(tree.remove_entry(map, "a"));
        assert!(!tree.remove_entry(map, "a"));
        let new = tree.new_string("4", &STAMP);
        tree.set_entry(map, "d", new, &STAMP);
        assert_eq!(shown(&tree, map), [("b", "2"), ("c", "9"), ("d", "4")]);
        assert!(tree.remove_entry(map, "d"));
        let new = tree.new_string("5", &STAMP);
        tree.set_entry(map, "e", new, &STAMP);
        assert_eq!(shown(&tree, map), [("b", "2"), ("c", "9"), ("e", "5")]);
    }

    #[test]
    fn shared_scalars_are_written_together_and_stay_so_in_a_copy_of_the_tree() {
        let mut tree = Tree::new();
        let nodes: Vec<NodeId> = ["x", "x", "x"].iter().map(|text| tree.new_string(text, &STAMP)).collect();
        let alone = tree.new_string("x", &STAMP);
        tree.share(nodes[1], nodes[0]);
        tree.share(nodes[2], nodes[0]);
        let mut copy = tree.clone();
        copy.set_text(nodes[1], "y", Tag::Str, &STAMP);
        assert!(nodes.iter().all(|&node| copy.text(node) == "y" && tree.text(node) == "x"));
        assert_eq!(copy.text(alone), "x");
    }

    #[test]
    fn a_write_remembers_what_it_replaced() {
        let mut tree = Tree::new();
        let node = tree.new_string("old", &STAMP);
        let before = tree.origin(node);
        let later = Stamp { by: DirectiveId(7), place: None };
        tree.set_text(node, "new", Tag::Str, &later);
        let entry = tree.origin_entry(tree.origin(node)).expect("written");
        assert_eq!((entry.by, entry.replaced), (DirectiveId(7), Some(before)));
    }

    #[test]
    fn copies_and_extracts_hold_the_same_data() {
        let mut tree = Tree::new();
        let inner = map_with(&mut tree, &[("k", "v")]);
        let root = tree.root();
        tree.set_entry(root, "inner", inner, &STAMP);
        let within = tree.copy_within(inner);
        tree.set_entry(root, "twin", within, &STAMP);
        let extract = tree.extract(within);
        let mut other = Tree::new();
        let copy = other.copy_from(&tree, inner, &STAMP);
        assert_eq!(shown(&extract, extract.root()), [("k", "v")]);
        assert_eq!(shown(&other, copy), [("k", "v")]);
        let changed = tree.get(within, "k").expect("copied");
        tree.set_text(changed, "w", Tag::Str, &STAMP);
        assert_eq!(shown(&tree, inner), [("k", "v")]);
    }
}
