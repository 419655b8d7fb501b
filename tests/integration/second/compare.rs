//! Texts through this reader and through yaml-rust2: which of the two accept them, and whether they see the same tree.

use rustomize::limits::Limits;
use rustomize::source::{Sensitivity, Sources};
use rustomize::yaml::read;
use rustomize::yaml::tree::{Kind, NodeId, Style, Tree};
use std::collections::BTreeMap;
use yaml_rust2::parser::{Event, Parser};
use yaml_rust2::scanner::TScalarStyle;

/// How two readers agree about a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// The same trees.
    Same,
    /// Both refuse it.
    Refused,
    /// Only this reader accepts it.
    OnlyOurs,
    /// Only yaml-rust2 accepts it.
    OnlyTheirs,
    /// Two trees.
    Different,
}

/// Reads a text with both.
pub(crate) fn compare(text: &str) -> Verdict {
    let source = Sources::default().add("t.yaml", text.to_owned(), Sensitivity::Yaml, None);
    match (read::read_documents(&source, &Limits::default()), rows_of_events(text)) {
        (Err(_), None) => Verdict::Refused,
        (Ok(_), None) => Verdict::OnlyOurs,
        (Err(_), Some(_)) => Verdict::OnlyTheirs,
        (Ok(trees), Some(theirs)) => {
            let mut ours = Vec::new();
            for tree in &trees {
                ours.push("---".to_owned());
                rows(tree, tree.root(), 0, &mut ours);
            }
            if ours == theirs { Verdict::Same } else { Verdict::Different }
        }
    }
}

/// Depth, kind or style, and text of a node and those below it.
fn rows(tree: &Tree, node: NodeId, depth: usize, out: &mut Vec<String>) {
    let kind = match (tree.kind(node), tree.style(node)) {
        (Kind::Mapping, _) => "mapping",
        (Kind::Sequence, _) => "sequence",
        (Kind::Scalar, Style::SingleQuoted) => "single",
        (Kind::Scalar, Style::DoubleQuoted) => "double",
        (Kind::Scalar, Style::Literal) => "literal",
        (Kind::Scalar, Style::Folded) => "folded",
        (Kind::Scalar, _) => "plain",
    };
    out.push(format!("{depth} {kind} {:?}", tree.text(node)));
    for child in tree.children(node) {
        rows(tree, child, depth + 1, out);
    }
}

/// The same from yaml-rust2's events; documents that are null are left out.
fn rows_of_events(text: &str) -> Option<Vec<String>> {
    let mut parser = Parser::new_from_str(text);
    let mut out: Vec<(usize, String)> = Vec::new();
    let mut anchors: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut start = 0;
    loop {
        let (event, _) = parser.next_token().ok()?;
        let depth = open.len();
        let first = out.len();
        match event {
            Event::StreamEnd => break,
            Event::DocumentStart => {
                start = first;
                out.push((0, "---".to_owned()));
            }
            Event::DocumentEnd => {
                let null = |row: &str| ["plain \"\"", "plain \"~\"", "plain \"null\""].contains(&row);
                if out.len() == start + 2 && out.last().is_some_and(|row| null(&row.1)) {
                    out.truncate(start);
                }
            }
            Event::Scalar(value, style, anchor, _) => {
                let style = match style {
                    TScalarStyle::Plain => "plain",
                    TScalarStyle::SingleQuoted => "single",
                    TScalarStyle::DoubleQuoted => "double",
                    TScalarStyle::Literal => "literal",
                    TScalarStyle::Folded => "folded",
                };
                // A scalar with a tag and no text has `~` for a value there.
                out.push((depth, format!("{style} {value:?}")));
                anchors.insert(anchor, (first, first + 1));
            }
            Event::SequenceStart(anchor, _) => {
                out.push((depth, "sequence \"\"".to_owned()));
                open.push((anchor, first));
            }
            Event::MappingStart(anchor, _) => {
                out.push((depth, "mapping \"\"".to_owned()));
                open.push((anchor, first));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((anchor, from)) = open.pop() {
                    anchors.insert(anchor, (from, first));
                }
            }
            Event::Alias(anchor) => {
                let &(from, to) = anchors.get(&anchor)?;
                let top = out.get(from)?.0;
                let copies: Vec<_> =
                    out.get(from..to)?.iter().map(|row| (row.0 - top + depth, row.1.clone())).collect();
                out.extend(copies);
            }
            Event::Nothing | Event::StreamStart => {}
        }
    }
    let show = |(depth, row): (usize, String)| if row == "---" { row } else { format!("{depth} {row}") };
    Some(out.into_iter().map(show).collect())
}
