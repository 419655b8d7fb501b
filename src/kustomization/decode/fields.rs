//! Mappings with a fixed set of fields.

use super::value::{Codec, Decoder, Found, Path};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::yaml::tree::NodeId;
use rustc_hash::FxHashMap;

/// What a mapping may hold.
pub(super) struct Spec {
    /// What it is, for messages.
    pub(super) what: &'static str,
    /// Names of its fields.
    pub(super) names: &'static [&'static str],
}

/// The fields that were found, by name.
pub(super) struct Fields {
    names: &'static [&'static str],
    found: Vec<Option<(NodeId, NodeId)>>,
}

impl Fields {
    /// Returns what an absent mapping holds.
    pub(super) fn none(spec: &Spec) -> Fields {
        Fields { names: spec.names, found: vec![None; spec.names.len()] }
    }

    /// Returns key and value of a field; one that the mapping cannot have is absent.
    pub(super) fn get(&self, name: &str) -> Option<(NodeId, NodeId)> {
        let index = self.names.iter().position(|&known| known == name)?;
        *self.found.get(index)?
    }
}

impl Decoder<'_> {
    /// Sorts the entries of a mapping into fields; null is a mapping without entries.
    ///
    /// Names match in any case, as in Go's `encoding/json`. The last of equal keys wins; of keys that differ in case, the
    /// one that is last in byte order, because the reference sorts keys on the way.
    pub(super) fn fields(&mut self, node: NodeId, path: &Path<'_>, spec: &Spec) -> Fields {
        let mut fields = Fields::none(spec);
        let mut chosen: Vec<String> = vec![String::new(); spec.names.len()];
        match self.found(node) {
            Found::Mapping => {}
            Found::Null => return fields,
            found => {
                self.wrong_type(path, node, &found, "a mapping");
                return fields;
            }
        }
        let tree = self.tree;
        let mut seen: FxHashMap<String, NodeId> = FxHashMap::default();
        for (key, value) in tree.entries(node) {
            let Some(name) = self.key_text(key, path) else { continue };
            if self.is_strict
                && let Some(first) = seen.insert(name.clone(), key)
            {
                let message = format!("the key `{name}` stands twice in {}", spec.what);
                let error = Diagnostic::error(Code::DuplicateKey, message).at(Some(self.place(key)), "again here");
                self.report.push(error.at(Some(self.place(first)), "first here").help("remove one of them"));
            }
            let exact = spec.names.iter().position(|&known| known == name);
            let folded = || match self.codec {
                Codec::Yaml => None,
                Codec::Json | Codec::LenientJson => spec.names.iter().position(|known| is_same_folded(known, &name)),
            };
            let index = exact.or_else(folded);
            let Some(index) = index else {
                self.unknown_field(key, &name, path, spec);
                continue;
            };
            self.has_spellings |= fields.found[index].is_some() && chosen[index] != name;
            if fields.found[index].is_none() || chosen[index] <= name {
                fields.found[index] = Some((key, value));
                chosen[index] = name;
            }
        }
        fields
    }

    fn unknown_field(&mut self, key: NodeId, name: &str, path: &Path<'_>, spec: &Spec) {
        // A literal that lost its place in the list could stand here, with a secret behind the equals sign.
        let shown = name.split('=').next().unwrap_or(name);
        let message = format!("unknown field `{shown}` in {}", spec.what);
        let mut error = match self.codec != Codec::Json {
            true => Diagnostic::warning(Code::UnknownField, message).at(Some(self.place(key)), "this has no effect"),
            false => Diagnostic::error(Code::UnknownField, message).at(Some(self.place(key)), ""),
        };
        if path.is_target() && name.eq_ignore_ascii_case("apiVersion") {
            error = error.help("a target is chosen by `group` and `version`");
        } else if let Some(near) = nearest(name, spec.names.iter().copied(), 1).first() {
            error = error.help(format!("did you mean `{near}`?"));
        } else if spec.names.len() <= 10 {
            error = error.help(format!("its fields are {}", spec.names.join(", ")));
        } else {
            error = error.help("correct the name of the field, or remove it");
        }
        self.report.push(error);
    }
}

/// Returns the number of the field that a name stands for, in any spelling.
pub(super) fn field_index(spec: &Spec, name: &str) -> Option<usize> {
    let exact = spec.names.iter().position(|&known| known == name);
    exact.or_else(|| spec.names.iter().position(|known| is_same_folded(known, name)))
}

/// Compares a known (ASCII) name with a found one as Go's `encoding/json` does: by Unicode simple folding, in which two
/// letters outside ASCII belong to ASCII ones.
fn is_same_folded(known: &str, found: &str) -> bool {
    let fold = |c: char| match c {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        c => c.to_ascii_lowercase(),
    };
    known.chars().map(fold).eq(found.chars().map(fold))
}
