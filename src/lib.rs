//! rustomize renders Kubernetes overlays: a base, overlays and components in, the bytes of `kustomize build` v5.8.2 out.
//!
//! The pipeline is `read → parse → accumulate (base · overlay · component) → transform → finish → emit`. The engine has no
//! disk, clock, environment, printing or randomness: all input comes through [`fs::FileSystem`], and a build gives a value
//! ([`build::Build`]) or diagnostics. ARCHITECTURE.md names the stages and their types.

#![forbid(unsafe_code)]

// In layers: each module may use those of the layers above its own. In one layer the modules know one another: `schema`
// holds tables of `fieldspec::FieldSpec`, and `resource::Gvk` is judged by its tables.

pub mod fs;
pub mod limits;
pub mod ordered;
pub mod sorting;
pub mod source;

pub mod diagnostic;
pub mod provenance;

pub mod yaml;

pub mod remote;

pub mod mask;
pub mod redact;

pub mod object_origin;

pub mod fieldspec;
pub mod resource;
pub mod schema;

pub mod kustomization;
pub mod resmap;

pub mod history;

mod field_path;
pub mod string_map;

mod accumulated;
mod marks;
pub mod pattern;
mod vars;

pub mod manifest;
mod mistaken;
pub mod programs;
mod unprintable;

pub mod session;

pub mod loader;

pub mod generate;
mod helm;
pub mod order;
pub mod patch;
pub mod refs;
pub mod transform;

mod plugins;

pub mod accumulate;

pub mod build;

pub mod explain;
#[cfg(feature = "validate")]
pub mod validate;

pub mod diff;

#[cfg(feature = "json")]
pub mod json;

pub mod create;
pub mod edit;
pub mod localize;

pub mod fleet;

#[cfg(feature = "cli")]
pub mod argocd;
#[cfg(feature = "cli")]
pub mod cli;
