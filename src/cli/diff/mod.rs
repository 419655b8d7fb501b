//! `diff`: two sides compared by what they mean. What is a difference is `crate::diff`'s business.

mod json;
mod paint;
mod side;

use super::args::{Color, Judged, Late, LoadRestrictor, PluginArgs, judged};
use super::programs::NativePrograms;
use super::remote::Network;
use super::report::Reporter;
use super::{Outcome, build, output};
use crate::build::BuildOptions;
use crate::diagnostic::{Code, Diagnostic};
use crate::diff::{self, Diff, Options, Pattern, text};
use crate::programs::Programs;
use crate::source::Sources;
use clap::{Args, ValueEnum};
use side::{Loader, Named};

const EXAMPLES: &str = "\
Examples:
  rustomize diff overlays/staging overlays/production   two environments
  rustomize diff main:overlays/production overlays/production
                                                        what the branch changes, nothing is checked out
  kubectl get -k overlays/production -o yaml | rustomize diff - overlays/production
  rustomize diff -o unified old.yaml new.yaml           two files that somebody rendered

Exit codes:
  0  equal
  1  different
  2  trouble: a side cannot be built or read, or the command line is not right";

/// Compare two kustomizations, or what was rendered of them.
///
/// Objects are found by kind and name, items of lists by their keys. What means the same is equal: `1000m` and `1`, a default
/// and nothing, a reference to a ConfigMap that has another hash. Values of Secrets are not shown.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_override_self = true)]
pub(super) struct DiffArgs {
    /// The old side and the new one: each a directory, `REF:DIR` in git, a rendered file, or `-` for standard input
    #[arg(value_name = "SIDE")]
    sides: Vec<String>,

    /// How to write the answer
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    output: Format,

    /// Do not compare a field: `spec.replicas`, `Deployment/web:spec.replicas`, `metadata.annotations["a.b/c"]`, `spec.ports[].nodePort`
    #[arg(long, value_name = "FIELD", action = clap::ArgAction::Append)]
    ignore: Vec<Pattern>,

    /// Compare fields that clusters and generators write, too: status, managedFields, helm.sh/chart…
    #[arg(long)]
    generated: bool,

    /// Show the values of Secrets
    #[arg(long)]
    show_secrets: bool,

    /// Say nothing, only end with the exit code
    #[arg(short, long)]
    quiet: bool,

    /// Use no network: take remote bases and files from .rustomize/ (see `rustomize vendor`)
    #[arg(long)]
    offline: bool,

    /// Which files a kustomization may load: those in and below its own directory, or any
    #[arg(long, value_name = "RESTRICTION", value_parser = Late::<LoadRestrictor>::new(),
          default_value = "LoadRestrictionsRootOnly", allow_hyphen_values = true)]
    load_restrictor: Judged<LoadRestrictor>,

    #[command(flatten)]
    plugins: PluginArgs,
}

/// How a comparison is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// A unified diff of both renderings, spelled alike where they mean the same.
    Unified,
    /// One JSON document.
    Json,
}

pub(super) fn run(args: &DiffArgs, color: Color, reporter: &mut Reporter) -> Outcome {
    match compared(args, color, reporter) {
        Ok(outcome) => outcome,
        Err(diagnostic) => {
            reporter.add(&[*diagnostic], &Sources::default());
            Outcome::Trouble
        }
    }
}

fn compared(args: &DiffArgs, color: Color, reporter: &mut Reporter) -> Result<Outcome, Box<Diagnostic>> {
    let [old, new] = args.sides.as_slice() else {
        let message = format!(
            "`diff` compares two sides; {} given",
            match args.sides.len() {
                0 => "none was".to_owned(),
                1 => "one was".to_owned(),
                n => format!("{n} were"),
            }
        );
        return Err(Diagnostic::error(Code::Usage, message).help("name the old side and the new one"));
    };
    if old == "-" && new == "-" {
        return Err(Diagnostic::error(Code::Usage, "both sides are standard input"));
    }
    let here = build::working_directory()?;
    let options = BuildOptions {
        load_restrictions: judged("--load-restrictor", &args.load_restrictor)?.into(),
        plugins: args.plugins.options(),
        ..BuildOptions::default()
    };
    let programs = NativePrograms::of_environment()?;
    let programs = options.plugins.allows_programs().then_some(&programs as &dyn Programs);
    let network = Network::default();
    let loader = Loader { options: &options, network: &network, programs, here: &here };
    let (old, new) = (Named::of(old, &here)?, Named::of(new, &here)?);
    let vendored = |side: &Named| if args.offline { side.vendored(&here) } else { Ok(None) };
    let (old_vendored, new_vendored) = (vendored(&old)?, vendored(&new)?);
    let mut old_session = loader.session(&old, old_vendored.as_ref());
    let mut new_session = loader.session(&new, new_vendored.as_ref());
    let old_loaded = loader.load(&old, &mut old_session);
    let new_loaded = loader.load(&new, &mut new_session);
    let (old_loaded, new_loaded) = match (old_loaded, new_loaded) {
        (Ok(old), Ok(new)) => (old, new),
        (old, new) => {
            for (result, session) in [(old, &old_session), (new, &new_session)] {
                if let Err(diagnostics) = result {
                    reporter.add(&diagnostics, &session.sources);
                }
            }
            return Ok(Outcome::Trouble);
        }
    };
    let before = old_loaded.side(&old_session, &old.label());
    let after = new_loaded.side(&new_session, &new.label());
    let wanted = Options {
        ignored: args.ignore.clone(),
        generated: args.generated,
        show_secrets: args.show_secrets,
        texts: args.output == Format::Unified,
    };
    let found = diff::compare(&before, &after, &wanted);
    if !args.quiet {
        if found.n_ignored > 0 && args.output != Format::Json {
            let n = found.n_ignored;
            let (fields, are) = if n == 1 { ("field differs", "is") } else { ("fields differ", "are") };
            reporter.say(&format!("{n} more {fields} that {are} not compared (--ignore, --generated)"));
        }
        let written = output::answer(&answer(args, color, &found), reporter);
        if written != Outcome::Success {
            return Ok(Outcome::Trouble);
        }
    }
    Ok(if found.is_empty() { Outcome::Success } else { Outcome::Different })
}

fn answer(args: &DiffArgs, color: Color, found: &Diff) -> String {
    let is_colored = paint::is_wanted(color);
    match args.output {
        Format::Text => {
            let objects = found.objects.iter();
            let mut parts: Vec<String> =
                objects.map(|object| paint::lines(&text::object_lines(object), is_colored)).collect();
            if !found.is_empty() {
                parts.push(text::summary(found) + "\n");
            }
            parts.join("\n")
        }
        Format::Unified => paint::unified(&text::unified(found), is_colored),
        Format::Json => json::diff(found, &args.sides),
    }
}
