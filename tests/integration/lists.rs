//! Lists of custom resources that are merged: sessions at the command line, and what holds for all of them.
//!
//! tests/data/lists/<case>/session.txt holds commands (`$ rustomize …`), each with what stands on standard output and
//! standard error; `UPDATE_SNAPSHOTS=1` writes the answers. That nothing is merged unless somebody asks is a case of
//! `tests/cases/patches`, whose output the reference wrote.

use crate::case::{difference, entries};
use crate::disk::Scratch;
use crate::doors::run_program;
use crate::scripted::ask_again;
use std::path::{Path, PathBuf};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/lists")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("an answer is UTF-8")
}

fn answer(directory: &Path, question: &str) -> String {
    let output = run_program(directory, &question.split(' ').collect::<Vec<_>>());
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

#[test]
fn sessions() {
    let mut n_commands = 0;
    for case in entries(&data()) {
        n_commands += ask_again(&case, |question| answer(&case.join("input"), question));
    }
    assert!(n_commands > 16, "only {n_commands} commands");
}

/// What a pod template may be patched with: containers, what stands in them, and directives.
const POD_PATCHES: [&str; 8] = [
    "containers: [{name: log, image: log:2}]",
    "containers: [{name: new, image: new:1}, {name: web, env: [{name: B, value: b}, {name: A, $patch: delete}]}]",
    "containers: [{name: log, $patch: delete}, {name: web, ports: [{containerPort: 80, name: http}]}]",
    "containers: [{name: web, ports: [{containerPort: 80, protocol: UDP}]}]",
    "containers: [{$patch: replace}, {name: only, image: only:1}]",
    "containers: [{name: web, volumeMounts: [{mountPath: /a, readOnly: true}, {mountPath: /b, name: b}]}]",
    "volumes: [{name: a, emptyDir: null, configMap: {name: a}}, {name: b, emptyDir: {}}]",
    "tolerations: [{key: a}]",
];

#[test]
fn a_rollout_merges_as_a_deployment_does() {
    const OBJECT: &str = "\
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - {name: web, image: web:1, env: [{name: A, value: a}], ports: [{containerPort: 80}], volumeMounts: [{mountPath: /a, name: a}]}
      - {name: log, image: log:1}
      volumes: [{name: a, emptyDir: {}}]
      tolerations: [{key: b}]
";
    let scratch = Scratch::new("lists");
    for patch in POD_PATCHES {
        let build = |of: &str, args: &[&str]| {
            scratch
                .write("object.yaml", &format!("{of}\n{OBJECT}"))
                .write(
                    "patch.yaml",
                    &format!("{of}\nmetadata: {{name: web}}\nspec: {{template: {{spec: {{{patch}}}}}}}\n"),
                )
                .write("kustomization.yaml", "resources: [object.yaml]\npatches: [path: patch.yaml]\n");
            let (status, manifests, words) = scratch.build(args);
            assert_eq!(status, Some(0), "{patch}: {words}");
            manifests
        };
        let deployment = build("apiVersion: apps/v1\nkind: Deployment", &[]);
        let rollout = build("apiVersion: argoproj.io/v1alpha1\nkind: Rollout", &["--merge-custom-lists"]);
        let rollout = rollout.replace("argoproj.io/v1alpha1", "apps/v1").replace("Rollout", "Deployment");
        assert!(rollout == deployment, "{patch}:\n{}", difference(&deployment, &rollout));
    }
}
