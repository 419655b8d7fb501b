//! Charts: `helmGlobals`, `helmCharts`, and the old `helmChartInflationGenerator`.

use super::entries::entries;
use super::fields::{Fields, Spec};
use super::value::{Decoder, Found, Path};
use crate::diagnostic::{Code, Diagnostic};
use crate::kustomization::helm::{HelmChart, HelmGlobals};
use crate::provenance::{DirectiveId, Stamp};
use crate::source::Place;
use crate::yaml::emit::number;
use crate::yaml::tree::{NodeId, Style, Tag, Tree};
use rustc_hash::FxHashMap;

const GLOBALS: Spec = Spec { what: "`helmGlobals`", names: &["chartHome", "configHome"] };
const CHART: Spec = Spec {
    what: "an entry of `helmCharts`",
    names: &[
        "name",
        "version",
        "repo",
        "releaseName",
        "namespace",
        "additionalValuesFiles",
        "valuesFile",
        "valuesInline",
        "valuesMerge",
        "includeCRDs",
        "skipHooks",
        "apiVersions",
        "kubeVersion",
        "nameTemplate",
        "skipTests",
        "debug",
        "devel",
    ],
};
const CONFIGURATION: Spec = Spec {
    what: "a `HelmChartInflationGenerator`",
    names: &[
        "apiVersion",
        "kind",
        "metadata",
        "chartHome",
        "configHome",
        "name",
        "version",
        "repo",
        "releaseName",
        "namespace",
        "additionalValuesFiles",
        "valuesFile",
        "valuesInline",
        "valuesMerge",
        "includeCRDs",
        "skipHooks",
        "apiVersions",
        "kubeVersion",
        "nameTemplate",
        "skipTests",
        "debug",
        "devel",
    ],
};
const OLD_CHART: Spec = Spec {
    what: "an entry of `helmChartInflationGenerator`",
    names: &[
        "chartName",
        "chartVersion",
        "chartRepoUrl",
        "chartHome",
        "chartRepoName",
        "helmBin",
        "helmHome",
        "values",
        "valuesLocal",
        "valuesMerge",
        "releaseName",
        "releaseNamespace",
        "extraArgs",
    ],
};

/// Reads all three fields; old entries follow the others, and their settings for all charts count only where
/// `helmGlobals` is absent (upstream `FixKustomizationPostUnmarshal`).
pub(super) fn charts(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> (HelmGlobals, Vec<HelmChart>) {
    let mut charts = entries(decoder, fields, path, "helmCharts", &CHART, chart);
    let mut old_globals = HelmGlobals::default();
    let old =
        entries(decoder, fields, path, "helmChartInflationGenerator", &OLD_CHART, |decoder, place, fields, path| {
            let globals = HelmGlobals {
                chart_home: decoder.text(fields, path, "chartHome"),
                config_home: decoder.text(fields, path, "helmHome"),
            };
            // The last one counts.
            old_globals.chart_home = globals.chart_home.or(old_globals.chart_home.take());
            old_globals.config_home = globals.config_home.or(old_globals.config_home.take());
            old_chart(decoder, place, fields, path)
        });
    charts.extend(old);
    (globals(decoder, fields, path).unwrap_or(old_globals), charts)
}

fn globals(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> Option<HelmGlobals> {
    let (_, node) = fields.get("helmGlobals")?;
    if decoder.found(node) == Found::Null {
        return None;
    }
    let path = path.field("helmGlobals");
    let fields = decoder.fields(node, &path, &GLOBALS);
    Some(HelmGlobals {
        chart_home: decoder.text(&fields, &path, "chartHome"),
        config_home: decoder.text(&fields, &path, "configHome"),
    })
}

pub(super) fn chart(decoder: &mut Decoder<'_>, place: Place, fields: &Fields, path: &Path<'_>) -> HelmChart {
    let api_versions = decoder.texts(fields, path, "apiVersions").into_iter().map(|text| text.value).collect();
    HelmChart {
        place,
        name: decoder.text(fields, path, "name"),
        version: decoder.text(fields, path, "version"),
        repo: decoder.text(fields, path, "repo"),
        release_name: decoder.text(fields, path, "releaseName"),
        namespace: decoder.text(fields, path, "namespace"),
        additional_values_files: decoder.texts(fields, path, "additionalValuesFiles"),
        values_file: decoder.text(fields, path, "valuesFile"),
        values_inline: values(decoder, fields, path, "valuesInline"),
        values_merge: decoder.text(fields, path, "valuesMerge"),
        include_crds: decoder.boolean(fields, path, "includeCRDs"),
        skip_hooks: decoder.boolean(fields, path, "skipHooks"),
        skip_tests: decoder.boolean(fields, path, "skipTests"),
        // What is empty here does not reach the generator in the reference, so the command line decides.
        api_versions: Some(api_versions).filter(|list: &Vec<String>| !list.is_empty()),
        kube_version: decoder.text(fields, path, "kubeVersion").map(|text| text.value),
        name_template: decoder.text(fields, path, "nameTemplate"),
        debug: Some(decoder.boolean(fields, path, "debug")).filter(|&debug| debug),
        devel: decoder.boolean(fields, path, "devel"),
    }
}

/// Reads the configuration of a `HelmChartInflationGenerator`: a chart and what is common to all, in one mapping.
///
/// Unlike entries of a kustomization it can say for itself that there is no version or no debugging.
pub(super) fn configuration(decoder: &mut Decoder<'_>, root: NodeId) -> (HelmGlobals, HelmChart) {
    let path = Path::ROOT;
    let fields = decoder.fields(root, &path, &CONFIGURATION);
    let globals = HelmGlobals {
        chart_home: decoder.text(&fields, &path, "chartHome"),
        config_home: decoder.text(&fields, &path, "configHome"),
    };
    let mut chart = chart(decoder, decoder.place(root), &fields, &path);
    let found = |name: &str| fields.get(name).map(|(_, node)| decoder.found(node));
    chart.api_versions = found("apiVersions").map(|_| chart.api_versions.unwrap_or_default());
    chart.kube_version = chart.kube_version.or(found("kubeVersion").filter(is_some).map(|_| String::new()));
    chart.debug = chart.debug.or(found("debug").filter(is_some).map(|_| false));
    (globals, chart)
}

fn is_some(found: &Found) -> bool {
    *found != Found::Null
}

fn old_chart(decoder: &mut Decoder<'_>, place: Place, fields: &Fields, path: &Path<'_>) -> HelmChart {
    // Without effect, but of a type.
    for name in ["chartRepoName", "helmBin", "releaseNamespace"] {
        decoder.text(fields, path, name);
    }
    decoder.texts(fields, path, "extraArgs");
    HelmChart {
        place,
        name: decoder.text(fields, path, "chartName"),
        version: decoder.text(fields, path, "chartVersion"),
        repo: decoder.text(fields, path, "chartRepoUrl"),
        release_name: decoder.text(fields, path, "releaseName"),
        namespace: None,
        additional_values_files: Vec::new(),
        values_file: decoder.text(fields, path, "values"),
        values_inline: values(decoder, fields, path, "valuesLocal"),
        values_merge: decoder.text(fields, path, "valuesMerge"),
        include_crds: false,
        skip_hooks: false,
        skip_tests: false,
        api_versions: None,
        kube_version: None,
        name_template: None,
        debug: None,
        devel: false,
    }
}

/// Reads a mapping of any values. They go through JSON in the reference, which leaves one kind of number and no styles.
fn values(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>, name: &'static str) -> Option<Tree> {
    let (_, node) = fields.get(name)?;
    let path = path.field(name);
    match decoder.found(node) {
        Found::Null => return None,
        Found::Mapping => {}
        found => {
            decoder.wrong_type(&path, node, &found, "a mapping");
            return None;
        }
    }
    let mut tree = Tree::new();
    let root = Values { decoder, tree: &mut tree }.copy(node, &path)?;
    tree.set_root(root);
    (!tree.has_no_children(root)).then_some(tree)
}

/// The writer of values that are only on their way to another program.
const NOBODY: DirectiveId = DirectiveId(u32::MAX);

struct Values<'v, 'a> {
    decoder: &'v mut Decoder<'a>,
    tree: &'v mut Tree,
}

impl Values<'_, '_> {
    fn copy(&mut self, node: NodeId, path: &Path<'_>) -> Option<NodeId> {
        let stamp = Stamp { by: NOBODY, place: Some(self.decoder.place(node)) };
        let from = self.decoder.tree;
        let plain = |tree: &mut Tree, text: &str, tag| Some(tree.new_scalar(text, Style::Plain, tag, &stamp));
        match self.decoder.found(node) {
            Found::Null => plain(self.tree, "null", Tag::Null),
            Found::Bool(value) => plain(self.tree, if value { "true" } else { "false" }, Tag::Bool),
            Found::Int(value) => self.number(value as f64, node, &stamp),
            Found::Uint(value) => self.number(value as f64, node, &stamp),
            Found::Float(value) => self.number(value, node, &stamp),
            Found::Text => Some(self.tree.new_scalar(from.text(node), Style::DoubleQuoted, Tag::Str, &stamp)),
            Found::Decoded(text) => Some(self.tree.new_scalar(&text, Style::DoubleQuoted, Tag::Str, &stamp)),
            Found::Broken => self.refuse(node, "a value that cannot be read"),
            Found::Sequence => {
                let list = self.tree.new_sequence(&stamp);
                for (index, item) in from.items(node).enumerate() {
                    let item = self.copy(item, &path.item(index))?;
                    self.tree.push_item(list, item);
                }
                Some(list)
            }
            Found::Mapping => {
                let map = self.tree.new_mapping(&stamp);
                let mut entries: Vec<NodeId> = Vec::new();
                let mut known: FxHashMap<String, usize> = FxHashMap::default();
                for (key, value) in from.entries(node) {
                    let name = self.decoder.key_text(key, path)?;
                    let value = self.copy(value, &path.field(&name))?;
                    // The last of equal keys counts.
                    if let Some(slot) = known.get(&name).and_then(|&slot| entries.get_mut(slot)) {
                        *slot = value;
                    } else {
                        let key = self.tree.new_scalar(&name, Style::DoubleQuoted, Tag::Str, &stamp);
                        entries.extend([key, value]);
                        known.insert(name, entries.len() - 1);
                    }
                }
                self.tree.set_children(map, &entries);
                Some(map)
            }
        }
    }

    fn number(&mut self, value: f64, node: NodeId, stamp: &Stamp) -> Option<NodeId> {
        if !value.is_finite() {
            return self.refuse(node, "a number that JSON does not have");
        }
        let mut text = String::new();
        number::push_json_float(value, &mut text);
        Some(self.tree.new_scalar(&text, Style::Plain, Tag::Implied, stamp))
    }

    fn refuse(&mut self, node: NodeId, what: &str) -> Option<NodeId> {
        let message = format!("the values of a chart hold {what}");
        let place = self.decoder.place(node);
        let error = Diagnostic::error(Code::InvalidValue, message).at(Some(place), "");
        self.decoder.report.push(error.help("write it as a text, in quotes"));
        None
    }
}
