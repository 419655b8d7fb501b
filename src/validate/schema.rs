//! Objects of Kubernetes' own kinds against the table of types: fields that do not exist, types, required fields,
//! enumerations. What the table says nothing about is not judged.

use super::checker::{Checker, Words};
use super::path::Path;
use super::quantity;
use super::table::{self, RELEASE, Type, Types};
use super::{content, is_left_open};
use crate::diagnostic::{Code, nearest};
use crate::resource::Resource;
use crate::yaml::emit::value::{Context, Scalar, value_of};
use crate::yaml::tree::{Kind, NodeId, Style, Tree};

/// The type of `metadata`, which custom resources have, too.
pub(super) const METADATA: &str = "meta.v1.ObjectMeta";

/// Checks an object; returns whether its kind is known.
pub(super) fn check(checker: &mut Checker<'_>, types: &mut Types, resource: &Resource) -> bool {
    let tree = &*resource.tree;
    let root = Path::root(tree);
    let gvk = &resource.id.gvk;
    let mut walk = Walk { checker, types, tree };
    match table::kind(&gvk.group, &gvk.version, &gvk.kind) {
        Some(definition) => {
            walk.fields(&root, definition);
            true
        }
        None => {
            if let Some(metadata) = root.field(tree, "metadata") {
                walk.fields(&metadata, METADATA);
            }
            false
        }
    }
}

struct Walk<'w, 'c> {
    checker: &'w mut Checker<'c>,
    types: &'w mut Types,
    tree: &'w Tree,
}

impl Walk<'_, '_> {
    /// Checks a mapping with known fields.
    fn fields(&mut self, path: &Path<'_>, definition: &'static str) {
        let tree = self.tree;
        if !tree.is_mapping(path.node) || path.is_too_deep() {
            return self.wrong_type(path, "a mapping");
        }
        let known = self.types.get(definition);
        for (key, value) in tree.entries(path.node) {
            let below = path.key(tree, key, value);
            match known.field(tree.text(key)) {
                Some(field) => self.value(&below, field.of),
                None => {
                    let names = known.fields().iter().map(|field| field.name);
                    self.checker.key(Code::SchemaUnknownField, tree, &below, |checker, field| {
                        let short = definition.rsplit('.').next().unwrap_or(definition);
                        Words::new(format!("`{field}` of `{}` is no field of `{short}`", checker.object()))
                            .note(format!("by the types of Kubernetes {RELEASE}: `{definition}`"))
                            .did_you_mean(&nearest(tree.text(key), names, 2))
                    });
                }
            }
        }
        for field in known.fields().iter().filter(|field| field.is_required) {
            if path.field(tree, field.name).is_none() {
                self.checker.missing(Code::SchemaMissingField, tree, (path, field.name), |checker, field| {
                    let short = definition.rsplit('.').next().unwrap_or(definition);
                    Words::new(format!("`{field}` of `{}` is missing", checker.object()))
                        .note(format!("every `{short}` must have it, by the types of Kubernetes {RELEASE}"))
                });
            }
        }
    }

    fn value(&mut self, path: &Path<'_>, of: Type) {
        let tree = self.tree;
        match of {
            Type::Anything => {}
            Type::Fields(definition) if !is_null(tree, path.node) => self.fields(path, definition),
            Type::FieldsOrOther(definition) if tree.is_mapping(path.node) => self.fields(path, definition),
            Type::Fields(_) | Type::FieldsOrOther(_) => {}
            Type::List(of) => {
                if !tree.is_sequence(path.node) {
                    return self.wrong_type(path, "a list");
                }
                let of = Type::of(of);
                for (index, item) in tree.items(path.node).enumerate() {
                    self.value(&path.item(index, item), of);
                }
            }
            Type::Map(of) => {
                if !tree.is_mapping(path.node) {
                    return self.wrong_type(path, "a mapping");
                }
                let of = Type::of(of);
                for (key, value) in tree.entries(path.node) {
                    self.value(&path.key(tree, key, value), of);
                }
            }
            _ => self.scalar(path, of),
        }
    }

    fn scalar(&mut self, path: &Path<'_>, of: Type) {
        let tree = self.tree;
        let wanted = match of {
            Type::Text | Type::OneOf(_) | Type::Time | Type::Base64 => "a string",
            Type::Int32 | Type::Int64 => "an integer",
            Type::Number => "a number",
            Type::Bool => "`true` or `false`",
            Type::IntOrText => "an integer or a string",
            _ => "a quantity",
        };
        if !tree.is_scalar(path.node) {
            return self.wrong_type(path, wanted);
        }
        // What cannot be printed is an error of the build.
        let Some(scalar) = scalar(tree, path.node) else { return };
        if matches!(scalar, Scalar::Str(_)) && is_left_open(tree, path.node) {
            return;
        }
        let is_right = match (&scalar, of) {
            (Scalar::Null, _) => true,
            (Scalar::Str(_) | Scalar::Time(_), Type::Text | Type::Time | Type::IntOrText) => true,
            (Scalar::Str(text), Type::Base64) => {
                if !content::is_base64(text) {
                    content::invalid_base64(self.checker, tree, path);
                }
                true
            }
            (Scalar::Str(text), Type::OneOf(values)) => {
                if !text.is_empty() && !values.split('|').any(|value| value == text) {
                    self.not_allowed(path, text, values);
                }
                true
            }
            (Scalar::Str(text), Type::Quantity) => {
                if !quantity::is_quantity(text) {
                    self.no_quantity(path, text);
                }
                true
            }
            (Scalar::Int(_) | Scalar::Uint(_) | Scalar::Float(_), Type::Quantity | Type::Number) => true,
            (Scalar::Bool(_), Type::Bool) => true,
            (Scalar::Int(number), Type::Int32) => {
                if i32::try_from(*number).is_err() {
                    self.checker.value(Code::SchemaOutOfRange, tree, path, |checker, field| {
                        Words::new(format!("`{field}` of `{}` does not fit 32 bits", checker.object()))
                    });
                }
                true
            }
            (Scalar::Int(_), Type::Int64 | Type::IntOrText) => true,
            // Whole numbers are written without a point on the way to the server.
            (Scalar::Float(number), Type::Int32 | Type::Int64 | Type::IntOrText) => number.fract() == 0.0,
            _ => false,
        };
        if !is_right {
            self.wrong_type(path, wanted);
        }
    }

    fn wrong_type(&mut self, path: &Path<'_>, wanted: &str) {
        let tree = self.tree;
        if is_null(tree, path.node) || is_left_open(tree, path.node) {
            return;
        }
        self.checker
            .value(Code::SchemaWrongType, tree, path, |checker, field| wrong_type(checker, tree, path, field, wanted));
    }

    fn not_allowed(&mut self, path: &Path<'_>, text: &str, values: &str) {
        self.checker.value(Code::SchemaNotAllowed, self.tree, path, |checker, field| {
            let shown = checker.shown(text);
            let words = Words::new(format!("`{field}` of `{}` cannot be `{shown}`", checker.object()));
            let listed: Vec<String> = values.split('|').map(|value| format!("`{value}`")).collect();
            let words = words.note(format!("it is one of {}, by the types of Kubernetes {RELEASE}", listed.join(", ")));
            words.did_you_mean(&nearest(text, values.split('|'), 1))
        });
    }

    fn no_quantity(&mut self, path: &Path<'_>, text: &str) {
        self.checker.value(Code::SchemaOutOfRange, self.tree, path, |checker, field| {
            let words = Words::new(format!("`{field}` of `{}` is no quantity", checker.object()));
            match quantity::likely(text) {
                Some(likely) => words.did_you_mean(&[&likely]),
                None => words.help("write a number and a suffix, such as `500m`, `1.5` or `2Gi`"),
            }
        });
    }
}

/// Returns the words about a value of another type than is wanted.
pub(super) fn wrong_type(checker: &Checker<'_>, tree: &Tree, path: &Path<'_>, field: &str, wanted: &str) -> Words {
    let (found, is_plain) = describe(tree, path.node);
    let words = Words::new(format!("`{field}` of `{}` is {found}, not {wanted}", checker.object()));
    let is_quoted = tree.is_scalar(path.node) && tree.style(path.node).is_quoted();
    match (wanted, found) {
        ("a string", "a number" | "an integer" | "a boolean") if is_plain => words.help("put the value in quotes"),
        ("an integer" | "a number" | "`true` or `false`", "a string") => {
            let text = tree.text(path.node);
            let is_meant = match wanted {
                "`true` or `false`" => matches!(text, "true" | "false"),
                _ => crate::yaml::decimal::parse(text).is_some(),
            };
            match text {
                _ if is_meant && is_quoted => words.help("take the quotes away"),
                "yes" | "on" | "y" | "Yes" | "On" => words.help("write `true`: a kustomization reads this as a text"),
                "no" | "off" | "n" | "No" | "Off" => words.help("write `false`: a kustomization reads this as a text"),
                _ => words,
            }
        }
        _ => words,
    }
}

/// Returns what a node is, in words, and whether it stands without quotes.
fn describe(tree: &Tree, node: NodeId) -> (&'static str, bool) {
    let is_plain = tree.style(node) == Style::Plain;
    let found = match tree.kind(node) {
        Kind::Mapping => "a mapping",
        Kind::Sequence => "a list",
        Kind::Scalar => match scalar(tree, node) {
            Some(Scalar::Bool(_)) => "a boolean",
            Some(Scalar::Int(_) | Scalar::Uint(_)) => "an integer",
            Some(Scalar::Float(_)) => "a number",
            Some(Scalar::Null) | None => "nothing",
            Some(Scalar::Str(_) | Scalar::Time(_)) => "a string",
        },
    };
    (found, is_plain)
}

/// Returns what a scalar is in the output.
pub(super) fn scalar(tree: &Tree, node: NodeId) -> Option<Scalar<'_>> {
    value_of(tree, node, Context { in_flow: false, is_key: false }).ok()
}

pub(super) fn is_null(tree: &Tree, node: NodeId) -> bool {
    tree.is_scalar(node) && matches!(scalar(tree, node), Some(Scalar::Null))
}
