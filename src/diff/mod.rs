//! Two sets of objects, compared by what they mean: builds, or what somebody else rendered.
//!
//! Values of which two spellings mean the same are equal (`value`, `amount`), items of lists are known by their keys
//! (`lists`), and an object is itself under a new name (`objects`). Nothing is read, written or printed here; `text` puts the
//! outcome in words, and other forms are the caller's business. docs/diff.md says what is equal.

mod amount;
mod change;
mod fields;
pub mod html;
mod ignore;
mod known;
mod lists;
pub mod markdown;
pub mod matrix;
mod objects;
pub mod report;
pub mod risk;
mod runs;

mod side;
pub mod text;
mod value;

use crate::sorting::Sorting;
pub use change::{Change, Identity, ObjectDiff, Status, Value};
pub use fields::Step;
pub use ignore::{GENERATED, Pattern};
pub use runs::runs;
pub use side::{Location, Side, rendered};

use fields::Comparison;
use ignore::Ignored;
use known::Known;
use rustc_hash::FxHashMap;
use side::SideObject;

/// What is compared, and how it is shown.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Fields that are not compared.
    pub ignored: Vec<Pattern>,
    /// Compare what clusters and generators write ([`GENERATED`]), too.
    pub generated: bool,
    /// Show the values of Secrets.
    pub show_secrets: bool,
    /// Look for what deserves a second look ([`risk`]).
    pub risks: bool,
    /// Keep both texts of each object that differs ([`ObjectDiff::texts`]).
    pub texts: bool,
}

/// The outcome of a comparison.
#[derive(Clone, Debug, Default)]
pub struct Diff {
    /// What differs, sorted by kind, name and namespace.
    pub objects: Vec<ObjectDiff>,
    /// How many objects are equal.
    pub n_equal: usize,
    /// How many fields differ that are not compared.
    pub n_ignored: usize,
    /// How many objects differ only in hashes of names of others.
    pub n_following: usize,
}

impl Diff {
    /// Returns whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }
}

/// Compares two sides.
pub fn compare(old: &Side<'_>, new: &Side<'_>, options: &Options) -> Diff {
    let pairs = objects::pair(&old.objects, &new.objects);
    let renamed = objects::renamed(&old.objects, &new.objects, &pairs);
    let mut patterns = options.ignored.clone();
    if !options.generated {
        patterns.extend(ignore::generated());
    }
    let context = Context { old, new, options, patterns: &patterns, renamed: &renamed };
    let mut diff = Diff::default();
    for (old_at, new_at) in pairs {
        let old = old_at.and_then(|at| context.old.objects.get(at));
        let new = new_at.and_then(|at| context.new.objects.get(at));
        context.add(old, new, &mut diff);
    }
    diff.objects.put_in_order(|a, b| a.order().cmp(&b.order()));
    diff
}

struct Context<'c> {
    old: &'c Side<'c>,
    new: &'c Side<'c>,
    options: &'c Options,
    patterns: &'c [Pattern],
    renamed: &'c FxHashMap<String, String>,
}

impl<'c> Context<'c> {
    fn add(&self, old: Option<&SideObject<'c>>, new: Option<&SideObject<'c>>, diff: &mut Diff) {
        let show = change::Show { old: self.old, new: self.new, options: self.options };
        let (old, new) = match (old, new) {
            (Some(old), Some(new)) => (old, new),
            (None, Some(new)) => return diff.objects.push(show.whole(None, Some(new.resource))),
            (Some(old), None) => return diff.objects.push(show.whole(Some(old.resource), None)),
            (None, None) => return,
        };
        if old.printed.is_some() && old.printed == new.printed {
            diff.n_equal += 1;
            return;
        }
        let id = &new.resource.id;
        // The new side's type is what the field is compared as, if the API has another group now.
        let known = Known::of(&id.gvk);
        let schema = self.new.schema(new.resource).or_else(|| self.old.schema(old.resource));
        let ignored = Ignored::of(self.patterns, id);
        let object = |tree, renamed| value::Object { tree, known, schema, renamed, ignored: &ignored };
        let renamed = Some(self.renamed).filter(|renamed| !renamed.is_empty());
        let mut comparison = Comparison::new(object(&old.resource.tree, renamed), object(&new.resource.tree, None));
        comparison.run();
        diff.n_ignored += comparison.n_ignored;
        if comparison.found.is_empty() {
            diff.n_equal += 1;
            diff.n_following += usize::from(comparison.n_followed > 0);
            return;
        }
        diff.objects.push(show.changed(old.resource, new.resource, comparison));
    }
}
