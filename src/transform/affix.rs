//! `namePrefix` and `nameSuffix`.
//!
//! References to the renamed objects are repaired by `refs` at the end of the build.

use super::{Count, write_scalars};
use crate::diagnostic::Result;
use crate::fieldspec::{FieldPath, FieldSpec, TransformerConfig};
use crate::kustomization::PlacedText;
use crate::provenance::{DirectiveId, Stamp, Touched};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::yaml::tree::{Kind, Tag};

const NAME_PATH: &str = "metadata/name";

/// Puts a prefix before names.
pub fn apply_prefix(
    resmap: &mut ResMap,
    prefix: &PlacedText,
    config: &TransformerConfig,
    by: DirectiveId,
) -> Result<Touched> {
    apply(resmap, prefix, &config.name_prefix, by, Side::Prefix)
}

/// Puts a suffix after names.
pub fn apply_suffix(
    resmap: &mut ResMap,
    suffix: &PlacedText,
    config: &TransformerConfig,
    by: DirectiveId,
) -> Result<Touched> {
    apply(resmap, suffix, &config.name_suffix, by, Side::Suffix)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Prefix,
    Suffix,
}

fn apply(resmap: &mut ResMap, affix: &PlacedText, specs: &[FieldSpec], by: DirectiveId, side: Side) -> Result<Touched> {
    let stamp = Stamp { by, place: Some(affix.place) };
    let paths: Vec<FieldPath> = specs.iter().map(|spec| FieldPath::new(spec, Some(Kind::Scalar))).collect();
    let mut count = Count::default();
    for position in 0..resmap.len() {
        // The reference judges by the type a resource had when it was loaded, then again by the one it has.
        let original = resmap.get(position).original_id().gvk;
        if is_skipped(&original.group, &original.kind) {
            continue;
        }
        let mut n_fields = 0;
        for (spec, path) in specs.iter().zip(&paths).filter(|(spec, _)| spec.selects(&original)) {
            if spec.path == NAME_PATH {
                remember(resmap.get_mut(position), &affix.value, side);
            }
            if !spec.selects(&resmap.get(position).id.gvk) {
                continue;
            }
            // Written without a tag: a plain name may become a number or a boolean, as in the reference.
            n_fields += write_scalars(resmap, position, path, Tag::Implied, &stamp, |old| {
                Some(match side {
                    Side::Prefix => format!("{}{old}", affix.value),
                    Side::Suffix => format!("{old}{}", affix.value),
                })
            })?;
            resmap.refresh(position);
        }
        count.add(n_fields);
    }
    Ok(count.touched(by))
}

/// Returns whether objects of a type keep their names.
fn is_skipped(group: &str, kind: &str) -> bool {
    match kind {
        "CustomResourceDefinition" | "Namespace" => true,
        "APIService" => group == "apiregistration.k8s.io",
        _ => false,
    }
}

/// Keeps what the repair of references needs: the affix and the identity before it.
fn remember(resource: &mut Resource, affix: &str, side: Side) {
    let list = match side {
        Side::Prefix => &mut resource.prefixes,
        Side::Suffix => &mut resource.suffixes,
    };
    // The reference keeps them joined by commas.
    list.extend(affix.split(',').map(Into::into));
    resource.push_previous_id();
}
