//! `diff`: two sides compared by what they mean. What is a difference is `crate::diff`'s business.

mod paint;
pub(super) mod side;
pub(super) mod warned;

use super::args::{Color, LoadArgs};
use super::fleet::{WantedComparison, compare_all};
use super::programs::NativePrograms;
use super::remote::Network;
use super::report::Reporter;
use super::{Outcome, build, output};
use crate::build::BuildOptions;
use crate::diagnostic::{Code, Diagnostic};
use crate::diff::report::{self, Report};
use crate::diff::{self, Options, Pattern, html, markdown};
use crate::json::diff as json;
use crate::programs::Programs;
use crate::source::Sources;
use clap::{Args, ValueEnum};
use side::{Loader, Named};
use warned::Warned;

const EXAMPLES: &str = "\
Examples:
  rustomize diff overlays/staging overlays/production   two environments
  rustomize diff main:overlays/production overlays/production
                                                        what the branch changes, nothing is checked out
  kubectl get -k overlays/production -o yaml | rustomize diff - overlays/production
  rustomize diff -o unified old.yaml new.yaml           two files that somebody rendered
  rustomize diff --all --from main -o markdown          what a change does to all environments, for a comment

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
    /// The old side and the new one: each a directory, `REF:DIR` in git, a rendered file, or `-` for standard input; with --all
    /// the directory of a tree
    #[arg(value_name = "SIDE")]
    sides: Vec<String>,

    /// Compare every kustomization under a directory that nothing else includes with what it was in the commit of --from
    #[arg(long, requires = "from")]
    all: bool,

    /// The commit of the old side
    #[arg(long, value_name = "GIT_REF", requires = "all", allow_hyphen_values = true)]
    from: Option<String>,

    /// The commit of the new side, instead of the work tree
    #[arg(long, value_name = "GIT_REF", requires = "all", allow_hyphen_values = true)]
    to: Option<String>,

    /// Tell what deserves a second look before it is applied: immutable fields, privileges, removed objects… (--all does)
    #[arg(long)]
    risks: bool,

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

    #[command(flatten)]
    loading: LoadArgs,
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
    /// For a comment under a change; at most as long as one may be.
    Markdown,
    /// One page that needs nothing else.
    Html,
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
    let here = build::working_directory()?;
    let options = args.loading.options()?;
    let wanted = Options {
        ignored: args.ignore.clone(),
        generated: args.generated,
        show_secrets: args.show_secrets,
        risks: args.risks || args.all,
        texts: args.output == Format::Unified,
    };
    let report = match &args.from {
        Some(from) => all(args, from, &here, &options, &wanted, reporter)?,
        None => match two(args, &here, &options, &wanted, reporter)? {
            Some(report) => report,
            None => return Ok(Outcome::Trouble),
        },
    };
    if !args.quiet {
        let n: usize = report.targets.iter().filter_map(|target| target.diff()).map(|diff| diff.n_ignored).sum();
        if n > 0 && args.output != Format::Json {
            let (fields, are) = if n == 1 { ("field differs", "is") } else { ("fields differ", "are") };
            reporter.say(&format!("{n} more {fields} that {are} not compared (--ignore, --generated)"));
        }
        if output::answer(&answer(args, color, &report), reporter) != Outcome::Success {
            return Ok(Outcome::Trouble);
        }
    }
    Ok(match () {
        () if report.has_failures() => Outcome::Trouble,
        () if report.is_equal() => Outcome::Success,
        () => Outcome::Different,
    })
}

/// Compares all targets of a tree.
fn all(
    args: &DiffArgs,
    from: &str,
    here: &str,
    options: &BuildOptions,
    compare: &Options,
    reporter: &mut Reporter,
) -> Result<Report, Box<Diagnostic>> {
    let directory = match args.sides.as_slice() {
        [] => ".",
        [directory] if !directory.is_empty() => directory,
        _ => {
            let error = Diagnostic::error(Code::Usage, "`diff --all` takes one directory");
            return Err(error.help("name the one that holds all targets"));
        }
    };
    if options.plugins.allows_programs() {
        let message = "`diff --all` runs no programs: they would read the files of the work tree for both sides";
        return Err(Diagnostic::error(Code::Usage, message)
            .help("check the old side out with `git worktree`, and compare target by target"));
    }
    let is_offline = args.loading.offline;
    let wanted = WantedComparison { here, directory, from, to: args.to.as_deref(), options, compare, is_offline };
    compare_all(&wanted, reporter)
}

/// Compares two sides; nothing if one cannot be built.
fn two(
    args: &DiffArgs,
    here: &str,
    options: &BuildOptions,
    wanted: &Options,
    reporter: &mut Reporter,
) -> Result<Option<Report>, Box<Diagnostic>> {
    let [old_word, new_word] = args.sides.as_slice() else {
        let n = match args.sides.len() {
            0 => "none was".to_owned(),
            1 => "one was".to_owned(),
            n => format!("{n} were"),
        };
        let error = Diagnostic::error(Code::Usage, format!("`diff` compares two sides; {n} given"));
        return Err(error.help("name the old side and the new one"));
    };
    if old_word == "-" && new_word == "-" {
        return Err(Diagnostic::error(Code::Usage, "both sides are standard input"));
    }
    let programs = NativePrograms::of_environment()?;
    let programs = options.plugins.allows_programs().then_some(&programs as &dyn Programs);
    let network = Network::default();
    let loader = Loader { options, network: &network, programs, here };
    let (old, new) = (Named::of(old_word, here)?, Named::of(new_word, here)?);
    let vendored = |side: &Named| if args.loading.offline { side.vendored(here) } else { Ok(None) };
    let (old_vendored, new_vendored) = (vendored(&old)?, vendored(&new)?);
    let mut old_session = loader.session(&old, old_vendored.as_ref());
    let mut new_session = loader.session(&new, new_vendored.as_ref());
    let old_loaded = loader.load(&old, &mut old_session);
    let new_loaded = loader.load(&new, &mut new_session);
    let (before, after) = match (old_loaded, new_loaded) {
        (Ok(before), Ok(after)) => (before, after),
        (before, after) => {
            for (result, session) in [(before, &old_session), (after, &new_session)] {
                if let Err(diagnostics) = result {
                    reporter.add(&diagnostics, &session.sources);
                }
            }
            return Ok(None);
        }
    };
    if !args.quiet {
        let mut warned = Warned::default();
        warned.tell_of(&before, &old_session, reporter);
        warned.tell_of(&after, &new_session, reporter);
    }
    let before = before.side(&old_session, &old.label());
    let after = after.side(&new_session, &new.label());
    for (side, word) in [(&before, old_word), (&after, new_word)] {
        if side.n_objects() == 0 && !args.quiet {
            reporter.say(&format!("`{word}` holds no objects"));
        }
    }
    let outcome = report::Outcome::Compared(diff::compare(&before, &after, wanted));
    let targets = vec![report::Target { name: new_word.clone(), outcome }];
    Ok(Some(Report { old: old_word.clone(), new: new_word.clone(), targets, n_untouched: 0 }))
}

fn answer(args: &DiffArgs, color: Color, report: &Report) -> String {
    let is_colored = paint::is_wanted(color);
    match args.output {
        Format::Text if args.all => paint::sections(&report.lines(), is_colored, &report.summary()),
        Format::Text => {
            let diffs = report.targets.iter().filter_map(|target| target.diff());
            let mut lines: Vec<_> = Vec::new();
            for object in diffs.flat_map(|diff| &diff.objects) {
                lines.push(diff::text::blank());
                lines.extend(diff::text::object_lines(object));
            }
            paint::sections(lines.get(1..).unwrap_or_default(), is_colored, &report.summary())
        }
        Format::Unified => {
            let diffs = report.targets.iter().filter_map(|target| Some((target, target.diff()?)));
            let unified = diffs.map(|(target, diff)| {
                let prefix = if args.all { format!("{}/", target.name) } else { String::new() };
                diff::text::unified(diff, &prefix)
            });
            paint::unified(&unified.collect::<String>(), is_colored)
        }
        Format::Json if args.all => output::json(&json::report(report)),
        Format::Json => {
            let diff = report.targets.first().and_then(|target| target.diff());
            let side = |at: usize| args.sides.get(at).map_or("", String::as_str);
            diff.map(|diff| output::json(&json::diff(diff, side(0), side(1)))).unwrap_or_default()
        }
        Format::Markdown => markdown::report(report, markdown::BYTES_MAX),
        Format::Html => html::report(report),
    }
}
