//! Joining configs: what `configurations` and `crds` add to the defaults, and what overlays take over from bases.
//!
//! A spec that is covered by one that stands in the list already is dropped, whatever else it says (upstream
//! `FsSlice.MergeOne`), and each join sorts. Together these make a join more than a union: a spec for one kind sorts before
//! one for all kinds with the same path and displaces it in the next join. The steps are therefore taken one by one as in
//! the reference, except where both sides are the built-in lists, which joining does not change.

use super::{FieldSpec, TransformerConfig};
use crate::schema::field_specs::NameReference;
use crate::schema::kind_order::{ORDER_FIRST, ORDER_LAST};
use crate::sorting::Sorting;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Two specs that name the same field and differ in `create`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The field of a configuration in which they stand.
    pub section: &'static str,
    /// The one that was there first.
    pub present: FieldSpec,
    /// The other.
    pub new: FieldSpec,
}

type Specs = Cow<'static, [FieldSpec]>;

impl TransformerConfig {
    /// Adds the specs of another config and sorts (upstream `TransformerConfig.Merge`); all conflicts are found.
    pub fn merge(mut self, other: &TransformerConfig) -> Result<TransformerConfig, Vec<Conflict>> {
        let mut conflicts = Vec::new();
        let mut merge = |section, own: &mut Specs, other: &Specs| {
            if let Err(pair) = merge_specs(own, other) {
                let (present, new) = *pair;
                conflicts.push(Conflict { section, present, new });
            }
        };
        merge("namePrefix", &mut self.name_prefix, &other.name_prefix);
        merge("nameSuffix", &mut self.name_suffix, &other.name_suffix);
        merge("namespace", &mut self.namespace, &other.namespace);
        merge("commonAnnotations", &mut self.common_annotations, &other.common_annotations);
        merge("commonLabels", &mut self.common_labels, &other.common_labels);
        merge("labels", &mut self.labels, &other.labels);
        merge("templateLabels", &mut self.template_labels, &other.template_labels);
        merge("volumeClaimTemplateLabels", &mut self.vct_labels, &other.vct_labels);
        merge("varReference", &mut self.var_reference, &other.var_reference);
        merge("images", &mut self.images, &other.images);
        merge("replicas", &mut self.replicas, &other.replicas);
        if let Err(pair) = merge_references(&mut self.name_reference, &other.name_reference) {
            let (present, new) = *pair;
            conflicts.push(Conflict { section: "nameReference", present, new });
        }
        if conflicts.is_empty() { Ok(self) } else { Err(conflicts) }
    }

    /// Sorts what was read from a file, as a join does.
    pub fn sort(&mut self) {
        for specs in [
            &mut self.name_prefix,
            &mut self.name_suffix,
            &mut self.namespace,
            &mut self.common_annotations,
            &mut self.common_labels,
            &mut self.labels,
            &mut self.template_labels,
            &mut self.vct_labels,
            &mut self.var_reference,
            &mut self.images,
            &mut self.replicas,
        ] {
            if let Cow::Owned(specs) = specs {
                sort_specs(specs);
            }
        }
        if let Cow::Owned(references) = &mut self.name_reference {
            sort_references(references);
        }
    }

    /// Returns the lists of field specs by the names they have in a configuration; name references are apart.
    pub fn sections(&self) -> [(&'static str, &[FieldSpec]); 11] {
        self.lists().map(|(section, specs)| (section, &**specs))
    }

    fn lists(&self) -> [(&'static str, &Specs); 11] {
        [
            ("namePrefix", &self.name_prefix),
            ("nameSuffix", &self.name_suffix),
            ("namespace", &self.namespace),
            ("commonAnnotations", &self.common_annotations),
            ("commonLabels", &self.common_labels),
            ("labels", &self.labels),
            ("templateLabels", &self.template_labels),
            ("volumeClaimTemplateLabels", &self.vct_labels),
            ("varReference", &self.var_reference),
            ("images", &self.images),
            ("replicas", &self.replicas),
        ]
    }

    /// Returns whether nothing was added to the built-in lists.
    pub fn is_built_in(&self) -> bool {
        matches!(self.name_reference, Cow::Borrowed(_))
            && self.lists().iter().all(|(_, specs)| matches!(specs, Cow::Borrowed(_)))
    }

    /// Returns the specs that are lost where this config is joined to none: covered by one that is for fewer kinds.
    pub fn displaced(&self) -> Vec<Displaced> {
        let mut found = Vec::new();
        for (section, specs) in self.lists() {
            let Cow::Owned(specs) = specs else { continue };
            let mut by_path: FxHashMap<&str, Vec<&FieldSpec>> = FxHashMap::default();
            for spec in specs {
                let before = by_path.entry(&spec.path).or_default();
                if let Some(by) = before.iter().find(|by| by.covers(spec) && by.kind != spec.kind) {
                    found.push(Displaced { section, spec: spec.clone(), by: (*by).clone() });
                }
                before.push(spec);
            }
        }
        found
    }
}

/// A spec that is lost, and the one that covers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Displaced {
    /// The field of a configuration in which they stand.
    pub section: &'static str,
    /// The one that is lost.
    pub spec: FieldSpec,
    /// The one that stays.
    pub by: FieldSpec,
}

fn merge_specs(own: &mut Specs, other: &Specs) -> Result<(), Box<(FieldSpec, FieldSpec)>> {
    match (&*own, other) {
        (_, other) if other.is_empty() => return Ok(()),
        (own_specs, Cow::Borrowed(specs)) if own_specs.is_empty() => {
            *own = Cow::Borrowed(specs);
            return Ok(());
        }
        (Cow::Borrowed(_), Cow::Borrowed(_)) => return Ok(()),
        _ => {}
    }
    let new = uncovered(own, other)?;
    if !new.is_empty() {
        let own = own.to_mut();
        own.extend(new);
        sort_specs(own);
    }
    Ok(())
}

/// Returns the specs that none in a list, and none before them, covers.
fn uncovered(own: &[FieldSpec], other: &[FieldSpec]) -> Result<Vec<FieldSpec>, Box<(FieldSpec, FieldSpec)>> {
    let mut by_path: FxHashMap<&str, Vec<&FieldSpec>> = FxHashMap::default();
    for spec in own {
        by_path.entry(&spec.path).or_default().push(spec);
    }
    let mut new = Vec::new();
    for spec in other {
        let same_path = by_path.entry(&spec.path).or_default();
        match same_path.iter().find(|present| present.covers(spec)) {
            Some(present) if present.create != spec.create => {
                return Err(Box::new(((*present).clone(), spec.clone())));
            }
            Some(_) => {}
            None => {
                same_path.push(spec);
                new.push(spec.clone());
            }
        }
    }
    Ok(new)
}

/// Upstream `nbrSlice.mergeAll`: the fields of one target are joined but neither sorted nor, if the target is new, compared
/// with one another.
#[allow(clippy::ptr_arg, reason = "whether the other one is borrowed decides")]
fn merge_references(
    own: &mut Cow<'static, [NameReference]>,
    other: &Cow<'static, [NameReference]>,
) -> Result<(), Box<(FieldSpec, FieldSpec)>> {
    match (&*own, other) {
        (_, other) if other.is_empty() => return Ok(()),
        (own_references, Cow::Borrowed(references)) if own_references.is_empty() => {
            *own = Cow::Borrowed(references);
            return Ok(());
        }
        (Cow::Borrowed(_), Cow::Borrowed(_)) => return Ok(()),
        _ => {}
    }
    let own = own.to_mut();
    let mut positions: FxHashMap<[Cow<'static, str>; 3], usize> = FxHashMap::default();
    let key = |target: &NameReference| [target.group.clone(), target.version.clone(), target.kind.clone()];
    for (position, target) in own.iter().enumerate() {
        positions.insert(key(target), position);
    }
    for target in other.iter() {
        match positions.get(&key(target)).and_then(|&position| own.get_mut(position)) {
            Some(present) => {
                let new = uncovered(&present.fields, &target.fields)?;
                if !new.is_empty() {
                    present.fields.to_mut().extend(new);
                }
            }
            None => {
                positions.insert(key(target), own.len());
                own.push(target.clone());
            }
        }
    }
    sort_references(own);
    Ok(())
}

fn sort_specs(specs: &mut [FieldSpec]) {
    specs.put_in_order_of_made(|spec| sort_key(&spec.group, &spec.version, &spec.kind));
}

fn sort_references(references: &mut [NameReference]) {
    references.put_in_order_of_made(|target| sort_key(&target.group, &target.version, &target.kind));
}

/// What types are sorted by (upstream `Gvk.IsLessThan`): absent parts are marks that sort after letters.
fn sort_key(group: &str, version: &str, kind: &str) -> (isize, String) {
    let first = ORDER_FIRST.iter().position(|&known| known == kind).map(|at| at as isize - ORDER_FIRST.len() as isize);
    let last = || ORDER_LAST.iter().position(|&known| known == kind).map(|at| at as isize + 1);
    let or = |text: &str, mark: &str| if text.is_empty() { mark.to_owned() } else { text.to_owned() };
    let text = format!("{}_{}_{}", or(group, "~G"), or(version, "~V"), or(kind, "~K"));
    (first.or_else(last).unwrap_or(0), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(kind: &'static str, path: &'static str, create: bool) -> FieldSpec {
        FieldSpec { group: "".into(), version: "".into(), kind: kind.into(), path: path.into(), create, place: None }
    }

    fn shown(specs: &[FieldSpec]) -> Vec<String> {
        specs.iter().map(|spec| format!("{}:{}", spec.kind, spec.path)).collect()
    }

    #[test]
    fn built_in_tables_are_sorted_and_stay_borrowed() {
        let config = TransformerConfig::empty().merge(&TransformerConfig::default()).expect("defaults do not conflict");
        let config = config.merge(&TransformerConfig::default()).expect("defaults do not conflict");
        assert!(config.is_built_in());
        let mut sorted = config.clone();
        for specs in [&mut sorted.common_labels, &mut sorted.var_reference, &mut sorted.namespace, &mut sorted.images] {
            specs.to_mut();
        }
        sorted.name_reference.to_mut();
        sorted.sort();
        assert_eq!(sorted.common_labels, config.common_labels);
        assert_eq!(sorted.var_reference, config.var_reference);
        assert_eq!(sorted.namespace, config.namespace);
        assert_eq!(sorted.images, config.images);
        assert_eq!(sorted.name_reference, config.name_reference);
    }

    #[test]
    fn a_spec_for_one_kind_displaces_the_one_for_all_in_the_next_join() {
        let mut own = TransformerConfig::empty();
        own.name_prefix = Cow::Owned(vec![spec("Foo", "metadata/name", false)]);
        let config = TransformerConfig::default().merge(&own).expect("no conflict");
        assert_eq!(shown(&config.name_prefix), ["Foo:metadata/name", ":metadata/name"]);
        let config = TransformerConfig::empty().merge(&config).expect("no conflict");
        assert_eq!(shown(&config.name_prefix), ["Foo:metadata/name"]);
    }

    #[test]
    fn specs_that_differ_in_create_conflict_where_one_covers_the_other() {
        let with = |spec| {
            let mut config = TransformerConfig::empty();
            config.images = Cow::Owned(vec![spec]);
            config
        };
        let own = with(spec("Foo", "spec/image", false));
        assert!(own.clone().merge(&with(spec("Foo", "spec/image", true))).is_err());
        assert!(own.clone().merge(&with(spec("", "spec/image", true))).is_err());
        assert!(own.clone().merge(&with(spec("Bar", "spec/image", true))).is_ok());
        assert!(with(spec("", "spec/image", true)).merge(&own).is_ok());
    }
}
