//! Commands that write files, where no case can hold the input: trees with links, and what is remote.
//!
//! The outcomes are those of kustomize v5.8.2 on the same trees, unless a test says otherwise.

#![cfg(unix)]

use crate::case::{entries, file_name};
use crate::disk::Scratch;
use crate::doors::run_program;
use crate::remote::{Site, config_map};
use crate::writing::{Files, read_files};

const CONFIG_MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n";

/// Runs `localize --no-verify --scope . a copy`, and returns the exit status and the files of the copy.
fn localize(scratch: &Scratch) -> (Option<i32>, Files) {
    let output = run_program(scratch.directory(), &["localize", "--no-verify", "--scope", ".", "a", "copy"]);
    (output.status.code(), read_files(&scratch.path("copy")))
}

fn files(files: &[(&str, &str)]) -> Files {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

#[test]
fn a_file_is_copied_to_where_its_link_leads() {
    let scratch = Scratch::new("localize-file");
    scratch
        .write(
            "a/kustomization.yaml",
            "resources: [link.yaml]\nconfigMapGenerator: [{name: x, files: [link, key=link]}]\n",
        )
        .write("a/real/c.yaml", CONFIG_MAP)
        .write("a/data", "x")
        .link("a/link.yaml", "real/c.yaml")
        .link("a/link", "data");
    let kustomization = "configMapGenerator:\n- files:\n  - data\n  - key=data\n  name: x\nresources:\n- real/c.yaml\n";
    let expected = [("a/kustomization.yaml", kustomization), ("a/real/c.yaml", CONFIG_MAP), ("a/data", "x")];
    assert_eq!(localize(&scratch), (Some(0), files(&expected)));
}

#[test]
fn a_base_is_copied_to_where_its_link_leads() {
    let scratch = Scratch::new("localize-base");
    scratch
        .write("a/kustomization.yaml", "resources: [link]\n")
        .write("b/k.yaml", "namePrefix: x\n")
        .link("a/link", "../b")
        .link("b/kustomization.yml", "k.yaml");
    let expected = [("a/kustomization.yaml", "resources:\n- ../b\n"), ("b/kustomization.yml", "namePrefix: x\n")];
    assert_eq!(localize(&scratch), (Some(0), files(&expected)));
}

#[test]
fn links_in_a_chart_home_are_left_out_and_the_default_home_keeps_its_name() {
    let scratch = Scratch::new("localize-charts");
    scratch
        .write("a/kustomization.yaml", "helmCharts: [{name: x}]\n")
        .write("home/x/Chart.yaml", "name: x\n")
        .write("data", "x")
        .link("a/charts", "../home")
        .link("home/x/file", "../../data")
        .link("home/x/directory", "../../a");
    let expected = [("a/kustomization.yaml", "helmCharts:\n- name: x\n"), ("a/charts/x/Chart.yaml", "name: x\n")];
    assert_eq!(localize(&scratch), (Some(0), files(&expected)));

    let scratch = Scratch::new("localize-named-home");
    scratch
        .write("a/kustomization.yaml", "helmGlobals: {chartHome: link}\n")
        .write("home/x/Chart.yaml", "name: x\n")
        .link("a/link", "../home");
    let kustomization = "helmGlobals:\n  chartHome: ../home\n";
    let expected = [("a/kustomization.yaml", kustomization), ("home/x/Chart.yaml", "name: x\n")];
    assert_eq!(localize(&scratch), (Some(0), files(&expected)));
}

#[test]
fn nothing_is_left_behind_and_a_link_is_no_free_name() {
    let scratch = Scratch::new("localize-nothing");
    scratch.write("a/kustomization.yaml", "resources: [c.yaml]\n").link("a/c.yaml", "nowhere");
    assert_eq!(localize(&scratch), (Some(1), Files::new()));
    scratch.write("a/nowhere", CONFIG_MAP).link("copy", "elsewhere");
    assert_eq!(localize(&scratch).0, Some(1));
    let names: Vec<String> = entries(scratch.directory()).iter().map(|path| file_name(path)).collect();
    assert_eq!(names, ["a", "copy"]);
}

/// The reference empties `kustomization.yaml` when there is another one, and leaves an empty one after a bad label.
#[test]
fn a_new_file_is_written_whole_or_not_at_all() {
    let scratch = Scratch::new("create-nothing");
    scratch.write("kustomization.yaml", "namePrefix: x\n").write("Kustomization", "");
    assert_eq!(run_program(scratch.directory(), &["create"]).status.code(), Some(1));
    assert_eq!(
        read_files(scratch.directory()),
        files(&[("kustomization.yaml", "namePrefix: x\n"), ("Kustomization", "")])
    );
    let scratch = Scratch::new("create-bad-label");
    assert_eq!(run_program(scratch.directory(), &["create", "--labels", ":x"]).status.code(), Some(1));
    assert_eq!(read_files(scratch.directory()), Files::new());
}

#[test]
fn detection_follows_links_to_files_and_fails_at_others() {
    let scratch = Scratch::new("create-links");
    scratch.write("c.yaml", CONFIG_MAP).link("d.yaml", "c.yaml");
    assert_eq!(run_program(scratch.directory(), &["create", "--autodetect"]).status.code(), Some(0));
    let written = std::fs::read_to_string(scratch.path("kustomization.yaml")).expect("a new file");
    assert!(written.ends_with("resources:\n- c.yaml\n- d.yaml\n"), "{written}");
    for target in ["nowhere", "."] {
        let scratch = Scratch::new("create-bad-links");
        scratch.link("e", target);
        assert_eq!(run_program(scratch.directory(), &["create", "--autodetect"]).status.code(), Some(1), "{target}");
        assert!(!scratch.path("kustomization.yaml").exists());
    }
}

#[test]
fn remote_roots_are_copied_by_host_path_and_ref() {
    let site = Site::new("localize");
    site.write("repository.git/base/kustomization.yaml", "resources: [../shared/, c.yaml]\n")
        .write("repository.git/base/c.yaml", &config_map("c"))
        .write("repository.git/shared/Kustomization", "resources: [d.yaml]\n")
        .write("repository.git/shared/d.yaml", &config_map("d"))
        .repository("repository.git");
    let address = site.address("repository.git");
    site.write("a/kustomization.yaml", &format!("resources: [\"{address}//base?ref=main\"]\n"));
    let ended = site.run(".", &["localize", "a", "copy"]);
    assert!(ended.success && ended.stdout.is_empty(), "{}", ended.stderr);
    let repository = format!("localized-files/file-schemed{}/main", address.trim_start_matches("file://"));
    let repository = repository.replace("repository.git/main", "repository/main");
    let below = |path: &str| format!("{repository}/{path}");
    let expected: Files = [
        ("kustomization.yaml".to_owned(), format!("resources:\n- {repository}/base\n")),
        (below("base/kustomization.yaml"), "resources:\n- ../shared\n- c.yaml\n".to_owned()),
        (below("base/c.yaml"), config_map("c")),
        (below("shared/Kustomization"), "resources:\n- d.yaml\n".to_owned()),
        (below("shared/d.yaml"), config_map("d")),
    ]
    .map(|(path, text)| (path, text.into_bytes()))
    .into();
    assert_eq!(read_files(&site.path("copy")), expected);
    site.run(".", &["localize", "a", "copy"]).expect_error(&["file-exists"]);

    // A remote target: its repository is the scope, and gives its name to the copy.
    let ended = site.run(".", &["localize", &format!("{address}//base?ref=main")]);
    assert!(ended.success, "{}", ended.stderr);
    let expected: Vec<&str> = vec!["base/c.yaml", "base/kustomization.yaml", "shared/Kustomization", "shared/d.yaml"];
    assert_eq!(read_files(&site.path("localized-base-main")).keys().collect::<Vec<_>>(), expected);

    site.run(".", &["localize", &format!("{address}//base")]).expect_error(&["names no branch, tag or commit"]);
    site.run(".", &["localize", "--scope", ".", &format!("{address}//base?ref=main")]).expect_error(&["scope"]);
    site.write("a/localized-files/x", "");
    site.run(".", &["localize", "a", "other"]).expect_error(&["file-exists", "a/localized-files"]);
    assert!(!site.path("other").exists());
}
