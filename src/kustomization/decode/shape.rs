//! The kustomization file in the form in which the reference writes it back: field names as they are spelled, values of
//! their types, nothing that is empty.
//!
//! The reference decodes the file into Go structs and encodes those (upstream `types.Kustomization` and what it holds). What
//! comes of that is decided field by field, by the tables in `shapes`: a field is left out where its Go tag says
//! `omitempty`, and a list item or a struct that is null becomes an empty one. Deprecated fields stay what they are.

use super::fields::{Fields, Spec};
use super::value::{Codec, Decoder, Found, Path};
use super::{shapes, spellings};
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::ordered::BTreeMap;
use crate::provenance::Stamp;
use crate::source::{Place, Source};
use crate::yaml::emit::number;
use crate::yaml::tree::{NodeId, Style, Tag, Tree};
use std::sync::Arc;

/// What a field holds, and when it is left out.
pub(super) enum Shape {
    /// A string; left out if it is empty.
    Text,
    /// A string, which is there even if it is empty.
    TextAlways,
    /// A string behind a pointer; left out if it is absent.
    TextIfGiven,
    /// A boolean; left out if it is false.
    Bool,
    /// A whole number; left out if it is 0.
    Int,
    /// A whole number, which is there even if it is 0.
    IntAlways,
    /// A list of strings; left out if it is empty.
    Texts,
    /// A list of strings; null if it is absent.
    TextsAlways,
    /// Strings by name; left out if there are none.
    TextMap,
    /// Anything by name; left out if there is nothing.
    AnyMap,
    /// A mapping; left out if it is absent.
    Struct(&'static Struct),
    /// A mapping, which is there even if it is empty.
    StructAlways(&'static Struct),
    /// A mapping; null if it is absent.
    StructOrNull(&'static Struct),
    /// A list of mappings; left out if it is empty.
    List(&'static Struct),
    /// A list of mappings that may be null; left out if it is empty.
    ListOfPointers(&'static Struct),
}

/// A mapping with fixed fields.
pub(super) struct Struct {
    pub(super) spec: Spec,
    /// In the order of the names.
    pub(super) shapes: &'static [Shape],
}

/// Returns a file in the form in which the reference writes it; `None` if an error was reported.
///
/// `tree` is `None` for a file without content, which is as good as one without fields. The nodes of the new tree carry
/// `stamp` at the places where their values stand.
pub fn normal_form(source: &Arc<Source>, tree: Option<&Tree>, stamp: &Stamp, report: &mut Report) -> Option<Tree> {
    let Some(tree) = tree else { return Some(Tree::new()) };
    let write = |tree: &Tree| {
        let mut own = Report::default();
        let what = shapes::FILE.spec.what;
        let decoder = Decoder {
            source,
            tree,
            report: &mut own,
            what,
            is_strict: false,
            codec: Codec::Json,
            coerces: false,
            has_spellings: false,
        };
        let mut writer = Writer { decoder, out: Tree::new(), stamp: *stamp };
        let root = writer.mapping(tree.root(), &Path::ROOT, &shapes::FILE);
        writer.out.set_root(root);
        let Writer { decoder: Decoder { has_spellings, .. }, out, .. } = writer;
        (out, own, has_spellings)
    };
    let (mut out, mut own, has_spellings) = write(tree);
    if has_spellings {
        (out, own, _) = write(&spellings::joined(tree));
    }
    let has_errors = own.has_errors();
    report.diagnostics.append(&mut own.diagnostics);
    (!has_errors).then_some(out)
}

struct Writer<'a> {
    decoder: Decoder<'a>,
    out: Tree,
    stamp: Stamp,
}

impl Writer<'_> {
    fn mapping(&mut self, node: NodeId, path: &Path<'_>, shape: &'static Struct) -> NodeId {
        let fields = self.decoder.fields(node, path, &shape.spec);
        let stamp = self.at(Some(node));
        let map = self.out.new_mapping(&stamp);
        self.fields(map, &fields, path, shape);
        map
    }

    /// A mapping that stands nowhere in the file, with the fields that are there even so.
    fn empty(&mut self, path: &Path<'_>, shape: &'static Struct) -> NodeId {
        let map = self.out.new_mapping(&self.stamp);
        self.fields(map, &Fields::none(&shape.spec), path, shape);
        map
    }

    fn fields(&mut self, map: NodeId, fields: &Fields, path: &Path<'_>, shape: &'static Struct) {
        for (&name, shape) in shape.spec.names.iter().zip(shape.shapes) {
            if let Some(value) = self.field(fields, path, name, shape) {
                let key = self.string(name, None);
                self.out.push_entry(map, key, value);
            }
        }
    }

    fn field(
        &mut self,
        fields: &Fields,
        parent: &Path<'_>,
        name: &'static str,
        shape: &'static Shape,
    ) -> Option<NodeId> {
        let path = parent.field(name);
        let node = fields.get(name).map(|(_, node)| node);
        let given = node.filter(|&node| self.decoder.found(node) != Found::Null);
        match *shape {
            Shape::Text | Shape::TextAlways | Shape::TextIfGiven => {
                let text = given.map(|node| self.decoder.text_value(node, &path).value);
                let is_kept = match shape {
                    Shape::Text => text.as_ref().is_some_and(|text| !text.is_empty()),
                    Shape::TextIfGiven => text.is_some(),
                    _ => true,
                };
                is_kept.then(|| self.string(&text.unwrap_or_default(), given))
            }
            Shape::Bool => self.decoder.boolean(fields, parent, name).then(|| self.plain("true", given)),
            Shape::Int | Shape::IntAlways => {
                let value = self.decoder.integer(fields, parent, name).map_or(0, |value| value.value);
                let is_kept = value != 0 || matches!(shape, Shape::IntAlways);
                is_kept.then(|| self.plain(&value.to_string(), given))
            }
            Shape::TextsAlways if given.is_none() => Some(self.plain("null", None)),
            Shape::Texts | Shape::TextsAlways => {
                let items = self.decoder.items(fields, &path, name);
                let is_kept = !items.is_empty() || matches!(shape, Shape::TextsAlways);
                is_kept.then(|| self.texts(given, &items, &path))
            }
            Shape::TextMap => {
                let map = self.decoder.map(fields, parent, name).filter(|map| !map.value.is_empty())?;
                let result = self.out.new_mapping(&self.stamp.at(Some(map.place)));
                for (key, value) in &map.value {
                    let key = self.string_at(&key.value, Some(key.place));
                    let value = self.string_at(&value.value, Some(value.place));
                    self.out.push_entry(result, key, value);
                }
                Some(result)
            }
            Shape::AnyMap => {
                let node = given?;
                let found = self.decoder.found(node);
                if found != Found::Mapping {
                    self.decoder.wrong_type(&path, node, &found, "a mapping");
                    return None;
                }
                (!self.decoder.tree.has_no_children(node)).then(|| self.any(node, &path))
            }
            Shape::Struct(shape) => given.map(|node| self.mapping(node, &path, shape)),
            Shape::StructAlways(shape) => Some(match given {
                Some(node) => self.mapping(node, &path, shape),
                None => self.empty(&path, shape),
            }),
            Shape::StructOrNull(shape) => Some(match given {
                Some(node) => self.mapping(node, &path, shape),
                None => self.plain("null", None),
            }),
            Shape::List(inner) | Shape::ListOfPointers(inner) => {
                let items = self.decoder.items(fields, &path, name);
                let keeps_null = matches!(shape, Shape::ListOfPointers(_));
                (!items.is_empty()).then(|| self.list(given, &items, &path, inner, keeps_null))
            }
        }
    }

    fn list(
        &mut self,
        given: Option<NodeId>,
        items: &[NodeId],
        path: &Path<'_>,
        shape: &'static Struct,
        keeps_null: bool,
    ) -> NodeId {
        let stamp = self.at(given);
        let list = self.out.new_sequence(&stamp);
        for (index, &item) in items.iter().enumerate() {
            let is_null = keeps_null && self.decoder.found(item) == Found::Null;
            let item = match is_null {
                true => self.plain("null", Some(item)),
                false => self.mapping(item, &path.item(index), shape),
            };
            self.out.push_item(list, item);
        }
        list
    }

    fn texts(&mut self, given: Option<NodeId>, items: &[NodeId], path: &Path<'_>) -> NodeId {
        let stamp = self.at(given);
        let list = self.out.new_sequence(&stamp);
        for (index, &item) in items.iter().enumerate() {
            let text = self.decoder.text_value(item, &path.item(index)).value;
            let text = self.string(&text, Some(item));
            self.out.push_item(list, text);
        }
        list
    }

    /// Anything, as Go's untyped JSON has it: all numbers are floats. Depth is bounded by the depth of the document.
    fn any(&mut self, node: NodeId, path: &Path<'_>) -> NodeId {
        let tree = self.decoder.tree;
        let found = self.decoder.found(node);
        match found {
            Found::Null => self.plain("null", Some(node)),
            Found::Bool(value) => self.plain(if value { "true" } else { "false" }, Some(node)),
            Found::Int(value) => self.float(value as f64, node),
            Found::Uint(value) => self.float(value as f64, node),
            Found::Float(value) => self.float(value, node),
            Found::Text => self.string(tree.text(node), Some(node)),
            Found::Decoded(text) => self.string(&text, Some(node)),
            Found::Broken => {
                self.decoder.wrong_type(path, node, &found, "a value that fits its tag");
                self.plain("null", Some(node))
            }
            Found::Sequence => {
                let stamp = self.at(Some(node));
                let list = self.out.new_sequence(&stamp);
                for (index, item) in tree.items(node).enumerate() {
                    let item = self.any(item, &path.item(index));
                    self.out.push_item(list, item);
                }
                list
            }
            Found::Mapping => {
                let stamp = self.at(Some(node));
                let map = self.out.new_mapping(&stamp);
                // The last of equal keys counts.
                let mut entries: BTreeMap<String, (NodeId, NodeId)> = BTreeMap::new();
                for (key, value) in tree.entries(node) {
                    if let Some(name) = self.decoder.key_text(key, path) {
                        entries.insert(name, (key, value));
                    }
                }
                for (name, (key, value)) in entries {
                    let value = self.any(value, &path.field(&name));
                    let key = self.string(&name, Some(key));
                    self.out.push_entry(map, key, value);
                }
                map
            }
        }
    }

    fn float(&mut self, value: f64, node: NodeId) -> NodeId {
        let mut text = String::new();
        match number::check(value) {
            Ok(()) => number::push_json_float(value, &mut text),
            Err(words) => {
                let place = self.decoder.place(node);
                let error = Diagnostic::error(Code::InvalidValue, format!("this number has no JSON form: {words}"));
                self.decoder.report.push(error.at(Some(place), ""));
            }
        }
        self.plain(&text, Some(node))
    }

    fn string(&mut self, text: &str, from: Option<NodeId>) -> NodeId {
        let place = from.map(|node| self.decoder.place(node));
        self.string_at(text, place)
    }

    /// A string as JSON has it, from which the reference prints.
    fn string_at(&mut self, text: &str, place: Option<Place>) -> NodeId {
        self.out.new_scalar(text, Style::DoubleQuoted, Tag::Implied, &self.stamp.at(place))
    }

    fn plain(&mut self, text: &str, from: Option<NodeId>) -> NodeId {
        let stamp = self.at(from);
        self.out.new_scalar(text, Style::Plain, Tag::Implied, &stamp)
    }

    fn at(&self, node: Option<NodeId>) -> Stamp {
        self.stamp.at(node.map(|node| self.decoder.place(node)))
    }
}
