//! `cargo xtask vscode`: the extension for VS Code, packed into pkg/vscode/rustomize.vsix. It is not published.

use crate::shell::{self, Result};
use std::path::Path;

const DIRECTORY: &str = "pkg/vscode";
/// Files of other places that are part of the extension.
const COPIED: [(&str, &str); 2] =
    [("docs/diagnostics.md", "diagnostics.md"), ("docs/schemas/kustomization.json", "kustomization.json")];
/// All that the package holds, sorted.
const CONTENTS: [&str; 6] =
    ["LICENSE", "README.md", "diagnostics.md", "dist/extension.js", "kustomization.json", "package.json"];

pub fn run() -> Result<()> {
    shell::run("npm", &["--prefix", DIRECTORY, "ci", "--silent", "--no-audit", "--no-fund"])?;
    for (from, to) in COPIED {
        shell::write(&Path::new(DIRECTORY).join(to), &shell::read(Path::new(from))?)?;
    }
    shell::run("npm", &["--prefix", DIRECTORY, "run", "--silent", "build"])?;
    shell::run("node", &["--check", "pkg/vscode/dist/extension.js"])?;
    shell::run("npm", &["--prefix", DIRECTORY, "run", "--silent", "pack"])?;
    let (listed, result) = shell::run_and_keep("npm", &["--prefix", DIRECTORY, "run", "--silent", "list"], &[]);
    result?;
    let mut found: Vec<&str> = listed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    found.sort_unstable();
    if found != CONTENTS {
        return Err(format!("the extension holds {found:?}, and should hold {CONTENTS:?}"));
    }
    println!("wrote {DIRECTORY}/rustomize.vsix");
    Ok(())
}
