//! Makes the JavaScript that a module and its callers need: `rustomize-glue MODULE DIRECTORY`. And names a module's functions
//! so that their order by name is one that compresses well: `rustomize-glue --order MODULE OUT`.
//!
//! A program of its own, because what it is made of takes a minute to compile and only `cargo xtask wasm` needs it.

mod order;

use std::process::ExitCode;
use wasm_bindgen_cli_support::Bindgen;

#[allow(clippy::disallowed_methods, clippy::print_stderr, reason = "this is a program's `main`")]
fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["--order", module, out] => ordered(module, out),
        [module, directory] => glue(module, directory),
        _ => Err("usage: rustomize-glue MODULE DIRECTORY, or rustomize-glue --order MODULE OUT".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rustomize-glue: {error}");
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "this is a program")]
fn ordered(module: &str, out: &str) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::write(out, order::named(&std::fs::read(module)?)?)?;
    Ok(())
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
        // For who wants to know where bytes are (xtask); they go then.
        .remove_name_section(false)
        .remove_producers_section(true)
        .generate(directory)?;
    Ok(())
}
