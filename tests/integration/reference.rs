//! What the documentation promises: the README shows what is said, and every field that is not supported is refused by name.

use crate::case::difference;
use crate::disk::Scratch;
use rustomize::build::{BuildOptions, build};
use rustomize::diagnostic::{Code, Severity};
use rustomize::fs::Memory;
use rustomize::session::Session;

/// The README shows what the program says: a block behind `<!-- OUTPUT: build DIR -->` is its standard error.
#[test]
fn the_readme_shows_what_is_said() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).expect("the README");
    let mut n_blocks = 0;
    for part in readme.split("<!-- OUTPUT: build ").skip(1) {
        let (directory, rest) = part.split_once(" -->\n```\n").expect("a block follows the mark");
        let (shown, _) = rest.split_once("```\n").expect("the block ends");
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_rustomize"))
            .args(["build", directory])
            .current_dir(root)
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said == shown, "README.md, {directory}:\n{}", difference(shown, &said));
        n_blocks += 1;
    }
    assert_eq!(n_blocks, 3);
}

/// A kustomization file, the code of its error, what the message names, and the line and column of the primary label.
const UNSUPPORTED: &[(&str, Code, &str, u32, u32)] = &[
    ("replacements:\n- path: r.yaml\n", Code::UnsupportedField, "`replacements`", 2, 1),
    (
        "vars:\n- name: V\n  objref: {kind: ConfigMap, name: c, apiVersion: v1}\n",
        Code::UnsupportedField,
        "`vars`",
        2,
        1,
    ),
    ("configurations:\n- c.yaml\n", Code::UnsupportedField, "`configurations`", 2, 1),
    ("crds:\n- c.yaml\n", Code::UnsupportedField, "`crds`", 2, 1),
    ("generators:\n- g.yaml\n", Code::UnsupportedField, "`generators`", 2, 1),
    ("transformers:\n- t.yaml\n", Code::UnsupportedField, "`transformers`", 2, 1),
    ("validators:\n- v.yaml\n", Code::UnsupportedField, "`validators`", 2, 1),
    ("helmCharts:\n- name: h\n", Code::UnsupportedField, "`helmCharts`", 2, 1),
    ("helmGlobals:\n  chartHome: h\n", Code::UnsupportedField, "`helmGlobals`", 2, 1),
    ("helmChartInflationGenerator:\n- chartName: h\n", Code::UnsupportedField, "`helmChartInflationGenerator`", 2, 1),
    ("components:\n- https://example.com/x//y?ref=v1\n", Code::RemoteUnsupported, "`https://example.com", 3, 3),
    ("bases:\n- github.com/example/x\n", Code::RemoteUnsupported, "`github.com/example/x`", 3, 3),
    ("patches:\n- path: https://example.com/p.yaml\n", Code::RemoteUnsupported, "`https://example.com/p.yaml`", 3, 9),
    (
        "patches:\n- patch: |-\n    apiVersion: v1\n    kind: ConfigMap\n    metadata:\n      name: c\n    \
         items: # {\"type\": \"array\", \"x-kubernetes-patch-strategy\": \"merge\"}\n    - a\n",
        Code::UnsupportedField,
        "schema in a comment",
        8,
        12,
    ),
];

#[test]
fn what_is_not_supported_is_refused_by_name() {
    for &(fields, code, named, line, column) in UNSUPPORTED {
        let scratch = Scratch::new("unsupported");
        let mut fs = Memory::new();
        let config_map = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n";
        for (path, text) in
            [("k/kustomization.yaml", &*format!("resources: [c.yaml]\n{fields}")), ("k/c.yaml", config_map)]
        {
            fs.set(&format!("/{path}"), text.as_bytes().to_vec());
            scratch.write(path, text);
        }
        let mut session = Session::new(&fs, "/");
        let errors = build(&mut session, "k", &BuildOptions::default()).err();
        let errors = errors.unwrap_or_else(|| panic!("{fields:?} is built"));
        let error = errors.iter().find(|error| error.severity == Severity::Error && error.code == code);
        let error = error.unwrap_or_else(|| panic!("{fields:?}: {errors:?}"));
        assert!(error.message.contains(named), "{fields:?}: {}", error.message);
        let place = error.labels.first().unwrap_or_else(|| panic!("{fields:?}: no place")).place;
        let place = session.sources.outermost(place);
        let source = session.sources.get(place.source);
        let at = source.line_column(place.span.start);
        assert_eq!((&*source.path, at.line, at.column), ("k/kustomization.yaml", line, column), "{fields:?}");
        let (exit_code, stdout, stderr) = scratch.build(&["k"]);
        assert_eq!((exit_code, stdout.as_str()), (Some(1), ""), "{fields:?}");
        assert!(
            stderr.contains(named) && stderr.contains(&format!("k/kustomization.yaml:{line}:{column}")),
            "{stderr}"
        );
    }
}
