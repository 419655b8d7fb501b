//! What writes a field in this layer, with another value: a scalar of a manifest, of a patch, or of the kustomization file.

use super::layer::{Built, Layer, NewText};
use super::{Assignment, Scope};
use crate::explain::{plain_path, writer_of};
use crate::fs;
use crate::limits::Limits;
use crate::provenance::Directive;
use crate::resource::Resource;
use crate::source::{Place, Sensitivity, Source, Sources};
use crate::yaml::edit::{Data, Value, scalar_text};
use crate::yaml::read;
use crate::yaml::tree::{NodeId, Style, Tree};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::ops::Range;
use std::sync::Arc;

/// Directives that are patches.
const PATCHES: [&str; 4] = ["patches", "patchesStrategicMerge", "patchesJson6902", "transformers"];

/// Returns a new text of the file that gives a field its value, if that file is one of this layer.
pub(super) fn changed(
    layer: &Layer<'_>,
    now: &Built,
    resource: &Resource,
    assignment: &Assignment,
    scope: Scope,
) -> Option<NewText> {
    if !assignment.rest.is_empty() {
        return None;
    }
    let tree = &resource.tree;
    let node = plain_path(tree, &assignment.path)?;
    let writer = writer_of(tree, node);
    let directive = writer.by.map(|by| now.directives.get(by));
    let is_patch = directive.is_some_and(|directive| PATCHES.contains(&directive.field));
    if scope == Scope::Patches && !is_patch {
        return None;
    }
    if let Some(directive) = directive {
        // A file of this layer may be a patch of another one, too; it is this one's directive that counts.
        let by = now.sources.outermost(directive.place).source;
        if layer.path(now.sources.get(by)) != *layer.kustomization {
            return None;
        }
        if directive.field == "images" {
            return image_entry(layer, directive.index?, &assignment.value);
        }
    }
    let place = writer.place?;
    let outer = now.sources.outermost(place);
    let source = now.sources.get(outer.source);
    let path = layer.path(source);
    if source.sensitivity != Sensitivity::Yaml || !is_of_layer(layer, &path, directive.is_some()) {
        return None;
    }
    let old_text = scalar_of(tree, node)?;
    let field = directive.map_or("", |directive| directive.field);
    let inner = now.sources.get(place.source);
    let in_flow = is_in_flow(inner, place);
    let new = |text: &str, place: Place| {
        let range = place.span.start as usize..place.span.end as usize;
        replaced(text, range, in_flow, |raw| new_value(raw, &old_text, &assignment.value, field))
    };
    if inner.embedded.is_some_and(|embedded| embedded.first_line == 0) {
        return quoted_patch(layer, directive?, &inner.text, &new(&inner.text, place)?);
    }
    let text = new(&source.text, outer)?;
    Some(NewText { path: path.into(), old: Arc::clone(source), text })
}

/// Returns whether a file belongs to this layer alone: one in its directory that its kustomization names.
fn is_of_layer(layer: &Layer<'_>, path: &str, is_directive: bool) -> bool {
    if *path == *layer.kustomization {
        return true;
    }
    if !fs::is_within(path, &layer.directory) {
        return false;
    }
    let Ok(file) = layer.open() else { return false };
    let is_named = |value: &Value| !value.as_text().is_empty() && fs::join(&layer.directory, value.as_text()) == *path;
    let named_by = |item: &Value| item.get("path").is_some_and(is_named);
    match is_directive {
        true => {
            file.new.items_of("patches").iter().any(named_by)
                || file.new.items_of("patchesJson6902").iter().any(named_by)
                || file.new.items_of("patchesStrategicMerge").iter().any(is_named)
                || file.new.items_of("transformers").iter().any(is_named)
        }
        false => file.new.items_of("resources").iter().any(is_named),
    }
}

/// Returns a text with another scalar in the place of one.
fn replaced(
    text: &str,
    range: Range<usize>,
    in_flow: bool,
    new_value: impl FnOnce(&str) -> Option<Data>,
) -> Option<String> {
    let raw = text.get(range.clone())?;
    let (before, behind) = (text.get(..range.start)?, text.get(range.end..)?);
    let is_block = raw.starts_with(['|', '>']);
    let (decoded, wanted) = if raw.trim().is_empty() {
        (String::new(), None)
    } else {
        let wanted = match raw.as_bytes().first() {
            Some(b'"') => Some(Style::DoubleQuoted),
            Some(b'\'') => Some(Style::SingleQuoted),
            _ => None,
        };
        (decoded(raw)?, wanted)
    };
    let new = scalar_text(&new_value(&decoded)?, wanted, in_flow);
    if raw.trim().is_empty() {
        let before = before.trim_end_matches(' ');
        return before.ends_with(':').then(|| format!("{before} {new}{raw}{behind}"));
    }
    // A block ends with its last line; what follows must begin a line of its own.
    let gap = if is_block && raw.ends_with('\n') { "\n" } else { "" };
    Some(format!("{before}{new}{gap}{behind}"))
}

/// Returns what a scalar stands for.
fn decoded(raw: &str) -> Option<String> {
    let source = Sources::default().add("scalar", raw.to_owned(), Sensitivity::Opaque, None);
    let tree = read::read_first(&source, &Limits::default()).ok()??;
    tree.is_scalar(tree.root()).then(|| tree.text(tree.root()).to_owned())
}

/// Returns what takes the place of a scalar that is the field's value, or a literal `key=value`.
fn new_value(raw: &str, old: &str, new: &Data, field: &str) -> Option<Data> {
    if raw == old || (raw.trim_end() == old.trim_end() && raw.contains('\n')) {
        return Some(new.clone());
    }
    let is_secret = field == "secretGenerator";
    if !is_secret && field != "configMapGenerator" {
        return None;
    }
    let (key, value) = raw.split_once('=')?;
    let Data::Text(text) = new else { return None };
    let text = if is_secret { String::from_utf8(STANDARD.decode(text).ok()?).ok()? } else { text.clone() };
    let held = if is_secret { STANDARD.encode(unquoted(value)) } else { unquoted(value).to_owned() };
    (held == *old).then(|| Data::Text(format!("{key}={text}")))
}

/// Returns the value of a literal without the quotes that a generator takes away.
fn unquoted(value: &str) -> &str {
    let inner = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

fn scalar_of(tree: &Tree, node: NodeId) -> Option<String> {
    tree.is_scalar(node).then(|| tree.text(node).to_owned())
}

/// Returns whether a place is between brackets.
fn is_in_flow(source: &Arc<Source>, place: Place) -> bool {
    let is_around = |tree: &Tree, node: NodeId| {
        tree.extent(node).is_some_and(|around| around.span.start < place.span.start && place.span.end < around.span.end)
    };
    let trees = read::read_documents(source, &Limits::default()).unwrap_or_default();
    trees.iter().any(|tree| {
        let mut open = vec![tree.root()];
        while let Some(node) = open.pop() {
            if tree.style(node) == Style::Flow && is_around(tree, node) {
                return true;
            }
            open.extend(tree.children(node).filter(|&child| !tree.is_scalar(child)));
        }
        false
    })
}

/// Changes the entry of `images` that wrote an image; the entries stay in their order.
fn image_entry(layer: &Layer<'_>, index: u32, value: &Data) -> Option<NewText> {
    let Data::Text(image) = value else { return None };
    let (name, tag, digest) = crate::transform::images::split(image);
    let change = |data: &mut Value| {
        let Some(entry) = data.list_mut("images").get_mut(index as usize) else { return };
        // A name that stays is not written.
        if !entry.text_of("newName").is_empty() || entry.text_of("name") != name {
            entry.set_text("newName", name);
        }
        entry.set_text("newTag", tag);
        entry.remove("tagSuffix");
        entry.set_text("digest", digest);
    };
    layer.changed(change).ok()
}

/// Changes a patch that stands in quotes or between brackets: its text is edited by itself.
fn quoted_patch(layer: &Layer<'_>, directive: &Directive, old: &str, new: &str) -> Option<NewText> {
    let index = directive.index? as usize;
    let mut is_changed = false;
    let change = |data: &mut Value| {
        let Some(entry) = data.list_mut(directive.field).get_mut(index) else { return };
        if entry.text_of("patch") == old {
            entry.set_text("patch", new);
            is_changed = true;
        } else if entry.as_text() == old {
            entry.data = Data::Text(new.to_owned());
            is_changed = true;
        }
    };
    let text = layer.changed(change).ok()?;
    is_changed.then_some(text)
}
