//! Templates that were not rendered: texts with `{{- if … }}` or `{% if … %}`, which are YAML only by accident.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Place, Source, Span};

/// Returns the template's mark around a place where the reader stopped: on its line, or on the one before.
///
/// A file may hold templates in its texts and have another fault, so only what stands where no quotes are counts, and only there.
pub(super) fn mark_at(text: &str, at: usize) -> Option<(usize, usize)> {
    let start = line_start(text, at);
    let before = start.checked_sub(1).map(|end| line_start(text, end));
    [Some(start), before].into_iter().flatten().find_map(|start| mark_in_line(text, start))
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1)
}

fn mark_in_line(text: &str, start: usize) -> Option<(usize, usize)> {
    let line = text.get(start..)?.lines().next()?;
    [("{{", "}}"), ("{%", "%}")].into_iter().find_map(|(open, close)| {
        let from = line.find(open)?;
        let before = line.get(..from)?;
        let length = line.get(from..)?.find(close)? + close.len();
        let is_free = !before.contains(['"', '\'', '#']);
        is_free.then_some((start + from, length))
    })
}

/// Returns whether a place holds the beginning of a template.
pub(crate) fn stands_at(source: &Source, place: Place) -> bool {
    let text = source.text.get(place.span.start as usize..).unwrap_or_default();
    text.starts_with("{{") || text.starts_with("{%")
}

/// Says that a file was not rendered.
pub(crate) fn unrendered(source: &Source, place: Place) -> Box<Diagnostic> {
    let at = place.span.start as usize;
    let (at, length) = mark_in_line(&source.text, line_start(&source.text, at)).unwrap_or((at, 0));
    let place = Place { source: source.id, span: Span::new(at, at + length) };
    let is_of_helm = source.text.get(at..).is_some_and(|rest| rest.starts_with("{{"));
    let what = if is_of_helm { "a template of a Helm chart" } else { "a template" };
    let message = format!("this file is {what}, and nothing renders it");
    let error = Diagnostic::error(Code::UnrenderedTemplate, message).at(Some(place), "");
    match is_of_helm {
        true => error
            .help("have the chart rendered: name it under `helmCharts`, and build with `--enable-helm`")
            .help("or list what `helm template` prints instead"),
        false => error.help("render it first, and list what comes out of it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_count_where_the_reader_stopped() {
        fn found<'t>(text: &'t str, at: &str) -> Option<&'t str> {
            mark_at(text, text.find(at).expect("there")).map(|(at, length)| &text[at..at + length])
        }
        assert_eq!(found("a: 1\n{{- if .x }}\nb: 2\n", "- if"), Some("{{- if .x }}"));
        assert_eq!(found("a: 1\n  {{ x }}\nb: 2\n", "b:"), Some("{{ x }}"));
        assert_eq!(found("{% if x %}\n", " if"), Some("{% if x %}"));
        assert_eq!(found("a: '{{ x }}'\nb: c: d\n", "c:"), None);
        assert_eq!(found("# {{ x }}\nb: c: d\n", "c:"), None);
        assert_eq!(found("{{ x }}\n\nb: c: d\n", "c:"), None);
        assert_eq!(found("a: {{ x\n", "x"), None);
    }
}
