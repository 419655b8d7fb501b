//! The manifests of argocd/: rendered by both programs, and applied to Argo CD's published ones, where nothing else may change.

use crate::shell::{self, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

const STAND_IN: &str = "tests/data/argocd/install";
/// Argo CD's module, which the rig depends on, has the manifests that it publishes.
const MODULE: &str = "github.com/argoproj/argo-cd/v3";
const PUBLISHED: [&str; 5] =
    ["install.yaml", "namespace-install.yaml", "core-install.yaml", "ha/install.yaml", "ha/namespace-install.yaml"];
const WORK: &str = "target/argocd/manifests";

/// Renders everything and returns how many renders were compared.
pub(super) fn check(ours: &str, theirs: &str) -> Result<usize> {
    let mut n_compared = 0;
    let mut same = |directory: &str| -> Result<String> {
        let (ours, theirs) = (build(ours, directory)?, build(theirs, directory)?);
        n_compared += 1;
        if ours == theirs { Ok(ours) } else { Err(format!("{directory}: other bytes than the reference's")) }
    };
    for directory in ["argocd/applications", "argocd/operator"] {
        same(directory)?;
    }
    let module = shell::output("go", &["-C", super::SOURCES, "list", "-m", "-f", "{{.Dir}}", MODULE])?;
    let published = Path::new(module.trim()).join("manifests");
    let mut installs = vec![PathBuf::from(STAND_IN)];
    installs.extend(PUBLISHED.map(|name| published.join(name)));
    for (number, install) in installs.iter().enumerate() {
        let overlay = |name: &str, components: &[&str]| -> Result<String> {
            let directory = format!("{WORK}/{number}/{name}");
            let base = format!("{WORK}/{number}/base");
            if install.is_dir() {
                for file in shell::entries(install)? {
                    shell::write(&Path::new(&base).join(shell::name(&file)), shell::read(&file)?)?;
                }
            } else {
                shell::write(&Path::new(&base).join("install.yaml"), shell::read(install)?)?;
                shell::write(&Path::new(&base).join("kustomization.yaml"), "resources: [install.yaml]\n")?;
            }
            let mut text = String::from("resources: [../base]\ncomponents:\n");
            for component in components {
                text.push_str(&format!("- ../../../../../argocd/{component}\n"));
            }
            if components.is_empty() {
                text.push_str("[]\n");
            }
            let text = text.replace("components:\n[]\n", "");
            shell::write(&Path::new(&directory).join("kustomization.yaml"), text)?;
            Ok(directory)
        };
        let plain = same(&overlay("plain", &[])?)?;
        let sidecar = same(&overlay("sidecar", &["sidecar"])?)?;
        let large = same(&overlay("large", &["sidecar", "large", "fleet/repo-server"])?)?;
        let name = shell::name(install);
        only_changes(&plain, &sidecar, &["Deployment argocd-repo-server"], 0)
            .map_err(|words| format!("{name}: {words}"))?;
        let of_large = ["Deployment argocd-repo-server", "ConfigMap argocd-cmd-params-cm"];
        only_changes(&plain, &large, &of_large, 2).map_err(|words| format!("{name}: {words}"))?;
        right(&sidecar).map_err(|words| format!("{name}: {words}"))?;
    }
    Ok(n_compared)
}

fn build(program: &str, directory: &str) -> Result<String> {
    let output = Command::new(program).args(["build", directory]).output();
    let output = output.map_err(|error| format!("cannot run {program}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{program} build {directory}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

/// The documents of a stream, each with all its line breaks, wherever it stands.
fn documents(text: &str) -> Vec<String> {
    text.trim_end().split("\n---\n").map(|document| format!("{document}\n")).collect()
}

/// The kind and the name of a document.
fn name(document: &str) -> String {
    let field = |key: &str| document.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default().to_owned();
    let (_, metadata) = document.split_once("\nmetadata:\n").unwrap_or_default();
    let metadata = metadata.lines().take_while(|line| line.starts_with(' '));
    let named = metadata.filter_map(|line| line.strip_prefix("  name: ")).next().unwrap_or_default();
    format!("{} {named}", field("kind: "))
}

/// Nothing but these objects is different, and so many are new.
fn only_changes(before: &str, after: &str, expected: &[&str], n_new: usize) -> Result<()> {
    let (before, after) = (documents(before), documents(after));
    let changed: Vec<String> =
        before.iter().filter(|document| !after.contains(document)).map(|document| name(document)).collect();
    let mut sorted: Vec<&str> = changed.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    if sorted != expected || after.len() != before.len() + n_new {
        return Err(format!("{changed:?} changed, and there are {} objects after {}", after.len(), before.len()));
    }
    Ok(())
}

/// The sidecar is there, with the volumes it mounts, and everything that was there still is.
fn right(text: &str) -> Result<()> {
    let is_server = |document: &String| name(document) == "Deployment argocd-repo-server";
    let server = documents(text).into_iter().find(is_server).ok_or("no repo-server")?;
    for line in [
        "        - argocd\n        - health\n".replace("        ", "            "),
        "      - emptyDir:\n          medium: Memory\n          sizeLimit: 512Mi\n        name: rustomize-tmp\n"
            .to_owned(),
        "        - mountPath: /var/run/argocd\n          name: var-files\n          readOnly: true\n".to_owned(),
        "        - mountPath: /home/argocd/cmp-server/plugins\n          name: plugins\n".to_owned(),
        "        - mountPath: /tmp\n          name: rustomize-tmp\n".to_owned(),
        "        name: argocd-repo-server\n".to_owned(),
        "        name: copyutil\n".to_owned(),
        "        name: var-files\n".to_owned(),
        "      - emptyDir: {}\n        name: plugins\n".to_owned(),
        "          readOnlyRootFilesystem: true\n".to_owned(),
    ] {
        if !server.contains(&line) {
            return Err(format!("no\n{line}in\n{server}"));
        }
    }
    Ok(())
}
