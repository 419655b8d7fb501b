//! Where a check is in a tree: a list of steps on the stack, written out only if there is something to tell.

use crate::source::Place;
use crate::yaml::tree::{NodeId, Tree};

/// A node and the way to it.
#[derive(Clone, Copy)]
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    step: Step<'p>,
    /// The node.
    pub(super) node: NodeId,
    /// The key it stands under.
    key: Option<NodeId>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Root,
    Key(&'p str),
    Index(usize),
}

/// Levels that checks follow; they are recursive.
const DEPTH_MAX: usize = 500;

impl<'p> Path<'p> {
    pub(super) fn root(tree: &Tree) -> Path<'static> {
        Path { parent: None, step: Step::Root, node: tree.root(), key: None }
    }

    /// Returns the way to the value under a key.
    pub(super) fn key<'c>(&'c self, tree: &'c Tree, key: NodeId, node: NodeId) -> Path<'c> {
        Path { parent: Some(self), step: Step::Key(tree.text(key)), node, key: Some(key) }
    }

    /// Returns the way to an item.
    pub(super) fn item(&self, index: usize, node: NodeId) -> Path<'_> {
        Path { parent: Some(self), step: Step::Index(index), node, key: None }
    }

    /// Returns the way to a field, if it is there and not null.
    pub(super) fn field<'c>(&'c self, tree: &'c Tree, name: &'c str) -> Option<Path<'c>> {
        let (key, node) = tree.get_entry(self.node, name)?;
        let is_there = !crate::yaml::resolve::is_null(tree, node);
        is_there.then_some(Path { parent: Some(self), step: Step::Key(name), node, key: Some(key) })
    }

    /// Returns the name of the field itself, of an item that of its list.
    pub(super) fn name(&self) -> &str {
        match (self.step, self.parent) {
            (Step::Key(name), _) => name,
            (Step::Index(_), Some(parent)) => parent.name(),
            _ => "",
        }
    }

    /// Returns whether this is a field of the whole object.
    pub(super) fn is_at_top(&self) -> bool {
        self.parent.is_some_and(|parent| parent.parent.is_none())
    }

    /// Returns whether the way is longer than any that makes sense.
    pub(super) fn is_too_deep(&self) -> bool {
        std::iter::successors(self.parent, |path| path.parent).nth(DEPTH_MAX).is_some()
    }

    /// Returns whether a field of the way, this one included, satisfies a condition.
    pub(super) fn any(&self, is_wanted: impl Fn(&str) -> bool) -> bool {
        std::iter::successors(Some(self), |path| path.parent)
            .any(|path| matches!(path.step, Step::Key(key) if is_wanted(key)))
    }

    /// Writes it: `spec.containers[0].image`; a key with a dot stands in brackets and quotes.
    pub(super) fn show(&self) -> String {
        let mut steps: Vec<Step<'_>> =
            std::iter::successors(Some(self), |path| path.parent).map(|path| path.step).collect();
        steps.reverse();
        let mut out = String::new();
        for step in steps {
            match step {
                Step::Root => {}
                Step::Index(index) => out.push_str(&format!("[{index}]")),
                Step::Key(key) if key.is_empty() || key.contains(['.', '[', ']', '"', '\\', '/']) => {
                    out.push_str(&format!("[\"{}\"]", key.replace('\\', "\\\\").replace('"', "\\\"")));
                }
                Step::Key(key) => {
                    if !out.is_empty() {
                        out.push('.');
                    }
                    out.push_str(key);
                }
            }
        }
        out
    }

    /// Writes the way to a field below.
    pub(super) fn show_below(&self, name: &str) -> String {
        let path = self.show();
        if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
    }

    /// Returns where the value stands; where that is not known, what is around it.
    pub(super) fn place(&self, tree: &Tree) -> Option<Place> {
        std::iter::successors(Some(self), |path| path.parent).find_map(|path| tree.place(path.node))
    }

    /// Returns where the key stands, for what is about a field and not about its value.
    pub(super) fn key_place(&self, tree: &Tree) -> Option<Place> {
        self.key.and_then(|key| tree.place(key)).or_else(|| self.place(tree))
    }
}
