//! The language server, as an editor meets it: scripts of tests/data/lsp, with what the server says to each line.
//!
//! A script begins with files (`//- name`, then the text); behind `==== script` each line with `> ` is something that the
//! editor does, and the lines below it are what came of it. `UPDATE_SNAPSHOTS=1` rewrites those. Marks in a text (`|`) are where
//! the cursor stands. What cannot be put into such a line (malformed input, cancellation) is tested below.

use crate::case::{difference, entries, file_name, updates_snapshots};
use crate::disk::Scratch;
use crate::doors::program;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longer than any answer takes, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);
const SCRIPT: &str = "==== script\n";

/// The program with an editor at the other end.
struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    root: String,
    n_requests: i64,
    texts: BTreeMap<String, (i64, String)>,
    /// Notifications that came while an answer was waited for.
    notes: Vec<Value>,
}

impl Editor {
    fn start(directory: &Path) -> Editor {
        let mut child = Command::new(program())
            .arg("lsp")
            .current_dir(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let root = directory.canonicalize().expect("our own directory").to_string_lossy().into_owned();
        let input = child.stdin.take();
        Editor { child, input, messages, root, n_requests: 0, texts: BTreeMap::new(), notes: Vec::new() }
    }

    fn initialized(directory: &Path) -> Editor {
        let mut editor = Editor::start(directory);
        let folders = json!([{"uri": editor.uri(""), "name": "w"}]);
        let options = json!({"diagnosticsPage": "file:///docs/diagnostics.md"});
        let params = json!({"processId": null, "rootUri": null, "capabilities": {}, "workspaceFolders": folders,
            "initializationOptions": options});
        editor.request("initialize", &params).expect("it can be initialized");
        editor.notify("initialized", &json!({}));
        editor
    }

    fn uri(&self, path: &str) -> String {
        format!("file://{}/{path}", self.root).trim_end_matches('/').to_owned()
    }

    fn path(&self, uri: &str) -> String {
        let start = format!("file://{}/", self.root);
        uri.strip_prefix(&start).unwrap_or(uri).replace("%20", " ")
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("open");
        // The program may have ended already, which another line tells.
        let _ = input.write_all(bytes).and_then(|()| input.flush());
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.bytes(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn next(&mut self) -> Value {
        self.messages.recv_timeout(PATIENCE).expect("the server says something")
    }

    /// Waits for the answer to a request; notifications are kept.
    fn answer(&mut self, id: &Value) -> Result<Value, Value> {
        loop {
            let message = self.next();
            if message.get("id") == Some(id) && message.get("method").is_none() {
                return match message.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(message.get("result").cloned().unwrap_or_default()),
                };
            }
            self.notes.push(message);
        }
    }

    fn request(&mut self, method: &str, params: &Value) -> Result<Value, Value> {
        self.n_requests += 1;
        let id = json!(self.n_requests);
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        self.answer(&id)
    }

    fn open(&mut self, path: &str, text: &str) {
        self.texts.insert(path.to_owned(), (1, text.to_owned()));
        let document = json!({"uri": self.uri(path), "languageId": "yaml", "version": 1, "text": text});
        self.notify("textDocument/didOpen", &json!({"textDocument": document}));
    }

    fn change(&mut self, path: &str, old: &str, new: &str) {
        let uri = self.uri(path);
        let (version, text) = self.texts.get_mut(path).expect("open");
        let at = text.find(old).unwrap_or_else(|| panic!("`{old}` is in {path}"));
        let range = json!({"start": position(text, at), "end": position(text, at + old.len())});
        text.replace_range(at..at + old.len(), new);
        *version += 1;
        let params = json!({"textDocument": {"uri": uri, "version": *version},
            "contentChanges": [{"range": range, "text": new}]});
        self.notify("textDocument/didChange", &params);
    }

    /// Returns what diagnostics were told since the last time, after everything was looked at.
    fn told(&mut self) -> String {
        let params = json!({"command": "rustomize.check", "arguments": []});
        self.request("workspace/executeCommand", &params).expect("a command");
        // Of several messages about one file the last counts.
        let mut by_path: BTreeMap<String, String> = BTreeMap::new();
        for note in std::mem::take(&mut self.notes) {
            let params = &note["params"];
            let path = self.path(params["uri"].as_str().expect("an address"));
            let list: Vec<Value> = params["diagnostics"].as_array().cloned().unwrap_or_default();
            let mut out = format!("{path}: {}\n", if list.is_empty() { "nothing" } else { "" }).replace(": \n", ":\n");
            for found in list {
                let severity = ["", "error", "warning", "information", "hint"];
                let severity = severity[found["severity"].as_u64().expect("a severity") as usize];
                let message = found["message"].as_str().expect("a message").replace('\n', "\n    ");
                let code = found["code"].as_str().expect("a code");
                out += &format!("  {} {severity} {code}: {message}\n", range(&found["range"]));
                let page = found["codeDescription"]["href"].as_str().expect("a page");
                assert!(page.ends_with(&format!("diagnostics.md#{code}")), "{page}");
                for related in found["relatedInformation"].as_array().into_iter().flatten() {
                    let location = self.location(&related["location"]);
                    out += &format!("    at {location}: {}\n", related["message"].as_str().expect("words"));
                }
            }
            by_path.insert(path, out);
        }
        by_path.into_values().collect()
    }

    fn location(&self, location: &Value) -> String {
        let uri = location["uri"].as_str().expect("an address");
        format!("{}:{}", self.path(uri), range(&location["range"]))
    }

    /// Ends in the order of the protocol.
    fn end(mut self) -> ExitStatus {
        self.request("shutdown", &Value::Null).expect("shut down");
        self.notify("exit", &Value::Null);
        self.input = None;
        self.child.wait().expect("the program ends")
    }

    /// Ends the input, and returns how the program ends and what it says.
    fn hang_up(mut self) -> (Option<i32>, String) {
        self.input = None;
        let mut words = String::new();
        let mut stderr = self.child.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut words).expect("text");
        (self.child.wait().expect("the program ends").code(), words)
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        length = line.strip_prefix("Content-Length: ").and_then(|length| length.parse().ok()).unwrap_or(length);
    }
    let mut bytes = vec![0; length];
    output.read_exact(&mut bytes).ok()?;
    Some(serde_json::from_slice(&bytes).expect("JSON"))
}

/// A position as the protocol counts, worked out another way than in the program.
fn position(text: &str, at: usize) -> Value {
    let before = &text[..at];
    let line = before.matches('\n').count();
    let character = before.rsplit('\n').next().unwrap_or_default().encode_utf16().count();
    json!({"line": line, "character": character})
}

/// `line:column-line:column`, from 1.
fn range(range: &Value) -> String {
    let number = |path: &str| range.pointer(path).and_then(Value::as_u64).expect("a number") + 1;
    let (line, end) = (number("/start/line"), number("/end/line"));
    let columns = format!("{}:{}", line, number("/start/character"));
    let end_column = number("/end/character");
    if line == end { format!("{columns}-{end_column}") } else { format!("{columns}-{end}:{end_column}") }
}

/// Does what a line of a script says, and returns what came of it.
fn step(editor: &mut Editor, scratch: &Scratch, line: &str) -> String {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let (path, words) = rest.split_once(' ').unwrap_or((rest, ""));
    let disk = || std::fs::read_to_string(scratch.path(path)).unwrap_or_else(|_| panic!("{path} is there"));
    let swap = || {
        let (old, new) = words.split_once(" => ").expect("`old => new`");
        (old.replace("\\n", "\n"), new.replace("\\n", "\n"))
    };
    match verb {
        "open" => {
            editor.open(path, &disk());
            editor.told()
        }
        "change" => {
            let (old, new) = swap();
            editor.change(path, &old, &new);
            editor.told()
        }
        "close" => {
            editor.texts.remove(path);
            editor.notify("textDocument/didClose", &json!({"textDocument": {"uri": editor.uri(path)}}));
            editor.told()
        }
        // Another program changes, makes or removes a file.
        "disk" => {
            let is_new = !scratch.path(path).exists();
            let kind = if words == "removed" {
                std::fs::remove_file(scratch.path(path)).expect("it was there");
                3
            } else {
                let text = if is_new { words.replace("\\n", "\n") } else { disk().replacen(&swap().0, &swap().1, 1) };
                scratch.write(path, &text);
                if is_new { 1 } else { 2 }
            };
            let changes = json!([{"uri": editor.uri(path), "type": kind}]);
            editor.notify("workspace/didChangeWatchedFiles", &json!({"changes": changes}));
            editor.told()
        }
        "definition" | "hover" | "rename" | "prepare" | "complete" => {
            let (needle, name) = words.split_once(" => ").unwrap_or((words, ""));
            let text = editor.texts.get(path).map_or_else(disk, |(_, text)| text.clone());
            let before = needle.find('|').expect("a cursor");
            let at = text.find(&needle.replace('|', "")).unwrap_or_else(|| panic!("`{needle}` is in {path}")) + before;
            let mut params = json!({"textDocument": {"uri": editor.uri(path)}, "position": position(&text, at)});
            let method = match verb {
                "definition" => "textDocument/definition",
                "hover" => "textDocument/hover",
                "rename" => "textDocument/rename",
                "complete" => "textDocument/completion",
                _ => "textDocument/prepareRename",
            };
            params["newName"] = json!(name);
            match editor.request(method, &params) {
                Err(error) => format!("  refused: {}\n", error["message"].as_str().expect("words")),
                Ok(Value::Null) => "  nothing\n".to_owned(),
                Ok(answer) => answer_words(editor, verb, &answer),
            }
        }
        "actions" => {
            let text = editor.texts.get(path).map(|(_, text)| text.clone()).expect("open");
            let at = text.find(words).unwrap_or_else(|| panic!("`{words}` is in {path}"));
            let range = json!({"start": position(&text, at), "end": position(&text, at)});
            let params =
                json!({"textDocument": {"uri": editor.uri(path)}, "range": range, "context": {"diagnostics": []}});
            let actions = editor.request("textDocument/codeAction", &params).expect("actions");
            let actions = actions.as_array().cloned().unwrap_or_default();
            let each = actions.iter().map(|action| {
                format!("  {}\n{}", action["title"].as_str().expect("a title"), edits(editor, &action["edit"]))
            });
            if actions.is_empty() { "  nothing\n".to_owned() } else { each.collect() }
        }
        "symbols" => {
            let params = json!({"textDocument": {"uri": editor.uri(path)}});
            let found = editor.request("textDocument/documentSymbol", &params).expect("symbols");
            let mut out = String::new();
            outline(&found, 1, &mut out);
            out
        }
        other => panic!("unknown line `{other}`"),
    }
}

fn answer_words(editor: &Editor, verb: &str, answer: &Value) -> String {
    match verb {
        "definition" => {
            let each = answer.as_array().expect("a list").iter();
            each.map(|location| format!("  {}\n", editor.location(location))).collect()
        }
        "complete" => {
            let labels = answer.as_array().expect("a list").iter().filter_map(|item| item["label"].as_str());
            format!("  fields: {}\n", labels.collect::<Vec<_>>().join(" "))
        }
        "hover" => {
            let lines = answer["contents"]["value"].as_str().expect("Markdown").trim_end().lines();
            // No line of an answer is blank: blank lines are those of the script.
            let lines: String = lines.map(|line| format!("  | {line}").trim_end().to_owned() + "\n").collect();
            let at = answer.get("range").map(|found| format!("  at {}\n", range(found))).unwrap_or_default();
            at + &lines
        }
        "rename" => edits(editor, answer),
        _ => format!("  {} {}\n", range(&answer["range"]), answer["placeholder"]),
    }
}

/// What a change of texts writes where.
fn edits(editor: &Editor, edit: &Value) -> String {
    let mut out = String::new();
    for (uri, edits) in edit["changes"].as_object().expect("changes") {
        for edit in edits.as_array().expect("edits") {
            let text = edit["newText"].as_str().expect("a text").replace('\n', "\n      ");
            out += &format!("    {}:{} {}\n", editor.path(uri), range(&edit["range"]), text.trim_end());
        }
    }
    out
}

fn outline(symbols: &Value, depth: usize, out: &mut String) {
    for symbol in symbols.as_array().into_iter().flatten() {
        let name = symbol["name"].as_str().expect("a name");
        *out += &format!("{:1$}{name} {2}\n", "", depth * 2, range(&symbol["selectionRange"]));
        outline(&symbol["children"], depth + 1, out);
    }
}

#[test]
fn scripts() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/lsp");
    let mut failures = Vec::new();
    let scripts: Vec<_> = entries(&directory).into_iter().filter(|path| file_name(path) != "README.md").collect();
    assert!(!scripts.is_empty(), "there are scripts");
    for script in scripts {
        let text = std::fs::read_to_string(&script).expect("a script");
        let (files, lines) = text.split_once(SCRIPT).expect("a script has a part for files and one for lines");
        let name = file_name(&script);
        let scratch = Scratch::new(&format!("lsp-{name}"));
        let (_, files) = files.split_once("//- ").expect("a script has files");
        for file in files.split("\n//- ") {
            let (name, content) = file.split_once('\n').unwrap_or((file, ""));
            scratch.write(name, &format!("{content}\n"));
        }
        let mut editor = Editor::initialized(scratch.directory());
        let mut updated = text[..text.len() - lines.len()].to_owned();
        for line in lines.lines() {
            if let Some(line) = line.strip_prefix("> ") {
                updated += &format!("> {line}\n{}", step(&mut editor, &scratch, line));
            } else if line.is_empty() || line.starts_with('#') {
                updated += &format!("{line}\n");
            }
        }
        assert!(editor.end().success(), "{name}: the server ends well");
        if updates_snapshots() {
            std::fs::write(&script, &updated).expect("the script can be written");
        } else if updated != text {
            failures.push(format!("{name}:\n{}", difference(&text, &updated)));
        }
    }
    assert!(failures.is_empty(), "\n\n{}\n", failures.join("\n\n"));
}

fn shop(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.write("kustomization.yaml", "resources: [c.yaml]\nimages:\n- name: nginx\n  newTag: '2'\n");
    scratch.write("c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n");
    scratch
}

#[test]
fn diagnostics_come_by_themselves_and_go() {
    let scratch = shop("lsp-live");
    let mut editor = Editor::initialized(scratch.directory());
    editor.open("kustomization.yaml", &std::fs::read_to_string(scratch.path("kustomization.yaml")).expect("ours"));
    let first = editor.next();
    assert_eq!(first["method"], "textDocument/publishDiagnostics");
    assert_eq!(first["params"]["diagnostics"][0]["code"], "image-unmatched");
    assert_eq!(first["params"]["version"], 1);
    // One message for many changes.
    for (old, new) in
        [("nginx", "x"), ("x", "y"), ("images", "# images"), ("\n- name", "\n# - name"), ("\n  newTag", "\n# ")]
    {
        editor.change("kustomization.yaml", old, new);
    }
    let second = editor.next();
    assert_eq!((&second["params"]["diagnostics"], &second["params"]["version"]), (&json!([]), &json!(6)));
    assert!(editor.end().success());
}

#[test]
fn what_is_no_message_does_not_end_the_server() {
    let scratch = shop("lsp-malformed");
    let mut editor = Editor::initialized(scratch.directory());
    let mut code_of = |bytes: &str| {
        editor.bytes(format!("Content-Length: {}\r\n\r\n{bytes}", bytes.len()).as_bytes());
        editor.next()["error"]["code"].clone()
    };
    assert_eq!(code_of("{\"jsonrpc\": "), -32700);
    assert_eq!(code_of("[1, 2]"), -32600);
    assert_eq!(code_of("\u{0}\u{1}"), -32700);
    let unknown = editor.request("textDocument/dance", &json!({}));
    assert_eq!(unknown.expect_err("no such method")["code"], -32601);
    editor.notify("$/unheardOf", &json!({"x": [1]}));
    editor.notify("textDocument/didOpen", &json!({"textDocument": "no document"}));
    editor.notify("textDocument/didChange", &json!({"textDocument": {"uri": 3}, "contentChanges": {}}));
    editor.notify("textDocument/didClose", &json!([]));
    for method in ["textDocument/hover", "textDocument/definition", "textDocument/rename", "workspace/executeCommand"] {
        let odd = editor.request(method, &json!({"textDocument": {"uri": "untitled:x"}, "position": {"line": -1}}));
        assert!(odd.is_err() || odd == Ok(Value::Null), "{method}: {odd:?}");
    }
    assert!(editor.end().success());
}

#[test]
fn the_order_of_the_protocol_is_kept() {
    let scratch = shop("lsp-order");
    let mut editor = Editor::start(scratch.directory());
    assert_eq!(editor.request("shutdown", &Value::Null).expect_err("too early")["code"], -32002);
    let root = editor.uri("");
    editor.request("initialize", &json!({"rootUri": root, "capabilities": {}})).expect("initialized");
    assert_eq!(editor.request("initialize", &json!({})).expect_err("twice")["code"], -32600);
    editor.request("shutdown", &Value::Null).expect("shut down");
    assert_eq!(editor.request("textDocument/hover", &json!({})).expect_err("too late")["code"], -32600);
    editor.notify("exit", &Value::Null);
    assert_eq!(editor.hang_up(), (Some(0), String::new()));

    let (code, words) = Editor::initialized(scratch.directory()).hang_up();
    assert_eq!((code, words.as_str()), (Some(1), ""), "an editor that went away");
    let mut editor = Editor::initialized(scratch.directory());
    editor.bytes(b"GET / HTTP/1.1\r\n\r\n");
    let (code, words) = editor.hang_up();
    assert_eq!(code, Some(1));
    assert!(
        words.contains("the editor cannot be understood: a message has no header `Content-Length`")
            || words.contains("a header has no"),
        "{words}"
    );
}

#[test]
fn what_was_cancelled_is_not_begun() {
    let scratch = shop("lsp-cancel");
    let mut editor = Editor::initialized(scratch.directory());
    let params = json!({"textDocument": {"uri": editor.uri("c.yaml")}, "position": {"line": 0, "character": 0}});
    let request = json!({"jsonrpc": "2.0", "id": "a", "method": "textDocument/hover", "params": params});
    let cancel = json!({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": "a"}});
    // In one piece, so that they come together.
    let frames: Vec<String> = [request, cancel]
        .iter()
        .map(Value::to_string)
        .map(|text| format!("Content-Length: {}\r\n\r\n{text}", text.len()))
        .collect();
    editor.bytes(frames.concat().as_bytes());
    let answer = editor.answer(&json!("a"));
    // Whether the second was read in time is chance; an answer there must be either way.
    assert!(answer.is_ok() || answer.as_ref().is_err_and(|error| error["code"] == -32800), "{answer:?}");
    assert!(editor.end().success());
}

#[test]
fn a_huge_file_is_told_of_and_does_no_harm() {
    let scratch = shop("lsp-huge");
    let mut editor = Editor::initialized(scratch.directory());
    let mut text = String::from("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n");
    for number in 0..60_000 {
        text += &format!("  key-{number}: \"value of {number}\"\n");
    }
    editor.open("c.yaml", &text);
    assert_eq!(editor.next()["params"]["diagnostics"][0]["code"], "image-unmatched");
    editor.change("c.yaml", "key-59999:", "key-59999");
    // The warning goes, the error comes: two files, two messages.
    let broken = [editor.next(), editor.next()];
    let codes: Vec<&Value> = broken.iter().map(|message| &message["params"]["diagnostics"][0]["code"]).collect();
    assert!(codes.contains(&&json!("yaml-syntax")), "{broken:?}");
    assert!(editor.end().success());
}
