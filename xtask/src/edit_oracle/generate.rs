//! Random kustomizations and random command lines of `edit` that concern them.

use super::text::{Writer, Yaml};
use crate::oracle::random::Random;
use std::collections::BTreeMap;

/// A tree and what to do in it.
pub struct Case {
    pub files: BTreeMap<String, String>,
    pub name: &'static str,
    pub args: Vec<String>,
    /// Whether characters of the file were changed: what is a comment is then not known.
    pub is_mutated: bool,
}

const IMAGES: &[&str] = &["nginx", "app", "gcr.io/p/app", "localhost:5000/x", "redis", "a", "zz", "1", "ngi.*", "y"];
const TAGS: &[&str] = &["1.0", "latest", "1.25", "v2", "1e3", "2024", "0x10", "null", "a_b", "*"];
const KEYS: &[&str] = &["app", "App", "team", "env", "x.io/a", "1", "true", "with space", "note"];
const VALUES: &[&str] = &["web", "", "1", "true", "a: b", "x #y", "it's", "a,b", "two words", "ä", "{}", "null", "*"];
const PATHS: &[&str] =
    &["a.yaml", "b.yaml", "c.yaml", "d/e.yaml", "../base", "./a.yaml", "x[1].yaml", "no.yaml", "base", "comp"];
/// Texts that are easily written wrongly.
const ODD: &[&str] = &[
    "a\n",
    "\na",
    "  a",
    "a \nb",
    "a\tb",
    "\ta",
    "- ",
    "-",
    "\"",
    "a'b\"c",
    "%a",
    "@x",
    "`x",
    "x:",
    ":x",
    "? x",
    "?",
    "!x",
    "&x",
    "|",
    ">",
    "a\\nb",
    "\u{1f600}",
    "2024-01-01",
    "1_000",
    "0o7",
    "07",
    ".5",
    "~",
    "=",
    "<<",
    "a\n\n",
    "a\n b\n",
    " ",
    "#x",
    "a: b\nc: d",
    "\u{2028}",
    "\u{feff}",
    "x ",
    "+1",
    "1:30",
    "Yes",
    "NULL",
    ".inf",
    "0b1",
    "---",
    "...",
    "--- a",
    "a\n---\nb\n",
    "a,",
    "[a",
    "{",
    "}",
    "a]",
    "key: [",
    "very long text, with many words in it, that goes on and on, so that it would be folded somewhere",
];
const NAMES: &[&str] = &["cm", "other", "app-config", "s1", "1"];
const LITERALS: &[&str] = &["A=1", "B=two words", "C=x=y", "A=", "Q=\"q\"", "K=it's", "C=#x", "D={a}", "E=a, b"];
const PATCH: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n";
const NAMESPACES: &[&str] = &["", "default", "prod"];
const METADATA: &[&str] = &["originAnnotations", "transformerAnnotations", "managedByLabel"];

pub fn case(seed: u64) -> Case {
    let mut random = Random::new(seed);
    let mut files = tree();
    let fields = fields(&mut random);
    let text = if random.chance(2) {
        (*random.pick(&["", "# c1c only\n", "{}\n", "null\n", "---\n", "\n\n", "# c1c\n---\n# c2c\n"])).to_owned()
    } else {
        Writer::new(&mut random).file(&fields)
    };
    let name = *random.pick(&[
        "kustomization.yaml",
        "kustomization.yaml",
        "kustomization.yaml",
        "kustomization.yml",
        "Kustomization",
    ]);
    let is_mutated = random.chance(15);
    let text = if is_mutated { mutated(&mut random, text) } else { text };
    files.insert(name.to_owned(), text);
    let args = command(&mut random, name);
    Case { files, name, args, is_mutated }
}

/// Changes a few characters, in places where they matter.
fn mutated(random: &mut Random, text: String) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..random.between(1, 2) {
        let mark = *random.pick(&[
            '#', ':', '-', '[', ']', '{', '}', ',', '&', '*', '!', '|', '>', '\'', '"', '\n', ' ', '?', '<', '~',
        ]);
        let at = random.below(chars.len() + 1);
        match random.below(3) {
            0 => chars.insert(at, mark),
            1 if at < chars.len() => chars[at] = mark,
            _ if at < chars.len() => drop(chars.remove(at)),
            _ => {}
        }
    }
    chars.into_iter().collect()
}

/// A case with a text that exists; now and then the command is about something in it.
pub fn case_of(seed: u64, text: &str) -> Case {
    let mut random = Random::new(seed);
    let mut case = Case {
        files: tree(),
        name: "kustomization.yaml",
        args: command(&mut random, "kustomization.yaml"),
        is_mutated: false,
    };
    let fields = |key: &str| -> Vec<&str> {
        let values = text.lines().filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix(key));
        values.map(|value| value.split(" #").next().unwrap_or("").trim().trim_matches(['"', '\''])).collect()
    };
    let (names, items) = (fields("name: "), fields(""));
    let verb = case.args.get(1..3).unwrap_or(&[]).join(" ");
    for arg in case.args.iter_mut().skip(3).filter(|arg| !arg.starts_with('-')) {
        let from = if verb.starts_with("remove ") || verb.ends_with("label") { &items } else { &names };
        if from.is_empty() || random.chance(35) {
            continue;
        }
        let found = *random.pick(from);
        let (end, found) = match verb.as_str() {
            "set image" | "set replicas" => (arg.find([':', '=', '@']).unwrap_or(arg.len()), found),
            "remove resource" | "remove component" | "remove transformer" => (arg.len(), found),
            "remove label" | "remove annotation" => (arg.len(), found.split(':').next().unwrap_or("")),
            "remove configmap" | "remove secret" | "set configmap" | "set secret" => (arg.len(), found),
            _ => continue,
        };
        if !found.is_empty() && !found.starts_with('-') {
            arg.replace_range(..end, found);
        }
    }
    case.files.insert(case.name.to_owned(), text.to_owned());
    case
}

fn tree() -> BTreeMap<String, String> {
    let deployment = format!(
        "{PATCH}spec:\n  replicas: 1\n  template:\n    spec:\n      containers:\n      - name: c\n        image: nginx\n        args: [$(V1), \"a-$(V2)\"]\n"
    );
    let service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: s\n  annotations:\n    a.b/c: $(V1)\n";
    let files = [
        ("a.yaml", deployment.as_str()),
        ("b.yaml", service),
        ("c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n"),
        ("d/e.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: e\n"),
        ("base/kustomization.yaml", "resources:\n- f.yaml\n"),
        ("base/f.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: f\ndata:\n  x: $(V2)\n"),
        ("comp/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"),
        ("app.env", "X=1\n"),
        ("app.properties", "a=1\n"),
        ("p.yaml", PATCH),
        (".hidden.yaml", "a: b\n"),
    ];
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

fn some(random: &mut Random, from: &[&str], n_max: usize) -> Vec<String> {
    let n = random.between(0, n_max);
    let mut found: Vec<String> = Vec::new();
    for _ in 0..n {
        let text = (*random.pick(from)).to_owned();
        if !found.contains(&text) || random.chance(3) {
            found.push(text);
        }
    }
    found
}

fn pairs(random: &mut Random) -> Yaml {
    let keys = some(random, KEYS, 3);
    let mut entries: Vec<(String, Yaml)> = Vec::new();
    for key in keys {
        let key = if key == "1" || key == "true" { format!("\"{key}\"") } else { key };
        if entries.iter().all(|(other, _)| *other != key) {
            entries.push((key, Yaml::text(random.word(VALUES))));
        }
    }
    Yaml::Map(entries)
}

fn maybe(random: &mut Random, percent: usize, entries: &mut Vec<(String, Yaml)>, key: &str, value: Yaml) {
    if random.chance(percent) {
        entries.push((key.to_owned(), value));
    }
}

fn image(random: &mut Random) -> Yaml {
    let mut entries = Vec::new();
    let name = *random.pick(IMAGES);
    let tag = *random.pick(&TAGS[..9]);
    maybe(random, 25, &mut entries, "digest", Yaml::text("sha256:abc"));
    maybe(random, 97, &mut entries, "name", Yaml::text(name));
    maybe(random, 40, &mut entries, "newName", Yaml::text("r.io/n"));
    maybe(random, 60, &mut entries, "newTag", Yaml::text(tag));
    maybe(random, 4, &mut entries, "tagSuffix", Yaml::text("-x"));
    if random.chance(50) {
        entries.sort_by_key(|(key, _)| key != "name");
    }
    if entries.is_empty() {
        entries.push(("name".to_owned(), Yaml::text(name)));
    }
    Yaml::Map(entries)
}

fn generator(random: &mut Random, is_secret: bool) -> Yaml {
    let mut entries = Vec::new();
    let name = *random.pick(NAMES);
    entries.push(("name".to_owned(), Yaml::text(name)));
    let (namespace, literals) = (*random.pick(NAMESPACES), some(random, LITERALS, 3));
    maybe(random, 30, &mut entries, "namespace", Yaml::text(namespace));
    maybe(random, 20, &mut entries, "behavior", Yaml::text("merge"));
    maybe(random, 60, &mut entries, "literals", Yaml::texts(&literals));
    maybe(random, 20, &mut entries, "files", Yaml::texts(&["app.properties", "k=app.env"]));
    maybe(random, 12, &mut entries, "env", Yaml::text("app.env"));
    maybe(random, 12, &mut entries, "envs", Yaml::texts(&["app.env"]));
    if is_secret {
        maybe(random, 50, &mut entries, "type", Yaml::text("Opaque"));
    }
    let labels = pairs(random);
    maybe(
        random,
        15,
        &mut entries,
        "options",
        Yaml::map(&[("labels", labels), ("immutable", Yaml::Plain("true".into()))]),
    );
    if random.chance(30) {
        entries.rotate_left(1);
    }
    Yaml::Map(entries)
}

fn target(random: &mut Random) -> Yaml {
    let mut entries = Vec::new();
    maybe(random, 80, &mut entries, "kind", Yaml::text("Deployment"));
    maybe(random, 60, &mut entries, "name", Yaml::text("web"));
    maybe(random, 20, &mut entries, "version", Yaml::text("v1"));
    Yaml::Map(entries)
}

fn patch(random: &mut Random) -> Yaml {
    let mut entries = Vec::new();
    match random.chance(70) {
        true => entries.push(("path".to_owned(), Yaml::text("p.yaml"))),
        false => {
            entries.push(("patch".to_owned(), Yaml::text(random.word(&[PATCH, "- op: remove\n  path: /a", "{a: b}"]))))
        }
    }
    let selector = target(random);
    maybe(random, 60, &mut entries, "target", selector);
    let option = *random.pick(&["allowNameChange", "allowKindChange"]);
    maybe(random, 15, &mut entries, "options", Yaml::map(&[(option, Yaml::Plain("true".into()))]));
    Yaml::Map(entries)
}

fn list(random: &mut Random, n_max: usize, make: impl Fn(&mut Random) -> Yaml) -> Yaml {
    let n = random.between(0, n_max);
    Yaml::List((0..n).map(|_| make(random)).collect())
}

fn fields(random: &mut Random) -> Vec<(String, Yaml)> {
    let density = *random.pick(&[10, 25, 50]);
    let mut fields: Vec<(String, Yaml)> = Vec::new();
    let mut add = |random: &mut Random, key: &str, value: Yaml| {
        if random.chance(density) {
            fields.push((key.to_owned(), value));
        }
    };
    for (key, names) in [
        ("resources", PATHS),
        ("components", PATHS),
        ("crds", PATHS),
        ("configurations", PATHS),
        ("generators", PATHS),
        ("transformers", PATHS),
    ] {
        let texts = some(random, names, 4);
        add(random, key, Yaml::texts(&texts));
    }
    if random.chance(10) {
        let texts = some(random, PATHS, 3);
        add(random, "bases", Yaml::texts(&texts));
    }
    for key in ["namespace", "namePrefix", "nameSuffix"] {
        let text = *random.pick(&["prod", "a-", "-b", "1", ""]);
        add(random, key, Yaml::text(text));
    }
    for key in ["commonLabels", "commonAnnotations"] {
        let pairs = pairs(random);
        add(random, key, pairs);
    }
    let labels = list(random, 3, |random| {
        let mut entries = vec![("pairs".to_owned(), pairs(random))];
        let word = random.word(&["true", "false", "yes"]);
        maybe(random, 40, &mut entries, "includeSelectors", Yaml::Plain(word.to_owned()));
        maybe(random, 30, &mut entries, "includeTemplates", Yaml::Plain("true".into()));
        Yaml::Map(entries)
    });
    add(random, "labels", labels);
    let images = list(random, 4, image);
    add(random, "images", images);
    if random.chance(8) {
        let images = list(random, 2, image);
        add(random, "imageTags", images);
    }
    let replicas = list(random, 3, |random| {
        let count = *random.pick(&["0", "3", "0x10", "007"]);
        Yaml::map(&[
            ("name", Yaml::text(random.word(&["web", "api", "a", "zz"]))),
            ("count", Yaml::Plain(count.to_owned())),
        ])
    });
    add(random, "replicas", replicas);
    let patches = list(random, 3, patch);
    add(random, "patches", patches);
    if random.chance(30) {
        let items = list(random, 3, |random| Yaml::text(random.word(&["p.yaml", "no.yaml", PATCH])));
        add(random, "patchesStrategicMerge", items);
        let items = list(random, 2, patch);
        add(random, "patchesJson6902", items);
    }
    let generators = list(random, 3, |random| generator(random, false));
    add(random, "configMapGenerator", generators);
    let generators = list(random, 2, |random| generator(random, true));
    add(random, "secretGenerator", generators);
    let labels = pairs(random);
    add(
        random,
        "generatorOptions",
        Yaml::map(&[("disableNameSuffixHash", Yaml::Plain("true".into())), ("labels", labels)]),
    );
    let metadata = some(random, METADATA, 2);
    add(random, "buildMetadata", Yaml::texts(&metadata));
    let vars = list(random, 2, |random| {
        let mut entries = vec![("name".to_owned(), Yaml::text(random.word(&["V1", "V2", "V3"])))];
        entries.push((
            "objref".to_owned(),
            Yaml::map(&[
                ("kind", Yaml::text("Service")),
                ("name", Yaml::text("s")),
                ("apiVersion", Yaml::text(random.word(&["v1", "apps/v1"]))),
            ]),
        ));
        let key = *random.pick(&["fieldPath", "fieldpath"]);
        maybe(random, 60, &mut entries, "fieldref", Yaml::map(&[(key, Yaml::text("metadata.name"))]));
        Yaml::Map(entries)
    });
    add(random, "vars", vars);
    if random.chance(50) {
        fields.insert(0, ("apiVersion".to_owned(), Yaml::text("kustomize.config.k8s.io/v1beta1")));
        fields.insert(1, ("kind".to_owned(), Yaml::text("Kustomization")));
    }
    let n = fields.len();
    for _ in 0..n {
        let (a, b) = (random.below(n), random.below(n));
        if a > 1 && b > 1 {
            fields.swap(a, b);
        }
    }
    anchors(random, &mut fields);
    if random.chance(4)
        && let Some((_, Yaml::List(images))) = fields.iter_mut().find(|(key, _)| key == "images")
        && images.len() > 1
    {
        images[0] = Yaml::Raw("&image {name: app, newTag: \"1\"}".to_owned());
        if let Yaml::Map(entries) = &mut images[1] {
            let at = random.below(entries.len() + 1);
            entries.insert(at, ("<<".to_owned(), Yaml::Raw("*image".to_owned())));
        }
    }
    for (key, value) in &mut fields {
        if random.chance(3) {
            *value = Yaml::Raw((*random.pick(&["", "null", "~"])).to_owned());
        }
        if random.chance(1) {
            *key = key.to_lowercase();
        }
    }
    fields
}

/// Now and then two fields share a value.
fn anchors(random: &mut Random, fields: &mut [(String, Yaml)]) {
    if !random.chance(9) {
        return;
    }
    let at = |fields: &[(String, Yaml)], key: &str| fields.iter().position(|(name, _)| name == key);
    for (a, b) in [("commonLabels", "commonAnnotations"), ("resources", "components"), ("namePrefix", "namespace")] {
        if let (Some(a), Some(b)) = (at(fields, a), at(fields, b)) {
            let (first, second) = (a.min(b), a.max(b));
            let text = match &fields[first].1 {
                Yaml::Map(entries) if !entries.is_empty() => "{app: shared}",
                Yaml::List(items) if !items.is_empty() => "[a.yaml, base]",
                Yaml::Text(_) => "both",
                _ => continue,
            };
            fields[first].1 = Yaml::Raw(format!("&anchor {text}"));
            fields[second].1 = Yaml::Raw("*anchor".to_owned());
            return;
        }
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

fn command(random: &mut Random, name: &str) -> Vec<String> {
    let verb = *random.pick(&[
        "set image",
        "set image",
        "set image",
        "set replicas",
        "set namespace",
        "set nameprefix",
        "set namesuffix",
        "set label",
        "set annotation",
        "set buildmetadata",
        "set configmap",
        "set secret",
        "add resource",
        "add resource",
        "add component",
        "add base",
        "add generator",
        "add transformer",
        "add configuration",
        "add buildmetadata",
        "add patch",
        "add label",
        "add annotation",
        "add configmap",
        "add secret",
        "remove resource",
        "remove component",
        "remove transformer",
        "remove buildmetadata",
        "remove patch",
        "remove label",
        "remove annotation",
        "remove configmap",
        "remove secret",
        "fix",
        "fix --vars",
    ]);
    let mut args = words("edit");
    args.extend(words(verb));
    let n_min = usize::from(!random.chance(3));
    let n = random.between(n_min, 3);
    let mut push = |texts: Vec<String>| args.extend(texts);
    let list = |random: &mut Random, from: &[&str]| -> String {
        let n = random.between(1, 2);
        (0..n).map(|_| *random.pick(from)).collect::<Vec<_>>().join(",")
    };
    match verb {
        "set image" => (0..n).for_each(|_| {
            let (image, tag, other) = (*random.pick(IMAGES), *random.pick(TAGS), *random.pick(&["r.io/new", "*", "b"]));
            push(vec![match random.below(8) {
                0 => format!("{image}={other}"),
                1 => format!("{image}={other}:{tag}"),
                2 => format!("{image}@sha256:def"),
                3 => format!("{image}={other}@sha256:def"),
                4 => format!("{image}:{tag}@*"),
                5 => format!("{image}={other}:{tag}@sha256:def"),
                _ => format!("{image}:{tag}"),
            }]);
        }),
        "set replicas" => (0..n).for_each(|_| {
            let (name, count) =
                (*random.pick(&["web", "api", "new", "a"]), *random.pick(&["0", "3", "-1", "+2", "x", "12"]));
            push(vec![format!("{name}={count}")]);
        }),
        "set namespace" | "set nameprefix" | "set namesuffix" => {
            push(vec!["--".to_owned(), (*random.pick(&["prod", "x-", "-y", "1", "", "true", "a b"])).to_owned()]);
        }
        "set label" | "set annotation" | "add label" | "add annotation" => {
            (0..n).for_each(|_| {
                let value = if random.chance(40) { random.word(ODD) } else { random.word(VALUES) };
                let key =
                    if random.chance(4) && verb != "set annotation" { random.word(ODD) } else { random.word(KEYS) };
                push(vec![format!("{key}:{value}")]);
            });
            if verb.starts_with("add") && random.chance(50) {
                push(words("--force"));
            }
            if verb == "add label" && random.chance(50) {
                push(words("--without-selector"));
                if random.chance(40) {
                    push(words("--include-templates"));
                }
            }
        }
        "set buildmetadata" | "add buildmetadata" | "remove buildmetadata" => push(vec![list(random, METADATA)]),
        "set configmap" | "set secret" => {
            push(vec![(*random.pick(NAMES)).to_owned(), format!("--namespace={}", random.pick(NAMESPACES))]);
            match random.chance(60) {
                true => push(vec![format!("--from-literal={}", random.pick(LITERALS))]),
                false => push(words("--new-namespace=n2")),
            }
        }
        "add configmap" | "add secret" => {
            push(vec![(*random.pick(NAMES)).to_owned()]);
            match random.below(5) {
                0 => push(words("--from-env-file=app.env")),
                1 => push(words("--from-file=app.properties")),
                2 => push(words("--from-file=key=app.*s,app.env")),
                _ => (0..n).for_each(|_| push(vec![format!("--from-literal={}", random.pick(LITERALS))])),
            }
            if random.chance(20) {
                push(words("--disableNameSuffixHash"));
            }
            if random.chance(30) {
                push(vec![format!("--namespace={}", random.pick(NAMESPACES))]);
            }
        }
        "add resource" | "add component" | "add generator" | "add transformer" | "add configuration"
        | "remove resource" | "remove component" | "remove transformer" => {
            (0..n).for_each(|_| {
                let path = *random.pick(&[
                    "a.yaml", "b.yaml", "c.yaml", "d/e.yaml", "base", "*.yaml", "d/*", "./a.yaml", "no.yaml", "?.yaml",
                ]);
                push(vec![if random.chance(3) { name.to_owned() } else { path.to_owned() }]);
            });
            if verb == "add resource" && random.chance(30) {
                push(words("--no-verify"));
            }
        }
        "add base" => push(vec![list(random, &["base", "comp", "d", "a.yaml", "no"])]),
        "add patch" | "remove patch" => {
            match random.below(4) {
                1 => push(vec![format!("--patch={}", random.word(ODD))]),
                0 => push(vec![format!(
                    "--patch={}",
                    random.pick(&[PATCH, "- op: remove\n  path: /a", "{a: b}", "a: b"])
                )]),
                _ => push(words("--path=p.yaml")),
            }
            for flag in ["kind=Deployment", "name=web", "version=v1", "label-selector=a in (b, c)"] {
                if random.chance(35) {
                    push(vec![format!("--{flag}")]);
                }
            }
        }
        "remove label" | "remove annotation" => {
            push(vec![list(random, KEYS)]);
            if random.chance(30) {
                push(words("-i"));
            }
        }
        "remove configmap" | "remove secret" => {
            push(vec![list(random, NAMES)]);
            if random.chance(30) {
                push(vec![format!("--namespace={}", random.pick(NAMESPACES))]);
            }
        }
        _ => {}
    }
    args
}
