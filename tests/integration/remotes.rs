//! What the engine makes of remote entries, with a network that is a table: which are asked for, in which order, how often,
//! and what may be read of what comes back.

use rustomize::build::{BuildOptions, LoadRestrictions, build};
use rustomize::diagnostic::{Code, Diagnostic};
use rustomize::fs::Memory;
use rustomize::remote::{Fetched, RemoteError, RemoteErrorKind, Remotes, RepoSpec};
use rustomize::session::Session;
use std::sync::Mutex;

/// Answers from a table and takes note of what was asked for.
#[derive(Default)]
struct Table {
    /// Address and ref of a repository, and the directory it is in.
    repositories: Vec<(&'static str, &'static str)>,
    files: Vec<(&'static str, &'static str)>,
    asked: Mutex<Vec<String>>,
}

impl Remotes for Table {
    fn clone_repository(&self, spec: &RepoSpec) -> Result<Fetched, RemoteError> {
        let address = format!("{} {}", spec.clone_spec(), spec.reference);
        self.asked.lock().expect("no test panics with it").push(format!("git {address}"));
        let found = self.repositories.iter().find(|(known, _)| *known == address.trim_end());
        let fault = || RemoteError::new(RemoteErrorKind::Failed, "no such repository").note("said git");
        found.map(|(_, path)| Fetched { directory: (*path).to_owned(), commit: String::new() }).ok_or_else(fault)
    }

    fn get(&self, url: &str, size_max: u64) -> Result<Vec<u8>, RemoteError> {
        self.asked.lock().expect("no test panics with it").push(format!("get {url}"));
        match self.files.iter().find(|(known, _)| *known == url) {
            Some((_, text)) if text.len() as u64 > size_max => {
                Err(RemoteError::new(RemoteErrorKind::TooLarge, "too large"))
            }
            Some((_, text)) => Ok(text.as_bytes().to_vec()),
            None => Err(RemoteError::new(RemoteErrorKind::Failed, "no such file")),
        }
    }
}

const CONFIG_MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n";

fn files() -> Memory {
    let mut fs = Memory::new();
    for (path, text) in [
        ("/clones/r/kustomization.yaml", "resources: [base]\nnamePrefix: r-\n"),
        ("/clones/r/base/kustomization.yaml", "resources: [c.yaml]\n"),
        ("/clones/r/base/c.yaml", CONFIG_MAP),
        ("/clones/r/bad/kustomization.yaml", "resources: [c.yaml]\n"),
        ("/clones/r/bad/c.yaml", "a: [\n"),
        ("/clones/q/kustomization.yaml", "resources: [../r/base]\n"),
        ("/clones/loop/kustomization.yaml", "resources: [\"https://example.com/o/loop?ref=a\"]\n"),
    ] {
        fs.set(path, text);
    }
    fs
}

/// Builds a kustomization; gives the manifests, or the errors with the places drawn plainly, and what was asked for.
fn run(table: Table, kustomization: &str) -> (Result<String, Vec<Diagnostic>>, Vec<String>) {
    let mut fs = files();
    fs.set("/k/kustomization.yaml", kustomization);
    fs.set("/k/over/kustomization.yaml", "resources: [\"https://example.com/o/r//base\"]\nnameSuffix: -over\n");
    let mut session = Session::new(&fs, "/");
    session.remotes = Some(&table);
    session.limits.file_bytes_max = 1000;
    let options = BuildOptions { load_restrictions: LoadRestrictions::None, ..BuildOptions::default() };
    let result = build(&mut session, "k", &options).map(|built| {
        assert!(built.inputs.iter().all(|path| path.starts_with("/k/")), "{:?}", built.inputs);
        built.text
    });
    (result, table.asked.into_inner().expect("no test panics with it"))
}

fn table() -> Table {
    Table {
        repositories: vec![
            ("https://example.com/o/r", "/clones/r"),
            ("git@example.com:o/r main", "/clones/r"),
            ("https://example.com/o/q", "/clones/q"),
            ("https://example.com/o/loop", "/clones/loop"),
            ("https://example.com/o/loop a", "/clones/loop"),
        ],
        files: vec![
            ("https://example.com/o/r//base", "<html>{{ a page }}</html>"),
            ("https://example.com/o/r//bad", "<html>"),
            ("https://example.com/c.yaml", CONFIG_MAP),
            ("https://example.com/text", "no manifest"),
            ("https://example.com/long", "#\n".repeat(1000).leak()),
        ],
        asked: Mutex::default(),
    }
}

#[track_caller]
fn only_error(result: Result<String, Vec<Diagnostic>>, code: Code) -> Diagnostic {
    let mut errors = result.expect_err("it is built");
    assert_eq!(errors.iter().map(|error| error.code).collect::<Vec<_>>(), [code], "{errors:?}");
    errors.remove(0)
}

#[test]
fn a_file_is_tried_first_and_each_is_fetched_once() {
    let kustomization = "resources:\n- https://example.com/o/r//base\n- over\n\
                         - https://example.com/o/r\n- git@example.com:o/r?ref=main&timeout=3\nnameSuffix: -k\n";
    let (result, asked) = run(table(), kustomization);
    // The last two have the same objects.
    only_error(result, Code::DuplicateId);
    let expected = [
        "get https://example.com/o/r//base",
        "git https://example.com/o/r ",
        "get https://example.com/o/r",
        "git git@example.com:o/r main",
    ];
    assert_eq!(asked, expected);
    let (result, asked) = run(table(), "components: [\"https://example.com/o/r//base\"]\n");
    only_error(result, Code::WrongKind);
    assert_eq!(asked, ["git https://example.com/o/r "]);
    let (result, asked) = run(table(), "resources: [\"https://example.com/c.yaml\", over]\n");
    assert_eq!(result.expect("a build"), format!("{CONFIG_MAP}---\n{}", CONFIG_MAP.replace(": c", ": c-over")));
    assert_eq!(asked.len(), 3, "{asked:?}");
}

#[test]
fn faults_are_told_where_they_are() {
    let (result, _) = run(table(), "resources: [\"https://example.com/o/none\"]\n");
    let error = only_error(result, Code::RemoteFailed);
    assert_eq!(error.message, "cannot fetch `https://example.com/o/none`: no such repository");
    assert_eq!(error.notes, ["said git", "it is no file either: no such file"]);
    // There is a page, and a repository whose file is at fault: the page is not what was meant.
    let (result, _) = run(table(), "resources: [\"https://example.com/o/r//bad\"]\n");
    let error = only_error(result, Code::YamlSyntax);
    assert_eq!(error.chain.len(), 2);
    let (result, _) = run(table(), "resources: [\"https://example.com/text\"]\n");
    only_error(result, Code::NotAResource);
    let (result, _) = run(table(), "resources: [\"https://example.com/long\"]\n");
    only_error(result, Code::LimitExceeded);
    let (result, _) = run(table(), "resources: [\"https://example.com/o/q\"]\n");
    let error = only_error(result, Code::LoadRestricted);
    assert!(error.message.contains("https://example.com/o/q"), "{}", error.message);
    let (result, asked) = run(table(), "resources: [\"https://example.com/o/loop\"]\n");
    only_error(result, Code::Cycle);
    assert_eq!(asked.len(), 4, "{asked:?}");
}

#[test]
fn without_a_network_every_remote_entry_is_an_error() {
    for (fields, address) in [
        ("resources:\n- https://example.com/a.yaml\n", "https://example.com/a.yaml"),
        ("resources:\n- https://example.com/o/r//x?ref=v1\n", "https://example.com/o/r//x?ref=v1"),
        ("components:\n- https://example.com/x//y?ref=v1\n", "https://example.com/x//y?ref=v1"),
        ("bases:\n- github.com/example/x\n", "github.com/example/x"),
        ("patches:\n- path: https://example.com/p.yaml\n", "https://example.com/p.yaml"),
        ("configMapGenerator:\n- name: g\n  files: [\"https://example.com/f\"]\n", "https://example.com/f"),
    ] {
        let mut fs = Memory::new();
        fs.set("/k/kustomization.yaml", fields);
        let mut session = Session::new(&fs, "/");
        let errors = build(&mut session, "k", &BuildOptions::default()).expect_err(fields);
        let error = errors.iter().find(|error| error.code == Code::RemoteUnsupported).expect(fields);
        assert!(error.message.contains(&format!("`{address}`")), "{}", error.message);
        let place = session.sources.outermost(error.labels[0].place);
        let text = &session.sources.get(place.source).text;
        assert!(text[place.span.start as usize..].trim_start_matches('"').starts_with(address), "{fields}");
    }
}
