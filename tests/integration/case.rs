//! A case as it lies on the disk. Anything that is not understood is an error: a forgotten file tests nothing.

use std::path::{Path, PathBuf};

/// What a case expects.
pub(crate) struct Case {
    /// `topic/case`
    pub(crate) name: String,
    pub(crate) directory: PathBuf,
    /// `command`: the command, if it is another than `build`.
    pub(crate) command: String,
    /// Arguments after the command.
    pub(crate) args: Vec<String>,
    /// `expected.yaml`
    pub(crate) yaml: Option<Vec<u8>>,
    /// `expected/`: the files that are new or changed, for a command that writes files.
    pub(crate) files: Option<crate::writing::Files>,
    /// `expected.err`
    pub(crate) err: Option<String>,
    /// `expected.stderr`
    pub(crate) stderr: Option<String>,
}

impl Case {
    pub(crate) fn input(&self) -> PathBuf {
        self.directory.join("input")
    }
}

/// Whether snapshots are written instead of compared.
pub(crate) fn updates_snapshots() -> bool {
    std::env::var_os("UPDATE_SNAPSHOTS").is_some_and(|value| value == "1")
}

/// Loads every case, sorted; a fault of one is in its place.
pub(crate) fn load_all() -> Vec<Result<Case, String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases = Vec::new();
    for topic in entries(&root) {
        let topic_name = file_name(&topic);
        if !topic.is_dir() {
            cases.push(Err(format!("tests/cases/{topic_name}: not a directory of cases")));
            continue;
        }
        let directories = entries(&topic);
        if directories.is_empty() {
            cases.push(Err(format!("tests/cases/{topic_name}: a topic without cases")));
        }
        for directory in directories {
            let name = format!("{topic_name}/{}", file_name(&directory));
            cases.push(load(&name, &directory).map_err(|message| format!("{name}: {message}")));
        }
    }
    cases
}

fn load(name: &str, directory: &Path) -> Result<Case, String> {
    if !directory.is_dir() {
        return Err("not a directory".to_owned());
    }
    for entry in entries(directory) {
        let known = [
            "input",
            "command",
            "args",
            "expected",
            "expected.yaml",
            "expected.err",
            "expected.stderr",
            "reference-differs",
            "reference-not-run",
        ];
        if !known.contains(&file_name(&entry).as_str()) {
            return Err(format!("unknown file `{}`", file_name(&entry)));
        }
    }
    let read = |file: &str| std::fs::read(directory.join(file)).ok();
    let words = |file: &str| match read(file) {
        Some(bytes) => String::from_utf8(bytes).map(Some).map_err(|_| format!("`{file}` is not UTF-8")),
        None => Ok(None),
    };
    let args = words("args")?.unwrap_or_default();
    let command = words("command")?.map_or("build".to_owned(), |command| command.trim().to_owned());
    let files = directory.join("expected").is_dir().then(|| crate::writing::read_files(&directory.join("expected")));
    let (yaml, err, stderr) = (read("expected.yaml"), words("expected.err")?, words("expected.stderr")?);
    if entries(&directory.join("input")).is_empty() {
        return Err("no input".to_owned());
    }
    let n_expected = [yaml.is_some(), files.is_some(), err.is_some()].iter().filter(|is_there| **is_there).count();
    if n_expected != 1 {
        return Err("one of `expected.yaml`, `expected/` and `expected.err` is wanted".to_owned());
    }
    if (command == "build" && files.is_some()) || (command != "build" && yaml.is_some()) {
        return Err("`expected.yaml` is for `build`, `expected/` for other commands".to_owned());
    }
    if err.is_some() && stderr.is_some() {
        return Err("a failing case has `expected.err` only".to_owned());
    }
    for file in ["reference-differs", "reference-not-run"] {
        if words(file)?.is_some_and(|reason| reason.trim().is_empty()) {
            return Err(format!("`{file}` gives no reason"));
        }
    }
    let args = args.lines().map(str::to_owned).collect();
    Ok(Case { name: name.to_owned(), directory: directory.to_owned(), command, args, yaml, files, err, stderr })
}

/// The entries of a directory, sorted; none if it cannot be read.
pub(crate) fn entries(directory: &Path) -> Vec<PathBuf> {
    let Ok(list) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = list.map(|entry| entry.expect("a listed entry").path()).collect();
    paths.sort();
    paths
}

pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().expect("a listed path has a name").to_string_lossy().into_owned()
}

/// Says where two texts part, with the lines around.
pub(crate) fn difference(expected: &str, actual: &str) -> String {
    let (expected_lines, actual_lines): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), actual.lines().collect());
    let n_same = expected_lines.iter().zip(&actual_lines).take_while(|(a, b)| a == b).count();
    if n_same == expected_lines.len() && n_same == actual_lines.len() {
        return "  the texts differ in their line ends".to_owned();
    }
    let mut text = String::new();
    for line in &expected_lines[n_same.saturating_sub(3)..n_same] {
        text += &format!("    {line}\n");
    }
    for (sign, lines) in [('-', &expected_lines), ('+', &actual_lines)] {
        for line in lines.iter().skip(n_same).take(6) {
            text += &format!("  {sign} {line}\n");
        }
    }
    format!("  line {} (- expected, + actual):\n{text}", n_same + 1)
}
