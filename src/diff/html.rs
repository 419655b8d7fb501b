//! A report as one HTML page that needs nothing else: no script, nothing from elsewhere, light or dark as the reader likes.

use super::report::{Group, Part, Report, WORK_TREE, fate};
use super::risk::Severity;
use super::text::{self, Line, Tone};

/// The beginning of every page, up to its title.
const HEAD: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
:root { color-scheme: light dark; --back: #fff; --text: #1f2328; --dim: #59636e; --line: #d1d9e0; --panel: #f6f8fa;
  --old: #ffebe9; --old-mark: #b31d28; --new: #dafbe1; --new-mark: #116329; --high: #cf222e; --medium: #9a6700; }
@media (prefers-color-scheme: dark) {
  :root { --back: #0d1117; --text: #e6edf3; --dim: #9198a1; --line: #30363d; --panel: #161b22;
    --old: #3d1518; --old-mark: #ff938a; --new: #12351e; --new-mark: #6ce08a; --high: #ff7b72; --medium: #e3b341; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
code, pre, td.v { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
p.sides { color: var(--dim); margin: 0 0 1rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } th, td { border: 1px solid var(--line); padding: .35rem .6rem; text-align: left;
  vertical-align: top; overflow-wrap: break-word; } td code, td.v { overflow-wrap: anywhere; } td.v { min-width: 6rem; } th { background: var(--panel); font-weight: 600; }
.scroll { overflow-x: auto; }
.high { color: var(--high); font-weight: 600; } .medium { color: var(--medium); font-weight: 600; }
.high, .medium { white-space: nowrap; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; background: var(--back); overflow: hidden; }
summary { cursor: pointer; padding: .4rem .75rem; background: var(--panel); overflow-wrap: anywhere; }
summary .s { color: var(--dim); } summary .n { float: right; color: var(--dim); }
.names { color: var(--dim); margin: 0 0 .5rem; } details .names { padding: .4rem .75rem; margin: 0; }
.l { display: grid; grid-template-columns: 1.6rem minmax(0, 1fr) auto; font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.l > span { white-space: pre-wrap; overflow-wrap: anywhere; padding: 0 .25rem; } .l > .m { text-align: center; user-select: none; }
.l > .at { color: var(--dim); font-size: 11.5px; line-height: 1.7; padding-right: .75rem; text-align: right; max-width: 26rem; }
.f { padding: .35rem .75rem 0; font: 600 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.o { background: var(--old); } .o > .m { color: var(--old-mark); } .n2 { background: var(--new); } .n2 > .m { color: var(--new-mark); }
.x { color: var(--dim); } .k { padding-bottom: .5rem; }
@media (max-width: 40rem) { body { padding: .75rem; } .l { grid-template-columns: 1.2rem minmax(0, 1fr); }
  .l > .at { grid-column: 2; text-align: left; max-width: none; } summary .n { float: none; margin-left: .5rem; }
  .risks, .risks tbody, .risks tr, .risks td { display: block; } .risks tr:first-child { display: none; }
  .risks tr { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: .25rem 0; }
  .risks td { border: 0; padding: .1rem .6rem; } .risks td:last-child::before { content: "in "; color: var(--dim); } }
</style>
"#;

/// Writes a report.
pub fn report(report: &Report) -> String {
    let summary = report.summary();
    let mut out = begin(&format!("Rendered changes: {summary}"));
    out += &format!("<h1>Rendered changes</h1>\n<p>{}</p>\n", escape(&summary));
    out += &format!("<p class=\"sides\">{} → {}</p>\n", side(&report.old), side(&report.new));
    if report.is_equal() {
        out += "<p>Nothing that is rendered differs.</p>\n";
    }
    out += &risks(report);
    let fates = report.targets.iter().filter_map(|target| Some((target, fate(target)?)));
    let fates: Vec<String> =
        fates.map(|(target, words)| format!("<li><code>{}</code>: {words}</li>\n", escape(&target.name))).collect();
    if !fates.is_empty() {
        out += &format!("<h2>Targets</h2>\n<ul>\n{}</ul>\n", fates.concat());
    }
    for group in report.groups() {
        out += &section(report, &group);
    }
    out + "</body>\n</html>\n"
}

/// Begins a page.
pub(super) fn begin(title: &str) -> String {
    format!("{HEAD}<title>{}</title>\n</head>\n<body>\n", escape(title))
}

fn risks(report: &Report) -> String {
    let flags = report.flags();
    if flags.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<h2>Risks</h2>\n<div class=\"scroll\"><table class=\"risks\">\n<tr><th></th><th>risk</th><th>object</th><th>in</th></tr>\n",
    );
    for flag in flags {
        let class = match flag.risk.severity {
            Severity::High => "high",
            Severity::Medium => "medium",
        };
        let path = match flag.risk.path.as_str() {
            "" => String::new(),
            path => format!("<br><code>{}</code>", escape(path)),
        };
        out += &format!(
            "<tr><td class=\"{class}\">{class}</td><td>{} <span class=\"x\">({})</span></td><td>{}{path}</td><td>{}</td></tr>\n",
            words(&flag.risk.message),
            flag.risk.code,
            escape(&flag.heading()),
            escape(&report.names(&flag.targets, 20)),
        );
    }
    out + "</table></div>\n"
}

fn section(report: &Report, group: &Group<'_>) -> String {
    /// More are folded.
    const NAMES_MAX: usize = 8;
    let amount = group.amount();
    let mut out = match group.targets.len() {
        1 => format!("<h2>{} <span class=\"x\">({amount})</span></h2>\n", escape(&report.names(&group.targets, 1))),
        n => {
            let names = format!("<p class=\"names\">{}</p>", escape(&report.names(&group.targets, usize::MAX)));
            let names = match n {
                0..=NAMES_MAX => names,
                _ => format!("<details><summary>which</summary>{names}</details>"),
            };
            format!("<h2>The same in {n} targets <span class=\"x\">({amount})</span></h2>\n{names}\n")
        }
    };
    group.parts.iter().for_each(|part| out += &object(part));
    out
}

fn object(part: &Part<'_>) -> String {
    /// Longer ones are closed at first.
    const OPEN_LINES_MAX: usize = 60;
    let lines = part.lines();
    let open = if lines.len() <= OPEN_LINES_MAX { " open" } else { "" };
    let mut out = format!(
        "<details{open}><summary><b>{}</b> <span class=\"s\">{}</span><span class=\"n\">{}</span></summary>\n<div class=\"k\">\n",
        escape(&part.heading()),
        text::status(part.object.status),
        part.amount(),
    );
    lines.iter().skip(1).for_each(|line| out += &row(line));
    out + "</div></details>\n"
}

fn row(line: &Line) -> String {
    let class = match line.tone {
        Tone::Field => return format!("<div class=\"f\">{}</div>\n", escape(&line.text)),
        Tone::Old => "l o",
        Tone::New => "l n2",
        Tone::Note => "l x",
        _ => "l",
    };
    let at = line.at.as_ref().map(|at| format!("<span class=\"at\">{}</span>", escape(at))).unwrap_or_default();
    format!(
        "<div class=\"{class}\"><span class=\"m\">{}</span><span>{}</span>{at}</div>\n",
        line.mark(),
        escape(&line.text)
    )
}

/// Names a side.
fn side(name: &str) -> String {
    if name == WORK_TREE { escape(name) } else { format!("<code>{}</code>", escape(name)) }
}

/// Writes a message: what stands in backticks is code.
fn words(text: &str) -> String {
    let parts = text.split('`').enumerate().map(|(position, part)| match position % 2 {
        1 => format!("<code>{}</code>", escape(part)),
        _ => escape(part),
    });
    parts.collect()
}

/// Writes a text so that nothing in it means anything.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
