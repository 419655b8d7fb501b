//! Bills of materials of the programs and of the npm package, in CycloneDX, made by the tool of that project.

use super::Source;
use super::notices::Component;
use crate::shell::{self, Result};
use crate::tools;
use serde_json::Value;
use std::path::Path;

const VERSION: &str = "0.5.9";
/// The tool writes one beside every manifest of the workspace.
const NAME: &str = "bill-of-materials-for-release";
/// Where the tool writes, and what is published of that.
const BILLS: [(&str, Option<&str>); 4] =
    [("", Some("rustomize")), ("pkg/", Some("rustomize-npm")), ("pkg/glue/", None), ("xtask/", None)];

/// Writes the bills; each must name all components of which the notices tell.
pub fn write(source: &Source, programs: &[Component], wasm: &[Component], out: &Path) -> Result<()> {
    tools::cargo_tool("cargo-cyclonedx", VERSION)?;
    for (target, published, components) in
        [("x86_64-unknown-linux-musl", "rustomize", programs), ("wasm32-unknown-unknown", "rustomize-npm", wasm)]
    {
        let args = ["cyclonedx", "--format", "json", "--spec-version", "1.5", "--no-build-deps"];
        let rest = ["--override-filename", NAME, "--target", target];
        let seconds = source.seconds.to_string();
        let made = shell::run_with("cargo", &[&args[..], &rest].concat(), &[("SOURCE_DATE_EPOCH", &seconds)]);
        for (directory, name) in BILLS {
            let path = format!("{directory}{NAME}.json");
            let bill = shell::read(path.as_ref());
            // Nothing is left among the sources, whatever went wrong.
            let _ = std::fs::remove_file(&path);
            if made.is_ok() && name == Some(published) {
                let bill = without_place(&bill?)?;
                names_all(&bill, components)?;
                shell::write(&out.join(format!("{published}-{}.cdx.json", source.version)), bill)?;
            }
        }
        made?;
    }
    Ok(())
}

/// Takes out where this clone is.
fn without_place(bill: &str) -> Result<String> {
    let root = shell::root().to_string_lossy().into_owned();
    let bill = bill.replace(&format!("file://{root}"), "file:///rustomize");
    if bill.contains(&root) { Err(format!("a bill of materials holds `{root}`")) } else { Ok(bill) }
}

fn names_all(bill: &str, components: &[Component]) -> Result<()> {
    let bill: Value = serde_json::from_str(bill).map_err(|error| format!("a bill of materials: {error}"))?;
    let listed = bill["components"].as_array().ok_or("a bill of materials without components")?;
    // What comes with Rust is no package.
    for component in components.iter().filter(|component| component.is_package) {
        let is_listed = |one: &Value| one["name"] == *component.name && one["version"] == *component.version;
        if !listed.iter().any(is_listed) {
            return Err(format!("a bill of materials does not name {} {}", component.name, component.version));
        }
    }
    Ok(())
}
