//! Answers in JSON, in the forms of index.d.ts. What the command line has, too, comes from `rustomize::json`.

use crate::builder::relative;
use rustomize::build::Build;
use rustomize::diagnostic::Diagnostic;
use rustomize::diff::Diff;
use rustomize::explain::text::Names;
use rustomize::explain::{Shown, Spot};
use rustomize::fleet::{Graph, NodeId};
use rustomize::fs::{self, EntryKind, FileSystem};
use rustomize::json::diagnostic::{JsonLocation, diagnostic_of};
use rustomize::json::diff::JsonDiff;
use rustomize::json::explain::{JsonDirective, JsonField, directive, place};
use rustomize::json::images::JsonImages;
use rustomize::json::matrix::JsonMatrix;
use rustomize::kustomization::FileKind;
use rustomize::loader::FILE_NAMES;
use rustomize::mask::Masks;
use rustomize::ordered::BTreeMap;
use rustomize::redact::redact;
use rustomize::resource::Resource;
use rustomize::sorting::Sorting;
use rustomize::source::Sources;
use serde::Serialize;

/// Writes a form.
pub(crate) fn written(form: &impl Serialize) -> String {
    serde_json::to_string(form).unwrap_or_default()
}

/// Writes diagnostics without the values of Secrets, as a JSON array.
fn diagnostics(list: &[Diagnostic], sources: &Sources) -> Raw {
    let mut answer = Answer::default();
    answer.add(list, sources);
    answer.raw()
}

/// JSON that is written already.
#[derive(Default)]
pub(crate) struct Raw(String);

impl Raw {
    pub(crate) fn array(items: impl Iterator<Item = String>) -> Raw {
        Raw(format!("[{}]", items.collect::<Vec<_>>().join(",")))
    }
}

/// Joins an object and the array of its diagnostics, or of something else that is written already.
pub(crate) fn joined(form: &impl Serialize, key: &str, raw: &Raw) -> String {
    let mut text = written(form);
    text.pop();
    if text.len() > 1 {
        text.push(',');
    }
    format!("{text}\"{key}\":{}}}", raw.0)
}

/// Diagnostics of several sessions, for an answer that has nothing else.
#[derive(Default)]
pub(crate) struct Answer {
    diagnostics: Vec<String>,
}

impl Answer {
    pub(crate) fn add(&mut self, list: &[Diagnostic], sources: &Sources) {
        let mut masks = Masks::new(sources);
        let lines = list.iter().map(|diagnostic| written(&diagnostic_of(&redact(diagnostic, &mut masks), sources)));
        self.diagnostics.extend(lines);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    pub(crate) fn raw(self) -> Raw {
        Raw::array(self.diagnostics.into_iter())
    }

    /// The answer alone.
    pub(crate) fn only(self) -> String {
        joined(&Ok { ok: false }, "diagnostics", &self.raw())
    }
}

/// What a call answers that has nothing to say but diagnostics; `js/` fills in the rest.
#[derive(Serialize)]
pub(crate) struct Ok {
    pub(crate) ok: bool,
}

/// Returns what failed.
pub(crate) fn failed(list: &[Diagnostic], sources: &Sources) -> String {
    joined(&Ok { ok: false }, "diagnostics", &diagnostics(list, sources))
}

/// Names an object in its target.
pub(crate) fn key(resource: &Resource) -> String {
    let id = &resource.id;
    format!("{}/{}/{}/{}", id.gvk.api_version(), id.gvk.kind, id.namespace, id.name)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonKustomization {
    path: String,
    file: String,
    kind: Option<&'static str>,
    includes: Vec<String>,
    included_by: Vec<String>,
    is_root: bool,
}

pub(crate) fn kustomizations(graph: &Graph, targets: &[NodeId], files: &dyn FileSystem) -> String {
    let mut users: BTreeMap<NodeId, Vec<String>> = BTreeMap::new();
    for node in graph.nodes() {
        for &child in graph.included(node) {
            users.entry(child).or_default().push(relative(graph.directory(node)));
        }
    }
    let found = graph.nodes().map(|node| {
        let directory = graph.directory(node);
        let file = FILE_NAMES.iter().map(|name| fs::join(directory, name));
        let mut included_by = users.remove(&node).unwrap_or_default();
        included_by.put_in_own_order();
        included_by.dedup();
        JsonKustomization {
            path: relative(directory),
            file: file
                .into_iter()
                .find(|path| files.kind(path) == Ok(EntryKind::File))
                .map_or_else(String::new, |path| relative(&path)),
            kind: graph.kind(node).map(|kind| match kind {
                FileKind::Component => "Component",
                FileKind::Kustomization => "Kustomization",
            }),
            includes: graph.included(node).iter().map(|&child| relative(graph.directory(child))).collect(),
            included_by,
            is_root: targets.contains(&node),
        }
    });
    // What is named and is not there has no file.
    let mut found: Vec<JsonKustomization> = found.filter(|found| !found.file.is_empty()).collect();
    found.put_in_order(|a, b| a.path.split('/').cmp(b.path.split('/')));
    written(&found)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonResource<'r> {
    key: String,
    api_version: String,
    kind: &'r str,
    name: &'r str,
    namespace: Option<&'r str>,
    from: usize,
    to: usize,
    line: usize,
    line_count: usize,
    hidden: bool,
}

#[derive(Serialize)]
struct JsonBuilt<'r> {
    ok: bool,
    redacted: bool,
    resources: Vec<JsonResource<'r>>,
}

pub(crate) fn built(build: &Build, shown: &Shown<'_>, sources: &Sources) -> String {
    let units = |text: &str| if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
    let (mut at, mut from, mut line) = (0, 0, 1);
    let mut resources = Vec::with_capacity(build.resources.len());
    for ((resource, range), &hidden) in build.resources.iter().zip(&*shown.documents).zip(&shown.is_hidden) {
        let between = shown.text.get(at..range.start).unwrap_or_default();
        from += units(between);
        line += between.bytes().filter(|&byte| byte == b'\n').count();
        let text = shown.text.get(range.clone()).unwrap_or_default();
        let to = from + units(text);
        let line_count = text.bytes().filter(|&byte| byte == b'\n').count();
        let id = &resource.id;
        resources.push(JsonResource {
            key: key(resource),
            api_version: id.gvk.api_version(),
            kind: &id.gvk.kind,
            name: &id.name,
            namespace: Some(&*id.namespace).filter(|namespace| !namespace.is_empty()),
            from,
            to,
            line,
            line_count,
            hidden,
        });
        (at, from, line) = (range.end, to, line + line_count);
    }
    let redacted = shown.is_hidden.contains(&true);
    joined(&JsonBuilt { ok: true, redacted, resources }, "diagnostics", &diagnostics(&build.warnings, sources))
}

#[derive(Serialize)]
struct JsonLines<'n> {
    ok: bool,
    lines: Vec<Option<JsonLine<'n>>>,
    diagnostics: [(); 0],
}

#[derive(Serialize)]
struct JsonLine<'n> {
    location: Option<JsonLocation<'n>>,
    directive: Option<JsonDirective<'n>>,
}

pub(crate) fn lines(spots: &[Option<Spot>], names: Names<'_>) -> String {
    let line = |spot: &Spot| JsonLine {
        location: place(spot.writer.place, names),
        directive: directive(spot.writer.by, names),
    };
    let lines = spots.iter().map(|spot| spot.as_ref().map(line)).collect();
    written(&JsonLines { ok: true, lines, diagnostics: [] })
}

#[derive(Serialize)]
struct JsonExplanation<'n> {
    ok: bool,
    #[serde(flatten)]
    field: JsonField<'n>,
    diagnostics: [(); 0],
}

pub(crate) fn explanation(field: JsonField<'_>) -> String {
    written(&JsonExplanation { ok: true, field, diagnostics: [] })
}

#[derive(Serialize)]
struct JsonInputs {
    ok: bool,
    files: Vec<String>,
}

pub(crate) fn inputs<'p>(
    ok: bool,
    files: impl Iterator<Item = &'p str>,
    list: &[Diagnostic],
    sources: &Sources,
) -> String {
    let mut files: Vec<String> = files.map(relative).collect();
    files.put_in_own_order();
    joined(&JsonInputs { ok, files }, "diagnostics", &diagnostics(list, sources))
}

#[derive(Serialize)]
struct JsonFoundImages<'n> {
    ok: bool,
    #[serde(flatten)]
    images: JsonImages<'n>,
    keys: Vec<String>,
    diagnostics: [(); 0],
}

pub(crate) fn images(images: JsonImages<'_>, keys: Vec<String>) -> String {
    written(&JsonFoundImages { ok: true, images, keys, diagnostics: [] })
}

#[derive(Serialize)]
struct JsonComparison<'d> {
    ok: bool,
    #[serde(flatten)]
    diff: JsonDiff<'d>,
    texts: Vec<Option<JsonTexts<'d>>>,
    diagnostics: [(); 0],
}

#[derive(Serialize)]
struct JsonTexts<'d> {
    old: &'d str,
    new: &'d str,
}

pub(crate) fn diff(diff: JsonDiff<'_>, found: &Diff) -> String {
    let texts = found.objects.iter().map(|object| object.texts.as_ref().map(|(old, new)| JsonTexts { old, new }));
    written(&JsonComparison { ok: true, diff, texts: texts.collect(), diagnostics: [] })
}

#[derive(Serialize)]
struct JsonLaidOut<'m> {
    ok: bool,
    #[serde(flatten)]
    matrix: JsonMatrix<'m>,
    diagnostics: [(); 0],
}

pub(crate) fn matrix(matrix: JsonMatrix<'_>) -> String {
    written(&JsonLaidOut { ok: true, matrix, diagnostics: [] })
}
