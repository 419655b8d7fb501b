//! The manifests of argocd/ and the files of plugin/: what the component, the values of the chart and the operator's resource say
//! is one and the same, and what they name is there.

use crate::doors::run_program;
use crate::remote::Site;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> Value {
    let text = std::fs::read_to_string(project(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Copies a directory of the project into a site.
fn copy(site: &Site, from: &str, to: &str) {
    for entry in std::fs::read_dir(project(from)).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        site.write(&format!("{to}/{name}"), &std::fs::read_to_string(&path).expect("a file"));
    }
}

#[test]
fn the_sidecar_is_the_same_however_it_is_installed() {
    let component = read("argocd/sidecar/repo-server.yaml");
    let pod = &component["spec"]["template"]["spec"];
    let operator = read("argocd/operator/argocd.yaml");
    assert_eq!(operator["spec"]["repo"]["sidecarContainers"][0], pod["containers"][1]);
    assert_eq!(operator["spec"]["repo"]["volumes"], pod["volumes"]);
    let chart = read("argocd/helm/values.yaml");
    assert_eq!(chart["repoServer"]["extraContainers"][0], pod["containers"][1]);
    assert_eq!(chart["repoServer"]["volumes"], pod["volumes"]);
}

#[test]
fn the_sidecar_may_do_little() {
    let component = read("argocd/sidecar/repo-server.yaml");
    let container = &component["spec"]["template"]["spec"]["containers"][1];
    let security = &container["securityContext"];
    assert_eq!(security["readOnlyRootFilesystem"], true);
    assert_eq!(security["allowPrivilegeEscalation"], false);
    assert_eq!(security["runAsNonRoot"], true);
    assert_eq!(security["runAsUser"], 999);
    assert_eq!(security["capabilities"]["drop"][0], "ALL");
    assert_eq!(security["seccompProfile"]["type"], "RuntimeDefault");
    assert_eq!(container["env"][0]["name"], "RUSTOMIZE_ALLOW");
    assert_eq!(container["env"][0]["value"], "");
    // Nobody else's /tmp: other tenants' repositories are in there.
    let mounts = container["volumeMounts"].as_array().expect("mounts");
    let own = mounts.iter().find(|mount| mount["mountPath"] == "/tmp").expect("a /tmp");
    assert_eq!(own["name"], component["spec"]["template"]["spec"]["volumes"][0]["name"]);
    // The probe is a command that there is.
    let probe = container["livenessProbe"]["exec"]["command"].as_array().expect("a command");
    let words: Vec<&str> = probe.iter().skip(1).filter_map(Value::as_str).chain(["--help"]).collect();
    assert!(run_program(&project("argocd"), &words).status.success());
}

#[test]
fn the_components_change_the_repo_server_alone() {
    let site = Site::new("packaging");
    copy(&site, "tests/data/argocd/install", "install");
    for part in ["sidecar", "large"] {
        copy(&site, &format!("argocd/{part}"), part);
    }
    site.write("plain/kustomization.yaml", "resources: [../install]\n");
    site.write("overlay/kustomization.yaml", "resources: [../install]\ncomponents: [../sidecar, ../large]\n");
    let build = |directory: &str| {
        let ended = site.run(directory, &["build"]);
        assert!(ended.success && ended.stderr.is_empty(), "{}", ended.stderr);
        let documents = ended.stdout.split("\n---\n").map(|text| serde_yaml::from_str(text).expect("YAML"));
        documents.collect::<Vec<Value>>()
    };
    let (plain, overlay) = (build("plain"), build("overlay"));
    let changed: Vec<&Value> = overlay.iter().filter(|object| !plain.contains(object)).collect();
    let mut names: Vec<&str> = changed.iter().filter_map(|object| object["metadata"]["name"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["argocd-cmd-params-cm", "argocd-repo-server"]);
    let server = changed.iter().find(|object| object["kind"] == "Deployment").expect("the repo-server");
    let pod = &server["spec"]["template"]["spec"];
    let named = |list: &Value| -> Vec<String> {
        let items = list.as_array().expect("a list").iter();
        items.filter_map(|item| item["name"].as_str()).map(str::to_owned).collect()
    };
    assert_eq!(named(&pod["containers"]), ["argocd-repo-server", "rustomize"]);
    assert_eq!(named(&pod["volumes"]).len(), 4);
    // Each mount of the sidecar has its volume.
    for mount in named(&pod["containers"][1]["volumeMounts"]) {
        assert!(named(&pod["volumes"]).contains(&mount), "{mount}");
    }
    let settings = changed.iter().find(|object| object["kind"] == "ConfigMap").expect("the parameters");
    assert_eq!(settings["data"]["reposerver.plugin.tar.exclusions"], ".git;.git/*");
    assert_eq!(settings["data"]["server.insecure"], "true");
}

#[test]
fn applications_name_what_there_is() {
    let application = read("argocd/applications/application.yaml");
    let source = &application["spec"]["source"];
    let plugin = read("plugin/plugin.yaml");
    assert_eq!(source["plugin"]["name"], plugin["metadata"]["name"]);
    let path = source["path"].as_str().expect("a path");
    assert!(project(path).join("kustomization.yaml").is_file(), "{path}");
    let set = read("argocd/applications/systems.yaml");
    assert_eq!(set["spec"]["template"]["spec"]["source"]["plugin"]["name"], plugin["metadata"]["name"]);
    assert_eq!(read("plugin/discovery/plugin.yaml")["metadata"]["name"], plugin["metadata"]["name"]);
    // With a version the name would have to carry it.
    assert_eq!(plugin["spec"].get("version"), None);
    assert_eq!(plugin["spec"].get("discover"), None);
}
