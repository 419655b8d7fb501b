//! `argocd migrate`: Applications from the built-in support to the plugin and back, in their files.

use super::local;
use crate::argocd::migrate::{Migrated, Plan, To, migrate};
use crate::cli::build::working_directory;
use crate::cli::edit::diff;
use crate::cli::report::Reporter;
use crate::cli::{Outcome, native_to_slash, output};
use crate::fs;
use crate::source::Sources;
use clap::{Args, ValueEnum};
use std::path::Path;

const EXAMPLES: &str = "\
Examples:
  rustomize argocd migrate application.yaml            kustomize: becomes plugin:, a parameter for each field
  rustomize argocd migrate --dry-run apps/*.yaml       print the changes, write nothing
  rustomize argocd migrate --to block application.yaml the whole block becomes one parameter, as it stands
  rustomize argocd migrate --to kustomize application.yaml

Exit codes:
  0  success; files without such sources are left alone
  1  something cannot be migrated; nothing is written";

/// Turn `kustomize:` of Applications and ApplicationSets into `plugin:`, or back.
///
/// Only these blocks are written anew, with their comments. What is written is read again, and has to ask for the same.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_override_self = true)]
pub(super) struct MigrateArgs {
    /// The files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,

    /// What to write
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Form::Plugin)]
    to: Form,

    /// The name of the plugin
    #[arg(long, value_name = "NAME", default_value = "rustomize")]
    name: String,

    /// Give the plugin to sources that name no tool, too
    #[arg(long)]
    all: bool,

    /// Print what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// The plugin, with a parameter for each field
    Plugin,
    /// The plugin, with the whole block in one parameter
    Block,
    /// The built-in support
    Kustomize,
}

pub(super) fn run(args: &MigrateArgs, reporter: &mut Reporter) -> Outcome {
    let to = match args.to {
        Form::Plugin => To::Parameters,
        Form::Block => To::WholeBlock,
        Form::Kustomize => To::Kustomize,
    };
    let plan = Plan { to, name: &args.name, all: args.all };
    let mut sources = Sources::default();
    let mut changed: Vec<(String, Migrated, String)> = Vec::new();
    let mut is_failed = false;
    for file in &args.files {
        let migrated = local::read(file, &mut sources).and_then(|source| {
            let migrated = migrate(&source, plan)?;
            Ok((file.clone(), migrated, source.text.clone()))
        });
        match migrated {
            Ok(migrated) => changed.push(migrated),
            Err(error) => {
                reporter.add(&[*error], &sources);
                is_failed = true;
            }
        }
    }
    changed.iter().for_each(|(_, migrated, _)| reporter.add(&migrated.warnings, &sources));
    if is_failed {
        return Outcome::Failure;
    }
    changed.retain(|(_, migrated, old)| migrated.text != *old);
    if args.dry_run {
        let text: String = changed.iter().map(|(file, migrated, old)| diff::texts(file, old, &migrated.text)).collect();
        return output::answer(&text, reporter);
    }
    let here = working_directory().unwrap_or_default();
    let absolute: Vec<String> = changed.iter().map(|(file, ..)| fs::join(&here, &native_to_slash(file))).collect();
    let files: Vec<(&Path, &str)> = absolute
        .iter()
        .zip(&changed)
        .map(|(path, (_, migrated, _))| (Path::new(path), migrated.text.as_str()))
        .collect();
    let outcome = output::text_files(&files, reporter);
    if outcome == Outcome::Success {
        for (file, migrated, _) in &changed {
            let what = if migrated.n_sources == 1 { "1 source" } else { &format!("{} sources", migrated.n_sources) };
            reporter.say(&format!("{file}: {what} migrated"));
        }
    }
    outcome
}
