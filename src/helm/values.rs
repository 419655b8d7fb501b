//! The values that a chart is rendered with: a file as it is, or merged with `valuesInline`.
//!
//! Merged values are written as the reference writes them. What is merged how is `patch::strategic_merge`.

use super::{Chart, Context};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::kustomization::PlacedText;
use crate::loader;
use crate::patch::strategic_merge;
use crate::provenance::{DirectiveId, Stamp};
use crate::source::{Sensitivity, Source};
use crate::yaml::emit::{self, EmitErrorKind};
use crate::yaml::read::{decode_bytes, read_values};
use crate::yaml::tree::{NodeId, Style, Tag, Tree};
use std::sync::Arc;

/// `valuesMerge`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValuesMerge {
    /// `valuesInline` wins over the file.
    Override,
    /// The file wins over `valuesInline`.
    Merge,
    /// There is only `valuesInline`.
    Replace,
}

impl ValuesMerge {
    pub(super) fn of(text: Option<&PlacedText>) -> Result<ValuesMerge> {
        let Some(text) = text else { return Ok(ValuesMerge::Override) };
        match text.value.as_str() {
            "override" => Ok(ValuesMerge::Override),
            "merge" => Ok(ValuesMerge::Merge),
            "replace" => Ok(ValuesMerge::Replace),
            other => {
                let message = format!("`valuesMerge` must be `merge`, `override` or `replace`, not `{other}`");
                Err(Diagnostic::error(Code::InvalidField, message)
                    .at(Some(text.place), "")
                    .help("leave the field out to let `valuesInline` win over the file"))
            }
        }
    }
}

/// Returns the content of the values file that helm gets.
pub(super) fn of(chart: &Chart<'_>, context: &mut Context<'_, '_>) -> Result<Vec<u8>> {
    match (&chart.entry.values_inline, chart.values_merge) {
        (None, _) => Ok(file(chart, context)?.1),
        (Some(inline), ValuesMerge::Replace) => print(chart, inline.clone(), None),
        (Some(inline), merge) => {
            let (path, bytes) = file(chart, context)?;
            let shown = context.session.show(&path);
            let text = decode_bytes(bytes).map_err(|_| {
                Diagnostic::error(Code::InvalidEncoding, format!("`{shown}` is not valid UTF-8")).path(shown.clone())
            })?;
            let source = context.session.sources.add(shown, text, Sensitivity::Yaml, None);
            let values = read_values(&source, &context.session.limits)?;
            let values = match values {
                Some(values) => values,
                None => null(&source, chart)?,
            };
            let (mut dest, from) = match merge {
                ValuesMerge::Merge => (inline.clone(), &values),
                _ => (values, inline),
            };
            let stamp = Stamp { by: DirectiveId(u32::MAX), place: Some(chart.entry.place) };
            let merged = strategic_merge::merge_values(&mut dest, from, &stamp).map_err(|mut error| {
                error.message = format!("cannot merge the values of chart `{}`: {}", chart.name, error.message);
                error.at(Some(chart.entry.place), "this chart")
            })?;
            match merged {
                Some(root) => print(chart, dest, Some(root)),
                None => Ok(b"{}\n".to_vec()),
            }
        }
    }
}

fn file(chart: &Chart<'_>, context: &mut Context<'_, '_>) -> Result<(Arc<str>, Vec<u8>)> {
    let path = loader::find_file(context.session, context.root, &chart.values_file, context.restrictions)?;
    let bytes = context.session.read_bytes(&path)?;
    context.inputs.insert(Arc::clone(&path));
    Ok((path, bytes))
}

/// Values that are null; a file without any document is refused, as by the reference.
fn null(source: &Source, chart: &Chart<'_>) -> Result<Tree> {
    let text = source.text.trim_start_matches('\u{feff}');
    if text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with(['#', '%'])) {
        let message = format!("`{}` holds no values that `valuesInline` could be merged with", source.path);
        let diagnostic = Diagnostic::error(Code::InvalidValue, message).at(Some(chart.values_file.place), "");
        return Err(diagnostic.help("write `{}` into it, or set `valuesMerge: replace`"));
    }
    let mut tree = Tree::new();
    let null = tree.new_scalar("null", Style::Plain, Tag::Null, &Stamp { by: DirectiveId(u32::MAX), place: None });
    tree.set_root(null);
    Ok(tree)
}

fn print(chart: &Chart<'_>, mut tree: Tree, root: Option<NodeId>) -> Result<Vec<u8>> {
    let root = root.unwrap_or(tree.root());
    settle(&mut tree, root);
    let mut text = String::new();
    emit::emit(&tree, root, &mut text).map_err(|error| {
        let message = match error.kind {
            EmitErrorKind::DuplicateKey(_) => "the same key stands twice in one mapping".to_owned(),
            EmitErrorKind::InvalidKey => "a key is not a string".to_owned(),
            EmitErrorKind::InvalidValue(words) => words,
            EmitErrorKind::TooDeep => "they are nested too deeply".to_owned(),
        };
        let message = format!("the values of chart `{}` cannot be written: {message}", chart.name);
        let diagnostic = Diagnostic::error(Code::InvalidValue, message).at(tree.place(error.node), "");
        diagnostic.at(Some(chart.entry.place), "this chart")
    })?;
    Ok(text.into_bytes())
}

/// Rids values of their styles. The reference takes them as they are here, whereas it prints and reads objects once more,
/// which gives styles an influence on types.
fn settle(tree: &mut Tree, root: NodeId) {
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        if !tree.is_scalar(node) {
            let tag = tree.tag(node);
            tree.set_style_and_tag(node, Style::Block, tag);
            open.extend(tree.children(node));
            continue;
        }
        let (style, tag) = (tree.style(node), tree.tag(node));
        let _ = match tag {
            Tag::Implied if style.is_quoted() => tree.settle_scalar(node, None, Style::DoubleQuoted, Tag::Str),
            Tag::Str => tree.settle_scalar(node, None, Style::DoubleQuoted, Tag::Str),
            tag if style.is_quoted() => tree.settle_scalar(node, None, Style::Plain, tag),
            _ => false,
        };
    }
}
