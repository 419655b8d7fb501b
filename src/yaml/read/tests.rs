//! The reader against go-yaml: `tests/data/read` holds texts with the trees that the reference makes of them. And the
//! bounds, encodings and positions that no table shows.

#![allow(clippy::disallowed_methods, reason = "the cases are files")]

use super::*;
use crate::source::{Sensitivity, Sources};
use crate::yaml::tree::{Kind, Style, Tag};

const CASES: &str = include_str!("../../../tests/data/read/cases.txt");
const TRAPS: &str = include_str!("../../../tests/data/read/traps.txt");
const DIFFERENCES: &str = include_str!("../../../tests/data/read/differences.txt");

fn source(text: impl Into<String>) -> Arc<Source> {
    Sources::default().add("test.yaml", text.into(), Sensitivity::Yaml, None)
}

fn documents(text: &str) -> Result<Vec<Tree>> {
    read_documents(&source(text), &Limits::default())
}

fn refused(text: &str) -> (Code, String, String) {
    let source = source(text);
    let error = read_documents(&source, &Limits::default()).expect_err("the text is wrong");
    let at = source.line_column(error.labels[0].place.span.start);
    (error.code, format!("{}:{}", at.line, at.column), error.message)
}

/// Depth, kind and style, tag, position, text as JSON.
fn dump(source: &Source, tree: &Tree, node: NodeId, depth: usize, out: &mut Vec<String>) {
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
    let at = source.line_column(tree.place(node).expect("every node read has a place").span.start);
    let text = serde_json::to_string(tree.text(node)).expect("a string has a JSON form");
    out.push(format!("{depth} {kind}{style} {tag} {}:{} {text}", at.line, at.column));
    for child in tree.children(node) {
        dump(source, tree, child, depth + 1, out);
    }
}

/// The text of a line of a dump without its position, its text decoded; and the position.
fn without_position(line: &str) -> (String, &str) {
    let mut fields = line.splitn(5, ' ');
    let mut next = || fields.next().unwrap_or("");
    let (depth, kind, tag, position, text) = (next(), next(), next(), next(), next());
    let text: String = serde_json::from_str(text).unwrap_or_default();
    (format!("{depth} {kind} {tag} {text}"), position)
}

/// Returns how a text is read differently from go-yaml.
fn difference(text: &str, expected: &[&str]) -> Option<&'static str> {
    let source = source(text);
    let accepted = expected != ["!"];
    let Ok(trees) = read_documents(&source, &Limits::default()) else { return accepted.then_some("refused") };
    if !accepted {
        return Some("accepted");
    }
    let mut lines = Vec::new();
    for tree in &trees {
        lines.push("---".to_owned());
        dump(&source, tree, tree.root(), 0, &mut lines);
    }
    if lines.len() != expected.len() {
        return Some("tree");
    }
    let pairs = || lines.iter().zip(expected).map(|(ours, theirs)| (without_position(ours), without_position(theirs)));
    if pairs().any(|(ours, theirs)| ours.0 != theirs.0) {
        return Some("tree");
    }
    pairs().any(|(ours, theirs)| ours.1 != theirs.1 && theirs.1 != "*").then_some("position")
}

/// The texts of a table with the rows that the reference makes of them.
fn table(table: &'static str) -> Vec<(&'static str, String, Vec<&'static str>)> {
    let mut cases = Vec::new();
    let mut lines = table.lines().peekable();
    while let Some(line) = lines.next() {
        let input = line.strip_prefix("= ").expect("a case begins with its input");
        let text: String = serde_json::from_str(input).expect("the input is a JSON string");
        let mut expected = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("= ")) {
            expected.push(line);
        }
        cases.push((input, text, expected));
    }
    cases
}

#[test]
fn reads_like_go_yaml() {
    let cases = table(CASES);
    let mut found = Vec::new();
    for (input, text, expected) in &cases {
        if let Some(kind) = difference(text, expected) {
            found.push(format!("{kind} {input}"));
        }
    }
    assert!(cases.len() > 500, "the table was cut short: {} cases", cases.len());
    // Both ways: a new difference fails, and so does one that is gone but still listed.
    assert_eq!(found.join("\n"), DIFFERENCES.trim_end());
}

#[test]
fn falls_into_the_same_traps_as_go_yaml() {
    let traps = table(TRAPS);
    assert!(traps.len() >= 1000, "the table was cut short: {} traps", traps.len());
    for (input, text, expected) in &traps {
        assert_eq!(difference(text, expected), None, "{input}");
    }
}

#[test]
fn alias_bombs_fail_before_they_grow() {
    // Expanded, this would be more than any memory holds.
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..100 {
        let item = format!("*a{}, ", level - 1);
        text += &format!("a{level}: &a{level} [{}]\n", item.repeat(10));
    }
    let (code, ..) = refused(&text);
    assert_eq!(code, Code::LimitExceeded);

    // The same with merge keys and with a small limit.
    let limits = Limits { alias_nodes_max: 10, ..Limits::default() };
    let fits = "a: &a {b: 1, c: 2}\nd: *a\ne: *a\n";
    assert!(read_documents(&source(fits), &limits).is_ok());
    assert!(read_documents(&source(format!("{fits}f: {{<<: *a}}\n")), &limits).is_err());
    // Many documents are no way around it.
    assert!(read_documents(&source(format!("{fits}---\n{fits}")), &limits).is_err());
}

#[test]
fn alias_chains_do_not_grow_deeper_than_the_limit() {
    let mut text = String::from("a0: &a0 [x]\n");
    for level in 1..20_000 {
        text += &format!("a{level}: &a{level} [*a{}]\n", level - 1);
    }
    assert_eq!(refused(&text).0, Code::LimitExceeded);
}

#[test]
fn depth_is_bounded() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", "")] {
        for (depth, fits) in [(250, true), (251, false), (100_000, false)] {
            let text = format!("{}x{}\n", open.repeat(depth), close.repeat(depth));
            match documents(&text) {
                Ok(trees) => assert!(fits && trees.len() == 1, "{open} {depth}"),
                Err(error) => assert!(!fits && error.code == Code::LimitExceeded, "{open} {depth}: {error:?}"),
            }
        }
    }
}

#[test]
fn cycles_and_unknown_anchors_are_told_apart() {
    let message = "the alias refers to a node that contains it".to_owned();
    assert_eq!(refused("a: &x\n  b: [*x]\n"), (Code::AliasCycle, "2:7".to_owned(), message));
    let message = "the document defines no anchor of this name before the alias".to_owned();
    assert_eq!(refused("a: &x 1\n---\nb: *x\n"), (Code::UnknownAnchor, "3:4".to_owned(), message));
}

#[test]
fn long_anchors_are_fine() {
    let name = "n".repeat(1 << 20);
    assert!(documents(&format!("a: &{name} x\nb: *{name}\n")).is_ok());
}

#[test]
fn kustomization_files_are_read_by_the_older_rules() {
    let first = |text: &str| read_first(&source(text), &Limits::default()).expect("the text is right");
    let text_at = |text: &str, key: &str| first(text).and_then(|tree| tree.text_at(&[key]).map(str::to_owned));
    // From `kustomize build`: whichever stands later wins, and several merge keys are fine.
    assert_eq!(text_at("p: a\n<<: {p: b}\n", "p").as_deref(), Some("b"));
    assert_eq!(text_at("<<: {p: b}\np: a\n", "p").as_deref(), Some("a"));
    assert_eq!(text_at("<<: [{p: b}, {p: c}]\n", "p").as_deref(), Some("b"));
    assert_eq!(text_at("<<: {p: b}\n<<: {s: a}\n", "p").as_deref(), Some("b"));
    assert_eq!(text_at("\"<<\": x\n", "<<").as_deref(), Some("x"));
    // Only the first document counts, and a null one is none.
    assert_eq!(text_at("# c\n---\np: a\n---\np: b\n", "p").as_deref(), Some("a"));
    assert_eq!(text_at("%YAML 1.1\n---\np: a\n", "p").as_deref(), Some("a"));
    for nothing in ["", "# c\n", "---\n---\np: a\n", "~\n"] {
        assert!(first(nothing).is_none(), "{nothing:?}");
    }
    // Keys that stand twice stay twice.
    assert_eq!(first("p: a\np: b\n").map(|tree| tree.entries(tree.root()).count()), Some(2));
    for wrong in ["...\np: a\n", "%YAML 1.2\n---\np: a\n"] {
        assert!(read_first(&source(wrong), &Limits::default()).is_err(), "{wrong:?}");
    }
}

#[test]
fn positions_are_those_of_the_original_bytes() {
    let text = "\u{feff}a: é\r\nb:\r\n  - x\r\n---\r\nc: \"y\r\n  z\"\r\nd: |\r\n  w\r\n";
    let source = source(text);
    let trees = read_documents(&source, &Limits::default()).expect("the text is right");
    let slice = |tree: &Tree, path: &[&str]| {
        let node = tree.get_path(tree.root(), path).expect("the path exists");
        let span = tree.place(node).expect("every node read has a place").span;
        text[span.start as usize..span.end as usize].to_owned()
    };
    assert_eq!(slice(&trees[0], &["a"]), "é");
    assert_eq!(slice(&trees[1], &["c"]), "\"y\r\n  z\"");
    assert_eq!(slice(&trees[1], &["d"]), "|\r\n  w");
    assert_eq!(trees[1].text_at(&["c"]), Some("y z"));
    assert_eq!(trees[1].text_at(&["d"]), Some("w\n"));
    let x = trees[0].items(trees[0].get(trees[0].root(), "b").expect("there is b")).next().expect("there is an item");
    let at = source.line_column(trees[0].place(x).expect("every node read has a place").span.start);
    assert_eq!((at.line, at.column), (3, 5));
}

#[test]
fn every_node_knows_its_bytes() {
    let text = "a: &x\n  - [b, {c: \"d\"}]  # e\n  - |\n    f\n\n? g\n: 'h\n\n  i'\n\nj: [k: l]\nm:\n- n\n";
    let trees = documents(text).expect("the text is right");
    let mut found = Vec::new();
    fn walk(tree: &Tree, node: NodeId, text: &str, found: &mut Vec<String>) {
        let span = tree.extent(node).expect("every node read has an extent").span;
        found.push(text[span.start as usize..span.end as usize].to_owned());
        tree.children(node).for_each(|child| walk(tree, child, text, found));
    }
    walk(&trees[0], trees[0].root(), text, &mut found);
    let list = "- [b, {c: \"d\"}]  # e\n  - |\n    f";
    let expected = [
        text.trim_end(),
        "a",
        list,
        "[b, {c: \"d\"}]",
        "b",
        "{c: \"d\"}",
        "c",
        "\"d\"",
        "|\n    f",
        "g",
        "'h\n\n  i'",
        "j",
        "[k: l]",
        "k: l",
        "k",
        "l",
        "m",
        "- n",
        "n",
    ];
    assert_eq!(found, expected);
}

#[test]
fn syntax_errors_say_where_and_why() {
    for (text, position, message) in [
        ("a: b: c\n", "1:5", "a second `:` in one plain value"),
        ("a:\n  b: c\n d: e\n", "3:2", "the key is not indented like any key above it"),
        ("a:\n\tb: c\n", "2:1", "a tab is used for indentation"),
        ("a: 1\nb: \"x\nc: y\n", "2:4", "a quoted text is not closed"),
        ("a: [b,\n  c\nd: e\n", "3:2", "a `[` is not closed, or a `,` is missing"),
        ("a: {b: c\nd: e\n", "2:2", "a `{` is not closed, or a `,` is missing"),
        ("a: @b\n", "1:4", "a plain value cannot begin with this character"),
        ("a:\n- b\nc\n", "3:1", "expected `key: value`, found a text without `:`"),
        ("a: 'it's'\n", "1:8", "text stands behind the closing quote"),
        ("x: 1\n---\na: b\n  c: d\n", "4:4", "a `key: value` pair is not allowed here"),
        ("a: \"\\q\"\n", "1:5", "unknown escape in a double-quoted text"),
        ("a: b\x07\n", "1:5", "the text holds a control character"),
    ] {
        let (code, found_position, found) = refused(text);
        assert_eq!((code, found_position.as_str(), found.as_str()), (Code::YamlSyntax, position, message), "{text:?}");
    }
    let (code, position, _) = refused("a: b\n--- c\nd: e\n");
    assert_eq!((code, position.as_str()), (Code::InvalidSeparator, "2:1"));
}

#[cfg(feature = "second-opinion")]
#[test]
fn what_only_the_reference_refuses_is_said_to_be_fine_elsewhere() {
    let notes = |text: &str| documents(text).expect_err("the text is wrong").notes;
    let because = |why: &str| [format!("valid YAML 1.2, but kustomize rejects this because {why}")];
    assert_eq!(notes("a: \"\\/\"\n"), because("it does not know the escape `\\/`"));
    let version = read_first(&source("%YAML 1.2\n---\na: b\n"), &Limits::default()).expect_err("the version is wrong");
    assert_eq!(version.notes, because("it reads YAML 1.1 only"));
    for wrong in ["a: b: c\n", "a: [b\n", "a: \"b\n", "a: b\u{7}\n", "a: {<<: 1}\n"] {
        assert!(notes(wrong).is_empty(), "{wrong:?}");
    }
}

#[test]
fn an_unclosed_bracket_is_pointed_at() {
    let source = source("a:\n  b: [c,\n    {d: e,\n  f]\n");
    let error = read_documents(&source, &Limits::default()).expect_err("the text is wrong");
    let places: Vec<_> = error.labels.iter().map(|label| source.line_column(label.place.span.start)).collect();
    assert_eq!(places.iter().map(|at| (at.line, at.column)).collect::<Vec<_>>(), [(4, 4), (3, 5)]);
}

#[test]
fn bytes_are_decoded() {
    let utf16 = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect()
    };
    let text = "a: é😀\n";
    assert_eq!(decode_bytes(text.as_bytes().to_vec()).as_deref(), Ok(text));
    assert_eq!(decode_bytes(utf16(text, u16::to_le_bytes)).as_deref(), Ok(text));
    assert_eq!(decode_bytes(utf16(text, u16::to_be_bytes)).as_deref(), Ok(text));
    assert_eq!(decode_bytes(b"a: \xff\n".to_vec()), Err(EncodingError { offset: 3 }));
    assert_eq!(decode_bytes(b"\xff\xfea\0\0\xd8b\0".to_vec()), Err(EncodingError { offset: 4 }));
    assert_eq!(decode_bytes(b"\xff\xfea\0b".to_vec()), Err(EncodingError { offset: 4 }));
}
