//! Checks of a finished build: objects against the schemas of Kubernetes and of custom resources, APIs that are gone,
//! references between objects, and values that nobody means.
//!
//! Everything is read from the build: nothing is changed, loaded or printed here. What is found are findings: diagnostics
//! with the object and the field that they are about; their codes are the rules of `rules`. The table of types and the table
//! of APIs are made by `cargo xtask schemas`; they are looked up as they stand, and nothing is read at the start.

mod apis;
mod checker;
mod content;
mod custom;
mod languages;
mod path;
mod quantity;
mod references;
mod release;
pub mod rules;
mod schema;
mod table;

pub use checker::{Finding, ObjectName};
pub use release::Release;
pub use rules::{Level, Levels};
pub use table::RELEASE;

use crate::build::Build;
use crate::yaml::tree::{NodeId, Tree};
use checker::Checker;

/// What a caller can ask for.
#[derive(Clone, Debug)]
pub struct Options {
    /// The release of Kubernetes that the objects are for: what is removed and deprecated depends on it.
    pub release: Release,
    /// Which rules count, and how much.
    pub levels: Levels,
}

impl Default for Options {
    fn default() -> Self {
        Options { release: RELEASE, levels: Levels::default() }
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Validation {
    /// In the order of the objects in the output.
    pub findings: Vec<Finding>,
    /// How many objects there are.
    pub n_objects: usize,
    /// How many of them are of kinds whose fields are not known.
    pub n_unknown: usize,
}

/// Checks the objects of a build.
pub fn validate(build: &Build, options: &Options) -> Validation {
    let mut checker = Checker::new(&options.levels);
    let mut types = table::Types::default();
    let mut n_unknown = 0;
    let mut patterns = custom::Patterns::default();
    let crds = custom::Crds::of(&build.resources);
    let references = references::References::of(&build.resources);
    for resource in build.resources.iter() {
        checker.enter(resource);
        let is_builtin = schema::check(&mut checker, &mut types, resource);
        let is_known = is_builtin || crds.check(&mut checker, &mut patterns, resource);
        n_unknown += usize::from(!is_known);
        apis::check(&mut checker, resource, options.release, is_known);
        references.check(&mut checker, resource);
        content::check(&mut checker, resource, is_known, is_builtin);
    }
    Validation { findings: checker.finish(), n_objects: build.resources.len(), n_unknown }
}

/// Returns whether a value is filled in after the build, by Flux, `envsubst` or a template engine: it says nothing yet.
fn is_left_open(tree: &Tree, node: NodeId) -> bool {
    let text = tree.text(node);
    memchr::memchr2(b'$', b'{', text.as_bytes()).is_some() && (text.contains("${") || text.contains("{{"))
}
