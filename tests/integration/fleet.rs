//! Many targets in one process: the same bytes as one by one, in the order of the targets, whatever the number of threads;
//! where they are written; which of them are meant; and the way from files to targets and back.

use crate::case::{self, difference};
use crate::doors::{ROOT, load_tree, program};
use crate::remote::{Site, config_map};
use rustomize::build::{BuildOptions, LoadRestrictions, build};
use rustomize::fleet::{Graph, Index};
use rustomize::fs::{EntryKind, FileSystem, FsError, Look, Memory};
use rustomize::session::Session;
use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Two bases with a component; `n` overlays of the first, one of the second.
fn site(name: &str, n: usize) -> Site {
    let site = Site::new(&format!("fleet-{name}"));
    site.write("f/base/kustomization.yaml", "resources: [c.yaml]\nconfigMapGenerator: [{name: g, files: [text]}]\n")
        .write("f/base/c.yaml", &config_map("c"))
        .write("f/base/text", "text\n")
        .write("f/second/kustomization.yaml", "resources: [c.yaml]\n")
        .write("f/second/c.yaml", &config_map("second"))
        .write("f/part/kustomization.yaml", "kind: Component\nnameSuffix: -part\n")
        .write("f/.hidden/kustomization.yaml", "resources: [c.yaml]\n")
        .write("f/z/kustomization.yaml", "resources: [../second]\nnamespace: z\n");
    for at in 0..n {
        let component = if at % 2 == 0 { "components: [../../part]\n" } else { "" };
        let text = format!("resources: [../../base]\nnamePrefix: o{at}-\n{component}patches: [{{path: p.yaml}}]\n");
        let patch = format!("{}data: {{n: \"{at}\"}}\n", config_map("c"));
        site.write(&format!("f/o/{at:02}/kustomization.yaml"), &text).write(&format!("f/o/{at:02}/p.yaml"), &patch);
    }
    site
}

fn overlays(n: usize) -> Vec<String> {
    (0..n).map(|at| format!("o/{at:02}")).collect()
}

/// What single builds print.
fn one_by_one(site: &Site, targets: &[String]) -> Vec<String> {
    let one = |target: &String| {
        let ended = site.run("f", &["build", target]);
        assert!(ended.success && ended.stderr.is_empty(), "{}", ended.stderr);
        ended.stdout
    };
    targets.iter().map(one).collect()
}

fn args<'a>(before: &[&'a str], targets: &'a [String]) -> Vec<&'a str> {
    before.iter().copied().chain(targets.iter().map(String::as_str)).collect()
}

fn read(site: &Site, path: &str) -> String {
    std::fs::read_to_string(site.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Files below a directory, sorted.
fn files(site: &Site, directory: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(path) = open.pop() {
        for entry in std::fs::read_dir(site.path(&path)).into_iter().flatten() {
            let entry = entry.expect("an entry");
            let inner = format!("{path}/{}", entry.file_name().to_string_lossy());
            match entry.path().is_dir() {
                true => open.push(inner),
                false => found.push(inner.strip_prefix(&format!("{directory}/")).expect("below").to_owned()),
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_stream_is_what_single_builds_print_with_any_number_of_threads() {
    let site = site("stream", 23);
    let mut targets = overlays(23);
    // Not in order, and one of them twice.
    targets.reverse();
    targets.push("z".to_owned());
    targets.push(targets[3].clone());
    let expected = one_by_one(&site, &targets).join("---\n");
    for jobs in ["0", "1", "2", "3", "16"] {
        let ended = site.run("f", &args(&["build", "--jobs", jobs], &targets));
        assert_eq!(ended.stderr, "25 of 25 targets rendered\n");
        assert!(ended.stdout == expected, "{jobs} jobs: {}", difference(&expected, &ended.stdout));
    }
    let quiet = site.run("f", &args(&["build", "--quiet"], &targets));
    assert_eq!(quiet.stderr, "");
}

#[test]
fn one_target_is_as_ever() {
    let site = site("one", 1);
    let ended = site.run("f", &["build", "o/00"]);
    assert!(ended.success && ended.stderr.is_empty());
    // Nor do flags that only say how make it a fleet.
    assert_eq!(site.run("f", &["build", "o/00", "--jobs", "4", "-q"]).stdout, ended.stdout);
}

#[test]
fn all_are_those_that_nothing_includes() {
    let site = site("all", 3);
    let targets = ["o/00", "o/01", "o/02", "z"].map(str::to_owned);
    let expected = one_by_one(&site, &targets).join("---\n");
    site.run("f", &["build", "--all"]).expect(&expected);
    site.run(".", &["build", "--all", "f"]).expect(&expected);
    site.run("f/o", &["build", "--all", ".."]).expect(&expected);
    // Trees that are named twice, or one in the other, are one.
    site.run("f", &["build", "--all", "o", ".", "z"]).expect(&expected);
    // A base by itself is a target where nothing includes it.
    site.run("f", &["build", "--all", "second"]).expect(&config_map("second"));
    site.run("f", &["build", "--all", "part"]).expect_error(&["no-kustomization", "components by themselves"]);
    site.run("f", &["build", "--all", "nosuch"]).expect_error(&["file-not-found"]);
}

#[test]
fn a_circle_is_told() {
    let site = site("circle", 1);
    site.write("f/a/kustomization.yaml", "resources: [../b]\n").write("f/b/kustomization.yaml", "resources: [../a]\n");
    let ended = site.run("f", &["build", "--all"]);
    assert!(!ended.success);
    assert!(ended.stderr.contains("error[cycle]") && ended.stderr.contains("failed: a (1 error)"), "{}", ended.stderr);
    assert!(ended.stderr.contains("2 of 3 targets rendered, 1 failed\n"), "{}", ended.stderr);
}

#[test]
fn a_failure_does_not_stop_the_others() {
    let site = site("failure", 12);
    site.write("f/o/05/p.yaml", "kind: [\n");
    let mut targets = overlays(12);
    let ended = site.run("f", &args(&["build", "--jobs", "2"], &targets));
    assert!(!ended.success);
    targets.remove(5);
    assert_eq!(ended.stdout, one_by_one(&site, &targets).join("---\n"));
    assert!(ended.stderr.contains("o/05/p.yaml:2:1"), "{}", ended.stderr);
    let tail = "failed: o/05 (1 error)\n11 of 12 targets rendered, 1 failed\n1 error\n";
    assert!(ended.stderr.ends_with(tail), "{}", ended.stderr);
    // Words are in the order of the targets, too, and those that are the same are told once.
    let all = overlays(12);
    for at in [1, 3, 7, 9] {
        let text = read(&site, &format!("f/o/{at:02}/kustomization.yaml"));
        site.write(&format!("f/o/{at:02}/kustomization.yaml"), &(text + "images: [{name: none, newTag: x}]\n"));
    }
    let words = |jobs| site.run("f", &args(&["build", "--jobs", jobs], &all)).stderr;
    let alone = words("1");
    assert_eq!(alone.matches("warning[image-unmatched]").count(), 4, "{alone}");
    assert!(["2", "5", "12"].iter().all(|jobs| words(jobs) == alone));
    let json = site.run("f", &args(&["build", "--error-format", "json", "-q", "o/05"], &overlays(1)));
    assert_eq!(json.stderr.lines().count(), 1, "{}", json.stderr);
}

#[test]
fn renderings_go_to_files_with_stable_names() {
    let site = site("files", 10);
    let targets = overlays(10);
    let expected = one_by_one(&site, &targets);
    site.run("f", &["build", "--all", "--output-dir", "../out/new"]).expect("");
    for (target, expected) in targets.iter().zip(&expected) {
        assert_eq!(read(&site, &format!("out/new/{target}.yaml")), *expected);
    }
    assert_eq!(files(&site, "out/new").len(), 11);
    // The same names from elsewhere, and for a list.
    site.run(".", &["build", "--all", "f", "--output-dir", "out/again"]).expect("");
    assert_eq!(files(&site, "out/again"), files(&site, "out/new"));
    site.run("f", &args(&["build", "--output-dir", "../out/list"], &targets)).expect("");
    assert_eq!(files(&site, "out/list").len(), 10);
    site.run("f/z", &["build", ".", "--output-dir", "../../out/one"]).expect("");
    assert_eq!(files(&site, "out/one"), ["z.yaml"]);
    // A failure leaves what was there, and its neighbours are written.
    site.write("f/o/05/p.yaml", "kind: [\n").write("out/new/o/06.yaml", "old");
    assert!(!site.run("f", &["build", "--all", "--output-dir", "../out/new"]).success);
    assert_eq!(read(&site, "out/new/o/05.yaml"), expected[5]);
    assert_eq!(read(&site, "out/new/o/06.yaml"), expected[6]);
}

#[test]
fn objects_go_to_files_as_they_do_for_one_target() {
    let site = site("objects", 2);
    site.run("f", &["build", "--all", "--layout", "objects", "--output-dir", "../out"]).expect("");
    for target in ["o/00", "o/01", "z"] {
        let one = format!("one/{target}");
        std::fs::create_dir_all(site.path(&one)).expect("a directory");
        site.run("f", &["build", target, "-o", &format!("../{one}")]).expect("");
        let names = files(&site, &one);
        assert!(!names.is_empty() && names == files(&site, &format!("out/{target}")));
        for name in names {
            assert_eq!(read(&site, &format!("{one}/{name}")), read(&site, &format!("out/{target}/{name}")));
        }
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let site = site("refused", 2).with("GIT_CEILING_DIRECTORIES", env!("CARGO_TARGET_TMPDIR"));
    site.run("f", &["build", "o/00", "o/01", "-o", "x"]).expect_error(&["usage", "`--output` is for one target"]);
    site.run("f", &["build", "o/00", "o/00", "--output-dir", "x"]).expect_error(&["two targets would be written to"]);
    site.run("f", &["build", "o/00", ""]).expect_error(&["the directory is empty"]);
    site.run("f", &["build", "--layout", "objects"]).expect_error(&["--output-dir"]);
    site.run("f", &["build", "--shard", "2/2"]).expect_error(&["numbered from 0 to 1"]);
    site.run("f", &["build", "--all", "--changed-since", "x"]).expect_error(&["is in no git repository"]);
    site.repository("f");
    site.run("f", &["build", "--all", "--changed-since", "--output=x"]).expect_error(&["`--output=x` is no commit"]);
}

#[test]
fn parts_are_together_the_whole() {
    let site = site("shard", 19);
    site.run("f", &["build", "--all", "--output-dir", "../whole"]).expect("");
    let whole = files(&site, "whole");
    for count in [1, 2, 3, 7, 25] {
        let mut n_files = 0;
        for index in 0..count {
            let out = format!("parts-{count}/{index}");
            let shard = format!("{index}/{count}");
            site.run("f", &["build", "--all", "--shard", &shard, "--output-dir", &format!("../{out}")]).expect("");
            for name in files(&site, &out) {
                n_files += 1;
                assert_eq!(read(&site, &format!("{out}/{name}")), read(&site, &format!("whole/{name}")));
            }
        }
        // Each is in one part only, or there would be more.
        assert_eq!(n_files, whole.len(), "{count} parts");
    }
}

#[test]
fn only_what_changed_is_rendered() {
    let site = site("changed", 4);
    site.repository("f");
    let rendered = |out: &str| {
        let ended = site.run("f", &["build", "--all", "--changed-since", "HEAD", "--output-dir", &format!("../{out}")]);
        assert!(ended.success, "{}", ended.stderr);
        (files(&site, out), ended.stderr)
    };
    let (names, words) = rendered("none");
    assert!(names.is_empty());
    assert_eq!(words, "0 of 0 targets rendered, 5 left out\n");
    let change = |path: &str, text: &str| {
        let before = read(&site, path);
        site.write(path, &(before + text));
    };
    change("f/o/01/p.yaml", "# x\n");
    assert_eq!(rendered("patch").0, ["o/01.yaml"]);
    change("f/part/kustomization.yaml", "# x\n");
    assert_eq!(rendered("part").0, ["o/00.yaml", "o/01.yaml", "o/02.yaml"]);
    // What nothing reads, and what git ignores, is no change.
    site.commit("f");
    site.write("f/.gitignore", "*.tmp\n").write("f/base/x.tmp", "").write("f/README.md", "");
    assert_eq!(rendered("nothing").0, [""; 0]);
    // A file that is new, without being known to git.
    site.write("f/z/new/kustomization.yaml", "resources: [../../second]\nnamePrefix: n-\n");
    change("f/z/kustomization.yaml", "");
    assert_eq!(rendered("new").0, ["z/new.yaml"]);
    // A file that goes, which the base does not name any more.
    site.commit("f");
    std::fs::remove_file(site.path("f/base/text")).expect("removed");
    site.write("f/base/kustomization.yaml", "resources: [c.yaml]\n");
    assert_eq!(rendered("gone").0.len(), 4);
    // One that goes and is missed.
    site.git("f", &["checkout", "--quiet", "--", "."]);
    std::fs::remove_file(site.path("f/o/02/p.yaml")).expect("removed");
    let ended = site.run("f", &["build", "--all", "--changed-since", "HEAD", "--output-dir", "../missed"]);
    assert!(!ended.success && ended.stderr.contains("failed: o/02"), "{}", ended.stderr);
    assert!(ended.stderr.contains("0 of 1 target rendered"), "{}", ended.stderr);
    // Since an earlier commit, from a directory inside, and by another way to name it.
    site.git("f", &["checkout", "--quiet", "--", "."]);
    let first = site.git("f", &["rev-list", "--max-parents=0", "HEAD"]);
    let ended = site.run("f/o", &["build", "00", "01", "02", "03", "--changed-since", &first]);
    assert!(ended.stderr.contains("3 of 3 targets rendered, 1 left out"), "{}", ended.stderr);
}

#[test]
#[cfg(unix)]
fn a_link_that_is_changed_is_a_change() {
    let site = site("links", 2);
    std::os::unix::fs::symlink("../second", site.path("f/o/base")).expect("a link");
    site.write("f/o/k/kustomization.yaml", "resources: [../base]\n");
    site.repository("f");
    std::fs::remove_file(site.path("f/o/base")).expect("removed");
    std::os::unix::fs::symlink("../base", site.path("f/o/base")).expect("a link");
    let ended = site.run("f", &["build", "--all", "--changed-since", "HEAD"]);
    let expected = one_by_one(&site, &["o/k".to_owned()]);
    // `second` is not a base of it any more, and `z` is as it was.
    ended.expect(&expected[0]);
}

#[test]
fn inputs_are_the_files_that_are_read() {
    let site = site("inputs", 2);
    let expected = "base/c.yaml\nbase/kustomization.yaml\nbase/text\no/01/kustomization.yaml\no/01/p.yaml\n";
    site.run("f", &["inputs", "o/01"]).expect(expected);
    let from_inside = expected.replace("base/", "../../base/").replace("o/01/", "");
    let mut lines: Vec<&str> = from_inside.lines().collect();
    lines.sort_unstable();
    site.run("f/o/01", &["inputs"]).expect(&(lines.join("\n") + "\n"));
    let ended = site.run("f", &["inputs", "--all", "-o", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!(json["version"], 1);
    let names: Vec<&str> =
        json["targets"].as_array().expect("a list").iter().filter_map(|target| target["target"].as_str()).collect();
    assert_eq!(names, ["o/00", "o/01", "z"]);
    let z = r#"{"target":"z","complete":true,"inputs":["second/c.yaml","second/kustomization.yaml","z/kustomization.yaml"],"remote":[]}"#;
    assert_eq!(json["targets"][2], serde_json::from_str::<serde_json::Value>(z).expect("JSON"));
    // What fails read something until then.
    site.write("f/o/01/p.yaml", "kind: [\n");
    let ended = site.run("f", &["inputs", "o/01", "-o", "json"]);
    assert!(!ended.success && ended.stderr.contains("o/01/p.yaml:2:1"), "{}", ended.stderr);
    assert!(
        ended.stdout.contains("\"complete\": false") && ended.stdout.contains("\"o/01/p.yaml\""),
        "{}",
        ended.stdout
    );
}

#[test]
fn files_lead_back_to_targets() {
    let site = site("reverse", 4);
    let reverse = |directory: &str, words: &[&str]| {
        let ended = site.run(directory, words);
        assert!(ended.success, "{}", ended.stderr);
        ended.stdout
    };
    assert_eq!(reverse("f", &["inputs", "--reverse", "part/kustomization.yaml"]), "o/00\no/02\n");
    assert_eq!(reverse("f", &["inputs", "o", "--reverse", "base/text", "second/c.yaml"]), "o/00\no/01\no/02\no/03\n");
    assert_eq!(reverse("f/o", &["inputs", "..", "--reverse", "03/p.yaml"]), "03\n");
    assert_eq!(reverse("f", &["inputs", "--reverse", "README.md"]), "");
    // Not there, but it would make a difference.
    assert_eq!(reverse("f", &["inputs", "--reverse", "second/kustomization.yml"]), "z\n");
    // Plugins are asked for by a build.
    site.write("f/q/kustomization.yaml", "resources: [../second]\ntransformers: [t.yaml]\n")
        .write("f/q/t.yaml", "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: x}\npath: deep.yaml\n");
    site.write("f/q/deep.yaml", &config_map("second"));
    assert_eq!(reverse("f", &["inputs", "--reverse", "q/deep.yaml"]), "q\n");
    let json = reverse("f", &["inputs", "--reverse", "base/text", "o/00/p.yaml", "-o", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["targets"][0]["inputs"], serde_json::json!(["base/text", "o/00/p.yaml"]));
    assert_eq!(json["targets"][1]["inputs"], serde_json::json!(["base/text"]));
}

/// A file system that takes note of what is read.
struct Trace<'a>(&'a Memory, Mutex<BTreeSet<String>>);

impl FileSystem for Trace<'_> {
    fn read(&self, path: &str, size_max: u64) -> Result<Vec<u8>, FsError> {
        self.1.lock().expect("nobody panics").insert(path.to_owned());
        self.0.read(path, size_max)
    }

    fn kind(&self, path: &str) -> Result<EntryKind, FsError> {
        self.0.kind(path)
    }

    fn look(&self, path: &str) -> Result<Look, FsError> {
        self.0.look(path)
    }

    fn list(&self, path: &str) -> Result<Vec<String>, FsError> {
        self.0.list(path)
    }

    fn canonical(&self, path: &str) -> Result<String, FsError> {
        self.0.canonical(path)
    }
}

/// All cases in one session give what each gives alone; a build names all that it reads; and the graph, which is made without
/// building, knows no less.
#[test]
fn every_case_in_one_session() {
    let mut fs = Memory::new();
    let cases: Vec<case::Case> = case::load_all().into_iter().map(|case| case.expect("a case")).collect();
    let place = |at: usize| format!("{ROOT}/{at}");
    for (at, case) in cases.iter().enumerate() {
        load_tree(&case.input(), &place(at), &mut fs);
    }
    let mut shared = Session::new(&fs, ROOT);
    let mut n_built = 0;
    // Twice: the second time much is known.
    for at in (0..cases.len()).chain(0..cases.len()) {
        let case = &cases[at];
        if case.command != "build" {
            continue;
        }
        let directory = case.args.iter().find(|arg| !arg.starts_with('-')).map_or(".", String::as_str);
        let directory = format!("{}/{directory}", place(at));
        let mut options = BuildOptions::default();
        if case.args.iter().any(|arg| arg.contains("RestrictionsNone")) {
            options.load_restrictions = LoadRestrictions::None;
        }
        shared.enter_target(&fs.canonical(&directory).expect("the target"));
        let built = build(&mut shared, &directory, &options);
        let Some(expected) = &case.yaml else {
            assert!(built.is_err(), "{}", case.name);
            continue;
        };
        let built = built.unwrap_or_else(|errors| panic!("{}: {errors:?}", case.name));
        assert!(built.text.as_bytes() == *expected, "{}: other bytes among others", case.name);
        n_built += 1;

        let trace = Trace(&fs, Mutex::default());
        let alone = build(&mut Session::new(&trace, ROOT), &directory, &options).expect("it was built before");
        let inputs: BTreeSet<String> = built.inputs.iter().map(|path| path.to_string()).collect();
        assert_eq!(alone.inputs, built.inputs, "{}", case.name);
        assert_eq!(trace.1.into_inner().expect("nobody panics"), inputs, "{}: inputs are not what is read", case.name);

        let session = Session::new(&fs, ROOT);
        let mut graph = Graph::default();
        let node = graph.add(&session, &directory);
        let known = graph.dependencies(&session, node);
        let index = Index::new(&graph, &session, &[Some(node)]);
        for path in &inputs {
            assert!(known.is_opaque || known.files.contains(path.as_str()), "{}: {path} is not known", case.name);
            assert!(known.is_opaque || index.targets_of(path).contains(&0), "{}: {path}", case.name);
        }
    }
    assert!(n_built > 100, "{n_built} cases");
}

/// Waits until a file holds something.
fn wait_for(site: &Site, path: &str, is_there: impl Fn(&str) -> bool) {
    let start = Instant::now();
    loop {
        let text = std::fs::read_to_string(site.path(path)).unwrap_or_default();
        if is_there(&text) {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{path} is still: {text}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_changes_is_rendered_again() {
    let site = site("watch", 3);
    let mut command = Command::new(program());
    command.args(["build", "--all", "--watch", "--output-dir", "../out"]).current_dir(site.path("f"));
    let child = command.env("NO_COLOR", "1").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("the program can be started");
    let is = |word: &'static str| move |text: &str| text.contains(word);
    wait_for(&site, "out/z.yaml", is("name: second"));
    // A patch, a base, a component; a fault, which leaves the rendering, and its mending; a new target.
    site.write("f/o/01/p.yaml", &(config_map("c") + "data: {n: changed}\n"));
    wait_for(&site, "out/o/01.yaml", is("changed"));
    site.write("f/base/text", "other text\n");
    for target in ["00", "01", "02"] {
        wait_for(&site, &format!("out/o/{target}.yaml"), is("other text"));
    }
    site.write("f/part/kustomization.yaml", "kind: Component\nnameSuffix: -other\n");
    wait_for(&site, "out/o/02.yaml", is("c-other"));
    site.write("f/second/c.yaml", "kind: [\n");
    site.write("f/new/kustomization.yaml", "resources: [../base]\nnamePrefix: new-\n");
    wait_for(&site, "out/new.yaml", is("new-c"));
    assert!(read(&site, "out/z.yaml").contains("name: second"));
    site.write("f/second/c.yaml", &config_map("third"));
    wait_for(&site, "out/z.yaml", is("name: third"));
    child.kill().expect("it runs until it is interrupted");
    let output = child.wait_with_output().expect("it ends");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(words.contains("4 targets rendered in ") && words.contains("o/01 rendered in "), "{words}");
}

fn manifest_directory() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("argocd")
}

#[test]
fn the_job_renders_each_part_once() {
    let output = crate::doors::run_program(&manifest_directory().join("fleet"), &["build", "--all", "-q"]);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // The component is not rendered by itself.
    assert!(text.contains("kind: Job") && !text.contains("argocd-repo-server"));
    let number = |key: &str| {
        let line = text.lines().find(|line| line.trim_start().starts_with(key));
        line.and_then(|line| line.rsplit(' ').next()).unwrap_or_else(|| panic!("no {key}")).to_owned()
    };
    assert_eq!(number("completions:"), number("parallelism:"));
    let (_, parts) = text.split_once("name: PARTS\n").expect("the number of parts");
    let parts = parts.lines().next().unwrap_or_default().trim();
    assert_eq!(parts, format!("value: \"{}\"", number("completions:")));
    assert!(text.contains("--shard=$(PART)/$(PARTS)"));
}

#[test]
fn the_repo_server_is_an_overlay_of_argo_cd() {
    let site = Site::new("fleet-argocd");
    for entry in std::fs::read_dir(manifest_directory().join("fleet/repo-server")).expect("the component") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        site.write(&format!("part/{name}"), &std::fs::read_to_string(&path).expect("a file"));
    }
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: argocd-repo-server}\nspec: {template: {spec: {containers: [{name: argocd-repo-server, image: a}]}}}\n";
    site.write("o/d.yaml", deployment).write("o/c.yaml", &config_map("argocd-cmd-params-cm"));
    site.write("o/kustomization.yaml", "resources: [d.yaml, c.yaml]\ncomponents: [../part]\n");
    let ended = site.run("o", &["build"]);
    assert!(ended.success && ended.stderr.is_empty(), "{}", ended.stderr);
    for word in ["reposerver.parallelism.limit: \"4\"", "kind: HorizontalPodAutoscaler", "memory: 2Gi", "image: a"] {
        assert!(ended.stdout.contains(word), "no {word} in:\n{}", ended.stdout);
    }
}
