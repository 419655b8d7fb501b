//! A report as Markdown, for a comment under a change: what deserves a look first, then what differs, in groups.
//!
//! It never grows longer than a comment may be: groups that do not fit are left out whole, and counted.

use super::report::{Group, Part, Report, WORK_TREE, fate, plural};
use super::risk::Severity;
use super::text::{self, Line, Tone};

/// Bytes of a comment, which are at least as many as its characters: GitHub takes 65,536 of these.
pub const BYTES_MAX: usize = 65_536;
/// Bytes that are kept free for what is said about what is left out.
const RESERVE: usize = 1_000;
/// Rows of the table of risks.
const RISKS_MAX: usize = 60;
/// Targets that are named in a line.
const NAMES_MAX: usize = 6;
/// Targets that are listed.
const LISTED_MAX: usize = 200;

/// Writes a report in at most `bytes_max` bytes.
pub fn report(report: &Report, bytes_max: usize) -> String {
    let room = bytes_max.saturating_sub(RESERVE);
    let mut out = format!("## Rendered changes: {}\n\n", plain(&report.summary()));
    out += &format!("{} → {}\n", side(&report.old), side(&report.new));
    if report.is_equal() {
        out += "\nNothing that is rendered differs.\n";
        return out;
    }
    out += &risks(report);
    let fates = report.targets.iter().filter_map(|target| Some((target, fate(target)?)));
    let fates: Vec<String> = fates.map(|(target, words)| format!("- {}: {words}\n", code(&target.name))).collect();
    if !fates.is_empty() {
        out += "\n";
        fates.iter().take(LISTED_MAX).for_each(|line| out.push_str(line));
        if fates.len() > LISTED_MAX {
            out += &format!("- and {} more\n", fates.len() - LISTED_MAX);
        }
    }
    let (mut n_left, mut n_changes_left) = (0, 0);
    for group in report.groups() {
        let whole = section(report, &group);
        if out.len() + whole.len() <= room {
            out += &whole;
            continue;
        }
        n_left += 1;
        n_changes_left += group.parts.iter().map(|part| part.changes.len()).sum::<usize>();
        let short = short_section(report, &group);
        if out.len() + short.len() <= room {
            out += &short;
        }
    }
    if n_left > 0 {
        out += &format!(
            "\n> {n_left} group{} of changes with {n_changes_left} field{} left out: a comment has no room for {}. \
             `rustomize diff` prints everything.\n",
            plural(n_left),
            plural(n_changes_left),
            if n_left == 1 { "it" } else { "them" },
        );
    }
    out
}

fn risks(report: &Report) -> String {
    let flags = report.flags();
    if flags.is_empty() {
        return String::new();
    }
    let is_one = report.targets.len() + report.n_untouched == 1;
    let mut out = match is_one {
        true => String::from("\n| | risk | object |\n|---|---|---|\n"),
        false => String::from("\n| | risk | object | in |\n|---|---|---|---|\n"),
    };
    for flag in flags.iter().take(RISKS_MAX) {
        let sign = match flag.risk.severity {
            Severity::High => "🔴",
            Severity::Medium => "⚠️",
        };
        let path =
            if flag.risk.path.is_empty() { String::new() } else { format!("<br>{}", cell(&code(&flag.risk.path))) };
        let place = match is_one {
            true => String::new(),
            false => format!(" {} |", cell(&plain(&report.names(&flag.targets, NAMES_MAX)))),
        };
        out += &format!(
            "| {sign} | {} ({}) | {}{path} |{place}\n",
            cell(&words(&flag.risk.message)),
            flag.risk.code,
            cell(&code(&flag.heading())),
        );
    }
    if flags.len() > RISKS_MAX {
        out += &format!("\nand {} more risks\n", flags.len() - RISKS_MAX);
    }
    out
}

fn title(report: &Report, group: &Group<'_>) -> String {
    let amount = group.amount();
    match group.targets.len() {
        1 => format!("\n### {} ({amount})\n", code(&report.names(&group.targets, 1))),
        n => {
            let names = plain(&report.names(&group.targets, LISTED_MAX));
            let names = match n {
                0..=NAMES_MAX => format!("{names}\n"),
                _ => format!("<details><summary>which</summary>\n\n{names}\n\n</details>\n"),
            };
            format!("\n### The same in {n} targets ({amount})\n\n{names}")
        }
    }
}

fn section(report: &Report, group: &Group<'_>) -> String {
    let mut out = title(report, group);
    for part in &group.parts {
        out += &format!("\n**{}** {}\n", plain(&part.heading()), word(part));
        let lines: Vec<String> = part.lines().iter().skip(1).map(line).collect();
        let fence = fence(&lines);
        let body: String = lines.into_iter().map(|line| line + "\n").collect();
        let block = format!("{fence}diff\n{body}{fence}\n");
        // What is long is folded: what matters of it is in the table above.
        const OPEN_LINES_MAX: usize = 25;
        let n_lines = body.lines().count();
        if n_lines > OPEN_LINES_MAX {
            out += &format!("<details><summary>{n_lines} lines</summary>\n\n{block}\n</details>\n");
        } else {
            out += &block;
        }
    }
    out
}

/// A group without its values.
fn short_section(report: &Report, group: &Group<'_>) -> String {
    const PARTS_MAX: usize = 20;
    let mut out = title(report, group);
    out += "\n";
    for part in group.parts.iter().take(PARTS_MAX) {
        let amount = part.amount();
        let amount = if amount.is_empty() { amount } else { format!("{amount}, ") };
        out += &format!("- **{}** {}: {amount}not shown\n", plain(&part.heading()), word(part));
    }
    if group.parts.len() > PARTS_MAX {
        out += &format!("- and {} more objects\n", group.parts.len() - PARTS_MAX);
    }
    out
}

fn word(part: &Part<'_>) -> &'static str {
    text::status(part.object.status)
}

/// Writes a line for a block of the language `diff`.
fn line(line: &Line) -> String {
    let at = line.at.as_ref().map(|at| format!("  # {at}")).unwrap_or_default();
    match line.tone {
        Tone::Field => format!("@@ {} @@", line.text),
        Tone::Note => format!("# {}", line.text),
        _ => format!("{} {}{at}", line.mark(), line.text).trim_end().to_owned(),
    }
}

/// Returns a fence that nothing in a block looks like.
fn fence(lines: &[String]) -> String {
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Names a side.
fn side(name: &str) -> String {
    if name == WORK_TREE { plain(name) } else { code(name) }
}

/// Writes a message: what stands in backticks is code.
fn words(text: &str) -> String {
    let parts = text.split('`').enumerate().map(|(position, part)| match position % 2 {
        1 => code(part),
        _ => plain(part),
    });
    parts.collect()
}

/// Writes a text as code.
pub(super) fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Writes a text so that nothing in it means anything.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' | '@' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Fits a text into a cell of a table.
pub(super) fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_escaped = false;
    for c in text.chars() {
        if c == '|' && !is_escaped {
            out.push('\\');
        }
        is_escaped = c == '\\' && !is_escaped;
        out.push(c);
    }
    out
}
