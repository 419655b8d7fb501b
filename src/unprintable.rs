//! Words for an object that cannot be printed.

use crate::diagnostic::{Code, Diagnostic};
use crate::fieldspec::first_place;
use crate::resource::Resource;
use crate::source::Place;
use crate::yaml::emit::{EmitError, EmitErrorKind};
use crate::yaml::tree::{NodeId, Tree};

/// Says why an object cannot be printed.
pub(crate) fn error(resource: &Resource, why: &EmitError) -> Box<Diagnostic> {
    let tree = &resource.tree;
    let place = tree.place(why.node);
    let name = resource.short_name();
    match &why.kind {
        EmitErrorKind::DuplicateKey(first) => {
            let key = tree.text(why.node);
            Diagnostic::error(Code::DuplicateKey, format!("the key `{key}` stands twice in one mapping of {name}"))
                .at(place, "again here")
                .at(tree.place(*first), "first here")
                .help("remove one of them")
        }
        EmitErrorKind::InvalidKey => invalid_key(resource, why.node),
        EmitErrorKind::InvalidValue(words) => {
            let error = Diagnostic::error(Code::InvalidValue, format!("a value in {name} cannot be printed: {words}"))
                .at(place, "this value");
            match written_over(tree, why.node) {
                Some(field) => error
                    .at(Some(field), "is written here, where type and quotes stay")
                    .help("write a value of the type that the field has"),
                None => error.help("write the value as a text in quotes, or correct it"),
            }
        }
        EmitErrorKind::TooDeep => {
            Diagnostic::error(Code::LimitExceeded, format!("{name} is nested too deeply to be printed"))
                .at(place, "")
                .help("nest the object less deeply")
        }
    }
}

/// A key that is no string. Quotes help only where the user wrote the key: one that a directive writes is written plain,
/// and is read again as what it looks like.
fn invalid_key(resource: &Resource, key: NodeId) -> Box<Diagnostic> {
    let tree = &resource.tree;
    let (name, place) = (resource.short_name(), tree.place(key));
    if !tree.is_scalar(key) {
        let kind = if tree.is_mapping(key) { "mapping" } else { "list" };
        return Diagnostic::error(Code::InvalidKey, format!("a key in {name} is a {kind}, not a string"))
            .at(place, "this key")
            .help("write a text as the key, in quotes if it begins with `{` or `[`");
    }
    let text = tree.text(key);
    let error = Diagnostic::error(Code::InvalidKey, format!("the key `{text}` in {name} is not a string"));
    let is_written = tree.origin_entry(tree.origin(key)).is_some();
    if is_written {
        return error
            .at(place, "written here")
            .at(name_place(resource), "into this object")
            .note("kustomize writes the key without quotes, whether it has some here or not, and reads a number or the like")
            .help("choose a key that can only be a text, such as one with a letter in front");
    }
    error.at(place, "this key").help(format!("put the key in quotes: `\"{text}\"`"))
}

fn name_place(resource: &Resource) -> Option<Place> {
    let tree = &resource.tree;
    tree.get_path(tree.root(), &["metadata", "name"]).and_then(|name| tree.place(name))
}

/// What a directive wrote over, where the value at fault is written by one.
fn written_over(tree: &Tree, node: NodeId) -> Option<Place> {
    tree.origin_entry(tree.origin(node)).and_then(|_| first_place(tree, node))
}
