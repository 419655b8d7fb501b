//! `cargo xtask crds`: what this project says about custom resources, against the definitions that other projects publish in
//! their Go modules.
//!
//! The objects of the example systems are validated together with these definitions, and the lists of docs/lists.md (a test
//! holds them to the catalogue) are looked up in them. Run by hand: it fetches hundreds of megabytes, and what is found is to be
//! judged by a person.

mod catalogue;

use crate::schemas::go;
use crate::shell::{self, Result};
use rustomize::build::{BuildOptions, build};
use rustomize::diagnostic::show_place;
use rustomize::fs::Memory;
use rustomize::session::Session;
use rustomize::validate::{Options, validate};
use std::path::Path;

/// A module, its version, and the file or directory that holds the definitions.
type Module = (&'static str, &'static str, &'static str);

/// Newer ones of some need a newer Go.
const MODULES: [Module; 15] = [
    ("github.com/argoproj/argo-cd/v3", "v3.1.9", "manifests/crds"),
    ("github.com/argoproj/argo-rollouts", "v1.8.3", "manifests/crds"),
    ("github.com/argoproj/argo-workflows/v3", "v3.7.1", "manifests/base/crds/full"),
    ("github.com/bitnami-labs/sealed-secrets", "v0.31.0", "helm/sealed-secrets/crds"),
    ("github.com/cert-manager/cert-manager", "v1.21.2", "deploy/crds"),
    ("github.com/external-secrets/external-secrets", "v1.3.2", "config/crds/bases"),
    ("github.com/fluxcd/flagger", "v1.41.0", "artifacts/flagger"),
    ("github.com/kedacore/keda/v2", "v2.17.2", "config/crd/bases"),
    ("github.com/openkruise/kruise", "v1.8.0", "config/crd/bases"),
    ("github.com/prometheus-operator/prometheus-operator", "v0.85.0", "example/prometheus-operator-crd"),
    ("github.com/vmware-tanzu/velero", "v1.16.2", "config/crd/v1/bases"),
    ("istio.io/api", "v1.31.1", "kubernetes"),
    ("k8s.io/autoscaler/vertical-pod-autoscaler", "v1.4.1", "deploy/vpa-v1-crd-gen.yaml"),
    ("knative.dev/serving", "v0.51.0", "config/core/300-resources"),
    ("sigs.k8s.io/gateway-api", "v1.4.0", "config/crd/standard"),
];

pub fn run(words: &[&str]) -> Result<()> {
    let (is_of_examples, is_of_catalogue) = match words {
        [] => (true, true),
        ["examples"] => (true, false),
        ["catalogue"] => (false, true),
        _ => return Err("usage: cargo xtask crds [examples|catalogue]".to_owned()),
    };
    let mut definitions = Vec::new();
    for (module, version, path) in MODULES {
        let found = read(&go::download(module, version)?.join(path))?;
        println!("{module}@{version}: {} definitions", found.len());
        definitions.extend(found);
    }
    let n_findings = if is_of_examples { examples(&definitions)? } else { 0 };
    let n_others = if is_of_catalogue { catalogue::check(&definitions)? } else { 0 };
    match n_findings + n_others {
        0 => Ok(()),
        n => Err(format!("{n} to be judged")),
    }
}

/// Reads the definitions in a file, or in the files of a directory.
fn read(path: &Path) -> Result<Vec<String>> {
    let files = if path.is_dir() { shell::entries(path)? } else { vec![path.to_path_buf()] };
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "yaml" || end == "yml")) {
        let text = shell::read(file)?;
        let documents = text.split("\n---").map(str::to_owned);
        found.extend(documents.filter(|text| text.lines().any(|line| line == "kind: CustomResourceDefinition")));
    }
    if found.is_empty() { Err(format!("{} holds no definitions", path.display())) } else { Ok(found) }
}

/// Validates what the example systems print together with the definitions; returns how much is found.
fn examples(definitions: &[String]) -> Result<usize> {
    let definitions = definitions.join("\n---\n");
    let (mut n_overlays, mut n_objects, mut n_custom, mut n_unknown, mut n_findings) = (0, 0, 0, 0, 0);
    let n_definitions = checked(&definitions, "", |_| ())?.0;
    for system in shell::entries(Path::new("examples"))? {
        let expected = system.join("expected");
        for file in if expected.is_dir() { shell::entries(&expected)? } else { Vec::new() } {
            let objects = shell::read(&file)?;
            let (n_all, unknown) = checked(&definitions, &objects, |finding| {
                println!("{}: {finding}", file.display());
                n_findings += 1;
            })?;
            let without = checked("", &objects, |_| ())?;
            n_overlays += 1;
            n_objects += n_all - n_definitions;
            n_custom += without.1;
            n_unknown += unknown;
            if unknown > 0 {
                println!("{}: {unknown} objects without a definition", file.display());
            }
        }
    }
    println!(
        "{n_overlays} overlays, {n_objects} objects, {n_custom} of them of kinds that the build does not define, \
         {n_unknown} of which no module defines; {n_findings} findings"
    );
    Ok(n_findings)
}

/// Calls `tell` with every finding; returns how many objects there are and of how many the fields are not known.
fn checked(definitions: &str, objects: &str, mut tell: impl FnMut(&str)) -> Result<(usize, usize)> {
    let mut files = Memory::new();
    files.set("/built/kustomization.yaml", "resources:\n- definitions.yaml\n- objects.yaml\n".to_owned());
    files.set("/built/definitions.yaml", definitions.to_owned());
    files.set("/built/objects.yaml", objects.to_owned());
    let mut session = Session::for_one_build(&files, "/built");
    let built = build(&mut session, ".", &BuildOptions::default())
        .map_err(|errors| errors.iter().map(|error| error.message.clone()).collect::<Vec<_>>().join("; "))?;
    let found = validate(&built, &Options::default());
    for finding in &found.findings {
        let label = finding.diagnostic.labels.first();
        let place = label.map(|label| show_place(&session.sources, label.place)).unwrap_or_default();
        // The definitions themselves are not ours.
        if !place.starts_with("definitions.yaml") {
            tell(&format!("{place} {}: {}", finding.diagnostic.code.as_str(), finding.diagnostic.message));
        }
    }
    Ok((found.n_objects, found.n_unknown))
}
