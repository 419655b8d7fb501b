//! A whole build of an arbitrary tree of files: no panic, and the same bytes twice.
//!
//! The input is `DIRECTORY NUL (PATH NUL CONTENT NUL)*`; `cargo xtask fuzz` packs the cases of tests/cases that way.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rustomize::build::{BuildOptions, build};
use rustomize::fs::{Memory, join};
use rustomize::limits::Limits;
use rustomize::session::Session;

const ROOT: &str = "/work";

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.split(|&byte| byte == 0);
    let Some(Ok(directory)) = parts.next().map(std::str::from_utf8) else { return };
    let mut fs = Memory::new();
    while let (Some(path), Some(content)) = (parts.next(), parts.next()) {
        let Ok(path) = std::str::from_utf8(path) else { return };
        fs.set(&join(ROOT, path), content);
    }
    let first = render(&fs, directory);
    assert_eq!(first, render(&fs, directory), "two builds of the same files differ");
});

fn render(fs: &Memory, directory: &str) -> Result<String, Vec<String>> {
    let mut session = Session::new(fs, ROOT);
    session.limits = Limits {
        alias_nodes_max: 100_000,
        resource_nodes_max: 1_000_000,
        resources_max: 10_000,
        bases_depth_max: 50,
        ..Limits::default()
    };
    match build(&mut session, directory, &BuildOptions::default()) {
        Ok(build) => Ok(build.text),
        Err(diagnostics) => Err(diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect()),
    }
}
