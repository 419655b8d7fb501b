//! `cargo xtask edit-oracle`: random edits of random kustomization files through rustomize and kustomize.
//!
//! Both have to succeed or both to fail, and the files have to hold the same data behind it; what has not changed has to
//! stand in ours as it stood, with all comments. Data is compared in the reference's normal form, with what loading makes
//! of deprecated fields.

mod generate;
mod text;

use crate::oracle::random::case_seed;
use crate::shell::{self, Result};
use crate::tools;
use generate::Case;
use rustomize::diagnostic::Report;
use rustomize::fs::Memory;
use rustomize::kustomization::decode;
use rustomize::limits::Limits;
use rustomize::provenance::Stamp;
use rustomize::session::Session;
use rustomize::source::{Place, Sensitivity, Span};
use rustomize::yaml::read;
use rustomize::yaml::tree::{NodeId, Style, Tree};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

const USAGE: &str = "usage: cargo xtask edit-oracle [--bin PATH] [--cases N] [--seed S] [--case SEED] [--only WORDS] [--show N]\n       \
                     [--files DIR]: of the kustomization files below a directory";

pub fn run(words: &[&str]) -> Result<()> {
    let (mut n_cases, mut seed, mut case, mut show, mut only, mut bin) = (500, 1, None, 10, String::new(), None);
    let mut texts: Vec<String> = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| USAGE.to_owned())?;
        let number = || value.parse::<u64>().map_err(|_| format!("`{value}` is no number"));
        match *word {
            "--cases" => n_cases = number()?,
            "--seed" => seed = number()?,
            "--case" => case = Some(number()?),
            "--show" => show = number()?,
            "--files" => collect(Path::new(value), &mut texts)?,
            "--only" => only = (*value).to_owned(),
            "--bin" => bin = Some(std::path::absolute(value).map_err(|error| error.to_string())?),
            _ => return Err(USAGE.to_owned()),
        }
    }
    let ours = bin.unwrap_or_else(|| shell::root().join("target/debug/rustomize"));
    let reference = tools::kustomize()?;
    let scratch = std::env::temp_dir().join(format!("rustomize-edit-{}", std::process::id()));
    let make = |seed: u64| match texts.is_empty() {
        true => generate::case(seed),
        false => generate::case_of(seed, &texts[(seed % texts.len() as u64) as usize]),
    };
    if let Some(seed) = case {
        let case = make(seed);
        let verdict = judge(&case, &ours, &reference, &scratch)?;
        println!("{}", shown(&case, &scratch));
        println!("{}", verdict.map_or("same".to_owned(), |words| format!("DIFFERENT: {words}")));
        return remove(&scratch);
    }
    let (mut n_done, mut n_failed, mut kinds) = (0, 0, BTreeMap::<String, (u64, u64)>::new());
    let mut number = 0;
    let mut n_ok = 0;
    let mut n_touched: (usize, usize) = (0, 0);
    while n_done < n_cases && number < n_cases * 100 {
        let seed = case_seed(seed, number);
        number += 1;
        let case = make(seed);
        if !case.args.join(" ").contains(&only) {
            continue;
        }
        n_done += 1;
        match judge(&case, &ours, &reference, &scratch)? {
            None => {
                n_ok += u64::from(scratch.join("changed").exists());
                let counts = std::fs::read_to_string(scratch.join("touched")).unwrap_or_default();
                let mut counts = counts.split(' ').map(|count| count.parse().unwrap_or(0));
                n_touched.0 += counts.next().unwrap_or(0);
                n_touched.1 += counts.next().unwrap_or(0);
            }
            Some(words) => {
                n_failed += 1;
                if n_failed <= show {
                    println!("--- case {seed}: {}\n{words}", case.args.join(" "));
                }
                let kind = words.lines().next().unwrap_or("").to_owned();
                let entry =
                    kinds.entry(format!("{} | {kind}", case.args.get(1..3).unwrap_or(&[]).join(" "))).or_default();
                *entry = (entry.0 + 1, seed);
            }
        }
    }
    remove(&scratch)?;
    for (kind, (n, seed)) in &kinds {
        println!("{n:6}  {kind}  (case {seed})");
    }
    println!(
        "{n_done} edits, {n_failed} differ; {n_ok} changed the file, {} lines (the reference: {})",
        n_touched.0, n_touched.1
    );
    if n_failed == 0 { Ok(()) } else { Err(format!("{n_failed} edits differ")) }
}

/// Collects the kustomization files below a directory.
fn collect(directory: &Path, texts: &mut Vec<String>) -> Result<()> {
    for path in shell::entries(directory)? {
        if path.is_dir() {
            collect(&path, texts)?;
        } else if ["kustomization.yaml", "kustomization.yml", "Kustomization"].iter().any(|name| path.ends_with(name))
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            texts.push(text);
        }
    }
    Ok(())
}

fn remove(scratch: &Path) -> Result<()> {
    let _ = std::fs::remove_dir_all(scratch);
    Ok(())
}

fn shown(case: &Case, scratch: &Path) -> String {
    let read = |side: &str| std::fs::read_to_string(scratch.join(side).join(case.name)).unwrap_or_default();
    let (ours, theirs) = (read("ours"), read("theirs"));
    let old = case.files.get(case.name).map_or("", String::as_str);
    format!("{}\n=== before\n{old}\n=== ours\n{ours}\n=== kustomize\n{theirs}\n===", case.args.join(" "))
}

/// Runs both; returns what is wrong.
fn judge(case: &Case, ours: &PathBuf, reference: &PathBuf, scratch: &Path) -> Result<Option<String>> {
    let fail = |error: std::io::Error| error.to_string();
    let _ = std::fs::remove_dir_all(scratch);
    let mut answers = Vec::new();
    for (side, program) in [("ours", ours), ("theirs", reference)] {
        let directory = scratch.join(side);
        for (path, text) in &case.files {
            let path = directory.join(path);
            std::fs::create_dir_all(path.parent().expect("it has one")).map_err(fail)?;
            std::fs::write(path, text).map_err(fail)?;
        }
        let mut command = Command::new(program);
        command.args(&case.args).current_dir(&directory);
        if side == "ours" && case.args.iter().any(|arg| arg == "fix") {
            // What is built is not what is compared here.
            command.arg("--force");
        }
        let output = command.output().map_err(fail)?;
        let mut files = BTreeMap::new();
        for path in case.files.keys() {
            files.insert(path.clone(), std::fs::read_to_string(directory.join(path)).map_err(fail)?);
        }
        answers.push((output.status.code(), files, String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let [(our_status, our_files, our_words), (their_status, their_files, their_words)] = &answers[..] else {
        return Err("two answers".to_owned());
    };
    if *their_status == Some(2) {
        // The reference fell over.
        return Ok(None);
    }
    if our_status != their_status {
        let words = format!("exit status {our_status:?}, the reference {their_status:?}");
        return Ok(Some(format!("{words}\n  {}\n  {}", our_words.trim(), their_words.trim())));
    }
    let old = &case.files[case.name];
    let new = &our_files[case.name];
    if *our_status != Some(0) {
        return Ok((our_files != &case.files).then(|| "a failed edit changed a file".to_owned()));
    }
    for (path, theirs) in their_files.iter().filter(|(path, _)| *path != case.name) {
        if our_files[path] != *theirs {
            return Ok(Some(format!("`{path}` differs")));
        }
    }
    if old == new && *old == their_files[case.name] {
        return Ok(None);
    }
    if old != new {
        std::fs::write(scratch.join("changed"), "").map_err(fail)?;
    }
    let (our_data, their_data) = (data(new), data(&their_files[case.name]));
    // The reference moves comments to where they are no longer comments: behind a block of text, they become a part of it.
    let is_spoilt = |data: &Option<String>| data.as_ref().is_some_and(|data| !comments(data).is_empty());
    if is_spoilt(&their_data) && !is_spoilt(&our_data) {
        return Ok(None);
    }
    // Some labels it cannot read again.
    if their_data.is_none() && our_data.is_some() {
        return Ok(None);
    }
    if our_data != their_data {
        return Ok(Some(format!(
            "the data differs\n  ours   {}\n  theirs {}",
            our_data.unwrap_or_default(),
            their_data.unwrap_or_default()
        )));
    }
    if our_data.is_none() {
        return Ok(Some("the new file cannot be read".to_owned()));
    }
    if case.is_mutated {
        return Ok(None);
    }
    let is_removal = case.args.iter().any(|arg| arg == "remove");
    if !is_removal && let Some(comment) = comments(old).into_iter().find(|comment| !new.contains(comment.as_str())) {
        return Ok(Some(format!("a comment is lost\n  {comment}")));
    }
    let lines =
        |text: &str| text.lines().map(|line| line.trim().to_owned()).filter(|line| line.starts_with('#')).collect();
    let (old_lines, mut new_lines): (Vec<String>, Vec<String>) = (lines(old), lines(new));
    for line in old_lines.iter().filter(|_| !is_removal) {
        match new_lines.iter().position(|other| other == line) {
            Some(index) => drop(new_lines.remove(index)),
            None => return Ok(Some(format!("a comment line is lost\n  {line}"))),
        }
    }
    let (n_ours, n_theirs) = (touched(old, new), touched(old, &their_files[case.name]));
    std::fs::write(scratch.join("touched"), format!("{n_ours} {n_theirs}")).map_err(fail)?;
    // New entries are in an order of their own here, which is not always the luckier one.
    if n_ours > n_theirs && !case.args.iter().any(|arg| arg == "--vars") {
        return Ok(Some(format!("more lines are touched than by the reference\n  {n_ours}, not {n_theirs}")));
    }
    if old.trim_start_matches('\u{feff}').starts_with(['{', '-']) {
        return Ok(None);
    }
    if let Some(field) = touched_field(old, new) {
        return Ok(Some(format!("a field that did not change was touched\n  {field}")));
    }
    Ok(None)
}

fn comments(text: &str) -> Vec<String> {
    let marks = text.match_indices("# c").filter_map(|(at, _)| {
        let rest = &text[at..];
        let end = rest[3..].find('c')? + 4;
        rest.get(..end).map(str::to_owned)
    });
    marks.filter(|mark| mark[3..mark.len() - 1].bytes().all(|byte| byte.is_ascii_digit())).collect()
}

/// Returns how many lines go and come.
fn touched(old: &str, new: &str) -> usize {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut row = vec![0; new.len() + 1];
    for line in &old {
        let mut diagonal = 0;
        for (index, other) in new.iter().enumerate() {
            let above = row[index + 1];
            row[index + 1] = if line == other { diagonal + 1 } else { above.max(row[index]) };
            diagonal = above;
        }
    }
    old.len() + new.len() - 2 * row[new.len()]
}

/// Returns the lines of a top-level field that hold the same data in both texts, but do not stand in the new one.
fn touched_field(old: &str, new: &str) -> Option<String> {
    let (old_data, new_data) = (data_of(old, false)?, data_of(new, false)?);
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for line in old.split_inclusive('\n') {
        let is_key = line.starts_with(|char: char| char.is_ascii_alphabetic() || char == '"') && line.contains(':');
        if is_key {
            starts.push(at);
        }
        at += line.len();
    }
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(old.len());
        let lines: Vec<&str> = old[*start..end].lines().collect();
        let n = lines.iter().rposition(|line| {
            !line.trim().is_empty()
                && !line.trim().starts_with('#')
                && !line.starts_with("---")
                && !line.starts_with("...")
                && !line.starts_with("other:")
        })?;
        let field = lines[..=n].join("\n");
        let key = field.split(':').next().unwrap_or("");
        // A key that is not spelled as it should be is spelled anew.
        let is_written_anew = field.contains("fieldpath") || key == "vars" || field.contains("*anchor");
        // A text that the file ends in gets an end.
        let is_written_anew = is_written_anew || (end == old.len() && !old.ends_with('\n'));
        let is_known = old_data.get(key).is_some() && !is_written_anew;
        let block = new.replace("\r\n", "\n");
        if is_known && old_data.get(key) == new_data.get(key) && !block.contains(&field.replace("\r\n", "\n")) {
            return Some(field);
        }
    }
    None
}

/// Returns what a kustomization file holds once it is loaded.
pub fn data(text: &str) -> Option<String> {
    Some(data_of(text, true)?.to_string())
}

fn data_of(text: &str, is_loaded: bool) -> Option<Value> {
    let memory = Memory::new();
    let mut session = Session::new(&memory, "/");
    let source = session.sources.add("file", text.to_owned(), Sensitivity::Yaml, None);
    let tree = read::read_first(&source, &Limits::default()).ok()?;
    let place = Place { source: source.id, span: Span::default() };
    let stamp = Stamp { by: session.directive("edit", None, place), place: None };
    let tree = decode::normal_form(&source, tree.as_ref(), &stamp, &mut Report::default())?;
    let mut value = json_of(&tree, tree.root());
    if let (Value::Object(map), true) = (&mut value, is_loaded) {
        load(map);
    }
    Some(value)
}

/// What the reference does when it loads a file (upstream `FixKustomization`).
fn load(map: &mut Map<String, Value>) {
    for (name, old) in [("resources", "bases"), ("images", "imageTags")] {
        if let Some(Value::Array(mut items)) = map.remove(old) {
            let list = map.entry(name).or_insert_with(|| json!([]));
            list.as_array_mut().expect("it is a list").append(&mut items);
        }
    }
    for name in ["configMapGenerator", "secretGenerator"] {
        for entry in map.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten() {
            let Some(entry) = entry.as_object_mut() else { continue };
            if let Some(env) = entry.remove("env") {
                entry.entry("envs").or_insert_with(|| json!([])).as_array_mut().expect("it is a list").push(env);
            }
        }
    }
    let kind = map.entry("kind").or_insert(json!("Kustomization")).clone();
    let version = if kind == json!("Component") { "v1alpha1" } else { "v1beta1" };
    map.entry("apiVersion").or_insert(json!(format!("kustomize.config.k8s.io/{version}")));
    // Literals of an entry that was changed are in any order there.
    for name in ["configMapGenerator", "secretGenerator"] {
        for entry in map.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(literals) = entry.get_mut("literals").and_then(Value::as_array_mut) {
                literals.sort_by_key(|literal| literal.to_string());
            }
        }
    }
}

fn json_of(tree: &Tree, node: NodeId) -> Value {
    if tree.is_mapping(node) {
        let entries = tree.entries(node).map(|(key, value)| (tree.text(key).to_owned(), json_of(tree, value)));
        return Value::Object(entries.collect());
    }
    if tree.is_sequence(node) {
        return Value::Array(tree.items(node).map(|item| json_of(tree, item)).collect());
    }
    match tree.style(node) {
        Style::Plain => json!({ "plain": tree.text(node) }),
        _ => json!(tree.text(node)),
    }
}
