//! What could have been meant: added to words about what is not there.

use crate::diagnostic::{Diagnostic, nearest};
use crate::sorting::Sorting;

/// Names that are listed.
const LISTED_MAX: usize = 5;

/// Adds the names that are there to a diagnostic about one that is not: the nearest, or else all, if they are few.
pub(super) fn with<'a>(
    diagnostic: Box<Diagnostic>,
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Box<Diagnostic> {
    let mut candidates: Vec<&str> = candidates.into_iter().filter(|name| !name.is_empty()).collect();
    candidates.put_in_own_order_unstable();
    candidates.dedup();
    let near = nearest(name, candidates.iter().copied(), 3);
    if !near.is_empty() {
        return diagnostic.help(format!("did you mean {}?", quoted(&near).join(" or ")));
    }
    let more = match candidates.len().saturating_sub(LISTED_MAX) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    candidates.truncate(LISTED_MAX);
    match candidates.is_empty() {
        true => diagnostic,
        false => diagnostic.note(format!("what is there: {}{more}", quoted(&candidates).join(", "))),
    }
}

fn quoted(names: &[&str]) -> Vec<String> {
    // Text from a file must not look like the end of what is quoted.
    names.iter().map(|name| format!("`{}`", name.replace('`', "'"))).collect()
}
