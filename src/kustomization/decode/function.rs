//! The text of the annotation `config.kubernetes.io/function`, read strictly (upstream `runtimeutil.GetFunctionSpec`).

use super::entries::entries;
use super::fields::{Fields, Spec};
use super::value::{Codec, Decoder, Found, Path};
use crate::diagnostic::Report;
use crate::kustomization::function::{ContainerSpec, ExecSpec, FunctionSpec, Mount};
use crate::source::Source;
use crate::yaml::tree::Tree;
use std::sync::Arc;

const FUNCTION: Spec = Spec { what: "a function", names: &["deferFailure", "container", "exec"] };
const CONTAINER: Spec = Spec { what: "`container` of a function", names: &["image", "network", "mounts", "envs"] };
const EXEC: Spec = Spec { what: "`exec` of a function", names: &["path", "args", "envs"] };
const MOUNT: Spec = Spec { what: "a mount", names: &["type", "src", "dst", "rw"] };

/// Decodes the text of the annotation; `None` if an error was reported.
pub(crate) fn function(source: &Arc<Source>, tree: &Tree, report: &mut Report) -> Option<FunctionSpec> {
    let mut own = Report::default();
    let what = FUNCTION.what;
    let mut decoder = Decoder {
        source,
        tree,
        report: &mut own,
        what,
        is_strict: true,
        has_spellings: false,
        codec: Codec::Json,
        coerces: true,
    };
    let spec = read(&mut decoder);
    let has_errors = own.has_errors();
    report.diagnostics.append(&mut own.diagnostics);
    (!has_errors).then_some(spec)
}

fn read(decoder: &mut Decoder<'_>) -> FunctionSpec {
    let path = Path::ROOT;
    let root = decoder.tree.root();
    let fields = decoder.fields(root, &path, &FUNCTION);
    decoder.boolean(&fields, &path, "deferFailure");
    FunctionSpec { container: container(decoder, &fields, &path), exec: exec(decoder, &fields, &path) }
}

/// Reads a mapping that may be absent.
fn inner(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>, name: &'static str, spec: &Spec) -> Fields {
    match fields.get(name).filter(|&(_, node)| decoder.found(node) != Found::Null) {
        Some((_, node)) => decoder.fields(node, &path.field(name), spec),
        None => Fields::none(spec),
    }
}

fn container(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> ContainerSpec {
    let fields = inner(decoder, fields, path, "container", &CONTAINER);
    let path = path.field("container");
    ContainerSpec {
        image: decoder.text(&fields, &path, "image"),
        network: decoder.boolean(&fields, &path, "network"),
        mounts: entries(decoder, &fields, &path, "mounts", &MOUNT, |decoder, _, fields, path| {
            let text = |decoder: &mut Decoder<'_>, name| {
                decoder.text(fields, path, name).map(|text| text.value).unwrap_or_default()
            };
            Mount {
                kind: text(decoder, "type"),
                source: decoder.text(fields, path, "src"),
                target: text(decoder, "dst"),
                is_writable: decoder.boolean(fields, path, "rw"),
            }
        }),
        envs: decoder.texts(&fields, &path, "envs"),
    }
}

fn exec(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> ExecSpec {
    let fields = inner(decoder, fields, path, "exec", &EXEC);
    let path = path.field("exec");
    ExecSpec {
        path: decoder.text(&fields, &path, "path"),
        args: decoder.texts(&fields, &path, "args"),
        envs: decoder.texts(&fields, &path, "envs"),
    }
}
