//! Files of `crds`: OpenAPI definitions of types, whose `x-kubernetes-*` extensions say what a field holds.
//!
//! A file maps names of types, as Go writes them (`example.com/pkg/v1.Bee`), to `{Schema: {properties: …}}`. The last part
//! of a name is the kind. Schemas are checked as strictly as upstream decodes them (`spec.Schema`), so that a file that is
//! something else is refused.

use super::value::{Codec, Decoder, Found, Path};
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::fieldspec::{FieldSpec, TransformerConfig};
use crate::ordered::BTreeMap;
use crate::schema::field_specs::NameReference;
use crate::source::Source;
use crate::yaml::tree::{NodeId, Tree};
use std::borrow::Cow;
use std::sync::Arc;

const WHAT: &str = "a file of `crds`";
const ANNOTATION: &str = "x-kubernetes-annotation";
const LABEL_SELECTOR: &str = "x-kubernetes-label-selector";
const IDENTITY: &str = "x-kubernetes-identity";
const REF_VERSION: &str = "x-kubernetes-object-ref-api-version";
const REF_KIND: &str = "x-kubernetes-object-ref-kind";
const REF_NAME_KEY: &str = "x-kubernetes-object-ref-name-key";

/// Properties that are looked at in one file: types that refer to one another often multiply.
const PROPERTIES_MAX: usize = 100_000;

/// Decodes a file of `crds`; `None` if an error was reported.
pub fn crds(source: &Arc<Source>, tree: &Tree, report: &mut Report) -> Option<TransformerConfig> {
    let mut own = Report::default();
    let mut decoder = Decoder {
        source,
        tree,
        report: &mut own,
        what: WHAT,
        is_strict: false,
        has_spellings: false,
        coerces: false,
        codec: Codec::Json,
    };
    let types = types(&mut decoder);
    let mut config = TransformerConfig::empty();
    if !decoder.report.has_errors() {
        let mut collector = Collector { types: &types, on_the_way: Vec::new(), path: Vec::new(), n_properties: 0 };
        for (name, schema) in &types {
            if !["apiVersion", "kind", "metadata"].iter().all(|field| schema.properties.contains_key(*field)) {
                continue;
            }
            let kind = name.rsplit('.').next().unwrap_or_default();
            let mut found = Specs::default();
            match collector.collect(&mut decoder, kind, name, &mut found) {
                Ok(()) => config = found.join_to(config),
                Err(error) => {
                    decoder.report.push(error);
                    break;
                }
            }
        }
    }
    let has_errors = own.has_errors();
    report.diagnostics.append(&mut own.diagnostics);
    (!has_errors).then_some(config)
}

/// A schema as far as it matters here.
#[derive(Default)]
struct Schema {
    properties: BTreeMap<String, Property>,
}

struct Property {
    node: NodeId,
    reference: Option<String>,
    extensions: BTreeMap<&'static str, String>,
}

/// What one type adds.
#[derive(Default)]
struct Specs {
    annotations: Vec<FieldSpec>,
    labels: Vec<FieldSpec>,
    prefixes: Vec<FieldSpec>,
    references: Vec<NameReference>,
}

impl Specs {
    fn join_to(self, config: TransformerConfig) -> TransformerConfig {
        let mut own = TransformerConfig::empty();
        let list = |specs: Vec<FieldSpec>| if specs.is_empty() { Cow::Borrowed(&[][..]) } else { Cow::Owned(specs) };
        own.common_annotations = list(self.annotations);
        own.common_labels = list(self.labels);
        own.name_prefix = list(self.prefixes);
        for reference in self.references {
            let mut one = TransformerConfig::empty();
            one.name_reference = Cow::Owned(vec![reference]);
            own = joined(own, &one);
        }
        joined(config, &own)
    }
}

fn joined(config: TransformerConfig, other: &TransformerConfig) -> TransformerConfig {
    config.merge(other).expect("only `create` can conflict, which no spec here sets")
}

/// Follows the types from one to the next.
struct Collector<'t> {
    types: &'t BTreeMap<String, Schema>,
    on_the_way: Vec<&'t str>,
    path: Vec<&'t str>,
    n_properties: usize,
}

impl<'t> Collector<'t> {
    /// Upstream `loadCrdIntoConfig`. Depth is bounded by the number of types and by the length of paths.
    fn collect(
        &mut self,
        decoder: &mut Decoder<'_>,
        kind: &str,
        name: &str,
        found: &mut Specs,
    ) -> crate::diagnostic::Result<()> {
        let Some((name, schema)) = self.types.get_key_value(name) else { return Ok(()) };
        self.on_the_way.push(name);
        for (property_name, property) in &schema.properties {
            self.path.push(property_name);
            self.add(decoder, kind, property, found)?;
            if let Some(reference) = &property.reference {
                if self.on_the_way.contains(&reference.as_str()) {
                    let message = format!("type `{reference}` contains itself");
                    let error = Diagnostic::error(Code::InvalidField, message);
                    let error = error.at(Some(decoder.place(property.node)), "refers back to it");
                    return Err(error.help("leave `$ref` out here: field paths have no end otherwise"));
                }
                self.collect(decoder, kind, reference, found)?;
            }
            self.path.pop();
        }
        self.on_the_way.pop();
        Ok(())
    }

    fn add(
        &mut self,
        decoder: &mut Decoder<'_>,
        kind: &str,
        property: &Property,
        found: &mut Specs,
    ) -> crate::diagnostic::Result<()> {
        let place = decoder.place(property.node);
        self.n_properties += 1;
        if self.n_properties > PROPERTIES_MAX {
            let message = format!("more than {PROPERTIES_MAX} properties in one file, with types that are used twice");
            return Err(Diagnostic::error(Code::LimitExceeded, message)
                .at(Some(place), "")
                .help("keep only the types whose fields name other objects"));
        }
        let spec = |last: Option<&str>| {
            let path = self.path.iter().copied().chain(last).collect::<Vec<_>>().join("/");
            FieldSpec {
                group: "".into(),
                version: "".into(),
                kind: kind.to_owned().into(),
                path: path.into(),
                create: false,
                place: Some(place),
            }
        };
        if let Some(error) = spec(None).too_deep() {
            return Err(error);
        }
        let has = |extension| property.extensions.contains_key(extension);
        if has(ANNOTATION) {
            found.annotations.push(spec(None));
        }
        if has(LABEL_SELECTOR) {
            found.labels.push(spec(None));
        }
        if has(IDENTITY) {
            found.prefixes.push(spec(None));
        }
        if let (Some(version), Some(target)) = (property.extensions.get(REF_VERSION), property.extensions.get(REF_KIND))
        {
            let key = property.extensions.get(REF_NAME_KEY).map_or("name", String::as_str);
            found.references.push(NameReference {
                group: "".into(),
                version: version.clone().into(),
                kind: target.clone().into(),
                fields: Cow::Owned(vec![spec(Some(key))]),
            });
        }
        Ok(())
    }
}

fn types(decoder: &mut Decoder<'_>) -> BTreeMap<String, Schema> {
    let root = decoder.tree.root();
    let mut types = BTreeMap::new();
    // Where upstream reads YAML, it makes strings of numbers; a file that begins like JSON is read as such.
    let is_json = decoder.source.text.starts_with('{');
    let dependency = if is_json { Wanted::Text } else { Wanted::CoercedText };
    for (name, definition) in mapping(decoder, root, &Path::ROOT) {
        let path = Path::ROOT;
        let path = path.field(&name);
        let mut schema = Schema::default();
        for (field, value) in mapping(decoder, definition, &path) {
            if field.eq_ignore_ascii_case("schema") {
                schema = read_schema(decoder, value, &path.field(&field));
            } else if field.eq_ignore_ascii_case("dependencies") {
                list(decoder, value, &path.field(&field), dependency);
            }
        }
        types.insert(name, schema);
    }
    if decoder.report.has_errors() && decoder.tree.get(root, "kind").is_some() {
        let place = decoder.tree.get_entry(root, "kind").map(|(key, _)| decoder.place(key));
        let error = Diagnostic::error(Code::InvalidField, "this is a manifest, not a file of OpenAPI definitions");
        let error = error.at(place, "").note("`crds` wants definitions of types with `x-kubernetes-*` extensions");
        let help = "list the manifest under `resources`; fields with names of other objects go under `nameReference` in \
                    a file of `configurations`";
        decoder.report.diagnostics.clear();
        decoder.report.push(error.help(help));
    }
    types
}

/// What a field of a schema holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Text,
    CoercedText,
    Boolean,
    Number,
    Integer,
    Texts,
    TextOrTexts,
    List,
    Schema,
    Schemas,
    SchemaMap,
    SchemaOrBoolean,
    SchemaOrSchemas,
    Dependencies,
    Documentation,
}

fn wanted(field: &str) -> Option<Wanted> {
    Some(match field {
        "id" | "description" | "format" | "title" | "pattern" | "discriminator" => Wanted::Text,
        "nullable" | "exclusiveMaximum" | "exclusiveMinimum" | "uniqueItems" | "readOnly" => Wanted::Boolean,
        "maximum" | "minimum" | "multipleOf" => Wanted::Number,
        "maxLength" | "minLength" | "maxItems" | "minItems" | "maxProperties" | "minProperties" => Wanted::Integer,
        "required" => Wanted::Texts,
        "type" => Wanted::TextOrTexts,
        "enum" => Wanted::List,
        "not" => Wanted::Schema,
        "allOf" | "oneOf" | "anyOf" => Wanted::Schemas,
        "properties" | "patternProperties" | "definitions" => Wanted::SchemaMap,
        "additionalProperties" | "additionalItems" => Wanted::SchemaOrBoolean,
        "items" => Wanted::SchemaOrSchemas,
        "dependencies" => Wanted::Dependencies,
        "externalDocs" => Wanted::Documentation,
        _ => return None,
    })
}

/// Reads a schema and checks everything in it. Depth is bounded by the depth of the document.
fn read_schema(decoder: &mut Decoder<'_>, node: NodeId, path: &Path<'_>) -> Schema {
    let mut schema = Schema::default();
    for (field, value) in mapping(decoder, node, path) {
        let path = path.field(&field);
        if field == "properties" {
            for (name, property) in mapping(decoder, value, &path) {
                let path = path.field(&name);
                let (reference, extensions) = extensions(decoder, property, &path);
                read_schema(decoder, property, &path);
                schema.properties.insert(name.clone(), Property { node: property, reference, extensions });
            }
        } else if let Some(wanted) = wanted(&field) {
            check(decoder, value, &path, wanted);
        }
    }
    schema
}

/// The `$ref` and the extensions of a property that are strings.
fn extensions(
    decoder: &mut Decoder<'_>,
    node: NodeId,
    path: &Path<'_>,
) -> (Option<String>, BTreeMap<&'static str, String>) {
    let (mut reference, mut extensions) = (None, BTreeMap::new());
    for (field, value) in mapping(decoder, node, path) {
        let text = match decoder.found(value) {
            Found::Text => decoder.tree.text(value).to_owned(),
            Found::Decoded(text) => text,
            _ => continue,
        };
        let known = [ANNOTATION, LABEL_SELECTOR, IDENTITY, REF_VERSION, REF_KIND, REF_NAME_KEY];
        if field == "$ref" {
            reference = Some(text);
        } else if let Some(known) = known.into_iter().find(|known| *known == field) {
            extensions.insert(known, text);
        }
    }
    (reference, extensions)
}

fn check(decoder: &mut Decoder<'_>, node: NodeId, path: &Path<'_>, wanted: Wanted) {
    let found = decoder.found(node);
    let is_null = found == Found::Null;
    let words = match (wanted, &found) {
        _ if is_null => return,
        (Wanted::SchemaOrBoolean, Found::Bool(_)) => return,
        (Wanted::SchemaOrBoolean, Found::Mapping) | (Wanted::SchemaOrSchemas, Found::Mapping) => {
            read_schema(decoder, node, path);
            return;
        }
        (Wanted::SchemaOrBoolean, _) => "a schema or a boolean",
        (Wanted::SchemaOrSchemas, Found::Sequence) => return list(decoder, node, path, Wanted::Schema),
        // Upstream takes anything else for no schema at all.
        (Wanted::SchemaOrSchemas, _) => return,
        (Wanted::Text | Wanted::TextOrTexts, Found::Text | Found::Decoded(_)) => return,
        (Wanted::CoercedText, Found::Mapping | Found::Sequence | Found::Broken) => "a string",
        (Wanted::CoercedText, _) => return,
        (Wanted::Text, _) => "a string",
        (Wanted::Boolean, Found::Bool(_)) => return,
        (Wanted::Boolean, _) => "a boolean",
        (Wanted::Number, Found::Int(_) | Found::Uint(_) | Found::Float(_)) => return,
        (Wanted::Number, _) => "a number",
        (Wanted::Integer, Found::Int(_)) => return,
        (Wanted::Integer, Found::Float(value)) if value.to_string().parse::<i64>().is_ok() => return,
        (Wanted::Integer, _) => "a whole number",
        (Wanted::Texts | Wanted::TextOrTexts, Found::Sequence) => return list(decoder, node, path, Wanted::Text),
        (Wanted::Texts | Wanted::TextOrTexts, _) => "a list of strings",
        (Wanted::List, Found::Sequence) => return,
        (Wanted::Schemas, Found::Sequence) => return list(decoder, node, path, Wanted::Schema),
        (Wanted::List | Wanted::Schemas, _) => "a list",
        (Wanted::Documentation, Found::Mapping) => {
            for (name, value) in mapping(decoder, node, path) {
                if name == "description" || name == "url" {
                    check(decoder, value, &path.field(&name), Wanted::Text);
                }
            }
            return;
        }
        (Wanted::Dependencies, Found::Mapping) => {
            for (name, value) in mapping(decoder, node, path) {
                match decoder.found(value) {
                    Found::Mapping => drop(read_schema(decoder, value, &path.field(&name))),
                    Found::Sequence => list(decoder, value, &path.field(&name), Wanted::Text),
                    _ => {}
                }
            }
            return;
        }
        (Wanted::Schema, Found::Mapping) => {
            read_schema(decoder, node, path);
            return;
        }
        (Wanted::SchemaMap, Found::Mapping) => {
            for (name, value) in mapping(decoder, node, path) {
                read_schema(decoder, value, &path.field(&name));
            }
            return;
        }
        (Wanted::Schema | Wanted::SchemaMap | Wanted::Dependencies | Wanted::Documentation, _) => "a mapping",
    };
    decoder.wrong_type(path, node, &found, words);
}

fn list(decoder: &mut Decoder<'_>, node: NodeId, path: &Path<'_>, wanted: Wanted) {
    match decoder.found(node) {
        Found::Sequence => {
            let items: Vec<NodeId> = decoder.tree.items(node).collect();
            for (index, item) in items.into_iter().enumerate() {
                check(decoder, item, &path.item(index), wanted);
            }
        }
        Found::Null => {}
        found => decoder.wrong_type(path, node, &found, "a list"),
    }
}

/// The entries of a mapping by name, the last of equal ones; null is an empty one.
fn mapping(decoder: &mut Decoder<'_>, node: NodeId, path: &Path<'_>) -> BTreeMap<String, NodeId> {
    let mut entries = BTreeMap::new();
    match decoder.found(node) {
        Found::Mapping => {
            let tree = decoder.tree;
            for (key, value) in tree.entries(node) {
                if let Some(name) = decoder.key_text(key, path) {
                    entries.insert(name, value);
                }
            }
        }
        Found::Null => {}
        found => decoder.wrong_type(path, node, &found, "a mapping"),
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::source::{Sensitivity, Sources};
    use std::fmt::Write as _;

    fn run(text: &str) -> (Option<TransformerConfig>, Report) {
        let source = Sources::default().add("types.yaml", text.to_owned(), Sensitivity::Yaml, None);
        let tree = crate::yaml::read::read_first(&source, &Limits::default()).expect("YAML").expect("a document");
        let mut report = Report::default();
        (crds(&source, &tree, &mut report), report)
    }

    const ROOT: &str = "Site: {Schema: {properties: {apiVersion: {}, kind: {}, metadata: {}, spec: {$ref: t0}}}}\n";

    #[test]
    fn types_that_contain_themselves_or_multiply_are_refused() {
        let (config, report) = run(&format!("{ROOT}t0: {{Schema: {{properties: {{a: {{$ref: t0}}}}}}}}\n"));
        assert!(config.is_none());
        assert_eq!(report.diagnostics.iter().map(|error| error.code).collect::<Vec<_>>(), [Code::InvalidField]);

        let mut text = ROOT.to_owned();
        for level in 0..40 {
            let next = level + 1;
            writeln!(text, "t{level}: {{Schema: {{properties: {{a: {{$ref: t{next}}}, b: {{$ref: t{next}}}}}}}}}")
                .expect("a string takes all");
        }
        let (config, report) = run(&text);
        assert!(config.is_none());
        assert_eq!(report.diagnostics.iter().map(|error| error.code).collect::<Vec<_>>(), [Code::LimitExceeded]);
    }

    #[test]
    fn schemas_are_checked_as_the_reference_decodes_them() {
        for (schema, is_taken) in [
            ("{type: [string], items: 5, additionalProperties: null}", true),
            ("{additionalProperties: {type: string}, required: [a], maximum: 1.5}", true),
            ("{Type: 5, x-any: [], default: {}}", true),
            ("{type: 5}", false),
            ("{additionalProperties: 5}", false),
            ("{required: a}", false),
            ("{allOf: [{title: 5}]}", false),
            ("{maxLength: a}", false),
            ("[]", false),
        ] {
            let (config, _) = run(&format!("A: {{Schema: {{properties: {{p: {schema}}}}}}}\n"));
            assert_eq!(config.is_some(), is_taken, "{schema}");
        }
    }
}
