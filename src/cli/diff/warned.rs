//! What the builds of several sides warn of, each thing once: sides have their bases in common.

use super::side::Loaded;
use crate::cli::report::Reporter;
use crate::diagnostic::{Code, Diagnostic, show_place};
use crate::session::Session;
use rustc_hash::FxHashSet;

/// A warning as a person knows it again.
type Key = (Code, String, Option<String>);

/// What was warned of.
#[derive(Default)]
pub(in crate::cli) struct Warned {
    known: FxHashSet<Key>,
}

impl Warned {
    /// Takes note of what a build warns of, and tells nobody.
    pub(in crate::cli) fn know(&mut self, warnings: &[Diagnostic], session: &Session<'_>) {
        self.known.extend(warnings.iter().map(|warning| key(warning, session)));
    }

    /// Tells what a build warns of, unless it is known. That fields are deprecated is said by `build` alone.
    pub(in crate::cli) fn tell(&mut self, warnings: &[Diagnostic], session: &Session<'_>, reporter: &mut Reporter) {
        let warnings = warnings.iter().filter(|warning| warning.verbatim.is_none());
        let new: Vec<Diagnostic> =
            warnings.filter(|warning| self.known.insert(key(warning, session))).cloned().collect();
        reporter.add(&new, &session.sources);
    }

    /// Tells what a side warns of, if it was built.
    pub(in crate::cli) fn tell_of(&mut self, side: &Loaded, session: &Session<'_>, reporter: &mut Reporter) {
        if let Loaded::Build(build) = side {
            self.tell(&build.warnings, session, reporter);
        }
    }
}

fn key(warning: &Diagnostic, session: &Session<'_>) -> Key {
    let place = warning.labels.first().map(|label| show_place(&session.sources, label.place));
    (warning.code, warning.message.clone(), place)
}
