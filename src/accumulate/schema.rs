//! The schema of the build: what `openapi` fields say, and what is asked of it on the way.
//!
//! Which schema holds then is `schema::in_force`.

use super::{Accumulator, Errors, single};
use crate::accumulated::Gathered;
use crate::diagnostic::{Code, Diagnostic};
use crate::kustomization::Kustomization;
use crate::loader::Root;
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::schema::in_force::SchemaUse;
use crate::schema::scope;
use std::sync::Arc;

/// The version of the schema that is built in.
const BUILT_IN_SCHEMA: &str = "v1.21.2";

impl Accumulator<'_, '_> {
    /// Takes the schema that a kustomization names, unless the build has one (upstream `openapi.SetSchema`).
    pub(super) fn set_schema(
        &mut self,
        root: &Arc<Root>,
        file: &Kustomization,
        gathered: &mut Gathered,
    ) -> Result<(), Errors> {
        let get = |name: &str| file.openapi.iter().find(|(key, _)| key.value == name).map(|(_, value)| value);
        let (path, version) = (get("path"), get("version"));
        let text = path.map(|path| self.text_file(root, path, gathered)).transpose().map_err(single)?;
        if path.is_none() && version.is_none_or(|version| version.value.is_empty()) || self.schema.is_set() {
            return Ok(());
        }
        gathered.schema.sets = true;
        match (text, version) {
            (Some(_), Some(version)) => {
                let message = "`openapi` has both `path` and `version`";
                let error = Diagnostic::error(Code::OpenApiInvalid, message).at(Some(version.place), "");
                Err(single(error.help("remove one of the two; `path` takes the place of the built-in schema")))
            }
            (None, Some(version)) if version.value != BUILT_IN_SCHEMA => {
                let message = format!("there is no built-in schema `{}`", version.value);
                let error = Diagnostic::error(Code::OpenApiInvalid, message).at(Some(version.place), "");
                Err(single(error.help(format!("the only one is `{BUILT_IN_SCHEMA}`; `path` names a file of your own"))))
            }
            (text, _) => {
                let place = path.or(version).map(|value| value.place);
                let by = place.map(|place| self.session.directive("openapi", None, place));
                self.schema.set(text.zip(by));
                Ok(())
            }
        }
    }

    /// Notes what is asked of the schema, and lets the resources know what holds from now on.
    pub(super) fn ask_schema(
        &mut self,
        asked: SchemaUse,
        resources: &mut ResMap,
        gathered: &mut Gathered,
    ) -> Result<(), Errors> {
        let mut asked = asked;
        // Whatever happens next looks at the types of all objects again.
        asked.meets_unknown_type |= self.schema.is_waiting() && resources.iter().any(has_unknown_type);
        gathered.schema.extend(asked);
        self.schema.ask(asked, &self.session.limits).map_err(single)?;
        if let Some(in_force) = self.schema.in_force() {
            resources.set_in_force(in_force);
        }
        Ok(())
    }
}

/// Returns whether it takes a schema to tell the scope of an object.
pub(super) fn has_unknown_type(resource: &Arc<Resource>) -> bool {
    let gvk = &resource.id.gvk;
    !scope::is_known(&gvk.group, &gvk.version, &gvk.kind)
}
