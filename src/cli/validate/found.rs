//! What was found, as values that can be written: redacted, with places as people find them. And `-o json`.
//!
//! The JSON document is `{version, types, kubeVersion, targets}`: the version of the format (1), the release of Kubernetes that
//! fields are checked against, the one that APIs are checked for, and for each DIR `{directory, built, objects,
//! withoutSchema, findings}`. A finding is `{rule, severity, message, field, objects, location, related, notes, help}`; `objects`
//! are `{apiVersion, kind, name, namespace}`, a `location` is what it is in diagnostics or `null`, `related` are
//! `{location, text}`. Keys are never removed and keep their order; new ones may be added, without another version.

use crate::build::Build;
use crate::diagnostic::Severity;
use crate::mask::Masks;
use crate::redact::redact;
use crate::source::{Extent, Place, Sources};
use crate::validate::{Finding, RELEASE, Release, Validation};
use serde::Serialize;

/// A severity, as it is written.
pub(super) const ERROR: &str = "error";
const WARNING: &str = "warning";

/// One DIR.
#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub(super) struct Target {
    pub(super) directory: String,
    #[serde(rename = "built")]
    pub(super) is_built: bool,
    #[serde(rename = "objects")]
    pub(super) n_objects: usize,
    #[serde(rename = "withoutSchema")]
    pub(super) n_unknown: usize,
    pub(super) findings: Vec<Found>,
    /// All objects, `Kind/name`, in the order of the output.
    #[serde(skip)]
    pub(super) objects: Vec<Object>,
}

/// A finding.
#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub(super) struct Found {
    pub(super) rule: &'static str,
    pub(super) severity: &'static str,
    pub(super) message: String,
    pub(super) field: String,
    pub(super) objects: Vec<Object>,
    pub(super) location: Option<Location>,
    pub(super) related: Vec<Related>,
    pub(super) notes: Vec<String>,
    pub(super) help: Vec<String>,
}

#[derive(Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct Object {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) namespace: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub(super) struct Related {
    pub(super) location: Location,
    pub(super) text: String,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct Location {
    pub(super) path: String,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) end_line: u32,
    pub(super) end_column: u32,
}

impl Location {
    fn of(place: Place, sources: &Sources) -> Location {
        let Extent { source, start, end } = sources.extent(place);
        Location {
            path: source.path.to_string(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

impl Target {
    /// A DIR that was built.
    pub(super) fn of(directory: &str, build: &Build, validation: &Validation, sources: &Sources) -> Target {
        let mut masks = Masks::new(sources);
        let object = |(api_version, kind, name, namespace): (String, &str, &str, &str)| Object {
            api_version,
            kind: kind.to_owned(),
            name: name.to_owned(),
            namespace: (!namespace.is_empty()).then(|| namespace.to_owned()),
        };
        let found = |finding: &Finding| {
            let diagnostic = redact(&finding.diagnostic, &mut masks);
            let mut labels = diagnostic.labels.iter();
            Found {
                rule: diagnostic.code.as_str(),
                severity: if diagnostic.severity == Severity::Error { ERROR } else { WARNING },
                message: diagnostic.message.clone(),
                field: finding.field.clone(),
                objects: finding
                    .objects
                    .iter()
                    .map(|name| object((name.api_version.clone(), &name.kind, &name.name, &name.namespace)))
                    .collect(),
                location: labels.next().map(|label| Location::of(label.place, sources)),
                related: labels
                    .map(|label| Related { location: Location::of(label.place, sources), text: label.text.clone() })
                    .collect(),
                notes: diagnostic.notes.clone(),
                help: diagnostic.help.clone(),
            }
        };
        let ids = build.resources.iter().map(|resource| &resource.id);
        Target {
            directory: directory.to_owned(),
            is_built: true,
            n_objects: validation.n_objects,
            n_unknown: validation.n_unknown,
            findings: validation.findings.iter().map(found).collect(),
            objects: ids.map(|id| object((id.gvk.api_version(), &id.gvk.kind, &id.name, &id.namespace))).collect(),
        }
    }

    /// A DIR that does not build.
    pub(super) fn failed(directory: &str) -> Target {
        let directory = directory.to_owned();
        Target { directory, is_built: false, n_objects: 0, n_unknown: 0, findings: Vec::new(), objects: Vec::new() }
    }

    pub(super) fn is_failed(&self) -> bool {
        !self.is_built || self.findings.iter().any(|found| found.severity == ERROR)
    }
}

impl Found {
    /// Tells a finding from others in the same file.
    pub(super) fn key(&self) -> String {
        match &self.location {
            Some(at) => format!("{} {}:{}:{} {}", self.rule, at.path, at.line, at.column, self.field),
            None => format!("{} {}", self.rule, self.message),
        }
    }

    /// Returns message, place, notes and help as lines.
    pub(super) fn text(&self) -> String {
        let mut text = self.message.clone();
        if let Some(at) = &self.location {
            text.push_str(&format!("\nat {}:{}:{}", at.path, at.line, at.column));
        }
        for line in &self.notes {
            text.push_str(&format!("\nnote: {line}"));
        }
        for line in &self.help {
            text.push_str(&format!("\nhelp: {line}"));
        }
        text
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct Document<'t> {
    version: u32,
    types: String,
    kube_version: String,
    targets: &'t [Target],
}

/// Returns the JSON document.
pub(super) fn json(targets: &[Target], release: Release) -> String {
    let document = Document { version: 1, types: RELEASE.to_string(), kube_version: release.to_string(), targets };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// Returns the schema of the answer.
#[cfg(feature = "schemas")]
pub(in crate::cli) fn schema() -> schemars::Schema {
    crate::cli::schemas::of::<Document<'_>>()
}
