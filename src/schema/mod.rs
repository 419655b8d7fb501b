//! What is known of Kubernetes, as static tables: merge keys, scopes, field specs, the order of kinds; and a user's own schema.
//!
//! Nothing is parsed at start-up. The tables are facts measured on kustomize v5.8.2 (Kubernetes v1.21.2 schema). A schema
//! that a kustomization names under `openapi` is read by `openapi`; which schema holds for a build is `in_force`. What is known
//! of lists in custom resources, which the reference replaces, is `custom_lists`.

mod catalogue;
pub mod custom_lists;
pub mod field_specs;
pub mod groups;
pub mod in_force;
pub mod kind_order;
pub mod merge_keys;
pub mod openapi;
pub mod scope;
