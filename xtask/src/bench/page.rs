//! The figures as people read them: a line a row while it runs, the tables of docs/performance.md and README.md.

use super::measure::Best;
use super::options::Options;
use super::rows::Row;
use super::supply::Supply;
use crate::shell::{self, Result};
use crate::tools;
use std::fmt::Write;
use std::path::Path;

const PAGE: &str = "docs/performance.md";
const README: &str = "README.md";

/// The rows of the table in README.md, in words.
const IN_README: [(&str, &str); 9] = [
    ("tiny", "3 resources, one overlay"),
    ("team", "218 resources, two overlays"),
    ("wide-1000", "1,000 resources in one overlay"),
    ("patches-10", "10 patches by pattern on 1,000 resources"),
    ("deep-50", "50 levels of overlays"),
    ("names-200", "200 generated config maps, named by 200 Deployments"),
    ("components-50", "50 components"),
    ("crd-10", "10 custom resource definitions of 190 KB"),
    ("bigmap-8", "8 config maps of 1 MB"),
];

/// Where and when the runs took place.
pub(super) struct Circumstances(String);

impl Circumstances {
    pub fn note(options: &Options, supply: &Supply) -> Circumstances {
        let git = |args: &[&str]| shell::output("git", args).map(|text| text.trim().to_owned()).ok();
        let commit = git(&["rev-parse", "--short=12", "HEAD"]).unwrap_or_else(|| "unknown".to_owned());
        let is_changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|text| !text.is_empty());
        let date = options.date.clone().or_else(|| git(&["show", "-s", "--format=%cs", "HEAD"]));
        let mut text = String::new();
        let mut line = |what: &str, value: String| {
            let _ = writeln!(text, "| {what} | {value} |");
        };
        line("commit", format!("{commit}{}", if is_changed { ", with changes" } else { "" }));
        line("date", date.unwrap_or_else(|| "unknown".to_owned()));
        line("machine", machine());
        line(
            "Rust",
            shell::output("rustc", &["--version"]).map_or("unknown".to_owned(), |text| text.trim().to_owned()),
        );
        line("reference", format!("kustomize {}", tools::KUSTOMIZE_VERSION));
        line(
            "program",
            match (&options.bin, options.is_built) {
                (Some(_), _) => "given by --bin".to_owned(),
                (None, true) => "target/release as it stood".to_owned(),
                (None, false) => "release build of the commit".to_owned(),
            },
        );
        line("workloads", supply.describe().to_owned());
        line(
            "runs",
            format!(
                "{} of each, or as many as fit in {} s; limit of one run {} s",
                options.n_runs,
                options.row_limit.as_secs_f64(),
                options.limit.as_secs_f64()
            ),
        );
        line("load at the start", load());
        Circumstances(text)
    }

    /// Adds what is known at the end.
    pub fn end(self) -> Circumstances {
        let text = format!("{}| load at the end | {} |\n", self.0, load());
        Circumstances(text)
    }
}

fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, key: &str| {
        let line = text.lines().find(|line| line.starts_with(key))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let model = field(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let n = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = field(&read("/proc/meminfo"), "MemTotal").and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    let memory = memory.map_or(String::new(), |kilobytes| format!(", {:.0} GB", kilobytes / 1e6));
    format!("{model}, {n} processors{memory}, {} {}", std::env::consts::OS, std::env::consts::ARCH)
}

fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown").to_owned()
}

/// One row on one line, while the runs go on.
pub(super) fn line(row: &Row) -> String {
    let best = |best: Option<Best>| {
        best.map_or("-".to_owned(), |best| {
            format!(
                "cpu {} wall {} rss {} ({} runs)",
                seconds(best.cpu),
                seconds(best.wall),
                bytes(best.rss),
                best.n_runs
            )
        })
    };
    let mut text = format!("{:<15} ours {}; reference {}", row.workload, best(row.ours), best(row.reference));
    if let Some(ratio) = row.ratio() {
        let _ = write!(text, "; {ratio:.1} times");
    }
    if let (Some(floor), Some(ratio)) = (row.floor, row.floor_ratio()) {
        let _ = write!(text, "; floor {}, {ratio:.2}", seconds(floor));
    }
    for note in &row.notes {
        let _ = write!(text, "; {note}");
    }
    text
}

/// Everything about a run: circumstances, rows, means, goals, what was left out.
pub(super) fn figures(rows: &[Row], circumstances: &Circumstances) -> String {
    let mut text = format!("| | |\n|---|---|\n{}\n", circumstances.0);
    text += "| workload | builds | input | output | rustomize CPU | wall | memory | kustomize CPU | wall | memory | CPU ratio | floor | CPU to floor | memory share | same bytes |\n\
             |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
    for row in rows {
        let best = |best: Option<Best>| {
            let Some(best) = best else { return "- | - | -".to_owned() };
            // Less cannot be told apart from the process that started it.
            let bound = if best.rss as f64 <= row.rss_floor as f64 * 1.05 { "≤ " } else { "" };
            format!("{} | {} | {bound}{}", seconds(best.cpu), seconds(best.wall), bytes(best.rss))
        };
        let number = |number: Option<f64>, digits: usize| number.map_or("-".to_owned(), |n| format!("{n:.digits$}"));
        let same = match (row.reference, row.is_different) {
            (_, true) => "NO",
            (Some(_), false) => "yes",
            (None, false) => "-",
        };
        let _ = writeln!(
            text,
            "| {} | {}{} | {} ({} files) | {} | {} | {} | {} | {} | {} | {} | {same} |",
            row.workload,
            row.n_targets,
            if row.is_batch { ", one process" } else { "" },
            bytes(row.n_bytes),
            row.n_files,
            bytes(row.output_bytes),
            best(row.ours),
            best(row.reference),
            number(row.ratio(), 1),
            row.floor.map_or("-".to_owned(), seconds),
            number(row.floor_ratio(), 2),
            number(row.memory_share(), 2),
        );
    }
    text += &goals(rows);
    text += "\nRows without all figures: ";
    let left_out: Vec<String> = rows
        .iter()
        .filter(|row| !row.notes.is_empty())
        .map(|row| format!("{} ({})", row.workload, row.notes.join("; ")))
        .collect();
    text += &if left_out.is_empty() { "none".to_owned() } else { left_out.join(", ") };
    text + ".\n"
}

/// The means, and each goal beside what was measured.
fn goals(rows: &[Row]) -> String {
    let named = |pick: &dyn Fn(&Row) -> Option<f64>| -> Vec<(f64, &str)> {
        let mut list: Vec<_> = rows.iter().filter_map(|row| Some((pick(row)?, row.workload.as_str()))).collect();
        list.sort_by(|a, b| a.0.total_cmp(&b.0));
        list
    };
    let ratios = named(&Row::ratio);
    let floors = named(&Row::floor_ratio);
    let memory = named(&Row::memory_share);
    let show = |entry: Option<&(f64, &str)>, digits: usize| match entry {
        Some((value, name)) => format!("{value:.digits$} ({name})"),
        None => "-".to_owned(),
    };
    let mean = |list: &[(f64, &str)]| geometric_mean(list.iter().map(|entry| entry.0));
    let tiny = rows.iter().find(|row| row.workload == "tiny").and_then(|row| row.ours);
    format!(
        "\n| | measured | wanted | goal |\n|---|---|---|---|\n\
         | CPU ratio to kustomize, geometric mean of {} rows | {} | ≥ 60 | 100 |\n\
         | smallest CPU ratio | {} | ≥ 15 | 25 |\n\
         | CPU to floor, geometric mean of {} rows | {} | | |\n\
         | largest CPU to floor | {} | ≤ 3 | 2 |\n\
         | largest share of kustomize's memory | {} | ≤ 0.33 | |\n\
         | tiny, wall | {} | ≤ 1.5 ms | |\n",
        ratios.len(),
        mean(&ratios).map_or("-".to_owned(), |mean| format!("{mean:.1}")),
        show(ratios.first(), 1),
        floors.len(),
        mean(&floors).map_or("-".to_owned(), |mean| format!("{mean:.2}")),
        show(floors.last(), 2),
        show(memory.last(), 2),
        tiny.map_or("-".to_owned(), |best| seconds(best.wall)),
    )
}

fn geometric_mean(values: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let n = values.len();
    (n > 0).then(|| (values.map(f64::ln).sum::<f64>() / n as f64).exp())
}

pub(super) fn json(rows: &[Row]) -> String {
    let best = |best: Option<Best>| {
        best.map(|best| serde_json::json!({"runs": best.n_runs, "cpu": best.cpu, "wall": best.wall, "rss": best.rss}))
    };
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            serde_json::json!({
                "workload": row.workload, "builds": row.n_targets, "one_process": row.is_batch,
                "input_bytes": row.n_bytes, "input_files": row.n_files, "output_bytes": row.output_bytes,
                "rustomize": best(row.ours), "kustomize": best(row.reference), "floor_cpu": row.floor,
                "same_bytes": row.reference.map(|_| !row.is_different), "notes": row.notes,
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(rows))
}

/// Writes the figures where they are shown.
pub(super) fn write(figures: &str, rows: &[Row]) -> Result<()> {
    fill(PAGE, "ROWS", figures)?;
    fill(README, "PERFORMANCE", &readme(rows))
}

/// Writes the table of growth.
pub(super) fn write_growth(table: &str) -> Result<()> {
    fill(PAGE, "GROWTH", table)
}

fn fill(page: &str, region: &str, content: &str) -> Result<()> {
    let text = shell::read(Path::new(page))?;
    let filled = between(&text, region, content).ok_or(format!("{page}: no place for {region}"))?;
    shell::write(Path::new(page), filled)?;
    println!("wrote {page}: {region}");
    Ok(())
}

/// Replaces what stands between `<!-- REGION -->` and `<!-- END REGION -->`.
fn between(text: &str, region: &str, content: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- {region} -->\n"), format!("<!-- END {region} -->"));
    let (before, rest) = text.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}{content}{end}{after}"))
}

fn readme(rows: &[Row]) -> String {
    let mut text = String::from("| workload | rustomize | kustomize | ratio | memory |\n|---|---|---|---|---|\n");
    for (name, words) in IN_README {
        let Some(row) = rows.iter().find(|row| row.workload == name) else { continue };
        if let (Some(ours), Some(reference), Some(ratio)) = (row.ours, row.reference, row.ratio()) {
            let _ = writeln!(
                text,
                "| {words} | {} | {} | {ratio:.0} | {} against {} |",
                seconds(ours.cpu),
                seconds(reference.cpu),
                bytes(ours.rss),
                bytes(reference.rss)
            );
        }
    }
    text
}

pub(super) fn seconds(seconds: f64) -> String {
    match seconds {
        s if s < 0.01 => format!("{:.2} ms", s * 1e3),
        s if s < 0.1 => format!("{:.1} ms", s * 1e3),
        s if s < 1.0 => format!("{:.0} ms", s * 1e3),
        s if s < 100.0 => format!("{s:.2} s"),
        s => format!("{s:.0} s"),
    }
}

pub(super) fn bytes(bytes: u64) -> String {
    match bytes as f64 {
        n if n < 1e3 => format!("{n:.0} B"),
        n if n < 1e6 => format!("{:.0} KB", n / 1e3),
        n if n < 1e7 => format!("{:.1} MB", n / 1e6),
        n if n < 1e9 => format!("{:.0} MB", n / 1e6),
        n => format!("{:.1} GB", n / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(workload: &str, ours: f64, reference: Option<f64>, floor: f64) -> Row {
        let best = |cpu: f64, rss: u64| Best { n_runs: 3, wall: cpu, cpu, rss };
        Row {
            workload: workload.to_owned(),
            n_targets: 1,
            n_files: 6,
            n_bytes: 6700,
            output_bytes: 6100,
            is_batch: false,
            ours: Some(best(ours, 10_000_000)),
            reference: reference.map(|cpu| best(cpu, 40_000_000)),
            floor: Some(floor),
            notes: if reference.is_none() { vec!["kustomize: over 10 s, stopped".to_owned()] } else { Vec::new() },
            is_different: false,
            rss_floor: 0,
        }
    }

    #[test]
    fn means_leave_out_rows_without_a_reference_and_the_page_names_them() {
        let rows = [
            row("tiny", 0.001, Some(0.02), 0.0005),
            row("wide-1000", 0.01, Some(0.8), 0.005),
            row("names-500", 1.0, None, 0.5),
        ];
        let text = figures(&rows, &Circumstances("| load | 1 |\n".to_owned()));
        assert!(text.contains("geometric mean of 2 rows | 40.0 |"), "{text}");
        assert!(text.contains("smallest CPU ratio | 20.0 (tiny) |"), "{text}");
        assert!(text.contains("Rows without all figures: names-500 (kustomize: over 10 s, stopped)."), "{text}");
        assert!(text.contains("largest share of kustomize's memory | 0.25"), "{text}");
        let table = readme(&rows);
        assert!(
            table.contains("| 3 resources, one overlay | 1.00 ms | 20.0 ms | 20 | 10 MB against 40 MB |"),
            "{table}"
        );
    }

    #[test]
    fn a_region_is_replaced_and_the_rest_stays() {
        let text = "a\n<!-- X -->\nold\n<!-- END X -->\nb\n";
        assert_eq!(between(text, "X", "new\n").as_deref(), Some("a\n<!-- X -->\nnew\n<!-- END X -->\nb\n"));
        assert_eq!(between(text, "Y", "new\n"), None);
    }
}
