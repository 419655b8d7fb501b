//! One form for all spellings of a value: what is equal here is no difference.

use super::amount;
use super::ignore::Ignored;
use super::known::{Known, Part};
use crate::schema::merge_keys::Schema;
use crate::sorting::Sorting;
use crate::yaml::emit::value::{Context, Scalar, value_of};
use crate::yaml::tree::{Kind, NodeId, Style, Tree};
use rustc_hash::FxHashMap;

/// A node, and whether it is printed inside a flow collection (which decides what some scalars are).
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub(super) node: NodeId,
    pub(super) in_flow: bool,
}

/// An object with what is needed to understand its values.
#[derive(Clone, Copy)]
pub(super) struct Object<'a> {
    pub(super) tree: &'a Tree,
    pub(super) known: Known<'a>,
    pub(super) schema: Option<Schema<'a>>,
    /// Names with a hash, and what they are on the new side.
    pub(super) renamed: Option<&'a FxHashMap<String, String>>,
    pub(super) ignored: &'a Ignored,
}

impl<'a> Object<'a> {
    pub(super) fn root(&self) -> At {
        self.at(self.tree.root(), false)
    }

    pub(super) fn at(&self, node: NodeId, in_flow: bool) -> At {
        At { node, in_flow: in_flow || self.tree.style(node) == Style::Flow }
    }

    /// Returns keys and values of a mapping.
    pub(super) fn entries(&self, map: At) -> impl Iterator<Item = (&'a str, At)> {
        let (this, tree) = (*self, self.tree);
        tree.entries(map.node).map(move |(key, value)| (tree.text(key), this.at(value, map.in_flow)))
    }

    pub(super) fn items(&self, list: At) -> Vec<At> {
        self.tree.items(list.node).map(|item| self.at(item, list.in_flow)).collect()
    }

    /// Returns whether an entry says what its absence would say as well.
    pub(super) fn says_nothing(&self, map: At, key: &str, value: At, route: &[Part<'_>]) -> bool {
        if !self.tree.is_scalar(value.node) {
            return false;
        }
        let scalar = self.scalar(value, route);
        if scalar == NULL {
            return self.known.ignores_null();
        }
        if let Some(default) = self.known.default(route) {
            return scalar.get(1..) == Some(default);
        }
        // A port of a Service leads to the port of the same number, unless it says otherwise.
        if key == "targetPort" && self.known.is_service_port(route) {
            let port = self.tree.get(map.node, "port").map(|port| self.at(port, map.in_flow));
            return port.is_some_and(|port| self.scalar(port, &[]) == scalar);
        }
        false
    }

    /// Returns whether the order of the items of a list says something. `has_keys`: the schema names merge keys.
    pub(super) fn is_ordered(&self, list: At, has_keys: bool, route: &[Part<'_>]) -> bool {
        if !has_keys {
            return !self.known.is_set(route);
        }
        if !self.known.is_ordered(route) {
            return false;
        }
        let uses_others =
            |item: NodeId| self.tree.get(item, "value").is_some_and(|value| self.tree.text(value).contains("$("));
        route.last() != Some(&Part::Key("env")) || self.tree.items(list.node).any(uses_others)
    }

    /// Returns the form of a scalar: a letter for its type, and its text.
    pub(super) fn scalar(&self, at: At, route: &[Part<'_>]) -> String {
        let text = self.tree.text(at.node);
        let value = value_of(self.tree, at.node, Context { in_flow: at.in_flow, is_key: false });
        if !matches!(value, Ok(Scalar::Null | Scalar::Bool(_))) {
            if self.known.is_quantity(route)
                && let Some(quantity) = amount::quantity(text)
            {
                return format!("q{quantity}");
            }
            if self.known.is_duration(route)
                && let Some(duration) = amount::duration(text)
            {
                return format!("d{duration}");
            }
        }
        match value {
            Ok(Scalar::Null) => NULL.to_owned(),
            Ok(Scalar::Bool(value)) => format!("b{value}"),
            Ok(Scalar::Int(value)) => format!("n{value}"),
            Ok(Scalar::Uint(value)) => format!("n{value}"),
            Ok(Scalar::Float(value)) => number(value),
            Ok(Scalar::Str(value)) => {
                let renamed = self.renamed.and_then(|renamed| renamed.get(&*value));
                format!("s{}", renamed.map_or(&*value, String::as_str))
            }
            Ok(Scalar::Time(value)) => format!("s{value}"),
            Err(_) => format!("x{text}"),
        }
    }

    /// Appends the form of a value with all below it.
    pub(super) fn form(&self, at: At, schema: Option<Schema<'_>>, route: &mut Vec<Part<'a>>, out: &mut String) {
        match self.tree.kind(at.node) {
            Kind::Scalar => {
                let scalar = self.scalar(at, route);
                // With its length, no text can look like something else.
                out.push_str(&format!("{}:{scalar}", scalar.len()));
            }
            Kind::Mapping => {
                let mut entries: Vec<(&str, At)> = self.entries(at).collect();
                entries.put_in_order_of(|(key, _)| *key);
                out.push('{');
                for (key, value) in entries {
                    route.push(Part::Key(key));
                    if !self.says_nothing(at, key, value, route) && !self.ignored.is_field(route) {
                        out.push_str(&format!("{}:{key}", key.len()));
                        self.form(value, schema.and_then(|schema| schema.field(key)), route, out);
                    }
                    route.pop();
                }
                out.push('}');
            }
            Kind::Sequence => {
                let has_keys = super::lists::has_order_of_keys(schema);
                let is_ordered = self.is_ordered(at, has_keys, route);
                route.push(Part::Item);
                let below = schema.and_then(Schema::items);
                let mut items: Vec<String> = Vec::new();
                for item in self.items(at) {
                    let mut form = String::new();
                    self.form(item, below, route, &mut form);
                    items.push(form);
                }
                route.pop();
                if !is_ordered {
                    items.put_in_own_order();
                }
                out.push('[');
                items.iter().for_each(|item| out.push_str(item));
                out.push(']');
            }
        }
    }

    /// Returns the form of a value.
    pub(super) fn form_of(&self, at: At, schema: Option<Schema<'_>>, route: &[Part<'a>]) -> String {
        let mut out = String::new();
        self.form(at, schema, &mut route.to_vec(), &mut out);
        out
    }
}

/// The form of null.
pub(super) const NULL: &str = "~";

fn number(value: f64) -> String {
    // Beyond that not every whole number is a double.
    const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= WHOLE_MAX { format!("n{}", value as i64) } else { format!("n{value:?}") }
}
