//! `cargo xtask wasm`: the npm package in pkg/, built into pkg/dist, with its size; with `--test`, its tests.
//!
//! The engine is compiled with the profile `wasm`, wasm-bindgen's own library makes the glue, binaryen makes it small. What is
//! JavaScript by nature is copied from pkg/js. Everything is pinned: crates by Cargo.lock, packages by pkg/package-lock.json.

use crate::shell::{self, Result};
use crate::test::{Counts, counts_in};
use crate::{places, tools};
use serde_json::Value;
use std::path::{Path, PathBuf};

const TARGET: &str = "wasm32-unknown-unknown";
/// What the compiler makes.
const COMPILED: &str = "target/wasm32-unknown-unknown/wasm/rustomize_wasm.wasm";
const GLUE: &str = "target/wasm-glue";
const DIST: &str = "pkg/dist";
/// How large things may be, in bytes.
const SIZES: &str = "pkg/sizes.json";

pub fn run(words: &[&str]) -> Result<()> {
    let mut wants_test = false;
    let mut is_update = false;
    for word in words {
        match *word {
            "--test" => wants_test = true,
            "--update" => is_update = true,
            other => return Err(format!("wasm: unknown argument `{other}`")),
        }
    }
    build(is_update)?;
    if wants_test { test().1 } else { Ok(()) }
}

/// Builds the package into pkg/dist.
pub fn build(is_update: bool) -> Result<()> {
    tools::rust_target(TARGET)?;
    packages("pkg")?;
    let _ = std::fs::remove_dir_all(DIST);
    for module in MODULES {
        compile(&module)?;
    }
    for file in shell::entries(Path::new("pkg/js"))? {
        copy(&file, &shell::name(&file))?;
    }
    shell::write(&Path::new(DIST).join("version.js"), version()?)?;
    sizes(is_update)
}

/// A module of the package.
struct Module {
    /// The feature of the crate that it is made with.
    feature: &'static str,
    file: &'static str,
    glue: &'static str,
}

/// What everybody loads; and what is loaded when somebody edits or checks.
const MODULES: [Module; 2] = [
    Module { feature: "project", file: "rustomize.wasm", glue: "glue.js" },
    Module { feature: "tools", file: "tools.wasm", glue: "tools-glue.js" },
];

/// What the compiler is told beyond the profile: a function with much on its stack stays by itself even if it is called once (what
/// is one large function otherwise compresses worse), and the hash is calculated in loops.
const SMALL: [&str; 3] = ["-Cllvm-args=-inline-max-stacksize=32", "--cfg", "sha2_backend_soft=\"compact\""];
/// What binaryen does: again, hardly anything is put into its callers; and no address lies in the first kilobyte, where the stack ends.
const SMALLER: [&str; 6] = ["-Oz", "--low-memory-unused", "-fimfs=0", "-ocimfs=20", "--merge-similar-functions", "-Oz"];

/// Compiles a module into pkg/dist, with its glue.
fn compile(module: &Module) -> Result<()> {
    let args = ["build", "--locked", "--profile", "wasm", "--package", "rustomize-wasm", "--target", TARGET];
    let features = ["--no-default-features", "--features", module.feature];
    let flags = [("CARGO_ENCODED_RUSTFLAGS", &*places::rust_flags(&SMALL)?)];
    shell::run_with("cargo", &[&args[..], &features].concat(), &flags)?;
    let program = ["run", "--quiet", "--locked", "--package", "rustomize-glue", "--"];
    shell::run("cargo", &[&program[..], &[COMPILED, GLUE]].concat())?;
    copy(&Path::new(GLUE).join("glue.js"), module.glue)?;
    // The features that rustc switches on.
    let features = [
        "--enable-bulk-memory",
        "--enable-bulk-memory-opt",
        "--enable-mutable-globals",
        "--enable-nontrapping-float-to-int",
        "--enable-sign-ext",
        "--enable-multivalue",
        "--enable-reference-types",
    ];
    let optimise = |args: &[&str]| shell::run("pkg/node_modules/.bin/wasm-opt", &[args, &features].concat());
    let [glued, small, named] = ["glue_bg.wasm", "small.wasm", "named.wasm"].map(|name| format!("{GLUE}/{name}"));
    // Names stay for who wants to know where bytes are: GLUE/small.wasm.
    optimise(&[&[&*glued, "-o", &small, "-g"], &SMALLER[..]].concat())?;
    shell::run("cargo", &[&program[..], &["--order", &small, &named]].concat())?;
    let out = format!("{DIST}/{}", module.file);
    optimise(&[&named, "-o", &out, "--reorder-functions-by-name", "--strip-debug", "--strip-producers"])?;
    places::check(out.as_ref())
}

/// Installs the packages of a directory, if they are not those of its lock file.
pub fn packages(directory: &str) -> Result<()> {
    let lock = Path::new(directory).join("package-lock.json");
    let mark = Path::new(directory).join("node_modules/.installed");
    let wanted = shell::read(&lock)?;
    if std::fs::read_to_string(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    // No package here needs to run a program to be installed.
    shell::run("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", directory])?;
    shell::write(&mark, wanted)
}

fn copy(from: &Path, name: &str) -> Result<()> {
    shell::write(&Path::new(DIST).join(name), shell::read(from)?)
}

/// The versions, as the package tells them.
fn version() -> Result<String> {
    let json: Value = serde_json::from_str(&shell::read(Path::new("pkg/package.json"))?)
        .map_err(|error| format!("pkg/package.json: {error}"))?;
    let own = json.get("version").and_then(Value::as_str).ok_or("pkg/package.json has no version")?;
    let reference = tools::KUSTOMIZE_VERSION;
    Ok(format!(
        "// Written by `cargo xtask wasm`.\n\nexport const version = {{ rustomize: \"{own}\", kustomize: \"{reference}\" }};\n"
    ))
}

/// Prints what has to be loaded, compressed as servers do, and fails where it grew.
fn sizes(is_update: bool) -> Result<()> {
    let files = shell::entries(Path::new(DIST))?;
    let is_of_tools = |path: &Path| shell::name(path).contains("tools");
    let (more, scripts): (Vec<PathBuf>, Vec<PathBuf>) = files
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "js"))
        .partition(|path| is_of_tools(path));
    let gzipped_all = |paths: &[PathBuf]| paths.iter().map(|path| gzipped(path)).sum::<Result<u64>>();
    let [module, tools] = MODULES.map(|module| Path::new(DIST).join(module.file));
    let found = [
        ("wasm", gzipped(&module)?),
        ("js", gzipped_all(&scripts)?),
        ("tools.wasm", gzipped(&tools)?),
        ("tools.js", gzipped_all(&more)?),
    ];
    let raw = std::fs::metadata(&module).map_err(|error| format!("{}: {error}", module.display()))?.len();
    println!("rustomize.wasm: {raw} bytes, {} gzipped; scripts: {} gzipped", found[0].1, found[1].1);
    println!("tools.wasm, for those who ask: {} gzipped; scripts: {}", found[2].1, found[3].1);
    if is_update {
        let lines: Vec<String> = found.iter().map(|(name, bytes)| format!("  \"{name}\": {bytes}")).collect();
        return shell::write(Path::new(SIZES), format!("{{\n{}\n}}\n", lines.join(",\n")));
    }
    let recorded: Value =
        serde_json::from_str(&shell::read(Path::new(SIZES))?).map_err(|error| format!("{SIZES}: {error}"))?;
    for (name, bytes) in found {
        let most = recorded.get(name).and_then(Value::as_u64).ok_or(format!("{SIZES} has no `{name}`"))?;
        // What compilers do to a kilobyte here and there is no growth.
        if bytes > most + most / 100 {
            return Err(format!(
                "{name} is {bytes} bytes gzipped, more than the {most} of {SIZES}; `--update` records it"
            ));
        }
    }
    Ok(())
}

fn gzipped(path: &Path) -> Result<u64> {
    let script = "process.stdout.write(String(require('zlib').gzipSync(require('fs').readFileSync(process.argv[1]), { level: 9 }).length))";
    let text = shell::output("node", &["-e", script, &path.to_string_lossy()])?;
    text.trim().parse().map_err(|_| format!("{}: no size: {text}", path.display()))
}

/// What the tests of the package counted.
#[derive(Clone, Copy, Default)]
pub struct Tested {
    /// Tests of the package itself.
    pub tests: Counts,
    /// The project's cases.
    pub cases: Counts,
}

/// Runs the tests of the package that was built.
pub fn test() -> (Tested, Result<()>) {
    let suites = ["api", "cases", "consumers"].map(|suite| format!("pkg/test/{suite}.test.js"));
    let mut args = vec!["--test", "--test-reporter=tap"];
    args.extend(suites.iter().map(String::as_str));
    let (output, result) = shell::run_and_keep("node", &args, &[]);
    let mut tested = Tested::default();
    for line in output.lines() {
        let number = |name: &str| line.strip_prefix(name).and_then(|rest| rest.trim().parse::<usize>().ok());
        if let Some((_, rest)) = line.split_once("harness cases: ") {
            tested.cases += counts_in(rest);
        } else if let Some(passed) = number("# pass ") {
            tested.tests.passed += passed;
        } else if let Some(failed) = number("# fail ") {
            tested.tests.failed += failed;
        }
    }
    // The cases are tests of the runner as well.
    tested.tests.passed = tested.tests.passed.saturating_sub(tested.cases.passed);
    let result = match tested {
        _ if result.is_err() => result,
        Tested { tests, cases } if tests.passed == 0 || cases.passed == 0 => Err("no tests were run".to_owned()),
        _ => Ok(()),
    };
    (tested, result)
}

/// Runs the shared corpora through the package that was built; a file of results for each is left in the directory.
pub fn corpora(shared: &Path, out: &Path) -> Result<()> {
    shell::run("node", &["pkg/test/corpora.js", &shared.to_string_lossy(), &out.to_string_lossy()])
}
