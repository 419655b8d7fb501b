//! The program under other names, as a copy: scripts and kubectl find it so.

use crate::disk::Scratch;
use crate::doors::{program, run_program};
use std::process::Command;

#[test]
fn kubectl_finds_a_copy() {
    let scratch = Scratch::new("kubectl");
    scratch.write("base/kustomization.yaml", "resources: [c.yaml]\nnamePrefix: a-\n");
    scratch.write("base/c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n");
    let copy = scratch.path(&format!("kubectl-rustomize{}", std::env::consts::EXE_SUFFIX));
    std::fs::copy(program(), &copy).expect("a copy of the program");
    for args in
        [&["build", "base"][..], &["version"], &["explain", "base", "ConfigMap/c", "metadata.name"], &["build", "none"]]
    {
        let own = run_program(scratch.directory(), args);
        let other = Command::new(&copy).args(args).current_dir(scratch.directory()).output().expect("the copy runs");
        assert_eq!(
            (own.status.code(), own.stdout, own.stderr),
            (other.status.code(), other.stdout, other.stderr),
            "{args:?}"
        );
    }
}
