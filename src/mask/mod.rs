//! Hides the values of secrets in what is shown of a file.
//!
//! A diagnostic often stands in a file that does not parse, so nothing here relies on a parser: files are judged line by
//! line (`lines`), and what could be a secret's value is hidden (`scan`). Where the judgement is unsure, too much is
//! hidden, and more still where a text does not parse (`broken`). Hidden:
//!
//! - values of `stringData` anywhere, and of `data` unless the same mapping has a `kind` that is not `Secret`;
//! - what follows the `=` of `literals` of a `secretGenerator`;
//! - the `value` of a JSON 6902 operation whose `path` is below `/data` or `/stringData`, whatever its target is;
//! - passwords, tokens and signatures in addresses of remote roots and files;
//! - everything in a source marked [`Sensitivity::Opaque`] but the names of its variables.
//!
//! Not hidden: things that merely sound secret elsewhere (`password: x` in a Deployment).

mod broken;
mod lines;
mod scan;

use crate::limits::Limits;
use crate::sorting::Sorting;
use crate::source::{Place, Sensitivity, Source, SourceId, Sources};
use crate::yaml::read;
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// Stands for one hidden character.
const BULLET: char = '•';

/// The masks of a table of sources, each worked out once and only if it is needed.
#[derive(Debug)]
pub struct Masks<'s> {
    sources: &'s Sources,
    masks: FxHashMap<SourceId, Mask>,
}

impl<'s> Masks<'s> {
    /// Makes the masks of a table; none is worked out yet.
    pub fn new(sources: &'s Sources) -> Masks<'s> {
        Masks { sources, masks: FxHashMap::default() }
    }

    /// Returns the file that a place is in, the file's mask, and the place in that file.
    pub fn at(&mut self, place: Place) -> (&'s Source, &Mask, Place) {
        let place = self.sources.outermost(place);
        let source = self.sources.get(place.source);
        let mask = || Mask::of(source, is_broken_inside(self.sources, source.id));
        (source, self.masks.entry(source.id).or_insert_with(mask), place)
    }
}

/// Returns whether a file holds a text (an inline patch) which does not parse.
fn is_broken_inside(sources: &Sources, file: SourceId) -> bool {
    let inner = sources.iter().filter_map(|source| Some((source, source.embedded?)));
    let mut inner = inner.filter(|(_, embedded)| sources.outermost(embedded.outer).source == file);
    inner.any(|(source, _)| !parses(source))
}

fn parses(source: &Arc<Source>) -> bool {
    read::read_documents(source, &Limits::default()).is_ok()
}

/// The parts of one source that must not be shown.
#[derive(Debug)]
pub struct Mask {
    /// Byte ranges of the text, sorted, not overlapping.
    hidden: Vec<Range<usize>>,
}

impl Mask {
    /// Judges a source; `is_broken_inside` says that a text inside it does not parse.
    pub fn of(source: &Arc<Source>, is_broken_inside: bool) -> Mask {
        let mut hidden = match source.sensitivity {
            Sensitivity::Yaml => {
                let mut hidden = scan::hidden(&source.text);
                hidden.extend(broken::hidden(&source.text, is_broken_inside || !parses(source)));
                hidden
            }
            Sensitivity::Opaque => opaque(&source.text),
        };
        hidden.extend(crate::remote::credentials(&source.text));
        Mask { hidden: merge(hidden) }
    }

    /// Returns whether a byte is hidden.
    pub fn hides(&self, at: usize) -> bool {
        let after = self.hidden.partition_point(|range| range.end <= at);
        self.hidden.get(after).is_some_and(|range| range.start <= at)
    }

    /// Returns the hidden parts of a 1-based line.
    pub fn hidden_parts<'t>(&self, source: &'t Source, line: u32) -> impl Iterator<Item = &'t str> {
        let start = source.line_start(line) as usize;
        let end = start + source.line(line).len();
        let after = self.hidden.partition_point(|range| range.end <= start);
        let ranges = self.hidden.get(after..).unwrap_or_default().iter().take_while(move |range| range.start < end);
        ranges.filter_map(move |range| source.text.get(range.start.max(start)..range.end.min(end)))
    }

    /// Returns the whole text, one bullet for each hidden character that does not end a line.
    pub fn text(&self, source: &Source) -> String {
        let mut text = String::with_capacity(source.text.len());
        let mut shown_to = 0;
        for range in &self.hidden {
            text.push_str(source.text.get(shown_to..range.start).unwrap_or_default());
            let hidden = source.text.get(range.clone()).unwrap_or_default();
            text.extend(hidden.chars().map(|c| if matches!(c, '\n' | '\r') { c } else { BULLET }));
            shown_to = range.end;
        }
        text.push_str(source.text.get(shown_to..).unwrap_or_default());
        text
    }

    /// Returns a 1-based line of the source, without its line end and byte-order mark, one bullet for each hidden character.
    pub fn line(&self, source: &Source, line: u32) -> String {
        let start = source.line_start(line) as usize;
        let text = source.line(line);
        let after = self.hidden.partition_point(|range| range.end <= start);
        let mut ranges = self.hidden.get(after..).unwrap_or_default().iter().peekable();
        let shown = text.char_indices().map(|(at, c)| {
            let at = start + at;
            while ranges.next_if(|range| range.end <= at).is_some() {}
            if ranges.peek().is_some_and(|range| range.contains(&at)) { BULLET } else { c }
        });
        let shown: String = shown.collect();
        match shown.strip_prefix('\u{feff}') {
            Some(rest) if line == 1 => rest.to_owned(),
            _ => shown,
        }
    }
}

/// Sorts ranges and joins those that overlap.
fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.put_in_order_of(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Hides everything but the names of variables, and those only in a text that is nothing but `NAME=value` lines: the start
/// of a line of base64, which may end with `=`, is no name.
fn opaque(text: &str) -> Vec<Range<usize>> {
    let lines = || lines::split(text);
    let is_env = lines().all(|(_, line)| {
        let line = line.trim();
        line.is_empty() || line.starts_with('#') || variable_name(line).is_some()
    });
    lines()
        .map(|(start, line)| {
            let shown = if is_env { variable_name(line).map_or(0, |name| name + 1) } else { 0 };
            start + shown..start + line.len()
        })
        .collect()
}

/// Returns the length of the name before `=` in a line such as `NAME=value`.
fn variable_name(line: &str) -> Option<usize> {
    let (name, value) = line.split_once('=')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let is_plausible = name.len() <= 64 && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let has_value = !value.trim().is_empty() && !value.starts_with('=');
    (is_plausible && name.chars().all(is_name) && has_value).then_some(name.len())
}

#[cfg(test)]
mod tests;
