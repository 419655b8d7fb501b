//! The work on one command: objects and fields are found, changes tried one way after the other, each against a build.

use super::layer::{Built, Layer, NewText, stable_id};
use super::patch::{self, Candidate};
use super::verify::{Verdict, judge};
use super::wish::{Named, Wish};
use super::{Assignment, Scope, Written, in_place};
use crate::build::build;
use crate::diagnostic::{Code, Diagnostic, Severity, edit_distance, show_place};
use crate::edit::check::options;
use crate::edit::file::File;
use crate::edit::{Result, Work};
use crate::explain::plain_path;
use crate::explain::{Element, Landing, Object, Query, Secrets, describe, find, show_path, value_of, writer_of};
use crate::resource::{ResId, Resource};
use crate::yaml::tree::NodeId;

/// Fields that say which object this is.
const IDENTITY: [&str; 4] = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];
/// Mappings whose keys may hold dots, and name nothing that could be misspelled.
const FREE_KEYS: [&str; 7] =
    ["annotations", "labels", "matchLabels", "nodeSelector", "data", "stringData", "binaryData"];
const DEPTH_MAX: usize = 100;

/// A command at work.
pub(super) struct Job<'fs> {
    file: File,
    layer: Layer<'fs>,
    /// The layer as it would be.
    pub(super) now: Built,
    done: Vec<(ResId, Vec<Element>, bool)>,
}

impl<'fs> Job<'fs> {
    /// Opens the layer and builds it.
    pub(super) fn begin(work: &mut Work<'_, 'fs>) -> Result<Job<'fs>> {
        let file = work.open()?;
        if file.new.text_of("kind") == "Component" {
            let error = Diagnostic::error(Code::EditImpossible, "this is a component, which has no objects of its own");
            return Err(error.path(file.name).help("set the field in a kustomization that uses the component"));
        }
        let layer = Layer::new(work, &file);
        work.session.is_recording = true;
        let directory = std::sync::Arc::clone(&work.session.directory);
        let build = match build(work.session, &directory, &options()) {
            Ok(build) => build,
            Err(diagnostics) => {
                let mut errors: Vec<Diagnostic> =
                    diagnostics.into_iter().filter(|found| found.severity == Severity::Error).collect();
                let last = errors.pop().map(Box::new);
                work.report.diagnostics.append(&mut errors);
                let last = last.unwrap_or_else(|| Diagnostic::error(Code::EditImpossible, "this cannot be built"));
                return Err(last.note("fields are set in what builds: the file is as it was"));
            }
        };
        let (sources, directives) = (work.session.sources.clone(), work.session.directives.clone());
        Ok(Job { file, layer, now: Built { build, sources, directives }, done: Vec::new() })
    }

    /// Finds the object that is named.
    pub(super) fn locate(&self, named: &Named) -> Result<ResId> {
        let object = find(&self.now.build, &named.name, named.namespace.as_deref()).map_err(|mut error| {
            error.code = Code::EntryNotFound;
            error.help.iter_mut().for_each(|help| {
                *help = help.replace("`rustomize explain DIR` lists", "`rustomize explain` lists");
                *help = help.replace("`--namespace`, the whole name", "`NAMESPACE/KIND/NAME`");
            });
            error
        })?;
        if object.removed_by.is_some() {
            let message = format!("`{}` is not in the output", named.show());
            let error = Diagnostic::error(Code::EntryNotFound, message);
            return Err(error.help(format!("`rustomize explain . {}` says who took it away", named.name)));
        }
        Ok(stable_id(object.resource))
    }

    fn resource(&self, id: &ResId) -> Result<&Resource> {
        self.now.find(id).ok_or_else(|| Diagnostic::error(Code::EntryNotFound, format!("there is no {}", describe(id))))
    }

    /// Finds the field that is to be set, or where it is to be made.
    pub(super) fn resolve(&self, id: &ResId, wish: Wish, work: &mut Work<'_, '_>) -> Result<Assignment> {
        let resource = self.resource(id)?;
        let tree = &resource.tree;
        let Wish { path: wanted, value, json } = wish;
        let query = Query::parse(&wanted);
        let too_long = |n: usize| {
            let message = format!("a path has {n} parts; at most {DEPTH_MAX} are followed");
            Diagnostic::error(Code::LimitExceeded, message).help("shorten the path")
        };
        if query.len() > DEPTH_MAX {
            return Err(too_long(query.len()));
        }
        let assignment = match query.land(tree, &FREE_KEYS) {
            Landing::Found(path, node) => {
                let is_single = tree.is_scalar(node);
                if !is_single {
                    let message = format!("`{}` is {}", show_path(&path), collection(tree.is_mapping(node)));
                    let error = Diagnostic::error(Code::InvalidField, message);
                    return Err(error.help(format!("name a field below it: `{wanted}.FIELD=VALUE`")));
                }
                Assignment { path, rest: Vec::new(), value, json }
            }
            Landing::Absent(path, node, rest) => {
                self.warn_of_misspelling(id, &path, node, &rest, work);
                Assignment { path, rest, value, json }
            }
            Landing::Nowhere => {
                let object = Object { resource, removed_by: None };
                let error = match object.field(&wanted, &Secrets::of(&self.now.build, &self.now.directives)) {
                    Err(mut error) => {
                        error.code = Code::EntryNotFound;
                        error
                    }
                    Ok(_) => {
                        let message = format!("there is no field `{wanted}` in `{}`", resource.short_name());
                        Diagnostic::error(Code::EntryNotFound, message)
                    }
                };
                return Err(error);
            }
        };
        let whole = assignment.whole();
        if IDENTITY.contains(&show_path(&whole).as_str()) {
            let message = format!("`{}` says which object this is; it is not set like a field", show_path(&whole));
            return Err(Diagnostic::error(Code::InvalidField, message)
                .help("change the manifest, or use `edit set nameprefix`, `namesuffix` or `namespace`"));
        }
        Ok(assignment)
    }

    /// Warns of a new field that is called nearly like one beside it.
    fn warn_of_misspelling(
        &self,
        id: &ResId,
        path: &[Element],
        node: NodeId,
        rest: &[String],
        work: &mut Work<'_, '_>,
    ) {
        let Ok(resource) = self.resource(id) else { return };
        let is_free = matches!(path.last(), Some(Element::Key(key)) if FREE_KEYS.contains(&key.as_str()));
        let Some(new) = rest.first().filter(|new| new.len() > 3 && !is_free) else { return };
        let tree = &resource.tree;
        let near = tree.entries(node).map(|(key, _)| tree.text(key)).find(|key| edit_distance(key, new) <= 2);
        if let Some(near) = near {
            let show = |key: &str| {
                let mut path = path.to_vec();
                path.push(Element::Key(key.to_owned()));
                show_path(&path)
            };
            let message = format!("`{}` is a new field of {}", show(new), describe(id));
            let warning = Diagnostic::warning(Code::EditMakesField, message);
            work.report.push(warning.help(format!("did you mean `{}`?", show(near))));
        }
    }

    /// Sets fields of one object.
    pub(super) fn set(
        &mut self,
        id: &ResId,
        assignments: Vec<Assignment>,
        scope: Scope,
        work: &mut Work<'_, '_>,
    ) -> Result<()> {
        let mut open: Vec<Assignment> = Vec::new();
        for assignment in assignments {
            if self.has(id, &assignment)? {
                self.done.push((id.clone(), assignment.whole(), true));
                continue;
            }
            let text = in_place::changed(&self.layer, &self.now, self.resource(id)?, &assignment, scope);
            if let Some(text) = text
                && let Ok((Verdict::Done, layer, after)) = self.attempt(text, id, &[&assignment])
            {
                (self.layer, self.now) = (layer, after);
                self.done.push((id.clone(), assignment.whole(), false));
                continue;
            }
            open.push(assignment);
        }
        if open.is_empty() {
            return Ok(());
        }
        let wanted: Vec<&Assignment> = open.iter().collect();
        // What one patch cannot do, several may.
        match self.patch(id, &wanted, scope, work) {
            Ok(()) => {}
            Err(error) if wanted.len() == 1 => return Err(error),
            Err(_) => wanted.iter().try_for_each(|wanted| self.patch(id, &[wanted], scope, work))?,
        }
        self.done.extend(open.iter().map(|assignment| (id.clone(), assignment.whole(), false)));
        Ok(())
    }

    /// Returns whether a field has its value already.
    fn has(&self, id: &ResId, assignment: &Assignment) -> Result<bool> {
        let tree = &self.resource(id)?.tree;
        let node = plain_path(tree, &assignment.path).filter(|_| assignment.rest.is_empty());
        Ok(node.is_some_and(|node| value_of(tree, node).as_deref() == Some(assignment.json.as_str())))
    }

    fn attempt(
        &self,
        text: NewText,
        id: &ResId,
        assignments: &[&Assignment],
    ) -> std::result::Result<(Verdict, Layer<'fs>, Built), String> {
        let layer = self.layer.with(vec![text]);
        let after = layer.build()?;
        Ok((judge(&self.now, &after, id, assignments), layer, after))
    }

    /// Adds a patch: the first that does what is wanted and nothing else.
    fn patch(&mut self, id: &ResId, wanted: &[&Assignment], scope: Scope, work: &mut Work<'_, '_>) -> Result<()> {
        let mut failed: Option<Verdict> = None;
        let mut more: Option<(Vec<String>, Layer<'fs>, Built)> = None;
        for is_last in [false, true] {
            // What copies a field follows it, unless one object alone is meant.
            if is_last && scope == Scope::Layer && more.is_some() {
                break;
            }
            let resource = self.resource(id)?;
            let candidates = match (is_last, self.layer.build_seen()) {
                (true, _) => patch::in_transformers(&self.layer, &self.now, resource, wanted),
                (false, Ok(seen)) => patch::in_patches(&self.layer, resource, &seen, wanted),
                (false, Err(_)) => Vec::new(),
            };
            for Candidate { text, field, index } in candidates {
                match self.attempt(text, id, wanted) {
                    Ok((Verdict::Done, layer, after)) => {
                        (self.layer, self.now) = (layer, after);
                        return Ok(());
                    }
                    Ok((Verdict::More(names), layer, after)) => {
                        // One that selects this object alone changes others through what copies from it.
                        if more.is_none() && n_selected(&layer, &after, field, index) == Some(1) {
                            more = Some((names.clone(), layer, after));
                        }
                        failed = failed.or(Some(Verdict::More(names)));
                    }
                    Ok((verdict, ..)) => failed = failed.or(Some(verdict)),
                    Err(message) => failed = failed.or(Some(Verdict::Broken(message))),
                }
            }
        }
        let Some((names, layer, after)) = more else { return Err(self.unable(id, wanted, failed)) };
        const SHOWN_MAX: usize = 5;
        let mut warning =
            Diagnostic::warning(Code::EditChangesMore, format!("more changes than {}", show_all(id, wanted)));
        for name in names.iter().take(SHOWN_MAX) {
            warning = warning.note(format!("{name} changes, too"));
        }
        if names.len() > SHOWN_MAX {
            warning = warning.note(format!("and {} more", names.len() - SHOWN_MAX));
        }
        work.report.push(warning.help("look at it with `--diff`; a replacement or a var may copy the value"));
        (self.layer, self.now) = (layer, after);
        Ok(())
    }

    /// Says why nothing can be done.
    fn unable(&self, id: &ResId, wanted: &[&Assignment], failed: Option<Verdict>) -> Box<Diagnostic> {
        let what = show_all(id, wanted);
        let error = |message: String| Diagnostic::error(Code::EditImpossible, message);
        match failed {
            Some(Verdict::Not { field, is_text: true }) => {
                let error = error(format!("`{field}` of {} holds text only", describe(id)));
                error.help("write the value in quotes, `'\"…\"'`, or add `--string`")
            }
            Some(Verdict::Not { field, .. }) => {
                let mut error = error(format!("`{field}` of {} would not get the value", describe(id)));
                if let Ok(resource) = self.resource(id)
                    && let Some(node) = wanted.iter().find_map(|wanted| plain_path(&resource.tree, &wanted.path))
                    && let Some(by) = writer_of(&resource.tree, node).by
                {
                    let directive = self.now.directives.get(by);
                    let place = show_place(&self.now.sources, directive.place);
                    error = error.note(format!("`{}` at {place} writes it", directive.field));
                }
                error.help("change what writes it, or the manifest")
            }
            Some(Verdict::More(names)) => {
                let error = error(format!("there is no patch that changes {what} and nothing else"));
                error
                    .note(format!("{} would change, too", names.join(", ")))
                    .help("set it in the layer below, where the object is told apart by its name")
            }
            Some(Verdict::Broken(message)) => {
                let error = error(format!("with a patch for {what} the kustomization would not build"));
                error.note(message).help("is the value one that the field can hold?")
            }
            Some(Verdict::Done) | None => {
                error(format!("no patch of this kustomization can set {what}")).help("change what makes the field")
            }
        }
    }

    /// Ends the command: the file with everything in it.
    pub(super) fn finish(mut self, work: &mut Work<'_, '_>) -> Result<Option<File>> {
        if work.report.has_errors() {
            return Ok(None);
        }
        for (id, path, is_kept) in &self.done {
            let Some(resource) = self.now.find(id) else { continue };
            let tree = &resource.tree;
            let node = plain_path(tree, path);
            let place = node.and_then(|node| writer_of(tree, node).place);
            let place = place.map_or("?".to_owned(), |place| show_place(&self.now.sources, place));
            let what = format!("{} {}", describe(id), show_path(path));
            self.file.written.push(Written { place, what, is_kept: *is_kept });
        }
        self.layer.finish(&mut self.file);
        Ok(Some(self.file))
    }
}

fn collection(is_mapping: bool) -> &'static str {
    if is_mapping { "a mapping, no single value" } else { "a list, no single value" }
}

fn show_all(id: &ResId, wanted: &[&Assignment]) -> String {
    let fields: Vec<String> = wanted.iter().map(|wanted| format!("`{}`", show_path(&wanted.whole()))).collect();
    format!("{} of {}", fields.join(", "), describe(id))
}

/// Returns how many objects an entry of the layer's kustomization was for.
fn n_selected(layer: &Layer<'_>, built: &Built, field: &str, index: u32) -> Option<u32> {
    let is_it = |touched: &&crate::provenance::Touched| {
        let directive = built.directives.get(touched.by);
        let source = built.sources.get(built.sources.outermost(directive.place).source);
        directive.field == field && directive.index == Some(index) && layer.path(source) == *layer.kustomization
    };
    built.build.touched.iter().find(is_it).map(|touched| touched.resources)
}
