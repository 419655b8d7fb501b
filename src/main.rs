//! The `rustomize` program: a thin shell around [`rustomize::cli`].

use std::process::ExitCode;

// The allocator of musl, which the static binaries are linked with, is slow enough to halve the speed of a build.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[allow(clippy::disallowed_methods, reason = "the one place that reads the command line")]
fn main() -> ExitCode {
    rustomize::cli::run(std::env::args_os().collect())
}
