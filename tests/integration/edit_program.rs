//! `edit` as pipelines run it: under the name of the reference, through links, and with nothing left behind.

use crate::disk::Scratch;
use crate::doors::{program, run_program};
use crate::writing::read_files;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

const FILE: &str = "\
resources:
- deployment.yaml # the app
images:
- name: app # ours
  newTag: v1
";

/// The command lines of Argo CD's own kustomize support, in its order.
#[test]
fn argo_cd_edits_a_file() {
    let scratch = Scratch::new("edit-argo");
    scratch.write("kustomization.yaml", FILE).link("kustomize", &program().to_string_lossy());
    let lines: [&[&str]; 7] = [
        &["edit", "set", "nameprefix", "--", "pre-"],
        &["edit", "set", "namesuffix", "--", "-suf"],
        &["edit", "set", "image", "app:v2", "redis=mirror.example/redis:7", "db@sha256:abc"],
        &["edit", "set", "replicas", "web=3", "api=1"],
        &["edit", "add", "label", "--force", "--without-selector", "--include-templates", "team:a", "app:web"],
        &["edit", "add", "annotation", "--force", "note:a b"],
        &["edit", "set", "namespace", "--", "staging"],
    ];
    for line in lines {
        let output = Command::new(scratch.path("kustomize")).args(line).current_dir(scratch.directory()).output();
        let output = output.expect("it can be started");
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && output.stdout.is_empty() && words.is_empty(), "{line:?}: {words}");
    }
    let expected = "\
resources:
- deployment.yaml # the app
images:
- name: app # ours
  newTag: v2
- name: db
  digest: sha256:abc
- name: redis
  newName: mirror.example/redis
  newTag: \"7\"
namePrefix: pre-
nameSuffix: -suf
replicas:
- name: api
  count: 1
- name: web
  count: 3
labels:
- pairs:
    app: web
    team: a
  includeTemplates: true
commonAnnotations:
  note: a b
namespace: staging
";
    assert_eq!(std::fs::read_to_string(scratch.path("kustomization.yaml")).expect("it is there"), expected);
}

#[test]
fn a_file_is_replaced_behind_its_link_and_keeps_its_permissions() {
    let scratch = Scratch::new("edit-link");
    scratch.write("shared/k.yaml", FILE).write("app/x", "").link("app/kustomization.yaml", "../shared/k.yaml");
    let target = scratch.path("shared/k.yaml");
    std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o640)).expect("set");
    let output = run_program(&scratch.path("app"), &["edit", "set", "image", "app:v2"]);
    assert!(output.status.success());
    assert_eq!(std::fs::read_to_string(&target).expect("it is there"), FILE.replace("v1", "v2"));
    assert_eq!(std::fs::metadata(&target).expect("it is there").permissions().mode() & 0o777, 0o640);
    assert!(std::fs::symlink_metadata(scratch.path("app/kustomization.yaml")).expect("it is there").is_symlink());
    assert_eq!(read_files(scratch.directory()).len(), 3, "something is left behind");
}

#[test]
fn what_changes_nothing_writes_nothing() {
    let scratch = Scratch::new("edit-nothing");
    scratch.write("kustomization.yaml", FILE);
    let path = scratch.path("kustomization.yaml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).expect("set");
    let before = std::fs::metadata(&path).and_then(|metadata| metadata.modified()).expect("a time");
    let output = run_program(scratch.directory(), &["edit", "set", "image", "app:v1"]);
    assert!(output.status.success());
    assert_eq!(std::fs::metadata(&path).and_then(|metadata| metadata.modified()).expect("a time"), before);
}

/// The reference prints its help for a verb that it does not know, and calls that success.
#[test]
fn a_verb_that_is_not_known_gets_the_help() {
    let scratch = Scratch::new("edit-verb");
    scratch.write("kustomization.yaml", FILE);
    for (args, word) in [
        (&["edit"][..], "remove"),
        (&["edit", "frobnicate", "x"], "remove"),
        (&["edit", "set", "imag", "x"], "nameprefix"),
    ] {
        let output = run_program(scratch.directory(), args);
        assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains(word), "{args:?}");
    }
    assert_eq!(run_program(scratch.directory(), &["edit", "set", "namespace", "x", "--nope"]).status.code(), Some(1));
}
