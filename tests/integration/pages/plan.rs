//! What is to be done with a page: its blocks sorted into directories and steps, and those that nothing would run.

use super::markdown::{Block, Part, parts};
use super::root;
use std::ops::Range;

/// Programs whose name at the beginning of a line makes a block one of commands.
const PROGRAMS: [&str; 19] = [
    "rustomize",
    "kustomize",
    "kubectl",
    "cargo",
    "git",
    "docker",
    "npm",
    "npx",
    "helm",
    "argocd",
    "cp",
    "curl",
    "code",
    "flux",
    "skopeo",
    "rustup",
    "tar",
    "cosign",
    "target/preview/rustomize",
];
/// Languages of programs: blocks of them are run somewhere, or marked.
const OF_PROGRAMS: [&str; 8] = ["js", "ts", "tsx", "rust", "python", "go", "bash", "shell"];
/// What readers' machines have and this one may not: no command of a block that is run may need it.
pub(super) const NOT_HERE: [&str; 10] =
    ["kubectl", "docker", "npm", "npx", "curl", "code", "flux", "skopeo", "argocd", "cosign"];

pub(super) struct Page<'p> {
    pub(super) name: &'p str,
    pub(super) text: &'p str,
    pub(super) scopes: Vec<Scope<'p>>,
    /// Lines and reasons.
    pub(super) not_run: Vec<(usize, &'p str)>,
    pub(super) n_elsewhere: usize,
    /// `line: what is wrong`
    pub(super) faults: Vec<String>,
    /// Whether `kustomize` is the program under test.
    pub(super) is_kustomize: bool,
}

/// A directory of its own, and what happens in it.
#[derive(Default)]
pub(super) struct Scope<'p> {
    /// The tree that is copied, and where to.
    pub(super) tree: Option<(&'p str, &'p str)>,
    pub(super) steps: Vec<Step<'p>>,
}

pub(super) struct Step<'p> {
    pub(super) line: usize,
    pub(super) action: Action<'p>,
}

pub(super) enum Action<'p> {
    File {
        path: &'p str,
        content: Vec<u8>,
    },
    Setup(&'p str),
    Script(&'p str),
    /// Commands, each with what is shown of its answer.
    Console {
        commands: Vec<(String, String)>,
        range: Range<usize>,
    },
    /// A command, and what it writes to standard error.
    Said {
        command: &'p str,
        shown: &'p str,
        range: Range<usize>,
    },
}

impl<'p> Page<'p> {
    pub(super) fn plan(name: &'p str, text: &'p str) -> Page<'p> {
        let (scopes, not_run, faults) = (vec![Scope::default()], Vec::new(), Vec::new());
        let mut page = Page { name, text, scopes, not_run, n_elsewhere: 0, faults, is_kustomize: false };
        let mut is_by_section = false;
        for part in parts(text) {
            match part {
                Part::Heading if is_by_section => page.scopes.push(Scope::default()),
                Part::Heading => {}
                Part::Mark("a new directory for each section") => is_by_section = true,
                Part::Mark("kustomize is this program") => page.is_kustomize = true,
                Part::Mark(mark) => page.mark(mark),
                Part::Block(block) => page.block(&block),
            }
        }
        page
    }

    pub(super) fn n_run(&self) -> usize {
        let steps = self.scopes.iter().flat_map(|scope| &scope.steps);
        steps.filter(|step| !matches!(step.action, Action::File { .. } | Action::Setup(_))).count()
    }

    fn mark(&mut self, mark: &'p str) {
        if let Some(tree) = mark.strip_prefix("tree: ") {
            let tree = match tree.split_once(" at ") {
                _ if tree == "none" => None,
                Some((tree, name)) => Some((tree, name)),
                None => Some((tree, ".")),
            };
            self.scopes.push(Scope { tree, steps: Vec::new() });
        } else if let Some(commands) = mark.strip_prefix("setup:") {
            self.step(0, Action::Setup(commands));
        }
    }

    fn step(&mut self, line: usize, action: Action<'p>) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.steps.push(Step { line, action });
        }
    }

    fn fault(&mut self, block: &Block, what: &str) {
        self.faults.push(format!("{}: {what}", block.line));
    }

    fn block(&mut self, block: &Block<'p>) {
        if let Some(reason) = block.mark("not run: ") {
            self.not_run.push((block.line, reason));
        } else if block.language() == "rust" && self.is_tested_by_rustdoc() {
            self.n_elsewhere += 1;
        } else if let Some(path) = block.mark("run by: ") {
            self.n_elsewhere += 1;
            let path = path.split(',').next().unwrap_or_default();
            let test = std::fs::read_to_string(root().join(path)).unwrap_or_default();
            if !self.name.rsplit('/').next().is_some_and(|page| test.contains(page)) {
                self.fault(block, &format!("{path} does not name this page"));
            }
        } else if let Some(path) = block.mark("recorded in: ") {
            self.n_elsewhere += 1;
            let recorded = std::fs::read_to_string(root().join(path)).unwrap_or_default();
            if recorded != block.body {
                self.fault(block, &format!("{path} holds something else"));
            }
        } else {
            self.action(block);
        }
    }

    /// Blocks of Rust are tests of the documentation, if the library includes the page.
    fn is_tested_by_rustdoc(&self) -> bool {
        let library = std::fs::read_to_string(root().join("src/lib.rs")).unwrap_or_default();
        library.contains(&format!("include_str!(\"../{}\")", self.name))
    }

    fn action(&mut self, block: &Block<'p>) {
        let (language, body) = (block.language(), block.body);
        if let Some(mark) = block.marks.iter().find(|mark| !is_known(mark)) {
            self.fault(block, &format!("what is the mark `{mark}`?"));
        }
        let action = match (language, lead(block.lead)) {
            ("", _) => return self.fault(block, "a block without a language: what is it?"),
            ("console", _) => Action::Console { commands: commands(body), range: block.range.clone() },
            ("sh", _) => Action::Script(body),
            ("text", Lead::Command(command)) => Action::Said { command, shown: body, range: block.range.clone() },
            (_, Lead::File { path, is_latin1 }) => {
                let bytes = |c: char| if is_latin1 { vec![c as u8] } else { c.to_string().into_bytes() };
                Action::File { path, content: body.chars().flat_map(bytes).collect() }
            }
            _ => return self.data(block),
        };
        let is_run = !matches!(action, Action::File { .. });
        if is_run && let Some(program) = NOT_HERE.iter().find(|program| calls(body, program)) {
            self.fault(block, &format!("this calls {program}: say `not run`"));
        } else if matches!(&action, Action::Console { commands, .. } if commands.is_empty()) {
            self.fault(block, "no command begins with `$ `");
        } else {
            self.step(block.line, action);
        }
    }

    /// A block that nothing runs must not look as if it were to be run.
    fn data(&mut self, block: &Block) {
        let begins = |line: &str| {
            let words = line.trim_start().trim_start_matches("- ").trim_start_matches("run: ");
            let word = words.split(' ').next().unwrap_or_default();
            words.contains(' ') && PROGRAMS.contains(&word)
        };
        if let Some(line) = block.body.lines().find(|line| begins(line)) {
            self.fault(block, &format!("nothing runs `{}`: mark it, or make it `sh` or `console`", line.trim()));
        }
        if OF_PROGRAMS.contains(&block.language()) {
            self.fault(block, "nothing runs this program: say `run by` or `not run`");
        }
        if block.language() == "yaml"
            && let Err(error) = yaml_rust2::YamlLoader::load_from_str(block.body)
        {
            self.fault(block, &format!("this is no YAML: {error}"));
        }
    }
}

/// Returns whether a mark above a block is one of those that are understood.
fn is_known(mark: &str) -> bool {
    let names = ["tree: ", "setup:", "a new directory for each section", "kustomize is this program"];
    names.iter().any(|name| mark.starts_with(name))
}

/// What the line above a block says of it.
enum Lead<'p> {
    Command(&'p str),
    File { path: &'p str, is_latin1: bool },
    Words,
}

fn lead(line: &str) -> Lead<'_> {
    let Some(line) = line.strip_suffix(':') else { return Lead::Words };
    let (line, is_latin1) = line.strip_suffix(" (latin1)").map_or((line, false), |line| (line, true));
    let Some(code) = line.strip_prefix('`').and_then(|line| line.strip_suffix('`')) else { return Lead::Words };
    if code.contains('`') {
        Lead::Words
    } else if code.split(' ').find(|word| !word.contains('=')) == Some("rustomize") {
        Lead::Command(code)
    } else if code.contains(' ') || !code.contains(['.', '/']) {
        Lead::Words
    } else {
        Lead::File { path: code, is_latin1 }
    }
}

/// Returns whether a command of some lines calls a program.
pub(super) fn calls(lines: &str, program: &str) -> bool {
    let commands = lines.split(['\n', '|', ';', '&', '(']);
    let mut words = commands.map(|command| command.trim_start().trim_start_matches("$ "));
    words.any(|command| command.strip_prefix(program).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

/// The commands of a block with what is shown behind each; one goes on behind a line that ends in a backslash.
fn commands(block: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in block.split_inclusive('\n') {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command.to_owned(), String::new())),
            (None, Some((command, shown))) if shown.is_empty() && command.ends_with("\\\n") => *command += line,
            (None, Some((_, shown))) => *shown += line,
            (None, None) => {}
        }
    }
    commands
}
