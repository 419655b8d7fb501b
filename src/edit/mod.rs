//! Edits of a kustomization file: what `edit` does.
//!
//! A verb changes the file's data as kustomize v5 would (one small module each, under `add`, `fix`, `remove` and `set`);
//! `yaml::edit` finds the smallest change of the text that says so. Nothing is written here: an [`Edit`] holds both texts and
//! what changed.

mod add;
mod candidates;
mod change;
pub mod check;
mod field;
mod file;
mod fix;
mod generator;
mod legacy;
mod paths;
pub mod proof;
mod remove;
mod set;

pub use change::{Change, ChangeKind};
pub use field::Written;

use crate::diagnostic::{Code, Diagnostic, Report};
use crate::session::Session;
use crate::source::Source;
use crate::yaml::edit::Value;
use file::File;
use std::sync::Arc;

/// What messages call the arguments of a verb.
pub(crate) const COMMAND_LINE: &str = "the command line";

/// What to do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Command {
    /// `set image`: `name=new:tag@digest`, as often as wanted.
    SetImage(Vec<String>),
    /// `set image --workload`: objects, and `name=new:tag@digest`.
    SetWorkloadImage(Vec<String>, Vec<String>),
    /// `set field`: an object, `path=value`, and whether values are texts whatever they look like.
    SetField(String, Vec<String>, bool),
    /// `set replicas`: `name=count`.
    SetReplicas(Vec<String>),
    /// `set namespace`
    SetNamespace(Vec<String>),
    /// `set nameprefix`
    SetNamePrefix(Vec<String>),
    /// `set namesuffix`
    SetNameSuffix(Vec<String>),
    /// `set label`: `key:value`, into `commonLabels`.
    SetLabel(Vec<String>),
    /// `set annotation`: `key:value`.
    SetAnnotation(Vec<String>),
    /// `set buildmetadata`: one list with commas.
    SetBuildMetadata(Vec<String>),
    /// `set configmap` and `set secret`.
    SetGenerator(GeneratorKind, Vec<String>, GeneratorFlags),
    /// `add resource`, and whether what is named need not exist.
    AddResource(Vec<String>, bool),
    /// `add component`
    AddComponent(Vec<String>),
    /// `add base`: one list with commas.
    AddBase(Vec<String>),
    /// `add generator`, `add transformer` and `add configuration`.
    AddFile(FileList, Vec<String>),
    /// `add buildmetadata`: one list with commas.
    AddBuildMetadata(Vec<String>),
    /// `add patch`
    AddPatch(PatchFlags),
    /// Appends entries to `patches`, whatever is there; no verb of the command line.
    AppendPatches(Vec<PatchEntry>),
    /// `add label`
    AddLabel(Vec<String>, LabelFlags),
    /// `add annotation`, and whether one that is there is overwritten.
    AddAnnotation(Vec<String>, bool),
    /// `add configmap` and `add secret`.
    AddGenerator(GeneratorKind, Vec<String>, GeneratorFlags),
    /// `remove resource`, `remove component` and `remove transformer`: patterns.
    RemoveFile(FileList, Vec<String>),
    /// `remove buildmetadata`: one list with commas.
    RemoveBuildMetadata(Vec<String>),
    /// `remove patch`
    RemovePatch(PatchFlags),
    /// `remove label` (of `commonLabels`): one list with commas, and whether it may be absent.
    RemoveLabel(Vec<String>, bool),
    /// `remove annotation`, likewise.
    RemoveAnnotation(Vec<String>, bool),
    /// `fix`, and whether `vars` become `replacements`.
    Fix(bool),
    /// `remove configmap` and `remove secret`: one list with commas, and their namespace.
    RemoveGenerator(GeneratorKind, Vec<String>, String),
}

/// The lists of paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileList {
    /// `resources`
    Resources,
    /// `components`
    Components,
    /// `generators`
    Generators,
    /// `transformers`
    Transformers,
    /// `configurations`
    Configurations,
}

impl FileList {
    fn field(self) -> &'static str {
        match self {
            FileList::Resources => "resources",
            FileList::Components => "components",
            FileList::Generators => "generators",
            FileList::Transformers => "transformers",
            FileList::Configurations => "configurations",
        }
    }

    /// What an entry is, for messages.
    fn what(self) -> &'static str {
        self.field().trim_end_matches('s')
    }
}

/// Which generators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeneratorKind {
    /// `configMapGenerator`
    ConfigMap,
    /// `secretGenerator`
    Secret,
}

impl GeneratorKind {
    fn field(self) -> &'static str {
        match self {
            GeneratorKind::ConfigMap => "configMapGenerator",
            GeneratorKind::Secret => "secretGenerator",
        }
    }

    /// What an entry is, for messages.
    fn what(self) -> &'static str {
        match self {
            GeneratorKind::ConfigMap => "config map",
            GeneratorKind::Secret => "secret",
        }
    }
}

/// The flags of verbs for generators.
#[derive(Clone, Debug, Default)]
pub struct GeneratorFlags {
    /// Files, `key=path` or patterns.
    pub files: Vec<String>,
    /// `key=value`
    pub literals: Vec<String>,
    /// A file of `key=value` lines.
    pub env_file: String,
    /// `disableNameSuffixHash`
    pub disable_name_suffix_hash: bool,
    /// `create`, `merge` or `replace`.
    pub behavior: String,
    /// The namespace of the entry.
    pub namespace: String,
    /// The namespace it gets.
    pub new_namespace: String,
    /// The type of a new secret.
    pub secret_type: String,
}

/// The flags of verbs for patches.
#[derive(Clone, Debug, Default)]
pub struct PatchFlags {
    /// The file.
    pub path: String,
    /// Or the patch itself.
    pub patch: String,
    /// Fields of `target` with their values; empty ones are left out.
    pub target: Vec<(&'static str, String)>,
}

/// An entry of `patches`.
#[derive(Clone, Debug, Default)]
pub struct PatchEntry {
    /// The file.
    pub path: String,
    /// Or the patch itself.
    pub patch: String,
    /// Fields of `target` with their values; empty ones are left out. A target without fields is not the same as none.
    pub target: Option<Vec<(&'static str, String)>>,
    /// `options`.
    pub options: Vec<(String, bool)>,
}

/// The flags of `add label`.
#[derive(Clone, Copy, Debug, Default)]
pub struct LabelFlags {
    /// Overwrites labels that are there.
    pub force: bool,
    /// Goes to `labels` instead of `commonLabels`.
    pub without_selector: bool,
    /// Sets `includeTemplates` there.
    pub include_templates: bool,
}

/// An edit, ready to be written.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The kustomization file, then the others that change with it.
    pub files: Vec<FileEdit>,
    /// What was set, where a verb is about fields of objects.
    pub written: Vec<Written>,
    /// What is different in the kustomization file.
    pub changes: Vec<Change>,
    /// Whether the file is that of a component, whose objects come from elsewhere.
    pub is_component: bool,
    /// The kustomization file without what kustomize writes and cannot build, if there is such a thing: what is compared.
    pub comparable: Option<String>,
}

/// What becomes of a file.
#[derive(Clone, Debug)]
pub struct FileEdit {
    /// The absolute path.
    pub path: Arc<str>,
    /// The text before.
    pub old: Arc<Source>,
    /// The text behind the edit; the same if there was nothing to do.
    pub new: String,
}

impl FileEdit {
    /// Returns whether there is something to write.
    pub fn has_changes(&self) -> bool {
        self.old.text != self.new
    }
}

type Result<T> = std::result::Result<T, Box<Diagnostic>>;

/// Makes the edit of a command in the session's directory; `None` if no file is concerned.
pub fn edit(
    session: &mut Session<'_>,
    command: &Command,
) -> std::result::Result<(Option<Edit>, Vec<Diagnostic>), Vec<Diagnostic>> {
    edit_as(session, command, false)
}

/// Makes an edit that nobody will read: like [`edit`], but a file that is laid out in a way that cannot be edited is written anew.
#[cfg(feature = "cli")]
pub(crate) fn edit_unread(
    session: &mut Session<'_>,
    command: &Command,
) -> std::result::Result<(Option<Edit>, Vec<Diagnostic>), Vec<Diagnostic>> {
    edit_as(session, command, true)
}

fn edit_as(
    session: &mut Session<'_>,
    command: &Command,
    may_rewrite: bool,
) -> std::result::Result<(Option<Edit>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut work = Work { session, report: Report::default() };
    let file = match work.run(command) {
        Ok(file) => file,
        Err(error) => {
            work.report.push(error);
            return Err(work.report.diagnostics);
        }
    };
    if work.report.has_errors() {
        return Err(work.report.diagnostics);
    }
    let Some(file) = file else { return Ok((None, work.report.diagnostics)) };
    let keeps_comments = !matches!(
        command,
        Command::RemoveFile(..)
            | Command::RemoveBuildMetadata(_)
            | Command::RemovePatch(_)
            | Command::RemoveLabel(..)
            | Command::RemoveAnnotation(..)
            | Command::RemoveGenerator(..)
    );
    let new = match file.text(&work.session.limits, keeps_comments) {
        Ok(text) => text,
        Err(_) if may_rewrite => file.new.rendered(),
        Err(error) => return Err(vec![*error]),
    };
    let comparable = match command {
        Command::Fix(true) => fix::without_idle_replacements(&file, &work.session.limits),
        _ => None,
    };
    let changes = change::changes(&file);
    let is_component = file.new.text_of("kind") == "Component";
    let mut files = vec![FileEdit { path: file.path, old: file.source, new }];
    files.extend(file.others.into_iter().map(|file::Other { path, old, new }| FileEdit { path, old, new }));
    Ok((Some(Edit { files, written: file.written, changes, is_component, comparable }), work.report.diagnostics))
}

/// A command at work.
struct Work<'w, 'fs> {
    session: &'w mut Session<'fs>,
    report: Report,
}

impl Work<'_, '_> {
    fn run(&mut self, command: &Command) -> Result<Option<File>> {
        match command {
            Command::SetImage(args) => set::image::run(self, args),
            Command::SetWorkloadImage(workloads, args) => field::set_images(self, workloads, args),
            Command::SetField(object, args, is_text) => field::set(self, object, args, *is_text),
            Command::SetReplicas(args) => set::replicas::run(self, args),
            Command::SetNamespace(args) => set::text::run(self, "namespace", args),
            Command::SetNamePrefix(args) => set::text::run(self, "namePrefix", args),
            Command::SetNameSuffix(args) => set::text::run(self, "nameSuffix", args),
            Command::SetLabel(args) => set::metadata::label(self, args),
            Command::SetAnnotation(args) => set::metadata::annotation(self, args),
            Command::SetBuildMetadata(args) => set::build_metadata::run(self, args),
            Command::SetGenerator(kind, args, flags) => set::generator::run(self, *kind, args, flags),
            Command::AddResource(args, is_unchecked) => add::file::resource(self, args, *is_unchecked),
            Command::AddComponent(args) => add::file::component(self, args),
            Command::AddBase(args) => add::file::base(self, args),
            Command::AddFile(list, args) => add::file::configuration(self, *list, args),
            Command::AddBuildMetadata(args) => add::build_metadata::run(self, args),
            Command::AddPatch(flags) => add::patch::run(self, flags),
            Command::AppendPatches(entries) => add::patch::append(self, entries),
            Command::AddLabel(args, flags) => add::metadata::label(self, args, *flags),
            Command::AddAnnotation(args, is_forced) => add::metadata::annotation(self, args, *is_forced),
            Command::AddGenerator(kind, args, flags) => add::generator::run(self, *kind, args, flags),
            Command::RemoveFile(list, args) => remove::file::run(self, *list, args),
            Command::RemoveBuildMetadata(args) => remove::build_metadata::run(self, args),
            Command::RemovePatch(flags) => remove::patch::run(self, flags),
            Command::RemoveLabel(args, may_be_absent) => {
                remove::metadata::run(self, "commonLabels", "label", args, *may_be_absent)
            }
            Command::RemoveAnnotation(args, may_be_absent) => {
                remove::metadata::run(self, "commonAnnotations", "annotation", args, *may_be_absent)
            }
            Command::Fix(with_vars) => fix::run(self, *with_vars),
            Command::RemoveGenerator(kind, args, namespace) => remove::generator::run(self, *kind, args, namespace),
        }
    }

    fn open(&mut self) -> Result<File> {
        File::open(self)
    }

    /// Notes something that was asked for and had no effect.
    fn warn(&mut self, message: impl Into<String>) {
        self.report.push(Diagnostic::warning(Code::EditWithoutEffect, message));
    }

    /// Notes something that was asked for and is not there, with what is.
    fn warn_absent<'a>(&mut self, message: String, name: &str, there: impl IntoIterator<Item = &'a str>) {
        let warning = Diagnostic::warning(Code::EditWithoutEffect, message);
        self.report.push(candidates::with(warning, name, there));
    }
}

fn usage(message: impl Into<String>) -> Box<Diagnostic> {
    Diagnostic::error(Code::Usage, message)
}

/// Returns whether two names of namespaces mean the same; none at all is `default`.
fn is_same_namespace(a: &str, b: &str) -> bool {
    let named = |name: &str| if name.is_empty() { "default".to_owned() } else { name.to_owned() };
    named(a) == named(b)
}

/// Reads `key:value` arguments; values lose one pair of double quotes, and a key without a colon has an empty value
/// (upstream `ConvertSliceToMap`).
fn pairs(args: &[String], what: &str) -> Result<crate::ordered::BTreeMap<String, String>> {
    if args.is_empty() {
        return Err(usage(format!("no {what} is given")).help("write it as `key:value`"));
    }
    let mut pairs = crate::ordered::BTreeMap::new();
    for arg in args {
        match arg.split_once(':') {
            Some(("", _)) => {
                return Err(usage(format!("the {what} `{arg}` has no key")).help("write it as `key:value`"));
            }
            Some((key, value)) => {
                let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                pairs.insert(key.to_owned(), inner.unwrap_or(value).to_owned());
            }
            None => drop(pairs.insert(arg.clone(), String::new())),
        }
    }
    Ok(pairs)
}

/// Reads the options of build metadata: one argument with commas.
fn build_metadata(args: &[String]) -> Result<Vec<String>> {
    const OPTIONS: [&str; 3] = ["originAnnotations", "transformerAnnotations", "managedByLabel"];
    let [arg] = args else {
        return Err(usage("one argument is wanted").help("separate options by commas"));
    };
    let options: Vec<String> = arg.split(',').map(str::to_owned).collect();
    match options.iter().find(|option| !OPTIONS.contains(&option.as_str())) {
        Some(option) => {
            let error = usage(format!("`{option}` is no option of `buildMetadata`"));
            Err(error.help(format!("the options are {}", OPTIONS.join(", "))))
        }
        None => Ok(options),
    }
}

/// Returns whether a list of strings holds one.
fn holds(items: &[Value], text: &str) -> bool {
    items.iter().any(|item| item.as_text() == text)
}
