//! What an Argo CD Application asks of a config-management plugin, as data: its parameters, and the edits they stand for.
//!
//! Argo CD's built-in support overrides a kustomization by running `kustomize edit` once per field and then `kustomize
//! build`. Here the same edits, in the same order, are made of a file in memory. Nothing is read from the environment and
//! nothing is printed: that is `cli::argocd`.

pub mod announce;
pub mod application;
pub mod apply;
pub mod block;
mod lines;
pub mod migrate;
pub mod parameters;
pub mod paths;
pub mod substitute;
