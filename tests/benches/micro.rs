//! The parts of a build, each by itself: `cargo bench --bench micro [-- FILTER]`.
//!
//! Whole builds are timed by `cargo xtask bench`, and counted by `cargo xtask instructions`.

#[allow(dead_code, unreachable_pub, reason = "shared with the chores, which use other parts of it")]
mod workloads;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use rustomize::diagnostic::Report;
use rustomize::fieldspec::TransformerConfig;
use rustomize::fs::Memory;
use rustomize::generate::hash;
use rustomize::kustomization::PlacedText;
use rustomize::limits::Limits;
use rustomize::manifest;
use rustomize::patch::strategic_merge;
use rustomize::provenance::{DirectiveId, Stamp};
use rustomize::refs::name_reference;
use rustomize::resmap::ResMap;
use rustomize::resource::Gvk;
use rustomize::schema::merge_keys;
use rustomize::session::Session;
use rustomize::source::{Place, Sensitivity, Source, Sources, Span};
use rustomize::transform::affix;
use rustomize::yaml::emit::emit;
use rustomize::yaml::read::read_documents;
use rustomize::yaml::tree::Tree;
use std::sync::Arc;

/// Many small manifests, deep definitions in folded sentences, long block texts.
const TEXTS: [&str; 3] = ["wide-100", "crd-4", "bigmap-4"];

fn main() {
    divan::main();
}

fn source(path: &str, text: String) -> Arc<Source> {
    Sources::default().add(path, text, Sensitivity::Yaml, None)
}

/// The manifests of a workload.
fn sources(name: &str) -> Vec<Arc<Source>> {
    let workload = workloads::generate(name).expect("the workload exists");
    let is_manifest = |path: &str| path.ends_with(".yaml") && !path.ends_with("kustomization.yaml");
    let files = workload.files.into_iter().filter(|file| is_manifest(&file.0));
    files.map(|(path, text)| source(&path, text)).collect()
}

fn trees(sources: &[Arc<Source>]) -> Vec<Tree> {
    sources.iter().flat_map(|source| read_documents(source, &Limits::default()).expect("it is YAML")).collect()
}

fn tree(text: String) -> Tree {
    trees(&[source("one.yaml", text)]).pop().expect("it holds a document")
}

/// What writes, for functions that want to know.
fn writer() -> (DirectiveId, Place) {
    let fs = Memory::new();
    let mut session = Session::new(&fs, "/");
    let source = session.sources.add("kustomization.yaml", String::new(), Sensitivity::Yaml, None);
    let place = Place { source: source.id, span: Span::new(0, 0) };
    (session.directive("benchmark", None, place), place)
}

#[divan::bench(args = TEXTS)]
fn parse(bencher: Bencher, name: &str) {
    let sources = sources(name);
    let n_bytes: usize = sources.iter().map(|source| source.text.len()).sum();
    bencher.counter(BytesCount::new(n_bytes)).bench_local(|| trees(&sources));
}

#[divan::bench(args = TEXTS)]
fn print(bencher: Bencher, name: &str) {
    let trees = trees(&sources(name));
    let print = || {
        let mut text = String::new();
        for tree in &trees {
            emit(tree, tree.root(), &mut text).expect("it can be printed");
        }
        text
    };
    bencher.counter(BytesCount::new(print().len())).bench_local(print);
}

#[divan::bench]
fn strategic_merge_of_a_deployment(bencher: Bencher) {
    let object = tree(workloads::deployment("orders-0000", 0, "config"));
    let patch = tree(workloads::strategic("orders-0000", "512Mi"));
    let schema = merge_keys::of_type(&Gvk::of("apps", "v1", "Deployment"));
    let (by, place) = writer();
    let stamp = Stamp { by, place: Some(place) };
    bencher.with_inputs(|| object.clone()).bench_local_values(|mut object| {
        strategic_merge::merge(&mut object, &patch, schema, None, None, &stamp).expect("the patch fits");
        object
    });
}

#[divan::bench(args = [100, 1000])]
fn name_references(bencher: Bencher, n: usize) {
    let mut report = Report::default();
    let mut resmap = ResMap::default();
    for resource in manifest::resources(trees(&sources(&format!("wide-{n}"))), &mut report) {
        // Patches are among the files: what stands there already is left out.
        let _ = resmap.append(resource);
    }
    let config = TransformerConfig::default();
    let (by, place) = writer();
    let prefix = PlacedText { value: "eu-".into(), place };
    affix::apply_prefix(&mut resmap, &prefix, &config, by).expect("names take a prefix");
    bencher.counter(ItemsCount::new(resmap.len())).with_inputs(|| resmap.clone()).bench_local_values(|mut resmap| {
        name_reference::fix(&mut resmap, &config, by, &mut Report::default());
        resmap
    });
}

#[divan::bench]
fn hash_of_a_large_config_map(bencher: Bencher) {
    let trees = trees(&sources("bigmap-4"));
    let tree = trees.first().expect("half of the maps are manifests");
    let mut text = String::new();
    bencher.bench_local(|| hash::suffix(tree, "ConfigMap", &mut text).map_err(drop));
}

#[divan::bench]
fn hash_of_a_small_config_map(bencher: Bencher) {
    let tree = tree("kind: ConfigMap\ndata:\n  INDEX: \"1\"\n  URL: https://service.example:8443/\n".to_owned());
    let mut text = String::new();
    bencher.bench_local(|| hash::suffix(&tree, "ConfigMap", &mut text).map_err(drop));
}
