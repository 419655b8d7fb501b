//! Options as JavaScript hands them over: one number, a bit for each. `js/options.js` has the same list.

use rustomize::build::{BuildOptions, LoadRestrictions, Reorder};

pub(crate) const LOAD_ANY: u32 = 1;
pub(crate) const REORDER_LEGACY: u32 = 1 << 1;
pub(crate) const REORDER_NONE: u32 = 1 << 2;
pub(crate) const MANAGED_BY_LABEL: u32 = 1 << 3;
pub(crate) const MERGE_CUSTOM_LISTS: u32 = 1 << 4;
/// The bits above say how a target is built, those below what is done with it.
pub(crate) const BUILD: u32 = (1 << 5) - 1;
pub(crate) const SHOW_SECRETS: u32 = 1 << 5;
pub(crate) const GENERATED: u32 = 1 << 6;
pub(crate) const RISKS: u32 = 1 << 7;
pub(crate) const TEXTS: u32 = 1 << 8;

pub(crate) fn build(bits: u32) -> BuildOptions {
    let is_set = |bit: u32| bits & bit != 0;
    BuildOptions {
        load_restrictions: if is_set(LOAD_ANY) { LoadRestrictions::None } else { LoadRestrictions::RootOnly },
        reorder: match () {
            () if is_set(REORDER_LEGACY) => Reorder::Legacy,
            () if is_set(REORDER_NONE) => Reorder::None,
            () => Reorder::Unspecified,
        },
        managed_by_label: is_set(MANAGED_BY_LABEL),
        merge_custom_lists: is_set(MERGE_CUSTOM_LISTS),
        ..BuildOptions::default()
    }
}

pub(crate) fn compare(bits: u32, ignored: Vec<rustomize::diff::Pattern>) -> rustomize::diff::Options {
    rustomize::diff::Options {
        ignored,
        generated: bits & GENERATED != 0,
        show_secrets: bits & SHOW_SECRETS != 0,
        risks: bits & RISKS != 0,
        texts: bits & TEXTS != 0,
    }
}
