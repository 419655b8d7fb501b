//! The comparison: each workload through rustomize, kustomize and the floor in turn.

use super::measure::{self, Best, Outcome, Program};
use super::options::Options;
use super::supply::{self, Input, Supply};
use super::{RELEASE_XTASK, Scratch, floor, our_program, page};
use crate::shell::{self, Result};
use crate::tools;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What is known about one workload after its runs.
pub(super) struct Row {
    pub workload: String,
    pub n_targets: usize,
    pub n_files: u64,
    pub n_bytes: u64,
    pub output_bytes: u64,
    pub is_batch: bool,
    pub ours: Option<Best>,
    pub reference: Option<Best>,
    /// Processor time of the floor in seconds.
    pub floor: Option<f64>,
    /// Why a figure is missing, or what is wrong.
    pub notes: Vec<String>,
    pub is_different: bool,
    /// No program can be seen to use less memory than this.
    pub rss_floor: u64,
}

impl Row {
    /// How many times the processor time of ours the reference takes.
    pub fn ratio(&self) -> Option<f64> {
        Some(self.reference?.cpu / self.ours?.cpu.max(1e-6))
    }

    /// How many times the floor ours takes.
    pub fn floor_ratio(&self) -> Option<f64> {
        Some(self.ours?.cpu / self.floor?.max(1e-6))
    }

    /// The share of the reference's memory that ours needs.
    pub fn memory_share(&self) -> Option<f64> {
        Some(self.ours?.rss as f64 / self.reference?.rss.max(1) as f64)
    }
}

struct Bench<'o> {
    options: &'o Options,
    scratch: Scratch,
    ours: Program,
    reference: Program,
}

pub(super) fn run(options: &Options) -> Result<()> {
    let supply = Supply::find(options.is_own);
    let names = match options.workloads.is_empty() {
        false => options.workloads.clone(),
        true => {
            let kinds = supply.standard()?;
            let of_kind = |(kind, scales): &(String, Vec<usize>)| -> Vec<String> {
                scales.iter().map(|scale| supply::name(kind, *scale, scales)).collect()
            };
            kinds.iter().flat_map(of_kind).collect()
        }
    };
    let ours = Program { path: our_program(options)?, is_batch: false };
    let reference = Program { path: tools::kustomize()?, is_batch: false };
    let mut bench = Bench { options, scratch: Scratch::new()?, ours, reference };
    let store = options.dir.clone().unwrap_or_else(|| bench.scratch.0.join("workloads"));
    println!("workloads: {}", supply.describe());
    let circumstances = page::Circumstances::note(options, &supply);

    let mut rows = Vec::new();
    for name in &names {
        let input = supply.input(name, &store)?;
        let row = bench.row(name, &input)?;
        println!("{}", page::line(&row));
        rows.push(row);
        if options.dir.is_none() {
            std::fs::remove_dir_all(&input.root).map_err(|error| format!("{}: {error}", input.root.display()))?;
        }
    }
    let figures = page::figures(&rows, &circumstances.end());
    println!("\n{figures}");
    if let Some(file) = &options.json {
        shell::write(file, page::json(&rows))?;
    }
    if options.is_page {
        page::write(&figures, &rows)?;
    }
    match rows.iter().filter(|row| row.is_different || row.ours.is_none()).count() {
        0 => Ok(()),
        n => Err(format!("{n} rows failed or have other bytes than kustomize")),
    }
}

impl Bench<'_> {
    fn row(&mut self, name: &str, input: &Input) -> Result<Row> {
        self.ours.is_batch = input.targets.len() > 1 && self.can_batch(input)?;
        let mut row = Row {
            workload: name.to_owned(),
            n_targets: input.targets.len(),
            n_files: input.n_files,
            n_bytes: input.n_bytes,
            output_bytes: 0,
            is_batch: self.ours.is_batch,
            ours: None,
            reference: None,
            floor: None,
            notes: Vec::new(),
            is_different: false,
            rss_floor: measure::rss_floor(&self.scratch.0),
        };
        let mut is_compared = !self.options.only_ours.iter().any(|left_out| left_out == name);
        if !is_compared {
            row.notes.push("kustomize left out by --only-ours".to_owned());
        }
        let mut is_measured = true;
        let (mut ours, mut reference) = (Best::default(), Best::default());
        let (out, other) = (self.scratch.0.join("ours.out"), self.scratch.0.join("reference.out"));
        let begin = Instant::now();
        for n in 0..self.options.n_runs {
            // The two take turns in going first.
            for is_ours in [n % 2 == 0, n % 2 == 1] {
                let (program, who, out, best, goes_on) = match is_ours {
                    true => (&self.ours, "rustomize", &out, &mut ours, &mut is_measured),
                    false => (&self.reference, "kustomize", &other, &mut reference, &mut is_compared),
                };
                if !*goes_on {
                    continue;
                }
                match program.render(&input.targets, out, self.options.limit)? {
                    Outcome::Done(sample) => best.add(sample),
                    Outcome::TooLong => {
                        *goes_on = false;
                        row.notes.push(format!("{who}: over {} s, stopped", self.options.limit.as_secs_f64()));
                    }
                    Outcome::Failed(said) => {
                        *goes_on = false;
                        row.notes.push(format!("{who} failed: {said}"));
                    }
                }
            }
            if is_measured {
                row.output_bytes = std::fs::metadata(&out).map_or(0, |data| data.len());
                self.floor(&mut row, input, &out)?;
            }
            if is_measured
                && is_compared
                && !row.is_different
                && let Some(line) = measure::first_difference(&out, &other)?
            {
                row.is_different = true;
                row.notes.push(format!("OTHER BYTES from line {line}"));
            }
            if begin.elapsed() > self.options.row_limit {
                break;
            }
        }
        row.ours = (is_measured && ours.n_runs > 0).then_some(ours);
        row.reference = (is_compared && reference.n_runs > 0).then_some(reference);
        Ok(row)
    }

    /// Whether our program builds several directories in one process, printed as the comparison wants it.
    fn can_batch(&self, input: &Input) -> Result<bool> {
        let pair = input.targets.get(..2).unwrap_or_default();
        let out = self.scratch.0.join("probe.out");
        let batch = Program { path: self.ours.path.clone(), is_batch: true };
        Ok(matches!(batch.render(pair, &out, self.options.limit)?, Outcome::Done(_)))
    }

    fn floor(&self, row: &mut Row, input: &Input, expected: &Path) -> Result<()> {
        let program = shell::root().join(RELEASE_XTASK);
        let output = Command::new(&program)
            .args(["bench".as_ref(), "floor".as_ref(), input.root.as_os_str(), expected.as_os_str()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .output()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let said = String::from_utf8_lossy(&output.stderr);
        match floor::parse_result(&said) {
            Some(time) => {
                let time = time.as_secs_f64();
                row.floor = Some(row.floor.map_or(time, |least| least.min(time)));
            }
            None => row.notes.push(format!("no floor: {}", said.lines().next().unwrap_or_default())),
        }
        Ok(())
    }
}
