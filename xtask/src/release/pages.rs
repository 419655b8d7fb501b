//! Man pages and completions: written by the program's own definition of its commands, and checked against docs/env.md, of
//! which another test says that it lists every flag.
//!
//! The definition is compiled in only for this command, with a feature of this crate.

use super::WORK;
#[cfg(feature = "definitions")]
use crate::archive;
use crate::shell::{self, Result};
#[cfg(not(feature = "definitions"))]
use crate::tools;
use std::path::{Path, PathBuf};

const MAN: &str = "man/man1";
const COMPLETIONS: &str = "completions";
/// What is accepted and not shown, because it has no effect or is deprecated.
#[cfg(feature = "definitions")]
const HIDDEN: [(&str, &str); 3] = [("version", "short"), ("lsp", "stdio"), ("lsp", "clientProcessId")];

#[cfg(not(feature = "definitions"))]
pub fn write() -> Result<()> {
    tools::with_definitions(&["release", "pages"])
}

/// Writes the pages, and checks that nothing is missing.
#[cfg(feature = "definitions")]
pub fn write() -> Result<()> {
    let _ = std::fs::remove_dir_all(directory());
    // Of sources without a repository nothing is published.
    let date = archive::time(super::seconds().unwrap_or(0), "%Y-%m-%d")?;
    for (name, text) in rustomize::cli::pages::man_pages(&date) {
        shell::write(&directory().join(MAN).join(name), text)?;
    }
    for (name, text) in rustomize::cli::pages::completions() {
        shell::write(&directory().join(COMPLETIONS).join(name), text)?;
    }
    check()
}

fn directory() -> PathBuf {
    Path::new(WORK).join("pages")
}

/// Returns what was written, with its path in an archive.
pub fn made() -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for part in [MAN, COMPLETIONS] {
        for path in shell::entries(&directory().join(part))? {
            files.push((format!("{part}/{}", shell::name(&path)), shell::read(&path)?));
        }
    }
    Ok(files)
}

/// Checks that every command has a page, and every flag stands there and in each shell's script.
#[cfg(feature = "definitions")]
fn check() -> Result<()> {
    let files: std::collections::BTreeMap<String, String> = made()?.into_iter().collect();
    let (mut missing, mut n_flags) = (Vec::new(), 0);
    let commands = listed(&shell::read("docs/env.md".as_ref())?);
    for (command, flags) in &commands {
        let page = format!("{MAN}/rustomize-{}.1", command.replace(' ', "-"));
        let Some(text) = files.get(&page) else {
            missing.push(page);
            continue;
        };
        // In roff a dash that is to be one is escaped.
        let text = text.replace("\\-", "-");
        let bash = files.get(&format!("{COMPLETIONS}/rustomize.bash")).map(String::as_str).unwrap_or_default();
        let block = bash_block(bash, command).unwrap_or_default();
        for flag in flags {
            n_flags += 1;
            if !HIDDEN.contains(&(command.as_str(), flag.as_str())) && !text.contains(&format!("--{flag}\\f")) {
                missing.push(format!("{page}: --{flag}"));
            }
            if !block.split([' ', '"']).any(|word| word == format!("--{flag}")) {
                missing.push(format!("rustomize.bash: {command} --{flag}"));
            }
            for (file, form) in [
                ("_rustomize", format!("--{flag}")),
                ("rustomize.fish", format!("-l {flag} ")),
                ("rustomize.ps1", format!("'--{flag}'")),
            ] {
                if !files.get(&format!("{COMPLETIONS}/{file}")).is_some_and(|text| text.contains(&form)) {
                    missing.push(format!("{file}: --{flag}"));
                }
            }
        }
    }
    if !missing.is_empty() {
        return Err(format!("missing: {}", missing.join(", ")));
    }
    if commands.len() < 10 || n_flags < 100 {
        return Err(format!("docs/env.md: only {} commands with {n_flags} flags are read", commands.len()));
    }
    println!(
        "man pages and completions: {} commands with flags, {n_flags} flags, {} files",
        commands.len(),
        files.len()
    );
    Ok(())
}

/// The commands of the page with their flags.
#[cfg(feature = "definitions")]
fn listed(page: &str) -> Vec<(String, Vec<String>)> {
    let mut commands = Vec::new();
    for section in page.split("\n### `").skip(1) {
        let Some((command, rest)) = section.split_once('`') else { continue };
        let rest = rest.split("\n#").next().unwrap_or_default();
        let flags = rest
            .lines()
            .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next()?.split_once("`--"))
            .map(|(_, flag)| flag.split([' ', '`']).next().unwrap_or_default().to_owned())
            .collect();
        commands.push((command.to_owned(), flags));
    }
    commands
}

/// What bash is told about one command.
#[cfg(feature = "definitions")]
fn bash_block<'s>(script: &'s str, command: &str) -> Option<&'s str> {
    let label = format!("rustomize__subcmd__{}", command.replace('-', "__").replace(' ', "__subcmd__"));
    let (_, rest) = script.split_once(&format!("\n        {label})\n"))?;
    rest.split("\n            ;;\n").next()
}
