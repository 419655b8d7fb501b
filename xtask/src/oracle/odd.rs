//! Odd but real: kinds that few write, names that stand twice, anchors, links, flags, and kustomizations in unusual
//! spellings.

use super::generate::{Generator, Level};
use super::resource::{self, Kind, Pod, Resource, kind};
use super::yaml::{Content, Yaml};
use super::{fields, scalar, vars};

/// Kinds with a whole object each; `NAME` and the like are filled in.
const OBJECTS: [(Kind, &str); 25] = [
    (
        kind("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", false, Pod::None, 0),
        "webhooks:\n- name: a.example.com\n  clientConfig:\n    service:\n      name: APP\n      namespace: NAMESPACE\n      path: /check\n  rules:\n  - apiGroups:\n    - ''\n    resources:\n    - pods\n",
    ),
    (
        kind("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", false, Pod::None, 0),
        "webhooks:\n- name: a.example.com\n  clientConfig:\n    service:\n      name: APP\n      namespace: NAMESPACE\n- name: b.example.com\n  clientConfig:\n    url: https://x.y/\n",
    ),
    (
        kind("apiregistration.k8s.io/v1", "APIService", false, Pod::None, 0),
        "spec:\n  group: example.com\n  service:\n    name: APP\n    namespace: NAMESPACE\n  version: v1\n",
    ),
    (
        kind("v1", "PersistentVolume", false, Pod::None, 0),
        "spec:\n  storageClassName: APP\n  claimRef:\n    name: APP\n    namespace: NAMESPACE\n  capacity:\n    storage: 1Gi\n",
    ),
    (kind("scheduling.k8s.io/v1", "PriorityClass", false, Pod::None, 0), "value: 1000\nglobalDefault: false\n"),
    (kind("networking.k8s.io/v1", "IngressClass", false, Pod::None, 0), "spec:\n  controller: x.io/y\n"),
    (
        kind("v1", "ReplicationController", true, Pod::Template, 0),
        "spec:\n  replicas: 1\n  selector:\n    app: web\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n      - name: main\n        image: nginx\n",
    ),
    (
        kind("example.com/v1", "Gadget", false, Pod::None, 0),
        "spec:\n  ref:\n    name: CONFIG\n    namespace: NAMESPACE\n  configRef: CONFIG\n  names:\n  - CONFIG\n  - SECRET\n",
    ),
    (
        kind("apiextensions.k8s.io/v1", "CustomResourceDefinition", false, Pod::None, 0),
        "spec:\n  conversion:\n    strategy: Webhook\n    webhook:\n      clientConfig:\n        service:\n          name: APP\n          namespace: NAMESPACE\n  group: example.com\n  versions:\n  - name: v1\n    schema:\n      openAPIV3Schema:\n        properties:\n          containers:\n            items:\n              properties:\n                image:\n                  default: nginx\n                  type: string\n",
    ),
    (
        kind("serving.knative.dev/v1", "Service", true, Pod::Template, 0),
        "spec:\n  template:\n    spec:\n      containers:\n      - name: main\n        image: IMAGE\n        env:\n        - name: A\n          valueFrom:\n            configMapKeyRef:\n              name: CONFIG\n              key: a\n",
    ),
    (
        kind("monitoring.coreos.com/v1", "ServiceMonitor", true, Pod::None, 0),
        "spec:\n  endpoints:\n  - port: http\n    interval: 30s\n  selector:\n    matchLabels:\n      app: web\n",
    ),
    (kind("v1", "Node", false, Pod::None, 0), "spec:\n  podCIDR: 10.0.0.0/24\n"),
    (kind("v1", "Endpoints", true, Pod::None, 0), "subsets:\n- addresses:\n  - ip: 10.0.0.1\n  ports:\n  - port: 80\n"),
    (
        kind("extensions/v1beta1", "Deployment", true, Pod::Template, 0),
        "spec:\n  template:\n    spec:\n      containers:\n      - name: main\n        image: IMAGE\n      serviceAccountName: ACCOUNT\n",
    ),
    (
        kind("batch/v1beta1", "CronJob", true, Pod::CronJob, 0),
        "spec:\n  schedule: '@daily'\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n          - name: main\n            image: IMAGE\n          volumes:\n          - name: v\n            configMap:\n              name: CONFIG\n",
    ),
    (
        kind("v1", "PodTemplate", true, Pod::None, 0),
        "template:\n  spec:\n    containers:\n    - name: main\n      image: IMAGE\n",
    ),
    (kind("example.com/v1", "Namespace", false, Pod::None, 0), "spec: {}\n"),
    (
        kind("rbac.authorization.k8s.io/v1", "RoleBinding", true, Pod::None, 0),
        "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: reader\nsubjects:\n- kind: ServiceAccount\n  name: default\n  namespace: NAMESPACE\n- kind: ServiceAccount\n  name: ACCOUNT\n- kind: User\n  name: default\n- kind: Group\n  name: ACCOUNT\n  apiGroup: rbac.authorization.k8s.io\n",
    ),
    (
        kind("gateway.networking.k8s.io/v1", "HTTPRoute", true, Pod::None, 0),
        "spec:\n  hostnames:\n  - $(HOST)\n  rules:\n  - backendRefs:\n    - name: APP\n      port: 80\n",
    ),
    (
        kind("example.com/v1", "Widget", true, Pod::None, 0),
        "spec:\n  first: &anchor\n    a: 1\n    b: [x, 'y']\n  second: *anchor\n  third: *anchor\n",
    ),
    (
        kind("example.com/v1", "Widget", true, Pod::None, 0),
        "spec:\n  base: &base\n    a: 1\n    b: 2\n  merged:\n    <<: *base\n    b: 3\n  text: &text some text\n  again: *text\n",
    ),
    (kind("v1", "ConfigMap", true, Pod::None, 0), "data:\n  a: &a \"1\"\n  b: *a\n"),
    (
        kind("example.com/v1", "Widget", true, Pod::None, 0),
        "spec:\n  containers:\n  - name: x\n    image: IMAGE\n  initContainers:\n  - image: IMAGE\n  pods:\n  - name: p\n    image: IMAGE\n    key: k\n  template:\n    metadata:\n      labels: {}\n  claims:\n  - metadata:\n      name: c\n  selector: null\n",
    ),
    (kind("policy/v1beta1", "PodSecurityPolicy", false, Pod::None, 0), "spec:\n  privileged: false\n"),
    (
        kind("v1", "LimitRange", true, Pod::None, 0),
        "spec:\n  limits:\n  - type: Container\n    default:\n      cpu: 1\n",
    ),
];

/// An unusual object.
pub fn object(g: &mut Generator, scope: &mut Vec<Resource>) -> Yaml {
    match g.random.below(20) {
        0 | 1 => return twin(g, scope),
        2 if g.random.chance(15) => {
            g.tag("resources: generateName");
            let mut object = Yaml::map([("apiVersion", Yaml::scalar("batch/v1")), ("kind", Yaml::scalar("Job"))]);
            object.set(&["metadata", "generateName"], Yaml::scalar("job-"));
            if g.random.chance(70) {
                object.set(&["metadata", "name"], Yaml::scalar("job"));
            }
            object.set(&["spec", "template", "spec", "restartPolicy"], Yaml::scalar("Never"));
            return object;
        }
        3 => {
            let (mut object, resource) = ordinary(g, "ConfigMap");
            g.tag("resources: local-config");
            let value = g.random.word(&["'true'", "\"true\"", "'false'", "''"]);
            object.set(&["metadata", "annotations", "config.kubernetes.io/local-config"], Yaml::scalar(value));
            scope.push(resource);
            return object;
        }
        4 => {
            let (mut object, resource) = ordinary(g, "ConfigMap");
            g.tag("resources: build annotations");
            let key = g.random.word(&[
                "kustomize.config.k8s.io/needs-hash",
                "kustomize.config.k8s.io/behavior",
                "internal.config.kubernetes.io/path",
                "config.kubernetes.io/index",
                "config.kubernetes.io/origin",
            ]);
            object.set(&["metadata", "annotations", key], Yaml::scalar(g.random.word(&["'true'", "merge", "create"])));
            scope.push(resource);
            return object;
        }
        _ => {}
    }
    g.tag("resources: unusual kinds");
    let at = g.random.below(OBJECTS.len());
    let (kind, text) = &OBJECTS[at];
    if text.contains('&') {
        g.tag("resources: anchors");
    }
    let name = g.name(kind.kind, resource::pool(kind.kind));
    let mut text = text.replace("NAMESPACE", g.random.word(&resource::NAMESPACES));
    for (mark, pool) in [
        ("APP", &resource::APP_NAMES[..]),
        ("CONFIG", &resource::CONFIG_NAMES),
        ("SECRET", &resource::SECRET_NAMES),
        ("ACCOUNT", &resource::ACCOUNT_NAMES),
        ("IMAGE", &resource::IMAGE_NAMES),
    ] {
        text = text.replace(mark, g.random.word(pool));
    }
    let mut object = Yaml::map([("apiVersion", Yaml::scalar(kind.api_version)), ("kind", Yaml::scalar(kind.kind))]);
    object.set(&["metadata", "name"], Yaml::scalar(&name));
    let namespace =
        (kind.is_namespaced && g.random.chance(30)).then(|| g.random.word(&resource::NAMESPACES).to_owned());
    if let Some(namespace) = &namespace {
        object.set(&["metadata", "namespace"], Yaml::scalar(namespace));
    }
    let labels = if g.random.chance(40) { resource::labels(&mut g.random) } else { Vec::new() };
    if !labels.is_empty() {
        object.set(&["metadata", "labels"], resource::label_map(&labels));
    }
    if let (Yaml::Map(body), Yaml::Map(all)) = (Yaml::template(&text), &mut object) {
        all.extend(body);
    }
    scope.push(Resource {
        kind,
        current_name: name.clone(),
        name,
        current_namespace: namespace.clone(),
        namespace,
        labels,
        has_annotations: false,
        containers: if kind.pod == Pod::None { Vec::new() } else { vec!["main".to_owned()] },
        data_keys: Vec::new(),
        structured: Vec::new(),
    });
    object
}

fn ordinary(g: &mut Generator, kind_name: &str) -> (Yaml, Resource) {
    let name = g.name(kind_name, resource::pool(kind_name));
    let (resource, object) = resource::make(&mut g.random, fields::kind(kind_name), &name);
    (object, resource)
}

/// An object with the kind and name of another one, in another namespace.
fn twin(g: &mut Generator, scope: &mut Vec<Resource>) -> Yaml {
    let namespaced: Vec<Resource> = scope.iter().filter(|other| other.kind.is_namespaced).cloned().collect();
    if namespaced.is_empty() {
        let (object, resource) = ordinary(g, "ServiceAccount");
        scope.push(resource);
        return object;
    }
    g.tag("resources: same name, other namespace");
    let other = g.random.pick(&namespaced).clone();
    let (mut resource, mut object) = resource::make(&mut g.random, other.kind, &other.name);
    let namespace = if other.namespace.as_deref() == Some("team-b") { "team-c" } else { "team-b" };
    object.set(&["metadata", "namespace"], Yaml::scalar(namespace));
    resource.namespace = Some(namespace.to_owned());
    resource.current_namespace.clone_from(&resource.namespace);
    scope.push(resource);
    object
}

/// Writes a file and a symbolic link to it, and returns the link.
pub fn linked(g: &mut Generator, level: &Level, extension: &str, content: Content) -> String {
    g.tag("symbolic links");
    let number = g.case.links.len();
    let link = format!("link{number}.{extension}");
    match g.random.below(8) {
        0 if g.random.chance(15) => {
            g.tag("load restrictor");
            let file = format!("shared/linked{number}.{extension}");
            g.case.links.insert(format!("{}/{link}", level.directory), g.way(&level.directory, &file));
            g.case.files.insert(file, content);
        }
        1 | 2 => {
            let file = format!("real{number}/linked.{extension}");
            g.case.links.insert(format!("{}/linked{number}", level.directory), format!("real{number}"));
            g.case.files.insert(format!("{}/{file}", level.directory), content);
            return format!("linked{number}/linked.{extension}");
        }
        _ => {
            let file = g.file(level, "target", extension, content);
            g.case.links.insert(format!("{}/{link}", level.directory), file);
        }
    }
    link
}

/// Flags that change what is built, and are of no field.
pub fn flags(g: &mut Generator) {
    if g.random.chance(4) {
        g.tag("--reorder");
        let order = g.random.word(&["none", "legacy"]);
        let order = if g.random.chance(4) { "other" } else { order };
        g.flag(format!("--reorder={order}"));
    }
    if g.random.chance(4) {
        g.tag("--enable-managedby-label");
        g.flag("--enable-managedby-label");
    }
    if g.random.chance(1) {
        g.tag("--load-restrictor");
        let rule = g.random.word(&["LoadRestrictionsRootOnly", "LoadRestrictionsNone"]);
        let rule = if g.random.chance(5) { "none" } else { rule };
        g.flag(format!("--load-restrictor={rule}"));
    }
}

/// The documents of a kustomization file: nearly always one, spelled as everybody does.
pub fn kustomization(g: &mut Generator, mut fields: Vec<(String, Yaml)>) -> Vec<Yaml> {
    if g.random.chance(8)
        && let Some((field, _)) = fields.iter_mut().find(|(field, _)| field == "images")
    {
        g.tag("imageTags");
        *field = "imageTags".to_owned();
    }
    if g.random.chance(4) {
        g.tag("kustomization: metadata");
        let mut metadata = Yaml::map([("name", Yaml::scalar("a-name"))]);
        if g.random.chance(50) {
            metadata.set(&["annotations", "config.kubernetes.io/local-config"], Yaml::scalar("'true'"));
        }
        if g.random.chance(1) {
            metadata.set(&["generation"], Yaml::scalar("1"));
        }
        fields.push(("metadata".to_owned(), metadata));
    }
    if g.random.chance(2) {
        g.tag("kustomization: spelling of fields");
        let at = g.random.below(fields.len());
        let field = &mut fields[at].0;
        *field = if g.random.chance(50) { field.to_uppercase() } else { field.to_lowercase() };
    }
    if g.random.below(400) == 0 {
        g.tag("kustomization: unknown field");
        fields.push((g.random.word(&["nameprefix2", "resource", "spec"]).to_owned(), Yaml::scalar("x")));
    }
    if g.random.chance(1) {
        g.tag("kustomization: field stands twice");
        let at = g.random.below(fields.len());
        let field = fields[at].clone();
        fields.push(field);
    }
    if g.random.chance(2) {
        g.tag("kustomization: null field");
        let field = g.random.word(&["patches", "labels", "namePrefix", "generatorOptions", "vars", "openapi"]);
        if !fields.iter().any(|(known, _)| known == field) {
            fields.push((field.to_owned(), Yaml::scalar(g.random.word(&["null", "~", ""]))));
        }
    }
    let mut documents = vec![Yaml::Map(fields)];
    if g.random.chance(1) {
        g.tag("kustomization: several documents");
        documents.push(Yaml::map([("namePrefix", Yaml::scalar("second-"))]));
    }
    documents
}

/// Things for a widget that configurations, vars and custom schemas know of.
pub fn widget_spec(random: &mut super::random::Random) -> Vec<(String, Yaml)> {
    let mut spec = Yaml::Map(Vec::new());
    if random.chance(60) {
        spec.set(&["ref", "name"], Yaml::scalar(random.word(&resource::CONFIG_NAMES)));
        spec.set(&["ref", "kind"], Yaml::scalar("ConfigMap"));
    } else if random.chance(50) {
        spec.set(&["ref"], Yaml::scalar(random.word(&resource::CONFIG_NAMES)));
    }
    if random.chance(30) {
        spec.set(&["image"], Yaml::scalar(resource::image(random)));
    }
    if random.chance(30) {
        spec.set(&["replicas"], Yaml::scalar("2"));
    }
    if random.chance(30) {
        spec.set(&["host"], Yaml::scalar(vars::mention(random)));
        spec.set(&["hosts"], Yaml::List(vec![Yaml::scalar(vars::mention(random)), Yaml::scalar("plain")]));
    }
    if random.chance(30) {
        spec.set(&["configRef"], Yaml::scalar(random.word(&resource::SECRET_NAMES)));
        spec.set(&["names"], Yaml::list([random.word(&resource::CONFIG_NAMES), random.word(&resource::APP_NAMES)]));
    }
    if random.chance(30) {
        let item =
            |name: &str, value: String| Yaml::map([("name", Yaml::scalar(name)), ("value", Yaml::scalar(value))]);
        let items = vec![item("one", scalar::line(random)), item("two", "2".to_owned())];
        spec.set(&["pods"], Yaml::List(items.clone()));
        spec.set(&["refs"], Yaml::List(items));
    }
    match spec {
        Yaml::Map(entries) => entries,
        _ => Vec::new(),
    }
}

/// A text that holds structured data, and the ways in it.
pub fn structured(random: &mut super::random::Random) -> (&'static str, Yaml, Vec<&'static str>) {
    let ways = vec!["server.host", "server.port", "name", "list.0", "list.*", "items.[name=b].value", "server"];
    match random.below(4) {
        0 => {
            let text = r#"{"server": {"host": "localhost", "port": 80}, "name": "x", "list": ["a", "b"], "items": [{"name": "b", "value": "1"}]}"#;
            ("config.json", Yaml::scalar(scalar::single(text)), ways)
        }
        1 => {
            let lines = [
                "{",
                "  \"server\": {",
                "    \"host\": \"localhost\",",
                "    \"port\": 80",
                "  },",
                "  \"name\": \"<&>\",",
                "  \"list\": [\"a\", \"b\"],",
                "  \"items\": [{\"name\": \"b\", \"value\": \"1\"}]",
                "}",
            ];
            let header = random.word(&["|", "|-"]);
            ("config.json", Yaml::Block(header, lines.iter().map(|line| (*line).to_owned()).collect()), ways)
        }
        _ => {
            let lines = [
                "# settings",
                "server:",
                "  host: localhost # here",
                "  port: 80",
                "name: 'x'",
                "list:",
                "- a",
                "- b",
                "items:",
                "  - name: b",
                "    value: \"1\"",
            ];
            let header = random.word(&["|", "|-", "|+"]);
            ("app.yaml", Yaml::Block(header, lines.iter().map(|line| (*line).to_owned()).collect()), ways)
        }
    }
}
