//! JSON pointers: their parts, and the way to where they point.

use crate::yaml::resolve::effective_tag;
use crate::yaml::tree::{Kind, NodeId, Tag, Tree};

/// A pointer taken apart.
#[derive(Clone, Debug)]
pub(super) struct Pointer {
    /// As it was written.
    pub(super) text: String,
    /// The parts, unescaped. What stands before the first slash is dropped, as upstream.
    parts: Vec<String>,
}

/// Where a pointer points: the collection, and the key or index in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot<'p> {
    pub(super) container: NodeId,
    pub(super) key: &'p str,
}

/// How far a pointer leads.
#[derive(Debug)]
pub(super) struct DeadEnd {
    /// The last node that exists.
    pub(super) node: NodeId,
    /// How many parts lead to it.
    pub(super) n_parts: usize,
}

impl Pointer {
    pub(super) fn new(text: &str) -> Pointer {
        let parts = text.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
        Pointer { text: text.to_owned(), parts }
    }

    pub(super) fn parts(&self) -> &[String] {
        &self.parts
    }

    /// Returns the pointer to the node that `n_parts` parts lead to, as text.
    pub(super) fn prefix(&self, n_parts: usize) -> String {
        self.parts.iter().take(n_parts).map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1"))).collect()
    }

    /// Follows all parts but the last.
    pub(super) fn slot(&self, tree: &Tree, root: NodeId) -> Result<Slot<'_>, DeadEnd> {
        let Some((key, parents)) = self.parts.split_last() else { return Err(DeadEnd { node: root, n_parts: 0 }) };
        let mut node = root;
        for (n_parts, part) in parents.iter().enumerate() {
            let next = get(tree, node, part).ok().flatten().filter(|&next| !tree.is_scalar(next));
            node = next.ok_or(DeadEnd { node, n_parts })?;
        }
        if tree.is_scalar(node) {
            return Err(DeadEnd { node, n_parts: 0 });
        }
        Ok(Slot { container: node, key })
    }

    /// Returns whether one of the pointers is a way to or through the other.
    pub(super) fn overlaps(&self, path: &[&str]) -> bool {
        self.parts.iter().zip(path).all(|(a, b)| a == b)
    }
}

/// Why an index is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadIndex {
    /// The part is no number.
    NoNumber,
    /// The list is shorter.
    OutOfRange,
}

/// Returns what stands under a key or index: `None` for a key that is missing, and for null.
pub(super) fn get(tree: &Tree, container: NodeId, key: &str) -> Result<Option<NodeId>, BadIndex> {
    let node = match tree.kind(container) {
        Kind::Scalar => None,
        Kind::Mapping => tree.get(container, key),
        Kind::Sequence => {
            let len = tree.items(container).count();
            let index = index(key, len)?;
            tree.items(container).nth(index)
        }
    };
    Ok(node.filter(|&node| !(tree.is_scalar(node) && effective_tag(tree, node) == Tag::Null)))
}

/// Reads an index; negative ones count from the end, of which -1 is `len - 1`.
pub(super) fn index(part: &str, len: usize) -> Result<usize, BadIndex> {
    // Like Go's Atoi: a sign and leading zeros are fine.
    let digits = part.strip_prefix(['+', '-']).unwrap_or(part);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BadIndex::NoNumber);
    }
    let number: i64 = part.parse().map_err(|_| BadIndex::NoNumber)?;
    let len = len as i64;
    let number = if number < 0 { number + len } else { number };
    usize::try_from(number).ok().filter(|_| number < len).ok_or(BadIndex::OutOfRange)
}
