//! A whole build of an arbitrary tree of files: no panic, and the same bytes twice.
//!
//! Programs are enabled, but none is started: a function answers what it was given, helm prints the file `/helm`.
//!
//! The input is `DIRECTORY NUL (PATH NUL CONTENT NUL)*`; `cargo xtask fuzz` packs the cases of tests/cases that way.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rustomize::build::{BuildOptions, build};
use rustomize::fs::{Memory, join};
use rustomize::fs::FileSystem;
use rustomize::limits::Limits;
use rustomize::programs::{HelmOptions, Invocation, Output, PluginOptions, ProgramError, Programs};
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

/// Stands in for all programs.
struct Echo<'m>(&'m Memory);

impl Programs for Echo<'_> {
    fn run(&self, invocation: &Invocation) -> Result<Output, ProgramError> {
        let stdout = match invocation.program.as_str() {
            "helm" if invocation.args.len() <= 2 => b"v3.19.4".to_vec(),
            "helm" => self.0.read("/helm", 1 << 20).map_err(|_| ProgramError::NotFound)?,
            _ => invocation.stdin.clone(),
        };
        Ok(Output { is_success: true, stdout, ..Output::default() })
    }
}

fn render(fs: &Memory, directory: &str) -> Result<String, Vec<String>> {
    let mut session = Session::new(fs, ROOT);
    session.limits = Limits {
        alias_nodes_max: 100_000,
        resource_nodes_max: 1_000_000,
        resources_max: 10_000,
        bases_depth_max: 50,
        ..Limits::default()
    };
    let echo = Echo(fs);
    session.programs = Some(&echo);
    let helm = HelmOptions {
        command: "helm".to_owned(),
        api_versions: Vec::new(),
        kube_version: String::new(),
        debug: false,
    };
    let plugins = PluginOptions { alpha_plugins: true, exec: true, helm: Some(helm), ..PluginOptions::default() };
    match build(&mut session, directory, &BuildOptions { plugins, ..BuildOptions::default() }) {
        Ok(build) => Ok(build.text),
        Err(diagnostics) => Err(diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect()),
    }
}
