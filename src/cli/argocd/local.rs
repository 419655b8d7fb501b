//! Applications as files on this machine: `argocd replay` renders one as its plugin would, and other commands look at what it
//! reads.

use super::environment::Environment;
use super::failure;
use super::generate::{self, Rendered};
use super::tree::Tree;
use crate::argocd::application::{self, Application, Source};
use crate::cli::build::working_directory;
use crate::cli::report::Reporter;
use crate::cli::{Outcome, git, native_to_slash, output};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::fs::{self, Bounded, Disk, FileSystem};
use crate::source::{Sensitivity, Source as Text, Sources};
use crate::yaml::read::decode_bytes;
use clap::Args;
use std::sync::Arc;

const FILE_BYTES_MAX: u64 = 64 << 20;
/// Values of an Application that a directory of the repository holds.
const OVERRIDES: &str = ".argocd-source";

/// Where Applications and their repository are.
#[derive(Clone, Debug, Args)]
pub(super) struct LocalArgs {
    /// The top of the repository that the Application is of [default: that of the current directory]
    #[arg(long, value_name = "DIR")]
    pub(super) repo: Option<String>,

    /// The source to take, by its number from 1, where an Application has several [default: all with a path]
    #[arg(long, value_name = "NUMBER")]
    source: Option<usize>,

    /// The commit that ARGOCD_APP_REVISION names [default: the one that is checked out]
    #[arg(long, value_name = "COMMIT")]
    revision: Option<String>,

    /// The version of Kubernetes that charts are told
    #[arg(long, value_name = "VERSION", default_value = "", hide_default_value = true)]
    kube_version: String,

    /// The versions of APIs that charts are told, separated by commas
    #[arg(long, value_name = "VERSIONS", default_value = "", hide_default_value = true)]
    api_versions: String,
}

const EXAMPLES: &str = "\
Examples:
  rustomize argocd replay -f application.yaml
  rustomize argocd replay -f application.yaml --repo ../manifests | kubectl diff -f -

Exit codes:
  0  success
  1  the render failed; nothing is on standard output";

/// Render Applications as their plugin would, from files.
///
/// Environment and parameters are those that Argo CD would set; the files are those of the working tree. Sources with
/// `kustomize:` are rendered as if they were the plugin's. RUSTOMIZE_ALLOW counts here, too.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_override_self = true)]
pub(super) struct ReplayArgs {
    /// The file with the Application
    #[arg(short, long, value_name = "FILE")]
    file: String,

    #[command(flatten)]
    local: LocalArgs,
}

pub(super) fn replay(args: &ReplayArgs, reporter: &mut Reporter) -> Outcome {
    let mut text = String::new();
    let outcome = for_each(&args.file, &args.local, reporter, &mut |_, rendered, _| {
        if !text.is_empty() && !rendered.built.text.is_empty() {
            text.push_str("---\n");
        }
        text.push_str(&rendered.built.text);
        Outcome::Success
    });
    if outcome == Outcome::Success { output::answer(&text, reporter) } else { outcome }
}

/// One source of an Application.
pub(super) struct Of<'a> {
    pub(super) application: &'a Application,
    /// Where it is in the repository.
    pub(super) path: &'a str,
}

/// What to do with a render.
pub(super) type Hand<'h> = &'h mut dyn FnMut(&Of<'_>, &Rendered<'_, '_>, &mut Reporter) -> Outcome;

/// Renders all sources of the Applications of a file, and hands them over; stops at the first that fails.
pub(super) fn for_each(file: &str, args: &LocalArgs, reporter: &mut Reporter, hand: Hand<'_>) -> Outcome {
    let mut sources = Sources::default();
    match rendered(file, args, &mut sources, reporter, hand) {
        Ok(outcome) => outcome,
        Err(error) => {
            failure::tell(&[*error], &sources, None, reporter);
            Outcome::Failure
        }
    }
}

fn rendered(
    file: &str,
    args: &LocalArgs,
    sources: &mut Sources,
    reporter: &mut Reporter,
    hand: Hand<'_>,
) -> Result<Outcome> {
    let applications = application::read(&read(file, sources)?)?;
    let repo = Repo::find(args)?;
    let mut n_rendered = 0;
    for application in &applications {
        let all = application.sources(|path| repo.overrides(path, &application.metadata.name))?;
        let n_sources = all.len();
        for (index, source) in all.iter().enumerate() {
            if args.source.is_some_and(|wanted| wanted != index + 1) {
                continue;
            }
            let Some(path) = source.path.as_deref().filter(|_| source.chart.is_none()) else { continue };
            let tree = repo.tree(path, application, index, n_sources)?;
            let environment = repo.environment(application, source, args)?;
            let of = Of { application, path };
            let outcome = generate::render(&environment, &tree, reporter, &mut |rendered, reporter| {
                hand(&of, rendered, reporter)
            });
            if outcome != Outcome::Success {
                return Ok(outcome);
            }
            n_rendered += 1;
        }
    }
    if n_rendered == 0 {
        let message = format!("no Application of `{file}` has a source with a path");
        return Err(Diagnostic::error(Code::InvalidValue, message));
    }
    Ok(Outcome::Success)
}

/// Reads a file that the user names.
pub(super) fn read(file: &str, sources: &mut Sources) -> Result<Arc<Text>> {
    let path = fs::join(&working_directory()?, &native_to_slash(file));
    let fault = |words: String| Diagnostic::error(Code::Io, format!("cannot read `{file}`: {words}"));
    let bytes = Disk.read(&path, FILE_BYTES_MAX).map_err(|error| fault(error.to_string()))?;
    let text = decode_bytes(bytes).map_err(|_| fault("it is not UTF-8".to_owned()))?;
    Ok(sources.add(file, text, Sensitivity::Yaml, None))
}

/// A repository on this machine.
struct Repo {
    top: String,
    revision: String,
}

impl Repo {
    fn find(args: &LocalArgs) -> Result<Repo> {
        let here = working_directory()?;
        let named = args.repo.as_ref().map(|repo| fs::join(&here, &native_to_slash(repo)));
        let top = match named {
            Some(repo) => repo,
            None => {
                git::top(&here, "an Application").map_err(|error| error.help("name the repository with `--repo`"))?
            }
        };
        let top = Disk
            .canonical(&top)
            .map_err(|error| Diagnostic::error(Code::Usage, format!("cannot use the repository `{top}`: {error}")))?;
        let revision = match &args.revision {
            Some(revision) => revision.clone(),
            // A tree that is in no repository has no commit.
            None => git::commit(&top, "HEAD").unwrap_or_default(),
        };
        Ok(Repo { top, revision })
    }

    /// Returns the texts that override values of an Application, in their order.
    fn overrides(&self, path: &str, name: &str) -> Vec<String> {
        let Ok(files) = Bounded::new(&Disk, &self.top) else { return Vec::new() };
        let names = [format!("{OVERRIDES}.yaml"), format!("{OVERRIDES}-{name}.yaml")];
        let read = |name: &String| files.read(&fs::clean(&format!("{}/{path}/{name}", self.top)), FILE_BYTES_MAX).ok();
        names.iter().filter_map(read).filter_map(|bytes| String::from_utf8(bytes).ok()).collect()
    }

    fn tree(&self, path: &str, application: &Application, index: usize, n_sources: usize) -> Result<Tree> {
        let app = fs::clean(&format!("{}/{path}", self.top));
        let real = Disk.canonical(&app).ok().filter(|app| fs::is_within(app, &self.top));
        let real = real.ok_or_else(|| {
            let name = &application.metadata.name;
            let which = if n_sources > 1 { format!(", source {}", index + 1) } else { String::new() };
            let message = format!("the path of the Application `{name}`{which} is not in the repository: `{path}`");
            Diagnostic::error(Code::FileNotFound, message)
                .help("choose sources with `--source`, and the repository with `--repo`")
        })?;
        Ok(Tree::at(self.top.clone(), real, path))
    }

    fn environment(&self, application: &Application, source: &Source, args: &LocalArgs) -> Result<Environment> {
        let cluster = [("KUBE_VERSION", args.kube_version.as_str()), ("KUBE_API_VERSIONS", &args.api_versions)];
        let mut environment = Environment::of_process()?;
        environment.0.retain(|name, _| name.starts_with("RUSTOMIZE_"));
        environment.0.extend(application.variables(source, &self.revision, &cluster));
        Ok(environment)
    }
}
