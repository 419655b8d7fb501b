//! The schema of a custom resource definition: which lists it says are maps or sets.
//!
//! Only what leads to such lists is kept. Where the definition says nothing of a list, what is known beforehand of the type
//! counts. The API server has checked the definition, or will; what is not as it should be says nothing here.

use super::{BuiltIn, Custom, Definitions, Node, OpenApi};
use crate::schema::merge_keys::Schema;
use crate::yaml::resolve::is_null;
use crate::yaml::tree::{NodeId, Tree};

impl OpenApi {
    /// Reads the schema of one version of a type.
    pub(in crate::schema) fn of_crd(tree: &Tree, schema: NodeId, known: Option<Schema<'static>>) -> OpenApi {
        let mut reader = Reader { tree, document: OpenApi { nodes: vec![Node::default()], ..OpenApi::default() } };
        if let Some(root) = reader.schema(Some(schema), known) {
            reader.document.nodes.swap(0, root as usize);
        }
        reader.document
    }

    /// Returns the schema that was read.
    pub(in crate::schema) fn whole(&self) -> Schema<'_> {
        let all = Definitions { documents: &[], built_in: BuiltIn::Absent };
        Schema::Custom(Custom { all, document: self, node: 0 })
    }
}

struct Reader<'t> {
    tree: &'t Tree,
    document: OpenApi,
}

impl Reader<'_> {
    /// Returns the number of a schema that leads to merged lists; `None` for the others.
    fn schema(&mut self, schema: Option<NodeId>, known: Option<Schema<'static>>) -> Option<u32> {
        let mut node = Node::default();
        let (keys, defaults) = match schema.and_then(|schema| self.text(schema, "x-kubernetes-list-type")) {
            Some("map") => schema.and_then(|schema| self.map_keys(schema)).unzip(),
            Some("set") => (Some(Vec::new()), Some(Some(Vec::new()))),
            Some(_) => (None, None),
            None => of_known(known).unzip(),
        };
        if keys.is_some() {
            // Lists of lists, and lists that are replaced, lead nowhere.
            node.is_array = true;
            node.items =
                self.schema(schema.and_then(|schema| self.get(schema, "items")), known.and_then(Schema::items));
            (node.merge_keys, node.defaults) = (keys, defaults.flatten());
            return Some(self.push(node));
        }
        let properties = schema.and_then(|schema| self.get(schema, "properties"));
        let tree = self.tree;
        for (key, value) in properties.into_iter().flat_map(|properties| tree.entries(properties)) {
            let name = tree.text(key);
            let field = self.schema(Some(value), known.and_then(|known| known.field(name)));
            node.properties.extend(field.map(|field| (name.to_owned(), field)));
        }
        for (name, field) in known.map_or(&[][..], Schema::fields).iter().copied() {
            if properties.is_none_or(|properties| tree.get(properties, name).is_none()) {
                let field = self.schema(None, Some(field));
                node.properties.extend(field.map(|field| (name.to_owned(), field)));
            }
        }
        let additional = schema.and_then(|schema| self.get(schema, "additionalProperties"));
        node.additional = additional.and_then(|additional| self.schema(Some(additional), None));
        (!node.properties.is_empty() || node.additional.is_some()).then(|| self.push(node))
    }

    fn push(&mut self, node: Node) -> u32 {
        self.document.nodes.push(node);
        self.document.nodes.len() as u32 - 1
    }

    /// Returns the keys of a list of type map, and their defaults.
    fn map_keys(&self, schema: NodeId) -> Option<MapKeys> {
        let tree = self.tree;
        let list = self.get(schema, "x-kubernetes-list-map-keys").filter(|&list| tree.is_sequence(list))?;
        let keys: Vec<String> =
            tree.items(list).filter(|&key| tree.is_scalar(key)).map(|key| tree.text(key).to_owned()).collect();
        let properties = self.get(schema, "items").and_then(|items| self.get(items, "properties"));
        let default_of = |key: &String| {
            let field = properties.and_then(|properties| tree.get(properties, key))?;
            self.text(field, "default").map(str::to_owned)
        };
        let defaults = keys.iter().map(default_of).collect();
        (!keys.is_empty()).then_some((keys, Some(defaults)))
    }

    fn get(&self, node: NodeId, key: &str) -> Option<NodeId> {
        self.tree.get(node, key).filter(|&value| self.tree.is_mapping(node) && !is_null(self.tree, value))
    }

    fn text(&self, node: NodeId, key: &str) -> Option<&str> {
        self.get(node, key).filter(|&value| self.tree.is_scalar(value)).map(|value| self.tree.text(value))
    }
}

/// The keys of a list of type map, and the default of each, if the list is merged only where they tell items apart.
type MapKeys = (Vec<String>, Option<Vec<Option<String>>>);

/// Returns the keys of a list that is known beforehand, and their defaults if it is merged only where they tell items apart.
fn of_known(known: Option<Schema<'static>>) -> Option<MapKeys> {
    let known = known?;
    let keys: Vec<String> = known.merge_keys()?.iter().map(|key| (*key).to_owned()).collect();
    let defaults = known.identity().map(|_| vec![None; keys.len()]);
    Some((keys, defaults))
}
