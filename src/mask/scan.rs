//! Finds what must be hidden in YAML or JSON, document by document, without parsing it.
//!
//! A line that begins with a sensitive key opens a region ([`Open`]) that swallows lines until one comes that certainly
//! belongs to something else: a known field at the same depth or further out, outside quotes, brackets and block scalars.
//! Content that lost its indentation, as it does where people paste keys, therefore stays hidden.

use super::lines::{self, Line, find_keys, has_word};
use rustc_hash::FxHashSet;
use std::ops::Range;

/// Fields that end a region wherever they stand.
pub(super) const FIELDS: &[&str] = &[
    "apiVersion",
    "kind",
    "metadata",
    "type",
    "immutable",
    "data",
    "stringData",
    "binaryData",
    "items",
    "spec",
    "status",
    "resources",
    "bases",
    "components",
    "crds",
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "images",
    "imageTags",
    "replicas",
    "replacements",
    "vars",
    "labels",
    "commonLabels",
    "commonAnnotations",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "configMapGenerator",
    "secretGenerator",
    "generatorOptions",
    "generators",
    "transformers",
    "validators",
    "configurations",
    "openapi",
    "helmCharts",
    "helmGlobals",
    "helmChartInflationGenerator",
    "buildMetadata",
    "sortOptions",
];
/// Fields of a patch entry or operation; they end a region only where those can stand, inside a list.
const ENTRY_FIELDS: &[&str] = &["target", "patch", "path", "options", "op", "value", "from"];
/// Fields of a generator entry whose values are no secrets.
pub(super) const GENERATOR_FIELDS: &[&str] = &[
    "name",
    "namespace",
    "behavior",
    "type",
    "files",
    "envs",
    "env",
    "options",
    "labels",
    "annotations",
    "disableNameSuffixHash",
    "immutable",
    "kvSources",
    "apiVersion",
    "kind",
    "metadata",
];

/// Characters of a path that are looked at.
const PATH_MAX: usize = 100;

/// Returns the ranges of a text that must be hidden; they may overlap.
pub(super) fn hidden(text: &str) -> Vec<Range<usize>> {
    let mut scanner = Scanner::default();
    let mut document: Vec<Line> = Vec::new();
    for (start, line) in lines::split(text) {
        let line = Line::new(start, line);
        if line.is_document_marker() && !document.is_empty() {
            scanner.document(text, &document);
            document.clear();
        }
        document.push(line);
    }
    scanner.document(text, &document);
    scanner.hidden
}

/// A region of hidden lines.
#[derive(Debug)]
struct Open {
    /// The depth of the sensitive key.
    base: usize,
    /// Whether the names of the entries one level below are shown.
    shows_keys: bool,
    /// The depth of those entries.
    child: Option<usize>,
    /// The depth of the key whose block scalar goes on.
    block: Option<usize>,
    /// The quote that is not closed yet.
    quote: Option<u8>,
    /// Brackets that are not closed yet.
    depth: usize,
    /// It stands in a comment, and ends with it.
    is_comment: bool,
    /// The line before opened an object further out, which may be the next operation of a patch.
    is_at_object: bool,
}

/// The entries of a `secretGenerator`.
#[derive(Clone, Copy, Debug)]
struct Generator {
    /// The depth of the field; `None` if the whole document is one.
    indent: Option<usize>,
    /// The depth of the `literals` key (or one that is not known) whose items these are.
    literals: Option<usize>,
}

/// What a whole document says about itself.
struct Facts {
    /// It may hold a Secret.
    is_secretish: bool,
    /// It names a Secret.
    has_secret: bool,
    has_kind: bool,
    has_operation: bool,
    has_secret_path: bool,
}

/// What the keys of one mapping say; mappings are told apart by indentation.
#[derive(Clone, Debug, Default)]
struct Mapping<'t> {
    indent: usize,
    /// The fields it has, and those it has twice: one of the two is content that lost its indentation.
    fields: FxHashSet<&'t str>,
    repeated: FxHashSet<&'t str>,
    /// Whether its `kind` is, or may be, `Secret`.
    is_secret: Option<bool>,
    /// Whether its `path` leads, or may lead, to a Secret's values.
    has_secret_path: Option<bool>,
    has_operation: bool,
    has_name: bool,
}

#[derive(Default)]
struct Scanner {
    hidden: Vec<Range<usize>>,
    open: Option<Open>,
    generator: Option<Generator>,
}

impl Scanner {
    fn document(&mut self, text: &str, document: &[Line]) {
        let (Some(first), Some(last)) = (document.first(), document.last()) else { return };
        let text = text.get(first.start..last.start + last.text.len()).unwrap_or_default();
        let facts = Facts::of(text, document);
        let (mappings, of_line) = mappings(document);
        let is_generator = has_word(text, "SecretGenerator");
        self.generator = is_generator.then_some(Generator { indent: None, literals: None });
        for (line, mapping) in document.iter().zip(of_line) {
            let mapping = mapping.and_then(|mapping| mappings.get(mapping));
            self.line(line, mapping, &facts);
        }
    }

    fn line(&mut self, line: &Line, mapping: Option<&Mapping<'_>>, facts: &Facts) {
        if line.is_blank() {
            return;
        }
        if let Some(open) = &mut self.open {
            if !open.ends(line, mapping, facts) {
                let is_text = open.quote.is_some() || open.block.is_some_and(|block| line.indent > block);
                let range = open.swallow(line);
                self.hide(line, range, is_text);
                return;
            }
            self.open = None;
        }
        if self.generator_line(line) {
            return;
        }
        if let Some((value, base, shows_keys)) = sensitive(line, mapping, facts) {
            // Entries begin on lines of their own, unless something other than a bracket, a tag or an anchor stands here.
            let mut words = line.rest(value).split_whitespace().take_while(|word| !word.starts_with('#'));
            let is_bare = words.all(|word| matches!(word, "{" | "[") || word.starts_with(['!', '&']));
            let mut open = Open {
                base,
                shows_keys: shows_keys && is_bare,
                child: None,
                block: is_block_header(line.rest(value)).then_some(base),
                quote: None,
                depth: 0,
                is_comment: line.is_comment,
                is_at_object: false,
            };
            if open.block.is_none() {
                open.track(line.rest(value));
            }
            self.hide(line, line.range(value), false);
            self.open = Some(open);
        }
    }

    /// Hides a part of a line, unless it is nothing but brackets or the header of a block scalar.
    fn hide(&mut self, line: &Line, range: Range<usize>, is_text: bool) {
        let text = line.rest(range.start.saturating_sub(line.start));
        let is_structure = text.chars().all(|c| matches!(c, '{' | '}' | '[' | ']' | ','));
        let is_header = text.starts_with(['|', '>']) && !text.contains(' ') && is_block_header(text);
        if is_text || !(is_structure || is_header) {
            self.hidden.push(range);
        }
    }

    /// Hides the literals of a secret generator; returns whether that settles the line.
    fn generator_line(&mut self, line: &Line) -> bool {
        let name = line.key.as_ref().map_or("", |key| key.name);
        if name == "secretGenerator" {
            let indent = line.key.as_ref().map(|key| key.indent);
            self.generator = Some(Generator { indent, literals: None });
            // A text where a list of entries is wanted.
            let value = line.value();
            let items = value.trim_start_matches(['[', ' ']);
            if value.starts_with('{') || !(items.is_empty() || items.starts_with(['{', '#'])) {
                self.hidden.push(line.range(line.key.as_ref().map_or(0, |key| key.value)));
            }
        } else if line.inner_keys("secretGenerator").next().is_some() {
            self.generator = Some(Generator { indent: None, literals: None });
        }
        let Some(mut generator) = self.generator else { return false };
        let is_further_out = generator.indent.is_some_and(|indent| line.indent <= indent);
        if is_further_out && !line.is_item && name != "secretGenerator" && FIELDS.contains(&name) {
            self.generator = None;
            return false;
        }
        let is_field = GENERATOR_FIELDS.contains(&name);
        if let Some(indent) = generator.literals {
            let is_outside = if line.is_item { line.indent < indent } else { line.indent <= indent };
            // A field of an entry stands deeper than `secretGenerator` or begins the entry.
            let is_entry = line.is_item || generator.indent.is_none_or(|indent| line.indent > indent);
            if !is_field || !is_outside || !is_entry {
                let item = line.indent + line.rest(line.indent).len()
                    - line.rest(line.indent).trim_start_matches(['-', ' ', '\t', '[']).len();
                let from = if line.is_item { after_equals(line, item) } else { line.indent };
                self.hidden.push(line.range(from));
                return true;
            }
            generator.literals = None;
        }
        let inner = line.inner_keys("literals").next();
        let mut is_settled = false;
        if let Some(value) = inner {
            generator.literals = Some(line.indent + 1);
            self.hidden.push(line.range(after_equals(line, value)));
            is_settled = true;
        } else if let Some(key) = &line.key
            && !is_field
            && !FIELDS.contains(&name)
        {
            // `literals`, or a field with a wrong name, which may well be meant to be it.
            generator.literals = Some(key.indent);
            self.hidden.push(line.range(after_equals(line, key.value)));
            is_settled = true;
        } else if line.key.is_none() && !line.is_item && line.text.contains('=') {
            // A literal that stands outside its list.
            self.hidden.push(line.range(after_equals(line, line.content)));
            is_settled = true;
        }
        self.generator = Some(generator);
        is_settled
    }
}

/// Returns where the value of `key=value` begins at or after a byte; that byte if no key is certain to stand there.
fn after_equals(line: &Line, from: usize) -> usize {
    let rest = line.rest(from);
    let literal = rest.trim_start_matches([' ', '\t', '[', '"', '\'', '\\']);
    let name = literal.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))).unwrap_or(0);
    let is_name = name > 0 && literal.get(name..).is_some_and(|rest| rest.starts_with('='));
    if is_name { from + rest.len() - literal.len() + name + 1 } else { from }
}

/// Returns where a sensitive value begins in a line, the depth of its key, and whether names below it may be shown.
fn sensitive(line: &Line, mapping: Option<&Mapping<'_>>, facts: &Facts) -> Option<(usize, usize, bool)> {
    if let Some(key) = &line.key {
        let is_sensitive = match key.name {
            "stringData" => true,
            "data" => match mapping.and_then(|mapping| mapping.is_secret) {
                Some(is_secret) => is_secret,
                None => facts.is_secretish || (key.indent == 0 && !line.is_comment),
            },
            "value" => match mapping {
                Some(Mapping { has_secret_path: Some(is_secret), .. }) => *is_secret,
                Some(mapping) if mapping.has_operation => true,
                Some(mapping) => !mapping.has_name && facts.has_operation && facts.has_secret_path,
                None => facts.has_operation && facts.has_secret_path,
            },
            _ => false,
        };
        if is_sensitive {
            return Some((key.value, key.indent, key.name != "value"));
        }
        let is_anchored = line.is_anchored || line.value().starts_with('&');
        if (facts.is_secretish && key.is_escaped()) || (facts.has_secret && is_anchored) {
            return Some((key.value, key.indent, false));
        }
    } else if line.is_anchored && facts.has_secret {
        return Some((line.content, line.indent, false));
    }
    let mut inner = line.inner_keys("stringData").next();
    let mut consider = |found: Option<usize>| inner = inner.into_iter().chain(found).min();
    if facts.is_secretish {
        consider(line.inner_keys("data").next());
        consider(["\\u", "\\x", "\\U"].iter().filter_map(|escape| line.text.find(escape)).min());
    }
    let paths = || find_keys(line.text, "path").into_iter();
    let is_patch = match paths().next() {
        Some(_) => paths().any(|value| is_secret_path(line.rest(value))),
        None => facts.has_operation && facts.has_secret_path,
    };
    if is_patch {
        consider(line.inner_keys("value").next());
    }
    let base = line.key.as_ref().map_or(line.content, |key| key.indent);
    inner.map(|value| (value, base, false))
}

impl Facts {
    fn of(text: &str, document: &[Line]) -> Facts {
        let has = |key: &str| !find_keys(text, key).is_empty();
        let has_kind = has("kind");
        let has_secret = lines::names_secret(text);
        let is_kustomization = ["patches", "patchesStrategicMerge", "patchesJson6902"].iter().any(|key| has(key));
        let is_secret_path_line =
            |line: &Line| find_keys(line.text, "path").into_iter().any(|value| is_secret_path(line.rest(value)));
        Facts {
            is_secretish: has_secret || !has_kind || is_kustomization,
            has_secret,
            has_kind,
            has_operation: has("op"),
            has_secret_path: document.iter().any(is_secret_path_line),
        }
    }
}

/// Tells the mappings of a document apart and returns which one each line's key belongs to.
fn mappings<'t>(document: &[Line<'t>]) -> (Vec<Mapping<'t>>, Vec<Option<usize>>) {
    let mut mappings: Vec<Mapping> = Vec::new();
    let mut stack: Vec<usize> = Vec::new();
    let mut of_line = Vec::with_capacity(document.len());
    for line in document {
        if line.is_blank() || line.is_comment {
            of_line.push(None);
            continue;
        }
        // A list item begins a new mapping even where the one before it has the same depth.
        let outer = if line.is_item { line.indent } else { line.key.as_ref().map_or(line.indent, |key| key.indent) };
        while stack.last().is_some_and(|&top| mappings[top].indent > outer) {
            stack.pop();
        }
        let Some(key) = &line.key else {
            of_line.push(None);
            continue;
        };
        if stack.last().is_none_or(|&top| mappings[top].indent != key.indent) {
            stack.push(mappings.len());
            mappings.push(Mapping { indent: key.indent, ..Mapping::default() });
        }
        let current = *stack.last().expect("pushed just above if it was empty");
        let mapping = &mut mappings[current];
        if FIELDS.contains(&key.name) && !mapping.fields.insert(key.name) {
            mapping.repeated.insert(key.name);
        }
        match key.name {
            "kind" => mapping.is_secret = Some(mapping.is_secret == Some(true) || may_be_secret(line.value())),
            "path" => {
                let is_secret = is_secret_path(line.value());
                mapping.has_secret_path = Some(mapping.has_secret_path == Some(true) || is_secret);
            }
            "op" => mapping.has_operation = true,
            "name" => mapping.has_name = true,
            _ => {}
        }
        of_line.push(Some(current));
    }
    (mappings, of_line)
}

/// Returns whether the value of a `kind` is `Secret`, or is written in a way that may mean it.
fn may_be_secret(value: &str) -> bool {
    let value = value.split(" #").next().unwrap_or(value).trim().trim_end_matches(',').trim_end();
    let unquoted = value.trim_matches(['"', '\'']);
    let is_plain = !unquoted.is_empty() && unquoted.chars().all(|c| c.is_ascii_alphanumeric());
    // A file may end in the middle of the word, or have it misspelt by a character.
    !is_plain || "Secret".starts_with(unquoted) || lacks_one("Secret", unquoted)
}

/// Returns whether a text is a word without one of its characters.
fn lacks_one(word: &str, text: &str) -> bool {
    let is_without =
        |(at, c): (usize, char)| text.strip_prefix(&word[..at]).is_some_and(|rest| rest == &word[at + c.len_utf8()..]);
    word.char_indices().any(is_without)
}

/// Returns whether a JSON pointer leads to a Secret's values, or is written in a way that may hide where it leads.
fn is_secret_path(value: &str) -> bool {
    // The beginning decides; a line may be a whole file long, and hold a path every few bytes.
    let value = value.char_indices().nth(PATH_MAX).map_or(value, |(end, _)| &value[..end]).trim();
    let is_unclear = value.is_empty()
        || value.starts_with(['*', '&', '|', '>', '!'])
        || ["\\u", "\\x", "\\U"].iter().any(|escape| value.contains(escape));
    let pointer = value.trim_start_matches(['"', '\'', '\\']);
    let whole = pointer.trim_end_matches(['"', '\'', '\\', ',']);
    let is_cut_off = "/data".starts_with(whole) || "/stringData".starts_with(whole);
    let leads_to = |field: &str| {
        let rest = pointer.strip_prefix(field);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
    };
    // A pointer without its slash is an error, but it is plain what it means.
    is_unclear || is_cut_off || ["/data", "/stringData", "data", "stringData"].into_iter().any(leads_to)
}

/// Returns whether a value is the header of a block scalar.
fn is_block_header(value: &str) -> bool {
    let mut words = value.split_whitespace().skip_while(|word| word.starts_with(['!', '&']));
    let is_header = words.next().is_some_and(|word| {
        let rest = word.strip_prefix(['|', '>']);
        rest.is_some_and(|rest| rest.chars().all(|c| matches!(c, '+' | '-' | '0'..='9')))
    });
    is_header && words.next().is_none_or(|word| word.starts_with('#'))
}

impl Open {
    /// Returns whether a line certainly does not belong to the region.
    fn ends(&self, line: &Line, mapping: Option<&Mapping<'_>>, facts: &Facts) -> bool {
        if self.is_comment || line.is_comment {
            return self.is_comment && !line.is_comment;
        }
        let is_inside_text = self.quote.is_some() || self.depth > 0;
        if is_inside_text {
            return false;
        }
        if line.is_document_marker() {
            // What follows may be the rest of a value that lost its indentation.
            return facts.has_kind;
        }
        if self.block.is_some_and(|block| line.indent > block) {
            return false;
        }
        let Some(key) = &line.key else { return false };
        if mapping.is_some_and(|mapping| mapping.repeated.contains(key.name)) {
            return false;
        }
        let is_out = if line.is_item { line.indent < self.base } else { line.indent <= self.base };
        (self.is_at_object && ENTRY_FIELDS.contains(&key.name))
            || is_out && (FIELDS.contains(&key.name) || (self.base > 0 && ENTRY_FIELDS.contains(&key.name)))
    }

    /// Takes a line in and returns what of it is hidden.
    fn swallow(&mut self, line: &Line) -> Range<usize> {
        if self.block.is_some_and(|block| line.indent <= block) {
            self.block = None;
        }
        if self.block.is_some() {
            return line.range(0);
        }
        self.is_at_object = self.quote.is_none() && line.is_opening() && line.indent < self.base;
        if self.is_at_object {
            return line.range(0);
        }
        let is_between_entries = self.quote.is_none() && self.depth <= 1;
        if self.quote.is_none() {
            self.depth += line.brackets;
        }
        let from = match &line.key {
            Some(key) if self.quote.is_none() => {
                if is_block_header(line.rest(key.value)) {
                    self.block = Some(key.indent);
                }
                let is_entry = self.child.is_none_or(|child| child == key.indent) || line.indent <= self.base;
                let is_shown = self.shows_keys && is_between_entries && is_entry && key.is_simple();
                if is_shown {
                    self.child.get_or_insert(key.indent);
                }
                if self.block.is_none() {
                    self.track(line.rest(key.value));
                }
                return line.range(if is_shown { key.value } else { 0 });
            }
            _ if self.quote.is_some() => line.indent,
            _ => line.content,
        };
        if line.is_item && is_block_header(line.rest(line.content)) {
            self.block = Some(line.indent);
        } else {
            self.track(line.rest(from));
        }
        line.range(0)
    }

    /// Follows quotes and brackets through some text.
    fn track(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut is_token_start = true;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let next = bytes.get(at + 1).copied();
            at += 1;
            if let Some(quote) = self.quote {
                match byte {
                    b'\\' if quote == b'"' => at += 1,
                    b'\'' if quote == b'\'' && next == Some(b'\'') => at += 1,
                    _ if byte == quote => self.quote = None,
                    _ => {}
                }
                is_token_start = false;
                continue;
            }
            match byte {
                b' ' | b'\t' => {
                    if next == Some(b'#') {
                        return;
                    }
                }
                b'"' | b'\'' if is_token_start => self.quote = Some(byte),
                b'{' | b'[' if is_token_start => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    is_token_start = false;
                }
                b',' => is_token_start = self.depth > 0,
                b':' => is_token_start = self.depth > 0 || next.is_none_or(|next| next == b' '),
                b'-' if is_token_start && next.is_none_or(|next| next == b' ') => {}
                b'\\' => {
                    at += 1;
                    is_token_start = false;
                }
                _ => is_token_start = false,
            }
        }
    }
}
