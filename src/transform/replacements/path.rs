//! Field paths of replacements: the two ways in which their parts are read.
//!
//! The reference follows the path of a source with one engine (upstream `PathGetter`, see `lookup`) and that of a target
//! with another (`PathMatcher`, see `matcher`); they differ in what a part may be.

use crate::field_path::split;
use crate::pattern::Pattern;
use std::cell::OnceCell;

/// The path that is meant where none is given.
pub(super) const DEFAULT: &str = "metadata.name";

/// A field path, split.
#[derive(Debug)]
pub(super) struct FieldPath {
    /// The path as it was written.
    pub(super) text: String,
    /// Its parts as they are, blanks and brackets included.
    pub(super) parts: Vec<Part>,
}

/// A part of a path, as a target reads it.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) kind: PartKind,
}

/// What a part stands for in the path of a target.
#[derive(Debug)]
pub(super) enum PartKind {
    /// A field of a mapping.
    Field,
    /// An item of a list, by number.
    Index(usize),
    /// `*`: every item of a list.
    Every,
    /// `[key=expression]`: the items that have a field the expression matches; without a key, the items it matches.
    Matching(Matching),
    /// In brackets, but without `=`: cannot be followed.
    Bad,
}

/// An expression, compiled when it is first used: upstream never looks at one that meets no item.
#[derive(Debug)]
pub(super) struct Matching {
    pub(super) key: String,
    pub(super) expression: String,
    compiled: OnceCell<Result<Pattern, String>>,
}

impl Matching {
    /// Returns whether an item's text is matched, anywhere in it; the error says what is wrong with the expression.
    pub(super) fn is_match(&self, text: &str) -> Result<bool, String> {
        let compiled = self.compiled.get_or_init(|| Pattern::new(&self.expression));
        compiled.as_ref().map(|pattern| pattern.is_match(text)).map_err(Clone::clone)
    }
}

impl FieldPath {
    pub(super) fn new(text: &str) -> FieldPath {
        let parts = split(text).into_iter().map(|text| Part { kind: kind_of(&text), text });
        FieldPath { text: text.to_owned(), parts: parts.collect() }
    }

    /// Returns the name of a part that is a field, without the blanks around it.
    fn field(&self, at: usize) -> Option<&str> {
        let part = self.parts.get(at)?;
        matches!(part.kind, PartKind::Field).then(|| part.text.trim())
    }

    /// Returns whether the path leads to something that holds an object's identity.
    pub(super) fn reaches_identity(&self) -> bool {
        match self.field(0) {
            Some("apiVersion" | "kind") => true,
            Some("metadata") => self.parts.len() == 1 || matches!(self.field(1), Some("name" | "namespace")),
            _ => false,
        }
    }

    /// Returns whether the path leads to annotations that the reference marks objects with during a build.
    pub(super) fn reaches_marks(&self) -> bool {
        if self.field(0) != Some("metadata") {
            return false;
        }
        match (self.field(1), self.parts.get(2)) {
            (None, _) => self.parts.len() == 1,
            (Some("annotations"), None) => true,
            (Some("annotations"), Some(key)) => key.text.contains("config.kubernetes.io/"),
            _ => false,
        }
    }
}

fn kind_of(text: &str) -> PartKind {
    if let Some(index) = text.parse::<i64>().ok().and_then(|index| usize::try_from(index).ok()) {
        PartKind::Index(index)
    } else if is_bracketed(text) {
        match key_and_value(text) {
            Some((key, value)) => PartKind::Matching(Matching {
                key: key.to_owned(),
                expression: value.to_owned(),
                compiled: OnceCell::new(),
            }),
            None => PartKind::Bad,
        }
    } else if text == "*" {
        PartKind::Every
    } else {
        PartKind::Field
    }
}

/// Returns whether a part chooses items of a list.
pub(super) fn is_bracketed(text: &str) -> bool {
    text.starts_with('[') && text.ends_with(']')
}

/// Takes `[key=value]` apart.
pub(super) fn key_and_value(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_suffix(']').unwrap_or(text);
    text.strip_prefix('[').unwrap_or(text).split_once('=')
}
