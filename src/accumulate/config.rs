//! What a kustomization hands to its overlay besides resources: its config and its vars.
//!
//! The config is the built-in field specs, what its `configurations` and `crds` add, and what it takes
//! over from bases and components.
//!
//! Reading the files is `kustomization::decode` and `crds`, joining lists `fieldspec::merge`; the order is upstream's
//! (`KustTarget.accumulateTarget`): bases in the order of `resources`, then the kustomization's own, then its components'.

use super::{Accumulator, Errors, single};
use crate::accumulated::Gathered;
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::fieldspec::TransformerConfig;
use crate::fieldspec::merge::{Conflict, Displaced};
use crate::kustomization::{Kustomization, PlacedText, decode};
use crate::limits::Limits;
use crate::loader::Root;
use crate::provenance::{DirectiveId, Stamp};
use crate::resmap::ResMap;
use crate::source::{Place, Source};
use crate::vars;
use crate::yaml;
use crate::yaml::tree::Tree;
use std::sync::Arc;

impl Accumulator<'_, '_> {
    /// Joins a kustomization's own config to what its bases brought.
    pub(super) fn configure(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        gathered: &mut Gathered,
    ) -> Result<(), Errors> {
        let mut own = Arc::clone(&self.session.built_in);
        let mut errors = Vec::new();
        let mut added = TransformerConfig::empty();
        for entry in &file.configurations {
            match self.configuration(root, entry, gathered) {
                Ok(config) => match added.merge(&config) {
                    Ok(merged) => added = merged,
                    Err(conflicts) => return Err(conflicting(conflicts, entry.place)),
                },
                Err(found) => {
                    errors.extend(found);
                    added = TransformerConfig::empty();
                }
            }
        }
        if !errors.is_empty() {
            errors.extend(self.crds(root, file, gathered).err().into_iter().flatten());
            return Err(errors);
        }
        if let Some(last) = file.configurations.last() {
            let merged = TransformerConfig::clone(&own).merge(&added);
            own = Arc::new(merged.map_err(|conflicts| conflicting(conflicts, last.place))?);
        }
        let through = file.configurations.last().map(|entry| entry.place);
        let start = Place { source: file.source.id, span: crate::source::Span::default() };
        join(gathered, &own, through.unwrap_or(start))?;
        self.crds(root, file, gathered)
    }

    /// Joins what the definitions of `crds` say to the config.
    fn crds(&mut self, root: &Arc<Root>, file: &Kustomization, gathered: &mut Gathered) -> Result<(), Errors> {
        let mut errors = Vec::new();
        let mut added = TransformerConfig::empty();
        for entry in &file.crds {
            match self.crd_file(root, entry, gathered) {
                Ok(config) => {
                    added = added.merge(&config).map_err(|conflicts| conflicting(conflicts, entry.place))?;
                }
                Err(found) => {
                    errors.extend(found);
                    added = TransformerConfig::empty();
                }
            }
        }
        let Some(last) = file.crds.last().filter(|_| errors.is_empty()) else { return none_or(errors) };
        let own = TransformerConfig::clone(&self.config(gathered)).merge(&added);
        gathered.config = Some(Arc::new(own.map_err(|conflicts| conflicting(conflicts, last.place))?));
        Ok(())
    }

    fn crd_file(
        &mut self,
        root: &Arc<Root>,
        entry: &PlacedText,
        gathered: &mut Gathered,
    ) -> Result<TransformerConfig, Errors> {
        let source = self.text_file(root, entry, gathered).map_err(single)?;
        if source.text.is_empty() {
            let error = Diagnostic::error(Code::InvalidField, format!("`{}` is empty", entry.value));
            return Err(single(error.at(Some(entry.place), "").help("remove the entry")));
        }
        let by = self.session.directive("crds", None, entry.place);
        let tree = if source.text.starts_with('{') {
            read_json(&source, &self.session.limits, by).map_err(single)?
        } else {
            match yaml::read::read_first(&source, &self.session.limits).map_err(single)? {
                Some(tree) => tree,
                None => return Ok(TransformerConfig::empty()),
            }
        };
        let mut report = Report::default();
        let config = decode::crds(&source, &tree, &mut report);
        if config.as_ref().is_some_and(TransformerConfig::is_built_in) {
            let message = format!("`{}` has no effect: no type in it says what a field holds", entry.value);
            let warning = Diagnostic::warning(Code::CrdsWithoutEffect, message).at(Some(entry.place), "listed here");
            let note = "wanted are types with the properties `apiVersion`, `kind` and `metadata` and with extensions such \
                        as `x-kubernetes-object-ref-kind`";
            report.push(warning.note(note).help("remove the entry, or list a manifest under `resources`"));
        }
        gathered.settle(report)?;
        config.ok_or_else(Vec::new)
    }

    fn configuration(
        &mut self,
        root: &Arc<Root>,
        entry: &PlacedText,
        gathered: &mut Gathered,
    ) -> Result<TransformerConfig, Errors> {
        let source = self.text_file(root, entry, gathered).map_err(single)?;
        let Some(tree) = yaml::read::read_first(&source, &self.session.limits).map_err(single)? else {
            return Ok(TransformerConfig::empty());
        };
        let mut report = Report::default();
        let config = decode::configuration(&source, &tree, &mut report);
        gathered.settle(report)?;
        config.ok_or_else(Vec::new)
    }

    /// Joins the config that a base was accumulated with, and its vars.
    pub(super) fn inherit(&self, base: &Gathered, gathered: &mut Gathered, through: Place) -> Result<(), Errors> {
        if let Some(config) = &base.config {
            join(gathered, config, through)?;
        }
        let mut report = Report::default();
        vars::join(&mut gathered.vars, &base.vars, &mut report);
        gathered.settle(report)
    }

    /// Registers the vars of a kustomization, which see the resources as its transformers left them.
    pub(super) fn register_vars(
        &mut self,
        file: &Kustomization,
        resources: &mut ResMap,
        gathered: &mut Gathered,
    ) -> Result<(), Errors> {
        let mut report = Report::default();
        let session = &mut *self.session;
        let entries = (file.vars.iter().enumerate())
            .map(|(index, entry)| (entry.clone(), session.directive("vars", Some(index), entry.place)));
        vars::register(resources, entries, &mut gathered.vars, &mut report);
        gathered.settle(report)
    }

    /// Returns the config that is in effect.
    pub(super) fn config(&self, gathered: &Gathered) -> Arc<TransformerConfig> {
        Arc::clone(gathered.config.as_ref().unwrap_or(&self.session.built_in))
    }
}

fn none_or(errors: Errors) -> Result<(), Errors> {
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Reads a file that begins like JSON and is refused if it is none; places come from reading it as YAML where that works.
fn read_json(source: &Arc<Source>, limits: &Limits, by: DirectiveId) -> crate::diagnostic::Result<Tree> {
    let mut json = Tree::new();
    let start = Place { source: source.id, span: crate::source::Span::default() };
    let root = yaml::json::decode(&source.text, &mut json, &Stamp { by, place: Some(start) }).map_err(|error| {
        let span = crate::source::Span { start: error.offset as u32, end: error.offset as u32 };
        let place = Place { source: source.id, span };
        let message = format!("`{}` begins with `{{` and is not valid JSON: {}", source.path, error.message);
        Diagnostic::error(Code::YamlSyntax, message)
            .at(Some(place), "")
            .help("correct the JSON, or write the file as block YAML")
    })?;
    json.set_root(root);
    Ok(yaml::read::read_first(source, limits).ok().flatten().unwrap_or(json))
}

/// Joins a config to what there is, which is nothing at first.
fn join(gathered: &mut Gathered, other: &Arc<TransformerConfig>, through: Place) -> Result<(), Errors> {
    let config = &mut gathered.config;
    let is_same = config.as_ref().is_none_or(|config| config.is_built_in()) && other.is_built_in();
    if is_same {
        // What joining the built-in lists to themselves gives; nothing is copied.
        *config = Some(Arc::clone(other));
        return Ok(());
    }
    let displaced = if config.is_none() { other.displaced() } else { Vec::new() };
    let own = config.take().map_or_else(TransformerConfig::empty, Arc::unwrap_or_clone);
    let merged = own.merge(other).map_err(|conflicts| conflicting(conflicts, through))?;
    *config = Some(Arc::new(merged));
    let mut report = Report::default();
    for displaced in displaced {
        report.push(displacing(&displaced, through));
    }
    gathered.settle(report)
}

/// The warning for a spec whose loss hardly anyone intends: other kinds are not transformed any more.
fn displacing(Displaced { section, spec, by }: &Displaced, through: Place) -> Box<Diagnostic> {
    let message =
        format!("the field spec `{}` of `{section}` for all kinds gives way to the one for `{}`", spec.path, by.kind);
    let warning = Diagnostic::warning(Code::FieldSpecDisplaced, message)
        .at(Some(by.place.unwrap_or(through)), "other kinds are not transformed any more");
    let warning = match spec.place {
        Some(place) => warning.at(Some(place), "lost"),
        None => warning.note("the one that is lost is built in"),
    };
    warning.note("kustomize joins lists of field specs in this way").help(match spec.place {
        None => "remove this entry: its kind has the field transformed without it",
        Some(_) => "keep one of the two, or name the kind in each",
    })
}

fn conflicting(conflicts: Vec<Conflict>, through: Place) -> Errors {
    let error = |Conflict { section, present, new }: Conflict| {
        let says = |create: bool| if create { "is created here" } else { "is not created here" };
        let message = format!(
            "field `{}` of `{section}` is listed twice for the same kind, once with `create: true` and once without",
            new.path
        );
        let mut error = Diagnostic::error(Code::FieldSpecConflict, message);
        for spec in [&new, &present] {
            error = match spec.place {
                Some(place) => error.at(Some(place), says(spec.create)),
                None => error.note(format!("in the built-in list it has `create: {}`", spec.create)),
            };
        }
        if error.labels.is_empty() {
            error = error.at(Some(through), "joined here");
        }
        error = error.note("lists of a base, of its overlays and the built-in ones are joined");
        *error.help("give both the same `create`, or name the kind in each of them")
    };
    conflicts.into_iter().map(error).collect()
}
