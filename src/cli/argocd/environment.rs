//! The environment of a plugin: what Argo CD says about the Application, and what the administrator allows.
//!
//! Variables of the Application begin with `ARGOCD_` (its own all with `ARGOCD_ENV_`) or `KUBE_`, so that none of them can be one of
//! `RUSTOMIZE_`, which the administrator sets on the sidecar.

use crate::argocd::parameters::{self, Parameter, Wanted};
use crate::argocd::substitute::{NAMES, Variables};
use crate::build::{BuildOptions, LoadRestrictions};
use crate::diagnostic::{Code, Diagnostic, Result, nearest};
use crate::programs::{HelmOptions, PluginOptions};
use std::collections::BTreeMap;

/// What an Application's own variables begin with.
pub(super) const OF_APPLICATION: &str = "ARGOCD_ENV_";
/// What renders may do.
const ALLOW: &str = "RUSTOMIZE_ALLOW";
/// The helm program.
const HELM_COMMAND: &str = "RUSTOMIZE_HELM_COMMAND";

/// Variables by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment(pub(super) BTreeMap<String, String>);

/// What the administrator allows; nothing by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Allowed {
    /// Renders without any object.
    pub(super) empty: bool,
    /// Functions that are programs.
    pub(super) exec: bool,
    /// Charts.
    pub(super) helm: bool,
    /// Files of the repository that are outside the directory of their kustomization.
    pub(super) load_restrictions_none: bool,
    /// Remote bases and files.
    pub(super) network: bool,
}

impl Environment {
    /// Reads the variables of this process that matter.
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the environment of a plugin")]
    pub(super) fn of_process() -> Result<Environment> {
        let mut variables = BTreeMap::new();
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else { continue };
            if !["ARGOCD_", "KUBE_", "RUSTOMIZE_"].iter().any(|prefix| name.starts_with(prefix)) {
                continue;
            }
            let value = value.into_string().map_err(|_| {
                Diagnostic::error(Code::InvalidParameter, format!("the variable `{name}` is not UTF-8"))
            })?;
            variables.insert(name, value);
        }
        Ok(Environment(variables))
    }

    /// Returns the same with renders allowed that have no object: they read files as well.
    pub(super) fn allowing_empty(mut self) -> Environment {
        let allow = format!("{},empty", self.get(ALLOW));
        self.0.insert(ALLOW.to_owned(), allow);
        self
    }

    /// Returns a variable, or an empty text.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Returns what the Application asks for.
    pub(super) fn wanted(&self) -> std::result::Result<Wanted, Vec<Diagnostic>> {
        let mut parameters = parameters::read(self.get("ARGOCD_APP_PARAMETERS")).map_err(|error| vec![*error])?;
        let mut of_variables: Vec<Parameter> = Vec::new();
        for (name, value) in &self.0 {
            let Some(parameter) =
                name.strip_prefix(OF_APPLICATION).and_then(|name| parameters::of_variable(name, value))
            else {
                continue;
            };
            of_variables.push(parameter.map_err(|error| vec![*error])?);
        }
        // Parameters win: they are what the user interface shows.
        of_variables.retain(|parameter| parameters.iter().all(|other| other.name != parameter.name));
        parameters.extend(of_variables);
        parameters::wanted(&parameters)
    }

    /// Returns the variables that are replaced in images, labels and annotations.
    pub(super) fn variables(&self) -> Variables {
        NAMES.iter().map(|&name| (name.to_owned(), self.get(name).to_owned())).collect()
    }

    /// Returns what the administrator allows.
    pub(super) fn allowed(&self) -> Result<Allowed> {
        let mut allowed = Allowed::default();
        for word in self.get(ALLOW).split([',', ' ']).filter(|word| !word.is_empty()) {
            match word {
                "empty" => allowed.empty = true,
                "exec" => allowed.exec = true,
                "helm" => allowed.helm = true,
                "load-restrictions-none" => allowed.load_restrictions_none = true,
                "network" => allowed.network = true,
                _ => {
                    const WORDS: [&str; 5] = ["empty", "exec", "helm", "load-restrictions-none", "network"];
                    let error = Diagnostic::error(Code::Usage, format!("`{ALLOW}` has the word `{word}`"));
                    return Err(match nearest(word, WORDS, 1).first() {
                        Some(near) => error.help(format!("did you mean `{near}`?")),
                        None => {
                            error.help(format!("its words are {}", WORDS.map(|word| format!("`{word}`")).join(", ")))
                        }
                    });
                }
            }
        }
        Ok(allowed)
    }

    /// Returns the engine's options.
    pub(super) fn options(&self, allowed: Allowed, wanted: &Wanted) -> BuildOptions {
        let or = |own: &str, name: &str| if own.is_empty() { self.get(name).to_owned() } else { own.to_owned() };
        let api_versions = match wanted.block.api_versions.as_slice() {
            [] => self
                .get("KUBE_API_VERSIONS")
                .split(',')
                .filter(|version| !version.is_empty())
                .map(str::to_owned)
                .collect(),
            own => own.to_vec(),
        };
        let helm = allowed.helm.then(|| HelmOptions {
            command: Some(self.get(HELM_COMMAND)).filter(|command| !command.is_empty()).unwrap_or("helm").to_owned(),
            api_versions,
            kube_version: without_v(&or(&wanted.block.kube_version, "KUBE_VERSION")).to_owned(),
            debug: false,
        });
        let load_restrictions =
            if allowed.load_restrictions_none { LoadRestrictions::None } else { LoadRestrictions::RootOnly };
        let plugins =
            PluginOptions { alpha_plugins: allowed.exec, exec: allowed.exec, helm, ..PluginOptions::default() };
        BuildOptions { load_restrictions, plugins, ..BuildOptions::default() }
    }
}

/// Argo CD hands versions of Kubernetes to charts without a `v`.
fn without_v(version: &str) -> &str {
    version.strip_prefix('v').unwrap_or(version)
}
