//! Keeps the folder in memory in step with the disk.
//!
//! Every directory is watched by itself, as what is skipped (`node_modules`) would else cost more than the rest.

use super::server::Shared;
use crate::cli::changes::{self, fault, now};
use crate::diagnostic::Result;
use crate::fs::{Disk, EntryKind, FileSystem};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

/// How often directories are looked for that came while others were watched.
const ROUNDS_MAX: usize = 10;

/// A folder's directories, watched.
pub(super) struct Live {
    watcher: RecommendedWatcher,
    events: Receiver<notify::Result<Event>>,
    watched: BTreeSet<String>,
}

impl Live {
    /// Begins to watch.
    pub(super) fn new(shared: &Shared) -> Result<Live> {
        let (sender, events) = channel();
        let watcher = notify::recommended_watcher(move |event| {
            // Nobody listens any more when the program ends.
            let _ = sender.send(event);
        })
        .map_err(|error| fault(&error))?;
        let mut live = Live { watcher, events, watched: BTreeSet::new() };
        live.settle(shared)?;
        Ok(live)
    }

    /// Takes in changes until the system says that it cannot tell of them any more.
    pub(super) fn run(mut self, shared: &Shared) -> Result<()> {
        let mut begin = now();
        loop {
            let change = changes::next(&self.events, &mut begin)?;
            let is_new =
                if change.is_all { shared.folder().look_at_all() } else { shared.folder().look_again(&change.paths) };
            if is_new {
                shared.tell();
            }
            // A directory that went and came again is another one.
            self.watched.retain(|path| !change.paths.contains(path));
            self.settle(shared)?;
        }
    }

    /// Watches the directories there are; what came into a new one before it was watched is looked for.
    fn settle(&mut self, shared: &Shared) -> Result<()> {
        for _ in 0..ROUNDS_MAX {
            let directories = shared.folder().directories();
            let gone: Vec<String> = self.watched.difference(&directories).cloned().collect();
            for path in gone {
                self.watched.remove(&path);
                // The system has forgotten it already if it was removed.
                let _ = self.watcher.unwatch(Path::new(&path));
            }
            let new: Vec<String> = directories.difference(&self.watched).cloned().collect();
            if new.is_empty() {
                break;
            }
            let mut paths = self.watcher.paths_mut();
            for path in &new {
                match paths.add(Path::new(path), RecursiveMode::NonRecursive) {
                    Ok(()) => drop(self.watched.insert(path.clone())),
                    // It is gone again.
                    Err(_) if Disk.kind(path) != Ok(EntryKind::Directory) => {}
                    Err(error) => return Err(fault(&error)),
                }
            }
            paths.commit().map_err(|error| fault(&error))?;
            if shared.folder().look_again(&new) {
                shared.tell();
            }
        }
        Ok(())
    }
}
