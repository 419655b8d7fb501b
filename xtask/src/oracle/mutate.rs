//! Edited copies of trees that exist: entries dropped, doubled, swapped, renamed and moved, scalars and types changed.
//!
//! Files are edited as lines (see `lines`), so comments and habits of writing stay what they were.

use super::generate::Case;
use super::lines;
use super::random::Random;
use super::scalar;
use super::yaml::{Content, Yaml};
use crate::shell::{self, Result};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

/// Something to build, as it stands on the disk.
#[derive(Clone, Debug)]
pub struct Source {
    /// The tree; the programs run here.
    root: PathBuf,
    /// After `build`: the directory, then flags.
    args: Vec<String>,
}

const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Files of more bytes are not what a person edits, and slow to run.
const N_BYTES_MAX: usize = 400_000;

/// Finds what can be built: from `targets.json` files, from cases, or every directory with a kustomization.
pub fn sources(directories: &[PathBuf], targets: &[String]) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for directory in directories {
        let directory = std::path::absolute(directory).map_err(|error| error.to_string())?;
        find(&directory, 0, &mut sources)?;
    }
    if !targets.is_empty() {
        sources.retain(|source| targets.contains(&source.args[0]));
    }
    if sources.is_empty() { Err("nothing to mutate there".to_owned()) } else { Ok(sources) }
}

fn find(directory: &Path, depth: usize, sources: &mut Vec<Source>) -> Result<()> {
    if directory.join("targets.json").exists() {
        return listed(directory, sources);
    }
    if directory.join("input").is_dir() && !has_kustomization(directory) {
        let args = std::fs::read_to_string(directory.join("args")).unwrap_or_default();
        let mut args: Vec<String> = args.lines().map(str::to_owned).collect();
        // The directory is first, whatever the case says.
        match args.iter().position(|arg| !arg.starts_with('-')) {
            Some(at) => args.swap(0, at),
            None => args.insert(0, ".".to_owned()),
        }
        sources.push(Source { root: directory.join("input"), args });
        return Ok(());
    }
    let children = shell::entries(directory)?;
    let holds_more = |child: &PathBuf| child.join("targets.json").exists() || child.join("input").is_dir();
    let is_collection = children.iter().any(holds_more)
        || (depth == 0
            && children
                .iter()
                .any(|child| child.is_dir() && shell::entries(child).is_ok_and(|inner| inner.iter().any(holds_more))));
    if is_collection && depth < 3 {
        for child in children.iter().filter(|child| child.is_dir()) {
            find(child, depth + 1, sources)?;
        }
        return Ok(());
    }
    if depth > 0 && !has_kustomization(directory) {
        return Ok(());
    }
    every(directory, directory, 0, sources)
}

fn has_kustomization(directory: &Path) -> bool {
    NAMES.iter().any(|name| directory.join(name).is_file())
}

fn listed(directory: &Path, sources: &mut Vec<Source>) -> Result<()> {
    let text = shell::read(&directory.join("targets.json"))?;
    let list: serde_json::Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    for entry in list.as_array().into_iter().flatten() {
        let Some(target) = entry["target"].as_str() else { continue };
        let mut args = vec![target.to_owned()];
        match &entry["flags"] {
            serde_json::Value::String(flags) => args.extend(flags.split_whitespace().map(str::to_owned)),
            serde_json::Value::Array(flags) => {
                args.extend(flags.iter().filter_map(|flag| flag.as_str().map(str::to_owned)))
            }
            _ => {}
        }
        sources.push(Source { root: directory.join("tree"), args });
    }
    Ok(())
}

fn every(root: &Path, directory: &Path, depth: usize, sources: &mut Vec<Source>) -> Result<()> {
    if has_kustomization(directory) {
        let below = directory.strip_prefix(root).unwrap_or(directory).to_string_lossy().into_owned();
        let below = if below.is_empty() { ".".to_owned() } else { below };
        sources.push(Source { root: root.to_owned(), args: vec![below] });
    }
    if depth < 12 {
        for child in shell::entries(directory)?.iter().filter(|child| child.is_dir() && !child.is_symlink()) {
            every(root, child, depth + 1, sources)?;
        }
    }
    Ok(())
}

/// Reads what a build of a source reads, as far as its files name it.
pub fn load(source: &Source) -> Result<Case> {
    let mut case = Case { args: source.args.clone(), ..Case::default() };
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut queue = VecDeque::from([clean(&source.root.join(&source.args[0]))]);
    let mut n_bytes = 0;
    while let Some(directory) = queue.pop_front() {
        if !seen.insert(directory.clone()) || !directory.starts_with(&source.root) {
            continue;
        }
        let Some(path) = NAMES.iter().map(|name| directory.join(name)).find(|path| path.is_file()) else { continue };
        let mut texts = VecDeque::from([path]);
        while let Some(path) = texts.pop_front() {
            if files.contains_key(&path) || !path.starts_with(&source.root) {
                continue;
            }
            let text = shell::read(&path)?;
            n_bytes += text.len();
            if n_bytes > N_BYTES_MAX {
                return Err(format!("{}: too big", directory.display()));
            }
            let is_program = is_runnable(&path);
            for word in words(&text) {
                let place = clean(&directory.join(word));
                if place.is_dir() {
                    queue.push_back(place);
                } else if place.is_file() {
                    texts.push_back(place);
                }
            }
            case.levels = seen.len();
            let below = path.strip_prefix(&source.root).unwrap_or(&path).to_string_lossy().into_owned();
            let content = if is_program { Content::Script(text.clone()) } else { Content::Raw(text.clone()) };
            case.files.insert(below, content);
            files.insert(path, text);
        }
    }
    Ok(case)
}

#[cfg(unix)]
fn is_runnable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
        && std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"#!"))
}

#[cfg(not(unix))]
fn is_runnable(_: &Path) -> bool {
    false
}

/// Removes `.` and `..` from a path, without looking at links.
fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => drop(out.pop()),
            std::path::Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}

/// Everything in a file that may be the way to another one.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for line in text.lines().take(3000) {
        let line = line.split(" #").next().unwrap_or(line).trim();
        if line.starts_with('#') || line.len() > 300 {
            continue;
        }
        for part in line.split([',', '[', ']', '{', '}']) {
            let part = part.trim().trim_start_matches("- ").trim();
            let part = part.split_once(": ").map_or(part, |(_, value)| value.trim());
            for word in [part, part.split_once('=').map_or("", |(_, value)| value)] {
                let word = word.trim_matches(['"', '\'']);
                if !word.is_empty() && word != "." && !word.starts_with('/') {
                    words.push(word);
                }
            }
        }
    }
    words
}

/// Edits a case one to four times.
pub fn mutate(original: &Case, seed: u64) -> Case {
    let mut case = original.clone();
    let mut random = Random::new(seed);
    for _ in 0..[1, 1, 2, 2, 3, 4][random.below(6)] {
        for _ in 0..8 {
            if let Some(tag) = edit(&mut case, &mut random) {
                case.tags.insert(tag);
                break;
            }
        }
    }
    case
}

fn is_kustomization(path: &str) -> bool {
    NAMES.contains(&path.rsplit('/').next().unwrap_or(path))
}

fn pick_file(case: &Case, random: &mut Random) -> Option<(String, String)> {
    let wants_kustomization = random.chance(50);
    let fits = |path: &str| {
        is_kustomization(path) == wants_kustomization
            && (wants_kustomization || path.ends_with(".yaml") || path.ends_with(".yml"))
    };
    let texts: Vec<(&String, &String)> = case
        .files
        .iter()
        .filter_map(|(path, content)| match content {
            Content::Raw(text) if fits(path) && !text.trim().is_empty() => Some((path, text)),
            _ => None,
        })
        .collect();
    if texts.is_empty() {
        return None;
    }
    let (path, text) = *random.pick(&texts);
    Some((path.clone(), text.clone()))
}

/// Makes one change, if the file at hand has what it takes.
fn edit(case: &mut Case, random: &mut Random) -> Option<&'static str> {
    let (path, text) = pick_file(case, random)?;
    let lines: Vec<&str> = text.lines().collect();
    let entries = lines::entries(&lines);
    if entries.is_empty() {
        return None;
    }
    let (from, to) = *random.pick(&entries);
    let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<String>>();
    let line = lines[from];
    let (tag, new_text): (&'static str, String) = match random.below(15) {
        0 | 1 => ("mutate: drop", lines::splice(&text, from, to, &[])),
        2 => ("mutate: double", lines::splice(&text, to, to, &owned(&lines[from..to]))),
        3 => {
            // The next entry of the same collection goes first.
            let (next, next_end) = *entries.iter().find(|(other, _)| *other == to)?;
            if lines::indent(lines[next]) != lines::indent(line) {
                return None;
            }
            let mut both = owned(&lines[next..next_end]);
            both.extend(owned(&lines[from..to]));
            ("mutate: swap neighbours", lines::splice(&text, from, next_end, &both))
        }
        4 => {
            let (start, key) = lines::key(line)?;
            let new = match random.below(4) {
                0 => key.to_uppercase(),
                1 => format!("{key}X"),
                2 => format!("\"{key}\""),
                _ => lines::key(lines[random.pick(&entries).0])?.1.to_owned(),
            };
            let line = format!("{}{new}{}", &line[..start], &line[start + key.len()..]);
            ("mutate: rename a key", lines::splice(&text, from, from + 1, &[line]))
        }
        5 | 6 => {
            let (before, _) = lines::value(line)?;
            let Yaml::Scalar(new) = scalar::scalar(random, true) else { return None };
            ("mutate: another scalar", lines::splice(&text, from, to, &[format!("{before}{new}")]))
        }
        7 => {
            let (before, value) = lines::value(line)?;
            if value.starts_with(['"', '\'', '|', '>', '{', '[', '&', '*', '!']) {
                return None;
            }
            let new = if random.chance(50) { format!("\"{value}\"") } else { format!("'{value}'") };
            ("mutate: quote", lines::splice(&text, from, to, &[format!("{before}{new}")]))
        }
        8 => {
            let (start, key) = lines::key(line)?;
            let new = random.word(&["null", "{}", "[]", "''", "[x]", "{a: b}", "true", "7", "~"]);
            let line = format!("{}: {new}", &line[..start + key.len()]);
            ("mutate: another type", lines::splice(&text, from, to, &[line]))
        }
        9 | 10 => {
            // Identities: what names, kinds and namespaces are known by.
            let fields = ["name", "namespace", "kind", "apiVersion", "app", "image", "key"];
            let of_identity =
                |at: usize| lines::key(lines[at]).filter(|(_, key)| fields.contains(key)).map(|(_, key)| key);
            let places: Vec<usize> =
                entries.iter().map(|(at, _)| *at).filter(|&at| of_identity(at).is_some()).collect();
            if places.is_empty() {
                return None;
            }
            let at = *random.pick(&places);
            let key = of_identity(at)?;
            let others: Vec<String> = case
                .files
                .values()
                .filter_map(|content| match content {
                    Content::Raw(text) => Some(text),
                    _ => None,
                })
                .flat_map(|text| text.lines())
                .filter(|line| lines::key(line).is_some_and(|(_, other)| other == key))
                .filter_map(|line| lines::value(line).map(|(_, value)| value.to_owned()))
                .take(400)
                .collect();
            if others.is_empty() {
                return None;
            }
            let new = if random.chance(15) { "renamed".to_owned() } else { random.pick(&others).clone() };
            let (before, _) = lines::value(lines[at])?;
            ("mutate: another identity", lines::splice(&text, at, at + 1, &[format!("{before}{new}")]))
        }
        11 => {
            if !is_kustomization(&path) {
                return None;
            }
            let (field, body) = directive(random);
            if lines.iter().any(|line| line.starts_with(&format!("{field}:"))) {
                return None;
            }
            let text = text.trim_end();
            let tag = "mutate: a directive more";
            (tag, format!("{text}\n{field}:{body}\n"))
        }
        12 => return move_entry(case, random),
        13 => {
            if text.contains("\r\n") || !random.chance(30) {
                return None;
            }
            ("mutate: CR LF", text.replace('\n', "\r\n"))
        }
        _ => {
            if is_kustomization(&path) {
                return None;
            }
            let extra = ["---\n", "---\n# nothing\n", "...\n", "--- \n", "# the end\n"];
            ("mutate: more at the end", format!("{text}{}", random.word(&extra)))
        }
    };
    if new_text == text {
        return None;
    }
    case.files.insert(path, Content::Raw(new_text));
    Some(tag)
}

/// Something that every kustomization can take.
fn directive(random: &mut Random) -> (&'static str, &'static str) {
    *random.pick(&[
        ("namePrefix", " more-"),
        ("nameSuffix", " -more"),
        ("namespace", " another"),
        ("commonLabels", "\n  more: label"),
        ("commonAnnotations", "\n  more: '1'"),
        ("labels", "\n- pairs:\n    more: label\n  includeSelectors: true"),
        ("labels", "\n- pairs:\n    more: label\n  includeTemplates: true"),
        ("sortOptions", "\n  order: fifo"),
        ("buildMetadata", " [originAnnotations, transformerAnnotations]"),
        ("configMapGenerator", "\n- name: more\n  literals: [a=b]"),
        ("secretGenerator", "\n- name: more\n  literals: [a=b]"),
        ("generatorOptions", "\n  disableNameSuffixHash: true\n  labels:\n    made: here"),
        ("patches", "\n- target:\n    kind: Deployment\n  patch: |-\n    - op: add\n      path: /metadata/annotations\n      value: {more: x}"),
        ("patches", "\n- target:\n    kind: Deployment|Service|ConfigMap\n  patch: |-\n    kind: Any\n    metadata:\n      name: any\n      labels:\n        more: x"),
        ("images", "\n- name: nginx\n  newTag: more"),
        ("replacements", "\n- sourceValue: more\n  targets:\n  - select: {kind: Deployment|Service}\n    fieldPaths: [metadata.annotations.more]\n    options: {create: true}"),
    ])
}

/// Moves an item of a list from one kustomization to the same list of another.
fn move_entry(case: &mut Case, random: &mut Random) -> Option<&'static str> {
    let kustomizations: Vec<String> = case.files.keys().filter(|path| is_kustomization(path)).cloned().collect();
    if kustomizations.len() < 2 {
        return None;
    }
    let (from, to) = (random.pick(&kustomizations).clone(), random.pick(&kustomizations).clone());
    let (Content::Raw(from_text), Content::Raw(to_text)) = (case.files.get(&from)?, case.files.get(&to)?) else {
        return None;
    };
    let from_lines: Vec<&str> = from_text.lines().collect();
    let fields: Vec<(usize, usize)> = lines::entries(&from_lines)
        .into_iter()
        .filter(|&(at, end)| end > at + 1 && lines::indent(from_lines[at]) == 0 && !from_lines[at].starts_with('-'))
        .collect();
    if from == to || fields.is_empty() {
        return None;
    }
    let (field, field_end) = *random.pick(&fields);
    let head = from_lines[field];
    let items: Vec<(usize, usize)> = lines::entries(&from_lines)
        .into_iter()
        .filter(|&(at, _)| at > field && at < field_end && from_lines[at].trim_start().starts_with("- "))
        .filter(|&(at, _)| lines::indent(from_lines[at]) == lines::indent(from_lines[field + 1]))
        .collect();
    if items.is_empty() {
        return None;
    }
    let (item, item_end) = *random.pick(&items);
    let moved: Vec<String> = from_lines[item..item_end].iter().map(|line| line.trim_end().to_owned()).collect();
    let new_from = lines::splice(from_text, item, item_end, &[]);
    let to_lines: Vec<&str> = to_text.lines().collect();
    let new_to = match to_lines.iter().position(|line| line.trim_end() == head.trim_end()) {
        Some(at) => {
            let wanted = to_lines.get(at + 1).map_or(0, |line| lines::indent(line));
            let shift = |line: &String| {
                let inner = lines::indent(line).saturating_sub(lines::indent(from_lines[item]));
                format!("{}{}", " ".repeat(wanted + inner), line.trim_start())
            };
            let moved: Vec<String> = moved.iter().map(shift).collect();
            lines::splice(to_text, at + 1, at + 1, &moved)
        }
        None => format!("{}\n{head}\n{}\n", to_text.trim_end(), moved.join("\n")),
    };
    case.files.insert(from, Content::Raw(new_from));
    case.files.insert(to, Content::Raw(new_to));
    Some("mutate: move to another kustomization")
}
