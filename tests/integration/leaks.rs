//! No word on standard error shows the value of a secret, whatever is wrong with the files: every variant below goes
//! through the program, in both formats. In the inputs `hunter` stands for what must not be seen.

use crate::disk::Scratch;

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  password: hunter2\n";

/// Values that are broken, or wrong where they stand.
const VALUES: &[&str] = &[
    "!!int hunter2",
    "!!binary hunter2",
    "!!hunter2 x",
    "*hunter2",
    "\"hunter2\\q\"",
    "\"hunter2\\x01\"",
    "\"hunter2",
    "'hunter2' x",
    "{hunter2: }",
    "[hunter2",
    "[hunter2]",
    "{a: hunter2}",
    "hunter2: hunter2: x",
    "|2hunter2",
    "% hunter2",
    "@hunter2",
    "\thunter2",
    "&hunter2 [*hunter2]",
    "{[hunter2]: x}",
    "\n  b: hunter2\n c: hunter2",
];

/// Patches that are broken or do not apply.
const PATCHES: &[&str] = &[
    "[{\"op\": \"test\", \"path\": \"/data/x\", \"value\": \"hunter2\"}]",
    "[{\"op\": \"add\", \"path\": \"/data/x/y\", \"value\": \"hunter2]",
    "[{\"op\": \"add\", \"path\": \"/data/x\", \"value\" \"hunter2\"}]",
    "[{\"op\": \"add\", \"path\": \"/data/x\", \"value\": hunter2}]",
    "- op: tst\n  path: /data/x\n  value: hunter2\n",
    "- op: test\n  path: /stringData\n  value: {password: hunter2}\n",
    "- op: replace\n  path: stringData/password\n  value: hunter2\n",
    "- op: test\n  path: /stringData/password\n  value hunter2\n",
    "kind: Secret\napiVersion: v1\nmetadata: {name: other}\nstringData: {a: hunter2}\n",
    "kind: Secret\napiVersion: v1\nmetadata: {name: s}\nstringData: hunter2\n",
    "kind: Secret\napiVersion: v1\nmetadata: {name: s}\nstringData: {a: \"hunter2}\n",
    "kind: Secret\napiVersion: v1\nmetadata: {name: s}\nstringData: {$patch: hunter2}\n",
    "kind: Secret\nmetadata: {name: s\nstringData:\n  password: hunter2\n",
    "kind: Secret\napiVersion: v1\nmetadata: {name: s}\n\"stringData\"\n: {\"type\": \"hunter2\"},\n",
    "stringData: {a: hunter2}\n",
];

type Files = Vec<(&'static str, String)>;

fn variants() -> Vec<Files> {
    let indented = |text: &str| text.lines().map(|line| format!("    {line}\n")).collect::<String>();
    let secret = || ("s.yaml", SECRET.to_owned());
    let mut variants: Vec<Files> = Vec::new();
    for value in VALUES {
        let object = format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\ndata:\n  password: {value}\n");
        let operation = format!("- op: add\n  path: /data/password\n  value: {value}\n");
        let kustomization = |text: &str| ("kustomization.yaml", text.to_owned());
        variants.push(vec![kustomization("resources: [s.yaml]\nnamespace: x\n"), ("s.yaml", object.clone())]);
        variants.push(vec![
            kustomization("resources: [s.yaml]\nsecretGenerator: [{name: s, behavior: merge, literals: [a=b]}]\n"),
            ("s.yaml", object.clone()),
        ]);
        variants.push(vec![
            kustomization("resources: [s.yaml]\npatches: [{path: p.yaml}]\n"),
            secret(),
            ("p.yaml", object),
        ]);
        variants.push(vec![
            kustomization("resources: [s.yaml]\npatches: [{path: p.yaml, target: {kind: Secret}}]\n"),
            secret(),
            ("p.yaml", operation),
        ]);
        for field in ["literals:\n  -", "literals:", "literal:"] {
            variants.push(vec![kustomization(&format!("secretGenerator:\n- name: g\n  {field} {value}\n"))]);
        }
        variants.push(vec![kustomization(&format!("secretGenerator: {value}\n"))]);
    }
    for patch in PATCHES {
        for target in ["", "  target: {kind: Secret}\n"] {
            let by_path = |file: &str| format!("resources: [s.yaml]\npatches:\n- path: {file}\n{target}");
            for file in ["p.yaml", "p.json"] {
                variants.push(vec![("kustomization.yaml", by_path(file)), secret(), (file, (*patch).to_owned())]);
            }
            let inline = format!("resources: [s.yaml]\npatches:\n- patch: |-\n{}{target}", indented(patch));
            variants.push(vec![("kustomization.yaml", inline), secret()]);
            let quoted = patch.replace('\n', "\\n").replace('"', "\\\"");
            let quoted = format!("resources: [s.yaml]\npatches:\n- patch: \"{quoted}\"\n{target}");
            variants.push(vec![("kustomization.yaml", quoted), secret()]);
        }
        let strategic = format!("resources: [s.yaml]\npatchesStrategicMerge:\n- |-\n{}", indented(patch));
        variants.push(vec![("kustomization.yaml", strategic), secret()]);
    }
    for env in ["hunter2\u{1}=x", "a=hunter2\na=hunter2\n", "=hunter2\n", "a b=hunter2\n", "a=hunter2\nhunter 2\n"] {
        let kustomization = "secretGenerator:\n- name: g\n  envs: [e.env]\n".to_owned();
        variants.push(vec![("kustomization.yaml", kustomization), ("e.env", env.to_owned())]);
    }
    for broken in ["images\n", "images: [\n", "images: \"\n", " images: []\n", "images:\n- newTag: y\n\tname: x\n"] {
        let kustomization =
            format!("secretGenerator:\n- name: g\n  literals: [hunter2]\n  literals:\n  - a=hunter2\n{broken}");
        variants.push(vec![("kustomization.yaml", kustomization)]);
    }
    variants
}

#[test]
fn no_value_of_a_secret_reaches_standard_error() {
    let variants = variants();
    let (mut n_failed, mut leaks) = (0, Vec::new());
    for files in &variants {
        let scratch = Scratch::new("leaks");
        for (path, text) in files {
            scratch.write(path, text);
        }
        for format in ["human", "json"] {
            let (code, _, stderr) = scratch.build(&["--error-format", format]);
            n_failed += usize::from(code == Some(1));
            if stderr.to_lowercase().contains("hunter") || !matches!(code, Some(0 | 1)) {
                leaks.push(format!("{files:?} ({format}, {code:?}):\n{stderr}"));
            }
        }
    }
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n\n"));
    assert!(n_failed > variants.len(), "only {n_failed} failures: most variants are meant not to build");
}

/// Forms of `diff` and `matrix`, each for two of the variants.
const COMPARISONS: [&[&str]; 7] = [
    &["diff", "--risks"],
    &["diff", "-o", "unified"],
    &["diff", "-o", "json", "--generated"],
    &["diff", "-o", "markdown", "--risks"],
    &["diff", "-o", "html"],
    &["matrix"],
    &["matrix", "-o", "json"],
];

/// Every variant that builds, compared with the others that do: also what is right is not shown.
#[test]
fn no_value_of_a_secret_is_in_a_comparison() {
    let variants = variants();
    let mut previous: Option<Files> = None;
    let (mut n_compared, mut leaks) = (0, Vec::new());
    for files in variants {
        // Names of keys are no values.
        if files.iter().any(|(path, _)| *path == "e.env") {
            continue;
        }
        let scratch = Scratch::new("leaks-diff");
        let write = |side: &str, files: &Files| {
            for (path, text) in files {
                scratch.write(&format!("{side}/{path}"), text);
            }
        };
        write("b", &files);
        let (code, ..) = scratch.build(&["b"]);
        if code != Some(0) {
            continue;
        }
        write("a", previous.as_ref().unwrap_or(&vec![("kustomization.yaml", "namePrefix: x-\n".to_owned())]));
        for comparison in COMPARISONS {
            let args: Vec<&str> = comparison.iter().copied().chain(["a", "b"]).collect();
            let output = crate::doors::run_program(scratch.directory(), &args);
            let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            n_compared += usize::from(matches!(output.status.code(), Some(0 | 1)));
            if said.to_lowercase().contains("hunter") {
                leaks.push(format!("{files:?} {comparison:?}:\n{said}"));
            }
        }
        previous = Some(files);
    }
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n\n"));
    assert!(n_compared > 100, "only {n_compared} comparisons: most are meant to succeed");
}
