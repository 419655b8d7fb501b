//! Random charts. The `helm` of a case is a script that prints its arguments, its environment and the files it was given
//! as an object, so that the command lines are compared byte by byte.

use super::generate::{Generator, Level};
use super::resource::{self, Resource};
use super::scalar;
use super::yaml::{Content, Style, Yaml};

/// Names of temporary places are each program's own: they are cut out of what is printed.
const HELM: &str = r##"#!/bin/sh
here=$(pwd -P)
short() {
  case "$1" in
  "$here"/*) printf '%s' "${1#"$here"/}" ;;
  */kustomize-helm-*|/tmp/*|"${TMPDIR:-/tmp}"/*) printf 'TMP/%s' "${1##*/}" ;;
  *) printf '%s' "$1" ;;
  esac
}
case "$1" in
version)
  echo "VERSION"
  exit 0
  ;;
pull)
  words=
  for word in "$@"; do
    words="$words $(short "$word")"
    case "$last" in --untardir) to=$word ;; --repo|--version) ;; *) case "$word" in --*) ;; *) name=${word##*/} ;; esac ;; esac
    last=$word
  done
  mkdir -p "$to/$name"
  printf 'pulled: "%s"\n' "$words" > "$to/$name/values.yaml"
  exit 0
  ;;
esac
shift
release=none
case "$1" in --*) ;; *) release=$1 ;; esac
printf -- '---\n# Source: chart\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s-args\n' "$release"
namespace=
last=
for word in "$@"; do
  case "$last" in --namespace) namespace=$word ;; esac
  last=$word
done
if [ -n "$namespace" ]; then printf '  namespace: %s\n' "$namespace"; fi
printf 'data:\n  environment: "%s %s %s"\n  arguments: |\n' "${HELM_CONFIG_HOME##*/}" "${HELM_CACHE_HOME##*/}" "${HELM_DATA_HOME##*/}"
for word in "$@"; do printf '    %s\n' "$(short "$word")"; done
last=
n=0
for word in "$@"; do
  case "$last" in
  -f|--values)
    n=$((n + 1))
    printf '  values%s: |\n    # values\n' "$n"
    sed 's/^/    /; s/^ *$//' "$word"
    ;;
  esac
  last=$word
done
printf -- '---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: %s-app\n' "$release"
printf 'spec:\n  template:\n    spec:\n      containers:\n      - name: main\n        image: nginx:1.19\n'
case " $* " in *" --include-crds "*)
  printf -- '---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: %s.example.com\n' "$release"
esac
"##;

pub fn add(g: &mut Generator, level: &mut Level, scope: &mut Vec<Resource>) {
    if !g.likely(6) {
        return;
    }
    if g.random.chance(12) {
        old_field(g, level);
        return;
    }
    g.tag("helmCharts");
    if g.random.chance(30) {
        g.tag("helmGlobals");
        let mut globals = Yaml::map([("chartHome", Yaml::scalar(home(g)))]);
        if g.random.chance(30) {
            globals.set(&["configHome"], Yaml::scalar("helm-home"));
        }
        level.add("helmGlobals", globals);
        // Charts of this level are in that place.
        let charts = charts_with_home(g, level, scope, false);
        level.add("helmCharts", charts);
        return;
    }
    let charts = charts_with_home(g, level, scope, false);
    level.add("helmCharts", charts);
}

fn home(g: &mut Generator) -> &'static str {
    g.random.word(&["charts", "charts", "my-charts", "./charts", "deep/charts"])
}

fn charts_with_home(g: &mut Generator, level: &Level, scope: &mut Vec<Resource>, _has_globals: bool) -> Yaml {
    let n_charts = if g.random.chance(80) { 1 } else { 2 };
    Yaml::List((0..n_charts).map(|_| chart_in(g, level, scope, None)).collect())
}

/// The script that stands for helm, and the flags to use it.
fn install(g: &mut Generator) {
    if !g.random.chance(2) {
        g.flag("--enable-helm");
    }
    g.flag("--helm-command=./helm.sh");
    if g.case.files.contains_key("helm.sh") {
        return;
    }
    let version = match g.random.below(30) {
        0 if g.random.chance(60) => g.random.word(&["v2.17.0", "no version"]),
        2..=8 => "v4.0.1+g1",
        _ => "v3.14.2+gabcdef",
    };
    g.case.files.insert("helm.sh".to_owned(), Content::Script(HELM.replace("VERSION", version)));
    let flags = [
        ("--helm-kube-version=v1.30.1", "helm: --helm-kube-version", 12),
        ("--helm-api-versions=apps/v9", "helm: --helm-api-versions", 12),
        ("--helm-debug", "helm: --helm-debug", 8),
    ];
    for (flag, tag, percent) in flags {
        if g.random.chance(percent) {
            g.tag(tag);
            g.flag(flag);
        }
    }
}

/// One chart for a plugin's configuration, which says itself where charts are.
pub fn chart(g: &mut Generator, level: &Level, scope: &mut Vec<Resource>) -> Yaml {
    let home = g.random.chance(40).then(|| home(g));
    let mut chart = chart_in(g, level, scope, Some(home.unwrap_or("charts")));
    if let Some(home) = home {
        chart.set(&["chartHome"], Yaml::scalar(home));
    }
    chart
}

fn chart_in(g: &mut Generator, level: &Level, scope: &mut Vec<Resource>, home: Option<&str>) -> Yaml {
    install(g);
    let name = g.random.word(&["web", "minecraft", "db"]);
    let mut chart = Yaml::map([("name", Yaml::scalar(name))]);
    // Wherever `helmGlobals` may look.
    let homes: Vec<&str> = match home {
        Some(home) => vec![home],
        None => vec!["charts", "my-charts", "deep/charts"],
    };
    let mut directory = name.to_owned();
    let is_pulled = g.random.chance(35);
    let has_version = is_pulled || g.random.chance(30);
    if has_version {
        chart.set(&["version"], Yaml::scalar(g.random.word(&["3.1.3", "'2.0'", "v1.0.0"])));
        directory = format!("{name}-3.1.3/{name}");
    }
    if is_pulled {
        g.tag("helm: pull");
        let repo =
            g.random.word(&["https://charts.example.com/repo", "oci://registry.example.com/charts/", "oci://r.x/c"]);
        chart.set(&["repo"], Yaml::scalar(repo));
        if g.random.chance(30) {
            chart.set(&["devel"], Yaml::scalar("true"));
        }
    } else {
        directory = name.to_owned();
    }
    if !is_pulled && !g.random.chance(2) {
        let style = g.style();
        let document = values(g);
        for home in homes {
            let path = format!("{}/{}/{directory}/values.yaml", level.directory, home.trim_start_matches("./"));
            g.case.files.insert(path, Content::Documents(vec![document.clone()], style));
        }
    }
    let release = match g.random.below(8) {
        0 => None,
        1 => Some("-bad".to_owned()),
        _ => {
            let mut release = g.random.word(&["rel", "one", "moria"]).to_owned();
            while !g.claim("a release", &release) {
                release.push('x');
            }
            Some(release)
        }
    };
    match &release {
        Some(release) if release.starts_with('-') && !g.random.chance(4) => {}
        Some(release) => {
            chart.set(&["releaseName"], Yaml::scalar(release));
            scope.push(released(release));
        }
        None => g.tag("helm: --generate-name"),
    }
    values_options(g, level, &mut chart);
    options(g, &mut chart);
    chart
}

fn options(g: &mut Generator, chart: &mut Yaml) {
    if g.random.chance(35) {
        chart.set(&["namespace"], Yaml::scalar(g.random.word(&resource::NAMESPACES)));
    }
    let switches: [(&str, &'static str, usize); 5] = [
        ("includeCRDs", "helm: includeCRDs", 25),
        ("skipHooks", "helm: skipHooks", 20),
        ("skipTests", "helm: skipTests", 20),
        ("debug", "helm: debug", 10),
        ("devel", "helm: devel", 10),
    ];
    for (field, tag, percent) in switches {
        if g.random.chance(percent) {
            g.tag(tag);
            chart.set(&[field], Yaml::scalar(g.random.word(&["true", "true", "false"])));
        }
    }
    if g.random.chance(20) {
        g.tag("helm: apiVersions");
        chart.set(&["apiVersions"], Yaml::list(["monitoring.coreos.com/v1", "a/v1"]));
    }
    if g.random.chance(20) {
        g.tag("helm: kubeVersion");
        chart.set(&["kubeVersion"], Yaml::scalar(g.random.word(&["'1.29'", "v1.28.0"])));
    }
    if g.random.chance(15) {
        g.tag("helm: nameTemplate");
        chart.set(&["nameTemplate"], Yaml::scalar(scalar::single("{{ .Release.Name }}-x")));
    }
}

fn values_options(g: &mut Generator, level: &Level, chart: &mut Yaml) {
    if g.random.chance(30) {
        g.tag("helm: valuesFile");
        let (document, style) = (values(g), g.style());
        let path = g.file(level, "values", "yaml", Content::Documents(vec![document], style));
        chart.set(&["valuesFile"], Yaml::scalar(path));
    }
    if g.random.chance(20) {
        g.tag("helm: additionalValuesFiles");
        let (document, style) = (values(g), g.style());
        let path = g.file(level, "more-values", "yaml", Content::Documents(vec![document], style));
        chart.set(&["additionalValuesFiles"], Yaml::list([path]));
    }
    if g.random.chance(45) {
        g.tag("helm: valuesInline");
        let inline = values(g);
        chart.set(&["valuesInline"], inline);
        if g.random.chance(60) {
            g.tag("helm: valuesMerge");
            let ways = ["override", "merge", "replace"];
            let way = if g.random.chance(3) { "other" } else { g.random.word(&ways) };
            chart.set(&["valuesMerge"], Yaml::scalar(way));
        }
    }
}

/// Values as charts have them: scalars, mappings, lists, and a few keys in common.
fn values(g: &mut Generator) -> Yaml {
    let mut values = Yaml::map([("replicaCount", Yaml::scalar(g.random.word(&["1", "2", "'3'", "1.5", "1e3"])))]);
    values.set(&["image", "repository"], Yaml::scalar(g.random.word(&resource::IMAGE_NAMES)));
    if g.random.chance(60) {
        values.set(&["image", "tag"], Yaml::scalar(g.random.word(&["v1", "'1.0'", "\"2\"", "null", "~"])));
    }
    if g.random.chance(50) {
        let list = g.random.word(&["[a, b]", "[]", "[{name: x, value: 1}]", "[1, 2.0, 'x']"]);
        values.set(&["list"], Yaml::scalar(list));
    }
    let n_keys = g.random.between(0, 3);
    for key in scalar::keys(&mut g.random, n_keys) {
        if !key.starts_with(['\'', '"']) {
            let value = if g.random.chance(50) { scalar::text(&mut g.random) } else { Yaml::scalar("{a: {b: 1}}") };
            values.set(&[&key], value);
        }
    }
    values
}

/// The field of the first version of this feature.
fn old_field(g: &mut Generator, level: &mut Level) {
    g.tag("helmChartInflationGenerator");
    install(g);
    let document = values(g);
    let path = format!("{}/charts/old/values.yaml", level.directory);
    g.case.files.insert(path, Content::Documents(vec![document], Style::default()));
    let mut entry = Yaml::map([("chartName", Yaml::scalar("old")), ("releaseName", Yaml::scalar("old-release"))]);
    if g.random.chance(40) {
        entry.set(&["chartHome"], Yaml::scalar("charts"));
    }
    if g.random.chance(40) {
        entry.set(&["values"], Yaml::scalar("charts/old/values.yaml"));
    }
    if g.random.chance(40) {
        entry.set(&["releaseNamespace"], Yaml::scalar("prod"));
    }
    if g.random.chance(40) {
        let local = values(g);
        entry.set(&["valuesLocal"], local);
        if g.random.chance(50) {
            entry.set(&["valuesMerge"], Yaml::scalar(g.random.word(&["merge", "override", "replace"])));
        }
    }
    if g.random.chance(20) {
        entry.set(&["extraArgs"], Yaml::list(["--include-crds"]));
    }
    level.add("helmChartInflationGenerator", Yaml::List(vec![entry]));
}

fn released(release: &str) -> Resource {
    let name = format!("{release}-app");
    Resource {
        kind: super::fields::kind("Deployment"),
        current_name: name.clone(),
        name,
        namespace: None,
        current_namespace: None,
        labels: Vec::new(),
        has_annotations: false,
        containers: vec!["main".to_owned()],
        data_keys: Vec::new(),
        structured: Vec::new(),
    }
}
