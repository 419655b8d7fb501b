//! `build`: flags to options, a build, and its result to where it belongs.

use super::args::{BuildArgs, judged};
use super::fleet;
use super::programs::NativePrograms;
use super::remote::Network;
use super::report::Reporter;
use super::vendor::Vendored;
use super::{Outcome, native_to_slash, output, summary};
use crate::build::{BuildOptions, build};
use crate::diagnostic::{Code, Diagnostic};
use crate::fs::Disk;
use crate::remote::{Remotes, RepoSpec};
use crate::session::Session;
use crate::source::Sources;
use std::path::{Path, PathBuf};

/// Turns the label on for every build, if its value is exactly `on`.
const ENABLE_MANAGED_BY_LABEL: &str = "KUSTOMIZE_ENABLE_MANAGEDBY_LABEL";

pub(super) fn run(args: &BuildArgs, reporter: &mut Reporter) -> Outcome {
    reporter.add(&deprecated_flags(args), &Sources::default());
    let prepared = working_directory().and_then(|directory| {
        if args.directories.iter().any(String::is_empty) {
            // An unset variable in a script; `.` would build something nobody asked for.
            let diagnostic =
                Diagnostic::error(Code::Usage, "the directory is empty").help("for the current one, use `.`");
            return Err(diagnostic);
        }
        args.warnings.check()?;
        Ok((directory, options(args)?, NativePrograms::of_environment()?))
    });
    let (directory, options, programs) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostic) => {
            reporter.add(&[*diagnostic], &Sources::default());
            return Outcome::Failure;
        }
    };
    match args.directories.as_slice() {
        [target] if !args.fleet.is_wanted() => one(args, &directory, target, &options, &programs, reporter),
        _ => fleet::build(args, &directory, &options, &programs, reporter),
    }
}

/// Makes the engine's options of the flags.
#[allow(clippy::disallowed_methods, reason = "a flag of the reference that is an environment variable")]
fn options(args: &BuildArgs) -> Result<BuildOptions, Box<Diagnostic>> {
    let load_restrictions = judged("--load-restrictor", &args.load_restrictor)?;
    let reorder = args.reorder.as_ref().map(|reorder| judged("--reorder", reorder)).transpose()?;
    Ok(BuildOptions {
        load_restrictions: load_restrictions.into(),
        reorder: reorder.into(),
        managed_by_label: args.enable_managedby_label == Some(true)
            || std::env::var_os(ENABLE_MANAGED_BY_LABEL).is_some_and(|value| value == "on"),
        plugins: args.plugins.options(),
        merge_custom_lists: args.lists.merge_custom_lists,
        prints_only: false,
    })
}

/// Builds one target, as the reference does.
fn one(
    args: &BuildArgs,
    directory: &str,
    target: &str,
    options: &BuildOptions,
    programs: &NativePrograms,
    reporter: &mut Reporter,
) -> Outcome {
    let disk = Disk;
    let network = Network::default();
    let vendored = match args.offline.then(|| Vendored::find(&resolved(directory, target), target)) {
        None => None,
        Some(Ok(vendored)) => Some(vendored),
        Some(Err(diagnostic)) => {
            reporter.add(&[*diagnostic], &Sources::default());
            return Outcome::Failure;
        }
    };
    let mut session = Session::for_one_build(&disk, directory);
    if options.plugins.allows_programs() {
        session.programs = Some(programs);
    }
    session.remotes = Some(vendored.as_ref().map_or(&network as &dyn Remotes, |vendored| vendored));
    let options = BuildOptions { prints_only: true, ..options.clone() };
    let outcome = match build(&mut session, &native_to_slash(target), &options) {
        Ok(mut built) => {
            let is_refused = args.warnings.judge(&mut built.warnings);
            let outcome = if is_refused {
                Outcome::Failure
            } else {
                output::manifests(&built, args.output.as_deref().map(Path::new), reporter)
            };
            reporter.add(&built.warnings, &session.sources);
            if args.summary && !is_refused {
                summary::tell(&built.touched, &session, reporter);
            }
            // The program ends here; giving every node back one by one takes longer than building a small tree.
            std::mem::forget(built);
            outcome
        }
        Err(mut diagnostics) => {
            args.warnings.judge(&mut diagnostics);
            reporter.add(&diagnostics, &session.sources);
            Outcome::Failure
        }
    };
    std::mem::forget(session);
    outcome
}

/// Says what the reference says about its deprecated flags.
fn deprecated_flags(args: &BuildArgs) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut add = |message: &str, verbatim: &str| {
        let mut warning = Diagnostic::warning(Code::Usage, message);
        warning.verbatim = Some(verbatim.to_owned());
        found.push(*warning);
    };
    if args.reorder.is_some() {
        add(
            "`--reorder` is deprecated",
            "Flag --reorder has been deprecated, use the new 'sortOptions' field in kustomization.yaml instead.",
        );
    }
    if args.enable_managedby_label.is_some() {
        add(
            "`--enable-managedby-label` is deprecated",
            "Flag --enable-managedby-label has been deprecated, The flag `enable-managedby-label` has been deprecated. \
             Use the `managedByLabel` option in the `buildMetadata` field instead.",
        );
    }
    found
}

#[allow(clippy::disallowed_methods, reason = "this is the caller that tells the engine its directory")]
pub(super) fn working_directory() -> Result<String, Box<Diagnostic>> {
    let fault = |words: String| Diagnostic::error(Code::Io, format!("cannot use the current directory: {words}"));
    let path = std::env::current_dir().map_err(|error| fault(output::words(&error)))?;
    let path = path.into_os_string().into_string().map_err(|_| fault("its path is not UTF-8".to_owned()))?;
    Ok(native_to_slash(&path))
}

/// Returns where a directory is that the user named; a remote one counts as where the user is.
#[allow(clippy::disallowed_methods, reason = "what is beside or above a directory is found from where it really is")]
pub(super) fn resolved(here: &str, directory: &str) -> PathBuf {
    if RepoSpec::parse(directory).is_some() {
        return PathBuf::from(here);
    }
    let path = Path::new(here).join(directory);
    path.canonicalize().unwrap_or(path)
}

/// Returns the directory of legacy plugins: the first that is there (upstream `DefaultAbsPluginHome`).
#[allow(clippy::disallowed_methods, reason = "variables of the reference; this is the caller that tells the engine")]
pub(super) fn plugin_home() -> Option<String> {
    let var = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let home = var("HOME").or_else(|| var("USERPROFILE"));
    let below = |root: Option<&String>, path: &str| root.map(|root| format!("{root}/{path}"));
    let candidates = [
        var("KUSTOMIZE_PLUGIN_HOME"),
        below(var("XDG_CONFIG_HOME").as_ref(), "kustomize/plugin"),
        below(home.as_ref(), ".config/kustomize/plugin"),
        below(home.as_ref(), "kustomize/plugin"),
    ];
    let found = candidates.into_iter().flatten().find(|path| Path::new(path).is_dir())?;
    let absolute = std::path::absolute(found).ok()?.into_os_string().into_string().ok()?;
    Some(native_to_slash(&absolute))
}

/// Returns user and group of this process, where such a thing exists.
pub(super) fn current_user() -> Option<String> {
    #[cfg(unix)]
    {
        let (user, group) = (rustix::process::getuid(), rustix::process::getgid());
        Some(format!("{}:{}", user.as_raw(), group.as_raw()))
    }
    #[cfg(not(unix))]
    {
        None
    }
}
