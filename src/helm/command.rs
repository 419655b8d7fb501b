//! The command lines of helm, word for word those of the reference, and what is made of a failure.

use super::Chart;
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::fs;
use crate::programs::{Invocation, Output, Piece, ProgramError, Programs};
use crate::session::Session;

/// What helm gets of the caller's variables: its own settings, where it finds credentials of registries, and what it
/// reads the default namespace from.
const INHERITED: [&str; 5] = ["HELM_*", "DOCKER_CONFIG", "KUBECONFIG", "KUBERNETES_*", "POD_NAMESPACE"];

/// Lines of helm's words that are shown.
const LINES_MAX: usize = 30;

/// The helm program, for one chart.
pub(super) struct Helm<'c, 'fs> {
    chart: &'c Chart<'c>,
    programs: &'fs dyn Programs,
    directory: String,
}

impl<'c, 'fs> Helm<'c, 'fs> {
    pub(super) fn new(chart: &'c Chart<'c>, session: &Session<'fs>) -> Result<Helm<'c, 'fs>> {
        let Some(programs) = session.programs else {
            let message = "helm cannot be run here: this build starts no programs";
            return Err(Diagnostic::error(Code::HelmFailed, message)
                .at(Some(chart.entry.place), "")
                .help("render the chart with `helm template` and list the result under `resources`"));
        };
        Ok(Helm { chart, programs, directory: session.directory.to_string() })
    }

    /// Runs helm and returns what it printed.
    pub(super) fn run(&self, args: Vec<Piece>, temporary_files: Vec<(String, Vec<u8>)>) -> Result<Vec<u8>> {
        let invocation = Invocation {
            program: self.chart.options.command.clone(),
            args,
            env: self.environment(),
            inherited: INHERITED.map(str::to_owned).to_vec(),
            directory: self.directory.clone(),
            stdin: Vec::new(),
            temporary_files,
        };
        match self.programs.run(&invocation) {
            Ok(output) if output.is_success => Ok(output.stdout),
            result => Err(self.failure(&invocation, result)),
        }
    }

    /// Makes an error of words about helm.
    pub(super) fn error(&self, message: String) -> Box<Diagnostic> {
        let diagnostic = Diagnostic::error(Code::HelmFailed, message).at(Some(self.chart.entry.place), "");
        diagnostic.note(format!("helm is `{}`", self.chart.options.command))
    }

    fn environment(&self) -> Vec<(String, Piece)> {
        let below = |name: &str| match self.chart.config_home {
            Some(home) => Piece::Text(format!("{home}{name}")),
            None => Piece::Temporary(format!("helm{name}")),
        };
        [("HELM_CONFIG_HOME", ""), ("HELM_CACHE_HOME", "/.cache"), ("HELM_DATA_HOME", "/.data")]
            .map(|(name, path)| (name.to_owned(), below(path)))
            .to_vec()
    }

    fn failure(&self, invocation: &Invocation, result: std::result::Result<Output, ProgramError>) -> Box<Diagnostic> {
        let program = &invocation.program;
        let what = match invocation.args.first() {
            Some(Piece::Text(command)) => format!("`{program} {command}`"),
            _ => format!("`{program}`"),
        };
        let chart = self.chart.name;
        let (message, stderr) = match result {
            Ok(output) => (format!("{what} failed for chart `{chart}`: {}", output.status), output.stderr),
            Err(ProgramError::NotFound) => {
                let message = format!("cannot run helm: there is no program `{program}`");
                let diagnostic = Diagnostic::error(Code::HelmFailed, message).at(Some(self.chart.entry.place), "");
                return diagnostic.help("install helm 3 or 4, or name it with `--helm-command`");
            }
            Err(error) => {
                let message = format!("{what} gave nothing for chart `{chart}`: {error}");
                let stderr = match error {
                    ProgramError::TimeOut { stderr, .. } | ProgramError::TooMuchOutput { stderr, .. } => stderr,
                    ProgramError::NotFound | ProgramError::Other(_) => String::new(),
                };
                (message, stderr)
            }
        };
        let diagnostic = Diagnostic::error(Code::HelmFailed, message).at(Some(self.chart.entry.place), "");
        let repo = self.chart.entry.repo.as_ref().map_or("", |repo| &repo.value);
        let diagnostic = diagnostic.note(format!("it ran as {}", without_user(&shown(invocation), repo)));
        let add = |diagnostic: Box<Diagnostic>, line| diagnostic.note(format!("helm: {}", without_user(line, repo)));
        excerpt(&stderr).into_iter().fold(diagnostic, add)
    }
}

/// `helm version`
pub(super) fn version() -> Vec<Piece> {
    texts(&["version", "--short"])
}

/// `helm pull` (upstream `pullCommand`)
pub(super) fn pull(chart: &Chart<'_>) -> Vec<Piece> {
    let mut args = texts(&["pull", "--untar", "--untardir", &chart.home]);
    let text = |text: &str| Piece::Text(text.to_owned());
    match chart.entry.repo.as_ref().map(|repo| repo.value.as_str()) {
        Some(repo) if repo.starts_with("oci://") => {
            args.push(Piece::Text(format!("{}/{}", repo.strip_suffix('/').unwrap_or(repo), chart.name)));
        }
        Some(repo) => args.extend([text("--repo"), text(repo), text(chart.name)]),
        None => args.push(text(chart.name)),
    }
    if let Some(version) = &chart.entry.version {
        args.extend([text("--version"), text(&version.value)]);
    }
    if chart.entry.devel {
        args.push(text("--devel"));
    }
    args
}

/// `helm template` (upstream `AsHelmArgs`)
pub(super) fn template(
    chart: &Chart<'_>,
    api_versions: &[String],
    directory: &str,
    values: &str,
    root: &str,
) -> Vec<Piece> {
    let entry = chart.entry;
    let mut args = texts(&["template"]);
    let mut add = |flag: &str, value: &str| args.extend(texts(&[flag, value]).into_iter().filter(is_not_empty));
    match &entry.release_name {
        Some(name) => add("", &name.value),
        None => add("--generate-name", ""),
    }
    add("", directory);
    if let Some(namespace) = chart.namespace {
        add("--namespace", namespace);
    }
    if let Some(template) = &entry.name_template {
        add("--name-template", &template.value);
    }
    add("-f", "");
    args.push(Piece::Temporary(values.to_owned()));
    let mut add = |flag: &str, value: &str| args.extend(texts(&[flag, value]));
    for file in &entry.additional_values_files {
        // Even an absolute one is taken to stand in the kustomization's directory.
        add("-f", &fs::clean(&format!("{root}/{}", file.value)));
    }
    let options = chart.options;
    for version in api_versions {
        add("--api-versions", version);
    }
    let kube_version = entry.kube_version.as_ref().unwrap_or(&options.kube_version);
    if !kube_version.is_empty() {
        add("--kube-version", kube_version);
    }
    let switches = [
        ("--include-crds", entry.include_crds),
        ("--skip-tests", entry.skip_tests),
        ("--no-hooks", entry.skip_hooks),
        ("--debug", entry.debug.unwrap_or(options.debug)),
        ("--devel", entry.devel),
    ];
    args.extend(switches.into_iter().filter(|(_, is_on)| *is_on).map(|(flag, _)| Piece::Text(flag.to_owned())));
    args
}

/// Returns the name of the temporary file with the values.
///
/// The reference puts the chart's name into it, and fails if that leads to a directory that does not exist.
pub(super) fn values_name(chart: &Chart<'_>) -> Result<String> {
    let file = format!("{}-kustomize-values.yaml", chart.name);
    let mut parts: Vec<&str> = Vec::new();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    match parts.as_slice() {
        [name] => Ok((*name).to_owned()),
        _ => {
            let message = format!("the name of a chart must not be a path: `{}`", chart.name);
            let place = chart.entry.name.as_ref().map_or(chart.entry.place, |name| name.place);
            let diagnostic = Diagnostic::error(Code::InvalidField, message).at(Some(place), "");
            Err(diagnostic.help("set `chartHome` in `helmGlobals` to the directory that holds the chart"))
        }
    }
}

fn texts(texts: &[&str]) -> Vec<Piece> {
    texts.iter().map(|&text| Piece::Text(text.to_owned())).collect()
}

fn is_not_empty(piece: &Piece) -> bool {
    !matches!(piece, Piece::Text(text) if text.is_empty())
}

/// Writes a command line as one could type it.
fn shown(invocation: &Invocation) -> String {
    let mut words = vec![invocation.program.clone()];
    words.extend(invocation.args.iter().map(|piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Temporary(name) => format!("<temporary>/{name}"),
    }));
    format!("`{}`", words.join(" "))
}

/// Leaves out the name and password that an address may hold.
fn without_user(text: &str, address: &str) -> String {
    let host = address.split_once("://").map_or("", |(_, rest)| rest).split('/').next().unwrap_or_default();
    match host.rsplit_once('@') {
        Some((user, _)) if !user.is_empty() => text.replace(user, "***"),
        _ => text.to_owned(),
    }
}

/// Returns the lines that say most: the first and the last.
fn excerpt(stderr: &str) -> Vec<&str> {
    let lines: Vec<&str> = stderr.lines().filter(|line| !line.trim().is_empty()).collect();
    if lines.len() <= LINES_MAX {
        return lines;
    }
    let (start, end) = (lines.iter().take(LINES_MAX / 2), lines.iter().skip(lines.len() - LINES_MAX / 2));
    start.chain([&"..."]).chain(end).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_failure_is_short_and_holds_no_password() {
        assert_eq!(without_user("pull --repo https://a:b@c/d", "https://a:b@c/d"), "pull --repo https://***@c/d");
        assert_eq!(without_user("pull --repo https://c/d@e", "https://c/d@e"), "pull --repo https://c/d@e");
        let long: String = (0..100).map(|n| format!("line {n}\n\n")).collect();
        let lines = excerpt(&long);
        assert_eq!((lines.len(), lines.first(), lines.last()), (LINES_MAX + 1, Some(&"line 0"), Some(&"line 99")));
        assert_eq!(excerpt("a\n\nb\n"), ["a", "b"]);
    }
}
