//! What Rust programs that embed the engine see: a few functions and owned values, all of them at the top of the crate.
//!
//! Nothing is decided here. A call makes a session, asks the module whose work it is, and turns what came of it into values
//! that hold no numbers of sources or directives: those mean something in one session only. What people read goes through
//! `redact` first. docs/library.md is the guide, and says what may change when.

mod diff;
mod edit;
mod explanation;
mod told;

pub use diff::{ChangedField, ChangedObject, Diff};
pub use edit::{Edited, EditedFile, edit};
pub use explanation::{Explanation, Step};
pub use told::{Diagnostic, Failure, Label, Location};

use crate::build::{self, Build};
use crate::fs::{FileSystem, clean};
use crate::limits::Limits;
use crate::loader::LoadRestrictions;
use crate::provenance::Directives;
use crate::session::Session;
use crate::source::Sources;
use told::told;

/// How a build is made; [`Options::default`] is `kustomize build` without flags.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Which files may be loaded.
    pub load_restrictions: LoadRestrictions,
    /// The order of the output.
    pub reorder: build::Reorder,
    /// Add the label `app.kubernetes.io/managed-by`.
    pub managed_by_label: bool,
    /// Let strategic merge patches merge lists of custom resources by their keys; kustomize replaces such lists.
    pub merge_custom_lists: bool,
    /// Keep what every object was after each step, for [`Rendered::explain`]. It costs time and memory.
    pub keep_history: bool,
    /// Bounds on inputs.
    pub limits: Limits,
    /// Paths in messages are relative to this directory (absolute), or to the one that is built.
    pub relative_to: Option<String>,
}

impl Options {
    fn session<'f>(&self, files: &'f dyn FileSystem, directory: &str) -> Session<'f> {
        let mut session = Session::for_one_build(files, self.relative_to.as_deref().unwrap_or(directory));
        session.is_recording = self.keep_history;
        session.limits = self.limits;
        session
    }
}

/// Builds the kustomization in a directory: an absolute path of the file system, divided by `/`.
///
/// Nothing is fetched and no program is started: an entry that wants that (a remote base, a chart, a function) is an error.
///
/// # Errors
///
/// Every independent fault that was found, and the warnings before it.
pub fn build(files: &dyn FileSystem, directory: &str, options: &Options) -> Result<Rendered, Failure> {
    let directory = clean(directory);
    let mut session = options.session(files, &directory);
    let wanted = build::BuildOptions {
        load_restrictions: options.load_restrictions,
        reorder: options.reorder,
        managed_by_label: options.managed_by_label,
        merge_custom_lists: options.merge_custom_lists,
        ..build::BuildOptions::default()
    };
    let built = build::build(&mut session, &directory, &wanted);
    let Session { sources, directives, .. } = session;
    match built {
        Ok(build) => {
            let warnings = told(&build.warnings, &sources);
            Ok(Rendered { build, sources, directives, warnings, has_history: options.keep_history })
        }
        Err(diagnostics) => Err(Failure { diagnostics: told(&diagnostics, &sources) }),
    }
}

/// A finished build: the manifests, and what can be asked about them.
#[derive(Debug)]
pub struct Rendered {
    build: Build,
    sources: Sources,
    directives: Directives,
    warnings: Vec<Diagnostic>,
    has_history: bool,
}

impl Rendered {
    /// Returns the manifests: exactly what `kustomize build` prints, values of Secrets included.
    pub fn text(&self) -> &str {
        &self.build.text
    }

    /// Returns the manifests without a copy.
    pub fn into_text(self) -> String {
        self.build.text
    }

    /// Iterates over the objects, in the order of the output.
    pub fn objects(&self) -> impl Iterator<Item = RenderedObject<'_>> {
        self.build.resources.iter().zip(&self.build.documents).map(|(resource, range)| RenderedObject {
            api_version: resource.id.gvk.api_version(),
            kind: &resource.id.gvk.kind,
            name: &resource.id.name,
            namespace: Some(&*resource.id.namespace).filter(|namespace| !namespace.is_empty()),
            text: self.build.text.get(range.clone()).unwrap_or_default(),
        })
    }

    /// Returns the warnings, in the order they were found.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Iterates over the absolute paths of all files that were read, sorted: a change of one may change the output.
    pub fn inputs(&self) -> impl Iterator<Item = &str> {
        self.build.inputs.iter().map(|path| &**path)
    }

    /// Says which files and directives made the value of a field, oldest first. Values of Secrets are not shown.
    ///
    /// The object is `Kind/name` or `Kind.group/name`, as it is called now or was called before; the field is a path
    /// (`spec.template.spec.containers.web.image`) or a JSON pointer, and may be gone.
    ///
    /// # Errors
    ///
    /// There is no such object or field, or the build was made without [`Options::keep_history`].
    pub fn explain(&self, object: &str, field: &str) -> Result<Explanation, Failure> {
        explanation::explain(self, object, None, field)
    }

    /// The same for an object of a namespace, where several are called the same.
    ///
    /// # Errors
    ///
    /// As with [`Rendered::explain`].
    pub fn explain_in(&self, namespace: &str, object: &str, field: &str) -> Result<Explanation, Failure> {
        explanation::explain(self, object, Some(namespace), field)
    }

    /// Compares the objects with those of another build, by what they mean. Values of Secrets are not shown.
    pub fn diff(&self, new: &Rendered) -> Diff {
        diff::compare(self, new)
    }

    /// Checks the objects for a release of Kubernetes, or for the newest that is known here; what is found is about them
    /// as they are rendered, and points into the files they were made of.
    #[cfg(feature = "validate")]
    pub fn validate(&self, release: Option<crate::validate::Release>) -> Vec<Diagnostic> {
        let standard = crate::validate::Options::default();
        let release = release.unwrap_or(standard.release);
        let options = crate::validate::Options { release, ..standard };
        let found = crate::validate::validate(&self.build, &options);
        let found: Vec<_> = found.findings.into_iter().map(|finding| finding.diagnostic).collect();
        told(&found, &self.sources)
    }
}

/// An object of a build.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RenderedObject<'r> {
    /// `apps/v1`
    pub api_version: String,
    /// `Deployment`
    pub kind: &'r str,
    /// Its name, with prefixes, suffixes and hash.
    pub name: &'r str,
    /// Its namespace, if it names one.
    pub namespace: Option<&'r str>,
    /// Its part of [`Rendered::text`], without the line that divides it from the next.
    pub text: &'r str,
}

#[cfg(test)]
mod tests;
