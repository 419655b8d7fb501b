//! rustomize renders Kubernetes overlays: a base, overlays and components in, the bytes of `kustomize build` v5.8.2 out.
//!
//! ```
//! use rustomize::{Memory, Options};
//!
//! let mut files = Memory::new();
//! files.set("/app/kustomization.yaml", "resources: [web.yaml]\nnamePrefix: prod-\n");
//! files.set("/app/web.yaml", "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n");
//! let rendered = rustomize::build(&files, "/app", &Options::default())?;
//! assert_eq!(rendered.text(), "apiVersion: v1\nkind: Service\nmetadata:\n  name: prod-web\n");
//! # Ok::<(), rustomize::Failure>(())
//! ```
//!
//! - [`build()`] gives [`Rendered`] or [`Failure`]. [`Disk`] and [`Memory`] are file systems; [`FileSystem`] is the trait for more.
//! - [`Rendered::explain`] says which files and directives made a value, [`Rendered::diff`] compares what two builds mean, and
//!   `Rendered::validate` (feature `validate`) checks the objects.
//! - [`edit()`] plans changes of a kustomization file.
//!
//! The engine has no disk, clock, environment, printing, network or randomness: all input comes through [`FileSystem`], and a
//! build gives a value. Without default features it depends on few crates and compiles for `wasm32-unknown-unknown`; the default
//! features are the command line's. docs/library.md has examples, what is promised about versions, and what is not offered.
//!
//! Inside, the pipeline is `read → parse → accumulate (base · overlay · component) → transform → finish → emit`;
//! ARCHITECTURE.md names the stages and their types.

#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::panic, clippy::unreachable))]

// What programs may use stands here, and in `embed`. The modules below are the engine's own: they are public only because the
// program's tests, its chores (`xtask`) and its binding for browsers (`pkg`), which are crates of their own, look inside.
// They are hidden from the documentation and from tests/data/public-api.txt, and change without notice.
pub use build::Reorder;
pub use diagnostic::{Code, Severity};
pub use diff::Status as ObjectStatus;
pub use edit::{Command, FileList, GeneratorFlags, GeneratorKind, LabelFlags, PatchEntry, PatchFlags};
pub use embed::{
    ChangedField, ChangedObject, Diagnostic, Diff, Edited, EditedFile, Explanation, Failure, Label, Location, Options,
    Rendered, RenderedObject, Step, build, edit,
};
pub use explain::Action;
pub use fs::{Disk, EntryKind, FileSystem, FsError, Look, Memory};
pub use limits::Limits;
pub use loader::LoadRestrictions;
#[cfg(feature = "validate")]
pub use validate::Release;

// In layers: each module may use those of the layers above its own. In one layer the modules know one another: `schema`
// holds tables of `fieldspec::FieldSpec`, and `resource::Gvk` is judged by its tables.

mod casing;
#[doc(hidden)]
pub mod fs;
#[doc(hidden)]
pub mod limits;
#[doc(hidden)]
pub mod ordered;
#[doc(hidden)]
pub mod sorting;
#[doc(hidden)]
pub mod source;

#[doc(hidden)]
pub mod diagnostic;
#[doc(hidden)]
pub mod provenance;

#[doc(hidden)]
pub mod yaml;

#[doc(hidden)]
pub mod remote;

#[doc(hidden)]
pub mod mask;
#[doc(hidden)]
pub mod redact;

mod object_origin;

#[doc(hidden)]
pub mod fieldspec;
#[doc(hidden)]
pub mod resource;
#[doc(hidden)]
pub mod schema;

#[doc(hidden)]
pub mod kustomization;
#[doc(hidden)]
pub mod resmap;

mod history;

mod field_path;
mod string_map;

mod accumulated;
mod marks;
mod pattern;
mod vars;

#[doc(hidden)]
pub mod manifest;
mod mistaken;
#[doc(hidden)]
pub mod programs;
mod unprintable;

#[doc(hidden)]
pub mod session;

#[doc(hidden)]
pub mod loader;

#[doc(hidden)]
pub mod generate;
mod helm;
mod order;
#[doc(hidden)]
pub mod patch;
#[doc(hidden)]
pub mod refs;
#[doc(hidden)]
pub mod transform;

mod plugins;

mod accumulate;

#[doc(hidden)]
pub mod build;

#[doc(hidden)]
pub mod explain;
#[cfg(feature = "validate")]
#[doc(hidden)]
pub mod validate;

#[doc(hidden)]
pub mod diff;

#[cfg(feature = "json")]
#[doc(hidden)]
pub mod json;

#[doc(hidden)]
pub mod create;
#[doc(hidden)]
pub mod edit;
#[doc(hidden)]
pub mod localize;

#[doc(hidden)]
pub mod fleet;

mod embed;

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod argocd;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;

/// The guide, whose examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
struct Guide;
