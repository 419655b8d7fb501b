//! `cargo xtask image`: the image of the plugin as an OCI layout, without a container engine, and a trial of it: Argo CD's
//! server in it as user 999, with a root that is read-only.
//!
//! What is in the image is read from the last stage of plugin/Dockerfile, so that both ways give the same one.

use crate::argocd;
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
    /// `NAME=value`.
    variables: Vec<String>,
    user: String,
    entry_point: Vec<String>,
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
    tools::debian("umoci", "umoci")?;
    let n_bytes = std::fs::metadata(&bin).map_err(|error| format!("{}: {error}", bin.display()))?.len();
    println!("the program: {n_bytes} bytes");
    if n_bytes > PROGRAM_BYTES_MAX {
        return Err(format!("more than {PROGRAM_BYTES_MAX} bytes"));
    }
    let stage = stage(&shell::read(Path::new(DOCKERFILE))?)?;
    build(&stage, &bin)?;
    if is_checked { check(&stage) } else { Ok(()) }
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
            "ENV" => stage.variables.push(rest.to_owned()),
            "USER" => rest.clone_into(&mut stage.user),
            "ENTRYPOINT" => {
                let words: Vec<String> =
                    serde_json::from_str(rest).map_err(|error| format!("{DOCKERFILE}: {error}"))?;
                stage.entry_point = words;
            }
            _ => return Err(format!("{DOCKERFILE}: `{word}` is not understood in the last stage")),
        }
    }
    Ok(stage)
}

fn build(stage: &Stage, bin: &Path) -> Result<()> {
    let _ = std::fs::remove_dir_all(DIRECTORY);
    let root = Path::new(DIRECTORY).join("files");
    for (from, to) in &stage.copies {
        let is_program = from.ends_with("/rustomize");
        let from = if is_program { bin.to_path_buf() } else { from.into() };
        let content = std::fs::read(&from).map_err(|error| format!("{}: {error}", from.display()))?;
        let path = root.join(to.trim_start_matches('/'));
        shell::write(&path, content)?;
        shell::run("chmod", &[if is_program { "0755" } else { "0644" }, &path.to_string_lossy()])?;
    }
    // Where volumes go, as on a root that is read-only nobody makes them later.
    for volume in ["tmp", "var/run/argocd", "home/argocd/cmp-server/plugins"] {
        let path = root.join(volume);
        std::fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let layout = format!("{DIRECTORY}/oci");
    let image = format!("{layout}:{NAME}");
    shell::run("umoci", &["init", "--layout", &layout])?;
    shell::run("umoci", &["new", "--image", &image])?;
    for top in shell::entries(&root)? {
        let name = format!("/{}", shell::name(&top));
        shell::run("umoci", &["insert", "--rootless", "--image", &image, &top.to_string_lossy(), &name])?;
    }
    let mut args = vec!["config", "--image", &image, "--config.user", &stage.user];
    for variable in &stage.variables {
        args.extend(["--config.env", variable]);
    }
    for word in &stage.entry_point {
        args.extend(["--config.entrypoint", word]);
    }
    shell::run("umoci", &args)?;
    shell::run("umoci", &["gc", "--layout", &layout])
}

/// Unpacks the image and has Argo CD's server render in it.
fn check(stage: &Stage) -> Result<()> {
    if shell::output("id", &["-u"])?.trim() != "0" {
        println!("NOT CHECKED: the image is tried out as another user in a root of its own, which only root can do");
        return Ok(());
    }
    let bundle = format!("{DIRECTORY}/bundle");
    shell::run("umoci", &["unpack", "--image", &format!("{DIRECTORY}/oci:{NAME}"), &bundle])?;
    let files = shell::output("find", &[&format!("{bundle}/rootfs"), "-type", "f", "-printf", "/%P %m\n"])?;
    let mut files: Vec<&str> = files.lines().collect();
    files.sort_unstable();
    if files != ["/home/argocd/cmp-server/config/plugin.yaml 644", "/usr/local/bin/rustomize 755"] {
        return Err(format!("the image holds {files:?}"));
    }
    let config = shell::read(&Path::new(&bundle).join("config.json"))?;
    let config: serde_json::Value = serde_json::from_str(&config).map_err(|error| format!("config.json: {error}"))?;
    let process = &config["process"];
    let [entry_point] = &stage.entry_point[..] else { return Err("the entry point has arguments".to_owned()) };
    if process["user"]["uid"] != 999 || process["user"]["gid"] != 999 || process["args"][0] != entry_point.as_str() {
        return Err(format!("the image starts {process}"));
    }
    let rig = argocd::build()?;
    let (rig, theirs) = (rig.as_str(), argocd::found(&tools::kustomize()?)?);
    shell::run("sh", &["tests/argocd/container.sh", &format!("{bundle}/rootfs"), rig, &theirs, entry_point])
}
