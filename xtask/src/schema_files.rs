//! `cargo xtask schema-files`: JSON Schemas of the kustomization file and of everything the program writes for programs.
//!
//! docs/schemas is written from the types and tables of the program itself. `--check` only compares, and judges the schemas by
//! a validator that is not ours: every kustomization of the cases and examples that builds fits, those with unknown fields or
//! wrong types do not, and what the program prints about the cases' trees fits its own schema.
//!
//! The validator and the deriving of schemas are built only for this command, with a feature of this crate.

#[cfg(feature = "definitions")]
mod judge;
#[cfg(feature = "definitions")]
mod kustomization;

#[cfg(feature = "definitions")]
use crate::shell;
use crate::shell::Result;

#[cfg(not(feature = "definitions"))]
pub fn run(words: &[&str]) -> Result<()> {
    crate::tools::with_definitions(&[&["schema-files"], words].concat())
}

#[cfg(feature = "definitions")]
pub fn run(words: &[&str]) -> Result<()> {
    use serde_json::{Value, json};
    use std::path::Path;

    const DIRECTORY: &str = "docs/schemas";
    /// Raised if a meaning changes; it is part of the names.
    const VERSION: u32 = 1;
    let is_check = match words {
        [] => false,
        ["--check"] => true,
        _ => return Err("usage: cargo xtask schema-files [--check]".to_owned()),
    };
    let mut schemas: Vec<(String, Value)> = vec![("kustomization".to_owned(), kustomization::schema())];
    for (name, about, mut schema) in rustomize::cli::schemas::all() {
        schema["title"] = json!(format!("rustomize: {about}"));
        schemas.push((format!("{name}-v{VERSION}"), schema));
    }
    for (name, schema) in &schemas {
        let path = format!("{DIRECTORY}/{name}.json");
        let text = serde_json::to_string_pretty(schema).map_err(|error| error.to_string())? + "\n";
        if !is_check {
            shell::write(Path::new(&path), &text)?;
            println!("wrote {path}: {} bytes", text.len());
        } else if shell::read(Path::new(&path))? != text {
            return Err(format!("{path} is not what `cargo xtask schema-files` writes"));
        }
    }
    let files = std::fs::read_dir(DIRECTORY).map_err(|error| error.to_string())?.count();
    if files != schemas.len() {
        return Err(format!("{DIRECTORY} holds {files} files for {} schemas", schemas.len()));
    }
    if is_check { judge::all(&schemas) } else { Ok(()) }
}
