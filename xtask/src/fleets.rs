//! `cargo xtask fleets`: what many overlays in one process cost, measured; and every real target in one process, compared.
//!
//! The table of docs/fleets.md is written by `--page`. Trees are generated here, so that anyone can measure the same.

use crate::shell::{self, Result};
use crate::test::RELEASE_BIN;
use crate::tools;
use serde_json::Value;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PAGE: &str = "docs/fleets.md";
const TREES: &str = "target/fleets";
/// Applications in the base, with a Deployment, a Service and a ConfigMap each.
const APPLICATIONS: usize = 20;
/// How many single runs of the reference are measured.
const REFERENCE_RUNS: usize = 5;

pub fn run(words: &[&str]) -> Result<()> {
    let (mut sizes, mut is_page, mut n_runs) = (vec![100, 1000, 10_000], false, 3);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("fleets: {word} wants a value"));
        match *word {
            "--page" => is_page = true,
            "--runs" => n_runs = value()?.parse().map_err(|_| "fleets: --runs wants a number".to_owned())?,
            "--sizes" => {
                let numbers = value()?.split(',').map(str::parse).collect::<std::result::Result<_, _>>();
                sizes = numbers.map_err(|_| "fleets: --sizes wants numbers".to_owned())?;
            }
            other => return Err(format!("fleets: unknown argument `{other}`")),
        }
    }
    shell::run("cargo", &["build", "--release", "--locked", "--bin", "rustomize"])?;
    let mut table = String::from(
        "| overlays | what | processor time | each | wall | peak memory |\n|---:|---|---:|---:|---:|---:|\n",
    );
    for size in sizes {
        println!("\n== {size} overlays");
        let tree = generate(size)?;
        measure(size, &tree, n_runs.max(1), &mut table)?;
        std::fs::remove_dir_all(&tree).map_err(|error| format!("{}: {error}", tree.display()))?;
    }
    println!("\n{table}");
    if is_page { write_page(&table) } else { Ok(()) }
}

/// What a run took.
#[derive(Clone, Copy)]
struct Cost {
    processor: Duration,
    wall: Duration,
    peak_bytes: u64,
}

fn measure(size: usize, tree: &Path, n_runs: usize, table: &mut String) -> Result<()> {
    let bin = shell::root().join(RELEASE_BIN);
    let bin = bin.to_string_lossy();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).to_string();
    let commands: [(&str, &[&str]); 5] = [
        ("all, one thread", &["build", "--all", "-q", "--jobs", "1"]),
        ("all, as many threads as processors", &["build", "--all", "-q", "--jobs", &threads]),
        ("one of 16 parts, one thread", &["build", "--all", "-q", "--jobs", "1", "--shard", "3/16"]),
        ("which include one file (`inputs --reverse`)", &["inputs", "--reverse", "components/tls/patch.yaml"]),
        ("files of all (`inputs --all`)", &["inputs", "--all"]),
    ];
    for (what, arguments) in commands {
        let n_targets = if what.starts_with("one of") { size.div_ceil(16) } else { size };
        row(size, what, n_targets, least(n_runs, || cost(&bin, arguments, tree))?, table);
    }
    if let Ok(reference) = tools::kustomize() {
        let reference = reference.to_string_lossy();
        let one = |at: usize| cost(&reference, &["build", &overlay(at * size / REFERENCE_RUNS)], tree);
        let costs = (0..REFERENCE_RUNS).map(one).collect::<Result<Vec<Cost>>>()?;
        let n = size as u32;
        let sum = |of: fn(&Cost) -> Duration| costs.iter().map(of).sum::<Duration>() / REFERENCE_RUNS as u32 * n;
        let all = Cost {
            processor: sum(|cost| cost.processor),
            wall: sum(|cost| cost.wall),
            peak_bytes: costs.iter().map(|cost| cost.peak_bytes).max().unwrap_or_default(),
        };
        row(size, &format!("kustomize, one process each (from {REFERENCE_RUNS} of them)"), size, all, table);
    }
    Ok(())
}

fn row(size: usize, what: &str, n_targets: usize, cost: Cost, table: &mut String) {
    let each = cost.processor.as_secs_f64() * 1000.0 / n_targets.max(1) as f64;
    let (processor, wall) = (seconds(cost.processor), seconds(cost.wall));
    let megabytes = cost.peak_bytes as f64 / 1e6;
    // Writing to a string does not fail.
    let _ = writeln!(table, "| {size} | {what} | {processor} | {each:.2} ms | {wall} | {megabytes:.0} MB |");
    println!("{what}: {processor}, {wall} wall, {megabytes:.0} MB");
}

fn seconds(time: Duration) -> String {
    match time.as_secs_f64() {
        time if time < 1.0 => format!("{:.0} ms", time * 1000.0),
        time => format!("{time:.1} s"),
    }
}

/// The run with the least processor time, with the least wall time of all.
fn least(n_runs: usize, run: impl Fn() -> Result<Cost>) -> Result<Cost> {
    let mut least = run()?;
    for _ in 1..n_runs {
        let next = run()?;
        least.processor = least.processor.min(next.processor);
        least.wall = least.wall.min(next.wall);
        least.peak_bytes = least.peak_bytes.max(next.peak_bytes);
    }
    Ok(least)
}

/// Runs a program and reads what the system counted, while it runs and when it is over but not yet waited for.
fn cost(program: &str, arguments: &[&str], directory: &Path) -> Result<Cost> {
    const TICKS_PER_SECOND: f64 = 100.0;
    let start = Instant::now();
    let mut command = Command::new(program);
    command.args(arguments).current_dir(directory).stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = command.spawn().map_err(|error| format!("cannot run `{program}`: {error}"))?;
    let about = PathBuf::from(format!("/proc/{}", child.id()));
    let mut peak_bytes = 0;
    let ticks = loop {
        let stat = shell::read(&about.join("stat"))?;
        // The name of the program may hold blanks; it ends with the last parenthesis.
        let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
        if fields.first() == Some(&"Z") {
            let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
            break ticks(11) + ticks(12);
        }
        let status = shell::read(&about.join("status")).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        let kilobytes = peak.split_whitespace().next().and_then(|text| text.parse::<u64>().ok());
        peak_bytes = peak_bytes.max(kilobytes.unwrap_or_default() * 1024);
        std::thread::sleep(Duration::from_millis(2));
    };
    let wall = start.elapsed();
    let status = child.wait().map_err(|error| format!("cannot wait for `{program}`: {error}"))?;
    if !status.success() {
        return Err(format!("`{program} {}` failed: {status}", arguments.join(" ")));
    }
    Ok(Cost { processor: Duration::from_secs_f64(ticks as f64 / TICKS_PER_SECOND), wall, peak_bytes })
}

fn overlay(at: usize) -> String {
    format!("clusters/{:03}/{:03}", at / 1000, at % 1000)
}

/// Writes a tree of overlays over one base, with two components.
fn generate(size: usize) -> Result<PathBuf> {
    let tree = shell::root().join(TREES).join(size.to_string());
    let _ = std::fs::remove_dir_all(&tree);
    let mut resources = String::new();
    for at in 0..APPLICATIONS {
        let name = format!("app-{at:02}");
        let labels = format!("app.kubernetes.io/name: {name}");
        let text = format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  labels:\n    {labels}\nspec:\n  replicas: 2\n  \
             selector:\n    matchLabels:\n      {labels}\n  template:\n    metadata:\n      labels:\n        {labels}\n    \
             spec:\n      containers:\n      - name: app\n        image: example/{name}:v1\n        env:\n        - name: LEVEL\n\
             \x20         value: info\n        envFrom:\n        - configMapRef:\n            name: {name}\n        ports:\n        \
             - containerPort: 8080\n          name: http\n        resources:\n          requests:\n            cpu: 100m\n\
             \x20           memory: 128Mi\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  selector:\n    \
             {labels}\n  ports:\n  - name: http\n    port: 80\n    targetPort: http\n---\napiVersion: v1\nkind: ConfigMap\n\
             metadata:\n  name: {name}\ndata:\n  level: info\n  config.yaml: |\n    server:\n      listen: :8080\n      name: {name}\n"
        );
        shell::write(&tree.join(format!("base/{name}.yaml")), text)?;
        resources += &format!("- {name}.yaml\n");
    }
    let generator = "configMapGenerator:\n- name: cluster\n  literals:\n  - NAME=none\n";
    shell::write(&tree.join("base/kustomization.yaml"), format!("resources:\n{resources}{generator}"))?;
    let component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n";
    let tls = "patches:\n- path: patch.yaml\n  target:\n    kind: Deployment\n";
    shell::write(&tree.join("components/tls/kustomization.yaml"), format!("{component}{tls}"))?;
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: any\nspec:\n  template:\n    spec:\n      containers:\n      \
                 - name: app\n        env:\n        - name: TLS\n          value: \"true\"\n";
    shell::write(&tree.join("components/tls/patch.yaml"), patch)?;
    let replicas = "replicas:\n- name: app-00\n  count: 3\n- name: app-01\n  count: 3\n";
    shell::write(&tree.join("components/ha/kustomization.yaml"), format!("{component}{replicas}"))?;
    for at in 0..size {
        let directory = tree.join(overlay(at));
        let components = match at % 4 {
            0 => "",
            1 => "components: [../../../components/tls]\n",
            2 => "components: [../../../components/ha]\n",
            _ => "components: [../../../components/tls, ../../../components/ha]\n",
        };
        let text = format!(
            "resources: [../../../base]\nnamespace: c{at}\n{components}labels:\n- pairs:\n    cluster: c{at}\n  \
             includeTemplates: true\nconfigMapGenerator:\n- name: cluster\n  behavior: merge\n  literals: [NAME=c{at}]\n\
             images:\n- name: example/app-{:02}\n  newTag: v{at}\npatches:\n- path: patch.yaml\n",
            at % APPLICATIONS
        );
        shell::write(&directory.join("kustomization.yaml"), text)?;
        let patch = format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-{:02}\nspec:\n  replicas: {}\n",
            (at + 1) % APPLICATIONS,
            at % 7 + 1
        );
        shell::write(&directory.join("patch.yaml"), patch)?;
    }
    Ok(tree)
}

fn write_page(table: &str) -> Result<()> {
    let text = shell::read(Path::new(PAGE))?;
    let (before, rest) = text.split_once("<!-- FIGURES -->\n").ok_or(format!("{PAGE}: no place for figures"))?;
    let (_, after) = rest.split_once("<!-- END -->").ok_or(format!("{PAGE}: no end of the figures"))?;
    shell::write(Path::new(PAGE), format!("{before}<!-- FIGURES -->\n{table}<!-- END -->{after}"))
}

/// Renders every target of the corpus of real kustomizations in one process, and compares with what single runs of the
/// reference printed; returns how many there are.
pub fn compare_real(shared: &Path, bin: &Path) -> Result<usize> {
    let mut targets: Vec<(String, PathBuf)> = Vec::new();
    for repository in shell::entries(&shared.join("realworld"))? {
        let list = repository.join("targets.json");
        if !list.is_file() {
            continue;
        }
        let list: Value = serde_json::from_str(&shell::read(&list)?).map_err(|error| error.to_string())?;
        for entry in list.as_array().into_iter().flatten() {
            let text = |key: &str| entry.get(key).and_then(Value::as_str).ok_or(format!("{entry}: no `{key}`"));
            let directory = repository.join("tree").join(text("target")?);
            targets.push((directory.to_string_lossy().into_owned(), repository.join(text("expected")?)));
        }
    }
    if targets.is_empty() {
        return Err("no real kustomizations".to_owned());
    }
    let output = Command::new(bin)
        .args(["build", "--load-restrictor", "LoadRestrictionsNone", "--quiet"])
        .args(targets.iter().map(|(directory, _)| directory))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run `{}`: {error}", bin.display()))?;
    if !output.status.success() {
        return Err(format!("{} targets in one process: {}", targets.len(), output.status));
    }
    let mut rest = output.stdout.as_slice();
    for (position, (directory, expected)) in targets.iter().enumerate() {
        let separator: &[u8] = if position > 0 { b"---\n" } else { b"" };
        let wanted = read_expected(expected)?;
        rest = rest
            .strip_prefix(separator)
            .and_then(|rest| rest.strip_prefix(wanted.as_slice()))
            .ok_or(format!("in one process, `{directory}` gives other bytes"))?;
    }
    if rest.is_empty() { Ok(targets.len()) } else { Err("there is more than the targets give".to_owned()) }
}

fn read_expected(path: &Path) -> Result<Vec<u8>> {
    if path.extension().is_none_or(|extension| extension != "gz") {
        return shell::read_bytes(path);
    }
    let output = Command::new("gzip").args(["-dc"]).arg(path).stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("cannot run gzip: {error}"))?;
    if output.status.success() { Ok(output.stdout) } else { Err(format!("{}: gzip failed", path.display())) }
}
