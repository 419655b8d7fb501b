//! Plugins: generators, transformers and validators that a kustomization names, each configured by an object.
//!
//! [`load`] decides what a configuration is for: a built-in plugin (`builtin`), a function or a program (`functions`). The
//! entries of a kustomization are read, and plugins run in their order, by `accumulate::plugins`.

mod annotations;
pub(crate) mod builtin;
mod exchange;
mod executable;
mod functions;
mod prepare;
pub(crate) mod validator;
mod words;

use crate::diagnostic::{Code, Diagnostic, Report, Result, nearest};
use crate::fs;
use crate::generate::{GeneratorFile, GeneratorFiles};
use crate::kustomization::PlacedText;
use crate::kustomization::function::FunctionSpec;
use crate::loader::{self, LoadRestrictions, Root};
use crate::ordered::BTreeSet;
use crate::patch::LoadedPatch;
use crate::programs::{CAN_START, PluginOptions};
use crate::provenance::{DirectiveId, Touched};
use crate::resmap::ResMap;
use crate::resource::{Configured, Resource};
use crate::session::Session;
use crate::source::{Place, Sensitivity, Source};
use builtin::Builtin;
use executable::Executable;
use std::sync::Arc;

/// The `apiVersion` of built-in plugins.
pub(crate) const BUILTIN: &str = "builtin";

/// What a plugin is for; its name is that of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Generator,
    Transformer,
    Validator,
}

impl Role {
    /// Returns the kustomization's field.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Role::Generator => "generators",
            Role::Transformer => "transformers",
            Role::Validator => "validators",
        }
    }
}

/// What runs.
#[derive(Debug)]
pub(crate) enum Body {
    Builtin(Box<Builtin>),
    Function(FunctionSpec),
    Executable(Executable),
}

/// A plugin that is ready to run.
#[derive(Debug)]
pub(crate) struct Plugin {
    pub(crate) body: Body,
    /// The object that configures it, as accumulated.
    pub(crate) config: Arc<Resource>,
    pub(crate) by: DirectiveId,
    /// Where the configuration stands; its `kind`, if that is known.
    pub(crate) place: Place,
    /// The entry of the kustomization.
    pub(crate) entry: Place,
    /// For `buildMetadata`, where that is asked for.
    pub(crate) configured: Option<Arc<Configured>>,
}

/// What loading and running a plugin needs of the build. Paths are those of the kustomization that names the plugin.
pub(crate) struct Context<'a, 'fs> {
    pub(crate) session: &'a mut Session<'fs>,
    pub(crate) options: &'a PluginOptions,
    pub(crate) root: &'a Arc<Root>,
    pub(crate) restrictions: LoadRestrictions,
    pub(crate) inputs: &'a mut BTreeSet<Arc<str>>,
    pub(crate) warnings: &'a mut Vec<Diagnostic>,
}

impl Context<'_, '_> {
    /// Reads a file that a configuration names.
    pub(crate) fn text_file(&mut self, entry: &PlacedText) -> Result<Arc<Source>> {
        let path = self.find_file(entry)?;
        self.session.read_text(&path)
    }

    fn find_file(&mut self, entry: &PlacedText) -> Result<Arc<str>> {
        let found = loader::find_file(self.session, self.root, entry, self.restrictions);
        let path = found.map_err(|error| {
            let source = self.session.sources.get(entry.place.source);
            let root = self.session.show(&self.root.directory);
            let is_elsewhere = self.session.show(&fs::join(&self.session.directory, fs::parent(&source.path))) != root;
            match error.code == Code::FileNotFound && is_elsewhere {
                true => error
                    .note(format!("it is looked for in `{root}`, the directory of the kustomization that lists this")),
                false => error,
            }
        })?;
        self.inputs.insert(Arc::clone(&path));
        Ok(path)
    }
}

impl GeneratorFiles for Context<'_, '_> {
    fn read(&mut self, path: &PlacedText, _secret: bool) -> Result<GeneratorFile> {
        let file = self.find_file(path)?;
        // Whatever a generator reads is content, not YAML: it is never shown, and never decoded from anything but UTF-8.
        Ok(match String::from_utf8(self.session.read_bytes(&file)?) {
            Ok(text) => {
                GeneratorFile::Text(self.session.sources.add(self.session.show(&file), text, Sensitivity::Opaque, None))
            }
            Err(error) => GeneratorFile::Binary(error.into_bytes().into()),
        })
    }
}

/// A configuration before it is looked at.
pub(crate) struct Configuration {
    pub(crate) config: Arc<Resource>,
    pub(crate) by: DirectiveId,
    pub(crate) entry: Place,
    pub(crate) configured: Option<Arc<Configured>>,
}

/// Decides what a configuration is for, and reads it; `None` if an error was reported.
pub(crate) fn load(
    configuration: Configuration,
    role: Role,
    context: &mut Context<'_, '_>,
    report: &mut Report,
) -> Option<Plugin> {
    let Configuration { config, by, entry, configured } = configuration;
    let tree = &config.tree;
    let kind = tree.get(tree.root(), "kind").and_then(|node| tree.place(node));
    let place = kind.or_else(|| tree.place(tree.root())).unwrap_or(entry);
    let gvk = &config.id.gvk;
    let body = if gvk.group.is_empty() && &*gvk.version == BUILTIN {
        report.keep(check_kind(&gvk.kind, role, place))?;
        Body::Builtin(Box::new(prepare::load(&config, place, by, context, report)?))
    } else if context.options.runs_plugins() {
        match report.keep(functions::load(&config, place, context))? {
            Some(function) => function,
            None => report.keep(executable::load(&config, place, context))?,
        }
    } else {
        report.push(disabled(&config, place));
        return None;
    };
    Some(Plugin { body, config, by, place, entry, configured })
}

impl Plugin {
    /// Returns whether it applies strategic merge patches, for which the schema of the build is needed.
    pub(crate) fn reads_schema(&self) -> bool {
        let Body::Builtin(builtin) = &self.body else { return false };
        matches!(&**builtin, Builtin::Patches(patches) if patches.iter().any(LoadedPatch::is_strategic))
    }

    /// Makes what a generator makes; behavior and hash mark of each object say how it is absorbed.
    pub(crate) fn generate(&self, context: &mut Context<'_, '_>) -> Result<Vec<Resource>> {
        match &self.body {
            Body::Builtin(builtin) => builtin::generate(builtin, self.by, context),
            _ if !CAN_START => Ok(Vec::new()),
            Body::Function(function) => functions::generate(function, self, context),
            Body::Executable(program) => executable::generate(program, self, context),
        }
    }

    /// Runs a transformer over all objects.
    pub(crate) fn transform(
        &self,
        resources: &mut ResMap,
        context: &mut Context<'_, '_>,
        report: &mut Report,
    ) -> Result<Touched> {
        match &self.body {
            Body::Builtin(builtin) => builtin::transform(builtin, resources, self.by, &context.session.limits, report),
            _ if !CAN_START => Ok(Touched { by: self.by, resources: 0, fields: 0 }),
            Body::Function(function) => functions::transform(function, self, resources, context, report),
            Body::Executable(program) => executable::transform(program, self, resources, context),
        }
    }
}

/// Refuses what is no built-in plugin, or one of another role.
fn check_kind(kind: &str, role: Role, place: Place) -> Result<()> {
    let is_generator = builtin::GENERATORS.contains(&kind);
    let is_transformer = builtin::TRANSFORMERS.contains(&kind);
    let article = if kind.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
    match role {
        Role::Generator if is_transformer => {
            let message = format!("{article} `{kind}` generates nothing; it stands under `generators`");
            let error = Diagnostic::error(Code::PluginInvalid, message).at(Some(place), "this is a transformer");
            Err(error.help("list it under `transformers`"))
        }
        Role::Transformer | Role::Validator if is_generator => {
            let message = format!("{article} `{kind}` transforms nothing; it stands under `{}`", role.field());
            let error = Diagnostic::error(Code::PluginInvalid, message).at(Some(place), "this is a generator");
            Err(error.help("list it under `generators`"))
        }
        _ if is_generator || is_transformer => Ok(()),
        _ => Err(unknown(kind, role, place)),
    }
}

fn unknown(kind: &str, role: Role, place: Place) -> Box<Diagnostic> {
    let error = Diagnostic::error(Code::PluginUnknown, format!("there is no built-in plugin of kind `{kind}`"));
    let error = error.at(Some(place), "");
    if matches!(kind, "SortOrderTransformer" | "LegacyOrderTransformer") {
        return error
            .help("the order of the output is set by `sortOptions` in the kustomization at the root of a build");
    }
    let all = || builtin::GENERATORS.iter().chain(builtin::TRANSFORMERS).copied();
    if let Some(near) = nearest(kind, all(), 1).first() {
        return error.help(format!("did you mean `{near}`?"));
    }
    let names = if role == Role::Generator { builtin::GENERATORS } else { builtin::TRANSFORMERS };
    error.help(format!(
        "built-in {} are {}",
        if role == Role::Generator { "generators" } else { "transformers" },
        names.join(", ")
    ))
}

fn disabled(config: &Resource, place: Place) -> Box<Diagnostic> {
    let kind = &config.id.gvk.kind;
    let message = format!("`{kind}` is a plugin that is not built in, and such plugins are not enabled");
    let error = Diagnostic::error(Code::PluginDisabled, message).at(Some(place), "");
    let is_builtin = builtin::GENERATORS.iter().chain(builtin::TRANSFORMERS).any(|name| *name == &**kind);
    match is_builtin {
        true => error.help(format!("the built-in plugin of this kind has `apiVersion: {BUILTIN}`")),
        false => error.help("`--enable-alpha-plugins` enables them: they are programs, and run with your rights"),
    }
}
