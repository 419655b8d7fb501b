//! Runs the cases in `tests/data/transform`: whole kustomizations, with what the reference makes of them.

use super::images;
use crate::build::{BuildOptions, build};
use crate::diagnostic::Report;
use crate::fieldspec::TransformerConfig;
use crate::fs::{Disk, FileSystem};
use crate::kustomization::{ImageEntry, PlacedText};
use crate::limits::Limits;
use crate::provenance::Directives;
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::session::Session;
use crate::source::{Place, Sensitivity, Sources, Span};
use crate::yaml::read::read_documents;
use std::sync::Arc;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/transform");

fn read(path: &str) -> Option<String> {
    Disk.read(path, 1 << 20).ok().map(|bytes| String::from_utf8(bytes).expect("cases are UTF-8"))
}

/// Returns the output of a case, or the codes of its errors, one a line.
fn run(case: &str) -> Result<String, String> {
    let mut session = Session::new(&Disk, ROOT);
    let codes = |errors: Vec<crate::diagnostic::Diagnostic>| {
        let errors = errors.iter().filter(|error| error.severity == crate::diagnostic::Severity::Error);
        errors.map(|error| format!("{}\n", error.code)).collect::<String>()
    };
    build(&mut session, &format!("{ROOT}/{case}"), &BuildOptions::default()).map(|build| build.text).map_err(codes)
}

#[test]
fn cases_give_what_the_reference_gives() {
    let cases = Disk.list(ROOT).expect("the directory of cases exists");
    let mut faults = Vec::new();
    let mut n_cases = 0;
    for case in cases.iter().filter(|name| !name.contains('.')) {
        n_cases += 1;
        let expected =
            match (read(&format!("{ROOT}/{case}/expected.yaml")), read(&format!("{ROOT}/{case}/expected.code"))) {
                (Some(text), None) => Ok(text),
                (None, Some(codes)) => Err(codes),
                _ => panic!("{case}: wants either expected.yaml or expected.code"),
            };
        let found = run(case);
        if found != expected {
            faults.push(format!("{case}:\nexpected {expected:#?}\nfound {found:#?}"));
        }
    }
    assert!(n_cases > 40, "only {n_cases} cases were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A resource map of one file, and the place of nothing in particular.
fn resmap_of(text: &str) -> (ResMap, Place) {
    let source = Sources::default().add("r.yaml", text.to_owned(), Sensitivity::Yaml, None);
    let place = Place { source: source.id, span: Span::default() };
    let mut resmap = ResMap::default();
    for tree in read_documents(&source, &Limits::default()).expect("the text is YAML") {
        resmap.append(Arc::new(Resource::new(Arc::new(tree)))).expect("identities differ");
    }
    (resmap, place)
}

fn image(name: &str, new_tag: &str, place: Place) -> ImageEntry {
    let text = |value: &str| PlacedText { value: value.to_owned(), place };
    let (name, new_tag) = (text(name), Some(text(new_tag)));
    ImageEntry { place, name, new_name: None, new_tag, digest: None, tag_suffix: None }
}

#[test]
fn only_what_changes_is_copied_and_what_matches_nothing_is_told() {
    let (base, place) = resmap_of(
        "{apiVersion: v1, kind: Pod, metadata: {name: p}, \
         spec: {containers: [{image: 'gcr.io/dreamseed/assessment-service:1'}]}}",
    );
    let by = Directives::default().add("images", Some(0), place);
    for (name, tag, is_shared, help) in [
        ("gcr.io/dreamseed/assessment-service", "1", true, None),
        ("gcr.io/dreamseed/assessment-service", "2", false, None),
        ("assessment-service", "2", true, Some("did you mean `gcr.io/dreamseed/assessment-service`?")),
        ("unlike", "2", true, None),
    ] {
        let mut overlay = base.clone();
        let mut report = Report::default();
        let entry = image(name, tag, place);
        let touched = images::apply(&mut overlay, &[(&entry, by)], &TransformerConfig::default(), &mut report);
        let n_touched = touched.expect("images are well-formed")[0].resources;
        assert_eq!(Arc::ptr_eq(&overlay.get(0).tree, &base.get(0).tree), is_shared, "{name}:{tag}");
        assert_eq!(n_touched == 0, !report.diagnostics.is_empty(), "{name}: a warning where nothing is touched");
        let helps: Vec<&str> = report.diagnostics.iter().flat_map(|it| &it.help).map(String::as_str).collect();
        assert_eq!(helps, help.into_iter().collect::<Vec<_>>(), "{name}");
    }
}
