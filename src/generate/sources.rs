//! What a generator entry names, read into keys with values: env files, then literals, then files.

use crate::diagnostic::{Code, Diagnostic, Result};
use crate::kustomization::{GeneratorEntry, Placed, PlacedText};
use crate::sorting::Sorting;
use crate::source::{Place, Source, Span};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::Arc;

/// A file that a generator reads.
#[derive(Clone, Debug)]
pub enum GeneratorFile {
    /// A file whose bytes are exactly the text of a source.
    Text(Arc<Source>),
    /// Any other bytes.
    Binary(Arc<[u8]>),
}

impl GeneratorFile {
    fn bytes(&self) -> &[u8] {
        match self {
            GeneratorFile::Text(source) => source.text.as_bytes(),
            GeneratorFile::Binary(bytes) => bytes,
        }
    }
}

/// Loads the files of generators.
pub trait GeneratorFiles {
    /// Loads the file at a path that stands in a kustomization, relative to that file's directory.
    fn read(&mut self, path: &PlacedText, is_secret: bool) -> Result<GeneratorFile>;
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct Pair<'e> {
    pub(super) key: Cow<'e, str>,
    pub(super) value: Bytes<'e>,
    /// Where the value stands: a literal, a line of an env file, a file.
    pub(super) place: Place,
}

/// A value: a part of something longer-lived, or of a file.
#[derive(Clone, Debug)]
pub(super) enum Bytes<'e> {
    Literal(&'e str),
    Line(String),
    File(GeneratorFile),
}

impl Bytes<'_> {
    pub(super) fn as_bytes(&self) -> &[u8] {
        match self {
            Bytes::Literal(text) => text.as_bytes(),
            Bytes::Line(text) => text.as_bytes(),
            Bytes::File(file) => file.bytes(),
        }
    }
}

/// Reads all sources of an entry; the keys are sorted and no two are equal.
pub(super) fn pairs<'e>(
    entry: &'e GeneratorEntry,
    is_secret: bool,
    files: &mut dyn GeneratorFiles,
) -> Result<Vec<Pair<'e>>> {
    let mut pairs = Vec::new();
    for path in &entry.envs {
        let file = files.read(path, is_secret)?;
        env_file(&file, path, &mut pairs)?;
    }
    for text in &entry.literals {
        pairs.push(literal(text, is_secret)?);
    }
    for text in &entry.files {
        let (key, path) = split_file(text)?;
        let file = files.read(&path, is_secret)?;
        let place = match &file {
            GeneratorFile::Text(source) => Place { source: source.id, span: Span::default() },
            GeneratorFile::Binary(_) => text.place,
        };
        pairs.push(Pair { key, value: Bytes::File(file), place });
    }
    check_repeated(entry, &pairs)?;
    pairs.put_in_order(|a, b| a.key.cmp(&b.key));
    Ok(pairs)
}

/// Finds everything that is wrong with the sources of an entry, for an entry that [`pairs`] refuses or never reaches.
pub(super) fn faults(entry: &GeneratorEntry, is_secret: bool, files: &mut dyn GeneratorFiles) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let mut keep = |result: Result<()>| faults.extend(result.err().map(|fault| *fault));
    for path in &entry.envs {
        keep(files.read(path, is_secret).and_then(|file| env_file(&file, path, &mut Vec::new())));
    }
    for text in &entry.literals {
        keep(literal(text, is_secret).map(|_| ()));
    }
    for text in &entry.files {
        keep(split_file(text).and_then(|(_, path)| files.read(&path, is_secret)).map(|_| ()));
    }
    faults
}

fn check_repeated(entry: &GeneratorEntry, pairs: &[Pair<'_>]) -> Result<()> {
    let mut seen: FxHashMap<&str, Place> = FxHashMap::default();
    for pair in pairs {
        if let Some(first) = seen.insert(&pair.key, pair.place) {
            let message = format!("generator `{}` repeats the key `{}`", entry.name.value, pair.key);
            let error = Diagnostic::error(Code::GeneratorInvalid, message).at(Some(pair.place), "stands here again");
            return Err(error.at(Some(first), "first here").help("remove one of them: a key can have one value only"));
        }
    }
    Ok(())
}

/// Splits a literal at its first `=` and takes one pair of quotes off its value.
fn literal(text: &PlacedText, is_secret: bool) -> Result<Pair<'_>> {
    match text.value.split_once('=') {
        Some((key, value)) if !key.is_empty() => {
            let value = Bytes::Literal(without_quotes(value));
            Ok(Pair { key: key.into(), value, place: text.place })
        }
        split => {
            // Without its key, a secret's literal is nothing but the secret.
            let shown = if is_secret { String::new() } else { format!(" `{}`", text.value) };
            let missing = if split.is_some() { "has no key" } else { "has no `=`" };
            let error = Diagnostic::error(Code::GeneratorInvalid, format!("literal{shown} {missing}"));
            Err(error.at(Some(text.place), "").help("write it as `key=value`"))
        }
    }
}

fn without_quotes(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    value
}

/// Splits `key=path`; the key of a bare path is its last part.
fn split_file(text: &PlacedText) -> Result<(Cow<'_, str>, PlacedText)> {
    let fault = |words: &str| {
        let error = Diagnostic::error(Code::GeneratorInvalid, format!("file source `{}` {words}", text.value));
        Err(error.at(Some(text.place), "").help("write it as `path` or `key=path`"))
    };
    let path = |path: &str| Placed { value: path.to_owned(), place: text.place };
    match text.value.split_once('=') {
        None => Ok((base_name(&text.value).into(), path(&text.value))),
        Some((_, right)) if right.contains('=') => fault("has more than one `=`"),
        Some(("", _)) => fault("has no key"),
        Some((_, "")) => fault("has no path"),
        Some((key, right)) => Ok((key.into(), path(right))),
    }
}

/// Returns the last part of a path as Go's `path.Base` does.
fn base_name(path: &str) -> &str {
    if path.is_empty() {
        return ".";
    }
    let path = path.trim_end_matches('/');
    if path.is_empty() { "/" } else { path.rsplit('/').next().unwrap_or(path) }
}

/// Reads the lines of an env file (upstream `keyValuesFromLines`).
fn env_file(file: &GeneratorFile, path: &PlacedText, pairs: &mut Vec<Pair<'_>>) -> Result<()> {
    // Go's `bufio.Scanner` gives up at a longer line, and the reference does not ask it why.
    const LINE_MAX: usize = 64 * 1024 - 1;
    let bytes = file.bytes();
    let mut start = 0;
    for (index, raw) in bytes.split(|&byte| byte == b'\n').enumerate() {
        if raw.len() > LINE_MAX {
            break;
        }
        let line = raw.strip_suffix(b"\r").unwrap_or(raw);
        let place = match file {
            GeneratorFile::Text(source) => Place { source: source.id, span: Span::new(start, start + line.len()) },
            GeneratorFile::Binary(_) => path.place,
        };
        start += raw.len() + 1;
        let Ok(text) = std::str::from_utf8(line) else {
            let message = format!("line {} of env file `{}` is not UTF-8", index + 1, path.value);
            return Err(Diagnostic::error(Code::GeneratorInvalid, message)
                .at(Some(path.place), "")
                .help("save the file as UTF-8, or list it under `files`, which takes any bytes"));
        };
        let text = if index == 0 { text.strip_prefix('\u{feff}').unwrap_or(text) } else { text };
        let text = text.trim_start();
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        if !key.is_empty() && !text.starts_with('#') {
            pairs.push(Pair { key: Cow::Owned(key.to_owned()), value: Bytes::Line(value.to_owned()), place });
        }
    }
    Ok(())
}
