//! The built-in plugins: they call the functions that the fields of a kustomization use. Their configurations are read by
//! `prepare`.

use super::Context;
use crate::diagnostic::{Report, Result};
use crate::fieldspec::{FieldSpec, TransformerConfig};
use crate::generate;
use crate::helm;
use crate::kustomization::helm::{HelmChart, HelmGlobals};
use crate::kustomization::{GeneratorEntry, ImageEntry, PlacedMap, PlacedText, ReplicasEntry};
use crate::limits::Limits;
use crate::marks;
use crate::patch::{self, LoadedPatch};
use crate::provenance::{DirectiveId, Stamp, Touched};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::transform;
use crate::transform::namespace::NamespaceOptions;
use crate::transform::replacements::LoadedReplacement;
use crate::transform::value_add::ValueAdd;
use std::sync::Arc;

/// Kinds of built-in generators.
pub(crate) const GENERATORS: &[&str] =
    &["ConfigMapGenerator", "HelmChartInflationGenerator", "IAMPolicyGenerator", "SecretGenerator"];

/// Kinds of built-in transformers.
pub(crate) const TRANSFORMERS: &[&str] = &[
    "AnnotationsTransformer",
    "HashTransformer",
    "ImageTagTransformer",
    "LabelTransformer",
    "NamespaceTransformer",
    "PatchJson6902Transformer",
    "PatchStrategicMergeTransformer",
    "PatchTransformer",
    "PrefixSuffixTransformer",
    "PrefixTransformer",
    "ReplacementTransformer",
    "ReplicaCountTransformer",
    "SuffixTransformer",
    "ValueAddTransformer",
];

/// A built-in plugin, ready to run. Field specs are where the functions of the fields look for theirs.
#[derive(Debug)]
pub(crate) enum Builtin {
    Annotations(PlacedMap, TransformerConfig),
    ConfigMap(GeneratorEntry),
    Hash,
    HelmChart(HelmGlobals, Box<HelmChart>),
    IamPolicy(Box<Resource>),
    ImageTag(ImageEntry, TransformerConfig),
    Labels(PlacedMap, TransformerConfig),
    /// Without a namespace it does nothing.
    Namespace(Option<PlacedText>, NamespaceOptions, TransformerConfig),
    Patches(Vec<LoadedPatch>),
    Affix(Option<PlacedText>, Option<PlacedText>, TransformerConfig),
    Replacements(Vec<LoadedReplacement>),
    ReplicaCount(ReplicasEntry, TransformerConfig),
    Secret(GeneratorEntry),
    ValueAdd(ValueAdd),
}

/// Returns what charts need of the build.
pub(super) fn charts<'c, 'fs>(context: &'c mut Context<'_, 'fs>) -> helm::Context<'c, 'fs> {
    helm::Context {
        session: &mut *context.session,
        root: context.root,
        restrictions: context.restrictions,
        plugins: context.options,
        inputs: &mut *context.inputs,
    }
}

/// Makes what a generator makes.
pub(crate) fn generate(builtin: &Builtin, by: DirectiveId, context: &mut Context<'_, '_>) -> Result<Vec<Resource>> {
    match builtin {
        Builtin::ConfigMap(entry) => generate::config_map(entry, None, context, by).map(|resource| vec![resource]),
        Builtin::Secret(entry) => generate::secret(entry, None, context, by).map(|resource| vec![resource]),
        Builtin::IamPolicy(resource) => Ok(vec![Resource::clone(resource)]),
        Builtin::HelmChart(globals, entry) => {
            let mut context = charts(context);
            let chart = helm::check(entry, globals, None, &mut context)?;
            match helm::inflate(&chart, &mut context) {
                Ok(resources) => Ok(resources.into_iter().map(Arc::unwrap_or_clone).collect()),
                // What a chart gives is read as a whole; the first fault stands for all.
                Err(errors) => errors.into_iter().next().map_or(Ok(Vec::new()), |error| Err(Box::new(error))),
            }
        }
        // Roles are checked when plugins are loaded.
        _ => Ok(Vec::new()),
    }
}

/// Runs a transformer.
pub(crate) fn transform(
    builtin: &Builtin,
    resources: &mut ResMap,
    by: DirectiveId,
    limits: &Limits,
    report: &mut Report,
) -> Result<Touched> {
    if !sees_annotations(builtin) {
        return run(builtin, resources, by, limits, report);
    }
    // In the reference the marks of the build are annotations: an object that has some has annotations.
    let stamp = Stamp { by, place: None };
    let marked = marks::write_where_unseen(resources, &stamp);
    let touched = run(builtin, resources, by, limits, report)?;
    for position in marked {
        marks::read_back(resources.get_mut(position), false);
    }
    Ok(touched)
}

/// Returns whether a plugin writes to annotations where there are some.
fn sees_annotations(builtin: &Builtin) -> bool {
    let is_seen = |specs: &[FieldSpec]| {
        let path =
            |spec: &FieldSpec| spec.path.strip_prefix('/').unwrap_or(&spec.path).starts_with("metadata/annotations");
        specs.iter().any(path)
    };
    match builtin {
        Builtin::Annotations(_, config) => is_seen(&config.common_annotations),
        Builtin::Labels(_, config) => is_seen(&config.common_labels),
        Builtin::ImageTag(_, config) => is_seen(&config.images),
        Builtin::ReplicaCount(_, config) => is_seen(&config.replicas),
        Builtin::ValueAdd(value_add) => value_add.sees_annotations(),
        _ => false,
    }
}

fn run(
    builtin: &Builtin,
    resources: &mut ResMap,
    by: DirectiveId,
    limits: &Limits,
    report: &mut Report,
) -> Result<Touched> {
    let mut touched = Touched { by, resources: 0, fields: 0 };
    let mut add = |more: Touched| {
        touched.resources += more.resources;
        touched.fields += more.fields;
    };
    match builtin {
        Builtin::Annotations(pairs, config) => add(transform::annotations::apply(resources, pairs, config, by)?),
        Builtin::Labels(pairs, config) => add(transform::labels::apply_common(resources, pairs, config, by)?),
        Builtin::Hash => add(transform::hash::apply(resources, by)?),
        Builtin::ImageTag(image, config) => {
            transform::images::apply(resources, &[(image, by)], config, report)?.into_iter().for_each(add);
        }
        Builtin::Namespace(Some(namespace), options, config) => {
            add(transform::namespace::apply_with(resources, namespace, *options, config, by)?);
        }
        Builtin::Patches(patches) => {
            for patch in patches {
                add(patch::apply(resources, patch, report, limits)?);
            }
        }
        Builtin::Affix(prefix, suffix, config) => {
            if let Some(prefix) = prefix {
                add(transform::affix::apply_prefix(resources, prefix, config, by)?);
            }
            if let Some(suffix) = suffix {
                add(transform::affix::apply_suffix(resources, suffix, config, by)?);
            }
        }
        Builtin::Replacements(list) => {
            for replacement in list {
                add(replacement.apply(resources, report, limits)?);
            }
        }
        Builtin::ReplicaCount(replica, config) => add(transform::replicas::apply(resources, replica, config, by)?),
        Builtin::ValueAdd(value_add) => add(value_add.apply(resources, by, report)?),
        Builtin::Namespace(None, ..)
        | Builtin::ConfigMap(_)
        | Builtin::HelmChart(..)
        | Builtin::IamPolicy(_)
        | Builtin::Secret(_) => {}
    }
    Ok(touched)
}

#[cfg(test)]
mod tests {
    use super::{GENERATORS, TRANSFORMERS};
    use crate::diagnostic::Report;
    use crate::kustomization::decode::plugin::decode;
    use crate::limits::Limits;
    use crate::source::{Sensitivity, Sources};
    use crate::yaml::read::read_first;

    #[test]
    fn every_kind_has_a_configuration() {
        let text = "apiVersion: builtin\nmetadata: {name: n}\nfieldSpecs: []\n".to_owned();
        let source = Sources::default().add("plugin.yaml", text, Sensitivity::Yaml, None);
        let tree = read_first(&source, &Limits::default()).ok().flatten().expect("valid YAML");
        for kind in GENERATORS.iter().chain(TRANSFORMERS) {
            let mut report = Report::default();
            let config = decode(&source, &tree, kind, &mut report);
            assert!(config.is_some(), "{kind}: {:?}", report.diagnostics);
        }
    }
}
