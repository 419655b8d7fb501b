//! Custom resources against the CustomResourceDefinitions of the same build, as a server would judge them.
//!
//! Of a structural schema this looks at types, properties, required fields, enumerations, bounds, lengths and patterns, and
//! at the extensions that change what is allowed (`x-kubernetes-int-or-string`, `-preserve-unknown-fields`,
//! `-embedded-resource`, `nullable`, defaults). Not looked at: `allOf`, `anyOf`, `oneOf`, `not`, `format`, `multipleOf`,
//! rules in CEL, and everything below `status`.

use super::checker::{Checker, Words};
use super::is_left_open;
use super::path::Path;
use super::schema::{is_null, scalar, wrong_type};
use crate::diagnostic::{Code, nearest};
use crate::pattern::Pattern;
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::yaml::emit::value::Scalar;
use crate::yaml::tree::{NodeId, Tree};
use rustc_hash::FxHashMap;

/// A kind that a CRD defines.
struct Definition<'b> {
    crd: &'b Resource,
    versions: Vec<Version<'b>>,
}

struct Version<'b> {
    name: &'b str,
    is_served: bool,
    is_deprecated: bool,
    schema: Option<NodeId>,
    /// Fields that the schema does not name are kept.
    keeps_unknown: bool,
}

/// The CRDs of a build, by group and kind.
pub(super) struct Crds<'b> {
    definitions: FxHashMap<(&'b str, &'b str), Definition<'b>>,
    /// Groups whose objects a mutating webhook of the build completes before they are judged; `*` for all.
    completed: Vec<&'b str>,
}

/// Patterns of schemas, compiled once; `None` for those that cannot be.
pub(super) type Patterns = FxHashMap<String, Option<Pattern>>;

impl<'b> Crds<'b> {
    pub(super) fn of(resources: &'b ResMap) -> Crds<'b> {
        let crds = resources.iter().filter(|resource| *resource.id.gvk.kind == *"CustomResourceDefinition");
        let definitions = crds.filter_map(|crd| {
            let tree = &*crd.tree;
            let key = (tree.text_at(&["spec", "group"])?, tree.text_at(&["spec", "names", "kind"])?);
            Some((key, Definition { crd, versions: versions(tree) }))
        });
        let webhooks = resources.iter().filter(|resource| *resource.id.gvk.kind == *"MutatingWebhookConfiguration");
        Crds {
            definitions: definitions.collect(),
            completed: webhooks.flat_map(|webhook| groups(&webhook.tree)).collect(),
        }
    }

    /// Checks an object; returns whether its kind is defined in the build.
    pub(super) fn check(&self, checker: &mut Checker<'_>, patterns: &mut Patterns, resource: &Resource) -> bool {
        let gvk = &resource.id.gvk;
        let Some(definition) = self.definitions.get(&(&*gvk.group, &*gvk.kind)) else { return false };
        let tree = &*resource.tree;
        let root = Path::root(tree);
        let crd = definition.crd.short_name();
        let served = || definition.versions.iter().filter(|version| version.is_served).map(|version| version.name);
        let Some(version) = definition.versions.iter().find(|version| *version.name == *gvk.version) else {
            if let Some(path) = root.field(tree, "apiVersion") {
                checker.value(Code::UnknownKind, tree, &path, |checker, _| {
                    let versions: Vec<String> = served().map(|name| format!("`{}/{name}`", gvk.group)).collect();
                    Words::new(format!("`{}`: `{crd}` does not define version `{}`", checker.object(), gvk.version))
                        .help(format!("its versions are {}", versions.join(", ")))
                });
            }
            return true;
        };
        if let Some(path) = root.field(tree, "apiVersion") {
            if !version.is_served {
                checker.value(Code::ApiRemoved, tree, &path, |checker, _| {
                    let versions: Vec<String> = served().map(|name| format!("`{}/{name}`", gvk.group)).collect();
                    let words =
                        format!("`{}` uses `{}`, which `{crd}` does not serve", checker.object(), gvk.api_version());
                    Words::new(words).help(format!("use {}", versions.join(" or ")))
                });
            } else if version.is_deprecated {
                checker.value(Code::ApiDeprecated, tree, &path, |checker, _| {
                    let words =
                        format!("`{}` uses `{}`, which `{crd}` deprecates", checker.object(), gvk.api_version());
                    Words::new(words)
                });
            }
        }
        if let Some(schema) = version.schema {
            let schemas = &*definition.crd.tree;
            let is_completed = self.completed.iter().any(|group| *group == "*" || *group == &*gvk.group);
            let mut walk = Walk { checker, patterns, schemas, tree, crd: &crd, is_completed };
            let keeps_unknown = version.keeps_unknown || walk.flag(schema, "x-kubernetes-preserve-unknown-fields");
            walk.object(&root, schema, keeps_unknown, true);
        }
        true
    }
}

/// Returns the groups that the webhooks of a configuration are for; `*` for rules that come later.
fn groups(tree: &Tree) -> Vec<&str> {
    let webhooks = tree.get(tree.root(), "webhooks").into_iter().flat_map(|list| tree.items(list));
    let of_webhook = |webhook: NodeId| match tree.get(webhook, "rules").filter(|&rules| !tree.has_no_children(rules)) {
        Some(rules) => {
            let lists = tree.items(rules).filter_map(|rule| tree.get(rule, "apiGroups"));
            lists.flat_map(|list| tree.items(list)).map(|group| tree.text(group)).collect()
        }
        None => vec!["*"],
    };
    webhooks.flat_map(of_webhook).collect()
}

fn versions(tree: &Tree) -> Vec<Version<'_>> {
    let text = |node: Option<NodeId>| node.filter(|&node| tree.is_scalar(node)).map(|node| tree.text(node));
    let Some(spec) = tree.get(tree.root(), "spec") else { return Vec::new() };
    // Before apiextensions.k8s.io/v1 one schema served all versions, and pruned nothing unless it was asked to.
    let common = tree.get_path(spec, &["validation", "openAPIV3Schema"]);
    let is_former = tree.text_at(&["apiVersion"]).is_some_and(|api| api.ends_with("/v1beta1"));
    let keeps_unknown = match text(tree.get(spec, "preserveUnknownFields")) {
        Some(text) => text == "true",
        None => is_former,
    };
    let version = |node: NodeId| {
        Some(Version {
            name: text(tree.get(node, "name"))?,
            is_served: text(tree.get(node, "served")) != Some("false"),
            is_deprecated: text(tree.get(node, "deprecated")) == Some("true"),
            schema: tree.get_path(node, &["schema", "openAPIV3Schema"]).or(common),
            keeps_unknown,
        })
    };
    let mut versions: Vec<Version<'_>> =
        tree.get(spec, "versions").into_iter().flat_map(|list| tree.items(list)).filter_map(version).collect();
    if let (true, Some(name)) = (versions.is_empty(), text(tree.get(spec, "version"))) {
        versions.push(Version { name, is_served: true, is_deprecated: false, schema: common, keeps_unknown });
    }
    versions
}

struct Walk<'w, 'c> {
    checker: &'w mut Checker<'c>,
    patterns: &'w mut Patterns,
    schemas: &'w Tree,
    tree: &'w Tree,
    crd: &'w str,
    /// Somebody adds what is missing.
    is_completed: bool,
}

impl Walk<'_, '_> {
    fn flag(&self, schema: NodeId, key: &str) -> bool {
        self.text(schema, key) == Some("true")
    }

    fn text(&self, schema: NodeId, key: &str) -> Option<&str> {
        self.schemas.get(schema, key).filter(|&node| self.schemas.is_scalar(node)).map(|node| self.schemas.text(node))
    }

    fn number(&self, schema: NodeId, key: &str) -> Option<f64> {
        self.text(schema, key)?.parse().ok()
    }

    /// Checks a mapping. That of a whole object, also of one inside another, has fields that schemas need not name.
    fn object(&mut self, path: &Path<'_>, schema: NodeId, keeps_unknown: bool, is_object: bool) {
        let (tree, schemas) = (self.tree, self.schemas);
        let properties = schemas.get(schema, "properties").filter(|&node| schemas.is_mapping(node));
        let others = schemas.get(schema, "additionalProperties");
        for (key, value) in tree.entries(path.node) {
            let name = tree.text(key);
            let below = path.key(tree, key, value);
            if is_object
                && (matches!(name, "apiVersion" | "kind" | "metadata") || (below.is_at_top() && name == "status"))
            {
                continue;
            }
            if let Some(property) = properties.and_then(|properties| schemas.get(properties, name)) {
                self.value(&below, property);
            } else if let Some(others) = others.filter(|&others| schemas.is_mapping(others)) {
                self.value(&below, others);
            } else if !keeps_unknown && others.is_none_or(|others| schemas.text(others) == "false") {
                let crd = self.crd;
                self.checker.key(Code::SchemaUnknownField, tree, &below, |checker, field| {
                    let names = properties.into_iter().flat_map(|node| schemas.entries(node));
                    Words::new(format!("`{field}` of `{}` is no field that its definition knows", checker.object()))
                        .note(format!("by `{crd}` of this build; a server drops the field"))
                        .did_you_mean(&nearest(name, names.map(|(key, _)| schemas.text(key)), 2))
                });
            }
        }
        let required = schemas.get(schema, "required").into_iter().flat_map(|list| schemas.items(list));
        for name in required.map(|node| schemas.text(node)) {
            let default = properties.and_then(|properties| schemas.get_path(properties, &[name, "default"]));
            let is_implied = is_object && matches!(name, "apiVersion" | "kind" | "metadata" | "status");
            if default.is_none() && !is_implied && !self.is_completed && path.field(tree, name).is_none() {
                let crd = self.crd;
                self.checker.missing(Code::SchemaMissingField, tree, (path, name), |checker, field| {
                    Words::new(format!("`{field}` of `{}` is missing", checker.object()))
                        .note(format!("`{crd}` of this build requires it"))
                });
            }
        }
        let n_entries = tree.entries(path.node).count() as f64;
        self.bounds(path, schema, n_entries, ("minProperties", "maxProperties"), "fields");
    }

    fn value(&mut self, path: &Path<'_>, schema: NodeId) {
        let (tree, schemas) = (self.tree, self.schemas);
        // A server takes a null for a field that is not there.
        if is_null(tree, path.node) || path.is_too_deep() || !schemas.is_mapping(schema) {
            return;
        }
        let keeps_unknown = self.flag(schema, "x-kubernetes-preserve-unknown-fields");
        let is_embedded = self.flag(schema, "x-kubernetes-embedded-resource");
        if self.flag(schema, "x-kubernetes-int-or-string") {
            let is_right = tree.is_scalar(path.node)
                && match scalar(tree, path.node) {
                    Some(Scalar::Float(number)) => number.fract() == 0.0,
                    Some(Scalar::Bool(_)) => false,
                    _ => true,
                };
            if !is_right {
                return self.wrong_type(path, "an integer or a string");
            }
        } else {
            match self.text(schema, "type") {
                Some("object") if !tree.is_mapping(path.node) => return self.wrong_type(path, "a mapping"),
                Some("array") if !tree.is_sequence(path.node) => return self.wrong_type(path, "a list"),
                Some(wanted @ ("string" | "integer" | "number" | "boolean")) if !self.is_of_type(path.node, wanted) => {
                    let wanted = match wanted {
                        "string" => "a string",
                        "integer" => "an integer",
                        "number" => "a number",
                        _ => "`true` or `false`",
                    };
                    return self.wrong_type(path, wanted);
                }
                _ => {}
            }
        }
        if tree.is_mapping(path.node) {
            let says_nothing = self.text(schema, "type").is_none() && schemas.get(schema, "properties").is_none();
            self.object(path, schema, keeps_unknown || says_nothing, is_embedded);
        } else if tree.is_sequence(path.node) {
            if let Some(items) = schemas.get(schema, "items") {
                for (index, item) in tree.items(path.node).enumerate() {
                    self.value(&path.item(index, item), items);
                }
            }
            let n_items = tree.items(path.node).count() as f64;
            self.bounds(path, schema, n_items, ("minItems", "maxItems"), "items");
        } else {
            self.scalar(path, schema);
        }
    }

    fn is_of_type(&self, node: NodeId, wanted: &str) -> bool {
        if !self.tree.is_scalar(node) {
            return false;
        }
        if is_left_open(self.tree, node) {
            return true;
        }
        match (scalar(self.tree, node), wanted) {
            (None, _) | (Some(Scalar::Str(_) | Scalar::Time(_)), "string") | (Some(Scalar::Bool(_)), "boolean") => true,
            (Some(Scalar::Int(_) | Scalar::Uint(_)), "integer" | "number") | (Some(Scalar::Float(_)), "number") => true,
            (Some(Scalar::Float(number)), "integer") => number.fract() == 0.0,
            _ => false,
        }
    }

    fn scalar(&mut self, path: &Path<'_>, schema: NodeId) {
        let (tree, schemas) = (self.tree, self.schemas);
        if is_left_open(tree, path.node) {
            return;
        }
        let Some(value) = scalar(tree, path.node) else { return };
        if let Some(allowed) = schemas.get(schema, "enum").filter(|&node| schemas.is_sequence(node)) {
            if !schemas.items(allowed).any(|item| scalar(schemas, item).is_some_and(|item| is_same(&item, &value))) {
                let crd = self.crd;
                self.checker.value(Code::SchemaNotAllowed, tree, path, |checker, field| {
                    let names: Vec<&str> = schemas.items(allowed).map(|item| schemas.text(item)).collect();
                    let listed: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                    let text = tree.text(path.node);
                    Words::new(format!("`{field}` of `{}` cannot be `{}`", checker.object(), checker.shown(text)))
                        .note(format!("it is one of {}, by `{crd}` of this build", listed.join(", ")))
                        .did_you_mean(&nearest(text, names, 1))
                });
            }
            return;
        }
        match value {
            Scalar::Str(text) => {
                let length = text.chars().count() as f64;
                self.bounds(path, schema, length, ("minLength", "maxLength"), "characters");
                if let Some(pattern) = self.text(schema, "pattern").map(str::to_owned)
                    && !self.matches(&pattern, &text)
                {
                    self.out_of_range(path, format!("does not match `{pattern}`"));
                }
            }
            Scalar::Int(number) => self.range(path, schema, number as f64),
            Scalar::Uint(number) => self.range(path, schema, number as f64),
            Scalar::Float(number) => self.range(path, schema, number),
            _ => {}
        }
    }

    /// Returns whether a text matches; a pattern that cannot be compiled matches everything.
    fn matches(&mut self, pattern: &str, text: &str) -> bool {
        if !self.patterns.contains_key(pattern) {
            self.patterns.insert(pattern.to_owned(), Pattern::new(pattern).ok());
        }
        self.patterns.get(pattern).and_then(Option::as_ref).is_none_or(|pattern| pattern.is_match(text))
    }

    fn range(&mut self, path: &Path<'_>, schema: NodeId, number: f64) {
        if let Some(least) = self.number(schema, "minimum") {
            let is_exclusive = self.flag(schema, "exclusiveMinimum");
            if number < least || (is_exclusive && number == least) {
                let word = if is_exclusive { "more than" } else { "at least" };
                return self.out_of_range(path, format!("must be {word} {least}"));
            }
        }
        if let Some(most) = self.number(schema, "maximum") {
            let is_exclusive = self.flag(schema, "exclusiveMaximum");
            if number > most || (is_exclusive && number == most) {
                let word = if is_exclusive { "less than" } else { "at most" };
                self.out_of_range(path, format!("must be {word} {most}"));
            }
        }
    }

    fn bounds(&mut self, path: &Path<'_>, schema: NodeId, count: f64, keys: (&str, &str), what: &str) {
        if let Some(least) = self.number(schema, keys.0).filter(|&least| count < least) {
            self.out_of_range(path, format!("must have at least {least} {what}"));
        }
        if let Some(most) = self.number(schema, keys.1).filter(|&most| count > most) {
            self.out_of_range(path, format!("must have at most {most} {what}"));
        }
    }

    fn out_of_range(&mut self, path: &Path<'_>, why: String) {
        let crd = self.crd;
        self.checker.value(Code::SchemaOutOfRange, self.tree, path, |checker, field| {
            let field = if field.is_empty() { "the object" } else { field };
            Words::new(format!("`{field}` of `{}` {why}", checker.object())).note(format!("by `{crd}` of this build"))
        });
    }

    fn wrong_type(&mut self, path: &Path<'_>, wanted: &str) {
        let (tree, crd) = (self.tree, self.crd);
        if is_left_open(tree, path.node) {
            return;
        }
        self.checker.value(Code::SchemaWrongType, tree, path, |checker, field| {
            wrong_type(checker, tree, path, field, wanted).note(format!("by `{crd}` of this build"))
        });
    }
}

fn is_same(a: &Scalar<'_>, b: &Scalar<'_>) -> bool {
    let number = |scalar: &Scalar<'_>| match scalar {
        Scalar::Int(number) => Some(*number as f64),
        Scalar::Uint(number) => Some(*number as f64),
        Scalar::Float(number) => Some(*number),
        _ => None,
    };
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a == b,
        _ => false,
    }
}
