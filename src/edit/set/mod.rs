//! `set`: gives fields values.

pub(super) mod build_metadata;
pub(super) mod generator;
pub(super) mod image;
pub(super) mod metadata;
pub(super) mod replicas;
pub(super) mod text;
