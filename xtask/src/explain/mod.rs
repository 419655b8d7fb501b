//! `cargo xtask explain`: what `explain` says of every value of every output of the shared corpora.
//!
//! - every value, and every step behind it, has a place;
//! - what stands at the place of a value that was read is that value, to a second YAML reader;
//! - what stands at the place of a value that a directive wrote is that value, or a part of it, or the other way round;
//! - with one byte (a line end) more at the start of a file, all places in that file move a line, and no others.

mod second;

use crate::corpora::{self, Target};
use crate::shell::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustomize::build::{Build, build};
use rustomize::explain::{Object, objects, show_path};
use rustomize::session::Session;
use rustomize::source::{Place, Source, Sources, Span};
use second::SecondReader;
use std::collections::{BTreeMap, BTreeSet};

const USAGE: &str = "usage: cargo xtask explain [--filter TEXT] [--show N] [--moves N]";

#[derive(Default)]
struct Counts {
    targets: usize,
    not_built: usize,
    objects: usize,
    values: usize,
    without_place: usize,
    read: usize,
    read_wrong: usize,
    /// The second reader refuses the file.
    not_judged: usize,
    written: usize,
    written_wrong: usize,
    moves: usize,
    moved: usize,
    moved_wrong: usize,
}

struct Check {
    counts: Counts,
    faults: BTreeMap<&'static str, Vec<String>>,
    n_moves: usize,
}

pub fn run(words: &[&str]) -> Result<()> {
    let (mut filter, mut n_shown, mut n_moves) = ("", 20, 2);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().copied().ok_or_else(|| USAGE.to_owned());
        match *word {
            "--filter" => filter = value()?,
            "--show" => n_shown = value()?.parse().map_err(|_| USAGE)?,
            "--moves" => n_moves = value()?.parse().map_err(|_| USAGE)?,
            _ => return Err(USAGE.to_owned()),
        }
    }
    let Some(shared) = corpora::find_shared() else {
        println!("shared corpora not present: explain not checked (looked at $SHARED and ../shared)");
        return Ok(());
    };
    let mut check = Check { counts: Counts::default(), faults: BTreeMap::new(), n_moves };
    let n_left_out = corpora::for_each(&shared, filter, &["conformance", "realworld"], |target| {
        check.target(target);
        Ok(())
    })?;
    for (what, faults) in &check.faults {
        println!("\n{what}: {}", faults.len());
        faults.iter().take(n_shown).for_each(|fault| println!("  {fault}"));
    }
    let c = &check.counts;
    println!("\n{} builds ({n_left_out} that need programs left out, {} not built here)", c.targets, c.not_built);
    println!("{} objects, {} values: {} without a place", c.objects, c.values, c.without_place);
    println!(
        "{} read from files: {} not what a second reader finds there, {} in files that it refuses",
        c.read, c.read_wrong, c.not_judged
    );
    println!("{} written by directives: {} not explained by what stands there", c.written, c.written_wrong);
    println!("{} files changed by a byte: {} places moved as they should, {} did not", c.moves, c.moved, c.moved_wrong);
    match c.without_place + c.read_wrong + c.written_wrong + c.moved_wrong {
        0 if c.values > 0 => Ok(()),
        0 => Err("no values: the check looks in the wrong place".to_owned()),
        n_faults => Err(format!("{n_faults} faults")),
    }
}

/// A value with where it comes from.
struct Value {
    name: String,
    json: String,
    place: Option<Place>,
}

impl Check {
    fn fault(&mut self, what: &'static str, words: String) {
        self.faults.entry(what).or_default().push(words);
    }

    fn target(&mut self, target: Target) {
        let mut session = Session::for_one_build(&target.files, &target.here);
        session.is_recording = true;
        let Ok(built) = build(&mut session, &target.directory, &target.options) else {
            self.counts.not_built += 1;
            return;
        };
        self.counts.targets += 1;
        let mut reader = SecondReader::default();
        for object in objects(&built).into_iter().filter(|object| object.removed_by.is_none()) {
            self.counts.objects += 1;
            self.object(&target.name, &object, &session, &mut reader);
        }
        self.moves(&target, &built, &session.sources);
    }

    fn object(&mut self, target: &str, object: &Object<'_>, session: &Session<'_>, reader: &mut SecondReader) {
        let tree = &object.resource.tree;
        for (path, node) in object.leaves() {
            self.counts.values += 1;
            let writer = object.writer(node);
            let by = writer.by.map(|by| session.directives.get(by).field);
            let text = tree.text(node);
            let name =
                || format!("{target}: {} {} = {text:?} ({by:?})", object.resource.short_name(), show_path(&path));
            let Some(place) = writer.place else {
                self.counts.without_place += 1;
                self.fault("no place", name());
                continue;
            };
            let source = session.sources.get(place.source);
            let at = || rustomize::diagnostic::show_place(&session.sources, place);
            let found = reader.read(source, place.span);
            let Some(field) = by else {
                self.counts.read += 1;
                if !tree.is_scalar(node) {
                    continue;
                }
                match found {
                    second::Found::Refused => self.counts.not_judged += 1,
                    found if is_same(&found, text, source) => {}
                    found => {
                        self.counts.read_wrong += 1;
                        self.fault("another value was read there", format!("{} at {}: {found:?}", name(), at()));
                    }
                }
                continue;
            };
            self.counts.written += 1;
            // What a replacement makes on the way to its target is named in its path.
            let is_on_the_way = field == "replacements"
                && writer
                    .by
                    .is_some_and(|by| session.sources.get(session.directives.get(by).place.source).text.contains(text));
            let is_scalar = tree.is_scalar(node) && !is_own(field, &show_path(&path)) && !is_on_the_way;
            if is_scalar && !explains(field, text, source, place, &found) {
                self.counts.written_wrong += 1;
                let written = source.text.get(place.span.start as usize..place.span.end as usize).unwrap_or_default();
                self.fault("not explained", format!("{} at {}: {written:?}", name(), at()));
            }
        }
    }

    /// Puts a line end before all else into some of the files, one after the other, and looks how places move.
    fn moves(&mut self, target: &Target, built: &Build, sources: &Sources) {
        let before = values(built);
        let paths: BTreeSet<String> = before
            .iter()
            .filter_map(|value| Some(sources.get(sources.outermost(value.place?).source).path.to_string()))
            .collect();
        // Another part of the files for each target, so that all are met sooner or later.
        let offset = target.name.len() % paths.len().max(1);
        for path in paths.iter().cycle().skip(offset).take(self.n_moves.min(paths.len())) {
            let absolute = rustomize::fs::join(&target.here, path);
            let Ok(bytes) = rustomize::fs::FileSystem::read(&target.files, &absolute, u64::MAX) else { continue };
            let mut files = target.files.clone();
            files.set(&absolute, [b"\n", bytes.as_slice()].concat());
            let mut session = Session::for_one_build(&files, &target.here);
            session.is_recording = true;
            // A file that a generator takes as it is makes another output.
            let Ok(after_build) = build(&mut session, &target.directory, &target.options) else { continue };
            if after_build.text != built.text {
                continue;
            }
            self.counts.moves += 1;
            let after = values(&after_build);
            for (before, after) in before.iter().zip(&after) {
                let (old, new) = (shown(sources, before.place), shown(&session.sources, after.place));
                let is_inside = old.0 == *path;
                let expected =
                    (old.0.clone(), old.1 + u32::from(is_inside && is_in_a_line(sources, before.place)), old.2);
                if before.json == after.json && before.name == after.name && new == expected {
                    self.counts.moved += usize::from(is_inside);
                } else {
                    self.counts.moved_wrong += 1;
                    self.fault(
                        "a place moved otherwise",
                        format!("{}: {path}: {} {old:?} -> {new:?}", target.name, before.name),
                    );
                }
            }
        }
    }
}

fn values(built: &Build) -> Vec<Value> {
    let mut values = Vec::new();
    for object in objects(built).into_iter().filter(|object| object.removed_by.is_none()) {
        for (path, node) in object.leaves() {
            let writer = object.writer(node);
            let name = format!("{} {}", object.resource.short_name(), show_path(&path));
            let json = object.resource.tree.text(node).to_owned();
            values.push(Value { name, json, place: writer.place });
        }
    }
    values
}

/// What a flag adds is said to stand in the kustomization as a whole, which does not move.
fn is_in_a_line(sources: &Sources, place: Option<Place>) -> bool {
    place.is_some_and(|place| sources.outermost(place).span != Span::default())
}

fn shown(sources: &Sources, place: Option<Place>) -> (String, u32, u32) {
    let Some(place) = place else { return (String::new(), 0, 0) };
    let place = sources.outermost(place);
    let source = sources.get(place.source);
    let at = source.line_column(place.span.start);
    (source.path.to_string(), at.line, at.column)
}

/// Returns whether the second reader found a value that was read.
fn is_same(found: &second::Found, value: &str, source: &Source) -> bool {
    match found {
        // An empty value is no scalar to that reader where it is a null.
        second::Found::Nothing => matches!(value, "" | "null"),
        second::Found::Refused => false,
        second::Found::Scalar(found) => {
            // It ends a block text that the file ends in with a line end that is not there.
            let ends_file = !source.text.ends_with('\n') && found.strip_suffix('\n') == Some(value);
            // Numbers are written anew by JSON patches, and octal ones by all that reads YAML 1.1.
            let octal = found.strip_prefix('0').and_then(|digits| i64::from_str_radix(digits, 8).ok());
            found == value || ends_file || octal.is_some_and(|number| number.to_string() == value)
        }
    }
}

/// What generators and build metadata add of themselves; it stands nowhere.
fn is_own(field: &str, path: &str) -> bool {
    match field {
        "configMapGenerator" | "secretGenerator" | "generators" => {
            matches!(path, "apiVersion" | "kind" | "type" | "immutable") || path.starts_with("binaryData")
        }
        "buildMetadata" => true,
        _ => false,
    }
}

/// Returns whether what stands at a place explains a value that a directive wrote.
fn explains(field: &str, value: &str, source: &Source, place: Place, found: &second::Found) -> bool {
    let written = match place.span == Span::default() {
        // A file that a generator takes as it is.
        true => source.text.as_str(),
        false => source.text.get(place.span.start as usize..place.span.end as usize).unwrap_or_default(),
    };
    let decoded = |value: &str| {
        let text: String = value.split_whitespace().collect();
        STANDARD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok())
    };
    let found_text = match found {
        second::Found::Scalar(found) => found.as_str(),
        _ => written,
    };
    let holds = |value: &str| value.contains(found_text) || found_text.contains(value) || written.contains(value);
    let parts =
        |text: &str| text.split([':', '/', '=', '.', '-', '@']).map(str::to_owned).collect::<BTreeSet<String>>();
    is_same(found, value, source)
        || holds(value)
        || match field {
            "secretGenerator" => decoded(value).is_some_and(|value| holds(&value)),
            // Some take a part of the source for a part of the target.
            "replacements" => !parts(value).is_disjoint(&parts(found_text)),
            _ => false,
        }
}
