//! What a command line of `edit` asks the engine for.

use super::args::{Add, EditArgs, GeneratorArgs, NamesArgs, PatchArgs, Remove, Set, SetGeneratorArgs, Verb};
use crate::edit::{Command, FileList, GeneratorFlags, GeneratorKind, LabelFlags, PatchFlags};

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
            Set::Field(args) => Command::SetField(args.object.clone(), args.args.clone(), args.string),
            Set::Image(args) if args.workload.is_empty() => Command::SetImage(args.args.clone()),
            Set::Image(args) => Command::SetWorkloadImage(args.workload.clone(), args.args.clone()),
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
