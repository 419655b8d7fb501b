//! `cargo xtask vscode`: the extension for VS Code, packed into pkg/vscode/rustomize.vsix. It is not published.

use crate::archive;
use crate::release::notices;
use crate::shell::{self, Result};
use std::path::Path;

const DIRECTORY: &str = "pkg/vscode";
/// What is packed.
pub const PACKAGE: &str = "pkg/vscode/rustomize.vsix";
/// Files of other places that are part of the extension.
const COPIED: [(&str, &str); 2] =
    [("docs/diagnostics.md", "diagnostics.md"), ("docs/schemas/kustomization.json", "kustomization.json")];
/// All that the package holds, sorted.
const CONTENTS: [&str; 7] = [
    "LICENSE",
    "README.md",
    notices::FILE,
    "diagnostics.md",
    "dist/extension.js",
    "kustomization.json",
    "package.json",
];

/// Packs the extension; what is in the package is of now, or of a given time.
pub fn run(seconds: Option<u64>) -> Result<()> {
    shell::run("npm", &["--prefix", DIRECTORY, "ci", "--silent", "--no-audit", "--no-fund"])?;
    for (from, to) in COPIED {
        shell::write(&Path::new(DIRECTORY).join(to), &shell::read(Path::new(from))?)?;
    }
    let text = notices::text("the extension rustomize for VS Code", &notices::of_packages(DIRECTORY)?)?;
    shell::write(&Path::new(DIRECTORY).join(notices::FILE), text)?;
    shell::run("npm", &["--prefix", DIRECTORY, "run", "--silent", "build"])?;
    shell::run("node", &["--check", "pkg/vscode/dist/extension.js"])?;
    let packed = CONTENTS.map(|name| format!("{DIRECTORY}/{name}"));
    archive::readable(&packed.each_ref().map(String::as_str))?;
    let time = seconds.map(|seconds| seconds.to_string());
    // Times in the archive are those of a clock on a wall, and names are sorted as people of a country do.
    let mut env = vec![("TZ", "UTC"), ("LC_ALL", "C.UTF-8")];
    env.extend(time.iter().map(|time| ("SOURCE_DATE_EPOCH", time.as_str())));
    shell::run_with("npm", &["--prefix", DIRECTORY, "run", "--silent", "pack"], &env)?;
    let (listed, result) = shell::run_and_keep("npm", &["--prefix", DIRECTORY, "run", "--silent", "list"], &[]);
    result?;
    let mut found: Vec<&str> = listed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    found.sort_unstable();
    if found != CONTENTS {
        return Err(format!("the extension holds {found:?}, and should hold {CONTENTS:?}"));
    }
    println!("wrote {PACKAGE}");
    Ok(())
}
