//! Makes the JavaScript that a module and its callers need: `rustomize-glue MODULE DIRECTORY`.
//!
//! A program of its own, because what it is made of takes a minute to compile and only `cargo xtask wasm` needs it.

use std::process::ExitCode;
use wasm_bindgen_cli_support::Bindgen;

#[allow(clippy::disallowed_methods, clippy::print_stderr, reason = "this is a program's `main`")]
fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [module, directory] = args.as_slice() else {
        eprintln!("usage: rustomize-glue MODULE DIRECTORY");
        return ExitCode::FAILURE;
    };
    match glue(module, directory) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rustomize-glue: {error}");
            ExitCode::FAILURE
        }
    }
}

fn glue(module: &str, directory: &str) -> Result<(), Box<dyn std::error::Error>> {
    Bindgen::new()
        .input_path(module)
        .out_name("glue")
        .web(true)?
        // An instance that failed is replaced.
        .reset_state_function(true)
        // The entries say where the module is.
        .omit_default_module_path(true)
        .typescript(false)
        // Names decide the order of functions (xtask); they go then.
        .remove_name_section(false)
        .remove_producers_section(true)
        .generate(directory)?;
    Ok(())
}
