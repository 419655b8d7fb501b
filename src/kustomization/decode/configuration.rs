//! Files of `configurations`: field specs for the transformers.
//!
//! Upstream decodes them with `yaml.UnmarshalStrict`, which is stricter than what reads a kustomization (keys that stand
//! twice are errors) and more lenient (a number or boolean for `path` is taken as text).

use super::entries;
use super::fields::{Fields, Spec};
use super::value::{Codec, Decoder, Path};
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::fieldspec::{FieldSpec, TransformerConfig};
use crate::schema::field_specs::NameReference;
use crate::source::Source;
use crate::yaml::tree::{NodeId, Tree};
use std::borrow::Cow;
use std::sync::Arc;

const CONFIGURATION: Spec = Spec {
    what: "a file of `configurations`",
    names: &[
        "namePrefix",
        "nameSuffix",
        "namespace",
        "commonLabels",
        "labels",
        "templateLabels",
        "volumeClaimTemplateLabels",
        "commonAnnotations",
        "nameReference",
        "varReference",
        "images",
        "replicas",
    ],
};
const NAME_REFERENCE: Spec =
    Spec { what: "an entry of `nameReference`", names: &["group", "version", "kind", "fieldSpecs"] };

/// Field specs in one file: joining lists compares those with the same path one by one.
const SPECS_MAX: usize = 10_000;

/// Decodes a file of `configurations`; `None` if an error was reported.
pub fn configuration(source: &Arc<Source>, tree: &Tree, report: &mut Report) -> Option<TransformerConfig> {
    let mut own = Report::default();
    let mut decoder = Decoder {
        source,
        tree,
        report: &mut own,
        what: CONFIGURATION.what,
        is_strict: true,
        has_spellings: false,
        codec: Codec::Json,
        coerces: true,
    };
    let path = Path::ROOT;
    let root = tree.root();
    let fields = decoder.fields(root, &path, &CONFIGURATION);
    let mut config = TransformerConfig {
        name_prefix: specs(&mut decoder, &fields, &path, "namePrefix"),
        name_suffix: specs(&mut decoder, &fields, &path, "nameSuffix"),
        namespace: specs(&mut decoder, &fields, &path, "namespace"),
        common_labels: specs(&mut decoder, &fields, &path, "commonLabels"),
        labels: specs(&mut decoder, &fields, &path, "labels"),
        template_labels: specs(&mut decoder, &fields, &path, "templateLabels"),
        vct_labels: specs(&mut decoder, &fields, &path, "volumeClaimTemplateLabels"),
        common_annotations: specs(&mut decoder, &fields, &path, "commonAnnotations"),
        images: specs(&mut decoder, &fields, &path, "images"),
        replicas: specs(&mut decoder, &fields, &path, "replicas"),
        name_reference: references(&mut decoder, &fields, &path),
        var_reference: specs(&mut decoder, &fields, &path, "varReference"),
    };
    check_size(&mut decoder, &config, root);
    config.sort();
    let has_errors = own.has_errors();
    report.diagnostics.append(&mut own.diagnostics);
    (!has_errors).then_some(config)
}

fn specs(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>, name: &'static str) -> Cow<'static, [FieldSpec]> {
    let specs = entries::field_specs(decoder, fields, path, name);
    if specs.is_empty() { Cow::Borrowed(&[]) } else { Cow::Owned(specs) }
}

fn references(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> Cow<'static, [NameReference]> {
    let name = "nameReference";
    let references = entries::entries(decoder, fields, path, name, &NAME_REFERENCE, |decoder, _, fields, path| {
        let text = |decoder: &mut Decoder<'_>, name: &'static str| {
            Cow::Owned(decoder.text(fields, path, name).map(|text| text.value).unwrap_or_default())
        };
        let (group, version, kind) =
            decoder.embedded(|decoder| (text(decoder, "group"), text(decoder, "version"), text(decoder, "kind")));
        NameReference { group, version, kind, fields: specs(decoder, fields, path, "fieldSpecs") }
    });
    if references.is_empty() { Cow::Borrowed(&[]) } else { Cow::Owned(references) }
}

/// Refuses what would take too long to join or to follow.
fn check_size(decoder: &mut Decoder<'_>, config: &TransformerConfig, root: NodeId) {
    let references = config.name_reference.iter().map(|target| &*target.fields);
    let specs = || config.sections().into_iter().map(|(_, specs)| specs).chain(references.clone()).flatten();
    let n_specs = specs().count() + config.name_reference.len();
    if n_specs > SPECS_MAX {
        let message = format!("{n_specs} field specs in one file; at most {SPECS_MAX} are read");
        let place = decoder.place(root);
        let error = Diagnostic::error(Code::LimitExceeded, message).at(Some(place), "");
        decoder.report.push(error.help("split the file into several"));
    }
    for error in specs().filter_map(FieldSpec::too_deep) {
        decoder.report.push(error);
    }
}
