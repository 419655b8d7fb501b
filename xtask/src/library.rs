//! The crate as others get it: every feature by itself, what `cargo package` packs, and the list of what is public.
//!
//! `cargo xtask public-api` writes the list down (`--update`) or says how it differs from tests/data/public-api.txt. Modules
//! that are `#[doc(hidden)]` are not in it. rustdoc's JSON is not stable: this wants a toolchain whose form the crate `public-api`
//! reads, and is not asked about by others.

use crate::shell::{self, Result};
use crate::test::DENY_WARNINGS;
use std::collections::BTreeSet;
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
    const PAPERS: [&str; 10] = [
        ".cargo_vcs_info.json",
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "Cargo.toml.orig",
        "LICENSE",
        "README.md",
        "build.rs",
        // Parts of the program.
        "docs/diagnostics.md",
        "docs/validate.md",
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
    let exports = exports(&lib);
    let items: BTreeSet<String> = api.items().filter_map(|item| offered(&item.to_string(), &exports)).collect();
    let new: String = items.iter().map(|item| format!("{item}\n")).collect();
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

/// Returns what the root of the library takes from its modules, with both names: `fs::Disk`, `Disk` for `pub use fs::Disk;`.
fn exports(lib: &str) -> Vec<(String, &str)> {
    let statements = lib.split("\npub use ").skip(1).filter_map(|rest| rest.split_once(';'));
    let names = statements.flat_map(|(statement, _)| {
        let (module, names) = statement.split_once("::").unwrap_or(("", statement));
        let names = names.trim_matches(['{', '}']).split(',').map(str::trim).filter(|name| !name.is_empty());
        names.map(move |name| {
            let (name, alias) = name.split_once(" as ").unwrap_or((name, name));
            (format!("{module}::{name}"), alias)
        })
    });
    names.collect()
}

/// Returns a line of the list in the names of the root, if it is about what the root offers.
///
/// Modules are hidden. Their items are listed because methods of what the root takes from them would be missing otherwise.
fn offered(item: &str, exports: &[(String, &str)]) -> Option<String> {
    const CRATE: &str = "rustomize::";
    let mut parts = item.split(CRATE);
    let mut line = parts.next()?.to_owned();
    for part in parts {
        let end = part.find(|c: char| !(c.is_alphanumeric() || "_:".contains(c))).unwrap_or(part.len());
        let is_of =
            |path: &str| part[..end].strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
        let renamed = exports.iter().find(|(path, _)| is_of(path));
        line.push_str(CRATE);
        line.push_str(renamed.map_or("", |(_, alias)| alias));
        line.push_str(renamed.map_or(part, |(path, _)| &part[path.len()..]));
    }
    // What an `impl` is for.
    let subject = line.split_once(" for ").filter(|_| line.starts_with("impl")).map_or(&*line, |(_, target)| target);
    let (_, path) = subject.split_once(CRATE)?;
    let is_module = line.starts_with("pub mod ") || (path.starts_with(char::is_lowercase) && is_path(path));
    (!is_module).then_some(line)
}

/// Whether a text starts with a path of two names or more.
fn is_path(text: &str) -> bool {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    text[end..].starts_with("::")
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_the_root_takes_from_modules_is_offered() {
        let exports = super::exports("mod a;\npub use fs::{\n    Disk, Look as See,\n};\npub use limits::Limits;\n");
        let [disk, look, limits] = &*exports else { panic!("{exports:?}") };
        assert_eq!((&*disk.0, disk.1, &*look.0, look.1), ("fs::Disk", "Disk", "fs::Look", "See"));
        assert_eq!((&*limits.0, limits.1), ("limits::Limits", "Limits"));
        for (line, offered) in [
            ("pub fn rustomize::build(&rustomize::fs::Look)", Some("pub fn rustomize::build(&rustomize::See)")),
            ("pub fn rustomize::fs::Disk::read(&self)", Some("pub fn rustomize::Disk::read(&self)")),
            ("impl rustomize::yaml::X for rustomize::fs::Disk", Some("impl rustomize::yaml::X for rustomize::Disk")),
            ("pub fn [T]::sorted(&self)", None),
            ("pub mod rustomize::fs", None),
            ("pub struct rustomize::fs::Diskette", None),
            ("impl rustomize::fs::Disk for rustomize::yaml::Tree", None),
        ] {
            assert_eq!(super::offered(line, &exports).as_deref(), offered);
        }
    }

    #[test]
    fn features_are_read_from_the_manifest() {
        let manifest = "[package]\nname = \"x\"\n\n[features]\ndefault = [\"a\"]\n# b = no\na = [\"dep:c\"]\nd = []\n\n[[bin]]\nname = \"x\"\n";
        assert_eq!(super::features_of(manifest), ["a", "d"]);
    }
}
