//! Which schema holds for a build, and from when on.
//!
//! There is one for the whole build. The root's `openapi` field sets it, else that of the first base that has one, from
//! then on. The reference reads a schema when it first needs one, and adds to what it has read before; so what was met
//! before a base names its schema decides whether the built-in one holds as well, and which of the two wins. `Progress`
//! follows that (upstream `openapi.SetSchema` and `initSchema`). Reading a document is `openapi`.

use super::merge_keys::{self, Schema};
use super::openapi::{BuiltIn, Custom, Definitions, OpenApi};
use super::scope;
use crate::diagnostic::Result;
use crate::limits::Limits;
use crate::provenance::DirectiveId;
use crate::resource::Gvk;
use crate::source::Source;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Schemas that hold together; the later ones win.
#[derive(Clone, Debug, Default)]
pub struct InForce {
    layers: Vec<Layer>,
    documents: Vec<Arc<OpenApi>>,
    cluster_scoped: FxHashSet<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    BuiltIn,
    /// A position in `documents`.
    Custom(usize),
}

/// Returns what is known about a type; without schemas of the user's own the built-in one holds.
pub fn of_type<'s>(in_force: Option<&'s InForce>, gvk: &Gvk) -> Option<Schema<'s>> {
    let Some(InForce { layers, .. }) = in_force else { return merge_keys::of_type(gvk) };
    let all = definitions(in_force);
    let api_version = gvk.api_version();
    let find = |layer: &Layer| match *layer {
        Layer::BuiltIn => merge_keys::of_type(gvk),
        Layer::Custom(at) => Custom::of_type(all, at, &api_version, &gvk.kind).map(Schema::Custom),
    };
    // kustomize's own type is added whatever else holds.
    let own = || (&*gvk.group == "kustomize.config.k8s.io").then(|| merge_keys::of_type(gvk)).flatten();
    layers.iter().rev().find_map(find).or_else(own)
}

/// Returns what references are looked up in.
pub fn definitions(in_force: Option<&InForce>) -> Definitions<'_> {
    let Some(InForce { layers, documents, .. }) = in_force else {
        return Definitions { documents: &[], built_in: BuiltIn::Below };
    };
    let built_in = match layers.iter().position(|layer| *layer == Layer::BuiltIn) {
        None => BuiltIn::Absent,
        Some(0) => BuiltIn::Below,
        Some(_) => BuiltIn::Above,
    };
    Definitions { documents, built_in }
}

impl InForce {
    /// Returns whether a type is cluster-scoped by a schema of the user's own.
    pub fn is_cluster_scoped(&self, gvk: &Gvk) -> bool {
        !self.cluster_scoped.is_empty()
            && !scope::is_known(&gvk.group, &gvk.version, &gvk.kind)
            && self.cluster_scoped.contains(&(gvk.api_version(), gvk.kind.to_string()))
    }
}

/// What a part of a build asked of the schema. A base that is used again asks the same again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SchemaUse {
    /// An `openapi` field set it.
    pub(crate) sets: bool,
    /// The scope of a type was asked for that is not known without it.
    pub(crate) meets_unknown_type: bool,
    /// The lists of a type were asked for.
    pub(crate) reads: bool,
}

impl SchemaUse {
    /// Adds what another part asked.
    pub(crate) fn extend(&mut self, other: SchemaUse) {
        self.sets |= other.sets;
        self.meets_unknown_type |= other.meets_unknown_type;
        self.reads |= other.reads;
    }
}

/// How far the choice of a schema has come in a build.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    setting: Setting,
    /// Whether what is set has been read.
    is_read: bool,
    /// Whether the built-in schema has been put off and is read after another one.
    is_put_off: bool,
    /// Whether the built-in schema has been read.
    is_built_in_read: bool,
    in_force: Option<Arc<InForce>>,
}

#[derive(Debug, Default)]
enum Setting {
    #[default]
    Nothing,
    BuiltIn,
    Custom(Arc<Source>, DirectiveId),
}

impl Progress {
    /// Takes what an `openapi` field says, unless another one said something before.
    pub(crate) fn set(&mut self, schema: Option<(Arc<Source>, DirectiveId)>) {
        if matches!(self.setting, Setting::Nothing) {
            self.setting = match schema {
                Some((source, by)) => Setting::Custom(source, by),
                None => Setting::BuiltIn,
            };
            self.is_read = false;
        }
    }

    /// Returns whether an `openapi` field said something.
    pub(crate) fn is_set(&self) -> bool {
        !matches!(self.setting, Setting::Nothing)
    }

    /// Returns whether nothing but the built-in schema can hold so far.
    pub(crate) fn is_plain(&self) -> bool {
        !matches!(self.setting, Setting::Custom(..))
    }

    /// Returns whether a schema of the user's own is set and not read yet.
    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.setting, Setting::Custom(..)) && !self.is_read
    }

    /// Notes what a part of the build asks.
    pub(crate) fn ask(&mut self, asked: SchemaUse, limits: &Limits) -> Result<()> {
        if asked.meets_unknown_type && !self.is_read {
            match self.setting {
                Setting::Custom(..) => self.read(limits)?,
                _ => self.is_put_off |= !self.is_built_in_read,
            }
        }
        if asked.reads { self.read(limits) } else { Ok(()) }
    }

    /// Reads what is set.
    fn read(&mut self, limits: &Limits) -> Result<()> {
        if std::mem::replace(&mut self.is_read, true) {
            return Ok(());
        }
        let Setting::Custom(source, by) = &self.setting else {
            (self.is_built_in_read, self.is_put_off) = (true, false);
            return Ok(());
        };
        let document = Arc::new(OpenApi::read(source, *by, limits)?);
        let mut in_force = InForce::default();
        if self.is_built_in_read {
            in_force.layers.push(Layer::BuiltIn);
        }
        in_force.cluster_scoped = document.cluster_scoped();
        in_force.documents.push(document);
        in_force.layers.push(Layer::Custom(0));
        if self.is_put_off {
            in_force.layers.push(Layer::BuiltIn);
            (self.is_built_in_read, self.is_put_off) = (true, false);
        }
        self.in_force = Some(Arc::new(in_force));
        Ok(())
    }

    /// Returns what holds; `None` for the built-in schema alone.
    pub(crate) fn in_force(&self) -> Option<&Arc<InForce>> {
        self.in_force.as_ref()
    }
}
