//! A question about a place in a file, put to the builds that the file is part of.

use super::diagnostics::path_of;
use super::text::{Lines, Position};
use super::workspace::{Target, Workspace, text_of};
use crate::build::{Build, BuildOptions, build};
use crate::cli::vendor::Vendored;
use crate::diagnostic::Diagnostic;
use crate::explain::{Element, Object};
use crate::fs::FileSystem;
use crate::limits::Limits;
use crate::provenance::DirectiveId;
use crate::session::Session;
use crate::source::{Place, Sensitivity, Source, Sources, Span};
use crate::yaml::read;
use crate::yaml::tree::{NodeId, Tree};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

/// What stands at a place in a file that can be read.
pub(super) struct Spot {
    /// The file, absolute.
    pub(super) path: String,
    pub(super) source: Arc<Source>,
    /// The document.
    pub(super) tree: Tree,
    /// The field, and whether the place is in its key.
    pub(super) field: Vec<Element>,
    pub(super) node: NodeId,
    pub(super) is_key: bool,
    pub(super) offset: u32,
}

/// A build with all that is needed to talk about it.
pub(super) struct Built<'s> {
    pub(super) session: Session<'s>,
    pub(super) target: Target,
    pub(super) build: Build,
}

impl Spot {
    /// Finds what stands at a position; nothing where the file is not understood.
    pub(super) fn find(files: &dyn FileSystem, path: &str, position: Position) -> Option<Spot> {
        let session = Session::new(files, "/");
        let text = text_of(&session, path)?;
        let offset = u32::try_from(Lines::new(&text).offset(position)).ok()?;
        let source = Sources::default().add(path, text.to_string(), Sensitivity::Yaml, None);
        for tree in documents(path, &source) {
            let root = tree.root();
            let is_inside = extent(&tree, root).is_some_and(|span| span.start <= offset && offset <= span.end);
            if is_inside {
                let (mut field, mut is_key) = (Vec::new(), false);
                let node = descend(&tree, root, offset, &mut field, &mut is_key);
                return Some(Spot { path: path.to_owned(), source, tree, field, node, is_key, offset });
            }
        }
        None
    }

    /// Returns the bytes of the value.
    pub(super) fn span(&self) -> Option<Span> {
        extent(&self.tree, self.node)
    }

    /// Returns the value, if it is a scalar and the place is in it.
    pub(super) fn text(&self) -> Option<&str> {
        (!self.is_key && self.tree.is_scalar(self.node)).then(|| self.tree.text(self.node))
    }

    /// Returns whether a place of a build is where this is, or within it around the cursor.
    pub(super) fn is_at(&self, session: &Session<'_>, place: Place) -> bool {
        let place = session.sources.outermost(place);
        let Some(own) = self.span() else { return false };
        let span = place.span;
        own.start <= span.start
            && span.end <= own.end
            && span.start <= self.offset
            && self.offset <= span.end
            && path_of(session, session.sources.get(place.source)).as_deref() == Some(&*self.path)
    }

    /// Returns whether a directive is the entry of this kustomization file that the place is in.
    pub(super) fn is_entry(&self, session: &Session<'_>, by: DirectiveId) -> bool {
        let directive = session.directives.get(by);
        let (field, index) = match self.field.as_slice() {
            [Element::Key(field), Element::Index(index), ..] => (field, Some(*index as u32)),
            [Element::Key(field), ..] => (field, None),
            _ => return false,
        };
        directive.field == field
            && directive.index == index
            && path_of(session, session.sources.get(directive.place.source)).as_deref() == Some(&*self.path)
    }

    /// Returns kind and name of the object that the document is, or is a patch for.
    pub(super) fn identity(&self) -> Option<(&str, &str)> {
        Some((self.tree.text_at(&["kind"])?, self.tree.text_at(&["metadata", "name"])?))
    }

    /// Returns whether the place is in the name of the document's object.
    pub(super) fn is_name(&self) -> bool {
        let keys: Vec<&str> =
            self.field.iter().map(|element| if let Element::Key(key) = element { key } else { "" }).collect();
        keys == ["metadata", "name"] && !self.is_key
    }
}

/// Reads a file as what its name says it is.
pub(super) fn documents(path: &str, source: &Arc<Source>) -> Vec<Tree> {
    let limits = Limits::default();
    match super::workspace::is_kustomization(path) {
        true => read::read_first(source, &limits).ok().flatten().into_iter().collect(),
        false => read::read_documents(source, &limits).unwrap_or_default(),
    }
}

fn extent(tree: &Tree, node: NodeId) -> Option<Span> {
    tree.extent(node).map(|place| place.span)
}

/// Goes down to the smallest node that holds an offset. Depth is bounded by that of what is read.
fn descend(tree: &Tree, node: NodeId, offset: u32, field: &mut Vec<Element>, is_key: &mut bool) -> NodeId {
    let holds = |node: NodeId| extent(tree, node).is_some_and(|span| span.start <= offset && offset <= span.end);
    for (key, value) in tree.entries(node) {
        if holds(key) || holds(value) {
            field.push(Element::Key(tree.text(key).to_owned()));
            *is_key = holds(key);
            return if *is_key { value } else { descend(tree, value, offset, field, is_key) };
        }
    }
    for (index, item) in tree.items(node).enumerate() {
        if holds(item) {
            field.push(Element::Index(index));
            return descend(tree, item, offset, field, is_key);
        }
    }
    node
}

impl<'s> Built<'s> {
    /// Builds a kustomization with everything recorded.
    pub(super) fn new(
        files: &'s dyn FileSystem,
        workspace: &Workspace,
        vendored: Option<&'s Vendored>,
        target: &Target,
    ) -> Result<Built<'s>, Vec<Diagnostic>> {
        let mut session = Session::for_one_build(files, &workspace.folder_of(&target.directory));
        session.is_recording = true;
        session.remotes = vendored.map(|vendored| vendored as &dyn crate::remote::Remotes);
        let build = build(&mut session, &target.directory, &BuildOptions::default())?;
        Ok(Built { session, target: target.clone(), build })
    }

    /// Returns how messages name the kustomization.
    pub(super) fn name(&self) -> String {
        self.session.show(&self.target.directory)
    }

    /// Returns where a place is, for the editor.
    pub(super) fn location(&self, workspace: &Workspace, place: Place) -> Option<Value> {
        let place = self.session.sources.outermost(place);
        let source = self.session.sources.get(place.source);
        let path = path_of(&self.session, source)?;
        let range = Lines::new(&source.text).range(place.span.start as usize..place.span.end as usize);
        Some(json!({"uri": workspace.uri(&path), "range": range}))
    }

    /// Returns where an object is declared: the place of its name.
    pub(super) fn declaration(&self, object: &Object<'_>) -> Option<Place> {
        let tree = object.resource.versions.first().map_or(&object.resource.tree, |version| &version.tree);
        let name = tree.get_path(tree.root(), &["metadata", "name"]);
        name.and_then(|name| tree.place(name)).or_else(|| object.begins().place)
    }

    /// Returns the objects that are called so, or were.
    pub(super) fn named(&self, kind: Option<&str>, name: &str) -> Vec<Object<'_>> {
        let is_named = |object: &Object<'_>| {
            let resource = object.resource;
            let mut ids = std::iter::once(resource.id.clone()).chain(resource.previous_ids());
            ids.any(|id| *id.name == *name && kind.is_none_or(|kind| *id.gvk.kind == *kind))
        };
        crate::explain::objects(&self.build).into_iter().filter(is_named).collect()
    }
}

/// Returns what was fetched for a kustomization, so that a build needs no network.
pub(super) fn vendored(directory: &str) -> Option<Vendored> {
    Vendored::find(Path::new(directory), ".").ok()
}
