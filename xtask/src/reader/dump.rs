//! Trees as rows, as the oracle prints them, and what differs.

use rustomize::limits::Limits;
use rustomize::source::{Sensitivity, Source, Sources};
use rustomize::yaml::read;
use rustomize::yaml::tree::{Kind, NodeId, Style, Tag, Tree};
use std::sync::Arc;

fn source(text: &str) -> Arc<Source> {
    Sources::default().add("t.yaml", text.to_owned(), Sensitivity::Yaml, None)
}

/// A text as a JSON string, cut if it is long.
pub fn shown(text: &str) -> String {
    let json = serde_json::to_string(text).unwrap_or_default();
    match json.char_indices().nth(300) {
        Some((end, _)) => format!("{} ...", &json[..end]),
        None => json,
    }
}

/// Returns how a text is read as a resource file otherwise than by the reference.
pub fn difference(text: &str, expected: Option<&[String]>) -> Option<&'static str> {
    let source = source(text);
    let trees = match (read::read_documents(&source, &Limits::default()), expected) {
        (Ok(_), None) => return Some("accepted"),
        (Err(_), Some(_)) if text.contains("\u{feff}\u{feff}") => return None,
        (Err(_), Some(_)) => return Some("refused"),
        (Err(_), None) => return None,
        (Ok(trees), Some(_)) => trees,
    };
    // Merge keys are applied at once here and in steps there.
    if text.contains("<<") {
        return None;
    }
    let mut rows = Vec::new();
    for tree in &trees {
        rows.push("---".to_owned());
        dump(&source, tree, tree.root(), 0, &mut rows);
    }
    let expected = expected.unwrap_or_default();
    let pairs = || rows.iter().zip(expected).map(|(ours, theirs)| (parts(ours), parts(theirs)));
    if rows.len() != expected.len() || pairs().any(|(ours, theirs)| ours.0 != theirs.0) {
        // kyaml's merge step doubles entries with null keys, and loses some beside them; the output step then fails.
        let is_doubled = ["~", "ull", "NULL"].iter().any(|null| text.contains(null));
        return (!is_doubled).then_some("tree");
    }
    if has_unsure_positions(text) {
        return None;
    }
    // For go-yaml comments may move the place of a value that is missing.
    let is_missing = |row: &str| row.ends_with(" S- - ") && text.contains('#');
    pairs().any(|(ours, theirs)| ours.1 != theirs.1 && theirs.1 != "*" && !is_missing(&ours.0)).then_some("position")
}

/// go-yaml ends a text without a line end on a line that does not exist. Line ends other than `\n` count for no line here.
/// It takes the tag `!` into the node it stands before.
fn has_unsure_positions(text: &str) -> bool {
    let unsure = ["\r", "\u{85}", "\u{2028}", "\u{2029}", "\u{feff}", "! ", "!\n", "!<!>"];
    text.ends_with('!') || !text.ends_with('\n') || unsure.iter().any(|unsure| text.contains(unsure))
}

/// Returns whether a text is of a kind that is read differently on purpose.
pub fn is_known(text: &str) -> bool {
    ["~", "ull", "NULL", "<<", "\u{feff}\u{feff}"].iter().any(|known| text.contains(known))
        || text.contains('?') && text.contains('#')
}

/// A row of the oracle, without its position where that is not compared.
pub fn without_unsure_position(text: &str, row: &str) -> String {
    let fields: Vec<&str> = row.splitn(5, ' ').collect();
    match fields.as_slice() {
        [depth, kind, tag, _, value] if has_unsure_positions(text) => format!("{depth} {kind} {tag} * {value}"),
        _ => row.to_owned(),
    }
}

/// Returns how a text is read as a kustomization file otherwise than by the reference.
pub fn first_difference(text: &str, is_accepted: bool) -> Option<&'static str> {
    match (read::read_first(&source(text), &Limits::default()), is_accepted) {
        (Err(_), true) if text.contains("\u{feff}\u{feff}") => None,
        (Ok(_), false) => Some("kustomization accepted"),
        (Err(_), true) => Some("kustomization refused"),
        _ => None,
    }
}

/// A row without its position, its text decoded; and the position.
fn parts(row: &str) -> (String, &str) {
    let mut fields = row.splitn(5, ' ');
    let mut next = || fields.next().unwrap_or("");
    let (depth, kind, tag, position, text) = (next(), next(), next(), next(), next());
    let text: String = serde_json::from_str(text).unwrap_or_default();
    (format!("{depth} {kind} {tag} {text}"), position)
}

fn dump(source: &Source, tree: &Tree, node: NodeId, depth: usize, rows: &mut Vec<String>) {
    let kind = match tree.kind(node) {
        Kind::Scalar => 'S',
        Kind::Mapping => 'M',
        Kind::Sequence => 'Q',
    };
    let style = match tree.style(node) {
        Style::Plain | Style::Block => '-',
        Style::SingleQuoted => 's',
        Style::DoubleQuoted => 'd',
        Style::Literal => 'l',
        Style::Folded => 'f',
        Style::Flow => 'F',
    };
    let tag = match tree.tag(node) {
        Tag::Implied => "-".to_owned(),
        Tag::Custom => "!custom".to_owned(),
        tag => format!("!!{tag:?}").to_lowercase(),
    };
    let start = tree.place(node).map_or(0, |place| place.span.start);
    let at = source.line_column(start);
    let text = serde_json::to_string(tree.text(node)).unwrap_or_default();
    rows.push(format!("{depth} {kind}{style} {tag} {}:{} {text}", at.line, at.column));
    for child in tree.children(node) {
        dump(source, tree, child, depth + 1, rows);
    }
}
