//! `replicas`: the number of copies of a workload, selected by name.

use super::{Count, write_scalars};
use crate::diagnostic::{Code, Diagnostic, Result, nearest};
use crate::fieldspec::{FieldPath, TransformerConfig};
use crate::kustomization::ReplicasEntry;
use crate::provenance::{DirectiveId, Stamp, Touched};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::sorting::Sorting;
use crate::yaml::tree::{Kind, Tag};

/// Applies one entry of `replicas`.
pub fn apply(
    resmap: &mut ResMap,
    entry: &ReplicasEntry,
    config: &TransformerConfig,
    by: DirectiveId,
) -> Result<Touched> {
    let stamp = Stamp { by, place: Some(entry.count.place) };
    let text = entry.count.value.to_string();
    let name = entry.name.value.as_str();
    let mut count = Count::default();
    let mut is_found = false;
    for spec in config.replicas.iter() {
        let has_name = |resource: &Resource| {
            let ids = std::iter::once(resource.id.clone()).chain(resource.previous_ids());
            ids.into_iter().any(|id| &*id.name == name && spec.selects(&id.gvk))
        };
        let mut positions = match &*spec.kind {
            "" => (0..resmap.len()).collect(),
            kind => resmap.find_named(kind, name),
        };
        positions.retain(|&position| has_name(resmap.get(position)));
        let path = FieldPath::new(spec, Some(Kind::Scalar));
        for position in positions {
            is_found = true;
            if spec.selects(&resmap.get(position).id.gvk) {
                // In quotes it stays a string, as in the reference.
                count.add(write_scalars(resmap, position, &path, Tag::Int, &stamp, |_| Some(text.clone()))?);
            }
        }
    }
    if is_found { Ok(count.touched(by)) } else { Err(no_target(resmap, entry, config)) }
}

fn no_target(resmap: &ResMap, entry: &ReplicasEntry, config: &TransformerConfig) -> Box<Diagnostic> {
    let kinds: Vec<&str> = config.replicas.iter().map(|spec| &*spec.kind).filter(|kind| !kind.is_empty()).collect();
    let name = entry.name.value.as_str();
    let message = format!("no object with replicas is named `{name}`");
    let error = Diagnostic::error(Code::ReplicasNoTarget, message)
        .at(Some(entry.name.place), "matches nothing")
        .note(format!("kinds with replicas are {}", kinds.join(", ")));
    let scalable = resmap.iter().filter(|resource| config.replicas.iter().any(|spec| spec.selects(&resource.id.gvk)));
    let mut names: Vec<&str> = scalable.map(|resource| &*resource.id.name).collect();
    names.put_in_own_order_unstable();
    names.dedup();
    let near: Vec<String> = nearest(name, names, 3).into_iter().map(|name| format!("`{name}`")).collect();
    if near.is_empty() {
        error.help("correct the name, or remove the entry")
    } else {
        error.help(format!("did you mean {}?", near.join(" or ")))
    }
}
