//! Random `configurations`, `crds` and `openapi`: files that say where names, labels and lists stand in other kinds.

use super::generate::{Generator, Level};
use super::yaml::{Content, Style, Yaml};

pub fn add(g: &mut Generator, level: &mut Level) {
    if g.likely(9) {
        g.tag("configurations");
        let n_files = g.random.between(1, 2);
        let mut paths = Vec::new();
        for _ in 0..n_files {
            let document = configuration(g);
            let style = g.style();
            paths.push(g.file(level, "config", "yaml", Content::Documents(vec![document], style)));
        }
        level.add("configurations", Yaml::list(paths));
    }
    if g.likely(6) {
        g.tag("crds");
        let document = definitions(g);
        let is_json = g.random.chance(30);
        let style = if is_json { Style { json: true, ..Style::default() } } else { g.style() };
        let path =
            g.file(level, "crd", if is_json { "json" } else { "yaml" }, Content::Documents(vec![document], style));
        level.add("crds", Yaml::list([path]));
    }
    if g.likely(3) {
        openapi(g, level);
    }
}

pub fn field_spec(kind: Option<&str>, path: &str, create: Option<bool>) -> Yaml {
    let mut spec = Yaml::map([("path", Yaml::scalar(path))]);
    if let Some(kind) = kind {
        spec.set(&["kind"], Yaml::scalar(kind));
    }
    if let Some(create) = create {
        spec.set(&["create"], Yaml::scalar(create.to_string()));
    }
    spec
}

/// A transformer configuration of one to four sections.
fn configuration(g: &mut Generator) -> Yaml {
    let mut document = Yaml::Map(Vec::new());
    for _ in 0..g.random.between(1, 4) {
        let mut create = Some(g.random.chance(50));
        let (tag, section, path): (&'static str, &str, &str) = match g.random.below(13) {
            0 => ("configurations: namePrefix", "namePrefix", "spec/ref/name"),
            1 => ("configurations: nameSuffix", "nameSuffix", "spec/ref/name"),
            2 => ("configurations: namespace", "namespace", "spec/ref/namespace"),
            3 => ("configurations: commonLabels", "commonLabels", "spec/selector"),
            4 => ("configurations: labels", "labels", "spec/labels"),
            5 => ("configurations: templateLabels", "templateLabels", "spec/template/metadata/labels"),
            6 => (
                "configurations: volumeClaimTemplateLabels",
                "volumeClaimTemplateLabels",
                "spec/claims[]/metadata/labels",
            ),
            7 => ("configurations: commonAnnotations", "commonAnnotations", "spec/template/metadata/annotations"),
            8 => ("configurations: images", "images", g.random.word(&["spec/image", "spec/pods[]/image"])),
            9 => ("configurations: replicas", "replicas", "spec/replicas"),
            10 => {
                g.tag("configurations: varReference");
                let path = g.random.word(&["spec/host", "spec/hosts", "spec/host", "spec/hosts", "data/host"]);
                let kind = if g.random.chance(70) { Some("Widget") } else { Some("ConfigMap") };
                document.set(&["varReference"], Yaml::List(vec![field_spec(kind, path, None)]));
                continue;
            }
            _ => {
                g.tag("configurations: nameReference");
                let reference = name_reference(g);
                document.set(&["nameReference"], Yaml::List(vec![reference]));
                continue;
            }
        };
        g.tag(tag);
        // Specs of one place that disagree are refused.
        if !g.random.chance(8) {
            create = if section.contains("abels") || section == "commonAnnotations" { Some(true) } else { None };
        }
        let kind = g.random.word(&["Widget", "Widget", "Widget", "Rollout", "Gadget"]);
        let mut spec = field_spec(Some(kind), path, create);
        if g.random.chance(20) {
            spec.set(&["group"], Yaml::scalar("example.com"));
        }
        if g.random.chance(15) {
            spec.set(&["version"], Yaml::scalar("v1"));
        }
        document.set(&[section], Yaml::List(vec![spec]));
    }
    if g.random.chance(1) {
        document.set(&["noSuchSection"], Yaml::List(Vec::new()));
    }
    document
}

fn name_reference(g: &mut Generator) -> Yaml {
    let kind = g.random.word(&["ConfigMap", "Secret", "Widget", "Service", "Deployment", "Gadget"]);
    let mut reference = Yaml::map([("kind", Yaml::scalar(kind))]);
    if g.random.chance(40) {
        reference.set(&["version"], Yaml::scalar("v1"));
    }
    let paths =
        ["spec/ref/name", "spec/ref", "spec/configRef", "spec/refs/name", "spec/names", "metadata/annotations/ref"];
    let n_specs = g.random.between(1, 2);
    let specs = (0..n_specs)
        .map(|_| {
            let kind = g.random.word(&["Widget", "Gadget", "Deployment"]);
            field_spec(Some(kind), g.random.word(&paths), None)
        })
        .collect();
    reference.set(&["fieldSpecs"], Yaml::List(specs));
    reference
}

/// What `crds` reads: Go type names with their schemas.
fn definitions(g: &mut Generator) -> Yaml {
    let text = || Yaml::map([("type", Yaml::scalar("string"))]);
    let reference = |name: &str| Yaml::map([("$ref", Yaml::scalar(name))]);
    let mut spec = Yaml::Map(Vec::new());
    let mut named = text();
    let kind = g.random.word(&["ConfigMap", "Secret", "Service", "Widget"]);
    named.set(&["x-kubernetes-object-ref-api-version"], Yaml::scalar("v1"));
    named.set(&["x-kubernetes-object-ref-kind"], Yaml::scalar(kind));
    if g.random.chance(40) {
        named.set(&["x-kubernetes-object-ref-name-key"], Yaml::scalar(g.random.word(&["name", "key"])));
    }
    spec.set(&["ref"], named);
    if g.random.chance(40) {
        let mut identity = text();
        identity.set(&["x-kubernetes-identity"], Yaml::scalar("''"));
        spec.set(&["host"], identity);
    }
    if g.random.chance(40) {
        let mut labels = Yaml::map([("type", Yaml::scalar("object"))]);
        labels.set(&["x-kubernetes-label-selector"], Yaml::scalar("''"));
        spec.set(&["selector"], labels);
    }
    if g.random.chance(40) {
        let mut annotations = Yaml::map([("type", Yaml::scalar("object"))]);
        annotations.set(&["x-kubernetes-annotation"], Yaml::scalar("''"));
        spec.set(&["notes"], annotations);
    }
    let spec_name = "example.com/v1.WidgetSpec";
    let mut properties = Yaml::map([("apiVersion", text()), ("kind", text())]);
    if !g.random.chance(4) {
        properties.set(&["metadata"], reference("k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta"));
    }
    properties.set(&["spec"], reference(spec_name));
    let schema = |properties: Yaml| Yaml::map([("Schema", Yaml::map([("properties", properties)]))]);
    Yaml::map([("example.com/v1.Widget", schema(properties)), (spec_name, schema(spec))])
}

fn openapi(g: &mut Generator, level: &mut Level) {
    if g.random.chance(30) {
        g.tag("openapi: version");
        let version = if g.random.chance(85) { "v1.21.2" } else { "v1.20.4" };
        level.add("openapi", Yaml::map([("version", Yaml::scalar(version))]));
        return;
    }
    g.tag("openapi: path");
    let group_kind = |group: &str, version: &str, kind: &str| {
        let entry = Yaml::map([
            ("group", Yaml::scalar(if group.is_empty() { "''" } else { group })),
            ("version", Yaml::scalar(version)),
            ("kind", Yaml::scalar(kind)),
        ]);
        Yaml::List(vec![entry])
    };
    let merged_list = |item: &str, key: &str| {
        Yaml::map([
            ("type", Yaml::scalar("array")),
            ("items", Yaml::map([("$ref", Yaml::scalar(scalar_ref(item)))])),
            ("x-kubernetes-patch-merge-key", Yaml::scalar(key)),
            ("x-kubernetes-patch-strategy", Yaml::scalar("merge")),
        ])
    };
    let object = |properties: Yaml| Yaml::map([("type", Yaml::scalar("object")), ("properties", properties)]);
    let mut widget = object(Yaml::map([("spec", Yaml::map([("$ref", Yaml::scalar(scalar_ref("WidgetSpec")))]))]));
    widget.set(&["x-kubernetes-group-version-kind"], group_kind("example.com", "v1", "Widget"));
    let key = g.random.word(&["name", "key"]);
    let definitions = Yaml::map([
        ("Widget", widget),
        ("WidgetSpec", object(Yaml::map([("pods", merged_list("Item", key)), ("refs", merged_list("Item", "name"))]))),
        ("Item", object(Yaml::map([("name", Yaml::map([("type", Yaml::scalar("string"))]))]))),
    ]);
    let mut document = Yaml::map([("definitions", definitions)]);
    if g.random.chance(40) {
        let mut operation = Yaml::Map(Vec::new());
        operation.set(
            &["get", "x-kubernetes-group-version-kind"],
            match group_kind("example.com", "v1", "Gadget") {
                Yaml::List(mut items) => items.remove(0),
                other => other,
            },
        );
        operation.set(&["get", "x-kubernetes-action"], Yaml::scalar("get"));
        let path = g.random.word(&[
            "/apis/example.com/v1/gadgets/{name}",
            "/apis/example.com/v1/namespaces/{namespace}/gadgets/{name}",
        ]);
        document.set(&["paths"], Yaml::Map(vec![(format!("'{path}'"), operation)]));
    }
    let is_json = g.random.chance(60);
    let style = if is_json { Style { json: true, ..Style::default() } } else { g.style() };
    let path =
        g.file(level, "schema", if is_json { "json" } else { "yaml" }, Content::Documents(vec![document], style));
    level.add("openapi", Yaml::map([("path", Yaml::scalar(path))]));
}

fn scalar_ref(name: &str) -> String {
    format!("'#/definitions/{name}'")
}
