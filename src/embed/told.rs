//! Diagnostics with their places looked up.

use crate::diagnostic::{self, Code, Severity};
use crate::mask::Masks;
use crate::redact::redact;
use crate::source::{Extent, Place, Sources};
use std::fmt;

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Location {
    /// The path, relative as [`Options::relative_to`](crate::Options::relative_to) says.
    pub path: String,
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
    /// The line of the end.
    pub end_line: u32,
    /// One past the last character.
    pub end_column: u32,
}

impl Location {
    pub(super) fn of(place: Place, sources: &Sources) -> Location {
        let Extent { source, start, end } = sources.extent(place);
        Location {
            path: source.path.to_string(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

impl fmt::Display for Location {
    /// Writes `path:line:column`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}

/// A place with a word about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Label {
    /// Where.
    pub location: Location,
    /// What is there; may be empty.
    pub text: String,
}

/// One thing to tell the user. It never holds the value of a Secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The stable code; docs/diagnostics.md has a section for each.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// One line.
    pub message: String,
    /// Places; the first is the primary one.
    pub labels: Vec<Label>,
    /// The path of a file that has no text to show, because it is not there or could not be read.
    pub path: Option<String>,
    /// Further facts, one line each.
    pub notes: Vec<String>,
    /// What to do, one line each.
    pub help: Vec<String>,
    /// The entries that led to the fault, the overlay's first.
    pub chain: Vec<Location>,
}

impl fmt::Display for Diagnostic {
    /// Writes `error[code]: message`, then a line for each place, note and piece of advice.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.severity.as_str(), self.code, self.message)?;
        if let Some(path) = &self.path {
            write!(f, "\n  --> {path}")?;
        }
        for Label { location, text } in &self.labels {
            let colon = if text.is_empty() { "" } else { ": " };
            write!(f, "\n  --> {location}{colon}{text}")?;
        }
        for location in &self.chain {
            write!(f, "\n  included at {location}")?;
        }
        self.notes.iter().try_for_each(|note| write!(f, "\n  note: {note}"))?;
        self.help.iter().try_for_each(|help| write!(f, "\n  help: {help}"))
    }
}

/// Why there is no answer: at least one of the diagnostics is an error.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// Every independent fault, and the warnings found before, in order.
    pub diagnostics: Vec<Diagnostic>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line_end = "";
        for diagnostic in &self.diagnostics {
            write!(f, "{line_end}{diagnostic}")?;
            line_end = "\n";
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

impl Failure {
    pub(super) fn of(error: Box<diagnostic::Diagnostic>, sources: &Sources) -> Failure {
        Failure { diagnostics: told(&[*error], sources) }
    }
}

/// Looks up the places of diagnostics, and takes out what is secret.
pub(super) fn told(list: &[diagnostic::Diagnostic], sources: &Sources) -> Vec<Diagnostic> {
    let mut masks = Masks::new(sources);
    let one = |diagnostic: &diagnostic::Diagnostic| {
        let diagnostic::Diagnostic { code, severity, message, labels, path, notes, help, chain, verbatim: _ } =
            redact(diagnostic, &mut masks).into_owned();
        let label = |label: diagnostic::Label| Label { location: Location::of(label.place, sources), text: label.text };
        Diagnostic {
            code,
            severity,
            message,
            labels: labels.into_iter().map(label).collect(),
            path,
            notes,
            help,
            chain: chain.into_iter().map(|place| Location::of(place, sources)).collect(),
        }
    };
    list.iter().map(one).collect()
}
