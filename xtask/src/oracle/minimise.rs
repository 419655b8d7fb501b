//! Making a difference smaller: drop files, documents, entries and items one at a time while it stays.
//!
//! Crude on purpose: it knows nothing of fields. A dropped piece can still turn one difference into another that looks
//! alike, so the tree as it was made is kept beside.

use super::generate::Case;
use super::yaml::{Content, Style, Yaml};

/// Pairs of runs spent on one difference.
const N_TRIES_MAX: usize = 500;

/// Where a piece stands: the file, the document, and the way down.
type Place = (String, Vec<usize>);

pub fn minimise(case: &Case, differs: impl Fn(&Case) -> bool) -> Case {
    let mut small = case.clone();
    let mut n_tries = 0;
    let mut attempt = |candidate: Case, small: &mut Case| {
        n_tries += 1;
        if n_tries <= N_TRIES_MAX && differs(&candidate) {
            *small = candidate;
            return true;
        }
        false
    };
    // Habits of writing first: they are cheap to lose and make everything after easier to read.
    let mut plain = small.clone();
    for content in plain.files.values_mut() {
        if let Content::Documents(_, style) = content {
            *style = Style { json: style.json, ..Style::default() };
        }
    }
    attempt(plain, &mut small);
    loop {
        let size = weight(&small);
        for path in small.files.keys().cloned().collect::<Vec<_>>() {
            let mut candidate = small.clone();
            candidate.files.remove(&path);
            attempt(candidate, &mut small);
        }
        // From the end, so that the places still to come keep their numbers; outer pieces come before their inner ones.
        let mut at = 0;
        loop {
            let places = places(&small);
            let Some(place) = places.get(at) else { break };
            let mut candidate = small.clone();
            remove(&mut candidate, place);
            if !attempt(candidate, &mut small) {
                at += 1;
            }
        }
        if weight(&small) == size {
            return small;
        }
    }
}

fn weight(case: &Case) -> usize {
    case.files.values().map(|content| content.render().len() + 1).sum()
}

/// Every piece that can be dropped, outer ones first.
fn places(case: &Case) -> Vec<Place> {
    let mut places = Vec::new();
    for (file, content) in &case.files {
        let Content::Documents(documents, _) = content else { continue };
        for (number, document) in documents.iter().enumerate() {
            if documents.len() > 1 {
                places.push((file.clone(), vec![number]));
            }
            inner_places(document, &mut vec![number], file, &mut places);
        }
    }
    places
}

fn inner_places(node: &Yaml, way: &mut Vec<usize>, file: &str, places: &mut Vec<Place>) {
    for (number, child) in children(node).into_iter().enumerate() {
        // An object without metadata is another story, and one with bugs of its own.
        let is_metadata = way.len() == 1 && matches!(node, Yaml::Map(entries) if entries[number].0 == "metadata");
        way.push(number);
        if !is_metadata {
            places.push((file.to_owned(), way.clone()));
        }
        inner_places(child, way, file, places);
        way.pop();
    }
}

fn children(node: &Yaml) -> Vec<&Yaml> {
    match node {
        Yaml::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
        Yaml::List(items) => items.iter().collect(),
        Yaml::Embedded(_, documents) => documents.iter().collect(),
        Yaml::Flow(node) => children(node),
        Yaml::Scalar(_) | Yaml::Block(..) => Vec::new(),
    }
}

fn remove(case: &mut Case, (file, way): &Place) {
    let Some(Content::Documents(documents, _)) = case.files.get_mut(file) else { return };
    match way.as_slice() {
        [] => {}
        [number] => drop(documents.remove(*number)),
        [number, rest @ ..] => remove_in(&mut documents[*number], rest),
    }
}

fn remove_in(node: &mut Yaml, way: &[usize]) {
    let Some((&number, rest)) = way.split_first() else { return };
    match node {
        Yaml::Map(entries) if rest.is_empty() => drop(entries.remove(number)),
        Yaml::List(items) | Yaml::Embedded(_, items) if rest.is_empty() => drop(items.remove(number)),
        Yaml::Map(entries) => remove_in(&mut entries[number].1, rest),
        Yaml::List(items) | Yaml::Embedded(_, items) => remove_in(&mut items[number], rest),
        Yaml::Flow(node) => remove_in(node, way),
        Yaml::Scalar(_) | Yaml::Block(..) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::generate;

    #[test]
    fn everything_that_does_not_matter_goes() {
        let has_patch = |case: &Case| case.files.values().any(|content| content.render().contains("patches"));
        let seed = (1..200).find(|&seed| has_patch(&generate::case(seed))).expect("patches are common");
        let case = generate::case(seed);
        let small = minimise(&case, has_patch);
        assert!(has_patch(&small));
        assert!(weight(&small) < weight(&case));
        assert_eq!(small.files.len(), 1);
    }

    #[test]
    fn cases_are_reproducible() {
        let text = |seed| {
            generate::case(seed).files.iter().map(|(path, file)| path.clone() + &file.render()).collect::<String>()
        };
        assert_eq!(text(7), text(7));
        assert_ne!(text(7), text(8));
    }
}
