//! Runs the commands of pages: one shell for each directory, with the program under test first on its path, and compares.

use super::plan::{Action, NOT_HERE, Page, Scope, calls};
use super::root;
use crate::case::{difference, updates_snapshots};
use crate::disk::Scratch;
use crate::doors::program;
use crate::scripted::make_executable;
use crate::writing::read_files;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

const REFERENCE: &str = "v5.8.2";
/// Stands behind each answer, with the exit code.
const ANSWERED: &str = "\n== answered ";
const THREADS: usize = 4;

/// What came of a page.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) failures: Vec<String>,
    /// Bodies of blocks that are to be written, in the order of the page.
    pub(super) updates: Vec<(Range<usize>, String)>,
}

/// Runs all pages, several directories at a time.
pub(super) fn run_all(pages: &[Page]) -> Vec<Outcome> {
    let jobs: Vec<(usize, usize)> = pages
        .iter()
        .enumerate()
        .flat_map(|(page, planned)| (0..planned.scopes.len()).map(move |scope| (page, scope)))
        .filter(|&(page, scope)| !pages[page].scopes[scope].steps.is_empty())
        .collect();
    let next = AtomicUsize::new(0);
    let done: Vec<(usize, Outcome)> = std::thread::scope(|threads| {
        let work = || {
            let mut done = Vec::new();
            while let Some(&(page, scope)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                done.push(((page, scope), run(&pages[page], scope)));
            }
            done
        };
        let workers: Vec<_> = (0..THREADS).map(|_| threads.spawn(work)).collect();
        let mut done: Vec<_> =
            workers.into_iter().flat_map(|worker| worker.join().expect("a page is run to its end")).collect();
        done.sort_by_key(|(job, _)| *job);
        done.into_iter().map(|((page, _), outcome)| (page, outcome)).collect()
    });
    let mut outcomes: Vec<Outcome> = pages.iter().map(|_| Outcome::default()).collect();
    for (page, outcome) in done {
        outcomes[page].failures.extend(outcome.failures);
        outcomes[page].updates.extend(outcome.updates);
    }
    outcomes
}

/// Finds a program on the path, or where Go installs.
fn find(name: &str) -> Option<PathBuf> {
    let mut directories: Vec<PathBuf> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    directories.extend(std::env::var_os("GOBIN").map(PathBuf::from));
    directories.extend(std::env::var_os("GOPATH").map(|path| Path::new(&path).join("bin")));
    directories.extend(std::env::var_os("HOME").map(|home| Path::new(&home).join("go/bin")));
    directories.into_iter().map(|directory| directory.join(name)).find(|path| path.is_file())
}

/// The reference, if it is here and of the right release.
fn reference() -> Option<&'static PathBuf> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let path = find("kustomize")?;
        let said = Command::new(&path).arg("version").output().ok()?;
        (String::from_utf8_lossy(&said.stdout).trim() == REFERENCE).then_some(path)
    });
    found.as_ref()
}

/// Names a program that a block needs and that is not here.
fn missing(page: &Page, commands: &str) -> Option<&'static str> {
    static HELM: OnceLock<Option<PathBuf>> = OnceLock::new();
    if commands.contains("--enable-helm") && HELM.get_or_init(|| find("helm")).is_none() {
        return Some("helm");
    }
    (!page.is_kustomize && calls(commands, "kustomize") && reference().is_none()).then_some("kustomize v5.8.2")
}

struct Answer {
    text: String,
    code: i32,
}

fn run(page: &Page, index: usize) -> Outcome {
    let scope = &page.scopes[index];
    let scratch = Scratch::new(&format!("page-{}-{index}", page.name.replace('/', "-")));
    prepare(page, scope, &scratch);
    let mut script = "exec 2>&1\n".to_owned();
    let is_left_out: Vec<bool> = scope
        .steps
        .iter()
        .enumerate()
        .map(|(number, step)| {
            let Some(commands) = commands_of(&step.action, &scratch, number) else { return false };
            let whole = commands.join("\n");
            if let Some(program) = missing(page, &whole) {
                println!("skipped: {}:{}: {program} is not here", page.name, step.line);
                return true;
            }
            for command in commands {
                script += &format!(
                    "{command}\nstatus=$?; printf '{}%s\\n' $status; (exit $status)\n",
                    ANSWERED.replace('\n', "\\n")
                );
            }
            false
        })
        .collect();
    let mut answers = answers(&scratch, &script).into_iter();
    let mut outcome = Outcome::default();
    for (step, _) in scope.steps.iter().zip(is_left_out).filter(|(_, is_left_out)| !is_left_out) {
        if let Err(message) = judge(&step.action, &mut answers, &mut outcome) {
            outcome.failures.push(format!("{}:{}: {message}", page.name, step.line));
        }
    }
    outcome
}

/// The directory, and the programs of the path.
fn prepare(page: &Page, scope: &Scope, scratch: &Scratch) {
    scratch.write("work/.keep", "").write("bin/.keep", "").write("home/.gitconfig", GIT_CONFIG);
    std::fs::remove_file(scratch.path("work/.keep")).expect("our own file");
    if let Some((tree, name)) = scope.tree {
        let files = read_files(&root().join(tree));
        assert!(!files.is_empty(), "{}: there is no tree {tree}", page.name);
        for (path, bytes) in files {
            scratch.write_bytes(&format!("work/{name}/{path}"), &bytes);
        }
    }
    let program = program();
    scratch.link("bin/rustomize", &program.to_string_lossy());
    let kustomize = if page.is_kustomize { Some(&program) } else { reference() };
    if let Some(kustomize) = kustomize {
        scratch.link("bin/kustomize", &kustomize.to_string_lossy());
    }
    for name in NOT_HERE {
        scratch.write(&format!("bin/{name}"), &format!("#!/bin/sh\necho '{name}: not for tests' >&2\nexit 127\n"));
        make_executable(&scratch.path(&format!("bin/{name}")));
    }
    // From a clone, readers run what cargo builds.
    scratch.write(
        "bin/cargo",
        "#!/bin/sh\n[ \"$1 $2 $3\" = 'run --release --' ] || exit 127\nshift 3\nexec rustomize \"$@\"\n",
    );
    make_executable(&scratch.path("bin/cargo"));
    for (number, step) in scope.steps.iter().enumerate() {
        if let Action::File { content, .. } = &step.action {
            scratch.write_bytes(&format!("files/{number}"), content);
        }
    }
}

const GIT_CONFIG: &str = "[user]\nname = Reader\nemail = reader@example.com\n[init]\ndefaultBranch = main\n";

/// The commands that a step stands for, each of which is answered.
fn commands_of(action: &Action, scratch: &Scratch, number: usize) -> Option<Vec<String>> {
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    Some(match action {
        Action::File { path, .. } => {
            let (from, to) =
                (text(scratch.path(&format!("files/{number}"))), text(scratch.path(&format!("work/{path}"))));
            vec![format!("mkdir -p \"$(dirname '{to}')\" && cp -p '{from}' '{to}'")]
        }
        Action::Setup(commands) | Action::Script(commands) => vec![format!("set -e\n{commands}\nset +e")],
        Action::Console { commands, .. } => commands.iter().map(|(command, _)| command.clone()).collect(),
        Action::Said { command, .. } => vec![format!("({command}) 2>&1 > /dev/null")],
    })
}

fn answers(scratch: &Scratch, script: &str) -> Vec<Answer> {
    let path = std::env::var("PATH").expect("there is a search path");
    let output = Command::new("sh")
        .args(["-c", script])
        .current_dir(scratch.path("work"))
        .env("PATH", format!("{}:{path}", scratch.path("bin").display()))
        .env("HOME", scratch.path("home"))
        .env("GIT_CEILING_DIRECTORIES", scratch.directory())
        .env("REPOSITORY", root())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("NO_COLOR", "1")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("FORCE_COLOR")
        .env_remove("UPDATE_SNAPSHOTS")
        .stdin(Stdio::null())
        .output()
        .expect("there is a shell");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let text = text.replace(&*scratch.path("work").to_string_lossy(), "/work");
    let mut rest = text.as_str();
    let mut answers = Vec::new();
    while let Some((answer, behind)) = rest.split_once(ANSWERED) {
        let (code, behind) = behind.split_once('\n').unwrap_or((behind, ""));
        let line_end = if answer.is_empty() || answer.ends_with('\n') { "" } else { "\n" };
        answers.push(Answer { text: format!("{answer}{line_end}"), code: code.parse().unwrap_or(-1) });
        rest = behind;
    }
    if !output.status.success() && answers.last().is_none_or(|answer| answer.code == 0) {
        answers.push(Answer { text: rest.to_owned(), code: output.status.code().unwrap_or(-1) });
    }
    answers
}

fn judge(action: &Action, answers: &mut impl Iterator<Item = Answer>, outcome: &mut Outcome) -> Result<(), String> {
    let mut answer = || answers.next().ok_or("the shell has stopped before this".to_owned());
    match action {
        Action::File { .. } | Action::Setup(_) | Action::Script(_) => match answer()? {
            Answer { code: 0, .. } => Ok(()),
            Answer { code, text } => Err(format!("fails with {code}:\n{text}")),
        },
        Action::Console { commands, range } => {
            let (mut body, mut failures) = (String::new(), Vec::new());
            for (command, shown) in commands {
                let Answer { mut text, code } = answer()?;
                if code != 0 {
                    text += &format!("(exit code {code})\n");
                }
                let is_so = shows(shown, &text);
                body += &format!("$ {command}{}", if is_so { shown } else { &text });
                if !is_so {
                    failures.push(format!("$ {command}{}", difference(shown, &text)));
                }
            }
            settle(failures, range, body, outcome)
        }
        Action::Said { shown, range, .. } => {
            let text = answer()?.text;
            let is_so = shows(shown, &text);
            let failures = if is_so { Vec::new() } else { vec![difference(shown, &text)] };
            settle(failures, range, text, outcome)
        }
    }
}

fn settle(failures: Vec<String>, range: &Range<usize>, body: String, outcome: &mut Outcome) -> Result<(), String> {
    if failures.is_empty() {
        return Ok(());
    }
    if body.lines().any(|line| line.starts_with("```")) {
        return Err(format!("the answer would end the block: show a part of it\n{body}"));
    }
    if updates_snapshots() {
        outcome.updates.push((range.clone(), body));
        return Ok(());
    }
    Err(format!("says something else\n{}", failures.join("\n")))
}

/// Returns whether a page shows a text, where a line `…` stands for any lines.
fn shows(shown: &str, text: &str) -> bool {
    const LEFT_OUT: &str = "…\n";
    let mut chunks = vec![String::new()];
    for line in shown.split_inclusive('\n') {
        match (line == LEFT_OUT, chunks.last_mut()) {
            (false, Some(chunk)) => *chunk += line,
            _ => chunks.push(String::new()),
        }
    }
    let last = chunks.len() - 1;
    if last == 0 {
        return shown == text;
    }
    let mut rest = text;
    for (index, chunk) in chunks.iter().enumerate() {
        let found = match index {
            0 => rest.strip_prefix(chunk.as_str()),
            _ if index == last => return rest.ends_with(chunk.as_str()),
            _ => rest.split_once(chunk.as_str()).map(|(_, behind)| behind),
        };
        let Some(behind) = found else { return false };
        rest = behind;
    }
    false
}
