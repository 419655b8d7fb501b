//! Words for an object that cannot be printed.

use crate::diagnostic::{Code, Diagnostic};
use crate::resource::Resource;
use crate::yaml::emit::{EmitError, EmitErrorKind};

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
        EmitErrorKind::InvalidKey => Diagnostic::error(Code::InvalidKey, format!("a key in {name} is not a string"))
            .at(place, "this key")
            .help("put the key in quotes"),
        EmitErrorKind::InvalidValue(words) => {
            Diagnostic::error(Code::InvalidValue, format!("a value in {name} cannot be printed: {words}"))
                .at(place, "this value")
        }
        EmitErrorKind::TooDeep => {
            Diagnostic::error(Code::LimitExceeded, format!("{name} is nested too deeply to be printed")).at(place, "")
        }
    }
}
