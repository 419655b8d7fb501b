//! YAML in, trees, YAML out. Knows nothing of Kubernetes.

pub(crate) mod comments;
pub(crate) mod decimal;
pub(crate) mod edit;
pub mod emit;
pub mod json;
mod json_comments;
pub(crate) mod print;
pub mod read;
pub mod resolve;
pub mod tree;
