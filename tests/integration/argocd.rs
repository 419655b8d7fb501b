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

/// Every block of the cases as an Application, in lines and between braces: migrated, it asks for the same, and the way back
/// leads to where it began.
#[test]
fn a_migration_asks_for_the_same() {
    use rustomize::argocd::migrate::{Plan, To, migrate};
    use rustomize::source::{Sensitivity, Sources};
    let migrated = |text: &str, to: To| {
        let source = Sources::default().add("a.yaml", text.to_owned(), Sensitivity::Yaml, None);
        let plan = Plan { to, name: "rustomize", all: false };
        migrate(&source, plan).map(|migrated| migrated.text).map_err(|error| error.message)
    };
    let text = std::fs::read_to_string(data("overrides.txt")).expect("the cases");
    let mut n_migrated = 0;
    for line in text.lines().filter_map(|line| line.strip_prefix("block: ")) {
        let block: Value = serde_json::from_str(line).expect("a block is JSON");
        let application = |source: Value| serde_json::json!({"kind": "Application", "spec": {"source": source}});
        let before = application(serde_json::json!({"path": "x", "kustomize": block}));
        let lines = serde_yaml::to_string(&before).expect("it can be written");
        for text in [&lines, &before.to_string()] {
            for to in [To::Parameters, To::WholeBlock] {
                let there = match migrated(text, to) {
                    Ok(there) => there,
                    // Two counts for one name do not fit into a map.
                    Err(_) if to == To::Parameters && has_twins(&block["replicas"]) => continue,
                    Err(error) => panic!("{text}\n{error}"),
                };
                let back = migrated(&there, To::Kustomize).unwrap_or_else(|error| panic!("{there}\n{error}"));
                let back: Value = serde_yaml::from_str(&back).expect("it is YAML");
                let back = normal(back["spec"]["source"]["kustomize"].clone());
                assert_eq!(back, normal(block.clone()), "{text}\n{there}");
                n_migrated += 1;
            }
        }
    }
    assert!(n_migrated > 400, "{n_migrated} blocks");
}

fn has_twins(replicas: &Value) -> bool {
    let names: Vec<&Value> = replicas.as_array().into_iter().flatten().map(|replica| &replica["name"]).collect();
    names.iter().enumerate().any(|(at, name)| names[..at].contains(name))
}

/// What is empty or false is as good as not there; counts may be texts, and come in any order.
fn normal(block: Value) -> Value {
    let Value::Object(mut block) = block else { return block };
    let is_nothing = |value: &Value| match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(value) => !value,
        other => other.is_null(),
    };
    block.retain(|_, value| !is_nothing(value));
    if let Some(Value::Array(replicas)) = block.get_mut("replicas") {
        for replica in replicas.iter_mut() {
            replica["count"] = replica["count"].to_string().trim_matches('"').into();
        }
        replicas.sort_by_key(|replica| replica["name"].to_string());
    }
    Value::Object(block)
}

/// What must never be seen.
const STRANGER: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: stranger}\n";

#[test]
fn the_plugin_says_the_same_in_every_request() {
    scripted::run_all(&data("generate.txt"), 35, |number, title, files| {
        let said = ["1-first", "7f3c1d-second"].map(|request| requested(number, title, files, request));
        let [first, second] = said;
        assert!(first == second, "{title}:\n{first}\n{second}");
        first
    });
}

/// Runs a case as the server of Argo CD does, in a directory of its own for each request.
fn requested(number: usize, title: &str, files: &str, request: &str) -> String {
    let scratch = Scratch::new(&format!("argocd-generate-{number}"));
    scratch.write("stranger", STRANGER);
    scratch.write("_cmp_server/2-other/app/c.yaml", STRANGER);
    scratch.write("_cmp_server/2-other/app/kustomization.yaml", "resources: [c.yaml]\n");
    let prefixed: Vec<String> = files.split("\n//- ").map(str::to_owned).collect();
    let files = prefixed.join(&format!("\n//- _cmp_server/{request}/"));
    let lines = scripted::write_files(&scratch, &files);
    let workdir = scratch.directory().to_string_lossy().into_owned();
    let mut variables = vec![("ARGOCD_CMP_WORKDIR", workdir.as_str())];
    variables.extend(lines.lines().filter_map(|line| line.strip_prefix("env: ")?.split_once('=')));
    let app = line(lines, "in: ").unwrap_or_else(|| panic!("{title}: where?"));
    let directory = scratch.path(&format!("_cmp_server/{request}/{app}"));
    let mut commands: Vec<&str> = lines.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    if commands.is_empty() {
        commands.push("argocd generate");
    }
    let mut said = String::new();
    for command in commands {
        let args: Vec<&str> = command.split(' ').collect();
        let output = run_program_with(&directory, &args, &variables);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, words) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success() || out.is_empty(), "{title}: a render that fails prints manifests");
        assert!(!out.contains("stranger") && !words.contains(request), "{title}:\n{out}{words}");
        assert!(!words.contains("name: stranger"), "{title}:\n{words}");
        said += &format!("{out}{words}exit code {}\n", output.status.code().expect("it ends by itself"));
    }
    said
}

#[test]
fn commands_about_applications_say_what_they_do() {
    use crate::writing::read_files;
    scripted::run_all(&data("commands.txt"), 6, |number, _, files| {
        let scratch = Scratch::new(&format!("argocd-commands-of-{number}"));
        let lines = scripted::write_files(&scratch, files);
        let mut said = String::new();
        for command in lines.lines().filter_map(|line| line.strip_prefix("$ ")) {
            let before = read_files(scratch.directory());
            let args: Vec<&str> = command.split(' ').collect();
            let output = run_program_with(scratch.directory(), &args, &[]);
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            said += &format!("$ {command}\n{}{}", text(&output.stdout), text(&output.stderr));
            said += &format!("exit code {}\n", output.status.code().expect("it ends by itself"));
            for (path, bytes) in read_files(scratch.directory()) {
                if before.get(&path) != Some(&bytes) {
                    said += &format!("//- {path}\n{}", text(&bytes));
                }
            }
        }
        said.replace(&*scratch.directory().to_string_lossy(), "ROOT")
    });
}

/// The probe: a server that speaks HTTP/2, one that does not, one that hangs, and none.
#[test]
fn the_probe_wants_an_answer() {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixListener;
    const SETTINGS: &[u8] = b"\0\0\x06\x04\0\0\0\0\0\0\x05\0\0\x40\0";
    const SEEN: &[u8] = b"\0\0\0\x04\x01\0\0\0\0";
    let scratch = Scratch::new("argocd-health");
    let socket = scratch.path("s.sock");
    // The path of a socket may be some 100 bytes long.
    let short = std::env::temp_dir().join(format!("rustomize-health-{}", std::process::id()));
    let _ = std::fs::remove_file(&short);
    for (answer, is_closed, words) in [
        ([SETTINGS, SEEN].concat(), false, None),
        ([b"\0\0\x04\x08\0\0\0\0\0\0\0\0\x01", SETTINGS, SEEN].concat(), false, Some("does not speak HTTP/2")),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), false, Some("does not speak HTTP/2")),
        (SETTINGS.to_vec(), false, Some("does not answer within 1 s")),
        (SETTINGS.to_vec(), true, Some("hangs up")),
        (Vec::new(), false, Some("does not answer within 1 s")),
    ] {
        let listener = UnixListener::bind(&short).expect("a socket");
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut hello = [0; 33];
            stream.read_exact(&mut hello).expect("a client says hello");
            assert!(hello.starts_with(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
            stream.write_all(&answer).expect("an answer");
            if !is_closed {
                let _ = stream.read_to_end(&mut Vec::new());
            }
        });
        let path = short.to_string_lossy();
        let args = ["argocd", "health", "--timeout", "1", "--socket", &*path];
        let output = run_program_with(scratch.directory(), &args, &[]);
        server.join().expect("the server ends");
        std::fs::remove_file(&short).expect("the socket is ours");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.success(), words.is_none(), "{said}");
        assert!(said.contains(words.unwrap_or_default()), "{said}");
    }
    scratch.write("config/plugin.yaml", "kind: ConfigManagementPlugin\nmetadata: {name: p}\nspec: {version: v1}\n");
    for (args, words) in [
        (["--socket", "none.sock"], "cannot speak with the server at `none.sock`"),
        (["--config-dir", "none"], "cannot read `none/plugin.yaml`"),
        (["--config-dir", "config"], "plugins/p-v1.sock"),
    ] {
        let output = run_program_with(scratch.directory(), &[&["argocd", "health"][..], &args].concat(), &[]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(words), "{said}");
    }
    assert!(!socket.exists());
}

/// The command lines that no field of an Application stands for.
#[test]
fn the_built_in_support_is_answered() {
    let scratch = Scratch::new("argocd-built-in");
    scratch.write("app/kustomization.yaml", "resources: [../c.yaml]\n").write("c.yaml", STRANGER);
    // Argo CD takes the first three numbers that it finds; the words are those of a kustomize built from source.
    let version = kustomize(scratch.directory(), &["version", "--short"]).expect("a version");
    assert_eq!(version, "{v5.8.2  unknown   }\n");
    assert_eq!(kustomize(scratch.directory(), &["version"]).as_deref(), Some("v5.8.2\n"));
    let app = scratch.path("app").to_string_lossy().into_owned();
    let printed = STRANGER.replace("metadata: {name: stranger}", "metadata:\n  name: stranger");
    let none = ["--load-restrictor", "LoadRestrictionsNone"];
    for (options, expected) in [
        (&none[..], Some(printed.as_str())),
        (
            &[
                "--enable-helm",
                none[0],
                none[1],
                "--helm-kube-version",
                "1.33.0",
                "--helm-api-versions",
                "v1",
                "--helm-api-versions",
                "apps/v1",
            ],
            Some(&printed),
        ),
        (&["--enable-helm", "--enable-alpha-plugins", "--enable-exec", none[0], none[1]], Some(&printed)),
        (&[], None),
        (&["--unknown-option"], None),
    ] {
        let words = [&["build", app.as_str()][..], options].concat();
        assert_eq!(kustomize(scratch.directory(), &words).as_deref(), expected, "{options:?}");
    }
}
