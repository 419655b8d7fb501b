//! Structured data in a text, such as a file in a config map: read, written to, and printed in the form it had.
//!
//! JSON is printed compact or indented, YAML with the styles it had (upstream `setValueInStructuredData`).

use super::{Fault, Followed};
use crate::limits::Limits;
use crate::provenance::Stamp;
use crate::source::{Sensitivity, Sources};
use crate::yaml::comments::{self, Comments};
use crate::yaml::read::read_first;
use crate::yaml::tree::{NodeId, Style, Tag, Tree};
use crate::yaml::{json, print};

/// A document in a text.
pub(super) struct Document {
    pub(super) tree: Tree,
    /// Its comments, or why they cannot be kept.
    comments: std::result::Result<Comments, &'static str>,
}

/// Reads a text as a document that is to be changed.
pub(super) fn document(text: &str, limits: &Limits, stamp: &Stamp) -> Followed<Document> {
    let tree = parse(text, limits, stamp)?;
    let comments = if is_json(text) { Ok(Comments::default()) } else { Comments::find(&tree, text) };
    Ok(Document { tree, comments })
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// Reads a text as one YAML document; null is one, nothing is none. Its nodes' places are in the text alone.
pub(super) fn parse(text: &str, limits: &Limits, stamp: &Stamp) -> Followed<Tree> {
    let source = Sources::default().add("", text.to_owned(), Sensitivity::Opaque, None);
    let is_blank = |line: &str| matches!(line.trim(), "" | "---" | "...") || line.trim_start().starts_with('#');
    match read_first(&source, limits) {
        Ok(Some(tree)) => Ok(tree),
        Ok(None) if text.lines().all(is_blank) => Err(Fault::new("the text holds no structured data")),
        Ok(None) => {
            let mut tree = Tree::new();
            let null = tree.new_scalar("null", Style::Plain, Tag::Null, stamp);
            tree.set_root(null);
            Ok(tree)
        }
        Err(_) => Err(Fault::new("the text cannot be read as YAML or JSON")),
    }
}

/// Prints a document in the form of the text it was read from.
pub(super) fn print(document: &Document, text: &str, is_extended: bool) -> Followed<String> {
    let Document { tree, comments } = document;
    if !is_json(text) {
        let comments = comments.as_ref().map_err(|why| unsupported(why))?;
        if is_extended && comments.has_feet {
            return Err(unsupported("it has comments, and a field is made in it"));
        }
        let printed = print::document(tree, comments).map_err(unsupported)?;
        return Ok(printed.trim().to_owned());
    }
    let mut compact = String::with_capacity(text.len() + 64);
    json::encode(tree, tree.root(), &mut compact).map_err(|_| Fault::new("the text cannot be written as JSON"))?;
    let is_indented = text.contains('\n') && text.contains("  ");
    Ok(if is_indented { indent(&compact) } else { compact })
}

/// The text could be written, but not here: it must not be left as it is.
fn unsupported(why: &str) -> Fault {
    Fault { is_final: true, ..Fault::new(format!("a text on the way cannot be written back: {why}")) }
}

/// Forgets the comments of a collection that is about to be replaced, whose value brings none of its own.
pub(super) fn replace_collection(
    document: &mut Document,
    text: &str,
    node: NodeId,
    value: Option<(&Tree, NodeId)>,
) -> Followed<()> {
    if is_json(text) {
        return Ok(());
    }
    if value.is_some_and(|(tree, node)| comments::stand_in(tree, node)) {
        return Err(unsupported("there are comments in the collection that is written to it"));
    }
    match &mut document.comments {
        Ok(comments) if !comments.is_empty() => comments.forget_inside(&document.tree, node).map_err(unsupported),
        _ => Ok(()),
    }
}

/// Indents compact JSON by two spaces a level, as Go does.
fn indent(compact: &str) -> String {
    let mut out = String::with_capacity(compact.len() * 2);
    let (mut depth, mut in_string, mut is_escaped) = (0usize, false, false);
    let mut chars = compact.chars().peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(char) = chars.next() {
        if in_string {
            out.push(char);
            in_string = is_escaped || char != '"';
            is_escaped = !is_escaped && char == '\\';
            continue;
        }
        match char {
            '{' | '[' => {
                out.push(char);
                if let Some(end) = chars.next_if(|&next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(char);
            }
            ',' => {
                out.push(char);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => {
                in_string = char == '"';
                out.push(char);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::indent;

    #[test]
    fn json_is_indented_like_go() {
        let compact = r#"{"a":[],"b":{},"c":[1,{"d":"x\"{,:"}],"e":"\\"}"#;
        let expected = "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    {\n      \"d\": \"x\\\"{,:\"\n    }\n  ],\n  \"e\": \"\\\\\"\n}";
        assert_eq!(indent(compact), expected);
    }
}
