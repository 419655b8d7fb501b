//! `cargo xtask bench growth`: the exponent with which cost grows between the two largest scales of a workload.
//!
//! By processor time, which counts everything, and by allocated bytes, which no load can change. Beside them stands how
//! the output grows, because nothing can cost less than what is printed.

use super::measure::{Best, Outcome, Program};
use super::options::Options;
use super::supply::Supply;
use super::{Scratch, build, our_program, page};
use crate::shell::Result;
use crate::valgrind::{self, Count};
use std::fmt::Write;
use std::time::Duration;

/// The kinds that grew faster than their size in the reference.
const KINDS: [&str; 6] = ["wide", "names", "replace", "patches", "components", "deep"];
/// Counting bytes takes about fifty times as long as a run: no larger scale is counted.
const COUNTED_SCALE_MAX: usize = 1000;

/// Two scales with what each costs.
struct Growth {
    scales: [usize; 2],
    costs: [f64; 2],
}

impl Growth {
    /// The exponent of what grows: the cost without what the smallest build takes anyway.
    fn exponent(&self, start: f64) -> f64 {
        let [small, large] = self.costs.map(|cost| (cost - start).max(f64::MIN_POSITIVE));
        (large / small).ln() / (self.scales[1] as f64 / self.scales[0] as f64).ln()
    }
}

pub(super) fn run(options: &Options) -> Result<()> {
    build(options)?;
    let supply = Supply::find(options.is_own);
    let program = Program { path: our_program(options)?, is_batch: false };
    let scratch = Scratch::new()?;
    let store = options.dir.clone().unwrap_or_else(|| scratch.0.join("workloads"));
    let output = scratch.0.join("out");
    let printed = || -> Result<f64> {
        let metadata = std::fs::metadata(&output).map_err(|error| format!("{}: {error}", output.display()))?;
        Ok(metadata.len() as f64)
    };
    let cpu = |name: &str| -> Result<f64> {
        let input = supply.input(name, &store)?;
        let mut best = Best::default();
        for _ in 0..options.n_runs {
            match program.render(&input.targets, &output, Duration::from_secs(120))? {
                Outcome::Done(sample) => best.add(sample),
                Outcome::TooLong => return Err(format!("{name}: over 120 s")),
                Outcome::Failed(said) => return Err(format!("{name}: {said}")),
            }
        }
        Ok(best.cpu)
    };
    let allocated = |name: &str| -> Result<f64> {
        let input = supply.input(name, &store)?;
        Ok(valgrind::count(Count::AllocatedBytes, &program.path, &input.targets)? as f64)
    };
    let version = valgrind::version();
    if version.is_none() {
        println!("valgrind is not here: allocated bytes are not counted");
    }
    let start_cpu = cpu("tiny")?;
    let start_output = printed()?;
    let start_bytes = version.is_some().then(|| allocated("tiny")).transpose()?;

    let mut table = String::from(
        "| workload | CPU at the two scales | exponent | exponent of the output | allocated at the two scales | exponent |\n|---|---|---|---|---|---|\n",
    );
    for (kind, scales) in supply.standard()? {
        let is_wanted = match options.workloads.is_empty() {
            true => KINDS.contains(&kind.as_str()),
            false => options.workloads.contains(&kind),
        };
        if !is_wanted {
            continue;
        }
        let measure = |pair: [usize; 2], cost: &dyn Fn(&str) -> Result<f64>| -> Result<Growth> {
            let [small, large] = pair.map(|scale| cost(&format!("{kind}-{scale}")));
            Ok(Growth { scales: pair, costs: [small?, large?] })
        };
        let Some(pair) = two_largest(&scales, usize::MAX) else { return Err(format!("{kind}: has one scale only")) };
        let outputs = std::cell::RefCell::new(Vec::new());
        let by_cpu = measure(pair, &|name| {
            let cost = cpu(name)?;
            outputs.borrow_mut().push(printed()?);
            Ok(cost)
        })?;
        let [small, large] = outputs.into_inner().try_into().map_err(|_| "a scale was measured twice".to_owned())?;
        let by_output = Growth { scales: pair, costs: [small, large] };
        let mut line = format!(
            "| {kind}-{} to {} | {} to {} | {:.2} | {:.2} |",
            pair[0],
            pair[1],
            page::seconds(by_cpu.costs[0]),
            page::seconds(by_cpu.costs[1]),
            by_cpu.exponent(start_cpu),
            by_output.exponent(start_output)
        );
        match (start_bytes, two_largest(&scales, COUNTED_SCALE_MAX)) {
            (Some(start), Some(pair)) => {
                let by_bytes = measure(pair, &allocated)?;
                let [small, large] = by_bytes.costs.map(|cost| page::bytes(cost as u64));
                let at = format!("{kind}-{} {small} to {kind}-{} {large}", pair[0], pair[1]);
                let _ = write!(line, " {at} | {:.2} |", by_bytes.exponent(start));
            }
            _ => line += " not counted | - |",
        }
        println!("{line}");
        table += &line;
        table.push('\n');
    }
    let _ = writeln!(
        table,
        "\nWhat `tiny` takes ({}) is taken off first. Smallest of {} runs; bytes by {}, at scales up to {COUNTED_SCALE_MAX}.",
        page::seconds(start_cpu),
        options.n_runs,
        version.map_or("nothing: valgrind was not there".to_owned(), |version| format!("{version} (dhat)"))
    );
    println!("\n{table}");
    if options.is_page { page::write_growth(&table) } else { Ok(()) }
}

fn two_largest(scales: &[usize], max: usize) -> Option<[usize; 2]> {
    let mut scales: Vec<usize> = scales.iter().copied().filter(|scale| *scale <= max).collect();
    scales.sort_unstable();
    match scales.as_slice() {
        [.., small, large] => Some([*small, *large]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_are_those_of_powers() {
        let squares = Growth { scales: [10, 100], costs: [101.0, 10_001.0] };
        assert!((squares.exponent(1.0) - 2.0).abs() < 1e-9);
        let linear = Growth { scales: [20, 50], costs: [40.0, 100.0] };
        assert!((linear.exponent(0.0) - 1.0).abs() < 1e-9);
        assert_eq!(two_largest(&[100, 10_000, 1000], 1000), Some([100, 1000]));
        assert_eq!(two_largest(&[1], usize::MAX), None);
    }
}
