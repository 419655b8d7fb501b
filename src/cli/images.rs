//! `images`: a table, or JSON, of the images that kustomizations run. What an image is, `crate::explain` knows.

use super::args::LoadArgs;
use super::explain::Format;
use super::programs::NativePrograms;
use super::remote::Network;
use super::report::Reporter;
use super::{Outcome, build, native_to_slash, output};
use crate::build::{Build, build as build_kustomization};
use crate::diagnostic::{Result, show_place};
use crate::explain::text::Names;
use crate::explain::{ImageUse, Secrets, images};
use crate::fs::Disk;
use crate::json;
use crate::remote::Remotes;
use crate::session::Session;
use crate::source::Sources;
use clap::Args;

const EXAMPLES: &str = "\
Examples:
  rustomize images overlays/production
  rustomize images overlays/*                    several, each line with its directory
  rustomize images -o json overlays/production

Exit codes:
  0  success
  1  a build failed; nothing is on standard output";

/// List the images that kustomizations run, with who set them.
///
/// Builds each DIR and tells of every image: name, tag or digest, the object and container that run it, and the place that
/// gave it its present value: a manifest, a patch, an entry of `images`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_override_self = true)]
pub(super) struct ImagesArgs {
    /// The directories of kustomizations
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    directories: Vec<String>,

    /// How to write the list
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    output: Format,

    #[command(flatten)]
    loading: LoadArgs,
}

pub(super) fn run(args: &ImagesArgs, reporter: &mut Reporter) -> Outcome {
    match listed(args, reporter) {
        Ok(outcome) => outcome,
        Err(diagnostic) => {
            reporter.add(&[*diagnostic], &Sources::default());
            Outcome::Failure
        }
    }
}

fn listed(args: &ImagesArgs, reporter: &mut Reporter) -> Result<Outcome> {
    let here = build::working_directory()?;
    let options = args.loading.options()?;
    let programs = NativePrograms::of_environment()?;
    let network = Network::default();
    let vendored: Vec<_> =
        args.directories.iter().map(|directory| args.loading.vendored(&here, directory)).collect::<Result<_>>()?;
    let is_single = args.directories.len() == 1;
    let mut session = if is_single { Session::for_one_build(&Disk, &here) } else { Session::new(&Disk, &here) };
    if options.plugins.allows_programs() {
        session.programs = Some(&programs);
    }
    let mut builds: Vec<(&str, Build)> = Vec::new();
    let mut outcome = Outcome::Success;
    for (directory, vendored) in args.directories.iter().zip(&vendored) {
        session.remotes = Some(vendored.as_ref().map_or(&network as &dyn Remotes, |vendored| vendored));
        match build_kustomization(&mut session, &native_to_slash(directory), &options) {
            Ok(built) => builds.push((directory, built)),
            Err(diagnostics) => {
                reporter.add(&diagnostics, &session.sources);
                outcome = Outcome::Failure;
            }
        }
    }
    if outcome == Outcome::Failure {
        return Ok(outcome);
    }
    let names = Names { sources: &session.sources, directives: &session.directives };
    let mut found: Vec<(&str, ImageUse<'_>)> = Vec::new();
    for (directory, built) in &builds {
        let secrets = Secrets::of(built, &session.directives);
        found.extend(images(built, &secrets).into_iter().map(|image| (*directory, image)));
    }
    let answer = match args.output {
        Format::Json => output::json(&json::images::images(&found, names)),
        Format::Text => table(&found, names, !is_single),
    };
    Ok(output::answer(&answer, reporter))
}

fn table(found: &[(&str, ImageUse<'_>)], names: Names<'_>, with_directory: bool) -> String {
    if found.is_empty() {
        return String::new();
    }
    let heading = ["DIRECTORY", "IMAGE", "TAG OR DIGEST", "OBJECT", "CONTAINER", "SET BY"].map(str::to_owned);
    let rows = found.iter().map(|(directory, image)| {
        let (name, tag, digest) = image.parts();
        let version = [tag, digest].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("@");
        let id = &image.object.resource.id;
        let namespace = if id.namespace.is_empty() { String::new() } else { format!("{}/", id.namespace) };
        let place = image.writer.place.map_or("?".to_owned(), |place| show_place(names.sources, place));
        let by = image.writer.by.map(|by| format!(" {}", names.directive(by))).unwrap_or_default();
        [
            (*directory).to_owned(),
            name.to_owned(),
            if version.is_empty() { "-".to_owned() } else { version },
            format!("{}/{namespace}{}", id.gvk.kind, id.name),
            image.container.unwrap_or("-").to_owned(),
            format!("{place}{by}"),
        ]
    });
    let rows: Vec<[String; 6]> = std::iter::once(heading).chain(rows).collect();
    let first = usize::from(!with_directory);
    let widths: Vec<usize> = (0..6)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0))
        .collect();
    let mut out = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).skip(first).map(|(cell, &width)| format!("{cell:width$}"));
        out.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
    }
    out
}
