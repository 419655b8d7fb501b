//! The engine for JavaScript: takes words, asks the engine, answers in JSON. Nothing is decided here.
//!
//! What users see is index.d.ts; `js/` makes it of this. Options come as bits ([`options`]), everything else as texts, so that
//! nothing has to be read here. After a panic the instance is not used any more: `js/engine.js` makes another.
//!
//! Two modules are made of this: one with `Project` (feature `project`), and one with `Tools` (feature `tools`), which is loaded
//! when somebody wants to edit or to check.

#![cfg_attr(not(feature = "project"), allow(dead_code, reason = "half of it is for projects"))]

mod answer;
mod builder;
#[cfg(feature = "tools")]
mod edit;
mod files;
mod options;
#[cfg(feature = "project")]
mod project;
#[cfg(feature = "tools")]
mod tools;

#[cfg(feature = "project")]
pub use project::Project;
#[cfg(feature = "tools")]
pub use tools::Tools;

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(raw_module = "./panic.js")]
extern "C" {
    /// Takes note of what went wrong before the instance ends.
    fn panicked(message: &str);
}

/// Makes panics tell what happened.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|info| panicked(&info.to_string())));
}
