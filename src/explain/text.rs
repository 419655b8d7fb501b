//! Explanations in words, for people.

use super::{Action, Field, Line, Object, Secrets, Step, Writer, chain, describe, show_path};
use crate::diagnostic::show_place;
use crate::provenance::{DirectiveId, Directives};
use crate::source::{Place, Sources};

/// Longer values are cut.
const VALUE_CHARS_MAX: usize = 120;
/// A place in a margin is not made wider than this.
const MARGIN_MAX: usize = 96;

/// What numbers of places and directives stand for.
#[derive(Clone, Copy, Debug)]
pub struct Names<'n> {
    /// The texts that were read.
    pub sources: &'n Sources,
    /// The directives of the build.
    pub directives: &'n Directives,
}

impl Names<'_> {
    /// Names a directive: `images[0]`.
    pub fn directive(&self, by: DirectiveId) -> String {
        let directive = self.directives.get(by);
        match directive.index {
            Some(index) => format!("{}[{index}]", directive.field),
            None => directive.field.to_owned(),
        }
    }

    fn place(&self, place: Option<Place>, by: Option<DirectiveId>) -> String {
        let place = place.or_else(|| by.map(|by| self.directives.get(by).place));
        place.map_or("?".to_owned(), |place| show_place(self.sources, place))
    }

    /// Names a directive, and the place of its entry if the value stands somewhere else.
    fn directive_beside(&self, by: DirectiveId, place: Option<Place>) -> String {
        let name = self.directive(by);
        let entry = self.sources.outermost(self.directives.get(by).place);
        match place.map(|place| self.sources.outermost(place)) {
            Some(place) if place.source != entry.source => format!("{name} ({})", show_place(self.sources, entry)),
            _ => name,
        }
    }
}

/// Tells the steps behind a field, and shows what stands below it.
pub fn field(object: &Object<'_>, field: &Field, names: Names<'_>, secrets: &Secrets) -> String {
    let path = if field.path.is_empty() { String::new() } else { format!(" {}", show_path(&field.path)) };
    let state = match &field.value {
        Some(value) => format!(" = {}", shortened(value)),
        None => " is gone".to_owned(),
    };
    let mut out = format!("{}{path}{state}\n\n", describe(&object.resource.id));
    out.push_str(&steps(&field.steps, names));
    let is_collection = field.is_present
        && chain::plain(&object.resource.tree, &field.path)
            .is_some_and(|node| !object.resource.tree.is_scalar(node) && !object.resource.tree.has_no_children(node));
    if is_collection {
        out.push('\n');
        out.push_str(&margin(&object.lines(&field.path, secrets), names));
    }
    out
}

/// Tells steps, one a line: place, directive, value.
fn steps(steps: &[Step], names: Names<'_>) -> String {
    let rows: Vec<[String; 3]> = steps
        .iter()
        .map(|step| {
            let by = match (step.by, step.action) {
                (Some(by), _) => match step.through {
                    Some(through) => format!("{}, {}", names.directive(by), names.directive(through)),
                    None => names.directive_beside(by, step.place),
                },
                (None, Action::Removed) => "config.kubernetes.io/local-config".to_owned(),
                (None, _) => "read".to_owned(),
            };
            let value = match (step.action, &step.value) {
                (Action::Removed, _) => "removed".to_owned(),
                (Action::Kept, Some(value)) => format!("{} (as before)", shortened(value)),
                (_, Some(value)) => shortened(value),
                (Action::Read, None) => "(taken from here)".to_owned(),
                (_, None) => "(written again below)".to_owned(),
            };
            [names.place(step.place, step.by), by, value]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let (first, second) = (width(0), width(1));
    rows.iter().map(|[place, by, value]| format!("  {place:first$}  {by:second$}  {value}\n")).collect()
}

/// Shows a whole object: its lines, who wrote them, and what is gone.
pub fn object(object: &Object<'_>, names: Names<'_>, secrets: &Secrets) -> String {
    let mut out = format!("{}\n\n", describe(&object.resource.id));
    if let Some(by) = object.removed_by {
        let step = object.own_removal(by);
        out.push_str(&steps(&[step], names));
        out.push('\n');
    }
    out.push_str(&margin(&object.lines(&[], secrets), names));
    let gone = object.gone();
    if !gone.is_empty() {
        out.push_str("\ngone:\n");
    }
    for gone in gone {
        out.push_str(&format!("  {}\n", show_path(&gone.path)));
        if let Some(step) = object.removal(&gone) {
            out.push_str(&format!("  {}", steps(&[step], names)));
        }
    }
    out
}

/// Puts who wrote it before each line.
fn margin(lines: &[Line], names: Names<'_>) -> String {
    let beside: Vec<String> =
        lines.iter().map(|line| line.writer.map_or(String::new(), |writer| written(writer, names))).collect();
    let width = beside.iter().map(|text| text.chars().count()).max().unwrap_or_default().min(MARGIN_MAX);
    let rows = beside.iter().zip(lines).map(|(beside, line)| format!("{beside:width$} | {}", line.text));
    rows.map(|row| format!("{}\n", row.trim_end())).collect()
}

fn written(writer: Writer, names: Names<'_>) -> String {
    let place = names.place(writer.place, writer.by);
    match writer.by {
        Some(by) => format!("{place} {}", names.directive(by)),
        None => place,
    }
}

/// Lists objects, one a line: name, where it begins, how many steps changed it.
pub fn list(objects: &[Object<'_>], names: Names<'_>) -> String {
    let rows: Vec<(String, String, String)> = objects
        .iter()
        .map(|object| {
            let begins = object.begins();
            let place = names.place(begins.place, begins.by);
            let n_directives = object.directives().len();
            let steps = match object.removed_by {
                Some(Some(by)) => format!("removed by {}", names.directive(by)),
                Some(None) => "for the build only".to_owned(),
                None if n_directives == 1 => "1 directive".to_owned(),
                None => format!("{n_directives} directives"),
            };
            (object_name(object), place, steps)
        })
        .collect();
    let names = rows.iter().map(|row| row.0.chars().count()).max().unwrap_or_default();
    let places = rows.iter().map(|row| row.1.chars().count()).max().unwrap_or_default();
    rows.iter().map(|(name, place, steps)| format!("{name:names$}  {place:places$}  {steps}\n")).collect()
}

fn object_name(object: &Object<'_>) -> String {
    let id = &object.resource.id;
    if id.namespace.is_empty() {
        object.resource.short_name()
    } else {
        format!("{} ({})", object.resource.short_name(), id.namespace)
    }
}

fn shortened(value: &str) -> String {
    if value.chars().count() <= VALUE_CHARS_MAX {
        return value.to_owned();
    }
    let start: String = value.chars().take(VALUE_CHARS_MAX - 1).collect();
    format!("{start}…")
}
