//! The transformers of a kustomization's simple fields: plain functions over a resmap, one file each.
//!
//! Each returns what it touched. The order in which they run is `accumulate`'s; patches are in `patch`, the repair of
//! references to renamed objects in `refs`.

pub mod affix;
pub mod annotations;
pub(crate) mod hash;
pub mod images;
pub mod labels;
pub mod metadata;
pub mod namespace;
pub mod replacements;
pub mod replicas;
pub(crate) mod value_add;

#[cfg(test)]
mod tests;

use crate::diagnostic::Result;
use crate::fieldspec::{FieldPath, Hit, is_null, walk_error, wrong_kind};
use crate::provenance::Stamp;
use crate::resmap::ResMap;
use crate::yaml::resolve::effective_tag;
use crate::yaml::tree::{NodeId, Style, Tag, Tree};

/// Counts what a transformer did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) resources: u32,
    pub(crate) fields: u32,
}

impl Count {
    fn add(&mut self, n_fields: u32) {
        self.resources += u32::from(n_fields > 0);
        self.fields += n_fields;
    }

    fn touched(self, by: crate::provenance::DirectiveId) -> crate::provenance::Touched {
        crate::provenance::Touched { by, resources: self.resources, fields: self.fields }
    }
}

/// Writes scalars where a path leads in one resource and returns how many were set.
///
/// `new_text` makes the text of the one that is there (empty for one that is created), or `None` to leave it. Style stays,
/// so that what was quoted stays a string whatever `tag` says. The tree is not copied if nothing changes.
pub(crate) fn write_scalars(
    resmap: &mut ResMap,
    position: usize,
    path: &FieldPath,
    tag: Tag,
    stamp: &Stamp,
    mut new_text: impl FnMut(&str) -> Option<String>,
) -> Result<u32> {
    let mut hits = Vec::new();
    let resource = resmap.get(position);
    path.find(&resource.tree, &mut hits).map_err(|error| walk_error(resource, &path.text, error, stamp.place))?;
    let mut n_fields = 0;
    for hit in hits {
        let resource = resmap.get(position);
        let tree = &resource.tree;
        let old = match hit {
            Hit::Found(node) if tree.is_scalar(node) => tree.text(node),
            Hit::Found(node) => return Err(wrong_kind(resource, &path.text, node, "a scalar", stamp.place)),
            Hit::Missing { .. } | Hit::Null { .. } => "",
        };
        let Some(text) = new_text(old) else { continue };
        n_fields += 1;
        if let Hit::Found(node) = hit
            && holds(tree, node, &text, tag)
        {
            continue;
        }
        let tree = resmap.get_mut(position).tree_mut();
        let reached = path.reach(tree, hit, stamp, |tree| tree.new_scalar(&text, Style::Plain, tag, stamp));
        match reached {
            Some((node, false)) => tree.set_text(node, &text, tag, stamp),
            Some((node, true)) if !tree.is_scalar(node) => {
                return Err(wrong_kind(resmap.get(position), &path.text, node, "a scalar", stamp.place));
            }
            _ => {}
        }
    }
    Ok(n_fields)
}

/// Returns whether writing a text with a tag would change nothing.
pub(crate) fn holds(tree: &Tree, node: NodeId, text: &str, tag: Tag) -> bool {
    !tree.is_watched()
        && tree.text(node) == text
        && (tree.tag(node) == tag || (tag == Tag::Str && effective_tag(tree, node) == Tag::Str))
}

/// Returns the text of a scalar; nulls and collections have none.
pub(crate) fn scalar_text(tree: &Tree, node: NodeId) -> Option<&str> {
    (tree.is_scalar(node) && !is_null(tree, node)).then(|| tree.text(node))
}
