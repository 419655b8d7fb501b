//! Maps and sets in the order of their keys, compiled once.
//!
//! The standard library's trees are made anew for each type of key and value, up to 5 kB at a time, and a sort with them: they
//! would be a twelfth of a WASM build. There, entries lie in a list, and one index for all types keeps their order. Elsewhere
//! these are the standard library's own.

#[cfg(not(target_family = "wasm"))]
pub use std::collections::{BTreeMap, BTreeSet};

#[cfg(target_family = "wasm")]
pub use small::{BTreeMap, BTreeSet};

#[cfg(any(target_family = "wasm", test))]
mod index;
#[cfg(any(target_family = "wasm", test))]
mod small;
