//! `explain`: the files and directives behind a value, in words or as JSON. What is told is `crate::explain`'s business.

use super::args::{Judged, Late, ListArgs, LoadRestrictor, PluginArgs, judged};
use super::programs::NativePrograms;
use super::remote::Network;
use super::report::Reporter;
use super::vendor::Vendored;
use super::{Outcome, build, native_to_slash, output};
use crate::build::{BuildOptions, build as build_kustomization};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::explain::{self, text};
use crate::fs::{Disk, FileSystem};
use crate::json::explain as json;
use crate::remote::{Remotes, RepoSpec};
use crate::session::Session;
use crate::source::Sources;
use clap::{Args, ValueEnum};

const EXAMPLES: &str = "\
Examples:
  rustomize explain overlays/production                                  the objects, with where they come from
  rustomize explain overlays/production Deployment/web                   an object, line by line
  rustomize explain overlays/production Deployment/web spec.replicas     one field, step by step
  rustomize explain . Deployment/web spec.template.spec.containers.web.image
  rustomize explain . Ingress/web 'metadata.annotations[\"example.com/key\"]'
  rustomize explain -o json . Deployment/web spec.replicas

Exit codes:
  0  success
  1  the build failed, or there is no such object or field";

/// Say which files and directives are behind a value.
///
/// Builds the kustomization in DIR. With a field: every step that made its value, oldest first, each with its place, the
/// directive and the value; for a field that is gone, who took it away. Without a field: the whole object, each line with
/// the place that its value comes from. Without an object: all objects. Values of Secrets are not shown.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_override_self = true)]
pub(super) struct ExplainArgs {
    /// The directory of the kustomization (the current one, if it is left out), the object, as it is called now or was
    /// called before, and a field of it, with dots or as a JSON pointer
    #[arg(value_name = "DIR] [KIND/NAME] [FIELD", num_args = 0..=3)]
    words: Vec<String>,

    /// The namespace of the object, where several are called the same
    #[arg(short, long, value_name = "NAMESPACE")]
    namespace: Option<String>,

    /// How to write the answer
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    output: Format,

    /// Show the values of Secrets
    #[arg(long)]
    show_secrets: bool,

    /// Use no network: take remote bases and files from .rustomize/ (see `rustomize vendor`)
    #[arg(long)]
    offline: bool,

    #[command(flatten)]
    lists: ListArgs,

    /// Which files a kustomization may load: those in and below its own directory, or any
    #[arg(long, value_name = "RESTRICTION", value_parser = Late::<LoadRestrictor>::new(),
          default_value = "LoadRestrictionsRootOnly", allow_hyphen_values = true)]
    load_restrictor: Judged<LoadRestrictor>,

    #[command(flatten)]
    plugins: PluginArgs,
}

/// How an explanation is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// One JSON document.
    Json,
}

/// What is asked.
struct Question<'a> {
    directory: &'a str,
    object: Option<&'a str>,
    field: Option<&'a str>,
}

impl<'a> Question<'a> {
    /// The directory may be left out: a first word with a slash that names no directory is an object.
    fn read(words: &'a [String]) -> Question<'a> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let is_directory = |word: &str| Disk.kind(&native_to_slash(word)).is_ok() || RepoSpec::parse(word).is_some();
        let looks_like_object = |word: &str| {
            word.split_once('/')
                .is_some_and(|(kind, name)| !kind.starts_with('.') && !kind.is_empty() && !name.is_empty())
        };
        match words.as_slice() {
            [] => Question { directory: ".", object: None, field: None },
            [first, rest @ ..] if rest.len() < 2 && looks_like_object(first) && !is_directory(first) => {
                Question { directory: ".", object: Some(first), field: rest.first().copied() }
            }
            [directory, rest @ ..] => {
                Question { directory, object: rest.first().copied(), field: rest.get(1).copied() }
            }
        }
    }
}

/// Says what is meant by a word that is no directory, if it looks like something else.
fn no_directory(question: &Question<'_>) -> Option<Box<Diagnostic>> {
    let word = question.directory;
    if word.contains('/') || Disk.kind(&native_to_slash(word)).is_ok() || RepoSpec::parse(word).is_some() {
        return None;
    }
    let error = Diagnostic::error(Code::Usage, format!("there is no directory `{word}`"));
    match question.object {
        Some(name) if word.starts_with(|c: char| c.is_ascii_uppercase()) && !name.contains(['/', '.']) => {
            Some(error.help(format!("an object is one word: `{word}/{name}`")))
        }
        None if word.starts_with("spec.") || word.starts_with("metadata.") || word.starts_with("data.") => {
            Some(error.help(format!("name the object before the field: `rustomize explain KIND/NAME {word}`")))
        }
        _ => None,
    }
}

pub(super) fn run(args: &ExplainArgs, reporter: &mut Reporter) -> Outcome {
    match explained(args, reporter) {
        Ok(outcome) => outcome,
        Err(diagnostic) => {
            reporter.add(&[*diagnostic], &Sources::default());
            Outcome::Failure
        }
    }
}

fn explained(args: &ExplainArgs, reporter: &mut Reporter) -> Result<Outcome> {
    let question = Question::read(&args.words);
    if let Some(error) = no_directory(&question) {
        return Err(error);
    }
    let here = build::working_directory()?;
    let options = BuildOptions {
        load_restrictions: judged("--load-restrictor", &args.load_restrictor)?.into(),
        plugins: args.plugins.options(),
        merge_custom_lists: args.lists.merge_custom_lists,
        ..BuildOptions::default()
    };
    let programs = NativePrograms::of_environment()?;
    let network = Network::default();
    let vendored = match args.offline {
        true => Some(Vendored::find(&build::resolved(&here, question.directory), question.directory)?),
        false => None,
    };
    let mut session = Session::for_one_build(&Disk, &here);
    session.is_recording = true;
    if options.plugins.allows_programs() {
        session.programs = Some(&programs);
    }
    session.remotes = Some(vendored.as_ref().map_or(&network as &dyn Remotes, |vendored| vendored));
    let built = match build_kustomization(&mut session, &native_to_slash(question.directory), &options) {
        Ok(built) => built,
        Err(diagnostics) => {
            reporter.add(&diagnostics, &session.sources);
            return Ok(Outcome::Failure);
        }
    };
    let names = text::Names { sources: &session.sources, directives: &session.directives };
    let secrets = match args.show_secrets {
        true => explain::Secrets::shown(),
        false => explain::Secrets::of(&built, &session.directives),
    };
    let format = args.output;
    let answer = match (question.object, question.field) {
        (None, _) => {
            let objects = explain::objects(&built);
            if format == Format::Json {
                output::json(&json::list(&objects, names))
            } else {
                text::list(&objects, names)
            }
        }
        (Some(object), None) => {
            let object = explain::find(&built, object, args.namespace.as_deref())?;
            if format == Format::Json {
                output::json(&json::object(&object, names, &secrets))
            } else {
                text::object(&object, names, &secrets)
            }
        }
        (Some(object), Some(field)) => {
            let object = explain::find(&built, object, args.namespace.as_deref())?;
            let field = object.field(field, &secrets)?;
            match format {
                Format::Json => output::json(&json::field(&object, &field, names)),
                Format::Text => text::field(&object, &field, names, &secrets),
            }
        }
    };
    Ok(output::answer(&answer, reporter))
}
