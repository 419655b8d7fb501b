//! `-o sarif`: SARIF 2.1.0, one run, a result for each finding. Columns count Unicode scalar values; the end is one past the
//! last character, as SARIF has it, too.

use super::found::{ERROR, Found, Location, Target};
use crate::validate::{Level, rules::RULES};
use serde_json::{Value, json};

/// Returns the document.
pub(super) fn document(targets: &[Target]) -> String {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|&(code, level)| {
            json!({
                "id": code.as_str(),
                "shortDescription": { "text": code.about() },
                "defaultConfiguration": {
                    "enabled": level != Level::Off,
                    "level": if level == Level::Fail { "error" } else { "warning" },
                },
            })
        })
        .collect();
    let results: Vec<Value> = targets.iter().flat_map(|target| &target.findings).map(result).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "rustomize", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": targets.iter().all(|target| target.is_built) }],
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn result(found: &Found) -> Value {
    let index = RULES.iter().position(|(code, _)| code.as_str() == found.rule);
    let names = found.objects.iter().map(|object| {
        let namespace = object.namespace.as_deref().map(|namespace| format!("{namespace}/")).unwrap_or_default();
        json!({
            "fullyQualifiedName": format!("{namespace}{}/{} {}", object.kind, object.name, found.field).trim_end(),
            "kind": "object",
        })
    });
    let names: Vec<Value> = names.collect();
    let mut location = json!({ "logicalLocations": names });
    if let Some(at) = &found.location {
        location["physicalLocation"] = physical(at);
    }
    let more = found.notes.iter().chain(&found.help);
    let text = more.fold(found.message.clone(), |text, line| format!("{text}; {line}"));
    let mut result = json!({
        "ruleId": found.rule,
        "level": if found.severity == ERROR { "error" } else { "warning" },
        "message": { "text": text },
        "locations": [location],
    });
    if let Some(index) = index {
        result["ruleIndex"] = json!(index);
    }
    if !found.related.is_empty() {
        let related = found.related.iter().map(|related| {
            let mut location = json!({ "physicalLocation": physical(&related.location) });
            if !related.text.is_empty() {
                location["message"] = json!({ "text": related.text });
            }
            location
        });
        result["relatedLocations"] = related.collect();
    }
    result
}

fn physical(at: &Location) -> Value {
    json!({
        "artifactLocation": { "uri": uri(&at.path) },
        "region": { "startLine": at.line, "startColumn": at.column, "endLine": at.end_line, "endColumn": at.end_column },
    })
}

/// Returns a path as a relative reference: what is no plain character is escaped.
fn uri(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte);
    if path.contains("://") {
        return path.to_owned();
    }
    path.bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_are_references() {
        assert_eq!(uri("a b/ü#1:2%.yaml"), "a%20b/%C3%BC%231%3A2%25.yaml");
        assert_eq!(uri("../base/web.yaml"), "../base/web.yaml");
    }
}
