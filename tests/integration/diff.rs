//! `diff` and `matrix`: sessions at the command line, what is equal by rule, and whole trees in git.
//!
//! tests/data/diff/<case>/session.txt holds questions (`$ rustomize diff …`), each with what stands on standard output and
//! standard error and, in parentheses, the exit code, if it is not 0; `UPDATE_SNAPSHOTS=1` writes the answers.

use crate::case::{entries, file_name};
use crate::doors::{ROOT, load_tree, run_program};
use crate::explain::words;
use crate::remote::{Site, config_map};
use crate::scripted::ask_again;
use proptest::prelude::*;
use rustomize::build::{Build, BuildOptions, LoadRestrictions, build};
use rustomize::diagnostic::Report;
use rustomize::diff::{self, Diff, Options, Side};
use rustomize::fs::Memory;
use rustomize::limits::Limits;
use rustomize::manifest;
use rustomize::session::Session;
use rustomize::source::{Sensitivity, Sources};
use rustomize::yaml::read::read_documents;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/diff")
}

fn answer(directory: &Path, question: &str) -> String {
    let words = words(question);
    let output = run_program(directory, &words.iter().map(String::as_str).collect::<Vec<_>>());
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("an answer is UTF-8");
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    let code = output.status.code().unwrap_or_else(|| panic!("{question}: {}", output.status));
    let ended = if code == 0 { String::new() } else { format!("(exit code {code})\n") };
    stdout + &stderr + &ended
}

#[test]
fn sessions() {
    let mut n_questions = 0;
    for case in entries(&data()) {
        n_questions += ask_again(&case, |question| answer(&case, question));
    }
    assert!(n_questions > 20, "only {n_questions} questions");
}

/// Trees in git: tests/data/diff/app is committed, then tests/data/diff-staged/<change>/change is laid over it, and the files
/// that `removed` lists go.
#[test]
fn sessions_in_git() {
    let staged = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/diff-staged");
    for case in entries(&staged) {
        let site = staged_site(&case);
        let directory = site.path("shop");
        ask_again(&case, |question| answer(&directory, question).replace(&*directory.to_string_lossy(), "/shop"));
    }
}

fn staged_site(case: &Path) -> Site {
    let site = Site::new(&format!("diff-{}", file_name(case)));
    lay(&data().join("app"), &site, "shop");
    std::fs::remove_file(site.path("shop/session.txt")).expect("our own file");
    site.repository("shop");
    lay(&case.join("change"), &site, "shop");
    for path in std::fs::read_to_string(case.join("removed")).unwrap_or_default().lines() {
        std::fs::remove_file(site.path(&format!("shop/{path}"))).expect("our own file");
    }
    site
}

fn lay(directory: &Path, site: &Site, to: &str) {
    for entry in entries(directory) {
        let path = format!("{to}/{}", file_name(&entry));
        match entry.is_dir() {
            true => lay(&entry, site, &path),
            false => _ = site.write(&path, &std::fs::read_to_string(&entry).expect("a text")),
        }
    }
}

#[test]
fn a_commit_is_read_as_it_was() {
    let site = Site::new("diff-git");
    site.write("r/base/kustomization.yaml", "resources: [c.yaml]\n")
        .write("r/base/c.yaml", &config_map("c"))
        .write("r/deep/er/o/kustomization.yaml", "resources: [../../../base]\nnamePrefix: p-\n")
        .write("r/ü/kustomization.yaml", "resources: [../base]\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../base", site.path("r/deep/link")).expect("a link");
    site.write("r/l/kustomization.yaml", "resources: [../deep/link]\n");
    site.repository("r");
    let code = |directory: &str, args: &[&str]| {
        let output = run_program(&site.path(directory), args);
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr),
        )
    };
    for (directory, old, new) in [
        ("r", "HEAD:deep/er/o", "deep/er/o"),
        ("r/deep", "HEAD:deep/er/o", "er/o"),
        ("r/deep", "HEAD:./er/o", "er/o"),
        ("r/deep/er", "HEAD:./../er/o", "o"),
        ("r", "HEAD:ü", "ü"),
        ("r", "HEAD:l", "l"),
        ("r", "HEAD:deep/er/o/", "HEAD:deep/er/o"),
    ] {
        assert_eq!(code(directory, &["diff", old, new]), (Some(0), String::new()), "{directory}: {old} {new}");
    }
    // The work tree is as it may be: nothing of it is on the other side.
    site.write("r/base/c.yaml", "broken: [\n");
    std::fs::remove_file(site.path("r/l/kustomization.yaml")).expect("removed");
    assert_eq!(code("r", &["diff", "HEAD:l", "HEAD:ü"]), (Some(0), String::new()));
    let (broken, words) = code("r", &["diff", "HEAD:ü", "ü"]);
    assert!(broken == Some(2) && words.contains("base/c.yaml:2:1"), "{words}");
    let (broken, words) = code("r", &["diff", "--all", "--from", "HEAD"]);
    assert!(
        broken == Some(2) && words.contains("deep/er/o: does not build") && words.contains("l: removed"),
        "{words}"
    );
    // What is broken in the commit and right now.
    site.commit("r");
    site.write("r/base/c.yaml", &config_map("c"));
    let (broken, words) = code("r", &["diff", "--all", "--from", "HEAD"]);
    assert!(broken == Some(2) && words.contains("does not build on the old side"), "{words}");
    let outside = site.path("tmp");
    let output = std::process::Command::new(crate::doors::program())
        .args(["diff", "HEAD:x", "."])
        .current_dir(&outside)
        .env("GIT_CEILING_DIRECTORIES", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .expect("the program runs");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && words.contains("is in no git repository"), "{words}");
}

#[test]
fn standard_input_is_a_side() {
    let rendered = run_program(&data().join("app"), &["build", "production"]).stdout;
    let mut child = std::process::Command::new(crate::doors::program())
        .args(["diff", "-", "production"])
        .current_dir(data().join("app"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the program runs");
    std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), &rendered).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stdout).as_ref()), (Some(0), ""));
}

/// Builds a case in memory and hands over the build with its session.
fn with_build(case: &crate::case::Case, check: impl FnOnce(&Build, &Session<'_>)) {
    let mut fs = Memory::new();
    load_tree(&case.input(), ROOT, &mut fs);
    let mut session = Session::new(&fs, ROOT);
    let directory = case.args.iter().find(|arg| !arg.starts_with('-')).map_or(".", String::as_str);
    let mut options = BuildOptions::default();
    if case.args.iter().any(|arg| arg.contains("RestrictionsNone")) {
        options.load_restrictions = LoadRestrictions::None;
    }
    if let Ok(built) = build(&mut session, directory, &options) {
        check(&built, &session);
    }
}

/// A build is itself, and it is what it prints.
#[test]
fn nothing_differs_from_itself() {
    let mut n_compared = 0;
    for case in crate::case::load_all().into_iter().map(|case| case.expect("a case")) {
        if case.command != "build" || case.yaml.is_none() {
            continue;
        }
        with_build(&case, |built, session| {
            let side = || Side::of_build(built, session, "");
            let wanted = Options { generated: true, ..Options::default() };
            assert!(diff::compare(&side(), &side(), &wanted).is_empty(), "{}", case.name);
            let mut sources = Sources::default();
            let source = sources.add("rendered", built.text.clone(), Sensitivity::Yaml, None);
            let documents = read_documents(&source, &Limits::default()).expect("what is printed can be read");
            let mut report = Report::default();
            let printed = manifest::resources(documents, &mut report);
            let found = diff::compare(&side(), &Side::of_objects(&printed, &sources, ""), &wanted);
            let lines: Vec<_> = found.objects.iter().flat_map(diff::text::object_lines).collect();
            assert!(found.is_empty(), "{}: {lines:#?}", case.name);
            n_compared += 1;
        });
    }
    assert!(n_compared > 60, "only {n_compared} builds");
}

fn json_value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        (-3i64..4).prop_map(Json::from),
        prop_oneof![Just(""), Just("a"), Just("1"), Just("true"), Just("null"), Just("a\nb\n"), Just("1000m")]
            .prop_map(Json::from),
    ];
    let key = prop_oneof![Just("a"), Just("b.c"), Just("name"), Just("key"), Just("d/e")];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..4)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

/// Compares two values as fields of a custom resource, about which nothing is known.
fn compared(old: &Json, new: &Json) -> (Diff, Json, Json) {
    let object = |spec: &Json| serde_json::json!({"apiVersion": "example.com/v1", "kind": "Odd", "metadata": {"name": "odd"}, "spec": spec});
    let (old, new) = (object(old), object(new));
    let mut sources = Sources::default();
    let mut read = |value: &Json| {
        let source = sources.add("value", value.to_string(), Sensitivity::Yaml, None);
        let documents = read_documents(&source, &Limits::default()).expect("JSON is YAML");
        manifest::resources(documents, &mut Report::default())
    };
    let (before, after) = (read(&old), read(&new));
    let side = |objects| Side::of_objects(objects, &sources, "");
    let found = diff::compare(&side(&before), &side(&after), &Options::default());
    (found, old, new)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// No difference is told exactly where there is none, and values stand where the pointers lead.
    #[test]
    fn what_is_told_is_what_differs(old in json_value(), new in json_value()) {
        let (found, old, new) = compared(&old, &new);
        prop_assert_eq!(found.is_empty(), old == new);
        for change in found.objects.iter().flat_map(|object| &object.changes).filter(|change| !change.is_reordered) {
            for (value, whole, is_old) in [(&change.old, &old, true), (&change.new, &new, false)] {
                let pointed = change.pointer(is_old).map(|pointer| whole.pointer(&pointer).cloned());
                let told = value.as_ref().map(|value| serde_json::from_str(&value.json).ok());
                prop_assert_eq!(pointed, told, "{}", change.path());
            }
        }
        let (same, ..) = compared(&new["spec"], &new["spec"]);
        prop_assert!(same.is_empty());
    }
}

#[test]
fn the_page_lists_what_is_not_compared() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diff.md");
    let page = std::fs::read_to_string(page).expect("the page");
    for field in diff::GENERATED {
        assert!(page.contains(field), "the page does not list `{field}`");
    }
}

/// However much differs, a comment stays short enough, and says what it leaves out.
#[test]
fn a_comment_has_an_end() {
    let site = Site::new("diff-long");
    let many = |word: &str| (0..400).map(|at| format!("  key{at}: {word} {}\n", "x".repeat(300))).collect::<String>();
    let write = |word: &str| {
        for target in 0..20 {
            let text = format!("{}data:\n{}", config_map(&format!("c{target}")), many(&format!("{word}{target}")));
            site.write(&format!("r/o{target}/c.yaml"), &text)
                .write(&format!("r/o{target}/kustomization.yaml"), "resources: [c.yaml]\n");
        }
    };
    write("old");
    site.repository("r");
    write("new");
    let output = run_program(&site.path("r"), &["diff", "--all", "--from", "HEAD", "-o", "markdown"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.len() <= diff::markdown::BYTES_MAX, "{} bytes", text.len());
    assert!(text.contains("20 groups of changes with 8000 fields left out"), "{}", &text[text.len() - 300..]);
    assert_eq!(text.matches("```").count() % 2, 0, "a block is not closed");
}
