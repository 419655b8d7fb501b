//! Takes the values of secrets out of the words of a diagnostic.
//!
//! The engine does not put values into its messages knowingly, but some name what they met (`*hunter2` is an alias of that
//! name). This is the second line of defence: a literal in backticks goes if it stands in a hidden part of a line that the
//! diagnostic is about, or if the diagnostic points into a hidden part and the literal is not seen nearby. Credentials in
//! addresses go wherever they stand.

use crate::diagnostic::Diagnostic;
use crate::mask::Masks;
use crate::remote::without_credentials;
use std::borrow::Cow;

/// Stands for a literal.
const REDACTED: &str = "•••";
/// Shorter literals are punctuation (`: `) and tell nothing.
const LITERAL_MIN: usize = 3;
/// Words of this program that stand in no file.
const OURS: [&str; 1] = ["stringData"];
/// Lines before and after a label that count as near.
const NEAR_LINES: u32 = 20;

/// Text around the places of a diagnostic, as it is and as it may be shown.
struct Near {
    hidden: Vec<String>,
    shown: Vec<String>,
    /// A label begins in a hidden part.
    is_inside: bool,
}

/// Returns the diagnostic without values of secrets and without credentials in addresses.
pub fn redact<'d>(diagnostic: &'d Diagnostic, masks: &mut Masks<'_>) -> Cow<'d, Diagnostic> {
    let mut redacted = without_values(diagnostic, masks);
    if has_address(&redacted) {
        for text in texts_of(redacted.to_mut()) {
            *text = without_credentials(text);
        }
    }
    redacted
}

fn has_address(diagnostic: &Diagnostic) -> bool {
    let words = [&diagnostic.message].into_iter().chain(&diagnostic.path).chain(&diagnostic.notes);
    let labels = diagnostic.labels.iter().map(|label| &label.text);
    words.chain(&diagnostic.help).chain(labels).any(|text| text.contains("://"))
}

/// Everything in words.
fn texts_of(diagnostic: &mut Diagnostic) -> impl Iterator<Item = &mut String> {
    let labels = diagnostic.labels.iter_mut().map(|label| &mut label.text);
    let words = labels.chain([&mut diagnostic.message]).chain(&mut diagnostic.notes).chain(&mut diagnostic.help);
    words.chain(&mut diagnostic.path)
}

fn without_values<'d>(diagnostic: &'d Diagnostic, masks: &mut Masks<'_>) -> Cow<'d, Diagnostic> {
    let mut near = Near { hidden: Vec::new(), shown: Vec::new(), is_inside: false };
    for label in &diagnostic.labels {
        let (source, mask, place) = masks.at(label.place);
        let line = source.line_column(place.span.start).line;
        let last = source.line_column(place.span.end).line.min(line + NEAR_LINES);
        near.is_inside |= mask.hides(place.span.start as usize);
        near.hidden.extend((line..=last).flat_map(|line| mask.hidden_parts(source, line)).map(str::to_owned));
        let around = line.saturating_sub(NEAR_LINES).max(1)..=line + NEAR_LINES;
        near.shown.extend(around.map(|line| mask.line(source, line)));
    }
    if near.hidden.is_empty() && !near.is_inside {
        return Cow::Borrowed(diagnostic);
    }
    let mut redacted = diagnostic.clone();
    for text in texts_of(&mut redacted) {
        *text = near.without_values(text);
    }
    Cow::Owned(redacted)
}

impl Near {
    fn without_values(&self, text: &str) -> String {
        // Odd parts stand between backticks; a last one without its closing backtick is a literal, too.
        let parts = text.split('`').enumerate().map(|(position, part)| match position % 2 {
            1 if self.is_value(part) => REDACTED,
            _ => part,
        });
        parts.collect::<Vec<_>>().join("`")
    }

    fn is_value(&self, literal: &str) -> bool {
        let is_word = literal.chars().count() >= LITERAL_MIN && literal.chars().any(char::is_alphanumeric);
        let is_shown = |text: &str| self.shown.iter().any(|line| line.contains(text));
        if !is_word || OURS.contains(&literal) || is_shown(literal) {
            return false;
        }
        if self.hidden.iter().any(|part| part.contains(literal)) {
            return true;
        }
        // `data.password` and `Secret/database`: what they are made of stands nearby.
        self.is_inside && !literal.split(['.', '/']).all(|part| !part.is_empty() && is_shown(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::{Place, Sensitivity, Sources, Span};

    #[test]
    fn literals_that_are_values_go() {
        let mut sources = Sources::default();
        let text = "kind: Secret\nstringData:\n  password: *hunter2\n  other: \"\\x68unter3\"\n".to_owned();
        let source = sources.add("a.yaml", text, Sensitivity::Yaml, None);
        let at = |word: &str| {
            let start = source.text.find(word).expect("there");
            Some(Place { source: source.id, span: Span::new(start, start + word.len()) })
        };
        let mut masks = Masks::new(&sources);
        let mut message = |word: &str, message: &str| {
            let diagnostic = Diagnostic::error(Code::UnknownAnchor, message).at(at(word), message).help(message);
            let redacted = redact(&diagnostic, &mut masks).into_owned();
            assert_eq!([&redacted.labels[0].text, &redacted.help[0]], [&redacted.message; 2]);
            redacted.message
        };
        assert_eq!(message("*hunter2", "no anchor `hunter2`"), "no anchor `•••`");
        assert_eq!(message("  password", "no anchor `hunter2`"), "no anchor `•••`");
        assert_eq!(message("\"\\x68", "`hunter3` is no `!!int`"), "`•••` is no `•••`");
        assert_eq!(message("*hunter2", "a second `:` under `password`"), "a second `:` under `password`");
        assert_eq!(message("*hunter2", "`stringData.password` is not base64"), "`stringData.password` is not base64");
        assert_eq!(message("*hunter2", "`stringData.hunter2` is not base64"), "`•••` is not base64");
        assert_eq!(message("kind", "no field `hunter2`"), "no field `hunter2`");
    }
}
