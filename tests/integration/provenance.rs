//! Every scalar of an output says where it comes from: its place is known, the text at the place is the value (or what the
//! value was made of), and what a directive replaced can be followed back to the file that it stood in first.

use rustomize::build::{BuildOptions, build};
use rustomize::diagnostic::show_place;
use rustomize::fs::Memory;
use rustomize::provenance::Origin;
use rustomize::session::Session;
use rustomize::source::Sources;
use rustomize::yaml::tree::{NodeId, Tree};

const FILES: [(&str, &str); 7] = [
    (
        "/base/kustomization.yaml",
        "resources:\n- deployment.yaml\n- service.yaml\nnamePrefix: inner-\nconfigMapGenerator:\n- name: settings\n  literals:\n  - colour=blue\n  - \"size=1\"\n",
    ),
    (
        "/base/deployment.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations:\n    quoted: 'it''s'\n    escaped: \"a\\tb\"\n    block: |\n      one\n      two\nspec:\n  replicas: 1\n  paused: true\n  selector:\n    matchLabels: {app: web}\n  template:\n    metadata:\n      labels: &labels {app: web}\n    spec:\n      containers:\n      - name: web\n        image: nginx:1.0\n        envFrom:\n        - configMapRef: {name: settings}\n        - secretRef: {name: token}\n        env:\n        - {name: OLD, value: old}\n",
    ),
    (
        "/base/service.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: web}\n  ports:\n  - port: 80\n",
    ),
    (
        "/top/kustomization.yaml",
        "resources:\n- ../base\nnamespace: prod\nnamePrefix: p-\nnameSuffix: \"-s\"\ncommonAnnotations:\n  team: 'core'\nlabels:\n- includeSelectors: true\n  pairs:\n    tier: front\nimages:\n- name: nginx\n  newTag: \"2.0\"\nreplicas:\n- name: web\n  count: 3\nbuildMetadata: [managedByLabel]\nconfigMapGenerator:\n- name: settings\n  behavior: merge\n  literals:\n  - colour=red\n- name: extra\n  envs: [extra.env]\n  files: [notes.txt]\nsecretGenerator:\n- name: token\n  literals: [password=hunter2]\npatches:\n- path: patch.yaml\n- target: {kind: Service}\n  patch: |-\n    - op: replace\n      path: /spec/ports/0/port\n      value: 8080\n    - op: add\n      path: /spec/type\n      value: \"ClusterIP\"\n",
    ),
    (
        "/top/patch.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        env:\n        - {name: OLD, value: new}\n        - name: ADDED\n          value: \"1\"\n",
    ),
    ("/top/extra.env", "A=1\n# comment\nB=two\n"),
    ("/top/notes.txt", "some\nnotes\n"),
];

/// A scalar value with the way to it.
fn leaves(tree: &Tree, node: NodeId, path: &str, found: &mut Vec<(String, NodeId)>) {
    if tree.is_scalar(node) {
        found.push((path.to_owned(), node));
    }
    for (key, value) in tree.entries(node) {
        leaves(tree, value, &format!("{path}/{}", tree.text(key)), found);
    }
    for (index, item) in tree.items(node).enumerate() {
        leaves(tree, item, &format!("{path}/{index}"), found);
    }
}

/// The value of the YAML scalar that stands at an origin's place, and that scalar as it is written.
fn value_at(sources: &Sources, tree: &Tree, origin: Origin) -> Option<(String, String)> {
    let place = tree.origin_place(origin)?;
    let text = &sources.get(place.source).text;
    let written = text.get(place.span.start as usize..place.span.end as usize)?.to_owned();
    let value = match written.chars().next() {
        Some('"' | '\'') => serde_yaml::from_str(&written).ok()?,
        // A block is written without its last line end.
        Some('|' | '>') => serde_yaml::from_str(&format!("{written}\n")).ok()?,
        _ => written.clone(),
    };
    Some((value, written))
}

/// The origins of a node, the newest first.
fn chain(tree: &Tree, node: NodeId) -> Vec<Origin> {
    let next = |origin: &Origin| tree.origin_entry(*origin).and_then(|entry| entry.replaced);
    std::iter::successors(Some(tree.origin(node)), next).collect()
}

/// Returns whether a value is, or is made of, what stands at its place.
fn is_explained(field: Option<&str>, path: &str, value: &str, found: &str, whole_file: Option<&str>) -> bool {
    match field {
        // The value's own characters.
        None | Some("patches" | "labels" | "commonAnnotations" | "replicas" | "namespace") => value == found,
        // A part of the value.
        Some("namePrefix" | "nameSuffix" | "images" | "generatorOptions") => value.contains(found),
        Some("buildMetadata") => found == "managedByLabel",
        Some("configMapGenerator") if path.starts_with("/data/") => match whole_file {
            Some(content) => value == content,
            // Merged values stand where the base has them.
            None => found.split_once('=').is_some_and(|(_, right)| right.trim_matches('"') == value),
        },
        Some("secretGenerator") if path.starts_with("/data/") => found.contains('='),
        // What the generator adds of itself stands at its entry.
        Some("configMapGenerator" | "secretGenerator") => {
            matches!(value, "v1" | "ConfigMap" | "Secret" | "Opaque") || value == found || path == "/metadata/name"
        }
        Some(_) => false,
    }
}

#[test]
fn every_scalar_of_an_output_has_a_place_that_explains_it() {
    let mut memory = Memory::new();
    FILES.iter().for_each(|(path, text)| memory.set(path, *text));
    let mut session = Session::new(&memory, "/");
    let built = build(&mut session, "/top", &BuildOptions::default()).unwrap_or_else(|errors| panic!("{errors:?}"));
    let mut faults = Vec::new();
    let mut chains = Vec::new();
    for resource in built.resources.iter() {
        let tree = &resource.tree;
        let mut found = Vec::new();
        leaves(tree, tree.root(), "", &mut found);
        for (path, node) in found {
            let value = tree.text(node);
            let origins = chain(tree, node);
            let fields: Vec<Option<&str>> = (origins.iter())
                .map(|&origin| tree.origin_entry(origin).map(|entry| session.directives.get(entry.by).field))
                .collect();
            let places: Vec<String> = (origins.iter())
                .map(|&origin| {
                    tree.origin_place(origin).map_or("?".into(), |place| show_place(&session.sources, place))
                })
                .collect();
            let line = format!("{} {path} = {value:?}: {fields:?} {places:?}", resource.id.gvk.kind);
            let (first, rest) = origins.split_first().expect("a chain has a beginning");
            match value_at(&session.sources, tree, *first) {
                None => faults.push(format!("no place: {line}")),
                Some((at, _)) => {
                    let place = tree.place(node).expect("it was just found");
                    let source = session.sources.get(place.source);
                    let whole = (place.span.end == 0).then_some(source.text.as_str());
                    if !is_explained(fields[0], &path, value, &at, whole) {
                        faults.push(format!("not explained by {at:?}: {line}"));
                    }
                }
            }
            if rest.iter().any(|&origin| value_at(&session.sources, tree, origin).is_none()) {
                faults.push(format!("no place for what was replaced: {line}"));
            }
            let shown: Vec<String> = (fields.iter().zip(&places))
                .map(|(field, place)| format!("{} {place}", field.unwrap_or("read")))
                .collect();
            chains.push(format!("{} {path} = {value}: {}", resource.id.gvk.kind, shown.join(" < ")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(chains.len() > 60, "only {} scalars", chains.len());
    // Kind, path and value: the writers with what they wrote, back to where the value stood first.
    for expected in [
        "Deployment /spec/replicas = 3: replicas top/kustomization.yaml:17:10 < read base/deployment.yaml:12:13",
        "Deployment /spec/template/spec/containers/0/image = nginx:2.0: images top/kustomization.yaml:14:11 \
         < read base/deployment.yaml:22:16",
        "Deployment /spec/template/spec/containers/0/env/0/value = new: patches top/patch.yaml:11:30 \
         < read base/deployment.yaml:27:30",
        "Deployment /spec/template/spec/containers/0/envFrom/1/secretRef/name = p-token-s-cf85kd65mm: \
         generatorOptions top/kustomization.yaml:5:13 < read base/deployment.yaml:25:29",
        "Service /spec/ports/0/port = 8080: patches top/kustomization.yaml:36:14 < read base/service.yaml:7:11",
        "Service /metadata/name = p-inner-web-s: nameSuffix top/kustomization.yaml:5:13 \
         < namePrefix top/kustomization.yaml:4:13 < namePrefix base/kustomization.yaml:4:13 < read base/service.yaml:3:18",
        "ConfigMap /data/size = 1: configMapGenerator base/kustomization.yaml:9:5",
        "ConfigMap /data/colour = red: configMapGenerator top/kustomization.yaml:23:5 \
         < configMapGenerator base/kustomization.yaml:8:5",
        "ConfigMap /metadata/name = p-inner-settings-s-d2df52g7td: generatorOptions top/kustomization.yaml:5:13 \
         < nameSuffix top/kustomization.yaml:5:13 < namePrefix top/kustomization.yaml:4:13 \
         < namePrefix base/kustomization.yaml:4:13 < configMapGenerator base/kustomization.yaml:6:9",
    ] {
        assert!(chains.iter().any(|chain| chain == expected), "missing: {expected}\nin:\n{}", chains.join("\n"));
    }
}
