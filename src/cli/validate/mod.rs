//! `validate`: builds, has the objects checked, and writes what was found: in words on standard error, like all diagnostics,
//! or as JSON, SARIF or JUnit on standard output. What is checked is `crate::validate`'s business.

mod found;
mod junit;
mod sarif;

use super::args::LoadArgs;
use super::programs::NativePrograms;
use super::remote::Network;
use super::report::Reporter;
use super::{Outcome, build, native_to_slash, output};
use crate::build::build as build_kustomization;
use crate::diagnostic::{Code, Diagnostic, Result, nearest};
use crate::fs::Disk;
use crate::remote::Remotes;
use crate::session::Session;
use crate::source::Sources;
use crate::validate::{Level, Options, RELEASE, Release, rules, validate};
use clap::{Args, ValueEnum};
use found::Target;
#[cfg(feature = "schemas")]
pub(super) use found::schema;
use rustc_hash::FxHashSet;

const EXAMPLES: &str = "\
Examples:
  rustomize validate overlays/production
  rustomize validate --kube-version 1.31 overlays/*
  rustomize validate --deny reference-unresolved --allow placeholder .
  rustomize validate -o sarif overlays/* > validate.sarif

An object opts out of rules by an annotation: `rustomize/allow: placeholder, api-deprecated`.
`rustomize help errors RULE` explains a rule.

Exit codes:
  0  no errors were found; there may be warnings
  1  errors were found, a build failed, or the command line is not right";

/// Check the objects of kustomizations.
///
/// Builds the kustomization in each DIR and checks its objects: fields, types and values against the schemas of Kubernetes
/// and of the CustomResourceDefinitions in the build, APIs that were removed, references between objects, and values that
/// nobody means. Every finding names the line it comes from. Values of Secrets are not shown.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_override_self = true)]
pub(super) struct ValidateArgs {
    /// The directories of kustomizations
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    directories: Vec<String>,

    /// How to write what was found
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    output: Format,

    /// The release of Kubernetes that the objects are for; it decides which APIs are removed and deprecated
    #[arg(long, value_name = "RELEASE", allow_hyphen_values = true)]
    kube_version: Option<String>,

    /// Make errors of all warnings
    #[arg(long)]
    strict: bool,

    /// Make errors of what this rule finds
    #[arg(long, value_name = "RULE", action = clap::ArgAction::Append)]
    deny: Vec<String>,

    /// Warn of what this rule finds
    #[arg(long, value_name = "RULE", action = clap::ArgAction::Append)]
    warn: Vec<String>,

    /// Leave this rule out
    #[arg(long, value_name = "RULE", action = clap::ArgAction::Append)]
    allow: Vec<String>,

    #[command(flatten)]
    loading: LoadArgs,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One JSON document.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit XML, a test suite for each DIR.
    Junit,
}

impl ValidateArgs {
    fn options(&self) -> Result<Options> {
        let mut options = Options::default();
        if let Some(text) = &self.kube_version {
            let release = Release::parse(text).ok_or_else(|| {
                let error = Diagnostic::error(Code::Usage, format!("`{text}` of `--kube-version` is no release"));
                error.help(format!("write it as `{RELEASE}`"))
            })?;
            options.release = release;
        }
        if self.strict {
            options.levels.make_strict();
        }
        // What is said last in this order wins, as in `build`: a denial over an allowance.
        let flags = [
            ("--allow", &self.allow, Level::Off),
            ("--warn", &self.warn, Level::Warn),
            ("--deny", &self.deny, Level::Fail),
        ];
        for (flag, names, level) in flags {
            for name in names {
                let rule = rules::RULES.iter().find(|(code, _)| code.as_str() == name);
                let (code, _) = rule.ok_or_else(|| no_rule(name, flag))?;
                options.levels.set(*code, level);
            }
        }
        Ok(options)
    }
}

fn no_rule(name: &str, flag: &str) -> Box<Diagnostic> {
    let mut error = Diagnostic::error(Code::Usage, format!("`{name}` of `{flag}` is no rule"));
    for near in nearest(name, rules::RULES.iter().map(|(code, _)| code.as_str()), 1) {
        error = error.help(format!("did you mean `{near}`?"));
    }
    error.help("`rustomize help errors` lists the rules")
}

pub(super) fn run(args: &ValidateArgs, reporter: &mut Reporter) -> Outcome {
    match validated(args, reporter) {
        Ok(outcome) => outcome,
        Err(diagnostic) => {
            reporter.add(&[*diagnostic], &Sources::default());
            Outcome::Failure
        }
    }
}

fn validated(args: &ValidateArgs, reporter: &mut Reporter) -> Result<Outcome> {
    let options = args.options()?;
    let here = build::working_directory()?;
    let build_options = args.loading.options()?;
    let programs = NativePrograms::of_environment()?;
    let network = Network::default();
    let mut targets = Vec::new();
    let mut told: FxHashSet<String> = FxHashSet::default();
    for directory in &args.directories {
        let vendored = args.loading.vendored(&here, directory)?;
        let mut session = Session::for_one_build(&Disk, &here);
        if build_options.plugins.allows_programs() {
            session.programs = Some(&programs);
        }
        session.remotes = Some(vendored.as_ref().map_or(&network as &dyn Remotes, |vendored| vendored));
        let mut target = match build_kustomization(&mut session, &native_to_slash(directory), &build_options) {
            Ok(built) => {
                reporter.add(&built.warnings, &session.sources);
                let validation = validate(&built, &options);
                let target = Target::of(directory, &built, &validation, &session.sources);
                if args.output == Format::Text {
                    let mut findings = validation.findings;
                    // Overlays have their base's faults in common.
                    let is_new = target.findings.iter().map(|found| told.insert(found.key())).collect::<Vec<_>>();
                    let mut is_new = is_new.into_iter();
                    findings.retain(|_| is_new.next() == Some(true));
                    let diagnostics: Vec<Diagnostic> = findings.into_iter().map(|finding| finding.diagnostic).collect();
                    reporter.add(&diagnostics, &session.sources);
                }
                std::mem::forget(built);
                target
            }
            Err(diagnostics) => {
                reporter.add(&diagnostics, &session.sources);
                Target::failed(directory)
            }
        };
        if args.output == Format::Text {
            // Not needed any more.
            target.findings.retain(|found| found.severity == found::ERROR);
        }
        targets.push(target);
    }
    let text = match args.output {
        Format::Text => summary(&targets, options.release),
        Format::Json => found::json(&targets, options.release),
        Format::Sarif => sarif::document(&targets),
        Format::Junit => junit::document(&targets),
    };
    let told = output::answer(&text, reporter);
    Ok(if targets.iter().any(Target::is_failed) { Outcome::Failure } else { told })
}

/// Says what was checked, so that silence is not taken for an answer.
fn summary(targets: &[Target], release: Release) -> String {
    let targets: Vec<&Target> = targets.iter().filter(|target| target.is_built).collect();
    if targets.is_empty() {
        return String::new();
    }
    let sum = |count: fn(&Target) -> usize| targets.iter().map(|target| count(target)).sum::<usize>();
    let (n_objects, n_unknown) = (sum(|target| target.n_objects), sum(|target| target.n_unknown));
    let unknown = match n_unknown {
        0 => String::new(),
        n => format!("; the fields of {n} are not known, for their definitions are not in the build"),
    };
    let apis = if release == RELEASE { String::new() } else { format!(", for Kubernetes {release}") };
    let objects = if n_objects == 1 { "object" } else { "objects" };
    format!("{n_objects} {objects} checked against the types of Kubernetes {RELEASE}{apis}{unknown}\n")
}
