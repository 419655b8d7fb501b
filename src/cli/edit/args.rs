//! The verbs of `edit` with their flags, spelled and valued like the reference's.

use crate::cli::args::parse_bool;
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

    #[command(flatten)]
    pub(super) mode: ModeArgs,
}

/// What happens to an edit besides being written; for all verbs.
#[derive(Debug, Args)]
#[command(next_help_heading = "Safety")]
pub(super) struct ModeArgs {
    /// Fail, and leave the file alone, if a part of the edit has no effect
    #[arg(long, global = true)]
    pub(super) strict: bool,

    /// Print what would change, and write nothing
    #[arg(long, global = true)]
    pub(super) dry_run: bool,

    /// Print what has changed
    #[arg(long, global = true)]
    pub(super) diff: bool,

    /// Do not build the kustomization to see whether images, replicas and patches match anything
    #[arg(long, global = true)]
    pub(super) no_check: bool,
}

const EXAMPLES: &str = "\
Examples:
  rustomize edit set image app=registry.example/app:1.2
  rustomize edit add resource deployment.yaml 'services/*.yaml'
  rustomize edit remove label team
  rustomize edit set image app=registry.example/app:1.2 --strict   fail if nothing runs `app`
  rustomize edit set replicas web=3 --dry-run                      print the change, write nothing

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
    pub(super) ignored: Vec<String>,

    /// Turn `vars` into `replacements`, too; resource files that refer to them change
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool)]
    pub(super) vars: Option<bool>,
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
    /// Set fields of one object where this layer writes them, or by a patch: KIND/NAME PATH=VALUE
    Field(FieldArgs),
    /// Set names, tags and digests of `images`: NAME=NEW:TAG@DIGEST, or a part of that; `*` keeps what is there
    Image(ImageArgs),
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
    pub(super) args: Vec<String>,
}

#[derive(Debug, Args)]
#[command(args_override_self = true, after_help = IMAGE_EXAMPLES)]
pub(super) struct ImageArgs {
    #[arg(value_name = "NAME=NEW:TAG@DIGEST")]
    pub(super) args: Vec<String>,

    /// Only in this object, by a patch; as often as wanted
    #[arg(long, value_name = "[NAMESPACE/]KIND/NAME")]
    pub(super) workload: Vec<String>,
}

const IMAGE_EXAMPLES: &str = "\
Examples:
  rustomize edit set image app=registry.example/app:1.2                                   wherever `app` runs
  rustomize edit set image --workload Deployment/app-green app=registry.example/app:1.2   in one Deployment";

/// Set fields of one object.
///
/// What writes the field in this layer is changed where it stands: a patch, an entry of `replicas` or `images`, a literal of a
/// generator, a manifest listed under `resources`. Else a patch is added to this kustomization. The result is built before it is
/// written; if anything else would change, or the field would not get its value, nothing is written.
#[derive(Debug, Args)]
#[command(args_override_self = true, after_help = FIELD_EXAMPLES)]
pub(super) struct FieldArgs {
    /// The object, as it is called in the output or was called before; with `NAMESPACE/` before it if that is not clear
    #[arg(value_name = "[NAMESPACE/]KIND/NAME", required = true)]
    pub(super) object: String,

    /// Fields with their values: scalars of YAML
    #[arg(value_name = "PATH=VALUE")]
    pub(super) args: Vec<String>,

    /// Take values as text, whatever they look like
    #[arg(long)]
    pub(super) string: bool,
}

const FIELD_EXAMPLES: &str = "\
Examples:
  rustomize edit set field Deployment/api spec.replicas=5
  rustomize edit set field Deployment/api 'spec.template.spec.containers.[name=api].image=api:1.2' --diff
  rustomize edit set field Service/api 'metadata.annotations[\"example.com/a.b\"]=x' spec.ports[0].port=8080
  rustomize edit set field ConfigMap/settings data.DEBUG=true --string";

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct ResourceArgs {
    #[arg(value_name = "PATH")]
    pub(super) args: Vec<String>,

    /// List what is named as it is: it need not exist, and patterns are not expanded
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool)]
    pub(super) no_verify: Option<bool>,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct PairsArgs {
    #[arg(value_name = "KEY:VALUE")]
    pub(super) args: Vec<String>,

    /// Overwrite what is there
    #[arg(short, long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool)]
    pub(super) force: Option<bool>,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct LabelArgs {
    #[command(flatten)]
    pub(super) pairs: PairsArgs,

    /// Add to `labels`, which leaves selectors alone
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool)]
    pub(super) without_selector: Option<bool>,

    /// With --without-selector: labels of pod templates, too
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool)]
    pub(super) include_templates: Option<bool>,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct KeysArgs {
    #[arg(value_name = "KEY,...")]
    pub(super) args: Vec<String>,

    /// It is no error if a key is not there
    #[arg(short, long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL",
          value_parser = parse_bool)]
    pub(super) ignore_non_existence: Option<bool>,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct NamesArgs {
    #[arg(value_name = "NAME,...")]
    pub(super) args: Vec<String>,

    /// The namespace of the entries
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub(super) namespace: String,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct PatchArgs {
    // The reference takes any arguments and ignores them.
    #[arg(hide = true)]
    pub(super) ignored: Vec<String>,

    /// The file of the patch
    #[arg(long, value_name = "PATH", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub(super) path: String,
    /// The patch itself
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub(super) patch: String,
    /// The target's API group
    #[arg(long, value_name = "GROUP", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub(super) group: String,
    /// The target's API version
    #[arg(long, value_name = "VERSION", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub(super) version: String,
    /// The target's kind
    #[arg(long, value_name = "KIND", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub(super) kind: String,
    /// The target's name
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub(super) name: String,
    /// The target's namespace
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub(super) namespace: String,
    /// The target's `annotationSelector`
    #[arg(long, value_name = "SELECTOR", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub(super) annotation_selector: String,
    /// The target's `labelSelector`
    #[arg(long, value_name = "SELECTOR", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub(super) label_selector: String,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct GeneratorArgs {
    #[arg(value_name = "NAME")]
    pub(super) args: Vec<String>,

    /// Files, separated by commas: PATH, KEY=PATH or a pattern
    #[arg(long, value_name = "PATHS", allow_hyphen_values = true)]
    pub(super) from_file: Vec<String>,
    /// A literal: KEY=VALUE
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    pub(super) from_literal: Vec<String>,
    /// A file of KEY=VALUE lines
    #[arg(long, value_name = "PATH", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub(super) from_env_file: String,
    /// Set `disableNameSuffixHash`
    #[arg(long = "disableNameSuffixHash", num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_name = "BOOL", value_parser = parse_bool)]
    pub(super) disable_name_suffix_hash: Option<bool>,
    /// The namespace of the entry
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub(super) namespace: String,
    /// Of a config map: create, merge or replace
    #[arg(long, value_name = "BEHAVIOR", allow_hyphen_values = true)]
    pub(super) behavior: Option<String>,
    /// Of a new secret: its type [default: Opaque]
    #[arg(long = "type", value_name = "TYPE", allow_hyphen_values = true)]
    pub(super) secret_type: Option<String>,
}

#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(super) struct SetGeneratorArgs {
    #[arg(value_name = "NAME")]
    pub(super) args: Vec<String>,

    /// A literal that is there, with its new value: KEY=VALUE
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    pub(super) from_literal: Vec<String>,
    /// The namespace of the entry
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub(super) namespace: String,
    /// The namespace it gets
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    pub(super) new_namespace: String,
}
