//! Whether every line of a document's blocks and tables stands in `document.tsv`; run where the documents are at hand.

use crate::corpora::find_shared;
use crate::shell::{self, Result};
use std::path::Path;

/// The first line of each system's document.
const TITLES: [(&str, &str); 5] = [
    ("micropay", "# Kubernetes Deployment Strategy"),
    ("mini-visa", "# Mini-Visa Kubernetes Deployment Guide"),
    ("b2connect", "# Kubernetes Deployment"),
    ("cloudretail", "# CloudRetail Kubernetes Deployment - Summary"),
    ("dreamseed", "# Kubernetes Deployment & CI/CD"),
];

pub(super) fn check(system: &Path, faults: &mut Vec<String>) -> Result<()> {
    let name = shell::name(system);
    let title = TITLES.iter().find(|(system, _)| *system == name).map(|(_, title)| *title);
    let Some((title, documents)) = title.zip(find_shared().map(|shared| shared.join("seeds"))) else {
        println!("lines of the document: skipped, it is not here");
        return Ok(());
    };
    let texts = shell::entries(&documents)?.iter().map(|path| shell::read(path)).collect::<Result<Vec<_>>>()?;
    let document = texts.iter().find(|text| text.lines().next().is_some_and(|line| line.trim_end() == title));
    let document = document.ok_or_else(|| format!("{}: no document begins `{title}`", documents.display()))?;
    let ranges = ranges(&shell::read(&system.join("document.tsv"))?);
    let wanted = wanted(document);
    let n_prose = document.lines().filter(|line| !line.trim().is_empty()).count() - wanted.len();
    let n_lines = document.lines().count();
    if let Some((_, last)) = ranges.iter().find(|(_, last)| *last > n_lines) {
        faults.push(format!("{name}: document.tsv: the document has {n_lines} lines, not {last}"));
    }
    let is_there = |line: &usize| ranges.iter().any(|(first, last)| (first..=last).contains(&line));
    let missing: Vec<String> = wanted.iter().filter(|line| !is_there(line)).map(usize::to_string).collect();
    if !missing.is_empty() {
        faults.push(format!("{name}: document.tsv says nothing of the lines {}", missing.join(", ")));
    }
    println!("lines of the document: {} of blocks and tables, {n_prose} of prose", wanted.len());
    Ok(())
}

fn ranges(text: &str) -> Vec<(usize, usize)> {
    let lines = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split('\t').next());
    let range = |lines: &str| {
        let (first, last) = lines.split_once('-').unwrap_or((lines, lines));
        Some((first.parse().ok()?, last.parse().ok()?))
    };
    lines.filter_map(range).collect()
}

/// The lines inside fences and those of tables, without empty ones.
fn wanted(document: &str) -> Vec<usize> {
    let mut lines = Vec::new();
    let mut is_inside = false;
    for (at, line) in document.lines().enumerate() {
        let line = line.trim();
        if line.starts_with("```") {
            is_inside = !is_inside;
        } else if (is_inside && !line.is_empty()) || (!is_inside && line.starts_with('|')) {
            lines.push(at + 1);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    #[test]
    fn blocks_and_tables_are_wanted() {
        assert_eq!(super::wanted("# T\n```yaml\na: 1\n\nb: 2\n```\n- word\n| x | y |\n"), [3, 5, 8]);
        assert_eq!(super::ranges("# lines\n3-5\ta:1\tx\n8\t-\ty\n"), [(3, 5), (8, 8)]);
    }
}
