//! What a run counts, and how it is told.

use super::generate::Case;
use super::run::{self, Outcome, Verdict};
use std::collections::BTreeMap;

#[derive(Default)]
pub struct Tally {
    pub n_cases: usize,
    n_built: usize,
    n_deep: usize,
    n_bytes: usize,
    n_unstable: usize,
    n_crashed: usize,
    /// By deviation that is meant: how often, and the seed of one such case.
    known: BTreeMap<String, (usize, u64)>,
    /// By field: cases that use it, those of them that the reference builds, and those that differ.
    fields: BTreeMap<&'static str, [usize; 3]>,
    /// By the reference's words without names: how often it fails so, and the seed of one such case.
    refusals: BTreeMap<String, (usize, u64)>,
    pub differences: Vec<(u64, String)>,
}

impl Tally {
    pub fn add(&mut self, seed: u64, case: &Case, reference: &Outcome, verdict: &Verdict) {
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
            counts[2] += usize::from(matches!(verdict, Verdict::Different(_)));
        }
        match verdict {
            Verdict::Same => {}
            Verdict::Crashed => self.n_crashed += 1,
            Verdict::Unstable => self.n_unstable += 1,
            Verdict::Known(id) => self.known.entry(id.clone()).or_insert((0, seed)).0 += 1,
            Verdict::Different(words) => self.differences.push((seed, words.clone())),
        }
    }

    pub fn report(&self, seconds: f64) {
        let percent = |n: usize| 100.0 * n as f64 / self.n_cases.max(1) as f64;
        println!("why the reference fails (times, a case seed, words without names):");
        for (words, (times, seed)) in &self.refusals {
            println!("{times:5} {seed:16} {words}");
        }
        println!("{:44} {:>6} {:>6} {:>6}", "field", "used", "built", "differ");
        for (field, [used, built, differ]) in &self.fields {
            println!("{field:44} {used:6} {built:6} {differ:6}");
        }
        println!(
            "{} cases in {seconds:.1} s; the reference builds {} ({:.0} %), two levels or more {} ({:.0} %), {} bytes of manifests",
            self.n_cases,
            self.n_built,
            percent(self.n_built),
            self.n_deep,
            percent(self.n_deep),
            self.n_bytes
        );
        for (id, (times, seed)) in &self.known {
            println!("known deviation `{id}`: {times} (case {seed})");
        }
        println!("reference not deterministic: {}; reference crashes: {}", self.n_unstable, self.n_crashed);
    }
}
