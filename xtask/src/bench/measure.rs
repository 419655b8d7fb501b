//! One measured run of a program: processor time and peak memory as the system accounts them, wall time.

use crate::shell::Result;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wait4::Wait4;

/// What one run took; of several processes the sum, and the largest memory.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sample {
    pub wall: f64,
    pub cpu: f64,
    pub rss: u64,
}

pub(super) enum Outcome {
    Done(Sample),
    TooLong,
    Failed(String),
}

/// The smallest times and the largest memory of several runs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Best {
    pub n_runs: usize,
    pub wall: f64,
    pub cpu: f64,
    pub rss: u64,
}

impl Best {
    pub fn add(&mut self, sample: Sample) {
        let is_first = self.n_runs == 0;
        let least = |old: f64, new: f64| if is_first { new } else { old.min(new) };
        *self = Best {
            n_runs: self.n_runs + 1,
            wall: least(self.wall, sample.wall),
            cpu: least(self.cpu, sample.cpu),
            rss: self.rss.max(sample.rss),
        };
    }
}

/// A program that builds kustomizations.
pub(super) struct Program {
    pub path: PathBuf,
    /// Whether it builds several directories in one process, with `---` between the renderings.
    pub is_batch: bool,
}

impl Program {
    /// Builds all targets into one file; standard error goes beside it.
    pub fn render(&self, targets: &[PathBuf], out: &Path, limit: Duration) -> Result<Outcome> {
        let deadline = Instant::now() + limit;
        let mut total = Sample::default();
        let mut file = create(out)?;
        let groups: Vec<&[PathBuf]> = if self.is_batch { vec![targets] } else { targets.chunks(1).collect() };
        for (n, group) in groups.into_iter().enumerate() {
            if n > 0 {
                file.write_all(b"---\n").map_err(|error| format!("{}: {error}", out.display()))?;
            }
            let mut command = Command::new(&self.path);
            command.arg("build").args(group);
            match run(&mut command, &file, &out.with_extension("err"), deadline)? {
                Outcome::Done(sample) => {
                    total.wall += sample.wall;
                    total.cpu += sample.cpu;
                    total.rss = total.rss.max(sample.rss);
                }
                other => return Ok(other),
            }
        }
        Ok(Outcome::Done(total))
    }
}

/// The memory that any child is said to have used, because it began as a copy of this process.
pub(super) fn rss_floor(scratch: &Path) -> u64 {
    let measured = create(&scratch.join("true")).and_then(|file| {
        let deadline = Instant::now() + Duration::from_secs(10);
        run(&mut Command::new("true"), &file, &scratch.join("true.err"), deadline)
    });
    match measured {
        Ok(Outcome::Done(sample)) => sample.rss,
        _ => 0,
    }
}

fn create(path: &Path) -> Result<File> {
    // Appending, because the children's writes and ours share the file.
    let _ = std::fs::remove_file(path);
    let opened = File::options().create(true).append(true).open(path);
    opened.map_err(|error| format!("{}: {error}", path.display()))
}

fn run(command: &mut Command, out: &File, err: &Path, deadline: Instant) -> Result<Outcome> {
    let program = command.get_program().to_string_lossy().into_owned();
    let words = |error: std::io::Error| format!("{program}: {error}");
    let stdout = out.try_clone().map_err(words)?;
    let stderr = File::create(err).map_err(words)?;
    let begin = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).spawn().map_err(words)?;
    loop {
        if let Some(used) = child.try_wait4().map_err(words)? {
            let wall = begin.elapsed().as_secs_f64();
            if !used.status.success() {
                let said = std::fs::read_to_string(err).unwrap_or_default();
                return Ok(Outcome::Failed(said.lines().next().unwrap_or("failed").chars().take(120).collect()));
            }
            let cpu = (used.rusage.utime + used.rusage.stime).as_secs_f64();
            return Ok(Outcome::Done(Sample { wall, cpu, rss: used.rusage.maxrss }));
        }
        if Instant::now() > deadline {
            child.kill().and_then(|()| child.wait()).map_err(words)?;
            return Ok(Outcome::TooLong);
        }
        // Looking again costs little and adds at most 2 % to the wall time.
        let pause = (begin.elapsed() / 50).clamp(Duration::from_micros(20), Duration::from_millis(5));
        std::thread::sleep(pause);
    }
}

/// Compares two files without holding them; returns the number of the first line that differs.
pub(super) fn first_difference(a: &Path, b: &Path) -> Result<Option<usize>> {
    let open = |path: &Path| File::open(path).map_err(|error| format!("{}: {error}", path.display()));
    let (mut a, mut b) = (open(a)?, open(b)?);
    let (mut chunk_a, mut chunk_b) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut line = 1;
    loop {
        let n_a = fill(&mut a, &mut chunk_a)?;
        let n_b = fill(&mut b, &mut chunk_b)?;
        let (part_a, part_b) = (&chunk_a[..n_a], &chunk_b[..n_b]);
        if part_a != part_b {
            let same = part_a.iter().zip(part_b).take_while(|(x, y)| x == y);
            return Ok(Some(line + same.filter(|(x, _)| **x == b'\n').count()));
        }
        if n_a == 0 {
            return Ok(None);
        }
        line += part_a.iter().filter(|byte| **byte == b'\n').count();
    }
}

fn fill(file: &mut File, chunk: &mut [u8]) -> Result<usize> {
    let mut n = 0;
    while n < chunk.len() {
        match file.read(&mut chunk[n..]).map_err(|error| error.to_string())? {
            0 => break,
            more => n += more,
        }
    }
    Ok(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_of_runs_is_the_least_time_and_the_most_memory() {
        let mut best = Best::default();
        for (wall, cpu, rss) in [(3.0, 2.0, 10), (2.0, 2.5, 12), (4.0, 1.5, 11)] {
            best.add(Sample { wall, cpu, rss });
        }
        assert_eq!((best.n_runs, best.wall, best.cpu, best.rss), (3, 2.0, 1.5, 12));
    }

    #[test]
    fn a_difference_is_found_past_the_first_chunk() {
        let dir = std::env::temp_dir().join(format!("xtask-measure-{}", std::process::id()));
        let (a, b) = (dir.join("a"), dir.join("b"));
        let text = "0123456789\n".repeat(10_000);
        for (other, expected) in [
            (text.clone(), None),
            (format!("{text}more\n"), Some(10_001)),
            (text.replacen("0123456789\n0123", "0123456789\n012x", 1), Some(2)),
            (format!("{}x{}", &text[..99_990], &text[99_991..]), Some(9_091)),
        ] {
            crate::shell::write(&a, &text).unwrap();
            crate::shell::write(&b, other).unwrap();
            assert_eq!(first_difference(&a, &b).unwrap(), expected);
        }
        std::fs::remove_dir_all(dir).unwrap();
    }
}
