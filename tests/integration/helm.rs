//! Charts, with a script in the place of helm: how it is called, which values it gets, what becomes of what it prints.
//!
//! The cases stand in tests/data/helm/cases.txt. With a helm of your own: `RUSTOMIZE_TEST_HELM=helm cargo test`.

use crate::disk::Scratch;
use crate::doors::program;
use crate::scripted::{self, is_reference};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/helm").join(file)
}

#[test]
fn helm_is_called_as_by_the_reference() {
    scripted::run_all(&data("cases.txt"), 20, run);
}

/// Builds a case and returns how helm was called and what was printed.
fn run(number: usize, title: &str, files: &str) -> String {
    let scratch = Scratch::new(&format!("helm-{number}"));
    let first = scripted::write_files(&scratch, files);
    scratch.write("tmp/.keep", "");
    let root = scratch.path("").display().to_string();
    let root = root.trim_end_matches('/');
    let helm = install(&scratch);
    let mut args = vec!["build", "--enable-helm", "--helm-command", &helm, "."];
    args.extend(first.strip_prefix("args: ").into_iter().flat_map(str::split_whitespace));
    let mut command = Command::new(program());
    // What the test's own environment says to helm would be seen, too.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("HELM_")) {
        command.env_remove(name);
    }
    let output = command
        .args(&args)
        .current_dir(root)
        .env("NO_COLOR", "1")
        .env("TMPDIR", scratch.path("tmp"))
        .stdin(Stdio::null())
        .output();
    let output = output.expect("the program can be started");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if let Some(code) = title.strip_prefix("fails: ") {
        assert!(output.status.code() == Some(1) && stdout.is_empty(), "{title}\n{files}\nis built:\n{stdout}");
        assert!(is_reference() || stderr.contains(&format!("error[{code}]")), "{title}\n{files}\n{stderr}");
        return String::new();
    }
    assert!(output.status.success(), "{title}: {stderr}");
    let log = std::fs::read_to_string(scratch.path("bin/log")).expect("helm was called");
    let said = without_temporary(&format!("{log}{stdout}").replace(root, "ROOT"));
    let left = std::fs::read_dir(scratch.path("tmp")).expect("our directory").count();
    assert_eq!(left, 1, "{title}: something is left in the temporary directory");
    said
}

/// Gives all temporary directories one name: here each call has its own, in the reference each chart.
fn without_temporary(said: &str) -> String {
    let mut parts = said.split("ROOT/tmp/");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(['/', '\n']).unwrap_or(part.len());
        text += &format!("TMP{}", &part[end..]);
    }
    text
}

const CHART: &[(&str, &str)] = &[
    ("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.2.3\n"),
    ("charts/web/values.yaml", "count: 1\nlist: [a]\nport: \"80\"\nkept: {a: 1}\n"),
    ("charts/web/templates/NOTES.txt", "Thank you for installing {{ .Release.Name }}\n"),
    (
        "charts/web/templates/a.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n  namespace: {{ .Release.Namespace }}\n\
         data:\n  values: {{ toJson .Values | quote }}\n",
    ),
    (
        "charts/web/templates/tests/b.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: test\n  annotations: {helm.sh/hook: test}\n",
    ),
    ("charts/web/crds/c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: as-crd\n"),
    (
        "kustomization.yaml",
        "namespace: shops\nhelmCharts:\n- name: web\n  releaseName: shop\n  includeCRDs: true\n  skipTests: true\n  \
         valuesInline: {count: 2, port: 8080, list: [b, c], kept: {b: 1.5}}\n",
    ),
];

/// What kustomize v5.8.2 prints for it with helm v3.19.4.
const PRINTED: &str = "\
apiVersion: v1
data:
  values: '{\"count\":2,\"kept\":{\"a\":1,\"b\":1.5},\"list\":[\"b\",\"c\"],\"port\":8080}'
kind: ConfigMap
metadata:
  name: shop
  namespace: shops
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: as-crd
";

#[test]
fn a_chart_is_rendered_by_a_real_helm() {
    let Some(helm) = std::env::var_os("RUSTOMIZE_TEST_HELM") else { return };
    let scratch = Scratch::new("real-helm");
    for (path, text) in CHART {
        scratch.write(path, text);
    }
    let helm = helm.to_str().expect("a name or a path");
    let (code, stdout, stderr) = scratch.build(&["--enable-helm", "--helm-command", helm]);
    assert_eq!((code, stdout.as_str()), (Some(0), PRINTED), "{stderr}");
}

/// A terminal or a supervisor interrupts only the program itself: it has to hand that on.
#[test]
fn an_interruption_stops_helm_too() {
    let scratch = Scratch::new("helm-interrupted");
    scratch.write("kustomization.yaml", "helmCharts:\n- name: web\n").write("charts/web/values.yaml", "a: 1\n");
    let helm = install(&scratch);
    let script = "#!/bin/sh\nd=${0%/*}\ntrap 'echo > $d/stopped' TERM\necho > $d/runs\nsleep 100 &\nwait\n";
    scratch.write("bin/helm", script);
    let mut child = Command::new(program())
        .args(["build", "--enable-helm", "--helm-command", &helm, "."])
        .current_dir(scratch.path(""))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program can be started");
    wait_for(&scratch.path("bin/runs"));
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("`kill` can be started").success());
    let status = child.wait().expect("it ends");
    assert_eq!((status.code(), status.signal()), (None, Some(15)), "as if it had not cared");
    wait_for(&scratch.path("bin/stopped"));
}

fn wait_for(path: &Path) {
    for _ in 0..600 {
        if path.exists() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("there is no {}", path.display());
}

/// Puts the script where the case can call it.
fn install(scratch: &Scratch) -> String {
    scratch.write("bin/helm", &std::fs::read_to_string(data("helm.sh")).expect("the script"));
    let path = scratch.path("bin/helm");
    scripted::make_executable(&path);
    path.display().to_string()
}
