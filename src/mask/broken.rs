//! Hides more where a text is broken: quotes, brackets and indentation cannot be trusted there, nor can a colon be missed.
//!
//! `scan` follows the structure that a text should have. Here, in a document that may hold secrets and either does not
//! parse or is laid out in an unusual way, everything is hidden from the first sensitive word to the end of the document
//! but the names of known fields. Only a field of a kustomization file at the margin ends that earlier.

use super::lines::{self, Line};
use super::scan::{FIELDS, GENERATOR_FIELDS};
use std::ops::Range;

/// Fields of a kustomization file that cannot be mistaken for a part of a Secret.
const KUSTOMIZATION_FIELDS: &[&str] = &[
    "resources",
    "bases",
    "components",
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "images",
    "replicas",
    "commonLabels",
    "commonAnnotations",
    "namePrefix",
    "nameSuffix",
    "configMapGenerator",
    "generatorOptions",
];
/// Words that values of secrets follow. `data` is found in `stringData` and `binaryData`, too.
const WORDS: &[&str] = &["data", "Data", "literals", "value"];

/// Returns the ranges of a text to hide; `is_broken` says that it, or a text inside it, does not parse.
pub(super) fn hidden(text: &str, is_broken: bool) -> Vec<Range<usize>> {
    let mut hidden = Vec::new();
    let mut region = None;
    let mut follows_secret = false;
    let mut document: Vec<Line> = Vec::new();
    for (start, line) in lines::split(text) {
        let line = Line::new(start, line);
        if line.is_document_marker() {
            follows_secret |= self::document(text, &document, is_broken, follows_secret, &mut region, &mut hidden);
            document.clear();
        }
        document.push(line);
    }
    self::document(text, &document, is_broken, follows_secret, &mut region, &mut hidden);
    hidden
}

/// Judges one document and returns whether it may hold secrets.
fn document(
    text: &str,
    document: &[Line],
    is_broken: bool,
    follows_secret: bool,
    region: &mut Option<Region>,
    hidden: &mut Vec<Range<usize>>,
) -> bool {
    let (Some(first), Some(last)) = (document.first(), document.last()) else { return false };
    let text = text.get(first.start..last.start + last.text.len()).unwrap_or_default();
    // A document that is none may be the rest of a value that lost its indentation.
    let mut lines = document.iter().filter(|line| !(line.is_blank() || line.is_comment || line.is_document_marker()));
    let is_rest = follows_secret && lines.next().is_some_and(|line| line.indent > 0);
    let goes_on = match region.take() {
        _ if is_rest => Some(Region { base: 0, is_doubtful: true }),
        open => open.filter(|_| !text.contains("kind")),
    };
    let may_hold = may_hold_secrets(text);
    let is_suspect = may_hold && (is_broken || document.iter().any(is_unusual));
    if !is_suspect && goes_on.is_none() {
        return may_hold;
    }
    // An alias takes its value from anywhere before it.
    let has_alias = text.contains(": *");
    *region = goes_on.or(has_alias.then_some(Region { base: 0, is_doubtful: false }));
    for line in document {
        let name = line.key.as_ref().map_or("", |key| key.name);
        if line.indent == 0 && !line.is_comment && KUSTOMIZATION_FIELDS.contains(&name) {
            *region = None;
        }
        let from = match region {
            Some(region) => match &line.key {
                Some(key) if FIELDS.contains(&name) || GENERATOR_FIELDS.contains(&name) => key.value,
                Some(key) if !region.is_doubtful && key.indent > region.base && key.is_simple() => key.value,
                _ => line.content,
            },
            None => match sensitive_word(line) {
                Some(end) => {
                    *region = Some(Region { base: line.indent, is_doubtful: false });
                    end
                }
                None => continue,
            },
        };
        if let Some(region) = region {
            region.is_doubtful |= line.rest(from).contains(['"', '\'', '{', '}', '[', ']', '|', '>']);
        }
        hidden.push(line.range(from));
    }
    may_hold
}

/// What is hidden from a sensitive word on.
struct Region {
    /// How far the line with the word is indented.
    base: usize,
    /// Something was met that can go on over lines: what looks like a key may be a part of it.
    is_doubtful: bool,
}

/// Returns whether a text names a Secret, be it misspelt by one character, or has values of one without saying so.
fn may_hold_secrets(text: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // Not `imagePullSecrets`, which many a Deployment has.
    let is_apart = |at: usize| !text.get(..at).unwrap_or_default().ends_with(char::is_alphanumeric);
    text.match_indices("Secret").any(|(at, _)| is_apart(at))
        || has(&["\\u", "\\U", "\\x"])
        || has(&["secretGenerator", "stringData", "literals"])
        // An object that is no patch has paths on disks.
        || text.contains("/data") && (!text.contains("kind") || has(&["patch", "target"]))
        || lines::names_secret(text)
        || !text.contains("kind") && has(WORDS)
}

/// Returns whether a sensitive word stands in a line without its colon, or a colon without its key.
fn is_unusual(line: &Line) -> bool {
    let content = line.rest(line.content);
    let is_odd_word = |word: &str| {
        line.text.match_indices(word).any(|(at, _)| {
            let before = line.text.get(..at).unwrap_or_default().trim_end_matches(['"', '\'', '\\']);
            let rest = line.rest(at + word.len()).trim_start_matches(['\\', '"', '\'']);
            let is_key = rest.trim_start().starts_with(':');
            let is_whole = !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
            let is_first = !before.contains(char::is_alphanumeric);
            let is_at_start = is_first && !before.ends_with('/') || before.trim_end().ends_with([',', '{', '[']);
            let is_escape = ["\\n", "\\t", "\\r"].iter().any(|escape| before.ends_with(escape));
            let is_glued = before.trim_end_matches(' ').ends_with(char::is_alphanumeric) && !is_escape;
            let is_known = ["meta", "string", "binary"].iter().any(|known| before.ends_with(known));
            (is_at_start && is_whole && !is_key) || (is_key && is_glued && !is_known)
        })
    };
    let words = ["data", "stringData", "literals", "value", "kind", "secretGenerator"];
    content.starts_with(": ") || content == ":" || words.into_iter().any(is_odd_word)
}

/// Returns the byte of a line behind the first word that values of a secret follow.
fn sensitive_word(line: &Line) -> Option<usize> {
    let ends = WORDS.iter().flat_map(|word| line.text.match_indices(word).map(|(at, word)| (at, at + word.len())));
    let is_sensitive = |&(at, end): &(usize, usize)| {
        let before = line.text.get(..at).unwrap_or_default();
        let rest = line.rest(end).trim_start_matches(['\\', '"', '\'']);
        let is_last = rest.is_empty() && !before.trim_end_matches("string").ends_with(char::is_alphanumeric);
        let is_start = before.trim_end_matches("string").chars().all(|c| !c.is_alphanumeric());
        // A colon may be missing before what opens a value.
        let is_key = rest.trim_start().starts_with([':', '{', '[', '"', '\'', '\\', '&']) && !before.ends_with("meta");
        let before_quotes = before.trim_end_matches("string").trim_end_matches(['"', '\\', '\'', ' ']);
        let is_entry = before_quotes.ends_with([',', '{']) || before_quotes.ends_with("\\n");
        let is_whole = !line.rest(end).starts_with(char::is_alphanumeric);
        let is_path = before.trim_end_matches("string").ends_with('/') && is_whole;
        is_key || is_last || (is_start || is_entry) && is_whole || is_path
    };
    let end = ends.filter(is_sensitive).map(|(_, end)| end).min()?;
    let rest = line.rest(end).trim_start_matches(['\\', '"', '\'', ' ']);
    Some(if rest.starts_with(':') { line.text.len() - rest.len() + 1 } else { end })
}
