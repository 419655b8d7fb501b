//! Paths of fields: as users write them, and as they are found in a tree.

use crate::yaml::tree::{NodeId, Tree};

/// One step into a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Element {
    /// The value under a key.
    Key(String),
    /// An item of a list, from 0.
    Index(usize),
}

/// Writes a path: `spec.containers[0].image`; a key that holds a dot or a bracket stands in brackets and quotes.
pub fn show(path: &[Element]) -> String {
    let mut out = String::new();
    for element in path {
        match element {
            Element::Index(index) => out.push_str(&format!("[{index}]")),
            Element::Key(key) if key.is_empty() || key.contains(['.', '[', ']', '"', '\\', '/']) => {
                out.push_str(&format!("[\"{}\"]", key.replace('\\', "\\\\").replace('"', "\\\"")));
            }
            Element::Key(key) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(key);
            }
        }
    }
    out
}

/// One part of a path as a user wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// A key; of a list an index, or the `name` of an item.
    Word(String),
    /// A key and nothing else.
    Key(String),
    /// The item of a list that has this value under this key.
    Item { key: String, value: String },
}

/// A path as a user wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query(Vec<Part>);

/// How far a path leads, where it does not lead to a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadEnd {
    /// What was found of it.
    pub reached: Vec<Element>,
    /// The node there.
    pub node: NodeId,
    /// The part that is not there.
    pub missing: String,
}

impl Query {
    /// Reads a path: with dots (`spec.ports[0].port`, `spec.containers.[name=web].image`, `metadata.annotations["a.b/c"]`;
    /// `\.` is a dot of a key) or a JSON pointer (`/spec/replicas`).
    pub fn parse(text: &str) -> Query {
        if let Some(pointer) = text.strip_prefix('/') {
            let part = |part: &str| Part::Word(part.replace("~1", "/").replace("~0", "~"));
            return Query(pointer.split('/').map(part).collect());
        }
        let mut parts = Vec::new();
        let mut word = String::new();
        let mut chars = text.strip_prefix('.').unwrap_or(text).chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => word.push(chars.next().unwrap_or('\\')),
                '.' => end_word(&mut word, &mut parts),
                '[' => {
                    end_word(&mut word, &mut parts);
                    parts.push(bracketed(chars.as_str()).0);
                    let n_skipped = bracketed(chars.as_str()).1;
                    chars = chars.as_str().get(n_skipped..).unwrap_or("").chars();
                }
                c => word.push(c),
            }
        }
        end_word(&mut word, &mut parts);
        Query(parts)
    }

    /// Follows the path in a tree.
    pub fn find(&self, tree: &Tree) -> Result<(Vec<Element>, NodeId), DeadEnd> {
        follow(tree, tree.root(), &self.0, Vec::new())
    }

    /// Returns the last part, to look for fields that are called so.
    pub fn last(&self) -> &str {
        self.0.last().map_or("", |part| match part {
            Part::Word(word) | Part::Key(word) | Part::Item { value: word, .. } => word,
        })
    }
}

/// Where a path leads that may name a field which is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Landing {
    /// To a field.
    Found(Vec<Element>, NodeId),
    /// To a mapping, or to null, where the keys are missing.
    Absent(Vec<Element>, NodeId, Vec<String>),
    /// To nothing that could be made.
    Nowhere,
}

impl Query {
    /// Returns how many parts the path has.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Follows the path as far as it is there; below a mapping called like one of `free`, dots are part of a key.
    pub(crate) fn land(&self, tree: &Tree, free: &[&str]) -> Landing {
        if let Ok((path, node)) = self.find(tree) {
            return Landing::Found(path, node);
        }
        for n in (0..self.0.len()).rev() {
            let (there, rest) = self.0.split_at(n);
            let Ok((path, node)) = Query(there.to_vec()).find(tree) else { continue };
            if !tree.is_mapping(node) && !crate::yaml::resolve::is_null(tree, node) {
                return Landing::Nowhere;
            }
            let mut is_free = matches!(path.last(), Some(Element::Key(key)) if free.contains(&key.as_str()));
            let (mut keys, mut is_joined) = (Vec::<String>::new(), false);
            for part in rest {
                let (Part::Word(key) | Part::Key(key)) = part else { return Landing::Nowhere };
                // A list that is not there has no items.
                if !is_free && matches!(part, Part::Word(_)) && key.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Landing::Nowhere;
                }
                let is_more = is_joined && matches!(part, Part::Word(_));
                match keys.last_mut().filter(|_| is_more) {
                    Some(last) => last.extend([".", key]),
                    None => keys.push(key.clone()),
                }
                is_joined = is_free && matches!(part, Part::Word(_));
                is_free = is_free || free.contains(&key.as_str());
            }
            return Landing::Absent(path, node, keys);
        }
        Landing::Nowhere
    }
}

fn end_word(word: &mut String, parts: &mut Vec<Part>) {
    if !word.is_empty() {
        parts.push(Part::Word(std::mem::take(word)));
    }
}

/// Reads what stands after a `[`, and returns how many bytes that is with the `]`.
fn bracketed(text: &str) -> (Part, usize) {
    if text.starts_with('"') || text.starts_with('\'') {
        let quote = text.chars().next();
        let (mut key, mut is_escaped) = (String::new(), false);
        for (at, c) in text.char_indices().skip(1) {
            match c {
                _ if is_escaped => {
                    key.push(c);
                    is_escaped = false;
                }
                '\\' => is_escaped = true,
                c if Some(c) == quote => {
                    let end = at + 1;
                    return (Part::Key(key), end + usize::from(text[end..].starts_with(']')));
                }
                c => key.push(c),
            }
        }
        return (Part::Key(key), text.len());
    }
    let (inner, n_read) = match text.find(']') {
        Some(end) => (&text[..end], end + 1),
        None => (text, text.len()),
    };
    let part = match inner.split_once('=') {
        Some((key, value)) => Part::Item { key: key.to_owned(), value: value.to_owned() },
        None => Part::Word(inner.to_owned()),
    };
    (part, n_read)
}

fn follow(
    tree: &Tree,
    node: NodeId,
    parts: &[Part],
    mut reached: Vec<Element>,
) -> Result<(Vec<Element>, NodeId), DeadEnd> {
    let Some((part, rest)) = parts.split_first() else { return Ok((reached, node)) };
    let dead_end = |missing: &str| DeadEnd { reached: reached.clone(), node, missing: missing.to_owned() };
    if tree.is_mapping(node) {
        let (Part::Word(key) | Part::Key(key)) = part else { return Err(dead_end("a list")) };
        // A key may hold dots that nobody escaped: the shortest one that leads to a field counts.
        let mut name = key.clone();
        let mut first_failure = None;
        for n_joined in 0..=rest.len() {
            if n_joined > 0 {
                let Some(Part::Word(more)) = rest.get(n_joined - 1).filter(|_| matches!(part, Part::Word(_))) else {
                    break;
                };
                name = format!("{name}.{more}");
            }
            if let Some(value) = tree.get(node, &name) {
                let mut further = reached.clone();
                further.push(Element::Key(name.clone()));
                match follow(tree, value, rest.get(n_joined..).unwrap_or_default(), further) {
                    Ok(found) => return Ok(found),
                    Err(failure) => first_failure = first_failure.or(Some(failure)),
                }
            }
        }
        return Err(first_failure.unwrap_or_else(|| dead_end(key)));
    }
    let item = match part {
        Part::Word(word) => {
            let by_index = word.parse().ok().and_then(|index| Some((index, tree.items(node).nth(index)?)));
            by_index.or_else(|| item_with(tree, node, "name", word))
        }
        Part::Item { key, value } if key.is_empty() => {
            tree.items(node).enumerate().find(|&(_, item)| tree.is_scalar(item) && tree.text(item) == value)
        }
        Part::Item { key, value } => item_with(tree, node, key, value),
        Part::Key(_) => None,
    };
    match item {
        Some((index, item)) => {
            reached.push(Element::Index(index));
            follow(tree, item, rest, reached)
        }
        None => Err(dead_end(match part {
            Part::Word(word) | Part::Key(word) | Part::Item { value: word, .. } => word,
        })),
    }
}

fn item_with(tree: &Tree, list: NodeId, key: &str, value: &str) -> Option<(usize, NodeId)> {
    let has = |item: NodeId| tree.get(item, key).is_some_and(|node| tree.is_scalar(node) && tree.text(node) == value);
    tree.items(list).enumerate().find(|&(_, item)| tree.is_mapping(item) && has(item))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::source::{Sensitivity, Sources};
    use crate::yaml::read::read_first;

    const TEXT: &str = "
metadata:
  annotations: {example.com/a: x, a.b: {c: y}, a: {b: z}, 'q\"[': w}
spec:
  containers:
  - {name: web, image: nginx, args: [--x, --y]}
  - {name: side.car, image: log}
";

    #[test]
    fn paths_lead_to_fields() {
        let source = Sources::default().add("f", TEXT.to_owned(), Sensitivity::Yaml, None);
        let tree = read_first(&source, &Limits::default()).expect("YAML").expect("a document");
        for (query, shown) in [
            ("metadata.annotations.example.com/a", "metadata.annotations[\"example.com/a\"]"),
            ("metadata.annotations[example.com/a]", "metadata.annotations[\"example.com/a\"]"),
            ("metadata.annotations.[\"example.com/a\"]", "metadata.annotations[\"example.com/a\"]"),
            (r"metadata.annotations.example\.com/a", "metadata.annotations[\"example.com/a\"]"),
            ("/metadata/annotations/example.com~1a", "metadata.annotations[\"example.com/a\"]"),
            ("metadata.annotations.a.b", "metadata.annotations.a.b"),
            ("metadata.annotations.a.b.c", "metadata.annotations[\"a.b\"].c"),
            (r#"metadata.annotations["q\"["]"#, r#"metadata.annotations["q\"["]"#),
            (".spec.containers[0].image", "spec.containers[0].image"),
            ("spec.containers.1.image", "spec.containers[1].image"),
            ("spec.containers.web.image", "spec.containers[0].image"),
            ("spec.containers.[name=side.car].image", "spec.containers[1].image"),
            ("spec.containers[name=web].args[=--y]", "spec.containers[0].args[1]"),
            ("/spec/containers/0/args/0", "spec.containers[0].args[0]"),
            ("", ""),
        ] {
            let found = Query::parse(query).find(&tree).unwrap_or_else(|end| panic!("{query}: {end:?}"));
            assert_eq!(show(&found.0), shown, "{query}");
            // What is shown can be asked for.
            assert_eq!(Query::parse(shown).find(&tree).map(|found| found.1), Ok(found.1), "{shown}");
        }
    }

    #[test]
    fn paths_that_lead_nowhere_say_where_they_end() {
        let source = Sources::default().add("f", TEXT.to_owned(), Sensitivity::Yaml, None);
        let tree = read_first(&source, &Limits::default()).expect("YAML").expect("a document");
        for (query, reached, missing) in [
            ("spec.container", "spec", "container"),
            ("spec.containers[7]", "spec.containers", "7"),
            ("spec.containers.web.image.x", "spec.containers[0].image", "x"),
            ("spec[name=x]", "spec", "a list"),
            ("spec.containers[\"web\"]", "spec.containers", "web"),
            ("spec.[", "spec", ""),
            ("spec.[\"", "spec", ""),
            ("é[é", "", "é"),
        ] {
            let end = Query::parse(query).find(&tree).expect_err(query);
            assert_eq!((show(&end.reached).as_str(), end.missing.as_str()), (reached, missing), "{query}");
        }
    }
}
