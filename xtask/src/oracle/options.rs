//! What `cargo xtask oracle` is asked for.

use crate::shell::{self, Result};
use std::path::PathBuf;

pub const USAGE: &str = "usage: cargo xtask oracle [OPTION]...

  --cases N         cases to run (1000); with --only or --without, cases that fit
  --seed S          the seed of the whole run (1)
  --case SEED       one case of an earlier run, by the seed that was shown
  --bin PATH        the program to check, instead of a release build of this tree
  --self-check      the reference against itself
  --only FIELD      only cases that use a field (a part of its name in the report); again: and that one
  --without FIELD   no case that uses a field; again: nor that one
  --mutate DIR      edited copies of what stands there instead of generated trees: a tree, a directory of trees
                    with `targets.json`, or of cases with `input`; again: those as well
  --target DIR      with --mutate: only this directory of the tree; again: that one too
  --jobs N          pairs of runs at a time (2)
  --show N          kinds of differences that are made smaller and shown (5)
  --keep DIR        where their trees go (target/oracle)
  --save DIR        where they go as cases, ready for tests/cases: input, args, expected.yaml
  --log FILE        a line about each case: seed, outcome, difference, fields, words of the reference
  --fields          only list the fields that cases use, and how often";

pub struct Options {
    pub n_cases: u64,
    pub seed: u64,
    pub case: Option<u64>,
    pub is_self_check: bool,
    pub lists_fields: bool,
    pub bin: Option<PathBuf>,
    pub log: Option<PathBuf>,
    pub keep: PathBuf,
    pub save: Option<PathBuf>,
    pub n_jobs: usize,
    /// Differences that are made smaller and shown; the rest are counted.
    pub n_shown: usize,
    /// Only cases that use every one of these fields (parts of their names as the report has them) ...
    pub only: Vec<String>,
    /// ... and none of these.
    pub without: Vec<String>,
    pub mutate: Vec<PathBuf>,
    pub targets: Vec<String>,
}

impl Options {
    pub fn parse(words: &[&str]) -> Result<Options> {
        let mut options = Options {
            n_cases: 1000,
            seed: 1,
            case: None,
            is_self_check: false,
            lists_fields: false,
            bin: None,
            log: None,
            keep: shell::root().join("target/oracle"),
            save: None,
            n_jobs: 2,
            n_shown: 5,
            only: Vec::new(),
            without: Vec::new(),
            mutate: Vec::new(),
            targets: Vec::new(),
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().copied().ok_or(format!("{word} wants a value"));
            let number = |text: &str| text.parse::<u64>().map_err(|_| format!("`{text}` is no number"));
            match *word {
                "--cases" => options.n_cases = number(value()?)?,
                "--seed" => options.seed = number(value()?)?,
                "--case" => options.case = Some(number(value()?)?),
                "--show" => options.n_shown = number(value()?)? as usize,
                "--jobs" => options.n_jobs = number(value()?)?.clamp(1, 64) as usize,
                "--bin" => options.bin = Some(PathBuf::from(value()?)),
                "--log" => options.log = Some(PathBuf::from(value()?)),
                "--keep" => options.keep = PathBuf::from(value()?),
                "--save" => options.save = Some(PathBuf::from(value()?)),
                "--only" => options.only.push(value()?.to_owned()),
                "--without" => options.without.push(value()?.to_owned()),
                "--mutate" => options.mutate.push(PathBuf::from(value()?)),
                "--target" => options.targets.push(value()?.trim_end_matches('/').to_owned()),
                "--self-check" => options.is_self_check = true,
                "--fields" => options.lists_fields = true,
                "--help" | "-h" => return Err(USAGE.to_owned()),
                other => return Err(format!("oracle: unknown argument `{other}`\n{USAGE}")),
            }
        }
        Ok(options)
    }

    /// Whether a case with these fields is asked for.
    pub fn wants<'a>(&self, tags: impl Iterator<Item = &'a &'static str> + Clone) -> bool {
        let uses = |field: &String| tags.clone().any(|tag| tag.contains(field.as_str()));
        self.only.iter().all(uses) && !self.without.iter().any(uses)
    }
}
