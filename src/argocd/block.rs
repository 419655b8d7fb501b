//! The block `spec.source.kustomize` of an Application, in the spelling of Argo CD.

use crate::diagnostic::{Code, Diagnostic, Result};
use crate::limits::Limits;
use crate::source::{Sensitivity, Sources};
use crate::yaml::{json, read};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// Every field of the block.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Block {
    /// Replaces `namePrefix`.
    #[serde(deserialize_with = "or_default")]
    pub name_prefix: String,
    /// Replaces `nameSuffix`.
    #[serde(deserialize_with = "or_default")]
    pub name_suffix: String,
    /// Replaces `namespace`.
    #[serde(deserialize_with = "or_default")]
    pub namespace: String,
    /// `name=new:tag`, `name:tag` or `name@digest`; variables are replaced.
    #[serde(deserialize_with = "or_default")]
    pub images: Vec<String>,
    /// Names with counts.
    #[serde(deserialize_with = "or_default")]
    pub replicas: Vec<Replica>,
    /// Labels; variables in values are replaced.
    #[serde(deserialize_with = "or_default")]
    pub common_labels: BTreeMap<String, String>,
    /// Overwrites labels that the kustomization sets.
    #[serde(deserialize_with = "or_default")]
    pub force_common_labels: bool,
    /// Leaves selectors alone.
    #[serde(deserialize_with = "or_default")]
    pub label_without_selector: bool,
    /// Labels pod templates, too.
    #[serde(deserialize_with = "or_default")]
    pub label_include_templates: bool,
    /// Annotations.
    #[serde(deserialize_with = "or_default")]
    pub common_annotations: BTreeMap<String, String>,
    /// Overwrites annotations that the kustomization sets.
    #[serde(deserialize_with = "or_default")]
    pub force_common_annotations: bool,
    /// Replaces variables in annotations.
    #[serde(deserialize_with = "or_default")]
    pub common_annotations_envsubst: bool,
    /// Appended to `patches`.
    #[serde(deserialize_with = "or_default")]
    pub patches: Vec<Patch>,
    /// Appended to `components`.
    #[serde(deserialize_with = "or_default")]
    pub components: Vec<String>,
    /// Leaves out components that are not there.
    #[serde(deserialize_with = "or_default")]
    pub ignore_missing_components: bool,
    /// Which kustomize the built-in support runs; there is one here.
    #[serde(deserialize_with = "or_default")]
    pub version: String,
    /// The version of Kubernetes that charts are told.
    #[serde(deserialize_with = "or_default")]
    pub kube_version: String,
    /// The versions of APIs that charts are told.
    #[serde(deserialize_with = "or_default")]
    pub api_versions: Vec<String>,
}

/// An entry of `replicas`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replica {
    /// The name of a workload.
    pub name: String,
    /// How many.
    pub count: Count,
}

/// A number, or a text that is one.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Count {
    /// A number.
    Number(i32),
    /// A text.
    Text(String),
}

impl Count {
    /// Returns the number, if it is one (upstream `GetIntCount`).
    pub fn number(&self) -> Option<i64> {
        match self {
            Count::Number(number) => Some(i64::from(*number)),
            Count::Text(text) => text.parse().ok(),
        }
    }
}

/// An entry of `patches`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Patch {
    /// The file.
    #[serde(deserialize_with = "or_default")]
    pub path: String,
    /// Or the patch itself.
    #[serde(deserialize_with = "or_default")]
    pub patch: String,
    /// What it is for.
    pub target: Option<Target>,
    /// `allowNameChange` and `allowKindChange`.
    #[serde(deserialize_with = "or_default")]
    pub options: BTreeMap<String, bool>,
}

/// The target of a patch.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[allow(missing_docs, reason = "as in kustomize")]
pub struct Target {
    #[serde(deserialize_with = "or_default")]
    pub group: String,
    #[serde(deserialize_with = "or_default")]
    pub version: String,
    #[serde(deserialize_with = "or_default")]
    pub kind: String,
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    #[serde(deserialize_with = "or_default")]
    pub namespace: String,
    #[serde(deserialize_with = "or_default")]
    pub annotation_selector: String,
    #[serde(deserialize_with = "or_default")]
    pub label_selector: String,
}

/// Null is nothing, as for Go.
fn or_default<'de, D, T>(deserializer: D) -> std::result::Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads a value of YAML or JSON that a parameter holds.
pub fn read<T: DeserializeOwned + Default>(text: &str, parameter: &str) -> Result<T> {
    let mut sources = Sources::default();
    let source = sources.add(format!("the parameter `{parameter}`"), text.to_owned(), Sensitivity::Yaml, None);
    let tree = read::read_first(&source, &Limits::default()).map_err(|error| {
        let place = error.labels.first().map(|label| source.line_column(label.place.span.start));
        let at = place.map(|at| format!(" (line {}, column {})", at.line, at.column)).unwrap_or_default();
        fault(parameter, format!("is not valid YAML{at}: {}", error.message))
    })?;
    let Some(tree) = tree else { return Ok(T::default()) };
    let mut text = String::new();
    json::encode(&tree, tree.root(), &mut text)
        .map_err(|_| fault(parameter, "holds a value that has no JSON form".to_owned()))?;
    serde_json::from_str::<Option<T>>(&text).map(Option::unwrap_or_default).map_err(|error| {
        let words = error.to_string();
        let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
        fault(parameter, format!("is not right: {words}"))
    })
}

fn fault(parameter: &str, words: String) -> Box<Diagnostic> {
    Diagnostic::error(Code::InvalidParameter, format!("the parameter `{parameter}` {words}"))
}
