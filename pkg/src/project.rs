//! A project: files, and what was built of them.

use crate::answer::{self, Answer};
use crate::builder::{Builder, ROOT, absolute, names, relative, session};
use crate::files::Files;
use crate::options;
use rustomize::build::Build;
use rustomize::diagnostic::{Code, Diagnostic};
use rustomize::diff::{self, Pattern, Side, matrix};
use rustomize::explain::{self, Object, Secrets, Shown};
use rustomize::fleet::{self, Discovered, Index};
use rustomize::fs::{self, EntryKind, FileSystem};
use rustomize::json;
use rustomize::limits::Limits;
use rustomize::loader::FILE_NAMES;
use rustomize::ordered::BTreeMap;
use rustomize::resource::Resource;
use rustomize::session::Session;
use rustomize::source::{Columns, Sensitivity, Sources};
use rustomize::yaml::read::decode_bytes;
use std::sync::Arc;
use wasm_bindgen::prelude::wasm_bindgen;

/// Files, and what is made of them.
#[wasm_bindgen]
pub struct Project {
    files: &'static Files,
    /// For what is shown.
    plain: Builder,
    /// For explanations: it keeps what every object was after each directive.
    recording: Builder,
    /// Objects that somebody else rendered, by the name of the side.
    rendered: BTreeMap<String, Rendered>,
    /// The text of the last build, until it is taken.
    text: String,
}

/// Objects of a text.
struct Rendered {
    sources: Sources,
    resources: Vec<Arc<Resource>>,
}

#[wasm_bindgen]
impl Project {
    /// Makes a project without files.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "a default is nothing that JavaScript has")]
    pub fn new() -> Project {
        let files = Files::new();
        Project {
            files,
            plain: Builder::new(files, false),
            recording: Builder::new(files, true),
            rendered: BTreeMap::new(),
            text: String::new(),
        }
    }

    /// Writes a file.
    pub fn set(&mut self, path: &str, content: Vec<u8>) {
        let path = absolute(path);
        self.files.change(|memory| memory.set(&path, content));
        self.changed(path);
    }

    /// Writes a file that is a text.
    #[wasm_bindgen(js_name = setText)]
    pub fn set_text(&mut self, path: &str, content: String) {
        self.set(path, content.into_bytes());
    }

    /// Removes a file.
    pub fn remove(&mut self, path: &str) {
        let path = absolute(path);
        if self.files.change(|memory| memory.remove(&path)) {
            self.changed(path);
        }
    }

    /// Returns every kustomization.
    pub fn kustomizations(&self) -> String {
        let Some(Discovered { graph, targets }) = self.discovered() else { return "[]".to_owned() };
        answer::kustomizations(&graph, &targets, self.files)
    }

    /// Returns the targets that a file is part of.
    #[wasm_bindgen(js_name = targetsOf)]
    pub fn targets_of(&self, path: &str) -> Vec<String> {
        let session = session(self.files, false);
        let Some(Discovered { graph, targets }) = self.discovered() else { return Vec::new() };
        let nodes: Vec<_> = targets.iter().copied().map(Some).collect();
        let index = Index::new(&graph, &session, &nodes);
        let found = index.targets_of(&absolute(path));
        found.into_iter().filter_map(|at| targets.get(at)).map(|&node| relative(graph.directory(node))).collect()
    }

    /// Builds a target; the text is to be taken afterwards.
    pub fn build(&mut self, target: &str, bits: u32) -> String {
        let (session, outcome) = self.plain.build(self.files, target, bits);
        let sources = &session.sources;
        match outcome {
            Ok(build) => {
                let shown = shown(build, session, bits);
                let answer = answer::built(build, &shown, sources);
                self.text = shown.text.into_owned();
                answer
            }
            Err(diagnostics) => answer::failed(diagnostics, sources),
        }
    }

    /// Takes the text of the last build.
    #[wasm_bindgen(js_name = takeText)]
    pub fn take_text(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// Returns who wrote the lines of a resource.
    pub fn lines(&mut self, target: &str, bits: u32, key: &str) -> String {
        let (session, outcome) = self.plain.build(self.files, target, bits);
        let names = names(session);
        match outcome {
            Ok(build) => match position(build, key) {
                Some(position) => answer::lines(&shown(build, session, bits).lines(position), names),
                None => answer::failed(&[*no_resource(target, key)], names.sources),
            },
            Err(diagnostics) => answer::failed(diagnostics, names.sources),
        }
    }

    /// Explains the value in a line of a resource, or a field of it if there is one.
    pub fn explain(&mut self, target: &str, bits: u32, key: &str, line: u32, field: Option<String>) -> String {
        let (session, outcome) = self.recording.build(self.files, target, bits);
        let names = names(session);
        let build = match outcome {
            Ok(build) => build,
            Err(diagnostics) => return answer::failed(diagnostics, names.sources),
        };
        let explained = || {
            let position = position(build, key).ok_or_else(|| no_resource(target, key))?;
            let resource = build.resources.iter().nth(position).ok_or_else(|| no_resource(target, key))?;
            let shown = shown(build, session, bits);
            let found = match &field {
                Some(field) => shown.explained(resource, field)?,
                None => {
                    let spots = shown.lines(position);
                    let at = (line as usize).saturating_sub(1).min(spots.len().saturating_sub(1));
                    // The further lines of a long text belong to the line that it begins in.
                    let spot = spots.iter().take(at + 1).rev().flatten().next();
                    let spot = spot.ok_or_else(|| no_line(key, line))?;
                    shown.field(resource, &spot.path)?
                }
            };
            Ok::<_, Box<Diagnostic>>((resource, found))
        };
        match explained() {
            Ok((resource, field)) => {
                answer::explanation(json::explain::field(&Object { resource, removed_by: None }, &field, names))
            }
            Err(diagnostic) => answer::failed(&[*diagnostic], names.sources),
        }
    }

    /// Returns the files that a target is made of.
    pub fn inputs(&mut self, target: &str, bits: u32) -> String {
        let (Session { sources, .. }, outcome) = self.plain.build(self.files, target, bits);
        match outcome {
            Ok(build) => answer::inputs(true, build.inputs.iter().map(|path| &**path), &[], sources),
            Err(diagnostics) => {
                let session = session(self.files, false);
                let mut graph = fleet::Graph::default();
                let node = graph.add(&session, &absolute(target));
                let named = graph.dependencies(&session, node).files;
                let there =
                    named.iter().map(|path| &**path).filter(|path| self.files.kind(path) == Ok(EntryKind::File));
                answer::inputs(false, there, diagnostics, sources)
            }
        }
    }

    /// Returns the images that a target runs.
    pub fn images(&mut self, target: &str, bits: u32) -> String {
        let (session, outcome) = self.plain.build(self.files, target, bits);
        let names = names(session);
        match outcome {
            Ok(build) => {
                let secrets = secrets(build, session, bits);
                let images = explain::images(build, &secrets);
                let keys: Vec<String> = images.iter().map(|image| answer::key(image.object.resource)).collect();
                let found: Vec<_> = images.into_iter().map(|image| (target, image)).collect();
                answer::images(json::images::images(&found, names), keys)
            }
            Err(diagnostics) => answer::failed(diagnostics, names.sources),
        }
    }

    /// Makes a side ready for a comparison: a target.
    pub fn prepare(&mut self, target: &str, bits: u32) {
        self.plain.build(self.files, target, bits);
    }

    /// Makes a side ready: a text that somebody rendered.
    #[wasm_bindgen(js_name = prepareText)]
    pub fn prepare_text(&mut self, name: &str, text: Vec<u8>) -> String {
        let mut sources = Sources::counting(Columns::Utf16);
        match diff::rendered(text, name, &mut sources, &Limits::default()) {
            Ok(resources) => {
                self.rendered.insert(name.to_owned(), Rendered { sources, resources });
                String::new()
            }
            Err(diagnostics) => answer::failed(&diagnostics, &sources),
        }
    }

    /// Forgets the texts.
    #[wasm_bindgen(js_name = dropTexts)]
    pub fn drop_texts(&mut self) {
        self.rendered.clear();
    }

    /// Compares two sides of this project that were made ready.
    pub fn diff(&self, old: &str, new: &str, bits: u32, ignored: Vec<String>) -> String {
        self.compared(old, self, new, bits, ignored)
    }

    /// Compares a side of this project with one of another.
    #[wasm_bindgen(js_name = diffWith)]
    pub fn diff_with(&self, old: &str, other: &Project, new: &str, bits: u32, ignored: Vec<String>) -> String {
        self.compared(old, other, new, bits, ignored)
    }

    /// Lays targets that were made ready side by side.
    pub fn matrix(&self, targets: Vec<String>, bits: u32, ignored: Vec<String>) -> String {
        let sources = &self.plain.session.sources;
        let patterns = match patterns(ignored) {
            Ok(patterns) => patterns,
            Err(error) => return answer::failed(&[*error], sources),
        };
        let mut answer = Answer::default();
        let mut sides = Vec::with_capacity(targets.len());
        for target in &targets {
            match self.side(target, bits) {
                Ok(side) => sides.push((target.as_str(), side)),
                Err((diagnostics, sources)) => answer.add(diagnostics, sources),
            }
        }
        if !answer.is_empty() {
            return answer.only();
        }
        let columns: Vec<(&str, &Side<'_>)> = sides.iter().map(|(name, side)| (*name, side)).collect();
        answer::matrix(json::matrix::matrix(&matrix::compare(&columns, &options::compare(bits, patterns))))
    }

    /// Returns the text of a file without the values of Secrets; nothing if it is none.
    #[wasm_bindgen(js_name = redactedText)]
    pub fn redacted_text(&self, path: &str) -> Option<String> {
        let path = absolute(path);
        let bytes = self.files.read(&path, u64::MAX).ok()?;
        let text = decode_bytes(bytes).ok()?;
        let mut sources = Sources::default();
        let is_manifest = [".yaml", ".yml", ".json"].iter().any(|end| path.ends_with(end))
            || FILE_NAMES.contains(&fs::base_name(&path));
        let sensitivity = if is_manifest { Sensitivity::Yaml } else { self.sensitivity(&path) };
        let source = sources.add(path, text, sensitivity, None);
        Some(rustomize::mask::Mask::of(&source, false).text(&source))
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        self.files.change(|memory| *memory = rustomize::fs::Memory::new());
    }
}

impl Project {
    fn changed(&mut self, path: String) {
        self.plain.changed.insert(path.clone());
        self.recording.changed.insert(path);
    }

    fn discovered(&self) -> Option<Discovered> {
        fleet::discover(&session(self.files, false), ROOT).ok()
    }

    /// What a secret generator reads, as far as anybody has built it, is all secret.
    fn sensitivity(&self, path: &str) -> Sensitivity {
        let shown = relative(path);
        let sources = self.plain.session.sources.iter().chain(self.recording.session.sources.iter());
        let mut same = sources.filter(|source| *source.path == *shown);
        match same.any(|source| source.sensitivity == Sensitivity::Opaque) {
            true => Sensitivity::Opaque,
            false => Sensitivity::Yaml,
        }
    }

    fn compared(&self, old: &str, other: &Project, new: &str, bits: u32, ignored: Vec<String>) -> String {
        let patterns = match patterns(ignored) {
            Ok(patterns) => patterns,
            Err(error) => return answer::failed(&[*error], &Sources::default()),
        };
        match (self.side(old, bits), other.side(new, bits)) {
            (Ok(before), Ok(after)) => {
                let found = diff::compare(&before, &after, &options::compare(bits, patterns));
                answer::diff(json::diff::diff(&found, old, new), &found)
            }
            (before, after) => {
                let mut answer = Answer::default();
                for (diagnostics, sources) in [before.err(), after.err()].into_iter().flatten() {
                    answer.add(diagnostics, sources);
                }
                answer.only()
            }
        }
    }

    /// Returns a side that was made ready.
    fn side(&self, name: &str, bits: u32) -> Result<Side<'_>, (&[Diagnostic], &Sources)> {
        if let Some(rendered) = self.rendered.get(name) {
            return Ok(Side::of_objects(&rendered.resources, &rendered.sources, ""));
        }
        let sources = &self.plain.session.sources;
        match self.plain.find(name, bits) {
            Some(Ok(build)) => Ok(Side::of_build(build, &self.plain.session, "")),
            Some(Err(diagnostics)) => Err((diagnostics, sources)),
            None => Err((&[], sources)),
        }
    }
}

fn shown<'b>(build: &'b Build, session: &Session<'_>, bits: u32) -> Shown<'b> {
    match bits & options::SHOW_SECRETS {
        0 => Shown::redacted(build, &session.directives),
        _ => Shown::whole(build),
    }
}

fn secrets(build: &Build, session: &Session<'_>, bits: u32) -> Secrets {
    match bits & options::SHOW_SECRETS {
        0 => Secrets::of(build, &session.directives),
        _ => Secrets::shown(),
    }
}

fn position(build: &Build, key: &str) -> Option<usize> {
    build.resources.iter().position(|resource| answer::key(resource) == key)
}

fn no_resource(target: &str, key: &str) -> Box<Diagnostic> {
    Diagnostic::error(Code::Usage, format!("`{target}` has no object `{key}`"))
}

fn no_line(key: &str, line: u32) -> Box<Diagnostic> {
    Diagnostic::error(Code::Usage, format!("`{key}` has no value in line {line}"))
}

fn patterns(ignored: Vec<String>) -> Result<Vec<Pattern>, Box<Diagnostic>> {
    let pattern = |text: String| {
        text.parse().map_err(|error| Diagnostic::error(Code::Usage, format!("`{text}` names no field: {error}")))
    };
    ignored.into_iter().map(pattern).collect()
}
