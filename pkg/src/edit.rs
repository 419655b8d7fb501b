//! Edits of kustomization files: words to a command of the engine, and its outcome to changes of texts.

use crate::answer::{Answer, joined};
use crate::builder::relative;
use crate::files::Files;
use rustomize::diagnostic::{Code, Diagnostic};
use rustomize::diff::runs;
use rustomize::edit::{Command, FileEdit, FileList, LabelFlags, check, edit};
use rustomize::fs;
use rustomize::session::Session;
use rustomize::source::{Columns, Sources};
use serde::Serialize;
use similar::DiffOp;

/// Bits of commands.
const FORCE: u32 = 1;
const WITHOUT_SELECTOR: u32 = 1 << 1;
const INCLUDE_TEMPLATES: u32 = 1 << 2;
const IGNORE_NON_EXISTENCE: u32 = 1 << 3;
const IS_TEXT: u32 = 1 << 4;
const WITH_VARS: u32 = 1 << 5;

#[derive(Serialize)]
struct JsonEdited {
    ok: bool,
    files: Vec<JsonFile>,
}

#[derive(Serialize)]
struct JsonFile {
    path: String,
    edits: Vec<JsonEdit>,
    text: String,
}

#[derive(Serialize)]
struct JsonEdit {
    from: usize,
    to: usize,
    insert: String,
}

/// Plans the change of the kustomization file in a directory (absolute).
pub(crate) fn planned(
    files: &'static Files,
    directory: &str,
    verb: &str,
    args: Vec<String>,
    more: Vec<String>,
    bits: u32,
) -> String {
    let mut answer = Answer::default();
    let Some(command) = command(verb, args, more, bits) else {
        let error = Diagnostic::error(Code::Usage, format!("there is no verb `{verb}`"));
        answer.add(&[*error], &Sources::default());
        return answer.only();
    };
    let mut session = Session::new(files, directory);
    session.sources.columns = Columns::Utf16;
    let (edit, warnings) = match edit(&mut session, &command) {
        Ok(edited) => edited,
        Err(diagnostics) => {
            answer.add_from(&diagnostics, &session.sources, directory);
            return answer.only();
        }
    };
    answer.add_from(&warnings, &session.sources, directory);
    let Some(edit) = edit else { return answer.with(&JsonEdited { ok: true, files: Vec::new() }) };
    if check::is_checked(&command) {
        let found = check::check(files, None, directory, &command, &edit);
        answer.add_from(&found.warnings, &found.sources, directory);
    }
    let files = edit.files.iter().filter(|file| file.has_changes()).map(file).collect();
    answer.with(&JsonEdited { ok: true, files })
}

fn command(verb: &str, args: Vec<String>, more: Vec<String>, bits: u32) -> Option<Command> {
    let is_set = |bit: u32| bits & bit != 0;
    let first = || more.first().cloned().unwrap_or_default();
    Some(match verb {
        "set image" => Command::SetImage(args),
        "set workload image" => Command::SetWorkloadImage(more, args),
        "set field" => Command::SetField(first(), args, is_set(IS_TEXT)),
        "set replicas" => Command::SetReplicas(args),
        "set namespace" => Command::SetNamespace(args),
        "set namePrefix" => Command::SetNamePrefix(args),
        "set nameSuffix" => Command::SetNameSuffix(args),
        "set label" => Command::SetLabel(args),
        "set annotation" => Command::SetAnnotation(args),
        "add label" => {
            let flags = LabelFlags {
                force: is_set(FORCE),
                without_selector: is_set(WITHOUT_SELECTOR),
                include_templates: is_set(INCLUDE_TEMPLATES),
            };
            Command::AddLabel(args, flags)
        }
        "add annotation" => Command::AddAnnotation(args, is_set(FORCE)),
        "add resource" => Command::AddResource(args, false),
        "add component" => Command::AddComponent(args),
        "remove resource" => Command::RemoveFile(FileList::Resources, args),
        "remove component" => Command::RemoveFile(FileList::Components, args),
        "remove label" => Command::RemoveLabel(vec![args.join(",")], is_set(IGNORE_NON_EXISTENCE)),
        "remove annotation" => Command::RemoveAnnotation(vec![args.join(",")], is_set(IGNORE_NON_EXISTENCE)),
        "fix" => Command::Fix(is_set(WITH_VARS)),
        _ => return None,
    })
}

fn file(edit: &FileEdit) -> JsonFile {
    JsonFile { path: relative(&edit.path), edits: edits(&edit.old.text, &edit.new), text: edit.new.clone() }
}

/// Returns the changes of a text, in UTF-16 offsets of the old one: by lines, and in them without what stays at either end.
fn edits(old: &str, new: &str) -> Vec<JsonEdit> {
    let (old_starts, new_starts) = (starts(old), starts(new));
    let at = |starts: &[usize], line: usize| starts.get(line).copied().unwrap_or_default();
    let ops = runs(old.split_inclusive('\n'), new.split_inclusive('\n'));
    let changed = ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    let mut edits = Vec::new();
    let (mut before, mut units) = (0, 0);
    for op in changed {
        let (old_lines, new_lines) = (op.old_range(), op.new_range());
        let (mut from, mut to) = (at(&old_starts, old_lines.start), at(&old_starts, old_lines.end));
        let mut text = new.get(at(&new_starts, new_lines.start)..at(&new_starts, new_lines.end)).unwrap_or_default();
        let gone = old.get(from..to).unwrap_or_default();
        let same = common(gone.chars(), text.chars());
        (from, text) = (from + same, &text[same..]);
        let same = common(gone[same..].chars().rev(), text.chars().rev());
        (to, text) = (to - same, &text[..text.len() - same]);
        let length = |range: std::ops::Range<usize>| old.get(range).unwrap_or_default().encode_utf16().count();
        units += length(before..from);
        let gone = length(from..to);
        edits.push(JsonEdit { from: units, to: units + gone, insert: text.to_owned() });
        (before, units) = (to, units + gone);
    }
    edits
}

/// Returns where lines begin in their text, and where that ends.
fn starts(text: &str) -> Vec<usize> {
    let mut at = 0;
    let ends = text.split_inclusive('\n').map(|line| {
        at += line.len();
        at
    });
    std::iter::once(0).chain(ends).collect()
}

/// Returns how many bytes two texts have in common.
fn common(a: impl Iterator<Item = char>, b: impl Iterator<Item = char>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

impl Answer {
    /// Adds diagnostics whose paths are relative to a directory.
    fn add_from(&mut self, list: &[Diagnostic], sources: &Sources, directory: &str) {
        let from_root = |path: &str| relative(&fs::join(directory, path));
        let mut moved = Sources::counting(sources.columns);
        for source in sources.iter() {
            moved.add(from_root(&source.path), source.text.clone(), source.sensitivity, source.embedded);
        }
        let mut list = list.to_vec();
        for diagnostic in &mut list {
            diagnostic.path = diagnostic.path.as_deref().map(from_root);
        }
        self.add(&list, &moved);
    }

    fn with(self, form: &impl Serialize) -> String {
        joined(form, "diagnostics", &self.raw())
    }
}
