//! `build --summary`: a line for each directive, with what it touched.

use super::report::Reporter;
use crate::diagnostic::show_place;
use crate::provenance::Touched;
use crate::session::Session;

/// Tells what each directive touched, in the order in which they were met.
pub(super) fn tell(touched: &[Touched], session: &Session<'_>, reporter: &mut Reporter) {
    let rows: Vec<(String, String, String)> = touched
        .iter()
        .map(|touched| {
            let directive = session.directives.get(touched.by);
            let name = match directive.index {
                Some(index) => format!("{}[{index}]", directive.field),
                None => directive.field.to_owned(),
            };
            (show_place(&session.sources, directive.place), name, what(touched))
        })
        .collect();
    let places = rows.iter().map(|row| row.0.chars().count()).max().unwrap_or_default();
    let names = rows.iter().map(|row| row.1.chars().count()).max().unwrap_or_default();
    for (place, name, what) in rows {
        reporter.say(&format!("{place:places$}  {name:names$}  {what}"));
    }
}

fn what(touched: &Touched) -> String {
    let objects = counted(touched.resources, "object");
    match (touched.resources, touched.fields) {
        (0, 0) => "nothing".to_owned(),
        // Generators make objects as a whole.
        (_, 0) => objects,
        (_, fields) => format!("{objects}, {}", counted(fields, "field")),
    }
}

fn counted(n: u32, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
