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
