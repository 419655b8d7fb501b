//! Annotations that the reference sets on objects before it hands them to a function: numbers, and what older and newer
//! spellings have in common. They are set in printed objects, because their order and styles are not those of printing.

use crate::marks;
use crate::yaml::tree::Tree;

pub(super) const PATH: &str = "internal.config.kubernetes.io/path";
pub(super) const LEGACY_PATH: &str = "config.kubernetes.io/path";
pub(super) const INDEX: &str = "internal.config.kubernetes.io/index";
pub(super) const LEGACY_INDEX: &str = "config.kubernetes.io/index";
pub(super) const ID: &str = "internal.config.kubernetes.io/id";
pub(super) const LEGACY_ID: &str = "config.k8s.io/id";

/// Line breaks of YAML 1.1 that are no ends of lines elsewhere: what follows them is not always indented.
const BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// Of two spellings of an annotation the reference adds the one that is missing (upstream `CopyLegacyAnnotations`).
pub(super) fn copies(tree: &Tree) -> Vec<(&'static str, String)> {
    let Some(annotations) = marks::annotations(tree) else { return Vec::new() };
    let get = |key| tree.get(annotations, key).map(|value| tree.text(value).to_owned()).filter(|text| !text.is_empty());
    let pairs = [(PATH, LEGACY_PATH), (INDEX, LEGACY_INDEX), (ID, LEGACY_ID)];
    let copy = |(new, legacy)| match (get(new), get(legacy)) {
        (None, Some(text)) => Some((new, text)),
        (Some(text), None) => Some((legacy, text)),
        _ => None,
    };
    pairs.into_iter().filter_map(copy).collect()
}

/// Sets annotations of a printed object: where they stand, or behind those that it has, in the order given.
pub(super) fn add(text: &str, indent: usize, added: &[(&str, String)]) -> String {
    if added.is_empty() {
        return text.to_owned();
    }
    let margin = " ".repeat(indent);
    let annotations = format!("{margin}  annotations:\n");
    let find = |text: &str, line: &str| match text.starts_with(line) {
        true => Some(line.len()),
        false => text.find(&format!("\n{line}")).map(|at| at + 1 + line.len()),
    };
    let Some(metadata) = find(text, &format!("{margin}metadata:\n")) else { return text.to_owned() };
    // What belongs to a mapping is indented deeper, and empty lines belong to block scalars.
    let end_of = |start: usize, depth: usize| {
        let mut at = start;
        for line in text[start..].split_inclusive('\n') {
            let is_inside =
                line == "\n" || line.starts_with(BREAKS) || line.bytes().take(depth).all(|byte| byte == b' ');
            if !is_inside {
                break;
            }
            at += line.len();
        }
        at
    };
    let metadata_end = end_of(metadata, 2 + indent);
    let (start, end, head) = match find(&text[metadata..metadata_end], &annotations) {
        Some(start) => (metadata + start, end_of(metadata + start, 4 + indent), ""),
        None => (metadata_end, metadata_end, annotations.as_str()),
    };
    let mut block = text[start..end].to_owned();
    let mut appended: Vec<(&str, &str)> = Vec::new();
    for (key, value) in added {
        match appended.iter_mut().find(|(known, _)| known == key) {
            Some((_, known)) => *known = value,
            None if set(&mut block, &format!("{margin}    {key}: "), value) => {}
            None => appended.push((key, value)),
        }
    }
    for (key, value) in appended {
        block += &format!("{margin}    {key}: '{}'\n", value.replace('\'', "''"));
    }
    format!("{}{head}{block}{}", &text[..start], &text[end..])
}

/// Gives a key that is there, with blanks before and a colon behind it, another value in the style of the one it has.
fn set(block: &mut String, key: &str, value: &str) -> bool {
    let mut at = 0;
    let starts = block.split_inclusive('\n').map(|line| {
        at += line.len();
        (at - line.len(), line)
    });
    let Some((start, line)) = starts.into_iter().find(|(_, line)| line.starts_with(key)) else { return false };
    let indent = key.len() - key.trim_start().len();
    // Further lines of the old value are indented deeper.
    let is_further = |line: &&str| line.trim().is_empty() || line.bytes().take(indent + 1).all(|byte| byte == b' ');
    let further: usize = block[start + line.len()..].split_inclusive('\n').take_while(is_further).map(str::len).sum();
    let end = start + line.len() + further;
    let new = match line[key.len()..].bytes().next() {
        Some(b'\'') => format!("{key}'{value}'\n"),
        Some(b'|') => format!("{key}|-\n{}{value}\n", " ".repeat(indent + 2)),
        _ => format!("{key}\"{value}\"\n"),
    };
    block.replace_range(start..end, &new);
    true
}
