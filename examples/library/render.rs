//! Renders a kustomization from the disk: manifests to standard output, everything else to standard error.
//!
//! `cargo run --example render -- overlays/production`

use rustomize::{Disk, Failure, Options};
use std::process::ExitCode;

/// Returns the manifests, and what is to be said about them.
pub(crate) fn render(directory: &str, here: &str) -> Result<(String, Vec<String>), Failure> {
    let mut options = Options::default();
    options.relative_to = Some(here.to_owned());
    let rendered = rustomize::build(&Disk, directory, &options)?;
    let words = rendered.warnings().iter().map(ToString::to_string).collect();
    Ok((rendered.into_text(), words))
}

#[allow(dead_code, clippy::disallowed_methods, reason = "a test calls `render` alone")]
#[allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a program")]
fn main() -> ExitCode {
    let directory = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let absolute = |path: &str| std::path::absolute(path).map(|path| path.to_string_lossy().replace('\\', "/"));
    let (Ok(directory), Ok(here)) = (absolute(&directory), absolute(".")) else {
        eprintln!("there is no current directory");
        return ExitCode::FAILURE;
    };
    match render(&directory, &here) {
        Ok((text, words)) => {
            words.iter().for_each(|words| eprintln!("{words}"));
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
