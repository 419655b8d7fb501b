//! From tree to the configuration of a built-in plugin.
//!
//! The reference prints a configuration and reads it again with `sigs.k8s.io/yaml`: types are those of the printed text,
//! numbers and booleans are taken where strings are wanted, and unknown fields are passed over. The last is warned of here,
//! because nothing else would tell of a misspelled field.

use super::entries;
use super::fields::{Fields, Spec};
use super::helm;
use super::replacements;
use super::value::{Codec, Decoder, Path};
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::kustomization::plugin::{
    BuiltinConfig, IamPolicyConfig, NamespaceConfig, PairsConfig, ValueAddConfig, ValueAddTarget,
};
use crate::kustomization::{GeneratorEntry, Placed};
use crate::source::{Place, Source};
use crate::yaml::tree::{NodeId, Tree};
use std::sync::Arc;

/// Declares the fields of a configuration; all have the three of an object.
macro_rules! spec {
    ($name:ident $what:literal $($field:literal)*) => {
        const $name: Spec = Spec { what: $what, names: &["apiVersion", "kind", "metadata", $($field),*] };
    };
}

spec!(ANNOTATIONS "the configuration of an `AnnotationsTransformer`" "annotations" "fieldSpecs");
spec!(CONFIG_MAP "the configuration of a `ConfigMapGenerator`"
    "namespace" "name" "behavior" "literals" "files" "envs" "options");
spec!(SECRET "the configuration of a `SecretGenerator`"
    "namespace" "name" "behavior" "literals" "files" "envs" "options" "type");
spec!(IAM_POLICY "the configuration of an `IAMPolicyGenerator`" "cloud" "kubernetesService" "serviceAccount");
spec!(IMAGE_TAG "the configuration of an `ImageTagTransformer`" "imageTag" "fieldSpecs");
spec!(LABELS "the configuration of a `LabelTransformer`" "labels" "fieldSpecs");
spec!(NAMESPACE "the configuration of a `NamespaceTransformer`" "fieldSpecs" "unsetOnly" "setRoleBindingSubjects");
spec!(PATCH "the configuration of a `PatchTransformer`" "path" "patch" "target" "options");
spec!(PATCH_JSON "the configuration of a `PatchJson6902Transformer`" "target" "path" "jsonOp");
spec!(PATCH_STRATEGIC "the configuration of a `PatchStrategicMergeTransformer`" "paths" "patches");
spec!(PREFIX "the configuration of a `PrefixTransformer`" "prefix" "fieldSpecs");
spec!(SUFFIX "the configuration of a `SuffixTransformer`" "suffix" "fieldSpecs");
spec!(PREFIX_SUFFIX "the configuration of a `PrefixSuffixTransformer`" "prefix" "suffix" "fieldSpecs");
spec!(REPLACEMENT "the configuration of a `ReplacementTransformer`" "replacements");
spec!(REPLICA_COUNT "the configuration of a `ReplicaCountTransformer`" "replica" "fieldSpecs");
spec!(VALUE_ADD "the configuration of a `ValueAddTransformer`" "value" "targets" "targetFilePath");
spec!(TARGETS "a file of targets" "targets");

const METADATA: Spec = Spec { what: "`metadata`", names: &["name", "namespace", "labels", "annotations"] };
const SERVICE: Spec = Spec { what: "`kubernetesService`", names: &["name", "namespace"] };
const ACCOUNT: Spec = Spec { what: "`serviceAccount`", names: &["name", "projectId"] };
const TARGET: Spec = Spec { what: "a target", names: &["selector", "fieldPath", "filePathPosition"] };

/// Decodes the configuration of a built-in plugin; `None` if an error was reported or there is no such kind.
///
/// `tree` is the configuration as it is printed (`yaml::json::as_printed`), `source` the file it stands in.
pub(crate) fn decode(source: &Arc<Source>, tree: &Tree, kind: &str, report: &mut Report) -> Option<BuiltinConfig> {
    let codec = match kind {
        "PrefixTransformer" | "SuffixTransformer" | "PrefixSuffixTransformer" => Codec::Yaml,
        _ => Codec::LenientJson,
    };
    with_decoder(source, tree, codec, report, |decoder| Config { decoder, root: tree.root() }.read(kind))
}

/// Decodes a file of targets for a `ValueAddTransformer`.
pub(crate) fn decode_targets(source: &Arc<Source>, tree: &Tree, report: &mut Report) -> Option<Vec<ValueAddTarget>> {
    with_decoder(source, tree, Codec::LenientJson, report, |decoder| {
        let fields = decoder.fields(tree.root(), &Path::ROOT, &TARGETS);
        Some(targets(decoder, &fields, &Path::ROOT))
    })
}

fn with_decoder<T>(
    source: &Arc<Source>,
    tree: &Tree,
    codec: Codec,
    report: &mut Report,
    read: impl FnOnce(&mut Decoder<'_>) -> Option<T>,
) -> Option<T> {
    let mut own = Report::default();
    let value = read(&mut Decoder {
        source,
        tree,
        report: &mut own,
        what: "a plugin's configuration",
        is_strict: false,
        has_spellings: false,
        codec,
        coerces: true,
    });
    let has_errors = own.has_errors();
    report.diagnostics.append(&mut own.diagnostics);
    value.filter(|_| !has_errors)
}

struct Config<'d, 'a> {
    decoder: &'d mut Decoder<'a>,
    root: NodeId,
}

impl Config<'_, '_> {
    fn read(mut self, kind: &str) -> Option<BuiltinConfig> {
        let path = Path::ROOT;
        let config = match kind {
            "AnnotationsTransformer" => BuiltinConfig::Annotations(self.pairs(&ANNOTATIONS, "annotations")),
            "ConfigMapGenerator" => BuiltinConfig::ConfigMap(self.generator(&CONFIG_MAP, &path)),
            "SecretGenerator" => BuiltinConfig::Secret(self.generator(&SECRET, &Path::SECRET_ROOT)),
            "HashTransformer" => BuiltinConfig::Hash,
            "HelmChartInflationGenerator" => {
                let (globals, chart) = self.decoder.embedded(|decoder| helm::configuration(decoder, self.root));
                BuiltinConfig::HelmChart(globals, Box::new(chart))
            }
            "IAMPolicyGenerator" => BuiltinConfig::IamPolicy(self.iam_policy()),
            "ImageTagTransformer" => {
                let (fields, place) = (self.fields(&IMAGE_TAG), self.place());
                let image = entries::image_field(self.decoder, &fields, &path, "imageTag", place);
                BuiltinConfig::ImageTag { image, specs: self.specs(&fields) }
            }
            "LabelTransformer" => BuiltinConfig::Labels(self.pairs(&LABELS, "labels")),
            "NamespaceTransformer" => BuiltinConfig::Namespace(self.namespace()),
            "PatchTransformer" => {
                let (fields, place) = (self.fields(&PATCH), self.place());
                BuiltinConfig::Patch(entries::patch(self.decoder, place, &fields, &path, "patch"))
            }
            "PatchJson6902Transformer" => {
                let (fields, place) = (self.fields(&PATCH_JSON), self.place());
                BuiltinConfig::PatchJson6902(entries::patch(self.decoder, place, &fields, &path, "jsonOp"))
            }
            "PatchStrategicMergeTransformer" => {
                let fields = self.fields(&PATCH_STRATEGIC);
                let paths = self.decoder.inline_texts(&fields, &path, "paths");
                let patches = self.decoder.inline(&fields, &path, "patches");
                BuiltinConfig::PatchStrategicMerge { paths, patches }
            }
            "PrefixTransformer" => self.affix(&PREFIX, true, false)?,
            "SuffixTransformer" => self.affix(&SUFFIX, false, true)?,
            "PrefixSuffixTransformer" => self.affix(&PREFIX_SUFFIX, true, true)?,
            "ReplacementTransformer" => {
                let fields = self.fields(&REPLACEMENT);
                BuiltinConfig::Replacement(replacements::of_transformer(self.decoder, &fields, &path))
            }
            "ReplicaCountTransformer" => {
                let (fields, place) = (self.fields(&REPLICA_COUNT), self.place());
                let replica = entries::replica_field(self.decoder, &fields, &path, "replica", place);
                BuiltinConfig::ReplicaCount { replica, specs: self.specs(&fields) }
            }
            "ValueAddTransformer" => {
                let fields = self.fields(&VALUE_ADD);
                BuiltinConfig::ValueAdd(ValueAddConfig {
                    value: self.decoder.text(&fields, &path, "value"),
                    targets: targets(self.decoder, &fields, &path),
                    target_file: self.decoder.text(&fields, &path, "targetFilePath"),
                })
            }
            _ => return None,
        };
        Some(config)
    }

    fn fields(&mut self, spec: &Spec) -> Fields {
        self.decoder.fields(self.root, &Path::ROOT, spec)
    }

    fn place(&self) -> Place {
        self.decoder.place(self.root)
    }

    fn specs(&mut self, fields: &Fields) -> Vec<crate::fieldspec::FieldSpec> {
        entries::field_specs(self.decoder, fields, &Path::ROOT, "fieldSpecs")
    }

    fn pairs(&mut self, spec: &Spec, field: &'static str) -> PairsConfig {
        let fields = self.fields(spec);
        PairsConfig { pairs: entries::pairs(self.decoder, &fields, &Path::ROOT, field), specs: self.specs(&fields) }
    }

    /// Reads the plugin's own metadata, which some plugins decode.
    fn metadata(
        &mut self,
        fields: &Fields,
    ) -> (Option<crate::kustomization::PlacedText>, Option<crate::kustomization::PlacedText>) {
        let Some((_, node)) = fields.get("metadata") else { return (None, None) };
        let path = Path::ROOT.field("metadata");
        // Objects may have more metadata than the reference's struct knows; nobody has misspelled anything there.
        let n_before = self.decoder.report.diagnostics.len();
        let inner = self.decoder.fields(node, &path, &METADATA);
        self.decoder.report.diagnostics.truncate(n_before);
        let name = self.decoder.text(&inner, &path, "name");
        let namespace = self.decoder.text(&inner, &path, "namespace");
        self.decoder.map(&inner, &path, "labels");
        self.decoder.map(&inner, &path, "annotations");
        (name, namespace)
    }

    /// Name and namespace are those of the plugin's own metadata where the configuration does not say otherwise.
    fn generator(&mut self, spec: &Spec, path: &Path<'_>) -> GeneratorEntry {
        let fields = self.decoder.fields(self.root, path, spec);
        let (name, namespace) = self.metadata(&fields);
        let place = self.place();
        let mut entry = self.decoder.embedded(|decoder| entries::generator(decoder, place, &fields, path));
        if entry.name.value.is_empty() {
            entry.name = name.unwrap_or(entry.name);
        }
        entry.namespace = entry.namespace.or(namespace);
        entry
    }

    fn namespace(&mut self) -> NamespaceConfig {
        let fields = self.fields(&NAMESPACE);
        let path = Path::ROOT;
        let (_, namespace) = self.metadata(&fields);
        NamespaceConfig {
            namespace,
            specs: self.specs(&fields),
            unset_only: self.decoder.boolean(&fields, &path, "unsetOnly"),
            subjects: self.decoder.text(&fields, &path, "setRoleBindingSubjects"),
        }
    }

    fn affix(&mut self, spec: &Spec, has_prefix: bool, has_suffix: bool) -> Option<BuiltinConfig> {
        let fields = self.fields(spec);
        let (path, place) = (Path::ROOT, self.place());
        let mut text = |name: &'static str, has: bool| {
            let text = self.decoder.text(&fields, &path, name);
            has.then(|| text.unwrap_or(Placed { value: String::new(), place }))
        };
        let (prefix, suffix) = (text("prefix", has_prefix), text("suffix", has_suffix));
        let has_specs = fields.get("fieldSpecs").is_some_and(|(_, node)| !self.decoder.is_null(node));
        if !has_specs {
            let message = format!("{} needs `fieldSpecs`", spec.what);
            let error = Diagnostic::error(Code::PluginInvalid, message).at(Some(place), "no `fieldSpecs` here");
            self.decoder
                .report
                .push(error.help("to change the names of objects: `fieldSpecs: [{path: metadata/name}]`"));
            return None;
        }
        Some(BuiltinConfig::Affix { prefix, suffix, specs: self.specs(&fields) })
    }

    fn iam_policy(&mut self) -> IamPolicyConfig {
        let fields = self.fields(&IAM_POLICY);
        let root = Path::ROOT;
        let mut nested = |field: &'static str, spec: &Spec, first: &'static str, second: &'static str| {
            let Some((_, node)) = fields.get(field) else { return (None, None) };
            let path = root.field(field);
            self.decoder.embedded(|decoder| {
                let inner = decoder.fields(node, &path, spec);
                (decoder.text(&inner, &path, first), decoder.text(&inner, &path, second))
            })
        };
        let (name, namespace) = nested("kubernetesService", &SERVICE, "name", "namespace");
        let (account, project) = nested("serviceAccount", &ACCOUNT, "name", "projectId");
        let cloud = self.decoder.embedded(|decoder| decoder.text(&fields, &root, "cloud"));
        IamPolicyConfig { cloud, name, namespace, account, project }
    }
}

fn targets(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> Vec<ValueAddTarget> {
    entries::entries(decoder, fields, path, "targets", &TARGET, |decoder, place, fields, path| ValueAddTarget {
        place,
        selector: entries::target(decoder, fields, path, "selector"),
        field_path: decoder.text(fields, path, "fieldPath"),
        file_path_position: decoder.integer(fields, path, "filePathPosition").map_or(0, |position| position.value),
    })
}
