//! Cases are files: `tests/data/mask/NAME.yaml` (or `.json`, `.env`) is read and `NAME.masked` is what may be shown of it,
//! judged by hand. In the inputs every secret holds the word `hunter`, and what need not be hidden the word `shown`.

#![allow(clippy::disallowed_methods, reason = "the cases are files")]

use super::{Mask, parses};
use crate::sorting::Sorting;
use crate::source::{Sensitivity, Sources};
use std::path::{Path, PathBuf};

/// Returns a text as it may be shown, whole.
fn masked(text: &str, sensitivity: Sensitivity) -> String {
    drawn(text, sensitivity, false)
}

/// Returns a file with a patch inside that does not parse.
fn masked_patches(text: &str) -> String {
    drawn(text, Sensitivity::Yaml, true)
}

fn drawn(text: &str, sensitivity: Sensitivity, is_broken_inside: bool) -> String {
    let mut sources = Sources::default();
    let source = sources.add("x", text.to_owned(), sensitivity, None);
    let mask = Mask::of(&source, is_broken_inside);
    (1..=source.line_count()).map(|line| mask.line(&source, line) + "\n").collect()
}

#[allow(clippy::disallowed_methods, reason = "test data")]
fn cases() -> Vec<(PathBuf, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/mask");
    let entries = std::fs::read_dir(directory).expect("the directory of cases").flatten();
    let inputs = entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e != "masked"));
    let mut cases: Vec<_> =
        inputs.map(|path| (path.clone(), std::fs::read_to_string(&path).expect("a readable case"))).collect();
    cases.put_in_own_order();
    cases
}

fn masked_case(path: &Path, text: &str) -> String {
    let is_opaque = path.extension().is_some_and(|extension| extension == "env");
    masked(text, if is_opaque { Sensitivity::Opaque } else { Sensitivity::Yaml })
}

#[test]
#[allow(clippy::disallowed_methods, reason = "test data")]
fn files_are_shown_as_judged() {
    let cases = cases();
    assert!(cases.len() >= 20, "cases are missing");
    for (path, text) in cases {
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            // To be judged by eye before it is committed; the leak tests below do not look at these files.
            std::fs::write(path.with_extension("masked"), masked_case(&path, &text)).expect("written");
        }
        let expected = std::fs::read_to_string(path.with_extension("masked")).unwrap_or_default();
        assert_eq!(masked_case(&path, &text), expected, "{}", path.display());
    }
}

#[test]
fn no_secret_is_shown_and_little_else_is_hidden() {
    for (path, text) in cases() {
        let shown = masked_case(&path, &text);
        assert!(!shown.to_lowercase().contains("hunter"), "{}:\n{shown}", path.display());
        // Of what does not parse as much is shown as is safe; `files_are_shown_as_judged` says how much.
        let source = Sources::default().add("x", text.clone(), Sensitivity::Yaml, None);
        let is_exact = parses(&source) && !path.to_string_lossy().contains("more-");
        assert!(
            !is_exact || shown.matches("shown").count() == text.matches("shown").count(),
            "{}:\n{shown}",
            path.display()
        );
        let widths =
            |text: &str| text.lines().map(|line| line.trim_end_matches('\r').chars().count()).collect::<Vec<_>>();
        assert_eq!(widths(&shown), widths(text.trim_start_matches('\u{feff}')), "{}", path.display());
    }
}

/// A file that ends in the middle of anything does not parse, and hides its secrets all the same.
#[test]
fn no_secret_is_shown_of_a_file_that_ends_early() {
    for (path, text) in cases() {
        // A name cut off before `Secret` is complete says nothing about the lines before it.
        let is_whole = |end: usize| {
            let start = text[..end].rfind("\n---").unwrap_or(0);
            let document = text[start..].split("\n---").find(|part| !part.is_empty()).unwrap_or_default();
            ["Secret", "/data"].iter().all(|word| text[start..end].contains(word) || !document.contains(word))
        };
        for end in (0..text.len()).filter(|&end| text.is_char_boundary(end) && is_whole(end)) {
            let shown = masked_case(&path, &text[..end]);
            assert!(!shown.to_lowercase().contains("hunter"), "{} up to {end}:\n{shown}", path.display());
        }
    }
}

/// Nor does a file with a line at the wrong depth.
#[test]
fn no_secret_is_shown_where_a_line_lost_its_indentation() {
    for (path, text) in cases() {
        let lines: Vec<&str> = text.lines().collect();
        for broken in 0..lines.len() {
            if !lines[broken].to_lowercase().contains("hunter") {
                continue;
            }
            let text: String = lines
                .iter()
                .enumerate()
                .map(|(at, line)| format!("{}\n", if at == broken { line.trim_start() } else { line }))
                .collect();
            let shown = masked_case(&path, &text);
            assert!(!shown.to_lowercase().contains("hunter"), "{} line {}:\n{shown}", path.display(), broken + 1);
        }
    }
}

/// Files are shown because they are broken, so any one character may be lost.
#[test]
fn no_secret_is_shown_where_a_character_is_lost() {
    let mut leaks = Vec::new();
    for (path, text) in cases() {
        for (at, c) in text.char_indices().filter(|&(at, _)| !is_needed(&text, at)) {
            let lost = format!("{}{}", &text[..at], &text[at + c.len_utf8()..]);
            // The engine reads inline patches as texts of their own, and sees that they do not parse.
            let shown = if text.contains("patch:") { masked_patches(&lost) } else { masked_case(&path, &lost) };
            if shown.to_lowercase().contains("hunter") {
                let line = text[..at].matches('\n').count() + 1;
                let leak = shown.lines().find(|line| line.to_lowercase().contains("hunter")).unwrap_or_default();
                leaks.push(format!("{} line {line} without {c:?} (byte {at}): {leak}", path.display()));
            }
        }
    }
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
}

/// Returns whether nobody could tell a secret without the character at a byte.
fn is_needed(text: &str, at: usize) -> bool {
    let words = [
        "data",
        "stringData",
        "literals",
        "secretGenerator",
        "value",
        "path",
        "/data/",
        "/stringData/",
        "SecretGenerator",
    ];
    let line = &text[text[..at].rfind('\n').map_or(0, |at| at + 1)..];
    let line = line.split('\n').next().unwrap_or_default();
    if line.contains("\\u") || line.contains("\\x") || text[at..].starts_with('=') {
        return true;
    }
    words.iter().any(|word| text.match_indices(word).any(|(start, _)| (start..start + word.len()).contains(&at)))
}

/// One line may be a whole file: with a cost that grows with its square this would not end.
#[test]
fn a_huge_line_of_operations() {
    let operation = r#"{"op": "add", "path": "/spec/\\u0061", "value": "shown"}, "#;
    let text = format!("[{}{{}}]\n", operation.repeat(20_000));
    assert!(!masked(&text, Sensitivity::Yaml).contains("shown"));
}
