//! `cargo xtask oracle`: random overlays through rustomize and kustomize; standard output and success must be the same.
//!
//! Every case has a seed of its own, so one can be run again by `--case SEED`. A difference is kept as a tree, made
//! smaller as long as it stays, and shown. Where the reference itself wavers (its comparison of keys is intransitive for
//! odd runs of digits) the generator does not go; `--self-check` runs the reference against itself to show it.

mod fields;
mod generate;
mod minimise;
mod patches;
mod random;
mod resource;
mod run;
mod scalar;
mod yaml;

use crate::shell::{self, Result};
use crate::test::RELEASE_BIN;
use crate::tools;
use generate::Case;
use run::{Outcome, Programs};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Runs of the two programs at a time.
const N_JOBS: usize = 2;

struct Options {
    n_cases: u64,
    seed: u64,
    case: Option<u64>,
    is_self_check: bool,
    bin: Option<PathBuf>,
    keep: PathBuf,
    /// Differences that are made smaller and shown; the rest are counted.
    n_shown: usize,
    /// Only cases that use every one of these fields (parts of their names as the report has them) ...
    only: Vec<String>,
    /// ... and none of these.
    without: Vec<String>,
}

#[derive(Default)]
struct Tally {
    /// The reference builds, we refuse, and mean to.
    n_refused_on_purpose: usize,
    n_cases: usize,
    n_built: usize,
    n_deep: usize,
    n_bytes: usize,
    /// By field: cases that use it, those of them that the reference builds, and those that differ.
    fields: BTreeMap<&'static str, [usize; 3]>,
    /// By the reference's words without names: how often it fails so, and the seed of one such case.
    refusals: BTreeMap<String, (usize, u64)>,
    differences: Vec<(u64, String)>,
}

pub fn run(words: &[&str]) -> Result<()> {
    let options = options(words)?;
    let kustomize = tools::kustomize()?;
    let ours = match (&options.bin, options.is_self_check) {
        (_, true) => kustomize.clone(),
        (Some(bin), false) => std::path::absolute(bin).map_err(|error| error.to_string())?,
        (None, false) => {
            shell::run("cargo", &["build", "--release", "--locked", "--bin", "rustomize"])?;
            shell::root().join(RELEASE_BIN)
        }
    };
    let programs = Programs { ours, reference: kustomize };
    if let Some(seed) = options.case {
        return one(&programs, seed, &options);
    }
    println!(
        "seed {}, {} cases, {} against {}",
        options.seed,
        options.n_cases,
        programs.ours.display(),
        programs.reference.display()
    );
    let begin = Instant::now();
    let tally = all(&programs, &options)?;
    report(&tally, begin.elapsed().as_secs_f64());
    // One of each kind before a second of any.
    let mut kinds: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (seed, kind) in &tally.differences {
        kinds.entry(kind).or_default().push(*seed);
    }
    if !kinds.is_empty() {
        println!("differences (times, a few case seeds, kind):");
    }
    for (kind, seeds) in &kinds {
        let few: Vec<String> = seeds.iter().take(3).map(u64::to_string).collect();
        println!("{:5} {} {kind}", seeds.len(), few.join(" "));
    }
    for seeds in kinds.values().take(options.n_shown) {
        println!();
        show(&programs, seeds[0], &options)?;
    }
    let n_failed = tally.differences.len();
    println!("{} passed, {n_failed} failed", tally.n_cases - n_failed);
    if n_failed == 0 { Ok(()) } else { Err(format!("{n_failed} differences (seed {})", options.seed)) }
}

fn options(words: &[&str]) -> Result<Options> {
    let mut options = Options {
        n_cases: 1000,
        seed: 1,
        case: None,
        is_self_check: false,
        bin: None,
        keep: shell::root().join("target/oracle"),
        n_shown: 5,
        only: Vec::new(),
        without: Vec::new(),
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} wants a value"));
        let number = |text: &str| text.parse::<u64>().map_err(|_| format!("`{text}` is no number"));
        match *word {
            "--cases" => options.n_cases = number(value()?)?,
            "--seed" => options.seed = number(value()?)?,
            "--case" => options.case = Some(number(value()?)?),
            "--show" => options.n_shown = number(value()?)? as usize,
            "--bin" => options.bin = Some(PathBuf::from(value()?)),
            "--keep" => options.keep = PathBuf::from(value()?),
            "--only" => options.only.push((*value()?).to_owned()),
            "--without" => options.without.push((*value()?).to_owned()),
            "--self-check" => options.is_self_check = true,
            other => return Err(format!("oracle: unknown argument `{other}`")),
        }
    }
    Ok(options)
}

fn all(programs: &Programs, options: &Options) -> Result<Tally> {
    let next = AtomicU64::new(0);
    let tally = Mutex::new(Tally::default());
    let work = |job: usize| -> Result<()> {
        let scratch = run::Scratch::new(job)?;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= options.n_cases {
                return Ok(());
            }
            let seed = random::case_seed(options.seed, number);
            let case = generate::case(seed);
            let uses = |field: &String| case.tags.iter().any(|tag| tag.contains(field.as_str()));
            if !options.only.iter().all(uses) || options.without.iter().any(uses) {
                continue;
            }
            let (ours, reference) = programs.run(&scratch, &case)?;
            let difference = run::difference(&ours, &reference).map(|_| run::kind(&ours, &reference));
            let mut tally = tally.lock().map_err(|_| "a job has panicked")?;
            tally.n_refused_on_purpose += usize::from(reference.is_built() && run::is_refused_on_purpose(&ours));
            tally.add(seed, &case, &reference, difference);
        }
    };
    std::thread::scope(|scope| {
        let jobs: Vec<_> = (0..N_JOBS).map(|job| scope.spawn(move || work(job))).collect();
        jobs.into_iter().try_for_each(|job| job.join().unwrap_or_else(|_| Err("a job has panicked".to_owned())))
    })?;
    let mut tally = tally.into_inner().map_err(|_| "a job has panicked")?;
    // Jobs finish in any order; the report must not.
    tally.differences.sort();
    Ok(tally)
}

impl Tally {
    fn add(&mut self, seed: u64, case: &Case, reference: &Outcome, difference: Option<String>) {
        let is_built = reference.is_built();
        self.n_cases += 1;
        self.n_built += usize::from(is_built);
        self.n_deep += usize::from(case.levels > 1);
        self.n_bytes += reference.stdout.len();
        if !is_built {
            let refusal = self.refusals.entry(run::refusal(&reference.stderr)).or_insert((0, seed));
            refusal.0 += 1;
        }
        for tag in &case.tags {
            let counts = self.fields.entry(tag).or_default();
            counts[0] += 1;
            counts[1] += usize::from(is_built);
            counts[2] += usize::from(difference.is_some());
        }
        self.differences.extend(difference.map(|words| (seed, words)));
    }
}

fn report(tally: &Tally, seconds: f64) {
    let percent = |n: usize| 100.0 * n as f64 / tally.n_cases.max(1) as f64;
    println!("{:44} {:>6} {:>6} {:>6}", "field", "used", "built", "differ");
    for (field, [used, built, differ]) in &tally.fields {
        println!("{field:44} {used:6} {built:6} {differ:6}");
    }
    println!("why the reference fails (times, a case seed, words without names):");
    for (words, (times, seed)) in &tally.refusals {
        println!("{times:5} {seed:16} {words}");
    }
    println!(
        "{} cases in {seconds:.1} s; the reference builds {} ({:.0} %), two levels or more {} ({:.0} %), {} bytes of manifests",
        tally.n_cases,
        tally.n_built,
        percent(tally.n_built),
        tally.n_deep,
        percent(tally.n_deep),
        tally.n_bytes
    );
    println!("refused on purpose (a hash suffix on another kind): {}", tally.n_refused_on_purpose);
}

/// Runs one case by its seed and keeps its tree.
fn one(programs: &Programs, seed: u64, options: &Options) -> Result<()> {
    let case = generate::case(seed);
    let scratch = run::Scratch::new(0)?;
    let (ours, reference) = programs.run(&scratch, &case)?;
    let fields: Vec<&str> = case.tags.iter().copied().collect();
    println!("case {seed}: {}", fields.join(", "));
    match run::difference(&ours, &reference) {
        Some(_) => {
            show(programs, seed, options)?;
            Err("the two differ".to_owned())
        }
        None => {
            let directory = options.keep.join(seed.to_string());
            run::write_tree(&directory, &case)?;
            let words = if reference.is_built() { "both build, same bytes" } else { "both fail" };
            println!("{words}; the tree is in {}", directory.display());
            println!("reference: {}\nours: {}", reference.words(), ours.words());
            Ok(())
        }
    }
}

/// Makes a difference smaller, keeps both trees, and shows the rest.
fn show(programs: &Programs, seed: u64, options: &Options) -> Result<()> {
    let case = generate::case(seed);
    let directory = options.keep.join(seed.to_string());
    run::write_tree(&directory.join("full"), &case)?;
    let scratch = run::Scratch::new(N_JOBS)?;
    // A smaller tree must differ in the same way, or one bug turns into another.
    let way = |candidate: &Case| {
        let (ours, reference) = programs.run(&scratch, candidate).ok()?;
        run::difference(&ours, &reference)?;
        Some(run::kind(&ours, &reference))
    };
    let wanted = way(&case);
    let small = minimise::minimise(&case, |candidate| wanted.is_some() && way(candidate) == wanted);
    let small_directory = directory.join("small");
    run::write_tree(&small_directory, &small)?;
    println!("difference: case seed {seed}; again: cargo xtask oracle --case {seed}");
    println!("trees: {} (as made) and {} (smaller)", directory.join("full").display(), small_directory.display());
    println!("command: (cd {} && kustomize build {})", show_path(&small_directory), small.args.join(" "));
    for (path, content) in &small.files {
        println!("--- {path}\n{}", content.render().trim_end());
    }
    let (ours, reference) = programs.run(&scratch, &small)?;
    println!("=== {}", run::difference(&ours, &reference).unwrap_or_else(|| "gone when run again".to_owned()));
    Ok(())
}

fn show_path(path: &Path) -> String {
    path.strip_prefix(shell::root()).unwrap_or(path).display().to_string()
}
