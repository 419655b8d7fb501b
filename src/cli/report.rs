//! Collects what is to be told and writes it to standard error at once, for people or as JSON lines.

use super::render;
use crate::diagnostic::{Diagnostic, Severity};
use crate::json::diagnostic as json;
use crate::mask::Masks;
use crate::redact::redact;
use crate::source::Sources;
use clap::ValueEnum;
use std::io::Write;

/// How many diagnostics are drawn; nobody reads more.
const DRAWN_MAX: usize = 100;

const MORE: &str = "More are counted, but not shown here; `--error-format json` lists them all\n\n";

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ErrorFormat {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// Diagnostics on their way to standard error.
pub(super) struct Reporter {
    format: ErrorFormat,
    is_colored: bool,
    text: String,
    n_errors: usize,
    n_warnings: usize,
}

impl Reporter {
    pub(super) fn new(format: ErrorFormat, color: anstream::ColorChoice) -> Reporter {
        let choice = match color {
            anstream::ColorChoice::Auto => anstream::AutoStream::choice(&std::io::stderr()),
            choice => choice,
        };
        let is_colored = choice != anstream::ColorChoice::Never;
        Reporter { format, is_colored, text: String::new(), n_errors: 0, n_warnings: 0 }
    }

    /// Adds diagnostics whose places are in `sources`.
    pub(super) fn add(&mut self, diagnostics: &[Diagnostic], sources: &Sources) {
        if diagnostics.is_empty() {
            return;
        }
        if self.format == ErrorFormat::Json {
            let mut masks = Masks::new(sources);
            for diagnostic in diagnostics {
                self.text.push_str(&json::line(&redact(diagnostic, &mut masks), sources));
                self.text.push('\n');
            }
            return;
        }
        let mut renderer = render::Renderer::new(sources, self.is_colored);
        for diagnostic in diagnostics {
            if let Some(verbatim) = &diagnostic.verbatim {
                // Tools that read the reference's standard error look for these very lines.
                self.text.push_str(verbatim);
                self.text.push('\n');
                continue;
            }
            if self.n_errors + self.n_warnings == DRAWN_MAX {
                self.text.push_str(MORE);
            }
            match diagnostic.severity {
                Severity::Error => self.n_errors += 1,
                Severity::Warning => self.n_warnings += 1,
            }
            if self.n_errors + self.n_warnings <= DRAWN_MAX {
                self.text.push_str(&renderer.render(diagnostic));
                self.text.push_str("\n\n");
            }
        }
    }

    /// Makes a reporter for one target of many, whose words are added later.
    pub(super) fn part(&self) -> Reporter {
        Reporter { format: self.format, is_colored: self.is_colored, text: String::new(), n_errors: 0, n_warnings: 0 }
    }

    /// Adds the words of one target, unless they are the same as an earlier one's or more than are shown anyway.
    pub(super) fn join(&mut self, part: Reporter) {
        let is_over = self.n_errors + self.n_warnings >= DRAWN_MAX && part.n_errors + part.n_warnings > 0;
        self.n_errors += part.n_errors;
        self.n_warnings += part.n_warnings;
        if self.format == ErrorFormat::Json || (!is_over && !part.text.is_empty() && !self.text.contains(&part.text)) {
            self.text.push_str(&part.text);
        } else if is_over && !self.text.contains(MORE) {
            self.text.push_str(MORE);
        }
    }

    /// Returns how many errors there are so far.
    pub(super) fn n_errors(&self) -> usize {
        self.n_errors
    }

    /// Writes what there is so far, and goes on; for what does not end by itself.
    pub(super) fn flush(&mut self) {
        std::mem::replace(self, self.part()).finish();
    }

    /// Returns whether people read this.
    pub(super) fn is_for_people(&self) -> bool {
        self.format == ErrorFormat::Human
    }

    /// Adds a line that is no diagnostic: what was done. Programs learn it from the exit code.
    pub(super) fn say(&mut self, line: &str) {
        if self.format == ErrorFormat::Human {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// Writes everything.
    pub(super) fn finish(mut self) {
        if self.n_errors + self.n_warnings > 0 {
            self.text.push_str(&render::summary(self.n_errors, self.n_warnings, self.is_colored));
            self.text.push('\n');
        }
        // Nobody is left to be told that standard error is gone. On old Windows consoles the stream translates colors.
        let mut stream = anstream::AutoStream::new(
            std::io::stderr(),
            if self.is_colored { anstream::ColorChoice::Always } else { anstream::ColorChoice::Never },
        );
        let _ = stream.write_all(self.text.as_bytes());
        let _ = stream.flush();
    }
}
