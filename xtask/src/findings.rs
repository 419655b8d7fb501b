//! `cargo xtask findings`: everything that `validate` finds in the real kustomizations of the shared corpus, against the list
//! of what was judged.
//!
//! tests/data/validate/realworld.tsv holds a line for each, like the list of `warnings`. With `--conformance` the cases of that
//! corpus are checked, too, and only shown: they are odd on purpose.

use crate::shell::Result;
use crate::{corpora, warnings};
use rustomize::build::build;
use rustomize::diagnostic::{Diagnostic, show_place};
use rustomize::session::Session;
use rustomize::validate::{Level, Options, rules, validate};
use std::collections::BTreeMap;

const FILE: &str = "tests/data/validate/realworld.tsv";

pub fn run(words: &[&str]) -> Result<()> {
    let (mut is_update, mut corpus, mut filter, mut is_all) = (false, "realworld", "", false);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--update" => is_update = true,
            "--conformance" => corpus = "conformance",
            // What rules that are off would find.
            "--all" => is_all = true,
            "--filter" => filter = words.next().ok_or("`--filter` needs a text")?,
            _ => {
                return Err("usage: cargo xtask findings [--update] [--conformance] [--all] [--filter TEXT]".to_owned());
            }
        }
    }
    let recorded = warnings::read(FILE)?;
    let Some(shared) = corpora::find_shared() else {
        println!("shared corpora not present: findings not checked (looked at $SHARED and ../shared)");
        return warnings::judge(FILE, &recorded);
    };
    let mut options = Options::default();
    if is_all {
        rules::RULES.iter().for_each(|(code, _)| options.levels.set(*code, Level::Fail));
    }
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let (mut n_targets, mut n_objects, mut n_unknown) = (0, 0, 0);
    corpora::for_each(&shared, filter, &[corpus], |target| {
        let mut session = Session::for_one_build(&target.files, &target.here);
        let Ok(built) = build(&mut session, &target.directory, &target.options) else { return Ok(()) };
        let validation = validate(&built, &options);
        n_targets += 1;
        n_objects += validation.n_objects;
        n_unknown += validation.n_unknown;
        let repository = target.name.split(' ').nth(1).unwrap_or_default();
        for finding in &validation.findings {
            found.entry(key(&finding.diagnostic, repository, &session)).or_insert_with(|| target.name.clone());
        }
        Ok(())
    })?;
    println!("{n_targets} targets, {n_objects} objects, {n_unknown} of kinds without a schema");
    if is_all || corpus != "realworld" || !filter.is_empty() {
        found.iter().for_each(|(key, target)| println!("{key} (in {target})"));
        println!("{} findings", found.len());
        return Ok(());
    }
    warnings::compare(FILE, "findings", &recorded, &found, is_update)
}

fn key(finding: &Diagnostic, repository: &str, session: &Session<'_>) -> String {
    let place = finding.labels.first().map(|label| show_place(&session.sources, label.place)).unwrap_or_default();
    format!("{}\t{repository}\t{place}\t{}", finding.code.as_str(), finding.message.replace(['\t', '\n'], " "))
}
