//! What a tree keeps beside its nodes, nearly always nothing: comments that hold JSON, values that were taken away, mappings
//! behind a null, and how the last merge and JSON patch took the object.

use super::{Mark, NodeId, Tree};
use crate::provenance::Stamp;
use std::sync::Arc;

impl Tree {
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

    pub(super) fn copy_comment(&mut self, copy: NodeId, comment: Option<&Arc<str>>) {
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
}
