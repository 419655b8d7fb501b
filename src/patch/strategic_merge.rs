//! Strategic merge: a patch tree into an object's tree, with the surprises of the reference.
//!
//! The patch is copied into the object's arena first, so that its nodes can take their places in the object, as they do in
//! the reference (upstream `merge2.Merge` over `walk.Walker`). Some of the surprises come from a patch node being adopted
//! and then merged *with itself*; node identity makes that fall out by itself. Lists that merge by keys are in
//! `keyed_list`; which lists those are is `schema::merge_keys`. Identity fields of objects are the caller's business.

use super::keyed_list;
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::provenance::Stamp;
use crate::resource::Gvk;
use crate::schema::custom_lists::CustomLists;
use crate::schema::in_force::{self, InForce};
use crate::schema::merge_keys::Schema;
use crate::schema::openapi::{Custom, OpenApi};
use crate::sorting::Sorting;
use crate::string_map::is_ambiguous;
use crate::yaml::read::KEPT_ALIAS;
use crate::yaml::resolve::{self};
use crate::yaml::tree::{Kind, Mark, NodeId, Style, Tag, Tree};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The key of a directive, in mappings and as the only key of a list item.
pub(super) const DIRECTIVE: &str = "$patch";

/// What became of the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The patch deletes the whole object.
    Deleted,
    /// The patch was merged.
    Merged {
        /// How many fields and items it changed, added or removed.
        fields_written: u32,
    },
}

/// Merges a patch into an object. After an error the object may be half merged.
pub fn merge(
    dest: &mut Tree,
    patch: &Tree,
    schema: Option<Schema<'_>>,
    in_force: Option<&InForce>,
    custom_lists: Option<&CustomLists>,
    stamp: &Stamp,
) -> Result<Outcome> {
    let root = dest.root();
    let copy = dest.copy_from(patch, patch.root(), stamp);
    let comments = SchemaComments::read(dest, stamp);
    // Marks are for what the built-in schema says of objects without peculiarities.
    let uses_marks =
        in_force.is_none() && custom_lists.is_none() && dest.comments().next().is_none() && !dest.is_watched();
    if uses_marks {
        dest.take_for(schema.map_or(0, Schema::address));
    }
    let mut merge = Merge {
        tree: dest,
        uses_marks,
        in_force,
        custom_lists,
        comments: comments.as_ref(),
        stamp: *stamp,
        is_of_values: false,
        path: Vec::new(),
        fields_written: 0,
    };
    let walked = merge.walk(Some(root), Some(copy), schema).map_err(|fault| merge.diagnose(fault));
    if walked.is_err() {
        // Not all that was marked has been looked at.
        merge.tree.unmark_all(Mark::Merged);
    }
    let walked = walked?;
    // A root directive `replace` gives the patch as result, which the reference throws away (upstream
    // `patchstrategicmerge.Filter`): the object stays as it is.
    let fields_written = merge.fields_written;
    Ok(if walked.is_some() { Outcome::Merged { fields_written } } else { Outcome::Deleted })
}

/// Merges values of no type into others, as [`merge`] does with objects, but new items of lists go last, and a field whose
/// value is an alias (`yaml::read::read_values`) goes away. Returns what results, if anything does.
pub(crate) fn merge_values(dest: &mut Tree, values: &Tree, stamp: &Stamp) -> Result<Option<NodeId>> {
    let root = dest.root();
    let copy = dest.copy_from(values, values.root(), stamp);
    let mut merge = Merge {
        tree: dest,
        uses_marks: false,
        in_force: None,
        custom_lists: None,
        comments: None,
        stamp: *stamp,
        is_of_values: true,
        path: Vec::new(),
        fields_written: 0,
    };
    let walked = merge.walk(Some(root), Some(copy), None).map_err(|fault| merge.diagnose(fault))?;
    Ok(walked.map(|walked| walked.node))
}

/// Why two trees cannot be merged. Nodes are those of the object's tree.
pub(super) enum Fault {
    /// A node is not of the kind that stands on the other side, or that a merge key needs.
    WrongKind { expected: Kind, node: NodeId },
    /// `$patch` has a value other than `replace`, `delete` and `merge`.
    UnknownDirective { value: NodeId },
    /// A list with missing or repeated merge keys is too long for the slow way.
    TooLong { list: NodeId },
}

pub(super) type Merged<T> = std::result::Result<T, Fault>;

/// What walking a pair of nodes gives.
#[derive(Clone, Copy)]
pub(super) struct Walked {
    pub(super) node: NodeId,
    /// An explicit null that the patch does not mention, which stays; every other null removes its field.
    keep_null: bool,
}

fn found(node: Option<NodeId>) -> Option<Walked> {
    node.map(|node| Walked { node, keep_null: false })
}

/// The directive of a mapping or list of the patch.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Directive {
    Merge,
    Replace,
    Delete,
}

/// A field that the object or the patch has: its key and value nodes.
#[derive(Clone, Copy)]
struct Field {
    dest: Option<(NodeId, NodeId)>,
    patch: Option<(NodeId, NodeId)>,
}

/// What a walk over the fields of a mapping decided.
#[derive(Default)]
struct Changes {
    removed: Vec<NodeId>,
    replaced: Vec<(NodeId, NodeId)>,
    added: Vec<(NodeId, NodeId)>,
}

pub(super) struct Merge<'t> {
    pub(super) tree: &'t mut Tree,
    /// What is not patched is marked, and passed by where it is marked already.
    uses_marks: bool,
    in_force: Option<&'t InForce>,
    /// What is known of lists in custom resources, where they are merged.
    custom_lists: Option<&'t CustomLists>,
    /// The schemas in comments, if there are any.
    comments: Option<&'t SchemaComments>,
    stamp: Stamp,
    /// Values are merged, not objects: new items of lists that merge by keys go behind the others, and there are aliases.
    pub(super) is_of_values: bool,
    /// The keys on the way to the current node, for messages.
    path: Vec<NodeId>,
    pub(super) fields_written: u32,
}

impl<'t> Merge<'t> {
    /// Merges a pair of nodes, each of which may be missing; the result is `None` where nothing is left.
    pub(super) fn walk(
        &mut self,
        dest: Option<NodeId>,
        patch: Option<NodeId>,
        schema: Option<Schema<'_>>,
    ) -> Merged<Option<Walked>> {
        let unpatched = dest.filter(|&dest| self.uses_marks && patch.is_none() && !self.tree.is_scalar(dest));
        let Some(unpatched) = unpatched else { return self.walk_pair(dest, patch, schema) };
        if self.tree.has_mark_throughout(unpatched, Mark::Merged) {
            return Ok(found(dest));
        }
        // Where the walk writes to a node it takes the mark away.
        self.tree.mark_throughout(unpatched, Mark::Merged);
        self.uses_marks = false;
        let walked = self.walk_pair(dest, None, schema)?;
        self.uses_marks = true;
        Ok(walked)
    }

    fn walk_pair(
        &mut self,
        dest: Option<NodeId>,
        patch: Option<NodeId>,
        schema: Option<Schema<'_>>,
    ) -> Merged<Option<Walked>> {
        let first = [dest, patch].into_iter().flatten().find(|&id| !self.is_null(id));
        if first.is_some_and(|first| self.is_alias(first)) {
            // Upstream `Walker.Walk` knows no aliases, and takes what it does not know for nothing.
            return Ok(None);
        }
        let kind = first.map(|id| self.tree.kind(id));
        if let Some(expected) = kind {
            for node in [dest, patch].into_iter().flatten() {
                if !self.is_null(node) && (self.tree.kind(node) != expected || self.is_alias(node)) {
                    return Err(Fault::WrongKind { expected, node });
                }
            }
        }
        let schema = match self.comments {
            Some(comments) => {
                let present = [dest, patch].into_iter().flatten().filter(|&node| !self.is_null(node));
                comments.first(self, present).or(schema)
            }
            None => schema,
        };
        if let (Some(_), Some(dest), Some(patch)) = (self.comments, dest, patch) {
            // What a patch says holds for the patches behind it, too (upstream `Merger.SetComments`).
            self.tree.take_comment(dest, patch);
        }
        match kind {
            Some(Kind::Scalar) => Ok(found(patch.or(dest))),
            Some(Kind::Sequence) if let Some(list) = schema.filter(|schema| schema.identity().is_some()) => {
                self.walk_identified_list(dest, patch, list)
            }
            Some(Kind::Sequence) => match schema.and_then(Schema::merge_keys) {
                Some(keys) => self.walk_keyed_list(dest, patch, &keys, schema.and_then(Schema::items)),
                None => {
                    self.take_style_if_empty(dest, patch);
                    Ok(found(patch.or(dest)))
                }
            },
            // A pair of nulls is walked like a mapping, as upstream.
            Some(Kind::Mapping) | None => {
                let uses_marks = self.uses_marks;
                let own =
                    if schema.is_some() { None } else { self.own_schema(dest).or_else(|| self.own_schema(patch)) };
                // What an object inside an object is taken for may change from patch to patch.
                self.uses_marks = uses_marks && own.is_none() && (schema.is_some() || self.path.is_empty());
                let walked = self.walk_mapping(dest, patch, schema.or(own))?;
                self.uses_marks = uses_marks;
                Ok(walked)
            }
        }
    }

    fn walk_mapping(
        &mut self,
        dest: Option<NodeId>,
        patch: Option<NodeId>,
        schema: Option<Schema<'_>>,
    ) -> Merged<Option<Walked>> {
        let Some(walked) = self.visit_mapping(dest, patch)? else { return Ok(None) };
        let target = walked.node;
        if !self.tree.is_mapping(target) {
            return Ok(Some(walked));
        }
        let mut changes = Changes::default();
        match patch.filter(|&patch| self.tree.is_mapping(patch)) {
            Some(patch) => {
                for field in self.fields(target, patch) {
                    self.walk_field(field, schema, &mut changes)?;
                }
            }
            // Where nothing is patched the order of the object does, which saves sorting all of it.
            None => {
                let mut next = self.tree.first_child(target);
                while let Some(key) = next {
                    let Some(value) = self.tree.next_sibling(key) else { break };
                    next = self.tree.next_sibling(value);
                    self.walk_field(Field { dest: Some((key, value)), patch: None }, schema, &mut changes)?;
                }
            }
        }
        self.set_fields(target, &changes);
        Ok(Some(walked))
    }

    fn walk_field(&mut self, field: Field, schema: Option<Schema<'_>>, changes: &mut Changes) -> Merged<()> {
        let Some((key, _)) = field.dest.or(field.patch) else { return Ok(()) };
        if field.patch.is_none() && field.dest.is_some_and(|(_, value)| self.stays_as_it_is(value)) {
            return Ok(());
        }
        let mut schema = schema.and_then(|schema| schema.field(self.tree.text(key)));
        if let Some(comments) = self.comments {
            let sides = [field.dest, field.patch].into_iter().flatten();
            schema = comments.first(self, sides.flat_map(|(key, value)| [value, key])).or(schema);
        }
        self.path.push(key);
        let value = self.walk(field.dest.map(|(_, value)| value), field.patch.map(|(_, value)| value), schema)?;
        self.path.pop();
        self.quote_if_ambiguous(value);
        let value = value.filter(|value| value.keep_null || !self.is_null(value.node)).map(|value| value.node);
        match (field.dest, value) {
            (None, None) => {}
            (Some((key, old)), None) => {
                self.note_removed(old, field.patch.map(|(_, value)| value));
                changes.removed.push(key);
            }
            (None, Some(value)) => changes.added.extend(field.patch.map(|(key, _)| (key, value))),
            (Some((_, old)), Some(value)) if old == value => {}
            (Some((key, old)), Some(value)) => {
                if self.tree.is_scalar(old) && self.tree.is_scalar(value) {
                    self.overwrite(old, value);
                } else {
                    self.keep_style_of(old, value);
                    changes.replaced.push((key, value));
                }
            }
        }
        Ok(())
    }

    /// Returns whether a value of the object that is not patched is certainly no null and needs no quotes, as most.
    fn stays_as_it_is(&self, value: NodeId) -> bool {
        let tree = &*self.tree;
        tree.is_scalar(value)
            && self.comments.is_none()
            && !self.is_of_values
            && matches!(tree.tag(value), Tag::Implied | Tag::Str)
            && (tree.style(value).is_quoted() || resolve::is_word(tree.text(value)))
    }

    /// Decides which node a pair of mappings results in (upstream `Merger.VisitMap`).
    fn visit_mapping(&mut self, dest: Option<NodeId>, patch: Option<NodeId>) -> Merged<Option<Walked>> {
        self.take_style_if_empty(dest, patch);
        let Some(target) = dest.filter(|&dest| !self.is_null(dest)) else {
            // An unknown directive is no error here: it is kept as a field.
            if patch.and_then(|patch| self.take_directive(patch).ok()) == Some(Directive::Delete) {
                return Ok(None);
            }
            return Ok(match (dest, patch) {
                (Some(null), None) if !self.tree.text(null).is_empty() => Some(Walked { node: null, keep_null: true }),
                _ => found(patch),
            });
        };
        let Some(patch) = patch else { return Ok(found(dest)) };
        if self.is_null(patch) {
            return Ok(None);
        }
        Ok(match self.take_directive(patch)? {
            Directive::Delete => None,
            Directive::Replace => found(Some(patch)),
            Directive::Merge => found(Some(target)),
        })
    }

    /// Decides which node a pair of lists results in, and merges their items (upstream `walkAssociativeSequence`).
    fn walk_keyed_list(
        &mut self,
        dest: Option<NodeId>,
        patch: Option<NodeId>,
        keys: &[&str],
        items: Option<Schema<'_>>,
    ) -> Merged<Option<Walked>> {
        self.take_style_if_empty(dest, patch);
        let target = match (dest.filter(|&dest| !self.is_null(dest)), patch) {
            (None, Some(patch)) => patch,
            (None, None) => return Ok(None),
            (Some(dest), None) => dest,
            (Some(_), Some(patch)) if self.is_null(patch) => return Ok(None),
            (Some(dest), Some(patch)) => match self.take_list_directive(patch)? {
                Directive::Delete => return Ok(None),
                Directive::Replace => patch,
                Directive::Merge => dest,
            },
        };
        keyed_list::merge_items(self, target, patch, keys, items)?;
        Ok(found(Some(target)))
    }

    /// Merges a pair of lists of a custom resource if each item can be told from the others, else the patch's replaces the
    /// object's, as all lists of custom resources do in the reference.
    fn walk_identified_list(
        &mut self,
        dest: Option<NodeId>,
        patch: Option<NodeId>,
        list: Schema<'_>,
    ) -> Merged<Option<Walked>> {
        self.take_style_if_empty(dest, patch);
        let Some(patch) = patch else { return Ok(found(dest)) };
        if self.is_null(patch) {
            return Ok(None);
        }
        let directive = self.take_list_directive(patch)?;
        if directive == Directive::Delete {
            return Ok(None);
        }
        let dest = dest.filter(|&dest| !self.is_null(dest) && directive == Directive::Merge);
        let is_merged = keyed_list::merge_identified(self, dest, patch, list)?;
        Ok(found(dest.filter(|_| is_merged).or(Some(patch))))
    }

    /// Removes the directive from a mapping of the patch and returns it.
    fn take_directive(&mut self, patch: NodeId) -> Merged<Directive> {
        if !self.tree.is_mapping(patch) {
            return Ok(Directive::Merge);
        }
        let Some(value) = self.tree.get(patch, DIRECTIVE) else { return Ok(Directive::Merge) };
        let directive = self.directive(value)?;
        self.remove_keys(patch, |tree, key| tree.text(key) == DIRECTIVE);
        Ok(directive)
    }

    /// Removes the directive items from a list of the patch and returns the directive.
    fn take_list_directive(&mut self, patch: NodeId) -> Merged<Directive> {
        let first = self.tree.items(patch).find_map(|item| {
            let value = self.tree.get(item, DIRECTIVE).filter(|_| self.tree.is_mapping(item))?;
            Some((item, value))
        });
        let Some((item, value)) = first else { return Ok(Directive::Merge) };
        // With further keys it is the directive of that item.
        if self.tree.entries(item).nth(1).is_some() {
            return Ok(Directive::Merge);
        }
        let directive = self.directive(value)?;
        let text = self.tree.text(value).to_owned();
        keyed_list::remove_matching(self, patch, &[DIRECTIVE], &[&text])?;
        Ok(directive)
    }

    fn directive(&self, value: NodeId) -> Merged<Directive> {
        match self.tree.text(value) {
            "delete" => Ok(Directive::Delete),
            "replace" => Ok(Directive::Replace),
            "merge" => Ok(Directive::Merge),
            _ => Err(Fault::UnknownDirective { value }),
        }
    }

    /// Pairs the fields of two mappings, sorted by name (shared scalars make the order of writes visible).
    fn fields(&self, dest: NodeId, patch: NodeId) -> Vec<Field> {
        let tree = &*self.tree;
        let sorted = |map: NodeId| {
            let mut entries: Vec<(&str, (NodeId, NodeId))> =
                tree.entries(map).map(|entry| (tree.text(entry.0), entry)).collect();
            if !entries.is_sorted_by(|a, b| a.0 < b.0) {
                entries.put_in_order(|a, b| a.0.cmp(b.0));
                // The first of duplicate keys is the one that is looked at; printing refuses duplicates anyway.
                entries.dedup_by(|b, a| a.0 == b.0);
            }
            entries
        };
        let (dest, patch) = (sorted(dest), sorted(patch));
        let mut fields = Vec::with_capacity(dest.len() + patch.len());
        let (mut left, mut right) = (dest.iter().peekable(), patch.iter().peekable());
        loop {
            let order = match (left.peek(), right.peek()) {
                (None, None) => return fields,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some((a, _)), Some((b, _))) => a.cmp(b),
            };
            let entry = |(_, entry): &(&str, (NodeId, NodeId))| *entry;
            let dest = if order.is_le() { left.next().map(entry) } else { None };
            let patch = if order.is_ge() { right.next().map(entry) } else { None };
            fields.push(Field { dest, patch });
        }
    }

    /// Writes a scalar of the patch over one of the object. The object's quotes stay, and with them what a later patch
    /// finds; the type is the patch's (upstream `FieldSetter`).
    fn overwrite(&mut self, dest: NodeId, patch: NodeId) {
        let tag = if self.is_untagged(patch) { Tag::Implied } else { resolve::effective_tag(self.tree, patch) };
        let same_text = self.tree.text(dest) == self.tree.text(patch);
        if same_text && resolve::effective_tag(self.tree, dest) == tag && !self.is_untagged(dest) {
            return;
        }
        let text = self.tree.text(patch).to_owned();
        let stamp = self.stamp.at(self.tree.place(patch));
        let is_tag_written = self.is_tag_written(dest);
        self.tree.set_text(dest, &text, tag, &stamp);
        if is_tag_written && tag != Tag::Str {
            self.tree.set_style_and_tag(dest, Style::Plain, tag);
        }
        self.fields_written += 1;
    }

    /// Returns whether a scalar has a tag in its file. To the reference that is a part of its style, which stays; behind a
    /// tag, quotes do not make a string.
    fn is_tag_written(&self, node: NodeId) -> bool {
        self.tree.tag(node) != Tag::Implied && self.tree.origin_entry(self.tree.origin(node)).is_none()
    }

    /// Lets a value that replaces another keep the other's layout.
    fn keep_style_of(&mut self, old: NodeId, value: NodeId) {
        let (style, tag) = (self.tree.style(old), self.tree.tag(value));
        let tag = if self.tree.is_scalar(value) { resolve::effective_tag(self.tree, value) } else { tag };
        let style = match (self.tree.is_scalar(value), style) {
            (false, Style::Flow) => Style::Flow,
            (false, _) => Style::Block,
            (true, Style::Block | Style::Flow) => Style::Plain,
            (true, _) if tag != Tag::Str && self.is_tag_written(old) => Style::Plain,
            (true, style) => style,
        };
        self.tree.set_style_and_tag(value, style, tag);
    }

    /// Lets an empty collection of the object take the patch's layout (upstream `Merger.SetStyle`).
    fn take_style_if_empty(&mut self, dest: Option<NodeId>, patch: Option<NodeId>) {
        let (Some(dest), Some(patch)) = (dest, patch) else { return };
        if !self.tree.is_scalar(dest) && self.tree.has_no_children(dest) {
            let style = if self.tree.style(patch) == Style::Flow { Style::Flow } else { Style::Block };
            let tag = self.tree.tag(dest);
            self.tree.set_style_and_tag(dest, style, tag);
        }
    }

    /// Quotes a plain string that YAML 1.1 would not read as one, patched or not (upstream `FieldSetter`). What was read is
    /// not printed differently, but a later patch then finds quotes to keep. What a directive wrote without a tag counts
    /// as a string here, and becomes one.
    fn quote_if_ambiguous(&mut self, value: Option<Walked>) {
        let Some(Walked { node, .. }) = value else { return };
        if self.tree.is_scalar(node)
            && self.tree.style(node) == Style::Plain
            && is_ambiguous(self.tree.text(node))
            && (self.is_untagged(node) || resolve::effective_tag(self.tree, node) == Tag::Str)
        {
            self.tree.set_style_and_tag(node, Style::DoubleQuoted, Tag::Str);
        }
    }

    /// Carries out what a walk over the fields of a mapping decided.
    fn set_fields(&mut self, map: NodeId, changes: &Changes) {
        let Changes { removed, replaced, added } = changes;
        self.fields_written += (removed.len() + replaced.len() + added.len()) as u32;
        for &(key, value) in replaced {
            self.tree.replace_value(map, key, value);
        }
        if !removed.is_empty() {
            let mut removed = removed.clone();
            removed.put_in_own_order_unstable();
            self.remove_keys(map, |_, key| removed.binary_search(&key).is_ok());
        }
        for &(key, value) in added {
            // The key is a new node upstream, which keeps the style but neither tag nor comment.
            let style = self.tree.style(key);
            self.tree.set_style_and_tag(key, style, Tag::Implied);
            self.tree.remove_comment(key);
            self.tree.push_entry(map, key, value);
        }
    }

    /// Notes that the patch takes a value away, and where it says so.
    pub(super) fn note_removed(&mut self, old: NodeId, patch: Option<NodeId>) {
        let place = patch.and_then(|patch| self.tree.place(patch));
        self.tree.note_removed(old, self.stamp.at(place));
    }

    /// Adds a merge key to an item that lost it.
    pub(super) fn set_missing_key(&mut self, item: NodeId, key: &str, value: &str) {
        let style = if is_ambiguous(value) { Style::DoubleQuoted } else { Style::Plain };
        let value = self.tree.new_scalar(value, style, Tag::Implied, &self.stamp);
        self.tree.set_entry(item, key, value, &self.stamp);
    }

    fn remove_keys(&mut self, map: NodeId, is_removed: impl Fn(&Tree, NodeId) -> bool) {
        self.tree.retain_entries(map, |tree, key, _| !is_removed(tree, key));
    }

    fn is_alias(&self, id: NodeId) -> bool {
        self.is_of_values && self.tree.tag(id) == KEPT_ALIAS && self.tree.text(id).is_empty()
    }

    /// Returns whether a directive wrote a scalar of an object without a tag; values of no object all have types.
    fn is_untagged(&self, id: NodeId) -> bool {
        !self.is_of_values && self.tree.is_untagged(id)
    }

    /// Returns whether a node is an explicit null (upstream `IsMissingOrNull`, for what exists).
    pub(super) fn is_null(&self, id: NodeId) -> bool {
        resolve::has_null_tag(self.tree, id) && !self.is_untagged(id)
    }

    /// Finds the schema of an object inside an object without one, by its own `apiVersion` and `kind`.
    fn own_schema(&self, node: Option<NodeId>) -> Option<Schema<'t>> {
        let node = node?;
        let text = |key| {
            let value = self.tree.get(node, key)?;
            (self.tree.is_scalar(value) && !self.is_null(value)).then(|| self.tree.text(value))
        };
        let gvk = Gvk::new(text("apiVersion")?, text("kind")?);
        in_force::of_type(self.in_force, &gvk).or_else(|| self.custom_lists?.of_type(&gvk))
    }

    fn diagnose(&self, fault: Fault) -> Box<Diagnostic> {
        let path = self.path.iter().map(|&key| self.tree.text(key)).collect::<Vec<_>>().join(".");
        let path = if path.is_empty() { "the object".to_owned() } else { format!("`{path}`") };
        match fault {
            Fault::WrongKind { expected, node } => {
                let (expected, got) = (kind_name(expected), kind_name(self.tree.kind(node)));
                Diagnostic::error(Code::PatchFailed, format!("{path} is {expected} on one side and {got} on the other"))
                    .at(self.tree.place(node), format!("{got}, where {expected} is merged"))
                    .help(format!("write {expected} on both sides, or replace the field with a JSON patch"))
            }
            Fault::UnknownDirective { value } => {
                Diagnostic::error(Code::PatchFailed, format!("unknown patch directive in {path}"))
                    .at(self.tree.place(value), "not a directive")
                    .help("use `$patch: replace`, `$patch: delete` or `$patch: merge`")
            }
            Fault::TooLong { list } => {
                let most = keyed_list::IRREGULAR_ITEMS_MAX;
                let message = format!(
                    "the list at {path} has items without, or with the same, merge key and more than {most} items"
                );
                Diagnostic::error(Code::LimitExceeded, message)
                    .at(self.tree.place(list), "this list")
                    .help("give each item a merge key of its own, such as `name`")
            }
        }
    }
}

/// The schemas that comments of an object and its patch hold, read once (upstream `fieldmeta.FieldMeta`).
struct SchemaComments(FxHashMap<Arc<str>, OpenApi>);

impl SchemaComments {
    fn read(tree: &Tree, stamp: &Stamp) -> Option<SchemaComments> {
        let mut schemas = FxHashMap::default();
        for (_, comment) in tree.comments() {
            if !schemas.contains_key(comment) {
                schemas.extend(OpenApi::of_comment(comment, stamp.by).map(|schema| (Arc::clone(comment), schema)));
            }
        }
        (!schemas.is_empty()).then_some(SchemaComments(schemas))
    }

    /// Returns the schema in the comment of the first node that has one.
    fn first<'t>(&'t self, merge: &Merge<'t>, nodes: impl Iterator<Item = NodeId>) -> Option<Schema<'t>> {
        let document = nodes.filter_map(|node| self.0.get(merge.tree.comment(node)?)).next()?;
        Some(Custom::of_comment(in_force::definitions(merge.in_force), document))
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Scalar => "a scalar",
        Kind::Mapping => "a mapping",
        Kind::Sequence => "a list",
    }
}
