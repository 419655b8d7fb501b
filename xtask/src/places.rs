//! Directories of this machine, and the names that stand for them in what is published: programs are the same wherever they
//! are built, and tell nothing about where that was.

use crate::shell::{self, Result};
use std::path::Path;

/// Returns directories with their names; of two that fit, the later one is taken.
pub fn all() -> Result<Vec<(String, String)>> {
    let home = std::env::var("HOME").map_err(|_| "HOME is not set")?;
    let cargo = std::env::var("CARGO_HOME").unwrap_or_else(|_| format!("{home}/.cargo"));
    let sysroot = shell::output("rustc", &["--print", "sysroot"])?.trim().to_owned();
    let about = shell::output("rustc", &["--version", "--verbose"])?;
    let commit = about.lines().find_map(|line| line.strip_prefix("commit-hash: ")).unwrap_or("unknown");
    let root = shell::root().to_string_lossy().into_owned();
    // Where the sources of the library are installed, rustc names them; where they are not, it says this.
    let library = (format!("{sysroot}/lib/rustlib/src/rust"), format!("/rustc/{commit}"));
    let mut places =
        vec![(home, "/home".to_owned()), (cargo.clone(), "/cargo".to_owned()), (sysroot, "/rust".to_owned())];
    places.push(library);
    // One for each registry, with its address in the name; there is none before anything was fetched.
    for registry in shell::entries(&Path::new(&cargo).join("registry/src")).unwrap_or_default() {
        places.push((registry.to_string_lossy().into_owned(), "/crates".to_owned()));
    }
    places.push((root, "/rustomize".to_owned()));
    Ok(places)
}

/// Returns flags for rustc, in the form of `CARGO_ENCODED_RUSTFLAGS`.
pub fn rust_flags(more: &[&str]) -> Result<String> {
    // What was fetched for the first time has a place by now.
    shell::output("cargo", &["fetch", "--locked"])?;
    let mut flags: Vec<String> = more.iter().map(|flag| (*flag).to_owned()).collect();
    flags.extend(all()?.iter().map(|(from, to)| format!("--remap-path-prefix={from}={to}")));
    Ok(flags.join("\u{1f}"))
}

/// Returns flags for a C compiler: no place, and no time either, which mimalloc would say that it was compiled at.
pub fn c_flags() -> Result<String> {
    let mut flags = vec!["-Wno-builtin-macro-redefined".to_owned()];
    flags.extend(["DATE", "TIME", "TIMESTAMP"].map(|name| format!("-D__{name}__=\"\"")));
    flags.extend(all()?.iter().map(|(from, to)| format!("-ffile-prefix-map={from}={to}")));
    Ok(flags.join(" "))
}

/// Fails if a directory of this machine stands in a file, or this day as C compilers write it.
pub fn check(path: &Path) -> Result<()> {
    let content = shell::read_bytes(path)?;
    let places = all()?.into_iter().map(|(place, _)| format!("{place}/"));
    let day = shell::output("date", &["+%b %e %Y"])?.trim().to_owned();
    for word in places.chain([day]) {
        if content.windows(word.len()).any(|window| window == word.as_bytes()) {
            return Err(format!("{} holds `{word}`: nobody else would make the same file", path.display()));
        }
    }
    Ok(())
}
