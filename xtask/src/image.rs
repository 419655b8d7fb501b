//! `cargo xtask image`: the image of the plugin as an OCI layout, without a container engine, and a trial of it: Argo CD's
//! server in it as user 999, with a root that is read-only.
//!
//! What is in the image is read from the last stage of plugin/Dockerfile, so that both ways give the same one.

use crate::archive::Files;
use crate::argocd;
use crate::oci::{self, Config, Image};
use crate::shell::{self, Result};
use crate::tools;
use std::path::{Path, PathBuf};

const DOCKERFILE: &str = "plugin/Dockerfile";
const TARGET: &str = "x86_64-unknown-linux-musl";
const DIRECTORY: &str = "target/image";
const NAME: &str = "rustomize-argocd";
/// The most that the program may weigh.
const PROGRAM_BYTES_MAX: u64 = 10_000_000;

/// The last stage of the Dockerfile.
#[derive(Default)]
struct Stage {
    /// Sources, and where they are in the image.
    copies: Vec<(String, String)>,
    config: Config,
}

/// Builds the image; with `--check`, tries it out.
pub fn run(words: &[&str]) -> Result<()> {
    let (mut is_checked, mut bin) = (false, None);
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        match word {
            "--check" => is_checked = true,
            "--bin" => bin = Some(PathBuf::from(words.next().ok_or("image: --bin wants a program")?)),
            _ => return Err(format!("image: unknown argument `{word}`")),
        }
    }
    let bin = match bin {
        Some(bin) => bin,
        None => {
            tools::rust_target(TARGET)?;
            tools::debian("musl-gcc", "musl-tools")?;
            shell::run("cargo", &["build", "--release", "--locked", "--bin", "rustomize", "--target", TARGET])?;
            Path::new("target").join(TARGET).join("release/rustomize")
        }
    };
    let layout = Path::new(DIRECTORY).join("oci");
    write(&layout, NAME, &[("amd64", &bin)], &Files::default(), &[], 0)?;
    if is_checked { check(&layout) } else { Ok(()) }
}

/// Writes the layout of an image for some processors, each with its program; with more files, and labels.
pub fn write(
    layout: &Path,
    tag: &str,
    programs: &[(&'static str, &Path)],
    more: &Files,
    labels: &[(&str, &str)],
    seconds: u64,
) -> Result<()> {
    let mut stage = stage(&shell::read(Path::new(DOCKERFILE))?)?;
    stage.config.labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let mut images = Vec::new();
    for (processor, program) in programs {
        let mut files = files(&stage, program)?;
        files.extend(more);
        images.push(Image { processor, files });
    }
    oci::write(layout, tag, &stage.config, &images, seconds)
}

/// Reads the last stage.
fn stage(text: &str) -> Result<Stage> {
    let (_, last) =
        text.rsplit_once("\nFROM scratch\n").ok_or(format!("{DOCKERFILE} does not end in a stage from scratch"))?;
    let mut stage = Stage::default();
    for line in last.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "COPY" => {
                let paths: Vec<&str> = rest.split(' ').filter(|path| !path.starts_with("--")).collect();
                let [from, to] = paths[..] else { return Err(format!("{DOCKERFILE}: `{line}`")) };
                stage.copies.push((from.to_owned(), to.to_owned()));
            }
            "ENV" => stage.config.variables.push(rest.to_owned()),
            "USER" => rest.clone_into(&mut stage.config.user),
            "ENTRYPOINT" => {
                let words: Vec<String> =
                    serde_json::from_str(rest).map_err(|error| format!("{DOCKERFILE}: {error}"))?;
                stage.config.entry_point = words;
            }
            _ => return Err(format!("{DOCKERFILE}: `{word}` is not understood in the last stage")),
        }
    }
    Ok(stage)
}

fn files(stage: &Stage, program: &Path) -> Result<Files> {
    let n_bytes = std::fs::metadata(program).map_err(|error| format!("{}: {error}", program.display()))?.len();
    println!("the program: {n_bytes} bytes");
    if n_bytes > PROGRAM_BYTES_MAX {
        return Err(format!("more than {PROGRAM_BYTES_MAX} bytes"));
    }
    let mut files = Files::default();
    for (from, to) in &stage.copies {
        let to = to.trim_start_matches('/');
        match from.ends_with("/rustomize") {
            true => files.add_program(to, shell::read_bytes(program)?),
            false => files.add(to, shell::read_bytes(from.as_ref())?),
        }
    }
    // Where volumes go, as on a root that is read-only nobody makes them later.
    files.add_directory("tmp", 0o1777);
    for volume in ["var/run/argocd", "home/argocd/cmp-server/plugins"] {
        files.add_directory(volume, 0o755);
    }
    Ok(files)
}

/// Unpacks the image and has Argo CD's server render in it.
fn check(layout: &Path) -> Result<()> {
    let stage = stage(&shell::read(Path::new(DOCKERFILE))?)?;
    if shell::output("id", &["-u"])?.trim() != "0" {
        println!("NOT CHECKED: the image is tried out as another user in a root of its own, which only root can do");
        return Ok(());
    }
    tools::debian("umoci", "umoci")?;
    let bundle = format!("{DIRECTORY}/bundle");
    let _ = std::fs::remove_dir_all(&bundle);
    shell::run("umoci", &["unpack", "--image", &format!("{}:{NAME}", layout.display()), &bundle])?;
    let files = shell::output("find", &[&format!("{bundle}/rootfs"), "-type", "f", "-printf", "/%P %m\n"])?;
    let mut files: Vec<&str> = files.lines().collect();
    files.sort_unstable();
    if files != ["/home/argocd/cmp-server/config/plugin.yaml 644", "/usr/local/bin/rustomize 755"] {
        return Err(format!("the image holds {files:?}"));
    }
    let config = shell::read(&Path::new(&bundle).join("config.json"))?;
    let config: serde_json::Value = serde_json::from_str(&config).map_err(|error| format!("config.json: {error}"))?;
    let process = &config["process"];
    let [entry_point] = &stage.config.entry_point[..] else { return Err("the entry point has arguments".to_owned()) };
    if process["user"]["uid"] != 999 || process["user"]["gid"] != 999 || process["args"][0] != entry_point.as_str() {
        return Err(format!("the image starts {process}"));
    }
    let rig = argocd::build()?;
    let (rig, theirs) = (rig.as_str(), argocd::found(&tools::kustomize()?)?);
    shell::run("sh", &["tests/argocd/container.sh", &format!("{bundle}/rootfs"), rig, &theirs, entry_point])
}
