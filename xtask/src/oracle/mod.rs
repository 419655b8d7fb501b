//! `cargo xtask oracle`: random overlays through rustomize and kustomize; standard output and success must be the same.
//!
//! Every case has a seed of its own, so one can be run again by `--case SEED`. A difference is kept as a tree, made
//! smaller as long as it stays, and shown. Where the two differ the reference is run again: what it does not answer
//! twice alike is counted apart, as is what is in the table of deviations that are meant. `--self-check` runs the
//! reference against itself, `--mutate` edits trees that exist instead of making new ones.

mod config;
mod fields;
mod functions;
mod generate;
mod helm;
mod keep;
mod known;
mod lines;
mod minimise;
mod mutate;
mod odd;
mod options;
mod patches;
mod plugins;
pub mod random;
mod replacements;
mod report;
mod resource;
mod run;
mod scalar;
mod vars;
mod yaml;

use crate::shell::{self, Result};
use crate::test::RELEASE_BIN;
use crate::tools;
use generate::Case;
use known::Known;
use options::Options;
use report::Tally;
use run::{Programs, Scratch, Verdict};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Instant;

/// Cases are made until enough of them fit `--only`; a field nobody makes must not run for ever.
const N_MADE_PER_CASE: u64 = 5000;

/// Where cases come from: made from nothing, or edited copies of trees, each read when it is first wanted.
enum Supply {
    Made,
    Mutated(Vec<(mutate::Source, OnceLock<Option<Case>>)>),
}

impl Supply {
    fn new(options: &Options) -> Result<Supply> {
        if options.mutate.is_empty() {
            return Ok(Supply::Made);
        }
        let sources = mutate::sources(&options.mutate, &options.targets)?;
        println!("{} trees to edit", sources.len());
        Ok(Supply::Mutated(sources.into_iter().map(|source| (source, OnceLock::new())).collect()))
    }

    /// The case of a seed. There is none where a tree is too big, not text, or does not build when copied.
    fn case(&self, seed: u64, programs: &Programs, scratch: &Scratch) -> Option<Case> {
        match self {
            Supply::Made => Some(generate::case(seed)),
            Supply::Mutated(sources) => {
                let (source, case) = &sources[(seed % sources.len() as u64) as usize];
                let usable = || {
                    let case = mutate::load(source).ok()?;
                    programs.run(scratch, &case).ok()?.1.is_built().then_some(case)
                };
                Some(mutate::mutate(case.get_or_init(usable).as_ref()?, seed))
            }
        }
    }
}

pub fn run(words: &[&str]) -> Result<()> {
    let options = Options::parse(words)?;
    if options.lists_fields {
        return list_fields(&options);
    }
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
    let known = Known::load()?;
    let supply = Supply::new(&options)?;
    if let Some(seed) = options.case {
        return one(&programs, &known, &supply, seed, &options);
    }
    println!(
        "seed {}, {} cases, {} against {}",
        options.seed,
        options.n_cases,
        programs.ours.display(),
        programs.reference.display()
    );
    let begin = Instant::now();
    let tally = all(&programs, &known, &supply, &options)?;
    tally.report(begin.elapsed().as_secs_f64());
    if tally.n_cases == 0 {
        return Err("no case fits; `--fields` lists the fields".to_owned());
    }
    // One of each kind before a second of any.
    let mut kinds: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (seed, kind) in &tally.differences {
        kinds.entry(kind).or_default().push(*seed);
    }
    if !kinds.is_empty() {
        println!("differences (times, a few case seeds, kind):");
    }
    let mut kinds: Vec<(&str, Vec<u64>)> = kinds.into_iter().collect();
    kinds.sort_by_key(|(kind, seeds)| (std::cmp::Reverse(seeds.len()), *kind));
    for (kind, seeds) in &kinds {
        let few: Vec<String> = seeds.iter().take(3).map(u64::to_string).collect();
        println!("{:5} {} {kind}", seeds.len(), few.join(" "));
    }
    for (_, seeds) in kinds.iter().take(options.n_shown) {
        println!();
        let scratch = Scratch::new(options.n_jobs + 1)?;
        if let Some(case) = supply.case(seeds[0], &programs, &scratch) {
            keep::show(&programs, &known, seeds[0], &case, &options)?;
        }
    }
    let n_failed = tally.differences.len();
    println!("{} passed, {n_failed} failed", tally.n_cases - n_failed);
    if n_failed == 0 { Ok(()) } else { Err(format!("{n_failed} differences (seed {})", options.seed)) }
}

fn all(programs: &Programs, known: &Known, supply: &Supply, options: &Options) -> Result<Tally> {
    let next = AtomicU64::new(0);
    let n_taken = AtomicU64::new(0);
    let log = match &options.log {
        Some(path) => {
            Some(Mutex::new(std::fs::File::create(path).map_err(|error| format!("{}: {error}", path.display()))?))
        }
        None => None,
    };
    let tally = Mutex::new(Tally::default());
    let work = |job: usize| -> Result<()> {
        let scratch = Scratch::new(job)?;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= options.n_cases.saturating_mul(N_MADE_PER_CASE) {
                return Ok(());
            }
            let seed = random::case_seed(options.seed, number);
            let Some(case) = supply.case(seed, programs, &scratch) else { continue };
            if !options.wants(case.tags.iter()) {
                continue;
            }
            if n_taken.fetch_add(1, Ordering::Relaxed) >= options.n_cases {
                return Ok(());
            }
            let (_, reference, verdict) = programs.judge(&scratch, &case, known)?;
            if let Some(log) = &log {
                let mut log = log.lock().map_err(|_| "a job has panicked")?;
                writeln!(log, "{}", log_line(seed, &case, &reference, &verdict)).map_err(|error| error.to_string())?;
            }
            tally.lock().map_err(|_| "a job has panicked")?.add(seed, &case, &reference, &verdict);
        }
    };
    std::thread::scope(|scope| {
        let jobs: Vec<_> = (0..options.n_jobs).map(|job| scope.spawn(move || work(job))).collect();
        jobs.into_iter().try_for_each(|job| job.join().unwrap_or_else(|_| Err("a job has panicked".to_owned())))
    })?;
    let mut tally = tally.into_inner().map_err(|_| "a job has panicked")?;
    // Jobs finish in any order; the report must not.
    tally.differences.sort();
    Ok(tally)
}

fn log_line(seed: u64, case: &Case, reference: &run::Outcome, verdict: &Verdict) -> String {
    let tags: Vec<&str> = case.tags.iter().copied().collect();
    let words = reference.stderr.lines().find(|line| line.starts_with("Error")).unwrap_or("");
    let outcome = if reference.is_built() { "built" } else { "failed" };
    format!("{seed}\t{outcome}\t{verdict:?}\t{}\t{words}", tags.join(", "))
}

fn list_fields(options: &Options) -> Result<()> {
    let mut fields: BTreeMap<&str, usize> = BTreeMap::new();
    for number in 0..options.n_cases {
        for tag in generate::case(random::case_seed(options.seed, number)).tags {
            *fields.entry(tag).or_default() += 1;
        }
    }
    for (field, times) in fields {
        println!("{field:44} {times:6}");
    }
    Ok(())
}

/// Runs one case by its seed and keeps its tree.
fn one(programs: &Programs, known: &Known, supply: &Supply, seed: u64, options: &Options) -> Result<()> {
    let scratch = Scratch::new(0)?;
    let case =
        supply.case(seed, programs, &scratch).ok_or("there is no such case: its tree does not build as it is")?;
    let (ours, reference, verdict) = programs.judge(&scratch, &case, known)?;
    let fields: Vec<&str> = case.tags.iter().copied().collect();
    println!("case {seed}: {}", fields.join(", "));
    if let Verdict::Different(_) = verdict {
        keep::show(programs, known, seed, &case, options)?;
        return Err("the two differ".to_owned());
    }
    let directory = options.keep.join(seed.to_string());
    run::write_tree(&directory, &case)?;
    let words = match verdict {
        Verdict::Known(id) => format!("known deviation `{id}`"),
        Verdict::Unstable => "reference not deterministic".to_owned(),
        Verdict::Crashed => "the reference crashes".to_owned(),
        _ if reference.is_built() => "both build, same bytes".to_owned(),
        _ => "both fail".to_owned(),
    };
    println!("{words}; the tree is in {}", keep::show_path(&directory));
    println!("reference: {}\nours: {}", reference.words(), ours.words());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every field of a kustomization, and everything that stands beside the fields.
    const FIELDS: &str = "resources components bases namePrefix nameSuffix namespace commonLabels labels \
        commonAnnotations patches patchesStrategicMerge patchesJson6902 images imageTags replicas replacements vars \
        configMapGenerator secretGenerator generatorOptions helmGlobals helmCharts helmChartInflationGenerator crds \
        configurations openapi generators transformers validators sortOptions legacySortOptions buildMetadata \
        functions exec_plugins symbolic_links anchors JSON List several_documents load_restrictor --reorder \
        --enable-managedby-label --helm-debug AnnotationsTransformer LabelTransformer PrefixTransformer \
        SuffixTransformer NamespaceTransformer ImageTagTransformer ReplicaCountTransformer PatchTransformer \
        PatchStrategicMergeTransformer PatchJson6902Transformer ReplacementTransformer ValueAddTransformer \
        HashTransformer ConfigMapGenerator SecretGenerator IAMPolicyGenerator HelmChartInflationGenerator";

    #[test]
    fn every_field_is_made() {
        let mut tags = std::collections::BTreeSet::new();
        for number in 0..3000 {
            tags.extend(generate::case(random::case_seed(1, number)).tags);
        }
        let missing: Vec<String> = FIELDS
            .split_whitespace()
            .map(|field| field.replace('_', " "))
            .filter(|field| !tags.iter().any(|tag| tag.contains(field.as_str())))
            .collect();
        assert_eq!(missing, Vec::<String>::new());
    }
}
