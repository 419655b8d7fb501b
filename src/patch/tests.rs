//! Cases under `tests/data/patch` against what the reference makes of them, JSON operations against the `json-patch`
//! crate, and what the reference cannot tell: places, messages, what stays shared.

#![allow(clippy::disallowed_methods, reason = "the cases are files")]

use super::*;
use crate::build::{BuildOptions, build};
use crate::fs::Disk;
use crate::provenance::DirectiveId;
use crate::session::Session;
use crate::source::{Sensitivity, Source, Sources, Span};
use crate::yaml::{json, read};

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/patch");

#[test]
#[allow(clippy::disallowed_methods, reason = "the cases are on the disk")]
fn cases_build_as_in_the_reference() {
    let mut n_cases = 0;
    let mut faults = Vec::new();
    let entries = std::fs::read_dir(CASES).expect("the cases are there");
    for directory in entries.map(|entry| entry.expect("readable").path()).filter(|path| path.is_dir()) {
        n_cases += 1;
        let name = directory.file_name().expect("named").to_string_lossy().into_owned();
        let directory = directory.to_str().expect("UTF-8");
        let result = build(&mut Session::new(&Disk, directory), directory, &BuildOptions::default());
        let expected = std::fs::read_to_string(format!("{directory}/expected.yaml"));
        let is_failing = std::fs::exists(format!("{directory}/expected.err")).expect("readable");
        match (result, expected) {
            (Ok(build), Ok(expected)) if build.text == expected => {}
            (Err(_), Err(_)) if is_failing => {}
            (Ok(build), _) => faults.push(format!("{name} gives\n{}", build.text)),
            (Err(errors), _) => faults.push(format!("{name} fails: {}", errors[0].message)),
        }
    }
    assert!(n_cases > 60, "only {n_cases} cases found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

// ---- JSON operations against the crate ----------------------------------------------------------------------------------

/// Applies a JSON patch to a document; `None` if it cannot be applied.
fn patched(document: &str, patch: &str) -> Option<serde_json::Value> {
    let mut sources = Sources::default();
    let limits = Limits::default();
    let by = DirectiveId(0);
    let mut tree = read_one(&mut sources, document);
    let source = sources.add("patch", patch.to_owned(), Sensitivity::Yaml, None);
    let operations = json6902::parse(&source, by, &limits).ok()?;
    operations.apply(&mut tree, &limits, |_| Ok(())).ok()?;
    let mut text = String::new();
    json::encode(&tree, tree.root(), &mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn read_one(sources: &mut Sources, text: &str) -> Tree {
    let source = sources.add("text", text.to_owned(), Sensitivity::Yaml, None);
    read::read_first(&source, &Limits::default()).expect("valid").expect("not empty")
}

#[test]
fn operations_agree_with_the_crate_where_that_follows_the_rfc() {
    let cases = [
        (r#"{"foo": "bar"}"#, r#"[{"op": "add", "path": "/baz", "value": "qux"}]"#),
        (r#"{"foo": ["bar", "baz"]}"#, r#"[{"op": "add", "path": "/foo/1", "value": "qux"}]"#),
        (r#"{"baz": "qux", "foo": "bar"}"#, r#"[{"op": "remove", "path": "/baz"}]"#),
        (r#"{"foo": ["bar", "qux", "baz"]}"#, r#"[{"op": "remove", "path": "/foo/1"}]"#),
        (r#"{"baz": "qux", "foo": "bar"}"#, r#"[{"op": "replace", "path": "/baz", "value": "boo"}]"#),
        (
            r#"{"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}}"#,
            r#"[{"op": "move", "from": "/foo/waldo", "path": "/qux/thud"}]"#,
        ),
        (r#"{"foo": ["all", "grass", "cows", "eat"]}"#, r#"[{"op": "move", "from": "/foo/1", "path": "/foo/3"}]"#),
        (
            r#"{"baz": "qux", "foo": ["a", 2, "c"]}"#,
            r#"[{"op": "test", "path": "/baz", "value": "qux"}, {"op": "test", "path": "/foo/1", "value": 2}]"#,
        ),
        (r#"{"baz": "qux"}"#, r#"[{"op": "test", "path": "/baz", "value": "bar"}]"#),
        (r#"{"foo": "bar"}"#, r#"[{"op": "add", "path": "/child", "value": {"grandchild": {}}}]"#),
        (r#"{"foo": "bar"}"#, r#"[{"op": "add", "path": "/baz", "value": "qux", "xyz": 123}]"#),
        (r#"{"foo": "bar"}"#, r#"[{"op": "add", "path": "/baz/bat", "value": "qux"}]"#),
        (r#"{"/": 9, "~1": 10}"#, r#"[{"op": "test", "path": "/~01", "value": 10}]"#),
        (r#"{"/": 9, "~1": 10}"#, r#"[{"op": "test", "path": "/~01", "value": "10"}]"#),
        (r#"{"foo": ["bar"]}"#, r#"[{"op": "add", "path": "/foo/-", "value": ["abc", "def"]}]"#),
        (
            r#"{"a": {"b": [1, {"c": null}]}}"#,
            r#"[{"op": "copy", "from": "/a/b", "path": "/d"}, {"op": "remove", "path": "/a"}]"#,
        ),
        (r#"{"a": [1, 2]}"#, r#"[{"op": "add", "path": "/a/3", "value": 3}]"#),
        (r#"{"a": [1, 2]}"#, r#"[{"op": "remove", "path": "/a/2"}]"#),
        (r#"{"a": [1, 2]}"#, r#"[{"op": "replace", "path": "", "value": {"b": 1}}]"#),
        (r#"{"a": 1, "b": {"c": 2}}"#, r#"[{"op": "move", "from": "/b", "path": "/b/c"}]"#),
        (
            r#"{"a": {"b": {"c": [1, {"d": true}]}}}"#,
            r#"[{"op": "test", "path": "/a", "value": {"b": {"c": [1, {"d": true}]}}}]"#,
        ),
    ];
    for (document, patch) in cases {
        let mut wanted: serde_json::Value = serde_json::from_str(document).expect("JSON");
        let operations: json_patch::Patch = serde_json::from_str(patch).expect("a patch");
        let wanted = json_patch::patch(&mut wanted, &operations).is_ok().then_some(wanted);
        assert_eq!(patched(document, patch), wanted, "{document} {patch}");
    }
}

#[test]
fn copies_are_bounded() {
    let mut sources = Sources::default();
    let doubling = r#"{"op": "copy", "from": "/a", "path": "/a/-"}"#;
    let text = format!("[{}]", vec![doubling; 40].join(","));
    let limits = Limits { resource_nodes_max: 10_000, ..Limits::default() };
    let source = sources.add("patch", text, Sensitivity::Yaml, None);
    let operations = json6902::parse(&source, DirectiveId(0), &limits).expect("valid");
    let mut tree = read_one(&mut sources, "a: [x]");
    let error = operations.apply(&mut tree, &limits, |_| Ok(())).expect_err("too big or too deep");
    assert_eq!(error.code, Code::LimitExceeded);
    assert!(tree.len() <= 10_000);
}

// ---- what the reference cannot tell ---------------------------------------------------------------------------------------

const OBJECTS: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: keys, namespace: one}
data: {password: aHVudGVyMg==}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: config}
data: {a: old, b: kept}
";

struct Fixture {
    sources: Sources,
    resmap: ResMap,
    report: Report,
}

impl Fixture {
    fn new() -> Fixture {
        let mut sources = Sources::default();
        let mut report = Report::default();
        let source = sources.add("objects.yaml", OBJECTS.to_owned(), Sensitivity::Yaml, None);
        let documents = read::read_documents(&source, &Limits::default()).expect("valid");
        let mut resmap = ResMap::default();
        for resource in manifest::resources(documents, &mut report) {
            resmap.append(resource).expect("two objects");
        }
        Fixture { sources, resmap, report }
    }

    fn source(&mut self, text: &str) -> Arc<Source> {
        self.sources.add("patch.yaml", text.to_owned(), Sensitivity::Yaml, None)
    }

    fn apply(&mut self, text: &str) -> Result<Touched> {
        let source = self.source(text);
        let place = Place { source: source.id, span: Span::new(0, 0) };
        let patch = load_strategic(&source, DirectiveId(0), place, &Limits::default())?;
        apply(&mut self.resmap, &patch, &mut self.report, &Limits::default())
    }

    fn apply_json(&mut self, text: &str) -> Result<Touched> {
        let source = self.source(text);
        let place = Place { source: source.id, span: Span::new(0, 0) };
        let nothing = crate::kustomization::Target {
            place,
            group: None,
            version: None,
            kind: None,
            name: None,
            namespace: None,
            label_selector: None,
            annotation_selector: None,
        };
        let json = json6902::parse(&source, DirectiveId(0), &Limits::default())?;
        let target = Some(Selector::new(&nothing)?);
        let patch = LoadedPatch::strategic(DirectiveId(0), place, Vec::new());
        let patch = LoadedPatch { target, body: Body::Json(Box::new(json)), ..patch };
        apply(&mut self.resmap, &patch, &mut self.report, &Limits::default())
    }
}

#[test]
fn what_a_patch_writes_has_the_place_in_the_patch_and_what_was_there_before() {
    let mut fixture = Fixture::new();
    let before = Arc::clone(fixture.resmap.get(1));
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {a: new, b: kept}\n";
    let touched = fixture.apply(text).expect("applies");
    assert_eq!((touched.resources, touched.fields), (1, 1));
    let tree = &fixture.resmap.get(1).tree;
    let a = tree.get_path(tree.root(), &["data", "a"]).expect("there");
    let start = text.find("new").expect("there") as u32;
    assert_eq!(tree.place(a).map(|place| place.span.start), Some(start));
    let entry = tree.origin_entry(tree.origin(a)).expect("written");
    let old = before.tree.get_path(before.root(), &["data", "a"]).expect("there");
    assert_eq!(entry.replaced, Some(before.tree.origin(old)));
    let b = tree.get_path(tree.root(), &["data", "b"]).expect("there");
    assert!(tree.origin_entry(tree.origin(b)).is_none(), "an equal value is not written");
}

#[test]
fn resources_that_are_not_selected_stay_shared() {
    let mut fixture = Fixture::new();
    let secret = Arc::clone(fixture.resmap.get(0));
    fixture.apply("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {a: new}\n").expect("applies");
    assert!(Arc::ptr_eq(fixture.resmap.get(0), &secret));
}

#[test]
fn a_missing_target_names_what_comes_nearest() {
    let check = |text: &str, words: &[&str]| {
        let error = Fixture::new().apply(text).expect_err("no target");
        assert_eq!(error.code, Code::PatchNoTarget);
        let said = format!("{} {:?} {:?} {:?}", error.message, error.labels, error.notes, error.help);
        for word in words {
            assert!(said.contains(word), "{word} is missing in {said}");
        }
    };
    check("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: confg}\n", &["confg", "did you mean `config`?"]);
    check(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\n",
        &["the patch names no namespace", "the object is in namespace `one`", "set `metadata.namespace: one`"],
    );
    check(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config, namespace: two}\n",
        &["the patch names `two`", "the object is in no namespace"],
    );
    check(
        "apiVersion: v1\nkind: Configmap\nmetadata: {name: config}\n",
        &["an object of this name has kind `ConfigMap`"],
    );
    check("apiVersion: v2\nkind: ConfigMap\nmetadata: {name: config}\n", &["apiVersion `v2`", "apiVersion `v1`"]);
}

#[test]
fn messages_hold_no_values() {
    for text in [
        "- {op: test, path: /data/password, value: aHVudGVyMw==}\n",
        "- {op: add, path: /data/password/x, value: aHVudGVyMw==}\n",
        "- {op: remove, path: /data/pasword}\n",
    ] {
        let error = Fixture::new().apply_json(text).expect_err("does not apply");
        let said = format!("{} {:?} {:?} {:?}", error.message, error.labels, error.notes, error.help);
        assert!(!said.contains("aHVudGVyM"), "{said}");
    }
}

#[test]
fn a_target_of_nothing_is_a_warning() {
    let mut fixture = Fixture::new();
    let deletes = "$patch: delete\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\n";
    fixture.apply(deletes).expect("applies");
    fixture
        .apply(deletes.replace("ConfigMap", "Secret").replace("config", "keys, namespace: one").as_str())
        .expect("applies");
    assert!(fixture.resmap.is_empty());
    let touched = fixture.apply_json("- {op: remove, path: /x}\n").expect("nothing to do");
    assert_eq!(touched.resources, 0);
    assert_eq!(fixture.report.diagnostics[0].code, Code::PatchTargetUnmatched);
}
