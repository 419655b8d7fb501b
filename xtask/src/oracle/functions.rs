//! Plugins that are programs: KRM functions that are run as they are, and the older plugins found by their group and
//! kind. All of them are small shell scripts, so that a case carries what it needs.
//!
//! Scripts work on the text they are given. That the texts of the two programs are laid out alike is a part of what is
//! compared; the scripts that print their whole input show it to the byte.

use super::generate::{Generator, Level};
use super::resource::{self, Resource};
use super::yaml::{Content, Yaml};

/// What a plugin is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Role {
    Generator,
    Transformer,
    Validator,
}

/// Marks every object and gives back the rest as it was.
const ANNOTATE: &str = "sed 's/^  metadata:$/  metadata:\\n    finalizers:\\n    - seen.example.com/'\n";

/// Gives everything back.
const IDENTITY: &str = "cat\n";

/// Puts one object before the others.
const ADD: &str = "awk '
/^items:/ {
  print \"items:\"
  print \"- apiVersion: v1\"
  print \"  kind: ConfigMap\"
  print \"  metadata:\"
  print \"    name: added\"
  print \"  data:\"
  print \"    by: function\"
  next
}
{ print }'
";

/// Leaves the first object out.
const DELETE: &str = "awk '
/^- / { n++ }
/^[a-zA-Z]/ { top = $1 }
!(top == \"items:\" && n == 1 && !/^items:/) { print }'
";

/// Gives back an object that holds the whole input, and nothing else.
const ECHO: &str = "printf 'apiVersion: config.kubernetes.io/v1\\nkind: ResourceList\\nitems:\\n'
printf -- '- apiVersion: v1\\n  kind: ConfigMap\\n  metadata:\\n    name: echo\\n  data:\\n    input: |\\n'
sed 's/^/      /'
";

/// Changes a number in every object.
const SCALE: &str = "sed 's/^\\( *\\)replicas: .*$/\\1replicas: 7/'\n";

const FAIL: &str = "cat > /dev/null\necho 'this is wrong' >&2\nexit 3\n";

/// Says what is wrong in the answer itself.
const RESULTS: &str = "cat
printf 'results:\\n- message: not good\\n  severity: SEVERITY\\n'
exit STATUS
";

fn script(body: &str) -> Content {
    Content::Script(format!("#!/bin/sh\n{body}"))
}

/// Writes a script beside the kustomization and returns the configuration of a function that runs it.
fn function(g: &mut Generator, level: &Level, body: &str) -> Yaml {
    g.tag("functions: exec");
    if !g.random.chance(1) {
        g.flag("--enable-alpha-plugins");
    }
    if !g.random.chance(1) {
        g.flag("--enable-exec");
    }
    let number = g.random.below(10_000);
    let path = format!("{}/fn{number}.sh", level.directory);
    g.case.files.insert(path, script(body));
    let mut config = Yaml::map([
        ("apiVersion", Yaml::scalar("example.com/v1")),
        ("kind", Yaml::scalar(g.random.word(&["Function", "Widget", "ConfigMap"]))),
    ]);
    config.set(&["metadata", "name"], Yaml::scalar(format!("function-{number}")));
    // The way starts at the directory of the kustomization.
    let exec = Yaml::map([("exec", Yaml::map([("path", Yaml::scalar(format!("./fn{number}.sh")))]))]);
    config.set(&["metadata", "annotations", "config.kubernetes.io/function"], Yaml::Embedded("|", vec![exec]));
    if g.random.chance(30) {
        config.set(&["metadata", "labels"], resource::label_map(&resource::labels(&mut g.random)));
    }
    if g.random.chance(60) {
        config.set(&["data", "key"], Yaml::scalar(g.random.word(&["value", "'1'", "1", "1.0", "yes", "0x10", "null"])));
    }
    if g.random.chance(20) {
        config.set(&["spec", "list"], Yaml::Flow(Box::new(Yaml::list(["a", "'b'", "1"]))));
    }
    config
}

pub fn transformer(g: &mut Generator, level: &Level) -> Yaml {
    let (tag, body): (&'static str, &str) = match g.random.below(48) {
        0..=10 => ("functions: annotate", ANNOTATE),
        11..=17 => ("functions: identity", IDENTITY),
        18..=26 => ("functions: add an object", ADD),
        27..=32 => ("functions: delete an object", DELETE),
        33..=37 => ("functions: echo the input", ECHO),
        38..=43 => ("functions: scale", SCALE),
        44..=46 => ("functions: results", RESULTS),
        _ => ("functions: fail", FAIL),
    };
    g.tag(tag);
    let body = with_severity(g, body);
    function(g, level, &body)
}

pub fn validator(g: &mut Generator, level: &Level) -> Yaml {
    g.tag("validators: function");
    let body = match g.random.below(8) {
        0 => FAIL,
        1 | 2 => RESULTS,
        3 => ANNOTATE,
        _ => IDENTITY,
    };
    let body = with_severity(g, body);
    function(g, level, &body)
}

fn with_severity(g: &mut Generator, body: &str) -> String {
    let (severity, status) =
        *g.random.pick(&[("info", "0"), ("warning", "0"), ("info", "0"), ("error", "0"), ("error", "1")]);
    body.replace("SEVERITY", severity).replace("STATUS", status)
}

pub fn generator(g: &mut Generator, level: &Level, scope: &mut Vec<Resource>) -> Yaml {
    g.tag("functions: generator");
    let existing: Vec<Resource> = scope.iter().filter(|resource| resource.kind.kind == "ConfigMap").cloned().collect();
    let mut annotations = Vec::new();
    let mut name = "from-function".to_owned();
    if g.random.chance(50) {
        g.tag("functions: needs-hash");
        annotations.push("kustomize.config.k8s.io/needs-hash: \"true\"");
    }
    if !existing.is_empty() && g.random.chance(35) {
        g.tag("functions: behavior");
        name = g.random.pick(&existing).name.clone();
        let merge = "kustomize.config.k8s.io/behavior: merge";
        annotations.push(if g.random.chance(50) { merge } else { "kustomize.config.k8s.io/behavior: replace" });
    } else {
        while !g.claim("ConfigMap", &name) && !g.random.chance(2) {
            name.push('x');
        }
        scope.push(made(&name));
    }
    let mut text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n");
    if !annotations.is_empty() {
        text += "  annotations:\n";
        for annotation in annotations {
            text += &format!("    {annotation}\n");
        }
    }
    text += "data:\n  made: here\n";
    let mut list = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n".to_owned();
    for (number, line) in text.lines().enumerate() {
        list += &format!("{}{line}\n", if number == 0 { "- " } else { "  " });
    }
    let body = match g.random.below(4) {
        0 => {
            g.tag("functions: echo the input");
            ECHO.to_owned()
        }
        _ => format!("cat > /dev/null\ncat <<'END'\n{list}END\n"),
    };
    function(g, level, &body)
}

fn made(name: &str) -> Resource {
    Resource {
        kind: super::fields::kind("ConfigMap"),
        name: name.to_owned(),
        namespace: None,
        current_name: name.to_owned(),
        current_namespace: None,
        labels: Vec::new(),
        has_annotations: false,
        containers: Vec::new(),
        data_keys: vec!["made".to_owned()],
        structured: Vec::new(),
    }
}

/// A plugin found below `KUSTOMIZE_PLUGIN_HOME` by its group, version and kind.
pub fn exec_plugin(g: &mut Generator, level: &Level, scope: &mut Vec<Resource>, role: Role) -> Yaml {
    g.tag("exec plugins");
    if !g.random.chance(1) {
        g.flag("--enable-alpha-plugins");
    }
    let home = ("KUSTOMIZE_PLUGIN_HOME".to_owned(), "{tree}/plugins".to_owned());
    if !g.case.env.contains(&home) {
        g.case.env.push(home);
    }
    let kind = match role {
        Role::Generator => g.random.word(&["MakesOne", "MakesTwo"]),
        Role::Transformer => g.random.word(&["Scales", "Echoes", "Drops"]),
        Role::Validator => {
            if g.random.chance(95) {
                "Accepts"
            } else {
                "Refuses"
            }
        }
    };
    let object = |name: &str, data: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  annotations:\n    kustomize.config.k8s.io/needs-hash: \"true\"\ndata:\n{data}"
        )
    };
    let shown = "  arguments: \"$*\"\n  directory: \"${KUSTOMIZE_PLUGIN_CONFIG_ROOT##*/} ${PWD##*/}\"\n  config: |\n";
    let body = match kind {
        "MakesOne" => {
            format!("file=$1\nshift\ncat <<END\n{}END\nsed 's/^/    /' \"$file\"\n", object("from-plugin", shown))
        }
        "MakesTwo" => format!(
            "shift\ncat <<'END'\n{}---\n{}END\n",
            object("first-of-two", "  a: b\n"),
            object("second-of-two", "  c: d\n")
        ),
        "Scales" => SCALE.to_owned(),
        "Echoes" => format!(
            "cat\nprintf -- '---\\n'\ncat <<'END'\n{}END\n",
            object("beside", "  a: b\n").replace("needs-hash: \"true\"", "needs-hash: \"false\"")
        ),
        "Drops" => "awk '/^---/ { exit } { print }'\n".to_owned(),
        "Refuses" => FAIL.to_owned(),
        _ => IDENTITY.to_owned(),
    };
    g.case.files.insert(format!("plugins/test.example.com/v1/{}/{kind}", kind.to_lowercase()), script(&body));
    let number = g.random.below(1000);
    let mut config = Yaml::map([("apiVersion", Yaml::scalar("test.example.com/v1")), ("kind", Yaml::scalar(kind))]);
    config.set(&["metadata", "name"], Yaml::scalar(format!("plugin-{number}")));
    if g.random.chance(40) {
        g.tag("exec plugins: argsOneLiner");
        let lines = ["one 'two three' four", "a \"b c\" d", "x=y --flag", "'' e", "a\\ b c"];
        config.set(&["argsOneLiner"], Yaml::scalar(super::scalar::single(g.random.word(&lines))));
    }
    if g.random.chance(25) {
        g.tag("exec plugins: argsFromFile");
        let content = Content::Raw("first\n  second with blanks\n\nthird \n".to_owned());
        let path = g.file(level, "args", "txt", content);
        config.set(&["argsFromFile"], Yaml::scalar(path));
    }
    let names: &[&str] = match kind {
        "MakesOne" => &["from-plugin"],
        "MakesTwo" => &["first-of-two", "second-of-two"],
        _ => &[],
    };
    scope.extend(names.iter().map(|name| made(name)));
    config
}
