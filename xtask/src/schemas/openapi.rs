//! The sources of k8s-openapi, read as what they are: generated, one type a file, its JSON schema in a `json_schema!` literal.

use crate::shell::{self, Result};
use std::collections::BTreeMap;
use std::path::Path;

/// A field of a definition.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    /// The type, as it stands in the table.
    pub text: String,
    pub is_required: bool,
}

impl Field {
    pub fn show(&self) -> String {
        format!("{}{}:{}", self.name, if self.is_required { "!" } else { "" }, self.text)
    }
}

/// All that is known.
#[derive(Default)]
pub struct Definitions {
    /// Fields by the name of the definition, such as `core.v1.Container`.
    pub types: BTreeMap<String, Vec<Field>>,
    /// Definitions by `group/version/kind`.
    pub kinds: BTreeMap<String, String>,
}

/// Fields that every object has, and that a build checks itself.
const OF_OBJECTS: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// A schema as it stands in the sources.
#[derive(Debug)]
enum Schema {
    Map(Vec<(String, Schema)>),
    List(Vec<Schema>),
    Text(String),
    /// `true`, `false`.
    Bool(bool),
    /// A type, by its path in the crate.
    Reference(String),
}

/// Reads the directory of one release.
pub fn read(directory: &Path) -> Result<Definitions> {
    let mut files = Vec::new();
    collect(directory, "", &mut files)?;
    let mut schemas: BTreeMap<String, (String, Schema)> = BTreeMap::new();
    let mut kinds = Vec::new();
    for (module, text) in &files {
        let Some((_, implementation)) = text.split_once("impl crate::schemars::JsonSchema for ") else { continue };
        let Some((name, rest)) = implementation.split_once(" {") else { continue };
        let full = between(rest, "\"", "\".into()").ok_or_else(|| format!("{module}::{name} has no name"))?;
        let Some((_, literal)) = rest.split_once("json_schema!(") else { continue };
        let schema = Parser { rest: literal }.value().map_err(|error| format!("{module}::{name}: {error}"))?;
        let path = format!("{module}::{name}");
        if let (Some(version), true) = (constant(text, "API_VERSION"), text.contains("impl crate::Metadata for")) {
            let (group, version) = version.rsplit_once('/').unwrap_or(("", version));
            let kind = constant(text, "KIND").unwrap_or(name);
            kinds.push((format!("{group}/{version}/{kind}"), path.clone()));
        }
        schemas.insert(path, (short(full), schema));
    }
    let mut definitions = Definitions::default();
    for (name, schema) in schemas.values() {
        let Some(properties) = schema.get("properties").and_then(Schema::entries) else { continue };
        let required: Vec<&str> = match schema.get("required") {
            Some(Schema::List(list)) => list.iter().filter_map(Schema::text).collect(),
            _ => Vec::new(),
        };
        let is_object = OF_OBJECTS.iter().all(|field| properties.iter().any(|(name, _)| name == field));
        let field = |(field, schema): &(String, Schema)| Field {
            name: field.clone(),
            text: type_of(schema, &schemas),
            is_required: required.contains(&field.as_str()) && !(is_object && OF_OBJECTS.contains(&field.as_str())),
        };
        definitions.types.insert(name.clone(), properties.iter().map(field).collect());
    }
    for (kind, path) in kinds {
        let (name, _) = schemas.get(&path).ok_or("a kind without a schema")?;
        definitions.kinds.insert(kind, name.clone());
    }
    Ok(definitions)
}

fn collect(directory: &Path, module: &str, files: &mut Vec<(String, String)>) -> Result<()> {
    for entry in shell::entries(directory)? {
        let name = shell::name(&entry);
        if entry.is_dir() {
            let separator = if module.is_empty() { "" } else { "::" };
            collect(&entry, &format!("{module}{separator}{name}"), files)?;
        } else if name.ends_with(".rs") && name != "mod.rs" {
            files.push((module.to_owned(), shell::read(&entry)?));
        }
    }
    Ok(())
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(inner, _)| inner)
}

fn constant<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    between(text, &format!("const {name}: &'static str = \""), "\";")
}

/// Shortens `io.k8s.api.core.v1.Container` to `core.v1.Container`.
fn short(name: &str) -> String {
    let parts: Vec<&str> = name.split('.').collect();
    parts.get(parts.len().saturating_sub(3)..).unwrap_or_default().join(".")
}

fn type_of(schema: &Schema, schemas: &BTreeMap<String, (String, Schema)>) -> String {
    if let Schema::Reference(path) = schema {
        return match schemas.get(path) {
            Some((name, _)) if name == "api.resource.Quantity" => "q".to_owned(),
            Some((name, inner)) if inner.get("properties").is_some() => format!("@{name}"),
            // An object or something else, such as a boolean.
            Some((_, inner)) if inner.get("oneOf").is_some() => match inner.get("oneOf") {
                Some(Schema::List(list)) => match list.iter().find(|one| matches!(one, Schema::Reference(_))) {
                    Some(one) => type_of(one, schemas).replace('@', "?"),
                    None => "a".to_owned(),
                },
                _ => "a".to_owned(),
            },
            Some((_, inner)) => type_of(inner, schemas),
            None => "a".to_owned(),
        };
    }
    let format = schema.get("format").and_then(Schema::text).unwrap_or_default();
    match schema.get("type").and_then(Schema::text) {
        Some("string") if format == "byte" => "y".to_owned(),
        Some("string") if format == "date-time" => "t".to_owned(),
        Some("string") => "s".to_owned(),
        Some("boolean") => "b".to_owned(),
        Some("number") => "n".to_owned(),
        Some("integer") => if format == "int32" { "i" } else { "l" }.to_owned(),
        Some("array") => format!("[{}", schema.get("items").map_or("a".to_owned(), |items| type_of(items, schemas))),
        Some("object") => match schema.get("additionalProperties") {
            Some(values) => format!("{{{}", type_of(values, schemas)),
            None => "a".to_owned(),
        },
        _ if matches!(schema.get("x-kubernetes-int-or-string"), Some(Schema::Bool(true))) => "x".to_owned(),
        _ => "a".to_owned(),
    }
}

impl Schema {
    fn entries(&self) -> Option<&[(String, Schema)]> {
        match self {
            Schema::Map(entries) => Some(entries),
            _ => None,
        }
    }

    fn get(&self, key: &str) -> Option<&Schema> {
        self.entries()?.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    fn text(&self) -> Option<&str> {
        match self {
            Schema::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads the literal of a schema.
struct Parser<'t> {
    rest: &'t str,
}

const REFERENCE: &str = "__gen.subschema_for::<crate::";

impl Parser<'_> {
    fn value(&mut self) -> Result<Schema> {
        self.blank();
        if self.take("{") {
            let mut entries = Vec::new();
            while !self.take("}") {
                let key = self.string()?;
                self.expect(":")?;
                entries.push((key, self.value()?));
                self.take(",");
            }
            return Ok(Schema::Map(entries));
        }
        if self.take("[") {
            let mut items = Vec::new();
            while !self.take("]") {
                items.push(self.value()?);
                self.take(",");
            }
            return Ok(Schema::List(items));
        }
        if self.take("({") {
            // A reference to which a description is added.
            self.expect("let mut schema_obj =")?;
            let value = self.value()?;
            let (_, rest) = self.rest.split_once("\n                    schema_obj\n").ok_or("no end of a block")?;
            self.rest = rest;
            self.expect("})")?;
            return Ok(value);
        }
        if self.take("(") {
            let value = self.value()?;
            self.expect(")")?;
            return Ok(value);
        }
        if self.take(REFERENCE) {
            let (path, rest) = self.rest.split_once(">()").ok_or("no end of a reference")?;
            self.rest = rest;
            return Ok(Schema::Reference(path.to_owned()));
        }
        for (word, value) in [("true", true), ("false", false)] {
            if self.take(word) {
                return Ok(Schema::Bool(value));
            }
        }
        self.string().map(Schema::Text)
    }

    fn string(&mut self) -> Result<String> {
        self.expect("\"")?;
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = self.rest.get(at + 1..).unwrap_or_default();
                    return Ok(text);
                }
                // Descriptions alone have escapes.
                '\\' => text.extend(chars.next().map(|(_, c)| c)),
                c => text.push(c),
            }
        }
        Err("no end of a string".to_owned())
    }

    fn blank(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, word: &str) -> bool {
        self.blank();
        match self.rest.strip_prefix(word) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, word: &str) -> Result<()> {
        if self.take(word) {
            return Ok(());
        }
        Err(format!("`{word}` expected at `{}`", self.rest.chars().take(60).collect::<String>()))
    }
}
