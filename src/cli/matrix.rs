//! `matrix`: what differs between environments, as a table. What is a difference is `crate::diff`'s business.

use super::args::LoadArgs;
use super::diff::side::{Loader, Named};
use super::diff::warned::Warned;
use super::programs::NativePrograms;
use super::remote::Network;
use super::report::Reporter;
use super::{Outcome, build, output};
use crate::diagnostic::{Code, Diagnostic};
use crate::diff::matrix;
use crate::diff::{Options, Pattern, Side};
use crate::json;
use crate::programs::Programs;
use crate::source::Sources;
use clap::{Args, ValueEnum};

const EXAMPLES: &str = "\
Examples:
  rustomize matrix overlays/*                                  what differs between environments
  rustomize matrix overlays/staging overlays/production -o markdown
  rustomize matrix --ignore metadata.namespace overlays/*

Exit codes:
  0  success, whether anything differs or not
  1  an environment cannot be built, or the command line is not right";

/// Print the fields that differ between environments.
///
/// One column for each environment, one row for each field that is not the same in all of them. Values of Secrets are not
/// shown; those with the same number are the same.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_override_self = true)]
pub(super) struct MatrixArgs {
    /// The environments: directories, `REF:DIR` in git, rendered files
    #[arg(value_name = "DIR", required = true)]
    directories: Vec<String>,

    /// How to write the table
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    output: Format,

    /// Do not compare a field: `metadata.namespace`, `Deployment/web:spec.replicas`
    #[arg(long, value_name = "FIELD", action = clap::ArgAction::Append)]
    ignore: Vec<Pattern>,

    /// Compare fields that clusters and generators write, too
    #[arg(long)]
    generated: bool,

    /// Show the values of Secrets
    #[arg(long)]
    show_secrets: bool,

    #[command(flatten)]
    loading: LoadArgs,
}

/// How a matrix is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// Tables for a comment or a wiki.
    Markdown,
    /// One page.
    Html,
    /// One JSON document.
    Json,
}

pub(super) fn run(args: &MatrixArgs, reporter: &mut Reporter) -> Outcome {
    match laid_out(args, reporter) {
        Ok(outcome) => outcome,
        Err(diagnostic) => {
            reporter.add(&[*diagnostic], &Sources::default());
            Outcome::Failure
        }
    }
}

fn laid_out(args: &MatrixArgs, reporter: &mut Reporter) -> Result<Outcome, Box<Diagnostic>> {
    if args.directories.len() < 2 {
        let error = Diagnostic::error(Code::Usage, "`matrix` compares several environments; one was given");
        return Err(error.help("name at least two directories"));
    }
    if args.directories.iter().filter(|side| *side == "-").count() > 1 {
        return Err(Diagnostic::error(Code::Usage, "several environments are standard input"));
    }
    let here = build::working_directory()?;
    let options = args.loading.options()?;
    let programs = NativePrograms::of_environment()?;
    let programs = options.plugins.allows_programs().then_some(&programs as &dyn Programs);
    let network = Network::default();
    let loader = Loader { options: &options, network: &network, programs, here: &here };
    let named: Vec<Named> = args.directories.iter().map(|side| Named::of(side, &here)).collect::<Result<_, _>>()?;
    let vendored: Vec<_> = named
        .iter()
        .map(|side| if args.loading.offline { side.vendored(&here) } else { Ok(None) })
        .collect::<Result<_, _>>()?;
    let mut is_broken = false;
    let mut loaded = Vec::with_capacity(named.len());
    for (side, vendored) in named.iter().zip(&vendored) {
        let mut session = loader.session(side, vendored.as_ref());
        match loader.load(side, &mut session) {
            Ok(side) => loaded.push((side, session)),
            Err(diagnostics) => {
                reporter.add(&diagnostics, &session.sources);
                is_broken = true;
            }
        }
    }
    if is_broken {
        return Ok(Outcome::Failure);
    }
    let mut warned = Warned::default();
    loaded.iter().for_each(|(side, session)| warned.tell_of(side, session, reporter));
    let sides: Vec<Side<'_>> = loaded.iter().map(|(side, session)| side.side(session, "")).collect();
    let columns: Vec<(&str, &Side<'_>)> = args.directories.iter().map(String::as_str).zip(&sides).collect();
    let wanted = Options {
        ignored: args.ignore.clone(),
        generated: args.generated,
        show_secrets: args.show_secrets,
        ..Options::default()
    };
    let found = matrix::compare(&columns, &wanted);
    let text = match args.output {
        Format::Text => matrix::text(&found),
        Format::Markdown => matrix::markdown(&found),
        Format::Html => matrix::html(&found),
        Format::Json => output::json(&json::matrix::matrix(&found)),
    };
    Ok(output::answer(&text, reporter))
}
