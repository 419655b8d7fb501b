//! The value of a var: a field of an object, found by a path such as `spec.ports[0].port`.
//!
//! Numbers and booleans keep their type as far as the reference does (upstream `RNode.GetFieldValue`).

use crate::field_path;
use crate::yaml::decimal;
use crate::yaml::emit::number::push_yaml_float;
use crate::yaml::resolve::effective_tag;
use crate::yaml::tree::{Kind, NodeId, Tag, Tree};

/// The value of a var.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum VarValue {
    /// A string, and whatever has no type of its own here: nulls and dates too.
    Text(String),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// `true` or `false`
    Bool(bool),
}

/// Why a field has no value for a var.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// It does not exist.
    Missing,
    /// It holds a number or boolean that the reference cannot read.
    Unreadable(NodeId),
    /// It holds a mapping or a list, which is no error: the var stays.
    Collection(NodeId),
}

impl VarValue {
    /// Reads a field. A scalar that a directive wrote without a tag is text.
    pub(super) fn read(tree: &Tree, node: NodeId) -> Result<VarValue, Lack> {
        if tree.kind(node) != Kind::Scalar {
            return Err(Lack::Collection(node));
        }
        let text = tree.text(node);
        let unreadable = Lack::Unreadable(node);
        match effective_tag(tree, node) {
            _ if tree.is_untagged(node) => Ok(VarValue::Text(text.to_owned())),
            Tag::Int => parse_int(text).map(VarValue::Int).ok_or(unreadable),
            Tag::Float => decimal::parse(text).map(VarValue::Float).ok_or(unreadable),
            Tag::Bool => match text {
                "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(VarValue::Bool(true)),
                "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(VarValue::Bool(false)),
                _ => Err(unreadable),
            },
            _ => Ok(VarValue::Text(text.to_owned())),
        }
    }

    /// Returns text and tag of a scalar that has the value and nothing else.
    pub(super) fn scalar(&self) -> (String, Tag) {
        match self {
            VarValue::Text(text) => (text.clone(), Tag::Str),
            VarValue::Int(value) => (value.to_string(), Tag::Int),
            VarValue::Float(value) => (value.to_string(), Tag::Float),
            VarValue::Bool(value) => (value.to_string(), Tag::Bool),
        }
    }
}

impl std::fmt::Display for VarValue {
    /// Writes the value as it stands inside a text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            VarValue::Text(text) => f.write_str(text),
            VarValue::Int(value) => write!(f, "{value}"),
            VarValue::Float(value) => f.write_str(&general(*value)),
            VarValue::Bool(value) => write!(f, "{value}"),
        }
    }
}

/// Parses decimal digits with a sign (Go's `Atoi`): what YAML reads as octal is decimal here, other bases are refused.
fn parse_int(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_decimal = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_decimal.then(|| text.parse().ok()).flatten()
}

/// Formats a number as Go's `%v` does.
fn general(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "+Inf"
        } else {
            "-Inf"
        }
        .to_owned();
    }
    let mut text = String::new();
    push_yaml_float(value, &mut text);
    text
}

/// Finds the field that a path leads to.
pub(super) fn find(tree: &Tree, path: &str) -> Option<NodeId> {
    split(path).iter().map(|part| part.trim()).filter(|part| !part.is_empty()).try_fold(tree.root(), |node, part| {
        let digits = part.strip_prefix(['+', '-']).unwrap_or(part);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return tree.items(node).nth(part.parse().ok()?);
        }
        match part {
            "-" => tree.items(node).last(),
            "*" => None,
            _ => match part.strip_prefix('[').and_then(|part| part.strip_suffix(']')) {
                Some(condition) => find_item(tree, node, condition),
                None => tree.is_mapping(node).then(|| tree.get(node, part)).flatten(),
            },
        }
    })
}

/// Finds the item `[field=value]`, or the scalar `[=value]`, of a list.
fn find_item(tree: &Tree, list: NodeId, condition: &str) -> Option<NodeId> {
    let (field, value) = condition.split_once('=')?;
    tree.items(list).find(|&item| match field {
        "" => tree.text(item) == value,
        _ => tree.is_mapping(item) && tree.get(item, field).is_some_and(|found| tree.text(found) == value),
    })
}

/// Splits a path; an index in brackets at the end of a part is a part of its own (upstream `convertSliceIndex`).
fn split(path: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for part in field_path::split(path) {
        match index_at_end(&part) {
            Some((field, index)) => {
                parts.extend((!field.is_empty()).then(|| field.to_owned()));
                parts.push(index.to_owned());
            }
            None => parts.push(part),
        }
    }
    parts
}

fn index_at_end(part: &str) -> Option<(&str, &str)> {
    let (field, index) = part.strip_suffix(']')?.rsplit_once('[')?;
    (!index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit())).then_some((field, index))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_split_as_in_the_reference() {
        for (path, expected) in [
            ("metadata.name", &["metadata", "name"][..]),
            ("spec.ports[0].port", &["spec", "ports", "0", "port"]),
            ("metadata.annotations.[a.b/c]", &["metadata", "annotations", "a.b/c"]),
            (r"metadata.annotations.a\.b", &["metadata", "annotations", "a.b"]),
            ("c.[name=a.b].image", &["c", "[name=a.b]", "image"]),
            ("c.[x].y", &["c", "[x]", "y"]),
            ("a[0][1]", &["a[0]", "1"]),
        ] {
            assert_eq!(split(path), expected, "{path}");
        }
    }

    #[test]
    fn numbers_in_texts_are_written_as_go_does() {
        for (value, expected) in [
            (1000.0, "1000"),
            (1e5, "100000"),
            (1e6, "1e+06"),
            (12345678.5, "1.23456785e+07"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
        ] {
            assert_eq!(general(value), expected);
        }
        assert_eq!([parse_int("010"), parse_int("+5"), parse_int("0x1")], [Some(10), Some(5), None]);
    }
}
