//! Files in, trees out: splitting a file into documents and building each document's tree.
//!
//! The steps: `split` cuts a resource file into parts, `scan` turns the first document of each into tokens, `parse` those
//! into nodes, `build` makes the tree, copies aliases and applies merge keys. Nothing is copied that stands in the text as
//! it is: plain scalars, quoted ones of one line, block scalars of one line. Lists (`kind: List`) are not taken apart
//! here, and duplicate keys stay in the tree. `second` asks another parser about what was refused.
//!
//! # The reference
//!
//! The reference's parsers are go-yaml v3.0.5, and v2.4.4 for kustomization files. What they accept, refuse and understand was
//! learnt from them and from the YAML specification; `cargo xtask reader` compares both, node by node, over the files of
//! the corpora, generated traps and mutated files. What differs on purpose or for want of a use:
//!
//! - Two byte-order marks are refused; the reference loses a character of every line.
//! - Nesting is bounded by `Limits::depth_max`, there by 10,000.
//! - A `<<` inside the value of another `<<` is applied at once (kyaml `DeAnchor` leaves it to the last step): another tree,
//!   the same output. Null keys are not doubled as by kyaml's merge step, after which the output fails. A key tagged
//!   `!!merge` that is not `<<` is dropped, where the reference also keeps it.
//! - UTF-16 files are split into documents like others; the reference reads only the first.
//! - A byte-order mark at the start of a line is a part of the text. The reference takes it, and a character of each line
//!   behind it, for nothing where it happens to begin a chunk of input.
//!
//! Positions differ from go-yaml's for values with a tag or an anchor (here they begin at the value), on lines that end
//! otherwise than with `\n` or `\r\n`, which a [`Source`] does not count, and for missing values behind a comment or at the end of
//! a text without a line end.

mod build;
mod bytes;
mod characters;
mod encoding;
mod explain;
mod fault;
mod merge;
mod parse;
mod scan;
mod second;
mod split;
pub(crate) mod template;
#[cfg(test)]
mod tests;
mod token;

pub(crate) use build::KEPT_ALIAS;
pub use encoding::{EncodingError, decode_bytes};

use self::build::{Builder, Shared};
use self::bytes::Bytes;
use self::fault::Fault;
use self::merge::MergeRule;
use self::parse::Parser;
use self::scan::{Dialect, Scanner};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::limits::Limits;
use crate::provenance::ReadFile;
use crate::source::{Place, Source, Span};
use crate::yaml::json_comments;
use crate::yaml::tree::{NodeId, Tree};
use std::ops::Range;
use std::sync::Arc;

const BOM: &str = "\u{feff}";
/// The reference reads a document in chunks, and sees no wrong characters in those that it does not need.
const CHUNK_BYTES: usize = 512;

/// Reads a resource or patch file: all its documents, by the reference's splitting rules. Empty documents are left out.
pub fn read_documents(source: &Arc<Source>, limits: &Limits) -> Result<Vec<Tree>> {
    read(source, limits, Rules { dialect: Dialect::Resource, is_split: true, keeps_aliases: false, is_syntax: false })
}

/// Reads the first document of a file (a kustomization, a JSON patch as YAML); `None` if there is none.
pub fn read_first(source: &Arc<Source>, limits: &Limits) -> Result<Option<Tree>> {
    let rules = Rules { dialect: Dialect::Kustomization, is_split: false, keeps_aliases: false, is_syntax: false };
    Ok(read(source, limits, rules)?.pop())
}

/// Reads the first document of the values of a chart that are to be merged with others; `None` if there is none or it is
/// null.
///
/// The reference merges them before it resolves aliases: those that are values of mappings are still there, as empty
/// scalars with the tag [`KEPT_ALIAS`]; those in lists are not looked at when values are merged, and are resolved here.
/// Two things are rarer than worth it: a `<<` with a list of aliases is applied before values are merged, and an alias
/// that is a key is resolved, where the reference loses it.
pub(crate) fn read_values(source: &Arc<Source>, limits: &Limits) -> Result<Option<Tree>> {
    let rules = Rules { dialect: Dialect::Resource, is_split: false, keeps_aliases: true, is_syntax: false };
    Ok(read(source, limits, rules)?.pop())
}

/// Reads the first document of a kustomization file as it stands in the text, for editing; `None` if there is none.
///
/// Aliases are empty scalars with the tag [`KEPT_ALIAS`], and merge keys are entries like others, so that the places of nodes
/// follow one another.
pub(crate) fn read_syntax(source: &Arc<Source>, limits: &Limits) -> Result<Option<Tree>> {
    let rules = Rules { dialect: Dialect::Kustomization, is_split: false, keeps_aliases: false, is_syntax: true };
    Ok(read(source, limits, rules)?.pop())
}

/// What differs between kinds of files.
#[derive(Clone, Copy)]
struct Rules {
    dialect: Dialect,
    /// Whether the file is split into documents before they are parsed.
    is_split: bool,
    keeps_aliases: bool,
    is_syntax: bool,
}

fn read(source: &Arc<Source>, limits: &Limits, rules: Rules) -> Result<Vec<Tree>> {
    let mut reading =
        Reading { limits, rules, shared: Shared::default(), decoded: String::new(), trees: Vec::new(), document: 0..0 };
    if let Err(fault) = reading.file(&source.text) {
        return Err(diagnostic(*fault, source, reading.document));
    }
    let Reading { shared, decoded, trees, .. } = reading;
    let file = Arc::new(ReadFile { source: Arc::clone(source), decoded, spans: shared.spans });
    let finish = |(mut tree, root): (Tree, NodeId)| {
        tree.finish_reading(Arc::clone(&file), root);
        tree
    };
    let mut trees: Vec<Tree> = trees.into_iter().map(finish).collect();
    if rules.is_split {
        json_comments::attach(&mut trees, &source.text);
    }
    Ok(trees)
}

/// A file while it is read.
struct Reading<'l> {
    limits: &'l Limits,
    rules: Rules,
    shared: Shared,
    decoded: String,
    trees: Vec<(Tree, NodeId)>,
    /// The document that is read, or that could not be read.
    document: Range<usize>,
}

impl Reading<'_> {
    fn file(&mut self, text: &str) -> std::result::Result<(), Box<Fault>> {
        let Rules { dialect, is_split, keeps_aliases, is_syntax } = self.rules;
        let parts = if is_split { split::split(text)? } else { Vec::from([Range { start: 0, end: text.len() }]) };
        let rule = match dialect {
            Dialect::Resource => MergeRule::OwnWins,
            Dialect::Kustomization => MergeRule::LaterWins,
        };
        let only_newlines = Bytes::uses_only_newlines(text);
        let is_clean = characters::first_refused(text).is_none();
        for part in parts {
            self.document = part.clone();
            let until_end = text.get(..part.end).unwrap_or("");
            let document = text.get(part.clone()).unwrap_or("");
            let has_mark = document.starts_with(BOM);
            let start = part.start + if has_mark { BOM.len() } else { 0 };
            if text.get(start..part.end).is_some_and(|document| document.starts_with(BOM)) {
                return Err(explain::second_mark(start));
            }
            let decoded = std::mem::take(&mut self.decoded);
            let scanner = Scanner::new(until_end, start, dialect, only_newlines, decoded);
            let mut builder = Builder::new(until_end, &mut self.shared, self.limits, rule);
            builder.keeps_aliases = keeps_aliases;
            builder.is_syntax = is_syntax;
            let mut parser = Parser::new(scanner, builder, dialect);
            let result = parser.document();
            if !is_clean
                && let Some(at) = characters::first_refused(document).map(|at| part.start + at)
                && (at - part.start) / CHUNK_BYTES <= (parser.reach() - part.start) / CHUNK_BYTES
            {
                return Err(explain::control_character(at));
            }
            result?;
            let (tree, decoded) = parser.finish();
            self.trees.extend(tree);
            self.decoded = decoded;
        }
        Ok(())
    }
}

fn diagnostic(fault: Fault, source: &Source, document: Range<usize>) -> Box<Diagnostic> {
    let place = |at: usize| Some(Place { source: source.id, span: Span::new(at, at) });
    if fault.code == Code::YamlSyntax
        && let Some((at, _)) = template::mark_at(&source.text, fault.at)
    {
        return template::unrendered(source, Place { source: source.id, span: Span::new(at, at) });
    }
    let mut diagnostic = Diagnostic::error(fault.code, fault.message).at(place(fault.at), fault.label);
    if let Some((at, label)) = fault.related {
        diagnostic = diagnostic.at(place(at), label);
    }
    let document = source.text.get(document).unwrap_or("");
    if fault.code == Code::YamlSyntax && !fault.because.is_empty() && second::is_valid(document) {
        diagnostic = diagnostic.note(format!("valid YAML 1.2, but kustomize rejects this because {}", fault.because));
    }
    diagnostic.help.extend(fault.help.into_iter().map(str::to_owned));
    if fault.code == Code::YamlSyntax
        && let Some(marker) = explain::conflict_marker(&source.text)
    {
        let text = "a merge conflict that is not resolved";
        match diagnostic.labels.first_mut().filter(|label| label.place.span.start as usize == marker) {
            Some(label) => label.text = text.to_owned(),
            None => diagnostic = diagnostic.at(place(marker), text),
        }
        diagnostic.help = vec!["resolve the conflict: keep one side and remove the marker lines".to_owned()];
    }
    diagnostic
}
