//! Applications as files: what Argo CD would hand to the plugin for one.

use super::block;
use super::parameters::Parameter;
use super::substitute::{Variables, substitute};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::limits::Limits;
use crate::source::Source as Text;
use crate::yaml::{json, read};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The annotation with the paths whose changes matter.
pub const PATHS_ANNOTATION: &str = "argocd.argoproj.io/manifest-generate-paths";

/// An Application, as far as it matters to a plugin. Fields that are not known are other parts of Argo CD.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Application {
    /// `kind`
    pub kind: String,
    /// `metadata`
    pub metadata: Metadata,
    /// `spec`
    pub spec: Spec,
}

/// `metadata`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "as in Kubernetes")]
pub struct Metadata {
    pub name: String,
    pub annotations: Option<BTreeMap<String, String>>,
}

/// `spec`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "as in Argo CD")]
pub struct Spec {
    pub project: String,
    pub destination: Destination,
    pub source: Option<Value>,
    pub sources: Option<Vec<Value>>,
}

/// `spec.destination`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "as in Argo CD")]
pub struct Destination {
    pub namespace: Option<String>,
}

/// One source of an Application.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs, reason = "as in Argo CD")]
pub struct Source {
    #[serde(rename = "repoURL")]
    pub repo_url: String,
    pub path: Option<String>,
    pub target_revision: Option<String>,
    pub chart: Option<String>,
    pub plugin: Option<Plugin>,
    pub kustomize: Option<Value>,
}

/// `plugin`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "as in Argo CD")]
pub struct Plugin {
    pub name: Option<String>,
    pub env: Option<Vec<Variable>>,
    pub parameters: Option<Vec<Value>>,
}

/// An entry of `plugin.env`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "as in Argo CD")]
pub struct Variable {
    pub name: String,
    pub value: String,
}

/// Reads the Applications of a file.
pub fn read(text: &Arc<Text>) -> Result<Vec<Application>> {
    let mut found = Vec::new();
    for tree in read::read_documents(text, &Limits::default())? {
        if tree.text_at(&["kind"]) != Some("Application") {
            continue;
        }
        let place = tree.place(tree.root());
        let fault = |words: &str| {
            Diagnostic::error(Code::InvalidValue, format!("this Application cannot be read: {words}")).at(place, "")
        };
        let mut text = String::new();
        json::encode(&tree, tree.root(), &mut text).map_err(|_| fault("it has no JSON form"))?;
        let application = serde_json::from_str(&text).map_err(|error| fault(&without_place(&error.to_string())))?;
        found.push(application);
    }
    if found.is_empty() {
        let message = format!("`{}` holds no Application", text.path);
        return Err(Diagnostic::error(Code::InvalidValue, message)
            .help("Applications that an ApplicationSet makes can be had with `argocd appset generate`"));
    }
    Ok(found)
}

/// Takes the place off an error of serde, which is one in JSON that nobody wrote.
fn without_place(words: &str) -> String {
    words.rsplit_once(" at line ").map_or(words, |(words, _)| words).to_owned()
}

impl Application {
    /// Returns the sources, merged with what stands in the repository (upstream `mergeSourceParameters`): `overrides` returns the
    /// texts that are there for a path.
    pub fn sources(&self, overrides: impl Fn(&str) -> Vec<String>) -> Result<Vec<Source>> {
        let raw: Vec<&Value> = match &self.spec.sources {
            Some(sources) if !sources.is_empty() => sources.iter().collect(),
            _ => self.spec.source.iter().collect(),
        };
        let fault = |words: String| {
            let message = format!("a source of the Application `{}` is not right: {words}", self.metadata.name);
            Diagnostic::error(Code::InvalidValue, message)
        };
        raw.into_iter()
            .map(|source| {
                let mut source = source.clone();
                let path = source.get("path").and_then(Value::as_str).unwrap_or(".").to_owned();
                for text in overrides(&path) {
                    let patch: Value = block::read(&text, ".argocd-source.yaml")?;
                    merge(&mut source, &patch);
                }
                serde_json::from_value(source).map_err(|error| fault(error.to_string()))
            })
            .collect()
    }

    /// Returns the annotation with the paths whose changes matter.
    pub fn paths(&self) -> Option<&str> {
        self.metadata.annotations.as_ref()?.get(PATHS_ANNOTATION).map(String::as_str)
    }

    /// Returns the variables that Argo CD sets for a source, at a commit.
    pub fn variables(&self, source: &Source, revision: &str, cluster: &[(&str, &str)]) -> Variables {
        let short = |n: usize| revision.get(..n).unwrap_or(revision);
        let own = [
            ("ARGOCD_APP_NAME", self.metadata.name.as_str()),
            ("ARGOCD_APP_NAMESPACE", self.spec.destination.namespace.as_deref().unwrap_or_default()),
            ("ARGOCD_APP_PROJECT_NAME", &self.spec.project),
            ("ARGOCD_APP_REVISION", revision),
            ("ARGOCD_APP_REVISION_SHORT", short(7)),
            ("ARGOCD_APP_REVISION_SHORT_8", short(8)),
            ("ARGOCD_APP_SOURCE_PATH", source.path.as_deref().unwrap_or_default()),
            ("ARGOCD_APP_SOURCE_REPO_URL", &source.repo_url),
            ("ARGOCD_APP_SOURCE_TARGET_REVISION", source.target_revision.as_deref().unwrap_or_default()),
        ];
        let all = own.iter().chain(cluster);
        let mut variables: Variables = all.map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        let Some(plugin) = &source.plugin else {
            // The block is what the plugin would get if the Application were its own.
            let block = source
                .kustomize
                .as_ref()
                .map(|block| serde_json::json!([{"name": "kustomize", "string": block.to_string()}]).to_string());
            variables.extend(block.map(|block| ("ARGOCD_APP_PARAMETERS".to_owned(), block)));
            return variables;
        };
        let known = variables.clone();
        for Variable { name, value } in plugin.env.iter().flatten() {
            variables.insert(format!("ARGOCD_ENV_{name}"), substitute(value, &known));
        }
        let parameters = serde_json::to_string(&plugin.parameters).unwrap_or_default();
        variables.insert("ARGOCD_APP_PARAMETERS".to_owned(), parameters);
        variables
    }
}

/// Applies a JSON merge patch.
// Depth is bounded by that of what was read.
fn merge(value: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *value = patch.clone();
        return;
    };
    if !value.is_object() {
        *value = Value::Object(serde_json::Map::new());
    }
    let Value::Object(entries) = value else { return };
    for (key, new) in patch {
        if new.is_null() {
            entries.remove(key);
        } else {
            merge(entries.entry(key.clone()).or_insert(Value::Null), new);
        }
    }
}

/// Returns the parameters of a plugin source, typed.
pub fn parameters(plugin: &Plugin) -> Result<Vec<Parameter>> {
    let all = Value::Array(plugin.parameters.iter().flatten().cloned().collect());
    serde_json::from_value(all).map_err(|error| {
        let message = format!("the parameters are not right: {}", without_place(&error.to_string()));
        Diagnostic::error(Code::InvalidParameter, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_patch_is_applied_as_its_rfc_says() {
        for (value, patch, merged) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b","c":1}"#, r#"{"a":null}"#, r#"{"c":1}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
            (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"a":1,"e":null}"#),
            (r#"{}"#, r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
        ] {
            let mut value: Value = serde_json::from_str(value).expect("JSON");
            merge(&mut value, &serde_json::from_str(patch).expect("JSON"));
            assert_eq!(value.to_string(), merged);
        }
    }
}
