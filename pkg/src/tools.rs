//! Edits of kustomization files, and checks of objects: a module of their own (feature `tools`), because they are a quarter of the
//! engine, and many pages only show what is there.

use crate::answer::{self, Raw, joined, written};
use crate::builder::{Builder, absolute};
use crate::edit;
use crate::files::Files;
use rustomize::diagnostic::{Code, Diagnostic};
use rustomize::json::diagnostic::{JsonDiagnostic, diagnostic_of};
use rustomize::mask::Masks;
use rustomize::redact::redact;
use rustomize::source::Sources;
use rustomize::validate::{ObjectName, Options, Release, Validation, validate};
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

/// Files that are edited, and whose objects are checked.
#[wasm_bindgen]
pub struct Tools {
    files: &'static Files,
    builder: Builder,
}

#[wasm_bindgen]
impl Tools {
    /// Makes one without files.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "a default is nothing that JavaScript has")]
    pub fn new() -> Tools {
        let files = Files::new();
        Tools { files, builder: Builder::new(files, false) }
    }

    /// Writes a file.
    pub fn set(&mut self, path: &str, content: Vec<u8>) {
        let path = absolute(path);
        self.files.change(|memory| memory.set(&path, content));
        self.builder.changed.insert(path);
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
            self.builder.changed.insert(path);
        }
    }

    /// Plans a change of the kustomization file of a target.
    pub fn edit(&self, target: &str, verb: &str, args: Vec<String>, more: Vec<String>, bits: u32) -> String {
        edit::planned(self.files, &absolute(target), verb, args, more, bits)
    }

    /// Checks the objects of a target.
    pub fn validate(&mut self, target: &str, bits: u32, release: &str) -> String {
        let (session, outcome) = self.builder.build(self.files, target, bits);
        let sources = &session.sources;
        let mut wanted = Options::default();
        if !release.is_empty() {
            match Release::parse(release) {
                Some(release) => wanted.release = release,
                None => {
                    let error = Diagnostic::error(Code::Usage, format!("`{release}` is no release of Kubernetes"));
                    return answer::failed(&[*error.help("write it as `1.31`")], sources);
                }
            }
        }
        match outcome {
            Ok(build) => answer_of(&validate(build, &wanted), sources),
            Err(diagnostics) => answer::failed(diagnostics, sources),
        }
    }
}

impl Drop for Tools {
    fn drop(&mut self) {
        self.files.change(|memory| *memory = rustomize::fs::Memory::new());
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonObject<'f> {
    api_version: &'f str,
    kind: &'f str,
    name: &'f str,
    namespace: Option<&'f str>,
}

#[derive(Serialize)]
struct JsonFinding<'f> {
    #[serde(flatten)]
    diagnostic: JsonDiagnostic<'f>,
    field: &'f str,
}

#[derive(Serialize)]
struct JsonValidation {
    ok: bool,
    objects: usize,
    unknown: usize,
    diagnostics: [(); 0],
}

fn answer_of(found: &Validation, sources: &Sources) -> String {
    let mut masks = Masks::new(sources);
    let object = |name: &ObjectName| -> String {
        written(&JsonObject {
            api_version: &name.api_version,
            kind: &name.kind,
            name: &name.name,
            namespace: Some(name.namespace.as_str()).filter(|namespace| !namespace.is_empty()),
        })
    };
    let findings = found.findings.iter().map(|finding| {
        let diagnostic = redact(&finding.diagnostic, &mut masks);
        let objects = Raw::array(finding.objects.iter().map(object));
        let finding = JsonFinding { diagnostic: diagnostic_of(&diagnostic, sources), field: &finding.field };
        joined(&finding, "objects", &objects)
    });
    let findings = Raw::array(findings);
    let (objects, unknown) = (found.n_objects, found.n_unknown);
    joined(&JsonValidation { ok: true, objects, unknown, diagnostics: [] }, "findings", &findings)
}
