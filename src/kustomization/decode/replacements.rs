//! `replacements`, in a kustomization, in a file of their own, and in the configuration of a ReplacementTransformer.

use super::entries::{entries, selector};
use super::fields::{Fields, Spec};
use super::value::{Codec, Decoder, Found, Path};
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::kustomization::replacement::{
    FieldOptions, Replacement, ReplacementEntry, ReplacementSource, ReplacementTarget,
};
use crate::source::{Place, Source, Span};
use crate::yaml::tree::{NodeId, Tree};
use std::sync::Arc;

const ENTRY: Spec = Spec { what: "an entry of `replacements`", names: &["path", "source", "targets", "sourceValue"] };
const REPLACEMENT: Spec = Spec { what: "a replacement", names: &["source", "targets", "sourceValue"] };
const SOURCE: Spec =
    Spec { what: "`source`", names: &["group", "version", "kind", "name", "namespace", "fieldPath", "options"] };
const TARGET: Spec = Spec { what: "an entry of `targets`", names: &["select", "reject", "fieldPaths", "options"] };
const OPTIONS: Spec = Spec { what: "`options`", names: &["delimiter", "index", "encoding", "create"] };

/// `replacements` of a kustomization
pub(super) fn replacements(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> Vec<ReplacementEntry> {
    entries(decoder, fields, path, "replacements", &ENTRY, |decoder, place, fields, path| {
        let path_text = decoder.text(fields, path, "path");
        let mut replacement = replacement(decoder, place, fields, path);
        // The reference writes the entry out and reads it back, in which an empty list is lost.
        replacement.targets = replacement.targets.filter(|targets| !targets.is_empty());
        ReplacementEntry { place, path: path_text, replacement }
    })
}

/// `replacements` of a ReplacementTransformer, where an empty list of targets is one.
pub(super) fn of_transformer(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> Vec<ReplacementEntry> {
    entries(decoder, fields, path, "replacements", &ENTRY, |decoder, place, fields, path| {
        let path_text = decoder.text(fields, path, "path");
        let replacement = decoder.embedded(|decoder| replacement(decoder, place, fields, path));
        ReplacementEntry { place, path: path_text, replacement }
    })
}

/// Decodes a file with one replacement or a list of them; `None` if an error was reported. An unknown field is a warning
/// there, since the reference does not look for any.
pub fn decode_replacement_file(
    source: &Arc<Source>,
    tree: Option<&Tree>,
    report: &mut Report,
) -> Option<Vec<Replacement>> {
    let place = Place { source: source.id, span: Span::default() };
    let found = tree.map(|tree| (tree, super::value::found(tree, tree.root())));
    match found {
        Some((tree, Found::Mapping)) => leniently(source, tree, report, |decoder| {
            let root = tree.root();
            let fields = decoder.fields(root, &Path::ROOT, &REPLACEMENT);
            vec![replacement(decoder, decoder.place(root), &fields, &Path::ROOT)]
        }),
        Some((tree, Found::Sequence)) => leniently(source, tree, report, |decoder| {
            let items: Vec<NodeId> = tree.items(tree.root()).collect();
            let mut list = Vec::with_capacity(items.len());
            for (index, &item) in items.iter().enumerate() {
                let path = Path::ROOT.item(index);
                let fields = decoder.fields(item, &path, &REPLACEMENT);
                list.push(replacement(decoder, decoder.place(item), &fields, &path));
            }
            list
        }),
        _ => {
            let message = format!("`{}` holds no replacement", source.path);
            let error = Diagnostic::error(Code::ReplacementInvalid, message).at(Some(place), "");
            report.push(error.help("a mapping with `source` and `targets`, or a list of them, is wanted"));
            None
        }
    }
}

/// Decodes what the reference reads without looking for unknown fields: they are warned of.
fn leniently<T>(
    source: &Arc<Source>,
    tree: &Tree,
    report: &mut Report,
    decode: impl FnOnce(&mut Decoder<'_>) -> T,
) -> Option<T> {
    let mut own = Report::default();
    let value = decode(&mut Decoder {
        source,
        tree,
        report: &mut own,
        what: "a replacement",
        is_strict: false,
        has_spellings: false,
        codec: Codec::LenientJson,
        coerces: true,
    });
    let has_errors = own.has_errors();
    report.diagnostics.append(&mut own.diagnostics);
    (!has_errors).then_some(value)
}

fn replacement(decoder: &mut Decoder<'_>, place: Place, fields: &Fields, path: &Path<'_>) -> Replacement {
    let is_there =
        |decoder: &Decoder<'_>, name| fields.get(name).filter(|&(_, node)| decoder.found(node) != Found::Null);
    let source_value =
        is_there(decoder, "sourceValue").map(|(_, node)| decoder.text_value(node, &path.field("sourceValue")));
    let source = is_there(decoder, "source").map(|(_, node)| {
        let path = path.field("source");
        let fields = decoder.fields(node, &path, &SOURCE);
        ReplacementSource {
            selector: selector(decoder, node, &fields, &path),
            field_path: decoder.text(&fields, &path, "fieldPath"),
            options: options(decoder, &fields, &path),
        }
    });
    let targets = is_there(decoder, "targets").map(|_| entries(decoder, fields, path, "targets", &TARGET, target));
    Replacement { place, source, source_value, targets }
}

fn target(decoder: &mut Decoder<'_>, place: Place, fields: &Fields, path: &Path<'_>) -> ReplacementTarget {
    let select = fields.get("select").filter(|&(_, node)| decoder.found(node) != Found::Null).map(|(_, node)| {
        let path = path.field("select");
        let fields = decoder.fields(node, &path, &super::entries::TARGET);
        selector(decoder, node, &fields, &path)
    });
    let reject_path = path.field("reject");
    let items = decoder.items(fields, &reject_path, "reject");
    let mut reject = Vec::with_capacity(items.len());
    for (index, &item) in items.iter().enumerate() {
        let path = reject_path.item(index);
        let found = decoder.found(item);
        if found == Found::Null {
            // The reference crashes.
            decoder.wrong_type(&path, item, &found, "a mapping");
        }
        let fields = decoder.fields(item, &path, &super::entries::TARGET);
        reject.push(selector(decoder, item, &fields, &path));
    }
    ReplacementTarget {
        place,
        select,
        reject,
        field_paths: decoder.texts(fields, path, "fieldPaths"),
        options: options(decoder, fields, path),
    }
}

fn options(decoder: &mut Decoder<'_>, fields: &Fields, path: &Path<'_>) -> FieldOptions {
    let Some((_, node)) = fields.get("options") else { return FieldOptions::default() };
    let path = path.field("options");
    let fields = decoder.fields(node, &path, &OPTIONS);
    decoder.text(&fields, &path, "encoding");
    FieldOptions {
        delimiter: decoder.text(&fields, &path, "delimiter"),
        index: decoder.integer(&fields, &path, "index"),
        create: decoder.boolean(&fields, &path, "create"),
    }
}
