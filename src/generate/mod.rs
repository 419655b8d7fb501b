//! Generators: config maps and secrets made of literals, env files and files.
//!
//! `sources` reads what an entry names, `config_map` and `secret` make objects of it, `absorb` puts an object into a
//! build (create, merge, replace), `hash` computes the suffix of a name. Loading files, and deciding which may be loaded,
//! is left to the caller's [`GeneratorFiles`].

pub mod absorb;
pub mod config_map;
pub mod hash;
pub mod secret;
pub mod sources;

pub use absorb::absorb;
pub(crate) use absorb::absorb_at;
pub use config_map::config_map;
pub use secret::secret;
pub use sources::{GeneratorFile, GeneratorFiles};

use crate::diagnostic::{Code, Diagnostic, Result};
use crate::kustomization::{GeneratorEntry, GeneratorOptions, PlacedText};
use crate::ordered::BTreeMap;
use crate::provenance::{DirectiveId, Stamp};
use crate::resource::{Behavior, Resource};
use crate::source::Place;
use crate::string_map::{mapping_under, written_style};
use crate::yaml::tree::{NodeId, Style, Tag, Tree};
use std::sync::Arc;

/// Returns all faults in the sources of an entry.
pub(crate) fn source_faults(
    entry: &GeneratorEntry,
    is_secret: bool,
    files: &mut dyn GeneratorFiles,
) -> Vec<Diagnostic> {
    sources::faults(entry, is_secret, files)
}

/// An object under construction.
struct Draft<'e> {
    tree: Tree,
    entry: &'e GeneratorEntry,
    stamp: Stamp,
}

impl<'e> Draft<'e> {
    /// Begins an object with its type and its name.
    fn new(kind: &str, entry: &'e GeneratorEntry, by: DirectiveId) -> Result<Draft<'e>> {
        if entry.name.value.is_empty() {
            let words = if kind == "Secret" { "a secret" } else { "a config map" };
            let error = Diagnostic::error(Code::GeneratorInvalid, format!("{words} generator must have a `name`"));
            return Err(error.at(Some(entry.place), "no `name` here").help("add `name: …` to the entry"));
        }
        let stamp = Stamp { by, place: Some(entry.place) };
        let mut draft = Draft { tree: Tree::new(), entry, stamp };
        let root = draft.tree.root();
        draft.tree.restamp(root, &stamp);
        for (key, text) in [("apiVersion", "v1"), ("kind", kind)] {
            let value = draft.tree.new_scalar(text, Style::Plain, Tag::Implied, &stamp);
            draft.tree.push_key(root, key, value, &stamp);
        }
        let metadata = draft.mapping("metadata");
        for (key, text) in [("name", Some(&entry.name)), ("namespace", entry.namespace.as_ref())] {
            let Some(text) = text else { continue };
            let value = string(&mut draft.tree, &text.value, &stamp.at(Some(text.place)));
            draft.tree.push_key(metadata, key, value, &stamp);
        }
        Ok(draft)
    }

    /// Returns the mapping under a top-level key, made if it is not there.
    fn mapping(&mut self, key: &str) -> NodeId {
        let root = self.tree.root();
        mapping_under(&mut self.tree, root, key, &self.stamp)
    }

    /// Adds labels, annotations and the mark of immutability, and makes the resource.
    fn finish(mut self, kind: &str, common: Option<&GeneratorOptions>) -> Result<Resource> {
        let local = self.entry.options.as_ref();
        let metadata = self.mapping("metadata");
        let added = self
            .add_pairs(metadata, "labels", local, common, |options| &options.labels)
            .and_then(|()| self.add_pairs(metadata, "annotations", local, common, |options| &options.annotations));
        // Upstream `MakeSecret` does not look at this error, and leaves out the rest of the labels and annotations.
        if kind != "Secret" {
            added?;
        }
        // A common `true` cannot be undone by an entry (upstream `MergeGlobalOptionsIntoLocal`).
        let either = |flag: fn(&GeneratorOptions) -> bool| local.is_some_and(flag) || common.is_some_and(flag);
        if either(|options| options.immutable) {
            let value = self.tree.new_scalar("true", Style::Plain, Tag::Bool, &self.stamp);
            let root = self.tree.root();
            self.tree.push_key(root, "immutable", value, &self.stamp);
        }
        let mut resource = Resource::new(Arc::new(self.tree));
        resource.needs_hash = !either(|options| options.disable_name_suffix_hash);
        resource.behavior = behavior(self.entry);
        resource.is_generated = true;
        Ok(resource)
    }

    fn add_pairs<'o>(
        &mut self,
        metadata: NodeId,
        field: &str,
        local: Option<&'o GeneratorOptions>,
        common: Option<&'o GeneratorOptions>,
        pairs: impl Fn(&'o GeneratorOptions) -> &'o Vec<(PlacedText, PlacedText)>,
    ) -> Result<()> {
        let mut merged: BTreeMap<&str, (&PlacedText, &PlacedText)> = BTreeMap::new();
        for (key, value) in common.into_iter().chain(local).flat_map(pairs) {
            merged.insert(&key.value, (key, value));
        }
        if merged.is_empty() {
            return Ok(());
        }
        let map = mapping_under(&mut self.tree, metadata, field, &self.stamp);
        for (key, value) in merged.into_values() {
            check_key(&key.value, Some(key.place))?;
            let stamp = self.stamp.at(Some(value.place));
            // Upstream quotes these whatever they hold, and a later patch of them finds the quotes.
            let node = self.tree.new_scalar(&value.value, Style::SingleQuoted, Tag::Str, &stamp);
            self.tree.push_key(map, &key.value, node, &stamp);
        }
        Ok(())
    }
}

/// Returns what an entry does with an object that exists; an unknown word counts as none.
fn behavior(entry: &GeneratorEntry) -> Behavior {
    match entry.behavior.as_ref().map(|text| text.value.as_str()) {
        Some("create") => Behavior::Create,
        Some("replace") => Behavior::Replace,
        Some("merge") => Behavior::Merge,
        _ => Behavior::Unspecified,
    }
}

/// Refuses an empty key, at which upstream `FieldSetter` fails.
fn check_key(key: &str, place: Option<Place>) -> Result<()> {
    if !key.is_empty() {
        return Ok(());
    }
    Err(Diagnostic::error(Code::GeneratorInvalid, "a key must not be empty")
        .at(place, "")
        .help("write a name before the `=`, or remove the entry"))
}

/// Makes a string as upstream `FieldSetter` does: with several lines a literal block, quoted if YAML 1.1 would take it for
/// something else. The style is not seen in the output, but it decides what a later patch of the value becomes.
fn string(tree: &mut Tree, text: &str, stamp: &Stamp) -> NodeId {
    tree.new_scalar(text, written_style(text), Tag::Str, stamp)
}

#[cfg(test)]
mod tests;
