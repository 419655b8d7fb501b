//! An OpenAPI document of the user's own, which takes the place of the built-in schema.
//!
//! Only what decides a build is taken out of it: under which types which lists merge, by which keys, and which types are
//! cluster-scoped. Which document is in force is `schema::in_force`; how lists merge is `patch::keyed_list`.

use super::merge_keys::{self, Identity, Schema};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::limits::Limits;
use crate::provenance::{DirectiveId, Stamp};
use crate::source::{Place, Source, Span};
use crate::yaml::json;
use crate::yaml::read;
use crate::yaml::resolve::{effective_tag, is_null};
use crate::yaml::tree::{NodeId, Tag, Tree};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

mod crd;

/// References that lead to references are followed this far; longer chains are circles, at which the reference hangs.
const REFERENCES_MAX: usize = 100;

/// A document, ready for look-ups.
#[derive(Debug, Default)]
pub struct OpenApi {
    nodes: Vec<Node>,
    /// `definitions`, by name.
    definitions: FxHashMap<String, u32>,
    /// The definitions of types, by `apiVersion` and kind.
    types: FxHashMap<(String, String), u32>,
    /// Types that have a path, and whether one of the paths is in a namespace.
    namespaced: FxHashMap<(String, String), bool>,
}

/// A schema: what matters of it.
#[derive(Debug, Default)]
struct Node {
    reference: Option<String>,
    properties: FxHashMap<String, u32>,
    additional: Option<u32>,
    is_array: bool,
    items: Option<u32>,
    /// The keys a list is merged by, if it is merged.
    merge_keys: Option<Vec<String>>,
    /// For a list that is merged only where each item can be told from the others: what stands for keys that are not set.
    defaults: Option<Vec<Option<String>>>,
}

/// A schema inside a document.
#[derive(Clone, Copy, Debug)]
pub struct Custom<'s> {
    all: Definitions<'s>,
    document: &'s OpenApi,
    node: u32,
}

/// What references are looked up in.
#[derive(Clone, Copy, Debug)]
pub struct Definitions<'s> {
    /// In the order in which they came into force; what a later one defines wins.
    pub documents: &'s [Arc<OpenApi>],
    /// Whether the built-in definitions hold as well.
    pub built_in: BuiltIn,
}

/// Whether built-in definitions hold beside documents of the user's own, and which win.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltIn {
    /// They do not hold.
    Absent,
    /// The documents win.
    Below,
    /// They win.
    Above,
}

impl<'s> Custom<'s> {
    /// Returns the definition of a type in one of the documents.
    pub fn of_type(all: Definitions<'s>, position: usize, api_version: &str, kind: &str) -> Option<Custom<'s>> {
        let document = all.documents.get(position)?;
        let node = *document.types.get(&(api_version.to_owned(), kind.to_owned()))?;
        // The definition of a type is taken as it is: a reference at its very top is not followed.
        Some(Custom { all, document, node })
    }

    /// Returns the schema that a comment holds; a reference is followed once, and stays without effect if it leads nowhere.
    pub fn of_comment(all: Definitions<'s>, document: &'s OpenApi) -> Schema<'s> {
        let comment = Custom { all, document, node: 0 };
        let followed = comment.node().reference.as_ref().and_then(|reference| comment.follow(reference));
        followed.unwrap_or(Schema::Custom(comment))
    }

    /// Returns the schema of a field of a mapping (upstream `ResourceSchema.Field`).
    pub fn field(self, name: &str) -> Option<Schema<'s>> {
        let node = self.node();
        let field = node.properties.get(name).copied().or(node.additional)?;
        self.at(field).resolved()
    }

    /// Returns the schema of the items of a list (upstream `ResourceSchema.Elements`).
    pub fn items(self) -> Option<Schema<'s>> {
        let node = self.node();
        let items = node.items.filter(|_| node.is_array)?;
        self.at(items).resolved()
    }

    /// Returns the keys a list is merged by, empty for a list of scalars; `None` where lists are replaced.
    pub fn merge_keys(self) -> Option<Vec<&'s str>> {
        self.node().merge_keys.as_ref().map(|keys| keys.iter().map(String::as_str).collect())
    }

    /// Returns how the items of a list are told apart that is merged only where they can be.
    pub fn identity(self) -> Option<Identity<'s>> {
        let node = self.node();
        let (keys, defaults) = (node.merge_keys.as_ref()?, node.defaults.as_ref()?);
        Some(Identity { keys: keys.iter().map(String::as_str).zip(defaults.iter().map(Option::as_deref)).collect() })
    }

    fn node(self) -> &'s Node {
        &self.document.nodes[self.node as usize]
    }

    fn at(self, node: u32) -> Custom<'s> {
        Custom { node, ..self }
    }

    fn resolved(mut self) -> Option<Schema<'s>> {
        for _ in 0..REFERENCES_MAX {
            let Some(reference) = &self.node().reference else { return Some(Schema::Custom(self)) };
            match self.follow(reference)? {
                Schema::Custom(found) => self = found,
                built_in => return Some(built_in),
            }
        }
        None
    }

    /// Follows a reference such as `#/definitions/Name`, further into `properties` where it says so.
    fn follow(self, reference: &str) -> Option<Schema<'s>> {
        let pointer = reference.strip_prefix('#')?.strip_prefix("/definitions/")?;
        let mut parts = pointer.split('/').map(|part| part.replace("~1", "/").replace("~0", "~"));
        let name = parts.next()?;
        let Definitions { documents, built_in } = self.all;
        let own = || documents.iter().rev().find_map(|document| Some((document, *document.definitions.get(&name)?)));
        let built_in_first = (built_in == BuiltIn::Above).then(|| merge_keys::of_definition(&name)).flatten();
        let Some((document, node)) = own().filter(|_| built_in_first.is_none()) else {
            let may_look = built_in != BuiltIn::Absent;
            let mut found = merge_keys::of_definition(&name).filter(|_| may_look)?;
            while let Some(part) = parts.next() {
                found = match part.as_str() {
                    "properties" => found.field(&parts.next()?)?,
                    "items" => found.items()?,
                    _ => return None,
                };
            }
            return Some(found);
        };
        let mut found = Custom { all: self.all, document, node };
        while let Some(part) = parts.next() {
            let next = match part.as_str() {
                "properties" => *found.node().properties.get(&parts.next()?)?,
                "items" => found.node().items?,
                "additionalProperties" => found.node().additional?,
                _ => return None,
            };
            found = found.at(next);
        }
        Some(Schema::Custom(found))
    }
}

impl OpenApi {
    /// Reads a document, JSON if it begins with a brace and YAML otherwise.
    pub fn read(source: &Arc<Source>, by: DirectiveId, limits: &Limits) -> Result<OpenApi> {
        let start = Place { source: source.id, span: Span::default() };
        let tree = match source.text.starts_with('{') {
            true => {
                let mut tree = Tree::new();
                let stamp = Stamp { by, place: Some(start) };
                let root = json::decode(&source.text, &mut tree, &stamp).map_err(|error| {
                    let at = error.offset.min(source.text.len()) as u32;
                    let place = Place { source: source.id, span: Span { start: at, end: at } };
                    Diagnostic::error(Code::OpenApiInvalid, format!("the schema is not valid JSON: {}", error.message))
                        .at(Some(place), "")
                        .help("correct the JSON")
                })?;
                tree.set_root(root);
                tree
            }
            false => read::read_first(source, limits)?.ok_or_else(|| {
                let place = Place { source: source.id, span: Span { start: 0, end: 0 } };
                Diagnostic::error(Code::OpenApiInvalid, format!("the schema `{}` is empty", source.path))
                    .at(Some(place), "nothing stands here")
                    .help("put an OpenAPI document into the file, or remove `openapi`")
            })?,
        };
        let read = |tree: &Tree| {
            let mut reader = Reader { tree, start: Some(start), document: OpenApi::default() };
            reader.document().map(|()| reader.document)
        };
        // Nodes of a JSON text have no places of their own, those of the same text as YAML do.
        read(&tree).map_err(|error| match read::read_first(source, limits).ok().flatten().map(|tree| read(&tree)) {
            Some(Err(placed)) => placed,
            _ => error,
        })
    }

    /// Reads the schema that a comment begins with; `None` if there is none, or one that says nothing at all.
    ///
    /// What stands behind it does not matter: upstream the error comes too late.
    /// `{"$openapi": "name"}` stands for a reference to a setter (upstream `FieldMeta.processShortHand`).
    pub fn of_comment(text: &str, by: DirectiveId) -> Option<OpenApi> {
        let mut tree = Tree::new();
        let root = json::decode(first_object(text), &mut tree, &Stamp { by, place: None }).ok()?;
        let mut reader = Reader { tree: &tree, start: None, document: OpenApi::default() };
        if !tree.is_mapping(root) || tree.entries(root).all(|(key, value)| reader.says_nothing(tree.text(key), value)) {
            return None;
        }
        reader.schema(root).ok()?;
        let has_strings = tree.entries(root).all(|(_, value)| reader.is_string(value) || reader.is_null(value));
        if let Some(name) = reader.text(root, "$openapi").filter(|name| has_strings && !name.is_empty()) {
            let setter = format!("#/definitions/io.k8s.cli.setters.{name}");
            reader.document.nodes = vec![Node { reference: Some(setter), ..Node::default() }];
        }
        Some(reader.document)
    }

    /// Returns the types that are cluster-scoped by their paths.
    pub fn cluster_scoped(&self) -> FxHashSet<(String, String)> {
        let mut types = FxHashSet::default();
        #[allow(clippy::iter_over_hash_type, reason = "a set is made of a set")]
        for (name, is_namespaced) in &self.namespaced {
            if !is_namespaced {
                types.insert(name.clone());
            }
        }
        types
    }
}

/// Returns a text up to the bracket that closes its first one.
fn first_object(text: &str) -> &str {
    let (mut depth, mut is_string, mut is_escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_string,
            b'"' => is_string = !is_string,
            b'{' if !is_string => depth += 1,
            b'}' if !is_string => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return text.get(..=at).unwrap_or(text);
                }
            }
            _ => {}
        }
    }
    text
}

struct Reader<'t> {
    tree: &'t Tree,
    start: Option<Place>,
    document: OpenApi,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<()> {
        let root = self.tree.root();
        self.mapping(root, "the schema")?;
        if let Some(definitions) = self.get(root, "definitions") {
            self.mapping(definitions, "`definitions`")?;
            for (key, value) in self.tree.entries(definitions) {
                let node = self.schema(value)?;
                self.document.definitions.insert(self.tree.text(key).to_owned(), node);
                for gvk in self.list(value, "x-kubernetes-group-version-kind") {
                    if let Some(name) = self.type_name(gvk)? {
                        self.document.types.insert(name, node);
                    }
                }
            }
        }
        if let Some(paths) = self.get(root, "paths") {
            self.mapping(paths, "`paths`")?;
            for (key, value) in self.tree.entries(paths) {
                self.path(self.tree.text(key), value)?;
            }
        }
        Ok(())
    }

    /// Learns from a path whether its type lives in namespaces (upstream `findNamespaceability`).
    fn path(&mut self, path: &str, value: NodeId) -> Result<()> {
        // Only what begins with a slash counts as a path.
        if !path.starts_with('/') {
            return Ok(());
        }
        let get = self.get(value, "get");
        let Some(gvk) = get.and_then(|get| self.extension(get, "x-kubernetes-group-version-kind")) else {
            return Ok(());
        };
        if let Some(name) = self.type_name(gvk)? {
            let is_namespaced = path.contains("namespaces/{namespace}");
            *self.document.namespaced.entry(name).or_default() |= is_namespaced;
        }
        Ok(())
    }

    fn schema(&mut self, node: NodeId) -> Result<u32> {
        let tree = self.tree;
        let number = self.document.nodes.len();
        self.document.nodes.push(Node::default());
        if self.is_null(node) {
            return Ok(number as u32);
        }
        self.mapping(node, "a schema")?;
        self.check_types(node)?;
        let mut schema = Node {
            reference: self.text(node, "$ref").filter(|text| !text.is_empty()).map(str::to_owned),
            is_array: self.is_array(node),
            merge_keys: self.merge_keys(node),
            ..Node::default()
        };
        if let Some(properties) = self.get(node, "properties") {
            self.mapping(properties, "`properties`")?;
            for (key, value) in tree.entries(properties) {
                let value = self.schema(value)?;
                schema.properties.insert(tree.text(key).to_owned(), value);
            }
        }
        // `true` and `false` say nothing about the values.
        if let Some(additional) = self.get(node, "additionalProperties").filter(|&value| tree.is_mapping(value)) {
            schema.additional = Some(self.schema(additional)?);
        }
        if let Some(items) = self.get(node, "items").filter(|&value| tree.is_mapping(value)) {
            schema.items = Some(self.schema(items)?);
        }
        self.document.nodes[number] = schema;
        Ok(number as u32)
    }

    /// Refuses what the reference cannot decode, in the fields that schemas mostly have.
    fn check_types(&self, node: NodeId) -> Result<()> {
        let tree = self.tree;
        let is_strings = |value| tree.is_sequence(value) && tree.items(value).all(|item| self.is_string(item));
        for (key, value) in tree.entries(node) {
            let (fits, wanted) = match tree.text(key) {
                _ if self.is_null(value) => continue,
                "$ref" | "description" | "format" | "title" | "pattern" => (self.is_string(value), "a string"),
                "type" => (self.is_string(value) || is_strings(value), "a string or a list of strings"),
                "required" => (is_strings(value), "a list of strings"),
                "items" => (!tree.is_scalar(value), "a mapping or a list"),
                "additionalProperties" => {
                    (tree.is_mapping(value) || effective_tag(tree, value) == Tag::Bool, "a mapping or a boolean")
                }
                _ => continue,
            };
            if !fits {
                return Err(self.fault(value, &format!("`{}` of a schema must be {wanted}", tree.text(key))));
            }
        }
        Ok(())
    }

    /// Returns whether a field of a schema is as good as absent.
    fn says_nothing(&self, key: &str, value: NodeId) -> bool {
        let is_empty = self.is_null(value) || self.is_string(value) && self.tree.text(value).is_empty();
        let is_false = effective_tag(self.tree, value) == Tag::Bool && self.tree.text(value) == "false";
        match key {
            "$ref" | "$schema" | "id" | "description" | "format" | "title" | "pattern" | "discriminator" => is_empty,
            "nullable" | "exclusiveMaximum" | "exclusiveMinimum" | "uniqueItems" | "readOnly" => {
                is_false || self.is_null(value)
            }
            "type"
            | "default"
            | "maximum"
            | "minimum"
            | "maxLength"
            | "minLength"
            | "maxItems"
            | "minItems"
            | "multipleOf"
            | "enum"
            | "maxProperties"
            | "minProperties"
            | "required"
            | "items"
            | "allOf"
            | "oneOf"
            | "anyOf"
            | "not"
            | "properties"
            | "additionalProperties"
            | "patternProperties"
            | "dependencies"
            | "additionalItems"
            | "definitions"
            | "externalDocs"
            | "example" => self.is_null(value),
            _ => false,
        }
    }

    fn is_array(&self, node: NodeId) -> bool {
        let Some(found) = self.get(node, "type") else { return false };
        let mut items = self.tree.items(found);
        match self.tree.is_scalar(found) {
            true => self.tree.text(found) == "array",
            false => {
                self.tree.is_sequence(found)
                    && items.next().is_some_and(|item| self.tree.text(item) == "array")
                    && items.next().is_none()
            }
        }
    }

    /// Upstream `PatchStrategyAndKeyList`.
    fn merge_keys(&self, node: NodeId) -> Option<Vec<String>> {
        let strategy = self.extension_text(node, "x-kubernetes-patch-strategy")?;
        strategy.split(',').find(|strategy| *strategy == "merge")?;
        if self.extension(node, "x-kubernetes-list-map-keys").is_some() {
            let keys = self.list(node, "x-kubernetes-list-map-keys");
            return Some(keys.iter().map(|&key| self.tree.text(key).to_owned()).collect());
        }
        Some(self.extension_text(node, "x-kubernetes-patch-merge-key").into_iter().map(str::to_owned).collect())
    }

    /// Reads the name of a type; without version or kind the reference crashes.
    fn type_name(&self, gvk: NodeId) -> Result<Option<(String, String)>> {
        if !self.tree.is_mapping(gvk) {
            return Ok(None);
        }
        let (Some(version), Some(kind)) = (self.text(gvk, "version"), self.text(gvk, "kind")) else {
            let message = "a type in `x-kubernetes-group-version-kind` needs `version` and `kind`";
            return Err(self.fault(gvk, message));
        };
        let group = self.text(gvk, "group").unwrap_or("");
        let api_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
        Ok(Some((api_version, kind.to_owned())))
    }

    // ---- values ---------------------------------------------------------------------------------------------------------

    fn get(&self, node: NodeId, key: &str) -> Option<NodeId> {
        self.tree.get(node, key).filter(|&value| !self.is_null(value))
    }

    fn extension(&self, node: NodeId, name: &str) -> Option<NodeId> {
        self.get(node, name)
    }

    fn extension_text(&self, node: NodeId, name: &str) -> Option<&str> {
        self.extension(node, name).filter(|&value| self.is_string(value)).map(|value| self.tree.text(value))
    }

    fn list(&self, node: NodeId, extension: &str) -> Vec<NodeId> {
        let list = self.extension(node, extension).filter(|&list| self.tree.is_sequence(list));
        list.into_iter().flat_map(|list| self.tree.items(list)).collect()
    }

    fn text(&self, node: NodeId, key: &str) -> Option<&str> {
        self.get(node, key).filter(|&value| self.is_string(value)).map(|value| self.tree.text(value))
    }

    fn is_string(&self, node: NodeId) -> bool {
        self.tree.is_scalar(node) && effective_tag(self.tree, node) == Tag::Str
    }

    fn is_null(&self, node: NodeId) -> bool {
        is_null(self.tree, node)
    }

    fn mapping(&self, node: NodeId, what: &str) -> Result<()> {
        match self.tree.is_mapping(node) {
            true => Ok(()),
            false => Err(self.fault(node, &format!("{what} must be a mapping"))),
        }
    }

    fn fault(&self, node: NodeId, message: &str) -> Box<Diagnostic> {
        Diagnostic::error(Code::OpenApiInvalid, message)
            .at(self.tree.place(node).or(self.start), "")
            .help("the file is an OpenAPI v2 document with `definitions`, as a cluster publishes it")
    }
}
