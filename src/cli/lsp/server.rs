//! The state between messages, and who answers which.

use super::diagnostics::{self, Found, Published};
use super::frames::{self, Frame};
use super::project::{self, Built, Spot};
use super::text::{self, Lines, Position};
use super::workspace::{self, Target, Workspace, is_kustomization};
use super::{actions, definition, fields, hover, rename, symbols};
use crate::cli::Outcome;
use crate::fs::{self, Disk, FileSystem};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId};
use serde_json::{Value, json};
use std::collections::{BTreeSet, VecDeque};
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// So long after the last change of a text it is looked at.
const QUIET: Duration = Duration::from_millis(120);
/// Somebody who never stops writing is told something even so.
const CHANGE_MAX: Duration = Duration::from_millis(1000);

/// The command that builds what is open once more, and answers when all is told.
const CHECK: &str = "rustomize.check";

/// What comes after a message.
pub(super) enum Next {
    /// The next one.
    GoOn,
    /// Nothing.
    End(Outcome),
}

/// Why a request has no answer.
pub(super) struct Refusal {
    code: ErrorCode,
    words: String,
}

impl Refusal {
    pub(super) fn new(code: ErrorCode, words: impl Into<String>) -> Refusal {
        Refusal { code, words: words.into() }
    }

    /// A request that was understood and cannot be answered.
    pub(super) fn failed(words: impl Into<String>) -> Refusal {
        Refusal::new(ErrorCode::RequestFailed, words)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    New,
    Running,
    ShutDown,
}

/// A server on its way to the end.
pub(super) struct Server<W: Write> {
    writer: W,
    phase: Phase,
    workspace: Workspace,
    published: Published,
    /// Where codes are explained.
    docs: Option<String>,
    watches_dynamically: bool,
    /// Files that are not what they were, since when, and since when at the earliest.
    changed: BTreeSet<String>,
    changed_at: Option<(Instant, Instant)>,
}

impl<W: Write> Server<W> {
    pub(super) fn new(writer: W) -> Server<W> {
        Server {
            writer,
            phase: Phase::New,
            workspace: Workspace::default(),
            published: Published::default(),
            docs: None,
            watches_dynamically: false,
            changed: BTreeSet::new(),
            changed_at: None,
        }
    }

    /// Returns how long to wait for a message before something else is to be done.
    pub(super) fn patience(&self) -> Option<Duration> {
        let (first, last) = self.changed_at?;
        let left = |since: Instant, time: Duration| time.saturating_sub(since.elapsed());
        Some(left(last, QUIET).min(left(first, CHANGE_MAX)))
    }

    pub(super) fn end_of_input(&self) -> Next {
        Next::End(if self.phase == Phase::ShutDown { Outcome::Success } else { Outcome::Failure })
    }

    /// Takes messages that came together.
    pub(super) fn take(&mut self, frames: Vec<Frame>) -> io::Result<Next> {
        let mut cancelled: VecDeque<Value> = VecDeque::new();
        for frame in &frames {
            if let Frame::Message(Message::Notification(notification)) = frame
                && notification.method == "$/cancelRequest"
            {
                cancelled.extend(notification.params.get("id").cloned());
            }
        }
        for frame in frames {
            match frame {
                Frame::Malformed(code, words) => self.refuse(Value::Null, &Refusal::new(code, words))?,
                Frame::Message(Message::Request(request)) => {
                    let id = id_json(&request.id);
                    if cancelled.contains(&id) {
                        self.refuse(id, &Refusal::new(ErrorCode::RequestCanceled, "cancelled"))?;
                        continue;
                    }
                    match self.request(request) {
                        Ok(result) => self.send(&json!({"jsonrpc": "2.0", "id": id, "result": result}))?,
                        Err(refusal) => self.refuse(id, &refusal)?,
                    }
                }
                Frame::Message(Message::Notification(notification)) => {
                    if notification.method == "exit" {
                        return Ok(self.end_of_input());
                    }
                    self.notification(notification)?;
                }
                // Nothing is asked of which the answer matters.
                Frame::Message(Message::Response(_)) => {}
            }
        }
        match self.patience() {
            Some(Duration::ZERO) => self.check(),
            _ => Ok(Next::GoOn),
        }
    }

    /// Looks at what changed, and tells.
    pub(super) fn check(&mut self) -> io::Result<Next> {
        self.changed_at = None;
        let changed = std::mem::take(&mut self.changed);
        let disk = Disk;
        let files = self.workspace.files(&disk);
        let open: Vec<String> = self.workspace.open_paths().cloned().collect();
        let mut all: BTreeSet<String> = BTreeSet::new();
        let mut concerned: Vec<Target> = Vec::new();
        for path in open.iter().chain(changed.iter().filter(|path| !open.contains(path))) {
            let is_open = self.workspace.document(path).is_some();
            for target in self.workspace.targets_of(&files, path) {
                let is_new = !self.published.knows(&target.directory);
                if is_open {
                    all.insert(target.directory.clone());
                }
                if (changed.contains(path) || is_new) && !concerned.iter().any(|one| one.directory == target.directory)
                {
                    concerned.push(target);
                }
            }
        }
        concerned.retain(|target| all.contains(&target.directory));
        let found = diagnostics::check(&files, &self.workspace, &concerned);
        drop(files);
        self.published.take(found, &all);
        for params in self.published.changes(&self.workspace, self.docs.as_deref()) {
            self.notify("textDocument/publishDiagnostics", &params)?;
        }
        Ok(Next::GoOn)
    }

    fn request(&mut self, request: Request) -> Result<Value, Refusal> {
        match (self.phase, request.method.as_str()) {
            (Phase::New, "initialize") => Ok(self.initialize(&request.params)),
            (Phase::New, _) => Err(Refusal::new(ErrorCode::ServerNotInitialized, "`initialize` comes first")),
            (_, "initialize") => Err(Refusal::new(ErrorCode::InvalidRequest, "initialized already")),
            (Phase::ShutDown, _) => Err(Refusal::new(ErrorCode::InvalidRequest, "shut down already")),
            (Phase::Running, "shutdown") => {
                self.phase = Phase::ShutDown;
                Ok(Value::Null)
            }
            (Phase::Running, "workspace/executeCommand") => self.execute(&request.params),
            (Phase::Running, "textDocument/definition") => self.definition(&request.params),
            (Phase::Running, "textDocument/hover") => self.hover(&request.params),
            (Phase::Running, "textDocument/prepareRename") => self.prepare_rename(&request.params),
            (Phase::Running, "textDocument/rename") => self.rename(&request.params),
            (Phase::Running, "textDocument/codeAction") => self.code_action(&request.params),
            (Phase::Running, "textDocument/completion") => self.completion(&request.params),
            (Phase::Running, "textDocument/documentSymbol") => self.symbols(&request.params),
            (Phase::Running, method) => {
                Err(Refusal::new(ErrorCode::MethodNotFound, format!("there is no method `{method}` here")))
            }
        }
    }

    /// Carries out a command: the one is to look at everything again.
    fn execute(&mut self, params: &Value) -> Result<Value, Refusal> {
        if params.get("command").and_then(Value::as_str) != Some(CHECK) {
            return Err(Refusal::new(ErrorCode::InvalidParams, format!("the command is `{CHECK}`")));
        }
        self.workspace.look_again();
        self.changed.extend(self.workspace.open_paths().cloned());
        self.check().map_err(|error| Refusal::failed(error.to_string()))?;
        Ok(Value::Null)
    }

    fn initialize(&mut self, params: &Value) -> Value {
        self.phase = Phase::Running;
        let folders = params.get("workspaceFolders").and_then(Value::as_array);
        let uris: Vec<&str> = match folders {
            Some(folders) => folders.iter().filter_map(|folder| folder.get("uri")?.as_str()).collect(),
            None => params.get("rootUri").and_then(Value::as_str).into_iter().collect(),
        };
        for path in uris.into_iter().filter_map(text::path_of) {
            self.workspace.add_folder(&path);
        }
        let page = params.pointer("/initializationOptions/diagnosticsPage").and_then(Value::as_str);
        self.docs = page.map(str::to_owned);
        let watching = "/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration";
        self.watches_dynamically = params.pointer(watching) == Some(&Value::Bool(true));
        json!({
            "capabilities": {
                "positionEncoding": "utf-16",
                "textDocumentSync": {"openClose": true, "change": 2, "save": {"includeText": false}},
                "definitionProvider": true,
                "hoverProvider": true,
                "renameProvider": {"prepareProvider": true},
                "codeActionProvider": {"codeActionKinds": ["quickfix"]},
                "documentSymbolProvider": true,
                "completionProvider": {},
                "executeCommandProvider": {"commands": [CHECK]},
                "workspace": {"workspaceFolders": {"supported": true, "changeNotifications": true}},
            },
            "serverInfo": {"name": "rustomize", "version": env!("CARGO_PKG_VERSION")},
        })
    }

    /// Returns what stands where a request points; nothing in a file that is none of ours.
    fn spot(&self, files: &dyn FileSystem, params: &Value) -> Result<Option<Spot>, Refusal> {
        let path = path_in(params)?;
        let position = params.get("position").and_then(Position::of);
        let position = position.ok_or_else(|| Refusal::new(ErrorCode::InvalidParams, "there is no position"))?;
        Ok(path.and_then(|path| Spot::find(files, &path, position)))
    }

    fn definition(&mut self, params: &Value) -> Result<Value, Refusal> {
        let disk = Disk;
        let files = self.workspace.files(&disk);
        let Some(spot) = self.spot(&files, params)? else { return Ok(Value::Null) };
        if is_kustomization(&spot.path)
            && let Some(path) = definition::file(&files, &spot)
        {
            return Ok(json!([definition::start_of(&self.workspace, &path)]));
        }
        let mut found: Vec<Value> = Vec::new();
        self.each_build(&files, &spot.path, workspace::TARGETS_MAX, |workspace, built| {
            for location in definition::in_build(built, workspace, &spot) {
                if !found.contains(&location) {
                    found.push(location);
                }
            }
        });
        Ok(if found.is_empty() { Value::Null } else { json!(found) })
    }

    fn hover(&mut self, params: &Value) -> Result<Value, Refusal> {
        let disk = Disk;
        let files = self.workspace.files(&disk);
        let Some(spot) = self.spot(&files, params)? else { return Ok(Value::Null) };
        let lines = Lines::new(&spot.source.text);
        let range = spot.span().map(|span| lines.range(span.start as usize..span.end as usize));
        if spot.is_key {
            let about = fields::about(&spot.field).filter(|_| is_kustomization(&spot.path));
            return Ok(about.map_or(Value::Null, |about| json!({"contents": {"kind": "markdown", "value": about}})));
        }
        let mut told: Vec<String> = Vec::new();
        let n_targets = self.each_build(&files, &spot.path, hover::TARGETS_MAX, |_, built| {
            told.extend(hover::in_build(built, &spot));
        });
        if told.is_empty() {
            return Ok(Value::Null);
        }
        if n_targets > hover::TARGETS_MAX {
            told.push(format!("… and {} more kustomizations that use this file", n_targets - hover::TARGETS_MAX));
        }
        Ok(json!({"contents": {"kind": "markdown", "value": told.join("\n")}, "range": range}))
    }

    /// Builds what a file is part of, and returns how many kustomizations that are. What does not build is told already.
    fn each_build(
        &mut self,
        files: &dyn FileSystem,
        path: &str,
        n_max: usize,
        mut ask: impl FnMut(&Workspace, &Built<'_>),
    ) -> usize {
        let targets = self.workspace.targets_of(files, path);
        let vendored = project::vendored(fs::parent(path));
        for target in targets.iter().take(n_max) {
            if let Ok(built) = Built::new(files, &self.workspace, vendored.as_ref(), target) {
                ask(&self.workspace, &built);
            }
        }
        targets.len()
    }

    fn prepare_rename(&mut self, params: &Value) -> Result<Value, Refusal> {
        let disk = Disk;
        let files = self.workspace.files(&disk);
        let Some(spot) = self.spot(&files, params)? else { return Ok(Value::Null) };
        let (span, name) = rename::prepare(&files, &mut self.workspace, &spot)?;
        let range = Lines::new(&spot.source.text).range(span.start as usize..span.end as usize);
        Ok(json!({"range": range, "placeholder": name}))
    }

    fn rename(&mut self, params: &Value) -> Result<Value, Refusal> {
        let disk = Disk;
        let files = self.workspace.files(&disk);
        let new = params.get("newName").and_then(Value::as_str);
        let new = new.ok_or_else(|| Refusal::new(ErrorCode::InvalidParams, "there is no new name"))?;
        let spot = self.spot(&files, params)?;
        let spot = spot.ok_or_else(|| Refusal::failed("there is nothing here that has a name"))?;
        rename::rename(&files, &mut self.workspace, &spot, new)
    }

    fn code_action(&mut self, params: &Value) -> Result<Value, Refusal> {
        let Some(path) = path_in(params)? else { return Ok(Value::Null) };
        let range = params.get("range");
        let end = |name: &str| range.and_then(|range| Position::of(range.get(name)?));
        let (Some(start), Some(end)) = (end("start"), end("end")) else {
            return Err(Refusal::new(ErrorCode::InvalidParams, "there is no range"));
        };
        let Some(document) = self.workspace.document(&path) else { return Ok(json!([])) };
        let lines = Lines::new(&document.text);
        let asked = lines.offset(start)..lines.offset(end);
        let is_asked = |found: &Found| found.span.start <= asked.end && asked.start <= found.span.end;
        let of_file = || self.published.of_file(&path);
        let mut all = actions::about(&document.text, &document.uri, of_file(), &is_asked);
        if of_file().any(|found| is_asked(found) && actions::is_fixable(found)) {
            let disk = Disk;
            let files = self.workspace.files(&disk);
            let targets = self.workspace.targets_of(&files, &path);
            all.extend(actions::fix(&files, &self.workspace, &path, &targets));
        }
        Ok(json!(all))
    }

    fn completion(&mut self, params: &Value) -> Result<Value, Refusal> {
        let Some(path) = path_in(params)? else { return Ok(Value::Null) };
        let position = params.get("position").and_then(Position::of);
        let position = position.ok_or_else(|| Refusal::new(ErrorCode::InvalidParams, "there is no position"))?;
        let document = self.workspace.document(&path).filter(|_| is_kustomization(&path));
        let found =
            document.map(|document| fields::completions(&document.text, Lines::new(&document.text).offset(position)));
        Ok(json!(found.unwrap_or_default()))
    }

    fn symbols(&mut self, params: &Value) -> Result<Value, Refusal> {
        let Some(path) = path_in(params)? else { return Ok(Value::Null) };
        let document = self.workspace.document(&path);
        Ok(document.map_or(Value::Null, |document| json!(symbols::of(&path, &document.text))))
    }

    fn notification(&mut self, notification: Notification) -> io::Result<()> {
        if self.phase != Phase::Running {
            return Ok(());
        }
        let params = &notification.params;
        let text = |path: &str| params.pointer(path).and_then(Value::as_str);
        let version = params.pointer("/textDocument/version").and_then(Value::as_i64).unwrap_or_default();
        let uri = text("/textDocument/uri");
        match notification.method.as_str() {
            "initialized" if self.watches_dynamically => {
                let watchers = json!([{"globPattern": "**/*"}]);
                let registration = json!({
                    "id": "files",
                    "method": "workspace/didChangeWatchedFiles",
                    "registerOptions": {"watchers": watchers},
                });
                let params = json!({"registrations": [registration]});
                let method = "client/registerCapability";
                self.send(&json!({"jsonrpc": "2.0", "id": "files", "method": method, "params": params}))?;
            }
            "textDocument/didOpen" => {
                let content = text("/textDocument/text").map(str::to_owned);
                let path = uri.zip(content).and_then(|(uri, content)| self.workspace.set(uri, version, content));
                self.note_change(path, true);
            }
            "textDocument/didChange" => {
                let changes = params.get("contentChanges").and_then(Value::as_array);
                let path = uri.zip(changes).and_then(|(uri, changes)| self.workspace.change(uri, version, changes));
                self.note_change(path, false);
            }
            "textDocument/didSave" => {
                let path = uri.and_then(text::path_of).map(|path| workspace::real(&path));
                self.note_change(path, true);
            }
            "textDocument/didClose" => {
                let path = uri.and_then(|uri| self.workspace.close(uri));
                self.note_change(path, true);
            }
            "workspace/didChangeWatchedFiles" => {
                let changes = params.get("changes").and_then(Value::as_array);
                for change in changes.into_iter().flatten() {
                    let uri = change.get("uri").and_then(Value::as_str);
                    let Some(path) = uri.and_then(text::path_of) else { continue };
                    let path = workspace::real(&path);
                    // Created or deleted: a kustomization, or a directory that may hold some.
                    let is_structure = is_kustomization(&path) || !fs::base_name(&path).contains('.');
                    if is_structure && change.get("type").and_then(Value::as_i64) != Some(2) {
                        self.workspace.look_again();
                    }
                    self.workspace.touch(&path);
                    self.note_change(Some(path), false);
                }
            }
            "workspace/didChangeWorkspaceFolders" => {
                let folders = |key: &str| {
                    let list = params.pointer(key).and_then(Value::as_array).into_iter().flatten();
                    let uris = list.filter_map(|folder| folder.get("uri")?.as_str());
                    uris.filter_map(text::path_of).collect::<Vec<String>>()
                };
                folders("/event/removed").iter().for_each(|path| self.workspace.remove_folder(path));
                folders("/event/added").iter().for_each(|path| self.workspace.add_folder(path));
                let open: Vec<String> = self.workspace.open_paths().cloned().collect();
                open.into_iter().for_each(|path| self.note_change(Some(path), true));
            }
            // Unknown notifications are left alone, as the protocol wants it.
            _ => {}
        }
        Ok(())
    }

    /// Takes note that a file changed; `is_over` says that nothing more is likely to come at once.
    fn note_change(&mut self, path: Option<String>, is_over: bool) {
        let Some(path) = path else { return };
        self.changed.insert(path);
        let now = now();
        let first = match self.changed_at {
            _ if is_over => now.checked_sub(CHANGE_MAX).unwrap_or(now),
            Some((first, _)) => first,
            None => now,
        };
        self.changed_at = Some((first, now));
    }

    fn refuse(&mut self, id: Value, refusal: &Refusal) -> io::Result<()> {
        let error = json!({"code": refusal.code as i32, "message": refusal.words});
        self.send(&json!({"jsonrpc": "2.0", "id": id, "error": error}))
    }

    fn notify(&mut self, method: &str, params: &Value) -> io::Result<()> {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}))
    }

    fn send(&mut self, message: &Value) -> io::Result<()> {
        frames::write(&mut self.writer, message)
    }
}

/// Returns the file that a request is about; nothing for what is no file.
fn path_in(params: &Value) -> Result<Option<String>, Refusal> {
    let uri = params.pointer("/textDocument/uri").and_then(Value::as_str);
    let uri = uri.ok_or_else(|| Refusal::new(ErrorCode::InvalidParams, "there is no document"))?;
    Ok(text::path_of(uri).map(|path| workspace::real(&path)))
}

fn id_json(id: &RequestId) -> Value {
    serde_json::to_value(id).unwrap_or_default()
}

#[allow(clippy::disallowed_methods, reason = "texts are looked at when they have not changed for a moment")]
fn now() -> Instant {
    Instant::now()
}
