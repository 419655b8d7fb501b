//! The crate as others get it: every feature by itself, what `cargo package` packs, and the list of what is public.
//!
//! `cargo xtask public-api` writes the list down (`--update`) or says how it differs from tests/data/public-api.txt. What is
//! `#[doc(hidden)]` is not in it. rustdoc's JSON is not stable: this wants a toolchain whose form the crate `public-api`
//! reads, and is not asked about by others.

use crate::shell::{self, Result};
use crate::test::DENY_WARNINGS;
use std::path::Path;

/// What is public, as it should be.
const LIST: &str = "tests/data/public-api.txt";
/// A directory of its own: other flags would make cargo build everything anew.
const TARGET: (&str, &str) = ("CARGO_TARGET_DIR", "target/check");
/// Features that say nothing by themselves, or want more than the sources (the page of `preview`).
const LEFT_OUT: [&str; 2] = ["default", "preview"];

/// Type-checks the crate without features, and with each one alone.
pub fn features() -> Result<()> {
    let manifest = shell::read(Path::new("Cargo.toml"))?;
    let features = features_of(&manifest);
    if features.len() < 5 {
        return Err(format!("Cargo.toml seems to have {} features only", features.len()));
    }
    for feature in [""].into_iter().chain(features) {
        let args = ["check", "--locked", "--lib", "--bins", "--no-default-features", "--features", feature];
        shell::run_with("cargo", &args, &[DENY_WARNINGS, TARGET])?;
    }
    Ok(())
}

fn features_of(manifest: &str) -> Vec<&str> {
    let lines = manifest.lines().skip_while(|line| *line != "[features]").skip(1);
    let names = lines.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once(" = "));
    names.map(|(name, _)| name).filter(|name| !name.starts_with('#') && !LEFT_OUT.contains(name)).collect()
}

/// Checks what would be published: sources, the tables they include, and papers.
pub fn package() -> Result<()> {
    const PAPERS: [&str; 8] = [
        ".cargo_vcs_info.json",
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "Cargo.toml.orig",
        "LICENSE",
        "README.md",
        "build.rs",
    ];
    let listed = shell::output("cargo", &["package", "--list", "--locked", "--allow-dirty"])?;
    let is_wanted = |path: &&str| {
        PAPERS.contains(path) || (path.starts_with("src/") && (path.ends_with(".rs") || path.ends_with(".txt")))
    };
    let strays: Vec<&str> = listed.lines().filter(|path| !is_wanted(path)).collect();
    let missing = PAPERS.iter().skip(1).chain(&["src/lib.rs", "src/main.rs"]);
    let missing: Vec<&str> = missing.copied().filter(|path| !listed.lines().any(|listed| listed == *path)).collect();
    println!("{} files", listed.lines().count());
    match (strays.as_slice(), missing.as_slice()) {
        ([], []) => Ok(()),
        _ => Err(format!("the crate would hold {strays:?}, and lack {missing:?}")),
    }
}

/// Writes the list of what is public, or compares it.
pub fn public_api(words: &[&str]) -> Result<()> {
    let is_update = match words {
        [] => false,
        ["--update"] => true,
        _ => return Err("usage: cargo xtask public-api [--update]".to_owned()),
    };
    let args = ["rustdoc", "--locked", "--lib", "--no-default-features", "--features", "validate"];
    let json = ["--", "-Zunstable-options", "--output-format", "json", "--document-hidden-items"];
    shell::run_with("cargo", &[&args[..], &json].concat(), &[("RUSTC_BOOTSTRAP", "1"), TARGET])?;
    let api = public_api::Builder::from_rustdoc_json("target/check/doc/rustomize.json")
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()
        .map_err(|error| format!("rustdoc's JSON: {error}"))?;
    let lib = shell::read(Path::new("src/lib.rs"))?;
    let exported = exports(&lib);
    let items: Vec<String> =
        api.items().map(|item| format!("{item}\n")).filter(|item| is_offered(item, &exported)).collect();
    let new = items.concat();
    println!("{} public items", items.len());
    if is_update {
        return shell::write(Path::new(LIST), &new);
    }
    let old = shell::read(Path::new(LIST))?;
    let gone = old.lines().filter(|line| !new.lines().any(|new| new == *line)).map(|line| format!("- {line}\n"));
    let added = new.lines().filter(|line| !old.lines().any(|old| old == *line)).map(|line| format!("+ {line}\n"));
    let changes: String = gone.chain(added).collect();
    if changes.is_empty() {
        return Ok(());
    }
    print!("{changes}");
    Err(format!(
        "what is public differs from {LIST}: if that is meant, `cargo xtask public-api --update` (docs/library.md, Versions)"
    ))
}

/// Returns the paths, below the crate, of what the root of the library offers: `fs::Disk` for `pub use fs::Disk;`.
fn exports(lib: &str) -> Vec<String> {
    let statements = lib.split("\npub use ").skip(1).filter_map(|rest| rest.split_once(';'));
    let paths = statements.flat_map(|(statement, _)| {
        let (module, names) = statement.split_once("::").unwrap_or(("", statement));
        let names = names.trim_matches(['{', '}']).split(',').map(str::trim).filter(|name| !name.is_empty());
        names.map(move |name| format!("{module}::{}", name.split(" as ").next().unwrap_or(name)))
    });
    paths.collect()
}

/// Whether a line of the list is about the root, or about what it offers. Modules are hidden; their items are listed because
/// methods of what the root takes from them would be missing otherwise.
fn is_offered(item: &str, exported: &[String]) -> bool {
    const CRATE: &str = "rustomize::";
    // What an `impl` is for.
    let item = item.split_once(" for ").filter(|_| item.starts_with("impl")).map_or(item, |(_, target)| target);
    let Some((_, path)) = item.split_once(CRATE) else { return true };
    let end = path.find(|c: char| !(c.is_alphanumeric() || "_:".contains(c))).unwrap_or(path.len());
    let (path, is_module) = (path[..end].trim_end_matches(':'), item.starts_with("pub mod "));
    let is_of = |export: &String| {
        path.strip_prefix(export.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    match path.split_once("::") {
        _ if is_module => false,
        Some((first, _)) if first.starts_with(char::is_lowercase) => exported.iter().any(is_of),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_the_root_takes_from_modules_is_offered() {
        let exported = super::exports("mod a;\npub use fs::{\n    Disk, Look as See,\n};\npub use limits::Limits;\n");
        assert_eq!(exported, ["fs::Disk", "fs::Look", "limits::Limits"]);
        for line in [
            "pub use rustomize::Disk",
            "pub fn rustomize::build(&dyn rustomize::fs::FileSystem)",
            "pub fn rustomize::fs::Disk::read(&self, &rustomize::other::Hidden)",
            "impl rustomize::fs::FileSystem for rustomize::fs::Disk",
        ] {
            assert!(super::is_offered(line, &exported), "{line}");
        }
        for line in [
            "pub mod rustomize::fs",
            "pub struct rustomize::fs::Diskette",
            "impl rustomize::fs::Disk for rustomize::yaml::Tree",
        ] {
            assert!(!super::is_offered(line, &exported), "{line}");
        }
    }

    #[test]
    fn features_are_read_from_the_manifest() {
        let manifest = "[package]\nname = \"x\"\n\n[features]\ndefault = [\"a\"]\n# b = no\na = [\"dep:c\"]\nd = []\n\n[[bin]]\nname = \"x\"\n";
        assert_eq!(super::features_of(manifest), ["a", "d"]);
    }
}
