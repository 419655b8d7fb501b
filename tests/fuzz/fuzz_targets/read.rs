//! The YAML reader: any bytes give trees or a diagnostic, never a panic, and never more work than the limits allow.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rustomize::limits::Limits;
use rustomize::source::{Sensitivity, Sources};
use rustomize::yaml::read;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let limits = Limits { alias_nodes_max: 100_000, ..Limits::default() };
    let mut sources = Sources::default();
    let source = sources.add("f.yaml", text.to_owned(), Sensitivity::Yaml, None);
    let _ = read::read_first(&source, &limits);
    let Ok(documents) = read::read_documents(&source, &limits) else { return };
    let _ = documents.len();
});
