//! plugin/github/report.sh, with a stand-in for the program gh that writes down what it is asked.

use crate::doors::program;
use crate::remote::{Site, config_map};
use crate::scripted::make_executable;
use std::path::Path;
use std::process::{Command, Output};

const GH: &str = r#"#!/bin/sh
printf '%s\n' "$*" >> "$LOG"
for argument; do case $argument in body=@*) cat "${argument#body=@}" >> "$LOG" ;; esac; done
case "$*" in *--paginate*) cat "$KNOWN" ;; esac
"#;

fn run(site: &Site, variables: &[(&str, &str)]) -> Output {
    let path = std::env::var("PATH").expect("a path");
    Command::new("sh")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("plugin/github/report.sh"))
        .current_dir(site.path("r"))
        .env("PATH", format!("{}:{path}", site.path("bin").display()))
        .env("RUSTOMIZE", program())
        .env("RUNNER_TEMP", site.path("tmp"))
        .env("GITHUB_STEP_SUMMARY", site.path("summary"))
        .env("GITHUB_OUTPUT", site.path("output"))
        .env("GITHUB_REPOSITORY", "shop/deploy")
        .env("LOG", site.path("log"))
        .env("KNOWN", site.path("known"))
        .env("FROM", "start")
        .env("PULL_REQUEST", "7")
        .envs(variables.iter().copied())
        .output()
        .expect("sh runs")
}

#[test]
fn the_report_is_written_once_and_kept_up_to_date() {
    let site = Site::new("github");
    site.write("bin/gh", GH).write("log", "").write("known", "").write("summary", "").write("output", "");
    make_executable(&site.path("bin/gh"));
    site.write("r/o/kustomization.yaml", "resources: [c.yaml, n.yaml]\n")
        .write("r/o/c.yaml", &config_map("c"))
        .write("r/o/n.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
    site.repository("r");
    site.git("r", &["branch", "start"]);
    let read = |path: &str| std::fs::read_to_string(site.path(path)).expect("a file");
    let check = |output: &Output, code: i32| {
        let words = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{words}");
        words.into_owned()
    };

    // Nothing differs: nothing is said.
    check(&run(&site, &[]), 0);
    assert!(!read("log").contains("--method") && read("output").contains("changed=false"), "{}", read("log"));

    site.write("r/o/c.yaml", &format!("{}data: {{a: b}}\n", config_map("c")))
        .write("r/o/kustomization.yaml", "resources: [c.yaml]\n");
    site.commit("r");
    check(&run(&site, &[]), 0);
    let log = read("log");
    assert!(log.contains("--method POST repos/shop/deploy/issues/7/comments"), "{log}");
    assert!(log.contains("<!-- rustomize diff -->\n## Rendered changes: ") && log.contains("Namespace/shop"), "{log}");
    assert!(log.contains("`start` → "), "{log}");
    assert!(read("summary").contains("Namespace/shop") && read("output").contains("changed=true"));
    let page = read("output").lines().rev().find_map(|line| Some(line.strip_prefix("report=")?.to_owned()));
    assert!(std::fs::read_to_string(page.expect("a page")).expect("a page").ends_with("</html>\n"));

    // An earlier comment is changed; a high risk fails only if that is wanted.
    site.write("known", "42\n").write("log", "");
    let words = check(&run(&site, &[("FAIL_ON_HIGH_RISK", "true")]), 1);
    assert!(words.contains("high risk"), "{words}");
    assert!(read("log").contains("--method PATCH repos/shop/deploy/issues/comments/42"), "{}", read("log"));

    site.write("r/o/c.yaml", "kind: [\n").write("log", "");
    site.commit("r");
    let words = check(&run(&site, &[("COMMENT", "false")]), 2);
    assert!(words.contains("does not build") && read("log").is_empty(), "{words}");
    let words = check(&run(&site, &[("FROM", "nowhere")]), 2);
    assert!(words.contains("fetch-depth"), "{words}");
}
