//! A diagnostic as JSON: what `--error-format json` writes, one object a line, in the order the diagnostics were found.
//!
//! | key | value |
//! |---|---|
//! | `code` | the stable code, such as `unknown-field` |
//! | `severity` | `error` or `warning` |
//! | `message` | one line |
//! | `location` | the primary place, or `null`; only `path` is set for a file without text to show |
//! | `labels` | places with a word about each: `{location, text}`; the first is the primary one |
//! | `notes`, `help` | lines |
//! | `chain` | the entries that led to the fault, the overlay's first |
//! | `kustomize` | the line that kustomize prints for the same thing, or `null` |
//!
//! A location is `{path, line, column, endLine, endColumn}`: 1-based, columns count Unicode scalar values, the end is one
//! past the last character. Where the sources count columns in UTF-16 it has `from` and `to` as well: offsets in the text of
//! the file, in the same units. Keys are never removed and keep their order; new ones may be added. Lines of
//! files do not stand in the output; the words should have been through `redact`.

use crate::diagnostic::Diagnostic;
use crate::source::{Columns, Extent, Place, Sources};
use serde::Serialize;

/// A diagnostic.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonDiagnostic<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    location: Option<JsonLocation<'a>>,
    labels: Vec<JsonLabel<'a>>,
    notes: &'a [String],
    help: &'a [String],
    chain: Vec<JsonLocation<'a>>,
    kustomize: Option<&'a str>,
}

/// A place with a word about it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonLabel<'a> {
    location: JsonLocation<'a>,
    text: &'a str,
}

/// A place.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct JsonLocation<'a> {
    path: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    end_line: Option<u32>,
    end_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<usize>,
}

/// Returns a diagnostic as one line of JSON, without the line end.
pub fn line(diagnostic: &Diagnostic, sources: &Sources) -> String {
    serde_json::to_string(&diagnostic_of(diagnostic, sources)).unwrap_or_default()
}

/// Returns a diagnostic in its form for programs.
pub fn diagnostic_of<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> JsonDiagnostic<'a> {
    let file_only =
        |path| JsonLocation { path, line: None, column: None, end_line: None, end_column: None, from: None, to: None };
    let location = match diagnostic.labels.first() {
        Some(label) => Some(location(label.place, sources)),
        None => diagnostic.path.as_deref().map(file_only),
    };
    let labels = diagnostic.labels.iter();
    JsonDiagnostic {
        code: diagnostic.code.as_str(),
        severity: diagnostic.severity.as_str(),
        message: &diagnostic.message,
        location,
        labels: labels
            .map(|label| JsonLabel { location: self::location(label.place, sources), text: &label.text })
            .collect(),
        notes: &diagnostic.notes,
        help: &diagnostic.help,
        chain: diagnostic.chain.iter().map(|&place| self::location(place, sources)).collect(),
        kustomize: diagnostic.verbatim.as_deref(),
    }
}

/// Returns a place as a person finds it.
pub fn location(place: Place, sources: &Sources) -> JsonLocation<'_> {
    let place = sources.outermost(place);
    let Extent { source, start, end } = sources.extent(place);
    let offset = |offset: u32| (source.columns == Columns::Utf16).then(|| source.utf16_offset(offset));
    JsonLocation {
        path: &source.path,
        line: Some(start.line),
        column: Some(start.column),
        end_line: Some(end.line),
        end_column: Some(end.column),
        from: offset(place.span.start),
        to: offset(place.span.end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::{Sensitivity, Span};

    #[test]
    fn keys_and_positions() {
        let mut sources = Sources::default();
        let text = "a: 1\nï: [x, y]\n".to_owned();
        let source = sources.add("base/kustomization.yaml", text, Sensitivity::Yaml, None);
        let place = Place { source: source.id, span: Span::new(9, 15) };
        let mut diagnostic =
            Diagnostic::error(Code::UnknownField, "unknown field `ï`").at(Some(place), "here").help("h");
        diagnostic.chain.push(Place { source: source.id, span: Span::new(0, 1) });
        let at = |line: u32, column: u32, end_column: u32| {
            format!(
                r#"{{"path":"base/kustomization.yaml","line":{line},"column":{column},"endLine":{line},"endColumn":{end_column}}}"#
            )
        };
        let expected = format!(
            r#"{{"code":"unknown-field","severity":"error","message":"unknown field `ï`","location":{0},"labels":[{{"location":{0},"text":"here"}}],"notes":[],"help":["h"],"chain":[{1}],"kustomize":null}}"#,
            at(2, 4, 10),
            at(1, 1, 2),
        );
        assert_eq!(line(&diagnostic, &sources), expected);
    }

    #[test]
    fn a_file_without_text() {
        let diagnostic = Diagnostic::error(Code::FileNotFound, "`x` does not exist").path("base/x.yaml");
        let json: serde_json::Value =
            serde_json::from_str(&line(&diagnostic, &Sources::default())).expect("valid JSON");
        assert_eq!(json["location"]["path"], "base/x.yaml");
        assert!(json["location"]["line"].is_null());
    }
}
