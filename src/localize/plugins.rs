//! Configurations of built-in plugins, inline or in files: the paths in them become paths of the copy, and they are printed
//! anew, whatever they hold (upstream `localizeBuiltinPlugins`).

use super::root::{File, Level, Localize, Localizer, Result, print_error, single};
use crate::diagnostic::{Code, Diagnostic};
use crate::fieldspec::{FieldPath, FieldSpec, Hit, WalkError, selects};
use crate::kustomization::{Placed, PlacedText};
use crate::provenance::Stamp;
use crate::resource::Resource;
use crate::yaml::emit;
use crate::yaml::tree::{NodeId, Tag};
use std::borrow::Cow;

const VERSION: &str = "builtin";
const CHARTS: &str = "HelmChartInflationGenerator";

/// Kinds of built-in plugins with the fields that name files.
const FILES: [(&str, &str); 9] = [
    ("ConfigMapGenerator", "env"),
    ("ConfigMapGenerator", "envs"),
    ("SecretGenerator", "env"),
    ("SecretGenerator", "envs"),
    (CHARTS, "valuesFile"),
    (CHARTS, "additionalValuesFiles"),
    ("PatchTransformer", "path"),
    ("PatchJson6902Transformer", "path"),
    ("ReplacementTransformer", "replacements/path"),
];
/// Those whose files may have keys.
const FILE_SOURCES: [(&str, &str); 2] = [("ConfigMapGenerator", "files"), ("SecretGenerator", "files")];
/// Those that hold objects or name files with objects.
const OBJECTS: [(&str, &str); 1] = [("PatchStrategicMergeTransformer", "paths")];

impl<'a, 'fs> Localizer<'a, 'fs> {
    /// The fields that name plugins in a kustomization file.
    pub(super) fn plugins(&mut self, level: &Level, file: &mut File) {
        for field in ["generators", "transformers", "validators"] {
            self.replace(level, file, file.tree.root(), field, Self::plugin_entry);
        }
    }

    /// One entry: configurations that stand inline, or a file with some.
    fn plugin_entry(&mut self, level: &Level, entry: &PlacedText) -> Result<String> {
        let (objects, path) = self.load_objects(level, entry)?;
        let mut errors = Vec::new();
        let mut text = String::new();
        for (position, object) in objects.into_iter().enumerate() {
            let mut object = Resource::clone(&object);
            errors.extend(self.plugin(level, &mut object, entry).err().into_iter().flatten());
            if position > 0 {
                text.push_str("---\n");
            }
            if let Err(error) = emit::emit(&object.tree, object.root(), &mut text) {
                errors.push(*print_error(&object.tree, &error));
            }
        }
        match path {
            _ if !errors.is_empty() => Err(errors),
            Some(path) => self.write_file(level, &path, text.into_bytes(), entry.place),
            None => Ok(text),
        }
    }

    fn plugin(&mut self, level: &Level, object: &mut Resource, entry: &PlacedText) -> Result<()> {
        let stamp = Stamp { by: self.session.directive("localize", None, entry.place), place: Some(entry.place) };
        for &(kind, path) in &FILES {
            self.field(level, object, kind, path, &stamp, Self::file)?;
        }
        for &(kind, path) in &FILE_SOURCES {
            self.field(level, object, kind, path, &stamp, Self::file_source)?;
        }
        let api_version = object.tree.text_at(&["apiVersion"]);
        if api_version == Some(VERSION) && &*object.id.gvk.kind == CHARTS {
            match object.tree.get(object.root(), "chartHome") {
                Some(home) => self.scalar(level, object, home, &stamp, Self::chart_home)?,
                None => self.default_home(level, entry.clone())?,
            }
        }
        for &(kind, path) in &OBJECTS {
            self.field(level, object, kind, path, &stamp, Self::objects)?;
        }
        Ok(())
    }

    /// Goes through what a field holds: one path, or a list of them.
    fn field(
        &mut self,
        level: &Level,
        object: &mut Resource,
        kind: &'static str,
        path: &'static str,
        stamp: &Stamp,
        localize: Localize<'a, 'fs>,
    ) -> Result<()> {
        // Of any group, as upstream: a spec without a group selects all.
        if !selects("", VERSION, kind, &object.id.gvk) {
            return Ok(());
        }
        let any = Cow::Borrowed("");
        let (group, version) = (any.clone(), any.clone());
        let spec = FieldSpec { group, version, kind: any, path: path.into(), create: false, place: None };
        let mut hits = Vec::new();
        FieldPath::new(&spec, None).find(&object.tree, &mut hits).map_err(|error| match error {
            WalkError::Scalar(node) => wrong_kind(object, node, "a mapping or a list"),
            WalkError::Part(_) => Vec::new(),
        })?;
        for hit in hits {
            let Hit::Found(node) = hit else { continue };
            let nodes: Vec<NodeId> = match object.tree.is_sequence(node) {
                true => object.tree.items(node).collect(),
                false => vec![node],
            };
            for node in nodes {
                self.scalar(level, object, node, stamp, localize)?;
            }
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        level: &Level,
        object: &mut Resource,
        node: NodeId,
        stamp: &Stamp,
        localize: Localize<'a, 'fs>,
    ) -> Result<()> {
        if !object.tree.is_scalar(node) {
            return Err(wrong_kind(object, node, "a path"));
        }
        let place = object.tree.place(node).or(stamp.place);
        let Some(place) = place else { return Ok(()) };
        let text = Placed { value: object.tree.text(node).to_owned(), place };
        let path = localize(self, level, &text)?;
        // Untagged, so that a path like `1` is a number again where it was one.
        object.tree_mut().set_text(node, &path, Tag::Implied, stamp);
        Ok(())
    }
}

fn wrong_kind(object: &Resource, node: NodeId, wanted: &str) -> Vec<Diagnostic> {
    let message = format!("a field of {} must be {wanted}", object.short_name());
    single(
        Diagnostic::error(Code::WrongType, message)
            .at(object.tree.place(node), "not this")
            .help(format!("write {wanted}")),
    )
}
