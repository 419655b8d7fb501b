//! A comparison in lines, for people: object by object, field by field, old and new value below the name of the field.
//!
//! Lines have a tone, not a color; Markdown and HTML are made of the same lines.

use super::change::{Change, ObjectDiff, Status, Value};
use super::risk::{Risk, Severity};
use super::{Diff, Identity, Location};
use similar::{ChangeTag, TextDiff};

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// The name of an object.
    Object(Status),
    /// The name of a field.
    Field,
    /// Something old.
    Old,
    /// Something new.
    New,
    /// What is the same on both sides.
    Same,
    /// A remark.
    Note,
    /// What deserves a second look.
    Risk(Severity),
    /// The name of a group of objects.
    Title,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub tone: Tone,
    /// What stands in it, without a mark.
    pub text: String,
    /// Where the value comes from, in the first line of a value.
    pub at: Option<String>,
}

impl Line {
    /// Makes a line of a text that may hold anything.
    pub(super) fn new(tone: Tone, text: impl AsRef<str>) -> Line {
        Line { tone, text: text.as_ref().chars().map(harmless).collect(), at: None }
    }

    fn at(mut self, at: Option<&Location>) -> Line {
        self.at = at.map(|at| at.to_string().chars().map(harmless).collect());
        self
    }

    /// Returns the mark of the tone.
    pub fn mark(&self) -> char {
        match self.tone {
            Tone::Object(Status::Added) | Tone::New => '+',
            Tone::Object(Status::Removed) | Tone::Old => '-',
            Tone::Object(Status::Changed) => '~',
            Tone::Object(Status::Renamed) => '>',
            Tone::Risk(_) => '!',
            Tone::Field | Tone::Same | Tone::Note | Tone::Title => ' ',
        }
    }
}

/// Lines of one value that are shown.
const LINES_MAX: usize = 100;
/// Characters of a line that are shown.
const CHARS_MAX: usize = 240;
/// Characters of what is the same before the first difference in a long line.
const LEAD: usize = 40;
/// Longer texts are not compared line by line.
const COMPARED_LINES_MAX: usize = 20_000;
/// Lines around changed ones.
const CONTEXT: usize = 3;

/// Writes a line without the place.
pub fn shown(line: &Line) -> String {
    let text = match line.tone {
        Tone::Object(_) | Tone::Risk(_) => format!("{} {}", line.mark(), line.text),
        Tone::Title => line.text.clone(),
        Tone::Field => format!("    {}", line.text),
        _ => format!("    {} {}", line.mark(), line.text),
    };
    text.trim_end().to_owned()
}

/// Names an object and what became of it.
pub fn heading(object: &ObjectDiff) -> String {
    let name = |id: &Option<Identity>| id.as_ref().map(ToString::to_string).unwrap_or_default();
    match (&object.old, &object.new) {
        (Some(old), Some(new)) if old.to_string() != new.to_string() => {
            format!("{} → {}", name(&object.old), name(&object.new))
        }
        (_, Some(_)) => name(&object.new),
        _ => name(&object.old),
    }
}

/// Returns the lines of an object.
pub fn object_lines(object: &ObjectDiff) -> Vec<Line> {
    let mut lines = vec![Line::new(Tone::Object(object.status), heading(object))];
    lines.extend(object.risks.iter().map(|risk| risk_line(risk, "", None)));
    for change in &object.changes {
        lines.extend(change_lines(change));
    }
    lines
}

/// Returns a risk in a line.
pub fn risk_line(risk: &Risk, object: &str, targets: Option<&str>) -> Line {
    let mut text = format!("{} [{}]", severity(risk.severity), risk.code);
    let place = [object, risk.path.as_str()].into_iter().filter(|part| !part.is_empty());
    let place: Vec<&str> = place.collect();
    if !place.is_empty() {
        text += &format!(" {}", place.join(" "));
    }
    text += &format!(": {}", risk.message);
    if let Some(targets) = targets {
        text += &format!(" ({targets})");
    }
    Line::new(Tone::Risk(risk.severity), text)
}

/// Names what became of an object.
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Added => "added",
        Status::Removed => "removed",
        Status::Changed => "changed",
        Status::Renamed => "renamed",
    }
}

/// Names a severity.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "high",
        Severity::Medium => "medium",
    }
}

/// Returns the lines of a field.
pub fn change_lines(change: &Change) -> Vec<Line> {
    let mut lines = Vec::new();
    let path = change.path();
    if !path.is_empty() {
        let note = if change.is_reordered { " (in another order)" } else { "" };
        lines.push(Line::new(Tone::Field, format!("{path}{note}")));
    }
    match (&change.old, &change.new) {
        (Some(old), Some(new)) if old.is_long_text && new.is_long_text && is_comparable(old, new) => {
            lines.extend(text_lines(old, new));
        }
        (Some(old), Some(new)) if !old.is_collection && !new.is_collection => {
            let (from, to) = window(&old.text, &new.text);
            lines.extend(value_lines(Tone::Old, old, &from));
            lines.extend(value_lines(Tone::New, new, &to));
        }
        (old, new) => {
            lines.extend(old.iter().flat_map(|old| value_lines(Tone::Old, old, &old.text)));
            lines.extend(new.iter().flat_map(|new| value_lines(Tone::New, new, &new.text)));
        }
    }
    lines
}

fn is_comparable(old: &Value, new: &Value) -> bool {
    [old, new].iter().all(|value| value.text.lines().count() <= COMPARED_LINES_MAX)
}

fn value_lines(tone: Tone, value: &Value, text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = text.lines().take(LINES_MAX).map(|line| Line::new(tone, cut(line))).collect();
    if lines.is_empty() {
        lines.push(Line::new(tone, ""));
    }
    if !lines.is_empty() {
        let first = lines.remove(0);
        lines.insert(0, first.at(value.at.as_ref()));
    }
    let n_more = text.lines().count().saturating_sub(LINES_MAX);
    if n_more > 0 {
        lines.push(Line::new(Tone::Note, format!("… {n_more} more lines")));
    }
    lines
}

/// Compares two texts line by line.
fn text_lines(old: &Value, new: &Value) -> Vec<Line> {
    let diff = TextDiff::from_lines(&old.text, &new.text);
    let mut lines = Vec::new();
    let (mut old_at, mut new_at) = (old.at.as_ref(), new.at.as_ref());
    for (n_before, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if n_before > 0 {
            lines.push(Line::new(Tone::Note, "…"));
        }
        for op in group {
            for change in diff.iter_changes(op) {
                let (tone, at) = match change.tag() {
                    ChangeTag::Equal => (Tone::Same, None),
                    ChangeTag::Delete => (Tone::Old, old_at.take()),
                    ChangeTag::Insert => (Tone::New, new_at.take()),
                };
                let value = change.value();
                let text = value.strip_suffix('\n').unwrap_or(value);
                lines.push(Line::new(tone, cut(text)).at(at));
                if !value.ends_with('\n') {
                    lines.push(Line::new(Tone::Note, "(no line end)"));
                }
            }
        }
    }
    let n_more = lines.len().saturating_sub(LINES_MAX);
    if n_more > 0 {
        lines.truncate(LINES_MAX);
        lines.push(Line::new(Tone::Note, format!("… {n_more} more lines")));
    }
    lines
}

/// Cuts a long line.
fn cut(line: &str) -> String {
    let clean: String = line.chars().take(CHARS_MAX).collect();
    let n_more = line.chars().count().saturating_sub(CHARS_MAX);
    if n_more == 0 { clean } else { format!("{clean}… ({n_more} more characters)") }
}

/// Replaces what moves cursors or turns the direction of writing.
pub(super) fn harmless(c: char) -> char {
    let is_harmful = (c.is_control() && c != '\t')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    if is_harmful { '\u{fffd}' } else { c }
}

/// Leaves out what two long lines begin with.
fn window(old: &str, new: &str) -> (String, String) {
    let is_long = |text: &str| text.len() > CHARS_MAX && !text.contains('\n');
    let n_same = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).count();
    if !(is_long(old) || is_long(new)) || n_same <= LEAD {
        return (old.to_owned(), new.to_owned());
    }
    let from = |text: &str| format!("…{}", text.chars().skip(n_same - LEAD).collect::<String>());
    (from(old), from(new))
}

/// Says in one line what a comparison found.
pub fn summary(diff: &Diff) -> String {
    let n = |status: Status| diff.objects.iter().filter(|object| object.status == status).count();
    let parts: Vec<String> = [
        (n(Status::Changed), "changed"),
        (n(Status::Renamed), "renamed"),
        (n(Status::Added), "added"),
        (n(Status::Removed), "removed"),
        (diff.n_equal, "equal"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, what)| format!("{n} {what}"))
    .collect();
    if parts.is_empty() { "no objects".to_owned() } else { format!("objects: {}", parts.join(", ")) }
}

/// Returns a line that separates.
pub fn blank() -> Line {
    Line::new(Tone::Title, "")
}

/// Returns a unified diff of the texts of all objects; nothing for one whose texts were not kept. `prefix` stands before their
/// names.
pub fn unified(diff: &Diff, prefix: &str) -> String {
    let mut out = String::new();
    for object in &diff.objects {
        let Some((old, new)) = &object.texts else { continue };
        let name = |id: &Option<Identity>| match id {
            None => "/dev/null".to_owned(),
            Some(id) => {
                let parts = [id.kind.as_str(), id.namespace.as_str(), id.name.as_str()];
                let parts: Vec<String> = parts
                    .iter()
                    .filter(|part| !part.is_empty())
                    .map(|part| {
                        part.chars().map(|c| if c == '/' || c.is_whitespace() { '_' } else { harmless(c) }).collect()
                    })
                    .collect();
                format!("{prefix}{}", parts.join("/"))
            }
        };
        out += &TextDiff::from_lines(old.as_str(), new.as_str())
            .unified_diff()
            .context_radius(CONTEXT)
            .header(&name(&object.old), &name(&object.new))
            .to_string();
    }
    out
}
