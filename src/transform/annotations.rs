//! `commonAnnotations`.

use super::labels;
use crate::diagnostic::Result;
use crate::fieldspec::{FieldSpec, TransformerConfig};
use crate::kustomization::PlacedMap;
use crate::provenance::{DirectiveId, Touched};
use crate::resmap::ResMap;

/// Sets annotations of objects and of their pod templates.
pub fn apply(
    resmap: &mut ResMap,
    annotations: &PlacedMap,
    config: &TransformerConfig,
    by: DirectiveId,
) -> Result<Touched> {
    let specs: Vec<&FieldSpec> = config.common_annotations.iter().collect();
    labels::set_entries(resmap, &specs, &labels::entries(annotations), by)
}
