//! YAML in, trees, YAML out. Knows nothing of Kubernetes.

pub mod emit;
pub mod json;
pub mod read;
pub mod resolve;
pub mod tree;
