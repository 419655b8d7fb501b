//! Every kustomization file that can be had, edited: only the lines that must change do, and what is added and removed
//! again leaves the bytes as they were.
//!
//! The files are those of tests/cases and examples, and those of the shared corpora where they are present (`$SHARED` or
//! `../shared`). A field that is spelled in another case is spelled anew by any edit, as in the reference: such files are
//! put right first.

use crate::case::entries;
use rustomize::edit::{Command, FileList, edit};
use rustomize::fs::Memory;
use rustomize::session::Session;
use std::path::{Path, PathBuf};

/// Cases with fields in other spellings than `fieldpath`, and one that ends in the middle of a text.
const ODD: [&str; 4] = [
    "kustomization/field-names-in-any-case/",
    "localize/shapes/",
    "localize/whole/",
    "edit/namespace-behind-an-open-text/input",
];

const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = std::env::var_os("SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let mut found = Vec::new();
    for directory in [root.join("tests/cases"), root.join("examples"), shared.join("realworld")] {
        if directory.is_dir() {
            collect(&directory, &mut found);
        }
    }
    found
}

fn collect(directory: &Path, found: &mut Vec<(String, String)>) {
    for path in entries(directory) {
        if path.is_dir() && !path.is_symlink() {
            collect(&path, found);
        } else if ODD.iter().all(|odd| !path.to_string_lossy().contains(odd))
            && NAMES.iter().any(|name| path.ends_with(name))
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            found.push((path.to_string_lossy().into_owned(), text.replace("fieldpath:", "fieldPath:")));
        }
    }
}

/// Returns the text behind an edit; nothing if the file cannot be edited.
fn edited(text: &str, command: &Command) -> Option<String> {
    let mut fs = Memory::new();
    fs.set("/w/kustomization.yaml", text);
    let mut session = Session::new(&fs, "/w");
    let (edit, _) = edit(&mut session, command).ok()?;
    Some(edit?.files.first()?.new.clone())
}

/// Returns how many lines go and come; all edits here are in one place.
fn touched(old: &str, new: &str) -> usize {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let n_before = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[n_before..], &new[n_before..]);
    let n_behind = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    old.len() + new.len() - 2 * n_behind
}

/// The first name of an image, and whether it has a tag to change in one line.
fn image(text: &str) -> Option<(String, bool)> {
    let images = text.split("\nimages:\n").nth(1)?;
    let entry: Vec<&str> = images.lines().take_while(|line| line.starts_with(['-', ' '])).collect();
    let field = |key: &str| {
        let mut entry = entry.iter().enumerate();
        entry.find_map(|(index, line)| Some((index, line.trim_start_matches(['-', ' ']).strip_prefix(key)?.trim())))
    };
    let (_, name) = field("name:")?;
    let name = name.split(" #").next()?.trim_matches(['"', '\'']);
    let n_first = entry.iter().skip(1).take_while(|line| !line.trim_start().starts_with('-')).count();
    let has_tag = field("newTag:").is_some_and(|(index, _)| index <= n_first);
    Some((name.to_owned(), has_tag && field("newName:").is_none() && field("digest:").is_none()))
}

#[test]
fn an_edit_touches_the_lines_it_must() {
    let (mut n_edited, mut n_real, mut refused, mut sorted, mut faults) = (0, 0, Vec::new(), Vec::new(), Vec::new());
    for (path, text) in files() {
        let mut check = |what: &str, command: &Command, n_max: usize| -> Option<String> {
            let new = edited(&text, command)?;
            let n = touched(&text, &new);
            if n > n_max {
                // The reference sorts images by name; a list that is not sorted has to be, once.
                if what == "set image"
                    && edited(&new, command).is_some_and(|again| again == new)
                    && (text.contains("- name") || text.contains("- {name"))
                {
                    sorted.push(path.clone());
                } else {
                    faults.push(format!("{path}: {what} touches {n} lines"));
                }
            }
            Some(new)
        };
        let namespace = Command::SetNamespace(vec!["sweep".to_owned()]);
        if check("set namespace", &namespace, 2).is_none() {
            refused.push(path.clone());
            continue;
        }
        n_edited += 1;
        n_real += usize::from(path.contains("/realworld/"));
        let (name, n_max) = match image(&text) {
            Some((name, true)) => (name, 2),
            Some((name, false)) => (name, 6),
            None => ("sweep".to_owned(), 4),
        };
        check("set image", &Command::SetImage(vec![format!("{name}:sweep")]), n_max);
        let resource = vec!["sweep.yaml".to_owned()];
        let added = check("add resource", &Command::AddResource(resource.clone(), true), 3).unwrap_or_default();
        if !added.contains("sweep.yaml") {
            faults.push(format!("{path}: nothing was added"));
        }
        match edited(&added, &Command::RemoveFile(FileList::Resources, resource)) {
            Some(removed) if removed == text => {}
            _ => faults.push(format!("{path}: a resource that was added and removed leaves a trace")),
        }
    }
    println!("{n_edited} kustomization files edited ({n_real} of the shared corpus)");
    println!("{} refused: {}", refused.len(), refused.join(" "));
    println!("{} with images in a new order: {}", sorted.len(), sorted.join(" "));
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    assert!(n_edited > 100, "the sweep looks in the wrong place");
}

/// Whatever a file looks like, an edit is made, and then it holds, or is refused.
#[test]
fn broken_files_are_edited_or_refused() {
    const MARKS: &[u8] = b"#:-[]{},&*!|>'\"\n \t?%<=~\r";
    let all = || vec!["*".to_owned()];
    let commands = [
        Command::SetImage(vec!["app:sweep".to_owned(), "aa=b".to_owned()]),
        Command::AddResource(vec!["sweep.yaml".to_owned()], true),
        Command::RemoveFile(FileList::Resources, all()),
        Command::SetLabel(vec!["app:a: #b".to_owned()]),
        Command::Fix(false),
    ];
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/edit");
    let mut found = Vec::new();
    collect(&directory, &mut found);
    let (mut n_edited, mut n_refused, mut state) = (0, 0, 1_u64);
    let mut random = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n.max(1)
    };
    for (_, text) in &found {
        for _ in 0..40 {
            let mut bytes = text.clone().into_bytes();
            for _ in 0..=random(3) {
                let (at, mark) = (random(bytes.len() + 1), MARKS[random(MARKS.len())]);
                match random(3) {
                    0 => bytes.insert(at, mark),
                    1 if at < bytes.len() => bytes[at] = mark,
                    _ if at < bytes.len() => drop(bytes.remove(at)),
                    _ => {}
                }
            }
            let Ok(text) = String::from_utf8(bytes) else { continue };
            match edited(&text, &commands[random(commands.len())]) {
                Some(_) => n_edited += 1,
                None => n_refused += 1,
            }
        }
    }
    assert!(n_edited > 300 && n_refused > 300, "{n_edited} edited, {n_refused} refused");
}
