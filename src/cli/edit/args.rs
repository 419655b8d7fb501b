//! The verbs of `edit` with their flags, spelled and valued like the reference's.

use crate::cli::args::parse_bool;
use crate::edit::{Command, FileList, GeneratorFlags, GeneratorKind, LabelFlags, PatchFlags};
use clap::{Args, Subcommand};
use std::ffi::OsString;

/// Change the kustomization file of the current directory.
///
/// Only what has to change is touched: comments, order, indentation and quotes stay as they are.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_override_self = true, disable_help_subcommand = true)]
pub(in crate::cli) struct EditArgs {
    #[command(subcommand)]
    pub(super) verb: Option<Verb>,
}

const EXAMPLES: &str = "\
Examples:
  rustomize edit set image app=registry.example/app:1.2
  rustomize edit add resource deployment.yaml 'services/*.yaml'
  rustomize edit remove label team

Exit codes:
  0  the file was changed, or there was nothing to change
  1  something is not right; the file is as it was";

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Add entries
    Add(AddArgs),
    /// Put deprecated fields under their present names
    Fix(FixArgs),
    /// Remove entries
    Remove(RemoveArgs),
    /// Give fields values
    Set(SetArgs),
    // The reference prints its help for a verb that it does not know, and calls that success.
    #[command(external_subcommand)]
    Unknown(#[expect(dead_code, reason = "any")] Vec<OsString>),
}

/// Add entries to the kustomization file.
#[derive(Debug, Args)]
#[command(args_override_self = true, disable_help_subcommand = true)]
pub(super) struct AddArgs {
    #[command(subcommand)]
    pub(super) what: Option<Add>,
}

/// Put deprecated fields under their present names.
///
/// bases and resources, imageTags and images, patchesStrategicMerge, patchesJson6902 and patches, commonLabels and labels.
#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct FixArgs {
    // The reference takes any arguments and ignores them.
    #[arg(hide = true)]
    ignored: Vec<String>,

    /// Turn `vars` into `replacements`, too; resource files that refer to them change
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool)]
    vars: Option<bool>,
}

/// Remove entries from the kustomization file.
#[derive(Debug, Args)]
#[command(args_override_self = true, disable_help_subcommand = true)]
pub(super) struct RemoveArgs {
    #[command(subcommand)]
    pub(super) what: Option<Remove>,
}

/// Give fields of the kustomization file values.
#[derive(Debug, Args)]
#[command(args_override_self = true, disable_help_subcommand = true)]
pub(super) struct SetArgs {
    #[command(subcommand)]
    pub(super) what: Option<Set>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Add {
    /// Add to `commonAnnotations`
    Annotation(PairsArgs),
    /// Add directories to `resources`, separated by commas
    Base(ListArgs),
    /// Add options to `buildMetadata`, separated by commas
    Buildmetadata(ListArgs),
    /// Add to `components`; patterns are expanded
    Component(ListArgs),
    /// Add sources to an entry of `configMapGenerator`, new or there
    Configmap(GeneratorArgs),
    /// Add to `configurations`; patterns are expanded
    Configuration(ListArgs),
    /// Add to `generators`; patterns are expanded
    Generator(ListArgs),
    /// Add to `commonLabels`, or to `labels`
    Label(LabelArgs),
    /// Add an entry to `patches`
    Patch(PatchArgs),
    /// Add to `resources`; patterns are expanded
    Resource(ResourceArgs),
    /// Add sources to an entry of `secretGenerator`, new or there
    Secret(GeneratorArgs),
    /// Add to `transformers`; patterns are expanded
    Transformer(ListArgs),
    #[command(external_subcommand)]
    Unknown(#[expect(dead_code, reason = "any")] Vec<OsString>),
}

#[derive(Debug, Subcommand)]
pub(super) enum Remove {
    /// Remove from `commonAnnotations`, keys separated by commas
    Annotation(KeysArgs),
    /// Remove options from `buildMetadata`, separated by commas
    Buildmetadata(ListArgs),
    /// Remove from `components` what matches patterns
    Component(ListArgs),
    /// Remove from `configMapGenerator`, names separated by commas
    Configmap(NamesArgs),
    /// Remove from `commonLabels`, keys separated by commas
    Label(KeysArgs),
    /// Remove the entries of `patches` that hold exactly what the flags say
    Patch(PatchArgs),
    /// Remove from `resources` what matches patterns
    Resource(ListArgs),
    /// Remove from `secretGenerator`, names separated by commas
    Secret(NamesArgs),
    /// Remove from `transformers` what matches patterns
    Transformer(ListArgs),
    #[command(external_subcommand)]
    Unknown(#[expect(dead_code, reason = "any")] Vec<OsString>),
}

#[derive(Debug, Subcommand)]
pub(super) enum Set {
    /// Set `commonAnnotations`: KEY:VALUE
    Annotation(ListArgs),
    /// Set `buildMetadata`, options separated by commas
    Buildmetadata(ListArgs),
    /// Set literals or the namespace of an entry of `configMapGenerator`
    Configmap(SetGeneratorArgs),
    /// Set names, tags and digests of `images`: NAME=NEW:TAG@DIGEST, or a part of that; `*` keeps what is there
    Image(ListArgs),
    /// Set `commonLabels`: KEY:VALUE
    Label(ListArgs),
    /// Set `namePrefix`
    Nameprefix(ListArgs),
    /// Set `namespace`
    Namespace(ListArgs),
    /// Set `nameSuffix`
    Namesuffix(ListArgs),
    /// Set `replicas`: NAME=COUNT
    Replicas(ListArgs),
    /// Set literals or the namespace of an entry of `secretGenerator`
    Secret(SetGeneratorArgs),
    #[command(external_subcommand)]
    Unknown(#[expect(dead_code, reason = "any")] Vec<OsString>),
}

/// What is meant. How many there have to be is judged by the verb.
#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct ListArgs {
    #[arg(value_name = "ARG")]
    args: Vec<String>,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct ResourceArgs {
    #[arg(value_name = "PATH")]
    args: Vec<String>,

    /// List what is named as it is: it need not exist, and patterns are not expanded
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool)]
    no_verify: Option<bool>,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct PairsArgs {
    #[arg(value_name = "KEY:VALUE")]
    args: Vec<String>,

    /// Overwrite what is there
    #[arg(short, long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool)]
    force: Option<bool>,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct LabelArgs {
    #[command(flatten)]
    pairs: PairsArgs,

    /// Add to `labels`, which leaves selectors alone
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool)]
    without_selector: Option<bool>,

    /// With --without-selector: labels of pod templates, too
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool)]
    include_templates: Option<bool>,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct KeysArgs {
    #[arg(value_name = "KEY,...")]
    args: Vec<String>,

    /// It is no error if a key is not there
    #[arg(short, long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool)]
    ignore_non_existence: Option<bool>,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct NamesArgs {
    #[arg(value_name = "NAME,...")]
    args: Vec<String>,

    /// The namespace of the entries
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    namespace: String,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct PatchArgs {
    // The reference takes any arguments and ignores them.
    #[arg(hide = true)]
    ignored: Vec<String>,

    /// The file of the patch
    #[arg(long, value_name = "PATH", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    path: String,
    /// The patch itself
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    patch: String,
    /// The target's API group
    #[arg(long, value_name = "GROUP", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    group: String,
    /// The target's API version
    #[arg(long, value_name = "VERSION", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    version: String,
    /// The target's kind
    #[arg(long, value_name = "KIND", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    kind: String,
    /// The target's name
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    name: String,
    /// The target's namespace
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    namespace: String,
    /// The target's `annotationSelector`
    #[arg(long, value_name = "SELECTOR", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    annotation_selector: String,
    /// The target's `labelSelector`
    #[arg(long, value_name = "SELECTOR", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    label_selector: String,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct GeneratorArgs {
    #[arg(value_name = "NAME")]
    args: Vec<String>,

    /// Files, separated by commas: PATH, KEY=PATH or a pattern
    #[arg(long, value_name = "PATHS", allow_hyphen_values = true)]
    from_file: Vec<String>,
    /// A literal: KEY=VALUE
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    from_literal: Vec<String>,
    /// A file of KEY=VALUE lines
    #[arg(long, value_name = "PATH", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    from_env_file: String,
    /// Set `disableNameSuffixHash`
    #[arg(long = "disableNameSuffixHash", num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_name = "BOOL", value_parser = parse_bool)]
    disable_name_suffix_hash: Option<bool>,
    /// The namespace of the entry
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    namespace: String,
    /// Of a config map: create, merge or replace
    #[arg(long, value_name = "BEHAVIOR", allow_hyphen_values = true)]
    behavior: Option<String>,
    /// Of a new secret: its type [default: Opaque]
    #[arg(long = "type", value_name = "TYPE", allow_hyphen_values = true)]
    secret_type: Option<String>,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct SetGeneratorArgs {
    #[arg(value_name = "NAME")]
    args: Vec<String>,

    /// A literal that is there, with its new value: KEY=VALUE
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    from_literal: Vec<String>,
    /// The namespace of the entry
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    namespace: String,
    /// The namespace it gets
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    new_namespace: String,
}

/// What a command line asks for.
pub(super) enum Wish {
    Edit(Command),
    /// The help of these commands.
    Help(Vec<&'static str>),
    /// The command line is not right.
    Wrong(String),
}

impl EditArgs {
    pub(super) fn wish(&self) -> Wish {
        match &self.verb {
            None | Some(Verb::Unknown(_)) => Wish::Help(vec!["edit"]),
            Some(Verb::Add(args)) => args.what.as_ref().map_or(Wish::Help(vec!["edit", "add"]), Add::wish),
            Some(Verb::Fix(args)) => Wish::Edit(Command::Fix(is_on(args.vars))),
            Some(Verb::Remove(args)) => args.what.as_ref().map_or(Wish::Help(vec!["edit", "remove"]), Remove::wish),
            Some(Verb::Set(args)) => args.what.as_ref().map_or(Wish::Help(vec!["edit", "set"]), Set::wish),
        }
    }
}

fn is_on(flag: Option<bool>) -> bool {
    flag == Some(true)
}

impl Add {
    fn wish(&self) -> Wish {
        Wish::Edit(match self {
            Add::Annotation(args) => Command::AddAnnotation(args.args.clone(), is_on(args.force)),
            Add::Base(args) => Command::AddBase(args.args.clone()),
            Add::Buildmetadata(args) => Command::AddBuildMetadata(args.args.clone()),
            Add::Component(args) => Command::AddComponent(args.args.clone()),
            Add::Configmap(args) => return args.wish(GeneratorKind::ConfigMap),
            Add::Configuration(args) => Command::AddFile(FileList::Configurations, args.args.clone()),
            Add::Generator(args) => Command::AddFile(FileList::Generators, args.args.clone()),
            Add::Label(args) => {
                let flags = LabelFlags {
                    force: is_on(args.pairs.force),
                    without_selector: is_on(args.without_selector),
                    include_templates: is_on(args.include_templates),
                };
                Command::AddLabel(args.pairs.args.clone(), flags)
            }
            Add::Patch(args) => Command::AddPatch(args.flags()),
            Add::Resource(args) => Command::AddResource(args.args.clone(), is_on(args.no_verify)),
            Add::Secret(args) => return args.wish(GeneratorKind::Secret),
            Add::Transformer(args) => Command::AddFile(FileList::Transformers, args.args.clone()),
            Add::Unknown(_) => return Wish::Help(vec!["edit", "add"]),
        })
    }
}

impl Remove {
    fn wish(&self) -> Wish {
        let names = |kind, args: &NamesArgs| Command::RemoveGenerator(kind, args.args.clone(), args.namespace.clone());
        Wish::Edit(match self {
            Remove::Annotation(args) => Command::RemoveAnnotation(args.args.clone(), is_on(args.ignore_non_existence)),
            Remove::Buildmetadata(args) => Command::RemoveBuildMetadata(args.args.clone()),
            Remove::Component(args) => Command::RemoveFile(FileList::Components, args.args.clone()),
            Remove::Configmap(args) => names(GeneratorKind::ConfigMap, args),
            Remove::Label(args) => Command::RemoveLabel(args.args.clone(), is_on(args.ignore_non_existence)),
            Remove::Patch(args) => Command::RemovePatch(args.flags()),
            Remove::Resource(args) => Command::RemoveFile(FileList::Resources, args.args.clone()),
            Remove::Secret(args) => names(GeneratorKind::Secret, args),
            Remove::Transformer(args) => Command::RemoveFile(FileList::Transformers, args.args.clone()),
            Remove::Unknown(_) => return Wish::Help(vec!["edit", "remove"]),
        })
    }
}

impl Set {
    fn wish(&self) -> Wish {
        let generator = |kind, args: &SetGeneratorArgs| {
            let flags = GeneratorFlags {
                literals: args.from_literal.clone(),
                namespace: args.namespace.clone(),
                new_namespace: args.new_namespace.clone(),
                ..GeneratorFlags::default()
            };
            Command::SetGenerator(kind, args.args.clone(), flags)
        };
        Wish::Edit(match self {
            Set::Annotation(args) => Command::SetAnnotation(args.args.clone()),
            Set::Buildmetadata(args) => Command::SetBuildMetadata(args.args.clone()),
            Set::Configmap(args) => generator(GeneratorKind::ConfigMap, args),
            Set::Image(args) => Command::SetImage(args.args.clone()),
            Set::Label(args) => Command::SetLabel(args.args.clone()),
            Set::Nameprefix(args) => Command::SetNamePrefix(args.args.clone()),
            Set::Namespace(args) => Command::SetNamespace(args.args.clone()),
            Set::Namesuffix(args) => Command::SetNameSuffix(args.args.clone()),
            Set::Replicas(args) => Command::SetReplicas(args.args.clone()),
            Set::Secret(args) => generator(GeneratorKind::Secret, args),
            Set::Unknown(_) => return Wish::Help(vec!["edit", "set"]),
        })
    }
}

impl GeneratorArgs {
    fn wish(&self, kind: GeneratorKind) -> Wish {
        let (wrong, flag) = match kind {
            GeneratorKind::ConfigMap => (self.secret_type.is_some(), "--type"),
            GeneratorKind::Secret => (self.behavior.is_some(), "--behavior"),
        };
        if wrong {
            return Wish::Wrong(format!("`{flag}` is no flag of this command"));
        }
        let mut files = Vec::new();
        for list in &self.from_file {
            match split_list(list) {
                Some(mut list) => files.append(&mut list),
                None => {
                    return Wish::Wrong("a quote in `--from-file` is not closed, or stands in the middle".to_owned());
                }
            }
        }
        let flags = GeneratorFlags {
            files,
            literals: self.from_literal.clone(),
            env_file: self.from_env_file.clone(),
            disable_name_suffix_hash: is_on(self.disable_name_suffix_hash),
            behavior: self.behavior.clone().unwrap_or_default(),
            namespace: self.namespace.clone(),
            new_namespace: String::new(),
            secret_type: self.secret_type.clone().unwrap_or_else(|| "Opaque".to_owned()),
        };
        Wish::Edit(Command::AddGenerator(kind, self.args.clone(), flags))
    }
}

impl PatchArgs {
    fn flags(&self) -> PatchFlags {
        let target = [
            ("group", &self.group),
            ("version", &self.version),
            ("kind", &self.kind),
            ("name", &self.name),
            ("namespace", &self.namespace),
            ("annotationSelector", &self.annotation_selector),
            ("labelSelector", &self.label_selector),
        ];
        let target = target.map(|(key, text)| (key, text.clone())).to_vec();
        PatchFlags { path: self.path.clone(), patch: self.patch.clone(), target }
    }
}

/// Splits a list at its commas; a part in double quotes may hold some, and doubled quotes.
fn split_list(list: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = list;
    if list.is_empty() {
        return Some(parts);
    }
    loop {
        let Some(quoted) = rest.strip_prefix('"') else {
            let (part, behind) = rest.split_once(',').map_or((rest, None), |(part, behind)| (part, Some(behind)));
            if part.contains('"') {
                return None;
            }
            parts.push(part.to_owned());
            match behind {
                Some(behind) => rest = behind,
                None => return Some(parts),
            }
            continue;
        };
        let mut part = String::new();
        let mut inner = quoted;
        loop {
            let (text, behind) = inner.split_once('"')?;
            part.push_str(text);
            match behind.strip_prefix('"') {
                Some(behind) => {
                    part.push('"');
                    inner = behind;
                }
                None => {
                    inner = behind;
                    break;
                }
            }
        }
        parts.push(part);
        match inner.strip_prefix(',') {
            Some(behind) => rest = behind,
            None if inner.is_empty() => return Some(parts),
            None => return None,
        }
    }
}
