//! Draws a diagnostic for people: a headline, the lines it is about with carets, notes, help, and the way from the overlay.
//!
//! Only the lines around a label are handed to the drawing library, masked (`mask`) and cut to a width that a terminal can
//! show, so that a diagnostic in a huge file costs and prints as much as one in a small file.

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::mask::Masks;
use crate::redact::redact;
use crate::sorting::Sorting;
use crate::source::{Place, Source, Sources, Span};
use annotate_snippets::renderer::DEFAULT_TERM_WIDTH;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer as Drawer, Snippet};
use std::ops::Range;

/// Lines shown before and after the lines with labels.
const CONTEXT_LINES: u32 = 1;
/// Labels of one file that are at most so many lines apart share a snippet (with the lines between folded).
const SNIPPET_LINES_MAX: u32 = 200;
/// Columns of one line that are handed over.
const COLUMNS_MAX: usize = 4000;
/// Columns of one line that are underlined.
const UNDERLINE_MAX: usize = 60;
/// Columns kept before a label in a line that is cut.
const COLUMNS_BEFORE: usize = 40;

/// Draws diagnostics over one table of sources; what must not be shown is worked out once per file.
pub(super) struct Renderer<'s> {
    sources: &'s Sources,
    masks: Masks<'s>,
    drawer: Drawer,
}

/// A label as it lies in its file: one line of it.
struct Spot<'d> {
    line: u32,
    /// 0-based columns.
    columns: Range<usize>,
    text: &'d str,
    is_primary: bool,
}

impl<'s> Renderer<'s> {
    pub(super) fn new(sources: &'s Sources, is_colored: bool) -> Renderer<'s> {
        let drawer = if is_colored { Drawer::styled() } else { Drawer::plain() };
        Renderer { sources, masks: Masks::new(sources), drawer: drawer.term_width(DEFAULT_TERM_WIDTH) }
    }

    /// Returns the drawing, without a final line end.
    pub(super) fn render(&mut self, diagnostic: &Diagnostic) -> String {
        let diagnostic = &*redact(diagnostic, &mut self.masks);
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(clean(&diagnostic.message)).id(diagnostic.code.as_str());
        let mut group = Group::with_title(title);
        for (source, spots) in self.by_file(&diagnostic.labels) {
            // The arrow of the first snippet points at the primary place.
            let mut clusters: Vec<&[Spot]> = clusters(&spots).collect();
            clusters.put_in_order_of(|spots| !spots.iter().any(|spot| spot.is_primary));
            for spots in clusters {
                group = self.snippet(group, source, spots);
            }
        }
        if diagnostic.labels.is_empty()
            && let Some(path) = &diagnostic.path
        {
            group = group.element(Origin::path(clean(path)));
        }
        for &place in diagnostic.chain.iter().rev() {
            let at = clean(&crate::diagnostic::show_place(self.sources, place));
            group = group.element(Level::INFO.with_name("included from").message(at));
        }
        for note in &diagnostic.notes {
            group = group.element(Level::NOTE.message(clean(note)));
        }
        for help in &diagnostic.help {
            group = group.element(Level::HELP.message(clean(help)));
        }
        let drawing = self.drawer.render(&[group]);
        // A snippet without a path of its own gets a heading all the same, an empty one.
        let drawing = without_empty_headings(&drawing);
        // Without line numbers the library leaves the arrow at the margin.
        if diagnostic.labels.is_empty() { drawing.replace('\n', "\n ") } else { drawing }
    }

    /// Sorts labels into files, in the order in which the files are first named; within a file by place.
    fn by_file<'d>(&self, labels: &'d [Label]) -> Vec<(&'s Source, Vec<Spot<'d>>)> {
        let mut files: Vec<(&'s Source, Vec<Spot<'d>>)> = Vec::new();
        for (position, label) in labels.iter().enumerate() {
            let place = self.sources.outermost(label.place);
            let source: &'s Source = self.sources.get(place.source);
            let spot = spot(source, place, &label.text, position == 0);
            match files.iter_mut().find(|(other, _)| other.id == source.id) {
                Some((_, spots)) => spots.push(spot),
                None => files.push((source, vec![spot])),
            }
        }
        for (_, spots) in &mut files {
            spots.put_in_order_of(|spot| (spot.line, spot.columns.start));
        }
        files
    }

    /// Adds the lines of some labels, which are sorted.
    fn snippet<'d>(&mut self, group: Group<'d>, source: &'s Source, spots: &[Spot<'d>]) -> Group<'d> {
        let (Some(first), Some(last)) = (spots.first(), spots.last()) else { return group };
        let (_, mask, _) = self.masks.at(Place { source: source.id, span: Span::default() });
        let from = first.line.saturating_sub(CONTEXT_LINES).max(1);
        let to = (last.line + CONTEXT_LINES).min(source.line_count().max(last.line));
        let is_narrow = spots.iter().all(|spot| source.line(spot.line).len() <= DEFAULT_TERM_WIDTH);
        let mut is_cut = false;
        let mut text = String::new();
        let mut annotations = Vec::with_capacity(spots.len());
        for line in from..=to {
            let masked = mask.line(source, line);
            let here: Vec<&Spot> = spots.iter().filter(|spot| spot.line == line).collect();
            let (cut, shift) = cut(&clean(&masked), here.iter().map(|spot| spot.columns.start).min());
            is_cut |= shift.1 > 0;
            // What stands beside a line tells where one is; beside a line too wide to show whole it tells nothing.
            let is_context = is_narrow && spots.iter().any(|spot| spot.line.abs_diff(line) <= CONTEXT_LINES);
            if here.is_empty() && is_context && !cut.trim().is_empty() {
                annotations.push(AnnotationKind::Visible.span(text.len()..text.len() + cut.len()));
            }
            for spot in here {
                let column =
                    |column: usize| text.len() + byte_of_column(&cut, (column + shift.0).saturating_sub(shift.1));
                let kind = if spot.is_primary { AnnotationKind::Primary } else { AnnotationKind::Context };
                let annotation = kind.span(column(spot.columns.start)..column(spot.columns.end));
                let label = (!spot.text.is_empty()).then(|| clean(spot.text));
                annotations.push(annotation.label(label));
            }
            text.push_str(&cut);
            text.push('\n');
        }
        let head = spots.iter().find(|spot| spot.is_primary).unwrap_or(first);
        let snippet = Snippet::source(text).line_start(from as usize).fold(true).annotations(annotations);
        let path = clean(&source.path);
        if !is_cut {
            return group.element(snippet.path(path));
        }
        // The place is given apart, for the columns of a line that was cut are not those of the file.
        let origin = Origin::path(path).line(head.line as usize).char_column(head.columns.start + 1);
        group.element(origin).element(snippet)
    }
}

/// Returns the last line: how many there were of each.
pub(super) fn summary(n_errors: usize, n_warnings: usize, is_colored: bool) -> String {
    let count = |n: usize, word: &str| match n {
        0 => None,
        1 => Some(format!("1 {word}")),
        n => Some(format!("{n} {word}s")),
    };
    let parts: Vec<String> = [count(n_errors, "error"), count(n_warnings, "warning")].into_iter().flatten().collect();
    let text = parts.join(", ");
    if !is_colored {
        return text;
    }
    use annotate_snippets::renderer::{DEFAULT_ERROR_STYLE, DEFAULT_WARNING_STYLE};
    let style = if n_errors > 0 { DEFAULT_ERROR_STYLE } else { DEFAULT_WARNING_STYLE };
    format!("{style}{text}{style:#}")
}

/// Lays a place on the line where it begins; what goes on in further lines is not drawn.
fn spot<'d>(source: &Source, place: Place, text: &'d str, is_primary: bool) -> Spot<'d> {
    let (start, end) = (source.line_column(place.span.start), source.line_column(place.span.end));
    let length = source.line(start.line).trim_start_matches('\u{feff}').chars().count();
    let first = (start.column as usize - 1).min(length);
    let last = if end.line > start.line { length } else { (end.column as usize - 1).min(length) };
    Spot { line: start.line, columns: first..last.clamp(first, first + UNDERLINE_MAX), text, is_primary }
}

/// Removes lines that hold nothing but `:::`, which may be styled.
fn without_empty_headings(drawing: &str) -> String {
    let is_heading =
        |line: &str| line.contains("::: ") && anstream::adapter::strip_str(line).to_string().trim() == ":::";
    drawing.split('\n').filter(|line| !is_heading(line)).collect::<Vec<_>>().join("\n")
}

/// Splits sorted labels where they are too far apart for one snippet.
fn clusters<'a, 'd>(spots: &'a [Spot<'d>]) -> impl Iterator<Item = &'a [Spot<'d>]> {
    spots.chunk_by(|a, b| b.line - a.line <= SNIPPET_LINES_MAX)
}

/// Cuts a long line around a column and returns how columns move: add the first number, then take off the second.
fn cut(line: &str, around: Option<usize>) -> (String, (usize, usize)) {
    let length = line.chars().count();
    if length <= COLUMNS_MAX {
        return (line.to_owned(), (0, 0));
    }
    let start = around.unwrap_or(0).saturating_sub(COLUMNS_BEFORE);
    let start = if start < COLUMNS_BEFORE { 0 } else { start };
    let kept: String = line.chars().skip(start).take(COLUMNS_MAX).collect();
    let (before, moved) = if start > 0 { ("…", 1) } else { ("", 0) };
    let after = if start + COLUMNS_MAX < length { "…" } else { "" };
    (format!("{before}{kept}{after}"), (moved, start))
}

/// Returns the byte at which a 0-based column begins; the end for a column past it.
fn byte_of_column(line: &str, column: usize) -> usize {
    line.char_indices().nth(column).map_or(line.len(), |(byte, _)| byte)
}

/// Replaces control characters and those that turn the direction of writing, each by one character, so that text from a
/// file can neither move the cursor nor hide other text. Tabs stay for the drawing library.
pub(super) fn clean(text: &str) -> String {
    let is_harmful = |c: char| {
        (c.is_control() && c != '\t')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().map(|c| if is_harmful(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests;
