//! Overrides, applied to a kustomization in memory: the edits that the built-in support makes on the disk, in its order.

use super::block::{Block, Patch, Target};
use super::substitute::{Variables, substitute};
use crate::diagnostic::{Code, Diagnostic, Result, Severity};
use crate::edit::{self, Command, LabelFlags, PatchEntry};
use crate::fs::{self, FileSystem, Overlaid};
use crate::remote::Remotes;
use crate::session::{Session, ShownFrom};
use crate::source::Sources;

/// Where overrides are applied.
pub struct Place<'a> {
    /// The directory of the kustomization (absolute).
    pub directory: &'a str,
    /// How messages name files.
    pub shown_from: &'a ShownFrom,
    /// Where remote components come from.
    pub remotes: Option<&'a dyn Remotes>,
}

/// Words about an edit, with the texts that they point into.
pub struct Told {
    /// The words.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts.
    pub sources: Sources,
}

/// One edit, and the parameter that it is made for.
struct Step {
    parameter: &'static str,
    command: Command,
}

/// Lays the kustomization file with overrides applied over a file system; returns warnings, or why it cannot be done.
pub fn apply(
    files: &mut Overlaid<'_>,
    place: &Place<'_>,
    block: &Block,
    variables: &Variables,
) -> std::result::Result<Vec<Told>, Told> {
    let steps = steps(files, place.directory, block, variables).map_err(|error| untold(*error))?;
    let mut warnings = Vec::new();
    if !block.version.is_empty() {
        let message = "`version` has no effect: manifests are those of the one kustomize that this program stands for";
        warnings.push(untold(*Diagnostic::warning(Code::EditWithoutEffect, message)));
    }
    for Step { parameter, command } in &steps {
        let (edits, told) = {
            let mut session = Session::new(files, place.directory);
            session.shown_from = Some(place.shown_from.clone());
            session.remotes = place.remotes;
            let edited = edit::edit_unread(&mut session, command);
            let (edit, diagnostics, is_failed) = match edited {
                Ok((edit, warnings)) => (edit, warnings, false),
                Err(errors) => (None, errors, true),
            };
            let sources = std::mem::take(&mut session.sources);
            let diagnostics = diagnostics.into_iter().map(|told| in_words_of(parameter, told, &sources)).collect();
            let told = Told { diagnostics, sources };
            if is_failed {
                return Err(told);
            }
            (edit.map(|edit| edit.files).unwrap_or_default(), told)
        };
        if !told.diagnostics.is_empty() {
            warnings.push(told);
        }
        for file in edits {
            if file.has_changes() {
                files.set(&file.path, file.new);
            }
        }
    }
    Ok(warnings)
}

fn untold(diagnostic: Diagnostic) -> Told {
    Told { diagnostics: vec![diagnostic], sources: Sources::default() }
}

/// Returns the edits that a block stands for (upstream `kustomize.Build` of Argo CD).
fn steps(files: &dyn FileSystem, directory: &str, block: &Block, variables: &Variables) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    let mut add = |parameter, command| steps.push(Step { parameter, command });
    if !block.name_prefix.is_empty() {
        add("name-prefix", Command::SetNamePrefix(vec![block.name_prefix.clone()]));
    }
    if !block.name_suffix.is_empty() {
        add("name-suffix", Command::SetNameSuffix(vec![block.name_suffix.clone()]));
    }
    if !block.images.is_empty() {
        let images = block.images.iter().map(|image| substitute(image, variables)).collect();
        add("images", Command::SetImage(arguments("images", images)?));
    }
    if !block.replicas.is_empty() {
        let counts = block.replicas.iter().map(|replica| match replica.count.number() {
            Some(count) => Ok(format!("{}={count}", replica.name)),
            None => Err(fault("replicas", &format!("has no number of replicas for `{}`", replica.name))),
        });
        add("replicas", Command::SetReplicas(arguments("replicas", counts.collect::<Result<_>>()?)?));
    }
    if !block.common_labels.is_empty() {
        if block.label_include_templates && !block.label_without_selector {
            let error = fault("label-options", "has `include-templates`, which goes with `without-selector` only");
            return Err(error.help("add `without-selector`, or remove `include-templates`"));
        }
        let flags = LabelFlags {
            force: block.force_common_labels,
            without_selector: block.label_without_selector,
            include_templates: block.label_include_templates,
        };
        let pairs = block.common_labels.iter().map(|(key, value)| format!("{key}:{}", substitute(value, variables)));
        add("common-labels", Command::AddLabel(arguments("common-labels", pairs.collect())?, flags));
    }
    if !block.common_annotations.is_empty() {
        let pairs = block.common_annotations.iter().map(|(key, value)| match block.common_annotations_envsubst {
            true => format!("{key}:{}", substitute(value, variables)),
            false => format!("{key}:{value}"),
        });
        let pairs = arguments("common-annotations", pairs.collect())?;
        add("common-annotations", Command::AddAnnotation(pairs, block.force_common_annotations));
    }
    if !block.namespace.is_empty() {
        add("namespace", Command::SetNamespace(vec![block.namespace.clone()]));
    }
    if !block.patches.is_empty() {
        add("patches", Command::AppendPatches(block.patches.iter().map(entry).collect()));
    }
    let is_there = |component: &&String| files.kind(&fs::clean(&format!("{directory}/{component}"))).is_ok();
    let components: Vec<String> = match block.ignore_missing_components {
        true => block.components.iter().filter(is_there).cloned().collect(),
        false => block.components.clone(),
    };
    if !components.is_empty() {
        add("components", Command::AddComponent(arguments("components", components)?));
    }
    Ok(steps)
}

/// Refuses what the built-in support would hand to kustomize as a flag.
fn arguments(parameter: &'static str, arguments: Vec<String>) -> Result<Vec<String>> {
    match arguments.iter().find(|argument| argument.len() > 1 && argument.starts_with('-')) {
        Some(argument) => Err(fault(parameter, &format!("has the entry `{argument}`, which begins with a dash"))),
        None => Ok(arguments),
    }
}

fn entry(patch: &Patch) -> PatchEntry {
    let target = |target: &Target| target.fields().map(|(name, value)| (name, value.to_owned())).to_vec();
    PatchEntry {
        path: patch.path.clone(),
        patch: patch.patch.clone(),
        target: patch.target.as_ref().map(target),
        options: patch.options.iter().map(|(name, value)| (name.clone(), *value)).collect(),
    }
}

/// Says what an edit of the command line says in the words of the parameter that it is made for.
fn in_words_of(parameter: &str, mut told: Diagnostic, sources: &Sources) -> Diagnostic {
    // There is no command line.
    told.labels.retain(|label| &*sources.get(label.place.source).path != edit::COMMAND_LINE);
    let option = match (told.code, parameter) {
        (Code::EntryExists, "common-labels") => Some("label-options"),
        (Code::EntryExists, "common-annotations") => Some("annotation-options"),
        _ => None,
    };
    if let Some(option) = option {
        told.help = vec![format!("overwrite it with the option `force` in `{option}`")];
    }
    if told.code == Code::Usage && told.severity == Severity::Error {
        told.code = Code::InvalidParameter;
    }
    if told.labels.is_empty() && (told.path.is_none() || parameter == "components") {
        told.message = format!("parameter `{parameter}`: {}", told.message);
        told.path = None;
    } else {
        told.notes.push(format!("this is about the parameter `{parameter}`"));
    }
    told
}

fn fault(parameter: &str, words: &str) -> Box<Diagnostic> {
    Diagnostic::error(Code::InvalidParameter, format!("the parameter `{parameter}` {words}"))
}
