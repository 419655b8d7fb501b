//! Random Kubernetes objects: the kinds that transformers, merges and name references treat in ways of their own, with
//! ordinary and odd contents.

use super::random::Random;
use super::yaml::Yaml;
use super::{odd, scalar, vars};

/// Where the pod of a kind stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pod {
    None,
    Spec,
    Template,
    CronJob,
}

#[derive(Debug)]
pub struct Kind {
    pub api_version: &'static str,
    pub kind: &'static str,
    pub is_namespaced: bool,
    pub pod: Pod,
    pub has_replicas: bool,
    /// How often it is chosen.
    weight: usize,
}

pub const fn kind(api_version: &'static str, kind: &'static str, is_namespaced: bool, pod: Pod, weight: usize) -> Kind {
    Kind { api_version, kind, is_namespaced, pod, has_replicas: false, weight }
}

const fn scaled(api_version: &'static str, kind: &'static str, weight: usize) -> Kind {
    Kind { api_version, kind, is_namespaced: true, pod: Pod::Template, has_replicas: true, weight }
}

pub const KINDS: [Kind; 25] = [
    scaled("apps/v1", "Deployment", 20),
    scaled("apps/v1", "StatefulSet", 7),
    scaled("apps/v1", "ReplicaSet", 2),
    kind("apps/v1", "DaemonSet", true, Pod::Template, 4),
    kind("v1", "Pod", true, Pod::Spec, 4),
    kind("batch/v1", "Job", true, Pod::Template, 4),
    kind("batch/v1", "CronJob", true, Pod::CronJob, 5),
    kind("v1", "Service", true, Pod::None, 12),
    kind("v1", "ConfigMap", true, Pod::None, 16),
    kind("v1", "Secret", true, Pod::None, 6),
    kind("v1", "ServiceAccount", true, Pod::None, 4),
    kind("rbac.authorization.k8s.io/v1", "Role", true, Pod::None, 3),
    kind("rbac.authorization.k8s.io/v1", "RoleBinding", true, Pod::None, 4),
    kind("rbac.authorization.k8s.io/v1", "ClusterRole", false, Pod::None, 2),
    kind("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", false, Pod::None, 3),
    kind("networking.k8s.io/v1", "Ingress", true, Pod::None, 4),
    kind("networking.k8s.io/v1", "NetworkPolicy", true, Pod::None, 3),
    kind("autoscaling/v2", "HorizontalPodAutoscaler", true, Pod::None, 3),
    kind("policy/v1", "PodDisruptionBudget", true, Pod::None, 2),
    kind("v1", "PersistentVolumeClaim", true, Pod::None, 3),
    kind("v1", "Namespace", false, Pod::None, 3),
    kind("apiextensions.k8s.io/v1", "CustomResourceDefinition", false, Pod::None, 2),
    kind("storage.k8s.io/v1", "StorageClass", false, Pod::None, 1),
    kind("example.com/v1", "Widget", true, Pod::None, 12),
    kind("argoproj.io/v1alpha1", "Rollout", true, Pod::Template, 3),
];

pub const CONFIG_NAMES: [&str; 3] = ["app-config", "settings", "env-vars"];
pub const SECRET_NAMES: [&str; 3] = ["creds", "tls", "token"];
pub const ACCOUNT_NAMES: [&str; 3] = ["runner", "robot", "default"];
pub const APP_NAMES: [&str; 6] = ["web", "api", "worker", "cache", "db", "front-end"];
const ROLE_NAMES: [&str; 3] = ["reader", "writer", "admin"];
pub const NAMESPACES: [&str; 4] = ["prod", "staging", "default", "team-a"];
pub const LABEL_KEYS: [&str; 5] = ["app", "tier", "env", "app.kubernetes.io/name", "version"];
pub const LABEL_VALUES: [&str; 6] = ["web", "api", "prod", "'1'", "\"true\"", "v1.2"];
pub const IMAGE_NAMES: [&str; 6] =
    ["nginx", "redis", "busybox", "ghcr.io/org/app", "localhost:5000/app", "quay.io/x/y"];
const IMAGE_TAILS: [&str; 6] = [
    "",
    ":1.19",
    ":latest",
    ":v2.0.0-rc1",
    "@sha256:24a0c4b4a4c0eb97a1aabb8e29f18e917d05abfe1b7a7c07857230879ce7d3d3",
    ":6@sha256:24a0c4b4",
];

/// What the generator remembers of an object, to patch it and to refer to it.
#[derive(Clone, Debug)]
pub struct Resource {
    pub kind: &'static Kind,
    /// As in its file.
    pub name: String,
    pub namespace: Option<String>,
    /// After the transformers of the levels passed so far.
    pub current_name: String,
    pub current_namespace: Option<String>,
    pub labels: Vec<(String, String)>,
    pub has_annotations: bool,
    pub containers: Vec<String>,
    pub data_keys: Vec<String>,
    /// Keys of `data` whose texts are structured, with a way in the text each.
    pub structured: Vec<(String, &'static str)>,
}

impl Resource {
    /// Group and version; the core group is empty.
    pub fn gv(&self) -> (&'static str, &'static str) {
        self.kind.api_version.rsplit_once('/').unwrap_or(("", self.kind.api_version))
    }

    /// The way to the pod as a field path with dots.
    pub fn pod_path(&self) -> Option<&'static str> {
        match self.kind.pod {
            Pod::None => None,
            Pod::Spec => Some("spec"),
            Pod::Template => Some("spec.template.spec"),
            Pod::CronJob => Some("spec.jobTemplate.spec.template.spec"),
        }
    }
}

pub fn pick_kind(random: &mut Random) -> &'static Kind {
    let total: usize = KINDS.iter().map(|kind| kind.weight).sum();
    let mut at = random.below(total);
    for kind in &KINDS {
        if at < kind.weight {
            return kind;
        }
        at -= kind.weight;
    }
    &KINDS[0]
}

pub fn pool(kind: &str) -> &'static [&'static str] {
    match kind {
        "ConfigMap" => &CONFIG_NAMES,
        "Secret" => &SECRET_NAMES,
        "ServiceAccount" => &ACCOUNT_NAMES,
        "Role" | "ClusterRole" => &ROLE_NAMES,
        "Namespace" => &NAMESPACES,
        _ => &APP_NAMES,
    }
}

/// Makes an object of a kind with a name.
pub fn make(random: &mut Random, kind: &'static Kind, name: &str) -> (Resource, Yaml) {
    let mut resource = Resource {
        kind,
        name: name.to_owned(),
        namespace: (kind.is_namespaced && random.chance(15)).then(|| random.word(&NAMESPACES).to_owned()),
        current_name: name.to_owned(),
        current_namespace: None,
        labels: Vec::new(),
        has_annotations: random.chance(25),
        containers: Vec::new(),
        data_keys: Vec::new(),
        structured: Vec::new(),
    };
    resource.current_namespace.clone_from(&resource.namespace);
    if random.chance(60) {
        resource.labels = labels(random);
    }
    let mut metadata = vec![("name".to_owned(), Yaml::scalar(quoted_sometimes(random, name)))];
    if let Some(namespace) = &resource.namespace {
        metadata.push(("namespace".to_owned(), Yaml::scalar(namespace)));
    }
    if !resource.labels.is_empty() {
        metadata.push(("labels".to_owned(), label_map(&resource.labels)));
    }
    if resource.has_annotations {
        let keys = scalar::keys(random, 2);
        let entries = keys.into_iter().map(|key| (key, scalar::scalar(random, false))).collect();
        metadata.push(("annotations".to_owned(), Yaml::Map(entries)));
    }
    let mut object = vec![
        ("apiVersion".to_owned(), Yaml::scalar(kind.api_version)),
        ("kind".to_owned(), Yaml::scalar(kind.kind)),
        ("metadata".to_owned(), Yaml::Map(metadata)),
    ];
    object.extend(body(random, &mut resource));
    if random.chance(10) {
        object.rotate_left(2);
    }
    (resource, Yaml::Map(object))
}

fn quoted_sometimes(random: &mut Random, text: &str) -> String {
    match random.below(12) {
        0 => format!("'{text}'"),
        1 => format!("\"{text}\""),
        _ => text.to_owned(),
    }
}

pub fn labels(random: &mut Random) -> Vec<(String, String)> {
    let n_labels = random.between(1, 3);
    let mut labels: Vec<(String, String)> = Vec::new();
    for _ in 0..n_labels {
        let key = random.word(&LABEL_KEYS);
        if !labels.iter().any(|(known, _)| known == key) {
            labels.push((key.to_owned(), random.word(&LABEL_VALUES).to_owned()));
        }
    }
    labels
}

pub fn label_map(labels: &[(String, String)]) -> Yaml {
    Yaml::map(labels.iter().map(|(key, value)| (key.clone(), Yaml::scalar(value))))
}

pub fn image(random: &mut Random) -> String {
    let image = format!("{}{}", random.word(&IMAGE_NAMES), random.word(&IMAGE_TAILS));
    quoted_sometimes(random, &image)
}

fn body(random: &mut Random, resource: &mut Resource) -> Vec<(String, Yaml)> {
    let selector = label_map(&resource.labels);
    let entry = |key: &str, value: Yaml| (key.to_owned(), value);
    match resource.kind.kind {
        "ConfigMap" => {
            let n_keys = random.between(0, 4);
            let keys = scalar::keys(random, n_keys);
            resource.data_keys.clone_from(&keys);
            let mut out = Vec::new();
            if !keys.is_empty() || random.chance(50) {
                let mut data: Vec<(String, Yaml)> =
                    keys.into_iter().map(|key| (key, scalar::scalar(random, false))).collect();
                if random.chance(20) {
                    let (key, text, ways) = odd::structured(random);
                    data.push((key.to_owned(), text));
                    resource.structured = ways.into_iter().map(|way| (key.to_owned(), way)).collect();
                }
                if random.chance(5) {
                    data.push(("host".to_owned(), Yaml::scalar(vars::mention(random))));
                }
                data.dedup_by(|a, b| a.0 == b.0);
                out.push(entry("data", Yaml::Map(data)));
            }
            if random.chance(5) {
                out.push(entry("immutable", Yaml::scalar("true")));
            }
            out
        }
        "Secret" => {
            let n_keys = random.between(0, 3);
            let keys = scalar::keys(random, n_keys);
            resource.data_keys.clone_from(&keys);
            let is_plain = random.chance(40);
            let values = keys.into_iter().map(|key| {
                let value = if is_plain { scalar::text(random) } else { Yaml::scalar("aGVsbG8=") };
                (key, value)
            });
            let values = Yaml::Map(values.collect());
            vec![entry("type", Yaml::scalar("Opaque")), entry(if is_plain { "stringData" } else { "data" }, values)]
        }
        "Service" => {
            let n_ports = random.between(1, 3);
            let ports = (0..n_ports).map(|number| service_port(random, number)).collect();
            let mut spec = vec![entry("ports", Yaml::List(ports))];
            if random.chance(80) {
                spec.insert(0, entry("selector", selector));
            }
            vec![entry("spec", Yaml::Map(spec))]
        }
        "Role" | "ClusterRole" => {
            let rule = Yaml::map([
                ("apiGroups", Yaml::Flow(Box::new(Yaml::list(["''"])))),
                ("resources", Yaml::list(["secrets", "configmaps"])),
                ("verbs", Yaml::list(["get", "list"])),
                ("resourceNames", Yaml::list([random.word(&CONFIG_NAMES), random.word(&SECRET_NAMES)])),
            ]);
            vec![entry("rules", Yaml::List(vec![rule]))]
        }
        "RoleBinding" | "ClusterRoleBinding" => {
            let role =
                if resource.kind.kind == "RoleBinding" { random.word(&["Role", "ClusterRole"]) } else { "ClusterRole" };
            let role_ref = Yaml::map([
                ("apiGroup", Yaml::scalar("rbac.authorization.k8s.io")),
                ("kind", Yaml::scalar(role)),
                ("name", Yaml::scalar(random.word(&ROLE_NAMES))),
            ]);
            let mut subject = Yaml::map([
                ("kind", Yaml::scalar(if random.chance(85) { "ServiceAccount" } else { "User" })),
                ("name", Yaml::scalar(random.word(&ACCOUNT_NAMES))),
            ]);
            if random.chance(50) {
                subject.set(&["namespace"], Yaml::scalar(random.word(&NAMESPACES)));
            }
            vec![entry("roleRef", role_ref), entry("subjects", Yaml::List(vec![subject]))]
        }
        "Ingress" => {
            let backend = Yaml::map([(
                "service",
                Yaml::map([
                    ("name", Yaml::scalar(random.word(&APP_NAMES))),
                    ("port", Yaml::map([("number", Yaml::scalar("80"))])),
                ]),
            )]);
            let path =
                Yaml::map([("path", Yaml::scalar("/")), ("pathType", Yaml::scalar("Prefix")), ("backend", backend)]);
            let rule = Yaml::map([
                ("host", Yaml::scalar("example.com")),
                ("http", Yaml::map([("paths", Yaml::List(vec![path]))])),
            ]);
            let tls = Yaml::map([("secretName", Yaml::scalar(random.word(&SECRET_NAMES)))]);
            let spec = Yaml::map([("rules", Yaml::List(vec![rule])), ("tls", Yaml::List(vec![tls]))]);
            vec![entry("spec", spec)]
        }
        "NetworkPolicy" => {
            let from = Yaml::map([("podSelector", Yaml::map([("matchLabels", selector.clone())]))]);
            let ingress = Yaml::map([("from", Yaml::List(vec![from]))]);
            let spec = Yaml::map([
                ("podSelector", Yaml::map([("matchLabels", selector)])),
                ("ingress", Yaml::List(vec![ingress])),
            ]);
            vec![entry("spec", spec)]
        }
        "HorizontalPodAutoscaler" => {
            let target = Yaml::map([
                ("apiVersion", Yaml::scalar("apps/v1")),
                ("kind", Yaml::scalar(random.word(&["Deployment", "StatefulSet"]))),
                ("name", Yaml::scalar(random.word(&APP_NAMES))),
            ]);
            let spec = Yaml::map([("scaleTargetRef", target), ("maxReplicas", Yaml::scalar("5"))]);
            vec![entry("spec", spec)]
        }
        "PodDisruptionBudget" => {
            let spec = Yaml::map([
                ("minAvailable", Yaml::scalar(random.word(&["1", "50%", "'1'"]))),
                ("selector", Yaml::map([("matchLabels", selector)])),
            ]);
            vec![entry("spec", spec)]
        }
        "PersistentVolumeClaim" => {
            let spec = Yaml::map([
                ("accessModes", Yaml::Flow(Box::new(Yaml::list(["ReadWriteOnce"])))),
                ("storageClassName", Yaml::scalar(random.word(&APP_NAMES))),
                ("resources", Yaml::map([("requests", Yaml::map([("storage", Yaml::scalar("1Gi"))]))])),
            ]);
            vec![entry("spec", spec)]
        }
        "CustomResourceDefinition" => {
            let names = Yaml::map([("kind", Yaml::scalar("Widget")), ("plural", Yaml::scalar("widgets"))]);
            let spec = Yaml::map([
                ("group", Yaml::scalar("example.com")),
                ("names", names),
                ("scope", Yaml::scalar("Namespaced")),
                ("versions", Yaml::List(vec![scalar::tree(random, 3, false)])),
            ]);
            vec![entry("spec", spec)]
        }
        "StorageClass" => vec![entry("provisioner", Yaml::scalar("x.io/y"))],
        "ServiceAccount" if random.chance(50) => {
            let secret = Yaml::map([("name", Yaml::scalar(random.word(&SECRET_NAMES)))]);
            vec![entry("imagePullSecrets", Yaml::List(vec![secret]))]
        }
        "ServiceAccount" | "Namespace" => Vec::new(),
        "Widget" => {
            let n_keys = random.between(1, 4);
            let keys = scalar::keys(random, n_keys);
            resource.data_keys.clone_from(&keys);
            let mut spec: Vec<(String, Yaml)> =
                keys.into_iter().map(|key| (key, scalar::tree(random, 3, false))).collect();
            if random.chance(40) {
                let known = odd::widget_spec(random);
                spec.retain(|(key, _)| !known.iter().any(|(other, _)| other == key));
                spec.extend(known);
            }
            vec![entry("spec", Yaml::Map(spec))]
        }
        _ => vec![entry("spec", workload_spec(random, resource, selector))],
    }
}

fn workload_spec(random: &mut Random, resource: &mut Resource, selector: Yaml) -> Yaml {
    let pod = pod_spec(random, resource);
    if resource.kind.pod == Pod::Spec {
        return pod;
    }
    let template = Yaml::map([("metadata", Yaml::map([("labels", selector.clone())])), ("spec", pod)]);
    let mut spec = Yaml::Map(Vec::new());
    if resource.kind.has_replicas && random.chance(70) {
        spec.set(&["replicas"], Yaml::scalar(random.word(&["1", "3", "'2'", "0"])));
    }
    match resource.kind.pod {
        Pod::CronJob => {
            spec.set(&["schedule"], Yaml::scalar("'*/5 * * * *'"));
            spec.set(&["jobTemplate", "spec", "template"], template);
        }
        _ => {
            if resource.kind.kind != "Job" {
                spec.set(&["selector", "matchLabels"], selector);
            }
            spec.set(&["template"], template);
        }
    }
    if resource.kind.kind == "StatefulSet" {
        spec.set(&["serviceName"], Yaml::scalar(random.word(&APP_NAMES)));
        if random.chance(50) {
            let mut claim = Yaml::Map(Vec::new());
            claim.set(&["metadata", "name"], Yaml::scalar("data"));
            claim.set(&["spec", "resources", "requests", "storage"], Yaml::scalar("1Gi"));
            spec.set(&["volumeClaimTemplates"], Yaml::List(vec![claim]));
        }
    }
    spec
}

pub fn service_port(random: &mut Random, number: usize) -> Yaml {
    let mut port = Yaml::Map(Vec::new());
    port.set(&["port"], Yaml::scalar(random.word(&["80", "443", "8080"])));
    if random.chance(60) {
        port.set(&["name"], Yaml::scalar(format!("p{number}")));
    }
    if random.chance(40) {
        port.set(&["protocol"], Yaml::scalar(random.word(&["TCP", "UDP"])));
    }
    if random.chance(50) {
        port.set(&["targetPort"], Yaml::scalar(random.word(&["http", "8080"])));
    }
    port
}

fn pod_spec(random: &mut Random, resource: &mut Resource) -> Yaml {
    let n_containers = random.between(1, 2);
    let mut containers = Vec::new();
    for name in ["main", "sidecar"].iter().take(n_containers) {
        resource.containers.push((*name).to_owned());
        containers.push(container(random, name));
    }
    let mut spec = Yaml::map([("containers", Yaml::List(containers))]);
    if random.chance(20) {
        let init = container(random, "init");
        spec.set(&["initContainers"], Yaml::List(vec![init]));
    }
    if random.chance(40) {
        let n_volumes = random.between(1, 3);
        let volumes = (0..n_volumes).map(|number| volume(random, number)).collect();
        spec.set(&["volumes"], Yaml::List(volumes));
    }
    if random.chance(30) {
        spec.set(&["serviceAccountName"], Yaml::scalar(random.word(&ACCOUNT_NAMES)));
    }
    if random.chance(10) {
        spec.set(&["nodeSelector"], Yaml::map([("disk", Yaml::scalar("ssd"))]));
    }
    if random.chance(10) {
        spec.set(
            &["imagePullSecrets"],
            Yaml::List(vec![Yaml::map([("name", Yaml::scalar(random.word(&SECRET_NAMES)))])]),
        );
    }
    if random.chance(10) {
        let term = Yaml::map([
            ("labelSelector", Yaml::map([("matchLabels", label_map(&resource.labels))])),
            ("topologyKey", Yaml::scalar("kubernetes.io/hostname")),
        ]);
        let path = ["affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"];
        spec.set(&path, Yaml::List(vec![term]));
    }
    if random.chance(8) {
        let constraint = Yaml::map([
            ("maxSkew", Yaml::scalar("1")),
            ("topologyKey", Yaml::scalar("zone")),
            ("whenUnsatisfiable", Yaml::scalar("DoNotSchedule")),
            ("labelSelector", Yaml::map([("matchLabels", label_map(&resource.labels))])),
        ]);
        spec.set(&["topologySpreadConstraints"], Yaml::List(vec![constraint]));
    }
    if random.chance(8) {
        spec.set(&["tolerations"], Yaml::List(vec![Yaml::map([("operator", Yaml::scalar("Exists"))])]));
    }
    spec
}

pub fn container(random: &mut Random, name: &str) -> Yaml {
    let mut container = Yaml::map([("name", Yaml::scalar(name)), ("image", Yaml::scalar(image(random)))]);
    if random.chance(50) {
        let n_vars = random.between(1, 3);
        let env = (0..n_vars).map(|number| env_var(random, number)).collect();
        container.set(&["env"], Yaml::List(env));
    }
    if random.chance(25) {
        let reference = match random.below(2) {
            0 => Yaml::map([("configMapRef", Yaml::map([("name", Yaml::scalar(random.word(&CONFIG_NAMES)))]))]),
            _ => Yaml::map([("secretRef", Yaml::map([("name", Yaml::scalar(random.word(&SECRET_NAMES)))]))]),
        };
        container.set(&["envFrom"], Yaml::List(vec![reference]));
    }
    if random.chance(30) {
        let n_args = random.between(1, 4);
        let mut args: Vec<Yaml> = (0..n_args)
            .map(|_| if random.chance(85) { scalar::text(random) } else { scalar::scalar(random, false) })
            .collect();
        if random.chance(30) {
            args.push(Yaml::scalar(vars::mention(random)));
        }
        container.set(&["args"], Yaml::List(args));
    }
    if random.chance(10) {
        container.set(&["command"], Yaml::Flow(Box::new(Yaml::list(["sh", "-c", "'echo hi'"]))));
    }
    if random.chance(40) {
        let n_ports = random.between(1, 2);
        let ports = (0..n_ports).map(|number| container_port(random, number)).collect();
        container.set(&["ports"], Yaml::List(ports));
    }
    if random.chance(25) {
        container.set(&["resources", "limits", "cpu"], Yaml::scalar(random.word(&["1", "100m", "'1'", "0.5"])));
    }
    if random.chance(20) {
        let mount = Yaml::map([("name", Yaml::scalar("v0")), ("mountPath", Yaml::scalar("/data"))]);
        container.set(&["volumeMounts"], Yaml::List(vec![mount]));
    }
    container
}

pub fn container_port(random: &mut Random, number: usize) -> Yaml {
    let mut port = Yaml::map([("containerPort", Yaml::scalar(random.word(&["80", "8080", "9090"])))]);
    if random.chance(50) {
        port.set(&["name"], Yaml::scalar(format!("c{number}")));
    }
    if random.chance(30) {
        port.set(&["protocol"], Yaml::scalar(random.word(&["TCP", "UDP"])));
    }
    port
}

pub fn env_var(random: &mut Random, number: usize) -> Yaml {
    let mut var = Yaml::map([("name", Yaml::scalar(format!("VAR_{number}")))]);
    match random.below(5) {
        0 => {
            var.set(&["valueFrom", "configMapKeyRef", "name"], Yaml::scalar(random.word(&CONFIG_NAMES)));
            var.set(&["valueFrom", "configMapKeyRef", "key"], Yaml::scalar("a"));
        }
        1 => {
            var.set(&["valueFrom", "secretKeyRef", "name"], Yaml::scalar(random.word(&SECRET_NAMES)));
            var.set(&["valueFrom", "secretKeyRef", "key"], Yaml::scalar("a"));
        }
        2 if random.chance(40) => var.set(&["value"], Yaml::scalar(vars::mention(random))),
        _ => var.set(&["value"], scalar::scalar(random, false)),
    }
    var
}

fn volume(random: &mut Random, number: usize) -> Yaml {
    let mut volume = Yaml::map([("name", Yaml::scalar(format!("v{number}")))]);
    match random.below(5) {
        0 => volume.set(&["emptyDir"], Yaml::Map(Vec::new())),
        1 => volume.set(&["secret", "secretName"], Yaml::scalar(random.word(&SECRET_NAMES))),
        2 => volume.set(&["persistentVolumeClaim", "claimName"], Yaml::scalar(random.word(&APP_NAMES))),
        3 => {
            let source = Yaml::map([("configMap", Yaml::map([("name", Yaml::scalar(random.word(&CONFIG_NAMES)))]))]);
            volume.set(&["projected", "sources"], Yaml::List(vec![source]));
        }
        _ => volume.set(&["configMap", "name"], Yaml::scalar(random.word(&CONFIG_NAMES))),
    }
    volume
}
