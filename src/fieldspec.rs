//! Field specs: which field of which kinds a transformer writes, and the walk to it.
//!
//! A walk only looks. It gives [`Hit`]s: fields that exist, and places where a field can be created. A transformer
//! decides on them what is to be written and only then asks for the tree to be writable, so that a resource that a base
//! shares with several overlays is copied only by those that change it. What is written is the transformers' affair.

use crate::diagnostic::{Code, Diagnostic};
use crate::provenance::Stamp;
use crate::resource::{Gvk, Resource};
use crate::schema::field_specs::{self, NameReference};
use crate::source::Place;
pub use crate::yaml::resolve::is_null;
use crate::yaml::tree::{Kind, NodeId, Tree};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::rc::Rc;

pub mod merge;

/// Names a field of some kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSpec {
    /// API group; empty for any.
    pub group: Cow<'static, str>,
    /// API version; empty for any.
    pub version: Cow<'static, str>,
    /// Kind; empty for any.
    pub kind: Cow<'static, str>,
    /// Path, `/`-separated, `\/` for a slash inside a part; a part may end in `[]`.
    pub path: Cow<'static, str>,
    /// Whether missing mappings and the field itself are created.
    pub create: bool,
    /// Where the spec stands; `None` for the built-in ones.
    pub place: Option<Place>,
}

impl FieldSpec {
    /// Returns whether the spec is for resources of a type.
    pub fn selects(&self, gvk: &Gvk) -> bool {
        selects(&self.group, &self.version, &self.kind, gvk)
    }

    /// Returns the error for a path with more parts than are followed: what is created must not be deeper than what is read
    /// (`Limits::depth_max`).
    pub fn too_deep(&self) -> Option<Box<Diagnostic>> {
        const PARTS_MAX: usize = 250;
        let n_parts = self.path.split('/').count();
        let message = format!("a field path has {n_parts} parts; at most {PARTS_MAX} are followed");
        (n_parts > PARTS_MAX).then(|| {
            Diagnostic::error(Code::LimitExceeded, message).at(self.place, "in this entry").help("shorten the path")
        })
    }

    /// Returns whether this spec covers another (upstream `FieldSpec.effectivelyEquals`).
    fn covers(&self, other: &FieldSpec) -> bool {
        let part = |own: &str, other: &str| other.is_empty() || own == other;
        self.path == other.path
            && part(&self.group, &other.group)
            && part(&self.version, &other.version)
            && part(&self.kind, &other.kind)
    }
}

/// Returns whether a type has the given group, version and kind, where empty is any (upstream `Gvk.IsSelected`).
pub fn selects(group: &str, version: &str, kind: &str, gvk: &Gvk) -> bool {
    (kind.is_empty() || kind == &*gvk.kind)
        && (group.is_empty() || group == &*gvk.group)
        && (version.is_empty() || version == &*gvk.version)
}

/// Adds a spec to a list unless the list covers it; gives the one that differs from it only in `create`.
pub fn merge<'s>(list: &mut Vec<&'s FieldSpec>, new: &'s FieldSpec) -> Result<(), &'s FieldSpec> {
    match list.iter().copied().find(|spec| spec.covers(new)) {
        Some(present) if present.create != new.create => Err(present),
        Some(_) => Ok(()),
        None => {
            list.push(new);
            Ok(())
        }
    }
}

/// Which fields the transformers write: the defaults, and what `configurations` adds to them.
#[derive(Clone, Debug)]
pub struct TransformerConfig {
    /// Fields that get `namePrefix`.
    pub name_prefix: Cow<'static, [FieldSpec]>,
    /// Fields that get `nameSuffix`.
    pub name_suffix: Cow<'static, [FieldSpec]>,
    /// Fields that get `namespace`, beside `metadata/namespace` and subjects.
    pub namespace: Cow<'static, [FieldSpec]>,
    /// Fields that get `commonLabels`.
    pub common_labels: Cow<'static, [FieldSpec]>,
    /// Further fields that get every entry of `labels`.
    pub labels: Cow<'static, [FieldSpec]>,
    /// Fields that get `labels` with `includeTemplates`.
    pub template_labels: Cow<'static, [FieldSpec]>,
    /// Fields that get `labels` with `includeVolumeClaimTemplates`.
    pub vct_labels: Cow<'static, [FieldSpec]>,
    /// Fields that get `commonAnnotations`.
    pub common_annotations: Cow<'static, [FieldSpec]>,
    /// Fields that hold images, beside the lists of containers.
    pub images: Cow<'static, [FieldSpec]>,
    /// Fields that hold numbers of replicas.
    pub replicas: Cow<'static, [FieldSpec]>,
    /// Fields that hold names of other objects.
    pub name_reference: Cow<'static, [NameReference]>,
    /// Fields in which `$(NAME)` is replaced by the value of a var.
    pub var_reference: Cow<'static, [FieldSpec]>,
}

impl Default for TransformerConfig {
    /// Makes the defaults; nothing is copied.
    fn default() -> Self {
        TransformerConfig {
            name_prefix: Cow::Borrowed(field_specs::NAME_PREFIX),
            name_suffix: Cow::Borrowed(field_specs::NAME_SUFFIX),
            namespace: Cow::Borrowed(field_specs::NAMESPACE),
            common_labels: Cow::Borrowed(field_specs::COMMON_LABELS),
            labels: Cow::Borrowed(&[]),
            template_labels: Cow::Borrowed(field_specs::TEMPLATE_LABELS),
            vct_labels: Cow::Borrowed(field_specs::VOLUME_CLAIM_TEMPLATE_LABELS),
            common_annotations: Cow::Borrowed(field_specs::COMMON_ANNOTATIONS),
            images: Cow::Borrowed(field_specs::IMAGES),
            replicas: Cow::Borrowed(field_specs::REPLICAS),
            name_reference: Cow::Borrowed(field_specs::NAME_REFERENCES),
            var_reference: Cow::Borrowed(field_specs::VAR_REFERENCES),
        }
    }
}

impl TransformerConfig {
    /// Makes a config without any fields.
    pub fn empty() -> Self {
        TransformerConfig {
            name_prefix: Cow::Borrowed(&[]),
            name_suffix: Cow::Borrowed(&[]),
            namespace: Cow::Borrowed(&[]),
            common_labels: Cow::Borrowed(&[]),
            labels: Cow::Borrowed(&[]),
            template_labels: Cow::Borrowed(&[]),
            vct_labels: Cow::Borrowed(&[]),
            common_annotations: Cow::Borrowed(&[]),
            images: Cow::Borrowed(&[]),
            replicas: Cow::Borrowed(&[]),
            name_reference: Cow::Borrowed(&[]),
            var_reference: Cow::Borrowed(&[]),
        }
    }
}

/// The specs of one transformer, made ready for each type of resource when the first resource of that type is met.
#[derive(Debug)]
pub struct FieldSpecs<'s> {
    /// Each with its path, once a type that it is for was met.
    specs: Vec<(&'s FieldSpec, Option<Rc<FieldPath>>)>,
    leaf: Option<Kind>,
    /// The first types that were met. Of few, one is found sooner without an index.
    first_types: Vec<(Gvk, Rc<[Rc<FieldPath>]>)>,
    /// The other types.
    by_type: FxHashMap<Gvk, Rc<[Rc<FieldPath>]>>,
}

impl<'s> FieldSpecs<'s> {
    /// Makes the set; `leaf` is what is created at the end of paths, `None` if nothing ever is.
    pub fn new(specs: impl IntoIterator<Item = &'s FieldSpec>, leaf: Option<Kind>) -> FieldSpecs<'s> {
        let specs = specs.into_iter().map(|spec| (spec, None)).collect();
        FieldSpecs { specs, leaf, first_types: Vec::new(), by_type: FxHashMap::default() }
    }

    /// Returns the paths for resources of a type, in the order of the specs.
    pub fn for_type(&mut self, gvk: &Gvk) -> Rc<[Rc<FieldPath>]> {
        const FEW: usize = 8;
        let is_same = |other: &Gvk| other.kind.len() == gvk.kind.len() && other == gvk;
        if let Some((_, paths)) = self.first_types.iter().find(|(other, _)| is_same(other)) {
            return Rc::clone(paths);
        }
        if let Some(paths) = self.by_type.get(gvk).filter(|_| self.first_types.len() == FEW) {
            return Rc::clone(paths);
        }
        let selected = self.specs.iter_mut().filter(|(spec, _)| spec.selects(gvk));
        let path = |(spec, path): &mut (&FieldSpec, Option<Rc<FieldPath>>)| {
            Rc::clone(path.get_or_insert_with(|| Rc::new(FieldPath::new(spec, self.leaf))))
        };
        let paths: Rc<[Rc<FieldPath>]> = selected.map(path).collect();
        if self.first_types.len() < FEW {
            self.first_types.push((gvk.clone(), Rc::clone(&paths)));
        } else {
            self.by_type.insert(gvk.clone(), Rc::clone(&paths));
        }
        paths
    }
}

/// A spec's path, split.
#[derive(Clone, Debug)]
pub struct FieldPath {
    /// The path as it was written.
    pub text: Cow<'static, str>,
    parts: Box<[Part]>,
    create: bool,
    leaf: Kind,
}

#[derive(Clone, Debug)]
struct Part {
    name: Cow<'static, str>,
    /// Written with `[]`: the value should be a list, and is never created.
    is_sequence: bool,
    /// It can name a field of a mapping; the reference reads the other forms as list look-ups.
    names_a_field: bool,
}

/// What a walk found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// The field.
    Found(NodeId),
    /// A mapping that lacks the part with the given number.
    Missing {
        /// The mapping.
        map: NodeId,
        /// The number of the part.
        part: usize,
    },
    /// A key that is the part with the given number and whose value is null, which becomes what the path needs there.
    Null {
        /// The mapping.
        map: NodeId,
        /// The key.
        key: NodeId,
        /// The number of the part.
        part: usize,
    },
}

/// Why a walk cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WalkError {
    /// Something else than a mapping or a list stands on the way.
    Scalar(NodeId),
    /// The path has a part that names no field.
    Part(String),
}

impl FieldPath {
    /// Splits the path of a spec; `leaf` is what is created at its end, `None` if nothing ever is.
    pub fn new(spec: &FieldSpec, leaf: Option<Kind>) -> FieldPath {
        let parts = match &spec.path {
            // Most specs are built in: nothing is copied.
            Cow::Borrowed(path) if !path.contains('\\') => {
                let pieces = path.strip_prefix('/').unwrap_or(path).split('/');
                pieces.map(|piece| Part::new(Cow::Borrowed(piece))).collect()
            }
            path => split(path).into_iter().map(|piece| Part::new(Cow::Owned(piece))).collect(),
        };
        FieldPath {
            text: spec.path.clone(),
            parts,
            create: spec.create && leaf.is_some(),
            leaf: leaf.unwrap_or(Kind::Scalar),
        }
    }

    /// Returns whether this path leads through the field of the other one, or the other way round.
    pub(crate) fn overlaps(&self, other: &FieldPath) -> bool {
        self.parts.iter().zip(&other.parts).all(|(a, b)| a.name == b.name)
    }

    /// Appends what the path leads to in a tree, in document order. Lists on the way are entered, nulls end the walk.
    pub fn find(&self, tree: &Tree, hits: &mut Vec<Hit>) -> Result<(), WalkError> {
        self.walk(tree, tree.root(), 0, hits)
    }

    // Depth is bounded by the depth of the document.
    fn walk(&self, tree: &Tree, node: NodeId, at: usize, hits: &mut Vec<Hit>) -> Result<(), WalkError> {
        let Some(part) = self.parts.get(at) else {
            hits.push(Hit::Found(node));
            return Ok(());
        };
        match tree.kind(node) {
            Kind::Sequence => tree.items(node).try_for_each(|item| self.walk(tree, item, at, hits)),
            Kind::Scalar if is_null(tree, node) => Ok(()),
            Kind::Scalar => Err(WalkError::Scalar(node)),
            Kind::Mapping => {
                if !part.names_a_field {
                    return Err(WalkError::Part(part.name.to_string()));
                }
                let may_create = self.create && !part.is_sequence;
                let is_last = at + 1 == self.parts.len();
                match tree.get_entry(node, &part.name) {
                    None if may_create => hits.push(Hit::Missing { map: node, part: at }),
                    None => {}
                    Some((key, value)) => {
                        // A null scalar that is to be overwritten needs no change of kind.
                        let becomes_scalar = may_create && is_last && self.leaf == Kind::Scalar;
                        if (may_create || part.is_sequence) && !becomes_scalar && is_null(tree, value) {
                            hits.push(Hit::Null { map: node, key, part: at });
                        } else {
                            self.walk(tree, value, at + 1, hits)?;
                        }
                    }
                }
                Ok(())
            }
        }
    }

    /// Makes the field of a hit exist and returns it, and whether it was made by `make_leaf` now.
    ///
    /// `None` where only a part of the way could be made (lists are never filled).
    pub fn reach(
        &self,
        tree: &mut Tree,
        hit: Hit,
        stamp: &Stamp,
        make_leaf: impl FnOnce(&mut Tree) -> NodeId,
    ) -> Option<(NodeId, bool)> {
        let (map, key, at) = match hit {
            Hit::Found(node) => return Some((node, false)),
            Hit::Missing { map, part } => (map, None, part),
            Hit::Null { map, key, part } => (map, Some(key), part),
        };
        let rest = self.parts.get(at..)?;
        let (first, after) = rest.split_first()?;
        if first.is_sequence {
            // The reference takes `[]` as a hint: a null becomes an empty list, whether or not the spec creates.
            let list = tree.new_sequence(stamp);
            tree.replace_value(map, key?, list);
            return after.is_empty().then_some((list, true));
        }
        // Maps are made down to the field, or to the first list, which stays missing.
        let n_more = after.iter().position(|part| part.is_sequence || !part.names_a_field).unwrap_or(after.len());
        let is_whole = n_more == after.len();
        // What an earlier directive put into the null shows now.
        let held = tree.get(map, &first.name).and_then(|null| tree.latent(null));
        if let (Some(held), Some(key)) = (held.filter(|_| !after.is_empty() || self.leaf == Kind::Mapping), key) {
            tree.replace_value(map, key, held);
            let Some(next) = after.first() else { return Some((held, true)) };
            return match tree.get(held, &next.name) {
                Some(value) => (after.len() == 1).then_some((value, false)),
                None => self.reach(tree, Hit::Missing { map: held, part: at + 1 }, stamp, make_leaf),
            };
        }
        let end = if is_whole { make_leaf(tree) } else { tree.new_mapping(stamp) };
        let mut top = end;
        for part in after.iter().take(n_more).rev() {
            let map = tree.new_mapping(stamp);
            tree.push_key(map, &part.name, top, stamp);
            top = map;
        }
        match key {
            Some(key) => tree.replace_value(map, key, top),
            None => tree.push_key(map, &first.name, top, stamp),
        }
        is_whole.then_some((end, true))
    }
}

impl Part {
    fn new(piece: Cow<'static, str>) -> Part {
        let is_sequence = piece.ends_with("[]");
        let name = match piece {
            piece if !is_sequence => piece,
            Cow::Borrowed(piece) => Cow::Borrowed(piece.strip_suffix("[]").unwrap_or(piece)),
            Cow::Owned(piece) => Cow::Owned(piece.strip_suffix("[]").unwrap_or(&piece).to_owned()),
        };
        let names_a_field = names_a_field(&name);
        Part { name, is_sequence, names_a_field }
    }
}

fn names_a_field(name: &str) -> bool {
    let digits = name.strip_prefix(['+', '-']).unwrap_or(name);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_bracketed = name.starts_with('[') && name.ends_with(']');
    !name.is_empty() && !is_number && !is_bracketed && name != "-" && name != "*"
}

/// Splits a path at its slashes (upstream `utils.PathSplitter`).
pub(crate) fn split(path: &str) -> Vec<String> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let mut parts: Vec<String> = Vec::new();
    for piece in path.split('/') {
        match parts.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.pop();
                last.push('/');
                last.push_str(piece);
            }
            _ => parts.push(piece.to_owned()),
        }
    }
    parts
}

/// Returns the error for a walk that cannot go on; `cause` is the place of the value that should have been written.
pub fn walk_error(resource: &Resource, path: &str, error: WalkError, cause: Option<Place>) -> Box<Diagnostic> {
    let object = resource.short_name();
    let (message, place) = match error {
        WalkError::Scalar(node) => (
            format!(
                "field `{path}` of `{object}` cannot be reached: a scalar stands where a mapping or a list is needed"
            ),
            resource.tree.place(node),
        ),
        WalkError::Part(part) => {
            (format!("field path `{path}` cannot be followed in `{object}`: `{part}` names no field"), None)
        }
    };
    let (label, help) = match place {
        Some(_) => ("needed for this value", "correct the object, whose field has not the form of its kind"),
        None => ("", "correct the path of the field spec: names of fields are joined by `/`"),
    };
    Diagnostic::error(Code::TransformFailed, message).at(place, "this scalar").at(cause, label).help(help)
}

/// Returns the error for a node that is not of the kind a transformer needs.
pub fn wrong_kind(
    resource: &Resource,
    path: &str,
    node: NodeId,
    expected: &str,
    cause: Option<Place>,
) -> Box<Diagnostic> {
    let found = match resource.tree.kind(node) {
        Kind::Scalar => "a scalar",
        Kind::Mapping => "a mapping",
        Kind::Sequence => "a list",
    };
    let object = resource.short_name();
    let message = format!("field `{path}` of `{object}` holds {found} where {expected} is needed");
    Diagnostic::error(Code::TransformFailed, message)
        .at(resource.tree.place(node), format!("this is {found}"))
        .at(cause, "needed for this value")
        .help(format!("write {expected} here, or correct the field spec that leads to this field"))
}

/// Returns the place where a node's value first stood, before any directive wrote it.
pub fn first_place(tree: &Tree, node: NodeId) -> Option<Place> {
    let mut origin = tree.origin(node);
    while let Some(replaced) = tree.origin_entry(origin).and_then(|entry| entry.replaced) {
        // Entries only refer to older ones.
        origin = replaced;
    }
    tree.origin_place(origin)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn paths_are_split_at_unescaped_slashes() {
        for (path, expected) in [
            ("metadata/name", vec!["metadata", "name"]),
            ("/a/b", vec!["a", "b"]),
            (r"metadata/annotations/x.io\/auth\/y", vec!["metadata", "annotations", "x.io/auth/y"]),
            ("a//b", vec!["a", "", "b"]),
            ("", vec![""]),
        ] {
            assert_eq!(split(path), expected, "{path}");
        }
    }
}
