//! The block `spec.source.kustomize` of an Application, in the spelling of Argo CD.

use super::parameters::{KNOWN, Parameter};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::limits::Limits;
use crate::sorting::Sorting;
use crate::source::{Sensitivity, Sources};
use crate::yaml::{json as yaml_json, read};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
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

impl Target {
    /// Returns the fields in kustomize's order, each with its name there; what is not given is empty.
    pub fn fields(&self) -> [(&'static str, &str); 7] {
        [
            ("group", &self.group),
            ("version", &self.version),
            ("kind", &self.kind),
            ("name", &self.name),
            ("namespace", &self.namespace),
            ("annotationSelector", &self.annotation_selector),
            ("labelSelector", &self.label_selector),
        ]
    }
}

impl Block {
    /// Returns the block as Argo CD writes it: what is empty is left out.
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        let mut put = |key: &str, is_there: bool, value: Value| {
            if is_there {
                map.insert(key.to_owned(), value);
            }
        };
        put("namePrefix", !self.name_prefix.is_empty(), json!(self.name_prefix));
        put("nameSuffix", !self.name_suffix.is_empty(), json!(self.name_suffix));
        put("namespace", !self.namespace.is_empty(), json!(self.namespace));
        put("images", !self.images.is_empty(), json!(self.images));
        let replica = |replica: &Replica| match &replica.count {
            Count::Number(count) => json!({"name": replica.name, "count": count}),
            Count::Text(count) => match count.parse::<i32>() {
                Ok(number) if number.to_string() == *count => json!({"name": replica.name, "count": number}),
                _ => json!({"name": replica.name, "count": count}),
            },
        };
        put("replicas", !self.replicas.is_empty(), self.replicas.iter().map(replica).collect());
        put("commonLabels", !self.common_labels.is_empty(), json!(self.common_labels));
        put("forceCommonLabels", self.force_common_labels, json!(true));
        put("labelWithoutSelector", self.label_without_selector, json!(true));
        put("labelIncludeTemplates", self.label_include_templates, json!(true));
        put("commonAnnotations", !self.common_annotations.is_empty(), json!(self.common_annotations));
        put("forceCommonAnnotations", self.force_common_annotations, json!(true));
        put("commonAnnotationsEnvsubst", self.common_annotations_envsubst, json!(true));
        put("patches", !self.patches.is_empty(), self.patches.iter().map(Patch::to_json).collect());
        put("components", !self.components.is_empty(), json!(self.components));
        put("ignoreMissingComponents", self.ignore_missing_components, json!(true));
        put("version", !self.version.is_empty(), json!(self.version));
        put("kubeVersion", !self.kube_version.is_empty(), json!(self.kube_version));
        put("apiVersions", !self.api_versions.is_empty(), json!(self.api_versions));
        Value::Object(map)
    }

    /// Returns the parameters that ask for the same; `version` has none.
    pub fn to_parameters(&self) -> Vec<Parameter> {
        let mut all = Vec::new();
        let text = |name: &str, text: &str| Parameter { string: Some(text.to_owned()), ..named(name) };
        for (name, value) in
            [("name-prefix", &self.name_prefix), ("name-suffix", &self.name_suffix), ("namespace", &self.namespace)]
        {
            if !value.is_empty() {
                all.push(text(name, value));
            }
        }
        let options = |options: &[(&str, bool)]| -> Vec<String> {
            options.iter().filter(|(_, is_on)| *is_on).map(|(name, _)| (*name).to_owned()).collect()
        };
        let patch = |patch: &Patch| patch.to_json().to_string();
        let of_labels = [
            ("force", self.force_common_labels),
            ("without-selector", self.label_without_selector),
            ("include-templates", self.label_include_templates),
        ];
        let of_annotations = [("force", self.force_common_annotations), ("envsubst", self.common_annotations_envsubst)];
        let arrays = [
            ("images", self.images.clone()),
            ("label-options", options(&of_labels)),
            ("annotation-options", options(&of_annotations)),
            ("patches", self.patches.iter().map(patch).collect()),
            ("components", self.components.clone()),
            ("api-versions", self.api_versions.clone()),
        ];
        for (name, array) in arrays.into_iter().filter(|(_, array)| !array.is_empty()) {
            all.push(Parameter { array: Some(array), ..named(name) });
        }
        let count = |replica: &Replica| match &replica.count {
            Count::Number(number) => number.to_string(),
            Count::Text(text) => text.clone(),
        };
        let maps = [
            ("replicas", self.replicas.iter().map(|replica| (replica.name.clone(), count(replica))).collect()),
            ("common-labels", self.common_labels.clone()),
            ("common-annotations", self.common_annotations.clone()),
        ];
        for (name, map) in maps.into_iter().filter(|(_, map)| !map.is_empty()) {
            all.push(Parameter { map: Some(map), ..named(name) });
        }
        if self.ignore_missing_components {
            all.push(text("ignore-missing-components", "true"));
        }
        if !self.kube_version.is_empty() {
            all.push(text("kube-version", &self.kube_version));
        }
        all
    }

    /// Returns the parameters in the order in which fields stand in a file.
    pub(super) fn in_order_of(&self, fields: &[String]) -> Vec<Parameter> {
        let position = |parameter: &Parameter| {
            let known = KNOWN.iter().position(|known| known.name == parameter.name).unwrap_or(KNOWN.len());
            let of_fields = KNOWN.get(known).map_or("", |known| known.field);
            let first = fields.iter().position(|field| of_fields.split(", ").any(|other| other == field));
            (first.unwrap_or(fields.len()), known)
        };
        let mut parameters = self.to_parameters();
        parameters.put_in_order_of(position);
        parameters
    }
}

fn named(name: &str) -> Parameter {
    Parameter { name: name.to_owned(), ..Parameter::default() }
}

impl Patch {
    fn to_json(&self) -> Value {
        let mut map = Map::new();
        let mut put = |key: &str, text: &str| {
            if !text.is_empty() {
                map.insert(key.to_owned(), json!(text));
            }
        };
        put("path", &self.path);
        put("patch", &self.patch);
        if let Some(target) = &self.target {
            let given = target.fields().into_iter().filter(|(_, text)| !text.is_empty());
            map.insert("target".to_owned(), given.map(|(key, text)| (key.to_owned(), json!(text))).collect());
        }
        if !self.options.is_empty() {
            map.insert("options".to_owned(), json!(self.options));
        }
        Value::Object(map)
    }
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
    yaml_json::encode(&tree, tree.root(), &mut text)
        .map_err(|_| fault(parameter, "holds a value that has no JSON form".to_owned()))?;
    serde_json::from_str::<Option<T>>(&text).map(Option::unwrap_or_default).map_err(|error| {
        let words = error.to_string();
        let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
        fault(parameter, format!("is not right: {words}"))
    })
}

/// Reads what has to be a mapping: a list would be taken for the fields in their order.
pub fn read_mapping<T: DeserializeOwned + Default>(text: &str, parameter: &str) -> Result<T> {
    match read::<serde_json::Value>(text, parameter)? {
        serde_json::Value::Object(_) | serde_json::Value::Null => read(text, parameter),
        _ => Err(fault(parameter, "is not right: it has to be a mapping".to_owned())),
    }
}

fn fault(parameter: &str, words: String) -> Box<Diagnostic> {
    Diagnostic::error(Code::InvalidParameter, format!("the parameter `{parameter}` {words}"))
}
