//! What events of a watcher amount to: the paths that changed, gathered until there are none for a moment, as an editor
//! writes a file in several steps. What is watched, and what a change means, is the business of the callers.

use super::native_to_slash;
use crate::diagnostic::{Code, Diagnostic};
use crate::fs;
use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// As long as events come in such distances, they are one change.
const QUIET: Duration = Duration::from_millis(2);
/// A change is not waited out for longer than this.
const CHANGE_MAX: Duration = Duration::from_millis(100);

/// What a batch of events amounts to.
#[derive(Default)]
pub(super) struct Change {
    /// Clean absolute paths of what changed.
    pub(super) paths: BTreeSet<String>,
    /// Events were lost.
    pub(super) is_all: bool,
}

/// Waits for a change, and until it is over; tells when it began.
pub(super) fn next(events: &Receiver<notify::Result<Event>>, start: &mut Instant) -> Result<Change, Box<Diagnostic>> {
    let mut change = Change::default();
    let ended = || Diagnostic::error(Code::Io, "files are not watched any more");
    take(events.recv().map_err(|_| ended())?, &mut change)?;
    *start = now();
    while start.elapsed() < CHANGE_MAX {
        match events.recv_timeout(QUIET) {
            Ok(event) => take(event, &mut change)?,
            Err(RecvTimeoutError::Timeout) => break,
            Err(RecvTimeoutError::Disconnected) => return Err(ended()),
        }
    }
    Ok(change)
}

fn take(event: notify::Result<Event>, change: &mut Change) -> Result<(), Box<Diagnostic>> {
    let event = event.map_err(|error| fault(&error))?;
    change.is_all |= event.need_rescan();
    // Our own reading is no change.
    let is_access = matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write));
    if !is_access {
        let path = |path: PathBuf| Some(fs::clean(&native_to_slash(path.to_str()?)));
        change.paths.extend(event.paths.into_iter().filter_map(path));
    }
    Ok(())
}

#[allow(
    clippy::disallowed_methods,
    reason = "what changes in one moment is one change, and the user is told how long things take"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}

pub(super) fn fault(error: &notify::Error) -> Box<Diagnostic> {
    let mut words = error.to_string();
    words.truncate(words.find(" (os error").unwrap_or(words.len()));
    Diagnostic::error(Code::Io, format!("cannot watch files: {words}"))
}
