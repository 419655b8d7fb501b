//! What the reference knows of Kubernetes, as static tables: merge keys, scopes, field specs, the order of kinds.
//!
//! Nothing is parsed at start-up. The tables are facts measured on kustomize v5.8.2 (Kubernetes v1.21.2 schema).

pub mod field_specs;
pub mod kind_order;
pub mod merge_keys;
pub mod scope;
