//! The types of Kubernetes: a table of text, in which lines are found by halving; a definition is taken apart when it is
//! first needed. What the table has, and has not, stands at its head.

use super::release::Release;
use crate::sorting::Sorting;
use rustc_hash::FxHashMap;
use std::rc::Rc;

const TABLE: &str = include_str!("kubernetes.txt");

/// The release that the table is of.
pub const RELEASE: Release = Release { major: 1, minor: 37 };

/// What a field can hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Type {
    Text,
    Base64,
    Time,
    Int32,
    Int64,
    Number,
    Bool,
    Quantity,
    IntOrText,
    Anything,
    /// A list; the type of its items.
    List(&'static str),
    /// A mapping; the type of its values.
    Map(&'static str),
    /// A mapping with known fields.
    Fields(&'static str),
    /// The same, or something else.
    FieldsOrOther(&'static str),
    /// One of some texts, divided by `|`.
    OneOf(&'static str),
}

impl Type {
    /// Reads a type as it stands in the table.
    pub(super) fn of(text: &'static str) -> Type {
        let mut chars = text.chars();
        let first = chars.next();
        let rest = chars.as_str();
        match first {
            Some('s') => Type::Text,
            Some('y') => Type::Base64,
            Some('t') => Type::Time,
            Some('i') => Type::Int32,
            Some('l') => Type::Int64,
            Some('n') => Type::Number,
            Some('b') => Type::Bool,
            Some('q') => Type::Quantity,
            Some('x') => Type::IntOrText,
            Some('[') => Type::List(rest),
            Some('{') => Type::Map(rest),
            Some('@') => Type::Fields(rest),
            Some('?') => Type::FieldsOrOther(rest),
            Some('(') => Type::OneOf(rest),
            _ => Type::Anything,
        }
    }
}

/// A field of a definition.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) is_required: bool,
    pub(super) of: Type,
}

/// A mapping with known fields.
#[derive(Debug)]
pub(super) struct Definition {
    /// Sorted by name.
    fields: Vec<Field>,
}

impl Definition {
    fn read(text: &'static str) -> Definition {
        let field = |field: &'static str| {
            let (name, of) = field.split_once(':')?;
            let (name, is_required) = name.strip_suffix('!').map_or((name, false), |name| (name, true));
            Some(Field { name, is_required, of: Type::of(of) })
        };
        let mut fields: Vec<Field> = text.split(' ').filter_map(field).collect();
        fields.put_in_order_of(|field| field.name);
        Definition { fields }
    }

    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        let at = self.fields.binary_search_by_key(&name, |field| field.name).ok()?;
        self.fields.get(at)
    }

    pub(super) fn fields(&self) -> &[Field] {
        &self.fields
    }
}

/// The definitions that were needed so far.
#[derive(Default)]
pub(super) struct Types {
    read: FxHashMap<&'static str, Rc<Definition>>,
}

impl Types {
    /// Returns a definition by its name in the table.
    pub(super) fn get(&mut self, name: &'static str) -> Rc<Definition> {
        let read = || Rc::new(Definition::read(find(TABLE, name).unwrap_or_default()));
        Rc::clone(self.read.entry(name).or_insert_with(read))
    }
}

/// Returns the name of the definition of a kind.
pub(super) fn kind(group: &str, version: &str, kind: &str) -> Option<&'static str> {
    find(TABLE, &format!("={group}/{version}/{kind}"))
}

/// Returns whether a group is one of Kubernetes' own.
pub(super) fn is_known_group(group: &str) -> bool {
    lines_from(TABLE, &format!("={group}/")).next().is_some_and(|line| line.starts_with(&format!("={group}/")))
}

/// Returns versions and kinds of a group, in order.
pub(super) fn kinds(group: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let prefix = format!("={group}/");
    lines_from(TABLE, &prefix)
        .map_while(move |line| line.strip_prefix(&prefix)?.split_once('\t').map(|(kind, _)| kind))
        .filter_map(|kind| kind.split_once('/'))
}

/// Returns the first API that has a kind.
pub(super) fn api_of(kind: &str) -> Option<String> {
    let end = format!("/{kind}");
    let kinds = lines_from(TABLE, "=").map_while(|line| line.strip_prefix('=')?.split_once('\t'));
    let api = kinds.filter_map(|(name, _)| name.strip_suffix(&end)).next()?;
    Some(api.trim_start_matches('/').to_owned())
}

/// Returns what stands behind the tab in the line that begins with a name.
pub(super) fn find(table: &'static str, name: &str) -> Option<&'static str> {
    let (found, rest) = lines_from(table, name).next()?.split_once('\t')?;
    (found == name).then_some(rest)
}

/// Returns the lines from the first that is not less than a text. Names are compared up to their tab, which sorts before
/// all that stands in names.
fn lines_from(table: &'static str, name: &str) -> impl Iterator<Item = &'static str> + use<> {
    let (mut low, mut high) = (0, table.len());
    while low < high {
        let middle = line_start(table, low + (high - low) / 2).max(low);
        let line = table.get(middle..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        if line.starts_with('#') || line < name {
            low = middle + line.len() + 1;
        } else {
            high = middle;
        }
    }
    table.get(low..).unwrap_or_default().lines()
}

fn line_start(table: &str, at: usize) -> usize {
    table.as_bytes().get(..at).and_then(|before| memchr::memrchr(b'\n', before)).map_or(0, |newline| newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_sorted() {
        let lines: Vec<&str> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.is_sorted() && lines.len() > 600);
        for line in lines {
            let (name, rest) = line.split_once('\t').expect("a tab");
            assert_eq!(find(TABLE, name), Some(rest), "{name}");
        }
        for name in ["", "=", "=apps/v1/Deploymen", "=apps/v1/Deploymentt", "zzz", "#", "core.v1"] {
            assert_eq!(find(TABLE, name), None, "{name}");
        }
    }

    #[test]
    fn the_head_names_the_release() {
        assert!(TABLE.contains(&format!("# The types of Kubernetes {RELEASE}.\n")));
    }

    #[test]
    fn every_type_leads_to_a_definition() {
        for line in TABLE.lines().filter(|line| !line.starts_with(['#', '='])) {
            let (_, fields) = line.split_once('\t').expect("a tab");
            for field in &Definition::read(fields).fields {
                let mut of = field.of;
                while let Type::List(inner) | Type::Map(inner) = of {
                    of = Type::of(inner);
                }
                match of {
                    Type::Fields(name) | Type::FieldsOrOther(name) => assert!(find(TABLE, name).is_some(), "{name}"),
                    Type::OneOf(values) => assert!(!values.is_empty(), "{line}"),
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn kinds_and_groups() {
        assert_eq!(kind("apps", "v1", "Deployment"), Some("apps.v1.Deployment"));
        assert_eq!(kind("", "v1", "Pod"), Some("core.v1.Pod"));
        assert_eq!(kind("apps", "v1", "Pod"), None);
        assert!(is_known_group("apps") && is_known_group("") && is_known_group("storage.k8s.io"));
        assert!(!is_known_group("app") && !is_known_group("gateway.networking.k8s.io"));
        assert_eq!(api_of("Ingress").as_deref(), Some("networking.k8s.io/v1"));
        assert_eq!(api_of("Pod").as_deref(), Some("v1"));
        assert_eq!(api_of("ress"), None);
        assert_eq!(kinds("policy").collect::<Vec<_>>(), [("v1", "Eviction"), ("v1", "PodDisruptionBudget")]);
    }
}
