//! The plugin of Argo CD, run as its server runs it: in the directory of an Application, with what it wants in the environment.
//!
//! tests/data/argocd/overrides.txt holds Applications with the manifests that kustomize makes of them by the commands of the
//! built-in support. The plugin has to print the same bytes, and so has this program where it stands in for kustomize.
//! `generate.txt` holds what is not a matter of kustomize: errors, overlays, what strangers try.

use crate::disk::Scratch;
use crate::doors::{program, run_program_with};
use crate::scripted::{self, is_reference};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where the Application of the cases is.
const APP: &str = "apps/web/overlays/prod";

/// What Argo CD says about it.
const VARIABLES: [(&str, &str); 9] = [
    ("ARGOCD_APP_NAME", "web-prod"),
    ("ARGOCD_APP_NAMESPACE", "dest"),
    ("ARGOCD_APP_PROJECT_NAME", "p"),
    ("ARGOCD_APP_REVISION", "0123456789abcdef"),
    ("ARGOCD_APP_REVISION_SHORT", "0123456"),
    ("ARGOCD_APP_REVISION_SHORT_8", "01234567"),
    ("ARGOCD_APP_SOURCE_PATH", APP),
    ("ARGOCD_APP_SOURCE_REPO_URL", "https://x.example/r.git"),
    ("ARGOCD_APP_SOURCE_TARGET_REVISION", "main"),
];

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/argocd").join(name)
}

/// Makes the repository of a case: the tree that all have, and its own files.
fn repository<'f>(scratch: &Scratch, files: &'f str) -> &'f str {
    let tree = data("tree");
    for (path, bytes) in crate::writing::read_files(&tree) {
        scratch.write_bytes(&path, &bytes);
    }
    scripted::write_files(scratch, files)
}

/// Returns what stands behind a word at the beginning of a line.
fn line<'l>(lines: &'l str, word: &str) -> Option<&'l str> {
    lines.lines().find_map(|line| line.strip_prefix(word))
}

#[test]
fn overrides_are_those_of_the_built_in_support() {
    scripted::run_all(&data("overrides.txt"), 100, |number, title, files| {
        let by_commands = commanded(number, title, files);
        if is_reference() {
            return by_commands;
        }
        let scratch = Scratch::new(&format!("argocd-overrides-{number}"));
        let lines = repository(&scratch, files);
        let block = line(lines, "block: ").expect("a case has a block");
        let whole = serde_json::json!([{"name": "kustomize", "string": block}]).to_string();
        for parameters in [line(lines, "parameters: ").expect("a case has parameters"), &whole] {
            let variables: Vec<(&str, &str)> =
                VARIABLES.into_iter().chain([("ARGOCD_APP_PARAMETERS", parameters)]).collect();
            let output = run_program_with(&scratch.path(APP), &["argocd", "generate"], &variables);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let made = if output.status.success() { output.stdout } else { b"fails\n".to_vec() };
            let made = String::from_utf8(made).expect("manifests are UTF-8");
            assert!(
                made.trim_end() == by_commands.trim_end(),
                "{title}: {parameters}\n{made}\n{said}\nnot\n{by_commands}"
            );
        }
        by_commands
    });
}

/// Runs the commands of the built-in support, as it runs them: edits where the Application is, the build at the top.
fn commanded(number: usize, title: &str, files: &str) -> String {
    let scratch = Scratch::new(&format!("argocd-commands-{number}"));
    let lines = repository(&scratch, files);
    let app = scratch.path(APP);
    for line in lines.lines().filter_map(|line| line.strip_prefix("run: ")) {
        let command: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{title}: {error}"));
        match &command {
            Value::Array(words) => {
                let words: Vec<&str> = words.iter().map(|word| word.as_str().expect("a word")).collect();
                if kustomize(&app, &words).is_none() {
                    return "fails\n".to_owned();
                }
            }
            more => append_patches(&app.join("kustomization.yaml"), &more["patches"]),
        }
    }
    let app = app.to_string_lossy();
    kustomize(scratch.directory(), &["build", &app]).unwrap_or_else(|| "fails\n".to_owned())
}

/// Appends patches as the built-in support does: the file is read, and written anew.
fn append_patches(path: &Path, patches: &Value) {
    let text = std::fs::read_to_string(path).expect("the kustomization");
    let mut kustomization: Value = serde_yaml::from_str(&text).expect("it is YAML");
    let all =
        kustomization.as_object_mut().expect("it is a mapping").entry("patches").or_insert(Value::Array(Vec::new()));
    all.as_array_mut().expect("it is a list").extend(patches.as_array().expect("they are a list").iter().cloned());
    // JSON is YAML for every version of YAML.
    std::fs::write(path, kustomization.to_string()).expect("written");
}

/// Runs the program under the name of the reference; returns what it prints, unless it fails.
fn kustomize(directory: &Path, args: &[&str]) -> Option<String> {
    let links = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("argocd-bin-{}", std::process::id()));
    let link = links.join("kustomize");
    if !link.exists() {
        std::fs::create_dir_all(&links).expect("our own directory");
        // Tests run side by side.
        let _ = std::os::unix::fs::symlink(program(), &link);
    }
    let mut command = Command::new(link);
    let output = command.args(args).current_dir(directory).stdin(Stdio::null()).output().expect("it can be started");
    output.status.success().then(|| String::from_utf8(output.stdout).expect("it is UTF-8"))
}
