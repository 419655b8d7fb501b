//! Helm charts: from an entry of `helmCharts` to the objects that the helm program prints for it.
//!
//! As in the reference, helm itself pulls and renders; here it is asked in the same words (`command`), with the same values
//! (`values`). Decoding the entries is `kustomization::decode`, starting programs the caller's business, and where charts
//! stand in the order of a build is `accumulate`'s.

mod command;
mod values;

use crate::diagnostic::{self, Code, Diagnostic, Report};
use crate::fs::{self, EntryKind};
use crate::kustomization::helm::{HelmChart, HelmGlobals};
use crate::kustomization::{Placed, PlacedText};
use crate::loader::{self, LoadRestrictions, Root};
use crate::manifest;
use crate::marks;
use crate::ordered::BTreeSet;
use crate::programs::{CAN_START, HelmOptions, PluginOptions};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::session::Session;
use crate::source::{Place, Sensitivity};
use crate::yaml;
use crate::yaml::tree::Tree;
use command::Helm;
use regex_lite::Regex;
use std::sync::{Arc, LazyLock};
use values::ValuesMerge;

/// Where charts are, if nothing else is said.
const CHART_HOME: &str = "charts";

/// What the charts of one kustomization have in common.
pub(crate) struct Context<'a, 'fs> {
    pub(crate) session: &'a mut Session<'fs>,
    pub(crate) root: &'a Arc<Root>,
    pub(crate) restrictions: LoadRestrictions,
    pub(crate) plugins: &'a PluginOptions,
    /// Files read.
    pub(crate) inputs: &'a mut BTreeSet<Arc<str>>,
}

/// A chart that was looked at and can be asked for.
pub(crate) struct Chart<'c> {
    entry: &'c HelmChart,
    name: &'c str,
    options: &'c HelmOptions,
    /// `configHome`
    config_home: Option<&'c str>,
    /// `namespace`, or what stands for it.
    namespace: Option<&'c str>,
    /// The directory that holds the chart's directory.
    home: String,
    values_file: PlacedText,
    values_merge: ValuesMerge,
}

/// Checks an entry before anything runs (upstream `HelmChartInflationGeneratorPlugin.Config`).
///
/// `namespace` is what takes the place of an absent `namespace`.
pub(crate) fn check<'c>(
    entry: &'c HelmChart,
    globals: &'c HelmGlobals,
    namespace: Option<&'c str>,
    context: &mut Context<'c, '_>,
) -> diagnostic::Result<Chart<'c>> {
    let place = Some(entry.place);
    let Some(options) = context.plugins.helm() else {
        let diagnostic =
            Diagnostic::error(Code::HelmDisabled, "helm charts are not enabled: helm would be run for this");
        return Err(diagnostic.at(place, "").help("if you trust the chart and the kustomization, add `--enable-helm`"));
    };
    if options.command.is_empty() {
        let diagnostic = Diagnostic::error(Code::Usage, "`--helm-command` is empty");
        return Err(diagnostic.help("name the helm program, or leave the flag out"));
    }
    let invalid = |message: String, place: Place| Diagnostic::error(Code::InvalidField, message).at(Some(place), "");
    let Some(name) = &entry.name else {
        return Err(invalid("a chart has no name".to_owned(), entry.place).help("set `name`"));
    };
    for (what, text) in [("`releaseName`", entry.release_name.as_ref()), ("the name of a chart", Some(name))] {
        if let Some(text) = text.filter(|text| text.value.starts_with('-')) {
            let message = format!("{what} must not start with `-`: helm would take it for a flag");
            return Err(invalid(message, text.place));
        }
    }
    let values_merge = ValuesMerge::of(entry.values_merge.as_ref())?;
    let home = chart_home(entry, name, globals, &context.root.directory);
    let values_file = entry.values_file.clone().unwrap_or_else(|| Placed {
        value: fs::clean(&format!("{home}/{}/values.yaml", name.value)),
        place: name.place,
    });
    for file in &entry.additional_values_files {
        let path = loader::find_file(context.session, context.root, file, context.restrictions)?;
        context.session.read_bytes(&path).map_err(|error| error.at(Some(file.place), ""))?;
        context.inputs.insert(path);
    }
    Ok(Chart {
        entry,
        name: &name.value,
        options,
        config_home: globals.config_home.as_ref().map(|text| text.value.as_str()),
        namespace: entry.namespace.as_ref().map(|text| text.value.as_str()).or(namespace),
        home,
        values_file,
        values_merge,
    })
}

/// Charts that come from a repository in a certain version are kept by version (upstream `absChartHome`).
fn chart_home(entry: &HelmChart, name: &PlacedText, globals: &HelmGlobals, root: &str) -> String {
    let home = globals.chart_home.as_ref().map_or(CHART_HOME, |home| &home.value);
    let home = if home.starts_with('/') { home.to_owned() } else { fs::join(root, home) };
    match (&entry.version, &entry.repo) {
        (Some(version), Some(_)) => fs::clean(&format!("{home}/{}-{}", name.value, version.value)),
        _ => home,
    }
}

/// Tells the build which versions of APIs a chart names, see [`SharedVersions`](crate::session::SharedVersions).
pub(crate) fn share_api_versions(chart: &Chart<'_>, session: &mut Session<'_>) {
    session.helm_api_versions.write(&chart.options.api_versions, chart.entry.api_versions.as_deref());
}

/// Inflates a chart: pulls it if it is not there, and renders it.
pub(crate) fn inflate(chart: &Chart<'_>, context: &mut Context<'_, '_>) -> Result<Vec<Arc<Resource>>, Vec<Diagnostic>> {
    if !CAN_START {
        return Ok(Vec::new());
    }
    let printed = render(chart, context).map_err(|diagnostic| vec![*diagnostic])?;
    read(chart, printed, context.session)
}

/// Returns what helm prints for a chart.
fn render(chart: &Chart<'_>, context: &mut Context<'_, '_>) -> diagnostic::Result<Vec<u8>> {
    let helm = Helm::new(chart, context.session)?;
    check_version(&helm)?;
    let directory = fs::clean(&format!("{}/{}", chart.home, chart.name));
    if context.session.fs.kind(&directory) != Ok(EntryKind::Directory) {
        if chart.entry.repo.is_none() {
            let shown = context.session.show(&directory);
            let message = format!("there is no chart in `{shown}`, and no `repo` to pull it from");
            let diagnostic = Diagnostic::error(Code::FileNotFound, message).at(Some(chart.entry.place), "");
            return Err(diagnostic.help("set `repo`, or put the chart there"));
        }
        helm.run(command::pull(chart), Vec::new())?;
    }
    let values = values::of(chart, context)?;
    let file = command::values_name(chart)?;
    let versions = &context.session.helm_api_versions;
    let versions = versions.read(&chart.options.api_versions, chart.entry.api_versions.as_deref());
    let arguments = command::template(chart, versions, &directory, &file, &context.root.directory);
    helm.run(arguments, vec![(file, values)])
}

/// Only helm 3 and 4 know the commands that are used.
fn check_version(helm: &Helm<'_, '_>) -> diagnostic::Result<()> {
    static VERSION: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"v?\d+(\.\d+)+").expect("the pattern is a constant"));
    let printed = helm.run(command::version(), Vec::new())?;
    let printed = String::from_utf8_lossy(&printed);
    let version = VERSION.find(&printed).map(|found| found.as_str().trim_start_matches('v'));
    match version.map(|version| (version, version.split('.').next().unwrap_or_default())) {
        Some((_, "3" | "4")) => Ok(()),
        Some((version, _)) => Err(helm.error(format!("helm 3 or 4 is wanted, but this one is {version}"))),
        None => Err(helm.error("helm does not say which version it is".to_owned())),
    }
}

/// Makes objects of what helm printed.
fn read(chart: &Chart<'_>, printed: Vec<u8>, session: &mut Session<'_>) -> Result<Vec<Arc<Resource>>, Vec<Diagnostic>> {
    let release = chart.entry.release_name.as_ref().map_or(chart.name, |name| &name.value);
    let source_name = format!("<helm template {release}>");
    let failed = |message: String| {
        let message = format!("helm printed for chart `{}` what is no manifest: {message}", chart.name);
        vec![*Diagnostic::error(Code::HelmFailed, message).at(Some(chart.entry.place), "")]
    };
    let text = yaml::read::decode_bytes(printed).map_err(|_| failed("it is not UTF-8".to_owned()))?;
    let source = session.sources.add(source_name, text, Sensitivity::Yaml, None);
    let through = |diagnostics: Vec<Diagnostic>| {
        let through = |mut diagnostic: Diagnostic| {
            diagnostic.chain.insert(0, chart.entry.place);
            diagnostic
        };
        diagnostics.into_iter().map(through).collect::<Vec<_>>()
    };
    let documents = || {
        let documents = yaml::read::read_documents(&source, &session.limits);
        documents.map_err(|diagnostic| through(vec![*diagnostic]))
    };
    let mut resources = match strictly(documents()?) {
        Ok(resources) => resources,
        Err(errors) => leniently(documents()?, errors).map_err(through)?,
    };
    for resource in &mut resources {
        marks::adopt(resource);
        Arc::make_mut(resource).helm_generated = true;
    }
    Ok(resources)
}

/// Makes objects as of a file.
fn strictly(documents: Vec<Tree>) -> Result<Vec<Arc<Resource>>, Vec<Diagnostic>> {
    let mut report = Report::default();
    let resources = manifest::resources(documents, &mut report);
    if report.has_errors() {
        return Err(report.diagnostics);
    }
    check_distinct(&resources)?;
    Ok(resources)
}

/// Makes objects as the reference does where the first way fails; it was meant for words before the first object, but
/// is of use for other things: lists are not taken apart, and objects for the build only do not count.
fn leniently(documents: Vec<Tree>, errors: Vec<Diagnostic>) -> Result<Vec<Arc<Resource>>, Vec<Diagnostic>> {
    let mut report = Report::default();
    let resources = manifest::resources_as_they_are(documents, &mut report);
    if report.has_errors() || check_distinct(&resources).is_err() { Err(errors) } else { Ok(resources) }
}

fn check_distinct(resources: &[Arc<Resource>]) -> Result<(), Vec<Diagnostic>> {
    let mut resmap = ResMap::default();
    for resource in resources {
        if resmap.append(Arc::clone(resource)).is_err() {
            let message = format!("helm printed `{}` twice", resource.short_name());
            let tree = &resource.tree;
            let mut error = Diagnostic::error(Code::DuplicateId, message).at(tree.place(tree.root()), "again here");
            if let Some(first) = resmap.find_current(&resource.id) {
                let first = &resmap.get(first).tree;
                error = error.at(first.place(first.root()), "first here");
            }
            return Err(vec![*error]);
        }
    }
    Ok(())
}
