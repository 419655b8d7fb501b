//! yaml-rust2 as a second reader of YAML: it must see the trees that this reader sees.

mod compare;

use compare::{Verdict, compare};
use std::collections::BTreeMap;
use std::path::Path;

/// Files of tests/cases that it reads otherwise: merge keys are applied here, and a number in quotes behind `!!int` loses
/// them; a byte-order mark and a block of text that ends with the file are others to it.
const FILES: &[(&str, Verdict)] = &[
    ("edit/image-through-an-alias/input/kustomization.yaml", Verdict::Different),
    ("edit/lines-with-carriage-return/expected/kustomization.yaml", Verdict::Different),
    ("edit/lines-with-carriage-return/input/kustomization.yaml", Verdict::Different),
    ("edit/namespace-behind-an-open-text/input/kustomization.yaml", Verdict::Different),
    ("scalars/anchors-and-merge-keys/input/w.yaml", Verdict::Different),
    ("scalars/types-and-quotes/input/w.yaml", Verdict::Different),
];

/// How often the two agree about the texts of tests/data/read, most of which were made to be read wrongly. What differs is
/// YAML 1.1 against 1.2, or one of the gaps of go-yaml that this reader shares.
const TRAPS: &[(Verdict, usize)] = &[
    (Verdict::Same, 1037),
    (Verdict::Refused, 1201),
    (Verdict::OnlyOurs, 467),
    (Verdict::OnlyTheirs, 163),
    (Verdict::Different, 162),
];

#[test]
fn files_of_the_cases_are_read_alike() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files = Vec::new();
    walk(&root, &mut files);
    let mut found = Vec::new();
    let mut n_same = 0;
    for (name, text) in &files {
        match compare(text) {
            Verdict::Same => n_same += 1,
            Verdict::Refused => {}
            verdict => found.push((name.as_str(), verdict)),
        }
    }
    assert_eq!(found, FILES);
    assert!(n_same > 100, "only {n_same} of {} files were compared", files.len());
}

#[test]
fn traps_are_read_alike_or_known_to_differ() {
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for table in [include_str!("../data/read/cases.txt"), include_str!("../data/read/traps.txt")] {
        for line in table.lines().filter_map(|line| line.strip_prefix("= ")) {
            let text: String = serde_json::from_str(line).expect("the input is a JSON string");
            *counts.entry(compare(&text)).or_default() += 1;
        }
    }
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), TRAPS);
}

fn walk(directory: &Path, files: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> = std::fs::read_dir(directory)
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
        .unwrap_or_default();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml")
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
            let name = path.strip_prefix(root).unwrap_or(&path);
            files.push((name.to_string_lossy().into_owned(), text));
        }
    }
}
