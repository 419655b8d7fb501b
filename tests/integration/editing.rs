//! The command lines of `edit` in the cases, for the library.

use rustomize::edit::{Command, FileList, GeneratorFlags, GeneratorKind, LabelFlags, PatchFlags};

/// Returns the command of a case's arguments.
pub(crate) fn command(args: &[String]) -> Result<Command, String> {
    let (flags, rest): (Vec<&String>, Vec<&String>) = args.iter().partition(|arg| arg.starts_with("--"));
    let value = |name: &str| {
        let found = flags.iter().find_map(|flag| flag.strip_prefix("--")?.strip_prefix(name)?.strip_prefix('='));
        found.unwrap_or_default().to_owned()
    };
    let values = |name: &str| {
        let found = flags.iter().filter_map(|flag| flag.strip_prefix("--")?.strip_prefix(name)?.strip_prefix('='));
        found.map(str::to_owned).collect::<Vec<_>>()
    };
    let has = |name: &str| flags.iter().any(|flag| flag.strip_prefix("--") == Some(name));
    let words: Vec<&str> = rest.iter().map(|word| word.as_str()).collect();
    let args: Vec<String> = words.iter().skip(2).map(|word| (*word).to_owned()).collect();
    let generator = || GeneratorFlags {
        files: values("from-file"),
        literals: values("from-literal"),
        env_file: value("from-env-file"),
        disable_name_suffix_hash: has("disableNameSuffixHash"),
        behavior: value("behavior"),
        namespace: value("namespace"),
        new_namespace: value("new-namespace"),
        secret_type: "Opaque".to_owned(),
    };
    let patch = || {
        let target = ["group", "version", "kind", "name", "namespace"].map(|key| (key, value(key)));
        PatchFlags { path: value("path"), patch: value("patch"), target: target.to_vec() }
    };
    let labels = LabelFlags {
        force: has("force"),
        without_selector: has("without-selector"),
        include_templates: has("include-templates"),
    };
    Ok(match words[..] {
        ["fix"] => Command::Fix(has("vars")),
        ["set", "image", ..] => Command::SetImage(args),
        ["set", "replicas", ..] => Command::SetReplicas(args),
        ["set", "namespace", ..] => Command::SetNamespace(args),
        ["set", "nameprefix", ..] => Command::SetNamePrefix(args),
        ["set", "label", ..] => Command::SetLabel(args),
        ["set", "annotation", ..] => Command::SetAnnotation(args),
        ["set", "buildmetadata", ..] => Command::SetBuildMetadata(args),
        ["set", "configmap", ..] => Command::SetGenerator(GeneratorKind::ConfigMap, args, generator()),
        ["add", "resource", ..] => Command::AddResource(args, has("no-verify")),
        ["add", "component", ..] => Command::AddComponent(args),
        ["add", "label", ..] => Command::AddLabel(args, labels),
        ["add", "annotation", ..] => Command::AddAnnotation(args, has("force")),
        ["add", "patch"] => Command::AddPatch(patch()),
        ["add", "configmap", ..] => Command::AddGenerator(GeneratorKind::ConfigMap, args, generator()),
        ["add", "secret", ..] => Command::AddGenerator(GeneratorKind::Secret, args, generator()),
        ["remove", "resource", ..] => Command::RemoveFile(FileList::Resources, args),
        ["remove", "label", ..] => Command::RemoveLabel(args, false),
        ["remove", "patch"] => Command::RemovePatch(patch()),
        ["remove", "configmap", ..] => Command::RemoveGenerator(GeneratorKind::ConfigMap, args, value("namespace")),
        _ => return Err(format!("the harness does not know the verb `{}`", words.join(" "))),
    })
}
