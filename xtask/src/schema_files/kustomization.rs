//! The schema of kustomization.yaml, from the tables by which the program decodes it.

use rustomize::kustomization::decode::{Field, FieldType, Outline};
use serde_json::{Map, Value, json};

pub fn schema() -> Value {
    let mut definitions = Map::new();
    let mut schema = object(Outline::file(), &mut definitions);
    let fields = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "kustomization.yaml, as kustomize v5.8.2 and rustomize read it",
        "description": "A kustomization, or a Component. Field names are also accepted in another case by the programs.",
    });
    schema["properties"]["kind"]["enum"] = json!(["Kustomization", "Component", null]);
    schema["properties"]["apiVersion"]["enum"] =
        json!(["kustomize.config.k8s.io/v1beta1", "kustomize.config.k8s.io/v1alpha1", null]);
    let mut whole = fields.as_object().cloned().unwrap_or_default();
    whole.extend(schema.as_object().cloned().unwrap_or_default());
    whole.insert("definitions".to_owned(), Value::Object(definitions));
    Value::Object(whole)
}

fn object(outline: Outline, definitions: &mut Map<String, Value>) -> Value {
    let mut properties: Map<String, Value> =
        outline.fields().map(|field| (field.name.to_owned(), property(&field, definitions))).collect();
    // As nearly everybody writes it, after an example of long ago; the programs do not mind.
    if let Some(field_path) = properties.get("fieldPath").filter(|_| properties.len() == 1).cloned() {
        properties.insert("fieldpath".to_owned(), field_path);
    }
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

fn property(field: &Field, definitions: &mut Map<String, Value>) -> Value {
    let text = || json!({"type": ["string", "null"]});
    let mut schema = match field.holds {
        FieldType::Text => text(),
        FieldType::Bool => json!({"type": ["boolean", "null"]}),
        FieldType::Int => json!({"type": ["integer", "null"]}),
        FieldType::Texts => json!({"type": ["array", "null"], "items": text()}),
        FieldType::TextMap => json!({"type": ["object", "null"], "additionalProperties": text()}),
        FieldType::AnyMap => json!({"type": ["object", "null"]}),
        FieldType::Fields(outline) => json!({"anyOf": [reference(outline, definitions), {"type": "null"}]}),
        FieldType::List(outline) => {
            let item = reference(outline, definitions);
            json!({"type": ["array", "null"], "items": {"anyOf": [item, {"type": "null"}]}})
        }
    };
    let instead = field.instead.map(|instead| format!(" (deprecated: use `{instead}`)")).unwrap_or_default();
    schema["description"] = json!(format!("{}{instead}", field.about));
    if field.instead.is_some() {
        schema["deprecated"] = json!(true);
    }
    schema
}

fn reference(outline: Outline, definitions: &mut Map<String, Value>) -> Value {
    let name: String = outline.what().chars().filter(|c| *c != '`').map(|c| if c == ' ' { '-' } else { c }).collect();
    if !definitions.contains_key(&name) {
        // Before its fields, which may lead back here.
        definitions.insert(name.clone(), Value::Null);
        let schema = object(outline, definitions);
        definitions.insert(name.clone(), schema);
    }
    json!({"$ref": format!("#/definitions/{name}")})
}
