//! Fields that are not compared: those that a user names, and those that clusters and generators write.

use super::known::Part;
use crate::resource::ResId;

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    Key(String),
    AnyKey,
    /// A key that begins so.
    Begin(String),
    AnyItem,
}

/// A field to be ignored, with all below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    kind: Option<String>,
    name: Option<String>,
    parts: Vec<Wanted>,
}

impl std::str::FromStr for Pattern {
    type Err = String;

    /// Reads `[KIND[/NAME]:]FIELD`, where a field is `spec.ports[].nodePort` or `metadata.annotations["a.b/c"]`; `*` is any key, and a
    /// key may end with it.
    fn from_str(text: &str) -> Result<Pattern, String> {
        let (object, field) = match text.split_once(':') {
            Some((object, field)) if !object.contains(['"', '[']) => (Some(object), field),
            _ => (None, text),
        };
        let (kind, name) = match object.map(|object| object.split_once('/').unwrap_or((object, ""))) {
            Some((kind, name)) => (Some(kind), Some(name).filter(|name| !name.is_empty())),
            None => (None, None),
        };
        if kind == Some("") {
            return Err("there is no kind before the colon".to_owned());
        }
        let any = |text: &&str| *text != "*";
        Ok(Pattern {
            kind: kind.filter(any).map(str::to_owned),
            name: name.filter(any).map(str::to_owned),
            parts: parts(field.strip_prefix('.').unwrap_or(field))?,
        })
    }
}

fn parts(text: &str) -> Result<Vec<Wanted>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            if let Some(after) = inner.strip_prefix(']').or_else(|| inner.strip_prefix("*]")) {
                parts.push(Wanted::AnyItem);
                rest = after;
            } else if let Some(inner) = inner.strip_prefix('"') {
                let (key, after) = inner.split_once("\"]").ok_or("a quoted key does not end with `\"]`")?;
                parts.push(key_part(key));
                rest = after;
            } else {
                return Err("write `[]` for all items of a list, and `[\"a.b/c\"]` for a key with dots".to_owned());
            }
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (key, after) = rest.split_at(end);
            if key.is_empty() {
                return Err("a key is empty".to_owned());
            }
            parts.push(key_part(key));
            rest = after;
        }
        if let Some(after) = rest.strip_prefix('.') {
            if after.is_empty() {
                return Err("it ends with a dot".to_owned());
            }
            rest = after;
        }
    }
    if parts.is_empty() { Err("it names no field".to_owned()) } else { Ok(parts) }
}

fn key_part(key: &str) -> Wanted {
    match key.strip_suffix('*') {
        Some("") => Wanted::AnyKey,
        Some(begin) => Wanted::Begin(begin.to_owned()),
        None => Wanted::Key(key.to_owned()),
    }
}

/// Fields that a cluster writes into objects, that `buildMetadata` adds, and that generators of manifests change with every
/// version; docs/diff.md lists them.
pub const GENERATED: [&str; 14] = [
    "status",
    "metadata.creationTimestamp",
    "metadata.generation",
    "metadata.managedFields",
    "metadata.resourceVersion",
    "metadata.selfLink",
    "metadata.uid",
    "metadata.annotations[\"kubectl.kubernetes.io/last-applied-configuration\"]",
    "metadata.annotations[\"deployment.kubernetes.io/revision\"]",
    "metadata.annotations[\"config.kubernetes.io/origin\"]",
    "metadata.annotations[\"alpha.config.kubernetes.io/transformations\"]",
    "metadata.labels[\"helm.sh/chart\"]",
    "spec.template.metadata.labels[\"helm.sh/chart\"]",
    "spec.template.metadata.annotations[\"checksum/*\"]",
];

/// Which fields of an object are not compared.
#[derive(Clone, Debug, Default)]
pub(super) struct Ignored {
    patterns: Vec<Vec<Wanted>>,
}

impl Ignored {
    /// Leaves the patterns that are about an object.
    pub(super) fn of(patterns: &[Pattern], id: &ResId) -> Ignored {
        let is_about = |pattern: &&Pattern| {
            let is = |wanted: &Option<String>, found: &str| {
                wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(found))
            };
            is(&pattern.kind, &id.gvk.kind) && is(&pattern.name, &id.name)
        };
        Ignored { patterns: patterns.iter().filter(is_about).map(|pattern| pattern.parts.clone()).collect() }
    }

    /// Returns whether a field is one of them; what is below it is not asked for.
    pub(super) fn is_field(&self, route: &[Part<'_>]) -> bool {
        self.patterns.iter().any(|parts| {
            parts.len() == route.len()
                && parts.iter().zip(route).all(|(wanted, part)| match (wanted, part) {
                    (Wanted::AnyItem, Part::Item) | (Wanted::AnyKey, Part::Key(_)) => true,
                    (Wanted::Key(wanted), Part::Key(key)) => wanted == key,
                    (Wanted::Begin(begin), Part::Key(key)) => key.starts_with(begin),
                    _ => false,
                })
        })
    }
}

/// Returns the patterns of [`GENERATED`].
pub(super) fn generated() -> Vec<Pattern> {
    GENERATED.iter().filter_map(|text| text.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Gvk;

    fn ignores(pattern: &str, kind: &str, route: &[Part<'_>]) -> bool {
        let pattern: Pattern = pattern.parse().expect("a pattern");
        let id = ResId { gvk: Gvk::new("v1", kind), name: "web".into(), namespace: "".into() };
        Ignored::of(&[pattern], &id).is_field(route)
    }

    #[test]
    fn patterns_name_fields() {
        use Part::{Item, Key};
        let port = [Key("spec"), Key("ports"), Item, Key("nodePort")];
        for (pattern, is_match) in [
            ("spec.ports[].nodePort", true),
            (".spec.ports[*].nodePort", true),
            ("Service:spec.ports[].nodePort", true),
            ("service/web:spec.*[].node*", true),
            ("*/web:spec.*[].*", true),
            ("Service/other:spec.ports[].nodePort", false),
            ("Ingress:spec.ports[].nodePort", false),
            ("spec.ports", false),
            ("spec.ports.nodePort", false),
        ] {
            assert_eq!(ignores(pattern, "Service", &port), is_match, "{pattern}");
        }
        let annotation = [Key("metadata"), Key("annotations"), Key("a.b/c:d")];
        assert!(ignores("metadata.annotations[\"a.b/c:d\"]", "Service", &annotation));
        assert_eq!(generated().len(), GENERATED.len());
        for wrong in ["", "a..b", "a.", "a[0]", "a[\"b", ":a", "."] {
            assert!(wrong.parse::<Pattern>().is_err(), "{wrong}");
        }
    }
}
