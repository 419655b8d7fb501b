//! Pages of the documentation that are sessions: every command of their `console` blocks is run, in order, by one shell in a
//! copy of a tree, and must answer as the page shows. `UPDATE_SNAPSHOTS=1` writes the answers.
//!
//! `<!-- TREE: examples/x -->` names the tree, a directory of this repository. Standard error stands where it comes. `rustomize` and
//! `kustomize` are the program under test; blocks of another kind are not run.

use crate::case::{difference, updates_snapshots};
use crate::disk::Scratch;
use crate::doors::program;
use crate::writing::read_files;
use std::path::Path;
use std::process::{Command, Stdio};

const TREE: &str = "<!-- TREE: ";
const BEGIN: &str = "```console\n";
const END: &str = "```";
const PROMPT: &str = "$ ";
/// Stands behind the answer of each command.
const MARK: &str = "== answered ==\n";

/// The pages, and how many commands they have at least.
const PAGES: [(&str, usize); 1] = [("docs/pipelines.md", 10)];

#[test]
fn sessions_on_pages_go_as_they_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (page, n_min) in PAGES {
        let text = std::fs::read_to_string(root.join(page)).expect("the page");
        let (_, rest) = text.split_once(TREE).expect("the page names its tree");
        let (tree, _) = rest.split_once(" -->").expect("the mark ends");
        let mut commands: Vec<String> = Vec::new();
        for block in text.split(BEGIN).skip(1) {
            commands.extend(commands_of(block.split_once(END).expect("a block ends").0));
        }
        assert!(commands.len() >= n_min, "{page}: only {} commands", commands.len());
        let mut answers = run(page, &root.join(tree), &commands).into_iter();
        let mut updated = String::new();
        for (index, part) in text.split(BEGIN).enumerate() {
            if index == 0 {
                updated += part;
                continue;
            }
            let (block, behind) = part.split_once(END).expect("a block ends");
            updated += BEGIN;
            for command in commands_of(block) {
                updated += &format!("{PROMPT}{command}\n{}", answers.next().expect("each command is answered"));
            }
            updated += &format!("{END}{behind}");
        }
        if updates_snapshots() {
            std::fs::write(root.join(page), &updated).expect("the page can be written");
        }
        assert!(updates_snapshots() || updated == text, "{page}:\n{}", difference(&text, &updated));
    }
}

/// Returns the commands of a block; one goes on behind a line that ends in a backslash.
fn commands_of(block: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix(PROMPT), commands.last_mut()) {
            (Some(command), _) => commands.push(command.to_owned()),
            (None, Some(command)) if command.ends_with('\\') => *command += &format!("\n{line}"),
            _ => {}
        }
    }
    commands
}

/// Runs commands in a copy of a tree, and returns what each answers.
fn run(page: &str, tree: &Path, commands: &[String]) -> Vec<String> {
    let scratch = Scratch::new(&format!("page-{}", page.replace('/', "-")));
    let files = read_files(tree);
    assert!(!files.is_empty(), "{page}: there is no tree {}", tree.display());
    for (path, bytes) in files {
        scratch.write_bytes(&format!("tree/{path}"), &bytes);
    }
    for name in ["rustomize", "kustomize"] {
        scratch.link(&format!("bin/{name}"), &program().to_string_lossy());
    }
    let mut script = "exec 2>&1\n".to_owned();
    for command in commands {
        script += &format!("{command}\nstatus=$?; printf '{}'; (exit $status)\n", MARK.replace('\n', "\\n"));
    }
    let path = std::env::var("PATH").expect("there is a search path");
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(scratch.path("tree"))
        .env("PATH", format!("{}:{path}", scratch.path("bin").display()))
        .env("GIT_CEILING_DIRECTORIES", env!("CARGO_TARGET_TMPDIR"))
        .env("NO_COLOR", "1")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("FORCE_COLOR")
        .stdin(Stdio::null())
        .output()
        .expect("there is a shell");
    let text = String::from_utf8(output.stdout).expect("answers are UTF-8");
    let mut answers: Vec<String> = text.split(MARK).map(str::to_owned).collect();
    let rest = answers.pop().unwrap_or_default();
    assert!(answers.len() == commands.len() && rest.is_empty(), "{page}: the shell stopped: {rest}");
    answers
}
