//! The suffix that a generated object's name gets: a hash of its content.

use crate::yaml::emit::EmitError;
use crate::yaml::json;
use crate::yaml::resolve::effective_tag;
use crate::yaml::tree::{Kind, NodeId, Tag, Tree};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Why no suffix can be computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HashError {
    /// A part of the content cannot be written as JSON.
    Content(EmitError),
    /// Only config maps and secrets have one: of other kinds the reference hashes its own memory layout.
    Kind,
}

/// Returns the suffix for a config map or a secret, without the dash (upstream `Hasher.Hash`).
///
/// The name does not enter the hash: upstream asks for a field called `metadata/name`, which no object has.
///
/// The text that is hashed is put together in `text`, which one object after the other can use.
pub fn suffix(tree: &Tree, kind: &str, text: &mut String) -> Result<String, HashError> {
    text.clear();
    match kind {
        "ConfigMap" => {
            text.push('{');
            optional(tree, "binaryData", text)?;
            field(tree, "data", text)?;
            text.push_str(r#","kind":"ConfigMap","name":""}"#);
        }
        "Secret" => {
            text.push('{');
            field(tree, "data", text)?;
            text.push_str(r#","kind":"Secret","name":"","#);
            optional(tree, "stringData", text)?;
            field(tree, "type", text)?;
            text.push('}');
        }
        _ => return Err(HashError::Kind),
    }
    Ok(encode(&Sha256::digest(text.as_bytes())))
}

/// Appends a field; what is absent or null counts as an empty string, a scalar as its text.
fn field(tree: &Tree, name: &str, out: &mut String) -> Result<(), HashError> {
    let _ = write!(out, "\"{name}\":");
    let Some(node) = find(tree, name) else {
        out.push_str("\"\"");
        return Ok(());
    };
    match tree.kind(node) {
        Kind::Scalar => json::encode_string(tree.text(node), out),
        Kind::Mapping => json::encode(tree, node, out).map_err(HashError::Content)?,
        // Upstream decodes into a mapping and does not look whether that worked.
        Kind::Sequence => out.push_str("null"),
    }
    Ok(())
}

/// Appends a field with a comma unless it is absent or a scalar.
fn optional(tree: &Tree, name: &str, out: &mut String) -> Result<(), HashError> {
    if find(tree, name).is_some_and(|node| !tree.is_scalar(node)) {
        field(tree, name, out)?;
        out.push(',');
    }
    Ok(())
}

fn find(tree: &Tree, name: &str) -> Option<NodeId> {
    let node = tree.get(tree.root(), name)?;
    let is_null = tree.is_scalar(node) && effective_tag(tree, node) == Tag::Null;
    (!is_null).then_some(node)
}

/// Returns the first ten digits in Kubernetes' alphabet, which spells no words.
fn encode(digest: &[u8]) -> String {
    const LEN: usize = 10;
    let hex = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    hex.take(LEN).map(|digit| char::from(b"gh2k456789mbcdtf"[usize::from(digit)])).collect()
}
