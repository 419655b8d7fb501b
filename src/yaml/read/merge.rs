//! Merge keys: `<<: *base` and `<<: [*a, *b]`.

use super::fault::Fault;
use crate::yaml::tree::{Kind, NodeId, Tree};
use rustc_hash::FxHashMap;

/// Whose value wins where a mapping and one it merges both have a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MergeRule {
    /// The mapping's own (resource files: kyaml `DeAnchor`); several `<<` are an error, and a quoted one is dropped.
    OwnWins,
    /// Whichever comes later in the mapping (kustomization files: go yaml.v2); a quoted `<<` is an ordinary key.
    LaterWins,
}

/// A merge key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// Its node.
    pub(super) node: NodeId,
    /// Whether its value is an alias.
    pub(super) alias: bool,
    /// Where its value stands.
    pub(super) at: usize,
}

/// What was found in a mapping.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// The merge keys, in order.
    pub(super) keys: Vec<Key>,
    /// Whether there is a quoted `<<`.
    pub(super) quoted: bool,
}

impl Found {
    /// Returns whether the mapping must be rewritten.
    pub(super) fn needed(&self) -> bool {
        !self.keys.is_empty() || self.quoted
    }
}

/// Replaces merge keys of a mapping by what they stand for. `pools` are the text of the file and the decoded scalars.
pub(super) fn apply(
    tree: &mut Tree,
    map: NodeId,
    found: &Found,
    rule: MergeRule,
    pools: (&str, &str),
) -> Result<(), Box<Fault>> {
    let mut merged = Merged { tree, pools, children: Vec::new(), index: FxHashMap::default(), source: 0 };
    let mut keys = found.keys.iter().peekable();
    let mut name_dropped = rule == MergeRule::LaterWins;
    let mut last = Vec::new();
    for (key, value) in tree.entries(map) {
        let merge = keys.next_if(|merge| merge.node == key);
        // kyaml drops the first key named `<<`, quoted or not; a plain one left over is merged when the tree is printed.
        let dropped = !name_dropped && tree.is_scalar(key) && merged.name(key) == "<<";
        name_dropped |= dropped;
        match (merge, rule) {
            (None, _) if dropped => {}
            (None, _) => merged.own(key, value),
            (Some(merge), MergeRule::LaterWins) => merged.merge(&sources(tree, value, merge)?, rule),
            (Some(merge), MergeRule::OwnWins) => last = sources(tree, value, merge)?,
        }
    }
    merged.merge(&last, rule);
    let children = merged.children;
    tree.set_children(map, &children);
    Ok(())
}

/// A mapping under construction.
struct Merged<'t> {
    tree: &'t Tree,
    pools: (&'t str, &'t str),
    children: Vec<NodeId>,
    /// The slot of a name's key, and the mapping it came from: 0 for the mapping itself.
    index: FxHashMap<&'t str, (usize, usize)>,
    source: usize,
}

impl<'t> Merged<'t> {
    fn name(&self, key: NodeId) -> &'t str {
        self.tree.text_in(key, self.pools.0, self.pools.1)
    }

    /// Adds an entry of the mapping itself; keys that stand twice stay twice.
    fn own(&mut self, key: NodeId, value: NodeId) {
        let slot = match self.index.get(self.name(key)) {
            Some(&(slot, source)) if source > 0 => self.set(slot, key, value),
            _ => self.push(key, value),
        };
        self.index.insert(self.name(key), (slot, 0));
    }

    /// Adds the entries of mappings, of which the first wins.
    fn merge(&mut self, sources: &[NodeId], rule: MergeRule) {
        for &source in sources.iter().rev() {
            self.source += 1;
            for (key, value) in self.tree.entries(source) {
                let slot = match self.index.get(self.name(key)) {
                    // Of keys that stand twice in one source, the first counts.
                    Some(&(_, source)) if source == self.source => continue,
                    Some(&(_, 0)) if rule == MergeRule::OwnWins => continue,
                    Some(&(slot, _)) => self.set(slot, key, value),
                    None => self.push(key, value),
                };
                self.index.insert(self.name(key), (slot, self.source));
            }
        }
    }

    fn push(&mut self, key: NodeId, value: NodeId) -> usize {
        self.children.extend([key, value]);
        self.children.len() - 2
    }

    fn set(&mut self, slot: usize, key: NodeId, value: NodeId) -> usize {
        if let Some(entry) = self.children.get_mut(slot..slot + 2) {
            entry.copy_from_slice(&[key, value]);
        }
        slot
    }
}

/// Returns the mappings that a merge key's value names, in order.
fn sources(tree: &Tree, value: NodeId, merge: &Key) -> Result<Vec<NodeId>, Box<Fault>> {
    let refuse = || {
        Fault::syntax(merge.at, "the value of the merge key `<<` is not a mapping")
            .help("give it an alias of a mapping, or a list of such aliases")
            .because("")
    };
    match tree.kind(value) {
        Kind::Mapping => Ok(vec![value]),
        Kind::Sequence if !merge.alias => {
            let items: Vec<NodeId> = tree.items(value).collect();
            if items.iter().all(|&item| tree.is_mapping(item)) { Ok(items) } else { Err(refuse()) }
        }
        Kind::Sequence | Kind::Scalar => Err(refuse()),
    }
}
