//! What `images -o json` writes.
//!
//! `{"version": 1, "images": [{directory, object, container, field, image, name, tag, digest, hidden, location,
//! directive}]}`. `object`, `location` and `directive` are those of `explain -o json`; what is not there is `null`. Keys are never
//! removed and keep their order; new ones may be added, and `version` grows if the meaning of one ever changes.

use super::diagnostic::JsonLocation;
use super::explain::{JsonDirective, JsonObject, directive, identity, place};
use crate::explain::text::Names;
use crate::explain::{ImageUse, show_path};
use serde::Serialize;

const VERSION: u32 = 1;

/// All images.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonImages<'n> {
    version: u32,
    images: Vec<JsonImage<'n>>,
}

/// An image.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct JsonImage<'n> {
    directory: &'n str,
    object: JsonObject,
    container: Option<&'n str>,
    field: String,
    image: &'n str,
    name: &'n str,
    tag: Option<&'n str>,
    digest: Option<&'n str>,
    hidden: bool,
    location: Option<JsonLocation<'n>>,
    directive: Option<JsonDirective<'n>>,
}

/// Returns images, each with the directory it was found in.
pub fn images<'n>(found: &[(&'n str, ImageUse<'n>)], names: Names<'n>) -> JsonImages<'n> {
    let given = |part: &'n str| Some(part).filter(|part| !part.is_empty());
    let images = found.iter().map(|(directory, image)| {
        let (name, tag, digest) = image.parts();
        JsonImage {
            directory,
            object: identity(&image.object),
            container: image.container,
            field: show_path(&image.path),
            image: image.image,
            name,
            tag: given(tag),
            digest: given(digest),
            hidden: image.is_hidden,
            location: place(image.writer.place, names),
            directive: directive(image.writer.by, names),
        }
    });
    JsonImages { version: VERSION, images: images.collect() }
}
