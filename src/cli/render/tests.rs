//! Drawings of diagnostics made by hand, judged by eye.

use super::*;
use crate::diagnostic::Code;
use crate::mask::Mask;
use crate::source::{Embedded, Sensitivity};
use proptest::prelude::*;

fn draw(sources: &Sources, diagnostic: &Diagnostic) -> String {
    Renderer::new(sources, false).render(diagnostic)
}

/// Returns the place of the first occurrence of a word.
fn find(source: &Source, word: &str) -> Option<Place> {
    let start = source.text.find(word)?;
    Some(Place { source: source.id, span: Span::new(start, start + word.len()) })
}

#[test]
fn two_files_notes_help_and_the_way() {
    let mut sources = Sources::default();
    let overlay = sources.add(
        "overlays/prod/kustomization.yaml",
        "resources:\n- ../../base\n".to_owned(),
        Sensitivity::Yaml,
        None,
    );
    let base = sources.add("base/a.yaml", "kind: A\nmetadata:\n  name: x\n".to_owned(), Sensitivity::Yaml, None);
    let other = sources.add("base/b.yaml", "kind: A\nmetadata: {name: x}\n".to_owned(), Sensitivity::Yaml, None);
    let mut diagnostic = Diagnostic::error(Code::DuplicateId, "two objects are `A/x`")
        .at(find(&base, "x"), "the second")
        .at(find(&other, "x"), "the first")
        .note("a fact")
        .help("advice");
    diagnostic.chain.extend(find(&overlay, "../../base"));
    assert_eq!(
        draw(&sources, &diagnostic),
        "\
error[duplicate-id]: two objects are `A/x`
 --> base/a.yaml:3:9
  |
2 | metadata:
3 |   name: x
  |         ^ the second
  |
 ::: base/b.yaml:2:18
  |
1 | kind: A
2 | metadata: {name: x}
  |                  - the first
  |
  = included from: overlays/prod/kustomization.yaml:2:3
  = note: a fact
  = help: advice"
    );
}

#[test]
fn a_secret_in_an_inline_patch_is_hidden_and_the_caret_stays() {
    let mut sources = Sources::default();
    let text = "patches:\n- patch: |\n    kind: Secret\n    stringData:\n      password: hünter2: x\n";
    let outer = sources.add("kustomization.yaml", text.to_owned(), Sensitivity::Yaml, None);
    let inner_text = "kind: Secret\nstringData:\n  password: hünter2: x\n".to_owned();
    let embedded = Embedded { outer: find(&outer, "|").expect("there"), first_line: 3, indent: 4 };
    let inner = sources.add("kustomization.yaml", inner_text, Sensitivity::Yaml, Some(embedded));
    let diagnostic = Diagnostic::error(Code::YamlSyntax, "a second `:`").at(find(&inner, ": x"), "this one");
    assert_eq!(
        draw(&sources, &diagnostic),
        "\
error[yaml-syntax]: a second `:`
 --> kustomization.yaml:5:24
  |
4 |     stringData:
5 |       password: ••••••••••
  |                        ^^^ this one"
    );
}

#[test]
fn a_file_without_text_and_no_file_at_all() {
    let sources = Sources::default();
    let diagnostic = Diagnostic::error(Code::FileNotFound, "`x.yaml` does not exist").path("x.yaml").help("advice");
    let expected = "error[file-not-found]: `x.yaml` does not exist\n --> x.yaml\n  = help: advice";
    assert_eq!(draw(&sources, &diagnostic), expected);
    let diagnostic = Diagnostic::warning(Code::Usage, "something");
    assert_eq!(draw(&sources, &diagnostic), "warning[usage]: something");
}

#[test]
fn a_huge_line_costs_little_and_keeps_its_column() {
    let mut sources = Sources::default();
    let text = format!("a: [{}x, {}]\n", "y, ".repeat(100_000), "z, ".repeat(100_000));
    let source = sources.add("a.yaml", text, Sensitivity::Yaml, None);
    let drawing = draw(&sources, &Diagnostic::error(Code::InvalidValue, "bad").at(find(&source, "x"), "here"));
    assert!(drawing.contains("a.yaml:1:300005\n"), "{drawing}");
    assert!(drawing.contains("^ here"), "{drawing}");
    assert!(drawing.lines().all(|line| line.chars().count() <= DEFAULT_TERM_WIDTH + 10), "{drawing}");
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let mut sources = Sources::default();
    let source = sources.add("a\u{1b}]0;x\u{7}.yaml", "a: \u{1b}[2Jb\u{202e}\n".to_owned(), Sensitivity::Yaml, None);
    let diagnostic =
        Diagnostic::error(Code::InvalidValue, "m\u{1b}[2J").at(find(&source, "b"), "l\u{9b}").note("n\u{7}");
    let drawing = draw(&sources, &diagnostic);
    assert!(!drawing.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'), "{drawing:?}");
}

#[test]
fn summaries() {
    assert_eq!(summary(1, 0, false), "1 error");
    assert_eq!(summary(2, 1, false), "2 errors, 1 warning");
    assert_eq!(summary(0, 3, false), "3 warnings");
}

proptest! {
    /// Neither a text nor a place, right or wrong, can stop the drawing; and no line moves by hiding.
    #[test]
    fn nothing_stops_the_drawing(
        text in "([ \\-a:&*'\"{}\\[\\]|>#é\\\\\t\r\n\u{feff}=]|data|stringData|kind|Secret|op|path|/data|value|---\n|secretGenerator|literals){0,60}",
        spans in proptest::collection::vec((0usize..90, 0usize..90), 1..4),
    ) {
        let mut sources = Sources::default();
        let source = sources.add("a.yaml", text, Sensitivity::Yaml, None);
        let boundary = |at: usize| (0..=at.min(source.text.len())).rev().find(|&at| source.text.is_char_boundary(at));
        let mut diagnostic = Diagnostic::error(Code::YamlSyntax, "m");
        for (start, end) in spans {
            let span = Span::new(boundary(start).unwrap_or(0), boundary(end).unwrap_or(0));
            diagnostic = diagnostic.at(Some(Place { source: source.id, span }), "l");
        }
        draw(&sources, &diagnostic);
        let mask = Mask::of(&source, false);
        for line in 1..=source.line_count() {
            let text = source.line(line);
            let text = text.strip_prefix('\u{feff}').filter(|_| line == 1).unwrap_or(text);
            prop_assert_eq!(mask.line(&source, line).chars().count(), text.chars().count());
        }
    }
}
