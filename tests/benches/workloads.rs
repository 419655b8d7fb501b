//! Generated kustomizations: the same name and scale give the same bytes everywhere.
//!
//! For measurements that need nothing from outside the repository: the micro-benchmarks beside this file, and the
//! instruction counts and comparisons of `cargo xtask`. What is generated looks like what people write; nothing in it is
//! random, so that a change of a figure is a change of the program.

use std::fmt::Write;

/// What can be generated: name, scale by default, scales for tables, what it is.
pub const KINDS: [(&str, usize, &[usize], &str); 11] = [
    ("tiny", 1, &[1], "3 resources, one overlay: start-up"),
    ("team", 1, &[1], "12 services, two overlays"),
    ("wide", 100, &[100, 1000], "N resources in one base, one overlay with N/10 patches"),
    ("deep", 10, &[10, 50], "a chain of N overlays over 20 resources"),
    ("fleet", 20, &[20, 50], "N overlays over one base of 40 resources with two components"),
    ("replace", 50, &[50, 300], "replacements with N targets over N Deployments"),
    ("names", 50, &[50, 200], "N generated config maps, each named by two of N Deployments"),
    ("crd", 4, &[4, 20], "N custom resource definitions of 40 KB, and an object of each"),
    ("patches", 10, &[10, 50], "N patches with regular-expression targets on 500 resources"),
    ("bigmap", 4, &[4, 32], "N config maps of 250 KB, half of them generated from files"),
    ("components", 10, &[10, 50], "N components over 30 resources, each with patches, a generator and a resource"),
];

/// Files by path, and the directories to build.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Workload {
    pub files: Vec<(String, String)>,
    pub targets: Vec<String>,
}

impl Workload {
    fn file(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.push((path.into(), text.into()));
    }

    /// Writes a kustomization file with its fields as they are given.
    fn kustomization(&mut self, directory: &str, fields: &str) {
        let head = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
        self.file(format!("{directory}/kustomization.yaml"), format!("{head}{fields}"));
    }

    fn component(&mut self, directory: &str, fields: &str) {
        let head = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n";
        self.file(format!("{directory}/kustomization.yaml"), format!("{head}{fields}"));
    }

    /// Writes `n` objects below `base`, the four kinds in turn, and a kustomization that lists them.
    fn base(&mut self, n: usize) {
        let mut list = String::from("resources:\n");
        for i in 0..n {
            let app = app(i / 4);
            let (kind, text) = match i % 4 {
                0 => ("deployment", deployment(&app, i, &format!("{app}-config"))),
                1 => ("service", service(&app)),
                2 => ("config", config_map(&format!("{app}-config"), i)),
                _ => ("account", service_account(&app)),
            };
            let path = format!("{app}-{kind}.yaml");
            let _ = writeln!(list, "- {path}");
            self.file(format!("base/{path}"), text);
        }
        self.kustomization("base", &list);
    }

    fn target(&mut self, directory: impl Into<String>) {
        self.targets.push(directory.into());
    }
}

/// Makes a workload by its name, as in `wide-100`, or `wide` for the scale by default; `None` if there is no such.
pub fn generate(name: &str) -> Option<Workload> {
    let (kind, scale) = match name.split_once('-') {
        Some((kind, scale)) => (kind, Some(scale.parse::<usize>().ok().filter(|scale| (1..=100_000).contains(scale))?)),
        None => (name, None),
    };
    let (_, default, ..) = KINDS.iter().find(|known| known.0 == kind)?;
    let n = scale.unwrap_or(*default);
    let mut out = Workload::default();
    match kind {
        "tiny" => tiny(&mut out),
        "team" => team(&mut out),
        "wide" => wide(&mut out, n),
        "deep" => deep(&mut out, n),
        "fleet" => fleet(&mut out, n),
        "replace" => replace(&mut out, n),
        "names" => names(&mut out, n),
        "crd" => crd(&mut out, n),
        "patches" => patches(&mut out, n),
        "bigmap" => bigmap(&mut out, n),
        _ => components(&mut out, n),
    }
    Some(out)
}

fn tiny(out: &mut Workload) {
    out.base(3);
    out.file("production/memory.yaml", strategic(&app(0), "512Mi"));
    out.kustomization(
        "production",
        "namespace: production\nresources:\n- ../base\nimages:\n- name: registry.example/orders\n  newTag: 2.0.1\n\
         replicas:\n- name: orders-0000\n  count: 4\npatches:\n- path: memory.yaml\n",
    );
    out.target("production");
}

fn team(out: &mut Workload) {
    out.base(48);
    for (stage, replicas) in [("staging", 1), ("production", 3)] {
        let mut fields = format!(
            "namespace: {stage}\nnamePrefix: {stage}-\nresources:\n- ../base\nlabels:\n- pairs:\n    stage: {stage}\n\
             \u{20} includeSelectors: true\ncommonAnnotations:\n  team: commerce\nconfigMapGenerator:\n- name: stage\n  literals:\n"
        );
        for i in 0..10 {
            let _ = writeln!(fields, "  - SETTING_{i}={stage}-{i}");
        }
        fields += "replicas:\n";
        for i in 0..12 {
            let _ = writeln!(fields, "- name: {}\n  count: {replicas}", app(i));
        }
        fields += "patches:\n";
        for i in 0..12 {
            let _ = writeln!(fields, "- path: patch-{i}.yaml");
            out.file(format!("{stage}/patch-{i}.yaml"), strategic(&app(i), "256Mi"));
        }
        out.kustomization(stage, &fields);
        out.target(stage);
    }
}

fn wide(out: &mut Workload, n: usize) {
    out.base(n);
    let mut fields = String::from(
        "namespace: production\nnamePrefix: eu-\nresources:\n- ../base\nlabels:\n- pairs:\n    region: eu\n  includeSelectors: true\n\
         images:\n- name: registry.example/orders\n  newTag: 2.0.1\npatches:\n",
    );
    for i in 0..n.div_ceil(10) {
        // Every fourth object is a Deployment.
        let app = app(i * 2 % n.div_ceil(4));
        let _ = writeln!(fields, "- path: patch-{i}.yaml");
        out.file(format!("overlay/patch-{i}.yaml"), strategic(&app, &format!("{}Mi", 128 + i % 7 * 64)));
    }
    out.kustomization("overlay", &fields);
    out.target("overlay");
}

fn deep(out: &mut Workload, n: usize) {
    out.base(20);
    let mut below = "base".to_owned();
    for level in 0..n {
        let here = format!("level-{level:04}");
        let fields = format!(
            "resources:\n- ../{below}\nlabels:\n- pairs:\n    level-{}: \"on\"\nimages:\n- name: registry.example/orders\n  newTag: 1.{level}.0\n\
             patches:\n- path: patch.yaml\n",
            level % 5
        );
        out.file(format!("{here}/patch.yaml"), strategic(&app(level % 5), &format!("{}Mi", 128 + level)));
        out.kustomization(&here, &fields);
        below = here;
    }
    out.target(below);
}

fn fleet(out: &mut Workload, n: usize) {
    out.base(40);
    for component in ["monitoring", "tracing"] {
        let directory = format!("components/{component}");
        out.file(format!("{directory}/agent.yaml"), service(&format!("{component}-agent")));
        out.component(
            &directory,
            &format!(
                "resources:\n- agent.yaml\npatches:\n- target:\n    kind: Deployment\n  patch: |-\n    - op: add\n\
                 \u{20}     path: /spec/template/metadata/annotations\n      value:\n        {component}: enabled\n"
            ),
        );
    }
    for cluster in 0..n {
        let directory = format!("clusters/c{cluster:04}");
        out.kustomization(
            &directory,
            &format!(
                "namespace: tenant-{cluster}\nresources:\n- ../../base\ncomponents:\n- ../../components/monitoring\n- ../../components/tracing\n\
                 labels:\n- pairs:\n    cluster: c{cluster:04}\nimages:\n- name: registry.example/orders\n  newTag: 3.{cluster}.0\n\
                 configMapGenerator:\n- name: cluster\n  literals:\n  - NAME=c{cluster:04}\n"
            ),
        );
        out.target(directory);
    }
}

fn replace(out: &mut Workload, n: usize) {
    let mut list = String::from("resources:\n- settings.yaml\n");
    let mut replacements = String::from("replacements:\n");
    out.file("app/settings.yaml", config_map("settings", 0));
    for i in 0..n {
        let app = app(i);
        let _ = writeln!(list, "- {app}.yaml");
        out.file(format!("app/{app}.yaml"), deployment(&app, i, "settings"));
        let _ = write!(
            replacements,
            "- source:\n    kind: ConfigMap\n    name: settings\n    fieldPath: data.SETTING_{}\n  targets:\n  - select:\n      kind: Deployment\n\
             \u{20}     name: {app}\n    fieldPaths:\n    - spec.template.spec.containers.[name=app].env.[name=STAGE].value\n",
            i % 12
        );
    }
    out.kustomization("app", &(list + &replacements));
    out.target("app");
}

fn names(out: &mut Workload, n: usize) {
    let mut list = String::from("namePrefix: shop-\nresources:\n");
    let mut generators = String::from("configMapGenerator:\n");
    for i in 0..n {
        let app = app(i);
        let _ = writeln!(list, "- {app}.yaml");
        out.file(format!("app/{app}.yaml"), deployment(&app, i, &format!("config-{}", (i + 1) % n)));
        let _ = writeln!(
            generators,
            "- name: config-{i}\n  literals:\n  - INDEX={i}\n  - URL=https://service-{i}.example:8443/"
        );
    }
    out.kustomization("app", &(list + &generators));
    out.target("app");
}

fn crd(out: &mut Workload, n: usize) {
    let mut list = String::from("namePrefix: x-\nlabels:\n- pairs:\n    part-of: platform\nresources:\n");
    for i in 0..n {
        let _ = writeln!(list, "- definition-{i}.yaml\n- object-{i}.yaml");
        let mut text = format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things{i}.example.com\nspec:\n\
             \u{20} group: example.com\n  names:\n    kind: Thing{i}\n    listKind: Thing{i}List\n    plural: things{i}\n    singular: thing{i}\n\
             \u{20} scope: Namespaced\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n\
             \u{20}       type: object\n        properties:\n"
        );
        schema(&mut text, 5, 5 + i % 2, 4, 3);
        out.file(format!("app/definition-{i}.yaml"), text);
        let object = format!(
            "apiVersion: example.com/v1\nkind: Thing{i}\nmetadata:\n  name: thing-{i}\nspec:\n  size: {i}\n  mode: Automatic\n  items:\n\
             \u{20} - name: first\n    value: \"1\"\n  - name: second\n    value: \"on\"\n"
        );
        out.file(format!("app/object-{i}.yaml"), object);
    }
    out.kustomization("app", &list);
    out.target("app");
}

/// Appends properties as generators of definitions write them, described in folded sentences.
fn schema(text: &mut String, level: usize, n_properties: usize, n_nested: usize, depth: usize) {
    let indent = "  ".repeat(level);
    for property in 0..n_properties {
        let _ = write!(
            text,
            "{indent}field{property}:\n{indent}  description: |-\n{indent}    Field{property} says how the controller treats objects at this level, and what it does\n\
             {indent}    when none of them is ready. More info: https://example.com/docs/field{property}\n"
        );
        if depth > 0 && property < 3 {
            let _ = write!(text, "{indent}  type: object\n{indent}  properties:\n");
            schema(text, level + 2, n_nested, n_nested, depth - 1);
            let _ = write!(text, "{indent}  required:\n{indent}  - field0\n");
        } else if property % 2 == 0 {
            let _ = write!(text, "{indent}  type: integer\n{indent}  format: int32\n{indent}  minimum: 0\n");
        } else {
            let _ = write!(
                text,
                "{indent}  type: string\n{indent}  pattern: ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$\n{indent}  default: \"\"\n"
            );
        }
    }
}

fn patches(out: &mut Workload, n: usize) {
    out.base(500);
    let mut fields = String::from("resources:\n- ../base\npatches:\n");
    for i in 0..n {
        let _ = match i % 2 {
            0 => write!(
                fields,
                "- target:\n    kind: Deployment\n    name: .*-00{:02}\n  patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n\
                 \u{20}   metadata:\n      name: any\n    spec:\n      revisionHistoryLimit: {i}\n",
                i % 100
            ),
            _ => write!(
                fields,
                "- target:\n    labelSelector: tier=t{},app\n  patch: |-\n    - op: add\n      path: /metadata/labels/patch-{i}\n      value: \"yes\"\n",
                i % 5
            ),
        };
    }
    out.kustomization("overlay", &fields);
    out.target("overlay");
}

fn bigmap(out: &mut Workload, n: usize) {
    let mut list = String::from("namespace: data\nresources:\n");
    let mut generators = String::from("configMapGenerator:\n");
    for i in 0..n {
        let mut lines = String::new();
        for line in 0..3300 {
            let _ = writeln!(
                lines,
                "route {line} from 10.{}.{}.0/24 to service-{} weight {i}: keep alive, no retry",
                line / 250,
                line % 250,
                line % 40
            );
        }
        if i % 2 == 0 {
            let block: String = lines.lines().map(|line| format!("    {line}\n")).collect();
            let text = format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: table-{i}\ndata:\n  table.conf: |\n{block}"
            );
            let _ = writeln!(list, "- table-{i}.yaml");
            out.file(format!("app/table-{i}.yaml"), text);
        } else {
            let _ = writeln!(generators, "- name: table-{i}\n  files:\n  - table-{i}.conf");
            out.file(format!("app/table-{i}.conf"), lines);
        }
    }
    out.kustomization("app", &if n > 1 { list + &generators } else { list });
    out.target("app");
}

fn components(out: &mut Workload, n: usize) {
    out.base(30);
    let mut list = String::from("namePrefix: x-\nresources:\n- ../base\ncomponents:\n");
    for i in 0..n {
        let directory = format!("components/feature-{i:04}");
        let app = app(i % 8);
        let _ = writeln!(list, "- ../{directory}");
        out.file(format!("{directory}/service.yaml"), service(&format!("feature-{i:04}")));
        out.file(format!("{directory}/patch.yaml"), strategic(&app, &format!("{}Mi", 128 + i)));
        out.component(
            &directory,
            &format!(
                "resources:\n- service.yaml\nconfigMapGenerator:\n- name: feature-{i:04}\n  literals:\n  - RANK={i}\npatches:\n- path: patch.yaml\n\
                 - target:\n    kind: Deployment\n    name: {app}\n  patch: |-\n    - op: add\n      path: /spec/template/spec/volumes/-\n\
                 \u{20}     value:\n        name: feature-{i:04}\n        configMap:\n          name: feature-{i:04}\n"
            ),
        );
    }
    out.kustomization("overlay", &list);
    out.target("overlay");
}

fn app(i: usize) -> String {
    const NAMES: [&str; 7] = ["orders", "payments", "catalog", "search", "accounts", "shipping", "reviews"];
    format!("{}-{i:04}", NAMES[i % NAMES.len()])
}

/// A Deployment with the fields that charts and teams write.
pub fn deployment(app: &str, i: usize, config: &str) -> String {
    let image = app.split('-').next().unwrap_or(app);
    let mut text = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {app}\n  labels:\n    app: {app}\n    tier: t{}\n  annotations:\n\
         \u{20}   example.com/owner: \"team-{}\" # who is called at night\nspec:\n  replicas: {}\n  revisionHistoryLimit: 3\n  selector:\n    matchLabels:\n\
         \u{20}     app: {app}\n  template:\n    metadata:\n      labels:\n        app: {app}\n        tier: t{}\n    spec:\n\
         \u{20}     serviceAccountName: {app}\n      containers:\n      - name: app\n        image: registry.example/{image}:1.{i}.0\n",
        i % 5,
        i % 9,
        1 + i % 3,
        i % 5
    );
    text += "        args: [\"serve\", \"--listen=:8080\", --log-level, info]\n        ports:\n        - containerPort: 8080\n          name: http\n\
             \u{20}       - containerPort: 9090\n          name: metrics\n        env:\n        - name: STAGE\n          value: development\n";
    for n in 0..6 {
        let _ = write!(
            text,
            "        - name: SETTING_{n}\n          valueFrom:\n            configMapKeyRef:\n              name: {config}\n              key: SETTING_{n}\n"
        );
    }
    let _ = write!(
        text,
        "        resources:\n          requests:\n            cpu: 100m\n            memory: 128Mi\n          limits:\n            memory: 256Mi\n\
         \u{20}       livenessProbe:\n          httpGet:\n            path: /healthz\n            port: http\n          initialDelaySeconds: 5\n\
         \u{20}       readinessProbe:\n          httpGet: {{path: /ready, port: http}}\n          periodSeconds: 10\n\
         \u{20}       volumeMounts:\n        - name: config\n          mountPath: /etc/app\n          readOnly: true\n\
         \u{20}     volumes:\n      - name: config\n        configMap:\n          name: {config}\n"
    );
    text
}

fn service(app: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: {app}\n  labels:\n    app: {app}\nspec:\n  type: ClusterIP\n  selector:\n    app: {app}\n\
         \u{20} ports:\n  - name: http\n    port: 80\n    targetPort: http\n    protocol: TCP\n  - name: metrics\n    port: 9090\n    targetPort: metrics\n"
    )
}

fn service_account(app: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {app}\n  labels:\n    app: {app}\nautomountServiceAccountToken: false\n"
    )
}

fn config_map(name: &str, i: usize) -> String {
    let mut text =
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  labels:\n    tier: t{}\ndata:\n", i % 5);
    for n in 0..12 {
        let _ = writeln!(text, "  SETTING_{n}: \"{}\"", (i + 1) * (n + 3));
    }
    text + "  app.properties: |\n    cache.size=100\n    cache.ttl=30s\n    # the rest is set by the environment\n    feature.search=true\n"
}

/// A strategic merge patch for a Deployment.
pub fn strategic(app: &str, memory: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {app}\nspec:\n  strategy:\n    type: RollingUpdate\n  template:\n    spec:\n\
         \u{20}     containers:\n      - name: app\n        env:\n        - name: STAGE\n          value: production\n        - name: EXTRA\n          value: \"1\"\n\
         \u{20}       resources:\n          limits:\n            memory: {memory}\n"
    )
}
