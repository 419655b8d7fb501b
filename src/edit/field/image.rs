//! `set image --workload`: which containers of a workload are meant, and what they are to run.

use super::Assignment;
use super::job::Job;
use super::wish::encoded;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::edit::set::image::{FORMS, Image, KEEP};
use crate::edit::{Result, Work, set, usage};
use crate::explain::{ImageUse, Secrets, describe, images};
use crate::resource::ResId;
use crate::transform::images::split;
use crate::yaml::edit::Data;
use rustc_hash::FxHashSet;

pub(super) fn parse(args: &[String]) -> Result<Vec<Image>> {
    if args.is_empty() {
        return Err(usage("no image is given").help(FORMS));
    }
    let mut images: Vec<Image> = Vec::new();
    for arg in args {
        let error = || usage(format!("`{arg}` does not say what to set")).help(FORMS);
        let image = set::image::parse(arg).ok_or_else(error)?;
        images.retain(|other| other.name != image.name);
        images.push(image);
    }
    Ok(images)
}

/// Returns what is to be set in a workload. An image that it does not run is an error in the report.
pub(super) fn assignments(job: &Job<'_>, id: &ResId, wanted: &[Image], work: &mut Work<'_, '_>) -> Vec<Assignment> {
    let uses = images(&job.now.build, &Secrets::shown());
    let uses: Vec<&ImageUse<'_>> =
        uses.iter().filter(|image| super::layer::stable_id(image.object.resource).is_same(id)).collect();
    let mut found: Vec<Assignment> = Vec::new();
    for image in wanted {
        let by_name = uses.iter().filter(|used| names_of(used).contains(&image.name)).collect::<Vec<_>>();
        let meant = match by_name.is_empty() {
            true => uses.iter().filter(|used| used.container == Some(image.name.as_str())).collect(),
            false => by_name,
        };
        if meant.is_empty() {
            work.report.push(no_image(id, &image.name, &uses));
        }
        for used in meant {
            let text = new_image(image, used.image);
            found.retain(|other| other.path != used.path);
            found.push(Assignment {
                path: used.path.clone(),
                rest: Vec::new(),
                json: encoded(&text),
                value: Data::Text(text),
            });
        }
    }
    found
}

/// Returns the names that an image has and had: a layer below may say another one.
fn names_of(used: &ImageUse<'_>) -> FxHashSet<String> {
    let mut names: FxHashSet<String> = std::iter::once(split(used.image).0.to_owned()).collect();
    if let Ok(field) = used.object.field(&crate::explain::show_path(&used.path), &Secrets::shown()) {
        let values = field.steps.iter().filter_map(|step| step.value.as_deref());
        // Names of images need no escapes.
        let texts = values.filter_map(|json| json.strip_prefix('"')?.strip_suffix('"'));
        names.extend(texts.map(|text| split(text).0.to_owned()));
    }
    names
}

/// Returns the image that a container gets; what is not said stays, as with entries of `images`.
fn new_image(wanted: &Image, old: &str) -> String {
    let (name, tag, digest) = split(old);
    let chosen = |new: &str, old: &str| if new == KEEP { old.to_owned() } else { new.to_owned() };
    let name = if wanted.new_name.is_empty() { name.to_owned() } else { chosen(&wanted.new_name, name) };
    let (tag, digest) = match (wanted.new_tag.as_str(), wanted.digest.as_str()) {
        ("", "") => (tag.to_owned(), digest.to_owned()),
        (new_tag, new_digest) => (chosen(new_tag, tag), chosen(new_digest, digest)),
    };
    let mut image = name;
    for (mark, part) in [(':', tag), ('@', digest)] {
        if !part.is_empty() {
            image.push(mark);
            image.push_str(&part);
        }
    }
    image
}

fn no_image(id: &ResId, name: &str, uses: &[&ImageUse<'_>]) -> Box<Diagnostic> {
    const SHOWN_MAX: usize = 8;
    let error = Diagnostic::error(Code::EntryNotFound, format!("no image of {} is named `{name}`", describe(id)));
    let mut candidates: Vec<&str> = Vec::new();
    for candidate in uses.iter().map(|used| split(used.image).0).chain(uses.iter().filter_map(|used| used.container)) {
        if !candidates.contains(&candidate) {
            candidates.push(candidate);
        }
    }
    let shown: Vec<String> = uses
        .iter()
        .take(SHOWN_MAX)
        .map(|used| match used.container {
            Some(container) => format!("`{}` ({container})", used.image),
            None => format!("`{}`", used.image),
        })
        .collect();
    let error = match shown.is_empty() {
        true => error.note("it runs no images"),
        false => error.note(format!("it runs {}", shown.join(", "))),
    };
    let near: Vec<String> = nearest(name, candidates, 2).into_iter().map(|near| format!("`{near}`")).collect();
    match near.is_empty() {
        true => error.help("`rustomize images` lists all"),
        false => error.help(format!("did you mean {}?", near.join(" or "))),
    }
}
