//! Random `generators`, `transformers` and `validators`: every builtin kind, inline, in files, in directories; functions
//! and plugins that are programs come from `functions`, charts from `helm`.

use super::config::field_spec;
use super::generate::{Generator, Level};
use super::resource::{self, Resource};
use super::yaml::{Content, Style, Yaml};
use super::{fields, functions, helm, patches, replacements};

pub fn add(g: &mut Generator, level: &mut Level, scope: &mut Vec<Resource>) {
    if g.likely(12) {
        g.tag("generators");
        let n_configs = g.random.between(1, 2);
        let configs = (0..n_configs).map(|_| generator(g, level, scope)).collect();
        list(g, level, "generators", configs);
    }
    if g.likely(20) {
        g.tag("transformers");
        let n_configs = g.random.between(1, 2);
        let configs = (0..n_configs).map(|_| transformer(g, level, scope)).collect();
        list(g, level, "transformers", configs);
    }
    if g.likely(4) {
        g.tag("validators");
        let config = validator(g, level, scope);
        list(g, level, "validators", vec![config]);
    }
}

/// Adds a field whose entries are configurations of plugins, in one of the ways to write them.
fn list(g: &mut Generator, level: &mut Level, field: &'static str, configs: Vec<Yaml>) {
    // A configuration that names files of its own is read from the kustomization that lists it.
    let names_files = configs.iter().any(|config| match config {
        Yaml::Map(entries) => entries.iter().any(|(key, _)| {
            ["path", "paths", "files", "envs", "env", "argsFromFile", "targetFilePath"].contains(&key.as_str())
        }),
        _ => false,
    });
    let mut entries = Vec::new();
    match g.random.below(10) {
        0..=3 => {
            g.tag("plugins: inline");
            entries.extend(configs.into_iter().map(|config| Yaml::Embedded("|-", vec![config])));
        }
        4..=6 => {
            g.tag("plugins: file");
            for config in configs {
                let style = g.style();
                let path = g.file(level, "plugin", "yaml", Content::Documents(vec![config], style));
                entries.push(Yaml::scalar(path));
            }
        }
        7 if !names_files => {
            g.tag("plugins: directory");
            let directory = g.new_directory(None);
            entries.push(Yaml::scalar(g.way(&level.directory, &directory)));
            let mut kustomization = Yaml::map([("resources", Yaml::list(["plugins.yaml"]))]);
            if g.random.chance(15) {
                kustomization.set(&["namePrefix"], Yaml::scalar("own-"));
            }
            let files = [("kustomization.yaml", vec![kustomization]), ("plugins.yaml", configs)];
            for (name, documents) in files {
                let content = Content::Documents(documents, Style::default());
                g.case.files.insert(format!("{directory}/{name}"), content);
            }
        }
        _ => {
            g.tag("plugins: several documents");
            let style = g.style();
            let path = g.file(level, "plugins", "yaml", Content::Documents(configs, style));
            entries.push(Yaml::scalar(path));
        }
    }
    level.add(field, Yaml::List(entries));
}

/// The head of a builtin plugin's configuration.
pub fn builtin(g: &mut Generator, kind: &str) -> Yaml {
    let number = g.random.below(1000);
    let mut config = Yaml::map([("apiVersion", Yaml::scalar("builtin")), ("kind", Yaml::scalar(kind))]);
    config.set(&["metadata", "name"], Yaml::scalar(format!("plugin-{number}")));
    config
}

fn generator(g: &mut Generator, level: &Level, scope: &mut Vec<Resource>) -> Yaml {
    match g.random.below(100) {
        0..=27 => {
            g.tag("generators: ConfigMapGenerator");
            generator_of(g, level, scope, "ConfigMapGenerator", "ConfigMap")
        }
        28..=45 => {
            g.tag("generators: SecretGenerator");
            generator_of(g, level, scope, "SecretGenerator", "Secret")
        }
        46..=55 => {
            g.tag("generators: IAMPolicyGenerator");
            let mut config = builtin(g, "IAMPolicyGenerator");
            config.set(&["cloud"], Yaml::scalar(if g.random.chance(93) { "gke" } else { "other" }));
            config.set(&["kubernetesService", "name"], Yaml::scalar("k8s-account"));
            if g.random.chance(50) {
                config.set(&["kubernetesService", "namespace"], Yaml::scalar("prod"));
            }
            config.set(&["serviceAccount", "name"], Yaml::scalar("account"));
            config.set(&["serviceAccount", "projectId"], Yaml::scalar("project"));
            config
        }
        56..=68 => {
            g.tag("generators: HelmChartInflationGenerator");
            let mut config = builtin(g, "HelmChartInflationGenerator");
            if let Yaml::Map(entries) = helm::chart(g, level, scope)
                && let Yaml::Map(all) = &mut config
            {
                all.extend(entries);
            }
            config
        }
        69 if g.random.chance(40) => {
            g.tag("plugins: wrong role");
            builtin(g, "HashTransformer")
        }
        70 if g.random.chance(40) => {
            g.tag("plugins: unknown builtin");
            builtin(g, "NoSuchGenerator")
        }
        69..=90 => functions::generator(g, level, scope),
        _ => functions::exec_plugin(g, level, scope, functions::Role::Generator),
    }
}

/// An entry of a generator's field as a plugin's configuration: its name stands in the metadata.
fn generator_of(g: &mut Generator, level: &Level, scope: &mut Vec<Resource>, plugin: &str, kind: &'static str) -> Yaml {
    let entry = fields::generator_entry(g, level, scope, kind);
    let mut config = builtin(g, plugin);
    if let Yaml::Map(entries) = entry {
        for (key, value) in entries {
            match key.as_str() {
                "name" | "namespace" => config.set(&["metadata", &key], value),
                // Only the field of the kustomization knows the singular.
                "env" => config.set(&["envs"], Yaml::List(vec![value])),
                _ => config.set(&[&key], value),
            }
        }
    }
    config
}

pub fn transformer(g: &mut Generator, level: &Level, scope: &mut Vec<Resource>) -> Yaml {
    if scope.is_empty() {
        return functions::transformer(g, level);
    }
    let resource = g.random.pick(scope).clone();
    match g.random.below(100) {
        0..=7 => {
            g.tag("transformers: AnnotationsTransformer");
            let mut config = builtin(g, "AnnotationsTransformer");
            config.set(&["annotations"], fields::annotations(g));
            let specs = specs(g, &["metadata/annotations", "spec/template/metadata/annotations"], true);
            config.set(&["fieldSpecs"], specs);
            config
        }
        8..=15 => {
            g.tag("transformers: LabelTransformer");
            let mut config = builtin(g, "LabelTransformer");
            config.set(&["labels"], resource::label_map(&resource::labels(&mut g.random)));
            let specs = specs(g, &["metadata/labels", "spec/template/metadata/labels", "spec/selector"], true);
            config.set(&["fieldSpecs"], specs);
            config
        }
        16..=27 => affix(g),
        28..=36 => namespace(g),
        37..=43 => {
            g.tag("transformers: ImageTagTransformer");
            let mut config = builtin(g, "ImageTagTransformer");
            config.set(&["imageTag", "name"], Yaml::scalar(g.random.word(&resource::IMAGE_NAMES)));
            let (option, value) = *g.random.pick(&[
                ("newTag", "v7"),
                ("newName", "registry.x/new"),
                ("digest", "sha256:0123"),
                ("tagSuffix", "-s"),
            ]);
            config.set(&["imageTag", option], Yaml::scalar(value));
            if g.random.chance(60) {
                let paths = ["spec/template/spec/containers[]/image", "spec/containers[]/image", "spec/image"];
                let specs = specs(g, &paths, false);
                config.set(&["fieldSpecs"], specs);
            }
            config
        }
        44..=49 => {
            g.tag("transformers: ReplicaCountTransformer");
            let mut config = builtin(g, "ReplicaCountTransformer");
            let scaled = scope.iter().find(|resource| resource.kind.has_replicas).unwrap_or(&resource);
            config.set(&["replica", "name"], Yaml::scalar(&scaled.name));
            config.set(&["replica", "count"], Yaml::scalar(g.random.word(&["0", "3", "11"])));
            let spec = field_spec(Some(scaled.kind.kind), "spec/replicas", Some(g.random.chance(70)));
            config.set(&["fieldSpecs"], Yaml::List(vec![spec]));
            config
        }
        50..=57 => {
            g.tag("transformers: PatchTransformer");
            let mut config = builtin(g, "PatchTransformer");
            if let (Yaml::Map(entries), Yaml::Map(all)) = (patches::entry(g, level, scope), &mut config) {
                all.extend(entries);
            }
            config
        }
        58..=62 => {
            g.tag("transformers: PatchStrategicMergeTransformer");
            let mut config = builtin(g, "PatchStrategicMergeTransformer");
            let (documents, style) = patches::merge_documents(g, scope, 2);
            match g.random.below(3) {
                0 => {
                    let path = g.file(level, "psm", "yaml", Content::Documents(documents, style));
                    config.set(&["paths"], Yaml::list([path]));
                }
                1 => config.set(&["paths"], Yaml::List(vec![Yaml::Embedded("|-", documents)])),
                _ => config.set(&["patches"], Yaml::Embedded("|-", documents)),
            }
            config
        }
        63..=67 => {
            g.tag("transformers: PatchJson6902Transformer");
            let mut config = builtin(g, "PatchJson6902Transformer");
            config.set(&["target"], patches::exact_target(&mut g.random, &resource));
            let n_operations = g.random.between(1, 2);
            let operations = (0..n_operations).map(|_| patches::operation(&mut g.random, &resource)).collect();
            if g.random.chance(60) {
                config.set(&["jsonOp"], Yaml::Embedded("|-", vec![Yaml::List(operations)]));
            } else {
                let style = g.style();
                let path = g.file(level, "ops", "yaml", Content::Documents(vec![Yaml::List(operations)], style));
                config.set(&["path"], Yaml::scalar(path));
            }
            config
        }
        68..=73 => {
            g.tag("transformers: ReplacementTransformer");
            let mut config = builtin(g, "ReplacementTransformer");
            config.set(&["replacements"], Yaml::List(vec![replacements::entry(g, scope)]));
            config
        }
        74..=79 => value_add(g, level, &resource),
        80..=81 => {
            g.tag("transformers: HashTransformer");
            builtin(g, "HashTransformer")
        }
        82 if g.random.chance(30) => {
            g.tag("transformers: SortOrderTransformer");
            let mut config = builtin(g, "SortOrderTransformer");
            config.set(&["sortOptions", "order"], Yaml::scalar(g.random.word(&["legacy", "fifo"])));
            config
        }
        84 if g.random.chance(40) => {
            g.tag("plugins: wrong role");
            builtin(g, "ConfigMapGenerator")
        }
        82..=94 => functions::transformer(g, level),
        _ => functions::exec_plugin(g, level, scope, functions::Role::Transformer),
    }
}

fn validator(g: &mut Generator, level: &Level, scope: &mut Vec<Resource>) -> Yaml {
    match g.random.below(20) {
        0 | 1 => functions::validator(g, level),
        2..=7 => functions::exec_plugin(g, level, scope, functions::Role::Validator),
        8 => {
            // A transformer that changes something is no validator, unless it selects nothing.
            g.tag("validators: builtin");
            let mut config = builtin(g, "LabelTransformer");
            config.set(&["labels"], Yaml::map([("validated-by", Yaml::scalar("us"))]));
            config.set(&["fieldSpecs"], Yaml::List(vec![field_spec(None, "metadata/labels", Some(true))]));
            config
        }
        _ => {
            g.tag("validators: builtin");
            let mut config = builtin(g, "AnnotationsTransformer");
            config.set(&["annotations"], Yaml::map([("a", Yaml::scalar("b"))]));
            let kind = if g.random.chance(95) { "NoSuchKind" } else { "Deployment" };
            config.set(&["fieldSpecs"], Yaml::List(vec![field_spec(Some(kind), "metadata/annotations", Some(true))]));
            config
        }
    }
}

fn affix(g: &mut Generator) -> Yaml {
    let is_prefix = g.random.chance(50);
    g.tag(if is_prefix { "transformers: PrefixTransformer" } else { "transformers: SuffixTransformer" });
    let mut config = builtin(g, if is_prefix { "PrefixTransformer" } else { "SuffixTransformer" });
    let (field, value) = if is_prefix { ("prefix", "t-") } else { ("suffix", "-t") };
    config.set(&[field], Yaml::scalar(value));
    let mut specs = vec![field_spec(None, "metadata/name", None)];
    if g.random.chance(25) {
        specs = vec![field_spec(Some(g.random.word(&["Deployment", "ConfigMap", "Widget"])), "metadata/name", None)];
    }
    if g.random.chance(25) {
        specs.push(field_spec(Some("Widget"), "spec/ref/name", None));
    }
    if g.random.chance(95) {
        config.set(&["fieldSpecs"], Yaml::List(specs));
    }
    config
}

fn namespace(g: &mut Generator) -> Yaml {
    g.tag("transformers: NamespaceTransformer");
    let mut config = builtin(g, "NamespaceTransformer");
    config.set(&["metadata", "namespace"], Yaml::scalar(g.random.word(&resource::NAMESPACES)));
    if g.random.chance(40) {
        g.tag("NamespaceTransformer: unsetOnly");
        config.set(&["unsetOnly"], Yaml::scalar("true"));
    }
    if g.random.chance(50) {
        g.tag("NamespaceTransformer: setRoleBindingSubjects");
        let modes = ["none", "allServiceAccounts", "defaultOnly"];
        let mode = if g.random.chance(4) { "some" } else { g.random.word(&modes) };
        config.set(&["setRoleBindingSubjects"], Yaml::scalar(mode));
    }
    if g.random.chance(75) {
        let mut specs = vec![field_spec(None, "metadata/namespace", Some(true))];
        if g.random.chance(30) {
            specs.push(field_spec(Some("RoleBinding"), "subjects", None));
        }
        if g.random.chance(20) {
            specs.push(field_spec(Some("Namespace"), "metadata/name", Some(true)));
        }
        config.set(&["fieldSpecs"], Yaml::List(specs));
    }
    config
}

fn value_add(g: &mut Generator, level: &Level, resource: &Resource) -> Yaml {
    g.tag("transformers: ValueAddTransformer");
    let mut config = builtin(g, "ValueAddTransformer");
    if g.random.chance(85) {
        config.set(&["value"], Yaml::scalar(g.random.word(&["added", "'1'", "\"true\"", "a/b"])));
    }
    let path = g.random.word(&[
        "metadata/annotations/added",
        "metadata/namespace",
        "metadata/labels/added",
        "spec/made/here",
        "metadata/name",
    ]);
    let mut target = Yaml::map([("fieldPath", Yaml::scalar(path))]);
    target.set(&["selector", "kind"], Yaml::scalar(resource.kind.kind));
    if g.random.chance(60) {
        target.set(&["selector", "name"], Yaml::scalar(&resource.name));
    }
    if path != "metadata/name" && g.random.chance(20) {
        target.set(&["filePathPosition"], Yaml::scalar(g.random.word(&["1", "2", "0"])));
    }
    if g.random.chance(70) {
        config.set(&["targets"], Yaml::List(vec![target]));
    } else {
        let document = Yaml::map([("targets", Yaml::List(vec![target]))]);
        let path = g.file(level, "targets", "yaml", Content::Documents(vec![document], Style::default()));
        config.set(&["targetFilePath"], Yaml::scalar(path));
    }
    config
}

/// One or two field specs; the first is nearly always for everything.
fn specs(g: &mut Generator, paths: &[&'static str], create: bool) -> Yaml {
    let first = paths[0];
    let mut specs = vec![if g.random.chance(70) {
        field_spec(None, first, Some(create))
    } else {
        field_spec(Some(g.random.word(&["Deployment", "Service", "Widget"])), first, Some(g.random.chance(60)))
    }];
    if g.random.chance(35) {
        let path = g.random.word(&paths[1..]);
        specs.push(field_spec(Some(g.random.word(&["Deployment", "Job", "Widget"])), path, Some(g.random.chance(60))));
    }
    Yaml::List(specs)
}
