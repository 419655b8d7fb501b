//! `helmChartInflationGenerator` as `helmCharts` and `helmGlobals` (upstream `SplitHelmParameters`).

use crate::yaml::edit::{Data, Value};

const NAMES: [(&str, &str); 7] = [
    ("chartName", "name"),
    ("chartVersion", "version"),
    ("chartRepoUrl", "repo"),
    ("values", "valuesFile"),
    ("valuesLocal", "valuesInline"),
    ("valuesMerge", "valuesMerge"),
    ("releaseName", "releaseName"),
];

/// Fields without a successor are dropped; of homes the last one counts, unless there are `helmGlobals` already.
pub(super) fn convert(root: &mut Value) {
    let Some(old) = root.remove("helmChartInflationGenerator") else { return };
    let mut globals = Value::texts(&[]);
    let has_globals = root.get("helmGlobals").is_some();
    for entry in old.items() {
        for (key, name) in [("helmHome", "configHome"), ("chartHome", "chartHome")] {
            if let Some(home) = entry.get(key) {
                globals.set(name, home.clone());
            }
        }
        let fields = NAMES.iter().filter_map(|&(old, new)| Some((new.to_owned(), entry.get(old)?.clone())));
        let chart = Value::new(Data::Map(fields.collect()));
        root.list_mut("helmCharts").push(chart);
    }
    if !has_globals && !globals.is_empty() {
        root.set("helmGlobals", globals);
    }
}
