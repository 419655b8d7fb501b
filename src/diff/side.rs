//! One side of a comparison: the objects of a build, or of a text that somebody else rendered.

use crate::build::Build;
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::explain::content::Values;
use crate::explain::{self, Secrets};
use crate::limits::Limits;
use crate::manifest;
use crate::provenance::Directives;
use crate::resource::Resource;
use crate::schema::custom_lists::CustomLists;
use crate::schema::in_force::{self, InForce};
use crate::schema::merge_keys::Schema;
use crate::session::Session;
use crate::source::{Place, Sensitivity, Sources};
use crate::yaml::read::{decode_bytes, read_documents};
use crate::yaml::tree::NodeId;
use std::sync::Arc;

/// An object of a side.
#[derive(Clone, Copy, Debug)]
pub(super) struct SideObject<'s> {
    /// The object.
    pub(super) resource: &'s Resource,
    /// As the build printed it.
    pub(super) printed: Option<&'s str>,
}

/// One side of a comparison.
#[derive(Debug)]
pub struct Side<'s> {
    pub(super) objects: Vec<SideObject<'s>>,
    sources: &'s Sources,
    directives: Option<&'s Directives>,
    in_force: Option<&'s InForce>,
    /// What definitions of the side say of lists in custom resources.
    custom_lists: CustomLists,
    /// Stands before paths: `main:`.
    label: String,
    /// Where values of Secrets stand.
    pub(super) places: Secrets,
    /// Values of Secrets.
    pub(super) secret_values: Values,
}

/// Where a value stands, and the directive that put it there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The file.
    pub path: String,
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
    /// The field of a kustomization, such as `images[0]`.
    pub directive: Option<String>,
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)?;
        self.directive.as_ref().map_or(Ok(()), |directive| write!(f, " ({directive})"))
    }
}

/// Reads the objects of a text that somebody rendered; `shown` is how messages name it.
pub fn rendered(
    bytes: Vec<u8>,
    shown: &str,
    sources: &mut Sources,
    limits: &Limits,
) -> Result<Vec<Arc<Resource>>, Vec<Diagnostic>> {
    let text = decode_bytes(bytes).map_err(|error| {
        let message = format!("`{shown}` is not valid UTF-8 (byte {})", error.offset + 1);
        vec![*Diagnostic::error(Code::InvalidEncoding, message).path(shown.to_owned())]
    })?;
    let source = sources.add(shown, text, Sensitivity::Yaml, None);
    let documents = read_documents(&source, limits).map_err(|error| vec![*error])?;
    let mut report = Report::default();
    let resources = manifest::resources(documents, &mut report);
    if report.has_errors() { Err(report.diagnostics) } else { Ok(resources) }
}

impl<'s> Side<'s> {
    /// Takes the objects of a build; `label` stands before paths.
    pub fn of_build(build: &'s Build, session: &'s Session<'_>, label: &str) -> Side<'s> {
        Side::of_output(build, &session.sources, &session.directives, label)
    }

    /// The same, with what is left of the session.
    pub(crate) fn of_output(
        build: &'s Build,
        sources: &'s Sources,
        directives: &'s Directives,
        label: &str,
    ) -> Side<'s> {
        let printed = build.documents.iter().map(|range| build.text.get(range.clone()));
        let objects = build.resources.iter().zip(printed);
        let objects = objects.map(|(resource, printed)| SideObject { resource, printed }).collect();
        Side {
            objects,
            sources,
            directives: Some(directives),
            in_force: build.resources.in_force().map(|in_force| &**in_force),
            custom_lists: CustomLists::find(build.resources.iter(), true),
            label: label.to_owned(),
            places: Secrets::of(build, directives),
            secret_values: Values::of(build.resources.iter().map(|resource| &**resource)),
        }
    }

    /// Takes objects that were read from a rendered text.
    pub fn of_objects(resources: &'s [Arc<Resource>], sources: &'s Sources, label: &str) -> Side<'s> {
        Side {
            objects: resources.iter().map(|resource| SideObject { resource, printed: None }).collect(),
            sources,
            directives: None,
            in_force: None,
            custom_lists: CustomLists::find(resources.iter(), true),
            label: label.to_owned(),
            places: Secrets::shown(),
            secret_values: Values::of(resources.iter().map(|resource| &**resource)),
        }
    }

    /// Takes a side that has no objects.
    pub fn empty(sources: &'s Sources) -> Side<'s> {
        Side::of_objects(&[], sources, "")
    }

    /// Returns how many objects there are.
    pub fn n_objects(&self) -> usize {
        self.objects.len()
    }

    pub(super) fn resources(&self) -> impl Iterator<Item = &'s Resource> {
        self.objects.iter().map(|object| object.resource)
    }

    /// Returns what the build knows of a type; of custom resources, what their definitions say.
    pub(super) fn schema(&self, resource: &Resource) -> Option<Schema<'_>> {
        let gvk = &resource.id.gvk;
        in_force::of_type(self.in_force, gvk).or_else(|| self.custom_lists.of_type(gvk))
    }

    /// Returns where the value of a node stands.
    pub(super) fn location(&self, resource: &Resource, node: NodeId) -> Option<Location> {
        let writer = explain::Object { resource, removed_by: None }.writer(node);
        let directive = writer.by.zip(self.directives).map(|(by, directives)| directives.get(by));
        let place = writer.place.or(directive.map(|directive| directive.place))?;
        let name = directive.map(|directive| match directive.index {
            Some(index) => format!("{}[{index}]", directive.field),
            None => directive.field.to_owned(),
        });
        Some(self.resolved(place, name))
    }

    fn resolved(&self, place: Place, directive: Option<String>) -> Location {
        let place = self.sources.outermost(place);
        let source = self.sources.get(place.source);
        let at = source.line_column(place.span.start);
        Location { path: format!("{}{}", self.label, source.path), line: at.line, column: at.column, directive }
    }
}
