//! The parameters of an Application (`spec.source.plugin.parameters`), and what they ask for.
//!
//! Argo CD hands them over as a JSON array. A parameter is a text, an array of texts or a map of texts; each has one form
//! here, and what has another, or is not known, is an error: a parameter that is silently ignored deploys the wrong thing.

use super::block::{self, Block, Count, Patch, Replica};
use crate::diagnostic::{Code, Diagnostic, Report, Result, nearest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What form the value of a parameter has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A text.
    Text,
    /// A list of texts.
    Array,
    /// Texts by name.
    Map,
}

impl Form {
    /// Returns the word of Argo CD for it (`collectionType`).
    pub fn as_str(self) -> &'static str {
        match self {
            Form::Text => "string",
            Form::Array => "array",
            Form::Map => "map",
        }
    }
}

/// A parameter that there is.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// Its name.
    pub name: &'static str,
    /// Its form.
    pub form: Form,
    /// The field of `spec.source.kustomize` that it stands for, if there is one.
    pub field: &'static str,
    /// What it does, in a line: the user interface shows nothing else.
    pub title: &'static str,
}

/// Every parameter, in the order of the user interface.
pub const KNOWN: [Known; 16] = [
    known("overlay", Form::Text, "", "Directory to render, relative to the path of the Application"),
    known("images", Form::Array, "images", "Images: name=new:tag, name:tag or name@sha256:digest"),
    known("replicas", Form::Map, "replicas", "Replicas: name and count"),
    known("namespace", Form::Text, "namespace", "Namespace of all resources"),
    known("name-prefix", Form::Text, "namePrefix", "Prefix of all names"),
    known("name-suffix", Form::Text, "nameSuffix", "Suffix of all names"),
    known("common-labels", Form::Map, "commonLabels", "Labels of all resources"),
    known(
        "label-options",
        Form::Array,
        "forceCommonLabels, labelWithoutSelector, labelIncludeTemplates",
        "Options of labels: force, without-selector, include-templates",
    ),
    known("common-annotations", Form::Map, "commonAnnotations", "Annotations of all resources"),
    known(
        "annotation-options",
        Form::Array,
        "forceCommonAnnotations, commonAnnotationsEnvsubst",
        "Options of annotations: force, envsubst",
    ),
    known("patches", Form::Array, "patches", "Patches, each as YAML: path or patch, target, options"),
    known("components", Form::Array, "components", "Components to add"),
    known(
        "ignore-missing-components",
        Form::Text,
        "ignoreMissingComponents",
        "Leave out components that do not exist: true or false",
    ),
    known("kube-version", Form::Text, "kubeVersion", "Version of Kubernetes for charts"),
    known("api-versions", Form::Array, "apiVersions", "Versions of APIs for charts"),
    known("kustomize", Form::Text, "", "The whole block spec.source.kustomize, as YAML"),
];

const fn known(name: &'static str, form: Form, field: &'static str, title: &'static str) -> Known {
    Known { name, form, field, title }
}

/// A parameter as Argo CD hands it over.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Parameter {
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// A text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string: Option<String>,
    /// Or a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub array: Option<Vec<String>>,
    /// Or a map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub map: Option<BTreeMap<String, String>>,
}

/// What an Application asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// The directory to render, relative to the Application's; empty for that itself.
    pub overlay: String,
    /// What is overridden.
    pub block: Block,
}

/// The prefix of variables that stand for parameters, behind Argo CD's own `ARGOCD_ENV_`.
pub const VARIABLE_PREFIX: &str = "RUSTOMIZE_";

/// Reads the JSON of Argo CD; nothing at all and `null` mean no parameters.
pub fn read(json: &str) -> Result<Vec<Parameter>> {
    if json.trim().is_empty() {
        return Ok(Vec::new());
    }
    let read: serde_json::Result<Option<Vec<Parameter>>> = serde_json::from_str(json);
    read.map(Option::unwrap_or_default).map_err(|error| {
        let message = format!("`ARGOCD_APP_PARAMETERS` is not what Argo CD writes: {error}");
        Diagnostic::error(Code::InvalidParameter, message)
            .help("it is a JSON array of `{\"name\": …, \"string\" or \"array\" or \"map\": …}`")
    })
}

/// Makes a parameter of a variable of the plugin's `env`, without `ARGOCD_ENV_`; `None` if it is none of ours.
///
/// Variables can be set where parameters cannot, as by `argocd app set --plugin-env`.
pub fn of_variable(name: &str, value: &str) -> Option<Result<Parameter>> {
    let name = name.strip_prefix(VARIABLE_PREFIX)?.to_ascii_lowercase().replace('_', "-");
    let Some(known) = find(&name) else { return Some(Err(unknown(&name))) };
    let mut parameter = Parameter { name: name.clone(), ..Parameter::default() };
    if value.is_empty() {
        return Some(Ok(parameter));
    }
    let read = match known.form {
        Form::Text => {
            parameter.string = Some(value.to_owned());
            Ok(())
        }
        Form::Array => block::read(value, &name).map(|array| parameter.array = Some(array)),
        Form::Map => block::read(value, &name).map(|map| parameter.map = Some(map)),
    };
    Some(read.map(|()| parameter))
}

/// Returns what parameters ask for, or everything that is wrong with them.
///
/// A parameter of its own wins over the same field in the block `kustomize`.
pub fn wanted(parameters: &[Parameter]) -> std::result::Result<Wanted, Vec<Diagnostic>> {
    let mut report = Report::default();
    let mut wanted = Wanted::default();
    let mut seen: Vec<&str> = Vec::new();
    for parameter in parameters {
        let name = parameter.name.as_str();
        if find(name).is_none() {
            report.push(unknown(name));
        } else if seen.contains(&name) {
            report.push(fault(name, "is given twice"));
        }
        seen.push(name);
    }
    let is_block = |parameter: &&Parameter| parameter.name == "kustomize";
    if let Some(parameter) = parameters.iter().find(is_block) {
        let block = text(parameter).and_then(|text| block::read_mapping(text.unwrap_or_default(), "kustomize"));
        wanted.block = report.keep(block).unwrap_or_default();
    }
    for parameter in parameters.iter().filter(|parameter| !is_block(parameter)) {
        report.keep(set(&mut wanted, parameter));
    }
    if report.diagnostics.is_empty() { Ok(wanted) } else { Err(report.diagnostics) }
}

fn set(wanted: &mut Wanted, parameter: &Parameter) -> Result<()> {
    let block = &mut wanted.block;
    match parameter.name.as_str() {
        "overlay" => put(&mut wanted.overlay, text(parameter)?),
        "images" => put(&mut block.images, array(parameter)?),
        "replicas" => {
            let replica = |(name, count)| Replica { name, count: Count::Text(count) };
            let replicas = map(parameter)?.map(|map| map.into_iter().map(replica).collect::<Vec<_>>());
            put(&mut block.replicas, replicas);
        }
        "namespace" => put(&mut block.namespace, text(parameter)?),
        "name-prefix" => put(&mut block.name_prefix, text(parameter)?),
        "name-suffix" => put(&mut block.name_suffix, text(parameter)?),
        "common-labels" => put(&mut block.common_labels, map(parameter)?),
        "label-options" => {
            if let Some([force, without_selector, include_templates]) =
                options(parameter, ["force", "without-selector", "include-templates"])?
            {
                block.force_common_labels = force;
                block.label_without_selector = without_selector;
                block.label_include_templates = include_templates;
            }
        }
        "common-annotations" => put(&mut block.common_annotations, map(parameter)?),
        "annotation-options" => {
            if let Some([force, envsubst]) = options(parameter, ["force", "envsubst"])? {
                block.force_common_annotations = force;
                block.common_annotations_envsubst = envsubst;
            }
        }
        "patches" => {
            if let Some(texts) = array(parameter)? {
                let patches: Result<Vec<Patch>> =
                    texts.iter().map(|text| block::read_mapping(text, "patches")).collect();
                block.patches = patches?;
            }
        }
        "components" => put(&mut block.components, array(parameter)?),
        "ignore-missing-components" => {
            block.ignore_missing_components = match text(parameter)? {
                None => block.ignore_missing_components,
                Some("" | "false") => false,
                Some("true") => true,
                Some(other) => return Err(fault("ignore-missing-components", &format!("is `{other}`")).help(BOOLEAN)),
            }
        }
        "kube-version" => put(&mut block.kube_version, text(parameter)?),
        "api-versions" => put(&mut block.api_versions, array(parameter)?),
        // What is not known was told of.
        _ => {}
    }
    Ok(())
}

const BOOLEAN: &str = "write `true` or `false`";

fn put<T>(there: &mut T, value: Option<impl Into<T>>) {
    if let Some(value) = value {
        *there = value.into();
    }
}

fn text(parameter: &Parameter) -> Result<Option<&str>> {
    check(parameter, Form::Text)?;
    Ok(parameter.string.as_deref())
}

fn array(parameter: &Parameter) -> Result<Option<Vec<String>>> {
    check(parameter, Form::Array)?;
    Ok(parameter.array.clone())
}

fn map(parameter: &Parameter) -> Result<Option<BTreeMap<String, String>>> {
    check(parameter, Form::Map)?;
    Ok(parameter.map.clone())
}

fn options<const N: usize>(parameter: &Parameter, names: [&'static str; N]) -> Result<Option<[bool; N]>> {
    let Some(given) = array(parameter)? else { return Ok(None) };
    if let Some(other) = given.iter().find(|option| !names.contains(&option.as_str())) {
        let help = format!("the options are {}", names.map(|name| format!("`{name}`")).join(", "));
        return Err(fault(&parameter.name, &format!("has no option `{other}`")).help(help));
    }
    Ok(Some(names.map(|name| given.iter().any(|option| option == name))))
}

/// Refuses a value of another form; without a value, a parameter asks for nothing.
fn check(parameter: &Parameter, form: Form) -> Result<()> {
    let given = [
        (Form::Text, parameter.string.is_some()),
        (Form::Array, parameter.array.is_some()),
        (Form::Map, parameter.map.is_some()),
    ];
    match given.into_iter().find(|&(other, is_given)| is_given && other != form) {
        None => Ok(()),
        Some((other, _)) => {
            let form = form.as_str();
            let message = format!("has a value of the form `{}`, where `{form}` is wanted", other.as_str());
            Err(fault(&parameter.name, &message).help(format!("give its value under `{form}`")))
        }
    }
}

fn find(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

fn fault(name: &str, words: &str) -> Box<Diagnostic> {
    Diagnostic::error(Code::InvalidParameter, format!("the parameter `{name}` {words}"))
}

fn unknown(name: &str) -> Box<Diagnostic> {
    let error = Diagnostic::error(Code::InvalidParameter, format!("there is no parameter `{name}`"));
    // Those who know the built-in support write its names.
    let of_field = KNOWN.iter().find(|known| known.field.split(", ").any(|field| field == name && !name.is_empty()));
    match of_field.map(|known| known.name).or(nearest(name, KNOWN.iter().map(|known| known.name), 1).first().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => {
            let names = KNOWN.map(|known| format!("`{}`", known.name));
            error.help(format!("the parameters are {}", names.join(", ")))
        }
    }
}
