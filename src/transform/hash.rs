//! Hash suffixes: names of generated objects that change with the content (upstream `HashTransformer`).
//!
//! The hash itself is `generate::hash`.

use super::Count;
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::generate::hash::{self, HashError};
use crate::provenance::{DirectiveId, Stamp, Touched};
use crate::resmap::ResMap;
use crate::unprintable;

/// Appends the hash of its content to the name of every object that asks for it.
pub(crate) fn apply(resmap: &mut ResMap, by: DirectiveId) -> Result<Touched> {
    let mut count = Count::default();
    let mut buffer = String::new();
    for position in 0..resmap.len() {
        if !resmap.get(position).needs_hash {
            continue;
        }
        let resource = resmap.get(position);
        let kind = &resource.id.gvk.kind;
        let suffix = hash::suffix(&resource.tree, kind, &mut buffer).map_err(|error| match error {
            HashError::Content(error) => unprintable::error(resource, &error),
            HashError::Kind => {
                let message = format!(
                    "{} asks for a hash suffix, which only config maps and secrets have",
                    resource.short_name()
                );
                Diagnostic::error(Code::InvalidField, message)
                    .at(resource.tree.place(resource.root()), "")
                    .help("leave the kind of a generated object as it is, or set `disableNameSuffixHash: true` on its generator")
            }
        })?;
        let name = format!("{}-{suffix}", resource.id.name);
        let resource = resmap.get_mut(position);
        resource.push_previous_id();
        let tree = resource.tree_mut();
        if let Some(metadata) = tree.get(tree.root(), "metadata") {
            // What the new name is made of stands where the old one does.
            let stamp = Stamp { by, place: tree.get(metadata, "name").and_then(|node| tree.place(node)) };
            let node = tree.new_string(&name, &stamp);
            tree.set_entry(metadata, "name", node, &stamp);
        }
        resmap.refresh_unchecked(position);
        count.add(1);
    }
    Ok(count.touched(by))
}
