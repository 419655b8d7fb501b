//! `argocd generate`: the manifests of an Application.

use super::environment::{Allowed, Environment};
use super::failure;
use super::tree::Tree;
use crate::argocd::announce;
use crate::argocd::apply::{self, Place};
use crate::argocd::block::Block;
use crate::argocd::parameters::Wanted;
use crate::build::{Build, BuildOptions, build};
use crate::cli::programs::NativePrograms;
use crate::cli::remote::Network;
use crate::cli::report::Reporter;
use crate::cli::vendor::{DIRECTORY as VENDORED, Vendored};
use crate::cli::{Outcome, output};
use crate::diagnostic::{Code, Diagnostic, Result, Severity, nearest};
use crate::fs::{self, Bounded, Disk, EntryKind, FileSystem, FsError, Look, Overlaid};
use crate::loader::FILE_NAMES;
use crate::programs::Programs;
use crate::remote::Remotes;
use crate::session::Session;
use crate::source::Sources;
use clap::Args;
use std::path::Path;

const EXAMPLES: &str = "\
Environment, set by Argo CD:
  ARGOCD_APP_PARAMETERS   parameters of the Application, as JSON
  ARGOCD_APP_*, KUBE_*    what the Application is, and its cluster
  ARGOCD_ENV_RUSTOMIZE_*  parameters as variables, such as RUSTOMIZE_OVERLAY

Environment, set by the administrator:
  RUSTOMIZE_ALLOW         what renders may do: empty, exec, helm, load-restrictions-none, network

Exit codes:
  0  success
  1  the render failed, or is empty; nothing is on standard output";

/// Bytes in one file, and resources: a container is shared by all tenants, and one that is out of memory ends for all of them.
const FILE_BYTES_MAX: u64 = 32 << 20;
const RESOURCES_MAX: usize = 50_000;

/// Print the manifests of an Application; its parameters are in the environment.
///
/// Renders the current directory, with what the parameters override changed in memory. Nothing outside the tree of the
/// request is read, nothing is written, and no program is started that the administrator did not allow. See docs/argocd.md.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_override_self = true)]
pub(super) struct GenerateArgs {
    /// The top of the repository: nothing outside is read [default: found from the current directory]
    #[arg(long, value_name = "DIR")]
    root: Option<String>,
}

pub(super) fn run(args: &GenerateArgs, reporter: &mut Reporter) -> Outcome {
    let prepared = Environment::of_process().and_then(|environment| {
        let tree = Tree::find(args.root.as_deref(), &environment)?;
        Ok((environment, tree))
    });
    match prepared {
        Ok((environment, tree)) => print(&environment, &tree, reporter),
        Err(error) => {
            failure::tell(&[*error], &Sources::default(), None, reporter);
            Outcome::Failure
        }
    }
}

/// Renders what an environment asks for, and prints it.
pub(super) fn print(environment: &Environment, tree: &Tree, reporter: &mut Reporter) -> Outcome {
    render(environment, tree, reporter, &mut |rendered, reporter| output::manifests(rendered.built, None, reporter))
}

/// A render that succeeded.
pub(super) struct Rendered<'r, 'fs> {
    pub(super) built: &'r Build,
    pub(super) session: &'r Session<'fs>,
    pub(super) fs: &'r Bounded<'fs>,
    pub(super) wanted: &'r Wanted,
    /// The directory of the kustomization.
    pub(super) target: &'r str,
}

/// Renders what an environment asks for, and hands it over.
pub(super) fn render(
    environment: &Environment,
    tree: &Tree,
    reporter: &mut Reporter,
    hand_over: &mut dyn FnMut(&Rendered<'_, '_>, &mut Reporter) -> Outcome,
) -> Outcome {
    let tell = |diagnostics: &[Diagnostic], reporter: &mut Reporter| {
        failure::tell(diagnostics, &Sources::default(), Some(&tree.shown_from), reporter);
        Outcome::Failure
    };
    let wanted = match environment.wanted() {
        Ok(wanted) => wanted,
        Err(errors) => return tell(&errors, reporter),
    };
    let prepared = environment.allowed().and_then(|allowed| {
        let target = tree.target(&wanted.overlay)?;
        let programs = NativePrograms::of_environment()?;
        let fs = Bounded::new(&Disk, &tree.root)
            .map_err(|error| Diagnostic::error(Code::Io, format!("cannot use the repository: {error}")))?;
        if !wanted.overlay.is_empty() && fs.kind(&target) == Err(FsError::NotFound) {
            return Err(no_overlay(&wanted.overlay, tree, &fs));
        }
        Ok((allowed, target, programs, fs))
    });
    let (allowed, target, programs, fs) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return tell(&[*error], reporter),
    };
    let network = Network::default();
    let vendored = match vendored(&fs, &target, tree) {
        Ok(vendored) => vendored,
        Err(error) => return tell(&[*error], reporter),
    };
    let vendored = vendored.as_ref().map(|vendored| vendored as &dyn Remotes);
    let options = environment.options(allowed, &wanted);
    let render = Render {
        tree,
        target: &target,
        fs: &fs,
        options: &options,
        allowed,
        programs: &programs,
        remotes: if allowed.network { Some(&network) } else { vendored },
    };
    render.run(environment, &wanted, reporter, hand_over)
}

/// Finds what the repository holds of remote bases and files (`rustomize vendor`): that needs no network, and is as it was
/// locked.
fn vendored(files: &Bounded<'_>, target: &str, tree: &Tree) -> Result<Option<Vendored>> {
    let mut directory = target;
    while fs::is_within(directory, files.root()) {
        let store = fs::join(directory, VENDORED);
        if files.look(&store) == Ok(Look::Entry(EntryKind::Directory)) {
            // It is read as it is, without a look at where links lead.
            let mut link = None;
            let walked = fs::walk(files, &store, &mut |path, look| {
                let path = fs::join(&store, path);
                let leads_nowhere = || Disk.kind(&path) == Err(FsError::NotFound);
                if look == Look::Link && files.canonical(&path).is_err() && !leads_nowhere() {
                    link = link.take().or(Some(path));
                }
                true
            });
            let fault = link.or(walked.err().map(|(path, _)| fs::join(&store, &path)));
            if let Some(path) = fault {
                let shown = tree.shown_from.show(&path);
                let message = format!("`{shown}` is outside the tree that may be read");
                return Err(Diagnostic::error(Code::LoadRestricted, message).path(shown));
            }
            return Vendored::find(Path::new(directory), &tree.shown_from.show(target)).map(Some);
        }
        directory = fs::parent(directory);
    }
    Ok(None)
}

fn no_overlay(overlay: &str, tree: &Tree, files: &dyn FileSystem) -> Box<Diagnostic> {
    let shown = tree.shown_from.show(&fs::join(&tree.app, overlay));
    let error = Diagnostic::error(Code::InvalidParameter, format!("parameter `overlay`: `{shown}` does not exist"));
    let there = announce::overlays(files, &tree.app);
    match nearest(overlay, there.iter().map(String::as_str), 1).first() {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None if there.is_empty() => error,
        None => error.help(format!("the overlays are {}", there.join(", "))),
    }
}

/// Everything that a render needs.
struct Render<'r> {
    tree: &'r Tree,
    target: &'r str,
    fs: &'r Bounded<'r>,
    options: &'r BuildOptions,
    allowed: Allowed,
    programs: &'r dyn Programs,
    remotes: Option<&'r dyn Remotes>,
}

impl Render<'_> {
    fn session<'s>(&'s self, fs: &'s dyn FileSystem) -> Session<'s> {
        let mut session = Session::for_one_build(fs, &self.tree.root);
        session.shown_from = Some(self.tree.shown_from.clone());
        if self.options.plugins.allows_programs() {
            session.programs = Some(self.programs);
        }
        session.remotes = self.remotes;
        session.limits.file_bytes_max = FILE_BYTES_MAX;
        session.limits.resources_max = RESOURCES_MAX;
        session
    }

    fn run(
        &self,
        environment: &Environment,
        wanted: &Wanted,
        reporter: &mut Reporter,
        hand_over: &mut dyn FnMut(&Rendered<'_, '_>, &mut Reporter) -> Outcome,
    ) -> Outcome {
        let mut files = Overlaid::new(self.fs);
        let mut warnings = Vec::new();
        // Where there is nothing to override, the build says so.
        let n_files = FILE_NAMES.iter().filter(|name| self.fs.kind(&fs::join(self.target, name)).is_ok()).count();
        let fs: &dyn FileSystem = if wanted.block == Block::default() || n_files != 1 {
            self.fs
        } else {
            let place = Place { directory: self.target, shown_from: &self.tree.shown_from, remotes: self.remotes };
            match apply::apply(&mut files, &place, &wanted.block, &environment.variables()) {
                Ok(told) => warnings = told,
                Err(told) => {
                    failure::tell(&told.diagnostics, &told.sources, Some(&self.tree.shown_from), reporter);
                    return Outcome::Failure;
                }
            }
            &files
        };
        let mut session = self.session(fs);
        let outcome = match build(&mut session, self.target, self.options) {
            Ok(built) => {
                let outcome = match self.is_refused(&built, reporter) {
                    true => Outcome::Failure,
                    false => {
                        let (built, session) = (&built, &session);
                        hand_over(&Rendered { built, session, fs: self.fs, wanted, target: self.target }, reporter)
                    }
                };
                if outcome == Outcome::Success {
                    warnings.iter().for_each(|told| reporter.add(&told.diagnostics, &told.sources));
                    reporter.add(&built.warnings, &session.sources);
                }
                std::mem::forget(built);
                outcome
            }
            Err(diagnostics) => {
                self.tell(&diagnostics, &session, files_differ(fs, self.fs), reporter);
                Outcome::Failure
            }
        };
        // The program ends soon.
        std::mem::forget(session);
        outcome
    }

    /// Refuses a render without objects.
    fn is_refused(&self, built: &Build, reporter: &mut Reporter) -> bool {
        if built.documents.is_empty() && !self.allowed.empty {
            let shown = self.tree.shown_from.show(self.target);
            let error = Diagnostic::error(Code::EmptyRender, format!("`{shown}` renders no object at all"))
                .note("Argo CD would take this for the wish to delete everything that the Application has")
                .help("if that is meant, delete the Application")
                .help("the administrator of Argo CD can allow it: `RUSTOMIZE_ALLOW=empty` on the plugin's container");
            failure::tell(&[*error], &Sources::default(), Some(&self.tree.shown_from), reporter);
            return true;
        }
        false
    }

    /// Tells why a build failed. What is wrong without overrides, too, is told as of the file that the repository has.
    fn tell(&self, diagnostics: &[Diagnostic], session: &Session<'_>, is_overridden: bool, reporter: &mut Reporter) {
        let shown_from = Some(&self.tree.shown_from);
        if !is_overridden {
            return failure::tell(diagnostics, &session.sources, shown_from, reporter);
        }
        let mut plain = self.session(self.fs);
        if let Err(own) = build(&mut plain, self.target, self.options)
            && messages(&own) == messages(diagnostics)
        {
            return failure::tell(&own, &plain.sources, shown_from, reporter);
        }
        let mut diagnostics = diagnostics.to_vec();
        if let Some(first) = diagnostics.iter_mut().find(|told| told.severity == Severity::Error) {
            first.notes.push("the kustomization is shown with the parameters of the Application applied".to_owned());
        }
        failure::tell(&diagnostics, &session.sources, shown_from, reporter);
    }
}

fn messages(diagnostics: &[Diagnostic]) -> Vec<&str> {
    diagnostics.iter().filter(|told| told.severity == Severity::Error).map(|told| told.message.as_str()).collect()
}

/// Returns whether a build reads other files than those of the repository.
fn files_differ(fs: &dyn FileSystem, own: &Bounded<'_>) -> bool {
    !std::ptr::addr_eq(fs, own)
}
