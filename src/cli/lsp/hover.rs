//! What is told of a value: who made it, step by step, and what becomes of it in each kustomization that uses the file.

use super::project::{Built, Spot};
use crate::explain::{self, Secrets, text};

/// Kustomizations that are told of.
pub(super) const TARGETS_MAX: usize = 8;
/// Fields that are told of one kustomization.
const FIELDS_MAX: usize = 6;
/// Lines of an object.
const LINES_MAX: usize = 80;

/// Returns what one build makes of a value, as Markdown; nothing if it makes nothing of it.
pub(super) fn in_build(built: &Built<'_>, spot: &Spot) -> Option<String> {
    let secrets = Secrets::of(&built.build, &built.session.directives);
    let names = text::Names { sources: &built.session.sources, directives: &built.session.directives };
    let heading = format!("**{}**", built.name());
    if spot.is_name() && !super::workspace::is_kustomization(&spot.path) {
        let (kind, name) = spot.identity()?;
        let named = built.named(Some(kind), name);
        let object = named.iter().find(|object| object.removed_by.is_none())?;
        let lines = object.lines(&[], &secrets);
        let mut shown: Vec<&str> = lines.iter().take(LINES_MAX).map(|line| line.text.as_str()).collect();
        if lines.len() > LINES_MAX {
            shown.push("…");
        }
        return Some(format!("{heading}\n{}", fenced("yaml", &shown.join("\n"))));
    }
    spot.text()?;
    let is_here = |place| spot.is_at(&built.session, place);
    let uses = explain::uses(&built.build, &|_, place| place.is_some_and(is_here));
    let told: Vec<String> = uses
        .iter()
        .take(FIELDS_MAX)
        .filter_map(|found| {
            let field = found.object.field(&explain::show_path(&found.path), &secrets).ok()?;
            Some(text::field(&found.object, &field, names, &secrets))
        })
        .collect();
    if told.is_empty() {
        return None;
    }
    let more = match uses.len().saturating_sub(FIELDS_MAX) {
        0 => String::new(),
        n => format!("\n… and {n} more fields\n"),
    };
    Some(format!("{heading}\n{}{more}", fenced("text", told.join("\n").trim_end())))
}

/// Puts text into a block that it cannot end.
fn fenced(language: &str, text: &str) -> String {
    let longest = text.lines().map(|line| line.trim_start().chars().take_while(|&c| c == '`').count()).max();
    let fence = "`".repeat(longest.unwrap_or_default().max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}\n")
}
