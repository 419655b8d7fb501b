//! Functions, containers and legacy plugins, with scripts in their place: how they are called, what they are given, what
//! becomes of what they answer, and what is said when they fail.
//!
//! The cases stand in tests/data/programs/cases.txt.

use crate::disk::Scratch;
use crate::doors::program;
use crate::scripted::{self, is_reference};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/programs").join(file)
}

#[test]
fn programs_are_called_as_by_the_reference() {
    scripted::run_all(&data("cases.txt"), 40, run);
}

/// Builds a case and returns how docker was called and what was printed.
fn run(number: usize, title: &str, files: &str) -> String {
    let scratch = Scratch::new(&format!("programs-{number}"));
    scratch
        .write("bin/docker", &std::fs::read_to_string(data("docker.sh")).expect("the script"))
        .write("tmp/.keep", "");
    scripted::make_executable(&scratch.path("bin/docker"));
    let lines = scripted::write_files(&scratch, files);
    let line = |name: &str| lines.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    if is_reference() && line("reference").is_some() {
        return String::new();
    }
    let root = scratch.path("").display().to_string();
    let root = root.trim_end_matches('/');
    let path = std::env::var("PATH").expect("there is a search path");
    let mut command = Command::new(program());
    command.args(["build", line("build").unwrap_or("."), "--enable-alpha-plugins"]);
    command.args(line("args").unwrap_or("--enable-exec").split_whitespace());
    command.current_dir(root).stdin(Stdio::null()).env("NO_COLOR", "1").env("PATH", format!("{root}/bin:{path}"));
    command.env("TMPDIR", scratch.path("tmp")).env("KUSTOMIZE_PLUGIN_HOME", scratch.path("plugins"));
    command.env("FOO", "of the user").env_remove("BAR").env_remove("DOCKER_HOST");
    command.envs(line("env").into_iter().flat_map(str::split_whitespace).filter_map(|pair| pair.split_once('=')));
    let output = command.output().expect("the program can be started");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !is_reference() {
        for words in lines.lines().filter_map(|line| line.strip_prefix("words: ")) {
            assert!(stderr.contains(words), "{title}: `{words}` is not said:\n{stderr}");
        }
        for words in lines.lines().filter_map(|line| line.strip_prefix("hidden: ")) {
            assert!(!stderr.contains(words), "{title}: `{words}` is said:\n{stderr}");
        }
    }
    if let Some(code) = title.strip_prefix("fails: ") {
        assert!(output.status.code() == Some(1) && stdout.is_empty(), "{title}\n{files}\nis built:\n{stdout}");
        assert!(is_reference() || stderr.contains(&format!("error[{code}]")), "{title}\n{files}\n{stderr}");
        return String::new();
    }
    assert!(output.status.success(), "{title}: {stderr}");
    let log = std::fs::read_to_string(scratch.path("bin/log")).unwrap_or_default();
    let left = std::fs::read_dir(scratch.path("tmp")).expect("our directory").count();
    assert_eq!(left, 1, "{title}: something is left in the temporary directory");
    format!("{log}{stdout}").replace(root, "ROOT")
}
