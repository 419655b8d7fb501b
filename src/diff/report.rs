//! Many targets compared on two sides, told once: what is the same in several of them stands in one group.

use super::Diff;
use super::change::{Change, Identity, ObjectDiff, Status};
use super::risk::{Risk, Severity};
use super::text::{self, Line, Tone};
use crate::ordered::BTreeMap;
use crate::sorting::Sorting;
use rustc_hash::FxHashMap;

/// What became of a target.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Both sides have it.
    Compared(Diff),
    /// Only the new side has it.
    Added(Diff),
    /// Only the old side has it.
    Removed(Diff),
    /// A side of it does not build.
    Failed {
        /// The old side does not.
        old: bool,
        /// The new side does not.
        new: bool,
    },
}

/// A target.
#[derive(Clone, Debug)]
pub struct Target {
    /// What it is called.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
}

impl Target {
    /// Returns the comparison, if there is one.
    pub fn diff(&self) -> Option<&Diff> {
        match &self.outcome {
            Outcome::Compared(diff) | Outcome::Added(diff) | Outcome::Removed(diff) => Some(diff),
            Outcome::Failed { .. } => None,
        }
    }

    /// Returns whether it is the same on both sides.
    pub fn is_equal(&self) -> bool {
        matches!(&self.outcome, Outcome::Compared(diff) if diff.is_empty())
    }
}

/// Many targets compared.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What the old side is called.
    pub old: String,
    /// What the new side is called.
    pub new: String,
    /// Those that may differ, by name.
    pub targets: Vec<Target>,
    /// How many targets there are beside them.
    pub n_untouched: usize,
}

/// Fields of one object that differ alike in several targets.
#[derive(Clone, Debug)]
pub struct Part<'r> {
    /// The object, in the first of the targets.
    pub object: &'r ObjectDiff,
    /// Whether it is called otherwise in others.
    pub has_other_names: bool,
    /// The fields.
    pub changes: Vec<&'r Change>,
}

/// What is the same in several targets.
#[derive(Clone, Debug)]
pub struct Group<'r> {
    /// Positions of the targets.
    pub targets: Vec<usize>,
    /// The objects, sorted by kind and name.
    pub parts: Vec<Part<'r>>,
}

/// A risk, and where it is.
#[derive(Clone, Debug)]
pub struct Flag<'r> {
    /// The risk.
    pub risk: &'r Risk,
    /// The object, in the first of the targets.
    pub object: &'r ObjectDiff,
    /// Whether it is called otherwise in others.
    pub has_other_names: bool,
    /// Positions of the targets.
    pub targets: Vec<usize>,
}

impl Flag<'_> {
    /// Names the object.
    pub fn heading(&self) -> String {
        match self.object.identity().filter(|_| self.has_other_names) {
            Some(id) => general(id),
            None => text::heading(self.object),
        }
    }
}

/// A unit of comparison: kind, first name and what became of it, with a change that reads the same.
type Signature = (String, String, Status, String);
/// Where it is: the targets, and the objects with the change.
type Unit<'r> = (Vec<usize>, Vec<(&'r ObjectDiff, &'r Change)>);

impl Report {
    /// Returns whether all targets are the same on both sides.
    pub fn is_equal(&self) -> bool {
        self.targets.iter().all(Target::is_equal)
    }

    /// Returns whether a side of a target does not build.
    pub fn has_failures(&self) -> bool {
        self.targets.iter().any(|target| matches!(target.outcome, Outcome::Failed { .. }))
    }

    fn objects(&self) -> impl Iterator<Item = (usize, &ObjectDiff)> {
        let targets = self.targets.iter().enumerate();
        targets.flat_map(|(at, target)| {
            target.diff().into_iter().flat_map(move |diff| diff.objects.iter().map(move |object| (at, object)))
        })
    }

    /// Returns what differs, what most targets have in common first.
    pub fn groups(&self) -> Vec<Group<'_>> {
        let mut units: BTreeMap<Signature, Unit<'_>> = BTreeMap::new();
        for (target, object) in self.objects() {
            for change in &object.changes {
                let unit = units.entry(signature(object, change)).or_default();
                if unit.0.last() != Some(&target) {
                    unit.0.push(target);
                }
                unit.1.push((object, change));
            }
        }
        let mut groups: BTreeMap<Vec<usize>, Vec<Part<'_>>> = BTreeMap::new();
        let mut positions: FxHashMap<(Vec<usize>, String, String, Status), usize> = FxHashMap::default();
        for ((kind, name, status, _), (targets, found)) in units {
            let Some(&(object, change)) = found.first() else { continue };
            let has_other_names = found.iter().any(|(other, _)| text::heading(other) != text::heading(object));
            let parts = groups.entry(targets.clone()).or_default();
            let position = *positions.entry((targets, kind, name, status)).or_insert_with(|| {
                parts.push(Part { object, has_other_names, changes: Vec::new() });
                parts.len() - 1
            });
            if let Some(part) = parts.get_mut(position) {
                part.changes.push(change);
            }
        }
        let mut groups: Vec<Group<'_>> = groups.into_iter().map(|(targets, parts)| Group { targets, parts }).collect();
        for part in groups.iter_mut().flat_map(|group| &mut group.parts) {
            // In the order in which they stand in the object.
            part.changes.put_in_order_of(|change| change.path());
        }
        groups.put_in_order(|a, b| b.targets.len().cmp(&a.targets.len()).then(a.targets.cmp(&b.targets)));
        groups
    }

    /// Returns the risks, the loudest first.
    pub fn flags(&self) -> Vec<Flag<'_>> {
        let mut flags: BTreeMap<(&Risk, String, String), Flag<'_>> = BTreeMap::new();
        for (target, object) in self.objects() {
            let (kind, name) = object.identity().map(|id| (id.kind.clone(), id.original.clone())).unwrap_or_default();
            // Of a target that is gone as a whole that is said once; what is lost with it counts all the same.
            let is_gone = matches!(self.targets.get(target), Some(Target { outcome: Outcome::Removed(_), .. }));
            for risk in object.risks.iter().filter(|risk| !is_gone || risk.severity == Severity::High) {
                let key = (risk, kind.clone(), name.clone());
                let flag = flags.entry(key).or_insert_with(|| Flag {
                    risk,
                    object,
                    has_other_names: false,
                    targets: Vec::new(),
                });
                flag.has_other_names |= text::heading(flag.object) != text::heading(object);
                if flag.targets.last() != Some(&target) {
                    flag.targets.push(target);
                }
            }
        }
        flags.into_values().collect()
    }

    /// Names targets, some of many.
    pub fn names(&self, targets: &[usize], n_max: usize) -> String {
        let name = |&at: &usize| self.targets.get(at).map_or("", |target| target.name.as_str());
        let names: Vec<&str> = targets.iter().take(n_max).map(name).collect();
        let n_more = targets.len().saturating_sub(n_max);
        if n_more == 0 { names.join(", ") } else { format!("{} and {n_more} more", names.join(", ")) }
    }

    /// Says in one line what was found.
    pub fn summary(&self) -> String {
        let n_all = self.targets.len() + self.n_untouched;
        if let (1, [Target { outcome: Outcome::Compared(diff), .. }]) = (n_all, self.targets.as_slice()) {
            return text::summary(diff) + &self.risk_summary();
        }
        let n_differ = self.targets.iter().filter(|target| !target.is_equal() && target.diff().is_some()).count();
        let n_failed = self.targets.len() - self.targets.iter().filter(|target| target.diff().is_some()).count();
        let mut line =
            format!("{n_differ} of {n_all} target{} differ{}", plural(n_all), if n_differ == 1 { "s" } else { "" });
        if n_failed > 0 {
            line += &format!(", {n_failed} cannot be built");
        }
        line + &self.risk_summary()
    }

    fn risk_summary(&self) -> String {
        let flags = self.flags();
        let n_high = flags.iter().filter(|flag| flag.risk.severity == Severity::High).count();
        match (flags.len(), n_high) {
            (0, _) => String::new(),
            (n, 0) => format!("; {n} risk{}", plural(n)),
            (1, 1) => "; 1 risk, high".to_owned(),
            (n, n_high) if n == n_high => format!("; {n} risks, all high"),
            (n, n_high) => format!("; {n} risk{}, {n_high} of them high", plural(n)),
        }
    }

    /// Returns the whole report in lines.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for flag in self.flags() {
            let name = flag.heading();
            lines.push(text::risk_line(flag.risk, &name, Some(&self.names(&flag.targets, NAMES_MAX))));
        }
        for target in &self.targets {
            if let Some(words) = fate(target) {
                lines.push(Line::new(Tone::Title, format!("{}: {words}", target.name)));
            }
        }
        for group in self.groups() {
            if !lines.is_empty() {
                lines.push(text::blank());
            }
            lines.push(Line::new(Tone::Title, self.title(&group)));
            for part in &group.parts {
                lines.extend(part.lines());
            }
        }
        lines
    }

    /// Says in which targets a group is.
    pub fn title(&self, group: &Group<'_>) -> String {
        match group.targets.len() {
            1 => self.names(&group.targets, 1),
            n => format!("the same in {n} targets: {}", self.names(&group.targets, NAMES_MAX)),
        }
    }
}

/// Targets that are named where many are meant.
const NAMES_MAX: usize = 8;

/// Says what became of a target as a whole, if it is not on both sides.
pub(super) fn fate(target: &Target) -> Option<&'static str> {
    match target.outcome {
        Outcome::Compared(_) => None,
        Outcome::Added(_) => Some("new"),
        Outcome::Removed(_) => Some("removed"),
        Outcome::Failed { old: true, new: true } => Some("does not build, on both sides"),
        Outcome::Failed { old: true, .. } => Some("does not build on the old side"),
        Outcome::Failed { .. } => Some("does not build"),
    }
}

/// How the work tree is called as a side; it is no name of a commit.
pub const WORK_TREE: &str = "the work tree";

pub(super) fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

impl Group<'_> {
    /// Says how much it is: `3 fields, 1 object added`.
    pub(super) fn amount(&self) -> String {
        let (mut n_fields, mut n_added, mut n_removed) = (0, 0, 0);
        for part in &self.parts {
            match part.object.status {
                Status::Added => n_added += 1,
                Status::Removed => n_removed += 1,
                _ => n_fields += part.changes.len(),
            }
        }
        let words = [(n_fields, "field", ""), (n_added, "object", " added"), (n_removed, "object", " removed")];
        let words = words.iter().filter(|(n, ..)| *n > 0);
        words.map(|(n, what, how)| format!("{n} {what}{}{how}", plural(*n))).collect::<Vec<_>>().join(", ")
    }
}

impl Part<'_> {
    /// Says how many fields differ; nothing of a whole object.
    pub(super) fn amount(&self) -> String {
        match self.object.status {
            Status::Added | Status::Removed => String::new(),
            _ => format!("{} field{}", self.changes.len(), plural(self.changes.len())),
        }
    }

    /// Names the object.
    pub fn heading(&self) -> String {
        match self.object.identity().filter(|_| self.has_other_names) {
            Some(id) => general(id),
            None => text::heading(self.object),
        }
    }

    /// Returns its lines.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = vec![Line::new(Tone::Object(self.object.status), self.heading())];
        lines.extend(self.changes.iter().flat_map(|change| text::change_lines(change)));
        lines
    }
}

/// Names an object that is called otherwise in every target: by its first name, and how it is called in one of them.
fn general(id: &Identity) -> String {
    let whole = id.to_string();
    let (kind, name) = whole.split_once('/').unwrap_or(("", &whole));
    // Often only the namespace is another one.
    let name = name.strip_prefix(id.original.as_str()).filter(|rest| rest.starts_with(' ')).unwrap_or(name);
    format!("{kind}/{} ({} and others)", id.original, name.trim_start())
}

fn signature(object: &ObjectDiff, change: &Change) -> Signature {
    let id = object.identity();
    let kind = id.map(|id| format!("{} {}", id.kind, id.api_version)).unwrap_or_default();
    let name = id.map(|id| id.original.clone()).unwrap_or_default();
    let mut text = change.path();
    for value in [&change.old, &change.new] {
        text.push('\0');
        let Some(value) = value else { continue };
        if value.digest != 0 && !change.steps.is_empty() {
            text.push_str(&format!("{:016x}", value.digest));
        }
        match id {
            // A whole object: it is the same, whatever it is called.
            Some(id) if change.steps.is_empty() => text.push_str(&nameless(&value.text, id)),
            _ => text.push_str(&value.json),
        }
    }
    (kind, name, object.status, text)
}

/// Returns the text of an object without its own name and namespace.
fn nameless(text: &str, id: &Identity) -> String {
    let (name, namespace) = (format!("name: {}", id.name), format!("namespace: {}", id.namespace));
    let is_own = |line: &&str| line.trim_start() == name || line.trim_start() == namespace;
    text.lines().filter(|line| !is_own(line)).flat_map(|line| [line, "\n"]).collect()
}
