//! Keeping what differs: the tree as it was made, the smaller one, what both programs answer, and a case of our own.

use super::generate::Case;
use super::known::Known;
use super::minimise;
use super::options::Options;
use super::run::{self, Programs, Scratch, Verdict};
use crate::shell::{self, Result};
use std::path::Path;

/// Makes a difference smaller, keeps both trees, and shows the rest.
pub fn show(programs: &Programs, known: &Known, seed: u64, case: &Case, options: &Options) -> Result<()> {
    let directory = options.keep.join(seed.to_string());
    run::write_tree(&directory.join("full"), case)?;
    let scratch = Scratch::new(options.n_jobs)?;
    // A smaller tree must differ in the same way, or one bug turns into another.
    let way = |candidate: &Case| match programs.judge(&scratch, candidate, known) {
        Ok((_, _, Verdict::Different(words))) => Some(words),
        _ => None,
    };
    let wanted = way(case);
    let small = minimise::minimise(case, |candidate| wanted.is_some() && way(candidate) == wanted);
    let small_directory = directory.join("small");
    run::write_tree(&small_directory, &small)?;
    println!("difference: case seed {seed}; again: {}", again(seed, options));
    println!("trees: {} (as made) and {} (smaller)", show_path(&directory.join("full")), show_path(&small_directory));
    println!(
        "command: (cd {} && {}kustomize build {})",
        show_path(&small_directory),
        env(&small),
        small.args.join(" ")
    );
    for (path, content) in &small.files {
        println!("--- {path}\n{}", content.render().trim_end());
    }
    for (path, target) in &small.links {
        println!("--- {path} -> {target}");
    }
    let (ours, reference) = programs.run(&scratch, &small)?;
    let words = run::difference(&ours, &reference).unwrap_or_else(|| "gone when run again".to_owned());
    println!("=== {words}");
    shell::write(&directory.join("ours.yaml"), &ours.stdout)?;
    shell::write(&directory.join("ours.stderr"), &ours.stderr)?;
    shell::write(&directory.join("reference.yaml"), &reference.stdout)?;
    shell::write(&directory.join("reference.stderr"), &reference.stderr)?;
    let kind = wanted.unwrap_or_else(|| "gone".to_owned());
    shell::write(&directory.join("difference"), format!("{kind}\n{words}\n"))?;
    if let Some(save) = &options.save {
        let name = format!("{}-{seed}", slug(&kind));
        as_case(&save.join(&name), &small, &reference)?;
        println!("case: {}", show_path(&save.join(name)));
    }
    Ok(())
}

/// Writes a case as tests/cases has it. Our own words on a failure are for the test run to record.
fn as_case(directory: &Path, case: &Case, reference: &run::Outcome) -> Result<()> {
    run::write_tree(&directory.join("input"), case)?;
    shell::write(&directory.join("args"), case.args.iter().map(|arg| format!("{arg}\n")).collect::<String>())?;
    if !case.env.is_empty() {
        let lines: String = case.env.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        shell::write(&directory.join("env"), lines)?;
    }
    if reference.is_built() {
        shell::write(&directory.join("expected.yaml"), &reference.stdout)?;
    }
    Ok(())
}

/// The command that runs a case again.
pub fn again(seed: u64, options: &Options) -> String {
    let mut words = "cargo xtask oracle".to_owned();
    for directory in &options.mutate {
        words += &format!(" --mutate {}", directory.display());
    }
    for target in &options.targets {
        words += &format!(" --target {target}");
    }
    format!("{words} --case {seed}")
}

fn env(case: &Case) -> String {
    case.env.iter().map(|(name, value)| format!("{name}={} ", value.replace("{tree}", "$PWD"))).collect()
}

fn slug(kind: &str) -> String {
    let mut slug = String::new();
    for char in kind.chars().flat_map(char::to_lowercase) {
        if char.is_ascii_alphanumeric() {
            slug.push(char);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let short: String = slug.chars().take(40).collect();
    short.trim_end_matches('-').to_owned()
}

pub fn show_path(path: &Path) -> String {
    path.strip_prefix(shell::root()).unwrap_or(path).display().to_string()
}
