//! `cargo xtask release`: everything that is published, in target/release-files, the same bytes wherever and whenever it is
//! made of one commit with the same tools.
//!
//! This file knows what is published and in which order; how each thing is made stands in the modules.

mod again;
mod before;
mod bills;
mod install;
pub mod notices;
mod pages;
mod programs;
mod rust_library;
mod versions;
mod zig;

use crate::archive::{self, Files};
use crate::shell::{self, Result};
use crate::{image, tools, vscode, wasm};
use std::path::{Path, PathBuf};

const OUT: &str = "target/release-files";
/// What is needed on the way.
const WORK: &str = "target/release-work";
const SUMS: &str = "SHA256SUMS";

pub fn run(words: &[&str]) -> Result<()> {
    match words {
        [] => all(),
        ["--check"] => again::check(),
        ["install"] => install::run(),
        ["pages"] => pages::write(),
        ["programs"] => programs::build(&zig::install()?).map(drop),
        ["notices"] => notices::check(),
        ["versions", rest @ ..] => versions::run(rest),
        _ => Err(
            "usage: cargo xtask release [--check | install | pages | programs | notices | versions [--tag TAG | --set VERSION]]"
                .to_owned(),
        ),
    }
}

/// What can be checked without building anything for others; part of `cargo xtask test`.
pub fn short() -> Result<()> {
    versions::run(&[])?;
    notices::check()?;
    pages::write()
}

/// The state of the sources that everything is made of.
pub struct Source {
    pub version: String,
    /// The time of the commit; nothing that is published is younger.
    pub seconds: u64,
    pub commit: String,
}

impl Source {
    fn of_head() -> Result<Source> {
        let seconds = seconds()?;
        let mut commit = shell::output("git", &["rev-parse", "HEAD"])?.trim().to_owned();
        if !is_clean()? {
            println!("NOT OF A COMMIT: files differ from {commit}");
            commit += " with changes";
        }
        Ok(Source { version: versions::own()?, seconds, commit })
    }
}

/// The time of the commit, if no other is asked for.
fn seconds() -> Result<u64> {
    let text = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text,
        Err(_) => shell::output("git", &["log", "-1", "--format=%ct"])?,
    };
    text.trim().parse().map_err(|_| format!("SOURCE_DATE_EPOCH: `{}` is no number of seconds", text.trim()))
}

/// Says if the tree is that of a commit.
fn is_clean() -> Result<bool> {
    Ok(shell::output("git", &["status", "--porcelain"])?.is_empty())
}

fn all() -> Result<()> {
    before::check()?;
    versions::run(&[])?;
    let source = Source::of_head()?;
    let _ = std::fs::remove_dir_all(OUT);
    std::fs::create_dir_all(OUT).map_err(|error| format!("{OUT}: {error}"))?;
    let out = shell::root().join(OUT);

    pages::write()?;
    let zig = zig::install()?;
    let (components, of_wasm) = (notices::of_programs(&zig)?, notices::of_wasm()?);
    let text = notices::text("the program rustomize", &components)?;
    let programs = programs::build(&zig)?;
    for program in &programs {
        let name = format!("rustomize-{}-{}", source.version, program.target);
        let files = archive_of(program, &name, &text)?;
        shell::write(&out.join(format!("{name}.tar.gz")), files.tar_gz(source.seconds)?)?;
    }
    shell::write(&out.join(notices::FILE), &text)?;
    plugin(&source, &programs, &text, &out)?;
    npm(&source, &of_wasm, &out)?;
    extension(&source, &out)?;
    bills::write(&source, &components, &of_wasm, &out)?;
    shell::write(&out.join("BUILD-INFO.txt"), build_info(&source, &zig)?)?;
    sums(&out)
}

/// What is unpacked on a machine that gets the program.
fn archive_of(program: &programs::Program, name: &str, text: &str) -> Result<Files> {
    let mut files = Files::default();
    let content = shell::read_bytes(&program.path)?;
    files.add_program(format!("{name}/rustomize"), content);
    for file in ["LICENSE", "README.md", "CHANGELOG.md"] {
        files.add(format!("{name}/{file}"), shell::read(file.as_ref())?);
    }
    files.add(format!("{name}/{}", notices::FILE), text);
    for (file, content) in pages::made()? {
        files.add(format!("{name}/{file}"), content);
    }
    Ok(files)
}

/// The image of the plugin, as one file that `skopeo` and others read as it is.
fn plugin(source: &Source, programs: &[programs::Program], text: &str, out: &Path) -> Result<()> {
    let layout = PathBuf::from(WORK).join("image");
    let mut about = Files::default();
    about.add("usr/share/doc/rustomize/LICENSE", shell::read("LICENSE".as_ref())?);
    about.add(format!("usr/share/doc/rustomize/{}", notices::FILE), text);
    let labels = [
        ("title", "rustomize-argocd"),
        ("description", "rustomize as a config-management plugin of Argo CD"),
        ("licenses", "Apache-2.0"),
        ("version", &source.version),
        ("revision", &source.commit),
    ];
    let programs: Vec<(&'static str, &Path)> =
        programs.iter().map(|program| (program.processor, program.path.as_path())).collect();
    image::write(&layout, &source.version, &programs, &about, &labels, source.seconds)?;
    let mut files = Files::default();
    for path in ["index.json", "oci-layout"] {
        files.add(path, shell::read(&layout.join(path))?);
    }
    for blob in shell::entries(&layout.join("blobs/sha256"))? {
        let content = shell::read_bytes(&blob)?;
        files.add(format!("blobs/sha256/{}", shell::name(&blob)), content);
    }
    let name = format!("rustomize-argocd-{}.oci.tar", source.version);
    shell::write(&out.join(name), files.tar(source.seconds)?)
}

fn npm(source: &Source, components: &[notices::Component], out: &Path) -> Result<()> {
    wasm::build(false)?;
    let text = notices::text("the npm package rustomize", components)?;
    shell::write(&Path::new("pkg").join(notices::FILE), text)?;
    let packed = packed()?;
    archive::readable(&packed.iter().map(String::as_str).collect::<Vec<_>>())?;
    let args = ["pack", "./pkg", "--ignore-scripts", "--pack-destination", &out.to_string_lossy()];
    shell::run("npm", &args)?;
    let from = out.join(format!("rustomize-{}.tgz", source.version));
    let to = out.join(format!("rustomize-npm-{}.tgz", source.version));
    std::fs::rename(&from, &to).map_err(|error| format!("{}: {error}", from.display()))
}

/// What goes into the npm package, as it says itself.
fn packed() -> Result<Vec<String>> {
    let manifest = shell::read("pkg/package.json".as_ref())?;
    let manifest: serde_json::Value = serde_json::from_str(&manifest).map_err(|error| error.to_string())?;
    let files = manifest["files"].as_array().ok_or("pkg/package.json names no files")?;
    let names = files.iter().filter_map(|name| name.as_str()).chain(["package.json"]);
    Ok(names.map(|name| format!("pkg/{name}")).collect())
}

fn extension(source: &Source, out: &Path) -> Result<()> {
    vscode::run(Some(source.seconds))?;
    let to = out.join(format!("rustomize-vscode-{}.vsix", source.version));
    std::fs::copy(vscode::PACKAGE, to).map(drop).map_err(|error| format!("{}: {error}", vscode::PACKAGE))
}

/// What else decides about the bytes, for those who want to make them again.
fn build_info(source: &Source, zig: &zig::Zig) -> Result<String> {
    let rustc = shell::output("rustc", &["--version"])?;
    let node = shell::output("node", &["--version"])?;
    let npm = shell::output("npm", &["--version"])?;
    let Source { version, seconds, commit } = source;
    Ok(format!(
        "rustomize {version}\nkustomize {}\ncommit {commit}\nSOURCE_DATE_EPOCH {seconds}\n{}\nzig {} (C compiler)\nnode {}\nnpm {}\n",
        tools::KUSTOMIZE_VERSION,
        rustc.trim(),
        zig.version(),
        node.trim(),
        npm.trim()
    ))
}

/// Writes the digests of all files, as `sha256sum --check` reads them.
fn sums(out: &Path) -> Result<()> {
    let mut text = String::new();
    for path in shell::entries(out)? {
        let content = shell::read_bytes(&path)?;
        text += &format!("{}  {}\n", archive::sha256(&content), shell::name(&path));
    }
    shell::write(&out.join(SUMS), &text)?;
    println!("\n{text}\nwrote {OUT}/{SUMS} and the files it names");
    Ok(())
}
