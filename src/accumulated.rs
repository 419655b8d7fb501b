//! What accumulating a kustomization gives: its resources, and what is collected on the way.
//!
//! The session keeps these for bases that are included again; how they come about is `accumulate`.

use crate::diagnostic::{Diagnostic, Label, Report, Severity};
use crate::fieldspec::TransformerConfig;
use crate::history::Removed;
use crate::object_origin::ObjectOrigin;
use crate::ordered::{BTreeMap, BTreeSet};
use crate::provenance::{DirectiveId, Touched};
use crate::resmap::ResMap;
use crate::schema::in_force::SchemaUse;
use crate::source::Place;
use crate::vars::Vars;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Accumulated bases of a session, with everything of the root that changes them as part of the key.
pub(crate) type BaseCache = FxHashMap<BaseKey, Result<Arc<Accumulated>, Arc<[Diagnostic]>>>;

/// What a base was accumulated for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct BaseKey {
    pub(crate) directory: Arc<str>,
    pub(crate) restrictions_off: bool,
    pub(crate) origin: Option<Arc<ObjectOrigin>>,
    /// What its charts inherit, where charts are enabled.
    pub(crate) helm_namespace: Option<Arc<str>>,
    /// Whether all its patches merge lists of custom resources.
    pub(crate) merges_custom_lists: bool,
}

/// What one kustomization amounts to before the steps that only a root takes.
#[derive(Debug, Default)]
pub(crate) struct Accumulated {
    pub(crate) resources: ResMap,
    pub(crate) gathered: Gathered,
}

/// What is collected on the way, besides resources.
///
/// Sets, and a bound on warnings: a base that many levels include twice must not double what it brings at each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) warnings: Vec<Diagnostic>,
    pub(crate) touched: BTreeMap<DirectiveId, Touched>,
    /// Files read, by absolute path.
    pub(crate) inputs: BTreeSet<Arc<str>>,
    /// Directories of this kustomization and all below it.
    pub(crate) directories: BTreeSet<Arc<str>>,
    /// What was asked of the schema of the build, and whether an `openapi` field set it.
    pub(crate) schema: SchemaUse,
    /// The field specs in effect; nothing before the first base or the kustomization's own are joined. Not touched by
    /// `extend`: overlays join it, components go on with their parent's.
    pub(crate) config: Option<Arc<TransformerConfig>>,
    /// `vars`, handed on like `config`.
    pub(crate) vars: Vars,
    /// Addresses of the remote repositories that these are in.
    pub(crate) addresses: BTreeSet<Arc<str>>,
    /// Objects that directives took away, where the session records.
    pub(crate) removed: Vec<Removed>,
}

/// More diagnostics than anyone reads; the rest is dropped.
pub(crate) const DIAGNOSTICS_MAX: usize = 200;

impl Gathered {
    /// Adds what a base or component brings that was reached through an entry.
    pub(crate) fn extend(&mut self, other: &Gathered, through: Place) {
        let room = DIAGNOSTICS_MAX.saturating_sub(self.warnings.len());
        self.warnings.extend(other.warnings.iter().take(room).map(|warning| reached_through(warning, through)));
        self.touched.extend(other.touched.iter().map(|(&by, &touched)| (by, touched)));
        self.inputs.extend(other.inputs.iter().cloned());
        self.directories.extend(other.directories.iter().cloned());
        self.schema.extend(other.schema);
        self.addresses.extend(other.addresses.iter().cloned());
        self.removed.extend(other.removed.iter().cloned());
    }

    /// Does the same with what nobody else has: the smaller sets go into the larger.
    pub(crate) fn extend_owned(&mut self, mut other: Gathered, through: Place) {
        if self.touched.len() < other.touched.len() {
            std::mem::swap(&mut self.touched, &mut other.touched);
        }
        for (a, b) in [
            (&mut self.inputs, &mut other.inputs),
            (&mut self.directories, &mut other.directories),
            (&mut self.addresses, &mut other.addresses),
        ] {
            if a.len() < b.len() {
                std::mem::swap(a, b);
            }
        }
        self.extend(&other, through);
    }

    /// Takes over what a step reported: warnings stay, errors are handed back.
    pub(crate) fn settle(&mut self, report: Report) -> Result<(), Vec<Diagnostic>> {
        let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
        let (errors, warnings): (Vec<_>, Vec<_>) = report.diagnostics.into_iter().partition(is_error);
        self.warnings.extend(warnings);
        self.warnings.truncate(DIAGNOSTICS_MAX);
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// Marks diagnostics as reached through an entry.
pub(crate) fn reached_all(errors: &[Diagnostic], through: Place) -> Vec<Diagnostic> {
    errors.iter().take(DIAGNOSTICS_MAX).map(|error| reached_through(error, through)).collect()
}

fn reached_through(diagnostic: &Diagnostic, through: Place) -> Diagnostic {
    let mut diagnostic = diagnostic.clone();
    match diagnostic.labels.first() {
        // A directory without a kustomization has no text to show: the entry that names it has.
        None if diagnostic.chain.is_empty() => {
            diagnostic.labels.push(Label { place: through, text: "named here".to_owned() });
        }
        // What is said of the entry itself is not reached through it.
        Some(label) if diagnostic.chain.is_empty() && label.place == through => {}
        _ => diagnostic.chain.insert(0, through),
    }
    diagnostic
}
