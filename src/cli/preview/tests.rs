//! The server as a browser, and as an attacker, meets it.

#![allow(clippy::disallowed_methods, reason = "the tests write folders for the server to read")]

use super::folder::{Bounds, Folder, Why};
use super::live::Live;
use super::page::File;
use super::server::{Server, Shared};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const TOKEN: &str = "00112233445566778899aabbccddeeff";
const PAGE: &[File] = &[
    File { path: "index.html", bytes: b"the page" },
    File { path: "assets/engine.wasm", bytes: b"\0asm" },
    File { path: "assets/main.js", bytes: b"go()" },
];

struct Site {
    directory: TempDir,
    server: Arc<Server>,
    shared: Arc<Shared>,
}

impl Site {
    /// Serves a folder with these files.
    fn new(files: &[(&str, &str)]) -> Site {
        let directory = tempfile::tempdir().expect("a directory");
        for (path, text) in files {
            write(&directory.path().join(path), text);
        }
        let shared = Arc::new(Shared::new(Folder::new(&root(&directory), Bounds::default())));
        let server = Arc::new(Server::new(0, TOKEN, PAGE, Arc::clone(&shared)).expect("a port is free"));
        std::thread::spawn({
            let server = Arc::clone(&server);
            move || server.run()
        });
        Site { directory, server, shared }
    }

    fn host(&self) -> String {
        let address = self.server.address();
        address.split('/').nth(2).expect("a host").to_owned()
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.host()).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time");
        stream
    }

    /// Sends bytes and returns all that comes back.
    fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // The server may have enough before everything is sent.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Asks for a path below the secret one.
    fn ask(&self, method: &str, path: &str, headers: &str) -> String {
        let host = self.host();
        self.raw(format!("{method} /live/{TOKEN}/{path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n").as_bytes())
    }

    fn project(&self, query: &str) -> Value {
        let answer = self.ask("GET", &format!("project.json{query}"), "");
        assert_eq!(status(&answer), 200, "{answer}");
        serde_json::from_str(body(&answer)).expect("valid JSON")
    }
}

fn root(directory: &TempDir) -> String {
    let path = directory.path().canonicalize().expect("the directory is there");
    super::native_to_slash(path.to_str().expect("its path is UTF-8").trim_start_matches(r"\\?\"))
}

fn write(path: &Path, text: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("directories can be made");
    std::fs::write(path, text).expect("files can be written");
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

#[test]
fn the_page_is_served_below_its_secret_path_and_nothing_beside_it() {
    let site = Site::new(&[("a.yaml", "secret words")]);
    let page = site.ask("GET", "", "");
    assert_eq!((status(&page), body(&page)), (200, "the page"), "{page}");
    for header in [
        "Content-Encoding: gzip",
        "Content-Type: text/html; charset=utf-8",
        "Content-Length: 8",
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",
        "X-Content-Type-Options: nosniff",
        "Cross-Origin-Resource-Policy: same-origin",
        "Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval';",
        "frame-ancestors 'none'",
    ] {
        assert!(page.contains(header), "{header} is missing in {page}");
    }
    assert!(site.ask("GET", "assets/engine.wasm", "").contains("application/wasm"));
    assert!(site.ask("GET", "assets/main.js", "").contains("text/javascript"));
    let head = site.ask("HEAD", "", "");
    assert!(status(&head) == 200 && head.contains("Content-Length: 8") && body(&head).is_empty(), "{head}");

    let host = site.host();
    let wrong = TOKEN.replace("ff", "fe");
    for path in [
        "/".to_owned(),
        "/index.html".to_owned(),
        "/project.json".to_owned(),
        format!("/live/{TOKEN}"),
        format!("/live/{wrong}/"),
        format!("/live/{}/", TOKEN.to_uppercase()),
        format!("/live/{wrong}/project.json"),
        format!("/live/{TOKEN}/../{TOKEN}/"),
        format!("/live/{TOKEN}/a.yaml"),
        format!("/live/{TOKEN}/../../a.yaml"),
        format!("/live/{TOKEN}/assets/../index.html"),
        format!("/live/{TOKEN}/%2e%2e/a.yaml"),
        format!("/live/{TOKEN}//etc/passwd"),
        format!("/live/é{TOKEN}"),
        "/live/".to_owned(),
    ] {
        let answer = site.raw(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes());
        assert_eq!(status(&answer), 404, "{path}: {answer}");
        assert!(!answer.contains("secret words") && !answer.contains("the page"), "{path}: {answer}");
    }
}

#[test]
fn foreign_hosts_and_origins_are_refused() {
    let site = Site::new(&[("a.yaml", "secret words")]);
    let own = site.host();
    let port = own.split(':').nth(1).expect("a port").to_owned();
    let ask = |headers: &str| site.raw(format!("GET /live/{TOKEN}/project.json HTTP/1.1\r\n{headers}\r\n").as_bytes());
    for (headers, expected) in [
        (format!("Host: {own}\r\n"), 200),
        (format!("Host: LocalHost:{port}\r\n"), 200),
        (format!("Host: {own}\r\nOrigin: http://{own}\r\n"), 200),
        (format!("Host: {own}\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n"), 200),
        (format!("Host: {own}\r\nSec-Fetch-Site: none\r\n"), 200),
        (
            format!(
                "Host: {own}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"
            ),
            200,
        ),
        (String::new(), 403),
        ("Host: 127.0.0.1\r\n".to_owned(), 403),
        ("Host: evil.example\r\n".to_owned(), 403),
        (format!("Host: evil.example:{port}\r\n"), 403),
        (format!("Host: 127.0.0.1.evil.example:{port}\r\n"), 403),
        (format!("Host: {own}\r\nOrigin: http://evil.example\r\n"), 403),
        (format!("Host: {own}\r\nOrigin: null\r\n"), 403),
        (format!("Host: {own}\r\nOrigin: https://{own}\r\n"), 403),
        (format!("Host: {own}\r\nOrigin: http://127.0.0.1:1\r\n"), 403),
        // Each name is an origin of its own.
        (format!("Host: {own}\r\nOrigin: http://localhost:{port}\r\n"), 403),
        (format!("Host: {own}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n"), 403),
        (format!("Host: {own}\r\nSec-Fetch-Site: same-site\r\nSec-Fetch-Mode: cors\r\n"), 403),
        (
            format!(
                "Host: {own}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n"
            ),
            403,
        ),
        (format!("Host: {own}\r\nHost: {own}\r\n"), 400),
    ] {
        let answer = ask(&headers);
        assert_eq!(status(&answer), expected, "{headers}: {answer}");
        assert_eq!(answer.contains("secret words"), expected == 200, "{headers}: {answer}");
    }
}

#[test]
fn nothing_can_be_changed() {
    let site = Site::new(&[("a.yaml", "a: 1\n")]);
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get"] {
        for path in ["", "project.json", "events", "a.yaml"] {
            let answer = site.ask(method, path, "");
            assert_eq!(status(&answer), 405, "{method} {path}: {answer}");
            assert!(answer.contains("Allow: GET, HEAD\r\n"), "{answer}");
            assert!(!answer.contains("Access-Control"), "{answer}");
        }
    }
    let body = site.ask("GET", "", "Content-Length: 3\r\n");
    assert_eq!(status(&body), 400, "{body}");
    assert_eq!(status(&site.ask("GET", "", "Transfer-Encoding: chunked\r\n")), 400);
    let file = std::fs::read_to_string(site.directory.path().join("a.yaml"));
    assert_eq!(file.expect("it is still there"), "a: 1\n");
}

#[test]
fn heads_that_are_wrong_or_too_large_are_refused_and_the_server_goes_on() {
    let site = Site::new(&[]);
    let large = format!("X: {}\r\n", "x".repeat(20_000));
    assert_eq!(status(&site.ask("GET", "", &large)), 431);
    let many = "X: y\r\n".repeat(10_000);
    assert_eq!(status(&site.ask("GET", "", &many)), 431);
    assert_eq!(status(&site.raw(format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(1 << 20)).as_bytes())), 431);
    assert_eq!(status(&site.raw(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")), 400);
    assert_eq!(status(&site.raw(b"GET / HTTP/1.1\r\nHost\r\n\r\n")), 400);
    // Nothing at all, and half a head: the server does not wait for ever, and meanwhile answers others.
    let idle: Vec<TcpStream> = (0..10).map(|_| site.connect()).collect();
    let mut half = site.connect();
    half.write_all(b"GET / HTTP/1.1\r\nHo").expect("it is sent");
    assert_eq!(status(&site.ask("GET", "", "")), 200);
    let mut answer = String::new();
    half.read_to_string(&mut answer).expect("an answer within the time");
    assert_eq!(status(&answer), 408, "{answer}");
    drop(idle);
}

#[test]
fn connections_are_limited_and_come_free_again() {
    let site = Site::new(&[]);
    let idle: Vec<TcpStream> = (0..60).map(|_| site.connect()).collect();
    let answer = site.ask("GET", "", "");
    assert_eq!(status(&answer), 503, "{answer}");
    drop(idle);
    let is_free = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        status(&site.ask("GET", "", "")) == 200
    });
    assert!(is_free, "places are given back");
}

#[test]
fn listeners_leave_room_for_others() {
    let site = Site::new(&[]);
    let listening: Vec<Events> = (0..24).map(|_| Events::of(&site)).collect();
    assert_eq!(status(&site.ask("GET", "events", "")), 503);
    assert_eq!(status(&site.ask("GET", "", "")), 200);
    drop(listening);
}

#[test]
fn the_project_is_all_text_of_the_folder() {
    let site = Site::new(&[
        ("base/kustomization.yaml", "resources: [a.yaml]\n"),
        ("base/a.yaml", "name: ü \"quoted\"\n"),
        (".hidden/b.yaml", "b: 1\n"),
        ("empty.env", ""),
        (".git/config", "x"),
        ("base/node_modules/p/package.json", "{}"),
    ]);
    write(&site.directory.path().join("logo.png"), b"\x89PNG\r\n\x1a\n\0");
    write(&site.directory.path().join("latin1.txt"), b"\xfcber");
    site.shared.folder().look_at_all();
    let project = site.project("");
    assert_eq!(
        project["files"],
        json!({
            ".hidden/b.yaml": "b: 1\n",
            "base/a.yaml": "name: ü \"quoted\"\n",
            "base/kustomization.yaml": "resources: [a.yaml]\n",
            "empty.env": "",
        })
    );
    assert_eq!(project["leftOut"], json!({"latin1.txt": "binary", "logo.png": "binary"}));
    assert_eq!((&project["version"], &project["complete"]), (&json!(1), &json!(true)));
    assert!(!project["name"].as_str().expect("a name").contains('/'));
    for query in ["?since=", "?since=x", "?since=-1", "?from=1", "?since=1&x"] {
        assert_eq!(status(&site.ask("GET", &format!("project.json{query}"), "")), 400, "{query}");
    }
}

#[test]
fn only_what_changed_is_told_again() {
    let site = Site::new(&[("a", "1"), ("b/c", "1"), ("b/d", "1"), ("e", "1"), ("b-c", "1")]);
    let path = |path: &str| format!("{}/{path}", root(&site.directory));
    let revision = site.project("")["revision"].as_u64().expect("a number");
    let since = |revision: u64| {
        let told = site.project(&format!("?since={revision}"));
        (told["files"].clone(), told["removed"].clone(), told["complete"] == json!(true))
    };
    assert_eq!(since(revision), (json!({}), json!([]), false));

    write(Path::new(&path("a")), "2");
    assert!(site.shared.folder().look_again(&[path("a"), path("e")]));
    assert_eq!(since(revision), (json!({"a": "2"}), json!([]), false));

    std::fs::remove_dir_all(path("b")).expect("it can be removed");
    write(Path::new(&path("new/deep/f")), "1");
    assert!(site.shared.folder().look_again(&[path("b"), path("new")]));
    assert_eq!(since(revision), (json!({"a": "2", "new/deep/f": "1"}), json!(["b/c", "b/d"]), false));
    assert_eq!(since(revision + 1), (json!({"new/deep/f": "1"}), json!(["b/c", "b/d"]), false));

    // A file takes the place of a directory; what was removed comes again.
    write(Path::new(&path("b")), "file");
    assert!(site.shared.folder().look_again(&[path("b")]));
    assert_eq!(since(revision + 2), (json!({"b": "file"}), json!([]), false));
    assert!(!site.shared.folder().look_again(&[path("b"), path("new"), path("gone"), "/elsewhere".to_owned()]));
    assert!(!site.shared.folder().look_at_all());
    let (files, removed, is_complete) = since(revision + 99);
    assert!(is_complete && removed == json!([]), "who knows what never was gets everything");
    assert_eq!(files, json!({"a": "2", "b": "file", "b-c": "1", "e": "1", "new/deep/f": "1"}));
}

#[test]
fn there_are_bounds_and_what_is_beyond_is_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = |path: &str| directory.path().join(path);
    write(&at("a"), "12345");
    write(&at("b"), "123456");
    write(&at("c"), "12345");
    write(&at("d/e/f/g"), "1");
    let bounds = Bounds { file_bytes_max: 5, bytes_max: 9, depth_max: 2, ..Bounds::default() };
    let mut folder = Folder::new(&root(&directory), bounds);
    let left_out: Vec<(&str, Why)> = folder.left_out().iter().map(|(path, why)| (path.as_str(), *why)).collect();
    assert_eq!(left_out, [("b", Why::TooLarge), ("c", Why::TooMuch), ("d/e/f", Why::TooMuch)]);
    // There is room when others go.
    std::fs::remove_file(at("a")).expect("it can be removed");
    assert!(folder.look_at_all());
    assert_eq!(folder.n_files(), 1);
    assert!(!folder.left_out().contains_key("c"));

    let folder = Folder::new(&root(&directory), Bounds { entries_max: 3, ..Bounds::default() });
    assert!(folder.left_out().values().any(|why| *why == Why::TooMuch));

    let mut folder = Folder::new(&root(&directory), Bounds { removed_max: 0, ..Bounds::default() });
    std::fs::remove_file(at("c")).expect("it can be removed");
    assert!(folder.look_at_all());
    let told = serde_json::to_value(folder.told(1)).expect("JSON");
    assert_eq!(told["complete"], json!(true), "what went is forgotten, so everything is told: {told}");
}

#[cfg(unix)]
#[test]
fn links_and_pipes_lead_nowhere_else() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().expect("a directory");
    write(&outside.path().join("key"), "outside words");
    let directory = tempfile::tempdir().expect("a directory");
    let at = |path: &str| directory.path().join(path);
    write(&at("base/a.yaml"), "a: 1\n");
    write(&at(".git/config"), "token");
    let link = |to: &Path, path: &str| symlink(to, at(path)).expect("a link can be made");
    link(&outside.path().join("key"), "file-out");
    link(outside.path(), "directory-out");
    link(Path::new("../.git/config"), "base/into-git");
    link(Path::new("base/a.yaml"), "file-in");
    link(Path::new("file-in"), "link-to-link");
    link(Path::new("base"), "directory-in");
    link(Path::new("."), "round");
    link(Path::new("nowhere"), "broken");
    link(Path::new("/dev/zero"), "device");
    let made = std::process::Command::new("mkfifo").arg(at("pipe")).status();
    assert!(made.expect("mkfifo is there").success());
    let mut folder = Folder::new(&root(&directory), Bounds::default());
    let told = serde_json::to_value(folder.told(0)).expect("JSON");
    assert_eq!(told["files"], json!({"base/a.yaml": "a: 1\n", "file-in": "a: 1\n", "link-to-link": "a: 1\n"}));
    assert_eq!(
        told["leftOut"],
        json!({"base/into-git": "link", "broken": "link", "device": "link", "directory-in": "link",
               "directory-out": "link", "file-out": "link", "pipe": "no-file", "round": "link"})
    );
    // What a link leads to is looked at again with whatever else changes.
    write(&at("base/a.yaml"), "a: 2\n");
    assert!(folder.look_again(&[format!("{}/base/a.yaml", root(&directory))]));
    let told = serde_json::to_value(folder.told(1)).expect("JSON");
    assert_eq!(told["files"].as_object().map(serde_json::Map::len), Some(3), "{told}");
    // A directory that becomes a link out of the folder, told of by a path below it.
    write(&outside.path().join("a.yaml"), "outside words");
    std::fs::remove_dir_all(at("base")).expect("it can be removed");
    link(outside.path(), "base");
    folder.look_again(&[format!("{}/base/a.yaml", root(&directory)), format!("{}/base/key", root(&directory))]);
    folder.look_again(&[format!("{}/base", root(&directory))]);
    folder.look_at_all();
    let told = serde_json::to_string(&folder.told(0)).expect("JSON");
    assert!(!told.contains("outside words"), "{told}");
}

/// A page that waits for changes.
struct Events {
    stream: BufReader<TcpStream>,
}

impl Events {
    fn of(site: &Site) -> Events {
        let mut stream = site.connect();
        let request = format!("GET /live/{TOKEN}/events HTTP/1.1\r\nHost: {}\r\n\r\n", site.host());
        stream.write_all(request.as_bytes()).expect("it is sent");
        let mut events = Events { stream: BufReader::new(stream) };
        assert!(events.line().starts_with("HTTP/1.1 200"));
        let mut is_stream = false;
        loop {
            match events.line().as_str() {
                "" => break,
                line => is_stream |= line == "Content-Type: text/event-stream",
            }
        }
        assert!(is_stream);
        events
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("a line within the time");
        assert!(!line.is_empty(), "the stream ended");
        line.trim_end().to_owned()
    }

    fn revision(&mut self) -> u64 {
        loop {
            if let Some(data) = self.line().strip_prefix("data: ") {
                let data: Value = serde_json::from_str(data).expect("valid JSON");
                return data["revision"].as_u64().expect("a number");
            }
        }
    }
}

#[test]
fn changes_on_the_disk_are_told() {
    let site = Site::new(&[("base/a.yaml", "a: 1\n"), ("node_modules/x", "1")]);
    let live = Live::new(&site.shared).expect("the folder can be watched");
    std::thread::spawn({
        let shared = Arc::clone(&site.shared);
        move || live.run(&shared)
    });
    let mut events = Events::of(&site);
    let mut known = events.revision();
    assert_eq!(known, 1, "the present state is told at once");
    let at = |path: &str| site.directory.path().join(path);
    // Waits until the page would have seen something.
    let mut wait = |path: &str, expected: &Value| {
        let begin = known;
        for _ in 0..20 {
            known = events.revision();
            let told = site.project(&format!("?since={begin}"));
            let is_there = if expected.is_null() {
                told["removed"].as_array().is_some_and(|removed| removed.contains(&json!(path)))
            } else {
                &told["files"][path] == expected
            };
            if is_there {
                return;
            }
        }
        panic!("{path} is not told");
    };
    write(&at("base/a.yaml"), "a: 2\n");
    wait("base/a.yaml", &json!("a: 2\n"));
    // As many editors do it.
    write(&at("base/a.yaml~"), "a: 3\n");
    std::fs::rename(at("base/a.yaml~"), at("base/a.yaml")).expect("it can be renamed");
    wait("base/a.yaml", &json!("a: 3\n"));
    // Directories that come, with what is in them, and then more.
    write(&at("overlays/dev/deep/k.yaml"), "k: 1\n");
    wait("overlays/dev/deep/k.yaml", &json!("k: 1\n"));
    write(&at("overlays/dev/deep/k.yaml"), "k: 2\n");
    wait("overlays/dev/deep/k.yaml", &json!("k: 2\n"));
    // A directory that goes, and another of its name.
    std::fs::remove_dir_all(at("overlays")).expect("it can be removed");
    wait("overlays/dev/deep/k.yaml", &Value::Null);
    write(&at("overlays/dev/deep/k.yaml"), "k: 3\n");
    wait("overlays/dev/deep/k.yaml", &json!("k: 3\n"));
    write(&at("overlays/dev/deep/k.yaml"), "k: 4\n");
    wait("overlays/dev/deep/k.yaml", &json!("k: 4\n"));
    std::fs::rename(at("overlays"), at("environments")).expect("it can be renamed");
    wait("environments/dev/deep/k.yaml", &json!("k: 4\n"));
    write(&at("environments/dev/deep/k.yaml"), "k: 5\n");
    wait("environments/dev/deep/k.yaml", &json!("k: 5\n"));
}

#[test]
fn secrets_are_long_and_differ() {
    let tokens: Vec<String> = (0..8).map(|_| super::token().expect("a secret")).collect();
    assert!(tokens.iter().all(|token| token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit())));
    let distinct: std::collections::BTreeSet<&String> = tokens.iter().collect();
    assert_eq!(distinct.len(), tokens.len());
}
