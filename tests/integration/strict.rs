//! `build --strict`: every warning about a directive without effect is an error, with nothing on standard output.

use crate::disk::Scratch;

const OBJECT: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  text: \"y\"\n";

const CONFIG: &str = "commonAnnotations:\n- {path: metadata/annotations, kind: Secret, create: true}\n";

/// The code of the warning, and the field that has no effect.
const WITHOUT_EFFECT: &[(&str, &str)] = &[
    (
        "patch-target-unmatched",
        "patches:\n- target: {kind: Secret}\n  patch: '[{\"op\": \"remove\", \"path\": \"/data\"}]'\n",
    ),
    ("image-unmatched", "images:\n- name: nginx\n  newTag: '1'\n"),
    (
        "replacement-target-unmatched",
        "replacements:\n- source: {kind: ConfigMap, name: c, fieldPath: data.text}\n  targets:\n  - select: {kind: Secret}\n    fieldPaths: [data.text]\n",
    ),
    ("var-unused", "vars:\n- name: TEXT\n  objref: {apiVersion: v1, kind: ConfigMap, name: c}\n"),
    ("crds-without-effect", "crds: [crd.json]\n"),
    (
        "patch-without-effect",
        "patches:\n- patch: '{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"c\"}, \"data\": {\"text\": \"y\"}}'\n",
    ),
    ("field-spec-displaced", "configurations: [config.yaml]\n"),
];

#[test]
fn directives_without_effect_are_errors() {
    for (code, field) in WITHOUT_EFFECT {
        let scratch = Scratch::new(&format!("strict-{code}"));
        scratch
            .write("c.yaml", OBJECT)
            .write("crd.json", "{}")
            .write("config.yaml", CONFIG)
            .write("kustomization.yaml", &format!("resources: [c.yaml]\n{field}"));
        let (status, output, words) = scratch.build(&["."]);
        assert_eq!((status, output.as_str()), (Some(0), OBJECT_SORTED), "{words}");
        assert!(words.contains(&format!("warning[{code}]")), "{words}");
        let (status, output, words) = scratch.build(&[".", "--strict"]);
        assert_eq!((status, output.as_str()), (Some(1), ""), "{words}");
        assert!(words.contains(&format!("error[{code}]")), "{words}");
    }
}

const OBJECT_SORTED: &str = "apiVersion: v1\ndata:\n  text: \"y\"\nkind: ConfigMap\nmetadata:\n  name: c\n";

/// A kustomization with two warnings.
fn with_two_warnings(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.write("c.yaml", OBJECT).write(
        "kustomization.yaml",
        "resources: [c.yaml]\nimages: [{name: nginx, newTag: '1'}]\nvars:\n- name: TEXT\n  objref: {apiVersion: v1, kind: ConfigMap, name: c}\n",
    );
    scratch
}

#[test]
fn codes_are_denied_and_allowed() {
    let scratch = with_two_warnings("deny-allow");
    // Flags, exit code, and of each warning whether it is told, and as what.
    let (image, var) = ("image-unmatched", "var-unused");
    for (flags, code, of_image, of_var) in [
        (&["--deny", image][..], 1, Some("error"), Some("warning")),
        (&["--deny=image-unmatched", "--deny=var-unused"], 1, Some("error"), Some("error")),
        (&["--allow", image], 0, None, Some("warning")),
        (&["--strict", "--allow", image], 1, None, Some("error")),
        (&["--strict", "--allow", image, "--allow", var], 0, None, None),
        (&["--allow", image, "--deny", image], 1, Some("error"), Some("warning")),
        (&["--deny", "cycle"], 0, Some("warning"), Some("warning")),
    ] {
        let (status, output, words) = scratch.build(&[&["."], flags].concat());
        assert_eq!((status, output.is_empty()), (Some(code), code == 1), "{flags:?}: {words}");
        for (name, told) in [(image, of_image), (var, of_var)] {
            for severity in ["error", "warning"] {
                let is_told = words.contains(&format!("{severity}[{name}]"));
                assert_eq!(is_told, told == Some(severity), "{flags:?}: {words}");
            }
        }
    }
    let (status, output, words) = scratch.build(&[".", "--deny", "image-unmached"]);
    assert_eq!((status, output.as_str()), (Some(1), ""));
    assert!(
        words.contains("`image-unmached` of `--deny` is no code") && words.contains("`image-unmatched`"),
        "{words}"
    );
}

#[test]
fn a_summary_tells_what_each_directive_touched() {
    let scratch = with_two_warnings("summary");
    scratch.write(
        "kustomization.yaml",
        "resources: [c.yaml]\nnamePrefix: p-\nimages: [{name: nginx, newTag: '1'}]\nconfigMapGenerator:\n- name: made\n  literals: [a=b]\n",
    );
    let (status, output, words) = scratch.build(&[".", "--summary", "--allow", "image-unmatched"]);
    assert_eq!((status, output.is_empty()), (Some(0), false), "{words}");
    assert_eq!(
        words,
        "kustomization.yaml:5:3   configMapGenerator[0]  1 object\n\
         kustomization.yaml:2:13  namePrefix             2 objects, 2 fields\n\
         kustomization.yaml:3:10  images[0]              nothing\n"
    );
    // Programs read manifests and diagnostics, not this.
    let (_, with, words) = scratch.build(&[".", "--summary", "--error-format=json", "--allow=image-unmatched"]);
    assert_eq!((with.as_str(), words.as_str()), (output.as_str(), ""));
}
