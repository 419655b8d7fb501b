//! Fields of a kustomization file: what they are for, and which could stand where somebody writes.
//!
//! The second is asked about texts that cannot be read, so it goes by indentation alone.

use crate::explain::Element;
use crate::kustomization::decode::{Field, FieldType, Outline};
use serde_json::{Value, json};

/// The protocol's number for a field.
const FIELD: u32 = 5;

/// Returns what the field at a path is for.
pub(super) fn about(path: &[Element]) -> Option<String> {
    let keys =
        path.iter().filter_map(|element| if let Element::Key(key) = element { Some(key.as_str()) } else { None });
    let keys: Vec<&str> = keys.collect();
    let (last, above) = keys.split_last()?;
    let field = inside(above)?.fields().find(|field| field.name == *last)?;
    Some(words(&field))
}

/// Returns the fields that could begin at a byte of a text.
pub(super) fn completions(text: &str, offset: usize) -> Vec<Value> {
    let Some(keys) = keys_above(text, offset) else { return Vec::new() };
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let fields = inside(&keys).map(|outline| outline.fields().collect::<Vec<_>>()).unwrap_or_default();
    let item = |field: &Field| {
        let mut item = json!({
            "label": field.name,
            "kind": FIELD,
            "documentation": {"kind": "markdown", "value": words(field)},
            "insertText": format!("{}:{}", field.name, if is_block(field) { "\n" } else { " " }).trim_end_matches('\n'),
        });
        if field.instead.is_some() {
            item["tags"] = json!([1]);
            item["sortText"] = json!(format!("~{}", field.name));
        }
        item
    };
    fields.iter().map(item).collect()
}

fn is_block(field: &Field) -> bool {
    !matches!(field.holds, FieldType::Text | FieldType::Bool | FieldType::Int)
}

fn words(field: &Field) -> String {
    match field.instead {
        Some(instead) => format!("{} (deprecated: use `{instead}`)", field.about),
        None => field.about.to_owned(),
    }
}

/// Goes down the fields of a kustomization; lists are entered.
fn inside(keys: &[&str]) -> Option<Outline> {
    keys.iter().try_fold(Outline::file(), |outline, key| {
        match outline.fields().find(|field| field.name == *key)?.holds {
            FieldType::Fields(inner) | FieldType::List(inner) => Some(inner),
            _ => None,
        }
    })
}

/// Returns the keys of the mappings around a place where a key could begin, outermost first.
fn keys_above(text: &str, offset: usize) -> Option<Vec<String>> {
    let before = text.get(..offset)?;
    let (above, line) = before.rsplit_once('\n').unwrap_or(("", before));
    let (mut indent, rest) = start(line);
    if rest.contains([':', '#', '"', '\'', ' ', '{', '[', '|', '>']) {
        return None;
    }
    // A dash begins an item, and belongs to the list around it.
    let mut is_item = line.trim_start().starts_with('-');
    let mut keys = Vec::new();
    for line in above.lines().rev() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let (own, rest) = start(line);
        let is_item_above = line.trim_start().starts_with('-');
        let dash = line.len() - line.trim_start().len();
        // A list may stand as far to the left as its key.
        let is_above = own < indent || (is_item && own < indent + 1 && !is_item_above && own <= first_dash(indent));
        if is_above && let Some(key) = key_of(rest) {
            keys.push(key);
            (indent, is_item) = (own, is_item_above);
        } else if is_item_above && own == indent && !is_item {
            // The beginning of the item that this is in.
            (indent, is_item) = (own, true);
        }
        if dash == 0 && !is_item_above {
            break;
        }
    }
    keys.reverse();
    Some(keys)
}

/// Where the dash of an item stands whose fields stand at an indentation.
fn first_dash(indent: usize) -> usize {
    indent.saturating_sub(2)
}

/// Returns the column where a line's text begins behind dashes, and that text.
fn start(line: &str) -> (usize, &str) {
    let rest = line.trim_start_matches([' ', '-']);
    (line.len() - rest.len(), rest.trim_end())
}

fn key_of(rest: &str) -> Option<String> {
    let (key, value) = rest.split_once(':')?;
    let is_open = value.trim().is_empty() || value.trim_start().starts_with('#');
    (is_open && !key.contains([' ', '"', '\''])).then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indentation_tells_where_a_key_is() {
        for (text, wanted) in [
            ("", Some("")),
            ("ima", Some("")),
            ("resources:\n- a.yaml\nima", Some("")),
            ("images:\n- ", Some("images")),
            ("images:\n- name: x\n  new", Some("images")),
            ("images:\n  - name: x\n    new", Some("images")),
            ("patches:\n- path: x\n  target:\n    ki", Some("patches target")),
            ("patches:\n- target:\n    kind: x\n    na", Some("patches target")),
            ("patches:\n- target:\n    kind: x\n  pa", Some("patches")),
            (
                "replacements:\n- source:\n    kind: x\n  targets:\n  - select:\n      ki",
                Some("replacements targets select"),
            ),
            ("namePrefix: a", None),
            ("# a", None),
        ] {
            let keys = keys_above(text, text.len()).map(|keys| keys.join(" "));
            assert_eq!(keys.as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn fields_have_words() {
        let key = |name: &str| Element::Key(name.to_owned());
        let told = about(&[key("images"), Element::Index(0), key("newTag")]);
        assert_eq!(told.as_deref(), Some("Another tag"));
        assert!(about(&[key("bases")]).is_some_and(|words| words.contains("deprecated: use `resources`")));
        assert_eq!(about(&[key("images"), key("nonsense")]), None);
        let labels: Vec<Value> = completions("replicas:\n- ", 12).iter().map(|item| item["label"].clone()).collect();
        assert_eq!(labels, ["name", "count"]);
    }
}
