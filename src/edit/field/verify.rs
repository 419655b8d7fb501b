//! Whether an edit does what was asked for and nothing else: two builds laid side by side.

use super::Assignment;
use super::layer::{Built, stable_id};
use super::wish::{encoded, value_text};
use crate::explain::{Element, describe, leaves_of, show_path, value_of};
use crate::ordered::BTreeMap;
use crate::resource::{ResId, Resource};

/// What came of an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// What was asked for.
    Done,
    /// All fields have their values, and something else is different, too.
    More(Vec<String>),
    /// A field does not have its value.
    Not {
        /// The path.
        field: String,
        /// Whether it has the text of the value, as a string.
        is_text: bool,
    },
    /// The kustomization does not build any more.
    Broken(String),
}

/// Compares builds before and behind an edit of fields of one object.
pub(super) fn judge(before: &Built, after: &Built, id: &ResId, assignments: &[&Assignment]) -> Verdict {
    let (Some(old), Some(new)) = (before.find(id), after.find(id)) else {
        return Verdict::Broken(format!("{} would be gone", describe(id)));
    };
    // A new hash is no other object.
    let renamed = (&*new.id.name, &*old.id.name);
    let (old_leaves, new_leaves) = (leaves(old, None), leaves(new, Some(renamed)));
    for assignment in assignments {
        let whole = assignment.whole();
        let field = show_path(&whole);
        match new_leaves.get(&field) {
            Some(json) if *json == assignment.json => {}
            found => {
                let text = encoded(value_text(&assignment.value));
                return Verdict::Not { field, is_text: found == Some(&text) };
            }
        }
    }
    let mut more = Vec::new();
    let is_asked = |field: &str| assignments.iter().any(|assignment| show_path(&assignment.whole()) == *field);
    // An empty mapping goes when it gets a field.
    let is_filled = |field: &str| {
        let prefixes =
            |whole: &[Element]| (0..whole.len()).any(|n| whole.get(..n).map(show_path).as_deref() == Some(field));
        assignments.iter().any(|assignment| prefixes(&assignment.whole()))
    };
    let fields = old_leaves.keys().chain(new_leaves.keys().filter(|field| !old_leaves.contains_key(*field)));
    let different = fields.filter(|field| old_leaves.get(*field) != new_leaves.get(*field));
    if let Some(field) = different.into_iter().find(|field| !is_asked(field) && !is_filled(field)) {
        more.push(format!("`{field}` of {}", describe(id)));
    }
    let (old_texts, new_texts) = (texts(before, id, None), texts(after, id, Some(renamed)));
    let names = old_texts.keys().chain(new_texts.keys().filter(|name| !old_texts.contains_key(*name)));
    more.extend(names.filter(|name| old_texts.get(*name) != new_texts.get(*name)).cloned());
    if more.is_empty() { Verdict::Done } else { Verdict::More(more) }
}

fn leaves(resource: &Resource, renamed: Option<(&str, &str)>) -> BTreeMap<String, String> {
    let tree = &resource.tree;
    let leaves = leaves_of(tree).into_iter();
    leaves
        .map(|(path, node)| (show_path(&path), with_name(&value_of(tree, node).unwrap_or_default(), renamed)))
        .collect()
}

/// Returns all documents but one, by the name of the object; those of one name together.
fn texts(built: &Built, without: &ResId, renamed: Option<(&str, &str)>) -> BTreeMap<String, String> {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for (resource, range) in built.build.resources.iter().zip(&built.build.documents) {
        let id = stable_id(resource);
        if !id.is_same(without) {
            let text = built.build.text.get(range.clone()).unwrap_or("");
            texts.entry(describe(&id)).or_default().push_str(&with_name(text, renamed));
        }
    }
    texts
}

fn with_name(text: &str, renamed: Option<(&str, &str)>) -> String {
    match renamed {
        Some((new, old)) if new != old => text.replace(new, old),
        _ => text.to_owned(),
    }
}
