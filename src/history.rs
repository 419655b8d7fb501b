//! What objects were after each directive, kept where a session records ([`crate::session::Session::is_recording`]).
//!
//! Origins of nodes say who wrote them and where the value stands, but not what the value was, nor what is gone. A build that
//! is to be explained keeps the trees themselves: they are shared until a directive writes, so that a version costs what
//! changed. Who reads them is `explain`.

use crate::provenance::{DirectiveId, Touched};
use crate::resmap::ResMap;
use crate::resource::{Resource, Version};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// An object that is not in the output any more.
#[derive(Clone, Debug)]
pub struct Removed {
    /// What it was.
    pub resource: Arc<Resource>,
    /// The directive that took it away; `None` for one that is for the build only (`config.kubernetes.io/local-config`).
    pub by: Option<DirectiveId>,
}

/// Keeps versions of the objects of one set; does nothing where the session does not record.
pub(crate) struct Recorder {
    /// The objects after the step before.
    present: Option<Vec<Arc<Resource>>>,
}

impl Recorder {
    /// Begins with what objects are now; those that have no version yet are as they were read, or as `by` made them.
    pub(crate) fn new(is_on: bool, resources: &mut ResMap, by: Option<DirectiveId>) -> Recorder {
        let present = is_on.then(|| {
            add_versions(resources, by);
            resources.iter().cloned().collect()
        });
        Recorder { present }
    }

    /// Keeps what a directive changed and took away.
    pub(crate) fn record(&mut self, resources: &mut ResMap, by: Option<DirectiveId>, removed: &mut Vec<Removed>) {
        let Some(present) = &mut self.present else { return };
        // No step touches versions, so that the last one tells which object this was before.
        let last = |resource: &Resource| resource.versions.last().map(|version| Arc::as_ptr(&version.tree));
        let still: FxHashSet<_> = resources.iter().map(|resource| last(resource)).collect();
        let gone = present.iter().filter(|resource| !still.contains(&last(resource)));
        removed.extend(gone.map(|resource| Removed { resource: Arc::clone(resource), by }));
        add_versions(resources, by);
        *present = resources.iter().cloned().collect();
    }
}

/// Returns the directive of a step, if it is the step of one directive alone.
pub(crate) fn only(touched: &[Touched]) -> Option<DirectiveId> {
    match touched {
        [touched] => Some(touched.by),
        _ => None,
    }
}

fn add_versions(resources: &mut ResMap, by: Option<DirectiveId>) {
    for position in 0..resources.len() {
        let resource = resources.get(position);
        let is_known = resource.versions.last().is_some_and(|version| Arc::ptr_eq(&version.tree, &resource.tree));
        if !is_known {
            let resource = resources.get_mut(position);
            resource.versions.push(Version { tree: Arc::clone(&resource.tree), by });
        }
    }
}
