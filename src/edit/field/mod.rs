//! `set field` and `set image --workload`: one field of one object, changed in the layer that is edited.
//!
//! The layer is the kustomization of the directory. What already writes the field in this layer is changed where it stands
//! (`in_place`); else a patch is added (`patch`). Neither is trusted: the kustomization is built as it would be, and what is
//! not exactly the change that was asked for (`verify`) is not made. What is left then is another kind of patch, a patch
//! behind all other transformers, or an error.

mod image;
mod in_place;
mod job;
mod layer;
mod patch;
mod verify;
mod wish;

use self::job::Job;
use super::file::File;
use super::{Result, Work, usage};
use crate::explain::Element;
use crate::yaml::edit::Data;

/// A field and the value that it gets.
#[derive(Clone, Debug)]
struct Assignment {
    /// The path, as far as it is there.
    path: Vec<Element>,
    /// The keys below it that are not there yet.
    rest: Vec<String>,
    value: Data,
    /// The value as JSON.
    json: String,
}

impl Assignment {
    /// Returns the whole path.
    fn whole(&self) -> Vec<Element> {
        let rest = self.rest.iter().map(|key| Element::Key(key.clone()));
        self.path.iter().cloned().chain(rest).collect()
    }
}

/// What may be changed where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// Whatever writes the field in this layer.
    Layer,
    /// Patches of this layer.
    Patches,
}

/// A value that an edit wrote, or found written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// `path:line:column` behind the edit.
    pub place: String,
    /// The object and the field.
    pub what: String,
    /// Whether it was so before.
    pub is_kept: bool,
}

/// `set field`.
pub(super) fn set(work: &mut Work<'_, '_>, object: &str, args: &[String], is_text: bool) -> Result<Option<File>> {
    if args.is_empty() {
        return Err(usage("no field is given").help(wish::FORM));
    }
    let object = wish::Named::parse(object)?;
    let wishes = args.iter().map(|arg| wish::parse(arg, is_text)).collect::<Result<Vec<_>>>()?;
    let mut job = Job::begin(work)?;
    let id = job.locate(&object)?;
    let mut assignments: Vec<Assignment> = Vec::new();
    for wish in wishes {
        let assignment = job.resolve(&id, wish, work)?;
        assignments.retain(|other| other.whole() != assignment.whole());
        assignments.push(assignment);
    }
    job.set(&id, assignments, Scope::Layer, work)?;
    job.finish(work)
}

/// `set image --workload`.
pub(super) fn set_images(work: &mut Work<'_, '_>, workloads: &[String], args: &[String]) -> Result<Option<File>> {
    let images = image::parse(args)?;
    let workloads = workloads.iter().map(|workload| wish::Named::parse(workload)).collect::<Result<Vec<_>>>()?;
    let mut job = Job::begin(work)?;
    // All is looked for before anything is tried, so that everything that is not there is told.
    let mut found = Vec::new();
    for workload in &workloads {
        let Some(id) = work.report.keep(job.locate(workload)) else { continue };
        if found.iter().any(|(other, _)| *other == id) {
            continue;
        }
        let assignments = image::assignments(&job, &id, &images, work);
        found.push((id, assignments));
    }
    if work.report.has_errors() {
        return Ok(None);
    }
    for (id, assignments) in found {
        job.set(&id, assignments, Scope::Patches, work)?;
    }
    job.finish(work)
}
