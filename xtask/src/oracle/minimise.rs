//! Making a difference smaller: begin at an inner kustomization, drop files, links, flags, documents, entries, items and
//! lines one at a time while it stays.
//!
//! Crude on purpose: it knows nothing of fields. A dropped piece can still turn one difference into another that looks
//! alike, so the tree as it was made is kept beside.

use super::generate::Case;
use super::lines;
use super::yaml::{Content, Style, Yaml};

/// Pairs of runs spent on one difference.
const N_TRIES_MAX: usize = 1500;

/// A piece that can be dropped.
#[derive(Clone, PartialEq)]
enum Piece {
    /// The file, the document, and the way down.
    Node(String, Vec<usize>),
    /// Some lines of a file that is not a tree to us.
    Lines(String, usize, usize),
}

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
    for root in roots(&small) {
        let mut candidate = small.clone();
        candidate.args[0] = root;
        if attempt(candidate, &mut small) {
            break;
        }
    }
    loop {
        let size = weight(&small);
        around(&mut small, &mut attempt);
        // Outer pieces come before their inner ones.
        let mut at = 0;
        loop {
            let pieces = pieces(&small);
            let Some(piece) = pieces.get(at) else { break };
            let mut candidate = small.clone();
            remove(&mut candidate, piece);
            if !attempt(candidate, &mut small) {
                at += 1;
            }
        }
        if weight(&small) == size {
            break;
        }
    }
    shorten(&mut small, &mut attempt);
    small
}

/// Drops files, links, flags and variables.
fn around(small: &mut Case, attempt: &mut impl FnMut(Case, &mut Case) -> bool) {
    for path in small.files.keys().cloned().collect::<Vec<_>>() {
        let mut candidate = small.clone();
        candidate.files.remove(&path);
        attempt(candidate, small);
    }
    for path in small.links.keys().cloned().collect::<Vec<_>>() {
        let mut candidate = small.clone();
        candidate.links.remove(&path);
        attempt(candidate, small);
    }
    for at in (1..small.args.len()).rev() {
        let mut candidate = small.clone();
        candidate.args.remove(at);
        attempt(candidate, small);
    }
    for at in (0..small.env.len()).rev() {
        let mut candidate = small.clone();
        candidate.env.remove(at);
        attempt(candidate, small);
    }
}

/// Directories with a kustomization, deepest last: an inner one alone may show the difference.
fn roots(case: &Case) -> Vec<String> {
    let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    let directories = case.files.keys().filter_map(|path| {
        let (directory, name) = path.rsplit_once('/').unwrap_or((".", path));
        (names.contains(&name) && case.args.first().is_some_and(|root| root != directory)).then(|| directory.to_owned())
    });
    let mut directories: Vec<String> = directories.collect();
    // Later ones were made later, so they are further down.
    directories.reverse();
    directories.truncate(40);
    directories
}

/// Puts a short text in place of long ones.
fn shorten(small: &mut Case, attempt: &mut impl FnMut(Case, &mut Case) -> bool) {
    for piece in pieces(small) {
        let Piece::Node(file, way) = piece else { continue };
        let mut candidate = small.clone();
        let Some(Content::Documents(documents, _)) = candidate.files.get_mut(&file) else { continue };
        let Some(node) = node_at(documents, &way) else { continue };
        let is_long = match node {
            Yaml::Scalar(text) => text.len() > 24,
            Yaml::Block(..) => true,
            Yaml::Flow(inner) => {
                *node = (**inner).clone();
                attempt(candidate, small);
                continue;
            }
            _ => false,
        };
        if is_long {
            *node = Yaml::scalar("short");
            attempt(candidate, small);
        }
    }
}

fn weight(case: &Case) -> usize {
    let files: usize = case.files.values().map(|content| content.render().len() + 1).sum();
    files + case.links.len() + case.args.len() + case.env.len()
}

/// Every piece that can be dropped, outer ones first.
fn pieces(case: &Case) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (file, content) in &case.files {
        match content {
            Content::Documents(documents, _) => {
                for (number, document) in documents.iter().enumerate() {
                    if documents.len() > 1 {
                        pieces.push(Piece::Node(file.clone(), vec![number]));
                    }
                    inner_pieces(document, &mut vec![number], file, &mut pieces);
                }
            }
            Content::Raw(text) => {
                let lines: Vec<&str> = text.lines().collect();
                pieces.extend(documents_of(&lines).into_iter().map(|(from, to)| Piece::Lines(file.clone(), from, to)));
                let entries = lines::entries(&lines);
                pieces.extend(entries.into_iter().map(|(from, to)| Piece::Lines(file.clone(), from, to)));
            }
            Content::Script(_) => {}
        }
    }
    pieces
}

/// The documents of a text, if there are several.
fn documents_of(lines: &[&str]) -> Vec<(usize, usize)> {
    let mut starts: Vec<usize> = (0..lines.len()).filter(|&at| lines[at].starts_with("---")).collect();
    if starts.is_empty() {
        return Vec::new();
    }
    if starts[0] != 0 {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    starts.iter().copied().zip(ends).collect()
}

fn inner_pieces(node: &Yaml, way: &mut Vec<usize>, file: &str, pieces: &mut Vec<Piece>) {
    for (number, child) in children(node).into_iter().enumerate() {
        // An object without metadata is another story, and one with bugs of its own.
        let is_metadata = way.len() == 1 && matches!(node, Yaml::Map(entries) if entries[number].0 == "metadata");
        way.push(number);
        if !is_metadata {
            pieces.push(Piece::Node(file.to_owned(), way.clone()));
        }
        inner_pieces(child, way, file, pieces);
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

fn node_at<'a>(documents: &'a mut [Yaml], way: &[usize]) -> Option<&'a mut Yaml> {
    let (&first, rest) = way.split_first()?;
    let mut node = documents.get_mut(first)?;
    for &number in rest {
        while let Yaml::Flow(inner) = node {
            node = inner;
        }
        node = match node {
            Yaml::Map(entries) => entries.get_mut(number).map(|(_, value)| value)?,
            Yaml::List(items) | Yaml::Embedded(_, items) => items.get_mut(number)?,
            _ => return None,
        };
    }
    Some(node)
}

fn remove(case: &mut Case, piece: &Piece) {
    match piece {
        Piece::Lines(file, from, to) => {
            if let Some(Content::Raw(text)) = case.files.get_mut(file) {
                *text = without_dangling_commas(lines::splice(text, *from, *to, &[]), file.ends_with(".json"));
            }
        }
        Piece::Node(file, way) => {
            let Some(Content::Documents(documents, _)) = case.files.get_mut(file) else { return };
            match way.as_slice() {
                [] => {}
                [number] => drop(documents.remove(*number)),
                [above @ .., number] => {
                    if let Some(node) = node_at(documents, above) {
                        remove_child(node, *number);
                    }
                }
            }
        }
    }
}

/// Where the last of several entries went, JSON has a comma too many.
fn without_dangling_commas(text: String, is_json: bool) -> String {
    if !is_json {
        return text;
    }
    let mut out = String::new();
    for char in text.chars() {
        if matches!(char, '}' | ']') {
            let kept = out.trim_end();
            if let Some(before) = kept.strip_suffix(',') {
                let n_kept = before.len();
                out.replace_range(n_kept..n_kept + 1, "");
            }
        }
        out.push(char);
    }
    out
}

fn remove_child(node: &mut Yaml, number: usize) {
    match node {
        Yaml::Map(entries) => drop(entries.remove(number)),
        Yaml::List(items) | Yaml::Embedded(_, items) => drop(items.remove(number)),
        Yaml::Flow(node) => remove_child(node, number),
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
    fn lines_of_files_go_too() {
        let mut case = Case { args: vec![".".to_owned(), "--flag".to_owned()], ..Case::default() };
        let text = "a: 1\nb:\n  c: 2\n  d: 3\n---\ne: 4\n";
        case.files.insert("x.yaml".to_owned(), Content::Raw(text.to_owned()));
        case.files.insert("y.yaml".to_owned(), Content::Raw(text.to_owned()));
        let has_d = |case: &Case| case.files.values().any(|content| content.render().contains("d: 3"));
        let small = minimise(&case, has_d);
        let texts: Vec<String> = small.files.values().map(Content::render).collect();
        assert_eq!(texts, ["b:\n  d: 3\n"]);
        assert_eq!(small.args, ["."]);
    }

    #[test]
    fn json_stays_json() {
        let text = "{\n \"a\": {\n  \"b\": 1,\n },\n \"c\": [\n  1,\n ]\n}\n";
        let json = without_dangling_commas(text.to_owned(), true);
        assert_eq!(json, "{\n \"a\": {\n  \"b\": 1\n },\n \"c\": [\n  1\n ]\n}\n");
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
