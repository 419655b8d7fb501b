//! `helmGlobals`, `helmCharts` and `helmChartInflationGenerator` as typed data.

use super::PlacedText;
use crate::source::Place;
use crate::yaml::tree::Tree;

/// `helmGlobals`, or what an old entry of `helmChartInflationGenerator` says for all charts.
#[derive(Clone, Debug, Default)]
pub struct HelmGlobals {
    /// `chartHome`: the directory of the charts.
    pub chart_home: Option<PlacedText>,
    /// `configHome`: helm's own directory.
    pub config_home: Option<PlacedText>,
}

/// An entry of `helmCharts` or `helmChartInflationGenerator`. Absent fields are empty.
#[derive(Clone, Debug)]
pub struct HelmChart {
    /// The whole entry.
    pub place: Place,
    /// `name`
    pub name: Option<PlacedText>,
    /// `version`
    pub version: Option<PlacedText>,
    /// `repo`
    pub repo: Option<PlacedText>,
    /// `releaseName`
    pub release_name: Option<PlacedText>,
    /// `namespace`
    pub namespace: Option<PlacedText>,
    /// `additionalValuesFiles`
    pub additional_values_files: Vec<PlacedText>,
    /// `valuesFile`
    pub values_file: Option<PlacedText>,
    /// `valuesInline`: a mapping that is not empty, as it comes out of JSON.
    pub values_inline: Option<Tree>,
    /// `valuesMerge`
    pub values_merge: Option<PlacedText>,
    /// `includeCRDs`
    pub include_crds: bool,
    /// `skipHooks`
    pub skip_hooks: bool,
    /// `skipTests`
    pub skip_tests: bool,
    /// `apiVersions`; `None` leaves them to the command line.
    pub api_versions: Option<Vec<String>>,
    /// `kubeVersion`; `None` leaves it to the command line.
    pub kube_version: Option<String>,
    /// `nameTemplate`
    pub name_template: Option<PlacedText>,
    /// `debug`; `None` leaves it to the command line.
    pub debug: Option<bool>,
    /// `devel`
    pub devel: bool,
}
