//! `argocd paths`: the files that Applications are made of, as Argo CD wants to be told of them.

use super::environment::Environment;
use super::generate;
use super::generate::Rendered;
use super::local::{self, LocalArgs};
use super::tree::Tree;
use crate::argocd::application::PATHS_ANNOTATION;
use crate::argocd::paths::{self, Directory, Faults};
use crate::cli::report::Reporter;
use crate::cli::{Outcome, build, git, native_to_slash, output};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::fs::{self, Bounded, EntryKind, FileSystem, Look};
use crate::source::Sources;
use clap::{Args, ValueEnum};
use std::collections::BTreeSet;

const EXAMPLES: &str = "\
Examples:
  rustomize argocd paths overlays/production               the annotation for an Application at this path
  rustomize argocd paths -o files overlays/production      every file, one a line
  rustomize argocd paths -o exclusions overlays/*          what need not be sent to plugins for these
  rustomize argocd paths --check application.yaml          is the annotation right?

Exit codes:
  0  success
  1  a render failed, or an annotation is not right";

/// Print the paths that Applications are made of, for the annotation argocd.argoproj.io/manifest-generate-paths.
///
/// With the annotation, Argo CD renders an Application anew only if a commit changes one of these paths, and can send only
/// what is below their common directory to the plugin.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_override_self = true)]
pub(super) struct PathsArgs {
    /// The directories of Applications
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    directories: Vec<String>,

    /// Check the annotation of the Applications in a file: it has to cover all that is read, and no more than has to be
    #[arg(long, value_name = "FILE", conflicts_with = "directories")]
    check: Option<String>,

    /// With --check: paths may cover more than is read
    #[arg(long, requires = "check")]
    allow_wider: bool,

    /// What to print
    #[arg(short, long, value_name = "FORM", value_enum, default_value_t = Form::Annotation)]
    output: Form,

    #[command(flatten)]
    local: LocalArgs,
}

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// The annotation of each Application, as YAML
    Annotation,
    /// All files, one a line
    Files,
    /// The setting reposerver.plugin.tar.exclusions: directories in which nothing is read
    Exclusions,
}

pub(super) fn run(args: &PathsArgs, reporter: &mut Reporter) -> Outcome {
    let result = match &args.check {
        Some(file) => check(file, args, reporter),
        None => print(args, reporter),
    };
    result.unwrap_or_else(|error| {
        reporter.add(&[*error], &Sources::default());
        Outcome::Failure
    })
}

fn print(args: &PathsArgs, reporter: &mut Reporter) -> Result<Outcome> {
    let here = build::working_directory()?;
    let mut all = BTreeSet::new();
    let mut present = None;
    let mut text = String::new();
    for directory in &args.directories {
        let environment = Environment::of_process()?.allowing_empty();
        let tree = Tree::of_directory(&fs::join(&here, &native_to_slash(directory)), args.local.repo.as_deref())?;
        let path = tree.shown_from.show(&tree.app);
        let outcome = generate::render(&environment, &tree, reporter, &mut |rendered, _| {
            let inputs = inputs(rendered);
            let present = present.get_or_insert_with(|| files_of(rendered.fs));
            if args.output == Form::Annotation {
                let entries = paths::annotation(&path, &inputs, present).join(";");
                let heading = if args.directories.len() > 1 { format!("# {path}\n") } else { String::new() };
                text.push_str(&format!("{heading}{PATHS_ANNOTATION}: {}\n", scalar(&entries)));
            }
            all.extend(inputs);
            Outcome::Success
        });
        if outcome != Outcome::Success {
            return Ok(outcome);
        }
    }
    match args.output {
        Form::Annotation => {}
        Form::Files => text = all.iter().map(|path| format!("{path}\n")).collect(),
        Form::Exclusions => {
            let exclusions = paths::exclusions(&all, &present.unwrap_or_default()).join(";");
            text = format!("reposerver.plugin.tar.exclusions: {}\n", scalar(&exclusions));
        }
    }
    Ok(output::answer(&text, reporter))
}

fn check(file: &str, args: &PathsArgs, reporter: &mut Reporter) -> Result<Outcome> {
    // With several sources, one annotation is for all of them: each path is relative to each source.
    let mut found: Vec<(String, Option<String>, String, BTreeSet<String>)> = Vec::new();
    let mut present = None;
    let outcome = local::for_each(file, &args.local, reporter, &mut |of, rendered, _| {
        let mut inputs = inputs(rendered);
        inputs.extend(overrides(rendered, of.path, &of.application.metadata.name));
        present.get_or_insert_with(|| files_of(rendered.fs));
        let annotation = of.application.paths().map(str::to_owned);
        found.push((of.application.metadata.name.clone(), annotation, of.path.to_owned(), inputs));
        Outcome::Success
    });
    if outcome != Outcome::Success {
        return Ok(outcome);
    }
    let present = present.unwrap_or_default();
    let mut errors = Vec::new();
    for (name, annotation, path, inputs) in &found {
        let better = paths::annotation(path, inputs, &present).join(";");
        let fault = |message: String| {
            Diagnostic::error(Code::PathsAnnotation, message).help(format!("write `{PATHS_ANNOTATION}: {better}`"))
        };
        let Some(annotation) = annotation else {
            errors.push(*fault(format!("the Application `{name}` has no annotation `{PATHS_ANNOTATION}`")));
            continue;
        };
        let Faults { missing, idle, wide } = paths::check(annotation, path, inputs, &present);
        if let Some(first) = missing.first() {
            let more = if missing.len() > 1 { format!(" and {} more", missing.len() - 1) } else { String::new() };
            errors.push(
                *fault(format!("the annotation of `{name}` does not cover `{first}`{more}"))
                    .note("Argo CD does not see changes of what is not covered"),
            );
        }
        if args.allow_wider {
            continue;
        }
        for path in idle {
            errors.push(*fault(format!("the annotation of `{name}` has the path `{path}`, where nothing is read")));
        }
        for (path, other) in wide {
            let message =
                format!("the path `{path}` in the annotation of `{name}` covers `{other}`, where nothing is read");
            errors.push(*fault(message).note("`--allow-wider` allows it"));
        }
    }
    reporter.add(&errors, &Sources::default());
    Ok(if errors.is_empty() { Outcome::Success } else { Outcome::Failure })
}

/// Returns the files that a render read, and those whose appearance would change it, from the top of the repository.
fn inputs(rendered: &Rendered<'_, '_>) -> BTreeSet<String> {
    let Rendered { built, session, fs, wanted, target } = rendered;
    let root = fs.root();
    let mut found: BTreeSet<String> = built.inputs.iter().map(|path| fs::relative(path, root)).collect();
    // A link is a file of its own to git. Where it leads to another, that is found by following it by hand.
    let links = fs.links();
    found.extend(links.iter().flat_map(|link| chain(link, root)));
    for chart in charts(rendered) {
        let _ = fs::walk(*fs, &chart, &mut |path, look| {
            if look != Look::Entry(EntryKind::Directory) {
                found.insert(fs::relative(&fs::join(&chart, path), root));
            }
            true
        });
    }
    if wanted.block.ignore_missing_components {
        let paths = wanted.block.components.iter().map(|component| fs::clean(&format!("{target}/{component}")));
        found.extend(paths.filter(|path| session.fs.kind(path).is_err()).map(|path| fs::relative(&path, root)));
    }
    found.retain(|path| path != ".." && !path.starts_with("../"));
    found
}

/// Returns the charts of a render, which helm reads.
fn charts(rendered: &Rendered<'_, '_>) -> Vec<String> {
    let directories: BTreeSet<&str> = rendered.built.inputs.iter().map(|path| fs::parent(path)).collect();
    let homes = directories.into_iter().map(|directory| fs::join(directory, "charts"));
    let is_helm = rendered.session.programs.is_some();
    homes.filter(|home| is_helm && rendered.fs.kind(home) == Ok(EntryKind::Directory)).collect()
}

/// Returns a link and those that it leads through, from the top of the repository.
#[allow(clippy::disallowed_methods, reason = "links are followed one by one, to name each of them")]
fn chain(link: &str, root: &str) -> Vec<String> {
    const LINKS_MAX: usize = 40;
    let mut found = vec![fs::relative(link, root)];
    let mut here = link.to_owned();
    while found.len() < LINKS_MAX {
        let Ok(target) = std::fs::read_link(&here) else { break };
        here = fs::join(fs::parent(&here), &native_to_slash(&target.to_string_lossy()));
        if !fs::is_within(&here, root) || !std::fs::symlink_metadata(&here).is_ok_and(|entry| entry.is_symlink()) {
            break;
        }
        found.push(fs::relative(&here, root));
    }
    found
}

/// Returns the files that override values of an Application, if they are there.
fn overrides(rendered: &Rendered<'_, '_>, path: &str, name: &str) -> Vec<String> {
    let root = rendered.fs.root();
    let names = [".argocd-source.yaml".to_owned(), format!(".argocd-source-{name}.yaml")];
    let paths = names.iter().map(|name| fs::clean(&format!("{root}/{path}/{name}")));
    paths.filter(|path| rendered.fs.kind(path).is_ok()).map(|path| fs::relative(&path, root)).collect()
}

/// Returns all files of a repository but git's own.
fn files_of(fs: &Bounded<'_>) -> Directory {
    let mut present = Directory::default();
    if fs.look(&fs::join(fs.root(), ".git")).is_ok()
        && let Some(files) = git::files(fs.root())
    {
        files.iter().for_each(|path| present.add(path));
        return present;
    }
    // What cannot be looked at is not there.
    let _ = fs::walk(fs, fs.root(), &mut |path, look| {
        if look != Look::Entry(EntryKind::Directory) {
            present.add(path);
        }
        path != ".git"
    });
    present
}

/// Writes a text as a scalar of YAML.
fn scalar(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "./;_-".contains(c);
    let begins_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '.' || c == '/');
    // A dot alone, or with digits, is a text as well, but one has to think about it.
    if begins_well && text.chars().all(is_plain) && text != "." {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}
