//! Fleets: many kustomizations of one tree. Which of them are to be rendered, what each depends on, how they are split.
//!
//! Everything here is planned from kustomization files alone, through the file system of a session; nothing is rendered,
//! written or started. Rendering many targets in one process, and in parallel, is the caller's work (`cli::fleet`).

mod discover;
mod graph;
mod index;
mod scan;
mod shard;
mod users;

pub use discover::{Discovered, discover, kustomization_directories, targets_among};
pub use graph::{Dependencies, Graph, NodeId, has_kustomization};
pub use index::{Effect, Index};
pub use shard::{Shard, assign};
pub use users::users;
