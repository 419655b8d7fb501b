//! Files in, trees out: splitting a file into documents and building each document's tree.
//!
//! The steps: `position` normalises line ends, `split` cuts a resource file into parts, an `events::EventSource` turns
//! each part into events, `build` makes the tree of the first document of each, copies aliases and applies merge keys.
//! Nothing but `backend` and `repair` knows which parser is behind the events. Lists (`kind: List`) are not taken apart
//! here, and duplicate keys stay in the tree.
//!
//! # Differences from the reference
//!
//! The reference's parser is go-yaml v3.0.5 (v2.4.4 for kustomization files). All 5,837 YAML and JSON files that the
//! project measures itself with give the same documents, trees, styles and positions, and the same 4 are refused: none is
//! affected by what follows. `tests/data/read/differences.txt` lists the cases of `tests/data/read/cases.txt` that differ.
//!
//! Refused here, with a syntax error, though the reference reads them:
//! - pairs in a flow sequence whose value is a flow collection, `[a: {b: c}]` and `["a":[b]]`;
//! - `*alias: value` without a space before the `:`, and anchors with characters other than letters, digits, `-`, `_`;
//! - a `#` right behind a closing quote or bracket, a `,` or a `|`, which the reference takes for a comment;
//! - `{a:}`, `[?a]`, `{?}` and `[-]`, which the reference reads in surprising ways; tags that hold a `,`;
//! - U+2028 and U+2029 anywhere but as escapes;
//! - text behind `...` or behind a quoted scalar at the root, which the reference drops unseen;
//! - nesting beyond `Limits::depth_max`, and files in which very many scalars need a repair (see `repair`).
//!
//! Read here, though the reference refuses them: wrong text behind the end of a document that the reference has to look
//! at before it stops (`{a: b}x: y` at the root), a second byte-order mark, and a multi-line plain key at the root.
//!
//! Read with another tree, to the same output: a `<<` inside the value of another `<<` is applied at once (kyaml
//! `DeAnchor` leaves it to the last step). Null keys are not doubled, as kyaml's merge step does, which fails at output. A key tagged `!!merge` that is not `<<` is dropped,
//! where the reference also keeps it. Anchors that are defined twice are fine for both: the later one counts.
//!
//! Positions differ from go-yaml's for values that are missing after an explicit key (`? a`), for values with a tag or
//! an anchor (here they begin at the value), and on lines that end with a lone `\r` or U+0085, which a
//! [`Source`] does not count as line ends. UTF-16 files are split into documents like others; the reference reads
//! only the first.

mod backend;
mod build;
mod characters;
mod encoding;
mod events;
mod explain;
mod lexical;
mod merge;
mod position;
mod repair;
mod split;
#[cfg(test)]
mod tests;

pub use encoding::{EncodingError, decode_bytes};

use self::backend::YamlRust2;
use self::build::{Builder, Pools};
use self::events::Fault;
use self::merge::MergeRule;
use self::position::Normalised;
use crate::diagnostic::{Diagnostic, Result};
use crate::limits::Limits;
use crate::provenance::ReadFile;
use crate::source::{Place, Source};
use crate::yaml::tree::{NodeId, Tree};
use std::ops::Range;
use std::sync::Arc;

/// Reads a resource or patch file: all its documents, by the reference's splitting rules. Empty documents are left out.
pub fn read_documents(source: &Arc<Source>, limits: &Limits) -> Result<Vec<Tree>> {
    read(source, limits, MergeRule::OwnWins, split::split)
}

/// Reads the first document of a file (a kustomization, a JSON patch as YAML); `None` if there is none.
pub fn read_first(source: &Arc<Source>, limits: &Limits) -> Result<Option<Tree>> {
    let whole = |text: &str| Ok(Vec::from([Range { start: 0, end: text.len() }]));
    Ok(read(source, limits, MergeRule::LaterWins, whole)?.pop())
}

type Split = fn(&str) -> std::result::Result<Vec<Range<usize>>, Box<Fault>>;

fn read(source: &Arc<Source>, limits: &Limits, rule: MergeRule, split: Split) -> Result<Vec<Tree>> {
    let mut normalised = Normalised::new(&source.text);
    let text = normalised.text.take();
    let mut pools = Pools { decoded: String::new(), spans: Vec::new(), normalised, expanded: 0 };
    let body = text.as_deref().unwrap_or(&source.text);
    match build(body, &mut pools, limits, rule, split) {
        Ok(built) => {
            let Pools { decoded, spans, .. } = pools;
            let file = Arc::new(ReadFile { source: Arc::clone(source), normalised: text, decoded, spans });
            let finish = |(mut tree, root): (Tree, NodeId)| {
                tree.finish_reading(Arc::clone(&file), root);
                tree
            };
            Ok(built.into_iter().map(finish).collect())
        }
        Err(fault) => Err(diagnostic(*fault, source, &mut pools.normalised)),
    }
}

fn build(
    text: &str,
    pools: &mut Pools,
    limits: &Limits,
    rule: MergeRule,
    split: Split,
) -> std::result::Result<Vec<(Tree, NodeId)>, Box<Fault>> {
    let mut trees = Vec::new();
    let refused = characters::first_refused(text);
    for part in split(text)? {
        let mut start = part.start;
        let mut document = text.get(part.clone()).unwrap_or("");
        if let Some(rest) = document.strip_prefix('\u{feff}') {
            start = part.end - rest.len();
            document = rest;
        }
        if let Some((at, ref fault)) = refused
            && part.contains(&at)
        {
            return Err(Fault::syntax(at, fault.message).help(fault.help));
        }
        let mut events = YamlRust2::new(document, start);
        trees.extend(Builder::new(text, pools, limits, rule).document(&mut events)?);
    }
    Ok(trees)
}

fn diagnostic(fault: Fault, source: &Source, normalised: &mut Normalised) -> Box<Diagnostic> {
    let mut place = |at: usize| Some(Place { source: source.id, span: normalised.span(at, at) });
    let mut diagnostic = Diagnostic::error(fault.code, fault.message).at(place(fault.at), fault.label);
    if let Some((at, label)) = fault.related {
        diagnostic = diagnostic.at(place(at), label);
    }
    diagnostic.help.extend(fault.help.into_iter().map(str::to_owned));
    diagnostic
}
