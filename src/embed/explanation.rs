//! The way of a value, step by step.

use super::{Failure, Location, Rendered};
use crate::diagnostic::{Code, Diagnostic};
use crate::explain::text::{self, Names};
use crate::explain::{self, Action, Secrets, describe, show_path};
use std::fmt;

/// What made a value what it is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explanation {
    /// The object: `Deployment.apps/web in prod`.
    pub object: String,
    /// The path of the field.
    pub field: String,
    /// The value as JSON; nothing for a field that is gone.
    pub value: Option<String>,
    /// Whether values are replaced because they are secret.
    pub is_hidden: bool,
    /// What happened to it, oldest first.
    pub steps: Vec<Step>,
    words: String,
}

/// A step in the making of a value.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Step {
    /// What was done.
    pub action: Action,
    /// Where the value stands, or where it is said that it goes.
    pub location: Option<Location>,
    /// The field of a kustomization that did it, such as `images[0]`; nothing for what a file of resources says.
    pub directive: Option<String>,
    /// The value after the step, as JSON; nothing if it is gone, or was written again at once.
    pub value: Option<String>,
}

impl fmt::Display for Explanation {
    /// Writes what `rustomize explain` prints.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

pub(super) fn explain(
    rendered: &Rendered,
    object: &str,
    namespace: Option<&str>,
    field: &str,
) -> Result<Explanation, Failure> {
    let Rendered { build, sources, directives, .. } = rendered;
    if !rendered.has_history {
        let error = Diagnostic::error(Code::Usage, "this build kept no history, so nothing can be explained");
        return Err(Failure::of(error.help("build with `keep_history`"), sources));
    }
    let secrets = Secrets::of(build, directives);
    let found = explain::find(build, object, namespace).and_then(|object| Ok((object, object.field(field, &secrets)?)));
    let (object, field) = found.map_err(|error| Failure::of(error, sources))?;
    let names = Names { sources, directives };
    let step = |step: &explain::Step| Step {
        action: step.action,
        location: step.place.map(|place| Location::of(place, sources)),
        directive: step.by.map(|by| names.directive(by)),
        value: step.value.clone(),
    };
    Ok(Explanation {
        object: describe(&object.resource.id).replace('`', ""),
        field: show_path(&field.path),
        value: field.value.clone(),
        is_hidden: field.is_hidden,
        steps: field.steps.iter().map(step).collect(),
        words: text::field(&object, &field, names, &secrets),
    })
}
