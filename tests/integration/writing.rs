//! Cases of commands that write files (`create`, `edit`, `localize`): what is new or changed afterwards is in `expected/`.
//!
//! The program runs in a copy of the input; the library plans with the input in memory. A command that fails changes
//! nothing.

use crate::case::{Case, difference, entries, file_name, updates_snapshots};
use crate::disk::Scratch;
use crate::doors::{ROOT, check_words, load_tree, run_program};
use rustomize::create::{self, CreateOptions};
use rustomize::diagnostic::Diagnostic;
use rustomize::edit::edit;
use rustomize::fs::Memory;
use rustomize::localize::{LocalizeOptions, localize};
use rustomize::session::Session;
use std::collections::BTreeMap;
use std::path::Path;

/// Files by path from the root of the tree.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Reads all files below a directory.
pub(crate) fn read_files(directory: &Path) -> Files {
    let mut files = Files::new();
    collect(directory, "", &mut files);
    files
}

fn collect(directory: &Path, prefix: &str, files: &mut Files) {
    for entry in entries(directory) {
        let path = format!("{prefix}{}", file_name(&entry));
        if entry.is_dir() {
            collect(&entry, &format!("{path}/"), files);
        } else {
            files.insert(path, std::fs::read(&entry).expect("a file of a case can be read"));
        }
    }
}

pub(crate) fn check_command_line(case: &Case) -> Result<(), String> {
    let fail = |message: &str| Err(format!("{} (command line): {message}", case.name));
    let scratch = Scratch::new(&format!("writing-{}", case.name.replace('/', "-")));
    let input = read_files(&case.input());
    for (path, bytes) in &input {
        scratch.write_bytes(path, bytes);
    }
    let args: Vec<&str> = std::iter::once(&case.command).chain(&case.args).map(String::as_str).collect();
    let output = run_program(scratch.directory(), &args);
    let root = scratch.directory().to_string_lossy().into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr).replace(&root, "$ROOT");
    let wanted = i32::from(case.files.is_none());
    if output.status.code() != Some(wanted) {
        return fail(&format!("{}, not {wanted}\n{stderr}", output.status));
    }
    if !output.stdout.is_empty() {
        return fail("something on standard output");
    }
    let mut after = read_files(scratch.directory());
    for (path, bytes) in &input {
        match after.get(path) {
            Some(now) if now == bytes => drop(after.remove(path)),
            Some(_) => {}
            None => return fail(&format!("`{path}` is gone")),
        }
    }
    if case.command == "edit" && updates_snapshots() && output.status.success() {
        for (path, bytes) in &after {
            let path = case.directory.join("expected").join(path);
            std::fs::create_dir_all(path.parent().expect("it has one")).expect("a directory can be made");
            std::fs::write(path, bytes).expect("a snapshot can be written");
        }
        return check_words(case, &stderr, true);
    }
    compare(case.files.as_ref().unwrap_or(&Files::new()), &after).or_else(|message| fail(&message))?;
    check_words(case, &stderr, case.files.is_some())
}

pub(crate) fn check_library(case: &Case) -> Result<(), String> {
    let fail = |message: &str| Err(format!("{} (library): {message}", case.name));
    let mut fs = Memory::new();
    load_tree(&case.input(), ROOT, &mut fs);
    let mut session = Session::new(&fs, ROOT);
    let result = match case.command.as_str() {
        "create" => plan_create(case, &mut session),
        "edit" => plan_edit(case, &mut session),
        "localize" => plan_localize(case, &mut session),
        command => return fail(&format!("the harness does not know the command `{command}`")),
    };
    match (&case.files, result?) {
        (Some(expected), Ok(files)) => compare(expected, &files).or_else(|message| fail(&message)),
        (None, Err(_)) => Ok(()),
        (None, Ok(_)) => fail("the command should fail"),
        (Some(_), Err(errors)) => {
            let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
            fail(&format!("the command should succeed: {}", messages.join("; ")))
        }
    }
}

type Planned = Result<Result<Files, Vec<Diagnostic>>, String>;

fn plan_create(case: &Case, session: &mut Session<'_>) -> Planned {
    let mut options = CreateOptions::default();
    for arg in &case.args {
        let (flag, value) = arg.split_once('=').unwrap_or((arg, ""));
        let field = match flag {
            "--resources" => &mut options.resources,
            "--namespace" => &mut options.namespace,
            "--nameprefix" => &mut options.name_prefix,
            "--namesuffix" => &mut options.name_suffix,
            "--labels" => &mut options.labels,
            "--annotations" => &mut options.annotations,
            "--autodetect" => {
                options.autodetect = true;
                continue;
            }
            "--recursive" => {
                options.recursive = true;
                continue;
            }
            _ => return Err(format!("{}: the harness does not know the flag `{arg}`", case.name)),
        };
        value.clone_into(field);
    }
    let text = create::kustomization(session, &options);
    Ok(text.map(|text| Files::from([(create::FILE_NAME.to_owned(), text.into_bytes())])))
}

fn plan_edit(case: &Case, session: &mut Session<'_>) -> Planned {
    let command = crate::editing::command(&case.args).map_err(|message| format!("{}: {message}", case.name))?;
    Ok(edit(session, &command).map(|(edit, _)| {
        let files = edit.into_iter().flat_map(|edit| edit.files).filter(|file| file.has_changes());
        let relative = |path: &str| path.strip_prefix(&format!("{ROOT}/")).unwrap_or(path).to_owned();
        files.map(|file| (relative(&file.path), file.new.into_bytes())).collect()
    }))
}

fn plan_localize(case: &Case, session: &mut Session<'_>) -> Planned {
    let mut options = LocalizeOptions::default();
    let mut n_paths = 0;
    for arg in &case.args {
        match arg.split_once('=') {
            Some(("--scope", scope)) => scope.clone_into(&mut options.scope),
            None if arg == "--no-verify" => {}
            _ if arg.starts_with('-') => {
                return Err(format!("{}: the harness does not know the flag `{arg}`", case.name));
            }
            _ => {
                let field = if n_paths == 0 { &mut options.target } else { &mut options.destination };
                arg.clone_into(field);
                n_paths += 1;
            }
        }
    }
    if n_paths == 0 {
        ".".clone_into(&mut options.target);
    }
    Ok(localize(session, &options).map(|localized| {
        let files = localized.output.iter().filter_map(|(path, bytes)| {
            let path = path.strip_prefix(&format!("{ROOT}/")).unwrap_or(path);
            Some((path.to_owned(), bytes?.to_vec()))
        });
        files.collect()
    }))
}

fn compare(expected: &Files, actual: &Files) -> Result<(), String> {
    for (path, bytes) in actual {
        match expected.get(path) {
            None => return Err(format!("`{path}` should not be written")),
            Some(wanted) if wanted != bytes => {
                let (wanted, bytes) = (String::from_utf8_lossy(wanted), String::from_utf8_lossy(bytes));
                return Err(format!("other bytes in `{path}`\n{}", difference(&wanted, &bytes)));
            }
            Some(_) => {}
        }
    }
    match expected.keys().find(|path| !actual.contains_key(*path)) {
        Some(path) => Err(format!("`{path}` is not written")),
        None => Ok(()),
    }
}
