//! `remove`: takes entries out of lists and mappings.

pub(super) mod build_metadata;
pub(super) mod file;
pub(super) mod generator;
pub(super) mod metadata;
pub(super) mod patch;
